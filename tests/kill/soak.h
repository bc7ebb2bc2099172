/* What the programs that are killed while cases run have in common: a clock, a file system that forgets what
 * was not synced, the people who act, one process of their own. */
#ifndef TB_KILL_SOAK_H
#define TB_KILL_SOAK_H

#include "app/cli.h"
#include "core/auth/auth.h"
#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/processes/processes.h"
#include "testing/lossy_vfs.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Instants: what the wall shows counts from here. */
#define SOAK_BEGAN  INT64_C(1795395600000)
#define SOAK_PERIOD INT64_C(100000000000)

static const char soak_item[] = "BI-0010";

struct soak_people {
    char url[512], var[512]; /* the server goes by them while it is open */
    struct server *server;
    struct arena *arena;
    int64_t item;
    struct account people[COURSE_ROLE_COUNT];
    struct account person;
};

/* A hundred times as fast as the wall, so that what waits an hour comes back within the run. */
static inline int64_t soak_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return SOAK_BEGAN + ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 - SOAK_BEGAN) % SOAK_PERIOD * 100;
}

static inline bool soak_fail(const struct err *e)
{
    fprintf(stderr, "%s %s %s (%s:%d)\n", e->code, e->detail, e->arg, e->file, e->line);
    return false;
}

/* ---- who acts ---- */

static inline struct account kept(const struct soak_people *s, struct account a)
{
    a.roles = str_dup(s->arena, a.roles);
    a.area = str_dup(s->arena, a.area);
    return a;
}

static inline bool find_people(struct ctx *c)
{
    struct soak_people *s = ctx_arg(c);
    static const char *const logins[COURSE_ROLE_COUNT] = {
        [COURSE_DESK] = "desk1", [COURSE_REVIEWER] = "", [COURSE_DECIDER] = ""};
    const struct item *item = catalogue_of_base(c, str_c(soak_item));
    struct account *list;
    size_t count;
    int64_t after = 0;
    struct str hash;
    if (!item) return err_fault(c->err, "no item");
    s->item = item->id;
    if (!account_by_login(c, ACTOR_OFFICER, str_c(logins[COURSE_DESK]), &s->people[COURSE_DESK], &hash) ||
        !account_by_login(c, ACTOR_PERSON, STR("13900000101"), &s->person, &hash))
        return false;
    do {
        if (!account_list(c, ACTOR_OFFICER, after, 100, &list, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            after = list[i].id;
            if (list[i].unit != item->unit) continue;
            if (str_eq_c(list[i].roles, "reviewer")) s->people[COURSE_REVIEWER] = kept(s, list[i]);
            if (str_eq_c(list[i].roles, "decider")) s->people[COURSE_DECIDER] = kept(s, list[i]);
        }
    } while (count == 100);
    s->people[COURSE_DESK] = kept(s, s->people[COURSE_DESK]);
    s->person = kept(s, s->person);
    return s->people[COURSE_REVIEWER].id && s->people[COURSE_DECIDER].id
               ? true
               : err_fault(c->err, "the department of %s has no officers", soak_item);
}

static inline void soak_become(struct ctx *c, const struct account *a)
{
    c->actor = (struct actor){.kind = a->kind,
                              .account = a->id,
                              .unit = a->unit,
                              .area = a->area,
                              .subject = a->subject,
                              .level = a->level};
    server_permit(c->server, &c->actor, a->roles);
}

static inline bool soak_write(struct soak_people *s, handler *fn, void *arg, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(s->server, &system, fn, arg, e);
}

static inline bool soak_read(struct soak_people *s, handler *fn, void *arg, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_read(s->server, &system, fn, arg, e);
}

static inline bool soak_find_people(struct soak_people *s, struct err *e)
{
    return soak_read(s, find_people, s, e);
}

/* ---- opening ---- */

static inline bool publish(struct ctx *c)
{
    const char *folder = ctx_arg(c);
    return process_import_shipped(c, folder, json_object(c->arena));
}

/* The model as the version after the shipped one. */
static inline bool soak_publish(struct soak_people *s, const char *folder, const char *model, struct err *e)
{
    char processes[512], path[600];
    snprintf(processes, sizeof processes, "%s/processes", folder);
    snprintf(path, sizeof path, "%s/one-review.bpmn", processes);
    mkdir(processes, 0755);
    FILE *f = fopen(path, "w");
    if (!f || fputs(model, f) < 0 || fclose(f) != 0) return err_fault(e, "cannot write %s", path);
    return demo_prepare(s->server, TB_SOURCE_ROOT "/data", e) && soak_write(s, publish, (void *)folder, e);
}

static inline bool soak_open(struct soak_people *s, const char *folder, struct err *e)
{
    snprintf(s->url, sizeof s->url, "sqlite:%s/soak.db", folder);
    snprintf(s->var, sizeof s->var, "%s/var", folder);
    struct server_options o = {.db_url = s->url,
                               .var_dir = s->var,
                               .address = "127.0.0.1",
                               .threads = 1,
                               .demo = true,
                               .keep_years = 3,
                               .vfs = "lossy",
                               .clock = soak_clock};
    s->server = lossy_vfs_register() ? server_open(&o, modules, module_count, e) : NULL;
    return s->server || soak_fail(e);
}

static inline void soak_close(struct soak_people *s)
{
    server_close(s->server);
    arena_drop(s->arena);
}

#endif
