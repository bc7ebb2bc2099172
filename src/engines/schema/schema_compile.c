/* From documents to nodes with rules: first every subschema, identifier and anchor is found, then the rules
 * are made, which may bring in further documents through their references. */
#include "engines/schema/schema_internal.h"
#include "engines/schema/schema_meta.h"

enum { RESOURCES_MAX = 1000 };

struct compiler {
    struct arena *arena;
    const struct schema_options *options;
    struct schema *schema;
    struct schema_table nodes;
    struct schema_node **queue; /* nodes in the order found; their rules are made in this order */
    size_t node_count, node_room, built, resource_count;
    struct schema_resource *resources;
    struct err *err;
};

static bool refuse(struct compiler *c, const char *msgid, const struct schema_resource *r, struct str pointer)
{
    if (c->err->kind == ERR_NONE) {
        err_invalid(c->err, "schema.compile", msgid);
        err_arg(c->err, str_fmt(c->arena, "%.*s#%.*s", STR_ARG(r ? r->uri : STR_EMPTY), STR_ARG(pointer)));
    }
    return false;
}

/* ---- nodes and resources ---- */

static struct schema_node **slot_of(const struct schema_table *t, const struct json *j)
{
    return &t->slots[((uintptr_t)j >> 4) * 2654435761u & t->mask];
}

struct schema_node *schema_node_of(const struct schema_table *t, const struct json *source)
{
    for (struct schema_node *n = *slot_of(t, source); n; n = n->chain)
        if (n->source == source) return n;
    return NULL;
}

static struct schema_node *node_of(const struct compiler *c, const struct json *j)
{
    return schema_node_of(&c->nodes, j);
}

static size_t objects_in(const struct json *j)
{
    size_t n = json_is(j, JSON_OBJECT);
    JSON_EACH(child, j) n += objects_in(child);
    return n;
}

/* Room for the objects of the document: not all are schemas, and few come from other documents. */
static void make_table(struct compiler *c, const struct json *root)
{
    size_t wanted = objects_in(root), slots = 8;
    while (slots < wanted && slots < SCHEMA_SLOTS_MAX)
        slots *= 2;
    c->nodes =
        (struct schema_table){.slots = ARENA_ARRAY(c->arena, slots, struct schema_node *), .mask = slots - 1};
}

static struct schema_node *node_new(struct compiler *c, const struct json *j, struct schema_resource *r,
                                    struct str pointer)
{
    if (c->node_count == SCHEMA_NODES_MAX) {
        refuse(c, "The schema has too many parts.", r, pointer);
        return NULL;
    }
    struct schema_node *n = ARENA_NEW(c->arena, struct schema_node);
    struct schema_node **slot = slot_of(&c->nodes, j);
    *n = (struct schema_node){.source = j, .resource = r, .pointer = pointer, .chain = *slot};
    *slot = n;
    if (c->node_count == c->node_room) {
        c->node_room = c->node_room ? 2 * c->node_room : 64;
        struct schema_node **more = ARENA_ARRAY(c->arena, c->node_room, struct schema_node *);
        if (c->node_count) memcpy(more, c->queue, c->node_count * sizeof *more);
        c->queue = more;
    }
    c->queue[c->node_count++] = n;
    return n;
}

static struct schema_resource *resource_find(const struct compiler *c, struct str uri)
{
    for (struct schema_resource *r = c->resources; r; r = r->next)
        if (str_eq(r->uri, uri)) return r;
    return NULL;
}

static const struct json *document(struct compiler *c, struct str uri)
{
    for (size_t i = 0; i < schema_text_count; i++) {
        struct err ignored = {0};
        if (str_eq_c(uri, schema_texts[i].uri))
            return json_parse(c->arena, str_n(schema_texts[i].text, schema_texts[i].len), JSON_STRICT,
                              &ignored);
    }
    return c->options->document ? c->options->document(c->options->arg, uri) : NULL;
}

/* ---- dialects ---- */

