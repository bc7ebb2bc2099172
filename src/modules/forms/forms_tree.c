/* Trees of JSON that change in place. */
#include "modules/forms/forms_internal.h"

struct json *tree_get(struct json *object, const char *key)
{
    return (struct json *)json_get(object, key);
}

struct json *tree_get_str(struct json *object, struct str key)
{
    return (struct json *)json_get_str(object, key);
}

static void unlink_child(struct json *parent, struct json *before, struct json *child)
{
    if (before)
        before->next = child->next;
    else
        parent->first = child->next;
    if (parent->last == child) parent->last = before;
    child->next = NULL;
    parent->count--;
}

void tree_drop(struct json *object, struct str key)
{
    struct json *before = NULL;
    for (struct json *m = object ? object->first : NULL; m; before = m, m = m->next)
        if (json_named(m, key, json_mark(key))) {
            unlink_child(object, before, m);
            return;
        }
}

struct json *tree_take(struct json *array, size_t index)
{
    struct json *before = NULL, *m = array ? array->first : NULL;
    for (; m && index; index--) {
        before = m;
        m = m->next;
    }
    if (m) unlink_child(array, before, m);
    return m;
}

void tree_put(struct json *array, size_t index, struct json *value)
{
    struct json *before = NULL, *m = array->first;
    for (; m && index; index--) {
        before = m;
        m = m->next;
    }
    value->next = m;
    if (before)
        before->next = value;
    else
        array->first = value;
    if (!m) array->last = value;
    array->count++;
}

size_t tree_index(const struct json *array, struct str text)
{
    size_t i = 0;
    JSON_EACH(m, array)
    {
        if (str_eq(json_is(array, JSON_OBJECT) ? m->key : json_text(m), text)) return i;
        i++;
    }
    return SIZE_MAX;
}

void tree_rename(struct json *object, struct str from, struct str to)
{
    struct json *m = tree_get_str(object, from);
    if (m) json_rename(object, m, to);
}
