/* Words and shapes that the pages of this module share. */
#include "core/i18n/dates.h"
#include "engines/identifiers/identifiers.h"
#include "modules/licences/licences_internal.h"

static const char *find_word(const char *const (*table)[2], size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(key, table[i][0])) return table[i][1];
    return "";
}
#define WORD(table, key) find_word(table, sizeof(table) / sizeof(table)[0], key)

struct str licences_status_label(struct ctx *c, struct str status)
{
    static const char *const labels[][2] = {{"draft", "Being signed"},  {"valid", "In force"},
                                            {"suspended", "Suspended"}, {"revoked", "Revoked"},
                                            {"cancelled", "Cancelled"}, {"forfeited", "Forfeited"},
                                            {"expired", "Expired"},     {"not_yet", "Not yet valid"},
                                            {"superseded", "Replaced"}, {"altered", "Record altered"}};
    return ctx_tr(c, WORD(labels, status));
}

struct str licences_date(struct ctx *c, int32_t date)
{
    return date_words_full(c->lang, c->arena, date);
}

struct str licences_time(struct ctx *c, int64_t ms)
{
    return time_words_full(c->lang, c->arena, ms);
}

struct str licences_valid_text(struct ctx *c, const struct licence_record *r)
{
    if (!r->valid_to)
        return tr_arg(c->lang, c->arena, "From %{arg}, long-term", licences_date(c, r->valid_from));
    return str_fmt(c->arena, "%.*s – %.*s", STR_ARG(licences_date(c, r->valid_from)),
                   STR_ARG(licences_date(c, r->valid_to)));
}

/* A field with everything the partial "field" reads, so that nothing is looked up further out. */
struct json *licences_input(struct ctx *c, struct json *parent, const char *name, const char *label,
                            const char *kind, struct str value, bool required)
{
    struct json *f = ctx_field(c, parent, name, label, "text", value);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    static const char *const empty[] = {"hint",      "error", "source",   "autocomplete",
                                        "inputmode", "width", "maxlength"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        if (!json_get(f, empty[i])) json_set(f, empty[i], json_null(c->arena));
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    return f;
}

const char *licence_look(struct str type_name)
{
    static const struct {
        const char *part, *look;
    } looks[] = {{"护照", "passport"},  {"通行证", "passport"}, {"执照", "business"}, {"道路", "transport"},
                 {"运输", "transport"}, {"驾驶", "transport"},  {"卫生", "health"},   {"医疗", "health"},
                 {"护士", "health"},    {"医师", "health"},     {"证明", "proof"},    {"凭证", "proof"},
                 {"产权", "proof"},     {"烟草", "trade"},      {"食品", "trade"}};
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
        if (str_find(type_name, str_c(looks[i].part)) != SIZE_MAX) return looks[i].look;
    return "permit";
}

void licences_card(struct ctx *c, struct json *o, const struct licence_record *r)
{
    struct str status = licences_status_now(c, r);
    const struct unit *unit = orgs_unit(c, r->issuer);
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "type_name", r->type_name);
    json_set_c(c->arena, o, "look", licence_look(r->type_name));
    json_set_str(c->arena, o, "licence_no", r->number);
    json_set_str(c->arena, o, "licence_id", r->licence_id);
    json_set_str(c->arena, o, "issuer", unit ? unit->name : r->issuer_code);
    json_set_str(c->arena, o, "valid_text", licences_valid_text(c, r));
    json_set_str(c->arena, o, "valid_from", date_format(c->arena, r->valid_from));
    json_set(o, "valid_to",
             r->valid_to ? json_string(c->arena, date_format(c->arena, r->valid_to)) : json_null(c->arena));
    json_set_str(c->arena, o, "status", status);
    json_set_str(c->arena, o, "status_label", licences_status_label(c, status));
}

/* ---- history ---- */

static struct json *moment(struct ctx *c, struct json *list, struct str title, struct str when,
                           struct str datetime)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "title", title);
    json_set_str(c->arena, o, "when", when);
    json_set_str(c->arena, o, "datetime", datetime);
    json_set(o, "who", json_null(c->arena));
    json_set(o, "text", json_null(c->arena));
    json_set_bool(c->arena, o, "text_zh", true);
    return o;
}

static bool add_event(struct ctx *c, struct json *list, const struct licence_record *r,
                      const struct licence_event *e)
{
    static const char *const titles[][2] = {{"issue", "Issued"},
                                            {"suspend", "Suspended"},
                                            {"release", "Suspension lifted"},
                                            {"revoke", "Revoked"},
                                            {"cancel", "Cancelled"},
                                            {"forfeit", "Forfeited"},
                                            {"supersede", "Replaced by a newer licence"}};
    struct field_place at = {
        .table = "licence_event", .column = "reason", .row = e->id, .subject = r->holder};
    struct str reason = STR_EMPTY;
    if (e->reason.len && !field_open(ctx_keys(c), &c->tx, &at, e->reason, &reason)) {
        if (strcmp(c->err->code, "key.erased") != 0) return false;
        err_clear(c->err); /* of an erased holder */
        reason = STR_EMPTY;
    }
    const struct unit *unit = orgs_unit(c, e->unit);
    struct json *o = moment(c, list, ctx_tr(c, WORD(titles, e->op)), licences_time(c, e->at),
                            time_rfc3339(c->arena, e->at));
    json_set_str(c->arena, o, "op", e->op);
    if (unit) json_set_str(c->arena, o, "who", unit->name);
    if (reason.len || e->document.len)
        json_set_str(c->arena, o, "text",
                     str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(reason),
                             reason.len && e->document.len ? " · " : "", STR_ARG(e->document)));
    if (!licences_event_mac_fits(c, e))
        json_set_str(c->arena, o, "text", ctx_tr(c, "This entry was altered outside the program."));
    return true;
}

bool licences_timeline(struct ctx *c, struct json *doc, const struct licence_record *r)
{
    struct licence_event *events;
    size_t count;
    if (!licences_store_events(c, r->id, &events, &count)) return false;
    struct json *list = json_set_array(c->arena, doc, "timeline");
    for (size_t i = 0; i < count; i++)
        if (!add_event(c, list, r, &events[i])) return false;
    if (str_eq_c(licences_status_now(c, r), "expired"))
        moment(c, list, ctx_tr(c, "Expired"), licences_date(c, r->valid_to + 1),
               date_format(c->arena, r->valid_to + 1));
    for (struct json *o = list->first; o; o = o->next) {
        const char *state = o->next ? "done" : "now";
        json_set_c(c->arena, o, "state", state);
        json_set_bool(c->arena, json_set_object(c->arena, o, "at"), state, true);
    }
    return true;
}
