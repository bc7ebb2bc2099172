/* The rules of the standard as tables: one row a rule, one predicate that says whether an element breaks it.
 *
 * `ext` numbers are those of BPMNspector's collection where the rule is found there. A rule that is `strict`
 * holds by the letter of the standard for an executable process, but no widely used designer lets a model
 * meet it (operations of message events, for one): it is only asked for with `strict`. */
#ifndef TB_BPMN_RULES_H
#define TB_BPMN_RULES_H

#include "engines/bpmn/bpmn_internal.h"

struct bpmn_checks {
    struct arena *arena;
    const struct bpmn_doc *d;
    struct bpmn_exprs *exprs;
    bool lists_flows; /* the document writes incoming and outgoing at its nodes */
};
typedef bool bpmn_broken(const struct bpmn_checks *c, const struct bpmn_el *el);
struct bpmn_rule {
    const char *name, *clause, *msgid;
    int ext, ext2;
    unsigned is;       /* classes it is about; or */
    enum bpmn_tag tag; /* one kind of element (TAG_UNKNOWN: by class; both empty: every element) */
    bool strict;
    bpmn_broken *broken;
};
struct bpmn_rules {
    const struct bpmn_rule *list;
    size_t count;
};
extern const struct bpmn_rules bpmn_rules_flow, bpmn_rules_level, bpmn_rules_event, bpmn_rules_trigger,
    bpmn_rules_data, bpmn_rules_service, bpmn_rules_other, bpmn_rules_expression;

/* Does the element stand in an executable process? */
bool bpmn_is_executable(const struct bpmn_el *el);
bool bpmn_is_event_sub_process(const struct bpmn_el *el);
bool bpmn_is_compensation(const struct bpmn_el *el); /* activity that only runs to undo another */
/* Which event definitions an event has, as bits 1 << tag_bit. */
unsigned bpmn_trigger_bits(const struct bpmn_checks *c, const struct bpmn_el *event);
#define TRIGGER_BIT(tag) (1u << ((tag)-TAG_MESSAGE_TRIGGER))
bool bpmn_is_link(const struct bpmn_checks *c, const struct bpmn_el *event);
/* The pool of a flow node or participant: process or participant. */
const struct bpmn_el *bpmn_pool(const struct bpmn_checks *c, const struct bpmn_el *el);
/* Item definition of an item-aware element, through references; NULL: none. */
const struct bpmn_el *bpmn_item(const struct bpmn_checks *c, const struct bpmn_el *el);
/* Both sides say what they hold, and it is not the same. */
bool bpmn_items_differ(const struct bpmn_el *x, const struct bpmn_el *y);

#endif
