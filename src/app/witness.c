/* tongban witness: follows the log of another and cosigns its heads (C2SP tlog-cosignature v1).
 *
 * VAR/witness holds the witness's own key, and for each log its key and the last head this witness has
 * signed. A head is signed when the log's key signed it and the log has only grown since the last one. */
#include "app/cli.h"
#include "app/logsource.h"
#include "core/base/file.h"
#include "core/base/time.h"

#include <unistd.h>

#define KEY_HEAD "tongban-witness/1 "

enum { KEY_FILE_MAX = 4096, WITNESS_ARENA = 16 << 20 };

struct witness {
    const struct settings *settings;
    struct arena *arena;
    struct err *err;
    struct log_source source;
    uint8_t seed[ED25519_SEED];
    struct merkle_key own, log;
    struct str made;            /* the head as it was cosigned */
    const char *folder, *state; /* state: path of the files of this log without their endings */
};

static bool read_optional(struct witness *w, const char *path, size_t max, struct str *out, bool *found)
{
    struct err e = {0};
    *found = file_read(w->arena, path, max, out, &e);
    if (*found || e.kind == ERR_MISSING) return true;
    *w->err = e;
    return false;
}

/* ---- keys ---- */

static bool no_name(struct witness *w)
{
    return err_invalid(w->err, "witness.name",
                       "Say with --name what this witness is called: no spaces, no plus, such as "
                       "witness.example.gov.cn");
}

static bool load_own_key(struct witness *w)
{
    const char *path = str_z(w->arena, str_fmt(w->arena, "%s/key", w->folder));
    struct str text, name, hex, seed;
    bool found;
    if (!read_optional(w, path, KEY_FILE_MAX, &text, &found)) return false;
    if (!found) {
        name = str_c(w->settings->name);
        if (!merkle_name_ok(name)) return no_name(w);
        crypto_random(w->seed, sizeof w->seed);
        text = str_fmt(w->arena, KEY_HEAD "%.*s %.*s\n", STR_ARG(name),
                       STR_ARG(str_hex(w->arena, w->seed, sizeof w->seed)));
        if (!file_write(path, text, 0600, w->err)) return false;
    }
    struct str rest = str_slice(text, sizeof KEY_HEAD - 1, text.len);
    hex = str_trim(str_cut(rest, ' ', &name));
    if (!str_starts(text, STR(KEY_HEAD)) || !merkle_name_ok(name) || !str_unhex(w->arena, hex, &seed) ||
        seed.len != ED25519_SEED) {
        err_invalid(w->err, "witness.key", "The file %{arg} is not the key of a witness.");
        err_arg(w->err, str_c(path));
        return false;
    }
    memcpy(w->seed, seed.ptr, ED25519_SEED);
    w->own = merkle_key(w->arena, str_dup(w->arena, name), NOTE_COSIGNATURE, w->seed);
    return true;
}

/* Files of a log are named by a digest: its origin is anyone's text. */
static void set_state(struct witness *w, struct str origin)
{
    uint8_t digest[SM3_SIZE];
    sm3(origin, digest);
    w->state =
        str_z(w->arena, str_fmt(w->arena, "%s/%.*s", w->folder, STR_ARG(str_hex(w->arena, digest, 16))));
}

static bool load_log_key(struct witness *w, struct str origin)
{
    const char *path = str_z(w->arena, str_fmt(w->arena, "%s.key", w->state));
    struct str text, given = str_c(w->settings->key);
    bool found;
    if (!read_optional(w, path, KEY_FILE_MAX, &text, &found)) return false;
    if (!found && !given.len)
        return err_invalid(
            w->err, "witness.log_key",
            "This witness does not know the log yet: give its key with --key, from a source you trust.");
    if (found && given.len && !str_eq(str_trim(text), str_trim(given)))
        return err_conflict(w->err, "witness.other_key", "This witness knows the log by another key.");
    if (!merkle_key_parse(w->arena, found ? text : given, &w->log, w->err)) return false;
    if (!str_eq(w->log.name, origin))
        return err_invalid(w->err, "witness.other_log", "The key is that of another log.");
    return found || file_write(path, str_cat(w->arena, str_trim(given), STR("\n")), 0600, w->err);
}

