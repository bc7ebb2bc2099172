#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/blob/image_internal.h"
#include "testing/testdb.h"

static struct arena *a;
static struct err e;
static struct keyring *keys;
static char folder[] = "/tmp/blobs-XXXXXX";
static const char *dir;
static struct blob_store *store;

static const char *below(const char *name)
{
    return str_z(a, str_fmt(a, "%s/%s", folder, name));
}

static int start(void **state)
{
    (void)state;
    a = arena_new((size_t)1 << 30);
    if (!mkdtemp(folder) || !crypto_start(&e)) return -1;
    struct key_provider p = key_provider_file(below("root.key"));
    if (!key_provider_file_create(p.path, &e) || !(keys = keyring_open(&p, &e))) return -1;
    dir = below("blobs");
    store = blob_open(dir, keys, &e);
    return store ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    blob_close(store);
    keyring_close(keys);
    const char *command = str_z(a, str_fmt(a, "rm -rf %s", folder));
    int rc = system(command);
    arena_drop(a);
    return rc;
}

static int clean(void **state)
{
    (void)state;
    e = (struct err){0};
    return 0;
}

static struct str put(struct str content)
{
    struct str id;
    if (!blob_put(store, a, content, &id, &e)) fail_msg("%s", e.detail);
    return id;
}

static const char *path_of(struct str id)
{
    return str_z(a, str_fmt(a, "%s/%.2s/%.*s", dir, id.ptr, (int)id.len - 2, id.ptr + 2));
}

static struct str noise(size_t len)
{
    char *p = arena_alloc(a, len + 1);
    if (len) crypto_random(p, len);
    return str_n(p, len);
}

static void what_is_put_is_got_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct str content = noise(sizes[i]), id = put(content), got;
        assert_int_equal(id.len, 64);
        if (!blob_get(store, a, id, &got, &e)) fail_msg("%s", e.detail);
        assert_true(str_eq(content, got));
        assert_true(str_eq(id, put(content)));
    }
}

static void files_on_disk_reveal_nothing(void **state)
{
    (void)state;
    struct str text = STR("this sentence stands in the file and must not be readable on the disk"),
               id = put(text), raw;
    uint8_t digest[SM3_SIZE];
    sm3(text, digest);
    assert_false(str_eq(id, str_hex(a, digest, sizeof digest)));
    assert_true(file_read(a, path_of(id), 1 << 20, &raw, &e));
    assert_true(str_find(raw, STR("sentence")) == SIZE_MAX);
}

static void every_altered_byte_is_noticed(void **state)
{
    (void)state;
    struct str id = put(noise(70000)), raw, got;
    const char *path = path_of(id);
    assert_true(file_read(a, path, 1 << 20, &raw, &e));
    for (size_t i = 0; i < raw.len; i += i < 60 ? 1 : 997) {
        struct str copy = str_dup(a, raw);
        ((char *)(uintptr_t)copy.ptr)[i] ^= 1;
        assert_true(file_write(path, copy, 0600, &e));
        struct err x = {0};
        assert_false(blob_get(store, a, id, &got, &x));
        assert_int_equal(x.kind, ERR_FAULT);
    }
    for (size_t cut = 0; cut < raw.len; cut += 4999) {
        struct err x = {0};
        assert_true(file_write(path, str_slice(raw, 0, cut), 0600, &e));
        assert_false(blob_get(store, a, id, &got, &x));
    }
    /* An empty file in its place, or another file's bytes, do not pass either. */
    struct str other = put(STR_EMPTY), empty;
    assert_true(file_read(a, path_of(other), 1 << 20, &empty, &e));
    assert_true(file_write(path, empty, 0600, &e));
    struct err x = {0};
    assert_false(blob_get(store, a, id, &got, &x));
    assert_true(file_write(path, raw, 0600, &e));
    assert_true(blob_get(store, a, id, &got, &e));
}

