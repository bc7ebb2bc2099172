/* How a person, or the organisation somebody acts for, wants to be reached: texts by SMS, mail to an address
 * that a code has confirmed. The inbox is always there. */
#include "core/auth/auth.h"
#include "core/base/time.h"
#include "core/crypto/crypto.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices_internal.h"
#include "modules/people/people.h"

enum { CODES_AN_HOUR = 5 };
#define CODE_LIFE (10 * MS_MINUTE)

bool notices_own_subject(struct ctx *c, int64_t *subject)
{
    *subject = c->actor.subject;
    if (!c->actor.acting_for) return true;
    if (people_may_act_for(c, c->actor.acting_for)) *subject = c->actor.acting_for;
    return c->err->kind == ERR_NONE;
}

static bool own_choice(struct ctx *c, struct notice_choice *n)
{
    int64_t subject;
    return notices_own_subject(c, &subject) && notices_choice_load(c, subject, n);
}

/* Without a service of mail no code would arrive; a demonstration shows its codes itself. */
static bool mail_offered(const struct ctx *c)
{
    return notices_state(c)->mail != NULL || server_options(c->server)->demo;
}

static bool is_pending(const struct ctx *c, const struct notice_choice *n)
{
    return n->pending.len && n->expires > c->now;
}

/* "z***@example.cn" */
static struct str masked(struct ctx *c, struct str address)
{
    size_t at = str_find_char(address, '@');
    if (at == SIZE_MAX) return STR_EMPTY;
    return str_fmt(c->arena, "%.1s***%.*s", address.ptr, (int)(address.len - at), address.ptr + at);
}

static void set_text(struct ctx *c, struct json *f, const char *key, const char *value)
{
    json_set_c(c->arena, f, key, value);
}

static struct json *checkbox(struct ctx *c, struct json *list, const char *name, const char *label, bool on)
{
    return ctx_field(c, list, name, label, "checkbox", on ? STR("1") : STR_EMPTY);
}

static void add_channels(struct ctx *c, struct json *doc, const struct notice_choice *n)
{
    struct json *list = json_set_array(c->arena, doc, "channels");
    bool sms = n->sms, mail = n->mail;
    if (c->failed) {
        sms = in_true(c, "sms");
        mail = in_true(c, "mail");
    }
    checkbox(c, list, "sms", "Texts to my mobile", sms);
    if (n->address.len) checkbox(c, list, "mail", "Mail to my address", mail);
}

static void add_mail_fields(struct ctx *c, struct json *doc, const struct notice_choice *n)
{
    struct json *list = json_set_array(c->arena, doc, "mail_fields");
    struct json *f = ctx_field(c, list, "address", "Mail address", "email", STR_EMPTY);
    set_text(c, f, "autocomplete", "email");
    json_set_bool(c->arena, f, "required", true);
    list = json_set_array(c->arena, doc, "code_fields");
    if (!is_pending(c, n)) return;
    f = ctx_field(c, list, "code", "Code from the mail", "text", STR_EMPTY);
    set_text(c, f, "autocomplete", "one-time-code");
    set_text(c, f, "inputmode", "numeric");
    set_text(c, f, "width", "10");
    json_set_bool(c->arena, f, "required", true);
}

static void add_crumb(struct ctx *c, struct json *list, const char *name, const char *href)
{
    struct json *crumb = json_add_object(c->arena, list);
    json_set_str(c->arena, crumb, "name", ctx_tr(c, name));
    json_set_c(c->arena, crumb, "href", href);
}

bool notices_settings_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *crumbs;
    struct notice_choice n;
    if (!own_choice(c, &n)) return false;
    crumbs = json_set_array(c->arena, doc, "crumbs");
    add_crumb(c, crumbs, "My page", "/me");
    add_crumb(c, crumbs, "Messages", "/me/messages");
    add_channels(c, doc, &n);
    add_mail_fields(c, doc, &n);
    json_set_bool(c->arena, doc, "sms", n.sms);
    json_set_bool(c->arena, doc, "mail", n.mail && n.address.len);
    json_set_bool(c->arena, doc, "mail_offered", mail_offered(c));
    json_set(doc, "address", n.address.len ? json_string(c->arena, n.address) : json_null(c->arena));
    json_set(doc, "pending",
             is_pending(c, &n) ? json_string(c->arena, masked(c, n.pending)) : json_null(c->arena));
    return true;
}

bool notices_settings_save(struct ctx *c)
{
    struct notice_choice n;
    if (!own_choice(c, &n)) return false;
    n.sms = in_true(c, "sms");
    n.mail = in_true(c, "mail") && n.address.len;
    ctx_notice(c, "Saved.");
    return notices_choice_save(c, &n) &&
           evidence_add(c, "person.channels", "person", n.subject, n.subject, NULL) &&
           ctx_redirect(c, "/me/messages/settings");
}

