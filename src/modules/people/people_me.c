/* A person's own pages. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

static struct str account_key(struct ctx *c)
{
    return str_fmt(c->arena, "%lld", (long long)c->actor.account);
}

/* ---- my page ---- */

bool people_me(struct ctx *c)
{
    const struct people_state *s = people_state(c);
    struct json *doc = ctx_doc(c);
    struct subject_row self;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    json_set_str(c->arena, doc, "name", self.s.name);
    json_set_i64(c->arena, doc, "level", c->actor.level);
    json_set_str(c->arena, doc, "level_label", people_level_label(c, c->actor.level));
    if (c->actor.level < LEVEL_MATCHED) json_set_c(c->arena, doc, "raise", "/me/level");
    if (!people_acting_list(c, json_set_array(c->arena, doc, "acting"))) return false;
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->my_page && !s->parts[i]->my_page(c, doc)) return false;
    struct json *seen = json_set_array(c->arena, doc, "seen");
    if (!evidence_seen(c, c->actor.subject, 3, seen)) return false;
    json_set_bool(c->arena, doc, "seen_known", true);
    json_set_bool(c->arena, doc, "has_seen", seen->count > 0);
    json_set_bool(c->arena, doc, "can_see_access", ctx_may_open(c, "/me/access"));
    return true;
}

/* ---- details ---- */

static void known_row(struct ctx *c, struct json *list, const char *label, struct str value, bool zh,
                      struct str source)
{
    if (!value.len) return;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "value", value);
    json_set_bool(c->arena, o, "value_zh", zh);
    json_set(o, "source", source.len ? json_string(c->arena, source) : json_null(c->arena));
}

static bool known_rows(struct ctx *c, struct json *doc, const struct subject *s)
{
    struct json *list = json_set_array(c->arena, doc, "known");
    const struct json *record = NULL, *base = registry_resource(c, STR("population"));
    if (c->actor.level >= LEVEL_MATCHED && !registry_record(c, STR("population"), s->code, NULL, &record))
        return false;
    struct str source = record ? json_text_of(base, c->lang == &lang_en ? "en" : "name") : STR_EMPTY;
    known_row(c, list, "Name", s->name, true, source);
    known_row(c, list, "Identity number", people_mask_code(c->arena, s->code), false, source);
    if (record) known_row(c, list, "Registered address", json_text_of(record, "address"), true, source);
    return true;
}

bool people_profile_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields;
    struct subject_row self;
    if (!people_store_load(c, c->actor.subject, &self) || !known_rows(c, doc, &self.s)) return false;
    people_crumb(c, doc, "My page", "/me");
    json_set_c(c->arena, doc, "action", "/me/profile");
    json_set_c(c->arena, doc, "password_action", "/me/password");
    json_set_c(c->arena, doc, "erase_href", "/me/erase");
    fields = json_set_array(c->arena, doc, "fields");
    struct json *mobile = people_field(c, fields, "mobile", "Mobile number", "tel", self.s.mobile, true);
    json_set_c(c->arena, mobile, "autocomplete", "tel");
    json_set_c(c->arena, mobile, "width", "20");
    people_hint(c, mobile, "You sign in with it. A new one has to be confirmed by a code.");
    struct json *address =
        people_field(c, fields, "address", "Contact address", "text", self.s.address, false);
    json_set_c(c->arena, address, "autocomplete", "address-line1");
    fields = json_set_array(c->arena, doc, "password_fields");
    json_set_c(c->arena,
               people_field(c, fields, "old_password", "Current password", "password", STR_EMPTY, true),
               "autocomplete", "current-password");
    json_set_c(c->arena, people_field(c, fields, "password", "New password", "password", STR_EMPTY, true),
               "autocomplete", "new-password");
    return true;
}

bool people_profile_check(struct ctx *c)
{
    struct subject_row self;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    if (str_eq(self.s.mobile, in_text(c, "mobile"))) return true;
    return people_limit_kept(c, "code:mobile", in_text(c, "mobile"), 5, MS_HOUR) &&
           people_limit_kept(c, "code:account", account_key(c), 5, MS_HOUR);
}

bool people_profile_save(struct ctx *c)
{
    struct subject_row self;
    struct str token;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    bool moved = !str_eq(self.s.mobile, in_text(c, "mobile"));
    self.s.address = in_text(c, "address");
    if (!people_store_save(c, &self) ||
        !evidence_add(c, "person.contact", "person", self.s.id, self.s.id, NULL))
        return false;
    if (!moved) {
        ctx_notice(c, "Saved.");
        return ctx_redirect(c, "/me/profile");
    }
    return people_code_send(c, CODE_MOBILE, self.s.id, in_text(c, "mobile"), &token) &&
           ctx_redirect(c, "/me/mobile?t=%.*s", STR_ARG(token));
}

/* ---- a new mobile ---- */

