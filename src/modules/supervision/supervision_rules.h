/* Private to the module: the rules of supervision in force, kept in memory, and which of them speak of a
 * case.
 *
 * Of rules of the same kind, level and place (desk, department) the most specific one speaks: one for the
 * item before one for the department, before one for the type of item, before one for the division (the
 * smaller before the larger), before one for everywhere. One that is not in force or has ended leaves room
 * for the next. At most one rule has the same kind, level, place and scope. The book is found by scope: what
 * a look costs does not grow with the number of rules. Ownership: the book is immutable and lives until the
 * request ends; rules borrow from it. A change holds from the next look after it was stored. */
#ifndef TB_SUPERVISION_RULES_H
#define TB_SUPERVISION_RULES_H

#include "modules/supervision/supervision_internal.h"

enum { RULE_PLACES = SUPERVISE_OTHERS + 1, RULES_PAGE = 40 };

struct rule_row {
    struct supervise_rule rule;
    struct str told; /* "handler|leader|supervisor", of what is owed "applicant" too */
    struct str scope, name, reason;
    bool active;
    int64_t ended, at, account; /* of this version */
};
/* The newest version of each. */
struct rule_book {
    struct arena *arena;
    struct rule_row *rows; /* by scope, then id */
    size_t count;
};
const struct rule_book *supervision_book(struct ctx *c);
const struct rule_row *supervision_rule_of(const struct rule_book *b, struct str id);

struct rule_case {
    struct str division, type, item;
    int64_t unit;
};
/* Those that speak of the case. */
size_t supervision_rules_for(struct ctx *c, const struct rule_book *b, const struct rule_case *of,
                             const struct rule_row ***out);
/* Another one of the same kind, level, place and scope that has not ended; NULL: none. */
const struct rule_row *supervision_rule_like(const struct rule_book *b, const struct rule_row *row);
/* "Only in 城关区", in the language of the request; empty: everywhere. */
struct str supervision_scope_words(struct ctx *c, struct str scope);
/* "7801" of "780100000000": "00" pairs mean the whole of the level above. */
struct str supervision_division_part(struct str code);

/* Does the actor supervise all that this program serves? */
bool supervision_whole(struct ctx *c);
/* Does the scope lie within the actor's area? Of a type of item, or everywhere: within the whole alone. */
bool supervision_scope_within(struct ctx *c, struct str scope);

bool supervision_rules_refresh(struct ctx *c);
bool supervision_rules_start(struct ctx *c);
void supervision_rules_stop(struct server *server);

/* ---- storing: a new version, with evidence and the reason; cases it may speak of are looked at again ----
 */
bool supervision_rule_save(struct ctx *c, struct rule_row *row, const char *act) NODISCARD;

/* ---- supervision_rules_store.c ---- */
/* The newest version of each, in that arena. */
bool rules_store_all(struct ctx *c, struct arena *a, struct rule_row **rows, size_t *count) NODISCARD;
bool rules_store_add(struct ctx *c, const struct rule_row *row) NODISCARD;

/* ---- pages (supervision_rules_web.c) ---- */
bool supervision_rules_page(struct ctx *c);
bool supervision_rule_change(struct ctx *c);
bool supervision_rule_new(struct ctx *c);
bool supervision_rule_add(struct ctx *c);
bool supervision_rule_end(struct ctx *c);
extern const struct field supervision_rule_fields[], supervision_rule_new_fields[],
    supervision_rule_add_fields[], supervision_rule_end_fields[], supervision_rules_fields[];

#endif
