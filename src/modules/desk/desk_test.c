#include "core/auth/auth.h"
#include "modules/cases/cases_app_test.h"
#include "modules/desk/desk_internal.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "testing/testapp.h"

#include <stdio.h>
#include <string.h>

#define BASE   "BI-0010"
#define REVIEW "civil-affairs.review"
#define DECIDE "civil-affairs.decide"
#define MOBILE "13900000105"

static struct client browser(const char *login)
{
    struct client c = officer(login);
    c.json = false;
    c.language = "en";
    return c;
}

/* ---- cases ---- */

struct doing {
    const char *login, *act;
    int64_t id, unit, item;
    char no[32];
    struct str number;
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
    struct case_file f;
    if (!item || !act_as(c, ACTOR_PERSON, MOBILE)) return false;
    seed.applicant = c->actor.subject;
    if (!act_as(c, ACTOR_OFFICER, "desk1") || !case_seed(c, &seed, &d->id) || !case_load(c, d->id, &f))
        return false;
    d->unit = f.unit;
    d->item = item->id;
    snprintf(d->no, sizeof d->no, "%.*s", STR_ARG(f.case_no));
    return true;
}

static bool do_one(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    return act_as(c, ACTOR_OFFICER, d->login) && case_seed_act(c, d->id, d->act, STR("演示"));
}

static struct doing a_case(void)
{
    struct doing d = {0};
    testapp_write(app, send_one, &d);
    return d;
}

static void act(int64_t id, const char *login, const char *word)
{
    struct doing d = {.login = login, .act = word, .id = id};
    testapp_write(app, do_one, &d);
}

static bool number_of(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    struct subject s;
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_PERSON, str_c(d->login), &a, &hash) || !people_subject(c, a.subject, &s))
        return false;
    d->number = str_dup(app->arena, s.code);
    return true;
}

static const char *card_of(const char *mobile)
{
    struct doing d = {.login = mobile};
    testapp_read(app, number_of, &d);
    return str_z(app->arena, d.number);
}

static const char *card(void)
{
    return card_of(MOBILE);
}

/* The answer to a form at before, id, behind. */
static int status(struct client *c, const char *form, const char *before, int64_t id, const char *behind)
{
    struct str path = str_fmt(app->arena, "%s%lld%s", before, (long long)id, behind);
    return client_post(c, str_z(app->arena, path), form).status;
}

/* ---- numbers ---- */

static void numbers_are_called_in_order_and_shown_without_a_name(void **state)
{
    struct client one = browser("desk1"), two = browser("desk2"), anyone = client_new(app),
                  review = browser(REVIEW);
    anyone.json = false;
    assert_int_equal(client_post(&one, "/office/queue/take", "group=A").status, 303);
    struct answer second = client_post(&one, "/office/queue/take", "group=A");
    assert_true(answer_has(client_get(&one, str_z(app->arena, second.location)), "A002"));
    assert_int_equal(client_post(&one, "/office/queue/take", "group=Z").status, 422);
    assert_int_equal(client_post(&review, "/office/queue/take", "group=A").status, 403);
    assert_int_equal(client_post(&one, "/office/queue/call", "window=3").status, 303);
    assert_int_equal(client_post(&one, "/office/queue/call", "window=3").status, 409); /* one at the window */
    assert_int_equal(client_post(&two, "/office/queue/call", "window=5&group=A").status, 303);
    struct answer screen = client_get(&anyone, "/screen");
    assert_true(answer_has(screen, "A001") && answer_has(screen, "A002"));
    assert_true(answer_has(screen, "data-refresh=\"5\"")); /* by script; a link where there is none */
    assert_true(answer_has(screen, "href=\"/screen\""));
    assert_false(answer_has(screen, "http-equiv"));
    assert_true(answer_has(client_get(&one, "/office/queue"), "A001"));
    assert_false(answer_has(client_get(&two, "/office/queue"), "A001"));
    (void)state;
}

