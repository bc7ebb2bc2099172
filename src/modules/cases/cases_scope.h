/* Private to the module: whose cases an actor may see, as SQL, so that a wrong handler finds nothing rather
 * than everything.
 *
 * A person: their own, those of the organisation they act for now, and those they made as agent. An officer:
 * the desk and supervisors within their area; reviewers and deciders those of their department there, and
 * those in which their department is or was asked for its opinion. The program itself: all. */
#ifndef TB_CASES_SCOPE_H
#define TB_CASES_SCOPE_H

#include "modules/cases/cases_internal.h"

struct case_scope_values {
    int64_t all, subject, acting_for, unit, whole_area;
    struct str area;
};
struct case_scope_values case_scope_values(const struct ctx *c);

/* What lists read of a case, in this order first. */
#define CASE_COLUMNS                                                                                         \
    "id, case_no, item, item_name, unit_id, division, applicant, agent, channel, status, step, role, "       \
    "submitted, accepted, due, closed, result, yellow_at, red_at, paused, "                                  \
    "organisation, track_code"
#define CASE_ROW_COLUMNS CASE_COLUMNS " FROM case_file "
/* The statement behind a page of the inbox; empty where nothing can wait for the actor. */
struct str case_inbox_statement(struct ctx *c, const struct inbox_query *q, const struct db_val **params,
                                size_t *count);
/* Of the statement of the inbox behind CASE_COLUMNS, by name: what waits there, which is a step of the case
 * or an opinion. */
enum { ROW_ORDER, ROW_UNIT, ROW_DUE, ROW_YELLOW, ROW_RED, ROW_DUTY, ROW_COLUMNS };
/* The statement of the board over the weeks before $6: what was decided, by department and week. It reads an
 * index alone. */
extern const char case_decided_statement[];
void case_take_rows(struct ctx *c, const struct db_rows *r, struct case_row **rows, size_t *count);

/* Seals and opens what belongs to a case, under the applicant's key. Empty stays empty. */
bool case_seal(struct ctx *c, const struct case_work *w, const char *column, struct str plain,
               struct str *sealed) NODISCARD;
bool case_open(struct ctx *c, const struct case_work *w, const char *column, struct str sealed,
               struct str *plain) NODISCARD;

#endif
