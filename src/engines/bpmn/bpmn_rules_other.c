#include "engines/bpmn/bpmn_rules.h"

/* Ids, references, documentation, collaborations (8.2, 8.4, 9). */

#define RULE(predicate)                                                                                      \
    static bool predicate(__attribute__((unused)) const struct bpmn_checks *c, const struct bpmn_el *el)

RULE(id_twice)
{
    const struct bpmn_el *first = el->id.len ? bpmn_by_id(c->d, el->id) : NULL;

    return first && first != el;
}

/* ---- references: by their name, what they may lead to ---- */
static const struct {
    const char *name;
    unsigned is;
    enum bpmn_tag tag;
    bool elsewhere; /* may lead out of the document */
} references[] = {
    {"attachedToRef", IS_ACTIVITY, TAG_UNKNOWN, false},
    {"default", 0, TAG_SEQUENCE_FLOW, false},
    {"incoming", 0, TAG_SEQUENCE_FLOW, false},
    {"outgoing", 0, TAG_SEQUENCE_FLOW, false},
    {"processRef", IS_PROCESS, TAG_UNKNOWN, true},
    {"eventDefinitionRef", IS_TRIGGER, TAG_UNKNOWN, true},
    {"oneBehaviorEventRef", IS_TRIGGER, TAG_UNKNOWN, true},
    {"noneBehaviorEventRef", IS_TRIGGER, TAG_UNKNOWN, true},
    {"dataInputRefs", 0, TAG_DATA_INPUT, false},
    {"optionalInputRefs", 0, TAG_DATA_INPUT, false},
    {"whileExecutingInputRefs", 0, TAG_DATA_INPUT, false},
    {"dataOutputRefs", 0, TAG_DATA_OUTPUT, false},
    {"optionalOutputRefs", 0, TAG_DATA_OUTPUT, false},
    {"whileExecutingOutputRefs", 0, TAG_DATA_OUTPUT, false},
    {"inputSetRefs", 0, TAG_INPUT_SET, false},
    {"outputSetRefs", 0, TAG_OUTPUT_SET, false},
    {"messageRef", IS_MESSAGE, TAG_UNKNOWN, true},
    {"inMessageRef", IS_MESSAGE, TAG_UNKNOWN, true},
    {"outMessageRef", IS_MESSAGE, TAG_UNKNOWN, true},
    {"signalRef", IS_SIGNAL, TAG_UNKNOWN, true},
    {"errorRef", IS_ERROR, TAG_UNKNOWN, true},
    {"escalationRef", IS_ESCALATION, TAG_UNKNOWN, true},
    {"operationRef", IS_OPERATION, TAG_UNKNOWN, true},
    {"interfaceRef", IS_INTERFACE, TAG_UNKNOWN, true},
    {"supportedInterfaceRef", IS_INTERFACE, TAG_UNKNOWN, true},
    {"participantRef", IS_PARTICIPANT, TAG_UNKNOWN, true},
    {"definitionalCollaborationRef", IS_COLLABORATION, TAG_UNKNOWN, true},
    {"calledCollaborationRef", IS_COLLABORATION, TAG_UNKNOWN, true},
    {"correlationPropertyRef", 0, TAG_CORRELATION_PROPERTY, true},
    {"itemSubjectRef", IS_ITEM, TAG_UNKNOWN, true},
    {"itemRef", IS_ITEM, TAG_UNKNOWN, true},
    {"dataObjectRef", 0, TAG_DATA_OBJECT, false},
    {"dataStoreRef", 0, TAG_DATA_STORE, true},
    {"activityRef", IS_ACTIVITY, TAG_UNKNOWN, false},
    {"flowNodeRef", IS_FLOW_NODE, TAG_UNKNOWN, false},
    {"resourceRef", IS_RESOURCE, TAG_UNKNOWN, true},
    {"parameterRef", 0, TAG_RESOURCE_PARAMETER, true},
    {"calledElement", IS_CALLABLE, TAG_UNKNOWN, true},
    {"loopDataInputRef", IS_DATA, TAG_UNKNOWN, true},
    {"loopDataOutputRef", IS_DATA, TAG_UNKNOWN, true},
};

static bool leads_astray(const struct bpmn_checks *c, size_t i, struct str ref)
{
    const struct bpmn_el *to = bpmn_by_id(c->d, ref);

    if (!to) return !references[i].elsewhere;
    return references[i].is ? !(to->is & references[i].is) : to->tag != references[i].tag;
}

