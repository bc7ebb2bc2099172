/* What forms built without code promise to cases: the version they were begun under, files inside groups. */
#include "modules/cases/cases_models_test.h"

#define FORM "/office/forms/"

static int64_t form_id;
static int64_t item;

static int post_form(struct client *c, const char *what, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, FORM "%lld/%s", (long long)form_id, what);
    return client_post(c, path, form).status;
}

static void review_and_publish(void)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    assert_int_equal(post_form(&writer, "review", "from=2026-01-01"), 200);
    assert_int_equal(post_form(&checker, "publish", ""), 200);
}

static void add(struct client *c, const char *form)
{
    char path[120];
    snprintf(path, sizeof path, FORM "%lld/add", (long long)form_id);
    struct answer a = client_post(c, path, form);
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
}

static int64_t unit_id(struct client *c)
{
    const struct json *doc = client_json(c, client_get(c, "/office/catalogue/new"));
    JSON_EACH(f, json_get(doc, "fields"))
    {
        if (str_eq_c(json_text_of(f, "id"), "department"))
            return json_i64_of(json_at(json_get(f, "options"), 1), "value", 0);
    }
    return 0;
}

static int64_t tail_id(struct client *c, struct answer a, const char *before)
{
    int64_t id = 0;
    struct str where = json_text_of(client_json(c, a), "location");
    assert_true(str_starts(where, str_c(before)));
    assert_true(str_to_i64(str_slice(where, strlen(before), where.len), &id));
    return id;
}

/* `what`: own_form or own_process. */
static int name_own(struct client *c, const char *what, const char *code)
{
    char path[80], body[300];
    snprintf(path, sizeof path, "/office/catalogue/%lld", (long long)item);
    struct str revision = json_text_of(client_json(c, client_get(c, path)), "revision");
    snprintf(body, sizeof body, "revision=%s&name=N&state=active&kind=promised&%s=%s&go=review",
             str_z(app->arena, revision), what, code);
    return client_post(c, path, body).status;
}

static int name_form(struct client *c, const char *form)
{
    return name_own(c, "own_form", form);
}

/* A form with a group that holds a file, and a service that names it. */
static int open_forms(void **state)
{
    open_all(state);
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    char body[200], path[80];
    form_id = json_i64_of(client_json(&writer, client_post(&writer, FORM "new", "name=F&en=F&code=flood")),
                          "id", 0);
    add(&writer, "into=page:page-1&label=Where&en=Where&kind=text&required=1");
    add(&writer, "into=page:page-1&label=Goods&en=Goods&kind=group&required=1");
    add(&writer, "into=group:goods&label=Name&en=Name&kind=text&required=1");
    add(&writer, "into=group:goods&label=Photo&en=Photo&kind=file");
    snprintf(body, sizeof body, "name=N&code=FX-1&type=20&audience=person&department=%lld&division=780101",
             (long long)unit_id(&writer));
    item = tail_id(&writer, client_post(&writer, "/office/catalogue/new", body), "/office/catalogue/");
    assert_int_equal(name_form(&writer, "no-such-form"), 422);
    assert_int_equal(name_form(&writer, "flood"), 200);
    /* A service is not published before its form. */
    snprintf(path, sizeof path, "/office/catalogue/%lld/publish", (long long)item);
    assert_int_equal(client_post(&checker, path, "").status, 409);
    review_and_publish();
    assert_int_equal(client_post(&checker, path, "").status, 200);
    return 0;
}

static bool wait_for_a_letter(struct ctx *c)
{
    const struct str xml = *(struct str *)ctx_arg(c);
    ctx_changed(c, "processes");
    return db_exec(&c->tx,
                   "UPDATE process_version SET xml = $1 WHERE process = (SELECT id FROM process_model WHERE "
                   "code = 'own')",
                   DB_S(xml));
}

