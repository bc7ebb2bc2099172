/* Answers with their proofs: what verifies, what does not, and that nothing leaves unsigned; many calls at
 * once.
 */
#include "core/base/file.h"
#include "modules/exchange/exchange_app_test.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 16, EACH = 4 };

static struct world opened(const char *more)
{
    struct world w = exchange_world();
    exchange_grant(&w, more);
    testapp_write(w.t, exchange_seed_case, &w);
    return w;
}

static struct str certificates(struct world *w)
{
    struct client c = client_new(w->t);
    struct answer a = client_get(&c, "/exchange/certificates");
    assert_int_equal(a.status, 200);
    return a.body;
}

static struct exchange_verdict verdict(struct world *w, struct str text, struct str given)
{
    struct exchange_verdict v;
    struct err e = {0};
    if (!exchange_proof_verify(w->t->arena, text, given, &v, &e)) fail_msg("%s %s", e.code, e.arg);
    return v;
}

static bool sound(struct exchange_verdict v)
{
    return v.stands && v.head_signed && v.known && v.vouched;
}

static struct str replaced(struct world *w, struct str text, const char *from, const char *to)
{
    size_t at = str_find(text, str_c(from));
    assert_true(at != SIZE_MAX);
    return str_fmt(w->t->arena, "%.*s%s%.*s", (int)at, text.ptr, to,
                   STR_ARG(str_slice(text, at + strlen(from), text.len)));
}

/* The value of a member of the proof with its last character changed. */
static struct str touched(struct world *w, struct str text, const char *member)
{
    struct str key = str_fmt(w->t->arena, "\"%s\":", member), copy = str_dup(w->t->arena, text);
    size_t at = str_find(copy, key) + key.len + 2;
    char *ch = (char *)(uintptr_t)copy.ptr + at + (strcmp(member, "path") == 0);
    *ch = *ch == '1' ? '2' : '1';
    return copy;
}

static void an_answer_verifies_offline(void **unused)
{
    struct world w = opened("");
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_int_equal(a.status, 200);
    struct exchange_verdict v = verdict(&w, a.body, certificates(&w));
    assert_true(sound(v));
    assert_int_equal(v.size, 1); /* alone, it is a tree of one */
    assert_int_equal(v.time, testapp_now());
    testapp_close(w.t);
    (void)unused;
}

static void a_changed_answer_is_told_from_a_changed_head(void **unused)
{
    struct world w = opened("");
    struct str given = certificates(&w), text = exchange_call(&w, exchange_query(&w, LIN, w.case_no)).body;
    struct exchange_verdict v = verdict(&w, replaced(&w, text, "林晓禾", "林晓和"), given);
    assert_true(!v.stands && v.head_signed && v.known && v.vouched);
    v = verdict(&w, replaced(&w, text, "\"found\":true", "\"found\":true,\"more\":1"), given);
    assert_true(!v.stands && v.head_signed);
    v = verdict(&w, touched(&w, text, "head"), given);
    assert_true(!v.stands && !v.head_signed && v.known);
    v = verdict(&w, touched(&w, text, "time"), given);
    assert_true(v.stands && !v.head_signed && v.known);
    v = verdict(&w, touched(&w, text, "signature"), given);
    assert_true(v.stands && !v.head_signed && v.known);
    v = verdict(&w, touched(&w, text, "certificate"), given);
    assert_true(v.stands && !v.known && !v.vouched);
    v = verdict(&w, replaced(&w, text, "\"size\":1,", "\"size\":2,"), given);
    assert_true(!v.stands && !v.head_signed);
    testapp_close(w.t);
    (void)unused;
}

static void nothing_is_put_behind_a_proof(void **unused)
{
    struct world w = opened("");
    struct str text = exchange_call(&w, exchange_query(&w, LIN, w.case_no)).body,
               more =
                   str_cat(w.t->arena, str_slice(text, 0, text.len - 1), STR(",\"data2\":{\"name\":\"x\"}}"));
    struct exchange_verdict v;
    struct err e = {0};
    assert_false(exchange_proof_verify(w.t->arena, more, STR_EMPTY, &v, &e));
    assert_string_equal(e.code, "exchange.proof_file");
    testapp_close(w.t);
    (void)unused;
}

