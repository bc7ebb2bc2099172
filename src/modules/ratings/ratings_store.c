#include "core/crypto/keyring.h"
#include "modules/ratings/ratings_internal.h"

static bool seal(struct ctx *c, const char *table, const char *column, const struct rating *r,
                 struct str plain, struct str *sealed)
{
    const struct field_place at = {table, column, r->id, r->rater};
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

/* Erased words are empty words. */
static bool open(struct ctx *c, const char *table, const char *column, const struct rating *r,
                 struct str *text)
{
    const struct field_place at = {table, column, r->id, r->rater};
    if (!text->len || field_open(ctx_keys(c), &c->tx, &at, *text, text)) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    *text = STR_EMPTY;
    return true;
}

/* ---- giving ---- */

bool ratings_store_count(struct ctx *c, const struct rating *r, int by)
{
    return db_exec(
        &c->tx,
        "INSERT INTO rating_total (item, unit, level, count) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (item, unit, level) DO UPDATE SET count = rating_total.count + excluded.count",
        DB_I(r->item), DB_I(r->unit), DB_I(r->level), DB_I(by));
}

bool ratings_store_add(struct ctx *c, const struct rating *r, bool *fresh)
{
    int64_t changed = 0;
    struct str said;
    if (!seal(c, "rating", "said", r, r->said, &said)) return false;
    if (!db_exec_count(&c->tx, &changed,
                       "INSERT INTO rating (id, case_id, case_no, item, item_version, item_name, unit, "
                       "division, channel, level, reasons, reasons_version, said, rater, at, "
                       "excluded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                       "0) ON CONFLICT (case_id) DO NOTHING",
                       DB_I(r->id), DB_I(r->case_id), DB_S(r->case_no), DB_I(r->item), DB_I(r->item_version),
                       DB_S(r->item_name), DB_I(r->unit), DB_S(r->division), DB_S(r->channel), DB_I(r->level),
                       DB_S(r->reasons), DB_I(REASONS_VERSION), DB_B(said), DB_I(r->rater), DB_I(r->at)))
        return false;
    *fresh = changed > 0;
    return !*fresh || ratings_store_count(c, r, 1);
}

bool ratings_store_of_case(struct ctx *c, int64_t case_id, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM rating WHERE case_id = $1", DB_I(case_id))) return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool ratings_store_open(struct ctx *c, const struct rating *r)
{
    return db_exec(&c->tx,
                   "INSERT INTO rectification (rating, unit, division, status, days, opened, due, finding, "
                   "verified_by, verified_at, measure, measured_by, measured_at, reply, "
                   "callback, published, closed_by, closed_at) VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, "
                   "0, 0, $7, 0, 0, $7, '', 0, 0, 0)",
                   DB_I(r->id), DB_I(r->unit), DB_S(r->division), DB_I(r->days), DB_I(r->at), DB_I(r->due),
                   DB_B(STR_EMPTY));
}

/* ---- finding: rows of one shape ---- */

#define COLUMNS                                                                                              \
    "r.id, r.case_id, r.case_no, r.item, r.item_version, r.item_name, r.unit, r.division, r.channel, "       \
    "r.level, r.reasons, r.said, r.rater, r.at, r.excluded, "                                                \
    "t.status, t.days, t.due, t.finding, t.verified_at, t.measure, t.measured_at, t.reply, t.callback, "     \
    "t.published, t.closed_at, "                                                                             \
    "x.status, x.reason, x.answer, x.asked_by "
#define TABLES                                                                                               \
    "FROM rating r LEFT JOIN rectification t ON t.rating = r.id LEFT JOIN rating_exclusion x ON x.rating = " \
    "r.id "
#define SEEN(table, wide, area, unit)                                                                        \
    "((" wide " = 1 AND substr(" table ".division, 1, length(" area ")) = " area ") OR (" wide               \
    " = 0 AND " table ".unit = " unit ")) "

static struct rating rating_of(const struct db_rows *q, size_t i)
{
    return (struct rating){.id = db_int(q, i, 0),
                           .case_id = db_int(q, i, 1),
                           .case_no = db_str(q, i, 2),
                           .item = db_int(q, i, 3),
                           .item_version = (int)db_int(q, i, 4),
                           .item_name = db_str(q, i, 5),
                           .unit = db_int(q, i, 6),
                           .division = db_str(q, i, 7),
                           .channel = db_str(q, i, 8),
                           .level = db_int(q, i, 9),
                           .reasons = db_str(q, i, 10),
                           .said = db_str(q, i, 11),
                           .rater = db_int(q, i, 12),
                           .at = db_int(q, i, 13),
                           .excluded = db_int(q, i, 14) != 0,
                           .status = db_str(q, i, 15),
                           .days = db_int(q, i, 16),
                           .due = db_int(q, i, 17),
                           .finding = db_str(q, i, 18),
                           .verified_at = db_int(q, i, 19),
                           .measure = db_str(q, i, 20),
                           .measured_at = db_int(q, i, 21),
                           .reply = db_str(q, i, 22),
                           .callback = db_str(q, i, 23),
                           .published = db_int(q, i, 24) != 0,
                           .closed_at = db_int(q, i, 25),
                           .exclusion = db_str(q, i, 26),
                           .why = db_str(q, i, 27),
                           .answer = db_str(q, i, 28),
                           .asked_by = db_int(q, i, 29)};
}

static bool open_words(struct ctx *c, struct rating *r)
{
    return open(c, "rating", "said", r, &r->said) && open(c, "rectification", "finding", r, &r->finding) &&
           open(c, "rectification", "measure", r, &r->measure) &&
           open(c, "rectification", "reply", r, &r->reply) &&
           open(c, "rating_exclusion", "reason", r, &r->why) &&
           open(c, "rating_exclusion", "answer", r, &r->answer);
}

bool ratings_store_load(struct ctx *c, const struct rating_view *v, int64_t id, struct rating *out,
                        bool *found)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q, "SELECT " COLUMNS TABLES "WHERE r.id = $1 AND " SEEN("r", "$2", "$3", "$4"),
                  DB_I(id), DB_I(v->area_wide), DB_S(v->area), DB_I(v->unit)))
        return false;
    *found = q.rows > 0;
    if (!*found) return true;
    *out = rating_of(&q, 0);
    return open_words(c, out);
}

