/* From the inbox to the mobile: a message becomes a text (expand), a text goes out through the provider
 * (deliver). */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/notices/notices_internal.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

struct str notice_signed(struct ctx *c, const struct lang *l, struct str text)
{
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "place", orgs_division_name(c, orgs_place(c)));
    json_set_str(c->arena, params, "text", text);
    return notice_render(c->arena, l, STR("[Government services of %{place}] %{text}"), params);
}

/* ---- expand ---- */

bool notices_expand_prepare(struct ctx *c, const struct json *payload)
{
    struct inbox_message m;
    struct subject s;
    bool found;
    c->prepared = json_object(c->arena);
    if (!notices_store_load(c, json_i64_of(payload, "message", 0), &m, &found)) return false;
    if (!found) return true;
    if (!people_subject(c, m.subject, &s)) {
        if (c->err->kind != ERR_MISSING) return false; /* erased since: nobody to write to */
        err_clear(c->err);
        return true;
    }
    const struct json *params = notice_params(c, &m);
    if (!params) return false;
    json_set_id(c->arena, c->prepared, "subject", m.subject);
    json_set_str(c->arena, c->prepared, "to", s.mobile);
    json_set_str(c->arena, c->prepared, "text",
                 notice_signed(c, &lang_zh_cn, notice_render(c->arena, &lang_zh_cn, m.msgid, params)));
    return true;
}

bool notices_expand(struct ctx *c, const struct json *payload)
{
    bool out = notices_state(c)->provider != NULL;
    struct outbox_text t = {.id = ctx_id(c),
                            .subject = json_i64_of(c->prepared, "subject", 0),
                            .channel = STR("sms"),
                            .to = json_text_of(c->prepared, "to"),
                            .text = json_text_of(c->prepared, "text"),
                            .status = out ? STR("due") : STR("stored")};
    struct json *next = json_object(c->arena);
    if (!t.to.len) return true; /* an organisation without a mobile reads its inbox */
    json_set_id(c->arena, next, "text", t.id);
    return notices_store_text_add(c, &t) && (!out || job_add(c, "notices.deliver", STR_EMPTY, next, c->now));
}

/* ---- deliver ---- */

bool notices_deliver_prepare(struct ctx *c, const struct json *payload)
{
    const struct notice_provider *p = notices_state(c)->provider;
    struct outbox_text t;
    bool found;
    c->prepared = json_object(c->arena);
    if (!notices_store_text(c, json_i64_of(payload, "text", 0), &t, &found)) return false;
    if (!found || !p || str_eq_c(t.status, "sent")) return true;
    if (!p->send(p, c->arena, str_z(c->arena, t.channel), t.to, t.text, t.id, c->err)) return false;
    json_set_bool(c->arena, c->prepared, "sent", true);
    return true;
}

bool notices_deliver(struct ctx *c, const struct json *payload)
{
    return !json_true_of(c->prepared, "sent") || notices_store_text_sent(c, json_i64_of(payload, "text", 0));
}

bool notices_sweep(struct ctx *c, const struct json *payload)
{
    return notices_store_sweep(c, c->now - OUTBOX_KEPT);
}
