/* Private to the demonstration: what is asked about people between departments. */
#ifndef TB_DEMO_EXCHANGE_H
#define TB_DEMO_EXCHANGE_H

#include "app/cli.h"

/* Becomes that account, with its roles. */
bool demo_act_as(struct ctx *c, enum actor_kind kind, struct str login) NODISCARD;

/* A case that is being reviewed, of a person who applied for themself. */
struct demo_case {
    int64_t id;
    struct str mobile; /* of the person */
};
/* The department of the case gets a system, a permit for the population base and some calls of the days
 * before; it states a need, and the person objects to a call and doubts a datum. Alarms follow from the calls
 * by the rules of watch. Once; c->now of the past, as demo_cases does. */
bool demo_exchange(struct server *s, const struct demo_case *about, struct err *e) NODISCARD;

#endif
