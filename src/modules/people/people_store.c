#include "core/http/server.h"
#include "modules/people/people_internal.h"

static struct str code_index(struct ctx *c, enum subject_kind kind, struct str code)
{
    return blind_index(ctx_keys(c), c->arena, kind == SUBJECT_ORGANISATION ? "uscc" : "id_number", code);
}

static bool seal(struct ctx *c, const char *column, int64_t subject, struct str plain, struct str *sealed)
{
    struct field_place at = {"subject", column, subject, subject};
    return field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

static bool unseal(struct ctx *c, const char *column, int64_t subject, struct str sealed, struct str *plain)
{
    struct field_place at = {"subject", column, subject, subject};
    if (field_open(ctx_keys(c), &c->tx, &at, sealed, plain)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    return err_missing(c->err, "subject.erased", "There is no such person.");
}

static const char subjects[] = "subject";

void people_store_unknow(struct ctx *c, int64_t id)
{
    ctx_know(c, subjects, id, NULL);
}

bool people_store_load(struct ctx *c, int64_t id, struct subject_row *out)
{
    struct db_rows rows;
    const struct subject_row *known = ctx_known(c, subjects, id);
    if (known) {
        *out = *known;
        return true;
    }
    if (!db_query(&c->tx, &rows,
                  "SELECT kind, name, code, mobile, address, level, account FROM subject WHERE id = $1",
                  DB_I(id)))
        return false;
    if (!rows.rows) return err_missing(c->err, "subject", "There is no such person.");
    if (!db_str(&rows, 0, 1).len) return err_missing(c->err, "subject.erased", "There is no such person.");
    *out = (struct subject_row){
        .s = {.id = id,
              .kind = db_int(&rows, 0, 0) == SUBJECT_ORGANISATION ? SUBJECT_ORGANISATION : SUBJECT_PERSON,
              .level = (int)db_int(&rows, 0, 5)},
        .account = db_int(&rows, 0, 6),
    };
    if (!unseal(c, "name", id, db_str(&rows, 0, 1), &out->s.name) ||
        !unseal(c, "code", id, db_str(&rows, 0, 2), &out->s.code) ||
        !unseal(c, "mobile", id, db_str(&rows, 0, 3), &out->s.mobile) ||
        !unseal(c, "address", id, db_str(&rows, 0, 4), &out->s.address))
        return false;
    struct subject_row *row = ARENA_NEW(c->arena, struct subject_row);
    *row = *out;
    ctx_know(c, subjects, id, row);
    return true;
}

bool people_store_find(struct ctx *c, enum subject_kind kind, struct str code, int64_t *id)
{
    struct db_rows rows;
    *id = 0;
    if (!db_query(&c->tx, &rows, "SELECT id FROM subject WHERE kind = $1 AND code_index = $2", DB_I(kind),
                  DB_B(code_index(c, kind, code))))
        return false;
    if (rows.rows) *id = db_int(&rows, 0, 0);
    return true;
}

static bool seal_all(struct ctx *c, const struct subject *s, struct str out[4])
{
    return seal(c, "name", s->id, s->name, &out[0]) && seal(c, "code", s->id, s->code, &out[1]) &&
           seal(c, "mobile", s->id, s->mobile, &out[2]) && seal(c, "address", s->id, s->address, &out[3]);
}

bool people_store_insert(struct ctx *c, struct subject *s)
{
    struct str sealed[4];
    s->id = ctx_id(c);
    return seal_all(c, s, sealed) &&
           db_exec(&c->tx,
                   "INSERT INTO subject (id, kind, code_index, name, code, mobile, address, level, account, "
                   "created, changed) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9)",
                   DB_I(s->id), DB_I(s->kind), DB_B(code_index(c, s->kind, s->code)), DB_B(sealed[0]),
                   DB_B(sealed[1]), DB_B(sealed[2]), DB_B(sealed[3]), DB_I(s->level), DB_I(c->now));
}

bool people_store_save(struct ctx *c, const struct subject_row *row)
{
    struct str sealed[4];
    ctx_know(c, subjects, row->s.id, NULL);
    return seal_all(c, &row->s, sealed) &&
           db_exec(&c->tx,
                   "UPDATE subject SET name = $2, mobile = $3, address = $4, level = $5, account = $6, "
                   "changed = $7 WHERE id = $1",
                   DB_I(row->s.id), DB_B(sealed[0]), DB_B(sealed[2]), DB_B(sealed[3]), DB_I(row->s.level),
                   DB_I(row->account), DB_I(c->now));
}

/* ---- mandates ---- */

#define MANDATE "id, principal, agent, scope, valid_from, valid_to, revoked"

static void read_mandate(const struct db_rows *rows, size_t i, struct mandate *m)
{
    *m = (struct mandate){db_int(rows, i, 0), db_int(rows, i, 1), db_int(rows, i, 2), db_str(rows, i, 3),
                          db_int(rows, i, 4), db_int(rows, i, 5), db_int(rows, i, 6)};
}

bool people_store_mandate_add(struct ctx *c, struct mandate *m)
{
    m->id = ctx_id(c);
    return db_exec(&c->tx,
                   "INSERT INTO mandate (id, principal, agent, scope, valid_from, valid_to, revoked, "
                   "created) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
                   DB_I(m->id), DB_I(m->principal), DB_I(m->agent), DB_S(m->scope), DB_I(m->from),
                   DB_I(m->to), DB_I(c->now));
}

bool people_store_mandate_revoke(struct ctx *c, int64_t id, int64_t principal, bool *done)
{
    int64_t changed = 0;
    bool ok = db_exec_count(
        &c->tx, &changed, "UPDATE mandate SET revoked = $3 WHERE id = $1 AND principal = $2 AND revoked = 0",
        DB_I(id), DB_I(principal), DB_I(c->now));
    *done = changed > 0;
    return ok;
}

bool people_store_mandate_load(struct ctx *c, int64_t id, struct mandate *out, bool *found)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT " MANDATE " FROM mandate WHERE id = $1", DB_I(id))) return false;
    *found = rows.rows > 0;
    if (*found) read_mandate(&rows, 0, out);
    return true;
}

bool people_store_mandates(struct ctx *c, int64_t principal, int64_t agent, bool in_force,
                           struct mandate **list, size_t *count)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT " MANDATE
                  " FROM mandate WHERE ($1 = 0 OR principal = $1) AND ($2 = 0 OR agent = $2) AND "
                  "($3 = 0 OR (revoked = 0 AND valid_from <= $4 AND (valid_to = 0 OR valid_to > $4))) ORDER "
                  "BY id DESC LIMIT $5",
                  DB_I(principal), DB_I(agent), DB_I(in_force), DB_I(c->now), DB_I(MANDATES_MAX)))
        return false;
    *list = ARENA_ARRAY(c->arena, rows.rows + 1, struct mandate);
    for (size_t i = 0; i < rows.rows; i++)
        read_mandate(&rows, i, &(*list)[i]);
    *count = rows.rows;
    return true;
}

