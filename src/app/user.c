/* tongban user: officers' accounts from the command line, the first one above all. */
#include "app/cli.h"
#include "core/auth/auth.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

#include <unistd.h>

enum { LIST_PART = 100, LOGIN_MAX = 64, NAME_MAX_CHARS = 50 };

struct user {
    const struct settings *settings;
    struct arena *arena;
    struct server *server;
    struct str login, password, hash, roles;
};

static bool write_user(struct user *u, handler *fn, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(u->server, &system, fn, u, e);
}

static bool read_user(struct user *u, handler *fn, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_read(u->server, &system, fn, u, e);
}

/* ---- what was said ---- */

static bool login_ok(struct str login, struct err *e)
{
    bool ok = login.len >= 2 && login.len <= LOGIN_MAX;
    for (size_t i = 0; ok && i < login.len; i++) {
        char ch = login.ptr[i];
        ok = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '_';
    }
    return ok ||
           err_invalid(e, "user.login",
                       "An account name has 2 to 64 small letters, digits, dots, dashes or underscores.");
}

static bool known_role(const struct json *roles, struct str name)
{
    JSON_EACH(r, roles)
    {
        if (str_eq(json_text_of(r, "name"), name)) return true;
    }
    return false;
}

static bool check_roles(struct ctx *c, struct str roles)
{
    struct json *known = json_array(c->arena);
    struct str rest = roles, one;
    if (!roles_list(c, known)) return false;
    while (rest.len) {
        rest = str_cut(rest, '|', &one);
        if (known_role(known, one)) continue;
        err_invalid(c->err, "user.role", "There is no role %{arg}.");
        err_arg(c->err, one);
        return false;
    }
    const char *conflict = people_roles_conflict(c->arena, roles);
    if (conflict) return err_invalid(c->err, "user.roles", conflict);
    return roles.len ||
           err_invalid(c->err, "user.roles",
                       "Say with --roles what the officer may do, or --admin for the first administrator.");
}

static bool check_unit(struct ctx *c, const struct settings *s)
{
    int64_t unit;
    if (!s->unit || (str_to_i64(str_c(s->unit), &unit) && orgs_unit(c, unit))) return true;
    err_invalid(c->err, "user.unit", "There is no department with the id %{arg}.");
    err_arg(c->err, str_c(s->unit));
    return false;
}

static bool check_password(struct ctx *c)
{
    const struct user *u = ctx_arg(c);
    return auth_password_acceptable(c, u->login, u->password, ACTOR_OFFICER);
}

static bool check_new(struct ctx *c)
{
    const struct user *u = ctx_arg(c);
    struct account there;
    struct str hash;
    struct err absent = {0}, *own = c->err;
    if (!check_roles(c, u->roles) || !check_unit(c, u->settings)) return false;
    c->err = &absent;
    bool found = account_by_login(c, ACTOR_OFFICER, u->login, &there, &hash);
    c->err = own;
    if (!found) return absent.kind == ERR_MISSING || (*own = absent, false);
    return err_conflict(c->err, "user.exists", "There is already an officer of this name.");
}

static bool take_password(struct user *u, struct err *e)
{
    return cli_read_secret(u->arena, "New password", &u->password, e) && read_user(u, check_password, e) &&
           password_hash(u->arena, u->password, &u->hash, e);
}

/* ---- add ---- */

static bool add(struct ctx *c)
{
    struct user *u = ctx_arg(c);
    int64_t unit = 0;
    if (u->settings->unit && !str_to_i64(str_c(u->settings->unit), &unit)) return false;
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = u->login,
                        .label = u->settings->name ? str_c(u->settings->name) : u->login,
                        .roles = u->roles,
                        .unit = unit,
                        .area = str_c(u->settings->division),
                        .active = true,
                        .given = true};
    return account_create(c, &a, u->hash) && evidence_add(c, "account.create", "account", a.id, 0, NULL);
}

static bool user_add(struct user *u, struct err *e)
{
    const struct settings *s = u->settings;
    struct str name = str_c(s->name);
    u->roles = s->admin ? STR("security_admin") : str_c(s->roles);
    if (s->admin && s->roles)
        return err_invalid(
            e, "user.both",
            "--admin and --roles exclude each other: who administers accounts does nothing else.");
    if (!utf8_valid(name) || utf8_count(name) > NAME_MAX_CHARS)
        return err_invalid(e, "user.name", "A name of at most 50 characters is needed.");
    if (!login_ok(u->login, e) || !read_user(u, check_new, e) || !take_password(u, e) ||
        !write_user(u, add, e))
        return false;
    cli_say(stdout, "Officer %{arg} can sign in now, and chooses a password of their own there.", u->login);
    return true;
}

