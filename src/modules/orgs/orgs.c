#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs_internal.h"

enum { SNAPSHOT_MAX = 64 << 20 };

/* ---- the snapshot ---- */

static void drop_snapshot(void *data)
{
    arena_drop(((struct orgs_snapshot *)data)->arena);
}

static struct str clock_digest(const struct orgs_snapshot *s)
{
    uint8_t digest[SM3_SIZE];
    struct buf b = buf_new(s->arena, 4096);
    buf_fmt(&b, "%d %d %d %d %d\n", s->thresholds.yellow_days, s->thresholds.yellow_hours,
            s->thresholds.red_days, s->calendar.first_year, s->calendar.last_year);
    for (size_t i = 0; i < s->calendar.count; i++)
        buf_fmt(&b, "%d %d\n", (int)s->calendar.exceptions[i].date, s->calendar.exceptions[i].working);
    sm3(buf_str(&b), digest);
    return str_hex(s->arena, digest, sizeof digest);
}

bool orgs_refresh(struct ctx *c)
{
    struct orgs_state *s = server_state(c->server, "orgs");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for departments");
    struct orgs_snapshot *fresh = ARENA_NEW(a, struct orgs_snapshot);
    fresh->arena = a;
    if (!orgs_store_load(c, fresh) || !orgs_load_thresholds(c, &fresh->thresholds)) {
        arena_drop(a);
        return false;
    }
    fresh->clock = clock_digest(fresh);
    ctx_forget_shared(c);
    return shared_put(&s->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for departments");
}

static struct str unit_name(struct ctx *c, int64_t id)
{
    const struct unit *u = orgs_unit(c, id);
    return u ? u->name : STR_EMPTY;
}

bool orgs_start(struct ctx *c)
{
    struct orgs_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "orgs", s);
    evidence_set_unit_name(c->server, unit_name);
    return orgs_refresh(c);
}

void orgs_stop(struct server *server)
{
    struct orgs_state *s = server_state(server, "orgs");
    if (!s) return;
    shared_close(&s->snapshot);
    mem_free(s);
    server_set_state(server, "orgs", NULL);
}

const struct orgs_snapshot *orgs_snapshot(struct ctx *c)
{
    struct orgs_state *s = server_state(c->server, "orgs");
    return ctx_shared(c, &s->snapshot);
}

/* ---- departments ---- */

