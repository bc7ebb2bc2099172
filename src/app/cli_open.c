/* Opening an installation: database, keys and program must belong together. */
#include "app/cli.h"
#include "core/base/file.h"
#include "modules/orgs/orgs.h"

#include <unistd.h>

#define KEY_SETTING "keys.fingerprint"

enum { FINGERPRINT = 8 };

const char *cli_key_path(struct arena *a, const struct settings *s)
{
    return str_z(a, str_fmt(a, "%s/keys/root.key", s->var));
}

struct str cli_key_fingerprint(struct arena *a, const struct keyring *k)
{
    uint8_t out[FINGERPRINT];
    keyring_domain(k, "fingerprint", out, sizeof out);
    return str_hex(a, out, sizeof out);
}

static bool sqlite_is_there(const char *url)
{
    return strncmp(url, "sqlite:", 7) != 0 || access(url + 7, F_OK) == 0;
}

/* How many migrations the database has run: 0 where there is none of ours. */
static bool count_done(const char *url, int *done, int *pending, struct err *e)
{
    *done = 0;
    *pending = (int)db_migration_count;
    if (!sqlite_is_there(url)) return true;
    struct db_options o = {.url = url, .readers = 1, .writers = 1};
    struct db *db = db_open(&o, e);
    if (!db) return false;
    bool ok = db_pending(db, db_migrations, db_migration_count, pending, done, e);
    db_close(db);
    return ok;
}

static bool key_before_database(const struct server_options *o, struct err *e)
{
    char path[4096];
    int done, pending;
    snprintf(path, sizeof path, "%s/keys/root.key", o->var_dir);
    if (access(path, F_OK) == 0) return true;
    if (!count_done(o->db_url, &done, &pending, e)) return false;
    if (!done) return true;
    err_conflict(e, "key.missing",
                 "The database is there, but its keys are not (%{arg}). Put them back, or bring them in "
                 "with: tongban keys import FILE");
    err_arg(e, str_c(path));
    return false;
}

static bool start(struct ctx *c)
{
    struct str now = cli_key_fingerprint(c->arena, ctx_keys(c)), was;
    if (!orgs_setting(c, KEY_SETTING, &was)) return false;
    if (!was.len) return orgs_save_setting(c, KEY_SETTING, now);
    return str_eq(was, now) || err_conflict(c->err, "key.other",
                                            "These keys are not the ones this database was made with; "
                                            "nothing in it could be read. Put the right ones back.");
}

/* Stands before the modules that use keys. */
static const char *const needs[] = {"orgs", NULL};
const struct module installation_module = {.name = "installation", .needs = needs, .start = start};

struct server *cli_server(const struct server_options *o, struct err *e)
{
    return key_before_database(o, e) ? server_open(o, modules, module_count, e) : NULL;
}

static struct server *open_with(struct arena *a, const struct settings *s, struct err *e)
{
    struct server_options o = {
        .db_url = cli_db_url(a, s), .var_dir = s->var, .address = "127.0.0.1", .threads = 1};
    return cli_server(&o, e);
}

struct server *cli_open(struct arena *a, const struct settings *s, int *lock, struct err *e)
{
    *lock = cli_lock(a, s, e);
    return *lock < 0 ? NULL : open_with(a, s, e);
}

struct server *cli_open_beside(struct arena *a, const struct settings *s, int *lock, struct err *e)
{
    int done, pending;
    *lock = cli_lock(a, s, e);
    if (*lock >= 0) return open_with(a, s, e);
    if (e->kind != ERR_CONFLICT) return NULL;
    err_clear(e);
    if (!count_done(cli_db_url(a, s), &done, &pending, e)) return NULL;
    if (pending) {
        err_conflict(
            e, "cli.older",
            "An older program is running on this database. Stop it, start this one once, then try again.");
        return NULL;
    }
    return open_with(a, s, e);
}

struct db *cli_open_db(struct arena *a, const struct settings *s, int *pending, struct err *e)
{
    const char *url = cli_db_url(a, s);
    int done = 0, left = 0;
    struct db_options o = {.url = url, .readers = 2, .writers = 2};
    struct db *db = sqlite_is_there(url) ? db_open(&o, e) : NULL;
    if (db && !db_pending(db, db_migrations, db_migration_count, &left, &done, e)) {
        db_close(db);
        return NULL;
    }
    if (pending) *pending = left;
    if (db && done && (pending || !left)) return db;
    if (!db && e->kind != ERR_NONE) return NULL;
    if (db) db_close(db);
    if (!done)
        err_missing(e, "cli.no_database",
                    "There is no installation here yet: the database of %{arg} is not there.");
    else
        err_conflict(e, "cli.older_database",
                     "The database of %{arg} was made by an older version. Start this program on it once, "
                     "then try again.");
    err_arg(e, str_c(s->var));
    return NULL;
}
