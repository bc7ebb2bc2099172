/* Private to the module: the snapshot, and its SQL. */
#ifndef TB_ORGS_INTERNAL_H
#define TB_ORGS_INTERNAL_H

#include "core/base/shared.h"
#include "modules/orgs/orgs.h"

struct division {
    struct str code, name, parent;
};

struct orgs_snapshot {
    struct arena *arena;
    const struct unit **units; /* by name */
    const struct unit **by_id;
    size_t unit_count;
    struct division *divisions; /* county level and above, by code */
    size_t division_count;
    struct workcalendar calendar;
    struct str place;
};

struct orgs_state {
    struct shared snapshot;
};

const struct orgs_snapshot *orgs_snapshot(struct ctx *c);
/* By code; NULL when unknown. */
const struct division *orgs_division(const struct orgs_snapshot *s, struct str code);
bool orgs_start(struct ctx *c);
bool orgs_refresh(struct ctx *c);
void orgs_stop(struct server *s);

/* ---- orgs_settings.c ---- */
bool orgs_settings_page(struct ctx *c);
bool orgs_settings_save(struct ctx *c);
extern const struct field orgs_setting_fields[];

/* ---- orgs_store.c ---- */
bool orgs_store_load(struct ctx *c, struct orgs_snapshot *into) NODISCARD;
bool orgs_store_save_unit(struct ctx *c, struct unit *u) NODISCARD;
enum orgs_stored { ORGS_NEW, ORGS_CHANGED, ORGS_SAME };
bool orgs_store_division(struct ctx *c, const struct division *d, enum orgs_stored *how) NODISCARD;
bool orgs_store_day(struct ctx *c, int32_t date, bool working, struct str name,
                    enum orgs_stored *how) NODISCARD;
bool orgs_store_setting(struct ctx *c, const char *name, struct str value) NODISCARD;
bool orgs_store_find_setting(struct ctx *c, const char *name, struct str *value) NODISCARD;

#endif
