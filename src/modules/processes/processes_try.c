#include "modules/processes/processes_try.h"

#include "core/i18n/dates.h"

enum { OPENS = 10, CLOSES = 17 };

/* ---- the clock of the try-run ---- */

static int32_t today(const struct trial *t)
{
    return date_of(t->now);
}

static int64_t workdays_on(const struct trial *t, int64_t days)
{
    return date_start(workday_add(orgs_calendar(t->c), today(t), (int)days)) + CLOSES * MS_HOUR;
}

static void set_timer(struct trial *t, struct trial_timer timer)
{
    if (t->timer_count < TRIAL_TIMERS_MAX) t->timers[t->timer_count++] = timer;
}

static bool may_ring(const struct trial *t, const struct trial_timer *timer)
{
    if (timer->rung) return false;
    if (timer->of_process)
        return t->state.process.status == BPMN_RUNNING && bpmn_find(&t->state.process, timer->token);
    return t->state.status == (timer->timer == COURSE_TIMER_NOTICE ? COURSE_SUBMITTED : COURSE_CORRECTION);
}

struct trial_timer *trial_next_timer(struct trial *t)
{
    struct trial_timer *next = NULL;
    for (size_t i = 0; i < t->timer_count; i++)
        if (may_ring(t, &t->timers[i]) && (!next || t->timers[i].at < next->at)) next = &t->timers[i];
    return next;
}

int trial_days_used(const struct trial *t)
{
    if (!t->clock_from) return t->used;
    return t->used + workday_between(orgs_calendar(t->c), t->clock_from, today(t));
}

static void run_clock(struct trial *t, enum course_command_kind kind)
{
    bool goes = kind == COURSE_CLOCK_START || kind == COURSE_CLOCK_RESUME;
    t->clock_ever = t->clock_ever || goes;
    t->clock_over = t->clock_over || kind == COURSE_CLOCK_STOP;
    if (!goes) t->used = trial_days_used(t);
    t->clock_from = goes ? today(t) : 0;
}

/* ---- what is told ---- */

static struct str day_words(const struct trial *t, int64_t at)
{
    return date_words_full(t->c->lang, t->c->arena, date_of(at));
}

static void say(struct trial *t, struct json *entry, const char *msgid, struct str arg)
{
    struct arena *a = t->c->arena;
    struct str before = json_text_of(entry, "text"), text = tr_arg(t->c->lang, a, msgid, arg);
    if (before.len) text = str_fmt(a, "%.*s %.*s", STR_ARG(before), STR_ARG(text));
    json_set_str(a, entry, "text", text);
}

static struct json *add_entry(struct trial *t, struct str title, struct str who)
{
    struct arena *a = t->c->arena;
    struct json *o = json_add_object(a, t->timeline);
    json_set_c(a, o, "state", "done");
    json_set_bool(a, json_set_object(a, o, "at"), "done", true);
    json_set_str(a, o, "title", title);
    json_set_str(a, o, "when", day_words(t, t->now));
    json_set_str(a, o, "datetime", date_format(a, today(t)));
    json_set(o, "who", who.len ? json_string(a, who) : json_null(a));
    json_set(o, "text", json_null(a));
    json_set_bool(a, o, "text_zh", false);
    return o;
}

static const char *const said[COURSE_COMMAND_COUNT] = {
    [COURSE_CLOCK_START] = "The clock starts.",
    [COURSE_CLOCK_PAUSE] = "The clock rests.",
    [COURSE_CLOCK_RESUME] = "The clock goes on.",
    [COURSE_CLOCK_STOP] = "The clock stops.",
    [COURSE_CLOCK_EXTEND] = "The time is extended.",
    [COURSE_ASK_CORRECTION] = "The applicant is told everything that is missing.",
    [COURSE_RUN_RULE] = "The rule of the service is asked.",
    [COURSE_ASK_DECISION] = "A decision model is asked.",
    [COURSE_ISSUE_LICENCE] = "The licence is issued, where the service has one.",
    [COURSE_INFORM] = "The applicant gets a message.",
    [COURSE_SEND] = "Another case gets a message.",
    [COURSE_BROADCAST] = "A signal goes to every case that waits for it.",
    [COURSE_SERVE] = "A system of a department is asked.",
    [COURSE_CALL_OFF] = "What a system was asked is called off.",
};

