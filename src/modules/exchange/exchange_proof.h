/* Proofs of answers: one SM2 signature over the head of a tree whose leaves are the answers of one group.
 *
 * An answer is an object of JSON whose last member is "proof". Its leaf is SM3(00 ‖ answer), where the answer
 * is the text without `,"proof":{…}`; the tree is that of RFC 6962 under SM3. Signed is
 * "tongban-answer/1\n<size>\n<head in hex>\n<time in ms>\n" by the certificate whose DER has the digest
 * `certificate`. The leaf is part of the evidence of the call, written before anything is signed. What cannot
 * be signed is not answered (BUSY "exchange.proof"). docs/exchange.md tells how others check one. */
#ifndef TB_EXCHANGE_PROOF_H
#define TB_EXCHANGE_PROOF_H

#include "core/http/ctx.h"

/* Puts proofs behind the answers of a group whose record stands (server_on_recorded). */
void call_recorded(struct server *s, struct ctx *const *list, size_t count);
/* GET /exchange/certificates: that of the signer, then that of the installation. */
bool exchange_certificates(struct ctx *c);

#endif
