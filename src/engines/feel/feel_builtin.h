/* How built-in functions are written: tables of rows, one table a family. Private to the engine.
 *
 * `params` names the parameters, divided by `,`; one that may be missing ends with `?`, a last one that
 * repeats ends with
 * `*` (then args holds all of them in order, `count` says how many). Missing optional ones are FEEL null.
 * A list of one stands for its element (10.3.2.9.4) unless the parameter's name begins with `[`: then a list
 * is what it takes, and it gets whatever is given. A function with several forms has several rows of the same
 * name; positional calls take the first row into which the number of arguments fits, calls by name the first
 * whose parameters have all those names. Functions return null through feel_fail, with a sentence, when an
 * argument does not fit. */
#ifndef TB_FEEL_BUILTIN_H
#define TB_FEEL_BUILTIN_H

#include "engines/feel/feel.h"

struct feel_call {
    struct feel_run *run;
    const struct feel_node *at;
    const struct feel_value *args; /* one a parameter; more where the last repeats */
    size_t count;                  /* values given, for a repeating parameter: all of args */
};

struct feel_builtin {
    const char *name;
    const char *params;
    struct feel_value (*fn)(struct feel_call *c);
};

/* Each ends with a row of NULLs. */
extern const struct feel_builtin feel_builtins_number[];
extern const struct feel_builtin feel_builtins_string[];
extern const struct feel_builtin feel_builtins_list[];
extern const struct feel_builtin feel_builtins_context[];
extern const struct feel_builtin feel_builtins_time[];
extern const struct feel_builtin feel_builtins_range[];

#endif
