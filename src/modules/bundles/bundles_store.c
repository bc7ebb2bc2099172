#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"

/* ---- versions ---- */

#define VERSION_COLUMNS                                                                                      \
    "code, version, status, doc, note, authors, made_by, made_at, reviewed_by, published_at FROM "           \
    "bundle_version "

static void take_versions(struct ctx *c, const struct db_rows *r, struct bundle_version **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct bundle_version);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct bundle_version){.code = db_str(r, i, 0),
                                             .version = (int)db_int(r, i, 1),
                                             .status = db_str(r, i, 2),
                                             .text = db_str(r, i, 3),
                                             .note = db_str(r, i, 4),
                                             .authors = db_str(r, i, 5),
                                             .made_by = db_int(r, i, 6),
                                             .made_at = db_int(r, i, 7),
                                             .reviewed_by = db_int(r, i, 8),
                                             .published_at = db_int(r, i, 9)};
}

bool bundle_store_published(struct ctx *c, struct bundle_version **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " VERSION_COLUMNS "WHERE status = 'published' ORDER BY code DESC LIMIT 200"))
        return false;
    take_versions(c, &r, rows, count);
    return true;
}

bool bundle_store_versions(struct ctx *c, struct str code, struct bundle_version **rows, size_t *count)
{
    struct db_rows r;
    bool ok = code.len ? db_query(&c->tx, &r,
                                  "SELECT " VERSION_COLUMNS "WHERE code = $1 ORDER BY version DESC LIMIT 50",
                                  DB_S(code))
                       : db_query(&c->tx, &r,
                                  "SELECT " VERSION_COLUMNS
                                  "v WHERE version = (SELECT max(o.version) FROM bundle_version o WHERE "
                                  "o.code = v.code) ORDER BY code LIMIT 200");
    if (!ok) return false;
    take_versions(c, &r, rows, count);
    return true;
}

static bool one_version(struct ctx *c, const struct db_rows *r, struct bundle_version *out, bool *found)
{
    struct bundle_version *rows;
    size_t count;
    take_versions(c, r, &rows, &count);
    *found = count > 0;
    if (count) *out = rows[0];
    return true;
}

bool bundle_store_version(struct ctx *c, struct str code, int version, struct bundle_version *out,
                          bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, "SELECT " VERSION_COLUMNS "WHERE code = $1 AND version = $2", DB_S(code),
                    DB_I(version)) &&
           one_version(c, &r, out, found);
}

bool bundle_store_in_force(struct ctx *c, struct str code, struct bundle_version *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " VERSION_COLUMNS
                    "WHERE code = $1 AND status = 'published' ORDER BY version DESC LIMIT 1",
                    DB_S(code)) &&
           one_version(c, &r, out, found);
}

bool bundle_store_add_version(struct ctx *c, const struct bundle_version *v)
{
    return db_exec(&c->tx,
                   "INSERT INTO bundle_version (code, version, status, doc, note, authors, made_by, made_at, "
                   "reviewed_by, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                   DB_S(v->code), DB_I(v->version), DB_S(v->status), DB_S(v->text), DB_S(v->note),
                   DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at), DB_I(v->reviewed_by),
                   DB_I(v->published_at));
}

bool bundle_store_save_version(struct ctx *c, const struct bundle_version *v)
{
    return db_exec(&c->tx,
                   "UPDATE bundle_version SET status = $3, doc = $4, note = $5, authors = $6, made_by = $7, "
                   "made_at = $8, reviewed_by = $9, published_at = $10 WHERE code = $1 AND version = $2 AND "
                   "published_at = 0",
                   DB_S(v->code), DB_I(v->version), DB_S(v->status), DB_S(v->text), DB_S(v->note),
                   DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at), DB_I(v->reviewed_by),
                   DB_I(v->published_at));
}

bool bundle_store_supersede(struct ctx *c, struct str code, int but)
{
    return db_exec(&c->tx,
                   "UPDATE bundle_version SET status = 'superseded' WHERE code = $1 AND version <> $2 AND "
                   "status = 'published'",
                   DB_S(code), DB_I(but));
}

/* ---- applications ---- */

#define FILE_COLUMNS                                                                                         \
    "id, number, code, version, name, division, applicant, organisation, agent, clerk, status, situations, " \
    "answers, days, created, submitted, due, due_order, yellow_at, red_at, paused, closed, handed, "         \
    "handed_by, slots FROM bundle_file "

