/* The board: lights, warnings and orders by department, worst first; the same as a table for other programs.
 */
#include "core/http/server.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision_internal.h"

#include <stdlib.h>

static int worst_first(const void *a, const void *b)
{
    const struct unit_sums *x = a, *y = b;
    for (int l = SUPERVISE_RED; l >= SUPERVISE_WARNING; l--)
        if (x->level[l] != y->level[l]) return x->level[l] < y->level[l] ? 1 : -1;
    if (x->late_orders != y->late_orders) return x->late_orders < y->late_orders ? 1 : -1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* Tenths as "12.3": places and widths of a picture of 100. */
static struct str share(struct ctx *c, int64_t part, int64_t whole)
{
    int64_t tenths = whole > 0 ? part * 1000 / whole : 0;
    return str_fmt(c->arena, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

static struct unit_sums total_of(const struct unit_sums *rows, size_t count)
{
    struct unit_sums t = {0};
    for (size_t i = 0; i < count; i++) {
        t.green += rows[i].green;
        t.orders += rows[i].orders;
        t.late_orders += rows[i].late_orders;
        for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++) {
            t.level[l] += rows[i].level[l];
            t.findings[l] += rows[i].findings[l];
        }
    }
    return t;
}

static void add_figure(struct ctx *c, struct json *list, const char *color, const char *label, int64_t n,
                       const char *href)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "color", color);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "count", supervision_number(c, n));
    json_set_bool(c->arena, o, "any", n > 0);
    json_set_c(c->arena, o, "href", href);
}

static void add_figures(struct ctx *c, struct json *doc, const struct unit_sums *t)
{
    struct json *list = json_set_array(c->arena, doc, "lights");
    add_figure(c, list, "red", "Red card", t->level[SUPERVISE_RED],
               "/office/supervision/findings?level=red&s=now");
    add_figure(c, list, "yellow", "Yellow card", t->level[SUPERVISE_YELLOW],
               "/office/supervision/findings?level=yellow&s=now");
    add_figure(c, list, "warning", "Early warning", t->level[SUPERVISE_WARNING],
               "/office/supervision/findings?level=warning&s=now");
    add_figure(c, list, "green", "In time", t->green, "/office/inbox?f=green");
}

static void add_parts(struct ctx *c, struct json *o, const struct unit_sums *u)
{
    struct json *s = json_set_object(c->arena, o, "share");
    int64_t open = u->green, at = 0;
    for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++)
        open += u->level[l];
    for (int l = SUPERVISE_RED; l >= SUPERVISE_WARNING; l--) {
        static const char *const x[] = {"warning_x", "yellow_x", "red_x"};
        json_set_str(c->arena, s, x[l], share(c, at, open));
        json_set_str(c->arena, s, supervise_level_name((enum supervise_level)l), share(c, u->level[l], open));
        at += u->level[l];
    }
    json_set_str(c->arena, s, "green_x", share(c, at, open));
    json_set_str(c->arena, s, "green", share(c, u->green, open));
    json_set_str(c->arena, o, "share_text",
                 str_fmt(c->arena, "%.*s %lld, %.*s %lld, %.*s %lld, %.*s %lld",
                         STR_ARG(ctx_tr(c, "Red card")), (long long)u->level[SUPERVISE_RED],
                         STR_ARG(ctx_tr(c, "Yellow card")), (long long)u->level[SUPERVISE_YELLOW],
                         STR_ARG(ctx_tr(c, "Early warning")), (long long)u->level[SUPERVISE_WARNING],
                         STR_ARG(ctx_tr(c, "In time")), (long long)u->green));
}

