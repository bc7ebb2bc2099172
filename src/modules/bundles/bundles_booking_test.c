/* What a life event promises of appointments: chosen before sending, or when its turn comes. */
#include "modules/bookings/bookings.h"
#include "modules/bundles/bundles_own_test.h"

#define TRAVEL                                                                                               \
    "{\"code\":\"%s\",\"name\":\"出门远行\",\"en\":\"A long journey\",\"applicant\":\"person\","         \
    "\"situations\":[],\"members\":[{\"id\":\"a\",\"item\":\"FA\"},{\"id\":\"p\",\"item\":\"BI-0001\"%s,"    \
    "\"situations\":{%s}}],\"pages\":[]}"

static int64_t passport;

/* How the questions of the passport are settled: by what goes on. */
static struct str settled(void)
{
    struct buf b = buf_new(app->arena, 128);
    JSON_EACH(q, json_get(service_of(&writer, passport, false), "situations"))
    {
        const struct json *take = NULL;
        JSON_EACH(o, json_get(q, "options"))
        {
            if (!take && !json_is(json_get(o, "ends"), JSON_OBJECT)) take = o;
        }
        buf_fmt(&b, "%s\"%.*s\":{\"value\":\"%.*s\"}", b.len ? "," : "", STR_ARG(json_text_of(q, "id")),
                STR_ARG(json_text_of(take, "value")));
    }
    return buf_str(&b);
}

static int open_booking(void **state)
{
    static const char *const fields[] = {"into=page:page-1&label=Where&en=Where&kind=text&required=1", NULL};
    open_app(state);
    open_own();
    passport = item_of("BI-0001");
    make_service("FA", "form-a", fields);
    const char *how = str_z(app->arena, settled());
    publish_bundle("travel", z(TRAVEL, "travel", "", how));
    publish_bundle("later", z(TRAVEL, "later", ",\"after\":[\"a\"]", how));
    return 0;
}

/* ---- times ---- */

static const char *free_time(struct client *c, const char *page, int nth)
{
    JSON_EACH(d, json_get(client_json(c, client_get(c, page)), "days"))
    {
        JSON_EACH(s, json_get(d, "slots"))
        {
            if (json_true_of(s, "free") && nth-- == 0) return str_z(app->arena, json_text_of(s, "id"));
        }
    }
    fail_msg("no free time at %s", page);
    return NULL;
}

struct crowd {
    int64_t first;
    const char *slot;
    int count;
};

static bool come_first(struct ctx *c)
{
    const struct crowd *k = ctx_arg(c);
    const struct item *i = catalogue_by_id(c, passport);
    for (int n = 0; n < k->count; n++)
        if (!booking_take(c, k->first + n, passport, json_get(item_service(i, false), "booking"),
                          str_c(k->slot)))
            return false;
    return true;
}

/* The four places of that time. */
static void others_take(int64_t first, const char *slot)
{
    struct crowd k = {first, slot, 4};
    testapp_write(app, come_first, &k);
}

struct booked {
    int64_t id;
    struct str slot;
};

static bool read_booked(struct ctx *c)
{
    struct booked *b = ctx_arg(c);
    struct str slot;
    if (!booking_of_case(c, b->id, &slot)) return false;
    b->slot = str_dup(app->arena, slot);
    return true;
}

static const char *booked(int64_t id)
{
    struct booked b = {.id = id};
    testapp_read(app, read_booked, &b);
    return str_z(app->arena, b.slot);
}

static const struct json *the_passport(struct client *c, int64_t id)
{
    JSON_EACH(m, json_get(progress(c, id), "members"))
    {
        if (str_find(json_text_of(m, "name"), STR("护照")) != SIZE_MAX) return m;
    }
    fail_msg("no passport in it");
    return NULL;
}

/* To the first page that is no page of the form and no documents. */
static int64_t filled_to(struct client *c, const char *code, struct str *at)
{
    int64_t id = begun(c, code, "", at);
    for (int i = 0; i < 30 && !str_ends(*at, STR("/summary")) && str_find(*at, STR("/booking/")) == SIZE_MAX;
         i++)
        *at = str_ends(*at, STR("/materials")) ? upload_each(c, *at) : fill_one(c, *at);
    return id;
}

static const char *choose(struct client *c, const char *, const char *slot)
{
    struct buf form = buf_new(app->arena, 64);
    struct walk w = {.c = c};
    add_pair(&w, &form, STR("slot"), str_c(slot));
    return str_z(app->arena, buf_str(&form));
}

/* ---- promises ---- */

static void the_time_is_chosen_before_sending_and_taken_with_the_cases(void **state)
{
    struct client c = person_json(LIN);
    struct str at;
    (void)state;
    struct client all = client_new(app);
    assert_true(answer_has(client_get(&all, "/bundles/travel"), "出入境大厅"));
    /* Its author did not say for whom: then it is for whom its services are. */
    assert_string_equal(
        str_z(app->arena, json_text_of(client_json(&all, client_get(&all, "/bundles/travel")), "who")),
        "个人");
    int64_t id = filled_to(&c, "travel", &at);
    const char *page = str_z(app->arena, at), *slot = free_time(&c, page, 0);
    assert_string_equal(page, z("/me/bundles/%lld/booking/p", (long long)id));
    assert_int_equal(send_bundle(&c, id).status, 422); /* none is chosen */
    good(&c, page, choose(&c, page, slot));
    assert_int_equal(client_post(&c, page, "slot=2020-01-01+09:00-09:30").status, 422);
    struct answer a = send_bundle(&c, id);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    const struct json *m = the_passport(&c, id);
    assert_string_equal(str_z(app->arena, json_text_of(m, "status")), "submitted");
    assert_string_equal(str_z(app->arena, json_text_of(m, "appointment")), slot);
    assert_string_equal(booked(json_i64_of(m, "case", 0)), slot);
}

