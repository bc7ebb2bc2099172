/* The meta-schemas of the draft, taken into the program from data/schema by tools/embed.py. */
#ifndef TB_SCHEMA_META_H
#define TB_SCHEMA_META_H

#include <stddef.h>

struct schema_text {
    const char *uri, *text; /* the address is that of the document's $id */
    size_t len;
};
extern const struct schema_text schema_texts[];
extern const size_t schema_text_count;

#endif
