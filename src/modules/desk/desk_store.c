/* Papers and lists, results handed out or sent, visits at a kiosk. */
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"

#define SEEN    "(($1 = 1 AND substr(division, 1, length($3)) = $3) OR ($1 = 0 AND unit_id = $2)) "
#define VIEW(v) DB_I((v)->all_units), DB_I((v)->unit), DB_S((v)->area)

struct desk_view desk_view_of(const struct ctx *c)
{
    struct desk_view v = {
        .all_units = ctx_may(c, "desk.handover"), .unit = c->actor.unit, .area = c->actor.area};
    while (v.area.len >= 2 && str_ends(v.area, STR("00")))
        v.area.len -= 2; /* "00" pairs mean the whole of the level above */
    return v;
}

/* ---- papers ---- */

#define PAPER "upload, case_id, unit_id, copies, case_no, material, division FROM desk_paper "

static void take_papers(struct ctx *c, const struct db_rows *r, struct desk_paper **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct desk_paper);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct desk_paper){.upload = db_int(r, i, 0),
                                         .case_id = db_int(r, i, 1),
                                         .unit = db_int(r, i, 2),
                                         .copies = db_int(r, i, 3),
                                         .case_no = db_str(r, i, 4),
                                         .material = db_str(r, i, 5),
                                         .division = db_str(r, i, 6)};
}

bool desk_paper_add(struct ctx *c, const struct desk_paper *p)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_paper (upload, case_id, case_no, unit_id, division, material, copies, list) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING",
        DB_I(p->upload), DB_I(p->case_id), DB_S(p->case_no), DB_I(p->unit), DB_S(p->division),
        DB_S(p->material), DB_I(p->copies));
}

bool desk_papers_waiting(struct ctx *c, const struct desk_view *v, struct desk_paper **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " PAPER "WHERE list = 0 AND " SEEN "ORDER BY unit_id, upload LIMIT $4",
                  VIEW(v), DB_I(LIST_PAPERS_MAX)))
        return false;
    take_papers(c, &r, rows, count);
    return true;
}

bool desk_papers_of(struct ctx *c, int64_t list, struct desk_paper **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " PAPER "WHERE list = $1 AND list <> 0 ORDER BY upload", DB_I(list)))
        return false;
    take_papers(c, &r, rows, count);
    return true;
}

#define LIST "id, unit_id, papers, given_by, given, taken_by, taken, division FROM desk_list "

static void take_lists(struct ctx *c, const struct db_rows *r, struct desk_list **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct desk_list);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct desk_list){.id = db_int(r, i, 0),
                                        .unit = db_int(r, i, 1),
                                        .papers = db_int(r, i, 2),
                                        .given_by = db_int(r, i, 3),
                                        .given = db_int(r, i, 4),
                                        .taken_by = db_int(r, i, 5),
                                        .taken = db_int(r, i, 6),
                                        .division = db_str(r, i, 7)};
}

bool desk_list_add(struct ctx *c, const struct desk_view *v, struct desk_list *l)
{
    struct db_rows r;
    l->id = ctx_id(c);
    l->given_by = c->actor.account;
    l->given = c->now;
    if (!db_query(&c->tx, &r,
                  "SELECT upload, division FROM desk_paper WHERE list = 0 AND unit_id = $4 AND $2 = $2 AND "
                  "$1 = 1 AND "
                  "substr(division, 1, length($3)) = $3 ORDER BY upload LIMIT $5",
                  VIEW(v), DB_I(l->unit), DB_I(LIST_PAPERS_MAX)))
        return false;
    l->papers = (int64_t)r.rows;
    if (!r.rows) return true;
    l->division = db_str(&r, 0, 1);
    for (size_t i = 0; i < r.rows; i++)
        if (!db_exec(&c->tx, "UPDATE desk_paper SET list = $2 WHERE upload = $1", DB_I(db_int(&r, i, 0)),
                     DB_I(l->id)))
            return false;
    return db_exec(
        &c->tx,
        "INSERT INTO desk_list (id, unit_id, division, papers, given_by, given, taken_by, taken) VALUES ($1, "
        "$2, $3, $4, $5, $6, 0, 0)",
        DB_I(l->id), DB_I(l->unit), DB_S(l->division), DB_I(l->papers), DB_I(l->given_by), DB_I(l->given));
}

