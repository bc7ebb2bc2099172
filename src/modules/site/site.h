/* The frame and the pages that belong to no capability: home, help, statements, errors, jobs, board, office
 * home. */
#ifndef TB_SITE_H
#define TB_SITE_H

#include "core/http/route.h"

extern const struct module site_module;

#endif