static void carry_out(struct trial *t, struct json *entry, const struct course_command *o)
{
    int64_t at = t->now, days = 0;
    if (o->kind >= COURSE_CLOCK_START && o->kind <= COURSE_CLOCK_STOP) run_clock(t, o->kind);
    if (o->kind == COURSE_SET_TIMER) {
        bool notice = o->timer == COURSE_TIMER_NOTICE;
        at = workdays_on(t, notice ? COURSE_NOTICE_WORKDAYS : COURSE_CORRECTION_WORKDAYS);
        set_timer(t, (struct trial_timer){.at = at, .timer = o->timer});
        say(t, entry,
            notice ? "If nobody answers, it counts as accepted on %{arg}."
                   : "The applicant has until %{arg}.",
            day_words(t, at));
    } else if (o->kind == COURSE_WAIT) {
        bpmn_timer_at(o->process, t->now, &at, &days);
        if (days > 0) at = workdays_on(t, days);
        set_timer(t,
                  (struct trial_timer){
                      .at = at, .of_process = true, .token = o->process->token, .index = o->process->index});
        say(t, entry, "A timer of the process rings on %{arg}.", day_words(t, at));
    } else if (said[o->kind])
        say(t, entry, said[o->kind], STR_EMPTY);
}

static bool decide(struct trial *t, int64_t token);

static void mark(struct trial *t, struct str id, const char *tone)
{
    int part = bpmn_sheet_find(t->sheet, id);
    if (part >= 0) t->tones[part] = tone;
}

static void mark_way(struct trial *t, const struct course_commands *done)
{
    const struct bpmn *b = course_model(t->course);
    struct bpmn_edge e;
    for (size_t i = 0; i < done->flow_count; i++) {
        if (!bpmn_edge(b, done->flows[i], &e)) continue;
        mark(t, e.id, "been");
        mark(t, bpmn_node_id(b, e.from), "been");
        mark(t, bpmn_node_id(b, e.to), "been");
    }
}

/* ---- one act ---- */

static bool no_such(struct trial *t)
{
    t->stopped = "This cannot be done at the present step.";
    return false;
}

static bool move(struct trial *t, struct course_event *e, struct str title, struct str who)
{
    struct course_commands done = {0};
    struct err err = {0};
    e->now = t->now;
    if (e->kind != COURSE_RULED) t->decided = 0;
    if (!course_next(t->c->arena, t->course, &t->state, e, &t->state, &done, &err)) {
        t->stopped = err.msgid ? err.msgid : "This cannot be done at the present step.";
        t->stopped_arg = str_c(err.arg);
        return false;
    }
    struct json *entry = add_entry(t, title, who);
    for (size_t i = 0; i < done.count; i++)
        carry_out(t, entry, &done.list[i]);
    mark_way(t, &done);
    for (size_t i = 0; i < done.count; i++)
        if (done.list[i].kind == COURSE_ASK_DECISION && !decide(t, done.list[i].process->token)) return false;
    return true;
}

/* ---- decision models: the real ones are asked ---- */

static bool cannot(struct trial *t, struct str sentence)
{
    t->stopped = "%{arg}";
    t->stopped_arg = sentence;
    return false;
}

static void say_rules(struct trial *t, struct json *entry, const struct process_decided *d)
{
    JSON_EACH(r, d->rules)
    {
        say(t, entry, "Rule %{arg} spoke.",
            str_fmt(t->c->arena, "%lld", (long long)json_i64_of(r, "rule", 0)));
    }
}

