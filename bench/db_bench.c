/* What the database layer does in a second: durable rows by group size, point reads by thread.
 *
 *   db-bench URL [SECONDS]       an empty database: "sqlite:/tmp/x.db" or "postgresql://…"
 *
 * Prints one line of JSON a figure. */
#include "core/base/arena.h"
#include "core/base/time.h"
#include "core/db/writer.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WINDOW = 512, ROWS_TO_READ = 10000 };

static struct db *db;
static double seconds = 2;

static _Noreturn void stop_with(const struct err *e)
{
    fprintf(stderr, "%s: %s %s\n", e->code, e->msgid, e->detail);
    exit(1);
}

static const struct db_migration schema[] = {
    {"bench", 1, "line",
     "CREATE TABLE bench_line (id {int} PRIMARY KEY, body {text} NOT NULL, at {int} NOT NULL) {strict};\n"},
};

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---- writing ---- */

struct line {
    struct write_task task;
    struct err err;
    int64_t id;
};

static struct line lines[WINDOW];
static struct line *idle[WINDOW];
static size_t idle_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int64_t next_id;

static bool line_run(struct write_task *t, struct db_conn *conn)
{
    struct line *l = (struct line *)t;
    struct db_tx tx = {.conn = conn, .err = &l->err};
    return db_exec(&tx, "INSERT INTO bench_line (id, body, at) VALUES ($1, $2, $3)", DB_I(l->id),
                   DB_C("The matter was accepted, its clock runs, and the applicant was told so."),
                   DB_I(1764000000000));
}

static void line_done(struct write_task *t, bool ok)
{
    struct line *l = (struct line *)t;
    if (!ok) stop_with(&l->err);
    pthread_mutex_lock(&lock);
    idle[idle_count++] = l;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&lock);
}

static struct line *free_line(void)
{
    pthread_mutex_lock(&lock);
    while (idle_count == 0)
        pthread_cond_wait(&freed, &lock);
    struct line *l = idle[--idle_count];
    pthread_mutex_unlock(&lock);
    return l;
}

static void write_rows(size_t group)
{
    struct err e = {0};
    struct writer *w =
        writer_start(db, &(struct writer_options){.queue_max = WINDOW, .group_max = group}, &e);
    if (w == NULL) stop_with(&e);
    idle_count = 0;
    for (size_t i = 0; i < WINDOW; i++) {
        lines[i] = (struct line){.task = {.run = line_run, .done = line_done}};
        lines[i].task.err = &lines[i].err;
        idle[idle_count++] = &lines[i];
    }
    double cpu = cpu_seconds();
    int64_t start = time_monotonic_us(), rows = 0;
    while (time_monotonic_us() - start < (int64_t)(seconds * 1e6)) {
        struct line *l = free_line();
        l->id = ++next_id;
        if (!writer_submit(w, &l->task, LANE_INTERACTIVE)) stop_with(&l->err);
        rows++;
    }
    struct writer_stats s = writer_stats(w);
    writer_stop(w);
    double took = (double)(time_monotonic_us() - start) / 1e6;
    printf("{\"what\": \"durable rows\", \"engine\": \"%s\", \"group_max\": %zu, \"per_second\": %.0f, "
           "\"mean_group\": %.1f, "
           "\"cpu_us_each\": %.2f}\n",
           db_engine(db), group, (double)rows / took,
           (double)s.tasks / (double)(s.groups == 0 ? 1 : s.groups),
           (cpu_seconds() - cpu) * 1e6 / (double)rows);
}

/* ---- reading ---- */

static atomic_bool stop;
static atomic_llong reads;

static void *reading(void *arg)
{
    uint64_t x = (uint64_t)(uintptr_t)arg * 2654435761u + 88172645463325252u;
    struct arena *a = arena_new(64 << 10);
    struct err e = {0};
    long long n = 0;
    while (!stop) {
        struct db_tx tx;
        struct db_rows r;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (!db_begin_read(db, a, &e, &tx) ||
            !db_query(&tx, &r, "SELECT id, body, at FROM bench_line WHERE id = $1",
                      DB_I((int64_t)(x % ROWS_TO_READ) + 1)) ||
            !db_end(db, &tx, false))
            stop_with(&e);
        arena_reset(a);
        n++;
    }
    arena_drop(a);
    reads += n;
    return NULL;
}

static void read_rows(size_t threads)
{
    pthread_t t[8];
    stop = false;
    reads = 0;
    double cpu = cpu_seconds();
    int64_t start = time_monotonic_us();
    for (size_t i = 0; i < threads; i++)
        if (pthread_create(&t[i], NULL, reading, (void *)(uintptr_t)(i + 1)) != 0) exit(1);
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds,
                                 .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)},
              NULL);
    stop = true;
    for (size_t i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    double took = (double)(time_monotonic_us() - start) / 1e6;
    printf(
        "{\"what\": \"point read transactions\", \"engine\": \"%s\", \"threads\": %zu, \"per_second\": %.0f, "
        "\"cpu_us_each\": %.2f}\n",
        db_engine(db), threads, (double)reads / took, (cpu_seconds() - cpu) * 1e6 / (double)reads);
}

/* The floor under every durable write. */
static void time_sync(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char page[4096] = {0};
    int64_t start = time_monotonic_us();
    int n = 0;
    for (; fd >= 0 && n < 500; n++)
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) break;
    if (fd >= 0) close(fd);
    unlink(path);
    if (n > 0)
        printf("{\"what\": \"fdatasync of 4 KiB\", \"us_each\": %.1f}\n",
               (double)(time_monotonic_us() - start) / n);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: db-bench URL [SECONDS]\n");
        return 2;
    }
    if (argc > 2) seconds = strtod(argv[2], NULL);
    struct err e = {0};
    int applied = 0;
    db = db_open(&(struct db_options){.url = argv[1], .readers = 4, .writers = 4}, &e);
    if (db == NULL || !db_migrate(db, schema, 1, 0, &applied, &e)) stop_with(&e);
    if (str_starts(str_c(argv[1]), STR("sqlite:"))) {
        char path[512];
        snprintf(path, sizeof path, "%s.sync", argv[1] + sizeof "sqlite:" - 1);
        time_sync(path);
    }
    static const size_t groups[] = {1, 10, 100, 256};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        write_rows(groups[i]);
    while (next_id < ROWS_TO_READ)
        write_rows(256);
    read_rows(1);
    read_rows(2);
    db_close(db);
    return 0;
}
