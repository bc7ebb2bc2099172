/* Signals between cases. */
#include "modules/cases/cases_signals.h"

#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"

enum { PART = 100, HELD_MS = 5 * MS_MINUTE, SIGNAL_VALUES_MAX = 4096 };

/* ---- sending ---- */

static struct json *sent(struct ctx *c, const struct case_sending *s)
{
    struct json *o = json_object(c->arena);
    json_set_id(c->arena, o, "number", s->number);
    json_set_id(c->arena, o, "root", s->root);
    json_set_str(c->arena, o, "signal", s->name);
    json_set_id(c->arena, o, "from", s->from);
    json_set_i64(c->arena, o, "rounds", s->rounds);
    if (!s->unit) return o;
    json_set_id(c->arena, o, "unit", s->unit);
    json_set_str(c->arena, o, "by", s->by);
    if (s->values.len) json_set_str(c->arena, o, "values", s->values);
    return o;
}

/* Jobs of before the first signal was told with each name none: theirs is the one they bring. */
static struct case_sending sending_of(const struct json *payload)
{
    int64_t number = json_i64_of(payload, "number", 0);
    return (struct case_sending){.number = number,
                                 .root = json_i64_of(payload, "root", number),
                                 .from = json_i64_of(payload, "from", 0),
                                 .unit = json_i64_of(payload, "unit", 0),
                                 .name = json_text_of(payload, "signal"),
                                 .by = json_text_of(payload, "by"),
                                 .values = json_text_of(payload, "values"),
                                 .rounds = (int)json_i64_of(payload, "rounds", 1)};
}

static bool add_signal_job(struct ctx *c, const struct case_sending *s)
{
    return job_add(c, "case.signal", str_fmt(c->arena, "%lld", (long long)s->number), sent(c, s), c->now);
}

static bool record_sent(struct ctx *c, const struct case_work *w, int64_t number, struct str name, int node)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "signal", name);
    struct str told = json_to_str(c->arena, detail);
    json_set_id(c->arena, detail, "number", number);
    return case_store_add_event(c, w->file.id, w->process_version, "signal_sent",
                                bpmn_node_id(course_model(w->course), node), STR_EMPTY, told) &&
           evidence_add(c, "case.signal_sent", "case", w->file.id, w->file.applicant, detail);
}

/* Nothing but its name leaves: those who hear it are other people's. */
static bool send(struct ctx *c, const struct case_work *w, const struct bpmn_command *k)
{
    struct case_sending s = {.root = w->signal_root,
                             .from = w->file.id,
                             .name = k->text.len ? k->text : k->name,
                             .rounds = w->signal_rounds + 1};
    int64_t before = 0;
    if (s.root && !signals_store_sent(c, s.name, s.from, s.root, &before)) return false;
    if (s.rounds > SIGNAL_ROUNDS_MAX || before >= SIGNAL_AGAIN_MAX)
        return err_conflict(c->err, "case.signal_round",
                            "Cases send each other signals in a round that would never end.");
    if (!signals_store_send(c, s.name, s.from, s.root, &s.number)) return false;
    if (!s.root) s.root = s.number;
    return record_sent(c, w, s.number, s.name, k->node) && add_signal_job(c, &s);
}

bool case_send_signals(struct ctx *c, const struct case_work *w, const struct course_commands *done)
{
    for (size_t i = 0; i < done->count; i++)
        if (done->list[i].kind == COURSE_BROADCAST && !send(c, w, done->list[i].process)) return false;
    return true;
}

/* ---- of systems ---- */

static struct field_place values_of(int64_t number)
{
    return (struct field_place){.table = "case_signal", .column = "variables", .row = number};
}

/* Several people's cases may hear it: what it brings waits under the key of the installation. */
static bool seal_values(struct ctx *c, struct case_sending *s, const struct json *variables)
{
    struct field_place at = values_of(s->number);
    struct str sealed, plain = json_to_str(c->arena, variables);
    if (!variables->count) return true;
    if (plain.len > SIGNAL_VALUES_MAX) {
        err_invalid(c->err, "workers.variable", "The variables are too large together (%{arg}).");
        err_arg(c->err, STR("4 KiB"));
        return false;
    }
    if (!field_seal(ctx_keys(c), &c->tx, &at, plain, &sealed)) return false;
    s->values = str_base64(c->arena, sealed.ptr, sealed.len);
    return true;
}

