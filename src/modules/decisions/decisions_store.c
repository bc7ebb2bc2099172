#include "core/http/server.h"
#include "modules/decisions/decisions_internal.h"

#define VERSION_COLUMNS                                                                                      \
    "v.model, v.version, m.code, m.purpose, m.subject, v.status, v.name, v.name_en, v.decision, v.law, "     \
    "v.article, v.refuse_law, v.refuse_article, v.xml, v.inputs, v.tests, v.note, v.authors, v.may_refuse, " \
    "v.valid_from, v.valid_to, v.made_by, v.made_at, v.reviewed_by, v.published_at "                         \
    "FROM decision_version v JOIN decision_model m ON m.id = v.model "

static void take(const struct db_rows *r, size_t i, struct version_row *v)
{
    struct str *const texts[] = {&v->code,    &v->purpose,    &v->subject,        &v->status,
                                 &v->name,    &v->en,         &v->decision,       &v->law,
                                 &v->article, &v->refuse_law, &v->refuse_article, &v->xml,
                                 &v->inputs,  &v->tests,      &v->note,           &v->authors};
    *v = (struct version_row){.model = db_int(r, i, 0), .version = (int)db_int(r, i, 1)};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        *texts[k] = db_str(r, i, k + 2);
    v->may_refuse = db_int(r, i, 18) != 0;
    v->from = (int32_t)db_int(r, i, 19);
    v->to = (int32_t)db_int(r, i, 20);
    v->made_by = db_int(r, i, 21);
    v->made_at = db_int(r, i, 22);
    v->reviewed_by = db_int(r, i, 23);
    v->published_at = db_int(r, i, 24);
}

static void take_all(struct ctx *c, const struct db_rows *r, struct version_row **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct version_row);
    for (size_t i = 0; i < r->rows; i++)
        take(r, i, &(*rows)[i]);
}

/* ---- models and versions ---- */

bool decisions_store_add_model(struct ctx *c, const struct version_row *row)
{
    return db_exec(&c->tx, "INSERT INTO decision_model (id, code, purpose, subject) VALUES ($1, $2, $3, $4)",
                   DB_I(row->model), DB_S(row->code), DB_S(row->purpose), DB_S(row->subject));
}

bool decisions_store_model(struct ctx *c, int64_t id, struct version_row *row, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id, code, purpose, subject FROM decision_model WHERE id = $1",
                  DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (*found)
        *row = (struct version_row){.model = db_int(&r, 0, 0),
                                    .code = db_str(&r, 0, 1),
                                    .purpose = db_str(&r, 0, 2),
                                    .subject = db_str(&r, 0, 3)};
    return true;
}

bool decisions_store_add(struct ctx *c, const struct version_row *v)
{
    return db_exec(
        &c->tx,
        "INSERT INTO decision_version (model, version, status, name, name_en, decision, law, article, "
        "may_refuse, refuse_law, refuse_article, valid_from, valid_to, xml, inputs, tests, note, authors, "
        "made_by, made_at, reviewed_by, published_at) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
        "$22)",
        DB_I(v->model), DB_I(v->version), DB_S(v->status), DB_S(v->name), DB_S(v->en), DB_S(v->decision),
        DB_S(v->law), DB_S(v->article), DB_I(v->may_refuse), DB_S(v->refuse_law), DB_S(v->refuse_article),
        DB_I(v->from), DB_I(v->to), DB_S(v->xml), DB_S(v->inputs), DB_S(v->tests), DB_S(v->note),
        DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at), DB_I(v->reviewed_by), DB_I(v->published_at));
}

