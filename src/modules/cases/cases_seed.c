/* Cases of a demonstration: made through drafts and the flow as applicants and officers would, by the actor
 * and at the hour the caller set. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/registry/registry.h"

/* ---- what a fictional person answers ---- */

static const char *const by_format[][2] = {
    {"id-number", "78010119940318002X"},
    {"uscc", "92780101QD0000031M"},
    {"mobile", "13900000199"},
    {"bank-card", "7801000000000000012"},
    {"money", "100.00"},
    {"division", "780101"},
    {"postcode", "638000"},
    {"email", "someone@tongban.example"},
};
static const char *const by_pattern[][2] = {
    {"^[A-Z][A-Z0-9][0-9]{7}$", "E12345678"},
    {"^[0-9]{1,7}(\\.[0-9]{1,2})?$", "89.50"},
    {"^[0-9]{8,30}$", "7801000011112222"},
};

enum { DAYS_AGO = 200 };

static struct str invented(struct ctx *c, const struct json *property)
{
    const struct json *choices = json_get(property, "enum");
    struct str type = json_text_of(property, "type"), format = json_text_of(property, "format"),
               pattern = json_text_of(property, "pattern");
    int64_t least = json_i64_of(property, "minLength", 0), most = json_i64_of(property, "maxLength", 200);
    if (choices && choices->count) return json_at(choices, 0)->text;
    if (str_eq_c(type, "boolean")) return STR("1");
    if (str_eq_c(type, "integer") || str_eq_c(type, "number"))
        return str_fmt(c->arena, "%lld", (long long)json_i64_of(property, "minimum", 1));
    if (str_eq_c(format, "date")) return date_format(c->arena, date_of(c->now) - DAYS_AGO);
    for (size_t i = 0; i < sizeof by_format / sizeof by_format[0]; i++)
        if (str_eq_c(format, by_format[i][0])) return str_c(by_format[i][1]);
    for (size_t i = 0; i < sizeof by_pattern / sizeof by_pattern[0]; i++)
        if (str_eq_c(pattern, by_pattern[i][0])) return str_c(by_pattern[i][1]);
    if (least > 0) return str_slice(STR("7801010000000000000000000000000000000000"), 0, (size_t)least);
    return utf8_head(STR("演示填写内容（虚构）"), (size_t)most);
}

struct answering {
    struct ctx *c;
    const struct case_work *w;
};

/* What registers know stays as it is. A group gets one row. */
static struct str answer(void *arg, struct str name)
{
    const struct answering *a = arg;
    const struct json *known = form_field_value(a->w->form, name, &a->w->answers);
    struct str group, rest = str_cut(name, '.', &group), row, cell = str_cut(rest, '.', &row);
    const struct json *property = json_get_str(json_path(a->w->service, "form.properties"), group);
    if (str_eq_c(rest, "rows")) return STR("1");
    if (cell.len) property = json_get_str(json_path(property, "items.properties"), cell);
    bool text = known && (known->type == JSON_STRING || known->type == JSON_NUMBER) && known->text.len;
    return text ? known->text : invented(a->c, property);
}

/* ---- the draft ---- */

static bool first_situations(struct ctx *c, struct case_work *w)
{
    struct json *chosen = json_object(c->arena);
    JSON_EACH(s, json_get(w->service, "situations"))
    {
        JSON_EACH(o, json_get(s, "options"))
        {
            if (json_is(json_get(o, "ends"), JSON_OBJECT)) continue;
            json_set_str(c->arena, chosen, str_z(c->arena, json_text_of(s, "id")), json_text_of(o, "value"));
            break;
        }
    }
    return draft_situations(c, w, chosen);
}

static bool fill_pages(struct ctx *c, struct case_work *w)
{
    struct answering a = {c, w};
    for (size_t p = 0; w->form && p < form_page_count(w->form); p++)
        if (form_page_visible(w->form, p, &w->answers) && !draft_page(c, w, p, answer, &a)) return false;
    return true;
}

static bool add_papers(struct ctx *c, struct case_work *w)
{
    struct case_material *list;
    size_t count;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (list[i].wanted && list[i].required && !list[i].held && !draft_paper(c, w, list[i].id, true, 1))
            return false;
    return true;
}

