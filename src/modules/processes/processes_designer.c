/* Writing a process: beginning one, its draft with the designer, saving, checking. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

static void option(struct ctx *c, struct json *field, const char *value, const char *label)
{
    ctx_option(c, field, str_c(value), ctx_tr(c, label));
}

static struct json *put_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                              const char *type, struct str value, const char *hint)
{
    struct json *f = ctx_field(c, fields, name, label, type, value);
    if (hint) json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    return f;
}

static void require(struct ctx *c, struct json *field)
{
    json_set_bool(c->arena, field, "required", true);
}

static void file_field(struct ctx *c, struct json *fields, const char *label, const char *hint)
{
    struct json *f = put_field(c, fields, "file", label, "file", STR_EMPTY, hint);
    json_set_c(c->arena, f, "accept", ".bpmn,.xml");
    json_set_i64(c->arena, f, "max_mb", 1);
}

/* What was wrong with the file that came back with the form. */
static bool add_file_faults(struct ctx *c, struct json *doc)
{
    const struct upload *file = c->failed ? ctx_upload(c, STR("file")) : NULL;
    struct process_report report;
    json_set_array(c->arena, doc, "faults");
    if (file && utf8_valid(file->content)) {
        if (!process_check(c, file->content, &report)) return false;
        json_set(doc, "faults", report.faults);
    }
    json_set_bool(c->arena, doc, "has_faults", json_get(doc, "faults")->count > 0);
    return true;
}

static bool is_document(struct str xml)
{
    return xml.len && xml.len <= XML_MAX && utf8_valid(xml) && !memchr(xml.ptr, '\0', xml.len);
}

static bool read_day(struct ctx *c, int32_t *day)
{
    return date_parse(in_text(c, "from"), day) ||
           err_at(c->err, STR("from"), "Please enter a real date.", STR_EMPTY);
}

/* A file from elsewhere has to be sound; what is being drawn here may be unfinished. */
static bool read_file(struct ctx *c, struct process_report *report, struct str *xml)
{
    const struct upload *file = ctx_upload(c, STR("file"));
    if (!file || !is_document(file->content))
        return err_at(c->err, STR("file"), "This is no readable BPMN document.", STR_EMPTY);
    *xml = file->content;
    if (!process_check(c, *xml, report)) return false;
    return report->course || err_at(c->err, STR("file"), "This process cannot be used: %{arg}",
                                    json_text_of(json_at(report->faults, 0), "text"));
}

static void add_departments(struct ctx *c, struct json *field)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = str_eq(units[k]->kind, units[i]->kind);
        if (!seen)
            ctx_option(c, field, units[i]->kind,
                       c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
    }
}

static const struct unit *department_of(struct ctx *c, struct str kind)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count; i++)
        if (str_eq(units[i]->kind, kind)) return units[i];
    return NULL;
}

/* ---- beginning ---- */

/* What a template looks like before anybody has named anything. */
static bool add_example(struct ctx *c, struct json *list, const char *word, const char *label)
{
    const struct process_beginning b = {
        .template = str_c(word), .code = STR("example"), .name = STR("example"), .en = STR_EMPTY};
    struct bpmn_sheet sheet;
    struct json *o = json_add_object(c->arena, list);
    if (!bpmn_sheet_read(c->arena, process_template(c->arena, &b), &sheet, c->err)) return false;
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set(o, "picture", process_draw(c, &sheet, NULL));
    return true;
}

static bool template_field(struct ctx *c, struct json *fields)
{
    struct json *examples = json_set_array(c->arena, ctx_doc(c), "examples");
    static const struct {
        const char *word, *label, *note;
    } rows[] = {
        {"one", "One review", "Acceptance, review, decision."},
        {"series", "Two departments, one after the other",
         "After the review another department is asked for its opinion; then it is decided."},
        {"parallel", "Two departments at the same time",
         "Review and the other department's opinion run side by side; both are there before the decision."},
        {"countersign", "Countersigning", "After the review three people sign; then it is decided."},
    };
    struct json *f = ctx_field(c, fields, "template", "What it begins with", "radios", STR("one"));
    require(c, f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        option(c, f, rows[i].word, rows[i].label);
        const struct json *all = json_get(f, "options");
        json_set_str(c->arena, (struct json *)json_at(all, all->count - 1), "note", ctx_tr(c, rows[i].note));
        if (!add_example(c, examples, rows[i].word, rows[i].label)) return false;
    }
    return true;
}

