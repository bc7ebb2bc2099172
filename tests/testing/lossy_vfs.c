#include "testing/lossy_vfs.h"

#include "core/base/arena.h"

#include <pthread.h>
#include <sqlite3.h>

enum { BLOCK = 4096, BUCKETS = 1024 };

/* What is written but not synced of one file. Lives as long as the process: closing syncs nothing. */
struct block {
    struct block *next;
    sqlite3_int64 number;
    unsigned char bytes[BLOCK];
};

struct shadow {
    struct shadow *next;
    char *path;
    sqlite3_int64 size;  /* as the process sees it */
    sqlite3_int64 valid; /* below this the real file's bytes still hold */
    bool known;          /* size and valid have been looked up */
    struct block *blocks[BUCKETS];
};

struct lossy_file {
    sqlite3_file base;
    struct shadow *shadow; /* NULL: passed through */
    sqlite3_file *real;    /* behind this struct */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shadow *shadows;
static sqlite3_vfs *base_vfs;

static struct lossy_file *own(sqlite3_file *f)
{
    return (struct lossy_file *)f;
}

static struct shadow *shadow_for(const char *path)
{
    for (struct shadow *s = shadows; s != NULL; s = s->next)
        if (strcmp(s->path, path) == 0) return s;
    struct shadow *s = mem_alloc(1, sizeof *s);
    size_t len = strlen(path);
    char *copy = s == NULL ? NULL : mem_alloc(1, len + 1);
    if (copy == NULL) {
        mem_free(s);
        return NULL;
    }
    memcpy(copy, path, len);
    s->path = copy;
    s->next = shadows;
    shadows = s;
    return s;
}

static void forget_from(struct shadow *s, sqlite3_int64 size)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct block **at = &s->blocks[i]; *at != NULL;) {
            struct block *b = *at;
            if (b->number * BLOCK >= size) {
                *at = b->next;
                mem_free(b);
            } else {
                at = &b->next;
            }
        }
}

static struct block *block_of(struct shadow *s, sqlite3_int64 number)
{
    for (struct block *b = s->blocks[number % BUCKETS]; b != NULL; b = b->next)
        if (b->number == number) return b;
    return NULL;
}

/* The real bytes of [from, from + n), zero where the file ends or was cut since. */
static int read_real(struct lossy_file *f, unsigned char *to, int n, sqlite3_int64 from)
{
    memset(to, 0, (size_t)n);
    sqlite3_int64 there = f->shadow->valid - from;
    if (there <= 0) return SQLITE_OK;
    int rc = f->real->pMethods->xRead(f->real, to, there < n ? (int)there : n, from);
    return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : rc;
}

static int read_some(struct lossy_file *f, unsigned char *to, int n, sqlite3_int64 from)
{
    while (n > 0) {
        sqlite3_int64 number = from / BLOCK;
        int offset = (int)(from % BLOCK), part = BLOCK - offset < n ? BLOCK - offset : n;
        const struct block *b = block_of(f->shadow, number);
        if (b != NULL) {
            memcpy(to, b->bytes + offset, (size_t)part);
        } else {
            int rc = read_real(f, to, part, from);
            if (rc != SQLITE_OK) return rc;
        }
        to += part;
        from += part;
        n -= part;
    }
    return SQLITE_OK;
}

static int lossy_read(sqlite3_file *base, void *to, int n, sqlite3_int64 from)
{
    struct lossy_file *f = own(base);
    if (f->shadow == NULL) return f->real->pMethods->xRead(f->real, to, n, from);
    pthread_mutex_lock(&lock);
    sqlite3_int64 there = f->shadow->size - from;
    int got = there < 0 ? 0 : there < n ? (int)there : n;
    memset(to, 0, (size_t)n);
    int rc = read_some(f, to, got, from);
    pthread_mutex_unlock(&lock);
    return rc == SQLITE_OK && got < n ? SQLITE_IOERR_SHORT_READ : rc;
}

static int write_some(struct lossy_file *f, const unsigned char *bytes, int n, sqlite3_int64 at)
{
    while (n > 0) {
        sqlite3_int64 number = at / BLOCK;
        int offset = (int)(at % BLOCK), part = BLOCK - offset < n ? BLOCK - offset : n;
        struct block *b = block_of(f->shadow, number);
        if (b == NULL) {
            b = mem_alloc(1, sizeof *b);
            if (b == NULL) return SQLITE_IOERR_NOMEM;
            b->number = number;
            int rc = read_real(f, b->bytes, BLOCK, number * BLOCK);
            if (rc != SQLITE_OK) {
                mem_free(b);
                return rc;
            }
            b->next = f->shadow->blocks[number % BUCKETS];
            f->shadow->blocks[number % BUCKETS] = b;
        }
        memcpy(b->bytes + offset, bytes, (size_t)part);
        bytes += part;
        at += part;
        n -= part;
        if (at > f->shadow->size) f->shadow->size = at;
    }
    return SQLITE_OK;
}

static int lossy_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 at)
{
    struct lossy_file *f = own(base);
    if (f->shadow == NULL) return f->real->pMethods->xWrite(f->real, bytes, n, at);
    pthread_mutex_lock(&lock);
    int rc = write_some(f, bytes, n, at);
    pthread_mutex_unlock(&lock);
    return rc;
}

static int lossy_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct lossy_file *f = own(base);
    if (f->shadow == NULL) return f->real->pMethods->xTruncate(f->real, size);
    pthread_mutex_lock(&lock);
    struct shadow *s = f->shadow;
    forget_from(s, size);
    struct block *last = size % BLOCK == 0 ? NULL : block_of(s, size / BLOCK);
    if (last != NULL) memset(last->bytes + size % BLOCK, 0, (size_t)(BLOCK - size % BLOCK));
    if (s->valid > size) s->valid = size;
    s->size = size;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

