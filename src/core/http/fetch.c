#include "core/http/fetch.h"

#include "core/http/libcurl.h"

#include <pthread.h>

enum { CONNECT_MS = 5000, TOTAL_MS = 20000, IDLE_MAX = 16, IDLE_SECONDS = 60, FIRST_BYTES = 4096 };

struct fetcher {
    pthread_mutex_t lock;
    CURL *idle[IDLE_MAX];
    size_t count;
};

struct fetcher *fetcher_new(void)
{
    struct fetcher *f = mem_alloc(1, sizeof *f);
    if (f) pthread_mutex_init(&f->lock, NULL);
    return f;
}

void fetcher_drop(struct fetcher *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->count; i++)
        libcurl->easy_cleanup(f->idle[i]);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}

static CURL *take_handle(struct fetcher *f)
{
    CURL *curl = NULL;
    if (f) {
        pthread_mutex_lock(&f->lock);
        if (f->count) curl = f->idle[--f->count];
        pthread_mutex_unlock(&f->lock);
    }
    return curl ? curl : libcurl->easy_init();
}

static void give_back(struct fetcher *f, CURL *curl)
{
    bool kept = false;
    libcurl->easy_reset(curl);
    if (f) {
        pthread_mutex_lock(&f->lock);
        kept = f->count < IDLE_MAX;
        if (kept) f->idle[f->count++] = curl;
        pthread_mutex_unlock(&f->lock);
    }
    if (!kept) libcurl->easy_cleanup(curl);
}

/* ---- the answer ---- */

struct incoming {
    struct arena *arena;
    char *bytes;
    size_t len, cap, max;
    bool large, exhausted;
};

static bool widen(struct incoming *in, size_t wanted)
{
    size_t cap = in->cap ? in->cap : FIRST_BYTES;
    while (cap < wanted)
        cap *= 2;
    if (cap > in->max) cap = in->max;
    char *bytes = arena_try(in->arena, cap);
    if (!bytes) return false;
    if (in->len) memcpy(bytes, in->bytes, in->len);
    in->bytes = bytes;
    in->cap = cap;
    return true;
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *arg)
{
    struct incoming *in = arg;
    size_t n = size * count;
    in->large = n > in->max - in->len;
    if (in->large) return CURL_WRITEFUNC_ERROR;
    in->exhausted = in->len + n > in->cap && !widen(in, in->len + n);
    if (in->exhausted) return CURL_WRITEFUNC_ERROR;
    memcpy(in->bytes + in->len, bytes, n);
    in->len += n;
    return n;
}

static bool read_headers(CURL *curl, struct arena *a, struct fetch_answer *out)
{
    for (size_t i = 0; i < out->header_count; i++) {
        struct curl_header *h = NULL;
        struct fetch_header *wanted = &out->headers[i];
        wanted->value = STR_EMPTY;
        if (libcurl->easy_header(curl, wanted->name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK) continue;
        size_t len = strlen(h->value);
        char *copy = arena_try(a, len + 1);
        if (!copy) return false;
        memcpy(copy, h->value, len);
        wanted->value = str_n(copy, len);
    }
    return true;
}

/* ---- the question ---- */

static bool one_line(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < ' ') return false;
    return true;
}

static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = libcurl->slist_append(*list, line);
    if (longer) *list = longer;
    return longer != NULL;
}

/* Written before the library is entered: the arena may leave by its guard. NULL with err. */
static const char **header_lines(struct arena *a, const struct fetch *what, struct err *e)
{
    const char **lines = ARENA_ARRAY(a, what->header_count + 1, const char *);
    lines[0] = "Expect:"; /* no round trip before a body */
    for (size_t i = 0; i < what->header_count; i++) {
        const struct fetch_header *h = &what->headers[i];
        if (!one_line(h->value)) {
            err_fault(e, "a header of more than one line");
            return NULL;
        }
        lines[i + 1] = str_z(a, str_fmt(a, "%s: %.*s", h->name, STR_ARG(h->value)));
    }
    return lines;
}

static bool add_headers(struct curl_slist **list, const char **lines, size_t count)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = add_line(list, lines[i]);
    return ok;
}

