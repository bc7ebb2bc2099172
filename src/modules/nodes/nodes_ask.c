/* Calls to other nodes: on record before they leave, and again with what came of them before anybody is told.
 *
 * Everything here runs in a prepare step. A call is sent at most ATTEMPTS times under one id, with a nonce of
 * its own each time; the node that serves gives the same answer to a repeat. */
#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange.h"
#include "modules/nodes/nodes_internal.h"

enum { CONNECT_MS = 3000, TOTAL_MS = 8000, ANSWER_MAX = 4 << 20, NONCE_BYTES = 16 };

void service_split(struct str service, struct str *subsystem, struct str *code, struct str *version)
{
    size_t at = 0;
    for (int i = 0; i < 4 && at < service.len; i++) {
        size_t next = str_find_char(str_slice(service, at, service.len), '/');
        at = next == SIZE_MAX ? service.len : at + next + 1;
    }
    *subsystem = str_slice(service, 0, at ? at - (at < service.len || str_ends(service, STR("/"))) : 0);
    *version = str_cut(str_slice(service, at, service.len), '/', code);
}

/* ---- one message and its answer ---- */

static bool no_answer(struct ctx *c)
{
    return err_busy(
        c->err, "nodes.no_answer",
        "The other node did not answer. It may have received the call: repeating it under the same id has "
        "no second effect.");
}

static bool untrusted(struct ctx *c)
{
    return err_busy(c->err, "nodes.answer", "The answer of the other node is not to be trusted.");
}

bool nodes_exchange(struct ctx *c, const struct dir_node *to, const char *path, const char *kind,
                    struct str text, const struct signer *key, int wait_ms, struct str *out, bool *arrived)
{
    static const struct fetch_header headers[] = {
        {"Content-Type", {"application/json", 16}}, /* no translation */
        {"Accept", {"application/json", 16}}};
    struct str body;
    struct envelope v;
    struct fetch_answer a = {0};
    struct err wrong = {0};
    *arrived = false;
    if (!envelope_seal(c->arena, kind, text, key->key, &body, c->err)) return false;
    const struct fetch what = {.method = "POST",
                               .url = str_z(c->arena, str_cat(c->arena, to->url, str_c(path))),
                               .headers = headers,
                               .header_count = 2,
                               .body = body,
                               .connect_ms = wait_ms && wait_ms < CONNECT_MS ? wait_ms : CONNECT_MS,
                               .total_ms = wait_ms ? wait_ms : TOTAL_MS,
                               .max = ANSWER_MAX,
                               .once = true};
    if (!fetch(nodes_state_of(c)->fetcher, c->arena, &what, &a, &wrong)) {
        *arrived = a.failure != FETCH_CONNECT;
        if (*arrived) return no_answer(c);
        return err_busy(c->err, "nodes.unreachable", "The other node cannot be reached.");
    }
    *arrived = true;
    if (a.status != 200) {
        log_event(LOG_LEVEL_WARN, "nodes.status", "node", str_z(c->arena, to->code), "status",
                  str_z(c->arena, str_fmt(c->arena, "%d", a.status)), NULL);
        return untrusted(c);
    }
    char answer_kind[40];
    snprintf(answer_kind, sizeof answer_kind, "%s-answer", kind);
    /* Cut in the middle, also of its headers, an answer is none: whoever alters one can cut it as well. */
    if (!envelope_open(c->arena, a.body, &v, &wrong)) return no_answer(c);
    if (!envelope_signed(c->arena, answer_kind, &v, cert_public(to->cert))) return untrusted(c);
    *out = v.text;
    return true;
}

/* ---- one call ---- */

struct asking {
    const struct node_question *q;
    const struct dir_node *own, *to;
    struct str content, digest; /* of the content: the same in every attempt */
    struct str text, sent;      /* of this attempt; sent: its digest */
    struct signer key;
    struct node_reply *out;
    int attempt;
    struct str state, result, answer; /* to be written; answer: digest */
    int64_t began_us;                 /* of the first attempt */
};

static struct json *call_detail(struct ctx *c, const struct asking *a)
{
    struct json *d = json_object(c->arena);
    json_set_str(c->arena, d, "call", a->q->id);
    json_set_str(c->arena, d, "client", a->q->client);
    json_set_str(c->arena, d, "service", a->q->service);
    json_set_str(c->arena, d, "node", a->to->code);
    json_set_str(c->arena, d, "content", a->digest);
    json_set_str(c->arena, d, "sent", a->sent);
    return d;
}

