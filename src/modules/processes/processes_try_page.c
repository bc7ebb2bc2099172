/* The page of a try-run: who has which task, what may be done, the picture, the clock, what has happened. */
#include "core/base/buf.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/processes/processes_try.h"

enum { FACTS_MAX = 12 };

static void add_button(struct ctx *c, struct json *list, struct str value, struct str label, bool main)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", label);
    json_set_bool(c->arena, o, "main", main);
}

static struct json *add_task(struct trial *t, struct json *list, struct str title, struct str who, bool first)
{
    struct arena *a = t->c->arena;
    struct json *o = json_add_object(a, list);
    json_set_str(a, o, "title", title);
    json_set_str(a, o, "who", who);
    json_set_bool(a, o, "first", first);
    json_set(o, "form", json_null(a));
    return json_set_array(a, o, "buttons");
}

/* What the form of the step asks; it is not filled in here: conditions are told beforehand what it says. */
static void add_form(struct trial *t, const struct json *tasks, struct str code)
{
    struct ctx *c = t->c;
    const struct form_version *f = code.len ? form_in_force(c, code, date_of(c->now)) : NULL;
    const struct json *task = json_at(tasks, tasks->count - 1), *pages;
    const struct form_answers nothing = {0};
    if (!f) return;
    struct json *o = json_set_object(c->arena, (struct json *)task, "form"), *list;
    json_set_str(c->arena, o, "name", c->lang == &lang_en && f->en.len ? f->en : f->name);
    list = json_set_array(c->arena, o, "questions");
    pages = form_pages(c->arena, f->form, &nothing, false);
    JSON_EACH(p, pages)
    {
        const struct json *page = form_page(c->arena, f->form, (size_t)json_i64_of(p, "index", 0), &nothing,
                                            NULL, c->lang == &lang_en);
        JSON_EACH(q, json_get(page, "fields"))
        {
            struct json *one = json_add_object(c->arena, list);
            json_set_str(c->arena, one, "label", json_text_of(q, "label"));
            json_set_bool(c->arena, one, "required", json_true_of(q, "required"));
        }
    }
}

static struct str step_words(const struct trial *t, const struct course_step *s)
{
    return t->c->lang == &lang_en && s->name_en.len ? s->name_en : s->name.len ? s->name : s->id;
}

static void add_send_back(struct trial *t, struct json *buttons, int64_t token)
{
    int targets[COURSE_STEPS_MAX];
    size_t n = course_targets(t->c->arena, t->course, &t->state, token, targets);
    for (size_t i = 0; i < n; i++) {
        const struct course_step *to = course_step_at(t->course, targets[i]);
        add_button(t->c, buttons,
                   str_fmt(t->c->arena, "do:%lld:send_back:%.*s", (long long)token, STR_ARG(to->id)),
                   tr_arg(t->c->lang, t->c->arena, "Send back to: %{arg}", step_words(t, to)), false);
    }
}

static bool leads_on(enum course_act act)
{
    return act == COURSE_ACCEPT || act == COURSE_PASS || act == COURSE_GRANT || act == COURSE_AGREE;
}

static void add_tasks(struct trial *t, struct json *list)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t n = course_tasks(t->course, &t->state, tasks);
    struct arena *a = t->c->arena;
    for (size_t i = 0; i < n; i++) {
        const struct course_step *s = course_step_at(t->course, tasks[i].step);
        struct course_choice choices[COURSE_CHOICES_MAX];
        size_t count = course_acts(a, t->course, &t->state, tasks[i].token, choices);
        struct str title = step_words(t, s), who = ctx_tr(t->c, process_role_words[s->role]),
                   unit = process_department_words(t->c, s->department);
        if (tasks[i].about->turn > 0) title = str_fmt(a, "%.*s %d", STR_ARG(title), tasks[i].about->turn);
        if (unit.len) who = str_fmt(a, "%.*s · %.*s", STR_ARG(unit), STR_ARG(who));
        struct json *buttons = add_task(t, list, title, who, list->count == 0);
        add_form(t, list, s->form);
        for (size_t k = 0; k < count; k++) {
            if (choices[k].kind == COURSE_SPECIAL_END)
                add_button(t->c, buttons, STR("special"), ctx_tr(t->c, "Ends the special procedure"), true);
            if (choices[k].kind != COURSE_DO) continue;
            if (choices[k].act == COURSE_SEND_BACK) {
                add_send_back(t, buttons, tasks[i].token);
                continue;
            }
            add_button(t->c, buttons,
                       str_fmt(a, "do:%lld:%s", (long long)tasks[i].token, course_act_name(choices[k].act)),
                       ctx_tr(t->c, process_act_words[choices[k].act]), leads_on(choices[k].act));
        }
    }
}

