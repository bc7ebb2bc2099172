/* What signals between cases promise: whoever waits hears, once, and learns nothing but the name. */
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases_operate_test.h"
#include "modules/cases/cases_signals.h"

#define SIGNAL   "<signalEventDefinition signalRef='S'/>"
#define SEND(to) "<intermediateThrowEvent id='send' " to ">" SIGNAL "</intermediateThrowEvent>"
#define SENDS(to)                                                                                            \
    "<startEvent id='start'/>" RECEIVE REVIEW("review") SEND(to) END WAY("start", "receive")                 \
        WAY("receive", "review") WAY("review", "send") WAY("send", "decide")

/* At the edge of a step, in the flow and at the beginning of an event sub-process. */
#define WAITS                                                                                                \
    "<startEvent id='start'/>" RECEIVE REVIEW("look")                                                        \
        REVIEW("visit") "<boundaryEvent id='edge' attachedToRef='look'>" SIGNAL                              \
                        "</boundaryEvent><intermediateCatchEvent id='hear'>" SIGNAL                          \
                        "</intermediateCatchEvent><subProcess id='beside' "                                  \
                        "triggeredByEvent='true'><startEvent id='in' "                                       \
                        "isInterrupting='false'>" SIGNAL                                                     \
                        "</startEvent>" REVIEW("extra") "<endEvent id='out'/>" WAY("in", "extra") WAY(       \
                            "extra", "out") "</subProcess><parallelGateway id='f'/><exclusiveGateway "       \
                                            "id='x'/><parallelGateway id='j'/>" END WAY("start", "receive")  \
                                                WAY("receive", "f") WAY("f", "look") WAY("f", "hear")        \
                                                    WAY("look", "x") WAY("edge", "visit") WAY("visit", "x")  \
                                                        WAY("x", "j") WAY("hear", "j") WAY("j", "decide")

/* Hears it and sends it on, again and again. */
#define ECHOES                                                                                               \
    "<startEvent id='start'/>" RECEIVE REVIEW("review")                                                      \
        SEND("") "<intermediateCatchEvent id='hear'>" SIGNAL                                                 \
                 "</intermediateCatchEvent><parallelGateway id='f'/><exclusiveGateway id='x'/>" END WAY(     \
                     "start", "receive") WAY("receive", "f") WAY("f", "review") WAY("review", "decide")      \
                     WAY("f", "x") WAY("x", "hear") WAY("hear", "send") WAY("send", "x")

/* Each time it hears the one it sends the other, and goes on waiting. */
#define ANSWERS(heard, sent)                                                                                 \
    "<startEvent id='start'/>" RECEIVE REVIEW("review") END                                                  \
        "<subProcess id='beside' triggeredByEvent='true'><startEvent id='in' isInterrupting='false'>"        \
        "<signalEventDefinition signalRef='" heard "'/></startEvent><intermediateThrowEvent id='back'>"      \
        "<signalEventDefinition signalRef='" sent                                                            \
        "'/></intermediateThrowEvent><endEvent id='out'/>" WAY("in", "back")                                 \
            WAY("back", "out") "</subProcess>" WAY("start", "receive") WAY("receive", "review")              \
                WAY("review", "decide")

struct counted {
    const char *sql;
    int64_t about, count;
};

static bool count_rows(struct ctx *c)
{
    struct counted *k = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, k->sql, DB_I(k->about))) return false;
    k->count = db_int(&r, 0, 0);
    return true;
}

static int64_t count_of(const char *sql, int64_t about)
{
    struct counted k = {.sql = sql, .about = about};
    testapp_read(app, count_rows, &k);
    return k.count;
}

#define HEARD "SELECT count(*) FROM case_event WHERE act = 'signal' AND case_id = $1"
#define SENT  "SELECT count(*) FROM case_signal WHERE case_id = $1"

static bool stands_at(struct client *c, int64_t id, const char *step)
{
    JSON_EACH(t, json_get(page_of(c, id, 0), "tasks"))
    {
        if (str_eq_c(json_text_of(t, "name"), step)) return true;
    }
    return false;
}

/* A case that sends, under a version of its own; what waits is published behind it. */
static int64_t sender(struct client *desk, const char *sends)
{
    publish("one-review", sends);
    return receive(desk, "accept");
}

/* Another process that sends it, still being written. */
static int open_signals(void **state)
{
    open_all(state);
    struct client writer = officer_json("flow.writer");
    int64_t id = process_id(&writer, "one-review");
    struct answer a = upload(&writer, id, model("one-review", WAITS));
    assert_int_equal(a.status, 422); /* nothing sends it */
    assert_true(answer_has(a, "都不会发出"));
    assert_int_equal(upload(&writer, 0, model("raiser", SENDS(""))).status, 200);
    return 0;
}

static int step_task(struct client *c, int64_t id, const char *step, const char *what)
{
    JSON_EACH(t, json_get(page_of(c, id, 0), "tasks"))
    {
        struct str href = json_text_of(t, "href");
        size_t at = str_find(href, STR("task="));
        if (!str_eq_c(json_text_of(t, "name"), step)) continue;
        return act(c, id, what,
                   at == SIZE_MAX ? ""
                                  : str_z(app->arena, str_fmt(app->arena, "%.*s",
                                                              STR_ARG(str_slice(href, at, href.len)))));
    }
    fail_msg("nothing waits at %s", step);
    return 0;
}

