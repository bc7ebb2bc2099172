/* Why: which rule, which datum from where, which article, and how to challenge it. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/evidence/evidence.h"

static bool english(const struct ctx *c)
{
    return c->lang == &lang_en;
}

/* The text in the language of the request, and whether it is Chinese all the same. */
static void set_words(struct ctx *c, struct json *o, const char *key, struct str zh, struct str en)
{
    bool use = english(c) && en.len;
    struct str text = use ? en : zh;
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

struct str decision_remedy(struct ctx *c)
{
    return ctx_tr(c, "If you do not agree: within 60 days of learning of the decision you may apply for "
                     "administrative reconsideration (Administrative Reconsideration Law, article 20), or "
                     "within six months bring an administrative lawsuit (Administrative Litigation Law, "
                     "article 46).");
}

/* ---- articles ---- */

/* "《社会保险法》第二十五条" leads to the law library where it is known there. */
static void add_article(struct ctx *c, struct json *list, struct str text)
{
    struct json *o = json_add_object(c->arena, list);
    struct law_place place = {0};
    struct str law, article;
    size_t close = str_find(text, STR("》"));
    json_set_str(c->arena, o, "text", text);
    json_set(o, "href", json_null(c->arena));
    if (!str_starts(text, STR("《")) || close == SIZE_MAX) return;
    law = str_slice(text, strlen("《"), close);
    article = str_slice(text, close + strlen("》"), text.len);
    size_t end = str_find(article, STR("条"));
    if (end != SIZE_MAX) article = str_slice(article, 0, end + strlen("条"));
    if (catalogue_law_place(c, law, article, &place) && place.href.len)
        json_set_str(c->arena, o, "href", place.href);
    err_clear(c->err);
}

/* ---- rules ---- */

static const struct json *fact_named(const struct json *facts, struct str name)
{
    return decision_input_named(facts, name);
}

static struct str source_of(struct ctx *c, const struct json *fact)
{
    struct str en = json_text_of(fact, "source_en");
    return english(c) && en.len ? en : json_text_of(fact, "source");
}

static void add_condition(struct ctx *c, struct json *list, const struct json *b, const struct json *facts)
{
    struct str name = json_text_of(b, "input"), test = json_text_of(b, "test");
    const struct json *fact = fact_named(facts, name);
    if (str_eq_c(str_trim(test), "-")) return;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", decision_input_label(c, facts, name));
    json_set_str(c->arena, o, "wanted", decision_condition_words(c, fact, test));
    json_set_str(c->arena, o, "value", decision_value_words(c, fact, json_get(b, "value")));
    struct str source = source_of(c, fact);
    json_set(o, "source", source.len ? json_string(c->arena, source) : json_null(c->arena));
}

static void add_rule(struct ctx *c, struct json *list, const struct json *rule, const struct json *facts)
{
    struct json *o = json_add_object(c->arena, list), *conditions, *articles;
    json_set_i64(c->arena, o, "number", json_i64_of(rule, "rule", 0));
    json_set_str(c->arena, o, "table", json_text_of(rule, "decision"));
    conditions = json_set_array(c->arena, o, "conditions");
    JSON_EACH(b, json_get(rule, "because"))
    {
        add_condition(c, conditions, b, facts);
    }
    json_set_bool(c->arena, o, "has_conditions", conditions->count > 0);
    articles = json_set_array(c->arena, o, "articles");
    JSON_EACH(n, json_get(rule, "annotations"))
    {
        if (json_text_of(n, "text").len) add_article(c, articles, json_text_of(n, "text"));
    }
}

static void add_facts(struct ctx *c, struct json *o, const struct json *facts)
{
    struct json *list = json_set_array(c->arena, o, "facts");
    JSON_EACH(f, facts)
    {
        struct json *row = json_add_object(c->arena, list);
        struct str source = source_of(c, f);
        json_set_str(c->arena, row, "label", decision_input_label(c, facts, json_text_of(f, "name")));
        json_set_str(c->arena, row, "value", decision_value_words(c, f, json_get(f, "value")));
        json_set(row, "source", source.len ? json_string(c->arena, source) : json_null(c->arena));
    }
}

/* ---- what it said ---- */

static void add_reason(struct ctx *c, struct json *list, const struct json *one)
{
    struct json *o = json_add_object(c->arena, list);
    const struct json *amount = json_get(one, "amount");
    set_words(c, o, "benefit", json_text_of(one, "benefit"), json_text_of(one, "benefit_en"));
    set_words(c, o, "text", json_text_of(one, "reason"), json_text_of(one, "reason_en"));
    json_set_bool(c->arena, o, "text_zh", !(english(c) && json_text_of(one, "reason_en").len));
    json_set_bool(c->arena, o, "fits", json_true_of(one, "fits"));
    json_set(o, "amount",
             json_is(amount, JSON_NUMBER)
                 ? json_string(c->arena, tr_arg(c->lang, c->arena, "%{arg} yuan", amount->text))
                 : json_null(c->arena));
    json_set_bool(c->arena, o, "unverified",
                  json_is(json_get(one, "verified"), JSON_BOOL) && !json_true_of(one, "verified"));
}

static void add_reasons(struct ctx *c, struct json *o, const struct json *answer)
{
    struct json *list = json_set_array(c->arena, o, "reasons");
    if (json_is(answer, JSON_OBJECT)) add_reason(c, list, answer);
    if (json_is(answer, JSON_ARRAY)) JSON_EACH(one, answer)
        {
            add_reason(c, list, one);
        }
}

/* On the way a result is whatever the process reads: it is told as it is. */
static void add_result(struct ctx *c, struct json *o, const struct json *said)
{
    struct json *one = json_object(c->arena);
    struct str result = decision_result_words(c, json_get(said, "answer")), zh = json_text_of(said, "step"),
               en = json_text_of(said, "step_en"), step = english(c) && en.len ? en : zh,
               text = tr_arg(c->lang, c->arena, "Result: %{arg}", result);
    if (step.len) text = str_fmt(c->arena, "%.*s · %.*s", STR_ARG(step), STR_ARG(text));
    json_set_str(c->arena, one, "reason", text);
    json_set_str(c->arena, one, "reason_en", text);
    add_reason(c, json_set_array(c->arena, o, "reasons"), one);
}

static const char *outcome_words(struct str purpose, struct str outcome)
{
    if (str_eq_c(purpose, "fee")) return "Fee calculated by rule";
    if (str_eq_c(purpose, "way")) return "On the way: settled by rule";
    if (!str_eq_c(purpose, "answer")) return "Checked by rule";
    if (str_eq_c(outcome, "grant")) return "Granted by rule";
    return str_eq_c(outcome, "refuse") ? "Refused by rule" : "The rule leaves it to a person";
}

static struct json *explained(struct ctx *c, struct json *list, const struct json *said, struct str purpose,
                              struct str outcome, int64_t model, int version)
{
    struct json *o = json_add_object(c->arena, list), *rules;
    const struct json *facts = json_get(said, "facts");
    bool refused = str_eq_c(outcome, "refuse");
    json_set_str(c->arena, o, "purpose", purpose);
    json_set_str(c->arena, o, "outcome", outcome);
    json_set_str(c->arena, o, "heading", ctx_tr(c, outcome_words(purpose, outcome)));
    set_words(c, o, "model", json_text_of(said, "name"), json_text_of(said, "en"));
    json_set_i64(c->arena, o, "model_version", version);
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/decisions/%lld?version=%d", (long long)model, version));
    if (str_eq_c(purpose, "way"))
        add_result(c, o, said);
    else
        add_reasons(c, o, json_get(said, "answer"));
    rules = json_set_array(c->arena, o, "rules");
    JSON_EACH(r, json_get(said, "rules"))
    {
        add_rule(c, rules, r, facts);
    }
    json_set_bool(c->arena, o, "has_rules", rules->count > 0);
    add_facts(c, o, facts);
    json_set(o, "when", json_null(c->arena));
    json_set(o, "remedy", refused ? json_string(c->arena, decision_remedy(c)) : json_null(c->arena));
    json_set_bool(c->arena, o, "decided", str_eq_c(purpose, "answer") && !str_eq_c(outcome, "person"));
    json_set(o, "basis",
             json_text_of(said, "refuse_basis").len && refused
                 ? json_string(c->arena, json_text_of(said, "refuse_basis"))
                 : json_null(c->arena));
    return o;
}

void decision_explain_now(struct ctx *c, const struct decision_version *v, const struct decision_result *r,
                          struct json *list)
{
    explained(c, list, r->said, str_c(decision_purposes[v->purpose]), STR_EMPTY, v->model, v->version);
}

/* ---- in cases ---- */

static struct field_place place_of(int64_t id, int64_t subject)
{
    return (struct field_place){.table = "decision_made", .column = "said", .row = id, .subject = subject};
}

bool decision_keep(struct ctx *c, const struct decision_version *v, const struct decision_result *r,
                   int64_t case_id, int64_t applicant)
{
    struct json *detail = json_object(c->arena);
    struct str said = json_to_str(c->arena, r->said), sealed,
               outcome = v->purpose == DECISION_ANSWER ? r->outcome : STR_EMPTY;
    struct field_place at = place_of(ctx_id(c), applicant);
    uint8_t digest[SM3_SIZE];
    sm3(said, digest);
    json_set_id(c->arena, detail, "model", v->model);
    json_set_i64(c->arena, detail, "version", v->version);
    json_set_str(c->arena, detail, "outcome", outcome);
    json_set_str(c->arena, detail, "digest", str_hex(c->arena, digest, sizeof digest));
    return field_seal(ctx_keys(c), &c->tx, &at, said, &sealed) &&
           decisions_store_keep(c, at.row, case_id, applicant, v, outcome, sealed) &&
           evidence_add(c, "decision.use", "case", case_id, applicant, detail);
}

/* *said is NULL where the applicant was erased: of that nothing can be said any more. */
static bool open_said(struct ctx *c, const struct made_row *row, int64_t subject, const struct json **said)
{
    struct field_place at = place_of(row->id, subject);
    struct str text;
    *said = NULL;
    if (field_open(ctx_keys(c), &c->tx, &at, row->said, &text)) {
        *said = json_parse(c->arena, text, JSON_STRICT, c->err);
        return *said != NULL;
    }
    if (!c->err->code || strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    return true;
}

bool decisions_export(struct ctx *c, int64_t subject, struct json *doc)
{
    struct made_row *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "decisions_by_rule");
    if (!decisions_store_made(c, 0, subject, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct json *said;
        struct json *o = json_add_object(c->arena, list);
        if (!open_said(c, &rows[i], subject, &said)) return false;
        json_set_id(c->arena, o, "case", rows[i].case_id);
        json_set_str(c->arena, o, "at", time_rfc3339(c->arena, rows[i].made_at));
        json_set_str(c->arena, o, "purpose", rows[i].purpose);
        json_set_str(c->arena, o, "outcome", rows[i].outcome);
        json_set_i64(c->arena, o, "version", rows[i].version);
        if (said) json_set(o, "said", json_copy(c->arena, said));
    }
    return true;
}

bool decision_explain(struct ctx *c, int64_t case_id, int64_t applicant, struct json *list)
{
    struct made_row *rows;
    size_t count;
    if (!decisions_store_made(c, case_id, applicant, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct json *said;
        if (!open_said(c, &rows[i], applicant, &said)) return false;
        if (!said) continue;
        struct json *o =
            explained(c, list, said, rows[i].purpose, rows[i].outcome, rows[i].model, rows[i].version);
        json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, rows[i].made_at, c->now));
    }
    return true;
}
