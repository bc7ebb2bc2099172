#include "engines/merkle/merkle_tiles.h"

int merkle_tile_width(int level, uint64_t number, uint64_t size)
{
    int shift = 8 * (level == TILE_ENTRIES ? 0 : level);
    uint64_t hashes = size >> shift, full = hashes / TILE_WIDTH;
    if (number < full) return TILE_WIDTH;
    return number == full ? (int)(hashes % TILE_WIDTH) : 0;
}

struct str merkle_tile_path(struct arena *a, struct merkle_tile t)
{
    struct str path = str_fmt(a, "%03d", (int)(t.number % 1000));
    for (uint64_t n = t.number / 1000; n; n /= 1000)
        path = str_fmt(a, "x%03d/%.*s", (int)(n % 1000), STR_ARG(path));
    struct str level = t.level == TILE_ENTRIES ? STR("entries") : str_fmt(a, "%d", t.level);
    if (t.width == TILE_WIDTH) return str_fmt(a, "tile/%.*s/%.*s", STR_ARG(level), STR_ARG(path));
    return str_fmt(a, "tile/%.*s/%.*s.p/%d", STR_ARG(level), STR_ARG(path), t.width);
}

/* No sign, no leading zero, at most `most`. */
static bool small_number(struct str s, uint64_t most, uint64_t *out)
{
    return s.len && (s.ptr[0] != '0' || s.len == 1) && str_to_u64(s, out) && *out <= most;
}

static bool three_digits(struct str s, uint64_t *number)
{
    uint64_t part;
    if (s.len != 3 || !str_to_u64(s, &part) || *number > (UINT64_MAX >> 8) / 1000) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    *number = *number * 1000 + part;
    return true;
}

static bool tile_number(struct str rest, uint64_t *number)
{
    struct str part;
    bool first = true;
    *number = 0;
    while (rest.len && rest.ptr[0] == 'x') {
        rest = str_cut(str_slice(rest, 1, rest.len), '/', &part);
        if (!three_digits(part, number) || (first && !*number)) return false;
        first = false;
    }
    return three_digits(rest, number);
}

bool merkle_tile_parse(struct str path, struct merkle_tile *out)
{
    struct str level, rest;
    uint64_t n = 0, width = TILE_WIDTH;
    if (!str_starts(path, STR("tile/"))) return false;
    rest = str_cut(str_slice(path, 5, path.len), '/', &level);
    if (str_eq_c(level, "entries"))
        out->level = TILE_ENTRIES;
    else if (small_number(level, TILE_LEVELS - 1, &n))
        out->level = (int)n;
    else
        return false;
    size_t partial = str_find(rest, STR(".p/"));
    if (partial != SIZE_MAX) {
        if (!small_number(str_slice(rest, partial + 3, rest.len), TILE_WIDTH - 1, &width) || !width)
            return false;
        rest = str_slice(rest, 0, partial);
    }
    out->width = (int)width;
    return tile_number(rest, &out->number);
}

void merkle_bundle_add(struct buf *b, struct str entry)
{
    buf_add_char(b, (char)(entry.len >> 8));
    buf_add_char(b, (char)(entry.len & 255));
    buf_add(b, entry);
}

bool merkle_bundle_next(struct str *rest, struct str *entry)
{
    if (rest->len < 2) return false;
    size_t len = (size_t)(unsigned char)rest->ptr[0] << 8 | (unsigned char)rest->ptr[1];
    if (rest->len - 2 < len) return false;
    *entry = str_slice(*rest, 2, 2 + len);
    *rest = str_slice(*rest, 2 + len, rest->len);
    return true;
}

struct merkle_tiles *merkle_tiles_new(struct arena *a, enum merkle_hash h, uint64_t size,
                                      merkle_tile_load *load, void *source)
{
    struct merkle_tiles *t = ARENA_NEW(a, struct merkle_tiles);
    t->hash = h;
    t->size = size;
    t->load = load;
    t->source = source;
    return t;
}

bool merkle_tiles_read(void *tiles, int level, uint64_t index, struct merkle_node *out)
{
    struct merkle_tiles *t = tiles;
    /* The last of the eight levels between two tiles belong to the tile above, where there is one. */
    int tile_level = level / 8, inside = level % 8;
    if (tile_level >= TILE_LEVELS) return false;
    uint64_t first = index << inside, count = UINT64_C(1) << inside;
    struct merkle_tile want = {.level = tile_level, .number = first / TILE_WIDTH};
    struct merkle_node part[TILE_WIDTH];
    size_t at = (size_t)(first % TILE_WIDTH);
    want.width = merkle_tile_width(tile_level, want.number, t->size);
    if ((uint64_t)want.width < at + count) return false;
    struct merkle_tile *kept = &t->kept[tile_level];
    if (!kept->width || kept->number != want.number) {
        kept->width = 0;
        if (!t->load(t->source, want, t->hashes[tile_level])) return false;
        *kept = want;
    }
    memcpy(part, &t->hashes[tile_level][at], (size_t)count * sizeof part[0]);
    *out = merkle_fold(t->hash, part, (size_t)count);
    return true;
}
