/* What the builder does to a schema: adds, moves, deletes, renames fields and pages. */
#include "modules/forms/forms_internal.h"

enum { NAME_LEN = 40 };

static bool no_field(struct ctx *c)
{
    return err_missing(c->err, "form.field", "We cannot find this field. Somebody may have deleted it.");
}

bool build_find(struct ctx *c, struct json *schema, struct str path, struct place *out)
{
    struct str rest = str_cut(path, '.', &out->name);
    out->group = STR_EMPTY;
    out->holder = schema;
    if (rest.len) {
        out->group = out->name;
        out->name = rest;
        out->holder = tree_get(tree_get_str(tree_get(schema, "properties"), out->group), "items");
    }
    out->property = tree_get_str(tree_get(out->holder, "properties"), out->name);
    return out->property || no_field(c);
}

struct json *build_page(struct json *schema, struct str id)
{
    struct json *pages = tree_get(schema, "x-pages");
    for (struct json *p = pages ? pages->first : NULL; p; p = p->next)
        if (str_eq(json_text_of(p, "id"), id)) return p;
    return NULL;
}

struct json *build_blank(struct ctx *c, struct str name, struct str en)
{
    struct arena *a = c->arena;
    struct json *s = json_object(a), *page;
    json_set_c(a, s, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_set_str(a, s, "title", name);
    if (en.len) json_set_str(a, s, "x-en", en);
    json_set_c(a, s, "type", "object");
    json_set_object(a, s, "properties");
    json_set_array(a, s, "required");
    page = json_add_object(a, json_set_array(a, s, "x-pages"));
    json_set_c(a, page, "id", "page-1");
    json_set_str(a, page, "title", name);
    if (en.len) json_set_str(a, page, "en", en);
    json_set_array(a, page, "fields");
    return s;
}

/* ---- names ---- */

/* "Quantity of pumps" → "quantity_of_pumps"; "" where it has no Latin letter. */
static struct str slug(struct ctx *c, struct str text)
{
    struct buf b = buf_new(c->arena, NAME_LEN);
    for (size_t i = 0; i < text.len && b.len < NAME_LEN; i++) {
        char ch = text.ptr[i];
        bool upper = ch >= 'A' && ch <= 'Z', letter = upper || (ch >= 'a' && ch <= 'z'),
             digit = ch >= '0' && ch <= '9';
        if (letter || (digit && b.len))
            buf_add_char(&b, upper ? (char)(ch - 'A' + 'a') : ch);
        else if (b.len && buf_str(&b).ptr[b.len - 1] != '_')
            buf_add_char(&b, '_');
    }
    struct str s = buf_str(&b);
    while (s.len && s.ptr[s.len - 1] == '_')
        s.len--;
    return s;
}

static struct str free_name(struct ctx *c, const struct json *properties, struct str en)
{
    struct str base = slug(c, en), name = base.len ? base : STR("field_1");
    if (!base.len) base = STR("field");
    for (int n = json_get_str(properties, name) ? 2 : 1; json_get_str(properties, name); n++)
        name = str_fmt(c->arena, "%.*s_%d", STR_ARG(base), n);
    return name;
}

/* ---- fields ---- */

static struct json *list_of(struct ctx *c, struct json *holder, const char *key)
{
    struct json *list = tree_get(holder, key);
    return json_is(list, JSON_ARRAY) ? list : json_set_array(c->arena, holder, key);
}

static size_t count_fields(const struct json *schema)
{
    const struct json *properties = json_get(schema, "properties");
    return properties ? properties->count : 0;
}

bool build_add(struct ctx *c, struct json *schema, struct str into, struct str kind, struct str label,
               struct str en, bool required, struct str *path)
{
    struct str what, id = str_cut(into, ':', &what);
    const struct form_kind *k = kind_find(kind);
    struct place at = {.holder = schema, .group = STR_EMPTY};
    struct json *page = NULL;
    if (str_eq_c(what, "group")) {
        at.group = id;
        at.holder = tree_get(tree_get_str(tree_get(schema, "properties"), id), "items");
    } else {
        page = build_page(schema, id);
    }
    if (!k || !at.holder || (!page && !at.group.len)) return no_field(c);
    if (at.group.len && strcmp(k->type, "array") == 0)
        return err_at(c->err, STR("kind"),
                      "A group holds no other group, and no question with several choices.", STR_EMPTY);
    if (count_fields(at.holder) >= FORM_FIELDS_MAX)
        return err_conflict(c->err, "form.full", "A form has at most two hundred fields.");
    struct json *properties = tree_get(at.holder, "properties");
    if (!properties) properties = json_set_object(c->arena, at.holder, "properties");
    at.name = free_name(c, properties, en);
    at.property = json_object(c->arena);
    json_set_str(c->arena, at.property, "title", label);
    if (en.len) json_set_str(c->arena, at.property, "x-en", en);
    kind_become(c, at.property, k);
    json_set(properties, str_z(c->arena, at.name), at.property);
    if (page) json_add(list_of(c, page, "fields"), json_string(c->arena, at.name));
    build_require(c, &at, required);
    *path = at.group.len ? str_fmt(c->arena, "%.*s.%.*s", STR_ARG(at.group), STR_ARG(at.name)) : at.name;
    return true;
}

static void shift(struct json *list, size_t index, bool up)
{
    if (index == SIZE_MAX || (up && !index) || (!up && index + 1 >= list->count)) return;
    struct json *one = tree_take(list, index);
    tree_put(list, up ? index - 1 : index + 1, one);
}

/* The page that shows it, and the ones before and behind. */
static struct json *page_with(struct json *schema, struct str name, size_t *index, struct json **before)
{
    struct json *pages = tree_get(schema, "x-pages");
    *before = NULL;
    for (struct json *p = pages ? pages->first : NULL; p; *before = p, p = p->next) {
        *index = tree_index(json_get(p, "fields"), name);
        if (*index != SIZE_MAX) return p;
    }
    return NULL;
}

bool build_move(struct ctx *c, struct json *schema, struct str path, bool up)
{
    struct place at;
    struct json *before, *page;
    size_t index;
    if (!build_find(c, schema, path, &at)) return false;
    if (at.group.len) {
        struct json *cells = tree_get(at.holder, "properties");
        shift(cells, tree_index(cells, at.name), up);
        return true;
    }
    page = page_with(schema, at.name, &index, &before);
    if (!page) return no_field(c);
    struct json *fields = tree_get(page, "fields"), *other = up ? before : page->next;
    bool over = up ? index == 0 : index + 1 == fields->count;
    if (!over) {
        shift(fields, index, up);
    } else if (other) {
        struct json *target = list_of(c, other, "fields");
        tree_put(target, up ? target->count : 0, tree_take(fields, index));
    }
    return true;
}

bool build_drop(struct ctx *c, struct json *schema, struct str path)
{
    struct place at;
    struct json *before, *page;
    size_t index;
    if (!build_find(c, schema, path, &at)) return false;
    struct str other = build_asked_by(c, &at);
    if (other.len) {
        err_conflict(c->err, "form.asked",
                     "This field decides whether another one is shown: %{arg}. Change that first.");
        err_arg(c->err, other);
        return false;
    }
    page = at.group.len ? NULL : page_with(schema, at.name, &index, &before);
    if (page) tree_take(tree_get(page, "fields"), index);
    build_show_when(c, &at, NULL);
    build_require(c, &at, false);
    tree_drop(tree_get(at.holder, "properties"), at.name);
    return true;
}

bool build_rename(struct ctx *c, struct json *schema, const struct place *at, struct str name)
{
    struct json *properties = tree_get(at->holder, "properties"), *before, *page;
    size_t index;
    if (str_eq(at->name, name)) return true;
    if (json_get_str(properties, name))
        return err_at(c->err, STR("name"), "Another field has this name.", STR_EMPTY);
    if (!at->group.len && (page = page_with(schema, at->name, &index, &before)))
        ((struct json *)json_at(json_get(page, "fields"), index))->text = name;
    build_rename_asked(at, name);
    return true;
}

/* ---- pages ---- */

bool build_add_page(struct ctx *c, struct json *schema, struct str title, struct str en)
{
    struct json *pages = list_of(c, schema, "x-pages"), *page;
    struct str id;
    int n = 1;
    if (pages->count >= FORM_PAGES_MAX)
        return err_conflict(c->err, "form.full", "A form has at most thirty pages.");
    do
        id = str_fmt(c->arena, "page-%d", n++);
    while (build_page(schema, id));
    page = json_add_object(c->arena, pages);
    json_set_str(c->arena, page, "id", id);
    json_set_str(c->arena, page, "title", title);
    if (en.len) json_set_str(c->arena, page, "en", en);
    json_set_array(c->arena, page, "fields");
    return true;
}

static size_t page_index(const struct json *pages, struct str id)
{
    size_t i = 0;
    JSON_EACH(p, pages)
    {
        if (str_eq(json_text_of(p, "id"), id)) return i;
        i++;
    }
    return SIZE_MAX;
}

static bool find_page(struct ctx *c, const struct json *schema, struct str id, size_t *index)
{
    *index = page_index(json_get(schema, "x-pages"), id);
    return *index != SIZE_MAX || err_missing(c->err, "form.page", "We cannot find this page.");
}

bool build_move_page(struct ctx *c, struct json *schema, struct str id, bool up)
{
    size_t index;
    if (!find_page(c, schema, id, &index)) return false;
    shift(tree_get(schema, "x-pages"), index, up);
    return true;
}

bool build_drop_page(struct ctx *c, struct json *schema, struct str id)
{
    size_t index;
    if (!find_page(c, schema, id, &index)) return false;
    const struct json *fields = json_get(build_page(schema, id), "fields");
    if (fields && fields->count)
        return err_conflict(c->err, "form.page_full",
                            "This page still has fields. Move or delete them first.");
    tree_take(tree_get(schema, "x-pages"), index);
    return true;
}
