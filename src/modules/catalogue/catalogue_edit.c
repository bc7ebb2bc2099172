/* Drafts and the second pair of eyes. */
#include "modules/catalogue/catalogue_internal.h"

struct str item_state(const struct item *i)
{
    struct str state = json_text_of(i->doc, "state");
    return state.len ? state : STR("active");
}
