/* Tickets, calls, appointments. */
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"
#include "modules/orgs/orgs.h"

struct str desk_hall(struct ctx *c)
{
    return orgs_place(c);
}

static int32_t today(const struct ctx *c)
{
    return date_of(c->now);
}

bool desk_groups(struct ctx *c, struct desk_group **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT letter, name, en, (SELECT COUNT(*) FROM desk_ticket t WHERE t.hall = $1 AND t.day = $2 "
            "AND t.waits_for = g.letter AND t.state = 'waiting'), ended FROM desk_group g "
            "ORDER BY letter LIMIT $3",
            DB_S(desk_hall(c)), DB_I(today(c)), DB_I(GROUPS_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct desk_group);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct desk_group){.letter = db_str(&r, i, 0),
                                         .zh = db_str(&r, i, 1),
                                         .en = db_str(&r, i, 2),
                                         .name = db_str(&r, i, c->lang == &lang_en ? 2 : 1),
                                         .waiting = db_int(&r, i, 3),
                                         .ended = db_int(&r, i, 4) != 0};
    return true;
}

#define TICKET "id, number, issued, called, calls, account, letter, waits_for, state, place FROM desk_ticket "

static struct desk_ticket ticket_of(const struct db_rows *r, size_t i)
{
    return (struct desk_ticket){.id = db_int(r, i, 0),
                                .number = db_int(r, i, 1),
                                .issued = db_int(r, i, 2),
                                .called = db_int(r, i, 3),
                                .calls = db_int(r, i, 4),
                                .account = db_int(r, i, 5),
                                .letter = db_str(r, i, 6),
                                .waits_for = db_str(r, i, 7),
                                .state = db_str(r, i, 8),
                                .place = db_str(r, i, 9)};
}

/* Two who take a ticket at the same moment want the same number: the second one counts again. */
bool desk_ticket_take(struct ctx *c, struct str group, struct desk_ticket *out)
{
    struct db_rows r;
    int64_t fresh = 0;
    if (!db_query(&c->tx, &r, "SELECT letter FROM desk_group WHERE letter = $1 AND ended = 0", DB_S(group)))
        return false;
    if (!r.rows) return err_at(c->err, STR("group"), "Please choose one of the list.", STR_EMPTY);
    *out = (struct desk_ticket){
        .id = ctx_id(c), .letter = group, .waits_for = group, .state = STR("waiting"), .issued = c->now};
    for (int tries = 0; !fresh && tries < 20; tries++) {
        if (!db_query(&c->tx, &r,
                      "SELECT COALESCE(MAX(number), 0) FROM desk_ticket WHERE hall = $1 AND day = $2 AND "
                      "letter = $3",
                      DB_S(desk_hall(c)), DB_I(today(c)), DB_S(group)))
            return false;
        out->number = db_int(&r, 0, 0) + 1;
        if (!db_exec_count(
                &c->tx, &fresh,
                "INSERT INTO desk_ticket (id, hall, day, letter, number, waits_for, state, place, issued, "
                "called, calls, account) VALUES ($1, $2, $3, $4, $5, $4, 'waiting', '', $6, 0, 0, 0) ON "
                "CONFLICT DO NOTHING",
                DB_I(out->id), DB_S(desk_hall(c)), DB_I(today(c)), DB_S(group), DB_I(out->number),
                DB_I(c->now)))
            return false;
    }
    return fresh || err_busy(c->err, "desk.ticket", "Please try again in a moment.");
}

bool desk_ticket_load(struct ctx *c, int64_t id, struct desk_ticket *out)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " TICKET "WHERE id = $1 AND hall = $2", DB_I(id), DB_S(desk_hall(c))))
        return false;
    if (!r.rows) return err_missing(c->err, "ticket", "There is no such ticket.");
    *out = ticket_of(&r, 0);
    return true;
}

bool desk_ticket_mine(struct ctx *c, struct desk_ticket *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " TICKET
                  "WHERE account = $1 AND day = $2 AND state = 'called' ORDER BY called, id LIMIT 1",
                  DB_I(c->actor.account), DB_I(today(c))))
        return false;
    *found = r.rows > 0;
    if (*found) *out = ticket_of(&r, 0);
    return true;
}

bool desk_ticket_set(struct ctx *c, const struct desk_ticket *t, const char *from, bool *done)
{
    int64_t changed = 0;
    bool ok =
        db_exec_count(&c->tx, &changed,
                      "UPDATE desk_ticket SET state = $2, place = $3, called = $4, calls = $5, account = $6, "
                      "waits_for = $7 WHERE id = $1 AND state = $8",
                      DB_I(t->id), DB_S(t->state), DB_S(t->place), DB_I(t->called), DB_I(t->calls),
                      DB_I(t->account), DB_S(t->waits_for), DB_C(from));
    *done = changed > 0;
    return ok;
}

bool desk_ticket_next(struct ctx *c, struct str group, struct str window, struct desk_ticket *out,
                      bool *found)
{
    struct str takes;
    if (!desk_window_takes(c, window, &takes)) return false;
    *found = false;
    for (int tries = 0; !*found && tries < 10; tries++) {
        struct db_rows r;
        if (!db_query(&c->tx, &r,
                      "SELECT " TICKET
                      "WHERE hall = $1 AND day = $2 AND state = 'waiting' AND ($3 = '' OR waits_for = $3) "
                      "AND ($3 <> '' OR $4 = '' OR '|' || $4 || '|' LIKE '%|' || waits_for || '|%') "
                      "ORDER BY CASE WHEN letter = '" DESK_APPOINTED
                      "' THEN 0 ELSE 1 END, issued, id LIMIT 1",
                      DB_S(desk_hall(c)), DB_I(today(c)), DB_S(group), DB_S(takes)))
            return false;
        if (!r.rows) return true;
        *out = ticket_of(&r, 0);
        out->state = STR("called");
        out->place = window;
        out->called = c->now;
        out->calls = 1;
        out->account = c->actor.account;
        if (!desk_ticket_set(c, out, "waiting", found)) return false;
    }
    return true;
}

