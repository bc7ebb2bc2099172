/* What writing a process promises: every beginning is sound, unfinished drafts are kept and never published,
 * a try-run leaves nothing behind, and a comparison names each change. */
#include "modules/people/people.h"
#include "modules/processes/processes_internal.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct testapp *app;

static bool add_officers(struct ctx *c)
{
    int64_t id;
    return people_add_officer(c, STR("draw.writer"), STR("甲"), STR("editor"), 0, STR_EMPTY, STR("none"),
                              &id) &&
           people_add_officer(c, STR("draw.checker"), STR("乙"), STR("supervisor"), 0, STR_EMPTY, STR("none"),
                              &id);
}

static int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    testapp_write(app, add_officers, NULL);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

static struct client officer(const char *login)
{
    struct client c = client_new(app);
    client_as_officer(&c, login);
    c.json = true;
    return c;
}

static const char *path_of(int64_t id, const char *what)
{
    return str_z(app->arena, str_fmt(app->arena, "/office/processes/%lld%s", (long long)id, what));
}

static int64_t id_of(struct client *c, const char *code)
{
    const struct json *list = client_json(c, client_get(c, "/office/processes"));
    JSON_EACH(p, json_get(list, "processes"))
    {
        if (str_eq_c(json_text_of(p, "code"), code)) return json_i64_of(p, "id", 0);
    }
    return 0;
}

/* "p-" names are the program's; this one is ours. */
static int64_t begin(struct client *c, const char *code, const char *form)
{
    struct answer a = client_post(
        c, "/office/processes/new",
        str_z(app->arena, str_fmt(app->arena, "name=N%%26N&en=E&code=%s&from=2026-01-01&%s", code, form)));
    assert_int_equal(a.status, 200);
    return id_of(c, code);
}

static struct str text_of(struct client *c, int64_t id, const char *query)
{
    c->json = false;
    struct answer a = client_get(c, path_of(id, str_z(app->arena, str_fmt(app->arena, "/model%s", query))));
    c->json = true;
    assert_int_equal(a.status, 200);
    return a.body;
}

static struct answer save(struct client *c, int64_t id, struct str xml, const char *more)
{
    struct str form =
        str_fmt(app->arena, "from=2026-01-01&%s&xml=%.*s", more, STR_ARG(url_encode(app->arena, xml)));
    return client_post(c, path_of(id, ""), str_z(app->arena, form));
}

static struct str replaced(struct str s, const char *from, const char *to)
{
    size_t at = str_find(s, str_c(from));
    assert_true(at != SIZE_MAX);
    return str_fmt(app->arena, "%.*s%s%.*s", (int)at, s.ptr, to, (int)(s.len - at - strlen(from)),
                   s.ptr + at + strlen(from));
}

static const struct json *page(struct client *c, int64_t id, const char *what)
{
    struct answer a = client_get(c, path_of(id, what));
    assert_int_equal(a.status, 200);
    return client_json(c, a);
}

/* ---- beginnings ---- */

static void every_template_can_be_published_as_it_stands(void **state)
{
    static const char *const forms[] = {"template=one", "template=series&department=finance",
                                        "template=parallel&department=finance", "template=countersign"};
    struct client writer = officer("draw.writer"), checker = officer("draw.checker");
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const char *code = str_z(app->arena, str_fmt(app->arena, "begun-%d", (int)i));
        int64_t id = begin(&writer, code, forms[i]);
        const struct json *doc = page(&writer, id, "/edit");
        assert_true(json_true_of(doc, "sound"));
        assert_true(json_is(json_get(doc, "picture"), JSON_OBJECT));
        assert_int_equal(client_post(&writer, path_of(id, ""), "go=review").status, 200);
        assert_int_equal(client_post(&checker, path_of(id, "/return"), "why=shorter").status, 200);
        assert_int_equal(client_post(&checker, path_of(id, "/publish"), "").status, 409);
        assert_int_equal(client_post(&writer, path_of(id, ""), "go=review").status, 200);
        assert_int_equal(client_post(&writer, path_of(id, "/publish"), "").status, 403);
        assert_int_equal(client_post(&checker, path_of(id, "/publish"), "").status, 200);
    }
}