static const struct {
    const char *uri;
    enum schema_vocabulary bit;
} vocabularies[] = {
    {"https://json-schema.org/draft/2020-12/vocab/core", VOCABULARY_CORE},
    {"https://json-schema.org/draft/2020-12/vocab/applicator", VOCABULARY_APPLICATOR},
    {"https://json-schema.org/draft/2020-12/vocab/unevaluated", VOCABULARY_UNEVALUATED},
    {"https://json-schema.org/draft/2020-12/vocab/validation", VOCABULARY_VALIDATION},
    {"https://json-schema.org/draft/2020-12/vocab/meta-data", VOCABULARY_META_DATA},
    {"https://json-schema.org/draft/2020-12/vocab/format-annotation", VOCABULARY_FORMAT},
    {"https://json-schema.org/draft/2020-12/vocab/format-assertion", VOCABULARY_ASSERTION},
    {"https://json-schema.org/draft/2020-12/vocab/content", VOCABULARY_CONTENT},
};

static bool read_vocabularies(struct compiler *c, struct schema_resource *r, const struct json *list)
{
    r->vocabularies = VOCABULARY_CORE;
    JSON_EACH(v, list)
    {
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof vocabularies / sizeof vocabularies[0]; i++)
            if (str_eq_c(v->key, vocabularies[i].uri)) bit = vocabularies[i].bit;
        if (!bit && json_true(v))
            return refuse(c, "The dialect needs a vocabulary that is not known.", r, v->key);
        r->vocabularies |= bit;
    }
    return true;
}

static bool read_dialect(struct compiler *c, struct schema_resource *r, struct str dialect)
{
    struct str uri, fragment;
    if (!schema_uri_cut(c->arena, dialect, &uri, &fragment) || fragment.len)
        return refuse(c, "The dialect of the schema is not known.", r, dialect);
    r->vocabularies = VOCABULARY_ALL;
    if (str_eq_c(uri, SCHEMA_DIALECT)) return true;
    const struct json *meta = document(c, uri);
    if (!meta) return refuse(c, "The dialect of the schema is not known.", r, dialect);
    const struct json *list = json_get(meta, "$vocabulary");
    return !json_is(list, JSON_OBJECT) || read_vocabularies(c, r, list);
}

/* `parent` gives the dialect where the schema names none. */
static struct schema_resource *resource_new(struct compiler *c, struct str uri, const struct json *root,
                                            const struct schema_resource *parent)
{
    if (c->resource_count++ == RESOURCES_MAX) {
        refuse(c, "The schema has too many parts.", parent, uri);
        return NULL;
    }
    struct schema_resource *r = ARENA_NEW(c->arena, struct schema_resource);
    *r = (struct schema_resource){.uri = uri,
                                  .root = root,
                                  .next = c->resources,
                                  .vocabularies = parent ? parent->vocabularies : VOCABULARY_ALL};
    c->resources = r;
    const struct json *dialect = json_get(root, "$schema");
    return !json_is(dialect, JSON_STRING) || read_dialect(c, r, dialect->text) ? r : NULL;
}

/* ---- finding ---- */

static const struct schema_keyword *keyword_of(const struct schema_resource *r, struct str name)
{
    for (size_t i = 0; i < schema_keyword_count; i++)
        if (str_eq_c(name, schema_keywords[i].name))
            return schema_keywords[i].vocabulary & r->vocabularies ? &schema_keywords[i] : NULL;
    return NULL;
}

static struct str below(struct compiler *c, struct str pointer, struct str name)
{
    struct buf b = buf_new(c->arena, pointer.len + name.len + 8);
    buf_add(&b, pointer);
    schema_pointer_add(&b, name);
    return buf_str(&b);
}

static bool anchor_ok(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
        if (!letter && (i == 0 || (!(ch >= '0' && ch <= '9') && ch != '-' && ch != '.'))) return false;
    }
    return s.len;
}

static struct schema_anchor *anchor_find(const struct schema_resource *r, struct str name)
{
    for (struct schema_anchor *x = r->anchors; x; x = x->next)
        if (str_eq(x->name, name)) return x;
    return NULL;
}

static bool add_anchor(struct compiler *c, struct schema_node *n, const char *keyword, bool dynamic)
{
    const struct json *value = json_get(n->source, keyword);
    if (!value) return true;
    if (!json_is(value, JSON_STRING) || !anchor_ok(value->text))
        return refuse(c, "The name of an anchor is wrong: %{arg}", n->resource, n->pointer);
    struct schema_anchor *known = anchor_find(n->resource, value->text);
    if (known && known->node != n)
        return refuse(c, "An anchor is there twice: %{arg}", n->resource, n->pointer);
    if (known) {
        known->dynamic = known->dynamic || dynamic;
        return true;
    }
    struct schema_anchor *x = ARENA_NEW(c->arena, struct schema_anchor);
    *x = (struct schema_anchor){
        .name = value->text, .dynamic = dynamic, .node = n, .next = n->resource->anchors};
    n->resource->anchors = x;
    return true;
}

