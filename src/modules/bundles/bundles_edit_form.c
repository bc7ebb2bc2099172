/* The page of one service in the one form and the one set of documents: for each of its fields and documents,
 * whether it is asked, is the same as one of an earlier service, is brought about by one, or is settled. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

struct mapping {
    struct ctx *c;
    const struct json *doc;
    struct bundle_plan plan; /* of services and schemas; its composing is not needed */
    size_t member;
};

static struct str full_name(struct ctx *c, struct str member, struct str id)
{
    return str_fmt(c->arena, "%.*s.%.*s", STR_ARG(member), STR_ARG(id));
}

/* ---- groups: {"id" or "name", "of": ["member.field", …]} ---- */

static const struct json *group_of(const struct json *groups, struct str full)
{
    JSON_EACH(g, groups)
    {
        JSON_EACH(one, json_get(g, "of"))
        {
            if (str_eq(json_text(one), full)) return g;
        }
    }
    return NULL;
}

/* The first of its group is the one that is asked. */
static struct str leader(const struct json *groups, struct str full)
{
    const struct json *g = group_of(groups, full);
    return g ? json_text(json_at(json_get(g, "of"), 0)) : full;
}

static void leave_groups(struct ctx *c, struct json *doc, const char *key, struct str full)
{
    struct json *out = json_array(c->arena);
    JSON_EACH(g, json_get(doc, key))
    {
        struct json *copy = json_copy(c->arena, g), *of = json_array(c->arena);
        JSON_EACH(one, json_get(g, "of"))
        {
            if (!str_eq(json_text(one), full)) json_add(of, json_copy(c->arena, one));
        }
        json_set(copy, "of", of);
        if (of->count) json_add(out, copy);
    }
    json_set(doc, key, out);
}

static bool name_taken(const struct json *groups, const char *key, struct str name)
{
    JSON_EACH(g, groups)
    {
        if (str_eq(json_text_of(g, key), name)) return true;
    }
    return false;
}

/* Puts it behind `first`, in the group that has it, else in a new one of that name. */
static void join(struct ctx *c, struct json *doc, const char *list, const char *key, struct str first,
                 struct str full, struct str name, struct str en)
{
    struct json *groups = (struct json *)json_get(doc, list);
    struct json *g = (struct json *)group_of(groups, first);
    if (!g) {
        while (name_taken(groups, key, name))
            name = str_cat(c->arena, name, STR("_2"));
        g = json_add_object(c->arena, groups);
        json_set_str(c->arena, g, key, name);
        if (en.len) json_set_str(c->arena, g, "en", en);
        json_add(json_set_array(c->arena, g, "of"), json_string(c->arena, first));
    }
    json_add((struct json *)json_get(g, "of"), json_string(c->arena, full));
}

/* ---- the page ---- */

static void add_option(struct ctx *c, struct json *list, struct str value, struct str label, bool chosen)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", label);
    json_set_bool(c->arena, o, "chosen", chosen);
}

static bool same_kind(const struct json *a, const struct json *b)
{
    return str_eq(json_text_of(a, "type"), json_text_of(b, "type")) &&
           str_eq(json_text_of(a, "format"), json_text_of(b, "format")) &&
           (json_get(a, "enum") != NULL) == (json_get(b, "enum") != NULL);
}

static struct str title_of(const struct ctx *c, const struct json *property)
{
    struct str title = bundle_text(c, property, "title", "x-en");
    return title.len ? title : property->key;
}

/* Fields of earlier services that are asked themselves and hold the same kind of thing. */
static void add_earlier(struct mapping *k, struct json *options, const struct json *property, struct str full)
{
    struct ctx *c = k->c;
    const struct json *groups = json_get(k->doc, "fields");
    struct str now = leader(groups, full);
    for (size_t i = 0; i < k->member; i++) {
        JSON_EACH(p, json_get(k->plan.members[i].schema, "properties"))
        {
            struct str other = full_name(c, k->plan.members[i].id, p->key);
            if (!same_kind(p, property) || !str_eq(leader(groups, other), other)) continue;
            add_option(c, options, str_cat(c->arena, STR("same:"), other),
                       str_fmt(c->arena, "%.*s · %.*s",
                               STR_ARG(tr_arg(c->lang, c->arena, "The same as: %{arg}", title_of(c, p))),
                               STR_ARG(k->plan.members[i].item ? k->plan.members[i].item->name
                                                               : k->plan.members[i].id)),
                       str_eq(now, other));
        }
    }
}