static void a_copy_is_a_process_of_its_own(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "copied", "copy=site-visit");
    assert_true(id != 0);
    struct str xml = text_of(&writer, id, "");
    assert_true(str_find(xml, STR("\"copied\"")) != SIZE_MAX);
    assert_true(str_find(xml, STR("\"site-visit\"")) == SIZE_MAX);
    assert_true(str_find(xml, STR("name=\"N&amp;N\"")) != SIZE_MAX);
    assert_true(json_true_of(page(&writer, id, "/edit"), "sound"));
}

static void what_a_beginning_lacks_is_named(void **state)
{
    static const char *const forms[] = {"template=one&from=2026-01-01",
                                        "name=N&code=Not+a+code&from=2026-01-01",
                                        "name=N&code=one-review&from=2026-01-01",
                                        "name=N&template=series&from=2026-01-01",
                                        "name=N&copy=nothing&from=2026-01-01",
                                        "name=N&template=other",
                                        "name=N&department=nobody&from=2026-01-01",
                                        "name=N"};
    struct client writer = officer("draw.writer");
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        assert_int_equal(client_post(&writer, "/office/processes/new", forms[i]).status, 422);
}

/* ---- drafts ---- */

static void an_unfinished_draft_is_kept_and_goes_no_further(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "half", "template=one");
    struct str xml =
        replaced(text_of(&writer, id, ""), "tongban:acts=\"pass send_back special_procedure extension\"", "");
    assert_int_equal(save(&writer, id, xml, "go=save").status, 200);
    const struct json *doc = page(&writer, id, "/edit");
    assert_false(json_true_of(doc, "sound"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "faults"), 0), "element"), "review"));
    assert_true(json_is(json_get(doc, "picture"), JSON_OBJECT));
    assert_int_equal(save(&writer, id, xml, "go=review").status, 200); /* kept, not sent */
    assert_true(json_true_of(page(&writer, id, "/edit"), "editable"));
    assert_int_equal(client_post(&writer, path_of(id, ""), "go=review").status, 409);
    assert_false(json_true_of(page(&writer, id, "/try"), "sound"));
}

static void nobody_saves_over_what_another_has_changed(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "two-hands", "template=one");
    struct str xml = text_of(&writer, id, ""),
               revision = json_text_of(page(&writer, id, "/edit"), "revision");
    const char *form = str_z(app->arena, str_fmt(app->arena, "go=save&revision=%.*s", STR_ARG(revision)));
    testapp_advance(1000);
    assert_int_equal(save(&writer, id, xml, form).status, 200);
    assert_int_equal(save(&writer, id, xml, form).status, 409);
    assert_int_equal(save(&writer, id, STR("no document"), "go=save").status, 422);
    assert_int_equal(save(&writer, id, replaced(xml, "\"two-hands\"", "\"another\""), "go=save").status, 422);
}

static void a_check_keeps_nothing(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "checked", "template=one");
    struct str xml = text_of(&writer, id, ""), bad = replaced(xml, "tongban:result=\"granted\"", "");
    struct answer a =
        client_post(&writer, path_of(id, "/check"),
                    str_z(app->arena, str_fmt(app->arena, "xml=%.*s", STR_ARG(url_encode(app->arena, bad)))));
    assert_int_equal(a.status, 200);
    const struct json *doc = client_json(&writer, a);
    assert_false(json_true_of(doc, "sound"));
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "faults"), 0), "element"), "granted"));
    assert_true(str_eq(text_of(&writer, id, ""), xml));
    assert_int_equal(client_post(&writer, path_of(id, "/check"), "xml=").status, 422);
    writer.json = false;
    a = client_post(&writer, path_of(id, "/check"),
                    str_z(app->arena, str_fmt(app->arena, "xml=%.*s", STR_ARG(url_encode(app->arena, bad)))));
    assert_true(answer_has(a, "<svg"));
}

/* Errors, escalations and signals stand beside the process. */
#define BESIDE                                                                                               \
    "<error id=\"lost\" name=\"LOST\" errorCode=\"LOST\"/><signal id=\"go\" name=\"go\"/>"                   \
    "<escalation id=\"up\" name=\"UP\" escalationCode=\"UP\"/><process id="

