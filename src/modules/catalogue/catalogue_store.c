#include "core/crypto/crypto.h"
#include "modules/catalogue/catalogue_internal.h"

/* ---- content-addressed texts ---- */

bool catalogue_store_text(struct ctx *c, const char *kind, struct str code, struct str doc,
                          enum catalogue_saved *how)
{
    uint8_t digest[SM3_SIZE];
    struct db_rows rows;
    sm3(doc, digest);
    struct str hash = str_hex(c->arena, digest, sizeof digest);
    if (!db_query(&c->tx, &rows, "SELECT hash FROM catalogue_current WHERE kind = $1 AND code = $2",
                  DB_C(kind), DB_S(code)))
        return false;
    *how = !rows.rows ? SAVED_NEW : str_eq(db_str(&rows, 0, 0), hash) ? SAVED_SAME : SAVED_CHANGED;
    if (*how == SAVED_SAME) return true;
    return db_exec(&c->tx,
                   "INSERT INTO catalogue_data (hash, kind, code, doc) VALUES ($1, $2, $3, $4) ON CONFLICT "
                   "(hash) DO NOTHING",
                   DB_S(hash), DB_C(kind), DB_S(code), DB_S(doc)) &&
           db_exec(&c->tx,
                   "INSERT INTO catalogue_current (kind, code, hash) VALUES ($1, $2, $3) ON CONFLICT (kind, "
                   "code) DO UPDATE SET hash = excluded.hash",
                   DB_C(kind), DB_S(code), DB_S(hash));
}

bool catalogue_store_find_text(struct ctx *c, struct str hash, struct str *doc)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT doc FROM catalogue_data WHERE hash = $1", DB_S(hash))) return false;
    if (!rows.rows) return err_fault(c->err, "catalogue text %.8s is missing", hash.ptr);
    *doc = db_str(&rows, 0, 0);
    return true;
}

bool catalogue_store_current(struct ctx *c, struct data_text **list, size_t *count, struct arena *into)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT u.hash, u.kind, u.code, d.doc FROM catalogue_current u JOIN catalogue_data d ON "
                  "d.hash = u.hash ORDER BY u.kind, u.code"))
        return false;
    *list = ARENA_ARRAY(into, rows.rows + 1, struct data_text);
    for (size_t i = 0; i < rows.rows; i++) {
        struct data_text *t = &(*list)[i];
        t->hash = str_dup(into, db_str(&rows, i, 0));
        t->kind = str_dup(into, db_str(&rows, i, 1));
        t->code = str_dup(into, db_str(&rows, i, 2));
        t->doc = json_parse(into, db_str(&rows, i, 3), JSON_STRICT, c->err);
        if (!t->doc) return false;
    }
    *count = rows.rows;
    return true;
}

/* ---- items and versions ---- */

#define VERSION_COLUMNS                                                                                      \
    "i.id, i.unit_id, v.version, i.version, i.code, i.division, v.status, v.name, v.type, v.base, "          \
    "v.base_hash, v.person_hash, v.organisation_hash, v.doc, "                                               \
    "v.note, v.themes, v.audience, v.made_by, v.made_at, v.reviewed_by, v.published_at, v.authors FROM "     \
    "item i JOIN item_version v ON v.item_id = i.id"

static void take_version(const struct db_rows *r, size_t i, struct version_row *v)
{
    struct str *const texts[] = {
        &v->code,        &v->division,          &v->status, &v->name, &v->type,  &v->base, &v->base_hash,
        &v->person_hash, &v->organisation_hash, &v->doc,    &v->note, &v->themes};
    *v = (struct version_row){.item = db_int(r, i, 0),
                              .unit = db_int(r, i, 1),
                              .version = (int)db_int(r, i, 2),
                              .current = (int)db_int(r, i, 3)};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        *texts[k] = db_str(r, i, 4 + k);
    v->audience = (unsigned)db_int(r, i, 16);
    v->made_by = db_int(r, i, 17);
    v->made_at = db_int(r, i, 18);
    v->reviewed_by = db_int(r, i, 19);
    v->published_at = db_int(r, i, 20);
    v->authors = db_str(r, i, 21);
}

