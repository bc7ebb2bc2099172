/* Pages of orders. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/supervision/supervision_internal.h"

static const char *status_msgid(struct str status)
{
    return str_eq_c(status, "open")       ? "To be answered"
           : str_eq_c(status, "answered") ? "Answered, to be judged"
                                          : "Answer accepted";
}

void supervision_describe_order(struct ctx *c, struct json *o, const struct order *order)
{
    static const char *const labels[] = {[LIGHT_GREEN] = "In time",
                                         [LIGHT_YELLOW] = "Soon due",
                                         [LIGHT_RED] = "Overdue",
                                         [LIGHT_DONE] = "Done",
                                         [LIGHT_PAUSED] = "Paused"};
    struct clock_due due = order_due(c, order);
    struct json *l = json_set_object(c->arena, o, "light");
    enum clock_light light = due.light == LIGHT_DONE ? LIGHT_GREEN : due.light;
    json_set_c(c->arena, l, "color", clock_light_name(light));
    json_set_str(c->arena, l, "label", ctx_tr(c, labels[due.light]));
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/supervision/orders/%lld", (long long)order->id));
    json_set_str(c->arena, o, "case_no", order->case_no);
    json_set_str(c->arena, o, "case_href",
                 str_fmt(c->arena, "/office/cases/%lld", (long long)order->case_id));
    json_set_str(c->arena, o, "item_name", order->item_name);
    json_set_str(c->arena, o, "department", supervision_unit_name(c, order->unit));
    json_set_str(c->arena, o, "status", ctx_tr(c, status_msgid(order->status)));
    json_set_str(c->arena, o, "due_text",
                 order->closed ? STR_EMPTY
                               : date_words(c->lang, c->arena, date_of(order->due), date_of(c->now)));
    struct json *level = json_set_object(c->arena, o, "card");
    supervision_level(c, level, order->level);
}

bool supervision_orders(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct order_query q = {.open = !str_eq_c(in_text(c, "f"), "all"),
                            .unit = in_i64(c, "unit", 0),
                            .after_due = in_i64(c, "due", 0),
                            .after_id = in_i64(c, "after", 0)};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "orders"),
                *filters = json_set_array(c->arena, doc, "filters");
    struct order *rows;
    size_t count;
    if (!order_list(c, &v, &q, &rows, &count)) return false;
    supervision_add_tabs(c, "/office/supervision/orders");
    json_set_str(c->arena, doc, "scope", supervision_scope_name(c, &v));
    for (int all = 0; all < 2; all++) {
        struct json *f = json_add_object(c->arena, filters);
        json_set_str(c->arena, f, "label", ctx_tr(c, all ? "All" : "Open"));
        json_set_str(c->arena, f, "href",
                     q.unit ? str_fmt(c->arena, "?f=%s&unit=%lld", all ? "all" : "open", (long long)q.unit)
                            : str_fmt(c->arena, "?f=%s", all ? "all" : "open"));
        json_set_bool(c->arena, f, "current", q.open != (all == 1));
    }
    for (size_t i = 0; i < count && i < ORDERS_PAGE; i++)
        supervision_describe_order(c, json_add_object(c->arena, list), &rows[i]);
    json_set_bool(c->arena, doc, "has_orders", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > ORDERS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        const struct order *last = &rows[ORDERS_PAGE - 1];
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?f=%s&unit=%lld&due=%lld&after=%lld", q.open ? "open" : "all",
                             (long long)q.unit, (long long)last->due, (long long)last->id));
    }
    return true;
}

bool supervision_order_scope(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct order o;
    return ctx_path_id(c, "id", &c->row) && order_load(c, &v, c->row, &o);
}

/* ---- one ---- */

static const char *act_msgid(struct str act)
{
    return str_eq_c(act, "issue")    ? "Order"
           : str_eq_c(act, "answer") ? "Answer of the department"
           : str_eq_c(act, "accept") ? "Answer accepted"
           : str_eq_c(act, "excuse") ? "Set aside"
                                     : "Sent back";
}

bool supervision_add_steps(struct ctx *c, struct json *doc, const struct order *o)
{
    struct json *list = json_set_array(c->arena, doc, "steps");
    struct order_step *steps;
    size_t count;
    if (!order_steps(c, o, &steps, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *s = json_add_object(c->arena, list);
        struct str who;
        if (!supervision_officer(c, steps[i].account, &who)) return false;
        json_set_str(c->arena, s, "label", ctx_tr(c, act_msgid(steps[i].act)));
        json_set_str(c->arena, s, "when", supervision_moment(c, steps[i].at));
        json_set_str(c->arena, s, "who", who);
        json_set_str(c->arena, s, "words", steps[i].words);
    }
    return true;
}

static void add_act(struct ctx *c, struct json *acts, const struct order *o, const char *path,
                    const char *field, const char *label, const char *tone, const char *says)
{
    struct json *a = json_add_object(c->arena, acts);
    json_set_str(c->arena, a, "label", ctx_tr(c, label));
    json_set_c(c->arena, a, "tone", tone);
    json_set_bool(c->arena, a, "open", c->failed && str_ends(c->req->path, str_c(path)));
    json_set_bool(c->arena, a, "danger", false);
    json_set_str(c->arena, a, "action",
                 str_fmt(c->arena, "/office/supervision/orders/%lld/%s", (long long)o->id, path));
    json_set_str(c->arena, a, "says", ctx_tr(c, says));
    json_set_i64(
        c->arena,
        supervision_field(c, json_set_array(c->arena, a, "fields"), field, "Words", "textarea", STR_EMPTY),
        "maxlength", WORDS_MAX);
}

bool supervision_order(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    struct order o;
    if (!order_load(c, &v, c->row, &o)) return false;
    ctx_reads(c, o.applicant, STR("order"), o.case_id);
    supervision_describe_order(c, json_set_object(c->arena, doc, "order"), &o);
    if (str_eq_c(o.status, "open") && ctx_may(c, "supervision.answer"))
        add_act(c, acts, &o, "answer", "words", "Answer", "main", "What was found and what has been done.");
    if (str_eq_c(o.status, "answered") && ctx_may(c, "supervision.order")) {
        add_act(c, acts, &o, "accept", "remark", "Accept the answer", "main", "The order is closed.");
        add_act(c, acts, &o, "send-back", "reason", "Send the answer back", "quiet",
                "The department answers again; the clock begins anew.");
    }
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "Orders"));
    json_set_c(c->arena, crumb, "href", "/office/supervision/orders");
    return supervision_add_steps(c, doc, &o);
}

static bool act(struct ctx *c, const char *name, const char *field)
{
    struct supervision_view v = supervision_view_of(c);
    struct order o;
    if (!order_load(c, &v, c->row, &o) || !order_act(c, &o, name, in_text(c, field))) return false;
    ctx_notice(c, "Recorded.");
    if (str_eq_c(in_text(c, "from"), "case"))
        return ctx_redirect(c, "/office/cases/%lld", (long long)o.case_id);
    return ctx_redirect(c, "/office/supervision/orders/%lld", (long long)o.id);
}

bool supervision_order_answer(struct ctx *c)
{
    return act(c, "answer", "words");
}

bool supervision_order_accept(struct ctx *c)
{
    return act(c, "accept", "remark");
}

bool supervision_order_send_back(struct ctx *c)
{
    return act(c, "send_back", "reason");
}
