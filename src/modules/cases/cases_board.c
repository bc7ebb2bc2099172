/* Lights by department, worst first. */
#include "core/http/server.h"
#include "modules/cases/cases_decide.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_watch.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"
#include "modules/orgs/orgs.h"

#include <stdlib.h>

static int worst_first(const void *a, const void *b)
{
    const struct unit_lights *x = a, *y = b;
    if (x->red != y->red) return x->red < y->red ? 1 : -1;
    if (x->yellow != y->yellow) return x->yellow < y->yellow ? 1 : -1;
    return x->unit < y->unit ? -1 : 1;
}

static struct str number_text(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

/* Hundredths as "12.3". */
static struct str share(struct ctx *c, int64_t part, int64_t whole)
{
    int64_t tenths = whole > 0 ? part * 1000 / whole : 0;
    return str_fmt(c->arena, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

static void add_light(struct ctx *c, struct json *list, const char *color, const char *label, int64_t n)
{
    struct json *l = json_add_object(c->arena, list);
    json_set_c(c->arena, l, "color", color);
    json_set_str(c->arena, l, "label", ctx_tr(c, label));
    json_set_str(c->arena, l, "count", number_text(c, n));
    json_set_bool(c->arena, l, "any", n > 0);
    json_set_str(c->arena, l, "href", str_fmt(c->arena, "/office/inbox?f=%s", color));
}

/* The share decided in time, week by week; weeks without a decision have no point. A line needs two. */
static void add_trend(struct ctx *c, struct json *d, const struct unit_lights *u)
{
    enum { STEP = 10, TOP = 2, HEIGHT = 20 }; /* of the drawing's 110 by 24 */
    struct buf points = buf_new(c->arena, 128);
    struct ended_week sum = {0}, last = {0};
    size_t drawn = 0;
    for (size_t i = 0; i < BOARD_WEEKS; i++) {
        const struct ended_week *w = &u->weeks[i];
        if (!w->closed) continue;
        sum.closed += w->closed;
        sum.in_time += w->in_time;
        last = *w;
        buf_fmt(&points, "%s%zu,%lld", drawn++ ? " " : "", i * STEP,
                (long long)(TOP + HEIGHT - w->in_time * HEIGHT / w->closed));
    }
    json_set_str(c->arena, d, "in_time_share",
                 sum.closed ? str_fmt(c->arena, "%.*s%%", STR_ARG(share(c, sum.in_time, sum.closed)))
                            : STR("–"));
    if (drawn < 2) {
        json_set(d, "trend", json_null(c->arena));
        return;
    }
    struct json *trend = json_set_object(c->arena, d, "trend");
    json_set_str(c->arena, trend, "points", buf_str(&points));
    json_set_str(c->arena, trend, "trend_text",
                 tr_arg(c->lang, c->arena, "Decided in time week by week, lately %{arg} percent",
                        share(c, last.in_time, last.closed)));
}

static void add_department(struct ctx *c, struct json *list, const struct unit_lights *u)
{
    const struct unit *unit = orgs_unit(c, u->unit);
    int64_t open = u->red + u->yellow + u->green;
    struct json *d = json_add_object(c->arena, list), *s;
    json_set_str(c->arena, d, "name", unit ? unit->name : STR_EMPTY);
    json_set_str(c->arena, d, "href", str_fmt(c->arena, "/office/inbox?unit=%lld", (long long)u->unit));
    json_set_str(c->arena, d, "red", number_text(c, u->red));
    json_set_str(c->arena, d, "yellow", number_text(c, u->yellow));
    json_set_str(c->arena, d, "green", number_text(c, u->green));
    json_set_str(c->arena, d, "paused", number_text(c, u->paused));
    json_set_bool(c->arena, d, "red_any", u->red > 0);
    json_set_bool(c->arena, d, "yellow_any", u->yellow > 0);
    s = json_set_object(c->arena, d, "share");
    json_set_str(c->arena, s, "red", share(c, u->red, open));
    json_set_str(c->arena, s, "yellow", share(c, u->yellow, open));
    json_set_str(c->arena, s, "yellow_x", share(c, u->red, open));
    json_set_str(c->arena, s, "green", share(c, u->green, open));
    json_set_str(c->arena, s, "green_x", share(c, u->red + u->yellow, open));
    json_set_str(c->arena, d, "share_text",
                 str_fmt(c->arena, "%.*s %lld, %.*s %lld, %.*s %lld", STR_ARG(ctx_tr(c, "Overdue")),
                         (long long)u->red, STR_ARG(ctx_tr(c, "Soon due")), (long long)u->yellow,
                         STR_ARG(ctx_tr(c, "In time")), (long long)u->green));
    add_trend(c, d, u);
}

bool office_board(struct ctx *c)
{
    struct unit_lights *units, sum = {0};
    struct case_row *worst;
    size_t count, worst_count;
    struct json *doc = ctx_doc(c), *lights, *list;
    if (!case_board(c, &units, &count) || !case_longest_overdue(c, &worst, &worst_count)) return false;
    if (count) qsort(units, count, sizeof *units, worst_first);
    for (size_t i = 0; i < count; i++) {
        sum.red += units[i].red;
        sum.yellow += units[i].yellow;
        sum.green += units[i].green;
        sum.paused += units[i].paused;
    }
    const struct unit *own = c->actor.unit ? orgs_unit(c, c->actor.unit) : NULL;
    json_set_str(c->arena, doc, "scope",
                 own && !ctx_may(c, "case.supervise") && !ctx_may(c, "case.receive")
                     ? own->name
                     : orgs_division_name(c, orgs_place(c)));
    json_set_str(c->arena, doc, "as_of", words_time(c, c->now));
    lights = json_set_array(c->arena, doc, "lights");
    add_light(c, lights, "red", "Overdue", sum.red);
    add_light(c, lights, "yellow", "Soon due", sum.yellow);
    add_light(c, lights, "green", "In time", sum.green);
    add_light(c, lights, "paused", "Paused", sum.paused);
    list = json_set_array(c->arena, doc, "departments");
    for (size_t i = 0; i < count; i++)
        add_department(c, list, &units[i]);
    json_set_bool(c->arena, doc, "has_departments", count > 0);
    list = json_set_array(c->arena, doc, "worst");
    for (size_t i = 0; i < worst_count; i++)
        if (!words_row(c, list, &worst[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_worst", worst_count > 0);
    return true;
}

/* ---- what the module adds to everybody's pages ---- */

static void add_figure(struct ctx *c, struct json *doc, const char *label, const char *href,
                       const char *color, int64_t value)
{
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_c(c->arena, f, "href", href);
    json_set_str(c->arena, f, "count", words_count(c, value));
    json_set(f, "color", color ? json_string(c->arena, str_c(color)) : json_null(c->arena));
}

/* For those who may let a decision be asked again, also where they work on no cases. */
static bool add_stuck_figure(struct ctx *c, struct json *doc)
{
    int64_t count;
    if (!ctx_may(c, "case.ask_again") || !c->actor.unit) return true;
    if (!stuck_store_count(c, c->actor.unit, &count)) return false;
    if (count) add_figure(c, doc, "Cases that cannot go on", "/office/workers", "red", count);
    return true;
}

static bool office_home(struct ctx *c, struct json *doc)
{
    int64_t n[INBOX_FILTERS];
    struct inbox_query q = {0};
    struct case_row *rows;
    size_t count;
    if (!add_stuck_figure(c, doc)) return false;
    if (!ctx_may(c, "case.work")) return true;
    if (!case_inbox_counts(c, n) || !case_inbox(c, &q, &rows, &count)) return false;
    const struct {
        const char *label, *href, *color;
        int64_t value;
    } figures[] = {{"Overdue", "/office/inbox?f=red", "red", n[INBOX_RED]},
                   {"Soon due", "/office/inbox?f=yellow", "yellow", n[INBOX_YELLOW]},
                   {"Waiting for me", "/office/inbox", NULL, n[INBOX_ALL]},
                   {"To decide", "/office/inbox?f=decide", NULL, n[INBOX_DECIDE]}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        add_figure(c, doc, figures[i].label, figures[i].href, figures[i].color, figures[i].value);
    struct json *list = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < 8; i++)
        if (!words_row(c, list, &rows[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_cases", count > 0);
    return true;
}

static const struct people_part part = {.name = "cases", .office_home = office_home};

struct cases_state {
    bool (*rateable)(struct ctx *c, int64_t case_id, bool *yes);
    const struct case_services *services;
    const struct case_follower *follower;
    bool (*orders)(struct ctx *c, const struct case_file *f, struct json *doc);
};

void case_set_services(struct server *s, const struct case_services *services)
{
    struct cases_state *state = server_state(s, "cases");
    state->services = services;
}

const struct case_services *case_services_of(const struct ctx *c)
{
    const struct cases_state *s = server_state(c->server, "cases");
    return s->services;
}

void case_set_follower(struct server *s, const struct case_follower *follower)
{
    struct cases_state *state = server_state(s, "cases");
    state->follower = follower;
}

static const struct case_follower *follower_of(const struct ctx *c, const struct case_file *f)
{
    const struct cases_state *s = server_state(c->server, "cases");
    return str_eq_c(f->channel, CHANNEL_BUNDLE) ? s->follower : NULL;
}

bool case_load_together(struct ctx *c, const struct case_file *file, struct case_together *out)
{
    const struct case_follower *f = follower_of(c, file);
    *out = (struct case_together){.part = f != NULL, .number = STR_EMPTY};
    return !f || !f->promise || f->promise(c, file, out);
}

bool case_tell_follower(struct ctx *c, const struct case_work *w)
{
    const struct case_follower *f = follower_of(c, &w->file);
    return !f || f->moved(c, &w->file, case_clock_rests(w));
}

bool case_desk_bundles(struct ctx *c, struct json *doc, struct str query, int64_t person)
{
    const struct cases_state *s = server_state(c->server, "cases");
    struct json *list = json_set_array(c->arena, doc, "bundles");
    if (s->follower && person && query.len && !s->follower->at_desk(c, query, person, list)) return false;
    json_set_bool(c->arena, doc, "has_bundles", list->count > 0);
    return true;
}

bool case_follower_due(struct ctx *c, struct json *list)
{
    const struct cases_state *s = server_state(c->server, "cases");
    return !s->follower || !s->follower->due || s->follower->due(c, list);
}

bool case_show_bundle(struct ctx *c, struct json *doc, const struct case_work *w)
{
    const struct case_follower *f = follower_of(c, &w->file);
    json_set(doc, "bundle", json_null(c->arena));
    return !f || f->show(c, &w->file, doc);
}

void case_set_rateable(struct server *s, bool (*ask)(struct ctx *c, int64_t case_id, bool *yes))
{
    struct cases_state *state = server_state(s, "cases");
    state->rateable = ask;
}

bool cases_rateable(struct ctx *c, int64_t case_id, bool *yes)
{
    const struct cases_state *s = server_state(c->server, "cases");
    *yes = false;
    return !s->rateable || s->rateable(c, case_id, yes);
}

void case_set_orders(struct server *s,
                     bool (*show)(struct ctx *c, const struct case_file *f, struct json *doc))
{
    struct cases_state *state = server_state(s, "cases");
    state->orders = show;
}

bool case_show_orders(struct ctx *c, struct json *doc, const struct case_work *w)
{
    const struct cases_state *s = server_state(c->server, "cases");
    json_set_array(c->arena, doc, "orders");
    json_set_bool(c->arena, doc, "has_orders", false);
    json_set(doc, "order_href", json_null(c->arena));
    return !s->orders || s->orders(c, &w->file, doc);
}

void cases_stop(struct server *s)
{
    mem_free(server_state(s, "cases"));
    server_set_state(s, "cases", NULL);
}

bool cases_start(struct ctx *c)
{
    process_set_mover(c->server, case_move_version);
    exchange_set_cases(c->server, case_find_for_exchange, case_live_for_exchange, case_href_for_exchange);
    struct cases_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    server_set_state(c->server, "cases", s);
    people_add_part(c->server, &part);
    people_add_part(c->server, &case_person_part);
    people_add_part(c->server, &case_erase_part);
    return true;
}
