/* Private to the module: the steps of a process as supervision follows them. */
#ifndef TB_CASES_WATCH_H
#define TB_CASES_WATCH_H

#include "modules/cases/cases_internal.h"

/* Fills steps and step_count from the process the case runs under and returns it; none and NULL where that is
 * not there. */
const struct process_version *case_watch_steps(struct ctx *c, struct str process, int version,
                                               struct case_watch *w);
/* The same from a course: for each step what is done before it on every way. */
void case_watch_course(struct arena *a, const struct course *f, struct case_watch *w);
/* The common promise of the life event it is part of; {0} where it is part of none. */
bool case_load_together(struct ctx *c, const struct case_file *file, struct case_together *out) NODISCARD;

#endif
