/* Processes that the program brings along: data/processes. */
#include "core/base/file.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/processes/processes_internal.h"

enum { FILES_MAX = 200 };

/* A place may have its own version by now: what is shipped is only offered again when its text changed. */
static bool is_there(struct ctx *c, const struct versions_row *row, bool *there, int *last)
{
    struct versions_row *rows;
    size_t count;
    *there = false;
    *last = 0;
    if (!versions_of(c, &process_versions, row->id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].version > *last) *last = rows[i].version;
        *there = *there || str_eq(rows[i].text, row->text);
    }
    return true;
}

static bool publish(struct ctx *c, struct versions_row *row)
{
    struct json *detail = json_object(c->arena);
    bool there = false;
    int last;
    if (!versions_by_code(c, &process_versions, row->code, &row->id)) return false;
    bool fresh = !row->id;
    if (fresh) row->id = ctx_id(c);
    if (!is_there(c, row, &there, &last)) return false;
    if (there) return true;
    row->version = last + 1;
    json_set_i64(c->arena, detail, "version", row->version);
    ctx_changed(c, "processes");
    return (!fresh || versions_add_model(c, &process_versions, row)) &&
           versions_add(c, &process_versions, row) &&
           evidence_add(c, "process.import", "process", row->id, 0, detail);
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
    struct versions_row row = {.code = checked.code,
                               .status = STR("published"),
                               .name = checked.name,
                               .en = checked.en,
                               .text = xml,
                               .note = STR("shipped"),
                               .authors = STR_EMPTY,
                               .made_at = c->now,
                               .published_at = c->now};
    return publish(c, &row);
}

bool process_import_shipped(struct ctx *c, const char *data_dir, struct json *report)
{
    const char *folder = str_z(c->arena, str_fmt(c->arena, "%s/processes", data_dir)), **names;
    bool *later = ARENA_ARRAY(c->arena, FILES_MAX, bool);
    size_t count; /* a catalogue of somebody's own may come without processes */
    if (!file_list(c->arena, folder, STR(".bpmn"), FILES_MAX, &names, &count, c->err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!import_one(c, folder, names[i], &later[i])) return false;
    for (size_t i = 0; i < count; i++)
        if (later[i] && !import_one(c, folder, names[i], NULL)) return false;
    json_set_i64(c->arena, report, "read", json_i64_of(report, "read", 0) + (int64_t)count);
    return true;
}
