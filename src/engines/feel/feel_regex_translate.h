/* From the regular expressions of XPath to those of PCRE2. Private to the engine.
 *
 * Everything is parsed and written anew, so that nothing reaches PCRE2 that XPath does not know. The result
 * means the same under PCRE2_UTF, with newline LF, and with PCRE2_MULTILINE and PCRE2_CASELESS set as the
 * flags say. */
#ifndef TB_FEEL_REGEX_TRANSLATE_H
#define TB_FEEL_REGEX_TRANSLATE_H

#include "core/base/arena.h"
#include "core/base/str.h"

struct feel_regex_flags {
    bool dot_all;    /* s */
    bool multi_line; /* m */
    bool caseless;   /* i */
    bool extended;   /* x: white space outside sets does not count */
    bool literal;    /* q: the pattern is plain text */
};

/* False with *msgid set. */
bool feel_regex_flags_read(struct str text, struct feel_regex_flags *out, const char **msgid);
bool feel_regex_translate(struct arena *a, struct str pattern, struct feel_regex_flags flags, struct str *out,
                          const char **msgid);

#endif
