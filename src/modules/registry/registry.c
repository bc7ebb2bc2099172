#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/registry/registry_internal.h"

enum { SNAPSHOT_MAX = 4 << 20, REFUSALS_SHOWN = 100, CODE_MAX = 64 };

/* ---- resources in memory ---- */

static void drop_snapshot(void *data)
{
    arena_drop(((struct registry_snapshot *)data)->arena);
}

bool registry_refresh(struct ctx *c)
{
    struct registry_state *s = server_state(c->server, "registry");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for registers");
    struct registry_snapshot *fresh = ARENA_NEW(a, struct registry_snapshot);
    fresh->arena = a;
    if (!registry_store_resources(c, fresh)) {
        arena_drop(a);
        return false;
    }
    return shared_put(&s->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for registers");
}

bool registry_start(struct ctx *c)
{
    struct registry_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "registry", s);
    return registry_refresh(c);
}

void registry_stop(struct server *server)
{
    struct registry_state *s = server_state(server, "registry");
    if (!s) return;
    shared_close(&s->snapshot);
    mem_free(s);
    server_set_state(server, "registry", NULL);
}

const struct json *registry_find(const struct json *resources, struct str id)
{
    JSON_EACH(r, resources)
    {
        if (!str_eq(json_text_of(r, "id"), id)) continue;
        struct str other = json_text_of(r, "alias_of");
        return other.len && !str_eq(other, id) ? registry_find(resources, other) : r;
    }
    return NULL;
}

const struct json *registry_resource(struct ctx *c, struct str resource)
{
    struct registry_state *s = server_state(c->server, "registry");
    const struct registry_snapshot *now = shared_get(&s->snapshot, c->arena);
    return now ? json_get_str(now->resources, resource) : NULL;
}

/* ---- asking ---- */

static bool has_members(const struct json *record, const struct json *where)
{
    JSON_EACH(w, where)
    {
        const struct json *value = json_get_str(record, w->key);
        if (!value || value->type != w->type || !str_eq(value->text, w->text) || value->boolean != w->boolean)
            return false;
    }
    return true;
}

/* What is filed under a number says that number itself, where the register has a member for it. */
static bool is_of(struct ctx *c, const struct json *resource, struct str code, const struct json *record)
{
    struct str own = json_text(json_get_str(record, json_text_of(resource, "key")));
    return !own.len || str_eq(own, code) ||
           err_fault(c->err, "a record of the register %s is filed under another number than its own",
                     str_z(c->arena, json_text_of(resource, "id")));
}

bool registry_oldest(struct ctx *c, struct str resource, struct str code, int64_t most,
                     const struct json **list)
{
    const struct json *r = registry_resource(c, resource);
    struct json *some = json_array(c->arena);
    *list = some;
    if (!r || !code.len) return true;
    if (!registry_store_records(c, json_text_of(r, "id"), code, most, &some)) return false;
    *list = some;
    JSON_EACH(one, some)
    {
        if (!is_of(c, r, code, one)) return false;
    }
    return true;
}

bool registry_records(struct ctx *c, struct str resource, struct str code, const struct json *where,
                      const struct json **list)
{
    const struct json *all;
    struct json *some = json_array(c->arena);
    if (!registry_oldest(c, resource, code, INT32_MAX, &all)) return false;
    *list = where ? some : all;
    JSON_EACH(one, where ? all : NULL)
    {
        if (has_members(one, where)) json_add(some, json_copy(c->arena, one));
    }
    return true;
}

bool registry_record(struct ctx *c, struct str resource, struct str code, const struct json *where,
                     const struct json **record)
{
    const struct json *list;
    if (!registry_records(c, resource, code, where, &list)) return false;
    *record = list->first;
    return true;
}

int registry_limit(const struct json *resource)
{
    return (int)json_i64_of(resource, "limit", 1);
}

bool registry_scan(struct ctx *c, struct str resource, int64_t *after, int limit, struct json **list)
{
    const struct json *r = registry_resource(c, resource);
    *list = json_array(c->arena);
    return !r || registry_store_scan(c, json_text_of(r, "id"), after, limit, list);
}

