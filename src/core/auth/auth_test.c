#include "core/auth/auth_internal.h"
#include "core/base/time.h"
#include "testing/testserver.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- a module with permissions, so that roles mean something ---- */

static const struct permission PERMISSION_ROWS[] = {
    {"case.read", "Read cases", "clerk|decider"},
    {"case.decide", "Decide cases", "decider"},
};
static const struct module PLAIN = {.name = "plain", PERMISSIONS(PERMISSION_ROWS)};
static const struct module *const MODULES[] = {&PLAIN};

#define PASSWORD "correct horse battery"

/* One account, its browser's cookie, and what came back last. */
struct user {
    struct testserver *t;
    struct account account;
    const char *password; /* to try */
    const struct json *prepared;
    struct str token;
    struct actor actor;
    struct err err;
    int64_t organisation;
    const char *peer; /* where the sign-in comes from */
};

static int make(void **state)
{
    *state = testserver_open(MODULES, 1);
    return 0;
}

static int drop(void **state)
{
    testserver_close(*state);
    return 0;
}

static bool do_create(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    struct str hash;
    return password_hash(c->arena, STR(PASSWORD), &hash, c->err) && account_create(c, &u->account, hash);
}

static struct user new_user(struct testserver *t, enum actor_kind kind, const char *login)
{
    struct user u = {.t = t, .password = PASSWORD, .token = STR_EMPTY};
    u.account = (struct account){.kind = kind,
                                 .login = str_c(login),
                                 .area = STR("7801"),
                                 .roles = STR("clerk"),
                                 .label = STR("张三"),
                                 .level = 1,
                                 .unit = 7,
                                 .active = true};
    assert_true(testserver_write(t, do_create, &u, &u.err));
    return u;
}

static bool do_check(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    struct request req = {.peer = u->peer ? str_c(u->peer) : STR_EMPTY};
    c->req = &req;
    bool ok = auth_check(c, u->account.kind, u->account.login, str_c(u->password));
    c->req = NULL;
    if (!ok) return false;
    u->prepared = json_copy(u->t->arena, c->prepared);
    return true;
}

static bool load(struct ctx *c, struct user *u)
{
    return auth_load(c, u->token, STR("visit-visit-visit-visit"));
}

static bool do_sign_in(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    if (!load(c, u)) return false;
    c->prepared = (struct json *)u->prepared;
    if (!auth_sign_in(c)) return false;
    u->token = str_dup(u->t->arena, c->set_session);
    return true;
}

static bool sign_in(struct user *u)
{
    return testserver_read(u->t, do_check, u, &u->err) && testserver_write(u->t, do_sign_in, u, &u->err);
}

static bool do_load(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    if (!load(c, u)) return false;
    u->actor = c->actor;
    u->actor.name = str_dup(u->t->arena, ctx_actor_name(c));
    u->actor.acting_name = str_dup(u->t->arena, ctx_acting_name(c));
    u->actor.area = str_dup(u->t->arena, c->actor.area);
    u->actor.csrf = str_dup(u->t->arena, c->actor.csrf);
    return true;
}

static enum actor_kind who(struct user *u)
{
    assert_true(testserver_read(u->t, do_load, u, &u->err));
    return u->actor.kind;
}

static bool do_nothing(struct ctx *c)
{
    (void)c;
    return true;
}

/* Touches, and waits until the writer has come past it. */
static void touch(struct user *u)
{
    for (int i = 0; i < 3000 && who(u) && u->actor.touch; i++) {
        if (i % 100 == 0) auth_touch(u->t->server, &u->actor); /* one that failed is for the next request */
        assert_true(testserver_write(u->t, do_nothing, NULL, &u->err));
    }
}

static bool do_sign_out(struct ctx *c)
{
    return load(c, ctx_arg(c)) && auth_sign_out(c);
}

static bool do_save(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    return account_save(c, &u->account);
}

static bool do_set_password(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    struct str hash;
    return password_hash(c->arena, STR("another long sentence"), &hash, c->err) &&
           account_set_password(c, u->account.id, hash, false);
}

static bool do_act_for(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    return load(c, u) && auth_act_for(c, u->organisation, STR("百货公司"));
}

