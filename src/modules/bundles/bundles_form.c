/* The one form of a bundle: fields of members that mean the same are asked once, and each member is told only
 * what its own form asks. */
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"
#include "modules/bundles/bundles_merge.h"

struct composing {
    struct ctx *c;
    struct bundle_plan *p;
    struct json *properties, *required;
};

static const struct json *properties_of(const struct bundle_member *m)
{
    return json_get(m->schema, "properties");
}

static struct str full_name(struct ctx *c, const struct bundle_member *m, struct str property)
{
    return str_fmt(c->arena, "%.*s.%.*s", STR_ARG(m->id), STR_ARG(property));
}

/* By the bundle's own table: "shop_name" for "food.shop_name". */
static struct str mapped_key(const struct json *doc, struct str full)
{
    JSON_EACH(f, json_get(doc, "fields"))
    {
        JSON_EACH(one, json_get(f, "of"))
        {
            if (str_eq(json_text(one), full)) return json_text_of(f, "id");
        }
    }
    return STR_EMPTY;
}

static bool is_file(const struct json *property)
{
    return str_eq_c(json_text_of(property, "format"), "file");
}

/* A file that the one set of documents has anyway is asked for there: of the same name, or named so by the
 * bundle. Not where a register may have the document: then nobody uploads it. */
static bool is_document(struct composing *k, size_t member, const struct json *property)
{
    struct arena *a = k->c->arena;
    struct str id = str_cat(a, STR("form:"), property->key), title = json_text_of(property, "title");
    const struct json *group = bundle_document_group(k->p->doc, full_name(k->c, &k->p->members[member], id));
    if (!is_file(property) || form_when_of(a, k->p->members[member].schema, property->key)) return false;
    if (group) title = json_text_of(group, "name");
    for (size_t i = 0; i < k->p->document_count; i++) {
        struct bundle_document *d = &k->p->documents[i];
        if (!str_eq(d->name, title) || d->state_has || d->from_member != SIZE_MAX ||
            d->use_count == BUNDLE_MEMBERS_MAX ||
            !merge_kinds_meet(a, json_get(d->rule, "accept"), json_get(property, "x-accept")))
            continue;
        struct json *rule = json_copy(a, d->rule);
        merge_file_rule(a, rule, "accept", "max_mb", property);
        d->rule = rule;
        d->uses[d->use_count++] = (struct bundle_use){member, id};
        JSON_EACH(r, json_get(k->p->members[member].schema, "required"))
        {
            if (!str_eq(json_text(r), property->key)) continue;
            k->p->left_documents += !d->required;
            k->p->asked_documents++;
            d->required = true;
        }
        return true;
    }
    return false;
}

static bool same_meaning(struct arena *arena, const struct json *a, const struct json *b)
{
    return str_eq(json_text_of(a, "title"), json_text_of(b, "title")) &&
           str_eq(json_text_of(a, "type"), json_text_of(b, "type")) &&
           str_eq(json_text_of(a, "format"), json_text_of(b, "format")) &&
           merge_kinds_meet(arena, json_get(a, "x-accept"), json_get(b, "x-accept"));
}

/* What is not in the table: one property of one meaning is one field; another meaning gets a name of its own.
 */
static struct str derived_key(struct composing *k, const struct bundle_member *m, const struct json *property)
{
    const struct json *there = json_get_str(k->properties, property->key);
    if (!there || same_meaning(k->c->arena, there, property)) return property->key;
    return str_fmt(k->c->arena, "%.*s_%.*s", STR_ARG(m->id), STR_ARG(property->key));
}

static struct str key_of(const struct bundle_plan *p, size_t member, struct str property)
{
    for (size_t i = 0; i < p->link_count; i++)
        if (p->links[i].member == member && str_eq(p->links[i].property, property)) return p->links[i].key;
    return STR_EMPTY;
}

/* Nobody is asked what the bundle settles, or what an earlier member brings about. */
static bool is_settled(const struct composing *k, size_t member, struct str full)
{
    const struct json *given = json_get_str(json_get(k->p->doc, "given"), full);
    if (json_get_str(json_get(k->p->doc, "fixed"), full)) return true;
    for (size_t i = 0; given && i < k->p->member_count; i++)
        if (str_eq(k->p->members[i].id, json_text(given)) && (k->p->members[member].after >> i & 1))
            return true;
    return false;
}

static void add_required(struct composing *k, const struct bundle_member *m, struct str property,
                         struct str key)
{
    /* A condition put in other words asks nobody here: the member's own form does. */
    bool asked = json_get(form_when_found(m->schema, property), "then") != NULL &&
                 form_when_of(k->c->arena, m->schema, property) != NULL;
    JSON_EACH(r, json_get(m->schema, "required"))
    {
        asked = asked || str_eq(json_text(r), property);
    }
    JSON_EACH(r, k->required)
    {
        if (str_eq(json_text(r), key)) return;
    }
    if (asked) json_add(k->required, json_string(k->c->arena, key));
}