/* What watching over calls goes by. The program itself has no key: it asks as the platform. */
static void add_watched(struct ctx *c, const struct node_question *q, struct asked_row *r)
{
    struct buf b = buf_new(c->arena, 64);
    const struct json *facts = json_get(q->content, "facts");
    JSON_EACH(f, facts ? facts : json_get(q->content, "fields"))
    {
        if (b.len) buf_add_char(&b, ',');
        buf_add(&b, facts ? f->key : f->text);
    }
    r->system = q->who ? q->who->id : exchange_platform(c);
    r->operator_id = json_text_of(q->content, "operator");
    if (!r->operator_id.len && q->who) r->operator_id = q->who->code;
    if (!q->who && str_eq_c(r->operator_id, EXCHANGE_APPLICANT)) r->operator_id = STR_EMPTY;
    r->mode = json_text_of(q->content, "mode");
    r->fields = buf_str(&b);
}

/* What the row says of the call, for its record; id: of the row. */
static void say_row(struct ctx *c, struct json *d, const struct asked_row *r, int64_t id)
{
    json_set_str(c->arena, d, "operator", r->operator_id);
    json_set_str(c->arena, d, "purpose", r->purpose);
    json_set_str(c->arena, d, "item", r->item);
    json_set_str(c->arena, d, "case", r->case_no);
    json_set_str(c->arena, d, "mode", r->mode);
    json_set_str(c->arena, d, "fields", r->fields);
    json_set_id(c->arena, d, "system", r->system);
    json_set_id(c->arena, d, "unit", r->unit);
    json_set_str(c->arena, d, "whose", exchange_whose(c->arena, id, r->subject_index));
}

static bool id_reused(struct ctx *c)
{
    return err_conflict(c->err, "nodes.id_reused", "Another call was made under this id.");
}

static bool write_asked(struct ctx *c)
{
    const struct asking *a = ctx_arg(c);
    const struct json *content = a->q->content;
    int64_t id;
    struct asked_row r = {.id = ctx_id(c),
                          .client = a->q->client,
                          .call = a->q->id,
                          .node = a->to->code,
                          .service = a->q->service,
                          .content = a->digest,
                          .purpose = json_text_of(content, "purpose"),
                          .item = json_text_of(content, "item"),
                          .case_no = json_text_of(content, "case"),
                          .subject = a->q->subject,
                          .unit = nodes_unit_of(c, a->q->client),
                          .subject_index = exchange_subject_index(c, json_text_of(content, "number"))};
    struct json *d = call_detail(c, a);
    add_watched(c, a->q, &r);
    if (a->q->who && a->attempt == 0 && !exchange_take_nonce(c, a->q->who)) return false;
    if (!asked_store_begin(c, &r, &id)) return false;
    if (!id) return id_reused(c);
    say_row(c, d, &r, id);
    return evidence_add(c, "node.ask", "node_call", id, r.subject, d);
}

static bool write_outcome(struct ctx *c)
{
    const struct asking *a = ctx_arg(c);
    int64_t id;
    struct json *d = call_detail(c, a);
    json_set_str(c->arena, d, "result", a->result);
    json_set_str(c->arena, d, "answer", a->answer);
    if (!asked_store_find(c, a->q->client, a->q->id, &id)) return false;
    if (!id) return err_fault(c->err, "a call is gone from the record");
    int64_t took_us = str_eq_c(a->state, "ok") ? time_monotonic_us() - a->began_us : 0;
    json_set_str(c->arena, d, "state", a->state);
    json_set_i64(c->arena, d, "took_us", took_us);
    return asked_store_end(c, id, a->state, a->result, a->answer, took_us) &&
           (str_eq_c(a->state, "unknown") || state_store_seen(c, a->to->code)) &&
           evidence_add(c, "node.outcome", "node_call", id, a->q->subject, d);
}

static struct str fresh_nonce(struct ctx *c)
{
    uint8_t bytes[NONCE_BYTES];
    crypto_random(bytes, sizeof bytes);
    return str_hex(c->arena, bytes, sizeof bytes);
}

