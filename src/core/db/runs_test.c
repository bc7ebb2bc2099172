/* Pairs in sorted runs against a plain list of the same: found at every stage of the upkeep, and gone when
 * they are taken away. */
#include "core/base/buf.h"
#include "core/db/runs_internal.h"

#include "testing/testdb.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

/* Enough for several runs of level 1, one of them being made again and again. */
enum { LOTS = 32, LOT = 6000, PERSONS = 500, ALL = LOTS * LOT, ARENA = 64 << 20 };

static const struct runs test = RUNS("test");

static struct db *db;
static struct arena *arena;
static struct err err;
static struct {
    uint64_t keys[ALL];
    size_t count;
    bool gone[PERSONS];
    unsigned seed;
    int64_t next_run;
} known;

static int set_up(void **state)
{
    int applied = 0;
    (void)state;
    err = (struct err){0};
    arena = arena_new(ARENA);
    db = testdb_open();
    for (size_t i = 0; i < db_migration_count; i++)
        if (str_eq_c(str_c(db_migrations[i].module), "core/db") &&
            str_eq_c(str_c(db_migrations[i].name), "runs"))
            assert_true(db_migrate(db, &db_migrations[i], 1, 1, &applied, &err));
    assert_int_equal(applied, 1);
    memset(&known, 0, sizeof known);
    known.seed = 7;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    testdb_close(db);
    arena_drop(arena);
    return 0;
}

static void begin(struct db_tx *tx)
{
    arena_reset(arena);
    if (!db_begin_write(db, arena, &err, tx)) fail_msg("%s %s", err.code, err.detail);
}

static void end(struct db_tx *tx)
{
    if (!db_end(db, tx, true)) fail_msg("%s %s", err.code, err.detail);
}

/* Some keys stand side by side, one is 0, one is the greatest. */
static uint64_t key_of(unsigned person)
{
    if (person < 3) return person;
    return person == 3 ? UINT64_MAX : (uint64_t)person * UINT64_C(0x9E3779B97F4A7C15);
}

static void add(struct db_tx *tx, unsigned person)
{
    known.keys[known.count++] = key_of(person);
    if (!runs_add(tx, &test, key_of(person), (int64_t)known.count)) fail_msg("%s %s", err.code, err.detail);
}

/* A lot of pairs in transactions of different sizes; person 4 has every tenth of them. */
static void add_lot(void)
{
    for (size_t i = 0; i < LOT;) {
        struct db_tx tx;
        size_t n = 1 + (size_t)rand_r(&known.seed) % 3000;
        if (n > LOT - i) n = LOT - i;
        begin(&tx);
        for (size_t k = 0; k < n; k++, i++) {
            unsigned person;
            do
                person = rand_r(&known.seed) % 10 ? (unsigned)rand_r(&known.seed) % PERSONS : 4;
            while (known.gone[person]);
            add(&tx, person);
        }
        end(&tx);
    }
}

static bool tend(void)
{
    struct db_tx tx;
    bool did;
    begin(&tx);
    if (!runs_tend(&tx, &test, ++known.next_run, &did)) fail_msg("%s %s", err.code, err.detail);
    end(&tx);
    return did;
}

static void look(unsigned person, int64_t from, int64_t before, size_t limit)
{
    struct db_tx tx;
    int64_t *ids;
    size_t count, at = 0;
    const struct runs_query q = {key_of(person), from, before, limit};
    arena_reset(arena);
    assert_true(db_begin_read(db, arena, &err, &tx));
    if (!runs_find(&tx, &test, &q, &ids, &count)) fail_msg("%s %s", err.code, err.detail);
    assert_true(db_end(db, &tx, false));
    int64_t top = before > (int64_t)known.count ? (int64_t)known.count + 1 : before;
    for (int64_t id = top - 1; id >= from && id > 0 && at < limit; id--) {
        if (known.keys[id - 1] != q.key) continue;
        assert_true(at < count && ids[at] == id);
        at++;
    }
    assert_int_equal(count, at);
}

