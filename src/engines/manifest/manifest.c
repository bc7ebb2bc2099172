#include "engines/manifest/manifest_internal.h"

#include "core/base/time.h"

#define FORMAT       "tongban-licence/2"
#define FORMAT_FIRST "tongban-licence/1"
#define ALGORITHM    "SM2-SM3"

enum { SALT = 16, MEMBERS_MAX = 256 };

struct str manifest_digest_hex(struct arena *a, struct str data)
{
    uint8_t d[SM3_SIZE];
    sm3(data, d);
    return str_hex(a, d, sizeof d);
}

static struct str field_digest(struct arena *a, struct str salt, struct str name, struct str value)
{
    struct buf b = buf_new(a, salt.len + name.len + value.len + 1);
    buf_add(&b, salt);
    buf_add(&b, name);
    buf_add_char(&b, 0);
    buf_add(&b, value);
    return manifest_digest_hex(a, buf_str(&b));
}

struct json *manifest_field_bare(struct arena *a, const struct json *field)
{
    struct json *bare = json_object(a);
    JSON_EACH(m, field)
    {
        if (!str_eq_c(m->key, "value") && !str_eq_c(m->key, "salt"))
            json_set(bare, str_z(a, m->key), json_copy(a, m));
    }
    return bare;
}

static struct json *fields_bare(struct arena *a, const struct json *fields)
{
    struct json *list = json_array(a);
    JSON_EACH(f, fields)
    {
        json_add(list, json_is(f, JSON_OBJECT) ? manifest_field_bare(a, f) : json_copy(a, f));
    }
    return list;
}

struct str manifest_canonical(struct arena *a, const struct json *value)
{
    struct buf b = buf_new(a, 4096);
    json_write_canonical(&b, value);
    return buf_str(&b);
}

static bool is_first(const struct json *document)
{
    return str_eq_c(json_text_of(document, "format"), FORMAT_FIRST);
}

static struct str signed_bytes_first(struct arena *a, const struct json *document)
{
    struct json *bare = json_object(a);
    JSON_EACH(m, document)
    {
        if (str_eq_c(m->key, "signature")) continue;
        json_set(bare, str_z(a, m->key), str_eq_c(m->key, "fields") ? fields_bare(a, m) : json_copy(a, m));
    }
    return manifest_canonical(a, bare);
}

static struct str signed_bytes(struct arena *a, const struct json *document)
{
    static const char *const covered[] = {"digests", "fields_digest", "format"};
    if (is_first(document)) return signed_bytes_first(a, document);
    struct json *bare = json_object(a);
    for (size_t i = 0; i < 3; i++) {
        const struct json *part = json_get(document, covered[i]);
        if (part) json_set(bare, covered[i], json_copy(a, part));
    }
    return manifest_canonical(a, bare);
}

/* ---- making ---- */

static bool name_fits(struct str name)
{
    if (name.len == 0 || name.len > 64) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789_", name.ptr[i], 37)) return false;
    return true;
}

static bool field_add(struct arena *a, struct json *fields, struct str name, struct str title,
                      struct str value, struct err *e)
{
    uint8_t salt[SALT];
    bool twice = false;
    JSON_EACH(f, fields)
    {
        twice |= str_eq(json_text_of(f, "name"), name);
    }
    if (twice || !name_fits(name) || fields->count >= MANIFEST_FIELDS_MAX) {
        (void)err_invalid(e, "manifest.field", "The field “%{arg}” cannot stand in a licence.");
        err_arg(e, name);
        return false;
    }
    crypto_random(salt, sizeof salt);
    struct json *f = json_add_object(a, fields);
    json_set_str(a, f, "name", name);
    json_set_str(a, f, "title", title);
    json_set_str(a, f, "value", value);
    json_set_str(a, f, "salt", str_hex(a, salt, sizeof salt));
    json_set_str(a, f, "digest", field_digest(a, str_n(salt, sizeof salt), name, value));
    return true;
}

static struct json *pair(struct arena *a, const char *k1, struct str v1, const char *k2, struct str v2)
{
    struct json *o = json_object(a);
    json_set_str(a, o, k1, v1);
    if (k2) json_set_str(a, o, k2, v2);
    return o;
}

static struct json *metadata(struct arena *a, const struct manifest_facts *f, int64_t now)
{
    struct json *d = json_object(a);
    json_set_c(a, d, "format", FORMAT);
    json_set_str(a, d, "licence_id", f->licence_id);
    json_set(d, "type", pair(a, "code", f->type_code, "name", f->type_name));
    json_set_str(a, d, "number", f->number);
    json_set_str(a, d, "version", f->version);
    json_set_str(a, d, "issued", f->issued);
    json_set_str(a, d, "valid_from", f->valid_from);
    json_set(d, "valid_to", f->valid_to.len ? json_string(a, f->valid_to) : json_null(a));
    json_set(d, "issuer", pair(a, "name", f->issuer_name, "uscc", f->issuer_uscc));
    json_set(d, "holder", pair(a, "code_type", f->holder_code_type, NULL, STR_EMPTY));
    json_set(d, "item", pair(a, "code", f->item_code, "name", f->item_name));
    json_set_bool(a, d, "demo", f->demo);
    json_set_i64(a, d, "signed_at", now);
    struct json *face = json_null(a);
    if (f->face.len) {
        face = json_object(a);
        json_set_str(a, face, "sm3", manifest_digest_hex(a, f->face));
        json_set_i64(a, face, "length", (int64_t)f->face.len);
    }
    json_set(d, "face", face);
    return d;
}

