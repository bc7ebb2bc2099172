/* Alarms, and the persons that are watched. */
#include "core/http/server.h"
#include "modules/watch/watch_internal.h"

/* What an officer writes here is nobody's own data, so it is sealed under the installation's key. */
static struct field_place place(const char *table, const char *column, int64_t row)
{
    return (struct field_place){table, column, row, 0};
}

static bool seal(struct ctx *c, struct field_place at, struct str plain, struct str *sealed)
{
    *sealed = STR_EMPTY;
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

static bool unseal(struct ctx *c, struct field_place at, struct str *text)
{
    return !text->len || field_open(ctx_keys(c), &c->tx, &at, *text, text);
}

/* ---- alarms ---- */

bool alarm_store_raise(struct ctx *c, const struct watch_alarm *a, bool *fresh)
{
    int64_t count = 0;
    if (!db_exec_count(&c->tx, &count,
                       "INSERT INTO watch_alarm (id, kind, day, system, operator, subject_index, subject, "
                       "unit, resource, "
                       "state, seen, first_call, last_call, raised, due, owner, outcome, words, closed_by, "
                       "closed_at) VALUES "
                       "($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $11, $12, $13, 0, '', $14, 0, "
                       "0) ON CONFLICT "
                       "(kind, day, system, operator, subject_index) DO NOTHING",
                       DB_I(a->id), DB_S(a->kind), DB_I(a->day), DB_I(a->system), DB_S(a->operator_id),
                       DB_B(a->subject_index), DB_I(a->subject), DB_I(a->unit), DB_I(a->resource),
                       DB_I(a->seen), DB_I(a->last_call), DB_I(a->raised), DB_I(a->due), DB_B(STR_EMPTY)))
        return false;
    *fresh = count > 0;
    return *fresh ||
           db_exec(&c->tx,
                   "UPDATE watch_alarm SET seen = $6, last_call = $7 WHERE kind = $1 AND day = $2 AND "
                   "system = $3 AND operator = $4 AND subject_index = $5 AND state <> 'closed'",
                   DB_S(a->kind), DB_I(a->day), DB_I(a->system), DB_S(a->operator_id), DB_B(a->subject_index),
                   DB_I(a->seen), DB_I(a->last_call));
}

#define ALARM                                                                                                \
    "SELECT id, kind, day, system, operator, subject_index, subject, unit, resource, state, seen, "          \
    "first_call, last_call, raised, due, owner, outcome, words, closed_by, closed_at FROM watch_alarm "

static struct watch_alarm alarm_of(const struct db_rows *r, size_t i)
{
    return (struct watch_alarm){.id = db_int(r, i, 0),
                                .kind = db_str(r, i, 1),
                                .day = db_int(r, i, 2),
                                .system = db_int(r, i, 3),
                                .operator_id = db_str(r, i, 4),
                                .subject_index = db_str(r, i, 5),
                                .subject = db_int(r, i, 6),
                                .unit = db_int(r, i, 7),
                                .resource = db_int(r, i, 8),
                                .state = db_str(r, i, 9),
                                .seen = db_int(r, i, 10),
                                .first_call = db_int(r, i, 11),
                                .last_call = db_int(r, i, 12),
                                .raised = db_int(r, i, 13),
                                .due = db_int(r, i, 14),
                                .owner = db_int(r, i, 15),
                                .outcome = db_str(r, i, 16),
                                .words = db_str(r, i, 17),
                                .closed_by = db_int(r, i, 18),
                                .closed_at = db_int(r, i, 19)};
}

bool alarm_store_load(struct ctx *c, int64_t id, struct watch_alarm *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, ALARM "WHERE id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = alarm_of(&r, 0);
    return unseal(c, place("watch_alarm", "words", id), &out->words);
}

/* Nobody sees an alarm that calls of their own raised. */
static struct str own_name(struct ctx *c)
{
    return str_fmt(c->arena, "%lld", (long long)c->actor.account);
}

bool alarm_store_list(struct ctx *c, struct str state, bool persons, int64_t before,
                      struct watch_alarm **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            ALARM
            "WHERE state = $1 AND id < $2 AND ($3 = 1 OR kind <> 'watched') AND operator <> $4 ORDER BY id "
            "DESC LIMIT $5",
            DB_S(state), DB_I(before > 0 ? before : INT64_MAX), DB_I(persons), DB_S(own_name(c)),
            DB_I(ALARMS_PAGE + 1)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct watch_alarm);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = alarm_of(&r, i);
    *count = r.rows;
    return true;
}

bool alarm_store_open(struct ctx *c, bool persons, int64_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT COUNT(*) FROM watch_alarm WHERE state IN ('open', 'taken') AND ($1 = 1 OR kind <> "
                  "'watched') AND operator <> $2",
                  DB_I(persons), DB_S(own_name(c))))
        return false;
    *count = db_int(&r, 0, 0);
    return true;
}

