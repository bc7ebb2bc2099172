/* Private to the module: a bundle's plan for one person's situation, and the rows of applications.
 *
 * bundle_plan is made anew for every request from the version's document, the services of its members in
 * force and the answers to the questions; it lives in the request's arena and is never stored. */
#ifndef TB_BUNDLES_INTERNAL_H
#define TB_BUNDLES_INTERNAL_H

#include "engines/forms/forms.h"
#include "engines/workclock/workclock.h"
#include "modules/bundles/bundles.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/licences/licences.h"

enum {
    BUNDLE_MEMBERS_MAX = 12,
    BUNDLE_FIELDS_MAX = 160,
    BUNDLE_DOCUMENTS_MAX = 48,
    BUNDLE_FILES_MAX = 60,
    BUNDLE_DRAFT_DAYS = 30,
    BUNDLE_PAGE = 30,
    BUNDLE_CLOCK_MAX = 64
};

/* ---- versions ---- */
struct bundle_version {
    struct str code;
    int version;
    struct str status; /* "draft", "review", "published", "superseded" */
    struct str text, note, authors;
    int64_t made_by, made_at, reviewed_by, published_at;
    const struct json *doc; /* parsed by bundle_version_doc */
};
bool bundle_version_doc(struct ctx *c, struct bundle_version *v) NODISCARD;
/* What keeps a document from being published: sentences in the language of the request, [] when nothing. */
bool bundle_check(struct ctx *c, const struct json *doc, struct json *faults) NODISCARD;

/* ---- the plan (bundles_plan.c, bundles_form.c) ---- */
struct bundle_member {
    struct str id;
    const struct json *rule;    /* of the document */
    const struct item *item;    /* NULL: this place has no such service, or it cannot be applied for */
    const struct json *service; /* what the applicant fills in */
    const struct json *schema;  /* its form; NULL where it asks nothing */
    const struct json *booking; /* its appointment; NULL where it needs none */
    bool chosen;                /* belongs to this situation */
    uint32_t after;             /* bits of chosen members that must be granted before */
    int column, row;            /* of the picture */
    int days;                   /* promised working days; -1 not promised in working days */
    struct json *situations;    /* the member's own, as answered by the bundle's */
};
/* A field of a member is a field of the bundle. */
struct bundle_link {
    size_t member;
    struct str property, key;
};
struct bundle_use {
    size_t member;
    struct str material; /* of the service; "form:<property>" a file inside its form */
};
struct bundle_document {
    struct str id, name, en;
    const struct json *rule; /* of the first member that asks for it */
    size_t first;
    bool required, state_has; /* state_has: a register or licence may have it */
    size_t from_member;       /* a member that gives it; SIZE_MAX none */
    bool held;                /* this applicant need not submit it */
    struct str held_by;
    struct bundle_use uses[BUNDLE_MEMBERS_MAX];
    size_t use_count;
};
struct bundle_plan {
    const struct json *doc;
    const struct json *situations; /* answers; unanswered ones stand at their first option */
    bool organisation;
    struct bundle_member members[BUNDLE_MEMBERS_MAX];
    size_t member_count, chosen_count;
    bool missing; /* a chosen member is not offered here at present */
    int columns, rows;
    int sum_days;  /* of the promised times; -1: not all are promised in working days */
    int path_days; /* the longest way through them, or what is promised for all together where that is less */
    size_t asked_documents, left_documents, produced_documents, state_documents;
    size_t asked_fields, fields;
    struct bundle_document documents[BUNDLE_DOCUMENTS_MAX];
    size_t document_count;
    /* after bundle_compose: */
    struct json *clashes; /* "food.goods.kind": fields asked once that no one answer suits */
    struct json *schema;
    const struct form *form;
    struct bundle_link links[BUNDLE_FIELDS_MAX];
    size_t link_count;
};
/* situations may be NULL. items: the services members were sent for, by position; NULL before it is sent. */
bool bundle_plan_make(struct ctx *c, const struct json *doc, const struct json *situations,
                      const int64_t *items, struct bundle_plan *p) NODISCARD;
