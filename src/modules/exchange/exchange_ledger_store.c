/* Calls as lists show them: by who asks, by whose data it is, by whom it is about. */
#include "modules/exchange/exchange_person.h"

enum { RESOURCES_MAX = 500 };

#define SELECT                                                                                               \
    "SELECT k.id, k.at, k.system, k.unit, k.resource, COALESCE(e.id, 0), COALESCE(e.unit, 0), k.item, "      \
    "k.case_id, k.subject, k.operator, k.mode, k.subject_index, k.result, k.answer, k.purpose, k.fields, "   \
    "k.permit, COALESCE(s.name, ''), COALESCE(e.name, ''), k.took_us FROM exchange_call k LEFT JOIN "        \
    "exchange_system "                                                                                       \
    "s ON s.id = k.system LEFT JOIN data_resource r ON r.id = k.resource LEFT JOIN data_entry e ON "         \
    "e.id = r.entry "
#define BOUNDS                                                                                               \
    "k.id >= $2 AND k.id < $3 AND ($4 = 0 OR k.resource = $4) AND ($5 = 0 OR k.system = $5) AND ($6 = '' "   \
    "OR k.operator = $6) AND ($7 = 0 OR k.case_id = 0) "
#define TAIL "ORDER BY k.id DESC LIMIT $8"
/* The condition of the index of refusals comes first; what a filter kept back was answered. */
#define REFUSED  "k.result <> 'ok' AND k.result <> 'exchange.filtered' AND "
#define ANSWERED "k.result IN ('ok', 'exchange.filtered') AND "
#define OF_EACH(key)                                                                                         \
    {                                                                                                        \
        SELECT "WHERE " key " AND " BOUNDS TAIL, SELECT "WHERE " ANSWERED key " AND " BOUNDS TAIL,           \
            SELECT "WHERE " REFUSED key " AND " BOUNDS TAIL                                                  \
    }

static struct exchange_past past_of(const struct db_rows *r, size_t i)
{
    return (struct exchange_past){.id = db_int(r, i, 0),
                                  .at = db_int(r, i, 1),
                                  .system = db_int(r, i, 2),
                                  .unit = db_int(r, i, 3),
                                  .resource = db_int(r, i, 4),
                                  .entry = db_int(r, i, 5),
                                  .provider = db_int(r, i, 6),
                                  .item = db_int(r, i, 7),
                                  .case_id = db_int(r, i, 8),
                                  .subject = db_int(r, i, 9),
                                  .operator_id = db_str(r, i, 10),
                                  .mode = db_str(r, i, 11),
                                  .subject_index = db_str(r, i, 12),
                                  .result = db_str(r, i, 13),
                                  .answer = db_int(r, i, 14) != 0,
                                  .purpose = db_str(r, i, 15),
                                  .fields = db_str(r, i, 16),
                                  .permit = db_int(r, i, 17),
                                  .system_name = db_str(r, i, 18),
                                  .data_name = db_str(r, i, 19),
                                  .took_us = db_int(r, i, 20)};
}

static bool run(struct ctx *c, const char *sql, struct db_val key, const struct exchange_ledger_query *q,
                struct exchange_past **rows, size_t *count)
{
    const struct db_val params[] = {key,
                                    DB_I(q->from),
                                    DB_I(q->before > 0 ? q->before : INT64_MAX),
                                    DB_I(q->resource),
                                    DB_I(q->system),
                                    DB_S(q->operator_id.len ? q->operator_id : STR_EMPTY),
                                    DB_I(q->caseless),
                                    DB_I(q->limit)};
    struct db_rows r;
    if (!db_query_n(&c->tx, &r, sql, params, sizeof params / sizeof params[0])) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct exchange_past);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = past_of(&r, i);
    *count = r.rows;
    return true;
}

struct ledger {
    const struct exchange_ledger_query *q;
    const char *sql;
    struct exchange_past *rows;
    size_t count;
};

static bool add_past(struct ctx *c, int64_t call, void *arg, bool *enough)
{
    struct ledger *l = arg;
    struct exchange_past *one;
    size_t found;
    if (!run(c, l->sql, DB_I(call), l->q, &one, &found)) return false;
    if (found && str_eq(one->subject_index, l->q->subject_index)) l->rows[l->count++] = *one;
    *enough = l->count == (size_t)l->q->limit;
    return true;
}

