/* Private to the module: the elements of how, where and by whom an item is handled.
 *
 * In the document of an item each stands under its key: text, a code of its choices, or an array of codes
 * where there may be several. Text where a code is meant was written before there were codes; it is shown as
 * it is. Without a value it is not verified. */
#ifndef TB_CATALOGUE_MANNER_H
#define TB_CATALOGUE_MANNER_H

#include "modules/catalogue/catalogue_internal.h"

enum manner_kind {
    MANNER_TEXT,
    MANNER_ADDRESS, /* "https://…" */
    MANNER_DATE,
    MANNER_ONE, /* of the choices */
    MANNER_MANY
};
/* Groups of the editor, in its order. */
enum manner_part {
    MANNER_CODES,
    MANNER_BODY,
    MANNER_PROCEDURE,
    MANNER_ONLINE,
    MANNER_PLACE,
    MANNER_RESULT,
    MANNER_PARTS
};
/* Where a guide says it, besides its list of all elements. */
enum manner_shown { MANNER_LISTED, MANNER_WHERE, MANNER_AFTER };

struct manner_choice {
    const char *code, *label; /* label: msgid */
    const char *listed;       /* the code that lists from outside use */
};

struct manner {
    const char *key, *name, *hint; /* name and hint: msgids; hint may be NULL */
    enum manner_kind kind;
    enum manner_part part;
    const struct manner_choice *choices; /* ends with NULL */
    bool optional;                       /* left out where nobody knows it, instead of "not verified" */
    enum manner_shown shown;
    struct str (*offered)(struct ctx *c, const struct item *i); /* what follows from what is offered here */
};

/* In the order of the list. */
extern const struct manner manners[];
extern const size_t manner_count;

/* In words; "" where nobody has verified it. zh: it is in the words of the directory. */
struct str manner_value(struct ctx *c, const struct item *i, const struct manner *m, bool *zh);
/* As it is stored or follows from what is offered here; codes of several are separated by a space. */
struct str manner_text(struct ctx *c, const struct item *i, const char *key);
/* Is that text an address that a page may link? */
bool manner_is_address(struct str text);
/* The element of that key; NULL: none. */
const struct manner *manner_find(struct str key);
/* What a list from outside says of that element: words, a code of the standard, or several separated by a
 * comma. False where it is none of the codes. */
bool manner_from_list(struct arena *a, const struct manner *m, struct str value, struct json **out);
/* {name, value, value_zh, href|null} of what is known and belongs there. */
void manner_add_shown(struct ctx *c, const struct item *i, enum manner_shown where, struct json *list);

#endif