bool manifest_make(struct arena *a, const struct manifest_facts *f, const struct sm2_key *key,
                   const struct cert *cert, int64_t now, struct str *json, struct err *e)
{
    struct json *d = metadata(a, f, now), *fields = json_set_array(a, d, "fields");
    if (!field_add(a, fields, STR("holder_name"), STR("持证主体"), f->holder_name, e) ||
        !field_add(a, fields, STR("holder_code"), STR("持证主体代码"), f->holder_code, e))
        return false;
    for (size_t i = 0; i < f->field_count; i++)
        if (!field_add(a, fields, f->fields[i].name, f->fields[i].title, f->fields[i].value, e)) return false;
    json_set_str(a, d, "fields_digest",
                 manifest_digest_hex(a, manifest_canonical(a, fields_bare(a, fields))));
    struct str der = cert_to_der(a, cert), signature;
    json_set_str(a, d, "certificate", str_base64url(a, der.ptr, der.len));
    manifest_digests_set(a, d);
    if (!sm2_sign(a, key, signed_bytes(a, d), &signature, e)) return false;
    json_set(d, "signature",
             pair(a, "algorithm", STR(ALGORITHM), "value", str_base64url(a, signature.ptr, signature.len)));
    *json = manifest_canonical(a, d);
    return true;
}

/* ---- verifying ---- */

static bool unreadable(struct err *e)
{
    return err_invalid(e, "manifest.unreadable", "This is not a licence of this system.");
}

/* Integers only, as the canonical form demands; objects of sensible size, whose names C can hold. */
static bool is_plain(const struct json *v)
{
    int64_t n;
    if (v->type == JSON_NUMBER) return str_to_i64(v->text, &n);
    if (v->type == JSON_OBJECT && v->count > MEMBERS_MAX) return false;
    JSON_EACH(child, v)
    {
        if ((v->type == JSON_OBJECT && child->key.len && memchr(child->key.ptr, 0, child->key.len)) ||
            !is_plain(child))
            return false;
    }
    return true;
}

static const struct json *read_document(struct arena *a, struct str text, struct err *e)
{
    struct err why = {0};
    const struct json *d =
        text.len <= MANIFEST_BYTES_MAX && utf8_valid(text) ? json_parse(a, text, JSON_STRICT, &why) : NULL;
    if (d && json_is(d, JSON_OBJECT) && (is_first(d) || str_eq_c(json_text_of(d, "format"), FORMAT)) &&
        json_is(json_get(d, "fields"), JSON_ARRAY) && json_get(d, "fields")->count <= MANIFEST_FIELDS_MAX &&
        is_plain(d))
        return d;
    (void)unreadable(e);
    return NULL;
}

static bool value_fits(struct arena *a, const struct json *f)
{
    const struct json *value = json_get(f, "value"), *salt_text = json_get(f, "salt");
    struct str salt;
    return json_is(value, JSON_STRING) && json_is(salt_text, JSON_STRING) &&
           str_unhex(a, salt_text->text, &salt) && salt.len == SALT &&
           str_eq(field_digest(a, salt, json_text_of(f, "name"), value->text), json_text_of(f, "digest"));
}

void manifest_fault_add(struct manifest_report *r, enum manifest_harm harm, struct str name, struct str title,
                        bool metadata)
{
    if (r->altered_count < MANIFEST_FAULTS_MAX)
        r->altered[r->altered_count++] =
            (struct manifest_fault){.harm = harm, .metadata = metadata, .name = name, .title = title};
}

static void check_fields(struct arena *a, const struct json *d, struct manifest_report *r)
{
    const struct json *fields = json_get(d, "fields");
    struct str *withheld = ARENA_ARRAY(a, fields->count + 1, struct str);
    bool first = is_first(d);
    JSON_EACH(f, fields)
    {
        enum manifest_harm harm = ENTRY_CHANGED;
        struct str name = json_text_of(f, "name");
        if (!json_is(f, JSON_OBJECT) || (!first && !manifest_digests_fit(a, d, f, &harm)) ||
            (json_get(f, "value") && !value_fits(a, f)))
            manifest_fault_add(r, harm, name, json_text_of(f, "title"), false);
        else if (!json_get(f, "value"))
            withheld[r->withheld_count++] = name;
    }
    r->withheld = withheld;
}

static bool check_trust(struct arena *a, const struct cert *c, struct str der, const struct cert *trusted,
                        int64_t when)
{
    if (!trusted || when < cert_from(c) || when > cert_to(c)) return false;
    return str_eq(der, cert_to_der(a, trusted)) || cert_verify(c, trusted, when);
}