/* A review with this at its edge. */
static struct str with_edge(struct str xml, const char *event)
{
    xml = replaced(
        replaced(xml, "<process id=", BESIDE), "<sequenceFlow id=",
        "<boundaryEvent id=\"edge\" name=\"边\" attachedToRef=\"review\">EVENT</boundaryEvent>"
        "<sequenceFlow id=\"edge-decide\" sourceRef=\"edge\" targetRef=\"decide\"/><sequenceFlow id=");
    return replaced(xml, "EVENT", event);
}

static void faults_of_events_and_signatures_name_the_step(void **state)
{
    static const struct {
        const char *event, *element, *says;
    } rows[] = {
        {"<signalEventDefinition id=\"d\"/>", "edge", "边："},
        {"<timerEventDefinition id=\"d\"/>", "edge", "边："},
        {"<signalEventDefinition id=\"d\" signalRef=\"go\"/>", "edge", "边 等待的信号"},
        {"<errorEventDefinition id=\"d\" errorRef=\"lost\"/>", "edge", "“边”等待错误"},
        {"<escalationEventDefinition id=\"d\"/>", "edge", "“边”等待上报"},
        {"<timerEventDefinition id=\"d\"><timeDate "
         "xsi:type=\"tFormalExpression\">2031-01-01</timeDate></timerEventDefinition>"
         "</boundaryEvent><intermediateThrowEvent id=\"raise\" name=\"上\"><escalationEventDefinition "
         "id=\"e\" escalationRef=\"up\"/></intermediateThrowEvent>"
         "<sequenceFlow id=\"up-raise\" sourceRef=\"edge\" targetRef=\"raise\"/><sequenceFlow "
         "id=\"raise-decide\" sourceRef=\"raise\" targetRef=\"decide\"/>"
         "<sequenceFlow id=\"late-decide\" sourceRef=\"late\" targetRef=\"decide\"/><boundaryEvent "
         "id=\"late\" attachedToRef=\"review\">"
         "<timerEventDefinition id=\"d2\"><timeDate "
         "xsi:type=\"tFormalExpression\">2031-01-01</timeDate></timerEventDefinition>",
         "raise", "“上”发出的上报"},
    };
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "events", "template=one"),
            many = begin(&writer, "many", "template=countersign");
    struct str xml = text_of(&writer, id, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(save(&writer, id, with_edge(xml, rows[i].event), "go=save").status, 200);
        const struct json *fault = json_at(json_get(page(&writer, id, "/edit"), "faults"), 0);
        if (!str_eq_c(json_text_of(fault, "element"), rows[i].element) ||
            str_find(json_text_of(fault, "text"), str_c(rows[i].says)) == SIZE_MAX)
            fail_msg("row %d: %.*s", (int)i, STR_ARG(json_text_of(fault, "text")));
    }
    xml = replaced(text_of(&writer, many, ""), "</loopCardinality>",
                   "</loopCardinality><completionCondition "
                   "xsi:type=\"tFormalExpression\">numberOfCompletedInstances &gt;= 4"
                   "</completionCondition>");
    assert_int_equal(save(&writer, many, xml, "go=save").status, 200);
    assert_false(json_true_of(page(&writer, many, "/edit"), "sound"));
    assert_int_equal(save(&writer, many, replaced(xml, "= 4", "= 3"), "go=save").status, 200);
    assert_true(json_true_of(page(&writer, many, "/edit"), "sound"));
}

/* ---- trying ---- */

static struct str button(const struct json *doc, const char *value)
{
    JSON_EACH(task, json_get(doc, "tasks"))
    {
        JSON_EACH(b, json_get(task, "buttons"))
        {
            if (str_ends(json_text_of(b, "value"), str_c(value))) return json_text_of(b, "value");
        }
    }
    return STR_EMPTY;
}

static const struct json *press(struct client *c, int64_t id, const struct json *doc, const char *value)
{
    struct str chosen = str_starts(str_c(value), STR("day:")) || str_eq_c(str_c(value), "timer")
                            ? str_c(value)
                            : button(doc, value);
    if (!chosen.len) fail_msg("no button %s", value);
    return page(c, id,
                str_z(app->arena, str_fmt(app->arena, "/try?day=%.*s&way=%.*s&add=%.*s",
                                          STR_ARG(json_text_of(doc, "day")),
                                          STR_ARG(url_encode(app->arena, json_text_of(doc, "way"))),
                                          STR_ARG(url_encode(app->arena, chosen)))));
}

