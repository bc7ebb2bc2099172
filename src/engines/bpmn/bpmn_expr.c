#include "engines/bpmn/bpmn_internal.h"

/* Variables are named when the instance runs, FEEL wants its names when it compiles: a text is read once for
 * the words that can be variables. Names of functions, keys and paths are not. */

static const char *const keywords[] = {
    "if", "then", "else",     "for", "in",      "return",   "some",     "every", "satisfies", "and",
    "or", "not",  "instance", "of",  "between", "function", "external", "true",  "false",     "null"};

static bool is_keyword(struct str s)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
        if (str_eq_c(s, keywords[i])) return true;
    return false;
}

static bool starts_name(uint32_t c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0xC0 && c != 0xD7 && c != 0xF7);
}

static bool in_name(uint32_t c)
{
    return starts_name(c) || (c >= '0' && c <= '9');
}

static size_t skip_space(struct str s, size_t at)
{
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t' || s.ptr[at] == '\n' || s.ptr[at] == '\r'))
        at++;
    return at;
}

static size_t skip_string(struct str s, size_t at)
{
    for (at++; at < s.len && s.ptr[at] != '"'; at++)
        if (s.ptr[at] == '\\') at++;
    return at + 1;
}

struct names {
    struct str *list;
    size_t count, room;
};

static void add_name(struct arena *a, struct names *n, struct str name)
{
    for (size_t i = 0; i < n->count; i++)
        if (str_eq(n->list[i], name)) return;
    if (n->count == n->room) {
        struct str *more = ARENA_ARRAY(a, n->room * 2 + 8, struct str);

        if (n->count) memcpy(more, n->list, n->count * sizeof(*more));
        n->list = more;
        n->room = n->room * 2 + 8;
    }
    n->list[n->count++] = name;
}

static struct names names_of(struct arena *a, struct str text)
{
    struct names n = {0};
    bool after_dot = false;

    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c == '"') {
            at = skip_string(text, start);
            after_dot = false;
            continue;
        }
        if (!starts_name(c)) {
            if (c >= '0' && c <= '9')
                while (at < text.len && in_name((unsigned char)text.ptr[at]))
                    at++;
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
                after_dot = c == '.' && !(at < text.len && text.ptr[at] == '.');
            continue;
        }
        for (size_t next = at; next < text.len; at = next)
            if (!in_name(utf8_next(text, &next))) break;
        struct str word = str_slice(text, start, at);
        size_t behind = skip_space(text, at);
        char follows = behind < text.len ? text.ptr[behind] : 0;

        if (!after_dot && follows != '(' && follows != ':' && !is_keyword(word)) add_name(a, &n, word);
        after_dot = false;
    }
    return n;
}

struct bpmn_exprs bpmn_exprs_new(struct arena *a, const struct bpmn_options *options)
{
    struct bpmn_exprs x = {.arena = a, .options = options};

    return x;
}

const struct bpmn_expr *bpmn_expr(struct bpmn_exprs *x, struct str text)
{
    struct bpmn_expr *expr = ARENA_NEW(x->arena, struct bpmn_expr);
    struct names names;

    if (!x->unit) {
        x->notes = ARENA_NEW(x->arena, struct feel_notes);
        x->unit = feel_unit_new(x->arena, x->notes);
    }
    if (x->options && x->options->expression) text = x->options->expression(x->arena, text);
    if (text.len && text.ptr[0] == '=') /* the sign some designers put before FEEL */
        text = str_trim(str_slice(text, 1, text.len));
    names = names_of(x->arena, text);
    expr->text = text;
    expr->names = names.list;
    expr->name_count = names.count;
    expr->scope = feel_scope_new(x->unit, NULL);
    for (size_t i = 0; i < names.count; i++)
        feel_scope_add(expr->scope, names.list[i], NULL);
    feel_unit_at(x->unit, text);
    expr->node = feel_parse(x->unit, expr->scope, text);
    return feel_is_broken(expr->node) ? NULL : expr;
}

bool bpmn_may_be_boolean(struct arena *a, const struct bpmn_expr *x)
{
    struct feel_run run = feel_run_new(a, 0);

    return x->name_count ||
           feel_eval(&run, x->node, feel_frame_new(&run, x->scope, NULL)).kind == FEEL_BOOLEAN;
}

static const struct feel_entry *entry_of(const struct feel_entry *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].key, name)) return &list[i];
    return NULL;
}

static struct feel_value value_of(const struct bpmn_run *r, struct str name, int64_t from)
{
    const struct feel_entry *said = entry_of(r->extra, r->extra_count, name);
    const struct json *value = said ? NULL : bpmn_get(r->s, from, name);

    if (!said && !value) said = entry_of(r->known, r->known_count, name);
    return said ? said->value : value ? feel_from_json(r->arena, value) : FEEL_NOTHING;
}

struct feel_value bpmn_eval(struct bpmn_run *r, const struct bpmn_expr *x, int64_t from)
{
    struct feel_run run = feel_run_new(r->arena, r->now);
    struct feel_frame *frame = feel_frame_new(&run, x->scope, NULL);
    struct feel_value v;

    for (size_t i = 0; i < x->name_count; i++)
        frame->slots[i] = value_of(r, x->names[i], from);
    v = feel_eval(&run, x->node, frame);
    if (run.stopped) {
        const struct bpmn_token *t = bpmn_token(r, from);

        bpmn_fail(r, "bpmn.expression", "An expression of %{arg} takes too long.", t ? t->node : -1);
    }
    return v;
}

bool bpmn_true(struct bpmn_run *r, const struct bpmn_expr *x, int64_t from)
{
    struct feel_value v = bpmn_eval(r, x, from);

    return v.kind == FEEL_BOOLEAN && v.boolean;
}
