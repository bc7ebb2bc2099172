#include "testing/testdb.h"

#include "core/base/arena.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_MAX = 16 };

struct opened {
    struct db *db;
    char folder[64];
    char url[512];
    char schema[48];
    int readers, writers;
};

static struct opened *all[OPEN_MAX];

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

struct db *testdb_open_with(int readers, int writers)
{
    static unsigned made;
    struct opened *o = place();
    char folder[] = "/tmp/tb-test-XXXXXX";
    o->readers = readers;
    o->writers = writers;
    if (mkdtemp(folder) == NULL) give_up("mkdtemp", "failed");
    memcpy(o->folder, folder, sizeof folder);
    if (server() == NULL) {
        snprintf(o->url, sizeof o->url, "sqlite:%s/test.db", folder);
    } else {
        char schema[sizeof o->schema], sql[96];
        snprintf(schema, sizeof schema, "tb_test_%ld_%u", (long)getpid(), ++made);
        memcpy(o->schema, schema, sizeof schema);
        snprintf(sql, sizeof sql, "CREATE SCHEMA %s", schema);
        on_server(sql);
        snprintf(o->url, sizeof o->url, "%s%coptions=-csearch_path%%3D%s&application_name=%s", server(),
                 strchr(server(), '?') != NULL ? '&' : '?', schema, schema);
    }
    o->db = open_url(o);
    return o->db;
}

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
        char sql[96];
        snprintf(sql, sizeof sql, "SET client_min_messages=error; DROP SCHEMA %s CASCADE", o->schema);
        on_server(sql);
    }
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (all[i] == o) all[i] = NULL;
    mem_free(o);
}

const char *testdb_url(const struct db *db)
{
    return find(db)->url;
}
