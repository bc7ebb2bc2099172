#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_internal.h"

const char *supervision_kind_msgid(struct str kind)
{
    static const char *const words[SUPERVISE_KIND_COUNT] = {
        [SUPERVISE_CASE_SOON] = "Soon due",
        [SUPERVISE_CASE_OVER] = "Over its time",
        [SUPERVISE_STEP_SOON] = "Step soon due",
        [SUPERVISE_STEP_OVER] = "Step over its time",
        [SUPERVISE_STEP_ORDER] = "Step out of order",
        [SUPERVISE_STEP_MISSING] = "Step missing",
        [SUPERVISE_FEE] = "Other fee than the list says",
        [SUPERVISE_ASKED_TWICE] = "Document asked for twice",
        [SUPERVISE_UNLISTED] = "Document outside the list",
        [SUPERVISE_UNACCEPTED] = "Decided without acceptance",
        [SUPERVISE_DESK] = "Decided at the desk",
        [SUPERVISE_ONE_PERSON] = "Accepted and decided by one person",
        [SUPERVISE_OPINION_SOON] = "Opinion soon due",
        [SUPERVISE_OPINION_OVER] = "Opinion over its time",
        [SUPERVISE_EVENT_SOON] = "Life event soon due",
        [SUPERVISE_EVENT_OVER] = "Life event over its common promise",
        [SUPERVISE_OWED_SOON] = "Document to follow soon due",
        [SUPERVISE_OWED_OVER] = "Document to follow overdue",
        [SUPERVISE_PROMISE_SOON] = "Verification of a promise soon due",
        [SUPERVISE_PROMISE_OVER] = "Verification of a promise overdue",
        [SUPERVISE_STUCK] = "Cannot go on: a decision could not be made",
        [SUPERVISE_INCIDENT] = "Cannot go on: a system gave up a task",
        [SUPERVISE_HALTED] = "Cannot go on: a job of the program was given up",
    };
    enum supervise_kind k = supervise_kind_of(kind);
    return k < SUPERVISE_KIND_COUNT ? words[k] : "";
}

const char *supervision_level_msgid(int level)
{
    static const char *const words[SUPERVISE_LEVEL_COUNT] = {"Early warning", "Yellow card", "Red card"};
    return level >= 0 && level < SUPERVISE_LEVEL_COUNT ? words[level] : "In time";
}

void supervision_level(struct ctx *c, struct json *parent, int level)
{
    struct json *l = json_set_object(c->arena, parent, "light");
    json_set_c(c->arena, l, "color",
               level >= 0 && level < SUPERVISE_LEVEL_COUNT ? supervise_level_name((enum supervise_level)level)
                                                           : "green");
    json_set_str(c->arena, l, "label", ctx_tr(c, supervision_level_msgid(level)));
}

struct str supervision_unit_name(struct ctx *c, int64_t unit)
{
    const struct unit *u = unit ? orgs_unit(c, unit) : NULL;
    return u ? u->name : STR_EMPTY;
}

struct str supervision_moment(struct ctx *c, int64_t at)
{
    return at ? time_words(c->lang, c->arena, at, c->now) : STR_EMPTY;
}

bool supervision_officer(struct ctx *c, int64_t account, struct str *out)
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

struct str supervision_number(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

struct str supervision_scope_name(struct ctx *c, const struct supervision_view *v)
{
    return v->all_units ? orgs_division_name(c, c->actor.area.len ? c->actor.area : orgs_place(c))
                        : supervision_unit_name(c, v->unit);
}

struct json *supervision_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                               const char *kind, struct str value)
{
    static const char *const none[] = {"hint", "source", "autocomplete", "inputmode", "width", "maxlength"};
    struct json *f = ctx_field(c, parent, name, label, "text", value);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    /* The partial looks outward for what is absent, so what is absent is said. */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_set(f, none[i], json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    json_set_bool(c->arena, f, "required", true);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    return f;
}
