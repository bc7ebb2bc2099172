/* What this installation asks by itself: for forms (免填) and documents (免提交), under its own permits, by
 * the same way as everybody's calls. */
#include "core/base/id.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"

enum { LEVEL_MATCHED = 2, REGISTERS_MAX = 24 };

struct asking {
    struct ctx *c;
    const struct exchange_case *about;
    struct str code;
};

struct wanted {
    struct str register_id; /* or the resource that lies elsewhere */
    struct json *fields;
    const struct json *left; /* of a register: those of the fields that are still shared */
    bool allowed, bound;
    const struct share_permit *permit; /* of what is allowed */
    struct elsewhere told;             /* of what is bound */
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

/* The same officer, or the person, asks for no more than was asked before. */
static bool is_again(const struct call *k, const struct call_made *m)
{
    if (m->resource != k->resource->id || !str_eq(m->mode, k->mode) ||
        !str_eq(m->operator_id, k->operator_id))
        return false;
    JSON_EACH(f, k->fields)
    {
        if (!list_names(m->fields, f->text)) return false;
    }
    return true;
}

bool own_noted_now(const struct ctx *c, const struct call *k)
{
    for (const struct noted *n = c->calls; n; n = n->next) {
        const struct call_made m = {.resource = n->row.resource,
                                    .mode = n->row.mode,
                                    .operator_id = n->row.operator_id,
                                    .fields = n->row.fields};
        if (n->row.case_id == k->about.id && n->row.subject == k->subject && is_again(k, &m)) return true;
    }
    return false;
}

bool own_note_once(struct ctx *c, const struct call *k, bool answer)
{
    const struct made *m;
    if (own_noted_now(c, k)) return true;
    if (k->about.id) {
        if (!calls_made(c, k->about.id, &m)) return false;
        for (size_t i = 0; i < m->count; i++)
            if (is_again(k, &m->rows[i])) return true;
    }
    call_note(c, k, call_result(k), answer);
    return true;
}

/* An officer who opens somebody's form is who asks; a person asks about themself. */
static struct str officer(struct ctx *c)
{
    return c->actor.kind == ACTOR_OFFICER ? str_fmt(c->arena, "%lld", (long long)c->actor.account)
                                          : STR_EMPTY;
}

bool own_may_ask(struct ctx *c, const struct exchange_case *about, struct str code, struct str resource,
                 const char *mode, const struct json *fields, struct call *k)
{
    const struct exchange_snapshot *s = exchange_now(c);
    *k = (struct call){.system = exchange_system_of(s, STR(PLATFORM_SYSTEM)),
                       .resource = exchange_resource_of(s, resource),
                       .mode = str_c(mode),
                       .purpose = STR("apply"),
                       .operator_id = officer(c),
                       .code = code,
                       .subject = about->applicant,
                       .about = *about,
                       .no_case_yet = about->id == 0,
                       .fields = fields,
                       .address = STR_EMPTY};
    k->later = k->resource && k->resource->source; /* whether it sleeps is looked at when it is asked */
    struct err refusal = {0}, *own = c->err;       /* what was wrong before stays as it was */
    c->err = &refusal;
    bool may = k->system && k->resource && call_authorise(c, k);
    c->err = own;
    return may;
}

const struct json *own_left(struct ctx *c, const struct known_resource *r, const struct json *fields)
{
    const struct known_system *own = exchange_system_of(exchange_now(c), STR(PLATFORM_SYSTEM));
    struct json *left = json_array(c->arena);
    JSON_EACH(f, own && r ? fields : NULL)
    {
        if (!permits_lost(c, own, r, f->text)) json_add(left, json_string(c->arena, f->text));
    }
    return !own || !r || !fields || left->count == fields->count ? fields : left;
}

static bool may_ask(const struct asking *a, struct str register_id, const char *mode,
                    const struct json *fields, struct call *k)
{
    return own_may_ask(a->c, a->about, a->code, register_id, mode, fields, k);
}

static bool is_firm(struct ctx *c, const struct exchange_case *about)
{
    struct subject s;
    struct err ignored = {0}, *own = c->err;
    c->err = &ignored;
    bool found = people_subject(c, about->applicant, &s);
    c->err = own;
    return found && s.kind == SUBJECT_ORGANISATION;
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

/* "resource.member" → what register, by its own name, or which resource that lies elsewhere; "" for the
 * account's own declarations. */
static struct str register_of(struct ctx *c, struct str source, struct str *member, bool *bound)
{
    struct str resource;
    *member = str_cut(source, '.', &resource);
    *bound = false;
    if (str_eq_c(resource, "account")) return STR_EMPTY;
    const struct json *r = registry_resource(c, resource);
    *bound = !r && elsewhere_is_bound(c, resource);
    return *bound ? resource : json_text_of(r, "id");
}

static bool names(const struct json *fields, struct str member)
{
    JSON_EACH(f, fields)
    {
        if (str_eq(f->text, member)) return true;
    }
    return false;
}

static void want_item(struct ctx *c, struct wanted *w, struct str member)
{
    if (!names(w->fields, member)) json_add(w->fields, json_string(c->arena, member));
}

/* `where` tells which of several records elsewhere is meant: what it looks at is asked as well. */
static void want(struct ctx *c, struct wanted *list, size_t *count, struct str source,
                 const struct json *where)
{
    bool bound;
    if (!source.len) return;
    struct str member, register_id = register_of(c, source, &member, &bound);
    struct wanted *w = register_id.len ? wanted_of(c, list, count, register_id) : NULL;
    if (!w) return;
    w->bound = bound;
    want_item(c, w, member);
    JSON_EACH(m, bound ? where : NULL)
    {
        want_item(c, w, m->key);
    }
}

static bool lets(struct ctx *c, struct wanted *list, size_t count, struct str source)
{
    bool bound;
    struct str member, register_id = register_of(c, source, &member, &bound);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].register_id, register_id))
            return list[i].allowed && !list[i].bound && names(list[i].left, member) &&
                   !mask_of(list[i].permit, member).len;
    return !register_id.len;
}

