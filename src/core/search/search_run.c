/* Answering: the terms' postings are added up block by block of documents in a small dense array, which stays
 * in the cache; only scores that could enter the list of the best are looked at twice. */
#include "core/search/search_internal.h"

#include <math.h>

enum { QUERY_CHARACTERS = 64, QUERY_TERMS = 256, QUERY_PHRASES = 64, BLOCK = 1 << 14 };

struct query_term {
    uint64_t key;
    float weight;
    float each; /* score of one 255th */
    const uint32_t *at, *end;
};

/* The query itself (group 0), or one meaning of something said in it. Of a group the best phrase counts. */
struct phrase {
    size_t first, count; /* terms */
    size_t group;
};

struct query {
    const struct search_index *index;
    struct query_term terms[QUERY_TERMS];
    struct phrase phrases[QUERY_PHRASES];
    size_t term_count, phrase_count, groups;
    float share; /* of the group being read */
};

static void begin_phrase(struct query *q)
{
    if (q->phrase_count == QUERY_PHRASES) return;
    q->phrases[q->phrase_count++] = (struct phrase){q->term_count, 0, q->groups};
}

/* A term counts once in a phrase. */
static bool want(void *arg, uint64_t key, float weight)
{
    struct query *q = arg;
    struct phrase *p = &q->phrases[q->phrase_count - 1];
    for (size_t i = p->first; i < q->term_count; i++)
        if (q->terms[i].key == key) return true;
    if (q->term_count == QUERY_TERMS || p->group != q->groups) return true;
    int64_t term = term_find(&q->index->terms, key);
    if (term == SEARCH_NO_TERM) return true;
    const uint32_t *starts = q->index->starts;
    struct query_term *t = &q->terms[q->term_count++];
    *t = (struct query_term){.key = key,
                             .weight = weight * q->share,
                             .at = q->index->postings + starts[term],
                             .end = q->index->postings + starts[term + 1]};
    float df = (float)(t->end - t->at), n = (float)q->index->docs;
    t->each = t->weight * logf(1.0f + (n - df + 0.5f) / (df + 0.5f)) * (SEARCH_K1 + 1.0f) / 255.0f;
    p->count++;
    return true;
}

/* ---- what people ask around what they want ---- */

/* They carry no meaning for a search, yet are rare enough among names to outweigh it. */
static const char *const fillers[] = {"请问", "我要", "我想", "怎么", "怎样",
                                      "如何", "哪里", "什么", "吗",   "呢"};

static struct str without_fillers(struct arena *a, struct str text)
{
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++) {
        struct str word = str_c(fillers[i]);
        for (size_t at; (at = str_find(text, word)) != SIZE_MAX && text.len > word.len;) {
            struct buf out = buf_new(a, text.len + 1);
            buf_add(&out, str_slice(text, 0, at));
            buf_add_char(&out, ' ');
            buf_add(&out, str_slice(text, at + word.len, text.len));
            text = buf_str(&out);
        }
    }
    return text;
}

/* ---- synonyms ---- */

static const struct synonym *find_said(const struct search_index *ix, uint64_t hash, size_t characters)
{
    size_t low = 0, high = ix->synonym_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ix->synonyms[middle].say < hash)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ix->synonym_count || ix->synonyms[low].say != hash) return NULL;
    return ix->synonyms[low].characters == characters ? &ix->synonyms[low] : NULL;
}

static void add_meanings(struct query *q, const struct synonym *s, float share)
{
    q->groups++;
    q->share = share;
    bool begin = true;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct meant *m = &q->index->meant[s->first + i];
        if (begin) begin_phrase(q);
        begin = m->key == 0;
        if (!begin) want(q, m->key, m->weight);
    }
}

/* The longest phrase speaks for its stretch of the query; shorter ones that overlap it stay silent. What was
 * said of the whole query decides how much its meaning weighs. */
static void add_synonyms(struct query *q, struct str text)
{
    const struct search_index *ix = q->index;
    uint32_t plain[QUERY_CHARACTERS];
    bool taken[QUERY_CHARACTERS] = {0};
    size_t n = 0;
    for (size_t at = 0; at < text.len && n < QUERY_CHARACTERS;) {
        uint32_t c = utf8_next(text, &at);
        if (search_normal(&c) != CUT_GAP) plain[n++] = c;
    }
    for (size_t length = ix->longest_say < n ? ix->longest_say : n; length > 0; length--) {
        for (size_t at = 0; at + length <= n; at++) {
            uint64_t hash = SEARCH_HASH_BEGIN;
            bool free_here = true;
            for (size_t i = at; i < at + length; i++) {
                hash = search_hash(hash, plain[i]);
                free_here = free_here && !taken[i];
            }
            const struct synonym *s = free_here ? find_said(ix, hash, length) : NULL;
            if (!s) continue;
            for (size_t i = at; i < at + length; i++)
                taken[i] = true;
            for (; s < ix->synonyms + ix->synonym_count && s->say == hash; s++)
                add_meanings(q, s, SEARCH_MEANT * sqrtf((float)length / (float)n));
        }
    }
}

