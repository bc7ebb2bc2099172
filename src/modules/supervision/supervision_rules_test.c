/* Which rules speak, and who may change them. */
#include "modules/supervision/supervision_app_test.h"

static void a_changed_rule_is_a_new_version_and_holds_from_the_next_look(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW);
    int64_t id = a_case();
    act(id, "desk1", "accept");
    look();
    assert_int_equal(found_in(id).count, 0);
    const char *form = "rule=case-soon&level=yellow&threshold=60&told=handler&active=1&reason=early";
    assert_int_equal(client_post(&review, "/office/supervision/rules", form).status, 403);
    assert_int_equal(
        client_post(&supervisor, "/office/supervision/rules", "rule=case-soon&level=black").status, 422);
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules", form).status, 303);
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/rules"), "early"));
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules",
                                 "rule=case-soon&level=yellow&threshold=60&told=handler&active=1")
                         .status,
                     422); /* a change has its reason */
    struct forged f = {.id = id, .act = "note", .step = "review"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(id);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.rows[0].rule_version, 2);
    assert_int_equal(found.rows[0].level, SUPERVISE_YELLOW);
    form = "rule=case-soon&level=warning&threshold=2&told=handler&active=1&reason=as+before";
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules", form).status, 303);
    (void)state;
}

struct wanted {
    struct rule_case of;
    const char *kind;
    struct str id; /* the one that speaks, of that kind and the level of early warnings */
    size_t count;
};

static bool read_rules(struct ctx *c)
{
    struct wanted *w = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR(BASE));
    const struct rule_row **rows;
    if (!w->of.unit)
        w->of = (struct rule_case){
            .division = item->division, .type = item->type, .item = item->code, .unit = item->unit};
    w->count = supervision_rules_for(c, supervision_book(c), &w->of, &rows);
    for (size_t i = 0; i < w->count; i++)
        if (rows[i]->rule.level == SUPERVISE_WARNING &&
            str_eq_c(str_c(supervise_kind_name(rows[i]->rule.kind)), w->kind))
            w->id = str_dup(app->arena, rows[i]->rule.id);
    return true;
}

static struct wanted rules_now(void)
{
    struct wanted w = {.kind = "case_soon", .id = STR_EMPTY};
    testapp_read(app, read_rules, &w);
    return w;
}

static struct answer add_rule(struct client *c, const char *scope)
{
    return client_post(c, "/office/supervision/rules/new",
                       str_z(app->arena, str_fmt(app->arena,
                                                 "kind=case_soon&level=warning&threshold=60&told=handler&"
                                                 "name=Own&reason=because&%s",
                                                 scope)));
}

static void the_most_specific_rule_speaks_and_an_ended_one_leaves_room(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW);
    struct wanted first = rules_now();
    struct str ids[4];
    const char *scopes[4];
    (void)state;
    scopes[0] =
        str_z(app->arena, str_fmt(app->arena, "scope=division&division=%.*s", STR_ARG(first.of.division)));
    scopes[1] = str_z(app->arena, str_fmt(app->arena, "scope=type&type=%.*s", STR_ARG(first.of.type)));
    scopes[2] = str_z(app->arena, str_fmt(app->arena, "scope=unit&unit=%lld", (long long)first.of.unit));
    scopes[3] = str_z(app->arena, str_fmt(app->arena, "scope=item&item=%.*s", STR_ARG(first.of.item)));
    assert_true(str_eq_c(first.id, "case-soon"));
    assert_int_equal(add_rule(&review, scopes[3]).status, 403);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(add_rule(&supervisor, scopes[i]).status, 303);
        struct wanted now = rules_now();
        assert_int_equal(now.count, first.count); /* one in the place of another */
        assert_false(i ? str_eq(now.id, ids[i - 1]) : str_eq(now.id, first.id));
        ids[i] = now.id;
    }
    assert_int_equal(add_rule(&supervisor, scopes[3]).status, 422); /* there is one already */
    assert_int_equal(add_rule(&supervisor, "scope=item&item=NONE").status, 422);
    assert_int_equal(add_rule(&supervisor, "scope=unit").status, 422);
    assert_int_equal(add_rule(&supervisor, "scope=division&division=999999").status, 422);
    struct answer page = client_get(&supervisor, "/office/supervision/rules?kind=case_soon");
    assert_true(answer_has(page, "Only for the item") && answer_has(page, "because"));
    for (int i = 4; i-- > 0;) {
        const char *form = str_z(app->arena, str_fmt(app->arena, "rule=%.*s&reason=over", STR_ARG(ids[i])));
        assert_int_equal(client_post(&supervisor, "/office/supervision/rules/end", form).status, 303);
        assert_true(str_eq(rules_now().id, i ? ids[i - 1] : first.id));
        assert_int_equal(client_post(&supervisor, "/office/supervision/rules/end", form).status, 404);
    }
    page = client_get(&supervisor, "/office/supervision/rules?s=ended");
    assert_true(answer_has(page, str_z(app->arena, ids[0])) && answer_has(page, "over"));
}

