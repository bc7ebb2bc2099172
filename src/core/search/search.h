/* Full-text search in memory: BM25 over code-point unigrams and bigrams of Chinese, words of Latin script and digits.
 *
 * Bigrams need no dictionary in memory (a word list of 187,501 words costs more than the whole program's memory budget) and forgive one wrong
 * character; everyday words are mapped to official ones by a table of synonyms at a lower weight. An index is built once, then immutable and
 * shared by all threads; a new one replaces it. Memory: about 4 bytes a posting. */
#ifndef TB_SEARCH_H
#define TB_SEARCH_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

struct search_builder;
struct search_index;

struct search_hit { uint32_t doc; float score; };

struct search_builder *search_begin(void);
/* Documents are numbered 0,1,2… in the order added. */
uint32_t search_doc(struct search_builder *b);
/* Adds text to the newest document; weight 1…255 (name 8, alias 6, words 6, department 2 …). */
bool search_text(struct search_builder *b, struct str text, unsigned weight) NODISCARD;
/* `say` in a query also looks for `means` (space-separated official words). */
bool search_synonym(struct search_builder *b, struct str say, struct str means) NODISCARD;
/* Frees the builder in every case. NULL when memory is exhausted. */
struct search_index *search_finish(struct search_builder *b);
void search_drop(struct search_index *ix);

/* The best `limit` documents that keep(arg, doc) lets through (NULL: all), best first, ties by document number. */
size_t search_run(const struct search_index *ix, struct arena *a, struct str query, size_t limit,
                  bool (*keep)(const void *arg, uint32_t doc), const void *arg, struct search_hit **hits);
size_t search_memory(const struct search_index *ix);

#endif
