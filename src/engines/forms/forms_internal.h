/* What the files of this engine share: the compiled form, and values. */
#ifndef TB_FORMS_INTERNAL_H
#define TB_FORMS_INTERNAL_H

#include "engines/forms/forms.h"
#include "engines/schema/schema.h"

enum form_type { FORM_STRING, FORM_INTEGER, FORM_NUMBER, FORM_BOOLEAN, FORM_GROUP, FORM_SEVERAL };
enum { FORM_ROWS_MAX = 50, FORM_CONDITIONS_MAX = 200, FORM_FILES_MAX = 10, FORM_FILE_MB = 10 };

/* Checks `in` (half-width, trimmed) and gives its normal form; a msgid when it is wrong, NULL when it is
 * right. */
typedef const char *form_format_check(struct arena *a, struct str in, struct str *out);

struct form_format {
    const char *name;
    const char *type;                             /* of the control */
    const char *inputmode, *autocomplete, *width; /* NULL: none */
    form_format_check *check;
};
const struct form_format *form_format_find(struct str name);

enum form_comparison { FORM_IS, FORM_IS_NOT, FORM_BOUNDED, FORM_PRESENT, FORM_TOGETHER };
/* One question to a field or a situation. A hidden or empty field answers none. */
struct form_test {
    const struct form_field *field; /* or */
    struct str situation;
    enum form_comparison how;
    const struct json *values; /* one value, an array of them with `many`; of FORM_BOUNDED an object that
                                  has the bounds */
    bool many;
    const struct form_condition
        *together; /* FORM_TOGETHER: several that count as one; none of them is such */
};
struct form_condition {
    const struct form_test *tests;
    size_t count;
    bool any; /* one of them is enough */
    bool negated;
    const struct form_condition *next;
};

struct form_field {
    struct str name;
    const struct json *schema; /* as written */
    const struct schema *rule; /* what judges a value */
    enum form_type type;
    const struct form_format *format;
    const struct json *choices;          /* enum */
    const struct json *several;          /* of an array of choices: what its items may be */
    const struct json *fixed;            /* const */
    size_t max_length;                   /* code points */
    const struct form_condition *shown;  /* all must hold */
    const struct form_condition *needed; /* one that holds makes it required */
    const struct form *rows;             /* of a group: the fields of one row */
    size_t rows_max;
    size_t files_least, files_max; /* of a property that holds files; 0: it holds none */
    bool required, read_only, several_lines, bounded /* x-max */, pattern;
    size_t page; /* SIZE_MAX until placed */
};

struct form_page_def {
    struct str id;
    const struct json *schema;
    const struct form_field **fields;
    size_t count;
};

struct form {
    const struct json *schema;   /* as written */
    const struct json *standard; /* the same with its hints in the draft's own words */
    const struct schema *rule;
    struct form_field *fields;
    size_t field_count;
    struct form_page_def *pages;
    size_t page_count;
};

const struct form_field *form_field_find(const struct form *f, struct str name);
/* Of "group.3.field" the group, or the field itself. */
const struct form_field *form_field_above(const struct form *f, struct str name);

/* ---- compiling ---- */
/* Fails with "form.schema"; for the files that compile. */
bool form_refuse(struct err *e, const char *msgid, struct str where);
/* What is shown and needed when: x-when, if/then/else, dependentRequired. */
bool form_conditions(struct arena *a, struct form *f, struct err *e) NODISCARD;
/* A copy in the draft's words alone: conditions of x-when as if/then/else, lengths that a form sets by
 * itself. What depends on a situation, which no document holds, is left open. */
struct json *form_standard(struct arena *a, const struct form *f);

/* ---- values ---- */
/* The register's value, NULL when it has none. */
const struct json *form_prefilled(const struct form_field *f, const struct form_answers *in);
const struct json *form_value(const struct form_field *f, const struct form_answers *in);
bool form_visible(const struct form_field *f, const struct form_answers *in);
bool form_has_content(const struct json *v);
bool form_required(const struct form_field *f, const struct form_answers *in);
bool form_locked(const struct form_field *f, const struct form_answers *in);
/* Same content; numbers by value, whatever their notation or JSON type. */
bool form_same(const struct json *x, const struct json *y);
/* The content as text: strings and numbers as they are, "" otherwise. */
struct str form_text(const struct json *value);

/* One value against its property. False with a fault at `at`, the name of the control ("rows.2.name" inside a
 * group). *out is NULL when there is nothing to keep. */
bool form_check_value(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                      const struct form_answers *in, struct json **out, struct err *e) NODISCARD;
/* What the schema says of a value in its normal form. */
bool form_judge(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                struct err *e);
/* What the schema says of all values together, where no field has its fault yet; `page` SIZE_MAX: of all
 * pages. `prefix` stands before the names ("rows.2."). */
bool form_judge_whole(struct arena *a, const struct form *f, struct str prefix, const struct json *values,
                      size_t page, const struct form_answers *in, struct err *e);
/* The choices that are ticked, in the order of the form, each under "property.choice". */
struct json *form_read_several(struct arena *a, const struct form_field *f, form_get *get, void *arg);
bool form_has_choice(const struct json *value, struct str choice);
/* A tick as a browser or an app sends it. */
bool form_ticked(const struct json *value);

/* ---- groups ---- */
/* The rows that a client sent, as typed: an array of objects. NULL when it sent none. */
struct json *form_read_rows(struct arena *a, const struct form_field *f, form_get *get, void *arg);
/* Adds or removes a row where the client pressed such a button of this page; false when it did not. */
bool form_act_on_rows(struct arena *a, const struct form *f, size_t page, form_get *get, void *arg,
                      struct json *typed);
bool form_check_rows(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                     const struct form_answers *in, struct json **out, struct err *e) NODISCARD;

/* What was typed as a number, without spaces and commas and in half-width; `text` where it is no text at all.
 */
struct str form_plain_number(struct arena *a, struct str text);
/* Do the answers to it count as numbers? Money is text that holds one. */
bool form_is_number(const struct form_field *f);
/* Decimal of at most 12 digits before and 6 behind the point, in millionths. */
bool form_decimal(struct str text, int64_t *micro);

/* ---- text ---- */
enum form_text_mode {
    FORM_LINE,  /* one line in words: letters, digits and spaces become half-width, punctuation stays */
    FORM_BLOCK, /* the same with line breaks */
    FORM_CODE   /* numbers and addresses: everything half-width */
};
/* Trimmed. False when it is not UTF-8 or holds characters that are not for text (controls, direction
 * overrides). */
bool form_normalise(struct arena *a, struct str in, enum form_text_mode mode, struct str *out);

#endif
