/* The signed manifest of an electronic licence: what it says, verifiable by anyone, offline, field by field.
 *
 * Pure: keys, certificates and time are passed in. Results live in the arena given.
 *
 * Format "tongban-licence/2" is one JSON object:
 *   format, licence_id, type {code, name}, number, version, issued, valid_from, valid_to (null: long-term),
 *   issuer {name, uscc}, holder {code_type}, item {code, name}, demo, signed_at (ms UTC),
 *   face {sm3, length} or null: the PDF's bytes before the manifest was attached,
 *   fields [{name, title, value, salt, digest}]; the holder's name and number are the fields holder_name and
 * holder_code, certificate: base64url of the signer's X.509 DER, digests {path: digest}, fields_digest: SM3
 * of the canonical list [{digest, name, title}], signature {algorithm: "SM2-SM3", value: base64url of DER {r,
 * s}}. All digests are SM3 in hex. A field's own is SM3(salt ‖ name ‖ 0 ‖ value), salt 16 random bytes in hex
 * (its bytes are digested). In `digests` every element has one, SM3(path ‖ 0 ‖ canonical form): "number",
 * "type.code" … of its value, "fields.NAME" of that field without value and salt. Those need no salt: they
 * are never withheld. The signature covers the canonical form (RFC 8785) of {digests, fields_digest, format}.
 * So whatever was changed, left out or added is named, and the value of a field may be withheld (value and
 * salt left out) without harm to the rest. In "tongban-licence/1", which is read and no longer made, there is
 * no `digests`, and the signature covers everything except `signature` and every field's value and salt: of
 * metadata it tells only that something was changed. */
#ifndef TB_MANIFEST_H
#define TB_MANIFEST_H

#include "core/crypto/crypto.h"
#include "core/json/json.h"

enum { MANIFEST_FIELDS_MAX = 200, MANIFEST_FAULTS_MAX = 256, MANIFEST_BYTES_MAX = 512 << 10 };

struct manifest_field {
    struct str name;  /* [a-z0-9_]+, one of a kind */
    struct str title; /* as printed */
    struct str value;
};

struct manifest_facts {
    struct str licence_id, type_code, type_name, number, version;
    struct str issued, valid_from, valid_to; /* "2026-11-21"; valid_to empty: long-term */
    struct str issuer_name, issuer_uscc;
    struct str holder_name, holder_code_type, holder_code; /* "111" person, "001" organisation */
    struct str item_code, item_name;
    bool demo;
    struct str face; /* the drawn PDF before attaching; empty: none */
    const struct manifest_field *fields;
    size_t field_count;
};

/* Makes and signs. INVALID "manifest.field" for a name that is wrong or occurs twice. */
bool manifest_make(struct arena *a, const struct manifest_facts *f, const struct sm2_key *key,
                   const struct cert *cert, int64_t now, struct str *json, struct err *e) NODISCARD;

enum manifest_harm { ENTRY_CHANGED, ENTRY_MISSING, ENTRY_ADDED };

struct manifest_fault {
    enum manifest_harm harm;
    bool metadata;    /* else a field of the face */
    struct str name;  /* the field's name; of metadata its path: "number", "type.name" */
    struct str title; /* the field's; of metadata a msgid; empty: nobody knows */
};

/* FACE_RESAVED: another program saved the file again, and its page cannot be compared. */
enum manifest_face { FACE_NOT_SEEN, FACE_INTACT, FACE_ALTERED, FACE_RESAVED };

struct manifest_report {
    bool authentic;          /* all that follows is well and no field altered; withheld ones are no harm */
    bool data_authentic;     /* the same, whatever the page */
    bool signature_ok;       /* by the certificate inside */
    bool certificate_ok;     /* it is the trusted one, or signed by it, and was valid at signed_at */
    bool issuer_ok;          /* it names the issuer's uscc */
    bool fields_changed;     /* the list of fields itself (names, titles, digests, one missing or added) was
                                changed */
    enum manifest_face face; /* only a PDF shows one */
    struct manifest_fault *altered; /* what does not fit its digest, or the list of digests */
    size_t altered_count;           /* at most MANIFEST_FAULTS_MAX */
    const struct str *withheld;
    size_t withheld_count;
    const char *msgid; /* the verdict in a sentence */
    int64_t signed_at;
    const struct json *document;
    struct cert_subject signer;
};

/* `trusted`: the installation's CA or the issuer's own certificate; NULL leaves certificate_ok false. False
 * (INVALID "manifest.unreadable") only when it is no manifest at all. */
bool manifest_verify(struct arena *a, struct str json, const struct cert *trusted,
                     struct manifest_report *out, struct err *e) NODISCARD;
/* The same for a PDF made by manifest_attach: also compares the face. Where another program saved it again
 * the manifest is found if it is still in it, but is never authentic as a file: the page may say something
 * else. INVALID "manifest.none" when there is none. */
bool manifest_verify_pdf(struct arena *a, struct str pdf, const struct cert *trusted,
                         struct manifest_report *out, struct err *e) NODISCARD;

/* A copy in which only the fields named keep their value. */
bool manifest_disclose(struct arena *a, struct str json, const struct str *names, size_t count,
                       struct str *out, struct err *e) NODISCARD;
/* The value of a field in a verified document; empty when withheld or absent. */
struct str manifest_value(const struct json *document, const char *name);

/* ---- inside a PDF ----
 * An incremental update behind the drawn file: a line `%tongban-manifest/1 FACE_LENGTH JSON_LENGTH`, the
 * embedded file "tongban-manifest.json" uncompressed, its file specification, the catalog again with a name
 * tree, a cross-reference section. */
bool manifest_attach(struct arena *a, struct str face, struct str json, struct str *pdf,
                     struct err *e) NODISCARD;
/* Finds the manifest in any bytes. *intact: the file is exactly what manifest_attach gives for *face and
 * *json. */
bool manifest_extract(struct arena *a, struct str pdf, struct str *json, struct str *face,
                      bool *intact) NODISCARD;

#endif
