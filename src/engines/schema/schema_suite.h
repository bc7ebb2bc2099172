/* Test cases in the layout of JSON-Schema-Test-Suite: a file is a list of groups {description, schema, tests:
 * [{description, data, valid}]}. Pure: the caller reads the files. */
#ifndef TB_SCHEMA_SUITE_H
#define TB_SCHEMA_SUITE_H

#include "engines/schema/schema.h"

struct schema_suite_failure {
    struct str group, test;
    bool expected;     /* verdict */
    const char *msgid; /* where there was no verdict */
    struct str arg;
};
struct schema_suite_count {
    size_t passed, failed;
};
/* Each group has an arena of its own, at most `cap` bytes. */
void schema_suite_run(const struct json *groups, const struct schema_options *options, size_t cap,
                      void (*failed)(void *arg, const struct schema_suite_failure *f), void *arg,
                      struct schema_suite_count *count);

#endif
