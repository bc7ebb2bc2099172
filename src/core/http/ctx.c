#include "core/base/shared.h"
#include "core/http/private.h"

#include <stdarg.h>

void ctx_init(struct ctx *c, struct server *s, struct arena *a, struct err *e)
{
    *c = (struct ctx){.arena = a, .err = e, .server = s, .lang = &lang_zh_cn};
    c->tx = (struct db_tx){.arena = a, .err = e};
    c->now = server_now(s);
}

struct str in_text(const struct ctx *c, const char *name)
{
    return json_text_of(c->in, name);
}

int64_t in_i64(const struct ctx *c, const char *name, int64_t otherwise)
{
    return json_i64_of(c->in, name, otherwise);
}

bool in_true(const struct ctx *c, const char *name)
{
    return json_true_of(c->in, name);
}

bool in_has(const struct ctx *c, const char *name)
{
    return json_get(c->in, name) != NULL;
}

struct str ctx_param(const struct ctx *c, struct str name)
{
    return params_has(&c->req->form, name) ? params_get(&c->req->form, name)
                                           : params_get(&c->req->query, name);
}

const struct upload *ctx_upload(const struct ctx *c, struct str field)
{
    for (const struct upload *u = c->req->uploads; u; u = u->next)
        if (str_eq(u->field, field) && (u->filename.len || u->content.len)) return u;
    return NULL;
}

struct str ctx_path(const struct ctx *c, const char *name)
{
    return params_get(&c->req->path_params, str_c(name));
}

bool ctx_path_id(struct ctx *c, const char *name, int64_t *id)
{
    if (str_to_i64(ctx_path(c, name), id) && *id > 0) return true;
    return err_missing(c->err, "page", "We cannot find this page.");
}

bool ctx_redirect(struct ctx *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    c->out = (struct outcome){.kind = OUTCOME_REDIRECT, .location = str_fmt_args(c->arena, format, args)};
    va_end(args);
    return true;
}

bool ctx_created(struct ctx *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    c->out = (struct outcome){
        .kind = OUTCOME_REDIRECT, .location = str_fmt_args(c->arena, format, args), .created = true};
    va_end(args);
    return true;
}

bool ctx_file(struct ctx *c, struct str bytes, const char *type, struct str filename)
{
    c->out =
        (struct outcome){.kind = OUTCOME_FILE, .bytes = bytes, .type = str_c(type), .filename = filename};
    return true;
}

void ctx_header(struct ctx *c, const char *name, struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < ' ' || value.ptr[i] > '~') return;
    if (value.len) params_add(&c->headers, c->arena, str_c(name), str_dup(c->arena, value));
}

struct json *ctx_doc(struct ctx *c)
{
    if (!c->doc) c->doc = json_object(c->arena);
    return c->doc;
}

static const struct err_field *field_error(const struct ctx *c, const char *name)
{
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (strcmp(c->failed->fields[i].field, name) == 0) return &c->failed->fields[i];
    return NULL;
}

/* What the partial "field" draws: types of one line are all inputs. */
static const char *kind_of(const char *type)
{
    static const char *const own[] = {"textarea",   "select", "radios", "checkbox",
                                      "checkboxes", "date",   "file",   "hidden"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(type, own[i]) == 0) return type;
    return "input";
}

struct json *ctx_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                       const char *type, struct str value)
{
    struct json *f = json_is(parent, JSON_ARRAY) ? json_add_object(c->arena, parent)
                                                 : json_set_object(c->arena, parent, name);
    bool secret = strcmp(type, "password") == 0;
    if (c->failed && params_has(&c->req->form, str_c(name))) value = params_get(&c->req->form, str_c(name));
    /* What is absent here would be looked up further out in the document: every key of the partial stands, if
     * only as null. */
    static const char *const empty[] = {"hint",      "error",  "source", "autocomplete", "inputmode", "width",
                                        "maxlength", "accept", "max_mb", "rows",         "sent_as"};
    static const char *const no[] = {"required", "readonly", "label_zh"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        json_set(f, empty[i], json_null(c->arena));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        json_set_bool(c->arena, f, no[i], false);
    json_set_c(c->arena, f, "id", name);
    json_set_c(c->arena, f, "name", name);
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_c(c->arena, f, "type", type);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind_of(type), true);
    json_set_str(c->arena, f, "value", secret ? STR_EMPTY : value);
    const struct err_field *wrong = field_error(c, name);
    if (wrong) json_set_str(c->arena, f, "error", tr_arg(c->lang, c->arena, wrong->msgid, str_c(wrong->arg)));
    return f;
}

