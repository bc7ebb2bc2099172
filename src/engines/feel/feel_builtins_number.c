/* Functions over numbers (DMN 1.5, 10.3.4.5) and the conversion from text (10.3.4.1). */
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_temporal.h"

static struct feel_value wrong(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "A parameter is not of the kind that the function takes.", STR_EMPTY);
}

static struct feel_value no_result(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "The calculation has no result.", STR_EMPTY);
}

enum { SCALE_LEAST = -6111, SCALE_MOST = 6176 };

static struct feel_value rounded(struct feel_call *c, enum decimal_rounding mode)
{
    int64_t scale = 0;
    struct decimal whole, out;
    if (c->args[0].kind != FEEL_NUMBER) return wrong(c);
    if (c->count > 1) {
        if (c->args[1].kind != FEEL_NUMBER || !decimal_round(c->args[1].number, 0, DECIMAL_DOWN, &whole) ||
            !decimal_to_i64(whole, &scale))
            return wrong(c);
        if (scale < SCALE_LEAST || scale > SCALE_MOST)
            return feel_fail(c->run, c->at, "The scale is out of range.", STR_EMPTY);
    }
    return decimal_round(c->args[0].number, (int)scale, mode, &out) ? feel_number(out) : no_result(c);
}

static struct feel_value fn_decimal(struct feel_call *c)
{
    return rounded(c, DECIMAL_HALF_EVEN);
}

static struct feel_value fn_floor(struct feel_call *c)
{
    return rounded(c, DECIMAL_FLOOR);
}

static struct feel_value fn_ceiling(struct feel_call *c)
{
    return rounded(c, DECIMAL_CEILING);
}

static struct feel_value fn_round_up(struct feel_call *c)
{
    return rounded(c, DECIMAL_UP);
}

static struct feel_value fn_round_down(struct feel_call *c)
{
    return rounded(c, DECIMAL_DOWN);
}

static struct feel_value fn_round_half_up(struct feel_call *c)
{
    return rounded(c, DECIMAL_HALF_UP);
}

static struct feel_value fn_round_half_down(struct feel_call *c)
{
    return rounded(c, DECIMAL_HALF_DOWN);
}

static struct feel_value fn_abs(struct feel_call *c)
{
    struct feel_value v = c->args[0], negative;
    if (v.kind == FEEL_NUMBER) return feel_number(decimal_abs(v.number));
    if (v.kind != FEEL_DAYS && v.kind != FEEL_MONTHS) return wrong(c);
    bool below = v.kind == FEEL_DAYS ? v.nanos < 0 : v.months < 0;
    return below && feel_temporal_negate(v, &negative) ? negative : v;
}

static struct feel_value fn_modulo(struct feel_call *c)
{
    struct decimal out;
    if (c->args[0].kind != FEEL_NUMBER || c->args[1].kind != FEEL_NUMBER) return wrong(c);
    return decimal_modulo(c->args[0].number, c->args[1].number, &out) ? feel_number(out) : no_result(c);
}

static struct feel_value of_one(struct feel_call *c, bool (*fn)(struct decimal, struct decimal *))
{
    struct decimal out;
    if (c->args[0].kind != FEEL_NUMBER) return wrong(c);
    return fn(c->args[0].number, &out) ? feel_number(out) : no_result(c);
}

static struct feel_value fn_sqrt(struct feel_call *c)
{
    return of_one(c, decimal_sqrt);
}

static struct feel_value fn_exp(struct feel_call *c)
{
    return of_one(c, decimal_exp);
}

static struct feel_value fn_log(struct feel_call *c)
{
    return of_one(c, decimal_log);
}

static struct feel_value parity(struct feel_call *c, bool even)
{
    struct decimal rest;
    if (c->args[0].kind != FEEL_NUMBER) return wrong(c);
    if (!decimal_is_integer(c->args[0].number)) return feel_boolean(false);
    if (!decimal_modulo(c->args[0].number, decimal_of(2), &rest)) return no_result(c);
    return feel_boolean(decimal_is_zero(rest) == even);
}

static struct feel_value fn_even(struct feel_call *c)
{
    return parity(c, true);
}

static struct feel_value fn_odd(struct feel_call *c)
{
    return parity(c, false);
}

/* A separator is one of the allowed characters, or null. */
static bool separator(struct feel_value v, const char *among, char *out)
{
    *out = 0;
    if (v.kind == FEEL_NULL) return true;
    if (v.kind != FEEL_STRING || v.string.len != 1 || !strchr(among, v.string.ptr[0])) return false;
    *out = v.string.ptr[0];
    return true;
}

static struct feel_value fn_number(struct feel_call *c)
{
    char grouping, point;
    struct decimal out;
    if (c->args[0].kind != FEEL_STRING) return wrong(c);
    if (c->count == 1) return decimal_parse(c->args[0].string, &out) ? feel_number(out) : no_result(c);
    if (!separator(c->args[1], " ,.", &grouping) || !separator(c->args[2], ",.", &point) ||
        (grouping && grouping == point))
        return feel_fail(c->run, c->at, "The separators of the number are not possible.", STR_EMPTY);
    struct buf plain = buf_new(c->run->arena, c->args[0].string.len + 1);
    for (size_t i = 0; i < c->args[0].string.len; i++) {
        char ch = c->args[0].string.ptr[i];
        if (grouping && ch == grouping) continue;
        if (ch == '.' && point && point != '.') return no_result(c);
        buf_add_char(&plain, point && ch == point ? '.' : ch);
    }
    return decimal_parse(buf_str(&plain), &out) ? feel_number(out) : no_result(c);
}

const struct feel_builtin feel_builtins_number[] = {
    {"decimal", "n,scale", fn_decimal},
    {"floor", "n,scale?", fn_floor},
    {"ceiling", "n,scale?", fn_ceiling},
    {"round up", "n,scale", fn_round_up},
    {"round down", "n,scale", fn_round_down},
    {"round half up", "n,scale", fn_round_half_up},
    {"round half down", "n,scale", fn_round_half_down},
    {"abs", "n", fn_abs},
    {"modulo", "dividend,divisor", fn_modulo},
    {"sqrt", "number", fn_sqrt},
    {"exp", "number", fn_exp},
    {"log", "number", fn_log},
    {"even", "number", fn_even},
    {"odd", "number", fn_odd},
    {"number", "from", fn_number},
    {"number", "from,grouping separator,decimal separator", fn_number},
    {0},
};
