/* What rules say to a person before anything is sent: the check, the guide, benefits on one's own page. */
#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/people/people.h"

enum { LEVEL_MATCHED = 2, BENEFITS_SHOWN = 6 };

/* The number whose registers may be asked: of the one the actor acts for, with confirmed identity. */
static bool own_code(struct ctx *c, struct str *code, bool *organisation)
{
    struct subject who;
    *code = STR_EMPTY;
    *organisation = c->actor.acting_for > 0;
    if (c->actor.kind != ACTOR_PERSON || c->actor.level < LEVEL_MATCHED) return true;
    if (!people_subject(c, people_applicant(c), &who)) return false;
    if (who.level >= LEVEL_MATCHED) *code = who.code;
    return true;
}

static const struct json *service_for(struct ctx *c, const struct item *item)
{
    const struct json *own = item_service(item, c->actor.acting_for > 0);
    return own ? own : item->form_person ? item->form_person : item->form_organisation;
}

static const struct decision_version *model_of(struct ctx *c, const struct json *use)
{
    return use ? decision_in_force(c, json_text_of(use, "model"), date_of(c->now)) : NULL;
}

/* ---- the check ---- */

struct check {
    const struct item *item;
    const struct json *use;
    const struct decision_version *v;
    struct json *facts;
};

static bool open_check(struct ctx *c, struct check *k)
{
    struct decision_about about = {.code = STR_EMPTY};
    bool organisation;
    k->item = catalogue_item(c, ctx_path(c, "id"));
    k->use = k->item ? decision_use(service_for(c, k->item), DECISION_ELIGIBLE) : NULL;
    k->v = model_of(c, k->use);
    if (!k->v) return err_missing(c->err, "item", "There is no check for this service.");
    about.where = json_get(k->use, "inputs");
    return own_code(c, &about.code, &organisation) && decision_facts(c, k->v, &about, &k->facts);
}

static void add_options(struct ctx *c, struct json *f, const struct json *input)
{
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "I do not know"));
    JSON_EACH(l, json_get(input, "labels"))
    {
        ctx_option(c, f, l->key, decision_value_words(c, input, json_string(c->arena, l->key)));
    }
    for (struct json *o = ((struct json *)json_get(f, "options"))->first; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
}

/* A question an input; what a register answered is filled in and marked. */
static void add_questions(struct ctx *c, const struct json *inputs, const struct json *facts)
{
    struct json *fields = json_set_array(c->arena, ctx_doc(c), "fields");
    int n = 0;
    JSON_EACH(input, inputs)
    {
        const struct json *fact = decision_input_named(facts, json_text_of(input, "name")),
                          *value = json_get(fact, "value");
        const char *id = str_z(c->arena, str_fmt(c->arena, "q%d", ++n));
        bool choice = json_is(json_get(input, "labels"), JSON_OBJECT);
        struct str text = json_is(value, JSON_NUMBER) ? json_to_str(c->arena, value) : json_text(value),
                   source =
                       c->lang == &lang_en ? json_text_of(fact, "source_en") : json_text_of(fact, "source");
        if (params_has(&c->req->form, str_c(id))) text = ctx_param(c, str_c(id));
        struct json *f = ctx_field(c, fields, id, "", choice ? "select" : "text", text);
        json_set_str(c->arena, f, "label", decision_input_label(c, inputs, json_text_of(input, "name")));
        if (value && value->type != JSON_NULL && source.len) json_set_str(c->arena, f, "source", source);
        if (choice) add_options(c, f, input);
    }
}

static void say(struct ctx *c, const struct decision_version *v, const struct json *facts, struct json *doc)
{
    struct json *why = json_set_array(c->arena, doc, "why");
    struct decision_result r = decision_run(c, v, facts);
    bool fits = false;
    decision_explain_now(c, v, &r, why);
    JSON_EACH(one, json_get(why->first, "reasons"))
    {
        fits = fits || json_true_of(one, "fits");
    }
    json_set_bool(c->arena, doc, "fits", fits);
    json_set_str(c->arena, doc, "verdict",
                 ctx_tr(c, !r.done ? "This cannot be said yet: answer more of the questions."
                           : fits  ? "You may be entitled"
                                   : "By what is known, the conditions are not met"));
}

static void check_head(struct ctx *c, const struct check *k)
{
    struct json *doc = ctx_doc(c), *item = json_set_object(c->arena, doc, "item");
    struct str href = item_href(c->arena, k->item);
    json_set_str(c->arena, item, "name", k->item->name);
    json_set_str(c->arena, item, "href", href);
    json_set_str(c->arena, doc, "action", str_cat(c->arena, href, STR("/check")));
    json_set(doc, "apply_href",
             k->item->apply_online && c->actor.kind != ACTOR_OFFICER
                 ? json_string(c->arena, str_cat(c->arena, href, STR("/apply")))
                 : json_null(c->arena));
    json_set_str(c->arena, doc, "rules_href",
                 str_fmt(c->arena, "/decisions/%lld?version=%d", (long long)k->v->model, k->v->version));
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", k->item->name);
    json_set_str(c->arena, crumb, "href", href);
}

static bool any_known(const struct json *facts)
{
    JSON_EACH(f, facts)
    {
        if (json_get(f, "value")->type != JSON_NULL) return true;
    }
    return false;
}

bool decisions_check_page(struct ctx *c)
{
    struct check k;
    if (!open_check(c, &k)) return false;
    check_head(c, &k);
    add_questions(c, k.v->inputs, k.facts);
    json_set_bool(c->arena, ctx_doc(c), "answered", any_known(k.facts));
    if (any_known(k.facts)) say(c, k.v, k.facts, ctx_doc(c));
    return true;
}

