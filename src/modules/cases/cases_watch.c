/* What must be done before a step: of the ways that lead to it, what all of them have in common. Where
 * branches join again, all of them are needed. */
#include "modules/cases/cases_watch.h"

/* Unreached so far: everything, so that meeting it takes nothing away. */
#define EVERYTHING UINT32_MAX

struct before {
    const struct bpmn *model;
    const struct course *course;
    uint32_t *at; /* by node: what is done when a token comes in */
};

static uint32_t step_bit(const struct before *b, int node)
{
    int step = course_step_find(b->course, bpmn_node_id(b->model, node));
    return step >= 0 && step < CASE_WATCH_STEPS_MAX ? UINT32_C(1) << step : 0;
}

/* What is done behind a node; what interrupts an activity finds it not done. */
static uint32_t behind(const struct before *b, int node)
{
    return b->at[node] == EVERYTHING ? EVERYTHING : b->at[node] | step_bit(b, node);
}

static uint32_t arriving(const struct before *b, int node)
{
    bool join = bpmn_node_kind(b->model, node) == BPMN_PARALLEL, reached = false;
    uint32_t met = EVERYTHING, all = 0;
    struct bpmn_edge edge;
    int host = bpmn_node_host(b->model, node);
    if (host >= 0) return b->at[host];
    for (int i = 0; bpmn_edge(b->model, i, &edge); i++) {
        if (edge.to != node || behind(b, edge.from) == EVERYTHING) continue;
        reached = true;
        met &= behind(b, edge.from);
        all |= behind(b, edge.from);
    }
    return !reached ? EVERYTHING : join ? all : met;
}

static void settle(struct before *b, int nodes)
{
    bool changed = true;
    for (int round = 0; changed && round < nodes + 2; round++) {
        changed = false;
        for (int n = 0; n < nodes; n++) {
            uint32_t now;
            if (bpmn_node_kind(b->model, n) == BPMN_START_EVENT) continue;
            now = arriving(b, n);
            changed = changed || now != b->at[n];
            b->at[n] = now;
        }
    }
}

void case_watch_course(struct arena *a, const struct course *f, struct case_watch *w)
{
    struct before b = {.model = course_model(f), .course = f};
    int nodes = bpmn_node_count(b.model);
    uint32_t always = EVERYTHING;
    w->step_count = 0;
    if (course_step_count(f) > CASE_WATCH_STEPS_MAX) return;
    b.at = ARENA_ARRAY(a, (size_t)nodes + 1, uint32_t);
    for (int n = 0; n < nodes; n++)
        b.at[n] = bpmn_node_kind(b.model, n) == BPMN_START_EVENT ? 0 : EVERYTHING;
    settle(&b, nodes);
    for (size_t i = 0; i < course_step_count(f); i++) {
        const struct course_step *s = course_step_at(f, (int)i);
        uint32_t needs = b.at[s->node] == EVERYTHING ? 0 : b.at[s->node] & ~(UINT32_C(1) << i);
        w->steps[i] = (struct case_watch_step){.id = s->id,
                                               .desk = s->role == COURSE_DESK,
                                               .accepts = (s->acts & (1u << COURSE_ACCEPT)) != 0,
                                               .elsewhere = s->department.len || s->role == COURSE_APPLICANT,
                                               .needs = needs,
                                               .limit = s->limit};
        if (s->acts & (1u << COURSE_GRANT)) always &= needs | UINT32_C(1) << i;
    }
    w->step_count = course_step_count(f);
    for (size_t i = 0; i < w->step_count; i++)
        w->steps[i].always = always != EVERYTHING && (always >> i & 1);
}

const struct process_version *case_watch_steps(struct ctx *c, struct str process, int version,
                                               struct case_watch *w)
{
    struct str code = process.len ? process : process_of_flow(json_get(w->service, "flow"));
    const struct process_version *p = version ? process_version_of(c, code, version) : process_first(c, code);
    if (!p) return NULL;
    case_watch_course(c->arena, p->course, w);
    return p;
}
