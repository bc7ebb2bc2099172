/* What is known about an applicant, for the fields of a form. */
#include "core/http/server.h"
#include "modules/registry/registry_internal.h"

enum { LEVEL_MATCHED = 2, RECORDS_KEPT = 24 };

struct filling {
    struct registry_applicant who;
    struct {
        struct str resource;
        const struct json *where, *record;
    } kept[RECORDS_KEPT]; /* many fields ask the same record */
    size_t count;
};

void registry_set_who(struct server *server, registry_who *who)
{
    struct registry_state *s = server_state(server, "registry");
    s->who = who;
}

bool registry_applicant(struct ctx *c, int64_t subject, struct registry_applicant *out)
{
    const struct registry_state *s = server_state(c->server, "registry");
    *out = (struct registry_applicant){0};
    return !s->who || !subject || s->who(c, subject, out);
}

static bool same_where(struct ctx *c, const struct json *a, const struct json *b)
{
    return a == b || (a && b && str_eq(json_to_str(c->arena, a), json_to_str(c->arena, b)));
}

static bool record_of(struct ctx *c, struct filling *f, struct str resource, const struct json *where,
                      const struct json **record)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->kept[i].resource, resource) && same_where(c, f->kept[i].where, where)) {
            *record = f->kept[i].record;
            return true;
        }
    if (!registry_record(c, resource, f->who.code, where, record)) return false;
    if (f->count < RECORDS_KEPT) {
        f->kept[f->count].resource = resource;
        f->kept[f->count].where = where;
        f->kept[f->count++].record = *record;
    }
    return true;
}

static struct str of_account(const struct filling *f, struct str member)
{
    const struct registry_applicant *w = &f->who;
    if (str_eq_c(member, "name")) return w->person_name;
    if (str_eq_c(member, "id_number")) return w->person_code;
    if (str_eq_c(member, "mobile")) return w->person_mobile;
    return STR_EMPTY;
}

/* The value "resource.member" or NULL where nothing is known, or nothing may be shown. */
static bool value_of(struct ctx *c, struct filling *f, struct str source, const struct json *where,
                     struct json **value)
{
    struct str resource, member = str_cut(source, '.', &resource);
    const struct json *record, *found = NULL;
    *value = NULL;
    if (str_eq_c(resource, "account")) {
        struct str text = of_account(f, member);
        if (text.len) *value = json_string(c->arena, text);
        return true;
    }
    if (f->who.level < LEVEL_MATCHED) return true;
    if (!record_of(c, f, resource, where, &record)) return false;
    if (record) found = json_get_str(record, member);
    if (found && found->type != JSON_NULL) *value = json_copy(c->arena, found);
    return true;
}

static bool fill(struct ctx *c, struct filling *f, const struct json *property, struct json *out)
{
    struct str source = json_text_of(property, "x-source"), most = json_text_of(property, "x-max"), resource;
    const struct json *where = json_get(property, "x-source-where");
    struct json *value = NULL, *max = NULL;
    if (source.len && !value_of(c, f, source, where, &value)) return false;
    if (most.len && !value_of(c, f, most, where, &max)) return false;
    if (!value && !max) return true;
    struct json *row = json_object(c->arena);
    row->key = property->key;
    str_cut(value ? source : most, '.', &resource);
    const struct json *r = registry_resource(c, resource);
    if (value) json_set(row, "value", value);
    json_set_str(c->arena, row, "source", json_text_of(r, "name"));
    json_set_str(c->arena, row, "source_en", json_text_of(r, "en"));
    if (max) json_set(row, "max", max);
    json_set(out, str_z(c->arena, property->key), row);
    return true;
}

struct json *registry_prefill(struct ctx *c, const struct json *schema, int64_t subject)
{
    const struct registry_state *s = server_state(c->server, "registry");
    struct filling f = {0};
    struct json *out = json_object(c->arena);
    if (!s->who || !subject) return out;
    if (!s->who(c, subject, &f.who)) return NULL;
    JSON_EACH(property, json_get(schema, "properties"))
    {
        if (!fill(c, &f, property, out)) return NULL;
    }
    return out;
}
