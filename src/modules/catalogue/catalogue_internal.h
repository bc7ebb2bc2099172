/* Private to the module: what an item is made of, its versions, the snapshot.
 *
 * Data of the directory (base facts, full items, general forms, themes, words) is content-addressed: a version names the texts it rests on by
 * hash, so that a case keeps them for ever and equal texts are kept once. The effective document of an item is its base facts overlaid by
 * the version's own `doc`. */
#ifndef TB_CATALOGUE_INTERNAL_H
#define TB_CATALOGUE_INTERNAL_H

#include "core/base/shared.h"
#include "core/search/search.h"
#include "modules/catalogue/catalogue.h"
#include "modules/orgs/orgs.h"

/* One row of item_version with its item. */
struct version_row {
    int64_t item, unit;
    int version, current; /* current: the published version, 0 = none */
    struct str code, division, status, name, type, base, base_hash, person_hash, organisation_hash, doc, note, themes;
    unsigned audience;
    int64_t made_by, made_at, reviewed_by, published_at;
};

struct data_text {
    struct str hash, kind, code;
    const struct json *doc;
};

struct theme {
    struct str code, name, en;
    bool organisation; /* of the legal persons' list */
};

struct listed {
    struct item item;
    struct str base_hash, person_hash, organisation_hash;
    const struct json *own; /* overlay, NULL = none */
    struct str themes[4]; /* "p105", "l010" */
    size_t theme_count;
};

struct snapshot {
    struct arena *arena;
    struct listed *items; /* by id */
    size_t count;
    uint32_t *by_code;    /* numbers of items, by code */
    struct data_text *data; /* by hash */
    size_t data_count;
    struct theme *themes;
    size_t theme_count;
    struct search_index *index;
    const struct json *ranking;
};

struct catalogue_state {
    struct shared snapshot;
};

const struct snapshot *catalogue_snapshot(struct ctx *c);
bool catalogue_start(struct ctx *c);
bool catalogue_refresh(struct ctx *c);
void catalogue_stop(struct server *s);

/* The text of that hash, from the snapshot or the database; NULL document for hash "". MISSING. */
bool catalogue_text(struct ctx *c, struct str hash, const struct json **doc) NODISCARD;
/* Fills `out` from a row and the texts it names; memory of the request. */
bool catalogue_assemble(struct ctx *c, const struct version_row *row, struct item *out) NODISCARD;
/* The current text of that kind and code ("base", "BI-0007"); NULL when there is none. */
const struct data_text *catalogue_current(const struct snapshot *s, const char *kind, struct str code);
/* base overlaid by own: members of own win; either may be NULL. */
const struct json *catalogue_overlay(struct arena *a, const struct json *base, const struct json *own);

/* ---- catalogue_classify.c: audience and themes by rules (data/catalogue/themes.json) ---- */
struct classes {
    unsigned audience;
    struct str themes[4]; /* "p105", "l010" */
    size_t theme_count;
};
/* `text`: plain name, with the main item behind a slash where it adds something. */
void catalogue_classify(struct arena *a, const struct json *rules, struct str text, struct str department_kind, struct classes *out);
/* Half width, no white space, no closing bracket that only tells the level (县级, 行使 …). */
struct str catalogue_plain_name(struct arena *a, struct str name);
/* The department kind of a name by the longest word found in it; "" when there is none. */
struct str catalogue_department_kind(const struct json *departments, struct str name);

/* ---- catalogue_rank.c ---- */
/* Item numbers, best first. */
size_t catalogue_rank(const struct snapshot *s, struct arena *a, struct str query, size_t limit, bool (*keep)(const void *arg, uint32_t item), const void *arg, uint32_t **out);
/* Adds all items to a new index; NULL when memory is exhausted. */
struct search_index *catalogue_index(struct ctx *c, const struct snapshot *s);

/* ---- catalogue_store.c ---- */
bool catalogue_store_text(struct ctx *c, const char *kind, struct str code, struct str doc, struct str *hash) NODISCARD; /* makes it current */
bool catalogue_store_find_text(struct ctx *c, struct str hash, struct str *doc) NODISCARD;
bool catalogue_store_current(struct ctx *c, struct data_text **list, size_t *count, struct arena *into) NODISCARD;
bool catalogue_store_count(struct ctx *c, size_t *count) NODISCARD;
/* Published versions behind item id `after`, by item id; memory of `scratch`. */
bool catalogue_store_published(struct ctx *c, struct arena *scratch, int64_t after, int limit, struct version_row **rows, size_t *count) NODISCARD;
/* Is there an item that is not one of our own (code "BI-…")? */
bool catalogue_store_any_listed(struct ctx *c, bool *any) NODISCARD;
bool catalogue_store_version(struct ctx *c, int64_t item, int version, struct version_row *row, bool *found) NODISCARD;
bool catalogue_store_versions(struct ctx *c, int64_t item, struct version_row **rows, size_t *count) NODISCARD;
bool catalogue_store_item_by_code(struct ctx *c, struct str code, int64_t *id, int *version) NODISCARD; /* id 0: none */
bool catalogue_store_add_item(struct ctx *c, struct version_row *row) NODISCARD; /* sets item */
bool catalogue_store_add_version(struct ctx *c, const struct version_row *row) NODISCARD;
bool catalogue_store_set_status(struct ctx *c, int64_t item, int version, const char *status) NODISCARD;
bool catalogue_store_publish(struct ctx *c, int64_t item, int version, int64_t reviewer, int64_t now) NODISCARD; /* supersedes the one before */

/* ---- laws_store.c, laws.c ---- */
struct law { int64_t id; struct str title, dated, folder; };
struct article { int seq; struct str number, chapter, text; };
/* The newest law of that short title ("护照法" also finds "中华人民共和国护照法"); id 0: none. */
bool laws_find(struct ctx *c, struct str title, struct law *out) NODISCARD;
bool laws_article(struct ctx *c, int64_t law, struct str number, struct article *out, bool *found) NODISCARD;
bool laws_load(struct ctx *c, int64_t id, struct law *out, struct article **articles, size_t *count) NODISCARD;
enum law_stored { LAW_NEW, LAW_CHANGED, LAW_SAME };
bool laws_store_add(struct ctx *c, struct law *law, const struct article *articles, size_t count, enum law_stored *how) NODISCARD;

#endif