bool ratings_store_list(struct ctx *c, const struct rating_view *v, struct str filter, int64_t at,
                        struct rating **list, size_t *count)
{
    static const char open_ones[] =
        "SELECT " COLUMNS TABLES
        "WHERE t.status <> 'closed' AND r.id > $4 AND " SEEN("r", "$1", "$2", "$3") "ORDER BY r.id LIMIT $5";
    static const char done_ones[] =
        "SELECT " COLUMNS TABLES "WHERE t.status = 'closed' AND r.id < $4 AND " SEEN(
            "r", "$1", "$2", "$3") "ORDER BY r.id DESC LIMIT $5";
    static const char all[] =
        "SELECT " COLUMNS TABLES
        "WHERE r.id < $4 AND " SEEN("r", "$1", "$2", "$3") "ORDER BY r.id DESC LIMIT $5";
    bool open_first = str_eq_c(filter, "open");
    struct db_rows q;
    if (!open_first && at <= 0) at = INT64_MAX;
    if (!db_query(&c->tx, &q,
                  open_first                 ? open_ones
                  : str_eq_c(filter, "done") ? done_ones
                                             : all,
                  DB_I(v->area_wide), DB_S(v->area), DB_I(v->unit), DB_I(at), DB_I(RATINGS_PAGE + 1)))
        return false;
    *list = ARENA_ARRAY(c->arena, q.rows + 1, struct rating);
    for (size_t i = 0; i < q.rows; i++)
        (*list)[i] = rating_of(&q, i);
    *count = q.rows;
    return true;
}

bool ratings_store_counts(struct ctx *c, const struct rating_view *v, int64_t *open_count, int64_t *done,
                          int64_t *all)
{
    struct db_rows q, r;
    if (!db_query(&c->tx, &q,
                  "SELECT CASE WHEN t.status = 'closed' THEN 1 ELSE 0 END, COUNT(*) FROM rectification t "
                  "WHERE " SEEN("t", "$1", "$2", "$3") "GROUP BY 1 ORDER BY 1",
                  DB_I(v->area_wide), DB_S(v->area), DB_I(v->unit)) ||
        !db_query(&c->tx, &r, "SELECT COUNT(*) FROM rating r WHERE " SEEN("r", "$1", "$2", "$3"),
                  DB_I(v->area_wide), DB_S(v->area), DB_I(v->unit)))
        return false;
    *open_count = *done = 0;
    for (size_t i = 0; i < q.rows; i++)
        *(db_int(&q, i, 0) ? done : open_count) = db_int(&q, i, 1);
    *all = db_int(&r, 0, 0);
    return true;
}