/* ---- one look ---- */

static bool is_later(struct witness *w, const struct merkle_checkpoint *old,
                     const struct merkle_checkpoint *now)
{
    struct merkle_tiles *t =
        merkle_tiles_new(w->arena, MERKLE_SHA256, now->size, log_source_tile, &w->source);
    switch (merkle_growth(t, old, now)) {
    case MERKLE_GREW:
        return true;
    case MERKLE_SHORTER:
        return err_conflict(w->err, "witness.shorter", "The log is shorter than it was: it was not signed.");
    case MERKLE_FORKED:
        return err_conflict(w->err, "witness.fork",
                            "The log has another history than it had: it was not signed.");
    case MERKLE_UNREAD:
        break;
    }
    return w->err->kind == ERR_NONE ? err_fault(w->err, "no proof from the tiles") : false;
}

static bool look(struct witness *w)
{
    struct merkle_checkpoint now, old;
    struct str note, kept;
    bool found;
    if (!log_source_read(&w->source, w->arena, STR("checkpoint"), NOTE_BYTES_MAX, &note, w->err) ||
        !merkle_checkpoint_parse(w->arena, note, &now, w->err))
        return false;
    set_state(w, now.origin);
    if (!load_log_key(w, now.origin)) return false;
    if (!merkle_signed(w->arena, &now, &w->log))
        return err_conflict(w->err, "witness.unsigned", "The head is not signed by the log's key.");
    const char *path = str_z(w->arena, str_fmt(w->arena, "%s.checkpoint", w->state));
    if (!read_optional(w, path, NOTE_BYTES_MAX, &kept, &found)) return false;
    if (found && (!merkle_checkpoint_parse(w->arena, kept, &old, w->err) || !is_later(w, &old, &now)))
        return false;
    struct str line = merkle_cosign(w->arena, &w->own, w->seed, now.text, (uint64_t)(time_now() / MS_SECOND));
    struct str cosigned = merkle_note(w->arena, now.text, str_cat(w->arena, now.signatures, line));
    /* What is signed is remembered first: a witness that forgets could sign two histories. */
    if (!file_write(path, cosigned, 0600, w->err)) return false;
    fwrite(cosigned.ptr, 1, cosigned.len, stdout);
    w->made = cosigned;
    return true;
}

/* The log takes it where it knows this witness: tongban node witness. */
static bool push(struct witness *w, struct str note)
{
    const struct fetch_header headers[] = {{"Content-Type", STR("application/json")}, /* no translation */
                                           {"Accept", STR("application/json")}};
    struct json *o = json_object(w->arena);
    struct fetch_answer a = {0};
    json_set_str(w->arena, o, "note", note);
    const struct fetch what = {.method = "POST",
                               .url = str_z(w->arena, str_fmt(w->arena, "%s/cosign", w->source.base)),
                               .headers = headers,
                               .header_count = 2,
                               .body = json_to_str(w->arena, o),
                               .max = NOTE_BYTES_MAX,
                               .once = true};
    if (!w->source.remote)
        return err_invalid(w->err, "witness.folder", "Only a log with an address can be given a signature.");
    if (!fetch(NULL, w->arena, &what, &a, w->err)) return false;
    return a.status == 200 ||
           err_denied(w->err, "witness.refused",
                      "The log did not take the signature: it does not know this witness.");
}

int command_witness(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(WITNESS_ARENA);
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    struct witness w = {.settings = s, .arena = a, .err = &e};
    w.folder = str_z(a, str_fmt(a, "%s/witness", s->var));
    bool ok =
        s->log || err_invalid(&e, "witness.log", "Say with --log which log: its address or its folder.");
    ok =
        ok && file_make_folder(w.folder, &e) && load_own_key(&w) && log_source_open(&w.source, a, s->log, &e);
    if (ok) {
        ok = look(&w) && (!s->push || push(&w, w.made));
        log_source_close(&w.source);
    }
    if (ok) cli_say(stderr, "Key of this witness: %{arg}", merkle_key_text(a, &w.own));
    crypto_wipe(w.seed, sizeof w.seed);
    int status = ok ? 0 : cli_fail(&e);
    arena_drop(a);
    return status;
}
