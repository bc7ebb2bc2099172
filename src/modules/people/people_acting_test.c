#include "modules/orgs/orgs.h"
#include "modules/people/people_shared_test.h"

static bool ask_acting(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    i->any = people_may_act_for(c, i->principal);
    i->yes = people_may_act_before(c, i->principal, i->unit);
    return c->err->kind == ERR_NONE;
}

static bool may_before(const char *agent, int level, int64_t principal, int64_t unit, bool *any)
{
    struct inside i = {.principal = principal,
                       .unit = unit,
                       .actor = {.kind = ACTOR_PERSON, .subject = subject_of(agent), .level = level}};
    if (!server_read(app->server, &i.actor, ask_acting, &i, &i.err))
        fail_msg("%s %s", i.err.code, i.err.detail);
    *any = i.any;
    return i.yes;
}

static bool pick_unit(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, str_c(i->name), orgs_place(c));
    i->id = u ? u->id : 0;
    return u != NULL;
}

static int64_t unit_of(const char *kind)
{
    struct inside i = {.name = kind};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, pick_unit, &i, &i.err));
    return i.id;
}

/* ---- acting for others ---- */

static void a_legal_representative_acts_for_the_firm_and_nobody_else_does(void **state)
{
    struct client zhou = new_client(), lin = new_client();
    client_as_person(&zhou, ZHOU_MOBILE);
    client_as_person(&lin, LIN_MOBILE);
    assert_true(answer_has(client_get(&zhou, "/me/acting"), "r:" SHOP));
    assert_false(answer_has(client_get(&lin, "/me/acting"), SHOP));
    assert_int_equal(client_post(&zhou, "/me/acting", "mandate=r:" SHOP).status, 200);
    zhou.json = false;
    assert_true(answer_has(client_get(&zhou, "/me"), "示范区晨光便利店"));
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=r:" SHOP).status, 403);
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=r:nothing").status, 403);
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=m:1").status, 403);
    (void)state;
}

/* Otherwise the number of a legal representative would be the key to the firm. */
static void who_only_declared_acts_for_no_firm(void **state)
{
    bool any;
    assert_true(may_before(ZHOU, 2, subject_of(SHOP), unit_of("tobacco"), &any));
    assert_false(may_before(ZHOU, 1, subject_of(SHOP), unit_of("tobacco"), &any));
    assert_false(any);
    (void)state;
}

static struct client wu_for_the_firm(void)
{
    struct client wu = new_client();
    client_as_person(&wu, WU_MOBILE);
    assert_int_equal(client_post(&wu, "/me/acting", "mandate=r:" FREIGHT).status, 200);
    return wu;
}

static void give(struct client *c, int64_t unit, const char *until)
{
    struct answer a = client_post(
        c, "/me/mandates",
        form("name=%%E6%%9E%%97%%E6%%99%%93%%E7%%A6%%BE&id_number=" LIN "&scope=%s&from=%s&until=%s",
             unit ? form("%lld", (long long)unit) : "",
             str_z(app->arena, date_format(app->arena, date_of(testapp_now()))), until));
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
}

static void a_mandate_holds_for_its_department_and_its_time(void **state)
{
    bool any;
    int64_t transport = unit_of("transport"), tobacco = unit_of("tobacco"), firm = subject_of(FREIGHT);
    struct client wu = wu_for_the_firm();
    assert_false(may_before(LIN, 2, firm, transport, &any));
    give(&wu, transport, str_z(app->arena, date_format(app->arena, date_of(testapp_now()) + 1)));
    assert_true(may_before(LIN, 2, firm, transport, &any));
    assert_false(may_before(LIN, 2, firm, tobacco, &any));
    assert_true(any);
    assert_false(may_before(LIN, 1, firm, transport, &any));
    testapp_advance(2 * MS_DAY);
    assert_false(may_before(LIN, 2, firm, transport, &any));
    assert_false(any);
    (void)state;
}

