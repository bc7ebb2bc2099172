/* The guide of an item (办事指南): the answer first, then documents, steps and law. What nobody has verified
 * stays null and is shown as such. */
#include "core/http/server.h"
#include "modules/catalogue/catalogue_manner.h"
#include "modules/processes/processes.h"

struct guide {
    struct ctx *c;
    const struct snapshot *s;
    const struct item *item;
    const struct json *own; /* the service made for this item, or NULL */
    struct json *doc;
    bool zh;
};

static void set_text(struct guide *g, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(g->c->arena, text) : json_null(g->c->arena));
}

/* [中文, English] or NULL */
static struct str pair_text(const struct guide *g, const struct json *pair)
{
    return json_text(json_at(pair, g->zh ? 0 : 1));
}

static struct str in_language(const struct guide *g, const struct json *o, const char *zh, const char *en)
{
    struct str text = g->zh ? STR_EMPTY : json_text_of(o, en);
    return text.len ? text : json_text_of(o, zh);
}

static struct str basis_text(struct guide *g, const struct json *basis)
{
    struct str law = json_text_of(basis, "law");
    return law.len
               ? str_fmt(g->c->arena, "《%.*s》%.*s", STR_ARG(law), STR_ARG(json_text_of(basis, "article")))
               : STR_EMPTY;
}

/* ---- the answer ---- */

static void add_limit(struct guide *g)
{
    struct json *limit = json_set_object(g->c->arena, g->doc, "limit");
    const struct json *law = json_get(json_get(g->item->doc, "statutory_limit"), "basis");
    set_text(g, limit, "promised", limit_text(g->c, g->item->promised));
    set_text(g, limit, "statutory", limit_text(g->c, g->item->statutory));
    set_text(g, limit, "basis", g->item->statutory.unit == LIMIT_NONE ? STR_EMPTY : basis_text(g, law));
    set_text(g, limit, "compression", limit_compression(g->c, g->item->promised, g->item->statutory));
}

static void add_fee(struct guide *g)
{
    const struct json *fees = json_get(g->item->doc, "fees");
    bool free = json_true_of(g->item->doc, "free");
    if (!free && (!fees || !fees->count)) {
        json_set(g->doc, "fee", json_null(g->c->arena));
        return;
    }
    struct json *fee = json_set_object(g->c->arena, g->doc, "fee");
    struct buf names = buf_new(g->c->arena, 64);
    bool amounts = true;
    JSON_EACH(f, fees)
    {
        if (names.len) buf_add_c(&names, "；");
        buf_add(&names, json_text_of(f, "name"));
        struct str amount = json_text_of(f, "amount");
        if (amount.len)
            buf_fmt(&names, " %.*s", STR_ARG(amount));
        else
            amounts = false;
    }
    set_text(g, fee, "text", free ? ctx_tr(g->c, "Free of charge") : STR_EMPTY);
    set_text(g, fee, "names", free ? STR_EMPTY : buf_str(&names));
    json_set_bool(g->c->arena, fee, "open", !free && !amounts);
    set_text(
        g, fee, "basis",
        basis_text(g, free ? json_get(g->item->doc, "free_basis") : json_get(json_at(fees, 0), "basis")));
}

static void add_result(struct guide *g)
{
    const struct json *result = json_get(g->item->doc, "result");
    if (!json_is(result, JSON_OBJECT)) result = json_get(g->own, "result");
    set_text(g, g->doc, "result", json_text_of(result, "name"));
    json_set_bool(g->c->arena, g->doc, "result_electronic",
                  json_is(json_get(g->own, "licence"), JSON_OBJECT));
}

static void add_apply(struct guide *g)
{
    struct arena *a = g->c->arena;
    const struct actor *who = &g->c->actor;
    bool officer = who->kind == ACTOR_OFFICER, open = g->item->apply_online;
    json_set_bool(a, g->doc, "paused", g->item->paused);
    json_set_bool(a, g->doc, "closed", !open);
    /* An officer applies for nothing; the desk receives for whoever stands there. */
    set_text(g, g->doc, "desk_href",
             open && ctx_may(g->c, "case.receive")
                 ? str_fmt(a, "/office/desk?item=%lld", (long long)g->item->id)
                 : STR_EMPTY);
    if (!open || officer) {
        json_set(g->doc, "apply", json_null(a));
        return;
    }
    struct json *apply = json_set_object(a, g->doc, "apply");
    bool firms_only = g->item->audience == FOR_ORGANISATION;
    json_set_str(a, apply, "href", str_fmt(a, "/items/%lld/apply", (long long)g->item->id));
    json_set(apply, "draft", json_null(a));
    json_set_bool(a, apply, "firms_only", firms_only && !who->acting_for);
    json_set_bool(a, apply, "switch_firm", firms_only && !who->acting_for && who->kind == ACTOR_PERSON);
    json_set_i64(a, apply, "level", json_i64_of(g->own, "requires_level", 1));
}

