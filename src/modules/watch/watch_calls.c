/* Calls one by one: what departments gave, what their systems asked, and which calls raised an alarm. */
#include "core/base/id.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/watch/watch_internal.h"

#define ROOT "/office/exchange/calls"

static bool sees_all(const struct ctx *c)
{
    return ctx_may(c, "watch.alarms");
}

/* ---- the lists ---- */

static const struct {
    const char *code, *label;
    bool own; /* of a department alone */
} sides[] = {{"provided", "Our data was asked for", true},
             {"asked", "Our systems asked", true},
             {"all", "All departments", false}};

static const struct exchange_word outcome_words[] = {
    {"answered", "Answered"}, {"refused", "Call refused"}, {0}};

static struct str side_of(struct ctx *c)
{
    struct str f = in_text(c, "f");
    if (f.len && (sees_all(c) || !str_eq_c(f, "all"))) return f;
    return sees_all(c) ? STR("all") : STR("provided");
}

static void narrow(struct ctx *c, struct exchange_ledger_query *q)
{
    struct str outcome = in_text(c, "outcome");
    int32_t day;
    q->resource = in_i64(c, "resource", 0);
    q->outcome = str_eq_c(outcome, "answered")  ? EXCHANGE_ANSWERED
                 : str_eq_c(outcome, "refused") ? EXCHANGE_REFUSED
                                                : EXCHANGE_ANY;
    q->before = in_i64(c, "before", 0);
    if (!date_parse(in_text(c, "day"), &day)) return;
    int64_t end = id_at_least(date_start(day + 1));
    q->from = id_at_least(date_start(day));
    if (!q->before || q->before > end) q->before = end;
}

static void add_fields(struct ctx *c, struct json *doc, const struct exchange_data *data, size_t count)
{
    struct json *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct str outcome = in_text(c, "outcome");
    exchange_field(c, fields, "day", "Day", "date", in_text(c, "day"), false);
    f = exchange_field(c, fields, "resource", "Data", "select",
                       str_fmt(c->arena, "%lld", (long long)in_i64(c, "resource", 0)), false);
    ctx_option(c, f, STR("0"), ctx_tr(c, "Everything"));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)data[i].resource), data[i].name);
    f = exchange_field(c, fields, "outcome", "Outcome", "select", outcome, false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Any"));
    for (const struct exchange_word *w = outcome_words; w->code; w++)
        ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
}

static struct str choice(struct ctx *c, struct str side, int64_t before)
{
    struct buf b = buf_new(c->arena, 128);
    struct str day = in_text(c, "day"), outcome = in_text(c, "outcome");
    int64_t resource = in_i64(c, "resource", 0);
    buf_fmt(&b, "?f=%.*s", STR_ARG(side));
    if (day.len) buf_fmt(&b, "&day=%.*s", STR_ARG(day));
    if (resource) buf_fmt(&b, "&resource=%lld", (long long)resource);
    if (outcome.len) buf_fmt(&b, "&outcome=%.*s", STR_ARG(outcome));
    if (before) buf_fmt(&b, "&before=%lld", (long long)before);
    return buf_str(&b);
}

static bool add_call(struct ctx *c, struct json *list, const struct exchange_past *r)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_bool(c->arena, o, "off", watch_off_hours(c, r->at));
    return exchange_past_words(c, r, o);
}

static void add_pager(struct ctx *c, struct json *doc, struct str next)
{
    json_set(doc, "pager", json_null(c->arena));
    if (!next.len) return;
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", next);
}

