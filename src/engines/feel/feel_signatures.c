/* Types of the built-in functions (DMN 1.5, tables 73 to 83), for `instance of` and for places that ask for a
 * function. Functions that take any number of values are typed by their form that takes a list. */
#include "engines/feel/feel_parse.h"

#define ROUND "<number, number>->number"

static const struct {
    const char *name, *type; /* behind "function" */
} signatures[] = {
    {"abs", "<number>->number"},
    {"abs", "<days and time duration>->days and time duration"},
    {"abs", "<years and months duration>->years and months duration"},
    {"all", "<list<boolean>>->boolean"},
    {"any", "<list<boolean>>->boolean"},
    {"append", "<list<Any>, Any>->list<Any>"},
    {"ceiling", "<number>->number"},
    {"ceiling", ROUND},
    {"concatenate", "<list<Any>>->list<Any>"},
    {"contains", "<string, string>->boolean"},
    {"context", "<list<Any>>->context"},
    {"context merge", "<list<context>>->context"},
    {"context put", "<context, string, Any>->context"},
    {"context put", "<context, list<string>, Any>->context"},
    {"count", "<list<Any>>->number"},
    {"date", "<string>->date"},
    {"date", "<date and time>->date"},
    {"date", "<number, number, number>->date"},
    {"date and time", "<string>->date and time"},
    {"date and time", "<date, time>->date and time"},
    {"day of week", "<date>->string"},
    {"day of year", "<date>->number"},
    {"decimal", ROUND},
    {"distinct values", "<list<Any>>->list<Any>"},
    {"duration", "<string>->days and time duration"},
    {"duration", "<string>->years and months duration"},
    {"ends with", "<string, string>->boolean"},
    {"even", "<number>->boolean"},
    {"exp", "<number>->number"},
    {"flatten", "<list<Any>>->list<Any>"},
    {"floor", "<number>->number"},
    {"floor", ROUND},
    {"get entries", "<context>->list<context>"},
    {"get value", "<context, string>->Any"},
    {"index of", "<list<Any>, Any>->list<number>"},
    {"insert before", "<list<Any>, number, Any>->list<Any>"},
    {"is", "<Any, Any>->boolean"},
    {"list contains", "<list<Any>, Any>->boolean"},
    {"list replace", "<list<Any>, number, Any>->list<Any>"},
    {"log", "<number>->number"},
    {"lower case", "<string>->string"},
    {"matches", "<string, string>->boolean"},
    {"matches", "<string, string, string>->boolean"},
    {"max", "<list<Any>>->Any"},
    {"mean", "<list<number>>->number"},
    {"median", "<list<number>>->number"},
    {"min", "<list<Any>>->Any"},
    {"mode", "<list<number>>->list<number>"},
    {"modulo", ROUND},
    {"month of year", "<date>->string"},
    {"not", "<boolean>->boolean"},
    {"now", "<>->date and time"},
    {"number", "<string>->number"},
    {"number", "<string, string, string>->number"},
    {"odd", "<number>->boolean"},
    {"product", "<list<number>>->number"},
    {"range", "<string>->range<Any>"},
    {"remove", "<list<Any>, number>->list<Any>"},
    {"replace", "<string, string, string>->string"},
    {"replace", "<string, string, string, string>->string"},
    {"reverse", "<list<Any>>->list<Any>"},
    {"round down", ROUND},
    {"round half down", ROUND},
    {"round half up", ROUND},
    {"round up", ROUND},
    {"sort", "<list<Any>, function<Any, Any>->boolean>->list<Any>"},
    {"split", "<string, string>->list<string>"},
    {"sqrt", "<number>->number"},
    {"starts with", "<string, string>->boolean"},
    {"stddev", "<list<number>>->number"},
    {"string", "<Any>->string"},
    {"string join", "<list<string>>->string"},
    {"string join", "<list<string>, string>->string"},
    {"string length", "<string>->number"},
    {"sublist", "<list<Any>, number>->list<Any>"},
    {"sublist", "<list<Any>, number, number>->list<Any>"},
    {"substring", "<string, number>->string"},
    {"substring", "<string, number, number>->string"},
    {"substring after", "<string, string>->string"},
    {"substring before", "<string, string>->string"},
    {"sum", "<list<number>>->number"},
    {"time", "<string>->time"},
    {"time", "<date and time>->time"},
    {"time", "<number, number, number>->time"},
    {"today", "<>->date"},
    {"union", "<list<Any>>->list<Any>"},
    {"upper case", "<string>->string"},
    {"week of year", "<date>->number"},
    {"years and months duration", "<date, date>->years and months duration"},
};

const struct feel_type *feel_builtin_type(struct arena *a, const struct feel_builtin *b, size_t *at)
{
    struct feel_notes ignored = {0};
    for (; *at < sizeof signatures / sizeof *signatures; ++*at) {
        if (!str_eq_c(str_c(b->name), signatures[*at].name)) continue;
        struct feel_parser p = {.unit = feel_unit_new(a, &ignored),
                                .text = str_fmt(a, "function%s", signatures[(*at)++].type)};
        feel_parser_go(&p, 0);
        const struct feel_type *t = feel_parse_type(&p);
        return p.msgid ? NULL : t;
    }
    return NULL;
}
