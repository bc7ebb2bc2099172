/* Kinds of rules, and what they say of one record. */
#include "modules/governance/governance_quality.h"

#include "core/base/time.h"
#include "engines/identifiers/identifiers.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"

#include <string.h>

enum dimension { NORM, COMPLETE, ACCURATE, CONSISTENT, TIMELY, ACCESS };

const struct exchange_word dimension_words[] = {{"norm", "Conformity"},
                                                {"complete", "Completeness"},
                                                {"accurate", "Accuracy"},
                                                {"consistent", "Consistency"},
                                                {"timely", "Timeliness"},
                                                {"access", "Availability"},
                                                {0}};
const struct exchange_word kind_words[] = {{"required", "Never empty"},
                                           {"type", "As the description says"},
                                           {"format", "In a known format"},
                                           {"list", "One of a list"},
                                           {"range", "Within a range"},
                                           {"unique", "Never twice"},
                                           {"same", "As another register has it"},
                                           {"fresh", "Not older than so many days"},
                                           {"reachable", "The provider answers"},
                                           {0}};
const struct exchange_word format_names[] = {{"id_number", "Identity number"},
                                             {"uscc", "Unified social credit code"},
                                             {"mobile", "Mobile number"},
                                             {"date", "Date"},
                                             {"month", "Month"},
                                             {"division", "Division code"},
                                             {"number", "A number"},
                                             {0}};

int quality_dimension_of(struct str kind)
{
    static const struct {
        const char *kind;
        enum dimension dimension;
    } of[] = {{"required", COMPLETE}, {"type", NORM},      {"format", NORM},
              {"list", NORM},         {"range", ACCURATE}, {"unique", ACCURATE},
              {"same", CONSISTENT},   {"fresh", TIMELY},   {"reachable", ACCESS}};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        if (str_eq_c(kind, of[i].kind)) return of[i].dimension;
    return -1;
}

static const struct json *item_of(const struct json *items, struct str id)
{
    JSON_EACH(i, items)
    {
        if (str_eq(json_text_of(i, "id"), id)) return i;
    }
    return NULL;
}

struct str quality_value(struct ctx *c, const struct json *record, struct str item)
{
    const struct json *v = json_get_str(record, item);
    if (!v || v->type == JSON_NULL) return STR_EMPTY;
    if (v->type == JSON_STRING || v->type == JSON_NUMBER) return str_trim(v->text);
    if (v->type == JSON_BOOL) return str_c(v->boolean ? "true" : "false");
    return json_to_str(c->arena, v);
}

/* ---- values ---- */

/* A decimal number in thousandths; false where it is none. */
static bool decimal(struct str s, int64_t *out)
{
    struct str whole, rest = str_cut(s, '.', &whole);
    int64_t n, part = 0;
    if (!str_to_i64(whole, &n) || n > INT64_MAX / 1000 || n < -(INT64_MAX / 1000) ||
        (s.len > whole.len && !rest.len))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9') return false;
        if (i < 3) part = part * 10 + (rest.ptr[i] - '0');
    }
    for (size_t i = rest.len; i < 3; i++)
        part *= 10;
    *out = n * 1000 + (s.ptr[0] == '-' ? -part : part);
    return true;
}

static bool month(struct str s, int32_t *last)
{
    int64_t y, m;
    if (s.len != 7 || s.ptr[4] != '-' || !str_to_i64(str_slice(s, 0, 4), &y) ||
        !str_to_i64(str_slice(s, 5, 7), &m) || y < 1900 || y > 9998 || m < 1 || m > 12)
        return false;
    *last = date_from_civil((int)(m == 12 ? y + 1 : y), (int)(m == 12 ? 1 : m + 1), 1) - 1;
    return true;
}

static bool when(struct str s, int32_t *date)
{
    return date_parse(str_slice(s, 0, 10), date) || month(s, date);
}

