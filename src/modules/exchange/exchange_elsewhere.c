#include "modules/exchange/exchange_elsewhere.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"

struct wanted {
    struct elsewhere_row row;
    const struct known_resource *resource; /* NULL: a service of another node */
    struct call call; /* what goes on record; of a node, the part that asks it does that */
    const struct json *fields;
    struct str code, item;
    int64_t unit;
    bool firm;
};

/* What a page lacks, and what somebody else wants to ask before it is made again. */
struct asking {
    struct wanted list[ELSEWHERE_AT_ONCE];
    size_t count;
    void (*next)(struct ctx *c, void *arg);
    void *next_arg;
};

static struct exchange_state *state_of(const struct ctx *c)
{
    return server_state(c->server, "exchange");
}

/* ---- what there is ---- */

static const struct known_resource *bound_here(struct ctx *c, struct str resource)
{
    const struct known_resource *r = exchange_resource_of(exchange_now(c), resource);
    return r && r->source ? r : NULL;
}

static bool is_far(const struct ctx *c, struct str resource)
{
    return state_of(c)->far && str_find_char(resource, '/') != SIZE_MAX;
}

bool elsewhere_is_bound(struct ctx *c, struct str resource)
{
    return bound_here(c, resource) || is_far(c, resource);
}

bool elsewhere_names(struct ctx *c, struct str resource, struct str *zh, struct str *en)
{
    const struct known_resource *r = bound_here(c, resource);
    struct data_entry e;
    bool found;
    *en = STR_EMPTY;
    *zh = r ? r->name : is_far(c, resource) ? state_of(c)->far->name(c, resource) : STR_EMPTY;
    if (!r) return true;
    if (!entry_store_load(c, r->entry, &e, &found)) return false;
    if (found) *en = json_text_of(e.doc, "en");
    return true;
}

/* A number is kept as a number or as its digits, as the provider has it; a yes or no is nothing else. */
static bool same_value(const struct json *known, const struct json *meant)
{
    if (json_is(known, JSON_BOOL) || json_is(meant, JSON_BOOL))
        return known && known->type == meant->type && known->boolean == meant->boolean;
    return (json_is(known, JSON_STRING) || json_is(known, JSON_NUMBER)) &&
           (json_is(meant, JSON_STRING) || json_is(meant, JSON_NUMBER)) && str_eq(known->text, meant->text);
}

static bool has_members(const struct json *record, const struct json *where)
{
    JSON_EACH(m, where)
    {
        if (!same_value(json_get_str(record, m->key), m)) return false;
    }
    return true;
}

const struct json *elsewhere_record(const struct json *data, const struct json *where, bool *several)
{
    const struct json *found = NULL;
    *several = false;
    if (!json_is(data, JSON_ARRAY)) return data;
    JSON_EACH(one, data)
    {
        bool more = json_is(one, JSON_BOOL);
        if (!more && !has_members(one, where)) continue;
        *several = *several || found || more;
        if (!more) found = one;
    }
    return *several ? NULL : found;
}

struct str elsewhere_why(const struct lang *lang, struct str result)
{
    if (str_eq_c(result, ELSEWHERE_SEVERAL))
        return tr(lang,
                  "The department that keeps this has several records of yours. Please fill in the one that "
                  "is meant.");
    if (str_eq_c(result, "exchange.not_shared"))
        return tr(lang, "The department that keeps this no longer shares it. Please fill it in yourself.");
    bool rests = str_eq_c(result, "exchange.sleeping") || str_eq_c(result, "exchange.crowded");
    return tr(lang, rests ? "The department that keeps this does not answer at the moment. Please fill it in "
                            "yourself."
                          : "The department that keeps this could not answer. Please fill it in yourself.");
}

/* ---- asking: no transaction is held ---- */

