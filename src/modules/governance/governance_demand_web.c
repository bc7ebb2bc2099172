/* Demands as officers see them: lists, the way one has gone, what in the catalogue may meet it. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "engines/workclock/workclock.h"
#include "modules/governance/governance_demand.h"
#include "modules/orgs/orgs.h"

#define ROOT "/office/exchange/demands"

static const struct exchange_word state_words[] = {{"stated", "Looks for its source"},
                                                   {"proposed", "Put to a provider"},
                                                   {"confirmed", "Source confirmed"},
                                                   {"absent", "No such data, or not to be shared"},
                                                   {"evaluated", "Evaluated"},
                                                   {"withdrawn", "Withdrawn"},
                                                   {0}};
static const char *const stages[] = {"Stated",    "Matched", "Source confirmed", "Connected",
                                     "Permitted", "Used",    "Evaluated"};
static const struct exchange_word cycles[] = {{"once", "Once"},
                                              {"realtime", "In real time"},
                                              {"daily", "Every day"},
                                              {"weekly", "Every week"},
                                              {"monthly", "Every month"},
                                              {"yearly", "Every year"},
                                              {0}};

static void add_light(struct ctx *c, struct json *o, const struct demand *d)
{
    bool open = str_eq_c(d->state, "stated") || str_eq_c(d->state, "proposed"),
         late = open && c->now > d->due;
    int left = workday_between(orgs_calendar(c), date_of(c->now), date_of(d->due));
    json_set(o, "light", json_null(c->arena));
    json_set(o, "due_text", json_null(c->arena));
    if (!open) return;
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", late ? "red" : left <= 1 ? "yellow" : "green");
    json_set_str(c->arena, l, "label", ctx_tr(c, late ? "Overdue" : left <= 1 ? "Soon due" : "In time"));
    json_set_str(c->arena, o, "due_text",
                 tr_arg(c->lang, c->arena, late ? "Due since %{arg}" : "To be answered by %{arg}",
                        date_words(c->lang, c->arena, date_of(d->due), date_of(c->now))));
}

static void describe(struct ctx *c, struct json *o, const struct demand *d)
{
    json_set_str(c->arena, o, "href", str_fmt(c->arena, ROOT "/%lld", (long long)d->id));
    json_set_str(c->arena, o, "name", d->name);
    json_set_str(c->arena, o, "unit", exchange_unit_name(c, d->unit));
    json_set_str(c->arena, o, "provider", exchange_unit_name(c, d->provider));
    json_set_str(c->arena, o, "service", d->service);
    json_set_str(c->arena, o, "reason", d->reason);
    json_set_str(c->arena, o, "law", d->law);
    json_set_str(c->arena, o, "opened", date_words(c->lang, c->arena, date_of(d->opened), date_of(c->now)));
    json_set_str(c->arena, o, "state_label", exchange_label(c, state_words, d->state));
    add_light(c, o, d);
}

/* What the catalogue itself says is not shared. */
static bool add_refused(struct ctx *c, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "refused");
    struct exchange_data *rows;
    size_t count;
    if (!exchange_data_refused(c, in_text(c, "after"), DEMANDS_PAGE + 1, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < DEMANDS_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str name;
        if (!exchange_entry_name(c, rows[i].entry, rows[i].name, &name)) return false;
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)rows[i].entry));
        json_set_str(c->arena, o, "name", name);
        json_set_str(c->arena, o, "provider", exchange_unit_name(c, rows[i].unit));
        json_set_str(c->arena, o, "law", rows[i].reason);
    }
    json_set_bool(c->arena, doc, "has_refused", count > 0);
    json_set(doc, "refused_next",
             count > DEMANDS_PAGE
                 ? json_string(c->arena, str_fmt(c->arena, "?f=absent&after=%.*s",
                                                 STR_ARG(url_encode(c->arena, rows[DEMANDS_PAGE - 1].code))))
                 : json_null(c->arena));
    return true;
}

