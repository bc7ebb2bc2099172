/* Private to the module: a case with everything that decides how it goes on, and the rules that move it.
 *
 * engines/course decides what may happen, by the process (BPMN) the case began with; this module
 * stores the new state and carries out the commands in the same transaction: clock events, notices, licences,
 * timers. What the applicant said is sealed under the applicant's key. */
#ifndef TB_CASES_INTERNAL_H
#define TB_CASES_INTERNAL_H

#include "core/jobs/jobs.h"
#include "engines/course/course.h"
#include "engines/feel/feel.h"
#include "engines/forms/forms.h"
#include "engines/workclock/workclock.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/people/people.h"
#include "modules/processes/processes.h"

enum { CLOCK_EVENTS_MAX = 32, MATERIALS_MAX = 64, FILES_A_CASE_MAX = 40, POINTS_MAX = 10, CASES_PAGE = 30 };

/* due_order of a case without a limit: after all others (2100-01-01). */
#define CASE_NEVER_DUE INT64_C(4102444800000)

enum { EXTENSION_WORKDAYS = 10 /* art. 42 */, DRAFT_DAYS = 30 };

/* A material of the item as it stands in this case. */
struct case_material {
    struct str id, name;
    const struct json *rule; /* of the item: need, when, from, accept, max_mb, help … */
    bool wanted;             /* its condition holds */
    bool required, may_defer, deferred;
    bool held; /* 免提交: a register or a licence has it */
    struct str held_by, held_by_en;
    struct str held_from; /* the resource that was asked last; "" where a licence of here is it */
    struct case_upload *uploads[FILES_A_CASE_MAX];
    size_t upload_count;
};

struct case_point {
    int n;
    struct str target; /* "field:<property>" or "material:<id>" */
    struct str reason;
    int64_t asked_by, asked_at, done_at;
};

/* A department that was asked for its opinion (case_asked). */
struct case_asked {
    int64_t token, unit, asked, due, yellow_at, red_at, answered;
    struct str step, state, outcome; /* state: "open", "answered", "dropped" */
};

/* What is open beside the tasks, as lists and supervision see it (cases_duty.c): owed or promised, until the
 * end of a day. A row lives as long as the duty is open. */
struct case_duty {
    int64_t id, until; /* until: the first instant that is too late */
    enum bpmn_duty_kind kind;
    struct str name; /* sealed as stored */
};

/* Everything that decides how a case goes on. */
struct case_work {
    struct case_file file;
    bool organisation; /* the applicant is one */
    const struct item *item;
    const struct json *service; /* situations, form, materials, flow, licence, booking … of the version */
    const struct process_version *process; /* a draft: that in force today, NULL where none is */
    const struct course *course;
    struct course_state state;
    const struct form *form;
    const struct json *schema;   /* of the form, as written */
    int form_version;            /* of the form the service names; 0: it has its own */
    struct form_answers answers; /* values, prefill, situations */
    struct clock_event clock[CLOCK_EVENTS_MAX];
    size_t clock_count;
    bool paused, provisional;
    bool placed; /* may stand in inboxes already */
    int64_t yellow_at, red_at;
    int64_t received;   /* when it was complete in the office's hands: on sending, again when a correction was
                           supplied */
    struct str opinion; /* the decision's words, in the language of the request where they have two */
    bool opinion_translated;
    struct str sealed_answers, sealed_opinion, sealed_variables, state_text, situations_text,
        process_code; /* as stored */
    int process_version;
    struct case_asked *asked; /* where the process asks other departments */
    size_t asked_count;
    bool had_duties;          /* rows of duties may be there */
    struct case_duty *duties; /* open ones, once case_keep_duties has looked */
    size_t duty_count;
    struct case_filled *filled; /* at steps whose model asks a form (cases_steps.h) */
    size_t filled_count;
    bool heard;          /* its process, as it was loaded, waits for signals */
    int64_t signal;      /* the number of the one it hears now; 0: it hears none */
    int signal_rounds;   /* signals that led to it, with that one */
    int64_t signal_root; /* the first of those */
    unsigned
        decided; /* decision models asked since it was loaded: each asks for the next inside its own move */
};

