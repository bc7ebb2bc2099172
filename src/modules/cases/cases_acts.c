/* What officers do to a case. Each act says what will happen, asks for what it needs, and goes through the
 * course. */
#include "core/http/server.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

/* Several acts stand on one page: each has a reason field of its own name. */
#define NOTE(act)                                                                                            \
    {                                                                                                        \
        "note_" act, FIELD_TEXT, "Reason or opinion", .max = 2000                                            \
    }

const struct field act_fields[] = {
    NOTE("accept"),
    NOTE("reject"),
    NOTE("pass"),
    NOTE("send-back"),
    NOTE("special"),
    NOTE("special-end"),
    NOTE("extend"),
    NOTE("grant"),
    NOTE("refuse"),
    NOTE("agree"),
    NOTE("disagree"),
    NOTE("opinion"),
    {"task", FIELD_INT, "The task", .max = INT32_MAX},
    {"target", FIELD_LINE, "Step to send back to", .max = 200},
    {"keep", FIELD_BOOL, .label = "Afterwards straight back to my step; steps in between are not done again"},
    {"days", FIELD_INT, "Working days", .min = 1, .max = 60},
    {"kind", FIELD_CHOICE, "Kind of special procedure",
     .choices = "hearing|tender|auction|inspection|test|quarantine|appraisal|expert_review"},
    {0},
};

const struct field extension_fields[] = {
    {"answer", FIELD_CHOICE, "Answer", true, .choices = "grant|deny"},
    NOTE("extension"),
    {0},
};

const struct field correct_fields[] = {
    {"task", FIELD_INT, "The task", .max = INT32_MAX},
    {"target_1", FIELD_LINE, "What is to be corrected", true, .max = 80},
    {"reason_1", FIELD_TEXT, "What is wrong", true, .max = 500},
    {"target_2", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_2", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_3", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_3", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_4", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_4", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_5", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_5", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_6", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_6", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_7", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_7", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_8", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_8", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_9", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_9", FIELD_TEXT, "What is wrong", .max = 500},
    {"target_10", FIELD_LINE, "What is to be corrected", .max = 80},
    {"reason_10", FIELD_TEXT, "What is wrong", .max = 500},
    {0},
};

enum { POINTS_OF_FORM = POINTS_MAX };

/* ---- doing ---- */

static bool back_to_inbox(struct ctx *c, const char *notice)
{
    ctx_notice(c, notice);
    return ctx_redirect(c, "/office/cases/%lld", (long long)c->row);
}

static bool do_act(struct ctx *c, struct case_act *act, const char *note, const char *notice)
{
    struct case_work w;
    act->note = note ? in_text(c, note) : STR_EMPTY;
    act->event.token = in_i64(c, "task", 0);
    return case_work_load(c, c->row, &w) && case_move(c, &w, act) && back_to_inbox(c, notice);
}

static bool needs_note(struct ctx *c, const char *note)
{
    return in_text(c, note).len || err_at(c->err, str_c(note), "Please give the reasons.", STR_EMPTY);
}

static struct case_act plain_act(enum course_act act)
{
    return (struct case_act){.event = {.kind = COURSE_DO, .act = act}};
}

bool act_accept(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_ACCEPT);
    return do_act(c, &act, "note_accept", "Accepted. The clock is running and the department has the case.");
}

bool act_reject(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_REJECT);
    act.note_is_opinion = true;
    return needs_note(c, "note_reject") &&
           do_act(c, &act, "note_reject", "Not accepted. The person is told the reasons.");
}

bool act_pass(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_PASS);
    return do_act(c, &act, "note_pass", "Passed on.");
}

bool act_send_back(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_SEND_BACK);
    act.event.target = in_text(c, "target");
    act.event.keep = in_true(c, "keep");
    return needs_note(c, "note_send-back") && do_act(c, &act, "note_send-back", "Sent back.");
}

bool act_special(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_SPECIAL);
    act.count = (int)in_i64(c, "days", 0);
    if (!act.count)
        err_at(c->err, STR("days"), "Please say how many working days it is expected to take.", STR_EMPTY);
    if (!in_has(c, "kind"))
        return err_at(c->err, STR("kind"), "Please choose one of the options.", STR_EMPTY);
    return needs_note(c, "note_special") &&
           do_act(c, &act, "note_special", "The special procedure has begun; the clock is paused.");
}

bool act_special_end(struct ctx *c)
{
    struct case_act act = {.event = {.kind = COURSE_SPECIAL_END}};
    return do_act(c, &act, "note_special-end", "The special procedure has ended; the clock is running.");
}

