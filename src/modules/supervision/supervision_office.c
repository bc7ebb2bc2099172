/* Warnings: the list, one of them with what can be done about it; messages; what stands on everybody's first
 * page. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/supervision/supervision_internal.h"

void supervision_add_tabs(struct ctx *c, const char *here)
{
    static const struct {
        const char *href, *label, *permission;
    } tabs[] = {{"/office/supervision", "Board", "supervision.read"},
                {"/office/supervision/findings", "Warnings", "supervision.read"},
                {"/office/supervision/orders", "Orders", "supervision.read"},
                {"/office/supervision/messages", "Messages", "supervision.messages"},
                {"/office/supervision/rules", "Rules", "supervision.read"}};
    struct json *list = json_set_array(c->arena, ctx_doc(c), "tabs");
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++) {
        if (!ctx_may(c, tabs[i].permission)) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_c(c->arena, o, "href", tabs[i].href);
        json_set_str(c->arena, o, "label", ctx_tr(c, tabs[i].label));
        json_set_bool(c->arena, o, "current", strcmp(tabs[i].href, here) == 0);
    }
}

/* ---- one row ---- */

/* Steps by their names, and what has a name already; of the rest its id. */
static bool add_place(struct ctx *c, struct json *o, const struct finding *f)
{
    enum supervise_kind kind = supervise_kind_of(f->kind);
    bool step = kind == SUPERVISE_STEP_SOON || kind == SUPERVISE_STEP_OVER || kind == SUPERVISE_STEP_ORDER ||
                kind == SUPERVISE_STEP_MISSING || kind == SUPERVISE_OPINION_SOON ||
                kind == SUPERVISE_OPINION_OVER;
    struct str place, name = STR_EMPTY;
    /* What stands behind a stroke tells two of one place apart. */
    (void)str_cut(f->place, '/', &place);
    if (step && !case_step_name(c, f->case_id, place, &name)) return false;
    if (name.len) place = name;
    json_set_str(c->arena, o, "place", place);
    json_set_bool(c->arena, o, "place_named", name.len || supervise_kind_mended(kind));
    json_set_bool(c->arena, o, "place_zh", c->lang == &lang_en && utf8_count(place) != place.len);
    return true;
}

static bool describe(struct ctx *c, struct json *o, const struct finding *f)
{
    supervision_level(c, o, f->level);
    json_set_id(c->arena, o, "id", f->id);
    json_set_str(c->arena, o, "href",
                 str_fmt(c->arena, "/office/supervision/findings/%lld", (long long)f->id));
    json_set_str(c->arena, o, "kind", ctx_tr(c, supervision_kind_msgid(f->kind)));
    json_set_str(c->arena, o, "case_no", f->case_no);
    json_set_str(c->arena, o, "case_href", str_fmt(c->arena, "/office/cases/%lld", (long long)f->case_id));
    json_set_str(c->arena, o, "item_name", f->item_name);
    json_set_str(c->arena, o, "department", supervision_unit_name(c, f->unit));
    json_set_str(c->arena, o, "since", supervision_moment(c, f->since));
    json_set_str(c->arena, o, "ended", supervision_moment(c, f->ended));
    json_set_bool(c->arena, o, "excused", f->excused);
    json_set_str(c->arena, o, "state",
                 ctx_tr(c, f->excused    ? "Set aside"
                           : f->ended    ? "Over"
                           : f->order_id ? "Order issued"
                                         : "Stands"));
    return add_place(c, o, f);
}

/* ---- the list ---- */

static struct str list_href(struct ctx *c, const struct finding_query *q, int level, bool standing)
{
    struct buf b = buf_new(c->arena, 128);
    buf_fmt(&b, "/office/supervision/findings?s=%s", standing ? "now" : "all");
    if (level >= 0) buf_fmt(&b, "&level=%s", supervise_level_name((enum supervise_level)level));
    if (q->unit) buf_fmt(&b, "&unit=%lld", (long long)q->unit);
    if (q->kind.len) buf_fmt(&b, "&kind=%.*s", STR_ARG(q->kind));
    return buf_str(&b);
}

static void add_filters(struct ctx *c, struct json *doc, const struct finding_query *q)
{
    struct json *list = json_set_array(c->arena, doc, "filters");
    for (int level = -1; level < SUPERVISE_LEVEL_COUNT; level++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, level < 0 ? "All" : supervision_level_msgid(level)));
        json_set(o, "color",
                 level < 0 ? json_null(c->arena)
                           : json_string(c->arena, str_c(supervise_level_name((enum supervise_level)level))));
        json_set_str(c->arena, o, "href", list_href(c, q, level, q->standing));
        json_set_bool(c->arena, o, "current", q->level == level);
    }
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, q->standing ? "Also what is over" : "Only what stands"));
    json_set(o, "color", json_null(c->arena));
    json_set_str(c->arena, o, "href", list_href(c, q, q->level, !q->standing));
    json_set_bool(c->arena, o, "current", false);
}

