/* Six digits by SMS show that a mobile is at hand. The code is stored as a keyed digest together with the
 * token that finds it. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "modules/people/people_internal.h"

static struct str digest_of(struct ctx *c, struct str token, struct str code)
{
    return blind_index(ctx_keys(c), c->arena, "people:code",
                       str_fmt(c->arena, "%.*s|%.*s", STR_ARG(token), STR_ARG(code)));
}

static struct str new_code(struct ctx *c)
{
    uint64_t number;
    crypto_random((uint8_t *)&number, sizeof number);
    return str_fmt(c->arena, "%06u", (unsigned)(number % 1000000));
}

static struct str new_token(struct ctx *c)
{
    uint8_t bytes[18];
    crypto_random(bytes, sizeof bytes);
    return str_base64url(c->arena, bytes, sizeof bytes);
}

/* Somebody who tries mobiles learns nothing here: a mobile with an account gets another text, and the page is
 * the same. */
bool people_code_send(struct ctx *c, enum code_purpose purpose, int64_t subject, struct str mobile,
                      struct str *token)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    struct account account;
    struct mobile_code row = {
        .purpose = purpose, .subject = subject, .mobile = mobile, .expires = c->now + CODE_LIFE};
    struct str code = new_code(c);
    if (!m->text)
        return err_busy(c->err, "people.messages",
                        "No text messages can be sent at the moment. Please try again later.");
    if (!people_account(c, ACTOR_PERSON, mobile, &account, &row.taken)) return false;
    *token = new_token(c);
    row.digest = digest_of(c, *token, code);
    if (!people_store_code_add(c, *token, &row)) return false;
    struct json *params = json_object(c->arena);
    if (row.taken)
        return m->text(c, mobile,
                       "This mobile already has an account for government services. If you did not ask for "
                       "this, you need not do anything.",
                       params);
    json_set_str(c->arena, params, "code", code);
    return m->text(c, mobile,
                   "Your code is %{code}, valid for 10 minutes. Nobody who works for us will ask you for it.",
                   params);
}

static bool spend_attempt(struct ctx *c)
{
    const struct str *token = ctx_arg(c);
    bool ok;
    if (!people_store_code_attempt(c, *token, &ok)) return false;
    return ok ||
           err_at(c->err, STR("code"), "This code is no longer valid. Please ask for a new one.", STR_EMPTY);
}

static bool compare(struct ctx *c, enum code_purpose purpose, struct str token, struct str code,
                    struct mobile_code *out)
{
    bool found;
    if (!people_store_code(c, token, purpose, out, &found)) return false;
    if (!found || out->used || out->expires <= c->now)
        return err_at(c->err, STR("code"), "This code is no longer valid. Please ask for a new one.",
                      STR_EMPTY);
    struct str digest = digest_of(c, token, code);
    if (out->taken || digest.len != out->digest.len || !crypto_equal(digest.ptr, out->digest.ptr, digest.len))
        return err_at(c->err, STR("code"), "This code is not right. Please look at the newest message.",
                      STR_EMPTY);
    return true;
}

bool people_code_try(struct ctx *c, enum code_purpose purpose, struct str token, struct str code,
                     struct mobile_code *out)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(c->server, &system, spend_attempt, &token, c->err) &&
           compare(c, purpose, token, code, out);
}

bool people_code_use(struct ctx *c, enum code_purpose purpose, struct str token, struct str code,
                     struct mobile_code *out)
{
    bool ok;
    if (!compare(c, purpose, token, code, out) || !people_store_code_use(c, out->id, &ok)) return false;
    return ok ||
           err_at(c->err, STR("code"), "This code is no longer valid. Please ask for a new one.", STR_EMPTY);
}
