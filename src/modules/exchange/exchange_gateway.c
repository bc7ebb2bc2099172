/* POST /exchange/{resource}: a system of a department asks. */
#include "core/base/time.h"
#include "modules/exchange/exchange_feed.h"
#include "modules/exchange/exchange_refusals.h"
#include "modules/exchange/exchange_sign.h"

bool exchange_serve(struct ctx *c, const struct caller *who, struct str resource)
{
    struct json *out;
    struct call k = {.system = who->system,
                     .scheme = who->scheme,
                     .begun_us = who->begun_us,
                     .mode = in_text(c, "mode"),
                     .purpose = in_text(c, "purpose"),
                     .once = who->once,
                     .operator_id = in_has(c, "operator") ? in_text(c, "operator") : who->system->code,
                     .code = in_text(c, "number"),
                     .address = c->req->peer};
    k.resource = exchange_resource_of(exchange_now(c), resource);
    if (!k.resource) return call_nowhere(c, &k);
    return call_about(c, &k, in_text(c, "kind"), in_text(c, "case")) &&
           call_ask(c, &k, json_get(c->in, "fields"), json_get(c->in, "facts"), &out) &&
           call_send(c, json_to_str(c->arena, out));
}

bool exchange_gateway(struct ctx *c)
{
    struct caller who;
    return exchange_authenticate(c, "POST", exchange_target(c), c->req->body, &who) &&
           exchange_serve(c, &who, ctx_path(c, "resource"));
}

bool exchange_sweep(struct ctx *c, const struct json *)
{
    return refusals_sum(c) && shown_store_sweep(c) && rows_store_sweep(c) &&
           batch_store_sweep(c, c->now - BATCH_KEPT_DAYS * MS_DAY) && call_store_sweep(c);
}

const struct field exchange_gateway_fields[] = {
    {"mode", FIELD_CHOICE, "Way of asking", .required = true, .choices = "check|query"},
    {"purpose", FIELD_LINE, "Purpose", .required = true, .max = 40},
    {"kind", FIELD_CHOICE, "Kind of subject", .choices = "person|organisation"},
    {"number", FIELD_LINE, "Number of the subject", .required = true, .max = 64},
    {"case", FIELD_LINE, "Case", .max = 64},
    {"operator", FIELD_LINE, "Who asks, at the system", .required = true, .max = 60},
    {"fields", FIELD_LIST, "Items of data that are needed", .max = ITEMS_MAX},
    {"facts", FIELD_JSON, .label = "Facts to be checked"},
    {0},
};

const struct field exchange_sysapi_fields[] = {
    {"mode", FIELD_CHOICE, "Way of asking", .required = true, .choices = "check|query"},
    {"purpose", FIELD_LINE, "Purpose", .required = true, .max = 40},
    {"kind", FIELD_CHOICE, "Kind of subject", .choices = "person|organisation"},
    {"number", FIELD_LINE, "Number of the subject", .required = true, .max = 64},
    {"case", FIELD_LINE, "Case", .max = 64},
    {"operator", FIELD_LINE, "Who asks, at the system", .max = 60},
    {"fields", FIELD_LIST, "Items of data that are needed", .max = ITEMS_MAX},
    {"facts", FIELD_JSON, .label = "Facts to be checked"},
    {0},
};
