/* Building: documents come one after another, so that the postings of every term fall out sorted. */
#include "core/search/search_internal.h"

#include <math.h>

enum { CHUNK = 1 << 16, REPEAT_MAX = 3 /* halves: a text counts a term once and a half at most */ };

/* One term of one document; worth in twentieths of an ordinary text's weight. */
struct entry {
    uint32_t term, worth;
};

struct chunk {
    struct chunk *next;
    size_t count;
    struct entry entries[CHUNK];
};

/* A term of the newest document. */
struct open_term {
    uint32_t term, worth, text, halves;
};

struct document {
    uint32_t terms;
    uint16_t length;
};

struct search_builder {
    struct term_table terms;
    uint32_t *where; /* by term: its place in `open`, meaningless unless that names the term */
    size_t where_cap;
    struct open_term *open;
    size_t open_count, open_cap;
    struct document *docs;
    size_t doc_count, doc_cap;
    struct chunk *first, *last;
    struct synonym *synonyms;
    size_t synonym_count, synonym_cap;
    struct meant *meant;
    size_t meant_count, meant_cap;
    unsigned weight, heaviest;
    uint32_t text;
    bool failed;
};

/* Room for one more; false when memory is exhausted. */
static bool room(struct search_builder *b, void **array, size_t *cap, size_t count, size_t size)
{
    if (count < *cap) return true;
    size_t bigger = *cap ? *cap * 2 : 64;
    void *p = mem_resize(*array, bigger, size);
    if (!p) {
        b->failed = true;
        return false;
    }
    *array = p;
    *cap = bigger;
    return true;
}

struct search_builder *search_begin(void)
{
    return mem_alloc(1, sizeof(struct search_builder));
}

static bool fail(struct search_builder *b)
{
    b->failed = true;
    return false;
}

static bool store(struct search_builder *b, uint32_t term, uint32_t worth)
{
    if (!b->last || b->last->count == CHUNK) {
        struct chunk *c = mem_alloc(1, sizeof *c);
        if (!c) return fail(b);
        if (b->last)
            b->last->next = c;
        else
            b->first = c;
        b->last = c;
    }
    b->last->entries[b->last->count++] = (struct entry){term, worth};
    return true;
}

static void close_document(struct search_builder *b)
{
    if (!b->doc_count) return;
    b->docs[b->doc_count - 1].terms = (uint32_t)b->open_count;
    for (size_t i = 0; i < b->open_count && !b->failed; i++)
        store(b, b->open[i].term, b->open[i].worth);
    b->open_count = 0;
    b->heaviest = 0;
}

uint32_t search_doc(struct search_builder *b)
{
    close_document(b);
    if (b->doc_count >= SEARCH_DOCS_MAX) b->failed = true;
    if (b->failed || !room(b, (void **)&b->docs, &b->doc_cap, b->doc_count, sizeof *b->docs)) return 0;
    b->docs[b->doc_count] = (struct document){0};
    return (uint32_t)b->doc_count++;
}

/* What a kind of term weighs is the query's business, not the document's. */
static bool add_term(void *arg, uint64_t key, float weight __attribute__((unused)))
{
    struct search_builder *b = arg;
    int64_t term = term_add(&b->terms, key);
    if (term == SEARCH_NO_TERM) return fail(b);
    while ((size_t)term >= b->where_cap)
        if (!room(b, (void **)&b->where, &b->where_cap, b->where_cap, sizeof *b->where)) return false;
    size_t at = (size_t)term < b->terms.count - 1 || b->open_count ? b->where[term] : 0;
    if (at >= b->open_count || b->open[at].term != (uint32_t)term) {
        if (!room(b, (void **)&b->open, &b->open_cap, b->open_count, sizeof *b->open)) return false;
        at = b->open_count++;
        b->where[term] = (uint32_t)at;
        b->open[at] = (struct open_term){.term = (uint32_t)term};
    }
    struct open_term *o = &b->open[at];
    if (o->text != b->text) {
        o->text = b->text;
        o->halves = 0;
    }
    unsigned add = o->halves == 0 ? 2 : REPEAT_MAX - o->halves;
    o->halves += add;
    o->worth += add * b->weight;
    return true;
}

bool search_text(struct search_builder *b, struct str text, unsigned weight)
{
    if (b->failed || !b->doc_count) return false;
    b->weight = weight < 1 ? 1 : weight > 255 ? 255 : weight;
    b->text++;
    if (b->weight > b->heaviest) {
        size_t length = utf8_count(text);
        b->heaviest = b->weight;
        b->docs[b->doc_count - 1].length = (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX);
    }
    return search_cut(text, add_term, b);
}

/* ---- synonyms ---- */

static bool add_meant(void *arg, uint64_t key, float weight)
{
    struct search_builder *b = arg;
    if (!room(b, (void **)&b->meant, &b->meant_cap, b->meant_count, sizeof *b->meant)) return false;
    b->meant[b->meant_count++] = (struct meant){key, weight};
    return true;
}

