/* Every answer that a test gets is held against docs/answers.txt, what the API document says of it. Where
 * TB_ANSWERS names a folder, what was seen is written there too, for tools/answers; with TB_ANSWERS_LEARN
 * nothing is a fault. */
#ifndef TB_TESTING_ANSWERS_H
#define TB_TESTING_ANSWERS_H

#include "core/http/server.h"

/* For server_options.looks; from any thread. */
void answers_look(const struct route *r, int status, const struct json *doc, struct str type);
/* What did not fit first, "" if nothing; asked once. */
const char *answers_fault(void);

#endif
