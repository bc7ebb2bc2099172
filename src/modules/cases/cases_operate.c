/* What officers do with tasks beside doing them: 签收, 转办, 委托, 加签, 减签, 催办, 容缺受理, 告知承诺,
 * 撤回, 挂起 and 恢复. The rules are the engine's; only what it would take now is offered. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_halted.h"
#include "modules/cases/cases_looked.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_steps.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"
#include "modules/orgs/orgs.h"

enum asks { TO = 1, FROM = 2, UNTIL = 4, WHAT = 8, AFTER = 16, KEPT = 32, REASON = 64, OF_CASE = 128 };

static const struct operation {
    enum bpmn_event_kind kind;
    const char *path, *label, *says, *done;
    const char *permission; /* NULL: whose task it is */
    unsigned asks;
} operations[] = {
    {BPMN_OPEN, "open", "Take it up", "It is then yours; colleagues see that you have it.",
     "It is yours now.", NULL, 0},
    {BPMN_HAND_OVER, "transfer", "Hand over to a colleague",
     "The colleague has it then, and you no longer do.", "Handed over.", NULL, TO | REASON},
    {BPMN_DELEGATE, "delegate", "Delegate for a time",
     "It stays yours; the colleague may act for you on these days.", "Delegated.", NULL,
     TO | FROM | UNTIL | REASON},
    {BPMN_ADD_SIGN, "add_sign", "Ask one more to sign", "A colleague signs too, before you or after you.",
     "Asked to sign.", NULL, TO | AFTER | REASON},
    {BPMN_DROP_SIGN, "drop_sign", "Let off one who was asked to sign",
     "Who has not signed yet need not do so any more.", "Let off.", NULL, WHAT | REASON},
    {BPMN_URGE, "urge", "Urge", "Who has the task sees that it is waited for.", "Urged.", NULL, REASON},
    {BPMN_OWE, "defer", "Accept with a document to follow",
     "The document is owed until that day; before it is there the case is not decided.",
     "Noted: the document may follow.", "case.receive", WHAT | UNTIL | REASON},
    {BPMN_SUPPLY, "supply", "What was owed is there", "The case can be decided once nothing is owed.",
     "Noted: it has been supplied.", NULL, WHAT | OF_CASE},
    {BPMN_PROMISE, "commitment", "Take on the applicant's promise",
     "Decided on a written promise, which is verified by that day.", "The promise is noted.", NULL,
     WHAT | UNTIL | REASON},
    {BPMN_VERIFY, "verify", "Verify a promise",
     "Not kept: the applicant is told, and the decision is looked at again.", "Verified.", "case.review",
     WHAT | KEPT | REASON | OF_CASE},
    {BPMN_WITHDRAW, "recall", "Take back what you passed on",
     "Possible while no colleague whose turn it is has opened it.", "It is with you again.", NULL,
     REASON | OF_CASE},
    {BPMN_SUSPEND, "suspend", "Hold the case up",
     "Nothing is done until it goes on. The clock goes on: by law it rests only for a special procedure.",
     "The case is held up.", "case.decide", REASON | OF_CASE},
    {BPMN_RESUME, "resume", "Let the case go on", "It goes on where it stood.", "The case goes on.",
     "case.decide", OF_CASE},
};

const struct field operate_fields[] = {
    {"task", FIELD_INT, "The task", .max = INT32_MAX},
    {"to", FIELD_ID, .label = "Colleague"},
    {"name", FIELD_LINE, "Name of the colleague", .max = 40},
    {"from", FIELD_DATE, .label = "First day"},
    {"until", FIELD_DATE, .label = "Last day"},
    {"what", FIELD_LINE, "What", .max = 200},
    {"after", FIELD_CHOICE, "When", .choices = "before|after"},
    {"kept", FIELD_CHOICE, "Outcome", .choices = "yes|no"},
    {"reason", FIELD_TEXT, "Reason", .max = 500},
    {0},
};

