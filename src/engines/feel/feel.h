/* FEEL, the friendly enough expression language (OMG DMN 1.5, clause 10.3): values, compiled expressions and
 * their evaluation.
 *
 * Purpose: compile a text once into nodes, evaluate it many times, from many threads.
 * Ownership: what is compiled belongs to the arena of its unit and is immutable afterwards; what an
 * evaluation makes belongs to the arena of its run. Nothing else is allocated. Strings are UTF-8 and
 * borrowed. Invariants: evaluation never fails: whatever goes wrong is FEEL null and a note that says what
 * and where (DMN 1.5, 10.3.2.13.3). A run has a budget of steps and a limit of depth; when one is spent the
 * run is `stopped` and every further result is null. Units: numbers are IEEE 754 decimal128 (34 digits,
 * half-even); strings are counted in code points; durations of days and time in nanoseconds, of years and
 * months in months. The hour is passed in with the run. External Java functions are refused with a note.
 * uses: decimal */
#ifndef TB_FEEL_H
#define TB_FEEL_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/json/json.h"
#include "engines/decimal/decimal.h"

/* ---- values ---- */
enum feel_kind {
    FEEL_NULL,
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS,   /* days and time duration */
    FEEL_MONTHS, /* years and months duration */
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
    FEEL_KIND_COUNT
};

enum feel_zone_kind { FEEL_ZONE_NONE, FEEL_ZONE_OFFSET, FEEL_ZONE_NAMED };

struct feel_zone; /* rules of one IANA zone */

/* A date, a time of day, or both. Fields that the kind does not have are zero. */
struct feel_moment {
    int32_t year; /* -999999999 … 999999999 */
    uint8_t month, day;
    uint8_t hour, minute, second;
    uint8_t zone_kind;
    uint32_t nano;
    int32_t offset;               /* seconds east of UTC, for FEEL_ZONE_OFFSET */
    const struct feel_zone *zone; /* for FEEL_ZONE_NAMED */
};

struct feel_list;
struct feel_context;
struct feel_range;
struct feel_function;

struct feel_value {
    enum feel_kind kind;
    union {
        bool boolean;
        struct decimal number;
        struct str string;
        const struct feel_moment *moment; /* date, time, date and time */
        __int128 nanos;                   /* days and time duration */
        int64_t months;
        const struct feel_list *list;
        const struct feel_context *context;
        const struct feel_range *range;
        const struct feel_function *function;
    };
};

struct feel_list {
    size_t count;
    struct feel_value *items;
};

struct feel_entry {
    struct str key;
    struct feel_value value;
};
/* Entries keep their order; keys are unique. */
struct feel_context {
    size_t count;
    struct feel_entry *entries;
};

/* Written as a comparison, "(< 5)", an end that is null has no bound on that side; in an interval,
 * "(null..5)", nothing is known of it, and what asks for it is null. */
struct feel_range {
    struct feel_value low, high;
    bool low_closed, high_closed;
    bool comparison;
};

#define FEEL_NOTHING ((struct feel_value){.kind = FEEL_NULL})

struct feel_value feel_boolean(bool b);
struct feel_value feel_integer(int64_t n);
struct feel_value feel_number(struct decimal n);
struct feel_value feel_string(struct str s);
struct feel_value feel_list(struct arena *a, size_t count,
                            struct feel_value **items); /* *items: room for count */
struct feel_value feel_context(struct arena *a, size_t count, struct feel_entry **entries);
/* Null where there is no such key. */
struct feel_value feel_get(const struct feel_context *c, struct str key);
const struct feel_entry *feel_find(const struct feel_context *c, struct str key);

/* Lists and contexts nested deeper can be made and handed on, but not compared, written or walked through:
 * the result is null. */
enum { FEEL_VALUE_DEPTH = 1000 };

/* False when the value is no number, no integer or does not fit. */
bool feel_to_i64(struct feel_value v, int64_t *out);

/* Equality of FEEL (10.3.2.13.1): FEEL_NULL when the two cannot be compared (kinds differ and neither is
 * null). */
struct feel_value feel_equal(struct feel_value a, struct feel_value b);
/* Equal in kind and content; for deduplication and tests. Unlike things are simply not the same. */
bool feel_same(struct feel_value a, struct feel_value b);
/* False when the two have no order; otherwise *order is <0, 0 or >0. */
bool feel_order(struct feel_value a, struct feel_value b, int *order);

/* What string() gives: strings bare, the rest as FEEL writes it; "…" stands for what is nested too deeply. */
struct str feel_text(struct arena *a, struct feel_value v);
/* As a FEEL literal: strings in quotation marks. */
struct str feel_literal(struct arena *a, struct feel_value v);

/* JSON: numbers exact; temporal values, ranges and functions as their text; null for what is nested too
 * deeply. */
struct json *feel_to_json(struct arena *a, struct feel_value v);
struct feel_value feel_from_json(struct arena *a, const struct json *j);

/* ---- types ---- */
enum feel_type_kind {
    FEEL_T_ANY,
    FEEL_T_NULL,
    FEEL_T_BOOLEAN,
    FEEL_T_NUMBER,
    FEEL_T_STRING,
    FEEL_T_DATE,
    FEEL_T_TIME,
    FEEL_T_DATE_TIME,
    FEEL_T_DAYS,
    FEEL_T_MONTHS,
    FEEL_T_LIST,
    FEEL_T_CONTEXT,
    FEEL_T_RANGE,
    FEEL_T_FUNCTION,
    FEEL_T_KIND_COUNT
};

struct feel_node;
struct feel_run;
struct feel_frame;

struct feel_type;
struct feel_field {
    struct str name;
    const struct feel_type *type;
};
/* Structural (10.3.2.9). `element`: of a list or range, result of a function; NULL means Any. `fields`:
 * entries of a context; parameters of a function. `allowed`: unary tests over each value, NULL for none. */
