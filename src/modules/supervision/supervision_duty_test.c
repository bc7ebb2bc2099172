/* What supervision promises of duties (容缺受理, 告知承诺): they are seen before they are due and when they
 * are over, told to whom it concerns, and forgotten once they are fulfilled. */
#include "modules/cases/cases_models_test.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

static bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void look(void)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

/* ---- days ---- */

struct day {
    int workdays;
    int32_t is;
};

static bool find_day(struct ctx *c)
{
    struct day *d = ctx_arg(c);
    d->is = workday_add(orgs_calendar(c), date_of(c->now), d->workdays);
    return true;
}

static int32_t working_day(int workdays)
{
    struct day d = {.workdays = workdays};
    testapp_read(app, find_day, &d);
    return d.is;
}

/* Sessions of before are over then. */
static void days_pass(int n)
{
    testapp_set_now(date_start(working_day(n)) + 10 * MS_HOUR);
}

static struct client lin(void)
{
    return person("13900000101");
}

/* ---- operating ---- */

static struct str task_of(struct client *c, int64_t id, const char *what)
{
    const struct json *page = client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
    JSON_EACH(o, json_get(page, "operations"))
    {
        struct str href = json_text_of(o, "href");
        size_t at = str_find(href, STR("task="));
        if (str_find(href, str_c(what)) != SIZE_MAX && at != SIZE_MAX) return str_slice(href, at, href.len);
    }
    return STR("task=0");
}

/* Until the n-th working day from today. */
static int begin(struct client *c, int64_t id, const char *what, const char *name, int workdays)
{
    struct str until = date_format(app->arena, working_day(workdays)), task = task_of(c, id, what);
    return act(c, id, str_z(app->arena, str_fmt(app->arena, "tasks/%s", what)),
               str_z(app->arena, str_fmt(app->arena, "%.*s&what=%s&until=%.*s&reason=x", STR_ARG(task), name,
                                         STR_ARG(until))));
}

/* ---- what is seen ---- */

struct seen {
    int64_t id;
    const char *kind;
    int standing, ended, level;
    bool watched;
};

static bool read_seen(struct ctx *c)
{
    struct seen *s = ctx_arg(c);
    struct finding *rows;
    size_t count;
    int64_t next;
    if (!finding_of_case(c, s->id, &rows, &count) || !watched_next(c, s->id, &next)) return false;
    s->watched = next != INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(rows[i].kind, s->kind)) continue;
        *(rows[i].ended ? &s->ended : &s->standing) += 1;
        s->level = rows[i].level;
    }
    return true;
}

static struct seen seen(int64_t id, const char *kind)
{
    struct seen s = {.id = id, .kind = kind};
    testapp_read(app, read_seen, &s);
    return s;
}

static struct str row_of(struct client *c, int64_t id, const char *key)
{
    const struct json *inbox = client_json(c, client_get(c, "/office/inbox"));
    JSON_EACH(row, json_get(inbox, "cases"))
    {
        if (json_i64_of(row, "id", 0) != id) continue;
        return str_eq_c(str_c(key), "color") ? json_text_of(json_get(row, "light"), "color")
                                             : json_text_of(row, key);
    }
    return STR("none");
}

#define assert_str(s, expected) assert_string_equal(str_z(app->arena, s), expected)

static int times(struct answer a, const char *word)
{
    int n = 0;
    for (size_t at; (at = str_find(a.body, str_c(word))) != SIZE_MAX; n++)
        a.body = str_slice(a.body, at + strlen(word), a.body.len);
    return n;
}

/* ---- promises ---- */

static void what_is_owed_is_told_before_red_when_over_and_out_when_it_is_there(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"), supervisor,
                  applicant = lin();
    int64_t id = receive(&desk, "receive");
    assert_int_equal(begin(&desk, id, "defer", "lease", 4), 200);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    look();
    assert_int_equal(seen(id, "owed_soon").standing, 0);
    assert_false(answer_has(client_get(&applicant, "/me/messages"), "lease"));
    assert_str(row_of(&review, id, "step"), "容缺材料待补");
    assert_str(row_of(&review, id, "color"), "green");
    days_pass(2);
    look();
    applicant = lin();
    assert_int_equal(seen(id, "owed_soon").standing, 1);
    assert_int_equal(seen(id, "owed_soon").level, SUPERVISE_YELLOW);
    assert_int_equal(times(client_get(&applicant, "/me/messages"), "lease"), 1);
    assert_true(answer_has(client_getf(&applicant, "/cases/%lld", (long long)id), "lease"));
    days_pass(3); /* the day after it was owed */
    look();
    look();
    desk = officer_json("desk1");
    review = officer_json("public-security.review");
    supervisor = officer_json("supervisor");
    applicant = lin();
    assert_int_equal(seen(id, "owed_soon").ended, 1);
    assert_int_equal(seen(id, "owed_over").standing, 1);
    assert_int_equal(seen(id, "owed_over").level, SUPERVISE_RED);
    assert_int_equal(times(client_get(&applicant, "/me/messages"), "lease"), 1);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "容缺材料逾期未补"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/messages"), "容缺材料逾期未补"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision"), "owed_over"));
    assert_str(row_of(&review, id, "color"), "red");
    assert_int_equal(act(&desk, id, "tasks/supply", "what=lease"), 200);
    look();
    assert_int_equal(seen(id, "owed_over").standing, 0);
    assert_int_equal(seen(id, "owed_over").ended, 1);
    assert_str(row_of(&review, id, "step"), "审核");
}

