/* Cases (办件): from draft to archive, under the version of the item they were accepted under and one
 * append-only clock. */
#ifndef TB_CASES_H
#define TB_CASES_H

#include "core/http/route.h"
#include "engines/forms/forms.h"
#include "engines/workclock/workclock.h"

extern const struct module cases_module;

struct case_file {
    int64_t id;
    struct str case_no, track_code;
    int64_t item;
    int item_version;
    struct str item_name;
    int64_t unit;
    struct str division;
    int64_t applicant, agent;                 /* subjects; agent 0 = oneself */
    struct str channel;                       /* "web", "mobile", "desk" */
    struct str status, step, role;            /* engines/course words; of the first task */
    int64_t submitted, accepted, due, closed; /* ms, 0 = not yet */
    struct str result;                        /* "", "granted", "refused", "rejected", "withdrawn" … */
};

/* MISSING "case" when there is none that this actor may see (applicant, agent; officers by unit, area and
 * role). */
bool case_load(struct ctx *c, int64_t id, struct case_file *out) NODISCARD;
/* The scope of routes with {id}: sets ctx.row. case_scope: the applicant or agent; case_office_scope:
 * officers of the owning unit and area, the desk for its area. */
bool case_scope(struct ctx *c);
/* Is there still a rating to give? Asked for cases with a result; given by the module that keeps ratings
 * (which needs this one, and not the other way round). Until then no page leads to one. */
void case_set_rateable(struct server *s, bool (*ask)(struct ctx *c, int64_t case_id, bool *yes));
bool case_office_scope(struct ctx *c);

/* What waits for the person who acts: corrections, appointments, what was granted today, drafts. Adds {name,
 * href, text}, at most 6. */
bool case_due_for_me(struct ctx *c, struct json *list) NODISCARD;

/* ---- for demonstrations and measurements: cases in any state, by the same rules as everybody's ----
 * The caller sets c->actor (the applicant, their agent, an officer) and c->now, which may be in the past:
 * clocks, lights and the record follow from it. */
struct case_seed {
    const struct item *item;
    int64_t applicant, agent; /* subjects; agent 0 = oneself */
    const char *channel;      /* "web" or "desk"; an appointment is only asked for on the web */
};
/* A case filled in and sent: what registers know, the first choice of each question, fictional answers,
 * documents on paper. Fails as an application would. */
bool case_seed(struct ctx *c, const struct case_seed *seed, int64_t *id) NODISCARD;
/* An act of engines/course ("accept", "correct", "pass", "special_procedure", "grant" …) or "special_end",
 * "extension_granted", "delivered", "withdraw", "served" (note: the system that answers). */
bool case_seed_act(struct ctx *c, int64_t id, const char *act, struct str note) NODISCARD;
/* The same in the task of that step, and back to that one; NULL: the first that is the actor's, the one
 * before. */
bool case_seed_act_at(struct ctx *c, int64_t id, const char *act, const char *step, const char *to,
                      struct str note) NODISCARD;

/* ---- for supervision: read as the program, without opening anything that is sealed ---- */
enum { CASE_WATCH_EVENTS_MAX = 200 };

struct case_watch_event {
    int64_t at, account; /* 0: not an officer */
    struct str act, step;
    bool called; /* in a process that its own calls: decides nothing about the case */
};
/* Something the applicant was asked for. */
struct case_watch_point {
    struct str material; /* "" where it is a field */
    int64_t at, account;
    bool listed;
    bool held; /* sent without it because a register or a licence had it */
};
/* A step of the process of the case, in the order of the model. */
struct case_watch_step {
    struct str id;
    bool desk, always; /* always: on every way to a decision by a person */
    bool accepts;      /* answers whether it is accepted, wherever it stands */
    bool elsewhere;    /* with another department, or the applicant */
    uint32_t needs;    /* bits of the steps that are done before, on every way */
    int limit;         /* working days that the process gives it; 0: none */
};
enum { CASE_WATCH_STEPS_MAX = 32 };
/* What another department was asked for it. */
struct case_watch_opinion {
    struct str step;
    int64_t token, unit, due, answered; /* due 0: no limit; answered 0: not yet */
};
/* Owed by the applicant, or promised and to be verified: open, until an instant. */
struct case_watch_duty {
    int64_t id, until;
    bool owed;
};
/* It cannot go on there: a decision model gave no answer, for this reason; a system of the department
 * `mender` gave the task up, for the times it failed; or a job of the program was given up. */
