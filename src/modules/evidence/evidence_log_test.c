#include "modules/evidence/evidence_log.h"

#include "testing/testapp.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { OWNER = 77, OTHER = 78, SUBJECT = 501 };

static const struct actor program = {.kind = ACTOR_SYSTEM};

static bool add_acts(struct ctx *c)
{
    const int *count = ctx_arg(c);
    for (int i = 0; i < *count; i++) {
        struct json *detail = json_object(c->arena);
        json_set_i64(c->arena, detail, "n", i);
        if (!evidence_add(c, i % 3 ? "case.accept" : "data.read", "case", 9000 + i % 7, SUBJECT, detail))
            return false;
    }
    return true;
}

static void act(struct testapp *t, int count)
{
    struct err e = {0};
    while (count > 0) {
        int part = count < 500 ? count : 500;
        testapp_advance(3);
        if (!server_write(t->server, &program, add_acts, &part, &e)) fail_msg("%s %s", e.code, e.detail);
        count -= part;
    }
}

static void order_as(struct testapp *t, int64_t owner)
{
    struct err e = {0};
    if (!evidence_order(t->server, owner, &e)) fail_msg("%s %s", e.code, e.detail);
}

static void order(struct testapp *t)
{
    order_as(t, OWNER);
}

static bool find_log(struct ctx *c)
{
    struct evidence_log *log = ctx_arg(c), found;
    if (!log_store_find(c, &found)) return false;
    *log = found;
    log->origin = STR_EMPTY; /* lives no longer than the transaction */
    return true;
}

static struct evidence_log log_of(struct testapp *t)
{
    struct evidence_log log;
    testapp_read(t, find_log, &log);
    return log;
}

struct auditing {
    struct str saved;
    struct evidence_audit result;
};

static bool do_audit(struct ctx *c)
{
    struct auditing *a = ctx_arg(c);
    return evidence_audit(c, a->saved, &a->result);
}

static void must_be_sound(struct testapp *t, struct str saved)
{
    struct auditing a = {.saved = saved};
    testapp_read(t, do_audit, &a);
    for (size_t i = 0; i < a.result.count && i < 5; i++)
        print_error("%s %lld\n", a.result.findings[i].msgid, (long long)a.result.findings[i].arg);
    assert_int_equal(a.result.count, 0);
}

static struct str get(struct testapp *t, const char *path)
{
    struct client c = client_new(t);
    struct answer a = client_getf(&c, "%s", path);
    if (a.status != 200) fail_msg("%s answers %d", path, a.status);
    return a.body;
}

static struct str head_of(struct testapp *t)
{
    return get(t, "/log/checkpoint");
}

/* ---- the order ---- */

static void acts_come_into_the_log_once_whatever_their_number(void **state)
{
    static const int steps[] = {1, 5, 250, 1, 255, 256, 257, 5000, 3};
    struct testapp *t = testapp_open(false);
    uint64_t size;
    (void)state;
    order(t);
    size = log_of(t).size; /* what starting left */
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        act(t, steps[i]);
        order(t);
        size += (uint64_t)steps[i];
        struct evidence_log log = log_of(t);
        assert_int_equal(log.size, size);
        assert_int_equal(log.signed_size, size);
        must_be_sound(t, head_of(t));
    }
    order(t);
    assert_int_equal(log_of(t).size, size);
    testapp_close(t);
}

static void another_program_orders_only_when_the_lease_has_run_out(void **state)
{
    struct testapp *t = testapp_open(false);
    (void)state;
    act(t, 10);
    order(t);
    uint64_t size = log_of(t).size;
    act(t, 10);
    order_as(t, OTHER);
    assert_int_equal(log_of(t).size, size);
    testapp_advance(16000);
    order_as(t, OTHER);
    assert_int_equal(log_of(t).size, size + 10);
    act(t, 10);
    order(t);
    assert_int_equal(log_of(t).size, size + 10);
    testapp_close(t);
}

enum { WRITERS = 4, EACH = 40 };

