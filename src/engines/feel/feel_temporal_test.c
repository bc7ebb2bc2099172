#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/feel/feel_temporal.h"

/* 2024-02-29T16:30:00.250Z: in China it is the first of March already. */
#define NOW INT64_C(1709224200250)

struct fixture {
    struct arena *arena;
    struct feel_run run;
};

static int setup(void **state)
{
    struct fixture *f = malloc(sizeof *f);
    if (!f) return -1;
    f->arena = arena_new(64 << 20);
    f->run = feel_run_new(f->arena, NOW);
    *state = f;
    return f->arena ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_drop(f->arena);
    free(f);
    return 0;
}

/* A value of a test: at-literal, number, "text" in apostrophes, or null. */
static struct feel_value value(struct fixture *f, const char *text)
{
    struct feel_value v;
    struct decimal n;
    if (text[0] == '\'') return feel_string(str_slice(str_c(text), 1, strlen(text) - 1));
    if (feel_temporal_read(&f->run, str_c(text), &v)) return v;
    if (decimal_parse(str_c(text), &n)) return feel_number(n);
    assert_string_equal(text, "null");
    return FEEL_NOTHING;
}

static const char *shown(struct fixture *f, struct feel_value v)
{
    switch (v.kind) {
    case FEEL_NULL:
        return "null";
    case FEEL_NUMBER:
        return str_z(f->arena, decimal_text(f->arena, v.number));
    case FEEL_STRING:
        return str_z(f->arena, v.string);
    default:
        return str_z(f->arena, feel_temporal_text(f->arena, v));
    }
}

/* ---- forms ---- */
static void texts_are_read_and_written_normalised(void **state)
{
    static const char *const cases[][2] = {
        {"2024-02-29", "2024-02-29"},
        {"-2017-01-01", "-2017-01-01"},
        {"0000-01-01", "0000-01-01"},
        {"999999999-12-31", "999999999-12-31"},
        {"-999999999-01-01", "-999999999-01-01"},
        {"00:00:00", "00:00:00"},
        {"24:00:00", "00:00:00"},
        {"11:22:33.444", "11:22:33.444"},
        {"11:22:33.4440", "11:22:33.444"},
        {"11:22:33.123456789", "11:22:33.123456789"},
        {"11:22:33.1234567899", "11:22:33.123456789"},
        {"11:22:33.000000001", "11:22:33.000000001"},
        {"11:22:33z", "11:22:33Z"},
        {"11:22:33-00:00", "11:22:33Z"},
        {"11:22:33+18:00", "11:22:33+18:00"},
        {"11:22:33-02:45:55", "11:22:33-02:45:55"},
        {"11:22:33+02:45:00", "11:22:33+02:45"},
        {"00:01:00@Etc/UTC", "00:01:00@Etc/UTC"},
        {"10:00:00@America/Argentina/Buenos_Aires", "10:00:00@America/Argentina/Buenos_Aires"},
        {"2018-12-08T10:30:11@Australia/Melbourne", "2018-12-08T10:30:11@Australia/Melbourne"},
        {"2021-12-31T24:00:00", "2022-01-01T00:00:00"},
        {"2021-12-31T24:00:00.000+01:00", "2022-01-01T00:00:00+01:00"},
        {"P1D", "P1D"},
        {"PT24H", "P1D"},
        {"PT1000M0.999999999S", "PT16H40M0.999999999S"},
        {"PT0.S", "PT0S"},
        {"-P0D", "PT0S"},
        {"-PT1H2M", "-PT1H2M"},
        {"P1DT2H3M4.5S", "P1DT2H3M4.5S"},
        {"PT0.05S", "PT0.05S"},
        {"P14M", "P1Y2M"},
        {"-P14M", "-P1Y2M"},
        {"P0Y", "P0M"},
        {"P999999999M", "P83333333Y3M"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(shown(*state, value(*state, cases[i][0])), cases[i][1]);
}

static void what_is_no_temporal_text_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "foo",
        "2012-12-25T",
        "2012/12/25",
        "9999999999-12-25",
        "2017-13-10",
        "2017-00-10",
        "2017-12-32",
        "2017-02-29",
        "2017-12-00",
        "998-12-31",
        "01211-12-31",
        "+2012-12-02",
        "2017-1-01",
        "2012-12-25Z",
        " 2012-12-25",
        "23:59:60",
        "24:00:01",
        "24:00:00.1",
        "25:00:00",
        "7:00:00",
        "07:01",
        "07:01:02.",
        "13:20:00@xyz/abc",
        "13:20:00@europe/paris",
        "13:20:00@Europe/PARIS",
        "13:20:00@",
        "13:20:00@../../../etc/passwd",
        "13:20:00@Europe/../Europe/Paris",
        "13:20:00@/usr/share/zoneinfo/Europe/Paris",
        "13:20:00@Europe",
        "13:20:00@Europe/",
        "13:20:00@right/Europe/Paris",
        "13:20:00@localtime",
        "13:20:00@tzdata.zi",
        "13:20:00@leapseconds",
        "13:20:00+18:01",
        "13:20:00+5",
        "13:20:00+02:00@Europe/Paris",
        "2021-01-01 10:00:00",
        "2021-01-01t10:00:00",
        "999999999-12-31T24:00:00",
        "P",
        "-P",
        "PT",
        "P1DT",
        "P0",
        "1D",
        "P1H",
        "P1S",
        "PT1D",
        "P1Y1D",
        "P1M1Y",
        "PT1S1M",
        "P1.5D",
        "P-1D",
        "+P1D",
        "--P1D",
        "PT.5S",
        "p1d",
        "P1D ",
        "P9999999999999999D",
    };
    struct fixture *f = *state;
    struct feel_value v;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (feel_temporal_read(&f->run, str_c(cases[i]), &v)) fail_msg("%s was read", cases[i]);
    assert_false(feel_duration_read(&f->run, str_n("P1\0", 3), &v));
    assert_false(feel_date_time_read(&f->run, STR("2021-01-01"), &v));
}

