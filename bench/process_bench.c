/* What a process costs: the engine alone, without a case around it (case_bench.c measures those).
 *
 *   process-bench                      nanoseconds a step of a flow of four tasks and a decision, once with
 * the state in memory and once through its JSON after every step; nothing is stored process-bench memory
 * instances a second of a flow of five tasks, in memory process-bench durable URL [SIDE]   the same, with the
 * state read from and written to one row of a database at every step, and a step durable before the next;
 * SIDE instances (256, as many as the writer of the program takes into one transaction) go side by side
 *   process-bench print                the model of the five tasks, for others
 *
 * The median of the rounds. */
#include "core/db/db.h"
#include "engines/bpmn/bpmn.h"

#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 9, RUNS = 4000 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of ROUNDS figures; the least where one of them failed, which is negative. */
static double median(double *rounds)
{
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    return rounds[rounds[0] < 0 ? 0 : ROUNDS / 2];
}

#define FLOW(from, to) "<sequenceFlow id=\"" from to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
static const char model[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><process id=\"p\" isExecutable=\"true\">"
    "<startEvent id=\"s\"/><userTask id=\"a\"/><userTask id=\"b\"/><exclusiveGateway id=\"g\" "
    "default=\"gc\"/>"
    "<userTask id=\"c\"/><userTask id=\"d\"/><userTask id=\"f\"/><endEvent id=\"e\"/>" FLOW("s", "a")
        FLOW("a", "b") FLOW("b", "g")
            FLOW("g", "c") "<sequenceFlow id=\"gd\" sourceRef=\"g\" targetRef=\"d\">"
                           "<conditionExpression xsi:type=\"tFormalExpression\">amount &gt; "
                           "100</conditionExpression></sequenceFlow>" FLOW("c", "f") FLOW("d", "f")
                               FLOW("f", "e") "</process></definitions>";

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static bool step(struct arena *a, const struct bpmn *b, struct bpmn_state *s, const struct bpmn_event *event,
                 bool stored)
{
    struct bpmn_state next;
    struct bpmn_commands commands;
    struct err e = {0};
    if (!bpmn_step(a, b, s, event, &next, &commands, &e)) return false;
    *s = next;
    if (!stored) return true;
    const struct json *j = json_parse(a, json_to_str(a, bpmn_state_write(a, b, s)), JSON_STRICT, &e);
    return j && bpmn_state_read(a, b, j, s, &e);
}

/* Nanoseconds a step; negative when a step was refused. */
static double measure(struct arena *a, const struct bpmn *b, const struct json *variables, bool stored)
{
    double start = now();
    int steps = 0;
    for (int i = 0; i < RUNS; i++) {
        struct bpmn_state s = bpmn_new();
        struct bpmn_event event = {.kind = BPMN_START,
                                   .node = -1,
                                   .name = STR_EMPTY,
                                   .who = STR_EMPTY,
                                   .to = STR_EMPTY,
                                   .variables = variables};
        arena_reset(a);
        do {
            if (!step(a, b, &s, &event, stored)) return -1;
            steps++;
            event.kind = BPMN_FINISH;
            event.variables = NULL;
            event.token = s.count ? s.tokens[s.count - 1].id : 0;
        } while (s.status == BPMN_RUNNING);
    }
    return (now() - start) / steps;
}

/* ---- instances ---- */

#define TASK(id) "<userTask id=\"" id "\"/>"
static const char five[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"p\" isExecutable=\"true\"><startEvent id=\"s\"/>" TASK("a") TASK("b") TASK("c") TASK("x")
        TASK("f") "<endEvent id=\"e\"/>" FLOW("s", "a") FLOW("a", "b") FLOW("b", "c") FLOW("c", "x")
            FLOW("x", "f") FLOW("f", "e") "</process></definitions>";

enum { SIDE_BY_SIDE = 256, INSTANCES = 16 * SIDE_BY_SIDE, STEPS = 6 };

static const struct db_migration schema[] = {
    {"bench", 1, "instance",
     "CREATE TABLE bench_instance (id {int} NOT NULL PRIMARY KEY, state {text} NOT NULL) {strict};\n"},
};

static struct bpmn_event next_event(const struct bpmn_state *s)
{
    bool fresh = s->status == BPMN_NEW;
    return (struct bpmn_event){.kind = fresh ? BPMN_START : BPMN_FINISH,
                               .node = -1,
                               .token = s->count ? s->tokens[s->count - 1].id : 0};
}

/* Instances a second; negative when something failed. */
static double in_memory(struct arena *a, const struct bpmn *b)
{
    double start = now();
    for (int i = 0; i < RUNS; i++) {
        struct bpmn_state s = bpmn_new();
        arena_reset(a);
        while (s.status == BPMN_NEW || s.status == BPMN_RUNNING) {
            struct bpmn_event event = next_event(&s);
            if (!step(a, b, &s, &event, false)) return -1;
        }
    }
    return RUNS / (now() - start) * 1e9;
}

static bool step_stored(struct db_tx *tx, struct arena *a, const struct bpmn *b, int64_t id, bool first,
                        struct err *e)
{
    struct bpmn_state s = bpmn_new(), next;
    struct bpmn_commands commands;
    struct db_rows r;
    if (!first) {
        if (!db_query(tx, &r, "SELECT state FROM bench_instance WHERE id = $1", DB_I(id))) return false;
        const struct json *j = json_parse(a, db_str(&r, 0, 0), JSON_STRICT, e);
        if (!j || !bpmn_state_read(a, b, j, &s, e)) return false;
    }
    struct bpmn_event event = next_event(&s);
    if (!bpmn_step(a, b, &s, &event, &next, &commands, e)) return false;
    struct str text = json_to_str(a, bpmn_state_write(a, b, &next));
    return first ? db_exec(tx, "INSERT INTO bench_instance (id, state) VALUES ($1, $2)", DB_I(id), DB_S(text))
                 : db_exec(tx, "UPDATE bench_instance SET state = $2 WHERE id = $1", DB_I(id), DB_S(text));
}

static double durable(struct db *db, struct arena *a, const struct bpmn *b, int64_t from, int64_t side,
                      struct err *e)
{
    int64_t groups = side == 1 ? SIDE_BY_SIDE : INSTANCES / side;
    double start = now();
    for (int64_t group = 0; group < groups; group++)
        for (int k = 0; k < STEPS; k++) {
            struct db_tx tx;
            bool ok = db_begin_write(db, a, e, &tx);
            for (int64_t i = 0; ok && i < side; i++)
                ok = step_stored(&tx, a, b, from + group * side + i, k == 0, e);
            if (!db_end(db, &tx, ok) || !ok) return -1;
            arena_reset(a);
        }
    return (double)(groups * side) / (now() - start) * 1e9;
}

static int instances(const char *url, int64_t side)
{
    struct arena *kept = arena_new(16 << 20), *work = arena_new(256 << 20);
    struct bpmn_findings *findings = kept ? ARENA_NEW(kept, struct bpmn_findings) : NULL;
    struct err e = {0};
    int applied;
    const struct bpmn *b = work && findings ? bpmn_load(kept, str_c(five), NULL, findings, &e) : NULL;
    struct db *db =
        b && url ? db_open(&(struct db_options){.url = url, .readers = 1, .writers = 1}, &e) : NULL;
    bool ok = b && (!url || (db && db_migrate(db, schema, 1, 0, &applied, &e)));
    double rounds[ROUNDS] = {-1}, n;
    for (int i = 0; ok && i < ROUNDS; i++)
        rounds[i] = url ? durable(db, work, b, 1 + (int64_t)i * 1000000, side, &e) : in_memory(work, b);
    n = median(rounds);
    if (n < 0)
        fprintf(stderr, "%s %s\n", e.code, e.detail);
    else
        printf("RESULT %.0f\n", n);
    if (db) db_close(db);
    arena_drop(work);
    arena_drop(kept);
    return n < 0;
}

static int steps(void)
{
    struct arena *kept = arena_new(16 << 20), *work = arena_new(16 << 20);
    struct bpmn_findings *findings = kept ? ARENA_NEW(kept, struct bpmn_findings) : NULL;
    struct err e = {0};
    const struct bpmn *b = work && findings ? bpmn_load(kept, str_c(model), NULL, findings, &e) : NULL;
    const struct json *variables = b ? json_parse(kept, STR("{\"amount\": 200}"), JSON_STRICT, &e) : NULL;
    int code = variables ? 0 : 1;
    for (int stored = 0; stored < 2 && !code; stored++) {
        double rounds[ROUNDS], ns;
        for (int i = 0; i < ROUNDS; i++)
            rounds[i] = measure(work, b, variables, stored);
        ns = median(rounds);
        printf("%s %.0f ns a step\n", stored ? "through JSON" : "in memory", ns);
        code = ns < 0;
    }
    arena_drop(work);
    arena_drop(kept);
    return code;
}

int main(int argc, char **argv)
{
    if (argc == 1) return steps();
    if (argc == 2 && strcmp(argv[1], "print") == 0) return puts(five) < 0;
    if (argc == 2 && strcmp(argv[1], "memory") == 0) return instances(NULL, 0);
    int64_t side = argc > 3 ? strtoll(argv[3], NULL, 10) : SIDE_BY_SIDE;
    if (argc >= 3 && strcmp(argv[1], "durable") == 0 && side >= 1 && side <= INSTANCES)
        return instances(argv[2], side);
    return 2;
}
