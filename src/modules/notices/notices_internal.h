/* Private to the module. */
#ifndef TB_NOTICES_INTERNAL_H
#define TB_NOTICES_INTERNAL_H

#include "core/base/time.h"
#include "modules/notices/notices.h"

enum { MESSAGES_PAGE = 20 };
/* Texts leave the outbox after this time: they hold codes and names. */
#define OUTBOX_KEPT (30 * MS_DAY)

struct notices_state {
    const struct notice_provider *sms, *mail; /* NULL: the outbox alone */
};

struct inbox_message {
    int64_t id, subject;
    struct str msgid, params /* sealed, "" = none */, href;
    int64_t read_at, created;
};

struct outbox_text {
    int64_t id, subject; /* 0: nobody's key, the installation's */
    struct str channel;  /* "sms" or "mail" */
    struct str to, text; /* in the clear: the store seals */
    struct str status;   /* "stored" (no provider), "due", "sent" */
    int64_t tries, created, sent_at;
};

const struct notices_state *notices_state(const struct ctx *c);
const struct notice_provider *notice_provider_of(const struct ctx *c, struct str channel);
/* The sentence in that language, each %{name} replaced by the parameter. */
struct str notice_render(struct arena *a, const struct lang *l, struct str msgid, const struct json *params);
/* With the name of the platform in front, as providers ask for. */
struct str notice_signed(struct ctx *c, const struct lang *l, struct str text);
/* Its parameters; none when the key was erased. NULL with err. */
const struct json *notice_params(struct ctx *c, const struct inbox_message *m);
bool notices_start(struct ctx *c);
void notices_stop(struct server *s);

/* ---- notices_outbox.c ---- */
/* Into the outbox under a new id, and on its way where the channel has a provider. In a write. */
bool notices_put_out(struct ctx *c, struct outbox_text *t) NODISCARD;
/* What the message says, for the channels its reader chose. In a write. */
bool notices_text_out(struct ctx *c, const struct inbox_message *m, const struct json *params) NODISCARD;
bool notices_deliver_prepare(struct ctx *c, const struct json *payload);
bool notices_deliver(struct ctx *c, const struct json *payload);
bool notices_sweep(struct ctx *c, const struct json *payload);

/* ---- notices_store.c ---- */
bool notices_store_add(struct ctx *c, const struct inbox_message *m) NODISCARD;
bool notices_store_load(struct ctx *c, int64_t id, struct inbox_message *out, bool *found) NODISCARD;
/* Newest first, before id `before` (0 = from the top), one more than a page. */
bool notices_store_list(struct ctx *c, int64_t subject, int64_t before, struct inbox_message **list,
                        size_t *count) NODISCARD;
/* id 0: all of the subject's. */
bool notices_store_read(struct ctx *c, int64_t subject, int64_t id) NODISCARD;
bool notices_store_unread(struct ctx *c, int64_t subject, int64_t *count) NODISCARD;
bool notices_store_text_add(struct ctx *c, const struct outbox_text *t) NODISCARD;
/* Unseals. *found is false also when the key was erased. */
bool notices_store_text(struct ctx *c, int64_t id, struct outbox_text *out, bool *found) NODISCARD;
bool notices_store_texts(struct ctx *c, int64_t before, int limit, struct outbox_text **list,
                         size_t *count) NODISCARD;
bool notices_store_text_sent(struct ctx *c, int64_t id) NODISCARD;
/* Messages, texts and choices of the subject. */
bool notices_store_forget(struct ctx *c, int64_t subject) NODISCARD;
bool notices_store_sweep(struct ctx *c, int64_t older_than) NODISCARD;

/* ---- notices_choice_store.c: how a subject wants to be reached ---- */
struct notice_choice {
    int64_t subject;
    bool sms, mail;         /* who never chose: sms alone */
    struct str address;     /* confirmed; "" */
    struct str pending;     /* asked for and not confirmed yet; "" */
    struct str code_digest; /* of the code sent to `pending` */
    int64_t attempts, expires;
};
/* Unseals; without a row or without its key: what who never chose has. */
bool notices_choice_load(struct ctx *c, int64_t subject, struct notice_choice *out) NODISCARD;
bool notices_choice_save(struct ctx *c, const struct notice_choice *n) NODISCARD;
/* One attempt at the code; *ok is false when there are none left or the code is too old. */
bool notices_choice_attempt(struct ctx *c, int64_t subject, bool *ok) NODISCARD;

/* ---- notices_settings.c ---- */
extern const struct people_part notices_part;
/* Whose inbox: the organisation's while the actor acts for it and still may, otherwise their own. */
bool notices_own_subject(struct ctx *c, int64_t *subject) NODISCARD;
bool notices_settings_page(struct ctx *c);
bool notices_settings_save(struct ctx *c);
bool notices_mail_check(struct ctx *c);
bool notices_mail_ask(struct ctx *c);
bool notices_mail_try(struct ctx *c);
bool notices_mail_confirm(struct ctx *c);
bool notices_mail_remove(struct ctx *c);

/* ---- pages ---- */
bool notices_messages(struct ctx *c);
bool notices_scope(struct ctx *c);
bool notices_read_one(struct ctx *c);
bool notices_read_all(struct ctx *c);
bool notices_outbox_page(struct ctx *c);
bool notices_demo_page(struct ctx *c);
bool notices_frame(struct ctx *c, struct json *page);

#endif
