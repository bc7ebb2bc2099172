/* What raises alarms: the numbers of the rules, and the persons that are watched. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/watch/watch_internal.h"

/* ---- rules ---- */

static const struct rule_words {
    const char *kind, *label, *says, *number, *span;
} rule_words[] = {
    {"bulk", "Very many people", "One operator asks about more people than the number within the minutes.",
     "People", "Within minutes"},
    {"off_hours", "Outside of working hours",
     "One operator asks at least so often on one day outside of the hours of the calendar.",
     "Calls on one day", NULL},
    {"no_case", "Without a case", "One operator asks at least so often on one day without naming a case.",
     "Calls on one day", NULL},
    {"curious", "Curious colleague",
     "One operator asks without a case about the same person at least so often within the days; staff and "
     "their "
     "households at once.",
     "Calls", "Within days"},
    {"watched", "Watched person", "Anybody asks about a person on the list.", NULL, NULL},
};

static const struct rule_words *words_of(struct str kind)
{
    for (size_t i = 0; i < sizeof rule_words / sizeof rule_words[0]; i++)
        if (str_eq_c(kind, rule_words[i].kind)) return &rule_words[i];
    return NULL;
}

bool watch_rules(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "rules");
    struct watch_rule *rows;
    size_t count;
    if (!watch_store_rules(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct rule_words *w = words_of(rows[i].kind);
        if (!w) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "kind", rows[i].kind);
        json_set_str(c->arena, o, "label", ctx_tr(c, w->label));
        json_set_str(c->arena, o, "says", ctx_tr(c, w->says));
        json_set_bool(c->arena, o, "enabled", rows[i].enabled);
        json_set_str(c->arena, o, "number", str_fmt(c->arena, "%lld", (long long)rows[i].number));
        json_set_str(c->arena, o, "span", str_fmt(c->arena, "%lld", (long long)rows[i].span));
        json_set(o, "number_label",
                 w->number ? json_string(c->arena, ctx_tr(c, w->number)) : json_null(c->arena));
        json_set(o, "span_label", w->span ? json_string(c->arena, ctx_tr(c, w->span)) : json_null(c->arena));
    }
    json_set_c(c->arena, doc, "action", "/office/exchange/alarm-rules");
    exchange_crumb(c, doc, "Alarms", "/office/exchange/alarms");
    return true;
}

bool watch_rule_save(struct ctx *c)
{
    const struct watch_rule r = {.kind = in_text(c, "kind"),
                                 .enabled = in_true(c, "enabled"),
                                 .number = in_i64(c, "number", 1),
                                 .span = in_i64(c, "span", 1)};
    struct json *detail = json_object(c->arena);
    bool known;
    if (!watch_store_set_rule(c, &r, &known)) return false;
    if (!known) return err_missing(c->err, "watch.rule", "There is no such rule.");
    json_set_str(c->arena, detail, "kind", r.kind);
    json_set_bool(c->arena, detail, "enabled", r.enabled);
    json_set_i64(c->arena, detail, "number", r.number);
    json_set_i64(c->arena, detail, "span", r.span);
    ctx_notice(c, "Recorded.");
    return evidence_add(c, "watch.rule", "watch_rule", 0, 0, detail) &&
           ctx_redirect(c, "/office/exchange/alarm-rules");
}

/* ---- persons ---- */

static const struct exchange_word person_words[] = {{"protected", "Protected: any call raises an alarm"},
                                                    {"staff", "Staff of a department"},
                                                    {"household", "Household of staff"},
                                                    {0}};

static void add_person_form(struct ctx *c, struct json *doc)
{
    struct json *fields = json_set_array(c->arena, doc, "fields"), *f;
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    f = exchange_field(c, fields, "number", "Identity number", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Only a keyed digest of it is kept."));
    exchange_select(c, fields, "kind", "Why this person is watched", person_words, STR_EMPTY, true);
    f = exchange_field(c, fields, "unit", "Department they work in", "select", STR_EMPTY, false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "None"));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   exchange_in_words(c, units[i]->name, units[i]->en));
    exchange_field(c, fields, "operator", "What systems call them as an operator", "text", STR_EMPTY, false);
    exchange_field(c, fields, "note", "What this list calls them", "text", STR_EMPTY, true);
}

