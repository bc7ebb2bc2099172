/* Applying at the self-service kiosk: the pages that everybody applies on, with the visitor as who acts and
 * below /kiosk, so that nothing leads out of it. */
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences.h"
#include "modules/people/people.h"

#include <string.h>

/* ---- with the visitor as who acts ---- */

/* Pages that the kiosk has as well, at the same address below /kiosk. */
static bool has_twin(struct str path)
{
    static const char *const twins[] = {"/apply/", "/items/", "/cases/", "/licences/"};
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        if (str_starts(path, str_c(twins[i]))) return true;
    return false;
}

static struct str below(struct ctx *c, struct str path)
{
    return has_twin(path) ? str_cat(c->arena, STR("/kiosk"), path) : STR("/kiosk/me");
}

static bool is_address(struct str key)
{
    static const char *const keys[] = {"href",   "action",  "back",    "next",      "restart",
                                       "change", "discard", "qr_href", "case_href", "pdf_href"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_eq_c(key, keys[i])) return true;
    return false;
}

static void keep_below(struct ctx *c, struct json *node)
{
    for (struct json *child = node->first; child; child = child->next) {
        if (json_is(child, JSON_STRING) && is_address(child->key) && str_starts(child->text, STR("/")))
            child->text = below(c, child->text);
        keep_below(c, child);
    }
}

bool desk_as_visitor(struct ctx *c, bool (*page)(struct ctx *c))
{
    const struct actor kiosk = c->actor;
    struct desk_visit v;
    struct subject who;
    bool in;
    if (!desk_visitor(c, &v, &in)) return false;
    if (!in) return err_missing(c->err, "visit", "Your visit is over.");
    if (!people_subject(c, v.subject, &who)) return false;
    c->actor = (struct actor){
        .kind = ACTOR_PERSON, .subject = v.subject, .level = who.level, .csrf = kiosk.csrf, .name = who.name};
    bool ok = page(c);
    c->actor = kiosk;
    if (!ok) return false;
    if (c->out.kind == OUTCOME_REDIRECT) c->out.location = below(c, c->out.location);
    if (c->out.kind != OUTCOME_DOCUMENT) return true;
    keep_below(c, ctx_doc(c));
    ctx_reads(c, v.subject, STR("kiosk"), v.subject);
    return true;
}

/* ---- finding ---- */

static void add_items(struct ctx *c, struct json *list, const struct item *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", items[i]->name);
        json_set_str(c->arena, o, "department", desk_unit_name(c, items[i]->unit));
        json_set_bool(c->arena, o, "here", items[i]->apply_online);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/kiosk/items/%lld", (long long)items[i]->id));
    }
}

static void add_themes(struct ctx *c, struct json *doc, struct str chosen)
{
    struct json *list = json_set_array(c->arena, doc, "themes");
    const struct theme *themes;
    size_t count = catalogue_themes(c, &themes);
    for (size_t i = 0; i < count; i++) {
        if (themes[i].organisation || !themes[i].count) continue;
        bool english = c->lang == &lang_en && themes[i].en.len;
        if (str_eq(themes[i].code, chosen)) json_set_str(c->arena, doc, "theme_name", themes[i].name);
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", english ? themes[i].en : themes[i].name);
        json_set_bool(c->arena, o, "name_zh", !english);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/kiosk/services?theme=%.*s", STR_ARG(themes[i].code)));
    }
}

bool desk_kiosk_services(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "items");
    struct item_filter f = {.query = in_text(c, "q"), .theme = in_text(c, "theme"), .audience = FOR_PERSON};
    struct item_list found = {0};
    bool asked = f.query.len || f.theme.len;
    if (asked) catalogue_find(c, &f, in_i64(c, "from", 0), SERVICES_SHOWN, &found);
    add_items(c, list, found.items, found.count);
    json_set_str(c->arena, doc, "q", f.query);
    json_set_bool(c->arena, doc, "asked", asked);
    json_set_bool(c->arena, doc, "has_items", found.count > 0);
    json_set(doc, "more",
             found.next ? json_string(c->arena,
                                      str_fmt(c->arena, "/kiosk/services?q=%.*s&theme=%.*s&from=%lld",
                                              STR_ARG(url_encode(c->arena, f.query)),
                                              STR_ARG(url_encode(c->arena, f.theme)), (long long)found.next))
                        : json_null(c->arena));
    json_set_str(c->arena, doc, "theme_name", STR_EMPTY);
    add_themes(c, doc, f.theme);
    return true;
}

