/* Private to the module. */
#ifndef TB_LICENCES_INTERNAL_H
#define TB_LICENCES_INTERNAL_H

#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "engines/manifest/manifest.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"

enum { LICENCE_PAGE = 20, LICENCE_CHECK = 12, LICENCE_FACE_MAX = 24, LICENCE_FILE_MAX = 10 << 20 };

struct licence_record {
    int64_t id;
    struct str type_name, type_code, licence_id, number, version;
    int64_t issuer;
    struct str issuer_code; /* 统一社会信用代码 */
    int64_t holder, case_id;
    struct str case_no;
    struct str item_code, item_name;
    bool one_per_holder, demo;
    int32_t issued, valid_from, valid_to; /* civil dates; valid_to 0: long-term */
    struct str status;
    int64_t supersedes, officer;
    struct str name_index, face_index; /* blind indexes of the holder's name and of the name on the face */
    struct str face, holder_facts, manifest; /* sealed; manifest empty before it is signed */
    struct str manifest_digest, page;        /* hex SM3 of the manifest; id of the sealed page */
    int64_t created;
    struct str mac;
};

/* Who holds it, as known when it was granted. */
struct licence_holder {
    struct str name, code, code_type; /* "111" person, "001" organisation */
};

struct licence_event {
    int64_t id, licence;
    struct str op, from, to;
    struct str reason; /* sealed */
    struct str document;
    int64_t officer, unit, at;
    struct str mac;
};

struct licences_state {
    uint8_t mac_key[SM3_SIZE], check_key[SM3_SIZE];
};

/* ---- licences.c ---- */
bool licences_start(struct ctx *c);
void licences_stop(struct server *s);
void licences_mac(struct ctx *c, const struct licence_record *r, uint8_t out[SM3_SIZE]);
bool licences_mac_fits(struct ctx *c, const struct licence_record *r);
bool licences_event_mac_fits(struct ctx *c, const struct licence_event *e);
/* "expired" where the stored status would let it count but its time is over, "not_yet" where it is valid but
 * its time has not begun; else the stored status. */
struct str licences_status_now(const struct ctx *c, const struct licence_record *r);
/* Sets id, mac and time; seals the reason. */
bool licences_add_event(struct ctx *c, const struct licence_record *r, const char *op, struct str to,
                        struct str reason, struct str document, int64_t officer, int64_t unit) NODISCARD;
/* Writes the row (status, manifest, page, supersedes) with its event and evidence; CONFLICT "licence.status"
 * when the stored status is no longer the row's. */
bool licences_set_status(struct ctx *c, struct licence_record *r, const char *op, const char *to,
                         struct str reason, struct str document) NODISCARD;
/* The same for a row as it was loaded: CONFLICT "licence.altered" when it does not fit its mac. */
bool licences_change(struct ctx *c, struct licence_record *r, const char *op, const char *to,
                     struct str reason, struct str document) NODISCARD;
bool licences_face(struct ctx *c, const struct licence_record *r, const struct json **face) NODISCARD;
/* Of an erased holder the words that say so, and no code. */
bool licences_holder(struct ctx *c, const struct licence_record *r, struct licence_holder *out) NODISCARD;
bool licences_manifest(struct ctx *c, const struct licence_record *r, struct str *json) NODISCARD;
struct str licences_name_index(struct ctx *c, struct str name);
/* The short mark that makes an address of the verify page unguessable. */
struct str licences_check(struct ctx *c, struct str licence_id);
/* "https://…/verify/1.2.156…?c=…": what the QR code holds. */
struct str licences_verify_url(struct ctx *c, struct str licence_id);

/* ---- licences_erase.c ---- */
struct people_kept;
bool licences_kept(struct ctx *c, int64_t subject, struct people_kept *k) NODISCARD;
bool licences_erase(struct ctx *c, int64_t subject) NODISCARD;

/* ---- licences_rules.c: pure ---- */
/* The issuer's code: the unit's own, or a fictional one with division prefix 78 made from its id. */
struct str licences_issuer_code(struct arena *a, const struct unit *unit);
bool licences_is_fictional(struct str code);
/* The printed number by the type's rule and a running number; empty when the series is used up. */
struct str licences_number(struct arena *a, const struct json *rule, int64_t running);
/* Last day of validity, 0 = long-term. */
int32_t licences_valid_to(const struct json *type, const struct json *face, struct str holder_code,
                          int32_t from);

/* ---- licences_sign.c: the job "licence.sign" ---- */
bool licences_sign_prepare(struct ctx *c, const struct json *payload);
bool licences_sign_run(struct ctx *c, const struct json *payload);
/* The PDF with its manifest inside. Not on the writer. */
bool licences_pdf(struct ctx *c, const struct licence_record *r, struct str *pdf) NODISCARD;
/* The same page drawn for the officer who reads it, named across it, without the manifest: no original. Not
 * on the writer. */
bool licences_copy(struct ctx *c, const struct licence_record *r, struct str *pdf) NODISCARD;
bool licences_copy_prepare(struct ctx *c);