bool desk_list_load(struct ctx *c, const struct desk_view *v, int64_t id, struct desk_list *out)
{
    struct db_rows r;
    struct desk_list *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " LIST "WHERE id = $4 AND " SEEN, VIEW(v), DB_I(id))) return false;
    take_lists(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "list", "There is no such list.");
    *out = rows[0];
    return true;
}

bool desk_lists(struct ctx *c, const struct desk_view *v, struct desk_list **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " LIST "WHERE " SEEN "ORDER BY id DESC LIMIT $4", VIEW(v),
                  DB_I(DESK_PAGE)))
        return false;
    take_lists(c, &r, rows, count);
    return true;
}

/* Never by who gave it. */
bool desk_list_sign(struct ctx *c, int64_t id, bool *done)
{
    int64_t changed = 0;
    bool ok = db_exec_count(
        &c->tx, &changed,
        "UPDATE desk_list SET taken_by = $2, taken = $3 WHERE id = $1 AND taken = 0 AND given_by <> $2",
        DB_I(id), DB_I(c->actor.account), DB_I(c->now));
    *done = changed > 0;
    return ok;
}

bool desk_cursor(struct ctx *c, int64_t *act)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT act FROM desk_cursor WHERE id = 1")) return false;
    *act = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool desk_cursor_save(struct ctx *c, int64_t act)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_cursor (id, act) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET act = excluded.act",
        DB_I(act));
}

/* ---- results ---- */

static struct field_place taker_of(const struct desk_exit *e)
{
    return (struct field_place){
        .table = "desk_exit", .column = "taker", .row = e->case_id, .subject = e->applicant};
}

bool desk_exit_add(struct ctx *c, const struct desk_exit *e, bool *fresh)
{
    struct field_place at = taker_of(e);
    struct str sealed;
    int64_t changed = 0;
    if (!field_seal(ctx_keys(c), &c->tx, &at, e->taker, &sealed) ||
        !db_exec_count(
            &c->tx, &changed,
            "INSERT INTO desk_exit (case_id, case_no, unit_id, division, applicant, item_name, what, who, "
            "taker, at, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO "
            "NOTHING",
            DB_I(e->case_id), DB_S(e->case_no), DB_I(e->unit), DB_S(e->division), DB_I(e->applicant),
            DB_S(e->item_name), DB_S(e->what), DB_S(e->who), DB_B(sealed), DB_I(c->now),
            DB_I(c->actor.account)))
        return false;
    *fresh = changed > 0;
    return true;
}

bool desk_exit_of(struct ctx *c, int64_t case_id, struct desk_exit *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT applicant, what, who, taker, at, account FROM desk_exit WHERE case_id = $1",
                  DB_I(case_id)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct desk_exit){.case_id = case_id,
                              .applicant = db_int(&r, 0, 0),
                              .what = db_str(&r, 0, 1),
                              .who = db_str(&r, 0, 2),
                              .at = db_int(&r, 0, 4),
                              .account = db_int(&r, 0, 5)};
    struct field_place at = taker_of(out);
    if (field_open(ctx_keys(c), &c->tx, &at, db_str(&r, 0, 3), &out->taker)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    out->taker = STR_EMPTY;
    return true;
}

#define PARCEL                                                                                               \
    "id, case_id, applicant, sent, changed, case_no, division, carrier, number, state FROM desk_parcel "

