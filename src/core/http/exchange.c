/* One request through its stages (design: reads in parallel, writes in one queue):
 *
 *   open ── read ─────────────────────────── reply
 *     │       ├─ waits for another server: outside (threads of its own) ── read once more
 *     │       └─ shows personal data: record ─┘      (the answer waits for the durable record)
 *     ├─ prepare (pool) ── write (writer) ── reply
 *     └──────────────────── write ────────── reply
 *                             ├─ nothing there yet: waits (wait.c) ── write once more
 *                             └─ changed what is kept in memory: refresh (pool) ── reply
 *
 * Whatever the answer shows of people is recorded before it leaves: also a form that comes back because the
 * write failed. Each stage runs under the arena's guard, so that exhaustion anywhere ends in one plain
 * answer. */
#include "core/http/private.h"

enum { WRITE_DEADLINE_US = 5000000, OUTSIDE_THREADS = 16 };

static bool guarded(struct exchange *x, bool (*stage)(struct exchange *x))
{
    jmp_buf env;
    if (setjmp(env)) {
        x->exhausted = true;
        arena_guard(x->arena, NULL);
        return false;
    }
    jmp_buf *previous = arena_guard(x->arena, &env);
    bool ok = stage(x);
    arena_guard(x->arena, previous);
    return ok;
}

static void close_tx(struct exchange *x)
{
    if (!x->tx_open) return;
    x->tx_open = false;
    db_leave(x->server->db, &x->ctx.tx);
}

static bool open_tx(struct exchange *x)
{
    if (x->tx_open) return true;
    memset(x->ctx.known, 0, sizeof x->ctx.known);
    if (!db_begin_read(x->server->db, x->arena, &x->err, &x->ctx.tx)) return false;
    x->tx_open = true;
    return true;
}

/* ---- what the request says of itself ---- */

static bool wants_html(const struct request *r)
{
    /* A client that asks for JSON names it; everyone else is a browser. */
    return str_find(r->accept, STR("application/json")) == SIZE_MAX;
}

static void choose_language(struct exchange *x)
{
    const struct lang *asked = lang_find(params_get(&x->request->query, STR("lang")));
    const struct lang *kept = lang_find(params_get(&x->request->cookies, STR("tb_lang")));
    x->ctx.lang = asked ? asked : kept ? kept : lang_accept(x->request->accept_language);
    if (asked)
        x->answer.set_cookie[x->answer.cookie_count++] =
            str_fmt(x->arena, "tb_lang=%s; Path=/; Max-Age=31536000; SameSite=Lax", asked->tag);
    struct str elder = params_get(&x->request->query, STR("elder"));
    if (!elder.len) {
        x->ctx.elder = str_eq_c(params_get(&x->request->cookies, STR("tb_elder")), "1");
    } else {
        x->ctx.elder = str_eq_c(elder, "1");
        x->answer.set_cookie[x->answer.cookie_count++] =
            str_fmt(x->arena, "tb_elder=%d; Path=/; Max-Age=31536000; SameSite=Lax", x->ctx.elder);
    }
}

/* "all" takes a choice back. What a code means is for modules to say. */
static void choose_place(struct exchange *x)
{
    struct str asked = params_get(&x->request->query, STR("place")),
               kept = params_get(&x->request->cookies, STR("tb_place"));
    if (is_place_code(asked)) {
        x->ctx.place = asked;
        x->answer.set_cookie[x->answer.cookie_count++] =
            str_fmt(x->arena, "tb_place=%.*s; Path=/; Max-Age=31536000; SameSite=Lax", STR_ARG(asked));
    } else if (str_eq_c(asked, "all")) {
        x->answer.set_cookie[x->answer.cookie_count++] = STR("tb_place=; Path=/; Max-Age=0; SameSite=Lax");
    } else if (is_place_code(kept)) {
        x->ctx.place = kept;
    }
}

