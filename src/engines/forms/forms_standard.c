/* The form's schema in the draft's own words. */
#include "engines/forms/forms_internal.h"

static struct json *list_without(struct arena *a, const struct json *list, struct str name)
{
    struct json *out = json_array(a);
    JSON_EACH(one, list)
    if (!str_eq(one->text, name)) json_add(out, json_copy(a, one));
    return out;
}

/* ---- conditions ---- */

static bool is_several(const struct json *property)
{
    return str_eq_c(json_text_of(property, "type"), "array");
}

/* {"properties": {field: test}, "required": [field]} */
static struct json *test_schema(struct arena *a, const struct json *properties, const struct json *test)
{
    static const char *const bounds[] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
    const struct json *name = json_get(test, "field"), *equals = json_get(test, "equals"),
                      *in = json_get(test, "in"), *property = json_get_str(properties, json_text(name));
    if (!name || (!equals && !in && str_eq_c(json_text_of(property, "type"), "string"))) return NULL;
    struct json *out = json_object(a);
    struct json *one = json_set_object(a, json_set_object(a, out, "properties"), str_z(a, json_text(name)));
    if (is_several(property)) one = json_set_object(a, one, "contains");
    if (equals || in) json_set(one, in ? "enum" : "const", json_copy(a, in ? in : equals));
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        if (json_get(test, bounds[i])) json_set(one, bounds[i], json_copy(a, json_get(test, bounds[i])));
    json_add(json_set_array(a, out, "required"), json_string(a, json_text(name)));
    return out;
}

/* A test, or several that count as one. */
static struct json *part_schema(struct arena *a, const struct json *properties, const struct json *when,
                                bool deep)
{
    const struct json *all = json_get(when, "all"), *list = all ? all : json_get(when, "any");
    if (!list) return test_schema(a, properties, when);
    if (list->count == 1)
        return deep ? part_schema(a, properties, list->first, false)
                    : test_schema(a, properties, list->first);
    struct json *out = json_object(a), *parts = json_set_array(a, out, all ? "allOf" : "anyOf");
    JSON_EACH(test, list)
    {
        struct json *part = deep ? part_schema(a, properties, test, false) : test_schema(a, properties, test);
        if (!part) return NULL;
        json_add(parts, part);
    }
    return out;
}

struct json *form_when_if(struct arena *a, const struct json *properties, const struct json *when)
{
    return part_schema(a, properties, when, true);
}

struct json *form_when_entry(struct arena *a, struct json *asked, struct str name, bool required)
{
    struct json *c = json_object(a);
    json_set(c, "if", asked);
    if (required)
        json_add(json_set_array(a, json_set_object(a, c, "then"), "required"), json_string(a, name));
    json_set_bool(a, json_set_object(a, json_set_object(a, c, "else"), "properties"), str_z(a, name), false);
    return c;
}

/* ---- and back ---- */

static bool has_text(const struct json *list, struct str text)
{
    JSON_EACH(one, list)
    if (str_eq(json_text(one), text)) return true;
    return false;
}

/* {"const"|"enum": …}, the same under "contains", or bounds, as a test of that field; NULL: put otherwise. */
static struct json *plain_test(struct arena *a, struct str field, const struct json *test)
{
    struct json *out = json_object(a);
    json_set_str(a, out, "field", field);
    if (json_is(json_get(test, "contains"), JSON_OBJECT) && test->count == 1) test = test->first;
    const struct json *one = json_get(test, "const"), *many = json_get(test, "enum");
    if (one || many) {
        json_set(out, one ? "equals" : "in", json_copy(a, one ? one : many));
        return test->count == 1 ? out : NULL;
    }
    JSON_EACH(bound, json_is(test, JSON_OBJECT) ? test : NULL)
    {
        if (!str_ends(bound->key, STR("inimum")) && !str_ends(bound->key, STR("aximum"))) return NULL;
        json_set(out, str_z(a, bound->key), json_copy(a, bound));
    }
    return out->count > 1 ? out : NULL;
}