/* ---- sessions ---- */

static void sign_in_makes_the_account_act(void **state)
{
    struct user u = new_user(*state, ACTOR_OFFICER, "clerk01");
    assert_int_equal(who(&u), ACTOR_ANYONE);
    assert_true(sign_in(&u));
    assert_int_equal(u.token.len, TOKEN_TEXT);
    assert_int_equal(who(&u), ACTOR_OFFICER);
    assert_true(u.actor.account == u.account.id && u.actor.unit == 7 && u.actor.level == 1);
    assert_true(str_eq_c(u.actor.name, "张三") && str_eq_c(u.actor.area, "7801"));
    assert_int_not_equal(u.actor.permissions[0] | u.actor.permissions[1], 0);
    assert_false(u.actor.touch);
}

static void login_is_found_in_either_case_but_only_in_its_realm(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "Person01");
    u.account.login = STR(" pERSON01 ");
    assert_true(sign_in(&u));
    struct user officer = u;
    officer.account.kind = ACTOR_OFFICER;
    assert_false(sign_in(&officer));
    assert_string_equal(officer.err.code, "auth.wrong");
}

static void login_is_taken_once_in_a_realm(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    struct user again = u;
    again.account.login = STR("PERSON01");
    assert_false(testserver_write(*state, do_create, &again, &again.err));
    assert_string_equal(again.err.code, "account.exists");
    new_user(*state, ACTOR_OFFICER, "person01");
}

static void token_changes_at_every_sign_in_and_the_old_one_is_dead(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(sign_in(&u));
    struct user before = u;
    assert_true(sign_in(&u));
    assert_false(str_eq(before.token, u.token));
    assert_int_equal(who(&before), ACTOR_ANYONE);
    assert_int_equal(who(&u), ACTOR_PERSON);
}

static void session_of_another_is_not_guessed(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(sign_in(&u));
    char altered[TOKEN_TEXT];
    memcpy(altered, u.token.ptr, TOKEN_TEXT);
    altered[0] = altered[0] == 'A' ? 'B' : 'A';
    u.token = str_n(altered, TOKEN_TEXT);
    assert_int_equal(who(&u), ACTOR_ANYONE);
    u.token = STR("short");
    assert_int_equal(who(&u), ACTOR_ANYONE);
}

static void signed_out_session_is_nobody(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(sign_in(&u) && testserver_write(*state, do_sign_out, &u, &u.err));
    assert_int_equal(who(&u), ACTOR_ANYONE);
}

static void session_ends_after_idle_time(void **state)
{
    struct user officer = new_user(*state, ACTOR_OFFICER, "clerk01"),
                person = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(sign_in(&officer) && sign_in(&person));
    testserver_advance(30 * MS_MINUTE - 1);
    assert_int_equal(who(&officer), ACTOR_OFFICER);
    testserver_advance(1);
    assert_int_equal(who(&officer), ACTOR_ANYONE);
    assert_int_equal(who(&person), ACTOR_PERSON);
    testserver_advance(24 * MS_HOUR - 30 * MS_MINUTE);
    assert_int_equal(who(&person), ACTOR_ANYONE);
}

static void administrators_are_signed_out_sooner(void **state)
{
    static const char *const roles[] = {"system_admin", "security_admin", "editor|audit_admin"};
    for (int i = 0; i < 3; i++) {
        struct user u =
            new_user(*state, ACTOR_OFFICER, str_z(((struct testserver *)*state)->arena, str_c(roles[i])));
        u.account.roles = str_c(roles[i]);
        assert_true(testserver_write(*state, do_save, &u, &u.err));
        assert_true(sign_in(&u));
        testserver_advance(15 * MS_MINUTE - 1);
        assert_int_equal(who(&u), ACTOR_OFFICER);
        testserver_advance(1);
        assert_int_equal(who(&u), ACTOR_ANYONE);
    }
}

static void use_keeps_a_session_until_its_absolute_end(void **state)
{
    struct user u = new_user(*state, ACTOR_OFFICER, "clerk01");
    assert_true(sign_in(&u));
    for (int i = 0; i < 12 * 3 - 1; i++) {
        testserver_advance(20 * MS_MINUTE);
        assert_int_equal(who(&u), ACTOR_OFFICER);
        assert_true(u.actor.touch);
        touch(&u);
        assert_false(u.actor.touch);
    }
    testserver_advance(20 * MS_MINUTE);
    assert_int_equal(who(&u), ACTOR_ANYONE);
}

