#include "core/auth/auth.h"
#include "core/base/time.h"
#include "modules/cases/cases_app_test.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision_rules.h"
#include "testing/testapp.h"

#include <string.h>

#define BASE   "BI-0010"
#define REVIEW "civil-affairs.review"
#define DECIDE "civil-affairs.decide"

/* ---- cases as people and officers make them ---- */

struct doing {
    const char *login, *act;
    int64_t id, value;
};

static bool act_as(struct ctx *c, enum actor_kind kind, const char *login)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, kind, str_c(login), &a, &hash)) return false;
    c->actor = (struct actor){.kind = kind,
                              .account = a.id,
                              .subject = a.subject,
                              .level = a.level,
                              .unit = a.unit,
                              .area = a.area,
                              .name = a.label};
    if (kind == ACTOR_OFFICER) server_permit(c->server, &c->actor, a.roles);
    return true;
}

static bool send_one(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR(BASE));
    struct case_seed seed = {.item = item, .channel = "desk"};
    if (!item || !act_as(c, ACTOR_PERSON, "13900000105")) return false;
    seed.applicant = c->actor.subject;
    return act_as(c, ACTOR_OFFICER, "desk1") && case_seed(c, &seed, &d->id);
}

static bool do_one(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    return act_as(c, ACTOR_OFFICER, d->login) && case_seed_act(c, d->id, d->act, STR("演示"));
}

static int64_t a_case(void)
{
    struct doing d = {0};
    testapp_write(app, send_one, &d);
    return d.id;
}

static void act(int64_t id, const char *login, const char *word)
{
    struct doing d = {.login = login, .act = word, .id = id};
    testapp_write(app, do_one, &d);
}

static bool round_of_the_job(struct ctx *c)
{
    return supervision_round(c, NULL);
}

static void look(void)
{
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_the_job, NULL);
    testapp_jobs(app);
}

/* An officer at a browser in English. */
static struct client browser(const char *login)
{
    struct client c = officer(login);
    c.json = false;
    c.language = "en";
    return c;
}

/* To ten o'clock of the n-th working day from today. */
static bool later_by(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    d->value = date_start(workday_add(orgs_calendar(c), date_of(c->now), (int)d->value)) + 10 * MS_HOUR;
    return true;
}

static void days_pass(int n)
{
    struct doing d = {.value = n};
    testapp_read(app, later_by, &d);
    testapp_set_now(d.value);
}

/* Words, and the n-th working day from today. */
static const char *order_form(const char *words, int days)
{
    struct doing d = {.value = days};
    testapp_read(app, later_by, &d);
    return str_z(app->arena, str_fmt(app->arena, "words=%s&until=%.*s", words,
                                     STR_ARG(date_format(app->arena, date_of(d.value)))));
}

/* ---- what was found ---- */

struct found {
    int64_t id;
    struct finding *rows;
    size_t count;
    bool watched;
};

static bool read_found(struct ctx *c)
{
    struct found *f = ctx_arg(c);
    struct finding *rows;
    int64_t next;
    if (!finding_of_case(c, f->id, &rows, &f->count) || !watched_next(c, f->id, &next)) return false;
    f->watched = next != INT64_MAX;
    f->rows = ARENA_ARRAY(app->arena, f->count + 1, struct finding);
    for (size_t i = 0; i < f->count; i++) {
        f->rows[i] = rows[i];
        f->rows[i].kind = str_dup(app->arena, rows[i].kind);
        f->rows[i].place = str_dup(app->arena, rows[i].place);
        f->rows[i].rule = str_dup(app->arena, rows[i].rule);
    }
    return true;
}

static struct found found_in(int64_t id)
{
    struct found f = {.id = id};
    testapp_read(app, read_found, &f);
    return f;
}

static const struct finding *of_kind(const struct found *f, const char *kind)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq_c(f->rows[i].kind, kind)) return &f->rows[i];
    return NULL;
}

/* What no act of this program does, but another system's might: written into the records themselves. */
struct forged {
    int64_t id;
    const char *act, *step, *material;
};

static bool forge_act(struct ctx *c)
{
    const struct forged *f = ctx_arg(c);
    return act_as(c, ACTOR_OFFICER, "desk1") &&
           db_exec(&c->tx,
                   "INSERT INTO case_event (id, case_id, at, act, step, actor_kind, account, unit_id, note) "
                   "VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, 0, NULL)",
                   DB_I(ctx_id(c)), DB_I(f->id), DB_I(c->now), DB_C(f->act), DB_C(f->step),
                   DB_I(ACTOR_OFFICER), DB_I(c->actor.account));
}

