/* Decimal numbers of 34 digits: IEEE 754-2008 decimal128 as the numbers of FEEL are (DMN 1.5, 10.3.2.3.1).
 *
 * Purpose: the one place that knows the decimal library (and the one for real functions), with rounding mode
 * and flags passed, so that nothing is global. Values are plain and immutable. Rounding of arithmetic is half
 * to even. Functions that can overflow, or have no result, return false and leave *out unspecified; a struct
 * decimal that came out of here is always finite. */
#ifndef TB_DECIMAL_H
#define TB_DECIMAL_H

#include "core/base/arena.h"
#include "core/base/str.h"

struct decimal {
    uint64_t w[2];
} __attribute__((aligned(16)));

enum decimal_rounding {
    DECIMAL_HALF_EVEN,
    DECIMAL_HALF_UP,   /* away from zero at the half */
    DECIMAL_HALF_DOWN, /* towards zero at the half */
    DECIMAL_UP,        /* away from zero */
    DECIMAL_DOWN,      /* towards zero */
    DECIMAL_FLOOR,
    DECIMAL_CEILING
};

struct decimal decimal_of(int64_t n);
/* "-12.50", "1E3", ".5"; whole string. False when it is none or has no finite value. Digits beyond 34 are
 * rounded. */
bool decimal_parse(struct str text, struct decimal *out);
/* The shortest plain notation without needless zeros ("1.5", "100"); with an exponent ("1E+50") where the
 * plain one would take more than 40 characters. */
struct str decimal_text(struct arena *a, struct decimal d);
/* False when it is no integer or does not fit. */
bool decimal_to_i64(struct decimal d, int64_t *out);

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);
/* False also for a division by zero. */
bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out);
/* a - b × floor(a ÷ b): has the sign of b (FEEL's modulo). */
bool decimal_modulo(struct decimal a, struct decimal b, struct decimal *out);
/* Exact as far as 34 digits go where the exponent is an integer. */
bool decimal_power(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_sqrt(struct decimal a, struct decimal *out);
bool decimal_exp(struct decimal a, struct decimal *out);
bool decimal_log(struct decimal a, struct decimal *out);
struct decimal decimal_negate(struct decimal a); /* of zero: zero */
struct decimal decimal_abs(struct decimal a);

/* To `scale` digits behind the point (negative: before it); scale -6111 … 6176. */
bool decimal_round(struct decimal a, int scale, enum decimal_rounding mode, struct decimal *out);

/* <0, 0, >0; by value, so that 1.0 and 1 are equal. */
int decimal_compare(struct decimal a, struct decimal b);
bool decimal_is_zero(struct decimal a);
bool decimal_is_negative(struct decimal a); /* zero is not */
bool decimal_is_integer(struct decimal a);

#endif
