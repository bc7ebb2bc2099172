/* Decision models that processes ask on the way of a case: the evaluation with everything that may be wrong
 * with it, and what module processes wants to know of models. */
#include "core/http/server.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/processes/processes.h"

const char *const decision_trouble_names[DECISION_TROUBLES] = {
    [DECISION_FINE] = "",           [DECISION_UNKNOWN] = "unknown", [DECISION_INPUT] = "input",
    [DECISION_TYPE] = "type",       [DECISION_NOTHING] = "nothing", [DECISION_NO_WAY] = "no_way",
    [DECISION_ENDLESS] = "endless",
};

/* %{arg}: the code of the model, or the input. */
static const char *const sentences[DECISION_TROUBLES] = {
    [DECISION_FINE] = "",
    [DECISION_UNKNOWN] = "No version of the decision model %{arg} is in force.",
    [DECISION_INPUT] = "The decision model has no input %{arg}.",
    [DECISION_TYPE] = "The value of %{arg} is not of the type that the decision model expects.",
    [DECISION_NOTHING] = "The decision model %{arg} gives no result for these values.",
    [DECISION_NO_WAY] = "The process cannot go on with what the decision model %{arg} says.",
    [DECISION_ENDLESS] =
        "The process asks the decision model %{arg} again and again, with nobody in between.",
};

struct str decision_trouble_text(struct ctx *c, enum decision_trouble trouble, struct str said)
{
    return trouble > DECISION_FINE && trouble < DECISION_TROUBLES
               ? tr_arg(c->lang, c->arena, sentences[trouble], said)
               : STR_EMPTY;
}

/* ---- evaluating ---- */

static bool in_trouble(struct decision_on_way *out, enum decision_trouble trouble, struct str said)
{
    out->trouble = trouble;
    out->said = said;
    return true;
}

static const struct json *not_an_input(const struct decision_version *v, const struct json *given)
{
    JSON_EACH(g, json_is(given, JSON_OBJECT) ? given : NULL)
    {
        if (!decision_input_named(v->inputs, g->key)) return g;
    }
    return NULL;
}

/* What is not of its type counts as unknown in an evaluation; here somebody has to hear of it. */
static const struct json *not_of_its_type(struct ctx *c, const struct decision_version *v,
                                          const struct json *facts)
{
    struct feel_run r = feel_run_new(c->arena, c->now);
    JSON_EACH(f, facts)
    {
        const struct json *value = json_get(f, "value");
        const struct dmn_element *input = dmn_find(v->compiled->model, DMN_INPUT, json_text_of(f, "name"));
        if (!input || !input->type || json_is(value, JSON_NULL)) continue;
        struct feel_value given =
            dmn_value(&r, decision_as_number(c->arena, value, input->type), input->type);
        if (given.kind == FEEL_NULL || !feel_is(&r, given, input->type)) return f;
    }
    return NULL;
}

bool decision_ask_on_way(struct ctx *c, struct str code, int32_t day, const struct decision_about *about,
                         struct decision_on_way *out)
{
    const struct decision_version *v = decision_in_force(c, code, day);
    const struct json *wrong;
    struct json *facts;
    *out = (struct decision_on_way){.said = STR_EMPTY};
    if (!v) return in_trouble(out, DECISION_UNKNOWN, code);
    if ((wrong = not_an_input(v, about->given))) return in_trouble(out, DECISION_INPUT, wrong->key);
    if (!decision_facts(c, v, about, &facts)) return false;
    if ((wrong = not_of_its_type(c, v, facts)))
        return in_trouble(out, DECISION_TYPE, json_text_of(wrong, "name"));
    out->version = *v;
    out->version.purpose = DECISION_WAY;
    out->result = decision_run(c, &out->version, facts);
    return json_is(out->result.answer, JSON_NULL) ? in_trouble(out, DECISION_NOTHING, code) : true;
}

struct str decision_result_words(struct ctx *c, const struct json *result)
{
    struct buf b = buf_new(c->arena, 64);
    bool members = json_is(result, JSON_OBJECT);
    if (!members && !json_is(result, JSON_ARRAY)) return decision_value_words(c, NULL, result);
    JSON_EACH(m, result)
    {
        struct str words = decision_result_words(c, m);
        if (buf_str(&b).len) buf_add(&b, STR(", "));
        if (members)
            buf_fmt(&b, "%.*s: %.*s", STR_ARG(m->key), STR_ARG(words));
        else
            buf_add(&b, words);
    }
    return buf_str(&b);
}

/* ---- for module processes ---- */

static bool in_force(const struct ctx *c, const struct decision_version *v)
{
    return decision_in_force((struct ctx *)c, v->code, date_of(c->now)) == v;
}

static void options(struct ctx *c, struct json *field)
{
    const struct snapshot *s = decisions_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++) {
        const struct decision_version *v = &s->versions[i];
        struct str name = c->lang == &lang_en && v->en.len ? v->en : v->name;
        if (in_force(c, v))
            ctx_option(c, field, v->code, str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(v->code)));
    }
}

static struct str wrong_with(struct ctx *c, struct str code, const struct json *given)
{
    const struct decision_version *v = decision_in_force(c, code, date_of(c->now));
    const struct json *wrong = v ? not_an_input(v, given) : NULL;
    if (!v) return decision_trouble_text(c, DECISION_UNKNOWN, code);
    return wrong ? decision_trouble_text(c, DECISION_INPUT, wrong->key) : STR_EMPTY;
}

/* Of a try-run: the applicant is nobody, so that no register is asked. */
static bool look(struct ctx *c, void *arg, struct str kind, struct str name, struct decision_fact *fact)
{
    const struct json *facts = arg;
    const char *group = str_eq_c(kind, "form") ? "answers" : "situation";
    if (str_eq_c(kind, "form") || str_eq_c(kind, "situation"))
        fact->value = json_get_str(json_get(facts, group), name);
    if (json_is(fact->value, JSON_NULL)) fact->value = NULL;
    fact->source = tr(&lang_zh_cn, "Try-run");
    fact->source_en = STR("Try-run");
    (void)c;
    return true;
}

static bool try_it(struct ctx *c, struct str code, const struct json *given, const struct json *facts,
                   int32_t day, struct process_decided *out)
{
    const struct decision_about about = {
        .code = STR_EMPTY, .look = look, .arg = (void *)facts, .given = given};
    struct decision_on_way d;
    *out = (struct process_decided){.wrong = STR_EMPTY};
    if (!decision_ask_on_way(c, code, day, &about, &d)) return false;
    if (d.trouble != DECISION_FINE) {
        out->wrong = decision_trouble_text(c, d.trouble, d.said);
        return true;
    }
    out->result = d.result.answer;
    out->words = decision_result_words(c, d.result.answer);
    out->name = c->lang == &lang_en && d.version.en.len ? d.version.en : d.version.name;
    out->version = d.version.version;
    out->rules = json_get(d.result.said, "rules");
    return true;
}

static const struct process_decisions for_processes = {
    .options = options, .wrong_with = wrong_with, .try_it = try_it};

void decisions_serve_processes(struct server *server)
{
    process_set_decisions(server, &for_processes);
}
