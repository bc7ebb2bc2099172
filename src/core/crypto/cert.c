/* X.509 v3 certificates with SM2 keys (GB/T 20518 profile: signature 1.2.156.10197.1.501, default id). */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/time.h"
#include "core/crypto/sm2_internal.h"

struct cert {
    X509 *x;
    const struct sm2_pub *pub;
    int64_t from, to;
};

static void cert_free(void *arg)
{
    X509_free(((struct cert *)arg)->x);
}

static int64_t time_of(const ASN1_TIME *t)
{
    struct tm tm = {0};
    if (ASN1_TIME_to_tm(t, &tm) != 1) return 0;
    return date_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * MS_DAY + tm.tm_hour * MS_HOUR +
           tm.tm_min * MS_MINUTE + tm.tm_sec * MS_SECOND;
}

/* Takes x over. NULL with err when it carries no SM2 key. */
static struct cert *cert_hold(struct arena *a, X509 *x, struct err *e)
{
    EVP_PKEY *pkey = x ? X509_get_pubkey(x) : NULL;
    ERR_clear_error();
    if (!sm2_pkey_is(pkey)) {
        (void)err_invalid(e, x ? "cert.kind" : "cert.unreadable",
                          "This is not a certificate with an SM2 key.");
        EVP_PKEY_free(pkey);
        X509_free(x);
        return NULL;
    }
    struct cert *c = ARENA_NEW(a, struct cert);
    c->x = x;
    arena_on_drop(a, cert_free, c);
    c->pub = sm2_pub_hold(a, pkey);
    c->from = time_of(X509_get0_notBefore(x));
    c->to = time_of(X509_get0_notAfter(x));
    return c;
}

static bool name_add(X509_NAME *name, const char *field, struct str value)
{
    return value.len == 0 ||
           (value.len <= INT_MAX &&
            X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value.ptr,
                                       (int)value.len, -1, 0) == 1);
}

