#include "app/demo_sources.h"

#include "core/base/file.h"
#include "modules/exchange/exchange.h"

#include <arpa/inet.h>
#include <microhttpd.h>

enum { SOURCES_ARENA = 8 << 20, SOURCES_MAX = 1 << 20, QUESTION_MAX = 8 << 10 };

struct demo_provider {
    struct arena *arena;
    const struct json *file, *records; /* of the service, by number */
    struct MHD_Daemon *daemon;
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

static enum MHD_Result reply(const struct demo_provider *p, struct MHD_Connection *c,
                             const struct question *q)
{
    struct arena *a = arena_new(SOURCES_MAX);
    if (!a) return MHD_NO;
    struct str body = answer_to(p, a, q);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body.len, (void *)body.ptr, MHD_RESPMEM_MUST_COPY);
    arena_drop(a);
    if (!r) return MHD_NO;
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    enum MHD_Result ok = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result serve(void *arg, struct MHD_Connection *c, const char *url, const char *method,
                             const char *version, const char *bytes, size_t *len, void **state)
{
    struct question *q = *state;
    if (!q) return (*state = mem_alloc(1, sizeof *q)) ? MHD_YES : MHD_NO;
    if (!*len) return reply(arg, c, q);
    size_t n = *len < QUESTION_MAX - q->len ? *len : QUESTION_MAX - q->len;
    memcpy(q->bytes + q->len, bytes, n);
    q->len += n;
    *len = 0;
    return MHD_YES;
}

static void answered(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
    mem_free(*state);
    *state = NULL;
}

/* *port: the one that was free. */
static bool listen_here(struct demo_provider *p, int *port, struct err *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    p->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, serve, p,
                                 MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_NOTIFY_COMPLETED, answered, NULL,
                                 MHD_OPTION_CONNECTION_LIMIT, 32u, MHD_OPTION_CONNECTION_TIMEOUT, 10u,
                                 MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        p->daemon ? MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    *port = info ? info->port : 0;
    return info || err_fault(e, "the service of the demonstration does not listen");
}

/* ---- all of them ---- */

static bool set_up(struct ctx *c)
{
    const struct demo_provider *p = ctx_arg(c);
    return exchange_import_sources(c, p->file);
}

static bool open_places(struct server *s, struct demo_provider *p, struct err *e)
{
    struct arena *a = p->arena;
    const struct json *table = json_get(p->file, "table");
    const char *path =
        str_z(a, str_fmt(a, "%s/%.*s", server_options(s)->var_dir, STR_ARG(json_text_of(table, "file"))));
    int port;
    return demo_table(a, path, table, e) && listen_here(p, &port, e) &&
           exchange_add_place(s, STR("demo-divisions"), str_fmt(a, "sqlite:%s", path), e) &&
           exchange_add_place(s, STR("demo-education"), str_fmt(a, "http://127.0.0.1:%d", port), e) &&
           exchange_add_place(s, STR("demo-credit"), str_fmt(a, "http://127.0.0.1:%d", port), e);
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
    if (p->daemon) MHD_stop_daemon(p->daemon);
    arena_drop(p->arena);
}
