#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/notices/notices_internal.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

const struct notices_state *notices_state(const struct ctx *c)
{
    return server_state(c->server, "notices");
}

bool notices_set_provider(struct server *s, const char *channel, const struct notice_provider *p,
                          struct err *e)
{
    struct notices_state *state = server_state(s, "notices");
    if (strcmp(channel, "sms") == 0)
        state->sms = p;
    else if (strcmp(channel, "mail") == 0)
        state->mail = p;
    else
        return err_fault(e, "messages have no channel %s", channel);
    return true;
}

const struct notice_provider *notice_provider_of(const struct ctx *c, struct str channel)
{
    return str_eq_c(channel, "mail") ? notices_state(c)->mail : notices_state(c)->sms;
}

struct str notice_render(struct arena *a, const struct lang *l, struct str msgid, const struct json *params)
{
    struct str rest = lang_text(l, msgid);
    struct buf out = buf_new(a, rest.len + 64);
    for (size_t at; (at = str_find(rest, STR("%{"))) != SIZE_MAX;) {
        struct str tail = str_slice(rest, at + 2, rest.len);
        size_t end = str_find_char(tail, '}');
        if (end == SIZE_MAX) break;
        struct str name = str_slice(tail, 0, end);
        const struct json *value = l == &lang_en ? json_get_str(params, str_cat(a, name, STR("_en"))) : NULL;
        if (!value || !value->text.len) value = json_get_str(params, name);
        buf_add(&out, str_slice(rest, 0, at));
        if (value) buf_add(&out, value->text);
        rest = str_slice(tail, end + 1, tail.len);
    }
    buf_add(&out, rest);
    return buf_str(&out);
}

const struct json *notice_params(struct ctx *c, const struct inbox_message *m)
{
    struct str text;
    const struct field_place at = {"inbox_message", "params", m->id, m->subject};
    if (!m->params.len) return json_object(c->arena);
    if (field_open(ctx_keys(c), &c->tx, &at, m->params, &text))
        return json_parse(c->arena, text, JSON_STRICT, c->err);
    if (c->err->kind != ERR_MISSING) return NULL;
    err_clear(c->err);
    return json_object(c->arena);
}

bool notice_send(struct ctx *c, int64_t subject, const char *msgid, const struct json *params,
                 struct str href)
{
    struct inbox_message m = {.id = ctx_id(c),
                              .subject = subject,
                              .msgid = str_c(msgid),
                              .params = params && params->count ? json_to_str(c->arena, params) : STR_EMPTY,
                              .href = href,
                              .created = c->now};
    if (href.len && (href.ptr[0] != '/' || str_starts(href, STR("//"))))
        return err_fault(c->err, "a message leads to a page of this site, not to %.*s", STR_ARG(href));
    return notices_store_add(c, &m) && notices_text_out(c, &m, params);
}

bool notice_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params)
{
    struct outbox_text t = {
        .channel = STR("sms"),
        .to = mobile,
        .text = notice_signed(c, c->lang, notice_render(c->arena, c->lang, str_c(msgid), params))};
    return notices_put_out(c, &t);
}

bool notice_unread(struct ctx *c, int64_t subject, int64_t *count)
{
    return notices_store_unread(c, subject, count);
}

bool notices_start(struct ctx *c)
{
    static const struct people_messenger messenger = {.text = notice_text, .send = notice_send};
    struct notices_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    server_set_state(c->server, "notices", s);
    people_set_messenger(c->server, &messenger);
    people_add_part(c->server, &notices_part);
    return true;
}

void notices_stop(struct server *server)
{
    mem_free(server_state(server, "notices"));
    server_set_state(server, "notices", NULL);
}
