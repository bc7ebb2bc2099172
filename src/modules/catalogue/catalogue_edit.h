/* Private to the module: the form in which officers edit an item. */
#ifndef TB_CATALOGUE_EDIT_H
#define TB_CATALOGUE_EDIT_H

#include "modules/catalogue/catalogue_internal.h"

/* A field as the partial "field" reads it, added to the array. */
struct json *edit_field(struct ctx *c, struct json *fields, const char *kind, const char *id,
                        const char *label, struct str value, bool required, const char *hint);
void edit_choice(struct ctx *c, struct json *f, const char *value, const char *label);
/* {id, heading, text, folded, open, fields}, added to the array; gives its fields. text may be NULL. */
struct json *edit_section(struct ctx *c, struct json *sections, const char *id, const char *heading,
                          const char *text);
/* The same, folded unless something in it is wrong; the heading is said as it is. */
struct json *edit_fold(struct ctx *c, struct json *sections, const char *id, struct str heading);
/* "《护照法》第五条", and back from that or "护照法 第五条"; INVALID at the field. */
struct str edit_basis_line(struct ctx *c, const struct json *basis);
bool edit_read_basis(struct ctx *c, struct str line, const char *field, struct json **out);
/* What is being read from the form. */
struct edit_reading {
    struct ctx *c;
    const struct json *before; /* the effective document so far */
    const struct json *base;   /* the shipped facts below it; may be NULL */
    struct json *own;
};
/* Only what differs from the shipped facts is kept, so that a correction of theirs still reaches the item. */
void edit_keep(struct edit_reading *r, const char *key, struct json *value);
/* The member of the array whose text equals; what it says beside is kept. */
struct json *edit_known(struct arena *a, const struct json *array, const char *member, struct str text);

/* ---- catalogue_manner_form.c ---- */
void manner_section(struct ctx *c, struct json *sections, const struct item *i);
void manner_read(struct edit_reading *r);

/* ---- catalogue_materials.c ---- */
void material_section(struct ctx *c, struct json *sections, const struct item *i);
void materials_read(struct edit_reading *r);
/* A document with all that is known of it, in one line. */
struct str material_line(struct ctx *c, const struct json *material);

/* {id, heading, text, folded, open, fields} of everything that may be edited. */
bool edit_sections(struct ctx *c, const struct item *i, struct json *sections) NODISCARD;
/* Name and document of the row from the input; `i` is the row as it was. INVALID with what is wrong at each
 * field. */
bool edit_read(struct ctx *c, const struct item *i, struct version_row *row) NODISCARD;
/* The mark of what an editor saw, so that two do not overwrite each other. */
struct str catalogue_revision(struct ctx *c, const struct version_row *row, bool open);
/* Saves what was read: into the open draft, or as a new version that begins one. Sets version and author. */
bool catalogue_save_draft(struct ctx *c, struct version_row *row, bool open) NODISCARD;

#endif
