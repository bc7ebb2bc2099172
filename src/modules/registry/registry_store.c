#include "core/http/server.h"
#include "modules/registry/registry_internal.h"

static struct str code_index(struct ctx *c, struct str code)
{
    return blind_index(ctx_keys(c), c->arena, "registry:code", code);
}

static struct field_place place(int64_t id)
{
    return (struct field_place){"registry_record", "data", id, 0};
}

bool registry_store_resources(struct ctx *c, struct registry_snapshot *into)
{
    struct db_rows rows;
    struct json *list = json_array(into->arena);
    into->resources = json_object(into->arena);
    if (!db_query(&c->tx, &rows, "SELECT doc FROM registry_resource ORDER BY id")) return false;
    for (size_t i = 0; i < rows.rows; i++) {
        struct json *doc =
            json_parse(into->arena, str_dup(into->arena, db_str(&rows, i, 0)), JSON_STRICT, c->err);
        if (!doc) return false;
        json_add(list, doc);
    }
    JSON_EACH(r, list)
    {
        const struct json *meant = registry_find(list, json_text_of(r, "id"));
        if (meant)
            json_set(into->resources, str_z(into->arena, json_text_of(r, "id")),
                     json_copy(into->arena, meant));
    }
    return true;
}

bool registry_store_save_resource(struct ctx *c, struct str id, const struct json *doc, bool *changed)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "INSERT INTO registry_resource (id, doc) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc WHERE registry_resource.doc <> excluded.doc",
        DB_S(id), DB_S(json_to_str(c->arena, doc)));
    *changed = count > 0;
    return ok;
}

/* Columns id, data. */
static bool open_rows(struct ctx *c, const struct db_rows *rows, struct json **list)
{
    *list = json_array(c->arena);
    for (size_t i = 0; i < rows->rows; i++) {
        struct field_place at = place(db_int(rows, i, 0));
        struct str text;
        if (!field_open(ctx_keys(c), &c->tx, &at, db_str(rows, i, 1), &text)) return false;
        struct json *record = json_parse(c->arena, text, JSON_STRICT, c->err);
        if (!record) return false;
        json_add(*list, record);
    }
    return true;
}

/* What one register says of one code; forms and documents ask it within the same request. */
struct register_answer {
    struct str resource, code;
    struct json *list;
    bool whole; /* there are no more */
    struct register_answer *before;
};

static const char answers_read[] = "registry_record";

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct db_val *)a)->i, y = ((const struct db_val *)b)->i;
    return (x > y) - (x < y);
}

#define OF_CODE "SELECT id, data FROM registry_record WHERE resource = $1 AND code_index = $2 "

/* The oldest `most`, in no order. An ORDER BY would read the whole register in order of ids, or sort one row
 * at some cost: only where there are more, they are sorted, and by what no index has. */
static bool some_rows(struct ctx *c, struct db_rows *rows, struct str resource, struct str code, int64_t most,
                      bool *whole)
{
    struct db_val index = DB_B(code_index(c, code));
    if (!db_query(&c->tx, rows, OF_CODE "LIMIT $3", DB_S(resource), index, DB_I(most + 1))) return false;
    *whole = (int64_t)rows->rows <= most;
    return *whole ||
           db_query(&c->tx, rows, OF_CODE "ORDER BY +id LIMIT $3", DB_S(resource), index, DB_I(most));
}

bool registry_store_records(struct ctx *c, struct str resource, struct str code, int64_t most,
                            struct json **list)
{
    struct db_rows rows;
    bool whole;
    const struct register_answer *known = ctx_known(c, answers_read, 0);
    for (const struct register_answer *k = known; k; k = k->before)
        if (str_eq(k->resource, resource) && str_eq(k->code, code) &&
            (k->whole || (int64_t)k->list->count >= most)) {
            *list = k->list;
            return true;
        }
    if (!some_rows(c, &rows, resource, code, most, &whole)) return false;
    if (rows.rows > 1) qsort(rows.cells, rows.rows, rows.cols * sizeof *rows.cells, by_id);
    if (!open_rows(c, &rows, list)) return false;
    struct register_answer *fresh = ARENA_NEW(c->arena, struct register_answer);
    *fresh =
        (struct register_answer){resource, code, *list, whole, (struct register_answer *)(uintptr_t)known};
    ctx_know(c, answers_read, 0, fresh);
    return true;
}