/* ---- the best ---- */

struct best {
    struct search_hit *hits; /* heap: the worst first */
    size_t count, limit;
};

static bool worse(struct search_hit a, struct search_hit b)
{
    return a.score < b.score || (a.score == b.score && a.doc > b.doc);
}

static void sink(struct best *best, size_t at)
{
    struct search_hit h = best->hits[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= best->count) break;
        if (child + 1 < best->count && worse(best->hits[child + 1], best->hits[child])) child++;
        if (!worse(best->hits[child], h)) break;
        best->hits[at] = best->hits[child];
        at = child;
    }
    best->hits[at] = h;
}

static void keep_hit(struct best *best, struct search_hit h)
{
    if (best->count == best->limit) {
        best->hits[0] = h;
        sink(best, 0);
        return;
    }
    size_t at = best->count++;
    while (at > 0 && worse(h, best->hits[(at - 1) / 2])) {
        best->hits[at] = best->hits[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    best->hits[at] = h;
}

static void sort_hits(struct best *best)
{
    size_t total = best->count;
    while (best->count > 1) {
        struct search_hit worst = best->hits[0];
        best->hits[0] = best->hits[--best->count];
        sink(best, 0);
        best->hits[best->count] = worst;
    }
    best->count = total;
}

static void add_phrase(struct query *q, const struct phrase *phrase, float *scores, uint32_t base)
{
    uint64_t limit = ((uint64_t)base + BLOCK) << 8;
    for (size_t i = phrase->first; i < phrase->first + phrase->count; i++) {
        struct query_term *t = &q->terms[i];
        const uint32_t *p = t->at, *end = t->end;
        float each = t->each;
        for (; p < end && *p < limit; p++)
            scores[(*p >> 8) - base] += each * (float)(*p & 255);
        t->at = p;
    }
}

/* Sums of one block of documents: each group gives the best of its phrases. */
static void add_block(struct query *q, float *scores, float *best, float *one, uint32_t base, size_t width)
{
    for (size_t i = 0; i < q->phrase_count;) {
        size_t end = i + 1;
        while (end < q->phrase_count && q->phrases[end].group == q->phrases[i].group)
            end++;
        if (end == i + 1) {
            add_phrase(q, &q->phrases[i++], scores, base);
            continue;
        }
        memset(best, 0, width * sizeof *best);
        for (; i < end; i++) {
            memset(one, 0, width * sizeof *one);
            add_phrase(q, &q->phrases[i], one, base);
            for (size_t k = 0; k < width; k++)
                best[k] = best[k] > one[k] ? best[k] : one[k];
        }
        for (size_t k = 0; k < width; k++)
            scores[k] += best[k];
    }
}

size_t search_run(const struct search_index *ix, struct arena *a, struct str query, size_t limit,
                  bool (*keep)(const void *arg, uint32_t doc), const void *arg, struct search_hit **hits)
{
    *hits = NULL;
    if (!ix->docs || !limit) return 0;
    struct query *q = ARENA_NEW(a, struct query);
    q->index = ix;
    q->share = 1.0f;
    query = utf8_head(query, QUERY_CHARACTERS);
    begin_phrase(q);
    search_cut(without_fillers(a, query), want, q);
    add_synonyms(q, query);
    if (!q->term_count) return 0;
    struct best best = {.limit = limit < ix->docs ? limit : ix->docs};
    best.hits = ARENA_ARRAY(a, best.limit, struct search_hit);
    size_t block = ix->docs < BLOCK ? ix->docs : BLOCK;
    float *scores = ARENA_ARRAY(a, block * 3, float);
    for (uint32_t base = 0; base < ix->docs; base += BLOCK) {
        size_t width = ix->docs - base < BLOCK ? ix->docs - base : BLOCK;
        add_block(q, scores, scores + block, scores + 2 * block, base, width);
        float floor = best.count == best.limit ? best.hits[0].score : 0.0f;
        for (size_t i = 0; i < width; i++) {
            if (scores[i] <= floor) continue;
            struct search_hit h = {base + (uint32_t)i, scores[i]};
            if (keep && !keep(arg, h.doc)) continue;
            keep_hit(&best, h);
            if (best.count == best.limit) floor = best.hits[0].score;
        }
        memset(scores, 0, width * sizeof *scores);
    }
    sort_hits(&best);
    *hits = best.hits;
    return best.count;
}