static void add_answer(struct guide *g)
{
    set_text(g, g->doc, "for_whom", item_audience_text(g->c, g->item->audience));
    add_limit(g);
    add_fee(g);
    set_text(g, g->doc, "how", item_way_text(g->c, g->item));
    const struct json *visits = json_get(g->item->doc, "visits");
    set_text(g, g->doc, "visits",
             json_is(visits, JSON_NUMBER)
                 ? tr_arg(g->c->lang, g->c->arena, "Visits needed: %{arg}", visits->text)
                 : STR_EMPTY);
    add_result(g);
    add_apply(g);
}

/* ---- what it takes ---- */

static void add_conditions(struct guide *g)
{
    const struct json *conditions = json_get(g->item->doc, "conditions");
    if (!conditions || !conditions->count) {
        json_set(g->doc, "conditions", json_null(g->c->arena));
        return;
    }
    struct json *list =
        json_set_array(g->c->arena, json_set_object(g->c->arena, g->doc, "conditions"), "list");
    JSON_EACH(k, conditions)
    {
        struct json *o = json_add_object(g->c->arena, list);
        json_set_str(g->c->arena, o, "text", json_text_of(k, "text"));
        set_text(g, o, "basis", basis_text(g, json_get(k, "basis")));
    }
}

/* A register by the name people know it; a licence type is its own name. */
static struct str holder_text(struct guide *g, struct str from)
{
    static const struct {
        const char *id, *text;
    } registers[] = {{"population", "Population base"},
                     {"org", "Business registration"},
                     {"minimum_allowance", "Minimum living allowance register"},
                     {"disability", "Register of disabled persons"},
                     {"real_estate", "Real estate register"},
                     {"housing_fund", "Housing fund accounts"},
                     {"employer_insurance", "Social insurance of employers"}};
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        if (str_eq_c(from, registers[i].id)) return ctx_tr(g->c, registers[i].text);
    return from;
}

/* The register or licence that makes a document of this name fall away in the form that serves the item. */
static struct str held_from(const struct item *i, struct str name)
{
    const struct json *const services[] = {i->form_person, i->form_organisation};
    for (size_t k = 0; k < 2; k++)
        JSON_EACH(m, json_get(services[k], "materials"))
        {
            if (str_eq(json_text_of(m, "name"), name)) return json_text_of(m, "from");
        }
    return STR_EMPTY;
}

static bool add_material(struct guide *g, struct json *list, const struct json *m)
{
    struct arena *a = g->c->arena;
    struct json *o = json_add_object(a, list);
    struct str from = g->own ? json_text_of(m, "from") : held_from(g->item, json_text_of(m, "name")),
               need = json_text_of(m, "need");
    str_cut(from, '|', &from); /* where it is looked for first */
    json_set_str(a, o, "name", json_text_of(m, "name"));
    set_text(g, o, "name_en", json_text_of(m, "en"));
    json_set_bool(a, o, "held", from.len > 0);
    struct str holder = from.len ? holder_text(g, from) : STR_EMPTY;
    set_text(g, o, "held_by", holder);
    json_set_bool(a, o, "held_zh",
                  str_eq(holder, from)); /* a licence type, which has its Chinese name alone */
    json_set_bool(a, o, "deferrable", str_eq_c(need, "deferrable"));
    json_set_bool(a, o, "optional", str_eq_c(need, "optional") || json_is(json_get(m, "when"), JSON_OBJECT));
    material_add_facts(g->c, o, m);
    set_text(g, o, "notes", pair_text(g, json_get(m, "help")));
    set_text(g, o, "basis", basis_text(g, json_get(m, "basis")));
    return from.len > 0;
}

static void add_materials(struct guide *g)
{
    struct arena *a = g->c->arena;
    const struct json *materials = json_get(g->own ? g->own : g->item->doc, "materials");
    size_t held = 0;
    json_set(g->doc, "materials_text", json_null(a));
    json_set(g->doc, "materials", json_null(a));
    if (!materials || !materials->count) return;
    struct json *list = json_set_array(a, json_set_object(a, g->doc, "materials"), "list");
    JSON_EACH(m, materials)
    {
        held += add_material(g, list, m);
    }
    struct str text = list->count == 1
                          ? ctx_tr(g->c, "1 document")
                          : tr_arg(g->c->lang, a, "%{arg} documents", str_fmt(a, "%u", list->count));
    if (held) /* how many fall away is found by the calls of an application */
        text = str_fmt(
            a, "%.*s%s%.*s", STR_ARG(text), g->c->lang == &lang_en ? ", " : "，",
            STR_ARG(tr_arg(g->c->lang, a, "up to %{arg} need not be submitted", str_fmt(a, "%zu", held))));
    set_text(g, g->doc, "materials_text", text);
}

