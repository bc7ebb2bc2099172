/* Private to the module: the way of a call, the same for systems outside and for this installation's own
 * forms.
 *
 * authorise → ask the provider → mask → note. What is noted is written in one transaction with its evidence
 * before the answer leaves, refusals of a system that has shown its key as well (exchange_refusals.h).
 * Systems, permits and connected resources are a snapshot; nonces and quotas are decided where the call is
 * written, so that they hold across processes. */
#ifndef TB_EXCHANGE_CALL_H
#define TB_EXCHANGE_CALL_H

#include "core/base/shared.h"
#include "core/crypto/keyring.h"
#include "engines/merkle/merkle.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_permit.h"
#include "modules/exchange/exchange_source.h"

enum {
    CALL_WINDOW_MS = 5 * 60 * 1000, /* a signed time may be that far from ours */
    SAME_CALL_MS = 30 * 60 * 1000,  /* a form that is opened again within one sitting asks no second time */
    NONCE_MIN = 16,
    NONCE_MAX = 64,
    ENTRIES_AT_ONCE = 50, /* that are read for the snapshot */
    CALLS_SIGNED = 256,   /* at most, under one signature */
    WHOSE_SIZE = 16       /* bytes of a digest */
};

struct known_key {
    const struct sm2_pub *pub;    /* of KEY_SM2 */
    const struct mac_key *secret; /* of KEY_CONVENTION */
    const struct mac_key *before; /* of KEY_HMAC: the secret key that was replaced */
    int64_t valid_from, valid_until;
};

struct known_system {
    int64_t id, unit;
    struct str code, name;
    const struct mac_key *key; /* NULL: none */
    struct known_key keys[KEY_KINDS * KEYS_IN_FORCE];
    size_t key_count;
};

struct known_resource {
    int64_t id, entry, unit, version;
    struct str code, register_id, name;
    struct str shares; /* items its entry shares, separated by commas; read where there is a permit */
    bool unshared;     /* its entry says that it is not shared: nothing of it is given out */
    struct breaker *breaker;
    const struct source *source; /* NULL: a register of this installation */
    bool suspended;              /* its provider gives nothing until it ends the suspension */
};

struct exchange_snapshot {
    struct arena *arena;
    struct known_system *systems; /* by code */
    size_t system_count;
    struct known_resource *resources; /* by code */
    size_t resource_count;
    struct share_permit *permits; /* granted; by system and resource */
    size_t permit_count;
    int64_t refusals;  /* of one caller in a minute, recorded one by one */
    int64_t window_ms; /* of the national header convention: how far its time may be from ours */
    struct str codes;  /* "exchange.permit=api-403,…": what it calls our refusals */
};

struct exchange_state {
    struct shared snapshot;
    exchange_find_case *find_case;
    exchange_case_href *case_href;
    exchange_live_cases *live_cases;
    exchange_facts *facts;
    const struct exchange_far *far;
    const struct exchange_abroad_part *abroad;
    struct breaker *breakers;
    struct sources sources;
    _Atomic uint64_t added; /* calls to what they are found by, by this program */
};

struct call {
    int64_t id; /* once it was asked whether it may */
    const struct known_system *system;
    const struct known_resource *resource; /* NULL: it names none that there is */
    const struct share_permit *permit;     /* once it was found */
    const char *scheme;                    /* it is signed by; NULL inside the program */
    struct str mode, purpose, operator_id;
    struct exchange_once once;
    struct str with_mode;             /* the permit must allow this as well: of a batch; "" else */
    bool uncounted;                   /* what it gives was counted before: it uses up no bound */
    int64_t under;                    /* not 0: under this permit alone */
    struct str code;                  /* number of the subject */
    int64_t subject;                  /* 0: nobody this installation knows */
    struct exchange_case about;       /* id 0: no case */
    bool no_case_yet;                 /* at the desk, before there is one: the person is there */
    bool callers_case;                /* the case lives at another installation, which answers for it */
    const struct json *fields;        /* ids */
    struct str address;               /* where it comes from; "" inside the program */
    const struct source_given *given; /* asked before: by a job, which waits elsewhere */
    bool later;                       /* the provider is not asked now */
    bool filtered;                    /* there is a record, which the permit's filter does not let through */
    int records;                      /* of several, how many it lets through; else 0 */
    int limit;                        /* of a register: records an answer has at most */
    int64_t begun_us; /* monotonic: its request was there; at the latest: it was asked whether it may */
};

