#include "core/http/answers.h"

static const struct {
    const char *name;
    enum shape_kind kind;
} kinds[] = {
    {"null", SHAPE_NULL},     {"boolean", SHAPE_BOOLEAN}, {"integer", SHAPE_INTEGER}, {"time", SHAPE_TIME},
    {"number", SHAPE_NUMBER}, {"string", SHAPE_STRING},   {"id", SHAPE_ID},           {"date", SHAPE_DATE},
    {"object", SHAPE_OBJECT}, {"any", SHAPE_ANY},         {"nothing", SHAPE_NOTHING},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static unsigned kind_named(struct str name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (str_eq_c(name, kinds[i].name)) return kinds[i].kind;
    return name.len && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z' ? SHAPE_NAMED : 0;
}

/* "object[]|null" */
static bool read_kinds(struct shape *s, struct str text)
{
    struct str rest = text, one;
    do {
        rest = str_cut(rest, '|', &one);
        unsigned arrays = 0;
        for (; str_ends(one, STR("[]")); one.len -= 2)
            arrays++;
        unsigned kind = kind_named(one);
        if (!kind || (arrays && s->arrays && arrays != s->arrays)) return false;
        if (kind == SHAPE_NAMED) {
            if (s->of.len && !str_eq(s->of, one)) return false;
            s->of = one;
        }
        if (arrays) {
            s->arrays = arrays;
            s->kinds |= kind;
        } else
            s->also |= kind;
    } while (rest.len);
    if (!s->arrays) {
        s->kinds = s->also;
        s->also = 0;
    }
    return true;
}

struct reader {
    struct arena *a;
    struct str rest;
};

static size_t depth_of(struct str line)
{
    size_t depth = 0;
    while (depth < line.len && line.ptr[depth] == ' ')
        depth++;
    return depth;
}

static struct str line_at(const struct reader *r)
{
    struct str line;
    str_cut(r->rest, '\n', &line);
    return line;
}

static void next_line(struct reader *r)
{
    struct str line;
    r->rest = str_cut(r->rest, '\n', &line);
}

/* The members that stand below, each deeper by one than what they belong to. */
static bool read_members(struct reader *r, struct shape *of, size_t depth)
{
    struct shape **end = &of->first;
    while (r->rest.len) {
        struct str line = line_at(r), name;
        size_t own = depth_of(line);
        if (!line.len || own < depth) return true;
        if (own > depth) return false;
        struct str type = str_cut(str_slice(line, depth, line.len), ' ', &name);
        struct shape *s = ARENA_NEW(r->a, struct shape);
        s->name = name;
        if (!name.len || !read_kinds(s, type)) return false;
        *end = s;
        end = &s->next;
        next_line(r);
        if (!read_members(r, s, depth + 1)) return false;
    }
    return true;
}

static bool read_answer(struct reader *r, struct answer_shape *answer)
{
    struct str rest = line_at(r), word;
    if (kind_named(str_cut(rest, ' ', &word).len ? word : STR_EMPTY) == SHAPE_NAMED &&
        str_find_char(rest, '/') == SIZE_MAX) {
        rest = str_cut(rest, ' ', &answer->path);
    } else {
        rest = str_cut(rest, ' ', &answer->method);
        rest = str_cut(rest, ' ', &answer->path);
        rest = str_cut(rest, ' ', &answer->status);
    }
    str_cut(rest, ' ', &word);
    if (str_eq_c(word, "file")) {
        str_cut(rest, ' ', &word);
        answer->type = str_slice(rest, 5, rest.len);
        next_line(r);
        return answer->type.len > 0;
    }
    answer->shape = ARENA_NEW(r->a, struct shape);
    if (!read_kinds(answer->shape, rest)) return false;
    next_line(r);
    return read_members(r, answer->shape, 1);
}

static const struct shape *block_named(const struct answer_shape *list, struct str name)
{
    for (; list; list = list->next)
        if (!list->method.len && str_eq(list->path, name)) return list->shape;
    return NULL;
}

static bool find_blocks(const struct answer_shape *list, struct shape *s)
{
    for (; s; s = s->next) {
        if (s->of.len && !(s->block = block_named(list, s->of))) return false;
        if (!find_blocks(list, s->first)) return false;
    }
    return true;
}

struct answer_shape *answers_parse(struct arena *a, struct str text, struct err *e)
{
    struct reader r = {a, text};
    struct answer_shape *first = NULL, **end = &first;
    while (r.rest.len) {
        if (!line_at(&r).len) {
            next_line(&r);
            continue;
        }
        struct answer_shape *answer = ARENA_NEW(a, struct answer_shape);
        if (!read_answer(&r, answer)) {
            err_fault(e, "docs/answers.txt: %.*s", STR_ARG(line_at(&r)));
            return NULL;
        }
        *end = answer;
        end = &answer->next;
    }
    for (struct answer_shape *s = first; s; s = s->next) {
        if (find_blocks(first, s->shape)) continue;
        err_fault(e, "docs/answers.txt: %.*s names a block that is not there", STR_ARG(s->path));
        return NULL;
    }
    return first;
}

/* ---- as JSON Schema ---- */

static const char *json_type_name(unsigned kind)
{
    switch (kind) {
    case SHAPE_NULL:
        return "null";
    case SHAPE_BOOLEAN:
        return "boolean";
    case SHAPE_INTEGER:
    case SHAPE_TIME:
        return "integer";
    case SHAPE_NUMBER:
        return "number";
    case SHAPE_OBJECT:
        return "object";
    default:
        return "string";
    }
}

static void add_types(struct arena *a, struct json *schema, unsigned of)
{
    struct json *list = NULL;
    const char *before = NULL;
    for (size_t i = 0; i < KINDS; i++) {
        if (!(of & kinds[i].kind)) continue;
        const char *name = json_type_name(kinds[i].kind);
        if (before && !list) {
            list = json_array(a);
            json_add(list, json_string(a, str_c(before)));
        }
        if (list) json_add(list, json_string(a, str_c(name)));
        before = name;
    }
    if (list)
        json_set(schema, "type", list);
    else if (before)
        json_set_c(a, schema, "type", before);
}

static void add_detail(struct arena *a, struct json *schema, unsigned of)
{
    if (of & SHAPE_ID) json_set_c(a, schema, "pattern", "^[0-9]{1,19}$");
    if (of & SHAPE_DATE) json_set_c(a, schema, "format", "date");
    if (of & SHAPE_TIME) json_set_c(a, schema, "description", "Milliseconds UTC.");
}

static struct json *value_schema(struct arena *a, const struct shape *s, unsigned of)
{
    struct json *schema = json_object(a);
    if (of & (SHAPE_ANY | SHAPE_NOTHING)) return schema;
    if (of & SHAPE_NAMED) {
        struct json *named = json_object(a);
        json_set_str(a, named, "$ref", str_fmt(a, "#/components/schemas/%.*s", STR_ARG(s->of)));
        if (of == SHAPE_NAMED) return named;
        struct json *list = json_set_array(a, schema, "anyOf");
        json_add(list, named);
        json_add(list, value_schema(a, s, of & ~(unsigned)SHAPE_NAMED));
        return schema;
    }
    add_types(a, schema, of);
    add_detail(a, schema, of);
    if (!(of & SHAPE_OBJECT)) return schema;
    struct json *properties = NULL;
    for (const struct shape *m = s->first; m; m = m->next) {
        if (str_eq_c(m->name, "*")) {
            json_set(schema, "additionalProperties", shape_schema(a, m));
            continue;
        }
        if (!properties) properties = json_set_object(a, schema, "properties");
        json_set_named(properties, m->name, shape_schema(a, m));
    }
    return schema;
}

struct json *shape_schema(struct arena *a, const struct shape *s)
{
    struct json *schema = value_schema(a, s, s->kinds);
    for (unsigned i = 0; i < s->arrays; i++) {
        struct json *array = json_object(a);
        json_set_c(a, array, "type", "array");
        if (schema->count) json_set(array, "items", schema);
        schema = array;
    }
    if (!s->arrays || !s->also) return schema;
    struct json *either = json_object(a), *list = json_set_array(a, either, "anyOf");
    json_add(list, schema);
    json_add(list, value_schema(a, s, s->also));
    return either;
}