static bool own_code(struct ctx *c, struct mobile_code *code, bool *found)
{
    if (!people_store_code(c, ctx_param(c, STR("t")), CODE_MOBILE, code, found)) return false;
    *found = *found && code->subject == c->actor.subject && !code->used && code->expires > c->now;
    return true;
}

bool people_mobile_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct mobile_code code;
    bool found;
    if (!own_code(c, &code, &found)) return false;
    if (!found) {
        ctx_warning(c, "This code is no longer valid. Please ask for a new one.");
        return ctx_redirect(c, "/me/profile");
    }
    people_crumb(c, doc, "My page", "/me");
    people_crumb(c, doc, "My details", "/me/profile");
    json_set_str(c->arena, doc, "t", ctx_param(c, STR("t")));
    json_set_str(c->arena, doc, "mobile", ident_mask_phone(c->arena, code.mobile));
    json_set_c(c->arena, doc, "action", "/me/mobile");
    struct json *f = people_field(c, json_set_array(c->arena, doc, "fields"), "code", "Code from the message",
                                  "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "one-time-code");
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "10");
    return true;
}

bool people_mobile_check(struct ctx *c)
{
    struct mobile_code code;
    return people_code_try(c, CODE_MOBILE, in_text(c, "t"), in_text(c, "code"), &code);
}

bool people_mobile_save(struct ctx *c)
{
    struct mobile_code code;
    struct subject_row self;
    if (!people_code_use(c, CODE_MOBILE, in_text(c, "t"), in_text(c, "code"), &code)) return false;
    if (code.subject != c->actor.subject)
        return err_missing(c->err, "people.code", "This code is no longer valid. Please ask for a new one.");
    if (!people_store_load(c, c->actor.subject, &self) ||
        !account_set_login(c, c->actor.account, code.mobile))
        return false;
    self.s.mobile = code.mobile;
    ctx_notice(c, "Your new mobile number is in use. Sign in with it from now on.");
    return people_store_save(c, &self) &&
           evidence_add(c, "account.mobile", "account", c->actor.account, self.s.id, NULL) &&
           people_tell(c, self.s.id, "The mobile number of your account has been changed.", "/me/profile") &&
           ctx_redirect(c, "/me/profile");
}

/* ---- password ---- */

bool people_own_password(struct ctx *c, const char *field)
{
    struct account a;
    if (!account_load(c, c->actor.account, &a) || !auth_check(c, a.kind, a.login, in_text(c, field)))
        return false;
    int64_t minutes = json_i64_of(c->prepared, "minutes", 0);
    if (minutes) {
        err_busy(c->err, "auth.locked",
                 "There were too many wrong attempts. Please try again in %{arg} minutes.");
        err_arg(c->err, str_fmt(c->arena, "%lld", (long long)minutes));
        return false;
    }
    return json_true_of(c->prepared, "ok") ||
           err_at(c->err, str_c(field), "The password is not right.", STR_EMPTY);
}

static bool password_check(struct ctx *c)
{
    struct account a;
    struct str hash;
    if (!account_load(c, c->actor.account, &a) ||
        !auth_password_acceptable(c, a.login, in_text(c, "password"), a.kind))
        return false;
    if (!people_own_password(c, "old_password")) return false;
    if (str_eq(in_text(c, "old_password"), in_text(c, "password")))
        return err_at(c->err, STR("password"), "Please choose a password other than the current one.",
                      STR_EMPTY);
    if (!password_hash(c->arena, in_text(c, "password"), &hash, c->err)) return false;
    json_set_str(c->arena, c->prepared, "new_hash", hash);
    return true;
}

static bool password_save(struct ctx *c, const char *back)
{
    struct account a;
    if (!account_load(c, c->actor.account, &a) ||
        !account_set_password(c, a.id, json_text_of(c->prepared, "new_hash"), false) ||
        !auth_open_session(c, &a))
        return false;
    ctx_notice(c, "Your password has been changed. All other devices are signed out.");
    return evidence_add(c, "account.password", "account", a.id, a.subject, NULL) &&
           (!a.subject ||
            people_tell(c, a.subject, "The password of your account has been changed.", "/me/profile")) &&
           ctx_redirect(c, "%s", back);
}

bool people_password_check(struct ctx *c)
{
    return password_check(c);
}

bool people_password_save(struct ctx *c)
{
    return password_save(c, "/me/profile");
}

bool people_office_password_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    json_set_c(c->arena, doc, "action", "/office/password");
    json_set_bool(c->arena, doc, "first", c->actor.pending == PENDING_PASSWORD);
    json_set_c(c->arena,
               people_field(c, fields, "old_password", "Current password", "password", STR_EMPTY, true),
               "autocomplete", "current-password");
    struct json *f = people_field(c, fields, "password", "New password", "password", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "new-password");
    people_hint(c, f, "At least 12 characters");
    return true;
}

bool people_office_password_check(struct ctx *c)
{
    return password_check(c);
}