struct call_row {
    int64_t id, at, system, unit, resource, permit, item, case_id, subject;
    struct str operator_id, mode, purpose, subject_index, fields, result, scheme;
    int64_t took_us;                       /* from the call's beginning until this row is written */
    bool answer, own;                      /* own: of this installation, for its forms */
    struct str system_name, resource_name; /* of lists */
    int64_t entry, provider;
    struct str objection; /* "", "open", "answered" */
    struct str kept; /* "", or how what it brought is kept (exchange_elsewhere.h): "query", "check", "fact" */
};

/* What c->calls holds: a call that waits for its record. */
struct noted {
    struct noted *next;
    struct call_row row;
    struct exchange_once once;
    struct str caller; /* code of the system */
    int64_t rate, daily, begun_us;
    int records;             /* more than one: so many leave in one answer */
    bool outside;            /* a system of a department asks, not this installation */
    bool answered;           /* the answer leaves with a proof, once it is on record */
    struct str body;         /* of the answer, until its leaf is known */
    struct merkle_node leaf; /* once it is on record, or call_leaf */
};

/* ---- exchange_call.c ---- */
bool exchange_start(struct ctx *c);
/* What fields can be filled in from (forms_sources): the items of registers that the catalogue publishes. */
bool exchange_form_sources(struct ctx *c, struct json *list) NODISCARD;
bool exchange_refresh(struct ctx *c);
void exchange_stop(struct server *s);
const struct exchange_snapshot *exchange_now(struct ctx *c);
const struct known_system *exchange_system_of(const struct exchange_snapshot *s, struct str code);
const struct known_resource *exchange_resource_of(const struct exchange_snapshot *s, struct str code);
/* DENIED with one stable code each: exchange.permit, .expired, .network, .purpose, .mode, .field, .no_case,
 * .case_subject, .case_closed, .case_item, .convention, .masked, .not_shared; BUSY exchange.sleeping,
 * .suspended. */
bool call_authorise(struct ctx *c, struct call *k) NODISCARD;
/* Was that item taken from a permit of the system, because the entry no longer shares it? */
bool permits_lost(struct ctx *c, const struct known_system *s, const struct known_resource *r,
                  struct str item);
/* The record of the subject, NULL where there is none. BUSY "exchange.provider" when the provider fails.
 * false without an error: it has to wait (ctx_goes_outside), and the call is made once more. */
bool call_provider(struct ctx *c, struct call *k, const struct json **record) NODISCARD;
/* What the permit's filter keeps back is no record (k->filtered). Of several records those stay that it lets
 * through: for a check all of them, else at most as many as the limit of the resource. BUSY
 * "exchange.provider" where it lets none through and the provider has more than were read. */
bool call_filter(struct call *k, struct arena *a, const struct json **record, struct err *e) NODISCARD;
/* Is the permit for the service of this case? */
bool permit_serves(const struct share_permit *p, const struct exchange_case *about);
/* "ok", or "exchange.filtered" where the filter let nothing through: asked, both. */
const char *call_result(const struct call *k);

/* ---- exchange_record.c ---- */
bool call_answered(struct str result);
/* result: "ok" or the code of the refusal; answer: the check said yes, or there is a record. */
void call_note(struct ctx *c, const struct call *k, const char *result, bool answer);
/* What is refused to a system that has shown its key: noted under the code of the error. Always false; what
 * failed here is not noted. */
bool call_refused(struct ctx *c, const struct call *k);
/* MISSING "exchange.resource", noted. */
bool call_nowhere(struct ctx *c, const struct call *k);
/* The answer to what was noted last: the text of an object of JSON, sent with a proof as its last member once
 * the digest of the rest is on record. Called again, the later text is the answer. */
bool call_send(struct ctx *c, struct str body);
/* The leaf of such an answer before it is on record. */
const struct merkle_node *call_leaf(struct ctx *c, struct noted *n);
/* Appends the proof to what call_send gave, for what is recorded in the same write: a tree of one leaf. */
bool call_prove(struct ctx *c, const struct merkle_node *leaf) NODISCARD;
/* Writes what was noted (server_on_reads): DENIED "exchange.replay", "exchange.quota", "exchange.rate"; BUSY
 * "limit" (exchange_refusals_full). */