/* ---- how it goes ---- */

static void add_step(struct guide *g, struct json *list, struct str name, const char *text, struct str limit)
{
    struct json *o = json_add_object(g->c->arena, list);
    set_text(g, o, "name", name);
    set_text(g, o, "text", text ? ctx_tr(g->c, text) : STR_EMPTY);
    set_text(g, o, "limit_text", limit);
}

/* 行政许可法 art. 32: what is missing is told at once or within five days; art. 44: the licence is delivered
 * within ten days. */
static void add_flow(struct guide *g, struct json *list)
{
    const struct json *service = g->item->form_person ? g->item->form_person : g->item->form_organisation,
                      *flow = json_get(service, "flow");
    bool licence = str_eq_c(g->item->type, "01");
    add_step(g, list, ctx_tr(g->c, "Apply"),
             "Online, or at a service desk that takes requests for this department", STR_EMPTY);
    if (json_text_of(flow, "rule").len)
        add_step(g, list, ctx_tr(g->c, "Answer at once"), "A rule answers; where it cannot, an officer does",
                 STR_EMPTY);
    const struct process_version *p = process_in_force(g->c, process_of_flow(flow), date_of(g->c->now));
    for (size_t i = 0; p && i < course_step_count(p->course); i++) {
        const struct course_step *s = course_step_at(p->course, (int)i);
        struct str id = s->id, name = g->c->lang == &lang_en && s->name_en.len ? s->name_en : s->name;
        if (str_eq_c(id, "receive"))
            add_step(g, list, name, "Complete papers are accepted; what is missing is told once, in full",
                     licence ? ctx_tr(g->c, "within 5 days") : STR_EMPTY);
        else if (str_eq_c(id, "decide"))
            add_step(g, list, name, "You get a written decision; a refusal gives its reasons",
                     limit_text(g->c, g->item->promised.unit ? g->item->promised : g->item->statutory));
        else
            add_step(g, list, name, NULL, STR_EMPTY);
    }
    if (json_is(json_get(service, "licence"), JSON_OBJECT))
        add_step(g, list, ctx_tr(g->c, "Licence"), "The electronic licence appears on your page",
                 licence ? ctx_tr(g->c, "within 10 days of the decision") : STR_EMPTY);
}

static void add_steps(struct guide *g)
{
    struct arena *a = g->c->arena;
    struct json *steps = json_set_object(a, g->doc, "steps"), *list = json_set_array(a, steps, "list"),
                *rules = json_set_array(a, steps, "rules");
    if (g->item->form_person || g->item->form_organisation) add_flow(g, list);
    JSON_EACH(s, json_get(g->item->doc, "steps"))
    {
        struct json *o = json_add_object(a, rules);
        json_set_str(a, o, "text", json_text_of(s, "text"));
        set_text(g, o, "basis", basis_text(g, json_get(s, "basis")));
    }
    json_set_bool(a, steps, "has_rules", rules->count > 0);
    if (!list->count && !rules->count) json_set(g->doc, "steps", json_null(a));
}

static void add_laws(struct guide *g)
{
    struct arena *a = g->c->arena;
    const struct json *basis = json_get(g->item->doc, "basis");
    if (!basis || !basis->count) {
        json_set(g->doc, "laws", json_null(a));
        return;
    }
    struct json *list = json_set_array(a, json_set_object(a, g->doc, "laws"), "list");
    JSON_EACH(b, basis)
    {
        struct json *o = json_add_object(a, list);
        struct str law = json_text_of(b, "law"), article = json_text_of(b, "article");
        const struct law_ref *ref = catalogue_law(g->s, law, article);
        json_set_str(a, o, "law", law);
        json_set_str(a, o, "article", article);
        set_text(g, o, "text", ref ? ref->text : STR_EMPTY);
        if (ref && ref->law)
            json_set_str(a, o, "href",
                         ref->seq ? str_fmt(a, "/laws/%lld#a%d", (long long)ref->law, ref->seq)
                                  : str_fmt(a, "/laws/%lld", (long long)ref->law));
        else
            json_set(o, "href", json_null(a));
    }
}

