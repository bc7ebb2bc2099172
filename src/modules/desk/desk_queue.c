/* Tickets and calls (取号叫号): the clerk's page, the public screen, the printed ticket. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

struct str desk_ticket_text(struct ctx *c, const struct desk_ticket *t)
{
    return str_fmt(c->arena, "%.*s%03lld", STR_ARG(t->letter), (long long)t->number);
}

static bool record(struct ctx *c, const char *act, const struct desk_ticket *t)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "ticket", desk_ticket_text(c, t));
    if (t->place.len) json_set_str(c->arena, detail, "window", t->place);
    return evidence_add(c, act, "ticket", t->id, 0, detail);
}

bool desk_issue_for(struct ctx *c, struct desk_ticket *t)
{
    return desk_ticket_take(c, t) && record(c, "desk.ticket", t);
}

bool desk_issue(struct ctx *c, struct str group, struct desk_ticket *out)
{
    *out = (struct desk_ticket){.letter = group};
    return desk_issue_for(c, out);
}

/* ---- the clerk's page ---- */

static void add_ticket(struct ctx *c, struct json *o, const struct desk_ticket *t)
{
    json_set_str(c->arena, o, "number", desk_ticket_text(c, t));
    json_set_str(c->arena, o, "window", t->place);
    json_set_str(c->arena, o, "calls", str_fmt(c->arena, "%lld", (long long)t->calls));
    json_set_str(c->arena, o, "since", time_words(c->lang, c->arena, t->issued, c->now));
    json_set_str(c->arena, o, "base", str_fmt(c->arena, "/office/queue/%lld", (long long)t->id));
}

static bool add_groups(struct ctx *c, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "groups");
    struct desk_group *rows;
    size_t count;
    int64_t all = 0;
    if (!desk_groups(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        bool given = !rows[i].ended && !str_eq_c(rows[i].letter, DESK_APPOINTED);
        if (!given && !rows[i].waiting) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "letter", rows[i].letter);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "waiting", str_fmt(c->arena, "%lld", (long long)rows[i].waiting));
        json_set_bool(c->arena, o, "given", given);
        all += rows[i].waiting;
    }
    json_set_str(c->arena, doc, "waiting", str_fmt(c->arena, "%lld", (long long)all));
    return true;
}

/* Who is still to come today, to what this window takes. */
static bool add_expected(struct ctx *c, struct json *doc, struct str window)
{
    struct desk_day q = {.day = date_of(c->now), .expected = true};
    struct desk_appointment last;
    bool more;
    if (!desk_window_takes(c, window, &q.groups)) return false;
    if (desk_letters_have(q.groups, STR(DESK_APPOINTED))) q.groups = STR_EMPTY;
    if (!desk_add_day(c, doc, &q, &last, &more)) return false;
    json_set_bool(c->arena, doc, "more_appointments", more);
    return true;
}

/* The windows of the hall to choose from, where there is a list of them. */
static bool add_windows(struct ctx *c, struct json *doc, struct str chosen)
{
    struct json *list = json_set_array(c->arena, doc, "windows");
    struct desk_window *rows;
    size_t count;
    if (!desk_windows(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "value", rows[i].name);
        json_set_bool(c->arena, o, "checked", str_eq(rows[i].name, chosen));
    }
    json_set_bool(c->arena, doc, "has_windows", count > 0);
    return true;
}

bool desk_queue_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct desk_ticket t;
    bool found;
    struct str window = ctx_param(c, STR("window"));
    if (!desk_ticket_mine(c, &t, &found) || !add_groups(c, doc)) return false;
    json_set(doc, "ticket", json_null(c->arena));
    if (found) {
        add_ticket(c, json_set_object(c->arena, doc, "ticket"), &t);
        window = t.place;
    }
    if (!add_windows(c, doc, window) || !add_expected(c, doc, window)) return false;
    json_set_str(c->arena, doc, "window", utf8_head(window, 10));
    json_set_str(c->arena, doc, "at_window",
                 window.len
                     ? str_fmt(c->arena, "?window=%.*s", STR_ARG(url_encode(c->arena, utf8_head(window, 10))))
                     : STR_EMPTY);
    return true;
}

static bool back_to(struct ctx *c, struct str window)
{
    return ctx_redirect(c, "/office/queue%s%.*s", window.len ? "?window=" : "",
                        STR_ARG(url_encode(c->arena, window)));
}

bool desk_queue_take(struct ctx *c)
{
    struct desk_ticket t;
    return desk_issue(c, in_text(c, "group"), &t) && ctx_redirect(c, "/office/queue/%lld", (long long)t.id);
}

