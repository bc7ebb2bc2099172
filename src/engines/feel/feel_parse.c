#include "engines/feel/feel_parse.h"

#include "engines/feel/feel_temporal.h"

void feel_parser_go(struct feel_parser *p, size_t pos)
{
    p->token = feel_lex(p->unit->arena, p->text, pos);
}

void feel_parser_next(struct feel_parser *p)
{
    feel_parser_go(p, p->token.to);
}

struct feel_node *feel_parser_node(struct feel_parser *p, enum feel_op op)
{
    struct feel_node *n = feel_node_new(p->unit, op);
    feel_lex_place(p->text, p->token.from, &n->line, &n->column);
    return n;
}

struct feel_node *feel_parser_fail(struct feel_parser *p, const char *msgid)
{
    if (!p->msgid) {
        p->msgid = msgid;
        p->place = p->token.from;
        p->arg = p->token.kind == FEEL_TOKEN_END ? STR_EMPTY : str_slice(p->text, p->token.from, p->token.to);
    }
    p->token = (struct feel_token){FEEL_TOKEN_END, p->text.len, p->text.len, STR_EMPTY};
    return feel_node_new(p->unit, FEEL_OP_BROKEN);
}

bool feel_parser_is(const struct feel_parser *p, const char *z)
{
    return (p->token.kind == FEEL_TOKEN_SIGN || p->token.kind == FEEL_TOKEN_NAME) &&
           str_eq_c(p->token.text, z);
}

bool feel_parser_accept(struct feel_parser *p, const char *z)
{
    if (!feel_parser_is(p, z)) return false;
    feel_parser_next(p);
    return true;
}

bool feel_parser_expect(struct feel_parser *p, const char *z)
{
    if (feel_parser_accept(p, z)) return true;
    feel_parser_fail(p, p->token.kind == FEEL_TOKEN_END ? "The expression ends too early."
                                                        : "Something else is expected where %{arg} stands.");
    return false;
}

/* ---- growing lists of nodes ---- */

struct nodes {
    struct feel_node **items;
    size_t count, cap;
};

static void nodes_add(struct feel_parser *p, struct nodes *list, struct feel_node *n)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 8;
        struct feel_node **items = ARENA_ARRAY(p->unit->arena, cap, struct feel_node *);
        if (list->count) memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = n;
}

static struct feel_scope *enter(struct feel_parser *p)
{
    return p->scope = feel_scope_new(p->unit, p->scope);
}

static void leave(struct feel_parser *p)
{
    p->scope = p->scope->outer;
}

/* ---- operators ---- */

struct operator_row {
    const char *sign;
    enum feel_op op;
    int level; /* a higher one binds tighter */
};
enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_COMPARE, LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_POWER };
static const struct operator_row operators[] = {
    {"or", FEEL_OP_OR, LEVEL_OR},
    {"and", FEEL_OP_AND, LEVEL_AND},
    {"=", FEEL_OP_EQUAL, LEVEL_COMPARE},
    {"!=", FEEL_OP_NOT_EQUAL, LEVEL_COMPARE},
    {"<", FEEL_OP_LESS, LEVEL_COMPARE},
    {"<=", FEEL_OP_LESS_EQUAL, LEVEL_COMPARE},
    {">", FEEL_OP_GREATER, LEVEL_COMPARE},
    {">=", FEEL_OP_GREATER_EQUAL, LEVEL_COMPARE},
    {"between", FEEL_OP_BETWEEN, LEVEL_COMPARE},
    {"in", FEEL_OP_IN, LEVEL_COMPARE},
    {"+", FEEL_OP_ADD, LEVEL_ADD},
    {"-", FEEL_OP_SUBTRACT, LEVEL_ADD},
    {"*", FEEL_OP_MULTIPLY, LEVEL_MULTIPLY},
    {"/", FEEL_OP_DIVIDE, LEVEL_MULTIPLY},
    {"**", FEEL_OP_POWER, LEVEL_POWER},
};

static const struct operator_row *operator_here(const struct feel_parser *p)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (feel_parser_is(p, operators[i].sign)) return &operators[i];
    return NULL;
}

static const struct operator_row *comparison_here(const struct feel_parser *p)
{
    const struct operator_row *o = operator_here(p);
    return o && o->level == LEVEL_COMPARE && o->op >= FEEL_OP_EQUAL && o->op <= FEEL_OP_GREATER_EQUAL ? o
                                                                                                      : NULL;
}

