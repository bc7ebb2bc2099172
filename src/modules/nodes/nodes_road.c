/* Systems of this node ask another one: POST /exchange/{service id}, and /r1/{service id} as users of X-Road
 * know it.
 *
 * The system signs as it does for any resource (docs/exchange.md). Under /r1 it also names itself in
 * X-Road-Client; X-Road-Id makes a repeat the same call; what went wrong stands in X-Road-Error. A case is
 * asserted to the other node after it was found here, live and of that subject. */
#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/nodes/nodes_internal.h"
#include "modules/people/people.h"

enum { FIELDS_MAX = 60, MESSAGE_MAX = 300 };

const struct field road_fields[] = {
    {"id", FIELD_LINE, "Id of the call", .max = CALL_ID_MAX},
    {"mode", FIELD_CHOICE, "Way of asking", .required = true, .choices = "check|query"},
    {"purpose", FIELD_LINE, "Purpose", .required = true, .max = 40},
    {"kind", FIELD_CHOICE, "Kind of subject", .choices = "person|organisation"},
    {"number", FIELD_LINE, "Number of the subject", .required = true, .max = 64},
    {"case", FIELD_LINE, "Case", .max = 64},
    {"operator", FIELD_LINE, "Who asks, at the system", .max = 60},
    {"fields", FIELD_LIST, "Items of data that are needed", .max = FIELDS_MAX},
    {"facts", FIELD_JSON, .label = "Facts to be checked"},
    {0},
};
const struct field road_meta_fields[] = {{"serviceCode", FIELD_LINE, "Service asked", .max = NODE_CODE_MAX},
                                         {0}};

static bool is_road(const struct ctx *c)
{
    return str_starts(c->req->path, STR("/r1/"));
}

/* Behind "/exchange/" or "/r1/". */
static struct str service_of(const struct ctx *c)
{
    return str_slice(c->req->path, is_road(c) ? 4 : 10, c->req->path.len);
}

/* ---- who asks, and by which name ---- */

static bool client_of(struct ctx *c, const struct exchange_who *who, struct str *client)
{
    struct str said = request_header(c->req, "X-Road-Client");
    *client = nodes_own_subsystem(c, who->unit, who->code);
    if (is_road(c) && !said.len)
        return err_denied(c->err, "nodes.client_missing", "The header X-Road-Client is missing.");
    return !said.len || str_eq(said, *client) ||
           err_denied(c->err, "nodes.client", "The directory does not name this system as one of this node.");
}

static bool call_id(struct ctx *c, struct str *id)
{
    uint8_t bytes[16];
    *id = request_header(c->req, "X-Road-Id");
    if (!id->len) *id = in_text(c, "id");
    if (!id->len) {
        crypto_random(bytes, sizeof bytes);
        *id = str_hex(c->arena, bytes, sizeof bytes);
    }
    for (size_t i = 0; i < id->len; i++)
        if (id->ptr[i] <= ' ' || id->ptr[i] > '~') id->len = CALL_ID_MAX + 1;
    return id->len <= CALL_ID_MAX ||
           err_at(c->err, STR("id"), "An id has at most 64 characters, letters, digits and signs.",
                  STR_EMPTY);
}

/* ---- what is asked ---- */

static void take_text(struct ctx *c, struct json *o, const char *name)
{
    if (in_has(c, name)) json_set_str(c->arena, o, name, in_text(c, name));
}

static bool content_of(struct ctx *c, struct json **content, int64_t *subject)
{
    static const char *const names[] = {"mode", "purpose", "kind", "number", "operator", "case"};
    struct json *o = *content = json_object(c->arena);
    bool firm = str_eq_c(in_text(c, "kind"), "organisation");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        take_text(c, o, names[i]);
    struct str number = exchange_number(c, in_text(c, "number"));
    if (in_has(c, "number")) json_set_str(c->arena, o, "number", number);
    if (json_get(c->in, "fields")) json_set(o, "fields", json_copy(c->arena, json_get(c->in, "fields")));
    if (json_get(c->in, "facts")) json_set(o, "facts", json_copy(c->arena, json_get(c->in, "facts")));
    return people_find(c, firm ? SUBJECT_ORGANISATION : SUBJECT_PERSON, number, subject);
}

static bool name_case(struct ctx *c, struct json *content)
{
    struct exchange_case about;
    if (!in_has(c, "case")) return true;
    if (!exchange_live_case(c, in_text(c, "kind"), in_text(c, "number"), in_text(c, "case"), &about))
        return false;
    json_set_str(c->arena, content, "item", about.base.len ? about.base : about.item_code);
    return true;
}

/* ---- the answer, as a document that the handler gives on ---- */

static void keep_answer(struct ctx *c, const struct node_question *q, const struct node_reply *r)
{
    struct json *o = c->prepared = json_object(c->arena);
    json_set_str(c->arena, o, "client", q->client);
    json_set_str(c->arena, o, "service", q->service);
    json_set_str(c->arena, o, "id", q->id);
    json_set_str(c->arena, o, "result", r->result);
    json_set_str(c->arena, o, "request", r->request_digest);
    if (r->content) json_set_str(c->arena, o, "content", json_to_str(c->arena, r->content));
}

