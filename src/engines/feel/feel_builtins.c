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

struct param {
    struct str name;
    bool optional, repeats, list;
};

/* The next parameter, its marks cut off. */
static bool next_param(struct str *rest, struct param *p)
{
    if (!rest->len) return false;
    *p = (struct param){0};
    *rest = str_cut(*rest, ',', &p->name);
    p->optional = str_ends(p->name, STR("?"));
    p->repeats = str_ends(p->name, STR("*"));
    p->list = str_starts(p->name, STR("["));
    if (p->optional || p->repeats) p->name.len--;
    if (p->list) p->name = str_slice(p->name, 1, p->name.len);
    return true;
}

struct feel_shape feel_builtin_shape(const struct feel_builtin *b)
{
    struct str rest = str_c(b->params);
    struct param p = {0};
    struct feel_shape shape = {0};
    while (next_param(&rest, &p)) {
        if (!p.list) shape.single |= UINT32_C(1) << shape.params;
        shape.params++;
    }
    shape.repeats = p.repeats;
    return shape;
}

size_t feel_builtin_param(const struct feel_builtin *b, struct str wanted)
{
    struct str rest = str_c(b->params);
    struct param p;
    for (size_t n = 0; next_param(&rest, &p); n++)
        if (str_eq(p.name, wanted)) return n;
    return SIZE_MAX;
}

size_t feel_builtin_reach(const struct feel_builtin *b, size_t count, const struct str *names)
{
    size_t reach = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = feel_builtin_param(b, names[i]);
        if (at != SIZE_MAX && at >= reach) reach = at + 1;
    }
    return reach;
}

static bool fits_count(const struct feel_builtin *b, size_t count)
{
    struct str rest = str_c(b->params);
    struct param p = {0};
    size_t least = 0, most = 0;
    while (next_param(&rest, &p)) {
        least += !p.optional;
        most++;
    }
    return count >= least && (p.repeats || count <= most);
}

static bool fits_names(const struct feel_builtin *b, size_t count, const struct str *names)
{
    struct str rest = str_c(b->params);
    struct param p;
    for (size_t i = 0; i < count; i++) {
        if (feel_builtin_param(b, names[i]) == SIZE_MAX) return false;
        for (size_t k = 0; k < i; k++)
            if (str_eq(names[i], names[k])) return false;
    }
    while (next_param(&rest, &p)) {
        bool given = false;
        for (size_t i = 0; i < count; i++)
            given |= str_eq(names[i], p.name);
        if (p.repeats || (!given && !p.optional)) return false;
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
