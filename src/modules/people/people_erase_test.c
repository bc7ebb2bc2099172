#include "core/crypto/crypto.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/people/people_shared_test.h"

/* Years that the test program keeps files: testapp.c. */
enum { KEEP_YEARS = 3 };

static struct client officer(const char *login)
{
    struct client c = new_client();
    client_as_officer(&c, login);
    return c;
}

static int post_to(struct client *c, int64_t subject, const char *what, const char *text)
{
    return client_post(c, form("/office/erasures/%lld/%s", (long long)subject, what), text).status;
}

static bool count_rows(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, i->name, DB_I(i->id))) return false;
    i->principal = db_int(&rows, 0, 0);
    return true;
}

static int64_t rows_of(const char *sql, int64_t id)
{
    struct inside i = {.name = sql, .id = id};
    testapp_read(app, count_rows, &i);
    return i.principal;
}

static struct str state_of(int64_t subject)
{
    struct client c = officer("secadmin");
    struct answer a = client_getf(&c, "/office/erasures/%lld", (long long)subject);
    return a.status == 200 ? json_text_of(client_json(&c, a), "status_label") : STR_EMPTY;
}

static bool load_erased(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    return people_subject(c, i->id, &i->subject);
}

static void a_person_is_erased_by_two_officers_and_leaves_nothing_to_read(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client c = new_client(), first = officer("secadmin"), second = officer("auditor");
    assert_int_equal(join(&c, mobile, "沈一白", number).status, 201);
    int64_t id = subject_of(number);

    assert_int_equal(client_post(&c, "/me/erase", "password=not-the-password").status, 422);
    assert_int_equal(client_post(&c, "/me/erase", "password=" PASSWORD).status, 200);
    assert_string_equal(str_z(app->arena, state_of(id)), "待第一人确认");
    assert_int_equal(client_post(&c, "/me/erase/withdraw", "").status, 200);
    assert_int_equal(state_of(id).len, 0);
    assert_int_equal(client_post(&c, "/me/erase", "password=" PASSWORD).status, 200);

    assert_int_equal(post_to(&first, id, "confirm", ""), 200);
    assert_int_equal(post_to(&first, id, "confirm", ""), 409);
    assert_int_equal(client_get(&c, "/me").status, 200);
    assert_int_equal(post_to(&second, id, "confirm", ""), 200);

    assert_string_equal(str_z(app->arena, state_of(id)), "已删除");
    assert_string_equal(str_z(app->arena, texted_to), mobile);
    assert_int_not_equal(client_get(&c, "/me").status, 200);
    assert_int_equal(client_post(&c, "/sign-in", form("account=%s&password=" PASSWORD, mobile)).status, 422);
    assert_int_equal(subject_of(number), 0);
    assert_int_equal(rows_of("SELECT COUNT(*) FROM account WHERE subject = $1", id), 0);
    assert_int_equal(
        rows_of("SELECT COUNT(*) FROM subject_key WHERE subject_id = $1 AND wrapped IS NOT NULL", id), 0);
    assert_int_equal(rows_of("SELECT COUNT(*) FROM inbox_message WHERE subject = $1", id), 0);
    assert_int_equal(trace_of("person.erase", id).count, 1);
    assert_int_equal(rows_of("SELECT COUNT(*) FROM evidence WHERE subject = $1 AND act = 'account.open'", id),
                     1);

    struct inside i = {.id = id};
    testapp_read(app, load_erased, &i);
    assert_true(i.subject.erased);
    assert_string_equal(str_z(app->arena, i.subject.name), "已删除的人员");
    assert_int_equal(i.subject.code.len, 0);

    struct client again = new_client();
    assert_int_equal(join(&again, mobile, "沈一白", number).status, 201);
    assert_int_not_equal(subject_of(number), id);
    (void)state;
}

static void a_refused_erasure_changes_nothing_and_the_person_reads_why(void **state)
{
    const char *number = new_number();
    struct client c = new_client(), first = officer("auditor");
    assert_int_equal(join(&c, new_mobile(), "沈二白", number).status, 201);
    int64_t id = subject_of(number);
    assert_int_equal(client_post(&c, "/me/erase", "password=" PASSWORD).status, 200);
    assert_int_equal(post_to(&first, id, "refuse", "reason="), 422);
    assert_int_equal(post_to(&first, id, "refuse", "reason=inquiry"), 200);
    assert_int_equal(post_to(&first, id, "confirm", ""), 404);
    assert_int_equal(client_get(&c, "/me").status, 200);
    assert_int_equal(trace_of("person.erase_refused", id).count, 1);
    (void)state;
}

static void only_security_and_audit_administrators_erase(void **state)
{
    static const char *const others[] = {"desk1", "public-security.decide", "sysadmin", "editor"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct client c = officer(others[i]);
        assert_int_equal(client_get(&c, "/office/erasures").status, 403);
    }
    (void)state;
}

/* ---- with files that are kept ---- */

struct sent {
    const char *number;
    int64_t subject, id;
};

static bool send_case(struct ctx *c)
{
    struct sent *s = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR("BI-0001"));
    struct case_seed seed = {.item = item, .channel = "desk"};
    if (!item || !people_find(c, SUBJECT_PERSON, str_c(s->number), &s->subject)) return false;
    seed.applicant = s->subject;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .subject = s->subject, .level = 2};
    return case_seed(c, &seed, &s->id);
}

