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
    {"self-service terminal", "kiosk1", "kiosk", ACTOR_OFFICER, NEITHER},
    {"steward", "test.steward", "steward", ACTOR_OFFICER, NEITHER},
    {"data manager", "data1", "data_manager", ACTOR_OFFICER, NEITHER},
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static struct testapp *app;
static struct client clients[ROLES];
static int64_t item, draft, bundle, desk_bundle, case_row, licence, message, mandate, officer, rating, call;
static int64_t entry, population, permit, erasure, system_row, correction, demand, decision, form_row,
    process;
enum { PLANTED = 780101 }; /* rows no page makes at once: the id they all have, each in its table */
static const int64_t planted = PLANTED, own_appointment = PLANTED + 1;
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
        bool county = roles[r].login && strncmp(roles[r].login, "county.", 7) == 0;
        if (!county && strcmp(roles[r].name, "steward") != 0) continue;
        struct account a = {.kind = ACTOR_OFFICER,
                            .unit = county ? u.id : 0,
                            .login = str_c(roles[r].login),
                            .roles = str_c(roles[r].roles),
                            .area = county ? u.division : STR_EMPTY,
                            .label = str_c(roles[r].name),
                            .active = true};
        if (!account_create(c, &a, STR("-"))) return false;
    }
    return true;
}

/* What follows from time, from a queue, from a second person or from another program. */
static bool plant(struct ctx *c)
{
    static const char *const rows[] = {
        "INSERT INTO supervision_finding (id, case_id, case_no, item_name, unit_id, division, rule, "
        "rule_version, "
        "kind, level, place, account, since, found, ended, excused, order_id) SELECT $1, id, case_no, "
        "item_name, "
        "unit_id, division, 'case-over', 1, 'case_over', 2, '', 0, $3, $3, 0, 0, 0 FROM case_file WHERE id = "
        "$2",
        "INSERT INTO supervision_order (id, finding_id, case_id, case_no, item_name, unit_id, division, "
        "applicant, "
        "level, issued_by, issued, days, due, status, closed) SELECT $1, $1, id, case_no, item_name, "
        "unit_id, "
        "division, applicant, 2, 0, $3, 5, $3 + 864000000, 'open', 0 FROM case_file WHERE id = $2",
        "INSERT INTO desk_ticket (id, hall, day, letter, number, waits_for, state, place, issued, called, "
        "calls, "
        "account) SELECT $1, division, 0, 'A', 900, '', 'waiting', '', $3, 0, 0, 0 FROM case_file WHERE id = "
        "$2",
        "INSERT INTO desk_appointment (id, hall, letter, day, slot, place, item, subject, ticket, made) "
        "SELECT $1, "
        "division, 'A', 30000, '09:00-09:30', 1, item, applicant, 0, $3 FROM case_file WHERE id = $2",
        "INSERT INTO desk_appointment (id, hall, letter, day, slot, place, item, subject, ticket, made) "
        "SELECT $1 + 1, "
        "division, 'A', 30000, '09:00-09:30', 2, item, applicant, 0, $3 FROM case_file WHERE id = $2",
        "INSERT INTO desk_list (id, unit_id, division, papers, given_by, given, taken_by, taken) SELECT $1, "
        "unit_id, "
        "division, 0, 0, $3, 0, 0 FROM case_file WHERE id = $2",
        "INSERT INTO desk_parcel (id, case_id, case_no, division, applicant, carrier, number, state, sent, "
        "changed, "
        "account) SELECT $1, id, case_no, division, applicant, 'EMS', '7801', 'sent', $3, $3, 0 FROM "
        "case_file "
        "WHERE id = $2",
        "INSERT INTO bundle_file (id, number, code, version, name, division, applicant, organisation, agent, "
        "clerk, "
        "status, situations, answers, days, created, submitted, due, due_order, yellow_at, red_at, paused, "
        "closed, "
        "handed, handed_by) SELECT $1, 'planted', b.code, b.version, b.name, f.division, b.applicant, 0, 0, "
        "0, "
        "'sent', b.situations, NULL, -1, $3, $3, 0, 0, 0, 0, 0, 0, 0, 0 FROM bundle_file b JOIN case_file f "
        "ON f.id "
        "= $2 WHERE b.code = 'newborn' AND b.clerk = 0",
        "INSERT INTO bundle_member (file, position, member, item, item_name, unit_id, case_id, case_no, "
        "status, "
        "result, paused, opened, closed) SELECT $1, 0, 'birth', item, item_name, unit_id, id, case_no, "
        "status, '', "
        "0, $3, 0 FROM case_file WHERE id = $2",
        "INSERT INTO erasure (subject, status, asked, first_by, first_at, second_by, second_at, until, look, "
        "erased) "
        "SELECT MAX(s.id), 'asked', $3, 0, 0, 0, 0, 0, 0, 0 FROM subject s JOIN case_file f ON f.id = $2 "
        "JOIN subject "
        "a ON a.id = f.applicant WHERE s.kind = a.kind AND s.id <> a.id AND $1 > 0",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!db_exec(&c->tx, rows[i], DB_I(PLANTED), DB_I(case_row), DB_I(c->now))) return false;
    if (!db_exec(&c->tx,
                 "INSERT INTO watch_alarm (id, kind, day, system, operator, subject_index, subject, unit, "
                 "resource, "
                 "state, "
                 "seen, first_call, last_call, raised, due, owner, outcome, words, closed_by, closed_at) "
                 "SELECT $1, "
                 "'bulk', "
                 "1, 0, '', $4, 0, unit_id, 0, 'open', 1, 0, 0, $3, $3 + 864000000, 0, '', $4, 0, 0 FROM "
                 "case_file "
                 "WHERE id "
                 "= $2",
                 DB_I(PLANTED), DB_I(case_row), DB_I(c->now), DB_B(STR_EMPTY)))
        return false;
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT subject FROM erasure")) return false;
    erasure = db_int(&r, 0, 0);
    return true;
}

