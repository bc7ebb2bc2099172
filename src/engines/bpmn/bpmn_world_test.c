#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "testing/process.h"

#define FE             " xsi:type=\"tFormalExpression\""
#define FLOW(from, to) "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define HOUR           INT64_C(3600000)

struct diary {
    char words[256];
    bool ill; /* services fail */
};

/* Services are done after an hour; people are not there. */
static bool work(void *data, struct arena *a, const struct bpmn_command *c, const struct bpmn_state *,
                 const struct json **, int64_t *delay, struct str *error)
{
    struct diary *d = data;
    size_t at = strlen(d->words);

    if (c->kind != BPMN_DO_SERVICE) return false;
    snprintf(d->words + at, sizeof(d->words) - at, "%s ", str_z(a, c->name));
    *delay = HOUR;
    if (d->ill) *error = STR("ill");
    return true;
}

/* Two pools: an applicant who writes and waits for the answer, an office that answers. */
#define OFFICE                                                                                               \
    "<message id=\"m\" name=\"application\"/><message id=\"r\" name=\"answer\"/><error id=\"E\" "            \
    "errorCode=\"ill\"/><process id=\"office\" isExecutable=\"true\"><startEvent id=\"o1\">"                 \
    "<messageEventDefinition messageRef=\"m\"/></startEvent><serviceTask id=\"o2\" t:topic=\"look\"/>"       \
    "<boundaryEvent id=\"o5\" attachedToRef=\"o2\"><errorEventDefinition errorRef=\"E\"/></boundaryEvent>"   \
    "<sendTask id=\"o3\" messageRef=\"r\"/><endEvent id=\"o4\"/><endEvent id=\"o6\"/>" FLOW("o1", "o2")      \
        FLOW("o2", "o3") FLOW("o3", "o4") FLOW("o5", "o6") "</process>"
#define APPLICANT                                                                                            \
    "<startEvent id=\"s\"/><intermediateThrowEvent id=\"a\"><messageEventDefinition messageRef=\"m\"/>"      \
    "</intermediateThrowEvent><receiveTask id=\"b\" messageRef=\"r\"/><boundaryEvent id=\"t\" "              \
    "attachedToRef=\"b\"><timerEventDefinition><timeDuration" FE                                             \
    ">P2D</timeDuration></timerEventDefinition>"                                                             \
    "</boundaryEvent><endEvent id=\"e\"/><serviceTask id=\"ask\" t:topic=\"ask\"/>" FLOW("s", "a")           \
        FLOW("a", "b") FLOW("b", "e") FLOW("t", "ask") FLOW("ask", "e")

static struct bpmn_world *world(struct process *p, struct diary *d)
{
    struct bpmn_world *w = bpmn_world_new(p->arena, p->b, 0, work, d);

    assert_int_equal(bpmn_world_start(w, bpmn_node(p->b, STR("p")), NULL, &p->e), 0);
    assert_true(bpmn_world_settle(w, &p->e));
    return w;
}

static void a_message_starts_the_other_pool_and_its_answer_comes_back(void **)
{
    struct process *p = process_of(OFFICE, APPLICANT);
    struct diary d = {0};
    struct bpmn_world *w = world(p, &d);

    assert_int_equal(bpmn_world_count(w), 2);
    assert_int_equal(bpmn_world_state(w, 0)->status, BPMN_RUNNING);
    assert_true(bpmn_world_run(w, HOUR, &p->e));
    assert_int_equal(bpmn_world_state(w, 0)->status, BPMN_COMPLETED);
    assert_int_equal(bpmn_world_state(w, 1)->status, BPMN_COMPLETED);
    assert_string_equal(d.words, "look ");
    process_free(p);
}

static void without_an_answer_the_timer_rings(void **)
{
    struct process *p = process_of(OFFICE, APPLICANT);
    struct diary d = {.ill = true};
    struct bpmn_world *w = world(p, &d);

    assert_true(bpmn_world_run(w, 47 * HOUR, &p->e));
    assert_int_equal(bpmn_world_state(w, 0)->status, BPMN_RUNNING);
    assert_int_equal(bpmn_world_state(w, 1)->status, BPMN_COMPLETED);
    d.ill = false;
    assert_true(bpmn_world_run(w, 50 * HOUR, &p->e));
    assert_int_equal(bpmn_world_state(w, 0)->status, BPMN_COMPLETED);
    assert_string_equal(d.words, "look ask ");
    assert_int_equal(bpmn_world_now(w), 50 * HOUR);
    process_free(p);
}

static void a_signal_is_heard_by_every_case_that_waits(void **)
{
    struct process *p = process_of(
        "<signal id=\"go\"/><process id=\"caller\" isExecutable=\"true\"><startEvent id=\"c1\"/><endEvent "
        "id=\"c2\">"
        "<signalEventDefinition signalRef=\"go\"/></endEvent>" FLOW("c1", "c2") "</process>",
        "<startEvent id=\"s\"/><intermediateCatchEvent id=\"i\"><signalEventDefinition signalRef=\"go\"/>"
        "</intermediateCatchEvent><endEvent id=\"e\"/>" FLOW("s", "i") FLOW("i", "e"));
    struct diary d = {0};
    struct bpmn_world *w = world(p, &d);

    assert_int_equal(bpmn_world_start(w, bpmn_node(p->b, STR("p")), NULL, &p->e), 1);
    assert_int_equal(bpmn_world_start(w, bpmn_node(p->b, STR("caller")), NULL, &p->e), 2);
    assert_true(bpmn_world_settle(w, &p->e));
    for (int i = 0; i < 3; i++)
        assert_int_equal(bpmn_world_state(w, i)->status, BPMN_COMPLETED);
    process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_starts_the_other_pool_and_its_answer_comes_back),
        cmocka_unit_test(without_an_answer_the_timer_rings),
        cmocka_unit_test(a_signal_is_heard_by_every_case_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
