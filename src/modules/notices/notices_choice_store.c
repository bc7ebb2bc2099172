#include "core/crypto/keyring.h"
#include "modules/notices/notices_internal.h"

enum { CODE_ATTEMPTS = 5 };

static bool seal(struct ctx *c, const char *column, int64_t subject, struct str plain, struct str *out)
{
    const struct field_place at = {"notice_choice", column, subject, subject};
    *out = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, out);
}

/* "" when its key was erased. */
static bool unseal(struct ctx *c, const char *column, int64_t subject, struct str sealed, struct str *out)
{
    const struct field_place at = {"notice_choice", column, subject, subject};
    *out = STR_EMPTY;
    if (!sealed.len || field_open(ctx_keys(c), &c->tx, &at, sealed, out)) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

bool notices_choice_load(struct ctx *c, int64_t subject, struct notice_choice *out)
{
    struct db_rows r;
    *out = (struct notice_choice){.subject = subject, .sms = true};
    if (!db_query(&c->tx, &r,
                  "SELECT sms, mail, address, pending, code_digest, attempts, expires FROM notice_choice "
                  "WHERE subject = $1",
                  DB_I(subject)))
        return false;
    if (!r.rows) return true;
    out->sms = db_int(&r, 0, 0) != 0;
    out->mail = db_int(&r, 0, 1) != 0;
    out->code_digest = db_str(&r, 0, 4);
    out->attempts = db_int(&r, 0, 5);
    out->expires = db_int(&r, 0, 6);
    return unseal(c, "address", subject, db_str(&r, 0, 2), &out->address) &&
           unseal(c, "pending", subject, db_str(&r, 0, 3), &out->pending);
}

bool notices_choice_save(struct ctx *c, const struct notice_choice *n)
{
    struct str address, pending;
    return seal(c, "address", n->subject, n->address, &address) &&
           seal(c, "pending", n->subject, n->pending, &pending) &&
           db_exec(&c->tx,
                   "INSERT INTO notice_choice (subject, sms, mail, address, pending, code_digest, attempts, "
                   "expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject) DO UPDATE SET "
                   "sms = excluded.sms, mail = excluded.mail, address = excluded.address, pending = "
                   "excluded.pending, code_digest = excluded.code_digest, attempts = excluded.attempts, "
                   "expires = excluded.expires",
                   DB_I(n->subject), DB_I(n->sms), DB_I(n->mail), DB_B(address), DB_B(pending),
                   DB_B(n->code_digest), DB_I(n->attempts), DB_I(n->expires));
}

bool notices_choice_attempt(struct ctx *c, int64_t subject, bool *ok)
{
    int64_t changed = 0;
    bool done = db_exec_count(&c->tx, &changed,
                              "UPDATE notice_choice SET attempts = attempts + 1 WHERE subject = $1 AND "
                              "attempts < $2 AND expires > $3",
                              DB_I(subject), DB_I(CODE_ATTEMPTS), DB_I(c->now));
    *ok = changed > 0;
    return done;
}
