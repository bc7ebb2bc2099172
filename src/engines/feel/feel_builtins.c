/* Finding built-in functions by name and form. */
#include "engines/feel/feel_node.h"

static const struct feel_builtin *const tables[] = {feel_builtins_number, feel_builtins_string,
                                                    feel_builtins_list,   feel_builtins_context,
                                                    feel_builtins_time,   feel_builtins_range};
enum { TABLES = sizeof tables / sizeof *tables };

const struct feel_builtin *feel_builtin_named(struct str name)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct feel_builtin *b = tables[t]; b->name; b++)
            if (str_eq_c(name, b->name)) return b;
    return NULL;
}

void feel_builtin_each(void (*fn)(void *arg, struct str name), void *arg)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct feel_builtin *b = tables[t]; b->name; b++)
            fn(arg, str_c(b->name));
}

/* The next parameter of a list, its mark cut off. */
static bool next_param(struct str *rest, struct str *name, bool *optional, bool *repeats)
{
    if (!rest->len) return false;
    *rest = str_cut(*rest, ',', name);
    *optional = str_ends(*name, STR("?"));
    *repeats = str_ends(*name, STR("*"));
    if (*optional || *repeats) name->len--;
    return true;
}

size_t feel_builtin_params(const struct feel_builtin *b, bool *variadic)
{
    struct str rest = str_c(b->params), name;
    bool optional, repeats = false;
    size_t n = 0;
    while (next_param(&rest, &name, &optional, &repeats))
        n++;
    *variadic = repeats;
    return n;
}

size_t feel_builtin_param(const struct feel_builtin *b, struct str wanted)
{
    struct str rest = str_c(b->params), name;
    bool optional, repeats;
    for (size_t n = 0; next_param(&rest, &name, &optional, &repeats); n++)
        if (str_eq(name, wanted)) return n;
    return SIZE_MAX;
}

static bool fits_count(const struct feel_builtin *b, size_t count)
{
    struct str rest = str_c(b->params), name;
    bool optional, repeats = false;
    size_t least = 0, most = 0;
    while (next_param(&rest, &name, &optional, &repeats)) {
        least += !optional && !repeats;
        most++;
    }
    return count >= least + repeats && (repeats || count <= most);
}

static bool fits_names(const struct feel_builtin *b, size_t count, const struct str *names)
{
    struct str rest = str_c(b->params), name;
    bool optional, repeats;
    for (size_t i = 0; i < count; i++)
        if (feel_builtin_param(b, names[i]) == SIZE_MAX) return false;
    while (next_param(&rest, &name, &optional, &repeats)) {
        bool given = false;
        for (size_t i = 0; i < count; i++)
            given |= str_eq(names[i], name);
        if (repeats || (!given && !optional)) return false;
    }
    return true;
}

const struct feel_builtin *feel_builtin_form(const struct feel_builtin *any, size_t count,
                                             const struct str *names)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct feel_builtin *b = tables[t]; b->name; b++)
            if (str_eq_c(str_c(b->name), any->name) &&
                (names ? fits_names(b, count, names) : fits_count(b, count)))
                return b;
    return NULL;
}
