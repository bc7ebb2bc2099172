#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/desk/desk_internal.h"
#include "modules/orgs/orgs.h"

struct json *desk_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                        const char *kind, bool required)
{
    static const char *const none[] = {"hint", "source", "autocomplete", "inputmode", "width", "maxlength"};
    struct json *f = ctx_field(c, parent, name, label, "text", STR_EMPTY);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    /* The partial looks outward for what is absent, so what is absent is said. */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_set(f, none[i], json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    return f;
}

struct str desk_unit_name(struct ctx *c, int64_t unit)
{
    const struct unit *u = unit ? orgs_unit(c, unit) : NULL;
    return u ? u->name : STR_EMPTY;
}

bool desk_officer(struct ctx *c, int64_t account, struct str *out)
{
    struct account a;
    *out = STR_EMPTY;
    if (!account) return true;
    if (account_load(c, account, &a)) {
        *out = a.label;
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}
