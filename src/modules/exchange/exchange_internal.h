/* Private to the module. An entry: `doc` is what is published (NULL before the first time), `draft` what
 * waits.
 *
 * state: "new" → "published" → "withdrawn" (and back by a new version). pending: "" · "draft" · "review" (a
 * draft handed in) · "withdraw" (its end is asked for). Who handed something in never decides it. */
#ifndef TB_EXCHANGE_INTERNAL_H
#define TB_EXCHANGE_INTERNAL_H

#include "modules/exchange/exchange.h"

/* Calls to other installations; NULL: nobody makes any. */
const struct exchange_abroad_part *exchange_abroad_of(const struct ctx *c);

enum { ENTRIES_PAGE = 30, ITEMS_MAX = 60, CODE_MAX = 40, NAME_MAX = 100 };

struct data_entry {
    int64_t id, unit, version, author, changed;
    struct str code, name, sharing, state, pending;
    const struct json *doc, *draft;
};

/* state: "open", "closed", or "suspended" by its provider, who says why. */
struct data_resource {
    int64_t id, entry;
    struct str code, kind, register_id, state, words;
};

struct entry_query {
    struct str words, sharing, class, open, which; /* which: "published", "waiting", "withdrawn", "all" */
    int64_t unit;                                  /* 0: any */
    int64_t own;      /* what was never published is seen by this department; 0: by all */
    struct str after; /* code of the last row before */
};

/* ---- exchange_entry_store.c ---- */
/* In order of codes; one more than a page. doc and draft are not read. */
bool entry_store_list(struct ctx *c, const struct entry_query *q, struct data_entry **rows,
                      size_t *count) NODISCARD;
bool entry_store_load(struct ctx *c, int64_t id, struct data_entry *out, bool *found) NODISCARD;
bool entry_store_by_code(struct ctx *c, struct str code, int64_t *id) NODISCARD; /* 0: none */
bool entry_store_save(struct ctx *c,
                      const struct data_entry *e) NODISCARD; /* makes or replaces, with its terms */
bool entry_store_drop(struct ctx *c, int64_t id) NODISCARD;
bool entry_store_add_version(struct ctx *c, const struct data_entry *e, int64_t publisher) NODISCARD;
struct entry_version {
    int64_t version, author, publisher, at;
    const struct json *doc; /* not of lists */
};
bool entry_store_version(struct ctx *c, int64_t id, int64_t version, struct entry_version *out,
                         bool *found) NODISCARD;
bool entry_store_versions(struct ctx *c, int64_t id, struct entry_version **rows, size_t *count) NODISCARD;
bool resource_store_save(struct ctx *c, const struct data_resource *r) NODISCARD;
bool resource_store_of_entry(struct ctx *c, int64_t entry, struct data_resource *out, bool *found) NODISCARD;
bool resource_store_by_code(struct ctx *c, struct str code, int64_t *entry) NODISCARD; /* 0: none */
/* The entry a register belongs to; 0: none. */
bool resource_store_of_register(struct ctx *c, struct str register_id, int64_t *entry) NODISCARD;

/* ---- exchange_entry.c: the rules ---- */
/* MISSING "exchange.entry"; what was never published is seen by its department and by who publishes. */
bool entry_load(struct ctx *c, int64_t id, struct data_entry *out) NODISCARD;
/* The draft of a new entry of the actor's department, or of one of theirs. */
bool entry_draft(struct ctx *c, struct data_entry *e, const struct json *doc) NODISCARD;
bool entry_submit(struct ctx *c, struct data_entry *e) NODISCARD;
bool entry_discard(struct ctx *c, struct data_entry *e) NODISCARD;
bool entry_ask_withdrawal(struct ctx *c, struct data_entry *e) NODISCARD;
/* DENIED "exchange.four_eyes" for the author. Publishes, or withdraws where that was asked. */
bool entry_agree(struct ctx *c, struct data_entry *e) NODISCARD;
bool entry_return(struct ctx *c, struct data_entry *e) NODISCARD;
/* Its resource answers no call until it is resumed; who uses it is told both times. */
bool entry_suspend(struct ctx *c, const struct data_entry *e, struct str words) NODISCARD;
bool entry_resume(struct ctx *c, const struct data_entry *e) NODISCARD;
/* Publishes at once, for imports: they were reviewed where they come from. */
bool entry_publish(struct ctx *c, struct data_entry *e) NODISCARD;
/* Would it be the only one of its register or other source with that description? CONFLICT
 * "exchange.one_source". */
bool entry_has_own_source(struct ctx *c, const struct data_entry *e, const struct json *doc) NODISCARD;
bool entry_is_mine(const struct ctx *c, const struct data_entry *e); /* of the actor's department, to edit */

/* ---- exchange_bounds.c ---- */
/* Takes what stands before the next comma, the one of Chinese text as well; "" between two of them. */
struct str list_next(struct str *rest);

/* ---- exchange_describe.c ---- */
/* Is the whole thing sound? Errors at the fields. */
bool entry_check(struct ctx *c, const struct json *doc) NODISCARD;

/* ---- exchange_setup.c ---- */
/* Do the data of this entry come from a source that is no register? */
bool setup_holds(struct ctx *c, int64_t entry, bool *holds) NODISCARD;
/* CONFLICT "exchange.one_source" where what holds for this entry has become another's meanwhile. */
bool setup_still_alone(struct ctx *c, int64_t entry) NODISCARD;

/* ---- exchange_words.c ---- */
extern const struct exchange_word sharing_words[], class_words[], format_words[], cycle_words[], open_words[],
    result_words[], way_words[], network_words[], scene_words[], refusal_words[];
bool exchange_known(const struct exchange_word *list, struct str code);

/* ---- pages ---- */
bool exchange_entries(struct ctx *c);
bool exchange_entry(struct ctx *c);
bool exchange_entry_new(struct ctx *c);
bool exchange_entry_create(struct ctx *c);
bool exchange_entry_edit(struct ctx *c);
bool exchange_entry_save(struct ctx *c);
bool exchange_entry_submit(struct ctx *c);
bool exchange_entry_discard(struct ctx *c);
bool exchange_entry_withdraw(struct ctx *c);
bool exchange_entry_agree(struct ctx *c);
bool exchange_entry_return(struct ctx *c);
bool exchange_entry_suspend(struct ctx *c);
bool exchange_entry_resume(struct ctx *c);
bool exchange_entry_version(struct ctx *c);
bool exchange_entry_scope(struct ctx *c);
extern const struct field exchange_list_fields[], exchange_entry_fields[], exchange_suspend_fields[];

#endif
