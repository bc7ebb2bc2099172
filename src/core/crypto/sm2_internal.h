/* What sm2.c and cert.c share; not for others. */
#ifndef TB_SM2_INTERNAL_H
#define TB_SM2_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/evp.h>

#include "core/crypto/crypto.h"

struct sm2_pub {
    EVP_PKEY *pkey;
};
struct sm2_key {
    struct sm2_pub pub;
};

bool sm2_pkey_is(const EVP_PKEY *k);
/* Takes the key over; freed with the arena. */
struct sm2_pub *sm2_pub_hold(struct arena *a, EVP_PKEY *pkey);
/* FAULT with OpenSSL's reason; empties its error queue. */
bool sm2_fault(struct err *e, const char *what);
/* The content of a memory BIO, which is freed. */
struct str bio_take(struct arena *a, BIO *b);

#endif