/* About the call: how long what it brought is shown without asking again. */
static bool record_keeping(struct ctx *c, const struct wanted *w, int64_t call)
{
    struct json *d = json_object(c->arena);
    if (str_eq_c(w->row.way, "fact"))
        json_set_id(c->arena, d, "case", w->row.case_id);
    else
        json_set_i64(c->arena, d, "hours", ELSEWHERE_KEPT_MS / MS_HOUR);
    return evidence_add(c, "exchange.kept", "exchange_call", call, w->row.subject, d);
}

/* Starts clean: it may be the second run. Of a call over its bound nothing is kept but that. */
static bool keep(struct ctx *c)
{
    const struct wanted *w = ctx_arg(c);
    struct elsewhere_row r = w->row;
    c->calls = NULL;
    if (w->resource) call_note(c, &w->call, str_z(c->arena, r.result), r.found);
    r.call = c->calls ? c->calls->row.id : 0;
    bool ok = call_record(c);
    c->calls = NULL;
    if (!ok) return false;
    if (c->err->kind != ERR_NONE) {
        r.result = str_c(c->err->code);
        r.text = STR_EMPTY;
        r.found = false;
        err_clear(c->err);
    }
    if (r.call && call_answered(r.result) && !record_keeping(c, w, r.call)) return false;
    return elsewhere_store_put(c, &r);
}

/* Items the permit names and does not mask. */
static struct json *permitted(struct ctx *c, const struct wanted *w, const struct json *record)
{
    if (json_is(record, JSON_ARRAY)) {
        struct json *all = json_array(c->arena);
        JSON_EACH(one, record)
        {
            json_add(all, json_is(one, JSON_OBJECT) ? permitted(c, w, one) : json_copy(c->arena, one));
        }
        return all;
    }
    struct json *out = json_object(c->arena);
    JSON_EACH(f, w->fields)
    {
        const struct json *value = json_get_str(record, f->text);
        bool masked = w->call.permit && mask_of(w->call.permit, f->text).len;
        if (value && !masked) json_set(out, str_z(c->arena, f->text), json_copy(c->arena, value));
    }
    return out;
}

static bool ask_here(struct ctx *c, struct wanted *w, int wait_ms, const struct json **record,
                     struct err *wrong)
{
    struct source s = *w->resource->source;
    if (s.timeout_ms > wait_ms) s.timeout_ms = wait_ms;
    if (!source_ask(&state_of(c)->sources, &s, w->resource->breaker, c->arena, w->code, c->now, record,
                    wrong))
        return false;
    return call_filter(&w->call, c->arena, record, wrong);
}

static bool ask_far(struct ctx *c, struct wanted *w, int wait_ms, const struct json **record,
                    struct err *wrong)
{
    const struct exchange_far_question q = {.service = w->row.resource,
                                            .mode = w->fields ? STR("query") : STR("check"),
                                            .kind = w->firm ? STR("organisation") : STR("person"),
                                            .number = w->code,
                                            .item = w->item,
                                            .fields = w->fields,
                                            .case_id = w->row.case_id,
                                            .subject = w->row.subject,
                                            .unit = w->unit,
                                            .fact = str_eq_c(w->row.way, "fact"),
                                            .wait_ms = wait_ms};
    struct err *own = c->err;
    c->err = wrong;
    bool ok = state_of(c)->far->ask(c, &q, record);
    c->err = own;
    return ok;
}

static void ask_one(struct ctx *c, struct wanted *w, int wait_ms)
{
    const struct json *record = NULL;
    struct err wrong = {0}, lost = {0};
    w->call.begun_us = time_monotonic_us();
    bool ok = wait_ms > 0 && (w->resource ? ask_here : ask_far)(c, w, wait_ms, &record, &wrong);
    w->row.at = c->now;
    w->row.found = ok && record;
    w->row.result = str_c(ok                          ? call_result(&w->call)
                          : wrong.code && *wrong.code ? wrong.code
                                                      : "exchange.provider");
    w->row.text = w->row.found ? json_to_str(c->arena, permitted(c, w, record)) : STR_EMPTY;
    (void)!server_write(c->server, &c->actor, keep, w, &lost);
}