static struct feel_node *parse_unary(struct feel_parser *p);
static struct feel_node *parse_binary(struct feel_parser *p, int level);
static struct feel_node *binary_from(struct feel_parser *p, struct feel_node *left, int level);
static struct feel_node *postfix_of(struct feel_parser *p, struct feel_node *n);
static struct feel_node *range_from(struct feel_parser *p, struct feel_node *low, bool low_closed);

static struct feel_node *value_test(struct feel_parser *p, struct feel_node *value)
{
    struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_VALUE);
    n->operand.a = value;
    return n;
}

/* `in (a, b)`, `in [1..5]`, `in > 3`, `in list`. What a round bracket begins shows behind its first part:
 * tests, a range, or an expression that goes on. Read once, whatever it is: going back would double the work
 * at every level. */
static struct feel_node *parse_in(struct feel_parser *p)
{
    struct nodes tests = {0};
    struct feel_node *inner = NULL;
    bool outer = p->high_end;
    if (!feel_parser_is(p, "(")) return feel_parse_test(p);
    feel_parser_next(p);
    p->high_end = false;
    if (!feel_parser_is(p, "..")) {
        do
            nodes_add(p, &tests,
                      comparison_here(p) ? feel_parse_test(p) : value_test(p, feel_parse_expression(p)));
        while (feel_parser_accept(p, ","));
        if (tests.count == 1 && tests.items[0]->op == FEEL_OP_TEST_VALUE) inner = tests.items[0]->operand.a;
    }
    if (feel_parser_is(p, "..") && tests.count <= 1)
        inner = range_from(p, inner, false);
    else
        feel_parser_expect(p, ")");
    p->high_end = outer;
    if (inner) return value_test(p, binary_from(p, postfix_of(p, inner), LEVEL_ADD));
    if (tests.count == 1) return tests.items[0];
    struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_ONE_OF);
    n->list.items = tests.items;
    n->list.count = tests.count;
    return n;
}

static struct feel_node *binary_from(struct feel_parser *p, struct feel_node *left, int level)
{
    for (;;) {
        const struct operator_row *o = operator_here(p);
        if (!o || o->level < level || p->msgid) return left;
        struct feel_node *n = feel_parser_node(p, o->op);
        feel_parser_next(p);
        if (o->op == FEEL_OP_IN) {
            n->in.value = left;
            n->in.tests = parse_in(p);
        } else {
            n->operand.a = left;
            n->operand.b = parse_binary(p, o->level + 1);
            if (o->op == FEEL_OP_BETWEEN && feel_parser_expect(p, "and"))
                n->operand.c = parse_binary(p, LEVEL_ADD);
        }
        left = n;
    }
}

static struct feel_node *parse_binary(struct feel_parser *p, int level)
{
    return binary_from(p, parse_unary(p), level);
}

/* ---- what begins with a word ---- */

static struct feel_node *parse_if(struct feel_parser *p)
{
    struct feel_node *n = feel_parser_node(p, FEEL_OP_IF);
    feel_parser_next(p);
    n->operand.a = feel_parse_expression(p);
    if (feel_parser_expect(p, "then")) n->operand.b = feel_parse_expression(p);
    if (feel_parser_expect(p, "else")) n->operand.c = feel_parse_expression(p);
    return n;
}

enum { ITERATORS_MAX = 16 };

static struct feel_node *parse_loop(struct feel_parser *p, enum feel_op op, const char *word)
{
    struct feel_node *n = feel_parser_node(p, op);
    struct feel_iterator *list = n->loop.iterators =
        ARENA_ARRAY(p->unit->arena, ITERATORS_MAX, struct feel_iterator);
    struct feel_scope *outer = p->scope, *inner = feel_scope_new(p->unit, outer);
    struct str name = STR_EMPTY;
    feel_parser_next(p);
    do {
        struct feel_iterator *it = &list[n->loop.count];
        if (n->loop.count == ITERATORS_MAX) return feel_parser_fail(p, "There are too many variables.");
        if (!feel_parser_new_name(p, "in", &name) || !feel_parser_expect(p, "in")) return n;
        it->in = feel_parse_expression(p);
        if (feel_parser_accept(p, "..")) it->to = feel_parse_expression(p);
        n->loop.count++;
        feel_scope_add(inner, name, NULL);
        p->scope = inner;
    } while (feel_parser_accept(p, ","));
    if (op == FEEL_OP_FOR) feel_scope_add(inner, STR("partial"), NULL);
    if (feel_parser_expect(p, word)) n->loop.body = feel_parse_expression(p);
    p->scope = outer;
    n->loop.scope = inner;
    n->loop.fresh = inner->captured;
    return n;
}