/* In X-Road's own shape an error is a document; other faces have the house's. */
static bool keep_error(struct ctx *c)
{
    if (!is_road(c) || c->err->kind == ERR_FAULT || !c->err->kind) return false;
    struct json *o = c->prepared ? c->prepared : (c->prepared = json_object(c->arena));
    bool ours = strncmp(c->err->code, "nodes.", 6) == 0 || c->err->kind == ERR_BUSY;
    json_set_str(c->arena, o, "error", str_c(c->err->code));
    json_set_str(c->arena, o, "message", tr_arg(c->lang, c->arena, c->err->msgid, str_c(c->err->arg)));
    json_set_i64(c->arena, o, "status",
                 c->err->kind == ERR_INVALID ? 400
                 : c->err->kind == ERR_BUSY  ? 503
                 : ours                      ? 500
                                             : 403);
    err_clear(c->err);
    return true;
}

/* What a case says of a person is looked up for who may call at all. */
static bool ask_for(struct ctx *c, struct node_question *q, struct node_reply *r)
{
    struct json *content;
    const struct dir_node *to;
    if (!call_id(c, &q->id) || !client_of(c, q->who, &q->client) || !content_of(c, &content, &q->subject))
        return false;
    q->content = content;
    struct json *o = c->prepared = json_object(c->arena);
    json_set_str(c->arena, o, "client", q->client);
    json_set_str(c->arena, o, "service", q->service);
    json_set_str(c->arena, o, "id", q->id);
    return nodes_may_ask(c, q, &to) && name_case(c, content) && nodes_ask(c, q, r);
}

static bool ask(struct ctx *c)
{
    struct exchange_who who;
    struct node_question q = {.service = service_of(c), .who = &who};
    struct node_reply r = {0};
    if (!exchange_who(c, "POST", &who)) return false;
    if (!ask_for(c, &q, &r)) return nodes_refuse(c, &q);
    keep_answer(c, &q, &r);
    return true;
}

bool road_prepare(struct ctx *c)
{
    return ask(c) || keep_error(c);
}

static bool take_nonce(struct ctx *c)
{
    return exchange_take_nonce(c, ctx_arg(c));
}

/* Of this node the answer is at hand; of another it is a call like any other. */
static bool ask_meta_for(struct ctx *c, struct node_question *q, struct node_reply *r)
{
    const struct actor system = {.kind = ACTOR_SYSTEM, .unit = q->who->unit};
    const struct nodes_known *k;
    struct str subsystem, code, version;
    struct json *content = json_object(c->arena), *own = NULL;
    q->content = content;
    if (in_has(c, "serviceCode")) json_set_str(c->arena, content, "service", in_text(c, "serviceCode"));
    if (!call_id(c, &q->id) || !client_of(c, q->who, &q->client) || !nodes_in_force(c, &k)) return false;
    service_split(q->service, &subsystem, &code, &version);
    const struct dir_subsystem *of = directory_subsystem(k->dir, subsystem);
    if (!of || of->node != k->own) return nodes_ask(c, q, r);
    if (!nodes_meta(c, code, of->id, q->client, in_text(c, "serviceCode"), &own)) return false;
    *r = (struct node_reply){.result = STR("ok"), .content = own};
    return server_write(c->server, &system, take_nonce, (void *)(uintptr_t)q->who, c->err);
}

/* As with a call: a nonce is good once, and what is refused is on record. */
static bool ask_meta(struct ctx *c)
{
    struct exchange_who who;
    struct node_question q = {.service = service_of(c), .who = &who};
    struct node_reply r = {0};
    if (!exchange_who(c, "GET", &who)) return false;
    if (!ask_meta_for(c, &q, &r)) return nodes_refuse(c, &q);
    keep_answer(c, &q, &r);
    return true;
}

bool road_meta_prepare(struct ctx *c)
{
    return ask_meta(c) || keep_error(c);
}

static bool road_error(struct ctx *c, struct str code, struct str message, int status)
{
    struct json *o = json_object(c->arena);
    json_set_str(c->arena, o, "type", code);
    json_set_str(c->arena, o, "message", message);
    json_set_str(c->arena, o, "detail", json_text_of(c->prepared, "id"));
    ctx_header(c, "X-Road-Error", code);
    bool ok = ctx_file(c, json_to_str(c->arena, o), "application/json", STR_EMPTY);
    c->out.status = status;
    return ok;
}

static void road_headers(struct ctx *c, const struct json *o)
{
    struct str digest;
    ctx_header(c, "X-Road-Client", json_text_of(o, "client"));
    ctx_header(c, "X-Road-Service", json_text_of(o, "service"));
    ctx_header(c, "X-Road-Id", json_text_of(o, "id"));
    ctx_header(c, "X-Road-Request-Id", json_text_of(o, "request"));
    if (str_unhex(c->arena, json_text_of(o, "request"), &digest))
        ctx_header(c, "X-Road-Request-Hash", str_base64(c->arena, digest.ptr, digest.len));
}

bool road_answer(struct ctx *c)
{
    const struct json *o = c->prepared;
    struct str result = json_text_of(o, "result");
    road_headers(c, o);
    if (json_get(o, "error"))
        return road_error(c, json_text_of(o, "error"), json_text_of(o, "message"),
                          (int)json_i64_of(o, "status", 500));
    if (str_eq_c(result, "ok")) return ctx_file(c, json_text_of(o, "content"), "application/json", STR_EMPTY);
    if (is_road(c)) return road_error(c, result, ctx_tr(c, "The other node refused the call."), 500);
    (void)err_denied(c->err, "nodes.refused", "The other node refused the call: %{arg}");
    err_arg(c->err, result);
    return false;
}
