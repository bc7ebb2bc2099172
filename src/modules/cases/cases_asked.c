/* Opinions of other departments (征求意见, 并联审批): who is asked, until when, what they said. Asking
 * follows from the state of the process: a task of another department that waits is asked, one that no longer
 * waits is answered or dropped. */
#include "core/http/server.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"
#include "modules/orgs/orgs.h"

bool case_load_asked(struct ctx *c, struct case_work *w)
{
    if (!w->file.submitted || !w->course || !course_asks_others(w->course)) return true;
    return case_store_asked(c, w->file.id, &w->asked, &w->asked_count);
}

/* ---- asking ---- */

/* "fire-rescue", or "item:<name>" for the one that the flow of the item gives under that name; of the
 * division of the department that owns the item. */
bool case_unit_named(struct ctx *c, const struct case_work *w, struct str department, int64_t *unit)
{
    struct str kind, name = str_cut(department, ':', &kind);
    const struct unit *owner = orgs_unit(c, w->file.unit), *found;
    if (str_eq_c(kind, "item"))
        kind = json_text(json_get_str(json_path(w->service, "flow.departments"), name));
    found = owner && kind.len ? orgs_unit_of_kind(c, kind, owner->division) : NULL;
    *unit = found ? found->id : 0;
    if (found) return true;
    err_conflict(c->err, "case.department",
                 "The process asks the department \"%{arg}\", which is not known here. Please tell the "
                 "administrator.");
    err_arg(c->err, kind.len ? kind : department);
    return false;
}

/* Its own beginning, and the rests of the case since: meanwhile nobody can answer. */
static void set_due(struct ctx *c, const struct case_work *w, struct case_asked *a,
                    const struct course_step *step)
{
    struct clock_event clock[CLOCK_EVENTS_MAX + 1];
    size_t count = workclock_part(w->clock, w->clock_count, a->asked, 0, clock, CLOCK_EVENTS_MAX + 1);
    struct clock_terms terms =
        orgs_clock_terms(c, (struct limit){step->limit ? LIMIT_WORKDAYS : LIMIT_NONE, step->limit},
                         (struct limit){LIMIT_NONE, 0});
    struct clock_due due = workclock_state(clock, count, &terms, c->now).statutory;
    a->due = due.set ? due.due : 0;
    a->yellow_at = due.set ? due.yellow_at : 0;
    a->red_at = due.set ? due.red_at : 0;
}

static bool ask(struct ctx *c, struct case_work *w, const struct course_task *t)
{
    const struct course_step *step = course_step_at(w->course, t->step);
    struct case_asked *a = &w->asked[w->asked_count];
    *a = (struct case_asked){.token = t->token, .step = step->id, .state = STR("open"), .asked = c->now};
    set_due(c, w, a, step);
    if (!case_unit_named(c, w, step->department, &a->unit)) return false;
    w->asked_count++;
    return case_store_ask(c, w, a);
}

static bool close_asked(struct ctx *c, const struct case_work *w, struct case_asked *a,
                        const struct course_event *event)
{
    bool answered = event->kind == COURSE_DO && event->token == a->token;
    a->state = answered ? STR("answered") : STR("dropped");
    a->answered = c->now;
    a->outcome = answered ? str_c(course_act_name(event->act)) : STR_EMPTY;
    return case_store_ask(c, w, a);
}

static bool is_open(const struct case_asked *a)
{
    return str_eq_c(a->state, "open");
}

static struct case_asked *asked_for(struct case_work *w, int64_t token)
{
    for (size_t i = 0; i < w->asked_count; i++)
        if (w->asked[i].token == token) return &w->asked[i];
    return NULL;
}

bool case_settle_asked(struct ctx *c, struct case_work *w, const struct course_event *event)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    if (!course_asks_others(w->course)) return true;
    if (!w->asked) w->asked = ARENA_ARRAY(c->arena, COURSE_TASKS_MAX, struct case_asked);
    for (size_t i = 0; i < w->asked_count; i++)
        if (is_open(&w->asked[i]) && !bpmn_find(&w->state.process, w->asked[i].token) &&
            !close_asked(c, w, &w->asked[i], event))
            return false;
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++)
        if (course_step_at(w->course, tasks[i].step)->department.len && !asked_for(w, tasks[i].token) &&
            !ask(c, w, &tasks[i]))
            return false;
    return case_asked_recount(c, w);
}

