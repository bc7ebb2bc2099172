/* Requests and permits as officers see them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/exchange/exchange_confirm.h"
#include "modules/exchange/exchange_feed.h"
#include "modules/exchange/exchange_remedy.h"
#include "modules/exchange/exchange_shares.h"
#include "modules/orgs/orgs.h"

const struct exchange_word purpose_words[] = {{"apply", "Handling an application"},
                                              {"supervise", "Supervision by law"},
                                              {"public-service", "Public service"},
                                              {0}};
const struct exchange_word basis_words[] = {{"law", "A law or regulation"},
                                            {"duty", "A duty laid down for the department"},
                                            {"service", "A service the department handles"},
                                            {0}};
const struct exchange_word mode_words[] = {{"check", "Check: answered by yes or no"},
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
                                           {"coming", "Granted for later"}, {"expired", "Past its term"},
                                           {"suspended", "On hold"},        {"ended", "Ended by decision"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(state, words[i][0])) return words[i][1];
    return "Ended by decision";
}

struct str permit_state_words(struct ctx *c, const struct share_permit *p)
{
    return ctx_tr(c, state_msgid(permit_state(c, p)));
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
                        date_words(c->lang, c->arena, date_of(p->due), date_of(c->now))));
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
                 str_fmt(c->arena, "%.*s · %.*s", STR_ARG(name),
                         STR_ARG(date_words(c->lang, c->arena, date_of(at), date_of(c->now)))),
                 true);
    return true;
}

static void add_items(struct ctx *c, struct json *rows, const struct data_entry *e,
                      const struct share_permit *p)
{
    struct str shared = shares_of(c->arena, e->doc);
    exchange_row(c, rows, "Items of data", shares_names(c, e->doc, list_within(c->arena, p->fields, shared)),
                 true);
    exchange_row(c, rows, "No longer shared, and not given",
                 shares_names(c, e->doc, list_without(c->arena, p->fields, shared)), true);
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

/* "姓名 name: …", one behind the other. */
static struct str mask_names(struct ctx *c, const struct data_entry *e, const struct share_permit *p)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(i, json_get(e->doc, "items"))
    {
        struct str kind = mask_of(p, json_text_of(i, "id"));
        if (!kind.len) continue;
        if (b.len) buf_add_c(&b, "；");
        buf_fmt(&b, "%.*s %.*s: %.*s", STR_ARG(json_text_of(i, "name")), STR_ARG(json_text_of(i, "id")),
                STR_ARG(exchange_label(c, mask_words, kind)));
    }
    return b.len ? buf_str(&b) : p->masks;
}