static bool parse_body(struct exchange *x, struct json **body)
{
    struct request *r = x->request;
    *body = NULL;
    if (r->method != METHOD_POST || !r->body.len) return true;
    if (str_starts(r->content_type, STR("application/json"))) {
        *body = json_parse(x->arena, r->body, JSON_STRICT, &x->err);
        return *body != NULL;
    }
    if (str_starts(r->content_type, STR("multipart/form-data")))
        return request_parse_multipart(r, x->arena, r->body, &x->err);
    if (str_starts(r->content_type, STR("application/x-www-form-urlencoded")))
        return params_parse_form(&r->form, x->arena, r->body, &x->err);
    return err_invalid(&x->err, "request.type", "This kind of content cannot be used here.");
}

/* ---- who asks, and may they ---- */

static const char *cookie_flags(const struct exchange *x)
{
    const char *url = x->server->options.public_url;
    return url && strncmp(url, "https:", 6) == 0 ? "; Path=/; HttpOnly; SameSite=Lax; Secure"
                                                 : "; Path=/; HttpOnly; SameSite=Lax";
}

/* Forms of people who are not signed in are bound to a random visit. */
static struct str visit_of(struct exchange *x)
{
    struct str visit = params_get(&x->request->cookies, STR("tb_visit"));
    bool browser =
        x->ctx.html ||
        x->request->cookies.count; /* an app with the cookie of an ended session needs one to sign in again */
    if (visit.len >= 20 || !browser || (x->entry->route->flags & ROUTE_CACHED)) return visit;
    uint8_t bytes[16];
    crypto_random(bytes, sizeof bytes);
    visit = str_base64url(x->arena, bytes, sizeof bytes);
    x->answer.set_cookie[x->answer.cookie_count++] =
        str_fmt(x->arena, "tb_visit=%.*s%s", STR_ARG(visit), cookie_flags(x));
    return visit;
}

/* By what is owed: where it is done, and why one is led there. */
static const struct owed {
    unsigned flag;
    const char *code, *page, *msgid;
} owed[] = {
    [PENDING_CODE] = {ROUTE_AT_CODE, "auth.owes_code", "/office/sign-in/code",
                      "Please enter the code of your authenticator first."},
    [PENDING_PASSWORD] = {ROUTE_AT_PASSWORD, "auth.owes_password", "/office/password",
                          "Please choose a password of your own first."},
    [PENDING_FACTOR] = {ROUTE_AT_FACTOR, "auth.owes_factor", "/office/second-factor",
                        "Please set up your second factor first."},
};

const char *exchange_owed_page(const struct exchange *x, const struct err *e)
{
    const struct owed *o = &owed[x->ctx.actor.pending];
    return o->code && strcmp(o->code, e->code) == 0 ? o->page : NULL;
}

static bool owes_nothing(struct exchange *x)
{
    const struct owed *o = &owed[x->ctx.actor.pending];
    return !o->code || (x->entry->route->flags & o->flag) || err_denied(&x->err, o->code, o->msgid);
}

static bool permitted(struct exchange *x)
{
    const struct ctx *c = &x->ctx;
    if (!owes_nothing(x)) return false;
    if (permission_held(c, x->entry->permission)) return true;
    if (c->actor.kind == ACTOR_ANYONE) return err_denied(&x->err, "auth.sign_in", "Please sign in first.");
    return err_denied(&x->err, "auth.permission", "Your account does not have the right to do this.");
}

static bool not_forged(struct exchange *x)
{
    struct request *r = x->request;
    if (r->method != METHOD_POST) return true;
    bool foreign = str_eq_c(r->fetch_site, "cross-site") || str_eq_c(r->fetch_site, "same-site");
    struct str token = r->csrf_header.len ? r->csrf_header : params_get(&r->form, STR("csrf"));
    bool anonymous = x->ctx.actor.kind == ACTOR_ANYONE;
    bool bare =
        anonymous && !r->cookies.count && !r->origin.len && !r->fetch_site.len; /* a program, not a browser */
    if (!foreign && (bare || auth_csrf_ok(&x->ctx, token))) return true;
    return err_denied(&x->err, "auth.form",
                      "This form is no longer valid. Please open the page again and repeat your entry.");
}

