/* Choosing the place whose services one sees: the divisions that have services here, as a tree, searchable.
 */
#include "modules/site/site_internal.h"

enum { LEVELS = 3 };

struct branch {
    struct str code, name, path;
    size_t count, parent; /* parent: SIZE_MAX at the top */
    bool shown;
};

struct tree {
    struct branch *branches; /* each after the one it lies in */
    size_t count, cap;
};

static size_t branch_of(struct ctx *c, struct tree *t, struct str code)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->branches[i].code, code)) return i;
    struct str name = orgs_division_name(c, code), above = orgs_division_parent(c, code);
    if (!name.len) return SIZE_MAX;
    size_t parent = above.len ? branch_of(c, t, above) : SIZE_MAX;
    if (t->count == t->cap) return SIZE_MAX;
    t->branches[t->count] = (struct branch){code, name, orgs_division_path(c, code), 0, parent, false};
    return t->count++;
}

/* Every division with services, and what it lies in, with the sum of what lies below. */
static struct tree grow(struct ctx *c)
{
    struct division_count *rows;
    size_t count = catalogue_divisions(c, &rows);
    struct tree t = {.cap = count * (LEVELS + 1) + 1};
    t.branches = ARENA_ARRAY(c->arena, t.cap, struct branch);
    for (size_t i = 0; i < count; i++)
        for (size_t b = branch_of(c, &t, rows[i].division); b != SIZE_MAX; b = t.branches[b].parent)
            t.branches[b].count += rows[i].count;
    return t;
}

/* What fits the words, with what it lies in and what lies in it. */
static void show_found(struct tree *t, struct str query)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_find(t->branches[i].path, query) != SIZE_MAX)
            for (size_t b = i; b != SIZE_MAX; b = t->branches[b].parent)
                t->branches[b].shown = true;
}

static int level_of(const struct tree *t, size_t i)
{
    int level = 0;
    for (; t->branches[i].parent != SIZE_MAX; i = t->branches[i].parent)
        level++;
    return level;
}

static void add_below(struct ctx *c, const struct tree *t, size_t parent, struct json *list)
{
    struct str chosen = orgs_chosen(c);
    for (size_t i = 0; i < t->count; i++) {
        const struct branch *b = &t->branches[i];
        if (b->parent != parent || !b->shown) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "code", b->code);
        json_set_str(c->arena, o, "name", b->name);
        json_set_str(c->arena, o, "count", count_text(c->arena, b->count));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/?place=%.*s", STR_ARG(b->code)));
        json_set_bool(c->arena, o, "current", str_eq(b->code, chosen));
        json_set_i64(c->arena, o, "level", level_of(t, i) + 1);
        json_set_bool(c->arena, o, "top", parent == SIZE_MAX);
        add_below(c, t, i, list);
    }
}

bool site_places(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "places");
    struct str query = in_text(c, "q"), chosen = orgs_chosen(c);
    struct tree t = grow(c);
    show_found(&t, query);
    add_below(c, &t, SIZE_MAX, list);
    json_set_array(c->arena, doc, "crumbs");
    json_set_str(c->arena, doc, "query", query);
    json_set_bool(c->arena, doc, "has_places", list->count > 0);
    json_set(doc, "chosen",
             chosen.len ? json_string(c->arena, orgs_division_path(c, chosen)) : json_null(c->arena));
    json_set_c(c->arena, doc, "all_href", "/?place=all");
    return true;
}

const struct field site_places_fields[] = {{"q", FIELD_LINE, "Name of a place", .max = 60}, {0}};
