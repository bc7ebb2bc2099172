/* What keeps a bundle from being published: said in sentences, with the part it is about. */
#include "core/http/server.h"
#include "modules/bundles/bundles_internal.h"

struct checking {
    struct ctx *c;
    const struct json *doc;
    struct json *faults;
    bool organisation;
};

static void fault(struct checking *k, const char *msgid, struct str arg)
{
    struct str text = tr_arg(k->c->lang, k->c->arena, msgid, arg);
    JSON_EACH(f, k->faults)
    {
        if (str_eq(json_text_of(f, "text"), text)) return;
    }
    json_set_str(k->c->arena, json_add_object(k->c->arena, k->faults), "text", text);
}

static const struct json *member_of(const struct checking *k, struct str id)
{
    JSON_EACH(m, json_get(k->doc, "members"))
    {
        if (str_eq(json_text_of(m, "id"), id)) return m;
    }
    return NULL;
}

static const struct json *service_of(struct checking *k, const struct json *member)
{
    const struct item *i = catalogue_of_base(k->c, json_text_of(member, "item"));
    return i && i->apply_online ? item_service(i, k->organisation) : NULL;
}

static const struct json *question(const struct checking *k, struct str id)
{
    JSON_EACH(q, json_get(k->doc, "situations"))
    {
        if (str_eq(json_text_of(q, "id"), id)) return q;
    }
    return NULL;
}

/* Every question of the member is settled, and by answers that it knows and that do not end it. */
static void check_situations(struct checking *k, const struct json *member, const struct json *service)
{
    JSON_EACH(s, json_get(service, "situations"))
    {
        struct str id = json_text_of(s, "id"),
                   full = str_fmt(k->c->arena, "%.*s.%.*s", STR_ARG(json_text_of(member, "id")), STR_ARG(id));
        const struct json *how = json_get_str(json_get(member, "situations"), id);
        const struct json *asked = question(k, json_text_of(how, "from"));
        const struct json *values = asked ? json_get(asked, "options") : NULL;
        if (!how || (json_text_of(how, "from").len && !asked)) {
            fault(k, "A question of a member is not settled: %{arg}", full);
            continue;
        }
        size_t count = values ? values->count : 1;
        for (size_t i = 0; i < count; i++) {
            struct str value =
                values ? json_text_of(json_at(values, i), "value") : json_text_of(how, "value");
            bool known = false;
            JSON_EACH(o, json_get(s, "options"))
            {
                known = known || (str_eq(value, json_text_of(o, "value")) &&
                                  !json_is(json_get(o, "ends"), JSON_OBJECT));
            }
            if (!known) fault(k, "A question of a member is not settled: %{arg}", full);
        }
    }
}

/* Its form as it is in force; {0} where it has none, or none is in force. */
static struct service_code code_of(struct checking *k, const struct json *member)
{
    const struct item *i = catalogue_of_base(k->c, json_text_of(member, "item"));
    struct service_code code = {0};
    if (i && !item_code(k->c, i, k->organisation, 0, &code)) {
        err_clear(k->c->err);
        return (struct service_code){0};
    }
    return code;
}

static bool has_answer(const struct json *asked, struct str value)
{
    JSON_EACH(o, json_get(asked, "options"))
    {
        if (str_eq(json_text_of(o, "value"), value)) return true;
    }
    return false;
}

static void check_when(struct checking *k, struct str id, const struct json *when)
{
    if (!json_is(when, JSON_OBJECT)) return;
    const struct json *asked = question(k, json_text_of(when, "situation")),
                      *equals = json_get(when, "equals");
    if (!asked) {
        fault(k, "A member depends on a question that is not asked: %{arg}", id);
        return;
    }
    bool known = !equals || has_answer(asked, json_text(equals));
    JSON_EACH(one, json_get(when, "in"))
    {
        known = known && has_answer(asked, json_text(one));
    }
    if (!known) fault(k, "A member depends on an answer that is not offered: %{arg}", id);
}