static bool in_scope(struct exchange *x)
{
    handler *check = x->entry->route->scope.check;
    x->in_scope = !check || check(&x->ctx);
    return x->in_scope;
}

bool exchange_allowed(struct exchange *x)
{
    return x->permitted && (x->in_scope || in_scope(x));
}

static bool limited(struct exchange *x)
{
    if (!(x->entry->route->flags & ROUTE_LIMITED)) return true;
    return auth_limit(&x->ctx, x->entry->route->path, x->request->peer, 30, MS_MINUTE);
}

static bool still_acts(struct exchange *x)
{
    return !x->ctx.actor.acting_for || !x->server->check_acting || x->server->check_acting(&x->ctx);
}

static bool identify(struct exchange *x, struct str visit)
{
    x->unknown = false;
    x->permitted = x->in_scope = false;
    x->permitted = auth_load(&x->ctx, params_get(&x->request->cookies, STR("tb_session")), visit) &&
                   permitted(x) && still_acts(x);
    return x->permitted;
}

static bool writes(const struct route *r)
{
    return r->method == METHOD_POST && !(r->flags & ROUTE_READS);
}

static bool prepares(const struct exchange *x, const struct route *r)
{
    return r->prepare && (!(r->flags & ROUTE_FILES) || x->request->uploads);
}

static bool straight_to_writer(const struct exchange *x, const struct route *r)
{
    return writes(r) && !prepares(x, r);
}

static bool read_fields(struct exchange *x, const struct json *body)
{
    const struct request *r = x->request;
    const struct params *given = r->method == METHOD_POST ? &r->form : &r->query;
    x->ctx.in = json_object(x->arena);
    if (!x->entry->route->in || fields_read(x->entry->route->in, given, body, x->arena, x->ctx.in, &x->err))
        return true;
    struct err fault = x->err;
    err_clear(&x->err);
    if (exchange_allowed(x)) x->err = fault;
    return false;
}

/* What a page of ours sends is sound nearly always. A form that goes straight to the writer, which looks who
 * asks before anything else, need not look here as well: its token shows that it belongs to a session.
 * Whatever is not sound takes the long way, which knows the words for it. */
static bool goes_straight_on(struct exchange *x)
{
    const struct request *r = x->request;
    const struct route *route = x->entry ? x->entry->route : NULL;
    struct json *body;
    if (!route || !straight_to_writer(x, route) || (route->flags & ROUTE_LIMITED) || x->no_room ||
        x->too_large || !str_starts(r->content_type, STR("application/x-www-form-urlencoded")))
        return false;
    x->unknown = x->ctx.html && parse_body(x, &body) && !str_eq_c(r->fetch_site, "cross-site") &&
                 !str_eq_c(r->fetch_site, "same-site") &&
                 auth_csrf_pair(&x->ctx, params_get(&r->cookies, STR("tb_session")),
                                params_get(&r->form, STR("csrf")));
    x->ctx.route = route;
    x->ctx.in = json_object(x->arena);
    if (x->unknown && (!route->in || fields_read(route->in, &r->form, NULL, x->arena, x->ctx.in, &x->err)))
        return true;
    err_clear(&x->err);
    x->unknown = false;
    x->request->form = (struct params){0};
    return false;
}

