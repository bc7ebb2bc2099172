#include "testing/lossy_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *base_vfs;
static atomic_uint kinds_wanted;
static atomic_long countdown, failed;
static atomic_bool goes_on;

void faulty_vfs_fail(unsigned kinds, long n, bool sticky)
{
    kinds_wanted = 0;
    countdown = n;
    failed = 0;
    goes_on = sticky;
    kinds_wanted = n > 0 ? kinds : 0;
}

long faulty_vfs_failed(void)
{
    return failed;
}

static bool fails(unsigned kind)
{
    if ((kinds_wanted & kind) == 0) return false;
    long left = --countdown;
    bool now = left == 0 || (left < 0 && goes_on);
    if (now) failed++;
    return now;
}

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct faulty_file *)f)->real;
}

static int faulty_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}
static int faulty_read(sqlite3_file *f, void *to, int n, sqlite3_int64 from)
{
    return fails(FAULT_READ) ? SQLITE_IOERR_READ : real(f)->pMethods->xRead(real(f), to, n, from);
}
static int faulty_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    if (!fails(FAULT_WRITE)) return real(f)->pMethods->xWrite(real(f), bytes, n, at);
    /* The disk is full after half of it. */
    (void)real(f)->pMethods->xWrite(real(f), bytes, n / 2, at);
    return SQLITE_FULL;
}
static int faulty_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails(FAULT_TRUNCATE) ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), size);
}
static int faulty_sync(sqlite3_file *f, int flags)
{
    return fails(FAULT_SYNC) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}
static int faulty_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real(f)->pMethods->xFileSize(real(f), size);
}
static int faulty_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}
static int faulty_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}
static int faulty_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
static int faulty_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}
static int faulty_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}
static int faulty_traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
static int faulty_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    if (fails(FAULT_SHM)) {
        *out = NULL;
        return SQLITE_IOERR_SHMMAP;
    }
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
static int faulty_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    /* Giving a lock back cannot fail. */
    if ((flags & SQLITE_SHM_LOCK) != 0 && fails(FAULT_SHM)) return SQLITE_IOERR_SHMLOCK;
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
static void faulty_shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}
static int faulty_shm_unmap(sqlite3_file *f, int drop)
{
    return real(f)->pMethods->xShmUnmap(real(f), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = faulty_close,
    .xRead = faulty_read,
    .xWrite = faulty_write,
    .xTruncate = faulty_truncate,
    .xSync = faulty_sync,
    .xFileSize = faulty_size,
    .xLock = faulty_lock,
    .xUnlock = faulty_unlock,
    .xCheckReservedLock = faulty_reserved,
    .xFileControl = faulty_control,
    .xSectorSize = faulty_sector,
    .xDeviceCharacteristics = faulty_traits,
    .xShmMap = faulty_shm_map,
    .xShmLock = faulty_shm_lock,
    .xShmBarrier = faulty_shm_barrier,
    .xShmUnmap = faulty_shm_unmap,
};

static int faulty_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out)
{
    (void)vfs;
    struct faulty_file *f = (struct faulty_file *)base;
    *f = (struct faulty_file){.real = (sqlite3_file *)(f + 1)};
    if (fails(FAULT_OPEN)) return SQLITE_CANTOPEN;
    int rc = base_vfs->xOpen(base_vfs, path, f->real, flags, out);
    if (rc == SQLITE_OK) f->base.pMethods = &methods;
    return rc;
}

bool faulty_vfs_register(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName != NULL) return true;
    base_vfs = sqlite3_vfs_find(NULL);
    if (base_vfs == NULL) return false;
    vfs = *base_vfs;
    vfs.zName = "faulty";
    vfs.szOsFile = (int)sizeof(struct faulty_file) + base_vfs->szOsFile;
    vfs.pNext = NULL;
    vfs.xOpen = faulty_open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}
