/* Words of the codes, and the pieces of pages that several of them share. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_internal.h"
#include "modules/orgs/orgs.h"

const struct exchange_word sharing_words[] = {{"free", "Shared without condition"},
                                              {"conditional", "Shared on condition"},
                                              {"none", "Not shared"},
                                              {0}};
const struct exchange_word class_words[] = {
    {"base", "Base data"}, {"theme", "Data of a theme"}, {"department", "Data of a department"}, {0}};
const struct exchange_word format_words[] = {{"database", "Database"},
                                             {"api", "Interface"},
                                             {"table", "Spreadsheet"},
                                             {"file", "Electronic file"},
                                             {"image", "Image"},
                                             {"stream", "Streaming media"},
                                             {"self", "Self-describing format"},
                                             {0}};
const struct exchange_word cycle_words[] = {{"realtime", "In real time"},      {"daily", "Every day"},
                                            {"weekly", "Every week"},          {"monthly", "Every month"},
                                            {"quarterly", "Every quarter"},    {"yearly", "Every year"},
                                            {"irregular", "At no fixed time"}, {0}};
const struct exchange_word open_words[] = {
    {"no", "Not open to society"}, {"conditional", "Open on condition"}, {"free", "Open to society"}, {0}};

const struct exchange_word way_words[] = {{"platform", "By the exchange platform"},
                                          {"mail", "By post or mail"},
                                          {"copy", "On a copied medium"},
                                          {0}};
const struct exchange_word network_words[] = {{"government", "Government extranet"},
                                              {"internet", "Internet"},
                                              {"department", "A department's own network"},
                                              {0}};
const struct exchange_word scene_words[] = {{"service", "Government services"},
                                            {"public", "Services to the public"},
                                            {"supervision", "Supervision and inspection"},
                                            {"other", "Other uses"},
                                            {0}};
const struct exchange_word refusal_words[] = {{"law", "A law or regulation forbids it"},
                                              {"policy", "A policy of the State Council forbids it"},
                                              {"sensitive", "It is sensitive"},
                                              {"other", "Another reason"},
                                              {0}};

/* What became of a call, by the code of its refusal. */
const struct exchange_word result_words[] = {{"ok", "Answered"},
                                             {"exchange.permit", "No permit"},
                                             {"exchange.expired", "The permit was not in force"},
                                             {"exchange.network", "Another address"},
                                             {"exchange.purpose", "Another purpose"},
                                             {"exchange.operator", "Somebody the permit does not name"},
                                             {"exchange.mode", "Another way of asking"},
                                             {"exchange.field", "An item the permit does not name"},
                                             {"exchange.not_shared", "Not shared any more"},
                                             {"exchange.masked", "A check of a masked item"},
                                             {"exchange.convention", "Body not signed"},
                                             {"exchange.no_case", "No case"},
                                             {"exchange.case_subject", "The case of another person"},
                                             {"exchange.case_closed", "The case was closed"},
                                             {"exchange.case_item", "Another service"},
                                             {"exchange.suspended", "The data were suspended"},
                                             {"exchange.sleeping", "The provider rests after failures"},
                                             {"exchange.provider", "The provider failed"},
                                             {"exchange.not_provider", "Data of another department"},
                                             {"exchange.replay", "Sent twice"},
                                             {"exchange.quota", "The quota of the day was used up"},
                                             {"exchange.rate", "Too many calls a minute"},
                                             {"exchange.resource", "No such resource"},
                                             {"exchange.batch", "The batch of another system"},
                                             {"exchange.filtered", "Kept back by the filter of rows"},
                                             {"input", "The question was not sound"},
                                             {0}};

struct str exchange_result_words(const struct ctx *c, struct str result)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    struct str far = STR_EMPTY;
    if (p && !exchange_known(result_words, result)) far = p->words(c, result);
    return far.len ? far : exchange_label(c, result_words, result);
}

bool exchange_known(const struct exchange_word *list, struct str code)
{
    for (; list->code; list++)
        if (str_eq_c(code, list->code)) return true;
    return false;
}

struct str exchange_label(const struct ctx *c, const struct exchange_word *list, struct str code)
{
    for (; list->code; list++)
        if (str_eq_c(code, list->code)) return ctx_tr(c, list->msgid);
    return code;
}

struct json *exchange_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                            const char *type, struct str value, bool required)
{
    struct json *f = ctx_field(c, fields, name, label, type, value);
    json_set_bool(c->arena, f, "required", required);
    return f;
}

struct json *exchange_select(struct ctx *c, struct json *fields, const char *name, const char *label,
                             const struct exchange_word *list, struct str value, bool required)
{
    struct json *f = exchange_field(c, fields, name, label, "select", value, required);
    for (; list->code; list++)
        ctx_option(c, f, str_c(list->code), ctx_tr(c, list->msgid));
    return f;
}

struct json *exchange_act(struct ctx *c, struct json *acts, struct str action, const char *label,
                          const char *tone, const char *says)
{
    struct json *o = json_add_object(c->arena, acts);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "tone", tone);
    json_set_bool(c->arena, o, "open", c->failed && str_eq(c->req->path, action));
    json_set_bool(c->arena, o, "danger", false);
    json_set_str(c->arena, o, "action", action);
    json_set_str(c->arena, o, "says", ctx_tr(c, says));
    return json_set_array(c->arena, o, "fields");
}

void exchange_crumb(struct ctx *c, struct json *doc, const char *label, const char *href)
{
    struct json *list = (struct json *)json_get(doc, "crumbs");
    if (!list) list = json_set_array(c->arena, doc, "crumbs");
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", ctx_tr(c, label));
    json_set_c(c->arena, o, "href", href);
}

/* Without a character beyond ASCII: nothing of it is Chinese. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] > 127) return false;
    return true;
}

void exchange_row(struct ctx *c, struct json *rows, const char *label, struct str value, bool zh)
{
    if (!value.len) return;
    struct json *o = json_add_object(c->arena, rows);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "value", value);
    json_set_bool(c->arena, o, "zh", zh && !is_plain(value));
}

struct str exchange_unit_name(struct ctx *c, int64_t unit)
{
    const struct unit *u = orgs_unit(c, unit);
    return u ? exchange_in_words(c, u->name, u->en) : STR_EMPTY;
}

struct str exchange_in_words(const struct ctx *c, struct str name, struct str en)
{
    return c->lang == &lang_en && en.len ? en : name;
}

bool exchange_entry_name(struct ctx *c, int64_t entry, struct str name, struct str *out)
{
    struct data_entry e;
    bool found = false;
    *out = name;
    if (c->lang != &lang_en || !entry) return true;
    if (!entry_store_load(c, entry, &e, &found)) return false;
    if (found && e.doc) *out = exchange_in_words(c, name, json_text_of(e.doc, "en"));
    return true;
}

bool exchange_officer_name(struct ctx *c, int64_t account, struct str *out)
{
    struct account a;
    *out = account ? STR_EMPTY : ctx_tr(c, "The program");
    if (!account) return true;
    if (account_load(c, account, &a)) {
        *out = a.label.len ? a.label : a.login;
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}
