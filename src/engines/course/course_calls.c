#include "engines/course/course_internal.h"

/* Calls of processes that stand in other documents: what they are, and the course with all of them in it. */

static bool is_elsewhere(const struct bpmn *b, int node)
{
    return bpmn_node_kind(b, node) == BPMN_CALL && bpmn_node_called(b, node) < 0 &&
           bpmn_node_topic(b, node).len;
}

size_t course_calls(const struct course *f, struct course_call *out, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < bpmn_node_count(f->model) && n < max; i++) {
        if (!is_elsewhere(f->model, i)) continue;
        int version = bpmn_node_binding(f->model, i);
        out[n++] = (struct course_call){bpmn_node_id(f->model, i), bpmn_node_name(f->model, i),
                                        bpmn_node_topic(f->model, i), version > 0 ? version : 0};
    }
    return n;
}

/* Steps of a document behind those that are there; its nodes follow too. */
static void add_steps(struct course *all, int *step_of, const struct course *f, int first)
{
    for (int i = 0; i < bpmn_node_count(f->model); i++)
        step_of[first + i] = f->step_of[i] < 0 ? -1 : f->step_of[i] + all->count;
    for (int i = 0; i < f->count; i++) {
        struct course_step *s = &all->steps[all->count++];
        *s = f->steps[i];
        s->node += first;
        s->process += first;
        s->id = bpmn_node_id(all->model, s->node);
    }
}

struct course *course_link(struct arena *a, const struct course *f, const struct course_other *others,
                           size_t count)
{
    struct bpmn_other *models = ARENA_ARRAY(a, count + 1, struct bpmn_other);
    struct course *all = ARENA_NEW(a, struct course);
    struct str *texts = ARENA_ARRAY(a, count + 1, struct str);
    size_t steps = (size_t)f->count;
    for (size_t i = 0; i < count; i++) {
        models[i] =
            (struct bpmn_other){others[i].code, others[i].version, others[i].from, others[i].course->model};
        steps += (size_t)others[i].course->count;
        texts[i + 1] = others[i].course->texts[0];
    }
    *all = *f;
    texts[0] = f->texts[0];
    all->texts = texts;
    all->text_count = count + 1;
    all->model = bpmn_link(a, f->model, models, count);
    all->steps = ARENA_ARRAY(a, steps + 1, struct course_step);
    all->count = 0;
    int *step_of = ARENA_ARRAY(a, (size_t)bpmn_node_count(all->model) + 1, int),
        first = bpmn_node_count(f->model);
    add_steps(all, step_of, f, 0);
    for (size_t i = 0; i < count; i++) {
        const struct course *o = others[i].course;
        add_steps(all, step_of, o, first);
        first += bpmn_node_count(o->model);
        all->asks_rule = all->asks_rule || o->asks_rule;
        all->asks_decisions = all->asks_decisions || o->asks_decisions;
        all->asks_services = all->asks_services || o->asks_services;
        all->reads_answers = all->reads_answers || o->reads_answers;
    }
    all->step_of = step_of;
    return all;
}

int course_outermost(const struct course *f, const struct course_state *s, int64_t token)
{
    const struct bpmn_token *t = bpmn_find(&s->process, token);
    int node = t ? t->node : -1;
    for (; t; t = bpmn_find(&s->process, t->parent))
        if (t->parent && bpmn_node_parent(f->model, t->node) == f->process) node = t->node;
    return node;
}
