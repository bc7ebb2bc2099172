/* Evaluation: decisions on demand and once a run, services and knowledge as functions. */
#include "engines/dmn/dmn_internal.h"

/* The values of one document in one run (or one call of a service): each import has its own, so that the same
 * model imported twice can stand on different input. */
struct session {
    struct feel_run *run;
    const struct dmn_doc *doc;
    const struct feel_context *inputs;
    const struct feel_context *named; /* of the run: imported input data by "namespace#name" */
    struct session **imports;         /* made when needed */
    struct feel_value *values;        /* by index of the part */
    bool *known;
};

static const struct feel_context no_inputs;

bool dmn_step(struct feel_run *r, size_t steps)
{
    if (r->stopped) return false;
    if (r->steps < steps) {
        r->steps = 0;
        feel_fail(r, NULL, "The evaluation took too many steps and was stopped.", STR_EMPTY);
        r->stopped = true;
        return false;
    }
    r->steps -= steps;
    return true;
}

static struct session *session_new(struct feel_run *r, const struct dmn_doc *d,
                                   const struct feel_context *inputs, const struct feel_context *named)
{
    struct session *s = ARENA_NEW(r->arena, struct session);
    *s = (struct session){.run = r, .doc = d, .inputs = inputs, .named = named};
    s->values = ARENA_ARRAY(r->arena, d->part_count + 1, struct feel_value);
    s->known = ARENA_ARRAY(r->arena, d->part_count + 1, bool);
    return s;
}

static struct session *imported(struct session *s, int import)
{
    const struct dmn_import *from = &s->doc->imports[import];
    if (!s->imports) s->imports = ARENA_ARRAY(s->run->arena, s->doc->import_count, struct session *);
    if (s->imports[import]) return s->imports[import];
    const struct feel_context *inputs = from->name.len ? &no_inputs : s->inputs;
    struct feel_value own = feel_get(s->inputs, from->name);
    if (from->name.len && own.kind == FEEL_CONTEXT) inputs = own.context;
    s->imports[import] = session_new(s->run, from->doc, inputs, s->named);
    return s->imports[import];
}

static struct session *session_of(struct session *s, const struct dmn_need *n)
{
    return n->import == DMN_NO_IMPORT ? s : imported(s, n->import);
}

static struct feel_value value_of(struct session *s, const struct dmn_part *p);

static struct feel_value input_value(struct session *s, const struct dmn_part *p)
{
    struct arena *a = s->run->arena;
    const struct feel_entry *given = feel_find(s->inputs, p->pub.name);
    if (!given && s->named->count)
        given = feel_find(s->named, str_fmt(a, "%.*s#%.*s", STR_ARG(s->doc->ns), STR_ARG(p->pub.name)));
    if (!given) return FEEL_NOTHING;
    return p->pub.type ? feel_conform(s->run, given->value, p->pub.type, p->pub.name) : given->value;
}

static struct feel_frame *frame_of(struct session *s, const struct dmn_part *p)
{
    struct arena *a = s->run->arena;
    struct feel_frame *f = feel_frame_new(s->run, p->scope, NULL);
    struct feel_entry **entries = ARENA_ARRAY(a, p->group_count + 1, struct feel_entry *);
    for (size_t g = 0; g < p->group_count; g++)
        f->slots[p->groups[g].slot] = feel_context(a, p->groups[g].count, &entries[g]);
    for (size_t i = 0; i < p->need_count; i++) {
        const struct dmn_need *n = &p->needs[i];
        struct feel_value v = value_of(session_of(s, n), n->to);
        if (n->group == DMN_NO_GROUP)
            f->slots[n->at] = v;
        else
            entries[n->group][n->at] = (struct feel_entry){n->to->pub.name, v};
    }
    return f;
}

static struct feel_value decide(struct session *s, const struct dmn_part *p)
{
    struct feel_run *r = s->run;
    if (!dmn_step(r, 1 + p->need_count)) return FEEL_NOTHING;
    if (!r->depth) {
        feel_fail(r, NULL, "The evaluation is nested too deeply and was stopped.", STR_EMPTY);
        r->stopped = true;
        return FEEL_NOTHING;
    }
    r->depth--;
    struct feel_value v = feel_eval(r, p->body, frame_of(s, p));
    r->depth++;
    return v;
}

