#include "engines/decimal/decimal.h"

#include <bid_conf.h>
#include <bid_functions.h>

static BID_UINT128 in(struct decimal d)
{
    return (BID_UINT128){.w = {d.w[0], d.w[1]}};
}

static bool out_finite(BID_UINT128 n, struct decimal *out)
{
    if (!bid128_isFinite(n)) return false;
    *out = (struct decimal){.w = {n.w[0], n.w[1]}};
    return true;
}

static struct decimal plain(BID_UINT128 n)
{
    return (struct decimal){.w = {n.w[0], n.w[1]}};
}

struct decimal decimal_of(int64_t n)
{
    return plain(bid128_from_int64(n));
}

/* The library takes words like "inf" and stops at the first strange character, so the form is checked first.
 */
static bool well_formed(struct str t)
{
    size_t i = 0, digits = 0;
    if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) i++;
    for (; i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9'; i++)
        digits++;
    if (i < t.len && t.ptr[i] == '.')
        for (i++; i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9'; i++)
            digits++;
    if (!digits) return false;
    if (i == t.len) return true;
    if (t.ptr[i] != 'e' && t.ptr[i] != 'E') return false;
    i++;
    if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) i++;
    size_t from = i;
    for (; i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9'; i++) {
    }
    return i == t.len && i > from && i - from <= 6;
}

enum { TEXT_MAX = 512 };

bool decimal_parse(struct str text, struct decimal *out)
{
    char z[TEXT_MAX];
    _IDEC_flags flags = 0;
    if (text.len >= sizeof z || !well_formed(text)) return false;
    memcpy(z, text.ptr, text.len);
    z[text.len] = 0;
    return out_finite(bid128_from_string(z, BID_ROUNDING_TO_NEAREST, &flags), out);
}

struct str decimal_text(struct arena *a, struct decimal d)
{
    char z[64];
    _IDEC_flags flags = 0;
    bid128_to_string(z, in(d), &flags); /* "+1250E-2" */
    size_t e = 0, len = strlen(z);
    while (e < len && z[e] != 'E')
        e++;
    int64_t exponent = 0;
    if (e < len) {
        struct str tail = str_n(z + e + 1, len - e - 1);
        if (tail.len && tail.ptr[0] == '+') tail = str_slice(tail, 1, tail.len);
        if (!str_to_i64(tail, &exponent)) exponent = 0;
    }
    struct str digits = str_n(z + 1, e - 1);
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_slice(digits, 1, digits.len);
    while (digits.len > 1 && digits.ptr[digits.len - 1] == '0')
        digits.len--, exponent++;
    if (str_eq_c(digits, "0")) return STR("0");
    const char *sign = z[0] == '-' ? "-" : "";
    int64_t point = (int64_t)digits.len + exponent; /* digits before the point */
    if (exponent >= 0 && point <= 40)
        return str_fmt(a, "%s%.*s%.*s", sign, STR_ARG(digits), (int)exponent,
                       "0000000000000000000000000000000000000000");
    if (exponent < 0 && point > 0)
        return str_fmt(a, "%s%.*s.%.*s", sign, (int)point, digits.ptr, (int)(digits.len - (size_t)point),
                       digits.ptr + point);
    if (exponent < 0 && -exponent <= 38)
        return str_fmt(a, "%s0.%.*s%.*s", sign, (int)-point, "0000000000000000000000000000000000000000",
                       STR_ARG(digits));
    struct str rest = str_slice(digits, 1, digits.len);
    return str_fmt(a, "%s%c%s%.*sE%+d", sign, digits.ptr[0], rest.len ? "." : "", STR_ARG(rest),
                   (int)(point - 1));
}

