/* Names: which words belong together, and what they mean where they stand. */
#include "core/base/buf.h"
#include "engines/feel/feel_parse.h"

static const char *const keywords[] = {"and",    "or",        "in", "between", "instance", "then", "else",
                                       "return", "satisfies", "if", "for",     "some",     "every"};

static bool is_keyword(struct str word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (str_eq_c(word, keywords[i])) return true;
    return false;
}

struct longest {
    struct str text, name;
    size_t from, end;
};

static void consider(void *arg, struct str name)
{
    struct longest *l = arg;
    size_t end = feel_lex_match(l->text, l->from, name);
    if (end > l->end) {
        l->end = end;
        l->name = name;
    }
}

static void consider_known(struct feel_parser *p, struct longest *l)
{
    for (const struct feel_name *n = p->unit->known; n; n = n->next)
        consider(l, n->name);
}

/* Words that follow each other and belong to no known name can only be one name. */
static struct str joined(struct feel_parser *p, size_t *end)
{
    struct feel_token t = p->token;
    *end = t.to;
    for (;;) {
        struct feel_token next = feel_lex(p->unit->arena, p->text, *end);
        if (next.kind != FEEL_TOKEN_NAME || is_keyword(next.text)) break;
        *end = next.to;
    }
    return feel_lex_fold(p->unit->arena, str_slice(p->text, t.from, *end));
}

bool feel_parser_path_name(struct feel_parser *p, struct str *out)
{
    struct longest l = {.text = p->text, .from = p->token.from};
    static const char *const properties[] = {"time offset", "start included", "end included"};
    if (p->token.kind != FEEL_TOKEN_NAME) return feel_parser_fail(p, "A name must follow the dot."), false;
    consider_known(p, &l);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        consider(&l, str_c(properties[i]));
    *out = l.name;
    if (l.end < p->token.to) *out = joined(p, &l.end);
    feel_parser_go(p, l.end);
    return true;
}

static struct feel_node *slot_node(struct feel_parser *p, struct feel_scope *s, uint32_t depth, size_t slot,
                                   struct str name)
{
    struct feel_node *n = feel_parser_node(p, FEEL_OP_SLOT);
    s->asked |= slot == 0;
    n->name.depth = depth;
    n->name.slot = (uint32_t)slot;
    n->name.name = name;
    return n;
}

/* The value behind a name; NULL: nobody has declared it. */
static struct feel_node *resolve(struct feel_parser *p, struct feel_scope *s, uint32_t depth, struct str name)
{
    if (!s) {
        const struct feel_builtin *b = feel_builtin_named(name);
        if (!b) return NULL;
        struct feel_function *f = ARENA_NEW(p->unit->arena, struct feel_function);
        f->builtin = b;
        struct feel_node *n =
            feel_make_constant(p->unit, (struct feel_value){.kind = FEEL_FUNCTION, .function = f});
        feel_lex_place(p->text, p->token.from, &n->line, &n->column);
        return n;
    }
    struct feel_node *own = NULL;
    for (size_t i = s->count; i-- > 0 && !own;)
        if (str_eq(s->names[i].name, name)) own = slot_node(p, s, depth, i, name);
    struct feel_node *outer = own ? own : resolve(p, s->outer, depth + 1, name);
    if (s->kind != FEEL_SCOPE_FILTER) return outer;
    struct feel_node *n = feel_parser_node(p, FEEL_OP_ITEM_NAME);
    n->name.depth = depth;
    n->name.name = name;
    n->name.otherwise = outer;
    return n;
}

struct feel_node *feel_parse_name(struct feel_parser *p)
{
    struct longest l = {.text = p->text, .from = p->token.from};
    bool in_filter = false;
    for (const struct feel_scope *s = p->scope; s; s = s->outer) {
        for (size_t i = 0; i < s->count; i++)
            consider(&l, s->names[i].name);
        in_filter |= s->kind == FEEL_SCOPE_FILTER;
    }
    if (in_filter) consider_known(p, &l);
    feel_builtin_each(consider, &l);
    if (l.end < p->token.to) l.name = joined(p, &l.end);
    struct feel_node *n = resolve(p, p->scope, 0, l.name);
    if (!n) {
        n = feel_parser_node(p, FEEL_OP_UNKNOWN);
        n->name.name = l.name;
        if (!p->msgid)
            feel_note(p->unit->arena, p->unit->notes, FEEL_ERROR, p->unit->where, (int)n->line,
                      (int)n->column, "Nothing is called %{arg} here.", l.name);
    }
    feel_parser_go(p, l.end);
    return n;
}

static bool name_goes_on(struct str text, size_t pos)
{
    static const char signs[] = "./-'+*";
    return feel_lex_is_part(text, pos) || feel_lex_is_blank(text, pos) ||
           (pos < text.len && strchr(signs, text.ptr[pos]) && text.ptr[pos]);
}

/* The next character of a name, or a comment, which counts as a blank: the end of it. */
static size_t one_point(struct str text, size_t pos, struct buf *name)
{
    size_t next = pos, blank = feel_lex_blank(text, pos);
    if (blank > pos) {
        buf_add_char(name, ' ');
        return blank;
    }
    utf8_next(text, &next);
    buf_add(name, str_slice(text, pos, next));
    return next;
}

