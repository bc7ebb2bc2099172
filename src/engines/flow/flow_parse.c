#include "engines/flow/flow_internal.h"

static const char *const status_names[FLOW_STATUS_COUNT] = {
    "draft",     "submitted",         "correction", "rejected", "accepted",
    "reviewing", "special_procedure", "decided",    "closed",   "withdrawn"};
static const char *const role_names[FLOW_ROLE_COUNT] = {"nobody",   "applicant", "desk",
                                                        "reviewer", "decider",   "system"};
static const char *const act_names[FLOW_ACT_COUNT] = {
    "accept", "correct", "reject", "pass", "send_back", "special_procedure", "extension", "grant", "refuse"};
static const char *const result_names[FLOW_RESULT_COUNT] = {"open",     "granted",   "refused",
                                                            "rejected", "withdrawn", "never_corrected"};
static const char *const extension_names[FLOW_EXTENSION_COUNT] = {"none", "asked", "granted"};
static const char *const event_names[FLOW_EVENT_COUNT] = {"submit",
                                                          "act",
                                                          "timer",
                                                          "correction_supplied",
                                                          "special_begin",
                                                          "special_end",
                                                          "extension_granted",
                                                          "extension_denied",
                                                          "rule_answered",
                                                          "rule_refused",
                                                          "rule_unable",
                                                          "delivered",
                                                          "withdraw"};
static const char *const command_names[FLOW_COMMAND_COUNT] = {
    "enter_step", "clock_start",    "clock_pause",   "clock_resume", "clock_stop",    "clock_extend",
    "set_timer",  "ask_correction", "ask_extension", "run_rule",     "issue_licence", "close"};

const char *flow_status_name(enum flow_status status)
{
    return status_names[status];
}

const char *flow_role_name(enum flow_role role)
{
    return role_names[role];
}

const char *flow_act_name(enum flow_act act)
{
    return act_names[act];
}

const char *flow_result_name(enum flow_result result)
{
    return result_names[result];
}

const char *flow_event_name(enum flow_event_kind kind)
{
    return event_names[kind];
}

const char *flow_command_name(enum flow_command_kind kind)
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

enum flow_act flow_act_of(struct str name)
{
    return (enum flow_act)named(name, act_names, FLOW_ACT_COUNT);
}

/* ---- definition ---- */

static bool refuse(struct err *e, const char *msgid, struct str where)
{
    if (e->kind == ERR_NONE) {
        err_invalid(e, "flow.definition", msgid);
        err_arg(e, where);
    }
    return false;
}

size_t flow_step_count(const struct flow *f)
{
    return (size_t)f->count;
}

const struct flow_step *flow_step_at(const struct flow *f, int index)
{
    return index >= 0 && index < f->count ? &f->steps[index] : NULL;
}

int flow_step_find(const struct flow *f, struct str id)
{
    for (int i = 0; i < f->count; i++)
        if (str_eq(f->steps[i].id, id)) return i;
    return -1;
}

struct str flow_rule(const struct flow *f)
{
    return f->rule;
}

static bool parse_step(struct flow *f, const struct json *s, struct err *e)
{
    struct flow_step step = {
        .id = json_text_of(s, "id"), .name = json_text_of(s, "name"), .name_en = json_text_of(s, "en")};
    int role = named(json_text_of(s, "role"), role_names, FLOW_ROLE_COUNT);
    const struct json *acts = json_get(s, "acts");
    if (!step.id.len || flow_step_find(f, step.id) >= 0)
        return refuse(e, "The step %{arg} needs an id of its own.", step.id);
    if (role != FLOW_DESK && role != FLOW_REVIEWER && role != FLOW_DECIDER)
        return refuse(e, "The step %{arg} belongs to no role that handles applications.", step.id);
    step.role = (enum flow_role)role;
    if (!json_is(acts, JSON_ARRAY) || acts->count == 0)
        return refuse(e, "Nothing can be done in the step %{arg}.", step.id);
    JSON_EACH(name, acts)
    {
        enum flow_act act = flow_act_of(json_text(name));
        if (act == FLOW_ACT_COUNT) return refuse(e, "The step %{arg} has an act that is not known.", step.id);
        step.acts |= FLOW_BIT(act);
    }
    if ((step.acts & FLOW_DECIDING) && step.role != FLOW_DECIDER)
        return refuse(e, "Only a decider may grant or refuse, which the step %{arg} does not respect.",
                      step.id);
    f->steps[f->count++] = step;
    return true;
}