static bool do_count_sessions(struct ctx *c)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT count(*) FROM session")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&rows, 0, 0);
    return true;
}

static int64_t sessions(struct testserver *t)
{
    int64_t n = -1;
    struct err e;
    assert_true(testserver_read(t, do_count_sessions, &n, &e));
    return n;
}

static bool do_sweep(struct ctx *c)
{
    return auth_sweep(c);
}

static void sessions_do_not_pile_up(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    for (int i = 0; i < 25; i++) {
        u.token = STR_EMPTY; /* another browser */
        testserver_advance(1);
        assert_true(sign_in(&u));
    }
    assert_int_equal(sessions(*state), 20);
    assert_int_equal(who(&u), ACTOR_PERSON);
    testserver_advance(25 * MS_HOUR);
    assert_true(testserver_write(*state, do_sweep, NULL, &u.err));
    assert_int_equal(sessions(*state), 0);
}

static void account_that_changes_is_seen_at_once(void **state)
{
    struct user u = new_user(*state, ACTOR_OFFICER, "clerk01");
    assert_true(sign_in(&u));
    who(&u);
    uint64_t clerk = u.actor.permissions[0];
    u.account.roles = STR("decider");
    u.account.label = STR("李四");
    u.account.unit = 8;
    assert_true(testserver_write(*state, do_save, &u, &u.err));
    assert_int_equal(who(&u), ACTOR_OFFICER);
    assert_int_not_equal(u.actor.permissions[0], clerk);
    assert_true(str_eq_c(u.actor.name, "李四") && u.actor.unit == 8);
}

static void account_made_inactive_loses_its_sessions(void **state)
{
    struct user u = new_user(*state, ACTOR_OFFICER, "clerk01");
    assert_true(sign_in(&u));
    u.account.active = false;
    assert_true(testserver_write(*state, do_save, &u, &u.err));
    assert_int_equal(who(&u), ACTOR_ANYONE);
    assert_int_equal(sessions(*state), 0);
    assert_false(sign_in(&u));
    assert_string_equal(u.err.code, "auth.inactive");
    u.password = "not the password";
    assert_false(sign_in(&u));
    assert_string_equal(u.err.code, "auth.wrong");
}

static void new_password_ends_all_sessions(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(sign_in(&u));
    assert_true(testserver_write(*state, do_set_password, &u, &u.err));
    assert_int_equal(who(&u), ACTOR_ANYONE);
    assert_false(sign_in(&u));
    u.password = "another long sentence";
    assert_true(sign_in(&u));
}

static void password_changed_between_check_and_write_is_wrong(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_true(testserver_read(*state, do_check, &u, &u.err));
    assert_true(testserver_write(*state, do_set_password, &u, &u.err));
    assert_false(testserver_write(*state, do_sign_in, &u, &u.err));
    assert_string_equal(u.err.code, "auth.wrong");
}

static void session_may_act_for_a_firm(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    u.organisation = 42;
    assert_false(testserver_write(*state, do_act_for, &u, &u.err));
    assert_int_equal(u.err.kind, ERR_DENIED);
    assert_true(sign_in(&u) && testserver_write(*state, do_act_for, &u, &u.err));
    who(&u);
    assert_true(u.actor.acting_for == 42 && str_eq_c(u.actor.acting_name, "百货公司"));
    u.organisation = 0;
    assert_true(testserver_write(*state, do_act_for, &u, &u.err));
    who(&u);
    assert_true(u.actor.acting_for == 0 && u.actor.acting_name.len == 0);
}

static bool do_find_plain(struct ctx *c)
{
    struct db_rows rows;
    if (!db_query(&c->tx, &rows, "SELECT login, label FROM account")) return false;
    bool *found = ctx_arg(c);
    for (size_t i = 0; i < rows.rows; i++)
        *found |= str_find(db_str(&rows, i, 0), STR("13900000000")) != SIZE_MAX ||
                  str_find(db_str(&rows, i, 1), STR("张三")) != SIZE_MAX;
    if (!db_query(&c->tx, &rows, "SELECT label, token FROM session")) return false;
    *found |= str_find(db_str(&rows, 0, 0), STR("张三")) != SIZE_MAX;
    return true;
}

