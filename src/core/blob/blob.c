/* The files: format "TBBLOB1\n" ‖ salt 16 ‖ length 8 (big-endian) ‖ frames. A frame is up to 64 KiB of
 * content, sealed with SM4-GCM under a key of this file (HKDF of the domain key "blob", the salt and the id),
 * nonce = number of the frame, associated data = header ‖ id ‖ number. So frames cannot be cut off, exchanged
 * or moved to another file. */
#include "core/blob/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/time.h"

#define MAGIC "TBBLOB1\n"

enum {
    MAGIC_LEN = 8,
    SALT = 16,
    HEAD = MAGIC_LEN + SALT + 8,
    FRAME = 64 << 10,
    ID_HEX = 2 * SM3_SIZE,
    AAD = HEAD + ID_HEX + 4,
    PATH_BYTES = 4096
};

struct blob_store {
    uint8_t name_key[SM3_SIZE]; /* for ids */
    uint8_t file_key[SM3_SIZE]; /* for contents */
    pthread_mutex_t lock;       /* between taking an old file up again and collecting it */
    char dir[PATH_BYTES - 128];
};

/* One file being sealed or opened. */
struct blob_file {
    struct sm4_gcm *gcm;
    uint8_t aad[AAD];
    int fd;
    uint64_t len;
};

static bool id_valid(struct str id)
{
    if (id.len != ID_HEX) return false;
    for (size_t i = 0; i < id.len; i++)
        if (!memchr("0123456789abcdef", id.ptr[i], 16)) return false;
    return true;
}

struct blob_store *blob_open(const char *dir, struct keyring *k, struct err *e)
{
    struct blob_store *s = mem_alloc(1, sizeof *s);
    size_t len = strlen(dir);
    if (!s || len >= sizeof s->dir) {
        err_fault(e, s ? "path too long" : "memory");
        mem_free(s);
        return NULL;
    }
    memcpy(s->dir, dir, len);
    keyring_domain(k, "blob:id", s->name_key, sizeof s->name_key);
    keyring_domain(k, "blob", s->file_key, sizeof s->file_key);
    pthread_mutex_init(&s->lock, NULL);
    if (!file_make_folder(dir, e)) {
        blob_close(s);
        return NULL;
    }
    return s;
}

void blob_close(struct blob_store *s)
{
    if (!s) return;
    pthread_mutex_destroy(&s->lock);
    crypto_wipe(s, sizeof *s);
    mem_free(s);
}

static void paths(const char *dir, struct str id, char folder[PATH_BYTES], char path[PATH_BYTES])
{
    snprintf(folder, PATH_BYTES, "%s/%.2s", dir, id.ptr);
    snprintf(path, PATH_BYTES, "%s/%.2s/%.*s", dir, id.ptr, (int)id.len - 2, id.ptr + 2);
}

bool blob_exists(const struct blob_store *s, struct str id)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    if (id.len < 3) return false;
    paths(s->dir, id, folder, path);
    return access(path, R_OK) == 0;
}

static bool file_begin(struct blob_file *f, const struct blob_store *s, struct arena *a, struct str id,
                       const uint8_t head[HEAD], struct err *e)
{
    uint8_t key[SM4_KEY];
    hkdf_sm3(str_n(s->file_key, SM3_SIZE), str_n(head + MAGIC_LEN, SALT), id, key, SM4_KEY);
    f->gcm = sm4_gcm_new(a, key, e);
    crypto_wipe(key, sizeof key);
    memcpy(f->aad, head, HEAD);
    memcpy(f->aad + HEAD, id.ptr, ID_HEX);
    return f->gcm != NULL;
}

static struct str frame_aad(struct blob_file *f, uint32_t number, uint8_t nonce[SM4_NONCE])
{
    memset(nonce, 0, SM4_NONCE);
    for (int i = 0; i < 4; i++)
        nonce[SM4_NONCE - 1 - i] = f->aad[AAD - 1 - i] = (uint8_t)(number >> 8 * i);
    return str_n(f->aad, AAD);
}

