/* The job "licence.sign": page, manifest and signature on a worker, then one write that makes the licence
 * valid. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "engines/licencepdf/licencepdf.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences_internal.h"
#include "modules/notices/notices.h"
#include "modules/people/people.h"

static bool load_draft(struct ctx *c, const struct json *payload, struct licence_record *r, bool *found)
{
    if (!licences_store_load(c, json_i64_of(payload, "licence", 0), r, found)) return false;
    *found = *found && str_eq_c(r->status, "draft");
    return !*found || licences_mac_fits(c, r) ||
           err_fault(c->err, "the record of a licence was altered before it was signed");
}

static struct str date_text(struct ctx *c, int32_t date)
{
    return date ? date_format(c->arena, date) : STR_EMPTY;
}

static bool draw(struct ctx *c, const struct licence_record *r, const struct json *face, struct str issuer,
                 struct str reader, struct str *page)
{
    struct licence_row *rows = ARENA_ARRAY(c->arena, LICENCE_ROWS_MAX, struct licence_row);
    struct licence_face f = {.type_name = r->type_name,
                             .number = r->number,
                             .licence_id = r->licence_id,
                             .issuer_name = issuer,
                             .issued = date_text(c, r->issued),
                             .valid_from = date_text(c, r->valid_from),
                             .valid_to = date_text(c, r->valid_to),
                             .verify_url = licences_verify_url(c, r->licence_id),
                             .rows = rows,
                             .demo = r->demo,
                             .reader = reader};
    JSON_EACH(one, face)
    {
        if (f.row_count < LICENCE_ROWS_MAX)
            rows[f.row_count++] =
                (struct licence_row){json_text_of(one, "title"), json_text_of(one, "value")};
    }
    return licencepdf_draw(c->arena, &f, page, c->err);
}

static bool make_manifest(struct ctx *c, const struct licence_record *r, const struct json *face,
                          struct str issuer, struct str page, const struct signer *signer, struct str *json)
{
    struct licence_holder holder;
    struct manifest_field *fields = ARENA_ARRAY(c->arena, LICENCE_FACE_MAX, struct manifest_field);
    if (!licences_holder(c, r, &holder)) return false;
    struct manifest_facts f = {.licence_id = r->licence_id,
                               .type_code = r->type_code,
                               .type_name = r->type_name,
                               .number = r->number,
                               .version = r->version,
                               .issued = date_text(c, r->issued),
                               .valid_from = date_text(c, r->valid_from),
                               .valid_to = date_text(c, r->valid_to),
                               .issuer_name = issuer,
                               .issuer_uscc = r->issuer_code,
                               .holder_name = holder.name,
                               .holder_code_type = holder.code_type,
                               .holder_code = holder.code,
                               .item_code = r->item_code,
                               .item_name = r->item_name,
                               .demo = r->demo,
                               .face = page,
                               .fields = fields};
    JSON_EACH(one, face)
    {
        if (f.field_count < LICENCE_FACE_MAX)
            fields[f.field_count++] = (struct manifest_field){
                json_text_of(one, "name"), json_text_of(one, "title"), json_text_of(one, "value")};
    }
    return manifest_make(c->arena, &f, signer->key, signer->cert, c->now, json, c->err);
}

/* The page lies beside the database, sealed under the holder's key inside the store's own encryption: erasing
 * the key erases it too. */
static bool keep_page(struct ctx *c, const struct licence_record *r, struct str page, struct str *id,
                      size_t *size)
{
    struct field_place at = {.table = "licence", .column = "page", .row = r->id, .subject = r->holder};
    struct str sealed;
    if (!field_seal(ctx_keys(c), &c->tx, &at, page, &sealed)) return false;
    *size = sealed.len;
    return blob_put(ctx_blobs(c), c->arena, sealed, id, c->err);
}

static struct str fingerprint(struct ctx *c, const struct cert *cert)
{
    uint8_t digest[SM3_SIZE];
    sm3(cert_to_der(c->arena, cert), digest);
    return str_hex(c->arena, digest, sizeof digest);
}

