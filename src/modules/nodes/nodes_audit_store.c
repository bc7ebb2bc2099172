/* Calls between nodes beside the log: the rows of calls that were sent and served against their records. What
 * a row says of a call is what the first record of it says; how it stands follows from those that came after,
 * one by one. Whose number a row is filed under is forgotten with a person. Records from before they held a
 * member are not asked for it. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange.h"
#include "modules/nodes/nodes_internal.h"

#include <string.h>

enum { CALLS_AT_ONCE = 64 };

static const char row_gone[] = "The row of a call between nodes is gone: %{arg}.";
static const char row_differs[] =
    "The row of a call between nodes says something else than its records: %{arg}.";
static const char row_unrecorded[] = "There is no record of a call between nodes: %{arg}.";

struct record {
    struct str act;
    int64_t at, subject;
    const struct json *said;
};

static bool records_of(struct ctx *c, int64_t id, struct record **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT act, at, subject, detail FROM evidence WHERE object = $1 AND object_kind = "
                  "'node_call' ORDER BY id",
                  DB_I(id)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct record);
    for (size_t i = 0; i < r.rows; i++) {
        struct err unreadable = {0};
        (*rows)[i] =
            (struct record){.act = db_str(&r, i, 0),
                            .at = db_int(&r, i, 1),
                            .subject = db_int(&r, i, 2),
                            .said = json_parse(c->arena, db_str(&r, i, 3), JSON_STRICT, &unreadable)};
    }
    *count = r.rows;
    return true;
}

struct member {
    const char *name;
    struct str value;
};

/* whole: the record holds all that today's hold. */
static bool are_said(const struct json *said, bool whole, const struct member *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((whole || json_get(said, list[i].name)) &&
            !str_eq(json_text_of(said, list[i].name), list[i].value))
            return false;
    return true;
}

static struct str id_text(struct ctx *c, int64_t id)
{
    return str_fmt(c->arena, "%lld", (long long)id);
}

#define SAID(said, whole, ...)                                                                               \
    are_said(said, whole, (const struct member[]){__VA_ARGS__},                                              \
             sizeof(const struct member[]){__VA_ARGS__} / sizeof(struct member))

/* ---- sent ---- */

static bool was_erased(struct ctx *c, int64_t subject, bool *erased)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE object = $1 AND act = 'person.erase'",
                  DB_I(subject)))
        return false;
    *erased = !subject || db_int(&r, 0, 0) > 0;
    return true;
}

static bool subject_is_said(struct ctx *c, const struct asked_row *a, const struct record *first, bool *fits)
{
    bool forgotten = false;
    struct str whose = json_text_of(first->said, "whose");
    if (!a->subject_index.len && !was_erased(c, a->subject, &forgotten)) return false;
    *fits = a->subject == first->subject &&
            (!whose.len || forgotten || str_eq(whose, exchange_whose(c->arena, a->id, a->subject_index)));
    return true;
}

/* Numbers of node and service are those of its names. */
static bool numbers_fit(struct ctx *c, const struct asked_row *a, bool *fits)
{
    struct str node, service, subsystem, code, version;
    service_split(a->service, &subsystem, &code, &version);
    if (!number_store_code(c, "node", a->party, &node) || !number_store_code(c, "service", a->data, &service))
        return false;
    *fits = str_eq(node, a->node) &&
            (str_eq(service, a->service) ||
             str_eq(service, str_fmt(c->arena, "%.*s/%.*s", STR_ARG(subsystem), STR_ARG(code))));
    return true;
}

static bool first_says(struct ctx *c, const struct asked_row *a, const struct record *first)
{
    return SAID(first->said, json_get(first->said, "whose") != NULL, {"call", a->call}, {"client", a->client},
                {"service", a->service}, {"node", a->node}, {"content", a->content}, {"purpose", a->purpose},
                {"item", a->item}, {"case", a->case_no}, {"operator", a->operator_id}, {"mode", a->mode},
                {"fields", a->fields}, {"system", id_text(c, a->system)}, {"unit", id_text(c, a->unit)});
}

