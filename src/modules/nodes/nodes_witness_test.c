#include "core/jobs/jobs.h"
#include "engines/merkle/merkle_note.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_app_test.h"

#include <unistd.h>

static bool has_keys(struct ctx *c)
{
    struct err none = {0}, *own = c->err;
    struct str keys;
    bool *there = ctx_arg(c);
    c->err = c->tx.err = &none;
    *there = evidence_log_file(c, STR("keys"), &keys);
    c->err = c->tx.err = own;
    return true;
}

static void wait_for_log(struct testapp *t)
{
    bool there = false;
    for (int i = 0; i < 200 && !there; i++) {
        testapp_read(t, has_keys, &there);
        if (!there) usleep(50000);
    }
    assert_true(there);
}

/* Enrolled once more, now that the logs have their keys. */
static void enrol_with_logs(struct pair *p)
{
    struct text_for f = {.arena = p->w.t->arena};
    wait_for_log(p->hub);
    wait_for_log(p->w.t);
    testapp_write(p->hub, pair_enrolment, &f);
    testapp_write(p->hub, pair_admit, &f);
    testapp_write(p->w.t, pair_enrolment, &f);
    testapp_write(p->hub, pair_admit, &f);
    pair_give_directory(p);
}

static struct answer cosigned(struct testapp *t)
{
    struct client c = client_new(t);
    return client_get(&c, "/log/cosigned");
}

static struct answer cosigned_soon(struct pair *p, struct testapp *witness, struct testapp *of)
{
    struct answer a = cosigned(of);
    for (int i = 0; i < 100 && a.status != 200; i++) {
        testapp_advance(MS_MINUTE);
        testapp_jobs(witness);
        usleep(50000);
        a = cosigned(of);
    }
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    (void)p;
    return a;
}

static struct str witness_key_of(struct pair *p, const char *code)
{
    struct directory d;
    struct envelope v;
    struct err e = {0};
    assert_true(envelope_open(p->w.t->arena, pair_directory_now(p), &v, &e) &&
                directory_read(p->w.t->arena, v.text, &d, &e));
    return directory_node(&d, str_c(code))->witness_key;
}

static void a_published_head_carries_the_signature_of_the_other_node(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct merkle_checkpoint head;
    struct merkle_key k;
    struct err e = {0};
    uint64_t seconds;
    enrol_with_logs(p);
    struct answer a = cosigned_soon(p, p->w.t, p->hub);
    assert_true(merkle_checkpoint_parse(p->w.t->arena, a.body, &head, &e));
    assert_true(merkle_key_parse(p->w.t->arena, witness_key_of(p, "tobacco-node"), &k, &e));
    assert_true(merkle_cosigned(p->w.t->arena, &head, &k, &seconds));
    assert_true(seconds <= (uint64_t)testapp_now() / 1000 && seconds > (uint64_t)testapp_now() / 1000 - 3600);
    pair_close(p);
    (void)unused;
}

static bool forge_head(struct ctx *c)
{
    struct text_for *f = ctx_arg(c);
    return state_store_head(c, STR("hub"), f->text);
}

static bool forked(struct ctx *c)
{
    *(int64_t *)ctx_arg(c) =
        pair_one(c, "SELECT COUNT(*) FROM evidence WHERE act = $1", STR("node.log_forked"));
    return true;
}

/* The witness has a head of another history: what it knows of the log and what it is shown do not fit. */
static void a_log_that_took_something_back_is_not_signed_and_that_is_on_record(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct merkle_node root = {{7}};
    int64_t alarms = 0;
    enrol_with_logs(p);
    struct text_for f = {.text = merkle_note(p->w.t->arena,
                                             merkle_checkpoint_text(p->w.t->arena, STR("other"), 1, &root),
                                             STR("\xe2\x80\x94 x AAAAAAAA\n"))};
    testapp_write(p->w.t, forge_head, &f);
    for (int i = 0; i < 100 && !alarms; i++) {
        testapp_advance(MS_MINUTE);
        testapp_jobs(p->w.t);
        testapp_read(p->w.t, forked, &alarms);
        usleep(50000);
    }
    assert_true(alarms > 0);
    assert_int_equal(cosigned(p->hub).status, 404);
    pair_close(p);
    (void)unused;
}

static void a_signature_of_no_known_witness_is_not_published(void **unused)
{
    struct testapp *t = testapp_open(true);
    struct client c = client_new(t);
    assert_int_equal(client_post(&c, "/log/cosign", "note=nonsense").status, 422);
    testapp_close(t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_published_head_carries_the_signature_of_the_other_node),
        cmocka_unit_test(a_log_that_took_something_back_is_not_signed_and_that_is_on_record),
        cmocka_unit_test(a_signature_of_no_known_witness_is_not_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
