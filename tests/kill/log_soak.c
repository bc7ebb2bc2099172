/* Single edits, deletions, swaps, truncations and forks of a log that real calls made, as many of one kind as
 * of another, each another log than all before, each audited as `tongban audit` does it.
 *
 *   log-soak [COUNT]     10,000 unless said otherwise; `./dev soak log` builds it
 *
 * Ends with `found N of COUNT`; 0 when all were found and the log itself is sound. */
#include "modules/exchange/exchange_app_test.h"
#include "testing/tampering.h"

enum { OWNER = 77, ROUNDS = 40, SHOWN = 10 };

static long long count = 10000;

/* What systems ask in one round: what is answered, and what is refused. */
static const char *const questions[] = {
    "\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN "\",\"fields\":[\"name\",\"mobile\"]",
    "\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN "\",\"fields\":[\"address\"]",
    "\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN "\",\"facts\":{\"name\":\"林晓禾\"}",
    "\"mode\":\"check\",\"purpose\":\"apply\",\"number\":\"" LIN "\",\"facts\":{\"name\":\"林小禾\"}",
    "\"mode\":\"query\",\"purpose\":\"supervise\",\"number\":\"" LIN "\",\"fields\":[\"name\"]",
    "\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" LIN "\",\"fields\":[\"birth\"]",
    "\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"" ZHOU "\",\"fields\":[\"name\"]"};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static void ask_all(struct world *w, int operator_id)
{
    struct arena *a = w->t->arena;
    for (size_t i = 0; i < QUESTIONS; i++)
        for (int with_case = 0; with_case < 2; with_case++)
            (void)exchange_call(
                w, str_z(a, str_fmt(a, "{%s,\"operator\":\"zhang-%d\"%s%.*s%s}", questions[i], operator_id,
                                    with_case ? ",\"case\":\"" : "",
                                    STR_ARG(with_case ? w->case_no : STR_EMPTY), with_case ? "\"" : "")));
}

static bool count_calls(struct ctx *c)
{
    int64_t *n = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'exchange.call'")) return false;
    n[0] = db_int(&r, 0, 0);
    return true;
}

static void order(struct world *w, struct tampered_log *l)
{
    struct err e = {0};
    if (!evidence_order(w->t->server, OWNER, &e)) fail_msg("%s %s", e.code, e.detail);
    tampered_log_keep(l);
}

static void open_log(struct world *w, struct tampered_log *l)
{
    int64_t calls;
    *w = exchange_world();
    exchange_grant(w, "&daily=100000");
    testapp_write(w->t, exchange_seed_case, w);
    *l = (struct tampered_log){
        .server = w->t->server, .arena = w->t->arena, .seed = UINT64_C(88172645463325252)};
    for (int i = 0; i < ROUNDS; i++) {
        testapp_advance(61000); /* the next minute of the permit */
        ask_all(w, i % 5);
        order(w, l);
    }
    testapp_advance(61000);
    ask_all(w, 9); /* these wait for their place */
    testapp_advance(60000);
    testapp_read(w->t, count_calls, &calls);
    tampered_log_ready(l, (size_t)count);
    print_message("a log of %llu acts, %lld of them calls through the gateway, with %zu signed heads\n",
                  (unsigned long long)l->size, (long long)calls, l->past_count);
}

static void every_tampering_is_found(void **unused)
{
    struct world w;
    struct tampered_log l;
    long long found = 0, made = 0;
    open_log(&w, &l);
    struct str saved = tampered_log_saved(&l);
    assert_int_equal(tampered_log_audit(&l, saved).count, 0);
    for (int k = 0; k < TAMPERINGS; k++) {
        long long each = count / TAMPERINGS + (k < count % TAMPERINGS), here = 0;
        for (long long i = 0; i < each; i++) {
            uint64_t before = l.seed;
            bool told = tampered_log_try(&l, k, saved).count > 0;
            here += told;
            if (!told && each - here <= SHOWN)
                print_error("one of the %s was not found (seed %llu)\n", tampering_names[k],
                            (unsigned long long)before);
        }
        print_message("%s: found %lld of %lld\n", tampering_names[k], here, each);
        found += here;
        made += each;
    }
    print_message("found %lld of %lld, %zu different logs\n", found, made, l.seen_count - 1);
    assert_int_equal(found, count);
    assert_int_equal(l.seen_count - 1, made);
    assert_int_equal(tampered_log_audit(&l, saved).count, 0);
    testapp_close(w.t);
    (void)unused;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_tampering_is_found)};
    int64_t wanted;
    if (argc > 2 || (argc == 2 && (!str_to_i64(str_c(argv[1]), &wanted) || wanted < TAMPERINGS)))
        return print_error("log-soak [COUNT], at least %d\n", TAMPERINGS), 2;
    if (argc == 2) count = wanted;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