bool people_office_password_save(struct ctx *c)
{
    return password_save(c, "/office");
}

/* ---- who one is ---- */

static void level_row(struct ctx *c, struct json *list, const char *name, const char *text, int level)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", ctx_tr(c, name));
    json_set_str(c->arena, o, "text", ctx_tr(c, text));
    json_set_bool(c->arena, o, "reached", c->actor.level >= level);
    json_set_bool(c->arena, o, "current", c->actor.level == level);
}

bool people_level_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *levels = json_set_array(c->arena, doc, "levels");
    struct subject_row self;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    people_crumb(c, doc, "My page", "/me");
    level_row(c, levels, "Declared only",
              "Name, number and mobile are as you gave them. You can apply for services.", LEVEL_DECLARED);
    level_row(c, levels, "Identity confirmed",
              "You see what registers know about you, receive licences, and act for firms.", LEVEL_MATCHED);
    bool can = c->actor.level < LEVEL_MATCHED;
    json_set_i64(c->arena, doc, "level", c->actor.level);
    json_set_bool(c->arena, doc, "can_match", can);
    json_set_c(c->arena, doc, "action", "/me/level");
    struct str next = people_next(ctx_param(c, STR("next")), STR_EMPTY);
    if (next.len) json_set_str(c->arena, doc, "next", next);
    struct json *fields = json_set_array(c->arena, doc, "fields");
    if (!can) return true;
    struct json *f = people_field(c, fields, "name", "Name", "text", self.s.name, true);
    json_set_c(c->arena, f, "width", "20");
    people_hint(c, f, "As on the identity card");
    f = people_field(c, fields, "id_number", "Identity number", "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "width", "20");
    people_hint(c, f,
                "Please enter it once more. The mobile of this account must be the one the register has.");
    return true;
}

bool people_level_check(struct ctx *c)
{
    return people_limit_kept(c, "people:match", account_key(c), 5, MS_HOUR);
}

bool people_level_match(struct ctx *c)
{
    struct subject_row self;
    bool knows;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    struct str next = people_next(in_text(c, "next"), STR("/me"));
    if (c->actor.level >= LEVEL_MATCHED) return ctx_redirect(c, "%.*s", STR_ARG(next));
    if (!str_eq(self.s.code, in_text(c, "id_number")))
        return err_at(c->err, STR("id_number"),
                      "This is not the number you registered with. A service desk can correct it.",
                      STR_EMPTY);
    self.s.name = in_text(c, "name");
    if (!people_base_knows(c, &self.s, &knows)) return false;
    if (!knows)
        return err_invalid(c->err, "people.no_match",
                           "Name, number and mobile are not together in the population base. Please check "
                           "the name, or visit a service desk with your identity card.");
    ctx_notice(c, "Thank you. Your identity is confirmed.");
    return people_store_save(c, &self) && people_raise(c, self.s.id, LEVEL_MATCHED, "base") &&
           ctx_redirect(c, "%.*s", STR_ARG(next));
}

/* ---- what is kept about me (个人信息保护法 article 45) ---- */

static bool export_mandates(struct ctx *c, struct json *doc, const char *key, int64_t principal,
                            int64_t agent)
{
    struct mandate *m;
    size_t count;
    if (!people_store_mandates(c, principal, agent, false, &m, &count)) return false;
    struct json *list = json_set_array(c->arena, doc, key);
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", m[i].id);
        json_set_str(c->arena, o, "scope", m[i].scope);
        json_set_str(c->arena, o, "from", time_rfc3339(c->arena, m[i].from));
        if (m[i].to) json_set_str(c->arena, o, "to", time_rfc3339(c->arena, m[i].to));
        if (m[i].revoked) json_set_str(c->arena, o, "revoked", time_rfc3339(c->arena, m[i].revoked));
    }
    return true;
}

bool people_data_export(struct ctx *c)
{
    const struct people_state *s = people_state(c);
    struct json *doc = json_object(c->arena), *person = json_set_object(c->arena, doc, "person");
    struct subject_row self;
    if (!people_store_load(c, c->actor.subject, &self)) return false;
    json_set_str(c->arena, doc, "exported", time_rfc3339(c->arena, c->now));
    json_set_str(c->arena, person, "name", self.s.name);
    json_set_str(c->arena, person, "id_number", self.s.code);
    json_set_str(c->arena, person, "mobile", self.s.mobile);
    json_set_str(c->arena, person, "address", self.s.address);
    json_set_i64(c->arena, person, "level", self.s.level);
    if (!export_mandates(c, doc, "mandates_given", self.s.id, 0) ||
        !export_mandates(c, doc, "mandates_received", 0, self.s.id))
        return false;
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->export && !s->parts[i]->export(c, self.s.id, doc)) return false;
    return ctx_file(c, json_to_str(c->arena, doc), "application/json", STR("tongban-my-data.json"));
}
