/* Lists: the person's own, the board of lights. Keyset paging; the sealed parts are not read. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/orgs/orgs.h"

void case_take_rows(struct ctx *c, const struct db_rows *r, struct case_row **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct case_row);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++) {
        struct case_row *row = &(*rows)[i];
        struct case_file *f = &row->file;
        f->id = db_int(r, i, 0);
        f->case_no = db_str(r, i, 1);
        f->item = db_int(r, i, 2);
        f->item_name = db_str(r, i, 3);
        f->unit = db_int(r, i, 4);
        f->division = db_str(r, i, 5);
        f->applicant = db_int(r, i, 6);
        f->agent = db_int(r, i, 7);
        f->channel = db_str(r, i, 8);
        f->status = db_str(r, i, 9);
        f->step = db_str(r, i, 10);
        f->role = db_str(r, i, 11);
        f->submitted = db_int(r, i, 12);
        f->accepted = db_int(r, i, 13);
        f->due = db_int(r, i, 14);
        f->closed = db_int(r, i, 15);
        f->result = db_str(r, i, 16);
        row->yellow_at = db_int(r, i, 17);
        row->red_at = db_int(r, i, 18);
        row->paused = db_int(r, i, 19) != 0;
        row->organisation = db_int(r, i, 20) != 0;
        f->track_code = db_str(r, i, 21);
    }
}

/* Each part walks its index from the newest down and stops, however many cases there are. */
#define OF(who, is_draft)                                                                                    \
    "SELECT id FROM (SELECT id FROM case_file WHERE " who " = $1 AND status " is_draft                       \
    " 'draft' AND id < $2 ORDER BY id DESC LIMIT $3) AS newest"
#define APPLIED          "applicant"
#define AGENT            "agent <> 0 AND agent"
#define NEWEST_OF(parts) "SELECT " CASE_ROW_COLUMNS "WHERE id IN (" parts ") ORDER BY id DESC LIMIT $3"

bool case_mine(struct ctx *c, bool drafts, int64_t before, struct case_row **rows, size_t *count)
{
    static const char *const statements[2][2] = {
        {NEWEST_OF(OF(APPLIED, "<>") " UNION " OF(AGENT, "<>")),
         NEWEST_OF(OF(APPLIED, "=") " UNION " OF(AGENT, "="))},
        {NEWEST_OF(OF(APPLIED, "<>")), NEWEST_OF(OF(APPLIED, "="))},
    };
    struct case_scope_values s = case_scope_values(c);
    struct db_rows found;
    bool firm = s.acting_for > 0;
    if (!db_query(&c->tx, &found, statements[firm][drafts], DB_I(firm ? s.acting_for : s.subject),
                  DB_I(before > 0 ? before : INT64_MAX), DB_I(CASES_PAGE + 1)))
        return false;
    case_take_rows(c, &found, rows, count);
    if (!s.acting_for) return true;
    /* A mandate may be for one department only. */
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if ((*rows)[i].file.applicant != s.acting_for ||
            people_may_act_before(c, s.acting_for, (*rows)[i].file.unit))
            (*rows)[kept++] = (*rows)[i];
    *count = kept;
    return c->err->kind == ERR_NONE;
}

/* Both in order of departments, each at most once. */
static struct unit_lights *lights_of(struct unit_lights *rows, size_t *count, int64_t unit)
{
    size_t at = 0;
    while (at < *count && rows[at].unit < unit)
        at++;
    if (at < *count && rows[at].unit == unit) return &rows[at];
    memmove(rows + at + 1, rows + at, (*count - at) * sizeof *rows);
    ++*count;
    rows[at] = (struct unit_lights){.unit = unit};
    return &rows[at];
}

/* By the index of open cases: unary plus keeps the engine from reading all there ever were in order of units.
 */
