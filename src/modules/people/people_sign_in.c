#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

enum { PER_ADDRESS = 60 };

/* Only a path of this site: "//host" and "/\host" lead elsewhere. */
struct str people_next(struct str asked, struct str otherwise)
{
    if (asked.len < 1 || asked.ptr[0] != '/' || asked.len > 500) return otherwise;
    if (asked.len > 1 && (asked.ptr[1] == '/' || asked.ptr[1] == '\\')) return otherwise;
    for (size_t i = 0; i < asked.len; i++)
        if ((unsigned char)asked.ptr[i] < 0x21 || asked.ptr[i] == '\\' || asked.ptr[i] == 0x7F)
            return otherwise;
    return asked;
}

static struct str asked_next(struct ctx *c)
{
    return people_next(ctx_param(c, STR("next")), STR_EMPTY);
}

static bool go_on(struct ctx *c, const char *otherwise)
{
    struct str next = people_next(in_text(c, "next"), str_c(otherwise));
    return ctx_redirect(c, "%.*s", STR_ARG(next));
}

static bool page(struct ctx *c, bool office)
{
    struct json *doc = ctx_doc(c), *fields;
    struct str next = asked_next(c);
    json_set_bool(c->arena, doc, "office", office);
    json_set_c(c->arena, doc, "action", office ? "/office/sign-in" : "/sign-in");
    if (next.len) json_set_str(c->arena, doc, "next", next);
    fields = json_set_array(c->arena, doc, "fields");
    struct json *account =
        people_field(c, fields, "account", office ? "Account name" : "Mobile number or account name", "text",
                     STR_EMPTY, true);
    json_set_c(c->arena, account, "autocomplete", "username");
    struct json *password = people_field(c, fields, "password", "Password", "password", STR_EMPTY, true);
    json_set_c(c->arena, password, "autocomplete", "current-password");
    json_set_bool(c->arena, doc, "has_demo", server_options(c->server)->demo);
    return true;
}

static bool for_officers(struct str path)
{
    return str_eq_c(path, "/office") || str_starts(path, STR("/office/")) ||
           str_starts(path, STR("/office?"));
}

static bool here_already(struct ctx *c)
{
    struct str next =
        people_next(ctx_param(c, STR("next")), c->actor.kind == ACTOR_OFFICER ? STR("/office") : STR("/me"));
    return ctx_redirect(c, "%.*s", STR_ARG(next));
}

bool people_sign_in_page(struct ctx *c)
{
    struct str next = asked_next(c);
    if (!c->failed && c->actor.kind == ACTOR_PERSON) return here_already(c);
    if (!c->failed && for_officers(next))
        return ctx_redirect(c, "/office/sign-in?next=%.*s", STR_ARG(url_encode(c->arena, next)));
    return page(c, false);
}

bool people_office_sign_in_page(struct ctx *c)
{
    if (!c->failed && c->actor.kind == ACTOR_OFFICER) return here_already(c);
    return page(c, true);
}

/* Tells addresses apart without naming them. */
static void set_from(struct ctx *c, struct json *detail)
{
    struct str mark = blind_index(ctx_keys(c), c->arena, "evidence:address", c->req->peer);
    json_set_str(c->arena, detail, "from", str_hex(c->arena, mark.ptr, mark.len));
}

struct refused {
    int64_t account;
    struct json *detail;
};

static bool record_refused(struct ctx *c)
{
    const struct refused *r = ctx_arg(c);
    c->actor.kind = ACTOR_ANYONE; /* whoever it was */
    return evidence_add(c, "account.sign_in_failed", "account", r->account, 0, r->detail);
}

/* A write of its own: that of a refused sign-in is rolled back. The same for known and unknown logins. */
static bool check(struct ctx *c, enum actor_kind kind, struct str login)
{
    struct account a;
    const char *why = NULL;
    if (!auth_check(c, kind, login, in_text(c, "password"))) return false;
    struct refused r = {json_i64_of(c->prepared, "account", 0), json_object(c->arena)};
    if (json_i64_of(c->prepared, "minutes", 0))
        why = "locked";
    else if (!json_true_of(c->prepared, "ok"))
        why = "wrong";
    else if (!account_load(c, r.account, &a))
        return false;
    else if (!a.active)
        why = "inactive";
    if (!why) return true;
    set_from(c, r.detail);
    json_set_c(c->arena, r.detail, "why", why);
    json_set_c(c->arena, r.detail, "realm", kind == ACTOR_OFFICER ? "officer" : "person");
    const struct actor program = {.kind = ACTOR_SYSTEM};
    return server_write(c->server, &program, record_refused, &r, c->err);
}

/* On the page for people a mobile is meant first; what is none may be the account of an officer. */
bool people_sign_in_check(struct ctx *c)
{
    struct str typed = in_text(c, "account"), mobile;
    const char *why;
    if (!people_limit(c, "sign_in:address", c->req->peer, PER_ADDRESS, 10 * MS_MINUTE)) return false;
    bool person = people_check_mobile(c->arena, typed, &mobile, &why);
    return check(c, person ? ACTOR_PERSON : ACTOR_OFFICER, person ? mobile : typed);
}

bool people_office_sign_in_check(struct ctx *c)
{
    return people_limit(c, "sign_in:address", c->req->peer, PER_ADDRESS, 10 * MS_MINUTE) &&
           check(c, ACTOR_OFFICER, in_text(c, "account"));
}

/* Whose password was right is who acts, though the session begins only with this answer. */
static bool add_as(struct ctx *c, const char *act, int64_t account, int64_t subject, struct json *detail)
{
    struct account a;
    struct actor before = c->actor;
    if (!account_load(c, account, &a)) return false;
    c->actor.kind = a.kind;
    c->actor.account = a.id;
    c->actor.subject = a.subject;
    c->actor.unit = a.unit;
    bool ok = evidence_add(c, act, "account", account, subject, detail);
    c->actor = before;
    return ok;
}

bool people_record_sign_in(struct ctx *c, int64_t account, int64_t subject, const char *factor)
{
    struct json *detail = json_object(c->arena);
    set_from(c, detail);
    if (factor) json_set_c(c->arena, detail, "second", factor);
    return add_as(c, "account.sign_in", account, subject, detail);
}

static bool second_step(struct ctx *c, const struct account *a)
{
    struct json *detail = json_object(c->arena);
    struct str next = people_next(in_text(c, "next"), STR_EMPTY);
    set_from(c, detail);
    return add_as(c, "account.sign_in_half", a->id, a->subject, detail) &&
           ctx_redirect(c, "/office/sign-in/code%s%.*s", next.len ? "?next=" : "",
                        STR_ARG(url_encode(c->arena, next)));
}

bool people_sign_in(struct ctx *c)
{
    struct account a;
    if (!auth_sign_in(c) || !account_load(c, json_i64_of(c->prepared, "account", 0), &a)) return false;
    bool officer = a.kind == ACTOR_OFFICER;
    if (officer && a.factor) return second_step(c, &a);
    if (officer && !people_store_seen(c, a.id)) return false;
    return people_record_sign_in(c, a.id, a.subject, NULL) && go_on(c, officer ? "/office" : "/me");
}

bool people_office_sign_in(struct ctx *c)
{
    return people_sign_in(c);
}

bool people_sign_out(struct ctx *c)
{
    bool officer = c->actor.kind == ACTOR_OFFICER;
    ctx_notice(c, "You have signed out.");
    return auth_sign_out(c) && ctx_redirect(c, officer ? "/office/sign-in" : "/sign-in");
}
