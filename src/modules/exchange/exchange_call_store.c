#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/exchange/exchange_shares.h"
#include "modules/orgs/orgs.h"

#include <string.h>

enum { SWEPT = 200000 }; /* nonces at a time: others wait for their writes meanwhile */

/* ---- the snapshot ---- */

/* Both in order of ids. */
static bool load_keys(struct ctx *c, struct exchange_snapshot *s)
{
    struct system_key *rows;
    size_t count, at = 0;
    if (!key_store_in_force(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        while (at < s->system_count && s->systems[at].id < rows[i].system)
            at++;
        if (at == s->system_count || s->systems[at].id != rows[i].system) continue; /* a closed system */
        struct known_system *of = &s->systems[at];
        if (of->key_count == sizeof of->keys / sizeof of->keys[0]) continue;
        struct known_key k = {.valid_from = rows[i].valid_from, .valid_until = rows[i].valid_until};
        bool secret = str_eq_c(rows[i].kind, KEY_CONVENTION), before = str_eq_c(rows[i].kind, KEY_HMAC);
        if (secret) k.secret = mac_key_sha256(s->arena, rows[i].data);
        if (before) k.before = mac_key_new(s->arena, rows[i].data);
        if (!secret && !before && !(k.pub = sm2_pub_from_der(s->arena, rows[i].data, c->err))) return false;
        of->keys[of->key_count++] = k;
    }
    return true;
}

static bool load_systems(struct ctx *c, struct exchange_snapshot *s)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, unit, code, name, secret FROM exchange_system WHERE state = 'open' ORDER BY id"))
        return false;
    s->systems = ARENA_ARRAY(s->arena, r.rows + 1, struct known_system);
    for (size_t i = 0; i < r.rows; i++) {
        struct str secret;
        if (!system_store_open(c, db_int(&r, i, 0), db_str(&r, i, 4), &secret)) return false;
        s->systems[s->system_count++] =
            (struct known_system){.id = db_int(&r, i, 0),
                                  .unit = db_int(&r, i, 1),
                                  .code = str_dup(s->arena, db_str(&r, i, 2)),
                                  .name = str_dup(s->arena, db_str(&r, i, 3)),
                                  .key = secret.len ? mac_key_new(s->arena, secret) : NULL};
        crypto_wipe((void *)secret.ptr, secret.len);
    }
    return load_keys(c, s);
}

static bool load_resources(struct ctx *c, struct exchange_snapshot *s)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT r.id, r.entry, e.unit, e.version, r.code, r.register, e.name, r.state, e.sharing FROM "
            "data_resource r "
            "JOIN data_entry e ON e.id = r.entry WHERE r.state IN ('open', 'suspended') ORDER BY r.id"))
        return false;
    s->resources = ARENA_ARRAY(s->arena, r.rows + 1, struct known_resource);
    for (size_t i = 0; i < r.rows; i++)
        s->resources[s->resource_count++] =
            (struct known_resource){.id = db_int(&r, i, 0),
                                    .entry = db_int(&r, i, 1),
                                    .unit = db_int(&r, i, 2),
                                    .version = db_int(&r, i, 3),
                                    .code = str_dup(s->arena, db_str(&r, i, 4)),
                                    .register_id = str_dup(s->arena, db_str(&r, i, 5)),
                                    .name = str_dup(s->arena, db_str(&r, i, 6)),
                                    .suspended = str_eq_c(db_str(&r, i, 7), "suspended"),
                                    .unshared = str_eq_c(db_str(&r, i, 8), "none"),
                                    .shares = STR_EMPTY};
    return true;
}

/* Both in order of ids. Of those alone that somebody may ask: a large catalogue has few of them. */
static bool load_some_shares(struct ctx *c, struct exchange_snapshot *s, size_t *at, int64_t *last,
                             size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT r.id, e.doc FROM data_resource r JOIN data_entry e ON e.id = r.entry WHERE r.id > $1 "
            "AND r.state IN ('open', 'suspended') AND EXISTS (SELECT 1 FROM share_permit p WHERE "
            "p.entry = r.entry AND p.state = 'granted') ORDER BY r.id LIMIT $2",
            DB_I(*last), DB_I(ENTRIES_AT_ONCE)))
        return false;
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        *last = db_int(&r, i, 0);
        while (*at < s->resource_count && s->resources[*at].id < *last)
            (*at)++;
        if (*at == s->resource_count) break;
        struct str text = db_str(&r, i, 1);
        const struct json *doc = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : NULL;
        if (text.len && !doc) return false;
        s->resources[*at].shares = shares_of(s->arena, doc);
    }
    return true;
}

