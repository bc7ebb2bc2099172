#include "core/crypto/crypto.h"

#include "core/crypto/sm3_many.h"

#include <gcrypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>

#include "core/base/log.h"

/* libgcrypt before this has no SM4. */
#define GCRYPT_LEAST "1.10.0"

static void must(bool ok, const char *what)
{
    if (ok) return;
    log_event(LOG_LEVEL_ERROR, "crypto.unusable", "what", what, NULL);
    abort();
}

bool crypto_start(struct err *e)
{
    if (sodium_init() < 0) return err_fault(e, "libsodium does not start");
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
        if (!gcry_check_version(GCRYPT_LEAST)) return err_fault(e, "libgcrypt is older than " GCRYPT_LEAST);
        gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
    uint8_t digest[SM3_SIZE];
    unsigned len = 0;
    if (EVP_Digest("abc", 3, digest, &len, EVP_sm3(), NULL) != 1 || len != SM3_SIZE)
        return err_fault(e, "the OpenSSL library has no SM3");
    return true;
}

void crypto_random(void *out, size_t len)
{
    randombytes_buf(out,
                    len); /* libsodium's: the system's own, many times faster than RAND_bytes for a nonce */
}

void crypto_wipe(void *p, size_t len)
{
    OPENSSL_cleanse(p, len);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void sm3(struct str data, uint8_t out[SM3_SIZE])
{
    gcry_md_hash_buffer(GCRY_MD_SM3, out, data.ptr, data.len);
}

void sha256(struct str data, uint8_t out[SHA256_SIZE])
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, data.ptr,
                        data.len); /* EVP looks its algorithm up at every call */
}

struct sm3_stream {
    EVP_MD_CTX *ctx;
};

static void stream_free(void *arg)
{
    struct sm3_stream *s = arg;
    EVP_MD_CTX_free(s->ctx);
    s->ctx = NULL;
}

struct sm3_stream *sm3_begin(struct arena *a)
{
    struct sm3_stream *s = ARENA_NEW(a, struct sm3_stream);
    s->ctx = EVP_MD_CTX_new();
    must(s->ctx && EVP_DigestInit_ex(s->ctx, EVP_sm3(), NULL) == 1, "sm3");
    arena_on_drop(a, stream_free, s);
    return s;
}

void sm3_feed(struct sm3_stream *s, struct str part)
{
    must(s->ctx && EVP_DigestUpdate(s->ctx, part.ptr, part.len) == 1, "sm3");
}

void sm3_end(struct sm3_stream *s, uint8_t out[SM3_SIZE])
{
    must(s->ctx && EVP_DigestFinal_ex(s->ctx, out, NULL) == 1, "sm3");
    stream_free(s);
}

/* libgcrypt's, since EVP_MAC of OpenSSL 3.0 looks its algorithm up at every call. parts[0] is the key. */
static void hmac_parts(int algorithm, const struct str *parts, int count, uint8_t *out)
{
    gcry_buffer_t iov[4] = {0};
    for (int i = 0; i < count; i++)
        iov[i] =
            (gcry_buffer_t){.len = parts[i].len, .data = parts[i].len ? (void *)(uintptr_t)parts[i].ptr : ""};
    must(gcry_md_hash_buffers(algorithm, GCRY_MD_FLAG_HMAC, out, iov, count) == 0, "hmac");
}

void hmac_sm3(struct str key, struct str data, uint8_t out[SM3_SIZE])
{
    const struct str parts[] = {key, data};
    hmac_parts(GCRY_MD_SM3, parts, 2, out);
}

void hmac_sha256(struct str key, struct str data, uint8_t out[SHA256_SIZE])
{
    const struct str parts[] = {key, data};
    hmac_parts(GCRY_MD_SHA256, parts, 2, out);
}

void hmac_sha1(struct str key, struct str data, uint8_t out[SHA1_SIZE])
{
    const struct str parts[] = {key, data};
    hmac_parts(GCRY_MD_SHA1, parts, 2, out);
}

