/* Private to the module: versions as stored, the snapshot, drafts, what the builder does to a schema, pages.
 *
 * A draft is its schema as text. The builder parses it, changes the tree and stores it again; a draft may be
 * unsound meanwhile (a page without fields), a published version never is. A *path* names a field: "name", or
 * "group.name" inside a group. Errors of the builder are INVALID or CONFLICT with a sentence. */
#ifndef TB_FORMS_INTERNAL_MODULE_H
#define TB_FORMS_INTERNAL_MODULE_H

#include "core/base/shared.h"
#include "core/base/time.h"
#include "modules/forms/forms.h"
#include "modules/versions/versions.h"

enum { SCHEMA_MAX = 256 << 10, LABEL_MAX = 200, CHOICES_MAX = 60 };

struct snapshot {
    struct arena *arena;
    struct form_version *versions; /* ever published; by code, then newest effect first */
    size_t count;
};
struct forms_state {
    struct shared snapshot;
    forms_sources *sources;
};
const struct snapshot *forms_snapshot(struct ctx *c);
/* Everything a field can be filled in from: [{value, label}]. */
bool forms_all_sources(struct ctx *c, struct json **list) NODISCARD;

/* ---- forms_edit.c: drafts, four eyes (modules/versions) ---- */
extern const struct versions_kind form_versions;
bool form_send_to_review(struct ctx *c, struct versions_row *row, int32_t from) NODISCARD;
bool form_publish(struct ctx *c, int64_t form) NODISCARD;
/* The text of an earlier version takes effect today. CONFLICT while a draft is open. */
bool form_roll_back(struct ctx *c, int64_t form, int version) NODISCARD;

/* ---- forms_check.c: what keeps a document from being a form ---- */
/* Every fault of it, as {text, where: path or "line:column"|null}; *schema is the tree, NULL when it is no
 * JSON object. A document without pages gets one. The text must live as long as the request. */
bool forms_check(struct ctx *c, struct str text, struct json **schema, struct json **faults) NODISCARD;
/* The form as far as it can be shown: pages and groups without fields are left out. NULL: nothing can be
 * shown yet. */
const struct form *forms_showable(struct ctx *c, const struct json *schema);

/* ---- forms_tree.c: JSON trees that change ---- */
struct json *tree_get(struct json *object, const char *key);
struct json *tree_get_str(struct json *object, struct str key);
void tree_drop(struct json *object, struct str key);
/* Takes the element of that place out of an array, or puts one in; SIZE_MAX: at the end. */
struct json *tree_take(struct json *array, size_t index);
void tree_put(struct json *array, size_t index, struct json *value);
size_t tree_index(const struct json *array, struct str text);
/* Gives a member another name, in its place. */
void tree_rename(struct json *object, struct str from, struct str to);

/* ---- forms_build.c: what the builder does ---- */
struct place {
    struct json *holder;   /* of the properties: the form, or the items of a group */
    struct json *property; /* the field itself */
    struct str group, name;
};
/* MISSING "form.field" */
bool build_find(struct ctx *c, struct json *schema, struct str path, struct place *out) NODISCARD;
/* `into` is "page:ID" or "group:NAME". Gives the path of the new field. */
bool build_add(struct ctx *c, struct json *schema, struct str into, struct str kind, struct str label,
               struct str en, bool required, struct str *path) NODISCARD;
/* A field at the end of a page goes on to the next one. */
bool build_move(struct ctx *c, struct json *schema, struct str path, bool up) NODISCARD;
/* CONFLICT when another field is shown by it. */
bool build_drop(struct ctx *c, struct json *schema, struct str path) NODISCARD;
bool build_add_page(struct ctx *c, struct json *schema, struct str title, struct str en) NODISCARD;
bool build_move_page(struct ctx *c, struct json *schema, struct str id, bool up) NODISCARD;
/* Only a page without fields. */
bool build_drop_page(struct ctx *c, struct json *schema, struct str id) NODISCARD;
struct json *build_page(struct json *schema, struct str id);
/* The name everywhere it stands. */
bool build_rename(struct ctx *c, struct json *schema, const struct place *at, struct str name) NODISCARD;
/* A form without fields, of one page. */
struct json *build_blank(struct ctx *c, struct str name, struct str en);