static void look_at_some(void)
{
    for (int i = 0; i < 5; i++) {
        unsigned person = (unsigned)rand_r(&known.seed) % PERSONS;
        int64_t from = rand_r(&known.seed) % (int64_t)known.count;
        look(person, 0, INT64_MAX, RUNS_FOUND);
        look(person, from, from + 50000, 7);
    }
    for (unsigned person = 0; person < 5; person++) {
        look(person, 0, INT64_MAX, RUNS_FOUND);
        look(person, 0, (int64_t)known.count / 2, 700);
    }
}

static void forget(unsigned person)
{
    struct db_tx tx;
    begin(&tx);
    if (!runs_forget(&tx, &test, key_of(person))) fail_msg("%s %s", err.code, err.detail);
    end(&tx);
    known.gone[person] = true;
    for (size_t i = 0; i < known.count; i++)
        if (known.keys[i] == key_of(person)) known.keys[i] = UINT64_MAX - 1; /* nobody's */
}

static struct db_rows ask(struct db_tx *tx, const char *sql)
{
    struct db_rows r;
    if (!db_query(tx, &r, sql)) fail_msg("%s %s", err.code, err.detail);
    return r;
}

/* Nowhere in what is stored, not even as a bound. */
static void holds_nothing_of(unsigned person)
{
    static const char *const places[] = {
        "SELECT pairs FROM run_fresh ORDER BY first", "SELECT low FROM run_part ORDER BY run, low",
        "SELECT pairs FROM run_part ORDER BY run, low", "SELECT reached FROM run ORDER BY id"};
    struct db_tx tx;
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        arena_reset(arena);
        assert_true(db_begin_read(db, arena, &err, &tx));
        struct db_rows r = ask(&tx, places[p]);
        for (size_t i = 0; i < r.rows; i++) {
            struct runs_pair *pairs;
            size_t count;
            if (!db_str(&r, i, 0).len) continue; /* nothing was reached yet */
            assert_true(runs_read(&tx, db_str(&r, i, 0), &pairs, &count));
            for (size_t k = 0; k < count; k++)
                assert_true(pairs[k].key != key_of(person));
        }
        assert_true(db_end(db, &tx, false));
    }
}

/* Every pair once, whatever is being merged. */
static void walk_all(void)
{
    struct db_tx tx;
    struct runs_walk w = {0};
    struct runs_pair *pairs;
    size_t count = 1, all = 0, wanted = 0;
    uint64_t sum = 0, expected = 0;
    for (size_t i = 0; i < known.count; i++) {
        if (known.keys[i] == UINT64_MAX - 1) continue;
        expected += known.keys[i] ^ (i + 1);
        wanted++;
    }
    arena_reset(arena);
    assert_true(db_begin_read(db, arena, &err, &tx));
    while (count) {
        if (!runs_next(&tx, &test, &w, &pairs, &count)) fail_msg("%s %s", err.code, err.detail);
        for (size_t i = 0; i < count; i++)
            sum += pairs[i].key ^ pairs[i].id;
        all += count;
        arena_reset(arena);
    }
    assert_true(db_end(db, &tx, false));
    assert_int_equal(all, wanted);
    assert_true(sum == expected);
}

/* Few runs of a level, and the number of rows that a question reads does not grow with what was added. */
static void is_in_order(void)
{
    struct db_tx tx;
    arena_reset(arena);
    assert_true(db_begin_read(db, arena, &err, &tx));
    struct db_rows r = ask(&tx, "SELECT level, COUNT(*) FROM run GROUP BY level ORDER BY level");
    assert_true(r.rows >= 1);
    for (size_t i = 0; i < r.rows; i++)
        assert_true(db_int(&r, i, 1) < RUNS_MERGED);
    assert_int_equal(ask(&tx, "SELECT id FROM run WHERE state <> 'stands' ORDER BY id").rows, 0);
    r = ask(&tx, "SELECT pairs FROM run_fresh ORDER BY first");
    size_t fresh = 0;
    for (size_t i = 0; i < r.rows; i++)
        fresh += db_str(&r, i, 0).len / RUNS_PAIR;
    assert_true(fresh < RUNS_FRESH);
    assert_true(db_end(db, &tx, false));
}

