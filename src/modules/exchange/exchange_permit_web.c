/* Requests and permits as officers see them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_feed.h"
#include "modules/orgs/orgs.h"

enum { WORDS_MAX = 500, TERM_DAYS = 365 };

const struct exchange_word purpose_words[] = {{"apply", "Handling an application"},
                                              {"supervise", "Supervision by law"},
                                              {"public-service", "Public service"},
                                              {0}};
static const struct exchange_word mode_words[] = {{"check", "Check: answered by yes or no"},
                                                  {"query", "Query: answered by values"},
                                                  {"batch", "Many at once, answered later"},
                                                  {"subscribe", "Changes, as they happen"},
                                                  {0}};

static const char *const case_words[] = {
    [CASE_NONE] = "No case is needed",
    [CASE_HERE] = "A live case of that person is needed",
    [CASE_OF_CALLER] = "A live case of that person is needed, here or at the installation that asks"};

static const char *state_msgid(struct str state)
{
    static const char *const words[][2] = {{"office", "At the own office"}, {"provider", "At the provider"},
                                           {"granted", "Granted"},          {"refused", "Not agreed"},
                                           {"expired", "Past its term"},    {"ended", "Ended"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(state, words[i][0])) return words[i][1];
    return "Ended";
}

/* ---- the list ---- */

static void add_light(struct ctx *c, struct json *o, const struct share_permit *p)
{
    struct clock_due due = permit_due(c, p);
    static const char *const labels[] = {[LIGHT_GREEN] = "In time",
                                         [LIGHT_YELLOW] = "Soon due",
                                         [LIGHT_RED] = "Overdue",
                                         [LIGHT_DONE] = "Answered",
                                         [LIGHT_PAUSED] = "Paused"};
    bool open = due.light != LIGHT_DONE;
    json_set(o, "light", json_null(c->arena));
    json_set(o, "due_text", json_null(c->arena));
    if (!open) return;
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", clock_light_name(due.light));
    json_set_str(c->arena, l, "label", ctx_tr(c, labels[due.light]));
    json_set_str(c->arena, o, "due_text",
                 tr_arg(c->lang, c->arena, due.overdue ? "Due since %{arg}" : "To be answered by %{arg}",
                        date_format(c->arena, date_of(p->due))));
}

static bool describe(struct ctx *c, struct json *o, const struct share_permit *p)
{
    struct str entry;
    if (!exchange_entry_name(c, p->entry, p->entry_name, &entry)) return false;
    json_set_id(c->arena, o, "id", p->id);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)p->id));
    json_set_str(c->arena, o, "entry_name", entry);
    json_set_str(c->arena, o, "system_name", p->system_name);
    json_set_str(c->arena, o, "consumer", exchange_unit_name(c, p->unit));
    json_set_str(c->arena, o, "provider", exchange_unit_name(c, p->provider));
    struct str state = permit_state(c, p);
    json_set_str(c->arena, o, "state", state);
    json_set_str(c->arena, o, "state_label", ctx_tr(c, state_msgid(state)));
    add_light(c, o, p);
    return true;
}