static void names_and_logins_do_not_lie_open_in_the_database(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "13900000000");
    bool found = false;
    assert_true(sign_in(&u) && testserver_read(*state, do_find_plain, &found, &u.err));
    assert_false(found);
}

/* ---- wrong passwords ---- */

static const char *try_wrong(struct user *u, int times)
{
    u->password = "not the password";
    for (int i = 0; i < times; i++)
        assert_false(sign_in(u));
    u->password = PASSWORD;
    return u->err.code;
}

static void five_wrong_passwords_let_the_login_rest(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    assert_string_equal(try_wrong(&u, 4), "auth.wrong");
    assert_true(sign_in(&u)); /* forgets the four */
    assert_string_equal(try_wrong(&u, 5), "auth.wrong");
    assert_false(sign_in(&u));
    assert_int_equal(u.err.kind, ERR_BUSY);
    assert_string_equal(u.err.code, "auth.locked");
    assert_string_equal(u.err.arg, "1");
    testserver_advance(MS_MINUTE);
    assert_true(sign_in(&u));
}

static void rest_doubles_up_to_an_hour(void **state)
{
    static const int minutes[] = {1, 2, 4, 8, 16, 32, 60, 60};
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    try_wrong(&u, 4);
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        assert_string_equal(try_wrong(&u, 1), "auth.wrong");
        testserver_advance(minutes[i] * MS_MINUTE - 1);
        assert_false(sign_in(&u));
        assert_string_equal(u.err.code, "auth.locked");
        testserver_advance(1);
    }
    assert_true(sign_in(&u));
}

static void wrong_passwords_of_others_lock_nobody_out(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01"), other = u;
    u.peer = "192.0.2.1";
    other.peer = "192.0.2.2";
    assert_string_equal(try_wrong(&other, 6), "auth.locked");
    assert_true(sign_in(&u));
    assert_false(sign_in(&other)); /* a sign-in elsewhere does not free the one who guesses */
    assert_string_equal(other.err.code, "auth.locked");
}

