/* Private to the module: what an item is made of, its versions, the snapshot.
 *
 * Data of the directory (base facts, full items, general forms, themes, words) is content-addressed: a
 * version names the texts it rests on by hash, so that a case keeps them for ever and equal texts are kept
 * once. The effective document of an item is its base facts overlaid by the version's own `doc`. */
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
    struct str code, division, status, name, type, base, base_hash, person_hash, organisation_hash, doc, note,
        themes;
    struct str authors; /* accounts of all who saved this version, as "|1|2|" */
    unsigned audience;
    int64_t made_by, made_at, reviewed_by, published_at;
};

struct data_text {
    struct str hash, kind, code;
    const struct json *doc;
    const struct service_code *code_of; /* where it is a service that compiles */
};

/* An article that items rest on, as the law library has it. */
struct law_ref {
    struct str title, number; /* as the item names them */
    int64_t law;              /* 0: not in the library */
    int seq;
    struct str text;
};

struct unit_count {
    int64_t unit;
    size_t count;
};

struct listed {
    struct item item;       /* whole, its document included */
    const struct json *own; /* overlay, NULL = none */
    struct str themes[4];   /* "p105", "l010" */
    size_t theme_count;
};

struct snapshot {
    struct arena *arena;
    struct listed *items; /* by id */
    size_t count;
    uint32_t *by_code;                     /* numbers of items, by code */
    struct data_text *data;                /* by hash */
    const struct data_text **data_by_code; /* by kind, then code */
    size_t data_count;
    struct theme *themes; /* with their counts */
    size_t theme_count;
    struct unit_count *units; /* most items first */
    size_t unit_count;
    size_t persons, organisations, online;
    int64_t law_days, promised_days; /* sums over the items whose two limits are known in one unit */
    size_t compared;                 /* how many those are */
    struct law_ref *laws;            /* by title, then number */
    size_t law_count;
    struct search_index *index;
    const struct json *ranking;
};

struct catalogue_state {
    struct shared snapshot;
    bool (*guide_part)(struct ctx *c, const struct item *item, struct json *doc);
};

const struct snapshot *catalogue_snapshot(struct ctx *c);
/* Found by binary search; NULL when it is not published. */
const struct listed *catalogue_listed(const struct snapshot *s, int64_t id);
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

/* ---- catalogue_service.c: an item that names a form or a process of its own ---- */
/* The service with what the item's own document names put in its place: {"own_form": code} for its form,
 * questions and documents, {"own_process": code} for its process. The same service where it names neither. */
const struct json *catalogue_service(struct arena *a, const struct json *service, const struct json *own);
/* CONFLICT where the form or the process named has no version in force today. */
bool catalogue_check_named(struct ctx *c, const struct item *i) NODISCARD;
/* Names in words, for the review; "" where none is named. */
struct str catalogue_form_words(struct ctx *c, const struct item *i);
struct str catalogue_process_words(struct ctx *c, const struct item *i);

/* ---- catalogue_classify.c: audience and themes by rules (data/catalogue/themes.json) ---- */
struct classes {
    unsigned audience;
    struct str themes[4]; /* "p105", "l010" */
    size_t theme_count;
};
/* `text`: plain name, with the main item behind a slash where it adds something. */
void catalogue_classify(struct arena *a, const struct json *rules, struct str text,
                        struct str department_kind, struct classes *out);
/* Half width, no white space, no closing bracket that only tells the level (县级, 行使 …). */
struct str catalogue_plain_name(struct arena *a, struct str name);
/* The department kind of a name by the longest word found in it; "" when there is none. */
struct str catalogue_department_kind(const struct json *departments, struct str name);

/* ---- catalogue_rank.c ---- */
/* Item numbers, best first. */
size_t catalogue_rank(const struct snapshot *s, struct arena *a, struct str query, size_t limit,
                      bool (*keep)(const void *arg, uint32_t item), const void *arg, uint32_t **out);