static void take_versions(struct arena *a, const struct db_rows *r, struct version_row **rows, size_t *count)
{
    *rows = ARENA_ARRAY(a, r->rows + 1, struct version_row);
    for (size_t i = 0; i < r->rows; i++)
        take_version(r, i, &(*rows)[i]);
    *count = r->rows;
}

bool catalogue_store_count(struct ctx *c, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM item WHERE version > 0")) return false;
    *count = (size_t)db_int(&r, 0, 0);
    return true;
}

bool catalogue_store_published(struct ctx *c, struct arena *scratch, int64_t after, int limit,
                               struct version_row **rows, size_t *count)
{
    struct db_rows r;
    struct db_tx tx = {.conn = c->tx.conn, .arena = scratch, .err = c->err};
    if (!db_query(&tx, &r,
                  "SELECT " VERSION_COLUMNS
                  " AND v.version = i.version WHERE i.version > 0 AND i.id > $1 ORDER BY i.id LIMIT $2",
                  DB_I(after), DB_I(limit)))
        return false;
    take_versions(scratch, &r, rows, count);
    return true;
}

bool catalogue_store_any_listed(struct ctx *c, bool *any)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM item WHERE code < 'BI-' OR code >= 'BI.' ORDER BY id LIMIT 1"))
        return false;
    *any = r.rows > 0;
    return true;
}

bool catalogue_store_version(struct ctx *c, int64_t item, int version, struct version_row *row, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " VERSION_COLUMNS " WHERE i.id = $1 AND v.version = $2", DB_I(item),
                  DB_I(version)))
        return false;
    *found = r.rows > 0;
    if (*found) take_version(&r, 0, row);
    return true;
}

bool catalogue_store_versions(struct ctx *c, int64_t item, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " VERSION_COLUMNS " WHERE i.id = $1 ORDER BY v.version DESC",
                  DB_I(item)))
        return false;
    take_versions(c->arena, &r, rows, count);
    return true;
}

bool catalogue_store_item_by_code(struct ctx *c, struct str code, int64_t *id, int *version)
{
    struct db_rows r;
    *id = 0;
    *version = 0;
    if (!db_query(&c->tx, &r,
                  "SELECT i.id, COALESCE(MAX(v.version), 0) FROM item i LEFT JOIN item_version v ON "
                  "v.item_id = i.id WHERE i.code = $1 GROUP BY i.id",
                  DB_S(code)))
        return false;
    if (r.rows) {
        *id = db_int(&r, 0, 0);
        *version = (int)db_int(&r, 0, 1);
    }
    return true;
}

bool catalogue_store_offered(struct ctx *c, int64_t item, struct version_row *row, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS
                  " WHERE i.id = $1 AND v.status = 'published' ORDER BY v.version DESC LIMIT 1",
                  DB_I(item)))
        return false;
    *found = r.rows > 0;
    if (*found) take_version(&r, 0, row);
    return true;
}

bool catalogue_store_add_item(struct ctx *c, struct version_row *row)
{
    row->item = ctx_id(c);
    return db_exec(&c->tx,
                   "INSERT INTO item (id, code, unit_id, division, version) VALUES ($1, $2, $3, $4, 0)",
                   DB_I(row->item), DB_S(row->code), DB_I(row->unit), DB_S(row->division));
}

bool catalogue_store_add_version(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx,
                   "INSERT INTO item_version (item_id, version, status, name, type, audience, themes, base, "
                   "base_hash, person_hash, organisation_hash, doc, made_by, made_at, "
                   "reviewed_by, published_at, note, authors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                   "$10, $11, $12, $13, $14, 0, 0, $15, $16)",
                   DB_I(v->item), DB_I(v->version), DB_S(v->status), DB_S(v->name), DB_S(v->type),
                   DB_I(v->audience), DB_S(v->themes), DB_S(v->base), DB_S(v->base_hash),
                   DB_S(v->person_hash), DB_S(v->organisation_hash), DB_S(v->doc), DB_I(v->made_by),
                   DB_I(v->made_at), DB_S(v->note), DB_S(v->authors));
}

bool catalogue_store_set_status(struct ctx *c, int64_t item, int version, const char *status)
{
    return db_exec(&c->tx, "UPDATE item_version SET status = $3 WHERE item_id = $1 AND version = $2",
                   DB_I(item), DB_I(version), DB_C(status));
}