static void check_signature(struct arena *a, const struct json *d, const struct cert *trusted,
                            struct manifest_report *r)
{
    struct err why = {0};
    struct str der, signature;
    const struct json *s = json_get(d, "signature");
    if (!str_unbase64url(a, json_text_of(d, "certificate"), &der)) return;
    const struct cert *c = cert_from_der(a, der, &why);
    if (!c) return;
    r->signer = cert_subject(a, c);
    r->certificate_ok = check_trust(a, c, der, trusted, r->signed_at);
    r->issuer_ok = r->signer.serial.len && str_eq(r->signer.serial, json_text(json_path(d, "issuer.uscc")));
    r->signature_ok = str_eq_c(json_text_of(s, "algorithm"), ALGORITHM) &&
                      str_unbase64url(a, json_text_of(s, "value"), &signature) &&
                      sm2_verify(cert_public(c), signed_bytes(a, d), signature);
}

static const char *signature_words(const struct json *d)
{
    return is_first(d)
               ? "The signature does not fit: number, dates, type, issuer or something else beside the "
                 "listed entries was changed."
               : "The signature does not fit: it, or a digest under it, was changed.";
}

static void conclude(struct manifest_report *r)
{
    r->data_authentic =
        r->signature_ok && r->certificate_ok && r->issuer_ok && !r->fields_changed && r->altered_count == 0;
    r->authentic = r->data_authentic && (r->face == FACE_NOT_SEEN || r->face == FACE_INTACT);
    r->msgid =
        r->authentic         ? "Authentic as issued."
        : r->fields_changed  ? "The list of fields was changed."
        : !r->signature_ok   ? signature_words(r->document)
        : r->altered_count   ? "A field was changed after the licence was issued."
        : !r->issuer_ok      ? "It was signed by another body than the issuer."
        : !r->certificate_ok ? "The signer's certificate is not trusted."
        : r->face == FACE_ALTERED
            ? "The page was changed after the licence was issued."
            : "The signed data in this file is genuine, but another program saved the file again: go by "
              "what is listed here, not by the page.";
}

bool manifest_verify(struct arena *a, struct str json, const struct cert *trusted,
                     struct manifest_report *out, struct err *e)
{
    *out = (struct manifest_report){0};
    const struct json *d = read_document(a, json, e);
    if (!d) return false;
    out->document = d;
    out->signed_at = json_i64_of(d, "signed_at", 0);
    out->altered = ARENA_ARRAY(a, MANIFEST_FAULTS_MAX, struct manifest_fault);
    if (!is_first(d)) manifest_digests_check(a, d, out);
    check_fields(a, d, out);
    struct str list = manifest_canonical(a, fields_bare(a, json_get(d, "fields")));
    out->fields_changed = !str_eq(manifest_digest_hex(a, list), json_text_of(d, "fields_digest"));
    check_signature(a, d, trusted, out);
    conclude(out);
    return true;
}

bool manifest_verify_pdf(struct arena *a, struct str pdf, const struct cert *trusted,
                         struct manifest_report *out, struct err *e)
{
    struct str json, face;
    bool intact;
    *out = (struct manifest_report){0};
    bool marked = manifest_extract(a, pdf, &json, &face, &intact);
    if (!marked && !manifest_find(a, pdf, &json))
        return err_invalid(
            e, "manifest.none",
            "This file carries no signed data (any more): look the licence up by its number and "
            "the holder's name.");
    if (!manifest_verify(a, json, trusted, out, e)) return false;
    const struct json *stated = json_get(out->document, "face");
    bool fits = marked && intact && json_i64_of(stated, "length", -1) == (int64_t)face.len &&
                str_eq(json_text_of(stated, "sm3"), manifest_digest_hex(a, face));
    out->face = !marked ? FACE_RESAVED : fits ? FACE_INTACT : FACE_ALTERED;
    conclude(out);
    return true;
}

/* ---- disclosing ---- */

bool manifest_disclose(struct arena *a, struct str json, const struct str *names, size_t count,
                       struct str *out, struct err *e)
{
    const struct json *d = read_document(a, json, e);
    if (!d) return false;
    struct json *copy = json_copy(a, d), *fields = json_array(a);
    JSON_EACH(f, json_get(d, "fields"))
    {
        bool shown = false;
        for (size_t i = 0; i < count; i++)
            shown |= str_eq(json_text_of(f, "name"), names[i]);
        json_add(fields, shown || !json_is(f, JSON_OBJECT) ? json_copy(a, f) : manifest_field_bare(a, f));
    }
    json_set(copy, "fields", fields);
    *out = manifest_canonical(a, copy);
    return true;
}

struct str manifest_value(const struct json *document, const char *name)
{
    JSON_EACH(f, json_get(document, "fields"))
    {
        if (str_eq_c(json_text_of(f, "name"), name)) return json_text_of(f, "value");
    }
    return STR_EMPTY;
}
