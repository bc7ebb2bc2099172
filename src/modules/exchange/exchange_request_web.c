/* The form in which a department asks for data. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"

#include <string.h>

enum { TERM_DAYS = 365, NETWORKS_MAX = 1000 };

static bool add_systems(struct ctx *c, struct json *fields)
{
    struct exchange_system *rows;
    size_t count;
    int64_t before = 0;
    struct json *f = exchange_field(c, fields, "system", "System", "select", STR_EMPTY, true);
    json_set_array(c->arena, f, "options");
    do {
        if (!system_store_list(c, c->actor.unit, before, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < SYSTEMS_PAGE; i++)
            ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)rows[i].id), rows[i].name);
        before = count > SYSTEMS_PAGE ? rows[SYSTEMS_PAGE - 1].id : 0;
    } while (before);
    const struct known_system *own = exchange_system_of(exchange_now(c), STR(PLATFORM_SYSTEM));
    if (own)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)own->id),
                   ctx_tr(c, "Forms of our services on this platform"));
    return true;
}

static bool was_sent(const struct ctx *c, const char *name, struct str value)
{
    for (const struct param *p = c->failed ? c->req->form.first : NULL; p; p = p->next)
        if (str_eq_c(p->name, name) && str_eq(p->value, value)) return true;
    return false;
}

static struct str pair_of(struct ctx *c, struct str item, const char *kind)
{
    return str_fmt(c->arena, "%.*s=%s", STR_ARG(item), kind);
}

static void add_modes(struct ctx *c, struct json *fields, bool rows)
{
    struct json *f = exchange_field(c, fields, "modes", "Way of asking", "checkboxes", STR_EMPTY, true);
    for (const struct exchange_word *w = mode_words; w->code; w++) {
        if (!rows && strcmp(w->code, "subscribe") == 0) continue;
        ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
        struct json *option = json_get(f, "options")->last;
        json_set_bool(c->arena, option, "checked", was_sent(c, "modes", str_c(w->code)));
        json_set(option, "note", json_null(c->arena));
    }
}

/* One way of masking an item. What is chosen is "item=kind"; all those fields are sent under one name. */
struct json *exchange_mask_field(struct ctx *c, struct json *fields, const struct json *item,
                                 const struct share_permit *p)
{
    struct str id = json_text_of(item, "id"), kind = p ? mask_of(p, id) : STR_EMPTY;
    struct json *f = ctx_field(c, fields, "masks", "How it is masked", "select", STR_EMPTY);
    for (const struct exchange_word *w = mask_words; c->failed && w->code; w++)
        if (was_sent(c, "masks", pair_of(c, id, w->code))) kind = str_c(w->code);
    json_set_str(c->arena, f, "value", kind.len ? pair_of(c, id, str_z(c->arena, kind)) : STR_EMPTY);
    json_set_str(c->arena, f, "id", str_fmt(c->arena, "masks-%.*s", STR_ARG(id)));
    json_set_c(c->arena, f, "sent_as", "masks");
    json_set_bool(c->arena, f, "required", true); /* no word "optional" at each */
    json_set_str(c->arena, f, "label",
                 tr_arg(c->lang, c->arena, "How it is masked: %{arg}", json_text_of(item, "name")));
    json_set(f, "error", json_null(c->arena));
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Not masked"));
    for (const struct exchange_word *w = mask_words; w->code; w++)
        ctx_option(c, f, pair_of(c, id, w->code), ctx_tr(c, w->msgid));
    return f;
}

static struct str items_named(struct ctx *c, const struct json *items)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(i, items)
    {
        if (b.len) buf_add_c(&b, "、");
        buf_fmt(&b, "%.*s %.*s", STR_ARG(json_text_of(i, "id")), STR_ARG(json_text_of(i, "name")));
    }
    return buf_str(&b);
}

