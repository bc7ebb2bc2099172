/* What this installation asks by itself: for forms (免填) and documents (免提交), under its own permits, by
 * the same way as everybody's calls. */
#include "core/base/id.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"
#include "modules/registry/registry.h"

enum { LEVEL_MATCHED = 2, REGISTERS_MAX = 24 };

struct asking {
    struct ctx *c;
    const struct exchange_case *about;
    struct str code;
};

struct wanted {
    struct str register_id;
    struct json *fields;
    bool allowed;
};

/* ---- one call ---- */

static const char made_read[] = "exchange_call";

struct made {
    struct call_made *rows;
    size_t count;
};

static bool calls_made(struct ctx *c, int64_t case_id, const struct made **out)
{
    const struct made *known = ctx_known(c, made_read, case_id);
    if (!known) {
        struct made *m = ARENA_NEW(c->arena, struct made);
        if (!call_store_made(c, case_id, id_at_least(c->now - SAME_CALL_MS), &m->rows, &m->count))
            return false;
        ctx_know(c, made_read, case_id, m);
        known = m;
    }
    *out = known;
    return true;
}

static bool noted_now(const struct ctx *c, const struct call *k)
{
    for (const struct noted *n = c->calls; n; n = n->next)
        if (n->row.case_id == k->about.id && n->row.resource == k->resource->id &&
            n->row.subject == k->subject && str_eq(n->row.mode, k->mode))
            return true;
    return false;
}

/* A form that is opened page by page is one call, noted once. */
static bool note_once(struct ctx *c, const struct call *k, bool answer)
{
    const struct made *m;
    if (noted_now(c, k)) return true;
    if (k->about.id) {
        if (!calls_made(c, k->about.id, &m)) return false;
        for (size_t i = 0; i < m->count; i++)
            if (m->rows[i].resource == k->resource->id && str_eq(m->rows[i].mode, k->mode)) return true;
    }
    call_note(c, k, "ok", answer);
    return true;
}

/* An officer who opens somebody's form is who asks; a person asks about themself. */
static struct str officer(struct ctx *c)
{
    return c->actor.kind == ACTOR_OFFICER ? str_fmt(c->arena, "%lld", (long long)c->actor.account)
                                          : STR_EMPTY;
}

/* false where there is no permit, or it does not let this through: then nothing is known here. */
static bool may_ask(const struct asking *a, struct str register_id, const char *mode,
                    const struct json *fields, struct call *k)
{
    const struct exchange_snapshot *s = exchange_now(a->c);
    *k = (struct call){.system = exchange_system_of(s, STR(PLATFORM_SYSTEM)),
                       .resource = exchange_resource_of(s, register_id),
                       .mode = str_c(mode),
                       .purpose = STR("apply"),
                       .nonce = STR_EMPTY,
                       .operator_id = officer(a->c),
                       .code = a->code,
                       .subject = a->about->applicant,
                       .about = *a->about,
                       .no_case_yet = a->about->id == 0,
                       .fields = fields,
                       .address = STR_EMPTY};
    struct err refusal = {0}, *own = a->c->err; /* what was wrong before stays as it was */
    a->c->err = &refusal;
    bool may = k->system && k->resource && call_authorise(a->c, k);
    a->c->err = own;
    return may;
}

/* ---- forms ---- */

static struct wanted *wanted_of(struct ctx *c, struct wanted *list, size_t *count, struct str register_id)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i].register_id, register_id)) return &list[i];
    if (*count == REGISTERS_MAX) return NULL;
    list[*count] = (struct wanted){.register_id = register_id, .fields = json_array(c->arena)};
    return &list[(*count)++];
}

/* "resource.member" → what register, by its own name; "" for the account's own declarations. */
static struct str register_of(struct ctx *c, struct str source, struct str *member)
{
    struct str resource;
    *member = str_cut(source, '.', &resource);
    return str_eq_c(resource, "account") ? STR_EMPTY : json_text_of(registry_resource(c, resource), "id");
}

