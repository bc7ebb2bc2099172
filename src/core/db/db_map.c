#include "core/db/db_map.h"

#include "core/base/arena.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room behind the end of the file, which costs nothing until it is there. */
static const int64_t GROWTH = INT64_C(64) << 30;

struct db_map {
    const char *at;
    int64_t room;          /* bytes of addresses */
    int64_t least;         /* smaller files are read as ever */
    _Atomic int64_t known; /* the file has so many at least */
};

struct db_mapped {
    sqlite3_io_methods own; /* first: the file points here */
    const sqlite3_io_methods *real;
    struct db_map *map;
};

/* What lies around a page is read with it as a rule. Of a file that memory cannot hold that puts out of
 * memory what will be asked for, in favour of what will not. */
static void read_as_fits(const struct db_map *m, int64_t size)
{
    int64_t pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0 && size / page > pages / 2)
        (void)madvise((void *)(uintptr_t)m->at, (size_t)m->room, MADV_RANDOM);
}

struct db_map *db_map_open(int fd, int64_t least)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return NULL;
    struct db_map *m = mem_alloc(1, sizeof *m);
    if (!m) return NULL;
    m->room = st.st_size + GROWTH;
    m->least = least;
    void *at = mmap(NULL, (size_t)m->room, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (at == MAP_FAILED) {
        mem_free(m);
        return NULL;
    }
    m->at = at;
    m->known = st.st_size;
    read_as_fits(m, st.st_size);
    return m;
}

void db_map_close(struct db_map *m)
{
    if (!m) return;
    munmap((void *)(uintptr_t)m->at, (size_t)m->room);
    mem_free(m);
}

/* How large is the file by now? What is known is enough for what lies within. */
static int64_t size_for(const struct db_mapped *u, sqlite3_file *file, int64_t end)
{
    int64_t known = atomic_load_explicit(&u->map->known, memory_order_relaxed);
    sqlite3_int64 size;
    if (end <= known || end > u->map->room || u->real->xFileSize(file, &size) != SQLITE_OK) return known;
    atomic_store_explicit(&u->map->known, size, memory_order_relaxed);
    return size;
}

static int fetch_mapped(sqlite3_file *file, sqlite3_int64 at, int n, void **page)
{
    const struct db_mapped *u = (const struct db_mapped *)file->pMethods;
    int64_t end = at + n;
    int64_t size = size_for(u, file, end);
    *page = end <= size && size >= u->map->least ? (void *)(uintptr_t)(u->map->at + at) : NULL;
    return SQLITE_OK;
}

/* SQLite's own would take the mapping away after every commit of others. */
static int keep_mapped(sqlite3_file *file, sqlite3_int64 at, void *page)
{
    (void)file;
    (void)at;
    (void)page;
    return SQLITE_OK;
}

struct db_mapped *db_map_use(struct db_map *m, struct sqlite3 *handle)
{
    sqlite3_file *file = NULL;
    struct db_mapped *u = mem_alloc(1, sizeof *u);
    if (!u || sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file ||
        !file->pMethods) {
        mem_free(u);
        return NULL;
    }
    u->map = m;
    u->real = file->pMethods;
    u->own = *u->real;
    u->own.xFetch = fetch_mapped;
    u->own.xUnfetch = keep_mapped;
    file->pMethods = &u->own;
    if (u->real->iVersion < 3 ||
        sqlite3_exec(handle, "PRAGMA mmap_size=1073741824", NULL, NULL, NULL) != SQLITE_OK)
        file->pMethods = u->real;
    return u;
}

void db_map_end(struct db_mapped *u)
{
    mem_free(u);
}
