/* OpenAPI 3.1 from the tables of routes and fields: what the program does is what the document says. */
#include "core/http/ops.h"
#include "core/http/private.h"

static void add_limits(struct arena *a, struct json *schema, const struct field *f)
{
    if (f->type == FIELD_INT) {
        if (f->min || f->max) {
            json_set_i64(a, schema, "minimum", f->min);
            json_set_i64(a, schema, "maximum", f->max);
        }
        return;
    }
    if (f->min > 0) json_set_i64(a, schema, "minLength", f->min);
    json_set_i64(a, schema, "maxLength", f->max ? f->max : f->type == FIELD_TEXT ? 4000 : 200);
}

static void add_choices(struct arena *a, struct json *schema, const char *choices)
{
    struct json *list = json_set_array(a, schema, "enum");
    struct str rest = str_c(choices), one;
    while (rest.len) {
        rest = str_cut(rest, '|', &one);
        json_add(list, json_string(a, one));
    }
}

static struct json *field_schema(struct arena *a, const struct field *f)
{
    struct json *schema = json_object(a);
    if (f->label) json_set_c(a, schema, "description", f->label);
    switch (f->type) {
    case FIELD_INT:
        json_set_c(a, schema, "type", "integer");
        break;
    case FIELD_BOOL:
        json_set_c(a, schema, "type", "boolean");
        return schema;
    case FIELD_JSON:
        return schema;
    case FIELD_LIST:
        json_set_c(a, schema, "type", "array");
        json_set_c(a, json_set_object(a, schema, "items"), "type", "string");
        return schema;
    case FIELD_FILE:
        json_set_c(a, schema, "type", "string");
        json_set_c(a, schema, "contentMediaType", "application/octet-stream");
        return schema;
    case FIELD_ID:
        json_set_c(a, schema, "type", "string");
        json_set_c(a, schema, "pattern", "^[0-9]{1,19}$");
        return schema;
    case FIELD_DATE:
        json_set_c(a, schema, "type", "string");
        json_set_c(a, schema, "format", "date");
        return schema;
    case FIELD_CHOICE:
        json_set_c(a, schema, "type", "string");
        add_choices(a, schema, f->choices);
        return schema;
    default:
        json_set_c(a, schema, "type", "string");
        break;
    }
    add_limits(a, schema, f);
    return schema;
}

static void add_parameters(struct arena *a, struct json *operation, const struct route_entry *entry)
{
    struct json *list = json_set_array(a, operation, "parameters");
    for (size_t i = 0; i < entry->segment_count; i++) {
        struct str s = entry->segments[i];
        if (s.len < 3 || s.ptr[0] != '{') continue;
        struct json *p = json_add_object(a, list);
        json_set_str(a, p, "name", str_slice(s, 1, s.len - 1));
        json_set_c(a, p, "in", "path");
        json_set_bool(a, p, "required", true);
        json_set_c(a, json_set_object(a, p, "schema"), "type", "string");
    }
    if (entry->route->method != METHOD_GET) return;
    for (const struct field *f = entry->route->in; f && f->type != FIELD_END; f++) {
        struct json *p = json_add_object(a, list);
        json_set_c(a, p, "name", f->name);
        json_set_c(a, p, "in", "query");
        json_set_bool(a, p, "required", f->required);
        json_set(p, "schema", field_schema(a, f));
    }
}

static bool has_file(const struct field *f)
{
    for (; f && f->type != FIELD_END; f++)
        if (f->type == FIELD_FILE) return true;
    return false;
}

static void add_body(struct arena *a, struct json *operation, const struct route *r)
{
    if (r->method != METHOD_POST) return;
    struct json *body = json_set_object(a, operation, "requestBody");
    struct json *content = json_set_object(a, body, "content");
    const char *type =
        has_file(r->in) || (r->flags & ROUTE_UPLOAD) ? "multipart/form-data" : "application/json";
    struct json *schema = json_set_object(a, json_set_object(a, content, type), "schema");
    json_set_c(a, schema, "type", "object");
    struct json *properties = json_set_object(a, schema, "properties"), *required = NULL;
    for (const struct field *f = r->in; f && f->type != FIELD_END; f++) {
        json_set(properties, f->name, field_schema(a, f));
        if (!f->required) continue;
        if (!required) required = json_set_array(a, schema, "required");
        json_add(required, json_string(a, str_c(f->name)));
    }
}

static void add_response(struct arena *a, struct json *responses, const char *status, const char *description,
                         const char *schema)
{
    struct json *r = json_set_object(a, responses, status);
    json_set_c(a, r, "description", description);
    struct json *media = json_set_object(a, json_set_object(a, r, "content"), "application/json");
    struct json *s = json_set_object(a, media, "schema");
    if (schema)
        json_set_c(a, s, "$ref", schema);
    else
        json_set_c(a, s, "type", "object");
}

static void add_schemes(struct arena *a, struct json *security, const char *schemes)
{
    struct str rest = str_c(schemes), either, one;
    while (rest.len) {
        rest = str_cut(rest, '|', &either);
        struct json *needed = json_add_object(a, security);
        while (either.len) {
            either = str_cut(either, '&', &one);
            json_set_array(a, needed, str_z(a, one));
        }
    }
}

static const char *schema_ref(struct arena *a, const char *name, const char *otherwise)
{
    return name ? str_z(a, str_fmt(a, "#/components/schemas/%s", name)) : otherwise;
}

