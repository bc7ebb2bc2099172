#include "core/http/private.h"

#include <stdlib.h>

static struct str next_segment(struct str *rest)
{
    struct str head;
    *rest = str_cut(*rest, '/', &head);
    return head;
}

static bool add_permissions(struct server *s, const struct module *m, struct err *e)
{
    for (size_t i = 0; i < m->permission_count; i++) {
        const struct permission *p = &m->permissions[i];
        if (s->permission_count == PERMISSIONS_MAX)
            return err_fault(e, "too many permissions at %s", p->name);
        size_t bit = s->permission_count++;
        s->permission_names[bit] = p->name;
        struct str rest = str_c(p->roles), name;
        while (rest.len) {
            rest = str_cut(rest, '|', &name);
            struct role *r = s->roles;
            while (r < s->roles + s->role_count && !str_eq(r->name, name))
                r++;
            if (r == s->roles + s->role_count) {
                if (s->role_count == ROLES_MAX) return err_fault(e, "too many roles at %s", p->name);
                s->role_count++;
                r->name = name;
            }
            r->permissions[bit / 64] |= UINT64_C(1) << (bit % 64);
        }
    }
    return true;
}

int permission_number(const struct server *s, const char *name)
{
    static const struct {
        const char *name;
        int number;
    } general[] = {
        {PUBLIC, PERM_PUBLIC}, {SIGNED_IN, PERM_SIGNED_IN}, {PERSON, PERM_PERSON}, {OFFICER, PERM_OFFICER}};
    for (size_t i = 0; i < sizeof general / sizeof general[0]; i++)
        if (strcmp(general[i].name, name) == 0) return general[i].number;
    for (size_t i = 0; i < s->permission_count; i++)
        if (strcmp(s->permission_names[i], name) == 0) return (int)i;
    return -100;
}

static bool add_route(struct server *s, const struct module *m, const struct route *r, struct err *e)
{
    struct route_entry *entry = &s->router.entries[s->router.count++];
    entry->route = r;
    entry->module = m;
    if (!r->allow.permission) return err_fault(e, "route %s has no permission", r->path);
    entry->permission = permission_number(s, r->allow.permission);
    if (entry->permission == -100)
        return err_fault(e, "route %s: unknown permission %s", r->path, r->allow.permission);
    if (r->view && !views_has(s->views, str_c(r->view)))
        return err_fault(e, "route %s: no view %s", r->path, r->view);
    struct str rest = str_c(r->path + 1), parts[SEGMENTS_MAX] = {{0}};
    while (rest.len) {
        if (entry->segment_count == SEGMENTS_MAX) return err_fault(e, "route %s is too deep", r->path);
        parts[entry->segment_count++] = next_segment(&rest);
    }
    entry->segments = ARENA_ARRAY(s->arena, entry->segment_count + 1, struct str);
    memcpy(entry->segments, parts, entry->segment_count * sizeof parts[0]);
    s->router.depths[entry->segment_count].count++;
    return true;
}

static void list_by_depth(struct server *s, struct router *r)
{
    for (size_t d = 0; d <= SEGMENTS_MAX; d++) {
        r->depths[d].list = ARENA_ARRAY(s->arena, r->depths[d].count + 1, struct route_first);
        r->depths[d].count = 0;
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct route_entry *entry = &r->entries[i];
        struct route_depth *d = &r->depths[entry->segment_count];
        d->list[d->count++] = (struct route_first){entry->segments[0], entry};
    }
}

static int by_path(const void *a, const void *b)
{
    const struct route_entry *const *x = a, *const *y = b;
    return strcmp((*x)->route->path, (*y)->route->path);
}

static bool shows(const struct route *r, const char *view)
{
    return r->method == METHOD_GET && (r->flags & ROUTE_PERSONAL) && r->view && view &&
           strcmp(r->view, view) == 0;
}

static void find_personal(struct router *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct route_entry *entry = &r->entries[i];
        entry->personal = (entry->route->flags & ROUTE_PERSONAL) != 0;
        for (size_t k = 0; k < r->count && entry->route->method == METHOD_POST && !entry->personal; k++)
            entry->personal = shows(r->entries[k].route, entry->route->view);
    }
}

static void list_pages(struct server *s, struct router *r)
{
    r->pages = ARENA_ARRAY(s->arena, r->count + 1, const struct route_entry *);
    for (size_t i = 0; i < r->count; i++)
        if (r->entries[i].route->method == METHOD_GET) r->pages[r->page_count++] = &r->entries[i];
    qsort(r->pages, r->page_count, sizeof *r->pages, by_path);
}

const struct route_entry *router_page(const struct server *s, const char *path)
{
    size_t low = 0, high = s->router.page_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, s->router.pages[middle]->route->path);
        if (order == 0) return s->router.pages[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool router_build(struct server *s, struct err *e)
{
    size_t total = 0;
    for (size_t i = 0; i < s->module_count; i++)
        total += s->modules[i]->route_count;
    s->router.entries = ARENA_ARRAY(s->arena, total + 1, struct route_entry);
    for (size_t i = 0; i < s->module_count; i++)
        if (!add_permissions(s, s->modules[i], e)) return false;
    for (size_t i = 0; i < s->module_count; i++)
        for (size_t k = 0; k < s->modules[i]->route_count; k++)
            if (!add_route(s, s->modules[i], &s->modules[i]->routes[k], e)) return false;
    list_by_depth(s, &s->router);
    find_personal(&s->router);
    list_pages(s, &s->router);
    return true;
}

static bool is_parameter(struct str segment)
{
    return segment.len > 2 && segment.ptr[0] == '{';
}

/* How many literal segments agree, or -1 when the path is not this route's; both have as many segments. */
static int fit(const struct route_entry *entry, const struct str *parts, size_t count)
{
    int literal = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_parameter(entry->segments[i])) {
            if (!parts[i].len) return -1;
        } else if (str_eq(entry->segments[i], parts[i])) {
            literal++;
        } else {
            return -1;
        }
    }
    return literal;
}

const struct route_entry *router_find(const struct server *s, struct arena *a, enum method method,
                                      struct str path, struct params *found, bool *other_method)
{
    struct str parts[SEGMENTS_MAX], rest = str_slice(path, 1, path.len);
    size_t count = 0;
    *other_method = false;
    if (path.len > 1 && path.ptr[path.len - 1] == '/') return NULL;
    while (rest.len) {
        if (count == SEGMENTS_MAX) return NULL;
        parts[count++] = next_segment(&rest);
    }
    const struct route_entry *best = NULL;
    const struct route_depth *depth = &s->router.depths[count];
    int best_fit = -1;
    for (size_t i = 0; i < depth->count; i++) {
        const struct route_first *f = &depth->list[i];
        if (count && !is_parameter(f->first) && !str_eq(f->first, parts[0])) continue;
        const struct route_entry *entry = f->entry;
        bool same = entry->route->method == method;
        if (!same && (best || *other_method)) continue;
        int now = fit(entry, parts, count);
        if (now < 0) continue;
        if (!same)
            *other_method = true;
        else if (now > best_fit)
            best = entry, best_fit = now;
    }
    for (size_t i = 0; best && i < count; i++) {
        struct str name = best->segments[i];
        if (is_parameter(name)) params_add(found, a, str_slice(name, 1, name.len - 1), parts[i]);
    }
    return best;
}