static int act(const char *login, int64_t id, const char *what, const char *text)
{
    struct client c = officer(login);
    return client_post(&c, form("/office/cases/%lld/%s", (long long)id, what), text).status;
}

static struct sent passport(const char *number)
{
    struct sent s = {.number = number};
    testapp_write(app, send_case, &s);
    return s;
}

static bool set_password(struct ctx *c)
{
    struct sent *s = ctx_arg(c);
    struct str hash;
    struct account a;
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT account FROM subject WHERE id = $1", DB_I(s->subject)) ||
        !account_load(c, db_int(&rows, 0, 0), &a) || !password_hash(c->arena, STR(PASSWORD), &hash, c->err))
        return false;
    return account_set_password(c, a.id, hash, false);
}

static bool look_again(struct ctx *c)
{
    return job_add(c, "people.erase", STR_EMPTY, NULL, c->now);
}

static void years_go_by(int years)
{
    testapp_advance((years * INT64_C(366)) * MS_DAY);
    testapp_write(app, look_again, NULL);
    testapp_jobs(app);
}

static void files_are_kept_for_their_time_and_then_go(void **state)
{
    struct sent s = passport(LIN);
    testapp_write(app, set_password, &s);
    struct client lin = new_client();
    client_as_person(&lin, LIN_MOBILE);
    assert_int_equal(client_post(&lin, "/me/erase", "password=" PASSWORD).status, 409); /* under way */
    assert_int_equal(act("desk1", s.id, "accept", ""), 200);
    assert_int_equal(act("public-security.review", s.id, "pass", ""), 200);
    assert_int_equal(act("public-security.decide", s.id, "grant", "note_grant=granted"), 200);
    testapp_jobs(app);

    struct client first = officer("secadmin"), second = officer("auditor"),
                  reviewer = officer("public-security.review");
    client_as_person(&lin, LIN_MOBILE);
    const struct json *page = client_json(&lin, client_get(&lin, "/me/erase"));
    assert_int_equal(json_get(page, "files")->count, 2); /* the file and the licence in force */
    assert_int_equal(client_post(&lin, "/me/erase", "password=" PASSWORD).status, 200);
    assert_int_equal(post_to(&first, s.subject, "confirm", ""), 200);
    assert_int_equal(post_to(&second, s.subject, "confirm", ""), 200);
    assert_string_equal(str_z(app->arena, state_of(s.subject)), "账号已注销，档案保存中");
    assert_int_equal(subject_of(LIN), s.subject);
    struct answer a = client_getf(&reviewer, "/office/cases/%lld", (long long)s.id);
    assert_true(answer_has(a, "林晓禾"));

    /* The licence has ten years; no time set for files ends before it does. */
    years_go_by(KEEP_YEARS + 1);
    assert_int_equal(subject_of(LIN), s.subject);
    years_go_by(7);
    assert_int_equal(subject_of(LIN), s.subject);
    years_go_by(KEEP_YEARS + 1);
    assert_int_equal(subject_of(LIN), 0);
    assert_string_equal(str_z(app->arena, state_of(s.subject)), "已删除");

    client_as_officer(&reviewer, "public-security.review");
    a = client_getf(&reviewer, "/office/cases/%lld", (long long)s.id);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "已删除的人员"));
    assert_false(answer_has(a, "林晓禾"));
    a = client_get(&reviewer, "/office/licences");
    assert_true(answer_has(a, "已删除的人员"));
    assert_int_equal(rows_of("SELECT COUNT(*) FROM case_material WHERE case_id = $1", s.id), 0);
    assert_int_equal(rows_of("SELECT COUNT(*) FROM blob_ref WHERE owner = 'licence' AND owner_id IN (SELECT "
                             "id FROM licence WHERE holder = $1)",
                             s.subject),
                     0);
    struct client anyone = new_client();
    a = client_post(&anyone, "/verify", "code=E78000001&holder=%E6%9E%97%E6%99%93%E7%A6%BE");
    assert_string_equal(str_z(app->arena, json_text_of(client_json(&anyone, a), "location")), "/verify/none");
    (void)state;
}

static void whoever_registers_again_before_takes_the_request_back(void **state)
{
    struct client c = new_client(), first = officer("secadmin"), second = officer("auditor");
    assert_int_equal(join(&c, "13900000115", "余清和", YU).status, 201);
    struct sent s = passport(YU);
    assert_int_equal(act("desk1", s.id, "reject", "note_reject=wrong%20place"), 200);
    assert_int_equal(client_post(&c, "/me/erase", "password=" PASSWORD).status, 200);
    assert_int_equal(post_to(&first, s.subject, "confirm", ""), 200);
    assert_int_equal(post_to(&second, s.subject, "confirm", ""), 200);
    struct client again = new_client();
    assert_int_equal(join(&again, "13900000115", "余清和", YU).status, 201);
    assert_int_equal(state_of(s.subject).len, 0);
    years_go_by(KEEP_YEARS + 1);
    assert_int_equal(subject_of(YU), s.subject);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_erased_by_two_officers_and_leaves_nothing_to_read),
        cmocka_unit_test(a_refused_erasure_changes_nothing_and_the_person_reads_why),
        cmocka_unit_test(only_security_and_audit_administrators_erase),
        cmocka_unit_test(whoever_registers_again_before_takes_the_request_back),
        cmocka_unit_test(files_are_kept_for_their_time_and_then_go),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
