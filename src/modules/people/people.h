/* Persons and organisations (自然人, 法人), their accounts, assurance levels and mandates.
 *
 * A subject is a person or an organisation, with a 64-bit id that keys, cases and licences refer to. Name, number, mobile and address are sealed
 * under the subject's own key; numbers are found by blind index. Whoever loads a subject that is not the actor's own calls ctx_reads (people_subject does it). */
#ifndef TB_PEOPLE_H
#define TB_PEOPLE_H

#include "core/http/route.h"

extern const struct module people_module;

enum subject_kind { SUBJECT_PERSON = 1, SUBJECT_ORGANISATION = 2 };

struct subject {
    int64_t id;
    enum subject_kind kind;
    struct str name, code;      /* 公民身份号码 or 统一社会信用代码 */
    struct str mobile, address; /* may be "" */
    int level;                  /* best level reached: 1 declared, 2 matched with the population base or seen at a desk */
};

/* Unseals; records the read when the actor is an officer. MISSING "subject". */
bool people_subject(struct ctx *c, int64_t id, struct subject *out) NODISCARD;
/* By number; *id = 0 when there is none. */
bool people_find(struct ctx *c, enum subject_kind kind, struct str code, int64_t *id) NODISCARD;
/* Makes the subject when the number is new, else gives the id of the one there is (without changing it). */
bool people_ensure(struct ctx *c, const struct subject *s, int64_t *id) NODISCARD;
/* Raises the level (never lowers), recorded as evidence with how: "base" or "desk". */
bool people_raise(struct ctx *c, int64_t id, int level, const char *how) NODISCARD;
/* The one the actor acts for: the organisation, or themself. */
int64_t people_applicant(const struct ctx *c);
/* May the actor act for that organisation (legal representative in the register, or a mandate in force)? */
bool people_may_act_for(struct ctx *c, int64_t organisation) NODISCARD;

/* "张*", "7***************12" */
struct str people_mask_name(struct arena *a, struct str name);
struct str people_mask_code(struct arena *a, struct str code);

/* Adds a sign-in for an existing subject or an officer; used by demo and commands. password_hash made before. */
bool people_add_account(struct ctx *c, int64_t subject, struct str mobile, struct str hash, int64_t *account) NODISCARD;

#endif
