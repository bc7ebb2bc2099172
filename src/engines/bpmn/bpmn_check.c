#include "engines/bpmn/bpmn_rules.h"

/* Every element against every rule that is about it. */

/* The id people know: of the event around an event definition, the step around a loop. */
static struct str part_of(const struct bpmn_el *el)
{
    while (el && el->tag != TAG_SEQUENCE_FLOW && !(el->is & (IS_FLOW_NODE | IS_PROCESS)))
        el = el->parent;
    return el ? el->id : STR_EMPTY;
}

static void find(struct bpmn_findings *f, const struct bpmn_rule *rule, const struct bpmn_el *el)
{
    if (f->count == BPMN_FINDINGS_MAX) return;
    f->list[f->count++] = (struct bpmn_finding){.rule = rule->name,
                                                .clause = rule->clause,
                                                .msgid = rule->msgid,
                                                .ext = rule->ext,
                                                .ext2 = rule->ext2,
                                                .element = el->id.len ? el->id : el->kind,
                                                .part = part_of(el),
                                                .line = el->line};
}

static bool is_about(const struct bpmn_rule *rule, const struct bpmn_el *el)
{
    if (rule->tag != TAG_UNKNOWN) return el->tag == rule->tag;
    return !rule->is || (el->is & rule->is);
}

/* The flows of each node, as the sequence flows say. */
static void join_flows(struct arena *a, const struct bpmn_doc *d)
{
    for (int pass = 0; pass < 2; pass++)
        BPMN_ALL(el, d)
        {
            for (int side = 0; side < 2 && el->tag == TAG_SEQUENCE_FLOW; side++) {
                struct bpmn_el *end = bpmn_ref(d, el, side ? "targetRef" : "sourceRef");
                size_t *count = !end ? NULL : side ? &end->in_count : &end->out_count;
                const struct bpmn_el ***list = !end ? NULL : side ? &end->in : &end->out;

                if (!end) continue;
                if (pass && !*list) {
                    *list = ARENA_ARRAY(a, *count, const struct bpmn_el *);
                    *count = 0;
                }
                if (pass) (*list)[*count] = el;
                ++*count;
            }
        }
}

static bool lists_flows(const struct bpmn_doc *d)
{
    BPMN_ALL(el, d)
    {
        if (el->tag == TAG_INCOMING || el->tag == TAG_OUTGOING) return true;
    }
    return false;
}

void bpmn_check(struct arena *a, const struct bpmn_doc *d, struct bpmn_exprs *x, struct bpmn_findings *f)
{
    const struct bpmn_rules *const tables[] = {&bpmn_rules_other,   &bpmn_rules_flow,      &bpmn_rules_level,
                                               &bpmn_rules_event,   &bpmn_rules_trigger,   &bpmn_rules_data,
                                               &bpmn_rules_service, &bpmn_rules_expression};
    struct bpmn_checks c = {a, d, x, lists_flows(d)};
    bool strict = d->options && d->options->strict;

    join_flows(a, d);
    BPMN_ALL(el, d)
    {
        for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
            for (size_t i = 0; i < tables[t]->count; i++) {
                const struct bpmn_rule *rule = &tables[t]->list[i];

                if (is_about(rule, el) && (strict || !rule->strict) && rule->broken(&c, el))
                    find(f, rule, el);
            }
    }
}

/* ---- what rules ask ---- */
bool bpmn_is_executable(const struct bpmn_el *el)
{
    const struct bpmn_el *p = el->is & IS_PROCESS ? el : bpmn_around(el, IS_PROCESS);

    return p && bpmn_attr_is(p, "isExecutable", "true");
}

bool bpmn_is_event_sub_process(const struct bpmn_el *el)
{
    return (el->is & IS_SUB_PROCESS) && bpmn_attr_is(el, "triggeredByEvent", "true");
}

bool bpmn_is_compensation(const struct bpmn_el *el)
{
    return (el->is & IS_ACTIVITY) && bpmn_attr_is(el, "isForCompensation", "true");
}

unsigned bpmn_trigger_bits(const struct bpmn_checks *c, const struct bpmn_el *event)
{
    const struct bpmn_el *list[TRIGGERS_MAX];
    size_t n = bpmn_triggers(c->d, event, list, TRIGGERS_MAX);
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++)
        bits |= TRIGGER_BIT(list[i]->tag);
    return bits;
}

bool bpmn_is_link(const struct bpmn_checks *c, const struct bpmn_el *event)
{
    return (bpmn_trigger_bits(c, event) & TRIGGER_BIT(TAG_LINK_TRIGGER)) != 0;
}

const struct bpmn_el *bpmn_pool(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    const struct bpmn_el *process;

    if (!el) return NULL;
    if (el->tag != TAG_PARTICIPANT) return bpmn_around(el, IS_PROCESS);
    process = bpmn_ref(c->d, el, "processRef");
    return process ? process : el;
}

const struct bpmn_el *bpmn_item(const struct bpmn_checks *c, const struct bpmn_el *el)
{
    static const char *const ways[] = {"itemSubjectRef", "itemRef", "structureRef", "dataObjectRef",
                                       "dataStoreRef"};

    for (int depth = 0; el && depth < 4; depth++) {
        const struct bpmn_el *next = NULL;

        if (el->tag == TAG_ITEM_DEFINITION) return el;
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && !next; i++)
            next = bpmn_ref(c->d, el, ways[i]);
        el = next;
    }
    return NULL;
}

bool bpmn_items_differ(const struct bpmn_el *x, const struct bpmn_el *y)
{
    struct str a, b;

    if (!x || !y || x == y) return false;
    a = bpmn_attr(x, "structureRef");
    b = bpmn_attr(y, "structureRef");
    return !a.len || !b.len || !str_eq(a, b);
}
