#include "modules/exchange/exchange_proof.h"

#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"

#define FORMAT "tongban-answer/1"
#define MARK   ",\"proof\":"
#define SIGNER "exchange"

enum { GROUP_ARENA = 256 << 10 };

/* ---- signing ---- */

static bool signer_of(struct keyring *k, int64_t now, struct signer *out, struct err *e)
{
    static const struct cert_subject subject = {
        .common_name = {"Data exchange", sizeof "Data exchange" - 1}, /* no translation */
        .organisation = {"Tongban", sizeof "Tongban" - 1},            /* no translation */
        .serial = {"", 0}};
    return keyring_signer(k, STR(SIGNER), &subject, now, out, e);
}

static struct str signed_text(struct arena *a, uint64_t size, struct str head, int64_t time)
{
    return str_fmt(a, FORMAT "\n%llu\n%.*s\n%lld\n", (unsigned long long)size, STR_ARG(head),
                   (long long)time);
}

static struct str digest_of(struct arena *a, const struct cert *c)
{
    uint8_t digest[SM3_SIZE];
    sm3(cert_to_der(a, c), digest);
    return str_hex(a, digest, sizeof digest);
}

/* What all answers of the group have in common, from "size" on to the end. */
static bool sign_head(struct arena *a, struct keyring *k, uint64_t size, const struct merkle_node *root,
                      int64_t now, struct str *out, struct err *e)
{
    struct signer signer;
    struct str signature, head = str_hex(a, root->bytes, MERKLE_SIZE);
    if (!signer_of(k, now, &signer, e) ||
        !sm2_sign(a, signer.key, signed_text(a, size, head, now), &signature, e))
        return false;
    *out = str_fmt(a,
                   "\"size\":%llu,\"head\":\"%.*s\",\"time\":%lld,\"algorithm\":\"SM2-SM3\",\"certificate\":"
                   "\"%.*s\",\"signature\":\"%.*s\",\"format\":\"" FORMAT "\"}}",
                   (unsigned long long)size, STR_ARG(head), (long long)now,
                   STR_ARG(digest_of(a, signer.cert)), STR_ARG(str_hex(a, signature.ptr, signature.len)));
    return true;
}

/* ---- handing out ---- */

static struct noted *answered(const struct ctx *c)
{
    struct noted *n = c->calls;
    while (n && !n->answered)
        n = n->next;
    return n;
}

static void put(char **at, struct str s)
{
    memcpy(*at, s.ptr, s.len);
    *at += s.len;
}

static void put_hex(char **at, const struct merkle_node *n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < MERKLE_SIZE; i++) {
        *(*at)++ = digits[n->bytes[i] >> 4];
        *(*at)++ = digits[n->bytes[i] & 15];
    }
}

/* The writer's thread may not leave by an arena's guard here: the room is taken at once. */
static bool add_proof(struct ctx *c, size_t index, const struct merkle_proof *path, struct str rest)
{
    enum { NODE = 2 * MERKLE_SIZE + 3, WORDS = 64, DIGITS = 20 };
    struct str body = c->out.bytes;
    char *text = arena_try(c->arena, body.len + WORDS + path->count * NODE + rest.len), *at = text,
         digits[DIGITS];
    if (!text) return err_busy(c->err, "memory", "There is too much in this request.");
    put(&at, str_slice(body, 0, body.len - 1));
    put(&at, STR(MARK "{\"index\":"));
    put(&at, str_n(digits, str_put_i64(digits, (int64_t)index)));
    put(&at, STR(",\"path\":["));
    for (size_t i = 0; i < path->count; i++) {
        put(&at, i ? STR(",\"") : STR("\""));
        put_hex(&at, &path->nodes[i]);
        *at++ = '"';
    }
    put(&at, STR("],"));
    put(&at, rest);
    c->out.bytes = str_n(text, (size_t)(at - text));
    return true;
}

static bool prove(struct arena *a, struct server *s, struct ctx *const *list, size_t count, struct err *e)
{
    struct merkle_node *nodes = arena_try(a, MERKLE_ROOM(count) * sizeof *nodes);
    struct merkle_proof path;
    struct str rest;
    if (!nodes) return err_fault(e, "memory");
    for (size_t i = 0; i < count; i++)
        nodes[i] = answered(list[i])->leaf;
    struct merkle_node root = merkle_build(MERKLE_SM3, nodes, count);
    if (!sign_head(a, server_keys(s), count, &root, server_now(s), &rest, e)) return false;
    for (size_t i = 0; i < count; i++) {
        merkle_path(nodes, count, i, &path);
        (void)add_proof(list[i], i, &path, rest); /* without it its error leaves */
    }
    return true;
}

/* An arena for all of it, with a guard of its own. */
static bool prove_guarded(struct server *s, struct ctx *const *list, size_t count, struct err *e)
{
    struct arena *a = arena_new(GROUP_ARENA);
    jmp_buf env;
    if (!a) return err_fault(e, "memory");
    if (setjmp(env)) {
        arena_guard(a, NULL);
        arena_drop(a);
        return err_fault(e, "memory");
    }
    arena_guard(a, &env);
    bool ok = prove(a, s, list, count, e);
    arena_guard(a, NULL);
    arena_drop(a);
    return ok;
}

