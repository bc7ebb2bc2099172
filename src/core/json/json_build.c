#include "core/json/json.h"

static struct json *node(struct arena *a, enum json_type type)
{
    struct json *j = ARENA_NEW(a, struct json);
    j->type = type;
    return j;
}

static void name(struct json *object, struct json *member, struct str key, uint16_t mark)
{
    member->key = key;
    member->mark = mark;
    object->names |= json_mark_bit(mark);
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

/* Nothing of the object is walked when its names say that this one is new. */
struct json *json_set_named(struct json *object, struct str key, struct json *value)
{
    uint16_t mark = json_mark(key);
    struct json *before = NULL, *old = object->names & json_mark_bit(mark) ? object->first : NULL;
    while (old && !json_named(old, key, mark)) {
        before = old;
        old = old->next;
    }
    if (old == value && old) return value;
    name(object, value, key, mark);
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
    name(object, value, str_c(key), json_mark(str_c(key)));
    value->next = object->first;
    object->first = value;
    if (!object->last) object->last = value;
    object->count++;
}

void json_rename(struct json *object, struct json *member, struct str to)
{
    name(object, member, to, json_mark(to));
}

void json_take_children(struct json *into, const struct json *from)
{
    into->first = from->first;
    into->last = from->last;
    into->count = from->count;
    if (from->type == JSON_OBJECT) into->names = from->names;
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
    if (value->type == JSON_OBJECT)
        copy->names = value->names;
    else if (value->text.len)
        copy->text = str_dup(a, value->text);
    for (const struct json *m = value->first; m; m = m->next) {
        struct json *child = json_copy(a, m);
        if (m->key.ptr) child->key = str_dup(a, m->key);
        child->mark = m->mark;
        json_add(copy, child);
    }
    return copy;
}
