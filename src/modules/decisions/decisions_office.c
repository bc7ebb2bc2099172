/* Officers' pages of decision models: list, draft, review. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/processes/processes.h"

/* What a new model begins with where nothing is uploaded. */
static const char skeleton[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"definitions\" name=\"model\" "
    "namespace=\"https://tongban.example/decisions/new\">\n"
    "  <inputData id=\"input\" name=\"input\"><variable id=\"v-input\" name=\"input\" "
    "typeRef=\"string\"/></inputData>\n"
    "  <decision id=\"decide\" name=\"answer\">\n"
    "    <variable id=\"v-decide\" name=\"answer\"/>\n"
    "    <informationRequirement id=\"r-input\"><requiredInput href=\"#input\"/></informationRequirement>\n"
    "    <decisionTable id=\"table\" hitPolicy=\"FIRST\">\n"
    "      <input id=\"c-input\"><inputExpression id=\"e-input\" "
    "typeRef=\"string\"><text>input</text></inputExpression></input>\n"
    "      <output id=\"o-outcome\" name=\"outcome\" typeRef=\"string\"/>\n"
    "      <output id=\"o-reason\" name=\"reason\" typeRef=\"string\"/>\n"
    "      <rule id=\"rule-1\">\n"
    "        <inputEntry id=\"i-1\"><text>-</text></inputEntry>\n"
    "        <outputEntry id=\"p-1\"><text>\"person\"</text></outputEntry>\n"
    "        <outputEntry id=\"p-2\"><text>\"\"</text></outputEntry>\n"
    "      </rule>\n"
    "    </decisionTable>\n"
    "  </decision>\n"
    "</definitions>\n";

static struct str account_name(struct ctx *c, int64_t account)
{
    struct account a;
    if (!account) return ctx_tr(c, "Shipped with the program");
    if (account_load(c, account, &a)) return a.label;
    err_clear(c->err);
    return STR_EMPTY;
}

static struct json *field(struct ctx *c, struct json *fields, const char *id, const char *label,
                          const char *type, struct str value, const char *hint)
{
    static const char *const needed[] = {"name", "code",     "purpose", "subject", "law", "article",
                                         "from", "decision", "inputs",  "tests",   "why"};
    struct json *f = ctx_field(c, fields, id, label, type, value);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (strcmp(needed[i], id) == 0) json_set_bool(c->arena, f, "required", true);
    if (hint) json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    return f;
}

static void option(struct ctx *c, struct json *f, const char *value, struct str label)
{
    ctx_option(c, f, str_c(value), label);
    json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
}

static struct str day_text(struct ctx *c, int32_t day)
{
    return day ? date_format(c->arena, day) : STR_EMPTY;
}

/* ---- the list ---- */

static void add_chip(struct ctx *c, struct json *filters, const char *label, const char *href, bool current)
{
    struct json *o = json_add_object(c->arena, filters);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "href", href);
    json_set_bool(c->arena, o, "current", current);
}

bool decisions_office_list(struct ctx *c)
{
    struct version_row *rows;
    size_t count;
    struct str status = in_text(c, "s");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "models"), *chips;
    if (!decisions_store_list(c, status, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct version_row *v = &rows[i];
        bool review = str_eq_c(v->status, "review");
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", v->model);
        json_set_str(c->arena, o, "code", v->code);
        json_set_str(c->arena, o, "name", v->name);
        json_set_str(
            c->arena, o, "href",
            str_fmt(c->arena, "/office/decisions/%lld%s", (long long)v->model, review ? "/review" : ""));
        json_set_str(c->arena, o, "purpose_label",
                     decision_purpose_label(c, decision_purpose_of(v->purpose)));
        json_set_str(c->arena, o, "basis", decision_basis_text(c->arena, v->law, v->article));
        json_set_i64(c->arena, o, "model_version", v->version);
        json_set_str(c->arena, o, "status_label", decision_status_label(c, v->status));
        json_set_str(c->arena, o, "from", day_text(c, v->from));
    }
    json_set_bool(c->arena, doc, "has_models", count > 0);
    chips = json_set_array(c->arena, doc, "filters");
    add_chip(c, chips, "All", "/office/decisions", !status.len);
    add_chip(c, chips, "Draft", "/office/decisions?s=draft", str_eq_c(status, "draft"));
    add_chip(c, chips, "Waiting for review", "/office/decisions?s=review", str_eq_c(status, "review"));
    json_set(doc, "new_href",
             ctx_may(c, "decision.edit") ? json_string(c->arena, STR("/office/decisions/new"))
                                         : json_null(c->arena));
    json_set(doc, "entitled_href",
             ctx_may(c, "decision.match") ? json_string(c->arena, STR("/office/entitled"))
                                          : json_null(c->arena));
    return true;
}

