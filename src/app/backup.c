/* tongban backup and restore: database, files handed in and, sealed with a passphrase, the keys.
 *
 * FOLDER/tongban.db   the database (SQLite, whatever the installation uses)
 * FOLDER/blobs/       the files, sealed as they are
 * FOLDER/keys.sealed  the keys, only with --with-keys
 * FOLDER/backup.json  what this is; written last: a folder without it is no backup */
#include "app/cli.h"
#include "core/base/file.h"
#include "core/base/time.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "tongban-backup/1"

enum { MANIFEST_MAX = 1 << 20, KEYS_MAX = 64 << 20 };

struct work {
    const struct settings *settings;
    struct arena *arena;
    const char *folder;
    struct db *db;
    struct keyring *keys;
    struct blob_store *blobs;
    struct str passphrase;
};

static const char *in_folder(struct work *w, const char *name)
{
    return str_z(w->arena, str_fmt(w->arena, "%s/%s", w->folder, name));
}

static const char *in_var(struct work *w, const char *name)
{
    return str_z(w->arena, str_fmt(w->arena, "%s/%s", w->settings->var, name));
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool file_digest(struct arena *a, const char *path, struct str *out, struct err *e)
{
    char part[1 << 14];
    uint8_t digest[SM3_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct sm3_stream *h = fd >= 0 ? sm3_begin(a) : NULL;
    ssize_t n = -1;
    while (h && (n = read(fd, part, sizeof part)) > 0)
        sm3_feed(h, str_n(part, (size_t)n));
    if (fd >= 0) close(fd);
    if (n != 0) return err_fault(e, "cannot read %s", path);
    sm3_end(h, digest);
    *out = str_hex(a, digest, sizeof digest);
    return true;
}

static void close_work(struct work *w)
{
    if (w->blobs) blob_close(w->blobs);
    if (w->db) db_close(w->db);
    keyring_close(w->keys);
}

/* ---- backup ---- */

static bool folder_is_new(struct work *w, struct err *e)
{
    DIR *d = opendir(w->folder);
    bool empty = true;
    if (!d)
        return errno == ENOENT ? file_make_folder(w->folder, e)
                               : err_fault(e, "cannot open %s: %s", w->folder, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(d));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) empty = false;
    closedir(d);
    if (empty) return true;
    err_conflict(e, "backup.folder", "The folder %{arg} is not empty. Nothing was written.");
    err_arg(e, str_c(w->folder));
    return false;
}

static bool open_source(struct work *w, struct err *e)
{
    int applied;
    const char *key = cli_key_path(w->arena, w->settings);
    struct key_provider p = key_provider_file(key);
    w->db = cli_open_db(w->arena, w->settings, NULL, e);
    if (!w->db || !db_migrate(w->db, db_migrations, db_migration_count, time_now(), &applied, e))
        return false; /* nothing is pending: it only learns its tables */
    if (!exists(key)) {
        err_missing(e, "cli.no_keys", "There are no keys in %{arg}.");
        err_arg(e, str_c(w->settings->var));
        return false;
    }
    w->keys = keyring_open(&p, e);
    if (!w->keys) return false;
    w->blobs = blob_open(in_var(w, "blobs"), w->keys, e);
    return w->blobs != NULL;
}

static bool seal_keys(struct work *w, struct err *e)
{
    struct str sealed;
    return keyring_export(w->keys, w->arena, w->passphrase, &sealed, e) &&
           file_write(in_folder(w, "keys.sealed"), sealed, 0600, e);
}

static bool write_manifest(struct work *w, struct err *e)
{
    struct str digest;
    if (!file_digest(w->arena, in_folder(w, "tongban.db"), &digest, e)) return false;
    struct json *m = json_object(w->arena);
    json_set_c(w->arena, m, "format", FORMAT);
    json_set_c(w->arena, m, "program", TB_VERSION);
    json_set_str(w->arena, m, "made", time_rfc3339(w->arena, time_now()));
    json_set_c(w->arena, m, "engine", db_engine(w->db));
    json_set_str(w->arena, m, "database_sm3", digest);
    json_set_str(w->arena, m, "key", cli_key_fingerprint(w->arena, w->keys));
    json_set_bool(w->arena, m, "with_keys", w->settings->with_keys);
    return file_write(in_folder(w, "backup.json"), str_cat(w->arena, json_to_str(w->arena, m), STR("\n")),
                      0600, e);
}

/* Files come before the database that names them, and once more after it: none it names can be missing, even
 * if the collector ran meanwhile. */
static bool back_up(struct work *w, struct err *e)
{
    const char *blobs = in_folder(w, "blobs");
    return open_source(w, e) &&
           (!w->settings->with_keys || cli_passphrase(w->arena, w->settings, &w->passphrase, e)) &&
           folder_is_new(w, e) && (!w->settings->with_keys || seal_keys(w, e)) &&
           blob_copy_all(w->blobs, blobs, e) && db_backup(w->db, in_folder(w, "tongban.db"), e) &&
           blob_copy_all(w->blobs, blobs, e) && write_manifest(w, e) && file_sync_folder(w->folder, e);
}

static int run(const struct settings *s, bool (*act)(struct work *w, struct err *e), const char *done)
{
    struct err e = {0};
    struct arena *a = arena_new(512 << 20);
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    struct work w = {.settings = s, .arena = a, .folder = s->args[0]};
    bool ok = act(&w, &e);
    close_work(&w);
    if (ok) cli_say(stdout, done, str_c(s->args[0]));
    int status = ok ? 0 : cli_fail(&e);
    arena_drop(a);
    return status;
}

int command_backup(const struct settings *s)
{
    int status = run(s, back_up, "The backup is complete: %{arg}");
    if (status == 0 && !s->with_keys)
        cli_say(stdout,
                "It does not hold the keys, without which nobody can read it. Keep them elsewhere: tongban "
                "keys export --out FILE",
                STR_EMPTY);
    return status;
}

/* ---- restore ---- */

static bool no_backup(struct work *w, struct err *e)
{
    err_invalid(e, "restore.folder", "%{arg} is not a complete backup. Nothing was restored.");
    err_arg(e, str_c(w->folder));
    return false;
}

static bool read_manifest(struct work *w, const struct json **manifest, struct err *e)
{
    struct str text, digest;
    struct err unread = {0};
    if (!file_read(w->arena, in_folder(w, "backup.json"), MANIFEST_MAX, &text, &unread))
        return no_backup(w, e);
    *manifest = json_parse(w->arena, text, JSON_STRICT, &unread);
    if (!*manifest || !str_eq_c(json_text_of(*manifest, "format"), FORMAT) ||
        !exists(in_folder(w, "tongban.db")))
        return no_backup(w, e);
    if (!file_digest(w->arena, in_folder(w, "tongban.db"), &digest, e)) return false;
    return str_eq(digest, json_text_of(*manifest, "database_sm3")) ||
           err_invalid(e, "restore.altered",
                       "The database in this backup is not the one that was written. Nothing was restored.");
}

/* The keys: those that are here already, or those in the backup, put aside until all else is there. */
static bool open_target_keys(struct work *w, const struct json *manifest, const char **path, struct err *e)
{
    const char *here = cli_key_path(w->arena, w->settings), *sealed_path = in_folder(w, "keys.sealed");
    struct str sealed;
    *path = here;
    if (!exists(here)) {
        if (!exists(sealed_path))
            return err_missing(
                e, "restore.keys",
                "This backup does not hold the keys. Bring them in first: tongban keys import FILE");
        *path = in_var(w, "keys.restoring/root.key");
        unlink(*path); /* of a restore that was interrupted */
        if (!cli_read_file(w->arena, sealed_path, KEYS_MAX, &sealed, e) ||
            !cli_passphrase(w->arena, w->settings, &w->passphrase, e) ||
            !file_make_folder(in_var(w, "keys.restoring"), e) ||
            !keyring_import(*path, sealed, w->passphrase, e))
            return false;
    }
    struct key_provider p = key_provider_file(*path);
    w->keys = keyring_open(&p, e);
    if (!w->keys) return false;
    return str_eq(cli_key_fingerprint(w->arena, w->keys), json_text_of(manifest, "key")) ||
           err_conflict(e, "restore.other_keys",
                        "The keys of this installation are not those of the backup. Nothing was restored.");
}

static bool copy_blobs(struct work *w, struct err *e)
{
    struct blob_store *from = blob_open(in_folder(w, "blobs"), w->keys, e);
    bool ok = from && blob_copy_all(from, in_var(w, "blobs"), e);
    if (from) blob_close(from);
    return ok;
}

static bool open_target(struct work *w, struct err *e)
{
    int applied;
    struct db_options o = {.url = cli_db_url(w->arena, w->settings), .readers = 2, .writers = 2};
    w->db = db_open(&o, e);
    return w->db && db_migrate(w->db, db_migrations, db_migration_count, time_now(), &applied, e);
}

/* The database comes last, in one transaction: before it there is nothing anybody could see, after it
 * everything is there. */
static bool restore_all(struct work *w, struct err *e)
{
    const struct json *manifest;
    const char *path, *aside = in_var(w, "keys.restoring"), *place = in_var(w, "keys");
    if (!read_manifest(w, &manifest, e) || !open_target_keys(w, manifest, &path, e) || !open_target(w, e) ||
        !copy_blobs(w, e))
        return false;
    bool moved = strcmp(path, cli_key_path(w->arena, w->settings)) != 0;
    if (moved) {
        rmdir(place);
        if (rename(aside, place) != 0)
            return err_fault(e, "cannot move the keys into place: %s", strerror(errno));
    }
    if (db_restore(w->db, in_folder(w, "tongban.db"), e)) return true;
    return moved && rename(place, aside) != 0 ? err_fault(e, "cannot move the keys back: %s", strerror(errno))
                                              : false;
}

int command_restore(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(1 << 20);
    struct stat st;
    if (!a) return 1;
    if (stat(s->args[0], &st) != 0 || !S_ISDIR(st.st_mode)) {
        arena_drop(a);
        return cli_refuse("There is no folder %{arg}.", s->args[0]);
    }
    int lock = cli_lock(a, s, &e);
    int status = lock < 0
                     ? cli_fail(&e)
                     : run(s, restore_all, "Restored from %{arg}. Start the program with: tongban serve");
    if (lock >= 0) close(lock);
    arena_drop(a);
    return status;
}
