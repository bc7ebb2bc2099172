/* Officers' second factor: set up, shown at sign-in, changed, taken away by the security administrator. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "engines/qr/qr.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

enum { PER_ADDRESS = 60, GROUP = 4 };

static struct json *code_field(struct ctx *c, struct json *doc, const char *label, const char *hint)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    struct json *f = people_field(c, fields, "code", label, "text", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "one-time-code");
    json_set_c(c->arena, f, "width", "20");
    json_set_c(c->arena, f, "maxlength", "24");
    json_set_str(c->arena, f, "value", STR_EMPTY);
    people_hint(c, f, hint);
    return f;
}

static bool limited(struct ctx *c)
{
    return people_limit(c, "sign_in:address", c->req->peer, PER_ADDRESS, 10 * MS_MINUTE);
}

static bool record(struct ctx *c, const char *act, bool recovery)
{
    struct json *detail = json_object(c->arena);
    if (recovery) json_set_c(c->arena, detail, "with", "recovery");
    return evidence_add(c, act, "account", c->actor.account, 0, detail);
}

/* ---- at sign-in ---- */

bool people_code_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct str next = people_next(ctx_param(c, STR("next")), STR_EMPTY);
    if (!c->failed && c->actor.pending != PENDING_CODE) return ctx_redirect(c, "/office");
    json_set_c(c->arena, doc, "action", "/office/sign-in/code");
    json_set_str(c->arena, doc, "who", ctx_actor_name(c));
    if (next.len) json_set_str(c->arena, doc, "next", next);
    code_field(c, doc, "Sign-in code",
               "The six digits your authenticator shows now. Without it: one of your recovery codes.");
    return true;
}

static bool record_refused(struct ctx *c)
{
    const int64_t *account = ctx_arg(c);
    struct json *detail = json_object(c->arena);
    c->actor.kind = ACTOR_ANYONE; /* whoever it was */
    json_set_c(c->arena, detail, "why", "code");
    json_set_c(c->arena, detail, "realm", "officer");
    return evidence_add(c, "account.sign_in_failed", "account", *account, 0, detail);
}

/* A refused code leaves evidence in a write of its own, as a refused password does. */
bool people_code_check(struct ctx *c)
{
    const struct actor program = {.kind = ACTOR_SYSTEM};
    if (!limited(c)) return false;
    if (factor_check(c, in_text(c, "code"))) return true;
    if (c->err->kind != ERR_INVALID && c->err->kind != ERR_BUSY) return false;
    struct err refused = *c->err, own = {0};
    int64_t account = c->actor.account;
    if (!server_write(c->server, &program, record_refused, &account, &own)) {
        *c->err = own;
        return false;
    }
    *c->err = refused;
    return false;
}

bool people_code_enter(struct ctx *c)
{
    bool recovery;
    struct str next = people_next(in_text(c, "next"), STR("/office"));
    if (c->actor.pending != PENDING_CODE) return ctx_redirect(c, "/office");
    if (!factor_use(c, in_text(c, "code"), &recovery) || !auth_second_step(c)) return false;
    if (recovery)
        ctx_notice(c, "You used a recovery code. It does not hold again; set up your authenticator anew when "
                      "it is lost.");
    return people_store_seen(c, c->actor.account) &&
           people_record_sign_in(c, c->actor.account, 0, recovery ? "recovery" : "code") &&
           ctx_redirect(c, "%.*s", STR_ARG(next));
}

/* ---- setting up ---- */

/* In groups of four, as people copy it. */
static struct str spaced(struct ctx *c, const char text[FACTOR_TEXT])
{
    struct buf b = buf_new(c->arena, FACTOR_TEXT * 2);
    for (size_t i = 0; i < FACTOR_TEXT; i += GROUP) {
        if (i) buf_add_char(&b, ' ');
        buf_add(&b, str_n(text + i, GROUP));
    }
    return buf_str(&b);
}

static bool is_required(const struct ctx *c)
{
    return server_options(c->server)->require_second_factor;
}

