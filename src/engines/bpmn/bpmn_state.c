#include "engines/bpmn/bpmn_internal.h"

/* A state as JSON and back. Only what differs from nothing is written, always in the same order. */

static const char *const phase_names[BPMN_PHASE_COUNT] = {
    "arrived", "waiting", "gathering",    "resetting", "choosing", "scope", "looping",
    "calling", "held",    "compensating", "armed",     "done",     "gone"};

/* The numbers of a token: one row each way. */
#define AT(member) offsetof(struct bpmn_token, member)
enum field_kind { F_I64, F_INT, F_U64, F_BOOL, F_STR, F_NODE, F_FLOW };
static const struct {
    const char *key;
    enum field_kind kind;
    size_t at;
} fields[] = {
    {"parent", F_I64, AT(parent)},       {"host", F_I64, AT(host)},          {"flow", F_FLOW, AT(flow)},
    {"turn", F_INT, AT(turn)},           {"total", F_INT, AT(total)},        {"started", F_INT, AT(started)},
    {"completed", F_INT, AT(completed)}, {"activity", F_NODE, AT(activity)}, {"seq", F_I64, AT(seq)},
    {"seen", F_U64, AT(seen)},           {"closed", F_BOOL, AT(closed)},     {"back", F_NODE, AT(back)},
    {"after", F_BOOL, AT(after)},        {"opened", F_BOOL, AT(opened)},     {"holder", F_STR, AT(holder)},
    {"delegate", F_STR, AT(delegate)},   {"from", F_I64, AT(from)},          {"until", F_I64, AT(until)},
    {"urged", F_INT, AT(urged)},         {"into", F_NODE, AT(into)},         {"besides", F_BOOL, AT(besides)},
    {"signers", F_STR, AT(signers)},
};
enum { FIELD_COUNT = sizeof(fields) / sizeof(fields[0]) };

static void write_field(struct arena *a, const struct bpmn *b, const struct bpmn_token *t, size_t i,
                        struct json *o)
{
    const void *p = (const char *)t + fields[i].at;
    const char *key = fields[i].key;
    int number;

    switch (fields[i].kind) {
    case F_I64:
        if (*(const int64_t *)p) json_set_i64(a, o, key, *(const int64_t *)p);
        break;
    case F_INT:
        if (*(const int *)p) json_set_i64(a, o, key, *(const int *)p);
        break;
    case F_U64:
        if (*(const uint64_t *)p)
            json_set_str(a, o, key, str_fmt(a, "%llx", (unsigned long long)*(const uint64_t *)p));
        break;
    case F_BOOL:
        if (*(const bool *)p) json_set_bool(a, o, key, true);
        break;
    case F_STR:
        if (((const struct str *)p)->len) json_set_str(a, o, key, *(const struct str *)p);
        break;
    case F_NODE:
        number = *(const int *)p;
        if (number >= 0) json_set_str(a, o, key, b->nodes[number].id);
        break;
    default:
        number = *(const int *)p;
        if (number >= 0) json_set_str(a, o, key, b->flows[number].id);
    }
}

static const char *const duty_names[BPMN_DUTY_COUNT] = {"owed", "promised"};

static void write_duties(struct arena *a, const struct bpmn_state *s, struct json *o)
{
    struct json *list = s->duty_count ? json_set_array(a, o, "duties") : NULL;

    for (size_t i = 0; i < s->duty_count; i++) {
        const struct bpmn_duty *d = &s->duties[i];
        struct json *j = json_add_object(a, list);

        json_set_c(a, j, "kind", duty_names[d->kind]);
        json_set_str(a, j, "name", d->name);
        json_set_str(a, j, "who", d->who);
        json_set_i64(a, j, "until", d->until);
    }
}

struct json *bpmn_state_write(struct arena *a, const struct bpmn *b, const struct bpmn_state *s)
{
    struct json *o = json_object(a), *tokens, *variables, *past = NULL;