/* The schema without the fields whose source may not be asked, or whose item the permit masks. */
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

static const struct wanted *bound_of(struct ctx *c, const struct wanted *list, size_t count,
                                     struct str source, struct str *member)
{
    bool bound;
    struct str resource = source.len ? register_of(c, source, member, &bound) : STR_EMPTY;
    for (size_t i = 0; i < count && source.len; i++)
        if (list[i].bound && str_eq(list[i].register_id, resource)) return &list[i];
    return NULL;
}

static const struct json *value_of(const struct wanted *w, struct str member, const struct json *where,
                                   bool *several)
{
    bool open = false;
    const struct json *record = w ? elsewhere_record(w->told.data, where, &open) : NULL,
                      *v = record ? json_get_str(record, member) : NULL;
    *several = *several || (w && open);
    return v && v->type != JSON_NULL ? v : NULL;
}

/* A field whose source lies elsewhere: what it said, or why the person is asked. */
static bool add_bound(struct ctx *c, struct json *out, const struct json *p, const struct wanted *list,
                      size_t count)
{
    struct str member = STR_EMPTY, limit = STR_EMPTY, zh, en;
    const struct wanted *w = bound_of(c, list, count, json_text_of(p, "x-source"), &member),
                        *m = bound_of(c, list, count, json_text_of(p, "x-max"), &limit), *any = w ? w : m;
    const struct json *where = json_get(p, "x-source-where");
    bool several = false;
    const struct json *value = value_of(w, member, where, &several),
                      *max = value_of(m, limit, where, &several);
    const struct elsewhere *t = any ? &any->told : NULL;
    bool failed = several || (t && t->known && !str_eq_c(t->result, "ok"));
    struct str why = several ? STR(ELSEWHERE_SEVERAL) : t ? t->result : STR_EMPTY;
    if (!value && !max && !failed) return true;
    if (!elsewhere_names(c, any->register_id, &zh, &en)) return false;
    struct json *row = json_set_object(c->arena, out, str_z(c->arena, p->key));
    json_set_str(c->arena, row, "source", zh);
    json_set_str(c->arena, row, "source_en", en);
    if (value) json_set(row, "value", json_copy(c->arena, value));
    if (max) json_set(row, "max", json_copy(c->arena, max));
    if (failed) {
        json_set_str(c->arena, row, "why", elsewhere_why(&lang_zh_cn, why));
        json_set_str(c->arena, row, "why_en", elsewhere_why(&lang_en, why));
    }
    return true;
}

/* Whether the permit lets anything of what the register has through, or all of it: a form is filled in from
 * one or another of several records. */
static bool ask_filtered(const struct asking *a, struct call *k, const struct json *where, bool all,
                         bool *lets)
{
    const struct json *list;
    size_t passed = 0;
    if (!registry_records(a->c, k->resource->register_id, a->code, where, &list)) return false;
    JSON_EACH(one, list)
    {
        passed += !k->permit->filter || filter_passes(k->permit->filter, one);
    }
    *lets = all ? passed == list->count : passed > 0;
    k->filtered = list->count > 0 && !*lets;
    return true;
}