/* Everything kept back goes to the file. */
static int flush(struct lossy_file *f)
{
    struct shadow *s = f->shadow;
    sqlite3_int64 real = 0;
    int rc = f->real->pMethods->xFileSize(f->real, &real);
    if (rc == SQLITE_OK && real > s->valid) rc = f->real->pMethods->xTruncate(f->real, s->valid);
    for (size_t i = 0; rc == SQLITE_OK && i < BUCKETS; i++)
        for (const struct block *b = s->blocks[i]; rc == SQLITE_OK && b != NULL; b = b->next) {
            sqlite3_int64 from = b->number * BLOCK, n = s->size - from < BLOCK ? s->size - from : BLOCK;
            if (n > 0) rc = f->real->pMethods->xWrite(f->real, b->bytes, (int)n, from);
        }
    if (rc != SQLITE_OK) return rc;
    forget_from(s, 0);
    s->valid = s->size;
    return SQLITE_OK;
}

static int lossy_sync(sqlite3_file *base, int flags)
{
    struct lossy_file *f = own(base);
    int rc = SQLITE_OK;
    if (f->shadow != NULL) {
        pthread_mutex_lock(&lock);
        rc = flush(f);
        pthread_mutex_unlock(&lock);
    }
    return rc == SQLITE_OK ? f->real->pMethods->xSync(f->real, flags) : rc;
}

static int lossy_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct lossy_file *f = own(base);
    if (f->shadow == NULL) return f->real->pMethods->xFileSize(f->real, size);
    pthread_mutex_lock(&lock);
    *size = f->shadow->size;
    pthread_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int lossy_close(sqlite3_file *base)
{
    struct lossy_file *f = own(base);
    return f->real->pMethods->xClose(f->real);
}

static int lossy_control(sqlite3_file *base, int op, void *arg)
{
    struct lossy_file *f = own(base);
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_OK; /* would grow the real file */
    if (op == SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
    return f->real->pMethods->xFileControl(f->real, op, arg);
}

/* The rest goes straight through. */
static int lossy_lock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xLock(own(f)->real, level);
}
static int lossy_unlock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xUnlock(own(f)->real, level);
}
static int lossy_reserved(sqlite3_file *f, int *out)
{
    return own(f)->real->pMethods->xCheckReservedLock(own(f)->real, out);
}
static int lossy_sector(sqlite3_file *f)
{
    return own(f)->real->pMethods->xSectorSize(own(f)->real);
}
static int lossy_traits(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
static int lossy_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return own(f)->real->pMethods->xShmMap(own(f)->real, page, size, extend, out);
}
static int lossy_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return own(f)->real->pMethods->xShmLock(own(f)->real, offset, n, flags);
}
static void lossy_shm_barrier(sqlite3_file *f)
{
    own(f)->real->pMethods->xShmBarrier(own(f)->real);
}
static int lossy_shm_unmap(sqlite3_file *f, int drop)
{
    return own(f)->real->pMethods->xShmUnmap(own(f)->real, drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without memory mapping, which would look past what is kept back */
    .xClose = lossy_close,
    .xRead = lossy_read,
    .xWrite = lossy_write,
    .xTruncate = lossy_truncate,
    .xSync = lossy_sync,
    .xFileSize = lossy_size,
    .xLock = lossy_lock,
    .xUnlock = lossy_unlock,
    .xCheckReservedLock = lossy_reserved,
    .xFileControl = lossy_control,
    .xSectorSize = lossy_sector,
    .xDeviceCharacteristics = lossy_traits,
    .xShmMap = lossy_shm_map,
    .xShmLock = lossy_shm_lock,
    .xShmBarrier = lossy_shm_barrier,
    .xShmUnmap = lossy_shm_unmap,
};

static int lossy_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out)
{
    (void)vfs;
    struct lossy_file *f = own(base);
    *f = (struct lossy_file){.real = (sqlite3_file *)(f + 1)};
    int rc = base_vfs->xOpen(base_vfs, path, f->real, flags, out);
    if (rc != SQLITE_OK) return rc;
    if (path != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0) {
        pthread_mutex_lock(&lock);
        f->shadow = shadow_for(path);
        rc = f->shadow == NULL ? SQLITE_NOMEM : SQLITE_OK;
        if (rc == SQLITE_OK && !f->shadow->known) {
            rc = f->real->pMethods->xFileSize(f->real, &f->shadow->size);
            f->shadow->valid = f->shadow->size;
            f->shadow->known = rc == SQLITE_OK;
        }
        pthread_mutex_unlock(&lock);
    }
    if (rc == SQLITE_OK)
        f->base.pMethods = &methods;
    else
        f->real->pMethods->xClose(f->real);
    return rc;
}

static int lossy_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    pthread_mutex_lock(&lock);
    for (struct shadow *s = shadows; s != NULL; s = s->next)
        if (strcmp(s->path, path) == 0) {
            forget_from(s, 0);
            s->known = false;
        }
    pthread_mutex_unlock(&lock);
    return base_vfs->xDelete(base_vfs, path, sync);
}

bool lossy_vfs_register(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName != NULL) return true;
    base_vfs = sqlite3_vfs_find(NULL);
    if (base_vfs == NULL) return false;
    vfs = *base_vfs;
    vfs.zName = "lossy";
    vfs.szOsFile = (int)sizeof(struct lossy_file) + base_vfs->szOsFile;
    vfs.pNext = NULL;
    vfs.xOpen = lossy_open;
    vfs.xDelete = lossy_delete;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}