/* ---- loading (cases.c); all within what the actor may see ---- */
bool case_work_load(struct ctx *c, int64_t id, struct case_work *w) NODISCARD;
/* The applicant's drafts and corrections are open to change by the applicant alone. CONFLICT "case.sent". */
bool case_must_be_draft(struct ctx *c, const struct case_work *w) NODISCARD;
bool case_materials(struct ctx *c, const struct case_work *w, struct case_material **list,
                    size_t *count) NODISCARD;
bool case_points(struct ctx *c, const struct case_work *w, struct case_point **list, size_t *count) NODISCARD;

/* Words of the program itself are kept in Chinese and English, as one sealed text; an officer's words as they
 * are. case_speak gives the one of the request's language. */
struct str case_two_languages(struct ctx *c, struct str zh, struct str en);
struct str case_speak(const struct ctx *c, struct str text, bool *translated);

/* ---- the clocks (cases_clock.c) ---- */
/* That of the decision, from acceptance on. */
struct clock_state case_clock_state(struct ctx *c, const struct case_work *w);
bool case_clock_add(struct ctx *c, struct case_work *w, enum clock_event_kind kind, int64_t at, int count,
                    struct str note) NODISCARD;
bool case_clock_rests(const struct case_work *w);
/* Working days for saying whether it is accepted: flow.accept_days of the service, else those of the law. A
 * service may promise fewer than the law gives, not take more; _said: 0 where it promises none. */
int case_accept_days_said(const struct json *service);
int case_accept_days(const struct json *service);
/* When that answer is due, by the calendar of now. */
int64_t case_answer_until(struct ctx *c, const struct case_work *w);
/* Renews due date, lights and the provisional mark: before acceptance those of the answer about it. */
void case_clock_store(struct ctx *c, struct case_work *w);
/* Light and days left from the stored columns alone (lists). */
enum clock_light case_light(const struct case_file *f, int64_t yellow_at, int64_t red_at, bool paused,
                            int64_t now);
/* Lets the program act when that time is over: the day is the one the calendar of today gives. */
bool case_clock_timer(struct ctx *c, const struct case_work *w, enum course_timer timer) NODISCARD;
/* The job case.timer: acts where the time is really over, else waits on. */
bool case_clock_rings(struct ctx *c, struct case_work *w, const struct json *payload) NODISCARD;
/* case_keep, and the timers anew: calendar or thresholds changed. */
bool case_clock_recount(struct ctx *c, struct case_work *w) NODISCARD;
/* Until when a correction is to be supplied; 0: none was asked for. */
bool case_correction_until(struct ctx *c, int64_t id, int64_t *until) NODISCARD;
int64_t case_points_until(struct ctx *c, const struct case_point *points, size_t count, bool *provisional);