/* ---- a new model ---- */

bool decisions_office_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    json_set_c(c->arena, doc, "action", "/office/decisions/new");
    field(c, fields, "name", "Name of the model", "text", STR_EMPTY, NULL);
    field(c, fields, "code", "Code", "text", STR_EMPTY,
          "Small letters, digits and hyphens. Services name the model by it; it stays for all versions.");
    f = field(c, fields, "purpose", "What it is for", "select", STR_EMPTY, NULL);
    for (int p = 0; p < DECISION_PURPOSES; p++)
        option(c, f, decision_purposes[p], decision_purpose_label(c, (enum decision_purpose)p));
    f = field(c, fields, "subject", "About whom", "select", STR_EMPTY, NULL);
    option(c, f, "person", ctx_tr(c, "Persons"));
    option(c, f, "organisation", ctx_tr(c, "Organisations"));
    return true;
}

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (ch == '-' && i > 0))) return false;
    }
    return s.len > 0;
}

bool decisions_office_create(struct ctx *c)
{
    struct version_row row = {.model = ctx_id(c),
                              .code = in_text(c, "code"),
                              .purpose = in_text(c, "purpose"),
                              .subject = in_text(c, "subject"),
                              .name = in_text(c, "name"),
                              .en = STR_EMPTY,
                              .decision = STR("answer"),
                              .law = STR_EMPTY,
                              .article = STR_EMPTY,
                              .refuse_law = STR_EMPTY,
                              .refuse_article = STR_EMPTY,
                              .xml = str_c(skeleton),
                              .inputs = STR("[{\"name\": \"input\", \"en\": \"Input\"}]"),
                              .tests = STR("[]"),
                              .note = STR_EMPTY,
                              .authors = STR_EMPTY,
                              .from = date_of(c->now)};
    int64_t taken;
    if (!is_code(row.code))
        return err_at(c->err, STR("code"), "Please use small letters, digits and hyphens.", STR_EMPTY);
    if (!versions_by_code(c, &decision_versions, row.code, &taken)) return false;
    if (taken) return err_at(c->err, STR("code"), "Another model has this code.", STR_EMPTY);
    if (!decisions_store_add_model(c, &row) || !decision_save(c, &row, false)) return false;
    ctx_notice(c, "The draft is begun. Nothing is decided by it before another person has published it.");
    return ctx_redirect(c, "/office/decisions/%lld", (long long)row.model);
}

/* ---- the draft ---- */

bool decisions_office_scope(struct ctx *c)
{
    struct version_row row;
    bool found;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !decisions_store_model(c, id, &row, &found)) return false;
    if (!found) return err_missing(c->err, "decision", "We cannot find this decision model.");
    c->row = id;
    return true;
}

static struct str revision_of(struct ctx *c, const struct version_row *row, bool open)
{
    return str_fmt(c->arena, "%d.%lld", row->version, (long long)(open ? row->made_at : 0));
}