static void a_zone_is_read_once_a_run(void **state)
{
    struct fixture *f = *state;
    struct feel_value a = value(f, "10:00:00@Asia/Shanghai"),
                      b = value(f, "2024-01-01T10:00:00@Asia/Shanghai");
    assert_ptr_equal(a.moment->zone, b.moment->zone);
}

/* ---- arithmetic ---- */
typedef bool operation(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                       struct feel_value b, struct feel_value *out);

struct sum {
    const char *a, *b, *result; /* "none": there is no such operation */
};

static void check(struct fixture *f, operation *op, const struct sum *s)
{
    struct feel_value out;
    const char *got = op(&f->run, NULL, value(f, s->a), value(f, s->b), &out) ? shown(f, out) : "none";
    if (strcmp(got, s->result) != 0) fail_msg("%s, %s: %s, not %s", s->a, s->b, got, s->result);
}
#define CHECK_ALL(f, op, cases)                                                                              \
    for (size_t i_ = 0; i_ < sizeof(cases) / sizeof *(cases); i_++)                                          \
    check((f), (op), &(cases)[i_])

static void durations_are_added_to_moments(void **state)
{
    static const struct sum cases[] = {
        {"2021-01-31", "P1M", "2021-02-28"},
        {"P1M", "2024-01-31", "2024-02-29"},
        {"2024-02-29", "P1Y", "2025-02-28"},
        {"2021-01-01", "PT36H", "2021-01-02"},
        {"2021-01-01", "-PT1S", "2020-12-31"},
        {"-2021-01-01T10:10:10+11:00", "-P1D", "-2022-12-31T10:10:10+11:00"},
        {"-2021-01-01T10:10:10@Australia/Melbourne", "-P1M", "-2022-12-01T10:10:10@Australia/Melbourne"},
        {"2021-01-12T10:10:10@Australia/Melbourne", "P1DT1H", "2021-01-13T11:10:10@Australia/Melbourne"},
        {"2021-01-01T24:00:00", "-PT1S", "2021-01-01T23:59:59"},
        {"2021-03-28T00:30:00@Europe/Paris", "PT2H", "2021-03-28T03:30:00@Europe/Paris"},
        {"2021-10-31T00:30:00@Europe/Paris", "PT3H", "2021-10-31T02:30:00@Europe/Paris"},
        {"2021-01-01T00:00:00.25", "PT0.8S", "2021-01-01T00:00:01.05"},
        {"23:30:00", "PT1H", "00:30:00"},
        {"00:30:00@Asia/Shanghai", "-PT1H", "23:30:00@Asia/Shanghai"},
        {"10:15:00+11:00", "P400D", "10:15:00+11:00"},
        {"P1Y", "-P2M", "P10M"},
        {"PT24H", "P1D", "P2D"},
        {"999999999-12-31", "P1D", "null"},
        {"-999999999-01-01", "-P1M", "null"},
        {"2021-01-01", "P999999999999999Y", "null"},
        {"2021-01-01", "P999999999999999D", "null"},
        {"10:10:10", "P1Y", "none"},
        {"P1D", "P1Y", "none"},
        {"2021-01-01", "2021-01-01", "none"},
        {"2021-01-01", "1", "none"},
    };
    CHECK_ALL(*state, feel_temporal_add, cases);
}