static bool forge_point(struct ctx *c)
{
    const struct forged *f = ctx_arg(c);
    return db_exec(
        &c->tx,
        "INSERT INTO case_point (case_id, n, target, reason, asked_by, asked_at, done_at) VALUES ($1, 9, $2, "
        "$3, 1, $4, 0)",
        DB_I(f->id), DB_S(str_fmt(c->arena, "material:%s", f->material)), DB_B(STR("x")), DB_I(c->now));
}

/* ---- tests ---- */

static void a_case_is_warned_of_then_red_and_everybody_who_should_know_is_told(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    look();
    struct found f = found_in(id);
    assert_true(f.watched);
    assert_int_equal(f.count, 0);
    for (int i = 0; i < 40 && !of_kind(&f, "case_soon"); i++) {
        days_pass(1);
        look();
        f = found_in(id);
    }
    assert_non_null(of_kind(&f, "case_soon"));
    assert_null(of_kind(&f, "case_over"));
    assert_non_null(of_kind(&f, "step_over")); /* nobody reviewed it for five days */
    struct client review = browser(REVIEW);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "Soon due"));
    days_pass(4);
    look();
    f = found_in(id);
    assert_non_null(of_kind(&f, "case_over"));
    assert_int_equal(of_kind(&f, "case_over")->level, SUPERVISE_RED);
    assert_true(of_kind(&f, "case_soon")->ended > 0);
    struct client decide = browser(DECIDE), supervisor = browser("supervisor"),
                  other = browser("public-security.review");
    assert_true(answer_has(client_get(&decide, "/office/supervision/messages"), "Over its time"));
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/messages"), "Over its time"));
    assert_false(answer_has(client_get(&other, "/office/supervision/messages"), "Over its time"));
    assert_true(answer_has(client_get(&supervisor, "/office"), "Messages of supervision"));
    struct answer list = client_get(&supervisor, "/office/supervision/findings?level=red&s=now");
    assert_true(answer_has(list, "Over its time"));
    assert_false(answer_has(client_get(&other, "/office/supervision/findings"), "Over its time"));
    assert_int_equal(
        client_getf(&other, "/office/supervision/findings/%lld", (long long)of_kind(&f, "case_over")->id)
            .status,
        404);
    (void)state;
}

static void what_was_late_stays_late_and_an_ended_case_is_forgotten(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    days_pass(60);
    look();
    act(id, REVIEW, "pass");
    act(id, DECIDE, "grant");
    look();
    look(); /* handed over meanwhile */
    struct found f = found_in(id);
    assert_false(f.watched);
    assert_non_null(of_kind(&f, "case_over"));
    assert_int_equal(of_kind(&f, "case_over")->ended, 0);
    /* Without an act nothing looks at it again, however much time passes and whatever stands in its records.
     */
    size_t before = f.count;
    struct forged point = {.id = id, .material = "no-such-paper"};
    testapp_write(app, forge_point, &point);
    days_pass(5);
    look();
    f = found_in(id);
    assert_int_equal(f.count, before);
    (void)state;
}

static void a_case_in_time_leaves_nothing(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    look();
    act(id, REVIEW, "pass");
    act(id, DECIDE, "grant");
    look();
    struct found f = found_in(id);
    assert_int_equal(f.count, 0);
    assert_false(f.watched);
    (void)state;
}

static void deciding_at_the_desk_or_without_acceptance_is_a_red_card(void **state)
{
    int64_t id = a_case();
    struct forged f = {.id = id, .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "desk"));
    assert_non_null(of_kind(&found, "unaccepted"));
    assert_int_equal(of_kind(&found, "desk")->level, SUPERVISE_RED);
    assert_true(of_kind(&found, "desk")->account > 0);
    (void)state;
}

static void skipping_a_step_is_found(void **state)
{
    int64_t id = a_case();
    act(id, "desk1", "accept");
    struct forged f = {.id = id, .act = "grant", .step = "decide"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "step_missing"));
    assert_string_equal(str_z(app->arena, of_kind(&found, "step_missing")->place), "review");
    assert_null(of_kind(&found, "unaccepted"));
    (void)state;
}

