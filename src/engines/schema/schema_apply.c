/* Judging: nodes, and the keywords that apply other schemas to the same value or to its children. */
#include "engines/schema/schema_internal.h"

/* ---- work and faults ---- */

bool schema_step(struct schema_run *r, size_t cost)
{
    r->steps -= 1 + (int64_t)(cost < INT32_MAX ? cost : INT32_MAX);
    if (r->steps < 0 && !r->stopped) {
        r->stopped = true;
        r->why = "The schema takes too much work on this document.";
    }
    return !r->stopped;
}

bool schema_tells(const struct schema_run *r)
{
    return r->faults && !r->quiet && !r->stopped;
}

static void add_place(struct arena *a, struct buf *b, const struct schema_place *at)
{
    if (!at) return;
    add_place(a, b, at->above);
    schema_pointer_add(b, at->indexed ? str_fmt(a, "%zu", at->index) : at->key);
}

static void tell(struct schema_run *r, const struct schema_node *n, const char *keyword, const struct json *v,
                 const struct schema_place *at, const char *msgid, struct str arg)
{
    struct schema_faults *list = r->faults;
    if (!schema_tells(r)) return;
    if (list->count == SCHEMA_FAULTS_MAX) {
        list->more = true;
        return;
    }
    struct schema_fault *f = ARENA_NEW(r->arena, struct schema_fault);
    struct buf instance = buf_new(r->arena, 64);
    add_place(r->arena, &instance, at);
    *f = (struct schema_fault){
        .instance = buf_str(&instance), .keyword = keyword, .msgid = msgid, .arg = arg, .value = v};
    f->schema = str_fmt(r->arena, "%.*s#%.*s%s%s", STR_ARG(n->resource->uri), STR_ARG(n->pointer),
                        strcmp(keyword, "false") ? "/" : "", strcmp(keyword, "false") ? keyword : "");
    if (list->last)
        list->last->next = f;
    else
        list->first = f;
    list->last = f;
    list->count++;
}

bool schema_fault_add(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                      const struct schema_place *at, const char *msgid, struct str arg)
{
    tell(r, rule->owner, rule->keyword->name, v, at, msgid, arg);
    return false;
}

/* ---- marks ---- */

