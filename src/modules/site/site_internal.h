/* Private to the module: its pages. */
#ifndef TB_SITE_INTERNAL_H
#define TB_SITE_INTERNAL_H

#include "modules/catalogue/catalogue.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/site/site.h"

enum { SITE_PAGE = 20 };

/* ---- site_find.c: home, search, themes, departments ---- */
bool site_home(struct ctx *c);
bool site_search(struct ctx *c);
bool site_suggest(struct ctx *c);
bool site_people(struct ctx *c);
bool site_organisations(struct ctx *c);
bool site_theme(struct ctx *c);
bool site_departments(struct ctx *c);
bool site_department(struct ctx *c);
extern const struct field site_search_fields[], site_suggest_fields[], site_page_fields[];

/* ---- site_places.c: the place whose services one sees ---- */
bool site_places(struct ctx *c);
extern const struct field site_places_fields[];

/* ---- site_web.c ---- */
void site_cards(struct ctx *c, const struct item_list *found, struct str query);
/* {previous: null, next: address} or null. */
void site_pager(struct ctx *c, struct str next);
void site_crumb(struct ctx *c, const char *name, const char *href);

/* ---- site_jobs.c ---- */
bool site_jobs(struct ctx *c);
bool site_job_retry(struct ctx *c);
extern const struct field site_jobs_fields[];
extern const struct people_part site_jobs_part;

#endif
