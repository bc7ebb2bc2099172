/* Signing keys of the installation, their certificates, and the sealed export of all keys. */
#include <dirent.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/crypto/keyring_internal.h"
#include "core/json/json.h"

#define CA_NAME       "ca"
#define EXPORT_MAGIC  "TBKEYS1\n"
#define EXPORT_FORMAT "tongban-keys/1"

enum { SIGNER_FILE_MAX = 64 << 10, EXPORT_SALT = 16, PASSPHRASE_LEAST = 8, CA_YEARS = 30, ISSUER_YEARS = 5 };
static const int64_t renew_before = 30 * MS_DAY, valid_since = MS_DAY;

struct str signers_folder(struct arena *a, const char *path)
{
    return str_fmt(a, "%s.signers", path);
}

/* File names are digests: the name of a signer is anyone's text. */
static struct str signer_path(struct arena *a, const struct keyring *k, struct str name)
{
    uint8_t digest[SM3_SIZE];
    sm3(name, digest);
    struct str folder = signers_folder(a, k->path), hex = str_hex(a, digest, 16);
    return str_fmt(a, "%.*s/%.*s.signer", STR_ARG(folder), STR_ARG(hex));
}

static void signer_key(const struct keyring *k, uint8_t out[SM4_KEY])
{
    keyring_domain(k, "signers", out, SM4_KEY);
}

/* The sealed content: {"name","key","cert"} with PEM texts. */
static bool signer_save(struct keyring *k, struct arena *a, struct str name, const struct signer *s,
                        struct err *e)
{
    uint8_t key[SM4_KEY];
    struct json *j = json_object(a);
    json_set_str(a, j, "name", name);
    json_set_str(a, j, "key", sm2_to_pem(a, s->key));
    json_set_str(a, j, "cert", cert_to_pem(a, s->cert));
    struct str plain = json_to_str(a, j), box;
    signer_key(k, key);
    bool ok = box_seal(a, key, str_cat(a, STR("signer:"), name), plain, &box, e) &&
              file_make_folder(str_z(a, signers_folder(a, k->path)), e) &&
              file_write(str_z(a, signer_path(a, k, name)), box, 0600, e);
    crypto_wipe(key, sizeof key);
    crypto_wipe((void *)(uintptr_t)plain.ptr, plain.len);
    return ok;
}

/* *found false when there is no file; FAULT when it does not open. */
static bool signer_load(struct keyring *k, struct arena *a, struct str name, struct signer *s, bool *found,
                        struct err *e)
{
    uint8_t key[SM4_KEY];
    struct err absent = {0};
    struct str box, plain;
    const char *path = str_z(a, signer_path(a, k, name));
    *found = false;
    if (!file_read(a, path, SIGNER_FILE_MAX, &box, &absent)) {
        if (absent.kind == ERR_MISSING) return true;
        return err_fault(e, "signer: %s", absent.detail);
    }
    signer_key(k, key);
    bool ok = box_open(a, key, str_cat(a, STR("signer:"), name), box, &plain);
    crypto_wipe(key, sizeof key);
    if (!ok) return err_fault(e, "the file of a signer was altered");
    const struct json *j = json_parse(a, plain, JSON_STRICT, e);
    if (!j) return false;
    s->key = sm2_from_pem(k->arena, json_text_of(j, "key"), e);
    s->cert = s->key ? cert_from_pem(k->arena, json_text_of(j, "cert"), e) : NULL;
    crypto_wipe((void *)(uintptr_t)plain.ptr, plain.len);
    *found = s->cert != NULL;
    return *found;
}

static void signer_keep(struct keyring *k, struct str name, const struct signer *s)
{
    struct signer_entry *x = ARENA_NEW(k->arena, struct signer_entry);
    x->signer = *s;
    x->signer.name = str_dup(k->arena, name);
    x->next = k->signers; /* a renewed one stands before the old */
    k->signers = x;
}

static const struct signer *signer_kept(const struct keyring *k, struct str name)
{
    for (const struct signer_entry *x = k->signers; x; x = x->next)
        if (str_eq(x->signer.name, name)) return &x->signer;
    return NULL;
}

static int64_t years_later(int64_t now, int years)
{
    return now + years * INT64_C(366) * MS_DAY;
}