bool call_record(struct ctx *c) NODISCARD;

/* ---- exchange_audit_store.c ---- */
/* Reports rows of calls that are gone, say something else than their record, or have none. */
bool exchange_audit(struct ctx *c, struct evidence_audit *out) NODISCARD;

/* ---- exchange_outside.c ---- */
evidence_item_names exchange_item_names;

/* ---- exchange_answer.c ---- */
/* Whom and what it is about: subject and case, where they are known here. */
bool call_about(struct ctx *c, struct call *k, struct str kind, struct str case_no) NODISCARD;
/* data and masked, as the permit says; of several records a list of such, and whether there are more. */
void call_add_values(struct ctx *c, struct json *out, const struct call *k, const struct json *record);
/* Whose data it is, of which call, and a salt. */
void call_add_provenance(struct ctx *c, struct json *out, const struct call *k);
/* The whole of it: authorise, ask, mask, note. fields of a query, facts of a check. */
bool call_ask(struct ctx *c, struct call *k, const struct json *fields, const struct json *facts,
              struct json **out) NODISCARD;
/* Only whether it may be asked now; the provider is not asked. A refusal is noted, no answer is. */
bool call_may(struct ctx *c, struct call *k, const struct json *fields, const struct json *facts) NODISCARD;

/* ---- exchange_call_store.c ---- */
bool call_store_snapshot(struct ctx *c, struct exchange_snapshot *into) NODISCARD;
bool call_store_add(struct ctx *c, const struct call_row *r) NODISCARD;
/* *fresh: nobody took it before. */
bool call_store_take(struct ctx *c, int64_t system, const struct exchange_once *once, bool *fresh) NODISCARD;
/* Counts one use; *refused: NULL, or the code. */
bool call_store_use(struct ctx *c, int64_t permit, int64_t rate, int64_t daily,
                    const char **refused) NODISCARD;
bool call_store_sweep(struct ctx *c) NODISCARD;
/* Calls of this installation about this case since then that went well, newest first. */
struct call_made {
    int64_t resource, at, permit;
    struct str mode, operator_id, fields;
    bool answer;
};
bool call_store_made(struct ctx *c, int64_t case_id, int64_t since, struct call_made **rows,
                     size_t *count) NODISCARD;
/* The permit a call was made under; 0: no such call. */
bool call_store_permit(struct ctx *c, int64_t call, int64_t *permit) NODISCARD;

/* ---- exchange_about_store.c ---- */
enum { ABOUT_MIN = 8 }; /* bytes of a blind index by which a call can be found */
bool about_store_add(struct ctx *c, struct str index, int64_t call) NODISCARD;
/* Ids in [from, before), newest first. Now and then one may be of somebody else: who asks looks at the whole
 * index. */
struct about_query {
    struct str index;
    int64_t from, before;
    size_t limit;
};
bool about_store_find(struct ctx *c, const struct about_query *q, int64_t **ids, size_t *count) NODISCARD;
/* One after the other, until *enough; without a limit. */
bool about_store_each(struct ctx *c, const struct about_query *q,
                      bool (*each)(struct ctx *c, int64_t call, void *arg, bool *enough),
                      void *arg) NODISCARD;
/* Reports calls that are not found so, and that others are. As exchange_audit. */
bool about_store_audit(struct ctx *c, struct evidence_audit *out) NODISCARD;
/* The calls stay, without the index by which they are the person's. */
bool about_store_forget(struct ctx *c, struct str index) NODISCARD;
/* A step of the upkeep, and the next soon after. */
bool exchange_sort(struct ctx *c, const struct json *payload);

/* ---- exchange_gateway.c ---- */
bool exchange_gateway(struct ctx *c);
bool exchange_sweep(struct ctx *c, const struct json *payload);
/* The same; what leaves the operator out is asked by the system itself. */
extern const struct field exchange_gateway_fields[], exchange_sysapi_fields[];

/* ---- exchange_sysapi.c ---- */
bool exchange_sysapi(struct ctx *c);
struct str exchange_sysapi_refusal(struct ctx *c, const struct err *e, struct str message);

#endif