/* By parts: what entries say does not lie in memory all at once. */
static bool load_shares(struct ctx *c, struct exchange_snapshot *s)
{
    size_t at = 0, count = ENTRIES_AT_ONCE;
    for (int64_t last = 0; count == ENTRIES_AT_ONCE;) {
        const struct arena_mark mark = arena_mark(c->arena);
        if (!load_some_shares(c, s, &at, &last, &count)) return false;
        arena_rewind(c->arena, &mark);
    }
    return true;
}

/* While resources lie in order of ids. */
static struct str shares_at(const struct exchange_snapshot *s, int64_t resource)
{
    size_t low = 0, high = s->resource_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->resources[mid].id < resource)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->resource_count && s->resources[low].id == resource ? s->resources[low].shares : STR_EMPTY;
}

static int64_t platform_of(const struct exchange_snapshot *s)
{
    for (size_t i = 0; i < s->system_count; i++)
        if (str_eq_c(s->systems[i].code, PLATFORM_SYSTEM)) return s->systems[i].id;
    return 0;
}

static bool load_permits(struct ctx *c, struct exchange_snapshot *s)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, resource, system, unit, purpose, modes, fields, masks, services, needs_case, rate, "
            "daily, valid_from, valid_until, networks, compat, operators FROM share_permit WHERE state = "
            "'granted' "
            "ORDER BY system, resource, id"))
        return false;
    s->permits = ARENA_ARRAY(s->arena, r.rows + 1, struct share_permit);
    const int64_t platform = platform_of(s);
    for (size_t i = 0; i < r.rows; i++) {
        struct share_permit *p = &s->permits[s->permit_count++];
        struct str wrong;
        *p = (struct share_permit){.id = db_int(&r, i, 0),
                                   .resource = db_int(&r, i, 1),
                                   .system = db_int(&r, i, 2),
                                   .unit = db_int(&r, i, 3),
                                   .purpose = str_dup(s->arena, db_str(&r, i, 4)),
                                   .modes = str_dup(s->arena, db_str(&r, i, 5)),
                                   .fields = str_dup(s->arena, db_str(&r, i, 6)),
                                   .masks = str_dup(s->arena, db_str(&r, i, 7)),
                                   .services = str_dup(s->arena, db_str(&r, i, 8)),
                                   .needs_case = (int)db_int(&r, i, 9),
                                   .rate = db_int(&r, i, 10),
                                   .daily = db_int(&r, i, 11),
                                   .valid_from = db_int(&r, i, 12),
                                   .valid_until = db_int(&r, i, 13),
                                   .networks = str_dup(s->arena, db_str(&r, i, 14)),
                                   .compat = db_int(&r, i, 15) != 0};
        p->operators = str_dup(s->arena, db_str(&r, i, 16));
        shares_cut(s->arena, p, shares_at(s, p->resource));
        if (p->system == platform && !operators_known(c, s->arena, p->operators, &p->operators)) return false;
        if (!networks_read(s->arena, p->networks, &p->allowed, &wrong))
            log_event(LOG_LEVEL_WARN, "exchange.networks", "text", str_z(c->arena, wrong), NULL);
    }
    return true;
}

static bool load_settings(struct ctx *c, struct exchange_snapshot *s)
{
    struct str codes;
    int64_t seconds;
    if (!orgs_number(c, "exchange.gjzwfwpt_window", &seconds) ||
        !orgs_number(c, "exchange.refusals_a_minute", &s->refusals) ||
        !orgs_setting(c, "exchange.gjzwfwpt_codes", &codes))
        return false;
    s->window_ms = seconds * MS_SECOND;
    s->codes = str_dup(s->arena, codes);
    return true;
}

bool call_store_snapshot(struct ctx *c, struct exchange_snapshot *into)
{
    return load_systems(c, into) && load_resources(c, into) && load_shares(c, into) &&
           load_permits(c, into) && load_settings(c, into);
}

/* ---- calls ---- */

