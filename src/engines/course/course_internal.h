/* The compiled definition. */
#ifndef TB_COURSE_INTERNAL_H
#define TB_COURSE_INTERNAL_H

#include "engines/course/course.h"

#define COURSE_BIT(act)  (1u << (act))
#define COURSE_DECIDING  (COURSE_BIT(COURSE_GRANT) | COURSE_BIT(COURSE_REFUSE))
#define COURSE_RECEIVING (COURSE_BIT(COURSE_ACCEPT) | COURSE_BIT(COURSE_CORRECT) | COURSE_BIT(COURSE_REJECT))
/* What finishes a step. */
#define COURSE_ONWARD                                                                                        \
    (COURSE_DECIDING | COURSE_BIT(COURSE_ACCEPT) | COURSE_BIT(COURSE_PASS) | COURSE_BIT(COURSE_AGREE) |      \
     COURSE_BIT(COURSE_DISAGREE) | COURSE_BIT(COURSE_OPINION))
/* All that another department may do. */
#define COURSE_CONSULTED (COURSE_BIT(COURSE_AGREE) | COURSE_BIT(COURSE_DISAGREE) | COURSE_BIT(COURSE_OPINION))

enum { COURSE_LIMIT_MAX = 250 /* working days */, COURSE_TOPIC_MAX = 80 };

struct course {
    const struct bpmn *model;
    struct course_step *steps;
    int count, own;     /* own: without those of called processes */
    const int *step_of; /* node -> step, -1: none */
    bool asks_rule, asks_decisions, asks_services, reads_answers;
    const struct str *texts; /* the documents */
    size_t text_count;
    bool part;
    int process; /* the node it begins with */
};

/* The acts of a step for a case that is accepted, or is not: what receives is done once, then the step only
 * passes on. */
unsigned course_acts_in(const struct course *f, int step, bool accepted);
bool course_is_answer(const struct course *f, int node); /* the rule that answers the item */
enum course_result course_result_of(const struct course *f, int node);
/* The event of the model that ends its present task with that outcome. */
struct json *course_outcome(struct arena *a, const char *outcome);

#endif