bool act_extend(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_EXTEND);
    return needs_note(c, "note_extend") &&
           do_act(c, &act, "note_extend", "The extension was asked for; a decider answers.");
}

/* Who asked for more time does not give it. */
static bool asked_by_another(struct ctx *c)
{
    struct case_work w;
    struct case_event *events;
    size_t count;
    if (!case_work_load(c, c->row, &w) || !case_events(c, &w, &events, &count)) return false;
    while (count && !str_eq_c(events[count - 1].act, "extension"))
        count--;
    return !count || events[count - 1].account != c->actor.account ||
           err_conflict(c->err, "case.four_eyes", "Someone else must answer: you asked for this extension.");
}

bool act_extension_answer(struct ctx *c)
{
    if (!asked_by_another(c)) return false;
    bool grant = str_eq_c(in_text(c, "answer"), "grant");
    struct case_act act = {.event = {.kind = grant ? COURSE_EXTENSION_GRANTED : COURSE_EXTENSION_DENIED},
                           .count = EXTENSION_WORKDAYS};
    return do_act(c, &act, "note_extension",
                  grant ? "The extension was approved." : "The extension was not approved.");
}

bool act_grant(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_GRANT);
    act.note_is_opinion = true;
    return needs_note(c, "note_grant") &&
           do_act(c, &act, "note_grant",
                  "Granted. The person is told, and a licence follows where there is one.");
}

bool act_refuse(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_REFUSE);
    act.note_is_opinion = true;
    return needs_note(c, "note_refuse") &&
           do_act(c, &act, "note_refuse", "Refused. The person is told the reasons and how to appeal.");
}

bool act_agree(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_AGREE);
    return do_act(c, &act, "note_agree", "You have agreed.");
}

bool act_disagree(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_DISAGREE);
    return needs_note(c, "note_disagree") &&
           do_act(c, &act, "note_disagree", "You have not agreed; your reasons are kept.");
}

bool act_opinion(struct ctx *c)
{
    struct case_act act = plain_act(COURSE_OPINION);
    return needs_note(c, "note_opinion") && do_act(c, &act, "note_opinion", "Your opinion is with the case.");
}

/* A point must name something this application asks for: otherwise nobody could ever answer it. */
static bool target_exists(struct ctx *c, const struct case_work *w, struct str target)
{
    struct str id, kind;
    struct case_material *list;
    size_t count;
    id = str_cut(target, ':', &kind);
    if (str_eq_c(kind, "field"))
        return w->form && form_field_page(w->form, id) != SIZE_MAX &&
               form_field_visible(w->form, id, &w->answers);
    if (!str_eq_c(kind, "material") || !case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].id, id)) return list[i].wanted;
    return false;
}

bool act_correct(struct ctx *c)
{
    struct case_point points[POINTS_OF_FORM] = {0};
    struct case_act act = plain_act(COURSE_CORRECT);
    struct case_work w;
    act.points = points;
    act.event.token = in_i64(c, "task", 0);
    if (!case_work_load(c, c->row, &w)) return false;
    for (int i = 1; i <= POINTS_OF_FORM; i++) {
        char target[32], reason[32];
        snprintf(target, sizeof target, "target_%d", i);
        snprintf(reason, sizeof reason, "reason_%d", i);
        if (!in_text(c, target).len && !in_text(c, reason).len) continue;
        if (!in_text(c, reason).len)
            return err_at(c->err, str_c(reason), "Please say what is wrong.", STR_EMPTY);
        if (!target_exists(c, &w, in_text(c, target)))
            return c->err->kind == ERR_NONE
                       ? err_at(c->err, str_c(target), "Please choose one of the options.", STR_EMPTY)
                       : false;
        points[act.point_count++] =
            (struct case_point){.target = in_text(c, target), .reason = in_text(c, reason)};
    }
    return case_move(c, &w, &act) && back_to_inbox(c, "The person was asked once for everything listed.");
}

/* ---- offering ---- */

struct offer {
    enum course_event_kind kind;
    enum course_act act;
    const char *label, *path, *says, *tone;
    bool danger, open, reason;
};

