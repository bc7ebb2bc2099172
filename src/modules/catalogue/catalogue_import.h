/* Private to the module: the shipped data while a list is read against it. */
#ifndef TB_CATALOGUE_IMPORT_H
#define TB_CATALOGUE_IMPORT_H

#include "modules/catalogue/catalogue_internal.h"

struct import_unit {
    struct str name;
    int64_t id;
};

struct import_name;
struct import_data {
    struct data_text *texts;
    size_t count;
    const struct json *rules, *departments;
    struct import_name **names; /* plain names and aliases of base items */
    struct import_name **codes; /* codes seen in this list */
    struct import_unit units[256];
    size_t unit_count;
};

/* Reads the current texts from the database. */
bool import_load(struct ctx *c, struct import_data *d) NODISCARD;
/* The same from the snapshot, without reading. */
bool import_from(struct ctx *c, const struct snapshot *s, struct import_data *d) NODISCARD;
const struct data_text *import_find(const struct import_data *d, const char *kind, struct str code);
/* The base item of that plain name or alias. */
const struct data_text *import_by_name(const struct import_data *d, struct str plain);
/* Was the code in this list before? Remembers it. */
bool import_seen(struct ctx *c, struct import_data *d, struct str code);
struct import_unit *import_unit(const struct import_data *d, struct str name);
bool import_keep_unit(struct ctx *c, struct import_data *d, struct str name, int64_t id);
bool import_plausible_uscc(struct str code);

/* ---- catalogue_import.c ---- */
/* Base facts, themes and forms of an item somebody wrote, from its name, type, audience (which stays) and the
 * kind of its department. */
void catalogue_settle(struct ctx *c, const struct import_data *d, struct version_row *v,
                      struct str department_kind);

#endif
