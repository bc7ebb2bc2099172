/* libmicrohttpd in front of the exchange: sockets, deadlines, limits, files, the cache's fast path.
 *
 * Suspended connections wait for the writer or the pool and are resumed from there. MHD's time-outs are
 * idle-only: a sweeper adds absolute deadlines for headers and bodies. */
#include "core/http/assets.h"
#include "core/http/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REQUEST_ARENA_MAX = 48 << 20,
    IDLE_SECONDS = 15,
    HEADER_DEADLINE_US = 30000000,
    BODY_DEADLINE_US = 60000000,
    BODY_IDLE_US = 10000000, /* before IDLE_SECONDS, at which MHD hangs up without a word */
    BODIES_MAX = 256 << 20,  /* of all bodies under way */
    PEER_CONNECTIONS_MAX = 1024,
    STOP_PATIENCE_MS = 5000,
    CACHE_US = 10000000,
    URI_MAX = 8192,
    HEADERS_MAX = 16 << 10,
    /* Twice that, so that headers too large are read to their end and answered; no more, since the library
       wipes it after each request. What is larger still is refused where the library tells of it (on_log). */
    CONNECTION_MEMORY = 32 << 10,
    /* What has at least come of a request that does not fit: an address fills the half of it that is for
       reading; a header of four bytes costs the library 64 more. */
    ADDRESS_READ = CONNECTION_MEMORY / 2,
    HEADERS_READ = CONNECTION_MEMORY / 72 * 4,
    MEASURED_MAX = 512, /* connections, while all others wait */
    CONNECTIONS_MAX = 8192,
};

struct peer {
    struct peer *previous, *next;
    int fd;
    char address[INET6_ADDRSTRLEN];
    /* Written by the connection's own thread, read by the sweeper. */
    _Atomic bool in_request, reading_body;
    _Atomic bool arriving; /* its address is read, its headers are not */
    pthread_t thread;      /* that accepted it, and reads all of it */
    int64_t taken;         /* bytes of the requests that the library has told of; of that thread alone */
    _Atomic int64_t since_us, heard_us;
};

struct mhd_front {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct MHD_Response **files; /* one an asset, in the order of `assets` */
    pthread_mutex_t lock;
    struct peer *peers;
    pthread_t sweeper;
    _Atomic bool closing, stopping; /* no new requests; no more sweeping */
    _Atomic int in_flight;
    _Atomic size_t bodies; /* bytes held for bodies under way */
};

struct call {
    struct mhd_front *front;
    struct MHD_Connection *connection;
    struct arena *arena;
    struct exchange *exchange;
    char *body;
    size_t len, cap, limit;
    uint64_t generation;
    struct peer *peer;
    struct MHD_Daemon *worker; /* the thread its connection belongs to */
    struct call *next, *rest;  /* resumed together; the others of its thread, which it resumes */
    bool too_long;             /* the address: only this is kept of it */
    size_t uri_len;
    char uri[];
};

/* ---- connections and their deadlines ---- */

static void write_address(struct MHD_Connection *connection, char out[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr) return;
    const struct sockaddr *sa = info->client_addr;
    const void *at = sa->sa_family == AF_INET6
                         ? (const void *)&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr
                         : (const void *)&((const struct sockaddr_in *)(const void *)sa)->sin_addr;
    inet_ntop(sa->sa_family, at, out, INET6_ADDRSTRLEN);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct mhd_front *f = cls;
    struct peer *p = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (!info || !(p = mem_alloc(1, sizeof *p))) return;
        p->fd = info->connect_fd;
        p->thread = pthread_self();
        write_address(connection, p->address);
        p->since_us = time_monotonic_us();
        pthread_mutex_lock(&f->lock);
        p->next = f->peers;
        if (p->next) p->next->previous = p;
        f->peers = p;
        pthread_mutex_unlock(&f->lock);
        *context = p;
    } else if (p) {
        pthread_mutex_lock(&f->lock);
        if (p->previous)
            p->previous->next = p->next;
        else
            f->peers = p->next;
        if (p->next) p->next->previous = p->previous;
        pthread_mutex_unlock(&f->lock);
        mem_free(p);
        *context = NULL;
    }
}

