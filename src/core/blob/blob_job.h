/* The repeating job that clears files away which nothing names any more (blob.h says which those are). */
#ifndef TB_BLOB_JOB_H
#define TB_BLOB_JOB_H

#include "core/http/route.h"

extern const struct module files_module; /* job "files.collect", once a day */

#endif