static void a_number_is_repeated_transferred_finished_or_passed_over_by_its_own_window(void **state)
{
    struct client one = browser("desk1"), two = browser("desk2");
    struct answer a = client_post(&one, "/office/queue/take", "group=A");
    const char *base = str_z(app->arena, a.location);
    char path[120];
    client_post(&one, "/office/queue/call", "window=3");
    snprintf(path, sizeof path, "%s/done", base);
    assert_int_equal(client_post(&two, path, "").status, 409);
    snprintf(path, sizeof path, "%s/repeat", base);
    assert_int_equal(client_post(&one, path, "").status, 303);
    snprintf(path, sizeof path, "%s/transfer", base);
    assert_int_equal(client_post(&one, path, "group=Q").status, 422);
    assert_int_equal(client_post(&one, path, "group=B").status, 303);
    client_post(&two, "/office/queue/call", "window=5&group=A");
    assert_true(answer_has(client_get(&two, "/office/queue"), "My window")); /* nobody waits in A any more */
    client_post(&two, "/office/queue/call", "window=5&group=B");
    assert_true(answer_has(client_get(&two, "/office/queue"), "A001"));
    snprintf(path, sizeof path, "%s/no-show", base);
    assert_int_equal(client_post(&two, path, "").status, 303);
    assert_int_equal(client_post(&two, path, "").status, 409);
    struct client anyone = client_new(app);
    anyone.json = false;
    assert_false(answer_has(client_get(&anyone, "/screen"), "A001"));
    (void)state;
}

/* ---- papers ---- */

/* The clerk kept a paper of it, two copies. */
static bool keep_paper(struct ctx *c)
{
    const struct doing *d = ctx_arg(c);
    return db_exec(
        &c->tx,
        "INSERT INTO case_material (id, case_id, material, state, blob, file_name, size, media_type, copies, "
        "at) VALUES ($1, $2, 'kept', 'paper', '', NULL, 0, '', 2, $3)",
        DB_I(ctx_id(c)), DB_I(d->id), DB_I(c->now));
}

static bool round_of_papers(struct ctx *c)
{
    return desk_papers_round(c, NULL);
}

static void papers_go_to_the_department_against_two_signatures(void **state)
{
    struct client desk = browser("desk1"), review = browser(REVIEW),
                  other = browser("public-security.review");
    struct doing d = a_case();
    char form[60];
    testapp_write(app, keep_paper, &d);
    testapp_advance(2 * MS_MINUTE);
    testapp_write(app, round_of_papers, NULL);
    assert_true(answer_has(client_get(&desk, "/office/handover"), d.no));
    snprintf(form, sizeof form, "unit=%lld", (long long)d.unit);
    assert_int_equal(client_post(&review, "/office/handover", form).status, 403);
    struct answer a = client_post(&desk, "/office/handover", form);
    assert_int_equal(a.status, 303);
    assert_int_equal(client_post(&desk, "/office/handover", form).status, 409); /* nothing is left */
    const char *list = str_z(app->arena, a.location);
    assert_true(answer_has(client_get(&review, list), d.no));
    assert_int_equal(client_get(&other, list).status, 404);
    char take[120];
    snprintf(take, sizeof take, "%s/take", list);
    assert_int_equal(client_post(&desk, take, "").status, 403);
    assert_int_equal(client_post(&review, take, "").status, 303);
    assert_int_equal(client_post(&review, take, "").status, 409);
    testapp_write(app, round_of_papers, NULL);
    assert_false(answer_has(client_get(&desk, "/office/handover"), d.no)); /* on one list only */
    (void)state;
}

/* ---- results ---- */