    json_set_c(a, o, "status", bpmn_status_name(s->status));
    json_set_i64(a, o, "next", s->next);
    if (s->process >= 0) json_set_str(a, o, "process", b->nodes[s->process].id);
    if (s->code.len) json_set_str(a, o, "code", s->code);
    if (s->suspended) json_set_bool(a, o, "suspended", true);
    tokens = json_set_array(a, o, "tokens");
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];
        struct json *j = json_add_object(a, tokens);

        json_set_i64(a, j, "id", t->id);
        json_set_str(a, j, "node", b->nodes[t->node].id);
        json_set_c(a, j, "phase", phase_names[t->phase]);
        for (size_t f = 0; f < FIELD_COUNT; f++)
            write_field(a, b, t, f, j);
    }
    variables = json_set_array(a, o, "variables");
    for (size_t i = 0; i < s->variable_count; i++) {
        const struct bpmn_variable *v = &s->variables[i];
        struct json *j = json_add_object(a, variables);

        json_set_i64(a, j, "scope", v->scope);
        json_set_str(a, j, "name", v->name);
        json_set(j, "value", json_copy(a, v->value));
    }
    if (s->past_count) past = json_set_array(a, o, "past");
    for (size_t i = 0; i < s->past_count; i++) {
        struct json *j = json_add_object(a, past);

        json_set_i64(a, j, "scope", s->past[i].scope);
        json_set_str(a, j, "node", b->nodes[s->past[i].node].id);
        json_set_i64(a, j, "order", s->past[i].order);
        if (s->past[i].who.len) json_set_str(a, j, "who", s->past[i].who);
        if (!s->past[i].holder.len) continue;
        json_set_str(a, j, "holder", s->past[i].holder);
        json_set_i64(a, j, "from", s->past[i].from);
        json_set_i64(a, j, "until", s->past[i].until);
    }
    write_duties(a, s, o);
    return o;
}

/* ---- reading ---- */
static int flow_named(const struct bpmn *b, int node, struct str id)
{
    const struct bpmn_node *n = &b->nodes[node];

    for (size_t i = 0; i < n->in_count; i++)
        if (str_eq(b->flows[n->in[i]].id, id)) return n->in[i];
    return -1;
}

static bool read_hex(struct str s, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *digits = "0123456789abcdef", *p = memchr(digits, s.ptr[i], 16);

        if (!p || i >= 16) return false;
        *out = *out << 4 | (uint64_t)(p - digits);
    }
    return true;
}

static bool read_field(const struct bpmn *b, struct bpmn_token *t, size_t i, const struct json *v)
{
    void *p = (char *)t + fields[i].at;
    int64_t n = json_i64(v, 0);

    switch (fields[i].kind) {
    case F_I64:
        *(int64_t *)p = n;
        return json_is(v, JSON_NUMBER);
    case F_INT:
        *(int *)p = (int)n;
        return json_is(v, JSON_NUMBER) && n >= INT32_MIN && n <= INT32_MAX;
    case F_U64:
        return read_hex(json_text(v), p);
    case F_BOOL:
        *(bool *)p = json_true(v);
        return true;
    case F_STR:
        *(struct str *)p = json_text(v);
        return true;
    case F_NODE:
        *(int *)p = bpmn_node(b, json_text(v));
        return *(int *)p >= 0;
    default:
        *(int *)p = flow_named(b, t->node, json_text(v));
        return *(int *)p >= 0;
    }
}

static bool find_word(const char *const *words, size_t count, struct str word, int *out)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(word, words[i])) {
            *out = (int)i;
            return true;
        }
    return false;
}

static bool read_token(const struct bpmn *b, const struct json *j, struct bpmn_token *t)
{
    int phase;

    *t = (struct bpmn_token){.id = json_i64_of(j, "id", 0),
                             .node = bpmn_node(b, json_text_of(j, "node")),
                             .flow = -1,
                             .activity = -1,
                             .back = -1,
                             .into = -1,
                             .holder = STR_EMPTY,
                             .delegate = STR_EMPTY};
    if (t->id <= 0 || t->node < 0 || !find_word(phase_names, BPMN_GONE, json_text_of(j, "phase"), &phase))
        return false;
    t->phase = (enum bpmn_phase)phase;
    JSON_EACH(v, j)
    {
        for (size_t f = 0; f < FIELD_COUNT; f++)
            if (str_eq_c(v->key, fields[f].key) && !read_field(b, t, f, v)) return false;
    }
    return true;
}