static void unknown_and_odd_names_are_missing(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "../../etc/passwd",
                                        "zz",
                                        "0000000000000000000000000000000000000000000000000000000000000000",
                                        "00/00000000000000000000000000000000000000000000000000000000000/.",
                                        "0A00000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct err x = {0};
        struct str got;
        assert_false(blob_get(store, a, str_c(names[i]), &got, &x));
        assert_string_equal(x.code, "blob.missing");
    }
}

static struct str used_id;

static bool in_use(void *arg, struct str id)
{
    (void)arg;
    return str_eq(id, used_id);
}

static void collector_removes_only_old_files_nobody_names(void **state)
{
    (void)state;
    struct str unused = put(noise(10)), got;
    used_id = put(noise(11));
    const char *leftover = str_z(a, str_fmt(a, "%s/%.2s/.new-abc", dir, used_id.ptr));
    assert_true(file_write(leftover, STR("half"), 0600, &e));
    int64_t now = time_now();
    assert_int_equal(blob_collect(store, a, now, MS_DAY, in_use, NULL, &e), 0);
    int64_t removed = blob_collect(store, a, now + 2 * MS_DAY, MS_DAY, in_use, NULL, &e);
    assert_true(removed >= 2);
    assert_true(blob_get(store, a, used_id, &got, &e));
    struct err x = {0};
    assert_false(blob_get(store, a, unused, &got, &x));
    assert_int_equal(access(leftover, F_OK), -1);
}

static void copies_open_with_the_same_keys(void **state)
{
    (void)state;
    struct str id = put(noise(200000)), got, before;
    assert_true(blob_get(store, a, id, &before, &e));
    assert_true(blob_copy_all(store, below("copy"), &e));
    assert_true(blob_copy_all(store, below("copy"), &e));
    struct blob_store *copy = blob_open(below("copy"), keys, &e);
    assert_true(blob_get(copy, a, id, &got, &e));
    assert_true(str_eq(before, got));
    blob_close(copy);
}

static void references_are_counted_once_and_taken_back(void **state)
{
    (void)state;
    struct db *db = testdb_open();
    struct db_tx tx;
    int applied;
    bool used;
    const struct db_migration *m = NULL;
    for (size_t i = 0; i < db_migration_count; i++)
        if (str_eq_c(str_c(db_migrations[i].module), "core/blob")) m = &db_migrations[i];
    assert_non_null(m);
    assert_true(db_migrate(db, m, 1, 1000, &applied, &e));
    assert_true(db_begin_write(db, a, &e, &tx));
    assert_true(blob_refer(&tx, STR("id"), 3, "image/png", 1000, "material", 7));
    assert_true(blob_refer(&tx, STR("id"), 3, "image/png", 1000, "material", 7));
    assert_true(blob_refer(&tx, STR("id"), 3, "image/png", 1000, "material", 8));
    assert_true(blob_release(&tx, STR("id"), "material", 7));
    assert_true(blob_in_use(&tx, STR("id"), &used) && used);
    assert_true(blob_release(&tx, STR("id"), "material", 8));
    assert_true(blob_in_use(&tx, STR("id"), &used) && !used);
    assert_true(db_end(db, &tx, true));
    testdb_close(db);
}

/* ---- pictures ---- */

static struct image_sink picture(unsigned w, unsigned h)
{
    struct image_sink s;
    assert_int_equal(sink_begin(&s, w, h, 0), IMAGE_FINE);
    for (unsigned y = 0; y < h; y++)
        for (unsigned x = 0; x < w; x++) {
            uint8_t *p = s.pixels + ((size_t)y * w + x) * 3;
            p[0] = x < w / 2 ? 250 : 5; /* left: red */
            p[1] = y < h / 2 ? 5 : 250; /* bottom: green */
            p[2] = 100;
        }
    return s;
}

static struct str encoded(enum file_kind kind, unsigned w, unsigned h)
{
    struct image_sink s = picture(w, h);
    struct image_out o = {0};
    assert_true(kind == FILE_JPEG ? jpeg_encode(&s, &o) : png_encode(&s, &o));
    struct str out = str_dup(a, str_n(o.bytes, o.len));
    mem_free(o.bytes);
    sink_end(&s);
    return out;
}

