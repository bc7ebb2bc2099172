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
    struct clock_thresholds thresholds;
    struct str clock; /* a digest of both */
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
bool orgs_settings_drop(struct ctx *c);
/* A job: what has begun to hold is written down, and snapshots that rest on it are renewed. */
bool orgs_settings_begin(struct ctx *c, const struct json *payload);
extern const struct setting orgs_settings[3];
/* The thresholds of the lights, as they are set here. */
bool orgs_load_thresholds(struct ctx *c, struct clock_thresholds *t) NODISCARD;
extern const struct field orgs_setting_fields[], orgs_setting_drop_fields[];

/* ---- orgs_store.c ---- */
bool orgs_store_load(struct ctx *c, struct orgs_snapshot *into) NODISCARD;
bool orgs_store_save_unit(struct ctx *c, struct unit *u) NODISCARD;
enum orgs_stored { ORGS_NEW, ORGS_CHANGED, ORGS_SAME };
bool orgs_store_division(struct ctx *c, const struct division *d, enum orgs_stored *how) NODISCARD;
bool orgs_store_day(struct ctx *c, int32_t date, bool working, struct str name,
                    enum orgs_stored *how) NODISCARD;
bool orgs_store_setting(struct ctx *c, const char *name, struct str value) NODISCARD;
/* As it holds now. */
bool orgs_store_find_setting(struct ctx *c, const char *name, struct str *value) NODISCARD;
/* As it was last written down. */
bool orgs_store_standing(struct ctx *c, const char *name, struct str *value) NODISCARD;
/* A value that holds from a moment on. */
struct orgs_coming {
    struct str name, value;
    int64_t starts;
};
bool orgs_store_setting_from(struct ctx *c, const char *name, int64_t starts, struct str value) NODISCARD;
bool orgs_store_drop_setting_from(struct ctx *c, const char *name, int64_t starts, bool *dropped) NODISCARD;
/* Those that do not hold yet, by name; those whose moment has come and that were not written down yet. */
bool orgs_store_coming(struct ctx *c, struct orgs_coming **rows, size_t *count) NODISCARD;
bool orgs_store_come(struct ctx *c, struct orgs_coming **rows, size_t *count) NODISCARD;

#endif
