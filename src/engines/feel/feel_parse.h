/* The parser's state and what its two files share. Private to the engine.
 *
 * Recursive descent with precedence climbing over the tokens of feel_lex. The first error is kept; from then
 * on every function returns quickly with a node nobody will evaluate. */
#ifndef TB_FEEL_PARSE_H
#define TB_FEEL_PARSE_H

#include "engines/feel/feel_lex.h"
#include "engines/feel/feel_node.h"

enum { FEEL_NESTING = 160 };

struct feel_parser {
    struct feel_unit *unit;
    struct feel_scope *scope;
    struct str text;
    struct feel_token token;
    unsigned depth;
    bool high_end;     /* inside the upper end of a range: `[` closes it */
    const char *msgid; /* the first error; NULL: none */
    struct str arg;
    size_t place;
};

struct feel_node *feel_parse_expression(struct feel_parser *p);
struct feel_node *feel_parse_test(struct feel_parser *p);
struct feel_node *feel_parse_name(struct feel_parser *p);
const struct feel_type *feel_parse_type(struct feel_parser *p);

void feel_parser_next(struct feel_parser *p);
void feel_parser_go(struct feel_parser *p, size_t pos); /* the token there is the next */
struct feel_node *feel_parser_fail(struct feel_parser *p, const char *msgid);
bool feel_parser_is(const struct feel_parser *p, const char *sign_or_word);
bool feel_parser_accept(struct feel_parser *p, const char *sign_or_word);
bool feel_parser_expect(struct feel_parser *p, const char *sign_or_word);
struct feel_node *feel_parser_node(struct feel_parser *p, enum feel_op op); /* at the present token */
/* A name up to, not including, one of the words or signs that may follow it. */
bool feel_parser_new_name(struct feel_parser *p, const char *stop, struct str *out);
/* The name that stands after a dot. */
bool feel_parser_path_name(struct feel_parser *p, struct str *out);
/* `name :` ahead? Then it is taken, colon and all. */
bool feel_parser_label(struct feel_parser *p, struct str *out);

#endif