bool demand_list(struct ctx *c)
{
    static const char *const chips[][2] = {{"open", "Waits for an answer"},
                                           {"own", "We need"},
                                           {"ours", "Put to us"},
                                           {"confirmed", "Duties to share"},
                                           {"absent", "Negative list"}};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "demands"),
                *filters = json_set_array(c->arena, doc, "filters");
    struct str f = in_has(c, "f") ? in_text(c, "f") : STR("open");
    bool absent = str_eq_c(f, "absent");
    struct demand *rows;
    size_t count;
    if (!demand_store_list(c, f, c->actor.unit ? c->actor.unit : -1, in_i64(c, "before", 0), &rows, &count))
        return false;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        if (!c->actor.unit && (i == 1 || i == 2)) continue;
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(f, chips[i][0]));
    }
    for (size_t i = 0; i < count && i < DEMANDS_PAGE; i++)
        describe(c, json_add_object(c->arena, list), &rows[i]);
    json_set_bool(c->arena, doc, "has_demands", count > 0);
    json_set_bool(c->arena, doc, "absent", absent);
    json_set_bool(c->arena, doc, "may_state", ctx_may(c, "demand.state") && c->actor.unit);
    json_set(doc, "pager", json_null(c->arena));
    if (count > DEMANDS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%.*s&before=%lld", STR_ARG(f), (long long)rows[DEMANDS_PAGE - 1].id));
    }
    json_set_array(c->arena, doc, "refused");
    json_set_bool(c->arena, doc, "has_refused", false);
    json_set(doc, "refused_next", json_null(c->arena));
    return !absent || add_refused(c, doc);
}

/* ---- stating one ---- */

bool demand_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    exchange_field(c, fields, "name", "What data", "text", STR_EMPTY, true);
    f = exchange_field(c, fields, "service", "For which service or duty", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Name or code of the item it is needed for."));
    exchange_field(c, fields, "basis", "Basis in law", "textarea", STR_EMPTY, true);
    exchange_select(c, fields, "cycle", "How often it is needed", cycles, STR("realtime"), true);
    exchange_field(c, fields, "words", "Which items, of whom, and how", "textarea", STR_EMPTY, false);
    exchange_crumb(c, doc, "Demands", ROOT);
    return true;
}

bool demand_create(struct ctx *c)
{
    struct demand d = {.name = in_text(c, "name"),
                       .service = in_text(c, "service"),
                       .basis = in_text(c, "basis"),
                       .cycle = in_text(c, "cycle"),
                       .words = in_text(c, "words"),
                       .reason = STR_EMPTY,
                       .law = STR_EMPTY,
                       .evaluation = STR_EMPTY};
    return demand_state(c, &d) && ctx_redirect(c, ROOT "/%lld", (long long)d.id);
}

/* ---- one ---- */

bool demand_scope(struct ctx *c)
{
    struct demand d;
    return ctx_path_id(c, "id", &c->row) && demand_load(c, c->row, &d);
}

static struct str act_path(struct ctx *c, const struct demand *d, const char *act)
{
    return str_fmt(c->arena, ROOT "/%lld/%s", (long long)d->id, act);
}

static bool add_propose(struct ctx *c, struct json *acts, const struct demand *d)
{
    struct json *fields = exchange_act(c, acts, act_path(c, d, "propose"), "Put it to a provider",
                                       str_eq_c(d->state, "stated") ? "main" : "quiet",
                                       "The provider confirms the source, or says why there is none.");
    struct json *f =
        exchange_field(c, fields, "entry", "What in the catalogue may meet it", "radios", STR_EMPTY, false);
    struct exchange_data *rows;
    const struct unit **units;
    size_t count;
    if (!exchange_data_find(c, str_fmt(c->arena, "%.*s %.*s", STR_ARG(d->name), STR_ARG(d->words)), MATCHES,
                            &rows, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str name;
        if (!exchange_entry_name(c, rows[i].entry, rows[i].name, &name)) return false;
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)rows[i].entry), name);
        json_set_str(c->arena, json_get(f, "options")->last, "note", exchange_unit_name(c, rows[i].unit));
    }
    ctx_option(c, f, STR("0"), ctx_tr(c, "None of these: ask a department"));
    json_set(json_get(f, "options")->last, "note", json_null(c->arena));
    f = exchange_field(c, fields, "provider", "Department to ask", "select", STR_EMPTY, false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "The one of the entry"));
    size_t n = orgs_units(c, &units);
    for (size_t i = 0; i < n; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   exchange_in_words(c, units[i]->name, units[i]->en));
    return true;
}

