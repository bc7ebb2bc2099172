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
        if ((unsigned char)asked.ptr[i] < 0x21 || asked.ptr[i] == '\\' || asked.ptr[i] == 0x7F) return otherwise;
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
    struct json *account = people_field(c, fields, "account", office ? "Account name" : "Mobile number", office ? "text" : "tel", STR_EMPTY, true);
    json_set_c(c->arena, account, "autocomplete", "username");
    struct json *password = people_field(c, fields, "password", "Password", "password", STR_EMPTY, true);
    json_set_c(c->arena, password, "autocomplete", "current-password");
    json_set_bool(c->arena, doc, "has_demo", false);
    return true;
}

bool people_sign_in_page(struct ctx *c)
{
    struct str next = asked_next(c);
    if (!c->failed && c->actor.kind == ACTOR_PERSON) return ctx_redirect(c, "%.*s", STR_ARG(next.len ? next : STR("/me")));
    if (!c->failed && (str_starts(next, STR("/office/")) || str_eq(next, STR("/office")) || str_starts(next, STR("/office?"))))
        return ctx_redirect(c, "/office/sign-in?next=%.*s", STR_ARG(url_encode(c->arena, next)));
    return page(c, false);
}

bool people_office_sign_in_page(struct ctx *c)
{
    struct str next = asked_next(c);
    if (!c->failed && c->actor.kind == ACTOR_OFFICER) return ctx_redirect(c, "%.*s", STR_ARG(next.len ? next : STR("/office")));
    return page(c, true);
}

bool people_sign_in_check(struct ctx *c)
{
    struct str typed = in_text(c, "account"), login;
    const char *why;
    if (!people_limit(c, "sign_in:address", c->req->peer, PER_ADDRESS, 10 * MS_MINUTE)) return false;
    if (!people_check_mobile(c->arena, typed, &login, &why)) login = typed;
    return auth_check(c, ACTOR_PERSON, login, in_text(c, "password"));
}

bool people_office_sign_in_check(struct ctx *c)
{
    return people_limit(c, "sign_in:address", c->req->peer, PER_ADDRESS, 10 * MS_MINUTE) && auth_check(c, ACTOR_OFFICER, in_text(c, "account"), in_text(c, "password"));
}

bool people_sign_in(struct ctx *c)
{
    struct account a;
    if (!auth_sign_in(c) || !account_load(c, json_i64_of(c->prepared, "account", 0), &a)) return false;
    return evidence_add(c, "account.sign_in", "account", a.id, a.subject, NULL) && go_on(c, "/me");
}

bool people_office_sign_in(struct ctx *c)
{
    int64_t id = json_i64_of(c->prepared, "account", 0);
    if (!auth_sign_in(c) || !people_store_seen(c, id)) return false;
    return evidence_add(c, "account.sign_in", "account", id, 0, NULL) && go_on(c, "/office");
}

bool people_sign_out(struct ctx *c)
{
    bool officer = c->actor.kind == ACTOR_OFFICER;
    ctx_notice(c, "You have signed out.");
    return auth_sign_out(c) && ctx_redirect(c, officer ? "/office/sign-in" : "/sign-in");
}
