#include "testing/testdb.h"

#include "core/base/arena.h"

#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_MAX = 16, IMAGES_MAX = 4 };

struct opened {
    struct db *db;
    char folder[64];
    char url[512];
    char schema[48];   /* of its own in the server's database */
    char database[48]; /* or a database of its own */
    int readers, writers;
};

struct testdb_image {
    char folder[64];
    char database[48];
};

static struct opened *all[OPEN_MAX];
static struct testdb_image images[IMAGES_MAX];
static size_t image_count;

static const char *server(void)
{
    const char *url = getenv("TB_TEST_PG");
    if (url == NULL || url[0] == 0) url = getenv("TONGBAN_TEST_DB");
    return url != NULL && url[0] != 0 ? url : NULL;
}

bool testdb_is_postgres(void)
{
    return server() != NULL;
}

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "test database: %s: %s\n", what, why);
    abort();
}

static void on_server(const char *sql)
{
    PGconn *c = PQconnectdb(server());
    if (PQstatus(c) != CONNECTION_OK) give_up("connect", PQerrorMessage(c));
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) give_up(sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

static struct db *open_url(const struct opened *o)
{
    struct err e = {0};
    struct db *db =
        db_open(&(struct db_options){.url = o->url, .readers = o->readers, .writers = o->writers}, &e);
    if (db == NULL) give_up(o->url, e.detail[0] != 0 ? e.detail : e.msgid);
    return db;
}

static struct opened *find(const struct db *db)
{
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (all[i] != NULL && all[i]->db == db) return all[i];
    give_up("find", "not opened here");
    return NULL;
}

static struct opened *place(void)
{
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (all[i] == NULL) return all[i] = mem_alloc(1, sizeof *all[i]);
    give_up("open", "too many at a time");
    return NULL;
}

static struct opened *begin(int readers, int writers)
{
    struct opened *o = place();
    const char *tmp = getenv("TMPDIR");
    o->readers = readers;
    o->writers = writers;
    int len = snprintf(o->folder, sizeof o->folder, "%s/tb-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (len < 0 || (size_t)len >= sizeof o->folder || mkdtemp(o->folder) == NULL)
        give_up("mkdtemp", "failed");
    snprintf(o->url, sizeof o->url, "sqlite:%s/test.db", o->folder);
    return o;
}

static void own_name(char *name, size_t size, const char *what)
{
    static unsigned made;
    snprintf(name, size, "tb_%s_%ld_%u", what, (long)getpid(), ++made);
}

struct db *testdb_open_with(int readers, int writers)
{
    struct opened *o = begin(readers, writers);
    if (server() != NULL) {
        char sql[96];
        own_name(o->schema, sizeof o->schema, "test");
        snprintf(sql, sizeof sql, "CREATE SCHEMA %s", o->schema);
        on_server(sql);
        snprintf(o->url, sizeof o->url, "%s%coptions=-csearch_path%%3D%s&application_name=%s", server(),
                 strchr(server(), '?') != NULL ? '&' : '?', o->schema, o->schema);
    }
    o->db = open_url(o);
    return o->db;
}

/* ---- images ---- */

/* Where the name of the database stands in the server's address; NULL where it does not. */
static const char *database_name(size_t *len)
{
    const char *at = strstr(server(), "://");
    at = at ? strchr(at + 3, '/') : NULL;
    if (at == NULL) return NULL;
    *len = strcspn(++at, "?");
    return *len ? at : NULL;
}

/* A database of its own, empty or as another one is. */
static void own_database(struct opened *o, const char *like)
{
    size_t len = 0;
    char sql[160];
    const char *name = database_name(&len);
    own_name(o->database, sizeof o->database, "test");
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", o->database, like);
    on_server(sql);
    snprintf(o->url, sizeof o->url, "%.*s%s%s%capplication_name=%s", (int)(name - server()), server(),
             o->database, name + len, strchr(server(), '?') != NULL ? '&' : '?', o->database);
}

struct db *testdb_open_whole(int readers, int writers)
{
    size_t len;
    if (server() != NULL && database_name(&len) == NULL) return testdb_open_with(readers, writers);
    struct opened *o = begin(readers, writers);
    if (server() != NULL) own_database(o, "template0");
    o->db = open_url(o);
    return o->db;
}

static void drop_database(const char *name)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", name);
    on_server(sql);
}

static void remove_tree(const char *path);

static void drop_images(void)
{
    while (image_count) {
        struct testdb_image *i = &images[--image_count];
        remove_tree(i->folder);
        if (i->database[0] != 0) drop_database(i->database);
    }
}

static void forget(struct opened *o)
{
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (all[i] == o) all[i] = NULL;
    mem_free(o);
}

struct testdb_image *testdb_image(struct db *db)
{
    struct opened *o = find(db);
    if (o->schema[0] != 0 || image_count == IMAGES_MAX) return NULL;
    struct testdb_image *i = &images[image_count++];
    if (image_count == 1 && atexit(drop_images) != 0) give_up("atexit", "failed");
    db_close(db);
    memcpy(i->folder, o->folder, sizeof i->folder);
    memcpy(i->database, o->database, sizeof i->database);
    forget(o);
    return i;
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (in < 0 || out < 0) give_up("copy", from);
    for (ssize_t got = 1; got > 0;) {
        got = copy_file_range(in, NULL, out, NULL, 1 << 24, 0);
        if (got < 0) give_up("copy", from);
    }
    close(in);
    close(out);
}

static void copy_tree(const char *from, const char *to)
{
    DIR *d = opendir(from);
    if (d == NULL) give_up("open", from);
    for (struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        char inner[512], outer[512];
        struct stat st;
        if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0) continue;
        snprintf(inner, sizeof inner, "%s/%s", from, f->d_name);
        snprintf(outer, sizeof outer, "%s/%s", to, f->d_name);
        if (lstat(inner, &st) != 0) give_up("stat", inner);
        if (S_ISDIR(st.st_mode)) {
            if (mkdir(outer, st.st_mode & 07777) != 0) give_up("mkdir", outer);
            copy_tree(inner, outer);
        } else if (S_ISREG(st.st_mode)) {
            copy_file(inner, outer, st.st_mode & 07777);
        }
    }
    closedir(d);
}

