/* Stylesheets, scripts and icons inside the program.
 *
 * Static data made by tools/embed from the assets folder; paths are relative to it ("app.css"), sorted by
 * bytes. */
#ifndef TB_ASSETS_H
#define TB_ASSETS_H

#include "core/base/str.h"

struct asset {
    const char *path, *type; /* media type with charset */
    const char *etag;        /* strong, with its quotes; changes with the bytes */
    const unsigned char *bytes;
    size_t len;
};

extern const struct asset assets[];
extern const size_t asset_count;

/* NULL when there is none of that path. */
const struct asset *asset_find(struct str path);

#endif
