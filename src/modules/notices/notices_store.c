#include "core/base/id.h"
#include "core/crypto/keyring.h"
#include "modules/notices/notices_internal.h"

bool notices_store_add(struct ctx *c, const struct inbox_message *m)
{
    struct str sealed = STR_EMPTY;
    const struct field_place at = {"inbox_message", "params", m->id, m->subject};
    if (m->params.len && !field_seal(ctx_keys(c), &c->tx, &at, m->params, &sealed)) return false;
    return db_exec(&c->tx,
                   "INSERT INTO inbox_message (id, subject, msgid, params, href, read_at, created) VALUES "
                   "($1, $2, $3, $4, $5, 0, $6)",
                   DB_I(m->id), DB_I(m->subject), DB_S(m->msgid), DB_B(sealed), DB_S(m->href),
                   DB_I(m->created));
}

static struct inbox_message message_of(const struct db_rows *r, size_t i)
{
    return (struct inbox_message){db_int(r, i, 0), db_int(r, i, 1), db_str(r, i, 2), db_str(r, i, 3),
                                  db_str(r, i, 4), db_int(r, i, 5), db_int(r, i, 6)};
}

bool notices_store_load(struct ctx *c, int64_t id, struct inbox_message *out, bool *found)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, subject, msgid, params, href, read_at, created FROM inbox_message WHERE id = $1",
            DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (*found) *out = message_of(&r, 0);
    return true;
}

bool notices_store_list(struct ctx *c, int64_t subject, int64_t before, struct inbox_message **list,
                        size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, subject, msgid, params, href, read_at, created FROM inbox_message WHERE "
                  "subject = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                  DB_I(subject), DB_I(before > 0 ? before : INT64_MAX), DB_I(MESSAGES_PAGE + 1)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct inbox_message);
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = message_of(&r, i);
    *count = r.rows;
    return true;
}

bool notices_store_read(struct ctx *c, int64_t subject, int64_t id)
{
    return db_exec(
        &c->tx,
        "UPDATE inbox_message SET read_at = $3 WHERE subject = $1 AND ($2 = 0 OR id = $2) AND read_at = 0",
        DB_I(subject), DB_I(id), DB_I(c->now));
}

bool notices_store_unread(struct ctx *c, int64_t subject, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM inbox_message WHERE subject = $1 AND read_at = 0",
                  DB_I(subject)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

/* ---- the outbox ---- */

bool notices_store_text_add(struct ctx *c, const struct outbox_text *t)
{
    struct str to, text;
    const struct field_place to_at = {"outbox", "recipient", t->id, t->subject},
                             text_at = {"outbox", "text", t->id, t->subject};
    if (!field_seal(ctx_keys(c), &c->tx, &to_at, t->to, &to) ||
        !field_seal(ctx_keys(c), &c->tx, &text_at, t->text, &text))
        return false;
    return db_exec(&c->tx,
                   "INSERT INTO outbox (id, subject, channel, recipient, text, status, tries, created, "
                   "sent_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0)",
                   DB_I(t->id), DB_I(t->subject), DB_S(t->channel), DB_B(to), DB_B(text), DB_S(t->status),
                   DB_I(c->now));
}

/* *kept is false for a text whose key was erased: nobody can read it any more. */
static bool open_text(struct ctx *c, const struct db_rows *r, size_t i, struct outbox_text *t, bool *kept)
{
    *t = (struct outbox_text){.id = db_int(r, i, 0),
                              .subject = db_int(r, i, 1),
                              .channel = db_str(r, i, 2),
                              .status = db_str(r, i, 5),
                              .tries = db_int(r, i, 6),
                              .created = db_int(r, i, 7),
                              .sent_at = db_int(r, i, 8)};
    const struct field_place to_at = {"outbox", "recipient", t->id, t->subject},
                             text_at = {"outbox", "text", t->id, t->subject};
    *kept = field_open(ctx_keys(c), &c->tx, &to_at, db_str(r, i, 3), &t->to) &&
            field_open(ctx_keys(c), &c->tx, &text_at, db_str(r, i, 4), &t->text);
    if (*kept) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

bool notices_store_text(struct ctx *c, int64_t id, struct outbox_text *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, subject, channel, recipient, text, status, tries, created, sent_at FROM outbox "
                  "WHERE id = $1",
                  DB_I(id)))
        return false;
    *found = r.rows > 0;
    return !*found || open_text(c, &r, 0, out, found);
}

bool notices_store_texts(struct ctx *c, int64_t before, int limit, struct outbox_text **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, subject, channel, recipient, text, status, tries, created, sent_at FROM outbox "
                  "WHERE id < $1 ORDER BY id DESC LIMIT $2",
                  DB_I(before > 0 ? before : INT64_MAX), DB_I(limit)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct outbox_text);
    *count = 0;
    for (size_t i = 0; i < r.rows; i++) {
        bool kept;
        if (!open_text(c, &r, i, &(*list)[*count], &kept)) return false;
        *count += kept;
    }
    return true;
}

bool notices_store_text_sent(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "UPDATE outbox SET status = 'sent', sent_at = $2, tries = tries + 1 WHERE id = $1",
                   DB_I(id), DB_I(c->now));
}

bool notices_store_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM inbox_message WHERE subject = $1", DB_I(subject)) &&
           db_exec(&c->tx, "DELETE FROM outbox WHERE subject = $1", DB_I(subject)) &&
           db_exec(&c->tx, "DELETE FROM notice_choice WHERE subject = $1", DB_I(subject));
}

bool notices_store_sweep(struct ctx *c, int64_t older_than)
{
    return db_exec(&c->tx, "DELETE FROM outbox WHERE id < $1 AND created < $2", DB_I(id_at_least(older_than)),
                   DB_I(older_than));
}
