#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"

static struct field_place place_of(int64_t entry)
{
    return (struct field_place){"data_source", "secret", entry, 0};
}

static bool open_secret(struct ctx *c, int64_t entry, struct str sealed, struct str *secret)
{
    const struct field_place at = place_of(entry);
    *secret = STR_EMPTY;
    return !sealed.len || field_open(ctx_keys(c), &c->tx, &at, sealed, secret);
}

#define LOADED                                                                                               \
    "SELECT r.id, s.entry, s.doc, s.secret, e.doc FROM data_resource r JOIN data_source s ON s.entry = "     \
    "r.entry JOIN data_entry e ON e.id = r.entry WHERE r.register = '' AND s.doc <> '' AND e.doc <> '' "

static bool read_one(struct ctx *c, struct arena *a, const struct sources *all, const struct db_rows *r,
                     size_t i, const struct source **out)
{
    struct str secret;
    const struct json *doc = json_parse(c->arena, db_str(r, i, 2), JSON_STRICT, c->err),
                      *entry = doc ? json_parse(c->arena, db_str(r, i, 4), JSON_STRICT, c->err) : NULL;
    if (!entry || !open_secret(c, db_int(r, i, 1), db_str(r, i, 3), &secret)) return false;
    struct source *s = source_read(a, all, doc, json_get(entry, "items"), secret);
    if (s) {
        s->resource = db_int(r, i, 0);
        s->entry = db_int(r, i, 1);
    }
    *out = s;
    return true;
}

/* Of permits, in their order in the snapshot. */
static bool load_filters(struct ctx *c, struct exchange_snapshot *into)
{
    struct db_rows r;
    size_t at = 0;
    if (!db_query(&c->tx, &r,
                  "SELECT id, filter FROM share_permit WHERE state = 'granted' AND filter <> '' "
                  "ORDER BY system, resource, id"))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        while (at < into->permit_count && into->permits[at].id != db_int(&r, i, 0))
            at++;
        if (at == into->permit_count) return err_fault(c->err, "a filter without its permit");
        if (!filter_read(into->arena, db_str(&r, i, 1), &into->permits[at].filter, c->err)) return false;
    }
    return true;
}

static bool load_some(struct ctx *c, const struct sources *all, struct exchange_snapshot *into, size_t *at,
                      int64_t *last, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, LOADED "AND r.state = 'open' AND r.id > $1 ORDER BY r.id LIMIT $2", DB_I(*last),
                  DB_I(ENTRIES_AT_ONCE)))
        return false;
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        *last = db_int(&r, i, 0);
        while (*at < into->resource_count && into->resources[*at].id < *last)
            (*at)++;
        if (*at == into->resource_count || into->resources[*at].id != *last) continue;
        if (!read_one(c, into->arena, all, &r, i, &into->resources[*at].source)) return false;
    }
    return true;
}

/* By parts: what entries say does not lie in memory all at once. */
bool source_store_load(struct ctx *c, const struct sources *all, struct exchange_snapshot *into)
{
    size_t at = 0, count = ENTRIES_AT_ONCE;
    for (int64_t last = 0; count == ENTRIES_AT_ONCE;) {
        const struct arena_mark mark = arena_mark(c->arena);
        if (!load_some(c, all, into, &at, &last, &count)) return false;
        arena_rewind(c->arena, &mark);
    }
    return load_filters(c, into);
}

bool source_store_read(struct ctx *c, int64_t resource, const struct source **out)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    struct db_rows r;
    *out = NULL;
    return db_query(&c->tx, &r, LOADED "AND r.id = $1", DB_I(resource)) &&
           (!r.rows || read_one(c, c->arena, &state->sources, &r, 0, out));
}

static bool parse(struct ctx *c, struct str text, const struct json **out)
{
    *out = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : NULL;
    return *out || !text.len;
}

bool source_store_find(struct ctx *c, int64_t entry, struct source_setup *out, bool *found)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT code, doc, draft, author, decided_by, changed, secret FROM data_source WHERE entry = $1",
            DB_I(entry)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct source_setup){.entry = entry,
                                 .code = db_str(&r, 0, 0),
                                 .author = db_int(&r, 0, 3),
                                 .decided_by = db_int(&r, 0, 4),
                                 .changed = db_int(&r, 0, 5),
                                 .has_secret = db_str(&r, 0, 6).len > 0};
    return parse(c, db_str(&r, 0, 1), &out->doc) && parse(c, db_str(&r, 0, 2), &out->draft);
}

bool source_store_others(struct ctx *c, int64_t entry, struct source_setup **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT s.entry, s.doc FROM data_source s JOIN data_resource r ON r.entry = s.entry WHERE "
                  "s.entry <> $1 AND s.doc <> '' AND r.register = '' AND r.state IN ('open', 'suspended') "
                  "ORDER BY s.entry",
                  DB_I(entry)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct source_setup);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        (*rows)[i] = (struct source_setup){.entry = db_int(&r, i, 0)};
        if (!parse(c, db_str(&r, i, 1), &(*rows)[i].doc)) return false;
    }
    return true;
}

bool source_store_draft(struct ctx *c, const struct source_setup *s, const struct str *secret)
{
    const struct field_place at = place_of(s->entry);
    struct str sealed = STR_EMPTY;
    if (secret && secret->len && !field_seal(ctx_keys(c), &c->tx, &at, *secret, &sealed)) return false;
    return db_exec(
        &c->tx,
        "INSERT INTO data_source (entry, code, doc, secret, draft, draft_secret, author, decided_by, "
        "changed) VALUES ($1, $2, '', $3, $4, $5, $6, 0, $7) ON CONFLICT (entry) DO UPDATE SET "
        "draft = excluded.draft, author = excluded.author, changed = excluded.changed, draft_secret = "
        "CASE WHEN $8 = 1 THEN excluded.draft_secret ELSE data_source.secret END",
        DB_I(s->entry), DB_S(s->code), DB_B(STR_EMPTY), DB_S(json_to_str(c->arena, s->draft)), DB_B(sealed),
        DB_I(s->author), DB_I(c->now), DB_I(secret != NULL));
}

bool source_store_settle(struct ctx *c, const struct source_setup *s, bool agree)
{
    static const char take[] =
        "UPDATE data_source SET code = $2, doc = draft, secret = draft_secret, draft = '', "
        "draft_secret = $3, decided_by = $4, changed = $5 WHERE entry = $1",
                      drop[] =
                          "UPDATE data_source SET draft = '', draft_secret = $3, decided_by = $4, changed = "
                          "$5 WHERE entry = $1 AND $2 = $2";
    return db_exec(&c->tx, agree ? take : drop, DB_I(s->entry), DB_S(s->code), DB_B(STR_EMPTY),
                   DB_I(c->actor.account), DB_I(c->now));
}
