/* Pages of the rules: the list, adding one or a copy of one, ending one. */
#include "core/base/buf.h"
#include "core/http/server.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_rules.h"

#define KINDS                                                                                                \
    "case_soon|case_over|step_soon|step_over|step_order|step_missing|fee|asked_twice|unlisted|unaccepted|"   \
    "desk|one_person|opinion_soon|opinion_over|event_soon|event_over|owed_soon|owed_over|promise_soon|"      \
    "promise_over|stuck|incident|halted"

const struct field supervision_rules_fields[] = {
    {"s", FIELD_CHOICE, "Those that hold, or those that have ended", .choices = "now|ended"},
    {"kind", FIELD_CHOICE, "Kind", .choices = KINDS},
    {"after", FIELD_LINE, "The last rule before", .max = 40},
    {0},
};
const struct field supervision_rule_fields[] = {
    {"rule", FIELD_LINE, "Rule", .required = true, .max = 40},
    {"level", FIELD_CHOICE, "Level", .required = true, .choices = "warning|yellow|red"},
    {"threshold", FIELD_INT, "Working days before or after", .max = 60},
    {"limit", FIELD_INT, "Working days for a step", .max = 365},
    {"told", FIELD_LIST, "Who is told", .max = 6,
     .choices = "handler|leader|steward|supervisor|operator|applicant"},
    {"active", FIELD_BOOL, .label = "In force"},
    {"reason", FIELD_TEXT, "Reason", .required = true, .min = 2, .max = WORDS_MAX},
    {0},
};
const struct field supervision_rule_new_fields[] = {
    {"copy", FIELD_LINE, "A copy of this rule", .max = 40},
    {0},
};
const struct field supervision_rule_add_fields[] = {
    {"copy", FIELD_LINE, "A copy of this rule", .max = 40},
    {"kind", FIELD_CHOICE, "What it looks at", true, .choices = KINDS},
    {"place", FIELD_CHOICE, "Of which steps", .choices = "any|desk|office"},
    {"level", FIELD_CHOICE, "Level", true, .choices = "warning|yellow|red"},
    {"threshold", FIELD_INT, "Working days before or after", .max = 60},
    {"limit", FIELD_INT, "Working days for a step", .max = 365},
    {"told", FIELD_LIST, "Who is told", .max = 6,
     .choices = "handler|leader|steward|supervisor|operator|applicant"},
    {"scope", FIELD_CHOICE, "Where it holds", true, .choices = "everywhere|division|type|unit|item"},
    {"division", FIELD_LINE, "Division", .max = 12},
    {"type", FIELD_LINE, "Type of item", .max = 4},
    {"unit", FIELD_LINE, "Department", .max = 20},
    {"item", FIELD_LINE, "Item of the catalogue", .max = 40},
    {"name", FIELD_LINE, "Name of the rule", .max = 60},
    {"reason", FIELD_TEXT, "Reason", true, .min = 2, .max = WORDS_MAX},
    {0},
};
const struct field supervision_rule_end_fields[] = {
    {"rule", FIELD_LINE, "Rule", .required = true, .max = 40},
    {"reason", FIELD_TEXT, "Reason", .required = true, .min = 2, .max = WORDS_MAX},
    {0},
};

static const char *const told_words[][2] = {
    {"handler", "Who handles it"},        {"leader", "Who decides"},
    {"supervisor", "Supervisors"},        {"steward", "Data stewards of the system's department"},
    {"operator", "Who runs the program"}, {"applicant", "Applicant"}};
enum { TOLD = sizeof told_words / sizeof told_words[0] };

static bool is_of_steps(enum supervise_kind kind)
{
    return kind == SUPERVISE_STEP_SOON || kind == SUPERVISE_STEP_OVER;
}

/* What is owed is the applicant's to bring, a system its stewards' to mend, a job for who runs the program;
 * others see what concerns cases. */