static void mark(struct schema_marks *m, size_t i)
{
    if (m) m->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool marked(const struct schema_marks *m, size_t i)
{
    return m->bits[i / 64] >> (i % 64) & 1;
}

/* ---- nodes ---- */

static bool judge_rules(struct schema_run *r, const struct schema_node *n, const struct json *v,
                        const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    for (size_t i = 0; i < n->rule_count; i++) {
        const struct schema_rule *rule = &n->rules[i];
        if (!rule->keyword->judge) continue;
        if (!schema_step(r, 0)) return false;
        if (!rule->keyword->judge(r, rule, v, at, marks)) ok = false;
        if (!ok && !schema_tells(r)) return false;
    }
    return ok;
}

/* What a schema marks counts for those around it only when it holds (Core §11.2, §11.3). */
static bool judge_marking(struct schema_run *r, const struct schema_node *n, const struct json *v,
                          const struct schema_place *at, struct schema_marks *outer)
{
    uint64_t few = 0;
    struct schema_marks own = {.bits = &few, .count = (v->count + 63) / 64};
    if (own.count > 1) {
        if (!schema_step(r, own.count)) return false;
        own.bits = ARENA_ARRAY(r->arena, own.count, uint64_t);
    }
    if (!judge_rules(r, n, v, at, &own)) return false;
    for (size_t i = 0; outer && i < own.count; i++)
        outer->bits[i] |= own.bits[i];
    return true;
}

bool schema_judge_node(struct schema_run *r, const struct schema_node *n, const struct json *v,
                       const struct schema_place *at, struct schema_marks *marks)
{
    if (n->source->type == JSON_BOOL) {
        if (!n->source->boolean) tell(r, n, "false", v, at, "Nothing may stand here.", STR_EMPTY);
        return n->source->boolean;
    }
    if (r->depth == SCHEMA_DEPTH_MAX && !r->stopped) {
        r->stopped = true;
        r->why = "The schema leads too deep on this document.";
    }
    if (r->stopped) return false;
    const struct schema_scope *outer = r->scope, inner = {.resource = n->resource, .outer = outer};
    if (!outer || outer->resource != n->resource) r->scope = &inner;
    r->depth++;
    bool container = v->type == JSON_ARRAY || v->type == JSON_OBJECT;
    bool ok = container && (marks || n->unevaluated) ? judge_marking(r, n, v, at, marks)
                                                     : judge_rules(r, n, v, at, NULL);
    r->depth--;
    r->scope = outer;
    return ok && !r->stopped;
}

static bool quietly(struct schema_run *r, const struct schema_node *n, const struct json *v,
                    const struct schema_place *at, struct schema_marks *marks)
{
    r->quiet++;
    bool ok = schema_judge_node(r, n, v, at, marks);
    r->quiet--;
    return ok;
}

static bool judge_child(struct schema_run *r, const struct schema_node *n, const struct json *child,
                        const struct schema_place *above, size_t index, bool indexed)
{
    struct schema_place at = {.above = above, .key = child->key, .index = index, .indexed = indexed};
    return schema_judge_node(r, n, child, &at, NULL);
}

/* ---- references ---- */

bool schema_ref(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                const struct schema_place *at, struct schema_marks *marks)
{
    return schema_judge_node(r, rule->node, v, at, marks);
}

/* Core §8.2.3.2: the outermost resource in force that has this dynamic anchor. */
bool schema_dynamic_ref(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                        const struct schema_place *at, struct schema_marks *marks)
{
    const struct schema_node *target = rule->node;
    for (const struct schema_scope *s = rule->dynamic.len ? r->scope : NULL; s; s = s->outer) {
        if (!schema_step(r, 0)) return false;
        for (const struct schema_anchor *x = s->resource->anchors; x; x = x->next)
            if (x->dynamic && str_eq(x->name, rule->dynamic)) target = x->node;
    }
    return schema_judge_node(r, target, v, at, marks);
}

/* ---- in place ---- */

bool schema_all_of(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                   const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    for (size_t i = 0; i < rule->count && (ok || schema_tells(r)); i++)
        if (!schema_judge_node(r, rule->branches[i].node, v, at, marks)) ok = false;
    return ok;
}

bool schema_any_of(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                   const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = false;
    for (size_t i = 0; i < rule->count && (!ok || marks); i++)
        if (quietly(r, rule->branches[i].node, v, at, marks)) ok = true;
    return ok || schema_fault_add(r, rule, v, at, "This fits none of the forms allowed.", STR_EMPTY);
}

bool schema_one_of(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                   const struct schema_place *at, struct schema_marks *marks)
{
    size_t fits = 0;
    for (size_t i = 0; i < rule->count && fits < 2; i++)
        fits += quietly(r, rule->branches[i].node, v, at, marks);
    if (fits == 1) return true;
    return schema_fault_add(r, rule, v, at,
                            fits ? "This fits more than one of the forms of which one is allowed."
                                 : "This fits none of the forms allowed.",
                            STR_EMPTY);
}

bool schema_not(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                const struct schema_place *at, struct schema_marks *marks)
{
    (void)marks;
    return !quietly(r, rule->node, v, at, NULL) ||
           schema_fault_add(r, rule, v, at, "This has a form that is not allowed.", STR_EMPTY);
}

bool schema_if(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
               const struct schema_place *at, struct schema_marks *marks)
{
    bool holds = quietly(r, rule->node, v, at, marks);
    const struct schema_rule *then = schema_rule_of(rule->owner, holds ? "then" : "else");
    return !then || schema_judge_node(r, then->node, v, at, marks);
}

bool schema_dependent_schemas(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                              const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    if (v->type != JSON_OBJECT) return true;
    for (size_t i = 0; i < rule->count && (ok || schema_tells(r)); i++)
        if (json_get_str(v, rule->branches[i].name) &&
            !schema_judge_node(r, rule->branches[i].node, v, at, marks))
            ok = false;
    return ok;
}

/* ---- members ---- */

bool schema_property_names(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                           const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    (void)marks;
    JSON_EACH(member, v->type == JSON_OBJECT ? v : NULL)
    {
        const struct json name = {.type = JSON_STRING, .text = member->key};
        struct schema_place there = {.above = at, .key = member->key};
        if (!schema_judge_node(r, rule->node, &name, &there, NULL)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

static const struct schema_branch *branch_of(const struct schema_rule *rule, struct str name)
{
    for (size_t i = 0; rule && i < rule->count; i++)
        if (str_eq(rule->branches[i].name, name)) return &rule->branches[i];
    return NULL;
}

bool schema_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                       const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t i = 0;
    if (v->type != JSON_OBJECT || !schema_step(r, v->count * (1 + rule->count / 8)))
        return v->type != JSON_OBJECT;
    JSON_EACH(member, v)
    {
        const struct schema_branch *b = branch_of(rule, member->key);
        if (b) mark(marks, i);
        i++;
        if (b && !judge_child(r, b->node, member, at, 0, false)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

/* Does the name match? Stops the run when that cannot be told. */
static bool name_matches(struct schema_run *r, const struct schema_branch *b, struct str name)
{
    enum schema_match m = schema_pattern_match(&r->matcher, b->pattern, name);
    if (m == SCHEMA_GAVE_UP) {
        r->stopped = true;
        r->why = "The pattern takes too much work on this text.";
    }
    return m == SCHEMA_MATCH;
}

bool schema_pattern_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                               const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t index = 0;
    JSON_EACH(member, v->type == JSON_OBJECT ? v : NULL)
    {
        for (size_t i = 0; i < rule->count && !r->stopped; i++) {
            if (!name_matches(r, &rule->branches[i], member->key)) continue;
            mark(marks, index);
            if (!judge_child(r, rule->branches[i].node, member, at, 0, false)) ok = false;
        }
        index++;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

static bool is_additional(struct schema_run *r, const struct schema_node *n, struct str name)
{
    const struct schema_rule *patterns = schema_rule_of(n, "patternProperties");
    if (branch_of(schema_rule_of(n, "properties"), name)) return false;
    for (size_t i = 0; patterns && i < patterns->count; i++)
        if (name_matches(r, &patterns->branches[i], name)) return false;
    return true;
}

/* A fault that says which name is not wanted, where the schema is the boolean false. */
static bool judge_unwanted(struct schema_run *r, const struct schema_rule *rule, const struct json *member,
                           const struct schema_place *at, size_t index, bool indexed)
{
    struct schema_place there = {.above = at, .key = member->key, .index = index, .indexed = indexed};
    if (rule->node->source->type != JSON_BOOL) return schema_judge_node(r, rule->node, member, &there, NULL);
    return rule->node->source->boolean ||
           schema_fault_add(r, rule, member, &there, "This is not expected here.", STR_EMPTY);
}

bool schema_additional_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                                  const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t i = 0;
    JSON_EACH(member, v->type == JSON_OBJECT ? v : NULL)
    {
        if (!schema_step(r, 2)) return false;
        if (is_additional(r, rule->owner, member->key)) {
            mark(marks, i);
            if (!judge_unwanted(r, rule, member, at, 0, false)) ok = false;
        }
        i++;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

bool schema_unevaluated_properties(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                                   const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t i = 0;
    JSON_EACH(member, v->type == JSON_OBJECT ? v : NULL)
    {
        size_t index = i++;
        if (marked(marks, index)) continue;
        mark(marks, index);
        if (!judge_unwanted(r, rule, member, at, 0, false)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

/* ---- items ---- */

bool schema_prefix_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                         const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t i = 0;
    JSON_EACH(item, v->type == JSON_ARRAY ? v : NULL)
    {
        if (i == rule->count || (!ok && !schema_tells(r))) break;
        mark(marks, i);
        if (!judge_child(r, rule->branches[i].node, item, at, i, true)) ok = false;
        i++;
    }
    return ok;
}

bool schema_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                  const struct schema_place *at, struct schema_marks *marks)
{
    const struct schema_rule *prefix = schema_rule_of(rule->owner, "prefixItems");
    bool ok = true;
    size_t i = 0, from = prefix ? prefix->count : 0;
    JSON_EACH(item, v->type == JSON_ARRAY ? v : NULL)
    {
        size_t index = i++;
        if (index < from) continue;
        mark(marks, index);
        if (!judge_unwanted(r, rule, item, at, index, true)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

bool schema_contains(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                     const struct schema_place *at, struct schema_marks *marks)
{
    const struct schema_rule *least = schema_rule_of(rule->owner, "minContains"),
                             *most = schema_rule_of(rule->owner, "maxContains");
    size_t found = 0, i = 0, low = least ? least->count : 1, high = most ? most->count : SIZE_MAX;
    if (v->type != JSON_ARRAY) return true;
    JSON_EACH(item, v)
    {
        struct schema_place there = {.above = at, .index = i, .indexed = true};
        if (quietly(r, rule->node, item, &there, NULL)) {
            mark(marks, i);
            found++;
        }
        i++;
    }
    if (found < low) {
        if (least)
            return schema_fault_add(r, least, v, at, "Too few entries have the form wanted.", STR_EMPTY);
        return schema_fault_add(r, rule, v, at, "No entry has the form wanted.", STR_EMPTY);
    }
    return found <= high ||
           schema_fault_add(r, most, v, at, "Too many entries have the form that is limited.", STR_EMPTY);
}

bool schema_unevaluated_items(struct schema_run *r, const struct schema_rule *rule, const struct json *v,
                              const struct schema_place *at, struct schema_marks *marks)
{
    bool ok = true;
    size_t i = 0;
    JSON_EACH(item, v->type == JSON_ARRAY ? v : NULL)
    {
        size_t index = i++;
        if (marked(marks, index)) continue;
        mark(marks, index);
        if (!judge_unwanted(r, rule, item, at, index, true)) ok = false;
        if (!ok && !schema_tells(r)) break;
    }
    return ok;
}

/* ---- the whole ---- */

bool schema_judge(struct arena *a, const struct schema *s, const struct json *instance,
                  struct schema_faults *faults, bool *valid, struct err *e)
{
    struct schema_run r = {.arena = a, .schema = s, .faults = faults, .steps = SCHEMA_STEPS_MAX};
    r.matcher = (struct schema_matcher){.arena = a, .steps = &r.steps};
    if (faults) *faults = (struct schema_faults){0};
    *valid = schema_judge_node(&r, s->root, instance, NULL, NULL);
    if (r.stopped) return err_invalid(e, "schema.limit", r.why);
    return true;
}

bool schema_check(struct arena *a, const struct json *document, const struct schema_options *options,
                  struct schema_faults *faults, bool *valid, struct err *e)
{
    const struct json *dialect = json_get(document, "$schema");
    struct json *reference = json_object(a);
    json_set_str(a, reference, "$ref", json_is(dialect, JSON_STRING) ? dialect->text : STR(SCHEMA_DIALECT));
    struct schema *s = schema_compile(a, reference, options, e);
    return s && schema_judge(a, s, document, faults, valid, e);
}
