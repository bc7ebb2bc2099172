/* Regular expressions with the meaning of XPath and XQuery functions 3.1, clause 5.6 (over XML Schema part 2,
 * appendix G), carried out by PCRE2. Private to the engine.
 *
 * The pattern is translated: \i \c \I \C, \p{Is…} blocks, character class subtraction, `.` and anchors by
 * flags, no back-references beyond groups, no look-around, no possessive or PCRE-only syntax: what XPath does
 * not know is refused. Flags: s m i x q. A budget of matching steps bounds hostile patterns; when it is spent
 * the call fails. */
#ifndef TB_FEEL_REGEX_H
#define TB_FEEL_REGEX_H

#include "engines/feel/feel.h"

/* Each is false, with *msgid saying why (an English sentence of the msgid table), when pattern, flags or
 * replacement is wrong, or a replace or split matches the empty string where XPath forbids it. All memory
 * comes from the arena. */
bool feel_regex_matches(struct arena *a, struct str input, struct str pattern, struct str flags, bool *out,
                        const char **msgid);
bool feel_regex_replace(struct arena *a, struct str input, struct str pattern, struct str replacement,
                        struct str flags, struct str *out, const char **msgid);
/* Pieces between matches, as FEEL's split(): count ≥ 1. */
bool feel_regex_split(struct arena *a, struct str input, struct str pattern, struct str **pieces,
                      size_t *count, const char **msgid);

#endif
