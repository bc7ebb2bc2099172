/* Cases under watch, findings. */
#include "core/http/server.h"
#include "modules/supervision/supervision_internal.h"

#define SEEN(all, unit, area)                                                                                \
    "((" all " = 1 AND substr(division, 1, length(" area ")) = " area ") OR (" all                           \
    " = 0 AND unit_id = " unit "))"
#define VIEW(v) DB_I((v)->all_units), DB_I((v)->unit), DB_S((v)->area)

struct supervision_view supervision_view_of(const struct ctx *c)
{
    struct supervision_view v = {
        .all_units = ctx_may(c, "supervision.order"), .unit = c->actor.unit, .area = c->actor.area};
    while (v.area.len >= 2 && str_ends(v.area, STR("00")))
        v.area.len -= 2; /* "00" pairs mean the whole of the level above */
    return v;
}

/* ---- cases under watch ---- */

bool watched_save(struct ctx *c, const struct case_file *f, int level, int64_t next_at)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_case (case_id, unit_id, division, level, next_at) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT (case_id) DO UPDATE SET unit_id = excluded.unit_id, division = excluded.division, "
        "level = excluded.level, next_at = excluded.next_at",
        DB_I(f->id), DB_I(f->unit), DB_S(f->division), DB_I(level), DB_I(next_at));
}

bool watched_drop(struct ctx *c, int64_t case_id)
{
    return db_exec(&c->tx, "DELETE FROM supervision_case WHERE case_id = $1", DB_I(case_id));
}

bool watched_due(struct ctx *c, int limit, int64_t **cases, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT case_id FROM supervision_case WHERE next_at <= $1 ORDER BY next_at, case_id LIMIT $2",
            DB_I(c->now), DB_I(limit)))
        return false;
    *cases = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*cases)[i] = db_int(&r, i, 0);
    return true;
}

bool watched_next(struct ctx *c, int64_t case_id, int64_t *next_at)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT next_at FROM supervision_case WHERE case_id = $1", DB_I(case_id)))
        return false;
    *next_at = r.rows ? db_int(&r, 0, 0) : INT64_MAX;
    return true;
}

/* A case that ended is put under watch for one look more. */
bool watched_wake(struct ctx *c, int64_t case_id)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_case (case_id, unit_id, division, level, next_at) VALUES ($1, 0, '', -1, "
        "$2) ON CONFLICT (case_id) DO UPDATE SET next_at = excluded.next_at",
        DB_I(case_id), DB_I(c->now));
}

bool watched_wake_all(struct ctx *c, int64_t at)
{
    return db_exec(&c->tx, "UPDATE supervision_case SET next_at = $1 WHERE next_at > $1", DB_I(at));
}

bool watched_wake_part(struct ctx *c, int64_t at, int64_t unit, struct str division)
{
    if (!unit && !division.len) return watched_wake_all(c, at);
    return db_exec(&c->tx,
                   "UPDATE supervision_case SET next_at = $1 WHERE next_at > $1 AND ($2 = 0 OR unit_id = $2) "
                   "AND substr(division, 1, length($3)) = $3",
                   DB_I(at), DB_I(unit), DB_S(division));
}

bool cursor_load(struct ctx *c, int64_t *act)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT act FROM supervision_cursor WHERE id = 1")) return false;
    *act = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool cursor_save(struct ctx *c, int64_t act)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_cursor (id, act) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET act = "
        "excluded.act",
        DB_I(act));
}

bool charge_load(struct ctx *c, int64_t case_id, int64_t *fen, int64_t *at)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT amount, at FROM supervision_charge WHERE case_id = $1", DB_I(case_id)))
        return false;
    *fen = r.rows ? db_int(&r, 0, 0) : -1;
    *at = r.rows ? db_int(&r, 0, 1) : 0;
    return true;
}

bool charge_save(struct ctx *c, int64_t case_id, int64_t fen)
{
    return db_exec(&c->tx,
                   "INSERT INTO supervision_charge (case_id, amount, at, account) VALUES ($1, $2, $3, $4)",
                   DB_I(case_id), DB_I(fen), DB_I(c->now), DB_I(c->actor.account));
}

/* ---- findings ---- */

#define COLUMNS                                                                                              \
    "id, case_id, case_no, item_name, unit_id, division, rule, rule_version, kind, level, place, account, "  \
    "since, "                                                                                                \
    "found, ended, excused, order_id FROM supervision_finding "