static void take_files(struct ctx *c, const struct db_rows *r, struct bundle_file **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct bundle_file);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct bundle_file){
            .id = db_int(r, i, 0),
            .number = db_str(r, i, 1),
            .code = db_str(r, i, 2),
            .version = (int)db_int(r, i, 3),
            .name = db_str(r, i, 4),
            .division = db_str(r, i, 5),
            .applicant = db_int(r, i, 6),
            .organisation = db_int(r, i, 7) != 0,
            .agent = db_int(r, i, 8),
            .clerk = db_int(r, i, 9),
            .status = db_str(r, i, 10),
            .situations = db_str(r, i, 11),
            .sealed_answers = db_is_null(r, i, 12) ? STR_EMPTY : db_str(r, i, 12),
            .days = (int)db_int(r, i, 13),
            .created = db_int(r, i, 14),
            .submitted = db_int(r, i, 15),
            .due = db_int(r, i, 16),
            .due_order = db_int(r, i, 17),
            .yellow_at = db_int(r, i, 18),
            .red_at = db_int(r, i, 19),
            .paused = db_int(r, i, 20) != 0,
            .closed = db_int(r, i, 21),
            .handed = db_int(r, i, 22),
            .handed_by = db_int(r, i, 23),
            .slots = db_str(r, i, 24),
        };
}

bool bundle_store_insert(struct ctx *c, const struct bundle_file *f)
{
    return db_exec(&c->tx,
                   "INSERT INTO bundle_file (id, number, code, version, name, division, applicant, "
                   "organisation, agent, clerk, status, situations, answers, days, created, submitted, due, "
                   "due_order, yellow_at, red_at, paused, closed, handed, handed_by) VALUES ($1, $2, $3, $4, "
                   "$5, $6, $7, $8, $9, $10, $11, $12, NULL, -1, $13, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                   DB_I(f->id), DB_S(f->number), DB_S(f->code), DB_I(f->version), DB_S(f->name),
                   DB_S(f->division), DB_I(f->applicant), DB_I(f->organisation), DB_I(f->agent),
                   DB_I(f->clerk), DB_S(f->status), DB_S(f->situations), DB_I(f->created));
}

bool bundle_store_save(struct ctx *c, const struct bundle_file *f)
{
    return db_exec(
        &c->tx,
        "UPDATE bundle_file SET number = $2, version = $3, name = $4, status = $5, situations = $6, "
        "answers = $7, days = $8, submitted = $9, due = $10, due_order = $11, yellow_at = $12, "
        "red_at = $13, paused = $14, closed = $15, handed = $16, handed_by = $17, division = $18, slots = "
        "$19 "
        "WHERE id = $1",
        DB_I(f->id), DB_S(f->number), DB_I(f->version), DB_S(f->name), DB_S(f->status), DB_S(f->situations),
        DB_B(f->sealed_answers), DB_I(f->days), DB_I(f->submitted), DB_I(f->due), DB_I(f->due_order),
        DB_I(f->yellow_at), DB_I(f->red_at), DB_I(f->paused), DB_I(f->closed), DB_I(f->handed),
        DB_I(f->handed_by), DB_S(f->division), DB_S(f->slots));
}

bool bundle_store_find(struct ctx *c, int64_t id, struct bundle_file *f, bool *found)
{
    struct bundle_file *rows;
    struct db_rows r;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " FILE_COLUMNS "WHERE id = $1", DB_I(id))) return false;
    take_files(c, &r, &rows, &count);
    *found = count > 0;
    if (count) *f = rows[0];
    return true;
}

bool bundle_store_on_the_clock(struct ctx *c, int64_t after, struct bundle_file **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " FILE_COLUMNS "WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT 100",
                  DB_I(after)))
        return false;
    take_files(c, &r, rows, count);
    return true;
}

