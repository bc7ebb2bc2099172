/* Private to the module: what a node knows, its rows, calls sent and calls served.
 *
 * state of a call sent: "sent" → "ok" | "refused" | "unknown" (no answer that can be used) → "answered" |
 * "never" (what the other node said later, when the call could no longer arrive) | "left" (the directory has
 * had no such node for a day: nobody can say). One that was refused here has no attempt. What is under way is
 * on record before it leaves; an answer is on record before it is given on. */
#ifndef TB_NODES_INTERNAL_H
#define TB_NODES_INTERNAL_H

#include "core/base/shared.h"
#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "core/http/fetch.h"
#include "modules/exchange/exchange.h"
#include "modules/nodes/nodes.h"
#include "modules/nodes/nodes_directory.h"
#include "modules/orgs/orgs.h"

#include <stdatomic.h>

#define NODES_WINDOW (5 * MS_MINUTE) /* a signed time may be that far from ours */
#define NODES_KEEP   MS_DAY          /* answers are kept that long for a repeat */

enum { CALL_ID_MAX = 64, ATTEMPTS = 2, NODES_PAGE = 30, MEMBER_MAX = 240 };
enum { SETTLE_BATCH = 20, SILENT_MAX = 16 }; /* calls settled, nodes found silent, in one round */

/* A snapshot: settings and the directory in force. */
struct nodes_known {
    struct arena *arena;
    bool hub;
    struct str code, url, hub_url;
    const struct cert *anchor;   /* of the hub's key; NULL: this node follows nobody */
    const struct directory *dir; /* NULL: none yet */
    const struct dir_node *own;  /* this node in it; NULL: not (any longer) */
};

struct nodes_state {
    struct shared known;
    struct fetcher *fetcher;
    _Atomic int under_way; /* calls that wait for another node */
    int most;
};

/* ---- nodes.c: who this node is ---- */
bool nodes_start(struct ctx *c);
bool nodes_refresh(struct ctx *c);
void nodes_stop(struct server *s);
const struct nodes_known *nodes_now(struct ctx *c);
struct nodes_state *nodes_state_of(const struct ctx *c);
/* The directory, where this node stands in it and it is in force: MISSING "nodes.none", BUSY "nodes.expired",
 * DENIED "nodes.member". */
bool nodes_in_force(struct ctx *c, const struct nodes_known **out) NODISCARD;
/* The key by which this node signs. */
bool nodes_signer(struct ctx *c, struct signer *out) NODISCARD;
/* The subsystem of a department's system here: "INSTANCE/GOV/<USCC>/<code>"; "" where the department has no
 * USCC. */
struct str nodes_own_subsystem(struct ctx *c, int64_t unit, struct str code);
/* The officer for whom this program asks, as the exchange calls them, or "applicant". */
struct str nodes_operator(struct ctx *c);
/* The department here whose subsystem or service that is; 0: none. */
int64_t nodes_unit_of(struct ctx *c, struct str id);
/* Runs slow work while no connection to the database is held; a prepare step only. */
bool nodes_apart(struct ctx *c, bool (*slow)(struct ctx *c, void *arg), void *arg) NODISCARD;

/* ---- nodes_hub.c: the directory at its hub ---- */
bool hub_sign(struct ctx *c) NODISCARD; /* the next number, of what node_entry holds */
bool hub_ask(struct ctx *c, const char *kind, struct str node, struct str doc) NODISCARD;
/* MISSING "nodes.change", DENIED "nodes.four_eyes". */
bool hub_decide(struct ctx *c, int64_t change, bool agree) NODISCARD;
bool hub_renew(struct ctx *c, const struct json *payload);
/* A directory that came from outside: DENIED "nodes.signature", CONFLICT "nodes.rolled_back", BUSY
 * "nodes.expired". The number there is already changes nothing. */
bool nodes_accept(struct ctx *c, struct str bytes) NODISCARD;