static void *keep_acting(void *arg)
{
    struct testapp *t = arg;
    for (int i = 0; i < EACH; i++) {
        struct err e = {0};
        int one = 1;
        if (!server_write(t->server, &program, add_acts, &one, &e)) return arg;
    }
    return NULL;
}

static void the_sequencer_orders_while_acts_go_on_and_once_more_at_the_end(void **state)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    pthread_t writers[WRITERS];
    (void)state;
    order(t);
    uint64_t before = log_of(t).size;
    testapp_advance(16000);
    struct evidence_sequencer *q = evidence_sequencer_start(t->server, &e);
    assert_non_null(q);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, keep_acting, t), 0);
    for (int i = 0; i < WRITERS; i++) {
        void *failed;
        pthread_join(writers[i], &failed);
        assert_null(failed);
    }
    evidence_sequencer_stop(q);
    struct evidence_log log = log_of(t);
    assert_int_equal(log.size, before + WRITERS * EACH);
    assert_int_equal(log.signed_size, log.size);
    assert_int_equal(log.until, 0); /* another program may begin at once */
    must_be_sound(t, head_of(t));
    testapp_close(t);
}

/* With PostgreSQL a row with a smaller id may become visible after one with a larger. */
static bool add_late(struct ctx *c)
{
    struct evidence_row r = {.id = 5000 + c->now % 1000,
                             .at = c->now,
                             .act = STR("case.accept"),
                             .object_kind = STR("case"),
                             .detail = STR("{}")};
    uint8_t mac[SM3_SIZE];
    evidence_mac(c, &r, mac);
    r.mac = str_n(mac, sizeof mac);
    return evidence_store_add(&c->tx, &r);
}

static bool find_position(struct ctx *c)
{
    struct evidence_row *rows;
    size_t count;
    if (!evidence_store_of(c, 0, STR("case"), 0, 10, &rows, &count)) return false;
    int64_t *ids;
    if (!log_store_ids(c, false, 0, 3, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t index;
        bool found;
        if (!evidence_position(c, ids[i], &index, &found)) return false;
        assert_true(found);
        if (i == 0) assert_true(index >= 600); /* the smallest id of all came late */
    }
    return true;
}

static void a_late_row_is_ordered_and_found_again(void **state)
{
    struct testapp *t = testapp_open(false);
    (void)state;
    act(t, 700);
    order(t);
    testapp_write(t, add_late, NULL);
    act(t, 300);
    order(t);
    must_be_sound(t, head_of(t));
    testapp_read(t, find_position, NULL);
    testapp_close(t);
}

static bool break_the_log(struct ctx *c)
{
    return db_exec(&c->tx, "ALTER TABLE evidence_unordered RENAME TO evidence_elsewhere");
}

static bool count_lists(struct ctx *c)
{
    struct db_rows r;
    int64_t *n = ctx_arg(c);
    if (!db_query(&c->tx, &r, "SELECT (SELECT COUNT(*) FROM account), (SELECT COUNT(*) FROM evidence)"))
        return false;
    n[0] = db_int(&r, 0, 0);
    n[1] = db_int(&r, 0, 1);
    return true;
}

static bool open_account(struct ctx *c)
{
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = STR("somebody"),
                        .roles = STR("desk"),
                        .area = STR_EMPTY,
                        .label = STR("某某"),
                        .active = true};
    return account_create(c, &a, STR("-")) && evidence_add(c, "officer.add", "account", a.id, 0, NULL);
}

static void an_act_whose_evidence_cannot_be_written_does_not_happen(void **state)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    int64_t before[2], after[2];
    (void)state;
    testapp_write(t, break_the_log, NULL);
    testapp_read(t, count_lists, before);
    assert_false(server_write(t->server, &program, open_account, NULL, &e));
    testapp_read(t, count_lists, after);
    assert_int_equal(before[0], after[0]);
    assert_int_equal(before[1], after[1]);
    testapp_close(t);
}

/* ---- what anybody may read ---- */

struct outside {
    struct testapp *app;
    const char *prefix;
};