const struct field operation_fields[] = {
    {"task", FIELD_INT, "The task", .max = INT32_MAX},
    {"name", FIELD_LINE, "Name of the colleague", .max = 40},
    {0},
};

static const struct operation *operation_named(struct str path)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (str_eq_c(path, operations[i].path)) return &operations[i];
    return NULL;
}

/* ---- doing ---- */

static struct case_act act_of(const struct operation *o, int64_t task)
{
    return (struct case_act){
        .event = {.kind = COURSE_OPERATE, .operation = o->kind, .token = o->asks & OF_CASE ? 0 : task}};
}

static bool read_day(struct ctx *c, const char *name, int offset, int64_t *at)
{
    int32_t day;
    if (!date_parse(in_text(c, name), &day))
        return err_at(c->err, str_c(name), "Please enter a real date.", STR_EMPTY);
    *at = date_start(day + offset);
    return true;
}

static bool read_asked(struct ctx *c, const struct case_work *w, const struct operation *o,
                       struct case_act *act)
{
    struct str note = in_text(c, "reason");
    if ((o->asks & REASON) && !note.len)
        return err_at(c->err, STR("reason"), "Please give the reasons.", STR_EMPTY);
    if ((o->asks & WHAT) && !in_text(c, "what").len)
        return err_at(c->err, STR("what"), "This field is required.", STR_EMPTY);
    act->event.name = in_text(c, "what");
    if (o->kind == BPMN_DROP_SIGN && !str_to_i64(in_text(c, "what"), &act->event.token))
        return err_at(c->err, STR("what"), "Please choose one of the options.", STR_EMPTY);
    if ((o->asks & UNTIL) && !read_day(c, "until", 1, &act->event.until)) return false;
    if ((o->asks & FROM) && !read_day(c, "from", 0, &act->event.from)) return false;
    if ((o->asks & TO) && !case_colleague(c, w, act->event.token, in_i64(c, "to", 0))) return false;
    if (o->asks & TO) act->event.to = str_fmt(c->arena, "%lld", (long long)in_i64(c, "to", 0));
    act->event.after = str_eq_c(in_text(c, "after"), "after");
    act->event.keep = str_eq_c(in_text(c, "kept"), "yes");
    struct str about = (o->asks & WHAT) && o->kind != BPMN_DROP_SIGN ? in_text(c, "what") : STR_EMPTY;
    act->note = about.len && note.len ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(about), STR_ARG(note))
                                      : str_cat(c->arena, about, note);
    return true;
}

static bool may_let_off(struct ctx *c, const struct case_work *w, const struct case_act *act)
{
    const struct bpmn_token *t = bpmn_find(&w->state.process, act->event.token);
    if (act->event.operation != BPMN_DROP_SIGN || !t || !t->turn || t->besides) return true;
    return err_denied(c->err, "case.right", "The process asks for this signature: nobody can be let off it.");
}

static bool would(struct ctx *c, const struct case_work *w, const struct operation *o, int64_t task,
                  enum course_role role, struct course_state *next)
{
    struct course_commands commands;
    struct err e = {0};
    struct course_event event = act_of(o, task).event;
    event.role = role;
    event.who = case_who(c);
    event.now = c->now;
    event.to = STR("0");
    event.name = STR("?");
    event.until = c->now + 1;
    return course_next(c->arena, w->course, &w->state, &event, next, &commands, &e);
}

/* What a colleague whose turn it is has before them is not taken away under their hands. */
static bool must_be_unopened(struct ctx *c, const struct case_work *w, const struct operation *o)
{
    struct course_event about = act_of(o, 0).event;
    struct course_state then;
    const struct course_step *opened;
    if (o->kind != BPMN_WITHDRAW || !would(c, w, o, 0, case_role_for(c, w, &about), &then)) return true;
    if (!case_opened_by_others(c, w, &then, &opened)) return false;
    if (!opened) return true;
    err_conflict(c->err, "case.opened",
                 "A colleague has opened “%{arg}” since you passed it on: it cannot be taken back any more.");
    err_arg(c->err, words_step(c, w->course, opened->id));
    return false;
}