static void a_result_is_handed_out_once_to_whom_may_have_it(void **state)
{
    struct client desk = browser("desk1"), review = browser(REVIEW);
    struct doing d = a_case();
    char form[300];
    const char *mine = card();
    snprintf(form, sizeof form, "what=%s&name=%s&number=%s", "%E8%AF%81", "%E4%BD%95%E7%A7%8B%E4%BA%91",
             mine);
    assert_int_equal(status(&desk, form, "/office/exit/", d.id, ""), 409); /* no result yet */
    act(d.id, "desk1", "accept");
    act(d.id, REVIEW, "pass");
    act(d.id, DECIDE, "grant");
    assert_int_equal(status(&review, form, "/office/exit/", d.id, ""), 403);
    char other[300];
    snprintf(other, sizeof other, "what=%s&name=%s&number=%s", "%E8%AF%81", "%E6%9E%97%E6%99%93%E7%A6%BE",
             "78010119940318002X");
    assert_int_equal(status(&desk, other, "/office/exit/", d.id, ""), 422); /* no letter */
    snprintf(other, sizeof other, "what=%%E8%%AF%%81&name=%s&number=%s", "%E6%9E%97%E6%99%93%E7%A6%BE", mine);
    assert_int_equal(status(&desk, other, "/office/exit/", d.id, ""), 422); /* not the name of that number */
    assert_int_equal(status(&desk, form, "/office/exit/", d.id, ""), 303);
    assert_int_equal(status(&desk, form, "/office/exit/", d.id, ""), 409);
    char path[80], find[80];
    snprintf(path, sizeof path, "/office/exit/%lld", (long long)d.id);
    assert_true(answer_has(client_get(&desk, path), "The applicant"));
    assert_false(answer_has(client_get(&desk, path), mine)); /* masked */
    snprintf(find, sizeof find, "case_no=%s", d.no);
    assert_string_equal(str_z(app->arena, client_post(&desk, "/office/exit", find).location), path);
    (void)state;
}

/* Whether a name belongs to a number is told at the exit too: nobody goes through names there. */
static void names_are_not_guessed_at_the_exit(void **state)
{
    struct client desk = browser("desk1");
    struct doing d = a_case();
    char form[300];
    int answer = 0, tries = 0;
    act(d.id, "desk1", "accept");
    act(d.id, REVIEW, "pass");
    act(d.id, DECIDE, "grant");
    snprintf(form, sizeof form, "what=x&name=%s&number=%s", "%E6%9E%97%E6%99%93%E7%A6%BE", card());
    for (; tries < 100 && (answer = status(&desk, form, "/office/exit/", d.id, "")) == 422; tries++)
        continue;
    assert_int_equal(answer, 429);
    assert_true(tries > 10 && tries <= 60);
    /* Then the right one is not told from others either. */
    snprintf(form, sizeof form, "what=x&name=%s&number=%s", "%E4%BD%95%E7%A7%8B%E4%BA%91", card());
    assert_int_equal(status(&desk, form, "/office/exit/", d.id, ""), 429);
    testapp_advance(2 * MS_HOUR);
    desk = browser("desk1");
    assert_int_equal(status(&desk, form, "/office/exit/", d.id, ""), 303);
    (void)state;
}

static void a_parcel_is_followed_and_the_applicant_is_told(void **state)
{
    struct client desk = browser("desk1"), p = person(MOBILE);
    struct doing d = a_case();
    act(d.id, "desk1", "accept");
    act(d.id, REVIEW, "pass");
    act(d.id, DECIDE, "grant");
    assert_int_equal(status(&desk, "carrier=EMS&parcel=E123", "/office/exit/", d.id, "/parcel"), 303);
    assert_int_equal(status(&desk, "carrier=EMS&parcel=E123", "/office/exit/", d.id, "/parcel"), 422);
    assert_true(answer_has(client_get(&p, "/me/messages"), "E123"));
    struct answer sent = client_get(&desk, "/office/exit");
    assert_true(answer_has(sent, "E123"));
    struct str rest = str_slice(sent.body, str_find(sent.body, STR("/office/parcels/")), sent.body.len), path;
    str_cut(rest, '"', &path);
    assert_int_equal(client_post(&desk, str_z(app->arena, path), "state=lost").status, 422);
    assert_int_equal(client_post(&desk, str_z(app->arena, path), "state=delivered").status, 303);
    (void)state;
}