bool alarm_store_take(struct ctx *c, int64_t id, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(
        &c->tx, &count,
        "UPDATE watch_alarm SET state = 'taken', owner = $2 WHERE id = $1 AND state IN ('open', "
        "'taken')",
        DB_I(id), DB_I(c->actor.account));
    *done = count > 0;
    return ok;
}

bool alarm_store_close(struct ctx *c, const struct watch_alarm *a, bool *done)
{
    struct str words;
    int64_t count = 0;
    if (!seal(c, place("watch_alarm", "words", a->id), a->words, &words) ||
        !db_exec_count(
            &c->tx, &count,
            "UPDATE watch_alarm SET state = 'closed', outcome = $2, words = $3, closed_by = $4, closed_at "
            "= $5 WHERE id = $1 AND state = 'taken'",
            DB_I(a->id), DB_S(a->outcome), DB_B(words), DB_I(c->actor.account), DB_I(c->now)))
        return false;
    *done = count > 0;
    return true;
}

bool alarm_store_forget(struct ctx *c, struct str subject_index)
{
    struct db_rows r;
    uint8_t nobodys[SM3_SIZE];
    if (!db_query(&c->tx, &r, "SELECT id FROM watch_alarm WHERE subject_index = $1", DB_B(subject_index)))
        return false;
    /* An alarm about nobody would be another one: each is about somebody else whom nothing finds. */
    for (size_t i = 0; i < r.rows; i++) {
        crypto_random(nobodys, sizeof nobodys);
        if (!db_exec(&c->tx, "UPDATE watch_alarm SET subject_index = $2 WHERE id = $1",
                     DB_I(db_int(&r, i, 0)), DB_B(str_n(nobodys, sizeof nobodys))))
            return false;
    }
    return true;
}

/* ---- persons ---- */

static struct watch_person person_of(const struct db_rows *r, size_t i)
{
    return (struct watch_person){.id = db_int(r, i, 0),
                                 .subject_index = db_str(r, i, 1),
                                 .kind = db_str(r, i, 2),
                                 .unit = db_int(r, i, 3),
                                 .operator_id = db_str(r, i, 4),
                                 .note = db_str(r, i, 5),
                                 .added_by = db_int(r, i, 6),
                                 .at = db_int(r, i, 7),
                                 .staff = db_int(r, i, 8)};
}

#define WATCHED "SELECT id, subject_index, kind, unit, operator, note, added_by, at, staff FROM watch_person "

bool person_store_watched(struct ctx *c, struct str subject_index, struct watch_person **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, WATCHED "WHERE subject_index = $1 ORDER BY id", DB_B(subject_index)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct watch_person);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = person_of(&r, i);
    *count = r.rows;
    return true;
}

bool person_store_any(struct ctx *c, bool *any)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM watch_person ORDER BY id LIMIT 1")) return false;
    *any = r.rows > 0;
    return true;
}

bool person_store_add(struct ctx *c, const struct watch_person *p, bool *fresh)
{
    struct str note;
    int64_t count = 0;
    if (!seal(c, place("watch_person", "note", p->id), p->note, &note) ||
        !db_exec_count(
            &c->tx, &count,
            "INSERT INTO watch_person (id, subject_index, kind, unit, operator, note, added_by, at, staff) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (subject_index, kind, unit) DO NOTHING",
            DB_I(p->id), DB_B(p->subject_index), DB_S(p->kind), DB_I(p->unit), DB_S(p->operator_id),
            DB_B(note), DB_I(c->actor.account), DB_I(c->now), DB_I(p->staff)))
        return false;
    *fresh = count > 0;
    return true;
}

bool person_store_load(struct ctx *c, int64_t id, struct watch_person *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, WATCHED "WHERE id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = person_of(&r, 0);
    return unseal(c, place("watch_person", "note", id), &out->note);
}

bool person_store_drop(struct ctx *c, int64_t id, bool *done)
{
    int64_t count = 0;
    bool ok = db_exec_count(&c->tx, &count, "DELETE FROM watch_person WHERE id = $1 OR staff = $1", DB_I(id));
    *done = count > 0;
    return ok;
}

bool watched_store_forget(struct ctx *c, struct str subject_index)
{
    return db_exec(&c->tx,
                   "DELETE FROM watch_person WHERE staff IN (SELECT id FROM watch_person WHERE subject_index "
                   "= $1)",
                   DB_B(subject_index)) &&
           db_exec(&c->tx, "DELETE FROM watch_person WHERE subject_index = $1", DB_B(subject_index));
}

bool person_store_list(struct ctx *c, int64_t before, struct watch_person **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, WATCHED "WHERE id < $1 ORDER BY id DESC LIMIT $2",
                  DB_I(before > 0 ? before : INT64_MAX), DB_I(PERSONS_PAGE + 1)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct watch_person);
    for (size_t i = 0; i < r.rows; i++) {
        (*rows)[i] = person_of(&r, i);
        if (!unseal(c, place("watch_person", "note", (*rows)[i].id), &(*rows)[i].note)) return false;
    }
    *count = r.rows;
    return true;
}