static void want(struct ctx *c, struct wanted *list, size_t *count, struct str source)
{
    struct str member, register_id = register_of(c, source, &member);
    struct wanted *w = register_id.len ? wanted_of(c, list, count, register_id) : NULL;
    if (!w) return;
    JSON_EACH(f, w->fields)
    {
        if (str_eq(f->text, member)) return;
    }
    json_add(w->fields, json_string(c->arena, member));
}

static bool lets(struct ctx *c, struct wanted *list, size_t count, struct str source)
{
    struct str member, register_id = register_of(c, source, &member);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].register_id, register_id)) return list[i].allowed;
    return !register_id.len;
}

/* The schema without the fields whose source may not be asked. */
static const struct json *without(struct ctx *c, const struct json *schema, struct wanted *list, size_t count)
{
    struct json *copy = json_object(c->arena), *properties = json_set_object(c->arena, copy, "properties");
    JSON_EACH(p, json_get(schema, "properties"))
    {
        struct str source = json_text_of(p, "x-source"), most = json_text_of(p, "x-max");
        if ((source.len && !lets(c, list, count, source)) || (most.len && !lets(c, list, count, most)))
            continue;
        json_set(properties, str_z(c->arena, p->key), json_copy(c->arena, p));
    }
    return copy;
}

struct json *exchange_prefill(struct ctx *c, const struct exchange_case *about, const struct json *schema)
{
    struct registry_applicant who;
    struct wanted list[REGISTERS_MAX];
    size_t count = 0, refused = 0;
    if (!registry_applicant(c, about->applicant, &who)) return NULL;
    const struct asking a = {.c = c, .about = about, .code = who.code};
    if (who.level < LEVEL_MATCHED || !who.code.len) return registry_prefill(c, schema, about->applicant);
    JSON_EACH(p, json_get(schema, "properties"))
    {
        want(c, list, &count, json_text_of(p, "x-source"));
        want(c, list, &count, json_text_of(p, "x-max"));
    }
    for (size_t i = 0; i < count; i++) {
        struct call k;
        list[i].allowed = may_ask(&a, list[i].register_id, "query", list[i].fields, &k);
        if (list[i].allowed && !note_once(c, &k, true)) return NULL;
        refused += !list[i].allowed;
    }
    return registry_prefill(c, refused ? without(c, schema, list, count) : schema, about->applicant);
}

/* ---- documents ---- */

static bool held_then(struct ctx *c, int64_t case_id, int64_t resource, bool *held)
{
    struct call_made *rows;
    size_t count;
    if (!call_store_made(c, case_id, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].resource == resource && str_eq_c(rows[i].mode, "check")) {
            *held = rows[i].answer;
            return true;
        }
    return true;
}

bool exchange_holds(struct ctx *c, const struct exchange_case *about, struct str code, struct str register_id,
                    const struct json *where, bool *held)
{
    const struct asking a = {.c = c, .about = about, .code = code};
    const struct known_resource *r = exchange_resource_of(exchange_now(c), register_id);
    const struct json *record = NULL;
    struct call k;
    *held = false;
    if (about->id && !about->live) return !r || held_then(c, about->id, r->id, held);
    if (!may_ask(&a, register_id, "check", NULL, &k)) return true;
    if (!registry_record(c, register_id, code, where, &record)) return false;
    *held = record != NULL;
    return note_once(c, &k, *held);
}

/* ---- for whoever builds forms ---- */

bool exchange_form_sources(struct ctx *c, struct json *list)
{
    const struct exchange_snapshot *s = exchange_now(c);
    for (size_t i = 0; i < s->resource_count; i++) {
        const struct known_resource *r = &s->resources[i];
        const struct json *items;
        if (!r->register_id.len) continue;
        if (!exchange_offer_items(c, r->entry, &items)) return false;
        JSON_EACH(item, items)
        {
            struct json *o = json_add_object(c->arena, list);
            json_set_str(
                c->arena, o, "value",
                str_fmt(c->arena, "%.*s.%.*s", STR_ARG(r->register_id), STR_ARG(json_text_of(item, "id"))));
            json_set_str(
                c->arena, o, "label",
                str_fmt(c->arena, "%.*s · %.*s", STR_ARG(r->name), STR_ARG(json_text_of(item, "name"))));
        }
    }
    return true;
}
