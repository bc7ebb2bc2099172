/* What the API document says of calls: how they are signed, what is answered, and why they are refused. */
#include "modules/exchange/exchange_api.h"

/* ---- refusals ---- */

/* In the order in which a call meets them. */
static const struct exchange_word refusals[] = {
    {"limit",
     "Too many refusals of this address or system within a minute; Retry-After says when it is over (429)."},
    {"exchange.signature", "No system signed this with a key in force."},
    {"exchange.body", "The body is not the one that was signed."},
    {"exchange.time", "The signed time is more than five minutes from that of the platform."},
    {"input", "A field is missing or wrong; fields says which (422)."},
    {"exchange.resource", "There is no such resource here (404)."},
    {"exchange.permit", "The system has no permit for this data."},
    {"exchange.purpose", "The permit is for another purpose."},
    {"exchange.expired", "The permit is not in force on this day."},
    {"exchange.convention", "The permit wants the body to be signed."},
    {"exchange.network", "The permit does not name the address the call comes from."},
    {"exchange.operator", "The permit does not name who asks at the system."},
    {"exchange.mode", "The permit does not allow this way of asking."},
    {"exchange.field", "The permit does not name one of the items, or the entry no longer shares it."},
    {"exchange.not_shared", "The provider no longer shares this data."},
    {"exchange.masked", "A check names an item that the permit masks."},
    {"exchange.no_case", "No case that there is was named."},
    {"exchange.case_subject", "The case is not of that person."},
    {"exchange.case_closed", "The case is decided or closed."},
    {"exchange.case_item", "The permit is not for the service of this case."},
    {"exchange.case_elsewhere", "The permit wants a case of this installation."},
    {"exchange.replay", "The nonce was used before."},
    {"exchange.quota", "The calls of the day are used up."},
    {"exchange.rate", "The calls of the minute are used up."},
    {"exchange.filtered", "On record only: the permit let no row through; answered as not found."},
    {"exchange.suspended", "The provider has suspended this data (503)."},
    {"exchange.sleeping", "The provider failed and is left alone for a while (503)."},
    {"exchange.crowded", "Too many calls wait for the provider (503)."},
    {"exchange.provider", "The provider's answer cannot be used (503)."},
    {"exchange.not_provider", "Only a system of the department that provides this data delivers it."},
    {"exchange.proof", "The answer could not be signed, so that it does not leave (503)."},
    {"exchange.batch", "The batch belongs to another system, or there is none (404)."},
    {"exchange.batch_changed", "A batch of this number was delivered with other content (409)."},
    {"exchange.no_rows", "No rows are delivered for this resource (409)."},
    {0},
};

static void add_codes(struct arena *a, struct json *refusal)
{
    struct json *code = (struct json *)json_path(refusal, "properties.error.properties.code"),
                *list = json_set_array(a, code, "oneOf");
    for (const struct exchange_word *w = refusals; w->code; w++) {
        struct json *one = json_add_object(a, list);
        json_set_c(a, one, "const", w->code);
        json_set_c(a, one, "description", w->msgid);
    }
}

/* ---- schemes and schemas ---- */