/* ---- the desk never decides ---- */

static void the_desk_decides_nothing_by_any_way(void **state)
{
    static const char *const acts[] = {"grant", "refuse", "extension"};
    struct client desk = browser("desk1");
    struct doing d = a_case();
    act(d.id, "desk1", "accept");
    for (size_t i = 0; i < 3; i++) {
        char path[100];
        snprintf(path, sizeof path, "/office/cases/%lld/%s", (long long)d.id, acts[i]);
        assert_int_equal(client_post(&desk, path, "note=x").status, 403);
    }
    assert_non_null(people_roles_conflict(app->arena, STR("desk|decider")));
    assert_non_null(people_roles_conflict(app->arena, STR("kiosk|desk")));
    assert_null(people_roles_conflict(app->arena, STR("kiosk")));
    char path[80];
    snprintf(path, sizeof path, "/office/cases/%lld", (long long)d.id);
    struct client review = officer(REVIEW);
    assert_false(answer_has(client_get(&review, path), "\"granted\""));
    (void)state;
}

/* ---- the kiosk ---- */

/* The last code that a kiosk sent, as its form sends it back. */
static const char *code_sent(void)
{
    testapp_jobs(app);
    struct client anyone = client_new(app);
    struct answer outbox = client_get(&anyone, "/demo/outbox");
    size_t at = SIZE_MAX;
    for (size_t i = 0; i + 6 < outbox.body.len && at == SIZE_MAX; i++) {
        size_t n = 0;
        while (n < 7 && outbox.body.ptr[i + n] >= '0' && outbox.body.ptr[i + n] <= '9')
            n++;
        bool begins = !i || outbox.body.ptr[i - 1] < '0' || outbox.body.ptr[i - 1] > '9';
        if (n == 6 && begins) at = i;
    }
    assert_true(at != SIZE_MAX);
    return str_z(app->arena, str_fmt(app->arena, "code=%.6s", outbox.body.ptr + at));
}

static void a_kiosk_shows_nothing_before_the_code_and_nothing_after_its_time(void **state)
{
    struct client kiosk = browser("kiosk1"), desk = browser("desk1"), p = person(MOBILE);
    struct doing d = a_case();
    char form[60];
    assert_int_equal(client_get(&desk, "/kiosk").status, 403);
    assert_int_equal(client_get(&p, "/kiosk").status, 403);
    assert_int_equal(client_get(&kiosk, "/office/inbox").status, 403); /* locked to its own pages */
    assert_true(answer_has(client_get(&kiosk, "/kiosk"), "data-idle=\"60\""));
    assert_int_equal(client_post(&kiosk, "/kiosk/ticket", "group=A").status, 303);
    assert_int_equal(client_post(&kiosk, "/kiosk/ticket", "group=C").status, 422); /* on arrival only */
    snprintf(form, sizeof form, "number=%s", card());
    assert_int_equal(client_post(&kiosk, "/kiosk/identify", form).status, 303);
    assert_int_equal(client_post(&kiosk, "/kiosk/identify", "number=78010119940318002X").status,
                     303); /* the same answer */
    assert_false(answer_has(client_get(&kiosk, "/kiosk/me"), d.no));
    assert_int_equal(client_post(&kiosk, "/kiosk/identify", form).status, 303);
    assert_int_equal(client_post(&kiosk, "/kiosk/code", "code=abcdef").status, 422);
    const char *code = code_sent();
    assert_int_equal(client_post(&kiosk, "/kiosk/code", code).status, 303);
    assert_true(answer_has(client_get(&kiosk, "/kiosk/me"), d.no));
    char path[60];
    snprintf(path, sizeof path, "/kiosk/cases/%lld", (long long)d.id);
    assert_int_equal(client_get(&kiosk, path).status, 200);
    testapp_advance(121 * MS_SECOND);
    assert_false(answer_has(client_get(&kiosk, "/kiosk/me"), d.no));
    assert_int_equal(client_get(&kiosk, path).status, 404);
    (void)state;
}

