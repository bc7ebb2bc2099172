#include "modules/exchange/exchange_gjzwfwpt.h"

enum { CODE_MAX = 12 }; /* of a convention; a number of a person is longer */

static struct str said(struct arena *a, const struct gj_head *h)
{
    return str_cat(a, str_cat(a, h->sid, h->rid), h->rtime);
}

bool gj_time(const struct gj_head *h, int64_t *ms)
{
    for (size_t i = 0; i < h->rtime.len; i++)
        if (h->rtime.ptr[i] < '0' || h->rtime.ptr[i] > '9') return false;
    return h->rtime.len == GJ_TIME_DIGITS && str_to_i64(h->rtime, ms);
}

bool gj_fits(struct arena *a, const struct gj_head *h, const struct mac_key *secret)
{
    uint8_t mac[SHA256_SIZE];
    struct str given;
    mac_sha256(secret, said(a, h), mac);
    return str_unbase64(a, h->sign, &given) && given.len == SHA256_SIZE &&
           crypto_equal(given.ptr, mac, SHA256_SIZE);
}

struct str gj_sign(struct arena *a, const struct gj_head *h, struct str secret)
{
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(secret, said(a, h), mac);
    return str_base64(a, mac, SHA256_SIZE);
}

void gj_headers(struct arena *a, const char *prefix, const struct gj_head *who, struct str secret,
                int64_t now, struct fetch_header out[GJ_HEADERS])
{
    struct gj_head h = {.rid = who->rid, .sid = who->sid, .rtime = str_fmt(a, "%013lld", (long long)now)};
    h.sign = gj_sign(a, &h, secret);
    const struct {
        const char *name;
        struct str value;
    } parts[GJ_HEADERS] = {{"rid", h.rid}, {"sid", h.sid}, {"rtime", h.rtime}, {"sign", h.sign}};
    for (size_t i = 0; i < GJ_HEADERS; i++)
        out[i] = (struct fetch_header){str_z(a, str_fmt(a, "%s%s", prefix, parts[i].name)), parts[i].value};
}

struct str gj_reply(struct arena *a, struct str code, struct str message, struct str data)
{
    struct json *head = json_object(a);
    json_set_str(a, head, "code", code);
    json_set_str(a, head, "message", message);
    struct str open = json_to_str(a, head);
    return str_fmt(a, "%.*s,\"data\":%.*s}", (int)open.len - 1, open.ptr, STR_ARG(data));
}

/* Nothing else of what a provider says goes to the log: its message may name the person. */
static struct str code_told(struct arena *a, struct str code)
{
    bool plain = code.len > 0 && code.len <= CODE_MAX;
    for (size_t i = 0; i < code.len; i++)
        plain = plain && code.ptr[i] > ' ' && code.ptr[i] < 0x7f;
    return plain ? str_fmt(a, "code %.*s", STR_ARG(code)) : STR("a code of no convention");
}

bool gj_read(struct arena *a, struct str body, const struct json **data, struct str *why)
{
    struct err wrong = {0};
    const struct json *doc = json_parse(a, body, JSON_STRICT, &wrong), *code = json_get(doc, "code");
    *why = STR("no JSON with a code");
    if (!json_is(code, JSON_STRING) && !json_is(code, JSON_NUMBER)) return false;
    *why = code_told(a, code->text);
    *data = json_get(doc, "data");
    if (!*data) *data = json_null(a);
    return str_eq_c(code->text, "200");
}
