#include "core/auth/auth_internal.h"

/* The columns every reader of accounts asks for, in the order of read_row. */
#define COLUMNS "id, realm, login, label, subject, level, unit, area, roles, active, password, given, factor"
enum { PASSWORD_COLUMN = 10, GIVEN_COLUMN, FACTOR_COLUMN, LIST_MAX = 200 };

static struct field_place place(const char *column, int64_t id, int64_t subject)
{
    return (struct field_place){"account", column, id, subject};
}

static bool missing(struct ctx *c)
{
    return err_missing(c->err, "account.missing", "There is no such account.");
}

static bool read_row(struct ctx *c, const struct db_rows *rows, size_t i, struct account *out)
{
    *out = (struct account){
        .id = db_int(rows, i, 0),
        .kind = db_int(rows, i, 1) == ACTOR_OFFICER ? ACTOR_OFFICER : ACTOR_PERSON,
        .subject = db_int(rows, i, 4),
        .level = (int)db_int(rows, i, 5),
        .unit = db_int(rows, i, 6),
        .area = db_str(rows, i, 7),
        .roles = db_str(rows, i, 8),
        .active = db_int(rows, i, 9) != 0,
        .given = db_int(rows, i, GIVEN_COLUMN) != 0,
        .factor = db_int(rows, i, FACTOR_COLUMN) != 0,
    };
    struct field_place login = place("login", out->id, out->subject),
                       label = place("label", out->id, out->subject);
    return field_open(ctx_keys(c), &c->tx, &login, db_str(rows, i, 2), &out->login) &&
           field_open(ctx_keys(c), &c->tx, &label, db_str(rows, i, 3), &out->label);
}

bool account_create(struct ctx *c, struct account *a, struct str hash)
{
    int64_t changed = 0;
    struct str login, label;
    a->id = ctx_id(c);
    a->login = str_trim(a->login);
    struct field_place at_login = place("login", a->id, a->subject),
                       at_label = place("label", a->id, a->subject);
    if (!field_seal(ctx_keys(c), &c->tx, &at_login, a->login, &login) ||
        !field_seal(ctx_keys(c), &c->tx, &at_label, a->label, &label))
        return false;
    if (!db_exec_count(
            &c->tx, &changed,
            "INSERT INTO account (id, realm, login_index, login, label, password, subject, level, unit, "
            "area, roles, "
            "active, given, factor, created, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
            "$12, $13, 0, $14, $14) "
            "ON CONFLICT (realm, login_index) DO NOTHING",
            DB_I(a->id), DB_I(a->kind), DB_B(login_index(c, a->kind, a->login)), DB_B(login), DB_B(label),
            DB_S(hash), DB_I(a->subject), DB_I(a->level), DB_I(a->unit), DB_S(a->area), DB_S(a->roles),
            DB_I(a->active), DB_I(a->given), DB_I(c->now)))
        return false;
    if (changed) return true;
    return err_conflict(c->err, "account.exists",
                        "There is already an account with this name. Please sign in.");
}

bool account_load(struct ctx *c, int64_t id, struct account *out)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT " COLUMNS " FROM account WHERE id = $1", DB_I(id))) return false;
    return rows.rows ? read_row(c, &rows, 0, out) : missing(c);
}

bool account_by_login(struct ctx *c, enum actor_kind kind, struct str login, struct account *out,
                      struct str *hash)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT " COLUMNS " FROM account WHERE realm = $1 AND login_index = $2",
                  DB_I(kind), DB_B(login_index(c, kind, login))))
        return false;
    if (!rows.rows) return missing(c);
    *hash = db_str(&rows, 0, PASSWORD_COLUMN);
    return read_row(c, &rows, 0, out);
}

bool account_end_sessions(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM session WHERE account = $1", DB_I(id));
}

bool account_save(struct ctx *c, const struct account *a)
{
    struct account before;
    struct str label, shown;
    int64_t changed = 0;
    if (!account_load(c, a->id, &before)) return false;
    struct field_place at = place("label", a->id, before.subject);
    if (!field_seal(ctx_keys(c), &c->tx, &at, a->label, &label) || !label_seal(c, a->id, a->label, &shown))
        return false;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE account SET roles = $2, unit = $3, area = $4, level = $5, label = $6, active "
                       "= $7, changed = $8 "
                       "WHERE id = $1",
                       DB_I(a->id), DB_S(a->roles), DB_I(a->unit), DB_S(a->area), DB_I(a->level), DB_B(label),
                       DB_I(a->active), DB_I(c->now)))
        return false;
    if (!changed) return missing(c);
    if (!a->active) return account_end_sessions(c, a->id);
    if (str_eq(a->label, before.label)) return true;
    return db_exec(&c->tx, "UPDATE session SET label = $2 WHERE account = $1", DB_I(a->id), DB_B(shown));
}

