/* What the applicant is promised while applying. */
#include "engines/schema/schema.h"
#include "modules/cases/cases_walk_test.h"

/* ---- every item ---- */

enum { ITEMS_MOST = 2000 };
struct listed_item {
    int64_t id;
    struct str code, name;
    bool person, organisation, online;
};
static struct listed_item items[ITEMS_MOST];
static size_t item_count;

static bool list_items(struct ctx *c)
{
    const struct item_filter all = {0};
    int64_t from = 0;
    do {
        struct item_list found;
        catalogue_find(c, &all, from, 50, &found);
        for (size_t i = 0; i < found.count && item_count < ITEMS_MOST; i++) {
            const struct item *it = found.items[i];
            items[item_count++] = (struct listed_item){it->id,
                                                       str_dup(app->arena, it->code),
                                                       str_dup(app->arena, it->name),
                                                       it->form_person != NULL,
                                                       it->form_organisation != NULL,
                                                       it->apply_online};
        }
        from = found.next;
    } while (from);
    return true;
}

static bool try_item(struct client *c, const struct listed_item *it, bool organisation)
{
    struct testapp small = *app;
    struct walk w = {.c = c};
    small.arena = arena_new(256 << 20);
    assert_non_null(small.arena);
    c->app = &small;
    bool ok = whole_way(&w, it->id, organisation);
    if (!ok)
        print_message("%.*s %.*s (%s): %s %.*s\n", STR_ARG(it->code), STR_ARG(it->name),
                      organisation ? "organisation" : "person", w.why ? w.why : "led nowhere",
                      STR_ARG(w.body));
    c->app = app;
    arena_drop(small.arena);
    return ok;
}

static void every_item_that_is_done_on_application_can_be_sent_online(void **state)
{
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct client lin = person(LIN), shop = person(SHOP);
    size_t tried = 0, sent = 0, online = 0;
    (void)state;
    act_for_shop(&shop);
    item_count = 0;
    assert_true(server_read(app->server, &system, list_items, NULL, &e));
    assert_true(item_count >= 300);
    for (size_t i = 0; i < item_count; i++) {
        const struct listed_item *it = &items[i];
        online += it->online;
        for (int organisation = 0; organisation < 2; organisation++) {
            if (!(organisation ? it->organisation : it->person)) continue;
            tried++;
            sent += try_item(organisation ? &shop : &lin, it, organisation == 1);
        }
    }
    print_message("%zu items, %zu online; %zu of %zu applications sent\n", item_count, online, sent, tried);
    assert_int_equal(online, item_count);
    assert_int_equal(sent, tried);
}

/* ---- drafts ---- */

static int64_t count_cases(struct client *c, const char *key)
{
    return (int64_t)json_get(client_json(c, client_get(c, "/me/cases")), key)->count;
}

static void looking_at_the_questions_stores_nothing(void **state)
{
    struct client lin = person("13900000113");
    (void)state;
    assert_int_equal(client_getf(&lin, "/items/%lld/apply", (long long)item_of("BI-0001")).status, 200);
    assert_int_equal(count_cases(&lin, "drafts"), 0);
}

static void an_answer_that_ends_the_application_stores_nothing(void **state)
{
    struct client lin = person("13900000113");
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/items/%lld/apply", (long long)item_of("BI-0001"));
    assert_int_equal(client_post(&lin, path, "kind=first&who=child&official=no").status, 422);
    lin.json = false;
    struct answer a = client_post(&lin, path, "kind=first&who=child&official=no");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "监护人"));
    lin.json = true;
    assert_int_equal(count_cases(&lin, "drafts"), 0);
}

static void a_draft_survives_leaving_midway_and_keeps_what_was_right(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    char path[100];
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    snprintf(path, sizeof path, "/apply/%lld/form/trip", (long long)w.id);
    assert_int_equal(client_post(&lin, path, "purpose=nonsense&destination=Atlantis").status, 422);
    assert_int_equal(client_post(&lin, path, "purpose=nonsense&destination=Atlantis&go=later").status, 200);
    testapp_advance(MS_DAY);
    struct client again = person("13900000113");
    assert_int_equal(count_cases(&again, "drafts"), 1);
    assert_true(answer_has(client_get(&again, path), "Atlantis"));
    assert_false(answer_has(client_get(&again, path), "nonsense"));
    struct walk second = {.c = &again};
    assert_true(start(&second, item_of("BI-0001"), false));
    assert_true(second.id == w.id);
}

