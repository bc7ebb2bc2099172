/* Models that the program brings along: data/decisions. */
#include "core/base/file.h"
#include "core/http/server.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/evidence/evidence.h"

enum { FILES_MAX = 200 };

static bool day_of(struct ctx *c, const struct json *doc, const char *key, int32_t *day)
{
    struct str text = json_text_of(doc, key);
    *day = 0;
    return !text.len || date_parse(text, day) || err_fault(c->err, "decisions: no date: %s", key);
}

static struct str member(struct ctx *c, const struct json *doc, const char *key)
{
    const struct json *m = json_get(doc, key);
    return m ? json_to_str(c->arena, m) : STR("[]");
}

static bool describe(struct ctx *c, const struct json *doc, struct str xml, struct version_row *row)
{
    const struct json *basis = json_get(doc, "basis"), *refuse = json_get(doc, "refuse_basis");
    *row = (struct version_row){.code = json_text_of(doc, "code"),
                                .purpose = json_text_of(doc, "purpose"),
                                .subject = json_text_of(doc, "subject"),
                                .status = STR("published"),
                                .name = json_text_of(doc, "name"),
                                .en = json_text_of(doc, "en"),
                                .decision = json_text_of(doc, "decision"),
                                .law = json_text_of(basis, "law"),
                                .article = json_text_of(basis, "article"),
                                .refuse_law = json_text_of(refuse, "law"),
                                .refuse_article = json_text_of(refuse, "article"),
                                .may_refuse = json_is(refuse, JSON_OBJECT),
                                .xml = xml,
                                .inputs = member(c, doc, "inputs"),
                                .tests = member(c, doc, "tests"),
                                .note = STR("shipped"),
                                .authors = STR_EMPTY,
                                .made_at = c->now,
                                .published_at = c->now};
    return day_of(c, doc, "from", &row->from) && day_of(c, doc, "to", &row->to);
}

/* A place may have its own version by now: what is shipped is only offered again when its text changed. */
static bool is_there(struct ctx *c, const struct version_row *row, bool *there, int *last)
{
    struct version_row *rows;
    size_t count;
    *there = false;
    *last = 0;
    if (!decisions_store_versions(c, row->model, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].version > *last) *last = rows[i].version;
        *there = *there || (str_eq(rows[i].xml, row->xml) && str_eq(rows[i].inputs, row->inputs) &&
                            str_eq(rows[i].tests, row->tests) && str_eq(rows[i].name, row->name));
    }
    return true;
}

static bool sound(struct ctx *c, const struct version_row *row)
{
    struct decision_report report;
    if (!decision_check(c, row, &report)) return false;
    if (report.sound) return true;
    err_invalid(c->err, "decision.shipped", "The shipped decision model is not sound: %{arg}");
    err_arg(c->err, str_fmt(c->arena, "%.*s: %.*s", STR_ARG(row->code),
                            STR_ARG(json_text_of(json_at(report.faults, 0), "text"))));
    return false;
}

static bool publish(struct ctx *c, struct version_row *row)
{
    struct json *detail = json_object(c->arena);
    bool there = false;
    int last;
    if (!versions_by_code(c, &decision_versions, row->code, &row->model)) return false;
    bool fresh = !row->model;
    if (fresh) row->model = ctx_id(c);
    if (!is_there(c, row, &there, &last)) return false;
    if (there) return true;
    row->version = last + 1;
    json_set_i64(c->arena, detail, "version", row->version);
    ctx_changed(c, "decisions");
    return sound(c, row) && (!fresh || decisions_store_add_model(c, row)) && decisions_store_add(c, row) &&
           decisions_store_publish(c, row, row->may_refuse) &&
           evidence_add(c, "decision.import", "decision", row->model, 0, detail);
}

static bool import_one(struct ctx *c, const char *folder, const char *name, struct json *report)
{
    struct str text, xml, stem = str_slice(str_c(name), 0, strlen(name) - strlen(".json"));
    struct version_row row;
    const char *path = str_z(c->arena, str_fmt(c->arena, "%s/%s", folder, name)),
               *model = str_z(c->arena, str_fmt(c->arena, "%s/%.*s.dmn", folder, STR_ARG(stem)));
    if (!file_read(c->arena, path, XML_MAX, &text, c->err) ||
        !file_read(c->arena, model, XML_MAX, &xml, c->err))
        return false;
    const struct json *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
    json_set_i64(c->arena, report, "read", json_i64_of(report, "read", 0) + 1);
    return doc && describe(c, doc, xml, &row) && publish(c, &row);
}

bool decision_import_shipped(struct ctx *c, const char *data_dir, struct json *report)
{
    const char *folder = str_z(c->arena, str_fmt(c->arena, "%s/decisions", data_dir)), **names;
    size_t count; /* a catalogue of somebody's own may come without models */
    if (!file_list(c->arena, folder, STR(".json"), FILES_MAX, &names, &count, c->err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!import_one(c, folder, names[i], report)) return false;
    return true;
}