static void a_try_run_goes_the_whole_way_and_leaves_nothing(void **state)
{
    static const char *const acts[] = {"send:p", ":accept", ":pass", ":agree", ":grant", "delivered"};
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "tried", "template=parallel&department=finance");
    struct str before = text_of(&writer, id, "");
    const struct json *doc = page(&writer, id, "/try?day=2026-03-02");
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        doc = press(&writer, id, doc, acts[i]);
    assert_true(json_true_of(doc, "granted"));
    assert_int_equal(json_get(doc, "tasks")->count, 0);
    assert_int_equal(json_get(doc, "timeline")->count, 6);
    assert_true(str_eq(text_of(&writer, id, ""), before));
}

static void days_that_pass_ring_the_clocks_of_the_law(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "waits", "template=one");
    const struct json *doc = page(&writer, id, "/try?day=2026-03-02");
    doc = press(&writer, id, doc, "send:o");
    assert_true(json_text_of(doc, "next_timer").len);
    doc = press(&writer, id, doc, "timer"); /* silence accepts */
    assert_false(json_text_of(doc, "next_timer").len);
    doc = press(&writer, id, doc, "day:7");
    assert_true(json_text_of(doc, "used").len);
    doc = press(&writer, id, doc, ":pass");
    doc = press(&writer, id, doc, ":refuse");
    assert_false(json_true_of(doc, "granted"));
    assert_true(json_text_of(doc, "result").len);
}

static void a_try_run_goes_through_every_kind_of_event(void **state)
{
    /* The system reports an error, its edge leads to a part; a step in it ends by raising an escalation,
     * which its edge hears; a signal that another branch sends lets the rest go on; two of three sign. */
    static const char model[] =
        "<serviceTask id=\"ask\" name=\"问\" tongban:topic=\"t\"/><boundaryEvent id=\"lost-edge\" "
        "attachedToRef=\"ask\"><errorEventDefinition id=\"d1\" errorRef=\"lost\"/></boundaryEvent>"
        "<subProcess id=\"part\" name=\"分\"><startEvent id=\"in\"/><userTask id=\"look\" name=\"看\" "
        "tongban:candidateGroups=\"reviewer\" tongban:acts=\"pass\"/><endEvent id=\"out\">"
        "<escalationEventDefinition id=\"d2\" escalationRef=\"up\"/></endEvent><sequenceFlow id=\"f1\" "
        "sourceRef=\"in\" targetRef=\"look\"/><sequenceFlow id=\"f2\" sourceRef=\"look\" targetRef=\"out\"/>"
        "</subProcess><boundaryEvent id=\"up-edge\" attachedToRef=\"part\"><escalationEventDefinition "
        "id=\"d3\" "
        "escalationRef=\"up\"/></boundaryEvent><exclusiveGateway id=\"met\"/><parallelGateway id=\"split\"/>"
        "<intermediateThrowEvent id=\"send\"><signalEventDefinition id=\"d4\" signalRef=\"go\"/>"
        "</intermediateThrowEvent><intermediateCatchEvent id=\"hear\"><signalEventDefinition id=\"d5\" "
        "signalRef=\"go\"/></intermediateCatchEvent><parallelGateway id=\"join\"/><userTask id=\"sign\" "
        "name=\"签\" tongban:candidateGroups=\"reviewer\" "
        "tongban:acts=\"agree\"><multiInstanceLoopCharacteristics>"
        "<loopCardinality xsi:type=\"tFormalExpression\">3</loopCardinality><completionCondition "
        "xsi:type=\"tFormalExpression\">numberOfCompletedInstances &gt;= 2"
        "</completionCondition></multiInstanceLoopCharacteristics></userTask>"
        "<sequenceFlow id=\"g1\" sourceRef=\"review\" targetRef=\"ask\"/>"
        "<sequenceFlow id=\"g2\" sourceRef=\"ask\" targetRef=\"met\"/>"
        "<sequenceFlow id=\"g3\" sourceRef=\"lost-edge\" targetRef=\"part\"/>"
        "<sequenceFlow id=\"g4\" sourceRef=\"part\" targetRef=\"met\"/>"
        "<sequenceFlow id=\"g5\" sourceRef=\"up-edge\" targetRef=\"met\"/>"
        "<sequenceFlow id=\"g6\" sourceRef=\"met\" targetRef=\"split\"/>"
        "<sequenceFlow id=\"g7\" sourceRef=\"split\" targetRef=\"hear\"/>"
        "<sequenceFlow id=\"g8\" sourceRef=\"split\" targetRef=\"send\"/>"
        "<sequenceFlow id=\"g9\" sourceRef=\"hear\" targetRef=\"join\"/>"
        "<sequenceFlow id=\"g10\" sourceRef=\"send\" targetRef=\"join\"/>"
        "<sequenceFlow id=\"g11\" sourceRef=\"join\" targetRef=\"sign\"/>"
        "<sequenceFlow id=\"g12\" sourceRef=\"sign\" targetRef=\"decide\"/><sequenceFlow id=";
    static const char *const acts[] = {"send:p", ":accept", ":pass",  ":LOST",
                                       ":pass",  ":agree",  ":agree", ":grant"};
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "all-events", "template=one");
    struct str xml = replaced(text_of(&writer, id, ""), "<process id=", BESIDE);
    xml = replaced(xml, "<sequenceFlow id=\"review-decide\" sourceRef=\"review\" targetRef=\"decide\"/>", "");
    assert_int_equal(save(&writer, id, replaced(xml, "<sequenceFlow id=", model), "go=save").status, 200);
    const struct json *doc = page(&writer, id, "/edit");
    if (!json_true_of(doc, "sound"))
        fail_msg("%.*s", STR_ARG(json_text_of(json_at(json_get(doc, "faults"), 0), "text")));
    doc = page(&writer, id, "/try?day=2026-03-02");
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        doc = press(&writer, id, doc, acts[i]);
    assert_true(json_true_of(doc, "granted"));
    doc = page(&writer, id, "/try?day=2026-03-02&way=send:p,fail:1:LOST");
    assert_true(json_text_of(doc, "stopped").len);
}

