/* Private to the module: which system sent a request, by its signature.
 *
 * Authorization: <scheme> system=…,time=<ms>,nonce=…,digest=<hex SM3 of the body>,signature=<hex> over
 * "<method>\n<target>\n<digest>\n<nonce>\n<time>". TB-HMAC-SM3: under the secret key, or the one before
 * it until its day. TB-SM2: DER SEQUENCE
 * {r, s} by one of the public keys in force, with the default id of GB/T 35276. A system that has not shown
 * its key leaves no row, only a line in the log of the program: nobody fills the record from outside. Borrows
 * from the request and its snapshot. */
#ifndef TB_EXCHANGE_SIGN_H
#define TB_EXCHANGE_SIGN_H

#include "modules/exchange/exchange_call.h"

struct caller {
    const struct known_system *system;
    const char *scheme;
    struct exchange_once once; /* shown, not yet taken: it is where the call is written (call_store_take) */
    int64_t begun_us;          /* monotonic: its request was here */
};

/* The path of the request, and "?" with the query as it was sent where there is one. */
struct str exchange_target(const struct ctx *c);
/* DENIED "exchange.signature", "exchange.body", "exchange.time"; LIMIT "limit" for an address that fails too
 * often. What is signed is method, target and body as they arrived: exchange_target(c), c->req->body. */
bool exchange_authenticate(struct ctx *c, const char *method, struct str target, struct str body,
                           struct caller *who) NODISCARD;
/* A refusal of who has not shown a key: counted by address, told to the log. Always false. */
bool exchange_stranger(struct ctx *c, const char *code, const char *msgid, struct str system);

/* ---- exchange_gateway.c ---- */
/* Answers for who has shown a key: the call stands in the body (exchange_gateway_fields). */
bool exchange_serve(struct ctx *c, const struct caller *who, struct str resource) NODISCARD;

#endif
