/* tongban audit: the log of this installation computed again from its records, or the log of another from
 * what it publishes. Exit code 0: nothing was changed; 1: something was, or could not be looked at. */
#include "app/cli.h"
#include "app/logsource.h"
#include "core/base/file.h"
#include "modules/evidence/evidence.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AUDIT_ARENA = 64 << 20, KEYS_MAX = 64 << 10, LOG_HASHES = 2 };
enum { BUNDLE_BYTES = 1 << 20 }; /* entries of logs like ours are digests */

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};
static const char *const prefixes[LOG_HASHES] = {"", "sm3/"};

struct auditing {
    const struct settings *settings;
    struct arena *arena;
    struct err *err;
    struct str saved;
    struct evidence_audit result;
};

static struct str number(struct auditing *a, int64_t n)
{
    return str_fmt(a->arena, "%lld", (long long)n);
}

static void found(struct auditing *a, const char *msgid, int64_t arg)
{
    a->result.count++;
    cli_say(stdout, msgid, number(a, arg));
}

static int conclude(struct auditing *a)
{
    cli_say(stdout, "Acts in the log: %{arg}", number(a, a->result.acts));
    if (a->result.waiting)
        cli_say(stdout, "Acts recorded, but not in the log yet: %{arg}", number(a, a->result.waiting));
    if (!a->saved.len)
        cli_say(stdout,
                "No earlier head was given with --checkpoint: whether this is the history others have seen "
                "was not "
                "looked at.",
                STR_EMPTY);
    if (a->result.count)
        cli_say(stdout, "Findings: %{arg}", number(a, (int64_t)a->result.count));
    else
        cli_say(stdout, "Nothing was changed.", STR_EMPTY);
    return a->result.count ? 1 : 0;
}

static bool read_saved(struct auditing *a)
{
    a->saved = STR_EMPTY;
    return !a->settings->checkpoint ||
           cli_read_file(a->arena, a->settings->checkpoint, NOTE_BYTES_MAX, &a->saved, a->err);
}

/* ---- our own, from the database ---- */

static bool audit_records(struct ctx *c)
{
    struct auditing *a = ctx_arg(c);
    return evidence_audit(c, a->saved, &a->result);
}

struct copying {
    struct arena *arena;
    struct str path, bytes;
};

static bool read_public(struct ctx *c)
{
    struct copying *f = ctx_arg(c);
    struct str bytes;
    if (!evidence_log_file(c, f->path, &bytes)) return false;
    f->bytes = str_dup(f->arena, bytes);
    return true;
}

static bool copy_file(struct server *s, const char *folder, struct str path, struct err *e)
{
    struct arena *a = arena_new(4 << 20);
    if (!a) return err_fault(e, "not enough memory to write the log");
    struct copying f = {.arena = a, .path = path};
    bool ok = server_read(s, &SYSTEM, read_public, &f, e);
    const char *to = str_z(a, str_fmt(a, "%s/%.*s", folder, STR_ARG(path)));
    struct str above = str_c(to);
    while (above.len && above.ptr[above.len - 1] != '/')
        above.len--;
    ok = ok && file_make_folder(str_z(a, str_slice(above, 0, above.len - 1)), e) &&
         file_write(to, f.bytes, 0644, e);
    arena_drop(a);
    return ok;
}

static bool copy_tiles(struct auditing *a, struct server *s, const char *prefix, uint64_t size)
{
    for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++) {
        struct merkle_tile t = {.level = level};
        for (; (t.width = merkle_tile_width(level, t.number, size)) > 0; t.number++) {
            struct arena *part = arena_new(1 << 16);
            if (!part) return err_fault(a->err, "not enough memory to write the log");
            struct str path = str_cat(part, str_c(prefix), merkle_tile_path(part, t));
            bool ok = copy_file(s, a->settings->out, path, a->err);
            arena_drop(part);
            if (!ok) return false;
        }
    }
    return true;
}

/* The head last: whoever reads the folder meanwhile finds what it speaks of. */
static bool write_log(struct auditing *a, struct server *s)
{
    struct merkle_checkpoint heads[LOG_HASHES];
    struct str notes[LOG_HASHES];
    struct stat st;
    if (stat(a->settings->out, &st) == 0 || errno != ENOENT) {
        err_conflict(a->err, "cli.out_exists", "There is already a file %{arg}; nothing was written.");
        err_arg(a->err, str_c(a->settings->out));
        return false;
    }
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct copying f = {.arena = a->arena,
                            .path = str_cat(a->arena, str_c(prefixes[h]), STR("checkpoint"))};
        if (!server_read(s, &SYSTEM, read_public, &f, a->err)) return false;
        notes[h] = f.bytes;
        if (!merkle_checkpoint_parse(a->arena, notes[h], &heads[h], a->err) ||
            !copy_tiles(a, s, prefixes[h], heads[h].size))
            return false;
    }
    if (!copy_file(s, a->settings->out, STR("keys"), a->err)) return false;
    for (size_t h = 0; h < LOG_HASHES; h++) {
        const char *to = str_z(a->arena, str_fmt(a->arena, "%s/%scheckpoint", a->settings->out, prefixes[h]));
        if (!file_write(to, notes[h], 0644, a->err)) return false;
    }
    cli_say(stdout, "The public log was written into %{arg}.", str_c(a->settings->out));
    return true;
}

