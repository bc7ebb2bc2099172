/* Whom an officer may name for a task (转办, 委托, 加签): colleagues of the department that has it and who
 * have its role; at the desk, those of the same counter whose area covers the case. Names are sealed, so that
 * a search opens them one by one: of one department, never of all. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"

enum { AT_ONCE = 200 };

static bool has_role(struct ctx *c, const struct account *a, enum course_role role)
{
    struct actor me = c->actor;
    c->actor = (struct actor){.kind = ACTOR_OFFICER, .account = a->id, .unit = a->unit, .area = a->area};
    server_permit(c->server, &c->actor, a->roles);
    bool has = case_has_role(c, role);
    c->actor = me;
    return has;
}

/* The actor, who has the task already and who has signed there are nobody to hand it to. */
static bool may_take(struct ctx *c, const struct case_work *w, const struct colleagues_of *of,
                     const struct account *a)
{
    struct str id = str_fmt(c->arena, "%lld", (long long)a->id);
    if (a->kind != ACTOR_OFFICER || !a->active || a->unit != of->unit || a->id == c->actor.account ||
        str_eq(id, of->holder) || bpmn_has_signed(course_model(w->course), &w->state.process, of->task, id))
        return false;
    struct str area = a->area;
    while (area.len >= 2 && str_ends(area, STR("00")))
        area.len -= 2;
    return (of->role != COURSE_DESK || str_starts(w->file.division, area)) && has_role(c, a, of->role);
}

static bool is_named(const struct account *a, struct str query)
{
    return !query.len || str_find(a->label, query) != SIZE_MAX || str_eq(a->login, query);
}

struct colleagues_of case_colleagues_of(struct ctx *c, const struct case_work *w, int64_t task)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks), i = 0;
    struct colleagues_of of = {.role = COURSE_NOBODY};
    while (i < count && tasks[i].token != task)
        i++;
    if (i == count) return of;
    of.role = course_step_at(w->course, tasks[i].step)->role;
    of.unit = of.role == COURSE_DESK ? c->actor.unit : case_task_unit(w, &tasks[i]);
    of.holder = tasks[i].about->holder;
    of.task = task;
    return of;
}

bool case_colleagues(struct ctx *c, const struct case_work *w, const struct colleagues_of *of,
                     struct str query, struct account *out, size_t *count, bool *more)
{
    struct account *page;
    size_t got = AT_ONCE;
    int64_t after = 0;
    *count = 0;
    *more = false;
    while (got == AT_ONCE && of->role != COURSE_NOBODY) {
        if (!account_list_unit(c, of->unit, after, AT_ONCE, &page, &got)) return false;
        for (size_t i = 0; i < got; i++) {
            after = page[i].id;
            if (!is_named(&page[i], query) || !may_take(c, w, of, &page[i])) continue;
            *more = *count == COLLEAGUES_MAX;
            if (*more) return true;
            out[(*count)++] = page[i];
        }
    }
    return true;
}

bool case_colleague(struct ctx *c, const struct case_work *w, int64_t task, int64_t account)
{
    const struct colleagues_of of = case_colleagues_of(c, w, task);
    struct account a;
    bool known = account && account_load(c, account, &a);
    if (account && !known && c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return (known && may_take(c, w, &of, &a)) ||
           err_at(c->err, STR("to"), "Please choose a colleague who may do this task.", STR_EMPTY);
}
