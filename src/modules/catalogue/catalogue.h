/* The directory of items (政务服务事项): versions, guides, search, laws, import, editing.
 *
 * Published items live in an immutable snapshot (with search index) that is replaced after a change; borrowed
 * pointers live until the request ends. A case keeps the version it was accepted under: catalogue_version
 * finds any version that ever was. */
#ifndef TB_CATALOGUE_H
#define TB_CATALOGUE_H

#include "core/http/route.h"
#include "engines/forms/forms.h"
#include "engines/workclock/workclock.h"

extern const struct module catalogue_module;

enum { FOR_PERSON = 1, FOR_ORGANISATION = 2 };

/* The form of a service, ready to run. */
struct service_code {
    const struct form *form;   /* NULL: it asks nothing */
    const struct json *schema; /* as written; NULL where there is no form */
    int form_version;          /* of the form (modules/forms) the service names; 0: the form is its own */
};

struct item {
    int64_t id; /* of the item, the same for all its versions */
    int version;
    struct str code;     /* opaque */
    struct str base;     /* "BI-0007" where the shipped facts apply, else "" */
    struct str name, en; /* en may be "" */
    struct str type;     /* "01" … "20" */
    int64_t unit;        /* department */
    struct str division;
    unsigned audience;                /* FOR_PERSON | FOR_ORGANISATION */
    struct limit statutory, promised; /* LIMIT_NONE: not verified, or nothing promised */
    bool apply_online, on_the_spot, demonstration, paused;
    /* Everything else as data: data/catalogue/base and full merged: basis, materials, conditions, fees,
     * questions, situations, form, flow, licence, booking, requires_level … */
    const struct json *doc;
    const struct json *form_person,
        *form_organisation; /* own or general full/general objects: {situations, form, materials, flow,
                               licence, …}; NULL when not for them */
    const struct service_code *code_person,
        *code_organisation; /* compiled with the snapshot; NULL: not yet */
};

/* By decimal id or code among the published ones; NULL when there is none. */
const struct item *catalogue_item(struct ctx *c, struct str id_or_code);
const struct item *catalogue_by_id(struct ctx *c, int64_t id);
/* The version a case was accepted under; copied into the request's arena when it is not the current one.
 * MISSING "item". */
bool catalogue_version(struct ctx *c, int64_t id, int version, const struct item **out) NODISCARD;
/* The published item of this place that rests on that base item ("BI-0007"), or on none and has that code;
 * NULL when there is none. */
const struct item *catalogue_of_base(struct ctx *c, struct str code);
/* By what catalogue_of_base finds it. */
struct str item_member_code(const struct item *i);
/* What the applicant of this kind fills in: form_person or form_organisation. */
const struct json *item_service(const struct item *i, bool organisation);
/* Its form; compiled in the request's arena where the version is not the current one. Where the service names
 * a form by its code ("form_code") it is the version given, 0: the one in force today. CONFLICT "form.none".
 */
bool item_code(struct ctx *c, const struct item *i, bool organisation, int form_version,
               struct service_code *out) NODISCARD;
size_t catalogue_count(struct ctx *c);
/* Best items for a query, for the desk and the home page: up to limit. */
size_t catalogue_search(struct ctx *c, struct str query, size_t limit, const struct item ***list);
/* The articles an item rests on: adds {law, article, text ("" where the library lacks it), href|null} to the
 * list. */
bool catalogue_basis(struct ctx *c, const struct item *item, struct json *list) NODISCARD;
/* An article by the names people use: is its law in the library, is the article, and where it can be read
 * ("" where it cannot). */
struct law_place {
    bool law_known, article_known;
    struct str href;
};
bool catalogue_law_place(struct ctx *c, struct str law, struct str article, struct law_place *out) NODISCARD;
/* What another module adds to the guide of an item; set once, at start. */
void catalogue_set_guide_part(struct server *s,
                              bool (*add)(struct ctx *c, const struct item *item, struct json *doc));
/* "/items/123" */
struct str item_href(struct arena *a, const struct item *i);

/* ---- lists ----
 * All of them, and catalogue_of_base, keep to the place a visitor chose (orgs_chosen). */
enum item_way { WAY_ANY, WAY_ONLINE, WAY_DESK };
struct item_filter {
    struct str query;  /* "": all, by id */
    unsigned audience; /* 0: any */
    int64_t unit;      /* 0: any */
    struct str theme;  /* "p105" of the natural persons' list, "l010" of the legal persons'; "": any */
    struct str type;   /* "": any */
    enum item_way way;
};
struct item_list {
    const struct item **items;
    size_t count, total; /* total: all that pass; of a query at most 200 are counted */
    int64_t next;        /* `from` of the next page, 0: none */
    /* How many there were if only this one filter were set otherwise. */
    size_t persons, organisations, anyone, online, desk, any_way, any_unit;
    struct {
        int64_t unit;
        size_t count;
    } units[64];
    size_t unit_count;
};
/* from: 0, or what `next` said. */
void catalogue_find(struct ctx *c, const struct item_filter *f, int64_t from, size_t limit,
                    struct item_list *out);

struct theme {
    struct str code, name, en;
    bool organisation; /* of the legal persons' list */
    size_t count;
};
size_t catalogue_themes(struct ctx *c, const struct theme **list);
struct catalogue_counts {
    size_t items, persons, organisations, online, departments;
};
struct catalogue_counts catalogue_counts(struct ctx *c);
size_t catalogue_count_of_unit(struct ctx *c, int64_t unit);
/* Divisions of published items with how many they have, whatever the visitor chose. */
struct division_count {
    struct str division;
    size_t count;
};
size_t catalogue_divisions(struct ctx *c, struct division_count **list);

/* ---- words on screens, in the language of the request ---- */
/* {id, code, name, name_en, href, department, for_whom, how, promised, why}: a row of the partial
 * "catalogue/items". query may be "". */
void item_card(struct ctx *c, struct json *array, const struct item *i, struct str query);
/* "5 working days"; "" for LIMIT_NONE. */
struct str limit_text(struct ctx *c, struct limit l);
/* How much shorter the promise is, "50%"; "" where the two cannot be compared. */
struct str limit_compression(struct ctx *c, struct limit promised, struct limit statutory);
/* Why two limits that are known cannot be compared; "" where they can, or one is not known. */
struct str limit_incomparable(struct ctx *c, struct limit promised, struct limit statutory);
struct str item_type_text(struct ctx *c, struct str type);
struct str item_audience_text(struct ctx *c, unsigned audience);
/* 「需提交 6 份 → 1 份（5 份免提交）」: documents that fall away because registers or licences say the same.
 */
struct str catalogue_fewer(struct ctx *c, size_t all, size_t left);
/* "1,135" */
struct str count_text(struct arena *a, size_t n);

/* Lines item_code, type, department, its code, main item, name; further columns are elements of the item by
 * their key in the heading. `report` may hold "division" (the place by default) and, for a part of a list,
 * "heading" beforehand. */
bool catalogue_import_items(struct ctx *c, struct str tsv, struct json *report) NODISCARD;
bool catalogue_import_laws(struct ctx *c, struct str title, struct str markdown, struct str folder,
                           struct json *report) NODISCARD;
/* Loads data/catalogue below the folder: base facts, full items, general forms, themes, words. Before any
 * list. */
bool catalogue_import_shipped(struct ctx *c, const char *data_dir, struct json *report) NODISCARD;
/* Own items for the place of this installation from the shipped facts: all of them where no list was
 * imported, else only those that are demonstrations. */
bool catalogue_fill_demo(struct ctx *c) NODISCARD;

#endif