/* The same without those whose score is far below the best: what a person would call found. */
size_t catalogue_rank_close(const struct snapshot *s, struct arena *a, struct str query, size_t limit,
                            bool (*keep)(const void *arg, uint32_t item), const void *arg, uint32_t **out);
/* Adds all items to a new index; NULL when memory is exhausted. */
struct search_index *catalogue_index(struct ctx *c, const struct snapshot *s);

/* ---- catalogue_store.c ---- */
/* What a write found: nothing of that code, another content, the same, or one that an editor had published.
 */
enum catalogue_saved { SAVED_NEW, SAVED_CHANGED, SAVED_SAME, SAVED_KEPT };
/* Makes it the current text of that kind and code. */
bool catalogue_store_text(struct ctx *c, const char *kind, struct str code, struct str doc,
                          enum catalogue_saved *how) NODISCARD;
bool catalogue_store_find_text(struct ctx *c, struct str hash, struct str *doc) NODISCARD;
bool catalogue_store_current(struct ctx *c, struct data_text **list, size_t *count,
                             struct arena *into) NODISCARD;
bool catalogue_store_count(struct ctx *c, size_t *count) NODISCARD;
/* Published versions behind item id `after`, by item id; memory of `scratch`. */
bool catalogue_store_published(struct ctx *c, struct arena *scratch, int64_t after, int limit,
                               struct version_row **rows, size_t *count) NODISCARD;
/* Is there an item that is not one of our own (code "BI-…")? */
bool catalogue_store_any_listed(struct ctx *c, bool *any) NODISCARD;
bool catalogue_store_version(struct ctx *c, int64_t item, int version, struct version_row *row,
                             bool *found) NODISCARD;
bool catalogue_store_versions(struct ctx *c, int64_t item, struct version_row **rows,
                              size_t *count) NODISCARD;
/* id 0: none; version: the last one, whatever its status. */
bool catalogue_store_item_by_code(struct ctx *c, struct str code, int64_t *id, int *version) NODISCARD;
/* The version offered now, or offered last before the item was cancelled. */
bool catalogue_store_offered(struct ctx *c, int64_t item, struct version_row *row, bool *found) NODISCARD;
bool catalogue_store_add_item(struct ctx *c, struct version_row *row) NODISCARD; /* sets item */
bool catalogue_store_add_version(struct ctx *c, const struct version_row *row) NODISCARD;
bool catalogue_store_set_status(struct ctx *c, int64_t item, int version, const char *status) NODISCARD;
bool catalogue_store_publish(struct ctx *c, int64_t item, int version, int64_t reviewer,
                             int64_t now) NODISCARD; /* supersedes the one before */

/* Statuses of a version: draft, review, published, superseded. Versions of that status behind item id
 * `after`, within an officer's area. */
bool catalogue_store_by_status(struct ctx *c, struct str status, struct str area, int64_t after, int limit,
                               struct version_row **rows, size_t *count) NODISCARD;
bool catalogue_store_count_status(struct ctx *c, struct str status, struct str area,
                                  int64_t *count) NODISCARD;
/* The version that is being worked on: draft or review. */
bool catalogue_store_open(struct ctx *c, int64_t item, struct version_row *row, bool *found) NODISCARD;
/* Name, audience, document, note, author, authors and time of a draft. */
bool catalogue_store_save_draft(struct ctx *c, const struct version_row *row) NODISCARD;
/* Code, department, division of an item nobody has seen; type, audience, themes and what it rests on of its
 * draft. */
bool catalogue_store_mend(struct ctx *c, const struct version_row *row) NODISCARD;
bool catalogue_store_set_note(struct ctx *c, int64_t item, int version, struct str note) NODISCARD;
/* No version is offered any more; 0 published. */
bool catalogue_store_withdraw(struct ctx *c, int64_t item) NODISCARD;

/* ---- catalogue_words.c ---- */
/* The service made for this very item, NULL where a general form serves it. */
const struct json *item_own_service(const struct item *i);
enum item_way item_way_of(const struct item *i);
struct str item_way_text(struct ctx *c, const struct item *i);