static bool put_all(int fd, const uint8_t *p, size_t len)
{
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool get_all(int fd, uint8_t *p, size_t len)
{
    while (len) {
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool write_frames(struct blob_file *f, struct str content, uint8_t *frame, struct err *e)
{
    uint8_t nonce[SM4_NONCE];
    for (size_t done = 0, number = 0; done < content.len; number++) {
        struct str part = str_slice(content, done, done + FRAME), aad = frame_aad(f, (uint32_t)number, nonce);
        if (!sm4_gcm_seal(f->gcm, nonce, aad, part, frame, e)) return false;
        if (!put_all(f->fd, frame, part.len + SM4_TAG)) return err_fault(e, "blob: %s", strerror(errno));
        done += part.len;
    }
    return true;
}

static bool write_file(struct blob_store *s, struct arena *a, struct str id, struct str content,
                       const char *folder, const char *path, struct err *e)
{
    char temporary[PATH_BYTES];
    uint8_t head[HEAD];
    struct blob_file f;
    uint8_t *frame = arena_alloc(a, FRAME + SM4_TAG);
    if (!file_make_folder(folder, e) || !file_sync_folder(s->dir, e)) return false;
    if (snprintf(temporary, sizeof temporary, "%s/.new-XXXXXX", folder) >= (int)sizeof temporary)
        return err_fault(e, "path too long");
    if ((f.fd = mkostemp(temporary, O_CLOEXEC)) < 0) return err_fault(e, "blob: %s", strerror(errno));
    memcpy(head, MAGIC, MAGIC_LEN);
    crypto_random(head + MAGIC_LEN, SALT);
    for (int i = 0; i < 8; i++)
        head[HEAD - 1 - i] = (uint8_t)((uint64_t)content.len >> 8 * i);
    bool ok = file_begin(&f, s, a, id, head, e);
    ok = ok && (put_all(f.fd, head, HEAD) || err_fault(e, "blob: %s", strerror(errno)));
    ok = ok && write_frames(&f, content, frame, e);
    if (ok && fsync(f.fd) != 0) ok = err_fault(e, "blob sync: %s", strerror(errno));
    if (close(f.fd) != 0 && ok) ok = err_fault(e, "blob close: %s", strerror(errno));
    if (ok && rename(temporary, path) != 0) ok = err_fault(e, "blob rename: %s", strerror(errno));
    if (!ok) unlink(temporary);
    return ok;
}

/* An old file that is handed in again is young again, so that the collector leaves it alone. */
static bool take_up(struct blob_store *s, const char *path)
{
    pthread_mutex_lock(&s->lock);
    bool there = utimensat(AT_FDCWD, path, NULL, 0) == 0;
    pthread_mutex_unlock(&s->lock);
    return there;
}

bool blob_put(struct blob_store *s, struct arena *a, struct str content, struct str *id, struct err *e)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    uint8_t mac[SM3_SIZE];
    if (content.len / FRAME >= UINT32_MAX) return err_invalid(e, "file.large", "The file is too large.");
    hmac_sm3(str_n(s->name_key, SM3_SIZE), content, mac);
    *id = str_hex(a, mac, sizeof mac);
    paths(s->dir, *id, folder, path);
    if (!take_up(s, path) && !write_file(s, a, *id, content, folder, path, e)) return false;
    return file_sync_folder(folder, e);
}

static bool read_frames(struct blob_file *f, struct arena *a, uint8_t *out)
{
    uint8_t nonce[SM4_NONCE], *frame = arena_alloc(a, FRAME + SM4_TAG);
    uint32_t number = 0;
    for (uint64_t done = 0; done < f->len; number++) {
        size_t len = f->len - done < FRAME ? (size_t)(f->len - done) : FRAME;
        struct str aad = frame_aad(f, number, nonce);
        if (!get_all(f->fd, frame, len + SM4_TAG) ||
            !sm4_gcm_open(f->gcm, nonce, aad, str_n(frame, len + SM4_TAG), out + done))
            return false;
        done += len;
    }
    return true;
}

/* Header and size on disk must agree before anything is allocated. */
static bool read_head(struct blob_file *f, struct blob_store *s, struct arena *a, struct str id,
                      struct err *e)
{
    uint8_t head[HEAD];
    struct stat st;
    f->len = 0;
    if (fstat(f->fd, &st) != 0 || !get_all(f->fd, head, HEAD) || memcmp(head, MAGIC, MAGIC_LEN) != 0)
        return false;
    for (int i = MAGIC_LEN + SALT; i < HEAD; i++)
        f->len = f->len << 8 | head[i];
    uint64_t body = (uint64_t)st.st_size - HEAD;
    if (f->len > body || body - f->len != (f->len + FRAME - 1) / FRAME * SM4_TAG) return false;
    return file_begin(f, s, a, id, head, e);
}

bool blob_get(struct blob_store *s, struct arena *a, struct str id, struct str *content, struct err *e)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    struct blob_file f;
    if (!id_valid(id)) return err_missing(e, "blob.missing", "This file does not exist.");
    paths(s->dir, id, folder, path);
    f.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (f.fd < 0 && errno == ENOENT) return err_missing(e, "blob.missing", "This file does not exist.");
    if (f.fd < 0) return err_fault(e, "blob: %s", strerror(errno));
    bool ok = read_head(&f, s, a, id, e);
    uint8_t *out = ok ? arena_try(a, (size_t)f.len + 1) : NULL;
    if (ok && !out) {
        close(f.fd);
        return err_fault(e, "no memory for a file of %llu bytes", (unsigned long long)f.len);
    }
    /* An empty file has no frame to vouch for it: its name does. */
    uint8_t mac[SM3_SIZE];
    ok = ok && read_frames(&f, a, out);
    close(f.fd);
    if (ok) hmac_sm3(str_n(s->name_key, SM3_SIZE), str_n(out, (size_t)f.len), mac);
    if (!ok || !str_eq(str_hex(a, mac, sizeof mac), id)) return err_fault(e, "altered");
    *content = str_n(out, (size_t)f.len);
    return true;
}

/* ---- all files ---- */

struct visit {
    const char *folder, *name; /* "ab", "cdef…" or a temporary name */
    const char *path;
    struct str id; /* empty for leftovers */
};

/* Calls fn for every file; stops when it answers false. A folder that cannot be read is a failure once all
 * others have been visited. */
static bool each_file(const char *dir, bool (*fn)(void *arg, const struct visit *v), void *arg, struct err *e)
{
    bool ok = true, readable = true;
    DIR *top = opendir(dir);
    if (!top) return err_fault(e, "blobs: %s", strerror(errno));
    for (const struct dirent *d; ok && (d = readdir(top));) {
        char folder[PATH_BYTES + 300];
        if (strlen(d->d_name) != 2 || d->d_name[0] == '.') continue;
        snprintf(folder, sizeof folder, "%s/%s", dir, d->d_name);
        DIR *sub = opendir(folder);
        if (!sub) {
            readable = err_fault(e, "blobs %s: %s", d->d_name, strerror(errno));
            continue;
        }
        for (const struct dirent *f; ok && (f = readdir(sub));) {
            char path[PATH_BYTES + 600], id[ID_HEX + 1] = {0};
            bool leftover = strncmp(f->d_name, ".new-", 5) == 0;
            if (f->d_name[0] == '.' && !leftover) continue;
            snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
            struct str name = STR_EMPTY;
            if (strlen(f->d_name) == ID_HEX - 2) {
                memcpy(id, d->d_name, 2);
                memcpy(id + 2, f->d_name, ID_HEX - 2);
                if (id_valid(str_c(id))) name = str_c(id);
            }
            if (name.len == 0 && !leftover) continue;
            struct visit v = {d->d_name, f->d_name, path, name};
            ok = fn(arg, &v);
        }
        closedir(sub);
    }
    closedir(top);
    return ok && readable;
}

struct collecting {
    struct blob_store *store;
    int64_t now, min_age, removed;
    bool failed;
    bool (*in_use)(void *arg, struct str id);
    void *arg;
    struct err *err;
};

static bool old_enough(const struct collecting *c, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return false;
    int64_t touched = (int64_t)st.st_mtim.tv_sec * MS_SECOND + st.st_mtim.tv_nsec / 1000000;
    return c->now - touched > c->min_age;
}

static bool collect_one(void *arg, const struct visit *v)
{
    struct collecting *c = arg;
    if (!old_enough(c, v->path) || (v->id.len && c->in_use(c->arg, v->id))) return true;
    /* Looked at again with the lock held: it may have been handed in meanwhile. */
    pthread_mutex_lock(&c->store->lock);
    bool old = old_enough(c, v->path), gone = old && unlink(v->path) == 0;
    int why = errno;
    pthread_mutex_unlock(&c->store->lock);
    c->removed += gone;
    if (old && !gone && why != ENOENT)
        c->failed = !err_fault(c->err, "blobs %s: cannot remove: %s", v->folder, strerror(why));
    return true;
}

int64_t blob_collect(struct blob_store *s, struct arena *a, int64_t now, int64_t min_age_ms,
                     bool (*in_use)(void *arg, struct str id), void *arg, struct err *e)
{
    (void)a;
    struct collecting c = {s, now, min_age_ms, 0, false, in_use, arg, e};
    return each_file(s->dir, collect_one, &c, e) && !c.failed ? c.removed : -1;
}

struct copying {
    const char *to;
    struct err *err;
};

static bool copy_bytes(int from, int to)
{
    uint8_t part[1 << 16];
    for (;;) {
        ssize_t n = read(from, part, sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0;
        if (!put_all(to, part, (size_t)n)) return false;
    }
}

static bool copy_one(void *arg, const struct visit *v)
{
    struct copying *c = arg;
    char folder[PATH_BYTES], path[PATH_BYTES], temporary[PATH_BYTES + 16];
    if (v->id.len == 0) return true;
    paths(c->to, v->id, folder, path);
    if (access(path, F_OK) == 0) return true;
    if (!file_make_folder(folder, c->err)) return false;
    snprintf(temporary, sizeof temporary, "%s/.new-XXXXXX", folder);
    int from = open(v->path, O_RDONLY | O_CLOEXEC);
    if (from < 0 && errno == ENOENT) return true; /* collected since it was listed */
    int to = from < 0 ? -1 : mkostemp(temporary, O_CLOEXEC);
    bool ok = to >= 0 && copy_bytes(from, to) && fsync(to) == 0;
    if (from >= 0) close(from);
    if (to >= 0) ok = close(to) == 0 && ok && rename(temporary, path) == 0;
    if (!ok) {
        if (to >= 0) unlink(temporary);
        return err_fault(c->err, "copy of files: %s", strerror(errno));
    }
    return file_sync_folder(folder, c->err);
}

bool blob_copy_all(struct blob_store *s, const char *to_dir, struct err *e)
{
    struct copying c = {to_dir, e};
    if (strlen(to_dir) >= sizeof s->dir) return err_fault(e, "path too long");
    return file_make_folder(to_dir, e) && each_file(s->dir, copy_one, &c, e) && file_sync_folder(to_dir, e);
}
