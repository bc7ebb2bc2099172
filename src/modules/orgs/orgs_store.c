#include "modules/orgs/orgs_internal.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    const struct unit *x = *(const struct unit *const *)a, *y = *(const struct unit *const *)b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool load_units(struct ctx *c, struct orgs_snapshot *into)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT id, kind, division, name, en, uscc, phone, address, hours FROM org_unit ORDER BY "
                  "name, id"))
        return false;
    into->units = ARENA_ARRAY(into->arena, rows.rows + 1, const struct unit *);
    for (size_t i = 0; i < rows.rows; i++) {
        struct unit *u = ARENA_NEW(into->arena, struct unit);
        struct str *const texts[] = {&u->kind, &u->division, &u->name,    &u->en,
                                     &u->uscc, &u->phone,    &u->address, &u->hours};
        u->id = db_int(&rows, i, 0);
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            *texts[k] = str_dup(into->arena, db_str(&rows, i, k + 1));
        into->units[i] = u;
    }
    into->by_id = ARENA_ARRAY(into->arena, rows.rows + 1, const struct unit *);
    memcpy(into->by_id, into->units, rows.rows * sizeof *into->by_id);
    if (rows.rows) qsort(into->by_id, rows.rows, sizeof *into->by_id, by_id);
    into->unit_count = rows.rows;
    return true;
}

static bool load_divisions(struct ctx *c, struct orgs_snapshot *into)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT code, name, parent FROM division WHERE length(code) <= 6 ORDER BY code"))
        return false;
    into->divisions = ARENA_ARRAY(into->arena, rows.rows + 1, struct division);
    for (size_t i = 0; i < rows.rows; i++)
        into->divisions[i] = (struct division){str_dup(into->arena, db_str(&rows, i, 0)),
                                               str_dup(into->arena, db_str(&rows, i, 1)),
                                               str_dup(into->arena, db_str(&rows, i, 2))};
    into->division_count = rows.rows;
    return true;
}

static bool load_calendar(struct ctx *c, struct orgs_snapshot *into)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT date, working FROM calendar_day ORDER BY date")) return false;
    struct workday_exception *days = ARENA_ARRAY(into->arena, rows.rows + 1, struct workday_exception);
    for (size_t i = 0; i < rows.rows; i++)
        days[i] = (struct workday_exception){(int32_t)db_int(&rows, i, 0), db_int(&rows, i, 1) != 0};
    into->calendar =
        (struct workcalendar){.first_year = 1, .last_year = 0, .exceptions = days, .count = rows.rows};
    if (rows.rows) {
        into->calendar.first_year = date_to_civil(days[0].date).year;
        into->calendar.last_year = date_to_civil(days[rows.rows - 1].date).year;
    }
    return true;
}

static bool load_place(struct ctx *c, struct orgs_snapshot *into)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT value FROM setting WHERE name = 'place.division'")) return false;
    into->place = rows.rows ? str_dup(into->arena, db_str(&rows, 0, 0)) : STR_EMPTY;
    return true;
}

bool orgs_store_load(struct ctx *c, struct orgs_snapshot *into)
{
    return load_units(c, into) && load_divisions(c, into) && load_calendar(c, into) && load_place(c, into);
}

bool orgs_store_save_unit(struct ctx *c, struct unit *u)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT id FROM org_unit WHERE kind = $1 AND division = $2 AND name = $3",
                  DB_S(u->kind), DB_S(u->division), DB_S(u->name)))
        return false;
    if (!rows.rows) {
        u->id = ctx_id(c);
        return db_exec(&c->tx,
                       "INSERT INTO org_unit (id, kind, division, name, en, uscc, phone, address, hours) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       DB_I(u->id), DB_S(u->kind), DB_S(u->division), DB_S(u->name), DB_S(u->en),
                       DB_S(u->uscc), DB_S(u->phone), DB_S(u->address), DB_S(u->hours));
    }
    u->id = db_int(&rows, 0, 0);
    return db_exec(
        &c->tx, "UPDATE org_unit SET en = $2, uscc = $3, phone = $4, address = $5, hours = $6 WHERE id = $1",
        DB_I(u->id), DB_S(u->en), DB_S(u->uscc), DB_S(u->phone), DB_S(u->address), DB_S(u->hours));
}

static enum orgs_stored how_stored(int64_t fresh, int64_t changed)
{
    return fresh ? ORGS_NEW : changed ? ORGS_CHANGED : ORGS_SAME;
}

