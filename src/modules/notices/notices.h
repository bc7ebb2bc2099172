/* Messages to people (消息): in-app inbox, and SMS or mail through providers whose embedded default is an outbox one can read in the demonstration. */
#ifndef TB_NOTICES_H
#define TB_NOTICES_H

#include "core/http/route.h"

extern const struct module notices_module;

/* Writes the inbox message and the job that sends it out, in the current write. msgid is English with %{name} parameters taken from params (strings; sealed at rest);
 * href: where the person reads on ("/cases/12"). */
bool notice_send(struct ctx *c, int64_t subject, const char *msgid, const struct json *params, struct str href) NODISCARD;
/* A code or short text to a mobile that is no subject yet (registration); rendered in the actor's language. */
bool notice_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params) NODISCARD;
bool notice_unread(struct ctx *c, int64_t subject, int64_t *count) NODISCARD;

#endif