/* ---- licences_verify.c ---- */
/* What can be said of a record: "valid", "suspended" … or "altered". */
struct licence_finding {
    struct str status;
    bool record_ok, signature_ok;
};
bool licences_examine(struct ctx *c, const struct licence_record *r, struct licence_finding *out) NODISCARD;
/* By what was typed or scanned; row.id 0 when nothing fits. */
bool licences_find(struct ctx *c, struct str code, struct str name, struct licence_record *out) NODISCARD;

/* ---- licences_words.c ---- */
struct str licences_status_label(struct ctx *c, struct str status);
struct str licences_date(struct ctx *c, int32_t date);
struct str licences_valid_text(struct ctx *c, const struct licence_record *r);
struct str licences_time(struct ctx *c, int64_t ms);
struct json *licences_input(struct ctx *c, struct json *parent, const char *name, const char *label,
                            const char *kind, struct str value, bool required);
void licences_card(struct ctx *c, struct json *o, const struct licence_record *r);
bool licences_timeline(struct ctx *c, struct json *doc, const struct licence_record *r) NODISCARD;

/* ---- licences_store.c ---- */
bool licences_store_add(struct ctx *c, const struct licence_record *r) NODISCARD;
bool licences_store_load(struct ctx *c, int64_t id, struct licence_record *out, bool *found) NODISCARD;
bool licences_store_of_case(struct ctx *c, int64_t case_id, struct licence_record *out,
                            bool *found) NODISCARD;
bool licences_store_by_licence_id(struct ctx *c, struct str licence_id, struct licence_record *out,
                                  bool *found) NODISCARD;
bool licences_store_by_number(struct ctx *c, struct str number, struct str name_index,
                              struct licence_record *out, bool *found) NODISCARD;
/* Newest first; type_name "" = all; before 0 = from the top. */
bool licences_store_of_holder(struct ctx *c, int64_t holder, struct str type_name, int64_t before, int limit,
                              struct licence_record **rows, size_t *count) NODISCARD;
/* Of that unit alone; number and status "" = all; status as it is today ("expired" and "not_yet" are found by
 * date). */
bool licences_store_of_issuer(struct ctx *c, int64_t issuer, struct str number, struct str status,
                              int32_t today, int64_t before, int limit, struct licence_record **rows,
                              size_t *count) NODISCARD;
/* Valid or suspended ones of the same holder and type, oldest first. */
bool licences_store_replaced(struct ctx *c, const struct licence_record *by, struct licence_record **rows,
                             size_t *count) NODISCARD;
/* Status, manifest, page, supersedes, mac; *done false when the stored status is not `was`. */
bool licences_store_update(struct ctx *c, const struct licence_record *r, struct str was,
                           bool *done) NODISCARD;
/* Number, indexes, page and mac. */
bool licences_store_erase(struct ctx *c, const struct licence_record *r) NODISCARD;
bool licences_store_count(struct ctx *c, struct str status, int64_t *count) NODISCARD;
bool licences_store_next(struct ctx *c, struct str series, int64_t *number) NODISCARD;
bool licences_store_add_event(struct ctx *c, const struct licence_event *e) NODISCARD;
bool licences_store_events(struct ctx *c, int64_t licence, struct licence_event **events,
                           size_t *count) NODISCARD; /* oldest first */
bool licences_store_certificate(struct ctx *c, struct str fingerprint, int64_t issuer,
                                struct str pem) NODISCARD;
bool licences_store_certificates(struct ctx *c, struct str **pems, size_t *count) NODISCARD;

/* ---- licences_web.c ---- */
extern const struct people_part licences_people_part; /* cards of /me, and the export of one's data */
/* "face" of a page: what is printed, then number and validity; and "issued". */
void licences_add_face(struct ctx *c, struct json *doc, const struct licence_record *r,
                       const struct json *face);
bool licences_send_pdf(struct ctx *c, const struct licence_record *r) NODISCARD; /* made by own_pdf_prepare */
bool licences_send_manifest(struct ctx *c, const struct licence_record *r) NODISCARD;

/* ---- pages ---- */
bool licences_own_list(struct ctx *c);
bool licences_own_pdf_prepare(struct ctx *c);
bool licences_own_pdf(struct ctx *c);
bool licences_own_manifest(struct ctx *c);
bool licences_office_scope(struct ctx *c);
bool licences_office_list(struct ctx *c);
bool licences_office_page(struct ctx *c);
bool licences_office_pdf(struct ctx *c);
bool licences_office_manifest(struct ctx *c);
bool licences_suspend(struct ctx *c);
bool licences_release(struct ctx *c);
bool licences_revoke(struct ctx *c);
bool licences_cancel(struct ctx *c);
bool licences_forfeit(struct ctx *c);
bool licences_verify_page(struct ctx *c);
bool licences_verify(struct ctx *c);
bool licences_verify_limit(struct ctx *c);
bool licences_verify_one(struct ctx *c);
bool licences_verify_none(struct ctx *c);
bool licences_verify_file_prepare(struct ctx *c);
bool licences_verify_file(struct ctx *c);
bool licences_certificates(struct ctx *c);

#endif