static void compose(struct ctx *c, struct asking *a)
{
    struct json *o = json_object(c->arena);
    json_set_str(c->arena, o, "id", a->q->id);
    json_set_str(c->arena, o, "nonce", fresh_nonce(c));
    json_set_i64(c->arena, o, "time", server_now(c->server));
    json_set_str(c->arena, o, "from", a->own->code);
    json_set_str(c->arena, o, "to", a->to->code);
    json_set_c(c->arena, o, "method", "POST");
    json_set_c(c->arena, o, "target", "/nodes/call");
    json_set_str(c->arena, o, "client", a->q->client);
    json_set_str(c->arena, o, "service", a->q->service);
    json_set_str(c->arena, o, "digest", a->digest);
    json_set_str(c->arena, o, "content", a->content);
    a->text = json_to_str(c->arena, o);
    a->sent = text_digest(c->arena, a->text);
}

static bool take_answer(struct ctx *c, struct asking *a, struct str text)
{
    struct err wrong = {0};
    const struct json *o = json_parse(c->arena, text, JSON_STRICT, &wrong);
    int64_t time = json_i64_of(o, "time", 0), now = server_now(c->server);
    struct str content = json_text_of(o, "content");
    bool fits = o && str_eq(json_text_of(o, "request"), a->sent) && str_eq(json_text_of(o, "id"), a->q->id) &&
                str_eq(json_text_of(o, "from"), a->to->code) && str_eq(json_text_of(o, "to"), a->own->code) &&
                time > now - NODES_WINDOW && time < now + NODES_WINDOW && json_text_of(o, "result").len > 0;
    a->out->result = json_text_of(o, "result");
    bool ok = str_eq_c(a->out->result, "ok");
    fits = fits && (!ok || (a->out->content = json_parse(c->arena, content, JSON_STRICT, &wrong)) != NULL);
    if (!fits) return untrusted(c);
    a->out->request_digest = a->sent;
    a->state = ok ? STR("ok") : STR("refused");
    a->result = a->out->result;
    a->answer = text_digest(c->arena, content);
    return true;
}

/* False with *again: nothing is lost by another attempt. */
static bool attempt(struct ctx *c, struct asking *a, bool *again)
{
    const struct actor system = {.kind = ACTOR_SYSTEM, .unit = a->q->who ? a->q->who->unit : 0};
    struct str text;
    struct err recorded = {0};
    bool arrived;
    *again = false;
    compose(c, a);
    if (!server_write(c->server, &system, write_asked, a, c->err)) return false;
    bool ok =
        nodes_exchange(c, a->to, "/nodes/call", "call", a->text, &a->key, a->q->wait_ms, &text, &arrived) &&
        take_answer(c, a, text);
    if (!ok) {
        if (c->err->kind == ERR_FAULT) return false;
        a->state = STR("unknown");
        a->result = str_c(c->err->code);
        a->answer = STR_EMPTY;
        *again = strcmp(c->err->code, "nodes.answer") != 0;
    }
    if (server_write(c->server, &system, write_outcome, a, &recorded)) return ok;
    *again = false;
    *c->err = recorded; /* what is not on record is not given on */
    return false;
}

static bool ask_apart(struct ctx *c, void *arg)
{
    struct asking *a = arg;
    bool again = true, ok = false;
    a->began_us = time_monotonic_us();
    int most = a->q->wait_ms ? 1 : ATTEMPTS;
    for (a->attempt = 0; !ok && again && a->attempt < most; a->attempt++) {
        err_clear(c->err);
        ok = attempt(c, a, &again);
    }
    return ok;
}

bool nodes_may_ask(struct ctx *c, const struct node_question *q, const struct dir_node **to)
{
    const struct nodes_known *k;
    struct str subsystem, code, version;
    if (!nodes_in_force(c, &k)) return false;
    service_split(q->service, &subsystem, &code, &version);
    const struct dir_subsystem *target = directory_subsystem(k->dir, subsystem),
                               *client = directory_subsystem(k->dir, q->client);
    if (!client || client->node != k->own)
        return err_denied(c->err, "nodes.client",
                          "The directory does not name this system as one of this node.");
    if (!target || !code.len)
        return err_missing(c->err, "nodes.service", "The directory of members names no such service.");
    if (target->node == k->own)
        return err_missing(c->err, "nodes.own",
                           "This service is of this node itself: ask for it by its resource.");
    *to = target->node;
    return true;
}