enum { PARAMS_MAX = 64 };

static struct feel_node *parse_function(struct feel_parser *p)
{
    struct feel_node *at = feel_parser_node(p, FEEL_OP_EXTERNAL);
    struct feel_field *params = ARENA_ARRAY(p->unit->arena, PARAMS_MAX, struct feel_field);
    size_t count = 0;
    feel_parser_next(p);
    feel_parser_expect(p, "(");
    struct feel_scope *inner = enter(p);
    while (!p->msgid && !feel_parser_is(p, ")")) {
        struct feel_field *f = &params[count];
        if (count == PARAMS_MAX) return feel_parser_fail(p, "There are too many parameters.");
        if (!feel_parser_new_name(p, ",", &f->name)) break;
        if (feel_parser_accept(p, ":")) f->type = feel_parse_type(p);
        feel_scope_add(inner, f->name, f->type);
        count++;
        if (!feel_parser_accept(p, ",")) break;
    }
    feel_parser_expect(p, ")");
    bool external = feel_parser_accept(p, "external");
    struct feel_node *body = feel_parse_expression(p);
    leave(p);
    if (external) return at;
    struct feel_node *n = feel_make_function(p->unit, inner, count, params, NULL, body);
    n->line = at->line;
    n->column = at->column;
    return n;
}

/* ---- brackets ---- */

/* An end that is left out, "(..5]", has no bound: the same range as "(<= 5)". */
static struct feel_node *half_range(struct feel_parser *p, struct feel_node *end, enum feel_op op)
{
    struct feel_node *n = feel_parser_node(p, FEEL_OP_COMPARISON_RANGE);
    n->compare.op = op;
    n->compare.right = end;
    return n;
}

static struct feel_node *folded(struct feel_parser *p, struct feel_node *n, bool constant)
{
    if (!constant || p->msgid) return n;
    struct feel_run run = feel_run_new(p->unit->arena, 0);
    struct feel_value v = feel_eval(&run, n, NULL);
    return v.kind == FEEL_RANGE ? feel_make_constant(p->unit, v) : n;
}

/* From the two dots on; `low` NULL: left out. */
static struct feel_node *range_from(struct feel_parser *p, struct feel_node *low, bool low_closed)
{
    bool outer = p->high_end, constant = !low || low->op == FEEL_OP_CONSTANT;
    struct feel_node *n, *high = NULL;
    feel_parser_expect(p, "..");
    if (!low || !feel_parser_is(p, ")")) {
        p->high_end = true;
        high = feel_parse_expression(p);
        p->high_end = outer;
        constant = constant && high->op == FEEL_OP_CONSTANT;
    }
    bool closed = feel_parser_is(p, "]");
    if (!closed && !feel_parser_is(p, ")") && !feel_parser_is(p, "["))
        return feel_parser_fail(p, "The range is not closed.");
    if (!high) {
        n = half_range(p, low, low_closed ? FEEL_OP_GREATER_EQUAL : FEEL_OP_GREATER);
    } else if (!low) {
        n = half_range(p, high, closed ? FEEL_OP_LESS_EQUAL : FEEL_OP_LESS);
    } else {
        n = feel_parser_node(p, FEEL_OP_RANGE);
        n->range.low = low;
        n->range.high = high;
        n->range.low_closed = low_closed;
        n->range.high_closed = closed;
    }
    n = folded(p, n, constant);
    feel_parser_next(p);
    return n;
}

static struct feel_node *parse_square(struct feel_parser *p)
{
    struct nodes items = {0};
    feel_parser_next(p);
    if (feel_parser_accept(p, "]")) return feel_make_list(p->unit, 0, NULL);
    struct feel_node *first = feel_parse_expression(p);
    if (feel_parser_is(p, "..")) return range_from(p, first, true);
    nodes_add(p, &items, first);
    while (feel_parser_accept(p, ","))
        nodes_add(p, &items, feel_parse_expression(p));
    feel_parser_expect(p, "]");
    return p->msgid ? first : feel_make_list(p->unit, items.count, items.items);
}

