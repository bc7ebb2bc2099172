/* Lists of published items: by query in the order of rank, otherwise by id; with the counts that filters
 * show. */
#include "modules/catalogue/catalogue_internal.h"
#include "modules/orgs/orgs.h"

enum { FOUND_MAX = 200 };

struct counting {
    const struct item_filter *filter;
    struct item_list *out;
    size_t limit;
    int64_t from;
    int64_t place;   /* of the item looked at: its rank from 1, or its id */
    int64_t last;    /* place of the last item taken */
    struct str area; /* chosen by the visitor, or "" */
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
    if (!orgs_in_area(k->area, i->division)) return;
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

struct here {
    const struct snapshot *snapshot;
    struct str area;
};

static bool lies_here(const void *arg, uint32_t item)
{
    const struct here *h = arg;
    return orgs_in_area(h->area, h->snapshot->items[item].item.division);
}

void catalogue_find(struct ctx *c, const struct item_filter *f, int64_t from, size_t limit,
                    struct item_list *out)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct here here = {s, orgs_chosen(c)};
    struct counting k = {.filter = f, .out = out, .limit = limit, .from = from, .area = here.area};
    *out = (struct item_list){.items = ARENA_ARRAY(c->arena, limit + 1, const struct item *)};
    if (f->query.len) {
        uint32_t *found;
        size_t count = catalogue_rank_close(s, c->arena, f->query, FOUND_MAX, k.area.len ? lies_here : NULL,
                                            &here, &found);
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

/* ---- counts: of all, made with the snapshot; of a chosen place, counted when they are asked for ---- */

static const struct listed *next_in(const struct snapshot *s, struct str area, size_t *at)
{
    while (*at < s->count) {
        const struct listed *l = &s->items[(*at)++];
        if (orgs_in_area(area, l->item.division)) return l;
    }
    return NULL;
}

/* Codes of an item's themes have the list's letter in front. */
static bool is_of(const struct listed *l, const struct theme *t)
{
    for (size_t i = 0; i < l->theme_count; i++)
        if (l->themes[i].len && (l->themes[i].ptr[0] == 'l') == t->organisation &&
            str_eq(str_slice(l->themes[i], 1, l->themes[i].len), t->code))
            return true;
    return false;
}

size_t catalogue_themes(struct ctx *c, const struct theme **list)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct str area = orgs_chosen(c);
    *list = s->themes;
    if (!area.len) return s->theme_count;
    struct theme *here = ARENA_ARRAY(c->arena, s->theme_count + 1, struct theme);
    for (size_t i = 0; i < s->theme_count; i++) {
        here[i] = s->themes[i];
        here[i].count = 0;
    }
    const struct listed *l;
    for (size_t at = 0; (l = next_in(s, area, &at));)
        for (size_t i = 0; i < s->theme_count; i++)
            here[i].count += is_of(l, &here[i]);
    *list = here;
    return s->theme_count;
}

static size_t index_of_unit(const struct snapshot *s, int64_t unit)
{
    size_t i = 0;
    while (i < s->unit_count && s->units[i].unit != unit)
        i++;
    return i;
}

struct catalogue_counts catalogue_counts(struct ctx *c)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct str area = orgs_chosen(c);
    struct catalogue_counts n = {0};
    if (!area.len)
        return (struct catalogue_counts){s->count, s->persons, s->organisations, s->online, s->unit_count};
    bool *seen = ARENA_ARRAY(c->arena, s->unit_count + 1, bool);
    const struct listed *l;
    for (size_t at = 0; (l = next_in(s, area, &at)); n.items++) {
        size_t unit = index_of_unit(s, l->item.unit);
        n.persons += (l->item.audience & FOR_PERSON) != 0;
        n.organisations += (l->item.audience & FOR_ORGANISATION) != 0;
        n.online += item_way_of(&l->item) == WAY_ONLINE;
        n.departments += !seen[unit];
        seen[unit] = true;
    }
    return n;
}

size_t catalogue_count_of_unit(struct ctx *c, int64_t unit)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct str area = orgs_chosen(c);
    size_t i = index_of_unit(s, unit), n = 0;
    if (i == s->unit_count) return 0;
    if (!area.len) return s->units[i].count;
    const struct listed *l;
    for (size_t at = 0; (l = next_in(s, area, &at));)
        n += l->item.unit == unit;
    return n;
}

size_t catalogue_divisions(struct ctx *c, struct division_count **list)
{
    const struct snapshot *s = catalogue_snapshot(c);
    size_t count = 0, cap = 16;
    *list = ARENA_ARRAY(c->arena, cap, struct division_count);
    for (size_t i = 0, k = 0; i < s->count; i++) {
        struct str division = s->items[i].item.division;
        if (k >= count || !str_eq((*list)[k].division, division)) /* mostly that of the item before */
            for (k = 0; k < count && !str_eq((*list)[k].division, division); k++)
                continue;
        if (k == count) {
            if (count == cap) {
                struct division_count *more = ARENA_ARRAY(c->arena, cap * 2, struct division_count);
                memcpy(more, *list, count * sizeof *more);
                *list = more;
                cap *= 2;
            }
            (*list)[count++] = (struct division_count){division, 0};
        }
        (*list)[k].count++;
    }
    return count;
}

struct str item_member_code(const struct item *i)
{
    return i->base.len ? i->base : i->code;
}

const struct item *catalogue_of_base(struct ctx *c, struct str code)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct str area = orgs_chosen(c);
    const struct listed *l;
    for (size_t at = 0; (l = next_in(s, area, &at));)
        if (str_eq(item_member_code(&l->item), code)) return &l->item;
    return NULL;
}