static void moments_and_durations_are_subtracted(void **state)
{
    static const struct sum cases[] = {
        {"2021-01-02T10:10:10", "2021-01-01T10:10:10", "P1D"},
        {"2021-01-02T10:10:10@Europe/Paris", "2021-01-01T10:10:10@Asia/Dhaka", "P1DT5H"},
        {"2021-01-02T10:10:10@Europe/Paris", "1995-01-01T10:10:10@Asia/Dhaka", "P9498DT5H"},
        {"2021-07-02T10:10:10@Europe/Paris", "2021-07-02T08:10:10Z", "PT0S"},
        {"2050-07-02T10:10:10@Europe/Paris", "2050-07-02T08:10:10Z", "PT0S"},
        {"2050-01-02T10:10:10@Australia/Melbourne", "2050-01-02T10:10:10Z", "-PT11H"},
        {"2050-07-02T10:10:10@Australia/Melbourne", "2050-07-02T10:10:10Z", "-PT10H"},
        {"2050-12-02T10:10:10@Europe/Paris", "2050-12-02T10:10:10Z", "-PT1H"},
        {"2021-03-28T02:30:00@Europe/Paris", "2021-03-28T01:30:00Z", "PT0S"}, /* a time that was skipped */
        {"2021-03-28T03:30:00@Europe/Paris", "2021-03-28T01:30:00Z", "PT0S"},
        {"2021-10-31T02:30:00@Europe/Paris", "2021-10-31T00:30:00Z", "PT0S"}, /* that came twice: the first */
        {"1800-01-01T00:00:00@Europe/Paris", "1800-01-01T00:00:00Z", "-PT9M21S"},
        {"2021-01-02T10:10:10@Europe/Paris", "2021-01-01T10:10:10", "null"},
        {"2021-01-02", "2021-01-01T10:10:10@Australia/Melbourne", "P1DT49M50S"},
        {"2021-01-02T10:10:10+01:00", "2021-01-01", "P1DT9H10M10S"},
        {"2021-01-01T00:00:00", "2021-01-02", "null"},
        {"2021-01-02", "2021-01-01", "P1D"},
        {"999999999-12-31", "-999999999-01-01", "P730484999633D"},
        {"10:10:10", "11:10:10", "-PT1H"},
        {"10:10:10", "11:10:10Z", "null"},
        {"10:10:10@Asia/Shanghai", "11:10:10+08:00", "-PT1H"},
        {"2021-01-02", "PT25H", "2020-12-31"},
        {"2021-03-31", "P1M", "2021-02-28"},
        {"10:10:10", "P1D", "10:10:10"},
        {"-P1D", "PT2H", "-P1DT2H"},
        {"P1Y", "-P2M", "P1Y2M"},
        {"P1Y", "P1D", "none"},
        {"P1Y", "2021-01-01", "none"},
        {"2021-01-01", "10:10:10", "none"},
    };
    CHECK_ALL(*state, feel_temporal_subtract, cases);
}

static void durations_are_multiplied_and_divided(void **state)
{
    static const struct sum products[] = {
        {"1.5", "P4DT1H", "P6DT1H30M"}, {"PT23H", "2.5", "P2DT9H30M"},
        {"P1D", "0", "PT0S"},           {"-2.5", "P1Y11M", "-P4Y9M"},
        {"P1M", "26", "P2Y2M"},         {"PT0.000000001S", "1.5", "PT0.000000002S"},
        {"P1D", "1E30", "null"},        {"P1Y", "1E30", "null"},
        {"P1D", "P1D", "none"},         {"2021-01-01", "10", "none"},
        {"10", "10:10:10", "none"},     {"P999999999999999D", "1", "P999999999999999D"},
    };
    static const struct sum quotients[] = {
        {"P10Y11M", "2.5", "P4Y4M"}, {"P10Y11M", "-2.5", "-P4Y4M"}, {"P10DT23H", "2.5", "P4DT9H12M"},
        {"P10D", "P5D", "2"},        {"P1Y", "P8M", "1.5"},         {"P10D", "0", "null"},
        {"P10D", "P0D", "null"},     {"P10D", "P1Y", "none"},       {"10", "P1D", "none"},
        {"2021-01-01", "1", "none"},
    };
    CHECK_ALL(*state, feel_temporal_multiply, products);
    CHECK_ALL(*state, feel_temporal_divide, quotients);
}