enum { MACS_KEPT = 8 };

/* Under the key and in nobody's hands: to make one costs more than to start one again. */
struct idle_macs {
    pthread_mutex_t lock;
    size_t kept;
    gcry_md_hd_t list[MACS_KEPT];
};

struct mac_key {
    gcry_md_hd_t keyed; /* never written to: the others are copies */
    struct idle_macs *idle;
    struct sm3_pads pads; /* of a key for SM3 */
};

static void mac_key_close(void *arg)
{
    struct mac_key *k = arg;
    for (size_t i = 0; i < k->idle->kept; i++)
        gcry_md_close(k->idle->list[i]);
    pthread_mutex_destroy(&k->idle->lock);
    gcry_md_close(k->keyed);
    crypto_wipe(&k->pads, sizeof k->pads);
}

static struct mac_key *keyed_with(struct arena *a, int algorithm, struct str key)
{
    struct mac_key *k = ARENA_NEW(a, struct mac_key);
    k->idle = ARENA_NEW(a, struct idle_macs);
    pthread_mutex_init(&k->idle->lock, NULL);
    must(gcry_md_open(&k->keyed, algorithm, GCRY_MD_FLAG_HMAC) == 0, "hmac");
    arena_on_drop(a, mac_key_close, k);
    must(gcry_md_setkey(k->keyed, key.ptr, key.len) == 0, "hmac");
    return k;
}

static gcry_md_hd_t mac_take(const struct mac_key *k)
{
    gcry_md_hd_t h = NULL;
    pthread_mutex_lock(&k->idle->lock);
    if (k->idle->kept) h = k->idle->list[--k->idle->kept];
    pthread_mutex_unlock(&k->idle->lock);
    if (!h) must(gcry_md_copy(&h, k->keyed) == 0, "hmac");
    return h;
}

/* Nothing of what was digested stays in it. */
static void mac_give(const struct mac_key *k, gcry_md_hd_t h)
{
    gcry_md_reset(h);
    pthread_mutex_lock(&k->idle->lock);
    bool room = k->idle->kept < MACS_KEPT;
    if (room) k->idle->list[k->idle->kept++] = h;
    pthread_mutex_unlock(&k->idle->lock);
    if (!room) gcry_md_close(h);
}

static void mac_of(const struct mac_key *k, struct str data, int algorithm, void *out, size_t size)
{
    gcry_md_hd_t h = mac_take(k);
    gcry_md_write(h, data.ptr, data.len);
    const void *mac = gcry_md_read(h, algorithm);
    must(mac != NULL, "hmac"); /* the key is one of another algorithm */
    memcpy(out, mac, size);
    mac_give(k, h);
}

struct mac_key *mac_key_new(struct arena *a, struct str key)
{
    struct mac_key *k = keyed_with(a, GCRY_MD_SM3, key);
    uint8_t digest[SM3_SIZE];
    if (key.len > 64) { /* RFC 2104 §2 */
        sm3(key, digest);
        key = str_n(digest, sizeof digest);
    }
    sm3_pads_make(key, &k->pads);
    crypto_wipe(digest, sizeof digest);
    return k;
}

struct mac_key *mac_key_sha256(struct arena *a, struct str key)
{
    return keyed_with(a, GCRY_MD_SHA256, key);
}

void mac_sm3(const struct mac_key *k, struct str data, uint8_t out[SM3_SIZE])
{
    mac_of(k, data, GCRY_MD_SM3, out, SM3_SIZE);
}

void mac_sm3_many(const struct mac_key *k, const struct str *list, size_t count, uint8_t (*out)[SM3_SIZE])
{
    hmac_sm3_pads(&k->pads, list, count, out);
}

void mac_sha256(const struct mac_key *k, struct str data, uint8_t out[SHA256_SIZE])
{
    mac_of(k, data, GCRY_MD_SHA256, out, SHA256_SIZE);
}