/* The one form: fields of the same meaning once, conditions on questions already decided. */
bool bundle_compose(struct ctx *c, struct bundle_plan *p) NODISCARD;
/* The group of documents that the bundle has put "member.material" into, NULL none. */
const struct json *bundle_document_group(const struct json *doc, struct str use);
/* What a member is told of the answers: its own fields and no other. */
struct json *bundle_member_values(struct ctx *c, const struct bundle_plan *p, size_t member,
                                  const struct json *values);
/* A condition {situation, equals | in}; none always holds. */
bool bundle_when(const struct json *when, const struct json *situations);
struct str bundle_text(const struct ctx *c, const struct json *o, const char *zh, const char *en);
struct str bundle_unit_name(struct ctx *c, int64_t unit);
struct str bundle_days_text(struct ctx *c, int days);

/* ---- applications ---- */
struct bundle_file {
    int64_t id;
    struct str number, code;
    int version;
    struct str name, division;
    int64_t applicant, agent, clerk;
    bool organisation;
    struct str status; /* "draft", "sent", "done", "withdrawn" */
    struct str situations, sealed_answers;
    struct str slots; /* of a draft: {member: the time chosen} */
    int days;         /* the combined promise; -1 none */
    int64_t created, submitted, due, due_order, yellow_at, red_at, closed, handed, handed_by;
    bool paused;
};
#define BUNDLE_ASKED "appointment"
/* "waiting" for another, "appointment" when its person is to choose a time, "blocked" because another was not
 * granted, "stuck" because it could not be opened, "withdrawn" before it was opened; else the status of its
 * case. */
struct bundle_row {
    int64_t file;
    int position;
    struct str member;
    int64_t item;
    struct str item_name;
    int64_t unit, case_id;
    struct str case_no, status, result;
    bool paused;
    int64_t opened, closed;
};
struct bundle_upload {
    int64_t id, size, at;
    struct str document; /* id of a document, or "form:<key>" of a file inside the one form */
    struct str blob, file_name, media_type; /* blob "": seen on paper at the desk */
};
struct bundle_work {
    struct bundle_file file;
    struct bundle_version version;
    struct bundle_plan plan;
    struct form_answers answers;
    const struct json *slots;
    struct bundle_upload *uploads;
    size_t upload_count;
};
/* Scopes of routes with {id}: set ctx.row. bundle_scope: the applicant's or agent's own, and of a clerk the
 * drafts they opened at the desk. bundle_office_scope: the desk and supervisors of the area, and departments
 * that have a member of it. */
bool bundle_scope(struct ctx *c);
bool bundle_office_scope(struct ctx *c);
/* What a member came to is for the applicant, and for who acts for them now before its department; an agent
 * whose mandate has ended sees only how it stands. False, with an error only where it cannot be told. */
bool bundle_results_theirs(struct ctx *c, const struct bundle_file *f, int64_t unit);
/* The row c->row names, with plan, form and answers as they stand. */
bool bundle_load(struct ctx *c, int64_t id, struct bundle_work *w) NODISCARD;
/* Its uploads anew, after some were added. */
bool bundle_reload_uploads(struct ctx *c, struct bundle_work *w) NODISCARD;
bool bundle_must_be_draft(struct ctx *c, const struct bundle_file *f) NODISCARD;
bool bundle_seal(struct ctx *c, const struct bundle_file *f, const char *column, struct str plain,
                 struct str *sealed) NODISCARD;
bool bundle_open_text(struct ctx *c, const struct bundle_file *f, const char *column, struct str sealed,
                      struct str *plain) NODISCARD;
