/* The processes that a case has called, each with its own steps, for the page of officers. */
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_words.h"

bool case_step_called(const struct course *f, struct str step)
{
    return course_step_find(f, step) >= (int)course_step_count(f);
}

struct called {
    const struct course *course;  /* the one that called it: the case may have left that version since */
    int process;                  /* node */
    const struct bpmn_token *run; /* NULL: it has ended */
};

static bool runs(const struct bpmn_token *t)
{
    return t->phase == BPMN_SCOPE && t->into >= 0;
}

static struct str called_id(const struct called *k)
{
    return bpmn_node_id(course_model(k->course), k->process);
}

static bool is_listed(const struct called *list, size_t count, const struct called *k)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(called_id(&list[i]), called_id(k))) return true;
    return false;
}

/* Ended ones by what was done in them, then those that run. */
static size_t find_called(struct ctx *c, const struct case_work *w, const struct case_event *events,
                          size_t event_count, struct called *list)
{
    const struct bpmn_state *s = &w->state.process;
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (runs(&s->tokens[i])) list[count++] = (struct called){w->course, s->tokens[i].into, &s->tokens[i]};
    for (size_t i = 0; i < event_count; i++) {
        const struct course *f = case_course_then(c, w, &events[i]);
        if (!case_step_called(f, events[i].step)) continue;
        const struct called k = {f, course_step_at(f, course_step_find(f, events[i].step))->process, NULL};
        if (!is_listed(list, count, &k)) list[count++] = k;
    }
    return count;
}

static bool stands_in(const struct case_work *w, const struct bpmn_token *t, const struct bpmn_token *run)
{
    while (t && t != run)
        t = t->parent ? bpmn_find(&w->state.process, t->parent) : NULL;
    return t != NULL;
}

static const char *state_of(const struct case_work *w, const struct called *k, const struct course_step *s,
                            const struct case_event *events, size_t count)
{
    const struct bpmn_state *p = &w->state.process;
    for (size_t i = 0; k->run && i < p->count; i++)
        if (p->tokens[i].node == s->node && p->tokens[i].phase == BPMN_WAITING &&
            stands_in(w, &p->tokens[i], k->run))
            return "now";
    for (size_t i = 0; k->run && i < p->past_count; i++)
        if (p->past[i].node == s->node && stands_in(w, bpmn_find(p, p->past[i].scope), k->run)) return "done";
    for (size_t i = 0; !k->run && i < count; i++)
        if (str_eq(events[i].step, s->id)) return "done";
    return k->run ? "next" : NULL;
}

static void add_step(struct ctx *c, struct json *list, const struct course *f, const struct course_step *s,
                     const char *state)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "state", state);
    json_set_bool(c->arena, json_set_object(c->arena, o, "at"), state, true);
    json_set_str(c->arena, o, "title", words_step(c, f, s->id));
    json_set(o, "when", json_null(c->arena));
    json_set_str(c->arena, o, "datetime", STR_EMPTY);
    json_set_str(c->arena, o, "who",
                 s->department.len ? ctx_tr(c, "Another department")
                                   : words_role(c, str_c(course_role_name(s->role))));
    json_set(o, "text", json_null(c->arena));
    json_set_bool(c->arena, o, "text_zh", false);
}

static struct str part_name(struct ctx *c, const struct course *f, int node)
{
    const struct bpmn *b = course_model(f);
    struct str en = bpmn_node_note(b, node, "en"), name = bpmn_node_name(b, node);
    return c->lang == &lang_en && en.len ? en : name.len ? name : bpmn_node_id(b, node);
}

/* "3" of "site-check@3/site-check". */
static struct str version_of(const struct called *k)
{
    struct str id = called_id(k), rest, version;
    size_t at = str_find_char(id, '@');
    rest = at == SIZE_MAX ? STR_EMPTY : str_slice(id, at + 1, id.len);
    str_cut(rest, '/', &version);
    return version;
}

bool case_show_called(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct case_event *events;
    size_t event_count;
    struct course_call one;
    bool moved = false;
    struct json *list = json_set_array(c->arena, doc, "called");
    json_set_bool(c->arena, doc, "has_called", false);
    if (!w->course) return true;
    if (!course_calls(w->course, &one, 1) && (!case_store_was_moved(c, w->file.id, &moved) || !moved))
        return c->err->kind == ERR_NONE;
    if (!case_events(c, w, &events, &event_count)) return false;
    struct called *called = ARENA_ARRAY(c->arena, w->state.process.count + event_count + 1, struct called);
    size_t count = find_called(c, w, events, event_count, called);
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list), *steps;
        json_set_str(c->arena, o, "name", part_name(c, called[i].course, called[i].process));
        json_set_str(c->arena, o, "version", version_of(&called[i]));
        json_set(o, "by",
                 called[i].run ? json_string(c->arena, part_name(c, w->course, called[i].run->node))
                               : json_null(c->arena));
        json_set_bool(c->arena, o, "running", called[i].run != NULL);
        json_set_str(c->arena, o, "state", ctx_tr(c, called[i].run ? "It runs now" : "It has ended"));
        steps = json_set_array(c->arena, o, "timeline");
        const struct course_step *s;
        for (int k = 0; (s = course_step_at(called[i].course, k)); k++) {
            const char *state =
                s->process == called[i].process ? state_of(w, &called[i], s, events, event_count) : NULL;
            if (state) add_step(c, steps, called[i].course, s, state);
        }
    }
    json_set_bool(c->arena, doc, "has_called", count > 0);
    return true;
}
