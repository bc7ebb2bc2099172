/* SM3 (GB/T 32905) of many messages at once, sixteen side by side in the lanes of vector registers: with
 * AVX-512 about five times as many a second as one by one. For batches of messages of about the same length;
 * a single one is better off with sm3. Not for secrets that timing could tell: lengths show. */
#ifndef TB_SM3_MANY_H
#define TB_SM3_MANY_H

#include "core/crypto/crypto.h"

/* out[i] is the digest of messages[i]. */
void sm3_many(const struct str *messages, size_t count, uint8_t (*out)[SM3_SIZE]);
/* HMAC (RFC 2104), each under its own key of at most 64 bytes. */
void hmac_sm3_keys(const struct str *keys, const struct str *messages, size_t count,
                   uint8_t (*out)[SM3_SIZE]);
/* Under one key that is used often: what its two blocks make of the state. A secret, like the key. */
struct sm3_pads {
    uint32_t inner[8], outer[8];
};
void sm3_pads_make(struct str key, struct sm3_pads *out);
void hmac_sm3_pads(const struct sm3_pads *pads, const struct str *messages, size_t count,
                   uint8_t (*out)[SM3_SIZE]);

#endif
