/* The officers' inbox. What waits for an actor comes from a few streams, one for each role; each is read
 * along an index in its order and stops after a page, so that a page costs the same among ten cases and a
 * million.
 */
#include "core/base/buf.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/orgs/orgs.h"

enum { STREAMS_MAX = 3, VALUES_MAX = 64, COUNTY = 6 };

struct statement {
    struct ctx *c;
    struct buf sql;
    struct db_val params[VALUES_MAX];
    size_t count;
    bool whole; /* with what a page shows of a row */
};

static void add_param(struct statement *s, struct db_val v)
{
    s->params[s->count++] = v;
    buf_fmt(&s->sql, "$%zu", s->count);
}

enum stream_kind { STREAM_DESK, STREAM_REVIEW, STREAM_DECIDE };
struct streams {
    enum stream_kind list[STREAMS_MAX];
    size_t count;
};

static struct streams streams_of(const struct ctx *c)
{
    struct streams s = {.count = 0};
    if (ctx_may(c, "case.receive")) s.list[s.count++] = STREAM_DESK;
    if (c->actor.unit && ctx_may(c, "case.review")) s.list[s.count++] = STREAM_REVIEW;
    if (c->actor.unit && ctx_may(c, "case.decide")) s.list[s.count++] = STREAM_DECIDE;
    return s;
}

static void add_unit(struct statement *s, int64_t unit)
{
    buf_add_c(&s->sql, "unit_id = ");
    add_param(s, DB_I(unit));
    buf_add_c(&s->sql, " AND ");
}

static void add_area(struct statement *s, struct str area, bool county)
{
    if (county && area.len >= COUNTY) {
        buf_add_c(&s->sql, "substr(division, 1, 6) = ");
        add_param(s, DB_S(str_slice(area, 0, COUNTY)));
        buf_add_c(&s->sql, " AND ");
    }
    buf_add_c(&s->sql, "substr(division, 1, length(");
    add_param(s, DB_S(area));
    buf_add_c(&s->sql, ")) = ");
    add_param(s, DB_S(area));
}

static void add_stream(struct statement *s, enum stream_kind kind, const struct inbox_query *q)
{
    /* Word for word: a partial index is only taken for a condition that reads like its own. */
    static const char *const roles[] = {
        [STREAM_DESK] = "desk", [STREAM_REVIEW] = "reviewer", [STREAM_DECIDE] = "decider"};
    struct case_scope_values scope = case_scope_values(s->c);
    bool own = kind != STREAM_DESK || q->unit;
    if (own) add_unit(s, kind == STREAM_DESK ? q->unit : s->c->actor.unit);
    buf_fmt(&s->sql, "role = '%s' AND ", roles[kind]);
    add_area(s, scope.area, !own);
    if (!q->case_no.len) return;
    buf_add_c(&s->sql, " AND case_id = (SELECT named.id FROM case_file AS named WHERE named.case_no = ");
    add_param(s, DB_S(q->case_no));
    buf_add_c(&s->sql, ")");
}

/* Ways through a stream: a filter is one of them or two, the second behind the first. */
enum way { BY_DUE, RED, YELLOW, GREEN_LIMITED, GREEN_UNLIMITED, PAUSED };

/* What the desk has comes in the order of due dates whatever its light: bounds between which such dates lie
 * (add_desk_bounds) spare it an index for each light. */
static const char *order_of(enum stream_kind kind, enum way way)
{
    static const char *const columns[] = {[BY_DUE] = "due_order",
                                          [RED] = "red_at",
                                          [YELLOW] = "red_at",
                                          [GREEN_LIMITED] = "yellow_at",
                                          [GREEN_UNLIMITED] = "due_order",
                                          [PAUSED] = "due_order"};
    return kind == STREAM_DESK ? "due_order" : columns[way];
}

static struct clock_terms terms_of(struct ctx *c)
{
    return orgs_clock_terms(c, (struct limit){LIMIT_NONE, 0}, (struct limit){LIMIT_NONE, 0});
}

static int64_t working_days_on(const struct ctx *c, const struct clock_terms *t, int days)
{
    return date_start(workday_add(t->calendar, date_of(c->now), days + 1) + 1);
}