static struct image_sink decoded(struct str content)
{
    struct image_sink s = {0};
    enum file_kind kind = file_sniff(content);
    assert_int_equal(kind == FILE_JPEG ? jpeg_decode(content, 0, &s) : png_decode(content, 0, &s),
                     IMAGE_FINE);
    return s;
}

static const uint8_t *pixel(const struct image_sink *s, unsigned x, unsigned y)
{
    return s->pixels + ((size_t)y * s->out_w + x) * 3;
}

static void kinds_are_told_by_content(void **state)
{
    (void)state;
    assert_int_equal(file_sniff(encoded(FILE_JPEG, 8, 8)), FILE_JPEG);
    assert_int_equal(file_sniff(encoded(FILE_PNG, 8, 8)), FILE_PNG);
    assert_int_equal(file_sniff(STR("%PDF-1.7\n")), FILE_PDF);
    assert_int_equal(file_sniff(STR("<html>%PDF-1.7\n")), FILE_UNKNOWN);
    assert_int_equal(file_sniff(STR("")), FILE_UNKNOWN);
    assert_int_equal(file_sniff(STR("MZ")), FILE_UNKNOWN);
    assert_string_equal(file_media_type(FILE_PNG), "image/png");
}

static void pictures_are_scaled_and_keep_their_look(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = {FILE_JPEG, FILE_PNG};
    for (int i = 0; i < 2; i++) {
        struct str out;
        if (!image_reencode(a, kinds[i], encoded(kinds[i], 1000, 600), 300, &out, &e)) fail_msg("%s", e.code);
        assert_int_equal(file_sniff(out), kinds[i]);
        struct image_sink s = decoded(out);
        assert_int_equal(s.out_w, 300);
        assert_int_equal(s.out_h, 180);
        assert_true(pixel(&s, 10, 10)[0] > 230 && pixel(&s, 10, 10)[1] < 30);
        assert_true(pixel(&s, 290, 170)[0] < 30 && pixel(&s, 290, 170)[1] > 230);
        sink_end(&s);
        assert_true(image_reencode(a, kinds[i], encoded(kinds[i], 100, 1), 10, &out, &e));
        assert_true(image_reencode(a, kinds[i], encoded(kinds[i], 60, 40), 0, &out, &e));
    }
}

static unsigned changed(const struct image_sink *s, const struct image_sink *t)
{
    unsigned n = 0;
    for (size_t i = 0; i < (size_t)s->out_w * s->out_h * CHANNELS; i++)
        n += s->pixels[i] > t->pixels[i] + 20 || t->pixels[i] > s->pixels[i] + 20;
    return n;
}

static void a_mark_lies_over_the_whole_picture_and_the_picture_can_still_be_seen(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = {FILE_JPEG, FILE_PNG};
    uint8_t alpha[40 * 40] = {0};
    for (unsigned i = 0; i < 40; i++)
        memset(alpha + i * 40, 255, 10);
    const struct image_mask mask = {.w = 40, .h = 40, .alpha = alpha};
    for (int i = 0; i < 2; i++) {
        struct str in = encoded(kinds[i], 600, 400), out, tiny;
        assert_true(image_stamp(a, kinds[i], in, &mask, &out, &e));
        assert_int_equal(file_sniff(out), kinds[i]);
        struct image_sink plain = decoded(in), s = decoded(out);
        assert_int_equal(s.out_w, 600);
        assert_int_equal(s.out_h, 400);
        unsigned n = changed(&plain, &s);
        assert_true(n > 600 * 400 / 10 && n < 600 * 400 * 2); /* some of it, not all */
        for (unsigned x = 0; x < 290; x += 10)
            assert_true(pixel(&s, x, 10)[0] > 120); /* red stays red */
        sink_end(&plain);
        sink_end(&s);
        assert_true(image_stamp(a, kinds[i], encoded(kinds[i], 3, 2), &mask, &tiny, &e));
        struct err x = {0};
        assert_false(image_stamp(a, FILE_PDF, in, &mask, &out, &x));
    }
}