static bool extension_add(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = ext && X509_add_ext(x, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return ok;
}

static bool time_set(ASN1_TIME *t, int64_t ms)
{
    return ASN1_TIME_set(t, (time_t)(ms / MS_SECOND)) != NULL;
}

static bool serial_set(X509 *x)
{
    uint8_t random[16];
    crypto_random(random, sizeof random);
    random[0] = (random[0] & 0x7f) | 0x40; /* positive, of constant length */
    BIGNUM *n = BN_bin2bn(random, sizeof random, NULL);
    bool ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
    BN_free(n);
    return ok;
}

static bool fill(X509 *x, const struct cert_subject *subject, EVP_PKEY *key, X509 *issuer, bool ca,
                 int64_t from, int64_t to)
{
    X509_NAME *name = X509_get_subject_name(x);
    return X509_set_version(x, X509_VERSION_3) == 1 && serial_set(x) && name_add(name, "C", STR("CN")) &&
           name_add(name, "O", subject->organisation) && name_add(name, "CN", subject->common_name) &&
           name_add(name, "serialNumber", subject->serial) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
           time_set(X509_getm_notBefore(x), from) && time_set(X509_getm_notAfter(x), to) &&
           X509_set_pubkey(x, key) == 1 &&
           extension_add(x, issuer, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           extension_add(x, issuer, NID_key_usage,
                         ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,nonRepudiation") &&
           extension_add(x, issuer, NID_subject_key_identifier, "hash") &&
           extension_add(x, issuer, NID_authority_key_identifier, "keyid:always");
}

struct cert *cert_make(struct arena *a, const struct cert_subject *subject, const struct sm2_pub *subject_key,
                       const struct cert *issuer, const struct sm2_key *issuer_key, bool ca, int64_t from,
                       int64_t to, struct err *e)
{
    X509 *x = X509_new();
    bool ok = x && fill(x, subject, subject_key->pkey, issuer ? issuer->x : x, ca, from, to);
    /* X509_sign would sign with an empty id: the default one must be set. */
    EVP_MD_CTX *ctx = ok ? EVP_MD_CTX_new() : NULL;
    EVP_PKEY_CTX *pctx = ctx ? EVP_PKEY_CTX_new(issuer_key->pub.pkey, NULL) : NULL;
    ok = pctx && EVP_PKEY_CTX_set1_id(pctx, "1234567812345678", 16) > 0;
    if (ok) {
        EVP_MD_CTX_set_pkey_ctx(ctx, pctx);
        ok = EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, issuer_key->pub.pkey) == 1 &&
             X509_sign_ctx(x, ctx) > 0;
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(pctx);
    if (!ok) {
        X509_free(x);
        (void)sm2_fault(e, "certificate");
        return NULL;
    }
    return cert_hold(a, x, e);
}

struct cert *cert_from_pem(struct arena *a, struct str pem, struct err *e)
{
    BIO *in = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, (void *)"") : NULL;
    BIO_free(in);
    return cert_hold(a, x, e);
}

struct cert *cert_from_der(struct arena *a, struct str der, struct err *e)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    X509 *x = der.len <= LONG_MAX ? d2i_X509(NULL, &p, (long)der.len) : NULL;
    if (x && p != (const unsigned char *)der.ptr + der.len) { /* nothing may follow */
        X509_free(x);
        x = NULL;
    }
    return cert_hold(a, x, e);
}

struct str cert_to_pem(struct arena *a, const struct cert *c)
{
    BIO *out = BIO_new(BIO_s_mem());
    if (!out || PEM_write_bio_X509(out, c->x) != 1) {
        BIO_free(out);
        return STR_EMPTY;
    }
    return bio_take(a, out);
}

struct str cert_to_der(struct arena *a, const struct cert *c)
{
    unsigned char *der = NULL;
    int len = i2d_X509(c->x, &der);
    struct str copy = len > 0 ? str_dup(a, str_n(der, (size_t)len)) : STR_EMPTY;
    OPENSSL_free(der);
    return copy;
}

const struct sm2_pub *cert_public(const struct cert *c)
{
    return c->pub;
}

static struct str name_get(struct arena *a, X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return STR_EMPTY;
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    struct str copy = len > 0 ? str_dup(a, str_n(utf8, (size_t)len)) : STR_EMPTY;
    OPENSSL_free(utf8);
    return copy;
}

struct cert_subject cert_subject(struct arena *a, const struct cert *c)
{
    X509_NAME *name = X509_get_subject_name(c->x);
    return (struct cert_subject){.common_name = name_get(a, name, NID_commonName),
                                 .organisation = name_get(a, name, NID_organizationName),
                                 .serial = name_get(a, name, NID_serialNumber)};
}

int64_t cert_from(const struct cert *c)
{
    return c->from;
}

int64_t cert_to(const struct cert *c)
{
    return c->to;
}

/* The signature over tbsCertificate, checked with the id set explicitly. */
static bool signature_fits(const struct cert *c, const struct cert *issuer)
{
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm, *inner = X509_get0_tbs_sigalg(c->x);
    X509_get0_signature(&signature, &algorithm, c->x);
    if (X509_ALGOR_cmp(algorithm, inner) != 0 || OBJ_obj2nid(algorithm->algorithm) != NID_SM2_with_SM3)
        return false;
    unsigned char *tbs = NULL;
    int len = i2d_re_X509_tbs(c->x, &tbs);
    bool ok =
        len > 0 && sm2_verify(issuer->pub, str_n(tbs, (size_t)len),
                              str_n(ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature)));
    OPENSSL_free(tbs);
    return ok;
}

bool cert_verify(const struct cert *c, const struct cert *issuer, int64_t when)
{
    bool ok = when >= c->from && when <= c->to && when >= issuer->from && when <= issuer->to &&
              X509_NAME_cmp(X509_get_issuer_name(c->x), X509_get_subject_name(issuer->x)) == 0 &&
              X509_check_ca(issuer->x) == 1 && (X509_get_key_usage(issuer->x) & KU_KEY_CERT_SIGN) &&
              signature_fits(c, issuer);
    ERR_clear_error();
    return ok;
}
