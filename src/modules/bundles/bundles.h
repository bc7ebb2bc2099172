/* Bundles (一件事一次办): several services that belong to one thing in life, as one guide, one form, one set
 * of documents, one application, one progress and one package of results.
 *
 * A bundle is data under version (data/bundles): members, what depends on what, questions, and which field of
 * which member is the same. Its application opens the members' cases, which go their own ways; everything
 * about a member is its case's. */
#ifndef TB_BUNDLES_H
#define TB_BUNDLES_H

#include "core/http/route.h"

extern const struct module bundles_module;

/* Adds {href, name, text, icon} of those in force; with a query only those it speaks of, best first. */
bool bundle_cards(struct ctx *c, struct str query, struct json *list) NODISCARD;
/* data/bundles: publishes every one that is new, or whose text changed since, as the program's own. */
bool bundle_import_shipped(struct ctx *c, const char *data_dir, struct json *report) NODISCARD;

#endif