static bool open_cases(struct ctx *c, const struct case_scope_values *s, struct db_rows *r)
{
    return db_query(
        &c->tx, r,
        "SELECT +unit_id, SUM(CASE WHEN paused = 0 AND red_at > 0 AND red_at <= $1 AND status <> 'decided' "
        "THEN 1 ELSE 0 END), SUM(CASE WHEN paused = 0 AND yellow_at > 0 AND yellow_at <= $1 AND (red_at = 0 "
        "OR red_at > $1) AND status <> 'decided' THEN 1 ELSE 0 END), SUM(CASE WHEN paused = 1 THEN 1 ELSE 0 "
        "END), SUM(CASE WHEN status <> 'decided' THEN 1 ELSE 0 END) FROM case_file WHERE closed = 0 AND "
        "submitted <> 0 AND process >= '' AND substr(division, 1, length($2)) = $2 AND ($3 = 1 OR unit_id = "
        "$4) GROUP BY +unit_id ORDER BY +unit_id",
        DB_I(c->now), DB_S(s->area), DB_I(s->whole_area), DB_I(s->unit));
}

/* What was withdrawn, or ended without a decision, was not decided in time. */
const char case_decided_statement[] =
    "SELECT unit_id, (closed - $1) / $5, COUNT(*), SUM(CASE WHEN red_at = 0 OR closed < red_at "
    "THEN 1 ELSE 0 END) FROM case_file WHERE closed > 0 AND closed > $1 AND closed <= $6 AND "
    "result IN ('granted', 'refused') AND "
    "substr(division, 1, length($2)) = $2 AND ($3 = 1 OR unit_id = $4) GROUP BY unit_id, "
    "(closed - $1) / $5";

static bool ended_cases(struct ctx *c, const struct case_scope_values *s, struct db_rows *r)
{
    return db_query(&c->tx, r, case_decided_statement, DB_I(c->now - BOARD_WEEKS * 7 * MS_DAY), DB_S(s->area),
                    DB_I(s->whole_area), DB_I(s->unit), DB_I(7 * MS_DAY), DB_I(c->now));
}

bool case_board(struct ctx *c, struct unit_lights **rows, size_t *count)
{
    struct case_scope_values s = case_scope_values(c);
    struct db_rows open, ended;
    if (!open_cases(c, &s, &open) || !ended_cases(c, &s, &ended)) return false;
    *rows = ARENA_ARRAY(c->arena, open.rows + ended.rows + 1, struct unit_lights);
    *count = 0;
    for (size_t i = 0; i < open.rows; i++) {
        struct unit_lights *u = lights_of(*rows, count, db_int(&open, i, 0));
        u->red = db_int(&open, i, 1);
        u->yellow = db_int(&open, i, 2);
        u->paused = db_int(&open, i, 3);
        u->green = db_int(&open, i, 4) - u->red - u->yellow - u->paused;
    }
    for (size_t i = 0; i < ended.rows; i++) {
        int64_t week = db_int(&ended, i, 1);
        struct unit_lights *u = lights_of(*rows, count, db_int(&ended, i, 0));
        if (week >= BOARD_WEEKS) week = BOARD_WEEKS - 1; /* this very moment */
        u->weeks[week].closed += db_int(&ended, i, 2);
        u->weeks[week].in_time += db_int(&ended, i, 3);
    }
    return true;
}

bool case_longest_overdue(struct ctx *c, struct case_row **rows, size_t *count)
{
    enum { WORST = 8 };
    struct case_scope_values s = case_scope_values(c);
    struct db_rows found;
    if (!db_query(&c->tx, &found,
                  "SELECT " CASE_ROW_COLUMNS
                  "WHERE closed = 0 AND paused = 0 AND red_at > 0 AND red_at <= $1 AND "
                  "status NOT IN ('draft', 'decided') AND "
                  "substr(division, 1, length($2)) = $2 AND ($3 = 1 OR unit_id = $4) ORDER BY due_order, id "
                  "LIMIT $5",
                  DB_I(c->now), DB_S(s.area), DB_I(s.whole_area), DB_I(s.unit), DB_I(WORST)))
        return false;
    case_take_rows(c, &found, rows, count);
    return true;
}
