/* Rows and changes as systems hand them in and fetch them, and as they are sent. */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_feed.h"

enum { SEND_CONNECT_MS = 2000, SEND_MS = 15000, SENT_ANSWER_MAX = 16 << 10 };

static bool keeps_rows(struct ctx *c, const struct known_resource *r)
{
    return (r->source && !r->source->kind->waits) ||
           err_conflict(c->err, "exchange.no_rows", "Rows are not delivered for this entry.");
}

/* ---- rows ---- */

static const struct exchange_word refused_words[] = {
    {"guid", "The GUID is none: it has 1 to 64 visible characters."},
    {"op", "The operation is none: it is I, U or D."},
    {"number", "The number is none: it has 1 to 64 visible characters."},
    {"data", "The data are not of the items of this entry and their types."},
    {"taken", "Another row has this number: delete that one first, or deliver under its GUID."},
    {0}};

static struct json *refusals_of(struct ctx *c, const struct delivery *d)
{
    struct json *list = json_copy(c->arena, d->refusals);
    for (struct json *one = list->first; one; one = one->next)
        json_set_str(c->arena, one, "message", exchange_label(c, refused_words, json_text_of(one, "reason")));
    return list;
}

static struct json *report_of(struct ctx *c, const struct delivery *d, struct str digest)
{
    struct json *out = json_object(c->arena);
    json_set_str(c->arena, out, "batch", d->batch);
    json_set_str(c->arena, out, "digest", digest);
    json_set_bool(c->arena, out, "again", d->again);
    json_set_i64(c->arena, out, "count", d->count);
    json_set_i64(c->arena, out, "inserted", d->inserted);
    json_set_i64(c->arena, out, "updated", d->updated);
    json_set_i64(c->arena, out, "deleted", d->deleted);
    json_set_i64(c->arena, out, "same", d->same);
    json_set_i64(c->arena, out, "refused", d->refused);
    json_set(out, "refusals", refusals_of(c, d));
    return out;
}

static bool counts_fit(struct ctx *c, const struct json *rows, struct str digest)
{
    if (!json_is(rows, JSON_ARRAY) || !rows->count || (int64_t)rows->count != in_i64(c, "count", 0))
        return err_at(c->err, STR("count"), "The count is not that of the rows.", STR_EMPTY);
    return str_eq(digest, in_text(c, "digest")) ||
           err_at(c->err, STR("digest"), "The digest is not that of the rows.", STR_EMPTY);
}

static bool apply(struct ctx *c, const struct call *k, struct delivery *d, int64_t *standing)
{
    const struct json *rows = json_get(c->in, "rows");
    int64_t last;
    bool fresh;
    if (k->system->unit != k->resource->unit)
        return err_denied(c->err, "exchange.not_provider",
                          "Only the department that provides this data can do this.");
    if (!keeps_rows(c, k->resource)) return false;
    *d = (struct delivery){.resource = k->resource->id,
                           .by = k->system->id,
                           .batch = in_text(c, "batch"),
                           .digest = rows_digest(c->arena, rows)};
    if (!counts_fit(c, rows, d->digest) || !call_store_take(c, k->system->id, &k->once, &fresh)) return false;
    if (!fresh)
        return err_denied(c->err, "exchange.replay",
                          "This call has been made before: sign it anew with another nonce.");
    const struct actor asked = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM, .unit = k->system->unit};
    bool ok =
        rows_apply(c, k->resource->source, d, rows) && rows_store_count(c, k->resource->id, standing, &last);
    c->actor = asked;
    return ok;
}

bool exchange_rows_push(struct ctx *c)
{
    struct call k = {.mode = STR("rows"), .purpose = STR_EMPTY, .operator_id = STR_EMPTY, .code = STR_EMPTY};
    struct delivery d;
    struct caller who;
    int64_t standing;
    if (!exchange_authenticate(c, "POST", exchange_target(c), c->req->body, &who)) return false;
    k.system = who.system;
    k.once = who.once;
    k.scheme = who.scheme;
    k.resource = exchange_resource_of(exchange_now(c), ctx_path(c, "resource"));
    if (!k.resource) return call_nowhere(c, &k);
    if (!apply(c, &k, &d, &standing)) return call_refused(c, &k);
    struct json *out = report_of(c, &d, in_text(c, "digest"));
    json_set_i64(c->arena, out, "standing", standing);
    return ctx_file(c, json_to_str(c->arena, out), "application/json", STR_EMPTY);
}

