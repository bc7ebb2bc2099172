/* What tests of supervision share: cases that people and officers make, days that pass, and what was found in
 * them. */
#ifndef TB_SUPERVISION_APP_TEST_H
#define TB_SUPERVISION_APP_TEST_H

#include "core/auth/auth.h"
#include "core/base/time.h"
#include "modules/cases/cases_app_test.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision_rules.h"
#include "testing/testapp.h"

#include <string.h>

#define BASE   "BI-0010"
#define REVIEW "civil-affairs.review"
#define DECIDE "civil-affairs.decide"

/* ---- cases as people and officers make them ---- */

struct doing {
    const char *login, *act;
    int64_t id, value;
};

static inline bool act_as(struct ctx *c, enum actor_kind kind, const char *login)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, kind, str_c(login), &a, &hash)) return false;
    c->actor = (struct actor){.kind = kind,
                              .account = a.id,
                              .subject = a.subject,
                              .level = a.level,
                              .unit = a.unit,
                              .area = a.area,
                              .name = a.label};
    if (kind == ACTOR_OFFICER) server_permit(c->server, &c->actor, a.roles);
    return true;
}

static inline bool send_one(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR(BASE));
    struct case_seed seed = {.item = item, .channel = "desk"};
    if (!item || !act_as(c, ACTOR_PERSON, "13900000105")) return false;
    seed.applicant = c->actor.subject;
    return act_as(c, ACTOR_OFFICER, "desk1") && case_seed(c, &seed, &d->id);
}

static inline bool do_one(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    return act_as(c, ACTOR_OFFICER, d->login) && case_seed_act(c, d->id, d->act, STR("演示"));
}

static inline int64_t a_case(void)
{
    struct doing d = {0};
    testapp_write(app, send_one, &d);
    return d.id;
}

static inline void act(int64_t id, const char *login, const char *word)
{
    struct doing d = {.login = login, .act = word, .id = id};
    testapp_write(app, do_one, &d);
}

static inline bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static inline void look(void)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

/* An officer at a browser in English. */
static inline struct client browser(const char *login)
{
    struct client c = officer(login);
    c.json = false;
    c.language = "en";
    return c;
}

/* To ten o'clock of the n-th working day from today. */
static inline bool later_by(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    d->value = date_start(workday_add(orgs_calendar(c), date_of(c->now), (int)d->value)) + 10 * MS_HOUR;
    return true;
}

static inline void days_pass(int n)
{
    struct doing d = {.value = n};
    testapp_read(app, later_by, &d);
    testapp_set_now(d.value);
}

/* Words, and the n-th working day from today. */
static inline const char *order_form(const char *words, int days)
{
    struct doing d = {.value = days};
    testapp_read(app, later_by, &d);
    return str_z(app->arena, str_fmt(app->arena, "words=%s&until=%.*s", words,
                                     STR_ARG(date_format(app->arena, date_of(d.value)))));
}

/* ---- what was found ---- */

struct found {
    int64_t id;
    struct finding *rows;
    size_t count;
    bool watched;
};

static inline bool read_found(struct ctx *c)
{
    struct found *f = ctx_arg(c);
    struct finding *rows;
    int64_t next;
    if (!finding_of_case(c, f->id, &rows, &f->count) || !watched_next(c, f->id, &next)) return false;
    f->watched = next != INT64_MAX;
    f->rows = ARENA_ARRAY(app->arena, f->count + 1, struct finding);
    for (size_t i = 0; i < f->count; i++) {
        f->rows[i] = rows[i];
        f->rows[i].kind = str_dup(app->arena, rows[i].kind);
        f->rows[i].place = str_dup(app->arena, rows[i].place);
        f->rows[i].rule = str_dup(app->arena, rows[i].rule);
    }
    return true;
}

static inline struct found found_in(int64_t id)
{
    struct found f = {.id = id};
    testapp_read(app, read_found, &f);
    return f;
}

static inline const struct finding *of_kind(const struct found *f, const char *kind)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq_c(f->rows[i].kind, kind)) return &f->rows[i];
    return NULL;
}

/* What no act of this program does, but another system's might: written into the records themselves. */
struct forged {
    int64_t id;
    const char *act, *step, *material;
};

static inline bool forge_act(struct ctx *c)
{
    const struct forged *f = ctx_arg(c);
    return act_as(c, ACTOR_OFFICER, "desk1") &&
           db_exec(&c->tx,
                   "INSERT INTO case_event (id, case_id, at, act, step, actor_kind, account, unit_id, note) "
                   "VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, 0, NULL)",
                   DB_I(ctx_id(c)), DB_I(f->id), DB_I(c->now), DB_C(f->act), DB_C(f->step),
                   DB_I(ACTOR_OFFICER), DB_I(c->actor.account));
}

static inline bool forge_point(struct ctx *c)
{
    const struct forged *f = ctx_arg(c);
    return db_exec(
        &c->tx,
        "INSERT INTO case_point (case_id, n, target, reason, asked_by, asked_at, done_at) VALUES ($1, 9, $2, "
        "$3, 1, $4, 0)",
        DB_I(f->id), DB_S(str_fmt(c->arena, "material:%s", f->material)), DB_B(STR("x")), DB_I(c->now));
}

static inline int64_t a_red_card(int64_t *case_id)
{
    *case_id = a_case();
    struct forged f = {.id = *case_id, .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(*case_id);
    return of_kind(&found, "desk")->id;
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

#endif
