/* What officers see: the list with its lights, one rating with the acts that are open now. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/cases/cases.h"
#include "modules/orgs/orgs.h"
#include "modules/ratings/ratings_internal.h"
#include "modules/ratings/ratings_web.h"

static void add_light(struct ctx *c, struct json *o, const struct rating *, const struct clock_due *due)
{
    static const char *const labels[] = {[LIGHT_GREEN] = "In time",
                                         [LIGHT_YELLOW] = "Soon due",
                                         [LIGHT_RED] = "Overdue",
                                         [LIGHT_DONE] = "Answered",
                                         [LIGHT_PAUSED] = "Paused"};
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", clock_light_name(due->light));
    json_set_str(c->arena, l, "label", ctx_tr(c, labels[due->light]));
}

static struct str due_text(struct ctx *c, const struct clock_due *due)
{
    int days = workday_between(orgs_calendar(c), date_of(c->now), date_of(due->due));
    const char *msgid = days < 0 ? "Due since %{arg}" : "To be answered by %{arg}";
    return tr_arg(c->lang, c->arena, msgid,
                  date_words(c->lang, c->arena, date_of(due->due), date_of(c->now)));
}

static const char *status_msgid(struct str status)
{
    static const char *const words[][2] = {{"open", "To be verified"},
                                           {"verified", "Looked into"},
                                           {"measures", "Being put right"},
                                           {"closed", "Answered"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return words[i][1];
    return NULL;
}

static void set_or_null(struct ctx *c, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

/* What is written stays sealed here: it is read on the page of the one rating, and that reading is recorded.
 */
static void describe(struct ctx *c, struct json *o, const struct rating *r)
{
    const char *status = status_msgid(r->status);
    json_set_id(c->arena, o, "id", r->id);
    json_set(o, "light", json_null(c->arena));
    json_set(o, "due_text", json_null(c->arena));
    json_set_str(c->arena, o, "level", str_fmt(c->arena, "%lld", (long long)r->level));
    json_set_str(c->arena, o, "level_label", ctx_tr(c, rating_level_msgid(r->level)));
    json_set_str(c->arena, o, "case_no", r->case_no);
    json_set_str(c->arena, o, "case_href", str_fmt(c->arena, "/office/cases/%lld", (long long)r->case_id));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/ratings/%lld", (long long)r->id));
    json_set_str(c->arena, o, "item_name", r->item_name);
    json_set_str(c->arena, o, "when", date_words(c->lang, c->arena, date_of(r->at), date_of(c->now)));
    json_set_str(c->arena, o, "status", r->status);
    json_set(o, "status_label", status ? json_string(c->arena, ctx_tr(c, status)) : json_null(c->arena));
    json_set_bool(c->arena, o, "excluded", r->excluded);
    json_set_bool(c->arena, o, "exclusion_asked", str_eq_c(r->exclusion, "asked"));
    set_or_null(c, o, "reasons", rating_reasons_text(c, r->reasons));
    json_set(o, "said", json_null(c->arena));
    json_set(o, "reply", json_null(c->arena));
    json_set_bool(c->arena, o, "has_acts", false);
    if (!r->status.len || r->excluded) return;
    struct clock_due due = rating_due(c, r);
    add_light(c, o, r, &due);
    if (!r->closed_at) json_set_str(c->arena, o, "due_text", due_text(c, &due));
}

/* ---- the list ---- */

static void add_filter(struct ctx *c, struct json *list, const char *label, const char *key, int64_t count,
                       struct str current)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", key));
    json_set_str(c->arena, o, "count", ratings_number(c->arena, count));
    json_set_bool(c->arena, o, "current", str_eq_c(current, key));
}

static struct str scope_name(struct ctx *c, const struct rating_view *view)
{
    const struct unit *u = orgs_unit(c, view->unit);
    return view->area_wide ? orgs_division_name(c, c->actor.area) : u ? u->name : STR_EMPTY;
}

