/* Electronic licences (电子证照): record, identifier GB/T 36904, signed manifest, status and event chain,
 * public verification.
 *
 * licence_draft writes the record in the transaction of the decision and leaves a job that signs it (SM2
 * never on the writer); from then on it is valid. The manifest is immutable; status changes are events, at
 * once visible to verification. */
#ifndef TB_LICENCES_H
#define TB_LICENCES_H

#include "core/http/route.h"

extern const struct module licences_module;

struct licence_spec {
    const struct json *type; /* "licence" of the item: {name, en, serial, validity, validity_rule, number,
                                one_per_holder …} */
    int64_t issuer;          /* unit */
    int64_t holder;          /* subject */
    int64_t case_id;         /* with its number; 0: none of this installation */
    struct str case_no;
    struct str item_code, item_name;
    const struct json *face; /* [{name, title, value}] in the order of the licence's face */
    int32_t valid_from;      /* civil date */
};
bool licence_draft(struct ctx *c, const struct licence_spec *spec, int64_t *licence) NODISCARD;

struct licence {
    int64_t id, holder, issuer, case_id;
    struct str type_name, licence_id, number, status, issued,
        valid_to; /* dates as text; valid_to "" = long-term */
};
/* Of a holder, newest first; licence_type "" = all. Status as it is now (expired is computed). */
bool licence_list(struct ctx *c, int64_t holder, struct str type_name, struct licence **list,
                  size_t *count) NODISCARD;
/* The look of the card of such a licence, by what kind of document its name says it is: "passport",
 * "business", "health", "transport", "proof", "trade" or "permit". */
const char *licence_look(struct str type_name);
bool licence_of_case(struct ctx *c, int64_t case_id, struct licence *out, bool *found) NODISCARD;
/* The holder's own page of /licences/{id} and the code on it, for a terminal, which sets the person who
 * stands there as c->actor. The document speaks of the addresses below /licences. */
bool licences_own_scope(struct ctx *c);
bool licences_own_page(struct ctx *c);
bool licences_own_qr(struct ctx *c);
/* The licence as PDF with its signed manifest inside, for packages of results; says nothing of who may have
 * it. Not on the writer. */
bool licence_document(struct ctx *c, int64_t licence, struct str *pdf) NODISCARD;
/* How many were granted and are not signed yet: none for longer than the workers need. */
bool licence_unsigned(struct ctx *c, int64_t *count) NODISCARD;
/* By the actor, with facts and legal basis and the number of the decision; the holder is told. CONFLICT
 * "licence.status" unless it is valid. */
bool licence_suspend(struct ctx *c, int64_t licence, struct str reason, struct str document) NODISCARD;

/* The offline check of `tongban verify FILE`: manifest JSON or PDF. Prints one verdict; 0 authentic, 1 not, 2
 * unreadable. */
int licence_verify_file(const char *path, const char *issuer_cert_path, bool chinese);

#endif