static struct finding_query query_of(struct ctx *c)
{
    enum supervise_level level = supervise_level_of(in_text(c, "level"));
    return (struct finding_query){.unit = in_i64(c, "unit", 0),
                                  .level = level == SUPERVISE_LEVEL_COUNT ? -1 : (int)level,
                                  .kind = in_text(c, "kind"),
                                  .standing = str_eq_c(in_text(c, "s"), "now"),
                                  .before = in_i64(c, "before", 0)};
}

bool supervision_findings(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct finding_query q = query_of(c);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "findings");
    struct finding *rows;
    size_t count;
    if (!finding_list(c, &v, &q, &rows, &count)) return false;
    supervision_add_tabs(c, "/office/supervision/findings");
    add_filters(c, doc, &q);
    struct str one = supervision_unit_name(c, q.unit);
    json_set_str(c->arena, doc, "scope", one.len ? one : supervision_scope_name(c, &v));
    json_set_str(c->arena, doc, "kind", q.kind.len ? ctx_tr(c, supervision_kind_msgid(q.kind)) : STR_EMPTY);
    for (size_t i = 0; i < count && i < FINDINGS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_findings", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > FINDINGS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "%.*s&before=%lld", STR_ARG(list_href(c, &q, q.level, q.standing)),
                             (long long)rows[FINDINGS_PAGE - 1].id));
    }
    return true;
}

/* ---- one ---- */

bool supervision_finding_scope(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct finding f;
    return ctx_path_id(c, "id", &c->row) && finding_load(c, &v, c->row, &f);
}

static struct json *add_act(struct ctx *c, struct json *acts, const char *action, const char *label,
                            const char *tone, const char *says)
{
    struct json *o = json_add_object(c->arena, acts);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "tone", tone);
    json_set_bool(c->arena, o, "open", c->failed && str_eq_c(c->req->path, action));
    json_set_bool(c->arena, o, "danger", false);
    json_set_c(c->arena, o, "action", action);
    json_set_str(c->arena, o, "says", ctx_tr(c, says));
    return json_set_array(c->arena, o, "fields");
}

static void add_finding_acts(struct ctx *c, struct json *doc, const struct finding *f)
{
    struct json *acts = json_set_array(c->arena, doc, "acts");
    bool open = ctx_may(c, "supervision.order") && !f->order_id && !f->excused;
    if (open) {
        const char *to =
            str_z(c->arena, str_fmt(c->arena, "/office/supervision/findings/%lld/order", (long long)f->id));
        struct json *fields = add_act(c, acts, to, "Issue an order", "main",
                                      "The department is told, and answers by that day.");
        supervision_order_fields(c, fields);
    }
    if (open && !f->ended) {
        const char *to =
            str_z(c->arena, str_fmt(c->arena, "/office/supervision/findings/%lld/excuse", (long long)f->id));
        struct json *fields =
            add_act(c, acts, to, "Set the warning aside", "quiet",
                    "For a warning that an explanation has answered. It stays in the record.");
        json_set_i64(c->arena, supervision_field(c, fields, "reason", "Reason", "textarea", STR_EMPTY),
                     "maxlength", WORDS_MAX);
    }
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
}

static void add_crumb(struct ctx *c, const char *label, const char *href)
{
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, ctx_doc(c), "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, label));
    json_set_c(c->arena, crumb, "href", href);
}

bool supervision_finding(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct json *doc = ctx_doc(c), *o = json_set_object(c->arena, doc, "finding");
    struct finding f;
    struct case_file file;
    struct str officer;
    if (!finding_load(c, &v, c->row, &f) || !supervision_officer(c, f.account, &officer)) return false;
    if (!describe(c, o, &f)) return false;
    json_set_str(c->arena, o, "found", supervision_moment(c, f.found));
    json_set_str(c->arena, o, "rule", str_fmt(c->arena, "%.*s · v%d", STR_ARG(f.rule), f.rule_version));
    json_set_str(c->arena, o, "officer", officer);
    json_set(o, "order_href",
             f.order_id ? json_string(c->arena, str_fmt(c->arena, "/office/supervision/orders/%lld",
                                                        (long long)f.order_id))
                        : json_null(c->arena));
    add_crumb(c, "Warnings", "/office/supervision/findings");
    add_finding_acts(c, doc, &f);
    json_set_array(c->arena, doc, "steps");
    if (!f.excused) return true;
    /* Words of setting it aside stand where words of an order would. */
    if (!case_load(c, f.case_id, &file)) return false;
    const struct order note = {.id = f.id, .applicant = file.applicant};
    ctx_reads(c, file.applicant, STR("order"), f.case_id);
    return supervision_add_steps(c, doc, &note);
}

