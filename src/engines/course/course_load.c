#include "engines/course/course_internal.h"

/* From a sound model to the course of a case: what is read of it, and what it may not do. */

static const char *const role_words[COURSE_ROLE_COUNT] = {[COURSE_APPLICANT] = "applicant",
                                                          [COURSE_DESK] = "desk",
                                                          [COURSE_REVIEWER] = "reviewer",
                                                          [COURSE_DECIDER] = "decider"};

struct loading {
    struct arena *arena;
    struct course *f;
    const struct bpmn *b;
    int process;
    struct course_faults *faults;
};

static void fault(struct loading *l, const char *msgid, int node)
{
    struct str name = node >= 0 ? bpmn_node_name(l->b, node) : STR_EMPTY;
    if (node >= 0 && !name.len) name = bpmn_node_id(l->b, node);
    if (l->faults->count < COURSE_FAULTS_MAX)
        l->faults->list[l->faults->count++] =
            (struct course_fault){msgid, name, node >= 0 ? bpmn_node_id(l->b, node) : STR_EMPTY};
}

enum course_result course_result_of(const struct course *f, int node)
{
    struct str word = node >= 0 ? bpmn_node_note(f->model, node, "result") : STR_EMPTY;
    return str_eq_c(word, "granted")   ? COURSE_GRANTED
           : str_eq_c(word, "refused") ? COURSE_REFUSED
                                       : COURSE_OPEN;
}

/* ---- steps ---- */

static enum course_role role_of(struct str word)
{
    for (int r = 0; r < COURSE_ROLE_COUNT; r++)
        if (role_words[r] && str_eq_c(word, role_words[r])) return (enum course_role)r;
    return COURSE_NOBODY;
}

static void read_acts(struct loading *l, struct course_step *s)
{
    struct str rest = bpmn_node_note(l->b, s->node, "acts"), word;
    if (!rest.len) fault(l, "Nothing can be done in the step %{arg}.", s->node);
    while (rest.len) {
        rest = str_cut(rest, ' ', &word);
        if (!word.len) continue;
        enum course_act act = course_act_of(word);
        if (act == COURSE_ACT_COUNT)
            fault(l, "The step %{arg} has an act that is not known.", s->node);
        else
            s->acts |= COURSE_BIT(act);
    }
}

/* The answer about acceptance has one day for everybody (行政许可法 art. 32); who applies is not timed. */
static void read_limit(struct loading *l, struct course_step *s)
{
    struct str limit = bpmn_node_note(l->b, s->node, "limit");
    int64_t days = 0;
    if (!limit.len) return;
    if (s->acts & COURSE_BIT(COURSE_ACCEPT))
        fault(l,
              "How long the step %{arg} has is said by the law and the service, since it accepts: it has no "
              "limit of its own.",
              s->node);
    else if (s->role == COURSE_APPLICANT)
        fault(l, "Steps of the applicant have no limit, which the step %{arg} does not respect.", s->node);
    else if (!str_to_i64(limit, &days) || days < 1 || days > COURSE_LIMIT_MAX)
        fault(l, "The limit of the step %{arg} is no number of working days from 1 to 250.", s->node);
    else
        s->limit = (int)days;
}

/* Who is asked gives an opinion, and nothing else. */
static void check_department(struct loading *l, const struct course_step *s)
{
    if (!s->department.len) return;
    if (s->role == COURSE_DESK)
        fault(l, "The desk is not asked for its opinion, which the step %{arg} does not respect.", s->node);
    if (s->acts & ~COURSE_CONSULTED)
        fault(l, "In the step %{arg} another department can only agree, disagree or give an opinion.",
              s->node);
}

