/* For the cross-check: the first line is a JSON object of names and values, every further one an expression;
 * prints the value of each as a line of JSON. */
#include "core/base/arena.h"
#include "engines/feel/feel.h"

enum { LINE_MAX_BYTES = 1 << 16 };

static bool line(char *buffer, struct str *out)
{
    if (!fgets(buffer, LINE_MAX_BYTES, stdin)) return false;
    *out = str_trim(str_c(buffer));
    return true;
}

static struct feel_value evaluate(struct arena *a, const struct feel_context *given, struct str expression)
{
    struct feel_notes notes = {0};
    struct feel_unit *u = feel_unit_new(a, &notes);
    struct feel_scope *s = feel_scope_new(u, NULL);
    struct feel_run r = feel_run_new(a, INT64_C(1732600800000));
    for (size_t i = 0; i < given->count; i++)
        feel_scope_add(s, given->entries[i].key, NULL);
    struct feel_frame *f = feel_frame_new(&r, s, NULL);
    for (size_t i = 0; i < given->count; i++)
        f->slots[i] = given->entries[i].value;
    return feel_eval(&r, feel_parse(u, s, expression), f);
}

int main(void)
{
    static char buffer[LINE_MAX_BYTES];
    struct arena *kept = arena_new(1 << 20), *a = arena_new(64 << 20);
    struct err e = {0};
    struct str text;
    if (!line(buffer, &text)) return 2;
    struct feel_value given = feel_from_json(kept, json_parse(kept, str_dup(kept, text), JSON_STRICT, &e));
    if (given.kind != FEEL_CONTEXT) return 2;
    while (line(buffer, &text)) {
        struct str out = json_to_str(a, feel_to_json(a, evaluate(a, given.context, text)));
        printf("%.*s\n", STR_ARG(out));
        arena_reset(a);
    }
    arena_drop(a);
    arena_drop(kept);
    return 0;
}
