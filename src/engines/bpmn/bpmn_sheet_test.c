/* What a sheet promises: it reads what a document says, sound or not, and where its parts stand. */
#include "engines/bpmn/bpmn_sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                                 \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                                      \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "                                                 \
    "xmlns:d='http://www.omg.org/spec/BPMN/20100524/DI' xmlns:c='http://www.omg.org/spec/DD/20100524/DC' "   \
    "xmlns:i='http://www.omg.org/spec/DD/20100524/DI' xmlns:t='urn:tongban:process' id='x' "                 \
    "targetNamespace='t'><process id='p' name='P' t:en='E'>"
#define BODY                                                                                                 \
    "<laneSet id='l'><lane id='l1' name='reviewer'><flowNodeRef>a</flowNodeRef></lane></laneSet>"            \
    "<startEvent id='s'/><userTask id='a' name='A' t:acts='pass'/>"                                          \
    "<boundaryEvent id='b' attachedToRef='a'><timerEventDefinition id='tt'><timeDuration "                   \
    "xsi:type='tFormalExpression'>P2D</timeDuration></timerEventDefinition></boundaryEvent>"                 \
    "<sequenceFlow id='f' sourceRef='s' targetRef='a'/></process>"
#define PLANE                                                                                                \
    "<d:BPMNDiagram><d:BPMNPlane><d:BPMNShape bpmnElement='a'><c:Bounds x='10.7' y='-20' width='100' "       \
    "height='80'/></d:BPMNShape><d:BPMNEdge bpmnElement='f'><i:waypoint x='1' y='2'/><i:waypoint x='3' "     \
    "y='4'/></d:BPMNEdge></d:BPMNPlane></d:BPMNDiagram>"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(8 << 20);
    return arena ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_drop(arena);
    return 0;
}

static const struct bpmn_part *part(const struct bpmn_sheet *s, const char *id)
{
    int i = bpmn_sheet_find(s, str_c(id));
    assert_true(i >= 0);
    return &s->parts[i];
}

static void an_unsound_document_is_read_all_the_same(void **state)
{
    struct bpmn_sheet s;
    struct err e = {0};
    struct bpmn_findings findings = {0};
    const struct str xml = STR(HEAD BODY PLANE "</definitions>");
    (void)state;
    assert_null(bpmn_load(arena, xml, NULL, &findings, &e));
    err_clear(&e);
    assert_true(bpmn_sheet_read(arena, xml, &s, &e));
    assert_int_equal(s.count, 5);
    assert_true(part(&s, "p")->process);
    assert_true(str_eq_c(bpmn_detail(part(&s, "p"), "en"), "E"));
    assert_true(str_eq_c(bpmn_detail(part(&s, "a"), "lane"), "reviewer"));
    assert_true(str_eq_c(bpmn_detail(part(&s, "a"), "acts"), "pass"));
    assert_true(str_eq_c(bpmn_detail(part(&s, "b"), "timeDuration"), "P2D"));
    assert_int_equal(part(&s, "b")->detail_count, 2); /* the timer, and how long */
    assert_int_equal(part(&s, "b")->host, bpmn_sheet_find(&s, STR("a")));
    assert_int_equal(part(&s, "f")->from, bpmn_sheet_find(&s, STR("s")));
    assert_int_equal(part(&s, "f")->to, bpmn_sheet_find(&s, STR("a")));
}

static void places_come_from_the_diagram(void **state)
{
    struct bpmn_sheet s;
    struct err e = {0};
    (void)state;
    assert_true(bpmn_sheet_read(arena, STR(HEAD BODY PLANE "</definitions>"), &s, &e));
    assert_true(part(&s, "a")->placed);
    assert_int_equal(part(&s, "a")->x, 10);
    assert_int_equal(part(&s, "a")->y, -20);
    assert_int_equal(part(&s, "a")->height, 80);
    assert_false(part(&s, "s")->placed);
    assert_int_equal(part(&s, "f")->point_count, 2);
    assert_int_equal(part(&s, "f")->points[1].y, 4);
}

static void what_is_no_model_is_refused(void **state)
{
    struct bpmn_sheet s;
    static const char *const texts[] = {"", "x", "<a/>", "<definitions/>", HEAD "</process>"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err e = {0};
        assert_false(bpmn_sheet_read(arena, str_c(texts[i]), &s, &e));
        assert_int_equal(e.kind, ERR_INVALID);
    }
}

