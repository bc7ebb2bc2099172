/* Where points and ranges lie to each other (DMN 1.5, 10.3.4.10, table 78), and range(). A function that is
 * the mirror of another calls it with its parameters exchanged. */
#include "engines/feel/feel_node.h"

struct ends {
    struct feel_value low, high;
    bool low_in, high_in, point;
};

static struct ends ends_of(struct feel_value v)
{
    if (v.kind != FEEL_RANGE) return (struct ends){v, v, true, true, true};
    return (struct ends){v.range->low, v.range->high, v.range->low_closed, v.range->high_closed, false};
}

/* What holds of two ends, when they are ordered; an end that is null has no order. */
static bool less(struct feel_value a, struct feel_value b, bool *sure)
{
    int order;
    if (!feel_order(a, b, &order)) return *sure = false;
    return order < 0;
}

static bool same(struct feel_value a, struct feel_value b, bool *sure)
{
    int order;
    if (!feel_order(a, b, &order)) return *sure = false;
    return order == 0;
}

typedef bool (*relation)(struct ends a, struct ends b, bool *sure);

static bool before(struct ends a, struct ends b, bool *sure)
{
    return less(a.high, b.low, sure) || (same(a.high, b.low, sure) && !(a.high_in && b.low_in));
}

static bool meets(struct ends a, struct ends b, bool *sure)
{
    return a.high_in && b.low_in && same(a.high, b.low, sure);
}

static bool reaches(struct ends a, struct ends b, bool *sure) /* a ends behind the beginning of b */
{
    return less(b.low, a.high, sure) || (same(a.high, b.low, sure) && a.high_in && b.low_in);
}

static bool overlaps(struct ends a, struct ends b, bool *sure)
{
    return reaches(a, b, sure) && reaches(b, a, sure);
}

static bool overlaps_before(struct ends a, struct ends b, bool *sure)
{
    bool begins = less(a.low, b.low, sure) || (same(a.low, b.low, sure) && a.low_in && !b.low_in);
    bool ends = less(a.high, b.high, sure) || (same(a.high, b.high, sure) && (!a.high_in || b.high_in));
    return begins && ends && reaches(a, b, sure);
}

static bool finishes(struct ends a, struct ends b, bool *sure)
{
    if (a.point) return b.high_in && same(a.high, b.high, sure);
    return a.high_in == b.high_in && same(a.high, b.high, sure) &&
           (less(b.low, a.low, sure) || (same(a.low, b.low, sure) && (!a.low_in || b.low_in)));
}

static bool starts(struct ends a, struct ends b, bool *sure)
{
    if (a.point) return b.low_in && same(a.low, b.low, sure);
    return a.low_in == b.low_in && same(a.low, b.low, sure) &&
           (less(a.high, b.high, sure) || (same(a.high, b.high, sure) && (!a.high_in || b.high_in)));
}

static bool includes(struct ends a, struct ends b, bool *sure)
{
    return (less(a.low, b.low, sure) || (same(a.low, b.low, sure) && (a.low_in || !b.low_in))) &&
           (less(b.high, a.high, sure) || (same(a.high, b.high, sure) && (a.high_in || !b.high_in)));
}

static bool coincides(struct ends a, struct ends b, bool *sure)
{
    return a.low_in == b.low_in && a.high_in == b.high_in && same(a.low, b.low, sure) &&
           same(a.high, b.high, sure);
}

/* Which parameters may be points, which ranges. */
enum { POINT_POINT = 1, POINT_RANGE = 2, RANGE_POINT = 4, RANGE_RANGE = 8 };

static struct feel_value relate(struct feel_call *c, relation holds, unsigned shapes, struct feel_value a,
                                struct feel_value b)
{
    struct ends x = ends_of(a), y = ends_of(b);
    unsigned shape = x.point ? (y.point ? POINT_POINT : POINT_RANGE) : (y.point ? RANGE_POINT : RANGE_RANGE);
    bool sure = true;
    if (a.kind == FEEL_NULL || b.kind == FEEL_NULL || !(shapes & shape))
        return feel_fail(c->run, c->at, "A parameter is not of the kind that the function takes.", STR_EMPTY);
    bool yes = holds(x, y, &sure);
    return sure ? feel_boolean(yes) : feel_fail(c->run, c->at, "These values cannot be compared.", STR_EMPTY);
}

