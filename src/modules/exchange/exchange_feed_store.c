#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_feed.h"

#include <string.h>

/* ---- cursors ---- */

static struct field_place page_of(int64_t permit)
{
    return (struct field_place){"exchange_cursor", "page", permit, 0};
}

bool cursor_store_load(struct ctx *c, int64_t permit, struct feed_cursor *out, bool *found)
{
    const struct field_place at = page_of(permit);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT permit, resource, acked, noted, place, path, page, shown FROM exchange_cursor "
                  "WHERE permit = "
                  "$1",
                  DB_I(permit)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct feed_cursor){db_int(&r, 0, 0), db_int(&r, 0, 1), db_int(&r, 0, 2), db_int(&r, 0, 3),
                                db_str(&r, 0, 4), db_str(&r, 0, 5), db_str(&r, 0, 6), db_int(&r, 0, 7)};
    return !out->page.len || field_open(ctx_keys(c), &c->tx, &at, out->page, &out->page);
}

bool cursor_store_save(struct ctx *c, const struct feed_cursor *k)
{
    const struct field_place at = page_of(k->permit);
    struct str page = STR_EMPTY;
    if (k->page.len && !field_seal(ctx_keys(c), &c->tx, &at, k->page, &page)) return false;
    return db_exec(
        &c->tx,
        "INSERT INTO exchange_cursor (permit, resource, acked, noted, place, path, changed, page, shown) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (permit) DO UPDATE SET acked = "
        "excluded.acked, noted = "
        "excluded.noted, place = excluded.place, path = excluded.path, changed = excluded.changed, page = "
        "excluded.page, shown = excluded.shown",
        DB_I(k->permit), DB_I(k->resource), DB_I(k->acked), DB_I(k->noted), DB_S(k->place), DB_S(k->path),
        DB_I(c->now), DB_B(page), DB_I(k->shown));
}

static void permits_of(struct ctx *c, const struct db_rows *r, int64_t **permits, size_t *count)
{
    *permits = ARENA_ARRAY(c->arena, r->rows + 1, int64_t);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*permits)[i] = db_int(r, i, 0);
}

bool cursor_store_sent_to(struct ctx *c, int64_t resource, int64_t **permits, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT permit FROM exchange_cursor WHERE resource = $1 AND place <> '' ORDER BY permit",
                  DB_I(resource)))
        return false;
    permits_of(c, &r, permits, count);
    return true;
}

bool cursor_store_behind(struct ctx *c, int64_t **permits, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT k.permit FROM exchange_cursor k JOIN share_permit p ON p.id = k.permit WHERE "
                  "k.shown <= 0 AND k.acked > -k.shown AND p.state = 'granted' AND p.filter <> '' ORDER BY "
                  "k.permit"))
        return false;
    permits_of(c, &r, permits, count);
    return true;
}

/* ---- batches ---- */

static struct field_place line_place(struct ctx *c, const struct batch_line *l, const char *column)
{
    struct field_place at = {"exchange_batch_line", column, l->batch, 0};
    if (l->subject < 0) return at;
    at.column = str_z(c->arena, str_fmt(c->arena, "%s %lld", column, (long long)l->n));
    at.subject = l->subject;
    return at;
}

static bool seal(struct ctx *c, const struct batch_line *l, const char *column, const struct json *doc,
                 struct str *sealed)
{
    const struct field_place at = line_place(c, l, column);
    *sealed = STR_EMPTY;
    return !doc || field_seal(ctx_keys(c), &c->tx, &at, json_to_str(c->arena, doc), sealed);
}

static bool unseal(struct ctx *c, struct batch_line *l, const char *column, struct str sealed,
                   const struct json **doc)
{
    const struct field_place at = line_place(c, l, column);
    struct str text;
    *doc = NULL;
    if (!sealed.len) return true;
    if (field_open(ctx_keys(c), &c->tx, &at, sealed, &text))
        return (*doc = json_parse(c->arena, text, JSON_STRICT, c->err)) != NULL;
    l->erased = strcmp(c->err->code, "key.erased") == 0;
    if (l->erased) err_clear(c->err);
    return l->erased;
}