static void add_answer(struct ctx *c, struct json *acts, const struct demand *d,
                       const struct exchange_data *data)
{
    struct json *fields = exchange_act(
                    c, acts, act_path(c, d, "confirm"), "Confirm the source", "main",
                    "Your department answers for this data. It is then connected and asked for."),
                *f;
    f = exchange_field(c, fields, "code", "Code of the entry", "text", data->code, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Of your department, published. Describe it first where there is none."));
    fields = exchange_act(c, acts, act_path(c, d, "refuse"), "There is no such data, or it may not be shared",
                          "quiet", "It goes on the negative list with your reason.");
    exchange_field(c, fields, "reason", "Reason of the refusal", "textarea", STR_EMPTY, true);
    exchange_field(c, fields, "law", "Law, regulation or policy", "text", STR_EMPTY, true);
}

static void add_evaluate(struct ctx *c, struct json *acts, const struct demand *d)
{
    struct json *fields = exchange_act(c, acts, act_path(c, d, "evaluate"), "Rate this data", "main",
                                       "Says whether the data met the need."),
                *f;
    static const char *const grades[] = {"5 – fully", "4 – mostly", "3 – partly", "2 – hardly",
                                         "1 – not at all"};
    f = exchange_field(c, fields, "rating", "Did it meet the need?", "select", STR_EMPTY, true);
    for (int i = 0; i < 5; i++)
        ctx_option(c, f, str_fmt(c->arena, "%d", 5 - i), ctx_tr(c, grades[i]));
    exchange_field(c, fields, "words", "What was good, what is missing", "textarea", STR_EMPTY, false);
}

static void add_stages(struct ctx *c, struct json *doc, const struct demand *d, const struct demand_way *way)
{
    struct json *list = json_set_array(c->arena, doc, "stages");
    bool ended = str_eq_c(d->state, "absent") || str_eq_c(d->state, "withdrawn");
    for (int i = 0; i < 7 && !ended; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, stages[i]));
        json_set_i64(c->arena, o, "n", i + 1);
        json_set_bool(c->arena, o, "done", i < way->stage);
        json_set_bool(c->arena, o, "current", i + 1 == way->stage);
    }
    json_set_bool(c->arena, doc, "has_stages", !ended);
}

static bool add_acts(struct ctx *c, struct json *acts, const struct demand *d,
                     const struct exchange_data *data, const struct demand_way *way)
{
    bool own = c->actor.unit && d->unit == c->actor.unit && ctx_may(c, "demand.state"),
         open = str_eq_c(d->state, "stated") || str_eq_c(d->state, "proposed");
    if (str_eq_c(d->state, "proposed") && c->actor.unit && d->provider == c->actor.unit &&
        ctx_may(c, "demand.answer"))
        add_answer(c, acts, d, data);
    if (open && ctx_may(c, "demand.match") && (own || ctx_may(c, "exchange.publish")) &&
        !add_propose(c, acts, d))
        return false;
    if (own && way->stage == 6) add_evaluate(c, acts, d);
    if (own && open)
        exchange_act(c, acts, act_path(c, d, "withdraw"), "Withdraw the demand", "quiet",
                     "It is no longer needed.");
    return true;
}

bool demand_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts"), *rows;
    struct exchange_data data = {.code = STR_EMPTY, .name = STR_EMPTY};
    struct demand d;
    struct demand_way way;
    struct str asker, answerer = STR_EMPTY;
    bool found = false;
    if (!demand_load(c, c->row, &d) || !demand_way_of(c, &d, &way) ||
        !exchange_officer_name(c, d.asked_by, &asker) ||
        (d.answered_by && !exchange_officer_name(c, d.answered_by, &answerer)) ||
        (d.entry && (!exchange_data(c, d.entry, &data, &found) ||
                     !exchange_entry_name(c, d.entry, data.name, &data.name))))
        return false;
    describe(c, doc, &d);
    rows = json_set_array(c->arena, doc, "rows");
    exchange_row(c, rows, "Who needs it",
                 str_fmt(c->arena, "%.*s %.*s", STR_ARG(exchange_unit_name(c, d.unit)), STR_ARG(asker)),
                 true);
    exchange_row(c, rows, "For which service or duty", d.service, true);
    exchange_row(c, rows, "Basis in law", d.basis, true);
    exchange_row(c, rows, "How often it is needed", exchange_label(c, cycles, d.cycle), false);
    exchange_row(c, rows, "Which items, of whom, and how", d.words, true);
    exchange_row(c, rows, "Stated on", json_text_of(doc, "opened"), false);
    exchange_row(c, rows, "Provider",
                 str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(exchange_unit_name(c, d.provider)),
                         answerer.len ? " " : "", STR_ARG(answerer)),
                 true);
    exchange_row(c, rows, "Reason of the refusal", d.reason, true);
    exchange_row(c, rows, "Law, regulation or policy", d.law, true);
    if (way.calls) exchange_row(c, rows, "Calls", str_fmt(c->arena, "%lld", (long long)way.calls), false);
    if (d.rating)
        exchange_row(c, rows, "Did it meet the need?",
                     str_fmt(c->arena, "%lld/5 %.*s", (long long)d.rating, STR_ARG(d.evaluation)), true);
    json_set(
        doc, "entry_href",
        found ? json_string(c->arena, str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)d.entry))
              : json_null(c->arena));
    json_set_str(c->arena, doc, "entry_name", data.name);
    json_set(doc, "permit_href",
             way.permit ? json_string(c->arena, str_fmt(c->arena, "/office/exchange/permits/%lld",
                                                        (long long)way.permit))
                        : json_null(c->arena));
    json_set(doc, "request_href",
             way.stage == 4 && !way.permit && d.unit == c->actor.unit && ctx_may(c, "exchange.request")
                 ? json_string(c->arena,
                               str_fmt(c->arena, "/office/exchange/entries/%lld/request", (long long)d.entry))
                 : json_null(c->arena));
    add_stages(c, doc, &d, &way);
    if (!add_acts(c, acts, &d, &data, &way)) return false;
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    exchange_crumb(c, doc, "Demands", ROOT);
    return true;
}

