/* OpenAPI 3.1 from the tables of routes, fields and answers: what the program does is what the document says.
 */
#include "core/http/answers.h"
#include "core/http/ops.h"
#include "core/http/private.h"

#include <stdatomic.h>

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

/* What came of it so far in `responses`; one status may be answered in several types. */
static struct json *media_of(struct arena *a, struct json *responses, const char *status,
                             const char *description, const char *type)
{
    struct json *r = (struct json *)json_get(responses, status);
    if (!r) {
        r = json_set_object(a, responses, status);
        json_set_c(a, r, "description", description);
        json_set_object(a, r, "content");
    }
    return json_set_object(a, (struct json *)json_get(r, "content"), type);
}

static void add_response(struct arena *a, struct json *responses, const char *status, const char *description,
                         const char *schema)
{
    struct json *media = media_of(a, responses, status, description, "application/json");
    json_set_c(a, json_set_object(a, media, "schema"), "$ref", schema);
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

static const char *schema_ref(struct arena *a, const char *name)
{
    return str_z(a, str_fmt(a, "#/components/schemas/%s", name));
}

static const char *method_name(const struct route *r)
{
    return r->method == METHOD_GET ? "GET" : "POST";
}

/* "get_cases_id" is GetCasesId. */
static const char *schema_name(struct arena *a, struct str operation, struct str status)
{
    struct buf name = buf_new(a, 64);
    bool upper = true;
    for (size_t i = 0; i < operation.len; i++) {
        char ch = operation.ptr[i];
        if (ch != '_') buf_add_char(&name, upper && ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch);
        upper = ch == '_';
    }
    if (!str_eq_c(status, "200")) buf_add(&name, status);
    return str_z(a, buf_str(&name));
}

/* The two answers that most writing routes have, each with a name of its own. */
static const char *common_name(const struct shape *s)
{
    const struct shape *first = s->first, *second = first ? first->next : NULL;
    if (!first || s->arrays || s->kinds != SHAPE_OBJECT) return NULL;
    if (!second) return str_eq_c(first->name, "location") ? "Onward" : NULL;
    bool made = str_eq_c(first->name, "id") && str_eq_c(second->name, "location") && !second->next;
    return made && first->kinds == SHAPE_ID ? "Made" : NULL;
}

struct writing {
    struct arena *a;
    const struct answer_shape *answers;
    struct json *schemas; /* of the document's components */
};

/* The answers that docs/answers.txt has of the route. */
static void add_answers(const struct writing *w, struct json *responses, const struct route *r,
                        struct str operation)
{
    struct arena *a = w->a;
    for (const struct answer_shape *s = w->answers; s; s = s->next) {
        if (!s->method.len || !str_eq_c(s->path, r->path) || !str_eq_c(s->method, method_name(r))) continue;
        const char *status = str_z(a, s->status);
        if (s->type.len) {
            struct str type;
            str_cut(s->type, ';', &type);
            media_of(a, responses, status, status[0] == '2' ? "The file." : "What is wrong.", str_z(a, type));
            continue;
        }
        if (s->shape->kinds == SHAPE_NOTHING) {
            json_set_c(a, json_set_object(a, responses, status), "description",
                       "It is done; there is nothing to say.");
            continue;
        }
        const char *name = common_name(s->shape);
        if (!name) name = schema_name(a, operation, s->status);
        if (!json_get(w->schemas, name)) json_set(w->schemas, name, shape_schema(a, s->shape));
        const char *what = str_eq_c(s->status, "201") ? "What was made, and where to go on."
                           : r->method == METHOD_GET  ? "The document."
                                                      : "What came of it, and where to go on.";
        add_response(a, responses, status, what, schema_ref(a, name));
    }
    /* One of the few that no C test gets (tests/answers_test.c names them). */
    if (!responses->count) {
        struct json *media = media_of(a, responses, "200", "The answer.", "application/json");
        json_set_c(a, json_set_object(a, media, "schema"), "type", "object");
    }
}

static struct json *make_operation(const struct writing *w, const struct route_entry *entry)
{
    struct arena *a = w->a;
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
    const char *refusal = schema_ref(a, face && face->refusal ? face->refusal : "Error");
    if (face && face->security) add_schemes(a, security, face->security);
    if (face && face->answer)
        add_response(a, responses, "200", "The answer.", schema_ref(a, face->answer));
    else
        add_answers(w, responses, r, buf_str(&id));
    add_response(a, responses, "4XX", "What is wrong, and with which field.", refusal);
    if (face && face->refusal)
        add_response(a, responses, "503", "Not for now; it may be asked again.", refusal);
    return operation;
}

static struct json *add_components(struct arena *a, struct json *doc)
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
    struct json *schemas = json_set_object(a, components, "schemas"),
                *error = json_set_object(a, schemas, "Error");
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
    return schemas;
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
    struct err e = {0};
    struct writing w = {a, answers_parse(a, answers_text(), &e), NULL};
    struct json *doc = json_object(a);
    json_set_c(a, doc, "openapi", "3.1.0");
    struct json *info = json_set_object(a, doc, "info");
    json_set_c(a, info, "title", "Tongban");
    json_set_c(a, info, "version", TB_VERSION);
    json_set_c(a, info, "summary", "One-stop government services: find, apply, follow, verify.");
    json_set_c(a, info, "description",
               "Every page of the platform is also an API: ask with `Accept: application/json`. Ids are "
               "strings. Times are milliseconds UTC. A member of an answer is absent where there is nothing "
               "to say.");
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
    w.schemas = add_components(a, doc);
    for (const struct answer_shape *block = w.answers; block; block = block->next)
        if (!block->method.len) json_set_named(w.schemas, block->path, shape_schema(a, block->shape));
    for (size_t i = 0; i < s->router.count; i++) {
        const struct route_entry *entry = &s->router.entries[i];
        if (entry->route->flags & ROUTE_HTML_ONLY) continue;
        struct json *path = (struct json *)json_get(paths, entry->route->path);
        if (!path) path = json_set_object(a, paths, entry->route->path);
        json_set(path, entry->route->method == METHOD_GET ? "get" : "post", make_operation(&w, entry));
    }
    for (size_t i = 0; i < s->module_count; i++)
        add_parts(a, (struct json *)json_get(doc, "components"), s->modules[i]);
    return doc;
}

struct openapi_text {
    struct arena *arena;
    struct str text;
};

struct str openapi_kept(struct server *s, struct arena *a)
{
    struct openapi_text *kept = s->openapi, *none = NULL;
    if (kept) return kept->text;
    struct str text = json_to_str(a, openapi_document(s, a));
    struct arena *own = arena_new(2 * text.len + (1 << 20));
    if (!own) return text;
    kept = ARENA_NEW(own, struct openapi_text);
    *kept = (struct openapi_text){own, str_dup(own, text)};
    if (atomic_compare_exchange_strong(&s->openapi, &none, kept)) return kept->text;
    arena_drop(own);
    return none->text;
}

void openapi_drop(struct server *s)
{
    if (s->openapi) arena_drop(s->openapi->arena);
}
