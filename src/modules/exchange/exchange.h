/* Exchange of data between departments (政务数据目录 · 共享交换): what there is, who answers for it.
 *
 * An entry of the catalogue describes one body of data by the core metadata of the directory guideline
 * (编制指南 2017): code, name, provider, items, sharing type with its reason, cycle of renewal. It is drafted
 * by the provider's steward and published by somebody else; every version stays. A resource hangs under an
 * entry and is what can be asked: a register of this installation, which belongs to one entry alone
 * (一数一源). */
#ifndef TB_EXCHANGE_H
#define TB_EXCHANGE_H

#include "core/http/route.h"

extern const struct module exchange_module;

/* {entries: [{code, name, en, unit, summary, class, format, sharing, reason, open, cycle, level, duty,
 * register, items: [{id, name, type, sharing}]}]}: published as they are, for the departments of this place
 * by kind. What is there already, unchanged, stays; so does what an officer published, drafted or withdrew.
 * Report: read, new, changed, same, refused, kept, refusals and kept_lines [{line, reason}]. */
bool exchange_import(struct ctx *c, const struct json *file, struct json *report) NODISCARD;
/* Made-up entries to see what a large catalogue costs: numbers from `from` on, `count` of them; up to the
 * number `resources` each has a resource. */
struct exchange_made {
    int64_t from, count, resources;
};
bool exchange_make(struct ctx *c, const struct exchange_made *m) NODISCARD;

/* ---- places ----
 * Names an operator gives to databases ("sqlite:PATH", "postgresql://…") and services ("https://…") of
 * providers; stewards choose among the names, and nobody sees the addresses. owner: the unified social credit
 * code of the department it is of, "*" of all, "" of none. Before the program listens. */
bool exchange_add_place(struct server *s, struct str name, struct str address, struct str owner,
                        struct err *e) NODISCARD;
/* {sources: [{entry, code, kind, place, path, key, items, timeout, secret, rows}], facts}: sets up where the
 * data of entries (by code) come from, and delivers rows [{guid, op, number, data}] of those that are kept
 * here. For places as the operator named them; what was set up before stays. */
bool exchange_import_sources(struct ctx *c, const struct json *file) NODISCARD;

/* ---- calls ----
 * What a call is for, as the module that keeps cases knows it. */
struct exchange_case {
    int64_t id, item, applicant, unit;
    struct str item_code, base; /* either may stand in a permit */
    struct str case_no;         /* of those found by their person */
    bool live; /* a draft while its person fills it in; else sent and not decided or closed */
};
/* By number; *found = false when there is none. Given by that module, which needs this one. */
typedef bool exchange_find_case(struct ctx *c, struct str case_no, struct exchange_case *out, bool *found);
/* The page of a case for who asks, "" when they have none; and its number. */
typedef bool exchange_case_href(struct ctx *c, int64_t id, struct str *href, struct str *case_no);
/* Those of that person that were sent and are live, newest first, at most 20. */
typedef bool exchange_live_cases(struct ctx *c, int64_t applicant, struct exchange_case **rows,
                                 size_t *count);
void exchange_set_cases(struct server *s, exchange_find_case *find, exchange_live_cases *live,
                        exchange_case_href *href);
/* What registers and resources that lie elsewhere know for the form, as registry_prefill gives it, asked
 * under the permit of this installation for that case and recorded. What has no permit gives nothing; what
 * cannot be reached gives {"why", "why_en"}, and the person is asked. A page that reads may be made twice
 * (ctx_outside). k->id 0: at the desk, before there is a case. */
struct json *exchange_prefill(struct ctx *c, const struct exchange_case *k, const struct json *schema);
/* Does a register have what a document would say? Of a case that is no longer live: what was found then. */
bool exchange_holds(struct ctx *c, const struct exchange_case *k, struct str code, struct str register_id,
                    const struct json *where, bool *held) NODISCARD;