static void check_step(struct loading *l, const struct course_step *s)
{
    bool receives = (s->acts & COURSE_RECEIVING) != 0;
    if (s->role == COURSE_NOBODY)
        fault(l, "The step %{arg} belongs to no role that handles applications.", s->node);
    if ((s->acts & COURSE_DECIDING) && s->role != COURSE_DECIDER)
        fault(l, "Only a decider may grant or refuse, which the step %{arg} does not respect.", s->node);
    if ((s->acts & COURSE_DECIDING) && (s->acts & COURSE_DECIDING) != COURSE_DECIDING)
        fault(l, "Who decides in the step %{arg} must be able to grant and to refuse.", s->node);
    if ((s->acts & COURSE_DECIDING) && (s->acts & COURSE_ONWARD & ~COURSE_DECIDING))
        fault(l, "Who decides in the step %{arg} can only grant or refuse, and not lead on otherwise.",
              s->node);
    if (l->f->part && (s->acts & (COURSE_RECEIVING | COURSE_DECIDING)))
        fault(l, "A process that is only called receives and decides nothing, which %{arg} does not respect.",
              s->node);
    if (s->role == COURSE_APPLICANT && (s->acts != COURSE_BIT(COURSE_PASS) || s->department.len))
        fault(l, "The applicant can only pass on what was filled in, which the step %{arg} does not respect.",
              s->node);
    if (s->role == COURSE_APPLICANT && !s->form.len)
        fault(l, "The step %{arg} of the applicant names no form.", s->node);
    if (receives && !(s->acts & COURSE_BIT(COURSE_ACCEPT)))
        fault(l, "Only a step that accepts receives, which the step %{arg} does not respect.", s->node);
    if (s->acts && !(s->acts & COURSE_ONWARD)) fault(l, "The step %{arg} does not lead on.", s->node);
}

static int process_around(const struct bpmn *b, int node)
{
    while (bpmn_node_parent(b, node) >= 0)
        node = bpmn_node_parent(b, node);
    return node;
}

static void add_step(struct loading *l, int node)
{
    struct course *f = l->f;
    if (f->count == COURSE_STEPS_MAX) {
        fault(l, "A process has at most forty steps.", node);
        return;
    }
    struct course_step *s = &f->steps[f->count];
    *s = (struct course_step){.id = bpmn_node_id(l->b, node),
                              .name = bpmn_node_name(l->b, node),
                              .name_en = bpmn_node_note(l->b, node, "en"),
                              .role = role_of(bpmn_node_role(l->b, node)),
                              .own_id = bpmn_node_id(l->b, node),
                              .node = node,
                              .process = process_around(l->b, node),
                              .department = bpmn_node_note(l->b, node, "department")};
    s->form = bpmn_node_note(l->b, node, "form");
    if (!s->form.len) s->form = bpmn_node_note(l->b, node, "formKey");
    if (str_eq_c(s->department, "owner")) s->department = STR_EMPTY;
    ((int *)f->step_of)[node] = f->count++;
    read_acts(l, s);
    check_step(l, s);
    check_department(l, s);
    read_limit(l, s);
}

static bool is_step(enum bpmn_kind kind)
{
    return kind == BPMN_USER_TASK || kind == BPMN_MANUAL_TASK;
}

bool course_is_answer(const struct course *f, int node)
{
    return bpmn_node_kind(f->model, node) == BPMN_RULE_TASK &&
           str_eq_c(bpmn_node_topic(f->model, node), "answer");
}

struct str course_decision_at(const struct course *f, int node)
{
    bool task = bpmn_node_kind(f->model, node) == BPMN_RULE_TASK && bpmn_node_parent(f->model, node) >= 0;
    return task && !course_is_answer(f, node) ? bpmn_node_topic(f->model, node) : STR_EMPTY;
}

/* A decision model beside the one of the item: what it says goes into a variable. */
static void check_decision(struct loading *l, int node)
{
    struct str result = bpmn_node_note(l->b, node, "resultVariable");
    if (bpmn_node_topic(l->b, node).len > COURSE_TOPIC_MAX || !bpmn_node_topic(l->b, node).len ||
        bpmn_node_parent(l->b, node) < 0)
        fault(l,
              "The rule %{arg} must name a decision model (decisionRef), or \"answer\" for the one that "
              "answers the item.",
              node);
    else if (!result.len)
        fault(l, "The rule %{arg} does not say which variable takes its result (resultVariable).", node);
    else if (course_is_reserved(result))
        fault(l, "The result of the rule %{arg} would take a name that belongs to the case.", node);
}

