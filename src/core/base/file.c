#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/arena.h"

enum { PATH_BYTES = 4096 };

static bool read_all(int fd, char *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, to + done, len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

bool file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && errno == ENOENT) return err_missing(e, "file.missing", "There is no such file.");
    if (fd < 0) return err_fault(e, "open: %s", strerror(errno));
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (!ok) {
        err_fault(e, "not a regular file");
    } else if ((uint64_t)st.st_size > max) {
        ok = err_invalid(e, "file.large", "The file is too large.");
    } else {
        size_t len = (size_t)st.st_size;
        char *p = arena_try(a, len + 1);
        ok = p && read_all(fd, p, len);
        if (!ok) err_fault(e, "read: %s", p ? strerror(errno) : "memory");
        *out = str_n(p, len);
    }
    close(fd);
    return ok;
}

static bool write_all(int fd, struct str content)
{
    for (size_t done = 0; done < content.len;) {
        ssize_t n = write(fd, content.ptr + done, content.len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        done += (size_t)n;
    }
    return true;
}

static bool folder_of(const char *path, char folder[PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 1;
    if (len >= PATH_BYTES) return false;
    memcpy(folder, slash ? path : ".", len);
    folder[len] = 0;
    if (len == 0) memcpy(folder, "/", 2);
    return true;
}

bool file_sync_folder(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok) err_fault(e, "sync folder: %s", strerror(errno));
    if (fd >= 0) close(fd);
    return ok;
}

bool file_write(const char *path, struct str content, unsigned mode, struct err *e)
{
    char temporary[PATH_BYTES], folder[PATH_BYTES];
    int len = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof temporary || !folder_of(path, folder))
        return err_fault(e, "path too long");
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) return err_fault(e, "create: %s", strerror(errno));
    bool ok = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, content) && fsync(fd) == 0;
    if (!ok) err_fault(e, "write: %s", strerror(errno));
    if (close(fd) != 0 && ok) ok = err_fault(e, "close: %s", strerror(errno));
    if (ok && rename(temporary, path) != 0) ok = err_fault(e, "rename: %s", strerror(errno));
    if (!ok) {
        unlink(temporary);
        return false;
    }
    return file_sync_folder(folder, e);
}

bool file_make_folder(const char *path, struct err *e)
{
    char part[PATH_BYTES];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) return err_fault(e, "path too long");
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return err_fault(e, "mkdir: %s", strerror(errno));
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) return err_fault(e, "not a folder");
    return true;
}

/* ---- what is in a folder ---- */

static int by_bytes(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

bool file_list(struct arena *a, const char *folder, struct str ending, size_t max, const char ***names,
               size_t *count, struct err *e)
{
    const char **list = ARENA_ARRAY(a, max + 1, const char *);
    bool fits = true;
    *names = list;
    *count = 0;
    DIR *d = opendir(folder);
    if (!d) return errno == ENOENT || err_fault(e, "cannot read folder %s: %s", folder, strerror(errno));
    for (struct dirent *f = readdir(d); f && fits; f = readdir(d)) {
        size_t len = strlen(f->d_name);
        if (!str_ends(str_n(f->d_name, len), ending)) continue;
        char *name = *count < max ? arena_try(a, len + 1) : NULL; /* nothing may jump while it is open */
        fits = name != NULL;
        if (!fits) break;
        memcpy(name, f->d_name, len + 1);
        list[(*count)++] = name;
    }
    closedir(d);
    if (!fits) return err_fault(e, "too many files in %s", folder);
    qsort(list, *count, sizeof *list, by_bytes);
    return true;
}
