/* Text and bytes with their length.
 *
 * A struct str borrows: it never owns what it points to, is not NUL-terminated, and may hold any byte.
 * Text inside the program is UTF-8 (checked once, at the edge). Functions that make new text take the
 * arena that will own it. */
#ifndef TB_STR_H
#define TB_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_EMPTY    ((struct str){"", 0})
/* For "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* Borrows a NUL-terminated string; NULL gives the empty string. Here, so that a literal is not measured. */
static inline struct str str_c(const char *z)
{
    return z ? (struct str){z, strlen(z)} : STR_EMPTY;
}
struct str str_n(const void *ptr, size_t len);

bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *z);
/* ASCII letters compare equal in either case. */
bool str_eq_nocase(struct str a, struct str b);
/* Order by bytes, then by length: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first occurrence, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char ch);
/* The part [from, to) clamped to the string. */
struct str str_slice(struct str s, size_t from, size_t to);
/* Without leading and trailing ASCII white space. */
struct str str_trim(struct str s);
/* Cuts at the first `sep`: *head gets what stands before it, the result is what follows;
 * without `sep` *head is all and the result is empty. */
struct str str_cut(struct str s, char sep, struct str *head);

struct str str_dup(struct arena *a, struct str s);
/* A NUL-terminated copy; a NUL inside the text ends what C code will see of it. */
const char *str_z(struct arena *a, struct str s);
struct str str_cat(struct arena *a, struct str x, struct str y);
struct str str_fmt(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str str_fmt_args(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
struct str str_lower(struct arena *a, struct str s);

/* Whole-string decimal conversions: false on empty, sign alone, other characters or overflow. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_u64(struct str s, uint64_t *out);
/* Writes at most 20 bytes without an end mark, returns how many. */
size_t str_put_i64(char out[20], int64_t n);

struct str str_hex(struct arena *a, const void *bytes, size_t len);
/* Lower or upper case, exactly two digits a byte; false leaves *out unspecified. */
bool str_unhex(struct arena *a, struct str hex, struct str *out);
/* RFC 4648 §5 without padding. */
struct str str_base64url(struct arena *a, const void *bytes, size_t len);
bool str_unbase64url(struct arena *a, struct str text, struct str *out);
/* RFC 4648 §4 with padding; one text for one value. */
struct str str_base64(struct arena *a, const void *bytes, size_t len);
bool str_unbase64(struct arena *a, struct str text, struct str *out);

/* UTF-8 (RFC 3629). */
bool utf8_valid(struct str s);
/* Number of code points of valid UTF-8. */
size_t utf8_count(struct str s);
/* Decodes one code point at *pos and moves *pos behind it; U+FFFD (and one byte) where it is malformed. */
uint32_t utf8_next(struct str s, size_t *pos);
/* Writes up to 4 bytes, returns how many. */
size_t utf8_put(char out[4], uint32_t code_point);
/* At most `count` code points from the beginning. */
struct str utf8_head(struct str s, size_t count);

#endif