/* Permits of a demonstration begin today, and its cases lie in the past: registers are asked directly. */
static bool look_up(struct ctx *c, struct case_work *w)
{
    if (w->schema) w->answers.prefill = registry_prefill(c, w->schema, w->file.applicant);
    return !w->schema || w->answers.prefill;
}

bool case_seed(struct ctx *c, const struct case_seed *seed, int64_t *id)
{
    struct case_work w;
    return draft_open(c, seed->item, seed->channel, seed->applicant, seed->agent, id) &&
           case_work_load(c, *id, &w) && look_up(c, &w) && first_situations(c, &w) && fill_pages(c, &w) &&
           add_papers(c, &w) && draft_submit(c, &w);
}

/* ---- acts ---- */

static const struct {
    const char *word;
    enum course_event_kind kind;
    enum course_role role; /* COURSE_NOBODY: that of the step */
} events[] = {
    {"special_end", COURSE_SPECIAL_END, COURSE_NOBODY},
    {"extension_granted", COURSE_EXTENSION_GRANTED, COURSE_NOBODY},
    {"delivered", COURSE_DELIVERED, COURSE_SYSTEM},
    {"withdraw", COURSE_WITHDRAW, COURSE_APPLICANT},
};

static bool is_decision(enum course_act act)
{
    return act == COURSE_GRANT || act == COURSE_REFUSE || act == COURSE_REJECT;
}

/* The first document asked for, or the first question. */
static struct str first_target(struct ctx *c, const struct case_work *w)
{
    const struct json *materials = json_get(w->service, "materials"),
                      *properties = json_path(w->service, "form.properties");
    if (materials && materials->first)
        return str_fmt(c->arena, "material:%.*s", STR_ARG(json_text_of(materials->first, "id")));
    return properties && properties->first ? str_fmt(c->arena, "field:%.*s", STR_ARG(properties->first->key))
                                           : STR_EMPTY;
}

static int64_t task_at(const struct case_work *w, const char *step)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = step ? course_tasks(w->course, &w->state, tasks) : 0;
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(course_step_at(w->course, tasks[i].step)->id, step)) return tasks[i].token;
    return 0;
}

bool case_seed_act(struct ctx *c, int64_t id, const char *word, struct str note)
{
    return case_seed_act_at(c, id, word, NULL, NULL, note);
}

/* What a system answers: nothing is owed. */
static bool serve(struct ctx *c, int64_t id, struct str by)
{
    struct case_work w;
    struct json *results = json_object(c->arena);
    json_set_i64(c->arena, results, "arrears", 0);
    if (!case_work_load(c, id, &w)) return false;
    for (size_t i = 0; i < w.state.process.count; i++) {
        const struct bpmn_token *t = &w.state.process.tokens[i];
        if (t->phase == BPMN_WAITING && bpmn_node_kind(course_model(w.course), t->node) == BPMN_SERVICE_TASK)
            return case_service_done(c, id, t->id, by, results) && case_call_off(c, &w, t->id);
    }
    return err_fault(c->err, "no service waits");
}

bool case_seed_act_at(struct ctx *c, int64_t id, const char *word, const char *step, const char *to,
                      struct str note)
{
    struct case_work w;
    struct case_point point = {.reason = note, .asked_by = c->actor.account, .asked_at = c->now};
    struct case_act act = {.event = {.kind = COURSE_DO, .act = course_act_of(str_c(word))},
                           .note = note,
                           .count = EXTENSION_WORKDAYS};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (strcmp(word, events[i].word) == 0)
            act.event = (struct course_event){.kind = events[i].kind, .role = events[i].role};
    if (strcmp(word, "served") == 0) return serve(c, id, note);
    if (act.event.kind == COURSE_DO && act.event.act == COURSE_ACT_COUNT)
        return err_fault(c->err, "no act %s", word);
    if (!case_work_load(c, id, &w)) return false;
    act.event.token = task_at(&w, step);
    act.event.target = to ? str_c(to) : STR_EMPTY;
    if (act.event.kind == COURSE_DO && act.event.act == COURSE_CORRECT) {
        point.target = first_target(c, &w);
        act.points = &point;
        act.point_count = 1;
        act.note = STR_EMPTY;
    }
    act.note_is_opinion = act.event.kind == COURSE_DO && is_decision(act.event.act);
    return case_move(c, &w, &act);
}
