#include "core/base/buf.h"

#include "core/base/arena.h"

#include <stdarg.h>

struct buf buf_new(struct arena *a, size_t expected)
{
    size_t cap = expected < 64 ? 64 : expected;
    struct buf b = {.arena = a, .ptr = arena_bytes(a, cap), .cap = cap};
    b.ptr[0] = '\0';
    return b;
}

char *buf_room(struct buf *b, size_t n)
{
    size_t need;
    if (__builtin_add_overflow(b->len, n, &need) || __builtin_add_overflow(need, 1u, &need)) need = SIZE_MAX;
    if (need > b->cap) {
        size_t cap = b->cap < SIZE_MAX / 2 && b->cap * 2 > need ? b->cap * 2 : need;
        char *bigger = arena_bytes(b->arena, cap);
        memcpy(bigger, b->ptr, b->len);
        b->ptr = bigger;
        b->cap = cap;
    }
    b->ptr[b->len + n] = '\0';
    return b->ptr + b->len;
}

void buf_add(struct buf *b, struct str s)
{
    if (!s.len) return;
    memcpy(buf_room(b, s.len), s.ptr, s.len);
    b->len += s.len;
}

void buf_add_c(struct buf *b, const char *z)
{
    buf_add(b, str_c(z));
}

void buf_add_char(struct buf *b, char ch)
{
    *buf_room(b, 1) = ch;
    b->len++;
}

void buf_add_i64(struct buf *b, int64_t n)
{
    char digits[20];
    buf_add(b, str_n(digits, str_put_i64(digits, n)));
}

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = b->cap - b->len;
    int n = vsnprintf(b->ptr + b->len, room, format, args);
    va_end(args);
    if (n > 0 && (size_t)n >= room) vsnprintf(buf_room(b, (size_t)n), (size_t)n + 1, format, again);
    if (n > 0) b->len += (size_t)n;
    va_end(again);
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->ptr, b->len};
}