bool processes_new_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct versions_row *rows;
    size_t count;
    if (!versions_last(c, &process_versions, &rows, &count)) return false;
    require(c, put_field(c, fields, "name", "Name of the process", "text", STR_EMPTY, NULL));
    put_field(c, fields, "en", "English name", "text", STR_EMPTY, NULL);
    put_field(c, fields, "code", "Code", "text", STR_EMPTY,
              "Small letters, digits and hyphens. Empty: we make one.");
    if (!template_field(c, fields)) return false;
    f = put_field(c, fields, "department", "The other department", "select", STR_EMPTY,
                  "Where two departments take part.");
    option(c, f, "", "None");
    add_departments(c, f);
    require(c, ctx_field(c, fields, "from", "In force from", "date", date_format(c->arena, date_of(c->now))));
    fields = json_set_array(c->arena, doc, "other_fields");
    f = put_field(c, fields, "copy", "A copy of another process", "select", STR_EMPTY, NULL);
    option(c, f, "", "None");
    for (size_t i = 0; i < count; i++)
        if (process_in_force(c, rows[i].code, date_of(c->now)))
            ctx_option(c, f, rows[i].code, process_name_of(c, &rows[i]));
    file_field(c, fields, "BPMN file", "Its process brings name and code along.");
    return add_file_faults(c, doc);
}

static bool is_code(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9' && i > 0) || (ch == '-' && i > 0)))
            return false;
    }
    return s.len > 0 && s.len <= 60;
}

/* Text and code of what is copied: the version in force. */
static bool copied(struct ctx *c, const struct process_beginning *b, struct str *xml)
{
    const struct process_version *v = process_in_force(c, in_text(c, "copy"), date_of(c->now));
    struct versions_row *rows;
    size_t count;
    if (!v) return err_at(c->err, STR("copy"), "Please choose one of the options.", STR_EMPTY);
    if (!versions_of(c, &process_versions, v->process, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].version == v->version) *xml = process_renamed(c->arena, rows[i].text, v->code, b);
    return true;
}

static bool begun(struct ctx *c, struct versions_row *row)
{
    struct process_beginning b = {.template = in_text(c, "template"),
                                  .code = in_text(c, "code"),
                                  .name = in_text(c, "name"),
                                  .en = in_text(c, "en"),
                                  .other = department_of(c, in_text(c, "department"))};
    struct process_report report;
    if (!b.code.len) b.code = str_fmt(c->arena, "p-%llx", (unsigned long long)row->id);
    if (!b.name.len) err_at(c->err, STR("name"), "Please fill in this field.", STR_EMPTY);
    if (!is_code(b.code))
        err_at(c->err, STR("code"), "Small letters, digits and hyphens, beginning with a letter.", STR_EMPTY);
    if (in_text(c, "department").len && !b.other)
        err_at(c->err, STR("department"), "Please choose one of the options.", STR_EMPTY);
    if ((str_eq_c(b.template, "series") || str_eq_c(b.template, "parallel")) && !in_text(c, "copy").len &&
        !b.other && !in_text(c, "department").len)
        err_at(c->err, STR("department"), "Please choose the department that is asked.", STR_EMPTY);
    if (c->err->kind != ERR_NONE) return false;
    if (in_text(c, "copy").len) {
        if (!copied(c, &b, &row->text)) return false;
    } else
        row->text = process_template(c->arena, &b);
    if (!process_check(c, row->text, &report)) return false;
    if (!report.readable || !str_eq(report.code, b.code))
        return err_at(c->err, STR("copy"), "This process cannot be used: %{arg}",
                      json_text_of(json_at(report.faults, 0), "text"));
    row->code = b.code;
    row->name = b.name;
    row->en = b.en;
    return true;
}