static bool open_stage(struct exchange *x)
{
    struct request *r = x->request;
    struct json *body;
    bool other_method = false;
    x->ctx.req = r;
    x->ctx.html = wants_html(r);
    choose_language(x);
    choose_place(x);
    if (!x->entry)
        x->entry = router_find(x->server, x->arena, r->method, r->path, &r->path_params, &other_method);
    if (x->entry && (x->entry->route->flags & ROUTE_PROGRAM)) x->ctx.html = false;
    if (goes_straight_on(x)) return true;
    if (!open_tx(x)) return false;
    if (!x->entry) {
        if (!auth_load(&x->ctx, params_get(&r->cookies, STR("tb_session")),
                       params_get(&r->cookies, STR("tb_visit"))))
            return false;
        return other_method
                   ? err_missing(&x->err, "page.method", "This address does not take such a request.")
                   : err_missing(&x->err, "page", "We cannot find this page.");
    }
    x->ctx.route = x->entry->route;
    if (!auth_load(&x->ctx, params_get(&r->cookies, STR("tb_session")), STR_EMPTY)) return false;
    if (x->ctx.actor.kind == ACTOR_ANYONE && !auth_load(&x->ctx, STR_EMPTY, visit_of(x))) return false;
    if (!permitted(x) || !still_acts(x)) return false;
    x->permitted = true;
    if (x->no_room)
        return err_busy(&x->err, "memory.bodies",
                        "Very many people are here right now. Please try again in a moment.");
    if (x->too_large)
        return err_invalid(&x->err, "request.large",
                           "What you sent is too large. Please send less, or smaller files.");
    if (!parse_body(x, &body) || !not_forged(x) || !limited(x)) return false;
    /* What goes straight to the writer meets its scope there; who is out of it learns nothing else before. */
    if (!straight_to_writer(x, x->entry->route) && !in_scope(x)) return false;
    return read_fields(x, body);
}

/* ---- stages after opening ---- */

static bool read_stage(struct exchange *x)
{
    x->handled = open_tx(x);
    return x->handled && x->entry->route->handle(&x->ctx);
}

static bool prepare_stage(struct exchange *x)
{
    return open_tx(x) && x->entry->route->prepare(&x->ctx);
}

static bool write_stage(struct exchange *x)
{
    struct str visit = params_get(&x->request->cookies, STR("tb_visit"));
    x->handled = identify(x, visit) && in_scope(x);
    return x->handled && x->entry->route->handle(&x->ctx) && snapshots_note(&x->ctx);
}

static bool record_stage(struct exchange *x)
{
    bool ok = true;
    for (size_t i = 0; ok && i < RECORDERS_MAX && x->server->record_reads[i]; i++)
        ok = x->server->record_reads[i](&x->ctx);
    return ok;
}

/* A run inside the writer starts clean each time: it may be the second. */
static bool run_in_writer(struct write_task *t, struct db_conn *conn)
{
    struct exchange *x = t->submitter;
    struct ctx *c = &x->ctx;
    bool recording = x->stage == STAGE_RECORDED;
    err_clear(&x->err);
    ctx_forget_shared(c);
    if (!recording) {
        c->doc = NULL;
        c->out = (struct outcome){0};
        c->headers = (struct params){0};
        c->reads = NULL;
        c->calls = NULL;
        c->set_session = c->notice = STR_EMPTY;
        c->changed = 0;
        c->notice_warns = c->jobs_added = c->stirs = c->waits = false;
    }
    c->tx.conn = conn;
    bool ok = guarded(x, recording ? record_stage : write_stage);
    if (ok && !recording && (c->reads || c->calls)) {
        ok = guarded(x, record_stage);
        c->calls = NULL;
        c->reads = NULL; /* what the page shows beyond it is recorded on its own */
    }
    c->tx.conn = NULL;
    if (x->exhausted) err_busy(&x->err, "memory", "There is too much in this request.");
    return ok;
}

static void written(struct write_task *t, bool ok)
{
    struct exchange *x = t->submitter;
    struct server *s = x->server;
    x->ok = ok;
    pthread_mutex_lock(&s->written_lock);
    x->next = s->written;
    s->written = x;
    pthread_mutex_unlock(&s->written_lock);
}

/* Those whose record stands, before they leave. */
static void tell_recorded(struct server *s, struct exchange *list)
{
    enum { LOT = 256 };
    struct ctx *lot[LOT];
    size_t n = 0;
    for (struct exchange *x = list; x && s->recorded; x = x->next) {
        if (x->stage != STAGE_RECORDED || !x->ok || x->err.kind != ERR_NONE || !x->ctx.calls) continue;
        lot[n++] = &x->ctx;
        if (n < LOT) continue;
        s->recorded(s, lot, n);
        n = 0;
    }
    if (n) s->recorded(s, lot, n);
}