static void set_question(CURL *curl, const struct fetch *what, struct curl_slist *headers)
{
    const char *method = what->method ? what->method : what->body.len ? "POST" : "GET";
    libcurl->easy_setopt(curl, CURLOPT_URL, what->url);
    libcurl->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    libcurl->easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    libcurl->easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (what->body.len || strcmp(method, "GET") != 0) {
        libcurl->easy_setopt(curl, CURLOPT_POSTFIELDS, what->body.len ? what->body.ptr : "");
        libcurl->easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)what->body.len);
        libcurl->easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    if (what->ca_file) libcurl->easy_setopt(curl, CURLOPT_CAINFO, what->ca_file);
    if (what->cert_file) libcurl->easy_setopt(curl, CURLOPT_SSLCERT, what->cert_file);
    if (what->key_file) libcurl->easy_setopt(curl, CURLOPT_SSLKEY, what->key_file);
}

static void set_bounds(CURL *curl, const struct fetch *what, struct incoming *in)
{
    libcurl->easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    libcurl->easy_setopt(curl, CURLOPT_WRITEDATA, in);
    libcurl->easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)what->max);
    libcurl->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)(what->connect_ms ? what->connect_ms : CONNECT_MS));
    libcurl->easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(what->total_ms ? what->total_ms : TOTAL_MS));
    libcurl->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    libcurl->easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
    if (what->once) {
        libcurl->easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
        libcurl->easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    }
}

/* ---- how it ended ---- */

/* Before anything of the question was sent. */
static bool never_left(CURL *curl)
{
    curl_off_t when = 0;
    return libcurl->easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &when) != CURLE_OK || when == 0;
}

static enum fetch_failure failure_of(CURL *curl, CURLcode code, const struct incoming *in)
{
    if (code == CURLE_OK) return FETCH_ANSWERED;
    if (in->large || code == CURLE_FILESIZE_EXCEEDED) return FETCH_LARGE;
    if (never_left(curl)) return FETCH_CONNECT;
    return code == CURLE_OPERATION_TIMEDOUT ? FETCH_TIMEOUT : FETCH_BROKEN;
}

static bool failed(enum fetch_failure how, CURLcode code, struct err *e)
{
    static const struct {
        const char *code, *msgid;
    } words[] = {
        [FETCH_CONNECT] = {"fetch.connect", "The other server cannot be reached."},
        [FETCH_TIMEOUT] = {"fetch.timeout", "The other server did not answer in time."},
        [FETCH_LARGE] = {"fetch.large", "The answer of the other server is too large."},
        [FETCH_BROKEN] = {"fetch.broken", "The answer of the other server cannot be read."},
    };
    err_busy(e, words[how].code, words[how].msgid);
    snprintf(e->detail, sizeof e->detail, "%s", libcurl->easy_strerror(code));
    return false;
}

static bool ask(CURL *curl, struct arena *a, const struct fetch *what, const char **lines,
                struct fetch_answer *out, struct err *e)
{
    struct incoming in = {.arena = a, .bytes = (char *)"", .max = what->max};
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;
    if (add_headers(&headers, lines, what->header_count + 1)) {
        set_question(curl, what, headers);
        set_bounds(curl, what, &in);
        code = libcurl->easy_perform(curl);
    }
    libcurl->slist_free_all(headers);
    if (in.exhausted || code == CURLE_OUT_OF_MEMORY) return err_fault(e, "not enough memory to ask a server");
    out->failure = failure_of(curl, code, &in);
    if (out->failure != FETCH_ANSWERED) return failed(out->failure, code, e);
    libcurl->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    out->body = str_n(in.bytes, in.len);
    return read_headers(curl, a, out) || err_fault(e, "not enough memory to ask a server");
}

bool fetch(struct fetcher *f, struct arena *a, const struct fetch *what, struct fetch_answer *out,
           struct err *e)
{
    struct str url = str_c(what->url);
    out->failure = FETCH_BROKEN;
    out->status = 0;
    out->body = STR_EMPTY;
    if ((!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))) || !one_line(url))
        return err_invalid(e, "fetch.address", "This is no address of a server.");
    const char **lines = header_lines(a, what, e);
    if (!lines || !libcurl_load(e)) return false;
    CURL *curl = take_handle(f);
    if (!curl) return err_fault(e, "libcurl does not start");
    bool ok = ask(curl, a, what, lines, out, e);
    give_back(f, curl);
    return ok;
}