static void the_proof_of_another_answer_proves_nothing(void **unused)
{
    struct world w = opened("");
    struct str given = certificates(&w);
    const char *body = exchange_query(&w, LIN, w.case_no);
    struct str one = exchange_call(&w, body).body, other = exchange_call(&w, body).body;
    size_t mine = str_find(one, STR(",\"proof\":")), theirs = str_find(other, STR(",\"proof\":"));
    struct str mixed = str_cat(w.t->arena, str_slice(one, 0, mine), str_slice(other, theirs, other.len));
    struct exchange_verdict v = verdict(&w, mixed, given);
    assert_true(!v.stands && v.head_signed && v.vouched);
    testapp_close(w.t);
    (void)unused;
}

static void certificates_of_another_installation_vouch_for_nothing(void **unused)
{
    struct world w = opened("");
    struct str text = str_dup(w.t->arena, exchange_call(&w, exchange_query(&w, LIN, w.case_no)).body);
    struct testapp *t = testapp_open(false);
    struct world other = {.t = t};
    struct exchange_verdict v = verdict(&w, text, certificates(&other));
    assert_true(v.stands && !v.known && !v.head_signed && !v.vouched);
    v = verdict(&w, text, STR_EMPTY);
    assert_true(v.stands && !v.known);
    testapp_close(t);
    testapp_close(w.t);
    (void)unused;
}

struct found_detail {
    struct str detail;
};

static bool read_detail(struct ctx *c)
{
    struct found_detail *d = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT detail FROM evidence WHERE act = 'exchange.call' ORDER BY id DESC LIMIT 1"))
        return false;
    d->detail = r.rows ? str_c(strndup(db_str(&r, 0, 0).ptr, db_str(&r, 0, 0).len)) : STR_EMPTY;
    return true;
}

static void the_evidence_of_a_call_binds_the_answer(void **unused)
{
    struct world w = opened("");
    struct str text = exchange_call(&w, exchange_query(&w, LIN, w.case_no)).body;
    struct str answer = str_cat(w.t->arena, str_slice(text, 0, str_find(text, STR(",\"proof\":"))), STR("}"));
    struct merkle_node leaf = merkle_leaf(MERKLE_SM3, w.t->arena, answer);
    struct found_detail d = {0};
    testapp_read(w.t, read_detail, &d);
    assert_true(str_find(d.detail, str_hex(w.t->arena, leaf.bytes, MERKLE_SIZE)) != SIZE_MAX);
    free((void *)(uintptr_t)d.detail.ptr);
    testapp_close(w.t);
    (void)unused;
}

