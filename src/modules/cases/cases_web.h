/* Private to the module: the handlers that the route table in cases_web.c names. */
#ifndef TB_CASES_WEB_H
#define TB_CASES_WEB_H

#include "modules/cases/cases_internal.h"

/* ---- officers (cases_office.c, cases_acts.c, cases_desk.c, cases_board.c) ---- */
bool office_inbox(struct ctx *c);
bool office_find_form(struct ctx *c);
bool office_find(struct ctx *c);
bool office_find_limit(struct ctx *c);
bool office_case(struct ctx *c);
bool office_case_reveal(struct ctx *c);
bool office_file(struct ctx *c);
bool act_accept(struct ctx *c);
bool act_correct(struct ctx *c);
bool act_reject(struct ctx *c);
bool act_pass(struct ctx *c);
bool act_send_back(struct ctx *c);
bool act_special(struct ctx *c);
bool act_special_end(struct ctx *c);
bool act_extend(struct ctx *c);
bool act_extension_answer(struct ctx *c);
bool act_grant(struct ctx *c);
bool act_refuse(struct ctx *c);
extern const struct field inbox_fields[], office_find_fields[], act_fields[], correct_fields[],
    extension_fields[];
bool desk_page(struct ctx *c);
bool desk_find(struct ctx *c);
bool desk_receive_page(struct ctx *c);
bool desk_receive(struct ctx *c);
bool desk_receipt(struct ctx *c);
/* ---- cases_desk_papers.c ---- */
struct case_work;
struct case_material;
bool desk_receive_check(struct ctx *c); /* prepare: files become blobs */
void desk_add_papers(struct ctx *c, struct json *doc, const struct json *service);
bool desk_take_papers(struct ctx *c, struct case_work *w) NODISCARD;
void desk_paper_row(struct ctx *c, struct json *list, const struct case_material *m);
extern const struct field desk_fields[], desk_find_fields[], desk_receive_fields[];
bool office_board(struct ctx *c);
bool cases_start(struct ctx *c);
void cases_stop(struct server *s);
/* Is there still a rating to give for this case with a result? */
bool cases_rateable(struct ctx *c, int64_t case_id, bool *yes) NODISCARD;
/* What may be done now with a task (0: none), as "acts" of the officers' page; who has signed there does not
 * do it again. */
bool office_acts(struct ctx *c, struct json *doc, const struct case_work *w, int64_t task,
                 bool signed_there) NODISCARD;
bool office_operation(struct ctx *c);
/* Open tasks with their holders, what is owed and promised, and what may be done with the chosen task. */
/* Is the task with nobody, or with this person or for them? */
bool office_acts_for(const struct ctx *c, const struct bpmn_token *t, struct str me);
bool office_tasks(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;
void office_task_field(struct ctx *c, struct json *fields, int64_t task);
bool act_agree(struct ctx *c);
bool act_disagree(struct ctx *c);
bool act_opinion(struct ctx *c);
bool act_operate(struct ctx *c);
/* ---- whom a task may be given to (cases_colleagues.c) ---- */
enum { COLLEAGUES_MAX = 50 }; /* more are searched by name */
struct account;
struct colleagues_of {
    enum course_role role; /* COURSE_NOBODY: no such task */
    int64_t unit;
    struct str holder;
    int64_t task; /* who has signed there is asked for no second signature */
};
struct colleagues_of case_colleagues_of(struct ctx *c, const struct case_work *w, int64_t task);
/* Those whose name holds `query` ("": all); out has room for COLLEAGUES_MAX. *more: there are others. */
bool case_colleagues(struct ctx *c, const struct case_work *w, const struct colleagues_of *of,
                     struct str query, struct account *out, size_t *count, bool *more) NODISCARD;
/* INVALID at "to" where that account may not do the task. */
bool case_colleague(struct ctx *c, const struct case_work *w, int64_t task, int64_t account) NODISCARD;
extern const struct field operate_fields[], operation_fields[], case_fields[], opinions_fields[];
/* What the department has asked of others, the longest overdue first. */
bool office_asked(struct ctx *c);
/* NULL where no module brings service tasks to systems. */
const struct case_services *case_services_of(const struct ctx *c);

/* ---- applicant: cases_apply*.c, cases_person*.c, cases_correction.c ---- */
bool apply_start(struct ctx *c);
bool apply_start_save(struct ctx *c);
bool apply_tasks(struct ctx *c);
bool item_form(struct ctx *c);
bool apply_form(struct ctx *c);
bool apply_form_save(struct ctx *c);
bool apply_files(struct ctx *c);
bool apply_files_check(struct ctx *c);
bool apply_form_check(struct ctx *c);
bool apply_files_save(struct ctx *c);
bool apply_file(struct ctx *c);
bool apply_booking(struct ctx *c);
bool apply_booking_save(struct ctx *c);
/* Of a case that was sent (cases_person_booking.c). */
bool apply_rebook(struct ctx *c);
bool apply_rebook_save(struct ctx *c);
bool apply_summary(struct ctx *c);
bool apply_submit(struct ctx *c);
bool apply_discard(struct ctx *c);
bool apply_receipt(struct ctx *c);
bool apply_proof(struct ctx *c);
bool apply_case(struct ctx *c);
bool apply_step(struct ctx *c);
bool apply_step_save(struct ctx *c);
bool step_files_check(struct ctx *c); /* prepare: files become blobs */
bool office_step(struct ctx *c);
bool office_step_save(struct ctx *c);
bool apply_withdraw(struct ctx *c);
bool apply_correction(struct ctx *c);
bool apply_correction_check(struct ctx *c);
bool apply_correction_save(struct ctx *c);
bool apply_mine(struct ctx *c);
bool apply_track(struct ctx *c);
bool apply_track_find(struct ctx *c);
bool apply_track_limit(struct ctx *c);
/* The {id} of the route, for the applicant, their agent, or who acts for them now: a mandate that ended opens
 * nothing. */
bool apply_scope(struct ctx *c);

/* Adds to pages that are everybody's (/me, /me/data). */
struct people_part;
extern const struct people_part case_person_part;
extern const struct people_part case_erase_part;

#endif
