/* From the bytes of a connection to the exchange and back: requests are filled in, files and kept answers
 * leave at once, bodies are gathered within their limits, answers get their headers. */
#include "core/http/assets.h"
#include "core/http/loop.h"
#include "core/http/private.h"

#include <arpa/inet.h>

enum {
    REQUEST_ARENA_MAX = 48 << 20,
    BODIES_MAX = 256 << 20, /* of all bodies under way */
    PEER_CONNECTIONS_MAX = 1024,
    CONNECTIONS_MAX = 8192,
    CACHE_US = 10000000,
    RETRY_S = 5, /* what is busy, where nobody knows better */
    KEY_MAX = WIRE_TARGET_MAX + 64,
};

#define MISSING "Not found. 未找到。\n"

struct front {
    struct server *server;
    struct http_loops *loops;
    struct http_ready **files; /* two an asset, in the order of `assets` */
    struct http_ready *missing;
    _Atomic size_t bodies; /* bytes held for bodies under way */
};

/* In its own arena, with everything that belongs to it. */
struct call {
    struct front *front;
    struct http_conn *conn;
    struct arena *arena;
    struct exchange *exchange;
    const struct wire_head *head;
    char *body;
    size_t len, cap, limit;
    uint64_t generation;
};

/* ---- answers ---- */

/* What would end its line early, or begin another, is left out. */
static void add_header(struct buf *b, const char *name, struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f) {
            log_event(LOG_LEVEL_WARN, "http.header", "name", name, NULL);
            return;
        }
    buf_add_c(b, name);
    buf_add(b, STR(": "));
    buf_add(b, value);
    buf_add(b, STR("\r\n"));
}

static void add_common(struct buf *b, bool file)
{
    for (size_t i = 0; reply_headers[i][0]; i++) {
        bool policy = i == 0;
        add_header(b, reply_headers[i][0],
                   str_c(file && policy ? "default-src 'none'; sandbox" : reply_headers[i][1]));
    }
}

static void add_status(struct buf *b, int status)
{
    char line[HTTP_STATUS_LINE_MAX];
    buf_add(b, http_status_line(line, status));
}

static void add_length(struct buf *b, size_t length)
{
    char digits[20];
    add_header(b, "Content-Length", str_n(digits, str_put_i64(digits, (int64_t)length)));
}

static void add_retry(struct buf *b, const struct err *failed)
{
    char digits[20];
    int64_t seconds = failed && failed->retry_s ? failed->retry_s : RETRY_S;
    add_header(b, "Retry-After", str_n(digits, str_put_i64(digits, seconds)));
}

/* What a POST gives a program is neither shown by a browser nor kept on the way. */
static bool is_for_program(const struct exchange *x)
{
    return x->entry && x->entry->route->method == METHOD_POST && (x->entry->route->flags & ROUTE_PROGRAM);
}

static struct str head_of(struct exchange *x)
{
    const struct answer *n = &x->answer;
    struct buf b = buf_new(x->arena, 1024);
    bool file = x->ctx.out.kind == OUTCOME_FILE && n->status == 200;
    add_status(&b, n->status);
    if (n->type.len) add_header(&b, "Content-Type", n->type);
    if (n->location.len) add_header(&b, "Location", n->location);
    if (n->filename.len)
        add_header(
            &b, "Content-Disposition",
            str_cat(x->arena, STR("attachment; filename*=UTF-8''"), url_encode(x->arena, n->filename)));
    for (size_t i = 0; i < n->cookie_count; i++)
        add_header(&b, "Set-Cookie", n->set_cookie[i]);
    for (const struct param *p = n->headers.first; p; p = p->next)
        add_header(&b, str_z(x->arena, p->name), p->value);
    add_header(&b, "Cache-Control", x->ctx.actor.kind == ACTOR_ANYONE ? STR("no-cache") : STR("no-store"));
    if (is_for_program(x)) {
        add_header(&b, "X-Content-Type-Options", STR("nosniff"));
    } else {
        add_common(&b, file);
        add_header(&b, "Vary", STR("Accept, Accept-Language, Cookie"));
    }
    if (n->status == 503 || n->status == 429) add_retry(&b, x->failed);
    if (n->status != 204) add_length(&b, n->body.len);
    return buf_str(&b);
}

