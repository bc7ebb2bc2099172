/* Tokens of FEEL (DMN 1.5, 10.3.1.2). Private to the engine.
 *
 * Names are given out part by part ("monthly income" is two): which parts belong together depends on the
 * names in scope and is the parser's to say. */
#ifndef TB_FEEL_LEX_H
#define TB_FEEL_LEX_H

#include "core/base/arena.h"
#include "core/base/str.h"

enum feel_token_kind {
    FEEL_TOKEN_END,
    FEEL_TOKEN_NUMBER,
    FEEL_TOKEN_STRING,
    FEEL_TOKEN_NAME,
    FEEL_TOKEN_SIGN,
    FEEL_TOKEN_WRONG /* a character that begins nothing, or an unfinished string or comment */
};

struct feel_token {
    enum feel_token_kind kind;
    size_t from, to; /* offsets in the text */
    struct str text; /* as written; of a string: its content, escapes resolved */
};

/* The token at or behind `pos`; blanks and comments are passed over. */
struct feel_token feel_lex(struct arena *a, struct str text, size_t pos);
/* Offset of the first character behind blanks and comments. */
size_t feel_lex_blank(struct str text, size_t pos);
/* Does `name` (blanks folded to one) stand at `pos`, as whole words, comments between them aside? Its end, or
 * 0. */
size_t feel_lex_match(struct str text, size_t pos, struct str name);
/* Blanks folded to one, none at the ends. */
struct str feel_lex_fold(struct arena *a, struct str name);
bool feel_lex_is_part(struct str text, size_t pos);  /* a character that may go on in a name */
bool feel_lex_is_start(struct str text, size_t pos); /* one that may begin it */
bool feel_lex_is_blank(struct str text, size_t pos);
void feel_lex_place(struct str text, size_t pos, uint32_t *line, uint32_t *column);

#endif