static void ask_all(struct ctx *c, void *arg)
{
    struct asking *a = arg;
    int64_t until = time_monotonic_us() / 1000 + ELSEWHERE_WAIT_MS;
    for (size_t i = 0; i < a->count; i++) {
        int64_t left = until - time_monotonic_us() / 1000;
        ask_one(c, &a->list[i], (int)(left < ELSEWHERE_ONE_MS ? left : ELSEWHERE_ONE_MS));
    }
    if (a->next) a->next(c, a->next_arg);
}

static struct asking *asking_now(struct ctx *c)
{
    if (ctx_goes_outside(c) && c->outside.ask == ask_all) return c->outside.arg;
    struct asking *a = ARENA_NEW(c->arena, struct asking);
    if (ctx_goes_outside(c)) *a = (struct asking){.next = c->outside.ask, .next_arg = c->outside.arg};
    return a;
}

static bool may_wait(const struct ctx *c)
{
    return c->req && c->req->method == METHOD_GET && !ctx_outside_found(c);
}

static void want(struct ctx *c, const struct wanted *w)
{
    struct asking *a = asking_now(c);
    for (size_t i = 0; i < a->count; i++)
        if (str_eq(a->list[i].row.resource, w->row.resource) && str_eq(a->list[i].row.way, w->row.way))
            return;
    if (a->count == ELSEWHERE_AT_ONCE) return;
    a->list[a->count++] = *w;
    (void)!ctx_outside(c, ask_all, a); /* the page goes on without; then it is made again */
}

void elsewhere_join(struct ctx *c, void (*before)(struct ctx *c, void *arg), void *arg)
{
    struct asking *a = arg;
    if (before != ask_all || !ctx_goes_outside(c) || c->outside.arg == arg) return;
    a->next = c->outside.ask;
    a->next_arg = c->outside.arg;
    (void)!ctx_outside(c, ask_all, a);
}

/* ---- what was said ---- */

static struct str joined(struct ctx *c, const struct json *list)
{
    struct buf b = buf_new(c->arena, 64);
    JSON_EACH(one, list)
    {
        if (b.len) buf_add_char(&b, ',');
        buf_add(&b, one->text);
    }
    return buf_str(&b);
}

static bool names_all(struct str kept, const struct json *fields)
{
    JSON_EACH(f, fields)
    {
        if (!list_names(kept, f->text)) return false;
    }
    return true;
}

/* A page asks again after a sitting; what is written rests on what the page was told; facts stay. */
static bool holds_still(const struct ctx *c, const struct elsewhere_row *r, const char *way)
{
    int64_t age = c->now - r->at;
    if (!call_answered(r->result)) return age < ELSEWHERE_FAILED_MS || !may_wait(c);
    if (strcmp(way, "fact") == 0) return true;
    return age < (may_wait(c) ? SAME_CALL_MS : ELSEWHERE_KEPT_MS);
}

/* Of what was kept no more than is asked now: the entry may share less than it did. */
static bool give(struct ctx *c, const struct wanted *w, const struct elsewhere_row *r, struct elsewhere *out)
{
    *out = (struct elsewhere){.known = true,
                              .found = r->found,
                              .result = call_answered(r->result) ? STR("ok") : r->result,
                              .at = r->at};
    if (r->call && !call_store_permit(c, r->call, &out->permit)) return false;
    if (!r->text.len) return true;
    const struct json *kept = json_parse(c->arena, r->text, JSON_STRICT, c->err);
    out->data = kept ? permitted(c, w, kept) : NULL;
    return kept != NULL;
}

/* An officer looks at what is kept: on record as a look, and a call of theirs unless they asked themself. The
 * provider is not asked, so it uses up nothing. */
