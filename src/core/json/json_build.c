#include "core/json/json.h"

static struct json *node(struct arena *a, enum json_type type)
{
    struct json *j = ARENA_NEW(a, struct json);
    j->type = type;
    return j;
}

struct json *json_object(struct arena *a)
{
    return node(a, JSON_OBJECT);
}

struct json *json_array(struct arena *a)
{
    return node(a, JSON_ARRAY);
}

struct json *json_string(struct arena *a, struct str s)
{
    struct json *j = node(a, JSON_STRING);
    j->text = s;
    return j;
}

struct json *json_number(struct arena *a, int64_t n)
{
    char digits[20];
    struct json *j = node(a, JSON_NUMBER);
    j->text = str_dup(a, str_n(digits, str_put_i64(digits, n)));
    return j;
}

struct json *json_boolean(struct arena *a, bool b)
{
    struct json *j = node(a, JSON_BOOL);
    j->boolean = b;
    return j;
}

struct json *json_null(struct arena *a)
{
    return node(a, JSON_NULL);
}

struct json *json_set(struct json *object, const char *key, struct json *value)
{
    struct str name = str_c(key);
    struct json *before = NULL, *old = object->first;
    while (old && !json_named(old, name)) {
        before = old;
        old = old->next;
    }
    if (old == value && old) return value;
    value->key = name;
    value->next = old ? old->next : NULL;
    if (!old) before = object->last;
    if (before)
        before->next = value;
    else
        object->first = value;
    if (!value->next) object->last = value;
    if (!old) object->count++;
    return value;
}

void json_put_first(struct json *object, const char *key, struct json *value)
{
    value->key = str_c(key);
    value->next = object->first;
    object->first = value;
    if (!object->last) object->last = value;
    object->count++;
}

struct json *json_add(struct json *array, struct json *value)
{
    value->next = NULL;
    if (array->last)
        array->last->next = value;
    else
        array->first = value;
    array->last = value;
    array->count++;
    return value;
}

struct json *json_set_str(struct arena *a, struct json *object, const char *key, struct str s)
{
    return json_set(object, key, json_string(a, s));
}

struct json *json_set_c(struct arena *a, struct json *object, const char *key, const char *z)
{
    return json_set(object, key, json_string(a, str_c(z)));
}

struct json *json_set_i64(struct arena *a, struct json *object, const char *key, int64_t n)
{
    return json_set(object, key, json_number(a, n));
}

struct json *json_set_id(struct arena *a, struct json *object, const char *key, int64_t id)
{
    struct json *j = json_number(a, id);
    j->type = JSON_STRING;
    return json_set(object, key, j);
}

struct json *json_set_bool(struct arena *a, struct json *object, const char *key, bool b)
{
    return json_set(object, key, json_boolean(a, b));
}

struct json *json_set_object(struct arena *a, struct json *object, const char *key)
{
    return json_set(object, key, json_object(a));
}

struct json *json_set_array(struct arena *a, struct json *object, const char *key)
{
    return json_set(object, key, json_array(a));
}

struct json *json_add_object(struct arena *a, struct json *array)
{
    return json_add(array, json_object(a));
}

struct json *json_copy(struct arena *a, const struct json *value)
{
    struct json *copy = node(a, value->type);
    copy->boolean = value->boolean;
    if (value->text.len) copy->text = str_dup(a, value->text);
    for (const struct json *m = value->first; m; m = m->next) {
        struct json *child = json_copy(a, m);
        if (m->key.ptr) child->key = str_dup(a, m->key);
        json_add(copy, child);
    }
    return copy;
}
