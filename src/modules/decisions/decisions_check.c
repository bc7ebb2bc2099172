/* What keeps a version from being published: faults of the model, of its facts, of its test cases. */
#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"

struct decision_code *decision_compile(struct arena *a, struct str xml, struct str decision,
                                       struct feel_notes *notes, struct err *e)
{
    const struct dmn_source source = {.name = decision, .xml = xml};
    struct dmn_model *m = dmn_load(a, &source, 1, notes, e);
    if (!m) return NULL;
    const struct dmn_element *d = dmn_find(m, DMN_DECISION, decision);
    if (!d) {
        err_invalid(e, "decision.absent", "The document has no decision called %{arg}.");
        err_arg(e, decision);
        return NULL;
    }
    struct decision_code *code = ARENA_NEW(a, struct decision_code);
    *code = (struct decision_code){.model = m, .decision = d, .tables = decision_tables(a, xml, e)};
    return code->tables ? code : NULL;
}

struct str decision_note_text(struct ctx *c, const struct feel_note *n)
{
    struct str text = tr_arg(c->lang, c->arena, n->msgid, n->arg);
    if (!n->where.len) return text;
    return n->line
               ? str_fmt(c->arena, "%.*s %d:%d: %.*s", STR_ARG(n->where), n->line, n->column, STR_ARG(text))
               : str_fmt(c->arena, "%.*s: %.*s", STR_ARG(n->where), STR_ARG(text));
}

/* ---- faults ---- */

static void fault(struct ctx *c, struct decision_report *r, const char *msgid, struct str arg)
{
    json_set_str(c->arena, json_add_object(c->arena, r->faults), "text",
                 tr_arg(c->lang, c->arena, msgid, arg));
}

static bool check_basis(struct ctx *c, const struct version_row *row, struct decision_report *r)
{
    const struct str pairs[][2] = {{row->law, row->article}, {row->refuse_law, row->refuse_article}};
    if (!row->law.len || !row->article.len)
        fault(c, r, "The legal basis is missing: law and article.", STR_EMPTY);
    for (size_t i = 0; i < 2; i++) {
        struct law_place place;
        if (!pairs[i][0].len) continue;
        if (!catalogue_law_place(c, pairs[i][0], pairs[i][1], &place)) return false;
        if (place.law_known && !place.article_known)
            fault(c, r, "The law library does not have %{arg}.",
                  decision_basis_text(c->arena, pairs[i][0], pairs[i][1]));
    }
    if (!row->from) fault(c, r, "The day from which it takes effect is missing.", STR_EMPTY);
    if (row->to && row->to < row->from) fault(c, r, "It would end before it begins.", STR_EMPTY);
    return true;
}

static void check_inputs(struct ctx *c, const struct json *inputs, const struct decision_code *code,
                         struct decision_report *r)
{
    const struct dmn_element *needed[INPUTS_MAX];
    size_t count = dmn_inputs_of(c->arena, code->model, code->decision, needed, INPUTS_MAX);
    if (count > INPUTS_MAX) fault(c, r, "The decision rests on too many inputs.", STR_EMPTY);
    JSON_EACH(i, inputs)
    {
        if (!dmn_find(code->model, DMN_INPUT, json_text_of(i, "name")))
            fault(c, r, "The model has no input called %{arg}.", json_text_of(i, "name"));
    }
    for (size_t i = 0; i < count && i < INPUTS_MAX; i++)
        if (!decision_input_named(inputs, needed[i]->name))
            fault(c, r, "The input %{arg} is not described: where it comes from, and its English name.",
                  needed[i]->name);
}

static void check_notes(struct ctx *c, const struct feel_notes *notes, struct decision_report *r)
{
    for (const struct feel_note *n = notes->first; n; n = n->next)
        if (n->severity == FEEL_ERROR)
            json_set_str(c->arena, json_add_object(c->arena, r->faults), "text", decision_note_text(c, n));
}

/* ---- test cases ---- */

static bool same(const struct json *expected, const struct json *got);