static bool decide(struct trial *t, int64_t token)
{
    struct arena *a = t->c->arena;
    const struct bpmn *b = course_model(t->course);
    const struct bpmn_token *at = bpmn_find(&t->state.process, token);
    const struct process_decisions *decisions = process_decisions_of(t->c);
    struct bpmn_event about = {.token = token, .now = t->now};
    struct course_event e = {.kind = COURSE_RULED, .role = COURSE_SYSTEM, .token = token};
    struct process_decided d;
    struct err err = {0};
    struct json *results = json_object(a);
    if (!at || course_ended(&t->state)) return true; /* called off by what another one said */
    struct str code = course_decision_at(t->course, at->node);
    if (t->decided++ >= TRIAL_DECISIONS_MAX)
        return cannot(t, tr_arg(t->c->lang, a, process_asks_for_ever, code));
    const struct json *given = bpmn_given(a, b, &t->state.process, &about, &err);
    if (!given) return cannot(t, tr_arg(t->c->lang, a, err.msgid, str_c(err.arg)));
    if (!decisions || !decisions->try_it(t->c, code, given, t->facts, today(t), &d)) return no_such(t);
    if (d.wrong.len) return cannot(t, d.wrong);
    json_set(results, "result", json_copy(a, d.result));
    e.variables = results;
    struct str version = str_fmt(a, "%d", d.version);
    struct str who =
        str_fmt(a, "%.*s · %.*s", STR_ARG(d.name), STR_ARG(tr_arg(t->c->lang, a, "Version %{arg}", version)));
    size_t before = t->timeline->count;
    if (!move(t, &e, tr_arg(t->c->lang, a, "The decision model says: %{arg}", d.words), who)) return false;
    say_rules(t, (struct json *)json_at(t->timeline, before), &d);
    return true;
}

static const struct course_step *step_of(const struct trial *t, int64_t token)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t n = course_tasks(t->course, &t->state, tasks);
    for (size_t i = 0; i < n; i++)
        if (tasks[i].token == token) return course_step_at(t->course, tasks[i].step);
    return NULL;
}

static struct str step_name(const struct trial *t, const struct course_step *s)
{
    return t->c->lang == &lang_en && s->name_en.len ? s->name_en : s->name.len ? s->name : s->id;
}

/* "do:12:pass", "do:12:send_back:review" */
static bool do_task(struct trial *t, struct str rest)
{
    struct str word, act, target = str_cut(str_cut(rest, ':', &word), ':', &act);
    struct course_event e = {.kind = COURSE_DO, .act = course_act_of(act), .target = target};
    if (!str_to_i64(word, &e.token) || e.act == COURSE_ACT_COUNT) return no_such(t);
    const struct course_step *s = step_of(t, e.token);
    if (!s) return no_such(t);
    e.role = s->role;
    struct str title = str_fmt(t->c->arena, "%.*s · %.*s", STR_ARG(step_name(t, s)),
                               STR_ARG(ctx_tr(t->c, process_act_words[e.act])));
    return move(t, &e, title, ctx_tr(t->c, process_role_words[s->role]));
}

static bool send_in(struct trial *t, struct str rest)
{
    struct json *facts = json_copy(t->c->arena, t->facts);
    struct course_event e = {.kind = COURSE_SUBMIT, .role = COURSE_APPLICANT, .variables = facts};
    json_set_bool(t->c->arena, facts, "organisation", str_eq_c(rest, "o"));
    return move(t, &e, ctx_tr(t->c, "Applies"), ctx_tr(t->c, "Applicant"));
}

static bool answer_rule(struct trial *t, struct str rest)
{
    static const struct {
        const char *word, *title;
        enum course_event_kind kind;
    } answers[] = {{"grant", "The rule grants", COURSE_RULE_ANSWERED},
                   {"refuse", "The rule refuses", COURSE_RULE_REFUSED},
                   {"person", "The rule leaves it to a person", COURSE_RULE_UNABLE}};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct course_event e = {.kind = answers[i].kind, .role = COURSE_SYSTEM};
        if (str_eq_c(rest, answers[i].word))
            return move(t, &e, ctx_tr(t->c, answers[i].title), ctx_tr(t->c, "By rule"));
    }
    return no_such(t);
}

