/* Private to the module: a text and its SM2 signature in one JSON object, {"signed": text, "signature":
 * base64}.
 *
 * What is signed is "tongban-<kind>/1" ‖ newline ‖ text, so that a signature under one kind of document is
 * none under another. The text is signed as it is: nothing needs a canonical form. */
#ifndef TB_NODES_ENVELOPE_H
#define TB_NODES_ENVELOPE_H

#include "core/crypto/crypto.h"
#include "core/json/json.h"

struct envelope {
    struct str text, signature; /* the signature in DER */
};

bool envelope_seal(struct arena *a, const char *kind, struct str text, const struct sm2_key *key,
                   struct str *out, struct err *e) NODISCARD;
/* INVALID "nodes.envelope" for what is none. */
bool envelope_open(struct arena *a, struct str bytes, struct envelope *out, struct err *e) NODISCARD;
bool envelope_signed(struct arena *a, const char *kind, const struct envelope *v,
                     const struct sm2_pub *key) NODISCARD;
/* The first 32 hex digits of SM3 over the point, in groups of four: what two people read to each other. */
struct str key_fingerprint(struct arena *a, const struct sm2_pub *key);
/* Hex SM3. */
struct str text_digest(struct arena *a, struct str text);

#endif
