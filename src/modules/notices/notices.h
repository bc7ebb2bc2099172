/* Messages to people (消息): in-app inbox, and SMS or mail through providers whose embedded default is an
 * outbox one can read in the demonstration. */
#ifndef TB_NOTICES_H
#define TB_NOTICES_H

#include "core/http/route.h"

extern const struct module notices_module;

/* Writes the inbox message and the job that sends it out, in the current write. msgid is English with %{name}
 * parameters taken from params (strings; sealed at rest); href: where the person reads on ("/cases/12"). */
bool notice_send(struct ctx *c, int64_t subject, const char *msgid, const struct json *params,
                 struct str href) NODISCARD;
/* A code or short text to a mobile that is no subject yet (registration); rendered in the actor's language.
 */
bool notice_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params) NODISCARD;
bool notice_unread(struct ctx *c, int64_t subject, int64_t *count) NODISCARD;

/* ---- providers ----
 * Who carries a text out of the house. Without one the texts stay in the outbox (status "stored"), where the
 * demonstration shows them. send runs on the pool, never inside a write, and may be asked twice for the same
 * text; key is the same both times. */
struct notice_provider {
    const char *name;
    bool (*send)(const struct notice_provider *p, struct arena *a, const char *channel, struct str to,
                 struct str text, int64_t key, struct err *e);
    const char *address; /* of the provider's service */
};
/* Set at start; NULL is the outbox alone. `p` must outlive the server. */
void notices_set_provider(struct server *s, const struct notice_provider *p);
/* POST of {"channel","to","text","key"} as JSON to `address`; any answer of 200 to 299 counts as taken. */
struct notice_provider notice_provider_http(const char *address);

#endif