static bool count_answered(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM exchange_call WHERE permit <> 0 AND result = 'ok'"))
        return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

/* Where the folder of signers is taken away before the first signature, none can be made. */
static void what_cannot_be_signed_is_not_answered(void **unused)
{
    struct world w = opened("");
    struct err e = {0};
    int64_t answered = 0;
    struct str folder = str_fmt(w.t->arena, "%s/keys/root.key.signers", w.t->var),
               away = str_fmt(w.t->arena, "%s/keys/away", w.t->var);
    const char *path = str_z(w.t->arena, folder), *aside = str_z(w.t->arena, away);
    bool was = rename(path, aside) == 0;
    assert_true(file_write(path, STR("in the way"), 0600, &e));
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_int_equal(a.status, 503);
    assert_string_equal(exchange_code(&w, a), "exchange.proof");
    assert_false(answer_has(a, "林晓禾"));
    testapp_read(w.t, count_answered, &answered);
    assert_int_equal(answered, 1); /* on record it is */
    unlink(path);
    if (was) assert_int_equal(rename(aside, path), 0);
    a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_true(sound(verdict(&w, a.body, certificates(&w))));
    testapp_close(w.t);
    (void)unused;
}

/* ---- many at once ---- */

struct caller_thread {
    struct world *w;
    pthread_barrier_t *start;
    struct arena *arena;
    struct request *requests[EACH];
    struct answer answers[EACH];
};

static void *call_on(void *arg)
{
    struct caller_thread *t = arg;
    pthread_barrier_wait(t->start);
    for (int i = 0; i < EACH; i++)
        server_handle(t->w->t->server, t->arena, t->requests[i], &t->answers[i]);
    return NULL;
}

/* nonce: the same for all, NULL: each its own. */
static void call_at_once(struct world *w, struct caller_thread *list, const char *nonce)
{
    pthread_barrier_t start;
    pthread_t threads[THREADS];
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        list[i] = (struct caller_thread){.w = w, .start = &start, .arena = arena_new(64 << 20)};
        for (int k = 0; k < EACH; k++) {
            const struct signed_call s = {.body = exchange_query(w, LIN, w->case_no), .nonce = nonce};
            list[i].requests[k] = exchange_signed(w, &s);
        }
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_on, &list[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

static int with_status(const struct caller_thread *list, int status)
{
    int n = 0;
    for (int i = 0; i < THREADS * EACH; i++)
        n += list[i / EACH].answers[i % EACH].status == status;
    return n;
}

static void drop_all(struct caller_thread *list)
{
    for (int i = 0; i < THREADS; i++)
        arena_drop(list[i].arena);
}

static void every_answer_of_a_group_verifies_by_itself(void **unused)
{
    struct world w = opened("");
    struct caller_thread list[THREADS];
    struct str given = certificates(&w);
    call_at_once(&w, list, NULL);
    assert_int_equal(with_status(list, 200), THREADS * EACH);
    for (int i = 0; i < THREADS * EACH; i++)
        assert_true(sound(verdict(&w, list[i / EACH].answers[i % EACH].body, given)));
    drop_all(list);
    testapp_close(w.t);
    (void)unused;
}

static void a_nonce_is_taken_once_also_within_a_group(void **unused)
{
    struct world w = opened("");
    struct caller_thread list[THREADS];
    call_at_once(&w, list, "0123456789abcdef");
    assert_int_equal(with_status(list, 200), 1);
    /* So many replays a minute are on record as such (a write that ran twice counted twice). */
    int recorded = with_status(list, 403);
    assert_true(recorded >= 1 && recorded <= 30);
    assert_int_equal(recorded + with_status(list, 429), THREADS * EACH - 1);
    drop_all(list);
    testapp_close(w.t);
    (void)unused;
}

static void a_quota_is_exact_when_all_come_at_once(void **unused)
{
    struct world w = opened("&daily=37");
    struct caller_thread list[THREADS];
    int64_t answered = 0;
    call_at_once(&w, list, NULL);
    assert_int_equal(with_status(list, 200), 37);
    assert_int_equal(with_status(list, 403), THREADS * EACH - 37);
    testapp_read(w.t, count_answered, &answered);
    assert_int_equal(answered, 37);
    drop_all(list);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_verifies_offline),
        cmocka_unit_test(a_changed_answer_is_told_from_a_changed_head),
        cmocka_unit_test(nothing_is_put_behind_a_proof),
        cmocka_unit_test(the_proof_of_another_answer_proves_nothing),
        cmocka_unit_test(certificates_of_another_installation_vouch_for_nothing),
        cmocka_unit_test(the_evidence_of_a_call_binds_the_answer),
        cmocka_unit_test(what_cannot_be_signed_is_not_answered),
        cmocka_unit_test(every_answer_of_a_group_verifies_by_itself),
        cmocka_unit_test(a_nonce_is_taken_once_also_within_a_group),
        cmocka_unit_test(a_quota_is_exact_when_all_come_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
