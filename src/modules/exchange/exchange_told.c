/* Departments are told about data they use, and take note of it. */
#include "modules/exchange/exchange_told.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"

static const struct exchange_word kind_words[] = {
    {"version", "New version"},
    {"withdrawn", "Withdrawn from the catalogue"},
    {"suspended", "Suspended for now"},
    {"resumed", "Given again"},
    {"loses", "Items a permit names are no longer shared"},
    {"unshared", "No longer shared: the permit gives nothing"},
    {"extended", "Answered later"},
    {"ended", "Permit ended by the provider"},
    {"unconfirmed", "A permit on which nobody decided waits for a decision"},
    {"unanswered", "Permit suspended: nobody decided in time"},
    {0},
};

bool told_holders(struct ctx *c, const struct data_entry *e, const char *kind, struct str words)
{
    int64_t *units;
    size_t count;
    if (!told_store_holders(c, e, &units, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct told t = {.id = ctx_id(c),
                               .unit = units[i],
                               .entry = e->id,
                               .version = e->version,
                               .kind = str_c(kind),
                               .words = words};
        if (!told_store_add(c, &t)) return false;
    }
    return true;
}

bool told_asker(struct ctx *c, const struct share_permit *p, const char *kind, struct str words)
{
    const struct told t = {.id = ctx_id(c),
                           .unit = p->unit,
                           .entry = p->entry,
                           .permit = p->id,
                           .kind = str_c(kind),
                           .words = words};
    return !p->unit || told_store_add(c, &t);
}

/* ---- the page ---- */

static struct str href_of(struct ctx *c, const struct told *t)
{
    if (t->permit) return str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)t->permit);
    if (str_eq_c(t->kind, "version"))
        return str_fmt(c->arena, "/office/exchange/entries/%lld/versions/%lld", (long long)t->entry,
                       (long long)t->version);
    return str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)t->entry);
}

static bool describe(struct ctx *c, struct json *o, const struct told *t)
{
    struct str name, by = STR_EMPTY;
    if (!exchange_entry_name(c, t->entry, t->entry_name, &name)) return false;
    if (t->noted_at && !exchange_officer_name(c, t->noted_by, &by)) return false;
    json_set_id(c->arena, o, "id", t->id);
    json_set_str(c->arena, o, "name", name);
    json_set_str(c->arena, o, "href", href_of(c, t));
    json_set_str(c->arena, o, "when", date_words(c->lang, c->arena, date_of(t->at), date_of(c->now)));
    json_set_str(c->arena, o, "kind", t->kind);
    json_set_str(c->arena, o, "kind_label", exchange_label(c, kind_words, t->kind));
    json_set(o, "version",
             t->version && str_eq_c(t->kind, "version")
                 ? json_string(c->arena, str_fmt(c->arena, "%lld", (long long)t->version))
                 : json_null(c->arena));
    json_set_str(c->arena, o, "words", t->words);
    json_set_bool(c->arena, o, "may_note", !t->noted_at && ctx_may(c, "exchange.request"));
    json_set_str(c->arena, o, "noted",
                 t->noted_at
                     ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(by),
                               STR_ARG(date_words(c->lang, c->arena, date_of(t->noted_at), date_of(c->now))))
                     : STR_EMPTY);
    return true;
}

bool exchange_told_page(struct ctx *c)
{
    bool all = str_eq_c(in_text(c, "f"), "all");
    static const char *const chips[][2] = {{"open", "Not yet noted"}, {"all", "All"}};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "told"),
                *filters = json_set_array(c->arena, doc, "filters");
    struct told *rows;
    size_t count;
    int64_t unit = c->actor.unit ? c->actor.unit : -1;
    if (!told_store_list(c, unit, all, in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < 2; i++) {
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", all == (i == 1));
    }
    for (size_t i = 0; i < count && i < TOLD_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_told", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > TOLD_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%s&before=%lld", chips[all][0], (long long)rows[TOLD_PAGE - 1].id));
    }
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return true;
}

bool exchange_told_note(struct ctx *c)
{
    int64_t id = in_i64(c, "notice", 0);
    bool done;
    if (!told_store_note(c, c->actor.unit ? c->actor.unit : -1, id, &done)) return false;
    if (!done) return err_missing(c->err, "exchange.told", "There is no such notice, or it has been noted.");
    ctx_notice(c, "Recorded.");
    return evidence_add(c, "exchange.told_note", "exchange_told", id, 0, NULL) &&
           ctx_redirect(c, "/office/exchange/told");
}

/* ---- /office ---- */

static bool office_home(struct ctx *c, struct json *doc)
{
    int64_t unread;
    if (!ctx_may(c, "exchange.request") || !c->actor.unit) return true;
    if (!told_store_unread(c, c->actor.unit, &unread)) return false;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Changes of data we use"));
    json_set_c(c->arena, f, "href", "/office/exchange/told");
    json_set_str(c->arena, f, "count", str_fmt(c->arena, "%lld", (long long)unread));
    json_set(f, "color", json_null(c->arena));
    return true;
}

const struct people_part exchange_told_part = {.name = "exchange_told", .office_home = office_home};

/* ---- fields ---- */

const struct field exchange_told_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|all"},
    {"before", FIELD_ID, .label = "Notices before this one"},
    {0},
};

const struct field exchange_told_note_fields[] = {
    {"notice", FIELD_ID, "Notice", .required = true},
    {0},
};
