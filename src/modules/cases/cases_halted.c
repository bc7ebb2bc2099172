/* Jobs of a case that the program gave up: as long as one is parked the case may stand still, so a row says
 * so, the record has an entry, and supervision tells those who can mend it. */
#include "modules/cases/cases_halted.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"
#include "modules/evidence/evidence.h"

enum { PART = 100 };

/* ---- what the queue tells ---- */

static bool begin(struct ctx *c, const struct case_halted *h)
{
    struct case_file file;
    struct json *detail = json_object(c->arena);
    bool fresh;
    if (!case_load(c, h->case_id, &file)) {
        if (c->err->kind != ERR_MISSING) return false;
        err_clear(c->err);
        return true;
    }
    json_set_str(c->arena, detail, "job", h->kind);
    if (!halted_store_keep(c, h, &fresh)) return false;
    return !fresh || (case_store_add_event(c, h->case_id, 0, "halted", STR_EMPTY, STR_EMPTY,
                                           json_to_str(c->arena, detail)) &&
                      evidence_add(c, "case.halted", "case", h->case_id, file.applicant, detail));
}

bool case_job_parks(struct ctx *c, const struct job_kind *kind, int64_t job, const struct json *payload,
                    bool parked)
{
    const struct case_halted h = {
        .job = job, .case_id = json_i64_of(payload, "case", 0), .kind = str_c(kind->name)};
    bool was;
    if (!h.case_id) return true;
    if (parked) return begin(c, &h);
    return halted_store_drop(c, job, &was) &&
           (!was || case_store_add_event(c, h.case_id, 0, "went_on", STR_EMPTY, STR_EMPTY, STR_EMPTY));
}

/* Those given up by a version that told nobody; what is known already is not told again. */
bool case_find_halted(struct ctx *c, const struct json *payload)
{
    int64_t last;
    if (!jobs_tell_parked(c, case_jobs, CASE_JOBS, json_i64_of(payload, "after", 0), PART, &last))
        return false;
    if (!last) return true;
    struct json *next = json_object(c->arena);
    json_set_id(c->arena, next, "after", last);
    return job_add(c, "case.find_halted", STR("more"), next, c->now);
}

/* ---- on the page of the case ---- */

struct str case_job_words(struct ctx *c, struct str kind)
{
    for (size_t i = 0; i < CASE_JOBS; i++)
        if (str_eq_c(kind, case_jobs[i].name)) return ctx_tr(c, case_jobs[i].title);
    return kind;
}

bool case_show_halted(struct ctx *c, struct json *doc, int64_t case_id)
{
    struct json *list = json_set_array(c->arena, doc, "halted");
    struct case_halted *rows;
    size_t count;
    if (!halted_store_of(c, case_id, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "job", case_job_words(c, rows[i].kind));
        json_set_str(c->arena, o, "since", time_format(c->arena, rows[i].since));
    }
    json_set_bool(c->arena, doc, "has_halted", count > 0);
    return true;
}
