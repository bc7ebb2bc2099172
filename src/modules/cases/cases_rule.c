/* Decisions by rule in a case: what the model asks of form, questions and documents, what follows from its
 * answer, and the fee before anything is sent. */
#include "core/http/server.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_scope.h"

enum { LEVEL_MATCHED = 2 };

/* ---- facts ---- */

static void from_form(const struct case_work *w, struct str name, struct decision_fact *fact)
{
    if (!w->form || !form_field_visible(w->form, name, &w->answers)) return;
    fact->value = form_field_value(w->form, name, &w->answers);
    fact->source = tr(&lang_zh_cn, "Application form");
    fact->source_en = STR("Application form");
}

static bool from_documents(struct ctx *c, const struct case_work *w, struct str name,
                           struct decision_fact *fact)
{
    struct case_material *list;
    size_t count;
    if (!case_materials(c, w, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].id, name)) continue;
        fact->value = json_boolean(c->arena, list[i].held || list[i].upload_count > 0);
        fact->source = list[i].held ? list[i].held_by : tr(&lang_zh_cn, "Documents");
        fact->source_en = list[i].held ? list[i].held_by_en : STR("Documents");
    }
    return true;
}

static bool look(struct ctx *c, void *arg, struct str kind, struct str name, struct decision_fact *fact)
{
    const struct case_work *w = arg;
    if (str_eq_c(kind, "document")) return from_documents(c, w, name, fact);
    if (str_eq_c(kind, "form")) from_form(w, name, fact);
    if (str_eq_c(kind, "situation")) {
        fact->value = json_get_str(w->answers.situations, name);
        fact->source = tr(&lang_zh_cn, "Applicant's answer");
        fact->source_en = STR("Applicant's answer");
    }
    return true;
}

/* Whose identity nobody confirmed, of them no register is asked. */
static bool code_of(struct ctx *c, const struct case_work *w, struct str *code)
{
    struct subject who;
    if (!people_subject(c, w->file.applicant, &who)) return false;
    *code = who.level >= LEVEL_MATCHED ? who.code : STR_EMPTY;
    return true;
}

bool case_about_rule(struct ctx *c, struct case_work *w, struct decision_about *about)
{
    *about = (struct decision_about){.look = look, .arg = w};
    return code_of(c, w, &about->code);
}

/* NULL in *v where the item has no model for it, or none is in force today. */
static bool ask(struct ctx *c, struct case_work *w, enum decision_purpose purpose,
                const struct decision_version **v, struct decision_result *out)
{
    const struct json *use = decision_use(w->service, purpose);
    struct decision_about about;
    struct json *facts;
    *v = use ? decision_in_force(c, json_text_of(use, "model"), date_of(c->now)) : NULL;
    if (!*v) return true;
    if (!case_about_rule(c, w, &about)) return false;
    about.where = json_get(use, "inputs");
    if (!decision_facts(c, *v, &about, &facts)) return false;
    *out = decision_run(c, *v, facts);
    return true;
}

/* ---- what follows ---- */

static bool keep_fee(struct ctx *c, struct case_work *w)
{
    const struct decision_version *v;
    struct decision_result r;
    return ask(c, w, DECISION_FEE, &v, &r) && (!v || decision_keep(c, v, &r, w->file.id, w->file.applicant));
}

/* A model acts as the program, inside the transaction of the event that called it. */
bool case_run_rule(struct ctx *c, struct case_work *w)
{
    struct case_act act = {.event = {.kind = COURSE_RULE_UNABLE, .role = COURSE_SYSTEM}};
    const struct decision_version *v;
    struct decision_result r;
    struct actor person = c->actor;
    if (!ask(c, w, DECISION_ANSWER, &v, &r)) return false;
    if (v && !decision_keep(c, v, &r, w->file.id, w->file.applicant)) return false;
    if (v && r.done) {
        act.event.kind = str_eq_c(r.outcome, "refuse") ? COURSE_RULE_REFUSED : COURSE_RULE_ANSWERED;
        act.note = case_two_languages(c, decision_reason(&r, false), decision_reason(&r, true));
        act.note_is_opinion = true;
    }
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    bool ok = case_move(c, w, &act);
    c->actor = person;
    return ok;
}

bool case_keep_fee(struct ctx *c, struct case_work *w)
{
    return !decision_use(w->service, DECISION_FEE) || keep_fee(c, w);
}

bool case_show_fee(struct ctx *c, struct case_work *w, struct json *list)
{
    const struct decision_version *v;
    struct decision_result r;
    if (!decision_use(w->service, DECISION_FEE)) return true;
    if (!ask(c, w, DECISION_FEE, &v, &r)) return false;
    if (v) decision_explain_now(c, v, &r, list);
    return true;
}

bool case_show_why(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "why");
    if (!decision_explain(c, w->file.id, w->file.applicant, list)) return false;
    json_set_bool(c->arena, doc, "has_why", list->count > 0);
    return true;
}