/* ---- codes ---- */

static struct db_val token_index(struct ctx *c, struct str token)
{
    return DB_B(blind_index(ctx_keys(c), c->arena, "people:token", token));
}

bool people_store_code_add(struct ctx *c, struct str token, struct mobile_code *code)
{
    struct str sealed;
    code->id = ctx_id(c);
    struct field_place at = {"mobile_code", "mobile", code->id, 0};
    return field_seal(ctx_keys(c), &c->tx, &at, code->mobile, &sealed) &&
           db_exec(&c->tx,
                   "INSERT INTO mobile_code (id, token_index, purpose, subject, mobile, code_digest, "
                   "attempts, taken, used, expires) "
                   "VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $8)",
                   DB_I(code->id), token_index(c, token), DB_I(code->purpose), DB_I(code->subject),
                   DB_B(sealed), DB_B(code->digest), DB_I(code->taken), DB_I(code->expires));
}

bool people_store_code(struct ctx *c, struct str token, enum code_purpose purpose, struct mobile_code *out,
                       bool *found)
{
    struct db_rows rows;
    *found = false;
    if (!db_query(&c->tx, &rows,
                  "SELECT id, subject, mobile, code_digest, taken, used, attempts, expires FROM mobile_code "
                  "WHERE token_index = $1 AND purpose = $2",
                  token_index(c, token), DB_I(purpose)))
        return false;
    if (!rows.rows) return true;
    *found = true;
    *out = (struct mobile_code){
        .id = db_int(&rows, 0, 0),
        .purpose = purpose,
        .subject = db_int(&rows, 0, 1),
        .digest = db_str(&rows, 0, 3),
        .taken = db_int(&rows, 0, 4) != 0,
        .used = db_int(&rows, 0, 5) != 0,
        .attempts = db_int(&rows, 0, 6),
        .expires = db_int(&rows, 0, 7),
    };
    struct field_place at = {"mobile_code", "mobile", out->id, 0};
    return field_open(ctx_keys(c), &c->tx, &at, db_str(&rows, 0, 2), &out->mobile);
}

