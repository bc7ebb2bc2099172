/* Private to the import commands: one import, its server and its report. */
#ifndef TB_IMPORT_H
#define TB_IMPORT_H

#include "app/cli.h"

struct importing {
    const struct settings *settings;
    struct server *server;
    struct arena *arena;
    int64_t read, fresh, changed, same, refused, kept;
    struct json *refusals;   /* {line, file, reason}: line 0 where a whole file was refused */
    struct json *kept_lines; /* {line, reason}: what editors had changed, and stays */
    struct progress progress;
    struct str text;         /* of the list, where it is one file */
    const struct json *file; /* and where it is JSON */
};

/* Adds a report of a module; lines are counted from line_offset. */
void import_count(struct importing *im, const struct json *report, int64_t line_offset);
/* Runs one write; the handler finds `arg` by ctx_arg. */
bool import_write(struct importing *im, handler *fn, void *arg, struct err *e) NODISCARD;
/* Is it an archive or a folder with laws in it? Asked before anything is opened or made. */
bool import_check_laws(struct importing *im, const char *path, struct err *e) NODISCARD;
/* A .tar.gz or folder of laws as Markdown (import_laws.c). */
bool import_laws(struct importing *im, const char *path, struct err *e) NODISCARD;

#endif
