/* Private to the module. */
#ifndef TB_EVIDENCE_INTERNAL_H
#define TB_EVIDENCE_INTERNAL_H

#include "core/crypto/crypto.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"

enum { EVIDENCE_PAGE = 50, EVIDENCE_CHECKED = 1000, WINDOW_DAYS = 31 };

/* What to look for; zero and "" mean any. Rows of an object or a subject are found by index; by act or
 * account only within a span of ids. */
struct evidence_query {
    int64_t object, subject, account;
    struct str act;
    int64_t from, before; /* ids in [from, before); before 0 = from the top */
};

bool evidence_store_add(struct db_tx *tx, const struct evidence_row *row) NODISCARD;
/* Newest first, one more than a page. */
bool evidence_store_list(struct ctx *c, const struct evidence_query *q, struct evidence_row **rows,
                         size_t *count) NODISCARD;
/* Looks at the subject's data by officers and the program. */
bool evidence_store_looks(struct ctx *c, int64_t subject, int64_t before, int limit,
                          struct evidence_row **rows, size_t *count) NODISCARD;
/* The newest rows of all. */
bool evidence_store_newest(struct ctx *c, int limit, struct evidence_row **rows, size_t *count) NODISCARD;
/* The row of that id; *count is 0 where there is none. */
bool evidence_store_find(struct ctx *c, int64_t id, struct evidence_row **row, size_t *count) NODISCARD;
/* What was done in a subject's matters, newest first; with an object, only what was about that. */
bool evidence_store_of(struct ctx *c, int64_t subject, struct str kind, int64_t object, int limit,
                       struct evidence_row **rows, size_t *count) NODISCARD;
/* All columns but the digest, in a form in which no two rows look alike:
 * `id|at|actor_kind|account|unit|object|subject|`, then act, object_kind and detail, each behind its length
 * and a colon. */
struct str evidence_text(struct arena *a, const struct evidence_row *row);
/* The HMAC-SM3 over that text. */
void evidence_mac(struct ctx *c, const struct evidence_row *row, uint8_t out[32]);
bool evidence_altered(struct ctx *c, const struct evidence_row *row);
struct str evidence_unit_name(struct ctx *c, int64_t unit);
/* Names of the items, by the entry or resource the detail is about. */
struct str evidence_items(struct ctx *c, const struct json *detail, struct str ids);

/* ---- evidence_words.c ---- */
struct evidence_word {
    const char *code, *msgid;
};
extern const struct evidence_word evidence_acts[];
extern const size_t evidence_act_count;
/* What the act, kind of object, kind of data or page is called; the code itself where it has no name. */
struct str evidence_act_label(struct ctx *c, struct str act);
struct str evidence_object_label(struct ctx *c, struct str kind);
struct str evidence_what_label(struct ctx *c, struct str what);
struct str evidence_why_label(struct ctx *c, struct str route);
/* One part of an act's detail as a sentence would say it. */
struct str evidence_detail_label(struct ctx *c, struct str act, struct str key, struct str value);

/* ---- jobs ---- */
bool evidence_check_prepare(struct ctx *c, const struct json *payload);
bool evidence_check(struct ctx *c, const struct json *payload);

bool evidence_start(struct ctx *c);
void evidence_stop(struct server *s);

#endif
