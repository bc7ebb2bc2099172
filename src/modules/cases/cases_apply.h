/* Private to the module: what the applicant's pages share. */
#ifndef TB_CASES_APPLY_H
#define TB_CASES_APPLY_H

#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

/* Loads the case of the route, as apply_scope allows. */
bool apply_load(struct ctx *c, struct case_work *w) NODISCARD;
bool apply_load_case(struct ctx *c, int64_t id, struct case_work *w) NODISCARD;
/* The same for pages of a draft: when it was sent already, *sent, and the outcome leads to the case. */
bool apply_load_draft(struct ctx *c, struct case_work *w, bool *sent) NODISCARD;

/* What an application still needs, and where. */
struct apply_plan {
    struct case_material *materials;
    size_t material_count;
    size_t wanted, held, to_upload; /* to_upload: required, neither held, uploaded nor deferred */
    size_t open_page;               /* of the form: the first that needs the person; SIZE_MAX none */
    size_t pages;                   /* visible ones */
    bool books;
    struct str slot; /* "" none taken */
    size_t steps;    /* questions, pages, documents, appointment, summary */
};
bool apply_plan(struct ctx *c, const struct case_work *w, struct apply_plan *plan) NODISCARD;
/* Where the person goes on: the first page that needs them, else the summary. */
struct str apply_next(struct ctx *c, const struct case_work *w, const struct apply_plan *plan);
/* Has a page of the form nothing more to ask? Prefilled ones and those seen before are not asked again. */
bool apply_page_done(struct ctx *c, const struct case_work *w, size_t page);

/* {id, name, href}, back, progress {step, steps}. step 0: no progress. */
void apply_head(struct ctx *c, struct json *doc, const struct item *item, struct str back, size_t step,
                size_t steps);
size_t apply_step_of_page(struct ctx *c, const struct case_work *w, size_t page);
/* The partial "field" looks outward for what is absent; here it is said. */
/* Without the buttons that add and remove rows, on pages that do not act on them. */
void apply_without_buttons(struct ctx *c, struct json *f);
void apply_complete_rows(struct ctx *c, struct json *field);
void apply_complete_field(struct ctx *c, struct json *field);
struct json *apply_field(struct ctx *c, struct json *list, const char *name, struct str label, bool label_zh,
                         const char *kind);
/* "appointment" {time, place, change}, null where the case has none (cases_person_booking.c). */
bool case_show_booking(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
/* What was wrong with that field of the form sent; "" when nothing. */
struct str apply_error(const struct ctx *c, struct str field);
/* zh, or en where the person reads English and there is one; *zh tells which. */
struct str apply_pick(const struct ctx *c, const struct json *o, const char *zh, const char *en, bool *is_zh);
struct str apply_unit_name(struct ctx *c, int64_t unit);
struct str apply_size_text(struct ctx *c, int64_t bytes);
/* A value sent for a form's property: a field, or a member of "values" of a JSON body. arg: struct ctx. */
struct str apply_raw(void *arg, struct str name);

/* ---- files (cases_apply_files.c) ---- */
/* In a prepare step: looks into the file, cleans it and stores it; the outcome is added to c->prepared:
 * "files" [{field, material, blob, name, size, type}] or "wrong" [{field, message, arg}]. false: nothing can
 * be stored at all. */
bool apply_take_file(struct ctx *c, struct str field, const struct json *rule,
                     const struct upload *u) NODISCARD;
void apply_prepared(struct ctx *c);
void apply_wrong(struct ctx *c, struct err *into);
/* Adds the name, size and address of an upload. */
void apply_file_document(struct ctx *c, struct json *list, struct str base, const struct case_upload *u);
/* "Photo or PDF, at most 5 MB", and the attribute accept. */
void apply_file_rules(struct ctx *c, struct json *field, const struct json *rule);

/* ---- summary (cases_apply_send.c) ---- */
/* Materials and what stands for them: file names, 免提交, handed in later. */
void apply_material_group(struct ctx *c, struct json *groups, const struct apply_plan *plan,
                          struct str change);
/* Everything that was filled in, with links to change it where `base` is not "". */
bool apply_groups(struct ctx *c, struct json *doc, const struct case_work *w, const struct apply_plan *plan,
                  struct str base) NODISCARD;

/* ---- after it was sent (cases_person_timeline.c) ---- */
bool person_timeline(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
/* What happens next and who has it, in one sentence. */
struct str person_next_text(struct ctx *c, const struct case_file *f);
bool person_may_withdraw(struct ctx *c, const struct case_work *w);
/* Until when a draft is kept. */
int64_t person_draft_until(const struct case_work *w);
/* "open", "waits", "good", "bad" */
const char *person_tone(const struct case_file *f);

/* ---- the public door (cases_person_store.c) ---- */
struct track_row {
    struct case_row row;
    bool provisional;
};
/* By number alone, whoever asks: the caller compares the code. */
bool case_store_track(struct ctx *c, struct str case_no, struct track_row *out, bool *found) NODISCARD;

#endif