static const struct offer offers[] = {
    {COURSE_DO, COURSE_ACCEPT, "Accept", "accept",
     "The clock starts and the department gets the case. The desk does not decide.", "main", .open = true},
    {COURSE_DO, COURSE_CORRECT, "Ask for correction once", "correct",
     "The person gets one list of everything; the clock does not run. This can be asked only once.",
     .tone = "quiet"},
    {COURSE_DO, COURSE_REJECT, "Do not accept", "reject",
     "The person gets a written notice with the reasons. The application ends.", "danger", .danger = true,
     .reason = true},
    {COURSE_DO, COURSE_GRANT, "Grant", "grant",
     "The clock stops, the person is told, and the licence is issued where there is one. A decision can only "
     "be undone by law.",
     "main", .open = true, .reason = true},
    {COURSE_DO, COURSE_REFUSE, "Refuse", "refuse",
     "The person gets a written decision with reasons and the ways to appeal.", "danger", .danger = true,
     .reason = true},
    {COURSE_DO, COURSE_PASS, "Pass on", "pass", "The next step gets the case.", "main", .open = true},
    {COURSE_DO, COURSE_AGREE, "Agree", "agree", "You sign together with others.", "main", .open = true},
    {COURSE_DO, COURSE_DISAGREE, "Do not agree", "disagree",
     "You sign together with others; who decides reads your reasons.", "quiet", .reason = true},
    {COURSE_DO, COURSE_OPINION, "Give an opinion", "opinion", "Who asked reads it; the decision is theirs.",
     "main", .open = true, .reason = true},
    {COURSE_DO, COURSE_SEND_BACK, "Send back", "send-back",
     "An earlier step gets the case again; the clock goes on.", "quiet", .reason = true},
    {COURSE_DO, COURSE_SPECIAL, "Begin a special procedure", "special",
     "The clock is paused, and the person is told the time needed.", "quiet", .reason = true},
    {COURSE_SPECIAL_END, COURSE_ACT_COUNT, "End the special procedure", "special-end",
     "The clock runs again.", "main", .open = true},
    {COURSE_DO, COURSE_EXTEND, "Ask for an extension", "extend",
     "At most 10 working days, once, with a reason; a decider approves and the person is told.", "quiet",
     .reason = true},
    {COURSE_EXTENSION_GRANTED, COURSE_ACT_COUNT, "Answer the extension", "extension",
     "Approved: the due date moves by 10 working days.", "main", .open = true},
};

/* What a point may name: documents that are wanted, and every field that the applicant sees and may change,
 * also one that was left empty. */
static bool point_targets(struct ctx *c, const struct case_work *w, struct json *out)
{
    struct case_material *list;
    size_t count;
    if (!case_materials(c, w, &list, &count)) return false;
    ctx_option(c, out, STR_EMPTY, STR("–"));
    for (size_t m = 0; m < count; m++)
        if (list[m].wanted)
            ctx_option(c, out, str_fmt(c->arena, "material:%.*s", STR_ARG(list[m].id)), list[m].name);
    for (size_t i = w->form ? form_page_next(w->form, SIZE_MAX, &w->answers) : SIZE_MAX; i != SIZE_MAX;
         i = form_page_next(w->form, i, &w->answers)) {
        const struct json *page = form_page(c->arena, w->form, i, &w->answers, NULL, c->lang == &lang_en);
        JSON_EACH(f, json_get(page, "fields"))
        {
            if (!json_true_of(f, "readonly"))
                ctx_option(c, out, str_fmt(c->arena, "field:%.*s", STR_ARG(json_text_of(f, "id"))),
                           json_text_of(f, "label"));
        }
    }
    return true;
}

static bool point_fields(struct ctx *c, struct json *fields, const struct case_work *w)
{
    struct json *targets = json_object(c->arena);
    if (!point_targets(c, w, targets)) return false;
    for (int i = 1; i <= POINTS_OF_FORM; i++) {
        const char *target = str_z(c->arena, str_fmt(c->arena, "target_%d", i));
        const char *reason = str_z(c->arena, str_fmt(c->arena, "reason_%d", i));
        struct json *f = ctx_field(c, fields, target, "What is to be corrected", "select", STR_EMPTY);
        JSON_EACH(o, json_get(targets, "options"))
        {
            ctx_option(c, f, json_text_of(o, "value"), json_text_of(o, "label"));
        }
        json_set_bool(c->arena, f, "required", i == 1);
        json_set_bool(c->arena, ctx_field(c, fields, reason, "What is wrong", "text", STR_EMPTY), "required",
                      i == 1);
    }
    return true;
}