static bool may_tell(enum supervise_kind kind, const char *who)
{
    if (strcmp(who, "applicant") == 0) return kind == SUPERVISE_OWED_SOON || kind == SUPERVISE_OWED_OVER;
    if (strcmp(who, "steward") == 0) return kind == SUPERVISE_INCIDENT;
    return strcmp(who, "operator") != 0 || kind == SUPERVISE_HALTED;
}

static bool is_told(struct str told, const char *who)
{
    struct str one;
    while (told.len) {
        told = str_cut(told, '|', &one);
        if (str_eq_c(one, who)) return true;
    }
    return false;
}

/* ---- the list ---- */

static void add_choice(struct ctx *c, struct json *list, const char *value, const char *label, bool checked)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_bool(c->arena, o, "checked", checked);
}

static const char *place_words(enum supervise_role place)
{
    return place == SUPERVISE_ACCEPTING ? "The step that accepts"
           : place == SUPERVISE_OTHERS  ? "Other steps"
                                        : "";
}

static bool add_rule(struct ctx *c, struct json *list, const struct rule_row *r)
{
    struct json *o = json_add_object(c->arena, list), *levels, *who;
    struct str by = STR_EMPTY, scope = supervision_scope_words(c, r->scope);
    if (r->account && !supervision_officer(c, r->account, &by)) return false;
    json_set_str(c->arena, o, "id", r->rule.id);
    json_set_str(c->arena, o, "kind",
                 ctx_tr(c, supervision_kind_msgid(str_c(supervise_kind_name(r->rule.kind)))));
    json_set_str(c->arena, o, "where", ctx_tr(c, place_words(r->rule.role)));
    json_set(o, "scope", scope.len ? json_string(c->arena, scope) : json_null(c->arena));
    json_set(o, "name", r->name.len ? json_string(c->arena, r->name) : json_null(c->arena));
    json_set(o, "reason", r->reason.len ? json_string(c->arena, r->reason) : json_null(c->arena));
    json_set(o, "by", by.len ? json_string(c->arena, by) : json_null(c->arena));
    json_set(o, "ended",
             r->ended ? json_string(c->arena, supervision_moment(c, r->ended)) : json_null(c->arena));
    supervision_level(c, o, (int)r->rule.level);
    json_set_i64(c->arena, o, "version", r->rule.version);
    json_set_bool(c->arena, o, "active", r->active);
    json_set_str(c->arena, o, "copy_href",
                 str_fmt(c->arena, "/office/supervision/rules/new?copy=%.*s", STR_ARG(r->rule.id)));
    bool may = ctx_may(c, "supervision.rules"),
         form = may && !r->ended && supervision_scope_within(c, r->scope);
    json_set_bool(c->arena, o, "form", form);
    json_set_bool(c->arena, o, "copy_only", may && !r->ended && !form);
    json_set_bool(c->arena, o, "timed", supervise_kind_timed(r->rule.kind));
    json_set_bool(c->arena, o, "limited", is_of_steps(r->rule.kind));
    json_set_str(c->arena, o, "threshold", str_fmt(c->arena, "%d", r->rule.threshold));
    json_set_str(c->arena, o, "limit", str_fmt(c->arena, "%d", r->rule.limit));
    levels = json_set_array(c->arena, o, "levels");
    for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++)
        add_choice(c, levels, supervise_level_name((enum supervise_level)l), supervision_level_msgid(l),
                   (int)r->rule.level == l);
    who = json_set_array(c->arena, o, "told");
    for (size_t i = 0; i < TOLD; i++)
        if (may_tell(r->rule.kind, told_words[i][0]))
            add_choice(c, who, told_words[i][0], told_words[i][1], is_told(r->told, told_words[i][0]));
    return true;
}

static bool is_listed(const struct rule_row *r, bool ended, enum supervise_kind kind)
{
    return (r->ended != 0) == ended && (kind == SUPERVISE_KIND_COUNT || r->rule.kind == kind);
}