static void a_rule_for_one_item_finds_in_its_cases_and_what_it_found_is_not_found_twice(void **state)
{
    struct client supervisor = browser("supervisor");
    int64_t id = a_case();
    struct wanted w = rules_now();
    (void)state;
    act(id, "desk1", "accept");
    look();
    assert_int_equal(found_in(id).count, 0);
    const char *other = str_eq_c(w.of.type, "20") ? "scope=type&type=01" : "scope=type&type=20";
    assert_int_equal(add_rule(&supervisor, other).status, 303);
    look();
    assert_int_equal(found_in(id).count, 0);
    assert_int_equal(add_rule(&supervisor, str_z(app->arena, str_fmt(app->arena, "scope=item&item=%.*s",
                                                                     STR_ARG(w.of.item))))
                         .status,
                     303);
    look(); /* cases under watch are looked at without an act */
    struct found found = found_in(id);
    assert_int_equal(found.count, 1);
    assert_false(str_eq_c(found.rows[0].rule, "case-soon"));
    const char *end =
        str_z(app->arena, str_fmt(app->arena, "rule=%.*s&reason=over", STR_ARG(found.rows[0].rule)));
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules",
                                 "rule=case-soon&level=warning&threshold=60&told=handler&active=1&reason=all")
                         .status,
                     303);
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules/end", end).status, 303);
    look();
    struct found after = found_in(id);
    assert_int_equal(after.count, 1); /* the general rule says the same of the same */
    assert_int_equal(after.rows[0].ended, 0);
}

/* The clerk who accepted it decides it, as another system might write it. */
static struct found decided_by_who_accepted(void)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    struct forged f = {.id = id, .act = "grant", .step = "decide"};
    testapp_write(app, forge_act, &f);
    look();
    return found_in(id);
}

static void two_persons_are_asked_for_where_a_supervisor_says_so(void **state)
{
    struct client supervisor = browser("supervisor");
    struct found f = decided_by_who_accepted();
    (void)state;
    assert_null(of_kind(&f, "one_person"));
    const char *form = str_z(
        app->arena,
        str_fmt(app->arena, "kind=one_person&level=red&told=leader&scope=item&item=%.*s&reason=two+persons",
                STR_ARG(rules_now().of.item)));
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules/new", form).status, 303);
    f = decided_by_who_accepted();
    assert_non_null(of_kind(&f, "one_person"));
    assert_int_equal(of_kind(&f, "one_person")->level, SUPERVISE_RED);
    struct client page = browser("supervisor");
    assert_true(answer_has(client_get(&page, "/office/supervision/rules?kind=one_person"), "two persons"));
}

static bool place_is_the_city(struct ctx *c)
{
    return orgs_set_place(c, STR("780100"));
}

