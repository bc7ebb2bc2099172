/* Where the data of an entry come from, as officers see it and stewards set it up; files of rows. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_setup.h"

enum { DELIVERIES_SHOWN = 20 };

static struct str act_path(struct ctx *c, int64_t entry, const char *act)
{
    return str_fmt(c->arena, "/office/exchange/entries/%lld/%s", (long long)entry, act);
}

static struct str lines_of(struct ctx *c, const struct json *items)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(m, items)
    {
        buf_fmt(&b, "%.*s = %.*s\n", STR_ARG(m->key), STR_ARG(m->text));
    }
    return buf_str(&b);
}

static struct str kind_label(struct ctx *c, struct str code)
{
    const struct source_kind *k = source_kind_of(code);
    return k ? ctx_tr(c, k->label) : code;
}

static void add_rows(struct ctx *c, struct json *rows, const struct json *doc, bool secret)
{
    if (!doc) return;
    exchange_row(c, rows, "Kind", kind_label(c, json_text_of(doc, "kind")), false);
    exchange_row(c, rows, "Resource", json_text_of(doc, "code"), false);
    exchange_row(c, rows, "Place of the data", json_text_of(doc, "place"), false);
    exchange_row(c, rows, "Table or path", json_text_of(doc, "path"), false);
    exchange_row(c, rows, "Found by", json_text_of(doc, "key"), false);
    exchange_row(c, rows, "Requester (rid)", json_text_of(doc, "rid"), false);
    exchange_row(c, rows, "Service (sid)", json_text_of(doc, "sid"), false);
    exchange_row(c, rows, "How its short-lived secret is got", lines_of(c, json_get(doc, "ticket")), false);
    exchange_row(c, rows, "Items and their columns", lines_of(c, json_get(doc, "items")), false);
    exchange_row(c, rows, "Longest wait",
                 str_fmt(c->arena, "%lld ms", (long long)json_i64_of(doc, "timeout", SOURCE_TIMEOUT)), false);
    exchange_row(c, rows, "Records of one number, at most",
                 str_fmt(c->arena, "%lld", (long long)json_i64_of(doc, "limit", 1)), false);
    if (secret) exchange_row(c, rows, "Secret", ctx_tr(c, "Kept, sealed"), false);
}

/* ---- the form ---- */

static void add_form(struct ctx *c, struct json *acts, const struct data_entry *e, const struct json *doc)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    struct json *fields =
                    exchange_act(c, acts, act_path(c, e->id, "source"), "Set up where it comes from", "quiet",
                                 "A second person looks at it; until then everything goes on as it is."),
                *f = exchange_field(c, fields, "kind", "Kind", "select", json_text_of(doc, "kind"), true);
    for (const struct source_kind *k = source_kinds; k->code; k++)
        ctx_option(c, f, str_c(k->code), ctx_tr(c, k->label));
    exchange_field(c, fields, "code", "Resource", "text", json_text_of(doc, "code"), true);
    f = exchange_field(c, fields, "place", "Place of the data", "select", json_text_of(doc, "place"), false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "None: rows are delivered"));
    for (const struct place *p = state->sources.places; p; p = p->next)
        if (place_is_of(c, p, e->unit)) ctx_option(c, f, p->name, p->name);
    f = exchange_field(c, fields, "path", "Table or path", "text", json_text_of(doc, "path"), false);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "A table (name or schema.name), or the path of a service."));
    exchange_field(c, fields, "key", "Found by", "text", json_text_of(doc, "key"), true);
    f = exchange_field(c, fields, "items", "Items and their columns", "textarea",
                       lines_of(c, json_get(doc, "items")), false);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "One a line: item = column. Empty: every item by its own name."));
    exchange_field(c, fields, "rid", "Requester (rid)", "text", json_text_of(doc, "rid"), false);
    f = exchange_field(c, fields, "sid", "Service (sid)", "text", json_text_of(doc, "sid"), false);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Of services by a header convention alone."));
    f = exchange_field(c, fields, "ticket", "How its short-lived secret is got", "textarea",
                       lines_of(c, json_get(doc, "ticket")), false);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, "Of the older convention alone: path, sid, secret, until, cipher and text, one a line."));
    f = exchange_field(c, fields, "timeout", "Longest wait, in milliseconds", "text",
                       str_fmt(c->arena, "%lld", (long long)json_i64_of(doc, "timeout", SOURCE_TIMEOUT)),
                       true);
    json_set_c(c->arena, f, "inputmode", "numeric");
    f = exchange_field(c, fields, "limit", "Records of one number, at most", "text",
                       str_fmt(c->arena, "%lld", (long long)json_i64_of(doc, "limit", 1)), true);
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, "1: a second record of a number is a fault of the provider. Of tables and services that "
                  "have several, the answer is a list, and says where there are more."));
    f = exchange_field(c, fields, "secret", "Secret of the service", "password", STR_EMPTY, false);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Empty: the one there is stays."));
}

