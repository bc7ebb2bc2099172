/* Private to the module. */
#ifndef TB_EVIDENCE_INTERNAL_H
#define TB_EVIDENCE_INTERNAL_H

#include "core/crypto/crypto.h"
#include "modules/evidence/evidence.h"

struct evidence_row {
    int64_t id, at;
    struct str act;
    int64_t actor_kind, account, unit;
    struct str object_kind;
    int64_t object, subject;
    struct str detail, mac;
};

enum { EVIDENCE_PAGE = 50 };

bool evidence_store_add(struct ctx *c, const struct evidence_row *row) NODISCARD;
/* Newest first, before id `before` (0 = from the top). subject 0 and act "" mean all. */
bool evidence_store_list(struct ctx *c, int64_t subject, struct str act, int64_t before, struct evidence_row **rows, size_t *count) NODISCARD;
/* The HMAC-SM3 over all columns, in a form in which no two rows look alike. */
void evidence_mac(struct ctx *c, const struct evidence_row *row, uint8_t out[32]);


bool evidence_start(struct ctx *c);
void evidence_stop(struct server *s);

#endif
