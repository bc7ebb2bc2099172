/* Reading and writing speed of core/json: json_bench [FILE]. Without a file a list of services is made up. */
#include "core/base/time.h"
#include "core/json/json.h"

#include <time.h>

static struct str made_up(struct arena *a, int services)
{
    struct buf b = buf_new(a, 1 << 20);
    buf_add_char(&b, '[');
    for (int i = 0; i < services; i++)
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

static int64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Best of nine rounds in processor time; a round reads and writes the text `times` times. */
static void measure(const char *what, struct str text, int times)
{
    int64_t read_us = INT64_MAX, write_us = INT64_MAX;
    size_t used = 0, written = 0;
    struct arena *a = arena_new((size_t)1 << 32);
    for (int round = 0; round < 9; round++) {
        int64_t reading = 0, writing = 0;
        for (int i = 0; i < times; i++) {
            struct err e = {0};
            arena_reset(a);
            int64_t t0 = processor_us();
            struct json *j = json_parse(a, text, JSON_STRICT, &e);
            int64_t t1 = processor_us();
            if (!j) {
                fprintf(stderr, "%s\n", e.arg);
                exit(1);
            }
            used = arena_used(a);
            int64_t t2 = processor_us();
            written = json_to_str(a, j).len;
            writing += processor_us() - t2;
            reading += t1 - t0;
        }
        if (reading < read_us) read_us = reading;
        if (writing < write_us) write_us = writing;
    }
    printf("json, %s: %zu bytes, read %.0f MB/s, write %.0f MB/s, %.1f bytes of arena per byte\n", what,
           text.len, (double)text.len * times / (double)read_us, (double)written * times / (double)write_us,
           (double)used / (double)text.len);
    arena_drop(a);
}

int main(int argc, char **argv)
{
    struct arena *source = arena_new((size_t)1 << 32);
    measure("large", argc > 1 ? from_file(source, argv[1]) : made_up(source, 40000), 1);
    if (argc == 1) measure("an answer", made_up(source, 100), 400);
    arena_drop(source);
    return 0;
}