static bool brought(struct ctx *c, struct versions_row *row)
{
    struct process_report report;
    if (!read_file(c, &report, &row->text)) return false;
    if (!is_code(report.code))
        return err_at(c->err, STR("file"),
                      "The id of the process is its code: small letters, digits and hyphens.", STR_EMPTY);
    row->code = report.code;
    row->name = report.name;
    row->en = report.en;
    return true;
}

bool processes_create(struct ctx *c)
{
    struct versions_row row = {.id = ctx_id(c)};
    bool file = ctx_upload(c, STR("file")) != NULL;
    int64_t taken;
    if (!read_day(c, &row.from) || !(file ? brought(c, &row) : begun(c, &row)) ||
        !versions_by_code(c, &process_versions, row.code, &taken))
        return false;
    if (taken)
        return err_at(c->err, file ? STR("file") : STR("code"),
                      "There is a process %{arg} already. Upload the file on its page.", row.code);
    if (!versions_add_model(c, &process_versions, &row) || !versions_save(c, &process_versions, &row, false))
        return false;
    ctx_notice(c, "The draft is saved. No case runs under it before another person has published it.");
    return ctx_redirect(c, "/office/processes/%lld/edit", (long long)row.id);
}

/* ---- the panel of the designer: what may be chosen ---- */

static void add_words(struct ctx *c, struct json *field, const char *(*name)(int), const char *const *words,
                      int count)
{
    for (int i = 0; i < count; i++)
        if (words[i]) option(c, field, name(i), words[i]);
}

static const char *role_name(int role)
{
    return course_role_name((enum course_role)role);
}

static const char *act_name(int act)
{
    return course_act_name((enum course_act)act);
}

static struct str both(const struct ctx *c, struct str name, struct str en, struct str code)
{
    struct str word = c->lang == &lang_en && en.len ? en : name;
    return str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(word), STR_ARG(code));
}

static bool add_forms(struct ctx *c, struct json *field)
{
    struct form_name *forms;
    size_t count;
    if (!forms_list(c, &forms, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (forms[i].published)
            ctx_option(c, field, forms[i].code, both(c, forms[i].name, forms[i].en, forms[i].code));
    return true;
}

/* In force today, those that are only called before the others. */
static void add_callable(struct ctx *c, struct json *field)
{
    const struct snapshot *s = processes_snapshot(c);
    for (int part = 1; part >= 0; part--)
        for (size_t i = 0; s && i < s->count; i++) {
            const struct process_version *v = &s->versions[i];
            if (course_is_part(v->course) == (part != 0) &&
                process_in_force(c, v->code, date_of(c->now)) == v)
                ctx_option(c, field, v->code, both(c, v->name, v->en, v->code));
        }
}

static void add_tool(struct ctx *c, struct json *list, const char *value, const char *label)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
}

/* What can be put behind an element or at its edge; without the mouse as well. The words before the colon say
 * where it stands. */
static void tool_fields(struct ctx *c, struct json *panel)
{
    static const struct {
        const char *word, *label;
    } behind[] = {{"behind:step", "A step of several people"},
                  {"behind:service", "A service of a department's system"},
                  {"behind:part", "A part with steps of its own"},
                  {"behind:split", "Ways at the same time"},
                  {"behind:choice", "A choice of one way"},
                  {"behind:timer", "Wait for a time"},
                  {"behind:catch", "Wait for a signal"},
                  {"behind:throw", "Send a signal"},
                  {"behind:raise", "Raise an escalation"},
                  {"behind:end", "An end"}},
      edge[] = {{"edge:timer", "A time limit"},
                {"edge:error", "When an error is reported"},
                {"edge:escalation", "When an escalation is raised"},
                {"edge:signal", "When a signal comes"}};
    struct json *list = json_set_array(c->arena, panel, "behind");
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++)
        add_tool(c, list, behind[i].word, behind[i].label);
    list = json_set_array(c->arena, panel, "at_edge");
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
        add_tool(c, list, edge[i].word, edge[i].label);
}