static bool ask_wanted(const struct asking *a, struct wanted *w)
{
    bool lets;
    const struct elsewhere_about about = {
        .about = a->about, .code = a->code, .firm = is_firm(a->c, a->about)};
    struct call k;
    if (w->bound) {
        return elsewhere_of(a->c, &about, w->register_id, "query", w->fields, &w->told);
    }
    w->left = own_left(a->c, exchange_resource_of(exchange_now(a->c), w->register_id), w->fields);
    if (!w->left->count || !may_ask(a, w->register_id, "query", w->left, &k)) return true;
    if (k.permit->filter && !ask_filtered(a, &k, NULL, true, &lets)) return false;
    w->permit = k.permit;
    w->allowed = !k.filtered;
    return own_note_once(a->c, &k, w->allowed);
}

/* All that is asked for is let through as it is. */
static bool is_whole(const struct wanted *w)
{
    return w->allowed && !w->permit->masks.len && w->left == w->fields;
}

struct json *exchange_prefill(struct ctx *c, const struct exchange_case *about, const struct json *schema)
{
    struct registry_applicant who;
    struct wanted list[REGISTERS_MAX];
    size_t count = 0, parts = 0, bound = 0;
    if (!registry_applicant(c, about->applicant, &who)) return NULL;
    const struct asking a = {.c = c, .about = about, .code = who.code};
    if (who.level < LEVEL_MATCHED || !who.code.len) return registry_prefill(c, schema, about->applicant);
    JSON_EACH(p, json_get(schema, "properties"))
    {
        const struct json *where = json_get(p, "x-source-where");
        want(c, list, &count, json_text_of(p, "x-source"), where);
        want(c, list, &count, json_text_of(p, "x-max"), where);
    }
    for (size_t i = 0; i < count; i++) {
        if (!ask_wanted(&a, &list[i])) return NULL;
        parts += !is_whole(&list[i]);
        bound += list[i].bound;
    }
    struct json *out =
        registry_prefill(c, parts ? without(c, schema, list, count) : schema, about->applicant);
    JSON_EACH(p, out && bound ? json_get(schema, "properties") : NULL)
    {
        if (!add_bound(c, out, p, list, count)) return NULL;
    }
    return out;
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
    struct call k;
    *held = false;
    if (about->id && !about->live) return !r || held_then(c, about->id, r->id, held);
    if (!registry_resource(c, register_id) && elsewhere_is_bound(c, register_id)) {
        const struct elsewhere_about who = {.about = about, .code = code, .firm = is_firm(c, about)};
        struct elsewhere t;
        if (!elsewhere_of(c, &who, register_id, "check", NULL, &t)) return false;
        *held = t.known && t.found;
        return true;
    }
    if (!may_ask(&a, register_id, "check", NULL, &k)) return true;
    JSON_EACH(m, where)
    {
        if (permits_lost(c, k.system, k.resource, m->key) || mask_of(k.permit, m->key).len)
            return true; /* a yes would tell it */
    }
    if (!ask_filtered(&a, &k, where, false, held)) return false;
    return own_note_once(c, &k, *held);
}

bool exchange_checked(struct ctx *c, int64_t case_id, struct str resource, struct exchange_checked *out)
{
    const struct known_resource *r = exchange_resource_of(exchange_now(c), resource);
    struct call_made *rows;
    size_t count = 0;
    *out = (struct exchange_checked){0};
    if (!r || !case_id) return true;
    if (!call_store_made(c, case_id, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count && !out->asked; i++)
        if (rows[i].resource == r->id && str_eq_c(rows[i].mode, "check"))
            *out = (struct exchange_checked){
                .asked = true, .found = rows[i].answer, .at = rows[i].at, .permit = rows[i].permit};
    /* This request asks for the first time: it stands on record before the page leaves. */
    for (const struct noted *n = c->calls; n && !out->asked; n = n->next)
        if (n->row.case_id == case_id && n->row.resource == r->id && str_eq_c(n->row.mode, "check") &&
            call_answered(n->row.result))
            *out = (struct exchange_checked){
                .asked = true, .found = n->row.answer, .at = n->row.at, .permit = n->row.permit};
    return true;
}

void exchange_fact_permit(struct ctx *c, struct json *fact, int64_t permit)
{
    json_set(fact, "permit",
             permit ? json_string(c->arena, tr_arg(c->lang, c->arena, "Permit %{arg}",
                                                   str_fmt(c->arena, "%lld", (long long)permit)))
                    : json_null(c->arena));
}

bool exchange_is_bound(struct ctx *c, struct str resource, struct str *zh, struct str *en, bool *bound)
{
    *bound = elsewhere_is_bound(c, resource);
    return !*bound || elsewhere_names(c, resource, zh, en);
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