struct case_watch_stuck {
    int64_t id, since, mender;
    struct str step, why;
};
/* The common promise of the life event it is part of; due 0: none. stopped: since when it rests or is kept.
 */
struct case_together {
    bool part; /* of a life event */
    struct str number;
    int64_t due, stopped;
};
struct case_watch {
    struct case_file file;
    struct case_watch_step steps[CASE_WATCH_STEPS_MAX];
    size_t step_count; /* 0: the model has more than can be followed, or is not there */
    uint32_t standing; /* bits of the steps that have it now */
    const struct item *item;
    const struct json *service;
    int accept_days; /* within which the service promises its answer about acceptance; 0: says none */
    struct clock_event *clock;
    size_t clock_count;
    struct case_watch_event *events;
    size_t event_count;
    struct case_watch_point *points;
    size_t point_count;
    struct case_watch_opinion *opinions;
    size_t opinion_count;
    struct case_watch_duty *duties;
    size_t duty_count;
    struct case_watch_stuck *stuck, *incidents, *halted;
    size_t stuck_count, incident_count, halted_count;
    struct case_together together;
};
/* MISSING "case". Drafts are found too: nothing has happened in them. */
bool case_watch_load(struct ctx *c, int64_t id, struct case_watch *out) NODISCARD;
/* What a step of the process that the case is under is called, in the reader's language; "": it has none of
 * that id. */
bool case_step_name(struct ctx *c, int64_t case_id, struct str step, struct str *name) NODISCARD;
/* Tells the applicant, and an agent, what is still to follow and until when; nothing where it is there. */
bool case_tell_owed(struct ctx *c, int64_t case_id, int64_t duty) NODISCARD;
/* Orders of supervisors, given by the module that keeps them (which needs this one, and not the other way
 * round): fills "orders", "has_orders" and "order_href" (where to issue one; null: not theirs) of the page of
 * officers. */
void case_set_orders(struct server *s,
                     bool (*show)(struct ctx *c, const struct case_file *f, struct json *doc));
/* An entry of the record that no act of the process made, for officers alone: the words are sealed. */
bool case_note(struct ctx *c, int64_t case_id, const char *act, struct str words) NODISCARD;
/* Acts younger than the act `after`, oldest first, at most `limit`: whose they are, and their ids. */
bool case_watch_changes(struct ctx *c, int64_t after, int limit, int64_t **cases, int64_t **acts,
                        size_t *count) NODISCARD;

/* ---- for programs outside: service tasks and messages of the processes of cases ---- */
/* A task that waits for a system. Texts live as long as the request; variables are what the model hands in
 * (`gives`), and may be personal. */
struct case_service {
    int64_t case_id, token, applicant, unit, priority;
    int64_t taker; /* whose systems may take it: the department the model names, else that of the case */
    struct str case_no, item_code, division, topic, activity, process;
    int version;
    const struct json *variables;
};
/* Given by the module that brings them to systems (which needs this one, and not the other way round). All
 * run in the transaction that moves the case. drop: the process no longer wants it; hold: nothing is to be
 * done for the case until it is let go; show: adds {activity, topic, state, incident, message, retry};
 * incidents: tasks that were given up, step being the id of the activity. */
struct case_services {
    bool (*ask)(struct ctx *c, const struct case_service *s);
    bool (*drop)(struct ctx *c, int64_t case_id, int64_t token);
    bool (*hold)(struct ctx *c, int64_t case_id, bool held);
    bool (*show)(struct ctx *c, int64_t case_id, struct json *list);
    bool (*incidents)(struct ctx *c, int64_t case_id, struct case_watch_stuck **rows, size_t *count);
};
void case_set_services(struct server *s, const struct case_services *services);

/* Decision models that could not answer in cases of a department (0: of all), the oldest first, behind row
 * `after`: "stuck" [{case_no, href, department, step, model, text, since, tries, retry}], "has_stuck",
 * "stuck_models" [{model}]. *next: the last row where there are more, else 0. */
bool case_list_stuck(struct ctx *c, struct json *doc, int64_t unit, int64_t after, int64_t *next) NODISCARD;
/* The system `by` (its name, for the record) has done it; variables are its results, of which the process
 * keeps those its model names. CONFLICT "course.nobody_waits", "bpmn.suspended" and those of the process;
 * INVALID "course.name". Acts as the program. */
