#include "modules/exchange/exchange_feed.h"

#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/people/people.h"

#include <string.h>

bool feed_record(struct ctx *c, const struct call *k)
{
    const struct actor who = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM, .unit = k->system->unit};
    bool ok = call_record(c);
    c->actor = who;
    c->calls = NULL;
    if (!ok || c->err->kind == ERR_NONE) return ok;
    /* The write is undone: what it refused is noted again, under its own reason. */
    call_note(c, k, strcmp(c->err->code, "limit") == 0 ? str_z(c->arena, str_c(c->err->arg)) : c->err->code,
              false);
    return false;
}

bool feed_send(struct ctx *c, const struct call *k, struct str body)
{
    struct noted *last = c->calls;
    if (!call_send(c, body)) return false;
    while (last->next)
        last = last->next;
    if (feed_record(c, k)) return call_prove(c, call_leaf(c, last));
    c->out = (struct outcome){0};
    return false;
}

/* ---- changes ---- */

const struct share_permit *feed_permit(const struct exchange_snapshot *s, int64_t id)
{
    for (size_t i = 0; i < s->permit_count; i++)
        if (s->permits[i].id == id) return &s->permits[i];
    return NULL;
}

static bool subject_of(struct ctx *c, struct str number, int64_t *subject)
{
    return people_find(c, SUBJECT_PERSON, number, subject) &&
           (*subject || people_find(c, SUBJECT_ORGANISATION, number, subject));
}

/* Its number is told to the department that handles it, and to who asked for that service by name. */
static bool may_name(const struct share_permit *p, const struct exchange_case *about)
{
    return about->unit == p->unit || !str_eq_c(p->services, "*");
}

static bool live_case(struct ctx *c, const struct share_permit *p, int64_t subject, struct exchange_case *out)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    struct exchange_case *rows;
    size_t count = 0;
    *out = (struct exchange_case){0};
    if (!subject || !s->live_cases) return true;
    if (!s->live_cases(c, subject, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!permit_serves(p, &rows[i])) continue;
        if (!out->id || (!may_name(p, out) && may_name(p, &rows[i]))) *out = rows[i];
    }
    return true;
}

/* What becomes of a row with data or without for a permit with a filter; *op "": nothing is told. Who reads
 * again from `after` on, because the answer was lost, is told what came or went since, also where the row has
 * changed once more. */
static bool as_filtered(struct ctx *c, const struct share_permit *p, const struct kept_row *row,
                        int64_t after, struct str *op, bool *gives)
{
    struct shown_row s;
    if (!shown_store_find(c, p->id, row->id, &s)) return false;
    const bool there = s.known && !s.gone;
    *gives = row->data && filter_passes(p->filter, row->data);
    if (*gives) {
        if (!there || s.since > after) *op = STR("I");
        return there || shown_store_put(c, p->id, row->id, row->seq, 0);
    }
    *op = there || (s.known && s.gone > after) ? STR("D") : STR_EMPTY;
    return !there || shown_store_put(c, p->id, row->id, s.since, row->seq);
}

/* Rows behind *come, up to `until` and at most `left` of them, that the permit lets through count as told;
 * *come is where it got to. What one lot takes in memory is given back. */
static bool take_told(struct ctx *c, const struct share_permit *p, int64_t until, int left, int64_t *come)
{
    enum { LOT = 100 };
    struct kept_row *rows;
    size_t count = 1;
    for (; count && left > 0 && *come < until; left -= LOT) {
        const struct arena_mark mark = arena_mark(c->arena);
        if (!rows_store_changes(c, p->resource, *come, left < LOT ? left : LOT, &rows, &count)) return false;
        for (size_t i = 0; i < count && *come < until; i++) {
            *come = rows[i].seq < until ? rows[i].seq : until;
            if (rows[i].seq <= until && rows[i].data && filter_passes(p->filter, rows[i].data) &&
                !shown_store_put(c, p->id, rows[i].id, 0, 0))
                return false;
        }
        arena_rewind(c->arena, &mark);
    }
    if (!count) *come = until;
    return true;
}

static bool take_acknowledged(struct ctx *c, const struct share_permit *p, struct feed_cursor *at)
{
    int64_t come = -at->shown;
    if (!take_told(c, p, at->acked, SHOWN_STEP, &come)) return false;
    at->shown = -come;
    return true;
}

bool feed_begin(struct ctx *c, const struct share_permit *p, struct feed_cursor *at, int64_t after,
                bool *begun)
{
    *begun = !p->filter || at->shown > 0;
    if (*begun) return true;
    if (!take_acknowledged(c, p, at)) return false;
    *begun = -at->shown >= at->acked;
    if (!*begun) return true;
    /* It acknowledges a page it was given before that was kept, and no more than one. */
    int64_t come = at->acked;
    at->shown = 1;
    return take_told(c, p, after, CHANGES_MAX, &come);
}

bool exchange_shown_take(struct ctx *c, const struct json *)
{
    int64_t *permits;
    size_t count;
    if (!cursor_store_behind(c, &permits, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct share_permit *p = feed_permit(exchange_now(c), permits[i]);
        struct feed_cursor at;
        bool found;
        if (!p || !p->filter) continue; /* not in force */
        return cursor_store_load(c, p->id, &at, &found) && take_acknowledged(c, p, &at) &&
               cursor_store_save(c, &at) && job_add(c, "exchange.shown", STR("exchange.shown"), NULL, c->now);
    }
    return true;
}

static bool add_change(struct ctx *c, struct call *k, const struct kept_row *row, int64_t after, bool note,
                       struct json *list)
{
    const struct share_permit *p = k->permit;
    k->id = ctx_id(c); /* each change is a call */
    k->code = row->number;
    if (!subject_of(c, row->number, &k->subject) || !live_case(c, p, k->subject, &k->about)) return false;
    struct str op = row->op;
    bool gives = row->data != NULL;
    if (p->needs_case && !k->about.id) return true;
    if (p->filter && !as_filtered(c, p, row, after, &op, &gives)) return false;
    if (!op.len) return true;
    struct json *o = json_add_object(c->arena, list);
    json_set_i64(c->arena, o, "seq", row->seq);
    json_set_str(c->arena, o, "op", op);
    json_set_str(c->arena, o, "guid", row->guid);
    json_set_str(c->arena, o, "case", may_name(p, &k->about) ? k->about.case_no : STR_EMPTY);
    if (gives) call_add_values(c, o, k, row->data);
    if (note) call_note(c, k, "ok", true);
    k->once = (struct exchange_once){STR_EMPTY, 0}; /* one request, one nonce */
    return true;
}

bool feed_page(struct ctx *c, const struct call *k, int64_t after, int64_t until, bool note, int limit,
               struct feed_page *out)
{
    struct kept_row *rows;
    size_t count;
    struct call one = *k;
    *out = (struct feed_page){.list = json_array(c->arena), .next = after};
    if (!rows_store_changes(c, k->resource->id, after, limit + 1, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < (size_t)limit; i++) {
        if (until && rows[i].seq > until) break;
        if (!add_change(c, &one, &rows[i], after, note, out->list)) return false;
        out->next = rows[i].seq;
    }
    out->more = count > (size_t)limit;
    return true;
}

bool feed_wake(struct ctx *c, int64_t resource)
{
    int64_t *permits;
    size_t count;
    if (!cursor_store_sent_to(c, resource, &permits, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *payload = json_object(c->arena);
        json_set_id(c->arena, payload, "permit", permits[i]);
        if (!job_add(c, "exchange.changes", str_fmt(c->arena, "%lld", (long long)permits[i]), payload,
                     c->now))
            return false;
    }
    return true;
}