/* What nobody here does, said where the model is published and not when a case stands in it. */
static void check_work(struct loading *l, int node)
{
    enum bpmn_kind kind = bpmn_node_kind(l->b, node);
    struct str to = bpmn_node_note(l->b, node, "to");
    if (kind == BPMN_RULE_TASK && !course_is_answer(l->f, node)) check_decision(l, node);
    if (kind == BPMN_SERVICE_TASK &&
        (!bpmn_node_topic(l->b, node).len || bpmn_node_topic(l->b, node).len > COURSE_TOPIC_MAX))
        fault(l, "The service %{arg} names no topic (of at most 80 bytes) by which a system takes it.", node);
    if (kind == BPMN_SCRIPT_TASK && !bpmn_runs_script(l->b, node))
        fault(l, "The script %{arg} is not in FEEL.", node);
    if (l->f->part && course_is_answer(l->f, node))
        fault(l, "A process that is only called receives and decides nothing, which %{arg} does not respect.",
              node);
    if (kind == BPMN_CALL && bpmn_node_called(l->b, node) < 0 && !bpmn_node_topic(l->b, node).len)
        fault(l, "%{arg} does not say which process it calls.", node);
    if (kind == BPMN_CALL && bpmn_node_called(l->b, node) < 0 && bpmn_node_binding(l->b, node) < 0)
        fault(l,
              "%{arg} can call the version in force (latest), or one by its number (version), and nothing "
              "else.",
              node);
    if (kind == BPMN_CALL && bpmn_node_called(l->b, node) >= 0 &&
        bpmn_node_kind(l->b, bpmn_node_called(l->b, node)) == BPMN_PROCESS &&
        !bpmn_executable(l->b, bpmn_node_called(l->b, node)))
        fault(l, "The process that %{arg} calls is not marked as executable.", node);
    if (kind == BPMN_AD_HOC) fault(l, "Nobody can choose what is done next in %{arg}: it is ad-hoc.", node);
    if (!bpmn_node_about_message(l->b, node)) {
        if (bpmn_node_sends(l->b, node, 0).len && to.len && !str_eq_c(to, "own"))
            fault(l,
                  "The signal of %{arg} goes to every case that waits for it, or to its own alone (own), and "
                  "nowhere else.",
                  node);
        return;
    }
    if (to.len && !str_eq_c(to, "applicant") && !str_eq_c(to, "case"))
        fault(l, "The message of %{arg} goes neither to the applicant nor to a case.", node);
    if (str_eq_c(to, "case") && !bpmn_node_note(l->b, node, "case").len)
        fault(l, "The message of %{arg} does not say where the number of the other case stands.", node);
}

static void read_nodes(struct loading *l)
{
    int *step_of = ARENA_ARRAY(l->arena, (size_t)bpmn_node_count(l->b) + 1, int);
    l->f->step_of = step_of;
    for (int i = 0; i < bpmn_node_count(l->b); i++) {
        enum bpmn_kind kind = bpmn_node_kind(l->b, i);
        step_of[i] = -1;
        if (is_step(kind)) add_step(l, i);
        l->f->asks_rule = l->f->asks_rule || course_is_answer(l->f, i);
        l->f->asks_decisions = l->f->asks_decisions || course_decision_at(l->f, i).len;
        l->f->asks_services = l->f->asks_services || kind == BPMN_SERVICE_TASK;
        check_work(l, i);
        if (kind == BPMN_END_EVENT && bpmn_node_parent(l->b, i) == l->process &&
            (course_result_of(l->f, i) == COURSE_OPEN) != l->f->part)
            fault(l,
                  l->f->part ? "A process that is only called receives and decides nothing, which %{arg} "
                               "does not respect."
                             : "The end %{arg} does not say how the case is decided.",
                  i);
    }
}

/* ---- ways ---- */

/* Is it a process that something which has been reached calls? */
static bool called_from(const struct loading *l, const bool *seen, int process)
{
    for (int i = 0; i < bpmn_node_count(l->b); i++)
        if (seen[i] && bpmn_node_kind(l->b, i) == BPMN_CALL && bpmn_node_called(l->b, i) == process)
            return true;
    return false;
}

/* Everything that can be reached from the start without passing a node for which `stops` holds; what is
 * attached to such a node is reached all the same. */
