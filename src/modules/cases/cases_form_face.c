/* What a service's form asks, before anybody begins: for people a list, for programs the schema they fill in
 * by. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"

static bool listed(const struct json *names, struct str name)
{
    JSON_EACH(n, names)
    if (str_eq(json_text(n), name)) return true;
    return false;
}

static void add_asked(struct ctx *c, struct json *list, const struct service_code *code, struct str name)
{
    const struct json *schema = code->schema;
    const struct json *p = json_get_str(json_get(schema, "properties"), name), *items = json_get(p, "items"),
                      *cells;
    struct json *f = json_add_object(c->arena, list), *parts;
    bool zh, always = listed(json_get(schema, "required"), name), when = form_field_depends(code->form, name);
    const struct json *help = json_get(p, "x-help");
    struct str hint =
        json_text(json_at(help, c->lang == &lang_en && json_text(json_at(help, 1)).len ? 1 : 0));
    json_set_str(c->arena, f, "name", name);
    json_set_str(c->arena, f, "label", apply_pick(c, p, "title", "x-en", &zh));
    json_set_bool(c->arena, f, "label_zh", zh && c->lang == &lang_en);
    json_set(f, "hint", hint.len ? json_string(c->arena, hint) : json_null(c->arena));
    json_set_bool(c->arena, f, "depends", when);
    json_set_bool(c->arena, f, "optional", !when && !always);
    json_set_bool(c->arena, f, "known", json_get(p, "x-source") != NULL);
    parts = json_set_array(c->arena, f, "cells");
    cells = json_get(items, "properties");
    JSON_EACH(cell, cells)
    {
        struct json *one = json_add_object(c->arena, parts);
        json_set_str(c->arena, one, "label", apply_pick(c, cell, "title", "x-en", &zh));
        json_set_bool(c->arena, one, "label_zh", zh && c->lang == &lang_en);
    }
    json_set_bool(c->arena, f, "group", cells != NULL);
}

static void add_pages(struct ctx *c, struct json *doc, const struct service_code *code)
{
    struct json *pages = json_set_array(c->arena, doc, "pages");
    JSON_EACH(page, json_get(code->schema, "x-pages"))
    {
        struct json *o = json_add_object(c->arena, pages), *fields;
        bool zh;
        json_set_str(c->arena, o, "id", json_text_of(page, "id"));
        json_set_str(c->arena, o, "title", apply_pick(c, page, "title", "en", &zh));
        json_set_bool(c->arena, o, "title_zh", zh && c->lang == &lang_en);
        fields = json_set_array(c->arena, o, "fields");
        JSON_EACH(name, json_get(page, "fields"))
        {
            add_asked(c, fields, code, json_text(name));
        }
    }
}

bool item_form(struct ctx *c)
{
    const struct item *item = catalogue_item(c, ctx_path(c, "id"));
    struct service_code code;
    if (!item) return err_missing(c->err, "item", "We cannot find this service.");
    bool person = item->form_person, organisation = item->form_organisation;
    bool for_organisation = organisation && (!person || str_eq_c(in_text(c, "for"), "organisation"));
    const struct json *service = person || organisation ? item_service(item, for_organisation) : NULL;
    if (!service || (!json_get(service, "form") && !json_get(service, "form_code")))
        return err_missing(c->err, "form", "This service has no form to fill in online.");
    if (!item_code(c, item, for_organisation, 0, &code)) return false;
    struct json *doc = ctx_doc(c);
    struct str href = item_href(c->arena, item),
               other = for_organisation ? STR("person") : STR("organisation");
    apply_head(c, doc, item, href, 0, 0);
    json_set_c(c->arena, doc, "for", for_organisation ? "organisation" : "person");
    json_set(doc, "other",
             person && organisation ? json_string(c->arena, str_fmt(c->arena, "%.*s/form?for=%.*s",
                                                                    STR_ARG(href), STR_ARG(other)))
                                    : json_null(c->arena));
    json_set_bool(c->arena, doc, "for_organisation", for_organisation);
    add_pages(c, doc, &code);
    if (!c->html) json_set(doc, "schema", json_copy(c->arena, form_schema(code.form)));
    return true;
}