#define SIGNAL_EDGE "<signalEventDefinition id=\"d\" signalRef=\"go\"/>"

static void a_process_may_wait_for_a_signal_that_another_one_sends(void **state)
{
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t waits = begin(&writer, "waits", "template=one"), sends = begin(&writer, "sends", "template=one");
    assert_int_equal(
        save(&writer, waits, with_edge(text_of(&writer, waits, ""), SIGNAL_EDGE), "go=save").status, 200);
    assert_false(json_true_of(page(&writer, waits, "/edit"), "sound"));
    struct str xml = replaced(text_of(&writer, sends, ""), "<process id=", BESIDE);
    xml = replaced(xml, "sourceRef=\"review\" targetRef=\"decide\"/>",
                   "sourceRef=\"review\" targetRef=\"send\"/><intermediateThrowEvent id=\"send\" "
                   "tongban:to=\"own\">" SIGNAL_EDGE "</intermediateThrowEvent><sequenceFlow "
                   "id=\"send-decide\" sourceRef=\"send\" targetRef=\"decide\"/>");
    assert_int_equal(save(&writer, sends, xml, "go=save").status, 200);
    assert_false(json_true_of(page(&writer, waits, "/edit"), "sound")); /* kept to its own cases */
    assert_int_equal(save(&writer, sends, replaced(xml, " tongban:to=\"own\"", ""), "go=save").status, 200);
    assert_true(json_true_of(page(&writer, waits, "/edit"), "sound"));
    const struct json *doc = page(&writer, waits, "/try?day=2026-03-02");
    doc = press(&writer, waits, press(&writer, waits, doc, "send:p"), ":accept");
    doc = page(&writer, waits,
               str_z(app->arena, str_fmt(app->arena, "/try?day=2026-03-02&way=%.*s",
                                         STR_ARG(url_encode(app->arena, json_text_of(doc, "way"))))));
    doc = press(&writer, waits, doc, ":0"); /* signal:TOKEN:0 */
    assert_true(str_find(json_text_of(json_get(doc, "timeline")->last, "title"), STR("go")) != SIZE_MAX);
    assert_true(json_true_of(press(&writer, waits, doc, ":grant"), "granted"));
}

