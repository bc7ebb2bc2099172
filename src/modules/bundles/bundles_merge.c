#include "modules/bundles/bundles_merge.h"

enum { FILE_MB = 10 }; /* where a rule names no size */

static void clash(struct merging *m, struct str cell)
{
    struct str what = cell.len ? str_fmt(m->a, "%.*s.%.*s", STR_ARG(m->full), STR_ARG(cell)) : m->full;
    JSON_EACH(c, m->clashes)
    {
        if (str_eq(json_text(c), what)) return;
    }
    json_add(m->clashes, json_string(m->a, what));
}

static bool has(const struct json *list, const struct json *value)
{
    JSON_EACH(one, list)
    {
        if (one->type == value->type && str_eq(json_text(one), json_text(value))) return true;
    }
    return false;
}

/* What both lists have; where only one is there, that one; NULL: neither. */
static struct json *common(struct arena *a, const struct json *one, const struct json *other)
{
    if (!one || !other) return one || other ? json_copy(a, one ? one : other) : NULL;
    struct json *out = json_array(a);
    JSON_EACH(k, one)
    {
        if (has(other, k)) json_add(out, json_copy(a, k));
    }
    return out;
}

bool merge_kinds_meet(struct arena *a, const struct json *one, const struct json *other)
{
    const struct json *both = common(a, one, other);
    return !both || both->count > 0;
}

void merge_file_rule(struct arena *a, struct json *into, const char *accept, const char *most,
                     const struct json *property)
{
    struct json *kinds = common(a, json_get(into, accept), json_get(property, "x-accept"));
    int64_t mb = json_i64_of(property, "x-max-mb", FILE_MB);
    if (kinds) json_set(into, accept, kinds);
    if (mb < json_i64_of(into, most, FILE_MB)) json_set_i64(a, into, most, mb);
}

/* ---- one field ---- */

static bool is_file(const struct json *property)
{
    return str_eq_c(json_text_of(property, "format"), "file");
}

static bool is_group(const struct json *property)
{
    return str_eq_c(json_text_of(json_get(property, "items"), "type"), "object");
}

static bool of_one_kind(const struct json *one, const struct json *other)
{
    return str_eq(json_text_of(one, "type"), json_text_of(other, "type")) &&
           str_eq(json_text_of(one, "format"), json_text_of(other, "format")) &&
           is_group(one) == is_group(other);
}

/* Of bounds the narrower one. False: nothing is between them. */
static bool merge_bounds(struct arena *a, struct json *there, const struct json *property, const char *least,
                         const char *most)
{
    const struct json *low = json_get(property, least), *high = json_get(property, most);
    int64_t lowest = json_i64_of(property, least, 0), highest = json_i64_of(property, most, 0);
    if (low && (!json_get(there, least) || lowest > json_i64_of(there, least, 0)))
        json_set_i64(a, there, least, lowest);
    if (high && (!json_get(there, most) || highest < json_i64_of(there, most, 0)))
        json_set_i64(a, there, most, highest);
    return !json_get(there, least) || !json_get(there, most) ||
           json_i64_of(there, least, 0) <= json_i64_of(there, most, 0);
}

static bool merge_choices(struct arena *a, struct json *there, const struct json *property)
{
    const struct json *mine = json_get(there, "enum"), *other = json_get(property, "enum");
    struct json *both = common(a, mine, other);
    if (!both) return true;
    if (!both->count) return false;
    if (!mine && json_get(property, "x-labels"))
        json_set(there, "x-labels", json_copy(a, json_get(property, "x-labels")));
    json_set(there, "enum", both);
    return true;
}

static bool merge_plain(struct arena *a, struct json *there, const struct json *property)
{
    if (!of_one_kind(there, property)) return false;
    if (is_file(there)) {
        int64_t count = json_i64_of(property, "x-count", 1);
        if (!merge_kinds_meet(a, json_get(there, "x-accept"), json_get(property, "x-accept"))) return false;
        merge_file_rule(a, there, "x-accept", "x-max-mb", property);
        if (count < json_i64_of(there, "x-count", 1)) json_set_i64(a, there, "x-count", count);
        return true;
    }
    return merge_choices(a, there, property) && merge_bounds(a, there, property, "minLength", "maxLength") &&
           merge_bounds(a, there, property, "minItems", "maxItems");
}

/* ---- groups ---- */

static void merge_required(struct arena *a, struct json *items, const struct json *other)
{
    struct json *required = (struct json *)json_get(items, "required");
    JSON_EACH(r, json_get(other, "required"))
    {
        if (!required) required = json_set_array(a, items, "required");
        if (!has(required, r)) json_add(required, json_copy(a, r));
    }
}

/* Cells of one name are one cell; those the other has beside them are added behind. */
static void merge_cells(struct merging *m, struct json *there, const struct json *property)
{
    struct json *items = (struct json *)json_get(there, "items"),
                *cells = (struct json *)json_get(items, "properties");
    const struct json *others = json_get(property, "items");
    JSON_EACH(cell, json_get(others, "properties"))
    {
        struct json *mine = (struct json *)json_get_str(cells, cell->key);
        if (!mine)
            json_set(cells, str_z(m->a, cell->key), json_copy(m->a, cell));
        else if (!merge_plain(m->a, mine, cell))
            clash(m, cell->key);
    }
    merge_required(m->a, items, others);
}

void merge_field(struct merging *m, struct json *there, const struct json *property)
{
    if (!merge_plain(m->a, there, property))
        clash(m, STR_EMPTY);
    else if (is_group(there))
        merge_cells(m, there, property);
}