static int audit_own(struct auditing *a)
{
    int lock = -1;
    struct server *s = cli_open_beside(a->arena, a->settings, &lock, a->err);
    bool ok = s && server_read(s, &SYSTEM, audit_records, a, a->err);
    for (size_t i = 0; ok && i < a->result.count && i < EVIDENCE_FINDINGS; i++)
        cli_say(stdout, a->result.findings[i].msgid, number(a, a->result.findings[i].arg));
    int status = ok ? conclude(a) : 1;
    if (ok && !status && a->settings->out) ok = write_log(a, s);
    server_close(s);
    if (lock >= 0) close(lock);
    return ok ? status : cli_fail(a->err);
}

/* ---- that of another, from what it publishes ---- */

struct outside {
    struct auditing *a;
    struct log_source source;
    struct merkle_key key;
    struct cert *signer;
    struct merkle_checkpoint heads[LOG_HASHES], saved;
    enum merkle_hash saved_hash;
    bool has_saved;
    struct merkle_range ranges[LOG_HASHES];
    struct merkle_node *level[LOG_HASHES]; /* roots of complete subtrees of 256 leaves, then of 65536 … */
};

static bool load_keys(struct outside *o)
{
    struct auditing *a = o->a;
    struct str keys, first;
    bool ok = a->settings->keys ? cli_read_file(a->arena, a->settings->keys, KEYS_MAX, &keys, a->err)
                                : log_source_read(&o->source, a->arena, STR("keys"), KEYS_MAX, &keys, a->err);
    if (!ok) return false;
    struct str rest = str_cut(keys, '\n', &first);
    if (!merkle_key_parse(a->arena, first, &o->key, a->err)) return false;
    o->signer = cert_from_pem(a->arena, rest, a->err);
    if (!a->settings->keys)
        cli_say(stdout, "The keys are those the log itself gives; give trusted ones with --keys.", STR_EMPTY);
    return o->signer != NULL;
}

static bool is_signed(struct outside *o, enum merkle_hash h, const struct merkle_checkpoint *head)
{
    struct str name = h == MERKLE_SM3 ? str_cat(o->a->arena, o->key.name, STR("/sm3")) : o->key.name;
    return str_eq(head->origin, name) &&
           (h == MERKLE_SM3 ? merkle_signed_sm2(o->a->arena, head, name, cert_public(o->signer))
                            : merkle_signed(o->a->arena, head, &o->key));
}

static bool load_heads(struct outside *o)
{
    struct auditing *a = o->a;
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct str note, path = str_cat(a->arena, str_c(prefixes[h]), STR("checkpoint"));
        if (!log_source_read(&o->source, a->arena, path, NOTE_BYTES_MAX, &note, a->err) ||
            !merkle_checkpoint_parse(a->arena, note, &o->heads[h], a->err))
            return false;
        if (!is_signed(o, (enum merkle_hash)h, &o->heads[h]))
            found(a, "The signature of the head does not fit.", 0);
    }
    if (o->heads[0].size != o->heads[1].size) found(a, "The two heads are of different sizes.", 0);
    o->has_saved = a->saved.len > 0;
    if (!o->has_saved) return true;
    if (!merkle_checkpoint_parse(a->arena, a->saved, &o->saved, a->err)) return false;
    o->saved_hash = str_ends(o->saved.origin, STR("/sm3")) ? MERKLE_SM3 : MERKLE_SHA256;
    if (!is_signed(o, o->saved_hash, &o->saved)) {
        found(a, "The saved head is not one of this log, or its signature does not fit.", 0);
        o->has_saved = false;
    } else if (o->saved.size > o->heads[0].size) {
        found(a, "The log is shorter than the saved head says; that had %{arg} entries.",
              (int64_t)o->saved.size);
    }
    return true;
}

static void meet_saved(struct outside *o)
{
    const struct merkle_range *r = &o->ranges[o->saved_hash];
    if (!o->has_saved || r->size != o->saved.size) return;
    struct merkle_node root = merkle_range_root(o->saved_hash, r);
    if (!merkle_same(&root, &o->saved.root))
        found(o->a, "This is another history than the one whose head was saved.", 0);
}

static bool same_tile(struct outside *o, enum merkle_hash h, struct merkle_tile t,
                      const struct merkle_node *hashes)
{
    struct merkle_node stored[TILE_WIDTH];
    o->source.prefix = prefixes[h];
    if (!log_source_tile(&o->source, t, stored)) return false;
    if (memcmp(stored, hashes, (size_t)t.width * sizeof stored[0]) != 0)
        found(o->a, "Hashes of the log were altered or are gone, from entry %{arg} on.",
              (int64_t)(t.number << (8 * (t.level + 1))));
    return true;
}

