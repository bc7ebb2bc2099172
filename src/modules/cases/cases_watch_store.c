/* What supervision needs of a case, and which cases changed. */
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_halted.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_watch.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

/* What a step was called when it was done, and is called in the version that supervision looks at. */
static void rename_steps(struct ctx *c, struct case_event *list, size_t count)
{
    for (size_t m = 0; m < count; m++) {
        const struct json *places = json_get(case_move_said(c, &list[m]), "places");
        for (size_t i = 0; places && i < m; i++) {
            struct str now = json_text_of(places, str_z(c->arena, list[i].step));
            if (list[i].step.len && now.len) list[i].step = now;
        }
    }
}

/* now: the version for entries of which none is known. */
static bool was_called(struct ctx *c, struct str process, int now, const struct case_event *e)
{
    const struct process_version *p = process_version_of(c, process, e->version ? e->version : now);
    return p && case_step_called(p->course, e->step);
}

static bool load_events(struct ctx *c, int64_t id, struct str process, int version, struct case_watch *w)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT at, account, actor_kind, act, step, detail, version FROM case_event WHERE case_id = "
            "$1 ORDER BY id LIMIT $2",
            DB_I(id), DB_I(CASE_WATCH_EVENTS_MAX)))
        return false;
    w->events = ARENA_ARRAY(c->arena, r.rows + 1, struct case_watch_event);
    w->event_count = r.rows;
    struct case_event *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_event);
    for (size_t i = 0; i < r.rows; i++)
        list[i] = (struct case_event){.act = db_str(&r, i, 3),
                                      .step = db_str(&r, i, 4),
                                      .detail = db_str(&r, i, 5),
                                      .version = (int)db_int(&r, i, 6)};
    case_events_date(c, list, r.rows, version);
    for (size_t i = 0; i < r.rows; i++)
        w->events[i].called = was_called(c, process, version, &list[i]);
    rename_steps(c, list, r.rows);
    for (size_t i = 0; i < r.rows; i++) {
        struct case_watch_event *e = &w->events[i];
        e->at = db_int(&r, i, 0);
        e->account = db_int(&r, i, 2) == ACTOR_OFFICER ? db_int(&r, i, 1) : 0;
        e->act = list[i].act;
        e->step = list[i].step;
    }
    return true;
}

/* A document that must be there, and that a register may have, was there when it was sent: nobody could have
 * sent the application otherwise. */
static bool was_held(const struct json *rule, const struct case_upload *uploads, size_t count)
{
    struct str material = json_text_of(rule, "id");
    for (size_t i = 0; i < count; i++)
        if (str_eq(uploads[i].material, material)) return false;
    return json_text_of(rule, "from").len && str_eq_c(json_text_of(rule, "need"), "required");
}

static bool load_points(struct ctx *c, int64_t id, struct case_watch *w)
{
    struct case_upload *uploads;
    struct case_point *points;
    size_t uploaded, count, before = 0;
    if (!case_store_points(c, id, &points, &count)) return false;
    w->points = ARENA_ARRAY(c->arena, count + 1, struct case_watch_point);
    w->point_count = 0;
    if (!count) return true;
    if (!case_store_uploads(c, id, &uploads, &uploaded)) return false;
    while (before < uploaded && uploads[before].at < points[0].asked_at)
        before++;
    for (size_t i = 0; i < count; i++) {
        struct case_watch_point p = {.at = points[i].asked_at, .account = points[i].asked_by};
        if (!str_starts(points[i].target, STR("material:"))) continue;
        p.material = str_slice(points[i].target, 9, points[i].target.len);
        JSON_EACH(rule, json_get(w->service, "materials"))
        {
            if (!str_eq(json_text_of(rule, "id"), p.material)) continue;
            p.listed = true;
            p.held = was_held(rule, uploads, before);
        }
        w->points[w->point_count++] = p;
    }
    return true;
}

static bool load_standing(struct ctx *c, int64_t id, struct case_watch *w)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT step FROM case_waiting WHERE case_id = $1", DB_I(id))) return false;
    for (size_t i = 0; i < r.rows; i++)
        for (size_t s = 0; s < w->step_count; s++)
            if (str_eq(w->steps[s].id, db_str(&r, i, 0))) w->standing |= UINT32_C(1) << s;
    return true;
}

static bool load_opinions(struct ctx *c, int64_t id, struct case_watch *w)
{
    struct case_asked *asked;
    size_t count;
    if (!case_store_asked(c, id, &asked, &count)) return false;
    w->opinions = ARENA_ARRAY(c->arena, count + 1, struct case_watch_opinion);
    for (size_t i = 0; i < count; i++) {
        if (str_eq_c(asked[i].state, "dropped")) continue;
        w->opinions[w->opinion_count++] = (struct case_watch_opinion){.step = asked[i].step,
                                                                      .token = asked[i].token,
                                                                      .unit = asked[i].unit,
                                                                      .due = asked[i].due,
                                                                      .answered = asked[i].answered};
    }
    return true;
}

