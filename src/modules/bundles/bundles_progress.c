/* One page for the whole: how each member stands, what waits for what, what is asked of the person, and one
 * line of what happened. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bookings/bookings.h"
#include "modules/bundles/bundles_apply.h"

/* ---- my life events ---- */

static const char *status_msgid(const struct bundle_file *f)
{
    return str_eq_c(f->status, "draft")       ? "Draft"
           : str_eq_c(f->status, "withdrawn") ? "Withdrawn"
           : str_eq_c(f->status, "done")      ? "Completed"
                                              : "Under way";
}

bool bundles_mine(struct ctx *c)
{
    struct bundle_file *rows;
    size_t count;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "bundles");
    json_set_array(c->arena, doc, "crumbs");
    if (!bundle_store_of(c, c->actor.subject, c->actor.acting_for, in_i64(c, "before", 0), &rows, &count))
        return false;
    for (size_t i = 0; i < count && i < BUNDLE_PAGE; i++) {
        const struct bundle_file *f = &rows[i];
        struct json *o = json_add_object(c->arena, list);
        bool draft = str_eq_c(f->status, "draft");
        struct str due = draft ? STR_EMPTY : bundle_due_text(c, f);
        json_set_id(c->arena, o, "id", f->id);
        json_set_str(c->arena, o, "name", f->name);
        json_set_bool(c->arena, o, "draft", draft);
        json_set(o, "number", draft ? json_null(c->arena) : json_string(c->arena, f->number));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/me/bundles/%lld%s", (long long)f->id, draft ? "/summary" : ""));
        json_set_str(c->arena, o, "status_label", ctx_tr(c, status_msgid(f)));
        json_set(o, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
        json_set(o, "discard",
                 draft
                     ? json_string(c->arena, str_fmt(c->arena, "/me/bundles/%lld/discard", (long long)f->id))
                     : json_null(c->arena));
    }
    json_set_bool(c->arena, doc, "has_bundles", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count <= BUNDLE_PAGE) return true;
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next",
                 str_fmt(c->arena, "/me/bundles?before=%lld", (long long)rows[BUNDLE_PAGE - 1].id));
    return true;
}

/* ---- one of them ---- */

struct progress {
    struct ctx *c;
    struct bundle_work *w;
    struct bundle_row *rows;
    size_t count;
    struct json *doc, *members, *requests, *asked, *past, *results;
    bool may_withdraw, waits;
};

static int bar_of(const struct bundle_row *r)
{
    static const struct {
        const char *status;
        int percent;
    } bars[] = {{"submitted", 15},         {"correction", 30}, {"accepted", 45}, {"reviewing", 70},
                {"special_procedure", 70}, {"waiting", 0},     {BUNDLE_ASKED, 5}};
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++)
        if (str_eq_c(r->status, bars[i].status)) return bars[i].percent;
    return 100;
}

static const char *tone_of(const struct bundle_row *r)
{
    if (str_eq_c(r->result, "granted")) return "good";
    if (r->result.len || str_eq_c(r->status, "blocked") || str_eq_c(r->status, "stuck")) return "bad";
    if (str_eq_c(r->status, "correction") || str_eq_c(r->status, BUNDLE_ASKED)) return "waits";
    return "open";
}

static struct str name_of(const struct ctx *c, const struct bundle_work *w, const struct bundle_row *r)
{
    const struct item *item = w->plan.members[r->position].item;
    return c->lang == &lang_en && item && item->en.len ? item->en : r->item_name;
}

static void set_name(const struct progress *p, struct json *o, const struct bundle_row *r)
{
    struct str name = name_of(p->c, p->w, r);
    json_set_str(p->c->arena, o, "name", name);
    json_set_bool(p->c->arena, o, "name_zh", str_eq(name, r->item_name));
}

static struct str names(const struct progress *p, uint32_t bits)
{
    struct ctx *c = p->c;
    const struct bundle_row *rows = p->rows;
    struct buf b = buf_new(c->arena, 128);
    for (size_t i = 0; i < p->count; i++) {
        if (!(bits >> rows[i].position & 1)) continue;
        if (b.len) buf_add_c(&b, c->lang == &lang_en ? ", " : "、");
        buf_add(&b, name_of(c, p->w, &rows[i]));
    }
    return buf_str(&b);
}