/* ---- changes, fetched ---- */

static bool load_cursor(struct ctx *c, const struct call *k, struct feed_cursor *at)
{
    bool found;
    if (!cursor_store_load(c, k->permit->id, at, &found)) return false;
    if (!found)
        *at = (struct feed_cursor){.permit = k->permit->id,
                                   .resource = k->resource->id,
                                   .place = STR_EMPTY,
                                   .path = STR_EMPTY,
                                   .shown = k->permit->filter != NULL};
    return true;
}

/* Acknowledges what is before `after`. An empty page with more to come until the permit has begun. */
static bool next_page(struct ctx *c, const struct call *k, struct feed_cursor *at, int64_t after, int limit,
                      struct feed_page *page)
{
    bool begun;
    *page = (struct feed_page){.list = json_array(c->arena), .next = after, .more = true};
    if (!feed_begin(c, k->permit, at, after, &begun)) return false;
    if (!begun) return true;
    at->acked = after;
    return feed_page(c, k, after, 0, true, limit, page);
}

bool exchange_changes(struct ctx *c)
{
    struct caller who;
    struct feed_cursor at;
    struct feed_page page;
    struct call k = {.mode = STR("subscribe"),
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
    if (!call_authorise(c, &k) || !keeps_rows(c, k.resource)) return call_refused(c, &k);
    if (!load_cursor(c, &k, &at)) return false;
    int64_t after = in_i64(c, "after", at.acked);
    if (!next_page(c, &k, &at, after, (int)in_i64(c, "limit", CHANGES_PAGE), &page) ||
        !cursor_store_save(c, &at))
        return false;
    if (!page.list->count) call_note(c, &k, "ok", false);
    struct json *out = json_object(c->arena);
    json_set(out, "changes", page.list);
    json_set_i64(c->arena, out, "next", page.next);
    json_set_bool(c->arena, out, "more", page.more);
    for (const struct noted *n = c->calls; n; n = n->next)
        k.id = n->row.id; /* the digest stands in the record of the last */
    call_add_provenance(c, out, &k);
    return feed_send(c, &k, json_to_str(c->arena, out));
}

/* ---- changes, sent ---- */

static const char no_secret[] =
    "The system has no secret key, with which what is sent to it is signed: have one "
    "made on the page of the system.";

static const struct known_system *system_of_id(const struct exchange_snapshot *s, int64_t id)
{
    for (size_t i = 0; i < s->system_count; i++)
        if (s->systems[i].id == id) return &s->systems[i];
    return NULL;
}

bool exchange_follow(struct ctx *c)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    const struct place *place = source_place(&state->sources, in_text(c, "place"));
    struct share_permit p;
    struct feed_cursor at;
    bool found;
    if (!permit_load(c, c->row, &p)) return false;
    if (p.unit != c->actor.unit)
        return err_denied(c->err, "exchange.office", "Only the department that asks can do this.");
    if (!str_eq_c(p.state, "granted") || !list_names(p.modes, STR("subscribe")))
        return err_conflict(c->err, "exchange.mode",
                            "The permit does not allow this way of asking: ask in a way it names, or ask for "
                            "a permit that allows it.");
    if (in_has(c, "place") && !operators_hold(&p, p.system_code, p.system_code))
        return err_at(
            c->err, STR("place"),
            "Changes are sent to the system itself, which this permit does not let ask: ask for one "
            "that names its code.",
            STR_EMPTY);
    if (in_has(c, "place") &&
        (!place || !place_is_of(c, place, p.unit) || !str_starts(str_c(place->address), STR("http"))))
        return err_at(c->err, STR("place"),
                      "This kind has no such place for your department. The operator names places.",
                      STR_EMPTY);
    const struct known_system *system = system_of_id(exchange_now(c), p.system);
    if (in_has(c, "place") && (!system || !system->key))
        return err_at(c->err, STR("place"), no_secret, STR_EMPTY);
    if (!cursor_store_load(c, p.id, &at, &found)) return false;
    if (!found) at = (struct feed_cursor){.permit = p.id, .resource = p.resource};
    at.place = in_text(c, "place");
    at.path = in_has(c, "path") ? in_text(c, "path") : STR_EMPTY;
    if (!cursor_store_save(c, &at) || !feed_wake(c, p.resource) ||
        !evidence_add(c, "exchange.follow", "share_permit", p.id, 0, NULL))
        return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/permits/%lld", (long long)c->row);
}

