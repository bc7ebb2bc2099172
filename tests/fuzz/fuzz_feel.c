/* Whatever claims to be FEEL: an expression or unary tests, compiled and evaluated within a small budget; the
 * outcome is written, and what is written as a literal reads back as the same value. */
#include "engines/feel/feel.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 20000, DEPTH = 60, BYTES = 64 << 20, TEXT_MAX = 4096 };

static void must(bool promise)
{
    if (!promise) abort();
}

static struct feel_run small_run(struct arena *a)
{
    struct feel_run r = feel_run_new(a, INT64_C(1764412800000));
    r.steps = STEPS;
    r.depth = DEPTH;
    return r;
}

struct bench {
    struct arena *arena;
    struct feel_notes notes;
    struct feel_unit *unit;
    struct feel_scope *scope;
};

static struct feel_value value_of(struct bench *b, struct feel_run *r, struct str text)
{
    struct feel_node *n = feel_parse(b->unit, b->scope, text);
    struct feel_frame *f = feel_frame_new(r, b->scope, NULL);
    f->slots[0] = feel_integer(3);
    f->slots[1] = feel_string(STR("abc"));
    return feel_eval(r, n, f);
}

static void expression(struct bench *b, struct str text)
{
    struct feel_run r = small_run(b->arena), again = small_run(b->arena);
    struct feel_value v = value_of(b, &r, text);
    feel_text(b->arena, v);
    json_to_str(b->arena, feel_to_json(b->arena, v));
    if (v.kind == FEEL_NUMBER || v.kind == FEEL_STRING || v.kind == FEEL_DATE)
        must(feel_same(v, value_of(b, &again, feel_literal(b->arena, v))));
}

static void tests(struct bench *b, struct str text)
{
    struct feel_run r = small_run(b->arena);
    struct feel_node *n = feel_parse_tests(b->unit, b->scope, text);
    struct feel_frame *f = feel_frame_new(&r, b->scope, NULL);
    const struct feel_value inputs[] = {FEEL_NOTHING, feel_integer(5), feel_string(STR("a"))};
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct feel_value said = feel_test(&r, n, f, inputs[i]);
        must(said.kind == FEEL_BOOLEAN || said.kind == FEEL_NULL);
    }
}

static void read_all(struct bench *b, struct str text)
{
    b->unit = feel_unit_new(b->arena, &b->notes);
    b->scope = feel_scope_new(b->unit, NULL);
    feel_scope_add(b->scope, STR("net pay"), NULL);
    feel_scope_add(b->scope, STR("name"), NULL);
    expression(b, text);
    tests(b, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(BYTES);
    struct str text = str_n(data, size < TEXT_MAX ? size : TEXT_MAX);
    struct bench b = {.arena = a};
    jmp_buf env;
    if (a && utf8_valid(text) && setjmp(env) == 0) {
        arena_guard(a, &env);
        read_all(&b, text);
    }
    arena_drop(a);
    return 0;
}
