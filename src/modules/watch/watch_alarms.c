/* Alarms as who watches sees them. Nobody whose calls raised one gets to see it. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "engines/workclock/workclock.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/watch/watch_internal.h"

static const struct exchange_word kind_words[] = {
    {"bulk", "Very many people"},  {"off_hours", "Outside of working hours"},
    {"no_case", "Without a case"}, {"curious", "Curious colleague"},
    {"watched", "Watched person"}, {0}};
static const struct exchange_word seen_words[] = {
    {"bulk", "People in a short time: %{arg}"},
    {"off_hours", "Calls outside of working hours that day: %{arg}"},
    {"no_case", "Calls without a case that day: %{arg}"},
    {"curious", "Times about the same person: %{arg}"},
    {"watched", "Calls about a person whose data is watched: %{arg}"},
    {0}};
static const struct exchange_word outcome_words[] = {{"lawful", "The calls were lawful; explained"},
                                                     {"misuse", "Misuse; handed on for discipline"},
                                                     {"mistake", "A mistake; put right with the department"},
                                                     {"rule", "The rule is too strict; to be adjusted"},
                                                     {0}};
static const struct exchange_word state_words[] = {
    {"open", "Nobody has it yet"}, {"taken", "Being looked into"}, {"closed", "Looked into and closed"}, {0}};

static struct str seen_text(struct ctx *c, const struct watch_alarm *a)
{
    for (const struct exchange_word *w = seen_words; w->code; w++)
        if (str_eq_c(a->kind, w->code))
            return tr_arg(c->lang, c->arena, w->msgid, str_fmt(c->arena, "%lld", (long long)a->seen));
    return STR_EMPTY;
}

static void add_light(struct ctx *c, struct json *o, const struct watch_alarm *a)
{
    static const char *const looks[][2] = {
        {"done", "Looked into and closed"}, {"red", "Overdue"}, {"yellow", "Soon due"}, {"green", "In time"}};
    bool closed = str_eq_c(a->state, "closed"), late = !closed && c->now > a->due;
    int left = workday_between(orgs_calendar(c), date_of(c->now), date_of(a->due)), look = closed      ? 0
                                                                                           : late      ? 1
                                                                                           : left <= 1 ? 2
                                                                                                       : 3;
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", looks[look][0]);
    json_set_str(c->arena, l, "label", ctx_tr(c, looks[look][1]));
    json_set_str(
        c->arena, o, "due_text",
        tr_arg(c->lang, c->arena,
               closed ? "Closed on %{arg}"
               : late ? "Due since %{arg}"
                      : "To be closed by %{arg}",
               date_words(c->lang, c->arena, date_of(closed ? a->closed_at : a->due), date_of(c->now))));
}

static bool describe(struct ctx *c, struct json *o, const struct watch_alarm *a)
{
    struct str system, data, who, owner = STR_EMPTY;
    if (!exchange_system_name(c, a->system, &system) || !exchange_resource_name(c, a->resource, &data) ||
        !exchange_operator_name(c, a->system, a->operator_id, &who) ||
        (a->owner && !exchange_officer_name(c, a->owner, &owner)))
        return false;
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/exchange/alarms/%lld", (long long)a->id));
    json_set_str(c->arena, o, "kind", exchange_label(c, kind_words, a->kind));
    json_set_str(c->arena, o, "seen", seen_text(c, a));
    json_set_str(c->arena, o, "operator", who);
    json_set_str(c->arena, o, "system", system);
    json_set_str(c->arena, o, "unit", exchange_unit_name(c, a->unit));
    json_set_str(c->arena, o, "data", data);
    json_set_str(c->arena, o, "raised", time_words(c->lang, c->arena, a->raised, c->now));
    json_set_str(c->arena, o, "state_label", exchange_label(c, state_words, a->state));
    json_set_str(c->arena, o, "owner", owner);
    add_light(c, o, a);
    return true;
}

bool watch_alarms(struct ctx *c)
{
    static const char *const chips[][2] = {
        {"open", "Nobody has it yet"}, {"taken", "Being looked into"}, {"closed", "Looked into and closed"}};
    struct str state = in_has(c, "f") ? in_text(c, "f") : STR("open");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "alarms"),
                *filters = json_set_array(c->arena, doc, "filters");
    struct watch_alarm *rows;
    size_t count;
    if (!alarm_store_list(c, state, ctx_may(c, "watch.persons"), in_i64(c, "before", 0), &rows, &count))
        return false;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(state, chips[i][0]));
    }
    for (size_t i = 0; i < count && i < ALARMS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_alarms", count > 0);
    json_set_bool(c->arena, doc, "may_rules", ctx_may(c, "watch.rules"));
    json_set(doc, "pager", json_null(c->arena));
    if (count > ALARMS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%.*s&before=%lld", STR_ARG(state), (long long)rows[ALARMS_PAGE - 1].id));
    }
    return true;
}

/* ---- one ---- */

/* Who raised it does not see it. */
static bool is_of_actor(const struct ctx *c, const struct watch_alarm *a)
{
    int64_t account;
    return str_to_i64(a->operator_id, &account) && account == c->actor.account;
}