static void take(struct ctx *c, const struct db_rows *r, struct finding **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct finding);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct finding){.id = db_int(r, i, 0),
                                      .case_id = db_int(r, i, 1),
                                      .case_no = db_str(r, i, 2),
                                      .item_name = db_str(r, i, 3),
                                      .unit = db_int(r, i, 4),
                                      .division = db_str(r, i, 5),
                                      .rule = db_str(r, i, 6),
                                      .rule_version = (int)db_int(r, i, 7),
                                      .kind = db_str(r, i, 8),
                                      .level = (int)db_int(r, i, 9),
                                      .place = db_str(r, i, 10),
                                      .account = db_int(r, i, 11),
                                      .since = db_int(r, i, 12),
                                      .found = db_int(r, i, 13),
                                      .ended = db_int(r, i, 14),
                                      .excused = db_int(r, i, 15) != 0,
                                      .order_id = db_int(r, i, 16)};
}

/* A standing one walks the small index of those, else that of a department or of all: statements with the
 * condition spelled out, since an index is not chosen by a parameter. */
bool finding_list(struct ctx *c, const struct supervision_view *v, const struct finding_query *q,
                  struct finding **rows, size_t *count)
{
#define REST                                                                                                 \
    "AND " SEEN("$1", "$2",                                                                                  \
                "$3") "AND ($4 < 0 OR level = $4) AND ($5 = '' OR kind = $5) AND id < $6 ORDER BY id DESC "  \
                      "LIMIT $7"
    static const char *const statements[2][2] = {
        {"SELECT " COLUMNS "WHERE $8 = 0 " REST, "SELECT " COLUMNS "WHERE unit_id = $8 " REST},
        {"SELECT " COLUMNS "WHERE $8 = 0 AND ended = 0 " REST,
         "SELECT " COLUMNS "WHERE unit_id = $8 AND ended = 0 " REST}};
    int64_t unit = v->all_units ? q->unit : v->unit;
    struct db_rows r;
    if (!v->all_units && q->unit && q->unit != v->unit) unit = -1; /* another department: nothing */
    if (!db_query(&c->tx, &r, statements[q->standing][unit != 0], VIEW(v), DB_I(q->level), DB_S(q->kind),
                  DB_I(q->before > 0 ? q->before : INT64_MAX), DB_I(FINDINGS_PAGE + 1), DB_I(unit)))
        return false;
    take(c, &r, rows, count);
    return true;
#undef REST
}

bool finding_load(struct ctx *c, const struct supervision_view *v, int64_t id, struct finding *out)
{
    struct db_rows r;
    struct finding *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS "WHERE id = $4 AND " SEEN("$1", "$2", "$3"), VIEW(v),
                  DB_I(id)))
        return false;
    take(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "finding", "There is no such warning.");
    *out = rows[0];
    return true;
}

bool finding_of_case(struct ctx *c, int64_t case_id, struct finding **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS "WHERE case_id = $1 ORDER BY id", DB_I(case_id)))
        return false;
    take(c, &r, rows, count);
    return true;
}

int supervision_month(int64_t at)
{
    struct civil d = time_civil(at);
    return d.year * 100 + d.month;
}

bool finding_add(struct ctx *c, const struct finding *f)
{
    return db_exec(
               &c->tx,
               "INSERT INTO supervision_finding (id, case_id, case_no, item_name, unit_id, division, rule, "
               "rule_version, kind, level, place, account, since, found, ended, excused, order_id) VALUES "
               "($1, $2, "
               "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0)",
               DB_I(f->id), DB_I(f->case_id), DB_S(f->case_no), DB_S(f->item_name), DB_I(f->unit),
               DB_S(f->division), DB_S(f->rule), DB_I(f->rule_version), DB_S(f->kind), DB_I(f->level),
               DB_S(f->place), DB_I(f->account), DB_I(f->since), DB_I(f->found)) &&
           db_exec(&c->tx,
                   "INSERT INTO supervision_total (unit_id, month, level, kind, count) VALUES ($1, $2, $3, "
                   "$4, 1) ON "
                   "CONFLICT (unit_id, month, level, kind) DO UPDATE SET count = supervision_total.count + 1",
                   DB_I(f->unit), DB_I(supervision_month(f->since)), DB_I(f->level), DB_S(f->kind));
}