static void a_time_taken_meanwhile_is_said_and_nothing_else_is_lost(void **state)
{
    struct client c = person_json(STUDENT);
    struct str at;
    (void)state;
    int64_t id = filled_to(&c, "travel", &at);
    const char *page = str_z(app->arena, at), *slot = free_time(&c, page, 3);
    good(&c, page, choose(&c, page, slot));
    others_take(9001, slot);
    struct answer a = send_bundle(&c, id);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "booking:p"));
    const struct json *doc = client_json(&c, client_getf(&c, "/me/bundles/%lld/summary", (long long)id));
    const struct json *missing = json_get(doc, "missing");
    assert_int_equal(missing->count, 1);
    assert_string_equal(str_z(app->arena, json_text_of(json_at(missing, 0), "href")), page);
    assert_true(str_find(json_text_of(json_at(missing, 0), "message"), STR("约满")) != SIZE_MAX);
    assert_true(answer_has(client_getf(&c, "/me/bundles/%lld/summary", (long long)id), "虚构内容"));
    slot = free_time(&c, page, 3);
    assert_true(str_ends(json_text_of(good(&c, page, choose(&c, page, slot)), "location"), STR("/summary")));
    assert_int_equal(send_bundle(&c, id).status / 100, 2);
    assert_string_equal(booked(json_i64_of(the_passport(&c, id), "case", 0)), slot);
}

static void one_that_waited_is_asked_when_its_turn_comes(void **state)
{
    struct client c = person_json(SAVER);
    struct str at;
    (void)state;
    int64_t id = filled_to(&c, "later", &at), first = 0;
    assert_true(str_ends(at, STR("/summary"))); /* no time is asked yet */
    assert_int_equal(send_bundle(&c, id).status / 100, 2);
    JSON_EACH(m, json_get(progress(&c, id), "members"))
    {
        if (json_i64_of(m, "case", 0)) first = json_i64_of(m, "case", 0);
    }
    const char *page = z("/me/bundles/%lld/booking/p", (long long)id);
    assert_int_equal(client_get(&c, page).status, 404);
    decide(first, "public-security", "grant", "note_grant=%E5%87%86");
    time_for_jobs();
    assert_string_equal(str_z(app->arena, json_text_of(the_passport(&c, id), "status")), "appointment");
    assert_string_equal(str_z(app->arena, json_text_of(progress(&c, id), "light")), "paused");
    assert_true(answer_has(client_get(&c, "/"), z("/me/bundles/%lld", (long long)id)));
    assert_true(answer_has(client_get(&c, "/me/messages"), "请选择预约时间"));
    const char *slot = free_time(&c, page, 0), *full = free_time(&c, page, 5);
    others_take(9101, full);
    assert_int_equal(client_post(&c, page, choose(&c, page, full)).status, 409);
    assert_string_equal(str_z(app->arena, json_text_of(the_passport(&c, id), "status")), "appointment");
    good(&c, page, choose(&c, page, slot));
    const struct json *m = the_passport(&c, id);
    assert_string_equal(str_z(app->arena, json_text_of(m, "status")), "submitted");
    assert_string_equal(booked(json_i64_of(m, "case", 0)), slot);
    assert_int_equal(client_post(&c, page, choose(&c, page, slot)).status, 404);
    assert_false(answer_has(client_get(&c, "/"), z("/me/bundles/%lld", (long long)id)));
}

static void an_appointment_moves_and_is_free_again_when_the_case_is_withdrawn(void **state)
{
    struct client c = person_json(LIN), other = person_json(SAVER);
    struct str at;
    (void)state;
    int64_t id = filled_to(&c, "travel", &at);
    const char *page = str_z(app->arena, at), *slot = free_time(&c, page, 8);
    good(&c, page, choose(&c, page, slot));
    assert_int_equal(send_bundle(&c, id).status / 100, 2);
    int64_t passports = json_i64_of(the_passport(&c, id), "case", 0);
    page = z("/cases/%lld/booking", (long long)passports);
    assert_int_equal(client_get(&other, page).status, 404);
    slot = free_time(&c, page, 10);
    good(&c, page, choose(&c, page, slot));
    assert_string_equal(booked(passports), slot);
    assert_true(answer_has(client_getf(&c, "/cases/%lld", (long long)passports), slot));
    assert_int_equal(client_post(&c, z("/me/bundles/%lld/withdraw", (long long)id), "").status / 100, 2);
    assert_string_equal(booked(passports), "");
    assert_int_equal(client_post(&c, page, choose(&c, page, slot)).status, 409);
}

static void notices_of_it_speak_english_to_who_reads_english(void **state)
{
    struct client c = person_json(SAVER);
    (void)state;
    c.language = "en";
    struct answer a = client_get(&c, "/me/messages");
    assert_true(answer_has(a, "A long journey"));
    assert_true(answer_has(a, "Issue of an ordinary passport"));
    assert_false(answer_has(a, "出门远行"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_is_chosen_before_sending_and_taken_with_the_cases),
        cmocka_unit_test(a_time_taken_meanwhile_is_said_and_nothing_else_is_lost),
        cmocka_unit_test(one_that_waited_is_asked_when_its_turn_comes),
        cmocka_unit_test(an_appointment_moves_and_is_free_again_when_the_case_is_withdrawn),
        cmocka_unit_test(notices_of_it_speak_english_to_who_reads_english),
    };
    return cmocka_run_group_tests(tests, open_booking, close_app);
}
