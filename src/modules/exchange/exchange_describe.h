/* Private to the module: what an entry says of its data.
 *
 * The core metadata of the directory guideline (编制指南 2017), as members of the JSON object that is kept
 * for each version. Members that are not required may be absent. Texts are shown as written, codes as words.
 */
#ifndef TB_EXCHANGE_DESCRIBE_H
#define TB_EXCHANGE_DESCRIBE_H

#include "modules/exchange/exchange_internal.h"

enum entry_kind {
    MEMBER_LINE,
    MEMBER_TEXT,
    MEMBER_CHOICE,
    MEMBER_FLAG,
    MEMBER_LEVEL,
    MEMBER_CODES, /* separated by commas */
};

struct entry_member {
    const char *name, *label;
    enum entry_kind kind;
    const struct exchange_word *words; /* of a choice */
    const char *group, *hint;          /* group: a new one of the form begins here */
    bool required, zh;                 /* zh: written in Chinese */
};
extern const struct entry_member entry_members[]; /* until one without a name */

/* "" where it says nothing. */
struct str entry_member_words(const struct ctx *c, const struct entry_member *m, const struct json *doc);
void entry_rows(struct ctx *c, struct json *rows, const struct data_entry *e, const struct json *doc);
/* "has_related" and "related" [{code, href}]: of entries that are not here href is null. */
bool entry_related(struct ctx *c, struct json *page, const struct json *doc) NODISCARD;
void entry_items(struct ctx *c, struct json *list, const struct json *doc);
/* The document as it is kept, with who provides it. */
struct json *entry_metadata(struct ctx *c, const struct data_entry *e, const struct json *doc);
/* [{title, fields}] */
void entry_form(struct ctx *c, struct json *groups, const struct json *doc);
struct json *entry_sent(struct ctx *c);
/* [{label, before, after}]; "" where it was not said, or no such item. */
void entry_changes(struct ctx *c, struct json *list, const struct json *before, const struct json *after);

#endif
