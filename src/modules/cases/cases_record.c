/* The record of what was done in a case: the act, whose words stay sealed, and of an operation to whom, from
 * when until when, before or after whom, back to where. The same stands in the evidence, by ids and days. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_halted.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_words.h"
#include "modules/evidence/evidence.h"

/* The applicant's withdrawal and an officer's (撤回) are two things. */
static const char *operation_word(const struct course_event *e)
{
    if (e->operation == BPMN_WITHDRAW) return "recall";
    if (e->operation == BPMN_HAND_OVER) return "transfer";
    if (e->operation == BPMN_OWE) return "defer";
    if (e->operation == BPMN_PROMISE) return "commitment";
    if (e->operation == BPMN_VERIFY) return e->keep ? "commitment_kept" : "commitment_broken";
    return bpmn_event_name(e->operation);
}

static const char *act_word(const struct course_event *e)
{
    if (e->kind == COURSE_TIMER)
        return e->timer == COURSE_TIMER_CORRECTION ? "never_corrected" : "accepted_by_time";
    if (e->kind == COURSE_OPERATE) return operation_word(e);
    return e->kind == COURSE_DO ? course_act_name(e->act) : course_event_name(e->kind);
}

/* ---- details of an operation ---- */

static const struct course_command *note_of(const struct course_commands *done)
{
    for (size_t i = 0; i < done->count; i++)
        if (done->list[i].kind == COURSE_NOTE) return &done->list[i];
    return NULL;
}

static void add_day(struct ctx *c, struct json *o, const char *key, int64_t at)
{
    if (at) json_set_str(c->arena, o, key, date_format(c->arena, date_of(at)));
}

/* "to": an account; "step": one it goes back to; days in full. Of signers beside each other none is before or
 * after. */
static void add_details(struct ctx *c, struct json *o, const struct case_act *act,
                        const struct course_state *before, const struct course_commands *done)
{
    const struct course_command *note = note_of(done);
    const struct bpmn_token *t = bpmn_find(&before->process, act->event.token);
    if (!note) return;
    const struct bpmn_command *k = note->process;
    bool back = act->event.kind == COURSE_DO, recall = !back && act->event.operation == BPMN_WITHDRAW;
    if (k->target.len) json_set_str(c->arena, o, back || recall ? "step" : "to", k->target);
    if (back && k->target.len) json_set_bool(c->arena, o, "keep", k->keep);
    if (back || recall) return;
    add_day(c, o, "from", k->from);
    add_day(c, o, "until", k->until ? k->until - 1 : 0);
    if (act->event.operation == BPMN_ADD_SIGN && !(t && t->turn > 0))
        json_set_c(c->arena, o, "signs", k->after ? "after" : "before");
}

bool case_record(struct ctx *c, const struct case_work *w, const struct case_act *act,
                 const struct course_state *before, struct str step, const struct course_commands *done)
{
    struct str sealed;
    struct json *detail = json_object(c->arena);
    add_details(c, detail, act, before, done);
    if (act->event.kind == COURSE_SIGNAL) json_set_str(c->arena, detail, "signal", act->event.name);
    struct str details = detail->count ? json_to_str(c->arena, detail) : STR_EMPTY;
    if (act->event.kind == COURSE_SIGNAL) json_set_id(c->arena, detail, "number", w->signal);
    json_set_str(c->arena, detail, "status", w->file.status);
    json_set_i64(c->arena, detail, "item_version", w->file.item_version);
    const char *name = str_z(c->arena, str_fmt(c->arena, "case.%s", act_word(&act->event)));
    return case_seal(c, w, "note", act->note, &sealed) &&
           case_store_add_event(c, w->file.id, w->process_version, act_word(&act->event), step, sealed,
                                details) &&
           evidence_add(c, name, "case", w->file.id, w->file.applicant, detail);
}

bool case_note(struct ctx *c, int64_t case_id, const char *act, struct str words)
{
    struct case_work w = {0};
    struct str sealed;
    return case_load(c, case_id, &w.file) && case_seal(c, &w, "note", words, &sealed) &&
           case_store_add_event(c, case_id, 0, act, STR_EMPTY, sealed, STR_EMPTY);
}

