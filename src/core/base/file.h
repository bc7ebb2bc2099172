/* Whole files: read into an arena, written so that they are either the old or the new content after any
 * crash. */
#ifndef TB_FILE_H
#define TB_FILE_H

#include "core/base/err.h"

/* MISSING "file.missing" where there is none, INVALID "file.large" above max bytes, FAULT otherwise. */
bool file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e) NODISCARD;
/* Writes under a temporary name beside it, syncs, renames, syncs the folder. Replaces what was there. */
bool file_write(const char *path, struct str content, unsigned mode, struct err *e) NODISCARD;
/* Names of the files in a folder that end so, in the order of their bytes; none where the folder is not
 * there. FAULT where there are more than `max`. */
bool file_list(struct arena *a, const char *folder, struct str ending, size_t max, const char ***names,
               size_t *count, struct err *e) NODISCARD;
/* Makes the folder (mode 0700) and those above it where they are absent. */
bool file_make_folder(const char *path, struct err *e) NODISCARD;
/* Makes renames inside the folder durable. */
bool file_sync_folder(const char *path, struct err *e) NODISCARD;

#endif
