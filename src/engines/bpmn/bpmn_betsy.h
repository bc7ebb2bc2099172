/* Runs models in the layout of the betsy conformance tests (University of Bamberg): a folder with a model and
 * a cases.json beside it. What the words in scripts, conditions and expected traces mean is fixed there.
 *
 * Pure: texts in, a verdict out. Everything belongs to the arena. Models are loaded `strict`. */
#ifndef TB_BPMN_BETSY_H
#define TB_BPMN_BETSY_H

#include "engines/bpmn/bpmn.h"

struct betsy_verdict {
    bool passed;
    struct str got, expected; /* words, separated by blanks; "" where nothing is recorded */
};
/* One case of an executable process; `about` is the whole cases.json. */
struct betsy_verdict betsy_run(struct arena *a, struct str xml, const struct json *about,
                               const struct json *one);
/* One model that breaks rule `constraint` ("EXT049", "REF"): passed when it is refused for that very rule.
 * `got` names the rules it was refused for; "loaded" when it was not. */
struct betsy_verdict betsy_refuse(struct arena *a, struct str xml, struct str constraint);
/* Kinds of doubt that no engine should be judged by: what model and expectation say does not fit, or depends
 * on chance. */
bool betsy_is_doubtful(const struct json *about);

#endif