static uint32_t still_open(const struct progress *p)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < p->count; i++)
        if (!p->rows[i].result.len && !str_eq_c(p->rows[i].status, "blocked") &&
            !str_eq_c(p->rows[i].status, "stuck"))
            bits |= UINT32_C(1) << p->rows[i].position;
    return bits;
}

/* Which of what it needs was not granted. */
static uint32_t in_the_way(const struct progress *p, const struct bundle_row *row)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < p->count; i++)
        if ((p->w->plan.members[row->position].after >> p->rows[i].position & 1) &&
            strcmp(tone_of(&p->rows[i]), "bad") == 0)
            bits |= UINT32_C(1) << p->rows[i].position;
    return bits;
}

static struct str explain(struct progress *p, const struct bundle_row *r)
{
    struct ctx *c = p->c;
    if (str_eq_c(r->status, "waiting"))
        return tr_arg(c->lang, c->arena, "Begins by itself when this is granted: %{arg}.",
                      names(p, p->w->plan.members[r->position].after));
    if (str_eq_c(r->status, "blocked"))
        return tr_arg(c->lang, c->arena,
                      "Cannot begin, because this was not granted: %{arg}. You can apply again at any time.",
                      names(p, in_the_way(p, r)));
    if (str_eq_c(r->status, "stuck"))
        return ctx_tr(c,
                      "It could not be begun with what you sent, for the service has changed. Please apply "
                      "for it separately.");
    if (strcmp(tone_of(r), "bad") != 0 || str_eq_c(p->w->file.status, "withdrawn")) return STR_EMPTY;
    struct str rest = names(p, still_open(p));
    return rest.len ? tr_arg(c->lang, c->arena, "This does not stop the others: %{arg}.", rest) : STR_EMPTY;
}

