/* Exchange nodes (交换节点): two installations ask each other for data.
 *
 * Names are those X-Road users know: instance / member class / member (a department, by its USCC) / subsystem
 * / service, and a version behind it where one is named. A signed, numbered, expiring directory says who is
 * who; it is made at the hub and kept by every node. A call is signed by the node that asks, its answer by
 * the node that serves, and each writes into its own evidence before anything leaves. Times: ms UTC. */
#ifndef TB_NODES_H
#define TB_NODES_H

#include "core/http/route.h"

extern const struct module nodes_module;

/* ---- setting up: commands and demonstrations ---- */
struct nodes_identity {
    struct str code;     /* of this node: letters, digits, hyphens and dots */
    struct str url;      /* where other nodes reach it, without a slash at its end */
    struct str members;  /* USCCs separated by commas; "": every department here that has one */
    struct str instance; /* of a hub only: it begins the directory of this instance */
};
/* Says who this node is; what was said before is replaced. INVALID "nodes.identity". */
bool nodes_be(struct ctx *c, const struct nodes_identity *who) NODISCARD;
/* What a hub needs to know of this node, signed with its key: members, systems, what can be asked here. */
bool nodes_enrolment(struct ctx *c, struct str *out) NODISCARD;
/* The file by which nodes know a hub: its address, instance and certificate. */
bool nodes_anchor(struct ctx *c, struct str *out) NODISCARD;
/* This node follows that hub from now on. *fingerprint: of the hub's key, to be compared by two people. */
bool nodes_join(struct ctx *c, struct str anchor, struct str *fingerprint) NODISCARD;
/* A witness beside the other nodes, by its key (tongban witness prints it): its signatures are published too.
 */
bool nodes_add_witness(struct ctx *c, struct str key) NODISCARD;
/* An enrolment enters the directory at once and a new number is signed: for demonstrations, where nobody else
 * could agree. */
bool nodes_admit(struct ctx *c, struct str enrolment) NODISCARD;
/* The newest directory this hub has signed, as nodes fetch it. */
bool nodes_directory(struct ctx *c, struct str *out) NODISCARD;
/* One that came by another road than the job's: checked in the same way. */
bool nodes_take(struct ctx *c, struct str directory) NODISCARD;
/* Makes a subsystem of the directory a system of that department here (exchange_add_outside). */
bool nodes_let_in(struct ctx *c, struct str subsystem, int64_t unit) NODISCARD;

/* Which services of other nodes the page of a case shows: setting "nodes.facts", [{service, item ("*": any),
 * name, fields: [ids], labels: [words]}]. */

/* Permissions: "nodes.read", "nodes.manage". Pages: /office/nodes. */

#endif