bool people_store_code_attempt(struct ctx *c, struct str token, bool *ok)
{
    int64_t changed = 0;
    bool done = db_exec_count(&c->tx, &changed,
                              "UPDATE mobile_code SET attempts = attempts + 1 WHERE token_index = $1 AND "
                              "attempts < $2 AND used = 0 AND expires > $3",
                              token_index(c, token), DB_I(CODE_ATTEMPTS), DB_I(c->now));
    *ok = changed > 0;
    return done;
}

bool people_store_code_use(struct ctx *c, int64_t id, bool *ok)
{
    int64_t changed = 0;
    bool done = db_exec_count(&c->tx, &changed,
                              "UPDATE mobile_code SET used = 1 WHERE id = $1 AND used = 0 AND expires > $2",
                              DB_I(id), DB_I(c->now));
    *ok = changed > 0;
    return done;
}

bool people_store_code_sweep(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM mobile_code WHERE expires <= $1", DB_I(c->now));
}

/* ---- officers ---- */

bool people_store_seen(struct ctx *c, int64_t account)
{
    return db_exec(&c->tx,
                   "INSERT INTO officer_seen (account, at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE "
                   "SET at = excluded.at",
                   DB_I(account), DB_I(c->now));
}

bool people_store_last_seen(struct ctx *c, int64_t account, int64_t *at)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT at FROM officer_seen WHERE account = $1", DB_I(account)))
        return false;
    *at = rows.rows ? db_int(&rows, 0, 0) : 0;
    return true;
}

/* ---- the desk ---- */

bool people_store_request(struct ctx *c, const struct desk_request *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_request (subject, officer, mobile_index, reset, asked) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT (subject) DO UPDATE SET officer = excluded.officer, mobile_index = "
        "excluded.mobile_index, reset = excluded.reset, asked = excluded.asked",
        DB_I(r->subject), DB_I(r->officer), DB_B(r->mobile), DB_I(r->reset), DB_I(r->asked));
}

bool people_store_requested(struct ctx *c, int64_t subject, struct desk_request *out, bool *found)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT officer, mobile_index, reset, asked FROM desk_request WHERE subject = $1",
                  DB_I(subject)))
        return false;
    *found = rows.rows > 0;
    if (*found)
        *out = (struct desk_request){.subject = subject,
                                     .officer = db_int(&rows, 0, 0),
                                     .mobile = db_str(&rows, 0, 1),
                                     .reset = db_int(&rows, 0, 2) != 0,
                                     .asked = db_int(&rows, 0, 3)};
    return true;
}

bool people_store_request_done(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM desk_request WHERE subject = $1", DB_I(subject));
}

bool people_store_look(struct ctx *c, int64_t officer, int64_t subject)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_look (officer, subject, at) VALUES ($1, $2, $3) ON CONFLICT (officer, subject) DO "
        "UPDATE SET at = excluded.at",
        DB_I(officer), DB_I(subject), DB_I(c->now));
}

bool people_store_looked(struct ctx *c, int64_t officer, int64_t subject, int64_t since, bool *looked)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT at FROM desk_look WHERE officer = $1 AND subject = $2 AND at > $3",
                  DB_I(officer), DB_I(subject), DB_I(since)))
        return false;
    *looked = rows.rows > 0;
    return true;
}

bool people_store_desk_sweep(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM desk_request WHERE asked <= $1", DB_I(c->now - MS_DAY)) &&
           db_exec(&c->tx, "DELETE FROM desk_look WHERE at <= $1", DB_I(c->now - MS_DAY));
}