static const char too_slow[] =
    "Your request took too long to arrive. Please try again. 请求传输超时，请重试。\n";
static const char headers_text[] = "The headers of this request are too large. Deleting the cookies of this "
                                   "site may help. 请求头过大，清除本站的浏览器 Cookie 后可重试。\n";
static const char address_text[] = "This address is too long. 地址过长。\n";
static const char stopping_text[] =
    "The service is restarting. Please try again in a moment. 服务正在重启，请稍后重试。\n";

/* To a peer that was sent nothing yet. False: its connection is gone. */
static bool tell_plainly(const struct peer *p, const char *status, const char *text)
{
    char answer[512];
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: text/plain; "
                     "charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s",
                     status, strlen(text), text);
    return n < 0 || (size_t)n >= sizeof answer ||
           send(p->fd, answer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno != EBADF;
}

/* A peer that never finishes its headers or body is answered here and cut off. */
static void cut_off(struct peer *p, const char *status, const char *text)
{
    if (p->reading_body && !tell_plainly(p, status, text)) return;
    shutdown(p->fd, SHUT_RDWR);
}

static bool is_overdue(const struct peer *p, int64_t now_us)
{
    if (!p->in_request) return now_us - p->since_us > HEADER_DEADLINE_US;
    return p->reading_body &&
           (now_us - p->since_us > BODY_DEADLINE_US || now_us - p->heard_us > BODY_IDLE_US);
}

static void *sweep(void *arg)
{
    struct mhd_front *f = arg;
    while (!f->stopping) {
        usleep(500000);
        int64_t now = time_monotonic_us();
        pthread_mutex_lock(&f->lock);
        for (struct peer *p = f->peers; p; p = p->next)
            if (is_overdue(p, now)) cut_off(p, "408 Request Timeout", too_slow);
        pthread_mutex_unlock(&f->lock);
    }
    return NULL;
}

static void peer_state(struct peer *p, bool in_request, bool reading_body)
{
    if (!p) return;
    if (!in_request || !p->in_request) p->since_us = p->heard_us = time_monotonic_us();
    p->in_request = in_request;
    p->reading_body = reading_body;
}

/* ---- answers ---- */

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
    if (MHD_add_response_header(r, name, value) == MHD_NO)
        log_event(LOG_LEVEL_WARN, "http.header", "name", name, NULL);
}

static void add_common(struct MHD_Response *r, bool file)
{
    for (size_t i = 0; reply_headers[i][0]; i++) {
        bool policy = i == 0;
        add_header(r, reply_headers[i][0],
                   file && policy ? "default-src 'none'; sandbox" : reply_headers[i][1]);
    }
}

static void add_filename(struct MHD_Response *r, struct arena *a, struct str filename)
{
    struct str value = str_fmt(a, "attachment; filename*=UTF-8''%.*s", STR_ARG(url_encode(a, filename)));
    add_header(r, "Content-Disposition", str_z(a, value));
}

/* What a POST gives a program is neither shown by a browser nor kept on the way. */
static bool is_for_program(const struct exchange *x)
{
    return x->entry && x->entry->route->method == METHOD_POST && (x->entry->route->flags & ROUTE_PROGRAM);
}

static struct MHD_Response *make_response(struct exchange *x, enum MHD_ResponseMemoryMode mode)
{
    const struct answer *n = &x->answer;
    struct MHD_Response *r = MHD_create_response_from_buffer(n->body.len, (void *)n->body.ptr, mode);
    if (!r) return NULL;
    bool file = x->ctx.out.kind == OUTCOME_FILE && n->status == 200;
    if (n->type.len) add_header(r, "Content-Type", str_z(x->arena, n->type));
    if (n->location.len) add_header(r, "Location", str_z(x->arena, n->location));
    if (n->filename.len) add_filename(r, x->arena, n->filename);
    for (size_t i = 0; i < n->cookie_count; i++)
        add_header(r, "Set-Cookie", str_z(x->arena, n->set_cookie[i]));
    for (const struct param *p = n->headers.first; p; p = p->next)
        add_header(r, str_z(x->arena, p->name), str_z(x->arena, p->value));
    add_header(r, "Cache-Control", x->ctx.actor.kind == ACTOR_ANYONE ? "no-cache" : "no-store");
    if (is_for_program(x)) {
        add_header(r, "X-Content-Type-Options", "nosniff");
    } else {
        add_common(r, file);
        add_header(r, "Vary", "Accept, Accept-Language, Cookie");
    }
    if (n->status == 503 || n->status == 429) add_header(r, "Retry-After", "5");
    return r;
}

