/* The directory of items (政务服务事项): versions, guides, search, laws, import, editing.
 *
 * Published items live in an immutable snapshot (with search index) that is replaced after a change; borrowed pointers live until the request ends. A case keeps the
 * version it was accepted under: catalogue_version finds any version that ever was. */
#ifndef TB_CATALOGUE_H
#define TB_CATALOGUE_H

#include "core/http/route.h"
#include "engines/workclock/workclock.h"

extern const struct module catalogue_module;

enum { FOR_PERSON = 1, FOR_ORGANISATION = 2 };

struct item {
    int64_t id;          /* of the item, the same for all its versions */
    int version;
    struct str code;     /* opaque */
    struct str base;     /* "BI-0007" where the shipped facts apply, else "" */
    struct str name, en; /* en may be "" */
    struct str type;     /* "01" … "20" */
    int64_t unit;        /* department */
    struct str division;
    unsigned audience;   /* FOR_PERSON | FOR_ORGANISATION */
    struct limit statutory, promised; /* LIMIT_NONE: not verified, or nothing promised */
    bool apply_online, on_the_spot, demonstration;
    /* Everything else as data: data/catalogue/base and full merged: basis, materials, conditions, fees, questions, situations, form, flow, licence, booking, requires_level … */
    const struct json *doc;
    const struct json *form_person, *form_organisation; /* own or general full/general objects: {situations, form, materials, flow, licence, …}; NULL when not for them */
};

/* By decimal id or code among the published ones; NULL when there is none. */
const struct item *catalogue_item(struct ctx *c, struct str id_or_code);
const struct item *catalogue_by_id(struct ctx *c, int64_t id);
/* The version a case was accepted under; copied into the request's arena when it is not the current one. MISSING "item". */
bool catalogue_version(struct ctx *c, int64_t id, int version, const struct item **out) NODISCARD;
/* What the applicant of this kind fills in: form_person or form_organisation. */
const struct json *item_service(const struct item *i, bool organisation);
size_t catalogue_count(struct ctx *c);
/* Best items for a query, for the desk and the home page: up to limit. */
size_t catalogue_search(struct ctx *c, struct str query, size_t limit, const struct item ***list);
/* "/items/123" */
struct str item_href(struct arena *a, const struct item *i);

/* Lines item_code, type, department, its code, main item, name. `report` may hold "division" beforehand (the place by default). */
bool catalogue_import_items(struct ctx *c, struct str tsv, struct json *report) NODISCARD;
bool catalogue_import_laws(struct ctx *c, struct str title, struct str markdown, struct str folder, struct json *report) NODISCARD;
/* Loads data/catalogue below the folder: base facts, full items, general forms, themes, words. Before any list. */
bool catalogue_import_shipped(struct ctx *c, const char *data_dir, struct json *report) NODISCARD;
/* Own items for the place of this installation from the shipped facts: all of them where no list was imported, else only those that are demonstrations. */
bool catalogue_fill_demo(struct ctx *c) NODISCARD;

#endif