bool bundle_store_draft(struct ctx *c, struct str code, int64_t applicant, int64_t agent, int64_t clerk,
                        int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM bundle_file WHERE status = 'draft' AND applicant = $1 AND code = $2 AND "
                  "agent = $3 AND clerk = $4 ORDER BY id DESC LIMIT 1",
                  DB_I(applicant), DB_S(code), DB_I(agent), DB_I(clerk)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool bundle_store_delete(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM bundle_upload WHERE file = $1", DB_I(id)) &&
           db_exec(&c->tx, "DELETE FROM bundle_file WHERE id = $1 AND status = 'draft'", DB_I(id));
}

bool bundle_store_of(struct ctx *c, int64_t subject, int64_t acting, int64_t before,
                     struct bundle_file **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT " FILE_COLUMNS
            "WHERE (applicant = $1 OR agent = $1 OR ($2 > 0 AND applicant = $2)) AND clerk * (CASE WHEN "
            "status = 'draft' THEN 1 ELSE 0 END) = 0 AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4",
            DB_I(subject), DB_I(acting), DB_I(before), DB_I(BUNDLE_PAGE + 1)))
        return false;
    take_files(c, &r, rows, count);
    return true;
}

static bool ids(struct ctx *c, const struct db_rows *r, int64_t **out, size_t *count)
{
    *count = r->rows;
    *out = ARENA_ARRAY(c->arena, r->rows + 1, int64_t);
    for (size_t i = 0; i < r->rows; i++)
        (*out)[i] = db_int(r, i, 0);
    return true;
}

bool bundle_store_old_drafts(struct ctx *c, int64_t before, int64_t **out, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT id FROM bundle_file WHERE status = 'draft' AND created < $1 ORDER BY created "
                    "LIMIT 100",
                    DB_I(before)) &&
           ids(c, &r, out, count);
}

bool bundle_store_drafts_of(struct ctx *c, int64_t subject, int64_t **out, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT id FROM bundle_file WHERE status = 'draft' AND (applicant = $1 OR agent = $1)",
                    DB_I(subject)) &&
           ids(c, &r, out, count);
}

bool bundle_store_erase(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "UPDATE bundle_file SET situations = '{}', answers = NULL WHERE applicant = $1",
                   DB_I(subject)) &&
           db_exec(&c->tx,
                   "UPDATE bundle_handover SET carrier = '', parcel = '' WHERE file IN (SELECT id FROM "
                   "bundle_file WHERE applicant = $1)",
                   DB_I(subject));
}

bool bundle_store_open(struct ctx *c, struct str area, int64_t unit, struct bundle_after after,
                       struct bundle_file **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " FILE_COLUMNS
                  "f WHERE status = 'sent' AND (due_order > $1 OR (due_order = $1 AND id > $2)) AND "
                  "substr(division, 1, length($3)) = $3 AND ($4 = 0 OR EXISTS (SELECT 1 FROM bundle_member m "
                  "WHERE m.file = f.id AND m.unit_id = $4)) ORDER BY due_order, id LIMIT $5",
                  DB_I(after.order), DB_I(after.id), DB_S(area), DB_I(unit), DB_I(BUNDLE_PAGE + 1)))
        return false;
    take_files(c, &r, rows, count);
    return true;
}

/* ---- members ---- */

#define MEMBER_COLUMNS                                                                                       \
    "file, position, member, item, item_name, unit_id, case_id, case_no, status, result, paused, opened, "   \
    "closed FROM bundle_member "

static void take_members(struct ctx *c, const struct db_rows *r, struct bundle_row **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct bundle_row);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct bundle_row){.file = db_int(r, i, 0),
                                         .position = (int)db_int(r, i, 1),
                                         .member = db_str(r, i, 2),
                                         .item = db_int(r, i, 3),
                                         .item_name = db_str(r, i, 4),
                                         .unit = db_int(r, i, 5),
                                         .case_id = db_int(r, i, 6),
                                         .case_no = db_str(r, i, 7),
                                         .status = db_str(r, i, 8),
                                         .result = db_str(r, i, 9),
                                         .paused = db_int(r, i, 10) != 0,
                                         .opened = db_int(r, i, 11),
                                         .closed = db_int(r, i, 12)};
}

bool bundle_store_add_member(struct ctx *c, const struct bundle_row *m)
{
    return db_exec(&c->tx,
                   "INSERT INTO bundle_member (file, position, member, item, item_name, unit_id, case_id, "
                   "case_no, status, result, paused, opened, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                   "$9, $10, $11, $12, $13)",
                   DB_I(m->file), DB_I(m->position), DB_S(m->member), DB_I(m->item), DB_S(m->item_name),
                   DB_I(m->unit), DB_I(m->case_id), DB_S(m->case_no), DB_S(m->status), DB_S(m->result),
                   DB_I(m->paused), DB_I(m->opened), DB_I(m->closed));
}

