/* Calls on record: each as a row, and what the log keeps of it as evidence, in the transaction that answers.
 *
 * Rows are written call by call; evidence is gathered (db_gather) and written once for all calls of the
 * transaction, so that what has to be hashed is hashed side by side. */
#include "core/base/time.h"
#include "core/crypto/sm3_many.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_refusals.h"

#include <string.h>

enum { LOT = 64, LOT_ARENA = 16 << 20, LEAF_LATER = 4096 };

/* ---- noting ---- */

static struct str joined(struct ctx *c, const struct json *list)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(one, list)
    {
        if (b.len) buf_add_char(&b, ',');
        buf_add(&b, one->text);
    }
    return buf_str(&b);
}

void call_note(struct ctx *c, const struct call *k, const char *result, bool answer)
{
    struct noted *n = ARENA_NEW(c->arena, struct noted);
    const struct share_permit *p = k->permit;
    n->row =
        (struct call_row){.id = k->id ? k->id : ctx_id(c),
                          .at = c->now,
                          .system = k->system->id,
                          .unit = k->system->unit ? k->system->unit : c->actor.unit,
                          .operator_id = k->operator_id,
                          .resource = k->resource ? k->resource->id : 0,
                          .permit = p ? p->id : 0,
                          .mode = k->mode,
                          .purpose = k->purpose,
                          .item = k->about.item,
                          .case_id = k->callers_case ? EXCHANGE_CASE_ELSEWHERE : k->about.id,
                          .subject = k->subject,
                          .subject_index = blind_index(ctx_keys(c), c->arena, "exchange:subject", k->code),
                          .fields = joined(c, k->fields),
                          .result = str_c(result),
                          .answer = answer,
                          .own = str_eq_c(k->system->code, PLATFORM_SYSTEM)};
    n->row.scheme = str_c(k->scheme ? k->scheme : "");
    n->outside = k->system->unit != 0;
    n->caller = k->system->code;
    n->once = k->once;
    n->records = k->records;
    n->begun_us = k->begun_us ? k->begun_us : time_monotonic_us();
    n->rate = k->uncounted ? RATE_MAX : p ? p->rate : 0;
    n->daily = k->uncounted ? DAILY_MAX : p ? p->daily : 0;
    struct noted **last = &c->calls;
    while (*last)
        last = &(*last)->next;
    *last = n;
}

bool call_refused(struct ctx *c, const struct call *k)
{
    if (c->err->kind != ERR_NONE && c->err->kind != ERR_FAULT) call_note(c, k, c->err->code, false);
    return false;
}

bool call_nowhere(struct ctx *c, const struct call *k)
{
    (void)err_missing(c->err, "exchange.resource",
                      "There is no such resource here: its code stands on the page of the entry.");
    return call_refused(c, k);
}

const struct merkle_node *call_leaf(struct ctx *c, struct noted *n)
{
    if (n->body.len) n->leaf = merkle_leaf(MERKLE_SM3, c->arena, n->body);
    n->body = STR_EMPTY;
    return &n->leaf;
}

bool call_send(struct ctx *c, struct str body)
{
    struct noted *n = c->calls;
    while (n->next)
        n = n->next;
    n->answered = true;
    n->body = body;
    if (body.len > LEAF_LATER) (void)call_leaf(c, n);
    return ctx_file(c, body, "application/json", STR_EMPTY);
}

bool call_answered(struct str result)
{
    return str_eq_c(result, "ok") || str_eq_c(result, "exchange.filtered");
}

static void add_id(struct buf *b, struct str before, int64_t id)
{
    buf_add(b, before);
    buf_add_i64(b, id);
    buf_add_char(b, '"');
}

static void add_text(struct buf *b, const char *name, struct str text)
{
    buf_add_char(b, ',');
    json_write_string(b, str_c(name));
    buf_add_char(b, ':');
    json_write_string(b, text);
}

/* ---- evidence of it ---- */

/* A call that stands as a row of this transaction, in the memory of its request. */
struct recorded {
    struct ctx *c;
    struct noted *n;
    struct actor who;
    int64_t id; /* of its evidence */
    struct call_row row;
};

/* A lot of them. */
struct lot {
    struct arena *arena;
    struct recorded *calls[LOT];
    size_t count;
    uint8_t whose[LOT][SM3_SIZE];
};

static struct str whose_text(struct arena *a, int64_t id, struct str subject_index)
{
    return str_fmt(a, "%lld %.*s", (long long)id, STR_ARG(subject_index));
}

struct str exchange_whose(struct arena *a, int64_t id, struct str subject_index)
{
    uint8_t digest[SM3_SIZE];
    sm3(whose_text(a, id, subject_index), digest);
    return str_hex(a, digest, WHOSE_SIZE);
}

static void hash_whose(struct lot *l)
{
    struct str texts[LOT];
    for (size_t i = 0; i < l->count; i++)
        texts[i] = whose_text(l->arena, l->calls[i]->row.id, l->calls[i]->row.subject_index);
    sm3_many(texts, l->count, l->whose);
}

static void hash_answers(struct lot *l)
{
    struct noted *due[LOT];
    struct str bodies[LOT];
    struct merkle_node leaves[LOT];
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->calls[i]->n->body.len) {
            due[count] = l->calls[i]->n;
            bodies[count++] = l->calls[i]->n->body;
        }
    if (!count) return;
    merkle_leaves_of(MERKLE_SM3, l->arena, bodies, count, leaves);
    for (size_t i = 0; i < count; i++) {
        due[i]->leaf = leaves[i];
        due[i]->body = STR_EMPTY;
    }
}