bool watch_persons(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "persons");
    struct watch_person *rows;
    struct str who;
    size_t count;
    if (!person_store_list(c, in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count && i < PERSONS_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        if (!exchange_officer_name(c, rows[i].added_by, &who)) return false;
        json_set_id(c->arena, o, "id", rows[i].id);
        json_set_str(c->arena, o, "note", rows[i].note);
        json_set_str(c->arena, o, "kind", exchange_label(c, person_words, rows[i].kind));
        json_set_str(c->arena, o, "unit", exchange_unit_name(c, rows[i].unit));
        json_set_str(c->arena, o, "operator", rows[i].operator_id);
        json_set_str(c->arena, o, "added", date_format(c->arena, date_of(rows[i].at)));
        json_set_str(c->arena, o, "added_by", who);
    }
    json_set_bool(c->arena, doc, "has_persons", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > PERSONS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?before=%lld", (long long)rows[PERSONS_PAGE - 1].id));
    }
    json_set_c(c->arena, doc, "action", "/office/exchange/watched");
    add_person_form(c, doc);
    exchange_crumb(c, doc, "Alarms", "/office/exchange/alarms");
    return true;
}

bool watch_person_add(struct ctx *c)
{
    struct watch_person p = {.id = ctx_id(c),
                             .subject_index = exchange_subject_index(c, in_text(c, "number")),
                             .kind = in_text(c, "kind"),
                             .unit = in_i64(c, "unit", 0),
                             .operator_id = in_text(c, "operator"),
                             .note = in_text(c, "note")};
    struct json *detail = json_object(c->arena);
    bool fresh;
    if (!str_eq_c(p.kind, "protected") && !orgs_unit(c, p.unit)) {
        return err_at(c->err, STR("unit"), "Please choose the department.", STR_EMPTY);
    }
    if (!person_store_add(c, &p, &fresh)) return false;
    json_set_str(c->arena, detail, "kind", p.kind);
    if (fresh && str_eq_c(p.kind, "staff") && !watch_find_household(c, p.id, in_text(c, "number")))
        return false;
    ctx_notice(c, fresh ? "Recorded." : "This person is on the list already.");
    return (!fresh || evidence_add(c, "watch.person_add", "watch_person", p.id, 0, detail)) &&
           ctx_redirect(c, "/office/exchange/watched");
}

bool watch_person_drop(struct ctx *c)
{
    bool done;
    int64_t id = in_i64(c, "id", 0);
    if (!person_store_drop(c, id, &done)) return false;
    ctx_notice(c, "Recorded.");
    return (!done || evidence_add(c, "watch.person_drop", "watch_person", id, 0, NULL)) &&
           ctx_redirect(c, "/office/exchange/watched");
}

/* ---- fields ---- */

const struct field watch_rule_fields[] = {
    {"kind", FIELD_CHOICE, "Rule", .required = true, .choices = "bulk|off_hours|no_case|curious|watched"},
    {"enabled", FIELD_BOOL, .label = "In force"},
    {"number", FIELD_INT, "Number", .min = 1, .max = 1000000},
    {"span", FIELD_INT, "Span", .min = 1, .max = 1440},
    {0},
};

const struct field watch_persons_fields[] = {
    {"before", FIELD_ID, .label = "Persons before this one"},
    {0},
};

const struct field watch_person_fields[] = {
    {"number", FIELD_LINE, "Identity number", .required = true, .max = 20, .check = people_check_id_number},
    {"kind", FIELD_CHOICE, "Why this person is watched", .required = true,
     .choices = "protected|staff|household"},
    {"unit", FIELD_ID, .label = "Department they work in"},
    {"operator", FIELD_LINE, "What systems call them as an operator", .max = 60},
    {"note", FIELD_LINE, "What this list calls them", .required = true, .max = 100},
    {0},
};

const struct field watch_drop_fields[] = {
    {"id", FIELD_ID, "Person", .required = true},
    {0},
};
