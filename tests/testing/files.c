#include "testing/files.h"

#include "core/base/arena.h"
#include "core/base/buf.h"

#include <dirent.h>
#include <unistd.h>

bool testing_read(struct arena *a, const char *path, struct str *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    struct buf b = buf_new(a, 4096);
    size_t n;
    while ((n = fread(buf_room(&b, 4096), 1, 4096, f)) > 0)
        b.len += n;
    bool ok = !ferror(f);
    fclose(f);
    *out = buf_str(&b);
    return ok;
}

const char *testing_shared(struct arena *a, const char *below)
{
    const char *root = getenv("TB_SHARED");
    struct str path = root && *root ? str_fmt(a, "%s/%s", root, below)
                                    : str_fmt(a, "%s/../shared/%s", TB_SOURCE_ROOT, below);
    const char *z = str_z(a, path);
    return access(z, R_OK) == 0 ? z : NULL;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

const char **testing_list(struct arena *a, const char *folder, const char *suffix, size_t *count)
{
    size_t cap = 64, n = 0;
    const char **names = ARENA_ARRAY(a, cap + 1, const char *);
    DIR *d = opendir(folder);
    struct dirent *entry;
    while (d && (entry = readdir(d))) {
        if (!str_ends(str_c(entry->d_name), str_c(suffix))) continue;
        if (n == cap) {
            const char **bigger = ARENA_ARRAY(a, cap * 2 + 1, const char *);
            memcpy(bigger, names, n * sizeof *names);
            names = bigger;
            cap *= 2;
        }
        names[n++] = str_z(a, str_c(entry->d_name));
    }
    if (d) closedir(d);
    qsort(names, n, sizeof *names, by_name);
    names[n] = NULL;
    *count = n;
    return names;
}

static void one_service(const char *folder, const char *name,
                        void (*fn)(struct arena *a, const char *name, const struct json *service))
{
    struct arena *a = arena_new(16 << 20);
    struct err e = {0};
    struct str text;
    if (!a || !testing_read(a, str_z(a, str_fmt(a, "%s/%s", folder, name)), &text)) abort();
    struct json *service = json_parse(a, text, JSON_STRICT, &e);
    if (!service) abort();
    fn(a, name, service);
    arena_drop(a);
}

int testing_each_service(void (*fn)(struct arena *a, const char *name, const struct json *service))
{
    static const char *const folders[] = {TB_SOURCE_ROOT "/data/catalogue/full",
                                          TB_SOURCE_ROOT "/data/catalogue/general"};
    size_t all = 0, count;
    for (size_t i = 0; i < 2; i++) {
        struct arena *a = arena_new(1 << 20);
        const char **names = a ? testing_list(a, folders[i], ".json", &count) : NULL;
        if (!names) abort();
        for (size_t k = 0; k < count; k++)
            one_service(folders[i], names[k], fn);
        all += count;
        arena_drop(a);
    }
    return (int)all;
}