static void special_field(struct ctx *c, struct json *fields)
{
    static const struct {
        const char *value, *label;
    } kinds[] = {{"hearing", "Hearing"},       {"expert_review", "Expert review"},
                 {"inspection", "Inspection"}, {"test", "Test"},
                 {"quarantine", "Quarantine"}, {"appraisal", "Appraisal"},
                 {"tender", "Tender"},         {"auction", "Auction"}};
    struct json *f = ctx_field(c, fields, "kind", "Kind of special procedure", "select", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ctx_option(c, f, str_c(kinds[i].value), ctx_tr(c, kinds[i].label));
    struct json *days =
        ctx_field(c, fields, "days", "Working days it is expected to take", "text", STR_EMPTY);
    json_set_bool(c->arena, days, "required", true);
    json_set_c(c->arena, days, "inputmode", "numeric");
    json_set_c(c->arena, days, "width", "3");
}

static void target_field(struct ctx *c, struct json *fields, const struct case_work *w, int64_t task)
{
    int targets[COURSE_STEPS_MAX];
    size_t count = course_targets(c->arena, w->course, &w->state, task, targets);
    if (count < 2) return;
    struct json *f = ctx_field(c, fields, "target", "Step to send back to", "select", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    for (size_t i = 0; i < count; i++) {
        const struct course_step *s = course_step_at(w->course, targets[i]);
        ctx_option(c, f, s->id, words_step(c, w->course, s->id));
    }
    ctx_field(c, fields, "keep", "Afterwards straight back to my step; steps in between are not done again",
              "checkbox", STR_EMPTY);
}

static bool offer_act(struct ctx *c, struct json *list, const struct case_work *w, int64_t task,
                      const struct offer *o)
{
    struct json *a = json_add_object(c->arena, list), *fields;
    json_set_str(c->arena, a, "label", ctx_tr(c, o->label));
    json_set_c(c->arena, a, "tone", o->tone);
    json_set_bool(c->arena, a, "open", o->open);
    json_set_bool(c->arena, a, "danger", o->danger);
    json_set_str(c->arena, a, "action",
                 str_fmt(c->arena, "/office/cases/%lld/%s", (long long)w->file.id, o->path));
    json_set_str(c->arena, a, "says", ctx_tr(c, o->says));
    fields = json_set_array(c->arena, a, "fields");
    if (task) office_task_field(c, fields, task);
    if (o->kind == COURSE_DO && o->act == COURSE_CORRECT) return point_fields(c, fields, w);
    if (o->kind == COURSE_DO && o->act == COURSE_SPECIAL) special_field(c, fields);
    if (o->kind == COURSE_DO && o->act == COURSE_SEND_BACK) target_field(c, fields, w, task);
    if (o->kind == COURSE_EXTENSION_GRANTED) {
        struct json *f = ctx_field(c, fields, "answer", "Answer", "radios", STR("grant"));
        json_set_bool(c->arena, f, "required", true);
        ctx_option(c, f, STR("grant"), ctx_tr(c, "Approve"));
        ctx_option(c, f, STR("deny"), ctx_tr(c, "Do not approve"));
    }
    struct json *note = ctx_field(c, fields, str_z(c->arena, str_fmt(c->arena, "note_%s", o->path)),
                                  o->reason ? "Reasons" : "Remark", "textarea", STR_EMPTY);
    json_set_bool(c->arena, note, "required", o->reason);
    return true;
}

void office_task_field(struct ctx *c, struct json *fields, int64_t task)
{
    ctx_field(c, fields, "task", "The task", "hidden", str_fmt(c->arena, "%lld", (long long)task));
}

bool office_acts(struct ctx *c, struct json *doc, const struct case_work *w, int64_t task, bool signed_there)
{
    struct course_choice choices[COURSE_CHOICES_MAX];
    size_t count = course_acts(c->arena, w->course, &w->state, task, choices);
    struct json *list = json_set_array(c->arena, doc, "acts");
    for (size_t o = 0; o < sizeof offers / sizeof offers[0]; o++)
        for (size_t i = 0; i < count; i++) {
            bool same = choices[i].kind == offers[o].kind &&
                        (offers[o].kind != COURSE_DO || choices[i].act == offers[o].act);
            const struct course_event event = {.kind = choices[i].kind, .token = choices[i].token};
            bool done = signed_there && choices[i].kind == COURSE_DO;
            if (!same || done || case_role_for(c, w, &event) != choices[i].role) continue;
            if (!offer_act(c, list, w, task, &offers[o])) return false;
            break;
        }
    json_set_bool(c->arena, doc, "has_acts", list->count > 0);
    return true;
}
