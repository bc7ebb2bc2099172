/* Kinds of fields as the builder names them, and the properties they are. */
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

const struct form_kind form_kinds[] = {
    {"text", "Text", "string", NULL},
    {"lines", "Text of several lines", "string", NULL},
    {"choice", "One of several choices", "string", NULL},
    {"several", "Several of several choices", "array", NULL},
    {"tick", "Tick", "boolean", NULL},
    {"integer", "Whole number", "integer", NULL},
    {"number", "Number with decimals", "number", NULL},
    {"money", "Money (yuan)", "string", "money"},
    {"date", "Date", "string", "date"},
    {"id-number", "Identity number", "string", "id-number"},
    {"uscc", "Unified social credit code", "string", "uscc"},
    {"mobile", "Mobile phone", "string", "mobile"},
    {"division", "Administrative division", "string", "division"},
    {"email", "E-mail address", "string", "email"},
    {"postcode", "Postcode", "string", "postcode"},
    {"bank-card", "Bank card number", "string", "bank-card"},
    {"file", "File (photo or PDF)", "string", "file"},
    {"group", "Group that repeats", "array", NULL},
};
enum { KINDS = sizeof form_kinds / sizeof form_kinds[0] };

const struct form_kind *kind_find(struct str id)
{
    for (size_t i = 0; i < KINDS; i++)
        if (str_eq_c(id, form_kinds[i].id)) return &form_kinds[i];
    return NULL;
}

const struct json *kind_values(const struct json *property)
{
    const struct json *one = json_get(property, "enum");
    return one ? one : json_path(property, "items.enum");
}

static bool is_lines(const struct json *property)
{
    return json_get(property, "x-rows") || json_i64_of(property, "maxLength", 0) > 200;
}

const struct form_kind *kind_of(const struct json *property)
{
    struct str type = json_text_of(property, "type"), format = json_text_of(property, "format");
    if (str_eq_c(type, "array"))
        return kind_find(str_eq_c(json_text(json_path(property, "items.type")), "string") ? STR("several")
                                                                                          : STR("group"));
    if (str_eq_c(type, "string") && json_get(property, "enum")) return kind_find(STR("choice"));
    if (str_eq_c(type, "string") && !format.len)
        return kind_find(is_lines(property) ? STR("lines") : STR("text"));
    for (size_t i = 0; i < KINDS; i++)
        if (str_eq_c(type, form_kinds[i].type) &&
            (form_kinds[i].format ? str_eq_c(format, form_kinds[i].format) : !str_eq_c(type, "string")))
            return &form_kinds[i];
    return kind_find(STR("text"));
}

void kind_become(struct ctx *c, struct json *property, const struct form_kind *kind)
{
    static const char *const own[] = {"title",  "x-en",     "x-help",         "x-why",
                                      "x-when", "x-source", "x-source-where", "readOnly"};
    struct arena *a = c->arena;
    struct json *fresh = json_object(a);
    json_set_c(a, fresh, "type", kind->type);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (json_get(property, own[i])) json_set(fresh, own[i], json_copy(a, json_get(property, own[i])));
    if (kind->format) json_set_c(a, fresh, "format", kind->format);
    if (strcmp(kind->id, "lines") == 0) {
        json_set_i64(a, fresh, "maxLength", 1000);
        json_set_i64(a, fresh, "x-rows", 4);
    } else if (strcmp(kind->id, "choice") == 0) {
        json_set_array(a, fresh, "enum");
        json_set_object(a, fresh, "x-labels");
    } else if (strcmp(kind->id, "several") == 0) {
        struct json *items = json_set_object(a, fresh, "items");
        json_set_c(a, items, "type", "string");
        json_set_array(a, items, "enum");
        json_set_bool(a, fresh, "uniqueItems", true);
        json_set_object(a, fresh, "x-labels");
    } else if (strcmp(kind->id, "group") == 0) {
        struct json *items = json_set_object(a, fresh, "items");
        json_set_c(a, items, "type", "object");
        json_set_object(a, items, "properties");
        json_set_array(a, items, "required");
        json_set_i64(a, fresh, "maxItems", 20);
    }
    json_take_children(property, fresh);
}

void kind_options(struct ctx *c, struct json *field, bool with_group, bool with_several)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (!with_group && strcmp(form_kinds[i].id, "group") == 0) continue;
        if (!with_several && strcmp(form_kinds[i].id, "several") == 0) continue;
        ctx_option(c, field, str_c(form_kinds[i].id), ctx_tr(c, form_kinds[i].label));
        json_set(((struct json *)json_get(field, "options"))->last, "note", json_null(c->arena));
    }
}