static void take_parcels(struct ctx *c, const struct db_rows *r, struct desk_parcel **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct desk_parcel);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct desk_parcel){.id = db_int(r, i, 0),
                                          .case_id = db_int(r, i, 1),
                                          .applicant = db_int(r, i, 2),
                                          .sent = db_int(r, i, 3),
                                          .changed = db_int(r, i, 4),
                                          .case_no = db_str(r, i, 5),
                                          .division = db_str(r, i, 6),
                                          .carrier = db_str(r, i, 7),
                                          .number = db_str(r, i, 8),
                                          .state = db_str(r, i, 9)};
}

bool desk_parcel_add(struct ctx *c, const struct desk_parcel *p, bool *fresh)
{
    int64_t changed = 0;
    if (!db_exec_count(&c->tx, &changed,
                       "INSERT INTO desk_parcel (id, case_id, case_no, division, applicant, carrier, number, "
                       "state, sent, "
                       "changed, account) VALUES ($1, $2, $3, $4, $5, $6, $7, 'sent', $8, $8, $9) ON "
                       "CONFLICT DO NOTHING",
                       DB_I(p->id), DB_I(p->case_id), DB_S(p->case_no), DB_S(p->division), DB_I(p->applicant),
                       DB_S(p->carrier), DB_S(p->number), DB_I(c->now), DB_I(c->actor.account)))
        return false;
    *fresh = changed > 0;
    return true;
}

bool desk_parcel_load(struct ctx *c, const struct desk_view *v, int64_t id, struct desk_parcel *out)
{
    struct db_rows r;
    struct desk_parcel *rows;
    size_t count;
    if (!db_query(&c->tx, &r, "SELECT " PARCEL "WHERE id = $1 AND substr(division, 1, length($2)) = $2",
                  DB_I(id), DB_S(v->area)))
        return false;
    take_parcels(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "parcel", "There is no such parcel.");
    *out = rows[0];
    return true;
}

bool desk_parcels_of(struct ctx *c, int64_t case_id, struct desk_parcel **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " PARCEL "WHERE case_id = $1 ORDER BY id", DB_I(case_id))) return false;
    take_parcels(c, &r, rows, count);
    return true;
}

bool desk_parcels_open(struct ctx *c, const struct desk_view *v, struct desk_parcel **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " PARCEL
                  "WHERE state NOT IN ('delivered', 'returned') AND substr(division, 1, length($1)) = $1 "
                  "ORDER BY id LIMIT $2",
                  DB_S(v->area), DB_I(DESK_PAGE)))
        return false;
    take_parcels(c, &r, rows, count);
    return true;
}

bool desk_parcel_set(struct ctx *c, int64_t id, struct str state)
{
    return db_exec(&c->tx, "UPDATE desk_parcel SET state = $2, changed = $3 WHERE id = $1", DB_I(id),
                   DB_S(state), DB_I(c->now));
}

/* ---- visits: one at each kiosk ---- */

bool desk_visit_load(struct ctx *c, struct desk_visit *out, bool *found)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT subject, tries, until, confirmed, code FROM desk_visit WHERE account = $1 AND until > $2",
            DB_I(c->actor.account), DB_I(c->now)))
        return false;
    *found = r.rows > 0;
    if (*found)
        *out = (struct desk_visit){.subject = db_int(&r, 0, 0),
                                   .tries = db_int(&r, 0, 1),
                                   .until = db_int(&r, 0, 2),
                                   .confirmed = db_int(&r, 0, 3) != 0,
                                   .code = db_str(&r, 0, 4)};
    return true;
}

bool desk_visit_save(struct ctx *c, const struct desk_visit *v)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_visit (account, subject, code, tries, confirmed, until) VALUES ($1, $2, $3, $4, "
        "$5, "
        "$6) ON CONFLICT (account) DO UPDATE SET subject = excluded.subject, code = excluded.code, tries = "
        "excluded.tries, confirmed = excluded.confirmed, until = excluded.until",
        DB_I(c->actor.account), DB_I(v->subject), DB_B(v->code), DB_I(v->tries), DB_I(v->confirmed),
        DB_I(v->until));
}

bool desk_visit_end(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM desk_visit WHERE account = $1", DB_I(c->actor.account));
}
