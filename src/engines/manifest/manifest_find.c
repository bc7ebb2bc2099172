/* A manifest in a PDF that another program saved again: the mark is gone and streams may be packed, yet an
 * embedded file is always a stream of its own (ISO 32000-1 §7.5.7, §7.11.4). So each stream is looked at,
 * wherever it stands; neither cross-references nor dictionaries need be read. */
#include "engines/manifest/manifest_internal.h"

#include <zlib.h>

#define FORMAT "\"tongban-licence/"

enum { STREAMS_MAX = 10000, LOOKED_MAX = 32 << 20 };

struct search {
    z_stream unpacker;
    char *room;  /* MANIFEST_BYTES_MAX */
    size_t left; /* of the bytes that may be looked at */
};

static voidpf take(voidpf arena, uInt count, uInt size)
{
    return arena_array(arena, count, size);
}

static void leave(voidpf arena, voidpf bytes)
{
    (void)arena;
    (void)bytes; /* the arena owns them */
}

static size_t unpack(struct search *s, size_t from, size_t to)
{
    s->unpacker.next_out = (Bytef *)s->room + from;
    s->unpacker.avail_out = (uInt)(to - from);
    (void)inflate(&s->unpacker, Z_NO_FLUSH); /* what came out before an error is looked at as well */
    return to - s->unpacker.avail_out;
}

/* Of what is no JSON text only the first byte is unpacked. */
static struct str unpacked(struct search *s, struct str data)
{
    size_t len;
    s->unpacker.next_in = (Bytef *)(uintptr_t)data.ptr;
    s->unpacker.avail_in = (uInt)(data.len < UINT32_MAX ? data.len : UINT32_MAX);
    if (inflateReset(&s->unpacker) != Z_OK || unpack(s, 0, 1) != 1 || s->room[0] != '{') return STR_EMPTY;
    len = unpack(s, 1, s->left < MANIFEST_BYTES_MAX ? s->left : MANIFEST_BYTES_MAX);
    s->left -= len;
    return str_n(s->room, len);
}

/* A manifest has no line feeds. */
static struct str plain(struct search *s, struct str data)
{
    struct str head, rest = str_slice(data, 0, s->left < MANIFEST_BYTES_MAX ? s->left : MANIFEST_BYTES_MAX);
    (void)str_cut(rest, '\n', &head);
    s->left -= head.len;
    return str_trim(head);
}

bool manifest_find(struct arena *a, struct str pdf, struct str *json)
{
    struct search s = {.room = arena_array(a, MANIFEST_BYTES_MAX, 1), .left = LOOKED_MAX};
    s.unpacker = (z_stream){.zalloc = take, .zfree = leave, .opaque = a};
    if (inflateInit(&s.unpacker) != Z_OK) return false;
    for (int i = 0; i < STREAMS_MAX && s.left > 1; i++) {
        size_t at = str_find(pdf, STR("stream"));
        if (at == SIZE_MAX) return false;
        pdf = str_slice(pdf, at + 6, pdf.len);
        struct str data = str_slice(pdf, str_starts(pdf, STR("\r\n")) ? 2 : 1, pdf.len);
        *json = str_starts(data, STR("{")) ? plain(&s, data) : unpacked(&s, data);
        if (json->len && str_find(*json, STR(FORMAT)) != SIZE_MAX) return true;
    }
    return false;
}
