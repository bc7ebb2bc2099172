#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "core/jobs/jobs.h"
#include "modules/notices/notices_internal.h"
#include "modules/people/people.h"

enum { DEMO_TEXTS = 20 };

static void add_pager(struct ctx *c, struct json *doc, int64_t next)
{
    if (!next) {
        json_set(doc, "pager", json_null(c->arena));
        return;
    }
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", str_fmt(c->arena, "?before=%lld", (long long)next));
}

/* ---- the person's messages ---- */

static bool add_message(struct ctx *c, struct json *list, const struct inbox_message *m)
{
    const struct json *params = notice_params(c, m);
    if (!params) return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_id(c->arena, o, "id", m->id);
    json_set_bool(c->arena, o, "unread", m->read_at == 0);
    json_set_str(c->arena, o, "title", notice_render(c->arena, c->lang, m->msgid, params));
    if (m->href.len) json_set_str(c->arena, o, "href", m->href);
    json_set_str(c->arena, o, "action", str_fmt(c->arena, "/me/messages/%lld/read", (long long)m->id));
    json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, m->created, c->now));
    json_set_str(c->arena, o, "at", time_rfc3339(c->arena, m->created));
    return true;
}

bool notices_messages(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "messages");
    struct inbox_message *rows;
    int64_t subject, unread;
    size_t count;
    if (!notices_own_subject(c, &subject) ||
        !notices_store_list(c, subject, in_i64(c, "before", 0), &rows, &count) ||
        !notices_store_unread(c, subject, &unread))
        return false;
    for (size_t i = 0; i < count && i < MESSAGES_PAGE; i++)
        if (!add_message(c, list, &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_messages", count > 0);
    json_set_bool(c->arena, doc, "has_unread", unread > 0);
    json_set_i64(c->arena, doc, "unread", unread);
    add_pager(c, doc, count > MESSAGES_PAGE ? rows[MESSAGES_PAGE - 1].id : 0);
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "My page"));
    json_set_c(c->arena, crumb, "href", "/me");
    return true;
}

static bool no_message(struct ctx *c)
{
    return err_missing(c->err, "notice", "There is no such message.");
}

static bool own_message(struct ctx *c, struct inbox_message *m)
{
    int64_t id, subject;
    bool found;
    if (!ctx_path_id(c, "id", &id) || !notices_own_subject(c, &subject) ||
        !notices_store_load(c, id, m, &found))
        return false;
    return (found && m->subject == subject) || no_message(c);
}

bool notices_scope(struct ctx *c)
{
    struct inbox_message m;
    if (!own_message(c, &m)) return false;
    c->row = m.id;
    return true;
}

bool notices_read_one(struct ctx *c)
{
    struct inbox_message m;
    if (!own_message(c, &m) || !notices_store_read(c, m.subject, m.id)) return false;
    return m.href.len ? ctx_redirect(c, "%.*s", STR_ARG(m.href)) : ctx_redirect(c, "/me/messages");
}

bool notices_read_all(struct ctx *c)
{
    int64_t subject;
    return notices_own_subject(c, &subject) && notices_store_read(c, subject, 0) &&
           ctx_redirect(c, "/me/messages");
}

bool notices_frame(struct ctx *c, struct json *page)
{
    int64_t subject, unread;
    if (c->actor.kind != ACTOR_PERSON) return true;
    if (!notices_own_subject(c, &subject) || !notices_store_unread(c, subject, &unread)) return false;
    if (unread) json_set_i64(c->arena, page, "unread", unread);
    return true;
}

/* ---- the outbox, in the demonstration only ---- */

static bool demo_only(struct ctx *c)
{
    return server_options(c->server)->demo || err_missing(c->err, "page", "We cannot find this page.");
}

static struct str masked(struct ctx *c, struct str to)
{
    if (to.len < 8) return STR("****");
    return str_fmt(c->arena, "%.3s****%.4s", to.ptr, to.ptr + to.len - 4);
}

static const char *state_word(struct str status)
{
    if (str_eq_c(status, "sent")) return "sent";
    return str_eq_c(status, "due") ? "waiting to be sent" : "stored";
}

static void add_text(struct ctx *c, struct json *list, const struct outbox_text *t)
{
    bool mail = str_eq_c(t->channel, "mail");
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "icon", mail ? "mail" : "phone");
    json_set_str(c->arena, o, "to", masked(c, t->to));
    json_set_str(c->arena, o, "channel", ctx_tr(c, mail ? "mail" : "text message"));
    json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, t->created, c->now));
    json_set_str(c->arena, o, "state_label", ctx_tr(c, state_word(t->status)));
    json_set_str(c->arena, o, "text", t->text);
}