/* Fields have no name in the form: only the document is sent. */
static bool panel_fields(struct ctx *c, struct json *doc)
{
    static const char *const own[COURSE_ROLE_COUNT] = {[COURSE_APPLICANT] = "Applicant",
                                                       [COURSE_DESK] = "Service desk",
                                                       [COURSE_REVIEWER] = "Reviewer",
                                                       [COURSE_DECIDER] = "Decider"};
    struct json *panel = json_set_object(c->arena, doc, "panel"), *f, *list;
    tool_fields(c, panel);
    list = json_set_array(c->arena, panel, "words");
    put_field(c, list, "p-name", "Name of the element", "text", STR_EMPTY, NULL);
    put_field(c, list, "p-en", "English name", "text", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "step");
    f = put_field(c, list, "p-role", "Who does it", "select", STR_EMPTY, NULL);
    option(c, f, "", "Please choose");
    add_words(c, f, role_name, own, COURSE_ROLE_COUNT);
    f = put_field(c, list, "p-department", "Of which department", "select", STR_EMPTY, NULL);
    option(c, f, "", "The department that owns the service");
    add_departments(c, f);
    f = put_field(c, list, "p-limit", "Working days for this step", "number", STR_EMPTY,
                  "Empty: those of the rules of supervision; none for an opinion.");
    json_set_c(c->arena, f, "width", "5");
    f = ctx_field(c, list, "p-acts", "What may be done", "checkboxes", STR_EMPTY);
    add_words(c, f, act_name, process_act_words, COURSE_ACT_COUNT);
    f = put_field(c, list, "p-form", "Form that is filled in here", "select", STR_EMPTY,
                  "Conditions read it as steps.STEP.FIELD. The applicant's steps need one.");
    option(c, f, "", "None");
    if (!add_forms(c, f)) return false;
    put_field(c, list, "p-whole", "Not finished while a document is owed", "checkbox", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "several");
    f = put_field(c, list, "p-signers", "How many people sign", "number", STR_EMPTY, NULL);
    json_set_c(c->arena, f, "width", "5");
    f = put_field(c, list, "p-enough", "It is enough when", "select", STR_EMPTY, NULL);
    option(c, f, "all", "all have signed");
    option(c, f, "one", "one has signed");
    option(c, f, "some", "as many have signed as stand below");
    option(c, f, "own", "a condition of one's own holds");
    f = put_field(c, list, "p-count", "How many signatures are enough", "number", STR_EMPTY, NULL);
    json_set_c(c->arena, f, "width", "5");
    put_field(c, list, "p-completion", "Condition (FEEL)", "text", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "rule");
    f = put_field(c, list, "p-decision", "Which decision answers", "select", STR_EMPTY,
                  "The service names the model that may grant; any other one leads the case on its way.");
    option(c, f, "", "Please choose");
    option(c, f, "answer", "The decision model of the service");
    if (process_decisions_of(c)) process_decisions_of(c)->options(c, f);
    put_field(
        c, list, "p-variable", "Variable that takes the result", "text", STR_EMPTY,
        "Conditions read it by this name: level >= 2, or level.fee where the model gives several values. "
        "Not for the model of the service.");
    list = json_set_array(c->arena, panel, "service");
    put_field(c, list, "p-topic", "Topic", "text", STR_EMPTY,
              "Under this name the system of a department fetches the task and answers it.");
    put_field(c, list, "p-gives", "What it is given", "text", STR_EMPTY,
              "Names with spaces between: answers.FIELD, situation.QUESTION, applicant.name, case_no.");
    list = json_set_array(c->arena, panel, "call");
    f = put_field(c, list, "p-called", "Which process it calls", "select", STR_EMPTY,
                  "It runs inside the case. Without a row below it is given a copy of everything, and gives "
                  "nothing back.");
    option(c, f, "", "Please choose");
    add_callable(c, f);
    f = put_field(c, list, "p-version", "Version of it", "number", STR_EMPTY,
                  "Empty: the one in force when it is called.");
    json_set_c(c->arena, f, "width", "5");
    list = json_set_array(c->arena, panel, "process");
    put_field(c, list, "p-part", "Only called by other processes: receives and decides nothing", "checkbox",
              STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "message");
    f = put_field(c, list, "p-to", "To whom the message goes", "select", STR_EMPTY, NULL);
    option(c, f, "", "Applicant");
    option(c, f, "case", "Another case of the applicant");
    put_field(c, list, "p-case", "Where its number stands", "text", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "end");
    f = put_field(c, list, "p-result", "How the case is decided here", "select", STR_EMPTY, NULL);
    option(c, f, "", "Please choose");
    option(c, f, "granted", "Granted");
    option(c, f, "refused", "Refused");
    list = json_set_array(c->arena, panel, "timer");
    f = put_field(c, list, "p-clock", "When it rings", "select", STR_EMPTY, NULL);
    option(c, f, "after", "After a time");
    option(c, f, "date", "On a day");
    option(c, f, "again", "Again and again");
    option(c, f, "own", "As an expression says");
    f = put_field(c, list, "p-wait", "How much time", "number", STR_EMPTY, NULL);
    json_set_c(c->arena, f, "width", "5");
    f = put_field(c, list, "p-unit", "Unit of time", "select", STR_EMPTY, NULL);
    option(c, f, "D", "Days of 24 hours");
    option(c, f, "H", "Hours");
    option(c, f, "M", "Minutes");
    put_field(c, list, "p-working", "Count working days", "checkbox", STR_EMPTY, NULL);
    f = put_field(c, list, "p-times", "How many times", "number", STR_EMPTY,
                  "Empty: without end. It rings again only where it does not end the step it stands at.");
    json_set_c(c->arena, f, "width", "5");
    put_field(c, list, "p-date", "Day and hour", "datetime-local", STR_EMPTY, NULL);
    put_field(c, list, "p-time", "Expression (FEEL), or a time in ISO 8601", "text", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "signal");
    put_field(
        c, list, "p-signal", "Name of the signal", "text", STR_EMPTY,
        "Whatever waits for a signal of this name goes on when it is sent, in this case and in others.");
    f = put_field(c, list, "p-heard", "Who hears it", "select", STR_EMPTY,
                  "Other cases learn that it was sent, and nothing else.");
    option(c, f, "", "Every case that waits for it");
    option(c, f, "own", "Only the case that sends it");
    list = json_set_array(c->arena, panel, "error");
    put_field(c, list, "p-error", "Code of the error", "text", STR_EMPTY,
              "Systems report it under this code. Empty, at an edge: any error.");
    list = json_set_array(c->arena, panel, "escalation");
    put_field(c, list, "p-escalation", "Code of the escalation", "text", STR_EMPTY,
              "It leaves the part in which it is raised and is heard at its edge. Empty, at an edge: any.");
    list = json_set_array(c->arena, panel, "named");
    put_field(c, list, "p-message", "Name of the message", "text", STR_EMPTY,
              "Systems and other cases send it under this name.");
    list = json_set_array(c->arena, panel, "edge");
    put_field(c, list, "p-stops", "It ends the step it stands at", "checkbox", STR_EMPTY, NULL);
    list = json_set_array(c->arena, panel, "flow");
    f = put_field(c, list, "p-when", "When it goes this way", "select", STR_EMPTY, NULL);
    option(c, f, "always", "Always");
    option(c, f, "default", "Otherwise");
    for (int i = 0; i < COURSE_ACT_COUNT; i++)
        if (process_act_words[i] && i != COURSE_CORRECT && i != COURSE_REJECT && i != COURSE_SEND_BACK &&
            i != COURSE_SPECIAL && i != COURSE_EXTEND && i != COURSE_OPINION)
            ctx_option(
                c, f, str_fmt(c->arena, "act:%s", act_name(i)),
                tr_arg(c->lang, c->arena, "When the answer was: %{arg}", ctx_tr(c, process_act_words[i])));
    option(c, f, "act:person", "When the rule leaves it to a person");
    option(c, f, "organisation", "When an organisation applies");
    option(c, f, "person", "When a person applies");
    option(c, f, "own", "When a condition of one's own holds");
    put_field(c, list, "p-condition", "Condition (FEEL)", "text", STR_EMPTY,
              "It may read outcome, opinions, answers, situation and organisation.");
    return true;
}

