#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

#define VERSION_COLUMNS                                                                                      \
    "v.form, v.version, m.code, v.status, v.name, v.name_en, v.schema, v.note, v.authors, v.valid_from, "    \
    "v.made_by, v.made_at, v.reviewed_by, v.published_at FROM form_version v JOIN form_model m ON "          \
    "m.id = v.form "

static void take_all(struct ctx *c, const struct db_rows *r, struct version_row **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct version_row);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct version_row){.form = db_int(r, i, 0),
                                          .version = (int)db_int(r, i, 1),
                                          .code = db_str(r, i, 2),
                                          .status = db_str(r, i, 3),
                                          .name = db_str(r, i, 4),
                                          .en = db_str(r, i, 5),
                                          .schema = db_str(r, i, 6),
                                          .note = db_str(r, i, 7),
                                          .authors = db_str(r, i, 8),
                                          .from = (int32_t)db_int(r, i, 9),
                                          .made_by = db_int(r, i, 10),
                                          .made_at = db_int(r, i, 11),
                                          .reviewed_by = db_int(r, i, 12),
                                          .published_at = db_int(r, i, 13)};
}

bool forms_store_by_code(struct ctx *c, struct str code, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM form_model WHERE code = $1", DB_S(code))) return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool forms_store_add_model(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx, "INSERT INTO form_model (id, code) VALUES ($1, $2)", DB_I(v->form), DB_S(v->code));
}

bool forms_store_add(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx,
                   "INSERT INTO form_version (form, version, status, name, name_en, valid_from, schema, "
                   "note, authors, made_by, made_at, reviewed_by, published_at) VALUES ($1, $2, $3, $4, $5, "
                   "$6, $7, $8, $9, $10, $11, $12, $13)",
                   DB_I(v->form), DB_I(v->version), DB_S(v->status), DB_S(v->name), DB_S(v->en),
                   DB_I(v->from), DB_S(v->schema), DB_S(v->note), DB_S(v->authors), DB_I(v->made_by),
                   DB_I(v->made_at), DB_I(v->reviewed_by), DB_I(v->published_at));
}

bool forms_store_save(struct ctx *c, const struct version_row *v)
{
    return db_exec(
        &c->tx,
        "UPDATE form_version SET name = $3, name_en = $4, valid_from = $5, schema = $6, note = $7, "
        "authors = $8, made_by = $9, made_at = $10 WHERE form = $1 AND version = $2 AND status "
        "= 'draft'",
        DB_I(v->form), DB_I(v->version), DB_S(v->name), DB_S(v->en), DB_I(v->from), DB_S(v->schema),
        DB_S(v->note), DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at));
}

bool forms_store_status(struct ctx *c, const struct version_row *v, const char *status)
{
    return db_exec(&c->tx, "UPDATE form_version SET status = $3 WHERE form = $1 AND version = $2",
                   DB_I(v->form), DB_I(v->version), DB_C(status));
}

bool forms_store_note(struct ctx *c, const struct version_row *v, struct str note)
{
    return db_exec(&c->tx, "UPDATE form_version SET note = $3 WHERE form = $1 AND version = $2",
                   DB_I(v->form), DB_I(v->version), DB_S(note));
}

bool forms_store_publish(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx,
                   "UPDATE form_version SET status = 'published', reviewed_by = $3, published_at = $4 "
                   "WHERE form = $1 AND version = $2",
                   DB_I(v->form), DB_I(v->version), DB_I(c->actor.account), DB_I(c->now));
}

bool forms_store_versions(struct ctx *c, int64_t form, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " VERSION_COLUMNS "WHERE v.form = $1 ORDER BY v.version DESC",
                  DB_I(form)))
        return false;
    take_all(c, &r, rows, count);
    return true;
}

bool forms_store_published(struct ctx *c, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS "WHERE v.status = 'published' ORDER BY m.code, v.valid_from "
                  "DESC, v.version DESC"))
        return false;
    take_all(c, &r, rows, count);
    return true;
}

bool forms_store_list(struct ctx *c, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS
                  "WHERE v.version = (SELECT max(o.version) FROM form_version o WHERE o.form = "
                  "v.form) ORDER BY m.code"))
        return false;
    take_all(c, &r, rows, count);
    return true;
}