bool supervision_rules_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "rules");
    const struct rule_book *b = supervision_book(c);
    bool ended = str_eq_c(in_text(c, "s"), "ended"), more = false;
    enum supervise_kind kind = supervise_kind_of(in_text(c, "kind"));
    const struct rule_row *after = c->failed ? NULL : supervision_rule_of(b, in_text(c, "after")),
                          *last = NULL;
    size_t from = after ? (size_t)(after - b->rows) + 1 : 0;
    supervision_add_tabs(c, "/office/supervision/rules");
    json_set_bool(c->arena, doc, "may_change", ctx_may(c, "supervision.rules"));
    json_set_bool(c->arena, doc, "ended_ones", ended);
    for (size_t i = from; b && i < b->count && !more; i++) {
        if (!is_listed(&b->rows[i], ended, kind)) continue;
        more = list->count == RULES_PAGE;
        if (!more && !add_rule(c, list, last = &b->rows[i])) return false;
    }
    json_set_bool(c->arena, doc, "has_rules", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (more) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        struct str word = kind < SUPERVISE_KIND_COUNT ? str_c(supervise_kind_name(kind)) : STR_EMPTY;
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?s=%s&after=%.*s%s%.*s", ended ? "ended" : "now",
                             STR_ARG(last->rule.id), word.len ? "&kind=" : "", STR_ARG(word)));
    }
    return true;
}

/* ---- changing ---- */

static bool read_told(struct ctx *c, struct rule_row *row)
{
    struct buf told = buf_new(c->arena, 32);
    JSON_EACH(who, json_get(c->in, "told"))
    {
        if (!may_tell(row->rule.kind, str_z(c->arena, who->text)))
            return err_at(c->err, STR("told"), "Please choose one of the options.", STR_EMPTY);
        if (told.len) buf_add_char(&told, '|');
        buf_add(&told, who->text);
    }
    row->told = buf_str(&told);
    return true;
}

static bool is_alone(struct ctx *c, const struct rule_row *row)
{
    const struct rule_row *like = supervision_rule_like(supervision_book(c), row);
    return !like || err_at(c->err, STR("scope"),
                           "There is a rule of this kind, level and scope already: %{arg}. Change that one.",
                           like->rule.id);
}

static bool must_be_within(struct ctx *c, const struct rule_row *row)
{
    return supervision_scope_within(c, row->scope) ||
           err_denied(c->err, "rule.area", "A rule that reaches beyond your area is not yours to change.");
}

static bool chosen(struct ctx *c, const struct rule_book *b, struct rule_row *row)
{
    const struct rule_row *r = supervision_rule_of(b, in_text(c, "rule"));
    if (!r || r->ended) return err_missing(c->err, "rule", "There is no such rule.");
    *row = *r;
    row->reason = in_text(c, "reason");
    return must_be_within(c, row);
}

static bool done(struct ctx *c, const char *notice)
{
    ctx_notice(c, notice);
    return ctx_redirect(c, "/office/supervision/rules");
}

bool supervision_rule_change(struct ctx *c)
{
    struct rule_row row;
    if (!chosen(c, supervision_book(c), &row)) return false;
    row.rule.level = supervise_level_of(in_text(c, "level"));
    row.rule.threshold = (int)in_i64(c, "threshold", row.rule.threshold);
    row.rule.limit = (int)in_i64(c, "limit", row.rule.limit);
    row.active = in_true(c, "active");
    return read_told(c, &row) && supervision_rule_save(c, &row, "supervision.rule") &&
           done(c, "The rule holds from the next look at each case.");
}

bool supervision_rule_end(struct ctx *c)
{
    struct rule_row row;
    if (!chosen(c, supervision_book(c), &row)) return false;
    row.ended = c->now;
    return supervision_rule_save(c, &row, "supervision.rule_end") &&
           done(c, "The rule has ended. It is kept for the record.");
}

/* ---- adding ---- */

static struct json *select_of(struct ctx *c, struct json *fields, const char *name, const char *label,
                              struct str value, bool required)
{
    struct json *f = ctx_field(c, fields, name, label, "select", value);
    json_set_bool(c->arena, f, "required", required);
    return f;
}

