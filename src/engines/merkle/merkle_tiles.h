/* The tree cut into tiles, and the paths under which they are asked for (C2SP tlog-tiles).
 *
 * Tile N of level L holds up to 256 hashes: the roots of the complete subtrees of 256^L leaves that begin at
 * leaf (256 × N + i) × 256^L. A tree of a given size has at each level full tiles and at most one partial
 * one. An entry bundle holds the entries of one tile of level 0, each behind its length (16 bits,
 * big-endian). Pure; stored tiles are read through a callback. */
#ifndef TB_MERKLE_TILES_H
#define TB_MERKLE_TILES_H

#include "core/base/buf.h"
#include "engines/merkle/merkle.h"

enum { TILE_WIDTH = 256, TILE_LEVELS = 8, TILE_ENTRIES = -1, TILE_ENTRY_MAX = 65535 };

struct merkle_tile {
    int level; /* TILE_ENTRIES: an entry bundle */
    uint64_t number;
    int width; /* 1…256 */
};

/* How many hashes the tile has in a tree of that size; 0: there is no such tile. An entry bundle is as wide
 * as its tile of level 0. */
int merkle_tile_width(int level, uint64_t number, uint64_t size);
/* "tile/0/x001/x234/067", "tile/entries/003.p/17" */
struct str merkle_tile_path(struct arena *a, struct merkle_tile t);
/* One text for one tile: false for any other. */
bool merkle_tile_parse(struct str path, struct merkle_tile *out) NODISCARD;

void merkle_bundle_add(struct buf *b, struct str entry);
/* Takes the next entry off; false when what is left is none. */
bool merkle_bundle_next(struct str *rest, struct str *entry) NODISCARD;

/* Reads a tile that merkle_tile_width says is there: its `width` hashes. */
typedef bool merkle_tile_load(void *source, struct merkle_tile t, struct merkle_node *hashes);

/* A tree of `size` leaves whose tiles are loaded as they are needed; the last one of each level is kept. */
struct merkle_tiles {
    enum merkle_hash hash;
    uint64_t size;
    merkle_tile_load *load;
    void *source;
    struct merkle_tile kept[TILE_LEVELS]; /* width 0: none */
    struct merkle_node hashes[TILE_LEVELS][TILE_WIDTH];
};
struct merkle_tiles *merkle_tiles_new(struct arena *a, enum merkle_hash h, uint64_t size,
                                      merkle_tile_load *load, void *source);
/* A merkle_reader over them. */
bool merkle_tiles_read(void *tiles, int level, uint64_t index, struct merkle_node *out);

#endif
