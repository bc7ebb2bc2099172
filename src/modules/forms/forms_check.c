/* What keeps a document from being a form: each property is compiled by itself, then the whole, so that all
 * faults are told and not only the first. */
#include "modules/forms/forms_internal.h"

static void add_fault(struct ctx *c, struct json *faults, struct str text, struct str where)
{
    JSON_EACH(f, faults)
    {
        if (str_eq(json_text_of(f, "text"), text)) return;
    }
    struct json *o = json_add_object(c->arena, faults);
    json_set_str(c->arena, o, "text", text);
    json_set(o, "where", where.len ? json_string(c->arena, where) : json_null(c->arena));
}

static struct str words(struct ctx *c, const struct err *e)
{
    return tr_arg(c->lang, c->arena, e->msgid, str_dup(c->arena, str_c(e->arg)));
}

static const char *const page_id = "page-1";

/* Which fields stand on no page yet, all on one. */
static void add_only_page(struct ctx *c, struct json *schema)
{
    struct json *page = json_add_object(c->arena, json_set_array(c->arena, schema, "x-pages")), *fields;
    struct str title = json_text_of(schema, "title");
    json_set_c(c->arena, page, "id", page_id);
    json_set_str(c->arena, page, "title", title.len ? title : STR("填写"));
    fields = json_set_array(c->arena, page, "fields");
    JSON_EACH(p, json_get(schema, "properties"))
    {
        json_add(fields, json_string(c->arena, p->key));
    }
}

/* The property alone in a form of its own: its references and conditions are left to the whole. */
static bool check_alone(struct ctx *c, const struct json *holder, const struct json *property,
                        struct str path, struct json *faults)
{
    struct err e = {0};
    struct json *alone = json_object(c->arena), *copy = json_copy(c->arena, property);
    json_set_c(c->arena, alone, "type", "object");
    tree_drop(copy, STR("x-when"));
    json_set(json_set_object(c->arena, alone, "properties"), str_z(c->arena, property->key), copy);
    if (json_get(holder, "$defs")) json_set(alone, "$defs", json_copy(c->arena, json_get(holder, "$defs")));
    add_only_page(c, alone);
    if (form_parse(c->arena, alone, &e)) return true;
    if (e.kind == ERR_FAULT) return err_fault(c->err, "%s", e.detail);
    add_fault(c, faults, words(c, &e), path);
    return true;
}

static bool check_properties(struct ctx *c, const struct json *holder, struct str group, struct json *faults)
{
    JSON_EACH(p, json_get(holder, "properties"))
    {
        struct str path =
            group.len ? str_fmt(c->arena, "%.*s.%.*s", STR_ARG(group), STR_ARG(p->key)) : p->key;
        const struct json *items = json_get(p, "items"), *cells = json_get(items, "properties");
        if (!group.len && json_is(cells, JSON_OBJECT) && cells->count) {
            size_t before = faults->count;
            if (!check_properties(c, items, p->key, faults)) return false;
            if (faults->count > before) continue; /* what is inside is told; the group cannot be sound */
        }
        if (!check_alone(c, holder, p, path, faults)) return false;
        if (!build_when_possible(c, holder, p->key))
            add_fault(c, faults,
                      tr_arg(c->lang, c->arena,
                             "The condition of %{arg} names a value that its field cannot have.", p->key),
                      path);
    }
    return true;
}

bool forms_check(struct ctx *c, struct str text, struct json **schema, struct json **faults)
{
    struct err e = {0};
    *faults = json_array(c->arena);
    *schema = json_parse(c->arena, text, JSON_STRICT, &e);
    if (!*schema) {
        if (e.kind == ERR_FAULT) return err_fault(c->err, "%s", e.detail);
        add_fault(c, *faults, words(c, &e), STR_EMPTY);
        return true;
    }
    if (!json_is(*schema, JSON_OBJECT)) {
        add_fault(c, *faults, ctx_tr(c, "A form is an object with between one and two hundred properties."),
                  STR_EMPTY);
        *schema = NULL;
        return true;
    }
    if (!json_get(*schema, "x-pages") && json_is(json_get(*schema, "properties"), JSON_OBJECT))
        add_only_page(c, *schema);
    if (!check_properties(c, *schema, STR_EMPTY, *faults)) return false;
    if (form_parse(c->arena, *schema, &e)) return true;
    if (e.kind == ERR_FAULT) return err_fault(c->err, "%s", e.detail);
    /* What a property has is told once, at the property. */
    if (!(*faults)->first || tree_index(json_get(*schema, "properties"), str_c(e.arg)) == SIZE_MAX)
        add_fault(c, *faults, words(c, &e), STR_EMPTY);
    return true;
}

/* ---- showing what is not finished ---- */

static bool has_fields(const struct json *group)
{
    const struct json *cells = json_path(group, "items.properties");
    return !json_is(json_get(group, "items"), JSON_OBJECT) || (cells && cells->count);
}

const struct form *forms_showable(struct ctx *c, const struct json *schema)
{
    struct err ignored = {0};
    struct json *copy = json_copy(c->arena, schema), *properties = tree_get(copy, "properties"),
                *pages = tree_get(copy, "x-pages"), *required = tree_get(copy, "required");
    for (struct json *p = properties ? properties->first : NULL, *next; p; p = next) {
        next = p->next;
        if (has_fields(p)) continue;
        for (struct json *page = pages ? pages->first : NULL; page; page = page->next)
            tree_take(tree_get(page, "fields"), tree_index(json_get(page, "fields"), p->key));
        tree_take(required, tree_index(required, p->key));
        tree_drop(properties, p->key);
    }
    for (size_t i = 0; pages && i < pages->count;) {
        const struct json *fields = json_get(json_at(pages, i), "fields");
        if (fields && fields->count)
            i++;
        else
            tree_take(pages, i);
    }
    return pages && pages->count ? form_parse(c->arena, copy, &ignored) : NULL;
}