void exchange_filter_field(struct ctx *c, struct json *fields, const struct json *items, struct str text)
{
    struct json *f =
        exchange_field(c, fields, "filter", "Rows let through", "textarea", filter_lines(c, text), false);
    json_set_str(
        c->arena, f, "hint",
        tr_arg(c->lang, c->arena,
               "Empty: every row. Else one condition a line, and only rows for which all hold: \"state = "
               "valid\" (the same), \"state in valid, ended\" (one of them), \"division prefix 7801\" (it "
               "begins so). Items there are: %{arg}",
               items_named(c, items)));
}

void exchange_operators_field(struct ctx *c, struct json *fields, struct str operators)
{
    struct json *f =
        exchange_field(c, fields, "operators", "Who may ask, at the system", "text", operators, true);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, "Names as the system gives them in its calls, separated by commas; window-* for all that "
                  "begin so, * for anyone, who must be named. The code of the system: itself, where nobody "
                  "is named. For forms on this platform: logins of officers, and \"applicant\"."));
}

/* What a call may ask for, each with how it is masked. */
static void add_items(struct ctx *c, struct json *doc, const struct data_entry *e)
{
    struct json *about = json_set_object(c->arena, doc, "about"),
                *list = json_set_array(c->arena, doc, "items");
    exchange_field(c, about, "fields", "Items of data that are needed", "checkboxes", STR_EMPTY, true);
    exchange_field(c, about, "masks", "Masked", "checkboxes", STR_EMPTY, false);
    JSON_EACH(i, json_get(e->doc, "items"))
    {
        struct str id = json_text_of(i, "id");
        if (str_eq_c(json_text_of(i, "sharing"), "none")) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "id", id);
        json_set_str(c->arena, o, "name", json_text_of(i, "name"));
        json_set_str(c->arena, o, "sharing", exchange_label(c, sharing_words, json_text_of(i, "sharing")));
        json_set_bool(c->arena, o, "checked", was_sent(c, "fields", id));
        (void)exchange_mask_field(c, o, i, NULL);
    }
}

bool exchange_request(struct ctx *c)
{
    struct data_entry e;
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct data_resource r;
    bool found;
    if (!entry_load(c, c->row, &e) || !resource_store_of_entry(c, e.id, &r, &found)) return false;
    json_set_str(c->arena, doc, "name", exchange_in_words(c, e.name, json_text_of(e.doc, "en")));
    json_set_str(c->arena, doc, "provider", exchange_unit_name(c, e.unit));
    json_set_str(c->arena, doc, "condition", json_text_of(e.doc, "reason"));
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/exchange/entries/%lld/request", (long long)e.id));
    if (!add_systems(c, fields)) return false;
    exchange_select(c, fields, "purpose", "Purpose", purpose_words, STR("apply"), true);
    exchange_select(c, fields, "basis_kind", "Kind of basis", basis_words, STR("duty"), true);
    f = exchange_field(c, fields, "basis", "Basis in law", "textarea", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "The article of the law, the document that lays down the duty, or the code of the "
                           "service."));
    (void)attachments_field(c, fields);
    add_modes(c, fields, found && str_eq_c(r.kind, "file"));
    add_items(c, doc, &e);
    fields = json_set_array(c->arena, doc, "bounds");
    f = exchange_field(c, fields, "services", "For services", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Codes of services, separated by commas; * for every service."));
    exchange_operators_field(c, fields, STR("*"));
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
    exchange_filter_field(c, fields, json_get(e.doc, "items"), STR_EMPTY);
    exchange_field(c, fields, "rate", "Calls a minute", "text", STR("60"), true);
    exchange_field(c, fields, "daily", "Calls a day", "text", STR("1000"), true);
    exchange_field(c, fields, "from", "In force from", "date", date_format(c->arena, date_of(c->now)), false);
    exchange_field(c, fields, "until", "Until", "date", date_format(c->arena, date_of(c->now) + TERM_DAYS),
                   true);
    f = exchange_field(c, fields, "networks", "Addresses", "text", STR_EMPTY, false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Where calls come from: 10.1.2.3, 10.1.2.0/24, 2001:db8::7 or 2001:db8:1::/48, "
                           "separated by commas. Empty: from anywhere."));
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

