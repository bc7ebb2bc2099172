/* Running cases go on under another version of their process, where all they stand in is there too. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_steps.h"
#include "modules/cases/cases_web.h"
#include "modules/evidence/evidence.h"

static bool record(struct ctx *c, const struct case_work *w, int from, int to)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", to);
    json_set_i64(c->arena, detail, "from", from);
    return case_store_add_event(c, w->file.id, "moved", w->file.step, STR_EMPTY, STR_EMPTY) &&
           evidence_add(c, "case.moved", "case", w->file.id, w->file.applicant, detail);
}

/* ---- what the other version has no place for ---- */

/* %{arg}: the part of the process, or what is read. */
static const char *const sentences[BPMN_LACK_COUNT] = {
    [BPMN_LACK_NODE] = "The case stands at %{arg}, which that version does not have.",
    [BPMN_LACK_KIND] = "The case stands at %{arg}, which is something else in that version.",
    [BPMN_LACK_SCOPE] = "The case stands at %{arg}, which belongs to another part of that version.",
    [BPMN_LACK_PAST] = "The case may come back to %{arg}, which that version does not have.",
    [BPMN_LACK_BACK] = "Having been sent back, the case goes on at %{arg}, which that version does not have.",
    [BPMN_LACK_FLOW] =
        "Branches that are done are counted by the way %{arg}, which that version does not have.",
    [BPMN_LACK_TIMER] = "A timer runs at %{arg}, where that version waits for none.",
    [BPMN_LACK_EVENT] = "The case waits for an event at %{arg}, which that version does not wait for there.",
    [BPMN_LACK_LOOP] =
        "%{arg} is done by several or several times, and that version counts them otherwise or not.",
    [BPMN_LACK_TASK] =
        "A system has the task %{arg}, which is another task or another department's in that version.",
    [BPMN_LACK_ASKED] = "A department has been asked at %{arg}, where that version asks another one or none.",
    [BPMN_LACK_OWED] = "%{arg} is owed, and no step of that version waits until it has come.",
    [BPMN_LACK_DATA] =
        "A condition of that version reads %{arg}, which the case does not have and no later step brings.",
};

static struct str about(struct ctx *c, const struct case_work *w, const struct bpmn_lack *l)
{
    int node = l->id.len ? bpmn_node(course_model(w->course), l->id) : -1;
    struct str en = node >= 0 ? bpmn_node_note(course_model(w->course), node, "en") : STR_EMPTY;
    struct str name = c->lang == &lang_en && en.len ? en : l->name;
    if (l->kind == BPMN_LACK_DATA) return l->what;
    if (!l->id.len || !name.len) return name.len ? name : l->id;
    if (str_eq(name, l->id)) return name;
    return c->lang == &lang_en ? str_fmt(c->arena, "“%.*s” (%.*s)", STR_ARG(name), STR_ARG(l->id))
                               : str_fmt(c->arena, "“%.*s”（%.*s）", STR_ARG(name), STR_ARG(l->id));
}

static bool has(void *data, struct str path)
{
    const struct case_work *w = data;
    struct str group, name = str_cut(path, '.', &group);
    if (str_eq_c(group, "answers")) /* what is not answered is asked all the same */
        return !name.len || (w->form && form_field_page(w->form, name) != SIZE_MAX);
    return str_eq_c(group, "situation") || (str_eq_c(group, "steps") && case_step_fact(w, name));
}

static struct json *lacks_of(struct ctx *c, struct case_work *w, const struct process_version *to,
                             struct json *report)
{
    struct bpmn_lacks lacks;
    struct json *list = json_set_array(c->arena, report, "missing");
    course_lacks(c->arena, w->course, &w->state, to->course, has, w, &lacks);
    for (size_t i = 0; i < lacks.count; i++)
        json_set_str(c->arena, json_add_object(c->arena, list), "text",
                     tr_arg(c->lang, c->arena, sentences[lacks.list[i].kind], about(c, w, &lacks.list[i])));
    return list;
}

static bool move(struct ctx *c, struct case_work *w, const struct process_version *to)
{
    int from = w->process->version;
    if (!course_move(c->arena, w->course, &w->state, to->course, &w->state, c->err)) return false;
    w->process = to;
    w->course = to->course;
    w->process_code = to->code;
    w->process_version = to->version;
    return case_write_state(c, w) && case_keep(c, w) && record(c, w, from, to->version);
}

static bool look_at(struct ctx *c, int64_t id, struct str code, int version, bool apply, struct json *report)
{
    struct case_work w;
    if (!case_work_load(c, id, &w)) return false;
    if ((code.len && !str_eq(w.process->code, code)) || w.process->version == version) return true;
    const struct process_version *to = process_version_of(c, w.process->code, version);
    if (!to) return err_missing(c->err, "process", "We cannot find this version.");
    struct json *o = json_add_object(c->arena, report);
    json_set_str(c->arena, o, "case_no", w.file.case_no);
    json_set_i64(c->arena, o, "from", w.process->version);
    json_set_i64(c->arena, o, "to", version);
    bool fits = !lacks_of(c, &w, to, o)->count;
    json_set_bool(c->arena, o, "moved", apply && fits);
    json_set_bool(c->arena, o, "has_missing", !fits);
    return !apply || !fits || move(c, &w, to);
}

bool case_move_version(struct ctx *c, struct str code, int to, struct str case_no, int64_t *after, bool apply,
                       struct json *report)
{
    int64_t *ids;
    size_t count;
    if (!case_store_running(c, code, to, case_no, *after, &ids, &count)) return false;
    if (case_no.len && !count)
        return err_missing(c->err, "case", "No running case has this number under another version.");
    for (size_t i = 0; i < count; i++)
        if (!look_at(c, ids[i], code, to, apply, report)) return false;
    if (count) *after = ids[count - 1];
    return true;
}
