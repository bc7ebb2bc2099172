/* A provider behind HTTP: a gateway of the place that speaks to the carrier. */
#include "modules/notices/notices_internal.h"

#include <curl/curl.h>

enum { CONNECT_SECONDS = 5, SEND_SECONDS = 20 };

static size_t drop_answer(char *bytes, size_t size, size_t count, void *arg)
{
    return size * count;
}

static bool post(CURL *curl, const struct notice_provider *p, struct str body, struct err *e)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    long status = 0;
    if (!headers) return err_fault(e, "not enough memory to send a message");
    if (p->key) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, p->key);
    }
    curl_easy_setopt(curl, CURLOPT_URL, p->address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.ptr);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return err_fault(e, "the message service cannot be reached: %s", curl_easy_strerror(code));
    return (status >= 200 && status < 300) || err_fault(e, "the message service answered %ld", status);
}

static bool send_http(const struct notice_provider *p, struct arena *a, const struct notice_parcel *parcel,
                      struct err *e)
{
    struct json *body = json_object(a);
    json_set_c(a, body, "channel", parcel->channel);
    json_set_str(a, body, "to", parcel->to);
    json_set_str(a, body, "text", parcel->text);
    json_set_id(a, body, "key", parcel->key);
    CURL *curl = curl_easy_init();
    if (!curl) return err_fault(e, "not enough memory to send a message");
    bool ok = post(curl, p, json_to_str(a, body), e);
    curl_easy_cleanup(curl);
    return ok;
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
