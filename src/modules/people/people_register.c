/* Registration in two pages: a mobile that is shown to be at hand, then who one is. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

enum { CODES_PER_MOBILE = 5, CODES_PER_ADDRESS = 30 };

bool people_register_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    if (!c->failed && c->actor.kind == ACTOR_PERSON) return ctx_redirect(c, "/me");
    json_set_c(c->arena, doc, "action", "/register");
    json_set_bool(c->arena, doc, "first", true);
    struct json *fields = json_set_array(c->arena, doc, "fields");
    struct json *mobile = people_field(c, fields, "mobile", "Mobile number", "tel", STR_EMPTY, true);
    json_set_c(c->arena, mobile, "autocomplete", "tel");
    json_set_c(c->arena, mobile, "inputmode", "tel");
    json_set_c(c->arena, mobile, "width", "20");
    people_hint(c, mobile, "We send a code to this number. You sign in with it later.");
    return true;
}

bool people_register_check(struct ctx *c)
{
    return people_limit_kept(c, "code:mobile", in_text(c, "mobile"), CODES_PER_MOBILE, MS_HOUR) &&
           people_limit(c, "code:address", c->req->peer, CODES_PER_ADDRESS, MS_HOUR);
}

bool people_register_send(struct ctx *c)
{
    struct str token;
    return people_code_send(c, CODE_REGISTER, 0, in_text(c, "mobile"), &token) &&
           ctx_created(c, "/register/confirm?t=%.*s", STR_ARG(token));
}

static void identity_fields(struct ctx *c, struct json *fields)
{
    struct json *f = people_field(c, fields, "code", "Code from the message", "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "one-time-code");
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "maxlength", "6");
    json_set_c(c->arena, f, "width", "10");
    f = people_field(c, fields, "name", "Name", "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "name");
    json_set_c(c->arena, f, "width", "20");
    people_hint(c, f, "As on the identity card");
    f = people_field(c, fields, "id_number", "Identity number", "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "off");
    json_set_c(c->arena, f, "width", "20");
    json_set_c(c->arena, f, "maxlength", "18");
    people_hint(c, f,
                "18 characters, the last may be an X. We need it so that applications and licences are yours "
                "and nobody else's.");
}

static void consent_fields(struct ctx *c, struct json *fields)
{
    struct json *f = people_field(c, fields, "password", "Choose a password", "password", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "new-password");
    people_hint(c, f, "At least 10 characters; not a birthday or a phone number");
    bool was = c->failed && str_eq_c(ctx_param(c, STR("agree")), "1");
    f = people_field(c, fields, "agree",
                     "I agree that my name, identity number and mobile are kept for my applications, as the "
                     "privacy statement says",
                     "checkbox", was ? STR("1") : STR_EMPTY, true);
    people_hint(c, f,
                "They are stored encrypted, shown only to those who handle your application, and every look "
                "is recorded for you to see.");
}

bool people_confirm_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct str token = ctx_param(c, STR("t"));
    struct mobile_code code;
    bool found;
    if (!people_store_code(c, token, CODE_REGISTER, &code, &found)) return false;
    if (!found || code.used || code.expires <= c->now) {
        ctx_warning(c, "This code is no longer valid. Please ask for a new one.");
        return ctx_redirect(c, "/register");
    }
    json_set_c(c->arena, doc, "action", "/register/confirm");
    json_set_bool(c->arena, doc, "first", false);
    json_set_str(c->arena, doc, "t", token);
    json_set_str(c->arena, doc, "mobile", ident_mask_phone(c->arena, code.mobile));
    struct json *fields = json_set_array(c->arena, doc, "fields");
    identity_fields(c, fields);
    consent_fields(c, fields);
    return true;
}

bool people_confirm_check(struct ctx *c)
{
    struct str hash, token = in_text(c, "t");
    struct mobile_code code;
    bool found;
    if (!in_true(c, "agree"))
        err_at(c->err, STR("agree"), "Without this we cannot open an account.", STR_EMPTY);
    if (!people_store_code(c, token, CODE_REGISTER, &code, &found)) return false;
    if (!auth_password_acceptable(c, found ? code.mobile : STR_EMPTY, in_text(c, "password"), ACTOR_PERSON) ||
        c->err->kind != ERR_NONE)
        return false;
    if (!people_code_try(c, CODE_REGISTER, token, in_text(c, "code"), &code) ||
        !password_hash(c->arena, in_text(c, "password"), &hash, c->err))
        return false;
    c->prepared = json_object(c->arena);
    json_set_str(c->arena, c->prepared, "hash", hash);
    return true;
}

/* One number, one account. The sentence says the same to everybody, and nothing about whom there is. */
static bool go_to_the_desk(struct ctx *c)
{
    return err_conflict(
        c->err, "people.registered",
        "We cannot open an account for this number here. If you have one already, sign in with its mobile. "
        "If not, or if you no longer have that mobile, a service desk settles it at once with your identity "
        "card.");
}

/* May this applicant take over a subject that is already known (from a desk, or as somebody's agent)? */
static bool may_take(const struct subject_row *row, const struct subject *declared, bool known)
{
    if (row->account) return false;
    if (row->s.level < LEVEL_MATCHED || known) return true;
    return str_eq(row->s.mobile, declared->mobile) && str_eq(row->s.name, declared->name);
}

static bool take(struct ctx *c, const struct subject *declared, bool known, int64_t *id)
{
    struct subject_row row;
    if (!people_ensure(c, declared, id) || !people_store_load(c, *id, &row)) return false;
    if (!may_take(&row, declared, known)) return go_to_the_desk(c);
    row.s.name = declared->name;
    row.s.mobile = declared->mobile;
    return people_store_save(c, &row) && (!known || people_raise(c, *id, LEVEL_MATCHED, "base"));
}

static bool open_account(struct ctx *c, int64_t subject, struct str mobile)
{
    struct account a;
    int64_t id;
    struct json *detail = json_object(c->arena);
    json_set_c(c->arena, detail, "text", "privacy/1");
    return people_add_account(c, subject, mobile, json_text_of(c->prepared, "hash"), &id) &&
           account_load(c, id, &a) && evidence_add(c, "consent.give", "person", subject, subject, detail) &&
           auth_open_session(c, &a) && ctx_created(c, a.level >= LEVEL_MATCHED ? "/me" : "/me/level");
}

bool people_confirm(struct ctx *c)
{
    struct mobile_code code;
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = in_text(c, "name"),
                        .code = in_text(c, "id_number"),
                        .address = STR_EMPTY,
                        .level = LEVEL_DECLARED};
    bool known;
    int64_t id;
    if (!people_code_use(c, CODE_REGISTER, in_text(c, "t"), in_text(c, "code"), &code)) return false;
    s.mobile = code.mobile;
    ctx_notice(c, "Welcome. Your account is open.");
    return people_base_knows(c, &s, &known) && take(c, &s, known, &id) && open_account(c, id, code.mobile);
}