bool ratings_office_list(struct ctx *c)
{
    struct rating_view view = rating_view_of(c);
    struct str filter = in_has(c, "f") ? in_text(c, "f") : STR("open");
    struct json *doc = ctx_doc(c), *filters = json_set_array(c->arena, doc, "filters"),
                *list = json_set_array(c->arena, doc, "ratings");
    struct rating *rows;
    size_t count;
    int64_t open_count, done, all;
    if (!ratings_store_counts(c, &view, &open_count, &done, &all) ||
        !ratings_store_list(c, &view, filter, in_i64(c, "at", 0), &rows, &count))
        return false;
    json_set_str(c->arena, doc, "scope", scope_name(c, &view));
    add_filter(c, filters, "To be put right", "open", open_count, filter);
    add_filter(c, filters, "Put right", "done", done, filter);
    add_filter(c, filters, "All", "all", all, filter);
    for (size_t i = 0; i < count && i < RATINGS_PAGE; i++)
        describe(c, json_add_object(c->arena, list), &rows[i]);
    json_set_bool(c->arena, doc, "has_ratings", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > RATINGS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%.*s&at=%lld", STR_ARG(filter), (long long)rows[RATINGS_PAGE - 1].id));
    }
    return true;
}

/* ---- one rating ---- */

static bool load(struct ctx *c, int64_t id, struct rating *r)
{
    struct rating_view view = rating_view_of(c);
    bool found;
    if (!ratings_store_load(c, &view, id, r, &found)) return false;
    return found || err_missing(c->err, "rating", "There is no such rating.");
}

bool ratings_office_scope(struct ctx *c)
{
    struct rating r;
    if (!ctx_path_id(c, "id", &c->row) || !load(c, c->row, &r)) return false;
    return true;
}

static struct json *add_act(struct ctx *c, struct json *acts, const struct rating *r, const char *path,
                            const char *label, const char *tone, const char *says)
{
    struct json *o = json_add_object(c->arena, acts);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "tone", tone);
    json_set_bool(c->arena, o, "open", c->failed && str_ends(c->req->path, str_c(path)));
    json_set_bool(c->arena, o, "danger", false);
    json_set_str(c->arena, o, "action", str_fmt(c->arena, "/office/ratings/%lld/%s", (long long)r->id, path));
    json_set_str(c->arena, o, "says", ctx_tr(c, says));
    return json_set_array(c->arena, o, "fields");
}

static void add_choices(struct ctx *c, struct json *field, const char *const choices[][2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        ctx_option(c, field, str_c(choices[i][0]), ctx_tr(c, choices[i][1]));
    for (struct json *o = json_get(field, "options")->first; o; o = o->next)
        json_set(o, "note", json_null(c->arena));
}

static void add_words(struct ctx *c, struct json *fields, const char *name, const char *label)
{
    json_set_i64(c->arena, ratings_field(c, fields, name, label, "textarea", true), "maxlength", WORDS_MAX);
}

static void add_close(struct ctx *c, struct json *acts, const struct rating *r)
{
    static const char *const calls[][2] = {{"accepted", "Called back, the person accepts the answer"},
                                           {"not_accepted", "Called back, the person does not accept it"},
                                           {"not_reached", "Could not be reached"}};
    struct json *fields = add_act(c, acts, r, "close", "Answer and close", "main",
                                  "The person gets the answer as a message. Please call them first.");
    add_words(c, fields, "reply", "Answer to the person");
    add_choices(c, ratings_field(c, fields, "callback", "Call-back", "radios", true), calls, 3);
    struct json *publish =
        ratings_field(c, fields, "publish", "Publish what was said and the answer", "checkbox", false);
    json_set_str(c->arena, publish, "hint", ctx_tr(c, "Only when neither names anybody."));
}

static void add_exclusion(struct ctx *c, struct json *acts, const struct rating *r)
{
    static const char *const answers[][2] = {{"yes", "Leave it out"}, {"no", "Keep it"}};
    if (r->excluded) return;
    if (!r->exclusion.len) {
        add_words(
            c,
            add_act(c, acts, r, "exclude", "Ask to leave it out", "quiet",
                    "For mistaken or malicious ratings. A second person decides; until then it counts."),
            "why", "Why it should be left out");
    } else if (str_eq_c(r->exclusion, "asked") && ctx_may(c, "rating.exclude") &&
               r->asked_by != c->actor.account) {
        struct json *fields =
            add_act(c, acts, r, "exclusion", "Decide whether it is left out", "main",
                    "A rating that is left out is not counted, and the person is told why.");
        add_choices(c, ratings_field(c, fields, "agree", "Decision", "radios", true), answers, 2);
        add_words(c, fields, "answer", "Reason of the decision");
    }
}

static void add_acts(struct ctx *c, struct json *o, const struct rating *r)
{
    struct json *acts = json_set_array(c->arena, o, "acts");
    if (str_eq_c(r->status, "open"))
        add_words(c,
                  add_act(c, acts, r, "verify", "Enter what was found", "main",
                          "What happened, from the case and from those who handled it."),
                  "finding", "What was found");
    if (str_eq_c(r->status, "verified"))
        add_words(c,
                  add_act(c, acts, r, "measure", "Enter what is changed", "main",
                          "What is done so that it does not happen again."),
                  "measure", "What is changed");
    if (str_eq_c(r->status, "measures")) add_close(c, acts, r);
    add_exclusion(c, acts, r);
    json_set_bool(c->arena, o, "has_acts", acts->count > 0);
}

static const char *callback_msgid(struct str callback)
{
    if (str_eq_c(callback, "accepted")) return "Called back, the person accepts the answer";
    if (str_eq_c(callback, "not_accepted")) return "Called back, the person does not accept it";
    return str_eq_c(callback, "not_reached") ? "Could not be reached" : NULL;
}

static void add_note(struct ctx *c, struct json *notes, const char *label, struct str text)
{
    if (!text.len) return;
    struct json *o = json_add_object(c->arena, notes);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "text", text);
}