static struct feel_node *parse_round(struct feel_parser *p)
{
    feel_parser_next(p);
    const struct operator_row *o = comparison_here(p);
    if (feel_parser_is(p, "..")) return range_from(p, NULL, false);
    if (o) {
        feel_parser_next(p);
        struct feel_node *end = feel_parse_expression(p), *n = half_range(p, end, o->op);
        feel_parser_expect(p, ")");
        return folded(p, n, end->op == FEEL_OP_CONSTANT);
    }
    struct feel_node *inner = feel_parse_expression(p);
    if (feel_parser_is(p, "..")) return range_from(p, inner, false);
    feel_parser_expect(p, ")");
    return inner;
}

static struct feel_node *parse_context(struct feel_parser *p)
{
    struct feel_node *at = feel_parser_node(p, FEEL_OP_CONTEXT);
    struct nodes values = {0};
    struct feel_scope *inner = enter(p);
    feel_parser_next(p);
    while (!p->msgid && !feel_parser_is(p, "}")) {
        struct str key;
        if (!feel_parser_label(p, &key))
            return feel_parser_fail(p, "An entry of a context needs a name and a colon.");
        for (size_t i = 0; i < inner->count; i++)
            if (str_eq(inner->names[i].name, key))
                return feel_parser_fail(p, "A context has each name once.");
        feel_unit_knows(p->unit, key);
        nodes_add(p, &values, feel_parse_expression(p));
        feel_scope_add(inner, key, NULL);
        if (!feel_parser_accept(p, ",")) break;
    }
    feel_parser_expect(p, "}");
    leave(p);
    struct str *keys = ARENA_ARRAY(p->unit->arena, inner->count + 1, struct str);
    for (size_t i = 0; i < inner->count; i++)
        keys[i] = inner->names[i].name;
    struct feel_node *n = feel_make_context(p->unit, inner, inner->count, keys, values.items, NULL, NULL);
    n->line = at->line;
    n->column = at->column;
    return n;
}

/* ---- primaries ---- */

static struct feel_node *constant_here(struct feel_parser *p, struct feel_value v)
{
    struct feel_node *n = feel_make_constant(p->unit, v);
    feel_lex_place(p->text, p->token.from, &n->line, &n->column);
    feel_parser_next(p);
    return n;
}

static struct feel_node *parse_at(struct feel_parser *p)
{
    struct feel_run run = feel_run_new(p->unit->arena, 0);
    struct feel_value v;
    feel_parser_next(p);
    if (p->token.kind != FEEL_TOKEN_STRING)
        return feel_parser_fail(p, "A date, time or duration in quotation marks must follow @.");
    if (feel_temporal_read(&run, p->token.text, &v)) return constant_here(p, v);
    struct feel_node *n = feel_parser_node(p, FEEL_OP_BROKEN);
    n->broken.msgid = "This is no date, time, date and time or duration: %{arg}";
    n->broken.arg = p->token.text;
    feel_note(p->unit->arena, p->unit->notes, FEEL_ERROR, n->where, (int)n->line, (int)n->column,
              n->broken.msgid, n->broken.arg);
    feel_parser_next(p);
    return n;
}

static struct feel_node *parse_word(struct feel_parser *p)
{
    static const struct {
        const char *word;
        struct feel_value value;
    } literals[] = {{"true", {.kind = FEEL_BOOLEAN, .boolean = true}},
                    {"false", {.kind = FEEL_BOOLEAN}},
                    {"null", {.kind = FEEL_NULL}}};
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
        if (feel_parser_is(p, literals[i].word)) return constant_here(p, literals[i].value);
    if (feel_parser_is(p, "if")) return parse_if(p);
    if (feel_parser_is(p, "for")) return parse_loop(p, FEEL_OP_FOR, "return");
    if (feel_parser_is(p, "some")) return parse_loop(p, FEEL_OP_SOME, "satisfies");
    if (feel_parser_is(p, "every")) return parse_loop(p, FEEL_OP_EVERY, "satisfies");
    if (feel_parser_is(p, "function") && str_eq_c(feel_lex(p->unit->arena, p->text, p->token.to).text, "("))
        return parse_function(p);
    return feel_parse_name(p);
}

