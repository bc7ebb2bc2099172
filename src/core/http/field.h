/* Input as tables: one row a field drives reading, checking, the JSON face and the OpenAPI document.
 *
 * Values arrive as form fields (URL-encoded or multipart), as members of a JSON object, in the query or in the path; all
 * are checked by the same row. What is checked stands in ctx.in, an object of typed values; a field that is absent and
 * not required is absent there too. Text is UTF-8 without control characters other than newline (FIELD_TEXT), trimmed, counted in code points. */
#ifndef TB_FIELD_H
#define TB_FIELD_H

#include "core/base/err.h"
#include "core/json/json.h"

enum field_type {
    FIELD_END,
    FIELD_LINE,     /* one line of text */
    FIELD_TEXT,     /* text with line breaks */
    FIELD_SECRET,   /* password or code: never echoed, never trimmed */
    FIELD_INT,      /* min…max */
    FIELD_ID,       /* positive 64-bit id */
    FIELD_DATE,     /* YYYY-MM-DD; kept as text */
    FIELD_BOOL,     /* "1", "true", "on", "yes"; absent is false */
    FIELD_CHOICE,   /* one of `choices` (separated by '|') */
    FIELD_LIST,     /* several values of the same name; an array of text */
    FIELD_FILE,     /* an uploaded file: {name, type, size, index}; content by ctx_upload */
    FIELD_JSON,     /* any JSON value (in a form: its text) */
};

/* Checks and rewrites a text value; false with *why (a msgid) when it is wrong. */
typedef bool field_check(struct arena *a, struct str in, struct str *out, const char **why);

struct field {
    const char *name;
    enum field_type type;
    const char *label; /* msgid; for OpenAPI and error summaries */
    bool required;
    int64_t min, max; /* length in code points, or value of FIELD_INT; max 0 = 200 for lines, 4000 for text */
    const char *choices;
    field_check *check;
};

/* Reads `name`'s raw values; returns how many there are, the first in *value. */
struct params;
/* Fills `out` from params (and `json`, the JSON body, may be NULL); wrong fields go to err. */
bool fields_read(const struct field *table, const struct params *params, const struct json *body, struct arena *a, struct json *out,
                 struct err *e) NODISCARD;

#endif