static struct feel_value value_of(struct session *s, const struct dmn_part *p)
{
    if (p->pub.kind == DMN_KNOWLEDGE || p->pub.kind == DMN_SERVICE) return p->function;
    if (s->known[p->index]) return s->values[p->index];
    struct feel_value v = p->pub.kind == DMN_INPUT ? input_value(s, p) : decide(s, p);
    s->values[p->index] = v;
    s->known[p->index] = true;
    return v;
}

/* ---- functions ---- */

struct feel_value dmn_knowledge_native(struct feel_run *r, const void *data, const struct feel_value *args)
{
    const struct dmn_part *p = data;
    struct feel_frame *f = feel_frame_new(r, p->inner, p->surrounding);
    for (size_t i = 0; i < p->param_count; i++)
        f->slots[i] = args[i];
    return feel_eval(r, p->body, f);
}

/* What a service is given stands in place of input data and decisions; nothing else comes in from outside. */
struct feel_value dmn_service_native(struct feel_run *r, const void *data, const struct feel_value *args)
{
    const struct dmn_part *p = data;
    struct session *s = session_new(r, p->doc, &no_inputs, &no_inputs);
    struct feel_entry *entries;
    for (size_t i = 0; i < p->param_count; i++) {
        struct session *of = session_of(s, &p->takes[i]);
        of->values[p->takes[i].to->index] = args[i];
        of->known[p->takes[i].to->index] = true;
    }
    if (p->output_count == 1) return value_of(session_of(s, &p->outputs[0]), p->outputs[0].to);
    struct feel_value v = feel_context(r->arena, p->output_count, &entries);
    for (size_t i = 0; i < p->output_count; i++)
        entries[i] = (struct feel_entry){p->outputs[i].to->pub.name,
                                         value_of(session_of(s, &p->outputs[i]), p->outputs[i].to)};
    return v;
}

/* ---- from outside ---- */

static const struct feel_context *decided(struct session *s)
{
    struct feel_entry *entries;
    size_t n = 0;
    for (size_t i = 0; i < s->doc->part_count; i++)
        n += s->known[i] && s->doc->parts[i].pub.kind == DMN_DECISION;
    struct feel_value v = feel_context(s->run->arena, n, &entries);
    n = 0;
    for (size_t i = 0; i < s->doc->part_count; i++)
        if (s->known[i] && s->doc->parts[i].pub.kind == DMN_DECISION)
            entries[n++] = (struct feel_entry){s->doc->parts[i].pub.name, s->values[i]};
    return v.context;
}

struct dmn_result dmn_evaluate(struct feel_run *r, const struct dmn_model *,
                               const struct dmn_element *decision, const struct feel_context *inputs)
{
    const struct dmn_part *p = (const struct dmn_part *)decision;
    struct dmn_trace trace = {0};
    void *host = r->host;
    r->host = &trace;
    struct session *s = session_new(r, p->doc, inputs, inputs);
    struct feel_value v = value_of(s, p);
    r->host = host;
    return (struct dmn_result){.value = v, .hits = trace.first, .decisions = decided(s)};
}

static struct dmn_result call(struct feel_run *r, const struct dmn_element *e,
                              const struct feel_context *given)
{
    const struct dmn_part *p = (const struct dmn_part *)e;
    struct dmn_trace trace = {0};
    void *host = r->host;
    struct feel_value *args = ARENA_ARRAY(r->arena, p->param_count + 1, struct feel_value);
    for (size_t i = 0; i < p->param_count; i++)
        args[i] = feel_get(given, p->params[i].name);
    r->host = &trace;
    struct feel_value v = feel_call(r, p->function, p->param_count, args);
    r->host = host;
    return (struct dmn_result){.value = v, .hits = trace.first, .decisions = &no_inputs};
}

struct dmn_result dmn_call(struct feel_run *r, const struct dmn_model *, const struct dmn_element *service,
                           const struct feel_context *inputs)
{
    return call(r, service, inputs);
}

struct dmn_result dmn_invoke(struct feel_run *r, const struct dmn_model *,
                             const struct dmn_element *knowledge, const struct feel_context *arguments)
{
    return call(r, knowledge, arguments);
}

const struct dmn_table *dmn_table_of(const struct dmn_model *, const struct dmn_element *decision)
{
    return ((const struct dmn_part *)decision)->table;
}