void hkdf_sm3(struct str secret, struct str salt, struct str info, uint8_t *out, size_t len)
{
    uint8_t prk[SM3_SIZE], t[SM3_SIZE];
    must(len <= 255 * SM3_SIZE, "hkdf length");
    hmac_sm3(salt, secret, prk);
    uint8_t counter = 0;
    for (size_t done = 0; done < len;) {
        counter++;
        const struct str parts[] = {str_n(prk, SM3_SIZE), str_n(t, counter == 1 ? 0 : SM3_SIZE), info,
                                    str_n(&counter, 1)};
        uint8_t next[SM3_SIZE];
        hmac_parts(GCRY_MD_SM3, parts, 4, next);
        memcpy(t, next, SM3_SIZE);
        crypto_wipe(next, sizeof next);
        size_t n = len - done < SM3_SIZE ? len - done : SM3_SIZE;
        memcpy(out + done, t, n);
        done += n;
    }
    crypto_wipe(prk, sizeof prk);
    crypto_wipe(t, sizeof t);
}

/* ---- SM4-GCM ---- */

struct sm4_gcm {
    gcry_cipher_hd_t handle;
};

static void gcm_close(void *arg)
{
    struct sm4_gcm *g = arg;
    gcry_cipher_close(g->handle);
}

static gcry_error_t gcm_start(gcry_cipher_hd_t *handle, const uint8_t key[SM4_KEY])
{
    gcry_error_t r = gcry_cipher_open(handle, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0);
    return r ? r : gcry_cipher_setkey(*handle, key, SM4_KEY);
}

struct sm4_gcm *sm4_gcm_new(struct arena *a, const uint8_t key[SM4_KEY], struct err *e)
{
    struct sm4_gcm *g = ARENA_NEW(a, struct sm4_gcm);
    arena_on_drop(a, gcm_close, g);
    gcry_error_t r = gcm_start(&g->handle, key);
    if (!r) return g;
    err_fault(e, "SM4-GCM: %s", gcry_strerror(r));
    return NULL;
}

static gcry_error_t gcm_begin(struct sm4_gcm *g, const uint8_t nonce[SM4_NONCE], struct str aad)
{
    gcry_error_t r = gcry_cipher_setiv(g->handle, nonce, SM4_NONCE);
    if (!r && aad.len) r = gcry_cipher_authenticate(g->handle, aad.ptr, aad.len);
    return r ? r : gcry_cipher_final(g->handle);
}

bool sm4_gcm_seal(struct sm4_gcm *g, const uint8_t nonce[SM4_NONCE], struct str aad, struct str plain,
                  uint8_t *out, struct err *e)
{
    gcry_error_t r = gcm_begin(g, nonce, aad);
    if (!r && plain.len) r = gcry_cipher_encrypt(g->handle, out, plain.len, plain.ptr, plain.len);
    if (!r) r = gcry_cipher_gettag(g->handle, out + plain.len, SM4_TAG);
    return !r || err_fault(e, "SM4-GCM: %s", gcry_strerror(r));
}

bool sm4_gcm_open(struct sm4_gcm *g, const uint8_t nonce[SM4_NONCE], struct str aad, struct str sealed,
                  uint8_t *out)
{
    if (sealed.len < SM4_TAG) return false;
    size_t len = sealed.len - SM4_TAG;
    gcry_error_t r = gcm_begin(g, nonce, aad);
    if (!r && len) r = gcry_cipher_decrypt(g->handle, out, len, sealed.ptr, len);
    if (!r) r = gcry_cipher_checktag(g->handle, sealed.ptr + len, SM4_TAG);
    if (r && len) crypto_wipe(out, len);
    return !r;
}

enum { SHARED_KEPT = 8 };

struct sm4_shared {
    uint8_t key[SM4_KEY];
    pthread_mutex_t lock;
    size_t kept;
    struct sm4_gcm idle[SHARED_KEPT]; /* under the key, in nobody's hands */
};

static void shared_close(void *arg)
{
    struct sm4_shared *s = arg;
    for (size_t i = 0; i < s->kept; i++)
        gcm_close(&s->idle[i]);
    pthread_mutex_destroy(&s->lock);
    crypto_wipe(s->key, sizeof s->key);
}