static bool load(struct ctx *c, int64_t id, struct watch_alarm *a)
{
    bool found;
    if (!alarm_store_load(c, id, a, &found)) return false;
    bool seen = found && (ctx_may(c, "watch.persons") || !str_eq_c(a->kind, "watched")) && !is_of_actor(c, a);
    return seen || err_missing(c->err, "watch.alarm", "There is no such alarm.");
}

bool watch_alarm_scope(struct ctx *c)
{
    struct watch_alarm a;
    return ctx_path_id(c, "id", &c->row) && load(c, c->row, &a);
}

static struct str act_path(struct ctx *c, const struct watch_alarm *a, const char *act)
{
    return str_fmt(c->arena, "/office/exchange/alarms/%lld/%s", (long long)a->id, act);
}

static void add_close(struct ctx *c, struct json *acts, const struct watch_alarm *a)
{
    struct json *fields = exchange_act(c, acts, act_path(c, a, "close"), "Close the alarm", "main",
                                       "The outcome and its reason stay on record.");
    struct json *f = exchange_field(c, fields, "outcome", "Outcome of the alarm", "radios", STR_EMPTY, true);
    for (const struct exchange_word *w = outcome_words; w->code; w++) {
        ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
        json_set(json_get(f, "options")->last, "note", json_null(c->arena));
    }
    exchange_field(c, fields, "words", "Explanation", "textarea", STR_EMPTY, true);
}

bool watch_alarm(struct ctx *c)
{
    struct watch_alarm a;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts"), *rows;
    struct str closer = STR_EMPTY;
    if (!load(c, c->row, &a) || !describe(c, doc, &a)) return false;
    if (a.closed_by && !exchange_officer_name(c, a.closed_by, &closer)) return false;
    rows = json_set_array(c->arena, doc, "rows");
    exchange_row(c, rows, "What was seen", seen_text(c, &a), false);
    exchange_row(c, rows, "Who asked", json_text_of(doc, "operator"), true);
    exchange_row(c, rows, "System", json_text_of(doc, "system"), true);
    exchange_row(c, rows, "Department", json_text_of(doc, "unit"), true);
    exchange_row(c, rows, "Data", json_text_of(doc, "data"), true);
    exchange_row(c, rows, "Raised", json_text_of(doc, "raised"), false);
    exchange_row(c, rows, "Who has it", json_text_of(doc, "owner"), true);
    exchange_row(c, rows, "Outcome of the alarm", exchange_label(c, outcome_words, a.outcome), false);
    exchange_row(c, rows, "Explanation", a.words, true);
    exchange_row(c, rows, "Closed by", closer, true);
    bool closed = str_eq_c(a.state, "closed");
    if (!closed && a.owner != c->actor.account)
        exchange_act(c, acts, act_path(c, &a, "take"), "Take it", "main", "You look into it and close it.");
    if (!closed && a.owner == c->actor.account) add_close(c, acts, &a);
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    if (!watch_alarm_calls(c, doc, &a)) return false;
    exchange_crumb(c, doc, "Alarms", "/office/exchange/alarms");
    return true;
}

static bool done_or_conflict(struct ctx *c, bool done)
{
    return done || err_conflict(c->err, "watch.state",
                                "This step has already been done, or another one comes first.");
}

static bool record(struct ctx *c, const char *act, const struct watch_alarm *a, struct str outcome)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "kind", a->kind);
    if (outcome.len) json_set_str(c->arena, detail, "outcome", outcome);
    ctx_notice(c, "Recorded.");
    return evidence_add(c, act, "watch_alarm", a->id, 0, detail) &&
           ctx_redirect(c, "/office/exchange/alarms/%lld", (long long)a->id);
}

bool watch_alarm_take(struct ctx *c)
{
    struct watch_alarm a;
    bool done;
    return load(c, c->row, &a) && alarm_store_take(c, a.id, &done) && done_or_conflict(c, done) &&
           record(c, "watch.alarm_take", &a, STR_EMPTY);
}

bool watch_alarm_close(struct ctx *c)
{
    struct watch_alarm a;
    bool done;
    if (!load(c, c->row, &a)) return false;
    if (a.owner != c->actor.account) return done_or_conflict(c, false);
    a.outcome = in_text(c, "outcome");
    a.words = in_text(c, "words");
    return alarm_store_close(c, &a, &done) && done_or_conflict(c, done) &&
           record(c, "watch.alarm_close", &a, a.outcome);
}

/* ---- what waits, on the desk of who watches ---- */

bool watch_office_home(struct ctx *c, struct json *doc)
{
    int64_t count;
    if (!ctx_may(c, "watch.alarms")) return true;
    if (!alarm_store_open(c, ctx_may(c, "watch.persons"), &count)) return false;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Alarms"));
    json_set_c(c->arena, f, "href", "/office/exchange/alarms");
    json_set_str(c->arena, f, "count", str_fmt(c->arena, "%lld", (long long)count));
    json_set(f, "color", count ? json_string(c->arena, STR("red")) : json_null(c->arena));
    return true;
}

const struct field watch_alarms_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|taken|closed"},
    {"before", FIELD_ID, .label = "Alarms before this one"},
    {0},
};

const struct field watch_close_fields[] = {
    {"outcome", FIELD_CHOICE, "Outcome of the alarm", .required = true,
     .choices = "lawful|misuse|mistake|rule"},
    {"words", FIELD_TEXT, "Explanation", .required = true, .min = 5, .max = ALARM_WORDS_MAX},
    {0},
};
