/* Hand-over lists (交接单): papers that the desk keeps go to the department against two signatures. */
#include "core/base/id.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "core/jobs/jobs.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

/* Acts of the last half minute are read again, since transactions end in another order than they begin. */
enum { ROUND_ACTS = 200 };
#define UNSETTLED (30 * MS_SECOND)

static bool keep_papers(struct ctx *c, int64_t case_id)
{
    struct case_paper *papers;
    size_t count;
    if (!case_papers(c, case_id, &papers, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct desk_paper p = {.upload = papers[i].id,
                               .case_id = case_id,
                               .unit = papers[i].unit,
                               .copies = papers[i].copies,
                               .case_no = papers[i].case_no,
                               .material = papers[i].material,
                               .division = papers[i].division};
        if (!desk_paper_add(c, &p)) return false;
    }
    return true;
}

bool desk_papers_round(struct ctx *c, const struct json *payload)
{
    int64_t *cases, *acts, cursor, after = json_i64_of(payload, "after", 0),
                                   settled = id_at_least(c->now - UNSETTLED);
    size_t count;
    if (!desk_cursor(c, &cursor) ||
        !case_watch_changes(c, after > cursor ? after : cursor, ROUND_ACTS, &cases, &acts, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if ((!i || cases[i] != cases[i - 1]) && !keep_papers(c, cases[i])) return false;
    if (!count) return true;
    int64_t last = acts[count - 1], kept = last < settled ? last : settled - 1;
    if (kept > cursor && !desk_cursor_save(c, kept)) return false;
    if (count < ROUND_ACTS) return true;
    struct json *next = json_object(c->arena);
    json_set_id(c->arena, next, "after", last);
    return job_add(c, "desk.more", STR("more"), next, c->now);
}

/* ---- pages ---- */

static void add_paper(struct ctx *c, struct json *list, const struct desk_paper *p)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "case_no", p->case_no);
    json_set_str(c->arena, o, "material", p->material);
    json_set_str(c->arena, o, "copies", str_fmt(c->arena, "%lld", (long long)p->copies));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/cases/%lld", (long long)p->case_id));
}

/* What waits, by department. */
static bool add_waiting(struct ctx *c, struct json *doc, const struct desk_view *v)
{
    struct json *units = json_set_array(c->arena, doc, "units"), *unit = NULL;
    struct desk_paper *rows;
    size_t count;
    if (!desk_papers_waiting(c, v, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!i || rows[i].unit != rows[i - 1].unit) {
            unit = json_add_object(c->arena, units);
            json_set_str(c->arena, unit, "name", desk_unit_name(c, rows[i].unit));
            json_set_str(c->arena, unit, "id", str_fmt(c->arena, "%lld", (long long)rows[i].unit));
            json_set_array(c->arena, unit, "papers");
        }
        struct json *papers = (struct json *)json_get(unit, "papers");
        add_paper(c, papers, &rows[i]);
        if (i + 1 == count || rows[i + 1].unit != rows[i].unit)
            json_set_str(c->arena, unit, "count", str_fmt(c->arena, "%zu", (size_t)papers->count));
    }
    json_set_bool(c->arena, doc, "has_units", count > 0);
    return true;
}

static bool add_list(struct ctx *c, struct json *o, const struct desk_list *l)
{
    struct str given, taken;
    if (!desk_officer(c, l->given_by, &given) || !desk_officer(c, l->taken_by, &taken)) return false;
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/handover/%lld", (long long)l->id));
    json_set_str(c->arena, o, "department", desk_unit_name(c, l->unit));
    json_set_str(c->arena, o, "papers", str_fmt(c->arena, "%lld", (long long)l->papers));
    json_set_str(c->arena, o, "given_by", given);
    json_set_str(c->arena, o, "given", time_words(c->lang, c->arena, l->given, c->now));
    json_set_str(c->arena, o, "taken_by", taken);
    json_set_str(c->arena, o, "taken",
                 l->taken ? time_words(c->lang, c->arena, l->taken, c->now) : STR_EMPTY);
    json_set_bool(c->arena, o, "open", l->taken == 0);
    return true;
}

bool desk_handover_page(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "lists");
    struct desk_list *rows;
    size_t count;
    bool gives = ctx_may(c, "desk.handover");
    json_set_bool(c->arena, doc, "gives", gives);
    json_set_bool(c->arena, doc, "has_units", false);
    json_set_array(c->arena, doc, "units");
    if ((gives && !add_waiting(c, doc, &v)) || !desk_lists(c, &v, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!add_list(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_lists", count > 0);
    return true;
}

static bool record(struct ctx *c, const char *act, const struct desk_list *l)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "papers", l->papers);
    json_set_id(c->arena, detail, "unit", l->unit);
    return evidence_add(c, act, "list", l->id, 0, detail);
}

bool desk_handover_give(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct desk_list l = {.unit = in_i64(c, "unit", 0)};
    if (!desk_list_add(c, &v, &l)) return false;
    if (!l.papers)
        return err_conflict(c->err, "desk.papers", "Nothing waits to be handed over to this department.");
    return record(c, "desk.give", &l) && ctx_redirect(c, "/office/handover/%lld", (long long)l.id);
}

bool desk_list_scope(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct desk_list l;
    return ctx_path_id(c, "id", &c->row) && desk_list_load(c, &v, c->row, &l);
}

bool desk_list_page(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct json *doc = ctx_doc(c), *papers = json_set_array(c->arena, doc, "papers");
    struct desk_list l;
    struct desk_paper *rows;
    size_t count;
    if (!desk_list_load(c, &v, c->row, &l) || !desk_papers_of(c, l.id, &rows, &count) ||
        !add_list(c, json_set_object(c->arena, doc, "list"), &l))
        return false;
    for (size_t i = 0; i < count; i++)
        add_paper(c, papers, &rows[i]);
    json_set_bool(c->arena, doc, "takes",
                  ctx_may(c, "desk.papers") && !l.taken && l.given_by != c->actor.account);
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/office/handover/%lld/take", (long long)l.id));
    return true;
}

bool desk_list_take(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct desk_list l;
    bool done;
    if (!desk_list_load(c, &v, c->row, &l) || !desk_list_sign(c, l.id, &done)) return false;
    if (!done)
        return err_conflict(c->err, "desk.list",
                            "This list was signed before, or you are the one who gave it.");
    return record(c, "desk.take", &l) && ctx_redirect(c, "/office/handover/%lld", (long long)l.id);
}