static bool ring(struct trial *t, struct trial_timer *timer)
{
    struct course_event e = {.kind = timer->of_process ? COURSE_PROCESS_TIMER : COURSE_TIMER,
                             .role = COURSE_SYSTEM,
                             .timer = timer->timer,
                             .token = timer->token,
                             .index = timer->index};
    timer->rung = true;
    return move(t, &e,
                ctx_tr(t->c, timer->of_process ? "A timer rings"
                             : timer->timer == COURSE_TIMER_NOTICE
                                 ? "Accepted, because nobody answered in time"
                                 : "The time for supplying is over"),
                ctx_tr(t->c, "By the clock"));
}

static bool advance(struct trial *t, int64_t until)
{
    struct trial_timer *next;
    while ((next = trial_next_timer(t)) && next->at <= until) {
        if (next->at > t->now) t->now = next->at;
        if (!ring(t, next)) return false;
    }
    t->now = until > t->now ? until : t->now;
    return true;
}

static bool days_on(struct trial *t, struct str rest)
{
    int64_t days = 0;
    if (!str_to_i64(rest, &days) || days < 1 || days > 3660) return no_such(t);
    return advance(t, date_start(today(t) + (int32_t)days) + OPENS * MS_HOUR);
}

static bool to_timer(struct trial *t, struct str rest)
{
    const struct trial_timer *next = trial_next_timer(t);
    (void)rest;
    return next ? advance(t, next->at > t->now ? next->at : t->now) : no_such(t);
}

/* What waits in the outside: a service task or a message, as a node; -1: nothing of the kind. */
static int waiting_node(const struct trial *t, int64_t token)
{
    const struct bpmn_token *at = bpmn_find(&t->state.process, token);
    return at && at->phase == BPMN_WAITING ? at->node : -1;
}

struct str trial_message(const struct trial *t, int node)
{
    int part = bpmn_sheet_find(t->sheet, bpmn_node_id(course_model(t->course), node));
    return part >= 0 ? bpmn_detail(&t->sheet->parts[part], "messageRef") : STR_EMPTY;
}

static bool serve(struct trial *t, struct str rest)
{
    struct course_event e = {.kind = COURSE_SERVED, .role = COURSE_SYSTEM};
    int node = str_to_i64(rest, &e.token) ? waiting_node(t, e.token) : -1;
    if (node < 0) return no_such(t);
    return move(t, &e, ctx_tr(t->c, "The system of the department answers"),
                bpmn_node_topic(course_model(t->course), node));
}

/* "fail:12:NO_RECORD" */
static bool fail_service(struct trial *t, struct str rest)
{
    struct str word;
    struct course_event e = {
        .kind = COURSE_SERVICE_ERROR, .role = COURSE_SYSTEM, .name = str_cut(rest, ':', &word)};
    int node = str_to_i64(word, &e.token) ? waiting_node(t, e.token) : -1;
    if (node < 0) return no_such(t);
    return move(t, &e, ctx_tr(t->c, "The system of the department reports an error"),
                e.name.len ? e.name : bpmn_node_topic(course_model(t->course), node));
}

static bool bring_message(struct trial *t, struct str rest)
{
    struct course_event e = {.kind = COURSE_MESSAGE, .role = COURSE_SYSTEM};
    int64_t token;
    int node = str_to_i64(rest, &token) ? waiting_node(t, token) : -1;
    if (node < 0) return no_such(t);
    e.name = trial_message(t, node);
    return move(t, &e, ctx_tr(t->c, "The message comes"), STR_EMPTY);
}

/* "signal:12:0": the first of those for which that token waits. */
static bool bring_signal(struct trial *t, struct str rest)
{
    struct str word, which = str_cut(rest, ':', &word);
    struct course_event e = {.kind = COURSE_SIGNAL, .role = COURSE_SYSTEM};
    struct bpmn_listener *list;
    int64_t index;
    size_t count = course_listeners(t->c->arena, t->course, &t->state, &list);
    if (!str_to_i64(word, &e.token) || !str_to_i64(which, &index)) return no_such(t);
    for (size_t i = 0; i < count; i++)
        if (list[i].token == e.token && !index--) e.name = list[i].signal;
    if (!e.name.len) return no_such(t);
    return move(t, &e, tr_arg(t->c->lang, t->c->arena, "The signal %{arg} comes", e.name),
                ctx_tr(t->c, "From another case"));
}

