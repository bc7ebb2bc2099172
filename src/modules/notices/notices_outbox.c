/* From the inbox to the mobile: a message becomes a text with the act it tells of; the text goes out through
 * the provider as a job. */
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

/* ---- the text of a message ---- */

/* A mail has room for the way to the page; addresses in texts by SMS teach people to follow strangers' ones.
 */
static struct str mail_text(struct ctx *c, struct str text, struct str href)
{
    const char *site = server_options(c->server)->public_url;
    if (!site || !*site) return text;
    return str_fmt(c->arena, "%.*s\n\n%s%.*s\n", STR_ARG(text), site,
                   STR_ARG(href.len ? href : STR("/me/messages")));
}

bool notices_text_out(struct ctx *c, const struct inbox_message *m, const struct json *params)
{
    struct notice_choice choice;
    struct str mobile;
    if (!people_mobile(c, m->subject, &mobile) || !notices_choice_load(c, m->subject, &choice)) return false;
    /* Who gave no address reads the inbox. */
    struct str text = notice_signed(c, &lang_zh_cn, notice_render(c->arena, &lang_zh_cn, m->msgid, params));
    struct outbox_text sms = {.subject = m->subject, .channel = STR("sms"), .to = mobile, .text = text},
                       mail = {.subject = m->subject,
                               .channel = STR("mail"),
                               .to = choice.address,
                               .text = mail_text(c, text, m->href)};
    return (!choice.sms || !mobile.len || notices_put_out(c, &sms)) &&
           (!choice.mail || !choice.address.len || notices_put_out(c, &mail));
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

bool notices_sweep(struct ctx *c, const struct json *)
{
    return notices_store_sweep(c, c->now - OUTBOX_KEPT);
}