/* ---- the fast paths ---- */

static struct str cookie(struct str cookies, struct str name)
{
    struct str part;
    while (cookies.len) {
        cookies = str_cut(cookies, ';', &part);
        part = str_trim(part);
        if (part.len > name.len && str_starts(part, name) && part.ptr[name.len] == '=')
            return str_slice(part, name.len + 1, part.len);
    }
    return STR_EMPTY;
}

/* What decides the bytes of an answer to someone who is not signed in; empty where such a person has a
 * session or a notice waiting. */
static struct str cache_key(const struct wire_head *h, char space[KEY_MAX])
{
    struct str cookies = wire_value(h, "Cookie");
    const struct lang *lang = NULL;
    bool elder = false;
    struct str place = STR_EMPTY;
    if (cookies.len) {
        place = cookie(cookies, STR("tb_place"));
        if (!is_place_code(place)) place = STR_EMPTY;
        if (cookie(cookies, STR("tb_session")).len || cookie(cookies, STR("tb_notice")).len) return STR_EMPTY;
        lang = lang_find(cookie(cookies, STR("tb_lang")));
        elder = str_eq_c(cookie(cookies, STR("tb_elder")), "1");
    }
    if (!lang) lang = lang_accept(wire_value(h, "Accept-Language"));
    bool json = str_find(wire_value(h, "Accept"), STR("application/json")) != SIZE_MAX;
    int n = snprintf(space, KEY_MAX, "%c%c%s%.*s %.*s", json ? 'j' : 'h', elder ? 'e' : '-', lang->tag,
                     STR_ARG(place), STR_ARG(h->target));
    return n > 0 && n < KEY_MAX ? str_n(space, (size_t)n) : STR_EMPTY;
}

/* Of the program: the file itself, "not modified", or neither. */
static bool send_asset(struct front *f, struct http_conn *c, const struct wire_head *h, struct str path,
                       bool head)
{
    const struct asset *found = asset_find(path);
    if (!found) {
        http_answer_ready(c, f->missing, head);
        return true;
    }
    bool same = str_eq_c(wire_value(h, "If-None-Match"), found->etag);
    http_answer_ready(c, f->files[(size_t)(found - assets) * 2 + same], head);
    return true;
}

/* What leaves without an exchange. */
static bool answer_at_once(struct front *f, struct http_conn *c, const struct wire_head *h, bool head)
{
    char space[KEY_MAX];
    struct str path;
    struct server *s = f->server;
    str_cut(h->target, '?', &path);
    if (str_starts(path, STR("/assets/"))) return send_asset(f, c, h, str_slice(path, 8, path.len), head);
    struct str key = cache_key(h, space);
    struct http_ready *kept = key.len ? cache_get(s->cache, key, time_monotonic_us()) : NULL;
    if (!kept) return false;
    s->metrics.cached++;
    http_answer_ready(c, kept, head);
    ready_drop(kept);
    return true;
}

static struct http_ready *make_missing(struct arena *a)
{
    static const struct str text = {MISSING, sizeof MISSING - 1};
    struct buf b = buf_new(a, 1024);
    add_status(&b, 404);
    add_header(&b, "Content-Type", STR("text/plain; charset=utf-8"));
    add_common(&b, true);
    add_length(&b, text.len);
    return ready_new(buf_str(&b), text, false);
}