struct simple {
    const char *word;
    enum course_event_kind kind;
    enum course_role role;
    const char *title;
};
static const struct simple simples[] = {
    {"supplied", COURSE_CORRECTION_SUPPLIED, COURSE_APPLICANT, "Supplies what was missing"},
    {"withdraw", COURSE_WITHDRAW, COURSE_APPLICANT, "Withdraws the application"},
    {"extended", COURSE_EXTENSION_GRANTED, COURSE_DECIDER, "Agrees to the extension"},
    {"unextended", COURSE_EXTENSION_DENIED, COURSE_DECIDER, "Does not agree to the extension"},
    {"delivered", COURSE_DELIVERED, COURSE_DESK, "Hands the result over"},
};

/* The special procedure ends by the role of the step that waits. */
static bool end_special(struct trial *t, struct str rest)
{
    const struct course_step *s = course_step_at(t->course, course_step_now(t->course, &t->state));
    struct course_event e = {.kind = COURSE_SPECIAL_END, .role = s ? s->role : COURSE_REVIEWER};
    (void)rest;
    return move(t, &e, ctx_tr(t->c, "Ends the special procedure"), ctx_tr(t->c, process_role_words[e.role]));
}

static bool act(struct trial *t, struct str one)
{
    static const struct {
        const char *word;
        bool (*run)(struct trial *t, struct str rest);
    } kinds[] = {
        {"send", send_in},      {"do", do_task},          {"rule", answer_rule}, {"day", days_on},
        {"timer", to_timer},    {"special", end_special}, {"serve", serve},      {"message", bring_message},
        {"fail", fail_service}, {"signal", bring_signal}};
    struct str word, rest = str_cut(one, ':', &word);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_eq_c(word, kinds[i].word)) return kinds[i].run(t, rest);
    for (size_t i = 0; i < sizeof simples / sizeof simples[0]; i++) {
        struct course_event e = {.kind = simples[i].kind, .role = simples[i].role};
        if (str_eq_c(word, simples[i].word))
            return move(t, &e, ctx_tr(t->c, simples[i].title), ctx_tr(t->c, process_role_words[e.role]));
    }
    return no_such(t);
}

int64_t trial_rule(const struct trial *t)
{
    const struct bpmn_state *s = &t->state.process;
    for (size_t i = 0; i < s->count; i++)
        if (s->tokens[i].phase == BPMN_WAITING &&
            bpmn_node_kind(course_model(t->course), s->tokens[i].node) == BPMN_RULE_TASK &&
            !course_decision_at(t->course, s->tokens[i].node).len)
            return s->tokens[i].id;
    return 0;
}

static void mark_present(struct trial *t)
{
    const struct bpmn_state *s = &t->state.process;
    for (size_t i = 0; s->status == BPMN_RUNNING && i < s->count; i++) {
        enum bpmn_phase phase = s->tokens[i].phase;
        if (phase == BPMN_WAITING || phase == BPMN_GATHERING || phase == BPMN_CHOOSING ||
            phase == BPMN_LOOPING)
            mark(t, bpmn_node_id(course_model(t->course), s->tokens[i].node), "here");
    }
}

void trial_play(struct trial *t, struct str way)
{
    struct str one;
    t->state = course_start();
    t->now = date_start(t->first_day) + OPENS * MS_HOUR;
    t->timeline = json_array(t->c->arena);
    t->tones = ARENA_ARRAY(t->c->arena, (size_t)t->sheet->count + 1, const char *);
    while (way.len && t->played < TRIAL_ACTS_MAX) {
        way = str_cut(way, ',', &one);
        if (!act(t, str_trim(one))) break;
        t->played++;
    }
    mark_present(t);
}
