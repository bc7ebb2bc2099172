/* What a step of a process costs: a flow of four tasks and a decision, run through again and again, once with
 * the state in memory and once through its JSON after every step, as a case that is stored does. Prints
 * nanoseconds a step, the best of some rounds. Nothing is stored. */
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

int main(void)
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