static int64_t first_mandate(struct client *c, const char *list)
{
    return json_i64_of(json_get(client_json(c, client_get(c, "/me/mandates")), list)->first, "id", 0);
}

static void a_revoked_mandate_no_longer_holds_and_only_its_giver_revokes(void **state)
{
    bool any;
    struct client wu = wu_for_the_firm(), lin = new_client(), zhou = new_client();
    client_as_person(&lin, LIN_MOBILE);
    client_as_person(&zhou, ZHOU_MOBILE);
    give(&wu, unit_of("transport"), "");
    int64_t id = first_mandate(&wu, "given"), firm = subject_of(FREIGHT);
    assert_int_equal(client_post(&lin, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 200);
    assert_int_equal(client_post(&zhou, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 403);
    assert_int_equal(client_post(&zhou, form("/me/mandates/%lld/revoke", (long long)id), "").status, 404);
    /* The agent stands for the firm now, but neither revokes nor passes on. */
    assert_int_equal(client_post(&lin, form("/me/mandates/%lld/revoke", (long long)id), "").status, 403);
    assert_int_equal(client_post(&lin, "/me/mandates",
                                 "name=%E5%91%A8%E5%BB%BA%E5%B9%B3&id_number=" ZHOU "&scope=&from=2026-11-23")
                         .status,
                     403);
    assert_true(may_before(LIN, 2, firm, unit_of("transport"), &any));
    assert_int_equal(client_post(&wu, form("/me/mandates/%lld/revoke", (long long)id), "").status, 200);
    assert_false(may_before(LIN, 2, firm, unit_of("transport"), &any));
    assert_int_equal(client_post(&lin, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 403);
    (void)state;
}

static void a_session_stops_acting_when_its_mandate_ends(void **state)
{
    struct client wu = wu_for_the_firm(), lin = new_client();
    client_as_person(&lin, LIN_MOBILE);
    give(&wu, 0, "");
    int64_t id = first_mandate(&wu, "given");
    assert_int_equal(client_post(&lin, "/me/acting", form("mandate=m:%lld", (long long)id)).status, 200);
    lin.json = false;
    assert_true(answer_has(client_get(&lin, "/me/level"), "远程货运"));
    assert_int_equal(client_post(&wu, form("/me/mandates/%lld/revoke", (long long)id), "").status, 200);
    assert_false(answer_has(client_get(&lin, "/me/level"), "远程货运"));
    assert_int_equal(client_post(&lin, "/me/profile", "mobile=" LIN_MOBILE "&address=x").status, 403);
    assert_int_equal(client_post(&lin, "/me/acting", "mandate=0").status, 303);
    assert_int_equal(client_post(&lin, "/me/profile", "mobile=" LIN_MOBILE "&address=x").status, 303);
    (void)state;
}

static void a_mandate_needs_name_and_number_that_belong_together_and_masks_them(void **state)
{
    struct client zhou = new_client();
    client_as_person(&zhou, ZHOU_MOBILE);
    struct answer a = client_post(&zhou, "/me/mandates",
                                  "name=%E5%88%AB%E4%BA%BA&id_number=" LIN "&scope=&from=2026-11-23");
    assert_int_equal(a.status, 422);
    assert_int_equal(client_post(&zhou, "/me/mandates",
                                 "name=%E5%91%A8%E5%BB%BA%E5%B9%B3&id_number=" ZHOU "&scope=&from=2026-11-23")
                         .status,
                     422);
    give(&zhou, 0, "");
    a = client_get(&zhou, "/me/mandates");
    assert_false(answer_has(a, LIN));
    assert_false(answer_has(a, "林晓禾"));
    assert_true(answer_has(a, "林"));
    (void)state;
}

/* ---- officers ---- */

static void administrators_are_three_people_and_handle_nothing(void **state)
{
    static const char *const refused[] = {"system_admin|security_admin",
                                          "system_admin|audit_admin",
                                          "security_admin|audit_admin",
                                          "system_admin|desk",
                                          "security_admin|reviewer",
                                          "audit_admin|decider",
                                          "desk|decider",
                                          "system_admin|security_admin|audit_admin"};
    static const char *const fine[] = {"desk", "reviewer|decider", "system_admin", "audit_admin|supervisor",
                                       "editor|steward"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_non_null(people_roles_conflict(app->arena, str_c(refused[i])));
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_null(people_roles_conflict(app->arena, str_c(fine[i])));
    (void)state;
}

static int64_t officer_id(struct client *admin, const char *login)
{
    const struct json *list =
        json_get(client_json(admin, client_getf(admin, "/office/officers?q=%s", login)), "officers");
    JSON_EACH(o, list)
    {
        if (str_eq_c(json_text_of(o, "account"), login)) return json_i64_of(o, "id", 0);
    }
    fail_msg("no officer %s", login);
    return 0;
}

static void the_security_administrator_keeps_officers_and_nobody_else_does(void **state)
{
    struct client admin = new_client(), desk = new_client(), person = new_client(), fresh = new_client();
    client_as_officer(&admin, "secadmin");
    client_as_officer(&desk, "desk1");
    client_as_person(&person, LIN_MOBILE);
    assert_int_equal(client_get(&desk, "/office/officers").status, 403);
    assert_int_equal(client_get(&person, "/office/officers").status, 403);
    struct answer a = client_post(&admin, "/office/officers/new",
                                  "name=%E6%96%B0%E4%BA%BA&account=newcomer&roles=desk&roles=decider&"
                                  "department=&area=&password=harbour-lights-2031");
    assert_int_equal(a.status, 422);
    assert_true(answer_has(a, "roles"));
    a = client_post(&admin, "/office/officers/new",
                    "name=%E6%96%B0%E4%BA%BA&account=newcomer&roles=reviewer&roles=decider&department=&area="
                    "7801&password=harbour-lights-2031");
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    int64_t id = officer_id(&admin, "newcomer");
    a = client_post(&fresh, "/office/sign-in", "account=newcomer&password=harbour-lights-2031");
    assert_int_equal(a.status, 200);
    assert_int_equal(client_get(&fresh, "/office").status, 403); /* with a password of their own only */
    assert_int_equal(client_post(&admin, form("/office/officers/%lld", (long long)id),
                                 "name=%E6%96%B0%E4%BA%BA&roles=security_admin&roles=desk")
                         .status,
                     422);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld", (long long)id),
                                 "name=%E6%96%B0%E4%BA%BA&roles=reviewer&department=&area=7801")
                         .status,
                     200);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/disable", (long long)id), "").status,
                     200);
    assert_int_equal(client_get(&fresh, "/office").status, 401);
    assert_int_equal(
        client_post(&fresh, "/office/sign-in", "account=newcomer&password=harbour-lights-2031").status, 403);
    (void)state;
}

static void nobody_changes_their_own_officer_account(void **state)
{
    struct client admin = new_client();
    client_as_officer(&admin, "secadmin");
    int64_t own = officer_id(&admin, "secadmin");
    assert_int_equal(client_post(&admin, form("/office/officers/%lld", (long long)own),
                                 "name=%E7%94%B0%E8%B6%8A&roles=steward")
                         .status,
                     403);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/disable", (long long)own), "").status,
                     403);
    assert_int_equal(client_post(&admin, form("/office/officers/%lld/password", (long long)own),
                                 "password=harbour-lights-2031")
                         .status,
                     403);
    assert_int_equal(client_get(&admin, "/office/officers/1").status, 404);
    (void)state;
}