static bool open_values(struct ctx *c, const struct case_sending *s, const struct json **out)
{
    struct field_place at = values_of(s->number);
    struct str sealed, plain;
    *out = NULL;
    if (!s->values.len) return true;
    if (!str_unbase64(c->arena, s->values, &sealed))
        return err_fault(c->err, "what a signal brings cannot be read");
    if (!field_open(ctx_keys(c), &c->tx, &at, sealed, &plain)) return false;
    return (*out = json_parse(c->arena, plain, JSON_STRICT, c->err)) != NULL;
}

/* Said at once: in the jobs that bring it nobody would hear of it. */
static bool sets_nothing_of_the_case(struct ctx *c, const struct json *variables)
{
    JSON_EACH(v, variables)
    {
        if (!course_is_reserved(v->key)) continue;
        err_invalid(c->err, "course.name", "The variable %{arg} belongs to the case and cannot be set.");
        err_arg(c->err, v->key);
        return false;
    }
    return true;
}

bool case_signal(struct ctx *c, struct str name, int64_t unit, struct str by, const struct json *variables,
                 int64_t *number)
{
    struct case_sending s = {.name = name, .unit = unit, .by = by, .rounds = 1};
    if (!sets_nothing_of_the_case(c, variables) || !signals_store_send(c, name, 0, 0, &s.number) ||
        !seal_values(c, &s, variables))
        return false;
    *number = s.root = s.number;
    return add_signal_job(c, &s);
}

/* It waits there itself, or at the edge of what stands there. */
static bool is_at(const struct case_work *w, int64_t listener, int64_t token)
{
    const struct bpmn_token *t = bpmn_find(&w->state.process, listener);
    return listener == token || (t && t->host == token);
}

bool case_signal_one(struct ctx *c, int64_t case_id, int64_t token, struct str name, int64_t unit,
                     struct str by, const struct json *variables)
{
    struct case_listening *rows;
    size_t count;
    bool any = false;
    if (!signals_store_of_case(c, case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_work w;
        struct case_act act = {.event = {.kind = COURSE_SIGNAL, .token = rows[i].token, .name = rows[i].name},
                               .note = by};
        if (!str_eq(rows[i].name, name) || rows[i].unit != unit) continue;
        if (!case_load_as_program(c, case_id, &w)) return false;
        if (token && !is_at(&w, rows[i].token, token)) continue;
        /* What waited beside it may be gone with what the one before led to. */
        if (any && !bpmn_heard_as(course_model(w.course), &w.state.process, rows[i].token, name).len)
            continue;
        act.event.variables = case_kept(c, &w, variables);
        if (!case_move_as_program(c, &w, &act)) return false;
        any = true;
    }
    return any || err_conflict(c->err, "course.nobody_waits", "Nothing in this case waits for that.");
}

/* ---- waiting ---- */

static bool waits(const struct bpmn_listener *list, size_t count, const struct case_listening *row)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].token == row->token && str_eq(list[i].signal, row->name)) return true;
    return false;
}

static const struct case_listening *row_of(const struct case_listening *rows, size_t count,
                                           const struct bpmn_listener *l)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].token == l->token && str_eq(rows[i].name, l->signal)) return &rows[i];
    return NULL;
}

/* Whose systems may send it; nobody's where the department is not known here. */
static int64_t unit_heard(struct ctx *c, const struct case_work *w, int node)
{
    struct str department = bpmn_node_note(course_model(w->course), node, "department");
    int64_t unit = w->file.unit;
    if (department.len && !str_eq_c(department, "owner") && !case_unit_named(c, w, department, &unit))
        err_clear(c->err);
    return unit;
}

