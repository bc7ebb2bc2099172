/* What other nodes know, on the page of a case. */
#include "modules/nodes/nodes_app_test.h"

#define RULES                                                                                                \
    "[{\"service\":\"DEMO/GOV/X/data/a\",\"item\":\"*\",\"name\":\"A\",\"fields\":[]},"                      \
    "{\"service\":\"DEMO/GOV/X/data/b\",\"item\":\"*\",\"name\":\"B\",\"fields\":[]}]"

struct shown {
    struct arena *arena;
    struct str value[2];
};

static bool keep_refusals(struct ctx *c)
{
    const struct fact_row lasting = {.case_id = 7,
                                     .service = STR("DEMO/GOV/X/data/a"),
                                     .result = STR("exchange.permit")},
                          passing = {.case_id = 7,
                                     .service = STR("DEMO/GOV/X/data/b"),
                                     .result = STR("exchange.sleeping")};
    return orgs_save_setting(c, "nodes.facts", STR(RULES)) && fact_store_put(c, &lasting) &&
           fact_store_put(c, &passing);
}

static bool show_facts(struct ctx *c)
{
    struct shown *s = ctx_arg(c);
    const struct exchange_case k = {.id = 7, .live = true};
    struct json *facts = json_array(c->arena);
    if (!nodes_case_facts(c, &k, facts)) return false;
    for (size_t i = 0; i < 2; i++)
        s->value[i] = str_dup(s->arena, json_text_of(json_at(facts, i), "value"));
    return true;
}

static void a_case_shows_a_lasting_refusal_in_words_and_forgets_a_passing_one(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct shown s = {.arena = p->w.t->arena};
    testapp_write(p->w.t, keep_refusals, NULL);
    testapp_read(p->w.t, show_facts, &s);
    assert_true(s.value[0].len && str_find(s.value[0], STR("exchange.")) == SIZE_MAX);
    assert_true(s.value[1].len && str_find(s.value[1], STR("exchange.")) == SIZE_MAX);
    assert_true(str_eq_c(s.value[1], "对方节点尚未答复。"));
    assert_false(str_eq(s.value[0], s.value[1]));
    pair_close(p);
    (void)unused;
}

/* The officer's first look, and the page made again. */
struct looking {
    struct pair *p;
    size_t told;
    bool differ;
};

static bool let_platform_in(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    const struct unit *u = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c));
    struct str member = str_n(p->client, (size_t)(strrchr(p->client, '/') - p->client));
    return u && nodes_let_in(c, str_fmt(c->arena, "%.*s/platform", STR_ARG(member)), u->id);
}

static bool let_platform_ask(struct ctx *c)
{
    struct pair *p = ctx_arg(c);
    struct str member = str_n(p->client, (size_t)(strrchr(p->client, '/') - p->client));
    return exchange_permit_outside(c, str_fmt(c->arena, "%.*s/platform", STR_ARG(member)), STR("population"),
                                   STR("name,mobile"), c->now + 30 * MS_DAY, (const int64_t[2]){0});
}

static bool name_two_services(struct ctx *c)
{
    const struct pair *p = ctx_arg(c);
    return orgs_save_setting(
        c, "nodes.facts",
        str_fmt(c->arena,
                "[{\"service\":\"%s\",\"item\":\"*\",\"name\":\"A\",\"fields\":[\"name\"]},"
                "{\"service\":\"%s/v1\",\"item\":\"*\",\"name\":\"B\",\"fields\":[\"mobile\"]}]",
                p->service, p->service));
}

static bool look(struct ctx *c)
{
    struct looking *l = ctx_arg(c);
    struct request *get = ARENA_NEW(c->arena, struct request);
    const struct request *own = c->req;
    struct exchange_case about;
    struct json *facts = json_array(c->arena);
    if (!exchange_live_case(c, STR("person"), STR(LIN), l->p->w.case_no, &about)) return false;
    about.unit = orgs_unit_of_kind(c, STR("tobacco"), orgs_place(c))->id; /* this node speaks for it */
    get->method = METHOD_GET;
    c->req = get;
    c->actor = (struct actor){.kind = ACTOR_OFFICER, .account = 7, .unit = about.unit};
    assert_false(nodes_case_facts(c, &about, facts));
    assert_true(ctx_goes_outside(c));
    c->outside.ask(c, c->outside.arg);
    c->outside.done = true;
    facts = json_array(c->arena);
    bool ok = nodes_case_facts(c, &about, facts);
    JSON_EACH(f, facts)
    {
        l->told += str_eq_c(json_text_of(f, "result"), "match");
    }
    l->differ = facts->count == 2 &&
                !str_eq(json_text_of(json_at(facts, 0), "value"), json_text_of(json_at(facts, 1), "value"));
    c->req = own;
    return ok;
}

static void every_service_that_a_case_shows_is_asked_for_itself(void **unused)
{
    struct pair *p = pair_open(NULL);
    struct looking l = {.p = p};
    testapp_write(p->hub, let_platform_in, p);
    testapp_write(p->hub, let_platform_ask, p);
    testapp_write(p->w.t, name_two_services, p);
    testapp_read(p->w.t, look, &l);
    assert_int_equal(l.told, 2);
    assert_true(l.differ);
    pair_close(p);
    (void)unused;
}

static int set_facts(struct pair *p, const char *value)
{
    struct client admin = client_new(p->w.t);
    client_as_officer(&admin, "sysadmin");
    const char *form = str_z(p->w.t->arena, str_fmt(p->w.t->arena, "name=nodes.facts&value=%s", value));
    struct answer a = client_post(&admin, "/office/settings", form);
    if (a.status == 422) assert_true(answer_has(a, "须为 JSON 列表，每项含 service"));
    return a.status;
}

static void what_a_case_shows_of_other_nodes_is_a_setting(void **unused)
{
#define RULE                                                                                                 \
    "%7B%22service%22:%22A/B/C/d/e%22,%22item%22:%22*%22,%22name%22:%22E%22,%22fields%22:%5B%22f%22%5D"
    static const char *const wrong[] = {"all",
                                        "%7B%7D",
                                        "%5B1%5D",
                                        "%5B%7B%22service%22:%22A/B/C/d/e%22%7D%5D",
                                        "%5B" RULE ",%22labels%22:%22F%22%7D%5D",
                                        "%5B" RULE "%7D," RULE "%7D%5D"};
    struct pair *p = pair_open(NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(set_facts(p, wrong[i]), 422);
    assert_int_equal(set_facts(p, "%5B" RULE ",%22labels%22:%5B%22F%22%5D%7D%5D"), 200);
    assert_int_equal(set_facts(p, ""), 200);
    pair_close(p);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_shows_a_lasting_refusal_in_words_and_forgets_a_passing_one),
        cmocka_unit_test(every_service_that_a_case_shows_is_asked_for_itself),
        cmocka_unit_test(what_a_case_shows_of_other_nodes_is_a_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
