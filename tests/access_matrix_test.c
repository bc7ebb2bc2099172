/* Every route for every kind of account, on its own row and on a foreign one: what the route's permission
 * says is what happens. */
#include "app/cli.h"
#include "core/http/ops.h"
#include "modules/cases/cases.h"
#include "modules/evidence/evidence_log.h"
#include "modules/orgs/orgs.h"

#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The rows of the table belong to 林晓禾 (p01) and to the exit and entry office. */
enum standing { OWNER, STRANGER, NEITHER }; /* NEITHER: rows are reached by office, not by kinship */

struct role {
    const char *name, *login, *roles; /* separated by '|' */
    enum actor_kind kind;
    enum standing standing;
};

static const struct role roles[] = {
    {"anonymous", NULL, "", ACTOR_ANYONE, STRANGER},
    {"person", "13900000101", "", ACTOR_PERSON, OWNER},
    {"another person", "13900000102", "", ACTOR_PERSON, STRANGER},
    {"only declared", "13900000112", "", ACTOR_PERSON, STRANGER},
    {"desk", "desk1", "desk", ACTOR_OFFICER, NEITHER},
    {"reviewer", "public-security.review", "reviewer", ACTOR_OFFICER, NEITHER},
    {"decider", "public-security.decide", "decider", ACTOR_OFFICER, NEITHER},
    {"reviewer elsewhere", "tobacco.review", "reviewer", ACTOR_OFFICER, STRANGER},
    {"decider elsewhere", "tobacco.decide", "decider", ACTOR_OFFICER, STRANGER},
    {"editor", "editor", "editor", ACTOR_OFFICER, NEITHER},
    {"supervisor", "supervisor", "supervisor", ACTOR_OFFICER, NEITHER},
    {"system admin", "sysadmin", "system_admin", ACTOR_OFFICER, NEITHER},
    {"security admin", "secadmin", "security_admin", ACTOR_OFFICER, NEITHER},
    {"audit admin", "auditor", "audit_admin", ACTOR_OFFICER, NEITHER},
    {"all hands of another division", "county.hands", "desk|reviewer|decider", ACTOR_OFFICER, STRANGER},
    {"supervisor of another division", "county.supervisor", "supervisor", ACTOR_OFFICER, STRANGER},
    {"data steward", "public-security.data", "data_steward", ACTOR_OFFICER, NEITHER},
    {"data manager", "data1", "data_manager", ACTOR_OFFICER, NEITHER},
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static struct testapp *app;
static struct client clients[ROLES];
static int64_t item, draft, bundle, case_row, licence, message, mandate, officer, rating, call;
static int64_t failures, asked;

static void sign_in(size_t r)
{
    clients[r] = client_new(app);
    if (roles[r].kind == ACTOR_PERSON) client_as_person(&clients[r], roles[r].login);
    if (roles[r].kind == ACTOR_OFFICER) client_as_officer(&clients[r], roles[r].login);
}

/* ---- rows of which the table speaks ---- */

/* The first number behind `mark` in the text. */
static int64_t number_after(struct str text, const char *mark)
{
    size_t at = str_find(text, str_c(mark));
    int64_t id = 0;
    if (at == SIZE_MAX)
        fail_msg("%s is not in: %.*s", mark, (int)(text.len < 600 ? text.len : 600), text.ptr);
    for (at += strlen(mark); at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
        id = id * 10 + text.ptr[at] - '0';
    assert_true(id > 0);
    return id;
}

static struct answer must(struct answer a)
{
    if (a.status / 100 != 2)
        fail_msg("%d %.*s", a.status, (int)(a.body.len < 600 ? a.body.len : 600), a.body.ptr);
    return a;
}

static void postf(struct client *c, const char *form, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void postf(struct client *c, const char *form, const char *format, ...)
{
    char path[200];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    must(client_post(c, path, form));
}

static int64_t receive(struct client *desk)
{
    static int64_t once = 1;
    char form[512];
    int64_t subject = number_after(
        must(client_post(desk, "/office/desk",
                         "id_number=78010119940318002X&name=%E6%9E%97%E6%99%93%E7%A6%BE&purpose=apply"))
            .body,
        "person=");
    snprintf(form, sizeof form,
             "person=%lld&item=%lld&once=%lld&go=accept&kind=first&who=self&official=no&purpose=travel&"
             "delivery=pickup&"
             "declaration=1&m-photo=has&birth_place=Demo&"
             "pinyin=LIN+XIAOHE&mobile=13900000101",
             (long long)subject, (long long)item, (long long)once++);
    return number_after(must(client_post(desk, "/office/desk/receive", form)).body, "/office/cases/");
}

/* The same department in the county beside, and who works there. */
static bool add_county(struct ctx *c)
{
    struct unit u = {.kind = STR("public-security"), .name = STR("柳溪县公安局"), .division = STR("780102")};
    if (!orgs_import_divisions(c, STR("780102\t柳溪县\t780100\n"), json_object(c->arena)) ||
        !orgs_save_unit(c, &u))
        return false;
    for (size_t r = 0; r < ROLES; r++) {
        if (!roles[r].login || strncmp(roles[r].login, "county.", 7) != 0) continue;
        struct account a = {.kind = ACTOR_OFFICER,
                            .unit = u.id,
                            .login = str_c(roles[r].login),
                            .roles = str_c(roles[r].roles),
                            .area = u.division,
                            .label = str_c(roles[r].name),
                            .active = true};
        if (!account_create(c, &a, STR("-"))) return false;
    }
    return true;
}

static int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    testapp_write(app, add_county, NULL);
    for (size_t r = 0; r < ROLES; r++)
        sign_in(r);
    struct client *person = &clients[1], *desk = &clients[4], *review = &clients[5], *decide = &clients[6];
    item = number_after(must(client_get(person, "/search/suggest?q=%E5%8A%9E%E6%8A%A4%E7%85%A7")).body,
                        "/items/");
    int64_t granted = receive(desk);
    postf(review, "", "/office/cases/%lld/pass", (long long)granted);
    postf(decide, "note_grant=%E5%87%86%E4%BA%88", "/office/cases/%lld/grant", (long long)granted);
    testapp_jobs(app);
    struct err e = {0};
    assert_true(evidence_order(app->server, 1, &e)); /* so that the log has a head */
    licence = number_after(must(client_get(person, "/me/licences")).body, "/licences/");
    postf(person, "level=4&bad=slow", "/cases/%lld/rate", (long long)granted);
    rating = number_after(must(client_get(review, "/office/ratings?f=all")).body, "/office/ratings/");
    message = number_after(must(client_get(person, "/me/messages")).body, "/me/messages/");
    case_row = receive(desk);
    postf(person, "kind=first&who=self&official=no", "/items/%lld/apply", (long long)item);
    draft = number_after(must(client_get(person, "/me/cases")).body, "/apply/");
    must(client_post(person, "/bundles/newborn/apply", "card=yes&refund=no"));
    bundle = number_after(must(client_get(person, "/me/bundles")).body, "/me/bundles/");
    must(client_post(person, "/me/mandates",
                     "name=%E5%91%A8%E5%BB%BA%E5%B9%B3&id_number=780101198607090013&scope=&from=2026-11-23"));
    mandate = number_after(must(client_get(person, "/me/mandates")).body, "\"given\":[{\"id\":\"");
    must(client_get(person, str_z(app->arena, str_fmt(app->arena, "/apply/%lld/summary", (long long)draft))));
    call = number_after(must(client_get(person, "/me/exchange")).body, "\"calls\":[{\"id\":\"");
    officer =
        number_after(must(client_get(&clients[12], "/office/officers?q=desk2")).body, "/office/officers/");
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* The address of a route with the rows above in the place of its names. */
static const char *address(const char *path)
{
    const struct {
        const char *start;
        int64_t id;
    } rows[] = {
        {"/apply/{", draft},
        {"/cases/{", case_row},
        {"/office/cases/{", case_row},
        {"/licences/{", licence},
        {"/office/licences/{", licence},
        {"/me/messages/{", message},
        {"/me/mandates/{", mandate},
        {"/me/bundles/{", bundle},
        {"/office/officers/{", officer},
        {"/office/ratings/{", rating},
        {"/me/exchange/{", call},
        {"/items/{", item},
        {"/office/desk/{", 1},
        {"", 1},
    };
    int64_t id = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strncmp(path, rows[i].start, strlen(rows[i].start)) == 0) {
            id = rows[i].id;
            break;
        }
    struct buf b = buf_new(app->arena, 128);
    for (bool first = true; *path; path++) {
        if (*path != '{') {
            buf_add_char(&b, *path);
            continue;
        }
        buf_fmt(&b, "%lld", first ? (long long)id : 1);
        first = false;
        path = strchr(path, '}');
    }
    return str_z(app->arena, buf_str(&b));
}

/* ---- what a route's permission says ---- */

static bool has_role(const struct role *role, struct str wanted)
{
    struct str rest = str_c(role->roles), word;
    while (rest.len) {
        rest = str_cut(rest, '|', &word);
        if (str_eq(word, wanted)) return true;
    }
    return false;
}

static bool granted(const struct role *role, const char *permission)
{
    if (strcmp(permission, PUBLIC) == 0) return true;
    if (strcmp(permission, SIGNED_IN) == 0) return role->kind != ACTOR_ANYONE;
    if (strcmp(permission, PERSON) == 0) return role->kind == ACTOR_PERSON;
    if (strcmp(permission, OFFICER) == 0) return role->kind == ACTOR_OFFICER;
    for (size_t m = 0; m < module_count; m++)
        for (size_t p = 0; p < modules[m]->permission_count; p++) {
            const struct permission *one = &modules[m]->permissions[p];
            if (strcmp(one->name, permission) != 0) continue;
            struct str rest = str_c(one->roles), word;
            while (rest.len) {
                rest = str_cut(rest, '|', &word);
                if (role->kind == ACTOR_OFFICER && has_role(role, word)) return true;
            }
            return false;
        }
    fail_msg("no module has the permission %s", permission);
    return false;
}

static bool leaves_the_table(const struct route *r)
{
    return strcmp(r->path, "/sign-out") == 0; /* ends the session the others need: asked last, below */
}

static void expect(const struct role *role, const struct route *r, const char *path, int status, bool right,
                   const char *wanted)
{
    asked++;
    if (right) return;
    failures++;
    print_error("%s: %s %s (%s) answers %d, wanted %s\n", role->name,
                r->method == METHOD_GET ? "GET" : "POST", path, r->allow.permission, status, wanted);
}

static struct answer ask(struct client *c, const struct route *r, const char *path)
{
    testapp_advance(3000); /* so that limits by the minute stay out of it */
    return r->method == METHOD_GET ? client_get(c, path) : client_post(c, path, "");
}

typedef void visit(size_t role, const struct route *r, const char *path);

static void each(visit *fn)
{
    failures = asked = 0;
    for (size_t m = 0; m < module_count; m++)
        for (size_t k = 0; k < modules[m]->route_count; k++) {
            const struct route *r = &modules[m]->routes[k];
            if (leaves_the_table(r)) continue;
            /* The clock goes on with every request; nobody's session may end idle meanwhile. */
            for (size_t i = 0; k % 16 == 0 && i < ROLES; i++)
                sign_in(i);
            const char *path = address(r->path);
            for (size_t i = 0; i < ROLES; i++)
                fn(i, r, path);
        }
    print_message("%lld requests\n", (long long)asked);
    assert_int_equal(failures, 0);
    assert_true(asked > 50);
}

static void deny(size_t i, const struct route *r, const char *path)
{
    const struct role *role = &roles[i];
    if (granted(role, r->allow.permission)) return;
    int status = ask(&clients[i], r, path).status;
    if (role->kind == ACTOR_ANYONE)
        expect(role, r, path, status, status == 401, "401");
    else
        expect(role, r, path, status, status == 403, "403");
}

static void who_lacks_the_permission_is_refused(void **state)
{
    (void)state;
    each(deny);
}

static void lead_to_the_door(size_t i, const struct route *r, const char *path)
{
    if (roles[i].kind != ACTOR_ANYONE || r->method != METHOD_GET || granted(&roles[i], r->allow.permission))
        return;
    struct client browser = clients[i];
    browser.json = false;
    struct answer a = ask(&browser, r, path);
    /* A self-service terminal signs in where officers do. */
    bool office = strncmp(path, "/office", 7) == 0 || strncmp(path, "/kiosk", 6) == 0;
    expect(&roles[i], r, path, a.status,
           a.status == 303 && str_starts(a.location, office ? STR("/office/sign-in") : STR("/sign-in")),
           "303 to the door");
}

static void who_has_not_signed_in_is_led_to_the_right_door(void **state)
{
    (void)state;
    each(lead_to_the_door);
}

/* A row of somebody else looks like none. */
static bool foreign(const struct role *role, const struct route *r)
{
    return r->scope.check && role->standing == STRANGER && strncmp(r->path, "/office/officers", 16) != 0;
}

static void hide(size_t i, const struct route *r, const char *path)
{
    if (!granted(&roles[i], r->allow.permission) || !foreign(&roles[i], r)) return;
    int status = ask(&clients[i], r, path).status;
    expect(&roles[i], r, path, status, status == 404, "404");
}

static void a_row_of_somebody_else_does_not_exist(void **state)
{
    (void)state;
    each(hide);
}

/* Counted over the lists of offices: those at home that name the row, those elsewhere that do. */
static int64_t named_at_home, named_elsewhere;
static int64_t listed_row;
static const char *listed_under;

static void look_for(size_t i, const struct route *r, const char *path)
{
    bool county = roles[i].login && strncmp(roles[i].login, "county.", 7) == 0;
    if (roles[i].kind != ACTOR_OFFICER || (roles[i].standing == STRANGER && !county)) return;
    if (r->method != METHOD_GET || strchr(r->path, '{') || strncmp(r->path, "/office", 7) != 0 ||
        !granted(&roles[i], r->allow.permission))
        return;
    bool named =
        answer_has(ask(&clients[i], r, path),
                   str_z(app->arena, str_fmt(app->arena, "%s%lld\"", listed_under, (long long)listed_row)));
    (*(county ? &named_elsewhere : &named_at_home)) += named;
    expect(&roles[i], r, path, 0, !(county && named), "none of the other division's rows");
}

static void lists_of_another_division_name_none_of_its_rows(void **state)
{
    const struct {
        const char *under;
        int64_t id;
    } rows[] = {{"/office/cases/", case_row}, {"/office/licences/", licence}, {"/office/ratings/", rating}};
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        listed_under = rows[k].under;
        listed_row = rows[k].id;
        named_at_home = named_elsewhere = 0;
        each(look_for);
        assert_true(named_at_home > 0);
        assert_int_equal(named_elsewhere, 0);
    }
}

static void forge(size_t i, const struct route *r, const char *path)
{
    if (r->method != METHOD_POST || roles[i].kind == ACTOR_ANYONE || !granted(&roles[i], r->allow.permission))
        return;
    struct client c = clients[i];
    c.without_token = true;
    int status = ask(&c, r, path).status;
    expect(&roles[i], r, path, status, status == 403, "403 for want of a token");
}

static void no_change_is_taken_without_the_token_of_the_session(void **state)
{
    (void)state;
    each(forge);
}

/* Missing for everybody alike: this installation is no node, and nobody has witnessed its log. */
static bool absent(const char *path)
{
    static const char *const paths[] = {"/nodes/anchor", "/nodes/directory", "/log/cosigned"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strcmp(path, paths[i]) == 0) return true;
    return false;
}

/* Nothing was sent but the address: an answer, a redirect, or what is wrong with it; never a fault, never
 * another's refusal. */
static void serve(size_t i, const struct route *r, const char *path)
{
    const struct role *role = &roles[i];
    if (!granted(role, r->allow.permission) || foreign(role, r)) return;
    if (strcmp(r->path, "/metrics") == 0) return; /* answers by address, not by account */
    int status = ask(&clients[i], r, path).status;
    if (r->refusal_status) { /* the door of systems, in the words of their protocol: no account opens it */
        expect(role, r, path, status, status == 401, "401 for want of a system");
        return;
    }
    if (status == 404 && absent(r->path)) return;
    bool right = status < 500 && status != 401;
    if (r->method == METHOD_GET && !strchr(r->path, '{'))
        right = status == 200 || status == 303 || status == 422 || str_ends(str_c(path), STR("/receive"));
    if (role->standing == OWNER && r->method == METHOD_GET && r->scope.check &&
        !strchr(strchr(r->path, '{') + 1, '{'))
        right = status < 404 || status == 409;
    expect(role, r, path, status, right, "an answer");
}

static void who_has_the_permission_is_answered(void **state)
{
    (void)state;
    each(serve);
}

/* Addresses and names of tables of a provider are for its own people and for who agrees to them. */
static void where_data_come_from_is_shown_to_their_department_and_the_manager_alone(void **state)
{
    struct client *manager = &clients[ROLES - 1];
    (void)state;
    for (size_t i = 0; i < ROLES; i++)
        sign_in(i);
    int64_t entry = number_after(must(client_get(manager, "/office/exchange?q=%E4%BA%BA%E5%8F%A3")).body,
                                 "/office/exchange/entries/");
    failures = asked = 0;
    for (size_t i = 0; i < ROLES; i++) {
        if (!granted(&roles[i], "exchange.read")) continue;
        bool may =
            strncmp(roles[i].login, "public-security.", 16) == 0 || has_role(&roles[i], STR("data_manager"));
        const struct route look = {.method = METHOD_GET, .allow = {"exchange.read"}};
        const char *path =
            str_z(app->arena, str_fmt(app->arena, "/office/exchange/entries/%lld", (long long)entry));
        struct answer page = ask(&clients[i], &look, path);
        expect(&roles[i], &look, path, page.status, page.status == 200, "200");
        path = str_z(app->arena, str_fmt(app->arena, "%s/source", path));
        expect(&roles[i], &look, path, 0, answer_has(page, path) == may, "the way to the source for its own");
        int status = ask(&clients[i], &look, path).status;
        expect(&roles[i], &look, path, status, status == (may ? 200 : 404), may ? "200" : "404");
    }
    assert_int_equal(failures, 0);
    assert_true(asked >= 12);
}

static void a_session_that_was_ended_opens_nothing(void **state)
{
    struct client c = clients[1];
    (void)state;
    struct client kept = c;
    assert_int_equal(client_get(&c, "/me").status, 200);
    must(client_post(&c, "/sign-out", ""));
    assert_int_equal(client_get(&kept, "/me").status, 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_lacks_the_permission_is_refused),
        cmocka_unit_test(who_has_not_signed_in_is_led_to_the_right_door),
        cmocka_unit_test(a_row_of_somebody_else_does_not_exist),
        cmocka_unit_test(lists_of_another_division_name_none_of_its_rows),
        cmocka_unit_test(no_change_is_taken_without_the_token_of_the_session),
        cmocka_unit_test(who_has_the_permission_is_answered),
        cmocka_unit_test(where_data_come_from_is_shown_to_their_department_and_the_manager_alone),
        cmocka_unit_test(a_session_that_was_ended_opens_nothing),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
