#include "core/i18n/dates.h"

#include "core/base/arena.h"

static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",                /* no translation */
    "July",    "August",   "September", "October", "November", "December"};           /* no translation */
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday", /* no translation */
                                       "Friday", "Saturday", "Sunday"};               /* no translation */
static const char *const weekdays_zh[] = {"一", "二", "三", "四", "五", "六", "日"};

struct str date_words_full(const struct lang *l, struct arena *a, int32_t date)
{
    struct civil d = date_to_civil(date);
    return l == &lang_en ? str_fmt(a, "%d %s %d", d.day, months[d.month - 1], d.year)
                         : str_fmt(a, "%d年%d月%d日", d.year, d.month, d.day);
}

struct str date_words(const struct lang *l, struct arena *a, int32_t date, int32_t today)
{
    struct civil d = date_to_civil(date);
    if (d.year != date_to_civil(today).year) return date_words_full(l, a, date);
    return l == &lang_en ? str_fmt(a, "%d %s", d.day, months[d.month - 1])
                         : str_fmt(a, "%d月%d日", d.month, d.day);
}

struct str date_words_weekday(const struct lang *l, struct arena *a, int32_t date, int32_t today)
{
    struct str day = date_words(l, a, date, today);
    int w = date_weekday(date);
    return l == &lang_en ? str_fmt(a, "%s, %.*s", weekdays[w], STR_ARG(day))
                         : str_fmt(a, "%.*s 星期%s", STR_ARG(day), weekdays_zh[w]);
}

static struct str with_time(struct arena *a, struct str day, int64_t ms)
{
    struct civil t = time_civil(ms);
    return str_fmt(a, "%.*s %02d:%02d", STR_ARG(day), t.hour, t.minute);
}

struct str time_words(const struct lang *l, struct arena *a, int64_t ms, int64_t now)
{
    return with_time(a, date_words(l, a, date_of(ms), date_of(now)), ms);
}

struct str time_words_full(const struct lang *l, struct arena *a, int64_t ms)
{
    return with_time(a, date_words_full(l, a, date_of(ms)), ms);
}
