/* Functions whose results are no decimal fractions: reckoned in binary with three times the digits, then
 * rounded once. The decimal library has them too, with two megabytes of tables for its binary formats. */
#include "engines/decimal/decimal.h"

#include <bid_conf.h>
#include <bid_functions.h>
#include <mpfr.h>

enum {
    DIGITS = 34,
    BITS = 340,       /* three times what 34 digits need */
    EXPONENT = 10000, /* beyond it a decimal128 is infinite, or zero */
};

static void read_real(mpfr_t x, struct decimal d)
{
    char z[64];
    _IDEC_flags flags = 0;
    bid128_to_string(z, (BID_UINT128){.w = {d.w[0], d.w[1]}}, &flags);
    mpfr_set_str(x, z, 10, MPFR_RNDN);
}

static bool write_real(mpfr_t x, struct decimal *out)
{
    char digits[DIGITS + 8], z[DIGITS + 32];
    mpfr_exp_t exponent;
    if (!mpfr_number_p(x)) return false;
    if (mpfr_zero_p(x)) return *out = decimal_of(0), true;
    mpfr_get_str(digits, &exponent, 10, DIGITS, x, MPFR_RNDN); /* its point stands before the first digit */
    if (exponent > EXPONENT) return false;
    if (exponent < -EXPONENT) return *out = decimal_of(0), true;
    bool minus = digits[0] == '-';
    int n = snprintf(z, sizeof z, "%s.%sE%+ld", minus ? "-" : "", digits + minus, (long)exponent);
    return decimal_parse(str_n(z, (size_t)n), out);
}

typedef int function(mpfr_t result, const mpfr_t x, mpfr_rnd_t rounding);

static bool of_one(function *f, struct decimal a, struct decimal *out)
{
    mpfr_t x;
    mpfr_init2(x, BITS);
    read_real(x, a);
    f(x, x, MPFR_RNDN);
    bool ok = write_real(x, out);
    mpfr_clear(x);
    mpfr_free_cache(); /* constants kept by the thread, which may end here */
    return ok;
}

bool decimal_exp(struct decimal a, struct decimal *out)
{
    return of_one(mpfr_exp, a, out);
}

bool decimal_log(struct decimal a, struct decimal *out)
{
    return !decimal_is_negative(a) && !decimal_is_zero(a) && of_one(mpfr_log, a, out);
}

static bool power_whole(struct decimal a, uint64_t n, struct decimal *out)
{
    struct decimal result = decimal_of(1), square = a;
    for (;;) {
        if ((n & 1) && !decimal_multiply(result, square, &result)) return false;
        n >>= 1;
        if (!n) break;
        if (!decimal_multiply(square, square, &square)) return false;
    }
    *out = result;
    return true;
}

bool decimal_power(struct decimal a, struct decimal b, struct decimal *out)
{
    int64_t n;
    if (decimal_to_i64(b, &n) && n > -100000 && n < 100000) {
        if (n >= 0) return power_whole(a, (uint64_t)n, out);
        return power_whole(a, (uint64_t)-n, out) && decimal_divide(decimal_of(1), *out, out);
    }
    mpfr_t x, y;
    mpfr_inits2(BITS, x, y, (mpfr_ptr)0);
    read_real(x, a);
    read_real(y, b);
    mpfr_pow(x, x, y, MPFR_RNDN);
    bool ok = write_real(x, out);
    mpfr_clears(x, y, (mpfr_ptr)0);
    mpfr_free_cache();
    return ok;
}
