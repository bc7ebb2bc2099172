/* The folder data/catalogue as it ships: every text becomes content-addressed data of the directory. */
#include "modules/catalogue/catalogue_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20, FILES_MAX = 512 };

static bool read_file(struct ctx *c, const char *path, struct str *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > FILE_MAX) {
        if (fd >= 0) close(fd);
        err_missing(c->err, "cli.file", "The file %{arg} cannot be read.");
        err_arg(c->err, str_c(path));
        return false;
    }
    char *bytes = arena_array(c->arena, (size_t)st.st_size + 1, 1);
    size_t have = 0;
    ssize_t n;
    while (have < (size_t)st.st_size && (n = read(fd, bytes + have, (size_t)st.st_size - have)) > 0)
        have += (size_t)n;
    close(fd);
    *out = str_n(bytes, have);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool list_folder(struct ctx *c, const char *folder, struct str *names, size_t *count)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    *count = 0;
    if (!dir) return err_fault(c->err, "cannot read folder %s: %s", folder, strerror(errno));
    while ((entry = readdir(dir)) && *count < FILES_MAX)
        if (str_ends(str_c(entry->d_name), STR(".json")))
            names[(*count)++] = str_dup(c->arena, str_c(entry->d_name));
    closedir(dir);
    qsort(names, *count, sizeof *names, by_name);
    return true;
}

struct shipping {
    int64_t texts, by[SAVED_KEPT + 1];
};

static bool keep(struct ctx *c, struct shipping *s, const char *kind, struct str code, const struct json *doc)
{
    enum catalogue_saved how;
    if (!catalogue_store_text(c, kind, code, json_to_str(c->arena, doc), &how)) return false;
    s->texts++;
    s->by[how]++;
    return true;
}

static bool keep_rules(struct ctx *c, struct shipping *s, const char *root)
{
    static const char *const names[] = {"themes", "departments", "words", "ranking"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str text;
        if (!read_file(c, str_z(c->arena, str_fmt(c->arena, "%s/catalogue/%s.json", root, names[i])), &text))
            return false;
        struct json *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
        if (!doc || !keep(c, s, "rules", str_c(names[i]), doc)) return false;
    }
    return true;
}

/* `kind` folders hold one document a file; base files hold arrays of items. */
static bool keep_folder(struct ctx *c, struct shipping *s, const char *root, const char *kind)
{
    struct str *names = ARENA_ARRAY(c->arena, FILES_MAX, struct str), text;
    size_t count;
    const char *folder = str_z(c->arena, str_fmt(c->arena, "%s/catalogue/%s", root, kind));
    if (!list_folder(c, folder, names, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!read_file(c, str_z(c->arena, str_fmt(c->arena, "%s/%.*s", folder, STR_ARG(names[i]))), &text))
            return false;
        struct json *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
        if (!doc) return false;
        struct str code = str_slice(names[i], 0, names[i].len - 5);
        if (!json_is(doc, JSON_ARRAY)) {
            if (!keep(c, s, kind, code, doc)) return false;
            continue;
        }
        JSON_EACH(item, doc)
        {
            if (!keep(c, s, kind, json_text_of(item, "code"), item)) return false;
        }
    }
    return true;
}

bool catalogue_import_shipped(struct ctx *c, const char *data_dir, struct json *report)
{
    struct shipping s = {0};
    if (!keep_rules(c, &s, data_dir) || !keep_folder(c, &s, data_dir, "base") ||
        !keep_folder(c, &s, data_dir, "full") || !keep_folder(c, &s, data_dir, "general"))
        return false;
    json_set_i64(c->arena, report, "read", s.texts);
    json_set_i64(c->arena, report, "new", s.by[SAVED_NEW]);
    json_set_i64(c->arena, report, "changed", s.by[SAVED_CHANGED]);
    json_set_i64(c->arena, report, "same", s.by[SAVED_SAME]);
    ctx_changed(c, "catalogue");
    return true;
}
