/* The operator's page of jobs: what waits, what is tried again, what was parked. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/site/site_internal.h"

enum { JOBS_PAGE = 50, COUNTED = 1000 };

static const char *state_of(const struct job_row *j)
{
    if (str_eq_c(j->status, "parked")) return "parked";
    if (str_eq_c(j->status, "leased")) return "running";
    return j->attempts ? "retry" : "waiting";
}

static struct str state_text(struct ctx *c, const char *state)
{
    static const char *const words[][2] = {{"parked", "Parked"},
                                           {"running", "Running"},
                                           {"retry", "Will be tried again"},
                                           {"waiting", "Waiting"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], state) == 0) return ctx_tr(c, words[i][1]);
    return STR_EMPTY;
}

static void add_job(struct ctx *c, struct json *list, const struct job_row *j)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list);
    const char *state = state_of(j);
    json_set_id(a, o, "id", j->id);
    json_set_str(a, o, "kind", j->kind);
    json_set_str(a, o, "kind_name", j->title ? ctx_tr(c, j->title) : j->kind);
    json_set_str(a, o, "about", time_format(a, j->created));
    json_set_c(a, o, "state", strcmp(state, "retry") == 0 ? "waiting" : state);
    json_set_str(a, o, "state_label", state_text(c, state));
    json_set_i64(a, o, "tries", j->attempts);
    json_set(o, "next_try", j->run_at ? json_string(a, time_format(a, j->run_at)) : json_null(a));
    json_set(o, "fault", j->error.len ? json_string(a, j->error) : json_null(a));
    json_set(o, "retry",
             strcmp(state, "running") != 0 && j->attempts
                 ? json_string(a, str_fmt(a, "/office/jobs/%lld/retry", (long long)j->id))
                 : json_null(a));
}

static struct str count_of(struct ctx *c, size_t count)
{
    return count == COUNTED ? STR("1,000+") : count_text(c->arena, count);
}

static bool add_figure(struct ctx *c, struct json *figures, const char *status, const char *label,
                       const char *color)
{
    struct job_row *rows;
    size_t count;
    if (!jobs_list(c, str_c(status), 0, COUNTED, &rows, &count)) return false;
    struct json *o = json_add_object(c->arena, figures);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "count", count_of(c, count));
    json_set(o, "color", color && count ? json_string(c->arena, str_c(color)) : json_null(c->arena));
    return true;
}

bool site_jobs(struct ctx *c)
{
    struct job_row *rows;
    size_t count;
    struct json *doc = ctx_doc(c), *figures = json_set_array(c->arena, doc, "figures"),
                *list = json_set_array(c->arena, doc, "jobs");
    if (!add_figure(c, figures, "due", "Waiting", NULL) ||
        !add_figure(c, figures, "leased", "Running", NULL) ||
        !add_figure(c, figures, "parked", "Parked", "red"))
        return false;
    if (!jobs_list(c, in_text(c, "status"), in_i64(c, "before", 0), JOBS_PAGE + 1, &rows, &count))
        return false;
    for (size_t i = 0; i < count && i < JOBS_PAGE; i++)
        add_job(c, list, &rows[i]);
    json_set_bool(c->arena, doc, "has_jobs", list->count > 0);
    site_pager(c, count > JOBS_PAGE
                      ? str_fmt(c->arena, "/office/jobs?before=%lld", (long long)rows[JOBS_PAGE - 1].id)
                      : STR_EMPTY);
    return true;
}

bool site_job_retry(struct ctx *c)
{
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !job_retry(c, id) || !evidence_add(c, "job.retry", "job", id, 0, NULL))
        return false;
    ctx_notice(c, "The job is due again.");
    return ctx_redirect(c, "/office/jobs");
}

/* ---- /office ---- */

static bool office_home(struct ctx *c, struct json *doc)
{
    struct job_row *rows;
    size_t count;
    if (!ctx_may(c, "jobs.manage")) return true;
    if (!jobs_list(c, STR("parked"), 0, COUNTED, &rows, &count)) return false;
    if (!count) return true;
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, "Jobs given up"));
    json_set_c(c->arena, f, "href", "/office/jobs?status=parked");
    json_set_str(c->arena, f, "count", count_of(c, count));
    json_set_c(c->arena, f, "color", "red");
    return true;
}

const struct people_part site_jobs_part = {.name = "site_jobs", .office_home = office_home};

const struct field site_jobs_fields[] = {
    {"status", FIELD_CHOICE, "State", .choices = "due|leased|parked"},
    {"before", FIELD_ID, .label = "Rows before this one"},
    {0},
};
