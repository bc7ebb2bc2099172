/* What modules keep in memory of their tables, renewed when it has changed: of a module, and of those that
 * rest on it. A permit that is granted reads no catalogue anew. */
#include "core/http/private.h"

#include <string.h>

struct snapshot_part {
    uint64_t rests_on; /* itself and what it needs, directly or not: bits of modules */
    int64_t version;   /* of what its snapshot was made from */
};

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
    size_t i = place_of(c->server, str_c(module));
    if (i < c->server->module_count) c->changed |= bit(i);
}

bool snapshots_note(struct ctx *c)
{
    for (size_t i = 0; i < c->server->module_count; i++)
        if (c->changed & bit(i) && !db_version_next(&c->tx, str_c(c->server->modules[i]->name))) return false;
    return true;
}

/* The versions in the database, by module; what changed since, as bits. */
static bool read_versions(struct ctx *c, int64_t *versions, uint64_t *changed, int64_t *total)
{
    const struct server *s = c->server;
    struct db_rows rows;
    *changed = 0;
    *total = 0;
    if (!db_version_parts(&c->tx, &rows)) return false;
    memset(versions, 0, s->module_count * sizeof *versions);
    for (size_t r = 0; r < rows.rows; r++) {
        size_t i = place_of(s, db_str(&rows, r, 0));
        *total += db_int(&rows, r, 1);
        if (i < s->module_count) versions[i] = db_int(&rows, r, 1);
    }
    for (size_t i = 0; i < s->module_count; i++)
        if (versions[i] != s->snapshots[i].version) *changed |= bit(i);
    return true;
}

static bool renew(struct ctx *c)
{
    struct server *s = c->server;
    int64_t *versions = ARENA_ARRAY(c->arena, s->module_count + 1, int64_t), total;
    uint64_t changed;
    if (!read_versions(c, versions, &changed, &total)) return false;
    for (size_t i = 0; i < s->module_count; i++)
        if (s->modules[i]->refresh && s->snapshots[i].rests_on & changed && !s->modules[i]->refresh(c))
            return false;
    for (size_t i = 0; i < s->module_count; i++)
        s->snapshots[i].version = versions[i];
    s->snapshot_version = total;
    return true;
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