const struct unit *orgs_unit(struct ctx *c, int64_t id)
{
    const struct orgs_snapshot *s = orgs_snapshot(c);
    size_t low = 0, high = s->unit_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->by_id[middle]->id == id) return s->by_id[middle];
        if (s->by_id[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct unit *orgs_unit_of_kind(struct ctx *c, struct str kind, struct str division)
{
    const struct orgs_snapshot *s = orgs_snapshot(c);
    for (size_t i = 0; i < s->unit_count; i++)
        if (str_eq(s->units[i]->kind, kind) && str_eq(s->units[i]->division, division)) return s->units[i];
    return NULL;
}

size_t orgs_units(struct ctx *c, const struct unit ***list)
{
    const struct orgs_snapshot *s = orgs_snapshot(c);
    *list = s->units;
    return s->unit_count;
}

bool orgs_save_unit(struct ctx *c, struct unit *u)
{
    ctx_changed(c, "orgs");
    return orgs_store_save_unit(c, u);
}

/* ---- divisions ---- */

const struct division *orgs_division(const struct orgs_snapshot *s, struct str code)
{
    size_t low = 0, high = s->division_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(s->divisions[middle].code, code);
        if (order == 0) return &s->divisions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct str orgs_division_name(struct ctx *c, struct str code)
{
    const struct division *d = orgs_division(orgs_snapshot(c), code);
    return d ? d->name : STR_EMPTY;
}

struct str orgs_division_path(struct ctx *c, struct str code)
{
    const struct orgs_snapshot *s = orgs_snapshot(c);
    struct str path = STR_EMPTY;
    const struct division *d = orgs_division(s, code);
    for (int depth = 0; d && depth < 4; depth++) {
        path = str_cat(c->arena, d->name, path);
        d = d->parent.len ? orgs_division(s, d->parent) : NULL;
    }
    return path;
}

struct str orgs_division_parent(struct ctx *c, struct str code)
{
    const struct division *d = orgs_division(orgs_snapshot(c), code);
    return d ? d->parent : STR_EMPTY;
}

struct str orgs_chosen(struct ctx *c)
{
    if (!c->place.len || c->actor.kind == ACTOR_OFFICER) return STR_EMPTY;
    return orgs_division(orgs_snapshot(c), c->place) ? c->place : STR_EMPTY;
}

struct str orgs_place(struct ctx *c)
{
    return orgs_snapshot(c)->place;
}

bool orgs_set_place(struct ctx *c, struct str division)
{
    ctx_changed(c, "orgs");
    return orgs_store_setting(c, "place.division", division);
}

bool orgs_setting(struct ctx *c, const char *name, struct str *value)
{
    return orgs_store_find_setting(c, name, value);
}

bool orgs_save_setting(struct ctx *c, const char *name, struct str value)
{
    return orgs_store_setting(c, name, value);
}

/* Codes are pairs of digits; trailing "00" pairs mean the whole of the level above. */
bool orgs_in_area(struct str area, struct str division)
{
    while (area.len >= 2 && area.ptr[area.len - 1] == '0' && area.ptr[area.len - 2] == '0')
        area.len -= 2;
    return str_starts(division, area);
}

const struct workcalendar *orgs_calendar(struct ctx *c)
{
    return &orgs_snapshot(c)->calendar;
}

struct clock_terms orgs_clock_terms(struct ctx *c, struct limit statutory, struct limit promised)
{
    const struct orgs_snapshot *s = orgs_snapshot(c);
    return (struct clock_terms){.statutory = statutory,
                                .promised = promised,
                                .hours = office_hours_default,
                                .thresholds = s->thresholds,
                                .calendar = &s->calendar};
}

bool orgs_clock_changed(struct ctx *c, const char *name, bool *changed)
{
    struct str before, now = orgs_snapshot(c)->clock;
    if (!orgs_store_standing(c, name, &before)) return false;
    *changed = !str_eq(before, now);
    return !*changed || orgs_store_setting(c, name, now);
}

/* ---- imports ---- */

struct tally {
    int64_t line, read, fresh, changed, same, refused;
    struct json *refusals;
};

enum { REFUSALS_SHOWN = 100 };

static bool refuse(struct ctx *c, struct tally *t, const char *reason)
{
    t->refused++;
    if (t->refusals->count < REFUSALS_SHOWN) {
        struct json *r = json_add_object(c->arena, t->refusals);
        json_set_i64(c->arena, r, "line", t->line);
        json_set_c(c->arena, r, "reason", reason);
    }
    return true;
}

static bool count(struct tally *t, enum orgs_stored how)
{
    t->fresh += how == ORGS_NEW;
    t->changed += how == ORGS_CHANGED;
    t->same += how == ORGS_SAME;
    return true;
}

static bool division_line(struct ctx *c, struct tally *t, struct str line)
{
    struct division d;
    enum orgs_stored how;
    struct str rest = str_cut(line, '\t', &d.code);
    d.parent = str_cut(rest, '\t', &d.name);
    uint64_t number;
    if (!str_to_u64(d.code, &number) || (d.code.len != 6 && d.code.len != 9 && d.code.len != 12))
        return refuse(c, t, "a code of 6, 9 or 12 digits is needed");
    if (!d.name.len || utf8_count(d.name) > 60)
        return refuse(c, t, "a name of at most 60 characters is needed");
    return orgs_store_division(c, &d, &how) && count(t, how);
}

static bool calendar_line(struct ctx *c, struct tally *t, struct str line)
{
    struct str date_text, kind, name;
    int32_t date;
    enum orgs_stored how;
    struct str rest = str_cut(line, '\t', &date_text);
    name = str_cut(rest, '\t', &kind);
    if (!date_parse(date_text, &date)) return refuse(c, t, "a date such as 2026-10-01 is needed");
    bool working = str_eq_c(kind, "work");
    if (!working && !str_eq_c(kind, "off")) return refuse(c, t, "the second column must be off or work");
    return orgs_store_day(c, date, working, name, &how) && count(t, how);
}

static bool import_lines(struct ctx *c, struct str tsv, struct json *report,
                         bool (*take)(struct ctx *c, struct tally *t, struct str line))
{
    struct tally t = {.refusals = json_array(c->arena)};
    struct str line;
    while (tsv.len) {
        tsv = str_cut(tsv, '\n', &line);
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        t.line++;
        if (!line.len) continue;
        t.read++;
        if (!(utf8_valid(line) ? take(c, &t, line) : refuse(c, &t, "the line is not UTF-8"))) return false;
    }
    json_set_i64(c->arena, report, "read", t.read);
    json_set_i64(c->arena, report, "new", t.fresh);
    json_set_i64(c->arena, report, "changed", t.changed);
    json_set_i64(c->arena, report, "same", t.same);
    json_set_i64(c->arena, report, "refused", t.refused);
    json_set(report, "refusals", t.refusals);
    ctx_changed(c, "orgs");
    return true;
}

bool orgs_import_divisions(struct ctx *c, struct str tsv, struct json *report)
{
    return import_lines(c, tsv, report, division_line);
}

bool orgs_import_calendar(struct ctx *c, struct str tsv, struct json *report)
{
    return import_lines(c, tsv, report, calendar_line);
}
