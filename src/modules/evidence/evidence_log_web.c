/* What anybody may read of the log, by the paths of C2SP tlog-tiles; and proofs for those whose acts they
 * are. */
#include "modules/evidence/evidence_log.h"

#include "core/http/server.h"

enum { PROOFS_MAX = 200 };

static bool no_log(struct ctx *c)
{
    return err_missing(c->err, "log.empty", "The log has no signed head yet.");
}

static bool bundle_bytes(struct ctx *c, struct merkle_tile t, struct str *out)
{
    struct evidence_bundle b;
    bool found;
    struct buf bytes = buf_new(c->arena, (size_t)t.width * (SM3_SIZE + 2));
    if (!log_store_bundle(c, t.number, &b, &found)) return false;
    if (!found || b.entries.len < (size_t)t.width * SM3_SIZE)
        return err_fault(c->err, "a bundle is not whole");
    for (size_t i = 0; i < (size_t)t.width; i++)
        merkle_bundle_add(&bytes, str_slice(b.entries, i * SM3_SIZE, (i + 1) * SM3_SIZE));
    *out = buf_str(&bytes);
    return true;
}

/* A part of a tile is answered as long as the signed tree has it: tiles only grow. */
static bool tile_bytes(struct ctx *c, enum merkle_hash h, const struct evidence_log *log, struct str path,
                       struct str *out)
{
    struct merkle_tile t;
    if (!merkle_tile_parse(path, &t)) return err_missing(c->err, "page", "We cannot find this page.");
    if (t.width > merkle_tile_width(t.level, t.number, log->signed_size))
        return err_missing(c->err, "log.tile", "The log has no such tile.");
    if (t.level == TILE_ENTRIES) return bundle_bytes(c, t, out);
    struct merkle_tiles *tree = evidence_tree(c, h, log->signed_size);
    struct merkle_node *hashes = ARENA_ARRAY(c->arena, TILE_WIDTH, struct merkle_node);
    if (!tree->load(tree->source, t, hashes)) return false;
    *out = str_n(hashes, (size_t)t.width * sizeof *hashes);
    return true;
}

bool evidence_log_file(struct ctx *c, struct str path, struct str *out)
{
    struct evidence_log log;
    bool other = str_starts(path, STR("sm3/"));
    enum merkle_hash h = other ? MERKLE_SM3 : MERKLE_SHA256;
    if (!log_store_find(c, &log)) return false;
    if (!log.signed_size) return no_log(c);
    if (str_eq_c(path, "keys")) return evidence_public_keys(c, &log, out);
    if (other) path = str_slice(path, 4, path.len);
    if (!str_eq_c(path, "checkpoint")) return tile_bytes(c, h, &log, path, out);
    *out = log.heads[h];
    return other || evidence_with_cosignatures(c, out);
}

/* The newest head that a witness signed as well: the log itself may have grown since. */
static bool cosigned(struct ctx *c)
{
    struct str note;
    return evidence_newest_cosigned(c, &note) && ctx_file(c, note, "text/plain; charset=utf-8", STR_EMPTY);
}

static bool take_cosignature(struct ctx *c)
{
    /* Fields are trimmed; a head ends with a newline. */
    return evidence_cosign(c, str_cat(c->arena, in_text(c, "note"), STR("\n"))) &&
           ctx_file(c, STR("{}"), "application/json", STR_EMPTY);
}

static const struct field note_fields[] = {
    {"note", FIELD_TEXT, "Head of the log with the cosignature", .required = true, .max = NOTE_BYTES_MAX},
    {0}};

static bool send(struct ctx *c, const char *type)
{
    static const struct str prefix = {"/log/", 5};
    struct str bytes;
    return evidence_log_file(c, str_slice(c->req->path, prefix.len, c->req->path.len), &bytes) &&
           ctx_file(c, bytes, type, STR_EMPTY);
}

static bool text(struct ctx *c)
{
    return send(c, "text/plain; charset=utf-8");
}

static bool tile(struct ctx *c)
{
    return send(c, "application/octet-stream");
}

/* ---- proofs ---- */