bool batch_line_open(struct ctx *c, struct batch_line *l, struct str question, struct str answer)
{
    return unseal(c, l, "question", question, &l->question) && unseal(c, l, "answer", answer, &l->answer);
}

bool batch_store_add(struct ctx *c, const struct batch *b)
{
    return db_exec(
        &c->tx,
        "INSERT INTO exchange_batch (id, system, resource, doc, total, done, at) VALUES ($1, $2, $3, $4, "
        "$5, 0, $6)",
        DB_I(b->id), DB_I(b->system), DB_I(b->resource), DB_S(json_to_str(c->arena, b->doc)), DB_I(b->total),
        DB_I(c->now));
}

bool batch_store_load(struct ctx *c, int64_t id, struct batch *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, system, resource, total, done, at, doc FROM exchange_batch WHERE id = $1",
                  DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct batch){.id = db_int(&r, 0, 0),
                          .system = db_int(&r, 0, 1),
                          .resource = db_int(&r, 0, 2),
                          .total = db_int(&r, 0, 3),
                          .done = db_int(&r, 0, 4),
                          .at = db_int(&r, 0, 5),
                          .doc = json_parse(c->arena, db_str(&r, 0, 6), JSON_STRICT, c->err)};
    return out->doc != NULL;
}

bool batch_store_add_line(struct ctx *c, const struct batch_line *l)
{
    struct str question;
    return seal(c, l, "question", l->question, &question) &&
           db_exec(&c->tx,
                   "INSERT INTO exchange_batch_line (batch, n, question, answer, subject) VALUES ($1, $2, "
                   "$3, $4, $5)",
                   DB_I(l->batch), DB_I(l->n), DB_B(question), DB_B(STR_EMPTY), DB_I(l->subject));
}

bool batch_store_lines(struct ctx *c, int64_t batch, int64_t from, int limit, struct batch_line **rows,
                       size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT batch, n, question, answer, subject, call FROM exchange_batch_line WHERE batch = "
                  "$1 AND n >= $2 ORDER BY n LIMIT $3",
                  DB_I(batch), DB_I(from), DB_I(limit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct batch_line);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        struct batch_line *l = &(*rows)[i];
        *l = (struct batch_line){.batch = db_int(&r, i, 0),
                                 .n = db_int(&r, i, 1),
                                 .subject = db_int(&r, i, 4),
                                 .call = db_int(&r, i, 5)};
        if (!batch_line_open(c, l, db_str(&r, i, 2), db_str(&r, i, 3))) return false;
    }
    return true;
}

bool batch_store_pass(struct ctx *c, const struct batch_line *l)
{
    return db_exec(&c->tx, "UPDATE exchange_batch SET done = $2 + 1 WHERE id = $1 AND done = $2",
                   DB_I(l->batch), DB_I(l->n));
}

/* The question is sealed anew with it: it may be of an earlier version. */
bool batch_store_answer(struct ctx *c, const struct batch_line *l)
{
    struct str question, answer;
    return seal(c, l, "question", l->question, &question) && seal(c, l, "answer", l->answer, &answer) &&
           db_exec(&c->tx,
                   "UPDATE exchange_batch_line SET question = $3, answer = $4, subject = $5, call = $6 WHERE "
                   "batch = $1 AND n = $2",
                   DB_I(l->batch), DB_I(l->n), DB_B(question), DB_B(answer), DB_I(l->subject),
                   DB_I(l->call)) &&
           batch_store_pass(c, l);
}

bool batch_store_sweep(struct ctx *c, int64_t before)
{
    return db_exec(
               &c->tx,
               "DELETE FROM exchange_batch_line WHERE batch IN (SELECT id FROM exchange_batch WHERE at < $1)",
               DB_I(before)) &&
           db_exec(&c->tx, "DELETE FROM exchange_batch WHERE at < $1", DB_I(before));
}
