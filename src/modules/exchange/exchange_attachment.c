/* Files a request for data carries: the basis in law as a document. They are looked into and kept before the
 * request is written; whoever may see the request may read them. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_permit.h"
#include "modules/people/people.h"

enum { ATTACHMENTS_MAX = 3, ATTACHMENT_MB = 3, SIDE_MAX = 2400 };

#define FIELD "files"

/* ---- taking them ---- */

static bool wrong(struct ctx *c, const char *msgid, struct str arg)
{
    return err_at(c->err, STR(FIELD), msgid, arg);
}

/* The name under which it may be shown and saved, by the same rule as every other upload. */
static struct str clean_name(struct ctx *c, const struct upload *u)
{
    static const struct field table[] = {{FIELD, FIELD_FILE, .label = "File"}, {0}};
    struct upload one = *u;
    struct params params = {.uploads = &one};
    struct json *out = json_object(c->arena);
    struct err ignored = {0};
    one.next = NULL;
    if (!fields_read(table, &params, NULL, c->arena, out, &ignored)) return STR("file");
    return json_text_of(json_get(out, FIELD), "name");
}

static bool clean(struct ctx *c, enum file_kind kind, struct str content, struct str *cleaned)
{
    struct err why = {0};
    *cleaned = content;
    if (kind == FILE_PDF ? pdf_acceptable(content, &why)
                         : image_reencode(c->arena, kind, content, SIDE_MAX, cleaned, &why))
        return true;
    if (why.kind == ERR_INVALID) return wrong(c, why.msgid, str_dup(c->arena, str_c(why.arg)));
    *c->err = why;
    return false;
}

static bool take(struct ctx *c, struct json *list, const struct upload *u)
{
    enum file_kind kind = file_sniff(u->content);
    struct str cleaned, blob;
    if (!u->content.len) return wrong(c, "This file is empty.", STR_EMPTY);
    if (kind == FILE_UNKNOWN)
        return wrong(c, "This kind of file is not accepted here. Please send a photo (JPEG, PNG) or a PDF.",
                     STR_EMPTY);
    if (u->content.len > (size_t)ATTACHMENT_MB << 20)
        return wrong(c, "This file is too large. At most %{arg} MB are accepted.",
                     str_fmt(c->arena, "%d", ATTACHMENT_MB));
    if (!clean(c, kind, u->content, &cleaned) || !blob_put(ctx_blobs(c), c->arena, cleaned, &blob, c->err))
        return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "blob", blob);
    json_set_str(c->arena, o, "name", clean_name(c, u));
    json_set_i64(c->arena, o, "size", (int64_t)cleaned.len);
    json_set_c(c->arena, o, "type", file_media_type(kind));
    return true;
}

bool exchange_request_prepare(struct ctx *c)
{
    c->prepared = json_object(c->arena);
    struct json *list = json_set_array(c->arena, c->prepared, "files");
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        if (!str_eq_c(u->field, FIELD)) continue;
        if (list->count == ATTACHMENTS_MAX)
            return wrong(c, "At most %{arg} files can be sent with a request.",
                         str_fmt(c->arena, "%d", ATTACHMENTS_MAX));
        if (!take(c, list, u)) return false;
    }
    return true;
}

static bool keep(struct ctx *c, const struct attachment *a)
{
    return blob_refer(&c->tx, a->blob, a->size, str_z(c->arena, a->type), c->now, "share_permit_file",
                      a->id) &&
           attachment_store_add(c, a);
}

bool attachments_copy(struct ctx *c, int64_t from, int64_t to)
{
    struct attachment *files;
    size_t count;
    if (!attachment_store_list(c, from, &files, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        files[i].id = ctx_id(c);
        files[i].permit = to;
        if (!keep(c, &files[i])) return false;
    }
    return true;
}

bool attachments_add(struct ctx *c, int64_t permit)
{
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        const struct attachment a = {.id = ctx_id(c),
                                     .permit = permit,
                                     .size = json_i64_of(f, "size", 0),
                                     .blob = json_text_of(f, "blob"),
                                     .name = json_text_of(f, "name"),
                                     .type = json_text_of(f, "type")};
        if (!keep(c, &a)) return false;
    }
    return true;
}

struct json *attachments_field(struct ctx *c, struct json *fields)
{
    struct json *f = ctx_field(c, fields, FIELD, "The basis as a file", "file", STR_EMPTY);
    json_set_bool(c->arena, f, "multiple", true);
    json_set_c(c->arena, f, "accept", "image/jpeg,image/png,application/pdf");
    json_set_i64(c->arena, f, "max_mb", ATTACHMENT_MB);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c, c->failed
                      ? "Choose the files again: they are not kept while something is missing."
                      : "The law, the decision or the duty as a photo or PDF: up to 3 files of "
                        "3 MB. Your own office, the provider, data managers and supervisors read them."));
    return f;
}

/* ---- reading them ---- */

static struct str size_text(struct ctx *c, int64_t size)
{
    return size < 1 << 20 ? str_fmt(c->arena, "%lld KB", (long long)((size + 1023) / 1024))
                          : str_fmt(c->arena, "%lld.%lld MB", (long long)(size >> 20),
                                    (long long)((size & 0xfffff) * 10 >> 20));
}

bool attachments_show(struct ctx *c, struct json *doc, int64_t permit)
{
    struct json *list = json_set_array(c->arena, doc, "files");
    struct attachment *rows;
    size_t count;
    if (!attachment_store_list(c, permit, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/exchange/permits/%lld/files/%lld", (long long)permit,
                             (long long)rows[i].id));
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "size", size_text(c, rows[i].size));
    }
    json_set_bool(c->arena, doc, "has_files", count > 0);
    return true;
}

bool exchange_attachment(struct ctx *c)
{
    struct attachment *rows;
    struct str content;
    int64_t id;
    size_t count;
    if (!ctx_path_id(c, "file", &id) || !attachment_store_list(c, c->row, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id)
            return blob_get(ctx_blobs(c), c->arena, rows[i].blob, &content, c->err) &&
                   people_send_file(c, content, rows[i].type, rows[i].name);
    return err_missing(c->err, "exchange.file", "This request has no such file.");
}
