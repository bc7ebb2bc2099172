#include "core/http/server.h"
#include "modules/cases/cases_internal.h"
#include "modules/cases/cases_scope.h"

#define FILE_COLUMNS                                                                                         \
    "id, case_no, track_code, item, item_version, item_name, unit_id, division, applicant, organisation, "   \
    "agent, channel, status, step, role, state, situations, "                                                \
    "answers, submitted, accepted, due, yellow_at, red_at, paused, provisional, closed, result, opinion, "   \
    "received, process, process_version, form_version, variables FROM case_file "

/* Subject 0 matches nobody: ids are positive. Drafts are the applicant's alone; one made at the desk, or for
 * a bundle, is sent in the same transaction. */
#define CASE_SCOPE_SQL(all, subject, acting, unit, whole, area)                                              \
    "(" all " = 1 OR (" subject " > 0 AND (applicant = " subject " OR agent = " subject " OR (" acting       \
    " > 0 AND applicant = " acting "))) OR "                                                                 \
    "((status <> 'draft' OR channel IN ('desk', 'bundle')) AND (" whole " = 1 OR (" unit                     \
    " > 0 AND (unit_id = " unit " OR EXISTS (SELECT 1 FROM case_asked AS asked WHERE asked.unit_id = " unit  \
    " AND asked.case_id = case_file.id AND asked.state <> 'dropped')))) AND substr(division, 1, "            \
    "length(" area ")) = " area ")) "
#define CASE_SCOPE_PARAMS(s)                                                                                 \
    DB_I((s).all), DB_I((s).subject), DB_I((s).acting_for), DB_I((s).unit), DB_I((s).whole_area),            \
        DB_S((s).area)

static void take_work(const struct db_rows *r, struct case_work *w)
{
    struct case_file *f = &w->file;
    *f = (struct case_file){.id = db_int(r, 0, 0),
                            .case_no = db_str(r, 0, 1),
                            .track_code = db_str(r, 0, 2),
                            .item = db_int(r, 0, 3)};
    f->item_version = (int)db_int(r, 0, 4);
    f->item_name = db_str(r, 0, 5);
    f->unit = db_int(r, 0, 6);
    f->division = db_str(r, 0, 7);
    f->applicant = db_int(r, 0, 8);
    w->organisation = db_int(r, 0, 9) != 0;
    f->agent = db_int(r, 0, 10);
    f->channel = db_str(r, 0, 11);
    f->status = db_str(r, 0, 12);
    f->step = db_str(r, 0, 13);
    f->role = db_str(r, 0, 14);
    w->state_text = db_str(r, 0, 15);
    w->situations_text = db_str(r, 0, 16);
    w->sealed_answers = db_str(r, 0, 17);
    f->submitted = db_int(r, 0, 18);
    f->accepted = db_int(r, 0, 19);
    f->due = db_int(r, 0, 20);
    w->yellow_at = db_int(r, 0, 21);
    w->red_at = db_int(r, 0, 22);
    w->paused = db_int(r, 0, 23) != 0;
    w->provisional = db_int(r, 0, 24) != 0;
    f->closed = db_int(r, 0, 25);
    f->result = db_str(r, 0, 26);
    w->sealed_opinion = db_str(r, 0, 27);
    w->received = db_int(r, 0, 28);
    w->process_code = db_str(r, 0, 29);
    w->process_version = (int)db_int(r, 0, 30);
    w->form_version = (int)db_int(r, 0, 31);
    w->sealed_variables = db_str(r, 0, 32);
    w->placed = !str_eq_c(f->status, "draft");
}

static const char cases_read[] = "case_file";

