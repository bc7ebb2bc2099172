#include "modules/exchange/exchange_permit.h"

#define COLUMNS                                                                                              \
    "p.id, p.entry, p.resource, p.system, p.unit, p.provider, p.state, p.purpose, p.basis, p.modes, "        \
    "p.fields, p.masks, p.services, p.needs_case, p.rate, p.daily, p.valid_from, p.valid_until, "            \
    "p.networks, p.asked_by, p.asked_at, p.office_by, p.office_at, p.decided_by, p.decided_at, p.due, "      \
    "p.words, e.name, s.name, e.sharing, p.compat, p.filter, p.basis_kind, p.extended_by, p.extended_at, "   \
    "p.extension, p.operators, s.code, p.replaces"
#define TABLES                                                                                               \
    " FROM share_permit p JOIN data_entry e ON e.id = p.entry JOIN exchange_system s ON s.id = p.system "

static struct share_permit permit_of(const struct db_rows *r, size_t i)
{
    return (struct share_permit){.id = db_int(r, i, 0),
                                 .entry = db_int(r, i, 1),
                                 .resource = db_int(r, i, 2),
                                 .system = db_int(r, i, 3),
                                 .unit = db_int(r, i, 4),
                                 .provider = db_int(r, i, 5),
                                 .state = db_str(r, i, 6),
                                 .purpose = db_str(r, i, 7),
                                 .basis = db_str(r, i, 8),
                                 .modes = db_str(r, i, 9),
                                 .fields = db_str(r, i, 10),
                                 .masks = db_str(r, i, 11),
                                 .services = db_str(r, i, 12),
                                 .needs_case = (int)db_int(r, i, 13),
                                 .rate = db_int(r, i, 14),
                                 .daily = db_int(r, i, 15),
                                 .valid_from = db_int(r, i, 16),
                                 .valid_until = db_int(r, i, 17),
                                 .networks = db_str(r, i, 18),
                                 .asked_by = db_int(r, i, 19),
                                 .asked_at = db_int(r, i, 20),
                                 .office_by = db_int(r, i, 21),
                                 .office_at = db_int(r, i, 22),
                                 .decided_by = db_int(r, i, 23),
                                 .decided_at = db_int(r, i, 24),
                                 .due = db_int(r, i, 25),
                                 .words = db_str(r, i, 26),
                                 .entry_name = db_str(r, i, 27),
                                 .system_name = db_str(r, i, 28),
                                 .sharing = db_str(r, i, 29),
                                 .compat = db_int(r, i, 30) != 0,
                                 .filter_text = db_str(r, i, 31),
                                 .basis_kind = db_str(r, i, 32),
                                 .extended_by = db_int(r, i, 33),
                                 .extended_at = db_int(r, i, 34),
                                 .extension = db_str(r, i, 35),
                                 .operators = db_str(r, i, 36),
                                 .system_code = db_str(r, i, 37),
                                 .replaces = db_int(r, i, 38)};
}

/* What was never said is "". */
static struct db_val text(struct str s)
{
    return DB_S(s.len ? s : STR_EMPTY);
}

bool permit_store_save(struct ctx *c, const struct share_permit *p)
{
    return db_exec(
        &c->tx,
        "INSERT INTO share_permit (id, entry, resource, system, unit, provider, state, purpose, basis, "
        "modes, fields, masks, services, needs_case, rate, daily, valid_from, valid_until, networks, "
        "asked_by, asked_at, office_by, office_at, decided_by, decided_at, due, words, compat, filter, "
        "basis_kind, extended_by, extended_at, extension, operators, replaces) VALUES ($1, $2, $3, $4, $5, "
        "$6, $7, $8, "
        "$9, $10, "
        "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, "
        "$31, $32, $33, $34, $35) ON CONFLICT (id) DO UPDATE SET state = excluded.state, fields = "
        "excluded.fields, "
        "office_by = excluded.office_by, office_at = excluded.office_at, decided_by = excluded.decided_by, "
        "decided_at = excluded.decided_at, due = excluded.due, words = excluded.words, filter = "
        "excluded.filter, masks = excluded.masks, services = excluded.services, extended_by = "
        "excluded.extended_by, extended_at = excluded.extended_at, extension = excluded.extension, operators "
        "= excluded.operators, replaces = excluded.replaces",
        DB_I(p->id), DB_I(p->entry), DB_I(p->resource), DB_I(p->system), DB_I(p->unit), DB_I(p->provider),
        DB_S(p->state), DB_S(p->purpose), DB_S(p->basis), DB_S(p->modes), DB_S(p->fields), DB_S(p->masks),
        DB_S(p->services), DB_I(p->needs_case), DB_I(p->rate), DB_I(p->daily), DB_I(p->valid_from),
        DB_I(p->valid_until), DB_S(p->networks), DB_I(p->asked_by), DB_I(p->asked_at), DB_I(p->office_by),
        DB_I(p->office_at), DB_I(p->decided_by), DB_I(p->decided_at), DB_I(p->due), DB_S(p->words),
        DB_I(p->compat), text(p->filter_text), text(p->basis_kind), DB_I(p->extended_by),
        DB_I(p->extended_at), text(p->extension), DB_S(p->operators), DB_I(p->replaces));
}