/* ---- catalogue_elements.c ---- */
/* {key, name, value|null, value_zh}: every element of an implementation list, in its order; of those that a
 * list need not have only what is known, unless `all`. Returns how many are known. */
size_t catalogue_elements(struct ctx *c, const struct item *i, bool all, struct json *array);

/* ---- catalogue_materials.c ---- */
/* {form, form_text, kind, originals, copies, count_text, source, source_text, issuer}, each null where nobody
 * has verified it, into the object of a document in a guide. */
void material_add_facts(struct ctx *c, struct json *o, const struct json *material);

/* ---- catalogue_edit.c: drafts, four eyes ---- */
/* What an editor may change, checked. Rules: a promised limit never above the law's; an on-the-spot item
 * promises at most one day. Limits that are those of the version offered now were settled before and are not
 * asked again; `offered` may be NULL. */
bool catalogue_check_draft(struct ctx *c, const struct item *i, const struct item *offered) NODISCARD;
/* The open draft of the item, or what a new one would begin with. */
bool catalogue_draft(struct ctx *c, int64_t item, struct version_row *row, bool *open) NODISCARD;
/* The version offered now; *found false where there is none. */
bool catalogue_offered(struct ctx *c, int64_t item, struct item *out, bool *found) NODISCARD;
bool catalogue_send_to_review(struct ctx *c, const struct version_row *row) NODISCARD;
/* Did the actor save this version at any time? */
bool catalogue_is_author(const struct ctx *c, const struct version_row *row);
/* DENIED "catalogue.four_eyes" where the reviewer is one of the authors. */
bool catalogue_publish(struct ctx *c, int64_t item) NODISCARD;
bool catalogue_return(struct ctx *c, int64_t item, struct str why) NODISCARD;
/* {element, before|null, after|null} of what differs; `before` NULL: everything that is known. */
void catalogue_compare(struct ctx *c, const struct item *before, const struct item *after,
                       struct json *array);
/* "active", "paused", "cancelled" */
struct str item_state(const struct item *i);

/* ---- routes of the other files ---- */
bool guide_page(struct ctx *c);
bool law_page(struct ctx *c);
bool directory_page(struct ctx *c);
bool office_list(struct ctx *c);
bool office_review_list(struct ctx *c);
bool office_new(struct ctx *c);
bool office_create(struct ctx *c);
bool office_mend_page(struct ctx *c);
bool office_mend(struct ctx *c);
bool office_edit(struct ctx *c);
bool office_save(struct ctx *c);
bool office_review(struct ctx *c);
bool office_publish(struct ctx *c);
bool office_return(struct ctx *c);
bool office_item_scope(struct ctx *c);
extern const struct field office_list_fields[], office_new_fields[], office_mend_fields[],
    office_edit_fields[], office_return_fields[], directory_fields[];

/* ---- laws_store.c, laws.c ---- */
struct law {
    int64_t id;
    struct str title, dated, folder;
};
struct article {
    int seq;
    struct str number, chapter, text;
};
/* Fills law, seq and text of references sorted by title; memory of `into`. */
bool laws_resolve(struct ctx *c, struct arena *into, struct law_ref *refs, size_t count) NODISCARD;
/* The reference of the snapshot; NULL when no item rests on it. */
const struct law_ref *catalogue_law(const struct snapshot *s, struct str title, struct str number);
/* The newest law of that short title ("护照法" also finds "中华人民共和国护照法"); id 0: none. */
bool laws_find(struct ctx *c, struct str title, struct law *out) NODISCARD;
bool laws_article(struct ctx *c, int64_t law, struct str number, struct article *out, bool *found) NODISCARD;
bool laws_load(struct ctx *c, int64_t id, struct law *out, struct article **articles,
               size_t *count) NODISCARD;
enum law_stored { LAW_NEW, LAW_CHANGED, LAW_SAME };
bool laws_store_add(struct ctx *c, struct law *law, const struct article *articles, size_t count,
                    enum law_stored *how) NODISCARD;

#endif
