/* What the program says of itself: routes, access, API; assembled over an empty database in a temporary
 * folder. */
#include "app/cli.h"
#include "core/http/ops.h"

#include <ftw.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

static int print_table(const struct settings *s, struct str (*make)(const struct server *s, struct arena *a))
{
    struct err e = {0};
    char dir[] = "/tmp/tongban-tables-XXXXXX";
    struct arena *a = arena_new(16 << 20);
    if (!a || !mkdtemp(dir)) return 1;
    (void)s;
    struct server_options o = {.db_url = str_z(a, str_fmt(a, "sqlite:%s/tables.db", dir)),
                               .var_dir = dir,
                               .address = "127.0.0.1",
                               .threads = 1};
    struct server *server = server_open(&o, modules, module_count, &e);
    if (server) {
        struct str text = make(server, a);
        fwrite(text.ptr, 1, text.len, stdout);
        server_close(server);
    }
    if (nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "tongban: %s could not be removed.\n", dir);
    arena_drop(a);
    return server ? 0 : cli_fail(&e);
}

static struct str openapi_text(const struct server *s, struct arena *a)
{
    return str_cat(a, json_to_str(a, openapi_document(s, a)), STR("\n"));
}

static struct str route_lines(const struct server *s, struct arena *a)
{
    const struct module *const *list;
    size_t count = server_modules(s, &list);
    struct buf b = buf_new(a, 8192);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i]->route_count; k++) {
            const struct route *r = &list[i]->routes[k];
            bool get = r->method == METHOD_GET;
            buf_fmt(&b, "%-4s %-4s %-52s %s\n", get ? "GET" : "POST", get && r->view ? "page" : "", r->path,
                    r->summary ? r->summary : "");
        }
    return buf_str(&b);
}

int command_routes(const struct settings *s)
{
    return print_table(s, route_lines);
}

int command_access(const struct settings *s)
{
    return print_table(s, access_table);
}

int command_openapi(const struct settings *s)
{
    return print_table(s, openapi_text);
}
