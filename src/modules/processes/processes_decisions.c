/* Decision models that business rule tasks ask, as far as processes know of them: at publication, and which
 * processes ask which. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

enum { DECISIONS_MAX = 100 };

const char process_asks_for_ever[] =
    "The process asks the decision model %{arg} again and again, with nobody in between.";

void process_set_decisions(struct server *server, const struct process_decisions *decisions)
{
    struct processes_state *s = server_state(server, "processes");
    s->decisions = decisions;
}

const struct process_decisions *process_decisions_of(struct ctx *c)
{
    struct processes_state *s = server_state(c->server, "processes");
    return s->decisions;
}

static void say(struct ctx *c, struct process_report *out, struct str text, const struct course_decision *d)
{
    struct str name = d->name.len ? d->name : d->element;
    process_add_fault(c, out, "%{arg}", name, d->element, 0);
    json_set_str(
        c->arena, out->faults->last, "text",
        str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(name), c->lang == &lang_en ? ": " : "：", STR_ARG(text)));
}

/* Names under which a task gives values; what gives nothing or gives everything is said. */
static struct json *given_by(struct ctx *c, struct process_report *out, const struct course_decision *d)
{
    struct json *given = json_object(c->arena);
    int at = bpmn_sheet_find(&out->sheet, d->element);
    for (size_t i = 0; at >= 0 && i < out->sheet.parts[at].pass_count; i++) {
        const struct bpmn_pass *p = &out->sheet.parts[at].passes[i];
        if (p->out || p->all || !p->to.len || (!p->from.len && !p->expression.len))
            say(c, out,
                ctx_tr(c, "Each row needs a value and the input of the decision model that takes it."), d);
        else
            json_set(given, str_z(c->arena, p->to), json_boolean(c->arena, true));
    }
    return given;
}

/* ---- ways that lead from a model back to it with nobody in between ---- */

/* Passed at once. A script is not among them: it may count, and end the round. */
static bool goes_through(const struct bpmn *b, const struct course *f, int node)
{
    switch (bpmn_node_kind(b, node)) {
    case BPMN_TASK:
    case BPMN_EXCLUSIVE:
    case BPMN_PARALLEL:
    case BPMN_INCLUSIVE:
    case BPMN_COMPLEX:
        return true;
    case BPMN_RULE_TASK:
        return course_decision_at(f, node).len > 0;
    default:
        return false;
    }
}

static bool comes_back(struct ctx *c, const struct course *f, int start)
{
    const struct bpmn *b = course_model(f);
    int *open = ARENA_ARRAY(c->arena, (size_t)bpmn_node_count(b) + 1, int), count = 1;
    bool *seen = ARENA_ARRAY(c->arena, (size_t)bpmn_node_count(b) + 1, bool);
    open[0] = start;
    while (count > 0) {
        int node = open[--count];
        struct bpmn_edge e;
        for (int i = 0; bpmn_edge(b, i, &e); i++) {
            if (e.from != node) continue;
            if (e.to == start) return true;
            if (seen[e.to] || !goes_through(b, f, e.to)) continue;
            seen[e.to] = true;
            open[count++] = e.to;
        }
    }
    return false;
}

void process_check_decisions(struct ctx *c, struct process_report *out)
{
    struct course_decision list[DECISIONS_MAX];
    const struct process_decisions *decisions = process_decisions_of(c);
    size_t count = course_decisions(out->course, list, DECISIONS_MAX), before = out->faults->count;
    for (size_t i = 0; i < count; i++) {
        const struct json *given = given_by(c, out, &list[i]);
        struct str wrong = decisions ? decisions->wrong_with(c, list[i].code, given) : STR_EMPTY;
        if (wrong.len) say(c, out, wrong, &list[i]);
        int node = bpmn_node(course_model(out->course), list[i].element);
        if (node >= 0 && comes_back(c, out->course, node))
            say(c, out, tr_arg(c->lang, c->arena, process_asks_for_ever, list[i].code), &list[i]);
    }
    if (out->faults->count > before) out->course = NULL;
}

static bool asks(const struct course *f, struct str model)
{
    struct course_decision list[DECISIONS_MAX];
    size_t count = course_decisions(f, list, DECISIONS_MAX);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].code, model)) return true;
    return false;
}

void process_add_asking(struct ctx *c, struct str model, struct json *list)
{
    const struct snapshot *s = processes_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++) {
        const struct process_version *v = &s->versions[i];
        struct json *last = list->last;
        if (!asks(v->course, model) || (last && str_eq(json_text_of(last, "code"), v->code))) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", c->lang == &lang_en && v->en.len ? v->en : v->name);
        json_set_str(c->arena, o, "code", v->code);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/processes/%lld", (long long)v->process));
    }
}
