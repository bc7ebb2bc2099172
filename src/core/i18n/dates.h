/* Dates and times as people read them: "12月4日", "4 December". The year stands where it is not that of
 * `today`. */
#ifndef TB_DATES_H
#define TB_DATES_H

#include "core/base/time.h"
#include "core/i18n/i18n.h"

struct str date_words(const struct lang *l, struct arena *a, int32_t date, int32_t today);
/* Always with the year: licences, receipts. */
struct str date_words_full(const struct lang *l, struct arena *a, int32_t date);
/* "12月4日 星期五" / "Friday, 4 December" */
struct str date_words_weekday(const struct lang *l, struct arena *a, int32_t date, int32_t today);
/* date_words and the time in Shanghai: "12月4日 09:12". */
struct str time_words(const struct lang *l, struct arena *a, int64_t ms, int64_t now);
struct str time_words_full(const struct lang *l, struct arena *a, int64_t ms);

#endif