static void plain(struct ctx *c, struct json *field, const char *value, const char *label)
{
    ctx_option(c, field, str_c(value), ctx_tr(c, label));
}

static struct str number_of(struct ctx *c, const struct rule_row *copy, int number)
{
    return copy ? str_fmt(c->arena, "%d", number) : STR_EMPTY;
}

static void short_number(struct ctx *c, struct json *fields, const char *name, const char *label,
                         const char *hint, struct str value)
{
    struct json *f = ctx_field(c, fields, name, label, "text", value);
    json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "3");
}

static void what_fields(struct ctx *c, struct json *doc, const struct rule_row *copy)
{
    struct json *fields = json_set_array(c->arena, doc, "what"), *f;
    f = select_of(c, fields, "kind", "What it looks at",
                  copy ? str_c(supervise_kind_name(copy->rule.kind)) : STR_EMPTY, true);
    plain(c, f, "", "Please choose");
    for (int k = 0; k < SUPERVISE_KIND_COUNT; k++) {
        const char *word = supervise_kind_name((enum supervise_kind)k);
        plain(c, f, word, supervision_kind_msgid(str_c(word)));
    }
    f = select_of(c, fields, "place", "Of which steps",
                  copy && copy->rule.role == SUPERVISE_ACCEPTING ? STR("desk")
                  : copy && copy->rule.role == SUPERVISE_OTHERS  ? STR("office")
                                                                 : STR("any"),
                  false);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Only for rules about a step and its time."));
    plain(c, f, "any", "All");
    plain(c, f, "desk", "The step that accepts");
    plain(c, f, "office", "Other steps");
    f = select_of(c, fields, "level", "Level",
                  copy ? str_c(supervise_level_name(copy->rule.level)) : STR("warning"), true);
    for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++)
        plain(c, f, supervise_level_name((enum supervise_level)l), supervision_level_msgid(l));
    short_number(c, fields, "threshold", "Working days before or after",
                 "Before it is due, or after; hours where the limit is in hours.",
                 number_of(c, copy, copy ? copy->rule.threshold : 0));
    short_number(c, fields, "limit", "Working days for a step",
                 "Of steps that have no limit of their own; only for rules about a step and its time.",
                 number_of(c, copy, copy ? copy->rule.limit : 0));
    f = ctx_field(c, fields, "told", "Who is told", "checkboxes", copy ? copy->told : STR("handler"));
    for (size_t i = 0; i < TOLD; i++)
        plain(c, f, told_words[i][0], told_words[i][1]);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, "The applicant is told only of documents that are to follow, stewards only of tasks that "
                  "systems gave up, who runs the program only of jobs."));
}

static void types_field(struct ctx *c, struct json *fields)
{
    struct json *f = select_of(c, fields, "type", "Type of item", STR_EMPTY, false);
    plain(c, f, "", "None");
    for (int t = 1; t <= 20; t++) {
        struct str word = str_fmt(c->arena, "%02d", t), name = item_type_text(c, word);
        if (name.len) ctx_option(c, f, word, name);
    }
}