static void accounts_of_people_are_not_among_officers(void **state)
{
    struct client admin = new_client(), person = new_client();
    client_as_officer(&admin, "secadmin");
    client_as_person(&person, LIN_MOBILE);
    assert_false(answer_has(client_get(&admin, "/office/officers?q=139"), LIN_MOBILE));
    (void)state;
}

/* ---- at the desk ---- */

static struct answer at_the_desk_of(const char *clerk, const char *name, const char *number,
                                    const char *mobile, const char *more)
{
    struct client desk = new_client();
    client_as_officer(&desk, clerk);
    return client_post(&desk, "/office/desk/verify-person",
                       form("name=%s&id_number=%s&mobile=%s&document=id_card&reference=a-0117%s",
                            str_z(app->arena, url_encode(app->arena, str_c(name))), number, mobile, more));
}

static struct answer at_the_desk(const char *name, const char *number, const char *mobile, const char *more)
{
    return at_the_desk_of("desk1", name, number, mobile, more);
}

static void the_desk_raises_who_stands_there(void **state)
{
    const char *mobile = new_mobile(), *number = new_number();
    struct client c = new_client();
    assert_int_equal(join(&c, mobile, "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "").status, 422); /* the card was not seen */
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1").status, 200);
    assert_int_equal(level_of(&c), 2);
    struct client reviewer = new_client();
    client_as_officer(&reviewer, "tobacco.review");
    assert_int_equal(client_post(&reviewer, "/office/desk/verify-person",
                                 form("name=a&id_number=%s&mobile=%s&seen=1", number, mobile))
                         .status,
                     403);
    (void)state;
}

static void who_took_anothers_number_loses_it_at_the_desk(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client thief = new_client(), owner = new_client();
    assert_int_equal(join(&thief, new_mobile(), "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1").status, 200);
    assert_int_equal(client_get(&thief, "/me").status, 401);
    assert_int_equal(join(&thief, new_mobile(), "沈一白", number).status,
                     409); /* only the mobile that the desk wrote down */
    assert_int_equal(join(&owner, mobile, "沈一白", number).status, 201);
    assert_int_equal(level_of(&owner), 2);
    (void)state;
}

static void a_lost_account_is_opened_anew_after_a_visit(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client c = new_client(), again = new_client();
    assert_int_equal(join(&c, mobile, "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1&reset=1").status, 200);
    assert_int_equal(client_get(&c, "/me").status, 401);
    assert_int_equal(join(&again, mobile, "沈一白", number).status, 201);
    assert_int_equal(level_of(&again), 2);
    (void)state;
}

static bool load_subject(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    if (!people_subject(c, i->id, &i->subject)) return false;
    i->subject.name = str_dup(app->arena, i->subject.name);
    i->subject.mobile = str_dup(app->arena, i->subject.mobile);
    return true;
}

static struct subject kept(const char *number)
{
    struct inside i = {.id = subject_of(number)};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, load_subject, &i, &i.err));
    return i.subject;
}

