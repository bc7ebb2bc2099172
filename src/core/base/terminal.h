/* Text of others on a terminal, where a control character would be a command: it cannot move the cursor,
 * colour or hide what the program says itself, nor begin a line that looks like one of the program's. */
#ifndef TB_TERMINAL_H
#define TB_TERMINAL_H

#include "core/base/str.h"

#include <stdio.h>

/* Every control character (C0, DEL, C1), sign of direction, separator of lines and byte that is no UTF-8
 * becomes a question mark. */
void terminal_put(FILE *to, struct str text);

#endif
