/* Sets of characters that XML Schema patterns name and PCRE2 does not: Unicode blocks, and the characters of
 * XML names (XML Schema 1.1 part 2, G.4.2; XML 1.0, 2.3). Private to the regular expressions. */
#ifndef TB_FEEL_REGEX_SETS_H
#define TB_FEEL_REGEX_SETS_H

#include "core/base/str.h"

/* Code points from first to last. */
struct feel_span {
    uint32_t first, last;
};

struct feel_block {
    const char *name;
    struct feel_span span;
};
extern const struct feel_block feel_blocks[];
extern const size_t feel_block_count;
/* By its name without "Is"; NULL where there is none. */
const struct feel_span *feel_block_find(struct str name);

/* Ascending, none touching another. */
extern const struct feel_span feel_name_start[];
extern const size_t feel_name_start_count;
extern const struct feel_span feel_name_char[];
extern const size_t feel_name_char_count;

/* "Lu", "N" …: general categories of Unicode, without surrogates. */
bool feel_category_exists(struct str name);

#endif