bool act_operate(struct ctx *c)
{
    const struct operation *o = operation_named(ctx_path(c, "operation"));
    struct case_work w;
    if (!o) return err_missing(c->err, "page", "We cannot find this page.");
    if (o->permission && !ctx_may(c, o->permission))
        return err_denied(c->err, "case.right", "This is for others to do.");
    struct case_act act = act_of(o, in_i64(c, "task", 0));
    if (!case_work_load(c, c->row, &w) || !read_asked(c, &w, o, &act) || !may_let_off(c, &w, &act) ||
        !must_be_unopened(c, &w, o) || !case_move(c, &w, &act))
        return false;
    ctx_notice(c, o->done);
    return ctx_redirect(c, "/office/cases/%lld", (long long)w.file.id);
}

/* ---- offering ---- */

static void duty_options(struct ctx *c, struct json *f, const struct case_work *w, enum bpmn_duty_kind kind)
{
    for (size_t i = 0; i < w->state.process.duty_count; i++)
        if (w->state.process.duties[i].kind == kind)
            ctx_option(c, f, w->state.process.duties[i].name, w->state.process.duties[i].name);
}

static bool has_duty(const struct case_work *w, enum bpmn_duty_kind kind)
{
    for (size_t i = 0; i < w->state.process.duty_count; i++)
        if (w->state.process.duties[i].kind == kind && case_duty_open(&w->state, &w->state.process.duties[i]))
            return true;
    return false;
}

/* Whom the actor may let off: who signs before or after them and has not yet, or besides the others. */
static bool may_be_let_off(struct ctx *c, const struct case_work *w, const struct bpmn_token *mine,
                           const struct bpmn_token *t)
{
    const struct bpmn_token *host = t->host ? bpmn_find(&w->state.process, t->host) : NULL;
    if (t->node != mine->node || (t->phase != BPMN_HELD && t->phase != BPMN_WAITING)) return false;
    if (!host) return t != mine && t->besides && t->turn > 0 && t->parent == mine->parent;
    return (host == mine || t->host == mine->host) &&
           (!host->holder.len || str_eq(host->holder, case_who(c)));
}

static size_t signer_options(struct ctx *c, struct json *f, const struct case_work *w, int64_t task)
{
    const struct bpmn_token *mine = bpmn_find(&w->state.process, task);
    size_t n = 0;
    for (size_t i = 0; mine && i < w->state.process.count; i++) {
        const struct bpmn_token *t = &w->state.process.tokens[i];
        if (!may_be_let_off(c, w, mine, t)) continue;
        n++;
        struct str name = case_officer_name(c, t->holder);
        if (f)
            ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)t->id),
                       name.len ? name : str_fmt(c->arena, "%d", t->turn));
    }
    return n;
}

static struct json *required(struct ctx *c, struct json *f)
{
    json_set_bool(c->arena, f, "required", true);
    return f;
}

