/* Words on screens: limits, types, audiences, ways, cards of items. */
#include "modules/catalogue/catalogue_internal.h"

struct str count_text(struct arena *a, size_t n)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%zu", n);
    struct buf b = buf_new(a, 32);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0) buf_add_char(&b, ',');
        buf_add_char(&b, digits[i]);
    }
    return buf_str(&b);
}

struct str limit_text(struct ctx *c, struct limit l)
{
    static const struct {
        enum limit_unit unit;
        const char *one, *many;
    } words[] = {
        {LIMIT_WORKDAYS, "1 working day", "%{arg} working days"},
        {LIMIT_DAYS, "1 day", "%{arg} days"},
        {LIMIT_HOURS, "1 hour", "%{arg} hours"},
        {LIMIT_MONTHS, "1 month", "%{arg} months"},
        {LIMIT_YEARS, "1 year", "%{arg} years"},
    };
    if (l.unit == LIMIT_NONE) return STR_EMPTY;
    if (!l.count) return ctx_tr(c, "On the spot");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].unit == l.unit)
            return l.count == 1 ? ctx_tr(c, words[i].one)
                                : tr_arg(c->lang, c->arena, words[i].many, str_fmt(c->arena, "%d", l.count));
    return STR_EMPTY;
}

struct str limit_compression(struct ctx *c, struct limit promised, struct limit statutory)
{
    if (promised.unit == LIMIT_NONE || statutory.unit == LIMIT_NONE || statutory.count <= 0 ||
        promised.count >= statutory.count)
        return STR_EMPTY;
    if (promised.unit != statutory.unit && promised.count) return STR_EMPTY;
    return str_fmt(c->arena, "%d%%", (statutory.count - promised.count) * 100 / statutory.count);
}

struct str limit_incomparable(struct ctx *c, struct limit promised, struct limit statutory)
{
    if (promised.unit == LIMIT_NONE || statutory.unit == LIMIT_NONE || promised.unit == statutory.unit ||
        !promised.count)
        return STR_EMPTY;
    bool days = (promised.unit == LIMIT_DAYS || promised.unit == LIMIT_WORKDAYS) &&
                (statutory.unit == LIMIT_DAYS || statutory.unit == LIMIT_WORKDAYS);
    return ctx_tr(c, days ? "Not comparable: natural and working days" : "Not comparable: different units");
}

struct str item_type_text(struct ctx *c, struct str type)
{
    static const struct {
        const char *code, *text;
    } types[] = {{"01", "Administrative licence"},
                 {"05", "Administrative benefit"},
                 {"07", "Administrative confirmation"},
                 {"08", "Administrative award"},
                 {"09", "Administrative adjudication"},
                 {"10", "Other administrative power"},
                 {"20", "Public service"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq_c(type, types[i].code)) return ctx_tr(c, types[i].text);
    return type;
}

struct str item_audience_text(struct ctx *c, unsigned audience)
{
    switch (audience & (FOR_PERSON | FOR_ORGANISATION)) {
    case FOR_PERSON:
        return ctx_tr(c, "Individuals");
    case FOR_ORGANISATION:
        return ctx_tr(c, "Organisations");
    default:
        return ctx_tr(c, "Individuals and organisations");
    }
}

const struct json *item_own_service(const struct item *i)
{
    const struct json *service = i->form_person ? i->form_person : i->form_organisation;
    return json_get(service, "code") ? service : NULL;
}

enum item_way item_way_of(const struct item *i)
{
    return i->apply_online ? WAY_ONLINE : WAY_DESK;
}

struct str item_way_text(struct ctx *c, const struct item *i)
{
    if (!i->apply_online) return ctx_tr(c, "At a service desk");
    const struct json *own = item_own_service(i);
    if (json_is(json_get(own, "booking"), JSON_OBJECT))
        return ctx_tr(c, "Apply online, come once by appointment");
    return own ? ctx_tr(c, "Entirely online, or at a service desk")
               : ctx_tr(c, "Online or at a service desk");
}

/* A name people say that explains why the item was found, where its own name does not. */
static struct str said_as(const struct item *i, struct str query)
{
    static const char *const lists[] = {"aliases", "words"};
    if (!query.len || str_find(i->name, query) != SIZE_MAX) return STR_EMPTY;
    for (size_t k = 0; k < 2; k++)
        JSON_EACH(w, json_get(i->doc, lists[k]))
        {
            if (w->text.len >= 6 &&
                (str_find(query, w->text) != SIZE_MAX || str_find(w->text, query) != SIZE_MAX))
                return w->text;
        }
    return STR_EMPTY;
}

static void set_text(struct ctx *c, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

void item_card(struct ctx *c, struct json *array, const struct item *i, struct str query)
{
    struct json *o = json_add_object(c->arena, array);
    const struct unit *u = orgs_unit(c, i->unit);
    json_set_id(c->arena, o, "id", i->id);
    json_set_str(c->arena, o, "code", i->code);
    json_set_str(c->arena, o, "name", i->name);
    set_text(c, o, "name_en", i->en);
    json_set_str(c->arena, o, "href", item_href(c->arena, i));
    set_text(c, o, "department", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, o, "for_whom", item_audience_text(c, i->audience));
    json_set_str(c->arena, o, "how", item_way_text(c, i));
    set_text(c, o, "promised", limit_text(c, i->promised));
    set_text(c, o, "why", said_as(i, query));
}

struct str catalogue_fewer(struct ctx *c, size_t all, size_t left)
{
    struct str n = c->lang == &lang_en
                       ? str_fmt(c->arena, "%zu → %zu", all, left)
                       : str_fmt(c->arena, "%zu 份 → %zu 份（%zu 份免提交）", all, left, all - left);
    return tr_arg(c->lang, c->arena, "Documents to submit: %{arg}", n);
}
