/* Orders and messages. Words are sealed under the applicant's key. */
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/supervision/supervision_internal.h"

#define SEEN    "(($1 = 1 AND substr(division, 1, length($3)) = $3) OR ($1 = 0 AND unit_id = $2)) "
#define VIEW(v) DB_I((v)->all_units), DB_I((v)->unit), DB_S((v)->area)
#define COLUMNS                                                                                              \
    "id, finding_id, case_id, case_no, item_name, unit_id, division, applicant, level, issued_by, issued, "  \
    "days, due, "                                                                                            \
    "status, closed FROM supervision_order "

static void take(struct ctx *c, const struct db_rows *r, struct order **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct order);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct order){.id = db_int(r, i, 0),
                                    .finding_id = db_int(r, i, 1),
                                    .case_id = db_int(r, i, 2),
                                    .case_no = db_str(r, i, 3),
                                    .item_name = db_str(r, i, 4),
                                    .unit = db_int(r, i, 5),
                                    .division = db_str(r, i, 6),
                                    .applicant = db_int(r, i, 7),
                                    .level = (int)db_int(r, i, 8),
                                    .issued_by = db_int(r, i, 9),
                                    .issued = db_int(r, i, 10),
                                    .days = db_int(r, i, 11),
                                    .due = db_int(r, i, 12),
                                    .status = db_str(r, i, 13),
                                    .closed = db_int(r, i, 14)};
}

bool order_add(struct ctx *c, const struct order *o)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_order (id, finding_id, case_id, case_no, item_name, unit_id, division, "
        "applicant, level, issued_by, issued, days, due, status, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, "
        "$8, $9, $10, $11, $12, $13, $14, 0)",
        DB_I(o->id), DB_I(o->finding_id), DB_I(o->case_id), DB_S(o->case_no), DB_S(o->item_name),
        DB_I(o->unit), DB_S(o->division), DB_I(o->applicant), DB_I(o->level), DB_I(o->issued_by),
        DB_I(o->issued), DB_I(o->days), DB_I(o->due), DB_S(o->status));
}

bool order_save(struct ctx *c, const struct order *o)
{
    return db_exec(
        &c->tx, "UPDATE supervision_order SET status = $2, due = $3, issued = $4, closed = $5 WHERE id = $1",
        DB_I(o->id), DB_S(o->status), DB_I(o->due), DB_I(o->issued), DB_I(o->closed));
}

bool order_load(struct ctx *c, const struct supervision_view *v, int64_t id, struct order *out)
{
    struct db_rows r;
    struct order *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS "WHERE id = $4 AND " SEEN, VIEW(v), DB_I(id))) return false;
    take(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "order", "There is no such order.");
    *out = rows[0];
    return true;
}

bool order_list(struct ctx *c, const struct supervision_view *v, const struct order_query *q,
                struct order **rows, size_t *count)
{
    static const char *const statements[2] = {
        "SELECT " COLUMNS "WHERE " SEEN
        "AND ($4 = 0 OR unit_id = $4) AND ($5 = 0 OR id < $5) AND $6 = $6 ORDER BY id "
        "DESC LIMIT $7",
        "SELECT " COLUMNS "WHERE closed = 0 AND " SEEN
        "AND ($4 = 0 OR unit_id = $4) AND (due > $6 OR (due = $6 AND id > "
        "$5)) ORDER BY due, id LIMIT $7"};
    struct db_rows r;
    if (!db_query(&c->tx, &r, statements[q->open], VIEW(v), DB_I(q->unit), DB_I(q->after_id),
                  DB_I(q->after_due), DB_I(ORDERS_PAGE + 1)))
        return false;
    take(c, &r, rows, count);
    return true;
}

bool order_is_there(struct ctx *c, const struct order_about *a, bool *there)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM supervision_order WHERE case_id = $1 AND unit_id = $2 AND finding_id = $3 "
                  "AND ($3 <> 0 OR closed = 0) LIMIT 1",
                  DB_I(a->case_id), DB_I(a->unit), DB_I(a->finding_id)))
        return false;
    *there = r.rows > 0;
    return true;
}

bool order_of_case(struct ctx *c, const struct supervision_view *v, int64_t case_id, struct order **rows,
                   size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " COLUMNS "WHERE case_id = $4 AND " SEEN
                  "AND (closed = 0 OR id IN (SELECT id FROM supervision_order WHERE case_id = $4 ORDER BY id "
                  "DESC LIMIT $5)) ORDER BY id DESC",
                  VIEW(v), DB_I(case_id), DB_I(ORDERS_OF_CASE)))
        return false;
    take(c, &r, rows, count);
    return true;
}

/* ---- steps ---- */

/* Each step is bound to its own place. */
static struct field_place place_of(struct ctx *c, const struct order *o, int n)
{
    return (struct field_place){.table = "supervision_order",
                                .column = str_z(c->arena, str_fmt(c->arena, "words.%d", n)),
                                .row = o->id,
                                .subject = o->applicant};
}

