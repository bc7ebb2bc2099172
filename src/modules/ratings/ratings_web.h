/* Private to the module: what its pages share. */
#ifndef TB_RATINGS_WEB_H
#define TB_RATINGS_WEB_H

#include "modules/ratings/ratings_internal.h"

/* A field as the partial "field" draws it: kind "input", "textarea", "radios", "checkboxes", "checkbox". */
struct json *ratings_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                           const char *kind, bool required);
/* "1,284" */
struct str ratings_number(struct arena *a, int64_t n);

#endif
