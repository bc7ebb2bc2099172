/* A model as it stands on the sheet: parts with their words and places, whether or not it could run.
 *
 * Purpose: pictures, comparisons and forms need what a document says even while it still has faults, where
 * bpmn_load gives nothing. Ownership: everything lives in the arena and borrows from nothing. Invariants:
 * parts stand in the order of the document, a process before what it holds; indices point into `parts`, -1 is
 * none. Places come from BPMN DI (ISO/IEC 19510, clause 12), rounded to whole units, and are absent where the
 * document has none. Errors: INVALID "bpmn.model" for what is no BPMN at all. */
#ifndef TB_BPMN_SHEET_H
#define TB_BPMN_SHEET_H

#include "engines/bpmn/bpmn.h"

enum { BPMN_SHEET_MAX = 4000 };
struct bpmn_point {
    int x, y;
};
/* An attribute, or an element inside with its text: "acts", "timeDuration", "lane". Foreign attributes go by
 * their local name. */
struct bpmn_detail {
    struct str name, value;
};
/* Of a call or a business rule task: what engines of the Camunda family write as `in` and `out` beside the
 * standard, in any foreign namespace: a variable, or an expression, under another name; `all`: every one
 * under its own. */
struct bpmn_pass {
    bool out, all;
    struct str from, expression, to;
};
struct bpmn_part {
    struct str id, name, kind; /* kind: the element, "userTask" */
    bool flow, event, gateway, process;
    int parent; /* process or sub-process */
    int host;   /* boundary event */
    int from, to;
    const struct bpmn_detail *details;
    size_t detail_count;
    const struct bpmn_pass *passes;
    size_t pass_count;
    bool placed;
    int x, y, width, height;         /* of a node */
    const struct bpmn_point *points; /* of a flow; at least two, or none */
    size_t point_count;
    int line;
};
struct bpmn_sheet {
    struct bpmn_part *parts; /* processes, flow nodes, sequence flows */
    int count;
};
bool bpmn_sheet_read(struct arena *a, struct str xml, struct bpmn_sheet *out, struct err *e) NODISCARD;
int bpmn_sheet_find(const struct bpmn_sheet *s, struct str id); /* -1: none */
/* The document with these and no others at that call, in the namespace of this program. MISSING
 * "bpmn.element" when there is no such call. */
bool bpmn_write_passes(struct arena *a, struct str xml, struct str call, const struct bpmn_pass *list,
                       size_t count, struct str *out, struct err *e) NODISCARD;
/* Empty: there is none. */
struct str bpmn_detail(const struct bpmn_part *p, const char *name);

#endif