static void sending_twice_makes_one_case(void **state)
{
    struct client lin = person(LIN);
    (void)state;
    int64_t before = count_cases(&lin, "cases"), id = sent_case(&lin, "BI-0001", false);
    struct str no = json_text_of(case_document(&lin, id), "case_no");
    struct answer again = post_submit(&lin, id);
    assert_int_equal(again.status, 200);
    assert_true(str_eq(json_text_of(client_json(&lin, again), "case_no"), no));
    assert_true(count_cases(&lin, "cases") == before + 1 || before >= 30);
    assert_int_equal(client_getf(&lin, "/cases/%lld/receipt", (long long)id).status, 200);
}

static void a_draft_that_is_not_complete_is_not_sent_and_says_where(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    struct answer a = post_submit(&lin, w.id);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "material:photo") && answer_has(a, "booking") && answer_has(a, "purpose"));
    lin.json = false;
    a = client_getf(&lin, "/apply/%lld/summary", (long long)w.id);
    assert_true(answer_has(a, "/materials#material:photo") && answer_has(a, "/form/trip#purpose"));
    a = post_submit(&lin, w.id);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "/form/trip#purpose"));
}

static void a_choice_is_told_as_value_and_label_in_the_summary(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    int choices = 0;
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false) && fill_in(&w));
    const struct json *doc = client_json(&lin, client_getf(&lin, "/apply/%lld/summary", (long long)w.id));
    JSON_EACH(group, json_get(doc, "groups"))
    {
        JSON_EACH(answer, json_get(group, "answers"))
        {
            const struct json *chosen = json_get(answer, "chosen");
            if (!chosen) continue;
            choices++;
            assert_true(json_text_of(chosen, "value").len > 0);
            assert_true(str_eq(json_text_of(chosen, "label"), json_text_of(answer, "value")));
        }
    }
    assert_true(choices >= 2); /* of the situation and of the form */
}

static void a_form_of_another_draft_sends_nothing(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    char path[64];
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false) && fill_in(&w));
    snprintf(path, sizeof path, "/apply/%lld/submit", (long long)w.id);
    assert_int_equal(client_post(&lin, path, "once=1").status, 422);
    assert_int_equal(client_post(&lin, path, "").status, 422);
    snprintf(path, sizeof path, "/apply/%lld/discard", (long long)w.id);
    assert_int_equal(client_post(&lin, path, "").status, 200);
    assert_int_equal(client_getf(&lin, "/apply/%lld", (long long)w.id).status, 404);
}

/* ---- who sees what ---- */

static void anothers_draft_case_and_file_are_not_there(void **state)
{
    struct client lin = person(LIN), other = person(SAVER), desk = officer("desk1"), nobody = client_new(app);
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false) && fill_in(&w));
    long long id = w.id;
    const struct json *doc = client_json(&lin, client_getf(&lin, "/apply/%lld/materials", id));
    struct str file = STR_EMPTY;
    JSON_EACH(m, json_get(doc, "materials"))
    {
        if (json_get(m, "files")->count) file = json_text_of(json_at(json_get(m, "files"), 0), "href");
    }
    assert_true(file.len > 0);
    struct answer mine = client_get(&lin, text(&w, file));
    assert_int_equal(mine.status, 200);
    assert_true(str_eq_c(mine.type, "image/png") && mine.filename.len > 0);
    assert_int_equal(client_get(&other, text(&w, file)).status, 404);
    static const char *const pages[][2] = {
        {"apply", ""},         {"apply", "/form/trip"}, {"apply", "/materials"}, {"apply", "/booking"},
        {"apply", "/summary"}, {"cases", ""},           {"cases", "/receipt"}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char path[100];
        snprintf(path, sizeof path, "/%s/%lld%s", pages[i][0], id, pages[i][1]);
        assert_int_equal(client_get(&other, path).status, 404);
        assert_int_equal(client_get(&desk, path).status, 403);
        assert_int_equal(client_get(&nobody, path).status, 401);
    }
    assert_int_equal(post_submit(&other, id).status, 404);
}