/* The supervisor of one county in the program of its city. */
static void a_supervisor_changes_only_rules_that_lie_within_their_area(void **state)
{
    testapp_write(app, place_is_the_city, NULL);
    struct client supervisor = browser("supervisor");
    struct wanted first = rules_now();
    const char *change = "rule=case-over&level=red&threshold=9&told=handler&reason=easier";
    const char *scopes[] = {
        str_z(app->arena, str_fmt(app->arena, "scope=division&division=%.*s", STR_ARG(first.of.division))),
        str_z(app->arena, str_fmt(app->arena, "scope=unit&unit=%lld", (long long)first.of.unit)),
        str_z(app->arena, str_fmt(app->arena, "scope=item&item=%.*s", STR_ARG(first.of.item)))};
    (void)state;
    struct answer page = client_get(&supervisor, "/office/supervision/rules?kind=case_over");
    assert_true(answer_has(page, "case-over") && answer_has(page, "new?copy=case-over"));
    assert_false(answer_has(page, "name=\"rule\""));
    assert_int_equal(client_post(&supervisor, "/office/supervision/rules", change).status, 403);
    assert_int_equal(
        client_post(&supervisor, "/office/supervision/rules/end", "rule=case-over&reason=no+cards").status,
        403);
    assert_int_equal(add_rule(&supervisor, "scope=everywhere").status, 403);
    assert_int_equal(add_rule(&supervisor, "scope=type&type=20").status, 403);
    assert_int_equal(add_rule(&supervisor, "scope=division&division=780100").status, 403);
    page = client_get(&supervisor, "/office/supervision/rules/new");
    assert_false(answer_has(page, "value=\"everywhere\"") || answer_has(page, "value=\"type\""));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(add_rule(&supervisor, scopes[i]).status, 303);
        struct wanted now = rules_now();
        const char *id = str_z(app->arena, now.id);
        page = client_get(&supervisor, "/office/supervision/rules?kind=case_soon");
        assert_true(answer_has(page, "name=\"rule\""));
        change = str_z(app->arena,
                       str_fmt(app->arena, "rule=%s&level=warning&told=leader&active=1&reason=ours", id));
        assert_int_equal(client_post(&supervisor, "/office/supervision/rules", change).status, 303);
        change = str_z(app->arena, str_fmt(app->arena, "rule=%s&reason=over", id));
        assert_int_equal(client_post(&supervisor, "/office/supervision/rules/end", change).status, 303);
    }
}

static bool add_thousand(struct ctx *c)
{
    for (int i = 0; i < 1000; i++) {
        struct rule_row row = {.rule = {.id = str_fmt(c->arena, "many-%04d", i),
                                        .kind = i % 100 == 6 ? SUPERVISE_FEE : SUPERVISE_DESK,
                                        .level = (enum supervise_level)(i % SUPERVISE_LEVEL_COUNT)},
                               .told = STR("handler"),
                               .scope = str_fmt(c->arena, "item:X%d", i / 10),
                               .name = STR_EMPTY,
                               .reason = STR_EMPTY,
                               .active = true};
        if (!supervision_rule_save(c, &row, "supervision.rule_add")) return false;
    }
    return true;
}

static void a_thousand_rules_for_others_are_not_looked_at(void **state)
{
    struct client supervisor = browser("supervisor");
    struct wanted before = rules_now();
    (void)state;
    testapp_write(app, add_thousand, NULL);
    assert_int_equal(rules_now().count, before.count);
    struct answer page = client_get(&supervisor, "/office/supervision/rules");
    assert_int_equal(page.status, 200);
    assert_true(answer_has(page, "after="));
    page = client_get(&supervisor, "/office/supervision/rules?s=now&after=many-0500&kind=fee");
    assert_true(answer_has(page, "many-0506") && !answer_has(page, "many-0406"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_changed_rule_is_a_new_version_and_holds_from_the_next_look),
        PROMISE(the_most_specific_rule_speaks_and_an_ended_one_leaves_room),
        PROMISE(a_rule_for_one_item_finds_in_its_cases_and_what_it_found_is_not_found_twice),
        PROMISE(two_persons_are_asked_for_where_a_supervisor_says_so),
        PROMISE(a_supervisor_changes_only_rules_that_lie_within_their_area),
        PROMISE(a_thousand_rules_for_others_are_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
