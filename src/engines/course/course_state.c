#include "engines/course/course_internal.h"

/* Words, and a state as JSON and back. */

static const char *const status_names[COURSE_STATUS_COUNT] = {
    "draft",     "submitted",         "correction", "rejected", "accepted",
    "reviewing", "special_procedure", "decided",    "closed",   "withdrawn"};
static const char *const role_names[COURSE_ROLE_COUNT] = {"nobody",   "applicant", "desk",
                                                          "reviewer", "decider",   "system"};
static const char *const act_names[COURSE_ACT_COUNT] = {
    "accept",    "correct", "reject", "pass",  "send_back", "special_procedure",
    "extension", "grant",   "refuse", "agree", "disagree",  "opinion"};
static const char *const result_names[COURSE_RESULT_COUNT] = {"open",     "granted",   "refused",
                                                              "rejected", "withdrawn", "never_corrected"};
static const char *const extension_names[COURSE_EXTENSION_COUNT] = {"none", "asked", "granted"};
static const char *const event_names[COURSE_EVENT_COUNT] = {"submit",
                                                            "act",
                                                            "timer",
                                                            "correction_supplied",
                                                            "special_end",
                                                            "extension_granted",
                                                            "extension_denied",
                                                            "rule_answered",
                                                            "rule_refused",
                                                            "rule_unable",
                                                            "delivered",
                                                            "withdraw",
                                                            "process_timer",
                                                            "operate",
                                                            "served",
                                                            "service_error",
                                                            "message",
                                                            "ruled",
                                                            "signal"};
static const char *const command_names[COURSE_COMMAND_COUNT] = {
    "clock_start", "clock_pause",    "clock_resume", "clock_stop",    "clock_extend",
    "set_timer",   "ask_correction", "run_rule",     "issue_licence", "close",
    "wait",        "inform",         "send",         "serve",         "call_off",
    "note",        "broken",         "ask_decision", "broadcast"};

const char *course_status_name(enum course_status status)
{
    return status_names[status];
}

const char *course_role_name(enum course_role role)
{
    return role_names[role];
}

const char *course_act_name(enum course_act act)
{
    return act_names[act];
}

const char *course_result_name(enum course_result result)
{
    return result_names[result];
}

const char *course_event_name(enum course_event_kind kind)
{
    return event_names[kind];
}

const char *course_command_name(enum course_command_kind kind)
{
    return command_names[kind];
}

/* Position in a list of names, `count` where it is none of them. */
static int named(struct str name, const char *const *names, int count)
{
    int i = 0;
    while (i < count && !str_eq_c(name, names[i]))
        i++;
    return i;
}

enum course_act course_act_of(struct str name)
{
    return (enum course_act)named(name, act_names, COURSE_ACT_COUNT);
}

struct course_state course_start(void)
{
    return (struct course_state){.status = COURSE_DRAFT, .process = bpmn_new()};
}

bool course_ended(const struct course_state *s)
{
    return s->status == COURSE_REJECTED || s->status == COURSE_CLOSED || s->status == COURSE_WITHDRAWN;
}

struct json *course_state_write(struct arena *a, const struct course *f, const struct course_state *s)
{
    struct json *out = json_object(a);
    json_set_c(a, out, "status", status_names[s->status]);
    json_set_i64(a, out, "returns", s->returns);
    json_set_i64(a, out, "corrections", s->corrections);
    json_set_bool(a, out, "accepted", s->accepted);
    json_set_c(a, out, "extension", extension_names[s->extension]);
    json_set_c(a, out, "result", result_names[s->result]);
    if (s->said != COURSE_OPEN) json_set_c(a, out, "said", result_names[s->said]);
    json_set(out, "process",
             s->process.status == BPMN_NEW ? json_null(a) : bpmn_state_write(a, f->model, &s->process));
    return out;
}

/* ---- states of before there were processes ---- */

static bool ahead(struct arena *a, const struct course *f, struct bpmn_state *s, struct bpmn_event event,
                  struct err *e)
{
    struct bpmn_commands ignored;
    return bpmn_step(a, f->model, s, &event, s, &ignored, e);
}

