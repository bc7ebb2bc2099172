/* A service that no list brought: an officer begins it, as a draft nobody else sees before it is published.
 */
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

const struct field office_new_fields[] = {
    {"name", FIELD_LINE, "Service name", true, .max = 500},
    {"code", FIELD_LINE, "Code", true, .max = 64, .check = code_check},
    {"type", FIELD_CHOICE, "Type of service", true, .choices = "01|05|07|08|09|10|20"},
    {"audience", FIELD_CHOICE, "For whom", true, .choices = "person|organisation|both"},
    {"department", FIELD_ID, "Department", true},
    {"division", FIELD_LINE, "Division", true, .max = 12},
    {0},
};

/* ---- the form ---- */

static void option(struct ctx *c, struct json *f, struct str value, struct str label)
{
    ctx_option(c, f, value, label);
    json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
}

static struct json *blank(struct ctx *c, struct json *fields, const char *kind, const char *id,
                          const char *label, const char *hint)
{
    return edit_field(c, fields, kind, id, label, STR_EMPTY, true, hint);
}

static void department_field(struct ctx *c, struct json *fields)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    struct json *f = blank(c, fields, "select", "department", "Department", NULL);
    option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    for (size_t i = 0; i < count; i++)
        if (orgs_in_area(c->actor.area, units[i]->division))
            option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
}

bool office_new(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct str place = orgs_place(c), area = c->actor.area;
    json_set_c(c->arena, doc, "action", "/office/catalogue/new");
    blank(c, fields, "input", "name", "Service name", "As the list of services of the place has it.");
    f = blank(c, fields, "input", "code", "Code",
              "The code of the implementation list. It stays the same for all versions.");
    json_set_c(c->arena, f, "autocomplete", "off");
    f = blank(c, fields, "select", "type", "Type of service", NULL);
    option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        option(c, f, str_c(TYPES[i]), item_type_text(c, str_c(TYPES[i])));
    f = blank(c, fields, "radios", "audience", "For whom", NULL);
    for (size_t i = 0; i < AUDIENCE_COUNT; i++)
        option(c, f, str_c(AUDIENCES[i].value), item_audience_text(c, AUDIENCES[i].audience));
    department_field(c, fields);
    f = edit_field(c, fields, "input", "division", "Division", orgs_in_area(area, place) ? place : area, true,
                   "Code of the division it is handled in, within your area.");
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "10");
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
    *row = (struct version_row){.code = in_text(c, "code"),
                                .name = in_text(c, "name"),
                                .type = in_text(c, "type"),
                                .unit = in_i64(c, "department", 0),
                                .division = in_text(c, "division"),
                                .doc = STR("{}")};
    for (size_t i = 0; i < AUDIENCE_COUNT; i++)
        if (str_eq_c(in_text(c, "audience"), AUDIENCES[i].value)) row->audience = AUDIENCES[i].audience;
    *unit = orgs_unit(c, row->unit);
    check_place(c, *unit, row->division);
    if (!catalogue_store_item_by_code(c, row->code, &taken, &version)) return false;
    if (taken) err_at(c->err, STR("code"), "Another service has this code.", STR_EMPTY);
    return c->err->kind == ERR_NONE;
}

bool office_create(struct ctx *c)
{
    struct import_data data;
    struct version_row row;
    const struct unit *unit;
    if (!read_new(c, &row, &unit) || !import_from(c, catalogue_snapshot(c), &data)) return false;
    catalogue_settle(c, &data, &row,
                     unit->kind.len ? unit->kind : catalogue_department_kind(data.departments, unit->name));
    if (!catalogue_store_add_item(c, &row) || !catalogue_save_draft(c, &row, false)) return false;
    ctx_notice(c, "The draft is begun. Nobody outside sees it before another person has published it.");
    return ctx_redirect(c, "/office/catalogue/%lld", (long long)row.item);
}
