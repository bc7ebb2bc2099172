/* Published rules for everybody to read, and for programs to ask. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"

static bool missing(struct ctx *c)
{
    return err_missing(c->err, "decision", "We cannot find this decision model.");
}

static struct str name_of(const struct ctx *c, struct str zh, struct str en)
{
    return c->lang == &lang_en && en.len ? en : zh;
}

static struct str days_text(struct ctx *c, int32_t from, int32_t to)
{
    struct str begin = tr_arg(c->lang, c->arena, "from %{arg}", date_words_full(c->lang, c->arena, from));
    return to ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(begin),
                        STR_ARG(tr_arg(c->lang, c->arena, "until %{arg}",
                                       date_words_full(c->lang, c->arena, to))))
              : begin;
}

/* ---- the list ---- */

bool decisions_public_list(struct ctx *c)
{
    const struct snapshot *s = decisions_snapshot(c);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "models");
    int32_t today = date_of(c->now);
    for (size_t i = 0; s && i < s->count; i++) {
        const struct decision_version *v = &s->versions[i];
        if (decision_by_id(c, v->model, today) != v) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", v->model);
        json_set_str(c->arena, o, "code", v->code);
        json_set_str(c->arena, o, "name", name_of(c, v->name, v->en));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/decisions/%lld", (long long)v->model));
        json_set_str(c->arena, o, "purpose_label", decision_purpose_label(c, v->purpose));
        json_set_str(c->arena, o, "basis", decision_basis_text(c->arena, v->law, v->article));
        json_set_i64(c->arena, o, "model_version", v->version);
        json_set_str(c->arena, o, "days_text", days_text(c, v->from, v->to));
    }
    json_set_bool(c->arena, doc, "has_models", list->count > 0);
    json_set_array(c->arena, doc, "crumbs");
    return true;
}

/* ---- one ---- */

static void set_article(struct ctx *c, struct json *doc, const char *key, struct str law, struct str article)
{
    struct law_place place = {0};
    struct str text = decision_basis_text(c->arena, law, article);
    json_set(doc, key, json_null(c->arena));
    if (!text.len) return;
    struct json *o = json_set_object(c->arena, doc, key);
    bool known = catalogue_law_place(c, law, article, &place) && place.href.len;
    err_clear(c->err);
    json_set_str(c->arena, o, "text", text);
    json_set(o, "href", known ? json_string(c->arena, place.href) : json_null(c->arena));
}

