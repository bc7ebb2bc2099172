/* JSON (RFC 8259) as a document in an arena.
 *
 * Numbers keep their text, so that identifiers and amounts pass through exactly; strings hold any code point,
 * U+0000 included; members keep their order; a duplicate name is refused by the reader. Values are nodes
 * linked by `next` inside their parent. Everything lives as long as the arena.
 * Limits of the reader: depth 64, input as long as the caller allows. */
#ifndef TB_JSON_H
#define TB_JSON_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/str.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type : 8;
    bool boolean;
    uint16_t mark;  /* of the name, see json_mark */
    uint32_t count; /* of children */
    union {
        struct str text; /* string content, or the number as written */
        uint64_t names;  /* of an object: a bit for the mark of every name that is or was in it */
    };
    struct str key;            /* the name, where the parent is an object; set by json_set and json_rename */
    struct json *first, *last; /* of an array or object */
    struct json *next;         /* sibling */
};

/* ---- reading ---- */
enum json_flags {
    JSON_STRICT = 0,
    JSON_KEEP_DUPLICATES = 1, /* the last one is found first; for documents of others */
};
/* NULL with err INVALID "json" (detail in arg: what and at which line:column). The whole text must be one
 * value. */
struct json *json_parse(struct arena *a, struct str text, int flags, struct err *e) NODISCARD;

/* A few bits of a name. Most members of an object differ in them, so that hardly a name is compared that is
 * not the one looked for, and an object that holds no such name is passed over at once. */
static inline uint16_t json_mark(struct str name)
{
    if (!name.len) return 0;
    const unsigned char *p = (const unsigned char *)name.ptr;
    return (uint16_t)(((p[0] * 31U + p[name.len / 2]) * 31U + p[name.len - 1]) * 31U + name.len);
}
static inline uint64_t json_mark_bit(uint16_t mark)
{
    return UINT64_C(1) << (mark % 64);
}
static inline bool json_named(const struct json *member, struct str key, uint16_t mark)
{
    return member->mark == mark && member->key.len == key.len &&
           (!key.len || memcmp(member->key.ptr, key.ptr, key.len) == 0);
}
/* All finders accept NULL and answer "absent", so that paths chain. */
const struct json *json_get_str(const struct json *object, struct str key);
/* The same for who looks up one name often and keeps its mark. */
static inline const struct json *json_find(const struct json *object, struct str key, uint16_t mark)
{
    if (!object || object->type != JSON_OBJECT || !(object->names & json_mark_bit(mark))) return NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (json_named(m, key, mark)) return m;
    return NULL;
}
static inline const struct json *json_get(const struct json *object, const char *key)
{
    return json_get_str(object, str_c(key));
}
/* "a.b.c" through objects. */
const struct json *json_path(const struct json *object, const char *dotted);
const struct json *json_at(const struct json *array, size_t index);
struct str json_text(const struct json *value); /* string content; "" otherwise */
struct str json_text_of(const struct json *object, const char *key);
int64_t json_i64(const struct json *value, int64_t otherwise); /* number, or string of digits (ids) */
int64_t json_i64_of(const struct json *object, const char *key, int64_t otherwise);
bool json_true(const struct json *value); /* boolean true only */
bool json_true_of(const struct json *object, const char *key);
/* Here, so that whoever reads or checks the code sees that it is false of NULL. */
static inline bool json_is(const struct json *value, enum json_type type)
{
    return value && value->type == type;
}
static inline const struct json *json_first(const struct json *parent)
{
    return parent ? parent->first : NULL;
}
#define JSON_EACH(child, parent)                                                                             \
    for (const struct json *child = json_first(parent); child; child = child->next)

/* ---- building; setters return the new node; a key set twice is replaced ---- */
struct json *json_object(struct arena *a);
struct json *json_array(struct arena *a);
struct json *json_string(struct arena *a, struct str s); /* borrows s */
struct json *json_number(struct arena *a, int64_t n);
struct json *json_boolean(struct arena *a, bool b);
struct json *json_null(struct arena *a);
/* Keys are borrowed and must outlive the arena's use (literals do). */
struct json *json_set_named(struct json *object, struct str key, struct json *value);
static inline struct json *json_set(struct json *object, const char *key, struct json *value)
{
    return json_set_named(object, str_c(key), value); /* here, so that a literal is not measured */
}
struct json *json_add(struct json *array, struct json *value);
static inline struct json *json_set_str(struct arena *a, struct json *object, const char *key, struct str s)
{
    return json_set(object, key, json_string(a, s));
}
static inline struct json *json_set_bool(struct arena *a, struct json *object, const char *key, bool b)
{
    return json_set(object, key, json_boolean(a, b));
}
struct json *json_set_c(struct arena *a, struct json *object, const char *key, const char *z);
struct json *json_set_i64(struct arena *a, struct json *object, const char *key, int64_t n);
struct json *json_set_id(struct arena *a, struct json *object, const char *key, int64_t id); /* as a string */
/* The member keeps its place; `to` is not there yet. */
void json_rename(struct json *object, struct json *member, struct str to);
/* All children and names of `from`, instead of its own; both are of one type. */
void json_take_children(struct json *into, const struct json *from);
/* Before all others: what is looked up most is found soonest. The key is not there yet. */
void json_put_first(struct json *object, const char *key, struct json *value);
struct json *json_set_object(struct arena *a, struct json *object, const char *key);
struct json *json_set_array(struct arena *a, struct json *object, const char *key);
struct json *json_add_object(struct arena *a, struct json *array);
/* Deep copy into another arena. */
struct json *json_copy(struct arena *a, const struct json *value);

/* ---- writing ---- */
/* Compact, no trailing newline; `<`, `>`, `&`, U+2028/9 are escaped so that the text is safe inside HTML. */
void json_write(struct buf *out, const struct json *value);
struct str json_to_str(struct arena *a, const struct json *value);
/* Canonical form (RFC 8785 ordering of names by UTF-16 code units, no needless escapes), for signing. Numbers
 * must be integers. */
void json_write_canonical(struct buf *out, const struct json *value);
void json_write_string(struct buf *out, struct str s);

#endif
