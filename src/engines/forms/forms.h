/* Forms are JSON Schema 2020-12 plus hints of layout: a schema becomes pages to show, answers to check and a
 * summary.
 *
 * Pure: no request, database or clock. Everything returned lives in the arena given; a struct form borrows
 * its schema and may be shared by threads, since nothing changes it after form_parse.
 * data/catalogue/full/README.md has the hints (x-…). A property is text, a number, a tick, several
 * choices (an array of different words of an enum), or a group: an array of objects whose rows the person
 * adds and removes. Text of the format "file" names files by number, with a space between; whoever keeps them
 * says which numbers there are (form_files).
 *
 * Invariants:
 * - What is typed is put into its normal form and then judged by the compiled schema: every keyword holds on
 * the server.
 * - What a register says about a `readOnly` property is never replaced by what the client sends.
 * - A field is shown while x-when holds and no if/then/else of the schema forbids it (`"p": false`); it is
 * asked for while `required`, a branch in force or dependentRequired names it. A condition on a hidden or
 * empty field does not hold. Hidden fields are neither required nor part of the outcome.
 * - Nothing is kept that was not checked: form_read_page checks one page, form_check the whole before it is
 * sent.
 * - A keyword, type or format that is not known is refused when the form is parsed, never skipped.
 * Sentences for people are msgids (core/base/err.h); errors stand at the names of the controls: the property,
 * or "group.3.property" in the rows of a group (from 0).
 *
 * uses: identifiers, schema */
#ifndef TB_FORMS_H
#define TB_FORMS_H

#include "core/base/err.h"
#include "core/json/json.h"

struct form;

enum { FORM_FIELDS_MAX = 200, FORM_PAGES_MAX = 30 };

/* What is known when a form is shown or checked; each may be NULL.
 * values      {property: value}: the draft. Present beats prefilled; "" means the person emptied the field.
 * prefill     {property: {"value": …, "source": "人口基础信息", "source_en": "Population base", "max": …}};
 * why (why_en) in place of value: why its source said nothing, told beside the field.
 * `max` (number, or text of one) bounds a property with x-max, which is unbounded while no register gives the
 * bound. situations  {situation id: chosen value} */
struct form_answers {
    const struct json *values, *prefill, *situations;
};

/* Compiles a schema that outlives the form. NULL with INVALID "form.schema" and the faulty property in the
 * argument: unknown keyword, type or format, a field on no page or on two, a condition on an unknown field,
 * value or in a circle … */
struct form *form_parse(struct arena *a, const struct json *schema, struct err *e) NODISCARD;

/* The schema for programs that fill it in: of the draft alone, so that any validator judges as the server
 * does, with the hints beside it. */
const struct json *form_schema(const struct form *f);

/* ---- what is asked ---- */
bool form_field_visible(const struct form *f, struct str property, const struct form_answers *in);
/* The value in force: of the register (readOnly), of the draft, prefilled, default, in this order; NULL when
 * there is none. */
const struct json *form_field_value(const struct form *f, struct str property, const struct form_answers *in);
/* For lists of faults: the page that asks it (SIZE_MAX: none) and its title ("": no such property). */
size_t form_field_page(const struct form *f, struct str property);
struct str form_field_title(const struct form *f, struct str property, bool english);
/* What a prefiller must fetch: [{"property", "source": "resource.field"|absent, "max":
 * "resource.field"|absent, "where": object|absent}]. */
struct json *form_sources(struct arena *a, const struct form *f);

/* The names of fields, with a space between, by whose answers something on this page (SIZE_MAX: anywhere) is
 * shown or needed; a group where that happens inside its rows. */
struct str form_decides(struct arena *a, const struct form *f, size_t page);

/* ---- conditions of a document ---- */
/* The condition of an x-when in the draft's words, for "if"; `properties` are those beside the one that has
 * it. NULL where a document cannot tell: a situation, or bounds of money, which is text. */
struct json *form_when_if(struct arena *a, const struct json *properties, const struct json *when);
/* {"if": asked, "then": {"required": [name]}, "else": {"properties": {name: false}}}; no "then" where it may
 * stay empty. */
struct json *form_when_entry(struct arena *a, struct json *asked, struct str name, bool required);

/* The entry of allOf that form_when_entry would have written for this property; NULL: none. */
const struct json *form_when_found(const struct json *schema, struct str name);
/* Under which condition a property is shown, as x-when has it, whether it stands there or in such an entry;
 * one test, or {"all"|"any": [tests]}, of which each may be such a list of tests itself. NULL: always, or put
 * otherwise. */
const struct json *form_when_of(struct arena *a, const struct json *schema, struct str name);
/* Does one test of such a condition hold of that value? */
bool form_when_holds(const struct json *test, const struct json *value);
/* Is it shown or hidden by other answers? */
bool form_field_depends(const struct form *f, struct str property);

