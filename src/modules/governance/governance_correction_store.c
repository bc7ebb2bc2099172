#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/governance/governance_correction.h"

/* ---- sealed columns ---- */

static bool seal(struct ctx *c, const struct correction *k, const char *column, struct str plain,
                 struct str *sealed)
{
    const struct field_place at = {"data_correction", column, k->id, k->subject};
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

static bool unseal(struct ctx *c, const struct correction *k, const char *column, struct str *text)
{
    const struct field_place at = {"data_correction", column, k->id, k->subject};
    if (!text->len || field_open(ctx_keys(c), &c->tx, &at, *text, text)) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    *text = STR_EMPTY;
    return true;
}

/* ---- rows ---- */

#define COLUMNS                                                                                              \
    "k.id, k.entry, k.provider, k.item, k.subject, k.subject_index, k.number, k.asked_unit, k.asked_by, "    \
    "k.state, k.words, k.opened, k.due, k.taken_by, k.answer, k.answered_by, k.answered_at "

static struct correction correction_of(const struct db_rows *r, size_t i)
{
    return (struct correction){.id = db_int(r, i, 0),
                               .entry = db_int(r, i, 1),
                               .provider = db_int(r, i, 2),
                               .item = db_str(r, i, 3),
                               .subject = db_int(r, i, 4),
                               .subject_index = db_str(r, i, 5),
                               .number = db_str(r, i, 6),
                               .asked_unit = db_int(r, i, 7),
                               .asked_by = db_int(r, i, 8),
                               .state = db_str(r, i, 9),
                               .words = db_str(r, i, 10),
                               .opened = db_int(r, i, 11),
                               .due = db_int(r, i, 12),
                               .taken_by = db_int(r, i, 13),
                               .answer = db_str(r, i, 14),
                               .answered_by = db_int(r, i, 15),
                               .answered_at = db_int(r, i, 16)};
}

static bool all_of(struct ctx *c, const struct db_rows *r, struct correction **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct correction);
    for (size_t i = 0; i < r->rows; i++) {
        (*rows)[i] = correction_of(r, i);
        if (r->cols > 17) (*rows)[i].noted_at = db_int(r, i, 17);
    }
    *count = r->rows;
    return true;
}

bool correction_store_add(struct ctx *c, const struct correction *k)
{
    struct str number, words;
    return seal(c, k, "number", k->number, &number) && seal(c, k, "words", k->words, &words) &&
           db_exec(
               &c->tx,
               "INSERT INTO data_correction (id, entry, provider, item, subject, subject_index, number, "
               "asked_unit, asked_by, state, words, opened, due, taken_by, answer, answered_by, answered_at) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12, 0, $13, 0, 0)",
               DB_I(k->id), DB_I(k->entry), DB_I(k->provider), DB_S(k->item), DB_I(k->subject),
               DB_B(k->subject_index), DB_B(number), DB_I(k->asked_unit), DB_I(k->asked_by), DB_B(words),
               DB_I(k->opened), DB_I(k->due), DB_B(STR_EMPTY));
}

bool correction_store_load(struct ctx *c, int64_t id, struct correction *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS "FROM data_correction k WHERE k.id = $1", DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = correction_of(&r, 0);
    return unseal(c, out, "number", &out->number) && unseal(c, out, "words", &out->words) &&
           unseal(c, out, "answer", &out->answer);
}

/* ---- lists ---- */

static int64_t behind(int64_t before)
{
    return before > 0 ? before : INT64_MAX;
}

bool correction_store_list(struct ctx *c, const struct correction_query *q, struct correction **rows,
                           size_t *count)
{
    /* One state is one range of an index; of those that ended there are two. */
    static const char one[] =
        "SELECT " COLUMNS "FROM data_correction k WHERE k.provider = $1 AND k.state = $2 AND "
        "k.id < $3 ORDER BY k.id DESC LIMIT $4";
    static const char ended[] =
        "SELECT " COLUMNS "FROM data_correction k WHERE k.provider = $1 AND k.state IN "
        "('corrected', 'refused') AND k.id < $3 AND $2 <> '' ORDER BY k.id DESC LIMIT $4";
    static const char one_all[] =
        "SELECT " COLUMNS "FROM data_correction k WHERE $1 = 0 AND k.state = $2 AND k.id < "
        "$3 ORDER BY k.id DESC LIMIT $4";
    static const char ended_all[] =
        "SELECT " COLUMNS "FROM data_correction k WHERE $1 = 0 AND k.state IN "
        "('corrected', 'refused') AND k.id < $3 AND $2 <> '' ORDER BY k.id DESC LIMIT $4";
    bool done = str_eq_c(q->state, "done");
    struct db_rows r;
    return db_query(&c->tx, &r,
                    q->provider ? done ? ended : one
                    : done      ? ended_all
                                : one_all,
                    DB_I(q->provider), DB_S(q->state), DB_I(behind(q->before)), DB_I(CORRECTIONS_PAGE + 1)) &&
           all_of(c, &r, rows, count);
}