static void a_visit_ends_when_the_person_says_so_and_guessing_ends_it_too(void **state)
{
    struct client kiosk = browser("kiosk1");
    char form[60];
    snprintf(form, sizeof form, "number=%s", card());
    assert_int_equal(client_post(&kiosk, "/kiosk/identify", form).status, 303);
    for (int i = 0; i < 5; i++)
        assert_int_equal(client_post(&kiosk, "/kiosk/code", "code=000001x").status, 422);
    assert_int_equal(client_post(&kiosk, "/kiosk/end", "").status, 303);
    assert_true(answer_has(client_get(&kiosk, "/kiosk/me"), "Your visit is over"));
    for (int i = 0; i < 4; i++)
        client_post(&kiosk, "/kiosk/identify", form);
    assert_int_equal(client_post(&kiosk, "/kiosk/identify", form).status, 429); /* five codes an hour */
    (void)state;
}

static bool exam_item(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR("BI-0012"));
    if (item) d->item = item->id;
    return true;
}

/* Every address in the page is the kiosk's own, the program's files, or a place in the same page. */
static void assert_no_way_out(struct answer page)
{
    static const char *const marks[] = {" href=\"", " action=\""};
    static const char *const inside[] = {"/kiosk", "/assets/", "#", "?"};
    assert_int_equal(page.status, 200);
    for (size_t m = 0; m < 2; m++)
        for (struct str rest = page.body;;) {
            size_t at = str_find(rest, str_c(marks[m]));
            if (at == SIZE_MAX) break;
            rest = str_slice(rest, at + strlen(marks[m]), rest.len);
            bool ok = false;
            for (size_t i = 0; i < 4; i++)
                ok = ok || str_starts(rest, str_c(inside[i]));
            if (!ok) print_message("leads out: %.40s\n", rest.ptr);
            assert_true(ok);
        }
}

static struct answer follow(struct client *c, struct answer a)
{
    assert_int_equal(a.status, 303);
    return client_get(c, str_z(app->arena, a.location));
}

static void begin_visit(struct client *kiosk, const char *mobile, int64_t item)
{
    struct str form = str_fmt(app->arena, "number=%s", card_of(mobile));
    if (item) form = str_fmt(app->arena, "%.*s&item=%lld", STR_ARG(form), (long long)item);
    assert_no_way_out(follow(kiosk, client_post(kiosk, "/kiosk/identify", str_z(app->arena, form))));
}