static const char *outcome_word(struct str name, struct str value)
{
    static const struct {
        const char *name, *value, *words;
    } known[] = {{"outcome", "grant", "Granted"},
                 {"outcome", "refuse", "Refused"},
                 {"outcome", "person", "A person decides"},
                 {"verified", "false", "Not verified"},
                 {"verified", "true", "Verified"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq_c(name, known[i].name) && str_eq_c(value, known[i].value)) return known[i].words;
    return NULL;
}

/* What programs read only is left out, and of two languages the other one. */
static const char *outcome_label(const struct ctx *c, struct str name)
{
    static const struct {
        const char *name, *label;
        bool zh, en;
    } labels[] = {{"outcome", "Outcome", true, true},
                  {"reason", "Reason", true, false},
                  {"reason_en", "Reason", false, true},
                  {"amount", "Amount (yuan)", true, true},
                  {"verified", "Basis", true, true},
                  {"benefit", "Benefit", true, false},
                  {"benefit_en", "Benefit", false, true},
                  {"fits", "Entitled", true, true},
                  {"item", NULL, false, false}};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (str_eq_c(name, labels[i].name))
            return (c->lang == &lang_en ? labels[i].en : labels[i].zh) ? labels[i].label : "";
    return NULL;
}

static void word_outcome(struct ctx *c, struct json *cell)
{
    struct str name = json_text_of(cell, "head"),
               words = decision_condition_words(c, NULL, json_text_of(cell, "text"));
    const char *label = outcome_label(c, name), *known = outcome_word(name, words);
    if (str_eq_c(json_text_of(cell, "text"), "false") || str_eq_c(json_text_of(cell, "text"), "true"))
        known = outcome_word(name, json_text_of(cell, "text"));
    bool shown = (!label || label[0]) && !str_eq_c(json_text_of(cell, "text"), "null");
    json_set_str(c->arena, cell, "label", label && label[0] ? ctx_tr(c, label) : name);
    json_set(cell, "words",
             shown ? json_string(c->arena, known ? ctx_tr(c, known) : words) : json_null(c->arena));
}

static void word_cells(struct ctx *c, struct json *table, const struct json *inputs)
{
    for (struct json *rule = ((struct json *)json_get(table, "rules"))->first; rule; rule = rule->next) {
        bool asks = false;
        JSON_EACH(cell, json_get(rule, "conditions"))
        {
            struct str head = json_text_of(cell, "head"), test = json_text_of(cell, "text");
            const struct json *input = decision_input_named(inputs, head);
            bool any = str_eq_c(test, "-") || !test.len;
            asks = asks || !any;
            json_set_str(c->arena, (struct json *)cell, "label", decision_input_label(c, inputs, head));
            json_set((struct json *)cell, "words",
                     any ? json_null(c->arena)
                         : json_string(c->arena, decision_condition_words(c, input, test)));
        }
        json_set_bool(c->arena, rule, "any", !asks);
        for (struct json *cell = ((struct json *)json_get(rule, "outcome"))->first; cell; cell = cell->next)
            word_outcome(c, cell);
    }
}

static struct str policy_text(struct ctx *c, struct str policy)
{
    static const char *const words[][2] = {
        {"FIRST", "The first rule that fits counts."},
        {"UNIQUE", "Only one rule can fit."},
        {"ANY", "Several rules may fit; they say the same."},
        {"PRIORITY", "The rule with the highest outcome counts."},
        {"COLLECT", "All rules that fit count."},
        {"RULE ORDER", "All rules that fit count, in this order."},
        {"OUTPUT ORDER", "All rules that fit count, the highest outcome first."}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(policy, words[i][0])) return ctx_tr(c, words[i][1]);
    return policy;
}

bool decisions_show_tables(struct ctx *c, struct json *doc, const struct json *tables,
                           const struct json *inputs)
{
    struct json *copy = json_set(doc, "tables", json_copy(c->arena, tables));
    for (struct json *t = copy->first; t; t = t->next) {
        word_cells(c, t, inputs);
        json_set_str(c->arena, t, "policy_text", policy_text(c, json_text_of(t, "policy")));
    }
    json_set_bool(c->arena, doc, "has_tables", copy->count > 0);
    return true;
}

void decisions_show_inputs(struct ctx *c, struct json *doc, const struct json *inputs)
{
    struct json *list = json_set_array(c->arena, doc, "inputs");
    JSON_EACH(i, inputs)
    {
        struct decision_fact fact = {.source = STR_EMPTY, .source_en = STR_EMPTY};
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", decision_input_label(c, inputs, json_text_of(i, "name")));
        /* nobody's record is asked: no number */
        bool known = decision_source(c, json_text_of(i, "from"), NULL, STR_EMPTY, &fact) && fact.source.len;
        json_set(o, "source",
                 known ? json_string(c->arena, name_of(c, fact.source, fact.source_en))
                       : json_null(c->arena));
    }
}

static void add_versions(struct ctx *c, struct json *doc, const struct version_row *rows, size_t count,
                         int shown)
{
    struct json *list = json_set_array(c->arena, doc, "versions");
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].published_at) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_i64(c->arena, o, "number", rows[i].version);
        json_set_bool(c->arena, o, "shown", rows[i].version == shown);
        json_set_str(
            c->arena, o, "href",
            str_fmt(c->arena, "/decisions/%lld?version=%d", (long long)rows[i].model, rows[i].version));
        json_set_str(c->arena, o, "days_text", days_text(c, rows[i].from, rows[i].to));
        json_set_str(c->arena, o, "status_label", decision_status_label(c, rows[i].status));
    }
}

/* The version asked for, else the one in force, else the last that was published. */
static const struct version_row *chosen(struct ctx *c, const struct version_row *rows, size_t count)
{
    int64_t wanted = in_i64(c, "version", 0);
    const struct decision_version *now = count ? decision_by_id(c, rows[0].model, date_of(c->now)) : NULL;
    const struct version_row *last = NULL;
    for (size_t i = count; i-- > 0;) {
        if (!rows[i].published_at) continue;
        if (rows[i].version == (wanted ? wanted : now ? now->version : -1)) return &rows[i];
        last = &rows[i];
    }
    return wanted ? NULL : last;
}