bool case_service_done(struct ctx *c, int64_t case_id, int64_t token, struct str by,
                       const struct json *variables) NODISCARD;
/* … says that it cannot be done, by an error of the model. *caught false: no event of the process takes it,
 * and nothing has changed. */
bool case_service_error(struct ctx *c, int64_t case_id, int64_t token, struct str by, struct str code,
                        struct str message, const struct json *variables, bool *caught) NODISCARD;
/* That nobody does it any more until people have looked, and that they let it be tried again: entries of the
 * record, upon which supervision looks. */
bool case_service_given_up(struct ctx *c, int64_t case_id, struct str activity) NODISCARD;
bool case_service_again(struct ctx *c, int64_t case_id, struct str activity) NODISCARD;
/* A file that was handed in is {CASE_FILE: {"id", "name", "type"}} among the variables, made here alone; of
 * several that one answer names the others follow as NAME_2, NAME_3 …. Its content and media type; MISSING
 * "file" where the case has no such file any more. */
#define CASE_FILE "x-file"
bool case_service_file(struct ctx *c, int64_t case_id, int64_t file, struct str *content,
                       struct str *media_type) NODISCARD;
/* A message for the case of that number, from a system of `unit`: the department that owns the case, or one
 * that its process names; to all others it is not there. MISSING "case", CONFLICT "course.nobody_waits". */
bool case_message(struct ctx *c, struct str case_no, struct str name, int64_t unit, struct str by,
                  const struct json *variables) NODISCARD;

/* A signal of a system `by` of `unit` to all cases whose event waits for one of that department (its
 * `department`, else the one that owns the case), each in a job of its own; variables are an object, at most
 * 4 KiB. INVALID "workers.variable", "course.name". */
bool case_signal(struct ctx *c, struct str name, int64_t unit, struct str by, const struct json *variables,
                 int64_t *number) NODISCARD;
/* To one of them, now: what waits there, or (token) what waits at one place. CONFLICT "course.nobody_waits",
 * also where it waits for none of that department; "bpmn.suspended" and those of the process. */
bool case_signal_one(struct ctx *c, int64_t case_id, int64_t token, struct str name, int64_t unit,
                     struct str by, const struct json *variables) NODISCARD;

/* ---- for the window: what the desk hands on and hands out ---- */
/* Paper that the desk kept with a case that was sent. */
struct case_paper {
    int64_t id, unit, copies;
    struct str case_no, division, material; /* material: its name in the list of the service */
};
bool case_papers(struct ctx *c, int64_t case_id, struct case_paper **list, size_t *count) NODISCARD;
/* *id = 0 where there is none; says nothing of who may see it. */
bool case_by_no(struct ctx *c, struct str case_no, int64_t *id) NODISCARD;
/* Of the actor, newest first: adds {id, case_no, item_name, status} to the list. */
bool case_list_mine(struct ctx *c, size_t limit, struct json *list) NODISCARD;
/* "Under review", "Granted" … in the language of the request. */
struct str case_status_text(struct ctx *c, const struct case_file *f);
/* Opens a draft of the actor and sends it, where nothing is missing that is not known already: as
 * everybody's, with the same refusals (the transaction goes back then). */
bool case_apply_at_once(struct ctx *c, const struct item *item, int64_t *id) NODISCARD;

/* ---- the pages of an application at other addresses ----
 * For a terminal, which sets the person who stands there as c->actor. {id} and {page} of the route as in
 * /items/{id}/apply, /apply/{id}/form/{page} and so on; documents and redirects speak of those addresses. */
enum case_apply_step {
    CASE_APPLY_NONE, /* MISSING "page" */
    CASE_APPLY_SCOPE,
    CASE_APPLY_START,
    CASE_APPLY_START_SAVE,
    CASE_APPLY_TASKS,
    CASE_APPLY_DISCARD,
    CASE_APPLY_FORM,
    CASE_APPLY_FORM_SAVE,
    CASE_APPLY_FILES,
    CASE_APPLY_FILES_SAVE, /* takes no files */
    CASE_APPLY_BOOKING,
    CASE_APPLY_BOOKING_SAVE,
    CASE_APPLY_SUMMARY,
    CASE_APPLY_SUBMIT,
    CASE_APPLY_RECEIPT,
};
bool case_apply_page(struct ctx *c, enum case_apply_step step) NODISCARD;
extern const struct field case_start_fields[], case_form_fields[], case_files_fields[], case_booking_fields[],
    case_submit_fields[];