static void who_only_declared_sees_nothing_filled_in_and_is_led_to_confirm(void **state)
{
    struct client su = person(DECLARED);
    struct walk w = {.c = &su};
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/items/%lld/apply", (long long)item_of("BI-0001"));
    assert_int_equal(client_post(&su, path, "kind=first&who=self&official=no").status, 403);
    su.json = false;
    struct answer a = client_get(&su, path);
    assert_int_equal(a.status, 303);
    assert_true(str_starts(a.location, STR("/me/level?next=")));
    su.json = true;
    /* A service that needs no confirmed identity: the general form, empty but for what they declared
     * themselves. */
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!item_count) assert_true(server_read(app->server, &system, list_items, NULL, &e));
    for (size_t i = 0; i < item_count; i++) {
        const struct json *service = items[i].person ? service_of(&su, items[i].id, false) : NULL;
        if (!service || json_i64_of(service, "requires_level", 1) > 1) continue;
        if (!start(&w, items[i].id, false)) fail_msg("%s %.*s", w.why, STR_ARG(w.body));
        break;
    }
    assert_true(w.id > 0);
    const struct json *page = client_json(&su, client_get(&su, text(&w, w.at)));
    JSON_EACH(f, json_get(page, "fields"))
    {
        if (str_eq_c(json_text_of(f, "id"), "address")) assert_false(json_text_of(f, "value").len);
        assert_false(answer_has((struct answer){.body = json_text_of(f, "source")}, "人口"));
    }
}

static void a_firm_is_asked_to_act_as_one_and_a_person_as_themself(void **state)
{
    struct client zhou = person(SHOP);
    (void)state;
    zhou.json = false;
    struct answer a = client_getf(&zhou, "/items/%lld/apply", (long long)item_of("BI-0009"));
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "/me/acting?next=/items/"));
    zhou.json = true;
    act_for_shop(&zhou);
    zhou.json = false;
    assert_false(answer_has(client_getf(&zhou, "/items/%lld/apply", (long long)item_of("BI-0009")),
                            "/me/acting?next"));
    assert_true(answer_has(client_getf(&zhou, "/items/%lld/apply", (long long)item_of("BI-0001")),
                           "/me/acting?next"));
}

/* ---- rows ---- */

static void rows_come_and_go_without_scripts_and_nothing_typed_is_lost(void **state)
{
    struct client zhou = person(SHOP);
    struct walk w = {.c = &zhou};
    char path[100];
    (void)state;
    act_for_shop(&zhou);
    assert_true(start(&w, item_of("BI-0009"), true));
    snprintf(path, sizeof path, "/apply/%lld/form/drivers", (long long)w.id);
    zhou.json = false;
    struct answer a = client_post(&zhou, path,
                                  "driver_count=many&drivers.rows=1&drivers.0.name=Ma%20Chi&"
                                  "drivers.0.qualification=&form.row=add:drivers");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "name=\"drivers.1.name\"") && answer_has(a, "value=\"Ma Chi\"") &&
                answer_has(a, "value=\"many\"") && answer_has(a, "value=\"remove:drivers:1\""));
    assert_false(answer_has(a, "govuk-error-summary"));
    a = client_post(&zhou, path,
                    "driver_count=2&drivers.rows=2&drivers.0.name=Ma%20Chi&drivers.1.name=Ma%20Chao&"
                    "form.row=remove:drivers:0");
    assert_true(answer_has(a, "value=\"Ma Chao\"") && !answer_has(a, "Ma Chi"));
    assert_false(answer_has(client_get(&zhou, path), "Ma Chao")); /* shown, not kept */

    a = client_post(&zhou, path, "driver_count=2&drivers.rows=2&drivers.0.name=Ma%20Chi&go=next");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "#drivers.0.qualification") && answer_has(a, "value=\"Ma Chi\""));
    a = client_post(&zhou, path,
                    "driver_count=2&safety_officer=Ma&drivers.rows=2&drivers.1.name=Ma%20Chi&"
                    "drivers.1.qualification=Q1&go=later");
    zhou.json = true;
    const struct json *fields = json_get(client_json(&zhou, client_get(&zhou, path)), "fields");
    JSON_EACH(f, fields)
    {
        if (str_eq_c(json_text_of(f, "id"), "drivers")) assert_int_equal(json_i64_of(f, "count", 0), 1);
    }
    assert_true(answer_has(client_getf(&zhou, "/apply/%lld/summary", (long long)w.id), "Ma Chi"));
    assert_int_equal(client_post(&zhou, path, "driver_count=2&safety_officer=Ma&drivers.rows=0").status, 422);
}