bool bundle_documents(struct ctx *c, struct bundle_work *w) NODISCARD; /* what is held already */
bool bundle_uploaded(const struct bundle_work *w, struct str document);
/* Where pages of the application lie: "/me/bundles/7", at the desk "/office/bundles/7/receive". */
struct str bundle_base(struct ctx *c, const struct bundle_file *f);

/* ---- appointments (bundles_booking.c) ---- */
/* Is its time chosen before sending? One that waits for another is asked when its turn comes; at the desk
 * nobody needs an appointment. */
bool bundle_books(const struct bundle_work *w, size_t member);
struct str bundle_slot(const struct bundle_work *w, size_t member); /* "" where none is chosen */
/* Where a fault of its appointment is told, and where a time is chosen. */
struct str bundle_booking_field(struct ctx *c, const struct bundle_work *w, size_t member);
struct str bundle_booking_href(struct ctx *c, const struct bundle_work *w, size_t member);
/* Adds {name, href, text} of appointments that the actor is to choose. */
bool bundle_due(struct ctx *c, struct json *list) NODISCARD;

/* ---- sending and following (bundles_open.c) ---- */
/* Opens a member that waited for its appointment. INVALID at "slot", CONFLICT "booking.full"; *stuck: it
 * could not be opened for another reason, and its person has been told. */
bool bundle_open_asked(struct ctx *c, struct bundle_work *w, size_t member, struct str slot,
                       bool *stuck) NODISCARD;
/* A notice to who sent it, with the names of the bundle and of that member (NULL: none) in both languages,
 * and `params` beside. */
bool bundle_tell(struct ctx *c, const struct bundle_file *f, const char *msgid,
                 const struct bundle_row *member, struct json *params) NODISCARD;
bool bundle_submit(struct ctx *c, struct bundle_work *w) NODISCARD;
bool bundle_moved(struct ctx *c, const struct case_file *file, bool paused) NODISCARD;
bool bundle_show(struct ctx *c, const struct case_file *file, struct json *doc) NODISCARD;
bool bundle_promise(struct ctx *c, const struct case_file *file, struct case_together *out) NODISCARD;
bool bundle_at_desk(struct ctx *c, struct str query, int64_t person, struct json *list) NODISCARD;
bool bundle_withdraw_all(struct ctx *c, struct bundle_work *w) NODISCARD;
bool bundle_run_next(struct ctx *c, const struct json *payload);
bool bundle_run_expire(struct ctx *c, const struct json *payload);
bool bundle_run_overdue(struct ctx *c, const struct json *payload);
bool bundle_run_recount(struct ctx *c, const struct json *payload);
bool bundle_run_recount_part(struct ctx *c, const struct json *payload);
enum clock_light bundle_light(const struct ctx *c, const struct bundle_file *f);
bool bundle_discard(struct ctx *c, const struct bundle_file *f) NODISCARD;
bool bundle_forget_person(struct ctx *c, int64_t subject);
/* "waiting", "blocked" … in words, "Under review" of its case. */
struct str bundle_member_text(struct ctx *c, const struct bundle_row *r);
/* Signed, so that others find it and it can be shown. */
bool bundle_licence_there(const struct licence *l);
struct str bundle_due_text(struct ctx *c, const struct bundle_file *f);

/* ---- bundles_store.c ---- */
bool bundle_store_published(struct ctx *c, struct bundle_version **rows, size_t *count) NODISCARD;
bool bundle_store_versions(struct ctx *c, struct str code, struct bundle_version **rows,
                           size_t *count) NODISCARD; /* newest first; code "": the newest of each */
bool bundle_store_version(struct ctx *c, struct str code, int version, struct bundle_version *out,
                          bool *found) NODISCARD;
