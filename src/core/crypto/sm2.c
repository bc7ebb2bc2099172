/* SM2 keys and signatures over OpenSSL's EVP. */
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/crypto/sm2_internal.h"

static const char default_id[] = "1234567812345678"; /* GB/T 35276 */

static void pub_free(void *arg)
{
    EVP_PKEY_free(((struct sm2_pub *)arg)->pkey);
}

bool sm2_fault(struct err *e, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return err_fault(e, "%s: %s", what, reason ? reason : "no reason given");
}

/* OpenSSL 3.0 reads SM2 keys as the type "SM2" where the curve says so; anything else is not for us. */
bool sm2_pkey_is(const EVP_PKEY *k)
{
    char group[32];
    size_t len = 0;
    return k && EVP_PKEY_is_a(k, "SM2") && EVP_PKEY_get_group_name(k, group, sizeof group, &len) == 1 &&
           (strcmp(group, "SM2") == 0);
}

struct sm2_pub *sm2_pub_hold(struct arena *a, EVP_PKEY *pkey)
{
    struct sm2_pub *p = ARENA_NEW(a, struct sm2_pub);
    p->pkey = pkey;
    arena_on_drop(a, pub_free, p);
    return p;
}

static struct sm2_key *key_hold(struct arena *a, EVP_PKEY *pkey)
{
    struct sm2_key *k = ARENA_NEW(a, struct sm2_key);
    k->pub.pkey = pkey;
    arena_on_drop(a, pub_free, &k->pub);
    return k;
}

struct sm2_key *sm2_generate(struct arena *a, struct err *e)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (!pkey) {
        (void)sm2_fault(e, "SM2 key");
        return NULL;
    }
    return key_hold(a, pkey);
}

struct sm2_key *sm2_from_pem(struct arena *a, struct str pem, struct err *e)
{
    BIO *in = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    EVP_PKEY *pkey = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)"") : NULL;
    BIO_free(in);
    ERR_clear_error();
    if (!sm2_pkey_is(pkey)) {
        EVP_PKEY_free(pkey);
        (void)err_invalid(e, "key.unreadable", "This is not an SM2 private key.");
        return NULL;
    }
    return key_hold(a, pkey);
}

static struct sm2_pub *pub_read(struct arena *a, EVP_PKEY *pkey, struct err *e)
{
    ERR_clear_error();
    if (sm2_pkey_is(pkey)) return sm2_pub_hold(a, pkey);
    EVP_PKEY_free(pkey);
    (void)err_invalid(e, "key.unreadable", "This is not an SM2 public key.");
    return NULL;
}

struct sm2_pub *sm2_pub_from_pem(struct arena *a, struct str pem, struct err *e)
{
    BIO *in = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    EVP_PKEY *pkey = in ? PEM_read_bio_PUBKEY(in, NULL, NULL, (void *)"") : NULL;
    BIO_free(in);
    return pub_read(a, pkey, e);
}

struct sm2_pub *sm2_pub_from_der(struct arena *a, struct str der, struct err *e)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    EVP_PKEY *pkey = der.len <= LONG_MAX ? d2i_PUBKEY(NULL, &p, (long)der.len) : NULL;
    if (pkey && p != (const unsigned char *)der.ptr + der.len) { /* nothing may follow */
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    return pub_read(a, pkey, e);
}

bool sm2_pub_to_der(struct arena *a, const struct sm2_pub *p, struct str *der)
{
    unsigned char *out = NULL;
    int len = i2d_PUBKEY(p->pkey, &out);
    *der = len > 0 ? str_dup(a, str_n(out, (size_t)len)) : STR_EMPTY;
    OPENSSL_free(out);
    ERR_clear_error();
    return len > 0;
}

struct str bio_take(struct arena *a, BIO *b)
{
    char *data = NULL;
    long len = BIO_get_mem_data(b, &data);
    struct str copy = str_dup(a, str_n(data, len > 0 ? (size_t)len : 0));
    BIO_free(b);
    return copy;
}

struct str sm2_to_pem(struct arena *a, const struct sm2_key *k)
{
    /* Secure memory is not set up; the buffer of a memory BIO is wiped by BUF_MEM_free. */
    BIO *out = BIO_new(BIO_s_mem());
    if (!out || PEM_write_bio_PKCS8PrivateKey(out, k->pub.pkey, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(out);
        ERR_clear_error();
        return STR_EMPTY;
    }
    return bio_take(a, out);
}

const struct sm2_pub *sm2_public(const struct sm2_key *k)
{
    return &k->pub;
}

/* A digest-sign context with the id set; NULL on failure. */
static EVP_MD_CTX *md_ctx(EVP_PKEY *pkey, bool sign)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = EVP_PKEY_CTX_new(pkey, NULL);
    if (ctx && pctx && EVP_PKEY_CTX_set1_id(pctx, default_id, sizeof default_id - 1) > 0) {
        EVP_MD_CTX_set_pkey_ctx(ctx, pctx);
        if ((sign ? EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, pkey)
                  : EVP_DigestVerifyInit(ctx, NULL, EVP_sm3(), NULL, pkey)) == 1)
            return ctx;
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(pctx);
    return NULL;
}

static void md_ctx_free(EVP_MD_CTX *ctx)
{
    /* A context set from outside is not the digest context's to free. */
    EVP_PKEY_CTX *pctx = EVP_MD_CTX_get_pkey_ctx(ctx);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(pctx);
}

bool sm2_sign(struct arena *a, const struct sm2_key *k, struct str data, struct str *signature, struct err *e)
{
    EVP_MD_CTX *ctx = md_ctx(k->pub.pkey, true);
    uint8_t out[96];
    size_t len = sizeof out;
    bool ok = ctx && EVP_DigestSign(ctx, out, &len, (const uint8_t *)data.ptr, data.len) == 1;
    if (ctx) md_ctx_free(ctx);
    if (!ok) return sm2_fault(e, "SM2 signature");
    *signature = str_dup(a, str_n(out, len));
    return true;
}

bool sm2_verify(const struct sm2_pub *p, struct str data, struct str signature)
{
    EVP_MD_CTX *ctx = md_ctx(p->pkey, false);
    bool ok = ctx && EVP_DigestVerify(ctx, (const uint8_t *)signature.ptr, signature.len,
                                      (const uint8_t *)data.ptr, data.len) == 1;
    if (ctx) md_ctx_free(ctx);
    ERR_clear_error();
    return ok;
}

bool sm2_point(const struct sm2_pub *p, uint8_t out[SM2_POINT])
{
    unsigned char *point = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(p->pkey, &point);
    bool ok = len == SM2_POINT;
    if (ok) memcpy(out, point, SM2_POINT);
    OPENSSL_free(point);
    ERR_clear_error();
    return ok;
}
