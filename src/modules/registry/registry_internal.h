/* Private to the module: the resources in memory, and the SQL of records.
 *
 * Records are sealed under the key of the installation (subject 0): they are copies of what other departments
 * keep, for as long as those keep it. */
#ifndef TB_REGISTRY_INTERNAL_H
#define TB_REGISTRY_INTERNAL_H

#include "core/base/shared.h"
#include "modules/registry/registry.h"

struct registry_snapshot {
    struct arena *arena;
    struct json *resources; /* by id, aliases resolved */
};

struct registry_state {
    struct shared snapshot;
    registry_who *who;
};

bool registry_start(struct ctx *c);
bool registry_refresh(struct ctx *c);
void registry_stop(struct server *s);

/* The resource of that id in a list of them, or the one it is an alias of; NULL when there is none. */
const struct json *registry_find(const struct json *resources, struct str id);

/* ---- registry_store.c ---- */
bool registry_store_resources(struct ctx *c, struct registry_snapshot *into) NODISCARD;
bool registry_store_save_resource(struct ctx *c, struct str id, const struct json *doc,
                                  bool *changed) NODISCARD;
/* The `most` oldest records of that code, oldest first; more where they are known already. */
bool registry_store_records(struct ctx *c, struct str resource, struct str code, int64_t most,
                            struct json **list) NODISCARD;
/* Walks registry_record_scan: $1 resource, $2 the id before, $3 how many. */
extern const char registry_scan_statement[];
bool registry_store_scan(struct ctx *c, struct str resource, int64_t *after, int limit,
                         struct json **list) NODISCARD;
/* *fresh is false where the very same record is there. `alone`: others of that code go. `person`: the legal
 * representative named in it, or "". */
bool registry_store_put(struct ctx *c, struct str resource, struct str code, const struct json *record,
                        bool alone, struct str person, bool *fresh) NODISCARD;
bool registry_store_represented(struct ctx *c, struct str person, struct json **list) NODISCARD;

#endif
