/* The catalogue as officers see it. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_describe.h"
#include "modules/exchange/exchange_setup.h"
#include "modules/exchange/exchange_shares.h"
#include "modules/orgs/orgs.h"

/* ---- the list ---- */

static void add_choice(struct ctx *c, struct json *list, const char *label, const char *key,
                       struct str current)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", key));
    json_set_bool(c->arena, o, "current", str_eq_c(current, key));
}

static const char *state_msgid(const struct data_entry *e)
{
    if (str_eq_c(e->pending, "review")) return "Waits to be published";
    if (str_eq_c(e->pending, "withdraw")) return "Waits to be withdrawn";
    if (str_eq_c(e->state, "new")) return "Draft";
    return str_eq_c(e->state, "withdrawn") ? "Withdrawn" : "Published";
}

static void add_any(struct ctx *c, struct json *fields, const char *name, const char *label, const char *any,
                    const struct exchange_word *words, struct str value)
{
    struct json *f = exchange_field(c, fields, name, label, "select", value, true);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, any));
    for (; words->code; words++)
        ctx_option(c, f, str_c(words->code), ctx_tr(c, words->msgid));
}

static void add_filters(struct ctx *c, struct json *doc, const struct entry_query *q)
{
    struct json *fields = json_set_array(c->arena, doc, "fields"), *f;
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    exchange_field(c, fields, "q", "Name or code", "text", q->words, true);
    add_any(c, fields, "sharing", "How it is shared", "Any way", sharing_words, q->sharing);
    add_any(c, fields, "class", "Kind", "Any kind", class_words, q->class);
    add_any(c, fields, "open", "Open to society", "Open or not", open_words, q->open);
    f = exchange_field(c, fields, "dept", "Department", "select",
                       q->unit ? str_fmt(c->arena, "%lld", (long long)q->unit) : STR_EMPTY, true);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "All departments"));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   exchange_in_words(c, units[i]->name, units[i]->en));
}

static void add_query(struct ctx *c, struct buf *b, const char *name, struct str value)
{
    if (value.len) buf_fmt(b, "&%s=%.*s", name, STR_ARG(url_encode(c->arena, value)));
}

static struct str next_page(struct ctx *c, const struct entry_query *q, struct str after)
{
    struct buf b = buf_new(c->arena, 128);
    buf_fmt(&b, "?f=%.*s", STR_ARG(q->which));
    add_query(c, &b, "q", q->words);
    add_query(c, &b, "sharing", q->sharing);
    add_query(c, &b, "class", q->class);
    add_query(c, &b, "open", q->open);
    if (q->unit) buf_fmt(&b, "&dept=%lld", (long long)q->unit);
    add_query(c, &b, "after", after);
    return buf_str(&b);
}

bool exchange_entries(struct ctx *c)
{
    struct entry_query q = {.words = in_text(c, "q"),
                            .sharing = in_text(c, "sharing"),
                            .class = in_text(c, "class"),
                            .open = in_text(c, "open"),
                            .which = in_has(c, "f") ? in_text(c, "f") : STR("published"),
                            .unit = in_i64(c, "dept", 0),
                            .own = ctx_may(c, "exchange.publish") ? 0 : c->actor.unit,
                            .after = in_text(c, "after")};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "entries"),
                *filters = json_set_array(c->arena, doc, "filters");
    struct data_entry *rows;
    size_t count;
    if (!ctx_may(c, "exchange.publish") && !q.own) q.own = -1; /* of no department: what is published */
    if (!entry_store_list(c, &q, &rows, &count)) return false;
    add_choice(c, filters, "Published", "published", q.which);
    add_choice(c, filters, "To be reviewed", "waiting", q.which);
    add_choice(c, filters, "Withdrawn", "withdrawn", q.which);
    add_choice(c, filters, "All", "all", q.which);
    add_filters(c, doc, &q);
    for (size_t i = 0; i < count && i < ENTRIES_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str name;
        if (!exchange_entry_name(c, rows[i].id, rows[i].name, &name)) return false;
        json_set_id(c->arena, o, "id", rows[i].id);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)rows[i].id));
        json_set_str(c->arena, o, "code", rows[i].code);
        json_set_str(c->arena, o, "name", name);
        json_set_str(c->arena, o, "department", exchange_unit_name(c, rows[i].unit));
        json_set_str(c->arena, o, "sharing", rows[i].sharing);
        json_set_str(c->arena, o, "sharing_label", exchange_label(c, sharing_words, rows[i].sharing));
        json_set_str(c->arena, o, "state_label", ctx_tr(c, state_msgid(&rows[i])));
        json_set_i64(c->arena, o, "version", rows[i].version);
    }
    json_set_bool(c->arena, doc, "has_entries", count > 0);
    json_set(doc, "new_href",
             ctx_may(c, "exchange.catalogue") && c->actor.unit
                 ? json_string(c->arena, STR("/office/exchange/new"))
                 : json_null(c->arena));
    json_set(doc, "pager", json_null(c->arena));
    if (count > ENTRIES_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next", next_page(c, &q, rows[ENTRIES_PAGE - 1].code));
    }
    return true;
}