static void add_acts(struct ctx *c, struct json *acts, const struct data_entry *e,
                     const struct source_setup *s, bool own)
{
    bool mine = entry_is_mine(c, e), file = s->doc && str_eq_c(json_text_of(s->doc, "kind"), "file");
    if (s->draft && ctx_may(c, "exchange.publish") && !own) {
        exchange_act(c, acts, act_path(c, e->id, "source/agree"), "Agree", "main",
                     "From then on calls are answered from there.");
        exchange_act(c, acts, act_path(c, e->id, "source/return"), "Send back", "quiet",
                     "The steward goes on with it.");
    }
    if (mine && file) {
        struct json *fields =
            exchange_act(c, acts, act_path(c, e->id, "rows"), "Deliver a file", "main",
                         "CSV or JSON. It replaces all rows; only what changed is a change.");
        exchange_field(c, fields, "file", "File", "file", STR_EMPTY, true);
    }
    if (mine && e->doc && !json_text_of(e->doc, "register").len)
        add_form(c, acts, e, s->draft ? s->draft : s->doc);
}

static bool add_deliveries(struct ctx *c, struct json *doc, int64_t resource)
{
    struct json *list = json_set_array(c->arena, doc, "deliveries");
    struct delivery *rows;
    size_t count;
    int64_t standing, last;
    if (!delivery_store_list(c, resource, DELIVERIES_SHOWN, &rows, &count) ||
        !rows_store_count(c, resource, &standing, &last))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "batch", rows[i].batch);
        json_set_str(c->arena, o, "when", time_format(c->arena, rows[i].at));
        json_set_i64(c->arena, o, "count", rows[i].count);
        json_set_i64(c->arena, o, "inserted", rows[i].inserted);
        json_set_i64(c->arena, o, "updated", rows[i].updated);
        json_set_i64(c->arena, o, "deleted", rows[i].deleted);
        json_set_i64(c->arena, o, "refused", rows[i].refused);
    }
    json_set_bool(c->arena, doc, "has_deliveries", count > 0);
    json_set_i64(c->arena, doc, "standing", standing);
    return true;
}

bool setup_may_see(const struct ctx *c, const struct data_entry *e)
{
    return (c->actor.unit && e->unit == c->actor.unit) || ctx_may(c, "exchange.publish");
}

bool exchange_setup_scope(struct ctx *c)
{
    struct data_entry e;
    return ctx_path_id(c, "id", &c->row) && entry_load(c, c->row, &e) &&
           (setup_may_see(c, &e) ||
            err_missing(c->err, "exchange.entry", "There is no such entry of the catalogue of data."));
}

bool exchange_setup(struct ctx *c)
{
    struct data_entry e;
    struct data_resource r;
    struct source_setup s = {0};
    bool found, hung;
    if (!entry_load(c, c->row, &e) || !source_store_find(c, e.id, &s, &found) ||
        !resource_store_of_entry(c, e.id, &r, &hung))
        return false;
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts"),
                *rows = json_set_array(c->arena, doc, "rows");
    bool own = s.draft && s.author == c->actor.account,
         file = s.doc && str_eq_c(json_text_of(s.doc, "kind"), "file");
    json_set_str(c->arena, doc, "name", exchange_in_words(c, e.name, json_text_of(e.doc, "en")));
    json_set_str(c->arena, doc, "entry_href",
                 str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)e.id));
    if (e.doc && json_text_of(e.doc, "register").len)
        exchange_row(c, rows, "Kind", ctx_tr(c, "Register of this installation"), false);
    add_rows(c, rows, s.doc, s.has_secret);
    json_set_bool(c->arena, doc, "has_rows", rows->count > 0);
    rows = json_set_array(c->arena, doc, "draft");
    add_rows(c, rows, s.draft, false);
    json_set_bool(c->arena, doc, "has_draft", rows->count > 0);
    json_set_bool(c->arena, doc, "own_review", own && ctx_may(c, "exchange.publish"));
    add_acts(c, acts, &e, &s, own);
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    json_set_bool(c->arena, doc, "delivered", file && hung);
    json_set_array(c->arena, doc, "deliveries");
    json_set_bool(c->arena, doc, "has_deliveries", false);
    json_set_i64(c->arena, doc, "standing", 0);
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return !file || !hung || add_deliveries(c, doc, r.id);
}

