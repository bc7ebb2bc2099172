/* Who had a hand in a draft, so that somebody else puts it into force: text "|1|2|" of accounts, kept with
 * the draft by whoever stores it. No error can occur. */
#ifndef TB_AUTHORS_H
#define TB_AUTHORS_H

#include "core/http/ctx.h"

/* Did the actor save it last, or at any time? Nobody signed in is no author. */
bool authors_has(const struct ctx *c, int64_t made_by, struct str authors);
/* With the actor. An open draft remembers every hand; a fresh one begins with nobody's. */
struct str authors_add(const struct ctx *c, struct str authors, bool open);

#endif
