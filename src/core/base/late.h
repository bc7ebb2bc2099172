/* Shared libraries that are loaded when they are first needed.
 *
 * What only some installations or some moments need (drawing pages, asking other servers, PostgreSQL) would
 * otherwise lie in the memory of every server, with all the libraries it needs in turn. Its functions are
 * fields of a table, each of the type that the library's header declares, and are called through it. A
 * library stays loaded until the program ends; a table is filled once and never changes after that. Any
 * thread may load. */
#ifndef TB_LATE_H
#define TB_LATE_H

#include "core/base/err.h"

#include <pthread.h>
#include <stddef.h>

struct late_symbol {
    const char *name;
    size_t at; /* of the pointer in the table */
};
#define LATE_SYMBOL(table, field, name)                                                                      \
    {                                                                                                        \
#name, offsetof(struct table, field)                                                                 \
    }

struct late {
    const char *library; /* by its name with version, as the header it is used with belongs to */
    const struct late_symbol *symbols;
    size_t count;
    void *table;
    pthread_mutex_t lock;
    _Atomic bool loaded;
};

/* true: the table may be used. Tried anew each time until then. */
bool late_load(struct late *l, struct err *e) NODISCARD;

#endif
