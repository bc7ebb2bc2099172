/* The root key and what is sealed under it: fields, subjects' keys, blind indexes. */
#include "core/crypto/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/crypto/keyring_internal.h"

#define ROOT_PREFIX "tongban-root-key/1 "

enum { BOX_VERSION = 1, KEYRING_ARENA = 64 << 20, NAME_MAX_BYTES = 255 };

/* ---- the root key ---- */

static bool file_is_private(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) != 0) return err_fault(e, "root key: %s", strerror(errno));
    if (st.st_mode & 077)
        return err_denied(e, "key.permissions",
                          "Others can read the file of the root key; set its mode to 0600.");
    return true;
}

static bool root_from_file(const struct key_provider *p, uint8_t out[32], struct err *e)
{
    struct arena *a = arena_new(16384);
    struct str text, hex, key;
    if (!a) return err_fault(e, "memory");
    bool ok = file_is_private(p->path, e) && file_read(a, p->path, 4096, &text, e);
    if (ok) {
        hex = str_trim(str_slice(text, sizeof ROOT_PREFIX - 1, text.len));
        ok = str_starts(text, STR(ROOT_PREFIX)) && str_unhex(a, hex, &key) && key.len == ROOT_KEY;
        if (ok) {
            memcpy(out, key.ptr, ROOT_KEY);
            crypto_wipe((void *)(uintptr_t)key.ptr, key.len);
        } else {
            err_fault(e, "the file of the root key does not hold one");
        }
        crypto_wipe((void *)(uintptr_t)text.ptr, text.len);
    }
    arena_drop(a);
    return ok;
}

struct key_provider key_provider_file(const char *path)
{
    return (struct key_provider){.root = root_from_file, .path = path};
}

bool root_file_write(const char *path, const uint8_t root[ROOT_KEY], struct err *e)
{
    struct arena *a = arena_new(16384);
    if (!a) return err_fault(e, "memory");
    struct str hex = str_hex(a, root, ROOT_KEY), line = str_fmt(a, ROOT_PREFIX "%.*s\n", STR_ARG(hex));
    bool ok = file_write(path, line, 0600, e);
    crypto_wipe((void *)(uintptr_t)hex.ptr, hex.len);
    crypto_wipe((void *)(uintptr_t)line.ptr, line.len);
    arena_drop(a);
    return ok;
}

bool key_provider_file_create(const char *path, struct err *e)
{
    uint8_t root[ROOT_KEY];
    struct stat st;
    if (stat(path, &st) == 0) return file_is_private(path, e);
    if (errno != ENOENT) return err_fault(e, "root key: %s", strerror(errno));
    crypto_random(root, sizeof root);
    bool ok = root_file_write(path, root, e);
    crypto_wipe(root, sizeof root);
    return ok;
}

/* ---- opening ---- */

void keyring_domain(const struct keyring *k, const char *purpose, uint8_t *out, size_t len)
{
    hkdf_sm3(str_n(k->root, ROOT_KEY), STR("tongban/1"), str_c(purpose), out, len);
}

struct keyring *keyring_open(const struct key_provider *p, struct err *e)
{
    struct keyring *k = mem_alloc(1, sizeof *k);
    size_t len = p->path ? strlen(p->path) : 0;
    bool ok = k && (k->arena = arena_new(KEYRING_ARENA)) != NULL;
    if (ok && p->path) {
        k->path = mem_alloc(len + 1, 1);
        ok = k->path != NULL;
        if (ok) memcpy(k->path, p->path, len);
    }
    if (!ok) err_fault(e, "memory");
    if (k) pthread_mutex_init(&k->lock, NULL);
    if (!ok || !p->root(p, k->root, e)) {
        keyring_close(k);
        return NULL;
    }
    k->subject_domain = keyring_sm4(k, "subject");
    k->own = keyring_sm4(k, "installation");
    return k;
}

void keyring_close(struct keyring *k)
{
    if (!k) return;
    pthread_mutex_destroy(&k->lock);
    arena_drop(k->arena);
    mem_free(k->path);
    crypto_wipe(k, sizeof *k);
    mem_free(k);
}

/* Purposes are few and constant; each key is derived once. The lock held. */
static struct purpose_key *of_purpose(struct keyring *k, const char *purpose)
{
    struct purpose_key *i = k->purposes;
    while (i && strcmp(i->purpose, purpose) != 0)
        i = i->next;
    if (i) return i;
    i = ARENA_NEW(k->arena, struct purpose_key);
    *i = (struct purpose_key){.purpose = str_z(k->arena, str_c(purpose)), .next = k->purposes};
    k->purposes = i;
    return i;
}