static void only_durations_have_a_negative(void **state)
{
    struct feel_value out;
    assert_true(feel_temporal_negate(value(*state, "-P1D"), &out));
    assert_string_equal(shown(*state, out), "P1D");
    assert_true(feel_temporal_negate(value(*state, "P1Y2M"), &out));
    assert_string_equal(shown(*state, out), "-P1Y2M");
    assert_false(feel_temporal_negate(value(*state, "2021-01-01"), &out));
}

/* ---- order ---- */
static void moments_have_an_order_where_both_or_none_have_a_zone(void **state)
{
    static const struct {
        const char *a, *b, *order;
    } cases[] = {
        {"2018-12-07", "2018-12-08", "<"},
        {"10:30:00.0001", "10:30:00.0002", "="}, /* to the second */
        {"10:30:00Z", "10:30:00+00:00", "="},
        {"10:30:00@Europe/Paris", "10:30:00@Europe/Paris", "="},
        {"10:30:00Z", "10:30:00", "none"},
        {"2018-10-08T00:00:00+02:00", "2018-10-08T00:00:00@Europe/Paris", "="},
        {"2018-02-08T00:00:00+01:00", "2018-02-08T00:00:00@Europe/Paris", "="},
        {"2002-04-02T12:00:00@Australia/Melbourne", "2002-04-02T12:00:00@Australia/Sydney", "="},
        {"2018-12-08T00:00:00@Europe/Paris", "2018-12-08T00:00:00@Asia/Dhaka", ">"},
        {"2002-04-02T23:00:00-04:00", "2002-04-03T02:00:00-01:00", "="},
        {"2018-12-08T00:00:00", "2018-12-08T00:00:00Z", "none"},
        {"2018-12-08T00:00:00", "2018-12-08", "none"},
        {"P1D", "PT24H", "="},
        {"-P1D", "P1D", "<"},
        {"P1Y", "P12M", "="},
        {"P1Y", "P365D", "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int order;
        bool has = feel_temporal_order(value(*state, cases[i].a), value(*state, cases[i].b), &order);
        assert_string_equal(!has ? "none" : order < 0 ? "<" : order > 0 ? ">" : "=", cases[i].order);
    }
}

static void the_same_instant_in_another_zone_is_not_identical(void **state)
{
    assert_true(feel_temporal_is(value(*state, "10:30:00Z"), value(*state, "10:30:00+00:00")));
    assert_true(feel_temporal_is(value(*state, "10:30:00@Etc/UTC"), value(*state, "10:30:00@Etc/UTC")));
    assert_false(feel_temporal_is(value(*state, "10:30:00@Etc/UTC"), value(*state, "10:30:00Z")));
    assert_false(feel_temporal_is(value(*state, "10:30:00Z"), value(*state, "10:30:00")));
    assert_false(feel_temporal_is(value(*state, "10:30:00.1"), value(*state, "10:30:00.2")));
    assert_false(
        feel_temporal_is(value(*state, "2021-01-01T10:00:00Z"), value(*state, "2021-01-01T11:00:00+01:00")));
    assert_true(feel_temporal_is(value(*state, "P1Y"), value(*state, "P12M")));
    assert_false(feel_temporal_is(value(*state, "P0Y"), value(*state, "P0D")));
}

/* ---- properties ---- */
static void values_show_their_parts(void **state)
{
    static const struct {
        const char *of, *name, *part;
    } cases[] = {
        {"2018-12-10", "year", "2018"},
        {"2018-12-10", "month", "12"},
        {"2018-12-10", "day", "10"},
        {"2018-12-10", "weekday", "1"},
        {"2018-12-16", "weekday", "7"},
        {"-2018-12-10", "year", "-2018"},
        {"1969-12-31", "value", "-86400"},
        {"2018-12-10", "hour", "none"},
        {"2018-12-10T10:30:01.5", "hour", "10"},
        {"2018-12-10T10:30:01.5", "minute", "30"},
        {"2018-12-10T10:30:01.5", "second", "1.5"},
        {"2018-12-10T10:30:00+05:00", "time offset", "PT5H"},
        {"2018-12-10T10:30:00", "time offset", "null"},
        {"2018-07-10T10:30:00@Europe/Paris", "time offset", "PT2H"},
        {"2018-12-10T10:30:00@Etc/UTC", "timezone", "Etc/UTC"},
        {"2018-12-10T10:30:00+05:00", "timezone", "null"},
        {"1970-01-02T00:00:00+01:00", "value", "82800"},
        {"10:30:01", "second", "1"},
        {"10:30:00.25", "value", "37800.25"},
        {"10:30:00-05:00", "time offset", "-PT5H"},
        {"P1Y2M", "years", "1"},
        {"P1Y2M", "months", "2"},
        {"-P1Y2M", "months", "-2"},
        {"P1Y2M", "value", "14"},
        {"P1Y2M", "days", "none"},
        {"P1DT2H3M4.5S", "days", "1"},
        {"P1DT2H3M4.5S", "hours", "2"},
        {"P1DT2H3M4.5S", "minutes", "3"},
        {"P1DT2H3M4.5S", "seconds", "4.5"},
        {"-P1DT2H", "hours", "-2"},
        {"P1D", "value", "86400"},
        {"P1D", "years", "none"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feel_value out;
        bool has = feel_temporal_property(&f->run, value(f, cases[i].of), str_c(cases[i].name), &out);
        assert_string_equal(has ? shown(f, out) : "none", cases[i].part);
    }
}

/* ---- built-in functions ---- */
enum { ARGS_MAX = 7 };

/* Arguments are divided by blanks. */
static const char *call(struct fixture *f, const char *name, const char *params, const char *args)
{
    const struct feel_builtin *b = feel_builtins_time;
    while (b->name && (strcmp(b->name, name) != 0 || strcmp(b->params, params) != 0))
        b++;
    assert_non_null(b->name);
    struct feel_value values[ARGS_MAX] = {0};
    size_t count = 0;
    for (struct str rest = str_c(args), head; rest.len && count < ARGS_MAX; count++) {
        rest = str_cut(rest, ' ', &head);
        values[count] = value(f, str_z(f->arena, head));
    }
    struct feel_call c = {.run = &f->run, .args = values, .count = count};
    return shown(f, b->fn(&c));
}

static void functions_give_what_the_standard_says(void **state)
{
    static const char *const parts = "year,month,day,hour,minute,second";
    static const char *const zoned = "year,month,day,hour,minute,second,offset";
    static const char *const named = "year,month,day,hour,minute,second,timezone";
    static const char *const clock = "hour,minute,second,offset?";
    const struct {
        const char *name, *params, *args, *result;
    } cases[] = {
        {"date", "from", "'2017-12-31'", "2017-12-31"},
        {"date", "from", "'2017-12-31T10:00:00'", "null"},
        {"date", "from", "2017-09-03T09:45:30@Europe/Paris", "2017-09-03"},
        {"date", "from", "2017-10-11", "2017-10-11"},
        {"date", "from", "10:00:00", "null"},
        {"date", "from", "null", "null"},
        {"date", "from", "1", "null"},
        {"date", "year,month,day", "2017 8 30", "2017-08-30"},
        {"date", "year,month,day", "2017 2 29", "null"},
        {"date", "year,month,day", "2017 -8 2", "null"},
        {"date", "year,month,day", "2017.5 8 2", "null"},
        {"date", "year,month,day", "1000000000 12 1", "null"},
        {"date", "year,month,day", "2017 null 1", "null"},
        {"date and time", "from", "'2018-12-10'", "2018-12-10T00:00:00"},
        {"date and time", "from", "'2018-12-10T10:00:00Z'", "2018-12-10T10:00:00Z"},
        {"date and time", "from", "'10:00:00'", "null"},
        {"date and time", "from", "null", "null"},
        {"date and time", "date,time", "2017-08-10 23:59:01+02:00", "2017-08-10T23:59:01+02:00"},
        {"date and time", "date,time", "2017-08-10T10:20:00Z 23:59:01", "2017-08-10T23:59:01"},
        {"date and time", "date,time", "2017-08-10 null", "null"},
        {"date and time", "date,time", "2017-08-10 2017-08-10", "null"},
        {"date and time", parts, "2017 8 10 23 59 1.5", "2017-08-10T23:59:01.5"},
        {"date and time", parts, "2017 8 10 24 0 0", "null"},
        {"date and time", zoned, "2017 8 10 23 59 1 PT2H", "2017-08-10T23:59:01+02:00"},
        {"date and time", zoned, "2017 8 10 23 59 1 PT19H", "null"},
        {"date and time", named, "2017 8 10 23 59 1 'Europe/Paris'", "2017-08-10T23:59:01@Europe/Paris"},
        {"date and time", named, "2017 8 10 23 59 1 'Europe/Nowhere'", "null"},
        {"time", "from", "'12:45:00'", "12:45:00"},
        {"time", "from", "2017-08-10", "00:00:00Z"},
        {"time", "from", "2017-09-04T11:20:00@Asia/Dhaka", "11:20:00@Asia/Dhaka"},
        {"time", "from", "2017", "null"},
        {"time", clock, "12 59 1.3 -PT1H", "12:59:01.3-01:00"},
        {"time", clock, "11 59 45 -PT2H45M55S", "11:59:45-02:45:55"},
        {"time", clock, "12 0 0 null", "12:00:00"},
        {"time", clock, "12 0 null PT0S", "null"},
        {"time", clock, "23 59 60 null", "null"},
        {"time", clock, "-24 59 45 null", "null"},
        {"time", clock, "12 0 0 PT18H1S", "null"},
        {"time", clock, "12 0 0 PT0.5S", "null"},
        {"time", clock, "12 0 0 'Europe/Paris'", "null"},
        {"duration", "from", "'P26M'", "P2Y2M"},
        {"duration", "from", "'1D'", "null"},
        {"duration", "from", "2017", "null"},
        {"years and months duration", "from,to", "2011-12-22 2013-08-24", "P1Y8M"},
        {"years and months duration", "from,to", "2013-08-24 2011-12-22", "-P1Y8M"},
        {"years and months duration", "from,to", "2015-01-21 2016-01-21", "P1Y"},
        {"years and months duration", "from,to", "2016-01-21 2015-01-21", "-P1Y"},
        {"years and months duration", "from,to", "2016-09-30T23:25:00 2017-12-28T12:12:12", "P1Y2M"},
        {"years and months duration", "from,to", "-2016-01-30T09:05:00 -2017-02-28T02:02:02", "-P11M"},
        {"years and months duration", "from,to", "2014-12-31T23:59:59 -2019-10-01T12:32:59", "-P4033Y2M"},
        {"years and months duration", "from,to", "2017-02-28T23:59:59 2019-07-23", "P2Y4M"},
        {"years and months duration", "from,to", "2017-02-28 null", "null"},
        {"now", "", "", "2024-03-01T00:30:00.25+08:00"},
        {"today", "", "", "2024-03-01"},
        {"day of year", "date", "2019-09-17", "260"},
        {"day of year", "date", "2024-12-31T10:00:00", "366"},
        {"day of week", "date", "2019-09-17", "Tuesday"},
        {"day of week", "date", "1969-12-31", "Wednesday"},
        {"day of week", "date", "10:00:00", "null"},
        {"month of year", "date", "2019-09-17", "September"},
        {"week of year", "date", "2019-09-17", "38"},
        {"week of year", "date", "2003-12-29", "1"},
        {"week of year", "date", "2004-01-04", "1"},
        {"week of year", "date", "2005-01-01", "53"},
        {"week of year", "date", "2005-01-03T10:10:10", "1"},
        {"week of year", "date", "'2005-01-03'", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = call(*state, cases[i].name, cases[i].params, cases[i].args);
        if (strcmp(got, cases[i].result) != 0)
            fail_msg("%s(%s): %s, not %s", cases[i].name, cases[i].args, got, cases[i].result);
    }
}

static void what_goes_wrong_is_noted(void **state)
{
    struct fixture *f = *state;
    size_t before = f->run.notes.count;
    call(f, "date", "from", "'nonsense'");
    assert_int_equal(f->run.notes.count, before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written_normalised),
        cmocka_unit_test(what_is_no_temporal_text_is_refused),
        cmocka_unit_test(a_zone_is_read_once_a_run),
        cmocka_unit_test(durations_are_added_to_moments),
        cmocka_unit_test(moments_and_durations_are_subtracted),
        cmocka_unit_test(durations_are_multiplied_and_divided),
        cmocka_unit_test(only_durations_have_a_negative),
        cmocka_unit_test(moments_have_an_order_where_both_or_none_have_a_zone),
        cmocka_unit_test(the_same_instant_in_another_zone_is_not_identical),
        cmocka_unit_test(values_show_their_parts),
        cmocka_unit_test(functions_give_what_the_standard_says),
        cmocka_unit_test(what_goes_wrong_is_noted),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
