#include "core/http/ops.h"
#include "core/http/private.h"

static int by_line(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str access_table(const struct server *s, struct arena *a)
{
    struct str *lines = ARENA_ARRAY(a, s->router.count + 1, struct str);
    for (size_t i = 0; i < s->router.count; i++) {
        const struct route_entry *entry = &s->router.entries[i];
        const struct route *r = entry->route;
        lines[i] =
            str_fmt(a, "%-52s %-4s %-24s %-5s %s%s\n", r->path, r->method == METHOD_GET ? "GET" : "POST",
                    r->allow.permission, r->scope.check ? "row" : "-", entry->module->name,
                    entry->personal ? "  persons" : "");
    }
    qsort(lines, s->router.count, sizeof *lines, by_line);
    struct buf b = buf_new(a, 8192);
    for (size_t i = 0; i < s->router.count; i++)
        buf_add(&b, lines[i]);
    buf_add_c(&b, "\nroles\n");
    for (size_t i = 0; i < s->role_count; i++) {
        buf_fmt(&b, "%-16.*s", STR_ARG(s->roles[i].name));
        for (size_t p = 0; p < s->permission_count; p++)
            if (s->roles[i].permissions[p / 64] >> (p % 64) & 1) buf_fmt(&b, " %s", s->permission_names[p]);
        buf_add_char(&b, '\n');
    }
    return buf_str(&b);
}