bool decisions_public_one(struct ctx *c)
{
    struct version_row *rows;
    size_t count;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !decisions_store_versions(c, id, &rows, &count)) return false;
    const struct version_row *v = chosen(c, rows, count);
    if (!v) return missing(c);
    struct json *doc = ctx_doc(c);
    const struct json *inputs = json_parse(c->arena, v->inputs, JSON_STRICT, c->err),
                      *tables = inputs ? decision_tables(c->arena, v->xml, c->err) : NULL;
    if (!tables) return false;
    json_set_id(c->arena, doc, "id", id);
    json_set_str(c->arena, doc, "code", v->code);
    json_set_str(c->arena, doc, "name", name_of(c, v->name, v->en));
    json_set_str(c->arena, doc, "purpose_label", decision_purpose_label(c, decision_purpose_of(v->purpose)));
    json_set_i64(c->arena, doc, "model_version", v->version);
    json_set_str(c->arena, doc, "status_label", decision_status_label(c, v->status));
    json_set_str(c->arena, doc, "days_text", days_text(c, v->from, v->to));
    json_set_bool(c->arena, doc, "may_refuse", v->may_refuse);
    set_article(c, doc, "basis", v->law, v->article);
    set_article(c, doc, "refuse_basis", v->may_refuse ? v->refuse_law : STR_EMPTY, v->refuse_article);
    decisions_show_inputs(c, doc, inputs);
    add_versions(c, doc, rows, count, v->version);
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "Decisions by rule"));
    json_set_c(c->arena, crumb, "href", "/decisions");
    return decisions_show_tables(c, doc, tables, inputs);
}

/* ---- programs ---- */

static bool asked_version(struct ctx *c, const struct decision_version **v)
{
    int64_t id;
    int32_t day = date_of(c->now);
    struct str when = in_text(c, "day");
    if (!ctx_path_id(c, "id", &id)) return false;
    if (when.len && !date_parse(when, &day))
        return err_at(c->err, STR("day"), "Please enter a real date.", STR_EMPTY);
    *v = decision_by_id(c, id, day);
    return *v || missing(c);
}

static void say_version(struct ctx *c, const struct decision_version *v)
{
    json_set_str(c->arena, ctx_doc(c), "code", v->code);
    json_set_i64(c->arena, ctx_doc(c), "version", v->version);
}

bool decisions_evaluate(struct ctx *c)
{
    const struct decision_version *v;
    uint64_t steps = RUN_STEPS;
    if (!asked_version(c, &v)) return false;
    say_version(c, v);
    const struct json *answer = decision_answer(c, v->compiled, json_get(c->in, "inputs"), &steps);
    JSON_EACH(m, answer)
    {
        json_set(ctx_doc(c), str_z(c->arena, m->key), json_copy(c->arena, m));
    }
    return true;
}

bool decisions_evaluate_batch(struct ctx *c)
{
    const struct decision_version *v;
    const struct json *rows = json_get(c->in, "rows");
    uint64_t steps = BATCH_STEPS;
    if (!asked_version(c, &v)) return false;
    if (!json_is(rows, JSON_ARRAY) || rows->count > BATCH_MAX)
        return err_at(c->err, STR("rows"), "Please give a list of at most 1,000 sets of inputs.", STR_EMPTY);
    say_version(c, v);
    struct json *results = json_set_array(c->arena, ctx_doc(c), "results");
    JSON_EACH(row, rows)
    {
        json_add(results, decision_answer(c, v->compiled, row, &steps));
    }
    return true;
}

const struct field decisions_one_fields[] = {
    {"version", FIELD_INT, "Version", .min = 1, .max = 1000000},
    {0},
};
const struct field decisions_evaluate_fields[] = {
    {"inputs", FIELD_JSON, "Inputs by their names", .required = true},
    {"day", FIELD_DATE, .label = "The day whose version is asked"},
    {0},
};
const struct field decisions_batch_fields[] = {
    {"rows", FIELD_JSON, "Sets of inputs", .required = true},
    {"day", FIELD_DATE, .label = "The day whose version is asked"},
    {0},
};
