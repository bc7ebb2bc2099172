#include "core/json/json.h"

const struct json *json_get_str(const struct json *object, struct str key)
{
    return json_find(object, key, json_mark(key));
}

const struct json *json_path(const struct json *object, const char *dotted)
{
    struct str rest = str_c(dotted), head;
    do {
        rest = str_cut(rest, '.', &head);
        object = json_get_str(object, head);
    } while (rest.len && object);
    return object;
}

const struct json *json_at(const struct json *array, size_t index)
{
    if (!json_is(array, JSON_ARRAY) || index >= array->count) return NULL;
    const struct json *m = array->first;
    while (index--)
        m = m->next;
    return m;
}

struct str json_text(const struct json *value)
{
    return json_is(value, JSON_STRING) ? value->text : STR_EMPTY;
}

struct str json_text_of(const struct json *object, const char *key)
{
    return json_text(json_get(object, key));
}

int64_t json_i64(const struct json *value, int64_t otherwise)
{
    int64_t n;
    if (!json_is(value, JSON_NUMBER) && !json_is(value, JSON_STRING)) return otherwise;
    return str_to_i64(value->text, &n) ? n : otherwise;
}

int64_t json_i64_of(const struct json *object, const char *key, int64_t otherwise)
{
    return json_i64(json_get(object, key), otherwise);
}

bool json_true(const struct json *value)
{
    return json_is(value, JSON_BOOL) && value->boolean;
}

bool json_true_of(const struct json *object, const char *key)
{
    return json_true(json_get(object, key));
}