bool nodes_ask(struct ctx *c, const struct node_question *q, struct node_reply *out)
{
    struct nodes_state *s = nodes_state_of(c);
    struct asking a = {.q = q, .own = nodes_now(c)->own, .out = out};
    if (!nodes_may_ask(c, q, &a.to)) return false;
    a.content = json_to_str(c->arena, q->content);
    a.digest = text_digest(c->arena, a.content);
    if (!nodes_signer(c, &a.key)) return false;
    if (atomic_fetch_add(&s->under_way, 1) >= s->most) {
        atomic_fetch_sub(&s->under_way, 1);
        return err_busy(c->err, "nodes.busy",
                        "Many calls wait for other nodes right now. Please try again in a moment.");
    }
    bool ok = c->tx.conn ? nodes_apart(c, ask_apart, &a) : ask_apart(c, &a);
    atomic_fetch_sub(&s->under_way, 1);
    return ok;
}

/* ---- calls that are refused here ---- */

struct refusing {
    const struct node_question *q;
    const struct dir_node *to;
    struct str result;
    bool replayed; /* its nonce was taken before */
    bool reused;   /* the id is of a call about somebody else */
    bool held;     /* one too many: it was counted, and is no record of its own */
};

/* An id is used up by a refusal: under it nobody asks about one person after another. */
static bool add_refused(struct ctx *c, const struct refusing *r, struct json *d, int64_t *id)
{
    const struct json *content = r->q->content;
    struct asked_row row = {.id = ctx_id(c),
                            .client = r->q->client,
                            .call = r->q->id,
                            .node = r->to->code,
                            .service = r->q->service,
                            .content = text_digest(c->arena, json_to_str(c->arena, content)),
                            .purpose = json_text_of(content, "purpose"),
                            .item = STR_EMPTY,
                            .case_no = json_text_of(content, "case"),
                            .subject = r->q->subject,
                            .unit = r->q->who->unit,
                            .subject_index = exchange_subject_index(c, json_text_of(content, "number")),
                            .result = r->result};
    add_watched(c, r->q, &row);
    if (!asked_store_refused(c, &row, id)) return false;
    json_set_str(c->arena, d, "node", row.node);
    json_set_str(c->arena, d, "content", row.content);
    say_row(c, d, &row, *id);
    return true;
}

static bool write_refusal(struct ctx *c)
{
    struct refusing *r = ctx_arg(c);
    struct json *d = json_object(c->arena);
    int64_t id = 0;
    if (!r->replayed && !exchange_take_nonce(c, r->q->who)) return false;
    if (!exchange_refusal_held(c, r->q->who->code, r->result, &r->held)) return false;
    if (r->held) return true;
    json_set_str(c->arena, d, "call", r->q->id);
    json_set_str(c->arena, d, "client", r->q->client);
    json_set_str(c->arena, d, "service", r->q->service);
    json_set_id(c->arena, d, "system", r->q->who->id);
    json_set_str(c->arena, d, "purpose", json_text_of(r->q->content, "purpose"));
    json_set_str(c->arena, d, "case", json_text_of(r->q->content, "case"));
    if (r->to && !add_refused(c, r, d, &id)) return false;
    r->reused = r->to && !id && !r->replayed;
    json_set_str(c->arena, d, "result", r->reused ? STR("nodes.id_reused") : r->result);
    return evidence_add(c, "node.refuse", "node_call", id, r->q->subject, d);
}

static bool is_replay(const struct err *e)
{
    return e->kind == ERR_DENIED && strcmp(e->code, "exchange.replay") == 0;
}

bool nodes_refuse(struct ctx *c, const struct node_question *q)
{
    const struct actor system = {.kind = ACTOR_SYSTEM, .unit = q->who->unit};
    struct refusing r = {.q = q};
    struct err why = *c->err, none = {0};
    if (why.kind != ERR_DENIED && why.kind != ERR_MISSING && why.kind != ERR_CONFLICT) return false;
    err_clear(c->err);
    struct err *own = c->err;
    c->err = &none; /* where it goes is known, or it is not */
    if (!nodes_may_ask(c, q, &r.to)) r.to = NULL;
    c->err = own;
    r.replayed = is_replay(&why);
    r.result = str_dup(c->arena, str_c(why.code));
    bool ok = server_write(c->server, &system, write_refusal, &r, c->err);
    if (!ok && is_replay(c->err)) { /* what would have been refused comes again */
        why = *c->err;
        err_clear(c->err);
        r.replayed = true;
        r.result = STR("exchange.replay");
        ok = server_write(c->server, &system, write_refusal, &r, c->err);
    }
    if (!ok) return false;
    if (r.held) return !exchange_refusals_full(c, r.result);
    if (r.reused) return id_reused(c);
    *c->err = why;
    return false;
}