/* Few are listed; among many a name is searched for, by a form of its own that needs no script. */
static bool ask_whom(struct ctx *c, struct json *doc, struct json *fields, const struct case_work *w,
                     int64_t task)
{
    const struct colleagues_of of = case_colleagues_of(c, w, task);
    struct account *found = ARENA_ARRAY(c->arena, COLLEAGUES_MAX, struct account);
    struct str name = in_text(c, "name");
    size_t count;
    bool more;
    if (!case_colleagues(c, w, &of, name, found, &count, &more)) return false;
    bool search = more || name.len;
    if (search) {
        struct json *finder = json_set_object(c->arena, doc, "finder"),
                    *list = json_set_array(c->arena, finder, "fields");
        office_task_field(c, list, task);
        required(c, ctx_field(c, list, "name", "Name of the colleague", "text", name));
        json_set_str(c->arena, finder, "says",
                     ctx_tr(c, !more && count      ? "Found: choose below."
                               : count && name.len ? "More than can be listed: please give more of the name."
                               : name.len          ? "Nobody of this name may do this task."
                                                   : "Many colleagues may do this task: find one by name."));
    }
    bool none = !count || (more && !name.len);
    json_set_bool(c->arena, doc, "nobody", none);
    if (none) return true;
    if (search) ctx_field(c, fields, "name", "Name of the colleague", "hidden", name);
    struct json *f = required(c, ctx_field(c, fields, "to", "Colleague", "select", STR_EMPTY));
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)found[i].id),
                   str_fmt(c->arena, "%.*s · %.*s", STR_ARG(found[i].label), STR_ARG(found[i].login)));
    return true;
}

static bool ask(struct ctx *c, struct json *doc, const struct case_work *w, const struct operation *o,
                int64_t task)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    json_set(doc, "finder", json_null(c->arena));
    json_set_bool(c->arena, doc, "nobody", false);
    if (!(o->asks & OF_CASE)) office_task_field(c, fields, task);
    if ((o->asks & TO) && !ask_whom(c, doc, fields, w, task)) return false;
    if (o->asks & WHAT) {
        bool free = o->kind == BPMN_OWE || o->kind == BPMN_PROMISE;
        struct json *f =
            required(c, ctx_field(c, fields, "what", "What", free ? "text" : "select", STR_EMPTY));
        if (o->kind == BPMN_SUPPLY) duty_options(c, f, w, BPMN_OWED);
        if (o->kind == BPMN_VERIFY) duty_options(c, f, w, BPMN_PROMISED);
        if (o->kind == BPMN_DROP_SIGN) signer_options(c, f, w, task);
    }
    if (o->asks & AFTER) {
        struct json *f = required(c, ctx_field(c, fields, "after", "When", "radios", STR("before")));
        ctx_option(c, f, STR("before"), ctx_tr(c, "Before me"));
        ctx_option(c, f, STR("after"), ctx_tr(c, "After me"));
    }
    if (o->asks & KEPT) {
        struct json *f = required(c, ctx_field(c, fields, "kept", "Outcome", "radios", STR_EMPTY));
        ctx_option(c, f, STR("yes"), ctx_tr(c, "Kept"));
        ctx_option(c, f, STR("no"), ctx_tr(c, "Not kept"));
    }
    if (o->asks & FROM) required(c, ctx_field(c, fields, "from", "First day", "date", STR_EMPTY));
    if (o->asks & UNTIL) required(c, ctx_field(c, fields, "until", "Last day", "date", STR_EMPTY));
    struct json *note =
        ctx_field(c, fields, "reason", o->asks & REASON ? "Reason" : "Remark", "textarea", STR_EMPTY);
    json_set_bool(c->arena, note, "required", (o->asks & REASON) != 0);
    return true;
}

static bool is_mine(struct ctx *c, const struct case_work *w, int64_t task)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    size_t count = course_tasks(w->course, &w->state, tasks);
    for (size_t i = 0; i < count; i++)
        if (tasks[i].token == task)
            return case_is_theirs(c, w, &tasks[i]) && office_acts_for(c, tasks[i].about, case_who(c));
    return false;
}

static bool is_of_use(struct ctx *c, const struct case_work *w, const struct operation *o, int64_t task)
{
    const struct bpmn_token *t = bpmn_find(&w->state.process, task);
    if (o->kind == BPMN_SUPPLY) return has_duty(w, BPMN_OWED);
    if (o->kind == BPMN_VERIFY) return has_duty(w, BPMN_PROMISED);
    if (o->kind == BPMN_DROP_SIGN) return signer_options(c, NULL, w, task) > 0;
    if (o->kind == BPMN_URGE) return t && !is_mine(c, w, task);
    return o->kind != BPMN_OPEN || (t && !t->opened);
}