static void pairs_are_found_at_every_stage_of_the_upkeep(void **state)
{
    (void)state;
    for (int lot = 0; lot < LOTS; lot++) {
        add_lot();
        for (int step = 0; step < 1 + lot % 4; step++)
            if (!tend()) break;
        if (lot % 3 == 0) look_at_some();
        if (lot % 20 == 19) walk_all();
    }
    while (tend())
        continue;
    look_at_some();
    is_in_order();
}

static void what_is_taken_away_is_nowhere_any_more_and_the_rest_is(void **state)
{
    (void)state;
    for (int lot = 0; lot < 24; lot++) {
        add_lot();
        (void)tend();
        if (lot % 3 == 0) {
            unsigned person = lot == 9 ? 4 : (unsigned)lot; /* 0 and 3 have the least and the greatest key */
            forget(person);
            holds_nothing_of(person);
        }
        look_at_some();
    }
    while (tend())
        holds_nothing_of(4);
    look_at_some();
    walk_all();
    is_in_order();
}

static bool reached(unsigned person)
{
    struct db_tx tx;
    struct runs_pair *last = NULL;
    size_t count = 0;
    arena_reset(arena);
    assert_true(db_begin_read(db, arena, &err, &tx));
    struct db_rows r = ask(&tx, "SELECT reached FROM run WHERE state = 'made' ORDER BY id");
    if (r.rows && db_str(&r, 0, 0).len) assert_true(runs_read(&tx, db_str(&r, 0, 0), &last, &count));
    assert_true(db_end(db, &tx, false));
    return count == 1 && last->key == key_of(person);
}

/* Three persons alone, so that each has more than a slice. */
static void what_is_taken_away_in_the_middle_of_a_merge_is_gone_too(void **state)
{
    (void)state;
    for (unsigned person = 0; person < PERSONS; person++)
        known.gone[person] = person < 4 || person > 6;
    for (int lot = 0; lot < 14; lot++) {
        add_lot();
        (void)tend();
    }
    unsigned middle = 0;
    while (!middle && tend())
        for (unsigned person = 4; person <= 6; person++)
            if (reached(person)) middle = person;
    assert_true(middle > 0);
    forget(middle);
    holds_nothing_of(middle);
    while (tend())
        holds_nothing_of(middle);
    look_at_some();
    walk_all();
}

/* ---- within one transaction ---- */

static void find_in(struct db_tx *tx, unsigned person, const char *wanted)
{
    const struct runs_query q = {key_of(person), 0, INT64_MAX, 10};
    struct buf b = buf_new(tx->arena, 64);
    int64_t *ids;
    size_t count;
    if (!runs_find(tx, &test, &q, &ids, &count)) fail_msg("%s %s", err.code, err.detail);
    for (size_t i = 0; i < count; i++)
        buf_fmt(&b, "%lld ", (long long)ids[i]);
    assert_string_equal(str_z(tx->arena, buf_str(&b)), wanted);
}

static void a_transaction_finds_and_forgets_what_it_added_itself(void **state)
{
    struct db_tx tx;
    (void)state;
    begin(&tx);
    add(&tx, 5);
    end(&tx);
    begin(&tx);
    add(&tx, 5);
    add(&tx, 6);
    add(&tx, 5);
    find_in(&tx, 5, "4 2 1 ");
    assert_true(db_savepoint(&tx) && runs_forget(&tx, &test, key_of(5)));
    find_in(&tx, 5, "");
    assert_true(db_rollback_to(&tx));
    find_in(&tx, 5, "4 2 1 ");
    assert_true(runs_forget(&tx, &test, key_of(5)));
    add(&tx, 5);
    find_in(&tx, 5, "5 ");
    end(&tx);
    begin(&tx);
    find_in(&tx, 5, "5 ");
    find_in(&tx, 6, "3 ");
    assert_int_equal(ask(&tx, "SELECT first FROM run_fresh ORDER BY first").rows, 2); /* 3, 5 */
    end(&tx);
}