/* ---- pages ---- */
size_t form_page_count(const struct form *f);
/* SIZE_MAX when there is no page of that id. */
size_t form_page_find(const struct form *f, struct str id);
struct str form_page_id(const struct form *f, size_t page);
/* Has it a visible field? A page of prefilled, read-only fields is visible: the person shall see what is
 * used. */
bool form_page_visible(const struct form *f, size_t page, const struct form_answers *in);
/* Would what is in force on it pass the check? Uses `a` for working memory. */
bool form_page_complete(struct arena *a, const struct form *f, size_t page, const struct form_answers *in);
/* The next or previous visible page; `page` may be SIZE_MAX in _next to get the first. SIZE_MAX when there is
 * none. */
size_t form_page_next(const struct form *f, size_t page, const struct form_answers *in);
size_t form_page_previous(const struct form *f, size_t page, const struct form_answers *in);
/* The task list of visible pages: [{"id", "index", "title", "complete"}]. */
struct json *form_pages(struct arena *a, const struct form *f, const struct form_answers *in, bool english);

/* One page for a template:
 * {"id", "index", "title", "position": 1…, "count": visible pages, "has_prefilled", "fields": [{"id", "name",
 * "label", "hint", "type": text|number|date|radios|select|checkbox|checkboxes|textarea|tel|email|file, a
 * member of that name that is true, "kind": {input|date|radios|select|checkbox|textarea|file: true}, "value"
 * (text; boolean for a checkbox), "error", "required", "readonly", "source": {"name"}, "options": [{"value",
 * "label", "checked", of checkboxes "sent_as": "property.value"}], "inputmode", "autocomplete", "maxlength",
 * "width", "rows", "why", "label_zh", of a file "accept", "max_mb", "multiple", "files_max"}]}. A group has
 * kind {group: true}, "rows": [{"position": 1…, "fields": […] as above with names "group.0.field",
 * "remove"}], "add", "count" (in "group.rows" the client sends it back); "add" and "remove" are values of the
 * button FORM_ROW. Members without content are absent. `errors` is {property: sentence in the person's
 * language} or NULL. A source is named only while the value is still the register's. label_zh is true where
 * English was wanted and only Chinese is there. */
struct json *form_page(struct arena *a, const struct form *f, size_t page, const struct form_answers *in,
                       const struct json *errors, bool english);

/* The raw value a client sent under that name; ptr NULL or "" when it sent none. */
typedef struct str form_get(void *arg, struct str name);
/* The same for a client that sent JSON: also "group.0.field", "group.rows" for the number of rows, and
 * "property.choice" where that is among several. */
struct str form_get_json(struct arena *a, const struct json *values, struct str name);
#define FORM_ROW "form.row"
/* As a value of FORM_ROW: shows the page again by what was typed. */
#define FORM_LOOK "look"
/* Did the client press a button that adds or removes a row of this page, or asks to look? Then *out is the
 * draft with what was typed and the row more or less: for showing, never for keeping. */
bool form_row_act(struct arena *a, const struct form *f, size_t page, form_get *get, void *arg,
                  const struct form_answers *in, struct json **out);

/* The properties that hold files: [{"name": "photo" or "group.photo", "max_mb", "accept": […]|absent,
 * "count", "least": absent where one is enough}]. */
struct json *form_files(struct arena *a, const struct form *f);

/* The values with so many blank rows more in every group, for pages without such buttons. */
struct json *form_spare_rows(struct arena *a, const struct form *f, const struct json *values, size_t spare);

/* Reads one page over the draft in in->values. All faults are told at once. On success *out is the new draft.
 * On false with INVALID "input" it is the draft with what was typed, unchecked: for showing the page again,
 * never for keeping. A field that the client cannot have seen, because only this page's answers make it
 * visible, keeps its value when nothing is sent for it. MISSING "form.page" when there is no such page. */
bool form_read_page(struct arena *a, const struct form *f, size_t page, form_get *get, void *arg,
                    const struct form_answers *in, struct json **out, struct err *e) NODISCARD;

/* The whole, before it is sent. *out holds every visible property that has a value, normalised, register
 * values included; hidden, empty and unknown ones are gone. */
bool form_check(struct arena *a, const struct form *f, const struct form_answers *in, struct json **out,
                struct err *e) NODISCARD;

/* Everything in force, for reading: [{"id", "index", "title", "rows": [{"id", "label", "value", "source":
 * {"name"}|absent, "chosen": {"value", "label"}|absent, "file": true|absent}]}]. Values of an enum appear as
 * their labels, with both in "chosen", as in form_page; empty ones are left out. */
struct json *form_summary(struct arena *a, const struct form *f, const struct form_answers *in, bool english);

#endif
