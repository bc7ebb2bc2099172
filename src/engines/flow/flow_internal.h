/* The compiled definition. */
#ifndef TB_FLOW_INTERNAL_H
#define TB_FLOW_INTERNAL_H

#include "engines/flow/flow.h"

#define FLOW_BIT(act)  (1u << (act))
#define FLOW_DECIDING  (FLOW_BIT(FLOW_GRANT) | FLOW_BIT(FLOW_REFUSE))
#define FLOW_RECEIVING (FLOW_BIT(FLOW_ACCEPT) | FLOW_BIT(FLOW_CORRECT) | FLOW_BIT(FLOW_REJECT))

struct flow {
    struct flow_step steps[FLOW_STEPS_MAX];
    int count;
    struct str rule;
};

/* The acts of a step for a case that is accepted, or is not: what receives is done once, then the step only
 * passes on. */
unsigned flow_acts_in(const struct flow *f, int step, bool accepted);

#endif
