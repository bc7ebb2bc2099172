/* Whatever bytes a connection brings: a head is read within its bytes or refused, its copy says the same, and
 * a chunked body has the same content in one piece and in many. The first byte of the input chooses which. */
#include "core/http/wire.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

static void check_word(struct str s, struct str whole)
{
    must(!s.len || (s.ptr >= whole.ptr && s.ptr + s.len < whole.ptr + whole.len));
    must(s.ptr[s.len] == '\0');
    for (size_t i = 0; i < s.len; i++)
        must(s.ptr[i] != '\r' && s.ptr[i] != '\n' && s.ptr[i] != '\0');
}

static void check_head(char *bytes, size_t size)
{
    struct wire_head h, copy;
    size_t len = 0, again = 0;
    enum wire_found found = wire_measure(str_n(bytes, size), 0, &len);
    must(len <= size);
    if (found != WIRE_WHOLE) return;
    must(len <= WIRE_HEAD_MAX + 8);
    /* What came in pieces is as long as what came at once. */
    for (size_t n = 0; n + 1 < len; n++)
        if (wire_measure(str_n(bytes, n), n ? n - 1 : 0, &again) == WIRE_WHOLE) abort();
    if (wire_parse(bytes, len, &h) != WIRE_WHOLE) return;
    struct str whole = str_n(bytes, len);
    must(h.count <= WIRE_HEADERS_MAX && !(h.sized && h.chunked));
    must(h.target.len && h.target.len < WIRE_TARGET_MAX && h.target.ptr[0] == '/');
    check_word(h.method, whole);
    for (size_t i = 0; i < h.count; i++) {
        must(h.headers[i].name.len > 0);
        check_word(h.headers[i].name, whole);
        check_word(h.headers[i].value, whole);
    }
    char *other = malloc(len);
    if (!other) return;
    memcpy(other, bytes, len);
    wire_copy(&copy, &h, other);
    memset(bytes, 'z', len);
    for (size_t i = 0; i < copy.count; i++)
        check_word(copy.headers[i].value, str_n(other, len));
    free(other);
}

static size_t unchunk(const char *bytes, size_t size, size_t step, char *out, enum wire_found *found)
{
    struct wire_chunks w = {0};
    size_t at = 0, have = 0, used;
    struct str piece;
    *found = WIRE_MORE;
    while (at < size && *found == WIRE_MORE) {
        *found = wire_chunk(&w, str_n(bytes + at, step < size - at ? step : size - at), &used, &piece);
        must(used > 0 && used <= size - at && piece.len <= used);
        if (piece.len) memcpy(out + have, piece.ptr, piece.len);
        have += piece.len;
        at += used;
    }
    return have;
}

static void check_chunks(const char *bytes, size_t size, size_t step)
{
    enum wire_found one, many;
    char *out = malloc(2 * size + 1);
    if (!out) return;
    size_t n = unchunk(bytes, size, size + 1, out, &one), m = unchunk(bytes, size, step, out + n, &many);
    must(one == many && n == m && memcmp(out, out + n, n) == 0);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > (20 << 10)) return 0;
    char *bytes = malloc(size - 1);
    if (!bytes) return 0;
    memcpy(bytes, data + 1, size - 1);
    if (data[0] % 2)
        check_chunks(bytes, size - 1, 1 + data[0] / 2);
    else
        check_head(bytes, size - 1);
    free(bytes);
    return 0;
}
