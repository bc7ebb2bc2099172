#include "modules/cases/cases_exchange.h"

/* Whoever asks: the exchange says no by itself where it is not theirs. */
bool case_store_live(struct ctx *c, struct str case_no, struct case_live *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, item, applicant, unit_id, status, submitted, closed, result FROM case_file "
                  "WHERE case_no = $1",
                  DB_S(case_no)))
        return false;
    *found = r.rows > 0 && db_int(&r, 0, 5) > 0;
    if (!*found) return true;
    *out = (struct case_live){.id = db_int(&r, 0, 0),
                              .item = db_int(&r, 0, 1),
                              .applicant = db_int(&r, 0, 2),
                              .unit = db_int(&r, 0, 3),
                              .live = !db_int(&r, 0, 6) && !db_str(&r, 0, 7).len};
    return true;
}

bool case_store_live_of(struct ctx *c, int64_t applicant, struct case_live **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, item, unit_id, case_no FROM case_file WHERE applicant = $1 AND submitted > 0 AND "
            "closed = 0 AND result = '' ORDER BY id DESC LIMIT 20",
            DB_I(applicant)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct case_live);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct case_live){.id = db_int(&r, i, 0),
                                        .item = db_int(&r, i, 1),
                                        .applicant = applicant,
                                        .unit = db_int(&r, i, 2),
                                        .live = true,
                                        .case_no = db_str(&r, i, 3)};
    return true;
}

bool case_store_number(struct ctx *c, int64_t id, struct str *case_no)
{
    struct db_rows r;
    *case_no = STR_EMPTY;
    if (!db_query(&c->tx, &r, "SELECT case_no FROM case_file WHERE id = $1", DB_I(id))) return false;
    if (r.rows) *case_no = db_str(&r, 0, 0);
    return true;
}
