#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/bpmn/bpmn_internal.h"
#include "testing/process.h"

#define FLOW(from, to) "<sequenceFlow id=\"" from "-" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define BETWEEN(what)  "<startEvent id=\"s\"/>" what "<endEvent id=\"e\"/>" FLOW("s", "x") FLOW("x", "e")

/* ---- one rule each: a model that breaks it is refused for it, with the element ---- */
static const struct {
    const char *rule, *before, *body, *element;
} broken[] = {
    {"id.unique", "", BETWEEN("<task id=\"x\"/><task id=\"x\"/>"), "x"},
    {"reference.kind", "", BETWEEN("<task id=\"x\" default=\"s\"/>"), "x"},
    {"reference.kind", "", BETWEEN("<task id=\"x\"/>") FLOW("x", "nowhere"), "x-nowhere"},
    {"start-event.incoming", "", BETWEEN("<task id=\"x\"/>") FLOW("x", "s"), "s"},
    {"end-event.outgoing", "", BETWEEN("<task id=\"x\"/>") FLOW("e", "x"), "e"},
    {"level.end", "", "<startEvent id=\"s\"/><task id=\"x\"/>" FLOW("s", "x"), "p"},
    {"node.incoming", "", BETWEEN("<task id=\"x\"/><task id=\"y\"/>") FLOW("y", "e"), "y"},
    {"gateway.purpose", "", BETWEEN("<parallelGateway id=\"x\"/>"), "x"},
    {"activity.start-quantity", "", BETWEEN("<task id=\"x\" startQuantity=\"0\"/>"), "x"},
    {"activity.only-conditional", "",
     "<startEvent id=\"s\"/><task id=\"x\"/><endEvent id=\"e\"/>" FLOW(
         "s", "x") "<sequenceFlow id=\"f\" sourceRef=\"x\" targetRef=\"e\"><conditionExpression "
                   "xsi:type=\"tFormalExpression\">true</conditionExpression></sequenceFlow>",
     "x"},
    {"expression.feel", "",
     BETWEEN("<userTask id=\"x\"><standardLoopCharacteristics><loopCondition id=\"c\" "
             "xsi:type=\"tFormalExpression\">1 + +</loopCondition></standardLoopCharacteristics></userTask>"),
     "c"},
    {"loop.maximum", "",
     BETWEEN("<task id=\"x\"><standardLoopCharacteristics id=\"l\" loopMaximum=\"-1\"/></task>"), "l"},
    {"timer.duration", "",
     BETWEEN("<intermediateCatchEvent id=\"x\"><timerEventDefinition><timeDuration id=\"t\" "
             "xsi:type=\"tFormalExpression\">soon</timeDuration></timerEventDefinition></"
             "intermediateCatchEvent>"),
     "t"},
    {"message.named", "",
     BETWEEN("<intermediateCatchEvent id=\"x\"><messageEventDefinition id=\"m\"/></intermediateCatchEvent>"),
     "m"},
    {"script.feel", "", BETWEEN("<scriptTask id=\"x\"><script id=\"t\">)(</script></scriptTask>"), "t"},
    {"boundary-event.no-trigger", "",
     BETWEEN("<task id=\"x\"/><boundaryEvent id=\"b\" attachedToRef=\"x\"/>") FLOW("b", "e"), "b"},
    {"end-event.cancel", "",
     BETWEEN("<task id=\"x\"/><endEvent id=\"c\"><cancelEventDefinition/></endEvent>") FLOW("x", "c"), "c"},
};

static void a_model_that_breaks_a_rule_is_refused_for_it_and_told_where(void **)
{
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct process *p = process_try(broken[i].before, broken[i].body);
        bool there = false;

        for (size_t k = 0; k < p->findings->count; k++)
            there |= strcmp(p->findings->list[k].rule, broken[i].rule) == 0 &&
                     str_eq_c(p->findings->list[k].element, broken[i].element);
        if (p->b || !there) fail_msg("%s is not found at %s", broken[i].rule, broken[i].element);
        assert_string_equal(p->e.code, "bpmn.model");
        process_free(p);
    }
}

