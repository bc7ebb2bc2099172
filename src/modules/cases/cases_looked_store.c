#include "modules/cases/cases_looked.h"

bool looked_store_done(struct ctx *c, int64_t case_id, int64_t account, int64_t *event)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id FROM case_event WHERE case_id = $1 AND account = $2 AND act IN ('accept', 'pass', "
            "'agree', 'disagree', 'opinion', 'grant', 'refuse') ORDER BY id DESC LIMIT 1",
            DB_I(case_id), DB_I(account)))
        return false;
    *event = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}
