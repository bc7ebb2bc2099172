/* What a document says of events and of several people that could never come true: a process that no
 * application can begin, errors and escalations where nothing reports them, escalations nobody hears, more
 * signatures than people. Only for what is about to be published: what runs already runs on. */
#include "modules/processes/processes_internal.h"

static bool has(const struct bpmn_part *p, const char *name)
{
    for (size_t i = 0; i < p->detail_count; i++)
        if (str_eq_c(p->details[i].name, name)) return true;
    return false;
}

static bool is_kind(const struct bpmn_part *p, const char *kind)
{
    return str_eq_c(p->kind, kind);
}

static bool is_persons(const struct bpmn_part *p)
{
    return is_kind(p, "userTask") || is_kind(p, "manualTask");
}

/* An event at the edge of a step that people do: they have no way to report errors or escalations. */
static const char *never_reported(const struct bpmn_sheet *s, const struct bpmn_part *p)
{
    if (p->host < 0 || !is_persons(&s->parts[p->host])) return NULL;
    if (has(p, "errorEventDefinition"))
        return "%{arg} waits for an error, but people do this step: errors come from systems and from what "
               "runs inside.";
    if (has(p, "escalationEventDefinition"))
        return "%{arg} waits for an escalation, but people do this step: escalations come from what runs "
               "inside.";
    return NULL;
}

static bool catches(const struct bpmn_part *p, struct str escalation)
{
    struct str ref = bpmn_detail(p, "escalationRef");
    return has(p, "escalationEventDefinition") && (is_kind(p, "boundaryEvent") || is_kind(p, "startEvent")) &&
           (!ref.len || str_eq(ref, escalation));
}

static const char *never_heard(const struct process_report *r, const struct bpmn_part *p)
{
    struct str escalation = bpmn_detail(p, "escalationRef");
    bool throws = is_kind(p, "intermediateThrowEvent") || is_kind(p, "endEvent");
    if (!throws || !has(p, "escalationEventDefinition") || course_is_part(r->course)) return NULL;
    for (int i = 0; i < r->sheet.count; i++)
        if (catches(&r->sheet.parts[i], escalation)) return NULL;
    return "%{arg} raises an escalation that nothing in this process waits for.";
}

/* Only what the designer writes: a number of people, and how many of them are enough. */
static const char *never_enough(const struct bpmn_part *p)
{
    struct str condition = bpmn_detail(p, "completionCondition"), number, counted;
    int64_t people, enough;
    number = str_trim(str_cut(condition, '>', &counted));
    if (!number.len || number.ptr[0] != '=' || !str_eq_c(str_trim(counted), "numberOfCompletedInstances") ||
        !str_to_i64(str_trim(str_slice(number, 1, number.len)), &enough) ||
        !str_to_i64(str_trim(bpmn_detail(p, "loopCardinality")), &people) || enough <= people)
        return NULL;
    return "The step %{arg} wants more signatures than people sign.";
}

static bool has_start(const struct bpmn_sheet *s, int process)
{
    for (int i = 0; i < s->count; i++)
        if (s->parts[i].parent == process && is_kind(&s->parts[i], "startEvent")) return true;
    return false;
}

/* The first process is begun by an application, where others do not call it; all others are called. */
static const char *never_begun(const struct process_report *r, int process, bool called, int *where)
{
    const struct bpmn *b = course_model(r->course);
    int node = bpmn_node(b, r->sheet.parts[process].id),
        event = node >= 0 ? bpmn_begins_on_event(b, node) : -1;
    *where = process;
    if (event < 0)
        return called || has_start(&r->sheet, process)
                   ? NULL
                   : "%{arg} has no start event, at which an application would begin it.";
    *where = bpmn_sheet_find(&r->sheet, bpmn_node_id(b, event));
    return called ? "%{arg} waits for an event, and a call is none: what is called begins at a start event "
                    "without a trigger."
                  : "%{arg} waits for an event, and an application is none: it begins a process at a start "
                    "event without a trigger.";
}

static bool check_beginnings(struct ctx *c, struct process_report *out)
{
    bool sound = true, called = course_is_part(out->course);
    for (int i = 0; i < out->sheet.count; i++) {
        int where;
        const char *msgid = out->sheet.parts[i].process ? never_begun(out, i, called, &where) : NULL;
        called = called || out->sheet.parts[i].process;
        if (!msgid) continue;
        const struct bpmn_part *p = &out->sheet.parts[where];
        process_add_fault(c, out, msgid, p->name.len ? p->name : p->id, p->id, p->line);
        sound = false;
    }
    return sound;
}

void process_check_events(struct ctx *c, struct process_report *out)
{
    bool sound = check_beginnings(c, out);
    for (int i = 0; i < out->sheet.count; i++) {
        const struct bpmn_part *p = &out->sheet.parts[i];
        const char *msgid = never_reported(&out->sheet, p);
        if (!msgid) msgid = never_heard(out, p);
        if (!msgid) msgid = never_enough(p);
        if (!msgid) continue;
        process_add_fault(c, out, msgid, p->name.len ? p->name : p->id, p->id, p->line);
        sound = false;
    }
    if (!sound) out->course = NULL;
}
