/* Private to the module: whose cases an actor may see, as SQL, so that a wrong handler finds nothing rather
 * than everything.
 *
 * A person: their own, those of the organisation they act for now, and those they made as agent. An officer:
 * the desk and supervisors within their area; reviewers and deciders those of their department there. The
 * program itself: all. */
#ifndef TB_CASES_SCOPE_H
#define TB_CASES_SCOPE_H

#include "modules/cases/cases_internal.h"

struct case_scope_values {
    int64_t all, subject, acting_for, unit, whole_area;
    struct str area;
};
struct case_scope_values case_scope_values(const struct ctx *c);

/* Subject 0 matches nobody: ids are positive. Drafts are the applicant's alone; one made at the desk is sent
 * in the same transaction. */
#define CASE_SCOPE_SQL(all, subject, acting, unit, whole, area)                                              \
    "(" all " = 1 OR (" subject " > 0 AND (applicant = " subject " OR agent = " subject " OR (" acting       \
    " > 0 AND applicant = " acting "))) OR "                                                                 \
    "((status <> 'draft' OR channel = 'desk') AND (" whole " = 1 OR (" unit " > 0 AND unit_id = " unit       \
    ")) AND substr(division, 1, length(" area ")) = " area ")) "
#define CASE_SCOPE_PARAMS(s)                                                                                 \
    DB_I((s).all), DB_I((s).subject), DB_I((s).acting_for), DB_I((s).unit), DB_I((s).whole_area),            \
        DB_S((s).area)

/* What lists read of a case, in this order first. */
#define CASE_COLUMNS                                                                                         \
    "id, case_no, item, item_name, unit_id, division, applicant, agent, channel, status, step, role, "       \
    "submitted, accepted, due, closed, result, yellow_at, red_at, paused, "                                  \
    "organisation, track_code"
#define CASE_ROW_COLUMNS CASE_COLUMNS " FROM case_file "
/* The statement behind a page of the inbox; empty where nothing can wait for the actor. */
struct str case_inbox_statement(struct ctx *c, const struct inbox_query *q, const struct db_val **params,
                                size_t *count);
void case_take_rows(struct ctx *c, const struct db_rows *r, struct case_row **rows, size_t *count);

/* Seals and opens what belongs to a case, under the applicant's key. Empty stays empty. */
bool case_seal(struct ctx *c, const struct case_work *w, const char *column, struct str plain,
               struct str *sealed) NODISCARD;
bool case_open(struct ctx *c, const struct case_work *w, const char *column, struct str sealed,
               struct str *plain) NODISCARD;

#endif