bool search_synonym(struct search_builder *b, struct str say, struct str means)
{
    struct synonym s = {.say = SEARCH_HASH_BEGIN, .first = (uint32_t)b->meant_count};
    for (size_t at = 0; at < say.len;) {
        uint32_t c = utf8_next(say, &at);
        if (search_normal(&c) == CUT_GAP) continue;
        s.say = search_hash(s.say, c);
        s.characters++;
    }
    if (!s.characters) return true;
    while (means.len) {
        struct str phrase;
        means = str_cut(means, ' ', &phrase);
        size_t before = b->meant_count;
        if (b->failed || !search_cut(phrase, add_meant, b)) return false;
        if (b->meant_count > before && !add_meant(b, 0, 0)) return false;
    }
    if (!room(b, (void **)&b->synonyms, &b->synonym_cap, b->synonym_count, sizeof s)) return false;
    s.count = (uint32_t)b->meant_count - s.first;
    b->synonyms[b->synonym_count++] = s;
    return true;
}

static int by_say(const void *x, const void *y)
{
    const struct synonym *a = x, *b = y;
    if (a->say != b->say) return a->say < b->say ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* ---- the index ---- */

static uint32_t impact(uint32_t worth, uint32_t length, float average)
{
    float tf = (float)worth / 20.0f;
    float norm = SEARCH_K1 * (1.0f - SEARCH_B + SEARCH_B * (float)length / average);
    long q = lroundf(tf / (tf + norm) * 255.0f);
    return q < 1 ? 1 : q > 255 ? 255 : (uint32_t)q;
}

static bool fill(struct search_builder *b, struct search_index *ix)
{
    size_t total = 0;
    uint64_t lengths = 0;
    for (size_t i = 0; i < b->doc_count; i++) {
        total += b->docs[i].terms;
        lengths += b->docs[i].length;
    }
    float average = b->doc_count && lengths ? (float)lengths / (float)b->doc_count : 1.0f;
    if (total >= UINT32_MAX) return false;
    ix->starts = mem_alloc(b->terms.count + 1, sizeof *ix->starts);
    ix->postings = mem_alloc(total, sizeof *ix->postings);
    if (!ix->starts || !ix->postings) return false;
    for (const struct chunk *c = b->first; c; c = c->next)
        for (size_t i = 0; i < c->count; i++)
            ix->starts[c->entries[i].term + 1]++;
    for (size_t t = 0; t < b->terms.count; t++)
        ix->starts[t + 1] += ix->starts[t];
    size_t left = b->doc_count ? b->docs[0].terms : 0, doc = 0;
    while (b->first) {
        struct chunk *c = b->first;
        for (size_t i = 0; i < c->count; i++) {
            while (!left)
                left = b->docs[++doc].terms;
            left--;
            struct entry e = c->entries[i];
            ix->postings[ix->starts[e.term]++] =
                (uint32_t)doc << 8 | impact(e.worth, b->docs[doc].length, average);
        }
        b->first = c->next;
        mem_free(c);
    }
    /* Every start has moved to its end, which is the next one's start. */
    memmove(ix->starts + 1, ix->starts, b->terms.count * sizeof *ix->starts);
    ix->starts[0] = 0;
    return true;
}

static void builder_free(struct search_builder *b)
{
    while (b->first) {
        struct chunk *next = b->first->next;
        mem_free(b->first);
        b->first = next;
    }
    term_free(&b->terms);
    mem_free(b->where);
    mem_free(b->open);
    mem_free(b->docs);
    mem_free(b->synonyms);
    mem_free(b->meant);
    mem_free(b);
}

struct search_index *search_finish(struct search_builder *b)
{
    if (!b) return NULL;
    close_document(b);
    struct search_index *ix = b->failed ? NULL : mem_alloc(1, sizeof *ix);
    if (ix && !fill(b, ix)) {
        search_drop(ix);
        ix = NULL;
    }
    if (ix) {
        ix->docs = b->doc_count;
        ix->terms = b->terms;
        ix->synonyms = b->synonyms;
        ix->synonym_count = b->synonym_count;
        ix->meant = b->meant;
        ix->meant_count = b->meant_count;
        if (ix->synonym_count) qsort(ix->synonyms, ix->synonym_count, sizeof *ix->synonyms, by_say);
        for (size_t i = 0; i < ix->synonym_count; i++)
            if (ix->synonyms[i].characters > ix->longest_say) ix->longest_say = ix->synonyms[i].characters;
        b->terms = (struct term_table){0};
        b->synonyms = NULL;
        b->meant = NULL;
    }
    builder_free(b);
    return ix;
}

void search_drop(struct search_index *ix)
{
    if (!ix) return;
    term_free(&ix->terms);
    mem_free(ix->starts);
    mem_free(ix->postings);
    mem_free(ix->synonyms);
    mem_free(ix->meant);
    mem_free(ix);
}

size_t search_memory(const struct search_index *ix)
{
    return sizeof *ix + ix->terms.cap * sizeof *ix->terms.keys +
           ix->terms.slot_count * sizeof *ix->terms.slots + (ix->terms.count + 1) * sizeof *ix->starts +
           ix->starts[ix->terms.count] * sizeof *ix->postings + ix->synonym_count * sizeof *ix->synonyms +
           ix->meant_count * sizeof *ix->meant;
}
