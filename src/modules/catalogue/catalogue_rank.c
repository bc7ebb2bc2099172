/* Ranking by data/catalogue/ranking.json: the index finds, the stage a query speaks of (first issue, renewal,
 * change, cancellation …) puts in order. */
#include "modules/catalogue/catalogue_internal.h"

#include <stdlib.h>

enum { RERANKED = 24 };

static unsigned weight_of(const struct snapshot *s, const char *field, unsigned otherwise)
{
    struct str text = json_path(s->ranking, field) ? json_path(s->ranking, field)->text : STR_EMPTY;
    struct str fraction, whole;
    uint64_t units = 0, tenths = 0;
    fraction = str_cut(text, '.', &whole);
    if (!str_to_u64(whole, &units)) return otherwise;
    if (fraction.len) str_to_u64(str_slice(fraction, 0, 1), &tenths);
    return (unsigned)(units * 10 + tenths);
}

static bool add_list(struct search_builder *b, struct arena *a, const struct json *first,
                     const struct json *list, unsigned weight)
{
    struct buf text = buf_new(a, 128);
    buf_add(&text, json_text(first));
    JSON_EACH(w, list)
    {
        buf_add_char(&text, ' ');
        buf_add(&text, w->text);
    }
    return !text.len || search_text(b, buf_str(&text), weight);
}

static struct str theme_names(const struct snapshot *s, struct arena *a, const struct listed *l)
{
    struct buf text = buf_new(a, 64);
    for (size_t i = 0; i < l->theme_count; i++)
        for (size_t k = 0; k < s->theme_count; k++)
            if (s->themes[k].organisation == (l->themes[i].ptr[0] == 'l') &&
                str_eq(s->themes[k].code, str_slice(l->themes[i], 1, 9))) {
                buf_add(&text, s->themes[k].name);
                buf_add_char(&text, ' ');
            }
    return buf_str(&text);
}

static bool add_item(struct ctx *c, struct search_builder *b, struct arena *a, const struct snapshot *s,
                     const struct listed *l)
{
    const struct data_text *base = l->item.base.len ? catalogue_current(s, "base", l->item.base) : NULL;
    const struct unit *u = orgs_unit(c, l->item.unit);
    struct str main = json_text_of(l->own, "main"), themes = theme_names(s, a, l);
    search_doc(b);
    bool ok = search_text(b, catalogue_plain_name(a, l->item.name), weight_of(s, "fields.name", 30));
    if (main.len) ok = ok && search_text(b, main, weight_of(s, "fields.main", 16));
    if (base) {
        ok = ok && add_list(b, a, json_get(base->doc, "name"), json_get(base->doc, "aliases"),
                            weight_of(s, "fields.alias", 20));
        ok = ok && add_list(b, a, NULL, json_get(base->doc, "words"), weight_of(s, "fields.words", 20));
    }
    if (u) ok = ok && search_text(b, u->name, weight_of(s, "fields.department", 3));
    if (l->item.en.len) ok = ok && search_text(b, l->item.en, weight_of(s, "fields.words", 20));
    return ok && (!themes.len || search_text(b, themes, weight_of(s, "fields.theme", 2)));
}

static bool add_words(struct search_builder *b, struct arena *a, const struct json *words)
{
    JSON_EACH(group, words)
    {
        struct buf means = buf_new(a, 64);
        JSON_EACH(m, json_get(group, "means"))
        {
            if (means.len) buf_add_char(&means, ' ');
            buf_add(&means, m->text);
        }
        JSON_EACH(say, json_get(group, "say"))
        {
            if (!search_synonym(b, say->text, buf_str(&means))) return false;
        }
    }
    return true;
}

struct search_index *catalogue_index(struct ctx *c, const struct snapshot *s)
{
    struct search_builder *b = search_begin();
    struct arena *a = arena_new(64 << 20);
    bool ok = b && a;
    const struct data_text *words = catalogue_current(s, "rules", STR("words"));
    for (size_t i = 0; ok && i < s->count; i++) {
        ok = add_item(c, b, a, s, &s->items[i]);
        arena_reset(a);
    }
    if (ok && words) ok = add_words(b, a, words->doc);
    arena_drop(a);
    struct search_index *index = b ? search_finish(b) : NULL;
    if (ok) return index;
    search_drop(index);
    return NULL;
}

/* ---- stages ---- */

static bool speaks(const struct json *words, struct str text)
{
    JSON_EACH(w, words)
    {
        if (str_find(text, w->text) != SIZE_MAX) return true;
    }
    return false;
}

static float factor(const struct snapshot *s, struct str query, struct str name)
{
    bool any_said = false, fits = false, later = false, first = false;
    JSON_EACH(g, json_get(s->ranking, "stages"))
    {
        bool said = speaks(json_get(g, "say"), query), named = speaks(json_get(g, "names"), name);
        any_said = any_said || said;
        fits = fits || (said && named);
        if (str_eq_c(json_text_of(g, "stage"), "first"))
            first = first || named;
        else
            later = later || named;
    }
    const char *which = fits                 ? "said_factor"
                        : later              ? "other_factor"
                        : first && !any_said ? "first_factor"
                                             : NULL;
    const struct json *f = which ? json_get(s->ranking, which) : NULL;
    char text[32];
    if (!f) return 1.0f;
    snprintf(text, sizeof text, "%.*s", STR_ARG(f->text));
    return strtof(text, NULL);
}

static int best_first(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static size_t rank(const struct snapshot *s, struct arena *a, struct str query, size_t limit,
                   bool (*keep)(const void *arg, uint32_t item), const void *arg, struct search_hit **hits)
{
    size_t count = search_run(s->index, a, query, limit > RERANKED ? limit : RERANKED, keep, arg, hits);
    size_t head = count < RERANKED ? count : RERANKED;
    for (size_t i = 0; s->ranking && i < head; i++)
        (*hits)[i].score *= factor(s, query, s->items[(*hits)[i].doc].item.name);
    if (head) qsort(*hits, head, sizeof **hits, best_first);
    return count < limit ? count : limit;
}

static size_t numbers(struct arena *a, const struct search_hit *hits, size_t count, uint32_t **out)
{
    *out = ARENA_ARRAY(a, count + 1, uint32_t);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = hits[i].doc;
    return count;
}

size_t catalogue_rank(const struct snapshot *s, struct arena *a, struct str query, size_t limit,
                      bool (*keep)(const void *arg, uint32_t item), const void *arg, uint32_t **out)
{
    struct search_hit *hits;
    size_t count = rank(s, a, query, limit, keep, arg, &hits);
    return numbers(a, hits, count, out);
}

/* Single characters in common make nearly every item a hit; a quarter of the best score is where answers end
 * and echoes begin. */
size_t catalogue_rank_close(const struct snapshot *s, struct arena *a, struct str query, size_t limit,
                            bool (*keep)(const void *arg, uint32_t item), const void *arg, uint32_t **out)
{
    struct search_hit *hits;
    size_t count = rank(s, a, query, limit, keep, arg, &hits), close = 0;
    for (size_t i = 0; i < count; i++)
        if (hits[i].score * 4 >= hits[0].score) hits[close++] = hits[i];
    return numbers(a, hits, close, out);
}