static void a_whole_application_is_made_at_a_kiosk_and_nothing_leads_out_of_it(void **state)
{
    struct client kiosk = browser("kiosk1"), p = person("13900000106");
    struct doing d = {0}, other = a_case();
    char path[80], form[80];
    p.language = "en";
    testapp_read(app, exam_item, &d);
    assert_no_way_out(client_get(&kiosk, "/kiosk"));
    assert_no_way_out(client_get(&kiosk, "/kiosk/services?q=%E6%88%90%E7%BB%A9"));
    snprintf(path, sizeof path, "/kiosk/items/%lld", (long long)d.item);
    assert_true(answer_has(client_get(&kiosk, "/kiosk/services?q=%E6%88%90%E7%BB%A9"), path));
    assert_no_way_out(client_get(&kiosk, path));
    snprintf(path, sizeof path, "/kiosk/items/%lld/apply", (long long)d.item);
    assert_no_way_out(follow(&kiosk, client_get(&kiosk, path))); /* who are you? */
    begin_visit(&kiosk, "13900000106", d.item);
    struct str code = str_fmt(app->arena, "%s&item=%lld", code_sent(), (long long)d.item);
    struct answer here = client_post(&kiosk, "/kiosk/code", str_z(app->arena, code));
    assert_string_equal(str_z(app->arena, here.location), path); /* to the service that was chosen */
    assert_no_way_out(client_get(&kiosk, path));
    struct answer page = client_post(&kiosk, path, "");
    assert_true(str_starts(page.location, STR("/kiosk/apply/")));
    const char *at = str_z(app->arena, page.location);
    assert_no_way_out(client_get(&kiosk, at));
    assert_int_equal(client_post(&kiosk, at, "exam=nonsense").status, 422);
    page = client_post(&kiosk, at, "exam=demo-skills&declaration=1&go=next");
    assert_true(str_ends(page.location, STR("/summary")));
    assert_no_way_out(follow(&kiosk, page));
    struct str id = str_slice(page.location, strlen("/kiosk/apply/"), page.location.len);
    str_cut(id, '/', &id);
    snprintf(path, sizeof path, "/kiosk/apply/%.*s/submit", STR_ARG(id));
    snprintf(form, sizeof form, "once=%.*s", STR_ARG(id));
    page = client_post(&kiosk, path, form);
    assert_true(str_ends(page.location, STR("/receipt")));
    page = follow(&kiosk, page);
    assert_no_way_out(page);
    assert_true(answer_has(page, "data-print"));
    assert_no_way_out(client_get(&kiosk, "/kiosk/me"));
    assert_true(answer_has(client_get(&p, "/me/access"), "Self-service")); /* shown there: on record */
    snprintf(path, sizeof path, "/kiosk/cases/%lld/receipt", (long long)other.id);
    assert_int_equal(client_get(&kiosk, path).status, 404); /* somebody else's */
    (void)state;
}

static bool give_licence(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    const struct item *item = catalogue_of_base(c, STR("BI-0001"));
    struct account a;
    struct str hash;
    if (!item || !account_by_login(c, ACTOR_PERSON, STR(MOBILE), &a, &hash)) return false;
    struct licence_spec spec = {.type = json_get(item_service(item, false), "licence"),
                                .issuer = item->unit,
                                .holder = a.subject,
                                .item_code = item->code,
                                .item_name = item->name,
                                .face = json_array(c->arena),
                                .valid_from = date_of(c->now)};
    return licence_draft(c, &spec, &d->id);
}

static void a_licence_is_printed_at_a_kiosk_by_its_holder_alone(void **state)
{
    struct client kiosk = browser("kiosk1");
    struct doing d = {0};
    testapp_write(app, give_licence, &d);
    testapp_jobs(app); /* signs it */
    begin_visit(&kiosk, MOBILE, 0);
    assert_int_equal(client_post(&kiosk, "/kiosk/code", code_sent()).status, 303);
    struct answer me = client_get(&kiosk, "/kiosk/me");
    size_t from = str_find(me.body, STR("/kiosk/licences/"));
    assert_true(from != SIZE_MAX);
    struct str path;
    str_cut(str_slice(me.body, from, from + 60), '"', &path);
    struct answer page = client_get(&kiosk, str_z(app->arena, path));
    assert_no_way_out(page);
    assert_true(answer_has(page, "data-print"));
    struct answer qr = client_get(&kiosk, str_z(app->arena, str_cat(app->arena, path, STR("/qr.svg"))));
    assert_int_equal(qr.status, 200);
    assert_int_equal(client_post(&kiosk, "/kiosk/end", "").status, 303);
    begin_visit(&kiosk, "13900000101", 0);
    testapp_advance(MS_SECOND);
    assert_int_equal(client_post(&kiosk, "/kiosk/code", code_sent()).status, 303);
    assert_int_equal(client_get(&kiosk, str_z(app->arena, path)).status, 404);
    (void)state;
}