static void closing_a_confirmed_account_is_told_to_its_mobile_and_recorded(void **state)
{
    const char *number = new_number(), *old = new_mobile(), *fresh = new_mobile();
    struct client c = new_client(), again = new_client();
    int64_t before = trace_of("account.reset", -1).count;
    assert_int_equal(join(&c, old, "沈一白", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, old, "&seen=1").status, 200);
    texted_to = texted = STR_EMPTY;
    assert_int_equal(at_the_desk("沈一白", number, fresh, "&seen=1&reset=1").status, 200);
    assert_true(str_eq_c(texted_to, old));
    assert_true(str_starts(texted, STR("At a service desk it was asked to close")));
    assert_int_equal(at_the_desk_of("desk2", "沈一白", number, fresh, "&seen=1&reset=1").status, 200);
    assert_true(str_eq_c(texted_to, old));
    assert_true(str_starts(texted, STR("Your account for government services has been closed")));
    assert_int_equal(trace_of("account.reset", -1).count, before + 1);
    assert_int_equal(client_get(&c, "/me").status, 401);
    assert_true(str_eq_c(kept(number).mobile, fresh));
    assert_int_equal(join(&again, fresh, "沈一白", number).status, 201);
    /* Nothing is closed without the card. */
    assert_int_equal(at_the_desk("沈一白", number, old, "&reset=1").status, 422);
    assert_int_equal(client_get(&again, "/me").status, 200);
    (void)state;
}