static struct client *as(const char *name)
{
    for (size_t r = 0; r < ROLES; r++)
        if (strcmp(roles[r].name, name) == 0) return &clients[r];
    fail_msg("no role %s", name);
    return NULL;
}

static int64_t first_in(const char *role, const char *list, const char *mark)
{
    return number_after(must(client_get(as(role), list)).body, mark);
}

/* Rows of data sharing and of what is drawn up here, and life events at the counter and sent. */
static void open_catalogues(void)
{
    struct client *steward = as("data steward"), *person = as("person"), *desk = as("desk");
    population =
        first_in("data manager", "/office/exchange?q=%E4%BA%BA%E5%8F%A3", "/office/exchange/entries/");
    entry = first_in("data manager", "/office/exchange?q=%E6%88%90%E7%BB%A9", "/office/exchange/entries/");
    permit = first_in("data steward", "/office/exchange/permits?f=all", "/office/exchange/permits/");
    must(client_post(steward, "/office/exchange/systems", "code=test-system&name=xx"));
    system_row = first_in("data steward", "/office/exchange/systems", "/office/exchange/systems/");
    decision = first_in("editor", "/office/decisions", "/office/decisions/");
    process = first_in("editor", "/office/processes", "/office/processes/");
    must(client_post(as("editor"), "/office/forms/new", "code=test-form&name=x&en=x"));
    form_row = first_in("editor", "/office/forms", "/office/forms/");
    must(client_post(steward, "/office/exchange/demands-new", "name=xx&service=x&basis=xxx&cycle=realtime"));
    demand = first_in("data steward", "/office/exchange/demands", "/office/exchange/demands/");
    postf(person, "words=xxxxx", "/me/exchange/%lld/object", (long long)call);
    postf(desk, "number=78010119940318002X&item=name&words=xxxxx", "/office/exchange/entries/%lld/correct",
          (long long)population);
    correction = first_in("desk", "/office/exchange/corrections?f=asked", "/office/exchange/corrections/");
    int64_t subject = number_after(
        must(client_post(desk, "/office/desk",
                         "id_number=78010119940318002X&name=%E6%9E%97%E6%99%93%E7%A6%BE&purpose=apply"))
            .body,
        "person=");
    char form[80];
    snprintf(form, sizeof form, "person=%lld&card=yes&refund=no", (long long)subject);
    desk_bundle = number_after(must(client_post(desk, "/office/desk/bundles/newborn", form)).body,
                               "/office/desk/bundle/");
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
    testapp_write(app, plant, NULL);
    open_catalogues();
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* The row that stands for the first name of an address, and to whom it is as if it were not there. */
enum {
    KIN = 1,    /* persons who are strangers */
    OFFICE = 2, /* officers elsewhere */
    UNITS = 4   /* officers elsewhere but supervisors: they and the manager see all data sharing of the
                   installation */
};
static const struct row_place {
    const char *start;
    const int64_t *id;
    int strangers;
} places[] = {
    {"/apply/{", &draft, KIN},
    {"/cases/{", &case_row, KIN},
    {"/licences/{", &licence, KIN},
    {"/me/messages/{", &message, KIN},
    {"/me/mandates/{", &mandate, KIN},
    {"/me/bundles/{", &bundle, KIN},
    {"/me/exchange/{", &call, KIN},
    {"/me/appointments/{", &own_appointment, KIN},
    {"/kiosk/apply/{", &draft, OFFICE},
    {"/kiosk/cases/{", &case_row, OFFICE},
    {"/kiosk/licences/{", &licence, OFFICE},
    {"/kiosk/appointments/{", &planted, OFFICE},
    {"/kiosk/ticket/{", &planted, 0},
    {"/office/cases/{", &case_row, OFFICE},
    {"/office/exit/{", &case_row, OFFICE},
    {"/office/licences/{", &licence, OFFICE},
    {"/office/ratings/{", &rating, OFFICE},
    {"/office/bundles/{", &planted, OFFICE},
    {"/office/desk/bundle/{", &desk_bundle, OFFICE},
    {"/office/handover/{", &planted, OFFICE},
    {"/office/parcels/{", &planted, OFFICE},
    {"/office/supervision/cases/{", &case_row, OFFICE},
    {"/office/supervision/findings/{", &planted, OFFICE},
    {"/office/supervision/orders/{", &planted, OFFICE},
    {"/office/exchange/calls/{", &call, UNITS},
    {"/office/exchange/permits/{", &permit, UNITS},
    {"/office/exchange/systems/{", &system_row, OFFICE},
    {"/office/exchange/objections/{", &call, UNITS},
    {"/office/exchange/corrections/{", &correction, OFFICE},
    /* what the whole installation has in common */
    {"/office/queue/{", &planted, 0}, /* an installation has one hall */
    {"/office/appointments/{", &planted, 0},
    {"/office/exchange/alarms/{", &planted, 0}, /* the manager's and the supervisors' */
    {"/office/exchange/demands/{", &demand, 0},
    {"/office/exchange/entries/{", &entry, 0},
    {"/office/exchange/quality/{", &entry, 0},
    {"/office/officers/{", &officer, 0},
    {"/office/erasures/{", &erasure, 0},
    {"/office/catalogue/{", &item, 0},
    {"/office/decisions/{", &decision, 0},
    {"/office/processes/{", &process, 0},
    {"/office/forms/{", &form_row, 0},
    {"/items/{", &item, 0},
};
enum { PLACES = sizeof places / sizeof places[0] };
static const int64_t nothing_much = 1;

static const struct row_place *place_of(const char *path)
{
    for (size_t i = 0; i < PLACES; i++)
        if (strncmp(path, places[i].start, strlen(places[i].start)) == 0) return &places[i];
    return NULL;
}

/* The address of a route with the rows above in the place of its names. */
static const char *address(const char *path)
{
    const struct row_place *p = place_of(path);
    int64_t id = p ? *p->id : nothing_much;
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
    if (!r->scope.check) return false;
    const struct row_place *p = place_of(r->path);
    if (!p) fail_msg("%s names no row of this table", r->path);
    bool terminal = strncmp(r->path, "/kiosk/", 7) == 0 && (p->strangers & OFFICE); /* nobody stands there */
    if (terminal || role->standing != STRANGER) return terminal;
    if (role->kind != ACTOR_OFFICER) return p->strangers & KIN;
    return p->strangers & OFFICE || (p->strangers & UNITS && !has_role(role, STR("supervisor")));
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

/* The rows that somebody was answered about: a row that is none hides nothing. */
static bool reached[PLACES];

/* Nothing was sent but the address: an answer, a redirect, or what is wrong with it; never a fault, never
 * another's refusal. */
static void serve(size_t i, const struct route *r, const char *path)
{
    const struct role *role = &roles[i];
    if (!granted(role, r->allow.permission) || foreign(role, r)) return;
    if (strcmp(r->path, "/metrics") == 0) return; /* answers by address, not by account */
    int status = ask(&clients[i], r, path).status;
    if (r->scope.check && status != 404) reached[place_of(r->path) - places] = true;
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
    for (size_t i = 0; i < PLACES; i++)
        if (!reached[i] && !(strncmp(places[i].start, "/kiosk/", 7) == 0 && places[i].strangers) &&
            strcmp(places[i].start, "/items/{") != 0)
            fail_msg("%s: nobody was ever shown this row", places[i].start);
}

/* Rows of who stands at the terminal, while they stand there. */
static bool stand_there(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM desk_visit") &&
           db_exec(&c->tx,
                   "INSERT INTO desk_visit (account, subject, code, tries, confirmed, until) SELECT $1, "
                   "applicant, "
                   "$2, 0, $3, $3 + 600000 FROM case_file WHERE id = $4",
                   DB_I(*(int64_t *)ctx_arg(c)), DB_B(STR_EMPTY), DB_I(c->now), DB_I(case_row));
}

/* Addresses and names of tables of a provider are for its own people and for who agrees to them. */
static void where_data_come_from_is_shown_to_their_department_and_the_manager_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROLES; i++)
        sign_in(i);
    failures = asked = 0;
    for (size_t i = 0; i < ROLES; i++) {
        if (!granted(&roles[i], "exchange.read")) continue;
        bool may =
            strncmp(roles[i].login, "public-security.", 16) == 0 || has_role(&roles[i], STR("data_manager"));
        const struct route look = {.method = METHOD_GET, .allow = {"exchange.read"}};
        const char *path =
            str_z(app->arena, str_fmt(app->arena, "/office/exchange/entries/%lld", (long long)population));
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

static int64_t account_of_terminal;

static bool find_terminal(struct ctx *c)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_OFFICER, STR("kiosk1"), &a, &hash)) return false;
    account_of_terminal = a.id;
    return true;
}

static void a_terminal_shows_the_rows_of_who_stands_there_while_they_do(void **state)
{
    static const char *const pages[] = {"/kiosk/apply/{id}/summary", "/kiosk/cases/{id}",
                                        "/kiosk/licences/{id}"};
    struct client *terminal = as("self-service terminal");
    (void)state;
    sign_in((size_t)(terminal - clients));
    testapp_write(app, find_terminal, NULL);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        assert_int_equal(client_get(terminal, address(pages[i])).status, 404);
    testapp_write(app, stand_there, &account_of_terminal);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (client_get(terminal, address(pages[i])).status / 100 == 4 &&
            client_get(terminal, address(pages[i])).status != 409)
            fail_msg("%s", pages[i]);
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
        cmocka_unit_test(a_terminal_shows_the_rows_of_who_stands_there_while_they_do),
        cmocka_unit_test(who_has_the_permission_is_answered),
        cmocka_unit_test(where_data_come_from_is_shown_to_their_department_and_the_manager_alone),
        cmocka_unit_test(a_session_that_was_ended_opens_nothing),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