bool call_store_add(struct ctx *c, const struct call_row *r)
{
    bool in_runs = r->subject_index.len >= ABOUT_MIN;
    if (in_runs && !about_store_add(c, r->subject_index, r->id)) return false;
    return db_exec(
        &c->tx,
        "INSERT INTO exchange_call (id, at, system, unit, operator, resource, permit, mode, purpose, "
        "item, case_id, subject, subject_index, fields, result, answer, signed, own, took_us, in_runs) "
        "VALUES ($1, "
        "$2, "
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        DB_I(r->id), DB_I(r->at), DB_I(r->system), DB_I(r->unit), DB_S(r->operator_id), DB_I(r->resource),
        DB_I(r->permit), DB_S(r->mode), DB_S(r->purpose), DB_I(r->item), DB_I(r->case_id), DB_I(r->subject),
        DB_B(r->subject_index), DB_S(r->fields), DB_S(r->result), DB_I(r->answer), DB_S(r->scheme),
        DB_I(r->own), DB_I(r->took_us), DB_I(in_runs));
}

bool call_store_take(struct ctx *c, int64_t system, const struct exchange_once *once, bool *fresh)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count,
                            "INSERT INTO exchange_taken (until, system, nonce) VALUES ($1, $2, $3) "
                            "ON CONFLICT (until, system, nonce) DO NOTHING",
                            DB_I(once->until), DB_I(system), DB_S(once->nonce));
    *fresh = count > 0;
    return ok;
}

bool call_store_use(struct ctx *c, int64_t permit, int64_t rate, int64_t daily, const char **refused)
{
    int64_t count = 0, day = date_of(c->now), minute = c->now / MS_MINUTE;
    struct db_rows r;
    *refused = NULL;
    if (!db_exec_count(
            &c->tx, &count,
            "INSERT INTO exchange_use (permit, day, count, minute, minute_count) VALUES ($1, $2, 1, "
            "$3, 1) ON CONFLICT (permit, day) DO UPDATE SET count = exchange_use.count + 1, "
            "minute_count = CASE WHEN exchange_use.minute = excluded.minute THEN "
            "exchange_use.minute_count + 1 ELSE 1 END, minute = excluded.minute "
            "WHERE exchange_use.count < $4 AND (exchange_use.minute <> excluded.minute OR "
            "exchange_use.minute_count < $5)",
            DB_I(permit), DB_I(day), DB_I(minute), DB_I(daily), DB_I(rate)))
        return false;
    if (count) return true;
    if (!db_query(&c->tx, &r, "SELECT count FROM exchange_use WHERE permit = $1 AND day = $2", DB_I(permit),
                  DB_I(day)))
        return false;
    *refused = r.rows && db_int(&r, 0, 0) >= daily ? "exchange.quota" : "exchange.rate";
    return true;
}

bool call_store_sweep(struct ctx *c)
{
    return db_exec(&c->tx,
                   "DELETE FROM exchange_taken WHERE until < $1 AND until <= COALESCE((SELECT until FROM "
                   "exchange_taken WHERE until < $1 ORDER BY until LIMIT 1 OFFSET $2), $1)",
                   DB_I(c->now), DB_I(SWEPT)) &&
           db_exec(&c->tx, "DELETE FROM exchange_use WHERE day < $1", DB_I(date_of(c->now) - 31));
}

bool call_store_made(struct ctx *c, int64_t case_id, int64_t since, struct call_made **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT resource, mode, operator, fields, answer, at, permit FROM exchange_call WHERE "
                  "case_id = $1 AND "
                  "own = 1 "
                  "AND id >= $2 AND result IN ('ok', 'exchange.filtered') ORDER BY id DESC LIMIT 100",
                  DB_I(case_id), DB_I(since)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct call_made);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct call_made){.resource = db_int(&r, i, 0),
                                        .mode = db_str(&r, i, 1),
                                        .operator_id = db_str(&r, i, 2),
                                        .fields = db_str(&r, i, 3),
                                        .answer = db_int(&r, i, 4) != 0,
                                        .at = db_int(&r, i, 5),
                                        .permit = db_int(&r, i, 6)};
    *count = r.rows;
    return true;
}

bool call_store_permit(struct ctx *c, int64_t call, int64_t *permit)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT permit FROM exchange_call WHERE id = $1", DB_I(call))) return false;
    *permit = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}
