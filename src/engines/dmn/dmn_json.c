/* Values from outside, brought to the kinds that a model's types ask for. */
#include "engines/dmn/dmn_internal.h"

static const struct {
    enum feel_type_kind type;
    enum feel_kind kind;
    const char *function;
} readers[] = {
    {FEEL_T_DATE, FEEL_DATE, "date"},
    {FEEL_T_TIME, FEEL_TIME, "time"},
    {FEEL_T_DATE_TIME, FEEL_DATE_TIME, "date and time"},
    {FEEL_T_DAYS, FEEL_DAYS, "duration"},
    {FEEL_T_MONTHS, FEEL_MONTHS, "duration"},
};

enum { READER_COUNT = sizeof readers / sizeof readers[0], TEXT_MAX = 100 };

/* Nothing that could end the literal in which it will stand. */
static bool harmless(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && (!ch || !strchr("+-:./_@", ch))) return false;
    }
    return text.len > 0 && text.len <= TEXT_MAX;
}

bool dmn_read_value(struct feel_run *r, enum feel_kind kind, struct str text, struct feel_value *out)
{
    size_t i = 0;
    while (i < READER_COUNT && readers[i].kind != kind)
        i++;
    if (i == READER_COUNT || !harmless(text)) return false;
    struct feel_notes ignored = {0};
    struct feel_unit *u = feel_unit_new(r->arena, &ignored);
    struct feel_scope *s = feel_scope_new(u, NULL);
    struct feel_node *n =
        feel_parse(u, s, str_fmt(r->arena, "%s(\"%.*s\")", readers[i].function, STR_ARG(text)));
    struct feel_run own = *r;
    own.notes = ignored;
    *out = feel_eval(&own, n, feel_frame_new(&own, s, NULL));
    r->steps = own.steps;
    return out->kind == kind;
}

static struct feel_value from_text(struct feel_run *r, struct str text, const struct feel_type *t)
{
    struct feel_value v;
    for (size_t i = 0; i < READER_COUNT; i++)
        if (readers[i].type == t->kind && dmn_read_value(r, readers[i].kind, text, &v)) return v;
    return feel_string(text);
}

static const struct feel_type *field_type(const struct feel_type *t, struct str name)
{
    for (size_t i = 0; i < t->field_count; i++)
        if (str_eq(t->fields[i].name, name)) return t->fields[i].type;
    return NULL;
}

struct feel_value dmn_value(struct feel_run *r, const struct json *j, const struct feel_type *t)
{
    size_t n = 0;
    if (!t || !j) return feel_from_json(r->arena, j);
    if (j->type == JSON_STRING)
        return from_text(r, j->text, t->kind == FEEL_T_LIST && t->element ? t->element : t);
    if (j->type == JSON_ARRAY && t->kind == FEEL_T_LIST) {
        struct feel_value *items, v = feel_list(r->arena, j->count, &items);
        JSON_EACH(item, j) items[n++] = dmn_value(r, item, t->element);
        return v;
    }
    if (j->type == JSON_OBJECT && t->kind == FEEL_T_CONTEXT) {
        struct feel_entry *entries;
        struct feel_value v = feel_context(r->arena, j->count, &entries);
        JSON_EACH(item, j)
        entries[n++] = (struct feel_entry){item->key, dmn_value(r, item, field_type(t, item->key))};
        return v;
    }
    return feel_from_json(r->arena, j);
}

static const struct feel_type *input_type(const struct dmn_doc *d, struct str name)
{
    for (size_t i = 0; i < d->part_count; i++) {
        const struct dmn_element *e = &d->parts[i].pub;
        if ((e->kind == DMN_INPUT || e->kind == DMN_DECISION) && str_eq(e->name, name)) return e->type;
    }
    return NULL;
}

static const struct feel_context *inputs_of(struct feel_run *r, const struct dmn_doc *d, const struct json *j)
{
    struct feel_entry *entries;
    struct feel_value v = feel_context(r->arena, j ? j->count : 0, &entries);
    size_t n = 0;
    JSON_EACH(item, j)
    {
        struct feel_value given = dmn_value(r, item, input_type(d, item->key));
        for (size_t i = 0; i < d->import_count; i++)
            if (d->imports[i].doc && str_eq(d->imports[i].name, item->key) && item->type == JSON_OBJECT)
                given = (struct feel_value){.kind = FEEL_CONTEXT,
                                            .context = inputs_of(r, d->imports[i].doc, item)};
        entries[n++] = (struct feel_entry){item->key, given};
    }
    return v.context;
}

const struct feel_context *dmn_inputs(struct feel_run *r, const struct dmn_model *m,
                                      const struct json *object)
{
    return inputs_of(r, &m->docs[0], object);
}
