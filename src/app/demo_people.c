#include "app/demo.h"
#include "core/auth/auth.h"
#include "modules/exchange/exchange.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"

bool demo_add_registers(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    return registry_import(c, d->registry, json_object(c->arena));
}

bool demo_add_exchange(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    return exchange_import(c, d->exchange, json_object(c->arena));
}

static bool find_account(struct ctx *c, struct str mobile, int64_t *id)
{
    struct account there;
    struct str hash;
    *id = 0;
    if (account_by_login(c, ACTOR_PERSON, mobile, &there, &hash))
        *id = there.id;
    else if (c->err->kind != ERR_MISSING)
        return false;
    err_clear(c->err);
    return true;
}

/* Who has no account here can try the registration. */
static bool add_person(struct ctx *c, struct demo *d, const struct json *p)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = json_text_of(p, "name"),
                        .code = json_text_of(p, "id_number"),
                        .mobile = json_text_of(p, "mobile"),
                        .address = json_text_of(p, "address"),
                        .level = json_true_of(p, "known") ? 2 : 1};
    int64_t id, account;
    if (!json_true_of(p, "account")) return true;
    if (!people_ensure(c, &s, &id) || !find_account(c, s.mobile, &account)) return false;
    return account ? account_set_password(c, account, d->hash, false)
                   : people_add_account(c, id, s.mobile, d->hash, &account);
}

static bool add_organisation(struct ctx *c, const struct json *o)
{
    struct subject s = {.kind = SUBJECT_ORGANISATION,
                        .name = json_text_of(o, "name"),
                        .code = json_text_of(o, "uscc"),
                        .mobile = STR_EMPTY,
                        .address = json_text_of(o, "address"),
                        .level = 2};
    int64_t id;
    return people_ensure(c, &s, &id);
}

bool demo_add_people(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    JSON_EACH(p, json_get(d->persons, "persons"))
    {
        if (!add_person(c, d, p)) return false;
    }
    JSON_EACH(o, json_get(d->organisations, "organisations"))
    {
        if (!add_organisation(c, o)) return false;
    }
    return true;
}
