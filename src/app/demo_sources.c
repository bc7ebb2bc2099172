#include "app/demo_sources.h"
#include "app/demo_permits.h"

#include "core/base/file.h"
#include "core/http/loop.h"
#include "modules/exchange/exchange.h"

enum { SOURCES_ARENA = 8 << 20, SOURCES_MAX = 1 << 20, QUESTION_MAX = 8 << 10 };

struct demo_provider {
    struct arena *arena;
    const struct json *file, *records; /* of the service, by number */
    struct http_loops *loops;
};

/* ---- the service of a department ---- */

struct question {
    char bytes[QUESTION_MAX];
    size_t len;
};

static struct str answer_to(const struct demo_provider *p, struct arena *a, const struct question *q)
{
    struct err ignored = {0};
    const struct json *doc = json_parse(a, str_n(q->bytes, q->len), JSON_STRICT, &ignored),
                      *record = json_get_str(p->records, json_text_of(doc, "number"));
    struct json *out = json_object(a);
    json_set_bool(a, out, "found", record != NULL);
    if (record) json_set(out, "data", json_copy(a, record));
    return json_to_str(a, out);
}

static void begin(void *, struct http_conn *c, struct wire_head *)
{
    http_set_own(c, mem_alloc(1, sizeof(struct question)));
    if (!http_own(c)) http_refuse(c, 500);
}

static void hear(void *, struct http_conn *c, struct str piece)
{
    struct question *q = http_own(c);
    size_t n = piece.len < QUESTION_MAX - q->len ? piece.len : QUESTION_MAX - q->len;
    memcpy(q->bytes + q->len, piece.ptr, n);
    q->len += n;
}

static struct http_ready *reply(const struct demo_provider *p, const struct question *q)
{
    char line[HTTP_STATUS_LINE_MAX];
    struct arena *a = arena_new(SOURCES_MAX);
    if (!a) return NULL;
    struct str body = answer_to(p, a, q), status = http_status_line(line, 200),
               head = str_fmt(a, "%.*sContent-Type: application/json\r\nContent-Length: %zu\r\n",
                              STR_ARG(status), body.len);
    struct http_ready *r = ready_new(head, body, true);
    arena_drop(a);
    return r;
}

static void answer(void *arg, struct http_conn *c)
{
    struct http_ready *r = reply(arg, http_own(c));
    if (r)
        http_answer_ready(c, r, false);
    else
        http_refuse(c, 500);
    ready_drop(r);
}

static void answered(void *, struct http_conn *c)
{
    mem_free(http_own(c));
}

/* *port: the one that was free. */
static bool listen_here(struct demo_provider *p, int *port, struct err *e)
{
    const struct http_options o = {.at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
                                   .threads = 1,
                                   .connections_max = 32};
    const struct http_app app = {.arg = p, .begin = begin, .body = hear, .whole = answer, .ended = answered};
    p->loops = http_listen(&o, &app, port, e);
    return p->loops != NULL;
}

/* ---- all of them ---- */

static bool set_up(struct ctx *c)
{
    const struct demo_provider *p = ctx_arg(c);
    return exchange_import_sources(c, p->file) && demo_permit_forms(c, p->file);
}

static bool open_places(struct server *s, struct demo_provider *p, struct err *e)
{
    struct arena *a = p->arena;
    const struct json *table = json_get(p->file, "table");
    const char *path =
        str_z(a, str_fmt(a, "%s/%.*s", server_options(s)->var_dir, STR_ARG(json_text_of(table, "file"))));
    int port;
    return demo_table(a, path, table, e) && listen_here(p, &port, e) &&
           exchange_add_place(s, STR("demo-divisions"), str_fmt(a, "sqlite:%s", path), STR("*"), e) &&
           exchange_add_place(s, STR("demo-education"), str_fmt(a, "http://127.0.0.1:%d", port), STR("*"),
                              e) &&
           exchange_add_place(s, STR("demo-credit"), str_fmt(a, "http://127.0.0.1:%d", port), STR("*"), e);
}

bool demo_sources(struct server *s, const char *data, struct demo_provider **provider, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct arena *a = arena_new(SOURCES_ARENA);
    struct str text;
    if (!a) return err_fault(e, "not enough memory for the demonstration");
    struct demo_provider *p = *provider = ARENA_NEW(a, struct demo_provider);
    p->arena = a;
    if (!file_read(a, str_z(a, str_fmt(a, "%s/demo/sources.json", data)), SOURCES_MAX, &text, e))
        return false;
    p->file = json_parse(a, text, JSON_STRICT, e);
    p->records = json_get(p->file, "service");
    return p->file && open_places(s, p, e) && server_write(s, &system, set_up, p, e);
}

void demo_sources_end(struct demo_provider *p)
{
    if (!p) return;
    http_close(p->loops);
    arena_drop(p->arena);
}
