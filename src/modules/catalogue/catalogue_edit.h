/* Private to the module: the form in which officers edit an item. */
#ifndef TB_CATALOGUE_EDIT_H
#define TB_CATALOGUE_EDIT_H

#include "modules/catalogue/catalogue_internal.h"

/* A field as the partial "field" reads it, added to the array. */
struct json *edit_field(struct ctx *c, struct json *fields, const char *kind, const char *id,
                        const char *label, struct str value, bool required, const char *hint);
/* {id, heading, text, fields} of everything that may be edited. */
bool edit_sections(struct ctx *c, const struct item *i, struct json *sections) NODISCARD;
/* Name and document of the row from the input; `i` is the row as it was. INVALID with what is wrong at each
 * field. */
bool edit_read(struct ctx *c, const struct item *i, struct version_row *row) NODISCARD;
/* The mark of what an editor saw, so that two do not overwrite each other. */
struct str catalogue_revision(struct ctx *c, const struct version_row *row, bool open);
/* Saves what was read: into the open draft, or as a new version that begins one. Sets version and author. */
bool catalogue_save_draft(struct ctx *c, struct version_row *row, bool open) NODISCARD;

#endif