bool exchange_permits(struct ctx *c)
{
    bool all = ctx_may(c, "exchange.publish") || ctx_may(c, "case.supervise");
    struct permit_query q = {.unit = all             ? 0
                                     : c->actor.unit ? c->actor.unit
                                                     : -1,
                             .which = in_has(c, "f") ? in_text(c, "f") : STR("open"),
                             .before = in_i64(c, "before", 0)};
    static const char *const filters[][2] = {
        {"open", "Waits for an answer"}, {"granted", "Granted"}, {"all", "All"}};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "permits"),
                *chips = json_set_array(c->arena, doc, "filters");
    struct share_permit *rows;
    size_t count;
    if (!permit_store_list(c, &q, &rows, &count)) return false;
    for (size_t i = 0; i < 3; i++) {
        struct json *o = json_add_object(c->arena, chips);
        json_set_str(c->arena, o, "label", ctx_tr(c, filters[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", filters[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(q.which, filters[i][0]));
    }
    for (size_t i = 0; i < count && i < PERMITS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_permits", count > 0);
    json_set_bool(c->arena, doc, "has_systems", ctx_may(c, "exchange.request"));
    json_set(doc, "pager", json_null(c->arena));
    if (count > PERMITS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%.*s&before=%lld", STR_ARG(q.which), (long long)rows[PERMITS_PAGE - 1].id));
    }
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

/* ---- one ---- */

bool exchange_permit_scope(struct ctx *c)
{
    struct share_permit p;
    return ctx_path_id(c, "id", &c->row) && permit_load(c, c->row, &p);
}

static struct str number_text(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

static bool add_person(struct ctx *c, struct json *rows, const char *label, int64_t account, int64_t at)
{
    struct str name;
    if (!at) return true;
    if (!exchange_officer_name(c, account, &name)) return false;
    exchange_row(c, rows, label,
                 str_fmt(c->arena, "%.*s · %.*s", STR_ARG(name), STR_ARG(date_format(c->arena, date_of(at)))),
                 true);
    return true;
}

static struct str item_names(struct ctx *c, const struct data_entry *e, struct str fields)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(i, json_get(e->doc, "items"))
    {
        if (!list_names(fields, json_text_of(i, "id"))) continue;
        if (b.len) buf_add_c(&b, "、");
        buf_fmt(&b, "%.*s %.*s", STR_ARG(json_text_of(i, "name")), STR_ARG(json_text_of(i, "id")));
    }
    return buf_str(&b);
}

static struct str mode_names(struct ctx *c, struct str modes)
{
    struct buf b = buf_new(c->arena, 128);
    for (const struct exchange_word *w = mode_words; w->code; w++) {
        if (!list_names(modes, str_c(w->code))) continue;
        if (b.len) buf_add_c(&b, " · ");
        buf_add(&b, ctx_tr(c, w->msgid));
    }
    return buf_str(&b);
}

/* What its program needs to know beside the ids of the items. */
static bool add_address(struct ctx *c, struct json *rows, const struct share_permit *p)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, p->entry, &r, &found)) return false;
    if (!found || !str_eq_c(permit_state(c, p), "granted")) return true;
    struct str address = str_fmt(c->arena, "POST /exchange/%.*s", STR_ARG(r.code));
    if (p->compat) address = str_fmt(c->arena, "%.*s · /sysapi/%.*s", STR_ARG(address), STR_ARG(r.code));
    exchange_row(c, rows, "Called at", address, false);
    return true;
}

static bool add_rows(struct ctx *c, struct json *rows, const struct share_permit *p)
{
    struct data_entry e;
    struct feed_cursor at;
    bool found;
    if (!entry_store_load(c, p->entry, &e, &found)) return false;
    exchange_row(c, rows, "Who asks", exchange_unit_name(c, p->unit), true);
    exchange_row(c, rows, "System", p->system_name, true);
    exchange_row(c, rows, "Provider, who answers for it", exchange_unit_name(c, p->provider), true);
    exchange_row(c, rows, "Purpose", exchange_label(c, purpose_words, p->purpose), false);
    exchange_row(c, rows, "Basis in law", p->basis, true);
    exchange_row(c, rows, "Items of data", item_names(c, &e, p->fields), true);
    if (!add_address(c, rows, p)) return false;
    exchange_row(c, rows, "Way of asking", mode_names(c, p->modes), false);
    exchange_row(c, rows, "Rows let through", filter_lines(c, p->filter_text), false);
    exchange_row(c, rows, "Masked", p->masks, false);
    exchange_row(c, rows, "For services",
                 str_eq_c(p->services, "*") ? ctx_tr(c, "Every service") : p->services, false);
    exchange_row(c, rows, "Case", ctx_tr(c, case_words[p->needs_case]), false);
    exchange_row(c, rows, "Signature",
                 ctx_tr(c, p->compat ? "Also by the national header convention, which signs no body"
                                     : "Of the whole call"),
                 false);
    exchange_row(c, rows, "Calls a minute, a day",
                 str_fmt(c->arena, "%lld / %lld", (long long)p->rate, (long long)p->daily), false);
    if (p->valid_until != INT64_MAX)
        exchange_row(c, rows, "Until", date_format(c->arena, date_of(p->valid_until - 1)), false);
    exchange_row(c, rows, "Addresses", p->networks, false);
    exchange_row(c, rows, "Words of the decision", p->words, true);
    if (!cursor_store_load(c, p->id, &at, &found)) return false;
    if (found && at.place.len)
        exchange_row(c, rows, "Changes are sent to",
                     str_fmt(c->arena, "%.*s %.*s", STR_ARG(at.place), STR_ARG(at.path)), false);
    return add_person(c, rows, "Asked by", p->asked_by, p->asked_at) &&
           add_person(c, rows, "Own office", p->office_by, p->office_at) &&
           add_person(c, rows, "Decided by", p->decided_by, p->decided_at);
}

static void add_filter(struct ctx *c, struct json *fields, struct str text)
{
    struct json *f =
        exchange_field(c, fields, "filter", "Rows let through", "textarea", filter_lines(c, text), false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "One condition a line: item = value, item in value, value, or item prefix value. "
                           "Empty: every row."));
}