/* The call a subscription makes; false: it may not, or not any more. */
static bool call_of(struct ctx *c, const struct feed_cursor *at, struct call *k)
{
    const struct exchange_snapshot *s = exchange_now(c);
    const struct share_permit *p = feed_permit(s, at->permit);
    *k = (struct call){.mode = STR("subscribe"), .no_case_yet = true, .later = true, .code = STR_EMPTY};
    k->operator_id = k->address = STR_EMPTY;
    if (p) k->system = system_of_id(s, p->system);
    for (size_t i = 0; p && i < s->resource_count; i++)
        if (s->resources[i].id == p->resource) k->resource = &s->resources[i];
    if (!p || !k->system || !k->resource || !k->resource->source) return false;
    struct json *fields = json_array(c->arena);
    for (struct str rest = p->fields, one; rest.len;) {
        rest = str_cut(rest, ',', &one);
        json_add(fields, json_string(c->arena, one));
    }
    k->fields = fields;
    k->purpose = p->purpose;
    k->under = p->id;
    struct err no = {0}, *own = c->err;
    c->err = &no;
    bool may = call_authorise(c, k);
    c->err = own;
    return may;
}

/* Signed as the system itself signs, so that it knows who speaks. */
static struct str signature_of(struct ctx *c, const struct call *k, struct str path, struct str body)
{
    uint8_t digest[SM3_SIZE], mac[SM3_SIZE], random[16];
    sm3(body, digest);
    crypto_random(random, sizeof random);
    struct str hex = str_hex(c->arena, digest, sizeof digest),
               nonce = str_hex(c->arena, random, sizeof random);
    mac_sm3(k->system->key,
            str_fmt(c->arena, "POST\n%.*s\n%.*s\n%.*s\n%lld", STR_ARG(path), STR_ARG(hex), STR_ARG(nonce),
                    (long long)c->now),
            mac);
    return str_fmt(c->arena, "TB-HMAC-SM3 system=%.*s,time=%lld,nonce=%.*s,digest=%.*s,signature=%.*s",
                   STR_ARG(k->system->code), (long long)c->now, STR_ARG(nonce), STR_ARG(hex),
                   STR_ARG(str_hex(c->arena, mac, sizeof mac)));
}

static bool send_page(struct ctx *c, const struct call *k, const struct feed_cursor *at)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    const struct place *place = source_place(&state->sources, at->place);
    if (!place)
        return err_busy(c->err, "exchange.place", "The place of this subscription is not set up here.");
    if (!k->system->key) return err_busy(c->err, "exchange.no_secret", no_secret);
    struct fetch_header headers[] = {{"content-type", STR("application/json")},
                                     {"authorization", signature_of(c, k, at->path, at->page)}};
    struct fetch what = {.url =
                             str_z(c->arena, str_fmt(c->arena, "%s%.*s", place->address, STR_ARG(at->path))),
                         .headers = headers,
                         .header_count = 2,
                         .body = at->page,
                         .connect_ms = SEND_CONNECT_MS,
                         .total_ms = SEND_MS,
                         .max = SENT_ANSWER_MAX};
    struct fetch_answer answer = {0};
    if (!fetch(state->sources.fetcher, c->arena, &what, &answer, c->err)) return false;
    return (answer.status >= 200 && answer.status < 300) ||
           err_busy(c->err, "exchange.not_taken", "The other server did not take the changes.");
}

/* No more is in the page that waits than the permit lets through now: the entry may share less than it did.
 */