/* ---- putting right ---- */

static bool moved(bool ok, int64_t changed, bool *done)
{
    *done = changed > 0;
    return ok;
}

bool ratings_store_verify(struct ctx *c, const struct rating *r, struct str finding, bool *done)
{
    int64_t changed = 0;
    struct str sealed;
    if (!seal(c, "rectification", "finding", r, finding, &sealed)) return false;
    bool ok = db_exec_count(&c->tx, &changed,
                            "UPDATE rectification SET status = 'verified', finding = $2, verified_by = $3, "
                            "verified_at = $4 WHERE rating = $1 AND status = 'open'",
                            DB_I(r->id), DB_B(sealed), DB_I(c->actor.account), DB_I(c->now));
    return moved(ok, changed, done);
}

bool ratings_store_measure(struct ctx *c, const struct rating *r, struct str measure, bool *done)
{
    int64_t changed = 0;
    struct str sealed;
    if (!seal(c, "rectification", "measure", r, measure, &sealed)) return false;
    bool ok = db_exec_count(&c->tx, &changed,
                            "UPDATE rectification SET status = 'measures', measure = $2, measured_by = $3, "
                            "measured_at = $4 WHERE rating = $1 AND status = 'verified'",
                            DB_I(r->id), DB_B(sealed), DB_I(c->actor.account), DB_I(c->now));
    return moved(ok, changed, done);
}

bool ratings_store_close(struct ctx *c, const struct rating *r, struct str reply, struct str callback,
                         bool publish, bool *done)
{
    int64_t changed = 0;
    struct str sealed;
    if (!seal(c, "rectification", "reply", r, reply, &sealed)) return false;
    bool ok = db_exec_count(&c->tx, &changed,
                            "UPDATE rectification SET status = 'closed', reply = $2, callback = $3, "
                            "published = $4, closed_by = $5, closed_at = $6 "
                            "WHERE rating = $1 AND status = 'measures'",
                            DB_I(r->id), DB_B(sealed), DB_S(callback), DB_I(publish), DB_I(c->actor.account),
                            DB_I(c->now));
    return moved(ok, changed, done);
}

/* ---- excluding ---- */

bool ratings_store_ask(struct ctx *c, const struct rating *r, struct str why, bool *done)
{
    int64_t changed = 0;
    struct str sealed;
    if (!seal(c, "rating_exclusion", "reason", r, why, &sealed)) return false;
    bool ok = db_exec_count(&c->tx, &changed,
                            "INSERT INTO rating_exclusion (rating, status, reason, asked_by, asked_at, "
                            "answer, decided_by, decided_at) "
                            "VALUES ($1, 'asked', $2, $3, $4, $5, 0, 0) ON CONFLICT (rating) DO NOTHING",
                            DB_I(r->id), DB_B(sealed), DB_I(c->actor.account), DB_I(c->now), DB_B(STR_EMPTY));
    return moved(ok, changed, done);
}

bool ratings_store_decide(struct ctx *c, const struct rating *r, bool agree, struct str answer, bool *done)
{
    int64_t changed = 0;
    struct str sealed;
    if (!seal(c, "rating_exclusion", "answer", r, answer, &sealed)) return false;
    bool ok = db_exec_count(&c->tx, &changed,
                            "UPDATE rating_exclusion SET status = $2, answer = $3, decided_by = $4, "
                            "decided_at = $5 WHERE rating = $1 AND status = 'asked' AND asked_by <> $4",
                            DB_I(r->id), DB_C(agree ? "granted" : "denied"), DB_B(sealed),
                            DB_I(c->actor.account), DB_I(c->now));
    return moved(ok, changed, done);
}