static bool scan(struct compiler *c, const struct json *j, struct schema_resource *r, struct str pointer);

static bool scan_children(struct compiler *c, const struct json *parent, struct schema_resource *r,
                          struct str pointer)
{
    size_t i = 0;
    JSON_EACH(child, parent)
    {
        struct str name = parent->type == JSON_ARRAY ? str_fmt(c->arena, "%zu", i++) : child->key;
        if (!scan(c, child, r, below(c, pointer, name))) return false;
    }
    return true;
}

/* Enters an embedded resource where the schema has an $id (Core §8.2.1). */
static bool enter(struct compiler *c, const struct json *j, struct schema_resource **r, struct str *pointer)
{
    const struct json *id = json_get(j, "$id");
    struct str address, fragment;
    if (!id) return true;
    if (!json_is(id, JSON_STRING) || !schema_uri_cut(c->arena, id->text, &address, &fragment) || fragment.len)
        return refuse(c, "An $id must be an address without fragment: %{arg}", *r, *pointer);
    struct str uri = schema_uri_resolve(c->arena, (*r)->uri, address);
    if (!str_eq(uri, (*r)->uri) || (*r)->root != j) {
        *r = resource_new(c, uri, j, *r);
        *pointer = STR_EMPTY;
    }
    return *r;
}

static bool scan(struct compiler *c, const struct json *j, struct schema_resource *r, struct str pointer)
{
    if (node_of(c, j)) return true;
    if (!json_is(j, JSON_OBJECT) && !json_is(j, JSON_BOOL))
        return refuse(c, "A schema must be an object or a boolean: %{arg}", r, pointer);
    if (!enter(c, j, &r, &pointer)) return false;
    struct schema_node *n = node_new(c, j, r, pointer);
    if (!n || !add_anchor(c, n, "$anchor", false) || !add_anchor(c, n, "$dynamicAnchor", true)) return false;
    JSON_EACH(member, json_is(j, JSON_OBJECT) ? j : NULL)
    {
        const struct schema_keyword *k = keyword_of(r, member->key);
        if (!k) continue;
        if (k->shape == SHAPE_SCHEMA) {
            if (!scan(c, member, r, below(c, pointer, member->key))) return false;
        } else if (k->shape == SHAPE_SCHEMAS || k->shape == SHAPE_SCHEMA_MAP ||
                   k->shape == SHAPE_PATTERN_MAP) {
            bool list = k->shape == SHAPE_SCHEMAS;
            if (!json_is(member, list ? JSON_ARRAY : JSON_OBJECT) || (list && !member->count))
                return refuse(c, "The value of a keyword has the wrong shape: %{arg}", r,
                              below(c, pointer, member->key));
            if (!scan_children(c, member, r, below(c, pointer, member->key))) return false;
        }
    }
    return true;
}

static struct schema_resource *load(struct compiler *c, const struct json *j, struct str uri)
{
    struct schema_resource *r = resource_new(c, uri, j, NULL);
    return r && scan(c, j, r, STR_EMPTY) ? r : NULL;
}

/* ---- references ---- */

static struct str unescaped(struct arena *a, struct str token)
{
    struct buf b = buf_new(a, token.len);
    for (size_t i = 0; i < token.len; i++) {
        bool escape = token.ptr[i] == '~' && i + 1 < token.len;
        buf_add_char(&b, escape ? (token.ptr[++i] == '1' ? '/' : '~') : token.ptr[i]);
    }
    return buf_str(&b);
}

/* The node at a pointer, which may lead through keywords that are not known and into embedded resources. */
static struct schema_node *at_pointer(struct compiler *c, struct schema_resource *r, struct str pointer)
{
    const struct json *j = r->root;
    struct str rest = pointer, inside = STR_EMPTY;
    while (rest.len) {
        struct str token;
        rest = str_slice(rest, 1, rest.len);
        size_t slash = str_find_char(rest, '/');
        token = unescaped(c->arena, str_slice(rest, 0, slash));
        rest = slash == SIZE_MAX ? STR_EMPTY : str_slice(rest, slash, rest.len);
        uint64_t index;
        if (json_is(j, JSON_ARRAY))
            j = str_to_u64(token, &index) ? json_at(j, (size_t)index) : NULL;
        else
            j = json_get_str(j, token);
        if (!j) return NULL;
        inside = below(c, inside, token);
        const struct schema_node *on_the_way = node_of(c, j);
        if (on_the_way) {
            r = on_the_way->resource;
            inside = on_the_way->pointer;
        }
    }
    return scan(c, j, r, inside) ? node_of(c, j) : NULL;
}