struct db *testdb_open_image(const struct testdb_image *image, int readers, int writers)
{
    struct opened *o = begin(readers, writers);
    copy_tree(image->folder, o->folder);
    if (server() != NULL) own_database(o, image->database);
    o->db = open_url(o);
    return o->db;
}

/* ---- one more, and closing ---- */

struct db *testdb_open(void)
{
    return testdb_open_with(2, 2);
}

struct db *testdb_reopen(struct db *db)
{
    struct opened *o = find(db);
    db_close(db);
    o->db = open_url(o);
    return o->db;
}

struct db *testdb_second(const struct db *db)
{
    return open_url(find(db));
}

const char *testdb_folder(const struct db *db)
{
    return find(db)->folder;
}

static void remove_tree(const char *path)
{
    DIR *d = opendir(path);
    if (d != NULL) {
        for (struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
            if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0) continue;
            char inner[512];
            snprintf(inner, sizeof inner, "%s/%s", path, f->d_name);
            struct stat st;
            if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode))
                remove_tree(inner);
            else
                unlink(inner);
        }
        closedir(d);
    }
    rmdir(path);
}

void testdb_close(struct db *db)
{
    if (db == NULL) return;
    struct opened *o = find(db);
    db_close(db);
    remove_tree(o->folder);
    if (o->schema[0] != 0) {
        char sql[128];
        snprintf(sql, sizeof sql, "SET client_min_messages=error; DROP SCHEMA %s CASCADE", o->schema);
        on_server(sql);
    }
    if (o->database[0] != 0) drop_database(o->database);
    forget(o);
}

const char *testdb_url(const struct db *db)
{
    return find(db)->url;
}
