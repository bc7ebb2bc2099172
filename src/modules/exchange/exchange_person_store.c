#include "modules/exchange/exchange_person.h"

/* ---- calls ---- */

#define COLUMNS                                                                                              \
    "k.id, k.at, k.system, k.unit, k.operator, k.resource, k.permit, k.mode, k.purpose, k.item, k.case_id, " \
    "k.subject, k.subject_index, k.fields, k.result, k.answer, s.name, COALESCE(e.name, ''), "               \
    "COALESCE(e.id, 0), COALESCE(e.unit, 0), o.state, COALESCE((SELECT x.way FROM exchange_elsewhere x "     \
    "WHERE x.call = k.id LIMIT 1), '') "
#define TABLES                                                                                               \
    "FROM exchange_call k JOIN exchange_system s ON s.id = k.system LEFT JOIN data_resource r ON r.id = "    \
    "k.resource LEFT JOIN data_entry e ON e.id = r.entry LEFT JOIN exchange_objection o ON o.call = k.id "

static struct call_row call_of(const struct db_rows *r, size_t i)
{
    return (struct call_row){.id = db_int(r, i, 0),
                             .at = db_int(r, i, 1),
                             .system = db_int(r, i, 2),
                             .unit = db_int(r, i, 3),
                             .operator_id = db_str(r, i, 4),
                             .resource = db_int(r, i, 5),
                             .permit = db_int(r, i, 6),
                             .mode = db_str(r, i, 7),
                             .purpose = db_str(r, i, 8),
                             .item = db_int(r, i, 9),
                             .case_id = db_int(r, i, 10),
                             .subject = db_int(r, i, 11),
                             .subject_index = db_str(r, i, 12),
                             .fields = db_str(r, i, 13),
                             .result = db_str(r, i, 14),
                             .answer = db_int(r, i, 15) != 0,
                             .system_name = db_str(r, i, 16),
                             .resource_name = db_str(r, i, 17),
                             .entry = db_int(r, i, 18),
                             .provider = db_int(r, i, 19),
                             .objection = db_str(r, i, 20),
                             .kept = db_str(r, i, 21)};
}

bool person_store_calls(struct ctx *c, struct str subject_index, int64_t before, struct call_row **rows,
                        size_t *count)
{
    const struct about_query q = {
        .index = subject_index, .before = before > 0 ? before : INT64_MAX, .limit = CALLS_PAGE + 1};
    int64_t *ids;
    size_t found;
    if (!about_store_find(c, &q, &ids, &found)) return false;
    *rows = ARENA_ARRAY(c->arena, found + 1, struct call_row);
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        struct db_rows r;
        if (!db_query(&c->tx, &r, "SELECT " COLUMNS TABLES "WHERE k.id = $1 AND k.subject_index = $2",
                      DB_I(ids[i]), DB_B(subject_index)))
            return false;
        if (r.rows) (*rows)[(*count)++] = call_of(&r, 0);
    }
    return true;
}

bool person_store_call(struct ctx *c, int64_t id, struct call_row *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS TABLES "WHERE k.id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (*found) *out = call_of(&r, 0);
    return true;
}

/* ---- objections ---- */

