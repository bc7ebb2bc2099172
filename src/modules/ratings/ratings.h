/* Ratings (好差评): five levels, once per case, reasons; a bad one opens a rectification (差评整改) with its
 * own clock; public in sum. */
#ifndef TB_RATINGS_H
#define TB_RATINGS_H

#include "core/http/route.h"

extern const struct module ratings_module;

/* Sum over an item (0 = all): {count, satisfied, levels:[{level,count}]}. */
struct json *rating_sum(struct ctx *c, int64_t item);

/* The actor rates a case as on its page: level 1 (very good) to 5; reasons are codes separated by ','.
 * CONFLICT before there is a result and the second time. */
bool rating_add(struct ctx *c, int64_t case_id, int level, struct str reasons, struct str said) NODISCARD;

#endif
