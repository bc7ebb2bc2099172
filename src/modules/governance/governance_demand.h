/* Private to the module: demands (需求清单 · 供需对接).
 *
 * state: "stated" → "proposed" (to a provider, with an entry or without) → "confirmed" (确源) | "absent"
 * (负面 清单, with reason and law) ; "confirmed" → "evaluated"; "stated" and "proposed" → "withdrawn".
 * Whether what was confirmed is hung, permitted and used follows from the catalogue, permits and calls. */
#ifndef TB_GOVERNANCE_DEMAND_H
#define TB_GOVERNANCE_DEMAND_H

#include "modules/exchange/exchange.h"
#include "modules/governance/governance.h"

enum { DEMANDS_PAGE = 30, MATCHES = 8 };

struct demand {
    int64_t id, unit, asked_by, provider, entry, answered_by, rating, opened, due, changed;
    struct str name, service, basis, cycle, words, state, reason, law, evaluation;
};

/* ---- governance_demand_store.c ---- */
bool demand_store_save(struct ctx *c, const struct demand *d) NODISCARD;
bool demand_store_load(struct ctx *c, int64_t id, struct demand *out, bool *found) NODISCARD;
/* list: "open" (not answered yet), "own" (stated by the unit), "ours" (put to the unit), "confirmed",
 * "absent". */
bool demand_store_list(struct ctx *c, struct str list, int64_t unit, int64_t before, struct demand **rows,
                       size_t *count) NODISCARD;

/* ---- governance_demand.c ---- */
bool demand_load(struct ctx *c, int64_t id, struct demand *out) NODISCARD;
bool demand_state(struct ctx *c, struct demand *d) NODISCARD;
/* entry 0: the provider is asked whether there is such data. */
bool demand_propose(struct ctx *c, struct demand *d, int64_t entry, int64_t provider) NODISCARD;
bool demand_confirm(struct ctx *c, struct demand *d, struct str code) NODISCARD;
bool demand_refuse(struct ctx *c, struct demand *d, struct str reason, struct str law) NODISCARD;
bool demand_evaluate(struct ctx *c, struct demand *d, int64_t rating, struct str words) NODISCARD;
bool demand_withdraw(struct ctx *c, struct demand *d) NODISCARD;
/* How far it is: 1 stated, 2 matched, 3 confirmed, 4 hung, 5 permitted, 6 used, 7 evaluated. */
struct demand_way {
    int stage;
    int64_t permit, calls;
};
bool demand_way_of(struct ctx *c, const struct demand *d, struct demand_way *out) NODISCARD;

/* ---- pages ---- */
bool demand_list(struct ctx *c);
bool demand_new(struct ctx *c);
bool demand_create(struct ctx *c);
bool demand_scope(struct ctx *c);
bool demand_page(struct ctx *c);
bool demand_page_propose(struct ctx *c);
bool demand_page_confirm(struct ctx *c);
bool demand_page_refuse(struct ctx *c);
bool demand_page_evaluate(struct ctx *c);
bool demand_page_withdraw(struct ctx *c);
extern const struct field demand_list_fields[], demand_new_fields[], demand_propose_fields[],
    demand_confirm_fields[], demand_refuse_fields[], demand_evaluate_fields[];

#endif
