/* What tests of tasks of systems share: two departments with a system each, a case whose process asks for
 * one, and what a system does. */
#ifndef TB_WORKERS_APP_TEST_H
#define TB_WORKERS_APP_TEST_H

#include "core/auth/auth.h"
#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases_steps_test.h"
#include "modules/exchange/exchange_system.h"
#include "modules/workers/workers_internal.h"

#define PASSWORD "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FAILS                                                                                                \
    "<boundaryEvent id='b' attachedToRef='check'><errorEventDefinition errorRef='E'/></boundaryEvent>"
#define SERVICE(more) "<serviceTask id='check' name='核查' t:topic='arrears' " more "/>"
#define WITH(more)                                                                                           \
    "<startEvent id='start'/>" RECEIVE SERVICE(more)                                                         \
    FAILS REVIEW("review") "<receiveTask id='wait' "                                                         \
                           "messageRef='M'/>" END WAY("start", "receive") WAY("receive", "check")            \
                               WAY("check", "decide") WAY("b", "review") WAY("review", "wait")               \
                                   WAY("wait", "decide")
#define GIVES "t:gives='answers.purpose case_no applicant.code'"

/* A system of the department that owns the case, and one of the market. */
static inline bool add_systems(struct ctx *c)
{
    struct account a;
    struct str hash, key;
    struct actor program = c->actor;
    if (!account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &a, &hash)) return false;
    c->actor = (struct actor){.kind = ACTOR_OFFICER, .unit = a.unit};
    if (!system_add(c, STR("police-checks"), STR("公安核查系统"), &key)) return false;
    if (!account_by_login(c, ACTOR_OFFICER, STR("market.review"), &a, &hash)) return false;
    c->actor.unit = a.unit;
    if (!system_add(c, STR("market-checks"), STR("市监核查系统"), &key)) return false;
    c->actor = program;
    return workers_set_password(c, STR("police-checks"), STR(PASSWORD)) &&
           workers_give_topic(c, STR("police-checks"), STR("arrears")) &&
           workers_give_topic(c, STR("police-checks"), STR("message:paid")) &&
           workers_set_password(c, STR("market-checks"), STR(PASSWORD)) &&
           workers_give_topic(c, STR("market-checks"), STR("arrears")) &&
           workers_give_topic(c, STR("market-checks"), STR("message:paid"));
}

static inline bool add_steward(struct ctx *c)
{
    struct account a;
    struct str hash;
    int64_t id;
    return account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &a, &hash) &&
           people_add_officer(c, STR("police.steward"), STR("庚"), STR("data_steward"), a.unit, STR_EMPTY,
                              STR("none"), &id);
}

static inline int open_workers(void **state)
{
    open_all(state);
    testapp_write(app, add_systems, NULL);
    testapp_write(app, add_steward, NULL);
    return 0;
}

/* ---- systems ---- */

static inline struct answer ask(const char *system, const char *password, enum method method,
                                const char *path, const char *body)
{
    struct answer out = {0};
    struct err e = {0};
    struct str query = str_cut(str_c(path), '?', &(struct str){0}), before;
    str_cut(str_c(path), '?', &before);
    struct request *r = ARENA_NEW(app->arena, struct request);
    struct str pair = str_fmt(app->arena, "%s:%s", system, password);
    *r = (struct request){.method = method,
                          .path = before,
                          .raw_query = query,
                          .body = str_c(body),
                          .content_type = *body ? STR("application/json") : STR_EMPTY,
                          .accept = STR("*/*"),
                          .peer = STR("192.0.2.1"),
                          .direct = STR("192.0.2.1")};
    r->authorization = str_cat(app->arena, STR("Basic "), str_base64(app->arena, pair.ptr, pair.len));
    assert_true(params_parse_form(&r->query, app->arena, query, &e));
    server_handle(app->server, app->arena, r, &out);
    return out;
}

static inline struct answer post_as(const char *system, const char *path, const char *body)
{
    return ask(system, PASSWORD, METHOD_POST, str_z(app->arena, str_fmt(app->arena, "/engine-rest%s", path)),
               body);
}

static inline const struct json *parsed(struct answer a)
{
    struct err e = {0};
    const struct json *doc = json_parse(app->arena, a.body, JSON_STRICT, &e);
    if (!doc) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return doc;
}

#define FETCH(worker, more)                                                                                  \
    "{\"workerId\":\"" worker "\",\"maxTasks\":5,\"usePriority\":true,\"topics\":[{\"topicName\":"           \
    "\"arrears\",\"lockDuration\":60000" more "}]}"

static inline const struct json *fetch(const char *system, const char *body, size_t expected)
{
    struct answer a = post_as(system, "/external-task/fetchAndLock", body);
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(str_eq_c(a.type, "application/json"));
    const struct json *list = parsed(a);
    assert_int_equal(list->count, expected);
    return list->first;
}

static inline struct answer on_task(const struct json *task, const char *what, const char *body)
{
    return post_as("police-checks",
                   str_z(app->arena, str_fmt(app->arena, "/external-task/%.*s/%s",
                                             STR_ARG(json_text_of(task, "id")), what)),
                   body);
}

static inline void assert_refused(struct answer a, int status, const char *type)
{
    if (a.status != status || !str_eq_c(json_text_of(parsed(a), "type"), type))
        fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    assert_true(json_text_of(parsed(a), "message").len > 0);
}

static inline int64_t begun(const char *body)
{
    struct client desk = officer_json("desk1");
    publish("one-review", body);
    return receive(&desk, "accept");
}

#endif