static void set_or_null(struct ctx *c, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

static void add_past(struct progress *p, const struct json *timeline, struct str name)
{
    JSON_EACH(e, json_get(timeline, "timeline"))
    {
        if (!str_eq_c(json_text_of(e, "state"), "done") || !json_text_of(e, "datetime").len) continue;
        struct json *copy = json_copy(p->c->arena, e);
        json_set_str(p->c->arena, copy, "title",
                     str_fmt(p->c->arena, "%.*s · %.*s", STR_ARG(name), STR_ARG(json_text_of(e, "title"))));
        json_add(p->past, copy);
    }
}

static bool add_request(struct progress *p, const struct bundle_row *r, const struct case_view *v,
                        struct json *points)
{
    struct ctx *c = p->c;
    if (!v->points || !bundle_results_theirs(c, &p->w->file, r->unit)) return c->err->kind == ERR_NONE;
    struct json *o = json_add_object(c->arena, p->requests);
    set_name(p, o, r);
    json_set_str(c->arena, o, "department", bundle_unit_name(c, r->unit));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/cases/%lld/correction", (long long)r->case_id));
    json_set_str(c->arena, o, "until",
                 date_words(c->lang, c->arena, date_of(v->points_until), date_of(c->now)));
    json_set(o, "points", points);
    return true;
}

static bool add_result(struct progress *p, const struct bundle_row *r, const struct case_view *v)
{
    struct ctx *c = p->c;
    struct licence l;
    bool found;
    if (!r->result.len || str_eq_c(r->result, "withdrawn")) return true;
    if (!licence_of_case(c, r->case_id, &l, &found)) return false;
    bool theirs = bundle_results_theirs(c, &p->w->file, r->unit);
    if (c->err->kind != ERR_NONE) return false;
    bool there = found && bundle_licence_there(&l), ready = there && theirs;
    struct json *o = json_add_object(c->arena, p->results);
    set_name(p, o, r);
    json_set_bool(c->arena, o, "granted", str_eq_c(r->result, "granted"));
    json_set_str(c->arena, o, "status_label", bundle_member_text(c, r));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/cases/%lld", (long long)r->case_id));
    set_or_null(c, o, "opinion", theirs ? v->opinion : STR_EMPTY);
    set_or_null(c, o, "licence", ready ? l.type_name : STR_EMPTY);
    set_or_null(c, o, "licence_no", ready ? l.number : STR_EMPTY);
    set_or_null(c, o, "licence_href",
                ready ? str_fmt(c->arena, "/licences/%lld", (long long)l.id) : STR_EMPTY);
    json_set_bool(c->arena, o, "coming", found && !there);
    return true;
}

/* Its turn has come: what to do stands at the top. */
static void add_asked(struct progress *p, const struct bundle_row *r)
{
    struct ctx *c = p->c;
    const struct bundle_member *m = &p->w->plan.members[r->position];
    struct json *o = json_add_object(c->arena, p->asked);
    set_name(p, o, r);
    json_set_str(c->arena, o, "href", bundle_booking_href(c, p->w, (size_t)r->position));
    set_or_null(c, o, "place", bundle_text(c, m->booking, "place", "place_en"));
}

static bool add_member(struct progress *p, const struct bundle_row *r)
{
    struct ctx *c = p->c;
    struct json *o = json_add_object(c->arena, p->members);
    struct str text = explain(p, r);
    set_name(p, o, r);
    json_set_str(c->arena, o, "department", bundle_unit_name(c, r->unit));
    json_set_str(c->arena, o, "status", r->status);
    json_set_str(c->arena, o, "result", r->result);
    json_set_str(c->arena, o, "status_label", bundle_member_text(c, r));
    json_set_c(c->arena, o, "tone", tone_of(r));
    json_set_i64(c->arena, o, "percent", bar_of(r));
    set_or_null(c, o, "case_no", r->case_no);
    set_or_null(c, o, "text", text);
    json_set(o, "href", json_null(c->arena));
    json_set(o, "due_text", json_null(c->arena));
    bool again = str_eq_c(r->status, "blocked") || str_eq_c(r->status, "stuck");
    set_or_null(c, o, "appointment", STR_EMPTY);
    if (str_eq_c(r->status, BUNDLE_ASKED)) add_asked(p, r);
    set_or_null(c, o, "apply", again ? str_fmt(c->arena, "/items/%lld", (long long)r->item) : STR_EMPTY);
    p->waits = p->waits || str_eq_c(r->status, "waiting") || str_eq_c(r->status, BUNDLE_ASKED);
    if (!r->case_id) return true;
    struct str slot;
    struct case_view v;
    if (!booking_of_case(c, r->case_id, &slot)) return false;
    set_or_null(c, o, "appointment", slot);
    struct json *points = json_array(c->arena), *steps = json_object(c->arena);
    if (!case_view(c, r->case_id, &v, points, steps)) return false;
    json_set_id(c->arena, o, "case", r->case_id);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/cases/%lld", (long long)r->case_id));
    set_or_null(c, o, "due_text", v.due_text);
    p->may_withdraw = p->may_withdraw || v.may_withdraw;
    add_past(p, steps, r->item_name);
    if (!add_request(p, r, &v, points)) return false;
    return add_result(p, r, &v);
}

/* By time; entries of one member stay in their order. */
static void add_timeline(struct progress *p)
{
    struct arena *a = p->c->arena;
    struct json *list = json_set_array(a, p->doc, "timeline");
    size_t count = p->past->count, n = 0;
    const struct json **all = ARENA_ARRAY(a, count + 1, const struct json *);
    JSON_EACH(e, p->past)
    {
        size_t at = n++;
        while (at > 0 && str_cmp(json_text_of(all[at - 1], "datetime"), json_text_of(e, "datetime")) > 0) {
            all[at] = all[at - 1];
            at--;
        }
        all[at] = e;
    }
    for (size_t i = 0; i < n; i++)
        json_add(list, json_copy(a, all[i]));
}

static void add_frame(struct progress *p)
{
    struct ctx *c = p->c;
    const struct bundle_file *f = &p->w->file;
    long long id = f->id;
    struct json *doc = p->doc, *crumbs = json_set_array(c->arena, doc, "crumbs"),
                *crumb = json_add_object(c->arena, crumbs);
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "My life events"));
    json_set_c(c->arena, crumb, "href", "/me/bundles");
    json_set_bool(c->arena, crumb, "own_words", true);
    json_set_id(c->arena, doc, "id", f->id);
    json_set_str(c->arena, doc, "name", bundle_text(c, p->w->version.doc, "name", "en"));
    json_set_str(c->arena, doc, "number", f->number);
    json_set_str(c->arena, doc, "guide", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(f->code)));
    json_set_str(c->arena, doc, "status", f->status);
    json_set_str(c->arena, doc, "status_label", ctx_tr(c, status_msgid(f)));
    json_set_c(c->arena, doc, "tone",
               str_eq_c(f->status, "done")        ? "good"
               : str_eq_c(f->status, "withdrawn") ? "bad"
                                                  : "open");
    json_set_c(c->arena, doc, "light", clock_light_name(bundle_light(c, f)));
    set_or_null(c, doc, "promise", bundle_days_text(c, f->days));
    set_or_null(c, doc, "due_text", bundle_due_text(c, f));
    json_set_str(c->arena, doc, "sent", time_words(c->lang, c->arena, f->submitted, c->now));
    json_set(doc, "handed",
             f->handed ? json_string(c->arena, time_words(c->lang, c->arena, f->handed, c->now))
                       : json_null(c->arena));
    json_set_str(c->arena, doc, "package_href", str_fmt(c->arena, "/me/bundles/%lld/package.zip", id));
}

