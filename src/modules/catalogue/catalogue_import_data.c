#include "engines/identifiers/identifiers.h"
#include "modules/catalogue/catalogue_import.h"

enum { NAME_BUCKETS = 4096 };

struct import_name {
    struct import_name *next;
    struct str name;
    const struct data_text *text;
};

static uint32_t bucket(struct str s)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
    return h % NAME_BUCKETS;
}

static const struct import_name *find_name(struct import_name *const *table, struct str name)
{
    const struct import_name *n = table[bucket(name)];
    while (n && !str_eq(n->name, name))
        n = n->next;
    return n;
}

static void keep_name(struct ctx *c, struct import_name **table, struct str name,
                      const struct data_text *text)
{
    if (!name.len || find_name(table, name)) return;
    struct import_name *n = ARENA_NEW(c->arena, struct import_name);
    *n = (struct import_name){table[bucket(name)], name, text};
    table[bucket(name)] = n;
}

/* texts in the order of kind and code */
static bool arrange(struct ctx *c, struct import_data *d)
{
    d->names = ARENA_ARRAY(c->arena, NAME_BUCKETS, struct import_name *);
    d->codes = ARENA_ARRAY(c->arena, NAME_BUCKETS, struct import_name *);
    for (size_t i = 0; i < d->count; i++)
        if (str_eq_c(d->texts[i].kind, "base"))
            keep_name(c, d->names, catalogue_plain_name(c->arena, json_text_of(d->texts[i].doc, "name")),
                      &d->texts[i]);
    /* A name goes before another item's alias. */
    for (size_t i = 0; i < d->count; i++)
        if (str_eq_c(d->texts[i].kind, "base")) JSON_EACH(alias, json_get(d->texts[i].doc, "aliases"))
            {
                keep_name(c, d->names, catalogue_plain_name(c->arena, alias->text), &d->texts[i]);
            }
    const struct data_text *rules = import_find(d, "rules", STR("themes")),
                           *departments = import_find(d, "rules", STR("departments"));
    if (!rules || !departments)
        return err_conflict(c->err, "catalogue.data",
                            "The shipped catalogue must be imported first: tongban import catalogue DATA");
    d->rules = rules->doc;
    d->departments = departments->doc;
    return true;
}

bool import_load(struct ctx *c, struct import_data *d)
{
    *d = (struct import_data){0};
    return catalogue_store_current(c, &d->texts, &d->count, c->arena) && arrange(c, d);
}

bool import_from(struct ctx *c, const struct snapshot *s, struct import_data *d)
{
    *d = (struct import_data){.texts = ARENA_ARRAY(c->arena, s->data_count + 1, struct data_text),
                              .count = s->data_count};
    for (size_t i = 0; i < s->data_count; i++)
        d->texts[i] = *s->data_by_code[i];
    return arrange(c, d);
}

const struct data_text *import_find(const struct import_data *d, const char *kind, struct str code)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_eq_c(d->texts[i].kind, kind) && str_eq(d->texts[i].code, code)) return &d->texts[i];
    return NULL;
}

const struct data_text *import_by_name(const struct import_data *d, struct str plain)
{
    const struct import_name *n = find_name(d->names, plain);
    return n ? n->text : NULL;
}

bool import_seen(struct ctx *c, struct import_data *d, struct str code)
{
    bool seen = find_name(d->codes, code) != NULL;
    keep_name(c, d->codes, code, NULL);
    return seen;
}

struct import_unit *import_unit(const struct import_data *d, struct str name)
{
    for (size_t i = 0; i < d->unit_count; i++)
        if (str_eq(d->units[i].name, name)) return (struct import_unit *)&d->units[i];
    return NULL;
}

bool import_keep_unit(struct ctx *c, struct import_data *d, struct str name, int64_t id)
{
    if (d->unit_count == sizeof d->units / sizeof d->units[0])
        return err_invalid(c->err, "catalogue.departments",
                           "There are more than 256 departments in this list.");
    d->units[d->unit_count++] = (struct import_unit){name, id};
    return true;
}

bool import_plausible_uscc(struct str code)
{
    struct ident_organisation found;
    return ident_organisation(code, &found) == IDENT_OK;
}