const struct mac_key *keyring_mac(struct keyring *k, const char *purpose)
{
    uint8_t key[SM3_SIZE];
    pthread_mutex_lock(&k->lock);
    struct purpose_key *i = of_purpose(k, purpose);
    if (!i->mac) {
        keyring_domain(k, purpose, key, sizeof key);
        i->mac = mac_key_new(k->arena, str_n(key, sizeof key));
        crypto_wipe(key, sizeof key);
    }
    pthread_mutex_unlock(&k->lock);
    return i->mac;
}

struct sm4_shared *keyring_sm4(struct keyring *k, const char *purpose)
{
    uint8_t key[SM4_KEY];
    pthread_mutex_lock(&k->lock);
    struct purpose_key *i = of_purpose(k, purpose);
    if (!i->sm4) {
        keyring_domain(k, purpose, key, sizeof key);
        i->sm4 = sm4_shared_new(k->arena, key);
        crypto_wipe(key, sizeof key);
    }
    pthread_mutex_unlock(&k->lock);
    return i->sm4;
}

static void draw_nonce(struct keyring *k, uint8_t out[SM4_NONCE])
{
    pthread_mutex_lock(&k->lock);
    if (!k->nonces_left) {
        crypto_random(k->nonces, sizeof k->nonces);
        k->nonces_left = NONCES;
    }
    memcpy(out, k->nonces[--k->nonces_left], SM4_NONCE);
    pthread_mutex_unlock(&k->lock);
}

struct str blind_index(struct keyring *k, struct arena *a, const char *purpose, struct str value)
{
    uint8_t mac[SM3_SIZE];
    mac_sm3(keyring_mac(k, purpose), value, mac);
    return str_dup(a, str_n(mac, 16));
}

/* ---- boxes ---- */

bool box_seal(struct arena *a, const uint8_t key[SM4_KEY], struct str aad, struct str plain, struct str *out,
              struct err *e)
{
    size_t len = 1 + SM4_NONCE + plain.len + SM4_TAG;
    uint8_t *p = arena_alloc(a, len);
    p[0] = BOX_VERSION;
    crypto_random(p + 1, SM4_NONCE);
    struct sm4_gcm *g = sm4_gcm_new(a, key, e);
    if (!g || !sm4_gcm_seal(g, p + 1, aad, plain, p + 1 + SM4_NONCE, e)) return false;
    *out = str_n(p, len);
    return true;
}

bool box_open(struct arena *a, const uint8_t key[SM4_KEY], struct str aad, struct str box, struct str *plain)
{
    const uint8_t *p = (const uint8_t *)box.ptr;
    if (box.len < 1 + SM4_NONCE + SM4_TAG || p[0] != BOX_VERSION) return false;
    struct str sealed = str_slice(box, 1 + SM4_NONCE, box.len);
    uint8_t *out = arena_alloc(a, sealed.len - SM4_TAG + 1);
    struct err memory = {0};
    struct sm4_gcm *g = sm4_gcm_new(a, key, &memory);
    if (!g || !sm4_gcm_open(g, p + 1, aad, sealed, out)) return false;
    *plain = str_n(out, sealed.len - SM4_TAG);
    return true;
}

/* ---- subjects ---- */

static size_t put_be(uint8_t *out, uint64_t n, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
    return bytes;
}

/* A box as box_seal makes it, around a key. */
enum { WRAP_AAD = 12 + 8 + 4, WRAPPED = 1 + SM4_NONCE + SM4_KEY + SM4_TAG };

static struct str wrap_aad(uint8_t out[WRAP_AAD], int64_t subject, int64_t version)
{
    memcpy(out, "subject_key\0", 12);
    put_be(out + 12, (uint64_t)subject, 8);
    put_be(out + 20, (uint64_t)version, 4);
    return str_n(out, WRAP_AAD);
}