bool feel_parser_new_name(struct feel_parser *p, const char *stop, struct str *out)
{
    size_t pos = p->token.from;
    struct buf name = buf_new(p->unit->arena, 32);
    struct str word = str_c(stop);
    bool is_word = feel_lex_is_start(word, 0);
    if (p->token.kind != FEEL_TOKEN_NAME) return feel_parser_fail(p, "A name must stand here."), false;
    while (name_goes_on(p->text, pos)) {
        bool begins = pos > p->token.from && !feel_lex_is_part(p->text, pos - 1);
        if (is_word && begins && feel_lex_match(p->text, pos, word)) break;
        pos = one_point(p->text, pos, &name);
    }
    *out = feel_lex_fold(p->unit->arena, buf_str(&name));
    feel_parser_go(p, pos);
    return out->len > 0;
}

bool feel_parser_label(struct feel_parser *p, struct str *out)
{
    size_t pos = p->token.from;
    struct buf name;
    if (p->token.kind == FEEL_TOKEN_STRING) {
        struct feel_token colon = feel_lex(p->unit->arena, p->text, p->token.to);
        if (!str_eq_c(colon.text, ":") || colon.kind != FEEL_TOKEN_SIGN) return false;
        *out = p->token.text;
        feel_parser_go(p, colon.to);
        return true;
    }
    if (p->token.kind != FEEL_TOKEN_NAME) return false;
    name = buf_new(p->unit->arena, 32);
    while (name_goes_on(p->text, pos))
        pos = one_point(p->text, pos, &name);
    if (pos >= p->text.len || p->text.ptr[pos] != ':') return false;
    *out = feel_lex_fold(p->unit->arena, buf_str(&name));
    feel_parser_go(p, pos + 1);
    return true;
}

/* ---- types ---- */

static struct feel_type *type_new(struct feel_parser *p, enum feel_type_kind kind)
{
    struct feel_type *t = ARENA_NEW(p->unit->arena, struct feel_type);
    t->kind = kind;
    return t;
}

static const struct feel_type *list_or_range(struct feel_parser *p, enum feel_type_kind kind)
{
    struct feel_type *t = type_new(p, kind);
    t->element = feel_parse_type(p);
    feel_parser_expect(p, ">");
    return t;
}

enum { TYPE_PARTS_MAX = 64 };

static const struct feel_type *context_or_function(struct feel_parser *p, enum feel_type_kind kind)
{
    struct feel_type *t = type_new(p, kind);
    struct feel_field fields[TYPE_PARTS_MAX] = {{STR_EMPTY, NULL}};
    size_t count = 0;
    while (!p->msgid && !feel_parser_is(p, ">")) {
        struct feel_field *f = &fields[count];
        *f = (struct feel_field){STR_EMPTY, NULL};
        if (count == TYPE_PARTS_MAX - 1) return feel_parser_fail(p, "The type has too many parts."), t;
        if (kind == FEEL_T_CONTEXT && !feel_parser_label(p, &f->name))
            return feel_parser_fail(p, "An entry of a context needs a name and a colon."), t;
        f->type = feel_parse_type(p);
        count++;
        if (!feel_parser_accept(p, ",")) break;
    }
    feel_parser_expect(p, ">");
    struct feel_field *kept = ARENA_ARRAY(p->unit->arena, count + 1, struct feel_field);
    memcpy(kept, fields, count * sizeof *kept);
    t->fields = kept;
    t->field_count = count;
    if (kind == FEEL_T_FUNCTION && feel_parser_expect(p, "->")) t->element = feel_parse_type(p);
    return t;
}

static const struct feel_type *named_type(struct feel_parser *p)
{
    static const char *const long_names[] = {"date and time", "days and time duration",
                                             "years and months duration"};
    struct longest l = {.text = p->text, .from = p->token.from};
    for (size_t i = 0; i < sizeof long_names / sizeof *long_names; i++)
        consider(&l, str_c(long_names[i]));
    for (const struct feel_name *n = p->unit->types; n; n = n->next)
        consider(&l, n->name);
    if (l.end < p->token.to) {
        l.name = p->token.text;
        l.end = p->token.to;
    }
    const struct feel_type *t = feel_type_named(l.name);
    for (const struct feel_name *n = p->unit->types; n && !t; n = n->next)
        if (str_eq(n->name, l.name)) t = n->type;
    if (t)
        feel_parser_go(p, l.end);
    else
        feel_parser_fail(p, "There is no such type.");
    return t;
}

const struct feel_type *feel_parse_type(struct feel_parser *p)
{
    static const enum feel_type_kind nothing = FEEL_T_ANY;
    if (p->token.kind != FEEL_TOKEN_NAME || p->depth > FEEL_NESTING)
        return feel_parser_fail(p, "A type must stand here."), type_new(p, nothing);
    p->depth++;
    const struct feel_type *t = named_type(p);
    if (t && feel_parser_is(p, "<") &&
        (t->kind == FEEL_T_LIST || t->kind == FEEL_T_RANGE || t->kind == FEEL_T_CONTEXT ||
         t->kind == FEEL_T_FUNCTION)) {
        feel_parser_next(p);
        t = t->kind == FEEL_T_LIST || t->kind == FEEL_T_RANGE ? list_or_range(p, t->kind)
                                                              : context_or_function(p, t->kind);
    }
    p->depth--;
    return t;
}
