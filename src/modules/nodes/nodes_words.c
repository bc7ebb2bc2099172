/* Refusals of other nodes: which of them pass, and what they are called. */
#include "modules/nodes/nodes_internal.h"

static const struct told {
    const char *code;
    bool passes;
    const char *msgid; /* NULL: the exchange has words for it */
} words[] = {
    {"nodes.busy", true, "Many calls waited at the other node"},
    {"nodes.expired", true, "The directory of members had expired there"},
    {"nodes.id_reused", false, "Another call was made under this id."},
    {"nodes.forgotten", false, "The answer was given before and is no longer kept"},
    {"nodes.client", false, "The other node does not know this system"},
    {"nodes.service", false, "The other node has no such service"},
    {"nodes.version", false, "The service has another version now."},
    {"exchange.resource", false, "The other node has no such service"},
    {"exchange.case_elsewhere", false, "The permit wants a case of the other node"},
    {"exchange.provider", true, NULL},
    {"exchange.sleeping", true, NULL},
    {"exchange.crowded", true, "Very many calls waited for the provider"},
    {"exchange.quota", true, NULL},
    {"exchange.rate", true, NULL},
    {"limit", true, "Too many calls a minute"},
    {"busy", true, "Many calls waited at the other node"},
};

/* What was refused or went wrong at this node. */
static const struct word {
    const char *code, *msgid;
} here[] = {
    {"nodes.unreachable", "The other node cannot be reached."},
    {"nodes.no_answer", "No answer is known"},
    {"nodes.answer", "The answer of the other node is not to be trusted."},
    {"nodes.signature", "It is not signed by the hub this node follows"},
    {"nodes.rolled_back", "It is older than the directory there is"},
    {"nodes.log_forked", "Its log took something back"},
    {"nodes.log_unsigned", "The head of its log is not signed by its key"},
    {"nodes.cosignature", "It does not take our signature under its log"},
    {"nodes.replay", "Sent twice"},
    {"nodes.own", "The service is of this node itself"},
    {"exchange.replay", "Sent twice"},
};

static const struct told *told_of(struct str code)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(code, words[i].code)) return &words[i];
    return NULL;
}

struct str nodes_words(const struct ctx *c, struct str code)
{
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
        if (str_eq_c(code, here[i].code)) return ctx_tr(c, here[i].msgid);
    const struct told *o = told_of(code);
    return o && o->msgid ? ctx_tr(c, o->msgid) : STR_EMPTY;
}

struct str nodes_why(const struct ctx *c, struct str code)
{
    struct str own = nodes_words(c, code);
    return own.len ? own : exchange_result_words(c, code);
}

bool nodes_passes(struct str code)
{
    const struct told *o = told_of(code);
    return o && o->passes;
}

struct str nodes_result_words(const struct ctx *c, struct str code)
{
    const struct told *o = told_of(code);
    if (o && o->msgid) return ctx_tr(c, o->msgid);
    struct str said = exchange_result_words(c, code);
    return str_eq(said, code) ? ctx_tr(c, "The other node refused the call.") : said;
}