static void check_members(struct checking *k)
{
    const struct json *members = json_get(k->doc, "members");
    size_t n = 0;
    if (!members || !members->count || members->count > BUNDLE_MEMBERS_MAX)
        fault(k, "A life event has one to %{arg} members", str_fmt(k->c->arena, "%d", BUNDLE_MEMBERS_MAX));
    JSON_EACH(m, members)
    {
        struct str id = json_text_of(m, "id");
        const struct json *service = service_of(k, m);
        n++;
        if (!id.len || member_of(k, id) != m) fault(k, "Two members have the same name: %{arg}", id);
        if (json_true_of(m, "off")) continue;
        if (!service)
            fault(k, "This place has no such service to apply for: %{arg}", json_text_of(m, "item"));
        check_situations(k, m, service);
        JSON_EACH(a, json_get(m, "after"))
        {
            size_t at = 0, found = 0;
            JSON_EACH(o, members)
            {
                at++;
                if (str_eq(json_text_of(o, "id"), json_text(a))) found = at;
            }
            if (!found || found >= n)
                fault(k, "A member can only wait for one that stands before it: %{arg}", id);
        }
        check_when(k, id, json_get(m, "when"));
    }
}

/* "food.shop_name" names a field of a member. */
static void check_field(struct checking *k, struct str full)
{
    struct str id, property = str_cut(full, '.', &id);
    const struct json *m = member_of(k, id), *service = m ? service_of(k, m) : NULL;
    if (m && json_true_of(m, "off")) return;
    if (!service || !json_get_str(json_get(code_of(k, m).schema, "properties"), property))
        fault(k, "There is no such field: %{arg}", full);
}

static void check_mapping(struct checking *k)
{
    JSON_EACH(f, json_get(k->doc, "fields"))
    {
        JSON_EACH(one, json_get(f, "of"))
        {
            check_field(k, json_text(one));
        }
    }
    JSON_EACH(f, json_get(k->doc, "fixed"))
    {
        check_field(k, f->key);
    }
    JSON_EACH(g, json_get(k->doc, "given"))
    {
        check_field(k, g->key);
        if (!member_of(k, json_text(g))) fault(k, "There is no such member: %{arg}", json_text(g));
    }
}

static bool check_form(struct checking *k, const struct json *answers)
{
    struct bundle_plan p;
    if (bundle_plan_make(k->c, k->doc, answers, NULL, &p)) {
        JSON_EACH(clash, p.clashes)
        {
            fault(k, "What is asked once differs between services: %{arg}", json_text(clash));
        }
        return true;
    }
    if (k->c->err->kind != ERR_INVALID) return false;
    fault(k, "The form cannot be put together: %{arg}", str_dup(k->c->arena, str_c(k->c->err->arg)));
    err_clear(k->c->err);
    return true;
}

/* The form must stand for the first answers, which are all there is where nothing is asked, and for every
 * other one: each option once, beside the first ones of the others. */
static bool check_forms(struct checking *k)
{
    if (!check_form(k, NULL)) return false;
    JSON_EACH(q, json_get(k->doc, "situations"))
    {
        JSON_EACH(o, json_get(q, "options"))
        {
            struct json *answers = json_object(k->c->arena);
            json_set_str(k->c->arena, answers, str_z(k->c->arena, json_text_of(q, "id")),
                         json_text_of(o, "value"));
            if (!check_form(k, answers)) return false;
        }
    }
    return true;
}

bool bundle_check(struct ctx *c, const struct json *doc, struct json *faults)
{
    struct checking k = {c, doc, faults, str_eq_c(json_text_of(doc, "applicant"), "organisation")};
    if (!json_text_of(doc, "name").len || !json_text_of(doc, "en").len)
        fault(&k, "It needs a name in both languages", STR_EMPTY);
    check_members(&k);
    check_mapping(&k);
    return faults->count || check_forms(&k);
}