bool desk_queue_call(struct ctx *c)
{
    struct desk_ticket t;
    int64_t row;
    bool found;
    if (!desk_ticket_mine(c, &t, &found) || !orgs_number(c, "desk.appointed_row", &row)) return false;
    if (found)
        return err_conflict(c->err, "desk.called", "Please finish the number that is at your window first.");
    if (!desk_ticket_next(c, in_text(c, "group"), in_text(c, "window"), row, &t, &found)) return false;
    if (!found) ctx_warning(c, "Nobody is waiting.");
    return (!found || record(c, "desk.call", &t)) && back_to(c, in_text(c, "window"));
}

bool desk_queue_scope(struct ctx *c)
{
    struct desk_ticket t;
    return ctx_path_id(c, "id", &c->row) && desk_ticket_load(c, c->row, &t);
}

/* Only who called it goes on with it. */
static bool mine(struct ctx *c, struct desk_ticket *t)
{
    if (!desk_ticket_load(c, c->row, t)) return false;
    return (str_eq_c(t->state, "called") && t->account == c->actor.account) ||
           err_conflict(c->err, "desk.ticket", "This number is not at your window.");
}

static bool change(struct ctx *c, struct desk_ticket *t, const char *act)
{
    bool done;
    struct str window = t->place;
    if (str_eq_c(t->state, "waiting")) {
        t->place = STR_EMPTY;
        t->account = t->called = 0;
    }
    if (!desk_ticket_set(c, t, "called", &done)) return false;
    return (!done || record(c, act, t)) && back_to(c, window);
}

bool desk_queue_repeat(struct ctx *c)
{
    struct desk_ticket t;
    if (!mine(c, &t)) return false;
    t.calls++;
    t.called = c->now;
    return change(c, &t, "desk.call");
}

bool desk_queue_no_show(struct ctx *c)
{
    struct desk_ticket t;
    if (!mine(c, &t)) return false;
    t.state = STR("no_show");
    return change(c, &t, "desk.no_show");
}

bool desk_queue_done(struct ctx *c)
{
    struct desk_ticket t;
    if (!mine(c, &t)) return false;
    t.state = STR("served");
    return change(c, &t, "desk.served");
}

/* Keeps its number and its place in time. */
bool desk_queue_transfer(struct ctx *c)
{
    struct desk_ticket t;
    struct desk_group *rows;
    size_t count;
    bool known = false;
    if (!mine(c, &t) || !desk_groups(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        known = known || (!rows[i].ended && str_eq(rows[i].letter, in_text(c, "group")));
    if (!known) return err_at(c->err, STR("group"), "Please choose one of the list.", STR_EMPTY);
    t.state = STR("waiting");
    t.waits_for = in_text(c, "group");
    return change(c, &t, "desk.transfer");
}

bool desk_ticket_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct desk_ticket t;
    int64_t ahead;
    if (!desk_ticket_load(c, c->row, &t) || !desk_ticket_ahead(c, &t, &ahead)) return false;
    json_set_str(c->arena, doc, "number", desk_ticket_text(c, &t));
    json_set_str(c->arena, doc, "ahead", str_fmt(c->arena, "%lld", (long long)ahead));
    json_set_str(c->arena, doc, "issued", time_words_full(c->lang, c->arena, t.issued));
    bool kiosk = ctx_may(c, "kiosk.use");
    json_set_c(c->arena, doc, "back", kiosk ? "/kiosk" : "/office/queue");
    json_set_bool(c->arena, doc, "kiosk", kiosk);
    json_set_i64(c->arena, doc, "seconds", TICKET_SECONDS);
    return true;
}

/* ---- the screen in the hall: numbers and windows, nobody's name ---- */

bool desk_screen(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "calls");
    struct desk_ticket *rows;
    size_t count;
    if (!desk_last_calls(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "number", desk_ticket_text(c, &rows[i]));
        json_set_str(c->arena, o, "window", rows[i].place);
        json_set_bool(c->arena, o, "now", i == 0 || c->now - rows[i].called < 30 * MS_SECOND);
        json_set_str(
            c->arena, o, "call",
            str_fmt(c->arena, "%.*s-%lld", STR_ARG(desk_ticket_text(c, &rows[i])), (long long)rows[i].calls));
    }
    json_set_bool(c->arena, doc, "has_calls", count > 0);
    json_set_i64(c->arena, doc, "seconds", SCREEN_SECONDS);
    json_set_str(c->arena, doc, "as_of", str_slice(time_format(c->arena, c->now), 11, 16));
    return add_groups(c, doc);
}