static void a_document_beside_the_list_is_found(void **state)
{
    int64_t id = a_case();
    struct forged point = {.id = id, .material = "no-such-paper"};
    testapp_write(app, forge_point, &point);
    look();
    struct found found = found_in(id);
    assert_non_null(of_kind(&found, "unlisted"));
    (void)state;
}

struct charge {
    int64_t id, fen;
    bool refused, free;
};

static bool charge_it(struct ctx *c)
{
    struct charge *k = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR(BASE));
    k->free = json_true_of(item->doc, "free");
    if (supervision_charge(c, k->id, k->fen)) return true;
    k->refused = c->err->kind == ERR_CONFLICT;
    err_clear(c->err);
    return true;
}

static void a_charge_is_noted_once_and_compared_with_the_fee_of_the_service(void **state)
{
    struct charge k = {.id = a_case(), .fen = 2000}, again = {.id = k.id, .fen = 3000}, same = k;
    look();
    testapp_write(app, charge_it, &k);
    assert_false(k.refused);
    testapp_write(app, charge_it, &again);
    assert_true(again.refused);
    testapp_write(app, charge_it, &same);
    assert_false(same.refused);
    look();
    struct found f = found_in(k.id);
    assert_int_equal(of_kind(&f, "fee") != NULL, k.free);
    (void)state;
}

static int64_t a_red_card(int64_t *case_id)
{
    *case_id = a_case();
    struct forged f = {.id = *case_id, .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(*case_id);
    return of_kind(&found, "desk")->id;
}

static void an_order_goes_to_the_department_and_back_until_the_answer_is_accepted(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW),
                  other = browser("public-security.review");
    int64_t case_id, finding = a_red_card(&case_id);
    const char *base =
        str_z(app->arena, str_fmt(app->arena, "/office/supervision/findings/%lld", (long long)finding));
    char path[160];
    snprintf(path, sizeof path, "%s/order", base);
    assert_int_equal(client_post(&review, path, order_form("explain+this", 3)).status, 403);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this", 0)).status, 422);
    struct answer a = client_post(&supervisor, path, order_form("explain+this+please", 3));
    assert_int_equal(a.status, 303);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this+please", 3)).status, 409);
    struct str at = a.location;
    const char *order = str_z(app->arena, at);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "An order was issued"));
    assert_true(answer_has(client_get(&review, order), "explain this please"));
    assert_int_equal(client_get(&other, order).status, 404);
    snprintf(path, sizeof path, "%s/accept", order);
    assert_int_equal(client_post(&supervisor, path, "remark=fine").status, 409); /* not yet answered */
    assert_int_equal(client_post(&review, path, "remark=fine").status,
                     403); /* nobody judges their own answer */
    snprintf(path, sizeof path, "%s/answer", order);
    assert_int_equal(client_post(&supervisor, path, "words=done").status, 403);
    assert_int_equal(client_post(&review, path, "words=it+was+a+mistake").status, 303);
    assert_int_equal(client_post(&review, path, "words=twice").status, 409);
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/messages"), "An order was answered"));
    snprintf(path, sizeof path, "%s/send-back", order);
    assert_int_equal(client_post(&supervisor, path, "reason=whose+mistake").status, 303);
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "The answer was sent back"));
    snprintf(path, sizeof path, "%s/answer", order);
    assert_int_equal(client_post(&review, path, "words=mine").status, 303);
    snprintf(path, sizeof path, "%s/accept", order);
    assert_int_equal(client_post(&supervisor, path, "remark=fine").status, 303);
    a = client_get(&review, order);
    assert_true(answer_has(a, "Answer accepted") && answer_has(a, "whose mistake") && answer_has(a, "mine"));
    struct client auditor = browser("auditor");
    a = client_get(&auditor, "/office/audit");
    assert_true(answer_has(a, "supervision.accept") || answer_has(a, "accepted the answer"));
    (void)state;
}

