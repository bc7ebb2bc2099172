/* Departments and divisions (部门, 行政区划). A snapshot in memory; borrowed pointers live until the request
 * ends. */
#ifndef TB_ORGS_H
#define TB_ORGS_H

#include "core/http/route.h"
#include "engines/workclock/workclock.h"

extern const struct module orgs_module;

struct unit {
    int64_t id;
    struct str kind;                  /* "public-security": data/catalogue/departments.json */
    struct str name, en;              /* "示范区公安局" */
    struct str uscc;                  /* 统一社会信用代码 */
    struct str division;              /* 6 digits */
    struct str phone, address, hours; /* "" where not verified */
};

/* NULL when unknown. */
const struct unit *orgs_unit(struct ctx *c, int64_t id);
const struct unit *orgs_unit_of_kind(struct ctx *c, struct str kind, struct str division);
size_t orgs_units(struct ctx *c, const struct unit ***list); /* by name */
/* Makes or updates a unit by (kind, division); for imports and administrators. */
bool orgs_save_unit(struct ctx *c, struct unit *u) NODISCARD;

/* Name of a division code ("" when unknown) and its full path "四川省广安市广安区". */
struct str orgs_division_name(struct ctx *c, struct str code);
struct str orgs_division_path(struct ctx *c, struct str code);
/* The division it lies in; "" at the top or when unknown. */
struct str orgs_division_parent(struct ctx *c, struct str code);
/* The division a visitor chose to see services of; "" for all. Officers see by their area, not by choice. */
struct str orgs_chosen(struct ctx *c);
/* The place this installation serves: setting "place.division". */
struct str orgs_place(struct ctx *c);
bool orgs_set_place(struct ctx *c, struct str division) NODISCARD;
/* TSV lines code \t name \t parent; report: read, new, changed, same, refused, refusals [{line, reason}]. */
bool orgs_import_divisions(struct ctx *c, struct str tsv, struct json *report) NODISCARD;
/* Small facts about this installation, by name ("" where there is none). */
bool orgs_setting(struct ctx *c, const char *name, struct str *value) NODISCARD;
bool orgs_save_setting(struct ctx *c, const char *name, struct str value) NODISCARD;
/* A number that some module declares (struct setting): as it was set here, else what the module says. */
bool orgs_number(struct ctx *c, const char *name, int64_t *value) NODISCARD;
/* The moment that many working days from now, by such a number. */
bool orgs_due(struct ctx *c, const char *name, int64_t *due) NODISCARD;
/* "is it within the officer's area?" */
bool orgs_in_area(struct str area, struct str division);

/* Working calendar: built from table calendar_day (date, kind off|work, name); see engines/workclock. */
const struct workcalendar *orgs_calendar(struct ctx *c);
/* What every clock runs by: office hours, calendar, and the thresholds of the lights as they are set here. */
struct clock_terms orgs_clock_terms(struct ctx *c, struct limit statutory, struct limit promised);
/* Has the calendar or a threshold changed since this was last asked under that name? Then what was stored of
 * a clock wants counting anew, from ORGS_CLOCK_SETTLES_MS on: by then every program has the new snapshot. */
enum { ORGS_CLOCK_SETTLES_MS = 5000 };
bool orgs_clock_changed(struct ctx *c, const char *name, bool *changed) NODISCARD;
bool orgs_import_calendar(struct ctx *c, struct str tsv, struct json *report) NODISCARD;

#endif
