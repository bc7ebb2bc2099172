/* Private to the module: the directory of members (成员目录) as a document, and read into memory.
 *
 * {instance, number, issued, expires, nodes: [{code, url, certificate, log_key, witness_key}], members:
 * [{class, code, name, node, subsystems: [{code, name, services: [{code, version, name}]}]}]}, in an envelope
 * of kind "directory". A number is given once and only grows. Everything lives in the arena given. */
#ifndef TB_NODES_DIRECTORY_H
#define TB_NODES_DIRECTORY_H

#include "modules/nodes/nodes_envelope.h"

#define MEMBER_CLASS   "GOV"
#define DATA_SUBSYSTEM "data" /* of each member: what can be asked of it */

enum { DIRECTORY_MAX = 16 << 20, NODE_CODE_MAX = 60, URL_MAX = 200 };

struct dir_node {
    struct str code, url, log_key, witness_key;
    const struct cert *cert;
};

struct dir_subsystem {
    struct str id, name;            /* "INSTANCE/CLASS/MEMBER/SUBSYSTEM" */
    struct str member, member_name; /* "INSTANCE/CLASS/MEMBER" */
    const struct dir_node *node;
    const struct json *services;
};

struct directory {
    struct arena *arena;
    struct str instance;
    int64_t number, issued, expires;
    struct dir_node *nodes; /* by code */
    size_t node_count;
    struct dir_subsystem *subsystems; /* by id */
    size_t subsystem_count;
};

/* INVALID "nodes.directory" for what is no directory. text: what was signed. */
bool directory_read(struct arena *a, struct str text, struct directory *out, struct err *e) NODISCARD;
const struct dir_node *directory_node(const struct directory *d, struct str code);
const struct dir_subsystem *directory_subsystem(const struct directory *d, struct str id);
/* Letters, digits, '-', '.', '_'; 1 to NODE_CODE_MAX. */
bool node_code_ok(struct str code);

/* An enrolment: {code, url, certificate, log_key, witness_key, members: […]}, in an envelope of kind
 * "enrolment" signed by the key of its own certificate. */
struct enrolment {
    struct dir_node node;
    struct str certificate; /* PEM */
    const struct json *doc; /* what the directory takes over */
};
/* INVALID "nodes.enrolment", DENIED "nodes.signature". */
bool enrolment_read(struct arena *a, struct str bytes, struct enrolment *out, struct err *e) NODISCARD;

/* {instance, url, certificate} in an envelope of kind "anchor", signed by the key of its own certificate. */
struct anchor {
    struct str instance, url, certificate;
    const struct cert *cert;
};
bool anchor_read(struct arena *a, struct str bytes, struct anchor *out, struct err *e) NODISCARD;

#endif
