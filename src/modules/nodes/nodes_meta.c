/* What a subsystem offers, in the words of X-Road's metaservices for REST: listMethods, allowedMethods,
 * getOpenAPI. */
#include "modules/nodes/nodes_internal.h"

static const char *const names[] = {"listMethods", "allowedMethods", "getOpenAPI"};
enum { LIST, ALLOWED, OPENAPI };

static int number_of(struct str code)
{
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (str_eq_c(code, names[i])) return i;
    return -1;
}

bool nodes_is_meta(struct str code)
{
    return number_of(code) >= 0;
}

/* "CN-78/GOV/1178…/data" → its four parts. */
static void add_id(struct ctx *c, struct json *o, struct str subsystem)
{
    static const char *const parts[] = {"xroad_instance", "member_class", "member_code", "subsystem_code"};
    for (int i = 0; i < 4; i++) {
        struct str one;
        subsystem = str_cut(subsystem, '/', &one);
        json_set_str(c->arena, o, parts[i], one);
    }
}

static void add_service(struct ctx *c, struct json *list, struct str of, const struct exchange_offer *offer)
{
    struct json *o = json_add_object(c->arena, list), *endpoint;
    add_id(c, o, of);
    json_set_str(c->arena, o, "service_code", offer->code);
    json_set_str(c->arena, o, "service_version", str_fmt(c->arena, "v%lld", (long long)offer->version));
    json_set_str(c->arena, o, "title", offer->name);
    json_set_c(c->arena, o, "object_type", "SERVICE");
    json_set_c(c->arena, o, "service_type", "OPENAPI");
    endpoint = json_add_object(c->arena, json_set_array(c->arena, o, "endpoint_list"));
    json_set_c(c->arena, endpoint, "method", "POST");
    json_set_c(c->arena, endpoint, "path", "/");
}

/* ---- the description of one service ---- */

static struct json *text_property(struct ctx *c, struct json *properties, const char *name, const char *says)
{
    struct json *p = json_set_object(c->arena, properties, name);
    json_set_c(c->arena, p, "type", "string");
    json_set_c(c->arena, p, "description", says);
    return p;
}

static void add_question(struct ctx *c, struct json *schema, const struct json *items)
{
    struct json *required, *properties, *fields, *choices, *facts;
    json_set_c(c->arena, schema, "type", "object");
    required = json_set_array(c->arena, schema, "required");
    json_add(required, json_string(c->arena, STR("mode")));
    json_add(required, json_string(c->arena, STR("purpose")));
    json_add(required, json_string(c->arena, STR("number")));
    properties = json_set_object(c->arena, schema, "properties");
    text_property(c, properties, "mode", "query | check");
    text_property(c, properties, "purpose", "apply | supervise | public-service");
    text_property(c, properties, "kind", "person | organisation");
    text_property(c, properties, "number", "公民身份号码 / 统一社会信用代码");
    text_property(c, properties, "case", "办件编号");
    text_property(c, properties, "operator", "");
    fields = json_set_object(c->arena, properties, "fields");
    json_set_c(c->arena, fields, "type", "array");
    choices = json_set_array(c->arena, json_set_object(c->arena, fields, "items"), "enum");
    facts = json_set_object(c->arena, properties, "facts");
    json_set_c(c->arena, facts, "type", "object");
    struct json *known = json_set_object(c->arena, facts, "properties");
    JSON_EACH(i, items)
    {
        if (str_eq_c(json_text_of(i, "sharing"), "none")) continue;
        json_add(choices, json_string(c->arena, json_text_of(i, "id")));
        json_set_str(c->arena, json_set_object(c->arena, known, str_z(c->arena, json_text_of(i, "id"))),
                     "title", json_text_of(i, "name"));
    }
}

static bool openapi(struct ctx *c, const struct exchange_offer *offer, struct str of, struct json **out)
{
    const struct json *items;
    struct json *doc = *out = json_object(c->arena), *info, *post, *body;
    if (!exchange_offer_items(c, offer->entry, &items)) return false;
    json_set_c(c->arena, doc, "openapi", "3.0.3");
    info = json_set_object(c->arena, doc, "info");
    json_set_str(c->arena, info, "title", offer->name);
    json_set_str(c->arena, info, "version", str_fmt(c->arena, "v%lld", (long long)offer->version));
    json_set_str(c->arena, json_add_object(c->arena, json_set_array(c->arena, doc, "servers")), "url",
                 str_fmt(c->arena, "/r1/%.*s/%.*s", STR_ARG(of), STR_ARG(offer->code)));
    post = json_set_object(c->arena, json_set_object(c->arena, json_set_object(c->arena, doc, "paths"), "/"),
                           "post");
    json_set_str(c->arena, post, "operationId", offer->code);
    body = json_set_object(c->arena, post, "requestBody");
    json_set_bool(c->arena, body, "required", true);
    add_question(c,
                 json_set_object(c->arena,
                                 json_set_object(c->arena, json_set_object(c->arena, body, "content"),
                                                 "application/json"),
                                 "schema"),
                 items);
    json_set_c(c->arena, json_set_object(c->arena, json_set_object(c->arena, post, "responses"), "200"),
               "description", "match, or found with data, masked and provenance");
    return true;
}

bool nodes_meta(struct ctx *c, struct str code, struct str of, struct str client, struct str service,
                struct json **out)
{
    int which = number_of(code);
    struct exchange_offer *offers;
    size_t count;
    struct json *list = NULL;
    if (!exchange_offers(c, &offers, &count)) return false;
    if (which != OPENAPI) {
        *out = json_object(c->arena);
        list = json_set_array(c->arena, *out, "service");
    }
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(nodes_own_subsystem(c, offers[i].unit, STR(DATA_SUBSYSTEM)), of)) continue;
        if (which == OPENAPI && str_eq(offers[i].code, service)) return openapi(c, &offers[i], of, out);
        if (which == LIST || (which == ALLOWED && exchange_permits_now(c, client, offers[i].code)))
            add_service(c, list, of, &offers[i]);
    }
    return which != OPENAPI || err_missing(c->err, "nodes.service", "This node offers no such service.");
}
