/* Files that tests read: whole files into an arena, and the folder of suites of others beside the checkout.
 */
#ifndef TB_TESTING_FILES_H
#define TB_TESTING_FILES_H

#include "core/base/str.h"
#include "core/json/json.h"

/* The whole file; false when it cannot be read. */
bool testing_read(struct arena *a, const char *path, struct str *out);
/* TB_SHARED, or ../shared beside the source tree, joined with `below`; NULL when it is not there. */
const char *testing_shared(struct arena *a, const char *below);
/* Names (not paths) in a folder that end in `suffix`, sorted, NULL-terminated; *count without the NULL. */
const char **testing_list(struct arena *a, const char *folder, const char *suffix, size_t *count);

/* Calls fn for every shipped service (data/catalogue/full and general): its file's name, its document, an
 * arena that ends with the call. Returns how many there were; aborts where one cannot be read. */
int testing_each_service(void (*fn)(struct arena *a, const char *name, const struct json *service));

#endif