/* ---- files: of documents and inside forms ---- */
struct case_upload {
    int64_t id, size, at;
    struct str material, blob, file_name, media_type;
    struct str state; /* "uploaded", "deferred"; at the desk "paper" (kept) or "paper_seen" (handed back) */
    int64_t copies;   /* of paper; 0 of what is no paper */
    int64_t clerk;    /* who took the paper; 0 where nobody knows */
    int64_t token;    /* of the task in whose form it was given; 0: none */
};

/* Files inside a form are kept like other uploads under "form:<property>" ("form:<group>.<property>" in the
 * rows of a group); the answer names them by number. A number counts only where it is a file of this
 * application given for this very property, so that nobody names somebody else's. */
struct form_upload_list {
    const struct form *form; /* NULL: none */
    struct str base;         /* their address is base/files/<number> */
    struct case_upload *rows;
    size_t count;
    bool at_desk; /* papers may be taken in place of files */
};
const struct case_upload *form_upload_find(const struct form_upload_list *list, int64_t id);
/* The names of files, from an answer. */
struct str form_upload_names(struct ctx *c, const struct form_upload_list *list, struct str ids);
/* Says at each control of a page which files it has. */
void form_files_on_page(struct ctx *c, const struct form_upload_list *list, const struct json *fields);
/* What a file for that control must be, as case_file_take reads it ("id": what it is kept under); NULL where
 * it is no file of the form. */
const struct json *form_file_rule(struct ctx *c, const struct form *form, struct str name);
/* Do the answers name the file of that number? */
bool form_file_named(struct ctx *c, const struct form *form, const struct json *values, int64_t id);
/* What was sent with a page: the files are stored first, then the page is read with their numbers. */
struct form_sent {
    struct ctx *c;
    struct form_upload_list list;
    struct json *added; /* {name of the control: numbers} */
    bool any;
};
struct form_sent form_sent_begin(struct ctx *c);
void form_sent_add(struct form_sent *sent, struct str control, int64_t id);
/* Paper taken at the desk stands for a file of the form: a row without blob, named by the answer as files
 * are. Calls `keep` for every control of a file whose box for it was ticked; material: what it is kept under.
 */
typedef bool form_paper(void *arg, struct str control, struct str material);
bool form_papers_each(struct ctx *c, const struct form *form, form_paper *keep, void *arg) NODISCARD;
/* "Paper received at the desk" */
struct str form_paper_name(struct ctx *c);
/* form_get with struct form_sent */
struct str form_files_raw(void *arg, struct str name);

/* ---- for bundles (一件事): several cases for one application ----
 * A case opened so has the channel "bundle"; what follows is asked for those alone. */
struct case_given {
    struct str material, blob, file_name, media_type;
    int64_t size;
    int64_t number;    /* of a file inside the form ("form:<property>"): by which `values` name it; else 0 */
    bool paper;        /* taken at the desk: no blob */
    int64_t clerk, at; /* of paper: by whom, when */
};
struct case_opening {
    const struct item *item;
    int64_t applicant, agent; /* subjects; agent 0 = oneself */
    const struct json *situations;
    struct json *values; /* those of files inside the form are given their numbers in the case */
    struct str slot;     /* the appointment, where the service needs one: taken in this transaction */
    bool at_desk;        /* received there: no appointment is needed, as for all that is */
    const struct case_given *files;
    size_t file_count;
};
/* Opens a case of its own (never the person's draft) and sends it: with the same refusals as everybody's
 * application, at the same fields (the transaction goes back then). The actor is the applicant, their agent,
 * or the desk. */
bool case_open_for(struct ctx *c, const struct case_opening *o, struct case_file *out) NODISCARD;
/* The next reference number of that division, from the numbers of cases. */
bool case_next_number(struct ctx *c, struct str division, struct str *number) NODISCARD;
/* What registers know for a form that is about to be filled in for that applicant, asked for that item. */
struct json *case_known(struct ctx *c, const struct item *item, int64_t applicant, int64_t about,
                        const struct json *schema);
