/* What modules that need this one may know: entries with what can be asked of them, and past calls. */
#include "core/http/server.h"
#include "core/search/search.h"
#include "modules/exchange/exchange_person.h"

#include <stdlib.h>

enum { PAIRS = 12, COMMON_PAIR = 3000, TOLD_MAX = 500 };

/* ---- entries ---- */

#define COLUMNS                                                                                              \
    "e.id, e.unit, e.version, e.code, e.name, e.sharing, e.state, COALESCE(r.id, 0), COALESCE(r.code, ''), " \
    "COALESCE(r.register, ''), COALESCE(r.state, '') "
#define TABLES "FROM data_entry e LEFT JOIN data_resource r ON r.entry = e.id "

static struct exchange_data data_of(const struct db_rows *r, size_t i)
{
    return (struct exchange_data){.entry = db_int(r, i, 0),
                                  .unit = db_int(r, i, 1),
                                  .version = db_int(r, i, 2),
                                  .code = db_str(r, i, 3),
                                  .name = db_str(r, i, 4),
                                  .sharing = db_str(r, i, 5),
                                  .published = str_eq_c(db_str(r, i, 6), "published"),
                                  .resource = db_int(r, i, 7),
                                  .resource_code = db_str(r, i, 8),
                                  .register_id = db_str(r, i, 9),
                                  .open = str_eq_c(db_str(r, i, 10), "open"),
                                  .cycle = STR_EMPTY,
                                  .reason = STR_EMPTY};
}

static void all_of(struct ctx *c, const struct db_rows *r, struct exchange_data **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct exchange_data);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = data_of(r, i);
    *count = r->rows;
}

static bool add_doc(struct ctx *c, struct str text, struct exchange_data *out)
{
    const struct json *doc = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : NULL;
    if (text.len && !doc) return false;
    out->cycle = json_text_of(doc, "cycle");
    out->reason = json_text_of(doc, "reason");
    out->items = json_get(doc, "items");
    return true;
}

bool exchange_data(struct ctx *c, int64_t entry, struct exchange_data *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS ", e.doc " TABLES "WHERE e.id = $1 ORDER BY r.id LIMIT 1",
                  DB_I(entry)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = data_of(&r, 0);
    return add_doc(c, db_str(&r, 0, 11), out);
}

bool exchange_data_by_code(struct ctx *c, struct str code, int64_t *entry)
{
    return entry_store_by_code(c, code, entry);
}

bool exchange_data_open(struct ctx *c, int64_t unit, int64_t after, int limit, struct exchange_data **rows,
                        size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT " COLUMNS "FROM data_resource r JOIN data_entry e ON e.id = r.entry "
            "WHERE r.state = 'open' AND e.state = 'published' AND ($1 = 0 OR e.unit = $1) AND e.id > $2 "
            "ORDER BY e.id LIMIT $3",
            DB_I(unit), DB_I(after), DB_I(limit)))
        return false;
    all_of(c, &r, rows, count);
    return true;
}

bool exchange_data_refused(struct ctx *c, struct str after, int limit, struct exchange_data **rows,
                           size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT " COLUMNS ", e.doc " TABLES
            "WHERE e.sharing = 'none' AND e.state = 'published' AND e.code > $1 ORDER BY e.code LIMIT $2",
            DB_S(after), DB_I(limit)))
        return false;
    all_of(c, &r, rows, count);
    for (size_t i = 0; i < *count; i++)
        if (!add_doc(c, db_str(&r, i, 11), &(*rows)[i])) return false;
    return true;
}

/* ---- finding: rare pairs of characters bring candidates, BM25 orders them ---- */

static bool choose_pairs(struct ctx *c, struct str lower, struct str pairs[PAIRS], size_t *count)
{
    size_t pos = 0, from;
    *count = 0;
    while (*count < PAIRS && pos < lower.len) {
        struct db_rows r;
        from = pos;
        utf8_next(lower, &pos);
        size_t after = pos;
        if (after >= lower.len) break;
        utf8_next(lower, &after);
        struct str pair = str_slice(lower, from, after);
        if (!db_query(&c->tx, &r,
                      "SELECT COUNT(*) FROM (SELECT 1 FROM data_entry_term WHERE term = $1 LIMIT $2) n",
                      DB_S(pair), DB_I(COMMON_PAIR)))
            return false;
        int64_t n = db_int(&r, 0, 0);
        if (n > 0 && n < COMMON_PAIR) pairs[(*count)++] = pair;
    }
    return true;
}