void ctx_option(struct ctx *c, struct json *field, struct str value, struct str label)
{
    struct json *options = (struct json *)json_get(field, "options");
    if (!options) options = json_set_array(c->arena, field, "options");
    struct json *o = json_add_object(c->arena, options);
    json_set_str(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", label);
    json_set_bool(c->arena, o, "checked", str_eq(value, json_text_of(field, "value")));
}

bool is_place_code(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len == 6;
}

void ctx_notice(struct ctx *c, const char *msgid)
{
    c->notice = str_c(msgid);
    c->notice_warns = false;
}

void ctx_warning(struct ctx *c, const char *msgid)
{
    c->notice = str_c(msgid);
    c->notice_warns = true;
}

struct str ctx_tr(const struct ctx *c, const char *msgid)
{
    return tr(c->lang, msgid);
}

int64_t ctx_id(struct ctx *c)
{
    return id_next(&c->server->ids, c->now);
}

struct keyring *ctx_keys(const struct ctx *c)
{
    return c->server->keys;
}

struct blob_store *ctx_blobs(const struct ctx *c)
{
    return c->server->blobs;
}

void *ctx_shared(struct ctx *c, struct shared *s)
{
    enum { SLOTS = sizeof c->held / sizeof c->held[0] };
    for (size_t i = 0; i < SLOTS; i++) {
        if (c->held[i].of == s) return c->held[i].data;
        if (c->held[i].of) continue;
        c->held[i].data = shared_get(s, c->arena);
        if (c->held[i].data) c->held[i].of = s;
        return c->held[i].data;
    }
    return shared_get(s, c->arena);
}

void ctx_forget_shared(struct ctx *c)
{
    memset(c->held, 0, sizeof c->held);
    memset(c->known, 0, sizeof c->known);
    c->tx.keys = NULL;
}

void ctx_next_part(struct ctx *c)
{
    ctx_forget_shared(c);
    arena_reset(c->arena);
}

bool ctx_outside(struct ctx *c, void (*ask)(struct ctx *c, void *arg), void *arg)
{
    c->outside.ask = ask;
    c->outside.arg = arg;
    return false;
}

void ctx_wait(struct ctx *c, int64_t ms)
{
    if (!c->wait_until_us) c->wait_until_us = time_monotonic_us() + ms * 1000;
    c->waits = true;
}

void *ctx_outside_found(const struct ctx *c)
{
    return c->outside.done ? c->outside.arg : NULL;
}

bool ctx_goes_outside(const struct ctx *c)
{
    return c->outside.ask && !c->outside.done;
}

const void *ctx_known(const struct ctx *c, const void *kind, int64_t id)
{
    for (size_t i = 0; i < sizeof c->known / sizeof c->known[0]; i++)
        if (c->known[i].kind == kind && c->known[i].id == id) return c->known[i].row;
    return NULL;
}

void ctx_know(struct ctx *c, const void *kind, int64_t id, const void *row)
{
    enum { ROWS = sizeof c->known / sizeof c->known[0] };
    for (size_t i = 0; i < ROWS; i++)
        if (c->known[i].kind == kind && c->known[i].id == id) c->known[i].kind = NULL;
    if (!row) return;
    unsigned at = c->known_turn++ % ROWS;
    c->known[at].kind = kind;
    c->known[at].id = id;
    c->known[at].row = row;
}

void ctx_reads(struct ctx *c, int64_t subject, struct str what, int64_t object)
{
    if (!c->reads) c->reads = json_array(c->arena);
    struct json *r = json_add_object(c->arena, c->reads);
    json_set_id(c->arena, r, "subject", subject);
    json_set_str(c->arena, r, "what", what);
    json_set_id(c->arena, r, "object", object);
}

bool permission_held(const struct ctx *c, int n)
{
    switch (n) {
    case PERM_PUBLIC:
        return true;
    case PERM_SIGNED_IN:
        return c->actor.kind == ACTOR_PERSON || c->actor.kind == ACTOR_OFFICER;
    case PERM_PERSON:
        return c->actor.kind == ACTOR_PERSON;
    case PERM_OFFICER:
        return c->actor.kind == ACTOR_OFFICER;
    default:
        return n >= 0 && (c->actor.permissions[n / 64] >> (n % 64) & 1);
    }
}

bool ctx_may(const struct ctx *c, const char *permission)
{
    return permission_held(c, permission_number(c->server, permission));
}

bool ctx_may_open(const struct ctx *c, const char *path)
{
    const struct route_entry *page = router_page(c->server, path);
    return page && permission_held(c, page->permission);
}

void server_permit(const struct server *s, struct actor *actor, struct str roles)
{
    struct str name;
    while (roles.len) {
        roles = str_cut(roles, '|', &name);
        for (size_t i = 0; i < s->role_count; i++)
            for (size_t k = 0; str_eq(s->roles[i].name, name) && k < PERMISSIONS_MAX / 64; k++)
                actor->permissions[k] |= s->roles[i].permissions[k];
    }
}
