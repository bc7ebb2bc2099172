/* A bundle for one situation: which members, in which order, with which documents and in how much time. */
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"
#include "modules/orgs/orgs.h"

struct str bundle_text(const struct ctx *c, const struct json *o, const char *zh, const char *en)
{
    struct str text = c->lang == &lang_en ? json_text_of(o, en) : STR_EMPTY;
    return text.len ? text : json_text_of(o, zh);
}

struct str bundle_unit_name(struct ctx *c, int64_t unit)
{
    const struct unit *u = orgs_unit(c, unit);
    return u ? u->name : STR_EMPTY;
}

struct str bundle_days_text(struct ctx *c, int days)
{
    return days < 0 ? STR_EMPTY : limit_text(c, (struct limit){LIMIT_WORKDAYS, days});
}

/* ---- answers ---- */

static struct json *settle(struct ctx *c, const struct json *doc, const struct json *answers)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(q, json_get(doc, "situations"))
    {
        struct str id = json_text_of(q, "id"), said = json_text(json_get_str(answers, id));
        const struct json *options = json_get(q, "options");
        struct str value = json_text_of(json_at(options, 0), "value");
        JSON_EACH(o, options)
        {
            if (said.len && str_eq(said, json_text_of(o, "value"))) value = said;
        }
        json_set_str(c->arena, out, str_z(c->arena, id), value);
    }
    return out;
}

bool bundle_when(const struct json *when, const struct json *situations)
{
    if (!json_is(when, JSON_OBJECT)) return true;
    struct str value = json_text(json_get_str(situations, json_text_of(when, "situation")));
    const struct json *equals = json_get(when, "equals");
    if (equals) return str_eq(value, json_text(equals));
    JSON_EACH(one, json_get(when, "in"))
    {
        if (str_eq(value, one->text)) return true;
    }
    return false;
}

/* ---- members ---- */

static struct json *own_situations(struct ctx *c, const struct bundle_plan *p, const struct json *rule)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(s, json_get(rule, "situations"))
    {
        struct str from = json_text_of(s, "from");
        struct str value = from.len ? json_text(json_get_str(p->situations, from)) : json_text_of(s, "value");
        json_set_str(c->arena, out, str_z(c->arena, s->key), value);
    }
    return out;
}

static size_t find_member(const struct bundle_plan *p, struct str id)
{
    for (size_t i = 0; i < p->member_count; i++)
        if (str_eq(p->members[i].id, id)) return i;
    return SIZE_MAX;
}

static void add_member(struct ctx *c, struct bundle_plan *p, const struct json *rule, const int64_t *items)
{
    struct bundle_member *m = &p->members[p->member_count++];
    *m = (struct bundle_member){.id = json_text_of(rule, "id"), .rule = rule, .days = -1};
    m->item = items && items[p->member_count - 1] ? catalogue_by_id(c, items[p->member_count - 1])
                                                  : catalogue_of_base(c, json_text_of(rule, "item"));
    m->service = m->item ? item_service(m->item, p->organisation) : NULL;
    if (m->item && (!m->service || !m->item->apply_online)) m->item = NULL;
    struct service_code code = {0};
    if (m->item && !item_code(c, m->item, p->organisation, 0, &code)) {
        err_clear(c->err); /* its form is not in force today */
        m->item = NULL;
    }
    m->schema = code.schema;
    m->booking = json_get(m->service, "booking");
    if (!json_is(m->booking, JSON_OBJECT)) m->booking = NULL;
    m->chosen = !json_true_of(rule, "off") && bundle_when(json_get(rule, "when"), p->situations);
    m->situations = own_situations(c, p, rule);
    if (m->item && m->item->promised.unit == LIMIT_WORKDAYS) m->days = m->item->promised.count;
    p->chosen_count += m->chosen;
    p->missing = p->missing || (m->chosen && !m->item);
}

/* Only members that come before in the list can be waited for: so no circle. */
static void add_order(struct bundle_plan *p)
{
    int used[BUNDLE_MEMBERS_MAX] = {0};
    for (size_t i = 0; i < p->member_count; i++) {
        struct bundle_member *m = &p->members[i];
        JSON_EACH(a, json_get(m->rule, "after"))
        {
            size_t before = find_member(p, json_text(a));
            if (before >= i || !p->members[before].chosen) continue;
            m->after |= UINT32_C(1) << before;
            if (p->members[before].column >= m->column) m->column = p->members[before].column + 1;
        }
        if (!m->chosen) continue;
        m->row = used[m->column]++;
        if (m->row >= p->rows) p->rows = m->row + 1;
        if (m->column >= p->columns) p->columns = m->column + 1;
    }
}