bool bundle_store_save_member(struct ctx *c, const struct bundle_row *m)
{
    return db_exec(&c->tx,
                   "UPDATE bundle_member SET case_id = $3, case_no = $4, status = $5, result = $6, paused = "
                   "$7, opened = $8, closed = $9 WHERE file = $1 AND position = $2",
                   DB_I(m->file), DB_I(m->position), DB_I(m->case_id), DB_S(m->case_no), DB_S(m->status),
                   DB_S(m->result), DB_I(m->paused), DB_I(m->opened), DB_I(m->closed));
}

bool bundle_store_members(struct ctx *c, int64_t file, struct bundle_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " MEMBER_COLUMNS "WHERE file = $1 ORDER BY position", DB_I(file)))
        return false;
    take_members(c, &r, rows, count);
    return true;
}

bool bundle_store_asked(struct ctx *c, int64_t applicant, int64_t agent, struct bundle_row **rows,
                        size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " MEMBER_COLUMNS "WHERE status = 'appointment' AND file IN (SELECT id FROM "
                  "bundle_file WHERE applicant = $1 OR ($2 <> 0 AND agent = $2)) ORDER BY file, position "
                  "LIMIT $3",
                  DB_I(applicant), DB_I(agent), DB_I(BUNDLE_MEMBERS_MAX)))
        return false;
    take_members(c, &r, rows, count);
    return true;
}

bool bundle_store_member_of_case(struct ctx *c, int64_t case_id, struct bundle_row *out, bool *found)
{
    struct bundle_row *rows;
    struct db_rows r;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " MEMBER_COLUMNS "WHERE case_id = $1 AND case_id <> 0", DB_I(case_id)))
        return false;
    take_members(c, &r, &rows, &count);
    *found = count > 0;
    if (count) *out = rows[0];
    return true;
}

/* ---- documents and clock ---- */

bool bundle_store_add_upload(struct ctx *c, int64_t file, const struct bundle_upload *u, struct str sealed)
{
    return db_exec(&c->tx,
                   "INSERT INTO bundle_upload (id, file, document, blob, file_name, size, media_type, at) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   DB_I(u->id), DB_I(file), DB_S(u->document), DB_S(u->blob), DB_B(sealed), DB_I(u->size),
                   DB_S(u->media_type), DB_I(u->at));
}

bool bundle_store_remove_upload(struct ctx *c, int64_t file, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM bundle_upload WHERE file = $1 AND id = $2", DB_I(file), DB_I(id));
}

bool bundle_store_uploads(struct ctx *c, int64_t file, struct bundle_upload **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, document, blob, file_name, size, media_type, at FROM bundle_upload WHERE file = "
            "$1 ORDER BY id",
            DB_I(file)))
        return false;
    *count = r.rows;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct bundle_upload);
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct bundle_upload){.id = db_int(&r, i, 0),
                                            .document = db_str(&r, i, 1),
                                            .blob = db_str(&r, i, 2),
                                            .file_name = db_is_null(&r, i, 3) ? STR_EMPTY : db_str(&r, i, 3),
                                            .size = db_int(&r, i, 4),
                                            .media_type = db_str(&r, i, 5),
                                            .at = db_int(&r, i, 6)};
    return true;
}

bool bundle_store_clock(struct ctx *c, int64_t file, struct clock_event *events, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT kind, at FROM bundle_clock WHERE file = $1 ORDER BY seq LIMIT $2",
                  DB_I(file), DB_I(BUNDLE_CLOCK_MAX)))
        return false;
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        events[i] =
            (struct clock_event){.kind = (enum clock_event_kind)db_int(&r, i, 0), .at = db_int(&r, i, 1)};
    return true;
}

bool bundle_store_add_clock(struct ctx *c, int64_t file, int seq, const struct clock_event *e)
{
    return db_exec(&c->tx, "INSERT INTO bundle_clock (file, seq, kind, at) VALUES ($1, $2, $3, $4)",
                   DB_I(file), DB_I(seq), DB_I((int64_t)e->kind), DB_I(e->at));
}