static void addresses_of_one_network_count_as_one(void **state)
{
    static const char *const own[] = {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"};
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    for (int i = 0; i < 5; i++) {
        u.peer = own[i % 3];
        assert_string_equal(try_wrong(&u, 1), "auth.wrong");
    }
    assert_string_equal(try_wrong(&u, 1), "auth.locked");
    u.peer = "2001:db8:1:3::1";
    assert_true(sign_in(&u));
}

/* As if that many had been counted before, from addresses all over the world. */
static bool do_count_to_48(struct ctx *c)
{
    const struct user *u = ctx_arg(c);
    int64_t changed = 0;
    return db_exec_count(&c->tx, &changed,
                         "UPDATE sign_in_failure SET failures = 48 WHERE realm = $1 AND login_index = $2",
                         DB_I(u->account.kind), DB_B(login_index(c, u->account.kind, u->account.login))) &&
           changed == 1;
}

static void fifty_wrong_passwords_in_an_hour_let_the_login_rest_for_all(void **state)
{
    struct user known = new_user(*state, ACTOR_PERSON, "person01"), unknown = known;
    unknown.account.login = STR("nobody01");
    struct user *each[] = {&known, &unknown};
    for (int i = 0; i < 2; i++) {
        struct user *u = each[i];
        u->peer = "192.0.2.1";
        assert_string_equal(try_wrong(u, 1), "auth.wrong");
        assert_true(testserver_write(*state, do_count_to_48, u, &u->err));
        u->peer = "192.0.2.2";
        assert_string_equal(try_wrong(u, 1), "auth.wrong");
        u->peer = "192.0.2.3";
        assert_string_equal(try_wrong(u, 1), "auth.wrong");
        u->peer = "192.0.2.4";
        assert_string_equal(try_wrong(u, 1), "auth.locked");
        assert_string_equal(u->err.arg, "1");
    }
    testserver_advance(MS_MINUTE);
    assert_true(sign_in(&known));
    /* A sign-in does not begin the count anew; the end of the hour does. */
    known.peer = "192.0.2.5";
    assert_string_equal(try_wrong(&known, 1), "auth.wrong");
    assert_string_equal(try_wrong(&known, 1), "auth.locked");
    assert_string_equal(known.err.arg, "2");
    testserver_advance(MS_HOUR);
    assert_string_equal(try_wrong(&known, 1), "auth.wrong");
    assert_true(sign_in(&known));
}

static void unknown_login_behaves_like_a_known_one(void **state)
{
    struct user known = new_user(*state, ACTOR_PERSON, "person01"), unknown = known;
    unknown.account.login = STR("nobody01");
    int64_t times[2] = {0, 0};
    for (int i = 0; i < 5; i++) {
        int64_t begun = time_monotonic_us();
        assert_string_equal(try_wrong(&known, 1), "auth.wrong");
        times[0] += time_monotonic_us() - begun;
        begun = time_monotonic_us();
        assert_string_equal(try_wrong(&unknown, 1), "auth.wrong");
        times[1] += time_monotonic_us() - begun;
    }
    /* Both spend the time of one Argon2id: were one skipped, the ratio would be far beyond this. */
    assert_true(times[0] < times[1] * 4 && times[1] < times[0] * 4);
    assert_string_equal(try_wrong(&known, 1), "auth.locked");
    assert_string_equal(try_wrong(&unknown, 1), "auth.locked");
    unknown.password = PASSWORD;
    testserver_advance(MS_DAY);
    assert_false(sign_in(&unknown));
}

static void empty_and_hostile_passwords_are_just_wrong(void **state)
{
    struct user u = new_user(*state, ACTOR_PERSON, "person01");
    u.password = "";
    assert_false(sign_in(&u));
    u.password = PASSWORD " ";
    assert_false(sign_in(&u));
    u.account.login = STR("");
    u.password = PASSWORD;
    assert_false(sign_in(&u));
    assert_string_equal(u.err.code, "auth.wrong");
    u.account.login = STR("' OR 1=1 --");
    assert_false(sign_in(&u));
}

/* ---- tokens against forgery ---- */

struct forged {
    struct user *u;
    struct str token;
    bool ok;
};

static bool do_csrf(struct ctx *c)
{
    struct forged *f = ctx_arg(c);
    if (!load(c, f->u)) return false;
    f->ok = auth_csrf_ok(c, f->token);
    return true;
}

static bool csrf_ok(struct user *u, struct str token)
{
    struct forged f = {u, token, false};
    assert_true(testserver_read(u->t, do_csrf, &f, &u->err));
    return f.ok;
}

static void form_token_belongs_to_one_session(void **state)
{
    struct user a = new_user(*state, ACTOR_PERSON, "person01"),
                b = new_user(*state, ACTOR_PERSON, "person02");
    who(&a);
    struct str visit = a.actor.csrf;
    assert_int_equal(visit.len, CSRF_TEXT);
    assert_true(csrf_ok(&a, visit));
    assert_true(sign_in(&a) && sign_in(&b));
    assert_false(csrf_ok(&a, visit)); /* what a visitor was given before */
    who(&a);
    who(&b);
    assert_true(csrf_ok(&a, a.actor.csrf) && csrf_ok(&b, b.actor.csrf));
    assert_false(csrf_ok(&a, b.actor.csrf));
    assert_false(csrf_ok(&a, STR_EMPTY));
    assert_false(csrf_ok(&a, str_slice(a.actor.csrf, 0, CSRF_TEXT - 1)));
}

static bool do_no_visit(struct ctx *c)
{
    if (!auth_load(c, STR_EMPTY, STR_EMPTY)) return false;
    *(bool *)ctx_arg(c) = auth_csrf_ok(c, STR_EMPTY) || c->actor.csrf.len;
    return true;
}

static void nobody_without_a_visit_has_no_token(void **state)
{
    bool any = true;
    struct err e;
    assert_true(testserver_read(*state, do_no_visit, &any, &e));
    assert_false(any);
}

/* ---- limits ---- */

struct tries {
    const char *purpose, *key;
    int most, allowed, count;
};

static bool do_limit(struct ctx *c)
{
    struct tries *t = ctx_arg(c);
    t->allowed = 0;
    for (int i = 0; i < t->count; i++) {
        bool ok = auth_limit(c, t->purpose, str_c(t->key), t->most, MS_MINUTE);
        t->allowed += ok;
        if (!ok) assert_string_equal(c->err->code, "limit");
        err_clear(c->err);
    }
    return true;
}

static int allowed(void **state, const char *purpose, const char *key, int count)
{
    struct tries t = {purpose, key, 5, 0, count};
    struct err e;
    assert_true(testserver_read(*state, do_limit, &t, &e));
    return t.allowed;
}

static void attempts_are_limited_for_each_purpose_and_key(void **state)
{
    assert_int_equal(allowed(state, "code", "a", 9), 5);
    assert_int_equal(allowed(state, "code", "b", 9), 5);
    assert_int_equal(allowed(state, "verify", "a", 9), 5);
    testserver_advance(MS_MINUTE / 2);
    assert_int_equal(allowed(state, "code", "a", 1), 0);
    testserver_advance(MS_MINUTE);
    assert_int_equal(allowed(state, "code", "a", 9), 5);
}

static void no_stretch_of_a_window_has_more_attempts(void **state)
{
    int64_t at[200] = {0};
    int taken = 0;
    for (int i = 0; i < 200; i++) {
        testserver_advance(1700);
        if (allowed(state, "code", "slow", 1)) at[taken++] = testserver_now();
    }
    assert_true(taken > 15);
    for (int i = 5; i < taken; i++)
        assert_true(at[i] - at[i - 5] >= MS_MINUTE);
}

static bool do_limit_kept(struct ctx *c)
{
    return auth_limit_kept(c, "try", STR("0123"), 3, MS_HOUR);
}

static bool may_try(struct testserver *t)
{
    struct err e = {0};
    return testserver_read(t, do_limit_kept, NULL, &e);
}

/* What is in memory goes with the process; these do not. */
static void a_kept_limit_outlives_a_restart_and_its_window_ends(void **state)
{
    struct testserver *t = *state;
    struct err e = {0};
    for (int i = 0; i < 3; i++)
        assert_true(may_try(t));
    assert_false(may_try(t));
    auth_stop(t->server);
    assert_true(auth_start(t->server, &e));
    assert_false(may_try(t));
    testserver_advance(MS_HOUR - 1);
    assert_false(may_try(t));
    testserver_advance(1);
    assert_true(may_try(t));
}

static void flood_of_keys_does_not_free_a_limited_one_at_once(void **state)
{
    struct limits *l = limits_new();
    struct arena *a = arena_new(8 << 20);
    for (int i = 0; i < 5; i++)
        assert_true(limits_count(l, "p", STR("victim"), 5, MS_MINUTE, 1000));
    for (int i = 0; i < 2000; i++)
        assert_true(limits_count(l, "p", str_fmt(a, "flood%d", i), 5, MS_MINUTE, 1001));
    assert_false(limits_count(l, "p", STR("victim"), 5, MS_MINUTE, 1002));
    arena_drop(a);
    limits_drop(l);
    (void)state;
}

/* ---- passwords ---- */

struct wish {
    const char *login, *password;
    enum actor_kind kind;
};

static bool do_acceptable(struct ctx *c)
{
    struct wish *w = ctx_arg(c);
    return auth_password_acceptable(c, str_c(w->login), str_c(w->password), w->kind);
}

static bool acceptable(void **state, enum actor_kind kind, const char *login, const char *password)
{
    struct wish w = {login, password, kind};
    struct err e;
    bool ok = testserver_read(*state, do_acceptable, &w, &e);
    if (!ok) assert_string_equal(e.fields[0].field, "password");
    return ok;
}

static void easy_passwords_are_refused(void **state)
{
    static const char *const easy[] = {
        "short",        "123456789",    "1234567890",     "0987654321",     "password123",
        "P@ssw0rd2026", "Tongban2026!", "qwertyuiop",     "1qaz2wsx3edc",   "aaaaaaaaaa",
        "abcabcabcabc", "1212121212",   "woaini1314520",  "19920813199208", "abcdefghijkl",
        "!!!!!!!!!!",   "zhangsan8888", "person01person", "xxPERSON01xx",
    };
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++)
        if (acceptable(state, ACTOR_PERSON, "person01", easy[i])) fail_msg("%s was accepted", easy[i]);
    static const char *const good[] = {"correct horse battery", "春眠不觉晓处处闻啼鸟", "Tb7-kx9-rq2-wm4",
                                       "river under 3 bridges"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!acceptable(state, ACTOR_PERSON, "person01", good[i])) fail_msg("%s was refused", good[i]);
    assert_true(acceptable(state, ACTOR_PERSON, "p", "kx9-rq2-wm"));
    assert_false(acceptable(state, ACTOR_OFFICER, "p", "kx9-rq2-wm"));
}