static void add_times(struct bundle_plan *p)
{
    int ends[BUNDLE_MEMBERS_MAX] = {0};
    for (size_t i = 0; i < p->member_count; i++) {
        const struct bundle_member *m = &p->members[i];
        int begins = 0;
        if (!m->chosen) continue;
        if (m->days < 0) {
            p->sum_days = p->path_days = -1;
            return;
        }
        for (size_t k = 0; k < i; k++)
            if ((m->after >> k & 1) && ends[k] > begins) begins = ends[k];
        ends[i] = begins + m->days;
        p->sum_days += m->days;
        if (ends[i] > p->path_days) p->path_days = ends[i];
    }
}

/* ---- documents ---- */

const struct json *bundle_document_group(const struct json *doc, struct str use)
{
    JSON_EACH(g, json_get(doc, "documents"))
    {
        JSON_EACH(one, json_get(g, "of"))
        {
            if (str_eq(json_text(one), use)) return g;
        }
    }
    return NULL;
}

/* A licence that an earlier member gives. */
static size_t giver(const struct bundle_plan *p, size_t member, struct str from)
{
    struct str rest = from, one;
    while (rest.len) {
        rest = str_cut(rest, '|', &one);
        for (size_t i = 0; i < p->member_count; i++)
            if ((p->members[member].after >> i & 1) && p->members[i].service &&
                str_eq(one, json_text_of(json_get(p->members[i].service, "licence"), "name")))
                return i;
    }
    return SIZE_MAX;
}

/* The same document: named so by the bundle, else of the same name. One that a member gives to one and
 * registers have for another stays apart. */
static struct bundle_document *document_for(struct ctx *c, struct bundle_plan *p, size_t member,
                                            const struct json *rule, size_t from_member)
{
    struct str id = json_text_of(rule, "id"), name = json_text_of(rule, "name");
    const struct json *group = bundle_document_group(
        p->doc, str_fmt(c->arena, "%.*s.%.*s", STR_ARG(p->members[member].id), STR_ARG(id)));
    if (group) name = json_text_of(group, "name");
    for (size_t i = 0; i < p->document_count; i++)
        if (str_eq(p->documents[i].name, name) && p->documents[i].from_member == from_member)
            return &p->documents[i];
    if (p->document_count == BUNDLE_DOCUMENTS_MAX) return NULL;
    struct bundle_document *d = &p->documents[p->document_count++];
    *d = (struct bundle_document){.id = str_fmt(c->arena, "d%zu", p->document_count),
                                  .name = name,
                                  .en = json_text_of(group ? group : rule, "en"),
                                  .rule = rule,
                                  .first = member,
                                  .from_member = from_member,
                                  .state_has = json_text_of(rule, "from").len > 0};
    return d;
}

/* An id that stays while questions are answered anew: of the first use. */
static void name_document(struct ctx *c, const struct bundle_plan *p, struct bundle_document *d,
                          const struct bundle_use *use)
{
    if (!d->use_count)
        d->id = str_fmt(c->arena, "%.*s.%.*s", STR_ARG(p->members[use->member].id), STR_ARG(use->material));
}

static void add_documents(struct ctx *c, struct bundle_plan *p)
{
    for (size_t i = 0; i < p->member_count; i++) {
        const struct bundle_member *m = &p->members[i];
        if (!m->chosen || !m->item) continue;
        JSON_EACH(rule, json_get(m->service, "materials"))
        {
            const struct json *when = json_get(rule, "when");
            bool by_field = json_text_of(when, "field").len > 0;
            if (!by_field && !bundle_when(when, m->situations)) continue;
            struct str need = json_text_of(rule, "need");
            bool required = str_eq_c(need, "required") && !by_field;
            struct bundle_document *d = document_for(c, p, i, rule, giver(p, i, json_text_of(rule, "from")));
            if (!d || d->use_count == BUNDLE_MEMBERS_MAX) continue;
            struct bundle_use use = {i, json_text_of(rule, "id")};
            name_document(c, p, d, &use);
            d->uses[d->use_count++] = use;
            d->required = d->required || required;
            p->asked_documents += required;
        }
    }
    for (size_t i = 0; i < p->document_count; i++) {
        const struct bundle_document *d = &p->documents[i];
        if (!d->required) continue;
        if (d->from_member != SIZE_MAX)
            p->produced_documents++;
        else if (d->state_has)
            p->state_documents++;
        else
            p->left_documents++;
    }
}

bool bundle_plan_make(struct ctx *c, const struct json *doc, const struct json *situations,
                      const int64_t *items, struct bundle_plan *p)
{
    *p = (struct bundle_plan){.doc = doc};
    p->organisation = str_eq_c(json_text_of(doc, "applicant"), "organisation");
    p->situations = settle(c, doc, situations);
    JSON_EACH(rule, json_get(doc, "members"))
    {
        if (p->member_count < BUNDLE_MEMBERS_MAX) add_member(c, p, rule, items);
    }
    add_order(p);
    add_times(p);
    /* Promised for all together: less than the sum of what each promises, never more. */
    int promised = (int)json_i64_of(doc, "promise_days", 0);
    if (promised > 0 && promised < p->path_days) p->path_days = promised;
    add_documents(c, p);
    return bundle_compose(c, p);
}
