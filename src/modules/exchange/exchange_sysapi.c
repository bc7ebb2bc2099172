/* POST /sysapi/{resource}: a system asks by the header convention of the national platform, under a permit
 * that allows that. rid is the system, sid the resource; sid and time are the nonce. */
#include "core/http/server.h"
#include "modules/exchange/exchange_gjzwfwpt.h"
#include "modules/exchange/exchange_sign.h"

static bool fits(struct ctx *c, const struct known_system *system, const struct gj_head *h)
{
    for (size_t i = 0; i < system->key_count; i++)
        if (system->keys[i].secret && gj_fits(c->arena, h, system->keys[i].secret)) return true;
    return false;
}

static bool authenticate(struct ctx *c, struct caller *who, struct str *resource)
{
    static const char unknown[] =
        "The sign fits no secret of this system that is in force: check the secret on the page of the "
        "system, "
        "and that sid, rid and rtime are joined in this order with nothing between them.";
    const struct gj_head h = {.rid = request_header(c->req, GJ_PREFIX "rid"),
                              .sid = request_header(c->req, GJ_PREFIX "sid"),
                              .rtime = request_header(c->req, GJ_PREFIX "rtime"),
                              .sign = request_header(c->req, GJ_PREFIX "sign")};
    const struct exchange_snapshot *s = exchange_now(c);
    const struct known_system *system = exchange_system_of(s, h.rid);
    int64_t time;
    *resource = h.sid;
    if (!system || !gj_time(&h, &time) || !fits(c, system, &h))
        return exchange_stranger(c, "exchange.signature", unknown, h.rid);
    if (!str_eq(h.sid, ctx_path(c, "resource")))
        return exchange_stranger(c, "exchange.signature", "The address is of another service than the sid.",
                                 h.rid);
    if (time < c->now - s->window_ms || time > c->now + s->window_ms)
        return exchange_stranger(c, "exchange.time",
                                 "The signed time is too far from ours: set the clock right and sign anew.",
                                 h.rid);
    *who = (struct caller){.system = system,
                           .scheme = GJ_SCHEME,
                           /* outlives the window, however wide somebody sets that later */
                           .once = {str_fmt(c->arena, "%.*s:%.*s", STR_ARG(h.sid), STR_ARG(h.rtime)),
                                    time + CONVENTION_WINDOW_MAX}};
    return true;
}

bool exchange_sysapi(struct ctx *c)
{
    struct caller who;
    struct str resource;
    if (!authenticate(c, &who, &resource) || !exchange_serve(c, &who, resource)) return false;
    return call_send(c, gj_reply(c->arena, STR("200"), STR("ok"), c->out.bytes));
}

/* What an installation was told to call it; else 300, failure. */
static struct str code_of(struct ctx *c, const char *ours)
{
    struct str codes = exchange_now(c)->codes, one, name;
    while (codes.len) {
        codes = str_cut(codes, ',', &one);
        struct str theirs = str_cut(str_trim(one), '=', &name);
        if (str_eq_c(name, ours) && theirs.len) return theirs;
    }
    return STR("300");
}

struct str exchange_sysapi_refusal(struct ctx *c, const struct err *e, struct str message)
{
    struct json *data = json_object(c->arena);
    json_set_c(c->arena, data, "error", e->code);
    struct json *fields = json_set_array(c->arena, data, "fields");
    for (size_t i = 0; i < e->field_count; i++)
        json_add(fields, json_string(c->arena, str_dup(c->arena, str_c(e->fields[i].field))));
    return gj_reply(c->arena, code_of(c, e->code), message, json_to_str(c->arena, data));
}
