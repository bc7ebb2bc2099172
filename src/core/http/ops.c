/* Doors for those who run the program and those who build on it: health, readiness, metrics, the API
 * document. */
#include "core/http/ops.h"
#include "core/crypto/crypto.h"
#include "core/http/private.h"

static bool text_answer(struct ctx *c, struct str text)
{
    return ctx_file(c, text, "text/plain; charset=utf-8", STR_EMPTY);
}

static bool healthz(struct ctx *c)
{
    return text_answer(c, STR("ok\n"));
}

/* The read transaction of this very request proves the database; the queue shows whether writes move. */
static bool readyz(struct ctx *c)
{
    if (!db_ping(&c->tx)) return false;
    struct writer_stats w = writer_stats(c->server->writer);
    if (w.queued > 4096)
        return err_busy(c->err, "not_ready",
                        "Very many people are here right now. Please try again in a moment.");
    return text_answer(c, STR("ready\n"));
}

static void metric(struct buf *b, const char *name, const char *type, const char *help, uint64_t value)
{
    buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
            (unsigned long long)value);
}

/* Asked from this machine itself. A proxy on it asks for others, too. */
static bool is_near(const struct ctx *c)
{
    const struct request *r = c->req;
    return !r->proxied && (str_eq_c(r->direct, "127.0.0.1") || str_eq_c(r->direct, "::1"));
}

static bool has_token(const struct ctx *c)
{
    struct str token = str_c(c->server->options.metrics_token), given = c->req->authorization;
    if (!token.len || !str_starts(given, STR("Bearer "))) return false;
    given = str_trim(str_slice(given, 7, given.len));
    return given.len == token.len && crypto_equal(given.ptr, token.ptr, token.len);
}

static bool metrics(struct ctx *c)
{
    if (!is_near(c) && !has_token(c)) return err_missing(c->err, "page", "We cannot find this page.");
    const struct metrics *m = &c->server->metrics;
    struct writer_stats w = writer_stats(c->server->writer);
    struct buf b = buf_new(c->arena, 2048);
    metric(&b, "tongban_requests_total", "counter", "Requests answered by handlers.", m->requests);
    metric(&b, "tongban_requests_cached_total", "counter", "Requests answered from the page cache.",
           m->cached);
    metric(&b, "tongban_errors_client_total", "counter", "Answers with status 400 to 499.", m->errors_client);
    metric(&b, "tongban_errors_server_total", "counter", "Answers with status 500 and above.",
           m->errors_server);
    metric(&b, "tongban_writes_total", "counter", "Write tasks run.", w.tasks);
    metric(&b, "tongban_write_groups_total", "counter", "Transactions committed by the writer.", w.groups);
    metric(&b, "tongban_writes_failed_total", "counter", "Write tasks that failed.", w.failed);
    metric(&b, "tongban_writes_refused_total", "counter", "Write tasks refused because the queue was full.",
           w.refused);
    metric(&b, "tongban_writes_queued", "gauge", "Write tasks waiting.", w.queued);
    metric(&b, "tongban_uptime_seconds", "gauge", "Seconds since the start.",
           (uint64_t)(time_monotonic_us() - c->server->started_us) / 1000000u);
    return text_answer(c, buf_str(&b));
}

static bool api_document(struct ctx *c)
{
    c->out.kind = OUTCOME_FILE;
    c->out.bytes = openapi_kept(c->server, c->arena);
    c->out.type = STR("application/json");
    return true;
}

/* Who the session is, and the token that writing requests of an app carry in X-CSRF-Token. */
static bool api_session(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    json_set_bool(c->arena, doc, "person", c->actor.kind == ACTOR_PERSON);
    json_set_bool(c->arena, doc, "officer", c->actor.kind == ACTOR_OFFICER);
    json_set_str(c->arena, doc, "name", ctx_actor_name(c));
    json_set_i64(c->arena, doc, "level", c->actor.level);
    json_set_str(c->arena, doc, "csrf", c->actor.csrf);
    return true;
}

static const struct route routes[] = {
    GET("/healthz", ALLOW(PUBLIC), SCOPE(NO_ROW), healthz, NULL, .summary = "Is the program alive?"),
    GET("/readyz", ALLOW(PUBLIC), SCOPE(NO_ROW), readyz, NULL,
        .summary = "Does it take requests: database reachable, writes moving?"),
    GET("/metrics", ALLOW(PUBLIC), SCOPE(NO_ROW), metrics, NULL,
        .summary = "Counters in the Prometheus text format, for this machine or with the token"),
    GET("/api", ALLOW(PUBLIC), SCOPE(NO_ROW), api_document, NULL,
        .summary = "What the API offers, as an OpenAPI document"),
    GET("/api/openapi.json", ALLOW(PUBLIC), SCOPE(NO_ROW), api_document, NULL, .summary = "This document"),
    GET("/api/session", ALLOW(PUBLIC), SCOPE(NO_ROW), api_session, NULL, .flags = ROUTE_ALWAYS,
        .summary = "The session's account and its token for writing requests"),
};

const struct module ops_module = {.name = "ops", ROUTES(routes)};
