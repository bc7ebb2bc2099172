/* What the files of this engine share: the compiled form, and values. */
#ifndef TB_FORMS_INTERNAL_H
#define TB_FORMS_INTERNAL_H

#include <regex.h>

#include "engines/forms/forms.h"

enum schema_type { SCHEMA_STRING, SCHEMA_INTEGER, SCHEMA_NUMBER, SCHEMA_BOOLEAN };

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

struct form_condition {
    const struct form_field *field; /* or */
    struct str situation;
    const struct json *values; /* one value, or an array of them with `many` */
    bool set, many;
};

/* A bound of millionths, and as it was written. */
struct form_bound {
    bool set;
    int64_t micro;
    struct str text;
};

struct form_field {
    struct str name;
    const struct json *schema;
    enum schema_type type;
    const struct form_format *format;
    const struct json *choices; /* enum */
    const struct json *fixed;   /* const */
    const regex_t *pattern;
    size_t min_length, max_length; /* code points */
    struct form_bound minimum, maximum;
    struct form_condition when;
    bool required, read_only, several_lines, bounded /* x-max */;
    size_t page; /* SIZE_MAX until placed */
};

struct form_page_def {
    struct str id;
    const struct json *schema;
    const struct form_field **fields;
    size_t count;
};

struct form {
    const struct json *schema;
    struct form_field *fields;
    size_t field_count;
    struct form_page_def *pages;
    size_t page_count;
};

const struct form_field *form_field_find(const struct form *f, struct str name);

/* ---- values ---- */
/* The register's value, NULL when it has none. */
const struct json *form_prefilled(const struct form_field *f, const struct form_answers *in);
const struct json *form_value(const struct form_field *f, const struct form_answers *in);
bool form_visible(const struct form_field *f, const struct form_answers *in);
bool form_locked(const struct form_field *f, const struct form_answers *in);
/* Same content; numbers by value, whatever their notation or JSON type. */
bool form_same(const struct json *x, const struct json *y);
/* The content as text: strings and numbers as they are, "" otherwise. */
struct str form_text(const struct json *value);

/* One value against its property. False with a fault at the property. *out is NULL when there is nothing to
 * keep. */
bool form_check_value(struct arena *a, const struct form_field *f, const struct json *value,
                      const struct form_answers *in, struct json **out, struct err *e) NODISCARD;

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
