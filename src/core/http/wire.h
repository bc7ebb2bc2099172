/* The head of an HTTP/1.1 request, and the framing of its body (RFC 9112). Pure: bytes in, words out.
 *
 * Whatever two readers could understand differently is refused, not mended: a line that ends without CR, a
 * folded header, white space before a colon, two lengths, a length beside a coding, control characters. What
 * is found points into the bytes that were given, and each name and value is NUL-terminated there. */
#ifndef TB_WIRE_H
#define TB_WIRE_H

#include "core/base/str.h"

enum { WIRE_HEADERS_MAX = 100, WIRE_TARGET_MAX = 8192, WIRE_HEAD_MAX = 16 << 10 };

enum wire_found {
    WIRE_WHOLE,
    WIRE_MORE,        /* not all of it is there yet */
    WIRE_BAD,         /* 400 */
    WIRE_LONG_TARGET, /* 414: WIRE_TARGET_MAX bytes or more */
    WIRE_LARGE,       /* 431: more than WIRE_HEAD_MAX bytes, or than WIRE_HEADERS_MAX headers */
    WIRE_CODING,      /* 501: a transfer coding other than chunked */
    WIRE_VERSION,     /* 505: not HTTP/1.x */
};

struct wire_header {
    struct str name, value;
};

struct wire_head {
    struct str method, target; /* the target begins with '/', an absolute one without its scheme and host */
    bool is_1_0;               /* HTTP/1.0 */
    bool keep_alive;           /* the peer wants to say more on this connection */
    bool chunked, sized;       /* how its body ends: at most one of these; neither: it has none */
    bool expects;              /* waits for "100 Continue" before it sends its body */
    uint64_t length;           /* of the body, where sized */
    const char *bytes;         /* of the head, */
    size_t size;               /* so many */
    size_t count;
    struct wire_header headers[WIRE_HEADERS_MAX];
};

/* Is the head at the beginning of these bytes whole? *len: its bytes, with the empty line behind it and empty
 * lines before it. `looked` of the bytes were looked at before. */
enum wire_found wire_measure(struct str bytes, size_t looked, size_t *len);
/* A whole head of `len` bytes. Writes NULs into it. */
enum wire_found wire_parse(char *bytes, size_t len, struct wire_head *out);
/* *copy, with room for the headers of *h, becomes the same over a copy of its bytes. */
void wire_copy(struct wire_head *copy, const struct wire_head *h, const char *bytes);
size_t wire_size(const struct wire_head *h); /* of such a copy, without its bytes */
/* First value of that name, in either case; NULL when absent. */
const struct str *wire_find(const struct wire_head *h, const char *name);
/* "" when absent. */
struct str wire_value(const struct wire_head *h, const char *name);
/* The last of that name: what the nearest of those that add a header said. */
struct str wire_last(const struct wire_head *h, const char *name);

/* A chunked body (RFC 9112 §7.1); extensions and trailers are read over. All zeros at its beginning. */
struct wire_chunks {
    uint64_t left;     /* of the chunk under way */
    unsigned at, read; /* place in the grammar; bytes of size line, extension or trailer so far */
};

/* Takes what it can of the bytes: *used of them, of which *piece is content (or empty). WIRE_MORE: go on,
 * with the rest where there is one; WIRE_WHOLE: the body ended with the bytes used; WIRE_BAD. */
enum wire_found wire_chunk(struct wire_chunks *w, struct str bytes, size_t *used, struct str *piece);

#endif