/* ---- the draft ---- */

static void model_fields(struct ctx *c, struct json *doc, const struct versions_row *row)
{
    struct json *fields = json_set_array(c->arena, doc, "model_fields");
    put_field(c, fields, "xml", "The model (BPMN)", "textarea", row->text, NULL);
    file_field(c, fields, "A BPMN file in place of what is above", NULL);
    fields = json_set_array(c->arena, doc, "fields");
    require(c, ctx_field(c, fields, "from", "In force from", "date",
                         date_format(c->arena, row->from ? row->from : date_of(c->now))));
}

bool processes_edit_page(struct ctx *c)
{
    struct versions_row row;
    struct process_report report;
    bool open;
    struct json *doc = ctx_doc(c);
    if (!versions_draft(c, &process_versions, c->row, &row, &open)) return false;
    const struct upload *file = c->failed ? ctx_upload(c, STR("file")) : NULL;
    struct str base = str_fmt(c->arena, "/office/processes/%lld", (long long)row.id), revision;
    revision = versions_revision(c, &row, open);
    if (!open) row.from = date_of(c->now);
    if (c->failed && in_text(c, "xml").len) row.text = in_text(c, "xml");
    if (!process_check(c, file && utf8_valid(file->content) ? file->content : row.text, &report))
        return false;
    json_set_id(c->arena, doc, "id", row.id);
    json_set_str(c->arena, doc, "code", row.code);
    json_set_str(c->arena, doc, "name", process_name_of(c, &row));
    json_set_i64(c->arena, doc, "number", row.version + !open);
    json_set_str(c->arena, doc, "status_label",
                 open ? process_status_label(c, row.status) : ctx_tr(c, "Not saved yet"));
    json_set_str(c->arena, doc, "revision", revision);
    json_set_str(c->arena, doc, "base", base);
    json_set_bool(c->arena, doc, "under_review", str_eq_c(row.status, "review"));
    json_set_bool(c->arena, doc, "editable", !str_eq_c(row.status, "review"));
    json_set_bool(c->arena, doc, "open", open);
    json_set(doc, "returned", open && row.note.len ? json_string(c->arena, row.note) : json_null(c->arena));
    json_set_bool(c->arena, doc, "sound", report.course != NULL);
    json_set(doc, "faults", report.faults);
    json_set_bool(c->arena, doc, "has_faults", report.faults->count > 0);
    json_set(doc, "picture", report.readable ? process_draw(c, &report.sheet, NULL) : json_null(c->arena));
    process_add_mappings(c, doc, &report);
    if (!panel_fields(c, doc)) return false;
    model_fields(c, doc, &row);
    return true;
}

