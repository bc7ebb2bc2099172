/* Words in the person's language.
 *
 * English sentences are the keys (msgids); tables come from gettext .po files compiled into the program
 * (tools/embed). A language is a pointer to const data; English is the table without entries. Parameters are
 * written %{name}. */
#ifndef TB_I18N_H
#define TB_I18N_H

#include "core/base/str.h"

#include <stdint.h>

struct lang_entry {
    struct str msgid, msgstr;
};

struct lang {
    const char *tag;                  /* BCP 47: "zh-CN", "en" */
    const struct lang_entry *entries; /* those of one bucket side by side */
    size_t count;
    const uint16_t *from; /* where each bucket begins, and behind the last one `count` */
    size_t buckets;       /* a power of two, or 0; the bucket of a msgid is lang_mark % buckets */
};

/* Of the length and of eight bytes spread evenly over a sentence; tools/embed.py knows the same sum. */
uint32_t lang_mark(struct str msgid);

extern const struct lang lang_en;
/* Merged from every .po file of the tree; defined by the generated file. */
extern const struct lang lang_zh_cn;

/* The translation, or msgid itself where there is none. */
struct str lang_text(const struct lang *l, struct str msgid);
struct str tr(const struct lang *l, const char *msgid);
/* Puts `arg` where %{arg} stands. */
struct str tr_arg(const struct lang *l, struct arena *a, const char *msgid, struct str arg);
/* The language that an Accept-Language value (RFC 9110 §12.5.4) wants among those we have; zh-CN by default.
 */
const struct lang *lang_accept(struct str header);
/* By tag; NULL when we do not have it. */
const struct lang *lang_find(struct str tag);

#endif
