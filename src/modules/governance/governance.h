/* Keeping data fit for those who need it (数据治理): is it right, who mends it, what is missing.
 *
 * Quality: rules of an entry, checked by a job in pages; scores by the dimensions of GB/T 36344 with their
 * history. Corrections (校核): somebody says a datum is wrong, the provider's steward answers within a clock,
 * and everybody who was told it is told again. Demands (供需对接): what a department needs, matched with the
 * catalogue, confirmed by a provider or found not to exist. */
#ifndef TB_GOVERNANCE_H
#define TB_GOVERNANCE_H

#include "core/http/route.h"

extern const struct module governance_module;

/* Entries whose register lies here begin with the rules that follow from their description, where nobody has
 * set any; for demonstrations. */
bool governance_begin(struct ctx *c) NODISCARD;

/* Permissions: "quality.read" (all who see the catalogue of data), "quality.keep" (data_steward, own
 * department). */

#endif
