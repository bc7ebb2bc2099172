/* The index as it lies in memory, and the cutting of text into terms. Private to core/search.
 *
 * A term is one number: a character, a pair of neighbouring characters, or the hash of a word. A posting is
 * one number too: the document in the upper 24 bits, in the lower 8 what the term is worth there (BM25
 * without idf, in 255ths of its bound). */
#ifndef TB_SEARCH_INTERNAL_H
#define TB_SEARCH_INTERNAL_H

#include "core/base/buf.h"
#include "core/search/search.h"

enum { SEARCH_DOCS_MAX = 1 << 24, SEARCH_NO_TERM = -1 };

#define SEARCH_K1      1.2f
#define SEARCH_B       0.6f
#define SEARCH_UNIGRAM 0.15f /* weight of a character beside that of a pair or word */
#define SEARCH_MEANT   0.7f  /* weight of what a synonym means, had it been the whole query */

struct term_table {
    uint64_t *keys;  /* by term */
    uint32_t *slots; /* open addressing: term + 1 */
    size_t count, cap, slot_count;
};

struct synonym {
    uint64_t say;          /* hash of the normal form */
    uint32_t characters;   /* of the normal form */
    uint32_t first, count; /* of index->meant */
};

/* What a synonym means, as terms; a key of 0 stands between phrases. */
struct meant {
    uint64_t key;
    float weight;
};

struct search_index {
    struct term_table terms;
    uint32_t *starts; /* by term, one more than terms: where its postings begin */
    uint32_t *postings;
    struct synonym *synonyms; /* by hash */
    struct meant *meant;
    size_t synonym_count, meant_count, docs, longest_say;
};

/* ---- text ---- */

enum cut { CUT_GAP, CUT_WORD, CUT_CHARACTER };

/* Half width, lower case; what kind of character the result is. */
enum cut search_normal(uint32_t *code_point);
/* fn gets every term of the text with its weight; false stops. */
bool search_cut(struct str text, bool (*fn)(void *arg, uint64_t key, float weight), void *arg);
uint64_t search_hash(uint64_t h, uint32_t code_point);
#define SEARCH_HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* ---- terms ---- */

int64_t term_find(const struct term_table *t, uint64_t key);
/* Finds or adds; SEARCH_NO_TERM when memory is exhausted. */
int64_t term_add(struct term_table *t, uint64_t key);
void term_free(struct term_table *t);

#endif