/* Each file twice: itself, and that the peer's own copy is still good. */
static bool make_files(struct front *f)
{
    struct arena *a = arena_new(1 << 20);
    f->files = a ? mem_alloc(2 * asset_count + 1, sizeof *f->files) : NULL;
    f->missing = f->files ? make_missing(a) : NULL;
    bool ok = f->missing != NULL;
    for (size_t i = 0; ok && i < asset_count; i++) {
        for (size_t same = 0; ok && same < 2; same++) {
            struct buf b = buf_new(a, 1024);
            struct str body = same ? STR_EMPTY : str_n(assets[i].bytes, assets[i].len);
            add_status(&b, same ? 304 : 200);
            if (!same) add_header(&b, "Content-Type", str_c(assets[i].type));
            add_header(&b, "ETag", str_c(assets[i].etag));
            add_header(&b, "Cache-Control", STR("public, max-age=3600"));
            add_common(&b, false);
            if (!same) add_length(&b, body.len);
            f->files[2 * i + same] = ready_new(buf_str(&b), body, false);
            ok = f->files[2 * i + same] != NULL;
        }
        arena_reset(a);
    }
    arena_drop(a);
    return ok;
}

/* ---- one call ---- */

static void resume_calls(struct exchange *list)
{
    struct http_conn *first = NULL;
    for (struct exchange *x = list, *next; x; x = next) {
        const struct call *k = x->owner;
        next = x->next;
        *http_later(k->conn) = first;
        first = k->conn;
    }
    http_again(first);
}

static bool is_trusted_proxy(const struct call *k, struct str address)
{
    struct str rest = str_c(k->front->server->options.trusted_proxies), one;
    while (rest.len) {
        rest = str_cut(rest, ',', &one);
        if (str_eq(str_trim(one), address)) return true;
    }
    return false;
}

/* Proxies say so in one of these, whether they are trusted or not. */
static bool says_proxied(const struct wire_head *h)
{
    return wire_find(h, "X-Forwarded-For") || wire_find(h, "Forwarded") || wire_find(h, "X-Real-IP") ||
           wire_find(h, "X-Forwarded-Host") || wire_find(h, "X-Forwarded-Proto") || wire_find(h, "Via");
}

static struct str peer_address(const struct call *k, struct str direct)
{
    struct str forwarded = wire_last(k->head, "X-Forwarded-For"), one = direct;
    if (!forwarded.len || !is_trusted_proxy(k, direct)) return direct;
    /* The last address is the one our own proxy saw. */
    while (forwarded.len)
        forwarded = str_cut(forwarded, ',', &one);
    return str_trim(one);
}

static const char *other_header(const void *head, const char *name)
{
    const struct str *found = wire_find(head, name);
    return found ? found->ptr : NULL;
}

static bool fill_request(struct call *k, struct request *r, bool post, bool head, struct err *ignored)
{
    const struct wire_head *h = k->head;
    struct str path;
    r->raw_query = str_cut(h->target, '?', &path);
    r->method = post ? METHOD_POST : METHOD_GET;
    r->head = head;
    r->content_type = wire_value(h, "Content-Type");
    r->accept = wire_value(h, "Accept");
    r->accept_language = wire_value(h, "Accept-Language");
    r->origin = wire_value(h, "Origin");
    r->fetch_site = wire_value(h, "Sec-Fetch-Site");
    r->csrf_header = wire_value(h, "X-CSRF-Token");
    r->idempotency_key = wire_value(h, "Idempotency-Key");
    r->user_agent = wire_value(h, "User-Agent");
    r->referer = wire_value(h, "Referer");
    r->authorization = wire_value(h, "Authorization");
    r->other = other_header;
    r->source = h;
    r->direct = str_c(http_peer(k->conn));
    r->proxied = is_trusted_proxy(k, r->direct) || says_proxied(h);
    r->peer = peer_address(k, r->direct);
    bool whole = params_parse_cookies(&r->cookies, k->arena, wire_value(h, "Cookie"));
    (void)whole; /* other programs on this host name set cookies as they please: what cannot be read is left
                    out */
    return path_decode(k->arena, path, &r->path) &&
           params_parse_form(&r->query, k->arena, r->raw_query, ignored);
}

static const struct wire_head *copy_head(struct arena *a, const struct wire_head *h)
{
    struct wire_head *copy = arena_alloc(a, wire_size(h));
    wire_copy(copy, h, str_dup(a, str_n(h->bytes, h->size)).ptr);
    return copy;
}

