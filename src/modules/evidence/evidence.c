#include "modules/evidence/evidence_log.h"

#include "core/base/log.h"
#include "core/http/server.h"

enum { BESIDE_MAX = 8 /* of the modules there are */ };

struct state {
    struct str (*unit_name)(struct ctx *c, int64_t unit);
    evidence_item_names *item_names;
    bool (*witnesses)(struct ctx *c, struct str *keys);
    bool (*beside[BESIDE_MAX])(struct ctx *c, struct evidence_audit *out);
    size_t beside_count;
};

static void add_part(struct buf *b, struct str part)
{
    buf_add_i64(b, (int64_t)part.len); /* in front: it keeps neighbouring columns apart */
    buf_add_char(b, ':');
    buf_add(b, part);
}

struct str evidence_text(struct arena *a, const struct evidence_row *r)
{
    const int64_t numbers[] = {r->id, r->at, r->actor_kind, r->account, r->unit, r->object, r->subject};
    struct buf b = buf_new(a, 256);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_add_i64(&b, numbers[i]);
        buf_add_char(&b, '|');
    }
    add_part(&b, r->act);
    add_part(&b, r->object_kind);
    add_part(&b, r->detail);
    return buf_str(&b);
}

void evidence_mac(struct ctx *c, const struct evidence_row *r, uint8_t out[32])
{
    mac_sm3(keyring_mac(ctx_keys(c), "evidence"), evidence_text(c->arena, r), out);
}

bool evidence_altered(struct ctx *c, const struct evidence_row *r)
{
    uint8_t mac[SM3_SIZE];
    evidence_mac(c, r, mac);
    return r->mac.len != SM3_SIZE || !crypto_equal(mac, r->mac.ptr, SM3_SIZE);
}

void evidence_set_unit_name(struct server *server, struct str (*name)(struct ctx *c, int64_t unit))
{
    ((struct state *)server_state(server, "evidence"))->unit_name = name;
}

void evidence_set_item_names(struct server *server, evidence_item_names *names)
{
    ((struct state *)server_state(server, "evidence"))->item_names = names;
}

void evidence_add_beside(struct server *server, bool (*audit)(struct ctx *c, struct evidence_audit *out))
{
    struct state *s = server_state(server, "evidence");
    if (s->beside_count < BESIDE_MAX) s->beside[s->beside_count++] = audit;
}

bool evidence_beside(struct ctx *c, struct evidence_audit *out)
{
    const struct state *s = server_state(c->server, "evidence");
    for (size_t i = 0; i < s->beside_count; i++)
        if (!s->beside[i](c, out)) return false;
    return true;
}

void evidence_set_witnesses(struct server *server, bool (*keys)(struct ctx *c, struct str *keys))
{
    ((struct state *)server_state(server, "evidence"))->witnesses = keys;
}

bool evidence_witnesses(struct ctx *c, struct str *keys)
{
    const struct state *s = server_state(c->server, "evidence");
    *keys = STR_EMPTY;
    return !s->witnesses || s->witnesses(c, keys);
}

struct str evidence_items(struct ctx *c, const struct json *detail, struct str ids)
{
    const struct state *s = server_state(c->server, "evidence");
    uint64_t entry = 0, resource = 0;
    bool known = str_to_u64(json_text_of(detail, "entry"), &entry) ||
                 str_to_u64(json_text_of(detail, "resource"), &resource);
    return known && s->item_names ? s->item_names(c, (int64_t)entry, (int64_t)resource, ids) : ids;
}

struct str evidence_unit_name(struct ctx *c, int64_t unit)
{
    const struct state *s = server_state(c->server, "evidence");
    return unit && s->unit_name ? s->unit_name(c, unit) : STR_EMPTY;
}

bool evidence_add_rows(struct db_tx *tx, struct keyring *keys, struct arena *a, struct evidence_row *rows,
                       size_t count)
{
    struct str *texts = ARENA_ARRAY(a, count, struct str);
    uint8_t(*macs)[SM3_SIZE] = arena_array(a, count, sizeof *macs);
    for (size_t i = 0; i < count; i++)
        texts[i] = evidence_text(a, &rows[i]);
    mac_sm3_many(keyring_mac(keys, "evidence"), texts, count, macs);
    for (size_t i = 0; i < count; i++) {
        rows[i].mac = str_n(macs[i], SM3_SIZE);
        if (!evidence_store_add(tx, &rows[i])) return false;
    }
    return true;
}

bool evidence_add_text(struct ctx *c, const char *act, const char *object_kind, int64_t object,
                       int64_t subject, struct str detail)
{
    uint8_t *mac = arena_alloc(c->arena, SM3_SIZE);
    struct evidence_row r = {
        .id = ctx_id(c),
        .at = c->now,
        .act = str_c(act),
        .actor_kind = c->actor.kind,
        .account = c->actor.account,
        .unit = c->actor.unit,
        .object_kind = str_c(object_kind),
        .object = object,
        .subject = subject,
        .detail = detail,
    };
    evidence_mac(c, &r, mac);
    r.mac = str_n(mac, SM3_SIZE);
    return evidence_store_add(&c->tx, &r);
}

bool evidence_add(struct ctx *c, const char *act, const char *object_kind, int64_t object, int64_t subject,
                  const struct json *detail)
{
    return evidence_add_text(c, act, object_kind, object, subject,
                             detail ? json_to_str(c->arena, detail) : STR("{}"));
}

/* One row names all subjects of an answer, and one a subject finds it again by. */
static bool record_reads(struct ctx *c)
{
    JSON_EACH(read, c->reads)
    {
        struct json *detail = json_object(c->arena);
        json_set_str(c->arena, detail, "what", json_text_of(read, "what"));
        json_set_c(c->arena, detail, "route", c->route ? c->route->path : "");
        if (!evidence_add(c, "data.read", "case", json_i64_of(read, "object", 0),
                          json_i64_of(read, "subject", 0), detail))
            return false;
    }
    return true;
}

/* ---- the hourly look at the newest rows ---- */

bool evidence_check_prepare(struct ctx *c, const struct json *)
{
    struct evidence_row *rows;
    size_t count;
    int64_t altered = 0, newest = 0;
    if (!evidence_store_newest(c, EVIDENCE_CHECKED, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (evidence_altered(c, &rows[i])) {
            altered++;
            if (!newest) newest = rows[i].id;
        }
    c->prepared = json_object(c->arena);
    json_set_i64(c->arena, c->prepared, "altered", altered);
    json_set_id(c->arena, c->prepared, "row", newest);
    return true;
}

bool evidence_check(struct ctx *c, const struct json *)
{
    int64_t altered = json_i64_of(c->prepared, "altered", 0);
    if (!altered) return true;
    log_event(LOG_LEVEL_ERROR, "evidence.altered", "rows",
              str_z(c->arena, str_fmt(c->arena, "%lld", (long long)altered)), NULL);
    return evidence_add(c, "evidence.altered", "evidence", json_i64_of(c->prepared, "row", 0), 0,
                        c->prepared);
}

bool evidence_start(struct ctx *c)
{
    struct state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    server_set_state(c->server, "evidence", s);
    server_on_reads(c->server, record_reads);
    return true;
}

void evidence_stop(struct server *server)
{
    struct state *s = server_state(server, "evidence");
    mem_free(s);
    server_set_state(server, "evidence", NULL);
}