static const bool *reached(const struct loading *l, bool (*stops)(const struct loading *l, int node))
{
    size_t count = (size_t)bpmn_node_count(l->b);
    bool *seen = ARENA_ARRAY(l->arena, count + 1, bool), more = true;
    for (int i = 0; i < bpmn_node_count(l->b); i++)
        seen[i] = bpmn_node_kind(l->b, i) == BPMN_START_EVENT && bpmn_node_parent(l->b, i) == l->process;
    while (more) {
        struct bpmn_edge e;
        more = false;
        for (int i = 0; bpmn_edge(l->b, i, &e); i++)
            if (seen[e.from] && !seen[e.to] && !stops(l, e.from)) seen[e.to] = more = true;
        for (int i = 0; i < bpmn_node_count(l->b); i++) {
            int host = bpmn_node_host(l->b, i), parent = bpmn_node_parent(l->b, i);
            bool inside =
                parent >= 0 && parent != l->process && (seen[parent] || called_from(l, seen, parent));
            if (!seen[i] && ((host >= 0 && seen[host]) || inside)) seen[i] = more = true;
        }
    }
    return seen;
}

static bool accepts(const struct loading *l, int node)
{
    int step = l->f->step_of[node];
    return course_is_answer(l->f, node) ||
           (step >= 0 && (l->f->steps[step].acts & COURSE_BIT(COURSE_ACCEPT)));
}

static bool decides(const struct loading *l, int node)
{
    int step = l->f->step_of[node];
    return course_is_answer(l->f, node) ||
           (step >= 0 && (l->f->steps[step].acts & COURSE_DECIDING) == COURSE_DECIDING);
}

/* Whatever stands in it, now or in a later version. */
static bool calls_another(const struct loading *l, int node)
{
    return bpmn_node_kind(l->b, node) == BPMN_CALL && bpmn_node_called(l->b, node) < 0;
}

static void check_ways(struct loading *l)
{
    if (l->f->part) return;
    const bool *unaccepted = reached(l, accepts), *undecided = reached(l, decides);
    bool person = false;
    for (int i = 0; i < bpmn_node_count(l->b); i++) {
        int step = l->f->step_of[i];
        person = person || (step >= 0 && decides(l, i));
        if (unaccepted[i] && step >= 0 && !accepts(l, i))
            fault(l, "The step %{arg} can be reached before the application is accepted.", i);
        if (unaccepted[i] && calls_another(l, i))
            fault(l, "The process that %{arg} calls can be reached before the application is accepted.", i);
        if (unaccepted[i] && course_decision_at(l->f, i).len)
            fault(l, "The decision that %{arg} asks can be reached before the application is accepted.", i);
        if (undecided[i] && bpmn_node_kind(l->b, i) == BPMN_END_EVENT &&
            bpmn_node_parent(l->b, i) == l->process)
            fault(l, "The end %{arg} can be reached without a decision.", i);
    }
    if (!person) fault(l, "No step of %{arg} lets a person decide.", l->process);
}

static bool is_called(const struct bpmn *b, int process)
{
    for (int i = 0; i < bpmn_node_count(b); i++)
        if (bpmn_node_kind(b, i) == BPMN_CALL && bpmn_node_called(b, i) == process) return true;
    return false;
}

struct course *course_load(struct arena *a, struct str xml, struct bpmn_findings *findings,
                           struct course_faults *faults, struct err *e)
{
    struct course *f = ARENA_NEW(a, struct course);
    struct loading l = {.arena = a, .f = f, .faults = faults};
    struct str *texts = ARENA_NEW(a, struct str);
    faults->count = 0;
    f->model = l.b = bpmn_load(a, xml, NULL, findings, e);
    if (!f->model) return NULL;
    f->steps = ARENA_ARRAY(a, COURSE_STEPS_MAX, struct course_step);
    f->texts = &texts[0];
    f->text_count = 1;
    texts[0] = xml;
    f->reads_answers = str_find(xml, STR("answers")) != SIZE_MAX;
    f->process = l.process = bpmn_process(l.b, 0);
    for (size_t i = 1; l.process >= 0 && bpmn_process(l.b, i) >= 0; i++)
        if (!is_called(l.b, bpmn_process(l.b, i)))
            fault(&l, "The course of a case is one process, the first of the file; nothing calls %{arg}.",
                  bpmn_process(l.b, i));
    if (l.process < 0)
        fault(&l, "The course of a case is one process.", -1);
    else if (!faults->count) {
        f->part = str_eq_c(bpmn_node_note(l.b, l.process, "part"), "true");
        read_nodes(&l);
        check_ways(&l);
        f->own = f->count;
    }
    if (!faults->count) return f;
    err_invalid(e, "course.model", faults->list[0].msgid);
    err_arg(e, faults->list[0].element);
    return NULL;
}

