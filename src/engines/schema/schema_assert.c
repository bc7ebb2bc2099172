/* The keywords of the validation and format vocabularies: each looks at one value. */
#include <stdlib.h>

#include "engines/schema/schema_internal.h"

static const char *const words_of_types[] = {
    [JSON_NULL] = "This must be null.",       [JSON_BOOL] = "This must be true or false.",
    [JSON_NUMBER] = "This must be a number.", [JSON_STRING] = "This must be text.",
    [JSON_ARRAY] = "This must be a list.",    [JSON_OBJECT] = "This must be an object.",
};

static const char *type_words(unsigned types)
{
    if (types == TYPE_INTEGER) return "This must be a whole number.";
    for (size_t i = 0; i < sizeof words_of_types / sizeof words_of_types[0]; i++)
        if (types == 1u << i) return words_of_types[i];
    return "This is of the wrong type.";
}

bool schema_type(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                 const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (rule->types & (1u << v->type)) return true;
    if ((rule->types & TYPE_INTEGER) && v->type == JSON_NUMBER && schema_number_is_integer(v->text))
        return true;
    return schema_fault_add(r, rule, v, at, type_words(rule->types), STR_EMPTY);
}

/* A value as a person may read it in a sentence. */
static struct str shown(struct arena *a, const struct json *v)
{
    return v->type == JSON_STRING ? v->text : json_to_str(a, v);
}

bool schema_const(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                  const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (schema_equal(rule->value, v)) return true;
    struct str expected = schema_tells(r) ? shown(r->arena, rule->value) : STR_EMPTY;
    return schema_fault_add(r, rule, v, at, "This must be %{arg}.", expected);
}

bool schema_enum(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                 const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (!schema_step(r, rule->value->count)) return false;
    JSON_EACH(one, rule->value)
    if (schema_equal(one, v)) return true;
    return schema_fault_add(r, rule, v, at, "This is none of the values allowed.", STR_EMPTY);
}

/* ---- numbers ---- */

bool schema_multiple_of(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                        const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (v->type != JSON_NUMBER) return true;
    struct schema_number n = schema_number_read(v->text);
    bool divides;
    if (!schema_step(r, rule->number.count * 100 + n.count * 5)) return false;
    if (!schema_number_divides(&rule->number, &n, &divides)) {
        r->stopped = true;
        r->why = "A number has too many digits.";
        return false;
    }
    return divides ||
           schema_fault_add(r, rule, v, at, "This must be a multiple of %{arg}.", rule->value->text);
}

/* The sign of the comparison with the bound must lie between low and high. */
static bool bounded(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                    const struct schema_place *at, int low, int high, const char *msgid)
{
    if (v->type != JSON_NUMBER) return true;
    struct schema_number n = schema_number_read(v->text);
    int order = schema_number_order(&n, &rule->number);
    int sign = (order > 0) - (order < 0);
    return (sign >= low && sign <= high) || schema_fault_add(r, rule, v, at, msgid, rule->value->text);
}

bool schema_maximum(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                    const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return bounded(r, rule, v, at, -1, 0, "This must not be more than %{arg}.");
}

bool schema_exclusive_maximum(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                              const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return bounded(r, rule, v, at, -1, -1, "This must be less than %{arg}.");
}

bool schema_minimum(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                    const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return bounded(r, rule, v, at, 0, 1, "This must not be less than %{arg}.");
}

bool schema_exclusive_minimum(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                              const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return bounded(r, rule, v, at, 1, 1, "This must be more than %{arg}.");
}

/* ---- sizes ---- */

static bool sized(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                  const struct schema_place *at, enum json_type type, bool most, const char *msgid)
{
    if (v->type != type) return true;
    size_t size = v->count;
    if (type == JSON_STRING) {
        if (!schema_step(r, v->text.len / 8)) return false;
        size = utf8_count(v->text);
    }
    bool fits = most ? size <= rule->count : size >= rule->count;
    return fits || schema_fault_add(r, rule, v, at, msgid, rule->value->text);
}

bool schema_max_length(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                       const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_STRING, true, "This may have at most %{arg} characters.");
}

bool schema_min_length(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                       const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_STRING, false, "This must have at least %{arg} characters.");
}

bool schema_max_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                      const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_ARRAY, true, "There may be at most %{arg} entries.");
}

bool schema_min_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                      const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_ARRAY, false, "There must be at least %{arg} entries.");
}

bool schema_max_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                           const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_OBJECT, true, "There may be at most %{arg} members.");
}

bool schema_min_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                           const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return sized(r, rule, v, at, JSON_OBJECT, false, "There must be at least %{arg} members.");
}

struct hashed {
    uint64_t hash;
    const struct json *item;
};

static int by_hash(const void *x, const void *y)
{
    uint64_t a = ((const struct hashed *)x)->hash, b = ((const struct hashed *)y)->hash;
    return (a > b) - (a < b);
}

bool schema_unique_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                         const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (v->type != JSON_ARRAY || !rule->value->boolean || v->count < 2) return true;
    if (!schema_step(r, 10 * v->count)) return false;
    struct hashed *list = ARENA_ARRAY(r->arena, v->count, struct hashed);
    size_t n = 0;
    JSON_EACH(item, v)
    {
        list[n++] = (struct hashed){.hash = schema_hash(item), .item = item};
    }
    qsort(list, n, sizeof *list, by_hash);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && list[k].hash == list[i].hash; k++) {
            if (!schema_step(r, 10)) return false;
            if (schema_equal(list[i].item, list[k].item))
                return schema_fault_add(r, rule, v, at, "No entry may be there twice.", STR_EMPTY);
        }
    return true;
}

/* ---- text ---- */

bool schema_pattern(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                    const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (v->type != JSON_STRING) return true;
    enum schema_match m = schema_pattern_match(&r->matcher, rule->pattern, v->text);
    if (m == SCHEMA_GAVE_UP) {
        r->stopped = true;
        r->why = "The pattern takes too much work on this text.";
        return false;
    }
    return m == SCHEMA_MATCH ||
           schema_fault_add(r, rule, v, at, "This does not have the form wanted.", rule->value->text);
}

bool schema_format(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                   const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    if (v->type != JSON_STRING || !rule->format) return true;
    if (!schema_step(r, 10 + v->text.len)) return false;
    return rule->format->check(r->arena, v->text) ||
           schema_fault_add(r, rule, v, at, rule->format->msgid, STR_EMPTY);
}

/* ---- members ---- */

static bool has_all(struct schema_run *r, const struct schema_rule *rule, const struct json *names,
                    const struct json *v, const struct schema_place *at)
{
    bool ok = true;
    if (!schema_step(r, names->count * (1 + v->count / 8))) return false;
    JSON_EACH(name, names)
    {
        if (json_get_str(v, name->text)) continue;
        ok = schema_fault_add(r, rule, v, at, "%{arg} is missing.", name->text);
        if (!schema_tells(r)) break;
    }
    return ok;
}

bool schema_required(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                     const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return v->type != JSON_OBJECT || has_all(r, rule, rule->value, v, at);
}

bool schema_dependent_required(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                               const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    bool ok = true;
    JSON_EACH(names, v->type == JSON_OBJECT ? rule->value : NULL)
    {
        if (json_get_str(v, names->key) && !has_all(r, rule, names, v, at)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}
