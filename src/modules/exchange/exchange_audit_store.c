/* Calls beside the log: the rows that lists, ledgers and sums are made of against what the record of each
 * call says. Whose number a row is filed under is forgotten with a person, and is nobody's then. Records from
 * before they held a member are not asked for it. */
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_feed.h"

enum { CALLS_AT_ONCE = 512 };

static const char row_gone[] = "The row of a call is gone: %{arg}.";
static const char row_differs[] = "The row of a call says something else than its record: %{arg}.";
static const char row_unrecorded[] = "There is no record of a call: %{arg}.";
static const char line_differs[] = "An answer of a batch is not the one its call gave: %{arg}.";

enum column {
    CALL_SYSTEM,
    CALL_RESOURCE,
    CALL_PERMIT,
    CALL_CASE,
    CALL_MODE,
    CALL_PURPOSE,
    CALL_FIELDS,
    CALL_RESULT,
    CALL_UNIT,
    CALL_OPERATOR,
    CALL_ITEM,
    CALL_SUBJECT,
    CALL_INDEX,
    CALL_ANSWER,
    CALL_SIGNED,
    CALL_OWN,
    CALL_ID,
    RECORD_ID,
    RECORD_OBJECT,
    RECORD_DETAIL,
    RECORD_UNIT,
    RECORD_KIND,
    RECORD_ACCOUNT,
    SUBJECT_ERASED
};

/* A row with its record. */
struct pair {
    struct ctx *c;
    const struct db_rows *r;
    size_t i;
    const struct json *said;
    bool whole; /* the record holds all that today's hold: what it leaves out is none */
};

static struct str id_text(const struct pair *p, enum column column)
{
    return str_fmt(p->c->arena, "%lld", (long long)db_int(p->r, p->i, column));
}

static bool texts_are_said(const struct pair *p)
{
    static const struct {
        const char *name;
        enum column column;
    } texts[] = {
        {"mode", CALL_MODE}, {"purpose", CALL_PURPOSE}, {"fields", CALL_FIELDS}, {"result", CALL_RESULT}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!str_eq(json_text_of(p->said, texts[i].name), db_str(p->r, p->i, texts[i].column))) return false;
    return !json_get(p->said, "signed") ||
           str_eq(json_text_of(p->said, "signed"), db_str(p->r, p->i, CALL_SIGNED));
}

static bool ids_are_said(const struct pair *p)
{
    static const struct {
        const char *name;
        enum column column;
    } ids[] = {{"system", CALL_SYSTEM}, {"resource", CALL_RESOURCE}, {"permit", CALL_PERMIT}};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (!str_eq(json_text_of(p->said, ids[i].name), id_text(p, ids[i].column))) return false;
    bool about = db_int(p->r, p->i, CALL_CASE) > 0, service = db_int(p->r, p->i, CALL_ITEM) != 0;
    return str_eq(json_text_of(p->said, "case"), about ? id_text(p, CALL_CASE) : STR_EMPTY) &&
           (!p->whole ||
            str_eq(json_text_of(p->said, "service"), service ? id_text(p, CALL_ITEM) : STR_EMPTY)) &&
           (!json_get(p->said, "subject") ||
            str_eq(json_text_of(p->said, "subject"), id_text(p, CALL_SUBJECT)));
}

/* Of this installation's own calls the record itself says which officer asked. */
static bool asker_is_said(const struct pair *p, int64_t platform)
{
    struct str operator_id = db_str(p->r, p->i, CALL_OPERATOR);
    bool own = db_int(p->r, p->i, CALL_SYSTEM) == platform;
    if (db_int(p->r, p->i, CALL_OWN) != own ||
        db_int(p->r, p->i, CALL_UNIT) != db_int(p->r, p->i, RECORD_UNIT))
        return false;
    if (own && db_int(p->r, p->i, RECORD_KIND) == ACTOR_OFFICER)
        return (!p->whole && !operator_id.len) || str_eq(operator_id, id_text(p, RECORD_ACCOUNT));
    if (own) return !operator_id.len;
    return (!p->whole && !json_get(p->said, "operator")) ||
           str_eq(operator_id, json_text_of(p->said, "operator"));
}

static bool subject_is_said(const struct pair *p)
{
    struct str index = db_str(p->r, p->i, CALL_INDEX);
    bool forgotten = !index.len && (!db_int(p->r, p->i, CALL_SUBJECT) || db_int(p->r, p->i, SUBJECT_ERASED));
    return !p->whole || forgotten ||
           str_eq(json_text_of(p->said, "whose"),
                  exchange_whose(p->c->arena, db_int(p->r, p->i, CALL_ID), index));
}

static bool is_said(const struct pair *p, int64_t platform)
{
    return ids_are_said(p) && texts_are_said(p) && asker_is_said(p, platform) && subject_is_said(p) &&
           (!p->whole || json_true_of(p->said, "found") == (db_int(p->r, p->i, CALL_ANSWER) != 0));
}

