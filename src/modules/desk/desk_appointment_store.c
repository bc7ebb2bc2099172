/* Rows of appointments. The table itself keeps two from having the same place. */
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"

#define APPOINTMENT "id, item, subject, place, ticket, day, slot, letter FROM desk_appointment "

static void take(struct ctx *c, const struct db_rows *r, struct desk_appointment **rows, size_t *count)
{
    *rows = ARENA_ARRAY(c->arena, r->rows + 1, struct desk_appointment);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*rows)[i] = (struct desk_appointment){.id = db_int(r, i, 0),
                                               .item = db_int(r, i, 1),
                                               .subject = db_int(r, i, 2),
                                               .place = db_int(r, i, 3),
                                               .ticket = db_int(r, i, 4),
                                               .day = (int32_t)db_int(r, i, 5),
                                               .slot = db_str(r, i, 6),
                                               .letter = db_str(r, i, 7)};
}

bool desk_appointment_counts(struct ctx *c, struct str letter, int32_t from, int32_t to,
                             struct desk_appointment **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT day, slot, COUNT(*) FROM desk_appointment WHERE hall = $1 AND letter = $2 AND day >= "
            "$3 AND day <= $4 GROUP BY day, slot ORDER BY day, slot",
            DB_S(desk_hall(c)), DB_S(letter), DB_I(from), DB_I(to)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct desk_appointment);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct desk_appointment){
            .day = (int32_t)db_int(&r, i, 0), .slot = db_str(&r, i, 1), .place = db_int(&r, i, 2)};
    return true;
}

bool desk_appointment_add(struct ctx *c, struct desk_appointment *a, int64_t places, bool *done)
{
    struct db_rows r;
    int64_t fresh = 0;
    size_t known = 0;
    a->id = ctx_id(c);
    if (!db_query(
            &c->tx, &r,
            "SELECT place FROM desk_appointment WHERE hall = $1 AND day = $2 AND slot = $3 AND letter = $4 "
            "ORDER BY place",
            DB_S(desk_hall(c)), DB_I(a->day), DB_S(a->slot), DB_S(a->letter)))
        return false;
    *done = false;
    if ((int64_t)r.rows >= places) return true;
    /* The lowest free place. Another program may take it in the same moment: then the next. */
    for (a->place = 1; a->place <= places; a->place++) {
        while (known < r.rows && db_int(&r, known, 0) < a->place)
            known++;
        if (known < r.rows && db_int(&r, known, 0) == a->place) continue;
        if (!db_exec_count(
                &c->tx, &fresh,
                "INSERT INTO desk_appointment (id, hall, letter, day, slot, place, item, subject, "
                "ticket, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT DO NOTHING",
                DB_I(a->id), DB_S(desk_hall(c)), DB_S(a->letter), DB_I(a->day), DB_S(a->slot), DB_I(a->place),
                DB_I(a->item), DB_I(a->subject), DB_I(c->now)))
            return false;
        *done = fresh > 0;
        if (*done) return true;
    }
    return true;
}

bool desk_appointments_of(struct ctx *c, int64_t subject, struct desk_appointment **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " APPOINTMENT "WHERE subject = $1 AND day >= $2 ORDER BY day, slot, id LIMIT $3",
                  DB_I(subject), DB_I(date_of(c->now)), DB_I(DESK_PAGE)))
        return false;
    take(c, &r, rows, count);
    return true;
}

bool desk_appointments_on(struct ctx *c, const struct desk_day *q, struct desk_appointment **rows,
                          size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT " APPOINTMENT "WHERE hall = $1 AND day = $2 AND (slot > $3 OR (slot = $3 AND (letter > "
            "$4 OR (letter = $4 AND place > $5)))) AND ($6 = '' OR '|' || $6 || '|' LIKE '%|' || letter || "
            "'|%') AND ($7 = 0 OR ticket = 0) ORDER BY slot, letter, place LIMIT $8",
            DB_S(desk_hall(c)), DB_I(q->day), DB_S(q->slot), DB_S(q->letter), DB_I(q->place), DB_S(q->groups),
            DB_I(q->expected), DB_I(DESK_PAGE + 1)))
        return false;
    take(c, &r, rows, count);
    return true;
}

bool desk_appointment_load(struct ctx *c, int64_t id, struct desk_appointment *out)
{
    struct db_rows r;
    struct desk_appointment *rows;
    size_t count;
    bool person = c->actor.kind == ACTOR_PERSON;
    if (!db_query(&c->tx, &r,
                  "SELECT " APPOINTMENT "WHERE id = $1 AND hall = $2 AND ($3 = 0 OR subject = $4)", DB_I(id),
                  DB_S(desk_hall(c)), DB_I(person), DB_I(c->actor.subject)))
        return false;
    take(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "appointment", "There is no such appointment.");
    *out = rows[0];
    return true;
}

bool desk_appointment_drop(struct ctx *c, int64_t id, bool *done)
{
    int64_t changed = 0;
    bool ok = db_exec_count(&c->tx, &changed, "DELETE FROM desk_appointment WHERE id = $1 AND ticket = 0",
                            DB_I(id));
    *done = changed > 0;
    return ok;
}

bool desk_forget(struct ctx *c, int64_t subject)
{
    return db_exec(&c->tx, "DELETE FROM desk_appointment WHERE subject = $1", DB_I(subject));
}

bool desk_appointment_arrived(struct ctx *c, int64_t id, int64_t ticket, bool *done)
{
    int64_t changed = 0;
    bool ok = db_exec_count(&c->tx, &changed,
                            "UPDATE desk_appointment SET ticket = $2 WHERE id = $1 AND ticket = 0", DB_I(id),
                            DB_I(ticket));
    *done = changed > 0;
    return ok;
}
