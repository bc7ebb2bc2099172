/* Running cases go on under another version of their process, where all they stand in is there too. */
#include "core/http/server.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_steps.h"
#include "modules/cases/cases_web.h"
#include "modules/evidence/evidence.h"

struct moving {
    struct case_work *w;
    const struct process_version *to;
    const struct bpmn_places *places;
};

/* What was said of steps this case has to do with. */
static void add_said(struct ctx *c, const struct moving *m, struct json *detail)
{
    struct json *said = NULL;
    for (size_t i = 0; m->places && i < m->places->count; i++) {
        if (bpmn_node(course_model(m->w->course), m->places->list[i].from) < 0) continue;
        if (!said) said = json_set_object(c->arena, detail, "places");
        json_set_str(c->arena, said, str_z(c->arena, m->places->list[i].from), m->places->list[i].to);
    }
}

static bool record(struct ctx *c, const struct case_work *w, struct json *detail, int from, int to)
{
    json_set_i64(c->arena, detail, "version", to);
    json_set_i64(c->arena, detail, "from", from);
    return case_store_add_event(c, w->file.id, to, "moved", w->file.step, STR_EMPTY,
                                json_to_str(c->arena, detail)) &&
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
    [BPMN_LACK_ONE] =
        "The case stands at %{arg} and at another step, and both would be one step in that version.",
    [BPMN_LACK_TIMER] = "A timer runs at %{arg}, where that version waits for none.",
    [BPMN_LACK_EVENT] = "The case waits for an event at %{arg}, which that version does not wait for there.",
    [BPMN_LACK_LOOP] =
        "%{arg} is done by several or several times, and that version counts them otherwise or not.",
    [BPMN_LACK_TASK] =
        "A system has the task %{arg}, which is another task or another department's in that version.",
    [BPMN_LACK_ASKED] = "A department has been asked at %{arg}, where that version asks another one or none.",
    [BPMN_LACK_RULE] = "The case waits for a decision at %{arg}, where that version asks for another one.",
    [BPMN_LACK_OWED] = "%{arg} is owed, and no step of that version waits until it has come.",
    [BPMN_LACK_JOIN] = "That version waits at %{arg} for a branch that this case has not begun.",
    [BPMN_LACK_TWICE] = "The case stands at %{arg} at once, and no case of that version ever does.",
    [BPMN_LACK_DATA] =
        "A condition of that version reads %{arg}, which the case does not have and no later step brings.",
};

static struct str named(struct ctx *c, const struct bpmn *model, struct str id, struct str name)
{
    int node = id.len ? bpmn_node(model, id) : -1;
    struct str en = node >= 0 ? bpmn_node_note(model, node, "en") : STR_EMPTY;
    if (c->lang == &lang_en && en.len) name = en;
    if (!id.len || !name.len) return name.len ? name : id;
    if (str_eq(name, id)) return name;
    return c->lang == &lang_en ? str_fmt(c->arena, "“%.*s” (%.*s)", STR_ARG(name), STR_ARG(id))
                               : str_fmt(c->arena, "“%.*s”（%.*s）", STR_ARG(name), STR_ARG(id));
}

static struct str step_named(struct ctx *c, const struct moving *m, struct str id)
{
    const struct bpmn *model = course_model(m->w->course);
    return named(c, model, id, bpmn_node_name(model, bpmn_node(model, id)));
}

static bool is_there(const struct bpmn_lack *l)
{
    return l->kind == BPMN_LACK_JOIN || l->kind == BPMN_LACK_TWICE;
}

static struct str about(struct ctx *c, const struct moving *m, const struct bpmn_lack *l)
{
    if (l->kind == BPMN_LACK_DATA) return l->what;
    if (l->kind == BPMN_LACK_TWICE)
        return str_fmt(c->arena, c->lang == &lang_en ? "%.*s and %.*s" : "%.*s和%.*s",
                       STR_ARG(step_named(c, m, l->one)), STR_ARG(step_named(c, m, l->other)));
    return named(c, course_model(is_there(l) ? m->to->course : m->w->course), l->id, l->name);
}

static struct str sentence(struct ctx *c, const struct moving *m, const struct bpmn_lack *l)
{
    struct str first = tr_arg(c->lang, c->arena, sentences[l->kind], about(c, m, l)), then;
    if (l->kind != BPMN_LACK_TWICE) return first;
    const struct bpmn *to = course_model(m->to->course);
    enum bpmn_kind kind = bpmn_node_kind(to, bpmn_node(to, l->id));
    bool join = kind == BPMN_PARALLEL || kind == BPMN_INCLUSIVE || kind == BPMN_COMPLEX;
    then =
        tr_arg(c->lang, c->arena,
               join ? "%{arg} would be come to twice by one branch: it would wait in vain or lead on twice."
                    : "%{arg} would be done twice.",
               named(c, to, l->id, l->name));
    return str_fmt(c->arena, c->lang == &lang_en ? "%.*s %.*s" : "%.*s%.*s", STR_ARG(first), STR_ARG(then));
}

/* The step as it was called while it was filled in. */
static struct str called_before(const struct moving *m, struct str step)
{
    for (size_t i = 0; m->places && i < m->places->count; i++)
        if (str_eq(m->places->list[i].to, step)) return m->places->list[i].from;
    return step;
}

static bool has(void *data, struct str path)
{
    const struct moving *m = data;
    const struct case_work *w = m->w;
    struct str group, name = str_cut(path, '.', &group), step, field;
    if (str_eq_c(group, "answers")) /* what is not answered is asked all the same */
        return !name.len || (w->form && form_field_page(w->form, name) != SIZE_MAX);
    if (str_eq_c(group, "situation")) return true;
    field = str_cut(name, '.', &step);
    return str_eq_c(group, "steps") &&
           (case_step_fact(w, name) || case_step_value(w, called_before(m, step), field));
}