static enum MHD_Result answer_call(struct call *k)
{
    struct exchange *x = k->exchange;
    struct MHD_Response *r = make_response(x, MHD_RESPMEM_PERSISTENT);
    if (!r) return MHD_NO;
    enum MHD_Result done = MHD_queue_response(k->connection, (unsigned)x->answer.status, r);
    MHD_destroy_response(r);
    return done;
}

static bool queue_ready(void *arg, struct MHD_Response *r)
{
    return MHD_queue_response(arg, MHD_HTTP_OK, r) == MHD_YES;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
    if (!r) return MHD_NO;
    add_header(r, "Content-Type", "text/plain; charset=utf-8");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) add_header(r, "Allow", "GET, HEAD, POST");
    enum MHD_Result done = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return done;
}

/* ---- the fast paths ---- */

static const char *header_z(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static struct str header(struct MHD_Connection *c, const char *name)
{
    const char *value = NULL;
    size_t len = 0;
    if (MHD_lookup_connection_value_n(c, MHD_HEADER_KIND, name, strlen(name), &value, &len) != MHD_YES ||
        !value)
        return STR_EMPTY;
    return str_n(value, len);
}

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
static struct str cache_key(struct call *k, char *space, size_t size)
{
    struct str cookies = header(k->connection, "Cookie");
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
    if (!lang) lang = lang_accept(header(k->connection, "Accept-Language"));
    bool json = str_find(header(k->connection, "Accept"), STR("application/json")) != SIZE_MAX;
    int n = snprintf(space, size, "%c%c%s%.*s %.*s", json ? 'j' : 'h', elder ? 'e' : '-', lang->tag,
                     STR_ARG(place), (int)k->uri_len, k->uri);
    return n > 0 && (size_t)n < size ? str_n(space, (size_t)n) : STR_EMPTY;
}

static enum MHD_Result send_asset(struct call *k, struct str path)
{
    const struct asset *found = asset_find(path);
    if (!found) return answer_text(k->connection, MHD_HTTP_NOT_FOUND, "Not found.\n");
    const char *known = header_z(k->connection, "If-None-Match");
    bool same = known && strcmp(known, found->etag) == 0;
    return MHD_queue_response(k->connection, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK,
                              k->front->files[found - assets]);
}

static bool make_files(struct mhd_front *f)
{
    f->files = mem_alloc(asset_count + 1, sizeof(struct MHD_Response *));
    for (size_t i = 0; f->files && i < asset_count; i++) {
        struct MHD_Response *r =
            MHD_create_response_from_buffer(assets[i].len, (void *)assets[i].bytes, MHD_RESPMEM_PERSISTENT);
        if (!r) return false;
        add_header(r, "Content-Type", assets[i].type);
        add_header(r, "ETag", assets[i].etag);
        add_header(r, "Cache-Control", "public, max-age=3600");
        add_common(r, false);
        f->files[i] = r;
    }
    return f->files != NULL;
}

/* ---- one call ---- */

static struct MHD_Daemon *worker_of(const struct call *k)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(k->connection, MHD_CONNECTION_INFO_DAEMON);
    return info ? info->daemon : NULL;
}

/* One of each of MHD's threads is resumed here and resumes the others of that thread itself (wake_rest): a
 * thread is woken once for all of them. */