static bool same_members(const struct json *expected, const struct json *got)
{
    JSON_EACH(m, expected)
    {
        if (!same(m, json_get_str(got, m->key))) return false;
    }
    return true;
}

static bool same_items(const struct json *expected, const struct json *got)
{
    size_t i = 0;
    if (expected->count != got->count) return false;
    JSON_EACH(one, expected)
    {
        if (!same(one, json_at(got, i++))) return false;
    }
    return true;
}

/* A context may have more members than the case asks about. */
static bool same(const struct json *expected, const struct json *got)
{
    struct decimal a, b;
    if (!got || expected->type != got->type) return false;
    switch (expected->type) {
    case JSON_OBJECT:
        return same_members(expected, got);
    case JSON_ARRAY:
        return same_items(expected, got);
    case JSON_NUMBER:
        return decimal_parse(expected->text, &a) && decimal_parse(got->text, &b) &&
               decimal_compare(a, b) == 0;
    case JSON_BOOL:
        return expected->boolean == got->boolean;
    default:
        return str_eq(expected->text, got->text);
    }
}

static void run_cases(struct ctx *c, const struct json *tests, const struct decision_code *code,
                      struct decision_report *r)
{
    uint64_t steps = BATCH_STEPS;
    JSON_EACH(t, tests)
    {
        const struct json *expected = json_get(t, "expected");
        struct json *answer = decision_answer(c, code, json_get(t, "inputs"), &steps);
        const struct json *got = json_get(answer, "result");
        bool passed = expected && same(expected, got);
        struct json *o = json_add_object(c->arena, r->cases);
        json_set_str(c->arena, o, "name", json_text_of(t, "name"));
        json_set_bool(c->arena, o, "passed", passed);
        json_set_str(
            c->arena, o, "inputs",
            json_to_str(c->arena, json_get(t, "inputs") ? json_get(t, "inputs") : json_null(c->arena)));
        json_set_str(c->arena, o, "expected",
                     json_to_str(c->arena, expected ? expected : json_null(c->arena)));
        json_set_str(c->arena, o, "got", json_to_str(c->arena, got));
        if (!passed) fault(c, r, "The test case %{arg} fails.", json_text_of(t, "name"));
    }
    if (!r->cases->count) fault(c, r, "There is no test case. At least one is needed.", STR_EMPTY);
    if (r->cases->count > TESTS_MAX) fault(c, r, "There are too many test cases.", STR_EMPTY);
}

/* What is wrong with the document is no failure of the request. */
static const struct decision_code *compile_or_tell(struct ctx *c, const struct version_row *row,
                                                   struct decision_report *r)
{
    struct feel_notes notes = {0};
    struct err e = {0};
    const struct decision_code *code = decision_compile(c->arena, row->xml, row->decision, &notes, &e);
    check_notes(c, &notes, r);
    if (code) return code;
    struct str text = tr_arg(c->lang, c->arena, e.msgid ? e.msgid : "", str_c(e.arg));
    json_set_str(c->arena, json_add_object(c->arena, r->faults), "text",
                 e.detail[0] ? str_fmt(c->arena, "%.*s %s", STR_ARG(text), e.detail) : text);
    return NULL;
}

bool decision_check(struct ctx *c, const struct version_row *row, struct decision_report *out)
{
    const struct json *inputs = json_parse(c->arena, row->inputs, JSON_STRICT, c->err),
                      *tests = inputs ? json_parse(c->arena, row->tests, JSON_STRICT, c->err) : NULL;
    if (!inputs || !tests) return false;
    *out = (struct decision_report){.faults = json_array(c->arena), .cases = json_array(c->arena)};
    if (!check_basis(c, row, out)) return false;
    const struct decision_code *code = compile_or_tell(c, row, out);
    if (code) {
        check_inputs(c, inputs, code, out);
        if (decision_purpose_of(row->purpose) == DECISION_BENEFITS &&
            !dmn_table_of(code->model, code->decision))
            fault(c, out, "A policy table is one decision table over the inputs alone; this one is not.",
                  STR_EMPTY);
        run_cases(c, tests, code, out);
    }
    out->sound = !out->faults->count;
    return true;
}