static bool one_of(const struct db_rows *r, struct share_permit *out, bool *found)
{
    *found = r->rows > 0;
    if (*found) *out = permit_of(r, 0);
    return true;
}

bool permit_store_load(struct ctx *c, int64_t id, struct share_permit *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r, "SELECT " COLUMNS TABLES "WHERE p.id = $1", DB_I(id)) &&
           one_of(&r, out, found);
}

bool permit_store_platform(struct ctx *c, int64_t entry, int64_t system, struct share_permit *out,
                           bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS TABLES
                    "WHERE p.entry = $1 AND p.system = $2 AND p.unit = 0 ORDER BY p.id DESC LIMIT 1",
                    DB_I(entry), DB_I(system)) &&
           one_of(&r, out, found);
}

#define WHICH                                                                                                \
    "p.id < $1 AND ($2 = 'all' OR ($2 = 'granted' AND p.state IN ('granted', 'suspended') AND "              \
    "p.valid_until > $5) OR ($2 = "                                                                          \
    "'open' AND p.state IN "                                                                                 \
    "('office', 'provider'))) AND ($3 = 0 OR p.unit = $3 OR p.provider = $3) ORDER BY p.id DESC LIMIT $4"

static bool all_of(struct ctx *c, const struct db_rows *r, struct share_permit **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct share_permit);
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = permit_of(r, i);
    *count = r->rows;
    return true;
}

bool permit_store_list(struct ctx *c, const struct permit_query *q, struct share_permit **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r, "SELECT " COLUMNS TABLES "WHERE " WHICH,
                    DB_I(q->before > 0 ? q->before : INT64_MAX), DB_S(q->which), DB_I(q->unit),
                    DB_I(PERMITS_PAGE + 1), DB_I(c->now)) &&
           all_of(c, &r, rows, count);
}

bool permit_store_of_entry(struct ctx *c, int64_t entry, struct share_permit **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS TABLES
                    "WHERE p.entry = $1 AND p.state IN ('office', 'provider', 'granted', 'suspended') AND "
                    "p.valid_until > $2 ORDER BY p.id",
                    DB_I(entry), DB_I(c->now)) &&
           all_of(c, &r, rows, count);
}

/* ---- on which nobody decided ---- */

#define ALONE                                                                                                \
    "p.state = 'granted' AND p.valid_until > $1 AND (p.decided_by IN (0, p.asked_by, p.office_by) OR "       \
    "(p.unit <> 0 AND p.office_by IN (0, p.asked_by))) "

bool permit_store_alone(struct ctx *c, struct share_permit **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS TABLES "WHERE " ALONE "AND NOT EXISTS (SELECT 1 FROM share_permit q "
                    "WHERE q.replaces = p.id AND q.replaces <> 0) ORDER BY p.id LIMIT $2",
                    DB_I(c->now), DB_I(PERMITS_PAGE)) &&
           all_of(c, &r, rows, count);
}

bool permit_store_unanswered(struct ctx *c, struct share_permit **rows, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS TABLES "WHERE " ALONE "AND EXISTS (SELECT 1 FROM share_permit q WHERE "
                    "q.replaces = p.id AND q.replaces <> 0 AND q.state IN ('office', 'provider') AND q.due < "
                    "$1) ORDER BY p.id LIMIT $2",
                    DB_I(c->now), DB_I(PERMITS_PAGE)) &&
           all_of(c, &r, rows, count);
}

bool permit_store_replacing(struct ctx *c, int64_t permit, struct share_permit *out, bool *found)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT " COLUMNS TABLES "WHERE p.replaces = $1 AND p.replaces <> 0 ORDER BY p.id DESC "
                    "LIMIT 1",
                    DB_I(permit)) &&
           one_of(&r, out, found);
}

/* ---- files of requests ---- */

bool attachment_store_add(struct ctx *c, const struct attachment *a)
{
    return db_exec(
        &c->tx,
        "INSERT INTO share_permit_file (id, permit, blob, name, media_type, size) VALUES ($1, $2, $3, "
        "$4, $5, $6)",
        DB_I(a->id), DB_I(a->permit), DB_S(a->blob), DB_S(a->name), DB_S(a->type), DB_I(a->size));
}

bool attachment_store_list(struct ctx *c, int64_t permit, struct attachment **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, blob, name, media_type, size FROM share_permit_file WHERE permit = $1 ORDER BY id",
            DB_I(permit)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct attachment);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct attachment){.id = db_int(&r, i, 0),
                                         .permit = permit,
                                         .blob = db_str(&r, i, 1),
                                         .name = db_str(&r, i, 2),
                                         .type = db_str(&r, i, 3),
                                         .size = db_int(&r, i, 4)};
    *count = r.rows;
    return true;
}
