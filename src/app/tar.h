/* Reads a .tar or .tar.gz from front to back (POSIX ustar, pax and GNU long names). Streams: memory for one
 * file at a time. */
#ifndef TB_TAR_H
#define TB_TAR_H

#include "core/base/err.h"

struct tar;
/* NULL with err MISSING "cli.file" when it cannot be opened. */
struct tar *tar_open(const char *path, struct err *e) NODISCARD;
void tar_close(struct tar *t);
struct tar_entry {
    struct str path, content;
};
/* The next regular file of at most max bytes, in the arena; larger ones are INVALID "tar.large". *more false
 * at the end. INVALID "tar" for what is no archive. */
bool tar_next(struct tar *t, struct arena *a, size_t max, struct tar_entry *out, bool *more,
              struct err *e) NODISCARD;
/* How far into the (packed) file the reader is, and its size. */
size_t tar_position(const struct tar *t, size_t *size);

#endif
