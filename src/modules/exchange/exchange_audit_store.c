/* Calls beside the log: the rows that lists, ledgers and sums are made of against what the record of each
 * call says. Whose number a row is filed under is not compared: it is forgotten with a person. */
#include "modules/exchange/exchange_call.h"

enum { CALLS_AT_ONCE = 512 };

static const char row_gone[] = "The row of a call is gone: %{arg}.";
static const char row_differs[] = "The row of a call says something else than its record: %{arg}.";
static const char row_unrecorded[] = "There is no record of a call: %{arg}.";

static bool is_id(struct ctx *c, const struct json *said, const char *name, int64_t id)
{
    return str_eq(json_text_of(said, name), str_fmt(c->arena, "%lld", (long long)id));
}

enum column {
    CALL_SYSTEM,
    CALL_RESOURCE,
    CALL_PERMIT,
    CALL_CASE,
    CALL_MODE,
    CALL_PURPOSE,
    CALL_FIELDS,
    CALL_RESULT,
    CALL_ID,
    RECORD_ID,
    RECORD_OBJECT,
    RECORD_DETAIL
};

static bool is_said(struct ctx *c, const struct db_rows *r, size_t i, const struct json *said)
{
    int64_t about = db_int(r, i, CALL_CASE);
    return is_id(c, said, "system", db_int(r, i, CALL_SYSTEM)) &&
           is_id(c, said, "resource", db_int(r, i, CALL_RESOURCE)) &&
           is_id(c, said, "permit", db_int(r, i, CALL_PERMIT)) &&
           (about > 0 ? is_id(c, said, "case", about) : !json_get(said, "case")) &&
           str_eq(json_text_of(said, "mode"), db_str(r, i, CALL_MODE)) &&
           str_eq(json_text_of(said, "purpose"), db_str(r, i, CALL_PURPOSE)) &&
           str_eq(json_text_of(said, "fields"), db_str(r, i, CALL_FIELDS)) &&
           str_eq(json_text_of(said, "result"), db_str(r, i, CALL_RESULT));
}

static bool look_at_records(struct ctx *c, struct evidence_audit *out)
{
    int64_t after = INT64_MIN;
    struct db_rows r;
    do {
        arena_reset(c->arena);
        if (!db_query(&c->tx, &r,
                      "SELECT k.system, k.resource, k.permit, k.case_id, k.mode, k.purpose, k.fields, "
                      "k.result, k.id, e.id, e.object, e.detail FROM evidence e LEFT JOIN exchange_call k ON "
                      "k.id = e.object WHERE e.id > $1 AND e.act = 'exchange.call' ORDER BY e.id LIMIT $2",
                      DB_I(after), DB_I(CALLS_AT_ONCE)))
            return false;
        for (size_t i = 0; i < r.rows; i++) {
            struct err unreadable = {0};
            const struct json *said =
                json_parse(c->arena, db_str(&r, i, RECORD_DETAIL), JSON_STRICT, &unreadable);
            int64_t call = db_int(&r, i, RECORD_OBJECT);
            after = db_int(&r, i, RECORD_ID);
            if (db_is_null(&r, i, CALL_ID))
                evidence_found(out, row_gone, call);
            else if (!is_said(c, &r, i, said))
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
        arena_reset(c->arena);
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

bool exchange_audit(struct ctx *c, struct evidence_audit *out)
{
    return look_at_records(c, out) && look_at_rows(c, out);
}