static void every_form_is_served_to_programs_as_a_schema_they_can_use(void **state)
{
    struct client anyone = {.app = app, .json = true};
    struct err e = {0};
    (void)state;
    const struct json *doc =
        client_json(&anyone, client_getf(&anyone, "/items/%lld/form", (long long)item_of("BI-0009")));
    assert_true(str_eq_c(json_text_of(doc, "for"), "organisation"));
    assert_true(json_get(doc, "pages")->count >= 4);
    const struct json *schema = json_get(doc, "schema");
    assert_non_null(schema_compile(app->arena, schema, NULL, &e));
    bool valid = false;
    struct schema_faults faults;
    assert_true(schema_check(app->arena, schema, NULL, &faults, &valid, &e));
    assert_true(valid);
    assert_non_null(json_path(schema, "properties.drivers.items.properties.qualification"));
    anyone.json = false;
    struct answer a = client_getf(&anyone, "/items/%lld/form", (long long)item_of("BI-0001"));
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "x-source"));
}

/* ---- one minute ---- */

static void a_withdrawal_from_the_housing_fund_takes_at_most_eight_actions(void **state)
{
    struct client chen = person(SAVER);
    struct walk w = {.c = &chen};
    (void)state;
    assert_true(start(&w, item_of("BI-0005"), false));
    assert_true(str_ends(w.at, STR("/form/confirm")));
    const struct json *page = client_json(&chen, client_get(&chen, text(&w, w.at)));
    JSON_EACH(f, json_get(page, "fields"))
    {
        if (str_eq_c(json_text_of(f, "id"), "declaration")) continue;
        assert_true(json_text_of(f, "value").len > 0);
        assert_true(json_text_of(f, "source").len > 0);
    }
    /* guide: apply; a reason, continue; the declaration, continue; send: six */
    assert_true(fill_page(&w));
    assert_true(str_ends(w.at, STR("/summary")));
    assert_int_equal(json_get(client_json(&chen, client_get(&chen, text(&w, w.at))), "fields")->count, 0);
    assert_true(send_it(&w));
    assert_int_equal(w.steps, 3);
}

static void what_a_rule_can_answer_is_answered_on_the_receipt(void **state)
{
    struct client xu = person(STUDENT);
    (void)state;
    int64_t id = sent_case(&xu, "BI-0012", false);
    const struct json *receipt = client_json(&xu, client_getf(&xu, "/cases/%lld/receipt", (long long)id));
    assert_true(json_text_of(receipt, "answer").len > 10);
    assert_true(str_find(json_text_of(receipt, "answer"), STR("{{")) == SIZE_MAX);
    assert_true(str_find(json_text_of(receipt, "answer"), STR("准考证号")) != SIZE_MAX);
    xu.language = "en";
    receipt = client_json(&xu, client_getf(&xu, "/cases/%lld/receipt", (long long)id));
    assert_true(str_eq_c(json_text_of(receipt, "headline"), "Answered at once"));
    assert_true(str_find(json_text_of(receipt, "answer"), STR("admission ticket")) != SIZE_MAX);
    assert_true(str_find(json_text_of(receipt, "answer"), STR("准考证号")) == SIZE_MAX);
    struct answer whole = client_getf(&xu, "/cases/%lld", (long long)id);
    assert_true(answer_has(whole, "admission ticket") && !answer_has(whole, "准考证号"));
}

/* ---- files ---- */

static struct answer upload_photo(struct client *c, int64_t id, const char *name, struct str content)
{
    char path[64];
    snprintf(path, sizeof path, "/apply/%lld/materials", (long long)id);
    return client_upload(c, path, "go=stay", "material:photo", name, content);
}

static void a_program_that_calls_itself_a_picture_is_refused(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    struct str program =
        STR("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff This program cannot be run in DOS mode.");
    struct answer a = upload_photo(&lin, w.id, "face.jpg", program);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "material:photo"));
    assert_int_equal(
        upload_photo(&lin, w.id, "face.jpg", STR("\xff\xd8\xff\xe0 not a picture at all")).status, 422);
    assert_int_equal(
        upload_photo(
            &lin, w.id, "face.pdf",
            STR("%PDF-1.4\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(x)>>>>\nendobj\ntrailer<<>>\n%%EOF\n"))
            .status,
        422);
    lin.json = false;
    a = upload_photo(&lin, w.id, "face.jpg", program);
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "govuk-error-message"));
}

static void a_file_above_the_limit_of_the_document_is_refused(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    struct buf big = buf_new(app->arena, 3 << 20);
    buf_add(&big, picture());
    memset(buf_room(&big, 3 << 20), 0, 3 << 20);
    big.len += 3 << 20;
    struct answer a = upload_photo(&lin, w.id, "face.png", buf_str(&big));
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "2 MB"));
}