static void scope_fields(struct ctx *c, struct json *doc)
{
    struct json *fields = json_set_array(c->arena, doc, "where"), *f;
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    bool whole = supervision_whole(c);
    f = select_of(c, fields, "scope", "Where it holds", STR_EMPTY, true);
    plain(c, f, "", "Please choose");
    if (whole) plain(c, f, "everywhere", "Everywhere");
    plain(c, f, "division", "In a division and all below it");
    if (whole) plain(c, f, "type", "For a type of item");
    plain(c, f, "unit", "For a department");
    plain(c, f, "item", "For one item");
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Then fill in the one below that you chose."));
    f = ctx_field(c, fields, "division", "Division", "text", STR_EMPTY);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Its code of six digits."));
    json_set_c(c->arena, f, "inputmode", "numeric");
    if (whole) types_field(c, fields);
    f = select_of(c, fields, "unit", "Department", STR_EMPTY, false);
    plain(c, f, "", "None");
    for (size_t i = 0; i < count; i++) {
        struct str id = str_fmt(c->arena, "%lld", (long long)units[i]->id);
        if (!supervision_scope_within(c, str_cat(c->arena, STR("unit:"), id))) continue;
        ctx_option(c, f, id, c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
    }
    f = ctx_field(c, fields, "item", "Item of the catalogue", "text", STR_EMPTY);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Its code, as the catalogue has it."));
}

bool supervision_rule_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields, *f;
    const struct rule_row *copy = supervision_rule_of(supervision_book(c), in_text(c, "copy"));
    supervision_add_tabs(c, "/office/supervision/rules");
    json_set(doc, "copy", copy ? json_string(c->arena, copy->rule.id) : json_null(c->arena));
    what_fields(c, doc, copy);
    scope_fields(c, doc);
    fields = json_set_array(c->arena, doc, "why");
    f = ctx_field(c, fields, "name", "Name of the rule", "text", copy ? copy->name : STR_EMPTY);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Shown beside what it looks at."));
    f = ctx_field(c, fields, "reason", "Reason", "textarea", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Kept with the rule and in the evidence."));
    return true;
}

/* "division:7801" from what was chosen; false with an error at the field where it names nothing. */
static bool read_scope(struct ctx *c, struct rule_row *row)
{
    struct str kind = in_text(c, "scope"), text = in_text(c, str_z(c->arena, kind));
    int64_t unit;
    row->scope = STR_EMPTY;
    if (str_eq_c(kind, "everywhere")) return true;
    if (str_eq_c(kind, "division")) {
        text = supervision_division_part(text);
        struct str code = text;
        while (code.len < 6)
            code = str_cat(c->arena, code, STR("0"));
        if (!text.len || !orgs_division_name(c, code).len)
            return err_at(c->err, STR("division"), "There is no division of this code.", STR_EMPTY);
    } else if (str_eq_c(kind, "type") && (!text.len || !item_type_text(c, text).len))
        return err_at(c->err, STR("type"), "Please choose one of the options.", STR_EMPTY);
    else if (str_eq_c(kind, "unit") && (!str_to_i64(text, &unit) || !orgs_unit(c, unit)))
        return err_at(c->err, STR("unit"), "Please choose one of the options.", STR_EMPTY);
    else if (str_eq_c(kind, "item")) {
        const struct item *i = text.len ? catalogue_item(c, text) : NULL;
        if (!i) return err_at(c->err, STR("item"), "There is no item of this code.", STR_EMPTY);
        text = i->code;
    }
    row->scope = str_fmt(c->arena, "%.*s:%.*s", STR_ARG(kind), STR_ARG(text));
    return true;
}

bool supervision_rule_add(struct ctx *c)
{
    struct str place = in_text(c, "place");
    struct rule_row row = {
        .rule = {.id = str_fmt(c->arena, "r%llx", (unsigned long long)ctx_id(c)),
                 .kind = supervise_kind_of(in_text(c, "kind")),
                 .level = supervise_level_of(in_text(c, "level")),
                 .threshold = (int)in_i64(c, "threshold", 0)},
        .name = in_text(c, "name"),
        .reason = in_text(c, "reason"),
        .active = true,
    };
    if (is_of_steps(row.rule.kind)) {
        row.rule.limit = (int)in_i64(c, "limit", 0);
        row.rule.role = str_eq_c(place, "desk")     ? SUPERVISE_ACCEPTING
                        : str_eq_c(place, "office") ? SUPERVISE_OTHERS
                                                    : SUPERVISE_ANY_ROLE;
    }
    return read_told(c, &row) && read_scope(c, &row) && must_be_within(c, &row) && is_alone(c, &row) &&
           supervision_rule_save(c, &row, "supervision.rule_add") &&
           done(c, "The rule was added. It holds from the next look at each case.");
}
