/* Laws as Markdown, one a file, from a .tar.gz or a folder: "folder/title(date).md". */
#include "app/import.h"
#include "app/tar.h"
#include "modules/catalogue/catalogue.h"

#include <dirent.h>
#include <sys/stat.h>

enum { LAW_MAX = 4 << 20, BATCH_BYTES = 512 << 10, DEPTH_MAX = 8 };

struct law_file {
    struct law_file *next;
    struct str title, folder, text;
};

/* Files gathered for one write. */
struct law_batch {
    struct importing *im;
    struct arena *arena;
    struct law_file *first, **end;
    size_t bytes;
    bool last;
    struct json *reports;
};

static bool write_laws(struct ctx *c)
{
    struct law_batch *b = ctx_arg(c);
    struct json *reports = json_array(b->im->arena);
    for (const struct law_file *f = b->first; f; f = f->next) {
        struct json *report = json_object(c->arena);
        if (!catalogue_import_laws(c, f->title, f->text, f->folder, report)) return false;
        struct json *copy = json_add(reports, json_copy(b->im->arena, report));
        if (json_i64_of(report, "refused", 0))
            json_set_str(b->im->arena, copy, "file", str_dup(b->im->arena, f->title));
    }
    b->reports = reports;
    c->more_follows = !b->last;
    return true;
}

static void count_laws(struct importing *im, const struct json *reports)
{
    JSON_EACH(r, reports)
    {
        struct json *counted = json_copy(im->arena, r);
        if (json_text_of(r, "file").len) {
            struct json *refusal = json_add_object(im->arena, json_set_array(im->arena, counted, "refusals"));
            json_set_str(im->arena, refusal, "file", json_text_of(r, "file"));
            json_set_c(im->arena, refusal, "reason", "it holds no text");
        }
        import_count(im, counted, 0);
    }
}

static bool flush(struct law_batch *b, bool last, struct err *e)
{
    b->last = last;
    if (!b->first && !last) return true;
    if (!import_write(b->im, write_laws, b, e)) return false;
    count_laws(b->im, b->reports);
    arena_reset(b->arena);
    b->first = NULL;
    b->end = &b->first;
    b->bytes = 0;
    return true;
}

static bool is_law(struct str name)
{
    return str_ends(name, STR(".md")) && name.ptr[0] != '_' && name.ptr[0] != '.';
}

/* path: "行政法/护照法(2006-04-29).md"; both texts already in the batch's arena. */
static bool add(struct law_batch *b, struct str path, struct str text, struct err *e)
{
    struct str folder = STR_EMPTY, name = path;
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    if (slash) {
        name = str_slice(path, slash, path.len);
        folder = str_slice(path, 0, slash - 1);
    }
    if (!name.len || !is_law(name)) return true;
    if (!utf8_valid(text) || !utf8_valid(path)) {
        err_invalid(e, "import.utf8", "%{arg} is not UTF-8 text.");
        err_arg(e, utf8_valid(path) ? path : STR("?"));
        return false;
    }
    struct law_file *f = ARENA_NEW(b->arena, struct law_file);
    *f = (struct law_file){NULL, str_slice(name, 0, name.len - 3), folder, text};
    *b->end = f;
    b->end = &f->next;
    b->bytes += text.len;
    return b->bytes < BATCH_BYTES || flush(b, false, e);
}

static bool from_archive(struct law_batch *b, const char *path, struct err *e)
{
    struct tar_entry entry;
    struct tar *t = tar_open(path, e);
    bool more = true, ok = t != NULL;
    while (ok && more) {
        size_t size, at;
        ok = tar_next(t, b->arena, LAW_MAX, &entry, &more, e) &&
             (!more || add(b, entry.path, entry.content, e));
        at = tar_position(t, &size);
        if (ok && more) cli_progress(&b->im->progress, at < size ? at : size - 1, size);
    }
    tar_close(t);
    return ok && flush(b, true, e);
}

static bool walk(struct law_batch *b, const char *root, struct str below, int depth, struct err *e)
{
    struct arena *a = b->im->arena;
    const char *folder = str_z(a, str_fmt(a, "%s/%.*s", root, STR_ARG(below)));
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    bool ok = count >= 0 || err_fault(e, "cannot read folder %s", folder);
    for (int i = 0; i < count; i++) {
        struct str name = str_c(list[i]->d_name),
                   path =
                       below.len ? str_fmt(a, "%.*s/%.*s", STR_ARG(below), STR_ARG(name)) : str_dup(a, name),
                   text;
        const char *full = str_z(a, str_fmt(a, "%s/%.*s", root, STR_ARG(path)));
        struct stat st;
        if (ok && name.ptr[0] != '.' && stat(full, &st) == 0) {
            if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
                ok = walk(b, root, path, depth + 1, e);
            else if (S_ISREG(st.st_mode) && is_law(name))
                ok = cli_read_file(b->arena, full, LAW_MAX, &text, e) && add(b, path, text, e);
        }
        mem_free(list[i]);
    }
    mem_free(list);
    return ok;
}

bool import_check_laws(struct importing *, const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return true;
    struct arena *a = arena_new(64 << 20);
    if (!a) return err_fault(e, "not enough memory for laws");
    struct tar_entry entry;
    struct tar *t = tar_open(path, e);
    bool more = true, ok = t != NULL;
    while (ok && more) {
        ok = tar_next(t, a, LAW_MAX, &entry, &more, e);
        arena_reset(a);
    }
    tar_close(t);
    arena_drop(a);
    return ok;
}

bool import_laws(struct importing *im, const char *path, struct err *e)
{
    struct stat st;
    struct law_batch b = {.im = im, .arena = arena_new(64 << 20)};
    b.end = &b.first;
    if (!b.arena) return err_fault(e, "not enough memory for laws");
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    bool ok = folder ? walk(&b, path, STR_EMPTY, 0, e) && flush(&b, true, e) : from_archive(&b, path, e);
    cli_progress(&im->progress, 1, 1);
    arena_drop(b.arena);
    return ok;
}