static void add_department(struct ctx *c, struct json *list, const struct unit_sums *u)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", supervision_unit_name(c, u->unit));
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/supervision/findings?unit=%lld&s=now", (long long)u->unit));
    for (int l = 0; l < SUPERVISE_LEVEL_COUNT; l++)
        json_set_str(c->arena, o, supervise_level_name((enum supervise_level)l),
                     supervision_number(c, u->level[l]));
    json_set_str(c->arena, o, "green", supervision_number(c, u->green));
    json_set_bool(c->arena, o, "red_any", u->level[SUPERVISE_RED] > 0);
    json_set_bool(c->arena, o, "yellow_any", u->level[SUPERVISE_YELLOW] > 0);
    json_set_str(c->arena, o, "cards",
                 supervision_number(c, u->findings[SUPERVISE_YELLOW] + u->findings[SUPERVISE_RED]));
    json_set_str(c->arena, o, "orders", supervision_number(c, u->orders));
    json_set_str(c->arena, o, "late_orders", supervision_number(c, u->late_orders));
    json_set_bool(c->arena, o, "late_any", u->late_orders > 0);
    json_set_str(c->arena, o, "orders_href",
                 str_fmt(c->arena, "/office/supervision/orders?unit=%lld", (long long)u->unit));
    add_parts(c, o, u);
}

static bool add_kinds(struct ctx *c, struct json *doc, const struct supervision_view *v)
{
    struct json *list = json_set_array(c->arena, doc, "kinds");
    struct kind_sum *rows;
    size_t count;
    if (!sums_by_kind(c, v, 0, supervision_month(c->now), &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, supervision_kind_msgid(rows[i].kind)));
        json_set_str(c->arena, o, "count", supervision_number(c, rows[i].count));
        json_set_str(c->arena, o, "width", share(c, rows[i].count, rows[0].count));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/supervision/findings?kind=%.*s", STR_ARG(rows[i].kind)));
    }
    json_set_bool(c->arena, doc, "has_kinds", count > 0);
    return true;
}

bool supervision_board(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct json *doc = ctx_doc(c), *list;
    struct unit_sums *rows;
    size_t count;
    if (!sums_by_unit(c, &v, &rows, &count)) return false;
    if (count) qsort(rows, count, sizeof *rows, worst_first);
    struct unit_sums all = total_of(rows, count);
    supervision_add_tabs(c, "/office/supervision");
    json_set_str(c->arena, doc, "scope", supervision_scope_name(c, &v));
    json_set_str(c->arena, doc, "as_of", supervision_moment(c, c->now));
    add_figures(c, doc, &all);
    json_set_str(c->arena, doc, "orders", supervision_number(c, all.orders));
    json_set_str(c->arena, doc, "late_orders", supervision_number(c, all.late_orders));
    list = json_set_array(c->arena, doc, "departments");
    for (size_t i = 0; i < count; i++)
        add_department(c, list, &rows[i]);
    json_set_bool(c->arena, doc, "has_departments", count > 0);
    return add_kinds(c, doc, &v);
}

/* ---- the board as a table file ---- */

bool supervision_board_csv(struct ctx *c)
{
    static const char *const names[] = {"Department", "Red card",         "Yellow card", "Early warning",
                                        "In time",    "Cards this month", "Open orders", "Late orders"};
    struct supervision_view v = supervision_view_of(c);
    struct people_table t;
    struct unit_sums *rows;
    size_t count;
    if (!sums_by_unit(c, &v, &rows, &count) || !people_table_begin(c, &t)) return false;
    if (count) qsort(rows, count, sizeof *rows, worst_first);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        people_table_cell(&t, ctx_tr(c, names[i]));
    people_table_row(&t);
    for (size_t i = 0; i < count; i++) {
        const struct unit_sums *u = &rows[i];
        const int64_t numbers[] = {u->level[SUPERVISE_RED],
                                   u->level[SUPERVISE_YELLOW],
                                   u->level[SUPERVISE_WARNING],
                                   u->green,
                                   u->findings[SUPERVISE_YELLOW] + u->findings[SUPERVISE_RED],
                                   u->orders,
                                   u->late_orders};
        people_table_cell(&t, supervision_unit_name(c, u->unit));
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
            people_table_number(&t, numbers[n]);
        people_table_row(&t);
    }
    return people_table_send(c, &t, STR("supervision.csv"));
}