bool people_factor_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct account a;
    char text[FACTOR_TEXT];
    int64_t left;
    bool waits;
    if (!account_load(c, c->actor.account, &a) || !factor_waiting(c, text, &waits) ||
        !factor_codes_left(c, a.id, &left))
        return false;
    bool required = is_required(c);
    json_set_bool(c->arena, doc, "on", a.factor);
    json_set_bool(c->arena, doc, "required", required);
    json_set_bool(c->arena, doc, "owed", c->actor.pending == PENDING_FACTOR);
    json_set_bool(c->arena, doc, "waits", waits);
    json_set_bool(c->arena, doc, "begin", !waits && !a.factor);
    json_set_bool(c->arena, doc, "change", !waits && a.factor);
    json_set_bool(c->arena, doc, "may_end", !required);
    json_set_bool(c->arena, doc, "has_codes", false);
    json_set_str(c->arena, doc, "left", str_fmt(c->arena, "%lld", (long long)left));
    if (waits) {
        json_set_str(c->arena, doc, "secret", spaced(c, text));
        json_set_str(c->arena, doc, "account", a.login);
        json_set_c(c->arena, doc, "qr_href", "/office/second-factor/qr.svg");
        code_field(c, doc, "Sign-in code", "The six digits your authenticator shows now");
    } else if (a.factor) {
        code_field(c, doc, "Sign-in code",
                   "The six digits your authenticator shows now. Without it: one of your recovery codes.");
    }
    crypto_wipe(text, sizeof text);
    return true;
}

bool people_factor_qr(struct ctx *c)
{
    struct account a;
    char text[FACTOR_TEXT];
    bool waits;
    if (!account_load(c, c->actor.account, &a) || !factor_waiting(c, text, &waits)) return false;
    if (!waits) return ctx_redirect(c, "/office/second-factor");
    struct str uri = str_fmt(c->arena,
                             "otpauth://totp/Tongban:%.*s?secret=%.*s&issuer=Tongban&algorithm=SHA1&digits=6&"
                             "period=30",
                             STR_ARG(url_encode(c->arena, a.login)), (int)FACTOR_TEXT, text);
    crypto_wipe(text, sizeof text);
    return ctx_file(c, qr_svg(c->arena, uri), "image/svg+xml", STR_EMPTY);
}

/* While one is in use, its code is asked for before another takes its place (people_factor_change). */
bool people_factor_begin(struct ctx *c)
{
    struct account a;
    if (!account_load(c, c->actor.account, &a)) return false;
    if (a.factor)
        return err_conflict(c->err, "factor.on",
                            "You have a second factor already. Enter its code to set it "
                            "up anew.");
    return factor_begin(c) && ctx_redirect(c, "/office/second-factor");
}

/* The answer is the only time the recovery codes are shown. */
bool people_factor_confirm(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *codes = json_set_array(c->arena, doc, "codes");
    if (!factor_confirm(c, in_text(c, "code"), codes) || !record(c, "officer.factor", false)) return false;
    json_set_bool(c->arena, doc, "has_codes", true);
    json_set_bool(c->arena, doc, "waits", false);
    json_set_bool(c->arena, doc, "begin", false);
    json_set_bool(c->arena, doc, "change", false);
    json_set_bool(c->arena, doc, "owed", false);
    return true;
}

bool people_factor_check(struct ctx *c)
{
    return limited(c) && factor_check(c, in_text(c, "code"));
}

bool people_factor_change(struct ctx *c)
{
    bool recovery, ends = str_eq_c(in_text(c, "go"), "end");
    if (ends && is_required(c))
        return err_denied(c->err, "factor.required",
                          "This installation requires a second factor of every officer.");
    if (!factor_use(c, in_text(c, "code"), &recovery)) return false;
    if (!ends) return factor_begin(c) && ctx_redirect(c, "/office/second-factor");
    ctx_notice(c, "The second factor is off. Your password alone signs you in.");
    return factor_drop(c, c->actor.account) && record(c, "officer.factor_end", recovery) &&
           ctx_redirect(c, "/office/second-factor");
}
