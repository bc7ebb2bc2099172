/* Private to the engine. */
#ifndef TB_LICENCEPDF_INTERNAL_H
#define TB_LICENCEPDF_INTERNAL_H

#include "engines/licencepdf/licencepdf.h"

/* The same document in fewer bytes; as it was where it is not built as cairo builds it. In the arena. */
struct str licencepdf_pack(struct arena *a, struct str drawn);

#endif
