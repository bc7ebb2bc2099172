/* Every element of an implementation list (实施清单), known or not: what nobody has verified has no value
 * here. */
#include "core/base/time.h"
#include "modules/catalogue/catalogue_manner.h"

struct elements {
    struct ctx *c;
    bool all;
    struct json *array;
    size_t known;
};

static void add(struct elements *e, const char *key, const char *name, struct str value, bool zh)
{
    struct arena *a = e->c->arena;
    struct json *o = json_add_object(a, e->array);
    json_set_c(a, o, "key", key);
    json_set_str(a, o, "name", ctx_tr(e->c, name));
    json_set(o, "value", value.len ? json_string(a, value) : json_null(a));
    json_set_bool(a, o, "value_zh", zh);
    e->known += value.len > 0;
}

/* In words of the program. */
static void word(struct elements *e, const char *key, const char *name, struct str value)
{
    add(e, key, name, value, false);
}

/* As the directory has it, in Chinese. */
static void fact(struct elements *e, const char *key, const char *name, struct str value)
{
    add(e, key, name, value, true);
}

static struct str yes_no(struct elements *e, bool yes)
{
    return ctx_tr(e->c, yes ? "Yes" : "No");
}

static struct str joined(struct elements *e, const struct json *array, const char *member, const char *second)
{
    struct buf b = buf_new(e->c->arena, 64);
    JSON_EACH(m, array)
    {
        struct str text = member ? json_text_of(m, member) : m->text;
        if (!text.len) continue;
        if (b.len) buf_add_c(&b, "；");
        buf_add(&b, text);
        if (second) buf_add(&b, json_text_of(m, second));
    }
    return buf_str(&b);
}

static struct str theme_list(struct elements *e, const struct item *i, bool organisation)
{
    const struct snapshot *s = catalogue_snapshot(e->c);
    const struct listed *l = catalogue_listed(s, i->id);
    struct buf b = buf_new(e->c->arena, 64);
    bool zh = e->c->lang != &lang_en;
    for (size_t k = 0; l && k < l->theme_count; k++)
        for (size_t t = 0; t < s->theme_count; t++) {
            const struct theme *theme = &s->themes[t];
            if (theme->organisation != organisation || (l->themes[k].ptr[0] == 'l') != organisation ||
                !str_eq(theme->code, str_slice(l->themes[k], 1, l->themes[k].len)))
                continue;
            if (b.len) buf_add_c(&b, zh ? "、" : ", ");
            buf_add(&b, zh ? theme->name : theme->en);
        }
    return buf_str(&b);
}