static bool signer_new(struct keyring *k, struct arena *a, struct str name,
                       const struct cert_subject *subject, const struct signer *ca, int64_t now,
                       struct signer *s, struct err *e)
{
    struct sm2_key *key = sm2_generate(k->arena, e);
    if (!key) return false;
    int64_t to = years_later(now, ca ? ISSUER_YEARS : CA_YEARS), from = now - valid_since;
    /* An issuer's certificate lives inside its CA's. */
    if (ca && to > cert_to(ca->cert)) to = cert_to(ca->cert);
    if (ca && from < cert_from(ca->cert)) from = cert_from(ca->cert);
    s->key = key;
    s->cert = cert_make(k->arena, subject, sm2_public(key), ca ? ca->cert : NULL, ca ? ca->key : key, !ca,
                        from, to, e);
    return s->cert && signer_save(k, a, name, s, e);
}

/* With the lock held. */
static bool signer_get(struct keyring *k, struct arena *a, struct str name,
                       const struct cert_subject *subject, const struct signer *ca, int64_t now,
                       struct signer *out, struct err *e)
{
    const struct signer *kept = signer_kept(k, name);
    bool found = kept != NULL;
    if (kept)
        *out = *kept;
    else if (!signer_load(k, a, name, out, &found, e))
        return false;
    bool last_days = found && now > cert_to(out->cert) - renew_before;
    if ((!found || last_days) && !signer_new(k, a, name, subject, ca, now, out, e)) return false;
    out->ca = ca ? ca->cert : out->cert;
    if (!kept || last_days) signer_keep(k, name, out);
    out->name = signer_kept(k, name)->name;
    return true;
}

static bool ca_get(struct keyring *k, struct arena *a, int64_t now, struct signer *ca, struct err *e)
{
    static const struct cert_subject subject = {
        {"Tongban CA", sizeof "Tongban CA" - 1}, {"Tongban", sizeof "Tongban" - 1}, {"", 0}};
    if (!k->path) return err_fault(e, "this key provider has no place for signers");
    return signer_get(k, a, STR(CA_NAME), &subject, NULL, now, ca, e);
}

bool keyring_signer(struct keyring *k, struct str name, const struct cert_subject *subject, int64_t now,
                    struct signer *out, struct err *e)
{
    struct arena *a = arena_new(1 << 20);
    struct signer ca;
    if (!a) return err_fault(e, "memory");
    pthread_mutex_lock(&k->lock);
    bool ok = !str_eq_c(name, CA_NAME) || err_fault(e, "the CA signs certificates only");
    ok = ok && ca_get(k, a, now, &ca, e) && signer_get(k, a, name, subject, &ca, now, out, e);
    pthread_mutex_unlock(&k->lock);
    arena_drop(a);
    return ok;
}

bool keyring_find_signer(struct keyring *k, struct str name, struct signer *out, bool *found, struct err *e)
{
    struct arena *a = arena_new(1 << 20);
    if (!a) return err_fault(e, "memory");
    *out = (struct signer){.name = name};
    pthread_mutex_lock(&k->lock);
    bool ok = signer_load(k, a, name, out, found, e);
    pthread_mutex_unlock(&k->lock);
    arena_drop(a);
    return ok;
}

const struct cert *keyring_ca(struct keyring *k, int64_t now, struct err *e)
{
    struct arena *a = arena_new(1 << 20);
    struct signer ca;
    if (!a) {
        err_fault(e, "memory");
        return NULL;
    }
    pthread_mutex_lock(&k->lock);
    bool ok = ca_get(k, a, now, &ca, e);
    pthread_mutex_unlock(&k->lock);
    arena_drop(a);
    return ok ? ca.cert : NULL;
}

/* ---- export and import ---- */

static bool passphrase_fits(struct str passphrase, struct err *e)
{
    return utf8_count(passphrase) >= PASSPHRASE_LEAST ||
           err_invalid(e, "key.passphrase", "The passphrase must have at least 8 characters.");
}

static bool signer_files(struct keyring *k, struct arena *a, struct json *object, struct err *e)
{
    struct str folder = k->path ? signers_folder(a, k->path) : STR_EMPTY;
    DIR *d = k->path ? opendir(str_z(a, folder)) : NULL;
    if (!d) return true;
    bool ok = true;
    for (const struct dirent *entry; ok && (entry = readdir(d));) {
        struct str name = str_c(entry->d_name), content;
        if (!str_ends(name, STR(".signer"))) continue;
        struct str path = str_fmt(a, "%.*s/%s", STR_ARG(folder), entry->d_name);
        ok = file_read(a, str_z(a, path), SIGNER_FILE_MAX, &content, e);
        if (ok) json_set_str(a, object, str_z(a, name), str_hex(a, content.ptr, content.len));
    }
    closedir(d);
    return ok;
}