static void head(struct ctx *c, const struct version_row *row)
{
    struct json *doc = ctx_doc(c);
    json_set_id(c->arena, doc, "id", row->model);
    json_set_str(c->arena, doc, "code", row->code);
    json_set_str(c->arena, doc, "name", row->name);
    json_set_i64(c->arena, doc, "model_version", row->version);
    json_set_str(c->arena, doc, "status_label", decision_status_label(c, row->status));
    json_set_str(c->arena, doc, "purpose_label",
                 decision_purpose_label(c, decision_purpose_of(row->purpose)));
    json_set_str(c->arena, doc, "basis", decision_basis_text(c->arena, row->law, row->article));
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/decisions/%lld", (long long)row->model));
    struct json *asking = json_set_array(c->arena, doc, "asking");
    process_add_asking(c, row->code, asking);
    json_set_bool(c->arena, doc, "has_asking", asking->count > 0);
    json_set_bool(c->arena, doc, "ends", row->to > 0);
}

static void edit_fields(struct ctx *c, const struct version_row *row)
{
    struct json *fields = json_set_array(c->arena, ctx_doc(c), "fields"), *f;
    field(c, fields, "name", "Name of the model", "text", row->name, NULL);
    field(c, fields, "en", "English name", "text", row->en, NULL);
    field(c, fields, "law", "Law it rests on", "text", row->law, "Its short title, without brackets.");
    field(c, fields, "article", "Article it rests on", "text", row->article, NULL);
    field(c, fields, "from", "Takes effect on", "date", day_text(c, row->from), NULL);
    field(c, fields, "to", "Last day of effect", "date", day_text(c, row->to),
          "Empty: until another version begins.");
    field(c, fields, "refuse_law", "Law that lets it refuse", "text", row->refuse_law,
          "Empty where a person decides every refusal. Who publishes it must agree to refusals by rule.");
    field(c, fields, "refuse_article", "Article that lets it refuse", "text", row->refuse_article, NULL);
    fields = json_set_array(c->arena, ctx_doc(c), "model_fields");
    f = field(c, fields, "file", "A DMN file in place of what is below", "file", STR_EMPTY, NULL);
    json_set_c(c->arena, f, "accept", ".dmn,.xml");
    json_set_i64(c->arena, f, "max_mb", 1);
    field(c, fields, "decision", "The decision that is asked", "text", row->decision,
          "Its name in the document.");
    field(c, fields, "xml", "The model (DMN)", "textarea", row->xml, NULL);
    field(c, fields, "inputs", "Inputs: names, where they come from, words of their values", "textarea",
          row->inputs, "A list in JSON: name, en, from, labels.");
    field(c, fields, "tests", "Test cases", "textarea", row->tests,
          "A list in JSON: name, inputs, expected. All must pass before it can be published.");
}

static void add_version(struct ctx *c, struct json *timeline, const struct version_row *v)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, timeline);
    bool open = str_eq_c(v->status, "draft") || str_eq_c(v->status, "review");
    int64_t when = v->published_at ? v->published_at : v->made_at;
    struct str who = account_name(c, v->made_by);
    if (v->reviewed_by && v->reviewed_by != v->made_by)
        who = str_fmt(a, "%.*s → %.*s", STR_ARG(who), STR_ARG(account_name(c, v->reviewed_by)));
    json_set_c(a, o, "state", open ? "now" : "done");
    json_set_bool(a, json_set_object(a, o, "at"), open ? "now" : "done", true);
    json_set_str(a, o, "title",
                 str_fmt(a, "%.*s · %.*s",
                         STR_ARG(tr_arg(c->lang, a, "Version %{arg}", str_fmt(a, "%d", v->version))),
                         STR_ARG(decision_status_label(c, v->status))));
    json_set_str(a, o, "when", time_words(c->lang, a, when, c->now));
    json_set_str(a, o, "datetime", date_format(a, date_of(when)));
    json_set_str(a, o, "who", who);
    json_set(o, "text",
             v->note.len && !str_eq_c(v->note, "shipped") ? json_string(a, v->note) : json_null(a));
    json_set_bool(a, o, "text_zh", true);
}

