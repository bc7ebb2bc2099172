/* The public face of a log (C2SP tlog-tiles), wherever it stands: an address or a folder. */
#ifndef TB_LOGSOURCE_H
#define TB_LOGSOURCE_H

#include "core/http/fetch.h"
#include "engines/merkle/merkle_note.h"
#include "engines/merkle/merkle_tiles.h"

struct log_source {
    struct arena *arena;
    const char *base; /* without a slash at its end */
    bool remote;
    struct fetcher *fetcher; /* of a remote one */
    struct err *err;         /* of what is read through merkle_tile_load */
    const char *prefix;      /* "" or "sm3/", for tiles */
};

/* Closed by log_source_close. */
bool log_source_open(struct log_source *s, struct arena *a, const char *where, struct err *e) NODISCARD;
void log_source_close(struct log_source *s);
/* At most max bytes of base/path. MISSING "log.unreachable". Names of servers are verified; redirects are not
 * followed. */
bool log_source_read(struct log_source *s, struct arena *a, struct str path, size_t max, struct str *out,
                     struct err *e) NODISCARD;
/* A merkle_tile_load over it: source is a struct log_source. */
bool log_source_tile(void *source, struct merkle_tile t, struct merkle_node *hashes);

#endif