static bool fetch_tile(void *source, struct merkle_tile tile, struct merkle_node *out)
{
    const struct outside *o = source;
    struct str path = merkle_tile_path(o->app->arena, tile);
    struct str body =
        get(o->app, str_z(o->app->arena, str_fmt(o->app->arena, "%s%.*s", o->prefix, STR_ARG(path))));
    assert_int_equal(body.len, (size_t)tile.width * MERKLE_SIZE);
    memcpy(out, body.ptr, body.len);
    return true;
}

static void a_stranger_with_the_key_follows_the_log_over_http(void **state)
{
    struct testapp *t = testapp_open(false);
    struct err e = {0};
    struct merkle_key key;
    struct merkle_checkpoint old[LOG_HASHES], now[LOG_HASHES];
    static const char *const prefixes[LOG_HASHES] = {"/log/", "/log/sm3/"};
    (void)state;
    act(t, 300);
    order(t);
    struct str keys = get(t, "/log/keys"), line;
    str_cut(keys, '\n', &line);
    assert_true(merkle_key_parse(t->arena, line, &key, &e));
    struct cert *signer =
        cert_from_pem(t->arena, str_slice(keys, str_find(keys, STR("-----BEGIN")), keys.len), &e);
    assert_non_null(signer);
    for (int round = 0; round < 2; round++) {
        struct merkle_checkpoint *heads = round ? now : old;
        for (size_t h = 0; h < LOG_HASHES; h++) {
            struct str note = get(t, str_z(t->arena, str_fmt(t->arena, "%scheckpoint", prefixes[h])));
            assert_true(merkle_checkpoint_parse(t->arena, note, &heads[h], &e));
        }
        assert_true(merkle_signed(t->arena, &heads[MERKLE_SHA256], &key));
        assert_true(
            merkle_signed_sm2(t->arena, &heads[MERKLE_SM3], heads[MERKLE_SM3].origin, cert_public(signer)));
        act(t, 70000 / (round ? 70000 : 90));
        order(t);
    }
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct outside o = {t, prefixes[h]};
        struct merkle_proof p;
        struct merkle_node root;
        struct merkle_tiles *tiles =
            merkle_tiles_new(t->arena, (enum merkle_hash)h, now[h].size, fetch_tile, &o);
        assert_true(merkle_root((enum merkle_hash)h, merkle_tiles_read, tiles, now[h].size, &root));
        assert_true(merkle_same(&root, &now[h].root));
        assert_true(merkle_prove_consistency((enum merkle_hash)h, merkle_tiles_read, tiles, old[h].size,
                                             now[h].size, &p));
        assert_true(merkle_verify_consistency((enum merkle_hash)h, old[h].size, now[h].size, &old[h].root,
                                              &now[h].root, p.nodes, p.count));
        /* entries hash to the leaves of the tile */
        struct str entries = get(t, str_z(t->arena, str_fmt(t->arena, "%stile/entries/000", prefixes[h]))),
                   one;
        struct str leaves = get(t, str_z(t->arena, str_fmt(t->arena, "%stile/0/000", prefixes[h])));
        for (size_t i = 0; i < TILE_WIDTH; i++) {
            assert_true(merkle_bundle_next(&entries, &one));
            struct merkle_node leaf = merkle_leaf((enum merkle_hash)h, t->arena, one);
            assert_memory_equal(leaf.bytes, leaves.ptr + i * MERKLE_SIZE, MERKLE_SIZE);
        }
        assert_int_equal(entries.len, 0);
    }
    struct client c = client_new(t);
    assert_int_equal(client_get(&c, "/log/tile/0/999").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/0/x001/000").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/0/1").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/00/000").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/0/000.p/300").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/3/000").status, 404);
    testapp_close(t);
}

static void nothing_in_the_log_names_a_person(void **state)
{
    struct testapp *t = testapp_open(true);
    (void)state;
    act(t, 300);
    order(t);
    struct str entries = get(t, "/log/tile/entries/000");
    assert_int_equal(entries.len, TILE_WIDTH * (2 + SM3_SIZE));
    assert_true(str_find(entries, STR("case")) == SIZE_MAX &&
                str_find(entries, STR("data.read")) == SIZE_MAX);
    testapp_close(t);
}