static bool note_look(struct ctx *c, const struct wanted *w, const struct elsewhere_row *r)
{
    struct call k = w->call;
    struct str zh, en;
    bool page = c->req && c->req->method == METHOD_GET, just_asked = ctx_outside_found(c) && r->at == c->now;
    if (c->actor.kind != ACTOR_OFFICER || !page || !call_answered(r->result)) return true;
    if (!elsewhere_names(c, w->row.resource, &zh, &en)) return false;
    ctx_reads(c, w->row.subject, str_fmt(c->arena, "told: %.*s", STR_ARG(zh)), w->row.case_id);
    k.uncounted = true;
    k.filtered = str_eq_c(r->result, "exchange.filtered");
    return just_asked || !k.permit || own_note_once(c, &k, r->found);
}

static bool of_rows(struct ctx *c, struct call *k, const struct wanted *w, struct elsewhere *out)
{
    struct err wrong = {0}, *own = c->err;
    const struct json *record = NULL;
    c->err = &wrong;
    bool ok = call_provider(c, k, &record);
    c->err = own;
    if (!ok && wrong.kind == ERR_FAULT) {
        *c->err = wrong;
        return false;
    }
    *out = (struct elsewhere){.known = true,
                              .found = record != NULL,
                              .result = str_c(ok ? "ok" : wrong.code),
                              .data = record ? permitted(c, w, record) : NULL,
                              .at = c->now,
                              .permit = k->permit->id};
    if (ok) return own_note_once(c, k, out->found);
    if (!own_noted_now(c, k)) call_note(c, k, wrong.code, false);
    return true;
}

static bool of_store(struct ctx *c, const struct wanted *w, const char *way, struct elsewhere *out)
{
    struct elsewhere_row r;
    bool found;
    if (!elsewhere_store_find(c, w->row.case_id, w->row.subject, w->row.resource, w->row.way, &r, &found))
        return false;
    if (found && holds_still(c, &r, way) && names_all(r.fields, w->fields))
        return note_look(c, w, &r) && give(c, w, &r, out);
    if (w->resource && breaker_sleeps(w->resource->breaker, c->now)) {
        *out = (struct elsewhere){.known = true, .result = STR("exchange.sleeping")};
        return true;
    }
    if (may_wait(c) && (!w->resource || w->call.permit)) want(c, w); /* nobody is asked without a permit */
    return true;
}

bool elsewhere_of(struct ctx *c, const struct elsewhere_about *a, struct str resource, const char *way,
                  const struct json *fields, struct elsewhere *out)
{
    const struct known_resource *r = bound_here(c, resource);
    const bool check = strcmp(way, "check") == 0;
    struct call k = {0};
    struct wanted w = {.row = {.case_id = a->about->id,
                               .subject = a->about->applicant,
                               .resource = resource,
                               .way = str_c(way),
                               .fields = joined(c, fields)},
                       .resource = r,
                       .fields = fields,
                       .code = a->code,
                       .item = a->about->base.len ? a->about->base : a->about->item_code,
                       .unit = a->about->unit,
                       .firm = a->firm};
    *out = (struct elsewhere){0};
    if (!r && (!is_far(c, resource) || !a->about->id)) return true;
    if (!r) return of_store(c, &w, way, out);
    if (!a->about->live && strcmp(way, "fact") == 0) return of_store(c, &w, way, out);
    w.fields = own_left(c, r, fields);
    if (fields && (r->unshared || !w.fields->count)) {
        *out = (struct elsewhere){.known = true, .result = STR("exchange.not_shared")};
        return true;
    }
    w.row.fields = joined(c, w.fields);
    if (!own_may_ask(c, a->about, a->code, resource, check ? "check" : "query", w.fields, &k)) return true;
    w.call = k;
    return r->source->kind->waits ? of_store(c, &w, way, out) : of_rows(c, &k, &w, out);
}

bool exchange_elsewhere_sweep(struct ctx *c, const struct json *)
{
    return elsewhere_store_sweep(c, c->now - ELSEWHERE_KEPT_MS);
}
