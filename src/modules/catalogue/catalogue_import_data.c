#include "engines/identifiers/identifiers.h"
#include "modules/catalogue/catalogue_import.h"

enum { NAME_BUCKETS = 4096 };

struct import_name {
    struct import_name *next;
    struct str name;
    const struct import_text *text;
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
                      const struct import_text *text)
{
    if (!name.len || find_name(table, name)) return;
    struct import_name *n = ARENA_NEW(c->arena, struct import_name);
    *n = (struct import_name){table[bucket(name)], name, text};
    table[bucket(name)] = n;
}

bool import_load(struct ctx *c, struct import_data *d)
{
    struct data_text *list;
    *d = (struct import_data){0};
    if (!catalogue_store_current(c, &list, &d->count, c->arena)) return false;
    d->texts = ARENA_ARRAY(c->arena, d->count + 1, struct import_text);
    d->names = ARENA_ARRAY(c->arena, NAME_BUCKETS, struct import_name *);
    d->codes = ARENA_ARRAY(c->arena, NAME_BUCKETS, struct import_name *);
    for (size_t i = 0; i < d->count; i++) {
        struct import_text *t = &d->texts[i];
        *t = (struct import_text){list[i].hash, list[i].kind, list[i].code, list[i].doc};
        if (!str_eq_c(t->kind, "base")) continue;
        keep_name(c, d->names, catalogue_plain_name(c->arena, json_text_of(t->doc, "name")), t);
    }
    /* A name goes before another item's alias. */
    for (size_t i = 0; i < d->count; i++)
        if (str_eq_c(d->texts[i].kind, "base")) JSON_EACH(alias, json_get(d->texts[i].doc, "aliases"))
            {
                keep_name(c, d->names, catalogue_plain_name(c->arena, alias->text), &d->texts[i]);
            }
    const struct import_text *rules = import_find(d, "rules", STR("themes")),
                             *departments = import_find(d, "rules", STR("departments"));
    if (!rules || !departments)
        return err_conflict(c->err, "catalogue.data",
                            "The shipped catalogue must be imported first: tongban import catalogue DATA");
    d->rules = rules->doc;
    d->departments = departments->doc;
    return true;
}

const struct import_text *import_find(const struct import_data *d, const char *kind, struct str code)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_eq_c(d->texts[i].kind, kind) && str_eq(d->texts[i].code, code)) return &d->texts[i];
    return NULL;
}

const struct import_text *import_by_name(const struct import_data *d, struct str plain)
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