static bool of_person(struct ctx *c, const char *sql, const struct exchange_ledger_query *q,
                      struct exchange_past **rows, size_t *count)
{
    const struct about_query about = {
        .index = q->subject_index, .from = q->from, .before = q->before > 0 ? q->before : INT64_MAX};
    struct ledger l = {q, sql, ARENA_ARRAY(c->arena, (size_t)q->limit + 1, struct exchange_past), 0};
    if (!about_store_each(c, &about, add_past, &l)) return false;
    *rows = l.rows;
    *count = l.count;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct exchange_past *x = a, *y = b;
    return (x->id < y->id) - (x->id > y->id);
}

/* Each resource has its own run in the index; what is found is put together. */
static bool of_provider(struct ctx *c, const char *sql, const struct exchange_ledger_query *q,
                        struct exchange_past **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT r.id FROM data_resource r JOIN data_entry e ON e.id = r.entry WHERE e.unit = $1 AND "
            "($2 = 0 OR r.id = $2) ORDER BY r.id LIMIT $3",
            DB_I(q->provider), DB_I(q->resource), DB_I(RESOURCES_MAX)))
        return false;
    size_t limit = (size_t)q->limit, n = 0;
    struct exchange_past *all = ARENA_ARRAY(c->arena, 2 * limit + 1, struct exchange_past), *some;
    for (size_t i = 0; i < r.rows; i++) {
        size_t found;
        if (!run(c, sql, DB_I(db_int(&r, i, 0)), q, &some, &found)) return false;
        for (size_t k = 0; k < found; k++)
            all[n++] = some[k];
        if (!found) continue;
        qsort(all, n, sizeof *all, newest_first);
        if (n > limit) n = limit;
    }
    *rows = all;
    *count = n;
    return true;
}

static bool calls_here(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_past **rows,
                       size_t *count)
{
    static const char *const of_one[] = OF_EACH("k.id = $1"), *const of_unit[] = OF_EACH("k.unit = $1"),
                             *const of_resource[] = OF_EACH("k.resource = $1"),
                             *const of_all[] = OF_EACH("$1 = 0");
    enum exchange_outcome o = q->outcome;
    if (q->subject_index.len) return of_person(c, of_one[o], q, rows, count);
    if (q->consumer) return run(c, of_unit[o], DB_I(q->consumer), q, rows, count);
    if (q->provider) return of_provider(c, of_resource[o], q, rows, count);
    if (q->resource) return run(c, of_resource[o], DB_I(q->resource), q, rows, count);
    return run(c, of_all[o], DB_I(0), q, rows, count);
}

bool exchange_ledger(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_past **rows,
                     size_t *count)
{
    return calls_here(c, q, rows, count) && abroad_merge(c, q, rows, count);
}

bool exchange_ledger_one(struct ctx *c, int64_t id, struct exchange_past *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, SELECT "WHERE k.id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (!*found) return abroad_past(c, id, out, found);
    *out = past_of(&r, 0);
    return true;
}

bool exchange_ledger_data(struct ctx *c, int64_t provider, struct exchange_data **rows, size_t *count)
{
    struct exchange_data *far = NULL;
    size_t more = 0;
    struct db_rows r;
    if (!provider && !abroad_data(c, RESOURCES_MAX, &far, &more)) return false;
    if (!db_query(
            &c->tx, &r,
            "SELECT r.id, e.id, e.name FROM data_resource r JOIN data_entry e ON e.id = r.entry WHERE "
            "($1 = 0 OR e.unit = $1) AND EXISTS (SELECT 1 FROM exchange_call k WHERE k.resource = r.id) "
            "ORDER BY e.code LIMIT $2",
            DB_I(provider), DB_I(RESOURCES_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + more + 1, struct exchange_data);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct exchange_data){
            .resource = db_int(&r, i, 0), .entry = db_int(&r, i, 1), .name = db_str(&r, i, 2)};
    for (size_t i = 0; i < more; i++)
        (*rows)[r.rows + i] = far[i];
    *count = r.rows + more;
    return true;
}
