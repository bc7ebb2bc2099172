/* For clang-tidy alone, which includes it first (.clang-tidy): what sets an error returns false, which the
 * analysis of another file cannot see. */
#ifndef TB_ERR_TIDY_H
#define TB_ERR_TIDY_H

#include "core/base/err.h"

#undef err_set
#undef err_fault
#define err_set(e, kind, code, msgid)                                                                        \
    ((void)err_set_((e), (kind), (code), (msgid), __FILE__, __LINE__), false)
#define err_fault(e, ...) ((void)err_fault_((e), __FILE__, __LINE__, __VA_ARGS__), false)

#endif