static bool back(struct ctx *c, const struct demand *d)
{
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, ROOT "/%lld", (long long)d->id);
}

bool demand_page_propose(struct ctx *c)
{
    struct demand d;
    return demand_load(c, c->row, &d) &&
           demand_propose(c, &d, in_i64(c, "entry", 0), in_i64(c, "provider", 0)) && back(c, &d);
}

bool demand_page_confirm(struct ctx *c)
{
    struct demand d;
    return demand_load(c, c->row, &d) && demand_confirm(c, &d, in_text(c, "code")) && back(c, &d);
}

bool demand_page_refuse(struct ctx *c)
{
    struct demand d;
    return demand_load(c, c->row, &d) && demand_refuse(c, &d, in_text(c, "reason"), in_text(c, "law")) &&
           back(c, &d);
}

bool demand_page_evaluate(struct ctx *c)
{
    struct demand d;
    return demand_load(c, c->row, &d) &&
           demand_evaluate(c, &d, in_i64(c, "rating", 0), in_text(c, "words")) && back(c, &d);
}

bool demand_page_withdraw(struct ctx *c)
{
    struct demand d;
    return demand_load(c, c->row, &d) && demand_withdraw(c, &d) && back(c, &d);
}

/* ---- fields ---- */

const struct field demand_list_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|own|ours|confirmed|absent"},
    {"before", FIELD_ID, .label = "Demands before this one"},
    {"after", FIELD_LINE, "Entries behind this code", .max = 40},
    {0},
};

const struct field demand_new_fields[] = {
    {"name", FIELD_LINE, "What data", .required = true, .min = 2, .max = 100},
    {"service", FIELD_LINE, "For which service or duty", .required = true, .max = 200},
    {"basis", FIELD_TEXT, "Basis in law", .required = true, .min = 3, .max = 1000},
    {"cycle", FIELD_CHOICE, "How often it is needed", .required = true,
     .choices = "once|realtime|daily|weekly|monthly|yearly"},
    {"words", FIELD_TEXT, "Which items, of whom, and how", .max = 1000},
    {0},
};

const struct field demand_propose_fields[] = {
    {"entry", FIELD_INT, .label = "What in the catalogue may meet it"},
    {"provider", FIELD_ID, .label = "Department to ask"},
    {0},
};

const struct field demand_confirm_fields[] = {
    {"code", FIELD_LINE, "Code of the entry", .max = 40},
    {0},
};

const struct field demand_refuse_fields[] = {
    {"reason", FIELD_TEXT, "Reason of the refusal", .required = true, .min = 5, .max = 1000},
    {"law", FIELD_LINE, "Law, regulation or policy", .required = true, .min = 3, .max = 200},
    {0},
};

const struct field demand_evaluate_fields[] = {
    {"rating", FIELD_INT, "Did it meet the need?", .required = true, .min = 1, .max = 5},
    {"words", FIELD_TEXT, "What was good, what is missing", .max = 1000},
    {0},
};