bool finding_set_ended(struct ctx *c, int64_t id, int64_t ended)
{
    return db_exec(&c->tx, "UPDATE supervision_finding SET ended = $2 WHERE id = $1", DB_I(id), DB_I(ended));
}

bool finding_excuse(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "UPDATE supervision_finding SET ended = $2, excused = 1 WHERE id = $1", DB_I(id),
                   DB_I(c->now));
}

bool finding_set_order(struct ctx *c, int64_t id, int64_t order)
{
    return db_exec(&c->tx, "UPDATE supervision_finding SET order_id = $2 WHERE id = $1", DB_I(id),
                   DB_I(order));
}

/* ---- sums ---- */

static struct unit_sums *sums_of(struct unit_sums *rows, size_t *count, size_t max, int64_t unit)
{
    for (size_t i = 0; i < *count; i++)
        if (rows[i].unit == unit) return &rows[i];
    if (*count == max) return NULL;
    rows[*count] = (struct unit_sums){.unit = unit};
    return &rows[(*count)++];
}

static bool add_cases(struct ctx *c, const struct supervision_view *v, struct unit_sums *rows, size_t *count,
                      size_t max)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT unit_id, level, COUNT(*) FROM supervision_case WHERE unit_id > 0 AND " SEEN(
                      "$1", "$2", "$3") " GROUP BY unit_id, level",
                  VIEW(v)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct unit_sums *u = sums_of(rows, count, max, db_int(&r, i, 0));
        int64_t level = db_int(&r, i, 1);
        if (!u) continue;
        if (level >= 0 && level < SUPERVISE_LEVEL_COUNT)
            u->level[level] = db_int(&r, i, 2);
        else
            u->green = db_int(&r, i, 2);
    }
    return true;
}

static bool add_findings(struct ctx *c, const struct supervision_view *v, struct unit_sums *rows,
                         size_t *count, size_t max)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT unit_id, level, SUM(count) FROM supervision_total WHERE month = $1 AND ($2 = 1 OR "
                  "unit_id = "
                  "$3) GROUP BY unit_id, level ORDER BY unit_id",
                  DB_I(supervision_month(c->now)), DB_I(v->all_units), DB_I(v->unit)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct unit_sums *u = sums_of(rows, count, max, db_int(&r, i, 0));
        int64_t level = db_int(&r, i, 1);
        if (u && level >= 0 && level < SUPERVISE_LEVEL_COUNT) u->findings[level] = db_int(&r, i, 2);
    }
    return true;
}

static bool add_orders(struct ctx *c, const struct supervision_view *v, struct unit_sums *rows, size_t *count,
                       size_t max)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT unit_id, COUNT(*), SUM(CASE WHEN due < $4 AND status = 'open' THEN 1 ELSE 0 END) FROM "
            "supervision_order WHERE closed = 0 AND " SEEN("$1", "$2", "$3") " GROUP BY unit_id",
            VIEW(v), DB_I(c->now)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct unit_sums *u = sums_of(rows, count, max, db_int(&r, i, 0));
        if (!u) continue;
        u->orders = db_int(&r, i, 1);
        u->late_orders = db_int(&r, i, 2);
    }
    return true;
}

bool sums_by_unit(struct ctx *c, const struct supervision_view *v, struct unit_sums **rows, size_t *count)
{
    enum { UNITS_MAX = 2000 };
    *rows = ARENA_ARRAY(c->arena, UNITS_MAX, struct unit_sums);
    *count = 0;
    return add_cases(c, v, *rows, count, UNITS_MAX) && add_findings(c, v, *rows, count, UNITS_MAX) &&
           add_orders(c, v, *rows, count, UNITS_MAX);
}

bool sums_by_kind(struct ctx *c, const struct supervision_view *v, int64_t unit, int month,
                  struct kind_sum **rows, size_t *count)
{
    struct db_rows r;
    if (!v->all_units) unit = v->unit;
    if (!db_query(&c->tx, &r,
                  "SELECT kind, SUM(count) FROM supervision_total WHERE month = $1 AND ($2 = 0 OR unit_id = "
                  "$2) GROUP "
                  "BY kind ORDER BY SUM(count) DESC, kind",
                  DB_I(month), DB_I(unit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct kind_sum);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct kind_sum){db_str(&r, i, 0), db_int(&r, i, 1)};
    return true;
}
