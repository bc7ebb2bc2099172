/* Private to the module: words of a case for pages, in the person's language. */
#ifndef TB_CASES_WORDS_H
#define TB_CASES_WORDS_H

#include "modules/cases/cases_internal.h"

/* "12月4日" / "4 December"; with the time "11月6日 09:12". */
struct str words_day(struct ctx *c, int64_t ms);
struct str words_time(struct ctx *c, int64_t ms);
/* {"color", "label"} under `light` of parent. */
void words_light(struct ctx *c, struct json *parent, enum clock_light light);
/* 「3个工作日后到期（12月4日）」: both, days and date; says so where the calendar of that year is not known
 * yet. "" without a limit. */
struct str words_due(struct ctx *c, int64_t due, enum clock_light light, bool provisional);
/* The same of a case for its applicant: before acceptance it says that the answer about it is meant; of a
 * correction nothing, since that waits for them. */
struct str words_due_to_person(struct ctx *c, const struct case_file *f, enum clock_light light,
                               bool provisional);
struct str words_limit(struct ctx *c, struct limit limit);
/* "Under review", "Granted" … */
struct str words_status(struct ctx *c, struct str status, struct str result);
/* The name of a step in the person's language. */
struct str words_step(struct ctx *c, const struct course *course, struct str id);
/* Of a row whose course is not loaded: by its role. */
struct str words_role(struct ctx *c, struct str role);
struct str words_act(struct ctx *c, struct str act);
/* "47", or "999+" for more than is counted. */
struct str words_count(struct ctx *c, int64_t n);
/* One row of a table of cases, as inbox, desk and board show it: light, due_text, case_no, href, item_name,
 * applicant (masked), step, since. */
bool words_row(struct ctx *c, struct json *list, const struct case_row *row,
               const char *href_prefix) NODISCARD;
/* "chosen": {value, label} of a choice that is made, as the engine of forms sets it. */
void words_chosen(struct ctx *c, struct json *object, struct str value, struct str label);
/* "已选" form values and answers as "groups" of a page. */
bool words_groups(struct ctx *c, struct json *doc, const struct case_work *w) NODISCARD;

/* "Original seen at the desk and handed back (copies: 1)" of an upload that is paper. */
struct case_upload;
struct str words_paper(struct ctx *c, const struct case_upload *u);
/* A tracking code as it is printed, "RJGC-24XC". */
struct str words_track(struct ctx *c, struct str code);

#endif