/* The connection's own from here on; NULL without memory, or where the address cannot be read (*sound). */
static struct call *begin_call(struct front *f, struct http_conn *c, const struct wire_head *h, bool post,
                               bool head, bool *sound)
{
    jmp_buf env;
    struct arena *a = arena_new(REQUEST_ARENA_MAX);
    if (!a) return NULL;
    struct call *k = arena_try(a, sizeof *k);
    if (!k || setjmp(env)) {
        arena_drop(a);
        http_set_own(c, NULL);
        return NULL;
    }
    arena_guard(a, &env);
    http_set_own(c, k);
    k->front = f;
    k->conn = c;
    k->arena = a;
    k->head = copy_head(a, h);
    struct request *r = ARENA_NEW(a, struct request);
    k->exchange = exchange_new(a);
    *sound = fill_request(k, r, post, head, &k->exchange->err);
    exchange_init(k->exchange, f->server, a, r);
    k->exchange->resume = resume_calls;
    k->exchange->owner = k;
    bool ignored;
    if (*sound) k->exchange->entry = router_find(f->server, a, r->method, r->path, &r->path_params, &ignored);
    arena_guard(a, NULL);
    k->limit =
        k->exchange->entry && (k->exchange->entry->route->flags & ROUTE_UPLOAD) ? UPLOAD_MAX : BODY_MAX;
    return k;
}

/* The bytes of a page of a moment stay for the next one. */
static struct http_ready *keep_answer(struct call *k, struct str head)
{
    char space[KEY_MAX];
    struct exchange *x = k->exchange;
    struct str key = x->cacheable && !x->request->head ? cache_key(k->head, space) : STR_EMPTY;
    struct http_ready *r = key.len ? ready_new(head, x->answer.body, true) : NULL;
    if (r)
        cache_put(k->front->server->cache, key, ready_keep(r), x->answer.body.len,
                  time_monotonic_us() + CACHE_US, k->generation);
    return r;
}

static void answer(struct call *k)
{
    jmp_buf env;
    struct exchange *x = k->exchange;
    if (setjmp(env)) {
        arena_guard(k->arena, NULL);
        http_refuse(k->conn, 500);
        return;
    }
    arena_guard(k->arena, &env);
    struct str head = head_of(x);
    arena_guard(k->arena, NULL);
    struct http_ready *kept = keep_answer(k, head);
    if (kept)
        http_answer_ready(k->conn, kept, false);
    else
        http_answer(k->conn, head, x->request->head ? STR_EMPTY : x->answer.body);
    ready_drop(kept);
}

/* k is gone when this returns with an answer sent. */
static void go_on(struct call *k)
{
    enum step step;
    do {
        step = exchange_run(k->exchange);
        if (step == STEP_REPLY) {
            answer(k);
            return;
        }
    } while (!exchange_submit(k->exchange, step));
}

/* ---- bodies ---- */

static void drop_body(struct call *k)
{
    if (k->body) crypto_wipe(k->body, k->cap); /* passwords travel in bodies */
    mem_free(k->body);
    k->front->bodies -= k->cap;
    k->body = NULL;
    k->len = k->cap = 0;
}

/* Where there is more room already it is left as it is; what grows leaves nothing behind. */
static bool make_room(struct call *k, size_t need)
{
    size_t cap = k->cap * 2 > need ? k->cap * 2 : need;
    if (need <= k->cap) return true;
    char *bigger = atomic_fetch_add(&k->front->bodies, cap) + cap <= BODIES_MAX ? mem_alloc(cap, 1) : NULL;
    if (!bigger) {
        k->front->bodies -= cap;
        return false;
    }
    size_t len = k->len;
    if (len) memcpy(bigger, k->body, len);
    drop_body(k);
    k->body = bigger;
    k->cap = cap;
    k->len = len;
    return true;
}