/* Of one shape for both ways of signing; docs/exchange.md has the vector. */
static const char components[] =
    "{\"securitySchemes\":{"
    "\"TB-SM2\":{\"type\":\"http\",\"scheme\":\"TB-SM2\",\"description\":\"Authorization: TB-SM2 "
    "system=CODE,time=MS,nonce=16-64 characters,digest=hex SM3 of the body,signature=hex. Signed, by SM2 "
    "with "
    "the default identity (GB/T 32918, GB/T 35276), as DER of r and s, are five lines: POST, path with "
    "query, "
    "digest, nonce, time.\"},"
    "\"TB-HMAC-SM3\":{\"type\":\"http\",\"scheme\":\"TB-HMAC-SM3\",\"description\":\"The same lines under "
    "HMAC-SM3 with the secret key of the system (32 bytes, given as 64 hex digits), or the one before it "
    "until "
    "its day.\"},"
    "\"gjzwfwpt_rid\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"gjzwfwpt_rid\",\"description\":"
    "\"Code "
    "of the system.\"},"
    "\"gjzwfwpt_sid\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"gjzwfwpt_sid\",\"description\":\"The "
    "resource, as in the address.\"},"
    "\"gjzwfwpt_rtime\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"gjzwfwpt_rtime\",\"description\":"
    "\"Milliseconds since 1970, UTC.\"},"
    "\"gjzwfwpt_sign\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"gjzwfwpt_sign\",\"description\":"
    "\"Base64 of HMAC-SHA256 over sid, rid and rtime. The body is not signed: each permit must allow it.\"}},"
    "\"schemas\":{"
    "\"ExchangeProvenance\":{\"type\":\"object\",\"required\":[\"department\",\"uscc\",\"resource\","
    "\"version\","
    "\"permit\",\"answered\",\"call\",\"system\",\"nonce\",\"salt\"],\"properties\":{"
    "\"department\":{\"type\":\"string\",\"description\":\"Whose data it is.\"},"
    "\"uscc\":{\"type\":\"string\",\"description\":\"Its unified social credit code.\"},"
    "\"resource\":{\"type\":\"string\"},"
    "\"version\":{\"type\":\"integer\",\"description\":\"Of the entry of the catalogue.\"},"
    "\"permit\":{\"type\":\"string\"},"
    "\"answered\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"call\":{\"type\":\"string\",\"description\":\"Number of the call, as it is on record.\"},"
    "\"system\":{\"type\":\"string\"},\"nonce\":{\"type\":\"string\"},"
    "\"operator\":{\"type\":\"string\",\"description\":\"Who asked, as the system named them.\"},"
    "\"salt\":{\"type\":\"string\",\"description\":\"So that nobody finds an answer by trying.\"}}},"
    "\"ExchangeProof\":{\"type\":\"object\",\"required\":[\"format\",\"index\",\"path\",\"size\",\"head\","
    "\"time\",\"signature\",\"certificate\"],\"description\":\"The last member of the answer; what stands "
    "before "
    "it is the leaf (RFC 6962 with SM3).\",\"properties\":{"
    "\"format\":{\"type\":\"string\"},\"algorithm\":{\"type\":\"string\"},\"index\":{\"type\":\"integer\","
    "\"minimum\":0},"
    "\"path\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}},"
    "\"size\":{\"type\":\"integer\",\"minimum\":1},"
    "\"head\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"},"
    "\"time\":{\"type\":\"integer\",\"description\":\"Milliseconds since 1970, UTC.\"},"
    "\"signature\":{\"type\":\"string\",\"description\":\"SM2 over format, size, head and time, a line "
    "each.\"},"
    "\"certificate\":{\"type\":\"string\",\"description\":\"SM3 digest of the signer's certificate "
    "(/exchange/certificates).\"}}},"
    "\"ExchangeAnswer\":{\"type\":\"object\",\"required\":[\"provenance\",\"proof\"],\"properties\":{"
    "\"match\":{\"type\":\"boolean\",\"description\":\"Of a check: all facts are as the provider has "
    "them.\"},"
    "\"found\":{\"type\":\"boolean\",\"description\":\"Of a query: there is a record.\"},"
    "\"data\":{\"type\":\"object\",\"description\":\"Of a query: by id of the item; null where there is no "
    "value.\",\"additionalProperties\":true},"
    "\"records\":{\"type\":\"array\",\"maxItems\":50,\"items\":{\"type\":\"object\",\"additionalProperties\":"
    "true},"
    "\"description\":\"Of a query, in place of data, where a number may have several records: each as "
    "data.\"},"
    "\"more\":{\"type\":\"boolean\",\"description\":\"Beside records: there are more than the limit of the "
    "resource lets through.\"},"
    "\"masked\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Ids of items that are "
    "hidden in part.\"},"
    "\"provenance\":{\"$ref\":\"#/components/schemas/ExchangeProvenance\"},"
    "\"proof\":{\"$ref\":\"#/components/schemas/ExchangeProof\"}},"
    "\"oneOf\":[{\"required\":[\"match\"]},"
    "{\"required\":[\"found\"],\"properties\":{\"data\":false,\"records\":false}},"
    "{\"required\":[\"found\",\"data\",\"masked\"],\"properties\":{\"records\":false}},"
    "{\"required\":[\"found\",\"records\",\"more\",\"masked\"],\"properties\":{\"data\":false}}]},"
    "\"ExchangeConvention\":{\"type\":\"object\",\"required\":[\"code\",\"message\"],\"properties\":{"
    "\"code\":{\"type\":\"string\",\"description\":\"200, or 300 with our code of the refusal in data.error, "
    "unless the installation maps it to another.\"},"
    "\"message\":{\"type\":\"string\"},\"data\":{\"type\":\"object\",\"additionalProperties\":true},"
    "\"proof\":{\"$ref\":\"#/components/schemas/ExchangeProof\"}}},"
    "\"ExchangeBatch\":{\"type\":\"object\",\"required\":[\"batch\",\"count\"],\"properties\":{"
    "\"batch\":{\"type\":\"string\"},\"count\":{\"type\":\"integer\"}}},"
    "\"ExchangeBatchPage\":{\"type\":\"object\",\"required\":[\"results\",\"next\"],\"properties\":{"
    "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"n\",\"number\"],"
    "\"properties\":{\"n\":{\"type\":\"integer\"},\"number\":{\"type\":\"string\"},"
    "\"answer\":{\"type\":\"object\",\"additionalProperties\":true},\"error\":{\"type\":\"string\"}}}},"
    "\"batch\":{\"type\":\"string\"},\"count\":{\"type\":\"integer\"},\"done\":{\"type\":\"integer\"},"
    "\"next\":{\"type\":\"integer\"},"
    "\"provenance\":{\"type\":\"object\",\"additionalProperties\":true},"
    "\"proof\":{\"$ref\":\"#/components/schemas/ExchangeProof\"}}},"
    "\"ExchangeChanges\":{\"type\":\"object\",\"required\":[\"changes\",\"next\",\"more\"],\"properties\":{"
    "\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"seq\",\"op\",\"guid\"],"
    "\"properties\":{\"seq\":{\"type\":\"integer\"},\"op\":{\"type\":\"string\",\"enum\":[\"I\",\"U\",\"D\"]}"
    ","
    "\"guid\":{\"type\":\"string\"},\"case\":{\"type\":\"string\"},"
    "\"data\":{\"type\":\"object\",\"additionalProperties\":true},"
    "\"masked\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}},"
    "\"next\":{\"type\":\"integer\"},\"more\":{\"type\":\"boolean\"},"
    "\"provenance\":{\"type\":\"object\",\"additionalProperties\":true},"
    "\"proof\":{\"$ref\":\"#/components/schemas/ExchangeProof\"}}},"
    "\"ExchangeDelivery\":{\"type\":\"object\",\"required\":[\"batch\",\"count\",\"standing\"],"
    "\"properties\":{"
    "\"batch\":{\"type\":\"string\"},\"digest\":{\"type\":\"string\"},\"again\":{\"type\":\"boolean\"},"
    "\"count\":{\"type\":\"integer\"},\"inserted\":{\"type\":\"integer\"},\"updated\":{\"type\":\"integer\"},"
    "\"deleted\":{\"type\":\"integer\"},\"same\":{\"type\":\"integer\"},\"refused\":{\"type\":\"integer\"},"
    "\"refusals\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"guid\":{\"type\":"
    "\"string\"},\"reason\":{\"type\":\"string\"}}}},"
    "\"standing\":{\"type\":\"integer\",\"description\":\"Rows there are now.\"}}},"
    "\"ExchangeRefusal\":{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":"
    "\"object\",\"required\":[\"code\",\"message\"],\"properties\":{"
    "\"code\":{\"type\":\"string\",\"description\":\"403 unless another status is named.\"},"
    "\"message\":{\"type\":\"string\"},\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"field\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}}}}}}}";

struct json *exchange_api(struct arena *a, struct err *e)
{
    struct json *doc = json_parse(a, STR(components), JSON_STRICT, e);
    if (doc) add_codes(a, (struct json *)json_path(doc, "schemas.ExchangeRefusal"));
    return doc;
}

#define SIGNED "TB-SM2|TB-HMAC-SM3"

const struct api_face exchange_api_call = {SIGNED, "ExchangeAnswer", "ExchangeRefusal"},
                      exchange_api_convention = {"gjzwfwpt_rid&gjzwfwpt_sid&gjzwfwpt_rtime&gjzwfwpt_sign",
                                                 "ExchangeConvention", NULL},
                      exchange_api_batch = {SIGNED, "ExchangeBatch", "ExchangeRefusal"},
                      exchange_api_batch_page = {SIGNED, "ExchangeBatchPage", "ExchangeRefusal"},
                      exchange_api_changes = {SIGNED, "ExchangeChanges", "ExchangeRefusal"},
                      exchange_api_rows = {SIGNED, "ExchangeDelivery", "ExchangeRefusal"};