bool case_keep_listening(struct ctx *c, const struct case_work *w)
{
    struct bpmn_listener *now;
    struct case_listening *rows;
    size_t count, row_count;
    if (!w->heard && !course_hears(w->course)) return true;
    count = course_listeners(c->arena, w->course, &w->state, &now);
    if (!signals_store_of_case(c, w->file.id, &rows, &row_count)) return false;
    for (size_t i = 0; i < row_count; i++)
        if (!waits(now, count, &rows[i]) && !signals_store_leave(c, &rows[i])) return false;
    for (size_t i = 0; i < count; i++) {
        const struct case_listening *before = row_of(rows, row_count, &now[i]),
                                    one = {.case_id = w->file.id,
                                           .token = now[i].token,
                                           .name = now[i].signal,
                                           .unit = unit_heard(c, w, now[i].node)};
        if (before && before->unit == one.unit) continue;
        /* The version it was moved to may name another department. */
        if (!(before ? signals_store_hand : signals_store_listen)(c, &one)) return false;
    }
    return true;
}

/* ---- bringing it ---- */

static bool bring(struct ctx *c, const struct json *signal, const struct case_listening *to)
{
    struct json *payload = json_copy(c->arena, signal);
    json_set_id(c->arena, payload, "case", to->case_id);
    json_set_i64(c->arena, payload, "token", to->token);
    return job_add(c, "case.hear",
                   str_fmt(c->arena, "%lld:%lld:%lld", (long long)json_i64_of(signal, "number", 0),
                           (long long)to->case_id, (long long)to->token),
                   payload, c->now);
}

/* A part of those who waited when it was sent, and the next part. */
bool case_run_signal(struct ctx *c, const struct json *payload)
{
    const struct case_listening after = {.case_id = json_i64_of(payload, "after", 0),
                                         .token = json_i64_of(payload, "after_token", 0)};
    const struct case_sending s = sending_of(payload);
    struct case_listening *list;
    size_t count;
    if (!signals_store_waiting(c, &s, &after, PART, &list, &count)) return false;
    struct json *one = sent(c, &s);
    for (size_t i = 0; i < count; i++)
        if (!bring(c, one, &list[i])) return false;
    if (count < PART) return true;
    json_set_id(c->arena, one, "after", list[count - 1].case_id);
    json_set_i64(c->arena, one, "after_token", list[count - 1].token);
    return job_add(c, "case.signal",
                   str_fmt(c->arena, "%lld:%lld:%lld", (long long)s.number,
                           (long long)list[count - 1].case_id, (long long)list[count - 1].token),
                   one, c->now);
}

/* What no longer waits has nothing to hear; what is held up hears it when it goes on. */
bool case_run_hear(struct ctx *c, const struct json *payload)
{
    struct case_work w;
    const struct case_sending s = sending_of(payload);
    const struct json *values;
    struct case_act act = {.event = {.kind = COURSE_SIGNAL,
                                     .role = COURSE_SYSTEM,
                                     .token = json_i64_of(payload, "token", 0),
                                     .name = s.name},
                           .note = s.by};
    if (!case_work_load(c, json_i64_of(payload, "case", 0), &w)) {
        if (c->err->kind != ERR_MISSING) return false;
        err_clear(c->err);
        return true;
    }
    if (course_ended(&w.state) || w.state.status == COURSE_DECIDED ||
        !bpmn_heard_as(course_model(w.course), &w.state.process, act.event.token, act.event.name).len)
        return true;
    if (w.state.process.suspended)
        return job_add(c, "case.hear",
                       str_fmt(c->arena, "%lld:%lld:%lld:%lld", (long long)json_i64_of(payload, "number", 0),
                               (long long)w.file.id, (long long)act.event.token, (long long)c->now),
                       payload, c->now + HELD_MS);
    if (!open_values(c, &s, &values)) return false;
    act.event.variables = values ? case_kept(c, &w, values) : NULL;
    w.signal = s.number;
    w.signal_root = s.root;
    w.signal_rounds = s.rounds;
    return case_move(c, &w, &act);
}