static bool load_duties(struct ctx *c, int64_t id, struct case_watch *w)
{
    struct case_duty *rows;
    if (!case_store_duties(c, id, &rows, &w->duty_count)) return false;
    w->duties = ARENA_ARRAY(c->arena, w->duty_count + 1, struct case_watch_duty);
    for (size_t i = 0; i < w->duty_count; i++)
        w->duties[i] = (struct case_watch_duty){rows[i].id, rows[i].until, rows[i].kind == BPMN_OWED};
    return true;
}

static bool load_stuck(struct ctx *c, int64_t id, const struct course *course, struct case_watch *w)
{
    struct case_stuck *rows;
    if (!course || !course_asks_decisions(course)) return true;
    if (!stuck_store_of_case(c, id, &rows, &w->stuck_count)) return false;
    w->stuck = ARENA_ARRAY(c->arena, w->stuck_count + 1, struct case_watch_stuck);
    for (size_t i = 0; i < w->stuck_count; i++)
        w->stuck[i] = (struct case_watch_stuck){
            .id = rows[i].id, .since = rows[i].since, .step = rows[i].step, .why = rows[i].trouble};
    return true;
}

/* Steps are named for people: what the model calls them now. */
static bool load_incidents(struct ctx *c, int64_t id, const struct course *course, struct case_watch *w)
{
    const struct case_services *services = case_services_of(c);
    if (!course || !services || !course_asks_services(course)) return true;
    if (!services->incidents(c, id, &w->incidents, &w->incident_count)) return false;
    for (size_t i = 0; i < w->incident_count; i++) {
        int node = bpmn_node(course_model(course), w->incidents[i].step);
        struct str name = node >= 0 ? bpmn_node_name(course_model(course), node) : STR_EMPTY;
        if (name.len) w->incidents[i].step = name;
    }
    return true;
}

static bool load_halted(struct ctx *c, int64_t id, struct case_watch *w)
{
    struct case_halted *rows;
    if (!halted_store_of(c, id, &rows, &w->halted_count)) return false;
    w->halted = ARENA_ARRAY(c->arena, w->halted_count + 1, struct case_watch_stuck);
    for (size_t i = 0; i < w->halted_count; i++)
        w->halted[i] =
            (struct case_watch_stuck){.id = rows[i].job, .since = rows[i].since, .why = rows[i].kind};
    return true;
}

bool case_watch_load(struct ctx *c, int64_t id, struct case_watch *out)
{
    struct db_rows r;
    struct case_row *rows;
    size_t count;
    *out = (struct case_watch){0};
    if (!db_query(&c->tx, &r, "SELECT " CASE_ROW_COLUMNS "WHERE id = $1", DB_I(id))) return false;
    case_take_rows(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "case", "We cannot find this application.");
    out->file = rows[0].file;
    struct db_rows under;
    if (!db_query(&c->tx, &under,
                  "SELECT item_version, process, process_version FROM case_file WHERE id = $1", DB_I(id)))
        return false;
    out->file.item_version = (int)db_int(&under, 0, 0);
    if (!catalogue_version(c, out->file.item, out->file.item_version, &out->item)) return false;
    out->service = item_service(out->item, rows[0].organisation);
    out->accept_days = case_accept_days_said(out->service);
    out->clock = ARENA_ARRAY(c->arena, CLOCK_EVENTS_MAX, struct clock_event);
    const struct process_version *p =
        case_watch_steps(c, db_str(&under, 0, 1), (int)db_int(&under, 0, 2), out);
    const struct course *course = p ? p->course : NULL;
    return load_standing(c, id, out) && case_store_clock(c, id, out->clock, &out->clock_count, NULL) &&
           load_events(c, id, p ? p->code : STR_EMPTY, p ? p->version : 0, out) && load_points(c, id, out) &&
           load_opinions(c, id, out) && load_duties(c, id, out) && load_stuck(c, id, course, out) &&
           load_incidents(c, id, course, out) && load_halted(c, id, out) &&
           case_load_together(c, &out->file, &out->together);
}

bool case_watch_changes(struct ctx *c, int64_t after, int limit, int64_t **cases, int64_t **acts,
                        size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id, case_id FROM case_event WHERE id > $1 ORDER BY id LIMIT $2",
                  DB_I(after), DB_I(limit)))
        return false;
    *cases = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    *acts = ARENA_ARRAY(c->arena, r.rows + 1, int64_t);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        (*acts)[i] = db_int(&r, i, 0);
        (*cases)[i] = db_int(&r, i, 1);
    }
    return true;
}

bool case_step_name(struct ctx *c, int64_t case_id, struct str step, struct str *name)
{
    struct db_rows r;
    *name = STR_EMPTY;
    if (!db_query(&c->tx, &r, "SELECT process, process_version FROM case_file WHERE id = $1", DB_I(case_id)))
        return false;
    const struct process_version *p =
        r.rows ? process_version_of(c, db_str(&r, 0, 0), (int)db_int(&r, 0, 1)) : NULL;
    if (p) *name = words_step(c, p->course, step);
    return true;
}