static bool order(struct ctx *c, struct str words, size_t limit, struct exchange_data **rows, size_t *count)
{
    struct search_builder *b = search_begin();
    struct search_hit *hits;
    bool ok = b != NULL;
    for (size_t i = 0; ok && i < *count; i++) {
        search_doc(b);
        ok = search_text(b, (*rows)[i].name, 30);
    }
    struct search_index *ix = ok ? search_finish(b) : NULL;
    if (!ix) return err_fault(c->err, "not enough memory to order what was found");
    size_t n = search_run(ix, c->arena, words, limit, NULL, NULL, &hits);
    struct exchange_data *best = ARENA_ARRAY(c->arena, n + 1, struct exchange_data);
    for (size_t i = 0; i < n; i++)
        best[i] = (*rows)[hits[i].doc];
    search_drop(ix);
    *rows = best;
    *count = n;
    return true;
}

bool exchange_data_find(struct ctx *c, struct str words, size_t limit, struct exchange_data **rows,
                        size_t *count)
{
    struct str pairs[PAIRS], lower = str_lower(c->arena, words);
    struct db_val params[PAIRS];
    struct db_rows r;
    size_t n;
    *count = 0;
    *rows = NULL;
    if (!choose_pairs(c, lower, pairs, &n)) return false;
    if (!n) return true;
    for (size_t i = 0; i < PAIRS; i++)
        params[i] = DB_S(i < n ? pairs[i] : STR_EMPTY);
    if (!db_query_n(&c->tx, &r,
                    "SELECT " COLUMNS
                    "FROM (SELECT entry, COUNT(*) AS hits FROM data_entry_term WHERE term IN "
                    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) GROUP BY entry ORDER BY hits DESC, "
                    "entry LIMIT 80) t JOIN data_entry e ON e.id = t.entry LEFT JOIN data_resource r ON "
                    "r.entry = e.id WHERE e.state = 'published' ORDER BY t.hits DESC, e.id",
                    params, PAIRS))
        return false;
    all_of(c, &r, rows, count);
    return *count == 0 || order(c, words, limit, rows, count);
}

/* ---- permits and calls ---- */

bool exchange_data_used(struct ctx *c, int64_t unit, int limit, int64_t **entries, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT DISTINCT entry FROM share_permit WHERE unit = $1 AND state = 'granted' AND "
                  "valid_until > $3 ORDER BY entry LIMIT $2",
                  DB_I(unit), DB_I(limit), DB_I(c->now)))
        return false;
    *entries = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    for (size_t i = 0; i < r.rows; i++)
        (*entries)[i] = db_int(&r, i, 0);
    *count = r.rows;
    return true;
}

bool exchange_permit_of(struct ctx *c, int64_t unit, int64_t entry, int64_t *permit, bool *granted)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, state FROM share_permit WHERE unit = $1 AND entry = $2 AND (state IN ('office', "
            "'provider') OR (state = 'granted' AND valid_until > $3)) ORDER BY CASE state WHEN "
            "'granted' THEN 0 ELSE 1 END, id LIMIT 1",
            DB_I(unit), DB_I(entry), DB_I(c->now)))
        return false;
    *permit = r.rows ? db_int(&r, 0, 0) : 0;
    *granted = r.rows && str_eq_c(db_str(&r, 0, 1), "granted");
    return true;
}

#define CALL                                                                                                 \
    "SELECT k.id, k.at, k.system, k.unit, k.resource, COALESCE(r.entry, 0), COALESCE(e.unit, 0), k.item, "   \
    "k.case_id, k.subject, k.operator, k.mode, k.subject_index, k.result, k.answer, k.took_us "              \
    "FROM exchange_call k LEFT JOIN data_resource r ON r.id = k.resource LEFT JOIN data_entry e ON e.id = "  \
    "r.entry "

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
                                  .took_us = db_int(r, i, 15)};
}