static bool is_unopened(struct ctx *c, const struct case_work *w, const struct course_state *then)
{
    const struct course_step *opened;
    return case_opened_by_others(c, w, then, &opened) && !opened;
}

static bool may_now(struct ctx *c, const struct case_work *w, const struct operation *o, int64_t task)
{
    struct course_event about = act_of(o, task).event;
    struct course_state then;
    bool chosen = o->kind == BPMN_SUPPLY || o->kind == BPMN_VERIFY || o->kind == BPMN_DROP_SIGN;
    if ((o->permission && !ctx_may(c, o->permission)) || (!(o->asks & OF_CASE) && !task)) return false;
    enum course_role role = case_role_for(c, w, &about);
    return role != COURSE_NOBODY && is_of_use(c, w, o, task) &&
           (chosen ||
            (would(c, w, o, task, role, &then) && (o->kind != BPMN_WITHDRAW || is_unopened(c, w, &then))));
}

static struct str operation_href(struct ctx *c, const struct case_work *w, const struct operation *o,
                                 int64_t task)
{
    return str_fmt(c->arena, "/office/cases/%lld/tasks/%s?task=%lld", (long long)w->file.id, o->path,
                   (long long)task);
}

static void list_operations(struct ctx *c, struct json *doc, const struct case_work *w, int64_t task)
{
    struct json *list = json_set_array(c->arena, doc, "operations");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const struct operation *o = &operations[i];
        if (o->kind == BPMN_URGE || !may_now(c, w, o, task)) continue; /* urging stands at each task */
        struct json *a = json_add_object(c->arena, list);
        json_set_str(c->arena, a, "label", ctx_tr(c, o->label));
        json_set_str(c->arena, a, "href", operation_href(c, w, o, task));
    }
    json_set_bool(c->arena, doc, "has_operations", list->count > 0);
}

/* Anybody of the case urges a task that others have, also one of another role. */
static bool add_urge(struct ctx *c, struct json *o, const struct case_work *w, int64_t task)
{
    const struct operation *urge = operation_named(STR("urge"));
    bool may = may_now(c, w, urge, task);
    json_set(o, "urge", may ? json_string(c->arena, operation_href(c, w, urge, task)) : json_null(c->arena));
    return may;
}

bool office_operation(struct ctx *c)
{
    const struct operation *o = operation_named(ctx_path(c, "operation"));
    struct json *doc = ctx_doc(c);
    struct case_work w;
    int64_t task = in_i64(c, "task", 0);
    if (!o) return err_missing(c->err, "page", "We cannot find this page.");
    if (!case_work_load(c, c->row, &w) || (!c->failed && !must_be_unopened(c, &w, o))) return false;
    if (!may_now(c, &w, o, task) && !c->failed)
        return err_conflict(c->err, "course.act", "This cannot be done at the present step.");
    struct str here = str_fmt(c->arena, "/office/cases/%lld", (long long)w.file.id);
    const struct bpmn_token *t = bpmn_find(&w.state.process, task);
    int node = t && !(o->asks & OF_CASE) ? t->node : -1;
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_str(c->arena, doc, "item_name", w.item->name);
    json_set_str(c->arena, doc, "back", here);
    json_set_str(c->arena, doc, "label", ctx_tr(c, o->label));
    json_set_str(c->arena, doc, "says", ctx_tr(c, o->says));
    json_set(doc, "step",
             node < 0 ? json_null(c->arena)
                      : json_string(c->arena,
                                    words_step(c, w.course, bpmn_node_id(course_model(w.course), node))));
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "%.*s/tasks/%s", STR_ARG(here), o->path));
    return ask(c, doc, &w, o, task);
}

/* ---- whose tasks ---- */

