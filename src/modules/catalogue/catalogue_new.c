/* A service that no list brought: an officer begins it, as a draft nobody else sees before it is published.
 * Until then what it was begun with can be mended. */
#include "modules/catalogue/catalogue_edit.h"
#include "modules/catalogue/catalogue_import.h"

static const char *const TYPES[] = {"01", "05", "07", "08", "09", "10", "20"};

static const struct {
    const char *value;
    unsigned audience;
} AUDIENCES[] = {
    {"person", FOR_PERSON}, {"organisation", FOR_ORGANISATION}, {"both", FOR_PERSON | FOR_ORGANISATION}};

enum { AUDIENCE_COUNT = sizeof AUDIENCES / sizeof AUDIENCES[0] };

/* Letters, digits, '-', '.' and '_': what stands in addresses and lists without being quoted. */
static bool code_check(struct arena *a, struct str in, struct str *out, const char **why)
{
    (void)a;
    *out = in;
    for (size_t i = 0; i < in.len; i++) {
        char ch = in.ptr[i];
        bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z'), digit = ch >= '0' && ch <= '9';
        if (letter || digit || ch == '-' || ch == '.' || ch == '_') continue;
        *why = "A code has letters, digits, hyphens and dots only.";
        return false;
    }
    return true;
}

#define NEW_FIELDS                                                                                           \
    {"name", FIELD_LINE, "Service name", true, .max = 500},                                                  \
        {"code", FIELD_LINE, "Code", true, .max = 64, .check = code_check},                                  \
        {"type", FIELD_CHOICE, "Type of service", true, .choices = "01|05|07|08|09|10|20"},                  \
        {"audience", FIELD_CHOICE, "For whom", true, .choices = "person|organisation|both"},                 \
        {"department", FIELD_ID, "Department", .required = true},                                            \
    {                                                                                                        \
        "division", FIELD_LINE, "Division", true, .max = 12                                                  \
    }
const struct field office_new_fields[] = {NEW_FIELDS, {0}};
const struct field office_mend_fields[] = {
    NEW_FIELDS, {"revision", FIELD_LINE, "Revision", .required = true}, {0}};

/* ---- the form ---- */

static void option(struct ctx *c, struct json *f, struct str value, struct str label)
{
    ctx_option(c, f, value, label);
    json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
}

static void department_field(struct ctx *c, struct json *fields, int64_t unit)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    struct json *f = edit_field(c, fields, "select", "department", "Department",
                                unit ? str_fmt(c->arena, "%lld", (long long)unit) : STR_EMPTY, true, NULL);
    option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    for (size_t i = 0; i < count; i++)
        if (orgs_in_area(c->actor.area, units[i]->division))
            option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
}

static struct str audience_word(unsigned audience)
{
    for (size_t i = 0; i < AUDIENCE_COUNT; i++)
        if (AUDIENCES[i].audience == audience) return str_c(AUDIENCES[i].value);
    return STR_EMPTY;
}

static void new_fields(struct ctx *c, const struct version_row *row)
{
    struct json *fields = json_set_array(c->arena, ctx_doc(c), "fields"), *f;
    edit_field(c, fields, "input", "name", "Service name", row->name, true,
               "As the list of services of the place has it.");
    f = edit_field(c, fields, "input", "code", "Code", row->code, true,
                   "The code of the implementation list. It stays the same for all versions.");
    json_set_c(c->arena, f, "autocomplete", "off");
    f = edit_field(c, fields, "select", "type", "Type of service", row->type, true, NULL);
    option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        option(c, f, str_c(TYPES[i]), item_type_text(c, str_c(TYPES[i])));
    f = edit_field(c, fields, "radios", "audience", "For whom", audience_word(row->audience), true, NULL);
    for (size_t i = 0; i < AUDIENCE_COUNT; i++)
        option(c, f, str_c(AUDIENCES[i].value), item_audience_text(c, AUDIENCES[i].audience));
    department_field(c, fields, row->unit);
    f = edit_field(c, fields, "input", "division", "Division", row->division, true,
                   "Code of the division it is handled in, within your area.");
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "10");
}

bool office_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct str place = orgs_place(c), area = c->actor.area;
    const struct version_row blank = {.name = STR_EMPTY,
                                      .code = STR_EMPTY,
                                      .type = STR_EMPTY,
                                      .division = orgs_in_area(area, place) ? place : area};
    json_set_c(c->arena, doc, "action", "/office/catalogue/new");
    json_set_bool(c->arena, doc, "begun", false);
    json_set(doc, "revision", json_null(c->arena));
    new_fields(c, &blank);
    return true;
}

