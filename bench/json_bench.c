/* Reading and writing speed of core/json: json_bench [FILE]. Without a file a list of services is made up. */
#include "core/base/time.h"
#include "core/json/json.h"

static struct str made_up(struct arena *a)
{
    struct buf b = buf_new(a, 1 << 20);
    buf_add_char(&b, '[');
    for (int i = 0; i < 40000; i++)
        buf_fmt(
            &b,
            "%s{\"id\":\"%d\",\"name\":\"城乡居民基本养老保险参保登记\",\"department\":"
            "\"人力资源和社会保障局\",\"days\":%d,"
            "\"online\":true,\"fee\":null,\"ratio\":0.%d,\"url\":\"https:\\/\\/example.org\\/items\\/%d\","
            "\"materials\":[\"居民身份证\",\"户口簿\",\"申请表\"],\"note\":\"line one\\nline \\\"two\\\"\"}",
            i ? "," : "", 100000 + i, i % 60, i, i);
    buf_add_char(&b, ']');
    return buf_str(&b);
}

static struct str from_file(struct arena *a, const char *path)
{
    struct buf b = buf_new(a, 1 << 20);
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(buf_room(&b, 65536), 1, 65536, f)) > 0;)
        b.len += n;
    if (f) fclose(f);
    return buf_str(&b);
}

int main(int argc, char **argv)
{
    struct arena *source = arena_new((size_t)1 << 32);
    struct str text = argc > 1 ? from_file(source, argv[1]) : made_up(source);
    int64_t read_us = INT64_MAX, write_us = INT64_MAX;
    size_t used = 0, written = 0;
    for (int round = 0; round < 9; round++) {
        struct arena *a = arena_new((size_t)1 << 32);
        struct err e = {0};
        int64_t t0 = time_monotonic_us();
        struct json *j = json_parse(a, text, JSON_STRICT, &e);
        int64_t t1 = time_monotonic_us();
        if (!j) {
            fprintf(stderr, "%s\n", e.arg);
            return 1;
        }
        used = arena_used(a);
        int64_t t2 = time_monotonic_us();
        written = json_to_str(a, j).len;
        int64_t t3 = time_monotonic_us();
        if (t1 - t0 < read_us) read_us = t1 - t0;
        if (t3 - t2 < write_us) write_us = t3 - t2;
        arena_drop(a);
    }
    printf("json: %zu bytes, read %.0f MB/s, write %.0f MB/s, %.1f bytes of arena per byte\n", text.len,
           (double)text.len / (double)read_us, (double)written / (double)write_us,
           (double)used / (double)text.len);
    arena_drop(source);
    return 0;
}
