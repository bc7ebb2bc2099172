/* An answer whose bytes are the same for whoever gets it: files, and pages kept for a moment.
 *
 * Counted: who holds one drops it; it goes with the last. Made once and never changed, so that any thread may
 * send it. */
#ifndef TB_READY_H
#define TB_READY_H

#include "core/base/str.h"

#include <stdatomic.h>

struct http_ready {
    _Atomic unsigned held;
    struct str head; /* status line and headers, each with its end; without those of the connection */
    struct str body;
    char bytes[];
};

/* Copies the head, and the body where `copy`; else the body must stay. NULL without memory. */
struct http_ready *ready_new(struct str head, struct str body, bool copy);
struct http_ready *ready_keep(struct http_ready *r);
void ready_drop(struct http_ready *r);

#endif
