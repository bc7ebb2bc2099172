/* Folders in the layout of the DMN Technology Compatibility Kit: models (*.dmn) beside files of test cases
 * (*.xml), run and compared.
 *
 * Purpose: the acceptance of the engine, and a way for rule owners to keep test cases with a model.
 * Ownership: what a failure tells is borrowed for the call. Memory is taken for one file at a time.
 * Comparison: numbers within 1e-8, temporal values by value, lists in order, contexts by their keys; a result
 * that is said to be an error must be null. */
/* uses: feel */
#ifndef TB_DMN_TCK_H
#define TB_DMN_TCK_H

#include "engines/dmn/dmn.h"

struct dmn_tck_failure {
    struct str file, test, node; /* path, id of the case, name of the result; empty: the whole */
    struct str expected, got;
    const struct feel_note *note; /* NULL: none */
};
typedef void dmn_tck_tell(void *arg, const struct dmn_tck_failure *f);
struct dmn_tck_count {
    size_t passed, failed; /* cases */
};
/* Everything below the folder, in the order of names. `tell` hears of every failure. False when the folder
 * cannot be read. `now`: ms UTC, for now() and today(). */
bool dmn_tck_run(const char *folder, int64_t now, dmn_tck_tell *tell, void *arg, struct dmn_tck_count *out,
                 struct err *e) NODISCARD;

#endif