/* As on PostgreSQL, where each call is a transaction. */
static void many_small_rows_take_little_memory(void **state)
{
    enum { ROWS = 5000, FORGOTTEN = 50, LITTLE = 512 << 10 };
    struct arena *little = arena_new(LITTLE);
    struct db_tx tx;
    (void)state;
    for (unsigned i = 0; i < ROWS; i++) {
        begin(&tx);
        add(&tx, 10 + i % 100);
        end(&tx);
    }
    assert_true(db_begin_write(db, little, &err, &tx));
    for (unsigned i = 0; i < FORGOTTEN; i++)
        if (!runs_forget(&tx, &test, key_of(10 + i))) fail_msg("%s %s", err.code, err.detail);
    end(&tx);
    for (unsigned i = 0; i < FORGOTTEN; i++)
        holds_nothing_of(10 + i);
    arena_drop(little);
}

/* ---- damage ---- */

static bool walk_finds_it_broken(void)
{
    struct db_tx tx;
    struct runs_walk w = {0};
    struct runs_pair *pairs;
    size_t count = 1;
    arena_reset(arena);
    assert_true(db_begin_read(db, arena, &err, &tx));
    while (count)
        assert_true(runs_next(&tx, &test, &w, &pairs, &count));
    assert_true(db_end(db, &tx, false));
    return w.broken;
}

static void pairs_that_do_not_rise_are_seen(void **state)
{
    struct db_tx tx;
    (void)state;
    for (int lot = 0; lot < 2; lot++)
        add_lot();
    assert_true(tend());
    assert_false(walk_finds_it_broken());
    begin(&tx);
    struct db_rows r = ask(&tx, "SELECT run, low, pairs FROM run_part ORDER BY low LIMIT 1");
    struct runs_pair *pairs;
    size_t count;
    assert_true(runs_read(&tx, db_str(&r, 0, 2), &pairs, &count));
    struct runs_pair one = pairs[7];
    pairs[7] = pairs[9];
    pairs[9] = one;
    assert_true(db_exec(&tx, "UPDATE run_part SET pairs = $3 WHERE run = $1 AND low = $2",
                        DB_I(db_int(&r, 0, 0)), DB_B(db_str(&r, 0, 1)),
                        DB_B(runs_bytes(arena, pairs, count))));
    end(&tx);
    assert_true(walk_finds_it_broken());
}

static void what_cannot_be_is_refused(void **state)
{
    const struct runs_query none = {1, 0, 1, 0};
    struct db_tx tx;
    struct runs_pair *pairs;
    size_t count;
    int64_t *ids;
    (void)state;
    begin(&tx);
    assert_false(runs_read(&tx, STR("12345678901234567"), &pairs, &count));
    err_clear(&err);
    assert_false(runs_read(&tx, STR_EMPTY, &pairs, &count));
    err_clear(&err);
    assert_false(runs_add(&tx, &test, 1, 0));
    err_clear(&err);
    assert_false(runs_find(&tx, &test, &none, &ids, &count));
    err_clear(&err);
    end(&tx);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(pairs_are_found_at_every_stage_of_the_upkeep),
        T(what_is_taken_away_is_nowhere_any_more_and_the_rest_is),
        T(what_is_taken_away_in_the_middle_of_a_merge_is_gone_too),
        T(a_transaction_finds_and_forgets_what_it_added_itself),
        T(many_small_rows_take_little_memory),
        T(pairs_that_do_not_rise_are_seen),
        T(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
