/* Input as tables: one row a field drives reading, checking, the JSON face and the OpenAPI document.
 *
 * Values arrive as form fields (URL-encoded or multipart), as members of a JSON object, in the query or in
 * the path; all are checked by the same row. What is checked stands in ctx.in, an object of typed values; a
 * field that is absent and not required is absent there too. Text is UTF-8 without control characters other
 * than newline (FIELD_TEXT), trimmed, counted in code points. A name that came twice is refused unless the
 * field is a list; names the table does not know are ignored. In a JSON body the type must be that of the
 * field (text, number, boolean, array of text); null is absent. */
#ifndef TB_FIELD_H
#define TB_FIELD_H

#include "core/base/err.h"
#include "core/json/json.h"

enum field_type {
    FIELD_END,
    FIELD_LINE,   /* one line of text */
    FIELD_TEXT,   /* text with line breaks */
    FIELD_SECRET, /* password or code: never echoed, never trimmed */
    FIELD_INT,    /* min…max */
    FIELD_ID,     /* positive 64-bit id */
    FIELD_DATE,   /* YYYY-MM-DD; kept as text */
    FIELD_BOOL,   /* "1", "true", "on", "yes"; absent is false */
    FIELD_CHOICE, /* one of `choices` (separated by '|') */
    FIELD_LIST,   /* several values of the same name (one of `choices` each, where given); an array of text */
    FIELD_FILE,   /* an uploaded file: {name (safe to show and to save under), size, index (in
                     request.uploads)}; content by ctx_upload */
    FIELD_JSON,   /* any JSON value (in a form: its text) */
};

/* Checks and rewrites a text value (each value of a list); false with *why (a msgid) when it is wrong. */
typedef bool field_check(struct arena *a, struct str in, struct str *out, const char **why);

struct field {
    const char *name;
    enum field_type type;
    const char *label; /* msgid; for OpenAPI and error summaries */
    bool required;
    /* Length in code points; value of FIELD_INT; number of values of FIELD_LIST; bytes of FIELD_FILE. max 0 =
     * 200 for lines and secrets, 4000 for text, 100 values; max below min: FIELD_INT has no upper bound; both
     * 0: any whole number. */
    int64_t min, max;
    const char *choices;
    field_check *check;
};

struct params;
/* Fills `out` from params and `body` (the JSON body, may be NULL), all in the arena; wrong fields go to err,
 * each with its sentence (err_at). */
bool fields_read(const struct field *table, const struct params *params, const struct json *body,
                 struct arena *a, struct json *out, struct err *e) NODISCARD;

#endif
