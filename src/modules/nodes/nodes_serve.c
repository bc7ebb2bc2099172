/* Calls of other nodes: who signed, whether it may, the answer on record, then the signature, then the wire.
 *
 * What a node that has shown its key asks is on record whatever comes of it. A system that is not its own is
 * refused before anything is looked up or kept. The outcome is kept by node, client and id: a repeat is given
 * the same content and counts nothing, if the call may be made at that time as well; else it is refused, and
 * the outcome stays. A refusal that passes is no outcome to keep: the repeat is served as if it were the
 * first. Everything here runs in a prepare step. */
#include "core/auth/auth.h"
#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"
#include "modules/people/people.h"

#include <string.h>

enum { STRANGERS_A_MINUTE = 30, NONCE_MIN = 16, NONCE_MAX = 64 };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

struct serving {
    const struct nodes_known *known;
    const struct dir_node *from;
    struct str id, nonce, client, service, request; /* request: digest of what was signed */
    struct str digest;                              /* of the content */
    const struct json *message, *content;
    struct noted *calls; /* what the exchange notes of it */
    bool counts;         /* data, not what tells of services */
    int64_t subject;     /* whom it is about; 0: nobody known here */
    struct str result, answer;
    const struct dir_subsystem *named; /* the client, in the directory; NULL: nobody's */
    bool answered;                     /* before, to this question: the provider is not asked again */
    bool again;                        /* given before */
    bool held;                         /* a refusal too many: it was counted, and is no record of its own */
};

/* Who has not shown a key leaves no row. */
static bool stranger(struct ctx *c, const char *code, const char *msgid)
{
    if (!auth_limit(c, "nodes.refused", c->req->peer, STRANGERS_A_MINUTE, MS_MINUTE)) return false;
    log_event(LOG_LEVEL_WARN, "nodes.refused", "code", code, NULL);
    return err_set(c->err, ERR_DENIED, code, msgid);
}

/* ---- whose message is it? ---- */

static bool open_message(struct ctx *c, const char *kind, struct serving *s)
{
    static const char unknown[] = "The message is not signed by a node of the directory.";
    struct envelope v;
    struct err wrong = {0};
    if (!nodes_in_force(c, &s->known)) return false;
    if (!envelope_open(c->arena, c->req->body, &v, &wrong) ||
        !(s->message = json_parse(c->arena, v.text, JSON_STRICT, &wrong)))
        return stranger(c, "nodes.envelope", "This is no signed document of a node.");
    s->from = directory_node(s->known->dir, json_text_of(s->message, "from"));
    if (!s->from || s->from == s->known->own ||
        !envelope_signed(c->arena, kind, &v, cert_public(s->from->cert)))
        return stranger(c, "nodes.signature", unknown);
    int64_t time = json_i64_of(s->message, "time", 0);
    if (time < c->now - NODES_WINDOW || time > c->now + NODES_WINDOW)
        return stranger(c, "nodes.time", "The signed time is too far from ours.");
    s->id = json_text_of(s->message, "id");
    s->nonce = json_text_of(s->message, "nonce");
    s->client = json_text_of(s->message, "client");
    s->named = directory_subsystem(s->known->dir, s->client);
    s->request = text_digest(c->arena, v.text);
    if (!str_eq(json_text_of(s->message, "to"), s->known->code) || !s->id.len || s->id.len > CALL_ID_MAX ||
        s->nonce.len < NONCE_MIN || s->nonce.len > NONCE_MAX)
        return stranger(c, "nodes.message", "This message is not for this node.");
    return true;
}

/* Nobody but its own node speaks for a system. */
static bool is_of_sender(const struct serving *s)
{
    return s->named && s->named->node == s->from;
}

/* ---- what is the answer? ---- */

static bool is_ours(const struct serving *s, const struct dir_subsystem *of)
{
    return of && of->node == s->known->own;
}

