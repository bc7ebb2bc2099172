/* Upper and lower case of all of Unicode, without a locale (XPath functions 3.1, 5.4.7 and 5.4.8). Private to
 * the engine.
 *
 * A letter may become several ("ß", "SS"); a sigma at the end of a word has a form of its own. */
#ifndef TB_FEEL_CASE_H
#define TB_FEEL_CASE_H

#include "core/base/arena.h"
#include "core/base/str.h"

struct str feel_upper(struct arena *a, struct str s);
struct str feel_lower(struct arena *a, struct str s);

/* Letters first, first + step … last; the other case lies `distance` code points away. Sorted, apart. */
struct feel_case_range {
    uint32_t first, last;
    uint32_t step;
    int32_t distance;
};
/* A letter and what it becomes; 0 ends it. */
struct feel_case_special {
    uint32_t from;
    uint32_t to[3];
};
extern const struct feel_case_range feel_upper_ranges[], feel_lower_ranges[];
extern const size_t feel_upper_range_count, feel_lower_range_count;
extern const struct feel_case_special feel_upper_specials[], feel_lower_specials[];
extern const size_t feel_upper_special_count, feel_lower_special_count;

#endif