bool case_store_find(struct ctx *c, int64_t id, struct case_work *w, bool *found)
{
    struct db_rows r;
    struct case_scope_values s = case_scope_values(c);
    const struct case_work *known = ctx_known(c, cases_read, id);
    if (known) {
        *w = *known;
        *found = true;
        return true;
    }
    if (!db_query(&c->tx, &r,
                  "SELECT " FILE_COLUMNS
                  "WHERE id = $1 AND " CASE_SCOPE_SQL("$2", "$3", "$4", "$5", "$6", "$7"),
                  DB_I(id), CASE_SCOPE_PARAMS(s)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    take_work(&r, w);
    struct case_work *row = ARENA_NEW(c->arena, struct case_work);
    *row = *w;
    ctx_know(c, cases_read, id, row);
    return true;
}

bool case_store_numbered(struct ctx *c, struct str case_no, int64_t *id)
{
    struct db_rows r;
    struct case_scope_values s = case_scope_values(c);
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM case_file WHERE case_no = $1 AND " CASE_SCOPE_SQL("$2", "$3", "$4", "$5",
                                                                                    "$6", "$7"),
                  DB_S(case_no), CASE_SCOPE_PARAMS(s)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool case_store_of_applicant(struct ctx *c, int64_t applicant, struct case_row **rows, size_t *count)
{
    struct db_rows r;
    struct case_scope_values s = case_scope_values(c);
    if (!db_query(&c->tx, &r,
                  "SELECT " CASE_ROW_COLUMNS "WHERE applicant = $8 AND status <> 'draft' AND " CASE_SCOPE_SQL(
                      "$1", "$2", "$3", "$4", "$5", "$6") "ORDER BY id DESC LIMIT $7",
                  CASE_SCOPE_PARAMS(s), DB_I(CASES_PAGE + 1), DB_I(applicant)))
        return false;
    case_take_rows(c, &r, rows, count);
    return true;
}

bool case_store_draft_of(struct ctx *c, int64_t item, int64_t applicant, int64_t agent, bool desk,
                         int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM case_file WHERE applicant = $1 AND item = $2 AND agent = $3 AND status = "
                  "'draft' AND (channel = 'desk') = ($4 = 1) ORDER BY id DESC LIMIT 1",
                  DB_I(applicant), DB_I(item), DB_I(agent), DB_I(desk)))
        return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool case_store_once(struct ctx *c, int64_t once, int64_t *case_id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT case_id FROM case_once WHERE once = $1", DB_I(once))) return false;
    *case_id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool case_store_keep_once(struct ctx *c, int64_t once, int64_t case_id)
{
    return db_exec(&c->tx, "INSERT INTO case_once (once, case_id) VALUES ($1, $2)", DB_I(once),
                   DB_I(case_id));
}

bool case_store_insert(struct ctx *c, const struct case_work *w)
{
    const struct case_file *f = &w->file;
    return db_exec(
        &c->tx,
        "INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, division, "
        "applicant, organisation, agent, channel, status, step, "
        "role, state, situations, answers, created, submitted, received, accepted, due, due_order, "
        "yellow_at, red_at, paused, provisional, closed, result, opinion, form_version) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL, $18, 0, 0, 0, 0, 0, 0, 0, 0, "
        "0, 0, '', NULL, $19)",
        DB_I(f->id), DB_S(f->case_no), DB_S(f->track_code), DB_I(f->item), DB_I(f->item_version),
        DB_S(f->item_name), DB_I(f->unit), DB_S(f->division), DB_I(f->applicant), DB_I(w->organisation),
        DB_I(f->agent), DB_S(f->channel), DB_S(f->status), DB_S(f->step), DB_S(f->role), DB_S(w->state_text),
        DB_S(w->situations_text), DB_I(c->now), DB_I(w->form_version));
}

bool case_store_save(struct ctx *c, const struct case_work *w)
{
    const struct case_file *f = &w->file;
    ctx_know(c, cases_read, f->id, NULL);
    return db_exec(
        &c->tx,
        "UPDATE case_file SET case_no = $2, status = $3, step = $4, role = $5, state = $6, situations = $7, "
        "answers = $8, submitted = $9, accepted = $10, due = $11, "
        "yellow_at = $12, red_at = $13, paused = $14, provisional = $15, closed = $16, result = $17, opinion "
        "= $18, item_version = $19, track_code = $20, due_order = $21, received = $22, "
        "process = $23, process_version = $24, form_version = $25, variables = $26 WHERE id = $1",
        DB_I(f->id), DB_S(f->case_no), DB_S(f->status), DB_S(f->step), DB_S(f->role), DB_S(w->state_text),
        DB_S(w->situations_text), w->sealed_answers.len ? DB_B(w->sealed_answers) : DB_N, DB_I(f->submitted),
        DB_I(f->accepted), DB_I(f->due), DB_I(w->yellow_at), DB_I(w->red_at), DB_I(w->paused),
        DB_I(w->provisional), DB_I(f->closed), DB_S(f->result),
        w->sealed_opinion.len ? DB_B(w->sealed_opinion) : DB_N, DB_I(f->item_version), DB_S(f->track_code),
        DB_I(f->due ? f->due : CASE_NEVER_DUE), DB_I(w->received), DB_S(w->process_code),
        DB_I(w->process_version), DB_I(w->form_version),
        w->sealed_variables.len ? DB_B(w->sealed_variables) : DB_N);
}

bool case_store_wait(struct ctx *c, const struct case_work *w, const struct case_waiting *list, size_t count)
{
    const struct case_file *f = &w->file;
    if (w->placed && !db_exec(&c->tx, "DELETE FROM case_waiting WHERE case_id = $1", DB_I(f->id)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!db_exec(
                &c->tx,
                "INSERT INTO case_waiting (case_id, role, step, unit_id, division, due_order, yellow_at, "
                "red_at, paused, duty) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                DB_I(f->id), DB_C(course_role_name(list[i].role)), DB_S(list[i].step), DB_I(list[i].unit),
                DB_S(f->division), DB_I(list[i].due ? list[i].due : CASE_NEVER_DUE), DB_I(list[i].yellow_at),
                DB_I(list[i].red_at), DB_I(w->paused), DB_C(list[i].duty)))
            return false;
    return true;
}

bool case_store_delete_draft(struct ctx *c, int64_t id)
{
    ctx_know(c, cases_read, id, NULL);
    return db_exec(&c->tx, "DELETE FROM case_material WHERE case_id = $1", DB_I(id)) &&
           db_exec(&c->tx, "DELETE FROM case_event WHERE case_id = $1", DB_I(id)) &&
           db_exec(&c->tx, "DELETE FROM case_file WHERE id = $1 AND status = 'draft'", DB_I(id));
}

/* Counted, then read: SQLite makes a table of its own for every RETURNING, at four times the cost. */
bool case_store_next_number(struct ctx *c, struct str division, int32_t day, int64_t *sequence)
{
    struct db_rows r;
    if (!db_exec(&c->tx,
                 "INSERT INTO case_sequence (division, day, last) VALUES ($1, $2, 1) ON CONFLICT "
                 "(division, day) DO UPDATE SET last = case_sequence.last + 1",
                 DB_S(division), DB_I(day)) ||
        !db_query(&c->tx, &r, "SELECT last FROM case_sequence WHERE division = $1 AND day = $2",
                  DB_S(division), DB_I(day)))
        return false;
    *sequence = db_int(&r, 0, 0);
    return true;
}

/* ---- the clock and the record ---- */

bool case_store_add_clock(struct ctx *c, int64_t id, int seq, const struct clock_event *e,
                          struct str sealed_reason)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_clock (case_id, seq, kind, at, count, reason, account) VALUES ($1, $2, "
                   "$3, $4, $5, $6, $7)",
                   DB_I(id), DB_I(seq), DB_I(e->kind), DB_I(e->at), DB_I(e->count),
                   sealed_reason.len ? DB_B(sealed_reason) : DB_N, DB_I(c->actor.account));
}

bool case_store_clock(struct ctx *c, int64_t id, struct clock_event *events, size_t *count,
                      struct str *reasons)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT kind, at, count, reason FROM case_clock WHERE case_id = $1 ORDER BY seq", DB_I(id)))
        return false;
    *count = r.rows < CLOCK_EVENTS_MAX ? r.rows : CLOCK_EVENTS_MAX;
    for (size_t i = 0; i < *count; i++) {
        events[i] = (struct clock_event){(enum clock_event_kind)db_int(&r, i, 0), db_int(&r, i, 1),
                                         (int)db_int(&r, i, 2)};
        if (reasons) reasons[i] = db_str(&r, i, 3);
    }
    return true;
}

bool case_store_add_event(struct ctx *c, int64_t id, int version, const char *act, struct str step,
                          struct str sealed_note, struct str detail)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_event (id, case_id, at, act, step, actor_kind, account, unit_id, note, "
                   "detail, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_I(ctx_id(c)), DB_I(id), DB_I(c->now), DB_C(act), DB_S(step), DB_I(c->actor.kind),
                   DB_I(c->actor.account), DB_I(c->actor.unit), sealed_note.len ? DB_B(sealed_note) : DB_N,
                   detail.len ? DB_S(detail) : DB_N, DB_I(version));
}