static void a_supervisor_orders_on_the_page_of_a_case_and_the_department_answers_there(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW),
                  other = browser("public-security.review"), desk = browser("desk1");
    int64_t id = a_case();
    char path[96], page[96];
    act(id, "desk1", "accept");
    snprintf(path, sizeof path, "/office/supervision/cases/%lld/order", (long long)id);
    snprintf(page, sizeof page, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(client_get(&supervisor, page), path));
    assert_false(answer_has(client_get(&review, page), path));
    assert_true(answer_has(client_get(&supervisor, path), "name=\"until\""));
    assert_int_equal(client_post(&review, path, order_form("visit+the+shop", 2)).status, 403);
    assert_int_equal(client_post(&other, path, order_form("visit+the+shop", 2)).status / 100, 4);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 0)).status, 422);
    assert_int_equal(client_post(&supervisor, path, order_form("", 2)).status, 422);
    assert_int_equal(client_post(&supervisor, path, "words=visit+the+shop&until=2099-01-01").status, 422);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 303);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 409);
    struct answer a = client_get(&review, page);
    assert_true(answer_has(a, "visit the shop") && answer_has(a, "Ordered by a supervisor"));
    assert_true(answer_has(client_get(&review, "/office/supervision/messages"), "An order was issued"));
    assert_false(answer_has(client_get(&desk, page), "/office/supervision/orders/"));
    size_t at = str_find(a.body, STR("/office/supervision/orders/")),
           end = str_find(str_slice(a.body, at, a.body.len), STR("\""));
    const char *order = str_z(app->arena, str_slice(a.body, at, at + end)),
               *answer = str_z(app->arena, str_fmt(app->arena, "%s/answer", order));
    a = client_post(&review, answer, "from=case&words=it+was+visited");
    assert_int_equal(a.status, 303);
    assert_true(str_ends(a.location, str_c(page)));
    a = client_get(&supervisor, page);
    assert_true(answer_has(a, "it was visited") && answer_has(a, "The order was answered"));
    struct client applicant = person("13900000105");
    applicant.json = false;
    applicant.language = "en";
    snprintf(page, sizeof page, "/cases/%lld", (long long)id);
    a = client_get(&applicant, page);
    assert_int_equal(a.status, 200);
    assert_false(answer_has(a, "visit the shop") || answer_has(a, "rdered") ||
                 answer_has(a, "it was visited"));
    (void)state;
}

/* Orders about a case that other supervisors issued, of earlier warnings. */
static bool forge_orders(struct ctx *c)
{
    const struct doing *d = ctx_arg(c);
    struct case_file f;
    if (!case_load(c, d->id, &f)) return false;
    for (int i = 0; i < d->value; i++) {
        struct order o = {.id = ctx_id(c),
                          .finding_id = ctx_id(c),
                          .case_id = f.id,
                          .case_no = f.case_no,
                          .item_name = f.item_name,
                          .unit = f.unit,
                          .division = f.division,
                          .applicant = f.applicant,
                          .issued = c->now,
                          .due = c->now + MS_DAY,
                          .days = 1,
                          .status = STR("open")};
        if (!order_add(c, &o) || !order_step_add(c, &o, "issue", STR("earlier"))) return false;
    }
    return true;
}

static void among_many_orders_none_is_issued_twice_and_each_can_be_answered(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser(REVIEW);
    int64_t id = a_case();
    struct doing many = {.id = id, .value = 12};
    char path[96];
    (void)state;
    act(id, "desk1", "accept");
    snprintf(path, sizeof path, "/office/supervision/cases/%lld/order", (long long)id);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 303);
    testapp_write(app, forge_orders, &many);
    assert_int_equal(client_post(&supervisor, path, order_form("visit+the+shop", 2)).status, 409);
    struct answer a = client_getf(&review, "/office/cases/%lld", (long long)id);
    assert_true(answer_has(a, "visit the shop"));
    assert_true(answer_has(a, "id=\"words-")); /* no two fields of a page have one name */
    assert_false(answer_has(a, "id=\"words\""));
    int forms = 0;
    for (size_t at; (at = str_find(a.body, STR("/answer\""))) != SIZE_MAX; forms++)
        a.body = str_slice(a.body, at + 1, a.body.len);
    assert_int_equal(forms, 13);
}

static void an_order_that_nobody_answers_turns_red(void **state)
{
    struct client supervisor = browser("supervisor");
    int64_t case_id, finding = a_red_card(&case_id);
    char path[160];
    snprintf(path, sizeof path, "/office/supervision/findings/%lld/order", (long long)finding);
    assert_int_equal(client_post(&supervisor, path, order_form("explain+this", 2)).status, 303);
    assert_false(answer_has(client_get(&supervisor, "/office/supervision/orders"), "light-red"));
    days_pass(3);
    supervisor = browser("supervisor");
    assert_true(answer_has(client_get(&supervisor, "/office/supervision/orders"), "light-red"));
    (void)state;
}