/* ---- mending ---- */

/* What it was begun with is mended as long as nobody else has ever seen it. */
static bool mendable(struct ctx *c, struct version_row *row)
{
    bool open, offered;
    struct version_row before;
    if (!catalogue_draft(c, c->row, row, &open) || !catalogue_store_offered(c, c->row, &before, &offered))
        return false;
    if (offered)
        return err_conflict(c->err, "catalogue.published",
                            "This service has been published: code, type, department and audience stay.");
    if (open && str_eq_c(row->status, "draft")) return true;
    return err_conflict(c->err, "catalogue.under_review",
                        "This draft is under review. It can be changed when the reviewer returns it.");
}

bool office_mend_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct version_row row;
    if (!mendable(c, &row)) return false;
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/catalogue/%lld/basics", (long long)c->row));
    json_set_bool(c->arena, doc, "begun", true);
    json_set_str(c->arena, doc, "revision", catalogue_revision(c, &row, true));
    new_fields(c, &row);
    return true;
}

/* ---- and back ---- */

static void check_place(struct ctx *c, const struct unit *u, struct str division)
{
    if (!u || !orgs_in_area(c->actor.area, u->division))
        err_at(c->err, STR("department"), "Please choose one of the options.", STR_EMPTY);
    if (!orgs_division_name(c, division).len)
        err_at(c->err, STR("division"), "Please enter a division code, such as 780101.", STR_EMPTY);
    else if (!orgs_in_area(c->actor.area, division))
        err_at(c->err, STR("division"), "This division is not within your area.", STR_EMPTY);
    else if (u && !orgs_in_area(u->division, division))
        err_at(c->err, STR("division"), "The department does not work in this division.", STR_EMPTY);
}

static bool read_new(struct ctx *c, struct version_row *row, const struct unit **unit)
{
    int64_t taken;
    int version;
    row->code = in_text(c, "code");
    row->name = in_text(c, "name");
    row->type = in_text(c, "type");
    row->unit = in_i64(c, "department", 0);
    row->division = in_text(c, "division");
    for (size_t i = 0; i < AUDIENCE_COUNT; i++)
        if (str_eq_c(in_text(c, "audience"), AUDIENCES[i].value)) row->audience = AUDIENCES[i].audience;
    *unit = orgs_unit(c, row->unit);
    check_place(c, *unit, row->division);
    if (!catalogue_store_item_by_code(c, row->code, &taken, &version)) return false;
    if (taken && taken != row->item) err_at(c->err, STR("code"), "Another service has this code.", STR_EMPTY);
    return c->err->kind == ERR_NONE;
}

static bool settle(struct ctx *c, struct version_row *row, const struct unit *unit)
{
    struct import_data data;
    if (!import_from(c, catalogue_snapshot(c), &data)) return false;
    catalogue_settle(c, &data, row,
                     unit->kind.len ? unit->kind : catalogue_department_kind(data.departments, unit->name));
    return true;
}

bool office_create(struct ctx *c)
{
    struct version_row row = {.doc = STR("{}")};
    const struct unit *unit;
    if (!read_new(c, &row, &unit) || !settle(c, &row, unit)) return false;
    if (!catalogue_store_add_item(c, &row) || !catalogue_save_draft(c, &row, false)) return false;
    ctx_notice(c, "The draft is begun. Nobody outside sees it before another person has published it.");
    return ctx_redirect(c, "/office/catalogue/%lld", (long long)row.item);
}

bool office_mend(struct ctx *c)
{
    struct version_row row;
    const struct unit *unit;
    if (!mendable(c, &row)) return false;
    if (!str_eq(in_text(c, "revision"), catalogue_revision(c, &row, true)))
        return err_conflict(c->err, "catalogue.changed",
                            "Someone else changed this in the meantime. Look at it again before you save.");
    if (!read_new(c, &row, &unit) || !settle(c, &row, unit) || !catalogue_store_mend(c, &row) ||
        !catalogue_save_draft(c, &row, true))
        return false;
    ctx_notice(c, "The draft is saved.");
    return ctx_redirect(c, "/office/catalogue/%lld", (long long)row.item);
}