/* What its program needs to know beside the ids of the items. */
static bool add_address(struct ctx *c, struct json *rows, const struct share_permit *p)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, p->entry, &r, &found)) return false;
    struct str state = permit_state(c, p);
    if (!found || (!str_eq_c(state, "granted") && !str_eq_c(state, "coming"))) return true;
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
    exchange_row(c, rows, "Who may ask, at the system", operators_words(c, p), true);
    exchange_row(c, rows, "Provider, who answers for it", exchange_unit_name(c, p->provider), true);
    exchange_row(c, rows, "Purpose", exchange_label(c, purpose_words, p->purpose), false);
    exchange_row(c, rows, "Kind of basis", exchange_label(c, basis_words, p->basis_kind), false);
    exchange_row(c, rows, "Basis in law", p->basis, true);
    add_items(c, rows, &e, p);
    if (!add_address(c, rows, p)) return false;
    exchange_row(c, rows, "Way of asking", mode_names(c, p->modes), false);
    exchange_row(c, rows, "Rows let through", filter_lines(c, p->filter_text), false);
    exchange_row(c, rows, "Masked", mask_names(c, &e, p), true);
    exchange_row(c, rows, "For services",
                 str_eq_c(p->services, "*") ? ctx_tr(c, "Every service") : p->services, false);
    exchange_row(c, rows, "Case", ctx_tr(c, case_words[p->needs_case]), false);
    exchange_row(c, rows, "Signature",
                 ctx_tr(c, p->compat ? "Also by the national header convention, which signs no body"
                                     : "Of the whole call"),
                 false);
    exchange_row(c, rows, "Calls a minute, a day",
                 str_fmt(c->arena, "%lld / %lld", (long long)p->rate, (long long)p->daily), false);
    exchange_row(c, rows, "In force from",
                 date_words(c->lang, c->arena, date_of(p->valid_from), date_of(c->now)), false);
    if (p->valid_until != INT64_MAX)
        exchange_row(c, rows, "Until",
                     date_words(c->lang, c->arena, date_of(p->valid_until - 1), date_of(c->now)), false);
    exchange_row(c, rows, "Addresses", p->networks, false);
    if (!add_person(c, rows, "Time to answer extended by", p->extended_by, p->extended_at)) return false;
    exchange_row(c, rows, "Why it takes longer", p->extension, true);
    exchange_row(c, rows, "Words of the decision", p->words, true);
    if (!cursor_store_load(c, p->id, &at, &found)) return false;
    if (found && at.place.len)
        exchange_row(c, rows, "Changes are sent to",
                     str_fmt(c->arena, "%.*s %.*s", STR_ARG(at.place), STR_ARG(at.path)), false);
    return add_person(c, rows, "Asked by", p->asked_by, p->asked_at) &&
           add_person(c, rows, "Own office", p->office_by, p->office_at) &&
           add_person(c, rows, "Decided by", p->decided_by, p->decided_at) && remedy_rows(c, rows, p);
}

/* What the provider lets through: who may ask, rows and masks may be narrower, or others, than was asked for.
 */
static bool add_bounds(struct ctx *c, struct json *fields, const struct share_permit *p)
{
    struct data_entry e;
    bool found;
    if (!entry_store_load(c, p->entry, &e, &found)) return false;
    const struct json *items = found ? json_get(e.doc, "items") : NULL;
    exchange_operators_field(c, fields, p->operators);
    exchange_filter_field(c, fields, items, p->filter_text);
    JSON_EACH(i, items)
    {
        if (list_names(p->fields, json_text_of(i, "id"))) exchange_mask_field(c, fields, i, p);
    }
    return true;
}