/* It was published before that was looked at. */
static void a_service_is_not_published_with_a_process_that_waits_for_an_event(void **state)
{
    (void)state;
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    const char *waits =
        "<startEvent id='start'><messageEventDefinition messageRef='M'/></startEvent>" RECEIVE END WAY(
            "start", "receive") WAY("receive", "decide");
    struct str xml = model("own", waits);
    char path[80];
    assert_int_equal(upload(&writer, 0, model("own", SHORT)).status, 200);
    publish("own", SHORT);
    assert_int_equal(name_own(&writer, "own_process", "own"), 200);
    testapp_write(app, wait_for_a_letter, &xml);
    snprintf(path, sizeof path, "/office/catalogue/%lld/publish", (long long)item);
    struct answer a = client_post(&checker, path, "");
    assert_true(a.status == 409 && answer_has(a, "办理流程 own 要等到事件才开始"));
    checker.language = "en";
    assert_true(answer_has(client_post(&checker, path, ""),
                           "The process own waits for an event, so that no application can begin it."));
    xml = model("own", SHORT);
    testapp_write(app, wait_for_a_letter, &xml);
    assert_int_equal(client_post(&checker, path, "").status, 200);
}

static int64_t begin(struct client *c)
{
    char path[80];
    snprintf(path, sizeof path, "/items/%lld/apply", (long long)item);
    c->json = true;
    struct answer a = client_post(c, path, "");
    c->json = false;
    if (a.status / 100 != 2) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return json_i64_of(client_json(c, a), "id", 0);
}

static struct answer page_of(struct client *c, int64_t id)
{
    return client_getf(c, "/apply/%lld/form/page-1", (long long)id);
}

static struct answer save(struct client *c, int64_t id, const char *form)
{
    char path[80];
    snprintf(path, sizeof path, "/apply/%lld/form/page-1", (long long)id);
    return client_post(c, path, form);
}

static struct answer save_file(struct client *c, int64_t id, const char *form, const char *field)
{
    char path[80];
    snprintf(path, sizeof path, "/apply/%lld/form/page-1", (long long)id);
    return client_upload(c, path, form, field, "a.png", picture());
}

/* The numbers of files in the hidden control of that name. */
static struct str kept(struct answer page, const char *control)
{
    struct str mark = str_fmt(app->arena, "name=\"%s\" value=\"", control);
    for (size_t at = str_find(page.body, mark); at != SIZE_MAX;) {
        struct str rest = str_slice(page.body, at + mark.len, page.body.len), value;
        str_cut(rest, '"', &value);
        return str_dup(app->arena, value);
    }
    return STR_EMPTY;
}

/* ---- versions ---- */

static void an_application_keeps_the_form_it_was_begun_under(void **state)
{
    (void)state;
    struct client early = person("13900000101"), late = person("13900000105"),
                  writer = officer_json("flow.writer");
    int64_t first = begin(&early);
    assert_false(answer_has(page_of(&early, first), "name=\"extra\""));
    add(&writer, "into=page:page-1&label=Extra&en=Extra&kind=text&required=1");
    review_and_publish();
    assert_false(answer_has(page_of(&early, first), "name=\"extra\""));
    int64_t second = begin(&late);
    assert_true(answer_has(page_of(&late, second), "name=\"extra\""));
    assert_int_equal(save(&early, first, "where=x&goods.rows=1&goods.0.name=bags&go=next").status, 303);
    assert_int_equal(save(&late, second, "where=x&goods.rows=1&goods.0.name=bags&go=next").status, 422);
    char path[80], form[80];
    snprintf(path, sizeof path, "/apply/%lld/submit", (long long)first);
    snprintf(form, sizeof form, "once=%lld&declare=1", (long long)first);
    assert_int_equal(client_post(&early, path, form).status, 303);
    /* As a case as well, with what it was asked then. */
    early.json = true;
    struct answer a = client_getf(&early, "/cases/%lld", (long long)first);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "bags"));
    assert_false(answer_has(a, "Extra"));
}

/* ---- files ---- */