static bool read_model(struct ctx *c, struct versions_row *row, struct process_report *report)
{
    if (ctx_upload(c, STR("file"))) return read_file(c, report, &row->text);
    if (!is_document(in_text(c, "xml")))
        return err_at(c->err, STR("xml"), "This is no readable BPMN document.", STR_EMPTY);
    row->text = in_text(c, "xml");
    if (!process_check(c, row->text, report)) return false;
    struct str before = row->text;
    if (report->readable && (!process_read_mappings(c, &report->sheet, &row->text) ||
                             (row->text.ptr != before.ptr && !process_check(c, row->text, report))))
        return false;
    return report->readable || err_at(c->err, STR("xml"), "This process cannot be used: %{arg}",
                                      json_text_of(json_at(report->faults, 0), "text"));
}

/* True when there is nothing new to save: the button of another page sends what was saved. */
static bool only_sends(struct ctx *c)
{
    return str_eq_c(in_text(c, "go"), "review") && !in_has(c, "xml") && !ctx_upload(c, STR("file"));
}

static bool save_draft(struct ctx *c, struct versions_row *row, bool open, bool *sound)
{
    struct process_report report;
    struct str revision = in_text(c, "revision");
    if (revision.len && !str_eq(revision, versions_revision(c, row, open)))
        return err_conflict(c->err, "process.changed",
                            "Someone else changed this in the meantime. Look at it again before you save.");
    bool day = read_day(c, &row->from), model = read_model(c, row, &report);
    if (!day || !model) return false;
    if (!str_eq(report.code, row->code))
        return err_at(c->err, ctx_upload(c, STR("file")) ? STR("file") : STR("xml"),
                      "The process in this file is another one: %{arg}.", report.code);
    row->name = report.name;
    row->en = report.en;
    *sound = report.course != NULL;
    return versions_save(c, &process_versions, row, open);
}