struct sm4_shared *sm4_shared_new(struct arena *a, const uint8_t key[SM4_KEY])
{
    struct sm4_shared *s = ARENA_NEW(a, struct sm4_shared);
    memcpy(s->key, key, SM4_KEY);
    pthread_mutex_init(&s->lock, NULL);
    arena_on_drop(a, shared_close, s);
    return s;
}

static gcry_error_t shared_take(struct sm4_shared *s, struct sm4_gcm *g)
{
    *g = (struct sm4_gcm){NULL};
    pthread_mutex_lock(&s->lock);
    if (s->kept) *g = s->idle[--s->kept];
    pthread_mutex_unlock(&s->lock);
    return g->handle ? 0 : gcm_start(&g->handle, s->key);
}

static void shared_give(struct sm4_shared *s, struct sm4_gcm *g)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->kept < SHARED_KEPT;
    if (room) s->idle[s->kept++] = *g;
    pthread_mutex_unlock(&s->lock);
    if (!room) gcm_close(g);
}

bool sm4_shared_seal(struct sm4_shared *s, const uint8_t nonce[SM4_NONCE], struct str aad, struct str plain,
                     uint8_t *out, struct err *e)
{
    struct sm4_gcm g;
    gcry_error_t r = shared_take(s, &g);
    if (r) {
        gcm_close(&g);
        return err_fault(e, "SM4-GCM: %s", gcry_strerror(r));
    }
    bool ok = sm4_gcm_seal(&g, nonce, aad, plain, out, e);
    shared_give(s, &g);
    return ok;
}

bool sm4_shared_open(struct sm4_shared *s, const uint8_t nonce[SM4_NONCE], struct str aad, struct str sealed,
                     uint8_t *out)
{
    struct sm4_gcm g;
    if (shared_take(s, &g)) {
        gcm_close(&g);
        return false;
    }
    bool ok = sm4_gcm_open(&g, nonce, aad, sealed, out);
    shared_give(s, &g);
    return ok;
}

/* ---- passwords ---- */

enum { ARGON_PASSES = 2, ARGON_MEMORY = 19 * 1024 * 1024 };

bool password_hash(struct arena *a, struct str password, struct str *hash, struct err *e)
{
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(text, password.ptr, password.len, ARGON_PASSES, ARGON_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_fault(e, "Argon2id needs %d bytes", ARGON_MEMORY);
    *hash = str_dup(a, str_c(text));
    return true;
}

/* A random tag under a random salt: to find a password that fits it is to break Argon2id. */
struct str password_of_nobody(struct arena *a)
{
    uint8_t salt[crypto_pwhash_SALTBYTES], tag[32];
    char salt_text[32], tag_text[64];
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(tag, sizeof tag);
    sodium_bin2base64(salt_text, sizeof salt_text, salt, sizeof salt,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(tag_text, sizeof tag_text, tag, sizeof tag, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return str_fmt(a, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", ARGON_MEMORY / 1024, ARGON_PASSES, salt_text,
                   tag_text);
}

bool password_verify(struct str password, struct str hash)
{
    char text[crypto_pwhash_STRBYTES] = {0};
    if (hash.len >= sizeof text || memchr(hash.ptr, 0, hash.len)) return false;
    memcpy(text, hash.ptr, hash.len);
    return crypto_pwhash_str_verify(text, password.ptr, password.len) == 0;
}

enum { ARGON_KEY_PASSES = 3, ARGON_KEY_MEMORY = 64 * 1024 * 1024 };

bool password_key(struct str passphrase, const uint8_t salt[16], uint8_t *out, size_t len, struct err *e)
{
    if (crypto_pwhash(out, len, passphrase.ptr, passphrase.len, salt, ARGON_KEY_PASSES, ARGON_KEY_MEMORY,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_fault(e, "Argon2id needs %d bytes", ARGON_KEY_MEMORY);
    return true;
}
