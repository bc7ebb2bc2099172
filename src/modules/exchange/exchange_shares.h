/* Private to the module: what a published entry shares, and what permits lose by its next version.
 *
 * A permit names items of data for its whole term; what counts on the day of a call is the entry as it is
 * published. An item it no longer has, or no longer shares, is cut from the permit in the snapshot; of an
 * entry that is not shared nothing is given. What is shared again is given again to permits that name it. */
#ifndef TB_EXCHANGE_SHARES_H
#define TB_EXCHANGE_SHARES_H

#include "modules/exchange/exchange_permit.h"

/* Ids of the items it shares, separated by commas; "" where it shares nothing. doc: what an entry says; may
 * be NULL. */
struct str shares_of(struct arena *a, const struct json *doc);
/* Those of the one list that the other does not name, and those that it does. */
struct str list_without(struct arena *a, struct str list, struct str other);
struct str list_within(struct arena *a, struct str list, struct str other);
/* Takes from a permit of the snapshot what is not shared, with its masks: it stands in p->lost then. */
void shares_cut(struct arena *a, struct share_permit *p, struct str shared);
/* "姓名 name、…": names as the entry has them, the bare id where it has none. */
struct str shares_names(struct ctx *c, const struct json *doc, struct str ids);

/* A permit, or an open request, of an entry, and the items it names that the next version does not share. */
struct loss {
    struct share_permit permit;
    struct str items;
};
/* What they lose by that description in place of the one that is published. */
bool losses_of(struct ctx *c, const struct data_entry *e, const struct json *next, struct loss **rows,
               size_t *count) NODISCARD;
/* Tells the departments that lose it. before: how it was described. */
bool losses_tell(struct ctx *c, const struct data_entry *e, const struct json *before,
                 const struct loss *rows, size_t count) NODISCARD;
/* A job: tells, once, departments whose permits lost items by a version of before that was done. */
bool exchange_losses_run(struct ctx *c, const struct json *payload);
/* "losses" [{permit, items}] for a record; nothing where there are none. */
void losses_record(struct ctx *c, struct json *detail, const struct loss *rows, size_t count);
/* "losses" [{href, consumer, system, items}] and "has_losses": of the draft, for who reviews it. */
bool losses_show(struct ctx *c, struct json *doc, const struct data_entry *e) NODISCARD;

#endif
