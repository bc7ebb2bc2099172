/* Values as text and as JSON. */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

struct writer {
    struct buf *out;
    unsigned depth; /* left */
    bool cut;
};

static void add(struct writer *w, struct feel_value v, bool quoted);

static void add_quoted(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '"':
            buf_add_c(out, "\\\"");
            break;
        case '\\':
            buf_add_c(out, "\\\\");
            break;
        case '\n':
            buf_add_c(out, "\\n");
            break;
        case '\r':
            buf_add_c(out, "\\r");
            break;
        case '\t':
            buf_add_c(out, "\\t");
            break;
        default:
            buf_add_char(out, s.ptr[i]);
        }
    }
    buf_add_char(out, '"');
}

static void add_list(struct writer *w, const struct feel_list *list)
{
    struct buf *out = w->out;
    buf_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i) buf_add_c(out, ", ");
        add(w, list->items[i], true);
    }
    buf_add_char(out, ']');
}

static bool is_bare_key(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        bool letter = c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(i && (c == ' ' || (c >= '0' && c <= '9')))) return false;
    }
    return key.len > 0;
}

static void add_context(struct writer *w, const struct feel_context *context)
{
    struct buf *out = w->out;
    buf_add_char(out, '{');
    for (size_t i = 0; i < context->count; i++) {
        if (i) buf_add_c(out, ", ");
        if (is_bare_key(context->entries[i].key))
            buf_add(out, context->entries[i].key);
        else
            add_quoted(out, context->entries[i].key);
        buf_add_c(out, ": ");
        add(w, context->entries[i].value, true);
    }
    buf_add_char(out, '}');
}

static void add_range(struct writer *w, const struct feel_range *range)
{
    struct buf *out = w->out;
    buf_add_char(out, range->low_closed ? '[' : '(');
    add(w, range->low, true);
    buf_add_c(out, "..");
    add(w, range->high, true);
    buf_add_char(out, range->high_closed ? ']' : ')');
}

static void add_function(struct buf *out, const struct feel_function *f)
{
    if (f->builtin) {
        buf_add_c(out, f->builtin->name);
        return;
    }
    buf_add_c(out, "function(");
    for (size_t i = 0; i < f->param_count; i++) {
        if (i) buf_add_c(out, ", ");
        buf_add(out, f->params[i].name);
    }
    buf_add_char(out, ')');
}

static void add_one(struct writer *w, struct feel_value v, bool quoted)
{
    struct buf *out = w->out;
    switch (v.kind) {
    case FEEL_NULL:
        buf_add_c(out, "null");
        break;
    case FEEL_BOOLEAN:
        buf_add_c(out, v.boolean ? "true" : "false");
        break;
    case FEEL_NUMBER:
        buf_add(out, decimal_text(out->arena, v.number));
        break;
    case FEEL_STRING:
        if (quoted)
            add_quoted(out, v.string);
        else
            buf_add(out, v.string);
        break;
    case FEEL_LIST:
        add_list(w, v.list);
        break;
    case FEEL_CONTEXT:
        add_context(w, v.context);
        break;
    case FEEL_RANGE:
        add_range(w, v.range);
        break;
    case FEEL_FUNCTION:
        add_function(out, v.function);
        break;
    default: /* temporal */
        if (quoted) buf_add_c(out, "@\"");
        buf_add(out, feel_temporal_text(out->arena, v));
        if (quoted) buf_add_char(out, '"');
    }
}

static void add(struct writer *w, struct feel_value v, bool quoted)
{
    if (!w->depth) {
        w->cut = true;
        buf_add_c(w->out, "…");
        return;
    }
    w->depth--;
    add_one(w, v, quoted);
    w->depth++;
}

static struct str written(struct arena *a, struct feel_value v, bool quoted, bool *whole)
{
    struct buf out = buf_new(a, 32);
    struct writer w = {.out = &out, .depth = FEEL_VALUE_DEPTH};
    add(&w, v, quoted);
    *whole = !w.cut;
    return buf_str(&out);
}

bool feel_text_whole(struct arena *a, struct feel_value v, struct str *out)
{
    bool whole = true;
    *out = v.kind == FEEL_STRING ? v.string : written(a, v, false, &whole);
    return whole;
}

struct str feel_text(struct arena *a, struct feel_value v)
{
    struct str out;
    feel_text_whole(a, v, &out);
    return out;
}

struct str feel_literal(struct arena *a, struct feel_value v)
{
    bool whole;
    return written(a, v, true, &whole);
}

static struct json *to_json(struct arena *a, struct feel_value v, unsigned depth)
{
    if (!depth) return json_null(a);
    switch (v.kind) {
    case FEEL_NULL:
        return json_null(a);
    case FEEL_BOOLEAN:
        return json_boolean(a, v.boolean);
    case FEEL_NUMBER: {
        struct json *n = json_number(a, 0);
        n->text = decimal_text(a, v.number);
        return n;
    }
    case FEEL_LIST: {
        struct json *list = json_array(a);
        for (size_t i = 0; i < v.list->count; i++)
            json_add(list, to_json(a, v.list->items[i], depth - 1));
        return list;
    }
    case FEEL_CONTEXT: {
        struct json *object = json_object(a);
        for (size_t i = 0; i < v.context->count; i++)
            json_set(object, str_z(a, v.context->entries[i].key),
                     to_json(a, v.context->entries[i].value, depth - 1));
        return object;
    }
    default:
        return json_string(a, feel_text(a, v));
    }
}

struct json *feel_to_json(struct arena *a, struct feel_value v)
{
    return to_json(a, v, FEEL_VALUE_DEPTH);
}

struct feel_value feel_from_json(struct arena *a, const struct json *j)
{
    struct decimal number;
    size_t i = 0;
    if (!j) return FEEL_NOTHING;
    switch (j->type) {
    case JSON_BOOL:
        return feel_boolean(j->boolean);
    case JSON_NUMBER:
        return decimal_parse(j->text, &number) ? feel_number(number) : FEEL_NOTHING;
    case JSON_STRING:
        return feel_string(j->text);
    case JSON_ARRAY: {
        struct feel_value *items, list = feel_list(a, j->count, &items);
        JSON_EACH(child, j) items[i++] = feel_from_json(a, child);
        return list;
    }
    case JSON_OBJECT: {
        struct feel_entry *entries;
        struct feel_value context = feel_context(a, j->count, &entries);
        JSON_EACH(child, j) entries[i++] = (struct feel_entry){child->key, feel_from_json(a, child)};
        return context;
    }
    default:
        return FEEL_NOTHING;
    }
}