static bool send_proofs(struct ctx *c, const struct evidence_row *rows, size_t count, struct str filename)
{
    struct json *doc = json_object(c->arena);
    return evidence_proofs(c, rows, count, doc) &&
           ctx_file(c, json_to_str(c->arena, doc), "application/json", filename);
}

static bool office_proof(struct ctx *c)
{
    struct evidence_row *row;
    size_t count;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !evidence_store_find(c, id, &row, &count)) return false;
    if (!count) return err_missing(c->err, "evidence.missing", "There is no record of that number.");
    return send_proofs(c, row, count, str_fmt(c->arena, "evidence-%lld.json", (long long)id));
}

static bool my_proofs(struct ctx *c)
{
    struct evidence_row *rows;
    size_t count;
    return evidence_store_of(c, c->actor.subject, STR_EMPTY, 0, PROOFS_MAX, &rows, &count) &&
           send_proofs(c, rows, count, STR("evidence.json"));
}

bool evidence_send_proofs(struct ctx *c, const char *object_kind, int64_t object, int64_t subject)
{
    struct evidence_row *rows;
    size_t count;
    return evidence_store_of(c, subject, str_c(object_kind), object, PROOFS_MAX, &rows, &count) &&
           send_proofs(c, rows, count, str_fmt(c->arena, "evidence-%lld.json", (long long)object));
}

/* The number of a tile has one to four segments, the last of them for a partial one. */
#define TILES(prefix, handle)                                                                                \
    GET(prefix "tile/{level}/{a}", ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL,                               \
        .summary = "A tile of the log, or its entries"),                                                     \
        GET(prefix "tile/{level}/{a}/{b}", ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL,                       \
            .summary = "A tile of the log, or its entries"),                                                 \
        GET(prefix "tile/{level}/{a}/{b}/{c}", ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL,                   \
            .summary = "A tile of the log, or its entries"),                                                 \
        GET(prefix "tile/{level}/{a}/{b}/{c}/{d}", ALLOW(PUBLIC), SCOPE(NO_ROW), handle, NULL,               \
            .summary = "A tile of the log, or its entries")

static const struct route routes[] = {
    GET("/log/checkpoint", ALLOW(PUBLIC), SCOPE(NO_ROW), text, NULL,
        .summary = "The signed head of the log: SHA-256, Ed25519"),
    GET("/log/sm3/checkpoint", ALLOW(PUBLIC), SCOPE(NO_ROW), text, NULL,
        .summary = "The parallel head: SM3, SM2"),
    GET("/log/cosigned", ALLOW(PUBLIC), SCOPE(NO_ROW), cosigned, NULL,
        .summary = "The newest head of the log that a witness signed as well"),
    POST("/log/cosign", ALLOW(PUBLIC), SCOPE(NO_ROW), take_cosignature, NULL, .in = note_fields,
         .flags = ROUTE_LIMITED, .summary = "A witness sends its signature under a head of the log"),
    GET("/log/keys", ALLOW(PUBLIC), SCOPE(NO_ROW), text, NULL,
        .summary = "The key of the log, and the certificates of its SM2 signer"),
    TILES("/log/", tile),
    TILES("/log/sm3/", tile),
    GET("/office/evidence/{id}/proof", ALLOW("audit.read"), SCOPE(NO_ROW), office_proof, NULL,
        .summary = "Proof that an act stands in the log"),
    GET("/me/access/proof", ALLOW(PERSON), SCOPE(NO_ROW), my_proofs, NULL,
        .summary = "Proofs of the last acts and looks that concern me"),
};

/* ---- the sequencer runs while the program listens ---- */

static bool begin(struct server *s, struct err *e)
{
    struct evidence_sequencer *q = evidence_sequencer_start(s, e);
    server_set_state(s, "log", q);
    return q != NULL;
}

static void end(struct server *s)
{
    evidence_sequencer_stop(server_state(s, "log"));
    server_set_state(s, "log", NULL);
}

const struct module evidence_log_module = {.name = "log", ROUTES(routes), .begin = begin, .end = end};