/* Does a register or a licence have what a document of that rule would say? by: who has it, in the language
 * of the request. */
bool case_document_held(struct ctx *c, const struct item *item, int64_t applicant, bool organisation,
                        int64_t about, const struct json *rule, bool *held, struct str *by) NODISCARD;
/* doc.decides: the controls of this page (SIZE_MAX: of all) whose answers change what it asks, or null. */
void case_form_decides(struct ctx *c, struct json *doc, const struct form *form, size_t page);
/* What the partial "field" looks for and a field of engines/forms lacks. */
void case_field_whole(struct ctx *c, struct json *field);
/* {name of a control: what was wrong with it}, of the form that came back. */
struct json *case_field_errors(struct ctx *c);
/* A group of a summary, and an answer in it. */
struct json *case_summary_group(struct ctx *c, struct json *groups, struct str heading, bool zh,
                                struct str change);
struct json *case_summary_answer(struct ctx *c, struct json *answers, struct str label, struct str value,
                                 struct str source);
/* What cases/apply_booking draws beside the head: the times of that setting, the chosen one marked. */
bool case_booking_page(struct ctx *c, int64_t item, const struct json *setting, struct str slot,
                       struct str action) NODISCARD;
/* In a prepare step, as for applications: begins c->prepared; looks into a file and stores it. */
void case_files_begin(struct ctx *c);
bool case_file_take(struct ctx *c, struct str field, const struct json *rule,
                    const struct upload *u) NODISCARD;
void case_files_wrong(struct ctx *c, struct err *into);
void case_file_rules(struct ctx *c, struct json *field, const struct json *rule);
/* A raw value sent for a form's property (form_get; arg: struct ctx). */
struct str case_raw_value(void *arg, struct str name);

/* "Due in 3 working days (4 December)"; "" where there is nothing to say. */
struct str case_due_text(struct ctx *c, int64_t due, enum clock_light light, bool provisional);
/* What a bundle shows of a member to its person. */
struct case_view {
    struct case_file file;
    struct str due_text; /* "" where there is nothing to say */
    bool paused, may_withdraw;
    int points;           /* of a correction, still to be supplied */
    int64_t points_until; /* ms */
    struct str opinion;   /* words of the decision, in the language of the request where they have two */
};
/* Within what the actor may see. steps, where not NULL, gets the timeline; points {reason} what is asked. */
bool case_view(struct ctx *c, int64_t id, struct case_view *out, struct json *points,
               struct json *steps) NODISCARD;
/* Corrections (补正) of cases that one page asks for together; the names of controls of a case begin with its
 * prefix. CONFLICT "case.no_correction" where nothing is asked. _add: its points, as cases/correction draws
 * them; _take: in a prepare step, looks into the files sent (case_files_begin first, case_files_wrong for
 * what is wrong with them); _supply: everything that was asked, or, where something is wrong, none of it:
 * told in `wrong`. */
bool case_correction_add(struct ctx *c, int64_t id, struct str prefix, struct json *list) NODISCARD;
bool case_correction_take(struct ctx *c, int64_t id, struct str prefix) NODISCARD;
bool case_correction_supply(struct ctx *c, int64_t id, struct str prefix, struct err *wrong) NODISCARD;
/* Withdraws it where that is still possible. */
bool case_withdraw_open(struct ctx *c, int64_t id, bool *withdrawn) NODISCARD;

/* Given by the module that keeps bundles, which needs this one. */
struct case_follower {
    /* After each act on a case of a bundle, in its transaction. */
    bool (*moved)(struct ctx *c, const struct case_file *file, bool paused);
    /* Adds "bundle" to the page of such a case, of its person or of officers. */
    bool (*show)(struct ctx *c, const struct case_file *file, struct json *doc);
    /* What all cases of it promise together. */
    bool (*promise)(struct ctx *c, const struct case_file *file, struct case_together *out);
    /* Adds {name, text, href} of those a query at the desk speaks of, for that person. */
    bool (*at_desk)(struct ctx *c, struct str query, int64_t person, struct json *list);
    /* Adds {name, href, text} of what an application as a whole waits for, of the actor. */
    bool (*due)(struct ctx *c, struct json *list);
};
void case_set_follower(struct server *s, const struct case_follower *follower);

#endif