static void a_warning_may_be_set_aside_with_a_reason_and_does_not_come_back(void **state)
{
    struct client supervisor = browser("supervisor");
    int64_t case_id, finding = a_red_card(&case_id);
    char path[160];
    snprintf(path, sizeof path, "/office/supervision/findings/%lld/excuse", (long long)finding);
    assert_int_equal(client_post(&supervisor, path, "reason=").status, 422);
    assert_int_equal(client_post(&supervisor, path, "reason=test+of+the+line").status, 303);
    struct forged f = {.id = case_id, .act = "note", .step = "receive"};
    testapp_write(app, forge_act, &f);
    look();
    struct found found = found_in(case_id);
    assert_true(of_kind(&found, "desk")->ended > 0);
    assert_true(of_kind(&found, "desk")->excused);
    snprintf(path, sizeof path, "/office/supervision/findings/%lld", (long long)finding);
    assert_true(answer_has(client_get(&supervisor, path), "test of the line"));
    (void)state;
}

static void the_board_counts_by_department_and_gives_a_table(void **state)
{
    struct client supervisor = browser("supervisor"), review = browser("public-security.review"),
                  desk = browser("desk1"), auditor = browser("auditor");
    int64_t case_id;
    a_red_card(&case_id);
    struct answer a = client_get(&supervisor, "/office/supervision");
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "Decided at the desk") && answer_has(a, "<svg class=\"share\""));
    a = client_get(&supervisor, "/office/supervision/board.csv");
    assert_true(answer_has(a, ",Red card,") && answer_has(a, "民政"));
    a = client_get(&review, "/office/supervision/board.csv");
    assert_false(answer_has(a, "民政"));
    assert_int_equal(client_get(&desk, "/office/supervision").status, 403);
    assert_int_equal(client_get(&auditor, "/office/supervision").status, 403);
    (void)state;
}

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

static void looking_twice_finds_the_same_once(void **state)
{
    int64_t case_id;
    a_red_card(&case_id);
    struct found before = found_in(case_id);
    for (int i = 0; i < 3; i++) {
        struct forged f = {.id = case_id, .act = "note", .step = "receive"};
        testapp_write(app, forge_act, &f);
        look();
    }
    assert_int_equal(found_in(case_id).count, before.count);
    (void)state;
}

static void hundreds_of_acts_at_once_are_all_seen(void **state)
{
    int64_t ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = a_case();
    for (int n = 0; n < 450; n++) {
        struct forged f = {.id = ids[n % 2], .act = "note", .step = "receive"};
        testapp_write(app, forge_act, &f);
    }
    struct forged last = {.id = ids[2], .act = "grant", .step = "receive"};
    testapp_write(app, forge_act, &last);
    look();
    struct found f = found_in(ids[2]);
    assert_non_null(of_kind(&f, "desk"));
    (void)state;
}

/* ---- rules for a part ---- */

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

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_case_is_warned_of_then_red_and_everybody_who_should_know_is_told),
        PROMISE(what_was_late_stays_late_and_an_ended_case_is_forgotten),
        PROMISE(an_order_goes_to_the_department_and_back_until_the_answer_is_accepted),
        PROMISE(a_supervisor_orders_on_the_page_of_a_case_and_the_department_answers_there),
        PROMISE(among_many_orders_none_is_issued_twice_and_each_can_be_answered),
        PROMISE(an_order_that_nobody_answers_turns_red),
        PROMISE(a_case_in_time_leaves_nothing),
        PROMISE(deciding_at_the_desk_or_without_acceptance_is_a_red_card),
        PROMISE(skipping_a_step_is_found),
        PROMISE(a_document_beside_the_list_is_found),
        PROMISE(a_charge_is_noted_once_and_compared_with_the_fee_of_the_service),
        PROMISE(a_warning_may_be_set_aside_with_a_reason_and_does_not_come_back),
        PROMISE(the_board_counts_by_department_and_gives_a_table),
        PROMISE(a_changed_rule_is_a_new_version_and_holds_from_the_next_look),
        PROMISE(looking_twice_finds_the_same_once),
        PROMISE(hundreds_of_acts_at_once_are_all_seen),
        PROMISE(the_most_specific_rule_speaks_and_an_ended_one_leaves_room),
        PROMISE(a_rule_for_one_item_finds_in_its_cases_and_what_it_found_is_not_found_twice),
        PROMISE(a_supervisor_changes_only_rules_that_lie_within_their_area),
        PROMISE(a_thousand_rules_for_others_are_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