/* ---- what modules that need this one may know ---- */
struct exchange_data {
    int64_t entry, unit, version, resource; /* resource 0: nothing can be asked of it */
    struct str code, name, sharing, cycle, reason;
    struct str resource_code, register_id; /* register: "" where it lies elsewhere */
    bool published, open;                  /* open: the resource answers here */
    const struct json *items;              /* [{id, name, type, sharing}]; NULL in lists */
};
bool exchange_data(struct ctx *c, int64_t entry, struct exchange_data *out, bool *found) NODISCARD;
bool exchange_data_by_code(struct ctx *c, struct str code, int64_t *entry) NODISCARD; /* 0: none */
/* Published ones whose name holds the words, or else most of their pairs of characters; best first. */
bool exchange_data_find(struct ctx *c, struct str words, size_t limit, struct exchange_data **rows,
                        size_t *count) NODISCARD;
/* Published ones that can be asked here, in order of entries, behind `after`; unit 0: of all departments. */
bool exchange_data_open(struct ctx *c, int64_t unit, int64_t after, int limit, struct exchange_data **rows,
                        size_t *count) NODISCARD;
/* Published ones that are not shared (负面清单), in order of codes. */
bool exchange_data_refused(struct ctx *c, struct str after, int limit, struct exchange_data **rows,
                           size_t *count) NODISCARD;
/* Entries a department has permits in force for, at most `limit`. */
bool exchange_data_used(struct ctx *c, int64_t unit, int limit, int64_t **entries, size_t *count) NODISCARD;
/* The first open request or permit in force of that department for the entry; 0: none. */
bool exchange_permit_of(struct ctx *c, int64_t unit, int64_t entry, int64_t *permit, bool *granted) NODISCARD;

struct exchange_past {
    int64_t id, at, system, unit, resource, entry, provider, item, case_id, subject;
    struct str operator_id, mode, subject_index, result; /* "ok" or the code of the refusal */
    bool answer;
    int64_t took_us; /* 0: not measured */
    /* of the ledger alone */
    int64_t permit;
    struct str purpose, fields, system_name, data_name;
    const struct exchange_abroad *abroad; /* of one that left for another installation: provider and resource
                                             are numbers of that installation and of its service */
};
/* Calls in order of ids, those of [from, before). An id holds its time (core/base/id.h). */
bool exchange_calls(struct ctx *c, int64_t from, int64_t before, int limit, struct exchange_past **rows,
                    size_t *count) NODISCARD;
/* Those that left for other installations; case_id is EXCHANGE_CASE_NAMED where one was named. */
enum { EXCHANGE_CASE_NAMED = -2 };
bool exchange_calls_abroad(struct ctx *c, int64_t from, int64_t before, int limit,
                           struct exchange_past **rows, size_t *count) NODISCARD;
/* The ledger: calls newest first, as lists show them, with those that left for other installations where the
 * key is not a provider here. The first of subject, consumer, provider and resource
 * that is given is the key of the list; the others narrow it. */
enum exchange_outcome { EXCHANGE_ANY, EXCHANGE_ANSWERED, EXCHANGE_REFUSED };
struct exchange_ledger_query {
    int64_t consumer, provider, resource, system; /* departments, ids; 0: any */
    struct str operator_id, subject_index;        /* "": any */
    int64_t from, before;                         /* ids, [from, before); before 0: up to the newest */
    enum exchange_outcome outcome;
    bool caseless; /* those that name no case */
    int limit;
};
bool exchange_ledger(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_past **rows,
                     size_t *count) NODISCARD;
bool exchange_ledger_one(struct ctx *c, int64_t id, struct exchange_past *out, bool *found) NODISCARD;
/* Entries with a resource that was ever called (resource, entry, name); of that provider, or all, with what
 * was asked of other installations. */
bool exchange_ledger_data(struct ctx *c, int64_t provider, struct exchange_data **rows,
                          size_t *count) NODISCARD;
/* {href, when, who, system, operator, what, provider, fields, purpose, service, case_no, case_href, caseless,
 * about, about_zh, result, refused}; about: name and number masked. What is shown of a person is recorded. */
bool exchange_past_words(struct ctx *c, const struct exchange_past *r, struct json *o) NODISCARD;
/* One that this person (by the index of their number) may see. */
bool exchange_call_of(struct ctx *c, int64_t id, struct str subject_index, struct exchange_past *out,
                      bool *found) NODISCARD;
/* Which departments were told something about this number from this entry, each once, since that id. Unit 0:
 * this installation, for the person's own forms. */