/* A confirmed person's account, and the mobile it goes to, are not for one officer alone. */
static void a_confirmed_account_is_closed_by_two_officers_within_an_hour(void **state)
{
    const char *number = new_number(), *old = new_mobile(), *fresh = new_mobile();
    struct client c = new_client();
    assert_int_equal(join(&c, old, "沈一白", number).status, 201);
    at_the_desk("沈一白", number, old, "&seen=1");
    int64_t subject = subject_of(number), asked = trace_of("account.reset_asked", subject).count;
    for (int i = 0; i < 3; i++) /* the same one as often as they like */
        assert_int_equal(at_the_desk("沈一白", number, fresh, "&seen=1&reset=1").status, 200);
    assert_int_equal(trace_of("account.reset_asked", subject).count, asked + 3);
    assert_int_equal(client_get(&c, "/me").status, 200);
    /* Two who write down different mobiles do not agree. */
    at_the_desk_of("desk2", "沈一白", number, new_mobile(), "&seen=1&reset=1");
    assert_int_equal(client_get(&c, "/me").status, 200);
    at_the_desk("沈一白", number, fresh, "&seen=1&reset=1");
    testapp_advance(MS_HOUR);
    at_the_desk_of("desk2", "沈一白", number, fresh, "&seen=1&reset=1"); /* too late: asks anew */
    assert_int_equal(client_get(&c, "/me").status, 200);
    at_the_desk("沈一白", number, fresh, "&seen=1&reset=1");
    assert_int_equal(client_get(&c, "/me").status, 401);
    struct trace seen = trace_of("person.seen", subject);
    assert_true(str_find(seen.detail, STR("\"document\":\"id_card\"")) != SIZE_MAX);
    assert_true(str_find(seen.detail, STR("\"reference\":\"A-0117\"")) != SIZE_MAX);
    /* Nor may one of them send the account that comes to another mobile. */
    at_the_desk("沈一白", number, new_mobile(), "&seen=1");
    assert_true(str_eq_c(kept(number).mobile, fresh));
    assert_true(str_eq_c(texted_to, fresh));
    (void)state;
}

static void a_visit_needs_a_document_and_a_number(void **state)
{
    struct client desk = new_client();
    const char *number = new_number(), *mobile = new_mobile();
    client_as_officer(&desk, "desk1");
    const char *person = form("name=%%E6%%B2%%88%%E4%%B8%%80&id_number=%s&mobile=%s&seen=1", number, mobile);
    assert_int_equal(client_post(&desk, "/office/desk/verify-person", person).status, 422);
    assert_int_equal(client_post(&desk, "/office/desk/verify-person",
                                 form("%s&document=id_card&reference=Mr+Shen%%21", person))
                         .status,
                     422);
    assert_int_equal(subject_of(number), 0);
    (void)state;
}

/* ---- looking people up ---- */

static struct answer look_up(struct client *desk, const char *number, const char *name)
{
    return client_post(desk, "/office/desk",
                       form("id_number=%s&purpose=ask&name=%s", number,
                            str_z(app->arena, url_encode(app->arena, str_c(name)))));
}