/* ---- one entry ---- */

bool exchange_entry_scope(struct ctx *c)
{
    struct data_entry e;
    return ctx_path_id(c, "id", &c->row) && entry_load(c, c->row, &e);
}

static bool add_versions(struct ctx *c, struct json *doc, const struct data_entry *e)
{
    struct entry_version *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "versions");
    if (!entry_store_versions(c, e->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str author, publisher;
        if (!exchange_officer_name(c, rows[i].author, &author) ||
            !exchange_officer_name(c, rows[i].publisher, &publisher))
            return false;
        json_set_i64(c->arena, o, "version", rows[i].version);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/exchange/entries/%lld/versions/%lld", (long long)e->id,
                             (long long)rows[i].version));
        json_set_str(c->arena, o, "when", date_format(c->arena, date_of(rows[i].at)));
        json_set_str(c->arena, o, "author", author);
        json_set_str(c->arena, o, "publisher", publisher);
    }
    json_set_bool(c->arena, doc, "has_versions", count > 0);
    json_set_str(c->arena, doc, "published", count ? date_format(c->arena, date_of(rows[0].at)) : STR_EMPTY);
    return true;
}

static struct str act_path(struct ctx *c, const struct data_entry *e, const char *act)
{
    return str_fmt(c->arena, "/office/exchange/entries/%lld/%s", (long long)e->id, act);
}

static void add_steward_acts(struct ctx *c, struct json *acts, const struct data_entry *e)
{
    if (str_eq_c(e->pending, "draft")) {
        exchange_act(c, acts, act_path(c, e, "submit"), "Hand in for review", "main",
                     "Somebody else looks at it and publishes it.");
        exchange_act(c, acts, act_path(c, e, "discard"), "Discard the draft", "quiet",
                     "What is published stays as it is.");
    }
    if (str_eq_c(e->state, "published") && !e->pending.len)
        exchange_act(c, acts, act_path(c, e, "withdraw"), "Ask to withdraw it", "quiet",
                     "Somebody else decides. Until then it stays published.");
}

/* One pair of eyes may stop data from flowing, and let them flow again as they were agreed to. */
static void add_pause(struct ctx *c, struct json *acts, const struct data_entry *e,
                      const struct data_resource *r)
{
    if (str_eq_c(r->state, "suspended")) {
        exchange_act(c, acts, act_path(c, e, "resume"), "Give the data again", "main",
                     "Permits are in force again. Departments that have one are told.");
        return;
    }
    if (!str_eq_c(r->state, "open")) return;
    struct json *fields =
        exchange_act(c, acts, act_path(c, e, "suspend"), "Suspend the data", "quiet",
                     "Every call is refused from now on, until you give them again. Departments that have a "
                     "permit are told, with the reason.");
    exchange_field(c, fields, "words", "Reason", "textarea", STR_EMPTY, true);
}