static struct json *make_operation(struct arena *a, const struct route_entry *entry)
{
    const struct route *r = entry->route;
    struct json *operation = json_object(a);
    struct buf id = buf_new(a, 64);
    buf_add_c(&id, r->method == METHOD_GET ? "get" : "post");
    for (size_t i = 0; i < entry->segment_count; i++) {
        buf_add_char(&id, '_');
        for (size_t k = 0; k < entry->segments[i].len; k++) {
            char ch = entry->segments[i].ptr[k];
            if (ch != '{' && ch != '}') buf_add_char(&id, ch == '-' || ch == '.' ? '_' : ch);
        }
    }
    json_set_str(a, operation, "operationId", buf_str(&id));
    json_set_c(a, operation, "summary", r->summary ? r->summary : r->path);
    json_add(json_set_array(a, operation, "tags"), json_string(a, str_c(entry->module->name)));
    struct json *security = json_set_array(a, operation, "security");
    if (entry->permission != PERM_PUBLIC) {
        struct json *session = json_add_object(a, security);
        json_set_array(a, session, "session");
        if (r->method == METHOD_POST) json_set_array(a, session, "csrf");
        json_set_c(a, operation, "x-permission", r->allow.permission);
    }
    add_parameters(a, operation, entry);
    add_body(a, operation, r);
    struct json *responses = json_set_object(a, operation, "responses");
    const struct api_face *face = r->api;
    const char *error = "#/components/schemas/Error",
               *refusal = schema_ref(a, face ? face->refusal : NULL, error);
    if (face && face->security) add_schemes(a, security, face->security);
    add_response(a, responses, "200", face ? "The answer." : "The document, or where to go on.",
                 schema_ref(a, face ? face->answer : NULL, NULL));
    add_response(a, responses, "4XX", "What is wrong, and with which field.", refusal);
    if (face && face->refusal)
        add_response(a, responses, "503", "Not for now; it may be asked again.", refusal);
    return operation;
}

static void add_components(struct arena *a, struct json *doc)
{
    struct json *components = json_set_object(a, doc, "components");
    struct json *schemes = json_set_object(a, components, "securitySchemes");
    struct json *session = json_set_object(a, schemes, "session");
    json_set_c(a, session, "type", "apiKey");
    json_set_c(a, session, "in", "cookie");
    json_set_c(a, session, "name", "tb_session");
    struct json *csrf = json_set_object(a, schemes, "csrf");
    json_set_c(a, csrf, "type", "apiKey");
    json_set_c(a, csrf, "in", "header");
    json_set_c(a, csrf, "name", "X-CSRF-Token");
    struct json *error = json_set_object(a, json_set_object(a, components, "schemas"), "Error");
    struct err ignored = {0};
    struct json *shape = json_parse(
        a,
        STR("{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
            "\"required\":[\"code\",\"message\"],"
            "\"properties\":{\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},\"fields\":{"
            "\"type\":\"array\",\"items\":{\"type\":\"object\","
            "\"properties\":{\"field\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}}}}}"),
        JSON_STRICT, &ignored);
    if (shape) json_take_children(error, shape);
}

/* What modules say of their own: copied, a name that is there already stays. */
static void add_parts(struct arena *a, struct json *components, const struct module *m)
{
    static const char *const parts[] = {"securitySchemes", "schemas"};
    struct err ignored = {0};
    const struct json *own = m->api ? m->api(a, &ignored) : NULL;
    for (size_t i = 0; own && i < sizeof parts / sizeof parts[0]; i++) {
        struct json *into = (struct json *)json_get(components, parts[i]);
        JSON_EACH(one, json_get(own, parts[i]))
        {
            if (!json_get_str(into, one->key)) json_set(into, str_z(a, one->key), json_copy(a, one));
        }
    }
}

struct json *openapi_document(const struct server *s, struct arena *a)
{
    struct json *doc = json_object(a);
    json_set_c(a, doc, "openapi", "3.1.0");
    struct json *info = json_set_object(a, doc, "info");
    json_set_c(a, info, "title", "Tongban");
    json_set_c(a, info, "version", TB_VERSION);
    json_set_c(a, info, "summary", "One-stop government services: find, apply, follow, verify.");
    json_set_c(a, info, "description",
               "Every page of the platform is also an API: ask with `Accept: application/json`. Ids are "
               "strings. Times are milliseconds UTC.");
    struct json *licence = json_set_object(a, info, "license");
    json_set_c(a, licence, "name", "Apache-2.0");
    json_set_c(a, licence, "identifier", "Apache-2.0");
    struct json *server = json_add_object(a, json_set_array(a, doc, "servers"));
    json_set_c(a, server, "url", s->options.public_url ? s->options.public_url : "/");
    struct json *tags = json_set_array(a, doc, "tags");
    for (size_t i = 0; i < s->module_count; i++) {
        struct json *tag = json_add_object(a, tags);
        json_set_c(a, tag, "name", s->modules[i]->name);
        json_set_str(a, tag, "description", str_fmt(a, "What the module %s offers.", s->modules[i]->name));
    }
    struct json *paths = json_set_object(a, doc, "paths");
    for (size_t i = 0; i < s->router.count; i++) {
        const struct route_entry *entry = &s->router.entries[i];
        if (entry->route->flags & ROUTE_HTML_ONLY) continue;
        struct json *path = (struct json *)json_get(paths, entry->route->path);
        if (!path) path = json_set_object(a, paths, entry->route->path);
        json_set(path, entry->route->method == METHOD_GET ? "get" : "post", make_operation(a, entry));
    }
    add_components(a, doc);
    for (size_t i = 0; i < s->module_count; i++)
        add_parts(a, (struct json *)json_get(doc, "components"), s->modules[i]);
    return doc;
}
