/* Numbers as JSON writes them, of any size, compared and divided exactly. */
#include "engines/schema/schema_internal.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Beyond this the exponent's own digits overflow; such a number is as good as infinite, or zero. */
enum { EXPONENT_MAX = 1000000000 };

static int64_t exponent_read(struct str s)
{
    bool negative = s.len && s.ptr[0] == '-';
    int64_t n = 0;
    for (size_t i = s.len && !is_digit(s.ptr[0]) ? 1 : 0; i < s.len; i++)
        if (n < EXPONENT_MAX) n = n * 10 + (s.ptr[i] - '0');
    return negative ? -n : n;
}

static char digit_at(const struct schema_number *n, size_t i)
{
    return n->digits.ptr[n->point != SIZE_MAX && i >= n->point ? i + 1 : i];
}

struct schema_number schema_number_read(struct str text)
{
    struct schema_number n = {.point = SIZE_MAX};
    size_t at = 0, mantissa;
    if (text.len && text.ptr[0] == '-') {
        n.negative = true;
        at = 1;
    }
    for (mantissa = at; mantissa < text.len; mantissa++)
        if (text.ptr[mantissa] == 'e' || text.ptr[mantissa] == 'E') break;
    n.digits = str_slice(text, at, mantissa);
    if (mantissa < text.len) n.exponent = exponent_read(str_slice(text, mantissa + 1, text.len));
    size_t point = str_find_char(n.digits, '.');
    n.count = n.digits.len;
    if (point != SIZE_MAX) {
        n.point = point;
        n.count--;
        n.exponent -= (int64_t)(n.count - point);
    }
    while (n.count && digit_at(&n, n.count - 1) == '0') {
        n.count--;
        n.exponent++;
    }
    while (n.count && digit_at(&n, 0) == '0') {
        bool before_point = n.point != SIZE_MAX && n.point == 0;
        n.digits = str_slice(n.digits, before_point ? 2 : 1, n.digits.len);
        if (before_point)
            n.point = SIZE_MAX;
        else if (n.point != SIZE_MAX)
            n.point--;
        n.count--;
    }
    if (!n.count) n = (struct schema_number){.point = SIZE_MAX};
    return n;
}

static int magnitude_order(const struct schema_number *a, const struct schema_number *b)
{
    if (!a->count || !b->count) return (a->count > 0) - (b->count > 0);
    int64_t high_a = a->exponent + (int64_t)a->count, high_b = b->exponent + (int64_t)b->count;
    if (high_a != high_b) return high_a < high_b ? -1 : 1;
    for (size_t i = 0; i < a->count || i < b->count; i++) {
        char x = i < a->count ? digit_at(a, i) : '0', y = i < b->count ? digit_at(b, i) : '0';
        if (x != y) return x < y ? -1 : 1;
    }
    return 0;
}

int schema_number_order(const struct schema_number *a, const struct schema_number *b)
{
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    int order = magnitude_order(a, b);
    return a->negative ? -order : order;
}

int schema_number_compare(struct str a, struct str b)
{
    struct schema_number x = schema_number_read(a), y = schema_number_read(b);
    return schema_number_order(&x, &y);
}

bool schema_number_is_integer(struct str number)
{
    return schema_number_read(number).exponent >= 0;
}

size_t schema_number_count(const struct schema_number *n)
{
    size_t value = 0, all = n->count + (size_t)n->exponent;
    if (all > 18) return SIZE_MAX;
    for (size_t i = 0; i < all; i++)
        value = value * 10 + (i < n->count ? (size_t)(digit_at(n, i) - '0') : 0);
    return value;
}

/* ---- division ---- */

/* Of the divisor's digits; as many zeros as can matter stand behind the dividend. */
static bool remainder_small(const struct schema_number *divisor, const struct schema_number *n, size_t zeros)
{
    uint64_t d = 0;
    unsigned __int128 rest = 0;
    for (size_t i = 0; i < divisor->count; i++)
        d = d * 10 + (uint64_t)(digit_at(divisor, i) - '0');
    for (size_t i = 0; i < n->count + zeros; i++)
        rest = (rest * 10 + (unsigned)(i < n->count ? digit_at(n, i) - '0' : 0)) % d;
    return rest == 0;
}

enum { LIMB = 1000000000, LIMB_DIGITS = 9, LIMBS_MAX = SCHEMA_DIGITS_MAX / LIMB_DIGITS + 3 };