static void a_model_without_operations_loads_unless_the_letter_is_asked_for(void **)
{
    static const char xml[] = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
                              "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><message id=\"m\"/>"
                              "<process id=\"p\" isExecutable=\"true\">" BETWEEN(
                                  "<intermediateCatchEvent id=\"x\"><messageEventDefinition "
                                  "messageRef=\"m\"/></intermediateCatchEvent>") "</process></definitions>";
    struct arena *a = arena_new(16 << 20);
    struct bpmn_findings *f = ARENA_NEW(a, struct bpmn_findings);
    struct bpmn_options strict = {.strict = true};
    struct err e = {0};

    assert_non_null(bpmn_load(a, STR(xml), NULL, f, &e));
    assert_null(bpmn_load(a, STR(xml), &strict, f, &e));
    assert_string_equal(f->list[0].rule, "message.operation");
    arena_drop(a);
}

/* ---- what is no model ---- */
static void refuse(const char *xml, size_t len)
{
    struct arena *a = arena_new(64 << 20);
    struct bpmn_findings *f = ARENA_NEW(a, struct bpmn_findings);
    struct err e = {0};

    assert_null(bpmn_load(a, str_n(xml, len), NULL, f, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_string_equal(e.code, "bpmn.model");
    arena_drop(a);
}

static void what_is_no_model_is_refused_in_words(void **)
{
    static const char *const texts[] = {
        "",
        "no xml",
        "<definitions>",
        "<definitions/>",
        "<process xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>",
        "<!DOCTYPE d [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><definitions "
        "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><text>&b;</text></definitions>",
        "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><definitions "
        "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        refuse(texts[i], strlen(texts[i]));
}

static void a_model_nested_too_deeply_is_refused(void **)
{
    struct arena *a = arena_new(16 << 20);
    struct buf b = buf_new(a, 65536);

    buf_add_c(&b, "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"p\">");
    for (int i = 0; i < 100; i++)
        buf_fmt(&b, "<subProcess id=\"s%d\">", i);
    for (int i = 0; i < 100; i++)
        buf_add_c(&b, "</subProcess>");
    buf_add_c(&b, "</process></definitions>");
    refuse(b.ptr, b.len);
    arena_drop(a);
}

static struct bpmn *loaded_within(struct arena *a, struct str xml, size_t allocations)
{
    struct bpmn_findings *f = ARENA_NEW(a, struct bpmn_findings);
    struct err e = {0};
    jmp_buf env;
    if (setjmp(env) != 0) return NULL;
    arena_guard(a, &env);
    arena_fail_after(a, allocations);
    struct bpmn *b = bpmn_load(a, xml, NULL, f, &e);
    assert_true(b || e.kind != ERR_NONE);
    return b;
}

/* Wherever memory ends: a clean error, and nothing of the foreign tree left behind (leaks fail the test). */
static void a_lack_of_memory_while_loading_is_a_clean_error(void **)
{
    static const char xml[] = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                              "<process id=\"p\" isExecutable=\"true\">" BETWEEN(
                                  "<userTask id=\"x\" name=\"A\"/>") "</process></definitions>";

    for (size_t n = 0; n < 400; n++) {
        struct arena *a = arena_new(16 << 20);
        const struct bpmn *b = loaded_within(a, STR(xml), n);
        arena_fail_after(a, SIZE_MAX);
        arena_drop(a);
        if (b) return;
    }
    fail_msg("never loaded");
}

/* ---- times ---- */
static void times_are_read_as_iso_8601_writes_them(void **)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: none */
    } durations[] = {{"PT1S", 1000},       {"PT1M", 60000},    {"P1D", 86400000},
                     {"P1DT2H", 93600000}, {"P1W", 604800000}, {"P1Y2M", INT64_C(36288000000)},
                     {"PT0.5S", 0},        {"P", -1},          {"PT", -1},
                     {"1D", -1},           {"P1S", -1},        {"PT1D", -1},
                     {"P1D2Y", -1},        {"P-1D", -1},       {"P99999999999999999999D", -1}};
    int64_t ms, count;
    struct str start, period;

    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        bool is = bpmn_duration_ms(str_c(durations[i].text), &ms);

        if (is != (durations[i].ms >= 0) || (is && ms != durations[i].ms)) fail_msg("%s", durations[i].text);
    }
    assert_true(bpmn_date_ms(STR("1970-01-01T00:00:00Z"), &ms) && ms == 0);
    assert_true(bpmn_date_ms(STR("1970-01-01T08:00:00"), &ms) && ms == 0);
    assert_true(bpmn_date_ms(STR("2024-02-29T12:30:15.25+02:00"), &ms) && ms == INT64_C(1709202615000));
    assert_false(bpmn_is_date(STR("2024-13-01")));
    assert_false(bpmn_is_date(STR("tomorrow")));
    assert_true(bpmn_is_cycle(STR("R3/PT10S"), &count, &start, &period) && count == 3 && !start.len);
    assert_true(bpmn_is_cycle(STR("R/2027-01-01T00:00:00/P1D"), &count, &start, &period) && count == -1);
    assert_true(str_eq_c(start, "2027-01-01T00:00:00") && str_eq_c(period, "P1D"));
    assert_false(bpmn_is_cycle(STR("R3"), &count, &start, &period));
    assert_false(bpmn_is_cycle(STR("R-1/PT1S"), &count, &start, &period));
}

