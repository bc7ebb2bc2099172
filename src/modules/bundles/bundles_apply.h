/* Private to the module: the handlers that bundles_web.c names, and what the applicant's pages share. */
#ifndef TB_BUNDLES_APPLY_H
#define TB_BUNDLES_APPLY_H

#include "modules/bundles/bundles_internal.h"

/* ---- everybody: bundles_guide.c ---- */
bool bundles_page(struct ctx *c);
bool bundles_guide(struct ctx *c);
void bundles_draw(struct ctx *c, struct json *doc, const struct bundle_plan *p);

/* ---- the applicant: bundles_apply.c, bundles_files.c ---- */
bool bundles_start(struct ctx *c);
bool bundles_start_save(struct ctx *c);
bool bundles_form(struct ctx *c);
bool bundles_form_save(struct ctx *c);
/* Files inside the one form (bundles_files.c): looked into before the page is read; those of an
 * application; those that came with a page, named by what is read of it; those that no answer names. */
bool bundles_form_check(struct ctx *c);
struct form_upload_list bundle_form_files(struct ctx *c, const struct bundle_work *w);
bool bundle_form_take(struct ctx *c, struct bundle_work *w, struct form_sent *sent,
                      struct err *wrong) NODISCARD;
bool bundle_form_sweep(struct ctx *c, const struct bundle_work *w, const struct form_sent *sent) NODISCARD;
bool bundles_files(struct ctx *c);
bool bundles_files_check(struct ctx *c);
bool bundles_files_save(struct ctx *c);
bool bundles_file(struct ctx *c);
bool bundles_booking(struct ctx *c);
bool bundles_booking_save(struct ctx *c);
bool bundles_summary(struct ctx *c);
bool bundles_send(struct ctx *c);
bool bundles_throw_away(struct ctx *c);
/* What an application still needs. */
struct bundle_todo {
    size_t wanted, held, to_upload, open_page, pages, steps;
    size_t books,
        to_book; /* members that need an appointment; the first without a free time, SIZE_MAX none */
};
bool bundles_todo(struct ctx *c, struct bundle_work *w, struct bundle_todo *t) NODISCARD;
struct str bundles_next(struct ctx *c, const struct bundle_work *w, const struct bundle_todo *t);
bool bundle_bookings(struct ctx *c, const struct bundle_work *w, struct bundle_todo *t) NODISCARD;
/* {item}, back, progress: what the pages of an application begin with. step 0: no progress. */
void bundles_head(struct ctx *c, const struct bundle_work *w, struct str back, size_t step, size_t steps);

/* ---- after it was sent: bundles_progress.c, bundles_package.c ---- */
bool bundles_mine(struct ctx *c);
bool bundles_one(struct ctx *c);
bool bundles_withdraw(struct ctx *c);
bool bundles_corrections(struct ctx *c);
bool bundles_corrections_check(struct ctx *c);
bool bundles_corrections_save(struct ctx *c);
bool bundles_package_make(struct ctx *c);
bool bundles_package(struct ctx *c);

/* ---- officers: bundles_office.c, bundles_desk.c ---- */
bool bundles_office_list(struct ctx *c);
bool bundles_office_one(struct ctx *c);
/* bundles_handover.c: what was handed over, and the form for it. */
bool bundle_add_handovers(struct ctx *c, const struct bundle_work *w, struct json *doc) NODISCARD;
bool bundles_hand_over_limit(struct ctx *c);
bool bundles_hand_over(struct ctx *c);
bool bundles_delivery(struct ctx *c);
bool bundles_receipt(struct ctx *c);

/* ---- administrators: bundles_edit.c and its pages ---- */
struct bundle_edit {
    struct bundle_version *rows; /* newest first */
    size_t count;
    struct bundle_version v; /* the newest, with its document */
};
bool bundle_edit_load(struct ctx *c, struct bundle_edit *e) NODISCARD;
/* Name, state, faults, tabs and versions into the document of the answer. */
bool bundle_edit_head(struct ctx *c, const struct bundle_edit *e, const char *here) NODISCARD;
bool bundle_edit_may(struct ctx *c, const struct bundle_edit *e) NODISCARD; /* CONFLICT while under review */
/* Keeps `doc` as the draft, a new version where none is open; leads back to the page `behind`. */
bool bundle_edit_keep(struct ctx *c, const struct bundle_edit *e, const struct json *doc,
                      const char *behind) NODISCARD;
/* Did the form have this control, be it empty? */
bool bundle_edit_sent(const struct ctx *c, struct str name);
/* The form is shown again after it could not be saved, and had this control: what was typed stands in it. */
bool bundle_edit_again(const struct ctx *c, struct str name);
/* Then the option that was chosen is the chosen one: "chosen" of each by its "value". */
void bundle_edit_choose(struct ctx *c, struct json *options, struct str name);
bool bundles_versions(struct ctx *c);
bool bundles_new(struct ctx *c);
bool bundles_new_save(struct ctx *c);
bool bundles_version(struct ctx *c);
bool bundles_version_save(struct ctx *c);
bool bundles_members_save(struct ctx *c);
bool bundles_questions(struct ctx *c);
bool bundles_questions_save(struct ctx *c);
bool bundles_mapping(struct ctx *c);
bool bundles_mapping_save(struct ctx *c);
bool bundles_pages(struct ctx *c);
bool bundles_pages_save(struct ctx *c);
bool bundles_try(struct ctx *c);
bool bundles_version_send(struct ctx *c);
bool bundles_version_act(struct ctx *c);
bool bundles_roll_back(struct ctx *c);

extern const struct field bundles_start_fields[], bundles_form_fields[], bundles_files_fields[],
    bundles_submit_fields[], bundles_booking_fields[], bundles_list_fields[], bundles_edit_fields[],
    bundles_act_fields[], bundles_revision_fields[], bundles_members_fields[], bundles_new_fields[],
    bundles_back_fields[], bundles_hand_fields[], bundles_delivery_fields[], bundles_receipt_fields[];

#endif