bool registry_matches_population(struct ctx *c, struct str name, struct str id_number, bool *matches)
{
    const struct json *record;
    *matches = false;
    if (!registry_record(c, STR("population"), id_number, NULL, &record)) return false;
    *matches = record && name.len && str_eq(json_text_of(record, "name"), name);
    return true;
}

bool registry_represented(struct ctx *c, struct str id_number, struct json **list)
{
    return registry_store_represented(c, id_number, list);
}

/* ---- changing ---- */

static bool put(struct ctx *c, const struct json *resource, struct str code, const struct json *record,
                bool *fresh)
{
    return registry_store_put(c, json_text_of(resource, "id"), code, record, !json_true_of(resource, "many"),
                              json_text_of(record, "legal_representative_id_number"), fresh);
}

bool registry_put(struct ctx *c, struct str resource, struct str code, const struct json *record)
{
    const struct json *r = registry_resource(c, resource);
    bool fresh;
    if (!r || !code.len) return err_missing(c->err, "registry.resource", "There is no such register.");
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "resource", json_text_of(r, "id"));
    return put(c, r, code, record, &fresh) &&
           (!fresh || evidence_add(c, "registry.put", "registry", 0, 0, detail));
}

struct tally {
    int64_t read, fresh, refused;
    struct json *refusals;
};

static void refuse(struct ctx *c, struct tally *t, const char *reason)
{
    t->refused++;
    if (t->refusals->count >= REFUSALS_SHOWN) return;
    struct json *r = json_add_object(c->arena, t->refusals);
    json_set_i64(c->arena, r, "line", t->read);
    json_set_c(c->arena, r, "reason", reason);
}

static bool import_resources(struct ctx *c, const struct json *resources, struct tally *t)
{
    JSON_EACH(r, resources)
    {
        struct str id = json_text_of(r, "id");
        bool changed;
        t->read++;
        if (!id.len || id.len > CODE_MAX) {
            refuse(c, t, "a resource needs an id of at most 64 characters");
            continue;
        }
        if (registry_limit(r) < 1 || registry_limit(r) > (json_true_of(r, "many") ? REGISTRY_LIMIT : 1)) {
            refuse(c, t, "limit: 1 to 50 records of one number, of a register that keeps many; else 1");
            continue;
        }
        if (!registry_store_save_resource(c, id, r, &changed)) return false;
        t->fresh += changed;
        if (changed) ctx_changed(c, "registry");
    }
    return true;
}

static bool import_records(struct ctx *c, const struct json *resource, const struct json *records,
                           struct tally *t)
{
    struct str key = json_text_of(resource, "key");
    JSON_EACH(record, records)
    {
        struct str code = json_text(json_get_str(record, key));
        bool fresh;
        t->read++;
        if (!code.len || code.len > CODE_MAX) {
            refuse(c, t, "a record needs the number of its subject");
            continue;
        }
        if (!put(c, resource, code, record, &fresh)) return false;
        t->fresh += fresh;
    }
    return true;
}

bool registry_import(struct ctx *c, const struct json *file, struct json *report)
{
    struct tally t = {.refusals = json_array(c->arena)};
    const struct json *resources = json_get(file, "resources");
    if (!json_is(resources, JSON_ARRAY))
        return err_invalid(c->err, "registry.file", "This file holds no registers.");
    if (!import_resources(c, resources, &t)) return false;
    JSON_EACH(records, json_get(file, "records"))
    {
        const struct json *resource = registry_find(resources, records->key);
        if (!resource)
            refuse(c, &t, "records of an unknown resource");
        else if (!import_records(c, resource, records, &t))
            return false;
    }
    json_set_i64(c->arena, report, "read", t.read);
    json_set_i64(c->arena, report, "new", t.fresh);
    json_set_i64(c->arena, report, "refused", t.refused);
    json_set(report, "refusals", t.refusals);
    return t.fresh == 0 || evidence_add(c, "registry.import", "registry", 0, 0, NULL);
}

static const char *const needs[] = {"evidence", NULL};

const struct module registry_module = {
    .name = "registry",
    .needs = needs,
    .start = registry_start,
    .refresh = registry_refresh,
    .stop = registry_stop,
};
