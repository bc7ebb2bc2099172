/* Whatever bytes arrive: a model never crashes the reader, the checks or the steps, and every state a step
 * leaves survives its JSON. The input is a model; events for its first process are drawn from its own bytes.
 */
#include "engines/bpmn/bpmn.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 12 };

static void must(bool promise)
{
    if (!promise) abort();
}

static void round_trip(struct arena *a, const struct bpmn *b, const struct bpmn_state *s)
{
    struct err e = {0};
    struct str once = json_to_str(a, bpmn_state_write(a, b, s));
    const struct json *j = json_parse(a, once, JSON_STRICT, &e);
    struct bpmn_state again;
    must(j != NULL);
    must(bpmn_state_read(a, b, j, &again, &e));
    must(str_eq(once, json_to_str(a, bpmn_state_write(a, b, &again))));
}

static void walk(struct arena *a, const struct bpmn *b, const uint8_t *data, size_t size)
{
    struct bpmn_state s = bpmn_new(), next;
    struct bpmn_commands commands;
    for (size_t i = 0; i < STEPS && size; i++) {
        struct err e = {0};
        uint8_t byte = data[(i * 7) % size];
        struct bpmn_event event = {.kind = i ? (enum bpmn_event_kind)(byte % BPMN_EVENT_COUNT) : BPMN_START,
                                   .node = -1,
                                   .name = str_c("n"),
                                   .who = str_c(""),
                                   .to = str_c("x")};
        if (i && s.count) event.token = s.tokens[(byte / BPMN_EVENT_COUNT + i) % s.count].id;
        if (bpmn_step(a, b, &s, &event, &next, &commands, &e)) {
            s = next;
            round_trip(a, b, &s);
        } else {
            must(e.kind != ERR_NONE);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(64 << 20);
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        arena_guard(a, &env);
        struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
        struct err e = {0};
        struct bpmn *b = bpmn_load(a, str_n(data, size), NULL, findings, &e);
        must((b != NULL) == (e.kind == ERR_NONE));
        must(b == NULL || findings->count == 0);
        if (b) walk(a, b, data, size);
    }
    arena_drop(a);
    return 0;
}
