/* Full-text search in memory: BM25 over code-point unigrams and bigrams of Chinese, words of Latin script and
 * digits.
 *
 * Bigrams need no dictionary in memory (a word list of 187,501 words costs more than the whole program's
 * memory budget) and forgive one wrong character; everyday words are mapped to official ones by a table of
 * synonyms at a lower weight. An index is built once, then immutable and shared by all threads; a new one
 * replaces it. Memory: about 4 bytes a posting, and 64 to 192 KiB of arena a query.
 *
 * BM25 with k1 1.2 and b 0.6, idf ln(1 + (n − df + 0.5) / (df + 0.5)); pairs and words weigh 1, single
 * characters 0.15. Text is compared in half width and lower case. Limits: 16,777,216 documents; of a query
 * the first 64 characters count. */
#ifndef TB_SEARCH_H
#define TB_SEARCH_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

struct search_builder;
struct search_index;

struct search_hit {
    uint32_t doc;
    float score;
};

struct search_builder *search_begin(void);
/* Documents are numbered 0,1,2… in the order added. */
uint32_t search_doc(struct search_builder *b);
/* Adds one text to the newest document; weight in tenths, 1…255 (name 30, aliases 20, department 3 …). A text
 * counts a term once and a half at most. The length that BM25 sets against the average is that of the
 * heaviest text. */
bool search_text(struct search_builder *b, struct str text, unsigned weight) NODISCARD;
/* `say` in a query also looks for `means` (space-separated official words, of which the best fitting counts),
 * at 0.7 × √(part of the query that was said). The longest phrase said speaks for its stretch of the query.
 */
bool search_synonym(struct search_builder *b, struct str say, struct str means) NODISCARD;
/* Frees the builder in every case. NULL when memory is exhausted. */
struct search_index *search_finish(struct search_builder *b);
void search_drop(struct search_index *ix);

/* The best `limit` documents that keep(arg, doc) lets through (NULL: all), best first, ties by document
 * number. */
size_t search_run(const struct search_index *ix, struct arena *a, struct str query, size_t limit,
                  bool (*keep)(const void *arg, uint32_t doc), const void *arg, struct search_hit **hits);
size_t search_memory(const struct search_index *ix);

#endif