static void add_givers(struct mapping *k, struct json *options, struct str full)
{
    struct ctx *c = k->c;
    struct str now = json_text(json_get_str(json_get(k->doc, "given"), full));
    for (size_t i = 0; i < k->member; i++) {
        const struct bundle_member *m = &k->plan.members[i];
        if (!json_is(json_get(m->service, "licence"), JSON_OBJECT)) continue;
        add_option(c, options, str_cat(c->arena, STR("given:"), m->id),
                   tr_arg(c->lang, c->arena, "The number of: %{arg}",
                          json_text_of(json_get(m->service, "licence"), "name")),
                   str_eq(now, m->id));
    }
}

/* Of a choice each answer; of anything else what is written beside it. */
static void add_settled(struct mapping *k, struct json *o, struct json *options, const struct json *property,
                        struct str full)
{
    struct ctx *c = k->c;
    const struct json *value = json_get_str(json_get(k->doc, "fixed"), full),
                      *labels = json_get(property, "x-labels");
    size_t n = 0, english = c->lang == &lang_en;
    JSON_EACH(one, json_get(property, "enum"))
    {
        const struct json *words = json_get_str(labels, json_text(one)), *label = json_at(words, english);
        struct str said = json_text(label ? label : json_at(words, 0));
        n++;
        add_option(c, options, str_cat(c->arena, STR("fixed:"), json_text(one)),
                   tr_arg(c->lang, c->arena, "Settled: %{arg}", said.len ? said : json_text(one)),
                   value && str_eq(json_text(value), json_text(one)));
    }
    if (n || !str_eq_c(json_text_of(property, "type"), "string")) return;
    add_option(c, options, STR("text"), ctx_tr(c, "Settled, as written beside it"), value != NULL);
    struct str beside = json_text_of(o, "text");
    json_set_str(c->arena, o, "settled",
                 bundle_edit_again(c, beside) ? ctx_param(c, beside) : json_text(value));
}

/* Where the table says nothing, fields of one name, title and kind are asked once. */
static bool asked_before(const struct mapping *k, const struct json *property)
{
    for (size_t i = 0; i < k->member; i++) {
        const struct json *p = json_get_str(json_get(k->plan.members[i].schema, "properties"), property->key);
        if (p && str_eq(json_text_of(p, "title"), json_text_of(property, "title")) && same_kind(p, property))
            return true;
    }
    return false;
}

static void add_fields(struct mapping *k, struct json *doc)
{
    struct ctx *c = k->c;
    const struct bundle_member *m = &k->plan.members[k->member];
    struct json *list = json_set_array(c->arena, doc, "fields");
    JSON_EACH(property, json_get(m->schema, "properties"))
    {
        struct str full = full_name(c, m->id, property->key);
        struct json *o = json_add_object(c->arena, list), *options = json_set_array(c->arena, o, "options");
        json_set_str(c->arena, o, "name", str_cat(c->arena, STR("f."), property->key));
        json_set_str(c->arena, o, "text", str_cat(c->arena, STR("t."), property->key));
        json_set_str(c->arena, o, "label", title_of(c, property));
        add_option(c, options, STR_EMPTY,
                   ctx_tr(c, asked_before(k, property) ? "Asked once, with the field of the same name"
                                                       : "It is asked"),
                   false);
        add_earlier(k, options, property, full);
        json_set(o, "settled", json_null(c->arena));
        if (!str_eq_c(json_text_of(property, "format"), "file")) {
            add_givers(k, options, full);
            add_settled(k, o, options, property, full);
        }
        bundle_edit_choose(c, options, json_text_of(o, "name"));
    }
    json_set_bool(c->arena, doc, "has_fields", list->count > 0);
}