/* A JPEG with an EXIF block of one entry. */
static struct str with_orientation(struct str jpeg, char value)
{
    char exif[] = "\xFF\xE1\x00\x22"
                  "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0";
    exif[4 + 6 + 8 + 2 + 8] = value;
    return str_cat(a, str_cat(a, str_slice(jpeg, 0, 2), str_n(exif, 4 + 0x20)), str_slice(jpeg, 2, jpeg.len));
}

static void photographs_are_turned_upright_and_lose_their_metadata(void **state)
{
    (void)state;
    /* Where the red (left), green (bottom) corner comes to lie: x, y as fractions in tenths. */
    static const struct {
        char orientation;
        int x, y;
    } cases[] = {{1, 1, 9}, {2, 9, 9}, {3, 9, 1}, {4, 1, 1}, {5, 9, 1}, {6, 1, 1}, {7, 1, 9}, {8, 9, 9}};
    for (size_t i = 0; i < 8; i++) {
        struct str out, in = with_orientation(encoded(FILE_JPEG, 80, 40), cases[i].orientation);
        if (!image_reencode(a, FILE_JPEG, in, 0, &out, &e)) fail_msg("%s", e.code);
        assert_true(str_find(out, STR("Exif")) == SIZE_MAX);
        struct image_sink s = decoded(out);
        assert_int_equal(s.out_w, cases[i].orientation < 5 ? 80 : 40);
        const uint8_t *p =
            pixel(&s, s.out_w * (unsigned)cases[i].x / 10, s.out_h * (unsigned)cases[i].y / 10);
        if (!(p[0] > 200 && p[1] > 200)) fail_msg("orientation %d", cases[i].orientation);
        sink_end(&s);
    }
}

static void what_hides_in_a_picture_does_not_survive(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = {FILE_JPEG, FILE_PNG};
    for (int i = 0; i < 2; i++) {
        struct str out, in = str_cat(a, encoded(kinds[i], 40, 40), STR("<script>alert(1)</script>PK\3\4"));
        assert_true(image_reencode(a, kinds[i], in, 0, &out, &e));
        assert_true(str_find(out, STR("script")) == SIZE_MAX);
        assert_true(str_find(out, STR("PK\3\4")) == SIZE_MAX);
    }
}

static void damaged_pictures_are_refused(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = {FILE_JPEG, FILE_PNG};
    for (int i = 0; i < 2; i++) {
        struct str good = encoded(kinds[i], 200, 200), out;
        for (size_t cut = 0; cut + 12 < good.len; cut += good.len / 40 + 1) {
            struct err x = {0};
            assert_false(image_reencode(a, kinds[i], str_slice(good, 0, cut), 100, &out, &x));
            assert_string_equal(x.code, "file.broken");
        }
        struct err x = {0};
        assert_false(image_reencode(a, kinds[i], STR("%PDF-1.7"), 100, &out, &x));
        x = (struct err){0};
        assert_false(image_reencode(a, FILE_PDF, good, 100, &out, &x));
        assert_string_equal(x.code, "file.type");
    }
}

static void be32(uint8_t *p, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(n >> (24 - 8 * i));
}

static void png_chunk(struct buf *b, const char *type, struct str data)
{
    uint8_t n[4];
    be32(n, (uint32_t)data.len);
    buf_add(b, str_n(n, 4));
    struct str body = str_cat(a, str_c(type), data);
    buf_add(b, body);
    be32(n, (uint32_t)crc32(0, (const Bytef *)body.ptr, (uInt)body.len));
    buf_add(b, str_n(n, 4));
}