/* What officers or the law say of how it is handled and of what follows, as far as somebody has said it. */
static void add_known(struct guide *g)
{
    struct arena *a = g->c->arena;
    struct json *where = json_set_array(a, g->doc, "where"), *after = json_set_array(a, g->doc, "after");
    manner_add_shown(g->c, g->item, MANNER_WHERE, where);
    manner_add_shown(g->c, g->item, MANNER_AFTER, after);
    json_set_bool(a, g->doc, "has_where", where->count > 0);
    json_set_bool(a, g->doc, "has_after", after->count > 0);
}

static void add_desk(struct guide *g)
{
    struct arena *a = g->c->arena;
    const struct json *booking = json_get(g->own, "booking");
    struct str own = json_text_of(g->item->doc, "place"), place = manner_text(g->c, g->item, "place"),
               hours = manner_text(g->c, g->item, "hours"), phone = manner_text(g->c, g->item, "phone");
    if (!own.len && json_is(booking, JSON_OBJECT)) place = in_language(g, booking, "place", "place_en");
    if (!place.len && !phone.len && !hours.len) {
        json_set(g->doc, "desk", json_null(a));
        return;
    }
    struct json *desk = json_set_object(a, g->doc, "desk");
    set_text(g, desk, "place", place);
    set_text(g, desk, "hours", hours);
    set_text(g, desk, "phone", phone);
    set_text(g, desk, "complaints", manner_text(g->c, g->item, "complaint"));
}

static void add_questions(struct guide *g)
{
    struct arena *a = g->c->arena;
    struct json *list = json_set_array(a, g->doc, "questions");
    JSON_EACH(q, json_get(g->item->doc, "questions"))
    {
        struct json *o = json_add_object(a, list);
        json_set_str(a, o, "question", in_language(g, q, "q", "q_en"));
        json_set_str(a, o, "answer", in_language(g, q, "a", "a_en"));
        json_set_bool(a, o, "untranslated", !g->zh && !json_text_of(q, "q_en").len);
    }
    json_set_bool(a, g->doc, "has_questions", list->count > 0);
}

static void add_head(struct guide *g)
{
    struct arena *a = g->c->arena;
    const struct unit *u = orgs_unit(g->c, g->item->unit);
    json_set_id(a, g->doc, "id", g->item->id);
    json_set_i64(a, g->doc, "version", g->item->version);
    json_set_str(a, g->doc, "code", g->item->code);
    json_set_str(a, g->doc, "name", g->item->name);
    set_text(g, g->doc, "name_en", g->item->en);
    set_text(g, g->doc, "department", u ? u->name : STR_EMPTY);
    json_set_str(a, g->doc, "type", g->item->type);
    set_text(g, g->doc, "type_label", item_type_text(g->c, g->item->type));
    json_set_bool(a, g->doc, "demonstration", g->item->demonstration);
    set_text(g, g->doc, "summary", json_text_of(g->item->doc, "summary"));
}

static void add_crumbs(struct guide *g)
{
    struct arena *a = g->c->arena;
    struct json *crumbs = json_set_array(a, g->doc, "crumbs");
    const struct unit *u = orgs_unit(g->c, g->item->unit);
    if (!u) return;
    struct json *o = json_add_object(a, crumbs);
    json_set_str(a, o, "name", u->name);
    json_set_str(a, o, "href", str_fmt(a, "/departments/%lld", (long long)u->id));
}

bool guide_page(struct ctx *c)
{
    int64_t id;
    if (!ctx_path_id(c, "id", &id)) return false;
    const struct snapshot *s = catalogue_snapshot(c);
    const struct listed *l = catalogue_listed(s, id);
    if (!l) return err_missing(c->err, "item", "We cannot find this service.");
    struct guide g = {.c = c,
                      .s = s,
                      .item = &l->item,
                      .own = item_own_service(&l->item),
                      .doc = ctx_doc(c),
                      .zh = c->lang != &lang_en};
    add_head(&g);
    add_crumbs(&g);
    add_answer(&g);
    add_conditions(&g);
    add_materials(&g);
    add_steps(&g);
    add_laws(&g);
    add_desk(&g);
    add_known(&g);
    add_questions(&g);
    catalogue_elements(c, g.item, false, json_set_array(c->arena, g.doc, "elements"));
    const struct catalogue_state *state = server_state(c->server, "catalogue");
    json_set(g.doc, "check", json_null(c->arena));
    json_set(g.doc, "fee_rule", json_null(c->arena));
    return !state->guide_part || state->guide_part(c, g.item, g.doc);
}
