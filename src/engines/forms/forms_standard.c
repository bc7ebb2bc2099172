/* The form's schema in the draft's own words. */
#include "engines/forms/forms_internal.h"

static struct json *list_without(struct arena *a, const struct json *list, struct str name)
{
    struct json *out = json_array(a);
    JSON_EACH(one, list)
    if (!str_eq(one->text, name)) json_add(out, json_copy(a, one));
    return out;
}

/* {"if": {"properties": {field: test}, "required": [field]}, "then": {"required": [name]}, "else":
 * {"properties": {name: false}}} */
static void add_condition(struct arena *a, struct json *all, const struct form_field *f,
                          const struct form_test *t)
{
    struct json *c = json_add_object(a, all), *asked = json_set_object(a, c, "if");
    struct json *test = json_set_object(a, json_set_object(a, asked, "properties"), str_z(a, t->field->name));
    if (t->field->several) test = json_set_object(a, test, "contains");
    json_set(test, t->many ? "enum" : "const", json_copy(a, t->values));
    json_add(json_set_array(a, asked, "required"), json_string(a, t->field->name));
    if (f->required)
        json_add(json_set_array(a, json_set_object(a, c, "then"), "required"), json_string(a, f->name));
    json_set_bool(a, json_set_object(a, json_set_object(a, c, "else"), "properties"), str_z(a, f->name),
                  false);
}

static void standard_field(struct arena *a, const struct form_field *f, struct json *property)
{
    if (f->rows) {
        json_set(property, "items", form_standard(a, f->rows));
        if (!json_get(property, "maxItems")) json_set_i64(a, property, "maxItems", (int64_t)f->rows_max);
    } else if (f->type == FORM_STRING && !f->choices && !json_get(property, "maxLength")) {
        json_set_i64(a, property, "maxLength", (int64_t)f->max_length);
    }
}

struct json *form_standard(struct arena *a, const struct form *form)
{
    struct json *out = json_copy(a, form->schema), *properties = (struct json *)json_get(out, "properties");
    struct json *all = (struct json *)json_get(out, "allOf");
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        standard_field(a, f, (struct json *)json_get_str(properties, f->name));
        if (!json_get(f->schema, "x-when")) continue;
        /* x-when was read first, so it stands last. */
        const struct form_condition *when = f->shown;
        while (when->next)
            when = when->next;
        if (f->required) json_set(out, "required", list_without(a, json_get(out, "required"), f->name));
        if (!when->tests[0].field) continue;
        if (!all) all = json_set_array(a, out, "allOf");
        add_condition(a, all, f, &when->tests[0]);
    }
    return out;
}
