/* Exchange of data between departments (政务数据目录 · 共享交换): what there is, who answers for it.
 *
 * An entry of the catalogue describes one body of data by the core metadata of the directory guideline
 * (编制指南 2017): code, name, provider, items, sharing type with its reason, cycle of renewal. It is drafted
 * by the provider's steward and published by somebody else; every version stays. A resource hangs under an
 * entry and is what can be asked: a register of this installation, which belongs to one entry alone
 * (一数一源). */
#ifndef TB_EXCHANGE_H
#define TB_EXCHANGE_H

#include "core/http/route.h"

extern const struct module exchange_module;

/* {entries: [{code, name, en, unit, summary, class, format, sharing, reason, open, cycle, level, duty,
 * register, items: [{id, name, type, sharing}]}]}: published as they are, for the departments of this place
 * by kind. What is there already, unchanged, stays. Report: read, new, changed, same, refused, refusals
 * [{line, reason}]. */
bool exchange_import(struct ctx *c, const struct json *file, struct json *report) NODISCARD;
/* Made-up entries to see what a large catalogue costs: numbers from `from` on, `count` of them; up to the
 * number `resources` each has a resource. */
struct exchange_made {
    int64_t from, count, resources;
};
bool exchange_make(struct ctx *c, const struct exchange_made *m) NODISCARD;

/* Permissions: "exchange.read", "exchange.catalogue" (data_steward), "exchange.publish" (data_manager). */

#endif
