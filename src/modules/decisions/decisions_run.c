/* Facts from where they are known, the evaluation, and what is worth keeping of it. */
#include "core/http/server.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/registry/registry.h"

/* ---- facts ---- */

static int years_since(int32_t day, int32_t today)
{
    struct civil b = date_to_civil(day), t = date_to_civil(today);
    return t.year - b.year - (t.month < b.month || (t.month == b.month && t.day < b.day));
}

/* A register that was asked and has no record is a fact too: the source stands, the value is unknown. */
bool decision_source(struct ctx *c, struct str from, const struct json *where, struct str code,
                     struct decision_fact *fact)
{
    struct str kind, resource, field = str_cut(str_cut(from, '.', &kind), '.', &resource);
    const struct json *r = registry_resource(c, resource), *record, *value;
    int32_t born;
    bool age = str_eq_c(kind, "age");
    if (!r || (!age && !str_eq_c(kind, "register"))) return true;
    fact->source = json_text_of(r, "name");
    fact->source_en = json_text_of(r, "en");
    if (!registry_record(c, resource, code, where, &record)) return false;
    value = json_get_str(record, field);
    if (!value || value->type == JSON_NULL) return true;
    if (!age)
        fact->value = json_copy(c->arena, value);
    else if (date_parse(json_text(value), &born))
        fact->value = json_number(c->arena, years_since(born, date_of(c->now)));
    return true;
}

static bool is_register(struct str from)
{
    return str_starts(from, STR("register.")) || str_starts(from, STR("age."));
}

static bool look(struct ctx *c, const struct decision_about *about, struct str from,
                 struct decision_fact *fact)
{
    struct str kind, name = str_cut(from, '.', &kind);
    return !about->look || about->look(c, about->arg, kind, name, fact);
}

/* {"exam": "form.exam"}: which of several records. False in *known when one of them is unknown. */
static bool narrowed(struct ctx *c, const struct decision_about *about, const struct json *where,
                     struct json **out, bool *known)
{
    *out = NULL;
    *known = true;
    JSON_EACH(w, where)
    {
        struct decision_fact f = {0};
        if (!look(c, about, w->text, &f)) return false;
        if (!*out) *out = json_object(c->arena);
        *known = *known && f.value;
        if (f.value) json_set(*out, str_z(c->arena, w->key), json_copy(c->arena, f.value));
    }
    return true;
}

static bool find_fact(struct ctx *c, const struct decision_about *about, const struct json *source,
                      struct decision_fact *fact)
{
    struct str rest = json_is(source, JSON_OBJECT) ? json_text_of(source, "from") : json_text(source), from;
    struct json *where;
    bool known;
    if (!narrowed(c, about, json_get(source, "where"), &where, &known)) return false;
    while (rest.len && !fact->value) {
        rest = str_cut(rest, '|', &from);
        bool ok = is_register(from) ? decision_source(c, from, where, known ? about->code : STR_EMPTY, fact)
                                    : look(c, about, from, fact);
        if (!ok) return false;
    }
    return true;
}

bool decision_facts(struct ctx *c, const struct decision_version *v, const struct decision_about *about,
                    struct json **facts)
{
    *facts = json_array(c->arena);
    JSON_EACH(input, v->inputs)
    {
        struct str name = json_text_of(input, "name");
        struct decision_fact fact = {.source = STR_EMPTY, .source_en = STR_EMPTY};
        const struct json *own = json_get_str(about->where, name), *labels = json_get(input, "labels");
        const struct json *given = about->given ? json_get_str(about->given, name) : NULL;
        if (given) {
            fact.value = json_is(given, JSON_NULL) ? NULL : given;
            fact.source = tr(&lang_zh_cn, "From the process");
            fact.source_en = STR("From the process");
        } else if (!find_fact(c, about, own ? own : json_get(input, "from"), &fact))
            return false;
        struct json *o = json_add_object(c->arena, *facts);
        json_set_str(c->arena, o, "name", name);
        json_set_str(c->arena, o, "en", json_text_of(input, "en"));
        if (labels) json_set(o, "labels", json_copy(c->arena, labels));
        json_set(o, "value", fact.value ? json_copy(c->arena, fact.value) : json_null(c->arena));
        json_set_str(c->arena, o, "source", fact.source);
        json_set_str(c->arena, o, "source_en", fact.source_en);
    }
    return true;
}

/* ---- values ---- */

/* Registers keep amounts as text, and forms send numbers so. */
const struct json *decision_as_number(struct arena *a, const struct json *j, const struct feel_type *t)
{
    struct decimal d;
    if (!t || t->kind != FEEL_T_NUMBER || !json_is(j, JSON_STRING) || !decimal_parse(j->text, &d)) return j;
    struct json *n = json_number(a, 0);
    n->text = decimal_text(a, d);
    return n;
}

const struct feel_context *decision_inputs(struct feel_run *r, const struct dmn_model *m,
                                           const struct json *values)
{
    struct json *typed = json_object(r->arena);
    if (json_is(values, JSON_OBJECT)) JSON_EACH(one, values)
        {
            const struct dmn_element *input = dmn_find(m, DMN_INPUT, one->key);
            json_set(typed, str_z(r->arena, one->key),
                     json_copy(r->arena, decision_as_number(r->arena, one, input ? input->type : NULL)));
        }
    return dmn_inputs(r, m, typed);
}

/* ---- evaluating ---- */