static const struct bpmn_token *waiting(const struct bpmn_state *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->tokens[i].phase == BPMN_WAITING) return &s->tokens[i];
    return NULL;
}

static int step_named(const struct course *f, const struct json *json, const char *key)
{
    struct str id = json_text_of(json, key);
    int step = course_step_find(f, id);
    return id.len && step < 0 ? 0 : step;
}

/* Walks a fresh instance the way the case went: the rule left it to a person, each step was passed on, and
 * it may have come back. What was asked for then has been carried out long since. */
static bool walk(struct arena *a, const struct course *f, const struct json *json, struct course_state *s,
                 struct err *e)
{
    int at = step_named(f, json, "step"), furthest = step_named(f, json, "furthest");
    if (at < 0) at = step_named(f, json, "resume");
    if (at < 0) return true;
    if (furthest < at) furthest = at;
    if (!ahead(a, f, &s->process, (struct bpmn_event){.kind = BPMN_START, .node = -1}, e)) return false;
    for (int moves = 0; moves <= f->count + 1; moves++) {
        const struct bpmn_token *t = waiting(&s->process);
        if (!t || f->step_of[t->node] == furthest) break;
        const char *outcome = f->step_of[t->node] < 0 ? "person" : "pass";
        if (!ahead(
                a, f, &s->process,
                (struct bpmn_event){
                    .kind = BPMN_FINISH, .node = -1, .token = t->id, .variables = course_outcome(a, outcome)},
                e))
            return false;
    }
    const struct bpmn_token *t = waiting(&s->process);
    if (!t || f->step_of[t->node] != furthest)
        return err_fault(e, "course: this model does not lead to the step where the case stands");
    if (at != furthest &&
        !ahead(a, f, &s->process,
               (struct bpmn_event){.kind = BPMN_SEND_BACK, .node = f->steps[at].node, .token = t->id}, e))
        return false;
    bool held = s->status == COURSE_CORRECTION || s->status == COURSE_SPECIAL_PROCEDURE;
    return !held || ahead(a, f, &s->process, (struct bpmn_event){.kind = BPMN_SUSPEND, .node = -1}, e);
}

bool course_state_read(struct arena *a, const struct course *f, const struct json *json,
                       struct course_state *out, struct err *e)
{
    struct course_state s = course_start();
    int status = named(json_text_of(json, "status"), status_names, COURSE_STATUS_COUNT);
    int extension = named(json_text_of(json, "extension"), extension_names, COURSE_EXTENSION_COUNT);
    int result = named(json_text_of(json, "result"), result_names, COURSE_RESULT_COUNT);
    int64_t returns = json_i64_of(json, "returns", -1), corrections = json_i64_of(json, "corrections", -1);
    const struct json *process = json_get(json, "process");
    if (status == COURSE_STATUS_COUNT || extension == COURSE_EXTENSION_COUNT ||
        result == COURSE_RESULT_COUNT || returns < 0 || returns > INT32_MAX - 1 || corrections < 0 ||
        corrections > 1)
        return err_fault(e, "course: unknown state");
    s.status = (enum course_status)status;
    s.extension = (enum course_extension)extension;
    s.result = (enum course_result)result;
    s.returns = (int)returns;
    s.corrections = (int)corrections;
    s.accepted = json_true_of(json, "accepted");
    int said = named(json_text_of(json, "said"), result_names, COURSE_RESULT_COUNT);
    s.said = said == COURSE_RESULT_COUNT ? COURSE_OPEN : (enum course_result)said;
    bool ok = json_is(process, JSON_OBJECT) ? bpmn_state_read(a, f->model, process, &s.process, e)
              : process                     ? true
                                            : walk(a, f, json, &s, e);
    if (ok) *out = s;
    return ok;
}

/* ---- another version ---- */

/* Of what every case has, or gets as it goes on, none is missing. */
static bool case_has(const struct bpmn_lack *l, course_has *has, void *data)
{
    struct str name, rest = str_cut(l->what, '.', &name);
    if (str_eq_c(name, "outcome") || str_eq_c(name, "organisation")) return true;
    if ((str_eq_c(name, "opinions") || str_eq_c(name, "steps")) && (l->ahead || !rest.len)) return true;
    return has && has(data, l->what);
}

