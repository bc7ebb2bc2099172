/* A version of an entry as it was published, and what it changed. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_describe.h"

static struct str href_of(struct ctx *c, int64_t entry, int64_t version)
{
    return str_fmt(c->arena, "/office/exchange/entries/%lld/versions/%lld", (long long)entry,
                   (long long)version);
}

static void add_step(struct ctx *c, struct json *doc, const char *name, int64_t entry, int64_t version)
{
    json_set(doc, name, version ? json_string(c->arena, href_of(c, entry, version)) : json_null(c->arena));
}

static bool load(struct ctx *c, struct data_entry *e, struct entry_version *v)
{
    int64_t number;
    bool found = false;
    if (!entry_load(c, c->row, e)) return false;
    if (str_to_i64(ctx_path(c, "version"), &number) && !entry_store_version(c, e->id, number, v, &found))
        return false;
    return found || err_missing(c->err, "exchange.version", "There is no such version of this entry.");
}

bool exchange_entry_version(struct ctx *c)
{
    struct data_entry e;
    struct entry_version v, before = {0};
    struct str author, publisher;
    bool found = false;
    struct json *doc = ctx_doc(c), *changes = json_set_array(c->arena, doc, "changes");
    if (!load(c, &e, &v) ||
        (v.version > 1 && !entry_store_version(c, e.id, v.version - 1, &before, &found)) ||
        !exchange_officer_name(c, v.author, &author) || !exchange_officer_name(c, v.publisher, &publisher))
        return false;
    if (found) entry_changes(c, changes, before.doc, v.doc);
    json_set_id(c->arena, doc, "id", e.id);
    json_set_str(c->arena, doc, "code", json_text_of(v.doc, "code"));
    json_set_str(c->arena, doc, "name",
                 exchange_in_words(c, json_text_of(v.doc, "name"), json_text_of(v.doc, "en")));
    json_set_i64(c->arena, doc, "version", v.version);
    json_set_bool(c->arena, doc, "is_last", v.version == e.version);
    json_set_str(c->arena, doc, "when", date_format(c->arena, date_of(v.at)));
    json_set_str(c->arena, doc, "author", author);
    json_set_str(c->arena, doc, "publisher", publisher);
    json_set_bool(c->arena, doc, "has_changes", changes->count > 0);
    json_set_bool(c->arena, doc, "has_before", found);
    add_step(c, doc, "previous_href", e.id, v.version - 1);
    add_step(c, doc, "next_href", e.id, v.version < e.version ? v.version + 1 : 0);
    entry_rows(c, json_set_array(c->arena, doc, "rows"), &e, v.doc);
    entry_items(c, json_set_array(c->arena, doc, "items"), v.doc);
    json_set(doc, "entry", entry_metadata(c, &e, v.doc));
    json_set_str(c->arena, doc, "entry_href",
                 str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)e.id));
    exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return entry_related(c, doc, v.doc);
}
