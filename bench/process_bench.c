/* What a process costs.
 *
 *   process-bench                 nanoseconds a step of a flow of four tasks and a decision, once with the
 * state in memory and once through its JSON after every step; nothing is stored process-bench memory
 * instances a second of a flow of five tasks, in memory process-bench durable URL     the same, with the
 * state read from and written to a database at every step, and a step durable before the next; 256 instances
 * go side by side, as many as the writer of the program takes into one transaction process-bench print the
 * model of the five tasks, for others
 *
 * The best of some rounds. */
#include "core/db/db.h"
#include "engines/bpmn/bpmn.h"

#include <time.h>

enum { ROUNDS = 9, RUNS = 4000 };

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

enum { SIDE_BY_SIDE = 256, STEPS = 6 };

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

static double durable(struct db *db, struct arena *a, const struct bpmn *b, int64_t from, struct err *e)
{
    enum { GROUPS = 16 };
    double start = now();
    for (int64_t group = 0; group < GROUPS; group++)
        for (int k = 0; k < STEPS; k++) {
            struct db_tx tx;
            bool ok = db_begin_write(db, a, e, &tx);
            for (int64_t i = 0; ok && i < SIDE_BY_SIDE; i++)
                ok = step_stored(&tx, a, b, from + group * SIDE_BY_SIDE + i, k == 0, e);
            if (!db_end(db, &tx, ok) || !ok) return -1;
            arena_reset(a);
        }
    return GROUPS * SIDE_BY_SIDE / (now() - start) * 1e9;
}

static int instances(const char *url)
{
    struct arena *kept = arena_new(16 << 20), *work = arena_new(256 << 20);
    struct bpmn_findings *findings = kept ? ARENA_NEW(kept, struct bpmn_findings) : NULL;
    struct err e = {0};
    int applied;
    const struct bpmn *b = work && findings ? bpmn_load(kept, str_c(five), NULL, findings, &e) : NULL;
    struct db *db =
        b && url ? db_open(&(struct db_options){.url = url, .readers = 1, .writers = 1}, &e) : NULL;
    bool ok = b && (!url || (db && db_migrate(db, schema, 1, 0, &applied, &e)));
    double best = -1;
    for (int i = 0; ok && i < ROUNDS; i++) {
        double n = url ? durable(db, work, b, 1 + (int64_t)i * 1000000, &e) : in_memory(work, b);
        if (n > best) best = n;
    }
    if (best < 0)
        fprintf(stderr, "%s %s\n", e.code, e.detail);
    else
        printf("RESULT %.0f\n", best);
    if (db) db_close(db);
    arena_drop(work);
    arena_drop(kept);
    return best < 0;
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
        double best = -1;
        for (int i = 0; i < ROUNDS; i++) {
            double ns = measure(work, b, variables, stored);
            if (ns >= 0 && (best < 0 || ns < best)) best = ns;
        }
        printf("%s %.0f ns a step\n", stored ? "through JSON" : "in memory", best);
        code = best < 0;
    }
    arena_drop(work);
    arena_drop(kept);
    return code;
}

int main(int argc, char **argv)
{
    if (argc == 1) return steps();
    if (argc == 2 && strcmp(argv[1], "print") == 0) return puts(five) < 0;
    if (argc == 2 && strcmp(argv[1], "memory") == 0) return instances(NULL);
    if (argc == 3 && strcmp(argv[1], "durable") == 0) return instances(argv[2]);
    return 2;
}
