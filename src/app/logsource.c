#include "app/logsource.h"

#include "core/base/buf.h"
#include "core/base/file.h"

#include <curl/curl.h>

enum { CONNECT_SECONDS = 10, READ_SECONDS = 60, BASE_MAX = 2000 };

static bool unreachable(struct err *e, const char *what, const char *why)
{
    err_missing(e, "log.unreachable", "The log cannot be read: %{arg}");
    err_arg(e, str_c(what));
    snprintf(e->detail, sizeof e->detail, "%s", why);
    return false;
}

bool log_source_open(struct log_source *s, struct arena *a, const char *where, struct err *e)
{
    struct str base = str_c(where);
    *s = (struct log_source){.arena = a, .err = e, .prefix = ""};
    while (base.len > 1 && base.ptr[base.len - 1] == '/')
        base.len--;
    s->base = str_z(a, base);
    s->remote = str_starts(base, STR("http://")) || str_starts(base, STR("https://"));
    if (!s->remote) return true;
    if (base.len > BASE_MAX || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        !(s->curl = curl_easy_init()))
        return err_fault(e, "libcurl does not start");
    return true;
}

void log_source_close(struct log_source *s)
{
    if (s->curl) curl_easy_cleanup(s->curl);
    s->curl = NULL;
}

struct answer_body {
    size_t len, max;
    char *bytes;
};

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct answer_body *b = arg;
    size_t n = size * count;
    if (n > b->max - b->len) return 0; /* ends the transfer */
    memcpy(b->bytes + b->len, bytes, n);
    b->len += n;
    return n;
}

static bool fetch(struct log_source *s, struct arena *a, const char *url, size_t max, struct str *out,
                  struct err *e)
{
    struct answer_body body = {.max = max, .bytes = arena_array(a, max + 1, 1)};
    long status = 0;
    curl_easy_reset(s->curl);
    curl_easy_setopt(s->curl, CURLOPT_URL, url);
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)READ_SECONDS);
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(s->curl);
    if (code != CURLE_OK) return unreachable(e, url, curl_easy_strerror(code));
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return unreachable(e, url, "another answer than 200");
    *out = str_n(body.bytes, body.len);
    return true;
}

bool log_source_read(struct log_source *s, struct arena *a, struct str path, size_t max, struct str *out,
                     struct err *e)
{
    struct err why = {0};
    const char *full = str_z(a, str_fmt(a, "%s/%.*s", s->base, STR_ARG(path)));
    if (s->remote) return fetch(s, a, full, max, out, e);
    return file_read(a, full, max, out, &why) || unreachable(e, full, why.detail);
}

bool log_source_tile(void *source, struct merkle_tile t, struct merkle_node *hashes)
{
    struct log_source *s = source;
    struct arena *a = arena_new(1 << 20);
    struct str bytes;
    size_t expected = (size_t)t.width * MERKLE_SIZE;
    if (!a) return err_fault(s->err, "not enough memory to read a tile");
    struct str path = str_cat(a, str_c(s->prefix), merkle_tile_path(a, t));
    bool ok = log_source_read(s, a, path, TILE_WIDTH * MERKLE_SIZE, &bytes, s->err);
    if (ok && bytes.len != expected) ok = unreachable(s->err, str_z(a, path), "a tile of another size");
    if (ok) memcpy(hashes, bytes.ptr, expected);
    arena_drop(a);
    return ok;
}
