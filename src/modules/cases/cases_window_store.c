/* Papers that the desk kept, and cases by their number. */
#include "modules/cases/cases_internal.h"

/* "form:photo", "form:goods.photo": the title of that field. */
static struct str title_inside(struct ctx *c, const struct item *item, bool organisation, int version,
                               struct str material)
{
    struct service_code code = {0};
    struct str kind, path = str_cut(material, ':', &kind), group, cell = str_cut(path, '.', &group);
    if (!str_eq_c(kind, "form")) return material;
    if (!item_code(c, item, organisation, version, &code) || !code.form) {
        err_clear(c->err);
        return path;
    }
    struct str name = cell.len ? str_fmt(c->arena, "%.*s.0.%.*s", STR_ARG(group), STR_ARG(cell)) : path;
    return form_field_title(code.form, name, false);
}

static struct str name_of(const struct json *service, struct str material)
{
    JSON_EACH(m, json_get(service, "materials"))
    {
        if (str_eq(json_text_of(m, "id"), material) && json_text_of(m, "name").len)
            return json_text_of(m, "name");
    }
    return material;
}

bool case_papers(struct ctx *c, int64_t case_id, struct case_paper **list, size_t *count)
{
    struct db_rows f, r;
    const struct item *item;
    *count = 0;
    if (!db_query(&c->tx, &f,
                  "SELECT case_no, unit_id, division, item, item_version, organisation, form_version FROM "
                  "case_file WHERE "
                  "id = $1 AND "
                  "submitted > 0",
                  DB_I(case_id)) ||
        !db_query(&c->tx, &r,
                  "SELECT id, material, copies FROM case_material WHERE case_id = $1 AND state = 'paper' "
                  "ORDER BY id",
                  DB_I(case_id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_paper);
    if (!f.rows || !r.rows) return true;
    bool organisation = db_int(&f, 0, 5) != 0;
    if (!catalogue_version(c, db_int(&f, 0, 3), (int)db_int(&f, 0, 4), &item)) return false;
    for (size_t i = 0; i < r.rows; i++)
        (*list)[(*count)++] = (struct case_paper){
            .id = db_int(&r, i, 0),
            .unit = db_int(&f, 0, 1),
            .copies = db_int(&r, i, 2),
            .case_no = db_str(&f, 0, 0),
            .division = db_str(&f, 0, 2),
            .material = title_inside(c, item, organisation, (int)db_int(&f, 0, 6),
                                     name_of(item_service(item, organisation), db_str(&r, i, 1)))};
    return true;
}

bool case_by_no(struct ctx *c, struct str case_no, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM case_file WHERE case_no = $1 AND submitted > 0", DB_S(case_no)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}
