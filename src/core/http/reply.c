/* Documents, errors and outcomes become bytes. The one place where kinds of error meet HTTP. */
#include "core/http/private.h"

const char *const reply_headers[][2] = {
    {"Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri "
                                "'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(self), geolocation=(), microphone=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {NULL, NULL},
};

int reply_status(const struct err *e, const struct actor *actor)
{
    switch (e->kind) {
    case ERR_NONE:
        return 200;
    case ERR_INVALID:
        return strcmp(e->code, "request.large") == 0 ? 413 : 422;
    case ERR_DENIED:
        return actor->kind == ACTOR_ANYONE && strcmp(e->code, "auth.sign_in") == 0 ? 401 : 403;
    case ERR_MISSING:
        return strcmp(e->code, "page.method") == 0 ? 405 : 404;
    case ERR_CONFLICT:
        return 409;
    case ERR_BUSY:
        return strcmp(e->code, "limit") == 0 || strcmp(e->code, "auth.locked") == 0 ? 429 : 503;
    case ERR_FAULT:
        return 500;
    }
    return 500;
}

static void add_cookie(struct exchange *x, struct str cookie)
{
    struct answer *n = &x->answer;
    if (n->cookie_count < sizeof n->set_cookie / sizeof n->set_cookie[0])
        n->set_cookie[n->cookie_count++] = cookie;
}

static void add_session_cookie(struct exchange *x)
{
    struct str token = x->ctx.set_session;
    const char *url = x->server->options.public_url;
    const char *secure = url && strncmp(url, "https:", 6) == 0 ? "; Secure" : "";
    if (!token.len) return;
    if (str_eq_c(token, "-"))
        add_cookie(x, str_fmt(x->arena, "tb_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax%s", secure));
    else
        add_cookie(x, str_fmt(x->arena, "tb_session=%.*s; Path=/; HttpOnly; SameSite=Lax%s", STR_ARG(token),
                              secure));
}

static struct str error_text(const struct exchange *x, const struct err *e)
{
    return tr_arg(x->ctx.lang, x->arena, e->msgid ? e->msgid : "", str_c(e->arg));
}

static void add_field_errors(struct exchange *x, struct json *array, const struct err *e)
{
    for (size_t i = 0; i < e->field_count; i++) {
        struct json *f = json_add_object(x->arena, array);
        json_set_str(x->arena, f, "field", str_c(e->fields[i].field));
        json_set_str(x->arena, f, "message",
                     tr_arg(x->ctx.lang, x->arena, e->fields[i].msgid, str_c(e->fields[i].arg)));
    }
}

/* Of a field that does not stand in the page's one list; "" where the table has no words of this language. */
static struct str table_label(const struct exchange *x, struct str field)
{
    const struct field *f = x->entry && x->entry->route ? x->entry->route->in : NULL;
    for (; f && f->name; f++) {
        if (!f->label || !str_eq_c(field, f->name)) continue;
        struct str label = lang_text(x->ctx.lang, str_c(f->label));
        return x->ctx.lang == &lang_en || !str_eq_c(label, f->label) ? label : STR_EMPTY;
    }
    return STR_EMPTY;
}

/* A list of what is wrong names each field as the form does. */
static void name_fields(struct exchange *x, struct json *errors)
{
    for (struct json *e = errors->first; e; e = e->next) {
        struct str label = table_label(x, json_text_of(e, "field"));
        JSON_EACH(f, json_get(x->ctx.doc, "fields"))
        {
            if (str_eq(json_text_of(f, "id"), json_text_of(e, "field"))) label = json_text_of(f, "label");
        }
        if (label.len) json_set_str(x->arena, e, "label", label);
    }
}

static void foreign_error(struct exchange *x, const struct err *e)
{
    bool ours = !x->handled || e->kind == ERR_FAULT || e->kind == ERR_BUSY || x->answer.status == 429;
    x->ctx.reads = NULL;
    const struct route *r = x->entry->route;
    if (r->refusal_status)
        x->answer.status = r->refusal_status(e, x->answer.status);
    else if (!ours)
        x->answer.status = 200;
    x->answer.body = r->refusal(&x->ctx, e, error_text(x, e));
    x->answer.type = STR("application/json");
}

static void json_error(struct exchange *x, const struct err *e)
{
    struct json *doc = json_object(x->arena), *error = json_set_object(x->arena, doc, "error");
    x->ctx.reads = NULL; /* what was read is not shown */
    json_set_c(x->arena, error, "code", e->code);
    json_set_str(x->arena, error, "message", error_text(x, e));
    add_field_errors(x, json_set_array(x->arena, error, "fields"), e);
    if (exchange_owed_page(x, e)) json_set_c(x->arena, error, "location", exchange_owed_page(x, e));
    x->answer.body = json_to_str(x->arena, doc);
    x->answer.type = STR("application/json");
}

/* The address of this page with one query parameter set, for the switches of language and elder mode. */
static struct str same_page(struct exchange *x, const char *name, const char *value)
{
    struct buf b = buf_new(x->arena, 128);
    buf_add(&b, x->request->method == METHOD_GET ? x->request->path : STR("/"));
    char sep = '?';
    for (const struct param *p = x->request->method == METHOD_GET ? x->request->query.first : NULL; p;
         p = p->next) {
        if (str_eq_c(p->name, name)) continue;
        buf_add_char(&b, sep);
        buf_add(&b, url_encode(x->arena, p->name));
        buf_add_char(&b, '=');
        buf_add(&b, url_encode(x->arena, p->value));
        sep = '&';
    }
    buf_fmt(&b, "%c%s=%s", sep, name, value);
    return buf_str(&b);
}

static void add_actor(struct exchange *x, struct json *page)
{
    const struct actor *who = &x->ctx.actor;
    struct json *actor = json_set_object(x->arena, page, "actor");
    json_set_bool(x->arena, actor, "person", who->kind == ACTOR_PERSON);
    json_set_bool(x->arena, actor, "officer", who->kind == ACTOR_OFFICER);
    json_set_str(x->arena, actor, "name", ctx_actor_name(&x->ctx));
    if (who->acting_for) json_set_str(x->arena, actor, "acting_for", ctx_acting_name(&x->ctx));
}

/* An officer sees data of others: the layout shows who reads. */
static bool is_personal(const struct exchange *x)
{
    return x->ctx.actor.kind == ACTOR_OFFICER && (x->ctx.reads || (x->entry && x->entry->personal));
}

/* What a kept notice that warns begins with: no letter of base64url. */
enum { WARNS = '.' };

static void add_notice(struct exchange *x, struct json *page)
{
    struct str kept, id = params_get(&x->request->cookies, STR("tb_notice"));
    struct str notice = x->ctx.notice;
    bool warns = x->ctx.notice_warns;
    if (!notice.len && id.len) {
        warns = id.ptr[0] == WARNS;
        if (warns) id = str_slice(id, 1, id.len);
        /* Only sentences that the program itself says: they are in the table of translations. */
        if (str_unbase64url(x->arena, id, &kept) && utf8_valid(kept) &&
            !str_eq(lang_text(&lang_zh_cn, kept), kept))
            notice = kept;
        add_cookie(x, STR("tb_notice=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
    }
    if (notice.len) json_set_str(x->arena, page, "notice", lang_text(x->ctx.lang, notice));
    json_set_bool(x->arena, page, "notice_warns", notice.len && warns);
}

static bool add_page(struct exchange *x, struct json *doc)
{
    struct arena *a = x->arena;
    struct json *page = json_object(a);
    bool zh = x->ctx.lang != &lang_en;
    json_put_first(doc, "zh", json_boolean(a, zh));
    json_put_first(doc, "page", page);
    json_put_first(doc, "en", json_boolean(a, !zh));
    json_set_c(a, page, "lang", x->ctx.lang->tag);
    json_set_str(a, page, "path", x->request->path);
    json_set_str(a, page, "url_zh", same_page(x, "lang", "zh-CN"));
    json_set_str(a, page, "url_en", same_page(x, "lang", "en"));
    json_set_str(a, page, "url_elder", same_page(x, "elder", x->ctx.elder ? "0" : "1"));
    json_set_bool(a, page, "elder", x->ctx.elder);
    json_set_bool(a, page, "demo", x->server->options.demo);
    json_set_str(a, page, "csrf", x->ctx.actor.csrf);
    json_set_c(a, page, "version", TB_VERSION);
    json_set_c(a, page, "hotline", "12345");
    add_actor(x, page);
    json_set_bool(a, page, "personal", is_personal(x));
    add_notice(x, page);
    json_set_bool(a, page, "has_errors", x->ctx.failed != NULL);
    if (x->ctx.failed) {
        struct json *errors = json_set_array(a, page, "errors");
        add_field_errors(x, errors, x->ctx.failed);
        name_fields(x, errors);
        if (!errors->count) {
            struct json *f = json_add_object(a, errors);
            json_set_str(a, f, "message", error_text(x, x->ctx.failed));
        }
    }
    for (size_t i = 0; i < x->server->module_count; i++) {
        const struct module *m = x->server->modules[i];
        if (m->frame && !m->frame(&x->ctx, page)) return false;
    }
    return true;
}

static bool html_page(struct exchange *x, const char *view, struct json *doc)
{
    struct buf out = buf_new(x->arena, 32 << 10);
    if (!add_page(x, doc) || !views_render(x->server->views, str_c(view), doc, x->ctx.lang, &out, &x->err))
        return false;
    x->answer.body = buf_str(&out);
    x->answer.type = STR("text/html; charset=utf-8");
    return true;
}

static void plain_error(struct exchange *x, const struct err *e)
{
    x->answer.body = str_cat(x->arena, error_text(x, e), STR("\n"));
    x->answer.type = STR("text/plain; charset=utf-8");
}

static void html_error(struct exchange *x, const struct err *e)
{
    struct json *doc = json_object(x->arena);
    struct json *error = json_set_object(x->arena, doc, "error");
    json_set_i64(x->arena, error, "status", x->answer.status);
    json_set_c(x->arena, error, "code", e->code);
    json_set_str(x->arena, error, "message", error_text(x, e));
    json_set_bool(x->arena, error, "missing", e->kind == ERR_MISSING);
    json_set_bool(x->arena, error, "denied", e->kind == ERR_DENIED);
    json_set_bool(x->arena, error, "busy", e->kind == ERR_BUSY);
    json_set_bool(x->arena, error, "fault", e->kind == ERR_FAULT);
    json_set_bool(x->arena, error, "other", e->kind == ERR_INVALID || e->kind == ERR_CONFLICT);
    err_clear(&x->err);
    x->ctx.failed = NULL;
    x->ctx.reads = NULL; /* what was read is not shown */
    if (!x->tx_open || !html_page(x, "site/error", doc)) plain_error(x, e);
}

/* A wrong form comes back as it was sent, with what is wrong beside each field. */
static bool form_again(struct exchange *x, const struct err *e)
{
    const struct route *r = x->entry ? x->entry->route : NULL;
    if (!r || !r->again || !r->view || !x->tx_open || x->rendered ||
        (e->kind != ERR_INVALID && e->kind != ERR_CONFLICT && e->kind != ERR_BUSY))
        return false;
    struct ctx *c = &x->ctx;
    err_clear(&x->err);
    if (!exchange_allowed(x)) return false;
    c->failed = e;
    c->doc = NULL;
    c->reads = NULL;
    c->out = (struct outcome){0};
    if (!r->again(c) || c->out.kind != OUTCOME_DOCUMENT) return false;
    if (r->present && !r->present(c)) return false;
    return html_page(x, r->view, ctx_doc(c));
}

/* People and officers sign in at different doors. */
static struct str door(const struct exchange *x)
{
    bool office = x->entry && (x->entry->permission >= 0 || x->entry->permission == PERM_OFFICER);
    return office ? STR("/office/sign-in?next=") : STR("/sign-in?next=");
}

static void reply_error(struct exchange *x)
{
    struct err *e = ARENA_NEW(x->arena, struct err);
    *e = x->err;
    x->failed = e;
    x->answer.status = reply_status(e, &x->ctx.actor);
    if (!x->ctx.html) {
        if (x->entry && x->entry->route->refusal)
            foreign_error(x, e);
        else
            json_error(x, e);
        return;
    }
    if (exchange_owed_page(x, e)) {
        x->ctx.reads = NULL;
        x->answer.location = str_c(exchange_owed_page(x, e));
        x->answer.status = 303;
        return;
    }
    if (x->answer.status == 401) {
        x->ctx.reads = NULL;
        struct str back = x->request->method == METHOD_GET ? same_page(x, "from", "1") : STR("/");
        x->answer.location = str_cat(x->arena, door(x), url_encode(x->arena, back));
        x->answer.status = 303;
        return;
    }
    if (!form_again(x, e)) html_error(x, e);
}

static void keep_notice(struct exchange *x)
{
    if (!x->ctx.notice.len) return;
    struct str id = str_base64url(x->arena, x->ctx.notice.ptr, x->ctx.notice.len);
    add_cookie(x, str_fmt(x->arena, "tb_notice=%s%.*s; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
                          x->ctx.notice_warns ? (char[]){WARNS, 0} : "", STR_ARG(id)));
}

static void reply_redirect(struct exchange *x)
{
    x->answer.location = x->ctx.out.location;
    if (x->ctx.html) {
        keep_notice(x);
        x->answer.status = 303;
        return;
    }
    struct json *doc = ctx_doc(&x->ctx);
    json_set_str(x->arena, doc, "location", x->answer.location);
    x->answer.status = x->ctx.out.created ? 201 : 200;
    x->answer.body = json_to_str(x->arena, doc);
    x->answer.type = STR("application/json");
}

static bool reply_document(struct exchange *x)
{
    const struct route *r = x->entry->route;
    x->answer.status = 200;
    if (!x->ctx.html || !r->view) {
        x->answer.body = json_to_str(x->arena, ctx_doc(&x->ctx));
        x->answer.type = STR("application/json");
        return true;
    }
    if (r->present && !r->present(&x->ctx)) return false;
    return html_page(x, r->view, ctx_doc(&x->ctx));
}

/* Of the JSON face, whichever is asked for. */
static void show_answer(struct exchange *x)
{
    const struct outcome *out = &x->ctx.out;
    struct json *doc = out->kind == OUTCOME_FILE ? NULL : ctx_doc(&x->ctx);
    int status = doc ? out->created ? 201 : 200 : out->status ? out->status : 200;
    if (out->kind == OUTCOME_REDIRECT) json_set_str(x->arena, doc, "location", out->location);
    x->server->options.looks(x->entry->route, status, doc, doc ? STR_EMPTY : out->type);
}

void reply_make(struct exchange *x)
{
    x->answer.headers = x->ctx.headers;
    if (x->ok) {
        if (x->server->options.looks) show_answer(x);
        add_session_cookie(x);
        switch (x->ctx.out.kind) {
        case OUTCOME_REDIRECT:
            reply_redirect(x);
            return;
        case OUTCOME_FILE:
            x->answer.status = x->ctx.out.status ? x->ctx.out.status : 200;
            x->answer.body = x->ctx.out.bytes;
            x->answer.type = x->ctx.out.type;
            x->answer.filename = x->ctx.out.filename;
            return;
        case OUTCOME_DOCUMENT:
            if (reply_document(x)) {
                x->cacheable = (x->entry->route->flags & ROUTE_CACHED) && x->ctx.actor.kind == ACTOR_ANYONE &&
                               !x->answer.cookie_count;
                return;
            }
        }
    }
    reply_error(x);
}