/* A condition on a field of the member, on that of the bundle. */
static struct json *moved_when(const struct composing *k, size_t member, const struct json *when)
{
    struct json *moved = json_copy(k->c->arena, when);
    struct str field = json_text_of(when, "field"), other = key_of(k->p, member, field);
    json_set_str(k->c->arena, moved, "field", other.len ? other : field);
    return moved;
}

/* What the bundle itself says to a test: a situation, or a field that it fixes. NULL: the person answers. */
static const struct json *said_to(const struct composing *k, size_t member, const struct json *test)
{
    static const struct json nothing = {.type = JSON_STRING};
    struct str situation = json_text_of(test, "situation"), field = json_text_of(test, "field");
    const struct json *value = json_get_str(k->p->members[member].situations, situation);
    if (situation.len) return value ? value : &nothing;
    return json_get_str(json_get(k->p->doc, "fixed"), full_name(k->c, &k->p->members[member], field));
}

static bool left_of(const struct composing *k, size_t member, const struct json *when, struct json **left);

/* Each of them is a test or a list of such itself. */
static bool left_of_list(const struct composing *k, size_t member, const struct json *list, bool any,
                         struct json **left)
{
    struct json *out = json_object(k->c->arena);
    struct json *tests = json_set_array(k->c->arena, out, any ? "any" : "all");
    JSON_EACH(test, list)
    {
        struct json *rest;
        bool may = left_of(k, member, test, &rest);
        if (rest)
            json_add(tests, rest);
        else if (may == any)
            return any;
    }
    if (tests->count) *left = out;
    return tests->count || !any;
}

/* What is left to ask of a condition; NULL: nothing. False when it can never hold. */
static bool left_of(const struct composing *k, size_t member, const struct json *when, struct json **left)
{
    const struct json *any = json_get(when, "any"), *list = any ? any : json_get(when, "all");
    const struct json *said = when && !list ? said_to(k, member, when) : NULL;
    *left = NULL;
    if (!when || said) return !when || form_when_holds(when, said);
    if (list) return left_of_list(k, member, list, any != NULL, left);
    *left = moved_when(k, member, when);
    return true;
}

/* Cells of a group stand or fall by the questions of their member, which the bundle has answered. */
static void settle_cells(const struct composing *k, size_t member, struct json *items)
{
    struct arena *a = k->c->arena;
    const struct json *cells = json_get(items, "properties");
    struct json *left = json_object(a), *required = json_array(a);
    if (!cells) return;
    JSON_EACH(cell, cells)
    {
        const struct json *when = json_get(cell, "x-when");
        struct str field = json_text_of(when, "field");
        bool asked = json_text_of(when, "situation").len > 0;
        if (asked && !bundle_when(when, k->p->members[member].situations)) continue;
        struct json *own = json_object(a);
        JSON_EACH(hint, cell)
        {
            if (!asked || !str_eq_c(hint->key, "x-when"))
                json_set(own, str_z(a, hint->key), json_copy(a, hint));
        }
        if (field.len && !json_get_str(cells, field)) json_set(own, "x-when", moved_when(k, member, when));
        json_set(left, str_z(a, cell->key), own);
    }
    JSON_EACH(r, json_get(items, "required"))
    {
        if (json_get_str(left, json_text(r))) json_add(required, json_copy(a, r));
    }
    json_set(items, "properties", left);
    json_set(items, "required", required);
}

/* Under which name the bundle asks it, if it does. */
static void link_property(struct composing *k, size_t member, const struct json *property)
{
    const struct bundle_member *m = &k->p->members[member];
    const struct json *when = form_when_of(k->c->arena, m->schema, property->key);
    struct str full = full_name(k->c, m, property->key);
    struct json *left;
    k->p->asked_fields++;
    if (is_settled(k, member, full) || k->p->link_count == BUNDLE_FIELDS_MAX) return;
    if (!left_of(k, member, when, &left)) return;
    if (is_document(k, member, property)) return;
    struct str key = mapped_key(k->p->doc, full);
    if (!key.len) key = derived_key(k, m, property);
    k->p->links[k->p->link_count++] =
        (struct bundle_link){.member = member, .property = property->key, .key = key};
}

/* Once all of the member have their names: a condition may ask what stands later. */
static void place_property(struct composing *k, const struct bundle_link *link)
{
    struct arena *a = k->c->arena;
    const size_t member = link->member;
    const struct bundle_member *m = &k->p->members[member];
    const struct json *property = json_get_str(properties_of(m), link->property);
    const struct str key = link->key;
    struct json *there = (struct json *)json_get_str(k->properties, key), *own = json_object(a), *left;
    if (!left_of(k, member, form_when_of(a, m->schema, property->key), &left)) return;
    add_required(k, m, property->key, key);
    JSON_EACH(hint, property)
    {
        if (!str_eq_c(hint->key, "x-when")) json_set(own, str_z(a, hint->key), json_copy(a, hint));
    }
    settle_cells(k, member, (struct json *)json_get(own, "items"));
    if (there) {
        struct merging with = {a, k->p->clashes, full_name(k->c, m, property->key)};
        merge_field(&with, there, own);
        return;
    }
    if (left) json_set(own, "x-when", left);
    json_set(k->properties, str_z(a, key), own);
    k->p->fields++;
}