struct str exchange_joined(struct ctx *c, const struct json *list)
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
    int32_t until = 0, from = date_of(c->now);
    if (!entry_load(c, c->row, &e)) return false;
    if (in_has(c, "from") && (!date_parse(in_text(c, "from"), &from) || from < date_of(c->now)))
        return err_at(c->err, STR("from"), "This day has passed.", STR_EMPTY);
    if (!date_parse(in_text(c, "until"), &until))
        return err_at(c->err, STR("until"), "This day has passed.", STR_EMPTY);
    struct share_permit p = {.system = in_i64(c, "system", 0),
                             .purpose = in_text(c, "purpose"),
                             .basis_kind = in_text(c, "basis_kind"),
                             .basis = in_text(c, "basis"),
                             .modes = exchange_joined(c, json_get(c->in, "modes")),
                             .fields = exchange_joined(c, json_get(c->in, "fields")),
                             .masks = exchange_joined(c, json_get(c->in, "masks")),
                             .services = in_text(c, "services"),
                             .operators = in_text(c, "operators"),
                             .needs_case = in_true(c, "caseless")       ? CASE_NONE
                                           : in_true(c, "callers_case") ? CASE_OF_CALLER
                                                                        : CASE_HERE,
                             .compat = in_true(c, "compat"),
                             .rate = in_i64(c, "rate", 1),
                             .daily = in_i64(c, "daily", 1),
                             .valid_from = date_start(from),
                             .valid_until = date_start(until + 1),
                             .networks = in_text(c, "networks")};
    if (!filter_parse(c, in_text(c, "filter"), json_get(e.doc, "items"), &p.filter_text) ||
        !permit_ask(c, &e, &p) || !attachments_add(c, p.id))
        return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/permits/%lld", (long long)p.id);
}

/* ---- fields ---- */

const struct field exchange_request_fields[] = {
    {"system", FIELD_ID, "System", .required = true},
    {"purpose", FIELD_CHOICE, "Purpose", .required = true, .choices = "apply|supervise|public-service"},
    {"basis_kind", FIELD_CHOICE, "Kind of basis", .choices = "law|duty|service"},
    {"basis", FIELD_TEXT, "Basis in law", .required = true, .max = WORDS_MAX},
    {"files", FIELD_FILE, "The basis as a file", .max = 4 << 20},
    {"modes", FIELD_LIST, "Way of asking", .required = true, .choices = "check|query|batch|subscribe"},
    {"filter", FIELD_TEXT, "Rows let through", .max = 1000},
    {"fields", FIELD_LIST, "Items of data that are needed", .required = true, .max = ITEMS_MAX},
    {"services", FIELD_LINE, "For services", .required = true, .max = 1000},
    {"operators", FIELD_LINE, "Who may ask, at the system", .required = true, .max = 1000},
    {"caseless", FIELD_BOOL, .label = "Calls without a case"},
    {"callers_case", FIELD_BOOL, .label = "Cases of the installation that asks"},
    {"compat", FIELD_BOOL, .label = "Calls by the national header convention (gjzwfwpt_*)"},
    {"masks", FIELD_LIST, "Masked", .max = ITEMS_MAX},
    {"rate", FIELD_INT, "Calls a minute", .required = true, .min = 1, .max = RATE_MAX},
    {"daily", FIELD_INT, "Calls a day", .required = true, .min = 1, .max = DAILY_MAX},
    {"from", FIELD_DATE, .label = "In force from"},
    {"until", FIELD_DATE, "Until", .required = true},
    {"networks", FIELD_LINE, "Addresses", .max = NETWORKS_MAX},
    {0},
};
