/* Whatever is uploaded: the body as the front reads it, the name it is saved under, what kind it is by its
 * content, and whether it is taken. The first byte chooses: 0 is a body as a stranger would send it, its
 * content type on the first line; anything else makes a right body around a file whose name is the first
 * line, which must come through byte for byte. */
#include "core/base/buf.h"
#include "core/http/field.h"
#include "core/http/request.h"

#include "picture.h"

#include <setjmp.h>

enum { FILE_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

static void inside(struct str part, struct str whole)
{
    must(!part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

/* What is stored is what was taken: a picture made anew, or a PDF as it is. */
static void take(struct arena *a, struct str content)
{
    enum file_kind kind = file_sniff(content);
    struct err e = {0};
    struct str kept = content;
    bool taken;
    if (costly_picture(content)) return;
    if (kind == FILE_PDF) {
        taken = pdf_acceptable(content, &e);
        must(!taken || str_find(content, STR("/JavaScript ")) == SIZE_MAX);
    } else {
        taken = image_reencode(a, kind, content, 64, &kept, &e);
    }
    must(taken || e.kind == ERR_INVALID);
    must(!taken || (kind != FILE_UNKNOWN && file_sniff(kept) == kind));
}

static void check_name(struct str name)
{
    must(name.len && utf8_valid(name) && !str_starts(name, STR(".")));
    for (size_t i = 0; i < name.len; i++)
        must((unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != '/' && name.ptr[i] != '\\' &&
             name.ptr[i] != 0x7f);
}

static void check_upload(struct arena *a, const struct request *r, const struct upload *u)
{
    const struct field table[] = {{str_z(a, u->field), FIELD_FILE, .required = true, .max = FILE_MAX}, {0}};
    struct json *out = json_object(a);
    struct err e = {0};
    inside(u->content, r->body);
    must(utf8_valid(u->field) && utf8_valid(u->filename));
    if (fields_read(table, &r->form, NULL, a, out, &e)) {
        const struct json *file = json_get(out, table[0].name);
        must(json_i64_of(file, "size", -1) <= FILE_MAX);
        check_name(json_text_of(file, "name"));
    } else {
        must(e.kind == ERR_INVALID);
    }
    take(a, u->content);
}

static bool read_body(struct arena *a, struct request *r, struct str body)
{
    struct err e = {0};
    r->body = body;
    if (!request_parse_multipart(r, a, body, &e)) {
        must(e.kind == ERR_INVALID);
        return false;
    }
    size_t count = 0;
    for (const struct param *p = r->form.first; p; p = p->next) {
        must(utf8_valid(p->name) && utf8_valid(p->value));
        inside(p->value, body);
    }
    for (const struct upload *u = r->uploads; u; u = u->next) {
        must(++count <= UPLOADS_MAX);
        check_upload(a, r, u);
    }
    return true;
}

/* Without what would end the header. */
static struct str quotable(struct arena *a, struct str line)
{
    struct buf b = buf_new(a, line.len);
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != '"' && line.ptr[i] != '\r' && line.ptr[i] != '\\' && line.ptr[i] != '\0')
            buf_add_char(&b, line.ptr[i]);
    return buf_str(&b);
}

static void right_body(struct arena *a, struct request *r, struct str name, struct str content)
{
    struct buf b = buf_new(a, content.len + 256);
    buf_add_c(&b, "--tb-edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n\xE7\x85\xA7\r\n"
                  "--tb-edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
    buf_add(&b, quotable(a, name));
    buf_add_c(&b, "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    buf_add(&b, content);
    buf_add_c(&b, "\r\n--tb-edge--\r\n");
    r->content_type = STR("multipart/form-data; boundary=tb-edge");
    if (!read_body(a, r, buf_str(&b))) {
        must(!utf8_valid(name) || str_find(content, STR("--tb-edge")) != SIZE_MAX || name.len > 200);
        return;
    }
    must(str_eq(params_get(&r->form, STR("note")), STR("\xE7\x85\xA7")));
    if (str_find(content, STR("--tb-edge")) != SIZE_MAX || !content.len) return;
    must(r->uploads && !r->uploads->next && str_eq(r->uploads->content, content));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct arena *a = arena_new(96 << 20);
    jmp_buf env;
    if (a && setjmp(env) == 0) {
        struct request r = {.method = METHOD_POST};
        struct str line, rest = str_cut(str_n(data + 1, size - 1), '\n', &line);
        arena_guard(a, &env);
        if (data[0]) {
            right_body(a, &r, line, rest);
        } else {
            r.content_type = line;
            read_body(a, &r, rest);
        }
    }
    arena_drop(a);
    return 0;
}