/* ---- nodes_store.c ---- */
bool node_store_newest(struct ctx *c, int64_t *number, struct str *doc, bool *found) NODISCARD;
bool node_store_add(struct ctx *c, const struct directory *d, struct str doc) NODISCARD;
struct node_change {
    int64_t id, asked_by, asked_at, decided_by, decided_at;
    struct str kind, node, doc, state;
};
bool change_store_add(struct ctx *c, const struct node_change *n) NODISCARD;
bool change_store_load(struct ctx *c, int64_t id, struct node_change *out, bool *found) NODISCARD;
bool change_store_decide(struct ctx *c, const struct node_change *n) NODISCARD;
/* Waiting ones, newest first, at most NODES_PAGE. */
bool change_store_waiting(struct ctx *c, struct node_change **rows, size_t *count) NODISCARD;
bool entry_store_put(struct ctx *c, struct str node, struct str doc) NODISCARD;
bool entry_store_remove(struct ctx *c, struct str node) NODISCARD;
struct node_entry {
    struct str node, doc;
};
bool entry_store_all(struct ctx *c, struct node_entry **rows, size_t *count) NODISCARD;
bool state_store_seen(struct ctx *c, struct str node) NODISCARD;
bool state_store_failed(struct ctx *c, struct str node, struct str trouble) NODISCARD;
bool state_store_head(struct ctx *c, struct str node, struct str head) NODISCARD;
struct node_standing {
    struct str node, trouble, head;
    int64_t seen, failed, head_at;
};
bool state_store_all(struct ctx *c, struct node_standing **rows, size_t *count) NODISCARD;

/* ---- nodes_call_store.c ---- */
struct asked_row {
    int64_t id, subject, attempts, at, ended, unit; /* unit: the department here that asks */
    struct str client, call, node, service, content, purpose, item, case_no, subject_index, state, result,
        answer;
    int64_t system, took_us;              /* system: of the exchange; took_us: of an answer */
    struct str operator_id, fields, mode; /* operator: who asked at the system; fields: ids, with commas */
    int64_t party, data;                  /* numbers of node and service (number_store_of) */
};
/* Adds the call, or counts one more attempt of it; *id 0: another call has this id. */
bool asked_store_begin(struct ctx *c, const struct asked_row *r, int64_t *id) NODISCARD;
/* One that was refused here and never left; *id 0: the id is of a call about somebody else. */
bool asked_store_refused(struct ctx *c, const struct asked_row *r, int64_t *id) NODISCARD;
bool asked_store_find(struct ctx *c, struct str client, struct str call, int64_t *id) NODISCARD; /* 0: none */
bool asked_store_end(struct ctx *c, int64_t id, struct str state, struct str result, struct str answer,
                     int64_t took_us) NODISCARD;
/* Calls nobody knows the end of, made before then, oldest first behind `after`, at most SETTLE_BATCH: to
 * other nodes than those. */
struct silent_nodes {
    struct str codes[SILENT_MAX];
    size_t count;
};
bool asked_store_open(struct ctx *c, int64_t before, int64_t after, const struct silent_nodes *except,
                      struct asked_row **rows, size_t *count) NODISCARD;
/* Of that department (0: of all), newest first, before that id (0: from the top); one more than a page. */
bool asked_store_list(struct ctx *c, int64_t unit, int64_t before, struct asked_row **rows,
                      size_t *count) NODISCARD;
/* What would still find a person's calls once they are erased. */
bool asked_store_forget(struct ctx *c, int64_t subject) NODISCARD;
bool fact_store_forget(struct ctx *c, int64_t subject) NODISCARD;
/* About that number. */
bool asked_store_about(struct ctx *c, struct str subject_index, int64_t before, int limit,
                       struct asked_row **rows, size_t *count) NODISCARD;