struct exchange_consumer {
    int64_t unit, system;
};
bool exchange_told(struct ctx *c, struct str subject_index, int64_t entry, int64_t since,
                   struct exchange_consumer **rows, size_t *count) NODISCARD;
/* By what calls about that number are found. */
struct str exchange_subject_index(struct ctx *c, struct str number);
/* What the record of a call binds that index by: of this call alone, so that calls about one person are not
 * seen to be so; hex. */
struct str exchange_whose(struct arena *a, int64_t id, struct str subject_index);
/* Names for pages; "" when unknown. */
bool exchange_system_name(struct ctx *c, int64_t system, struct str *name) NODISCARD;
bool exchange_resource_name(struct ctx *c, int64_t resource, struct str *name) NODISCARD;
/* Of a provider: a department (*zh), or another installation. */
bool exchange_provider_name(struct ctx *c, int64_t provider, struct str *name, bool *zh) NODISCARD;
/* Is it this installation's own, for the forms people fill in? */
bool exchange_is_own(struct ctx *c, int64_t system, bool *own) NODISCARD;
/* Who asked, in words: at this installation an officer's name. */
bool exchange_operator_name(struct ctx *c, int64_t system, struct str operator_id, struct str *out) NODISCARD;
struct str exchange_result_words(const struct ctx *c, struct str result);

/* ---- pieces of pages ---- */
struct exchange_word {
    const char *code, *msgid;
};
/* The label of the code in a list that ends with NULL; the code itself where it has none. */
struct str exchange_label(const struct ctx *c, const struct exchange_word *list, struct str code);
struct json *exchange_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                            const char *type, struct str value, bool required);
/* A choice of that list. */
struct json *exchange_select(struct ctx *c, struct json *fields, const char *name, const char *label,
                             const struct exchange_word *list, struct str value, bool required);
/* An act of the partial "acts"; gives its fields. */
struct json *exchange_act(struct ctx *c, struct json *acts, struct str action, const char *label,
                          const char *tone, const char *says);
void exchange_crumb(struct ctx *c, struct json *doc, const char *label, const char *href);
/* {label, value, zh}: a row of a description; nothing where the value is empty. */
void exchange_row(struct ctx *c, struct json *rows, const char *label, struct str value, bool zh);
struct str exchange_unit_name(struct ctx *c, int64_t unit);
/* The name in the language of the page; en may be "". */
struct str exchange_in_words(const struct ctx *c, struct str name, struct str en);
/* The same for an entry whose Chinese name is known. */
bool exchange_entry_name(struct ctx *c, int64_t entry, struct str name, struct str *out) NODISCARD;
bool exchange_officer_name(struct ctx *c, int64_t account, struct str *out) NODISCARD;
/* ---- other installations (modules/nodes) ----
 * A subsystem of another installation is one more system: it has no key here and asks under permits like any
 * other; who let it in has verified its signature. */
/* Makes it a system of that department, which answers for it; what is there already stays. */
bool exchange_add_outside(struct ctx *c, struct str code, struct str name, int64_t unit,
                          bool *fresh) NODISCARD;
bool exchange_is_system(struct ctx *c, struct str code);
/* The number of a person or an organisation as everything here keeps it: whoever types a small x or spaces
 * means the same one. */
struct str exchange_number(struct ctx *c, struct str typed);
/* Who asks, of a form of their own at the installation that asks. */
#define EXCHANGE_APPLICANT "applicant"
/* The case of a call that lives at the installation that asks. */
enum { EXCHANGE_CASE_ELSEWHERE = -1 };
struct exchange_question {
    struct str system, resource; /* codes */
    struct str address;          /* where the call comes from */
    struct str mode, purpose, kind, number, operator_id;
    const struct json *fields, *facts;
    struct str case_no;
    struct str callers_item; /* not "": the case lives at the installation that asks; its service by code or
                                base item */
};
/* On the way of every call. What is noted in c->calls, of a refusal too, is written by exchange_record before
 * the answer leaves. DENIED, BUSY as systems of departments are told; MISSING "exchange.resource". */
bool exchange_answer(struct ctx *c, const struct exchange_question *q, struct json **answer) NODISCARD;
/* May that be asked now? Its provider is not asked: what is answered is known already. A refusal is noted as
 * exchange_answer notes it. */
