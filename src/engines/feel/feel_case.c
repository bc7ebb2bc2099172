#include "engines/feel/feel_case.h"

#include "core/base/buf.h"

enum { CAPITAL_SIGMA = 0x3A3, SIGMA = 0x3C3, FINAL_SIGMA = 0x3C2 };

struct table {
    const struct feel_case_range *ranges;
    size_t range_count;
    const struct feel_case_special *specials;
    size_t special_count;
};

static struct table table_of(bool upper)
{
    return upper ? (struct table){feel_upper_ranges, feel_upper_range_count, feel_upper_specials,
                                  feel_upper_special_count}
                 : (struct table){feel_lower_ranges, feel_lower_range_count, feel_lower_specials,
                                  feel_lower_special_count};
}

static uint32_t mapped(const struct table *t, uint32_t point)
{
    size_t low = 0, high = t->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct feel_case_range *r = &t->ranges[middle];
        if (point < r->first)
            high = middle;
        else if (point > r->last)
            low = middle + 1;
        else
            return (point - r->first) % r->step ? point : (uint32_t)((int64_t)point + r->distance);
    }
    return point;
}

static const struct feel_case_special *special(const struct table *t, uint32_t point)
{
    for (size_t i = 0; i < t->special_count; i++)
        if (t->specials[i].from == point) return &t->specials[i];
    return NULL;
}

static void add_point(struct buf *out, uint32_t point)
{
    char bytes[4];
    buf_add(out, str_n(bytes, utf8_put(bytes, point)));
}

static void add_mapped(struct buf *out, const struct table *t, uint32_t point)
{
    const struct feel_case_special *s = point < 0x80 ? NULL : special(t, point);
    if (!s) {
        add_point(out, mapped(t, point));
        return;
    }
    for (size_t i = 0; i < sizeof s->to / sizeof *s->to && s->to[i]; i++)
        add_point(out, s->to[i]);
}

static bool is_cased(uint32_t point)
{
    const struct table upper = table_of(true), lower = table_of(false);
    return mapped(&upper, point) != point || mapped(&lower, point) != point || special(&upper, point) ||
           special(&lower, point);
}

/* What may stand inside a word without ending it: marks above letters, the soft hyphen, apostrophes, points.
 */
static bool is_passed_over(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || point == 0xAD || point == '\'' || point == 0x2019 ||
           point == '.' || point == ':' || point == 0xB7;
}

static bool letter_follows(struct str s, size_t pos)
{
    while (pos < s.len) {
        uint32_t point = utf8_next(s, &pos);
        if (!is_passed_over(point)) return is_cased(point);
    }
    return false;
}

struct str feel_upper(struct arena *a, struct str s)
{
    const struct table t = table_of(true);
    struct buf out = buf_new(a, s.len + 1);
    for (size_t pos = 0; pos < s.len;)
        add_mapped(&out, &t, utf8_next(s, &pos));
    return buf_str(&out);
}

struct str feel_lower(struct arena *a, struct str s)
{
    const struct table t = table_of(false);
    struct buf out = buf_new(a, s.len + 1);
    bool in_word = false;
    for (size_t pos = 0; pos < s.len;) {
        uint32_t point = utf8_next(s, &pos);
        if (point == CAPITAL_SIGMA)
            add_point(&out, in_word && !letter_follows(s, pos) ? FINAL_SIGMA : SIGMA);
        else
            add_mapped(&out, &t, point);
        if (!is_passed_over(point)) in_word = is_cased(point);
    }
    return buf_str(&out);
}