struct standing {
    struct str state, result, answer;
    int64_t at, ended, attempts, took_us;
    bool timed;     /* its records say how long it took */
    bool forgotten; /* what was answered was asked for again when it was no longer kept */
};

static bool is_final(struct str state)
{
    return str_eq_c(state, "ok") || str_eq_c(state, "refused");
}

/* As the store keeps it: asked_store_end. */
static bool takes_back(struct str before, struct str state)
{
    return str_eq_c(before, "ok") ? !str_eq_c(state, "ok")
                                  : str_eq_c(before, "refused") && str_eq_c(state, "unknown");
}

static void ends(struct standing *s, const struct record *r)
{
    struct str result = json_text_of(r->said, "result"), answer = json_text_of(r->said, "answer"),
               state = json_text_of(r->said, "state");
    if (!state.len) /* not said by records from before */
        state = str_eq_c(result, "ok") ? result : answer.len ? STR("refused") : STR("unknown");
    if (str_eq_c(s->state, "ok") && str_eq_c(result, "nodes.forgotten")) s->forgotten = true;
    if (takes_back(s->state, state)) return;
    s->state = state;
    s->result = result;
    s->answer = answer;
    s->ended = r->at;
    if (!json_get(r->said, "took_us") && str_eq_c(r->act, "node.outcome")) s->timed = false;
    if (!s->took_us) s->took_us = json_i64_of(r->said, "took_us", 0);
}

/* As the store moves a row. */
static struct standing standing_of(const struct record *list, size_t count)
{
    struct standing s = {.timed = true, .answer = STR_EMPTY, .result = STR_EMPTY};
    for (size_t i = 0; i < count; i++) {
        const struct record *r = &list[i];
        if (str_eq_c(r->act, "node.refuse") && i == 0) {
            s.state = STR("refused");
            s.result = json_text_of(r->said, "result");
            s.at = s.ended = r->at;
        } else if (str_eq_c(r->act, "node.ask")) {
            if (!is_final(s.state)) s.state = STR("sent");
            s.at = r->at;
            s.attempts++;
        } else if (str_eq_c(r->act, "node.outcome") || str_eq_c(r->act, "node.settled")) {
            ends(&s, r);
        }
    }
    return s;
}

static bool stands_so(const struct asked_row *a, const struct standing *s)
{
    if (s->forgotten && str_eq_c(a->result, "nodes.forgotten")) /* earlier versions wrote it over an answer */
        return a->at == s->at && a->attempts == s->attempts;
    return str_eq(a->state, s->state) && str_eq(a->result, s->result) && str_eq(a->answer, s->answer) &&
           a->at == s->at && a->ended == s->ended && a->attempts == s->attempts &&
           (!s->timed || a->took_us == s->took_us);
}

static bool look_at_asked(struct ctx *c, struct evidence_audit *out, const struct asked_row *a)
{
    struct record *list;
    size_t count;
    bool about, numbered;
    if (!records_of(c, a->id, &list, &count)) return false;
    if (!count) {
        evidence_found(out, row_unrecorded, a->id);
        return true;
    }
    const struct standing s = standing_of(list, count);
    if (!subject_is_said(c, a, &list[0], &about) || !numbers_fit(c, a, &numbered)) return false;
    if (!about || !numbered || !first_says(c, a, &list[0]) || !stands_so(a, &s))
        evidence_found(out, row_differs, a->id);
    return true;
}