static bool add_decision(struct ctx *c, struct json *acts, const struct share_permit *p, const char *path,
                         const char *label, const char *says)
{
    struct str action = str_fmt(c->arena, "/office/exchange/permits/%lld/%s", (long long)p->id, path);
    struct json *fields = exchange_act(c, acts, action, label, "main", says),
                *agree = exchange_field(c, fields, "agree", "Decision", "radios", STR_EMPTY, true);
    ctx_option(c, agree, STR("yes"), ctx_tr(c, "Agreed"));
    ctx_option(c, agree, STR("no"), ctx_tr(c, "Not agreed"));
    for (struct json *o = json_get(agree, "options")->first; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
    if (strcmp(path, "decide") == 0 && !add_bounds(c, fields, p)) return false;
    exchange_field(c, fields, "words", "Reason", "textarea", STR_EMPTY, false);
    return true;
}

static bool add_extension(struct ctx *c, struct json *acts, const struct share_permit *p)
{
    struct str action = str_fmt(c->arena, "/office/exchange/permits/%lld/extend", (long long)p->id);
    int64_t most;
    if (!orgs_number(c, "exchange.extension_workdays", &most)) return false;
    struct json *fields = exchange_act(c, acts, action, "Extend the time to answer", "quiet",
                                       "Once only. The department that asks is told, with the reason."),
                *f = exchange_field(c, fields, "days", "Working days", "text", number_text(c, most), true);
    json_set_c(c->arena, f, "inputmode", "numeric");
    exchange_field(c, fields, "reason", "Reason", "textarea", STR_EMPTY, true);
    return true;
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
        if (place_is_of(c, q, p->unit) && str_starts(str_c(q->address), STR("http")))
            ctx_option(c, f, q->name, q->name);
    exchange_field(c, fields, "path", "Path", "text", STR_EMPTY, false);
}

static bool add_acts(struct ctx *c, struct json *acts, const struct share_permit *p)
{
    bool took_part = p->asked_by == c->actor.account || p->office_by == c->actor.account;
    if (str_eq_c(p->state, "office") && p->unit == c->actor.unit && !took_part &&
        ctx_may(c, "exchange.office") &&
        !add_decision(c, acts, p, "office", "Decide for the own office",
                      "Is the purpose lawful, and is nothing asked for that is not needed?"))
        return false;
    if (str_eq_c(p->state, "provider") && p->provider == c->actor.unit && !took_part &&
        ctx_may(c, "exchange.provide") &&
        !add_decision(
            c, acts, p, "decide", "Decide as the provider",
            "From then on the system can ask, for that purpose and within these bounds. What is masked is "
            "not checked either."))
        return false;
    if (permit_may_extend(c, p) && ctx_may(c, "exchange.provide") && !add_extension(c, acts, p)) return false;
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
    return true;
}

bool exchange_permit(struct ctx *c)
{
    struct share_permit p;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    if (!permit_load(c, c->row, &p)) return false;
    if (!describe(c, doc, &p)) return false;
    if (!add_rows(c, json_set_array(c->arena, doc, "rows"), &p)) return false;
    if (!attachments_show(c, doc, p.id) || !add_acts(c, acts, &p)) return false;
    if (!confirm_show(c, doc, &p)) return false;
    if (!remedy_acts(c, acts, &p, 0)) return false;
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

static bool take_filter(struct ctx *c, struct share_permit *p)
{
    struct data_entry e;
    bool found;
    if (!in_has(c, "filter")) return true;
    return entry_store_load(c, p->entry, &e, &found) &&
           filter_parse(c, in_text(c, "filter"), found ? json_get(e.doc, "items") : NULL, &p->filter_text);
}

/* A form in which nothing is masked sends empty choices. */
static void take_masks(struct ctx *c, struct share_permit *p)
{
    if (in_has(c, "masks") || params_has(&c->req->form, STR("masks")))
        p->masks = exchange_joined(c, json_get(c->in, "masks"));
}

bool exchange_permit_decide(struct ctx *c)
{
    struct share_permit p;
    if (!permit_load(c, c->row, &p) || !take_filter(c, &p)) return false;
    take_masks(c, &p);
    if (in_has(c, "operators")) p.operators = in_text(c, "operators");
    return back(c, permit_decide(c, &p, str_eq_c(in_text(c, "agree"), "yes"), in_text(c, "words")));
}

bool exchange_permit_extend(struct ctx *c)
{
    struct share_permit p;
    return back(c, permit_load(c, c->row, &p) &&
                       permit_extend(c, &p, in_i64(c, "days", 0), in_text(c, "reason")));
}

bool exchange_permit_end(struct ctx *c)
{
    struct share_permit p;
    return back(c, permit_load(c, c->row, &p) && permit_end(c, &p, in_text(c, "words")));
}

/* ---- fields ---- */

const struct field exchange_permits_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|granted|all"},
    {"before", FIELD_ID, .label = "Requests before this one"},
    {0},
};

const struct field exchange_decide_fields[] = {
    {"agree", FIELD_CHOICE, "Decision", .required = true, .choices = "yes|no"},
    {"operators", FIELD_LINE, "Who may ask, at the system", .max = 1000},
    {"filter", FIELD_TEXT, "Rows let through", .max = 1000},
    {"masks", FIELD_LIST, "Masked", .max = ITEMS_MAX},
    {"words", FIELD_TEXT, "Reason", .max = WORDS_MAX},
    {0},
};

const struct field exchange_end_fields[] = {
    {"words", FIELD_TEXT, "Reason", .required = true, .max = WORDS_MAX},
    {0},
};

const struct field exchange_extend_fields[] = {
    {"days", FIELD_INT, "Working days", .required = true, .min = 1, .max = LIMIT_COUNT_MAX},
    {"reason", FIELD_TEXT, "Reason", .required = true, .max = WORDS_MAX},
    {0},
};
