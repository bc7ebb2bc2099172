/* The statements of all kinds: only names of tables and columns differ, which are constants of the program.
 */
#include "modules/versions/versions.h"

#include "core/base/buf.h"
#include "core/http/server.h"

/* The kind's names in the place of the marks: @key, @text (columns), @ (of its tables). */
static const char *sql(struct ctx *c, const struct versions_kind *k, const char *pattern)
{
    const struct {
        const char *mark, *word;
    } words[] = {{"@key", k->key}, {"@text", k->text}, {"@", k->name}};
    struct buf out = buf_new(c->arena, 512);
    for (const char *p = pattern; *p;) {
        size_t i = 0;
        while (i < sizeof words / sizeof words[0] && strncmp(p, words[i].mark, strlen(words[i].mark)) != 0)
            i++;
        if (i < sizeof words / sizeof words[0]) {
            buf_add_c(&out, words[i].word);
            p += strlen(words[i].mark);
        } else
            buf_add(&out, str_n(p++, 1));
    }
    return str_z(c->arena, buf_str(&out));
}

#define COLUMNS                                                                                              \
    "SELECT v.@key, v.version, m.code, v.status, v.name, v.name_en, v.@text, v.note, v.authors, "            \
    "v.valid_from, v.made_by, v.made_at, v.reviewed_by, v.published_at FROM @_version v JOIN @_model m ON "  \
    "m.id = v.@key "

static bool take_all(struct ctx *c, const struct db_rows *r, struct versions_row **rows, size_t *count)
{
    *count = r->rows;
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct versions_row);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct versions_row){.id = db_int(r, i, 0),
                                           .version = (int)db_int(r, i, 1),
                                           .code = db_str(r, i, 2),
                                           .status = db_str(r, i, 3),
                                           .name = db_str(r, i, 4),
                                           .en = db_str(r, i, 5),
                                           .text = db_str(r, i, 6),
                                           .note = db_str(r, i, 7),
                                           .authors = db_str(r, i, 8),
                                           .from = (int32_t)db_int(r, i, 9),
                                           .made_by = db_int(r, i, 10),
                                           .made_at = db_int(r, i, 11),
                                           .reviewed_by = db_int(r, i, 12),
                                           .published_at = db_int(r, i, 13)};
    return true;
}

bool versions_by_code(struct ctx *c, const struct versions_kind *k, struct str code, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql(c, k, "SELECT id FROM @_model WHERE code = $1"), DB_S(code))) return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool versions_add_model(struct ctx *c, const struct versions_kind *k, const struct versions_row *v)
{
    return db_exec(&c->tx, sql(c, k, "INSERT INTO @_model (id, code) VALUES ($1, $2)"), DB_I(v->id),
                   DB_S(v->code));
}

bool versions_add(struct ctx *c, const struct versions_kind *k, const struct versions_row *v)
{
    return db_exec(&c->tx,
                   sql(c, k,
                       "INSERT INTO @_version (@key, version, status, name, name_en, valid_from, @text, "
                       "note, authors, made_by, made_at, reviewed_by, published_at) VALUES ($1, $2, $3, $4, "
                       "$5, $6, $7, $8, $9, $10, $11, $12, $13)"),
                   DB_I(v->id), DB_I(v->version), DB_S(v->status), DB_S(v->name), DB_S(v->en), DB_I(v->from),
                   DB_S(v->text), DB_S(v->note), DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at),
                   DB_I(v->reviewed_by), DB_I(v->published_at));
}

bool versions_renew(struct ctx *c, const struct versions_kind *k, const struct versions_row *v)
{
    return db_exec(&c->tx,
                   sql(c, k,
                       "UPDATE @_version SET name = $3, name_en = $4, valid_from = $5, @text = $6, note = "
                       "$7, authors = $8, made_by = $9, made_at = $10 WHERE @key = $1 AND version = $2 AND "
                       "status = 'draft'"),
                   DB_I(v->id), DB_I(v->version), DB_S(v->name), DB_S(v->en), DB_I(v->from), DB_S(v->text),
                   DB_S(v->note), DB_S(v->authors), DB_I(v->made_by), DB_I(v->made_at));
}

bool versions_set_status(struct ctx *c, const struct versions_kind *k, int64_t id, int version,
                         const char *status)
{
    return db_exec(&c->tx, sql(c, k, "UPDATE @_version SET status = $3 WHERE @key = $1 AND version = $2"),
                   DB_I(id), DB_I(version), DB_C(status));
}

bool versions_set_note(struct ctx *c, const struct versions_kind *k, int64_t id, int version, struct str note)
{
    return db_exec(&c->tx, sql(c, k, "UPDATE @_version SET note = $3 WHERE @key = $1 AND version = $2"),
                   DB_I(id), DB_I(version), DB_S(note));
}

bool versions_set_published(struct ctx *c, const struct versions_kind *k, const struct versions_row *v)
{
    return db_exec(&c->tx,
                   sql(c, k,
                       "UPDATE @_version SET status = 'published', reviewed_by = $3, published_at = $4 "
                       "WHERE @key = $1 AND version = $2"),
                   DB_I(v->id), DB_I(v->version), DB_I(c->actor.account), DB_I(c->now));
}

bool versions_of(struct ctx *c, const struct versions_kind *k, int64_t id, struct versions_row **rows,
                 size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, sql(c, k, COLUMNS "WHERE v.@key = $1 ORDER BY v.version DESC"), DB_I(id)) &&
           take_all(c, &r, rows, count);
}

bool versions_published(struct ctx *c, const struct versions_kind *k, struct versions_row **rows,
                        size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    sql(c, k,
                        COLUMNS "WHERE v.status = 'published' ORDER BY m.code, v.valid_from DESC, v.version "
                                "DESC")) &&
           take_all(c, &r, rows, count);
}

bool versions_last(struct ctx *c, const struct versions_kind *k, struct versions_row **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    sql(c, k,
                        COLUMNS "WHERE v.version = (SELECT max(o.version) FROM @_version o WHERE o.@key = "
                                "v.@key) ORDER BY m.code")) &&
           take_all(c, &r, rows, count);
}