bool licences_sign_prepare(struct ctx *c, const struct json *payload)
{
    struct licence_record r;
    const struct json *face;
    struct signer signer;
    struct str page, json, id;
    size_t size;
    bool found;
    if (!load_draft(c, payload, &r, &found) || !found) return !found && c->err->kind == ERR_NONE;
    const struct unit *unit = orgs_unit(c, r.issuer);
    struct str issuer = unit ? unit->name : r.issuer_code;
    struct cert_subject subject = {.common_name = issuer, .organisation = issuer, .serial = r.issuer_code};
    if (!keyring_signer(ctx_keys(c), str_cat(c->arena, STR("licence:"), r.issuer_code), &subject, c->now,
                        &signer, c->err))
        return false;
    if (!licences_face(c, &r, &face) || !draw(c, &r, face, issuer, STR_EMPTY, &page) ||
        !make_manifest(c, &r, face, issuer, page, &signer, &json) || !keep_page(c, &r, page, &id, &size))
        return false;
    struct json *p = json_object(c->arena);
    json_set_str(c->arena, p, "manifest", json);
    json_set_str(c->arena, p, "page", id);
    json_set_i64(c->arena, p, "size", (int64_t)size);
    json_set_str(c->arena, p, "certificate", cert_to_pem(c->arena, signer.cert));
    json_set_str(c->arena, p, "fingerprint", fingerprint(c, signer.cert));
    c->prepared = p;
    return true;
}

/* One licence of the kind at a time: the older one ends in the same transaction in which the new one begins.
 */
static bool supersede_others(struct ctx *c, struct licence_record *r)
{
    struct licence_record *old;
    size_t count;
    if (!r->one_per_holder) return true;
    if (!licences_store_replaced(c, r, &old, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!licences_mac_fits(c, &old[i])) continue; /* shows as altered; a new mac would hide that */
        if (!licences_change(c, &old[i], "supersede", "superseded", STR_EMPTY, r->licence_id)) return false;
        r->supersedes = old[i].id;
    }
    return true;
}

static bool tell_holder(struct ctx *c, const struct licence_record *r)
{
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "name", r->type_name);
    return notice_send(c, r->holder, "Your licence %{name} has been issued.", params,
                       str_fmt(c->arena, "/licences/%lld", (long long)r->id));
}

bool licences_sign_run(struct ctx *c, const struct json *payload)
{
    struct licence_record r;
    uint8_t digest[SM3_SIZE];
    bool found;
    if (!load_draft(c, payload, &r, &found) || !found || !c->prepared) return c->err->kind == ERR_NONE;
    struct str json = json_text_of(c->prepared, "manifest");
    struct field_place at = {.table = "licence", .column = "manifest", .row = r.id, .subject = r.holder};
    if (!supersede_others(c, &r) || !field_seal(ctx_keys(c), &c->tx, &at, json, &r.manifest)) return false;
    sm3(json, digest);
    r.manifest_digest = str_hex(c->arena, digest, sizeof digest);
    r.page = json_text_of(c->prepared, "page");
    return blob_refer(&c->tx, r.page, json_i64_of(c->prepared, "size", 0), "application/octet-stream", c->now,
                      "licence", r.id) &&
           licences_store_certificate(c, json_text_of(c->prepared, "fingerprint"), r.issuer,
                                      json_text_of(c->prepared, "certificate")) &&
           licences_set_status(c, &r, "issue", "valid", STR_EMPTY, STR_EMPTY) && tell_holder(c, &r);
}

bool licences_pdf(struct ctx *c, const struct licence_record *r, struct str *pdf)
{
    struct field_place at = {.table = "licence", .column = "page", .row = r->id, .subject = r->holder};
    struct str json, sealed, page;
    return licences_manifest(c, r, &json) && blob_get(ctx_blobs(c), c->arena, r->page, &sealed, c->err) &&
           field_open(ctx_keys(c), &c->tx, &at, sealed, &page) &&
           manifest_attach(c->arena, page, json, pdf, c->err);
}

bool licences_copy(struct ctx *c, const struct licence_record *r, struct str *pdf)
{
    const struct unit *unit = orgs_unit(c, r->issuer);
    const struct json *face;
    struct str reader;
    return people_mark(c, &reader) && licences_face(c, r, &face) &&
           draw(c, r, face, unit ? unit->name : r->issuer_code, reader, pdf);
}