bool catalogue_store_publish(struct ctx *c, int64_t item, int version, int64_t reviewer, int64_t now)
{
    return db_exec(
               &c->tx,
               "UPDATE item_version SET status = 'superseded' WHERE item_id = $1 AND status = 'published'",
               DB_I(item)) &&
           db_exec(&c->tx,
                   "UPDATE item_version SET status = 'published', reviewed_by = $3, published_at = $4 WHERE "
                   "item_id = $1 AND version = $2",
                   DB_I(item), DB_I(version), DB_I(reviewer), DB_I(now)) &&
           db_exec(&c->tx, "UPDATE item SET version = $2 WHERE id = $1", DB_I(item), DB_I(version));
}

/* ---- what editors work on ---- */

/* The first code behind all that begin with `area`: prefixes compare by bytes in both databases. */
static struct str area_end(struct ctx *c, struct str area)
{
    return str_cat(c->arena, area, STR("~"));
}

static struct str area_prefix(struct str area)
{
    while (area.len >= 2 && area.ptr[area.len - 1] == '0' && area.ptr[area.len - 2] == '0')
        area.len -= 2;
    return area;
}

bool catalogue_store_by_status(struct ctx *c, struct str status, struct str area, int64_t after, int limit,
                               struct version_row **rows, size_t *count)
{
    struct db_rows r;
    area = area_prefix(area);
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS " WHERE v.status = $1 AND v.item_id > $2 AND i.division >= $3 "
                  "AND i.division < $4 ORDER BY v.item_id, v.version LIMIT $5",
                  DB_S(status), DB_I(after), DB_S(area), DB_S(area_end(c, area)), DB_I(limit)))
        return false;
    take_versions(c->arena, &r, rows, count);
    return true;
}

bool catalogue_store_count_status(struct ctx *c, struct str status, struct str area, int64_t *count)
{
    struct db_rows r;
    area = area_prefix(area);
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM item_version v JOIN item i ON i.id = v.item_id WHERE v.status = $1 "
                  "AND i.division >= $2 AND i.division < $3",
                  DB_S(status), DB_S(area), DB_S(area_end(c, area))))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool catalogue_store_open(struct ctx *c, int64_t item, struct version_row *row, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS
                  " WHERE i.id = $1 AND v.status IN ('draft', 'review') ORDER BY v.version DESC LIMIT 1",
                  DB_I(item)))
        return false;
    *found = r.rows > 0;
    if (*found) take_version(&r, 0, row);
    return true;
}

bool catalogue_store_save_draft(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx,
                   "UPDATE item_version SET name = $3, doc = $4, made_by = $5, made_at = $6, note = $7, "
                   "authors = $8 WHERE item_id = $1 AND version = $2",
                   DB_I(v->item), DB_I(v->version), DB_S(v->name), DB_S(v->doc), DB_I(v->made_by),
                   DB_I(v->made_at), DB_S(v->note), DB_S(v->authors));
}

bool catalogue_store_mend(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx, "UPDATE item SET code = $2, unit_id = $3, division = $4 WHERE id = $1",
                   DB_I(v->item), DB_S(v->code), DB_I(v->unit), DB_S(v->division)) &&
           db_exec(
               &c->tx,
               "UPDATE item_version SET type = $3, audience = $4, themes = $5, base = $6, base_hash = $7, "
               "person_hash = $8, organisation_hash = $9 WHERE item_id = $1 AND version = $2",
               DB_I(v->item), DB_I(v->version), DB_S(v->type), DB_I(v->audience), DB_S(v->themes),
               DB_S(v->base), DB_S(v->base_hash), DB_S(v->person_hash), DB_S(v->organisation_hash));
}

bool catalogue_store_set_note(struct ctx *c, int64_t item, int version, struct str note)
{
    return db_exec(&c->tx, "UPDATE item_version SET note = $3 WHERE item_id = $1 AND version = $2",
                   DB_I(item), DB_I(version), DB_S(note));
}

bool catalogue_store_withdraw(struct ctx *c, int64_t item)
{
    return db_exec(&c->tx, "UPDATE item SET version = 0 WHERE id = $1", DB_I(item));
}