bool case_store_was_moved(struct ctx *c, int64_t id, bool *moved)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM case_event WHERE case_id = $1 AND act = 'moved' LIMIT 1",
                  DB_I(id)))
        return false;
    *moved = r.rows > 0;
    return true;
}

const struct json *case_move_said(struct ctx *c, const struct case_event *e)
{
    if (!str_eq_c(e->act, "moved") || !e->detail.len) return NULL;
    const struct json *d = json_parse(c->arena, e->detail, JSON_STRICT, c->err);
    if (!d) err_clear(c->err);
    return d;
}

void case_events_date(struct ctx *c, struct case_event *list, size_t count, int version)
{
    for (size_t i = count; i-- > 0;) {
        if (!list[i].version) list[i].version = version;
        if (str_eq_c(list[i].act, "moved"))
            version = (int)json_i64_of(case_move_said(c, &list[i]), "from", 0);
    }
}

bool case_events(struct ctx *c, const struct case_work *w, struct case_event **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT id, at, account, unit_id, actor_kind, act, step, note, detail, version FROM case_event "
            "WHERE case_id = $1 ORDER BY id",
            DB_I(w->file.id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_event);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++) {
        struct case_event *e = &(*list)[i];
        *e = (struct case_event){.id = db_int(&r, i, 0),
                                 .at = db_int(&r, i, 1),
                                 .account = db_int(&r, i, 2),
                                 .unit = db_int(&r, i, 3)};
        e->actor = (enum actor_kind)db_int(&r, i, 4);
        e->act = db_str(&r, i, 5);
        e->step = db_str(&r, i, 6);
        if (!case_open(c, w, "note", db_str(&r, i, 7), &e->note)) return false;
        e->note = case_speak(c, e->note, &e->note_translated);
        e->detail = db_str(&r, i, 8);
        e->version = (int)db_int(&r, i, 9);
    }
    case_events_date(c, *list, *count, w->process ? w->process->version : 0);
    return true;
}