static void on_body(void *arg, struct http_conn *c, struct str piece)
{
    struct call *k = http_own(c);
    struct exchange *x = k->exchange;
    size_t need;
    (void)arg;
    if (x->request->method != METHOD_POST || x->too_large || x->no_room) return;
    x->too_large = __builtin_add_overflow(k->len, piece.len, &need) || need > k->limit;
    x->no_room = !x->too_large && !make_room(k, need);
    if (x->too_large || x->no_room) {
        drop_body(k);
        return;
    }
    memcpy(k->body + k->len, piece.ptr, piece.len);
    k->len = need;
}

/* ---- what a connection tells ---- */

static void on_begin(void *arg, struct http_conn *c, struct wire_head *h)
{
    struct front *f = arg;
    bool head = str_eq_c(h->method, "HEAD"), get = head || str_eq_c(h->method, "GET"),
         post = str_eq_c(h->method, "POST"), sound = true, alone = !h->length && !h->chunked;
    uint64_t generation = cache_generation(f->server->cache);
    if (!get && !post) {
        http_refuse(c, 405);
        return;
    }
    if (get && alone && answer_at_once(f, c, h, head)) return;
    struct call *k = begin_call(f, c, h, post, head, &sound);
    if (!k || !sound) {
        http_refuse(c, sound ? 500 : 400);
        return;
    }
    k->generation = generation;
    struct exchange *x = k->exchange;
    if (!post || !h->sized) return;
    x->too_large = h->length > k->limit;
    x->no_room = !x->too_large && f->bodies + h->length > BODIES_MAX;
    if (!x->too_large && !x->no_room) return;
    http_hold(c);
    go_on(k);
}

static void on_whole(void *arg, struct http_conn *c)
{
    struct call *k = http_own(c);
    bool get = k->exchange->request->method == METHOD_GET, bodied = k->head->length || k->head->chunked;
    if (get && bodied && answer_at_once(arg, c, k->head, k->exchange->request->head)) return;
    k->exchange->request->body = str_n(k->body, k->len);
    go_on(k);
}

static void on_again(void *arg, struct http_conn *c)
{
    (void)arg;
    go_on(http_own(c));
}

static void on_ended(void *arg, struct http_conn *c)
{
    struct call *k = http_own(c);
    (void)arg;
    if (!k) return;
    drop_body(k);
    if (k->head) crypto_wipe((void *)(uintptr_t)k->head->bytes, k->head->size); /* sessions travel in heads */
    arena_drop(k->arena);
}

static void on_rest(void *arg)
{
    db_let_go(((struct front *)arg)->server->db);
}

/* ---- starting and stopping ---- */

bool front_start(struct server *s, int *port, struct err *e)
{
    struct front *f = mem_alloc(1, sizeof *f);
    if (!f) return err_fault(e, "not enough memory to listen");
    f->server = s;
    s->front = f;
    if (!make_files(f)) return err_fault(e, "not enough memory for assets");
    struct http_options o = {
        .at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->options.port)},
        .threads = s->options.threads > 1 ? (unsigned)s->options.threads : 1,
        .connections_max = CONNECTIONS_MAX,
        /* Behind a proxy all connections come from one address. */
        .address_max = s->options.trusted_proxies && s->options.trusted_proxies[0] ? 0 : PEER_CONNECTIONS_MAX,
    };
    if (inet_pton(AF_INET, s->options.address, &o.at.sin_addr) != 1)
        return err_fault(e, "not an IPv4 address: %s", s->options.address);
    const struct http_app app = {.arg = f,
                                 .begin = on_begin,
                                 .body = on_body,
                                 .whole = on_whole,
                                 .again = on_again,
                                 .ended = on_ended,
                                 .rests = on_rest};
    f->loops = http_listen(&o, &app, port, e);
    return f->loops != NULL;
}

/* The pool and the writer still run: what they hold comes to its end, and is answered. */
void front_stop(struct server *s)
{
    struct front *f = s->front;
    if (!f) return;
    waiting_close(s->waiting);
    http_close(f->loops);
    for (size_t i = 0; f->files && i < 2 * asset_count; i++)
        ready_drop(f->files[i]);
    ready_drop(f->missing);
    mem_free(f->files);
    mem_free(f);
    s->front = NULL;
}