/* {"properties": {field: test …}, "required": [the same]} into `list`. */
static bool plain_tests(struct arena *a, const struct json *asked, struct json *list)
{
    const struct json *properties = json_get(asked, "properties"), *required = json_get(asked, "required");
    if (!json_is(properties, JSON_OBJECT) || !json_is(required, JSON_ARRAY) || asked->count != 2 ||
        !properties->count || required->count != properties->count)
        return false;
    JSON_EACH(p, properties)
    {
        struct json *test = has_text(required, p->key) ? plain_test(a, p->key, p) : NULL;
        if (!test) return false;
        json_add(list, test);
    }
    return true;
}

static const struct json *plain_when(struct arena *a, const struct json *asked, bool deep)
{
    const struct json *any = json_get(asked, "anyOf"), *parts = any ? any : json_get(asked, "allOf");
    struct json *out = json_object(a), *list = json_set_array(a, out, any ? "any" : "all");
    if (!parts) return !plain_tests(a, asked, list) ? NULL : list->count == 1 ? list->first : out;
    if (!json_is(parts, JSON_ARRAY) || asked->count != 1) return NULL;
    JSON_EACH(part, parts)
    {
        size_t before = list->count;
        if (deep && (json_get(part, "anyOf") || json_get(part, "allOf"))) {
            const struct json *inner = plain_when(a, part, false);
            if (!inner) return NULL;
            json_add(list, json_copy(a, inner));
        } else if (!plain_tests(a, part, list) || list->count != before + 1) {
            return NULL;
        }
    }
    return list->count ? out : NULL;
}

const struct json *form_when_found(const struct json *schema, struct str name)
{
    const struct json *all = json_get(schema, "allOf");
    JSON_EACH(entry, json_is(all, JSON_ARRAY) ? all : NULL)
    {
        const struct json *then = json_get(entry, "then"), *hides = json_path(entry, "else.properties"),
                          *needs = json_get(then, "required");
        if (!json_get(entry, "if") || !hides || hides->count != 1 || json_get(entry, "else")->count != 1 ||
            !str_eq(hides->first->key, name) || !json_is(hides->first, JSON_BOOL) || hides->first->boolean)
            continue;
        if (entry->count == 2 && !then) return entry;
        if (entry->count == 3 && json_is(needs, JSON_ARRAY) && needs->count == 1 && then->count == 1 &&
            str_eq(json_text(needs->first), name))
            return entry;
    }
    return NULL;
}

const struct json *form_when_of(struct arena *a, const struct json *schema, struct str name)
{
    const struct json *when = json_get(json_get_str(json_get(schema, "properties"), name), "x-when");
    const struct json *entry = when ? NULL : form_when_found(schema, name);
    return when ? when : entry ? plain_when(a, json_get(entry, "if"), true) : NULL;
}

/* So many numbers with a space between. */
static struct str file_pattern(struct arena *a, const struct form_field *f)
{
    return str_fmt(a, "^[^ ]+( [^ ]+){%zu,%zu}$", f->files_least ? f->files_least - 1 : 0, f->files_max - 1);
}

static void standard_field(struct arena *a, const struct form_field *f, struct json *property)
{
    if (f->rows) {
        json_set(property, "items", form_standard(a, f->rows));
        if (!json_get(property, "maxItems")) json_set_i64(a, property, "maxItems", (int64_t)f->rows_max);
    } else if (f->type == FORM_STRING && !f->choices && !json_get(property, "maxLength")) {
        json_set_i64(a, property, "maxLength", (int64_t)f->max_length);
    }
    if (f->files_least && !f->pattern) json_set_str(a, property, "pattern", file_pattern(a, f));
}

struct json *form_standard(struct arena *a, const struct form *form)
{
    struct json *out = json_copy(a, form->schema), *properties = (struct json *)json_get(out, "properties");
    struct json *all = (struct json *)json_get(out, "allOf");
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        standard_field(a, f, (struct json *)json_get_str(properties, f->name));
        const struct json *when = json_get(f->schema, "x-when");
        if (!when) continue;
        if (f->required) json_set(out, "required", list_without(a, json_get(out, "required"), f->name));
        struct json *asked = form_when_if(a, properties, when);
        if (!asked) continue; /* what stays open judges nothing */
        if (!all) all = json_set_array(a, out, "allOf");
        json_add(all, form_when_entry(a, asked, f->name, f->required));
    }
    return out;
}