/* One by one they would wake their threads at once, which would interrupt the writer for each. */
void exchange_release(void *arg)
{
    struct server *s = arg;
    pthread_mutex_lock(&s->written_lock);
    struct exchange *list = s->written;
    s->written = NULL;
    pthread_mutex_unlock(&s->written_lock);
    tell_recorded(s, list);
    while (list) {
        void (*resume)(struct exchange *) = list->resume;
        struct exchange *lot = NULL, *others = NULL;
        for (struct exchange *x = list, *next; x; x = next) {
            next = x->next;
            struct exchange **to = x->resume == resume ? &lot : &others;
            x->next = *to;
            *to = x;
        }
        resume(lot);
        list = others;
    }
}

static bool outside_stage(struct exchange *x)
{
    x->ctx.outside.ask(&x->ctx, x->ctx.outside.arg);
    x->ctx.outside.done = true;
    return true;
}

static struct work_pool *pool_of(struct server *s, enum step step)
{
    if (step == STEP_POOL) return s->pool;
    pthread_mutex_lock(&s->outside_lock);
    if (!s->outside) s->outside = pool_start(OUTSIDE_THREADS);
    pthread_mutex_unlock(&s->outside_lock);
    return s->outside;
}

static void run_in_pool(struct pool_task *t)
{
    struct exchange *x = t->submitter;
    if (x->stage == STAGE_REFRESHED) {
        x->ok = server_refresh(x->server, &x->err);
        x->refreshed = true;
    } else if (x->stage == STAGE_ASKED) {
        x->ok = guarded(x, outside_stage);
    } else {
        x->ok = guarded(x, prepare_stage);
        close_tx(x);
    }
    x->next = NULL;
    x->resume(x);
}

bool exchange_submit(struct exchange *x, enum step step)
{
    if (step == STEP_WAIT) {
        x->waited_out = false;
        if (waiting_add(x->server->waiting, x)) return true;
        x->waited_out = true;
        return false;
    }
    if (step != STEP_WRITE) {
        struct work_pool *pool = pool_of(x->server, step);
        x->pool.run = run_in_pool;
        x->pool.submitter = x;
        if (pool && pool_submit(pool, &x->pool)) return true;
        if (x->stage == STAGE_REFRESHED) return false; /* the change stands: no refusal any more */
        err_busy(&x->err, "pool.full", "Very many people are here right now. Please try again in a moment.");
    } else {
        x->write = (struct write_task){.run = run_in_writer,
                                       .done = written,
                                       .err = &x->err,
                                       .submitter = x,
                                       .deadline_us = time_monotonic_us() + WRITE_DEADLINE_US};
        if (writer_submit(x->server->writer, &x->write, LANE_INTERACTIVE)) return true;
        err_busy(&x->err, "writer.full",
                 "Very many people are here right now. Please try again in a moment.");
    }
    x->ok = false;
    return false;
}

static bool make_reply(struct exchange *x)
{
    /* A page needs a transaction for its frame; without one the plain error text is the answer. Who is led on
     * gets none. */
    bool page = x->ctx.html && !(x->ok && x->ctx.out.kind == OUTCOME_REDIRECT);
    if (page && !open_tx(x)) x->ok = false;
    if (x->unknown && x->tx_open) {
        const struct err said = x->err; /* the writer had no place for it: what is said of that stands */
        (void)identify(x, STR_EMPTY);
        x->err = said;
    }
    reply_make(x);
    return true;
}

static enum step leave(struct exchange *x)
{
    x->stage = STAGE_DONE;
    auth_touch(x->server, &x->ctx.actor);
    struct metrics *m = &x->server->metrics;
    m->requests++;
    if (x->answer.status >= 500)
        m->errors_server++;
    else if (x->answer.status >= 400)
        m->errors_client++;
    const struct err *e = x->err.kind == ERR_FAULT ? &x->err : x->failed;
    if (e && e->kind == ERR_FAULT) {
        char place[200];
        snprintf(place, sizeof place, "%s:%d", e->file ? e->file : "?", e->line);
        log_event(LOG_LEVEL_ERROR, "fault", "route", x->entry ? x->entry->route->path : "-", "place", place,
                  "detail", e->detail, NULL);
    }
    return STEP_REPLY;
}