static int64_t last_red(struct ctx *c)
{
    struct clock_terms t = terms_of(c);
    return working_days_on(c, &t, t.thresholds.red_days);
}

/* Yellow begins the threshold's working days, or hours, before the end: no case that is yellow now turns red
 * after this. */
static int64_t last_yellow(struct ctx *c)
{
    struct clock_terms t = terms_of(c);
    int hours_as_days = t.thresholds.yellow_hours / 24 + 1;
    return working_days_on(
        c, &t, t.thresholds.yellow_days > hours_as_days ? t.thresholds.yellow_days : hours_as_days);
}

/* Between which due dates the desk's rows of such a light lie. */
static void add_desk_bounds(struct statement *s, enum way way)
{
    if (way != RED && way != YELLOW && way != GREEN_LIMITED) return;
    buf_add_c(&s->sql, " AND due_order < ");
    add_param(s, DB_I(way == RED ? last_red(s->c) : way == YELLOW ? last_yellow(s->c) : CASE_NEVER_DUE));
    if (way == RED) return;
    buf_add_c(&s->sql, " AND due_order >= ");
    add_param(s, DB_I(s->c->now));
}

static void add_way(struct statement *s, enum way way)
{
    switch (way) {
    case BY_DUE:
        break;
    case RED:
        buf_add_c(&s->sql, " AND paused = 0 AND red_at <> 0 AND red_at <= ");
        add_param(s, DB_I(s->c->now));
        break;
    case YELLOW:
        buf_add_c(&s->sql, " AND paused = 0 AND red_at <> 0 AND red_at > ");
        add_param(s, DB_I(s->c->now));
        buf_add_c(&s->sql, " AND red_at <= ");
        add_param(s, DB_I(last_yellow(s->c)));
        buf_add_c(&s->sql, " AND yellow_at <= ");
        add_param(s, DB_I(s->c->now));
        break;
    case GREEN_LIMITED:
        buf_add_c(&s->sql, " AND paused = 0 AND yellow_at <> 0 AND yellow_at > ");
        add_param(s, DB_I(s->c->now));
        break;
    case GREEN_UNLIMITED:
        buf_add_c(&s->sql, " AND paused = 0 AND due_order = ");
        add_param(s, DB_I(CASE_NEVER_DUE));
        break;
    case PAUSED:
        buf_add_c(&s->sql, " AND paused = 1");
        break;
    }
}

static bool leads_anywhere(enum stream_kind kind, const struct ctx *c, const struct inbox_query *q)
{
    if (q->filter == INBOX_DECIDE && kind != STREAM_DECIDE) return false;
    return kind == STREAM_DESK || !q->unit || q->unit == c->actor.unit;
}

static size_t ways_of(enum inbox_filter filter, enum way ways[2])
{
    static const enum way first[INBOX_FILTERS] = {
        [INBOX_ALL] = BY_DUE,          [INBOX_RED] = RED,       [INBOX_YELLOW] = YELLOW,
        [INBOX_GREEN] = GREEN_LIMITED, [INBOX_PAUSED] = PAUSED, [INBOX_DECIDE] = BY_DUE};
    ways[0] = first[filter];
    ways[1] = GREEN_UNLIMITED;
    return filter == INBOX_GREEN ? 2 : 1;
}

static void add_part(struct statement *s, enum stream_kind kind, enum way way, const struct inbox_query *q,
                     int64_t limit)
{
    const char *order = order_of(kind, way);
    /* Counting stays within the index. */
    buf_fmt(
        &s->sql, "SELECT * FROM (SELECT case_id AS row_id, %s AS row_order%s FROM case_waiting WHERE ", order,
        s->whole ? ", unit_id AS row_unit, due_order AS row_due, yellow_at AS row_yellow, red_at AS row_red, "
                   "duty AS row_duty"
                 : "");
    add_stream(s, kind, q);
    add_way(s, way);
    if (kind == STREAM_DESK) add_desk_bounds(s, way);
    if (q->after_id && way == GREEN_UNLIMITED) {
        buf_add_c(&s->sql, " AND case_id > ");
        add_param(s, DB_I(q->after_order == CASE_NEVER_DUE ? q->after_id : 0));
    } else if (q->after_id) {
        buf_fmt(&s->sql, " AND (%s, case_id) > (", order);
        add_param(s, DB_I(q->after_order));
        buf_add_c(&s->sql, ", ");
        add_param(s, DB_I(q->after_id));
        buf_add_c(&s->sql, ")");
    }
    buf_fmt(&s->sql, " ORDER BY %s, case_id LIMIT ", order);
    add_param(s, DB_I(limit));
    buf_fmt(&s->sql, ") AS part_%zu", s->count);
}