bool notices_outbox_page(struct ctx *c)
{
    struct outbox_text *rows;
    size_t count;
    if (!demo_only(c) || !notices_store_texts(c, in_i64(c, "before", 0), MESSAGES_PAGE + 1, &rows, &count))
        return false;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "messages");
    for (size_t i = 0; i < count && i < MESSAGES_PAGE; i++) {
        if (rows[i].subject) ctx_reads(c, rows[i].subject, STR("outbox"), rows[i].id);
        add_text(c, list, &rows[i]);
    }
    json_set_bool(c->arena, doc, "has_messages", count > 0);
    add_pager(c, doc, count > MESSAGES_PAGE ? rows[MESSAGES_PAGE - 1].id : 0);
    return true;
}

/* Who tries the demonstration needs the code that would go to their mobile. */
bool notices_demo_page(struct ctx *c)
{
    struct outbox_text *rows;
    size_t count;
    if (!demo_only(c) || !notices_store_texts(c, 0, DEMO_TEXTS, &rows, &count)) return false;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "messages");
    for (size_t i = 0; i < count; i++)
        add_text(c, list, &rows[i]);
    json_set_bool(c->arena, doc, "has_messages", count > 0);
    json_set_bool(c->arena, doc, "sends", notices_state(c)->sms || notices_state(c)->mail);
    return true;
}

/* ---- tables ---- */

static const struct field page_fields[] = {
    {"before", FIELD_ID, .label = "Messages before this one"},
    {0},
};

static const struct field channel_fields[] = {
    {"sms", FIELD_BOOL, .label = "Texts to my mobile"},
    {"mail", FIELD_BOOL, .label = "Mail to my address"},
    {0},
};

static const struct field address_fields[] = {
    {"address", FIELD_LINE, "Mail address", true, 3, 254, .check = notice_check_mail},
    {0},
};

static const struct field code_fields[] = {
    {"code", FIELD_LINE, "Code from the mail", true, 6, .max = 6},
    {0},
};

static const struct route routes[] = {
    GET("/me/messages", ALLOW(PERSON), SCOPE(NO_ROW), notices_messages, "notices/messages", .in = page_fields,
        .summary = "My messages, newest first"),
    POST("/me/messages/read", ALLOW(PERSON), SCOPE(NO_ROW), notices_read_all, NULL,
         .summary = "Marks all my messages as read"),
    POST("/me/messages/{id}/read", ALLOW(PERSON), SCOPE(notices_scope), notices_read_one, NULL,
         .summary = "Marks a message as read and leads to what it is about"),
    GET("/me/messages/settings", ALLOW(PERSON), SCOPE(NO_ROW), notices_settings_page, "notices/settings",
        .summary = "How I want to be reached"),
    POST("/me/messages/settings", ALLOW(PERSON), SCOPE(NO_ROW), notices_settings_save, "notices/settings",
         .in = channel_fields, .again = notices_settings_page,
         .summary = "Chooses texts, mail, both or neither"),
    POST("/me/messages/mail", ALLOW(PERSON), SCOPE(NO_ROW), notices_mail_ask, "notices/settings",
         .in = address_fields, .prepare = notices_mail_check, .again = notices_settings_page,
         .summary = "Sends a code to a mail address"),
    POST("/me/messages/mail/confirm", ALLOW(PERSON), SCOPE(NO_ROW), notices_mail_confirm, "notices/settings",
         .in = code_fields, .prepare = notices_mail_try, .again = notices_settings_page,
         .summary = "Confirms the mail address by its code"),
    POST("/me/messages/mail/remove", ALLOW(PERSON), SCOPE(NO_ROW), notices_mail_remove, NULL,
         .summary = "Forgets the mail address"),
    GET("/office/outbox", ALLOW("outbox.read"), SCOPE(NO_ROW), notices_outbox_page, "site/outbox",
        .in = page_fields, .flags = ROUTE_PERSONAL,
        .summary = "Texts a provider would send (demonstration only)"),
    GET("/demo/outbox", ALLOW(PUBLIC), SCOPE(NO_ROW), notices_demo_page, "notices/demo_outbox",
        .flags = ROUTE_HTML_ONLY,
        .summary = "The last texts, so that one can try the demonstration (demonstration only)"),
};

static const struct permission permissions[] = {
    {"outbox.read", "Read the outbox of the demonstration", "system_admin"},
};

static const struct job_kind jobs[] = {
    {"notices.deliver", "Send a message", .prepare = notices_deliver_prepare, .run = notices_deliver},
    {"notices.sweep", "Clear away old messages", .run = notices_sweep, .every_ms = MS_DAY},
};

static const char *const needs[] = {"evidence", "orgs", "people", NULL};

const struct module notices_module = {
    .name = "notices",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = notices_start,
    .stop = notices_stop,
    .frame = notices_frame,
};
