/* Rows of groups, windows, tickets and calls. */
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
            "AND t.waits_for = g.letter AND t.state = 'waiting'), ended, hours, minutes, places, units FROM "
            "desk_group g "
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
                                         .ended = db_int(&r, i, 4) != 0,
                                         .hours = db_str(&r, i, 5),
                                         .minutes = db_int(&r, i, 6),
                                         .places = db_int(&r, i, 7),
                                         .units = db_str(&r, i, 8)};
    return true;
}

#define TICKET                                                                                               \
    "id, number, issued, called, calls, account, letter, waits_for, state, place, turn FROM desk_ticket "

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
                                .place = db_str(r, i, 9),
                                .turn = db_int(r, i, 10)};
}

/* Two who take a ticket at the same moment want the same number: the second one counts again. */
bool desk_ticket_take(struct ctx *c, struct desk_ticket *t)
{
    struct db_rows r;
    int64_t fresh = 0;
    if (!db_query(&c->tx, &r, "SELECT letter FROM desk_group WHERE letter = $1 AND ended = 0",
                  DB_S(t->letter)))
        return false;
    if (!r.rows) return err_at(c->err, STR("group"), "Please choose one of the list.", STR_EMPTY);
    t->id = ctx_id(c);
    t->state = STR("waiting");
    t->issued = c->now;
    if (!t->waits_for.len) t->waits_for = t->letter;
    for (int tries = 0; !fresh && tries < 20; tries++) {
        if (!db_query(&c->tx, &r,
                      "SELECT COALESCE(MAX(number), 0) FROM desk_ticket WHERE hall = $1 AND day = $2 AND "
                      "letter = $3",
                      DB_S(desk_hall(c)), DB_I(today(c)), DB_S(t->letter)))
            return false;
        t->number = db_int(&r, 0, 0) + 1;
        if (!db_exec_count(
                &c->tx, &fresh,
                "INSERT INTO desk_ticket (id, hall, day, letter, number, waits_for, state, place, issued, "
                "called, calls, account, turn) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', $7, 0, 0, 0, "
                "$8) "
                "ON CONFLICT DO NOTHING",
                DB_I(t->id), DB_S(desk_hall(c)), DB_I(today(c)), DB_S(t->letter), DB_I(t->number),
                DB_S(t->waits_for), DB_I(c->now), DB_I(t->turn)))
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

/* Whether a window has called so many with an appointment one after the other that one without is due. */
static bool others_due(struct ctx *c, struct str window, int64_t row, bool *due)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT turn FROM desk_ticket WHERE hall = $1 AND day = $2 AND called > 0 AND place = $3 ORDER "
            "BY called DESC, id DESC LIMIT $4",
            DB_S(desk_hall(c)), DB_I(today(c)), DB_S(window), DB_I(row)))
        return false;
    *due = (int64_t)r.rows == row;
    for (size_t i = 0; i < r.rows; i++)
        *due = *due && db_int(&r, i, 0) > 0;
    return true;
}

/* First who has an appointment whose time has come, by that time; then the others as they came. */
#define APPOINTED "(turn > 0 AND turn <= $5)"

bool desk_ticket_next(struct ctx *c, struct str group, struct str window, int64_t row,
                      struct desk_ticket *out, bool *found)
{
    struct str takes;
    bool others;
    if (!desk_window_takes(c, window, &takes) || !others_due(c, window, row, &others)) return false;
    *found = false;
    for (int tries = 0; !*found && tries < 10; tries++) {
        struct db_rows r;
        if (!db_query(
                &c->tx, &r,
                "SELECT " TICKET
                "WHERE hall = $1 AND day = $2 AND state = 'waiting' AND ($3 = '' OR waits_for = $3) "
                "AND ($3 <> '' OR $4 = '' OR '|' || $4 || '|' LIKE '%|' || waits_for || '|%' OR '|' || $4 "
                "|| '|' LIKE '%|' || letter || '|%') ORDER BY CASE WHEN " APPOINTED
                " THEN $6 ELSE 1 - $6 END, CASE WHEN " APPOINTED " THEN turn ELSE issued END, id LIMIT 1",
                DB_S(desk_hall(c)), DB_I(today(c)), DB_S(group), DB_S(takes), DB_I(c->now), DB_I(others)))
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

/* Appointments whose time has come stand before the others. */
bool desk_ticket_ahead(struct ctx *c, const struct desk_ticket *t, int64_t *count)
{
    struct db_rows r;
    bool first = t->turn > 0 && t->turn <= c->now;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM desk_ticket WHERE hall = $1 AND day = $2 AND state = 'waiting' AND "
                  "waits_for = $3 AND id <> $4 AND CASE WHEN " APPOINTED
                  " THEN $6 = 0 OR turn < $7 OR (turn = $7 AND id < $4) "
                  "ELSE $6 = 0 AND (issued < $8 OR (issued = $8 AND id < $4)) END",
                  DB_S(desk_hall(c)), DB_I(today(c)), DB_S(t->waits_for), DB_I(t->id), DB_I(c->now),
                  DB_I(first), DB_I(t->turn), DB_I(t->issued)))
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

bool desk_group_save_times(struct ctx *c, const struct desk_group *g)
{
    return db_exec(
        &c->tx, "UPDATE desk_group SET hours = $2, minutes = $3, places = $4, units = $5 WHERE letter = $1",
        DB_S(g->letter), DB_S(g->hours), DB_I(g->minutes), DB_I(g->places), DB_S(g->units));
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
