#include "testing/testapp.h"

#include "app/cli.h"
#include "core/jobs/jobs.h"

#include "testing/answers.h"
#include "testing/testdb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

static _Atomic int64_t clock_now;

/* Monday 2026-11-23 09:00 in Shanghai */
#define FIRST_NOW INT64_C(1795395600000)

int64_t testapp_now(void)
{
    return clock_now;
}

void testapp_advance(int64_t ms)
{
    clock_now += ms;
}

void testapp_set_now(int64_t ms)
{
    clock_now = ms;
}

static struct testapp *begin(struct db *db)
{
    struct arena *a = arena_new(512 << 20);
    assert_non_null(a);
    struct testapp *t = ARENA_NEW(a, struct testapp);
    t->arena = a;
    clock_now = FIRST_NOW;
    t->db = db;
    t->db_url = testdb_url(t->db);
    snprintf(t->var, sizeof t->var, "%s/var", testdb_folder(t->db));
    return t;
}

static void start(struct testapp *t, bool demo)
{
    struct err e = {0};
    struct server_options o = {.db_url = t->db_url,
                               .var_dir = t->var,
                               .address = "127.0.0.1",
                               .threads = 2,
                               .demo = demo,
                               .keep_years = 3,
                               .clock = testapp_now,
                               .looks = answers_look};
    t->server = server_open(&o, modules, module_count, &e);
    if (!t->server)
        fail_msg("server_open: %s %s (%s:%d)", e.code, e.detail[0] ? e.detail : e.arg, e.file, e.line);
}

static void prepare_demo(struct testapp *t)
{
    struct err e = {0};
    if (!demo_prepare(t->server, TB_SOURCE_ROOT "/data", &e))
        fail_msg("demo_prepare: %s %s (%s:%d)", e.code, e.detail[0] ? e.detail : e.arg, e.file, e.line);
}

/* The demonstration is made once for a test program; each test begins with a copy of it. */
static const struct testdb_image *demonstration(void)
{
    static const struct testdb_image *image;
    if (image) return image;
    struct testapp *t = begin(testdb_open_whole(1, 1));
    start(t, true);
    prepare_demo(t);
    server_close(t->server);
    image = testdb_image(t->db);
    if (!image) testdb_close(t->db);
    arena_drop(t->arena);
    return image;
}

struct testapp *testapp_open(bool demo)
{
    const struct testdb_image *image = demo ? demonstration() : NULL;
    struct testapp *t = begin(image ? testdb_open_image(image, 1, 1) : testdb_open_with(1, 1));
    start(t, demo);
    if (demo && !image) prepare_demo(t);
    return t;
}

void testapp_close(struct testapp *t)
{
    server_close(t->server);
    testdb_close(t->db);
    arena_drop(t->arena);
    const char *fault = answers_fault();
    if (*fault) fail_msg("%s", fault);
}

void testapp_jobs(struct testapp *t)
{
    struct err e = {0};
    int ran;
    while ((ran = jobs_drain(t->server, &e)) > 0)
        continue;
    if (ran < 0) fail_msg("jobs: %s %s", e.code, e.detail);
}

/* ---- the browser ---- */

struct client client_new(struct testapp *t)
{
    return (struct client){.app = t, .json = true, .language = "zh-CN", .peer = "192.0.2.1"};
}

static void set_cookie(struct client *c, const char *name, size_t name_len, const char *value,
                       size_t value_len)
{
    for (size_t i = 0; i < sizeof c->cookies / sizeof c->cookies[0]; i++) {
        char(*slot)[160] = c->cookies[i];
        if (slot[0][0] && (strlen(slot[0]) != name_len || memcmp(slot[0], name, name_len) != 0)) continue;
        snprintf(slot[0], sizeof slot[0], "%.*s", (int)name_len, name);
        snprintf(slot[1], sizeof slot[1], "%.*s", (int)value_len, value);
        return;
    }
    fail_msg("too many cookies");
}

static void keep_cookies(struct client *c, const struct answer *a)
{
    for (size_t i = 0; i < a->cookie_count; i++) {
        struct str name, value, rest = str_cut(a->set_cookie[i], '=', &name);
        str_cut(rest, ';', &value);
        set_cookie(c, name.ptr, name.len, value.ptr, value.len);
    }
}