static void resume_calls(struct exchange *list)
{
    struct call *heads = NULL;
    for (struct exchange *x = list, *next; x; x = next) {
        struct call *k = x->owner, *head = heads;
        next = x->next;
        k->worker = worker_of(k);
        while (head && head->worker != k->worker)
            head = head->next;
        k->next = head ? head->rest : heads;
        if (head)
            head->rest = k;
        else
            heads = k;
    }
    for (struct call *k = heads, *next; k; k = next) {
        next = k->next; /* k is its own thread's as soon as it is resumed */
        MHD_resume_connection(k->connection);
    }
}

static void wake_rest(struct call *k)
{
    struct call *rest = k->rest;
    k->rest = NULL;
    for (struct call *next; rest; rest = next) {
        next = rest->next;
        MHD_resume_connection(rest->connection);
    }
}

/* Written once for a connection; where there was no memory for its peer, nothing is known of it. */
static struct str direct_address(const struct call *k)
{
    return str_c(k->peer ? k->peer->address : "");
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
static bool says_proxied(struct call *k)
{
    static const char *const names[] = {"X-Forwarded-For",  "Forwarded",         "X-Real-IP",
                                        "X-Forwarded-Host", "X-Forwarded-Proto", "Via"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (header_z(k->connection, names[i])) return true;
    return false;
}

static struct str peer_address(struct call *k, struct str direct)
{
    struct str forwarded = header(k->connection, "X-Forwarded-For"), one = direct;
    if (!forwarded.len || !is_trusted_proxy(k, direct)) return direct;
    /* The last address is the one our own proxy saw. */
    while (forwarded.len)
        forwarded = str_cut(forwarded, ',', &one);
    return str_trim(one);
}

static const char *other_header(const void *connection, const char *name)
{
    return header_z((struct MHD_Connection *)connection, name);
}

static bool fill_request(struct call *k, struct request *r, bool post, bool head, struct err *ignored)
{
    struct MHD_Connection *c = k->connection;
    struct str path;
    r->raw_query = str_cut(str_n(k->uri, k->uri_len), '?', &path);
    r->method = post ? METHOD_POST : METHOD_GET;
    r->head = head;
    r->content_type = header(c, "Content-Type");
    r->accept = header(c, "Accept");
    r->accept_language = header(c, "Accept-Language");
    r->origin = header(c, "Origin");
    r->fetch_site = header(c, "Sec-Fetch-Site");
    r->csrf_header = header(c, "X-CSRF-Token");
    r->idempotency_key = header(c, "Idempotency-Key");
    r->user_agent = header(c, "User-Agent");
    r->referer = header(c, "Referer");
    r->authorization = header(c, "Authorization");
    r->other = other_header;
    r->source = c;
    r->direct = direct_address(k);
    r->proxied = is_trusted_proxy(k, r->direct) || says_proxied(k);
    r->peer = peer_address(k, r->direct);
    bool whole = params_parse_cookies(&r->cookies, k->arena, header(c, "Cookie"));
    (void)whole; /* other programs on this host name set cookies as they please: what cannot be read is left
                    out */
    return path_decode(k->arena, path, &r->path) &&
           params_parse_form(&r->query, k->arena, r->raw_query, ignored);
}

static bool begin_exchange(struct call *k, bool post, bool head)
{
    jmp_buf env;
    if (!(k->arena = arena_new(REQUEST_ARENA_MAX))) return false;
    if (setjmp(env)) {
        arena_guard(k->arena, NULL);
        return false;
    }
    arena_guard(k->arena, &env);
    struct request *r = ARENA_NEW(k->arena, struct request);
    k->exchange = ARENA_NEW(k->arena, struct exchange);
    bool sound = fill_request(k, r, post, head, &k->exchange->err);
    arena_guard(k->arena, NULL);
    exchange_init(k->exchange, k->front->server, k->arena, r);
    k->exchange->resume = resume_calls;
    k->exchange->owner = k;
    bool ignored;
    if (sound)
        k->exchange->entry =
            router_find(k->front->server, k->arena, r->method, r->path, &r->path_params, &ignored);
    k->limit =
        k->exchange->entry && (k->exchange->entry->route->flags & ROUTE_UPLOAD) ? UPLOAD_MAX : BODY_MAX;
    return sound;
}

static enum MHD_Result go_on(struct call *k)
{
    struct exchange *x = k->exchange;
    enum step step = exchange_run(x);
    if (step == STEP_REPLY) {
        char space[URI_MAX];
        struct str key = x->cacheable ? cache_key(k, space, sizeof space) : STR_EMPTY;
        struct MHD_Response *kept =
            key.len && !x->request->head ? make_response(x, MHD_RESPMEM_MUST_COPY) : NULL;
        if (kept)
            cache_put(k->front->server->cache, key, kept, x->answer.body.len, time_monotonic_us() + CACHE_US,
                      k->generation);
        return answer_call(k);
    }
    MHD_suspend_connection(k->connection);
    if (!exchange_submit(x, step)) MHD_resume_connection(k->connection);
    return MHD_YES;
}

static enum MHD_Result bad_address(struct call *k)
{
    return answer_text(k->connection, MHD_HTTP_BAD_REQUEST,
                       "This address cannot be read. 无法识别的地址。\n");
}

/* Headers are read. An answer given here makes MHD close the connection, so that only what must not be read
 * on is answered now. */
static enum MHD_Result first_call(struct call *k, const char *method)
{
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0, post = strcmp(method, "POST") == 0;
    if (k->peer) k->peer->arriving = false;
    peer_state(k->peer, true, post);
    const union MHD_ConnectionInfo *headers =
        MHD_get_connection_info(k->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (headers && k->peer) k->peer->taken += (int64_t)headers->header_size;
    if (k->too_long) return answer_text(k->connection, MHD_HTTP_URI_TOO_LONG, address_text);
    if (headers && headers->header_size > HEADERS_MAX)
        return answer_text(k->connection, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, headers_text);
    if (!get && !post)
        return answer_text(k->connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                           "Please use GET or POST. 请使用 GET 或 POST 请求。\n");
    if (get) return MHD_YES;
    if (!begin_exchange(k, true, false)) return bad_address(k);
    const char *length = header_z(k->connection, "Content-Length");
    uint64_t announced = 0;
    if (!length || !str_to_u64(str_c(length), &announced)) return MHD_YES;
    k->exchange->too_large = announced > k->limit;
    k->exchange->no_room = !k->exchange->too_large && k->front->bodies + announced > BODIES_MAX;
    if (!k->exchange->too_large && !k->exchange->no_room) return MHD_YES;
    peer_state(k->peer, true, false);
    return go_on(k);
}

/* A GET or HEAD that is wholly here: files and kept answers leave without an exchange. */
static enum MHD_Result begin_get(struct call *k, bool head)
{
    struct server *s = k->front->server;
    char space[URI_MAX];
    struct str path;
    str_cut(str_n(k->uri, k->uri_len), '?', &path);
    if (str_starts(path, STR("/assets/"))) return send_asset(k, str_slice(path, 8, path.len));
    struct str key = cache_key(k, space, sizeof space);
    if (key.len && cache_send(s->cache, key, time_monotonic_us(), queue_ready, k->connection)) {
        s->metrics.cached++;
        return MHD_YES;
    }
    k->generation = cache_generation(s->cache);
    return begin_exchange(k, false, head) ? go_on(k) : bad_address(k);
}

static void drop_body(struct call *k)
{
    if (k->body) crypto_wipe(k->body, k->cap); /* passwords travel in bodies */
    mem_free(k->body);
    k->front->bodies -= k->cap;
    k->body = NULL;
    k->len = k->cap = 0;
}

static enum MHD_Result take_body(struct call *k, const char *data, size_t size)
{
    size_t need;
    if (k->peer) k->peer->heard_us = time_monotonic_us();
    if (k->exchange->too_large || k->exchange->no_room) return MHD_YES;
    if (__builtin_add_overflow(k->len, size, &need) || need > k->limit) {
        k->exchange->too_large = true;
        drop_body(k);
        return MHD_YES;
    }
    if (need > k->cap) {
        size_t cap = k->cap * 2 > need ? k->cap * 2 : need;
        size_t held = atomic_fetch_add(&k->front->bodies, cap - k->cap) + (cap - k->cap);
        char *bigger = held <= BODIES_MAX ? mem_resize(k->body, cap, 1) : NULL;
        if (!bigger) {
            k->front->bodies -= cap - k->cap;
            k->exchange->no_room = true;
            drop_body(k);
            return MHD_YES;
        }
        k->body = bigger;
        k->cap = cap;
    }
    memcpy(k->body + k->len, data, size);
    k->len = need;
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **con_cls)
{
    struct call *k = *con_cls;
    (void)cls;
    (void)url;
    (void)version;
    if (!k) return MHD_NO; /* no memory for it */
    if (k->rest) wake_rest(k);
    if (!k->connection) {
        k->connection = connection;
        k->front->in_flight++;
        if (k->front->closing) return MHD_NO; /* counted first: whoever drains sees either it or nothing */
        return first_call(k, method);
    }
    if (k->peer) k->peer->taken += (int64_t)*size;
    if (*size && !k->exchange) { /* a GET with a body: nobody reads it */
        *size = 0;
        return MHD_YES;
    }
    if (*size) {
        enum MHD_Result taken = take_body(k, data, *size);
        *size = 0;
        return taken;
    }
    if (!k->exchange) return begin_get(k, strcmp(method, "HEAD") == 0);
    if (k->exchange->stage == STAGE_OPEN) {
        peer_state(k->peer, true, false);
        k->exchange->request->body = str_n(k->body, k->len);
    }
    return go_on(k);
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    size_t len = strlen(uri);
    bool too_long = len >= URI_MAX;
    if (too_long) len = 0;
    struct call *k = mem_alloc(1, sizeof *k + len + 1);
    if (!k) return NULL;
    k->front = cls;
    k->peer = info ? info->socket_context : NULL;
    if (k->peer) k->peer->arriving = true;
    k->too_long = too_long;
    k->uri_len = len;
    memcpy(k->uri, uri, len);
    return k;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct call *k = *con_cls;
    (void)cls;
    (void)connection;
    (void)code;
    if (!k) return;
    wake_rest(k);
    drop_body(k);
    if (k->peer) k->peer->arriving = false;
    if (k->connection) {
        peer_state(k->peer, false, false);
        k->front->in_flight--;
    }
    arena_drop(k->arena);
    mem_free(k);
    *con_cls = NULL;
}

/* ---- starting and stopping ---- */

/* Bytes that the library has read of a request and not told of: rather too many than too few. */
static int64_t unfinished(const struct peer *p)
{
    struct tcp_info tcp = {0};
    socklen_t size = sizeof tcp;
    int unread = 0;
    if (ioctl(p->fd, FIONREAD, &unread) != 0 || getsockopt(p->fd, IPPROTO_TCP, TCP_INFO, &tcp, &size) != 0)
        return 0;
    return (int64_t)tcp.tcpi_bytes_received - unread - p->taken;
}

/* Whose request the library means: it is read by this thread, and has come as far as to its address, or not
 * so far. Of all those it is the only one of which so much was read; NULL where there are two. */
static const struct peer *refused_peer(const struct mhd_front *f, bool address)
{
    const struct peer *meant = NULL;
    int measured = 0;
    for (const struct peer *p = f->peers; p; p = p->next) {
        if (p->in_request || p->arriving == address || !pthread_equal(p->thread, pthread_self())) continue;
        if (++measured > MEASURED_MAX) return NULL;
        if (unfinished(p) < (address ? ADDRESS_READ : HEADERS_READ)) continue;
        if (meant) return NULL;
        meant = p;
    }
    return meant;
}

/* Where address or headers do not fit the connection's memory the library answers by itself, in English. It
 * logs that before it does so: whoever is meant is told in both languages first, and the connection takes no
 * more. Where nobody can say who is meant, the library's words stay. */
static void refuse(struct mhd_front *f, bool address)
{
    char rest[4096];
    pthread_mutex_lock(&f->lock);
    const struct peer *meant = refused_peer(f, address);
    if (meant && tell_plainly(meant, address ? "414 URI Too Long" : "431 Request Header Fields Too Large",
                              address ? address_text : headers_text)) {
        /* What is left unread would make the system take the answer back. */
        for (int i = 0; i < 64 && recv(meant->fd, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
            continue;
        shutdown(meant->fd, SHUT_WR);
    }
    pthread_mutex_unlock(&f->lock);
}

/* The library's own words may quote a request: none of them is kept. */
static void on_log(void *cls, const char *format, va_list args)
{
    if (!str_starts(str_c(format), STR("Error processing request (HTTP response code is %u "))) return;
    unsigned status = va_arg(args, unsigned);
    if (status == MHD_HTTP_URI_TOO_LONG || status == MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE)
        refuse(cls, status == MHD_HTTP_URI_TOO_LONG);
}

/* While it closes nobody is let in. MHD_quiesce_daemon would be for that, but it takes the listening socket
 * out of the epoll set beside the threads that do the same, and ends the program when it comes second. */
static enum MHD_Result on_accept(void *cls, const struct sockaddr *from, socklen_t size)
{
    const struct mhd_front *f = cls;
    (void)from;
    (void)size;
    return f->closing ? MHD_NO : MHD_YES;
}

bool front_start(struct server *s, int *port, struct err *e)
{
    struct mhd_front *f = mem_alloc(1, sizeof *f);
    if (!f) return err_fault(e, "not enough memory to listen");
    f->server = s;
    s->front = f;
    pthread_mutex_init(&f->lock, NULL);
    if (!make_files(f)) return err_fault(e, "not enough memory for assets");
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->options.port)};
    if (inet_pton(AF_INET, s->options.address, &at.sin_addr) != 1)
        return err_fault(e, "not an IPv4 address: %s", s->options.address);
    /* Behind a proxy all connections come from one address. */
    unsigned per_peer =
        s->options.trusted_proxies && s->options.trusted_proxies[0] ? 0 : PEER_CONNECTIONS_MAX;
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG;
    f->daemon = MHD_start_daemon(
        flags, 0, on_accept, f, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log, f, MHD_OPTION_SOCK_ADDR,
        &at, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)(s->options.threads > 1 ? s->options.threads : 0),
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_peer, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, f, MHD_OPTION_NOTIFY_CONNECTION, on_connection, f, MHD_OPTION_URI_LOG_CALLBACK, on_uri,
        f, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_LISTENING_ADDRESS_REUSE,
        1u, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_END);
    if (!f->daemon)
        return err_fault(e, "cannot listen on %s:%d: %s", s->options.address, s->options.port,
                         strerror(errno));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_BIND_PORT);
    *port = info ? info->port : s->options.port;
    if (pthread_create(&f->sweeper, NULL, sweep, f) != 0) return err_fault(e, "cannot start a thread");
    return true;
}

/* Whoever still sends, or waits on an open connection, is cut off; `all`: also those who do not take their
 * answer. */
static void cut_off_peers(struct mhd_front *f, bool all)
{
    pthread_mutex_lock(&f->lock);
    for (struct peer *p = f->peers; p; p = p->next)
        if (all || !p->in_request || p->reading_body) cut_off(p, "503 Service Unavailable", stopping_text);
    pthread_mutex_unlock(&f->lock);
}

/* The pool and the writer still run: what they hold comes to its end and its connection is resumed. MHD must
 * not stop before that, it cannot close a suspended connection. */
static void drain(struct mhd_front *f)
{
    f->closing = true;
    for (int waited = 0; f->in_flight > 0; waited += 10) {
        cut_off_peers(f, waited > STOP_PATIENCE_MS);
        usleep(10000);
    }
    cut_off_peers(f, false);
}

void front_stop(struct server *s)
{
    struct mhd_front *f = s->front;
    if (!f) return;
    if (f->daemon) {
        f->closing = true;
        waiting_close(s->waiting);
        drain(f);
        f->stopping = true;
        pthread_join(f->sweeper, NULL);
        MHD_stop_daemon(f->daemon);
    }
    for (size_t i = 0; f->files && i < asset_count; i++)
        if (f->files[i]) MHD_destroy_response(f->files[i]);
    mem_free(f->files);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
    s->front = NULL;
}