static struct str result_kind(struct elements *e, const struct json *result)
{
    static const struct {
        const char *kind, *text;
    } kinds[] = {{"licence", "Licence"},
                 {"document", "Written decision"},
                 {"record", "Registration"},
                 {"payment", "Payment"},
                 {"answer", "Answer"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_eq_c(json_text_of(result, "kind"), kinds[i].kind)) return ctx_tr(e->c, kinds[i].text);
    return STR_EMPTY;
}

static struct str state_text(struct elements *e, const struct item *i)
{
    struct str state = item_state(i);
    return ctx_tr(e->c, str_eq_c(state, "paused")      ? "Paused"
                        : str_eq_c(state, "cancelled") ? "Discontinued"
                                                       : "In use");
}

static struct str validity(struct elements *e, const struct json *doc)
{
    const struct json *v = json_get(doc, "validity");
    struct limit l = {.unit = str_eq_c(json_text_of(v, "unit"), "year")    ? LIMIT_YEARS
                              : str_eq_c(json_text_of(v, "unit"), "month") ? LIMIT_MONTHS
                                                                           : LIMIT_DAYS,
                      .count = (int)json_i64_of(v, "value", 0)};
    return l.count > 0 ? limit_text(e->c, l) : STR_EMPTY;
}

static void basics(struct elements *e, const struct item *i)
{
    struct arena *a = e->c->arena;
    const struct unit *u = orgs_unit(e->c, i->unit);
    word(e, "type", "Type of service", item_type_text(e->c, i->type));
    fact(e, "code", "Code", i->code);
    word(e, "version", "Version", str_fmt(a, "%d", i->version));
    word(e, "state", "State", state_text(e, i));
    fact(e, "main", "Main item", json_text_of(i->doc, "main"));
    fact(e, "basis", "Legal basis", joined(e, json_get(i->doc, "basis"), "law", "article"));
    fact(e, "department", "Department", u ? u->name : STR_EMPTY);
    fact(e, "department_code", "Code of the department", u ? u->uscc : STR_EMPTY);
    word(e, "audience", "For whom", item_audience_text(e->c, i->audience));
    word(e, "case_kind", "Kind of case",
         i->form_person || i->form_organisation
             ? ctx_tr(e->c, i->on_the_spot ? "On-the-spot item" : "Promised-time item")
             : STR_EMPTY);
    word(e, "statutory_limit", "Time set by law", limit_text(e->c, i->statutory));
    word(e, "promised_limit", "Promised time", limit_text(e->c, i->promised));
    fact(e, "conditions", "Conditions", joined(e, json_get(i->doc, "conditions"), "text", NULL));
}

static struct str fee_basis(struct elements *e, const struct item *i)
{
    const struct json *fees = json_get(i->doc, "fees"), *free = json_get(i->doc, "free_basis");
    struct buf b = buf_new(e->c->arena, 64);
    if (json_true(json_get(i->doc, "free")))
        return str_cat(e->c->arena, json_text_of(free, "law"), json_text_of(free, "article"));
    JSON_EACH(f, fees)
    {
        const struct json *basis = json_get(f, "basis");
        if (!json_text_of(basis, "law").len) continue;
        if (b.len) buf_add_c(&b, "；");
        buf_add(&b, json_text_of(basis, "law"));
        buf_add(&b, json_text_of(basis, "article"));
    }
    return buf_str(&b);
}

static void fees(struct elements *e, const struct item *i)
{
    const struct json *own = item_own_service(i), *free = json_get(i->doc, "free"),
                      *visits = json_get(i->doc, "visits");
    word(e, "free", "Fee",
         json_is(free, JSON_BOOL) ? ctx_tr(e->c, json_true(free) ? "Free of charge" : "Charged") : STR_EMPTY);
    fact(e, "fees", "Fees", joined(e, json_get(i->doc, "fees"), "name", "amount"));
    fact(e, "fee_basis", "Basis of the fee", fee_basis(e, i));
    word(e, "visits", "Visits needed", json_is(visits, JSON_NUMBER) ? visits->text : STR_EMPTY);
    word(e, "apply_online", "Can be applied for online", yes_no(e, i->apply_online));
    word(e, "booking", "By appointment",
         own ? yes_no(e, json_is(json_get(own, "booking"), JSON_OBJECT)) : STR_EMPTY);
}

static void parts_of(struct elements *e, const struct item *i, enum manner_part first, enum manner_part last)
{
    for (size_t n = 0; n < manner_count; n++) {
        bool zh;
        if (manners[n].part < first || manners[n].part > last) continue;
        struct str value = manner_value(e->c, i, &manners[n], &zh);
        if (value.len || e->all || !manners[n].optional) add(e, manners[n].key, manners[n].name, value, zh);
    }
}

static void outcome(struct elements *e, const struct item *i)
{
    const struct json *own = item_own_service(i), *result = json_get(i->doc, "result")
                                                                ? json_get(i->doc, "result")
                                                                : json_get(own, "result");
    word(e, "result_kind", "Kind of result", result_kind(e, result));
    fact(e, "result_name", "Name of the result", json_text_of(result, "name"));
    word(e, "electronic_licence", "Electronic licence",
         own ? yes_no(e, json_is(json_get(own, "licence"), JSON_OBJECT)) : STR_EMPTY);
    word(e, "validity", "Validity", validity(e, i->doc));
    word(e, "themes_person", "Themes for people", theme_list(e, i, false));
    word(e, "themes_organisation", "Themes for businesses and organisations", theme_list(e, i, true));
}

size_t catalogue_elements(struct ctx *c, const struct item *i, bool all, struct json *array)
{
    struct elements e = {c, all, array, 0};
    parts_of(&e, i, MANNER_CODES, MANNER_CODES);
    basics(&e, i);
    parts_of(&e, i, MANNER_BODY, MANNER_PROCEDURE);
    fees(&e, i);
    parts_of(&e, i, MANNER_ONLINE, MANNER_PLACE);
    outcome(&e, i);
    parts_of(&e, i, MANNER_RESULT, MANNER_RESULT);
    return e.known;
}