static void add_rule(struct trial *t, struct json *list)
{
    if (!trial_rule(t)) return;
    struct json *b =
        add_task(t, list, ctx_tr(t->c, "The rule of the service"), ctx_tr(t->c, "By rule"), list->count == 0);
    add_button(t->c, b, STR("rule:grant"), ctx_tr(t->c, "The rule grants"), true);
    add_button(t->c, b, STR("rule:refuse"), ctx_tr(t->c, "The rule refuses"), false);
    add_button(t->c, b, STR("rule:person"), ctx_tr(t->c, "The rule leaves it to a person"), false);
}

/* One for each error that is waited for at the edge of the task. */
static void add_errors(struct trial *t, struct json *buttons, const struct bpmn_token *at)
{
    const struct bpmn *b = course_model(t->course);
    for (int i = 0; i < bpmn_node_count(b); i++) {
        struct str code;
        if (bpmn_node_host(b, i) != at->node || !bpmn_node_catches_error(b, i, &code) ||
            memchr(code.len ? code.ptr : "", ',', code.len)) /* acts of a try-run stand between commas */
            continue;
        struct str label = code.len ? tr_arg(t->c->lang, t->c->arena, "It reports the error %{arg}", code)
                                    : ctx_tr(t->c, "It reports an error");
        add_button(t->c, buttons, str_fmt(t->c->arena, "fail:%lld:%.*s", (long long)at->id, STR_ARG(code)),
                   label, false);
    }
}

/* Systems and messages: the click stands for them. */
static void add_outside(struct trial *t, struct json *list)
{
    const struct bpmn *b = course_model(t->course);
    const struct bpmn_state *s = &t->state.process;
    for (size_t i = 0; s->status == BPMN_RUNNING && i < s->count; i++) {
        const struct bpmn_token *at = &s->tokens[i];
        bool service = at->phase == BPMN_WAITING && bpmn_node_kind(b, at->node) == BPMN_SERVICE_TASK,
             message = !service && at->phase == BPMN_WAITING && trial_message(t, at->node).len;
        if (!service && !message) continue;
        int part = bpmn_sheet_find(t->sheet, bpmn_node_id(b, at->node));
        struct str name = part >= 0 ? process_part_name(t->c, &t->sheet->parts[part]) : STR_EMPTY;
        struct json *buttons = add_task(t, list, name.len ? name : bpmn_node_id(b, at->node),
                                        service ? bpmn_node_topic(b, at->node) : STR_EMPTY, list->count == 0);
        add_button(
            t->c, buttons, str_fmt(t->c->arena, "%s:%lld", service ? "serve" : "message", (long long)at->id),
            ctx_tr(t->c, service ? "The system of the department answers" : "The message comes"), true);
        if (service) add_errors(t, buttons, at);
    }
}

/* Of another case: the click stands for it. */
static void add_signals(struct trial *t, struct json *list)
{
    const struct bpmn *b = course_model(t->course);
    struct bpmn_listener *all;
    size_t count = course_listeners(t->c->arena, t->course, &t->state, &all);
    for (size_t i = 0, k = 0; !t->state.process.suspended && i < count; i++) {
        k = i && all[i - 1].token == all[i].token ? k + 1 : 0;
        int node = bpmn_find(&t->state.process, all[i].token)->node,
            part = bpmn_sheet_find(t->sheet, bpmn_node_id(b, node));
        struct str name = part >= 0 ? process_part_name(t->c, &t->sheet->parts[part]) : STR_EMPTY;
        struct json *buttons = add_task(t, list, name.len ? name : bpmn_node_id(b, node),
                                        ctx_tr(t->c, "From another case"), list->count == 0);
        add_button(t->c, buttons, str_fmt(t->c->arena, "signal:%lld:%zu", (long long)all[i].token, k),
                   tr_arg(t->c->lang, t->c->arena, "The signal %{arg} comes", all[i].signal), true);
    }
}