static void a_signal_reaches_every_case_that_waits_for_it_once(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t from = sender(&desk, SENDS(""));
    publish("one-review", WAITS);
    int64_t first = receive(&desk, "accept"), second = receive(&desk, "accept");
    assert_int_equal(act(&review, from, "pass", ""), 200);
    assert_true(stands_at(&review, first, "look")); /* it comes behind the commit */
    int64_t late = receive(&desk, "accept");
    testapp_jobs(app);
    testapp_jobs(app);
    assert_true(stands_at(&review, first, "visit") && stands_at(&review, second, "visit"));
    assert_true(stands_at(&review, first, "extra") && !stands_at(&review, first, "look"));
    assert_true(stands_at(&review, late, "look") && !stands_at(&review, late, "extra"));
    assert_int_equal(count_of(HEARD, first), 3);
    assert_int_equal(count_of(HEARD, second), 3);
    assert_int_equal(count_of(HEARD, late), 0);
    assert_int_equal(count_of(HEARD, from), 0);
    assert_int_equal(count_of(SENT, from), 1);
    assert_int_equal(
        count_of("SELECT count(*) FROM evidence WHERE act = 'case.signal' AND object = $1", first), 3);
    assert_int_equal(
        count_of("SELECT count(*) FROM evidence WHERE act = 'case.signal_sent' AND object = $1", from), 1);
    assert_true(answer_has(client_getf(&review, "/office/cases/%lld", (long long)first), "high-water"));
    assert_int_equal(step_task(&review, first, "visit", "pass"), 200);
    assert_int_equal(act(&decide, first, "grant", "note_grant=x"), 200);
    assert_int_equal(count_of("SELECT count(*) FROM case_listening WHERE case_id = $1", first), 0);
}

static void what_is_held_up_hears_it_when_it_goes_on(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  decide = officer_json("public-security.decide");
    int64_t from = sender(&desk, SENDS(""));
    publish("one-review", WAITS);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(operate(&decide, id, "suspend", "reason=x"), 200);
    assert_int_equal(act(&review, from, "pass", ""), 200);
    testapp_jobs(app);
    assert_int_equal(count_of(HEARD, id), 0);
    assert_int_equal(/* it waits, and nothing has failed */
                     count_of("SELECT count(*) FROM job WHERE kind = 'case.hear' AND attempts = $1", 0), 3);
    assert_int_equal(operate(&decide, id, "resume", ""), 200);
    testapp_advance(6 * MS_MINUTE);
    testapp_jobs(app);
    assert_int_equal(count_of(HEARD, id), 3);
    assert_true(stands_at(&review, id, "visit"));
}

static void a_signal_of_its_own_case_leaves_others_alone(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    int64_t from = sender(&desk, SENDS("t:to='own'"));
    publish("one-review", WAITS);
    int64_t id = receive(&desk, "accept");
    assert_int_equal(act(&review, from, "pass", ""), 200);
    testapp_jobs(app);
    assert_true(stands_at(&review, id, "look"));
    assert_int_equal(count_of(SENT, from), 0);
}

static bool see_parked(struct ctx *c)
{
    struct job_row *rows;
    size_t count;
    if (!jobs_list(c, STR_EMPTY, 0, 50, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(rows[i].kind, "case.hear") && str_find(rows[i].error, STR("case.signal_round")) == 0)
            ++*(int *)ctx_arg(c);
    return true;
}

static void a_round_of_signals_ends_where_an_operator_sees_it(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review");
    int stopped = 0;
    int64_t from = sender(&desk, SENDS(""));
    publish("one-review", ECHOES);
    int64_t one = receive(&desk, "accept"), other = receive(&desk, "accept");
    assert_int_equal(act(&review, from, "pass", ""), 200);
    testapp_jobs(app);
    int64_t sent = count_of(SENT, one) + count_of(SENT, other);
    assert_true(sent >= SIGNAL_AGAIN_MAX && sent <= 2 * SIGNAL_AGAIN_MAX); /* by one or by both */
    testapp_read(app, see_parked, &stopped);
    assert_true(stopped > 0);
}

static void signals_of_several_on_both_sides_do_not_spread_without_end(void **state)
{
    (void)state;
    struct client desk = officer_json("desk1"), review = officer_json("public-security.review"),
                  writer = officer_json("flow.writer");
    int64_t first = sender(&desk, SENDS("")), second = receive(&desk, "accept"), ids[4];
    int stopped = 0;
    assert_int_equal(upload(&writer, 0, model("lowers", ANSWERS("S", "R"))).status, 200);
    publish("one-review", ANSWERS("S", "R"));
    ids[0] = receive(&desk, "accept");
    ids[1] = receive(&desk, "accept");
    publish("one-review", ANSWERS("R", "S"));
    ids[2] = receive(&desk, "accept");
    ids[3] = receive(&desk, "accept");
    assert_int_equal(act(&review, first, "pass", ""), 200);
    testapp_jobs(app);
    for (int i = 0; i < 4; i++) {
        int64_t sent = count_of(SENT, ids[i]);
        assert_true(sent > 0 && sent <= SIGNAL_AGAIN_MAX);
    }
    testapp_read(app, see_parked, &stopped);
    assert_true(stopped > 0);
    int64_t before = count_of(SENT, ids[0]);
    assert_int_equal(act(&review, second, "pass", ""), 200); /* what another one leads to counts anew */
    testapp_jobs(app);
    assert_true(count_of(SENT, ids[0]) > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, open_signals, close_app)
        T(a_signal_reaches_every_case_that_waits_for_it_once),
        T(what_is_held_up_hears_it_when_it_goes_on),
        T(a_signal_of_its_own_case_leaves_others_alone),
        T(a_round_of_signals_ends_where_an_operator_sees_it),
        T(signals_of_several_on_both_sides_do_not_spread_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
