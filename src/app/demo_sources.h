/* Where some data of the demonstration come from: a table in a file of its own, a service that listens on
 * this machine alone, rows that were delivered. data/demo/sources.json. */
#ifndef TB_DEMO_SOURCES_H
#define TB_DEMO_SOURCES_H

#include "core/http/server.h"

struct demo_provider;
/* Each time the program begins; what was set up before stays. *provider goes by demo_sources_end. */
bool demo_sources(struct server *s, const char *data, struct demo_provider **provider,
                  struct err *e) NODISCARD;
void demo_sources_end(struct demo_provider *p);
/* {name, columns, rows}: made where it is not there. */
bool demo_table(struct arena *a, const char *path, const struct json *table, struct err *e) NODISCARD;

#endif