/* What may be done with the case beside its tasks. */
static void add_others(struct trial *t, struct json *list)
{
    static const struct {
        enum course_event_kind kind;
        const char *word, *label;
        enum course_role role;
    } words[] = {{COURSE_CORRECTION_SUPPLIED, "supplied", "Supplies what was missing", COURSE_APPLICANT},
                 {COURSE_DELIVERED, "delivered", "Hands the result over", COURSE_DESK},
                 {COURSE_EXTENSION_GRANTED, "extended", "Agrees to the extension", COURSE_DECIDER},
                 {COURSE_EXTENSION_DENIED, "unextended", "Does not agree to the extension", COURSE_DECIDER},
                 {COURSE_WITHDRAW, "withdraw", "Withdraws the application", COURSE_APPLICANT}};
    struct course_choice choices[COURSE_CHOICES_MAX];
    size_t n = course_acts(t->c->arena, t->course, &t->state, 0, choices);
    if (t->state.status == COURSE_DRAFT) {
        struct json *b = add_task(t, list, ctx_tr(t->c, "Applies"), ctx_tr(t->c, "Applicant"), true);
        add_button(t->c, b, STR("send:p"), ctx_tr(t->c, "Apply as a person"), true);
        add_button(t->c, b, STR("send:o"), ctx_tr(t->c, "Apply as an organisation"), false);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (size_t k = 0; k < n; k++) {
            if (choices[k].kind != words[i].kind) continue;
            struct json *b = add_task(t, list, ctx_tr(t->c, words[i].label),
                                      ctx_tr(t->c, process_role_words[words[i].role]), list->count == 0);
            add_button(t->c, b, str_c(words[i].word), ctx_tr(t->c, words[i].label),
                       words[i].kind != COURSE_WITHDRAW);
            break;
        }
}

static const char *result_words(const struct course_state *s)
{
    static const char *const words[COURSE_RESULT_COUNT] = {
        [COURSE_GRANTED] = "It is granted.",
        [COURSE_REFUSED] = "It is refused.",
        [COURSE_NOT_ACCEPTED] = "The application is not accepted.",
        [COURSE_TAKEN_BACK] = "The applicant has withdrawn.",
        [COURSE_NEVER_CORRECTED] = "It is closed: what was missing was not supplied in time."};
    return s->result < COURSE_RESULT_COUNT ? words[s->result] : NULL;
}

/* ---- what conditions may read of the applicant ---- */

static bool is_name(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_' ||
           (unsigned char)ch >= 0x80;
}

struct fact {
    const char *group; /* the variable: "situation", "answers" */
    struct str name;
};

static size_t facts_in(struct str text, const char *group, struct fact *facts, size_t count)
{
    const size_t len = strlen(group);
    for (size_t at; (at = str_find(text, str_c(group))) != SIZE_MAX;) {
        size_t begin = at + len + 1, end = begin;
        bool member = begin < text.len && text.ptr[at + len] == '.';
        bool parts = str_eq_c(str_c(group), "steps"); /* steps.STEP.FIELD */
        while (member && end < text.len && (is_name(text.ptr[end]) || (parts && text.ptr[end] == '.')))
            end++;
        struct str name = member ? str_slice(text, begin, end) : STR_EMPTY;
        bool seen = !name.len || count == FACTS_MAX;
        for (size_t i = 0; i < count && !seen; i++)
            seen = facts[i].group == group && str_eq(facts[i].name, name);
        if (!seen) facts[count++] = (struct fact){group, name};
        text = str_slice(text, end > at + len ? end : at + len, text.len);
    }
    return count;
}

static size_t facts_of(const struct bpmn_part *p, const char *group, struct fact *facts, size_t n)
{
    for (size_t k = 0; k < p->detail_count; k++)
        n = facts_in(p->details[k].value, group, facts, n);
    for (size_t k = 0; k < p->pass_count; k++)
        n = facts_in(p->passes[k].expression.len ? p->passes[k].expression : p->passes[k].from, group, facts,
                     n);
    return n;
}

static size_t find_facts(const struct bpmn_sheet *s, struct fact facts[FACTS_MAX])
{
    static const char *const groups[] = {"situation", "answers", "steps"};
    size_t n = 0;
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
        for (int i = 0; i < s->count; i++)
            n = facts_of(&s->parts[i], groups[g], facts, n);
    return n;
}

/* Conditions compare numbers with numbers. */
static struct json *fact_value(struct ctx *c, struct str text)
{
    int64_t number;
    if (!text.len) return json_null(c->arena);
    if (str_to_i64(text, &number)) return json_number(c->arena, number);
    if (str_eq_c(text, "true") || str_eq_c(text, "false"))
        return json_boolean(c->arena, str_eq_c(text, "true"));
    return json_string(c->arena, text);
}

/* "visit.area": a member inside. */
static void set_fact(struct arena *a, struct json *values, struct str name, struct json *value)
{
    struct str first, rest = str_cut(name, '.', &first);
    const struct json *inside = json_get_str(values, first);
    if (!rest.len) {
        json_set(values, str_z(a, first), value);
        return;
    }
    if (!json_is(inside, JSON_OBJECT)) inside = json_set_object(a, values, str_z(a, first));
    set_fact(a, (struct json *)inside, rest, value);
}

static void add_facts(struct trial *t, struct json *doc)
{
    struct fact facts[FACTS_MAX];
    size_t n = find_facts(t->sheet, facts);
    struct arena *a = t->c->arena;
    struct json *fields = json_set_array(a, doc, "facts"), *kept = json_set_array(a, doc, "kept");
    json_set_object(a, t->facts, "situation");
    json_set_object(a, t->facts, "answers");
    json_set_object(a, t->facts, "steps");
    for (size_t i = 0; i < n; i++) {
        bool step = str_eq_c(str_c(facts[i].group), "steps");
        struct str id = str_fmt(a, "%s_%.*s", step ? "step" : (const char[2]){facts[i].group[0], 0},
                                STR_ARG(facts[i].name)),
                   value = ctx_param(t->c, id);
        struct json *values = (struct json *)json_get(t->facts, facts[i].group), *f, *k;
        set_fact(a, values, facts[i].name, fact_value(t->c, value));
        f = ctx_field(t->c, fields, str_z(a, id), "", "text", value);
        json_set_str(a, f, "label",
                     tr_arg(t->c->lang, a,
                            step                       ? "What is filled in at a step: %{arg}"
                            : facts[i].group[0] == 's' ? "What the applicant chose: %{arg}"
                                                       : "What the form says: %{arg}",
                            facts[i].name));
        k = json_add_object(a, kept);
        json_set_str(a, k, "name", id);
        json_set_str(a, k, "value", value);
    }
}

/* ---- the page ---- */

static void add_clock(struct trial *t, struct json *doc)
{
    struct ctx *c = t->c;
    struct arena *a = c->arena;
    const struct trial_timer *next = trial_next_timer(t);
    struct json *list = json_set_array(a, doc, "advance");
    const char *state = !t->clock_ever  ? "The clock has not started."
                        : t->clock_over ? "The clock has stopped."
                        : t->clock_from ? "The clock runs."
                                        : "The clock rests.";
    json_set_str(a, doc, "today", date_words_full(c->lang, a, date_of(t->now)));
    json_set_str(a, doc, "clock", ctx_tr(c, state));
    json_set(doc, "used",
             t->clock_ever ? json_string(a, str_fmt(a, "%d", trial_days_used(t))) : json_null(a));
    json_set(doc, "next_timer",
             next ? json_string(a, date_words_full(c->lang, a, date_of(next->at))) : json_null(a));
    if (course_ended(&t->state)) return;
    add_button(c, list, STR("day:1"), ctx_tr(c, "One day on"), false);
    add_button(c, list, STR("day:7"), ctx_tr(c, "A week on"), false);
    if (next) add_button(c, list, STR("timer"), ctx_tr(c, "To the next date"), false);
}

/* The acts before the last one. */
static struct str without_last(struct str way)
{
    size_t at = way.len;
    while (at > 0 && way.ptr[at - 1] != ',')
        at--;
    return at ? str_slice(way, 0, at - 1) : STR_EMPTY;
}

static struct str first_of(struct str way, size_t acts)
{
    size_t at = 0;
    for (size_t seen = 0; at < way.len; at++)
        if (way.ptr[at] == ',' && ++seen == acts) break;
    return acts ? str_slice(way, 0, at) : STR_EMPTY;
}

static struct str link_to(struct ctx *c, int version, struct str day, struct str way, const struct json *kept)
{
    struct buf b = buf_new(c->arena, 256);
    buf_fmt(&b, "/office/processes/%lld/try?version=%d&day=%.*s&way=%.*s", (long long)c->row, version,
            STR_ARG(day), STR_ARG(url_encode(c->arena, way)));
    JSON_EACH(k, kept)
    {
        struct str name = url_encode(c->arena, json_text_of(k, "name")),
                   value = url_encode(c->arena, json_text_of(k, "value"));
        buf_fmt(&b, "&%.*s=%.*s", STR_ARG(name), STR_ARG(value));
    }
    return buf_str(&b);
}

static void add_state(struct trial *t, struct json *doc)
{
    struct arena *a = t->c->arena;
    struct json *tasks = json_set_array(a, doc, "tasks");
    const char *result = result_words(&t->state);
    if (!course_ended(&t->state)) {
        add_rule(t, tasks);
        add_tasks(t, tasks);
        add_outside(t, tasks);
        add_signals(t, tasks);
        add_others(t, tasks);
    }
    json_set(doc, "result", result ? json_string(a, ctx_tr(t->c, result)) : json_null(a));
    json_set_bool(a, doc, "granted", t->state.result == COURSE_GRANTED);
    json_set_bool(a, doc, "begun", t->state.status != COURSE_DRAFT);
    json_set(doc, "stopped",
             t->stopped ? json_string(a, tr_arg(t->c->lang, a, t->stopped, t->stopped_arg)) : json_null(a));
    json_set(doc, "timeline", t->timeline);
    json_set_bool(a, doc, "has_timeline", t->timeline->count > 0);
}

bool processes_try_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at;
    struct process_report report;
    struct json *doc = ctx_doc(c);
    struct str way = in_text(c, "way"), add = in_text(c, "add"), day = in_text(c, "day");
    if (!processes_chosen(c, "version", &rows, &count, &at)) return false;
    const struct versions_row *v = &rows[at];
    if (!process_check(c, v->text, &report)) return false;
    json_set_str(c->arena, doc, "name", process_name_of(c, v));
    json_set_str(c->arena, doc, "code", v->code);
    json_set_i64(c->arena, doc, "number", v->version);
    json_set_str(c->arena, doc, "status_label", process_status_label(c, v->status));
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/processes/%lld", (long long)v->id));
    json_set_bool(c->arena, doc, "editable",
                  ctx_may(c, "process.edit") && at == 0 && str_eq_c(v->status, "draft"));
    json_set(doc, "faults", report.faults);
    json_set_bool(c->arena, doc, "has_faults", report.faults->count > 0);
    json_set_bool(c->arena, doc, "sound", report.course != NULL);
    if (!report.course) return true;
    struct trial t = {
        .c = c, .course = report.course, .sheet = &report.sheet, .facts = json_object(c->arena)};
    if (!date_parse(day, &t.first_day)) t.first_day = workday_on_or_after(orgs_calendar(c), date_of(c->now));
    if (add.len) way = way.len ? str_fmt(c->arena, "%.*s,%.*s", STR_ARG(way), STR_ARG(add)) : add;
    add_facts(&t, doc);
    trial_play(&t, way);
    way = first_of(way, t.played);
    day = date_format(c->arena, t.first_day);
    json_set_str(c->arena, doc, "way", way);
    json_set_str(c->arena, doc, "day", day);
    json_set(
        doc, "undo_href",
        way.len ? json_string(c->arena, link_to(c, v->version, day, without_last(way), json_get(doc, "kept")))
                : json_null(c->arena));
    json_set_str(c->arena, doc, "again_href",
                 str_fmt(c->arena, "/office/processes/%lld/try?version=%d", (long long)v->id, v->version));
    json_set(doc, "picture", process_draw(c, &report.sheet, t.tones));
    add_state(&t, doc);
    add_clock(&t, doc);
    return true;
}

const struct field processes_try_fields[] = {
    {"version", FIELD_INT, "Version", .min = 1, .max = 1000000},
    {"day", FIELD_DATE, .label = "The day on which it begins"},
    {"way", FIELD_LINE, "What has been done", .max = 6000},
    {"add", FIELD_LINE, "What is done now", .max = 200},
    {0},
};