static void a_file_inside_a_group_is_kept_though_the_page_is_wrong(void **state)
{
    (void)state;
    struct client c = person("13900000103");
    int64_t id = begin(&c);
    /* "where" and "extra" are missing. */
    struct answer a =
        save_file(&c, id, "goods.rows=2&goods.0.name=bags&goods.1.name=pumps&go=next", "goods.1.photo");
    assert_int_equal(a.status, 200);
    struct str number = kept(a, "goods.1.photo");
    assert_true(number.len > 0);
    assert_int_equal(kept(a, "goods.0.photo").len, 0);
    /* Now right, and the first row is gone: the file goes with its own. */
    struct str form =
        str_fmt(app->arena, "where=x&extra=y&goods.rows=1&goods.0.name=pumps&goods.0.photo=%.*s&go=next",
                STR_ARG(number));
    assert_int_equal(save(&c, id, str_z(app->arena, form)).status, 303);
    assert_true(str_eq(kept(page_of(&c, id), "goods.0.photo"), number));
    a = client_getf(&c, "/apply/%lld/files/%.*s", (long long)id, STR_ARG(number));
    assert_int_equal(a.status, 200);
    assert_true(answer_has(client_getf(&c, "/apply/%lld/summary", (long long)id), "a.png"));
    /* Taken away, it is no longer there. */
    form = str_fmt(app->arena,
                   "where=x&extra=y&goods.rows=1&goods.0.name=pumps&goods.0.photo=%.*s&goods.0.photo.drop.%.*"
                   "s=1&go=next",
                   STR_ARG(number), STR_ARG(number));
    assert_int_equal(save(&c, id, str_z(app->arena, form)).status, 303);
    assert_int_equal(client_getf(&c, "/apply/%lld/files/%.*s", (long long)id, STR_ARG(number)).status, 404);
}

static void nobody_names_a_file_of_somebody_else(void **state)
{
    (void)state;
    struct client one = person("13900000104"), two = person("13900000106");
    int64_t theirs = begin(&one), mine = begin(&two);
    struct answer a =
        save_file(&one, theirs, "where=x&extra=y&goods.rows=1&goods.0.name=bags&go=next", "goods.0.photo");
    assert_int_equal(a.status, 303);
    struct str number = kept(page_of(&one, theirs), "goods.0.photo");
    assert_true(number.len > 0);
    struct str form =
        str_fmt(app->arena, "where=x&extra=y&goods.rows=1&goods.0.name=bags&goods.0.photo=%.*s&go=next",
                STR_ARG(number));
    assert_int_equal(save(&two, mine, str_z(app->arena, form)).status, 303);
    assert_int_equal(kept(page_of(&two, mine), "goods.0.photo").len, 0);
    assert_int_equal(client_getf(&two, "/apply/%lld/files/%.*s", (long long)mine, STR_ARG(number)).status,
                     404);
}

static void what_the_form_does_not_ask_for_is_not_stored(void **state)
{
    (void)state;
    struct client c = person("13900000107");
    int64_t id = begin(&c);
    assert_int_equal(save_file(&c, id, "where=x&go=next", "where").status, 404);
    struct answer a =
        client_upload(&c, str_z(app->arena, str_fmt(app->arena, "/apply/%lld/form/page-1", (long long)id)),
                      "where=x&extra=y&goods.rows=1&goods.0.name=bags&go=next", "goods.0.photo", "a.png",
                      STR("no picture at all"));
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "govuk-error-message"));
    assert_int_equal(kept(a, "goods.0.photo").len, 0);
}

static void a_correction_takes_a_file_and_keeps_those_there_were(void **state)
{
    (void)state;
    struct client c = person("13900000108"), desk = officer_json("desk1");
    int64_t id = begin(&c);
    char path[80], form[80];
    struct answer a = save_file(
        &c, id, "where=x&extra=y&goods.rows=2&goods.0.name=bags&goods.1.name=pumps&go=next", "goods.0.photo");
    assert_int_equal(a.status, 303);
    struct str before = kept(page_of(&c, id), "goods.0.photo");
    snprintf(path, sizeof path, "/apply/%lld/submit", (long long)id);
    snprintf(form, sizeof form, "once=%lld&declare=1", (long long)id);
    assert_int_equal(client_post(&c, path, form).status, 303);
    assert_int_equal(act(&desk, id, "correct", "target_1=field%3Agoods&reason_1=photo"), 200);
    snprintf(path, sizeof path, "/cases/%lld/correction", (long long)id);
    a = client_upload(&c, path, "goods.rows=2&goods.0.name=bags&goods.1.name=pumps", "goods.1.photo", "b.png",
                      picture());
    if (a.status != 303) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    a = client_getf(&desk, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(a, "a.png") && answer_has(a, "b.png"));
    struct answer own = client_getf(&c, "/apply/%lld/files/%.*s", (long long)id, STR_ARG(before)),
                  taken = client_getf(&desk, "/office/cases/%lld/files/%.*s", (long long)id, STR_ARG(before)),
                  taken_again =
                      client_getf(&desk, "/office/cases/%lld/files/%.*s", (long long)id, STR_ARG(before));
    assert_int_equal(taken.status, 200);
    /* An officer's copy names them; what was handed in stays as it was. */
    assert_int_equal(file_sniff(taken.body), file_sniff(own.body));
    assert_true(str_eq(taken.body, taken_again.body));
    assert_true(str_find(taken.filename, STR("desk1")) != SIZE_MAX);
    assert_true(str_find(own.filename, STR("desk1")) == SIZE_MAX);
}