static bool page_holds(struct ctx *c, const struct call *k, struct str page)
{
    const struct json *doc = json_parse(c->arena, page, JSON_STRICT, c->err);
    JSON_EACH(change, json_get(doc, "changes"))
    {
        JSON_EACH(m, json_get(change, "data"))
        {
            if (!list_names(k->permit->fields, m->key)) return false;
        }
    }
    return doc != NULL;
}

/* Sends what is on record and not yet acknowledged. */
bool exchange_changes_send(struct ctx *c, const struct json *payload)
{
    struct feed_cursor at;
    struct call k;
    bool found;
    if (!cursor_store_load(c, json_i64_of(payload, "permit", 0), &at, &found)) return false;
    if (!found || !at.place.len || !at.page.len || at.noted <= at.acked || !call_of(c, &at, &k)) return true;
    if (!page_holds(c, &k, at.page)) return c->err->kind == ERR_NONE;
    if (!send_page(c, &k, &at)) return false;
    c->prepared = json_object(c->arena);
    json_set_i64(c->arena, c->prepared, "sent", at.noted);
    return true;
}

/* The next changes as they will be sent: noted, with the proof of what the consumer is told. */
static bool make_page(struct ctx *c, struct call *k, struct feed_cursor *at, bool *more)
{
    struct feed_page page;
    struct json *doc = json_object(c->arena);
    if (!next_page(c, k, at, at->acked, CHANGES_PAGE, &page)) return false;
    *more = page.list->count || page.more;
    at->noted = page.next;
    at->page = STR_EMPTY;
    if (!page.list->count) {
        at->acked = page.next;
        return true;
    }
    json_set_str(c->arena, doc, "resource", k->resource->code);
    json_set(doc, "changes", page.list);
    json_set_i64(c->arena, doc, "next", page.next);
    for (const struct noted *n = c->calls; n; n = n->next)
        k->id = n->row.id; /* the digest stands in the record of the last */
    call_add_provenance(c, doc, k);
    if (!feed_send(c, k, json_to_str(c->arena, doc))) return false;
    at->page = c->out.bytes;
    c->out = (struct outcome){0};
    return true;
}

/* Acknowledges what was sent and notes the next ones, which the next run sends. */
bool exchange_changes_sent(struct ctx *c, const struct json *payload)
{
    struct feed_cursor at;
    struct call k;
    bool found, more = true;
    if (!cursor_store_load(c, json_i64_of(payload, "permit", 0), &at, &found)) return false;
    if (!found || !at.place.len || !call_of(c, &at, &k)) return true;
    int64_t sent = json_i64_of(c->prepared, "sent", 0);
    if (sent > at.acked) at.acked = sent;
    bool waits = at.page.len && at.noted > at.acked && page_holds(c, &k, at.page);
    if (c->err->kind != ERR_NONE) return false;
    if (!waits && !make_page(c, &k, &at, &more)) return false;
    return cursor_store_save(c, &at) && (!more || feed_wake(c, at.resource));
}

const struct field exchange_push_fields[] = {
    {"batch", FIELD_LINE, "Batch", .required = true, .max = 64},
    {"count", FIELD_INT, "Number of rows", .required = true, .min = 1, .max = DELIVERY_ROWS_MAX},
    {"digest", FIELD_LINE, "SM3 over the rows", .required = true, .min = 64, .max = 64},
    {"rows", FIELD_JSON, "Rows: guid, op, number, data", .required = true},
    {0},
};

const struct field exchange_changes_fields[] = {
    {"purpose", FIELD_CHOICE, "Purpose", .required = true, .choices = "apply|supervise|public-service"},
    {"fields", FIELD_LIST, "Items of data that are needed", .required = true, .max = ITEMS_MAX},
    {"after", FIELD_INT, "Changes behind this one; all before are acknowledged", .min = 0, .max = INT64_MAX},
    {"limit", FIELD_INT, "How many", .min = 1, .max = CHANGES_MAX},
    {"operator", FIELD_LINE, "Who asks, at the system", .max = 60},
    {0},
};

const struct field exchange_follow_fields[] = {
    {"place", FIELD_LINE, "Place of the data", .max = 60},
    {"path", FIELD_LINE, "Path", .max = 200},
    {0},
};
