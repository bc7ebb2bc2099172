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

/* ---- calls ----
 * What a call is for, as the module that keeps cases knows it. */
struct exchange_case {
    int64_t id, item, applicant, unit;
    struct str item_code, base; /* either may stand in a permit */
    bool live; /* a draft while its person fills it in; else sent and not decided or closed */
};
/* By number; *found = false when there is none. Given by that module, which needs this one. */
typedef bool exchange_find_case(struct ctx *c, struct str case_no, struct exchange_case *out, bool *found);
/* The page of a case for who asks; "" when they have none. */
typedef bool exchange_case_href(struct ctx *c, int64_t id, struct str *href);
void exchange_set_cases(struct server *s, exchange_find_case *find, exchange_case_href *href);
/* What registers know for the form, as registry_prefill gives it, asked under the permit of this installation
 * for that case and recorded. Registers without a permit give nothing. k->id 0: at the desk, before there is
 * a case. */
struct json *exchange_prefill(struct ctx *c, const struct exchange_case *k, const struct json *schema);
/* Does a register have what a document would say? Of a case that is no longer live: what was found then. */
bool exchange_holds(struct ctx *c, const struct exchange_case *k, struct str code, struct str register_id,
                    const struct json *where, bool *held) NODISCARD;

/* Permissions: "exchange.read", "exchange.catalogue" (data_steward), "exchange.publish" (data_manager). */

#endif