static bool look_at_records(struct ctx *c, struct evidence_audit *out)
{
    int64_t after = INT64_MIN, platform = exchange_platform(c);
    struct db_rows r;
    do {
        ctx_next_part(c);
        if (!db_query(&c->tx, &r,
                      "SELECT k.system, k.resource, k.permit, k.case_id, k.mode, k.purpose, k.fields, "
                      "k.result, k.unit, k.operator, k.item, k.subject, k.subject_index, k.answer, k.signed, "
                      "k.own, k.id, e.id, e.object, e.detail, e.unit, e.actor_kind, e.account, (SELECT "
                      "COUNT(*) FROM evidence x WHERE x.object = k.subject AND k.subject <> 0 AND x.act = "
                      "'person.erase') FROM evidence e LEFT JOIN exchange_call k ON "
                      "k.id = e.object WHERE e.id > $1 AND e.act = 'exchange.call' ORDER BY e.id LIMIT $2",
                      DB_I(after), DB_I(CALLS_AT_ONCE)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            struct err unreadable = {0};
            const struct json *said =
                json_parse(c->arena, db_str(&r, i, RECORD_DETAIL), JSON_STRICT, &unreadable);
            const struct pair p = {
                .c = c, .r = &r, .i = i, .said = said, .whole = json_get(said, "whose") != NULL};
            int64_t call = db_int(&r, i, RECORD_OBJECT);
            after = db_int(&r, i, RECORD_ID);
            if (db_is_null(&r, i, CALL_ID))
                evidence_found(out, row_gone, call);
            else if (!is_said(&p, platform))
                evidence_found(out, row_differs, call);
        }
    } while (r.rows == CALLS_AT_ONCE);
    return true;
}

static bool look_at_rows(struct ctx *c, struct evidence_audit *out)
{
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        ctx_next_part(c);
        if (!db_query(&c->tx, &r,
                      "SELECT k.id, (SELECT COUNT(*) FROM evidence e WHERE e.object = k.id AND e.act = "
                      "'exchange.call') FROM exchange_call k WHERE k.id > $1 ORDER BY k.id LIMIT $2",
                      DB_I(after), DB_I(CALLS_AT_ONCE)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            after = db_int(&r, i, 0);
            if (!db_int(&r, i, 1)) evidence_found(out, row_unrecorded, after);
        }
    } while (r.rows == CALLS_AT_ONCE);
    return true;
}

/* ---- batches ---- */

static bool opens(struct ctx *c, struct batch_line *l, struct str question, struct str answer)
{
    struct err broken = {0}, *own = c->err, *of_tx = c->tx.err;
    c->err = c->tx.err = &broken;
    bool ok = batch_line_open(c, l, question, answer);
    c->err = own;
    c->tx.err = of_tx;
    return ok;
}

/* What is kept of it is what its record has the leaf of. Lines of earlier versions have no call. */
static bool is_the_answer(struct ctx *c, const struct batch_line *l, const struct json *said)
{
    const struct json *given = json_get(l->answer, "answer");
    if (!l->answer || (l->subject < 0 && !l->call)) return true;
    if (!given) return !l->call || str_eq(json_text_of(said, "result"), json_text_of(l->answer, "error"));
    struct merkle_node leaf = merkle_leaf(MERKLE_SM3, c->arena, json_to_str(c->arena, given));
    return str_eq(json_text_of(said, "answer"), str_hex(c->arena, leaf.bytes, MERKLE_SIZE));
}

static bool look_at_batches(struct ctx *c, struct evidence_audit *out)
{
    int64_t batch = INT64_MIN, n = 0;
    struct db_rows r;
    do {
        ctx_next_part(c);
        if (!db_query(
                &c->tx, &r,
                "SELECT l.batch, l.n, l.subject, l.call, l.question, l.answer, (SELECT e.detail FROM "
                "evidence e WHERE e.object = l.call AND l.call <> 0 AND e.act = 'exchange.call'), (SELECT "
                "COUNT(*) FROM evidence x WHERE x.object = l.subject AND l.subject > 0 AND x.act = "
                "'person.erase') FROM exchange_batch_line l WHERE l.batch > $1 OR (l.batch = $1 AND l.n > "
                "$2) ORDER BY "
                "l.batch, l.n LIMIT $3",
                DB_I(batch), DB_I(n), DB_I(CALLS_AT_ONCE)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            struct err unreadable = {0};
            batch = db_int(&r, i, 0);
            n = db_int(&r, i, 1);
            struct batch_line l = {
                .batch = batch, .n = n, .subject = db_int(&r, i, 2), .call = db_int(&r, i, 3)};
            const struct json *said = json_parse(c->arena, db_str(&r, i, 6), JSON_STRICT, &unreadable);
            if (!opens(c, &l, db_str(&r, i, 4), db_str(&r, i, 5)) ||
                !(l.erased ? db_int(&r, i, 7) > 0 : is_the_answer(c, &l, said)))
                evidence_found(out, line_differs, l.call ? l.call : l.batch);
        }
    } while (r.rows == CALLS_AT_ONCE);
    return true;
}

bool exchange_audit(struct ctx *c, struct evidence_audit *out)
{
    return look_at_records(c, out) && look_at_rows(c, out) && look_at_batches(c, out) &&
           about_store_audit(c, out);
}