static bool back(struct ctx *c, bool ok)
{
    if (!ok) return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/entries/%lld/source", (long long)c->row);
}

static bool load_mine(struct ctx *c, struct data_entry *e)
{
    return entry_load(c, c->row, e) &&
           (entry_is_mine(c, e) || err_denied(c->err, "exchange.not_provider",
                                              "Only the department that provides this data can do this."));
}

bool exchange_setup_save(struct ctx *c)
{
    static const char *const texts[] = {"code", "kind", "place", "path", "key", "rid", "sid"};
    struct data_entry e;
    struct json *doc = json_object(c->arena);
    struct str secret = in_text(c, "secret");
    if (!load_mine(c, &e)) return false;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_set_str(c->arena, doc, texts[i], in_text(c, texts[i]));
    json_set(doc, "items", setup_items(c, &e, in_text(c, "items")));
    if (in_has(c, "ticket")) json_set(doc, "ticket", setup_lines(c, in_text(c, "ticket")));
    json_set_i64(c->arena, doc, "timeout", in_i64(c, "timeout", SOURCE_TIMEOUT));
    json_set_i64(c->arena, doc, "limit", in_i64(c, "limit", 1));
    return back(c, setup_hand_in(c, &e, doc, secret.len ? &secret : NULL));
}

bool exchange_setup_agree(struct ctx *c)
{
    struct data_entry e;
    return back(c, entry_load(c, c->row, &e) && setup_agree(c, &e));
}

bool exchange_setup_return(struct ctx *c)
{
    struct data_entry e;
    return back(c, entry_load(c, c->row, &e) && setup_return(c, &e));
}

/* ---- files of rows ---- */

static bool source_of_entry(struct ctx *c, const struct source **out)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, c->row, &r, &found)) return false;
    *out = NULL;
    if (found && !source_store_read(c, r.id, out)) return false;
    return (*out && !(*out)->kind->waits) ||
           err_conflict(c->err, "exchange.no_rows", "Rows are not delivered for this entry.");
}

bool exchange_file_prepare(struct ctx *c)
{
    struct data_entry e;
    const struct source *s;
    const struct upload *u = ctx_upload(c, STR("file"));
    struct json *rows;
    if (!load_mine(c, &e) || !source_of_entry(c, &s)) return false;
    if (!u) return err_at(c->err, STR("file"), "This field is required.", STR_EMPTY);
    if (!rows_of_file(c, s, u->content, &rows)) return false;
    c->prepared = json_object(c->arena);
    json_set(c->prepared, "rows", rows);
    json_set_str(c->arena, c->prepared, "digest", rows_digest(c->arena, rows));
    return true;
}

bool exchange_file(struct ctx *c)
{
    struct data_entry e;
    const struct source *s;
    if (!load_mine(c, &e) || !source_of_entry(c, &s)) return false;
    struct delivery d = {.resource = s->resource,
                         .by = c->actor.account,
                         .batch = str_fmt(c->arena, "file-%lld", (long long)ctx_id(c)),
                         .digest = json_text_of(c->prepared, "digest"),
                         .whole = true};
    return back(c, rows_apply(c, s, &d, json_get(c->prepared, "rows")));
}

const struct field exchange_setup_fields[] = {
    {"kind", FIELD_CHOICE, "Kind", .required = true, .choices = "table|http|gjzwfwpt|gjgxjhpt|file"},
    {"code", FIELD_LINE, "Resource", .required = true, .max = CODE_MAX},
    {"place", FIELD_LINE, "Place of the data", .max = 60},
    {"path", FIELD_LINE, "Table or path", .max = 200},
    {"key", FIELD_LINE, "Found by", .required = true, .max = 100},
    {"rid", FIELD_LINE, "Requester (rid)", .max = 100},
    {"sid", FIELD_LINE, "Service (sid)", .max = 100},
    {"ticket", FIELD_TEXT, "How its short-lived secret is got", .max = 1000},
    {"items", FIELD_TEXT, "Items and their columns", .max = 8000},
    {"timeout", FIELD_INT, "Longest wait, in milliseconds", .required = true, .min = 100,
     .max = SOURCE_TIMEOUT_MAX},
    {"limit", FIELD_INT, "Records of one number, at most", .min = 1, .max = RECORDS_MAX},
    {"secret", FIELD_SECRET, "Secret of the service", .max = 400},
    {0},
};

const struct field exchange_file_fields[] = {
    {"file", FIELD_FILE, "File", .required = true, .max = 11 << 20},
    {0},
};
