/* A provider behind HTTP: a gateway of the place that speaks to the carrier. */
#include "core/http/fetch.h"
#include "modules/notices/notices_internal.h"

enum { CONNECT_MS = 5 * MS_SECOND, SEND_MS = 20 * MS_SECOND, ANSWER_MAX = 1 << 20 };

static bool post(const struct notice_provider *p, struct arena *a, struct str body, struct err *e)
{
    struct fetch_header headers[2] = {{"content-type", STR("application/json")}};
    struct fetch what = {.url = p->address,
                         .headers = headers,
                         .header_count = 1,
                         .body = body,
                         .connect_ms = CONNECT_MS,
                         .total_ms = SEND_MS,
                         .max = ANSWER_MAX};
    struct fetch_answer answer = {0};
    struct err why = {0};
    if (p->key)
        headers[what.header_count++] =
            (struct fetch_header){"authorization", str_fmt(a, "Bearer %s", p->key)};
    if (!fetch(NULL, a, &what, &answer, &why))
        return err_fault(e, "the message service cannot be reached: %s", why.detail);
    return (answer.status >= 200 && answer.status < 300) ||
           err_fault(e, "the message service answered %d", answer.status);
}

static bool send_http(const struct notice_provider *p, struct arena *a, const struct notice_parcel *parcel,
                      struct err *e)
{
    struct json *body = json_object(a);
    json_set_c(a, body, "channel", parcel->channel);
    json_set_str(a, body, "to", parcel->to);
    json_set_str(a, body, "text", parcel->text);
    json_set_id(a, body, "key", parcel->key);
    return post(p, a, json_to_str(a, body), e);
}

struct notice_provider notice_provider_http(const char *address, const char *key)
{
    return (struct notice_provider){.name = "http", .send = send_http, .address = address, .key = key};
}

bool notice_address_is_local(const char *address)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *host = strstr(address, "://");
    host = host ? host + 3 : address;
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
        size_t n = strlen(here[i]);
        if (strncmp(host, here[i], n) == 0 && (!host[n] || strchr(":/", host[n]))) return true;
    }
    return false;
}
