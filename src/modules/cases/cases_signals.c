/* Signals between cases. */
#include "modules/cases/cases_signals.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"

enum { PART = 100, HELD_MS = 5 * MS_MINUTE };

/* ---- sending ---- */

struct sending {
    int64_t number, root, from;
    struct str name;
    int rounds;
};

static struct json *sent(struct ctx *c, const struct sending *s)
{
    struct json *o = json_object(c->arena);
    json_set_id(c->arena, o, "number", s->number);
    json_set_id(c->arena, o, "root", s->root);
    json_set_str(c->arena, o, "signal", s->name);
    json_set_id(c->arena, o, "from", s->from);
    json_set_i64(c->arena, o, "rounds", s->rounds);
    return o;
}

/* Jobs of before the first signal was told with each name none: theirs is the one they bring. */
static struct sending sending_of(const struct json *payload)
{
    int64_t number = json_i64_of(payload, "number", 0);
    return (struct sending){number, json_i64_of(payload, "root", number), json_i64_of(payload, "from", 0),
                            json_text_of(payload, "signal"), (int)json_i64_of(payload, "rounds", 1)};
}

static bool record_sent(struct ctx *c, const struct case_work *w, int64_t number, struct str name, int node)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "signal", name);
    struct str told = json_to_str(c->arena, detail);
    json_set_id(c->arena, detail, "number", number);
    return case_store_add_event(c, w->file.id, "signal_sent", bpmn_node_id(course_model(w->course), node),
                                STR_EMPTY, told) &&
           evidence_add(c, "case.signal_sent", "case", w->file.id, w->file.applicant, detail);
}

/* Nothing but its name leaves: those who hear it are other people's. */
static bool send(struct ctx *c, const struct case_work *w, const struct bpmn_command *k)
{
    struct sending s = {.root = w->signal_root,
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
    return record_sent(c, w, s.number, s.name, k->node) &&
           job_add(c, "case.signal", str_fmt(c->arena, "%lld", (long long)s.number), sent(c, &s), c->now);
}

bool case_send_signals(struct ctx *c, const struct case_work *w, const struct course_commands *done)
{
    for (size_t i = 0; i < done->count; i++)
        if (done->list[i].kind == COURSE_BROADCAST && !send(c, w, done->list[i].process)) return false;
    return true;
}

/* ---- waiting ---- */

static bool waits(const struct bpmn_listener *list, size_t count, const struct case_listening *row)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].token == row->token && str_eq(list[i].signal, row->name)) return true;
    return false;
}

static bool has_row(const struct case_listening *rows, size_t count, const struct bpmn_listener *l)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].token == l->token && str_eq(rows[i].name, l->signal)) return true;
    return false;
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
        const struct case_listening one = {w->file.id, now[i].token, now[i].signal};
        if (!has_row(rows, row_count, &now[i]) && !signals_store_listen(c, &one)) return false;
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
    const struct case_listening after = {json_i64_of(payload, "after", 0),
                                         json_i64_of(payload, "after_token", 0), STR_EMPTY};
    const struct sending s = sending_of(payload);
    struct case_listening *list;
    size_t count;
    if (!signals_store_waiting(c, s.name, s.number, s.from, &after, PART, &list, &count)) return false;
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
    const struct case_act act = {.event = {.kind = COURSE_SIGNAL,
                                           .role = COURSE_SYSTEM,
                                           .token = json_i64_of(payload, "token", 0),
                                           .name = json_text_of(payload, "signal")}};
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
    const struct sending s = sending_of(payload);
    w.signal = s.number;
    w.signal_root = s.root;
    w.signal_rounds = s.rounds;
    return case_move(c, &w, &act);
}