/* ---- in words ---- */

static void tell(struct ctx *c, struct json *list, const char *label, struct str value, bool zh)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "value", value);
    json_set_bool(c->arena, o, "zh", zh);
}

static void tell_day(struct ctx *c, struct json *list, const char *label, struct str day)
{
    int32_t at;
    if (date_parse(day, &at)) tell(c, list, label, words_day(c, date_start(at)), false);
}

struct str case_officer_name(struct ctx *c, struct str who)
{
    int64_t id;
    struct account a;
    if (!str_to_i64(who, &id)) return STR_EMPTY;
    if (account_load(c, id, &a)) return a.label;
    err_clear(c->err);
    return STR_EMPTY;
}

static const struct course *last_that_has(struct ctx *c, const struct case_work *w, struct str step)
{
    for (int v = w->process ? w->process->version : 0; v > 0; v--) {
        const struct process_version *p = process_version_of(c, w->process->code, v);
        if (p && course_step_find(p->course, step) >= 0) return p->course;
    }
    return w->course;
}

/* A send-back is at one step and names another: both are of one version. */
const struct course *case_course_then(struct ctx *c, const struct case_work *w, const struct case_event *e)
{
    const struct process_version *p =
        w->process && e->version ? process_version_of(c, w->process->code, e->version) : NULL;
    return p ? p->course : last_that_has(c, w, e->step);
}

/* Of a step, or of what else the record names: a system's task, a signal that was sent. */
static struct str node_words(struct ctx *c, const struct course *f, struct str id)
{
    struct str step = words_step(c, f, id);
    int node = f && id.len && !step.len ? bpmn_node(course_model(f), id) : -1;
    if (node < 0) return step;
    struct str en = bpmn_node_note(course_model(f), node, "en"), name = bpmn_node_name(course_model(f), node);
    return c->lang == &lang_en && en.len ? en : name;
}

static void tell_version(struct ctx *c, struct json *list, const struct case_event *e, const struct json *d)
{
    int from = (int)json_i64_of(d, "from", 0);
    if (str_eq_c(e->act, "moved") && from)
        tell(c, list, "Version", str_fmt(c->arena, "%d → %d", from, e->version), false);
}

void case_show_details(struct ctx *c, struct json *entry, const struct case_work *w,
                       const struct case_event *e)
{
    struct json *list = json_set_array(c->arena, entry, "told");
    const struct json *d = e->detail.len ? json_parse(c->arena, e->detail, JSON_STRICT, c->err) : NULL;
    const struct course *then = case_course_then(c, w, e);
    struct str back = json_text_of(d, "step"), step = words_step(c, then, back),
               at = node_words(c, then, e->step), signs = json_text_of(d, "signs"),
               to = case_officer_name(c, json_text_of(d, "to"));
    if (!d) err_clear(c->err);
    if (back.len && !step.len) step = words_step(c, last_that_has(c, w, back), back);
    if (at.len) tell(c, list, "Step", at, c->lang != &lang_en);
    tell_version(c, list, e, d);
    if (str_eq_c(e->act, "stuck"))
        tell(c, list, "Why it could not", stuck_words(c, json_text_of(d, "trouble"), json_text_of(d, "said")),
             false);
    if (str_eq_c(e->act, "halted"))
        tell(c, list, "What it does", case_job_words(c, json_text_of(d, "job")), false);
    if (json_text_of(d, "signal").len) tell(c, list, "Signal", json_text_of(d, "signal"), true);
    if (to.len) tell(c, list, str_eq_c(e->act, "drop_sign") ? "Let off" : "To", to, true);
    if (signs.len)
        tell(c, list, "Signs", ctx_tr(c, str_eq_c(signs, "after") ? "After the holder" : "Before the holder"),
             false);
    tell_day(c, list, "First day", json_text_of(d, "from"));
    tell_day(c, list, "Last day", json_text_of(d, "until"));
    if (step.len) tell(c, list, "Back to", step, c->lang != &lang_en);
    if (json_get(d, "keep"))
        tell(c, list, "Steps in between",
             ctx_tr(c, json_true_of(d, "keep") ? "Not done again: it comes straight back" : "Done again"),
             false);
}