static void decompression_bombs_are_refused_before_they_are_unpacked(void **state)
{
    (void)state;
    uint8_t head[13] = {0};
    struct str out;
    be32(head, 30000);
    be32(head + 4, 30000);
    head[8] = 8;
    head[9] = 2;
    struct buf b = buf_new(a, 100);
    buf_add(&b, STR("\x89PNG\r\n\x1A\n"));
    png_chunk(&b, "IHDR", str_n(head, 13));
    png_chunk(&b, "IDAT", STR("x"));
    png_chunk(&b, "IEND", STR_EMPTY);
    assert_false(image_reencode(a, FILE_PNG, buf_str(&b), 100, &out, &e));
    assert_string_equal(e.code, "file.pixels");
    struct str jpeg = str_dup(a, encoded(FILE_JPEG, 64, 64));
    size_t sof = str_find(jpeg, STR("\xFF\xC0"));
    assert_true(sof != SIZE_MAX);
    memcpy((char *)(uintptr_t)jpeg.ptr + sof + 5, "\xFF\x00\xFF\x00", 4);
    e = (struct err){0};
    assert_false(image_reencode(a, FILE_JPEG, jpeg, 100, &out, &e));
    assert_string_equal(e.code, "file.pixels");
}

/* 100 bytes must not make the server take what they claim to be: the library would, for a text. */
static void a_claimed_length_takes_no_memory(void **state)
{
    (void)state;
    static const char *const types[] = {"tEXt", "zTXt", "iTXt", "iCCP", "eXIf",
                                        "sPLT", "hIST", "tRNS", "IDAT", "nONe"};
    uint8_t head[13] = {0, 0, 0, 2, 0, 0, 0, 2, 8, 2}, claim[4];
    be32(claim, 0x70000000);
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct buf b = buf_new(a, 100);
        struct err x = {0};
        struct str out;
        buf_add(&b, STR("\x89PNG\r\n\x1A\n"));
        png_chunk(&b, "IHDR", str_n(head, sizeof head));
        buf_add(&b, str_n(claim, 4));
        buf_add_c(&b, types[i]);
        buf_add(&b, STR("a\0bcd"));
        assert_false(image_reencode(a, FILE_PNG, buf_str(&b), 100, &out, &x));
        assert_string_equal(x.code, "file.broken");
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 << 10); /* KiB */
}

/* ---- PDF ---- */

static struct str pdf(const char *body)
{
    return str_fmt(a, "%%PDF-1.7\n%s\nstartxref\n9\n%%%%EOF\n", body);
}

static const char *pdf_verdict(struct str content)
{
    struct err x = {0};
    return pdf_acceptable(content, &x) ? "fine" : x.code;
}

static struct str object_stream(const char *text, const char *extra)
{
    Bytef packed[4096];
    uLongf len = sizeof packed;
    assert_int_equal(compress(packed, &len, (const Bytef *)text, (uLong)strlen(text)), Z_OK);
    struct str head = str_fmt(
        a, "%%PDF-1.7\n5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode%s/Length %lu>>stream\r\n",
        extra, len);
    return str_cat(a, str_cat(a, head, str_n(packed, len)),
                   STR("\nendstream\nendobj\nstartxref\n9\n%%EOF\n"));
}

static void plain_pdfs_are_accepted(void **state)
{
    (void)state;
    assert_string_equal(pdf_verdict(pdf("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj")), "fine");
    assert_string_equal(pdf_verdict(object_stream("1 0 <</Type/Catalog/Pages 2 0 R>>", "")), "fine");
}

static void active_pdfs_are_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {"1 0 obj<</S/JavaScript/JS(app.alert)>>endobj",
                                         "1 0 obj<</S/J#61vaScript/JS(x)>>endobj",
                                         "1 0 obj<</S /#4a#61#76#61#53#63#72#69#70#74>>endobj",
                                         "1 0 obj<</S/Launch/F(cmd.exe)>>endobj",
                                         "1 0 obj<</Type/EmbeddedFile>>endobj",
                                         "1 0 obj<</Names<</EmbeddedFiles 3 0 R>>>>endobj",
                                         "1 0 obj<</Subtype/RichMedia>>endobj",
                                         "1 0 obj<</AcroForm<</XFA 3 0 R>>>>endobj",
                                         "9 0 obj<<>>stream\n1 0 obj<</S/JavaScript>>endobj\nendstream"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_string_equal(pdf_verdict(pdf(bodies[i])), "file.active");
    assert_string_equal(pdf_verdict(object_stream("1 0 <</S/JavaScript/JS(x)>>", "")), "file.active");
    assert_string_equal(pdf_verdict(object_stream("1 0 <</S/J#61vaScript/JS(x)>>", "")), "file.active");
    assert_string_equal(pdf_verdict(object_stream("1 0 <<>>", "/DecodeParms<</Predictor 12>>")),
                        "file.active");
    assert_string_equal(
        pdf_verdict(pdf("5 0 obj<</Type/ObjStm/Filter/ASCIIHexDecode>>stream\n00\nendstream")),
        "file.active");
    assert_string_equal(
        pdf_verdict(pdf("5 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\nrubbish\nendstream")),
        "file.active");
    assert_string_equal(pdf_verdict(pdf("5 0 obj<</Type/ObjStm")), "file.active");
}