struct big {
    uint32_t limb[LIMBS_MAX]; /* the lowest first */
    size_t count;
};

static void big_push(struct big *b, unsigned digit)
{
    uint64_t carry = digit;
    for (size_t i = 0; i < b->count; i++) {
        uint64_t x = (uint64_t)b->limb[i] * 10 + carry;
        b->limb[i] = (uint32_t)(x % LIMB);
        carry = x / LIMB;
    }
    if (carry) b->limb[b->count++] = (uint32_t)carry;
}

static bool big_less(const struct big *a, const struct big *b)
{
    if (a->count != b->count) return a->count < b->count;
    for (size_t i = a->count; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i];
    return false;
}

static void big_subtract(struct big *a, const struct big *b)
{
    int64_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        int64_t x = (int64_t)a->limb[i] - (i < b->count ? b->limb[i] : 0) - borrow;
        borrow = x < 0;
        a->limb[i] = (uint32_t)(borrow ? x + LIMB : x);
    }
    while (a->count && a->limb[a->count - 1] == 0)
        a->count--;
}

static bool remainder_big(const struct schema_number *divisor, const struct schema_number *n, size_t zeros)
{
    struct big d = {.count = 0}, rest = {.count = 0};
    for (size_t i = 0; i < divisor->count; i++)
        big_push(&d, (unsigned)(digit_at(divisor, i) - '0'));
    for (size_t i = 0; i < n->count + zeros; i++) {
        big_push(&rest, (unsigned)(i < n->count ? digit_at(n, i) - '0' : 0));
        while (!big_less(&rest, &d))
            big_subtract(&rest, &d);
    }
    return rest.count == 0;
}

bool schema_number_divides(const struct schema_number *divisor, const struct schema_number *n, bool *out)
{
    *out = n->count == 0;
    if (!n->count || !divisor->count) return true;
    /* Digits end in no zero, so a divisor with more zeros behind it cannot go in. */
    if (divisor->exponent > n->exponent) return true;
    if (divisor->count > SCHEMA_DIGITS_MAX || n->count > 100 * SCHEMA_DIGITS_MAX) return false;
    /* Tens beyond the twos and fives that the divisor can hold change nothing. */
    uint64_t zeros = (uint64_t)(n->exponent - divisor->exponent), enough = 4 * (uint64_t)divisor->count;
    if (zeros > enough) zeros = enough;
    if (divisor->count > 18 && n->count > SCHEMA_DIGITS_MAX) return false;
    *out = divisor->count <= 18 ? remainder_small(divisor, n, zeros) : remainder_big(divisor, n, zeros);
    return true;
}

/* ---- equality ---- */

bool schema_equal(const struct json *x, const struct json *y)
{
    if (!x || !y) return x == y;
    if (x->type != y->type || x->count != y->count) return false;
    switch (x->type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return x->boolean == y->boolean;
    case JSON_NUMBER:
        return schema_number_compare(x->text, y->text) == 0;
    case JSON_STRING:
        return str_eq(x->text, y->text);
    case JSON_ARRAY:
        for (const struct json *p = x->first, *q = y->first; p; p = p->next, q = q->next)
            if (!schema_equal(p, q)) return false;
        return true;
    default:
        JSON_EACH(p, x)
        {
            const struct json *q = json_get_str(y, p->key);
            if (!q || !schema_equal(p, q)) return false;
        }
        return true;
    }
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t hash_text(uint64_t h, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = mix(h, (unsigned char)s.ptr[i]);
    return h;
}

uint64_t schema_hash(const struct json *v)
{
    uint64_t h = mix(0x7F4A7C15, (uint64_t)v->type);
    if (v->type == JSON_BOOL) return mix(h, v->boolean);
    if (v->type == JSON_STRING) return hash_text(h, v->text);
    if (v->type == JSON_NUMBER) {
        struct schema_number n = schema_number_read(v->text);
        h = mix(mix(h, n.negative), (uint64_t)n.exponent);
        for (size_t i = 0; i < n.count; i++)
            h = mix(h, (unsigned char)digit_at(&n, i));
        return h;
    }
    uint64_t members = 0;
    JSON_EACH(child, v)
    {
        uint64_t one = schema_hash(child);
        if (v->type == JSON_ARRAY)
            h = mix(h, one);
        else
            members += hash_text(one, child->key); /* in any order */
    }
    return mix(h, members);
}