/* ---- the others ---- */

static bool find(struct ctx *c, struct account *out)
{
    const struct user *u = ctx_arg(c);
    struct str hash;
    return account_by_login(c, ACTOR_OFFICER, u->login, out, &hash);
}

static bool set_password(struct ctx *c)
{
    const struct user *u = ctx_arg(c);
    struct account a;
    return find(c, &a) && account_set_password(c, a.id, u->hash, true) &&
           evidence_add(c, "account.password", "account", a.id, 0, NULL);
}

static bool is_there(struct ctx *c)
{
    struct account a;
    return find(c, &a);
}

static bool user_password(struct user *u, struct err *e)
{
    if (!read_user(u, is_there, e) || !take_password(u, e) || !write_user(u, set_password, e)) return false;
    cli_say(stdout, "The password of %{arg} was changed; open sessions were ended.", u->login);
    return true;
}

static bool disable(struct ctx *c)
{
    struct account a;
    if (!find(c, &a)) return false;
    a.active = false;
    return account_save(c, &a) && evidence_add(c, "account.disable", "account", a.id, 0, NULL);
}

static bool user_disable(struct user *u, struct err *e)
{
    if (!write_user(u, disable, e)) return false;
    cli_say(stdout, "Officer %{arg} cannot sign in any more; open sessions were ended.", u->login);
    return true;
}

static bool reset_factor(struct ctx *c)
{
    struct account a;
    return find(c, &a) && factor_drop(c, a.id) && account_end_sessions(c, a.id) &&
           evidence_add(c, "officer.factor_reset", "account", a.id, 0, NULL);
}

static bool user_reset_factor(struct user *u, struct err *e)
{
    if (!write_user(u, reset_factor, e)) return false;
    cli_say(stdout, "The second factor of %{arg} was reset; open sessions were ended.", u->login);
    return true;
}

static bool list(struct ctx *c)
{
    struct account *part;
    size_t count;
    int64_t after = 0;
    do {
        if (!account_list(c, ACTOR_OFFICER, after, LIST_PART, &part, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            const struct unit *unit = orgs_unit(c, part[i].unit);
            struct str off = part[i].active ? STR_EMPTY : tr(cli_lang(), "disabled");
            printf("%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", STR_ARG(part[i].login), STR_ARG(part[i].label),
                   STR_ARG(part[i].roles), STR_ARG(unit ? unit->name : STR_EMPTY), STR_ARG(off));
            after = part[i].id;
        }
    } while (count == LIST_PART);
    return true;
}

static bool user_list(struct user *u, struct err *e)
{
    return read_user(u, list, e);
}

/* ---- the command ---- */

static const struct user_act {
    const char *name;
    bool login;
    bool (*run)(struct user *u, struct err *e);
} acts[] = {{"add", true, user_add},
            {"password", true, user_password},
            {"reset-factor", true, user_reset_factor},
            {"list", false, user_list},
            {"disable", true, user_disable}};

static int run(const struct user_act *act, struct user *u)
{
    struct err e = {0};
    int lock = -1;
    u->server = cli_open_beside(u->arena, u->settings, &lock, &e);
    bool ok = u->server && act->run(u, &e);
    server_close(u->server);
    if (lock >= 0) close(lock);
    return ok ? 0 : cli_fail(&e);
}

int command_user(const struct settings *s)
{
    const struct user_act *act = NULL;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(acts[i].name, s->args[0]) == 0) act = &acts[i];
    if (!act) {
        cli_refuse("%{arg} is none of add, password, reset-factor, list, disable.", s->args[0]);
        return 2;
    }
    if (act->login != (s->arg_count == 2)) {
        cli_refuse(act->login ? "tongban user %{arg} needs the name of an account."
                              : "tongban user %{arg} takes no name.",
                   act->name);
        return 2;
    }
    struct arena *a = arena_new(16 << 20);
    if (!a) return 1;
    struct user u = {.settings = s, .arena = a, .login = str_c(act->login ? s->args[1] : NULL)};
    int status = run(act, &u);
    arena_drop(a);
    return status;
}
