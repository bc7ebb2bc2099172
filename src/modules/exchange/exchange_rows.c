#include "modules/exchange/exchange_rows.h"

#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_feed.h"

enum { NUMBER_MAX = 64, COLUMNS_MAX = 200 };

struct str rows_digest(struct arena *a, const struct json *rows)
{
    struct sm3_stream *s = sm3_begin(a);
    struct buf b = buf_new(a, 1024);
    uint8_t digest[SM3_SIZE];
    JSON_EACH(r, rows)
    {
        b.len = 0;
        json_write_canonical(&b, r);
        buf_add_char(&b, '\n');
        sm3_feed(s, buf_str(&b));
    }
    sm3_end(s, digest);
    return str_hex(a, digest, sizeof digest);
}

/* What is kept of a digest for good: the datum of a person could be guessed from a bare one. */
static struct str kept_digest(struct ctx *c, struct str digest)
{
    struct str index = blind_index(ctx_keys(c), c->arena, "exchange:delivery", digest);
    return str_hex(c->arena, index.ptr, index.len);
}

bool rows_provide(struct ctx *c, const struct source *s, struct str number, const struct json **record)
{
    struct kept_row *rows;
    size_t count;
    *record = NULL;
    if (!rows_store_find(c, s->resource, number, &rows, &count)) return false;
    if (count > 1) return source_broken(c->err, "two rows of one number");
    if (count && !str_eq(rows[0].number, number))
        return source_broken(c->err, "a row is filed under another number than its own");
    if (count) *record = rows[0].data;
    return true;
}

/* ---- applying ---- */

static void refuse(struct ctx *c, struct delivery *d, struct str guid, const char *reason)
{
    d->refused++;
    if (d->refusals->count >= REFUSED_SHOWN) return;
    struct json *o = json_add_object(c->arena, d->refusals);
    json_set_str(c->arena, o, "guid", guid);
    json_set_c(c->arena, o, "reason", reason);
}

static bool visible(struct str s, size_t most)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] == 127) return false;
    return s.len > 0 && s.len <= most;
}

/* What is wrong with it: "" or a word for programs. */
static const char *fault_of(struct ctx *c, const struct source *s, const struct json *given,
                            struct kept_row *row)
{
    struct err wrong = {0};
    row->guid = json_text_of(given, "guid");
    row->op = json_text_of(given, "op");
    row->number = json_text_of(given, "number");
    bool gone = str_eq_c(row->op, "D");
    if (!visible(row->guid, GUID_MAX)) return "guid";
    if (!gone && !str_eq_c(row->op, "I") && !str_eq_c(row->op, "U")) return "op";
    if (gone) return "";
    if (!visible(row->number, NUMBER_MAX)) return "number";
    return source_accept(c->arena, s, json_get(given, "data"), &row->data, &wrong) && row->data ? "" : "data";
}

static bool put(struct ctx *c, struct delivery *d, struct kept_row *row, struct str digest)
{
    return rows_store_next(c, d->resource, &row->seq) && rows_store_put(c, row, digest, d->id);
}

static bool remove_row(struct ctx *c, struct delivery *d, struct kept_row *row)
{
    row->op = STR("D");
    row->data = NULL;
    d->deleted++;
    return put(c, d, row, STR_EMPTY);
}

/* Does another row have its number? What a whole file does not name makes room. */
static bool number_taken(struct ctx *c, struct delivery *d, const struct kept_row *row, bool *taken)
{
    struct kept_row *rows;
    size_t count;
    *taken = false;
    if (!rows_store_find(c, d->resource, row->number, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].guid, row->guid)) continue;
        if (!d->whole || rows[i].delivery == d->id)
            *taken = true;
        else if (!remove_row(c, d, &rows[i]))
            return false;
    }
    return true;
}

static bool apply_one(struct ctx *c, const struct source *s, struct delivery *d, const struct json *given)
{
    struct kept_row row = {0}, there;
    struct str before, digest;
    bool found, taken = false;
    const char *fault = fault_of(c, s, given, &row);
    if (*fault) {
        refuse(c, d, str_slice(row.guid, 0, GUID_MAX), fault);
        return true;
    }
    if (!rows_store_by_guid(c, d->resource, row.guid, &there, &before, &found)) return false;
    bool stands = found && !str_eq_c(there.op, "D");
    if (str_eq_c(row.op, "D")) {
        if (stands) return remove_row(c, d, &there);
        d->same++;
        return true;
    }
    digest = blind_index(
        ctx_keys(c), c->arena, "exchange:row",
        str_fmt(c->arena, "%.*s %.*s", STR_ARG(row.number), STR_ARG(json_to_str(c->arena, row.data))));
    if (stands && str_eq(digest, before)) {
        d->same++;
        return !d->whole || rows_store_seen(c, there.id, d->id);
    }
    bool another = !stands || !str_eq(there.number, row.number);
    if (another && !number_taken(c, d, &row, &taken)) return false;
    if (taken) {
        refuse(c, d, row.guid, "taken");
        return true;
    }
    row.id = found ? there.id : ctx_id(c);
    row.resource = d->resource;
    row.op = stands ? STR("U") : STR("I");
    d->updated += stands;
    d->inserted += !stands;
    return put(c, d, &row, digest);
}

/* What a whole file does not name is gone. */
static bool remove_unseen(struct ctx *c, struct delivery *d)
{
    struct kept_row *rows;
    size_t count;
    do {
        if (!rows_store_unseen(c, d->resource, d->id, &rows, &count)) return false;
        for (size_t i = 0; i < count; i++)
            if (!remove_row(c, d, &rows[i])) return false;
    } while (count);
    return true;
}