bool exchange_calls(struct ctx *c, int64_t from, int64_t before, int limit, struct exchange_past **rows,
                    size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, CALL "WHERE k.id >= $1 AND k.id < $2 ORDER BY k.id LIMIT $3", DB_I(from),
                  DB_I(before), DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct exchange_past);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = past_of(&r, i);
    *count = r.rows;
    return true;
}

bool exchange_call_of(struct ctx *c, int64_t id, struct str subject_index, struct exchange_past *out,
                      bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, CALL "WHERE k.id = $1 AND k.subject_index = $2", DB_I(id), DB_B(subject_index)))
        return false;
    *found = r.rows > 0 && subject_index.len > 0;
    if (*found) *out = past_of(&r, 0);
    return true;
}

struct told {
    struct str index;
    int64_t entry;
    struct exchange_consumer *rows;
    size_t count;
};

static bool add_told(struct ctx *c, int64_t call, void *arg, bool *enough)
{
    struct told *t = arg;
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT k.unit, k.system FROM exchange_call k JOIN data_resource r ON r.id = k.resource WHERE "
            "k.id = $1 AND k.subject_index = $2 AND k.result = 'ok' AND r.entry = $3",
            DB_I(call), DB_B(t->index), DB_I(t->entry)))
        return false;
    if (!r.rows) return true;
    const struct exchange_consumer one = {db_int(&r, 0, 0), db_int(&r, 0, 1)};
    for (size_t i = 0; i < t->count; i++)
        if (t->rows[i].unit == one.unit && t->rows[i].system == one.system) return true;
    t->rows[t->count++] = one;
    *enough = t->count == TOLD_MAX;
    return true;
}

static int by_unit(const void *a, const void *b)
{
    const struct exchange_consumer *x = a, *y = b;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    return (x->system > y->system) - (x->system < y->system);
}

bool exchange_told(struct ctx *c, struct str subject_index, int64_t entry, int64_t since,
                   struct exchange_consumer **rows, size_t *count)
{
    const struct about_query q = {.index = subject_index, .from = since, .before = INT64_MAX};
    struct told told = {subject_index, entry, ARENA_ARRAY(c->arena, TOLD_MAX, struct exchange_consumer), 0};
    if (!about_store_each(c, &q, add_told, &told)) return false;
    qsort(told.rows, told.count, sizeof *told.rows, by_unit);
    *rows = told.rows;
    *count = told.count;
    return true;
}

struct str exchange_subject_index(struct ctx *c, struct str number)
{
    return blind_index(ctx_keys(c), c->arena, "exchange:subject", number);
}

/* ---- names ---- */

static bool name_of(struct ctx *c, const char *sql, int64_t id, struct str *name)
{
    struct db_rows r;
    *name = STR_EMPTY;
    if (!db_query(&c->tx, &r, sql, DB_I(id))) return false;
    if (r.rows) *name = db_str(&r, 0, 0);
    return true;
}

bool exchange_system_name(struct ctx *c, int64_t system, struct str *name)
{
    return name_of(c, "SELECT name FROM exchange_system WHERE id = $1", system, name);
}

bool exchange_resource_name(struct ctx *c, int64_t resource, struct str *name)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT e.id, e.name FROM data_resource r JOIN data_entry e ON e.id = r.entry WHERE r.id = $1",
            DB_I(resource)))
        return false;
    return r.rows ? exchange_entry_name(c, db_int(&r, 0, 0), db_str(&r, 0, 1), name)
                  : abroad_name(c, resource, false, name);
}

bool exchange_is_own(struct ctx *c, int64_t system, bool *own)
{
    struct str code;
    bool ok = name_of(c, "SELECT code FROM exchange_system WHERE id = $1", system, &code);
    *own = ok && str_eq_c(code, PLATFORM_SYSTEM);
    return ok;
}

bool exchange_operator_name(struct ctx *c, int64_t system, struct str operator_id, struct str *out)
{
    int64_t account;
    bool own;
    *out = operator_id;
    if (!exchange_is_own(c, system, &own)) return false;
    if (!own && str_eq_c(operator_id, EXCHANGE_APPLICANT)) *out = ctx_tr(c, "The applicant");
    return !own || !str_to_i64(operator_id, &account) || exchange_officer_name(c, account, out);
}
