#include "core/db/log_vfs.h"

#include "core/base/arena.h"

#include <sqlite3.h>
#include <string.h>

/* 31 pages: SQLite's own file system writes less than 128 KiB at once. */
enum { KEPT_MAX = 31 * (4096 + 24), NAME_MAX_BYTES = 64 };

struct log_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    char name[NAME_MAX_BYTES];
};

struct log_file {
    sqlite3_file own;
    sqlite3_file *real; /* behind this struct */
    unsigned char *kept;
    size_t len;
    sqlite3_int64 at; /* where what is kept belongs */
};

static struct log_file *own(sqlite3_file *f)
{
    return (struct log_file *)f;
}

static int write_kept(struct log_file *f)
{
    size_t len = f->len;
    f->len = 0;
    return len ? f->real->pMethods->xWrite(f->real, f->kept, (int)len, f->at) : SQLITE_OK;
}

static int log_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    struct log_file *f = own(file);
    bool follows = f->len && at == f->at + (sqlite3_int64)f->len && f->len + (size_t)n <= KEPT_MAX;
    int rc = follows ? SQLITE_OK : write_kept(f);
    if (rc != SQLITE_OK) return rc;
    if (!f->kept) f->kept = mem_alloc(KEPT_MAX, 1);
    if (!f->kept || n > KEPT_MAX) return f->real->pMethods->xWrite(f->real, bytes, n, at);
    if (!f->len) f->at = at;
    memcpy(f->kept + f->len, bytes, (size_t)n);
    f->len += (size_t)n;
    return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    int rc = write_kept(own(file));
    return rc != SQLITE_OK ? rc : own(file)->real->pMethods->xRead(own(file)->real, to, n, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int rc = write_kept(own(file));
    return rc != SQLITE_OK ? rc : own(file)->real->pMethods->xTruncate(own(file)->real, size);
}

static int log_sync(sqlite3_file *file, int flags)
{
    int rc = write_kept(own(file));
    return rc != SQLITE_OK ? rc : own(file)->real->pMethods->xSync(own(file)->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int rc = write_kept(own(file));
    return rc != SQLITE_OK ? rc : own(file)->real->pMethods->xFileSize(own(file)->real, size);
}

static int log_close(sqlite3_file *file)
{
    struct log_file *f = own(file);
    int rc = write_kept(f), closed = f->real->pMethods->xClose(f->real);
    mem_free(f->kept);
    f->kept = NULL;
    return rc != SQLITE_OK ? rc : closed;
}

/* The rest goes straight through. */
static int log_lock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xLock(own(f)->real, level);
}
static int log_unlock(sqlite3_file *f, int level)
{
    return own(f)->real->pMethods->xUnlock(own(f)->real, level);
}
static int log_reserved(sqlite3_file *f, int *out)
{
    return own(f)->real->pMethods->xCheckReservedLock(own(f)->real, out);
}
static int log_control(sqlite3_file *f, int op, void *arg)
{
    return own(f)->real->pMethods->xFileControl(own(f)->real, op, arg);
}
static int log_sector(sqlite3_file *f)
{
    return own(f)->real->pMethods->xSectorSize(own(f)->real);
}
static int log_traits(sqlite3_file *f)
{
    return own(f)->real->pMethods->xDeviceCharacteristics(own(f)->real);
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* the log is neither mapped nor shared memory */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_traits,
};

/* Whatever is not the log is the base's own file, untouched. */
static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    sqlite3_vfs *base = ((struct log_vfs *)vfs)->base;
    if (!(flags & SQLITE_OPEN_WAL)) return base->xOpen(base, path, file, flags, out);
    struct log_file *f = own(file);
    *f = (struct log_file){.real = (sqlite3_file *)(f + 1)};
    int rc = base->xOpen(base, path, f->real, flags, out);
    if (rc == SQLITE_OK) f->own.pMethods = &methods;
    return rc;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync)
{
    sqlite3_vfs *base = ((struct log_vfs *)vfs)->base;
    return base->xDelete(base, path, sync);
}

static int access_file(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    sqlite3_vfs *base = ((struct log_vfs *)vfs)->base;
    return base->xAccess(base, path, flags, out);
}

static int full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
    sqlite3_vfs *base = ((struct log_vfs *)vfs)->base;
    return base->xFullPathname(base, path, size, out);
}

const char *log_vfs_over(const char *base)
{
    char name[NAME_MAX_BYTES];
    sqlite3_vfs *under = sqlite3_vfs_find(base);
    if (!under) return NULL;
    int n = snprintf(name, sizeof name, "tongban-log-%s", under->zName);
    if (n < 0 || (size_t)n >= sizeof name) return NULL;
    sqlite3_vfs *known = sqlite3_vfs_find(name);
    if (known) return known->zName;
    struct log_vfs *v = mem_alloc(1, sizeof *v);
    if (!v) return NULL;
    memcpy(v->name, name, sizeof name);
    v->base = under;
    v->vfs = *under; /* clock, randomness and the like: they know no files */
    v->vfs.pNext = NULL;
    v->vfs.zName = v->name;
    v->vfs.szOsFile = (int)sizeof(struct log_file) + under->szOsFile;
    v->vfs.xOpen = open_file;
    v->vfs.xDelete = delete_file;
    v->vfs.xAccess = access_file;
    v->vfs.xFullPathname = full_path;
    if (sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK) return v->name;
    mem_free(v);
    return NULL;
}