bool asked_store_load(struct ctx *c, int64_t id, struct asked_row *out, bool *found) NODISCARD;
/* In order of ids, of [from, before). */
bool asked_store_since(struct ctx *c, int64_t from, int64_t before, int limit, struct asked_row **rows,
                       size_t *count) NODISCARD;
bool asked_store_ledger(struct ctx *c, const struct exchange_ledger_query *q, struct asked_row **rows,
                        size_t *count) NODISCARD; /* as exchange_ledger, without its provider */
/* Numbers of nodes (kind "node") and services ("service", without a version): made when first asked. */
bool number_store_of(struct ctx *c, const char *kind, struct str code, int64_t *id) NODISCARD;
bool number_store_code(struct ctx *c, const char *kind, int64_t id, struct str *code) NODISCARD;
struct node_number {
    int64_t id;
    struct str code;
};
bool number_store_services(struct ctx *c, int limit, struct node_number **rows, size_t *count) NODISCARD;
struct served_row {
    int64_t id, times, at, unit; /* unit: the department whose service it is */
    int64_t subject;             /* the answer is sealed under their key */
    struct str node, client, call, service, content, result, digest, answer;
};
/* The call that node made for that client under that id. */
bool served_store_find(struct ctx *c, struct str node, struct str client, struct str call,
                       struct served_row *out, bool *found) NODISCARD;
bool served_store_add(struct ctx *c, const struct served_row *r) NODISCARD;
/* In place of an outcome that passed. */
bool served_store_replace(struct ctx *c, const struct served_row *r) NODISCARD;
bool served_store_again(struct ctx *c, int64_t id) NODISCARD;
bool served_store_list(struct ctx *c, int64_t unit, int64_t before, struct served_row **rows,
                       size_t *count) NODISCARD;
/* ---- nodes_audit_store.c ---- */
/* Reports rows of calls between nodes that are gone, say something else than their records, or have none. */
struct evidence_audit;
bool nodes_audit(struct ctx *c, struct evidence_audit *out) NODISCARD;

/* In order of ids, at most `limit`. */
bool served_store_after(struct ctx *c, int64_t after, int limit, struct served_row **rows,
                        size_t *count) NODISCARD;
bool nonce_store_take(struct ctx *c, struct str node, struct str nonce, bool *fresh) NODISCARD;
bool call_store_clean(struct ctx *c, const struct json *payload);
struct fact_row {
    int64_t case_id, subject, at;
    struct str service, result, facts; /* facts: sealed */
};
bool fact_store_put(struct ctx *c, const struct fact_row *r) NODISCARD;
bool fact_store_of(struct ctx *c, int64_t case_id, struct fact_row **rows, size_t *count) NODISCARD;

/* ---- nodes_ask.c ---- */
struct node_question {
    struct str client, service, id;
    const struct json *content; /* as nodes_serve.c reads it; "operator": who asks */
    int64_t subject;
    const struct exchange_who *who; /* takes its nonce; NULL inside the program */
    int wait_ms;                    /* at most so long, and one attempt; 0: as usual */
};
struct node_reply {
    struct str result;          /* "ok" or the code of the refusal, of the other node */
    const struct json *content; /* of "ok" */
    struct str request_digest;
};
/* In a prepare step. BUSY "nodes.unreachable" (it never arrived), "nodes.no_answer" (nobody knows whether it
 * did), "nodes.answer" (an answer that is not to be trusted), "nodes.busy"; MISSING "nodes.service"; CONFLICT
 * "nodes.id_reused"; and what nodes_in_force says. A refusal of the other node is a reply. */
bool nodes_ask(struct ctx *c, const struct node_question *q, struct node_reply *out) NODISCARD;
/* Does the directory know both, and the service as one of another node? *to: that node. MISSING, DENIED, BUSY
 * as nodes_ask says. */
bool nodes_may_ask(struct ctx *c, const struct node_question *q, const struct dir_node **to) NODISCARD;
/* Notes what c->err refuses to a system that has shown its key, and takes the nonce, before it is told.
 * Always false: with that refusal, or DENIED "exchange.replay", CONFLICT "nodes.id_reused", BUSY "limit",
 * which tell nothing else. A nonce that was taken before is on record too; what is over the limit is not. */