static bool seal(struct ctx *c, const struct objection *o, const char *column, struct str plain,
                 struct str *sealed)
{
    const struct field_place at = {"exchange_objection", column, o->call, o->subject};
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

/* Erased words are empty words. */
static bool unseal(struct ctx *c, const struct objection *o, const char *column, struct str *text)
{
    const struct field_place at = {"exchange_objection", column, o->call, o->subject};
    if (!text->len || field_open(ctx_keys(c), &c->tx, &at, *text, text)) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    *text = STR_EMPTY;
    return true;
}

bool objection_store_add(struct ctx *c, const struct objection *o, bool *fresh)
{
    struct str words;
    int64_t count = 0;
    if (!seal(c, o, "words", o->words, &words) ||
        !db_exec_count(
            &c->tx, &count,
            "INSERT INTO exchange_objection (call, subject, provider, state, words, opened, due, outcome, "
            "answer, answered_by, answered_at) VALUES ($1, $2, $3, 'open', $4, $5, $6, '', $7, 0, 0) "
            "ON CONFLICT (call) DO NOTHING",
            DB_I(o->call), DB_I(o->subject), DB_I(o->provider), DB_B(words), DB_I(o->opened), DB_I(o->due),
            DB_B(STR_EMPTY)))
        return false;
    *fresh = count > 0;
    return true;
}

/* What departments say to each other about it is nobody's own data: the installation's key. */
static bool seal_office(struct ctx *c, const struct objection *o, const char *column, struct str plain,
                        struct str *sealed)
{
    const struct field_place at = {"exchange_objection", column, o->call, 0};
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

static bool unseal_office(struct ctx *c, const struct objection *o, const char *column, struct str *text)
{
    const struct field_place at = {"exchange_objection", column, o->call, 0};
    return !text->len || field_open(ctx_keys(c), &c->tx, &at, *text, text);
}

bool objection_store_answer(struct ctx *c, const struct objection *o, bool *done)
{
    struct str answer, told;
    int64_t count = 0;
    if (!seal(c, o, "answer", o->answer, &answer) || !seal_office(c, o, "told", o->told, &told) ||
        !db_exec_count(
            &c->tx, &count,
            "UPDATE exchange_objection SET state = 'answered', outcome = $2, answer = $3, answered_by = "
            "$4, answered_at = $5, consumer = $6, told = $7 WHERE call = $1 AND state = 'open'",
            DB_I(o->call), DB_S(o->outcome), DB_B(answer), DB_I(c->actor.account), DB_I(c->now),
            DB_I(o->consumer), DB_B(told)))
        return false;
    *done = count > 0;
    return true;
}

bool objection_store_note(struct ctx *c, const struct objection *o, bool *done)
{
    struct str text;
    int64_t count = 0;
    if (!seal_office(c, o, "done", o->done, &text) ||
        !db_exec_count(
            &c->tx, &count,
            "UPDATE exchange_objection SET done = $2, noted_by = $3, noted_at = $4 WHERE call = $1 "
            "AND consumer <> 0 AND noted_at = 0",
            DB_I(o->call), DB_B(text), DB_I(c->actor.account), DB_I(c->now)))
        return false;
    *done = count > 0;
    return true;
}

#define OBJECTION                                                                                            \
    "SELECT call, subject, provider, state, words, opened, due, outcome, answer, answered_by, answered_at, " \
    "consumer, told, done, noted_by, noted_at FROM exchange_objection "

static struct objection objection_of(const struct db_rows *r, size_t i)
{
    return (struct objection){.call = db_int(r, i, 0),
                              .subject = db_int(r, i, 1),
                              .provider = db_int(r, i, 2),
                              .state = db_str(r, i, 3),
                              .words = db_str(r, i, 4),
                              .opened = db_int(r, i, 5),
                              .due = db_int(r, i, 6),
                              .outcome = db_str(r, i, 7),
                              .answer = db_str(r, i, 8),
                              .answered_by = db_int(r, i, 9),
                              .answered_at = db_int(r, i, 10),
                              .consumer = db_int(r, i, 11),
                              .told = db_str(r, i, 12),
                              .done = db_str(r, i, 13),
                              .noted_by = db_int(r, i, 14),
                              .noted_at = db_int(r, i, 15)};
}

bool objection_store_load(struct ctx *c, int64_t call, struct objection *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, OBJECTION "WHERE call = $1", DB_I(call))) return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = objection_of(&r, 0);
    return unseal(c, out, "words", &out->words) && unseal(c, out, "answer", &out->answer) &&
           unseal_office(c, out, "told", &out->told) && unseal_office(c, out, "done", &out->done);
}

bool objection_store_list(struct ctx *c, const struct objection_query *q, struct objection **rows,
                          size_t *count)
{
    static const struct {
        const char *which, *sql;
    } lists[] = {
        {"open",
         OBJECTION "WHERE ($1 = 0 OR provider = $1) AND state = 'open' AND call > $2 AND $4 > 0 ORDER "
                   "BY call LIMIT $3"},
        {"overdue", OBJECTION "WHERE ($1 = 0 OR provider = $1) AND state = 'open' AND due < $4 AND call > $2 "
                              "ORDER BY call LIMIT $3"},
        {"answered",
         OBJECTION "WHERE ($1 = 0 OR provider = $1) AND state = 'answered' AND call > $2 AND $4 > "
                   "0 ORDER BY call LIMIT $3"},
        {"ours",
         OBJECTION "WHERE consumer = $1 AND consumer <> 0 AND call > $2 AND $4 > 0 ORDER BY call LIMIT "
                   "$3"},
    };
    enum { LISTS = sizeof lists / sizeof lists[0] };
    struct db_rows r;
    size_t n = 0;
    while (n + 1 < LISTS && !str_eq_c(q->which, lists[n].which))
        n++;
    if (!db_query(&c->tx, &r, lists[n].sql, DB_I(q->unit), DB_I(q->after), DB_I(OBJECTIONS_PAGE + 1),
                  DB_I(c->now)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct objection);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = objection_of(&r, i);
    *count = r.rows;
    return true;
}

bool objection_store_counts(struct ctx *c, int64_t provider, int64_t *open, int64_t *overdue)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN due < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) "
                  "FROM exchange_objection WHERE ($1 = 0 OR provider = $1) AND state = 'open'",
                  DB_I(provider), DB_I(c->now)))
        return false;
    *open = db_int(&r, 0, 0);
    *overdue = db_int(&r, 0, 1);
    return true;
}

bool objection_store_unnoted(struct ctx *c, int64_t consumer, int64_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*) FROM exchange_objection WHERE consumer = $1 AND consumer <> 0 AND noted_at "
            "= 0",
            DB_I(consumer)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}