bool decimal_to_i64(struct decimal d, int64_t *out)
{
    _IDEC_flags flags = 0;
    int64_t n = bid128_to_int64_xint(in(d), &flags);
    if (flags & (BID_INVALID_EXCEPTION | BID_INEXACT_EXCEPTION)) return false;
    *out = n;
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    _IDEC_flags flags = 0;
    return out_finite(bid128_add(in(a), in(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out)
{
    _IDEC_flags flags = 0;
    return out_finite(bid128_sub(in(a), in(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out)
{
    _IDEC_flags flags = 0;
    return out_finite(bid128_mul(in(a), in(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out)
{
    _IDEC_flags flags = 0;
    return !decimal_is_zero(b) && out_finite(bid128_div(in(a), in(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out)
{
    _IDEC_flags flags = 0;
    if (decimal_is_zero(b) || !out_finite(bid128_fmod(in(a), in(b), &flags), out)) return false;
    if (decimal_is_zero(*out)) return *out = decimal_of(0), true;
    return decimal_is_negative(*out) == decimal_is_negative(b) || decimal_add(*out, b, out);
}

bool decimal_sqrt(struct decimal a, struct decimal *out)
{
    _IDEC_flags flags = 0;
    return !decimal_is_negative(a) && out_finite(bid128_sqrt(in(a), BID_ROUNDING_TO_NEAREST, &flags), out);
}

struct decimal decimal_negate(struct decimal a)
{
    return decimal_is_zero(a) ? decimal_of(0) : plain(bid128_negate(in(a)));
}

struct decimal decimal_abs(struct decimal a)
{
    return plain(bid128_abs(in(a)));
}

/* Rounded in two steps a half could be met that was none, so the fraction behind the scale is looked at
 * whole. */
static bool half_down(struct decimal a, int scale, struct decimal *out)
{
    struct decimal cut, rest, unit, twice;
    if (!decimal_round(a, scale, DECIMAL_DOWN, &cut) || !decimal_subtract(a, cut, &rest)) return false;
    unit = plain(bid128_scalbn(in(decimal_of(1)), -scale, BID_ROUNDING_TO_NEAREST, &(_IDEC_flags){0}));
    if (!decimal_add(rest, rest, &twice)) return false;
    if (decimal_compare(decimal_abs(twice), unit) <= 0) return *out = cut, true;
    return decimal_round(a, scale, DECIMAL_UP, out);
}

bool decimal_round(struct decimal a, int scale, enum decimal_rounding mode, struct decimal *out)
{
    static const unsigned modes[] = {
        [DECIMAL_HALF_EVEN] = BID_ROUNDING_TO_NEAREST, [DECIMAL_HALF_UP] = BID_ROUNDING_TIES_AWAY,
        [DECIMAL_DOWN] = BID_ROUNDING_TO_ZERO,         [DECIMAL_FLOOR] = BID_ROUNDING_DOWN,
        [DECIMAL_CEILING] = BID_ROUNDING_UP,
    };
    _IDEC_flags flags = 0;
    if (mode == DECIMAL_HALF_DOWN) return half_down(a, scale, out);
    unsigned rounding =
        mode == DECIMAL_UP ? (decimal_is_negative(a) ? BID_ROUNDING_DOWN : BID_ROUNDING_UP) : modes[mode];
    /* A number that has fewer digits behind the point than asked stays as it is: more zeros might not fit 34
     * digits. */
    if (bid128_quantexp(in(a), &flags) >= -scale) return *out = a, true;
    BID_UINT128 unit = bid128_scalbn(in(decimal_of(1)), -scale, BID_ROUNDING_TO_NEAREST, &flags);
    BID_UINT128 n = bid128_quantize(in(a), unit, rounding, &flags);
    if (!out_finite(n, out)) return false;
    if (decimal_is_zero(*out)) *out = decimal_of(0);
    return true;
}

/* Both are written with the same sign and exponent: the usual case, and decided by the coefficients. The
 * upper 15 bits are sign and exponent, save where the two behind the sign are set (a form that finite results
 * of the library never have). */
static bool same_scale(struct decimal a, struct decimal b)
{
    return ((a.w[1] ^ b.w[1]) >> 49) == 0 && (a.w[1] >> 61 & 3) != 3;
}

int decimal_compare(struct decimal a, struct decimal b)
{
    _IDEC_flags flags = 0;
    if (same_scale(a, b)) {
        int order = a.w[1] != b.w[1] ? (a.w[1] > b.w[1] ? 1 : -1) : (a.w[0] > b.w[0]) - (a.w[0] < b.w[0]);
        return a.w[1] >> 63 ? -order : order;
    }
    if (bid128_quiet_less(in(a), in(b), &flags)) return -1;
    return bid128_quiet_equal(in(a), in(b), &flags) ? 0 : 1;
}

bool decimal_is_zero(struct decimal a)
{
    return bid128_isZero(in(a));
}

bool decimal_is_negative(struct decimal a)
{
    return bid128_isSigned(in(a)) && !bid128_isZero(in(a));
}

bool decimal_is_integer(struct decimal a)
{
    struct decimal whole;
    return decimal_round(a, 0, DECIMAL_DOWN, &whole) && decimal_compare(a, whole) == 0;
}