/* Sources and targets mean different things in different elements. */
static bool end_astray(const struct bpmn_checks *c, const struct bpmn_el *el, const char *name)
{
    unsigned allowed = el->tag == TAG_SEQUENCE_FLOW  ? IS_FLOW_NODE
                       : el->tag == TAG_MESSAGE_FLOW ? IS_FLOW_NODE | IS_PARTICIPANT
                       : el->is & IS_ASSOCIATION     ? IS_DATA
                                                     : 0;
    struct str ref = bpmn_ref_text(el, name);
    const struct bpmn_el *to = bpmn_by_id(c->d, ref);

    if (!allowed || !ref.len) return false;
    return !to ? el->tag == TAG_SEQUENCE_FLOW : !(to->is & allowed);
}

RULE(reference_astray)
{
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        if (str_eq_c(el->kind, references[i].name) && el->text.len && leads_astray(c, i, el->text))
            return true;
        if (bpmn_attr(el, references[i].name).len && leads_astray(c, i, bpmn_attr(el, references[i].name)))
            return true;
    }
    return end_astray(c, el, "sourceRef") || end_astray(c, el, "targetRef");
}

RULE(flow_without_ends)
{
    return !bpmn_ref_text(el, "sourceRef").len || !bpmn_ref_text(el, "targetRef").len;
}
RULE(attached_to_nothing)
{
    return !bpmn_ref_text(el, "attachedToRef").len;
}

/* ---- documentation ---- */
static bool token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] > 126 ||
            memchr("()<>@,:;\\\"/[]?=", s.ptr[i], 15))
            return false;
    return s.len > 0;
}
RULE(no_mime_type)
{
    struct str type, subtype = str_cut(bpmn_attr(el, "textFormat"), '/', &type), head;

    if (!bpmn_attr(el, "textFormat").len) return false;
    str_cut(subtype, ';', &head);
    return !token(type) || !token(str_trim(head));
}

/* ---- collaborations ---- */
RULE(choreography_in_choreography)
{
    return el->parent->tag == TAG_CHOREOGRAPHY || el->parent->tag == TAG_GLOBAL_CONVERSATION;
}
RULE(multiplicity)
{
    int64_t low = 0, high = 1;

    if (bpmn_has(el, "minimum") && !str_to_i64(bpmn_attr(el, "minimum"), &low)) return true;
    if (bpmn_has(el, "maximum") && !str_to_i64(bpmn_attr(el, "maximum"), &high)) return true;
    return low < 0 || high < 1 || high < low;
}
RULE(conversation_holds_more)
{
    BPMN_CHILDREN(x, el)
    {
        if ((x->is & (IS_CONVERSATION | IS_ARTIFACT)) || x->tag == TAG_MESSAGE_FLOW) return true;
    }
    return false;
}

static const struct bpmn_rule rules[] = {
    {"id.unique", "8.2.1", "The same id stands at two elements.", 2, 0, 0, TAG_UNKNOWN, false, id_twice},
    {"reference.kind", "8.2", "A reference leads to nothing, or to an element of another kind.", BPMN_EXT_REF,
     0, 0, TAG_UNKNOWN, false, reference_astray},
    {"sequence-flow.ends", "8.4.13", "A sequence flow has no source or no target.", 0, 0, 0,
     TAG_SEQUENCE_FLOW, false, flow_without_ends},
    {"boundary-event.attached", "10.4.4", "A boundary event is attached to nothing.", 0, 0, 0,
     TAG_BOUNDARY_EVENT, false, attached_to_nothing},
    {"documentation.format", "8.2.1", "The text format is no MIME type.", 4, 0, 0, TAG_DOCUMENTATION, false,
     no_mime_type},
    {"text-annotation.format", "8.4.1", "The text format is no MIME type.", 10, 0, 0, TAG_TEXT_ANNOTATION,
     false, no_mime_type},
    {"choreography.reference", "9.2", "A choreography or global conversation refers to a choreography.", 27,
     0, 0, TAG_CHOREOGRAPHY_REF, false, choreography_in_choreography},
    {"participant.multiplicity", "9.3.1", "The most participants are fewer than one, or than the fewest.", 30,
     0, 0, TAG_PARTICIPANT_MULTIPLICITY, false, multiplicity},
    {"global-conversation.content", "9.5.5", "A global conversation holds more than participants.", 32, 0, 0,
     TAG_GLOBAL_CONVERSATION, false, conversation_holds_more},
};
const struct bpmn_rules bpmn_rules_other = {rules, sizeof(rules) / sizeof(rules[0])};