bool nodes_refuse(struct ctx *c, const struct node_question *q);
/* "INSTANCE/CLASS/MEMBER/SUBSYSTEM" and what is behind it. */
void service_split(struct str service, struct str *subsystem, struct str *code, struct str *version);
bool nodes_settle(struct ctx *c, const struct json *payload);
bool nodes_settle_run(struct ctx *c, const struct json *payload);
/* One signed message to a node and its signed answer: text of the answer in *out. err as nodes_ask; *arrived
 * tells whether the message can have. No transaction is needed. */
bool nodes_exchange(struct ctx *c, const struct dir_node *to, const char *path, const char *kind,
                    struct str text, const struct signer *key, int wait_ms, struct str *out,
                    bool *arrived) NODISCARD; /* wait_ms 0: as usual */

/* ---- nodes_words.c ---- */
/* May the same call be answered later? Such a refusal is on record, and is not kept as the outcome. */
bool nodes_passes(struct str code);
/* "ok" or a refusal, in words. */
struct str nodes_result_words(const struct ctx *c, struct str code);

/* What this module calls a code, of another node or of this one; "" where it has no words for it. */
struct str nodes_words(const struct ctx *c, struct str code);
/* The same for pages of this installation, and what was refused or went wrong here. */
struct str nodes_why(const struct ctx *c, struct str code);

/* ---- nodes_serve.c ---- */
bool nodes_serve(struct ctx *c); /* prepare of POST /nodes/call */
bool nodes_receipt(struct ctx *c);
bool nodes_send(struct ctx *c); /* both give on what was prepared */

/* ---- nodes_meta.c ---- */
bool nodes_is_meta(struct str code);
/* What subsystem `of` of this node offers, for that client. MISSING "nodes.service". */
bool nodes_meta(struct ctx *c, struct str code, struct str of, struct str client, struct str service,
                struct json **out) NODISCARD;

/* ---- nodes_road.c: systems of this node ask ---- */
bool road_prepare(struct ctx *c);
bool road_meta_prepare(struct ctx *c);
bool road_answer(struct ctx *c);
extern const struct field road_fields[], road_meta_fields[];

/* ---- nodes_case.c: what other nodes know, on the page of a case ---- */
bool nodes_case_facts(struct ctx *c, const struct exchange_case *k, struct json *facts);

/* ---- nodes_person.c: calls about a person, on their page ---- */
extern const struct exchange_abroad_part nodes_abroad;
/* ---- nodes_form.c ---- */
extern const struct exchange_far nodes_far;

/* ---- jobs: nodes_pull.c, nodes_witness.c ---- */
bool nodes_pull(struct ctx *c, const struct json *payload);
bool nodes_pull_run(struct ctx *c, const struct json *payload);
bool nodes_witness(struct ctx *c, const struct json *payload);
bool nodes_witness_run(struct ctx *c, const struct json *payload);
/* The public key of this node as a witness. */
struct str nodes_witness_key(struct ctx *c);
/* Keys of the other nodes, whose signatures under our log count. */
bool nodes_witnesses(struct ctx *c, struct str *keys);

/* ---- pages ---- */
bool nodes_page(struct ctx *c);
bool nodes_calls_page(struct ctx *c);
bool nodes_enrol_act(struct ctx *c);
bool nodes_remove_act(struct ctx *c);
bool nodes_decide_act(struct ctx *c);
bool nodes_let_in_act(struct ctx *c);
bool nodes_send_directory(struct ctx *c);
bool nodes_send_anchor(struct ctx *c);
extern const struct field nodes_page_fields[], nodes_enrol_fields[], nodes_remove_fields[],
    nodes_decide_fields[], nodes_client_fields[], nodes_calls_fields[];

#endif
