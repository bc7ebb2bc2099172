/* Decisions by rule (DMN): versioned models with author, legal basis, days of effect and test cases; who is
 * entitled; what was decided in a case, and why.
 *
 * Ownership: published models are compiled once into an immutable snapshot; borrowed pointers live until the
 * request ends. Invariants: a version is published by somebody who did not write it, only when it has no
 * fault and every one of its test cases passes; it never changes afterwards. On a day the version is in force
 * that began last among those that cover the day. A model refuses only where its version was published with
 * the legal basis for that; whatever goes wrong in an evaluation leaves the matter to a person. Units: days
 * as core/base/time.h counts them. Errors: those of the database; an evaluation itself never fails. */
#ifndef TB_DECISIONS_H
#define TB_DECISIONS_H

#include "core/http/route.h"

extern const struct module decisions_module;

/* What a model is for; its answer has the members that data/decisions/README.md tells. */
enum decision_purpose {
    DECISION_ANSWER,   /* answers an application at once */
    DECISION_ELIGIBLE, /* may I apply? */
    DECISION_FEE,      /* what it costs */
    DECISION_BENEFITS, /* a policy table: who is entitled? */
    DECISION_WAY,      /* leads a case: a business rule task of its process asks it */
    DECISION_PURPOSES
};

struct decision_version {
    int64_t model;
    int version;
    struct str code, name, en;
    enum decision_purpose purpose;
    bool organisations; /* about organisations; else about persons */
    struct str law, article, refuse_law, refuse_article;
    bool may_refuse;
    int32_t from, to;          /* to 0: open */
    const struct json *inputs; /* [{name, en, from, labels}]: data/decisions/README.md */
    const struct decision_code *compiled;
};

/* NULL when no version of the model of that code is in force on that day. */
const struct decision_version *decision_in_force(struct ctx *c, struct str code, int32_t day);

/* What a service (the form and flow of an item) says about models for that purpose: {use, model, inputs} of
 * its "decisions"; NULL when there is none. */
const struct json *decision_use(const struct json *service, enum decision_purpose purpose);

/* ---- facts ---- */
/* One input with the value found and where it comes from. */
struct decision_fact {
    struct str source, source_en; /* source "": nobody said where */
    const struct json *value;     /* NULL: unknown */
};
/* What the caller knows beside the registers: kind "form", "situation" or "document", and its name. Leaves
 * fact->value NULL where there is nothing. */
typedef bool decision_look(struct ctx *c, void *arg, struct str kind, struct str name,
                           struct decision_fact *fact);
struct decision_about {
    struct str code; /* 公民身份号码 or 统一社会信用代码 whose registers are asked; "" for none */
    const struct json *where; /* {input: source} of the item, before the model's own; may be NULL */
    decision_look *look;      /* may be NULL */
    void *arg;
    const struct json *given; /* {input: value} that go before all sources; may be NULL */
};
/* An array of {name, en, labels, value, source, source_en}: one an input of the model. */
bool decision_facts(struct ctx *c, const struct decision_version *v, const struct decision_about *about,
                    struct json **facts) NODISCARD;

/* ---- evaluating ---- */
struct decision_result {
    bool done;           /* false: a person has to look; `said` tells why */
    struct str outcome;  /* of DECISION_ANSWER: "grant", "refuse", "person" */
    struct json *answer; /* what the model gave */
    struct json *said;   /* {facts, rules, answer, notes}: all that has to be kept */
};
/* `facts` as decision_facts made them. */
struct decision_result decision_run(struct ctx *c, const struct decision_version *v,
                                    const struct json *facts);
/* The answer's own words, of its first entry where it is a list: `reason` and `reason_en`. */
struct str decision_reason(const struct decision_result *r, bool english);

/* ---- on the way of a case: business rule tasks ---- */
enum decision_trouble {
    DECISION_FINE,
    DECISION_UNKNOWN, /* no version in force */
    DECISION_INPUT,   /* it is given what it has no input for; said: the input */
    DECISION_TYPE,    /* a value is not of the type of its input; said: the input */
    DECISION_NOTHING, /* no rule speaks, or they contradict each other: there is no result */
    DECISION_NO_WAY,  /* the process finds no way with it (said by who runs the process) */
    DECISION_ENDLESS, /* models were asked so often in one go that it may never end (said by the same) */
    DECISION_TROUBLES
};
extern const char *const decision_trouble_names[DECISION_TROUBLES]; /* as they are stored */
/* One sentence in the language of the request. */
struct str decision_trouble_text(struct ctx *c, enum decision_trouble trouble, struct str said);
struct decision_on_way {
    enum decision_trouble trouble; /* else all below is there */
    struct str said;
    struct decision_version version; /* its purpose is DECISION_WAY, whatever the model is for */
    struct decision_result result;
};
/* Evaluates the version in force on that day. Any model may be asked; what it gives has any shape but null.
 */
bool decision_ask_on_way(struct ctx *c, struct str code, int32_t day, const struct decision_about *about,
                         struct decision_on_way *out) NODISCARD;
/* The result in words: "third", "level: 2, fee: 50". */
struct str decision_result_words(struct ctx *c, const struct json *result);

/* ---- in cases ---- */
/* Keeps what was decided, sealed under the applicant's key, with evidence. */
bool decision_keep(struct ctx *c, const struct decision_version *v, const struct decision_result *r,
                   int64_t case_id, int64_t applicant) NODISCARD;
/* Adds what was decided in this case, in plain words, for the partial "decisions/why". The caller has made
 * sure that the actor may see the case, and records the read. */
bool decision_explain(struct ctx *c, int64_t case_id, int64_t applicant, struct json *list) NODISCARD;
/* The same for a result that is not kept (before applying). */
void decision_explain_now(struct ctx *c, const struct decision_version *v, const struct decision_result *r,
                          struct json *list);
/* How a decision by an authority can be challenged: 行政复议法 art. 20, 行政诉讼法 art. 46. */
struct str decision_remedy(struct ctx *c);

/* ---- shipped models: data/decisions ---- */
/* Publishes every model of the folder that is new, or whose text changed since, as the program's own. INVALID
 * when one of them has a fault or fails a test case. */
bool decision_import_shipped(struct ctx *c, const char *data_dir, struct json *report) NODISCARD;

#endif
