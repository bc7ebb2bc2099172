/* Messages to people (消息): in-app inbox, and SMS or mail through providers whose embedded default is an
 * outbox one can read in the demonstration. */
#ifndef TB_NOTICES_H
#define TB_NOTICES_H

#include "core/http/route.h"

extern const struct module notices_module;

/* Writes the inbox message and the job that sends it out, in the current write. msgid is English with %{name}
 * parameters taken from params (strings; sealed at rest), in English from name_en where there is one; href:
 * where the person reads on ("/cases/12"). */
bool notice_send(struct ctx *c, int64_t subject, const char *msgid, const struct json *params,
                 struct str href) NODISCARD;
/* A code or short text to a mobile that is no subject yet (registration); rendered in the actor's language.
 */
bool notice_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params) NODISCARD;
bool notice_unread(struct ctx *c, int64_t subject, int64_t *count) NODISCARD;

/* ---- providers ----
 * Who carries texts out of the house, one a channel ("sms", "mail"). Without one they stay in the outbox
 * (status "stored"), where the demonstration shows them. send runs on the pool, never inside a write, and may
 * be asked twice for the same text; key is the same both times. What it puts into err goes to logs and to
 * operators: nothing of recipient or text. */
struct notice_parcel {
    const char *channel;
    struct str to, title, text; /* title: the subject of a mail */
    int64_t key;
};
struct notice_provider {
    const char *name;
    bool (*send)(const struct notice_provider *p, struct arena *a, const struct notice_parcel *parcel,
                 struct err *e);
    const char *address;         /* of the provider's service */
    const char *key;             /* HTTP: bearer token, or NULL */
    const char *from;            /* SMTP: address of the sender */
    const char *user, *password; /* SMTP: NULL without sign-in */
};
/* Set at start; NULL is the outbox alone. `p` must outlive the server. FAULT for another channel. */
bool notices_set_provider(struct server *s, const char *channel, const struct notice_provider *p,
                          struct err *e) NODISCARD;
/* POST of {"channel","to","text","key"} as JSON to `address`, with `key` as bearer token where there is one;
 * any answer of 200 to 299 counts as taken. */
struct notice_provider notice_provider_http(const char *address, const char *key);
/* Plain text by SMTP to smtp://host:port (STARTTLS demanded unless the host is this machine) or smtps://. The
 * Message-ID is made of the key, so that a mail sent twice can be told. */
struct notice_provider notice_provider_smtp(const char *address, const char *from, const char *user,
                                            const char *password);
/* Is the host of that address this machine (127.0.0.1, localhost, [::1])? */
bool notice_address_is_local(const char *address);
/* field_check: an address of mail in ASCII (RFC 5321, without quotes), the domain in small letters. */
bool notice_check_mail(struct arena *a, struct str in, struct str *out, const char **why);

#endif