static bool add_timeline(struct ctx *c, int64_t model)
{
    struct version_row *rows;
    size_t count;
    struct json *timeline = json_set_array(c->arena, ctx_doc(c), "timeline");
    if (!decisions_store_versions(c, model, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        add_version(c, timeline, &rows[i]);
    return true;
}

static bool add_report(struct ctx *c, const struct version_row *row)
{
    struct decision_report report;
    struct json *doc = ctx_doc(c);
    if (!decision_check(c, row, &report)) return false;
    json_set(doc, "faults", report.faults);
    json_set_bool(c->arena, doc, "has_faults", report.faults->count > 0);
    json_set(doc, "cases", report.cases);
    json_set_bool(c->arena, doc, "has_tests", report.cases->count > 0);
    json_set_bool(c->arena, doc, "sound", report.sound);
    return true;
}

bool decisions_office_edit(struct ctx *c)
{
    struct version_row row;
    bool open;
    struct json *doc = ctx_doc(c);
    if (!decision_draft(c, c->row, &row, &open)) return false;
    bool review = str_eq_c(row.status, "review");
    head(c, &row);
    json_set_str(c->arena, doc, "revision", revision_of(c, &row, open));
    json_set_bool(c->arena, doc, "editable", !review && ctx_may(c, "decision.edit"));
    json_set_bool(c->arena, doc, "under_review", review);
    edit_fields(c, &row);
    return add_report(c, &row) && add_timeline(c, row.model);
}

/* ---- and back ---- */

static bool is_list(struct ctx *c, const char *name, struct str text)
{
    struct err e = {0};
    const struct json *j = json_parse(c->arena, text, JSON_STRICT, &e);
    if (json_is(j, JSON_ARRAY)) return true;
    return err_at(c->err, str_c(name), "This is no list in JSON. %{arg}", str_c(e.arg));
}

static bool read_day(struct ctx *c, const char *name, int32_t *day)
{
    struct str text = in_text(c, name);
    *day = 0;
    return !text.len || date_parse(text, day) ||
           err_at(c->err, str_c(name), "Please enter a real date.", STR_EMPTY);
}

static bool read_draft(struct ctx *c, struct version_row *row)
{
    const struct upload *file = ctx_upload(c, STR("file"));
    row->name = in_text(c, "name");
    row->en = in_text(c, "en");
    row->decision = in_text(c, "decision");
    row->law = in_text(c, "law");
    row->article = in_text(c, "article");
    row->refuse_law = in_text(c, "refuse_law");
    row->refuse_article = in_text(c, "refuse_article");
    row->xml = file ? file->content : in_text(c, "xml");
    row->inputs = in_text(c, "inputs");
    row->tests = in_text(c, "tests");
    if (!row->xml.len || row->xml.len > XML_MAX || !utf8_valid(row->xml) ||
        memchr(row->xml.ptr, '\0', row->xml.len))
        err_at(c->err, STR("xml"), "This is no readable DMN document.", STR_EMPTY);
    is_list(c, "inputs", row->inputs);
    is_list(c, "tests", row->tests);
    read_day(c, "from", &row->from);
    read_day(c, "to", &row->to);
    return c->err->kind == ERR_NONE;
}

bool decisions_office_save(struct ctx *c)
{
    struct version_row row;
    bool open;
    if (!decision_draft(c, c->row, &row, &open)) return false;
    if (str_eq_c(row.status, "review"))
        return err_conflict(c->err, "decision.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    if (!str_eq(in_text(c, "revision"), revision_of(c, &row, open)))
        return err_conflict(c->err, "decision.changed",
                            "Someone else changed this in the meantime. Look at it again before you save.");
    if (!read_draft(c, &row) || !decision_save(c, &row, open)) return false;
    bool review = str_eq_c(in_text(c, "go"), "review");
    if (review && !decision_send_to_review(c, &row)) return false;
    ctx_notice(c, review ? "Sent to review." : "The draft is saved.");
    return ctx_redirect(c, "/office/decisions/%lld%s", (long long)row.model, review ? "/review" : "");
}

/* ---- trying ---- */

static bool try_version(struct ctx *c, struct version_row *row, struct decision_version *v)
{
    struct feel_notes notes = {0};
    bool open;
    if (!decision_draft(c, c->row, row, &open)) return false;
    *v = (struct decision_version){.model = row->model,
                                   .version = row->version,
                                   .code = row->code,
                                   .name = row->name,
                                   .en = row->en,
                                   .purpose = decision_purpose_of(row->purpose),
                                   .refuse_law = row->refuse_law,
                                   .refuse_article = row->refuse_article,
                                   .may_refuse = row->refuse_law.len > 0};
    v->inputs = json_parse(c->arena, row->inputs, JSON_STRICT, c->err);
    v->compiled = v->inputs ? decision_compile(c->arena, row->xml, row->decision, &notes, c->err) : NULL;
    return v->compiled != NULL;
}

static void try_fields(struct ctx *c, const struct decision_version *v)
{
    struct json *fields = json_set_array(c->arena, ctx_doc(c), "fields");
    int n = 0;
    JSON_EACH(input, v->inputs)
    {
        const char *id = str_z(c->arena, str_fmt(c->arena, "q%d", ++n));
        const struct json *labels = json_get(input, "labels");
        struct json *f = ctx_field(c, fields, id, "", labels ? "select" : "text", ctx_param(c, str_c(id)));
        json_set_str(c->arena, f, "label", decision_input_label(c, v->inputs, json_text_of(input, "name")));
        if (labels) option(c, f, "", ctx_tr(c, "no record"));
        JSON_EACH(l, labels)
        {
            option(c, f, str_z(c->arena, l->key),
                   decision_value_words(c, input, json_string(c->arena, l->key)));
        }
    }
}

bool decisions_office_try(struct ctx *c)
{
    struct version_row row;
    struct decision_version v;
    if (!try_version(c, &row, &v)) return false;
    head(c, &row);
    try_fields(c, &v);
    json_set_str(c->arena, ctx_doc(c), "action",
                 str_fmt(c->arena, "/office/decisions/%lld/try", (long long)row.model));
    json_set_bool(c->arena, ctx_doc(c), "tried", false);
    return true;
}

bool decisions_office_tried(struct ctx *c)
{
    struct version_row row;
    struct decision_version v;
    struct json *facts, *doc = ctx_doc(c), *list;
    const struct decision_about nobody = {.code = STR_EMPTY};
    if (!decisions_office_try(c) || !try_version(c, &row, &v) || !decision_facts(c, &v, &nobody, &facts) ||
        !decisions_take_answers(c, v.inputs, facts))
        return false;
    struct decision_result r = decision_run(c, &v, facts);
    json_set_bool(c->arena, doc, "tried", true);
    decision_explain_now(c, &v, &r, json_set_array(c->arena, doc, "why"));
    json_set_str(c->arena, doc, "answer", json_to_str(c->arena, r.answer));
    list = json_set_array(c->arena, doc, "notes");
    JSON_EACH(n, json_get(r.said, "notes"))
    {
        json_set_str(c->arena, json_add_object(c->arena, list), "text", n->text);
    }
    return true;
}

/* ---- the review ---- */

static struct json *add_act(struct ctx *c, struct json *acts, const char *label, const char *tone,
                            const char *path, const char *says)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, acts);
    json_set_str(a, o, "label", ctx_tr(c, label));
    json_set_c(a, o, "tone", tone);
    json_set_bool(a, o, "open", str_eq_c(str_c(tone), "main"));
    json_set_bool(a, o, "danger", false);
    json_set_str(a, o, "action", str_fmt(a, "/office/decisions/%lld/%s", (long long)c->row, path));
    json_set_str(a, o, "says", ctx_tr(c, says));
    return json_set_array(a, o, "fields");
}

static void add_acts(struct ctx *c, const struct version_row *row, bool sound)
{
    struct json *acts = json_set_array(c->arena, ctx_doc(c), "acts"), *fields;
    if (!str_eq_c(row->status, "review") || !ctx_may(c, "decision.publish") || decision_is_author(c, row))
        return;
    if (sound) {
        fields = add_act(c, acts, "Publish", "main", "publish",
                         "From the day it takes effect this version decides. What was decided before stays.");
        if (row->refuse_law.len)
            field(c, fields, "may_refuse", "It may refuse by rule, with reasons and the way to appeal",
                  "checkbox", STR_EMPTY, NULL);
    }
    fields = add_act(c, acts, "Return to the author", "quiet", "return", "The author reads your reason.");
    field(c, fields, "why", "Your reason", "textarea", STR_EMPTY, NULL);
}

bool decisions_office_review(struct ctx *c)
{
    struct version_row row;
    bool open;
    struct json *doc = ctx_doc(c);
    struct err unreadable = {0};
    if (!decision_draft(c, c->row, &row, &open)) return false;
    const struct json *inputs = json_parse(c->arena, row.inputs, JSON_STRICT, c->err), *tables;
    if (!inputs) return false;
    head(c, &row);
    json_set_str(c->arena, doc, "author", account_name(c, row.made_by));
    json_set_bool(c->arena, doc, "own", open && decision_is_author(c, &row));
    json_set_str(c->arena, doc, "from", day_text(c, row.from));
    json_set(doc, "to", row.to ? json_string(c->arena, day_text(c, row.to)) : json_null(c->arena));
    struct str refusal = decision_basis_text(c->arena, row.refuse_law, row.refuse_article);
    json_set(doc, "refuse_basis", refusal.len ? json_string(c->arena, refusal) : json_null(c->arena));
    tables = decision_tables(c->arena, row.xml, &unreadable);
    if (!add_report(c, &row) ||
        !decisions_show_tables(c, doc, tables ? tables : json_array(c->arena), inputs))
        return false;
    decisions_show_inputs(c, doc, inputs);
    add_acts(c, &row, json_true_of(doc, "sound"));
    return true;
}

bool decisions_office_publish(struct ctx *c)
{
    if (!decision_publish(c, c->row, in_true(c, "may_refuse"))) return false;
    ctx_notice(c, "Published.");
    return ctx_redirect(c, "/office/decisions/%lld", (long long)c->row);
}

bool decisions_office_return(struct ctx *c)
{
    if (!decision_return(c, c->row, in_text(c, "why"))) return false;
    ctx_notice(c, "Returned to the author.");
    return ctx_redirect(c, "/office/decisions?s=draft");
}

const struct field decisions_list_fields[] = {
    {"s", FIELD_CHOICE, "State", .choices = "draft|review"},
    {0},
};
const struct field decisions_new_fields[] = {
    {"name", FIELD_LINE, "Name of the model", true, .max = 100},
    {"code", FIELD_LINE, "Code", true, .max = 60},
    {"purpose", FIELD_CHOICE, "What it is for", true, .choices = "answer|eligible|fee|benefits|way"},
    {"subject", FIELD_CHOICE, "About whom", true, .choices = "person|organisation"},
    {0},
};
const struct field decisions_edit_fields[] = {
    {"revision", FIELD_LINE, "Revision", .required = true},
    {"go", FIELD_CHOICE, "What to do", .choices = "save|review"},
    {"name", FIELD_LINE, "Name of the model", true, .max = 100},
    {"en", FIELD_LINE, "English name", .max = 200},
    {"law", FIELD_LINE, "Law it rests on", .max = 100},
    {"article", FIELD_LINE, "Article it rests on", .max = 40},
    {"from", FIELD_DATE, "Takes effect on", .required = true},
    {"to", FIELD_DATE, .label = "Last day of effect"},
    {"refuse_law", FIELD_LINE, "Law that lets it refuse", .max = 100},
    {"refuse_article", FIELD_LINE, "Article that lets it refuse", .max = 40},
    {"decision", FIELD_LINE, "The decision that is asked", true, .max = 200},
    {"file", FIELD_FILE, "A DMN file in place of what is below", .max = XML_MAX},
    {"xml", FIELD_TEXT, "The model (DMN)", .max = XML_MAX},
    {"inputs", FIELD_TEXT, "Inputs: names, where they come from, words of their values", true, .max = 100000},
    {"tests", FIELD_TEXT, "Test cases", true, .max = 400000},
    {0},
};
const struct field decisions_publish_fields[] = {
    {"may_refuse", FIELD_BOOL, .label = "It may refuse by rule, with reasons and the way to appeal"},
    {0},
};
const struct field decisions_return_fields[] = {{"why", FIELD_TEXT, "Your reason", true, .max = 1000}, {0}};