bool exchange_may_answer(struct ctx *c, const struct exchange_question *q) NODISCARD;
/* Writes c->calls. True with c->err set: written, as a refusal (over quota). */
bool exchange_record(struct ctx *c) NODISCARD;
/* Inside the write of a refusal of that caller (a system of a department, another node, by code). *held: so
 * many were recorded in this minute that this one is counted with its reason, and is no row. */
bool exchange_refusal_held(struct ctx *c, struct str caller, struct str result, bool *held) NODISCARD;
/* What is said of one that was held: c->err is BUSY "limit" until the minute is over, its arg the reason.
 * Always true: what was counted stands. */
bool exchange_refusals_full(struct ctx *c, struct str result);
/* What a request may be shown once by: its nonce, until the time it was signed with is too long ago to be
 * shown again. Both are signed: who shows the nonce with another time has signed anew. */
struct exchange_once {
    struct str nonce; /* "": may be shown again */
    int64_t until;    /* ms since 1970 */
};
/* The system that signed this request with its key, method and target as they came. */
struct exchange_who {
    int64_t id, unit;
    struct str code, name;
    struct exchange_once once;
};
bool exchange_who(struct ctx *c, const char *method, struct exchange_who *out) NODISCARD;
int64_t exchange_platform(struct ctx *c); /* the system of this installation itself; 0: there is none yet */
/* The system of this installation with that code; false, without an error, where there is none. For modules
 * that let systems in by other means. */
bool exchange_who_named(struct ctx *c, struct str code, struct exchange_who *out);
/* Takes the nonce inside a write: DENIED "exchange.replay". */
bool exchange_take_nonce(struct ctx *c, const struct exchange_who *who) NODISCARD;
/* Systems of a department, of this installation alone. */
struct exchange_own_system {
    struct str code, name;
};
bool exchange_systems_of(struct ctx *c, int64_t unit, struct exchange_own_system **rows,
                         size_t *count) NODISCARD;
/* What can be asked here, in order of codes. */
struct exchange_offer {
    struct str code, name;
    int64_t unit, entry, version;
};
bool exchange_offers(struct ctx *c, struct exchange_offer **rows, size_t *count) NODISCARD;
/* Those that are shared: [{id, name, type, sharing}] */
bool exchange_offer_items(struct ctx *c, int64_t entry, const struct json **items) NODISCARD;
/* Grants one at once, for demonstrations: those fields, for live cases of the asking installation. by: the
 * accounts of who agreed in the office and who decided; {0} leaves it as one on which nobody decided. */
bool exchange_permit_outside(struct ctx *c, struct str system, struct str resource, struct str fields,
                             int64_t until, const int64_t by[2]) NODISCARD;
/* Has the system a permit in force for that? */
bool exchange_permits_now(struct ctx *c, struct str system, struct str resource);
/* What a register, or a resource that lies elsewhere, said of a case when this installation last asked
 * whether it has a record; asked: it did. */
struct exchange_checked {
    bool asked, found;
    int64_t at, permit;
};
bool exchange_checked(struct ctx *c, int64_t case_id, struct str resource,
                      struct exchange_checked *out) NODISCARD;
/* "Permit 123", of a fact; null for 0. */
void exchange_fact_permit(struct ctx *c, struct json *fact, int64_t permit);
/* What other installations said of the subject of a case, for its page: adds {name, value, result,
 * result_label, source, when, permit}. On the first look it has to wait: false without an error
 * (ctx_goes_outside).
 */
/* A setting that lists such: [{named, item (code, base item or "*"), name, fields: [ids], labels: [words]}].
 * INVALID in one sentence. */
bool exchange_check_facts(struct ctx *c, struct str text, const char *named) NODISCARD;
typedef bool exchange_facts(struct ctx *c, const struct exchange_case *k, struct json *facts);
void exchange_set_facts(struct server *s, exchange_facts *facts);
bool exchange_case_facts(struct ctx *c, const struct exchange_case *k, struct json *facts) NODISCARD;
/* Services of other nodes that forms and documents ask ("INSTANCE/GOV/…/data/code"). Given by that module. */
struct exchange_far_question {
    struct str service, mode, kind, number, item;
    const struct json *fields;
    int64_t case_id, subject, unit;
    bool fact;   /* what is said is kept with the case */
    int wait_ms; /* at most, for all of it */
};
struct exchange_far {
    /* Without a transaction, where one may wait: the record, NULL for none. BUSY, DENIED with their codes. */
    bool (*ask)(struct ctx *c, const struct exchange_far_question *q, const struct json **record);
    struct str (*name)(struct ctx *c, struct str service); /* with who keeps it; "" when unknown */
};
void exchange_set_far(struct server *s, const struct exchange_far *far);
/* Is it a resource that lies elsewhere, and may so stand in x-source and "from"? */
bool exchange_is_bound(struct ctx *c, struct str resource, struct str *zh, struct str *en,
                       bool *bound) NODISCARD;
