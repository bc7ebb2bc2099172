/* What tests of processes in cases share: officers who write and publish, models, publishing them. */
#ifndef TB_CASES_MODELS_TEST_H
#define TB_CASES_MODELS_TEST_H

#include "core/auth/auth.h"
#include "modules/cases/cases_received_test.h"
#include "modules/people/people.h"
#include "modules/processes/processes.h"

#include <stdio.h>
#include <string.h>

static inline bool add_officers(struct ctx *c)
{
    int64_t id, unit = *(int64_t *)ctx_arg(c);
    return people_add_officer(c, STR("flow.writer"), STR("甲"), STR("editor"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("flow.checker"), STR("乙"), STR("steward|supervisor"), 0, STR_EMPTY,
                              STR("none"), &id) &&
           people_add_officer(c, STR("flow.both"), STR("丙"), STR("editor|steward"), 0, STR_EMPTY,
                              STR("none"), &id) &&
           people_add_officer(c, STR("second.review"), STR("丁"), STR("reviewer"), unit, STR_EMPTY,
                              STR("none"), &id) &&
           people_add_officer(c, STR("third.review"), STR("癸"), STR("reviewer"), unit, STR_EMPTY,
                              STR("none"), &id);
}

static inline bool unit_of_reviewer(struct ctx *c)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &a, &hash)) return false;
    *(int64_t *)ctx_arg(c) = a.unit;
    return true;
}

static inline int open_all(void **state)
{
    int64_t unit = 0;
    open_app(state);
    testapp_write(app, unit_of_reviewer, &unit);
    testapp_write(app, add_officers, &unit);
    return 0;
}

/* ---- models ---- */

#define TASK(id, role, acts, more)                                                                           \
    "<userTask id='" id "' name='" id "' t:candidateGroups='" role "' t:acts='" acts "' " more "/>"
#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define RECEIVE       TASK("receive", "desk", "accept correct reject", "")
#define END                                                                                                  \
    TASK("decide", "decider", "grant refuse send_back", "t:whole='true'")                                    \
    "<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' t:result='granted'/><endEvent id='no' "     \
    "t:result='refused'/>" WAY("decide", "g") WAY(                                                           \
        "g", "no") "<sequenceFlow id='g-yes' sourceRef='g' targetRef='yes'><conditionExpression "            \
                   "xsi:type='tFormalExpression'>outcome = \"grant\"</conditionExpression></sequenceFlow>"
#define REVIEW(id) TASK(id, "reviewer", "pass send_back special_procedure extension", "")
#define SHORT      "<startEvent id='start'/>" RECEIVE END WAY("start", "receive") WAY("receive", "decide")
#define PARALLEL                                                                                             \
    "<startEvent id='start'/>" RECEIVE REVIEW("review")                                                      \
        REVIEW("visit") "<parallelGateway id='f'/><parallelGateway id='j'/>" END WAY("start", "receive")     \
            WAY("receive", "f") WAY("f", "review") WAY("f", "visit") WAY("review", "j") WAY("visit", "j")    \
                WAY("j", "decide")

static inline struct str model(const char *code, const char *body)
{
    return str_fmt(
        app->arena,
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' id='d' "
        "targetNamespace='t'><error id='E' name='E' errorCode='NO_RECORD'/><message id='M' name='paid'/>"
        "<signal id='S' name='high-water'/><signal id='R' name='low-water'/>"
        "<process id='%s' name='N' isExecutable='true'>%s</process>"
        "</definitions>",
        code, body);
}

static inline int64_t process_id(struct client *c, const char *code)
{
    const struct json *list = client_json(c, client_get(c, "/office/processes"));
    JSON_EACH(p, json_get(list, "processes"))
    {
        if (str_eq_c(json_text_of(p, "code"), code)) return json_i64_of(p, "id", 0);
    }
    fail_msg("no process %s", code);
    return 0;
}

static inline struct answer upload(struct client *c, int64_t id, struct str xml)
{
    char path[64];
    snprintf(path, sizeof path, id ? "/office/processes/%lld" : "/office/processes/new", (long long)id);
    return client_upload(c, path, "from=2026-01-01&go=save", "file", "m.bpmn", xml);
}

static inline int post(struct client *c, int64_t id, const char *what, const char *form)
{
    char path[128];
    snprintf(path, sizeof path, "/office/processes/%lld%s", (long long)id, what);
    return client_post(c, path, form).status;
}

static inline void publish(const char *code, const char *body)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    int64_t id = process_id(&writer, code);
    assert_int_equal(upload(&writer, id, model(code, body)).status, 200);
    assert_int_equal(post(&writer, id, "", "go=review"), 200);
    assert_int_equal(post(&checker, id, "/publish", ""), 200);
}

#endif