struct dmn_result decision_ask(struct feel_run *r, const struct decision_code *code,
                               const struct json *values)
{
    return dmn_evaluate(r, code->model, code->decision, decision_inputs(r, code->model, values));
}

static const struct json *table_named(const struct json *tables, struct str name)
{
    JSON_EACH(t, tables)
    {
        if (str_eq(json_text_of(t, "name"), name)) return t;
    }
    return NULL;
}

/* A rule's article: its annotations, or the description that editors write in their place. */
static void add_annotations(struct arena *a, struct json *o, const struct decision_code *code,
                            const struct dmn_hit *h)
{
    struct json *notes = json_set_array(a, o, "annotations");
    const struct json *rule = json_at(json_get(table_named(code->tables, h->decision), "rules"), h->rule - 1);
    JSON_EACH(n, json_get(rule, "annotations"))
    {
        struct json *one = json_add_object(a, notes);
        json_set_str(a, one, "name", json_text_of(n, "head"));
        json_set_str(a, one, "text", json_text_of(n, "text"));
    }
}

static struct json *rules_of(struct arena *a, const struct decision_code *code, const struct dmn_hit *hits)
{
    struct json *rules = json_array(a);
    for (const struct dmn_hit *h = hits; h; h = h->next) {
        struct json *o = json_add_object(a, rules), *because;
        json_set_str(a, o, "decision", h->decision);
        json_set_i64(a, o, "rule", (int64_t)h->rule);
        because = json_set_array(a, o, "because");
        for (size_t i = 0; i < h->input_count; i++) {
            struct json *b = json_add_object(a, because);
            json_set_str(a, b, "input", h->input_texts[i]);
            json_set_str(a, b, "test", h->entry_texts[i]);
            json_set(b, "value", feel_to_json(a, h->input_values[i]));
        }
        add_annotations(a, o, code, h);
    }
    return rules;
}

static struct json *notes_of(struct ctx *c, const struct feel_run *r)
{
    struct json *list = json_array(c->arena);
    for (const struct feel_note *n = r->notes.first; n; n = n->next)
        json_add(list, json_string(c->arena, decision_note_text(c, n)));
    return list;
}

struct json *decision_answer(struct ctx *c, const struct decision_code *code, const struct json *values,
                             uint64_t *steps)
{
    struct feel_run r = feel_run_new(c->arena, c->now);
    struct json *o = json_object(c->arena);
    r.steps = *steps;
    struct dmn_result result = decision_ask(&r, code, values);
    *steps = r.steps;
    json_set(o, "result", feel_to_json(c->arena, result.value));
    json_set(o, "rules", rules_of(c->arena, code, result.hits));
    json_set(o, "notes", notes_of(c, &r));
    return o;
}

/* Of several rules that spoke: one refusal refuses, and one that needs a person needs a person. */
static struct str outcome_of(const struct json *answer)
{
    static const char *const first[] = {"refuse", "person", "grant"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        if (json_is(answer, JSON_OBJECT) && str_eq_c(json_text_of(answer, "outcome"), first[i]))
            return str_c(first[i]);
        if (json_is(answer, JSON_ARRAY)) JSON_EACH(one, answer)
            {
                if (str_eq_c(json_text_of(one, "outcome"), first[i])) return str_c(first[i]);
            }
    }
    return STR_EMPTY;
}

struct decision_result decision_run(struct ctx *c, const struct decision_version *v, const struct json *facts)
{
    struct decision_result out = {.outcome = STR("person")};
    struct json *values = json_object(c->arena);
    uint64_t steps = RUN_STEPS;
    JSON_EACH(f, facts)
    {
        json_set(values, str_z(c->arena, json_text_of(f, "name")), json_copy(c->arena, json_get(f, "value")));
    }
    struct json *said = decision_answer(c, v->compiled, values, &steps);
    const struct json *answer = json_get(said, "result");
    out.said = json_object(c->arena);
    json_set(out.said, "facts", json_copy(c->arena, facts));
    json_set(out.said, "rules", json_copy(c->arena, json_get(said, "rules")));
    json_set(out.said, "answer", json_copy(c->arena, answer));
    json_set(out.said, "notes", json_copy(c->arena, json_get(said, "notes")));
    json_set_str(c->arena, out.said, "name", v->name);
    json_set_str(c->arena, out.said, "en", v->en);
    out.answer = (struct json *)json_get(out.said, "answer");
    /* A list of what fits may be empty, which DMN writes as null; an answer may not. */
    out.done = steps > 0;
    if (v->purpose != DECISION_ANSWER) return out;
    struct str outcome = outcome_of(answer);
    bool allowed = str_eq_c(outcome, "grant") || (str_eq_c(outcome, "refuse") && v->may_refuse);
    out.done = out.done && allowed;
    if (out.done) out.outcome = outcome;
    json_set_str(c->arena, out.said, "outcome", out.outcome);
    if (v->refuse_law.len)
        json_set_str(c->arena, out.said, "refuse_basis",
                     decision_basis_text(c->arena, v->refuse_law, v->refuse_article));
    return out;
}

struct str decision_reason(const struct decision_result *r, bool english)
{
    const char *key = english ? "reason_en" : "reason";
    if (json_is(r->answer, JSON_OBJECT)) return json_text_of(r->answer, key);
    if (json_is(r->answer, JSON_ARRAY)) JSON_EACH(one, r->answer)
        {
            if (!r->outcome.len || !json_text_of(one, "outcome").len ||
                str_eq(json_text_of(one, "outcome"), r->outcome))
                return json_text_of(one, key);
        }
    return STR_EMPTY;
}
