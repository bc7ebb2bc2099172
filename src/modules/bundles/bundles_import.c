/* Bundles that the program brings along: data/bundles. */
#include "core/base/file.h"
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"
#include "modules/evidence/evidence.h"

#include <dirent.h>
#include <errno.h>

enum { FILES_MAX = 64, FILE_MOST = 256 << 10 };

static int is_bundle(const struct dirent *d)
{
    return str_ends(str_c(d->d_name), STR(".json"));
}

/* Names first, so that no failure below leaves the list behind. */
static bool names_of(struct ctx *c, const char *folder, const char **names, int *count)
{
    struct dirent **list = NULL;
    *count = scandir(folder, &list, is_bundle, alphasort);
    if (*count < 0 && errno == ENOENT) {
        *count = 0;
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
static bool publish(struct ctx *c, struct bundle_version *v)
{
    struct bundle_version *rows;
    struct json *detail = json_object(c->arena);
    size_t count;
    if (!bundle_store_versions(c, v->code, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].text, v->text)) return true;
    bool open = count && !rows[0].published_at;
    if (open) return true; /* somebody is at work on it */
    v->version = count ? rows[0].version + 1 : 1;
    json_set_str(c->arena, detail, "name", json_text_of(v->doc, "name"));
    json_set_i64(c->arena, detail, "version", v->version);
    return bundle_store_supersede(c, v->code, v->version) && bundle_store_add_version(c, v) &&
           evidence_add(c, "bundle.import", "bundle_version", 0, 0, detail);
}

bool bundle_import_shipped(struct ctx *c, const char *data_dir, struct json *report)
{
    const char *folder = str_z(c->arena, str_fmt(c->arena, "%s/bundles", data_dir)), *names[FILES_MAX];
    struct str text;
    int count;
    if (!names_of(c, folder, names, &count)) return false;
    for (int i = 0; i < count; i++) {
        const char *path = str_z(c->arena, str_fmt(c->arena, "%s/%s", folder, names[i]));
        if (!file_read(c->arena, path, FILE_MOST, &text, c->err)) return false;
        const struct json *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
        if (!doc) return false;
        struct bundle_version v = {.code = json_text_of(doc, "code"),
                                   .status = STR("published"),
                                   .text = json_to_str(c->arena, doc),
                                   .note = STR("shipped"),
                                   .authors = STR_EMPTY,
                                   .made_at = c->now,
                                   .published_at = c->now,
                                   .doc = doc};
        if (!v.code.len) return err_invalid(c->err, "bundle.shipped", "The shipped life event has no code.");
        json_set_i64(c->arena, report, "read", json_i64_of(report, "read", 0) + 1);
        if (!publish(c, &v)) return false;
    }
    return true;
}
