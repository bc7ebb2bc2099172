/* One item of data has one source, and a place is its department's. */
#include "modules/exchange/exchange_rows_test.h"

#define TOBACCO                                                                                              \
    "code=301001%2F000777&name=Copied&class=department&format=database&sharing=conditional&reason=x&open="   \
    "no&"                                                                                                    \
    "cycle=daily&level=3&items=number%7Cnumber%7CC(20)%7Cconditional"
#define TABLE "kind=table&code=copied&key=number&timeout=500"

static void add_place(struct world *w, const char *name, const char *address, struct str owner)
{
    struct err e = {0};
    assert_true(exchange_add_place(w->t->server, str_c(name), str_c(address), owner, &e));
}

static int64_t tobacco_entry(struct world *w)
{
    struct client manager = exchange_officer(w->t, "data1");
    exchange_ok(&w->steward, client_post(&w->steward, "/office/exchange/new", TOBACCO));
    const struct json *doc =
        exchange_ok(&w->steward, client_get(&w->steward, "/office/exchange?f=all&q=301001%2F000777"));
    int64_t id = json_i64_of(json_at(json_get(doc, "entries"), 0), "id", 0);
    assert_int_equal(exchange_entry_act(&w->steward, id, "submit", ""), 200);
    assert_int_equal(exchange_entry_act(&manager, id, "agree", ""), 200);
    return id;
}

static struct answer set_up(struct client *c, int64_t entry, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)entry);
    return client_post(c, path, form);
}

static void a_table_is_the_source_of_one_entry_alone(void **unused)
{
    struct world w = exchange_world();
    add_place(&w, "edu", "sqlite:/nowhere/edu.db", STR("*"));
    add_place(&w, "again", "sqlite:/nowhere/edu.db", STR("*"));
    exchange_connect(&w, "kind=table&code=education&place=edu&path=degree&key=person&timeout=500&items=level",
                     "&fields=level");
    int64_t entry = tobacco_entry(&w);
    static const char *const same[] = {"&place=edu&path=degree", "&place=edu&path=main.Degree",
                                       "&place=again&path=degree"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct answer a =
            set_up(&w.steward, entry, str_z(w.t->arena, str_cat(w.t->arena, STR(TABLE), str_c(same[i]))));
        assert_int_equal(a.status, 409);
        assert_string_equal(exchange_code(&w, a), "exchange.one_source");
    }
    exchange_ok(&w.steward, set_up(&w.steward, entry, TABLE "&place=edu&path=permits"));
    testapp_close(w.t);
    (void)unused;
}

/* As two entries had it before that was asked. */
static bool share_table(struct ctx *c)
{
    return db_exec(&c->tx, "UPDATE data_source SET doc = REPLACE(doc, 'permits', 'degree') WHERE entry = $1",
                   DB_I(*(const int64_t *)ctx_arg(c)));
}

static void entries_that_shared_a_table_before_go_on_and_come_to_new_versions(void **unused)
{
    struct world w = exchange_world();
    struct client manager = exchange_officer(w.t, "data1");
    add_place(&w, "edu", "sqlite:/nowhere/edu.db", STR("*"));
    exchange_connect(&w, "kind=table&code=education&place=edu&path=degree&key=person&timeout=500&items=level",
                     "&fields=level");
    int64_t entry = w.entry = tobacco_entry(&w);
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source/agree", (long long)entry);
    exchange_ok(&w.steward, set_up(&w.steward, entry, TABLE "&place=edu&path=permits"));
    exchange_ok(&manager, client_post(&manager, path, ""));
    testapp_write(w.t, share_table, &entry);
    w.provider = w.steward;
    exchange_publish(&w, TOBACCO);
    assert_int_equal(exchange_entry_act(&w.steward, entry, "withdraw", ""), 200);
    assert_int_equal(exchange_entry_act(&manager, entry, "agree", ""), 200);
    exchange_hand_in(&w, TOBACCO);
    assert_int_equal(exchange_entry_act(&manager, entry, "agree", ""), 409); /* to be opened anew */
    testapp_close(w.t);
    (void)unused;
}

static bool offers(struct client *c, const char *path, const char *name)
{
    return answer_has(client_get(c, path), name);
}

static void a_place_is_offered_to_its_department_and_taken_by_no_other(void **unused)
{
    struct world w = exchange_world();
    struct client education = exchange_officer(w.t, "education.data");
    int64_t own = exchange_entry_named(&w.steward, EXCHANGE_EDUCATION), other = tobacco_entry(&w);
    const struct json *page =
        exchange_ok(&education, client_getf(&education, "/office/exchange/entries/%lld", (long long)own));
    add_place(&w, "edu-place", "sqlite:/nowhere/edu.db", json_text(json_path(page, "entry.provider_code")));
    add_place(&w, "no-place", "sqlite:/nowhere/none.db", STR_EMPTY);
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)own);
    assert_true(offers(&education, path, "edu-place"));
    assert_false(offers(&education, path, "no-place"));
    snprintf(path, sizeof path, "/office/exchange/entries/%lld/source", (long long)other);
    assert_false(offers(&w.steward, path, "edu-place"));
    assert_int_equal(set_up(&w.steward, other, TABLE "&place=edu-place&path=degree").status, 422);
    assert_int_equal(
        set_up(&education, own, "kind=table&code=e&place=no-place&path=degree&key=p&timeout=500").status,
        422);
    exchange_ok(&education,
                set_up(&education, own, "kind=table&code=e&place=edu-place&path=degree&key=p&timeout=500"));
    testapp_close(w.t);
    (void)unused;
}

static void changes_are_sent_to_a_place_of_the_department_that_asks(void **unused)
{
    struct delivered d = open_rows(FIELDS "&modes=subscribe");
    struct client *c = &d.w.steward;
    const struct json *page = exchange_ok(
        &d.w.provider, client_getf(&d.w.provider, "/office/exchange/entries/%lld", (long long)d.w.entry));
    add_place(&d.w, "edu-server", "http://127.0.0.1:9", json_text(json_path(page, "entry.provider_code")));
    add_place(&d.w, "any-server", "http://127.0.0.1:9", STR("*"));
    char path[120];
    snprintf(path, sizeof path, "/office/exchange/permits/%lld", (long long)d.w.permit);
    assert_true(offers(c, path, "any-server"));
    assert_false(offers(c, path, "edu-server"));
    assert_int_equal(exchange_act_on(c, d.w.permit, "follow", "place=edu-server&path=%2Fx"), 422);
    assert_int_equal(exchange_act_on(c, d.w.permit, "follow", "place=any-server&path=%2Fx"), 200);
    testapp_close(d.w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_the_source_of_one_entry_alone),
        cmocka_unit_test(entries_that_shared_a_table_before_go_on_and_come_to_new_versions),
        cmocka_unit_test(a_place_is_offered_to_its_department_and_taken_by_no_other),
        cmocka_unit_test(changes_are_sent_to_a_place_of_the_department_that_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