/* ---- asking ---- */

const struct bpmn *course_model(const struct course *f)
{
    return f->model;
}

size_t course_step_count(const struct course *f)
{
    return (size_t)f->own;
}

bool course_is_part(const struct course *f)
{
    return f->part;
}

const struct course_step *course_step_at(const struct course *f, int index)
{
    return index >= 0 && index < f->count ? &f->steps[index] : NULL;
}

int course_step_find(const struct course *f, struct str id)
{
    for (int i = 0; i < f->count; i++)
        if (str_eq(f->steps[i].id, id)) return i;
    return -1;
}

bool course_asks_rule(const struct course *f)
{
    return f->asks_rule;
}

size_t course_decisions(const struct course *f, struct course_decision *out, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < bpmn_node_count(f->model) && n < max; i++) {
        struct str code = course_decision_at(f, i);
        if (code.len)
            out[n++] = (struct course_decision){bpmn_node_id(f->model, i), bpmn_node_name(f->model, i), code};
    }
    return n;
}

bool course_asks_decisions(const struct course *f)
{
    return f->asks_decisions;
}

bool course_asks_others(const struct course *f)
{
    for (int i = 0; i < f->count; i++)
        if (f->steps[i].department.len) return true;
    return false;
}

bool course_asks_forms(const struct course *f)
{
    for (int i = 0; i < f->count; i++)
        if (f->steps[i].form.len) return true;
    return false;
}

bool course_asks_services(const struct course *f)
{
    return f->asks_services;
}

bool course_reads_answers(const struct course *f)
{
    return f->reads_answers;
}

bool course_names(const struct course *f, struct str variable)
{
    for (size_t i = 0; variable.len && i < f->text_count; i++)
        if (str_find(f->texts[i], variable) != SIZE_MAX) return true;
    return false;
}

static bool in_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

size_t course_says(const struct course *f, struct str word)
{
    struct str text = f->texts[0];
    size_t n = 0;
    for (size_t from = 0; word.len && from + word.len <= text.len;) {
        size_t at = str_find(str_slice(text, from, text.len), word);
        if (at == SIZE_MAX) break;
        size_t start = from + at, end = start + word.len;
        n += (!start || !in_word(text.ptr[start - 1])) && (end == text.len || !in_word(text.ptr[end]));
        from = end;
    }
    return n;
}

bool course_takes_from_outside(const struct course *f)
{
    for (int i = 0; i < bpmn_node_count(f->model); i++)
        if (bpmn_node_kind(f->model, i) == BPMN_SERVICE_TASK || bpmn_node_about_message(f->model, i))
            return true;
    return false;
}

bool course_hears(const struct course *f)
{
    for (int i = 0; i < bpmn_node_count(f->model); i++)
        if (bpmn_node_waits_for(f->model, i, 0).len) return true;
    return false;
}

bool course_sends(const struct course *f, struct str signal, bool others)
{
    for (int i = 0; i < bpmn_node_count(f->model); i++) {
        struct str name;
        if (others && str_eq_c(bpmn_node_note(f->model, i, "to"), "own")) continue;
        for (size_t k = 0; (name = bpmn_node_sends(f->model, i, k)).len; k++)
            if (str_eq(name, signal)) return true;
    }
    return false;
}

bool course_is_reserved(struct str variable)
{
    static const char *const names[] = {"outcome",      "opinions", "situation",
                                        "organisation", "answers",  "steps"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq_c(variable, names[i])) return true;
    return false;
}