bool desk_ticket_ahead(struct ctx *c, const struct desk_ticket *t, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM desk_ticket WHERE hall = $1 AND day = $2 AND state = 'waiting' AND "
                  "waits_for = "
                  "$3 AND (issued < $4 OR (issued = $4 AND id < $5))",
                  DB_S(desk_hall(c)), DB_I(today(c)), DB_S(t->waits_for), DB_I(t->issued), DB_I(t->id)))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool desk_last_calls(struct ctx *c, struct desk_ticket **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " TICKET
                  "WHERE hall = $1 AND day = $2 AND called > 0 AND state IN ('called', 'served') ORDER "
                  "BY called DESC, id DESC LIMIT $3",
                  DB_S(desk_hall(c)), DB_I(today(c)), DB_I(SCREEN_CALLS)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct desk_ticket);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = ticket_of(&r, i);
    return true;
}

/* ---- groups and windows ---- */

bool desk_group_save(struct ctx *c, const struct desk_group *g)
{
    return db_exec(&c->tx,
                   "INSERT INTO desk_group (letter, name, en, ended) VALUES ($1, $2, $3, $4) ON CONFLICT "
                   "(letter) DO UPDATE SET name = excluded.name, en = excluded.en, ended = excluded.ended",
                   DB_S(g->letter), DB_S(g->zh), DB_S(g->en), DB_I(g->ended));
}

bool desk_windows(struct ctx *c, struct desk_window **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT name, groups FROM desk_window WHERE hall = $1 ORDER BY length(name), name LIMIT $2",
                  DB_S(desk_hall(c)), DB_I(WINDOWS_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct desk_window);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct desk_window){.name = db_str(&r, i, 0), .groups = db_str(&r, i, 1)};
    return true;
}

bool desk_window_takes(struct ctx *c, struct str window, struct str *groups)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT groups FROM desk_window WHERE hall = $1 AND name = $2",
                  DB_S(desk_hall(c)), DB_S(window)))
        return false;
    *groups = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    return true;
}

bool desk_window_save(struct ctx *c, const struct desk_window *w)
{
    return db_exec(
        &c->tx,
        "INSERT INTO desk_window (hall, name, groups) VALUES ($1, $2, $3) ON CONFLICT (hall, name) "
        "DO UPDATE SET groups = excluded.groups",
        DB_S(desk_hall(c)), DB_S(w->name), DB_S(w->groups));
}

bool desk_window_drop(struct ctx *c, struct str name)
{
    return db_exec(&c->tx, "DELETE FROM desk_window WHERE hall = $1 AND name = $2", DB_S(desk_hall(c)),
                   DB_S(name));
}

/* ---- appointments ---- */

#define APPOINTMENT "id, item, subject, place, ticket, day, slot FROM desk_appointment "

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
                                               .slot = db_str(r, i, 6)};
}

bool desk_appointment_counts(struct ctx *c, int32_t from, int32_t to, struct desk_appointment **rows,
                             size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT day, slot, COUNT(*) FROM desk_appointment WHERE hall = $1 AND day >= $2 AND day <= "
                  "$3 GROUP BY "
                  "day, slot ORDER BY day, slot",
                  DB_S(desk_hall(c)), DB_I(from), DB_I(to)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct desk_appointment);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct desk_appointment){
            .day = (int32_t)db_int(&r, i, 0), .slot = db_str(&r, i, 1), .place = db_int(&r, i, 2)};
    return true;
}

/* The first free place of the slot; the table itself keeps two from having the same. */
bool desk_appointment_add(struct ctx *c, struct desk_appointment *a, int64_t places, bool *done)
{
    int64_t fresh = 0;
    a->id = ctx_id(c);
    for (a->place = 1; !fresh && a->place <= places; a->place++)
        if (!db_exec_count(&c->tx, &fresh,
                           "INSERT INTO desk_appointment (id, hall, day, slot, place, item, subject, ticket, "
                           "made) VALUES "
                           "($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT DO NOTHING",
                           DB_I(a->id), DB_S(desk_hall(c)), DB_I(a->day), DB_S(a->slot), DB_I(a->place),
                           DB_I(a->item), DB_I(a->subject), DB_I(c->now)))
            return false;
    *done = fresh > 0;
    return true;
}

bool desk_appointments_of(struct ctx *c, int64_t subject, struct desk_appointment **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " APPOINTMENT "WHERE subject = $1 AND day >= $2 ORDER BY day, id LIMIT $3",
                  DB_I(subject), DB_I(today(c)), DB_I(DESK_PAGE)))
        return false;
    take(c, &r, rows, count);
    return true;
}

bool desk_appointments_on(struct ctx *c, int32_t day, struct desk_appointment **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT " APPOINTMENT "WHERE hall = $1 AND day = $2 ORDER BY slot, place LIMIT $3",
                  DB_S(desk_hall(c)), DB_I(day), DB_I(2 * DESK_PAGE)))
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
    if (!db_query(&c->tx, &r, "SELECT " APPOINTMENT "WHERE id = $1 AND ($2 = 0 OR subject = $3)", DB_I(id),
                  DB_I(person), DB_I(c->actor.subject)))
        return false;
    take(c, &r, &rows, &count);
    if (!count) return err_missing(c->err, "appointment", "There is no such appointment.");
    *out = rows[0];
    return true;
}

bool desk_appointment_drop(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM desk_appointment WHERE id = $1", DB_I(id));
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