/* Tokens in ascending order, each inside one that is there: what the engine relies on. */
static bool is_sound(const struct bpmn_state *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct bpmn_token *t = &s->tokens[i];

        if (t->id >= s->next || (i && t->id <= s->tokens[i - 1].id)) return false;
        if (t->parent ? !bpmn_find(s, t->parent) || t->parent == t->id : i > 0) return false;
        if (t->host && !bpmn_find(s, t->host)) return false;
    }
    return true;
}

static bool read_duties(struct arena *a, const struct json *list, struct bpmn_state *s)
{
    s->duty_room = list ? list->count : 0;
    s->duties = ARENA_ARRAY(a, s->duty_room + 1, struct bpmn_duty);
    JSON_EACH(d, list)
    {
        int kind = 0;
        if (!find_word(duty_names, BPMN_DUTY_COUNT, json_text_of(d, "kind"), &kind)) return false;
        s->duties[s->duty_count++] = (struct bpmn_duty){(enum bpmn_duty_kind)kind, json_text_of(d, "name"),
                                                        json_text_of(d, "who"), json_i64_of(d, "until", 0)};
    }
    return true;
}

bool bpmn_state_read(struct arena *a, const struct bpmn *b, const struct json *json, struct bpmn_state *out,
                     struct err *e)
{
    static const char *const statuses[] = {"new", "running", "completed", "terminated", "ended_by_error"};
    const struct json *tokens = json_get(json, "tokens"), *variables = json_get(json, "variables"),
                      *past = json_get(json, "past");
    struct bpmn_state s = bpmn_new();
    int status = 0;

    if (!find_word(statuses, BPMN_STATUS_COUNT, json_text_of(json, "status"), &status))
        return err_fault(e, "bpmn: no status");
    s.status = (enum bpmn_status)status;
    s.next = json_i64_of(json, "next", 0);
    s.process = bpmn_node(b, json_text_of(json, "process"));
    s.code = json_text_of(json, "code");
    s.suspended = json_true_of(json, "suspended");
    s.room = tokens ? tokens->count : 0;
    s.tokens = ARENA_ARRAY(a, s.room + 1, struct bpmn_token);
    JSON_EACH(t, tokens)
    {
        if (!read_token(b, t, &s.tokens[s.count++]))
            return err_fault(e, "bpmn: token %zu does not belong to this definition", s.count);
    }
    s.variable_room = variables ? variables->count : 0;
    s.variables = ARENA_ARRAY(a, s.variable_room + 1, struct bpmn_variable);
    JSON_EACH(v, variables)
    {
        const struct json *value = json_get(v, "value");

        if (!value) return err_fault(e, "bpmn: a variable without a value");
        s.variables[s.variable_count++] =
            (struct bpmn_variable){json_i64_of(v, "scope", 0), json_text_of(v, "name"), value};
    }
    s.past_room = past ? past->count : 0;
    s.past = ARENA_ARRAY(a, s.past_room + 1, struct bpmn_past);
    JSON_EACH(p, past)
    {
        int node = bpmn_node(b, json_text_of(p, "node"));
        if (node < 0) return err_fault(e, "bpmn: a finished step that this definition does not have");
        s.past[s.past_count++] = (struct bpmn_past){.scope = json_i64_of(p, "scope", 0),
                                                    .node = node,
                                                    .order = json_i64_of(p, "order", 0),
                                                    .who = json_text_of(p, "who"),
                                                    .holder = json_text_of(p, "holder"),
                                                    .from = json_i64_of(p, "from", 0),
                                                    .until = json_i64_of(p, "until", 0)};
    }
    if (!read_duties(a, json_get(json, "duties"), &s)) return err_fault(e, "bpmn: a duty of no kind");
    if (s.next < 1 || !is_sound(&s) || (s.status == BPMN_RUNNING && (!s.count || s.process < 0)))
        return err_fault(e, "bpmn: tokens out of order");
    *out = s;
    return true;
}