/* ---- forms_when.c: when a question is shown, and whether it must be answered then ---- */
bool build_required(const struct place *at);
void build_require(struct ctx *c, const struct place *at, bool required);
/* `when` as form_when_of has it; NULL: always. */
void build_show_when(struct ctx *c, const struct place *at, const struct json *when);
/* The title of a field that is shown by this one; "": none is. */
struct str build_asked_by(const struct ctx *c, const struct place *at);
/* The name wherever the properties beside it, or their conditions, have it. */
void build_rename_asked(const struct place *at, struct str name);
/* Can what it asks be answered so? Choices may be gone, or be of another kind now. */
bool build_when_possible(const struct ctx *c, const struct json *holder, struct str name);
/* In words: "人数 ≥ 5 and …"; "": always. */
struct str when_text(struct ctx *c, const struct json *holder, struct str name);
/* Is there anything beside it to ask? */
bool when_offers(const struct place *at);
bool when_foreign(const struct ctx *c, const struct place *at);
/* Every answer of every choice and tick beside it, and the numbers: fields, "numbers" and, behind them,
 * "after" of the section. */
void when_section(struct ctx *c, struct json *section, const struct place *at);
void when_read(struct ctx *c, const struct place *at);

/* ---- forms_kinds.c ---- */
struct form_kind {
    const char *id, *label; /* label: msgid */
    const char *type, *format;
};
extern const struct form_kind form_kinds[];
#define FORM_KINDS                                                                                           \
    "text|lines|choice|several|tick|integer|number|money|date|id-number|uscc|mobile|division|email|"         \
    "postcode|"                                                                                              \
    "bank-card|file|group"
const struct form_kind *kind_find(struct str id); /* NULL */
const struct form_kind *kind_of(const struct json *property);
/* The values of a choice, or of several. */
const struct json *kind_values(const struct json *property);
/* The property anew as that kind: what it says of itself stays. */
void kind_become(struct ctx *c, struct json *property, const struct form_kind *kind);
/* A row of a group holds neither groups nor several choices. */
void kind_options(struct ctx *c, struct json *field, bool with_group, bool with_several);

/* ---- forms_field.c: the page of one field ---- */
extern const struct field forms_field_fields[];
void field_fields(struct ctx *c, struct json *schema, const struct place *at, const struct json *sources,
                  struct json *doc);
double amount_of(const struct json *number);
/* From the input into the property. INVALID with what is wrong at each control; *path afterwards. */
bool field_read(struct ctx *c, struct json *schema, struct place *at, struct str *path) NODISCARD;

/* ---- forms_try.c: preview and try ---- */
/* {pages: [{title, fields}]}: as a person sees it; null where nothing can be shown. */
void forms_preview(struct ctx *c, struct json *doc, const struct json *schema);

/* ---- pages ---- */
bool forms_scope(struct ctx *c);
bool forms_list_page(struct ctx *c);
bool forms_new_page(struct ctx *c);
bool forms_create(struct ctx *c);
bool forms_page(struct ctx *c);
bool forms_change(struct ctx *c);
bool forms_add_now(struct ctx *c);
bool forms_settings(struct ctx *c);
bool forms_field_page(struct ctx *c);
bool forms_field_save(struct ctx *c);
bool forms_field_look(struct ctx *c);
bool forms_page_page(struct ctx *c);
bool forms_page_save(struct ctx *c);
bool forms_export(struct ctx *c);
bool forms_import_page(struct ctx *c);
bool forms_import(struct ctx *c);
bool forms_review_now(struct ctx *c);
bool forms_publish_now(struct ctx *c);
bool forms_return_now(struct ctx *c);
bool forms_roll_back_now(struct ctx *c);
bool forms_try_page(struct ctx *c);
bool forms_try(struct ctx *c);
extern const struct field forms_new_fields[], forms_page_fields[], forms_change_fields[], forms_add_fields[],
    forms_settings_fields[], forms_at_fields[], forms_title_fields[], forms_import_fields[],
    forms_review_fields[], forms_return_fields[], forms_back_fields[], forms_try_fields[];

/* Shared by pages: loads the draft as a tree; refuses what another one changed in the meantime (revision) and
 * what is under review. */
struct forms_draft {
    struct versions_row row;
    bool open;
    struct json *schema;
};
bool forms_load_draft(struct ctx *c, struct forms_draft *d) NODISCARD;
bool forms_open_draft(struct ctx *c, struct forms_draft *d) NODISCARD; /* the same, for a change */
bool forms_keep(struct ctx *c, struct forms_draft *d) NODISCARD;
/* Name, code, base address and state of the form, for the head of its pages. */
void forms_head(struct ctx *c, const struct versions_row *row);
/* A field as the partial "field" reads it. */
struct json *forms_control(struct ctx *c, struct json *fields, const char *kind, const char *name,
                           const char *label, struct str value, bool required, const char *hint);
struct str forms_name(const struct ctx *c, struct str zh, struct str en);

#endif
