/* The manifest as an embedded file of a PDF, added by an incremental update (ISO 32000-1 §7.5.6, §7.11.4). */
#include "engines/manifest/manifest.h"

/* With the line feed before it, which no JSON text can hold. */
#define MARK      "\n%tongban-manifest/1 "
#define FILE_NAME "tongban-manifest.json"

enum { HEADER_REACH = 400, OBJECTS_MAX = 1000000 };

static bool last_of(struct str s, struct str word, size_t *at)
{
    for (size_t i = s.len >= word.len ? s.len - word.len + 1 : 0; i-- > 0;)
        if (s.ptr[i] == word.ptr[0] && memcmp(s.ptr + i, word.ptr, word.len) == 0) {
            *at = i;
            return true;
        }
    return false;
}

/* The whole number behind `word` (spaces between), within s. */
static bool number_behind(struct str s, struct str word, int64_t *n)
{
    size_t at = str_find(s, word), i;
    if (at == SIZE_MAX) return false;
    struct str rest = str_slice(s, at + word.len, s.len);
    for (i = 0; i < rest.len && (rest.ptr[i] == ' ' || rest.ptr[i] == '\n' || rest.ptr[i] == '\r'); i++)
        ;
    rest = str_slice(rest, i, rest.len);
    for (i = 0; i < rest.len && i < 18 && rest.ptr[i] >= '0' && rest.ptr[i] <= '9'; i++)
        ;
    return str_to_i64(str_slice(rest, 0, i), n);
}

struct base {
    int64_t root, size, info, xref;
    struct str catalog; /* between << and >> */
};

/* Reads what the update must repeat: the classic trailer and the catalog as cairo writes them. */
static bool read_base(struct arena *a, struct str face, struct base *b)
{
    size_t at;
    if (str_find(face, STR(MARK)) != SIZE_MAX || !last_of(face, STR("trailer"), &at)) return false;
    struct str trailer = str_slice(face, at, face.len);
    if (!number_behind(trailer, STR("/Root"), &b->root) || !number_behind(trailer, STR("/Size"), &b->size) ||
        !number_behind(trailer, STR("startxref"), &b->xref))
        return false;
    if (!number_behind(trailer, STR("/Info"), &b->info)) b->info = 0;
    if (b->root <= 0 || b->root >= b->size || b->size > OBJECTS_MAX) return false;
    if (!last_of(face, str_fmt(a, "\n%lld 0 obj", (long long)b->root), &at)) return false;
    struct str object = str_slice(face, at + 1, face.len);
    size_t from = str_find(object, STR("<<")), to = str_find(object, STR("endobj"));
    if (from == SIZE_MAX || to == SIZE_MAX || from >= to ||
        !last_of(str_slice(object, from, to), STR(">>"), &at))
        return false;
    b->catalog = str_trim(str_slice(object, from + 2, from + at));
    return str_find(b->catalog, STR("/Names")) == SIZE_MAX;
}

bool manifest_attach(struct arena *a, struct str face, struct str json, struct str *pdf, struct err *e)
{
    struct base b;
    if (!read_base(a, face, &b)) return err_fault(e, "the PDF has no classic trailer and catalog");
    struct buf out = buf_new(a, face.len + json.len + 2048);
    long long file = b.size, spec = b.size + 1;
    buf_add(&out, face);
    buf_add(&out, STR(MARK));
    buf_fmt(&out, "%zu %zu\n", face.len, json.len);
    size_t file_at = out.len;
    buf_fmt(&out,
            "%lld 0 obj\n<< /Type /EmbeddedFile /Subtype /application#2Fjson /Params << /Size %zu >> /Length "
            "%zu >>\nstream\n",
            file, json.len, json.len);
    buf_add(&out, json);
    buf_add(&out, STR("\nendstream\nendobj\n"));
    size_t spec_at = out.len;
    buf_fmt(&out,
            "%lld 0 obj\n<< /Type /Filespec /F (" FILE_NAME ") /UF (" FILE_NAME
            ") /AFRelationship /Data /EF << /F %lld 0 R >> >>\nendobj\n",
            spec, file);
    size_t root_at = out.len;
    buf_fmt(&out, "%lld 0 obj\n<< ", (long long)b.root);
    buf_add(&out, b.catalog);
    buf_fmt(&out,
            "\n/Names << /EmbeddedFiles << /Names [(" FILE_NAME
            ") %lld 0 R] >> >> /AF [%lld 0 R] >>\nendobj\n",
            spec, spec);
    size_t xref_at = out.len;
    buf_fmt(&out, "xref\n%lld 1\n%010zu 00000 n \n%lld 2\n%010zu 00000 n \n%010zu 00000 n \n",
            (long long)b.root, root_at, file, file_at, spec_at);
    buf_fmt(&out, "trailer\n<< /Size %lld /Root %lld 0 R ", spec + 1, (long long)b.root);
    if (b.info > 0) buf_fmt(&out, "/Info %lld 0 R ", (long long)b.info);
    buf_fmt(&out, "/Prev %lld >>\nstartxref\n%zu\n%%%%EOF\n", (long long)b.xref, xref_at);
    *pdf = buf_str(&out);
    return true;
}

bool manifest_extract(struct arena *a, struct str pdf, struct str *json, struct str *face, bool *intact)
{
    size_t mark;
    struct str head, rest, again;
    struct err why = {0};
    int64_t face_len, json_len;
    *intact = false;
    if (!last_of(pdf, STR(MARK), &mark)) return false;
    struct str after = str_slice(pdf, mark + sizeof MARK - 1, pdf.len);
    rest = str_cut(after, '\n', &head);
    struct str second = str_cut(head, ' ', &head);
    if (!str_to_i64(head, &face_len) || !str_to_i64(second, &json_len) || json_len < 2 ||
        json_len > MANIFEST_BYTES_MAX || face_len < 0 || (uint64_t)face_len > pdf.len)
        return false;
    size_t stream = str_find(str_slice(rest, 0, HEADER_REACH), STR("stream\n"));
    if (stream == SIZE_MAX || rest.len - stream - 7 < (uint64_t)json_len) return false;
    *json = str_slice(rest, stream + 7, stream + 7 + (size_t)json_len);
    *face = str_slice(pdf, 0, (size_t)face_len);
    *intact =
        (size_t)face_len == mark && manifest_attach(a, *face, *json, &again, &why) && str_eq(again, pdf);
    return true;
}
