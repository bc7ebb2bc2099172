/* Every service that is shipped with a form of its own goes the whole way: from the first question over the
 * desk, review and decision to the licence in force, or to the result; for everyone it is for. */
#include "modules/cases/cases_walk_test.h"
#include "modules/licences/licences.h"

#include <dirent.h>

enum { SERVICES_MOST = 100, ROUNDS = 12 };

/* ---- what is shipped ---- */

static char codes[SERVICES_MOST][16];
static size_t code_count;

static void read_codes(void)
{
    DIR *folder = opendir("data/catalogue/full");
    assert_non_null(folder);
    for (const struct dirent *d = readdir(folder); d; d = readdir(folder))
        if (strncmp(d->d_name, "BI-", 3) == 0 && code_count < SERVICES_MOST)
            snprintf(codes[code_count++], sizeof codes[0], "%.*s", (int)strcspn(d->d_name, "."), d->d_name);
    closedir(folder);
}

/* ---- where a case stands ---- */

struct standing {
    int64_t id;
    struct arena *arena;
    struct str status, result, licence; /* licence: its status, "" where there is none */
    struct str kinds[16];               /* whose turn it can be: the owner, and who was asked */
    size_t kind_count;
    bool served;
};

static bool look(struct ctx *c)
{
    struct standing *s = ctx_arg(c);
    struct case_file f;
    struct licence l;
    struct db_rows r;
    bool found;
    if (!case_load(c, s->id, &f) || !licence_of_case(c, s->id, &l, &found) ||
        !db_query(&c->tx, &r, "SELECT DISTINCT unit_id FROM case_waiting WHERE case_id = $1", DB_I(s->id)))
        return false;
    s->status = str_dup(s->arena, f.status);
    s->result = str_dup(s->arena, f.result);
    s->licence = found ? str_dup(s->arena, l.status) : STR_EMPTY;
    s->kind_count = 0;
    for (size_t i = 0; i < r.rows && i < 16; i++)
        s->kinds[s->kind_count++] = str_dup(s->arena, orgs_unit(c, db_int(&r, i, 0))->kind);
    return true;
}

static struct standing standing(struct client *c, int64_t id)
{
    struct standing s = {.id = id, .arena = c->app->arena};
    testapp_read(app, look, &s);
    return s;
}

/* ---- the office ---- */

/* Does what leads on, if it is this officer's to do. */
static bool go_on(struct testapp *small, const char *login, int64_t id)
{
    static const char *const acts[] = {"/accept", "/pass", "/agree", "/grant"};
    struct client c = officer(login);
    c.app = small;
    c.json = true;
    struct answer page = client_getf(&c, "/office/cases/%lld", (long long)id);
    if (page.status != 200) return false;
    JSON_EACH(a, json_get(client_json(&c, page), "acts"))
    {
        struct str href = json_text_of(a, "action");
        for (size_t k = 0; k < sizeof acts / sizeof acts[0]; k++) {
            if (!str_ends(href, str_c(acts[k]))) continue;
            struct answer done =
                client_post(&c, str_z(small->arena, href), "note_grant=x&note_agree=x&note_pass=x");
            if (done.status / 100 != 2)
                fail_msg("%s %.*s: %d %.*s", login, STR_ARG(href), done.status, STR_ARG(done.body));
            return true;
        }
    }
    return false;
}

static bool somebody_goes_on(struct testapp *small, const struct standing *s)
{
    if (go_on(small, "desk1", s->id)) return true;
    for (size_t i = 0; i < s->kind_count; i++) {
        static const char *const roles[] = {"review", "decide"};
        for (size_t r = 0; r < 2; r++)
            if (go_on(small,
                      str_z(small->arena, str_fmt(small->arena, "%.*s.%s", STR_ARG(s->kinds[i]), roles[r])),
                      s->id))
                return true;
    }
    return false;
}

/* The system of another department, where a step of the process is its: it has nothing against it. */
static bool serve(struct ctx *c)
{
    struct standing *s = ctx_arg(c);
    s->served = case_seed_act(c, s->id, "served", STR("system"));
    err_clear(c->err);
    return true;
}

static bool a_system_answers(struct standing *s)
{
    testapp_write(app, serve, s);
    return s->served;
}

static bool is_over(const struct standing *s)
{
    return str_eq_c(s->status, "decided") || str_eq_c(s->status, "closed");
}

/* ---- the whole way ---- */

static void expect_result(struct client *c, const char *mobile, const char *code, const struct json *service,
                          int64_t id)
{
    struct standing s = standing(c, id);
    bool licence = json_is(json_get(service, "licence"), JSON_OBJECT);
    if (!str_eq_c(s.result, "granted")) fail_msg("%s: %.*s %.*s", code, STR_ARG(s.status), STR_ARG(s.result));
    if (licence ? !str_eq_c(s.licence, "valid") : s.licence.len > 0)
        fail_msg("%s: its licence is \"%.*s\"", code, STR_ARG(s.licence));
    struct answer page = client_getf(c, "/cases/%lld", (long long)id);
    assert_int_equal(page.status, 200);
    assert_true(answer_has(page, "\"decided\"") || answer_has(page, "\"closed\""));
    struct client self = person(mobile); /* an agent is told as the person they are */
    struct answer messages = client_get(&self, "/me/messages");
    if (!answer_has(messages, "准予")) fail_msg("%s: nobody was told: %.*s", code, STR_ARG(messages.body));
}

static void go(const char *code, bool organisation)
{
    struct testapp small = *app;
    const char *mobile = organisation                   ? SHOP
                         : strcmp(code, "BI-0012") == 0 ? STUDENT
                         : strcmp(code, "BI-0005") == 0 ? SAVER
                                                        : LIN;
    struct client c = person(mobile);
    struct walk w = {.c = &c};
    small.arena = arena_new(256 << 20);
    assert_non_null(small.arena);
    if (organisation) act_for_shop(&c);
    c.app = &small;
    if (!whole_way(&w, item_of(code), organisation))
        fail_msg("%s: %s %.*s", code, w.why ? w.why : "led nowhere", STR_ARG(w.body));
    struct standing s = standing(&c, w.id);
    for (int i = 0; i < ROUNDS && !is_over(&s); i++) {
        testapp_jobs(app);
        if (!somebody_goes_on(&small, &s) && !a_system_answers(&s))
            fail_msg("%s stands still: %.*s", code, STR_ARG(s.status));
        s = standing(&c, w.id);
    }
    testapp_jobs(app);
    expect_result(&c, mobile, code, w.service, w.id);
    arena_drop(small.arena);
}

static bool is_for(const char *code, bool organisation)
{
    struct client c = person(LIN);
    return service_of(&c, item_of(code), organisation) != NULL;
}

static void every_shipped_service_goes_from_sending_to_licence_or_result(void **state)
{
    size_t gone = 0;
    (void)state;
    read_codes();
    assert_true(code_count >= 12);
    for (size_t i = 0; i < code_count; i++)
        for (int organisation = 0; organisation < 2; organisation++) {
            if (!is_for(codes[i], organisation)) continue;
            go(codes[i], organisation);
            gone++;
        }
    print_message("%zu services, %zu ways\n", code_count, gone);
    assert_true(gone >= code_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_service_goes_from_sending_to_licence_or_result),
    };
    return cmocka_run_group_tests(tests, open_app, close_app);
}
