/* Lists of published items: by query in the order of rank, otherwise by id; with the counts that filters
 * show. */
#include "modules/catalogue/catalogue_internal.h"

enum { FOUND_MAX = 200 };

struct counting {
    const struct item_filter *filter;
    struct item_list *out;
    size_t limit;
    int64_t from;
    int64_t place; /* of the item looked at: its rank from 1, or its id */
    int64_t last;  /* place of the last item taken */
};

static bool has_theme(const struct listed *l, struct str theme)
{
    for (size_t i = 0; i < l->theme_count; i++)
        if (str_eq(l->themes[i], theme)) return true;
    return false;
}

static void count_unit(struct item_list *out, int64_t unit)
{
    size_t i = 0;
    while (i < out->unit_count && out->units[i].unit != unit)
        i++;
    if (i == sizeof out->units / sizeof out->units[0]) return;
    if (i == out->unit_count) {
        out->units[i].unit = unit;
        out->units[i].count = 0;
        out->unit_count++;
    }
    out->units[i].count++;
}

static void look_at(struct counting *k, const struct listed *l)
{
    const struct item_filter *f = k->filter;
    const struct item *i = &l->item;
    struct item_list *out = k->out;
    bool who = !f->audience || (i->audience & f->audience), unit = !f->unit || i->unit == f->unit;
    bool way = f->way == WAY_ANY || item_way_of(i) == f->way;
    if ((f->theme.len && !has_theme(l, f->theme)) || (f->type.len && !str_eq(f->type, i->type))) return;
    if (unit && way) {
        out->anyone++;
        out->persons += (i->audience & FOR_PERSON) != 0;
        out->organisations += (i->audience & FOR_ORGANISATION) != 0;
    }
    if (who && unit) {
        out->any_way++;
        out->online += item_way_of(i) == WAY_ONLINE;
        out->desk += item_way_of(i) == WAY_DESK;
    }
    if (who && way) {
        out->any_unit++;
        count_unit(out, i->unit);
    }
    if (!who || !unit || !way) return;
    out->total++;
    if (k->place <= k->from) return;
    if (out->count < k->limit) {
        out->items[out->count++] = i;
        k->last = k->place;
    } else {
        out->next = k->last;
    }
}

void catalogue_find(struct ctx *c, const struct item_filter *f, int64_t from, size_t limit,
                    struct item_list *out)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct counting k = {.filter = f, .out = out, .limit = limit, .from = from};
    *out = (struct item_list){.items = ARENA_ARRAY(c->arena, limit + 1, const struct item *)};
    if (f->query.len) {
        uint32_t *found;
        size_t count = catalogue_rank_close(s, c->arena, f->query, FOUND_MAX, &found);
        for (size_t i = 0; i < count; i++) {
            k.place = (int64_t)i + 1;
            look_at(&k, &s->items[found[i]]);
        }
    } else {
        for (size_t i = 0; i < s->count; i++) {
            k.place = s->items[i].item.id;
            look_at(&k, &s->items[i]);
        }
    }
}

size_t catalogue_themes(struct ctx *c, const struct theme **list)
{
    const struct snapshot *s = catalogue_snapshot(c);
    *list = s->themes;
    return s->theme_count;
}

struct catalogue_counts catalogue_counts(struct ctx *c)
{
    const struct snapshot *s = catalogue_snapshot(c);
    return (struct catalogue_counts){s->count, s->persons, s->organisations, s->online, s->unit_count};
}

size_t catalogue_count_of_unit(struct ctx *c, int64_t unit)
{
    const struct snapshot *s = catalogue_snapshot(c);
    for (size_t i = 0; i < s->unit_count; i++)
        if (s->units[i].unit == unit) return s->units[i].count;
    return 0;
}

const struct item *catalogue_of_base(struct ctx *c, struct str base)
{
    const struct snapshot *s = catalogue_snapshot(c);
    for (size_t i = 0; i < s->count; i++)
        if (str_eq(s->items[i].item.base, base)) return &s->items[i].item;
    return NULL;
}