static struct request *new_request(struct client *c, enum method method, const char *path)
{
    struct arena *a = c->app->arena;
    struct err e = {0};
    struct request *r = ARENA_NEW(a, struct request);
    struct str raw;
    r->method = method;
    r->raw_query = str_cut(str_dup(a, str_c(path)), '?', &raw);
    if (!path_decode(a, raw, &r->path)) r->path = STR("/");
    assert_true(params_parse_form(&r->query, a, r->raw_query, &e));
    for (size_t i = 0; i < sizeof c->cookies / sizeof c->cookies[0]; i++)
        if (c->cookies[i][0][0] && c->cookies[i][1][0])
            params_add(&r->cookies, a, str_dup(a, str_c(c->cookies[i][0])),
                       str_dup(a, str_c(c->cookies[i][1])));
    r->accept = c->json ? STR("application/json") : STR("text/html");
    r->accept_language = str_c(c->language);
    r->peer = r->direct = str_c(c->peer);
    return r;
}

static struct answer send_request(struct client *c, struct request *r)
{
    struct answer a = {0};
    server_handle(c->app->server, c->app->arena, r, &a);
    keep_cookies(c, &a);
    return a;
}

struct answer client_get(struct client *c, const char *path)
{
    return send_request(c, new_request(c, METHOD_GET, path));
}

struct answer client_getf(struct client *c, const char *format, ...)
{
    char path[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    return client_get(c, path);
}

static struct str token_of(struct client *c)
{
    bool was = c->json;
    c->json = true;
    struct answer a = client_get(c, "/api/session");
    c->json = was;
    return json_text_of(client_json(c, a), "csrf");
}

struct answer client_post(struct client *c, const char *path, const char *form)
{
    struct request *r = new_request(c, METHOD_POST, path);
    r->content_type = STR("application/x-www-form-urlencoded");
    r->body = str_dup(c->app->arena, str_c(form));
    if (!c->without_token) r->csrf_header = token_of(c);
    return send_request(c, r);
}

struct answer client_upload(struct client *c, const char *path, const char *form, const char *field,
                            const char *filename, struct str content)
{
    struct arena *a = c->app->arena;
    struct err e = {0};
    struct params fields = {0};
    struct request *r = new_request(c, METHOD_POST, path);
    struct buf b = buf_new(a, content.len + 1024);
    assert_true(params_parse_form(&fields, a, str_c(form), &e));
    for (const struct param *p = fields.first; p; p = p->next)
        buf_fmt(&b, "--tb-edge\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n",
                STR_ARG(p->name), STR_ARG(p->value));
    buf_fmt(&b,
            "--tb-edge\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: "
            "application/octet-stream\r\n\r\n",
            field, filename);
    buf_add(&b, content);
    buf_add_c(&b, "\r\n--tb-edge--\r\n");
    r->content_type = STR("multipart/form-data; boundary=tb-edge");
    r->body = buf_str(&b);
    r->csrf_header = token_of(c);
    return send_request(c, r);
}

const struct json *client_json(struct client *c, struct answer a)
{
    struct err e = {0};
    struct json *doc = json_parse(c->app->arena, a.body, JSON_STRICT, &e);
    if (!doc)
        fail_msg("no JSON (status %d): %.*s", a.status, (int)(a.body.len < 300 ? a.body.len : 300),
                 a.body.ptr);
    return doc;
}

bool answer_has(struct answer a, const char *text)
{
    return str_find(a.body, str_c(text)) != SIZE_MAX;
}

struct opening {
    enum actor_kind kind;
    const char *login;
    char token[160];
};

static bool open_session(struct ctx *c)
{
    struct opening *o = ctx_arg(c);
    struct account account;
    struct str hash;
    if (!account_by_login(c, o->kind, str_c(o->login), &account, &hash) || !auth_open_session(c, &account))
        return false;
    snprintf(o->token, sizeof o->token, "%.*s", STR_ARG(c->set_session));
    return true;
}

static void open_as(struct client *c, enum actor_kind kind, const char *login)
{
    struct err e = {0};
    struct opening o = {.kind = kind, .login = login};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_write(c->app->server, &system, open_session, &o, &e))
        fail_msg("no session for %s: %s %s", login, e.code, e.detail);
    set_cookie(c, "tb_session", 10, o.token, strlen(o.token));
}

void client_as_officer(struct client *c, const char *login)
{
    open_as(c, ACTOR_OFFICER, login);
}

void client_as_person(struct client *c, const char *mobile)
{
    open_as(c, ACTOR_PERSON, mobile);
}

static void must(bool ok, const struct err *e)
{
    if (!ok) fail_msg("%s %s (%s:%d)", e->code, e->detail[0] ? e->detail : e->arg, e->file, e->line);
}

void testapp_write(struct testapp *t, handler *fn, void *arg)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    must(server_write(t->server, &system, fn, arg, &e), &e);
}

void testapp_read(struct testapp *t, handler *fn, void *arg)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    must(server_read(t->server, &system, fn, arg, &e), &e);
}