/* ---- pages ---- */

static bool take(struct json *left, struct str key)
{
    JSON_EACH(f, left)
    {
        if (!str_eq(f->key, key) || !json_true(f)) continue;
        ((struct json *)f)->boolean = false;
        return true;
    }
    return false;
}

static void add_page(struct composing *k, struct json *pages, struct str id, struct str title, struct str en,
                     struct json *fields)
{
    if (!fields->count) return;
    struct json *page = json_add_object(k->c->arena, pages);
    json_set_str(k->c->arena, page, "id", id);
    json_set_str(k->c->arena, page, "title", title);
    json_set_str(k->c->arena, page, "en", en);
    json_set(page, "fields", fields);
}

/* What no page of the bundle names stands on a page of its member, before the last one. */
static void add_pages(struct composing *k, struct json *schema)
{
    struct arena *a = k->c->arena;
    struct json *pages = json_set_array(a, schema, "x-pages"), *left = json_object(a), *last = NULL;
    const struct json *own = json_get(k->p->doc, "pages");
    JSON_EACH(f, k->properties)
    {
        json_set_bool(a, left, str_z(a, f->key), true);
    }
    size_t n = 0;
    JSON_EACH(page, own)
    {
        struct json *fields = json_array(a);
        JSON_EACH(f, json_get(page, "fields"))
        {
            if (take(left, json_text(f))) json_add(fields, json_string(a, json_text(f)));
        }
        if (++n == own->count)
            last = fields;
        else
            add_page(k, pages, json_text_of(page, "id"), json_text_of(page, "title"),
                     json_text_of(page, "en"), fields);
    }
    for (size_t m = 0; m < k->p->member_count; m++) {
        struct json *fields = json_array(a);
        for (size_t i = 0; i < k->p->link_count; i++)
            if (k->p->links[i].member == m && take(left, k->p->links[i].key))
                json_add(fields, json_string(a, k->p->links[i].key));
        if (fields->count)
            add_page(k, pages, str_cat(a, STR("of_"), k->p->members[m].id), k->p->members[m].item->name,
                     k->p->members[m].item->en.len ? k->p->members[m].item->en : k->p->members[m].item->name,
                     fields);
    }
    const struct json *end = own && own->count ? json_at(own, own->count - 1) : NULL;
    if (last)
        add_page(k, pages, json_text_of(end, "id"), json_text_of(end, "title"), json_text_of(end, "en"),
                 last);
}

bool bundle_compose(struct ctx *c, struct bundle_plan *p)
{
    struct composing k = {c, p, json_object(c->arena), json_array(c->arena)};
    size_t placed = p->link_count;
    p->clashes = json_array(c->arena);
    for (size_t i = 0; i < p->member_count; i++) {
        if (!p->members[i].chosen || !p->members[i].item) continue;
        JSON_EACH(property, properties_of(&p->members[i]))
        {
            link_property(&k, i, property);
        }
        for (; placed < p->link_count; placed++)
            place_property(&k, &p->links[placed]);
    }
    p->schema = json_object(c->arena);
    json_set_c(c->arena, p->schema, "type", "object");
    json_set(p->schema, "properties", k.properties);
    json_set(p->schema, "required", k.required);
    add_pages(&k, p->schema);
    if (!p->fields) return true;
    p->form = form_parse(c->arena, p->schema, c->err);
    return p->form != NULL;
}

/* Rows of a group, with the cells that the member's own form asks for. */
static struct json *own_rows(struct arena *a, const struct json *property, const struct json *rows)
{
    const struct json *cells = json_get(json_get(property, "items"), "properties");
    struct json *out = json_array(a);
    JSON_EACH(row, rows)
    {
        struct json *own = json_add_object(a, out);
        JSON_EACH(cell, row)
        {
            if (json_get_str(cells, cell->key)) json_set(own, str_z(a, cell->key), json_copy(a, cell));
        }
    }
    return out;
}

static struct json *own_value(struct arena *a, const struct json *property, const struct json *value)
{
    bool rows = json_is(value, JSON_ARRAY) && json_get(json_get(property, "items"), "properties");
    return rows ? own_rows(a, property, value) : json_copy(a, value);
}

struct json *bundle_member_values(struct ctx *c, const struct bundle_plan *p, size_t member,
                                  const struct json *values)
{
    struct json *out = json_object(c->arena);
    struct str prefix = str_cat(c->arena, p->members[member].id, STR("."));
    for (size_t i = 0; i < p->link_count; i++) {
        const struct json *v = p->links[i].member == member ? json_get_str(values, p->links[i].key) : NULL;
        const struct json *asked =
            json_get_str(json_get(p->members[member].schema, "properties"), p->links[i].property);
        if (v) json_set(out, str_z(c->arena, p->links[i].property), own_value(c->arena, asked, v));
    }
    JSON_EACH(f, json_get(p->doc, "fixed"))
    {
        if (str_starts(f->key, prefix))
            json_set(out, str_z(c->arena, str_slice(f->key, prefix.len, f->key.len)), json_copy(c->arena, f));
    }
    return out;
}