/* ---- files and points ---- */

bool case_store_add_upload(struct ctx *c, int64_t case_id, const struct case_upload *u,
                           struct str sealed_name)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_material (id, case_id, material, state, blob, file_name, size, "
                   "media_type, copies, at, clerk) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_I(u->id), DB_I(case_id), DB_S(u->material), DB_S(u->state), DB_S(u->blob),
                   sealed_name.len ? DB_B(sealed_name) : DB_N, DB_I(u->size), DB_S(u->media_type),
                   DB_I(u->copies), DB_I(u->at), DB_I(u->clerk));
}

bool case_store_remove_upload(struct ctx *c, int64_t case_id, int64_t upload, struct str *blob)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT blob FROM case_material WHERE case_id = $1 AND id = $2", DB_I(case_id),
                  DB_I(upload)))
        return false;
    *blob = r.rows ? db_str(&r, 0, 0) : STR_EMPTY;
    return db_exec(&c->tx, "DELETE FROM case_material WHERE case_id = $1 AND id = $2", DB_I(case_id),
                   DB_I(upload));
}

bool case_store_uploads(struct ctx *c, int64_t case_id, struct case_upload **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, size, at, material, blob, file_name, media_type, state, copies, clerk FROM "
                  "case_material "
                  "WHERE case_id = $1 ORDER BY id",
                  DB_I(case_id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_upload);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct case_upload){.id = db_int(&r, i, 0),
                                          .size = db_int(&r, i, 1),
                                          .at = db_int(&r, i, 2),
                                          .material = db_str(&r, i, 3),
                                          .blob = db_str(&r, i, 4),
                                          .file_name = db_str(&r, i, 5),
                                          .media_type = db_str(&r, i, 6),
                                          .state = db_str(&r, i, 7),
                                          .copies = db_int(&r, i, 8),
                                          .clerk = db_int(&r, i, 9)};
    return true;
}

