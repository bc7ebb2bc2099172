/* What the fuzzers of pictures and of uploads share. */
#ifndef TB_FUZZ_PICTURE_H
#define TB_FUZZ_PICTURE_H

#include "core/blob/blob.h"

/* Large pictures cost time and show nothing new; the limit itself is a unit test's. More than 2047 pixels a
 * side. */
static inline bool costly_picture(struct str content)
{
    const uint8_t *data = (const uint8_t *)content.ptr;
    return file_sniff(content) == FILE_PNG && content.len > 24 &&
           (data[16] || data[17] || data[20] || data[21] || data[18] > 7 || data[22] > 7);
}

#endif