/* Calls about a person that left for other installations, for their page and their file. Given by that
 * module, which needs this one. */
struct exchange_abroad {
    int64_t id, at, subject,
        unit; /* ids as those of calls here; unit: whose system asked, it answers for the call */
    struct str subject_index, node, system, service, provider; /* names; node: its code */
    struct str purpose, item, case_no;                         /* item: its code */
    const char *result;                                        /* in words: a msgid */
    bool refused;
    /* For whoever watches: which system asked (0: not kept), the numbers of the other installation and of its
     * service, "ok" or a code, who asked at the system, how long the answer took. */
    int64_t system_id, party, data, took_us;
    struct str operator_id, fields, mode, code;
    bool caseless;   /* it named no case that there is */
    struct str kept; /* "": not; "query": for a day; "fact": with the case */
};
struct exchange_abroad_part {
    const char *object; /* of evidence about such a call */
    /* By the index of a number, newest first, before that id (0: from the top), at most `limit`. */
    bool (*list)(struct ctx *c, struct str subject_index, int64_t before, int limit,
                 struct exchange_abroad **rows, size_t *count);
    bool (*find)(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found);
    /* In order of ids, of [from, before), at most `limit`. */
    bool (*since)(struct ctx *c, int64_t from, int64_t before, int limit, struct exchange_abroad **rows,
                  size_t *count);
    /* As exchange_ledger, without `provider`. */
    bool (*ledger)(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_abroad **rows,
                   size_t *count);
    /* (resource, name) of every service that was ever asked, at most `limit`. */
    bool (*data)(struct ctx *c, int limit, struct exchange_data **rows, size_t *count);
    bool (*name)(struct ctx *c, int64_t number, bool party, struct str *out); /* "" when unknown */
    struct str (*words)(const struct ctx *c, struct str code); /* of a refusal or failure; "" when unknown */
};
void exchange_set_abroad(struct server *s, const struct exchange_abroad_part *part);
/* The live case of that subject which a call names: found here, of that subject, not decided or closed.
 * DENIED exchange.no_case, .case_subject, .case_closed. */
bool exchange_live_case(struct ctx *c, struct str kind, struct str number, struct str case_no,
                        struct exchange_case *out) NODISCARD;

/* ---- what finds the calls about a person ----
 * Built anew from the rows of calls, in one write: for an installation whose audit names calls that their
 * person would not find. What is left about people who were erased meanwhile is forgotten. */
struct exchange_rebuilt {
    int64_t calls, forgotten;
};
bool exchange_rebuild_calls(struct ctx *c, struct exchange_rebuilt *out) NODISCARD;
/* A step of the upkeep, in a write; *more: there may be another one. */
bool exchange_sort_some(struct ctx *c, bool *more) NODISCARD;

/* ---- checking an answer offline ----
 * An answer of the exchange is an object of JSON whose last member is its proof (docs/exchange.md). */
bool exchange_proof_is(const struct json *doc);
struct exchange_verdict {
    bool stands;      /* the answer, as it is here, is in the tree under the head */
    bool head_signed; /* by the certificate the proof names */
    bool known;       /* that certificate is among those given */
    bool vouched;     /* one of the others issued it, and it was valid at the time */
    int64_t size, index, time;
};
/* certificates: what GET /exchange/certificates answered. INVALID for what is no such answer. */
bool exchange_proof_verify(struct arena *a, struct str text, struct str certificates,
                           struct exchange_verdict *out, struct err *e) NODISCARD;

/* Permissions: "exchange.read", "exchange.catalogue" (data_steward), "exchange.publish" (data_manager). */

#endif