static bool key_make(struct keyring *k, struct db_tx *tx, int64_t subject, int64_t version)
{
    uint8_t key[SM4_KEY], aad[WRAP_AAD], wrapped[WRAPPED];
    if (version > UINT32_MAX) return err_fault(tx->err, "too many key versions");
    wrapped[0] = BOX_VERSION;
    draw_nonce(k, wrapped + 1);
    crypto_random(key, sizeof key);
    bool ok = sm4_shared_seal(k->subject_domain, wrapped + 1, wrap_aad(aad, subject, version),
                              str_n(key, sizeof key), wrapped + 1 + SM4_NONCE, tx->err);
    crypto_wipe(key, sizeof key);
    return ok && subject_key_add(tx, subject, version, str_n(wrapped, sizeof wrapped), time_now());
}

static bool key_unwrap(struct keyring *k, struct db_tx *tx, int64_t subject, int64_t version,
                       struct str wrapped, uint8_t out[SM4_KEY])
{
    uint8_t aad[WRAP_AAD];
    const uint8_t *p = (const uint8_t *)wrapped.ptr;
    return (wrapped.len == WRAPPED && p[0] == BOX_VERSION &&
            sm4_shared_open(k->subject_domain, p + 1, wrap_aad(aad, subject, version),
                            str_slice(wrapped, 1 + SM4_NONCE, wrapped.len), out)) ||
           err_fault(tx->err, "a subject's key was altered");
}

/* One request reads many fields of few subjects: their keys are opened once a transaction and wiped with its
 * arena. */
enum { KEYS_KEPT = 8 };

struct kept_keys {
    size_t count, turn;
    struct kept_key {
        int64_t subject, version;
        bool newest;
        struct sm4_gcm *gcm;
    } list[KEYS_KEPT];
};

static const struct kept_key *keep_key(struct db_tx *tx, int64_t subject, int64_t version, bool newest,
                                       const uint8_t key[SM4_KEY])
{
    struct sm4_gcm *gcm = sm4_gcm_new(tx->arena, key, tx->err);
    if (!gcm) return NULL;
    if (!tx->keys) tx->keys = ARENA_NEW(tx->arena, struct kept_keys);
    struct kept_key *k = &tx->keys->list[tx->keys->turn++ % KEYS_KEPT];
    if (tx->keys->count < KEYS_KEPT) tx->keys->count++;
    *k = (struct kept_key){.subject = subject, .version = version, .newest = newest, .gcm = gcm};
    return k;
}

/* version 0: the newest one. */
static const struct kept_key *kept_key(const struct db_tx *tx, int64_t subject, int64_t version)
{
    for (size_t i = 0; tx->keys && i < tx->keys->count; i++) {
        const struct kept_key *k = &tx->keys->list[i];
        if (k->subject == subject && (version ? k->version == version : k->newest)) return k;
    }
    return NULL;
}

static void forget_keys(struct db_tx *tx)
{
    if (tx->keys) tx->keys->count = tx->keys->turn = 0;
}

/* NULL with err. */
static const struct kept_key *key_opened(struct keyring *k, struct db_tx *tx, int64_t subject,
                                         int64_t version, bool newest, struct str wrapped)
{
    uint8_t key[SM4_KEY];
    const struct kept_key *kept = NULL;
    if (key_unwrap(k, tx, subject, version, wrapped, key)) kept = keep_key(tx, subject, version, newest, key);
    crypto_wipe(key, sizeof key);
    return kept;
}

static const struct kept_key *key_newest(struct keyring *k, struct db_tx *tx, int64_t subject)
{
    struct str wrapped;
    int64_t version;
    const struct kept_key *kept = kept_key(tx, subject, 0);
    if (kept) return kept;
    if (!subject_key_newest(tx, subject, &version, &wrapped)) return NULL;
    if (wrapped.len == 0) {
        /* Another writer may have made it meanwhile: what the table holds counts. */
        if (!key_make(k, tx, subject, version + 1) || !subject_key_newest(tx, subject, &version, &wrapped))
            return NULL;
    }
    return key_opened(k, tx, subject, version, true, wrapped);
}

bool subject_rotate(struct keyring *k, struct db_tx *tx, int64_t subject)
{
    int64_t version;
    struct str wrapped;
    if (subject == 0) return err_fault(tx->err, "the installation's own key is not rotated like a subject's");
    forget_keys(tx);
    return subject_key_newest(tx, subject, &version, &wrapped) && key_make(k, tx, subject, version + 1);
}

bool subject_erase(struct keyring *k, struct db_tx *tx, int64_t subject)
{
    (void)k;
    if (subject == 0) return err_fault(tx->err, "the installation's own key is not erased");
    forget_keys(tx);
    return subject_key_erase(tx, subject);
}

