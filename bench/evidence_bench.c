/* How many acts a second become durable evidence, and come into the log, when many wait for their commit at
 * once.
 *
 *   evidence-bench URL FOLDER [SECONDS]     an empty database: "sqlite:/tmp/x.db" or "postgresql://…"; keys
 * in FOLDER
 *
 * One act is one write: a row of evidence and its place in the queue of the log, reported when the disk has
 * them. The sequencer runs beside it, as in the program. Prints one line of JSON a figure. */
#include "app/cli.h"
#include "core/base/time.h"
#include "modules/evidence/evidence_log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

enum { WAITING = 256 };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};
static struct server *server;
static atomic_llong acts;
static atomic_bool stop;

static _Noreturn void stop_with(const struct err *e)
{
    fprintf(stderr, "%s: %s %s\n", e->code, e->msgid, e->detail);
    exit(1);
}

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static bool act(struct ctx *c)
{
    struct json *detail = json_object(c->arena);
    json_set_c(c->arena, detail, "what", "case");
    json_set_c(c->arena, detail, "route", "/office/cases/{id}");
    return evidence_add(c, "data.read", "case", 7000000 + c->now % 100000, 501, detail);
}

static void *write_acts(void *arg)
{
    struct err e = {0};
    (void)arg;
    while (!stop) {
        if (!server_write(server, &SYSTEM, act, NULL, &e)) stop_with(&e);
        acts++;
    }
    return NULL;
}

static bool read_size(struct ctx *c)
{
    struct evidence_log log;
    if (!log_store_find(c, &log)) return false;
    *(uint64_t *)ctx_arg(c) = log.size;
    return true;
}

static uint64_t log_size(void)
{
    struct err e = {0};
    uint64_t size;
    if (!server_read(server, &SYSTEM, read_size, &size, &e)) stop_with(&e);
    return size;
}

static void measure(int threads, double seconds)
{
    pthread_t t[WAITING];
    struct err e = {0};
    struct evidence_sequencer *sequencer = evidence_sequencer_start(server, &e);
    if (!sequencer) stop_with(&e);
    stop = false;
    acts = 0;
    uint64_t before = log_size();
    double cpu = cpu_seconds();
    int64_t start = time_monotonic_us();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&t[i], NULL, write_acts, NULL) != 0) exit(1);
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
    stop = true;
    for (int i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    double took = (double)(time_monotonic_us() - start) / 1e6;
    long long done = acts;
    uint64_t ordered = log_size() - before;
    double used = cpu_seconds() - cpu;
    evidence_sequencer_stop(sequencer);
    printf("{\"what\": \"durable evidence\", \"engine\": \"%s\", \"waiting\": %d, \"acts_per_second\": %.0f, "
           "\"in_the_log_meanwhile\": %.2f, \"cpu_us_each\": %.1f}\n",
           db_engine(server_db(server)), threads, (double)done / took, (double)ordered / (double)done,
           used * 1e6 / (double)done);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    if (argc < 3) {
        fprintf(stderr, "usage: evidence-bench URL FOLDER [SECONDS]\n");
        return 2;
    }
    double seconds = argc > 3 ? strtod(argv[3], NULL) : 5;
    struct server_options o = {.db_url = argv[1], .var_dir = argv[2], .address = "127.0.0.1", .threads = 2};
    server = server_open(&o, modules, module_count, &e);
    if (!server) stop_with(&e);
    measure(64, seconds);
    measure(WAITING, seconds);
    server_close(server);
    return 0;
}
