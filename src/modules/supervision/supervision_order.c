/* Orders (督办): issued by a supervisor, answered by the department, accepted or sent back. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static int64_t due_from(struct ctx *c, int64_t at, int64_t days)
{
    bool provisional;
    return workclock_due(orgs_calendar(c), office_hours_default, at,
                         (struct limit){LIMIT_WORKDAYS, (int)days}, &provisional);
}

static bool record(struct ctx *c, const char *act, const struct order *o)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "order", o->id);
    json_set_id(c->arena, detail, "unit", o->unit);
    json_set_i64(c->arena, detail, "days", o->days);
    json_set_str(c->arena, detail, "until", date_format(c->arena, date_of(o->due)));
    return evidence_add(c, act, "case", o->case_id, o->applicant, detail);
}

static bool tell_unit(struct ctx *c, const struct order *o, const char *what)
{
    static const char *const told[] = {"handler", "leader"};
    for (size_t i = 0; i < 2; i++) {
        struct message m = {.told = str_c(told[i]),
                            .unit = o->unit,
                            .division = o->division,
                            .what = str_c(what),
                            .order_id = o->id,
                            .case_no = o->case_no};
        if (!message_add(c, &m)) return false;
    }
    return true;
}

static bool tell_supervisor(struct ctx *c, const struct order *o, const char *what)
{
    struct message m = {.account = o->issued_by,
                        .unit = o->unit,
                        .division = o->division,
                        .what = str_c(what),
                        .order_id = o->id,
                        .case_no = o->case_no};
    return message_add(c, &m);
}

/* One that is not accepted yet is enough. */
static bool is_new(struct ctx *c, const struct order_about *a)
{
    bool there;
    if (!order_is_there(c, a, &there)) return false;
    return !there || err_conflict(c->err, "order.issued",
                                  a->finding_id ? "An order was already issued for this warning."
                                                : "This department has an order about this case already.");
}

/* Counted from today, so that an answer that is sent back gets as many days again. */
static bool days_until(struct ctx *c, int32_t until, int64_t *days)
{
    const struct workcalendar *calendar = orgs_calendar(c);
    *days = workday_between(calendar, date_of(c->now), until);
    if (*days < 1 || *days > ORDER_DAYS_MAX || workday_on_or_after(calendar, until) != until) {
        err_at(c->err, STR("until"), "Please choose a working day after today, at most %{arg} ahead.",
               STR_EMPTY);
        err_arg(c->err, str_fmt(c->arena, "%d", ORDER_DAYS_MAX));
        return false;
    }
    return true;
}

static bool note_order(struct ctx *c, const struct order *o, struct str words)
{
    struct str day = date_format(c->arena, date_of(o->due));
    return case_note(c, o->case_id, "order", str_fmt(c->arena, "%.*s · %.*s", STR_ARG(day), STR_ARG(words)));
}

bool order_issue(struct ctx *c, const struct order_about *a, struct str words, int32_t until, int64_t *id)
{
    struct case_file file;
    int64_t days;
    if (!case_load(c, a->case_id, &file) || !days_until(c, until, &days) || !is_new(c, a)) return false;
    struct order o = {.id = ctx_id(c),
                      .finding_id = a->finding_id,
                      .case_id = a->case_id,
                      .case_no = file.case_no,
                      .item_name = file.item_name,
                      .unit = a->unit,
                      .division = file.division,
                      .applicant = file.applicant,
                      .level = a->level,
                      .issued_by = c->actor.account,
                      .issued = c->now,
                      .days = days,
                      .status = STR("open")};
    o.due = due_from(c, c->now, days);
    *id = o.id;
    /* Told to both: the department, and the supervisor whose list it now stands in. */
    return order_add(c, &o) && order_step_add(c, &o, "issue", words) &&
           (!a->finding_id || finding_set_order(c, a->finding_id, o.id)) && tell_unit(c, &o, "order") &&
           tell_supervisor(c, &o, "order") && note_order(c, &o, words) && record(c, "supervision.order", &o);
}

struct clock_due order_due(struct ctx *c, const struct order *o)
{
    const struct clock_event events[] = {{CLOCK_START, o->issued, 0}, {CLOCK_STOP, o->closed, 0}};
    const struct clock_terms terms =
        orgs_clock_terms(c, (struct limit){LIMIT_NONE, 0}, (struct limit){LIMIT_WORKDAYS, (int)o->days});
    return workclock_state(events, o->closed ? 2 : 1, &terms, c->now).promised;
}

static const struct order_rule {
    const char *act, *from, *to, *what, *record, *noted;
} acts[] = {
    {"answer", "open", "answered", "answer", "supervision.answer", "order_answered"},
    {"accept", "answered", "accepted", "accepted", "supervision.accept", "order_accepted"},
    {"send_back", "answered", "open", "sent_back", "supervision.send_back", "order_sent_back"},
};

bool order_act(struct ctx *c, struct order *o, const char *act, struct str words)
{
    const struct order_rule *r = acts;
    while (strcmp(r->act, act) != 0)
        r++;
    if (!str_eq_c(o->status, r->from))
        return err_conflict(c->err, "order.state",
                            "This order has moved on meanwhile. Please look at it again.");
    o->status = str_c(r->to);
    if (str_eq_c(o->status, "accepted")) o->closed = c->now;
    if (strcmp(act, "send_back") == 0) { /* a new clock for a new answer */
        o->issued = c->now;
        o->due = due_from(c, c->now, o->days);
    }
    return order_save(c, o) && order_step_add(c, o, act, words) && tell_unit(c, o, r->what) &&
           tell_supervisor(c, o, r->what) && case_note(c, o->case_id, r->noted, words) &&
           record(c, r->record, o);
}
