/* The form of an item's elements: from the effective document to fields, and back to what differs from the
 * shipped facts. */
#include "modules/catalogue/catalogue_edit.h"
#include "modules/forms/forms.h"
#include "modules/processes/processes.h"

enum { QUESTIONS = 6, COPIES_MAX = 99, BASIS_MAX = 20, CONDITIONS_MAX = 40 };

#define MATERIAL_FIELDS(n)                                                                                   \
    {"m" #n "_name", FIELD_LINE, .label = "Document"},                                                       \
        {"m" #n "_need", FIELD_CHOICE, "Needed", .choices = "required|optional|deferrable"},                 \
        {"m" #n "_kind", FIELD_CHOICE, "Original or copy", .choices = "original|copy|both"},                 \
        {"m" #n "_copies", FIELD_INT, "How many", .min = 1, .max = COPIES_MAX},                              \
        {"m" #n "_originals", FIELD_INT, "How many originals", .min = 1, .max = COPIES_MAX},                 \
        {"m" #n "_form", FIELD_CHOICE, "Paper or electronic", .choices = "paper|electronic|either"},         \
        {"m" #n "_source", FIELD_CHOICE, "Where the document comes from",                                    \
         .choices = "applicant|government|other"},                                                           \
        {"m" #n "_issuer", FIELD_LINE, "Who issues it", .max = 100},                                         \
    {                                                                                                        \
        "m" #n "_basis", FIELD_LINE, "Law and article that ask for it", .max = 120                           \
    }
#define QUESTION_FIELDS(n)                                                                                   \
    {"q" #n, FIELD_LINE, .label = "Question"},                                                               \
    {                                                                                                        \
        "a" #n, FIELD_TEXT, "Answer", .max = 1000                                                            \
    }
#define ANSWERS "yes|no"
#define UNITS   "working_day|day|hour|month|year"

const struct field office_edit_fields[] = {
    {"revision", FIELD_LINE, "Revision", .required = true},
    {"go", FIELD_CHOICE, "What to do", .choices = "save|review"},
    {"name", FIELD_LINE, "Service name", true, .max = 500},
    {"en", FIELD_LINE, "English name", .max = 300},
    {"summary", FIELD_LINE, "In one sentence", .max = 200},
    {"state", FIELD_CHOICE, "State", true, .choices = "active|paused|cancelled"},
    {"kind", FIELD_CHOICE, "Kind of case", true, .choices = "promised|on_the_spot"},
    {"statutory_value", FIELD_INT, "Time set by law", .min = 0, .max = LIMIT_COUNT_MAX},
    {"statutory_unit", FIELD_CHOICE, "Unit", .choices = UNITS},
    {"statutory_basis", FIELD_LINE, "Law and article of the limit", .max = 120},
    {"promised_value", FIELD_INT, "Promised time", .min = 0, .max = LIMIT_COUNT_MAX},
    {"promised_unit", FIELD_CHOICE, "Unit", .choices = UNITS},
    {"own_form", FIELD_LINE, "Form", .max = 60},
    {"own_process", FIELD_LINE, "Process", .max = 60},
    {"basis", FIELD_TEXT, "Legal basis", .max = 2000},
    {"conditions", FIELD_TEXT, "Conditions", .max = 8000},
    {"free", FIELD_CHOICE, "Fee", .choices = "yes|no"},
    {"fees", FIELD_TEXT, "Fees", .max = 2000},
    {"fee_basis", FIELD_LINE, "Basis of the fee", .max = 120},
    {"steps", FIELD_TEXT, "Steps", .max = 4000},
    {"visits", FIELD_INT, "Visits needed", .min = 0, .max = 9},
    {"base_code", FIELD_LINE, "Code of the base directory", .max = 20},
    {"local_base_code", FIELD_LINE, "Local code of the base directory", .max = 40},
    {"implementing_code", FIELD_LINE, "Code of the implementation list", .max = 40},
    {"local_implementing_code", FIELD_LINE, "Local code of the implementation list", .max = 60},
    {"handling_code", FIELD_LINE, "Code of the handling item", .max = 50},
    {"power_source", FIELD_LINE, "Source of power", .max = 300},
    {"exercise_level", FIELD_LIST, "Level of exercise", .choices = "1|2|3|4|5|6|7"},
    {"body_nature", FIELD_CHOICE, "Nature of the implementing body",
     .choices = "statutory|authorised|entrusted|other"},
    {"entrusting", FIELD_LINE, "Entrusting body", .max = 300},
    {"joint_bodies", FIELD_LINE, "Bodies handling it together", .max = 300},
    {"town", FIELD_LINE, "Town or sub-district", .max = 300},
    {"village", FIELD_LINE, "Village or community", .max = 300},
    {"statutory_note", FIELD_LINE, "Note on the time set by law", .max = 300},
    {"promised_note", FIELD_LINE, "Note on the promised time", .max = 300},
    {"limits_of_number", FIELD_LINE, "Limit on numbers", .max = 300},
    {"special_procedures", FIELD_LINE, "Special procedures", .max = 300},
    {"commitment", FIELD_CHOICE, "Commitment instead of proof", .choices = ANSWERS},
    {"commitment_text", FIELD_LINE, "What one commits to", .max = 300},
    {"commitment_template", FIELD_LINE, "Template of the commitment", .max = 300},
    {"intermediary", FIELD_LINE, "Intermediary services", .max = 300},
    {"handling_ways", FIELD_LIST, "Ways of handling", .choices = "1|2|3|4|9"},
    {"online_depth", FIELD_LIST, "Depth of online handling", .choices = "1|2|3|4|5|6|7|9"},
    {"online_address", FIELD_LINE, "Address online", .max = 300},
    {"mobile_address", FIELD_LINE, "Address on a mobile phone", .max = 300},
    {"single_sign_on", FIELD_CHOICE, "Single sign-on", .choices = ANSWERS},
    {"mobile_sign_on", FIELD_CHOICE, "Single sign-on on a mobile phone", .choices = ANSWERS},
    {"pay_online", FIELD_CHOICE, "Online payment", .choices = ANSWERS},
    {"terminal", FIELD_CHOICE, "Self-service terminals", .choices = ANSWERS},
    {"video", FIELD_CHOICE, "Handled by video", .choices = ANSWERS},
    {"hall", FIELD_CHOICE, "In the service hall", .choices = ANSWERS},
    {"one_window", FIELD_CHOICE, "At any window of the hall", .choices = ANSWERS},
    {"place", FIELD_LINE, "Place of handling", .max = 300},
    {"hours", FIELD_LINE, "Hours of handling", .max = 300},
    {"phone", FIELD_LINE, "Phone for questions", .max = 300},
    {"complaint", FIELD_LINE, "Complaint channel", .max = 300},
    {"on_site_reason", FIELD_LINE, "Why one must come in person", .max = 300},
    {"elsewhere", FIELD_LINE, "Where it can be handled elsewhere", .max = 300},
    {"remote", FIELD_CHOICE, "Application from elsewhere", .choices = ANSWERS},
    {"agency", FIELD_CHOICE, "Helpers handle it for people", .choices = ANSWERS},
    {"elder_friendly", FIELD_CHOICE, "Suited to elderly people", .choices = ANSWERS},
    {"post", FIELD_CHOICE, "Delivery by post", .choices = ANSWERS},
    {"delivery", FIELD_LINE, "How the result is delivered", .max = 300},
    {"result_sample", FIELD_LINE, "Sample of the result", .max = 300},
    {"yearly", FIELD_LINE, "Yearly inspection or report", .max = 300},
    {"remedy", FIELD_LINE, "Reconsideration and litigation", .max = 300},
    {"local_theme", FIELD_LINE, "Local theme", .max = 300},
    {"effective_from", FIELD_DATE, .label = "Planned to take effect"},
    {"effective_until", FIELD_DATE, .label = "Planned to end"},
    MATERIAL_FIELDS(1),
    MATERIAL_FIELDS(2),
    MATERIAL_FIELDS(3),
    MATERIAL_FIELDS(4),
    MATERIAL_FIELDS(5),
    MATERIAL_FIELDS(6),
    MATERIAL_FIELDS(7),
    MATERIAL_FIELDS(8),
    MATERIAL_FIELDS(9),
    MATERIAL_FIELDS(10),
    MATERIAL_FIELDS(11),
    MATERIAL_FIELDS(12),
    QUESTION_FIELDS(1),
    QUESTION_FIELDS(2),
    QUESTION_FIELDS(3),
    QUESTION_FIELDS(4),
    QUESTION_FIELDS(5),
    QUESTION_FIELDS(6),
    {0},
};

static const char *numbered(struct ctx *c, const char *before, int n, const char *behind)
{
    return str_z(c->arena, str_fmt(c->arena, "%s%d%s", before, n, behind));
}

/* ---- to fields ---- */

struct json *edit_field(struct ctx *c, struct json *fields, const char *kind, const char *id,
                        const char *label, struct str value, bool required, const char *hint)
{
    static const char *const open[] = {"source",    "autocomplete", "inputmode", "width",
                                       "maxlength", "accept",       "max_mb",    "note"};
    struct json *f = ctx_field(c, fields, id, label, "text", value);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        json_set(f, open[i], json_null(c->arena));
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    json_set(f, "hint", hint ? json_string(c->arena, ctx_tr(c, hint)) : json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    return f;
}

void edit_choice(struct ctx *c, struct json *f, const char *value, const char *label)
{
    ctx_option(c, f, str_c(value), ctx_tr(c, label));
    json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
}

static struct json *add_section(struct ctx *c, struct json *sections, const char *id, struct str heading,
                                struct str text, bool folded)
{
    struct json *s = json_add_object(c->arena, sections);
    json_set_c(c->arena, s, "id", id);
    json_set_str(c->arena, s, "heading", heading);
    json_set(s, "text", text.len ? json_string(c->arena, text) : json_null(c->arena));
    json_set_bool(c->arena, s, "folded", folded);
    json_set_bool(c->arena, s, "open", false);
    return json_set_array(c->arena, s, "fields");
}

struct json *edit_section(struct ctx *c, struct json *sections, const char *id, const char *heading,
                          const char *text)
{
    return add_section(c, sections, id, ctx_tr(c, heading), text ? ctx_tr(c, text) : STR_EMPTY, false);
}

struct json *edit_fold(struct ctx *c, struct json *sections, const char *id, struct str heading)
{
    return add_section(c, sections, id, heading, STR_EMPTY, true);
}

struct str edit_basis_line(struct ctx *c, const struct json *b)
{
    return json_text_of(b, "law").len ? str_fmt(c->arena, "《%.*s》%.*s", STR_ARG(json_text_of(b, "law")),
                                                STR_ARG(json_text_of(b, "article")))
                                      : STR_EMPTY;
}

static void limit_fields(struct ctx *c, struct json *fields, const char *value_id, const char *unit_id,
                         const char *label, struct limit l)
{
    static const char *const units[][2] = {{"working_day", "working days"},
                                           {"day", "days"},
                                           {"hour", "hours"},
                                           {"month", "months"},
                                           {"year", "years"}};
    static const enum limit_unit order[] = {LIMIT_WORKDAYS, LIMIT_DAYS, LIMIT_HOURS, LIMIT_MONTHS,
                                            LIMIT_YEARS};
    struct str unit = STR("working_day");
    for (size_t i = 0; i < 5; i++)
        if (order[i] == l.unit) unit = str_c(units[i][0]);
    struct json *f =
        edit_field(c, fields, "input", value_id, label,
                   l.unit == LIMIT_NONE ? STR_EMPTY : str_fmt(c->arena, "%d", l.count), false, NULL);
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "5");
    struct json *u = edit_field(c, fields, "select", unit_id, "Unit", unit, true, NULL);
    for (size_t i = 0; i < 5; i++)
        edit_choice(c, u, units[i][0], units[i][1]);
}

static void basic_section(struct ctx *c, struct json *sections, const struct item *i)
{
    struct json *fields = edit_section(c, sections, "basic", "Basic elements", NULL), *f;
    edit_field(c, fields, "input", "name", "Service name", i->name, true, NULL);
    edit_field(c, fields, "input", "en", "English name", i->en, false, NULL);
    edit_field(c, fields, "input", "summary", "In one sentence", json_text_of(i->doc, "summary"), false,
               "What it is for, as one would say it at the desk.");
    f = edit_field(c, fields, "radios", "kind", "Kind of case",
                   i->on_the_spot ? STR("on_the_spot") : STR("promised"), true, NULL);
    edit_choice(c, f, "promised", "Promised-time item");
    edit_choice(c, f, "on_the_spot", "On-the-spot item");
    f = edit_field(c, fields, "select", "state", "State", item_state(i), true,
                   "A paused service is shown and cannot be applied for; a discontinued one is no longer "
                   "found. Cases go on.");
    edit_choice(c, f, "active", "In use");
    edit_choice(c, f, "paused", "Paused");
    edit_choice(c, f, "cancelled", "Discontinued");
}

static void time_section(struct ctx *c, struct json *sections, const struct item *i)
{
    struct json *fields =
        edit_section(c, sections, "time", "Times",
                     "A promise is never longer than the law allows. What is not verified stays empty.");
    limit_fields(c, fields, "statutory_value", "statutory_unit", "Time set by law", i->statutory);
    edit_field(c, fields, "input", "statutory_basis", "Law and article of the limit",
               edit_basis_line(c, json_get(json_get(i->doc, "statutory_limit"), "basis")), false, NULL);
    limit_fields(c, fields, "promised_value", "promised_unit", "Promised time", i->promised);
}

static void law_section(struct ctx *c, struct json *sections, const struct item *i)
{
    struct json *fields = edit_section(c, sections, "law", "Legal basis and conditions", NULL);
    struct buf basis = buf_new(c->arena, 128), conditions = buf_new(c->arena, 256);
    JSON_EACH(b, json_get(i->doc, "basis"))
    {
        buf_add(&basis, edit_basis_line(c, b));
        buf_add_char(&basis, '\n');
    }
    JSON_EACH(k, json_get(i->doc, "conditions"))
    {
        buf_add(&conditions, json_text_of(k, "text"));
        buf_add_char(&conditions, '\n');
    }
    edit_field(c, fields, "textarea", "basis", "Legal basis", str_trim(buf_str(&basis)), false,
               "One a line, such as 《护照法》第五条");
    edit_field(c, fields, "textarea", "conditions", "Conditions", str_trim(buf_str(&conditions)), false,
               "One a line.");
}

static void numbered_label(struct ctx *c, struct json *f, int n)
{
    json_set_str(c->arena, f, "label", str_fmt(c->arena, "%.*s %d", STR_ARG(json_text_of(f, "label")), n));
}

static void question_section(struct ctx *c, struct json *sections, const struct item *i)
{
    struct json *fields = edit_section(c, sections, "questions", "Common questions", NULL);
    const struct json *list = json_get(i->doc, "questions"), *q = list ? list->first : NULL;
    for (int n = 1; n <= QUESTIONS; n++, q = q ? q->next : NULL) {
        if (!q && !c->failed && n > (int)(list ? list->count : 0) + 1) break;
        numbered_label(c,
                       edit_field(c, fields, "input", numbered(c, "q", n, ""), "Question",
                                  json_text_of(q, "q"), false, NULL),
                       n);
        numbered_label(c,
                       edit_field(c, fields, "textarea", numbered(c, "a", n, ""), "Answer",
                                  json_text_of(q, "a"), false, NULL),
                       n);
    }
}

static void name_choice(struct ctx *c, struct json *f, struct str code, struct str name, struct str en,
                        bool published)
{
    struct str word = c->lang == &lang_en && en.len ? en : name;
    ctx_option(
        c, f, code,
        published ? word
                  : str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(word), STR_ARG(ctx_tr(c, "not published yet"))));
    json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
}

/* What was built here, instead of what comes with the type of service. */
static bool built_section(struct ctx *c, struct json *sections, const struct item *i)
{
    struct json *fields = edit_section(
                    c, sections, "built", "Form and process",
                    "Built here and named by code. A form named here stands in the place of the form, "
                    "questions and documents that the type of service brings."),
                *f;
    struct form_name *forms;
    struct process_name *processes;
    size_t form_count, process_count;
    if (!forms_list(c, &forms, &form_count) || !process_list(c, &processes, &process_count)) return false;
    f = edit_field(c, fields, "select", "own_form", "Form", json_text_of(i->doc, "own_form"), false, NULL);
    edit_choice(c, f, "", "As the type of service brings it");
    for (size_t k = 0; k < form_count; k++)
        name_choice(c, f, forms[k].code, forms[k].name, forms[k].en, forms[k].published);
    f = edit_field(c, fields, "select", "own_process", "Process", json_text_of(i->doc, "own_process"), false,
                   NULL);
    edit_choice(c, f, "", "As the type of service brings it");
    for (size_t k = 0; k < process_count; k++)
        name_choice(c, f, processes[k].code, processes[k].name, processes[k].en, processes[k].published);
    return true;
}

/* What is wrong is not hidden. */
static void open_wrong(struct ctx *c, struct json *sections)
{
    for (struct json *s = sections->first; s; s = s->next) {
        bool wrong = false;
        JSON_EACH(f, json_get(s, "fields"))
        {
            wrong = wrong || json_text_of(f, "error").len > 0;
        }
        json_set_bool(c->arena, s, "open", wrong);
    }
}

bool edit_sections(struct ctx *c, const struct item *i, struct json *sections)
{
    basic_section(c, sections, i);
    if (!built_section(c, sections, i)) return false;
    time_section(c, sections, i);
    law_section(c, sections, i);
    manner_section(c, sections, i);
    material_section(c, sections, i);
    question_section(c, sections, i);
    open_wrong(c, sections);
    return true;
}

/* ---- and back ---- */

void edit_keep(struct edit_reading *r, const char *key, struct json *value)
{
    struct arena *a = r->c->arena;
    const struct json *below = json_get(r->base, key);
    bool empty_below =
        !below || below->type == JSON_NULL ||
        ((below->type == JSON_ARRAY || below->type == JSON_STRING) && !below->count && !below->text.len);
    bool empty = !value || value->type == JSON_NULL || (value->type == JSON_ARRAY && !value->count) ||
                 (value->type == JSON_STRING && !value->text.len);
    bool same = (empty && empty_below) ||
                (!empty && !empty_below && str_eq(json_to_str(a, below), json_to_str(a, value)));
    if (!same) {
        json_set(r->own, key, empty ? json_null(a) : value);
        return;
    }
    struct json *rest = json_object(a);
    JSON_EACH(m, r->own)
    {
        if (!str_eq_c(m->key, key)) json_set(rest, str_z(a, m->key), json_copy(a, m));
    }
    *r->own = *rest;
}

bool edit_read_basis(struct ctx *c, struct str line, const char *field, struct json **out)
{
    static const char bracket[] = "》";
    struct str law = STR_EMPTY, article = STR_EMPTY;
    size_t at = str_find(line, str_c(bracket));
    if (str_starts(line, STR("《")) && at != SIZE_MAX) {
        law = str_trim(str_slice(line, strlen("《"), at));
        article = str_trim(str_slice(line, at + strlen(bracket), line.len));
    } else if ((at = str_find(line, STR("第"))) != SIZE_MAX) {
        law = str_trim(str_slice(line, 0, at));
        article = str_slice(line, at, line.len);
    }
    if (!law.len || !str_starts(article, STR("第")) || str_find(article, STR("条")) == SIZE_MAX)
        return err_at(c->err, str_c(field), "Write the law and the article, such as 《护照法》第五条",
                      STR_EMPTY);
    *out = json_object(c->arena);
    json_set_str(c->arena, *out, "law", law);
    json_set_str(c->arena, *out, "article", article);
    return true;
}

static void read_limit(struct edit_reading *r, const char *key, const char *value_id, const char *unit_id,
                       const char *basis_id)
{
    struct ctx *c = r->c;
    struct json *limit = NULL, *basis = NULL;
    if (in_has(c, value_id)) {
        limit = json_object(c->arena);
        json_set_i64(c->arena, limit, "value", in_i64(c, value_id, 0));
        json_set_str(c->arena, limit, "unit",
                     in_text(c, unit_id).len ? in_text(c, unit_id) : STR("working_day"));
        if (basis_id && in_text(c, basis_id).len &&
            edit_read_basis(c, in_text(c, basis_id), basis_id, &basis))
            json_set(limit, "basis", basis);
    }
    edit_keep(r, key, limit);
}

/* A promise that comes with the form stays there until someone says otherwise. */
static bool promise_changed(struct ctx *c, struct limit now)
{
    struct str unit = in_text(c, "promised_unit");
    static const char *const units[] = {[LIMIT_WORKDAYS] = "working_day",
                                        [LIMIT_DAYS] = "day",
                                        [LIMIT_HOURS] = "hour",
                                        [LIMIT_MONTHS] = "month",
                                        [LIMIT_YEARS] = "year"};
    if (!in_has(c, "promised_value") || now.unit == LIMIT_NONE)
        return in_has(c, "promised_value") != (now.unit != LIMIT_NONE);
    return in_i64(c, "promised_value", -1) != now.count || (unit.len && !str_eq_c(unit, units[now.unit]));
}

static void read_bases(struct edit_reading *r)
{
    struct str rest = in_text(r->c, "basis"), line;
    struct json *list = json_array(r->c->arena), *one;
    while (rest.len && list->count < BASIS_MAX) {
        rest = str_cut(rest, '\n', &line);
        line = str_trim(line);
        if (line.len && edit_read_basis(r->c, line, "basis", &one)) json_add(list, one);
    }
    edit_keep(r, "basis", list);
}

struct json *edit_known(struct arena *a, const struct json *array, const char *member, struct str text)
{
    JSON_EACH(m, array)
    {
        if (str_eq(json_text_of(m, member), text)) return json_copy(a, m);
    }
    struct json *fresh = json_object(a);
    json_set_str(a, fresh, member, text);
    return fresh;
}

static void read_conditions(struct edit_reading *r)
{
    struct str rest = in_text(r->c, "conditions"), line;
    struct json *list = json_array(r->c->arena);
    while (rest.len && list->count < CONDITIONS_MAX) {
        rest = str_cut(rest, '\n', &line);
        line = str_trim(line);
        if (line.len)
            json_add(list, edit_known(r->c->arena, json_get(r->before, "conditions"), "text", line));
    }
    edit_keep(r, "conditions", list);
}

static void read_questions(struct edit_reading *r)
{
    struct arena *a = r->c->arena;
    struct json *list = json_array(a);
    for (int n = 1; n <= QUESTIONS; n++) {
        struct str q = in_text(r->c, numbered(r->c, "q", n, "")),
                   answer = in_text(r->c, numbered(r->c, "a", n, ""));
        if (!q.len && !answer.len) continue;
        if (!q.len || !answer.len) {
            err_at(r->c->err, str_c(numbered(r->c, q.len ? "a%d" : "q", n, "")),
                   "A question and its answer belong together.", STR_EMPTY);
            continue;
        }
        struct json *o = edit_known(a, json_get(r->before, "questions"), "q", q);
        if (!str_eq(json_text_of(o, "a"), answer)) {
            struct json *fresh = json_object(a);
            json_set_str(a, fresh, "q", q);
            json_set_str(a, fresh, "a", answer);
            o = fresh;
        }
        json_add(list, o);
    }
    edit_keep(r, "questions", list);
}

static void keep_text(struct edit_reading *r, const char *key, struct str text)
{
    edit_keep(r, key, text.len ? json_string(r->c->arena, text) : NULL);
}

/* A form and a process that there are, be it as drafts. */
static bool read_built(struct edit_reading *r)
{
    struct ctx *c = r->c;
    struct str form = in_text(c, "own_form"), process = in_text(c, "own_process");
    struct form_name *forms;
    struct process_name *processes;
    size_t count;
    bool found = !form.len;
    if (!forms_list(c, &forms, &count)) return false;
    for (size_t k = 0; k < count; k++)
        found = found || str_eq(forms[k].code, form);
    if (!found) err_at(c->err, STR("own_form"), "Please choose one of the options.", STR_EMPTY);
    found = !process.len;
    if (!process_list(c, &processes, &count)) return false;
    for (size_t k = 0; k < count; k++)
        found = found || str_eq(processes[k].code, process);
    if (!found) err_at(c->err, STR("own_process"), "Please choose one of the options.", STR_EMPTY);
    keep_text(r, "own_form", form);
    keep_text(r, "own_process", process);
    return true;
}

bool edit_read(struct ctx *c, const struct item *i, struct version_row *row)
{
    const struct json *base,
        *own = row->doc.len > 2 ? json_parse(c->arena, row->doc, JSON_STRICT, c->err) : NULL;
    if (!catalogue_text(c, row->base_hash, &base)) return false;
    struct edit_reading r = {c, i->doc, base, own ? json_copy(c->arena, own) : json_object(c->arena)};
    const struct json *service = i->form_person ? i->form_person : i->form_organisation;
    bool on_the_spot = str_eq_c(in_text(c, "kind"), "on_the_spot");
    row->name = in_text(c, "name");
    keep_text(&r, "en", in_text(c, "en"));
    keep_text(&r, "summary", in_text(c, "summary"));
    keep_text(&r, "state", str_eq_c(in_text(c, "state"), "active") ? STR_EMPTY : in_text(c, "state"));
    edit_keep(&r, "on_the_spot",
              on_the_spot == str_eq_c(json_text(json_path(service, "flow.kind")), "on_the_spot")
                  ? NULL
                  : json_boolean(c->arena, on_the_spot));
    read_limit(&r, "statutory_limit", "statutory_value", "statutory_unit", "statutory_basis");
    if (promise_changed(c, i->promised))
        read_limit(&r, "promised_limit", "promised_value", "promised_unit", NULL);
    if (!read_built(&r)) return false;
    read_bases(&r);
    read_conditions(&r);
    manner_read(&r);
    if (!item_own_service(i)) materials_read(&r);
    read_questions(&r);
    row->doc = json_to_str(c->arena, r.own);
    return c->err->kind == ERR_NONE;
}