static void the_desk_sees_nobody_without_number_name_and_purpose(void **state)
{
    struct client desk = new_client(), other = new_client();
    int64_t zhou = subject_of(ZHOU);
    const char *page = form("/office/desk?person=%lld", (long long)zhou);
    testapp_advance(3 * MS_HOUR);
    client_as_officer(&desk, "desk1");
    client_as_officer(&other, "desk2");
    assert_int_equal(client_get(&desk, page).status, 403);
    assert_int_equal(client_post(&desk, "/office/desk", "id_number=" ZHOU).status, 422);
    struct answer a = look_up(&desk, ZHOU, "别人");
    assert_true(answer_has(a, "unknown=1")); /* as for a number nobody has */
    assert_int_equal(client_get(&desk, page).status, 403);
    int64_t looks = trace_of("desk.look", zhou).count;
    assert_true(answer_has(look_up(&desk, ZHOU, "周建平"), "person="));
    assert_int_equal(trace_of("desk.look", zhou).count, looks + 1);
    assert_true(str_find(trace_of("desk.look", zhou).detail, STR("ask")) != SIZE_MAX);
    a = client_get(&desk, page);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, ZHOU) || answer_has(a, ZHOU_MOBILE)); /* masked */
    assert_int_equal(client_get(&other, page).status, 403); /* open to that clerk alone, for a while */
    testapp_advance(MS_HOUR);
    client_as_officer(&desk, "desk1");
    assert_int_equal(client_get(&desk, page).status, 200);
    testapp_advance(MS_HOUR);
    client_as_officer(&desk, "desk1");
    assert_int_equal(client_get(&desk, page).status, 403);
    (void)state;
}

static void very_many_looks_of_a_clerk_raise_an_alarm(void **state)
{
    struct client desk = new_client();
    client_as_officer(&desk, "desk2");
    testapp_advance(2 * MS_HOUR);
    client_as_officer(&desk, "desk2");
    for (int i = 0; i < 60; i++)
        assert_int_equal(look_up(&desk, ZHOU, "别人").status, 200);
    int64_t before = trace_of("desk.alarm", -1).count;
    assert_int_equal(look_up(&desk, ZHOU, "周建平").status, 429);
    assert_int_equal(trace_of("desk.alarm", -1).count, before + 1);
    (void)state;
}

static void a_visit_does_not_rename_who_was_confirmed(void **state)
{
    const char *number = new_number(), *mobile = new_mobile();
    struct client c = new_client();
    assert_int_equal(join(&c, mobile, "沈一百", number).status, 201);
    assert_int_equal(at_the_desk("沈一白", number, mobile, "&seen=1").status, 200);
    assert_true(str_eq_c(kept(number).name, "沈一白")); /* what was only declared is put right */
    assert_int_equal(at_the_desk("别人", number, new_mobile(), "&seen=1").status, 200);
    assert_true(str_eq_c(kept(number).name, "沈一白"));
    assert_true(str_eq_c(kept(number).mobile, mobile));
    assert_int_equal(client_get(&c, "/me").status, 200);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_legal_representative_acts_for_the_firm_and_nobody_else_does),
        cmocka_unit_test(who_only_declared_acts_for_no_firm),
        cmocka_unit_test(a_mandate_holds_for_its_department_and_its_time),
        cmocka_unit_test(a_revoked_mandate_no_longer_holds_and_only_its_giver_revokes),
        cmocka_unit_test(a_session_stops_acting_when_its_mandate_ends),
        cmocka_unit_test(a_mandate_needs_name_and_number_that_belong_together_and_masks_them),
        cmocka_unit_test(administrators_are_three_people_and_handle_nothing),
        cmocka_unit_test(the_security_administrator_keeps_officers_and_nobody_else_does),
        cmocka_unit_test(nobody_changes_their_own_officer_account),
        cmocka_unit_test(accounts_of_people_are_not_among_officers),
        cmocka_unit_test(the_desk_raises_who_stands_there),
        cmocka_unit_test(who_took_anothers_number_loses_it_at_the_desk),
        cmocka_unit_test(a_lost_account_is_opened_anew_after_a_visit),
        cmocka_unit_test(closing_a_confirmed_account_is_told_to_its_mobile_and_recorded),
        cmocka_unit_test(a_confirmed_account_is_closed_by_two_officers_within_an_hour),
        cmocka_unit_test(a_visit_needs_a_document_and_a_number),
        cmocka_unit_test(the_desk_sees_nobody_without_number_name_and_purpose),
        cmocka_unit_test(very_many_looks_of_a_clerk_raise_an_alarm),
        cmocka_unit_test(a_visit_does_not_rename_who_was_confirmed),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