/* False when nothing can wait for this actor. */
static bool add_parts(struct statement *s, const struct inbox_query *q, int64_t limit)
{
    struct streams all = streams_of(s->c);
    enum way ways[2];
    size_t way_count = ways_of(q->filter, ways);
    bool any = false;
    for (size_t i = 0; i < all.count; i++)
        for (size_t k = 0; k < way_count; k++) {
            if (!leads_anywhere(all.list[i], s->c, q)) continue;
            if (any) buf_add_c(&s->sql, " UNION ALL ");
            add_part(s, all.list[i], ways[k], q, limit);
            any = true;
        }
    return any;
}

static struct statement statement_new(struct ctx *c)
{
    return (struct statement){.c = c, .sql = buf_new(c->arena, 2048)};
}

struct str case_inbox_statement(struct ctx *c, const struct inbox_query *q, const struct db_val **params,
                                size_t *count)
{
    struct statement *s = ARENA_NEW(c->arena, struct statement);
    *s = statement_new(c);
    s->whole = true;
    buf_add_c(&s->sql,
              "SELECT " CASE_COLUMNS ", row_order, row_unit, row_due, row_yellow, row_red, row_duty FROM (");
    if (!add_parts(s, q, CASES_PAGE + 1)) return STR_EMPTY;
    buf_add_c(&s->sql, ") AS waiting JOIN case_file ON id = row_id ORDER BY row_order, row_id LIMIT ");
    add_param(s, DB_I(CASES_PAGE + 1));
    *params = s->params;
    *count = s->count;
    return buf_str(&s->sql);
}

/* Light and due date are those of what waits there. */
static void take_row(const struct db_rows *r, size_t i, struct case_row *row)
{
    const size_t at = r->cols - ROW_COLUMNS;
    int64_t due = db_int(r, i, at + ROW_DUE);
    row->order = db_int(r, i, at + ROW_ORDER);
    row->asked = db_int(r, i, at + ROW_UNIT) != row->file.unit;
    row->duty = db_str(r, i, at + ROW_DUTY);
    row->file.due = due == CASE_NEVER_DUE ? 0 : due;
    row->yellow_at = db_int(r, i, at + ROW_YELLOW);
    row->red_at = db_int(r, i, at + ROW_RED);
}

bool case_inbox(struct ctx *c, const struct inbox_query *q, struct case_row **rows, size_t *count)
{
    const struct db_val *params;
    size_t param_count;
    struct db_rows r = {0};
    struct str sql = case_inbox_statement(c, q, &params, &param_count);
    if (sql.len && !db_query_n(&c->tx, &r, str_z(c->arena, sql), params, param_count)) return false;
    case_take_rows(c, &r, rows, count);
    for (size_t i = 0; i < r.rows; i++)
        take_row(&r, i, &(*rows)[i]);
    return true;
}

bool case_inbox_counts(struct ctx *c, int64_t counts[INBOX_FILTERS])
{
    for (size_t i = 0; i < INBOX_FILTERS; i++) {
        const struct inbox_query q = {.filter = (enum inbox_filter)i};
        struct statement s = statement_new(c);
        struct db_rows r;
        counts[i] = 0;
        buf_add_c(&s.sql, "SELECT COUNT(*) FROM (SELECT row_id FROM (");
        if (!add_parts(&s, &q, INBOX_COUNT_MAX + 1)) continue;
        buf_add_c(&s.sql, ") AS waiting LIMIT ");
        add_param(&s, DB_I(INBOX_COUNT_MAX + 1));
        buf_add_c(&s.sql, ") AS counted");
        if (!db_query_n(&c->tx, &r, str_z(c->arena, buf_str(&s.sql)), s.params, s.count)) return false;
        counts[i] = db_int(&r, 0, 0);
    }
    return true;
}