static void a_file_for_what_was_not_asked_is_refused_and_one_taken_can_be_removed(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    char path[64], form[64];
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    snprintf(path, sizeof path, "/apply/%lld/materials", (long long)w.id);
    assert_int_equal(client_upload(&lin, path, "", "material:old-passport", "p.png", picture()).status, 404);
    assert_int_equal(client_upload(&lin, path, "", "material:../../etc", "p.png", picture()).status, 404);
    struct answer a = client_upload(&lin, path, "", "material:photo", "../../x\\face.png", picture());
    assert_int_equal(a.status, 200);
    const struct json *doc = client_json(&lin, client_get(&lin, path)), *file = NULL;
    JSON_EACH(m, json_get(doc, "materials"))
    {
        if (json_get(m, "files")->count) file = json_at(json_get(m, "files"), 0);
    }
    assert_non_null(file);
    assert_true(str_eq_c(json_text_of(file, "file_name"), "face.png"));
    snprintf(form, sizeof form, "remove=%.*s", STR_ARG(json_text_of(file, "file_id")));
    assert_int_equal(client_post(&lin, path, form).status, 200);
    assert_int_equal(client_get(&lin, text(&w, json_text_of(file, "href"))).status, 404);
}

static void one_bad_file_does_not_undo_a_good_one(void **state)
{
    struct client lin = person("13900000113");
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0001"), false));
    lin.json = false;
    char path[64];
    snprintf(path, sizeof path, "/apply/%lld/materials", (long long)w.id);
    /* a good one, while another document is still missing */
    struct answer a = client_upload(&lin, path, "go=next", "material:photo", "face.png", picture());
    assert_true(a.status == 303 || (a.status == 200 && answer_has(a, "face.png")));
    assert_true(answer_has(client_get(&lin, path), "face.png"));
}

static bool find_tax_office(struct ctx *c)
{
    const struct unit *u = orgs_unit_of_kind(c, STR("tax"), orgs_place(c));
    *(int64_t *)ctx_arg(c) = u ? u->id : 0;
    return true;
}

/* 林晓禾 for the shop, before all departments (0) or one; her session acts under it. */
static int64_t give_mandate(struct client *shop, struct client *lin, int64_t unit)
{
    char form[200], scope[24] = "";
    if (unit) snprintf(scope, sizeof scope, "%lld", (long long)unit);
    snprintf(form, sizeof form,
             "name=%%E6%%9E%%97%%E6%%99%%93%%E7%%A6%%BE&id_number=78010119940318002X&scope=%s&from=2026-11-"
             "23&until=",
             scope);
    assert_int_equal(client_post(shop, "/me/mandates", form).status / 100, 2);
    int64_t id =
        json_i64_of(json_get(client_json(shop, client_get(shop, "/me/mandates")), "given")->first, "id", 0);
    snprintf(form, sizeof form, "mandate=m:%lld", (long long)id);
    assert_int_equal(client_post(lin, "/me/acting", form).status, 200);
    return id;
}

static void a_mandate_before_another_department_does_not_send_a_draft_begun_under_a_wider_one(void **state)
{
    struct client shop = person(SHOP), lin = person(LIN);
    struct walk w = {.c = &lin};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    int64_t tax = 0;
    char path[80];
    (void)state;
    assert_true(server_read(app->server, &system, find_tax_office, &tax, &e) && tax > 0);
    act_for_shop(&shop);
    snprintf(path, sizeof path, "/me/mandates/%lld/revoke", (long long)give_mandate(&shop, &lin, 0));
    if (!start(&w, item_of("BI-0007"), true) || !fill_in(&w)) fail_msg("%s %.*s", w.why, STR_ARG(w.body));
    assert_int_equal(client_post(&shop, path, "").status, 200);
    give_mandate(&shop, &lin, tax);
    assert_int_equal(post_submit(&lin, w.id).status, 404);
}

static bool forget_licences_of_before(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM registry_record WHERE resource = 'licences'");
}

static void a_business_licence_is_not_asked_for_where_the_enterprise_register_knows_the_shop(void **state)
{
    struct client shop = person(SHOP);
    struct walk w = {.c = &shop};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    (void)state;
    assert_true(server_write(app->server, &system, forget_licences_of_before, NULL, &e));
    act_for_shop(&shop);
    if (!start(&w, item_of("BI-0007"), true)) fail_msg("%s %.*s", w.why, STR_ARG(w.body));
    const struct json *doc = client_json(&shop, client_getf(&shop, "/apply/%lld/materials", (long long)w.id));
    bool held = false;
    JSON_EACH(m, json_get(doc, "held"))
    {
        held = held || str_eq_c(json_text_of(m, "name"), "营业执照");
    }
    assert_true(held);
}

