/* tongban verify FILE [--issuer CERT.pem]: needs no database, no keys and no network. */
#include "app/cli.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange.h"
#include "modules/licences/licences.h"

enum { PROOF_MAX = 16 << 20, KEYS_MAX = 64 << 10 };

/* Proofs of acts and answers of the exchange are told from licences by their format. NULL for anything else.
 */
static const struct json *read_proof(struct arena *a, const char *path, struct str *text)
{
    struct err e = {0};
    if (!file_read(a, path, PROOF_MAX, text, &e) || str_starts(*text, STR("%PDF-"))) return NULL;
    const struct json *j = json_parse(a, *text, JSON_STRICT, &e);
    return j && (evidence_proof_is(j) || exchange_proof_is(j)) ? j : NULL;
}

/* Which part is wrong is said as far as signatures can tell. */
static const char *answer_words(const struct exchange_verdict *v, bool given)
{
    if (!v->stands)
        return "The answer was changed: it does not stand under this head, or its place, path or head is of "
               "another.";
    if (!given)
        return "The answer stands under its head, but nobody vouches for that: give certificates with "
               "--issuer.";
    if (!v->known) return "The certificate that the answer names is not among those given.";
    if (!v->head_signed) return "The head is not the one that was signed: it, its size or time was changed.";
    if (!v->vouched) return "The certificate was not issued by the installation, or was not valid then.";
    return "The answer is the one that was given.";
}

static int verify_answer(struct arena *a, const struct settings *s, struct str text)
{
    struct err e = {0};
    struct exchange_verdict v;
    struct str certificates = STR_EMPTY;
    if (s->issuer && !cli_read_file(a, s->issuer, KEYS_MAX, &certificates, &e)) return cli_fail(&e), 2;
    if (!exchange_proof_verify(a, text, certificates, &v, &e)) return cli_fail(&e), 2;
    cli_say(stdout, answer_words(&v, s->issuer != NULL), STR_EMPTY);
    cli_say(stdout, "Signed: %{arg}", time_rfc3339(a, v.time));
    cli_figure(stdout, "answers under one signature", v.size);
    return v.stands && v.head_signed && v.known && v.vouched ? 0 : 1;
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
    struct str text;
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    const struct json *doc = read_proof(a, s->args[0], &text);
    int status = !doc ? licence_verify_file(s->args[0], s->issuer, cli_lang() == &lang_zh_cn)
                 : exchange_proof_is(doc) ? verify_answer(a, s, text)
                                          : verify_proof(a, s, doc);
    arena_drop(a);
    return status;
}
