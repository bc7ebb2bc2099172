/* Which of a provider's rows a permit lets through. */
#include "modules/exchange/exchange_permit.h"

enum { RULES_MAX = 10, VALUES_MAX = 50 };

enum filter_op { OP_EQUAL, OP_IN, OP_PREFIX };
static const char *const ops[] = {[OP_EQUAL] = "=", [OP_IN] = "in", [OP_PREFIX] = "prefix"};

struct filter_rule {
    struct str item;
    enum filter_op op;
    struct str *values;
    size_t count;
};

struct row_filter {
    struct filter_rule rules[RULES_MAX];
    size_t count;
};

/* ---- lines and what is kept ---- */

static bool known_item(const struct json *items, struct str id)
{
    JSON_EACH(i, items)
    {
        if (str_eq(json_text_of(i, "id"), id)) return true;
    }
    return false;
}

static bool add_rule(struct ctx *c, struct json *list, const struct json *items, struct str line)
{
    struct str item, op, rest = str_trim(str_cut(line, ' ', &item)),
                         value = str_trim(str_cut(rest, ' ', &op));
    struct json *rule = json_add_object(c->arena, list);
    bool sound = known_item(items, item) && value.len && list->count <= RULES_MAX, known = false;
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        known = known || str_eq_c(op, ops[i]);
    if (!sound || !known)
        return err_at(c->err, STR("filter"), "This line is no filter of the items: %{arg}", line);
    json_set_str(c->arena, rule, "item", item);
    json_set_str(c->arena, rule, "op", op);
    if (!str_eq_c(op, ops[OP_IN])) {
        json_set_str(c->arena, rule, "value", value);
        return true;
    }
    struct json *values = json_set_array(c->arena, rule, "value");
    while (value.len && values->count < VALUES_MAX) {
        struct str one;
        value = str_cut(value, ',', &one);
        json_add(values, json_string(c->arena, str_trim(one)));
    }
    return true;
}

bool filter_parse(struct ctx *c, struct str lines, const struct json *items, struct str *text)
{
    struct json *list = json_array(c->arena);
    while (lines.len) {
        struct str line;
        lines = str_cut(lines, '\n', &line);
        line = str_trim(line);
        if (line.len && !add_rule(c, list, items, line)) return false;
    }
    *text = list->count ? json_to_str(c->arena, list) : STR_EMPTY;
    return true;
}

struct str filter_lines(struct ctx *c, struct str text)
{
    struct err ignored = {0};
    struct buf b = buf_new(c->arena, 128);
    const struct json *list = text.len ? json_parse(c->arena, text, JSON_STRICT, &ignored) : NULL;
    JSON_EACH(r, list)
    {
        struct str item = json_text_of(r, "item"), op = json_text_of(r, "op");
        const struct json *value = json_get(r, "value");
        buf_fmt(&b, "%s%.*s %.*s ", b.len ? "\n" : "", STR_ARG(item), STR_ARG(op));
        buf_add(&b, json_text(value));
        JSON_EACH(v, json_is(value, JSON_ARRAY) ? value : NULL)
        {
            if (v != value->first) buf_add_c(&b, ", ");
            buf_add(&b, v->text);
        }
    }
    return buf_str(&b);
}

static bool read_rule(struct arena *a, const struct json *r, struct filter_rule *out)
{
    struct str op = json_text_of(r, "op");
    const struct json *value = json_get(r, "value");
    bool list = json_is(value, JSON_ARRAY), known = false;
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (!str_eq_c(op, ops[i])) continue;
        out->op = (enum filter_op)i;
        known = true;
    }
    out->item = str_dup(a, json_text_of(r, "item"));
    out->values = ARENA_ARRAY(a, list ? value->count + 1 : 1, struct str);
    if (!list) out->values[out->count++] = str_dup(a, json_text(value));
    JSON_EACH(v, list ? value : NULL)
    {
        out->values[out->count++] = str_dup(a, v->text);
    }
    return known && out->item.len && out->count && list == (out->op == OP_IN);
}

bool filter_read(struct arena *a, struct str text, const struct row_filter **out, struct err *e)
{
    *out = NULL;
    if (!text.len) return true;
    const struct json *list = json_parse(a, text, JSON_STRICT, e);
    struct row_filter *f = ARENA_NEW(a, struct row_filter);
    if (!list) return false;
    JSON_EACH(r, list)
    {
        if (f->count == RULES_MAX || !read_rule(a, r, &f->rules[f->count++]))
            return err_fault(e, "a filter of a permit that cannot be read");
    }
    *out = f;
    return true;
}

/* ---- rows ---- */

static struct str text_of(const struct json *value)
{
    if (json_is(value, JSON_BOOL)) return value->boolean ? STR("true") : STR("false");
    return json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER) ? value->text : STR_EMPTY;
}

static bool holds(const struct filter_rule *r, struct str value)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->op == OP_PREFIX ? str_starts(value, r->values[i]) : str_eq(value, r->values[i])) return true;
    return false;
}

bool filter_passes(const struct row_filter *f, const struct json *record)
{
    for (size_t i = 0; i < f->count; i++)
        if (!holds(&f->rules[i], text_of(json_get_str(record, f->rules[i].item)))) return false;
    return true;
}