static size_t held_by_the_population_base(const struct json *doc)
{
    size_t count = 0;
    JSON_EACH(m, json_get(doc, "held"))
    {
        count += str_eq_c(json_text_of(m, "held_by"), "人口基础信息");
    }
    return count;
}

static void sentence_counts(const struct json *doc)
{
    size_t held = json_get(doc, "held")->count, left = json_get(doc, "materials")->count;
    char said[80];
    snprintf(said, sizeof said, "需提交 %zu 份 → %zu 份（%zu 份免提交）。", held + left, left, held);
    if (!str_starts(json_text_of(doc, "needed_text"), str_c(said)))
        fail_msg("%s %.*s", said, STR_ARG(json_text_of(doc, "needed_text")));
}

static void end_permits_for_the_population_base(void)
{
    struct client provider = officer_json("public-security.data");
    const struct json *doc =
        client_json(&provider, client_get(&provider, "/office/exchange/permits?f=granted"));
    JSON_EACH(p, json_get(doc, "permits"))
    {
        char path[90];
        snprintf(path, sizeof path, "/office/exchange/permits/%lld/end", (long long)json_i64_of(p, "id", 0));
        assert_int_equal(client_post(&provider, path, "words=over").status, 200);
    }
}

/* Last: the permit for the population base has ended then. */
static void how_many_documents_fall_away_is_what_calls_of_this_application_found(void **state)
{
    struct client lin = person(LIN);
    struct walk w = {.c = &lin};
    (void)state;
    assert_true(start(&w, item_of("BI-0003"), false));
    const struct json *doc = client_json(&lin, client_getf(&lin, "/apply/%lld/materials", (long long)w.id));
    size_t held = json_get(doc, "held")->count, population = held_by_the_population_base(doc),
           wanted = held + json_get(doc, "materials")->count;
    assert_true(population > 0);
    sentence_counts(doc);
    end_permits_for_the_population_base();
    doc = client_json(&lin, client_getf(&lin, "/apply/%lld/materials", (long long)w.id));
    assert_int_equal(held_by_the_population_base(doc), 0);
    assert_int_equal(json_get(doc, "held")->count + json_get(doc, "materials")->count, wanted);
    assert_int_equal(json_get(doc, "held")->count, held - population);
    if (held > population) sentence_counts(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_at_the_questions_stores_nothing),
        cmocka_unit_test(an_answer_that_ends_the_application_stores_nothing),
        cmocka_unit_test(a_draft_survives_leaving_midway_and_keeps_what_was_right),
        cmocka_unit_test(sending_twice_makes_one_case),
        cmocka_unit_test(a_draft_that_is_not_complete_is_not_sent_and_says_where),
        cmocka_unit_test(a_choice_is_told_as_value_and_label_in_the_summary),
        cmocka_unit_test(a_form_of_another_draft_sends_nothing),
        cmocka_unit_test(anothers_draft_case_and_file_are_not_there),
        cmocka_unit_test(who_only_declared_sees_nothing_filled_in_and_is_led_to_confirm),
        cmocka_unit_test(a_firm_is_asked_to_act_as_one_and_a_person_as_themself),
        cmocka_unit_test(rows_come_and_go_without_scripts_and_nothing_typed_is_lost),
        cmocka_unit_test(every_form_is_served_to_programs_as_a_schema_they_can_use),
        cmocka_unit_test(a_withdrawal_from_the_housing_fund_takes_at_most_eight_actions),
        cmocka_unit_test(what_a_rule_can_answer_is_answered_on_the_receipt),
        cmocka_unit_test(a_program_that_calls_itself_a_picture_is_refused),
        cmocka_unit_test(a_file_above_the_limit_of_the_document_is_refused),
        cmocka_unit_test(a_file_for_what_was_not_asked_is_refused_and_one_taken_can_be_removed),
        cmocka_unit_test(one_bad_file_does_not_undo_a_good_one),
        cmocka_unit_test(a_mandate_before_another_department_does_not_send_a_draft_begun_under_a_wider_one),
        cmocka_unit_test(a_business_licence_is_not_asked_for_where_the_enterprise_register_knows_the_shop),
        cmocka_unit_test(every_item_that_is_done_on_application_can_be_sent_online),
        cmocka_unit_test(how_many_documents_fall_away_is_what_calls_of_this_application_found),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
