/* The program's own cryptography on the command line, for the comparison with a second implementation.
 * Reads commands from standard input, one a line; answers one line each. All bytes are hex; "-" is the empty
 * string.
 *
 *   sm3 DATA                     -> digest
 *   hmac KEY DATA                -> HMAC-SM3
 *   gcm KEY NONCE AAD PLAIN      -> ciphertext and tag
 *   key                          -> D PUBLIC (a fresh pair: 32 bytes, 04‖x‖y)
 *   sign D PUBLIC DATA           -> DER signature
 *   verify PUBLIC DATA SIGNATURE -> 1 or 0 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include "core/crypto/sm2_internal.h"

static struct arena *a;
static struct err e;

static struct str bytes(struct str hex)
{
    struct str out = STR_EMPTY;
    if (!str_eq_c(hex, "-") && !str_unhex(a, hex, &out)) exit(2);
    return out;
}

static EVP_PKEY *pkey_of(struct str d, struct str public)
{
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    BIGNUM *n = d.len ? BN_bin2bn((const uint8_t *)d.ptr, (int)d.len, NULL) : NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, public.ptr, public.len);
    if (n) OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, n);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    if (EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, n ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        exit(3);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_free(n);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static void say(const void *p, size_t len)
{
    struct str h = str_hex(a, p, len);
    printf("%.*s\n", STR_ARG(h));
}

static void key(void)
{
    struct sm2_key *k = sm2_generate(a, &e);
    BIGNUM *d = NULL;
    uint8_t private[32], public[65];
    size_t len = 0;
    if (!k || EVP_PKEY_get_bn_param(k->pub.pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) != 1 ||
        EVP_PKEY_get_octet_string_param(k->pub.pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, public,
                                        sizeof public, &len) != 1)
        exit(4);
    BN_bn2binpad(d, private, sizeof private);
    BN_free(d);
    printf("%.*s ", STR_ARG(str_hex(a, private, sizeof private)));
    say(public, len);
}

static bool answer(struct str *w)
{
    uint8_t out[SM3_SIZE];
    if (str_eq_c(w[0], "sm3")) {
        sm3(bytes(w[1]), out);
        say(out, sizeof out);
    } else if (str_eq_c(w[0], "hmac")) {
        hmac_sm3(bytes(w[1]), bytes(w[2]), out);
        say(out, sizeof out);
    } else if (str_eq_c(w[0], "gcm")) {
        struct str plain = bytes(w[4]);
        uint8_t *sealed = arena_alloc(a, plain.len + SM4_TAG);
        struct sm4_gcm *g = sm4_gcm_new(a, (const uint8_t *)bytes(w[1]).ptr, &e);
        if (!g || !sm4_gcm_seal(g, (const uint8_t *)bytes(w[2]).ptr, bytes(w[3]), plain, sealed, &e))
            return false;
        say(sealed, plain.len + SM4_TAG);
    } else if (str_eq_c(w[0], "key")) {
        key();
    } else if (str_eq_c(w[0], "sign")) {
        struct sm2_key k = {{pkey_of(bytes(w[1]), bytes(w[2]))}};
        struct str signature;
        if (!sm2_sign(a, &k, bytes(w[3]), &signature, &e)) return false;
        EVP_PKEY_free(k.pub.pkey);
        say(signature.ptr, signature.len);
    } else if (str_eq_c(w[0], "verify")) {
        struct sm2_pub p = {pkey_of(STR_EMPTY, bytes(w[1]))};
        puts(sm2_verify(&p, bytes(w[2]), bytes(w[3])) ? "1" : "0");
        EVP_PKEY_free(p.pkey);
    } else {
        return false;
    }
    return true;
}

int main(void)
{
    static char line[1 << 16];
    a = arena_new(16 << 20);
    if (!a || !crypto_start(&e)) return 1;
    while (fgets(line, sizeof line, stdin)) {
        struct str words[5] = {0}, rest = str_trim(str_c(line));
        for (size_t i = 0; i < 5; i++)
            rest = str_cut(rest, ' ', &words[i]);
        if (!answer(words)) return 2;
        arena_reset(a);
    }
    arena_drop(a);
    return 0;
}
