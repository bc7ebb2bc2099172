/* Ed25519 over libsodium. */
#include <sodium.h>

#include "core/crypto/crypto.h"

_Static_assert(ED25519_SEED == crypto_sign_SEEDBYTES && ED25519_PUBLIC == crypto_sign_PUBLICKEYBYTES &&
                   ED25519_SIGNATURE == crypto_sign_BYTES,
               "sizes of RFC 8032");

void ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_PUBLIC])
{
    uint8_t key[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(out, key, seed);
    crypto_wipe(key, sizeof key);
}

void ed25519_sign(const uint8_t seed[ED25519_SEED], struct str data, uint8_t out[ED25519_SIGNATURE])
{
    uint8_t key[crypto_sign_SECRETKEYBYTES], public[ED25519_PUBLIC];
    crypto_sign_seed_keypair(public, key, seed);
    crypto_sign_detached(out, NULL, (const uint8_t *)data.ptr, data.len, key);
    crypto_wipe(key, sizeof key);
}

bool ed25519_verify(const uint8_t key[ED25519_PUBLIC], struct str data,
                    const uint8_t signature[ED25519_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, (const uint8_t *)data.ptr, data.len, key) == 0;
}