static struct feel_node *parse_number(struct feel_parser *p, bool negative)
{
    struct decimal number;
    if (!decimal_parse(p->token.text, &number)) return feel_parser_fail(p, "The number %{arg} is too large.");
    return constant_here(p, feel_number(negative ? decimal_negate(number) : number));
}

static struct feel_node *parse_primary(struct feel_parser *p)
{
    bool outer = p->high_end;
    struct feel_node *n;
    switch (p->token.kind) {
    case FEEL_TOKEN_NUMBER:
        return parse_number(p, false);
    case FEEL_TOKEN_STRING:
        return constant_here(p, feel_string(p->token.text));
    case FEEL_TOKEN_NAME:
        return parse_word(p);
    case FEEL_TOKEN_END:
        return feel_parser_fail(p, "The expression ends too early.");
    default:
        break;
    }
    p->high_end = false;
    if (feel_parser_accept(p, "-"))
        n = parse_number(p, true); /* parse_unary has seen that a number follows */
    else if (feel_parser_is(p, "@"))
        n = parse_at(p);
    else if (feel_parser_is(p, "["))
        n = parse_square(p);
    else if (feel_parser_is(p, "("))
        n = parse_round(p);
    else if (feel_parser_is(p, "{"))
        n = parse_context(p);
    else if (feel_parser_accept(p, "]"))
        n = range_from(p, feel_parse_expression(p), false);
    else
        n = feel_parser_fail(p, "Something else is expected where %{arg} stands.");
    p->high_end = outer;
    return n;
}

static struct feel_node *parse_filter(struct feel_parser *p, struct feel_node *in)
{
    bool outer = p->high_end;
    p->high_end = false;
    feel_parser_next(p);
    struct feel_scope *inner = p->scope = feel_filter_scope(p->unit, p->scope);
    struct feel_node *match = feel_parse_expression(p);
    leave(p);
    p->high_end = outer;
    feel_parser_expect(p, "]");
    return feel_make_filter(p->unit, inner, in, match);
}

static struct feel_node *parse_call(struct feel_parser *p, struct feel_node *callee)
{
    struct nodes args = {0};
    struct str names[PARAMS_MAX];
    size_t named = 0;
    bool outer = p->high_end;
    p->high_end = false;
    feel_parser_next(p);
    while (!p->msgid && !feel_parser_is(p, ")")) {
        if (args.count == PARAMS_MAX && named) return feel_parser_fail(p, "There are too many parameters.");
        bool label = named == args.count && (named || !args.count) && feel_parser_label(p, &names[named]);
        if (label) named++;
        if (named && !label) return feel_parser_fail(p, "Either all parameters have their names or none.");
        nodes_add(p, &args, feel_parse_expression(p));
        if (!feel_parser_accept(p, ",")) break;
    }
    p->high_end = outer;
    feel_parser_expect(p, ")");
    if (p->msgid) return callee;
    struct str *kept = named ? ARENA_ARRAY(p->unit->arena, named, struct str) : NULL;
    if (named) memcpy(kept, names, named * sizeof *kept);
    return feel_make_call(p->unit, callee, args.count, kept, args.items);
}

static struct feel_node *parse_path(struct feel_parser *p, struct feel_node *of)
{
    feel_parser_next(p);
    struct feel_node *n = feel_parser_node(p, FEEL_OP_PATH);
    n->path.of = of;
    feel_parser_path_name(p, &n->path.name);
    return n;
}

static struct feel_node *postfix_of(struct feel_parser *p, struct feel_node *n)
{
    while (!p->msgid) {
        if (feel_parser_is(p, "."))
            n = parse_path(p, n);
        else if (feel_parser_is(p, "[") && !p->high_end)
            n = parse_filter(p, n);
        else if (feel_parser_is(p, "("))
            n = parse_call(p, n);
        else if (feel_parser_is(p, "instance")) {
            struct feel_node *is = feel_parser_node(p, FEEL_OP_INSTANCE_OF);
            feel_parser_next(p);
            feel_parser_expect(p, "of");
            is->type.value = n;
            is->type.type = feel_parse_type(p);
            n = is;
        } else
            break;
    }
    return n;
}

static struct feel_node *parse_postfix(struct feel_parser *p)
{
    return postfix_of(p, parse_primary(p));
}

