/* Whatever bytes arrive: paths, forms, cookies, multipart and field tables never crash, read beyond, or break
 * their promises. The first byte of the input chooses what the rest is. */
#include "core/http/field.h"
#include "core/http/request.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

static void check_params(const struct params *p)
{
    for (const struct param *at = p->first; at; at = at->next) {
        must(utf8_valid(at->name) && utf8_valid(at->value));
        must(str_find_char(at->value, '\0') == SIZE_MAX);
    }
}

static const struct field TABLE[] = {
    {"line", FIELD_LINE, .required = true},
    {"text", .type = FIELD_TEXT},
    {"secret", .type = FIELD_SECRET},
    {"int", FIELD_INT, .min = 1, .max = 9},
    {"id", .type = FIELD_ID},
    {"date", .type = FIELD_DATE},
    {"bool", .type = FIELD_BOOL},
    {"choice", FIELD_CHOICE, .choices = "a|b"},
    {"list", .type = FIELD_LIST},
    {"file", FIELD_FILE, .max = 100},
    {"json", .type = FIELD_JSON},
    {0},
};

static void fields(struct arena *a, const struct params *p, const struct json *body)
{
    struct err e = {0};
    struct json *out = json_object(a);
    bool ok = fields_read(TABLE, p, body, a, out, &e);
    must(ok == (e.kind == ERR_NONE));
    must(utf8_valid(json_to_str(a, out)));
    struct str line = json_text_of(out, "line");
    must(utf8_count(line) <= 200 && str_find_char(line, '\n') == SIZE_MAX);
    struct str name = json_text_of(json_get(out, "file"), "name");
    must(str_find_char(name, '/') == SIZE_MAX && str_find_char(name, '\\') == SIZE_MAX &&
         !str_starts(name, STR(".")));
}

static void run(struct arena *a, uint8_t kind, struct str in)
{
    struct err e = {0};
    struct params p = {0};
    struct request r = {.content_type = STR("multipart/form-data; boundary=b")};
    struct str path;
    switch (kind % 6) {
    case 0:
        if (path_decode(a, in, &path)) {
            must(path.len && path.ptr[0] == '/' && utf8_valid(path) &&
                 str_find(path, STR("/../")) == SIZE_MAX);
            must(!str_ends(path, STR("/..")) && str_find_char(path, '\\') == SIZE_MAX);
        }
        break;
    case 1:
        if (params_parse_form(&p, a, in, &e)) {
            check_params(&p);
            fields(a, &p, NULL);
        }
        break;
    case 2:
        params_parse_cookies(&p, a, in);
        check_params(&p);
        break;
    case 3:
        if (request_parse_multipart(&r, a, in, &e)) {
            check_params(&r.form);
            fields(a, &r.form, NULL);
        } else {
            must(e.kind == ERR_INVALID);
        }
        break;
    case 4: { /* the first line is the content type */
        struct str rest = str_cut(in, '\n', &r.content_type);
        if (request_parse_multipart(&r, a, rest, &e)) check_params(&r.form);
        break;
    }
    default: {
        struct json *body = json_parse(a, in, JSON_STRICT, &e);
        if (body && body->type == JSON_OBJECT) fields(a, NULL, body);
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    struct arena *a = arena_new(32 << 20);
    jmp_buf env;
    arena_guard(a, &env);
    if (setjmp(env) == 0) run(a, data[0], str_n(data + 1, size - 1));
    arena_drop(a);
    return 0;
}