static struct str told(struct arena *a, const struct recorded *r, const uint8_t whose[SM3_SIZE])
{
    const struct call_row *row = &r->row;
    struct buf b = buf_new(a, 512);
    add_id(&b, STR("{\"system\":\""), row->system);
    if (r->n->outside && row->operator_id.len) add_text(&b, "operator", row->operator_id);
    add_id(&b, STR(",\"resource\":\""), row->resource);
    add_id(&b, STR(",\"permit\":\""), row->permit);
    if (row->case_id > 0) add_id(&b, STR(",\"case\":\""), row->case_id);
    if (row->item) add_id(&b, STR(",\"service\":\""), row->item);
    add_id(&b, STR(",\"subject\":\""), row->subject);
    add_text(&b, "mode", row->mode);
    add_text(&b, "purpose", row->purpose);
    add_text(&b, "fields", row->fields);
    add_text(&b, "result", row->result);
    add_text(&b, "signed", row->scheme);
    if (r->n->answered && call_answered(row->result))
        add_text(&b, "answer", str_hex(a, r->n->leaf.bytes, MERKLE_SIZE));
    if (row->answer) buf_add(&b, STR(",\"found\":true"));
    if (r->n->records > 1) buf_fmt(&b, ",\"records\":%d", r->n->records);
    add_text(&b, "whose", str_hex(a, whose, WHOSE_SIZE));
    buf_add_char(&b, '}');
    return buf_str(&b);
}

static bool write_lot(struct lot *l, struct db_tx *tx)
{
    struct evidence_row rows[LOT];
    hash_answers(l);
    hash_whose(l);
    for (size_t i = 0; i < l->count; i++) {
        const struct recorded *r = l->calls[i];
        rows[i] = (struct evidence_row){.id = r->id,
                                        .at = r->row.at,
                                        .act = STR("exchange.call"),
                                        .actor_kind = r->who.kind,
                                        .account = r->who.account,
                                        .unit = r->who.unit,
                                        .object_kind = STR("exchange_call"),
                                        .object = r->row.id,
                                        .detail = told(l->arena, r, l->whose[i])};
    }
    return !l->count || evidence_add_rows(tx, ctx_keys(l->calls[0]->c), l->arena, rows, l->count);
}

/* The writer's thread may not leave by the guard of a request. */
static bool write_guarded(struct lot *l, struct db_tx *tx)
{
    jmp_buf env;
    l->arena = arena_new(LOT_ARENA);
    if (!l->arena) return err_fault(tx->err, "not enough memory for evidence");
    if (setjmp(env)) {
        arena_guard(l->arena, NULL);
        arena_drop(l->arena);
        return err_fault(tx->err, "not enough memory for evidence");
    }
    arena_guard(l->arena, &env);
    bool ok = write_lot(l, tx);
    arena_guard(l->arena, NULL);
    arena_drop(l->arena);
    return ok;
}

static bool write_evidence(const struct db_gatherer *, struct db_tx *tx, struct str bytes)
{
    struct lot l;
    for (size_t at = 0; at < bytes.len;) {
        for (l.count = 0; l.count < LOT && at < bytes.len; at += sizeof l.calls[0])
            memcpy(&l.calls[l.count++], bytes.ptr + at, sizeof l.calls[0]);
        if (!write_guarded(&l, tx)) return false;
    }
    return true;
}

static const struct db_gatherer evidence_of_calls = {write_evidence};

/* The evidence names the department whose system asked, not whoever carried the request; whom it was about is
 * in its details, so that a person's calls are found by their number alone. */
static bool add_evidence(struct ctx *c, struct noted *n, const struct call_row *r)
{
    struct recorded *made = ARENA_NEW(c->arena, struct recorded);
    *made = (struct recorded){.c = c, .n = n, .who = c->actor, .id = ctx_id(c), .row = *r};
    if (n->outside) made->who = (struct actor){.kind = ACTOR_SYSTEM, .unit = r->unit};
    return db_gather(&c->tx, &evidence_of_calls, str_n(&made, sizeof made));
}

/* ---- recording ---- */

static bool record_one(struct ctx *c, struct noted *n)
{
    struct call_row r = n->row;
    r.took_us = time_monotonic_us() - n->begun_us;
    const char *refused = NULL;
    bool fresh = true, held = false;
    if (n->once.nonce.len && !call_store_take(c, r.system, &n->once, &fresh)) return false;
    if (!fresh) refused = "exchange.replay";
    bool bounded = n->rate < RATE_MAX || n->daily < DAILY_MAX; /* what has no bound needs no count */
    if (fresh && bounded && call_answered(r.result) &&
        !call_store_use(c, r.permit, n->rate, n->daily, &refused))
        return false;
    if (refused) {
        r.result = str_c(refused);
        r.answer = false;
    }
    if (n->outside && !call_answered(r.result) && !exchange_refusal_held(c, n->caller, r.result, &held))
        return false;
    if (held) return exchange_refusals_full(c, r.result);
    if (!call_store_add(c, &r) || !add_evidence(c, n, &r)) return false;
    if (refused)
        (void)err_set(
            c->err, ERR_DENIED, refused,
            !fresh ? "This call has been made before: sign it anew with another nonce."
            : strcmp(refused, "exchange.quota") == 0
                ? "The calls of this permit for today are used up: ask again tomorrow, or ask the provider "
                  "for more."
                : "The calls of this permit for this minute are used up: ask again in the next one.");
    return true;
}

bool call_record(struct ctx *c)
{
    for (struct noted *n = c->calls; n; n = n->next)
        if (!record_one(c, n)) return false;
    return true;
}