/* ---- what could take a place that is gone ---- */

static bool is_place(enum bpmn_lack_kind kind)
{
    return kind == BPMN_LACK_NODE || kind == BPMN_LACK_KIND || kind == BPMN_LACK_SCOPE ||
           kind == BPMN_LACK_PAST || kind == BPMN_LACK_BACK;
}

static struct str node_words(struct ctx *c, const struct bpmn *b, int node)
{
    struct str en = bpmn_node_note(b, node, "en"), name = bpmn_node_name(b, node);
    if (c->lang == &lang_en && en.len) return en;
    return name.len ? name : bpmn_node_id(b, node);
}

static void add_place(struct ctx *c, const struct moving *m, struct json *list, struct str id)
{
    const struct bpmn *from = course_model(m->w->course), *to = course_model(m->to->course);
    int node = bpmn_node(from, id);
    JSON_EACH(one, list)
    {
        if (str_eq(json_text_of(one, "id"), id)) return;
    }
    if (node < 0 || bpmn_node_parent(from, node) < 0) return;
    struct json *o = json_add_object(c->arena, list), *options;
    json_set_str(c->arena, o, "id", id);
    json_set_str(c->arena, o, "name", node_words(c, from, node));
    options = json_set_array(c->arena, o, "options");
    for (int i = 0; i < bpmn_node_count(to); i++) {
        if (!course_takes_place(c->arena, m->w->course, node, m->to->course, i, m->places)) continue;
        struct json *one = json_add_object(c->arena, options);
        json_set_str(c->arena, one, "id", bpmn_node_id(to, i));
        json_set_str(c->arena, one, "name", node_words(c, to, i));
    }
}

/* Also those that are said to be others now: the form asks for them again. */
static void add_places(struct ctx *c, const struct moving *m, struct json *report)
{
    struct bpmn_lacks lacks;
    struct json *list = json_set_array(c->arena, report, "places");
    course_lacks(c->arena, m->w->course, &m->w->state, m->to->course, NULL, NULL, NULL, &lacks);
    for (size_t i = 0; i < lacks.count; i++)
        if (is_place(lacks.list[i].kind)) add_place(c, m, list, lacks.list[i].id);
}

static struct json *lacks_of(struct ctx *c, struct moving *m, struct json *report)
{
    struct bpmn_lacks lacks;
    struct json *list = json_set_array(c->arena, report, "missing");
    course_lacks(c->arena, m->w->course, &m->w->state, m->to->course, m->places, has, m, &lacks);
    for (size_t i = 0; i < lacks.count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "text", sentence(c, m, &lacks.list[i]));
        bool here = lacks.list[i].id.len && !is_there(&lacks.list[i]);
        json_set(o, "element", here ? json_string(c->arena, lacks.list[i].id) : json_null(c->arena));
    }
    return list;
}

/* What waits for a decision waits for the same one, at a step that may have another name. */
static bool name_stuck(struct ctx *c, const struct case_work *w)
{
    const struct bpmn *model = course_model(w->course);
    struct case_stuck *rows;
    size_t count;
    if (!stuck_store_of_case(c, w->file.id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct bpmn_token *t = bpmn_find(&w->state.process, rows[i].token);
        struct str name = t ? bpmn_node_name(model, t->node) : STR_EMPTY;
        if (t && !stuck_store_name(c, rows[i].id, name.len ? name : bpmn_node_id(model, t->node),
                                   bpmn_node_note(model, t->node, "en")))
            return false;
    }
    return true;
}

static bool move(struct ctx *c, struct moving *m)
{
    struct case_work *w = m->w;
    struct json *detail = json_object(c->arena);
    int from = w->process->version;
    add_said(c, m, detail);
    if (!case_rename_steps(c, w, m->places) ||
        !course_move(c->arena, w->course, &w->state, m->to->course, m->places, &w->state, c->err))
        return false;
    w->process = m->to;
    w->course = m->to->course;
    w->process_code = m->to->code;
    w->process_version = m->to->version;
    return case_write_state(c, w) && case_keep(c, w) && name_stuck(c, w) &&
           record(c, w, detail, from, m->to->version);
}

static bool look_at(struct ctx *c, int64_t id, struct str code, int version, const struct bpmn_places *places,
                    bool apply, struct json *report)
{
    struct case_work w;
    if (!case_work_load(c, id, &w)) return false;
    if ((code.len && !str_eq(w.process->code, code)) || w.process->version == version) return true;
    struct moving m = {&w, process_version_of(c, w.process->code, version), places};
    if (!m.to) return err_missing(c->err, "process", "We cannot find this version.");
    struct json *o = json_add_object(c->arena, report);
    json_set_str(c->arena, o, "case_no", w.file.case_no);
    json_set_i64(c->arena, o, "from", w.process->version);
    json_set_i64(c->arena, o, "to", version);
    bool fits = !lacks_of(c, &m, o)->count;
    add_places(c, &m, o);
    json_set_bool(c->arena, o, "moved", apply && fits);
    json_set_bool(c->arena, o, "has_missing", !fits);
    return !apply || !fits || move(c, &m);
}

bool case_move_version(struct ctx *c, struct str code, int to, struct str case_no,
                       const struct bpmn_places *places, int64_t *after, bool apply, struct json *report)
{
    int64_t *ids;
    size_t count;
    if (!case_store_running(c, code, to, case_no, *after, &ids, &count)) return false;
    if (case_no.len && !count)
        return err_missing(c->err, "case", "No running case has this number under another version.");
    for (size_t i = 0; i < count; i++)
        if (!look_at(c, ids[i], code, to, places, apply, report)) return false;
    if (count) *after = ids[count - 1];
    return true;
}
