/* Private to the module: a rating, the putting right of a bad one, the exclusion of a mistaken one.
 *
 * rating_total is kept in the same write as the ratings it counts, so that public sums cost the same however
 * many there are. What people and officers write is sealed under the rater's key. */
#ifndef TB_RATINGS_INTERNAL_H
#define TB_RATINGS_INTERNAL_H

#include "core/base/time.h"
#include "engines/workclock/workclock.h"
#include "modules/ratings/ratings.h"

enum {
    LEVELS = 5,
    FIRST_BAD_LEVEL = 4,
    RATINGS_PAGE = 20,
    REPLIES_SHOWN = 10,
    REASONS_VERSION = 1,
    SAID_MAX = 500,
    WORDS_MAX = 1000
};

struct rating {
    int64_t id, case_id, item;
    int item_version;
    struct str case_no, item_name, division, channel, reasons;
    int64_t unit, level, rater, at;
    bool excluded;
    struct str said; /* in the clear once opened */
    /* of a bad one; status "" for the others */
    struct str status; /* "open" → "verified" → "measures" → "closed" */
    int64_t days, due, verified_at, measured_at, closed_at;
    struct str finding, measure, reply, callback;
    bool published;
    /* "" when nobody asked; "asked", "granted", "denied" */
    struct str exclusion, why, answer;
    int64_t asked_by;
};

/* Whose ratings an officer sees: those of the department, or (area_wide: supervisors) of the area. */
struct rating_view {
    int64_t unit;
    struct str area;
    bool area_wide;
};
struct rating_view rating_view_of(const struct ctx *c);

struct rating_reason {
    const char *code;
    unsigned levels; /* bit n: may go with level n */
    const char *msgid;
};
extern const struct rating_reason rating_reasons[];
extern const size_t rating_reason_count;
const char *rating_level_msgid(int64_t level);
/* "办得快 · 操作方便" */
struct str rating_reasons_text(struct ctx *c, struct str codes);

struct clock_due rating_due(struct ctx *c, const struct rating *r);

/* ---- rules (ratings.c) ---- */
/* CONFLICT "rating.early" before there is a result, "rating.done" the second time. */
bool rating_may_give(struct ctx *c, int64_t case_id, struct rating *out) NODISCARD;
bool rating_give(struct ctx *c, struct rating *r) NODISCARD;
/* CONFLICT "rating.state" when the step before is missing or the step itself was done. */
bool rating_verify(struct ctx *c, const struct rating *r, struct str finding) NODISCARD;
bool rating_measure(struct ctx *c, const struct rating *r, struct str measure) NODISCARD;
bool rating_close(struct ctx *c, const struct rating *r, struct str reply, struct str callback,
                  bool publish) NODISCARD;
bool rating_ask_exclusion(struct ctx *c, const struct rating *r, struct str why) NODISCARD;
/* DENIED "rating.second_person" for the one who asked. */
bool rating_decide_exclusion(struct ctx *c, const struct rating *r, bool agree, struct str answer) NODISCARD;

/* ---- ratings_store.c ---- */
bool ratings_store_add(struct ctx *c, const struct rating *r,
                       bool *fresh) NODISCARD; /* with its place in the sums */
bool ratings_store_of_case(struct ctx *c, int64_t case_id, int64_t *id) NODISCARD; /* 0: none */
bool ratings_store_count(struct ctx *c, const struct rating *r, int by) NODISCARD;
bool ratings_store_open(struct ctx *c, const struct rating *r) NODISCARD;
/* Within what the officer may see; texts are opened. */
bool ratings_store_load(struct ctx *c, const struct rating_view *view, int64_t id, struct rating *out,
                        bool *found) NODISCARD;
/* filter "open" (oldest first, behind id `at`), "done" or "all" (newest first, before id `at`); texts stay
 * sealed. One more than a page. */
bool ratings_store_list(struct ctx *c, const struct rating_view *view, struct str filter, int64_t at,
                        struct rating **list, size_t *count) NODISCARD;
bool ratings_store_counts(struct ctx *c, const struct rating_view *view, int64_t *open, int64_t *done,
                          int64_t *all) NODISCARD;
/* Moves from one state to the next; *done is false when it was not in that state. */
bool ratings_store_verify(struct ctx *c, const struct rating *r, struct str finding, bool *done) NODISCARD;
bool ratings_store_measure(struct ctx *c, const struct rating *r, struct str measure, bool *done) NODISCARD;
bool ratings_store_close(struct ctx *c, const struct rating *r, struct str reply, struct str callback,
                         bool publish, bool *done) NODISCARD;
bool ratings_store_ask(struct ctx *c, const struct rating *r, struct str why, bool *done) NODISCARD;
bool ratings_store_decide(struct ctx *c, const struct rating *r, bool agree, struct str answer,
                          bool *done) NODISCARD;
bool ratings_store_exclude(struct ctx *c, const struct rating *r) NODISCARD;

struct rating_count {
    int64_t key, level, count; /* key: unit or item */
};
/* item 0, unit 0: all. */
bool ratings_store_levels(struct ctx *c, int64_t item, int64_t unit, int64_t counts[LEVELS + 1]) NODISCARD;
bool ratings_store_by_unit(struct ctx *c, struct rating_count **list, size_t *count) NODISCARD;
bool ratings_store_by_item(struct ctx *c, int64_t unit, struct rating_count **list, size_t *count) NODISCARD;
/* Of the bad ones that are closed or past their day: how many were closed in time. */
bool ratings_store_in_time(struct ctx *c, int64_t *in_time, int64_t *of) NODISCARD;
/* The newest published replies with what was said, opened; those whose key was erased are left out. */
bool ratings_store_published(struct ctx *c, struct rating **list, size_t *count) NODISCARD;

/* ---- pages ---- */
bool ratings_rate_page(struct ctx *c);
bool ratings_rate(struct ctx *c);
bool ratings_public_page(struct ctx *c);
bool ratings_office_list(struct ctx *c);
bool ratings_office_scope(struct ctx *c);
bool ratings_office_one(struct ctx *c);
bool ratings_office_verify(struct ctx *c);
bool ratings_office_measure(struct ctx *c);
bool ratings_office_close(struct ctx *c);
bool ratings_office_ask(struct ctx *c);
bool ratings_office_decide(struct ctx *c);

#endif
