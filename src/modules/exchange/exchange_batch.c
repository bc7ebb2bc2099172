/* Many questions at once: handed in under one signature, asked by jobs some at a time, fetched in pages.
 * Where a job died, the next one goes on behind the last answer that was written. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/exchange/exchange_feed.h"

#include <string.h>

enum { ASK_US = 20000000 }; /* a step's lease is a minute, and one question may take ten seconds */

static bool wake(struct ctx *c, int64_t batch, int64_t at)
{
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "batch", batch);
    struct str key = str_fmt(c->arena, "%lld-%lld", (long long)batch, (long long)at);
    return job_add(c, "exchange.batch", key, payload, at);
}

/* ---- handing in ---- */

static bool subjects_sound(struct ctx *c, const struct json *subjects)
{
    if (!json_is(subjects, JSON_ARRAY) || !subjects->count || subjects->count > BATCH_MAX)
        return err_at(c->err, STR("subjects"), "A batch has 1 to 500 questions.", STR_EMPTY);
    JSON_EACH(s, subjects)
    {
        struct str number = json_text_of(s, "number");
        if (!number.len || number.len > 64)
            return err_at(c->err, STR("subjects"), "Every question names a number.", STR_EMPTY);
    }
    return true;
}

static bool save(struct ctx *c, const struct call *k, int64_t id)
{
    static const char *const kept[] = {"mode", "purpose", "operator"};
    const struct json *subjects = json_get(c->in, "subjects");
    struct json *doc = json_object(c->arena);
    for (size_t i = 0; i < 3; i++)
        json_set_str(c->arena, doc, kept[i], in_text(c, kept[i]));
    json_set_str(c->arena, doc, "address", k->address);
    if (k->fields) json_set(doc, "fields", json_copy(c->arena, k->fields));
    const struct batch b = {.id = id,
                            .system = k->system->id,
                            .resource = k->resource->id,
                            .doc = doc,
                            .total = (int64_t)subjects->count};
    if (!batch_store_add(c, &b)) return false;
    int64_t n = 0;
    JSON_EACH(s, subjects)
    {
        struct batch_line l = {.batch = id, .n = n, .question = s};
        struct call about = {.code = json_text_of(s, "number")};
        if (!call_about(c, &about, json_text_of(s, "kind"), STR_EMPTY)) return false;
        l.subject = about.subject;
        if (!batch_store_add_line(c, &l)) return false;
        n++;
    }
    return wake(c, id, c->now);
}

bool exchange_batch_submit(struct ctx *c)
{
    struct caller who;
    struct call k = {.mode = STR("batch"),
                     .with_mode = in_text(c, "mode"),
                     .purpose = in_text(c, "purpose"),
                     .operator_id = in_text(c, "operator"),
                     .code = STR_EMPTY,
                     .fields = json_get(c->in, "fields"),
                     .no_case_yet = true,
                     .later = true,
                     .address = c->req->peer};
    if (!exchange_authenticate(c, "POST", exchange_target(c), c->req->body, &who)) return false;
    k.system = who.system;
    k.once = who.once;
    k.scheme = who.scheme;
    k.resource = exchange_resource_of(exchange_now(c), ctx_path(c, "resource"));
    if (!k.resource) return call_nowhere(c, &k);
    if (!subjects_sound(c, json_get(c->in, "subjects"))) return call_refused(c, &k);
    if (!call_authorise(c, &k)) return call_refused(c, &k);
    int64_t id = ctx_id(c);
    call_note(c, &k, "ok", true);
    if (!save(c, &k, id) || !feed_record(c, &k)) return false;
    struct json *out = json_object(c->arena);
    json_set_id(c->arena, out, "batch", id);
    json_set_i64(c->arena, out, "count", (int64_t)json_get(c->in, "subjects")->count);
    return ctx_file(c, json_to_str(c->arena, out), "application/json", STR_EMPTY);
}

/* ---- asking ---- */

struct step {
    struct batch batch;
    struct batch_line *lines;
    size_t count;
    const struct known_system *system;
    const struct known_resource *resource;
};

/* false with *gone: there is nothing to do any more. */
static bool load_step(struct ctx *c, const struct json *payload, struct step *s, bool *gone)
{
    const struct exchange_snapshot *now = exchange_now(c);
    bool found;
    *s = (struct step){0};
    if (!batch_store_load(c, json_i64_of(payload, "batch", 0), &s->batch, &found)) return false;
    *gone = !found || s->batch.done >= s->batch.total;
    if (*gone) return true;
    for (size_t i = 0; i < now->system_count; i++)
        if (now->systems[i].id == s->batch.system) s->system = &now->systems[i];
    for (size_t i = 0; i < now->resource_count; i++)
        if (now->resources[i].id == s->batch.resource) s->resource = &now->resources[i];
    return batch_store_lines(c, s->batch.id, s->batch.done, BATCH_STEP, &s->lines, &s->count);
}