static bool look_at_all_asked(struct ctx *c, struct evidence_audit *out)
{
    struct asked_row *rows;
    size_t count = CALLS_AT_ONCE;
    for (int64_t from = INT64_MIN; count == CALLS_AT_ONCE;) {
        ctx_next_part(c);
        if (!asked_store_since(c, from, INT64_MAX, CALLS_AT_ONCE, &rows, &count)) return false;
        for (size_t i = 0; i < count; i++)
            if (!look_at_asked(c, out, &rows[i])) return false;
        if (count) from = rows[count - 1].id + 1;
    }
    return true;
}

/* ---- served ---- */

/* What is still kept of the answer is the one whose digest is on record; with a person it is erased. */
static bool answer_fits(struct ctx *c, const struct served_row *s, bool *fits)
{
    const struct field_place at = {
        .table = "node_served", .column = "answer", .row = s->id, .subject = s->subject};
    struct err broken = {0}, *of_tx = c->tx.err;
    struct str text = STR_EMPTY;
    *fits = true;
    if (!s->answer.len) return true;
    c->tx.err = &broken;
    bool opened = field_open(ctx_keys(c), &c->tx, &at, s->answer, &text);
    c->tx.err = of_tx;
    *fits = opened && str_eq(text_digest(c->arena, text), s->digest);
    return opened || strcmp(broken.code, "key.erased") != 0 || was_erased(c, s->subject, fits);
}

static bool look_at_served(struct ctx *c, struct evidence_audit *out, const struct served_row *s)
{
    struct record *list, *last = NULL;
    size_t count;
    int64_t times = 0;
    bool kept;
    if (!records_of(c, s->id, &list, &count) || !answer_fits(c, s, &kept)) return false;
    for (size_t i = 0; i < count; i++) {
        const bool serves = str_eq_c(list[i].act, "node.serve");
        times += serves || str_eq_c(list[i].act, "node.serve_again");
        if (serves) last = &list[i];
    }
    if (!last)
        evidence_found(out, row_unrecorded, s->id);
    else if (times != s->times || last->at != s->at || !kept ||
             !SAID(last->said, json_get(last->said, "unit") != NULL, {"call", s->call}, {"client", s->client},
                   {"service", s->service}, {"node", s->node}, {"content", s->content}, {"result", s->result},
                   {"answer", s->digest}, {"unit", id_text(c, s->unit)}))
        evidence_found(out, row_differs, s->id);
    return true;
}

static bool look_at_all_served(struct ctx *c, struct evidence_audit *out)
{
    struct served_row *rows;
    size_t count = CALLS_AT_ONCE;
    for (int64_t after = INT64_MIN; count == CALLS_AT_ONCE;) {
        ctx_next_part(c);
        if (!served_store_after(c, after, CALLS_AT_ONCE, &rows, &count)) return false;
        for (size_t i = 0; i < count; i++)
            if (!look_at_served(c, out, &rows[i])) return false;
        if (count) after = rows[count - 1].id;
    }
    return true;
}

/* ---- records without a row ---- */

static bool look_for_gone(struct ctx *c, struct evidence_audit *out)
{
    struct db_rows r;
    int64_t after = 0; /* 0: what never had a row */
    do {
        ctx_next_part(c);
        if (!db_query(&c->tx, &r,
                      "SELECT e.object FROM evidence e WHERE e.object > $1 AND e.object_kind = 'node_call' "
                      "AND NOT EXISTS (SELECT 1 FROM node_asked a WHERE a.id = e.object) AND NOT EXISTS "
                      "(SELECT 1 FROM node_served s WHERE s.id = e.object) GROUP BY e.object ORDER BY "
                      "e.object LIMIT $2",
                      DB_I(after), DB_I(CALLS_AT_ONCE)))
            return false;
        for (size_t i = 0; i < r.rows; i++)
            evidence_found(out, row_gone, after = db_int(&r, i, 0));
    } while (r.rows == CALLS_AT_ONCE);
    return true;
}

bool nodes_audit(struct ctx *c, struct evidence_audit *out)
{
    return look_at_all_asked(c, out) && look_at_all_served(c, out) && look_for_gone(c, out);
}
