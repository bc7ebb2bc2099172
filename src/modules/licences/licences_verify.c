/* What can be said of a licence to anyone: rules behind the public pages. */
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/licences/licences_internal.h"

static bool same_date(const struct json *d, const char *key, int32_t date, struct arena *a)
{
    return date ? str_eq(json_text_of(d, key), date_format(a, date)) : json_is(json_get(d, key), JSON_NULL);
}

static bool says_the_same(struct ctx *c, const struct json *d, const struct licence_record *r)
{
    return str_eq(json_text_of(d, "licence_id"), r->licence_id) &&
           str_eq(json_text_of(d, "number"), r->number) &&
           str_eq(json_text(json_path(d, "type.code")), r->type_code) &&
           str_eq(json_text(json_path(d, "type.name")), r->type_name) &&
           str_eq(json_text(json_path(d, "issuer.uscc")), r->issuer_code) &&
           same_date(d, "issued", r->issued, c->arena) &&
           same_date(d, "valid_from", r->valid_from, c->arena) &&
           same_date(d, "valid_to", r->valid_to, c->arena);
}

/* The manifest as stored, against its signature and against the record. */
static bool check_manifest(struct ctx *c, const struct licence_record *r, bool *fits)
{
    struct manifest_report report;
    struct str json;
    uint8_t digest[SM3_SIZE];
    *fits = false;
    const struct cert *ca = keyring_ca(ctx_keys(c), c->now, c->err);
    if (!ca || !licences_manifest(c, r, &json)) return false;
    sm3(json, digest);
    if (!manifest_verify(c->arena, json, ca, &report, c->err)) {
        err_clear(c->err);
        return true;
    }
    *fits = report.authentic && says_the_same(c, report.document, r) &&
            str_eq(str_hex(c->arena, digest, sizeof digest), r->manifest_digest);
    return true;
}

bool licences_examine(struct ctx *c, const struct licence_record *r, struct licence_finding *out)
{
    *out = (struct licence_finding){.status = STR("altered"), .record_ok = licences_mac_fits(c, r)};
    if (!out->record_ok) return true;
    if (str_eq_c(r->status, "draft")) {
        out->status = STR("not_found"); /* nothing has been issued yet */
        return true;
    }
    if (!check_manifest(c, r, &out->signature_ok)) {
        if (!c->err->code || strcmp(c->err->code, "key.erased") != 0) return false;
        err_clear(c->err); /* its holder's data was erased */
        out->status = STR("not_found");
        return true;
    }
    if (out->signature_ok) out->status = licences_status_now(c, r);
    return true;
}

static bool index_fits(struct ctx *c, const struct licence_record *r, struct str name)
{
    struct str index = licences_name_index(c, name);
    return str_eq(index, r->name_index) || str_eq(index, r->face_index);
}

/* "https://…/verify/ID?c=CHECK" as read from a QR code. */
static bool split_address(struct str text, struct str *id, struct str *check)
{
    size_t at = str_find(text, STR("/verify/"));
    if (at == SIZE_MAX) return false;
    *check = str_cut(str_slice(text, at + 8, text.len), '?', id);
    if (str_starts(*check, STR("c="))) *check = str_slice(*check, 2, 2 + LICENCE_CHECK);
    return id->len > 0;
}

static bool find_by_check(struct ctx *c, struct str id, struct str check, struct licence_record *out,
                          bool *found)
{
    struct str expected = licences_check(c, id);
    *found = check.len == expected.len && crypto_equal(check.ptr, expected.ptr, check.len);
    return !*found || licences_store_by_licence_id(c, id, out, found);
}

bool licences_find(struct ctx *c, struct str code, struct str name, struct licence_record *out)
{
    struct str id, check, normal;
    char *z = arena_array(c->arena, code.len + 1, 1);
    bool found = false;
    *out = (struct licence_record){0};
    if (split_address(code, &id, &check)) {
        if (!find_by_check(c, id, check, out, &found)) return false;
    } else if (str_starts(code, STR(IDENT_LICENCE_ROOT "."))) {
        if (!licences_store_by_licence_id(c, code, out, &found)) return false;
        found = found && index_fits(c, out, name);
    } else if (ident_normalise(code, z, code.len, &normal)) {
        if (!licences_store_by_number(c, normal, licences_name_index(c, name), out, &found)) return false;
    }
    if (!found) *out = (struct licence_record){0};
    return true;
}