static void add_decision(struct ctx *c, struct json *acts, const struct share_permit *p, const char *path,
                         const char *label, const char *says)
{
    struct str action = str_fmt(c->arena, "/office/exchange/permits/%lld/%s", (long long)p->id, path);
    struct json *fields = exchange_act(c, acts, action, label, "main", says),
                *agree = exchange_field(c, fields, "agree", "Decision", "radios", STR_EMPTY, true);
    ctx_option(c, agree, STR("yes"), ctx_tr(c, "Agreed"));
    ctx_option(c, agree, STR("no"), ctx_tr(c, "Not agreed"));
    for (struct json *o = json_get(agree, "options")->first; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
    if (strcmp(path, "decide") == 0) add_filter(c, fields, p->filter_text);
    exchange_field(c, fields, "words", "Reason", "textarea", STR_EMPTY, false);
}

static void add_follow(struct ctx *c, struct json *acts, const struct share_permit *p)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    struct str action = str_fmt(c->arena, "/office/exchange/permits/%lld/follow", (long long)p->id);
    struct json *fields =
                    exchange_act(c, acts, action, "Have changes sent", "quiet",
                                 "To a place of your department, signed with the key of the system; until it "
                                 "takes them they are sent again."),
                *f = exchange_field(c, fields, "place", "Place of the data", "select", STR_EMPTY, false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "None: the system fetches changes"));
    for (const struct place *q = state->sources.places; q; q = q->next)
        if (str_starts(str_c(q->address), STR("http"))) ctx_option(c, f, q->name, q->name);
    exchange_field(c, fields, "path", "Path", "text", STR_EMPTY, false);
}

static void add_acts(struct ctx *c, struct json *acts, const struct share_permit *p)
{
    bool took_part = p->asked_by == c->actor.account || p->office_by == c->actor.account;
    if (str_eq_c(p->state, "office") && p->unit == c->actor.unit && !took_part &&
        ctx_may(c, "exchange.office"))
        add_decision(c, acts, p, "office", "Decide for the own office",
                     "Is the purpose lawful, and is nothing asked for that is not needed?");
    if (str_eq_c(p->state, "provider") && p->provider == c->actor.unit && !took_part &&
        ctx_may(c, "exchange.provide"))
        add_decision(c, acts, p, "decide", "Decide as the provider",
                     "From then on the system can ask, for that purpose and within these bounds.");
    if (str_eq_c(permit_state(c, p), "granted") && p->unit == c->actor.unit &&
        list_names(p->modes, STR("subscribe")) && ctx_may(c, "exchange.request"))
        add_follow(c, acts, p);
    if (str_eq_c(p->state, "granted") && (p->provider == c->actor.unit || p->unit == c->actor.unit) &&
        ctx_may(c, "exchange.provide")) {
        struct json *fields =
            exchange_act(c, acts, str_fmt(c->arena, "/office/exchange/permits/%lld/end", (long long)p->id),
                         "End the permit", "quiet", "The next call is refused.");
        exchange_field(c, fields, "words", "Reason", "textarea", STR_EMPTY, true);
    }
}

bool exchange_permit(struct ctx *c)
{
    struct share_permit p;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    if (!permit_load(c, c->row, &p)) return false;
    if (!describe(c, doc, &p)) return false;
    if (!add_rows(c, json_set_array(c->arena, doc, "rows"), &p)) return false;
    add_acts(c, acts, &p);
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    json_set_str(c->arena, doc, "entry_href",
                 str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)p.entry));
    exchange_crumb(c, doc, "Requests and permits", "/office/exchange/permits");
    return true;
}

static bool back(struct ctx *c, bool ok)
{
    if (!ok) return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/permits/%lld", (long long)c->row);
}

bool exchange_permit_office(struct ctx *c)
{
    struct share_permit p;
    return back(c, permit_load(c, c->row, &p) &&
                       permit_office(c, &p, str_eq_c(in_text(c, "agree"), "yes"), in_text(c, "words")));
}

