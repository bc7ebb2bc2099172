/* Evidence (存证): every act that matters leaves a row, written in the same transaction as the act.
 *
 * The table is append-only and each row carries an HMAC-SM3 under the domain key "evidence" over all its
 * columns; an ordered, signed Merkle log over these leaves is a later capability, so nothing here may depend
 * on the order of rows. detail holds codes, ids and digests: never names, numbers of people or free text. */
#ifndef TB_EVIDENCE_H
#define TB_EVIDENCE_H

#include "core/http/route.h"

extern const struct module evidence_module;

/* act: "case.accept", "licence.revoke", "data.read" …; object_kind: "case", "licence", "item", "account" …;
 * subject: whose matter it is (0 none); detail may be NULL. */
bool evidence_add(struct ctx *c, const char *act, const char *object_kind, int64_t object, int64_t subject,
                  const struct json *detail) NODISCARD;

/* The last looks of officers and the program at this subject's data, newest first, at most `limit`: adds
 * {when, who, what, why, href} to the list. Officers are shown by their department. */
bool evidence_seen(struct ctx *c, int64_t subject, int limit, struct json *list) NODISCARD;
/* Names of departments, given by the module that keeps them (which may need this one, and not the other way
 * round). "" when unknown. */
void evidence_set_unit_name(struct server *s, struct str (*name)(struct ctx *c, int64_t unit));

/* Permissions: "audit.read" (audit_admin). Pages: /office/audit, /me/access (who looked at my data). */

#endif