bool case_asked_recount(struct ctx *c, struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = w->asked_count ? course_tasks(w->course, &w->state, tasks) : 0;
    for (size_t i = 0; i < count; i++) {
        struct case_asked *a = asked_for(w, tasks[i].token);
        if (!a || !is_open(a)) continue;
        struct case_asked before = *a;
        set_due(c, w, a, course_step_at(w->course, tasks[i].step));
        bool same = a->due == before.due && a->yellow_at == before.yellow_at && a->red_at == before.red_at;
        if (!same && !case_store_ask(c, w, a)) return false;
    }
    return true;
}

void case_asked_waiting(const struct case_work *w, int64_t token, struct case_waiting *out)
{
    for (size_t i = 0; i < w->asked_count; i++) {
        const struct case_asked *a = &w->asked[i];
        if (a->token != token) continue;
        out->unit = a->unit;
        out->due = a->due;
        out->yellow_at = a->yellow_at;
        out->red_at = a->red_at;
    }
}

/* ---- showing ---- */

/* While the case rests nobody can answer, and what is due moves along. */
static enum clock_light light_of(const struct case_asked *a, bool rests, int64_t now)
{
    if (!is_open(a)) return LIGHT_DONE;
    if (rests) return LIGHT_PAUSED;
    return workclock_shown(a->yellow_at, a->red_at, now);
}

static struct str unit_name(struct ctx *c, int64_t id)
{
    const struct unit *u = orgs_unit(c, id);
    return !u ? STR_EMPTY : c->lang == &lang_en && u->en.len ? u->en : u->name;
}

static void show_one(struct ctx *c, struct json *list, const struct case_asked *a, bool rests,
                     struct str step)
{
    struct json *o = json_add_object(c->arena, list);
    enum clock_light light = light_of(a, rests, c->now);
    words_light(c, o, light);
    json_set_str(c->arena, o, "department", unit_name(c, a->unit));
    json_set_str(c->arena, o, "step", step);
    json_set_str(c->arena, o, "asked", words_day(c, a->asked));
    json_set_str(c->arena, o, "said",
                 is_open(a) ? ctx_tr(c, "Has not answered yet") : words_act(c, a->outcome));
    struct str due = is_open(a) ? words_due(c, a->due, light, false) : words_day(c, a->answered);
    json_set(o, "when", due.len ? json_string(c->arena, due) : json_null(c->arena));
}

void case_show_asked(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "asked");
    for (size_t i = 0; i < w->asked_count; i++)
        if (!str_eq_c(w->asked[i].state, "dropped"))
            show_one(c, list, &w->asked[i], w->paused, words_step(c, w->course, w->asked[i].step));
    json_set_bool(c->arena, doc, "has_asked", list->count > 0);
}

const struct field opinions_fields[] = {
    {"due", FIELD_INT, "Behind the one that is due then", .max = INT64_MAX},
    {"case", FIELD_ID, .label = "… of this case"},
    {"token", FIELD_INT, "… and this task", .max = INT64_MAX},
    {0},
};

bool office_asked(struct ctx *c)
{
    const int64_t after[3] = {in_i64(c, "due", 0), in_i64(c, "case", 0), in_i64(c, "token", 0)};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "asked");
    struct case_asked_row *rows;
    size_t count;
    if (!case_store_asked_by(c, c->actor.unit, after, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < CASES_PAGE; i++) {
        const struct process_version *p = process_version_of(c, rows[i].process, (int)rows[i].version);
        show_one(c, list, &rows[i].asked, rows[i].rests,
                 p ? words_step(c, p->course, rows[i].asked.step) : rows[i].asked.step);
        json_set_str(c->arena, list->last, "case_no", rows[i].case_no);
        json_set_str(c->arena, list->last, "item_name", rows[i].item_name);
        json_set_str(c->arena, list->last, "href",
                     str_fmt(c->arena, "/office/cases/%lld", (long long)rows[i].case_id));
    }
    json_set_bool(c->arena, doc, "has_asked", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > CASES_PAGE) {
        const struct case_asked_row *last = &rows[CASES_PAGE - 1];
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?due=%lld&case=%lld&token=%lld",
                             (long long)(last->asked.due ? last->asked.due : CASE_NEVER_DUE),
                             (long long)last->case_id, (long long)last->asked.token));
    }
    return true;
}