/* Can every case that is received come to its end, in order? */
static bool check_order(const struct flow *f, struct err *e)
{
    const struct flow_step *first = &f->steps[0], *last = &f->steps[f->count - 1];
    if (!(first->acts & FLOW_BIT(FLOW_ACCEPT)))
        return refuse(e, "The first step, %{arg}, must be able to accept.", first->id);
    if ((last->acts & FLOW_DECIDING) != FLOW_DECIDING)
        return refuse(e, "The last step, %{arg}, must be able to grant and to refuse.", last->id);
    for (int i = 0; i < f->count; i++) {
        const struct flow_step *s = &f->steps[i];
        if (i > 0 && (s->acts & FLOW_RECEIVING))
            return refuse(e, "Only the first step receives, which the step %{arg} does not respect.", s->id);
        if (i == f->count - 1 && (s->acts & FLOW_BIT(FLOW_PASS)))
            return refuse(e, "The step %{arg} passes on, but there is no step after it.", s->id);
        if (i > 0 && i < f->count - 1 && !(s->acts & FLOW_BIT(FLOW_PASS)))
            return refuse(e, "The step %{arg} does not lead on.", s->id);
        if (i == 0 && (s->acts & FLOW_BIT(FLOW_SEND_BACK)))
            return refuse(e, "The step %{arg} sends back, but there is no step before it.", s->id);
    }
    return true;
}

struct flow *flow_parse(struct arena *a, const struct json *definition, struct err *e)
{
    const struct json *steps = json_get(definition, "steps"), *rule = json_get(definition, "rule");
    struct str kind = json_text_of(definition, "kind");
    bool on_the_spot = str_eq_c(kind, "on_the_spot");
    if (!on_the_spot && !str_eq_c(kind, "promised")) {
        refuse(e, "The kind of flow %{arg} is not known.", kind);
        return NULL;
    }
    if (!json_is(steps, JSON_ARRAY) || steps->count == 0 || steps->count > FLOW_STEPS_MAX) {
        refuse(e, "A flow has between one and sixteen steps.", STR_EMPTY);
        return NULL;
    }
    struct flow *f = ARENA_NEW(a, struct flow);
    *f = (struct flow){.rule = json_text(rule)};
    if (rule && !json_is(rule, JSON_NULL) && f->rule.len == 0) {
        refuse(e, "A rule is named by a text that is not empty.", STR_EMPTY);
        return NULL;
    }
    JSON_EACH(step, steps)
    if (!parse_step(f, step, e)) return NULL;
    return check_order(f, e) ? f : NULL;
}

/* ---- state ---- */

struct flow_state flow_start(void)
{
    return (struct flow_state){.status = FLOW_DRAFT, .step = -1, .resume = -1, .furthest = -1};
}

bool flow_ended(const struct flow_state *s)
{
    return s->status == FLOW_REJECTED || s->status == FLOW_CLOSED || s->status == FLOW_WITHDRAWN;
}

static void write_step(struct arena *a, struct json *out, const char *key, const struct flow *f, int step)
{
    const struct flow_step *s = flow_step_at(f, step);
    if (s)
        json_set_str(a, out, key, s->id);
    else
        json_set(out, key, json_null(a));
}

struct json *flow_state_write(struct arena *a, const struct flow *f, const struct flow_state *s)
{
    struct json *out = json_object(a);
    json_set_c(a, out, "status", status_names[s->status]);
    write_step(a, out, "step", f, s->step);
    write_step(a, out, "resume", f, s->resume);
    write_step(a, out, "furthest", f, s->furthest);
    json_set_i64(a, out, "returns", s->returns);
    json_set_i64(a, out, "corrections", s->corrections);
    json_set_bool(a, out, "accepted", s->accepted);
    json_set_c(a, out, "extension", extension_names[s->extension]);
    json_set_c(a, out, "result", result_names[s->result]);
    return out;
}

static bool read_step(const struct flow *f, const struct json *json, const char *key, int *out)
{
    const struct json *v = json_get(json, key);
    *out = -1;
    if (!v || json_is(v, JSON_NULL)) return true;
    *out = flow_step_find(f, json_text(v));
    return *out >= 0;
}

bool flow_state_read(const struct flow *f, const struct json *json, struct flow_state *out, struct err *e)
{
    struct flow_state s = flow_start();
    int status = named(json_text_of(json, "status"), status_names, FLOW_STATUS_COUNT);
    int extension = named(json_text_of(json, "extension"), extension_names, FLOW_EXTENSION_COUNT);
    int result = named(json_text_of(json, "result"), result_names, FLOW_RESULT_COUNT);
    int64_t returns = json_i64_of(json, "returns", -1), corrections = json_i64_of(json, "corrections", -1);
    if (status == FLOW_STATUS_COUNT || extension == FLOW_EXTENSION_COUNT || result == FLOW_RESULT_COUNT ||
        returns < 0 || returns > INT32_MAX - 1 || corrections < 0 || corrections > 1)
        return err_fault(e, "flow: unknown state");
    if (!read_step(f, json, "step", &s.step) || !read_step(f, json, "resume", &s.resume) ||
        !read_step(f, json, "furthest", &s.furthest))
        return err_fault(e, "flow: state names a step that the definition does not have");
    s.status = (enum flow_status)status;
    s.extension = (enum flow_extension)extension;
    s.result = (enum flow_result)result;
    s.returns = (int)returns;
    s.corrections = (int)corrections;
    s.accepted = json_true_of(json, "accepted");
    *out = s;
    return true;
}