/* ---- calls nobody knows the end of ---- */

struct settling {
    const struct nodes_known *known;
    const struct asked_row *row;
    struct signer key;
    struct str state, result, answer;
};

static bool ask_receipt(struct ctx *c, void *arg)
{
    struct settling *s = arg;
    const struct dir_node *to = directory_node(s->known->dir, s->row->node);
    struct json *o = json_object(c->arena);
    struct str text;
    struct err wrong = {0};
    bool arrived;
    json_set_str(c->arena, o, "id", s->row->call);
    json_set_str(c->arena, o, "client", s->row->client);
    json_set_str(c->arena, o, "from", s->known->code);
    json_set_str(c->arena, o, "to", to->code);
    json_set_str(c->arena, o, "nonce", fresh_nonce(c));
    json_set_i64(c->arena, o, "time", server_now(c->server));
    struct str said = json_to_str(c->arena, o);
    if (!nodes_exchange(c, to, "/nodes/receipt", "receipt", said, &s->key, 0, &text, &arrived)) {
        err_clear(c->err);
        return true;
    }
    const struct json *answer = json_parse(c->arena, text, JSON_STRICT, &wrong);
    if (!answer || !str_eq(json_text_of(answer, "request"), text_digest(c->arena, said))) return true;
    s->result = json_text_of(answer, "result");
    s->state = str_eq_c(s->result, "never") ? STR("never") : STR("answered");
    s->answer = json_text_of(answer, "digest");
    return true;
}

static void note_settled(struct ctx *c, const struct settling *s)
{
    struct json *o = json_add_object(c->arena, c->prepared);
    json_set_id(c->arena, o, "id", s->row->id);
    json_set_id(c->arena, o, "subject", s->row->subject);
    json_set_str(c->arena, o, "call", s->row->call);
    json_set_str(c->arena, o, "state", s->state);
    json_set_str(c->arena, o, "result", s->result);
    json_set_str(c->arena, o, "answer", s->answer);
}

static bool is_silent(const struct silent_nodes *s, struct str node)
{
    for (size_t i = 0; i < s->count; i++)
        if (str_eq(s->codes[i], node)) return true;
    return false;
}

/* True with s->state "": it cannot be said yet. */
static bool settle_one(struct ctx *c, struct settling *s)
{
    if (directory_node(s->known->dir, s->row->node))
        return nodes_signer(c, &s->key) && nodes_apart(c, ask_receipt, s);
    if (s->row->at < c->now - MS_DAY) s->state = STR("left");
    return true;
}

/* Once a call can no longer arrive, the other node's word on it is final. Calls to a node that does not
 * answer wait for the next round, those to others do not wait with them. */
bool nodes_settle(struct ctx *c, const struct json *)
{
    const struct nodes_known *k = nodes_now(c);
    struct silent_nodes silent = {.count = 0};
    size_t settled = 0, count = SETTLE_BATCH;
    int64_t after = 0;
    c->prepared = json_array(c->arena);
    if (!k->dir || !k->own || c->now >= k->dir->expires) return true;
    while (count == SETTLE_BATCH && settled < SETTLE_BATCH && silent.count < SILENT_MAX) {
        struct asked_row *rows;
        if (!asked_store_open(c, c->now - 2 * NODES_WINDOW, after, &silent, &rows, &count)) return false;
        for (size_t i = 0; i < count && silent.count < SILENT_MAX; i++) {
            struct settling s = {.known = k, .row = &rows[i]};
            after = rows[i].id;
            if (is_silent(&silent, rows[i].node)) continue;
            if (!settle_one(c, &s)) return false;
            if (s.state.len) {
                note_settled(c, &s);
                settled++;
            } else {
                silent.codes[silent.count++] = rows[i].node;
            }
        }
    }
    return true;
}

bool nodes_settle_run(struct ctx *c, const struct json *payload)
{
    JSON_EACH(o, c->prepared)
    {
        int64_t id = json_i64_of(o, "id", 0);
        if (!asked_store_end(c, id, json_text_of(o, "state"), json_text_of(o, "result"),
                             json_text_of(o, "answer"), 0) ||
            !evidence_add(c, "node.settled", "node_call", id, json_i64_of(o, "subject", 0), o))
            return false;
    }
    return call_store_clean(c, payload);
}