bool keyring_export(struct keyring *k, struct arena *a, struct str passphrase, struct str *out, struct err *e)
{
    uint8_t salt[EXPORT_SALT], key[SM4_KEY];
    struct str box;
    if (!passphrase_fits(passphrase, e)) return false;
    struct json *j = json_object(a);
    json_set_c(a, j, "format", EXPORT_FORMAT);
    json_set_str(a, j, "root", str_hex(a, k->root, ROOT_KEY));
    pthread_mutex_lock(&k->lock);
    bool ok = signer_files(k, a, json_set_object(a, j, "signers"), e);
    pthread_mutex_unlock(&k->lock);
    crypto_random(salt, sizeof salt);
    ok = ok && password_key(passphrase, salt, key, sizeof key, e);
    if (!ok) return false;
    struct str plain = json_to_str(a, j);
    ok = box_seal(a, key, str_n(salt, sizeof salt), plain, &box, e);
    crypto_wipe((void *)(uintptr_t)plain.ptr, plain.len);
    crypto_wipe(key, sizeof key);
    if (!ok) return false;
    struct buf b = buf_new(a, box.len + 64);
    buf_add(&b, STR(EXPORT_MAGIC));
    buf_add(&b, str_n(salt, sizeof salt));
    buf_add(&b, str_slice(box, 1, box.len)); /* the magic carries the version */
    *out = buf_str(&b);
    return true;
}

static bool export_wrong(struct err *e)
{
    return err_invalid(e, "key.export", "This is not an export of keys, or the passphrase is wrong.");
}

static bool import_files(struct arena *a, const char *path, const struct json *j, struct err *e)
{
    struct str root, content, folder = signers_folder(a, path);
    if (!str_unhex(a, json_text_of(j, "root"), &root) || root.len != ROOT_KEY) return export_wrong(e);
    if (!file_make_folder(str_z(a, folder), e)) return false;
    JSON_EACH(file, json_get(j, "signers"))
    {
        /* Our own names only: 32 hex digits and the ending. */
        struct str stem = str_slice(file->key, 0, 32), unused;
        if (file->key.len != 39 || !str_ends(file->key, STR(".signer")) || !str_unhex(a, stem, &unused) ||
            !str_unhex(a, json_text(file), &content))
            return export_wrong(e);
        struct str to = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(file->key));
        if (!file_write(str_z(a, to), content, 0600, e)) return false;
    }
    /* Last: an installation exists when its root key does. */
    return root_file_write(path, (const uint8_t *)root.ptr, e);
}

bool keyring_import(const char *path, struct str exported, struct str passphrase, struct err *e)
{
    enum { HEAD = sizeof EXPORT_MAGIC - 1 };
    struct stat st;
    if (stat(path, &st) == 0)
        return err_conflict(e, "key.exists", "There is a root key already; move it away first.");
    if (exported.len < HEAD + EXPORT_SALT || !str_starts(exported, STR(EXPORT_MAGIC))) return export_wrong(e);
    struct arena *a = arena_new(256 << 20);
    if (!a) return err_fault(e, "memory");
    uint8_t key[SM4_KEY];
    struct err bad = {0};
    struct str salt = str_slice(exported, HEAD, HEAD + EXPORT_SALT), plain;
    struct str box = str_cat(a, STR("\1"), str_slice(exported, HEAD + EXPORT_SALT, exported.len));
    bool ok = password_key(passphrase, (const uint8_t *)salt.ptr, key, sizeof key, e);
    if (ok && !box_open(a, key, salt, box, &plain)) ok = export_wrong(e);
    crypto_wipe(key, sizeof key);
    const struct json *j = ok ? json_parse(a, plain, JSON_STRICT, &bad) : NULL;
    if (ok && (!j || !str_eq_c(json_text_of(j, "format"), EXPORT_FORMAT))) ok = export_wrong(e);
    ok = ok && import_files(a, path, j, e);
    if (j) crypto_wipe((void *)(uintptr_t)plain.ptr, plain.len);
    arena_drop(a);
    return ok;
}