static bool call_of(struct ctx *c, const struct step *s, const struct batch_line *l, struct call *k)
{
    const struct json *doc = s->batch.doc, *q = l->question;
    *k = (struct call){.system = s->system,
                       .resource = s->resource,
                       .mode = json_text_of(doc, "mode"),
                       .with_mode = STR("batch"),
                       .purpose = json_text_of(doc, "purpose"),
                       .operator_id = json_text_of(doc, "operator"),
                       .code = json_text_of(q, "number"),
                       .fields = json_get(doc, "fields"),
                       .address = json_text_of(doc, "address")};
    return call_about(c, k, json_text_of(q, "kind"), json_text_of(q, "case"));
}

/* Of a provider that has to be waited for: before the write, and only what may be asked. */
bool exchange_batch_ask(struct ctx *c, const struct json *payload)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    struct step s;
    bool gone;
    if (!load_step(c, payload, &s, &gone)) return false;
    if (gone || !s.system || !s.resource || !s.resource->source || !s.resource->source->kind->waits)
        return true;
    int64_t until = time_monotonic_us() + ASK_US;
    c->prepared = json_array(c->arena);
    for (size_t i = 0; i < s.count && time_monotonic_us() < until; i++) {
        if (s.lines[i].erased) continue;
        struct err wrong = {0}, *own = c->err;
        const struct json *record = NULL;
        struct call k;
        if (!call_of(c, &s, &s.lines[i], &k)) return false;
        c->err = &wrong;
        bool ok =
            call_authorise(c, &k) && source_ask(&state->sources, s.resource->source, s.resource->breaker,
                                                c->arena, k.code, c->now, &record, &wrong);
        c->err = own;
        if (!ok && wrong.kind == ERR_BUSY && !str_eq_c(str_c(wrong.code), "exchange.provider")) break;
        struct json *o = json_add_object(c->arena, c->prepared);
        json_set_i64(c->arena, o, "n", s.lines[i].n);
        json_set_bool(c->arena, o, "ok", ok);
        if (record) json_set(o, "record", json_copy(c->arena, record));
    }
    return true;
}

/* What the step before found for that line; NULL: nothing. */
static const struct source_given *given_of(struct ctx *c, const struct batch_line *l)
{
    struct source_given *g = ARENA_NEW(c->arena, struct source_given);
    JSON_EACH(o, c->prepared)
    {
        if (json_i64_of(o, "n", -1) != l->n) continue;
        g->ok = json_true_of(o, "ok");
        g->record = json_get(o, "record");
        if (!g->ok) (void)source_broken(&g->err, "asked in a batch");
        return g;
    }
    return NULL;
}

/* false: the database failed. What was refused is an answer, but for what is too much for this minute. */
static bool answer_line(struct ctx *c, const struct step *s, struct batch_line *l,
                        const struct source_given *given, bool *waits)
{
    struct err wrong = {0}, *own = c->err, *of_tx = c->tx.err;
    struct json *out = json_object(c->arena), *answer = NULL;
    struct call k;
    c->err = c->tx.err = &wrong;
    bool ok = call_of(c, s, l, &k);
    k.given = given;
    ok = ok && call_ask(c, &k, json_get(s->batch.doc, "fields"), json_get(l->question, "facts"), &answer);
    if (ok) { /* its record holds the leaf of this answer */
        c->calls->answered = true;
        c->calls->body = json_to_str(c->arena, answer);
    }
    const struct err said = wrong;
    err_clear(&wrong);
    if (c->calls && !feed_record(c, &k)) ok = false;
    c->calls = NULL;
    const struct err *why = wrong.kind ? &wrong : &said;
    c->err = own;
    c->tx.err = of_tx;
    if (why->kind == ERR_FAULT) {
        *own = *why;
        return false;
    }
    *waits = !ok && why->code && (strcmp(why->code, "exchange.rate") == 0 || strcmp(why->code, "limit") == 0);
    if (*waits) return true;
    if (ok)
        json_set(out, "answer", answer);
    else
        json_set_c(c->arena, out, "error", why->code ? why->code : "input");
    l->answer = out;
    l->subject = k.subject;
    l->call = k.id;
    return batch_store_answer(c, l);
}