static void an_act_that_is_not_open_ends_the_play_with_its_reason(void **state)
{
    static const char *const ways[] = {"send:p,do:99:grant", "nonsense",   "send:p,send:p", "day:0", "timer",
                                       "do:x:pass",          "rule:grant", "serve:1"};
    struct client writer = officer("draw.writer");
    (void)state;
    int64_t id = begin(&writer, "wrong", "template=one");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const struct json *doc =
            page(&writer, id, str_z(app->arena, str_fmt(app->arena, "/try?way=%s", ways[i])));
        assert_true(json_text_of(doc, "stopped").len);
    }
}

/* ---- comparing ---- */

static void a_comparison_names_each_change(void **state)
{
    struct client writer = officer("draw.writer"), checker = officer("draw.checker");
    (void)state;
    int64_t id = begin(&writer, "compared", "template=one");
    assert_int_equal(client_post(&writer, path_of(id, ""), "go=review").status, 200);
    assert_int_equal(client_post(&checker, path_of(id, "/publish"), "").status, 200);
    struct str xml = replaced(text_of(&writer, id, ""), "name=\"审查\"", "name=\"复审\"");
    xml = replaced(xml, "<userTask id=\"review\"",
                   "<textAnnotation id=\"note\"/><userTask id=\"more\" name=\"x\"/><userTask id=\"review\"");
    assert_int_equal(save(&writer, id, xml, "go=save").status, 200);
    const struct json *doc = page(&writer, id, "/compare"), *rows = json_get(doc, "rows");
    bool added = false, changed = false;
    JSON_EACH(r, rows)
    {
        const struct json *c = json_at(json_get(r, "changes"), 0);
        added = added || str_eq_c(json_text_of(r, "tone"), "added");
        changed = changed ||
                  (str_eq_c(json_text_of(c, "before"), "审查") && str_eq_c(json_text_of(c, "after"), "复审"));
    }
    assert_true(added && changed);
    assert_int_equal(rows->count, 2);
    doc = page(&writer, id, "/compare?from=2&to=1");
    assert_true(str_eq_c(json_text_of(json_at(json_get(doc, "rows"), 1), "tone"), "removed"));
    assert_int_equal(json_get(page(&writer, id, "/compare?from=1&to=1"), "rows")->count, 0);
    assert_int_equal(client_get(&writer, path_of(id, "/compare?from=9&to=1")).status, 404);
}

static void only_who_may_write_comes_to_the_designer(void **state)
{
    struct client checker = officer("draw.checker"), desk = officer("desk1");
    (void)state;
    int64_t id = id_of(&checker, "one-review");
    assert_int_equal(client_get(&checker, path_of(id, "/edit")).status, 403);
    assert_int_equal(client_post(&checker, path_of(id, "/check"), "xml=x").status, 403);
    assert_int_equal(client_get(&checker, path_of(id, "/try")).status, 200);
    assert_int_equal(client_get(&checker, path_of(id, "/compare")).status, 200);
    assert_int_equal(client_get(&desk, path_of(id, "/try")).status, 403);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_template_can_be_published_as_it_stands),
        TEST(a_copy_is_a_process_of_its_own),
        TEST(what_a_beginning_lacks_is_named),
        TEST(an_unfinished_draft_is_kept_and_goes_no_further),
        TEST(nobody_saves_over_what_another_has_changed),
        TEST(a_check_keeps_nothing),
        TEST(faults_of_events_and_signatures_name_the_step),
        TEST(a_try_run_goes_the_whole_way_and_leaves_nothing),
        TEST(a_try_run_goes_through_every_kind_of_event),
        TEST(a_process_may_wait_for_a_signal_that_another_one_sends),
        TEST(days_that_pass_ring_the_clocks_of_the_law),
        TEST(an_act_that_is_not_open_ends_the_play_with_its_reason),
        TEST(a_comparison_names_each_change),
        TEST(only_who_may_write_comes_to_the_designer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
