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

bool notices_put_out(struct ctx *c, struct outbox_text *t)
{
    struct json *payload = json_object(c->arena);
    bool out = notice_provider_of(c, t->channel) != NULL;
    t->id = ctx_id(c);
    t->status = out ? STR("due") : STR("stored");
    json_set_id(c->arena, payload, "text", t->id);
    return notices_store_text_add(c, t) &&
           (!out || job_add(c, "notices.deliver", STR_EMPTY, payload, c->now));
}

/* ---- expand ---- */

/* A mail has room for the way to the page; addresses in texts by SMS teach people to follow strangers' ones.
 */
static struct str mail_text(struct ctx *c, struct str text, struct str href)
{
    const char *site = server_options(c->server)->public_url;
    if (!site || !*site) return text;
    return str_fmt(c->arena, "%.*s\n\n%s%.*s\n", STR_ARG(text), site,
                   STR_ARG(href.len ? href : STR("/me/messages")));
}

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
    struct notice_choice choice;
    const struct json *params = notice_params(c, &m);
    if (!params || !notices_choice_load(c, m.subject, &choice)) return false;
    struct str text = notice_signed(c, &lang_zh_cn, notice_render(c->arena, &lang_zh_cn, m.msgid, params));
    json_set_id(c->arena, c->prepared, "subject", m.subject);
    json_set_str(c->arena, c->prepared, "text", text);
    if (choice.sms) json_set_str(c->arena, c->prepared, "sms", s.mobile);
    if (choice.mail && choice.address.len) {
        json_set_str(c->arena, c->prepared, "mail", choice.address);
        json_set_str(c->arena, c->prepared, "mail_text", mail_text(c, text, m.href));
    }
    return true;
}

static bool expand_to(struct ctx *c, const char *channel, const char *text)
{
    struct outbox_text t = {.subject = json_i64_of(c->prepared, "subject", 0),
                            .channel = str_c(channel),
                            .to = json_text_of(c->prepared, channel),
                            .text = json_text_of(c->prepared, text)};
    return !t.to.len || notices_put_out(c, &t); /* who gave no address reads the inbox */
}

bool notices_expand(struct ctx *c, const struct json *payload)
{
    return expand_to(c, "sms", "text") && expand_to(c, "mail", "mail_text");
}

/* ---- deliver ---- */

bool notices_deliver_prepare(struct ctx *c, const struct json *payload)
{
    struct outbox_text t;
    bool found;
    c->prepared = json_object(c->arena);
    if (!notices_store_text(c, json_i64_of(payload, "text", 0), &t, &found)) return false;
    const struct notice_provider *p = found ? notice_provider_of(c, t.channel) : NULL;
    if (!p || str_eq_c(t.status, "sent")) return true;
    struct json *place = json_object(c->arena);
    json_set_str(c->arena, place, "place", orgs_division_name(c, orgs_place(c)));
    struct notice_parcel parcel = {
        str_z(c->arena, t.channel), t.to,
        notice_render(c->arena, &lang_zh_cn, STR("Message from the government services of %{place}"), place),
        t.text, t.id};
    if (!p->send(p, c->arena, &parcel, c->err)) return false;
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