bool correction_store_asked(struct ctx *c, int64_t unit, int64_t before, struct correction **rows,
                            size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS
                    "FROM data_correction k WHERE k.asked_unit = $1 AND k.id < $2 ORDER BY k.id DESC "
                    "LIMIT $3",
                    DB_I(unit), DB_I(behind(before)), DB_I(CORRECTIONS_PAGE + 1)) &&
           all_of(c, &r, rows, count);
}

/* Those not yet noted first. */
bool correction_store_told(struct ctx *c, int64_t unit, int64_t before, struct correction **rows,
                           size_t *count)
{
    struct db_rows r;
    return db_query(
               &c->tx, &r,
               "SELECT " COLUMNS ", t.noted_at FROM correction_told t JOIN data_correction k ON k.id = "
               "t.correction WHERE t.unit = $1 AND t.correction < $2 ORDER BY t.correction DESC LIMIT $3",
               DB_I(unit), DB_I(behind(before)), DB_I(CORRECTIONS_PAGE + 1)) &&
           all_of(c, &r, rows, count);
}

bool correction_store_of(struct ctx *c, int64_t subject, int64_t before, struct correction **rows,
                         size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " COLUMNS
                  "FROM data_correction k WHERE k.subject = $1 AND k.id < $2 ORDER BY k.id DESC "
                  "LIMIT $3",
                  DB_I(subject), DB_I(behind(before)), DB_I(CORRECTIONS_PAGE + 1)) ||
        !all_of(c, &r, rows, count))
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!unseal(c, &(*rows)[i], "words", &(*rows)[i].words) ||
            !unseal(c, &(*rows)[i], "answer", &(*rows)[i].answer))
            return false;
    return true;
}

/* ---- steps ---- */

bool correction_store_take(struct ctx *c, int64_t id, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "UPDATE data_correction SET state = 'checking', taken_by = $2 WHERE id = $1 AND state = "
        "'open'",
        DB_I(id), DB_I(c->actor.account));
    *done = count > 0;
    return ok;
}

bool correction_store_answer(struct ctx *c, const struct correction *k, bool *done)
{
    struct str answer;
    int64_t count = 0;
    if (!seal(c, k, "answer", k->answer, &answer) ||
        !db_exec_count(
            &c->tx, &count,
            "UPDATE data_correction SET state = $2, answer = $3, answered_by = $4, answered_at = $5 WHERE id "
            "= $1 AND state = 'checking'",
            DB_I(k->id), DB_S(k->state), DB_B(answer), DB_I(c->actor.account), DB_I(c->now)))
        return false;
    *done = count > 0;
    return true;
}

bool correction_store_tell(struct ctx *c, int64_t id, int64_t unit)
{
    return db_exec(
        &c->tx,
        "INSERT INTO correction_told (correction, unit, at, noted_by, noted_at) VALUES ($1, $2, $3, 0, 0) ON "
        "CONFLICT (correction, unit) DO NOTHING",
        DB_I(id), DB_I(unit), DB_I(c->now));
}

bool correction_store_is_told(struct ctx *c, int64_t id, int64_t unit, bool *told, int64_t *noted_at)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT noted_at FROM correction_told WHERE correction = $1 AND unit = $2",
                  DB_I(id), DB_I(unit)))
        return false;
    *told = r.rows > 0;
    *noted_at = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool correction_store_note(struct ctx *c, int64_t id, int64_t unit, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "UPDATE correction_told SET noted_by = $3, noted_at = $4 WHERE correction = $1 AND unit = $2 "
        "AND noted_at = 0",
        DB_I(id), DB_I(unit), DB_I(c->actor.account), DB_I(c->now));
    *done = count > 0;
    return ok;
}

bool correction_store_reached(struct ctx *c, int64_t id, int64_t *told, int64_t *noted)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*), COUNT(CASE WHEN noted_at > 0 THEN 1 END) FROM correction_told WHERE "
                  "correction = $1",
                  DB_I(id)))
        return false;
    *told = db_int(&r, 0, 0);
    *noted = db_int(&r, 0, 1);
    return true;
}

bool correction_store_waiting(struct ctx *c, int64_t unit, int64_t *open, int64_t *told)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT (SELECT COUNT(*) FROM data_correction WHERE provider = $1 AND state IN ('open', "
                  "'checking')), "
                  "(SELECT COUNT(*) FROM correction_told WHERE unit = $1 AND noted_at = 0)",
                  DB_I(unit)))
        return false;
    *open = db_int(&r, 0, 0);
    *told = db_int(&r, 0, 1);
    return true;
}

bool correction_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "UPDATE data_correction SET subject_index = $2 WHERE subject = $1", DB_I(subject),
                   DB_B(STR_EMPTY));
}