bool registry_store_represented(struct ctx *c, struct str person, struct json **list)
{
    struct db_rows rows;
    return db_query(
               &c->tx, &rows,
               "SELECT r.id, r.data FROM registry_representative p JOIN registry_record r ON r.id = p.record "
               "WHERE p.person_index = $1 AND r.resource = 'org' ORDER BY r.id",
               DB_B(code_index(c, person))) &&
           open_rows(c, &rows, list);
}

const char registry_scan_statement[] =
    "SELECT id, data FROM registry_record WHERE resource = $1 AND id > $2 ORDER BY id LIMIT $3";

bool registry_store_scan(struct ctx *c, struct str resource, int64_t *after, int limit, struct json **list)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, registry_scan_statement, DB_S(resource), DB_I(*after), DB_I(limit)))
        return false;
    if (rows.rows) *after = db_int(&rows, rows.rows - 1, 0);
    return open_rows(c, &rows, list);
}

bool registry_range(struct ctx *c, struct str resource, int64_t *first, int64_t *last)
{
    struct db_rows rows;
    if (!db_query(
            &c->tx, &rows,
            "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM registry_record WHERE resource = $1",
            DB_S(resource)))
        return false;
    *first = db_int(&rows, 0, 0);
    *last = db_int(&rows, 0, 1);
    return true;
}

bool registry_at_most(struct ctx *c, struct str resource, int64_t limit, bool *holds)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT COUNT(*) FROM (SELECT 1 FROM registry_record WHERE resource = $1 LIMIT $2) AS few",
                  DB_S(resource), DB_I(limit + 1)))
        return false;
    *holds = db_int(&rows, 0, 0) <= limit;
    return true;
}

static bool drop_others(struct ctx *c, struct str resource, struct db_val code, struct db_val digest)
{
    return db_exec(
               &c->tx,
               "DELETE FROM registry_representative WHERE record IN "
               "(SELECT id FROM registry_record WHERE resource = $1 AND code_index = $2 AND digest <> $3)",
               DB_S(resource), code, digest) &&
           db_exec(&c->tx,
                   "DELETE FROM registry_record WHERE resource = $1 AND code_index = $2 AND digest <> $3",
                   DB_S(resource), code, digest);
}

bool registry_store_put(struct ctx *c, struct str resource, struct str code, const struct json *record,
                        bool alone, struct str person, bool *fresh)
{
    struct str text = json_to_str(c->arena, record), sealed;
    struct db_val index = DB_B(code_index(c, code)),
                  digest = DB_B(blind_index(ctx_keys(c), c->arena, "registry:record", text));
    int64_t id = ctx_id(c), count = 0;
    struct field_place at = place(id);
    ctx_know(c, answers_read, 0, NULL);
    if (!field_seal(ctx_keys(c), &c->tx, &at, text, &sealed)) return false;
    if (!db_exec_count(&c->tx, &count,
                       "INSERT INTO registry_record (id, resource, code_index, digest, data, changed) VALUES "
                       "($1, $2, $3, $4, $5, $6) "
                       "ON CONFLICT (resource, code_index, digest) DO NOTHING",
                       DB_I(id), DB_S(resource), index, digest, DB_B(sealed), DB_I(c->now)))
        return false;
    *fresh = count > 0;
    if (!count) return true;
    if (alone && !drop_others(c, resource, index, digest)) return false;
    return !person.len ||
           db_exec(&c->tx, "INSERT INTO registry_representative (person_index, record) VALUES ($1, $2)",
                   DB_B(code_index(c, person)), DB_I(id));
}
