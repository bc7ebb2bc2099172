/* Refusals beyond what is recorded one by one: counted, summed up as evidence, told to who can mend them. */
#include "modules/exchange/exchange_refusals.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"

/* ---- where a refusal is written ---- */

bool exchange_refusal_held(struct ctx *c, struct str caller, struct str result, bool *held)
{
    const struct refusals one = {
        .caller = caller, .result = result, .minute = c->now / MS_MINUTE, .count = 1};
    bool fits;
    if (!refusals_store_one(c, caller, one.minute, exchange_now(c)->refusals, &fits)) return false;
    *held = !fits;
    return fits || refusals_store_more(c, &one);
}

bool exchange_refusals_full(struct ctx *c, struct str result)
{
    (void)err_busy(c->err, "limit",
                   "Too many calls of this system were refused within this minute: mend what they are "
                   "refused for, and ask again in the next one.");
    err_arg(c->err, result);
    c->err->retry_s = (int)((MS_MINUTE - c->now % MS_MINUTE + MS_SECOND - 1) / MS_SECOND);
    return true;
}

/* ---- what becomes of them ---- */

/* Of one caller and minute, `count` reasons. */
static bool record(struct ctx *c, const struct refusals *rows, size_t count)
{
    const struct actor who = c->actor;
    const struct known_system *s = exchange_system_of(exchange_now(c), rows->caller);
    struct json *d = json_object(c->arena);
    struct buf why = buf_new(c->arena, 256);
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += rows[i].count;
        buf_fmt(&why, "%s%.*s %lld", i ? ", " : "", STR_ARG(rows[i].result), (long long)rows[i].count);
    }
    json_set_str(c->arena, d, "caller", rows->caller);
    json_set_str(c->arena, d, "minute", time_format(c->arena, rows->minute * MS_MINUTE));
    json_set_i64(c->arena, d, "count", sum);
    json_set_str(c->arena, d, "reasons", buf_str(&why));
    log_event(LOG_LEVEL_WARN, "exchange.refusals", "caller", str_z(c->arena, rows->caller), "reasons",
              str_z(c->arena, buf_str(&why)), NULL);
    c->actor = (struct actor){.kind = ACTOR_SYSTEM, .unit = s ? s->unit : 0};
    bool ok = evidence_add(c, "exchange.refusals", s ? "exchange_system" : "node", s ? s->id : 0, 0, d);
    c->actor = who;
    return ok && refusals_store_recorded(c, rows);
}

/* A minute is over when no write of it can be under way. */
bool refusals_sum(struct ctx *c)
{
    int64_t minute = c->now / MS_MINUTE;
    struct refusals *rows;
    size_t count, end;
    if (!refusals_store_due(c, minute - 1, &rows, &count)) return false;
    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1;
             end < count && rows[end].minute == rows[i].minute && str_eq(rows[end].caller, rows[i].caller);
             end++) {
        }
        if (!record(c, rows + i, end - i)) return false;
    }
    return refusals_store_sweep(c, minute - REFUSALS_KEPT_DAYS * MS_DAY / MS_MINUTE);
}

/* ---- pages ---- */

bool refusals_show(struct ctx *c, struct str caller, struct json *list)
{
    struct refusals *rows;
    size_t count;
    if (!refusals_store_list(c, caller, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "when", time_format(c->arena, rows[i].minute * MS_MINUTE));
        json_set_str(c->arena, o, "why", exchange_result_words(c, rows[i].result));
        json_set_str(c->arena, o, "count", str_fmt(c->arena, "%lld", (long long)rows[i].count));
    }
    return true;
}

/* Stands there for a day, and longer where it goes on. */
static bool office_home(struct ctx *c, struct json *doc)
{
    int64_t count, system;
    if (!ctx_may(c, "exchange.request") || !c->actor.unit) return true;
    if (!refusals_store_systems(c, c->actor.unit, (c->now - MS_DAY) / MS_MINUTE, &count, &system))
        return false;
    if (!count) return true;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Systems refused too often"));
    json_set_str(c->arena, f, "href",
                 count == 1 ? str_fmt(c->arena, "/office/exchange/systems/%lld", (long long)system)
                            : STR("/office/exchange/systems"));
    json_set_str(c->arena, f, "count", str_fmt(c->arena, "%lld", (long long)count));
    json_set_c(c->arena, f, "color", "red");
    return true;
}

const struct people_part exchange_refusals_part = {.name = "exchange_refusals", .office_home = office_home};