static void add_review_acts(struct ctx *c, struct json *acts, const struct data_entry *e)
{
    bool review = str_eq_c(e->pending, "review");
    exchange_act(c, acts, act_path(c, e, "agree"), review ? "Publish" : "Withdraw", "main",
                 review ? "The draft becomes the next version, for all departments."
                        : "Nobody can ask for this data any more; its versions stay.");
    exchange_act(c, acts, act_path(c, e, "return"), "Send back", "quiet", "The steward goes on with it.");
}

bool exchange_entry(struct ctx *c)
{
    struct data_entry e;
    struct data_resource r;
    bool found;
    if (!entry_load(c, c->row, &e) || !resource_store_of_entry(c, c->row, &r, &found)) return false;
    bool mine = entry_is_mine(c, &e), reviews = ctx_may(c, "exchange.publish"),
         waits = str_eq_c(e.pending, "review") || str_eq_c(e.pending, "withdraw");
    const struct json *shown = e.draft && (mine || reviews) ? e.draft : e.doc;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts");
    json_set_id(c->arena, doc, "id", e.id);
    json_set_str(c->arena, doc, "code", json_text_of(shown, "code"));
    json_set_str(c->arena, doc, "name",
                 exchange_in_words(c, json_text_of(shown, "name"), json_text_of(shown, "en")));
    json_set_str(c->arena, doc, "name_en", json_text_of(shown, "en"));
    json_set_str(c->arena, doc, "state", e.state);
    json_set_str(c->arena, doc, "state_label", ctx_tr(c, state_msgid(&e)));
    json_set_i64(c->arena, doc, "version", e.version);
    json_set_bool(c->arena, doc, "shows_draft", shown == e.draft && e.doc);
    struct json *rows = json_set_array(c->arena, doc, "rows"),
                *changes = json_set_array(c->arena, doc, "changes");
    entry_rows(c, rows, &e, shown);
    entry_items(c, json_set_array(c->arena, doc, "items"), shown);
    json_set(doc, "entry", entry_metadata(c, &e, shown));
    if (shown == e.draft && e.doc) entry_changes(c, changes, e.doc, e.draft);
    json_set_bool(c->arena, doc, "has_changes", changes->count > 0);
    struct data_entry nobody = {0};
    if (!losses_show(c, doc, mine || reviews ? &e : &nobody)) return false;
    bool suspended = found && str_eq_c(r.state, "suspended");
    json_set(doc, "suspended", suspended ? json_string(c->arena, r.words) : json_null(c->arena));
    json_set(doc, "resource", found ? json_string(c->arena, r.code) : json_null(c->arena));
    json_set_bool(c->arena, doc, "resource_open", found && str_eq_c(r.state, "open"));
    json_set_str(c->arena, doc, "source_href", setup_may_see(c, &e) ? act_path(c, &e, "source") : STR_EMPTY);
    if (mine) add_steward_acts(c, acts, &e);
    if (mine && found) add_pause(c, acts, &e, &r);
    if (reviews && waits && e.author != c->actor.account) add_review_acts(c, acts, &e);
    json_set_bool(c->arena, doc, "own_review", reviews && waits && e.author == c->actor.account);
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    json_set(doc, "edit_href",
             mine && (!e.pending.len || str_eq_c(e.pending, "draft"))
                 ? json_string(c->arena, act_path(c, &e, "edit"))
                 : json_null(c->arena));
    json_set(doc, "request_href",
             ctx_may(c, "exchange.request") && !mine && found && str_eq_c(r.state, "open") &&
                     str_eq_c(e.state, "published") && !str_eq_c(e.sharing, "none")
                 ? json_string(c->arena, act_path(c, &e, "request"))
                 : json_null(c->arena));
    json_set(doc, "correct_href",
             str_eq_c(e.state, "published") && !mine && ctx_may(c, "correction.ask")
                 ? json_string(c->arena, act_path(c, &e, "correct"))
                 : json_null(c->arena));
    json_set(doc, "quality_href",
             str_eq_c(e.state, "published") && ctx_may(c, "quality.read")
                 ? json_string(c->arena, str_fmt(c->arena, "/office/exchange/quality/%lld", (long long)e.id))
                 : json_null(c->arena));
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    if (!entry_related(c, doc, shown) || !add_versions(c, doc, &e)) return false;
    exchange_row(c, rows, "Published on", json_text_of(doc, "published"), false);
    return true;
}