/* What is answered here counts instead of what registers say, and is marked as the person's own words. */
bool decisions_take_answers(struct ctx *c, const struct json *inputs, struct json *facts)
{
    int n = 0;
    JSON_EACH(input, inputs)
    {
        struct str text = ctx_param(c, str_fmt(c->arena, "q%d", ++n));
        struct json *fact = (struct json *)decision_input_named(facts, json_text_of(input, "name"));
        const struct json *known = json_get(fact, "value");
        struct str was = json_is(known, JSON_NUMBER) ? json_to_str(c->arena, known) : json_text(known);
        if (text.len > 500)
            return err_at(c->err, str_fmt(c->arena, "q%d", n), "This is too long.", STR_EMPTY);
        if (str_eq(text, was)) continue;
        json_set(fact, "value", text.len ? json_string(c->arena, text) : json_null(c->arena));
        json_set_str(c->arena, fact, "source", tr(&lang_zh_cn, "Your own answer"));
        json_set_str(c->arena, fact, "source_en", STR("Your own answer"));
    }
    return true;
}

bool decisions_check_answer(struct ctx *c)
{
    struct check k;
    if (!open_check(c, &k) || !decisions_take_answers(c, k.v->inputs, k.facts)) return false;
    check_head(c, &k);
    add_questions(c, k.v->inputs, k.facts);
    json_set_bool(c->arena, ctx_doc(c), "answered", true);
    say(c, k.v, k.facts, ctx_doc(c));
    return true;
}

/* ---- the guide ---- */

static bool guide_check(struct ctx *c, const struct item *item, const struct json *use, struct json *doc)
{
    const struct decision_version *v = model_of(c, use);
    struct decision_about about = {.code = STR_EMPTY, .where = json_get(use, "inputs")};
    struct json *facts, *o;
    bool organisation;
    if (!v) return true;
    if (!own_code(c, &about.code, &organisation) || !decision_facts(c, v, &about, &facts)) return false;
    o = json_set_object(c->arena, doc, "check");
    json_set_str(c->arena, o, "href", str_cat(c->arena, item_href(c->arena, item), STR("/check")));
    json_set_bool(c->arena, o, "known", any_known(facts));
    json_set(o, "verdict", json_null(c->arena));
    json_set_array(c->arena, o, "why");
    json_set_bool(c->arena, o, "fits", false);
    if (any_known(facts)) say(c, v, facts, o);
    return true;
}

/* Where the fee depends on rules the guide shows them: condition and amount, and that nobody verified them.
 */
static bool guide_fee(struct ctx *c, const struct json *use, struct json *doc)
{
    const struct decision_version *v = model_of(c, use);
    if (!v) return true;
    struct json *o = json_set_object(c->arena, doc, "fee_rule");
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/decisions/%lld", (long long)v->model));
    return decisions_show_tables(c, o, v->compiled->tables, v->inputs);
}

bool decisions_guide(struct ctx *c, const struct item *item, struct json *doc)
{
    const struct json *service = service_for(c, item), *eligible = decision_use(service, DECISION_ELIGIBLE),
                      *fee = decision_use(service, DECISION_FEE);
    return (!eligible || guide_check(c, item, eligible, doc)) && (!fee || guide_fee(c, fee, doc));
}

/* ---- my page: 免申即享 ---- */

static void add_benefit(struct ctx *c, struct json *list, const struct json *one, const struct json *shown)
{
    const struct item *item =
        json_text_of(one, "item").len ? catalogue_of_base(c, json_text_of(one, "item")) : NULL;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", json_text_of(shown, "benefit"));
    json_set_str(c->arena, o, "text", json_text_of(shown, "text"));
    json_set(o, "href", item ? json_string(c->arena, item_href(c->arena, item)) : json_null(c->arena));
}

static bool add_policy(struct ctx *c, const struct decision_version *v, struct str code, struct json *list)
{
    const struct decision_about about = {.code = code};
    struct json *facts, *why = json_array(c->arena);
    if (!decision_facts(c, v, &about, &facts)) return false;
    struct decision_result r = decision_run(c, v, facts);
    size_t i = 0;
    decision_explain_now(c, v, &r, why);
    if (json_is(r.answer, JSON_ARRAY)) JSON_EACH(one, r.answer)
        {
            const struct json *shown = json_at(json_get(why->first, "reasons"), i++);
            if (json_true_of(one, "fits") && list->count < BENEFITS_SHOWN) add_benefit(c, list, one, shown);
        }
    return true;
}

bool decisions_my_page(struct ctx *c, struct json *doc)
{
    const struct snapshot *s = decisions_snapshot(c);
    struct json *list = json_set_array(c->arena, doc, "benefits");
    struct str code;
    bool organisation, any = false;
    if (!own_code(c, &code, &organisation)) return false;
    for (size_t i = 0; s && i < s->count; i++) {
        const struct decision_version *v = &s->versions[i];
        if (v->purpose != DECISION_BENEFITS || v->organisations != organisation ||
            decision_by_id(c, v->model, date_of(c->now)) != v)
            continue;
        any = true;
        if (code.len && !add_policy(c, v, code, list)) return false;
    }
    json_set_bool(c->arena, doc, "benefits_known", any);
    json_set_bool(c->arena, doc, "benefits_need_level", !code.len);
    json_set_bool(c->arena, doc, "has_benefits", list->count > 0);
    return true;
}
