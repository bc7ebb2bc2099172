/* A growing byte buffer inside an arena, always NUL-terminated behind its length. */
#ifndef TB_BUF_H
#define TB_BUF_H

#include "core/base/str.h"

struct buf {
    struct arena *arena;
    char *ptr;
    size_t len, cap;
};

struct buf buf_new(struct arena *a, size_t expected);
void buf_add(struct buf *b, struct str s);
void buf_add_c(struct buf *b, const char *z);
void buf_add_char(struct buf *b, char ch);
void buf_add_i64(struct buf *b, int64_t n);
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes at the end; the caller writes them and adds to len. */
char *buf_room(struct buf *b, size_t n);
struct str buf_str(const struct buf *b);

#endif