static bool ask_exchange(struct ctx *c, struct serving *s, struct str code, struct json **out)
{
    const struct json *q = s->content;
    const struct exchange_question question = {.system = s->client,
                                               .resource = code,
                                               .address = c->req->peer,
                                               .mode = json_text_of(q, "mode"),
                                               .purpose = json_text_of(q, "purpose"),
                                               .kind = json_text_of(q, "kind"),
                                               .number = json_text_of(q, "number"),
                                               .operator_id = json_text_of(q, "operator"),
                                               .fields = json_get(q, "fields"),
                                               .facts = json_get(q, "facts"),
                                               .case_no = json_text_of(q, "case"),
                                               .callers_item = json_text_of(q, "item")};
    const bool firm = str_eq_c(question.kind, "organisation");
    s->counts = true;
    if (!people_find(c, firm ? SUBJECT_ORGANISATION : SUBJECT_PERSON, exchange_number(c, question.number),
                     &s->subject))
        return false;
    if (s->answered) *out = json_object(c->arena); /* the answer is kept */
    bool ok = s->answered ? exchange_may_answer(c, &question) : exchange_answer(c, &question, out);
    s->calls = c->calls;
    c->calls = NULL; /* written with the outcome */
    return ok;
}

/* The service has the version it is asked by, where one is named. */
static bool version_fits(struct ctx *c, struct str code, struct str version, struct str member)
{
    struct exchange_offer *offers;
    size_t count;
    if (!exchange_offers(c, &offers, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct str id = nodes_own_subsystem(c, offers[i].unit, STR(DATA_SUBSYSTEM));
        if (!str_eq(offers[i].code, code) || !str_starts(id, member)) continue;
        if (!version.len || str_eq(version, str_fmt(c->arena, "v%lld", (long long)offers[i].version)))
            return true;
        return err_missing(c->err, "nodes.version", "The service has another version now.");
    }
    return err_missing(c->err, "nodes.service", "This node offers no such service.");
}

static bool decide(struct ctx *c, struct serving *s, struct json **out)
{
    struct str subsystem, code, version;
    service_split(s->service, &subsystem, &code, &version);
    const struct dir_subsystem *of = directory_subsystem(s->known->dir, subsystem);
    if (!is_ours(s, of)) return err_missing(c->err, "nodes.service", "This node offers no such service.");
    if (!str_eq(json_text_of(s->message, "digest"), s->digest) || !s->content)
        return err_denied(c->err, "nodes.content", "The content is not the one that was signed.");
    if (nodes_is_meta(code))
        return nodes_meta(c, code, of->id, s->client, json_text_of(s->content, "service"), out);
    return version_fits(c, code, version, of->member) && ask_exchange(c, s, code, out);
}

/* The provider is another server: what it says is found while no connection is held, and the call is decided
 * anew. */
static bool look_outside(struct ctx *c, void *arg)
{
    (void)arg;
    c->outside.ask(c, c->outside.arg);
    c->outside.done = true;
    return true;
}

static void read_question(struct ctx *c, struct serving *s)
{
    struct err wrong = {0};
    struct str text = json_text_of(s->message, "content");
    s->service = json_text_of(s->message, "service");
    s->digest = text_digest(c->arena, text);
    s->content = json_parse(c->arena, text, JSON_STRICT, &wrong);
}

static bool is_same_question(const struct serving *s, const struct served_row *r)
{
    return str_eq(r->content, s->digest) && str_eq(r->service, s->service);
}

static bool was_answered(struct ctx *c, struct serving *s)
{
    struct served_row r;
    bool found;
    if (!served_store_find(c, s->from->code, s->client, s->id, &r, &found)) return false;
    s->answered = found && is_same_question(s, &r) && str_eq_c(r.result, "ok");
    return true;
}

/* False only for a fault: a refusal is an outcome. */
static bool find_answer(struct ctx *c, struct serving *s)
{
    struct json *out = NULL;
    if (!was_answered(c, s)) return false;
    bool ok = decide(c, s, &out);
    if (!ok && ctx_goes_outside(c)) ok = nodes_apart(c, look_outside, NULL) && decide(c, s, &out);
    if (ok) {
        s->result = STR("ok");
        s->answer = json_to_str(c->arena, out);
        return true;
    }
    if (c->err->kind == ERR_FAULT) return false;
    s->result = str_c(c->err->code);
    s->answer = STR_EMPTY;
    err_clear(c->err);
    return true;
}

/* ---- on record ---- */

static struct field_place place_of(const struct served_row *r)
{
    return (struct field_place){
        .table = "node_served", .column = "answer", .row = r->id, .subject = r->subject};
}

static bool record(struct ctx *c, const char *act, const struct serving *s, int64_t id)
{
    struct json *d = json_object(c->arena);
    json_set_str(c->arena, d, "call", s->id);
    json_set_str(c->arena, d, "client", s->client);
    json_set_str(c->arena, d, "service", s->service);
    json_set_str(c->arena, d, "node", s->from->code);
    json_set_id(c->arena, d, "unit", nodes_unit_of(c, s->service));
    json_set_str(c->arena, d, "content", s->digest);
    json_set_str(c->arena, d, "sent", s->request);
    json_set_str(c->arena, d, "result", s->result);
    json_set_str(c->arena, d, "answer", s->answer.len ? text_digest(c->arena, s->answer) : STR_EMPTY);
    if (json_text_of(s->content, "item").len) {
        json_set_str(c->arena, d, "callers_item", json_text_of(s->content, "item"));
        json_set_str(c->arena, d, "callers_case", json_text_of(s->content, "case"));
    }
    return evidence_add(c, act, "node_call", id, 0, d);
}

/* Erased with the person, it is gone as well. */
static bool open_answer(struct ctx *c, struct serving *s, const struct served_row *r)
{
    const struct field_place at = place_of(r);
    if (field_open(ctx_keys(c), &c->tx, &at, r->answer, &s->answer)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    s->result = STR("nodes.forgotten");
    return true;
}

/* The same content, or why there is none. */
static bool give_again(struct ctx *c, struct serving *s, const struct served_row *r)
{
    s->again = true;
    s->answer = STR_EMPTY;
    s->result = r->result;
    if (!is_same_question(s, r))
        s->result = STR("nodes.id_reused");
    else if (str_eq_c(r->result, "ok") && !r->answer.len)
        s->result = STR("nodes.forgotten");
    else if (r->answer.len && !open_answer(c, s, r))
        return false;
    if (!str_eq_c(s->result, "ok") && !exchange_refusal_held(c, s->from->code, s->result, &s->held))
        return false;
    return s->held || (served_store_again(c, r->id) && record(c, "node.serve_again", s, r->id));
}

/* Of a call that is not served nothing is kept but its record; and so many of them a minute. */
static bool refuse(struct ctx *c, struct serving *s, const char *act)
{
    s->answer = STR_EMPTY;
    return exchange_refusal_held(c, s->from->code, s->result, &s->held) && (s->held || record(c, act, s, 0));
}

/* Whoever has one signed message can send it as often as they like. */
static bool refuse_replay(struct ctx *c, struct serving *s)
{
    s->result = STR("nodes.replay");
    return refuse(c, s, "node.serve");
}

/* A node that speaks for a system of another one is told from one whose system nobody knows. */
static bool refuse_client(struct ctx *c, struct serving *s)
{
    if (s->named)
        log_event(LOG_LEVEL_WARN, "nodes.foreign", "node", str_z(c->arena, s->from->code), "client",
                  str_z(c->arena, s->client), NULL);
    s->result = STR("nodes.client");
    return refuse(c, s, s->named ? "node.foreign" : "node.serve");
}

/* What the exchange has a row of, it counts. */
static bool note_calls(struct ctx *c, struct serving *s)
{
    if (!s->counts || !s->calls)
        return str_eq_c(s->result, "ok") || exchange_refusal_held(c, s->from->code, s->result, &s->held);
    c->calls = s->calls;
    bool ok = exchange_record(c);
    c->calls = NULL;
    if (!ok) return false;
    if (c->err->kind == ERR_NONE) return true;
    s->held = strcmp(c->err->code, "limit") == 0;
    s->result = s->held ? str_dup(c->arena, str_c(c->err->arg))
                        : str_c(c->err->code); /* the use that was one too many is on record as refused */
    s->answer = STR_EMPTY;
    err_clear(c->err);
    return true;
}

/* What was answered before and may not be asked any more. */
static bool refuse_again(struct ctx *c, struct serving *s, const struct served_row *r)
{
    return note_calls(c, s) &&
           (s->held || (served_store_again(c, r->id) && record(c, "node.serve_again", s, r->id)));
}

static bool write_served(struct ctx *c, struct serving *s)
{
    struct served_row r = {0};
    bool fresh, found;
    if (!nonce_store_take(c, s->from->code, s->nonce, &fresh)) return false;
    if (!fresh) return refuse_replay(c, s);
    if (!is_of_sender(s)) return refuse_client(c, s);
    if (!served_store_find(c, s->from->code, s->client, s->id, &r, &found)) return false;
    bool same = found && is_same_question(s, &r), passed = same && nodes_passes(r.result);
    if (same && str_eq_c(r.result, "ok") && !str_eq_c(s->result, "ok")) return refuse_again(c, s, &r);
    if (found && !passed) return give_again(c, s, &r);
    r = (struct served_row){.id = found ? r.id : ctx_id(c),
                            .node = s->from->code,
                            .client = s->client,
                            .call = s->id,
                            .service = s->service,
                            .unit = nodes_unit_of(c, s->service),
                            .subject = s->subject,
                            .content = s->digest};
    if (!note_calls(c, s)) return false;
    if (s->held) return true;
    const struct field_place at = place_of(&r);
    r.result = s->result;
    if (s->answer.len) r.digest = text_digest(c->arena, s->answer);
    return (!s->answer.len || field_seal(ctx_keys(c), &c->tx, &at, s->answer, &r.answer)) &&
           (found ? served_store_replace(c, &r) : served_store_add(c, &r)) &&
           record(c, "node.serve", s, r.id);
}

/* It may run twice, and what it leaves lies in the writer's arena: it begins from a copy and is copied out.
 */
struct handing {
    struct serving *s;
    struct arena *arena;
};

static bool write_and_hand(struct ctx *c)
{
    struct handing *h = ctx_arg(c);
    struct serving mine = *h->s;
    if (!write_served(c, &mine)) return false;
    h->s->again = mine.again;
    h->s->held = mine.held;
    h->s->result = str_dup(h->arena, mine.result);
    h->s->answer = str_dup(h->arena, mine.answer);
    return true;
}

/* ---- back on the wire ---- */

static bool seal_answer(struct ctx *c, const char *kind, const struct serving *s, struct json *o)
{
    struct signer key;
    struct str out;
    json_set_str(c->arena, o, "id", s->id);
    json_set_str(c->arena, o, "request", s->request);
    json_set_str(c->arena, o, "from", s->known->code);
    json_set_str(c->arena, o, "to", s->from->code);
    json_set_i64(c->arena, o, "time", server_now(c->server));
    if (!nodes_signer(c, &key) ||
        !envelope_seal(c->arena, kind, json_to_str(c->arena, o), key.key, &out, c->err))
        return false;
    c->prepared = json_string(c->arena, out);
    return true;
}

bool nodes_serve(struct ctx *c)
{
    struct serving s = {0};
    struct handing h = {.s = &s, .arena = c->arena};
    struct json *o = json_object(c->arena);
    if (!open_message(c, "call", &s)) return false;
    read_question(c, &s);
    if ((is_of_sender(&s) && !find_answer(c, &s)) ||
        !server_write(c->server, &SYSTEM, write_and_hand, &h, c->err))
        return false;
    if (s.held) return !exchange_refusals_full(c, s.result);
    json_set_str(c->arena, o, "result", s.result);
    json_set_str(c->arena, o, "content", s.answer);
    json_set_bool(c->arena, o, "again", s.again);
    return seal_answer(c, "call-answer", &s, o);
}

/* Takes the nonce, and leaves a record of what is refused. */
static bool admit_question(struct ctx *c)
{
    struct serving *s = ctx_arg(c), mine = *s;
    bool fresh;
    if (!nonce_store_take(c, s->from->code, s->nonce, &fresh)) return false;
    if (!fresh && !refuse_replay(c, &mine)) return false;
    if (fresh && !is_of_sender(s) && !refuse_client(c, &mine)) return false;
    s->again = !fresh;
    s->held = mine.held;
    s->result = fresh ? STR("nodes.client") : STR("nodes.replay");
    return true;
}

/* What became of a call: no data leaves. A message that comes again is told nothing that is signed: it would
 * be an answer to the first one. */
bool nodes_receipt(struct ctx *c)
{
    struct serving s = {0};
    struct served_row r;
    bool found;
    struct json *o = json_object(c->arena);
    if (!open_message(c, "receipt", &s)) return false;
    read_question(c, &s);
    if (!server_write(c->server, &SYSTEM, admit_question, &s, c->err)) return false;
    if (s.held) return !exchange_refusals_full(c, s.result);
    if (s.again)
        return err_denied(c->err, "nodes.replay",
                          "This call has been made before: sign it anew with another nonce.");
    if (!is_of_sender(&s))
        return err_denied(c->err, "nodes.client",
                          "The directory does not name this system as one of that node.");
    if (!served_store_find(c, s.from->code, s.client, s.id, &r, &found)) return false;
    json_set_str(c->arena, o, "result", found ? r.result : STR("never"));
    json_set_str(c->arena, o, "digest", found ? r.digest : STR_EMPTY);
    return seal_answer(c, "receipt-answer", &s, o);
}

bool nodes_send(struct ctx *c)
{
    return ctx_file(c, json_text(c->prepared), "application/json", STR_EMPTY);
}