bool orgs_store_division(struct ctx *c, const struct division *d, enum orgs_stored *how)
{
    int64_t fresh = 0, changed = 0;
    if (!db_exec_count(
            &c->tx, &fresh,
            "INSERT INTO division (code, name, parent) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING",
            DB_S(d->code), DB_S(d->name), DB_S(d->parent)))
        return false;
    if (!fresh &&
        !db_exec_count(
            &c->tx, &changed,
            "UPDATE division SET name = $2, parent = $3 WHERE code = $1 AND (name <> $2 OR parent <> $3)",
            DB_S(d->code), DB_S(d->name), DB_S(d->parent)))
        return false;
    *how = how_stored(fresh, changed);
    return true;
}

bool orgs_store_day(struct ctx *c, int32_t date, bool working, struct str name, enum orgs_stored *how)
{
    int64_t fresh = 0, changed = 0;
    if (!db_exec_count(&c->tx, &fresh,
                       "INSERT INTO calendar_day (date, working, name) VALUES ($1, $2, $3) ON CONFLICT "
                       "(date) DO NOTHING",
                       DB_I(date), DB_I(working), DB_S(name)))
        return false;
    if (!fresh && !db_exec_count(&c->tx, &changed,
                                 "UPDATE calendar_day SET working = $2, name = $3 WHERE date = $1 AND "
                                 "(working <> $2 OR name <> $3)",
                                 DB_I(date), DB_I(working), DB_S(name)))
        return false;
    *how = how_stored(fresh, changed);
    return true;
}

bool orgs_store_setting(struct ctx *c, const char *name, struct str value)
{
    return db_exec(&c->tx, "DELETE FROM setting_from WHERE name = $1 AND starts <= $2", DB_C(name),
                   DB_I(c->now)) &&
           db_exec(&c->tx,
                   "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value "
                   "= excluded.value",
                   DB_C(name), DB_S(value));
}

bool orgs_store_find_setting(struct ctx *c, const char *name, struct str *value)
{
    struct db_rows rows;
    if (!db_query(
            &c->tx, &rows,
            "SELECT value FROM (SELECT value, starts FROM setting_from WHERE name = $1 AND starts <= $2 "
            "UNION ALL SELECT value, 0 FROM setting WHERE name = $1) v ORDER BY starts DESC LIMIT 1",
            DB_C(name), DB_I(c->now)))
        return false;
    *value = rows.rows ? db_str(&rows, 0, 0) : STR_EMPTY;
    return true;
}

bool orgs_store_standing(struct ctx *c, const char *name, struct str *value)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT value FROM setting WHERE name = $1", DB_C(name))) return false;
    *value = rows.rows ? db_str(&rows, 0, 0) : STR_EMPTY;
    return true;
}

bool orgs_store_setting_from(struct ctx *c, const char *name, int64_t starts, struct str value)
{
    return db_exec(
        &c->tx,
        "INSERT INTO setting_from (name, starts, value, set_by) VALUES ($1, $2, $3, $4) ON CONFLICT "
        "(name, starts) DO UPDATE SET value = excluded.value, set_by = excluded.set_by",
        DB_C(name), DB_I(starts), DB_S(value), DB_I(c->actor.account));
}

bool orgs_store_drop_setting_from(struct ctx *c, const char *name, int64_t starts, bool *dropped)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count,
                            "DELETE FROM setting_from WHERE name = $1 AND starts = $2 AND starts > $3",
                            DB_C(name), DB_I(starts), DB_I(c->now));
    *dropped = count > 0;
    return ok;
}

static bool comings(struct ctx *c, const char *sql, struct orgs_coming **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql, DB_I(c->now))) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct orgs_coming);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct orgs_coming){
            .name = db_str(&r, i, 0), .starts = db_int(&r, i, 1), .value = db_str(&r, i, 2)};
    *count = r.rows;
    return true;
}

bool orgs_store_coming(struct ctx *c, struct orgs_coming **rows, size_t *count)
{
    return comings(c, "SELECT name, starts, value FROM setting_from WHERE starts > $1 ORDER BY name, starts",
                   rows, count);
}

bool orgs_store_come(struct ctx *c, struct orgs_coming **rows, size_t *count)
{
    return comings(c, "SELECT name, starts, value FROM setting_from WHERE starts <= $1 ORDER BY starts, name",
                   rows, count);
}