/* What has faults is kept all the same: who draws for an hour does not lose it for a missing word. */
bool processes_save(struct ctx *c)
{
    struct versions_row row;
    bool open, sound = true;
    if (!versions_draft(c, &process_versions, c->row, &row, &open)) return false;
    bool review = str_eq_c(in_text(c, "go"), "review");
    if (!only_sends(c) && !save_draft(c, &row, open, &sound)) return false;
    if (review && !sound) {
        ctx_warning(c, "The draft is saved. It cannot go to review yet: it has faults. They are listed.");
        return ctx_redirect(c, "/office/processes/%lld/edit", (long long)row.id);
    }
    if (review && !process_send_to_review(c, &row)) return false;
    ctx_notice(c, review
                      ? "Sent to review."
                      : "The draft is saved. No case runs under it before another person has published it.");
    const char *to = review ? "" : str_eq_c(in_text(c, "go"), "try") ? "/try" : "/edit";
    return ctx_redirect(c, "/office/processes/%lld%s", (long long)row.id, to);
}

/* ---- checking what is not saved ---- */

bool processes_check_now(struct ctx *c)
{
    struct process_report report;
    struct json *doc = ctx_doc(c);
    struct str xml = in_text(c, "xml");
    if (!is_document(xml)) return err_at(c->err, STR("xml"), "This is no readable BPMN document.", STR_EMPTY);
    if (!process_check(c, xml, &report)) return false;
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/processes/%lld", (long long)c->row));
    json_set_str(c->arena, doc, "name", report.name);
    json_set_bool(c->arena, doc, "sound", report.course != NULL);
    json_set(doc, "faults", report.faults);
    json_set_bool(c->arena, doc, "has_faults", report.faults->count > 0);
    json_set(doc, "picture",
             c->html && report.readable ? process_draw(c, &report.sheet, NULL) : json_null(c->arena));
    return true;
}

const struct field processes_new_fields[] = {
    {"template", FIELD_CHOICE, "What it begins with", .choices = PROCESS_TEMPLATES},
    {"name", FIELD_LINE, "Name of the process", .max = 60},
    {"en", FIELD_LINE, "English name", .max = 100},
    {"code", FIELD_LINE, "Code", .max = 60},
    {"department", FIELD_LINE, "The other department", .max = 60},
    {"copy", FIELD_LINE, "A copy of another process", .max = 60},
    {"file", FIELD_FILE, "BPMN file", .max = XML_MAX},
    {"from", FIELD_DATE, .label = "In force from"},
    {0},
};
const struct field processes_save_fields[] = {
    {"revision", FIELD_LINE, .label = "Revision"},
    {"go", FIELD_CHOICE, "What to do", .choices = "save|try|review"},
    {"xml", FIELD_TEXT, "The model (BPMN)", .max = XML_MAX},
    {"file", FIELD_FILE, "BPMN file", .max = XML_MAX},
    {"from", FIELD_DATE, .label = "In force from"},
    {0},
};
const struct field processes_check_fields[] = {
    {"xml", FIELD_TEXT, "The model (BPMN)", true, .max = XML_MAX},
    {0},
};
