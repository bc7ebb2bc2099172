/* What tests of decision models on the way of a case share: a course with one, publishing a model. */
#ifndef TB_CASES_DECIDED_TEST_H
#define TB_CASES_DECIDED_TEST_H

#include "modules/cases/cases_models_test.h"

#define DECIDED_BY(code, more)                                                                               \
    "<businessRuleTask id='grade' name='Grading' t:decisionRef='" code "' t:resultVariable='level'>"         \
    "<extensionElements>" more "</extensionElements></businessRuleTask>"
#define GIVEN                                                                                                \
    "<t:in sourceExpression='if answers.purpose != null then answers.purpose else situation.purpose' "       \
    "target='purpose'/>"
#define GRADED(task)                                                                                         \
    "<startEvent id='start'/>" RECEIVE task REVIEW(                                                          \
        "review") "<exclusiveGateway id='x' default='x-decide'/>" END WAY("start", "receive")                \
        WAY("receive", "grade") WAY("grade", "x") WAY("review", "decide") WAY(                               \
            "x",                                                                                             \
            "decide") "<sequenceFlow id='x-review' sourceRef='x' targetRef='review'><conditionExpression "   \
                      "xsi:type='tFormalExpression'>level &gt; 1</conditionExpression></sequenceFlow>"

/* A table of one rule: for that purpose, that level. */
static inline struct str table(const char *purpose, const char *type, int level)
{
    return str_fmt(
        app->arena,
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" name=\"m\" "
        "namespace=\"urn:t\"><inputData id=\"i\" name=\"purpose\"><variable id=\"iv\" name=\"purpose\" "
        "typeRef=\"%s\"/></inputData><decision id=\"x\" name=\"level\"><variable id=\"xv\" "
        "name=\"level\" typeRef=\"number\"/><informationRequirement id=\"r\"><requiredInput href=\"#i\"/>"
        "</informationRequirement><decisionTable id=\"t\" hitPolicy=\"UNIQUE\"><input id=\"c\">"
        "<inputExpression id=\"e\" typeRef=\"%s\"><text>purpose</text></inputExpression></input>"
        "<output id=\"o\" name=\"level\" typeRef=\"number\"/><annotation name=\"basis\"/><rule id=\"r1\">"
        "<inputEntry id=\"a1\"><text>%s</text></inputEntry><outputEntry id=\"b1\"><text>%d</text>"
        "</outputEntry><annotationEntry><text>《护照法》第六条</text></annotationEntry></rule>"
        "</decisionTable></decision></definitions>",
        type, type, purpose, level);
}

static inline int64_t decision_id(struct client *c, const char *code)
{
    const struct json *list = client_json(c, client_get(c, "/office/decisions"));
    JSON_EACH(m, json_get(list, "models"))
    {
        if (str_eq_c(json_text_of(m, "code"), code)) return json_i64_of(m, "id", 0);
    }
    return 0;
}

static inline void post_decision(struct client *c, int64_t id, const char *what, struct str form)
{
    char path[96];
    snprintf(path, sizeof path, "/office/decisions/%lld%s", (long long)id, what);
    struct answer a = client_post(c, path, str_z(app->arena, form));
    if (a.status != 200) fail_msg("%s %d %.*s", path, a.status, STR_ARG(a.body));
}

/* until "": without an end. */
static inline void publish_decision(const char *code, struct str xml, const char *tests, const char *until)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    struct arena *a = app->arena;
    int64_t id = decision_id(&writer, code);
    if (!id) {
        assert_int_equal(
            client_post(&writer, "/office/decisions/new",
                        str_z(a, str_fmt(a, "name=Grade&code=%s&purpose=way&subject=person", code)))
                .status,
            200);
        id = decision_id(&writer, code);
    }
    const struct json *page =
        client_json(&writer, client_getf(&writer, "/office/decisions/%lld", (long long)id));
    post_decision(
        &writer, id, "",
        str_fmt(a,
                "revision=%.*s&go=review&name=Grade&en=Grade&law=%%E7%%A4%%BE&article=x&from=2026-01-"
                "01&to=%s&decision=level&xml=%.*s&inputs=%.*s&tests=%.*s&refuse_law=&refuse_article=",
                STR_ARG(json_text_of(page, "revision")), until, STR_ARG(url_encode(a, xml)),
                STR_ARG(url_encode(a, STR("[{\"name\":\"purpose\",\"en\":\"Purpose\"}]"))),
                STR_ARG(url_encode(a, str_c(tests)))));
    post_decision(&checker, id, "/publish", STR_EMPTY);
}

#define TRAVELS "[{\"name\":\"t\",\"inputs\":{\"purpose\":\"travel\"},\"expected\":2}]"

#endif