static int64_t person_at_the_desk(struct client *desk)
{
    int64_t id = 0;
    struct str where =
        json_text_of(client_json(desk, client_post(desk, "/office/desk",
                                                   "id_number=78010119940318002X&purpose=apply&"
                                                   "name=%E6%9E%97%E6%99%93%E7%A6%BE")),
                     "location");
    size_t at = str_find(where, STR("person="));
    assert_true(at != SIZE_MAX && str_to_i64(str_slice(where, at + 7, where.len), &id));
    return id;
}

static void a_form_that_requires_a_file_is_received_at_the_desk_in_one_step(void **state)
{
    (void)state;
    struct client writer = officer_json("flow.writer"), desk = officer_json("desk1"), page = officer("desk1");
    add(&writer, "into=page:page-1&label=Proof&en=Proof&kind=file&required=1");
    add(&writer, "into=page:page-1&label=Tools&en=Tools&kind=several&required=1");
    assert_int_equal(post_form(&writer, "add", "into=group:goods&label=T&en=T&kind=several"), 422);
    assert_int_equal(post_form(&writer, "field",
                               "at=tools&title=Tools&en=Tools&kind=several&required=1&rows_most=2&"
                               "choices=Saw+%7C+Saw%0ARope+%7C+Rope%0APump+%7C+Pump"),
                     200);
    review_and_publish();
    char form[240];
    int64_t who = person_at_the_desk(&desk);
    page.json = false;
    struct answer a =
        client_getf(&page, "/office/desk/receive?person=%lld&item=%lld", (long long)who, (long long)item);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "name=\"proof\"") && answer_has(a, "type=\"file\""));
    snprintf(form, sizeof form,
             "once=%lld&person=%lld&item=%lld&go=receive&where=x&extra=y&goods.rows=1&goods.0.name=bags&"
             "tools.saw=1&tools.pump=1",
             (long long)who, (long long)who, (long long)item);
    a = client_post(&desk, "/office/desk/receive", form);
    assert_int_equal(a.status, 422); /* without it */
    assert_true(answer_has(a, "\"proof\""));
    assert_int_equal(client_upload(&desk, "/office/desk/receive", form, "where", "a.png", picture()).status,
                     404);
    a = client_upload(&desk, "/office/desk/receive", form, "proof", "scan.png", picture());
    if (a.status / 100 != 2) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    struct str where = json_text_of(client_json(&desk, a), "location");
    size_t end = str_find(where, STR("/receipt"));
    assert_true(end != SIZE_MAX);
    a = client_get(&desk, str_z(app->arena, str_slice(where, 0, end)));
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "scan.png") && answer_has(a, "Saw") && answer_has(a, "Pump"));
    assert_false(answer_has(a, "Rope"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_keeps_the_form_it_was_begun_under),
        cmocka_unit_test(a_file_inside_a_group_is_kept_though_the_page_is_wrong),
        cmocka_unit_test(nobody_names_a_file_of_somebody_else),
        cmocka_unit_test(what_the_form_does_not_ask_for_is_not_stored),
        cmocka_unit_test(a_correction_takes_a_file_and_keeps_those_there_were),
        cmocka_unit_test(a_form_that_requires_a_file_is_received_at_the_desk_in_one_step),
        cmocka_unit_test(a_service_is_not_published_with_a_process_that_waits_for_an_event),
    };
    return cmocka_run_group_tests(tests, open_forms, close_app);
}
