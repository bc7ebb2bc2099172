/* What answers look like: docs/answers.txt, one block for each answer of a route. Tests hold every answer
 * they get against it (tests/testing/answers.h); the API document is written from it.
 *
 *   Option object                          objects that many answers hold have a block of their own
 *    label string
 *   GET /cases/{id} 200 object
 *    case_no string
 *    channels Option[]
 *    steps object[]
 *     done time|null
 *    values object
 *     * string             names that come from data
 *   GET /licences/{id}/page 200 file application/pdf
 *   POST /tasks/{id}/complete 204 nothing
 *
 * A member may be absent where there is nothing to say. */
#ifndef TB_ANSWERS_H
#define TB_ANSWERS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/json/json.h"

enum shape_kind {
    SHAPE_NULL = 1,
    SHAPE_BOOLEAN = 2,
    SHAPE_INTEGER = 4,
    SHAPE_TIME = 8, /* an integer: milliseconds UTC */
    SHAPE_NUMBER = 16,
    SHAPE_STRING = 32,
    SHAPE_ID = 64,    /* a string of digits */
    SHAPE_DATE = 128, /* a string: 2026-11-23 */
    SHAPE_OBJECT = 256,
    SHAPE_ANY = 512,      /* what others wrote: schemas, models, values */
    SHAPE_NOTHING = 1024, /* what an array holds that nobody has seen filled */
    SHAPE_NAMED = 2048,   /* an object that has a block of its own */
};

struct shape {
    struct str name; /* of the member, "*": any name */
    unsigned kinds;  /* of the value; in an array: of what it holds */
    unsigned arrays; /* so many arrays around it: 2 for a list of lists */
    unsigned also;   /* kinds that stand beside an array: "string[]|null" */
    struct str of;   /* the block of SHAPE_NAMED; one at most */
    const struct shape *block;
    struct shape *first, *next;
};

/* A block: what a route answers, or (without method and status) an object that others name as `path`. */
struct answer_shape {
    struct str method, path, status;
    struct str type; /* of a file; "" for JSON */
    struct shape *shape;
    struct answer_shape *next;
};

/* NULL with err where the text is not of that form (arg: the line). */
struct answer_shape *answers_parse(struct arena *a, struct str text, struct err *e) NODISCARD;
/* docs/answers.txt as the program carries it. A function: who is linked with the library does not depend on
 * how long the text is. */
struct str answers_text(void);
/* JSON Schema 2020-12. */
struct json *shape_schema(struct arena *a, const struct shape *s);

#endif