static const struct schema_node *target(struct compiler *c, const struct schema_node *from,
                                        struct str reference, struct str *anchor)
{
    struct str uri = schema_uri_resolve(c->arena, from->resource->uri, reference), address, fragment;
    *anchor = STR_EMPTY;
    if (!schema_uri_cut(c->arena, uri, &address, &fragment)) return NULL;
    /* A resource without address is reached from inside only. */
    struct schema_resource *r =
        str_find_char(reference, '#') == 0 ? from->resource : resource_find(c, address);
    if (!r) {
        const struct json *j = document(c, address);
        r = j ? load(c, j, address) : NULL;
    }
    if (!r) return NULL;
    if (!fragment.len || fragment.ptr[0] == '/') return at_pointer(c, r, fragment);
    /* A document known under two addresses has its anchors under the one it names itself. */
    const struct schema_node *root = node_of(c, r->root);
    const struct schema_anchor *found = anchor_find(r, fragment);
    if (!found && root) found = anchor_find(root->resource, fragment);
    if (found && found->dynamic) *anchor = fragment;
    return found ? found->node : NULL;
}

/* ---- rules ---- */

static const char *const type_names[] = {"null", "boolean", "number", "string", "array", "object"};

static bool read_type(const struct json *name, unsigned *types)
{
    unsigned bit = 0;
    if (!json_is(name, JSON_STRING)) return false;
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (str_eq_c(name->text, type_names[i])) bit = 1u << i;
    if (str_eq_c(name->text, "integer")) bit = TYPE_INTEGER;
    *types |= bit;
    return bit;
}

static bool all_strings(const struct json *list)
{
    if (!json_is(list, JSON_ARRAY)) return false;
    JSON_EACH(s, list)
    if (!json_is(s, JSON_STRING)) return false;
    return true;
}

/* Of an integer, however it is written. */
static bool count_read(struct schema_rule *rule)
{
    const struct schema_number *n = &rule->number;
    if (n->negative || n->exponent < 0) return false;
    rule->count = schema_number_count(n);
    return true;
}

static bool branches(struct compiler *c, struct schema_rule *rule)
{
    const struct json *v = rule->value;
    rule->branches = ARENA_ARRAY(c->arena, v->count + 1, struct schema_branch);
    JSON_EACH(child, v)
    {
        struct schema_branch *b = &rule->branches[rule->count++];
        *b = (struct schema_branch){.name = child->key, .node = node_of(c, child)};
        if (rule->keyword->shape == SHAPE_PATTERN_MAP &&
            !(b->pattern = schema_pattern_compile(c->arena, child->key)))
            return false;
    }
    return true;
}

static bool reference(struct compiler *c, struct schema_rule *rule)
{
    struct str anchor;
    if (!json_is(rule->value, JSON_STRING)) return false;
    rule->node = target(c, rule->owner, rule->value->text, &anchor);
    if (str_eq_c(str_c(rule->keyword->name), "$dynamicRef")) rule->dynamic = anchor;
    return rule->node ||
           refuse(c, "A reference leads nowhere: %{arg}", rule->owner->resource, rule->owner->pointer);
}

static void find_format(struct compiler *c, struct schema_rule *rule)
{
    bool asserted = c->options->formats || (rule->owner->resource->vocabularies & VOCABULARY_ASSERTION);
    if (!asserted) return;
    for (size_t i = 0; i < c->options->own_count; i++)
        if (str_eq_c(rule->value->text, c->options->own[i].name)) rule->format = &c->options->own[i];
    if (!rule->format) rule->format = schema_format_find(rule->value->text);
}