static bool digits(struct str s, size_t count)
{
    if (s.len != count) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

static bool in_format(struct ctx *c, struct str name, struct str value)
{
    int32_t date;
    int64_t number;
    const char *why;
    struct str out;
    if (str_eq_c(name, "id_number")) return ident_person(value, NULL) == IDENT_OK;
    if (str_eq_c(name, "uscc")) return ident_organisation(value, NULL) == IDENT_OK;
    if (str_eq_c(name, "mobile")) return people_check_mobile(c->arena, value, &out, &why);
    if (str_eq_c(name, "date")) return date_parse(value, &date);
    if (str_eq_c(name, "month")) return month(value, &date);
    if (str_eq_c(name, "division")) return digits(value, 6) || digits(value, 9) || digits(value, 12);
    return decimal(value, &number);
}

/* "C(18)", "N(12,2)", "D", "T", "B", "L": as the directory guideline writes types. */
static bool of_type(struct str type, const struct json *record, struct str item, struct str value)
{
    const struct json *v = json_get_str(record, item);
    int64_t most = 0, number;
    int32_t date;
    char kind = type.len ? type.ptr[0] : 'C';
    for (size_t i = 2; i < type.len && type.ptr[i] >= '0' && type.ptr[i] <= '9'; i++)
        most = most * 10 + (type.ptr[i] - '0');
    if (kind == 'N') return decimal(value, &number);
    if (kind == 'D') return date_parse(value, &date);
    if (kind == 'T') return date_parse(str_slice(value, 0, 10), &date);
    if (kind == 'B' || kind == 'L')
        return json_is(v, JSON_BOOL) || str_eq_c(value, "0") || str_eq_c(value, "1");
    return most == 0 || json_is(v, JSON_ARRAY) || json_is(v, JSON_OBJECT) ||
           utf8_count(value) <= (size_t)most;
}

static bool listed(struct str list, struct str value)
{
    struct str one;
    while (list.len) {
        list = str_cut(list, '|', &one);
        if (str_eq(str_trim(one), value)) return true;
    }
    return false;
}

static bool bounds(struct str param, int64_t *low, int64_t *high)
{
    size_t dots = str_find(param, STR(".."));
    return dots != SIZE_MAX && decimal(str_trim(str_slice(param, 0, dots)), low) &&
           decimal(str_trim(str_slice(param, dots + 2, param.len)), high) && *low <= *high;
}

/* ---- rules ---- */

static enum quality_verdict verdict(bool holds)
{
    return holds ? QUALITY_HOLDS : QUALITY_FAILS;
}

static bool same_elsewhere(struct ctx *c, const struct quality_rule *r, const struct json *items,
                           const struct json *record, struct str value, enum quality_verdict *out)
{
    struct str resource, member = str_cut(r->param, '.', &resource),
                         key = quality_value(c, record, json_text_of(json_at(items, 0), "id"));
    const struct json *other = NULL;
    if (!key.len || !registry_resource(c, resource)) return true;
    if (!registry_record(c, resource, key, NULL, &other)) return false;
    if (other) *out = verdict(str_eq(quality_value(c, other, member), value));
    return true;
}

bool quality_check(struct ctx *c, const struct quality_rule *r, const struct json *items,
                   const struct json *record, enum quality_verdict *out)
{
    struct str value = quality_value(c, record, r->item);
    int64_t low, high, number;
    int32_t date;
    *out = QUALITY_NOTHING;
    if (str_eq_c(r->kind, "required"))
        *out = verdict(value.len > 0);
    else if (!value.len)
        return true;
    else if (str_eq_c(r->kind, "type"))
        *out = verdict(of_type(json_text_of(item_of(items, r->item), "type"), record, r->item, value));
    else if (str_eq_c(r->kind, "format"))
        *out = verdict(in_format(c, r->param, value));
    else if (str_eq_c(r->kind, "list"))
        *out = verdict(listed(r->param, value));
    else if (str_eq_c(r->kind, "range"))
        *out = verdict(bounds(r->param, &low, &high) && decimal(value, &number) && number >= low &&
                       number <= high);
    else if (str_eq_c(r->kind, "fresh"))
        *out =
            verdict(when(value, &date) && str_to_i64(r->param, &number) && date_of(c->now) - date <= number);
    else if (str_eq_c(r->kind, "same"))
        return same_elsewhere(c, r, items, record, value, out);
    return true;
}

static bool param_sound(struct ctx *c, const struct quality_rule *r)
{
    int64_t low, high;
    struct str resource, member;
    if (str_eq_c(r->kind, "format")) {
        for (const struct exchange_word *w = format_names; w->code; w++)
            if (str_eq_c(r->param, w->code)) return true;
        return err_at(c->err, STR("param"),
                      "Name a format: id_number, uscc, mobile, date, month, division, number", STR_EMPTY);
    }
    if (str_eq_c(r->kind, "list"))
        return r->param.len > 0 ||
               err_at(c->err, STR("param"), "Name the values, with strokes between them: a|b|c", STR_EMPTY);
    if (str_eq_c(r->kind, "range"))
        return bounds(r->param, &low, &high) ||
               err_at(c->err, STR("param"), "Write the range as 0..100", STR_EMPTY);
    if (str_eq_c(r->kind, "fresh"))
        return (str_to_i64(r->param, &low) && low > 0 && low < 40000) ||
               err_at(c->err, STR("param"), "Write a number of days.", STR_EMPTY);
    if (str_eq_c(r->kind, "same")) {
        member = str_cut(r->param, '.', &resource);
        return (member.len && registry_resource(c, resource)) ||
               err_at(c->err, STR("param"), "Name a register and its item: population.name", STR_EMPTY);
    }
    return r->param.len == 0 ||
           err_at(c->err, STR("param"), "This kind of rule needs nothing here.", STR_EMPTY);
}

bool quality_rule_check(struct ctx *c, const struct quality_rule *r, const struct json *items)
{
    bool reach = str_eq_c(r->kind, "reachable");
    if (reach ? r->item.len > 0 : !item_of(items, r->item))
        return err_at(c->err, STR("item"),
                      reach ? "This rule is about the whole entry: leave the item open."
                            : "Please choose an item.",
                      STR_EMPTY);
    return param_sound(c, r);
}

struct str quality_rule_text(struct ctx *c, const struct quality_rule *r, const struct json *items)
{
    struct str param = str_eq_c(r->kind, "format") ? exchange_label(c, format_names, r->param) : r->param,
               item = json_text_of(item_of(items, r->item), "name");
    return str_fmt(c->arena, "%.*s%s%.*s%s%.*s", STR_ARG(item), item.len ? " · " : "",
                   STR_ARG(exchange_label(c, kind_words, r->kind)), param.len ? ": " : "", STR_ARG(param));
}
