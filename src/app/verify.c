/* tongban verify FILE [--issuer CERT.pem]: needs no database, no keys and no network. */
#include "app/cli.h"
#include "core/base/file.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences.h"

enum { PROOF_MAX = 16 << 20, KEYS_MAX = 64 << 10 };

/* Proofs of acts are told from licences by their format. *doc is NULL for anything else. */
static void read_proof(struct arena *a, const char *path, const struct json **doc)
{
    struct err e = {0};
    struct str text;
    *doc = NULL;
    if (!file_read(a, path, PROOF_MAX, &text, &e) || str_starts(text, STR("%PDF-"))) return;
    const struct json *j = json_parse(a, text, JSON_STRICT, &e);
    if (j && evidence_proof_is(j)) *doc = j;
}

static int verify_proof(struct arena *a, const struct settings *s, const struct json *doc)
{
    struct err e = {0};
    struct evidence_verdict v;
    struct str keys = json_text_of(doc, "keys");
    if (s->issuer && !cli_read_file(a, s->issuer, KEYS_MAX, &keys, &e)) return cli_fail(&e), 2;
    if (!evidence_proof_verify(a, doc, keys, &v, &e)) return cli_fail(&e), 2;
    bool well = v.signed_sha256 && v.signed_sm3 && v.acts && !v.wrong;
    if (well && s->issuer)
        cli_say(stdout, "Every act stands in the log as it was recorded.", STR_EMPTY);
    else if (well)
        cli_say(stdout,
                "Every act stands in a log, but nobody vouches for its keys: give those of the log with "
                "--issuer.",
                STR_EMPTY);
    else
        cli_say(stdout, "This is no proof: it was changed, or it is of another log.", STR_EMPTY);
    cli_say(stdout, "Log: %{arg}", v.origin);
    cli_figure(stdout, "acts", v.acts);
    cli_figure(stdout, "wrong", v.wrong);
    return well && s->issuer ? 0 : 1;
}

int command_verify(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(128 << 20);
    const struct json *doc;
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    read_proof(a, s->args[0], &doc);
    int status =
        doc ? verify_proof(a, s, doc) : licence_verify_file(s->args[0], s->issuer, cli_lang() == &lang_zh_cn);
    arena_drop(a);
    return status;
}