bool order_step_add(struct ctx *c, const struct order *o, const char *act, struct str words)
{
    struct db_rows r;
    struct str sealed;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM supervision_order_step WHERE order_id = $1", DB_I(o->id)))
        return false;
    int n = (int)db_int(&r, 0, 0) + 1;
    struct field_place at = place_of(c, o, n);
    if (n > 2 * ORDER_ROUNDS_MAX)
        return err_conflict(c->err, "order.rounds", "This order was sent back too often.");
    return field_seal(ctx_keys(c), &c->tx, &at, words, &sealed) &&
           db_exec(&c->tx,
                   "INSERT INTO supervision_order_step (order_id, n, act, at, account, words) VALUES ($1, "
                   "$2, $3, $4, "
                   "$5, $6)",
                   DB_I(o->id), DB_I(n), DB_C(act), DB_I(c->now), DB_I(c->actor.account), DB_B(sealed));
}

/* Words about an erased person are empty words. */
static bool open_words(struct ctx *c, const struct order *o, struct order_step *s)
{
    struct field_place at = place_of(c, o, s->n);
    if (field_open(ctx_keys(c), &c->tx, &at, s->words, &s->words)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    s->words = STR_EMPTY;
    return true;
}

bool order_steps(struct ctx *c, const struct order *o, struct order_step **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT n, act, at, account, words FROM supervision_order_step WHERE order_id = $1 ORDER BY n",
            DB_I(o->id)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct order_step);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        (*rows)[i] = (struct order_step){.n = (int)db_int(&r, i, 0),
                                         .act = db_str(&r, i, 1),
                                         .at = db_int(&r, i, 2),
                                         .account = db_int(&r, i, 3),
                                         .words = db_str(&r, i, 4)};
        if (!open_words(c, o, &(*rows)[i])) return false;
    }
    return true;
}

/* ---- messages ---- */

bool message_add(struct ctx *c, const struct message *m)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_message (id, told, unit_id, division, account, what, finding_id, order_id, "
        "case_no, read_at, read_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)",
        DB_I(ctx_id(c)), DB_S(m->told), DB_I(m->unit), DB_S(m->division), DB_I(m->account), DB_S(m->what),
        DB_I(m->finding_id), DB_I(m->order_id), DB_S(m->case_no));
}

/* The actor's own, those to their department in a role they have, those to supervisors of their area, those
 * to who runs the program. */
#define MINE                                                                                                 \
    "read_at = 0 AND ((account > 0 AND account = $1) OR (account = 0 AND unit_id = $2 AND ((told = "         \
    "'handler' AND $3 = "                                                                                    \
    "1) OR (told = 'leader' AND $4 = 1) OR (told = 'steward' AND $9 = 1))) OR (account = 0 AND told = "      \
    "'supervisor' AND $5 = 1 AND "                                                                           \
    "substr(division, 1, "                                                                                   \
    "length($6)) = $6) OR (account = 0 AND told = 'operator' AND $10 = 1)) "
#define MINE_PARAMS(seventh, eighth)                                                                         \
    DB_I(c->actor.account), DB_I(v->unit), DB_I(ctx_may(c, "case.review")), DB_I(ctx_may(c, "case.decide")), \
        DB_I(v->all_units), DB_S(v->area), DB_I(seventh), DB_I(eighth),                                      \
        DB_I(ctx_may(c, "supervision.steward")), DB_I(ctx_may(c, "supervision.operator"))

bool message_list(struct ctx *c, const struct supervision_view *v, struct message **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, told, unit_id, division, account, what, finding_id, order_id, case_no FROM "
                  "supervision_message WHERE " MINE "AND id < $8 ORDER BY id DESC LIMIT $7",
                  MINE_PARAMS(MESSAGES_PAGE + 1, INT64_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct message);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct message){.id = db_int(&r, i, 0),
                                      .told = db_str(&r, i, 1),
                                      .unit = db_int(&r, i, 2),
                                      .division = db_str(&r, i, 3),
                                      .account = db_int(&r, i, 4),
                                      .what = db_str(&r, i, 5),
                                      .finding_id = db_int(&r, i, 6),
                                      .order_id = db_int(&r, i, 7),
                                      .case_no = db_str(&r, i, 8)};
    return true;
}

bool message_read(struct ctx *c, const struct supervision_view *v, int64_t id)
{
    return db_exec(&c->tx,
                   "UPDATE supervision_message SET read_at = $8, read_by = $1 WHERE id <= $7 AND " MINE,
                   MINE_PARAMS(id, c->now));
}

bool message_end(struct ctx *c, int64_t finding)
{
    return db_exec(&c->tx,
                   "UPDATE supervision_message SET read_at = $2 WHERE finding_id = $1 AND finding_id > 0 AND "
                   "read_at = 0",
                   DB_I(finding), DB_I(c->now));
}
