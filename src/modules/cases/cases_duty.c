/* Documents that are to follow (容缺受理) and promises that are to be verified (告知承诺): the process keeps
 * them in its state; what lists, lights and supervision need of them is kept beside it. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_words.h"
#include "modules/orgs/orgs.h"

static const char *const kinds[BPMN_DUTY_COUNT] = {[BPMN_OWED] = "owed", [BPMN_PROMISED] = "promised"};

/* A promise outlasts the decision; a document is owed for it. */
bool case_duty_open(const struct course_state *s, const struct bpmn_duty *d)
{
    if (s->process.status != BPMN_RUNNING) return false;
    return d->kind == BPMN_PROMISED ||
           (d->kind == BPMN_OWED && !course_ended(s) && s->status != COURSE_DECIDED);
}

/* ---- keeping ---- */

/* The row of it; names of an erased person cannot be read any more, and the day tells then. */
static bool row_of(struct ctx *c, const struct case_work *w, const struct bpmn_duty *d,
                   const struct case_duty *rows, const bool *taken, size_t count, size_t *at)
{
    for (*at = 0; *at < count; ++*at) {
        struct str name;
        if (taken[*at] || rows[*at].kind != d->kind || rows[*at].until != d->until) continue;
        if (!case_open(c, w, "duty", rows[*at].name, &name)) return false;
        if (!name.len || str_eq(name, d->name)) return true;
    }
    return true;
}

static bool add_row(struct ctx *c, const struct case_work *w, const struct bpmn_duty *d,
                    struct case_duty *out)
{
    *out = (struct case_duty){.id = ctx_id(c), .kind = d->kind, .until = d->until};
    return case_seal(c, w, "duty", d->name, &out->name) && case_store_duty(c, w->file.id, out);
}

bool case_keep_duties(struct ctx *c, struct case_work *w)
{
    const struct bpmn_state *s = &w->state.process;
    struct case_duty *rows;
    size_t count;
    w->duty_count = 0;
    if (!s->duty_count && !w->had_duties) return true;
    if (!case_store_duties(c, w->file.id, &rows, &count)) return false;
    bool *taken = ARENA_ARRAY(c->arena, count + 1, bool);
    w->duties = ARENA_ARRAY(c->arena, s->duty_count + 1, struct case_duty);
    for (size_t i = 0; i < s->duty_count; i++) {
        struct case_duty *kept = &w->duties[w->duty_count];
        size_t at;
        if (!case_duty_open(&w->state, &s->duties[i])) continue;
        if (!row_of(c, w, &s->duties[i], rows, taken, count, &at)) return false;
        if (at < count) {
            taken[at] = true;
            *kept = rows[at];
        } else if (!add_row(c, w, &s->duties[i], kept)) {
            return false;
        }
        w->duty_count++;
    }
    for (size_t i = 0; i < count; i++)
        if (!taken[i] && !case_store_duty_done(c, w->file.id, rows[i].id)) return false;
    w->had_duties = w->duty_count > 0;
    return true;
}

/* ---- lights ---- */

/* As of a clock whose limit ends with that day. */
static struct clock_due due_of(struct ctx *c, int64_t until)
{
    struct clock_terms t = orgs_clock_terms(c, (struct limit){LIMIT_NONE, 0}, (struct limit){LIMIT_NONE, 0});
    int32_t day = date_of(until - 1);
    int64_t closing = t.hours.close_minute * MS_MINUTE;
    struct clock_due due = {.set = true, .due = until - 1, .red_at = until};
    due.yellow_at = date_start(workday_add(t.calendar, day, -t.thresholds.yellow_days)) + closing;
    if (t.thresholds.red_days > 0)
        due.red_at = date_start(workday_add(t.calendar, day, -t.thresholds.red_days)) + closing + 1;
    due.light = workclock_shown(due.yellow_at, due.red_at, c->now);
    return due;
}

void case_duty_waiting(struct ctx *c, const struct case_work *w, struct case_waiting *out)
{
    out->duty = "";
    for (size_t i = 0; i < w->duty_count; i++) {
        struct clock_due due = due_of(c, w->duties[i].until);
        if (out->due && out->due <= due.due) continue;
        out->duty = kinds[w->duties[i].kind];
        out->due = due.due;
        out->yellow_at = due.yellow_at;
        out->red_at = due.red_at;
    }
}

/* ---- showing ---- */

static void show(struct ctx *c, struct json *list, const struct bpmn_duty *d)
{
    struct json *o = json_add_object(c->arena, list);
    struct clock_due due = due_of(c, d->until);
    words_light(c, o, due.light);
    json_set_str(c->arena, o, "label", ctx_tr(c, d->kind == BPMN_OWED ? "To follow" : "Promised"));
    json_set_str(c->arena, o, "name", d->name);
    json_set_str(c->arena, o, "until", words_day(c, due.due));
    json_set_str(c->arena, o, "when", words_due(c, due.due, due.light, false));
}

void case_show_duties(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "duties");
    for (size_t i = 0; i < w->state.process.duty_count; i++)
        if (case_duty_open(&w->state, &w->state.process.duties[i]))
            show(c, list, &w->state.process.duties[i]);
    json_set_bool(c->arena, doc, "has_duties", list->count > 0);
}

void case_show_owed(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "owed");
    for (size_t i = 0; i < w->state.process.duty_count; i++) {
        const struct bpmn_duty *d = &w->state.process.duties[i];
        if (d->kind == BPMN_OWED && case_duty_open(&w->state, d)) show(c, list, d);
    }
    json_set_bool(c->arena, doc, "has_owed", list->count > 0);
}

/* ---- telling ---- */

bool case_tell_owed(struct ctx *c, int64_t case_id, int64_t duty)
{
    struct case_work w;
    struct case_duty *rows;
    size_t count;
    if (!case_work_load(c, case_id, &w) || !case_store_duties(c, case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_act about = {0};
        if (rows[i].id != duty || rows[i].kind != BPMN_OWED) continue;
        if (!case_open(c, &w, "duty", rows[i].name, &about.note)) return false;
        about.event.until = rows[i].until;
        return case_tell(c, &w, &about,
                         "For your application %{case_no} (%{item}) “%{reason}” is still to follow, until "
                         "%{until}. Please hand it in by then.");
    }
    return true; /* it is there meanwhile */
}