/* ---- the address, confirmed by a code ---- */

static bool within(struct ctx *c, const char *purpose, struct str key)
{
    if (auth_limit(c, purpose, key, CODES_AN_HOUR, MS_HOUR)) return true;
    if (strcmp(c->err->code, "limit") != 0) return false;
    err_clear(c->err);
    err_busy(c->err, "limit", "There were too many attempts. Please try again in %{arg} minutes.");
    err_arg(c->err, STR("60"));
    return false;
}

bool notices_mail_check(struct ctx *c)
{
    if (!mail_offered(c))
        return err_conflict(c->err, "notices.no_mail", "Messages are not sent by mail here.");
    return within(c, "notices:mail", in_text(c, "address")) &&
           within(c, "notices:account", str_fmt(c->arena, "%lld", (long long)c->actor.account));
}

static struct str digest_of(struct ctx *c, int64_t subject, struct str address, struct str code)
{
    return blind_index(
        ctx_keys(c), c->arena, "notices:code",
        str_fmt(c->arena, "%lld|%.*s|%.*s", (long long)subject, STR_ARG(address), STR_ARG(code)));
}

bool notices_mail_ask(struct ctx *c)
{
    struct notice_choice n;
    uint64_t number;
    if (!own_choice(c, &n)) return false;
    crypto_random((uint8_t *)&number, sizeof number);
    struct str code = str_fmt(c->arena, "%06u", (unsigned)(number % 1000000));
    n.pending = in_text(c, "address");
    n.code_digest = digest_of(c, n.subject, n.pending, code);
    n.attempts = 0;
    n.expires = c->now + CODE_LIFE;
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "code", code);
    struct outbox_text t = {.subject = n.subject, .channel = STR("mail"), .to = n.pending};
    t.text = notice_signed(
        c, c->lang,
        notice_render(c->arena, c->lang,
                      STR("Your code is %{code}, valid for 10 minutes. Nobody who works for us will ask you "
                          "for it."),
                      params));
    ctx_notice(c, "We have sent a code to this address.");
    return notices_choice_save(c, &n) && notices_put_out(c, &t) && ctx_redirect(c, "/me/messages/settings");
}

static bool no_longer(struct ctx *c)
{
    return err_at(c->err, STR("code"), "This code is no longer valid. Please ask for a new one.", STR_EMPTY);
}

static bool spend_attempt(struct ctx *c)
{
    const int64_t *subject = ctx_arg(c);
    bool ok;
    return notices_choice_attempt(c, *subject, &ok) && (ok || no_longer(c));
}

static bool compare(struct ctx *c, struct notice_choice *n)
{
    if (!own_choice(c, n)) return false;
    if (!is_pending(c, n)) return no_longer(c);
    struct str digest = digest_of(c, n->subject, n->pending, in_text(c, "code"));
    if (digest.len != n->code_digest.len || !crypto_equal(digest.ptr, n->code_digest.ptr, digest.len))
        return err_at(c->err, STR("code"), "This code is not right. Please look at the newest message.",
                      STR_EMPTY);
    return true;
}

/* The attempt is counted durably before the comparison. */
bool notices_mail_try(struct ctx *c)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct notice_choice n;
    int64_t subject;
    return notices_own_subject(c, &subject) &&
           server_write(c->server, &system, spend_attempt, &subject, c->err) && compare(c, &n);
}

static bool keep_address(struct ctx *c, struct notice_choice *n, struct str address)
{
    n->address = address;
    n->mail = address.len > 0;
    n->sms = n->sms || !n->mail; /* nobody falls silent by taking an address back */
    n->pending = n->code_digest = STR_EMPTY;
    n->expires = 0;
    return notices_choice_save(c, n) &&
           evidence_add(c, "person.mail", "person", n->subject, n->subject, NULL) &&
           ctx_redirect(c, "/me/messages/settings");
}

bool notices_mail_confirm(struct ctx *c)
{
    struct notice_choice n;
    ctx_notice(c, "Your address is confirmed. Messages go there, too.");
    return compare(c, &n) && keep_address(c, &n, n.pending);
}

bool notices_mail_remove(struct ctx *c)
{
    struct notice_choice n;
    ctx_notice(c, "Your address is removed.");
    return own_choice(c, &n) && keep_address(c, &n, STR_EMPTY);
}

/* ---- what is kept about me ---- */

static bool export_choice(struct ctx *c, int64_t subject, struct json *doc)
{
    struct notice_choice n;
    if (!notices_choice_load(c, subject, &n)) return false;
    struct json *o = json_set_object(c->arena, doc, "message_settings");
    json_set_bool(c->arena, o, "sms", n.sms);
    json_set_bool(c->arena, o, "mail", n.mail);
    json_set_str(c->arena, o, "mail_address", n.address);
    return true;
}

const struct people_part notices_part = {
    .name = "notices", .export = export_choice, .forget = notices_store_forget};