static bool receives(const struct course *f, int node)
{
    int step = f->step_of[node];
    return step >= 0 && (f->steps[step].acts & COURSE_BIT(COURSE_ACCEPT)) != 0;
}

bool course_takes_place(struct arena *a, const struct course *from, int node, const struct course *to,
                        int there, const struct bpmn_places *places)
{
    return receives(from, node) == receives(to, there) &&
           bpmn_takes_place(a, from->model, node, to->model, there, places);
}

/* A step that is said to be another one has to be able to take its place. */
static void add_wrong_places(struct arena *a, const struct course *from, const struct course_state *s,
                             const struct course *to, const struct bpmn_places *places,
                             struct bpmn_lacks *out)
{
    for (size_t i = 0; i < s->process.count; i++) {
        int node = s->process.tokens[i].node, there = bpmn_node_now(from->model, node, to->model, places);
        struct str id = bpmn_node_id(from->model, node);
        if (there < 0 || str_eq(id, bpmn_node_id(to->model, there)) ||
            receives(from, node) == receives(to, there))
            continue;
        struct bpmn_lack *more = ARENA_ARRAY(a, out->count + 1, struct bpmn_lack);
        if (out->count) memcpy(more, out->list, out->count * sizeof *more);
        more[out->count] = (struct bpmn_lack){
            .kind = BPMN_LACK_KIND, .id = id, .name = bpmn_node_name(from->model, node), .what = STR_EMPTY};
        out->list = more;
        out->room = ++out->count;
    }
}

void course_lacks(struct arena *a, const struct course *from, const struct course_state *s,
                  const struct course *to, const struct bpmn_places *places, course_has *has, void *data,
                  struct bpmn_lacks *out)
{
    size_t kept = 0;
    bpmn_fits(a, from->model, &s->process, to->model, places, out);
    for (size_t i = 0; i < out->count; i++)
        if (out->list[i].kind != BPMN_LACK_DATA || !case_has(&out->list[i], has, data))
            out->list[kept++] = out->list[i];
    out->count = kept;
    add_wrong_places(a, from, s, to, places, out);
}

struct str course_step_now_called(const struct course *from, struct str own_id, const struct course *to,
                                  const struct bpmn_places *places)
{
    for (int i = 0; i < from->count; i++) {
        if (!str_eq(from->steps[i].own_id, own_id)) continue;
        int there = bpmn_node_now(from->model, from->steps[i].node, to->model, places),
            step = there >= 0 ? to->step_of[there] : -1;
        if (step >= 0) return to->steps[step].own_id;
    }
    return own_id;
}

/* {step: what was said}: what stands under a new name already goes before. */
static const struct json *renamed(struct arena *a, const struct course *from, const struct json *opinions,
                                  const struct course *to, const struct bpmn_places *places)
{
    struct json *out = json_object(a);
    for (int pass = 0; pass < 2; pass++)
        JSON_EACH(one, opinions)
        {
            struct str name = course_step_now_called(from, one->key, to, places);
            bool same = str_eq(name, one->key);
            if (same == !pass && !json_get_str(out, name)) json_set(out, str_z(a, name), json_copy(a, one));
        }
    return out;
}

bool course_move(struct arena *a, const struct course *from, const struct course_state *s,
                 const struct course *to, const struct bpmn_places *places, struct course_state *out,
                 struct err *e)
{
    struct course_state moved = *s;
    struct bpmn_state *p = &moved.process;
    if (p->status != BPMN_NEW && !bpmn_transfer(a, from->model, &s->process, to->model, places, p, e))
        return false;
    p->variables = ARENA_ARRAY(a, p->variable_count + 1, struct bpmn_variable);
    p->variable_room = p->variable_count;
    for (size_t i = 0; i < p->variable_count; i++) {
        p->variables[i] = s->process.variables[i];
        if (places && places->count && str_eq_c(p->variables[i].name, "opinions") &&
            json_is(p->variables[i].value, JSON_OBJECT))
            p->variables[i].value = renamed(a, from, p->variables[i].value, to, places);
    }
    *out = moved;
    return true;
}