static struct feel_value fn_before(struct feel_call *c)
{
    return relate(c, before, POINT_POINT | POINT_RANGE | RANGE_POINT | RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_after(struct feel_call *c)
{
    return relate(c, before, POINT_POINT | POINT_RANGE | RANGE_POINT | RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_meets(struct feel_call *c)
{
    return relate(c, meets, RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_met_by(struct feel_call *c)
{
    return relate(c, meets, RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_overlaps(struct feel_call *c)
{
    return relate(c, overlaps, RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_overlaps_before(struct feel_call *c)
{
    return relate(c, overlaps_before, RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_overlaps_after(struct feel_call *c)
{
    return relate(c, overlaps_before, RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_finishes(struct feel_call *c)
{
    return relate(c, finishes, POINT_RANGE | RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_finished_by(struct feel_call *c)
{
    return relate(c, finishes, POINT_RANGE | RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_includes(struct feel_call *c)
{
    return relate(c, includes, RANGE_POINT | RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_during(struct feel_call *c)
{
    return relate(c, includes, RANGE_POINT | RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_starts(struct feel_call *c)
{
    return relate(c, starts, POINT_RANGE | RANGE_RANGE, c->args[0], c->args[1]);
}

static struct feel_value fn_started_by(struct feel_call *c)
{
    return relate(c, starts, POINT_RANGE | RANGE_RANGE, c->args[1], c->args[0]);
}

static struct feel_value fn_coincides(struct feel_call *c)
{
    return relate(c, coincides, POINT_POINT | RANGE_RANGE, c->args[0], c->args[1]);
}

/* The text of a range literal over constants (10.3.4.1). */
static struct feel_value fn_range(struct feel_call *c)
{
    struct feel_notes notes = {0};
    struct feel_value v = FEEL_NOTHING;
    if (c->args[0].kind == FEEL_STRING) {
        struct feel_node *n = feel_parse(feel_unit_new(c->run->arena, &notes), NULL, c->args[0].string);
        if (feel_constant(n, &v) && v.kind == FEEL_RANGE) return v;
    }
    return feel_fail(c->run, c->at, "This is not the text of a range.", STR_EMPTY);
}

const struct feel_builtin feel_builtins_range[] = {
    {"before", "point1,point2", fn_before},
    {"before", "point,range", fn_before},
    {"before", "range,point", fn_before},
    {"before", "range1,range2", fn_before},
    {"after", "point1,point2", fn_after},
    {"after", "point,range", fn_after},
    {"after", "range,point", fn_after},
    {"after", "range1,range2", fn_after},
    {"meets", "range1,range2", fn_meets},
    {"met by", "range1,range2", fn_met_by},
    {"overlaps", "range1,range2", fn_overlaps},
    {"overlaps before", "range1,range2", fn_overlaps_before},
    {"overlaps after", "range1,range2", fn_overlaps_after},
    {"finishes", "point,range", fn_finishes},
    {"finishes", "range1,range2", fn_finishes},
    {"finished by", "range,point", fn_finished_by},
    {"finished by", "range1,range2", fn_finished_by},
    {"includes", "range,point", fn_includes},
    {"includes", "range1,range2", fn_includes},
    {"during", "point,range", fn_during},
    {"during", "range1,range2", fn_during},
    {"starts", "point,range", fn_starts},
    {"starts", "range1,range2", fn_starts},
    {"started by", "range,point", fn_started_by},
    {"started by", "range1,range2", fn_started_by},
    {"coincides", "point1,point2", fn_coincides},
    {"coincides", "range1,range2", fn_coincides},
    {"range", "from", fn_range},
    {0},
};