bool office_acts_for(const struct ctx *c, const struct bpmn_token *t, struct str me)
{
    return !t->holder.len || str_eq(t->holder, me) ||
           (str_eq(t->delegate, me) && t->from <= c->now && c->now < t->until);
}

static bool has_signed(const struct ctx *c, const struct case_work *w, int64_t task)
{
    return bpmn_has_signed(course_model(w->course), &w->state.process, task, case_who(c));
}

/* The task that was chosen, else the first that is the actor's to do, else one that others do beside them; 0:
 * none. */
static int64_t present_task(struct ctx *c, const struct case_work *w, const struct course_task *tasks,
                            size_t count)
{
    int64_t wanted = in_i64(c, "task", 0), first = 0;
    struct str me = case_who(c);
    for (size_t i = 0; i < count; i++) {
        if (!case_is_theirs(c, w, &tasks[i])) continue;
        if (tasks[i].token == wanted) return wanted;
        if (!first || has_signed(c, w, first) || (str_eq(tasks[i].about->holder, me) && me.len))
            first = tasks[i].token;
    }
    return first;
}

bool office_tasks(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct course_task tasks[COURSE_TASKS_MAX];
    bool open = !course_ended(&w->state) && w->state.status != COURSE_DECIDED;
    size_t count = open ? course_tasks(w->course, &w->state, tasks) : 0;
    int64_t at = present_task(c, w, tasks, count);
    const struct bpmn_token *t = bpmn_find(&w->state.process, at);
    struct json *list = json_set_array(c->arena, doc, "tasks");
    bool mine = !t || office_acts_for(c, t, case_who(c)), signed_here = mine && has_signed(c, w, at),
         urges = false, held = false;
    for (size_t i = 0; i < count; i++) {
        const struct course_step *step = course_step_at(w->course, tasks[i].step);
        struct json *o = json_add_object(c->arena, list);
        struct str name = case_officer_name(c, tasks[i].about->holder);
        bool may = tasks[i].token != at && case_is_theirs(c, w, &tasks[i]);
        json_set_str(c->arena, o, "name", words_step(c, w->course, step->id));
        json_set(o, "holder", name.len ? json_string(c->arena, name) : json_null(c->arena));
        json_set(o, "urged",
                 tasks[i].about->urged ? json_string(c->arena, str_fmt(c->arena, "%d", tasks[i].about->urged))
                                       : json_null(c->arena));
        const struct unit *u = step->department.len ? orgs_unit(c, case_task_unit(w, &tasks[i])) : NULL;
        json_set(o, "department", u ? json_string(c->arena, u->name) : json_null(c->arena));
        json_set_bool(c->arena, o, "current", tasks[i].token == at);
        urges = add_urge(c, o, w, tasks[i].token) || urges;
        held = held || tasks[i].about->holder.len || tasks[i].about->urged;
        json_set(o, "href",
                 may ? json_string(c->arena, str_fmt(c->arena, "/office/cases/%lld?task=%lld",
                                                     (long long)w->file.id, (long long)tasks[i].token))
                     : json_null(c->arena));
    }
    json_set_bool(c->arena, doc, "has_tasks", count > 1 || held || urges);
    case_show_asked(c, doc, w);
    if (!case_show_called(c, doc, w) || !case_show_step_forms(c, doc, w, mine && !signed_here ? at : 0))
        return false;
    if (!case_show_stuck(c, doc, w) || !case_show_halted(c, doc, w->file.id)) return false;
    json_set_bool(c->arena, doc, "suspended", course_suspended(&w->state));
    json_set_bool(c->arena, doc, "signed", signed_here);
    case_show_duties(c, doc, w);
    if (!office_acts(c, doc, w, at, signed_here) || !case_show_services(c, doc, w) ||
        !case_show_brought(c, doc, w))
        return false;
    if (!mine) json_set(doc, "acts", json_array(c->arena));
    list_operations(c, doc, w, at);
    return true;
}
