#include "app/tar.h"

#include "core/base/arena.h"

#include <sys/stat.h>
#include <zlib.h>

enum {
    BLOCK = 512,
    NAME_MAX_BYTES = 4096,
    SIZE_AT = 124,
    SIZE_LEN = 12,
    SUM_AT = 148,
    SUM_LEN = 8,
    TYPE_AT = 156,
    PREFIX_AT = 345,
    PREFIX_LEN = 155
};

struct tar {
    gzFile file;
    size_t size;
    char long_name[NAME_MAX_BYTES]; /* of the next entry, where one was given */
    size_t long_len;
};

struct tar *tar_open(const char *path, struct err *e)
{
    struct stat st;
    gzFile f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? gzopen(path, "rb") : NULL;
    struct tar *t = f ? mem_alloc(1, sizeof *t) : NULL;
    if (!t) {
        if (f) gzclose(f);
        err_missing(e, "cli.file", "The file %{arg} cannot be read.");
        err_arg(e, str_c(path));
        return NULL;
    }
    gzbuffer(f, 1 << 16);
    t->file = f;
    t->size = (size_t)st.st_size;
    return t;
}

void tar_close(struct tar *t)
{
    if (!t) return;
    gzclose(t->file);
    mem_free(t);
}

size_t tar_position(const struct tar *t, size_t *size)
{
    z_off_t at = gzoffset(t->file);
    *size = t->size;
    return at < 0 ? 0 : (size_t)at;
}

static bool broken(struct err *e)
{
    return err_invalid(e, "tar", "This file is not a tar archive, or it is damaged.");
}

static bool read_all(struct tar *t, void *to, size_t len, struct err *e)
{
    return gzread(t->file, to, (unsigned)len) == (int)len || broken(e);
}

static bool octal(const char *field, size_t len, uint64_t *out)
{
    *out = 0;
    size_t i = 0;
    while (i < len && field[i] == ' ')
        i++;
    for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
        *out = *out * 8 + (uint64_t)(field[i] - '0');
    return i == len || field[i] == ' ' || field[i] == '\0';
}

static bool sum_ok(const char *block)
{
    uint64_t said, sum = 0;
    for (int i = 0; i < BLOCK; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? ' ' : (unsigned char)block[i];
    return octal(block + SUM_AT, SUM_LEN, &said) && said == sum;
}

static bool is_zero(const char *block)
{
    for (int i = 0; i < BLOCK; i++)
        if (block[i]) return false;
    return true;
}

static struct str field(const char *at, size_t len)
{
    return str_n(at, strnlen(at, len));
}

static struct str entry_name(struct tar *t, struct arena *a, const char *block)
{
    struct str name = field(block, 100), prefix = memcmp(block + 257, "ustar", 6) == 0
                                                      ? field(block + PREFIX_AT, PREFIX_LEN)
                                                      : STR_EMPTY;
    if (t->long_len)
        name = str_n(t->long_name, t->long_len);
    else if (prefix.len)
        name = str_fmt(a, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(name));
    name = str_dup(a, name);
    t->long_len = 0;
    while (str_starts(name, STR("./")))
        name = str_slice(name, 2, name.len);
    return name;
}

/* A pax header is lines "LEN key=value\n". */
static struct str pax_path(struct str text)
{
    while (text.len) {
        struct str count, line;
        uint64_t len;
        struct str rest = str_cut(text, ' ', &count);
        if (!str_to_u64(count, &len) || len <= count.len + 1 || len > text.len) return STR_EMPTY;
        line = str_slice(rest, 0, (size_t)len - count.len - 2);
        if (str_starts(line, STR("path="))) return str_slice(line, 5, line.len);
        text = str_slice(text, (size_t)len, text.len);
    }
    return STR_EMPTY;
}

static void keep_name(struct tar *t, struct str name)
{
    t->long_len = name.len < sizeof t->long_name ? name.len : 0;
    if (t->long_len) memcpy(t->long_name, name.ptr, t->long_len);
}

static bool content(struct tar *t, struct arena *a, uint64_t size, struct str *out, struct err *e)
{
    char pad[BLOCK], *bytes = arena_alloc(a, (size_t)size + 1);
    *out = str_n(bytes, (size_t)size);
    return read_all(t, bytes, (size_t)size, e) &&
           (size % BLOCK == 0 || read_all(t, pad, BLOCK - (size_t)size % BLOCK, e));
}

bool tar_next(struct tar *t, struct arena *a, size_t max, struct tar_entry *out, bool *more, struct err *e)
{
    char block[BLOCK];
    uint64_t size;
    struct str bytes;
    for (;;) {
        int n = gzread(t->file, block, BLOCK);
        *more = !(n == 0 || (n == BLOCK && is_zero(block)));
        if (!*more) return true;
        if (n != BLOCK || !sum_ok(block) || !octal(block + SIZE_AT, SIZE_LEN, &size)) return broken(e);
        if (size > max) return err_invalid(e, "tar.large", "A file in this archive is too large.");
        if (!content(t, a, size, &bytes, e)) return false;
        switch (block[TYPE_AT]) {
        case '\0':
        case '0':
            *out = (struct tar_entry){entry_name(t, a, block), bytes};
            return true;
        case 'L':
            keep_name(t, field(bytes.ptr, bytes.len));
            break;
        case 'x':
            keep_name(t, pax_path(bytes));
            break;
        default:
            t->long_len = 0;
            break; /* folders, links: nothing to read */
        }
    }
}
