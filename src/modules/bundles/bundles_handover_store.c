/* Rows of hand-overs; who took it is sealed under the applicant's key. */
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"

bool bundle_store_handovers(struct ctx *c, const struct bundle_file *f, struct bundle_handover **list,
                            size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT n, at, account, changed, who, taker, carrier, parcel, state FROM bundle_handover WHERE "
            "file = $1 ORDER BY n",
            DB_I(f->id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct bundle_handover);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        struct bundle_handover *h = &(*list)[i];
        *h = (struct bundle_handover){.n = db_int(&r, i, 0),
                                      .at = db_int(&r, i, 1),
                                      .account = db_int(&r, i, 2),
                                      .changed = db_int(&r, i, 3),
                                      .who = db_str(&r, i, 4),
                                      .carrier = db_str(&r, i, 6),
                                      .parcel = db_str(&r, i, 7),
                                      .state = db_str(&r, i, 8)};
        if (!bundle_open_text(c, f, "taker", db_str(&r, i, 5), &h->taker)) return false;
    }
    return true;
}

bool bundle_store_add_handover(struct ctx *c, const struct bundle_file *f, const struct bundle_handover *h,
                               bool *fresh)
{
    struct str sealed;
    int64_t changed = 0;
    if (!bundle_seal(c, f, "taker", h->taker, &sealed) ||
        !db_exec_count(
            &c->tx, &changed,
            "INSERT INTO bundle_handover (file, n, who, taker, carrier, parcel, state, at, account, "
            "changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8) ON CONFLICT DO NOTHING",
            DB_I(f->id), DB_I(h->n), DB_S(h->who), sealed.len ? DB_B(sealed) : DB_N, DB_S(h->carrier),
            DB_S(h->parcel), DB_S(h->state), DB_I(c->now), DB_I(c->actor.account)))
        return false;
    *fresh = changed > 0;
    return true;
}

bool bundle_store_handover_state(struct ctx *c, int64_t file, int64_t n, struct str state)
{
    return db_exec(&c->tx, "UPDATE bundle_handover SET state = $3, changed = $4 WHERE file = $1 AND n = $2",
                   DB_I(file), DB_I(n), DB_S(state), DB_I(c->now));
}