static void a_log_without_acts_has_no_head(void **state)
{
    struct testapp *t = testapp_open(false);
    struct client c = client_new(t);
    (void)state;
    assert_int_equal(client_get(&c, "/log/checkpoint").status, 404);
    assert_int_equal(client_get(&c, "/log/keys").status, 404);
    assert_int_equal(client_get(&c, "/log/tile/0/000").status, 404);
    testapp_close(t);
}

/* ---- proofs ---- */

static void the_proof_of_ones_own_acts_verifies_offline(void **state)
{
    struct testapp *t = testapp_open(true);
    struct client person = client_new(t), stranger = client_new(t), auditor = client_new(t);
    struct evidence_verdict v;
    struct err e = {0};
    (void)state;
    client_as_person(&person, "13900000101");
    client_as_person(&stranger, "13900000102");
    client_as_officer(&auditor, "auditor");
    assert_int_equal(client_post(&person, "/me/profile", "mobile=13900000101&address=1").status / 100, 2);
    order(t);
    act(t, 400);
    order(t);
    struct answer a = client_get(&person, "/me/access/proof");
    assert_int_equal(a.status, 200);
    struct str keys = get(t, "/log/keys");
    struct json *doc = json_copy(t->arena, json_parse(t->arena, a.body, JSON_STRICT, &e));
    assert_true(evidence_proof_is(doc));
    assert_true(evidence_proof_verify(t->arena, doc, keys, &v, &e));
    assert_true(v.signed_sha256 && v.signed_sm3 && v.acts > 0 && v.wrong == 0);
    /* one letter of the record, and the proof is of something else */
    struct json *first = json_get(doc, "acts") ? (struct json *)json_at(json_get(doc, "acts"), 0) : NULL;
    struct str record = str_dup(t->arena, json_text_of(first, "record"));
    ((char *)(uintptr_t)record.ptr)[record.len / 2] ^= 1;
    json_set_str(t->arena, first, "record", record);
    assert_true(evidence_proof_verify(t->arena, doc, keys, &v, &e));
    assert_int_equal(v.wrong, 1);
    /* nobody gets another's */
    a = client_get(&stranger, "/me/access/proof");
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, str_z(t->arena, json_text_of(first, "salt"))));
    /* the auditor by number */
    struct str number;
    str_cut(record, '|', &number);
    assert_int_equal(client_getf(&auditor, "/office/evidence/%.*s/proof", STR_ARG(number)).status, 200);
    assert_int_equal(client_getf(&person, "/office/evidence/%.*s/proof", STR_ARG(number)).status, 403);
    assert_int_equal(client_get(&auditor, "/office/evidence/12/proof").status, 404);
    testapp_close(t);
}

static void an_act_too_young_for_the_head_is_said_to_wait(void **state)
{
    struct testapp *t = testapp_open(true);
    struct client person = client_new(t);
    struct err e = {0};
    (void)state;
    client_as_person(&person, "13900000101");
    order(t);
    assert_int_equal(client_post(&person, "/me/profile", "mobile=13900000101&address=1").status / 100, 2);
    struct answer a = client_get(&person, "/me/access/proof");
    const struct json *doc = json_parse(t->arena, a.body, JSON_STRICT, &e);
    assert_true(json_i64_of(doc, "waiting", 0) > 0);
    testapp_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts_come_into_the_log_once_whatever_their_number),
        cmocka_unit_test(another_program_orders_only_when_the_lease_has_run_out),
        cmocka_unit_test(the_sequencer_orders_while_acts_go_on_and_once_more_at_the_end),
        cmocka_unit_test(a_late_row_is_ordered_and_found_again),
        cmocka_unit_test(an_act_whose_evidence_cannot_be_written_does_not_happen),
        cmocka_unit_test(a_stranger_with_the_key_follows_the_log_over_http),
        cmocka_unit_test(nothing_in_the_log_names_a_person),
        cmocka_unit_test(a_log_without_acts_has_no_head),
        cmocka_unit_test(the_proof_of_ones_own_acts_verifies_offline),
        cmocka_unit_test(an_act_too_young_for_the_head_is_said_to_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
