#include "core/blob/blob_job.h"

#include "core/base/log.h"
#include "core/base/time.h"
#include "core/blob/blob.h"
#include "core/http/ctx.h"
#include "core/jobs/jobs.h"

/* A file is put before the commit that names it, at most a few minutes later. */
static const int64_t GRACE_MS = MS_DAY;
enum { FOLDER_ARENA = 128 << 20 };

/* What the rows name of the folder being looked at. */
struct sweep {
    struct ctx *c;
    struct arena *arena;
    char folder[2];
    struct str *ids;
    size_t count;
};

static bool open_folder(struct sweep *s, struct str id)
{
    if (s->ids && memcmp(s->folder, id.ptr, sizeof s->folder) == 0) return true;
    arena_reset(s->arena);
    s->ids = NULL;
    memcpy(s->folder, id.ptr, sizeof s->folder);
    struct db_tx tx = {.conn = s->c->tx.conn, .arena = s->arena, .err = s->c->err};
    return blob_used(&tx, str_n(s->folder, sizeof s->folder), &s->ids, &s->count);
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Where the database does not answer, everything is in use. */
static bool in_use(void *arg, struct str id)
{
    struct sweep *s = arg;
    if (!open_folder(s, id)) return true;
    return bsearch(&id, s->ids, s->count, sizeof *s->ids, by_id) != NULL;
}

static bool collect_prepare(struct ctx *c, const struct json *payload)
{
    (void)payload;
    struct sweep s = {.c = c, .arena = arena_new(FOLDER_ARENA)};
    if (!s.arena) return err_fault(c->err, "out of memory");
    int64_t removed = blob_collect(ctx_blobs(c), c->arena, time_now(), GRACE_MS, in_use, &s, c->err);
    arena_drop(s.arena);
    if (removed > 0)
        log_event(LOG_LEVEL_INFO, "files.collected", "count",
                  str_z(c->arena, str_fmt(c->arena, "%lld", (long long)removed)), NULL);
    return removed >= 0 && c->err->kind == ERR_NONE;
}

static bool collect_run(struct ctx *c, const struct json *payload)
{
    (void)payload;
    return blob_forget(ctx_blobs(c), &c->tx);
}

static const struct job_kind jobs[] = {
    {"files.collect", "Clear away files nobody needs", .prepare = collect_prepare, .run = collect_run,
     .every_ms = MS_DAY},
};

const struct module files_module = {.name = "files", JOBS(jobs)};