static void a_visit_lasts_while_somebody_is_there(void **state)
{
    struct client kiosk = browser("kiosk1");
    begin_visit(&kiosk, MOBILE, 0);
    assert_int_equal(client_post(&kiosk, "/kiosk/code", code_sent()).status, 303);
    for (int i = 0; i < 4; i++) {
        testapp_advance(100 * MS_SECOND);
        assert_true(client_post(&kiosk, "/kiosk/stay", "").status < 400);
    }
    assert_false(answer_has(client_get(&kiosk, "/kiosk/me"), "Your visit is over"));
    testapp_advance(121 * MS_SECOND);
    assert_true(client_post(&kiosk, "/kiosk/stay", "").status < 400); /* wakes nobody who has gone */
    assert_true(answer_has(client_get(&kiosk, "/kiosk/me"), "Your visit is over"));
    (void)state;
}

/* ---- groups and windows ---- */

static void a_window_calls_the_groups_it_takes_and_an_ended_group_gives_no_number(void **state)
{
    struct client admin = browser("sysadmin"), one = browser("desk1"), two = browser("desk2"),
                  kiosk = browser("kiosk1");
    assert_int_equal(client_get(&one, "/office/windows").status, 403);
    assert_int_equal(client_post(&one, "/office/windows/groups", "letter=D&name=x&en=x&used=1").status, 403);
    assert_int_equal(client_post(&admin, "/office/windows/groups", "letter=d&name=x&en=x&used=1").status,
                     422);
    const char *group = "letter=D&name=%E5%8C%BB%E4%BF%9D&en=Insurance&used=1";
    assert_int_equal(client_post(&admin, "/office/windows/groups", group).status, 303);
    assert_int_equal(client_post(&admin, "/office/windows", "window=7&takes=D&takes=Q").status, 303);
    assert_true(answer_has(client_get(&one, "/office/queue"), "<option value=\"7\""));
    assert_int_equal(client_post(&one, "/office/queue/take", "group=A").status, 303);
    assert_int_equal(client_post(&kiosk, "/kiosk/ticket", "group=D").status, 303);
    client_post(&two, "/office/queue/call", "window=7");
    assert_true(answer_has(client_get(&two, "/office/queue"), "D001")); /* A001 waits longer */
    assert_int_equal(client_post(&admin, "/office/windows/groups", "letter=D&name=x&en=x").status, 303);
    assert_int_equal(client_post(&kiosk, "/kiosk/ticket", "group=D").status, 422);
    assert_false(answer_has(client_get(&kiosk, "/kiosk"), "value=\"D\""));
    client_post(&admin, "/office/windows/groups", "letter=C&name=%E9%A2%84%E7%BA%A6&en=Appointments");
    assert_true(answer_has(client_get(&one, "/office/queue"), "Appointments")); /* never ends */
    assert_int_equal(client_post(&admin, "/office/windows/remove", "window=7").status, 303);
    assert_false(answer_has(client_get(&one, "/office/queue"), "<option value=\"7\""));
    (void)state;
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(numbers_are_called_in_order_and_shown_without_a_name),
        PROMISE(a_number_is_repeated_transferred_finished_or_passed_over_by_its_own_window),
        PROMISE(papers_go_to_the_department_against_two_signatures),
        PROMISE(a_result_is_handed_out_once_to_whom_may_have_it),
        PROMISE(names_are_not_guessed_at_the_exit),
        PROMISE(a_parcel_is_followed_and_the_applicant_is_told),
        PROMISE(the_desk_decides_nothing_by_any_way),
        PROMISE(a_kiosk_shows_nothing_before_the_code_and_nothing_after_its_time),
        PROMISE(a_visit_ends_when_the_person_says_so_and_guessing_ends_it_too),
        PROMISE(a_whole_application_is_made_at_a_kiosk_and_nothing_leads_out_of_it),
        PROMISE(a_licence_is_printed_at_a_kiosk_by_its_holder_alone),
        PROMISE(a_visit_lasts_while_somebody_is_there),
        PROMISE(a_window_calls_the_groups_it_takes_and_an_ended_group_gives_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