static void add_documents(struct mapping *k, struct json *doc)
{
    struct ctx *c = k->c;
    const struct bundle_member *m = &k->plan.members[k->member];
    const struct json *groups = json_get(k->doc, "documents");
    struct json *list = json_set_array(c->arena, doc, "documents");
    JSON_EACH(rule, json_get(m->service, "materials"))
    {
        struct str id = json_text_of(rule, "id"), full = full_name(c, m->id, id), now = leader(groups, full);
        struct json *o = json_add_object(c->arena, list), *options = json_set_array(c->arena, o, "options");
        json_set_str(c->arena, o, "name", str_cat(c->arena, STR("d."), id));
        json_set_str(c->arena, o, "label", bundle_text(c, rule, "name", "en"));
        add_option(c, options, STR_EMPTY, ctx_tr(c, "By its name: documents of one name are one"), false);
        for (size_t i = 0; i < k->member; i++) {
            JSON_EACH(other, json_get(k->plan.members[i].service, "materials"))
            {
                struct str that = full_name(c, k->plan.members[i].id, json_text_of(other, "id"));
                if (str_eq(leader(groups, that), that))
                    add_option(c, options, str_cat(c->arena, STR("same:"), that),
                               str_fmt(c->arena, "%.*s · %.*s",
                                       STR_ARG(tr_arg(c->lang, c->arena, "The same as: %{arg}",
                                                      bundle_text(c, other, "name", "en"))),
                                       STR_ARG(k->plan.members[i].item->name)),
                               str_eq(now, that));
            }
        }
        bundle_edit_choose(c, options, json_text_of(o, "name"));
    }
    json_set_bool(c->arena, doc, "has_documents", list->count > 0);
}

/* Which service the page is about, and links to the others. */
static void add_members(struct mapping *k, struct json *doc)
{
    struct ctx *c = k->c;
    struct json *list = json_set_array(c->arena, doc, "members");
    for (size_t i = 0; i < k->plan.member_count; i++) {
        const struct bundle_member *m = &k->plan.members[i];
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", m->item ? m->item->name : json_text_of(m->rule, "item"));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?member=%.*s", STR_ARG(m->id)));
        json_set_bool(c->arena, o, "current", i == k->member);
    }
    json_set_bool(c->arena, doc, "has_members", list->count > 0);
}

/* The services as they are offered now; a form that cannot be put together is a fault told elsewhere. */
static bool look_at(struct ctx *c, const struct json *b, struct mapping *k)
{
    struct str wanted = ctx_param(c, STR("member"));
    *k = (struct mapping){.c = c, .doc = b};
    if (!bundle_plan_make(c, b, NULL, NULL, &k->plan)) {
        if (c->err->kind != ERR_INVALID) return false;
        err_clear(c->err);
    }
    for (size_t i = 0; i < k->plan.member_count; i++)
        if (str_eq(k->plan.members[i].id, wanted)) k->member = i;
    return true;
}

bool bundles_mapping(struct ctx *c)
{
    struct bundle_edit e;
    struct mapping k;
    if (!bundle_edit_load(c, &e) || !bundle_edit_head(c, &e, "form") || !look_at(c, e.v.doc, &k))
        return false;
    struct json *doc = ctx_doc(c);
    add_members(&k, doc);
    json_set_array(c->arena, doc, "fields");
    json_set_array(c->arena, doc, "documents");
    json_set_bool(c->arena, doc, "has_fields", false);
    json_set_bool(c->arena, doc, "has_documents", false);
    json_set_str(c->arena, doc, "member", STR_EMPTY);
    json_set_bool(c->arena, doc, "there", false);
    if (!k.plan.member_count) return true;
    const struct bundle_member *m = &k.plan.members[k.member];
    json_set_str(c->arena, doc, "member", m->id);
    json_set_bool(c->arena, doc, "there", m->item != NULL);
    if (!m->item) return true;
    add_fields(&k, doc);
    add_documents(&k, doc);
    return true;
}

/* ---- saving ---- */

static struct json *pairs_but(struct ctx *c, const struct json *pairs, struct str full)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(p, pairs)
    {
        if (!str_eq(p->key, full)) json_set(out, str_z(c->arena, p->key), json_copy(c->arena, p));
    }
    return out;
}

/* Is that a field or document of a service before this one? */
static bool is_earlier(const struct mapping *k, struct str full, bool document)
{
    struct str id, property = str_cut(full, '.', &id);
    for (size_t i = 0; i < k->member; i++) {
        const struct bundle_member *m = &k->plan.members[i];
        if (!str_eq(m->id, id)) continue;
        if (!document) return json_get_str(json_get(m->schema, "properties"), property) != NULL;
        JSON_EACH(rule, json_get(m->service, "materials"))
        {
            if (str_eq(json_text_of(rule, "id"), property)) return true;
        }
    }
    return false;
}