/* The provider may let through less, or other rows, than was asked for. */
static bool take_filter(struct ctx *c, struct share_permit *p)
{
    struct data_entry e;
    bool found;
    if (!in_has(c, "filter")) return true;
    return entry_store_load(c, p->entry, &e, &found) &&
           filter_parse(c, in_text(c, "filter"), found ? json_get(e.doc, "items") : NULL, &p->filter_text);
}

bool exchange_permit_decide(struct ctx *c)
{
    struct share_permit p;
    return back(c, permit_load(c, c->row, &p) && take_filter(c, &p) &&
                       permit_decide(c, &p, str_eq_c(in_text(c, "agree"), "yes"), in_text(c, "words")));
}

bool exchange_permit_end(struct ctx *c)
{
    struct share_permit p;
    return back(c, permit_load(c, c->row, &p) && permit_end(c, &p, in_text(c, "words")));
}

/* ---- the form of a request ---- */

static bool add_systems(struct ctx *c, struct json *fields)
{
    struct exchange_system *rows;
    size_t count = SYSTEMS_PAGE + 1;
    struct json *f = exchange_field(c, fields, "system", "System", "select", STR_EMPTY, true);
    json_set_array(c->arena, f, "options");
    for (int64_t before = 0; count > SYSTEMS_PAGE; before = rows[SYSTEMS_PAGE - 1].id) {
        if (!system_store_list(c, c->actor.unit, before, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < SYSTEMS_PAGE; i++)
            ctx_option(c, f, number_text(c, rows[i].id), rows[i].name);
    }
    return true;
}

static bool was_sent(const struct ctx *c, const char *name, struct str value)
{
    for (const struct param *p = c->failed ? c->req->form.first : NULL; p; p = p->next)
        if (str_eq_c(p->name, name) && str_eq(p->value, value)) return true;
    return false;
}

static void add_modes(struct ctx *c, struct json *fields)
{
    struct json *f = exchange_field(c, fields, "modes", "Way of asking", "checkboxes", STR_EMPTY, true);
    for (const struct exchange_word *w = mode_words; w->code; w++) {
        ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
        struct json *option = json_get(f, "options")->last;
        json_set_bool(c->arena, option, "checked", was_sent(c, "modes", str_c(w->code)));
        json_set(option, "note", json_null(c->arena));
    }
}

static void add_items(struct ctx *c, struct json *fields, const struct data_entry *e)
{
    struct json *f =
        exchange_field(c, fields, "fields", "Items of data that are needed", "checkboxes", STR_EMPTY, true);
    JSON_EACH(i, json_get(e->doc, "items"))
    {
        struct str id = json_text_of(i, "id");
        if (str_eq_c(json_text_of(i, "sharing"), "none")) continue;
        ctx_option(c, f, id, json_text_of(i, "name"));
        struct json *option = json_get(f, "options")->last;
        json_set_bool(c->arena, option, "checked", was_sent(c, "fields", id));
        struct str sharing = exchange_label(c, sharing_words, json_text_of(i, "sharing"));
        json_set_str(c->arena, option, "note",
                     str_fmt(c->arena, "%.*s · %.*s", STR_ARG(id), STR_ARG(sharing)));
    }
}

bool exchange_request(struct ctx *c)
{
    struct data_entry e;
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    if (!entry_load(c, c->row, &e)) return false;
    json_set_str(c->arena, doc, "name", exchange_in_words(c, e.name, json_text_of(e.doc, "en")));
    json_set_str(c->arena, doc, "provider", exchange_unit_name(c, e.unit));
    json_set_str(c->arena, doc, "condition", json_text_of(e.doc, "reason"));
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/exchange/entries/%lld/request", (long long)e.id));
    if (!add_systems(c, fields)) return false;
    exchange_select(c, fields, "purpose", "Purpose", purpose_words, STR("apply"), true);
    f = exchange_field(c, fields, "basis", "Basis in law", "textarea", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "The law or duty that lets the department use this data."));
    add_modes(c, fields);
    add_items(c, fields, &e);
    f = exchange_field(c, fields, "services", "For services", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Codes of services, separated by commas; * for every service."));
    f = exchange_field(c, fields, "caseless", "Calls without a case", "checkbox", STR_EMPTY, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Only where no application can be named. The provider decides."));
    f = exchange_field(c, fields, "compat", "Calls by the national header convention (gjzwfwpt_*)",
                       "checkbox", STR_EMPTY, false);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, "It signs no body: only where a system cannot sign otherwise. The provider decides."));
    f = exchange_field(c, fields, "callers_case", "Cases of the installation that asks", "checkbox",
                       STR_EMPTY, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "For a system of another node: it answers for its case being live."));
    f = exchange_field(c, fields, "masks", "Masked", "text", STR_EMPTY, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Such as mobile=phone, separated by commas: the id of an item, and what it is "
                           "masked as (name, number, phone, all)."));
    add_filter(c, fields, STR_EMPTY);
    exchange_field(c, fields, "rate", "Calls a minute", "text", STR("60"), true);
    exchange_field(c, fields, "daily", "Calls a day", "text", STR("1000"), true);
    exchange_field(c, fields, "until", "Until", "date", date_format(c->arena, date_of(c->now) + TERM_DAYS),
                   true);
    f = exchange_field(c, fields, "networks", "Addresses", "text", STR_EMPTY, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Addresses look like 10.1.2.3 or 10.1.2.0/24, separated by commas."));
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

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

bool exchange_request_send(struct ctx *c)
{
    struct data_entry e;
    int32_t until = 0;
    if (!entry_load(c, c->row, &e)) return false;
    if (!date_parse(in_text(c, "until"), &until))
        return err_at(c->err, STR("until"), "This day has passed.", STR_EMPTY);
    struct share_permit p = {.system = in_i64(c, "system", 0),
                             .purpose = in_text(c, "purpose"),
                             .basis = in_text(c, "basis"),
                             .modes = joined(c, json_get(c->in, "modes")),
                             .fields = joined(c, json_get(c->in, "fields")),
                             .masks = in_text(c, "masks"),
                             .services = in_text(c, "services"),
                             .needs_case = in_true(c, "caseless")       ? CASE_NONE
                                           : in_true(c, "callers_case") ? CASE_OF_CALLER
                                                                        : CASE_HERE,
                             .compat = in_true(c, "compat"),
                             .rate = in_i64(c, "rate", 1),
                             .daily = in_i64(c, "daily", 1),
                             .valid_until = date_start(until + 1),
                             .networks = in_text(c, "networks")};
    if (!filter_parse(c, in_text(c, "filter"), json_get(e.doc, "items"), &p.filter_text) ||
        !permit_ask(c, &e, &p))
        return false;
    c->row = p.id;
    return back(c, true);
}

/* ---- fields ---- */

const struct field exchange_permits_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|granted|all"},
    {"before", FIELD_ID, "Requests before this one"},
    {0},
};

