/* What modules keep in memory of their tables, renewed when it has changed: of a module, and of those that
 * rest on it. A permit that is granted reads no catalogue anew. */
#include "core/http/private.h"

#include <string.h>

struct snapshot_part {
    uint64_t rests_on; /* itself and what it needs, directly or not: bits of modules */
    int64_t version;   /* of what its snapshot was made from, or should have been */
    bool behind;       /* it could not be renewed */
};

static const uint64_t EVERYTHING = UINT64_MAX;

static size_t place_of(const struct server *s, struct str name)
{
    size_t i = 0;
    while (i < s->module_count && !str_eq_c(name, s->modules[i]->name))
        i++;
    return i;
}

static uint64_t bit(size_t module)
{
    return UINT64_C(1) << module;
}

bool snapshots_open(struct server *s, struct err *e)
{
    bool grew = true;
    if (s->module_count > 64) return err_fault(e, "there are more than 64 modules");
    s->snapshots = ARENA_ARRAY(s->arena, s->module_count + 1, struct snapshot_part);
    for (size_t i = 0; i < s->module_count; i++)
        s->snapshots[i] = (struct snapshot_part){.rests_on = bit(i), .version = -1};
    while (grew) {
        grew = false;
        for (size_t i = 0; i < s->module_count; i++) {
            uint64_t before = s->snapshots[i].rests_on;
            for (const char *const *need = s->modules[i]->needs; need && *need; need++) {
                size_t other = place_of(s, str_c(*need));
                if (other < s->module_count) s->snapshots[i].rests_on |= s->snapshots[other].rests_on;
            }
            grew = grew || s->snapshots[i].rests_on != before;
        }
    }
    return true;
}

void ctx_changed(struct ctx *c, const char *module)
{
    size_t i = module ? place_of(c->server, str_c(module)) : c->server->module_count;
    c->changed |= i < c->server->module_count ? bit(i) : EVERYTHING;
}

bool snapshots_note(struct ctx *c)
{
    for (size_t i = 0; i < c->server->module_count; i++)
        if (c->changed & bit(i) && !db_version_next(&c->tx, str_c(c->server->modules[i]->name))) return false;
    return true;
}

struct versions {
    int64_t *of; /* by module */
    int64_t parts, total;
    uint64_t changed; /* bits of modules */
};

/* What changed since the snapshots were made. More changes than those of parts: a program from before there
 * were parts made them, of anything. */
static bool read_versions(struct ctx *c, struct versions *v)
{
    const struct server *s = c->server;
    struct db_rows rows;
    v->of = ARENA_ARRAY(c->arena, s->module_count + 1, int64_t);
    v->parts = 0;
    if (!db_version(&c->tx, &v->total) || !db_version_parts(&c->tx, &rows)) return false;
    for (size_t r = 0; r < rows.rows; r++) {
        size_t i = place_of(s, db_str(&rows, r, 0));
        v->parts += db_int(&rows, r, 1);
        if (i < s->module_count) v->of[i] = db_int(&rows, r, 1);
    }
    v->changed = v->total - v->parts != s->snapshot_version - s->snapshot_parts ? EVERYTHING : 0;
    for (size_t i = 0; i < s->module_count; i++)
        if (v->of[i] != s->snapshots[i].version) v->changed |= bit(i);
    return true;
}

/* One that cannot be renewed holds up those that rest on it and no others. It is tried again with every
 * change and by the watch; the write that changed it fails, those after it do not. */
static bool renew(struct ctx *c)
{
    struct server *s = c->server;
    struct versions v;
    struct err why;
    uint64_t behind = 0;
    bool ok = true;
    if (!read_versions(c, &v)) return false;
    for (size_t i = 0; i < s->module_count; i++) {
        struct snapshot_part *p = &s->snapshots[i];
        bool changed = p->rests_on & v.changed;
        p->version = v.of[i];
        p->behind = s->modules[i]->refresh && (p->behind || changed);
        if (!p->behind) continue;
        p->behind = (p->rests_on & behind) || !s->modules[i]->refresh(c);
        if (!p->behind) continue;
        if (changed && ok) why = *c->err;
        ok = ok && !changed;
        behind |= bit(i);
        err_clear(c->err);
    }
    s->snapshots_behind = behind != 0;
    s->snapshot_parts = v.parts;
    s->snapshot_version = v.total;
    if (!ok) *c->err = why;
    return ok;
}

bool server_refresh(struct server *s, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    pthread_mutex_lock(&s->refresh_lock);
    bool ok = server_read(s, &system, renew, NULL, e);
    pthread_mutex_unlock(&s->refresh_lock);
    cache_clear(s->cache);
    return ok;
}