bool bundle_store_in_force(struct ctx *c, struct str code, struct bundle_version *out, bool *found) NODISCARD;
bool bundle_store_add_version(struct ctx *c, const struct bundle_version *v) NODISCARD;
bool bundle_store_save_version(struct ctx *c, const struct bundle_version *v) NODISCARD;
bool bundle_store_supersede(struct ctx *c, struct str code, int but) NODISCARD;
bool bundle_store_insert(struct ctx *c, const struct bundle_file *f) NODISCARD;
bool bundle_store_save(struct ctx *c, const struct bundle_file *f) NODISCARD;
bool bundle_store_find(struct ctx *c, int64_t id, struct bundle_file *f, bool *found) NODISCARD;
/* Those that are sent and not done, by id, after that one; a hundred. */
bool bundle_store_on_the_clock(struct ctx *c, int64_t after, struct bundle_file **rows,
                               size_t *count) NODISCARD;
bool bundle_store_draft(struct ctx *c, struct str code, int64_t applicant, int64_t agent, int64_t clerk,
                        int64_t *id) NODISCARD;
bool bundle_store_delete(struct ctx *c, int64_t id) NODISCARD;
bool bundle_store_of(struct ctx *c, int64_t subject, int64_t acting, int64_t before,
                     struct bundle_file **rows, size_t *count) NODISCARD;
bool bundle_store_old_drafts(struct ctx *c, int64_t before, int64_t **ids, size_t *count) NODISCARD;
bool bundle_store_drafts_of(struct ctx *c, int64_t subject, int64_t **ids, size_t *count) NODISCARD;
bool bundle_store_erase(struct ctx *c, int64_t subject) NODISCARD;
struct bundle_after {
    int64_t order, id;
};
/* Those sent and not done, most urgent first, behind `after`; unit 0: of all. One more than a page. */
bool bundle_store_open(struct ctx *c, struct str area, int64_t unit, struct bundle_after after,
                       struct bundle_file **rows, size_t *count) NODISCARD;
bool bundle_store_add_member(struct ctx *c, const struct bundle_row *r) NODISCARD;
bool bundle_store_save_member(struct ctx *c, const struct bundle_row *r) NODISCARD;
bool bundle_store_members(struct ctx *c, int64_t file, struct bundle_row **rows, size_t *count) NODISCARD;
/* Members whose person is to choose a time; agent 0: of the applicant's alone. */
bool bundle_store_asked(struct ctx *c, int64_t applicant, int64_t agent, struct bundle_row **rows,
                        size_t *count) NODISCARD;
bool bundle_store_member_of_case(struct ctx *c, int64_t case_id, struct bundle_row *r, bool *found) NODISCARD;
bool bundle_store_add_upload(struct ctx *c, int64_t file, const struct bundle_upload *u,
                             struct str sealed) NODISCARD;
bool bundle_store_remove_upload(struct ctx *c, int64_t file, int64_t id) NODISCARD;
bool bundle_store_uploads(struct ctx *c, int64_t file, struct bundle_upload **list, size_t *count) NODISCARD;
bool bundle_store_clock(struct ctx *c, int64_t file, struct clock_event *events, size_t *count) NODISCARD;
bool bundle_store_add_clock(struct ctx *c, int64_t file, int seq, const struct clock_event *e) NODISCARD;

/* ---- bundles_handover_store.c ---- */
struct bundle_handover {
    int64_t n, at, account, changed;
    struct str who; /* "applicant", "agent", "letter", "courier" */
    struct str taker, carrier, parcel;
    struct str state; /* "handed"; of a parcel "sent", "on_the_way", "delivered", "returned" */
};
bool bundle_store_handovers(struct ctx *c, const struct bundle_file *f, struct bundle_handover **list,
                            size_t *count) NODISCARD; /* in order of n, from 1 */
/* *fresh false: that parcel was recorded before. */
bool bundle_store_add_handover(struct ctx *c, const struct bundle_file *f, const struct bundle_handover *h,
                               bool *fresh) NODISCARD;
bool bundle_store_handover_state(struct ctx *c, int64_t file, int64_t n, struct str state) NODISCARD;

#endif