static void a_diagram_full_of_nonsense_harms_nothing(void **state)
{
    struct bpmn_sheet s;
    struct err e = {0};
    (void)state;
    assert_true(bpmn_sheet_read(
        arena,
        STR(HEAD BODY "<d:BPMNDiagram><d:BPMNPlane><d:BPMNShape/><d:BPMNShape bpmnElement='a'><c:Bounds "
                      "x='99999999999999999999' y='x'/></d:BPMNShape><d:BPMNEdge bpmnElement='f'><i:waypoint "
                      "x='1'/></d:BPMNEdge></d:BPMNPlane></d:BPMNDiagram></definitions>"),
        &s, &e));
    assert_int_equal(part(&s, "a")->x, 100000);
    assert_int_equal(part(&s, "f")->point_count, 0);
}

#define CALL                                                                                                 \
    HEAD "<startEvent id='s'/><!-- kept --><callActivity id='c' calledElement='q' t:en='C'>"                 \
         "<documentation>D</documentation>%s</callActivity></process></definitions>"

static struct str with_passes(const char *inside, const struct bpmn_pass *list, size_t count)
{
    struct err e = {0};
    struct str out = STR_EMPTY;
    if (!bpmn_write_passes(arena, str_fmt(arena, CALL, inside), STR("c"), list, count, &out, &e))
        fail_msg("%s", e.code);
    return out;
}

static struct bpmn_part call_of(struct str xml)
{
    struct bpmn_sheet s;
    struct err e = {0};
    assert_true(bpmn_sheet_read(arena, xml, &s, &e));
    return s.parts[bpmn_sheet_find(&s, STR("c"))];
}

static void what_a_call_maps_is_read_and_written_and_the_rest_stays(void **state)
{
    static const struct bpmn_pass list[] = {{.expression = {"1 + \"x\" < 2", 11}, .to = {"two", 3}},
                                            {.out = true, .from = {"outcome", 7}, .to = {"checked", 7}},
                                            {.out = true, .all = true}};
    const char *before = "<extensionElements><t:other a='1'/><m:in xmlns:m='urn:m' source='a' target='b'/>"
                         "</extensionElements>";
    (void)state;
    struct str xml = with_passes(before, list, 3);
    struct bpmn_part p = call_of(xml);
    assert_int_equal(p.pass_count, 3);
    assert_true(str_eq_c(p.passes[0].expression, "1 + \"x\" < 2") && str_eq_c(p.passes[0].to, "two"));
    assert_true(p.passes[1].out && str_eq_c(p.passes[1].from, "outcome"));
    assert_true(p.passes[2].out && p.passes[2].all);
    assert_true(str_find(xml, STR("<!-- kept -->")) != SIZE_MAX);
    assert_true(str_find(xml, STR("<t:other a=\"1\"/>")) != SIZE_MAX);
    assert_true(str_eq_c(bpmn_detail(&p, "en"), "C"));
    /* Without an extension before, and without one again. */
    p = call_of(xml = with_passes("", list, 1));
    assert_int_equal(p.pass_count, 1);
    assert_true(str_find(xml, STR("<documentation>D</documentation><extensionElements>")) != SIZE_MAX);
    xml = with_passes("<extensionElements><t:in source='a' target='b'/></extensionElements>", NULL, 0);
    assert_int_equal(call_of(xml).pass_count, 0);
    assert_true(str_find(xml, STR("extensionElements")) == SIZE_MAX);
    struct err e = {0};
    assert_false(bpmn_write_passes(arena, xml, STR("s"), NULL, 0, &xml, &e));
    assert_string_equal(e.code, "bpmn.element");
    memset(&e, 0, sizeof e);
    assert_false(bpmn_write_passes(arena, STR("<x"), STR("c"), NULL, 0, &xml, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_unsound_document_is_read_all_the_same, open_arena, drop_arena),
        cmocka_unit_test_setup_teardown(places_come_from_the_diagram, open_arena, drop_arena),
        cmocka_unit_test_setup_teardown(what_is_no_model_is_refused, open_arena, drop_arena),
        cmocka_unit_test_setup_teardown(a_diagram_full_of_nonsense_harms_nothing, open_arena, drop_arena),
        cmocka_unit_test_setup_teardown(what_a_call_maps_is_read_and_written_and_the_rest_stays, open_arena,
                                        drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
