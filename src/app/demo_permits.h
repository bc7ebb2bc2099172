/* Private to the demonstration: permits, each asked for and decided by officers of the demonstration. */
#ifndef TB_DEMO_PERMITS_H
#define TB_DEMO_PERMITS_H

#include "app/cli.h"

/* Becomes the officer of that post ("data", "decide") in the department. */
bool demo_as_post(struct ctx *c, int64_t unit, const char *post) NODISCARD;
/* Grants what this installation asks for its own forms, as the stewards of the providers do. */
bool demo_grant_platform(struct ctx *c) NODISCARD;
/* {forms: [{entry, unit (kind), services, fields, basis}]}: what departments ask for the forms of their
 * services: asked by their steward, agreed to by their decider, granted by the provider's steward. Once. */
bool demo_permit_forms(struct ctx *c, const struct json *file) NODISCARD;

#endif
