/* The shipped data: imported when it is new, or changed since. */
#include "app/cli.h"
#include "modules/bundles/bundles.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions.h"
#include "modules/orgs/orgs.h"
#include "modules/processes/processes.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define SHIPPED_SETTING "catalogue.shipped"

enum { DEPTH_MAX = 6 };

static bool add_folder(struct arena *a, struct buf *b, const char *folder, int depth, struct err *e)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    bool ok = count >= 0 || err_fault(e, "cannot read folder %s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *path = str_z(a, str_fmt(a, "%s/%s", folder, list[i]->d_name));
        struct stat st;
        if (ok && list[i]->d_name[0] != '.' && stat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
                ok = add_folder(a, b, path, depth + 1, e);
            else
                buf_fmt(b, "%s %lld %lld.%09ld\n", list[i]->d_name, (long long)st.st_size,
                        (long long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec);
        }
        mem_free(list[i]);
    }
    mem_free(list);
    return ok;
}

bool cli_folder_state(struct arena *a, const char *folder, struct str *out, struct err *e)
{
    uint8_t digest[SM3_SIZE];
    struct buf b = buf_new(a, 8192);
    if (!add_folder(a, &b, folder, 0, e)) return false;
    sm3(buf_str(&b), digest);
    *out = str_hex(a, digest, 16);
    return true;
}

struct shipping {
    const char *data_dir;
    struct str state, was;
};

static bool read_state(struct ctx *c)
{
    struct shipping *s = ctx_arg(c);
    struct str was;
    if (!orgs_setting(c, SHIPPED_SETTING, &was)) return false;
    s->was = str_eq(was, s->state) ? s->state : STR_EMPTY;
    return true;
}

static bool import_all(struct ctx *c)
{
    struct shipping *s = ctx_arg(c);
    return catalogue_import_shipped(c, s->data_dir, json_object(c->arena)) &&
           decision_import_shipped(c, s->data_dir, json_object(c->arena)) &&
           process_import_shipped(c, s->data_dir, json_object(c->arena)) &&
           bundle_import_shipped(c, s->data_dir, json_object(c->arena)) &&
           orgs_save_setting(c, SHIPPED_SETTING, s->state);
}

bool cli_ensure_catalogue(struct server *server, const char *data_dir, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct arena *a = arena_new(4 << 20);
    if (!a) return err_fault(e, "not enough memory to start");
    struct shipping s = {.data_dir = data_dir};
    struct str catalogue, decisions, processes, bundles;
    bool ok = cli_folder_state(a, str_z(a, str_fmt(a, "%s/catalogue", data_dir)), &catalogue, e) &&
              cli_folder_state(a, str_z(a, str_fmt(a, "%s/decisions", data_dir)), &decisions, e) &&
              cli_folder_state(a, str_z(a, str_fmt(a, "%s/processes", data_dir)), &processes, e) &&
              cli_folder_state(a, str_z(a, str_fmt(a, "%s/bundles", data_dir)), &bundles, e);
    s.state = ok ? str_cat(a, str_cat(a, catalogue, decisions), str_cat(a, processes, bundles)) : STR_EMPTY;
    ok = ok && server_read(server, &system, read_state, &s, e);
    if (ok && !s.was.len) ok = server_write(server, &system, import_all, &s, e);
    arena_drop(a);
    return ok;
}