/* What others said is the same as this one stays with whom this one is the same as. */
static void read_field(struct mapping *k, struct json *doc, const struct json *property, struct str full)
{
    struct ctx *c = k->c;
    struct str name = str_cat(c->arena, STR("f."), property->key), said = ctx_param(c, name), kind,
               value = str_cut(said, ':', &kind), id, other;
    if (!bundle_edit_sent(c, name)) return;
    bool leads = str_eq(leader(json_get(doc, "fields"), full), full);
    if (!leads || str_eq_c(kind, "same")) leave_groups(c, doc, "fields", full);
    json_set(doc, "given", pairs_but(c, json_get(doc, "given"), full));
    json_set(doc, "fixed", pairs_but(c, json_get(doc, "fixed"), full));
    if (str_eq_c(kind, "same") && is_earlier(k, value, false)) {
        other = str_cut(value, '.', &id);
        join(c, doc, "fields", "id", leader(json_get(doc, "fields"), value), full, other, STR_EMPTY);
    }
    if (str_eq_c(kind, "given"))
        json_set_str(c->arena, (struct json *)json_get(doc, "given"), str_z(c->arena, full), value);
    if (str_eq_c(said, "text")) value = str_trim(ctx_param(c, str_cat(c->arena, STR("t."), property->key)));
    if ((str_eq_c(said, "text") || str_eq_c(kind, "fixed")) && value.len)
        json_set_str(c->arena, (struct json *)json_get(doc, "fixed"), str_z(c->arena, full), value);
}

static void read_document(struct mapping *k, struct json *doc, const struct json *rule, struct str full)
{
    struct ctx *c = k->c;
    struct str control = str_cat(c->arena, STR("d."), json_text_of(rule, "id")), said = ctx_param(c, control),
               kind, value = str_cut(said, ':', &kind);
    if (!bundle_edit_sent(c, control)) return;
    bool leads = str_eq(leader(json_get(doc, "documents"), full), full);
    if (!leads || str_eq_c(kind, "same")) leave_groups(c, doc, "documents", full);
    if (!str_eq_c(kind, "same") || !is_earlier(k, value, true)) return;
    struct str id, material = str_cut(value, '.', &id), name = material, en = STR_EMPTY;
    for (size_t i = 0; i < k->member; i++) {
        JSON_EACH(other, json_get(k->plan.members[i].service, "materials"))
        {
            if (!str_eq(k->plan.members[i].id, id) || !str_eq(json_text_of(other, "id"), material)) continue;
            name = json_text_of(other, "name");
            en = json_text_of(other, "en");
        }
    }
    join(c, doc, "documents", "name", leader(json_get(doc, "documents"), value), full, name, en);
}

static void have_all(struct ctx *c, struct json *doc)
{
    static const char *const lists[] = {"fields", "documents"}, *const pairs[] = {"given", "fixed"};
    for (size_t i = 0; i < 2; i++) {
        if (!json_get(doc, lists[i])) json_set_array(c->arena, doc, lists[i]);
        if (!json_get(doc, pairs[i])) json_set_object(c->arena, doc, pairs[i]);
    }
}

bool bundles_mapping_save(struct ctx *c)
{
    struct bundle_edit e;
    struct mapping k;
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e)) return false;
    struct json *doc = json_copy(c->arena, e.v.doc);
    have_all(c, doc);
    if (!look_at(c, e.v.doc, &k)) return false;
    const struct bundle_member *m = k.plan.member_count ? &k.plan.members[k.member] : NULL;
    if (!m || !str_eq(m->id, ctx_param(c, STR("member"))))
        return err_missing(c->err, "bundle.member", "We cannot find this service.");
    JSON_EACH(property, json_get(m->schema, "properties"))
    {
        read_field(&k, doc, property, full_name(c, m->id, property->key));
    }
    JSON_EACH(rule, json_get(m->service, "materials"))
    {
        read_document(&k, doc, rule, full_name(c, m->id, json_text_of(rule, "id")));
    }
    return bundle_edit_keep(c, &e, doc, str_z(c->arena, str_cat(c->arena, STR("/form?member="), m->id)));
}
