/* The plain way to keep a row: one commit for each, synchronous=FULL. What group commit is measured against.
 *
 *     sqlite_loop FILE SECONDS [wal|delete]     the journal; wal, the faster one, where nothing is said
 *
 * Prints `ROWS rows_per_second cpu_us_per_row` and `FDATASYNC microseconds`: the mean of appending 4 KiB to a
 * file beside the database and syncing it. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void must(int rc, sqlite3 *db)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return;
    fprintf(stderr, "sqlite_loop: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run_rows(const char *path, double seconds, const char *journal)
{
    char settings[100];
    sqlite3 *db;
    sqlite3_stmt *insert;
    char body[400];
    memset(body, 'x', sizeof body);
    must(sqlite3_open(path, &db), db);
    snprintf(settings, sizeof settings, "PRAGMA journal_mode = %s; PRAGMA synchronous = FULL", journal);
    must(sqlite3_exec(db, settings, NULL, NULL, NULL), db);
    must(sqlite3_exec(db,
                      "CREATE TABLE row (id INTEGER PRIMARY KEY, token TEXT NOT NULL, body TEXT NOT NULL)",
                      NULL, NULL, NULL),
         db);
    must(sqlite3_prepare_v2(db, "INSERT INTO row (token, body) VALUES ($1, $2)", -1, &insert, NULL), db);

    long rows = 0;
    double began = now(), cpu_began = cpu();
    while (now() - began < seconds) {
        char token[32];
        snprintf(token, sizeof token, "%ld", rows);
        must(sqlite3_bind_text(insert, 1, token, -1, SQLITE_TRANSIENT), db);
        must(sqlite3_bind_text(insert, 2, body, (int)sizeof body, SQLITE_STATIC), db);
        must(sqlite3_step(insert), db);
        must(sqlite3_reset(insert), db);
        rows++;
    }
    double took = now() - began;
    printf("ROWS %.0f %.1f\n", (double)rows / took, (cpu() - cpu_began) * 1e6 / (double)rows);
    sqlite3_finalize(insert);
    sqlite3_close(db);
}

static void run_syncs(const char *path)
{
    char name[4096], block[4096];
    memset(block, 'x', sizeof block);
    snprintf(name, sizeof name, "%s.sync", path);
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd < 0) {
        perror(name);
        exit(1);
    }
    enum { TIMES = 1000 };
    double began = now();
    for (int i = 0; i < TIMES; i++) {
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0) {
            perror(name);
            exit(1);
        }
    }
    printf("FDATASYNC %.1f\n", (now() - began) * 1e6 / TIMES);
    close(fd);
    unlink(name);
}

int main(int argc, char **argv)
{
    const char *journal = argc == 4 ? argv[3] : "wal";
    if (argc < 3 || argc > 4 || (strcmp(journal, "wal") != 0 && strcmp(journal, "delete") != 0)) {
        fprintf(stderr, "usage: sqlite_loop FILE SECONDS [wal|delete]\n");
        return 2;
    }
    run_rows(argv[1], strtod(argv[2], NULL), journal);
    run_syncs(argv[1]);
    return 0;
}
