/* Health, readiness, metrics and the API document. */
#ifndef TB_OPS_H
#define TB_OPS_H

#include "core/http/server.h"

extern const struct module ops_module;

struct json *openapi_document(const struct server *s, struct arena *a);
/* The same as text, made once; it lives as long as the server. */
struct str openapi_kept(struct server *s, struct arena *a);
void openapi_drop(struct server *s);
/* One line a route (path, method, permission, row, module), then roles and their permissions; sorted, for
 * comparing. */
struct str access_table(const struct server *s, struct arena *a);

#endif