bool exchange_batch_answer(struct ctx *c, const struct json *payload)
{
    struct step s;
    bool gone;
    if (!load_step(c, payload, &s, &gone)) return false;
    if (gone || !s.system || !s.resource) return true;
    bool outside = s.resource->source && s.resource->source->kind->waits, full = false;
    size_t done = 0;
    for (const struct source_given *given; done < s.count; done++) {
        if (s.lines[done].erased) {
            if (!batch_store_pass(c, &s.lines[done])) return false;
            continue;
        }
        given = outside ? given_of(c, &s.lines[done]) : NULL;
        if (outside && !given) break; /* a provider that sleeps is asked for the rest later */
        if (!answer_line(c, &s, &s.lines[done], given, &full)) return false;
        if (full) break;
    }
    if (s.batch.done + (int64_t)done >= s.batch.total) return true;
    return wake(c, s.batch.id,
                full   ? (c->now / MS_MINUTE + 1) * MS_MINUTE
                : done ? c->now
                       : c->now + BREAKER_MS);
}

/* ---- fetching ---- */

static bool no_batch(struct ctx *c, const struct caller *who)
{
    const struct call k = {.system = who->system,
                           .mode = STR("batch"),
                           .purpose = STR_EMPTY,
                           .operator_id = STR_EMPTY,
                           .once = who->once,
                           .scheme = who->scheme,
                           .code = STR_EMPTY};
    (void)err_missing(c->err, "exchange.batch", "There is no such batch.");
    return call_refused(c, &k);
}

static struct json *page_of(struct ctx *c, const struct batch *b, const struct batch_line *rows, size_t count)
{
    struct json *out = json_object(c->arena), *results = json_set_array(c->arena, out, "results");
    int64_t next = in_i64(c, "from", 0);
    for (size_t i = 0; i < count && rows[i].n < b->done; i++) {
        struct json *o = rows[i].erased ? json_object(c->arena) : json_copy(c->arena, rows[i].answer);
        if (rows[i].erased) json_set_c(c->arena, o, "error", "exchange.erased");
        json_set_i64(c->arena, o, "n", rows[i].n);
        json_set_str(c->arena, o, "number", json_text_of(rows[i].question, "number"));
        json_add(results, o);
        next = rows[i].n + 1;
    }
    json_set_id(c->arena, out, "batch", b->id);
    json_set_i64(c->arena, out, "count", b->total);
    json_set_i64(c->arena, out, "done", b->done);
    json_set_i64(c->arena, out, "next", next);
    return out;
}

bool exchange_batch_fetch(struct ctx *c)
{
    struct caller who;
    struct batch b;
    struct batch_line *rows;
    size_t count;
    int64_t id;
    bool found;
    if (!exchange_authenticate(c, "POST", exchange_target(c), c->req->body, &who)) return false;
    if (!ctx_path_id(c, "id", &id) || !batch_store_load(c, id, &b, &found)) return false;
    if (!found || b.system != who.system->id) return no_batch(c, &who);
    struct call k = {.system = who.system,
                     .mode = STR("batch"),
                     .with_mode = json_text_of(b.doc, "mode"),
                     .uncounted = true,
                     .purpose = json_text_of(b.doc, "purpose"),
                     .operator_id = json_text_of(b.doc, "operator"),
                     .once = who.once,
                     .scheme = who.scheme,
                     .code = STR_EMPTY,
                     .fields = json_get(b.doc, "fields"),
                     .no_case_yet = true,
                     .later = true,
                     .address = c->req->peer};
    const struct exchange_snapshot *now = exchange_now(c);
    for (size_t i = 0; i < now->resource_count; i++)
        if (now->resources[i].id == b.resource) k.resource = &now->resources[i];
    if (!k.resource) return no_batch(c, &who);
    if (!call_authorise(c, &k)) return call_refused(c, &k);
    if (!batch_store_lines(c, id, in_i64(c, "from", 0), BATCH_PAGE, &rows, &count)) return false;
    call_note(c, &k, "ok", true);
    struct json *out = page_of(c, &b, rows, count);
    call_add_provenance(c, out, &k);
    return feed_send(c, &k, json_to_str(c->arena, out));
}

const struct field exchange_batch_fields[] = {
    {"mode", FIELD_CHOICE, "Way of asking", .required = true, .choices = "check|query"},
    {"purpose", FIELD_CHOICE, "Purpose", .required = true, .choices = "apply|supervise|public-service"},
    {"operator", FIELD_LINE, "Who asks, at the system", .required = true, .max = 60},
    {"fields", FIELD_LIST, "Items of data that are needed", .max = ITEMS_MAX},
    {"subjects", FIELD_JSON, "Questions: number, kind, case, facts", .required = true},
    {0},
};

const struct field exchange_batch_page_fields[] = {
    {"from", FIELD_INT, "From this question on", .min = 0, .max = BATCH_MAX},
    {0},
};