static bool shape(struct compiler *c, struct schema_rule *rule)
{
    const struct json *v = rule->value;
    switch (rule->keyword->shape) {
    case SHAPE_ANY:
        return true;
    case SHAPE_SCHEMA:
        return (rule->node = node_of(c, v));
    case SHAPE_SCHEMAS:
    case SHAPE_SCHEMA_MAP:
    case SHAPE_PATTERN_MAP:
        return branches(c, rule);
    case SHAPE_STRING:
        if (!json_is(v, JSON_STRING)) return false;
        if (str_eq_c(str_c(rule->keyword->name), "format")) find_format(c, rule);
        return true;
    case SHAPE_BOOLEAN:
        return json_is(v, JSON_BOOL);
    case SHAPE_NUMBER:
    case SHAPE_POSITIVE:
    case SHAPE_COUNT:
        if (!json_is(v, JSON_NUMBER)) return false;
        rule->number = schema_number_read(v->text);
        if (rule->keyword->shape == SHAPE_NUMBER) return true;
        return rule->keyword->shape == SHAPE_COUNT ? count_read(rule)
                                                   : rule->number.count && !rule->number.negative;
    case SHAPE_ARRAY:
        return json_is(v, JSON_ARRAY);
    case SHAPE_STRINGS:
        return all_strings(v);
    case SHAPE_STRINGS_MAP:
        if (!json_is(v, JSON_OBJECT)) return false;
        JSON_EACH(list, v)
        if (!all_strings(list)) return false;
        return true;
    case SHAPE_TYPES:
        if (!json_is(v, JSON_ARRAY)) return read_type(v, &rule->types);
        JSON_EACH(name, v)
        if (!read_type(name, &rule->types)) return false;
        return v->count;
    case SHAPE_PATTERN:
        return json_is(v, JSON_STRING) && (rule->pattern = schema_pattern_compile(c->arena, v->text));
    case SHAPE_REFERENCE:
        return reference(c, rule);
    case SHAPE_OBJECT:
        return json_is(v, JSON_OBJECT);
    }
    return false;
}

static void insert(struct schema_node *n, struct schema_rule rule)
{
    size_t i = n->rule_count++;
    for (; i && n->rules[i - 1].keyword > rule.keyword; i--)
        n->rules[i] = n->rules[i - 1];
    n->rules[i] = rule;
}

static bool build(struct compiler *c, struct schema_node *n)
{
    if (!json_is(n->source, JSON_OBJECT)) return true;
    n->rules = ARENA_ARRAY(c->arena, n->source->count + 1, struct schema_rule);
    JSON_EACH(member, n->source)
    {
        struct schema_rule rule = {
            .keyword = keyword_of(n->resource, member->key), .value = member, .owner = n};
        if (!rule.keyword) continue;
        if (!shape(c, &rule))
            return refuse(c, "The value of a keyword has the wrong shape: %{arg}", n->resource,
                          below(c, n->pointer, member->key));
        if (rule.keyword->vocabulary == VOCABULARY_UNEVALUATED) n->unevaluated = true;
        insert(n, rule);
    }
    return true;
}

const struct schema_rule *schema_rule_of(const struct schema_node *n, const char *keyword)
{
    for (size_t i = 0; i < n->rule_count; i++)
        if (strcmp(n->rules[i].keyword->name, keyword) == 0) return &n->rules[i];
    return NULL;
}

struct schema *schema_compile(struct arena *a, const struct json *root, const struct schema_options *options,
                              struct err *e)
{
    static const struct schema_options none = {.base = {"", 0}};
    struct compiler *c = ARENA_NEW(a, struct compiler);
    *c = (struct compiler){
        .arena = a, .options = options ? options : &none, .err = e, .schema = ARENA_NEW(a, struct schema)};
    make_table(c, root);
    if (!load(c, root, c->options->base)) return NULL;
    while (c->built < c->node_count)
        if (!build(c, c->queue[c->built++])) return NULL;
    c->schema->root = node_of(c, root);
    c->schema->nodes = c->nodes;
    return c->schema;
}

const struct schema *schema_part(struct arena *a, const struct schema *whole, const struct json *source)
{
    struct schema *part = ARENA_NEW(a, struct schema);
    part->root = schema_node_of(&whole->nodes, source);
    part->nodes = whole->nodes;
    return part->root ? part : NULL;
}

bool schema_knows(struct str keyword)
{
    for (size_t i = 0; i < schema_keyword_count; i++)
        if (str_eq_c(keyword, schema_keywords[i].name)) return true;
    return false;
}