/* ---- lists ---- */

static bool do_lists(struct ctx *c)
{
    struct account *list;
    size_t count;
    if (!account_list(c, ACTOR_OFFICER, 0, 10, &list, &count)) return false;
    assert_int_equal(count, 2);
    assert_true(str_eq_c(list[0].login, "clerk01") && str_eq_c(list[0].label, "张三"));
    if (!account_list(c, ACTOR_OFFICER, list[0].id, 10, &list, &count)) return false;
    assert_int_equal(count, 1);
    assert_true(str_eq_c(list[0].login, "clerk02"));
    struct json *roles = json_array(c->arena);
    if (!roles_list(c, roles)) return false;
    assert_true(str_eq_c(json_to_str(c->arena, roles),
                         "[{\"name\":\"clerk\",\"permissions\":[\"case.read\"]},"
                         "{\"name\":\"decider\",\"permissions\":[\"case.read\",\"case.decide\"]}]"));
    struct account none;
    return account_load(c, 1, &none);
}

static void accounts_and_roles_are_listed(void **state)
{
    struct err e;
    new_user(*state, ACTOR_OFFICER, "clerk01");
    testserver_advance(1);
    new_user(*state, ACTOR_OFFICER, "clerk02");
    new_user(*state, ACTOR_PERSON, "person01");
    assert_false(testserver_read(*state, do_lists, NULL, &e));
    assert_string_equal(e.code, "account.missing");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sign_in_makes_the_account_act),
        TEST(login_is_found_in_either_case_but_only_in_its_realm),
        TEST(login_is_taken_once_in_a_realm),
        TEST(token_changes_at_every_sign_in_and_the_old_one_is_dead),
        TEST(session_of_another_is_not_guessed),
        TEST(signed_out_session_is_nobody),
        TEST(session_ends_after_idle_time),
        TEST(administrators_are_signed_out_sooner),
        TEST(use_keeps_a_session_until_its_absolute_end),
        TEST(sessions_do_not_pile_up),
        TEST(account_that_changes_is_seen_at_once),
        TEST(account_made_inactive_loses_its_sessions),
        TEST(new_password_ends_all_sessions),
        TEST(password_changed_between_check_and_write_is_wrong),
        TEST(session_may_act_for_a_firm),
        TEST(names_and_logins_do_not_lie_open_in_the_database),
        TEST(five_wrong_passwords_let_the_login_rest),
        TEST(wrong_passwords_of_others_lock_nobody_out),
        TEST(addresses_of_one_network_count_as_one),
        TEST(fifty_wrong_passwords_in_an_hour_let_the_login_rest_for_all),
        TEST(rest_doubles_up_to_an_hour),
        TEST(unknown_login_behaves_like_a_known_one),
        TEST(empty_and_hostile_passwords_are_just_wrong),
        TEST(form_token_belongs_to_one_session),
        TEST(nobody_without_a_visit_has_no_token),
        TEST(attempts_are_limited_for_each_purpose_and_key),
        TEST(no_stretch_of_a_window_has_more_attempts),
        TEST(a_kept_limit_outlives_a_restart_and_its_window_ends),
        TEST(flood_of_keys_does_not_free_a_limited_one_at_once),
        TEST(easy_passwords_are_refused),
        TEST(accounts_and_roles_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