static void names_across_pieces_of_an_object_stream_are_found(void **state)
{
    (void)state;
    for (size_t before = 65536 - 14; before < 65536 + 3; before++) {
        char *text = arena_alloc(a, before + 20);
        memset(text, ' ', before);
        memcpy(text + before, "/JavaScript ", 13);
        Bytef packed[4096];
        uLongf len = sizeof packed;
        assert_int_equal(compress(packed, &len, (const Bytef *)text, before + 12), Z_OK);
        struct str whole =
            str_cat(a,
                    str_cat(a, STR("%PDF-1.7\n5 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"),
                            str_n(packed, len)),
                    STR("\nendstream\nstartxref\n9\n%%EOF\n"));
        assert_string_equal(pdf_verdict(whole), "file.active");
    }
}

static void locked_broken_and_disguised_pdfs_are_refused(void **state)
{
    (void)state;
    assert_string_equal(pdf_verdict(pdf("trailer<</Encrypt 5 0 R>>")), "file.locked");
    assert_string_equal(pdf_verdict(STR("")), "file.broken");
    assert_string_equal(pdf_verdict(STR("%PDF-1.7\n1 0 obj")), "file.broken");
    assert_string_equal(pdf_verdict(STR("GIF89a%PDF-1.7\nstartxref\n9\n%%EOF")), "file.broken");
    struct str long_tail = str_cat(a, pdf(""), noise(4096));
    assert_string_equal(pdf_verdict(long_tail), "file.broken");
}

static void unpacking_object_streams_has_an_end(void **state)
{
    (void)state;
    size_t len = (size_t)80 << 20;
    Bytef *zeros = arena_alloc(a, len), *packed = arena_alloc(a, 1 << 20);
    uLongf packed_len = 1 << 20;
    assert_int_equal(compress(packed, &packed_len, zeros, len), Z_OK);
    struct str whole = str_cat(a,
                               str_cat(a, STR("%PDF-1.7\n5 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"),
                                       str_n(packed, packed_len)),
                               STR("\nendstream\nstartxref\n9\n%%EOF\n"));
    assert_string_equal(pdf_verdict(whole), "file.active");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, clean)
    const struct CMUnitTest tests[] = {
        CASE(what_is_put_is_got_back),
        CASE(files_on_disk_reveal_nothing),
        CASE(every_altered_byte_is_noticed),
        CASE(unknown_and_odd_names_are_missing),
        CASE(collector_removes_only_old_files_nobody_names),
        CASE(copies_open_with_the_same_keys),
        CASE(references_are_counted_once_and_taken_back),
        CASE(kinds_are_told_by_content),
        CASE(pictures_are_scaled_and_keep_their_look),
        CASE(a_mark_lies_over_the_whole_picture_and_the_picture_can_still_be_seen),
        CASE(photographs_are_turned_upright_and_lose_their_metadata),
        CASE(what_hides_in_a_picture_does_not_survive),
        CASE(damaged_pictures_are_refused),
        CASE(decompression_bombs_are_refused_before_they_are_unpacked),
        CASE(a_claimed_length_takes_no_memory),
        CASE(plain_pdfs_are_accepted),
        CASE(active_pdfs_are_refused),
        CASE(names_across_pieces_of_an_object_stream_are_found),
        CASE(locked_broken_and_disguised_pdfs_are_refused),
        CASE(unpacking_object_streams_has_an_end),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