/* ---- the state as stored (cases_state.c) ---- */
/* Renews the stored texts from the state; values from outside are sealed. */
bool case_write_state(struct ctx *c, struct case_work *w) NODISCARD;
/* Puts them back into a state that was read. */
bool case_read_variables(struct ctx *c, const struct case_work *w, struct json *state) NODISCARD;
/* "brought" and "has_brought": those values, for officers of the department that owns the case. */
bool case_show_brought(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;

/* ---- drafts (cases_draft.c) ---- */
/* The actor's draft for this item, made when there is none. DENIED "level" when the service needs a higher
 * level; INVALID "item.offline", "item.audience". */
bool draft_open(struct ctx *c, const struct item *item, const char *channel, int64_t applicant, int64_t agent,
                int64_t *id) NODISCARD;
/* The same, but always a new one: a member of a bundle, beside any draft of the person's own. */
#define CHANNEL_BUNDLE "bundle"
bool draft_open_member(struct ctx *c, const struct item *item, int64_t applicant, int64_t agent,
                       int64_t *id) NODISCARD;
bool case_number(struct ctx *c, struct str division, struct str *number) NODISCARD;
/* ---- those of bundles (cases_board.c has what was set at start) ---- */
bool case_tell_follower(struct ctx *c, const struct case_work *w) NODISCARD;
bool case_show_bundle(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
bool case_show_orders(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
/* Adds what the actor's applications of several wait for. */
bool case_follower_due(struct ctx *c, struct json *list) NODISCARD;
/* Those that a query at the desk speaks of, for a person who was found. */
bool case_desk_bundles(struct ctx *c, struct json *doc, struct str query, int64_t person) NODISCARD;
/* 免提交, for documents of that case. */
bool case_held(struct ctx *c, const struct case_work *w, struct case_material *m) NODISCARD;
/* {id: value}; refuses unknown questions and answers, and tells when an answer ends the application (err
 * INVALID "case.ends"). */
bool draft_situations(struct ctx *c, struct case_work *w, const struct json *chosen) NODISCARD;
/* One page of the form from raw values. */
bool draft_page(struct ctx *c, struct case_work *w, size_t page, form_get *get, void *arg) NODISCARD;
/* A file already stored as a blob (prepare step). INVALID at the material's field. */
bool draft_add_file(struct ctx *c, struct case_work *w, struct str material, struct str blob,
                    struct str file_name, int64_t size, const char *media_type) NODISCARD;
bool draft_remove_file(struct ctx *c, struct case_work *w, int64_t upload) NODISCARD;
bool draft_defer(struct ctx *c, struct case_work *w, struct str material, bool deferred) NODISCARD;
/* The clerk has seen it on paper: keeps it with the hand-over list, or hands it back. copies: 1 to 99. */
/* By the officer who acts, with evidence of it; of a draft opened for a bundle by its person: by nobody. */
bool draft_add_paper(struct ctx *c, const struct case_work *w, struct str material, bool kept, int64_t copies,
                     struct case_upload *u) NODISCARD;
bool draft_paper(struct ctx *c, struct case_work *w, struct str material, bool kept,
                 int64_t copies) NODISCARD;
bool case_is_paper(const struct case_upload *u);
bool draft_discard(struct ctx *c, struct case_work *w) NODISCARD;
/* What is still missing before it can be sent: field errors at "situation:<id>", properties, "material:<id>",
 * "booking". */
bool draft_complete(struct ctx *c, struct case_work *w) NODISCARD;
/* Sends: number, state, commands. Sending twice gives the same case again. */
bool draft_submit(struct ctx *c, struct case_work *w) NODISCARD;

/* ---- moving (cases_move.c) ---- */
struct case_act {
    struct course_event event;
    struct str note;           /* reason or opinion: sealed */
    bool note_is_opinion;      /* words of the decision */
    struct case_point *points; /* for COURSE_CORRECT */
    size_t point_count;
    int count; /* working days: of an extension, or that a special procedure is expected to take */
};
/* One event through the course, its commands, the record of it. Fills event.role from the actor (the role of
 * an open task that is one of theirs), who and now. */
bool case_move(struct ctx *c, struct case_work *w, const struct case_act *act) NODISCARD;
/* Tells the applicant, and an agent: %{case_no}, %{item}, %{reason} (the act's note), %{days} (its count),
 * %{until} (the last day before the event's `until`). */
bool case_tell(struct ctx *c, const struct case_work *w, const struct case_act *act,
               const char *msgid) NODISCARD;
/* ---- the record (cases_record.c) ---- */
struct case_event;
bool case_record(struct ctx *c, const struct case_work *w, const struct case_act *act,
                 const struct course_state *before, struct str step,
                 const struct course_commands *done) NODISCARD;
/* "told" of an entry of the history: {label, value} of to whom, from when until when, back to where. */
void case_show_details(struct ctx *c, struct json *entry, const struct case_work *w,
                       const struct case_event *e);
/* The course by which that entry names its step: of its version, or, where that is not known, of the last one
 * that has such a step. */
const struct course *case_course_then(struct ctx *c, const struct case_work *w, const struct case_event *e);
/* "" where it is nobody's number. */
struct str case_officer_name(struct ctx *c, struct str who);
/* Renews due date, lights, inboxes and the provisional mark from clock and state, and saves. */
bool case_keep(struct ctx *c, struct case_work *w) NODISCARD;
/* The applicant supplies what was asked: all points must be done. */
bool case_supply_correction(struct ctx *c, struct case_work *w) NODISCARD;
bool case_withdraw(struct ctx *c, struct case_work *w) NODISCARD;
bool case_has_role(const struct ctx *c, enum course_role role);
/* The department a task belongs to: that of the item, or the one that is asked. */
int64_t case_task_unit(const struct case_work *w, const struct course_task *t);
/* Is it for the actor to do: of a role and a department of theirs? */
bool case_is_theirs(const struct ctx *c, const struct case_work *w, const struct course_task *t);
/* Does the result need an identity that was confirmed? */
bool case_needs_level(const struct case_work *w);

/* ---- decisions by rule (cases_rule.c) ---- */
/* Asks the model that answers this item and moves the case by what it says: granted, refused, or to a person
 * where it leaves it to one, is not in force, or could not be evaluated. */
bool case_run_rule(struct ctx *c, struct case_work *w) NODISCARD;
/* The fee by the model of the item, where it has one: kept when it is sent, shown before. */
bool case_keep_fee(struct ctx *c, struct case_work *w) NODISCARD;
bool case_show_fee(struct ctx *c, struct case_work *w, struct json *list) NODISCARD;
/* "why" and "has_why" of what was decided by rule in this case. */
bool case_show_why(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;

/* In which role the actor does that: of the tasks it may be about, the first that is one of theirs. */
enum course_role case_role_for(const struct ctx *c, const struct case_work *w, const struct course_event *e);
/* Who acts, as processes name people: the account's number; empty for the program. */
struct str case_who(const struct ctx *c);

/* What module processes asks for (process_mover). */
process_mover case_move_version;

/* In whose inboxes it stands: one row a role and department, renewed with the case. */
struct case_waiting {
    enum course_role role;
    struct str step;
    int64_t unit, due, yellow_at, red_at;
    const char *duty; /* "": due is the case, or an opinion; else "owed" or "promised": that is due first */
};

/* ---- duties: owed materials, promises to be verified (cases_duty.c) ---- */
/* What is open in the state is open in case_duty, and nothing else is. */
bool case_keep_duties(struct ctx *c, struct case_work *w) NODISCARD;
/* A duty that is due before the rest takes the row's due date and lights. */
void case_duty_waiting(struct ctx *c, const struct case_work *w, struct case_waiting *out);
/* Is that duty still to be fulfilled? */
bool case_duty_open(const struct course_state *s, const struct bpmn_duty *d);
/* "duties" and "has_duties": what, until when, with its light. */
void case_show_duties(struct ctx *c, struct json *doc, const struct case_work *w);
/* "owed" and "has_owed": the same for the applicant, of documents that are to follow. */
void case_show_owed(struct ctx *c, struct json *doc, const struct case_work *w);
bool case_store_duties(struct ctx *c, int64_t id, struct case_duty **list, size_t *count) NODISCARD;
bool case_store_duty(struct ctx *c, int64_t case_id, const struct case_duty *d) NODISCARD;
bool case_store_duty_done(struct ctx *c, int64_t case_id, int64_t id) NODISCARD;

/* ---- what comes from outside (cases_outside.c) ---- */
/* Of what came, what the model names. */
struct json *case_kept(struct ctx *c, const struct case_work *w, const struct json *variables);
bool case_load_as_program(struct ctx *c, int64_t id, struct case_work *w) NODISCARD;
bool case_move_as_program(struct ctx *c, struct case_work *w, struct case_act *act) NODISCARD;

/* ---- opinions of other departments (cases_asked.c) ---- */
bool case_load_asked(struct ctx *c, struct case_work *w) NODISCARD;
/* What the process now asks is asked, and what it no longer asks is closed: answered by the event, or
 * dropped. CONFLICT "case.department" where there is no such department here. */
bool case_settle_asked(struct ctx *c, struct case_work *w, const struct course_event *event) NODISCARD;
/* The department a model names, near the one that owns the case; CONFLICT "case.department". */
bool case_unit_named(struct ctx *c, const struct case_work *w, struct str department,
                     int64_t *unit) NODISCARD;
/* The times of open opinions anew, by the calendar and the thresholds of now. */
bool case_asked_recount(struct ctx *c, struct case_work *w) NODISCARD;
/* Where and until when that task waits. */
void case_asked_waiting(const struct case_work *w, int64_t token, struct case_waiting *out);
/* "asked" and "has_asked": who was asked, until when, what they said. */
void case_show_asked(struct ctx *c, struct json *doc, const struct case_work *w);
/* Is it a step of a process that this one calls? What is decided there decides nothing about the case. */
bool case_step_called(const struct course *f, struct str step);
/* "called" and "has_called": the processes that this one has called, each with its own steps
 * (cases_called.c). */
bool case_show_called(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;

/* ---- programs outside and other cases (cases_outside.c) ---- */
bool case_ask_service(struct ctx *c, struct case_work *w, const struct bpmn_command *k) NODISCARD;
bool case_call_off(struct ctx *c, const struct case_work *w, int64_t token) NODISCARD;
/* Nobody works for a case that is held up. */
bool case_hold_services(struct ctx *c, const struct case_work *w,
                        const struct course_state *before) NODISCARD;
bool case_send_message(struct ctx *c, struct case_work *w, const struct bpmn_command *k) NODISCARD;
/* "services" and "has_services": what waits for systems, for the page of officers. */
bool case_show_services(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
bool case_run_message(struct ctx *c, const struct json *payload);

/* ---- what the process may read (cases_known.c) ---- */
struct feel_value case_typed_answers(struct arena *a, const struct form *form, const struct form_answers *in);
bool case_load_filled(struct ctx *c, struct case_work *w) NODISCARD;
/* The answers of the form, typed by its schema, for this step alone: the state of the process keeps none. */
void case_add_known(struct ctx *c, const struct case_work *w, struct course_event *event);
/* "answers.area", "situation.kind", "applicant.code", "case_no", or a variable of the process; *out NULL: not
 * known. */
bool case_fact(struct ctx *c, const struct case_work *w, int64_t token, struct str path,
               const struct json **out) NODISCARD;

/* ---- effects (cases_effects.c) ---- */
bool case_issue_licence(struct ctx *c, struct case_work *w) NODISCARD;
/* What was kept in the open before values were sealed is sealed, a few at a time. */
bool case_seal_old(struct ctx *c, const struct json *payload);
bool case_store_unsealed(struct ctx *c, int most, int64_t **ids, size_t *count) NODISCARD;
/* Applicant, state and sealed variables alone. */
bool case_store_state(struct ctx *c, int64_t id, struct case_work *w, bool *found) NODISCARD;
bool case_store_save_state(struct ctx *c, const struct case_work *w) NODISCARD;
bool case_store_sealed(struct ctx *c, int64_t id) NODISCARD;
enum { CASE_JOBS = 14 };
extern const struct job_kind case_jobs[CASE_JOBS];

/* ---- cases_store.c ---- */
bool case_store_find(struct ctx *c, int64_t id, struct case_work *w,
                     bool *found) NODISCARD; /* with the actor's scope */
/* Drafts made at the desk and by the person themself are apart. */
struct case_row;
/* Within the actor's scope; *id = 0: none. */
bool case_store_numbered(struct ctx *c, struct str case_no, int64_t *id) NODISCARD;
/* Those that were sent, within the actor's scope, newest first; one more than a page. */
bool case_store_of_applicant(struct ctx *c, int64_t applicant, struct case_row **rows,
                             size_t *count) NODISCARD;
bool case_store_draft_of(struct ctx *c, int64_t item, int64_t applicant, int64_t agent, bool desk,
                         int64_t *id) NODISCARD;
/* The case that a desk form of that number became; 0: none yet. */
bool case_store_once(struct ctx *c, int64_t once, int64_t *case_id) NODISCARD;
bool case_store_keep_once(struct ctx *c, int64_t once, int64_t case_id) NODISCARD;
bool case_store_insert(struct ctx *c, const struct case_work *w) NODISCARD;
bool case_store_save(struct ctx *c, const struct case_work *w) NODISCARD;
/* Of a person, as applicant or agent: how many are under way, how many ended, and when the last of those did.
 */
bool case_store_of_person(struct ctx *c, int64_t subject, int64_t *open, int64_t *ended,
                          int64_t *last) NODISCARD;
bool case_store_drafts_of(struct ctx *c, int64_t subject, int64_t **ids, size_t *count) NODISCARD;
bool case_store_files_of(struct ctx *c, int64_t applicant, int64_t **ids, size_t *count) NODISCARD;
/* Documents, answers and opinion of an erased applicant. */
bool case_store_empty(struct ctx *c, int64_t id) NODISCARD;
bool case_store_wait(struct ctx *c, const struct case_work *w, const struct case_waiting *list,
                     size_t count) NODISCARD;
bool case_store_asked(struct ctx *c, int64_t id, struct case_asked **list, size_t *count) NODISCARD;
bool case_store_ask(struct ctx *c, const struct case_work *w, const struct case_asked *a) NODISCARD;
/* Open ones a department has asked for, the longest overdue first; one more than a page. */
struct case_asked_row {
    struct case_asked asked;
    bool rests; /* the case does */
    int64_t case_id, version;
    struct str case_no, item_name, process;
};
/* after: due, case and token of the last row before; zeros from the top. */
bool case_store_asked_by(struct ctx *c, int64_t owner, const int64_t after[3], struct case_asked_row **rows,
                         size_t *count) NODISCARD;
bool case_store_delete_draft(struct ctx *c, int64_t id) NODISCARD;
bool case_store_next_number(struct ctx *c, struct str division, int32_t day, int64_t *sequence) NODISCARD;
bool case_store_add_clock(struct ctx *c, int64_t id, int seq, const struct clock_event *e,
                          struct str sealed_reason) NODISCARD;
bool case_store_clock(struct ctx *c, int64_t id, struct clock_event *events, size_t *count,
                      struct str *reasons) NODISCARD;
/* version: 0 where it is at hand to none: the moves behind the entry tell it (case_events_date). */
bool case_store_add_event(struct ctx *c, int64_t id, int version, const char *act, struct str step,
                          struct str sealed_note, struct str detail) NODISCARD;
bool case_store_add_upload(struct ctx *c, int64_t case_id, const struct case_upload *u,
                           struct str sealed_name) NODISCARD;
bool case_store_remove_upload(struct ctx *c, int64_t case_id, int64_t upload,
                              struct str *blob) NODISCARD; /* "" when it was none */
bool case_store_uploads(struct ctx *c, int64_t case_id, struct case_upload **list,
                        size_t *count) NODISCARD; /* names still sealed */
bool case_store_set_deferred(struct ctx *c, int64_t case_id, struct str material, bool deferred) NODISCARD;
bool case_store_add_point(struct ctx *c, int64_t case_id, const struct case_point *p,
                          struct str sealed_reason) NODISCARD;
bool case_store_points(struct ctx *c, int64_t case_id, struct case_point **list,
                       size_t *count) NODISCARD; /* reasons still sealed */
bool case_store_point_done(struct ctx *c, int64_t case_id, int n) NODISCARD;

/* Open cases whose due date rests on the weekday rule, behind id `after`; drafts made before. At most 100. */
/* Running cases that are not under that version of the process, behind id `after`, at most 100: of the
 * process (begun before there were any: of all), or the one of that number. */
bool case_store_running(struct ctx *c, struct str process, int version, struct str case_no, int64_t after,
                        int64_t **ids, size_t *count) NODISCARD;
bool case_store_on_the_clock(struct ctx *c, int64_t after, int64_t **ids, size_t *count) NODISCARD;
bool case_store_old_drafts(struct ctx *c, int64_t before, int64_t **ids, size_t *count) NODISCARD;

/* Steps of the timeline. */
struct case_event {
    int64_t id, at, account, unit;
    enum actor_kind actor;
    struct str act, step, note;
    bool note_translated;
    struct str detail; /* JSON: of an operation as case_record writes it, of a move see case_move_said */
    int version;       /* of the process, by which the step is named; 0: not known */
};
/* Does it go on under another version than it began with? */
bool case_store_was_moved(struct ctx *c, int64_t id, bool *moved) NODISCARD;
/* {version, from, places: {step: what it is called since}} of an entry that is a move; NULL where it is none
 * or of before that was kept. */
const struct json *case_move_said(struct ctx *c, const struct case_event *e);
/* Entries of before versions were kept get theirs, as far as the moves in the list tell it: `version` is the
 * one the case has now. */
void case_events_date(struct ctx *c, struct case_event *list, size_t count, int version);
bool case_events(struct ctx *c, const struct case_work *w, struct case_event **list, size_t *count) NODISCARD;

/* ---- lists (cases_inbox_store.c, cases_lists_store.c) ---- */
struct case_row {
    struct case_file file;
    int64_t yellow_at, red_at, order; /* order: what the inbox sorts by */
    bool paused, organisation;
    bool asked;      /* it waits for an opinion: lights and due date are those of that */
    struct str duty; /* … those of a duty: "owed", "promised" */
};
enum inbox_filter {
    INBOX_ALL,
    INBOX_RED,
    INBOX_YELLOW,
    INBOX_GREEN,
    INBOX_PAUSED,
    INBOX_DECIDE,
    INBOX_FILTERS
};
struct inbox_query {
    enum inbox_filter filter;
    int64_t unit;                  /* 0 = any */
    struct str case_no;            /* exact; "" = any */
    int64_t after_order, after_id; /* keyset: of the last row before; 0,0 from the top */
};
/* What waits for the actor's roles, most urgent first (never due last). One more than CASES_PAGE where there
 * are more. Each part of it is a walk along an index: the cost is that of a page, however many wait. */
bool case_inbox(struct ctx *c, const struct inbox_query *q, struct case_row **rows, size_t *count) NODISCARD;
/* How many wait, by filter; counted up to INBOX_COUNT_MAX + 1, which stands for "more". */
enum { INBOX_COUNT_MAX = 999 };
bool case_inbox_counts(struct ctx *c, int64_t counts[INBOX_FILTERS]) NODISCARD;
/* Of the actor (and whom they act for), newest first. drafts: only drafts, or only sent ones. */
bool case_mine(struct ctx *c, bool drafts, int64_t before, struct case_row **rows, size_t *count) NODISCARD;
enum { BOARD_WEEKS = 12 };
/* Cases that were granted or refused in a week, and how many of them in time. */
struct ended_week {
    int64_t closed, in_time;
};
struct unit_lights {
    int64_t unit, red, yellow, green, paused;
    struct ended_week weeks[BOARD_WEEKS]; /* of seven days each, the last ends now */
};
bool case_longest_overdue(struct ctx *c, struct case_row **rows, size_t *count) NODISCARD;
/* Departments with open cases, or with cases decided in those weeks. */
bool case_board(struct ctx *c, struct unit_lights **rows, size_t *count) NODISCARD;

#endif