/* ---- the form ---- */

static void add_form(struct ctx *c, const struct json *d, struct str action)
{
    struct json *doc = ctx_doc(c);
    entry_form(c, json_set_array(c->arena, doc, "groups"), d);
    json_set_str(c->arena, doc, "action", action);
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
}

bool exchange_entry_new(struct ctx *c)
{
    add_form(c, NULL, STR("/office/exchange/new"));
    return true;
}

static bool load_mine(struct ctx *c, struct data_entry *e)
{
    return entry_load(c, c->row, e) &&
           (entry_is_mine(c, e) || err_denied(c->err, "exchange.not_provider",
                                              "Only the department that provides this data can do this."));
}

bool exchange_entry_edit(struct ctx *c)
{
    struct data_entry e;
    if (!load_mine(c, &e)) return false;
    add_form(c, e.draft ? e.draft : e.doc, act_path(c, &e, "edit"));
    return true;
}

static bool to_entry(struct ctx *c, int64_t id)
{
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/entries/%lld", (long long)id);
}

bool exchange_entry_create(struct ctx *c)
{
    struct data_entry e = {0};
    return entry_draft(c, &e, entry_sent(c)) && to_entry(c, e.id);
}

bool exchange_entry_save(struct ctx *c)
{
    struct data_entry e;
    return load_mine(c, &e) && entry_draft(c, &e, entry_sent(c)) && to_entry(c, e.id);
}

/* ---- acts ---- */

bool exchange_entry_submit(struct ctx *c)
{
    struct data_entry e;
    return load_mine(c, &e) && entry_submit(c, &e) && to_entry(c, e.id);
}

bool exchange_entry_discard(struct ctx *c)
{
    struct data_entry e;
    if (!load_mine(c, &e) || !entry_discard(c, &e)) return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange");
}

bool exchange_entry_withdraw(struct ctx *c)
{
    struct data_entry e;
    return load_mine(c, &e) && entry_ask_withdrawal(c, &e) && to_entry(c, e.id);
}

bool exchange_entry_agree(struct ctx *c)
{
    struct data_entry e;
    return entry_load(c, c->row, &e) && entry_agree(c, &e) && to_entry(c, e.id);
}

bool exchange_entry_return(struct ctx *c)
{
    struct data_entry e;
    return entry_load(c, c->row, &e) && entry_return(c, &e) && to_entry(c, e.id);
}

bool exchange_entry_suspend(struct ctx *c)
{
    struct data_entry e;
    return load_mine(c, &e) && entry_suspend(c, &e, in_text(c, "words")) && to_entry(c, e.id);
}

bool exchange_entry_resume(struct ctx *c)
{
    struct data_entry e;
    return load_mine(c, &e) && entry_resume(c, &e) && to_entry(c, e.id);
}

/* ---- fields ---- */

const struct field exchange_list_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "published|waiting|withdrawn|all"},
    {"q", FIELD_LINE, "Name or code", .max = NAME_MAX},
    {"sharing", FIELD_CHOICE, "How it is shared", .choices = "free|conditional|none"},
    {"class", FIELD_CHOICE, "Kind", .choices = "base|theme|department"},
    {"open", FIELD_CHOICE, "Open to society", .choices = "no|conditional|free"},
    {"dept", FIELD_ID, .label = "Department"},
    {"after", FIELD_LINE, "Code of the last entry before", .max = CODE_MAX},
    {0},
};

const struct field exchange_suspend_fields[] = {
    {"words", FIELD_TEXT, "Reason", .required = true, .max = 500},
    {0},
};