struct feel_type {
    enum feel_type_kind kind;
    struct str name; /* of the item definition; empty for the built-in ones */
    const struct feel_type *element;
    size_t field_count;
    const struct feel_field *fields;
    const struct feel_node *allowed; /* allowedValues: over the element where the type is a list of them */
    const struct feel_node *type_constraint; /* over the value as a whole */
};
/* "number", "date and time", "years and months duration", "Any" …; NULL when it is none of the built-in ones.
 * Also the spellings of older models: "dateTime", "dayTimeDuration", "yearMonthDuration", "days and time
 * duration". */
const struct feel_type *feel_type_named(struct str name);
/* Is the value of that type, structure and constraints included? null is of every type. */
bool feel_is(struct feel_run *r, struct feel_value v, const struct feel_type *t);
/* Conversions of 10.3.2.9.4: a list of one and its element, a date as a date and time, and null with a note
 * where the value still does not conform. `what` names it in the note. */
struct feel_value feel_conform(struct feel_run *r, struct feel_value v, const struct feel_type *t,
                               struct str what);

/* ---- notes: what went wrong, and where ---- */
enum feel_severity { FEEL_WARNING, FEEL_ERROR };
struct feel_note {
    enum feel_severity severity;
    struct str where; /* of the text: decision and part, as the unit calls it */
    int line, column; /* in that text, from 1; 0: the whole */
    const char *msgid;
    struct str arg; /* what %{arg} of the sentence stands for */
    struct feel_note *next;
};
enum { FEEL_NOTES_MAX = 100 }; /* further ones are counted, not kept */
struct feel_notes {
    struct feel_note *first, *last;
    size_t count;
    size_t errors;
};
void feel_note(struct arena *a, struct feel_notes *notes, enum feel_severity severity, struct str where,
               int line, int column, const char *msgid, struct str arg);

/* ---- compiling ---- */
/* All that is compiled together: owner of nodes, keeper of the names that occur in paths. */
struct feel_unit;
struct feel_unit *feel_unit_new(struct arena *a, struct feel_notes *notes);
/* How the texts that are compiled next are called in notes. */
void feel_unit_at(struct feel_unit *u, struct str where);
/* A name with spaces or signs that may follow a dot or stand in a filter ("monthly income"): entries of
 * contexts that come from outside. Names in scopes and literals are known by themselves. */
void feel_unit_knows(struct feel_unit *u, struct str name);
/* A named type for `instance of` and parameters. */
void feel_unit_type(struct feel_unit *u, const struct feel_type *t);

/* The names that an expression sees, each with the slot of the frame in which its value will stand. Scopes
 * nest as frames do. */
struct feel_scope;
struct feel_scope *feel_scope_new(struct feel_unit *u, struct feel_scope *outer);
/* White space inside names is folded to one blank. Returns the slot. A second one of the same name hides the
 * first. */
size_t feel_scope_add(struct feel_scope *s, struct str name, const struct feel_type *type);
size_t feel_scope_size(const struct feel_scope *s);

/* Never NULL: a text that is wrong becomes a node that gives null and a note of severity error now and when
 * it is evaluated. An empty text is wrong. */
struct feel_node *feel_parse(struct feel_unit *u, struct feel_scope *s, struct str text);
/* Unary tests (10.3.1.2 rules 15–17): "-", comparisons, ranges, lists of these, not(…), expressions with `?`.
 * The node gives true, false or null for an input value; evaluate it with feel_test. */
struct feel_node *feel_parse_tests(struct feel_unit *u, struct feel_scope *s, struct str text);
/* The text did not compile. */
bool feel_is_broken(const struct feel_node *n);

/* ---- evaluating ---- */
struct feel_frame {
    const struct feel_frame *outer;
    struct feel_value *slots;
};

struct feel_run {
    struct arena *arena;
    int64_t now;    /* ms UTC: now() and today() */
    int32_t offset; /* seconds east of UTC of the place where now() and today() are asked */
    uint64_t steps; /* left */
    unsigned depth; /* left */
    bool stopped;   /* steps or depth ran out */
    struct feel_notes notes;
    const struct feel_zone *zones; /* read so far */
    void *host;                    /* of whoever runs: what its host nodes and natives write to */
};
enum { FEEL_DEPTH = 2000 };
#define FEEL_STEPS UINT64_C(20000000)
/* Ready to run, with the usual budget, in the civil time of China. */
struct feel_run feel_run_new(struct arena *a, int64_t now);
/* A frame for a scope, all slots null. */
struct feel_frame *feel_frame_new(struct feel_run *r, const struct feel_scope *s,
                                  const struct feel_frame *outer);

struct feel_value feel_eval(struct feel_run *r, const struct feel_node *n, const struct feel_frame *f);
/* True, false or null: does the input satisfy the tests? */
struct feel_value feel_test(struct feel_run *r, const struct feel_node *tests, const struct feel_frame *f,
                            struct feel_value input);
/* A note at the place of a node (NULL: of no place), and null. */
struct feel_value feel_fail(struct feel_run *r, const struct feel_node *at, const char *msgid,
                            struct str arg);

/* ---- functions ---- */
/* One that the host provides (a business knowledge model, a decision service): args has one value a
 * parameter. */
typedef struct feel_value (*feel_native)(struct feel_run *r, const void *data, const struct feel_value *args);
struct feel_value feel_function(struct arena *a, size_t param_count, const struct feel_field *params,
                                const struct feel_type *result, feel_native native, const void *data);
struct feel_value feel_call(struct feel_run *r, struct feel_value function, size_t count,
                            const struct feel_value *args);

#endif
