/* Running cases go on under another version of their process, where all they stand in is there too. */
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"
#include "modules/evidence/evidence.h"

static bool record(struct ctx *c, const struct case_work *w, int from, int to)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", to);
    json_set_i64(c->arena, detail, "from", from);
    return case_store_add_event(c, w->file.id, "moved", w->file.step, STR_EMPTY) &&
           evidence_add(c, "case.moved", "case", w->file.id, w->file.applicant, detail);
}

static bool move(struct ctx *c, struct case_work *w, const struct process_version *to)
{
    int from = w->process->version;
    if (!course_move(c->arena, w->course, &w->state, to->course, &w->state, c->err)) return false;
    w->process = to;
    w->course = to->course;
    w->process_code = to->code;
    w->process_version = to->version;
    return case_write_state(c, w) && case_keep(c, w) && record(c, w, from, to->version);
}

static bool look_at(struct ctx *c, int64_t id, struct str code, int version, bool apply, struct json *report)
{
    struct case_work w;
    if (!case_work_load(c, id, &w)) return false;
    if ((code.len && !str_eq(w.process->code, code)) || w.process->version == version) return true;
    const struct process_version *to = process_version_of(c, w.process->code, version);
    if (!to) return err_missing(c->err, "process", "We cannot find this version.");
    struct str missing = course_missing(c->arena, w.course, &w.state, to->course);
    struct json *o = json_add_object(c->arena, report);
    json_set_str(c->arena, o, "case_no", w.file.case_no);
    json_set_i64(c->arena, o, "from", w.process->version);
    json_set_i64(c->arena, o, "to", version);
    json_set_bool(c->arena, o, "moved", apply && !missing.len);
    json_set(o, "missing", missing.len ? json_string(c->arena, missing) : json_null(c->arena));
    return !apply || missing.len || move(c, &w, to);
}

bool case_move_version(struct ctx *c, struct str code, int to, struct str case_no, int64_t *after, bool apply,
                       struct json *report)
{
    int64_t *ids;
    size_t count;
    if (!case_store_running(c, code, to, case_no, *after, &ids, &count)) return false;
    if (case_no.len && !count)
        return err_missing(c->err, "case", "No running case has this number under another version.");
    for (size_t i = 0; i < count; i++)
        if (!look_at(c, ids[i], code, to, apply, report)) return false;
    if (count) *after = ids[count - 1];
    return true;
}
