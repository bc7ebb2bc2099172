/* AES over OpenSSL's EVP, for what others speak. */
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/crypto/crypto.h"

enum { BLOCK = 16 };

static const struct {
    const char *name;
    size_t key;
    bool chained;
} ciphers[] = {{"aes-128-ecb", 16, false},
               {"aes-256-ecb", 32, false},
               {"aes-128-cbc", 16, true},
               {"aes-256-cbc", 32, true}};

bool aes_known(struct str cipher)
{
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++)
        if (str_eq_c(cipher, ciphers[i].name)) return true;
    return false;
}

static bool decrypt(const EVP_CIPHER *cipher, struct str key, const char *vector, struct str sealed,
                    char *out, size_t *len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, rest = 0;
    bool ok =
        ctx &&
        EVP_DecryptInit_ex2(ctx, cipher, (const uint8_t *)key.ptr, (const uint8_t *)vector, NULL) == 1 &&
        EVP_DecryptUpdate(ctx, (uint8_t *)out, &n, (const uint8_t *)sealed.ptr, (int)sealed.len) == 1 &&
        EVP_DecryptFinal_ex(ctx, (uint8_t *)out + n, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    *len = (size_t)n + (size_t)rest;
    return ok;
}

bool aes_open(struct arena *a, struct str cipher, struct str key, struct str sealed, struct str *plain)
{
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        if (!str_eq_c(cipher, ciphers[i].name)) continue;
        size_t head = ciphers[i].chained ? BLOCK : 0, len = 0;
        if (key.len != ciphers[i].key || sealed.len < head + BLOCK || sealed.len > INT_MAX) return false;
        struct str text = str_slice(sealed, head, sealed.len);
        char *out = arena_alloc(a, text.len + BLOCK);
        EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, ciphers[i].name, NULL);
        bool ok = algorithm && decrypt(algorithm, key, head ? sealed.ptr : NULL, text, out, &len);
        EVP_CIPHER_free(algorithm);
        ERR_clear_error();
        *plain = str_n(out, len);
        return ok;
    }
    return false;
}