static void a_promise_keeps_a_decided_case_in_sight_until_it_is_verified(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t id = receive(&desk, "accept");
    assert_int_equal(begin(&review, id, "commitment", "exits", 5), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    testapp_jobs(app); /* and delivered */
    look();
    assert_true(seen(id, "promise_soon").watched);
    assert_str(row_of(&review, id, "step"), "承诺待核查");
    assert_str(row_of(&review, id, "color"), "green");
    days_pass(6);
    look();
    review = officer_json("public-security.review");
    assert_int_equal(seen(id, "promise_over").standing, 1);
    assert_str(row_of(&review, id, "color"), "red");
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "承诺核查逾期"));
    assert_int_equal(act(&review, id, "tasks/verify", "what=exits&kept=yes&reason=x"), 200);
    look();
    assert_int_equal(seen(id, "promise_over").standing, 0);
    assert_false(seen(id, "promise_over").watched);
    assert_str(row_of(&review, id, "step"), "none");
}

static bool count_rows(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM case_duty")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static int64_t rows_kept(void)
{
    int64_t n = -1;
    testapp_read(app, count_rows, &n);
    return n;
}

static void nothing_of_a_duty_is_kept_when_it_is_over(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), applicant = lin();
    int64_t id = receive(&desk, "receive"), before = rows_kept();
    char path[64];
    snprintf(path, sizeof path, "/cases/%lld/withdraw", (long long)id);
    assert_int_equal(begin(&desk, id, "defer", "lease", 5), 200);
    assert_int_equal(begin(&desk, id, "defer", "photo", 5), 200);
    assert_int_equal(rows_kept(), before + 2);
    assert_int_equal(act(&desk, id, "tasks/supply", "what=lease"), 200);
    assert_int_equal(rows_kept(), before + 1);
    assert_int_equal(client_post(&applicant, path, "").status, 200);
    assert_int_equal(rows_kept(), before);
}

#define RESTS                                                                                                \
    "<startEvent id='start'/>" RECEIVE                                                                       \
    "<intermediateCatchEvent id='rest'><timerEventDefinition><timeDuration "                                 \
    "xsi:type='tFormalExpression'>P60D</timeDuration>"                                                       \
    "</timerEventDefinition></intermediateCatchEvent>" END WAY("start", "receive") WAY("receive", "rest")    \
        WAY("rest", "decide")

static void what_is_owed_stands_in_an_inbox_also_while_the_case_waits_for_nobody(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    publish("one-review", RESTS);
    int64_t id = receive(&desk, "receive");
    assert_int_equal(begin(&desk, id, "defer", "lease", 4), 200);
    assert_int_equal(act(&desk, id, "accept", ""), 200);
    assert_str(row_of(&review, id, "step"), "容缺材料待补");
    days_pass(5);
    review = officer_json("public-security.review");
    assert_str(row_of(&review, id, "color"), "red");
}

#define VISITED                                                                                              \
    "<startEvent id='start'/>" RECEIVE REVIEW("visit") END WAY("start", "receive") WAY("receive", "visit")   \
        WAY("visit", "decide")
#define LOOKED_AT_FIRST                                                                                      \
    "<startEvent id='start'/>" RECEIVE REVIEW("look") REVIEW("visit") END WAY("start", "receive")            \
        WAY("receive", "look") WAY("look", "visit") WAY("visit", "decide")

static void who_did_all_there_was_is_not_found_lacking_by_the_steps_of_a_version_moved_to(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide"), checker = officer_json("flow.checker");
    publish("one-review", VISITED);
    int64_t id = receive(&desk, "accept");
    publish("one-review", LOOKED_AT_FIRST);
    assert_int_equal(post(&checker, process_id(&checker, "one-review"), "/move", "to=3&go=move"), 200);
    assert_int_equal(act(&review, id, "pass", ""), 200);
    assert_int_equal(act(&decide, id, "grant", "note_grant=x"), 200);
    look();
    assert_int_equal(seen(id, "step_order").standing, 0);
    assert_int_equal(seen(id, "step_missing").standing, 0);
}

static void the_applicant_is_told_of_what_they_owe_and_of_nothing_else(void **state)
{
    (void)state;
    struct client supervisor = officer_json("supervisor");
    const char *other = "rule=case-soon&level=warning&threshold=2&told=applicant&active=1&reason=asked",
               *owed =
                   "rule=owed-over&level=red&threshold=0&told=applicant&told=leader&active=1&reason=asked";
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules", other).status, 422);
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules", owed).status, 200);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, open_all, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(what_is_owed_is_told_before_red_when_over_and_out_when_it_is_there),
        PROMISE(a_promise_keeps_a_decided_case_in_sight_until_it_is_verified),
        PROMISE(nothing_of_a_duty_is_kept_when_it_is_over),
        PROMISE(who_did_all_there_was_is_not_found_lacking_by_the_steps_of_a_version_moved_to),
        PROMISE(what_is_owed_stands_in_an_inbox_also_while_the_case_waits_for_nobody),
        PROMISE(the_applicant_is_told_of_what_they_owe_and_of_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