bool ratings_office_one(struct ctx *c)
{
    struct rating r;
    if (!load(c, c->row, &r)) return false;
    struct json *doc = ctx_doc(c), *o = json_set_object(c->arena, doc, "rating");
    ctx_reads(c, r.rater, STR("rating"), r.case_id);
    describe(c, o, &r);
    set_or_null(c, o, "said", r.said);
    const char *call = callback_msgid(r.callback);
    struct json *notes = json_set_array(c->arena, o, "notes");
    add_note(c, notes, "What was found", r.finding);
    add_note(c, notes, "What is changed", r.measure);
    add_note(c, notes, "Answer to the person", r.reply);
    add_note(c, notes, "Call-back", call ? ctx_tr(c, call) : STR_EMPTY);
    add_note(c, notes, "Reason to leave it out", r.why);
    add_note(c, notes, "Reason of the decision", r.answer);
    json_set_bool(c->arena, o, "has_notes", notes->count > 0);
    add_acts(c, o, &r);
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "Ratings"));
    json_set_c(c->arena, crumb, "href", "/office/ratings");
    return true;
}

/* ---- acts ---- */

static bool back(struct ctx *c, bool ok)
{
    if (!ok) return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/ratings/%lld", (long long)c->row);
}

bool ratings_office_verify(struct ctx *c)
{
    struct rating r;
    return back(c, load(c, c->row, &r) && rating_verify(c, &r, in_text(c, "finding")));
}

bool ratings_office_measure(struct ctx *c)
{
    struct rating r;
    return back(c, load(c, c->row, &r) && rating_measure(c, &r, in_text(c, "measure")));
}

bool ratings_office_close(struct ctx *c)
{
    struct rating r;
    return back(c, load(c, c->row, &r) && rating_close(c, &r, in_text(c, "reply"), in_text(c, "callback"),
                                                       in_true(c, "publish")));
}

bool ratings_office_ask(struct ctx *c)
{
    struct rating r;
    return back(c, load(c, c->row, &r) && rating_ask_exclusion(c, &r, in_text(c, "why")));
}

bool ratings_office_decide(struct ctx *c)
{
    struct rating r;
    return back(c, load(c, c->row, &r) && rating_decide_exclusion(c, &r, str_eq_c(in_text(c, "agree"), "yes"),
                                                                  in_text(c, "answer")));
}