bool bundles_one(struct ctx *c)
{
    struct bundle_work w;
    struct progress p = {.c = c, .w = &w};
    if (!bundle_load(c, c->row, &w)) return false;
    if (str_eq_c(w.file.status, "draft"))
        return ctx_redirect(c, "/me/bundles/%lld/summary", (long long)w.file.id);
    if (!bundle_store_members(c, w.file.id, &p.rows, &p.count)) return false;
    p.doc = ctx_doc(c);
    p.members = json_set_array(c->arena, p.doc, "members");
    p.requests = json_set_array(c->arena, p.doc, "requests");
    p.results = json_set_array(c->arena, p.doc, "results");
    p.asked = json_set_array(c->arena, p.doc, "asked");
    p.past = json_array(c->arena);
    add_frame(&p);
    for (size_t i = 0; i < p.count; i++)
        if (!add_member(&p, &p.rows[i])) return false;
    add_timeline(&p);
    bundles_draw(c, p.doc, &w.plan);
    size_t ended = 0;
    for (size_t i = 0; i < p.count; i++)
        ended += !(still_open(&p) >> p.rows[i].position & 1);
    json_set_str(
        c->arena, p.doc, "ended_text",
        tr_arg(c->lang, c->arena, "%{arg} answered", str_fmt(c->arena, "%zu / %zu", ended, p.count)));
    json_set_bool(c->arena, p.doc, "has_asked", p.asked->count > 0);
    json_set_bool(c->arena, p.doc, "has_requests", p.requests->count > 0);
    json_set(p.doc, "supply",
             p.requests->count ? json_string(c->arena, str_fmt(c->arena, "/me/bundles/%lld/corrections",
                                                               (long long)w.file.id))
                               : json_null(c->arena));
    json_set_bool(c->arena, p.doc, "has_results", p.results->count > 0);
    bool open = str_eq_c(w.file.status, "sent") && (p.may_withdraw || p.waits);
    json_set(p.doc, "withdraw",
             open
                 ? json_string(c->arena, str_fmt(c->arena, "/me/bundles/%lld/withdraw", (long long)w.file.id))
                 : json_null(c->arena));
    return true;
}

bool bundles_withdraw(struct ctx *c)
{
    struct bundle_work w;
    if (!bundle_load(c, c->row, &w) || !bundle_withdraw_all(c, &w)) return false;
    ctx_notice(c, "You have withdrawn your application.");
    return ctx_redirect(c, "/me/bundles/%lld", (long long)w.file.id);
}