bool supervision_order_issue(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct finding f;
    int64_t id;
    int32_t until = supervision_order_day(c);
    if (!until || !finding_load(c, &v, c->row, &f)) return false;
    const struct order_about about = {f.case_id, f.id, f.unit, f.level};
    if (!order_issue(c, &about, in_text(c, "words"), until, &id)) return false;
    ctx_notice(c, "The order was issued. The department has been told.");
    return ctx_redirect(c, "/office/supervision/orders/%lld", (long long)id);
}

bool supervision_finding_excuse(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct finding f;
    struct case_file file;
    if (!finding_load(c, &v, c->row, &f) || !case_load(c, f.case_id, &file)) return false;
    if (f.ended || f.order_id)
        return err_conflict(c->err, "finding.ended",
                            "This warning no longer stands, or an order was issued for it.");
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "finding", f.id);
    json_set_str(c->arena, detail, "rule", f.rule);
    struct order note = {.id = f.id, .applicant = file.applicant};
    if (!finding_excuse(c, f.id) || !order_step_add(c, &note, "excuse", in_text(c, "reason")) ||
        !evidence_add(c, "supervision.excuse", "case", f.case_id, file.applicant, detail))
        return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/supervision/findings/%lld", (long long)f.id);
}

/* ---- messages ---- */

static const char *what_msgid(struct str what)
{
    static const char *const words[][2] = {{"order", "An order was issued"},
                                           {"answer", "An order was answered"},
                                           {"accepted", "The answer was accepted"},
                                           {"sent_back", "The answer was sent back"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(what, words[i][0])) return words[i][1];
    return supervision_kind_msgid(what);
}

/* Where who is told sees it, and can do something about it. */
static struct str message_href(struct ctx *c, const struct message *m)
{
    if (str_eq_c(m->told, "operator")) return STR("/office/jobs?status=parked");
    if (str_eq_c(m->told, "steward")) return STR("/office/workers");
    return m->order_id ? str_fmt(c->arena, "/office/supervision/orders/%lld", (long long)m->order_id)
                       : str_fmt(c->arena, "/office/supervision/findings/%lld", (long long)m->finding_id);
}

bool supervision_messages(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "messages");
    struct message *rows;
    size_t count;
    if (!message_list(c, &v, &rows, &count)) return false;
    supervision_add_tabs(c, "/office/supervision/messages");
    for (size_t i = 0; i < count && i < MESSAGES_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        const struct message *m = &rows[i];
        json_set_str(c->arena, o, "what", ctx_tr(c, what_msgid(m->what)));
        /* Who runs the program is told that there is one, not whose. */
        json_set_str(c->arena, o, "case_no", str_eq_c(m->told, "operator") ? STR_EMPTY : m->case_no);
        json_set_str(c->arena, o, "department", supervision_unit_name(c, m->unit));
        json_set_str(c->arena, o, "href", message_href(c, m));
    }
    json_set_bool(c->arena, doc, "has_messages", count > 0);
    json_set_bool(c->arena, doc, "more", count > MESSAGES_PAGE);
    json_set_str(c->arena, doc, "newest",
                 count ? str_fmt(c->arena, "%lld", (long long)rows[0].id) : STR_EMPTY);
    return true;
}

bool supervision_messages_read(struct ctx *c)
{
    struct supervision_view v = supervision_view_of(c);
    return message_read(c, &v, in_i64(c, "upto", 0)) && ctx_redirect(c, "/office/supervision/messages");
}

/* ---- the first page ---- */

bool supervision_office_home(struct ctx *c, struct json *doc)
{
    struct supervision_view v = supervision_view_of(c);
    struct message *rows;
    size_t count;
    if (!ctx_may(c, "supervision.messages")) return true;
    if (!message_list(c, &v, &rows, &count)) return false;
    if (!count) return true;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Messages of supervision"));
    json_set_c(c->arena, f, "href", "/office/supervision/messages");
    json_set_str(c->arena, f, "count",
                 count > MESSAGES_PAGE ? str_fmt(c->arena, "%d+", MESSAGES_PAGE)
                                       : supervision_number(c, (int64_t)count));
    json_set(f, "color", json_null(c->arena));
    return true;
}
