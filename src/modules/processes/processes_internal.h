/* Private to the module: versions as stored, the snapshot, drafts, pages. */
#ifndef TB_PROCESSES_INTERNAL_H
#define TB_PROCESSES_INTERNAL_H

#include "core/base/shared.h"
#include "core/base/time.h"
#include "engines/bpmn/bpmn_sheet.h"
#include "modules/forms/forms.h"
#include "modules/orgs/orgs.h"
#include "modules/processes/processes.h"
#include "modules/versions/versions.h"

enum { XML_MAX = 1 << 20 };

struct snapshot {
    struct arena *arena;
    struct process_version *versions; /* ever published; by code, then newest effect first */
    size_t count;
};
struct processes_state {
    struct shared snapshot;
    process_mover *mover;
    const struct process_decisions *decisions; /* NULL: there is no such module */
};
const struct snapshot *processes_snapshot(struct ctx *c);

/* What keeps a document from being published, as {text, where, element, line} in the language of the request;
 * `element` is the id of the element it is about, or null. */
struct process_report {
    struct json *faults;
    bool readable; /* a BPMN document with one process: then sheet, code, name and en are there */
    struct bpmn_sheet sheet;
    struct str code, name, en;
    const struct course *course; /* NULL: it cannot be used */
};
bool process_check(struct ctx *c, struct str xml, struct process_report *out) NODISCARD;
void process_add_fault(struct ctx *c, struct process_report *r, const char *msgid, struct str where,
                       struct str id, int line);

/* ---- processes_calls.c ---- */
/* The courses of these versions get those they call. */
void process_link_all(struct arena *a, struct process_version *list, size_t count);
/* Faults of forms that steps name. */
void process_check_forms(struct ctx *c, struct process_report *out);
/* Faults of what is called; without any the course gets it. */
bool process_check_calls(struct ctx *c, struct process_report *out) NODISCARD;

/* ---- processes_decisions.c ---- */
const struct process_decisions *process_decisions_of(struct ctx *c);
/* Faults of decision models that tasks ask. */
void process_check_decisions(struct ctx *c, struct process_report *out);

/* ---- processes_events.c ---- */
/* Faults of events and signatures that can never come. */
void process_check_events(struct ctx *c, struct process_report *out);

/* ---- processes_signals.c ---- */
/* Faults of signals that nothing sends. */
bool process_check_signals(struct ctx *c, struct process_report *out) NODISCARD;
/* What is said of a way that leads from a decision model back to it; %{arg}: its code. */
extern const char process_asks_for_ever[];

/* ---- processes_edit.c: drafts, four eyes (modules/versions) ---- */
extern const struct versions_kind process_versions;
bool process_send_to_review(struct ctx *c, const struct versions_row *row) NODISCARD;
bool process_publish(struct ctx *c, int64_t process) NODISCARD;
/* The text of an earlier version takes effect today. CONFLICT while a draft is open. */
bool process_roll_back(struct ctx *c, int64_t process, int version) NODISCARD;

/* ---- processes_mappings.c ---- */
/* "calls" [{id, name, called, sides: [{legend, rows: [{from, to, from_name, to_name}]}]}]: a plain form. */
void process_add_mappings(struct ctx *c, struct json *doc, const struct process_report *r);
/* The document with what that form said; as it is where it said nothing. */
bool process_read_mappings(struct ctx *c, const struct bpmn_sheet *sheet, struct str *xml) NODISCARD;

/* ---- processes_draw.c ---- */
/* {width, height, nodes: [...], edges: [...]}: the picture; null where there is nothing to draw. tones: a
 * word a part ("been", "here", "added", "changed", "removed", "fault"; NULL: plain), or NULL. */
struct json *process_draw(struct ctx *c, const struct bpmn_sheet *s, const char *const *tones);
/* In the language of the request, as far as it has one; empty where it has none. */
struct str process_part_name(const struct ctx *c, const struct bpmn_part *p);

/* ---- processes_template.c ---- */
/* What a new process begins with. */
struct process_beginning {
    struct str template; /* one of PROCESS_TEMPLATES */
    struct str code, name, en;
    const struct unit *other; /* the department that is asked, where the template has two */
};
#define PROCESS_TEMPLATES "one|series|parallel|countersign"
struct str process_template(struct arena *a, const struct process_beginning *b);
/* The document under another code and name. Only for one that is sound. */
struct str process_renamed(struct arena *a, struct str xml, struct str from,
                           const struct process_beginning *b);

/* ---- pages ---- */
bool processes_list_page(struct ctx *c);
bool processes_new_page(struct ctx *c);
bool processes_create(struct ctx *c);
bool processes_scope(struct ctx *c);
bool processes_page(struct ctx *c);
bool processes_edit_page(struct ctx *c);
bool processes_save(struct ctx *c);
bool processes_check_now(struct ctx *c);
bool processes_try_page(struct ctx *c);
bool processes_compare_page(struct ctx *c);
/* The version of the query ("version"), else the last; all of them in `rows`, newest first. */
bool processes_chosen(struct ctx *c, const char *param, struct versions_row **rows, size_t *count,
                      size_t *at);
/* The name of a department by its kind; "item:NAME" is told as what the service names. Empty for empty. */
struct str process_department_words(struct ctx *c, struct str department);
struct str process_status_label(struct ctx *c, struct str status);
struct str process_name_of(const struct ctx *c, const struct versions_row *v);
extern const char *const process_role_words[COURSE_ROLE_COUNT], *const process_act_words[COURSE_ACT_COUNT];
extern const struct field processes_new_fields[], processes_check_fields[], processes_try_fields[],
    processes_compare_fields[];
bool processes_model(struct ctx *c);
bool processes_publish_now(struct ctx *c);
bool processes_return_now(struct ctx *c);
bool processes_roll_back_now(struct ctx *c);
bool processes_move_page(struct ctx *c);
bool processes_move(struct ctx *c);
extern const struct field processes_save_fields[], processes_return_fields[], processes_back_fields[],
    processes_move_fields[], processes_page_fields[];

#endif