/* A sign that stands before a number belongs to it (rule 36), before all that may follow. */
static bool negative_number(struct feel_parser *p)
{
    return feel_parser_is(p, "-") && feel_lex(p->unit->arena, p->text, p->token.to).kind == FEEL_TOKEN_NUMBER;
}

static struct feel_node *parse_unary(struct feel_parser *p)
{
    if (!feel_parser_is(p, "-") || negative_number(p)) return parse_postfix(p);
    if (++p->depth > FEEL_NESTING) return feel_parser_fail(p, "The expression is nested too deeply.");
    struct feel_node *n = feel_parser_node(p, FEEL_OP_NEGATE);
    feel_parser_next(p);
    n->operand.a = parse_unary(p);
    p->depth--;
    return n;
}

struct feel_node *feel_parse_expression(struct feel_parser *p)
{
    if (++p->depth > FEEL_NESTING) return feel_parser_fail(p, "The expression is nested too deeply.");
    struct feel_node *n = parse_binary(p, LEVEL_OR);
    p->depth--;
    return n;
}

/* ---- unary tests ---- */

struct feel_node *feel_parse_test(struct feel_parser *p)
{
    const struct operator_row *o = comparison_here(p);
    if (o) {
        struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_COMPARE);
        n->compare.op = o->op;
        feel_parser_next(p);
        n->compare.right = parse_binary(p, LEVEL_ADD);
        return n;
    }
    bool *asked = p->scope ? &p->scope->asked : NULL, outer = asked && *asked;
    if (asked) *asked = false;
    struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_VALUE);
    n->operand.a = p->depth ? parse_binary(p, LEVEL_ADD) : feel_parse_expression(p);
    if (asked && *asked && !p->depth) n->op = FEEL_OP_TEST_TRUE;
    if (asked) *asked |= outer;
    return n;
}

static struct feel_node *parse_tests(struct feel_parser *p)
{
    struct nodes tests = {0};
    do
        nodes_add(p, &tests, feel_parse_test(p));
    while (feel_parser_accept(p, ","));
    if (tests.count == 1) return tests.items[0];
    struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_ONE_OF);
    n->list.items = tests.items;
    n->list.count = tests.count;
    return n;
}

static struct feel_node *parse_unary_tests(struct feel_parser *p)
{
    struct feel_parser saved = *p;
    if (feel_parser_accept(p, "-")) {
        if (p->token.kind == FEEL_TOKEN_END) return feel_parser_node(p, FEEL_OP_TEST_ANY);
        *p = saved;
    }
    if (feel_parser_accept(p, "not") && feel_parser_accept(p, "(")) {
        struct feel_node *n = feel_parser_node(p, FEEL_OP_TEST_NOT);
        n->operand.a = parse_tests(p);
        if (!p->msgid && feel_parser_accept(p, ")") && p->token.kind == FEEL_TOKEN_END) return n;
    }
    *p = saved;
    return parse_tests(p);
}

/* ---- the doors ---- */

static struct feel_node *finish(struct feel_parser *p, struct feel_node *n)
{
    if (!p->msgid && p->token.kind != FEEL_TOKEN_END)
        feel_parser_fail(p, "Something else is expected where %{arg} stands.");
    if (!p->msgid) return n;
    struct feel_node *broken = feel_node_new(p->unit, FEEL_OP_BROKEN);
    feel_lex_place(p->text, p->place, &broken->line, &broken->column);
    broken->broken.msgid = p->msgid;
    broken->broken.arg = p->arg;
    feel_note(p->unit->arena, p->unit->notes, FEEL_ERROR, broken->where, (int)broken->line,
              (int)broken->column, p->msgid, p->arg);
    return broken;
}

struct feel_node *feel_parse(struct feel_unit *u, struct feel_scope *s, struct str text)
{
    struct feel_parser p = {.unit = u, .scope = s, .text = text};
    feel_parser_go(&p, 0);
    return finish(&p, feel_parse_expression(&p));
}

struct feel_node *feel_parse_tests(struct feel_unit *u, struct feel_scope *s, struct str text)
{
    struct feel_parser p = {.unit = u, .scope = feel_scope_new(u, s), .text = text};
    feel_scope_add(p.scope, STR("?"), NULL);
    feel_parser_go(&p, 0);
    return finish(&p, parse_unary_tests(&p));
}