/* What one needs to know before one begins, in short. */
bool desk_kiosk_item(struct ctx *c)
{
    const struct item *item = catalogue_item(c, ctx_path(c, "id"));
    if (!item) return err_missing(c->err, "item", "We cannot find this service.");
    struct json *doc = ctx_doc(c), *papers = json_set_array(c->arena, doc, "papers");
    const struct json *service = item_service(item, false);
    JSON_EACH(m, json_get(service ? service : item->doc, "materials"))
    {
        struct str name = json_text_of(m, "name");
        if (name.len) json_set_str(c->arena, json_add_object(c->arena, papers), "name", name);
    }
    json_set_bool(c->arena, doc, "has_papers", papers->count > 0);
    json_set_str(c->arena, doc, "item_name", item->name);
    json_set_str(c->arena, doc, "department", desk_unit_name(c, item->unit));
    json_set_str(c->arena, doc, "for_whom", item_audience_text(c, item->audience));
    json_set_str(c->arena, doc, "promised",
                 limit_text(c, item->promised.unit == LIMIT_NONE ? item->statutory : item->promised));
    json_set_bool(c->arena, doc, "here", item->apply_online && service);
    json_set_str(c->arena, doc, "apply", str_fmt(c->arena, "/kiosk/items/%lld/apply", (long long)item->id));
    return true;
}

/* ---- applying ---- */

/* Routes of the kiosk, and the pages of every application that they show and save. */
static const struct {
    const char *path;
    enum case_apply_step show, save;
} steps[] = {
    {"/kiosk/items/{id}/apply", CASE_APPLY_START, CASE_APPLY_START_SAVE},
    {"/kiosk/apply/{id}", CASE_APPLY_TASKS, CASE_APPLY_NONE},
    {"/kiosk/apply/{id}/form/{page}", CASE_APPLY_FORM, CASE_APPLY_FORM_SAVE},
    {"/kiosk/apply/{id}/materials", CASE_APPLY_FILES, CASE_APPLY_FILES_SAVE},
    {"/kiosk/apply/{id}/booking", CASE_APPLY_BOOKING, CASE_APPLY_BOOKING_SAVE},
    {"/kiosk/apply/{id}/summary", CASE_APPLY_SUMMARY, CASE_APPLY_NONE},
    {"/kiosk/apply/{id}/submit", CASE_APPLY_SUMMARY, CASE_APPLY_SUBMIT},
    {"/kiosk/apply/{id}/discard", CASE_APPLY_NONE, CASE_APPLY_DISCARD},
    {"/kiosk/cases/{id}/receipt", CASE_APPLY_RECEIPT, CASE_APPLY_NONE},
};

static size_t step_of(const struct ctx *c)
{
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof steps[0] && strcmp(steps[i].path, c->route->path) != 0)
        i++;
    return i;
}

static bool scoped(struct ctx *c)
{
    return case_apply_page(c, CASE_APPLY_SCOPE);
}

static bool shown(struct ctx *c)
{
    return case_apply_page(c, steps[step_of(c)].show);
}

static bool saved(struct ctx *c)
{
    enum case_apply_step step = steps[step_of(c)].save;
    return case_apply_page(c, step) &&
           (step != CASE_APPLY_SUBMIT ||
            evidence_add(c, "kiosk.apply", "case", c->row, c->actor.subject, NULL));
}

bool desk_kiosk_case_scope(struct ctx *c)
{
    return desk_as_visitor(c, scoped);
}

bool desk_kiosk_show(struct ctx *c)
{
    return desk_as_visitor(c, shown);
}

/* What is saved shows that somebody is there. */
bool desk_kiosk_save(struct ctx *c)
{
    struct desk_visit v;
    bool in;
    return desk_as_visitor(c, saved) && desk_visitor(c, &v, &in) && (!in || desk_visit_renew(c, &v));
}

/* Who found a service first says who they are now. */
bool desk_kiosk_start(struct ctx *c)
{
    const struct item *item = catalogue_item(c, ctx_path(c, "id"));
    struct desk_visit v;
    bool in;
    if (!item) return err_missing(c->err, "item", "We cannot find this service.");
    if (!desk_visitor(c, &v, &in)) return false;
    if (!in) return ctx_redirect(c, "/kiosk/identify?item=%lld", (long long)item->id);
    if (!desk_kiosk_show(c)) return false;
    if (c->out.kind == OUTCOME_REDIRECT)
        ctx_warning(c, "This service needs a confirmed identity. Please go to a window with your card.");
    return true;
}

/* ---- licences ---- */

bool desk_kiosk_licence_scope(struct ctx *c)
{
    return desk_as_visitor(c, licences_own_scope);
}

bool desk_kiosk_licence(struct ctx *c)
{
    return desk_as_visitor(c, licences_own_page);
}

bool desk_kiosk_qr(struct ctx *c)
{
    return desk_as_visitor(c, licences_own_qr);
}