static bool read_entries(struct outside *o, struct arena *part, enum merkle_hash h, struct merkle_tile t,
                         struct str *out)
{
    struct str path = str_cat(part, str_c(prefixes[h]), merkle_tile_path(part, t));
    return log_source_read(&o->source, part, path, BUNDLE_BYTES, out, o->a->err);
}

static bool one_bundle(struct outside *o, struct arena *part, uint64_t number, uint64_t size)
{
    struct merkle_tile t = {.level = TILE_ENTRIES, .number = number};
    struct merkle_node leaves[LOG_HASHES][TILE_WIDTH];
    struct str rest, other, entry;
    t.width = merkle_tile_width(t.level, number, size);
    if (!read_entries(o, part, MERKLE_SHA256, t, &rest) || !read_entries(o, part, MERKLE_SM3, t, &other))
        return false;
    if (!str_eq(rest, other)) found(o->a, "The two logs have other entries: bundle %{arg}.", (int64_t)number);
    for (int i = 0; i < t.width; i++) {
        if (!merkle_bundle_next(&rest, &entry))
            return found(o->a, "Entries of the log were altered or are gone: bundle %{arg}.",
                         (int64_t)number),
                   true;
        for (size_t h = 0; h < LOG_HASHES; h++) {
            leaves[h][i] = merkle_leaf((enum merkle_hash)h, part, entry);
            merkle_append((enum merkle_hash)h, &o->ranges[h], &leaves[h][i]);
        }
        meet_saved(o);
    }
    if (rest.len) found(o->a, "Entries of the log were altered or are gone: bundle %{arg}.", (int64_t)number);
    t.level = 0;
    for (size_t h = 0; h < LOG_HASHES; h++) {
        if (!same_tile(o, (enum merkle_hash)h, t, leaves[h])) return false;
        if (t.width == TILE_WIDTH)
            o->level[h][number] = merkle_fold((enum merkle_hash)h, leaves[h], TILE_WIDTH);
    }
    o->a->result.acts += t.width;
    return true;
}

/* Each level from the one below; what is folded makes the next. */
static bool upper_tiles(struct outside *o, uint64_t size)
{
    for (size_t h = 0; h < LOG_HASHES; h++)
        for (int level = 1; level < TILE_LEVELS; level++) {
            struct merkle_tile t = {.level = level};
            for (; (t.width = merkle_tile_width(level, t.number, size)) > 0; t.number++) {
                struct merkle_node *at = o->level[h] + t.number * TILE_WIDTH;
                if (!same_tile(o, (enum merkle_hash)h, t, at)) return false;
                if (t.width == TILE_WIDTH)
                    o->level[h][t.number] = merkle_fold((enum merkle_hash)h, at, TILE_WIDTH);
            }
        }
    return true;
}

static bool walk(struct outside *o)
{
    uint64_t size = o->heads[0].size, bundles = size / TILE_WIDTH + (size % TILE_WIDTH != 0);
    for (size_t h = 0; h < LOG_HASHES; h++)
        if (!(o->level[h] = mem_alloc((size_t)bundles + 1, sizeof(struct merkle_node))))
            return err_fault(o->a->err, "not enough memory for the tree");
    for (uint64_t n = 0; n < bundles; n++) {
        struct arena *part = arena_new(2 * BUNDLE_BYTES + (1 << 20));
        bool ok =
            part ? one_bundle(o, part, n, size) : err_fault(o->a->err, "not enough memory for a bundle");
        arena_drop(part);
        if (!ok) return false;
    }
    for (size_t h = 0; h < LOG_HASHES; h++) {
        struct merkle_node root = merkle_range_root((enum merkle_hash)h, &o->ranges[h]);
        if (!merkle_same(&root, &o->heads[h].root)) found(o->a, "The signed head does not fit the log.", 0);
    }
    return upper_tiles(o, size);
}

static int audit_other(struct auditing *a)
{
    struct outside o = {.a = a};
    bool ok = log_source_open(&o.source, a->arena, a->settings->args[0], a->err) && load_keys(&o) &&
              load_heads(&o) && walk(&o);
    log_source_close(&o.source);
    for (size_t h = 0; h < LOG_HASHES; h++)
        mem_free(o.level[h]);
    return ok ? conclude(a) : cli_fail(a->err);
}

int command_audit(const struct settings *s)
{
    struct err e = {0};
    struct arena *arena = arena_new(AUDIT_ARENA);
    if (!arena || !crypto_start(&e)) return cli_fail(&e);
    struct auditing a = {.settings = s, .arena = arena, .err = &e};
    int status = !read_saved(&a) ? cli_fail(&e) : s->arg_count ? audit_other(&a) : audit_own(&a);
    arena_drop(arena);
    return status;
}