void call_recorded(struct server *s, struct ctx *const *list, size_t count)
{
    struct ctx *due[CALLS_SIGNED];
    struct err e = {0};
    for (size_t i = 0; i < count;) {
        size_t n = 0;
        for (; i < count && n < CALLS_SIGNED; i++)
            if (answered(list[i])) due[n++] = list[i];
        if (!n || prove_guarded(s, due, n, &e)) continue;
        log_event(LOG_LEVEL_ERROR, "exchange.unsigned", "detail", e.detail, NULL);
        for (size_t k = 0; k < n; k++)
            err_busy(due[k]->err, "exchange.proof",
                     "The answer could not be signed, so it is not given. Please try again later.");
    }
}

bool call_prove(struct ctx *c, const struct merkle_node *leaf)
{
    const struct merkle_proof alone = {.count = 0};
    struct merkle_node nodes[MERKLE_ROOM(1)] = {*leaf}, root = merkle_build(MERKLE_SM3, nodes, 1);
    struct str rest;
    return sign_head(c->arena, ctx_keys(c), 1, &root, c->now, &rest, c->err) && add_proof(c, 0, &alone, rest);
}

bool exchange_certificates(struct ctx *c)
{
    struct signer signer;
    if (!signer_of(ctx_keys(c), c->now, &signer, c->err)) return false;
    return ctx_file(c,
                    str_cat(c->arena, cert_to_pem(c->arena, signer.cert), cert_to_pem(c->arena, signer.ca)),
                    "text/plain; charset=utf-8", STR_EMPTY);
}

/* ---- checking what was handed out ---- */

static bool take_path(struct arena *a, const struct json *list, struct merkle_proof *out)
{
    struct str bytes;
    out->count = 0;
    JSON_EACH(node, list)
    {
        if (out->count == MERKLE_PROOF_MAX || !str_unhex(a, json_text(node), &bytes) ||
            bytes.len != MERKLE_SIZE)
            return false;
        memcpy(out->nodes[out->count++].bytes, bytes.ptr, MERKLE_SIZE);
    }
    return true;
}

/* What was signed under the leaf: the text without its last member. */
static struct str without_proof(struct arena *a, struct str text)
{
    size_t at = SIZE_MAX;
    for (size_t from = 0, found; (found = str_find(str_slice(text, from, text.len), STR(MARK))) != SIZE_MAX;
         from = at + 1)
        at = from + found;
    return at == SIZE_MAX ? STR_EMPTY : str_cat(a, str_slice(text, 0, at), STR("}"));
}

static bool stands_under_head(struct arena *a, struct str text, const struct json *p)
{
    struct merkle_proof path;
    struct merkle_node root;
    struct str head;
    int64_t index = json_i64_of(p, "index", -1), size = json_i64_of(p, "size", -1);
    struct merkle_node leaf = merkle_leaf(MERKLE_SM3, a, without_proof(a, text));
    if (index < 0 || size <= index || !take_path(a, json_get(p, "path"), &path) ||
        !str_unhex(a, json_text_of(p, "head"), &head) || head.len != MERKLE_SIZE)
        return false;
    memcpy(root.bytes, head.ptr, MERKLE_SIZE);
    return merkle_verify_inclusion(MERKLE_SM3, (uint64_t)index, (uint64_t)size, &leaf, path.nodes, path.count,
                                   &root);
}

/* The certificate with that digest among those given, and one that vouched for it at that time. */
static const struct cert *find_signer(struct arena *a, struct str certificates, struct str digest,
                                      int64_t time, bool *vouched)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    enum { CERTIFICATES_MAX = 16 };
    const struct cert *list[CERTIFICATES_MAX], *signer = NULL;
    size_t count = 0;
    *vouched = false;
    for (size_t at; count < CERTIFICATES_MAX && (at = str_find(certificates, STR(begin))) != SIZE_MAX;) {
        struct err ignored = {0};
        struct str pem = str_slice(certificates, at, certificates.len);
        const struct cert *c = cert_from_pem(a, pem, &ignored);
        if (c) list[count++] = c;
        if (c && str_eq(digest_of(a, c), digest)) signer = c;
        certificates = str_slice(pem, sizeof begin - 1, pem.len);
    }
    for (size_t i = 0; signer && i < count; i++)
        if (list[i] != signer && cert_verify(signer, list[i], time)) *vouched = true;
    return signer;
}

bool exchange_proof_is(const struct json *doc)
{
    return str_eq_c(json_text_of(json_get(doc, "proof"), "format"), FORMAT);
}

bool exchange_proof_verify(struct arena *a, struct str text, struct str certificates,
                           struct exchange_verdict *out, struct err *e)
{
    const struct json *doc = json_parse(a, str_trim(text), JSON_STRICT, e), *p = json_get(doc, "proof");
    struct str signature;
    *out = (struct exchange_verdict){0};
    if (!doc) return false;
    if (!exchange_proof_is(doc) || !str_eq_c(doc->last->key, "proof"))
        return err_invalid(e, "exchange.proof_file", "This is not an answer with its proof.");
    int64_t time = json_i64_of(p, "time", 0), size = json_i64_of(p, "size", 0);
    const struct cert *signer =
        find_signer(a, certificates, json_text_of(p, "certificate"), time, &out->vouched);
    out->size = size;
    out->time = time;
    out->index = json_i64_of(p, "index", -1);
    out->stands = stands_under_head(a, str_trim(text), p);
    out->known = signer != NULL;
    out->head_signed = signer && size > 0 && str_unhex(a, json_text_of(p, "signature"), &signature) &&
                       sm2_verify(cert_public(signer),
                                  signed_text(a, (uint64_t)size, json_text_of(p, "head"), time), signature);
    return true;
}