bool case_store_set_deferred(struct ctx *c, int64_t case_id, struct str material, bool deferred)
{
    if (!db_exec(&c->tx,
                 "DELETE FROM case_material WHERE case_id = $1 AND material = $2 AND state = 'deferred'",
                 DB_I(case_id), DB_S(material)))
        return false;
    struct case_upload u = {.id = ctx_id(c), .at = c->now, .material = material, .state = STR("deferred")};
    return !deferred || case_store_add_upload(c, case_id, &u, STR_EMPTY);
}

bool case_store_add_point(struct ctx *c, int64_t case_id, const struct case_point *p,
                          struct str sealed_reason)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_point (case_id, n, target, reason, asked_by, asked_at, done_at) VALUES "
                   "($1, $2, $3, $4, $5, $6, 0)",
                   DB_I(case_id), DB_I(p->n), DB_S(p->target), DB_B(sealed_reason), DB_I(c->actor.account),
                   DB_I(c->now));
}

bool case_store_points(struct ctx *c, int64_t case_id, struct case_point **list, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT n, target, reason, asked_by, asked_at, done_at FROM case_point WHERE case_id = $1 "
                  "ORDER BY n",
                  DB_I(case_id)))
        return false;
    *list = ARENA_ARRAY(c->arena, r.rows + 1, struct case_point);
    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        (*list)[i] = (struct case_point){(int)db_int(&r, i, 0), db_str(&r, i, 1), db_str(&r, i, 2),
                                         db_int(&r, i, 3),      db_int(&r, i, 4), db_int(&r, i, 5)};
    return true;
}

bool case_store_point_done(struct ctx *c, int64_t case_id, int n)
{
    return db_exec(&c->tx, "UPDATE case_point SET done_at = $3 WHERE case_id = $1 AND n = $2", DB_I(case_id),
                   DB_I(n), DB_I(c->now));
}

/* ---- for jobs ---- */

static bool take_ids(struct ctx *c, const struct db_rows *r, int64_t **ids, size_t *count)
{
    *ids = ARENA_ARRAY(c->arena, r->rows + 1, int64_t);
    *count = r->rows;
    for (size_t i = 0; i < r->rows; i++)
        (*ids)[i] = db_int(r, i, 0);
    return true;
}

bool case_store_on_the_clock(struct ctx *c, int64_t after, int64_t **ids, size_t *count)
{
    struct db_rows r;
    return db_query(
               &c->tx, &r,
               "SELECT id FROM (SELECT id FROM case_file WHERE submitted <> 0 AND closed = 0 AND id > $1 "
               "ORDER BY id LIMIT 100) AS running UNION SELECT id FROM (SELECT case_id AS id FROM case_duty "
               "WHERE "
               "case_id > $1 ORDER BY case_id LIMIT 100) AS open_duty ORDER BY id LIMIT 100",
               DB_I(after)) &&
           take_ids(c, &r, ids, count);
}

bool case_store_running(struct ctx *c, struct str process, int version, struct str case_no, int64_t after,
                        int64_t **ids, size_t *count)
{
    struct db_rows r;
    struct case_scope_values s = case_scope_values(c);
    bool ok =
        case_no.len
            ? db_query(&c->tx, &r,
                       "SELECT id FROM case_file WHERE case_no = $1 AND closed = 0 AND submitted <> 0 AND "
                       "process_version <> $2 AND " CASE_SCOPE_SQL("$3", "$4", "$5", "$6", "$7", "$8"),
                       DB_S(case_no), DB_I(version), CASE_SCOPE_PARAMS(s))
            : db_query(&c->tx, &r,
                       "SELECT id FROM case_file WHERE process IN ($1, '') AND process_version <> $2 AND "
                       "closed = 0 AND submitted <> 0 AND id > $3 AND " CASE_SCOPE_SQL(
                           "$4", "$5", "$6", "$7", "$8", "$9") "ORDER BY id LIMIT 100",
                       DB_S(process), DB_I(version), DB_I(after), CASE_SCOPE_PARAMS(s));
    return ok && take_ids(c, &r, ids, count);
}

bool case_store_old_drafts(struct ctx *c, int64_t before, int64_t **ids, size_t *count)
{
    struct db_rows r;
    return db_query(&c->tx, &r,
                    "SELECT id FROM case_file WHERE status = 'draft' AND created < $1 ORDER BY applicant, id "
                    "LIMIT 100",
                    DB_I(before)) &&
           take_ids(c, &r, ids, count);
}
