/* Orders on the page of their case: what is ordered and answered there, and the form that issues one. */
#include "core/http/server.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

/* ---- the form ---- */

void supervision_order_fields(struct ctx *c, struct json *fields)
{
    int32_t usual = workday_add(orgs_calendar(c), date_of(c->now), ORDER_DAYS);
    struct json *words =
        supervision_field(c, fields, "words", "What the department is to do", "textarea", STR_EMPTY);
    json_set_i64(c->arena, words, "maxlength", WORDS_MAX);
    supervision_field(c, fields, "until", "To be answered by", "date", date_format(c->arena, usual));
}

int32_t supervision_order_day(struct ctx *c)
{
    int32_t day;
    if (date_parse(in_text(c, "until"), &day)) return day;
    err_at(c->err, STR("until"), "Please enter a real date.", STR_EMPTY);
    return 0;
}

/* Who has it: the department of the case, then others whose opinion is still asked. */
static size_t departments_of(const struct case_watch *w, int64_t *units, size_t max)
{
    size_t count = 0;
    units[count++] = w->file.unit;
    for (size_t i = 0; i < w->opinion_count && count < max; i++) {
        size_t k = 0;
        while (k < count && units[k] != w->opinions[i].unit)
            k++;
        if (k == count && !w->opinions[i].answered) units[count++] = w->opinions[i].unit;
    }
    return count;
}

enum { DEPARTMENTS_MAX = 32 };

static bool is_open(const struct case_watch *w)
{
    return w->file.submitted && (!w->file.closed || w->duty_count);
}

static bool must_be_open(struct ctx *c, const struct case_watch *w)
{
    return is_open(w) ||
           err_conflict(c->err, "case.closed", "This case is over: nobody works at it any more.");
}

bool supervision_case_form(struct ctx *c)
{
    struct case_watch w;
    int64_t units[DEPARTMENTS_MAX];
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    if (!case_watch_load(c, c->row, &w) || (!c->failed && !must_be_open(c, &w))) return false;
    size_t count = departments_of(&w, units, DEPARTMENTS_MAX);
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_str(c->arena, doc, "item_name", w.file.item_name);
    json_set_str(c->arena, doc, "back", str_fmt(c->arena, "/office/cases/%lld", (long long)w.file.id));
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/office/supervision/cases/%lld/order", (long long)w.file.id));
    json_set_str(c->arena, doc, "label", ctx_tr(c, "Issue an order"));
    json_set_str(c->arena, doc, "says", ctx_tr(c, "The department is told, and answers by that day."));
    json_set(doc, "step", json_null(c->arena));
    json_set(doc, "finder", json_null(c->arena));
    json_set_bool(c->arena, doc, "nobody", false);
    if (count > 1) {
        struct json *f =
            supervision_field(c, fields, "unit", "Department", "select", supervision_number(c, units[0]));
        for (size_t i = 0; i < count; i++)
            ctx_option(c, f, supervision_number(c, units[i]), supervision_unit_name(c, units[i]));
    }
    supervision_order_fields(c, fields);
    return true;
}

static bool department_chosen(struct ctx *c, const struct case_watch *w, int64_t *unit)
{
    int64_t units[DEPARTMENTS_MAX], wanted = in_i64(c, "unit", w->file.unit);
    size_t count = departments_of(w, units, DEPARTMENTS_MAX);
    *unit = wanted;
    for (size_t i = 0; i < count; i++)
        if (units[i] == wanted) return true;
    return err_at(c->err, STR("unit"), "Please choose one of the options.", STR_EMPTY);
}

/* As grave as what stands in the case. */
static bool gravest(struct ctx *c, int64_t case_id, int *level)
{
    struct finding *rows;
    size_t count;
    *level = SUPERVISE_WARNING;
    if (!finding_of_case(c, case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!rows[i].ended && rows[i].level > *level) *level = rows[i].level;
    return true;
}

bool supervision_case_order(struct ctx *c)
{
    struct case_watch w;
    struct order_about about = {.case_id = c->row};
    int64_t id;
    int32_t until = supervision_order_day(c);
    if (!until || !case_watch_load(c, c->row, &w) || !must_be_open(c, &w) ||
        !department_chosen(c, &w, &about.unit) || !gravest(c, c->row, &about.level) ||
        !order_issue(c, &about, in_text(c, "words"), until, &id))
        return false;
    ctx_notice(c, "The order was issued. The department has been told.");
    return ctx_redirect(c, "/office/cases/%lld", (long long)c->row);
}

/* ---- on the page of the case ---- */

/* What stands to be answered: the order itself, or why the answer was sent back; else the last word. */
static bool show_one(struct ctx *c, struct json *list, const struct order *o)
{
    struct json *one = json_add_object(c->arena, list), *acts = json_set_array(c->arena, one, "acts");
    struct order_step *steps;
    size_t count;
    if (!order_steps(c, o, &steps, &count)) return false;
    supervision_describe_order(c, one, o);
    json_set_str(c->arena, one, "words", count ? steps[count - 1].words : STR_EMPTY);
    if (str_eq_c(o->status, "open") && ctx_may(c, "supervision.answer")) {
        struct json *a = json_add_object(c->arena, acts), *fields;
        json_set_str(c->arena, a, "label", ctx_tr(c, "Answer"));
        json_set_c(c->arena, a, "tone", "main");
        json_set_bool(c->arena, a, "open", false);
        json_set_bool(c->arena, a, "danger", false);
        json_set_str(c->arena, a, "says", ctx_tr(c, "What was found and what has been done."));
        json_set_str(c->arena, a, "action",
                     str_fmt(c->arena, "/office/supervision/orders/%lld/answer", (long long)o->id));
        fields = json_set_array(c->arena, a, "fields");
        supervision_field(c, fields, "from", "Case", "hidden", STR("case"));
        /* The page may have a form for each of several orders. */
        struct str id = str_fmt(c->arena, "words-%lld", (long long)o->id);
        struct json *f = supervision_field(c, fields, str_z(c->arena, id), "Words", "textarea", STR_EMPTY);
        json_set_c(c->arena, f, "sent_as", "words");
        json_set_i64(c->arena, f, "maxlength", WORDS_MAX);
    }
    json_set_bool(c->arena, one, "has_acts", acts->count > 0);
    return true;
}

bool supervision_case_orders(struct ctx *c, const struct case_file *f, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "orders");
    const struct supervision_view v = supervision_view_of(c);
    struct case_watch w;
    struct order *rows;
    size_t count;
    if (!ctx_may(c, "supervision.read")) return true;
    if (!order_of_case(c, &v, f->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!show_one(c, list, &rows[i])) return false;
    if (count) ctx_reads(c, f->applicant, STR("order"), f->id);
    json_set_bool(c->arena, doc, "has_orders", count > 0);
    if (!ctx_may(c, "supervision.order")) return true;
    if (!case_watch_load(c, f->id, &w)) return false;
    if (is_open(&w))
        json_set_str(c->arena, doc, "order_href",
                     str_fmt(c->arena, "/office/supervision/cases/%lld/order", (long long)f->id));
    return true;
}
