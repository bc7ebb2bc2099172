/* Who has opened a case since a step of it was passed on. Looks are on record before an answer leaves
 * (evidence, data.read): that record is asked, so that looking itself writes nothing into the case. */
#include "modules/cases/cases_looked.h"
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_web.h"
#include "modules/evidence/evidence.h"

/* As the colleague would find it now. */
static bool may_do(struct ctx *c, const struct case_work *w, const struct course_task *t,
                   const struct account *a)
{
    struct actor me = c->actor;
    c->actor = (struct actor){.kind = ACTOR_OFFICER, .account = a->id, .unit = a->unit, .area = a->area};
    server_permit(c->server, &c->actor, a->roles);
    bool may = case_is_theirs(c, w, t) && office_acts_for(c, t->about, case_who(c)) &&
               !bpmn_has_signed(course_model(w->course), &w->state.process, t->token, case_who(c));
    c->actor = me;
    return may;
}

bool case_opened_by_others(struct ctx *c, const struct case_work *w, const struct course_state *then,
                           const struct course_step **opened)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks), readers;
    int64_t since, *accounts;
    *opened = NULL;
    if (!looked_store_done(c, w->file.id, c->actor.account, &since) ||
        !evidence_readers(c, w->file.id, since, &accounts, &readers))
        return false;
    for (size_t i = 0; i < readers && !*opened; i++) {
        struct account a;
        if (accounts[i] == c->actor.account) continue;
        if (!account_load(c, accounts[i], &a)) {
            if (c->err->kind != ERR_MISSING) return false;
            err_clear(c->err);
            continue;
        }
        for (size_t k = 0; k < count && !*opened; k++)
            if (a.active && !bpmn_find(&then->process, tasks[k].token) && may_do(c, w, &tasks[k], &a))
                *opened = course_step_at(w->course, tasks[k].step);
    }
    return true;
}