/* ---- states ---- */
static void a_state_of_another_definition_is_not_taken(void **)
{
    static const char *const texts[] = {
        "{}",
        "{\"status\":\"running\",\"next\":2,\"process\":\"p\",\"tokens\":[],\"variables\":[]}",
        "{\"status\":\"running\",\"next\":3,\"process\":\"p\",\"tokens\":[{\"id\":1,\"node\":\"p\","
        "\"phase\":\"scope\"},{\"id\":2,\"node\":\"gone\",\"phase\":\"waiting\",\"parent\":1}],\"variables\":"
        "[]}",
        "{\"status\":\"running\",\"next\":3,\"process\":\"p\",\"tokens\":[{\"id\":1,\"node\":\"p\","
        "\"phase\":\"scope\"},{\"id\":2,\"node\":\"x\",\"phase\":\"waiting\",\"parent\":7}],\"variables\":[]"
        "}",
        "{\"status\":\"running\",\"next\":2,\"process\":\"p\",\"tokens\":[{\"id\":1,\"node\":\"p\","
        "\"phase\":\"scope\"},{\"id\":2,\"node\":\"x\",\"phase\":\"waiting\",\"parent\":1}],\"variables\":[]"
        "}",
    };
    struct process *p = process_of("", BETWEEN("<userTask id=\"x\"/>"));
    struct bpmn_state s;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct json *j = json_parse(p->arena, str_c(texts[i]), JSON_STRICT, &p->e);

        err_clear(&p->e);
        assert_false(bpmn_state_read(p->arena, p->b, j, &s, &p->e));
        assert_int_equal(p->e.kind, ERR_FAULT);
    }
    process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_breaks_a_rule_is_refused_for_it_and_told_where),
        cmocka_unit_test(a_model_without_operations_loads_unless_the_letter_is_asked_for),
        cmocka_unit_test(what_is_no_model_is_refused_in_words),
        cmocka_unit_test(a_model_nested_too_deeply_is_refused),
        cmocka_unit_test(a_lack_of_memory_while_loading_is_a_clean_error),
        cmocka_unit_test(times_are_read_as_iso_8601_writes_them),
        cmocka_unit_test(a_state_of_another_definition_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
