/* Forms (表单): JSON Schema with hints of layout, under version, built without code; services name them.
 *
 * A module of its own beside processes and decisions, below the catalogue: a form is written, reviewed and
 * published by itself, and several services may name the same one. What a form may say and how it is asked
 * is engines/forms; which register fills what is the exchange's.
 *
 * Ownership: every version that ever was published is compiled once into an immutable snapshot; borrowed
 * pointers live until the request ends. Invariants: a version is published by somebody who did not write it,
 * only when it compiles; it never changes afterwards. On a day the version is in force that takes effect last
 * among those published by then; who goes back to an earlier one publishes its text again. An item names a
 * form by its code; a case keeps the version it was begun under. Units: days as core/base/time.h counts
 * them. Errors: those of the database; MISSING "form". */
#ifndef TB_FORMS_MODULE_H
#define TB_FORMS_MODULE_H

#include "core/http/route.h"
#include "engines/forms/forms.h"

extern const struct module forms_module;

struct form_version {
    int64_t id; /* of the form, the same for all its versions */
    int version;
    struct str code, name, en;
    int32_t from;
    const struct json *schema; /* as written */
    const struct form *form;
};

/* NULL when no version of that code is in force on that day. */
const struct form_version *form_in_force(struct ctx *c, struct str code, int32_t day);
/* Any version that ever was published; NULL when there is none. */
const struct form_version *form_version_of(struct ctx *c, struct str code, int version);

/* All forms that there are, drafts as well, by code: for whoever lets an officer choose one. */
struct form_name {
    struct str code, name, en;
    bool published;
};
bool forms_list(struct ctx *c, struct form_name **rows, size_t *count) NODISCARD;

/* What a field can be filled in from, given at start by the module that keeps the catalogue of data (which
 * needs this one): adds {value: "register.item", label} to the list. */
typedef bool forms_sources(struct ctx *c, struct json *list);
void forms_set_sources(struct server *s, forms_sources *sources);

#endif