static bool record(struct ctx *c, const struct delivery *d)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "resource", d->resource);
    json_set_str(c->arena, detail, "batch", d->batch);
    json_set_str(c->arena, detail, "digest", d->digest);
    json_set_i64(c->arena, detail, "inserted", d->inserted);
    json_set_i64(c->arena, detail, "updated", d->updated);
    json_set_i64(c->arena, detail, "deleted", d->deleted);
    json_set_i64(c->arena, detail, "refused", d->refused);
    return evidence_add(c, "exchange.deliver", "exchange_delivery", d->id, 0, detail);
}

bool rows_apply(struct ctx *c, const struct source *s, struct delivery *d, const struct json *rows)
{
    struct delivery before;
    bool found;
    d->digest = kept_digest(c, d->digest);
    if (!delivery_store_find(c, d->resource, d->batch, &before, &found)) return false;
    if (found && !str_eq(before.digest, d->digest))
        return err_conflict(c->err, "exchange.batch_changed",
                            "This batch was delivered before with other content.");
    if (found) {
        *d = before;
        d->again = true;
        return true;
    }
    d->id = ctx_id(c);
    d->at = c->now;
    d->refusals = json_array(c->arena);
    d->count = 0;
    JSON_EACH(one, rows)
    {
        d->count++;
        if (!apply_one(c, s, d, one)) return false;
    }
    return (!d->whole || remove_unseen(c, d)) && delivery_store_add(c, d) && feed_wake(c, d->resource) &&
           record(c, d);
}

/* ---- files ---- */

static bool no_file(struct ctx *c, const char *msgid)
{
    return err_at(c->err, STR("file"), msgid, STR_EMPTY);
}

/* One value of a line (RFC 4180 §2); *pos moves behind it. *last: the line ends here. */
static bool next_value(struct arena *a, struct str text, size_t *pos, struct str *value, bool *last)
{
    struct buf b = buf_new(a, 32);
    size_t i = *pos;
    bool quoted = i < text.len && text.ptr[i] == '"';
    if (quoted) i++;
    for (; i < text.len; i++) {
        char ch = text.ptr[i];
        if (quoted && ch == '"') {
            if (i + 1 >= text.len || text.ptr[i + 1] != '"') {
                quoted = false;
                continue;
            }
            i++;
        } else if (!quoted && (ch == ',' || ch == '\n')) {
            break;
        } else if (!quoted && ch == '\r') {
            continue;
        }
        buf_add_char(&b, ch);
    }
    *last = i >= text.len || text.ptr[i] == '\n';
    *pos = i + 1;
    *value = buf_str(&b);
    return !quoted;
}

static bool csv_objects(struct ctx *c, struct str text, struct json *out)
{
    const char *names[COLUMNS_MAX];
    size_t pos = 0, columns = 0;
    struct str value;
    bool last = false;
    if (str_starts(text, STR("\xEF\xBB\xBF"))) pos = 3;
    while (!last) {
        if (columns == COLUMNS_MAX || !next_value(c->arena, text, &pos, &value, &last)) return false;
        names[columns++] = str_z(c->arena, str_trim(value));
    }
    while (pos < text.len) {
        struct json *o = json_object(c->arena);
        size_t n = 0;
        for (last = false; !last; n++) {
            if (!next_value(c->arena, text, &pos, &value, &last) || (n >= columns && value.len)) return false;
            if (n < columns)
                json_set(o, names[n], value.len ? json_string(c->arena, value) : json_null(c->arena));
        }
        if (n > 1 || columns == 1) json_add(out, o); /* an empty line is none */
    }
    return true;
}

/* One row of the file as one of a delivery; the number itself names no row. */
static struct json *row_of(struct ctx *c, const struct source *s, const struct json *o)
{
    struct json *row = json_object(c->arena), *data = json_object(c->arena);
    const struct json *number = json_get_str(o, s->key);
    for (size_t i = 0; i < s->item_count; i++) {
        const struct json *value = json_get_str(o, s->items[i].from);
        if (value) json_set(data, str_z(c->arena, s->items[i].id), json_copy(c->arena, value));
    }
    struct str text = number ? exchange_number(c, number->text) : STR_EMPTY;
    struct str index = blind_index(ctx_keys(c), c->arena, "exchange:row", text);
    json_set_str(c->arena, row, "guid", str_hex(c->arena, index.ptr, index.len));
    json_set_c(c->arena, row, "op", "U");
    json_set_str(c->arena, row, "number", text);
    json_set(row, "data", data);
    return row;
}

bool rows_of_file(struct ctx *c, const struct source *s, struct str content, struct json **rows)
{
    struct json *objects = json_array(c->arena);
    struct err wrong = {0};
    if (!utf8_valid(content)) return no_file(c, "The file is no text in UTF-8.");
    if (str_starts(str_trim(content), STR("["))) {
        objects = json_parse(c->arena, content, JSON_STRICT, &wrong);
        if (!objects) return no_file(c, "The file is neither CSV nor a JSON array of objects.");
    } else if (!csv_objects(c, content, objects)) {
        return no_file(c, "The file is neither CSV nor a JSON array of objects.");
    }
    if (objects->count > DELIVERY_ROWS_MAX)
        return no_file(c, "The file has too many rows. Deliver them in batches.");
    *rows = json_array(c->arena);
    JSON_EACH(o, objects)
    {
        if (!json_get_str(o, s->key)) return no_file(c, "A row has no value in the column of the key.");
        json_add(*rows, row_of(c, s, o));
    }
    return true;
}
