#include "app/logsource.h"

#include "core/base/buf.h"
#include "core/base/file.h"

enum { CONNECT_MS = 10000, READ_MS = 60000, BASE_MAX = 2000 };

static bool unreachable(struct err *e, const char *what, const char *why)
{
    err_missing(e, "log.unreachable", "The log cannot be read: %{arg}");
    err_arg(e, str_c(what));
    snprintf(e->detail, sizeof e->detail, "%s", why);
    return false;
}

bool log_source_open(struct log_source *s, struct arena *a, const char *where, struct err *e)
{
    struct str base = str_c(where);
    *s = (struct log_source){.arena = a, .err = e, .prefix = ""};
    while (base.len > 1 && base.ptr[base.len - 1] == '/')
        base.len--;
    s->base = str_z(a, base);
    s->remote = str_starts(base, STR("http://")) || str_starts(base, STR("https://"));
    if (!s->remote) return true;
    s->fetcher = base.len > BASE_MAX ? NULL : fetcher_new();
    return s->fetcher || err_fault(e, "the log at this address cannot be asked");
}

void log_source_close(struct log_source *s)
{
    fetcher_drop(s->fetcher);
    s->fetcher = NULL;
}

static bool ask(struct log_source *s, struct arena *a, const char *url, size_t max, struct str *out,
                struct err *e)
{
    struct fetch what = {.url = url, .connect_ms = CONNECT_MS, .total_ms = READ_MS, .max = max};
    struct fetch_answer answer = {0};
    struct err why = {0};
    if (!fetch(s->fetcher, a, &what, &answer, &why)) return unreachable(e, url, why.detail);
    if (answer.status != 200) return unreachable(e, url, "another answer than 200");
    *out = answer.body;
    return true;
}

bool log_source_read(struct log_source *s, struct arena *a, struct str path, size_t max, struct str *out,
                     struct err *e)
{
    struct err why = {0};
    const char *full = str_z(a, str_fmt(a, "%s/%.*s", s->base, STR_ARG(path)));
    if (s->remote) return ask(s, a, full, max, out, e);
    return file_read(a, full, max, out, &why) || unreachable(e, full, why.detail);
}

bool log_source_tile(void *source, struct merkle_tile t, struct merkle_node *hashes)
{
    struct log_source *s = source;
    struct arena *a = arena_new(1 << 20);
    struct str bytes;
    size_t expected = (size_t)t.width * MERKLE_SIZE;
    if (!a) return err_fault(s->err, "not enough memory to read a tile");
    struct str path = str_cat(a, str_c(s->prefix), merkle_tile_path(a, t));
    bool ok = log_source_read(s, a, path, TILE_WIDTH * MERKLE_SIZE, &bytes, s->err);
    if (ok && bytes.len != expected) ok = unreachable(s->err, str_z(a, path), "a tile of another size");
    if (ok) memcpy(hashes, bytes.ptr, expected);
    arena_drop(a);
    return ok;
}