/* The answer is rendered; where it shows personal data it waits until that is on record. */
static enum step finish(struct exchange *x)
{
    if (!x->exhausted) guarded(x, make_reply);
    if (x->exhausted) {
        x->ctx.reads = NULL;
        x->ctx.calls = NULL;
        x->answer = (struct answer){
            .status = 503,
            .type = STR("text/plain; charset=utf-8"),
            .body = STR("There is too much in this request. 这次请求的内容过多。\n")}; /* no translation */
    }
    close_tx(x);
    if ((!x->ctx.reads && !x->ctx.calls) || !x->server->record_reads[0] || x->rendered) return leave(x);
    x->rendered = true;
    x->stage = STAGE_RECORDED;
    return STEP_WRITE;
}

/* The read path, once who asks is known and what is asked is sound. */
static enum step read_on(struct exchange *x)
{
    x->ok = guarded(x, read_stage);
    if (!ctx_goes_outside(&x->ctx))
        return finish(x); /* a page that could be made without is made again, too */
    close_tx(x);
    ctx_forget_shared(&x->ctx);
    x->ctx.doc = x->ctx.reads = NULL;
    x->ctx.calls = NULL;
    x->ctx.out = (struct outcome){0};
    x->stage = STAGE_ASKED;
    return STEP_OUTSIDE;
}

enum step exchange_run(struct exchange *x)
{
    const struct route *r;
    switch (x->stage) {
    case STAGE_OPEN:
        x->ok = guarded(x, open_stage);
        if (!x->ok) return finish(x);
        r = x->entry->route;
        if (prepares(x, r) || writes(r)) close_tx(x);
        if (prepares(x, r)) {
            x->stage = STAGE_PREPARED;
            return STEP_POOL;
        }
        if (!writes(r)) return read_on(x);
        x->stage = STAGE_WRITTEN;
        return STEP_WRITE;
    case STAGE_PREPARED:
        if (!x->ok) return finish(x);
        if (!writes(x->entry->route)) return read_on(x);
        x->stage = STAGE_WRITTEN;
        return STEP_WRITE;
    case STAGE_ASKED:
        return x->ok ? read_on(x) : finish(x);
    case STAGE_WRITTEN:
        if (x->ok && x->ctx.jobs_added && x->server->jobs) jobs_wake(x->server->jobs);
        if (x->ok && x->ctx.stirs) waiting_stir(x->server->waiting);
        if (x->ok && x->ctx.waits && time_monotonic_us() < x->ctx.wait_until_us) {
            x->stage = STAGE_WAITING;
            return STEP_WAIT;
        }
        if (!x->ok || !x->ctx.changed) return finish(x);
        x->stage = STAGE_REFRESHED;
        return STEP_POOL;
    case STAGE_WAITING:
        if (x->waited_out) return finish(x);
        x->stage = STAGE_WRITTEN;
        return STEP_WRITE;
    case STAGE_REFRESHED:
        if (!x->refreshed) x->ok = server_refresh(x->server, &x->err); /* the pool was full */
        return finish(x);
    case STAGE_RECORDED:
        if (x->ok && x->err.kind == ERR_NONE) {
            if (x->ctx.out.kind == OUTCOME_FILE) x->answer.body = x->ctx.out.bytes;
            return leave(x);
        }
        x->ok = false;
        x->answer = (struct answer){0}; /* not on record, or refused there: nothing of it leaves */
        x->cacheable = false;
        return finish(x);
    case STAGE_DONE:
        break;
    }
    return STEP_REPLY;
}

struct exchange *exchange_new(struct arena *a)
{
    struct exchange *x = arena_bytes(a, sizeof *x);
    memset(x, 0, offsetof(struct exchange, err));
    err_clear(&x->err);
    return x;
}

void exchange_init(struct exchange *x, struct server *s, struct arena *a, struct request *r)
{
    x->server = s;
    x->arena = a;
    x->request = r;
    x->begun_us = time_monotonic_us();
    ctx_init(&x->ctx, s, a, &x->err);
}