bool watch_calls(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *filters = json_set_array(c->arena, doc, "filters"),
                *list = json_set_array(c->arena, doc, "calls");
    struct str side = side_of(c), next = STR_EMPTY;
    bool all = str_eq_c(side, "all"), asked = str_eq_c(side, "asked");
    int64_t own = c->actor.unit ? c->actor.unit : -1;
    struct exchange_ledger_query q = {.limit = CALLS_SHOWN + 1};
    struct exchange_past *rows;
    struct exchange_data *data;
    size_t count, known;
    if (!all) *(asked ? &q.consumer : &q.provider) = own;
    narrow(c, &q);
    if (!exchange_ledger(c, &q, &rows, &count) ||
        !exchange_ledger_data(c, all || asked ? 0 : own, &data, &known))
        return false;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        if (sides[i].own ? !c->actor.unit : !sees_all(c)) continue;
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, sides[i].label));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", sides[i].code));
        json_set_bool(c->arena, o, "current", str_eq_c(side, sides[i].code));
    }
    json_set_str(c->arena, doc, "f", side);
    json_set_str(c->arena, doc, "all_href", str_fmt(c->arena, ROOT "?f=%.*s", STR_ARG(side)));
    json_set_str(c->arena, doc, "scope",
                 all ? ctx_tr(c, "All departments") : exchange_unit_name(c, c->actor.unit));
    json_set_bool(c->arena, doc, "scope_zh", !all);
    add_fields(c, doc, data, known);
    for (size_t i = 0; i < count && i < CALLS_SHOWN; i++)
        if (!add_call(c, list, &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_calls", count > 0);
    if (count > CALLS_SHOWN) next = choice(c, side, rows[CALLS_SHOWN - 1].id);
    add_pager(c, doc, next);
    return true;
}

/* ---- those of an alarm ---- */

static bool raised_it(struct ctx *c, const struct watch_alarm *a, const struct exchange_past *r)
{
    if (str_eq_c(a->kind, "off_hours")) return watch_off_hours(c, r->at);
    if (str_eq_c(a->kind, "no_case"))
        return !r->case_id && (str_eq_c(r->result, "ok") || str_eq_c(r->result, "exchange.no_case"));
    return true;
}

/* The day of the alarm, or as far back as the rule looks for calls about one person. */
static struct exchange_ledger_query query_of(const struct watch_alarm *a, int64_t days, int64_t before)
{
    bool about = a->subject_index.len > 0, curious = str_eq_c(a->kind, "curious");
    int32_t day = (int32_t)a->day, first = curious ? (int32_t)(day - days + 1) : day;
    struct exchange_ledger_query q = {.system = a->system,
                                      .operator_id = a->operator_id,
                                      .from = id_at_least(date_start(first)),
                                      .before = id_at_least(date_start(day + 1)),
                                      .caseless = str_eq_c(a->kind, "no_case"),
                                      .limit = CALLS_SHOWN + 1};
    if (about)
        q.subject_index = a->subject_index;
    else
        q.consumer = a->unit;
    if (before && before < q.before) q.before = before;
    return q;
}

static bool rule_days(struct ctx *c, struct str kind, int64_t *days)
{
    struct watch_rule *rules;
    size_t count;
    *days = 1;
    if (!watch_store_rules(c, &rules, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(rules[i].kind, kind) && rules[i].span > 0) *days = rules[i].span;
    return true;
}

bool watch_alarm_calls(struct ctx *c, struct json *doc, const struct watch_alarm *a)
{
    enum { ROUNDS = 20 };
    struct json *list = json_set_array(c->arena, doc, "calls");
    struct exchange_past *rows;
    int64_t days, last = in_i64(c, "before", 0);
    size_t count = CALLS_SHOWN + 1;
    bool more = false;
    if (!rule_days(c, a->kind, &days)) return false;
    for (int round = 0; round < ROUNDS && count > CALLS_SHOWN && !more; round++) {
        const struct exchange_ledger_query q = query_of(a, days, last);
        if (!exchange_ledger(c, &q, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < CALLS_SHOWN && !more; i++) {
            more = list->count == CALLS_SHOWN;
            if (more) break;
            last = rows[i].id;
            if (raised_it(c, a, &rows[i]) && !add_call(c, list, &rows[i])) return false;
        }
    }
    more = more || count > CALLS_SHOWN;
    json_set_bool(c->arena, doc, "has_calls", list->count > 0);
    add_pager(c, doc, more ? str_fmt(c->arena, "?before=%lld", (long long)last) : STR_EMPTY);
    return true;
}

/* ---- one ---- */

static bool load(struct ctx *c, int64_t id, struct exchange_past *r)
{
    bool found;
    if (!exchange_ledger_one(c, id, r, &found)) return false;
    bool own = found && c->actor.unit && (r->unit == c->actor.unit || r->provider == c->actor.unit);
    return (found && (own || sees_all(c))) || err_missing(c->err, "exchange.call", "There is no such call.");
}

bool watch_call_scope(struct ctx *c)
{
    struct exchange_past r;
    return ctx_path_id(c, "id", &c->row) && load(c, c->row, &r);
}

static void row(struct ctx *c, struct json *rows, const char *label, struct str value, bool zh,
                struct str href)
{
    if (!value.len) return;
    exchange_row(c, rows, label, value, zh);
    json_set(rows->last, "href", href.len ? json_string(c->arena, href) : json_null(c->arena));
}

bool watch_call(struct ctx *c)
{
    struct exchange_past r;
    struct json *doc = ctx_doc(c), *rows;
    if (!load(c, c->row, &r) || !exchange_past_words(c, &r, doc)) return false;
    rows = json_set_array(c->arena, doc, "rows");
    bool no_case = json_true_of(doc, "caseless");
    struct str case_href = json_text_of(doc, "case_href"), number = json_text_of(doc, "case_no"),
               permit = r.permit && ctx_may(c, "exchange.permits")
                            ? str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)r.permit)
                            : STR_EMPTY;
    row(c, rows, "Who asked", json_text_of(doc, "operator"), true, STR_EMPTY);
    row(c, rows, "System", json_text_of(doc, "system"), true, STR_EMPTY);
    row(c, rows, "Department", json_text_of(doc, "who"), true, STR_EMPTY);
    row(c, rows, "About", json_text_of(doc, "about"), json_true_of(doc, "about_zh"), STR_EMPTY);
    row(c, rows, "Items of data", json_text_of(doc, "fields"), true, STR_EMPTY);
    row(c, rows, "Kept by", json_text_of(doc, "provider"), true, STR_EMPTY);
    row(c, rows, "Another node", json_text_of(doc, "abroad"), false, STR_EMPTY);
    row(c, rows, "Purpose", json_text_of(doc, "purpose"), false, STR_EMPTY);
    row(c, rows, "Service", json_text_of(doc, "service"), true, STR_EMPTY);
    row(c, rows, "Case", no_case ? ctx_tr(c, "No case") : number, false, case_href);
    row(c, rows, "Permit", r.permit ? str_fmt(c->arena, "%lld", (long long)r.permit) : STR_EMPTY, false,
        permit);
    row(c, rows, "Outcome", json_text_of(doc, "result"), false, STR_EMPTY);
    row(c, rows, "Took",
        r.took_us ? str_fmt(c->arena, "%lld.%02lld ms", (long long)(r.took_us / 1000),
                            (long long)(r.took_us % 1000 / 10))
                  : STR_EMPTY,
        false, STR_EMPTY);
    row(c, rows, "Number of the call", str_fmt(c->arena, "%lld", (long long)r.id), false, STR_EMPTY);
    exchange_crumb(c, doc, "Calls of data", ROOT);
    return true;
}

const struct field watch_calls_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "provided|asked|all"},
    {"day", FIELD_DATE, .label = "Day"},
    {"resource", FIELD_INT, "Data", .min = 0, .max = INT64_MAX},
    {"outcome", FIELD_CHOICE, "Outcome", .choices = "answered|refused"},
    {"before", FIELD_ID, .label = "Calls before this one"},
    {0},
};

const struct field watch_alarm_fields[] = {
    {"before", FIELD_ID, .label = "Calls before this one"},
    {0},
};
