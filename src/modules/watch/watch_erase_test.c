/* Of a person who was erased nothing is found by their number. */
#include "core/base/time.h"
#include "modules/exchange/exchange_app_test.h"
#include "modules/people/people.h"
#include "modules/watch/watch_internal.h"

#define OTHER "780101197905020035"

struct rows {
    const char *number;
    int64_t looks, alarms, persons, all_alarms;
};

static bool count_one(struct ctx *c, const char *sql, struct str index, int64_t *out)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, sql, DB_B(index))) return false;
    *out = db_int(&r, 0, 0);
    return true;
}

static bool count(struct ctx *c)
{
    struct rows *n = ctx_arg(c);
    struct str index = exchange_subject_index(c, str_c(n->number));
    return count_one(c, "SELECT COUNT(*) FROM watch_look WHERE subject_index = $1", index, &n->looks) &&
           count_one(c, "SELECT COUNT(*) FROM watch_alarm WHERE subject_index = $1", index, &n->alarms) &&
           count_one(c, "SELECT COUNT(*) FROM watch_person WHERE subject_index = $1", index, &n->persons) &&
           count_one(c, "SELECT COUNT(*) FROM watch_alarm WHERE subject_index <> $1", STR_EMPTY,
                     &n->all_alarms);
}

static struct rows rows_of(struct world *w, const char *number)
{
    struct rows n = {.number = number};
    testapp_read(w->t, count, &n);
    return n;
}

static bool fold(struct ctx *c)
{
    return watch_fold(c, NULL);
}

static bool with_household(struct ctx *c)
{
    struct watch_person *rows;
    size_t found;
    bool fresh;
    if (!person_store_watched(c, exchange_subject_index(c, STR(LIN)), &rows, &found) || !found) return false;
    const struct watch_person p = {.id = ctx_id(c),
                                   .unit = rows[0].unit,
                                   .staff = rows[0].id,
                                   .subject_index = exchange_subject_index(c, STR(OTHER)),
                                   .kind = STR("household")};
    return person_store_add(c, &p, &fresh);
}

static bool erase_lin(struct ctx *c)
{
    int64_t lin;
    return people_find(c, SUBJECT_PERSON, STR(LIN), &lin) && watch_erase(c, lin);
}

static void an_erased_person_is_found_by_no_alarm_and_no_list(void **unused)
{
    struct world w = exchange_world();
    struct client supervisor = exchange_officer(w.t, "supervisor");
    exchange_grant(&w, "&caseless=1");
    static const char *const forms[] = {"number=" LIN "&kind=protected&note=L",
                                        "number=" ZHOU "&kind=protected&note=Z"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(client_post(&supervisor, "/office/exchange/watched", forms[i]).status, 200);
    testapp_write(w.t, with_household, NULL);
    for (int day = 0; day < 2; day++) {
        assert_int_equal(exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)).status, 200);
        assert_int_equal(exchange_call(&w, exchange_query(&w, ZHOU, STR_EMPTY)).status, 200);
        testapp_advance(2 * MS_MINUTE);
        testapp_write(w.t, fold, NULL);
        testapp_advance(MS_DAY);
    }
    struct rows lin = rows_of(&w, LIN), zhou = rows_of(&w, ZHOU);
    assert_true(lin.looks == 2 && lin.alarms == 2 && lin.persons == 1);
    testapp_write(w.t, erase_lin, NULL);
    struct rows after = rows_of(&w, LIN);
    assert_true(after.looks == 0 && after.alarms == 0 && after.persons == 0);
    assert_int_equal(rows_of(&w, OTHER).persons, 0);    /* was there because of them */
    assert_int_equal(after.all_alarms, lin.all_alarms); /* what officers did stays to be answered for */
    after = rows_of(&w, ZHOU);
    assert_true(after.looks == zhou.looks && after.alarms == zhou.alarms && after.persons == 1);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_erased_person_is_found_by_no_alarm_and_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