bool account_set_password(struct ctx *c, int64_t id, struct str hash, bool given)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "UPDATE account SET password = $2, given = $3, changed = $4 WHERE id = $1", DB_I(id),
                       DB_S(hash), DB_I(given), DB_I(c->now)))
        return false;
    return changed ? account_end_sessions(c, id) : missing(c);
}

static bool login_taken(struct ctx *c, const struct account *a, struct str index, bool *taken)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT id FROM account WHERE realm = $1 AND login_index = $2 AND id <> $3",
                  DB_I(a->kind), DB_B(index), DB_I(a->id)))
        return false;
    *taken = rows.rows > 0;
    return true;
}

bool account_set_login(struct ctx *c, int64_t id, struct str login)
{
    struct account a;
    struct str sealed;
    bool taken;
    if (!account_load(c, id, &a)) return false;
    struct field_place at = place("login", id, a.subject);
    struct str index = login_index(c, a.kind, login);
    if (!login_taken(c, &a, index, &taken) || !field_seal(ctx_keys(c), &c->tx, &at, str_trim(login), &sealed))
        return false;
    if (taken)
        return err_conflict(c->err, "account.exists",
                            "There is already an account with this name. Please sign in.");
    return db_exec(&c->tx, "UPDATE account SET login_index = $2, login = $3, changed = $4 WHERE id = $1",
                   DB_I(id), DB_B(index), DB_B(sealed), DB_I(c->now));
}

bool account_erase(struct ctx *c, int64_t subject)
{
    static const char *const statements[] = {
        "DELETE FROM session WHERE account IN (SELECT id FROM account WHERE subject = $1)",
        "DELETE FROM second_factor WHERE account IN (SELECT id FROM account WHERE subject = $1)",
        "DELETE FROM recovery_code WHERE account IN (SELECT id FROM account WHERE subject = $1)",
        ("DELETE FROM sign_in_failure WHERE EXISTS (SELECT 1 FROM account a WHERE a.subject = $1 AND "
         "a.realm = sign_in_failure.realm AND a.login_index = sign_in_failure.login_index)"),
        "DELETE FROM account WHERE subject = $1",
    };
    if (!subject) return err_fault(c->err, "accounts of nobody's are not erased");
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (!db_exec(&c->tx, statements[i], DB_I(subject))) return false;
    return true;
}

static bool read_rows(struct ctx *c, const struct db_rows *rows, struct account **list, size_t *count)
{
    *count = 0;
    *list = ARENA_ARRAY(c->arena, rows->rows + 1, struct account);
    for (size_t i = 0; i < rows->rows; i++)
        if (!read_row(c, rows, i, &(*list)[i])) return false;
    *count = rows->rows;
    return true;
}

bool account_list(struct ctx *c, enum actor_kind kind, int64_t after, int limit, struct account **list,
                  size_t *count)
{
    struct db_rows rows;
    if (limit < 1 || limit > LIST_MAX) limit = LIST_MAX;
    return db_query(&c->tx, &rows,
                    "SELECT " COLUMNS " FROM account WHERE realm = $1 AND id > $2 ORDER BY id LIMIT $3",
                    DB_I(kind), DB_I(after), DB_I(limit)) &&
           read_rows(c, &rows, list, count);
}

bool account_list_unit(struct ctx *c, int64_t unit, int64_t after, int limit, struct account **list,
                       size_t *count)
{
    struct db_rows rows;
    if (limit < 1 || limit > LIST_MAX) limit = LIST_MAX;
    return db_query(&c->tx, &rows,
                    "SELECT " COLUMNS
                    " FROM account WHERE realm = $1 AND unit = $2 AND id > $3 ORDER BY id LIMIT $4",
                    DB_I(ACTOR_OFFICER), DB_I(unit), DB_I(after), DB_I(limit)) &&
           read_rows(c, &rows, list, count);
}