/* ---- fields ---- */

/* The installation's own key has one version. */
enum { OWN_VERSION = 1 };

enum { FIELD_HEAD = 1 + 4, FIELD_AAD = 2 * (1 + NAME_MAX_BYTES) + 8 + 8 + 4 };

/* Names with their length before them, so that no two places give the same bytes. */
static bool field_aad(const struct field_place *at, uint32_t version, uint8_t out[FIELD_AAD], struct str *aad)
{
    size_t n = 0, table = strlen(at->table), column = strlen(at->column);
    if (table > NAME_MAX_BYTES || column > NAME_MAX_BYTES) return false;
    n += put_be(out + n, table, 1);
    memcpy(out + n, at->table, table);
    n += table;
    n += put_be(out + n, column, 1);
    memcpy(out + n, at->column, column);
    n += column;
    n += put_be(out + n, (uint64_t)at->row, 8);
    n += put_be(out + n, (uint64_t)at->subject, 8);
    n += put_be(out + n, version, 4);
    *aad = str_n(out, n);
    return true;
}

bool field_seal(struct keyring *k, struct db_tx *tx, const struct field_place *at, struct str plain,
                struct str *sealed)
{
    uint8_t aad_bytes[FIELD_AAD];
    struct str aad;
    const struct kept_key *key = at->subject ? key_newest(k, tx, at->subject) : NULL;
    if (at->subject && !key) return false;
    uint32_t version = key ? (uint32_t)key->version : OWN_VERSION;
    if (!field_aad(at, version, aad_bytes, &aad)) return err_fault(tx->err, "name of a column too long");
    size_t len = FIELD_HEAD + SM4_NONCE + plain.len + SM4_TAG;
    uint8_t *p = arena_alloc(tx->arena, len), *nonce = p + FIELD_HEAD;
    p[0] = BOX_VERSION;
    put_be(p + 1, version, 4);
    draw_nonce(k, nonce);
    *sealed = str_n(p, len);
    return key ? sm4_gcm_seal(key->gcm, nonce, aad, plain, nonce + SM4_NONCE, tx->err)
               : sm4_shared_seal(k->own, nonce, aad, plain, nonce + SM4_NONCE, tx->err);
}

static const struct kept_key *key_of_version(struct keyring *k, struct db_tx *tx, int64_t subject,
                                             uint32_t version)
{
    bool found;
    struct str wrapped;
    int64_t newest;
    const struct kept_key *kept = kept_key(tx, subject, version);
    if (kept) return kept;
    if (!subject_key_newest(tx, subject, &newest, &wrapped)) return NULL;
    if (newest == version && wrapped.len) return key_opened(k, tx, subject, version, true, wrapped);
    if (!subject_key_find(tx, subject, version, &found, &wrapped)) return NULL;
    if (!found || wrapped.len == 0) {
        err_missing(tx->err, "key.erased", "This information has been erased.");
        return NULL;
    }
    return key_opened(k, tx, subject, version, false, wrapped);
}

bool field_open(struct keyring *k, struct db_tx *tx, const struct field_place *at, struct str sealed,
                struct str *plain)
{
    uint8_t aad_bytes[FIELD_AAD];
    const uint8_t *p = (const uint8_t *)sealed.ptr;
    struct str aad;
    if (sealed.len < FIELD_HEAD + SM4_NONCE + SM4_TAG || p[0] != BOX_VERSION)
        return err_fault(tx->err, "a sealed field is no such thing");
    uint32_t version = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    if (!field_aad(at, version, aad_bytes, &aad)) return err_fault(tx->err, "name of a column too long");
    const struct kept_key *key = at->subject ? key_of_version(k, tx, at->subject, version) : NULL;
    if (at->subject && !key) return false;
    struct str body = str_slice(sealed, FIELD_HEAD + SM4_NONCE, sealed.len);
    uint8_t *out = arena_alloc(tx->arena, body.len - SM4_TAG + 1);
    bool sound = key ? sm4_gcm_open(key->gcm, p + FIELD_HEAD, aad, body, out)
                     : version == OWN_VERSION && sm4_shared_open(k->own, p + FIELD_HEAD, aad, body, out);
    if (!sound) return err_fault(tx->err, "a sealed field was altered or moved");
    *plain = str_n(out, body.len - SM4_TAG);
    return true;
}