const struct field exchange_request_fields[] = {
    {"system", FIELD_ID, "System", .required = true},
    {"purpose", FIELD_CHOICE, "Purpose", .required = true, .choices = "apply|supervise|public-service"},
    {"basis", FIELD_TEXT, "Basis in law", .required = true, .max = WORDS_MAX},
    {"modes", FIELD_LIST, "Way of asking", .required = true, .choices = "check|query|batch|subscribe"},
    {"filter", FIELD_TEXT, "Rows let through", .max = 1000},
    {"fields", FIELD_LIST, "Items of data that are needed", .required = true, .max = ITEMS_MAX},
    {"services", FIELD_LINE, "For services", .required = true, .max = 1000},
    {"caseless", FIELD_BOOL, "Calls without a case"},
    {"callers_case", FIELD_BOOL, "Cases of the installation that asks"},
    {"compat", FIELD_BOOL, "Calls by the national header convention (gjzwfwpt_*)"},
    {"masks", FIELD_LINE, "Masked", .max = 500},
    {"rate", FIELD_INT, "Calls a minute", .required = true, .min = 1, .max = RATE_MAX},
    {"daily", FIELD_INT, "Calls a day", .required = true, .min = 1, .max = DAILY_MAX},
    {"until", FIELD_DATE, "Until", .required = true},
    {"networks", FIELD_LINE, "Addresses", .max = 300},
    {0},
};

const struct field exchange_decide_fields[] = {
    {"agree", FIELD_CHOICE, "Decision", .required = true, .choices = "yes|no"},
    {"filter", FIELD_TEXT, "Rows let through", .max = 1000},
    {"words", FIELD_TEXT, "Reason", .max = WORDS_MAX},
    {0},
};

const struct field exchange_end_fields[] = {
    {"words", FIELD_TEXT, "Reason", .required = true, .max = WORDS_MAX},
    {0},
};
