/* Processes that the program brings along: data/processes. */
#include "core/base/file.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/processes/processes_internal.h"

#include <dirent.h>
#include <errno.h>

enum { FILES_MAX = 200 };

static int is_model(const struct dirent *d)
{
    return str_ends(str_c(d->d_name), STR(".bpmn"));
}

/* Names first, so that no failure below leaves the list behind. */
static bool names_of(struct ctx *c, const char *folder, const char **names, int *count)
{
    struct dirent **list = NULL;
    *count = scandir(folder, &list, is_model, alphasort);
    if (*count < 0 && errno == ENOENT) {
        *count = 0; /* a catalogue of somebody's own may come without processes */
        return true;
    }
    if (*count < 0) return err_fault(c->err, "cannot read folder %s: %s", folder, strerror(errno));
    for (int i = 0; i < *count; i++) {
        if (i < FILES_MAX) names[i] = str_z(c->arena, str_c(list[i]->d_name));
        mem_free(list[i]);
    }
    mem_free(list);
    return *count <= FILES_MAX || err_fault(c->err, "too many files in %s", folder);
}

/* A place may have its own version by now: what is shipped is only offered again when its text changed. */
static bool is_there(struct ctx *c, const struct version_row *row, bool *there, int *last)
{
    struct version_row *rows;
    size_t count;
    *there = false;
    *last = 0;
    if (!processes_store_versions(c, row->process, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].version > *last) *last = rows[i].version;
        *there = *there || str_eq(rows[i].xml, row->xml);
    }
    return true;
}

static bool publish(struct ctx *c, struct version_row *row)
{
    struct json *detail = json_object(c->arena);
    bool there = false;
    int last;
    if (!processes_store_by_code(c, row->code, &row->process)) return false;
    bool fresh = !row->process;
    if (fresh) row->process = ctx_id(c);
    if (!is_there(c, row, &there, &last)) return false;
    if (there) return true;
    row->version = last + 1;
    json_set_i64(c->arena, detail, "version", row->version);
    c->refresh = true;
    return (!fresh || processes_store_add_model(c, row)) && processes_store_add(c, row) &&
           evidence_add(c, "process.import", "process", row->process, 0, detail);
}

/* What it calls may come later in the list: `later` is set then, and it is read once more. */
static bool import_one(struct ctx *c, const char *folder, const char *name, bool *later)
{
    struct process_report checked;
    struct str xml;
    const char *path = str_z(c->arena, str_fmt(c->arena, "%s/%s", folder, name));
    if (!file_read(c->arena, path, XML_MAX, &xml, c->err) || !process_check(c, xml, &checked)) return false;
    if (!checked.course && later) return *later = true;
    if (!checked.course) {
        err_invalid(c->err, "process.shipped", "The shipped process cannot be used: %{arg}");
        err_arg(c->err, str_fmt(c->arena, "%s: %.*s", name,
                                STR_ARG(json_text_of(json_at(checked.faults, 0), "text"))));
        return false;
    }
    /* Shipped versions are in force from the beginning: whatever day a demonstration is told to have. */
    struct version_row row = {.code = checked.code,
                              .status = STR("published"),
                              .name = checked.name,
                              .en = checked.en,
                              .xml = xml,
                              .note = STR("shipped"),
                              .authors = STR_EMPTY,
                              .made_at = c->now,
                              .published_at = c->now};
    return publish(c, &row);
}

bool process_import_shipped(struct ctx *c, const char *data_dir, struct json *report)
{
    const char *folder = str_z(c->arena, str_fmt(c->arena, "%s/processes", data_dir)),
               **names = ARENA_ARRAY(c->arena, FILES_MAX, const char *);
    bool *later = ARENA_ARRAY(c->arena, FILES_MAX, bool);
    int count;
    if (!names_of(c, folder, names, &count)) return false;
    for (int i = 0; i < count; i++)
        if (!import_one(c, folder, names[i], &later[i])) return false;
    for (int i = 0; i < count; i++)
        if (later[i] && !import_one(c, folder, names[i], NULL)) return false;
    json_set_i64(c->arena, report, "read", json_i64_of(report, "read", 0) + count);
    return true;
}