bool ratings_store_exclude(struct ctx *c, const struct rating *r)
{
    return db_exec(&c->tx, "UPDATE rating SET excluded = 1 WHERE id = $1", DB_I(r->id)) &&
           db_exec(&c->tx,
                   "UPDATE rectification SET status = 'closed', published = 0, closed_by = $2, closed_at = "
                   "$3 WHERE rating = $1 AND status <> 'closed'",
                   DB_I(r->id), DB_I(c->actor.account), DB_I(c->now)) &&
           db_exec(&c->tx, "UPDATE rectification SET published = 0 WHERE rating = $1", DB_I(r->id)) &&
           ratings_store_count(c, r, -1);
}

/* ---- sums ---- */

bool ratings_store_levels(struct ctx *c, int64_t item, int64_t unit, int64_t counts[LEVELS + 1])
{
    static const char of_item[] = "SELECT level, CAST(SUM(count) AS BIGINT) FROM rating_total WHERE item = "
                                  "$1 AND ($2 = 0 OR unit = $2) GROUP BY level ORDER BY level";
    static const char of_unit[] = "SELECT level, CAST(SUM(count) AS BIGINT) FROM rating_total WHERE ($1 = 0 "
                                  "OR item = $1) AND ($2 = 0 OR unit = $2) GROUP BY level ORDER BY level";
    struct db_rows q;
    if (!db_query(&c->tx, &q, item ? of_item : of_unit, DB_I(item), DB_I(unit))) return false;
    for (int i = 0; i <= LEVELS; i++)
        counts[i] = 0;
    for (size_t i = 0; i < q.rows; i++)
        if (db_int(&q, i, 0) >= 1 && db_int(&q, i, 0) <= LEVELS) counts[db_int(&q, i, 0)] = db_int(&q, i, 1);
    return true;
}

static void take_counts(struct ctx *c, const struct db_rows *q, struct rating_count **list, size_t *count)
{
    *list = ARENA_ARRAY(c->arena, q->rows + 1, struct rating_count);
    for (size_t i = 0; i < q->rows; i++)
        (*list)[i] = (struct rating_count){db_int(q, i, 0), db_int(q, i, 1), db_int(q, i, 2)};
    *count = q->rows;
}

bool ratings_store_by_unit(struct ctx *c, struct rating_count **list, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT unit, level, CAST(SUM(count) AS BIGINT) FROM rating_total WHERE count > 0 GROUP BY "
                  "unit, level ORDER BY unit, level"))
        return false;
    take_counts(c, &q, list, count);
    return true;
}

bool ratings_store_by_item(struct ctx *c, int64_t unit, struct rating_count **list, size_t *count)
{
    struct db_rows q;
    if (!db_query(
            &c->tx, &q,
            "SELECT item, level, count FROM rating_total WHERE unit = $1 AND count > 0 ORDER BY item, level",
            DB_I(unit)))
        return false;
    take_counts(c, &q, list, count);
    return true;
}

bool ratings_store_in_time(struct ctx *c, int64_t *in_time, int64_t *of)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT CASE WHEN t.status = 'closed' AND t.closed_at <= t.due THEN 1 ELSE 0 END, COUNT(*) "
                  "FROM rectification t JOIN rating r ON r.id = t.rating "
                  "WHERE r.excluded = 0 AND (t.status = 'closed' OR t.due < $1) GROUP BY 1 ORDER BY 1",
                  DB_I(c->now)))
        return false;
    *in_time = *of = 0;
    for (size_t i = 0; i < q.rows; i++) {
        *of += db_int(&q, i, 1);
        if (db_int(&q, i, 0)) *in_time = db_int(&q, i, 1);
    }
    return true;
}

bool ratings_store_published(struct ctx *c, struct rating **list, size_t *count)
{
    struct db_rows q;
    if (!db_query(&c->tx, &q,
                  "SELECT " COLUMNS TABLES
                  "WHERE t.published = 1 ORDER BY t.closed_at DESC, r.id DESC LIMIT $1",
                  DB_I(REPLIES_SHOWN)))
        return false;
    *list = ARENA_ARRAY(c->arena, q.rows + 1, struct rating);
    *count = 0;
    for (size_t i = 0; i < q.rows; i++) {
        struct rating *r = &(*list)[*count];
        *r = rating_of(&q, i);
        if (!open_words(c, r)) return false;
        *count += r->reply.len > 0;
    }
    return true;
}
