/* Fields of several members that mean one thing become one field, which asks what all of them take; groups
 * become one group, with the cells of each. Schemas are the arena's; one that stands in the form is changed.
 * Where no answer could suit all, the first one stays, and the clash is told to who publishes the bundle. */
#ifndef TB_BUNDLES_MERGE_H
#define TB_BUNDLES_MERGE_H

#include "core/json/json.h"

struct merging {
    struct arena *a;
    struct json *clashes; /* "food.goods.kind": what does not agree with what stood there */
    struct str full;      /* the field that is added, as "member.property" */
};

/* Is there a kind of file that both take? NULL: every kind. */
bool merge_kinds_meet(struct arena *a, const struct json *one, const struct json *other);
/* Makes `into` a rule of files that both hold for; `accept` and `most` are its own names of them. */
void merge_file_rule(struct arena *a, struct json *into, const char *accept, const char *most,
                     const struct json *property);
/* Makes the field `there` one that `property` takes too. `required` of a group becomes that of both. */
void merge_field(struct merging *m, struct json *there, const struct json *property);

#endif