bool decisions_store_save(struct ctx *c, const struct version_row *v)
{
    return db_exec(&c->tx,
                   "UPDATE decision_version SET name = $3, name_en = $4, decision = $5, law = $6, article = "
                   "$7, refuse_law = $8, refuse_article = $9, valid_from = $10, valid_to = $11, xml = $12, "
                   "inputs = $13, tests = $14, note = $15, authors = $16, made_by = $17, made_at = $18 "
                   "WHERE model = $1 AND version = $2 AND status = 'draft'",
                   DB_I(v->model), DB_I(v->version), DB_S(v->name), DB_S(v->en), DB_S(v->decision),
                   DB_S(v->law), DB_S(v->article), DB_S(v->refuse_law), DB_S(v->refuse_article),
                   DB_I(v->from), DB_I(v->to), DB_S(v->xml), DB_S(v->inputs), DB_S(v->tests), DB_S(v->note),
                   DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at));
}

bool decisions_store_publish(struct ctx *c, const struct version_row *v, bool may_refuse)
{
    return db_exec(&c->tx,
                   "UPDATE decision_version SET status = 'superseded' WHERE model = $1 AND status = "
                   "'published' AND valid_from >= $2 AND ($3 = 0 OR (valid_to > 0 AND valid_to <= $3))",
                   DB_I(v->model), DB_I(v->from), DB_I(v->to)) &&
           db_exec(&c->tx,
                   "UPDATE decision_version SET status = 'published', may_refuse = $3, reviewed_by = $4, "
                   "published_at = $5 WHERE model = $1 AND version = $2",
                   DB_I(v->model), DB_I(v->version), DB_I(may_refuse), DB_I(c->actor.account), DB_I(c->now));
}

bool decisions_store_versions(struct ctx *c, int64_t model, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " VERSION_COLUMNS "WHERE v.model = $1 ORDER BY v.version DESC",
                  DB_I(model)))
        return false;
    take_all(c, &r, rows, count);
    return true;
}

bool decisions_store_list(struct ctx *c, struct str status, struct version_row **rows, size_t *count)
{
    struct db_rows r;
    bool ok = status.len ? db_query(&c->tx, &r,
                                    "SELECT " VERSION_COLUMNS "WHERE v.status = $1 ORDER BY m.code, "
                                    "v.valid_from DESC, v.version DESC",
                                    DB_S(status))
                         : db_query(&c->tx, &r,
                                    "SELECT " VERSION_COLUMNS
                                    "WHERE v.version = (SELECT max(o.version) FROM decision_version o WHERE "
                                    "o.model = v.model) ORDER BY m.code");
    if (ok) take_all(c, &r, rows, count);
    return ok;
}

/* ---- what was decided in cases ---- */

bool decisions_store_keep(struct ctx *c, int64_t id, int64_t case_id, int64_t subject,
                          const struct decision_version *v, struct str outcome, struct str sealed)
{
    return db_exec(&c->tx,
                   "INSERT INTO decision_made (id, case_id, subject, model, version, purpose, outcome, "
                   "made_at, said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   DB_I(id), DB_I(case_id), DB_I(subject), DB_I(v->model), DB_I(v->version),
                   DB_C(decision_purposes[v->purpose]), DB_S(outcome), DB_I(c->now), DB_B(sealed));
}

#define MADE_COLUMNS "id, model, version, purpose, outcome, made_at, said, case_id FROM decision_made "

bool decisions_store_made(struct ctx *c, int64_t case_id, int64_t subject, struct made_row **rows,
                          size_t *count)
{
    struct db_rows r;
    bool ok =
        case_id
            ? db_query(&c->tx, &r, "SELECT " MADE_COLUMNS "WHERE case_id = $1 AND subject = $2 ORDER BY id",
                       DB_I(case_id), DB_I(subject))
            : db_query(&c->tx, &r, "SELECT " MADE_COLUMNS "WHERE subject = $1 ORDER BY id", DB_I(subject));
    if (!ok) return false;
    *count = r.rows;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct made_row);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct made_row){.id = db_int(&r, i, 0),
                                       .model = db_int(&r, i, 1),
                                       .version = (int)db_int(&r, i, 2),
                                       .purpose = db_str(&r, i, 3),
                                       .outcome = db_str(&r, i, 4),
                                       .made_at = db_int(&r, i, 5),
                                       .said = db_str(&r, i, 6),
                                       .case_id = db_int(&r, i, 7)};
    return true;
}
