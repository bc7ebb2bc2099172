/* Private to the module. */
#ifndef TB_PEOPLE_INTERNAL_H
#define TB_PEOPLE_INTERNAL_H

#include "core/auth/auth.h"
#include "core/base/time.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"

enum { PARTS_MAX = 32, LEVEL_DECLARED = 1, LEVEL_MATCHED = 2 };

struct people_state {
    const struct people_part *parts[PARTS_MAX];
    size_t part_count;
    struct people_messenger messenger;
};

struct people_state *people_state(const struct ctx *c);
bool people_start(struct ctx *c);
void people_stop(struct server *s);
/* A message to the subject where there is a messenger. */
bool people_tell(struct ctx *c, int64_t subject, const char *msgid, const char *href) NODISCARD;

/* ---- people_store.c ---- */
struct subject_row {
    struct subject s;
    int64_t account;
};
/* Without a record of the read. MISSING "subject", or "subject.erased" when it was erased. */
bool people_store_load(struct ctx *c, int64_t id, struct subject_row *out) NODISCARD;
bool people_store_find(struct ctx *c, enum subject_kind kind, struct str code, int64_t *id) NODISCARD;
bool people_store_insert(struct ctx *c, struct subject *s) NODISCARD;
/* Name, mobile, address, level, account; never kind and number. */
bool people_store_save(struct ctx *c, const struct subject_row *row) NODISCARD;

struct mandate {
    int64_t id, principal, agent;
    struct str scope; /* "" or a unit's id */
    int64_t from, to, revoked;
};
enum { MANDATES_MAX = 100 };
bool people_store_mandate_add(struct ctx *c, struct mandate *m) NODISCARD;
bool people_store_mandate_revoke(struct ctx *c, int64_t id, int64_t principal, bool *done) NODISCARD;
bool people_store_mandate_load(struct ctx *c, int64_t id, struct mandate *out, bool *found) NODISCARD;
/* Newest first. Either side 0 = any; in_force: only those of now. */
bool people_store_mandates(struct ctx *c, int64_t principal, int64_t agent, bool in_force,
                           struct mandate **list, size_t *count) NODISCARD;

enum code_purpose { CODE_REGISTER = 1, CODE_MOBILE = 2 };
struct mobile_code {
    int64_t id;
    enum code_purpose purpose;
    int64_t subject;
    struct str mobile, digest;
    bool taken, used;
    int64_t attempts, expires;
};
bool people_store_code_add(struct ctx *c, struct str token, struct mobile_code *code) NODISCARD;
bool people_store_code(struct ctx *c, struct str token, enum code_purpose purpose, struct mobile_code *out,
                       bool *found) NODISCARD;
/* *ok: there was an attempt left, and it is gone now. */
bool people_store_code_attempt(struct ctx *c, struct str token, bool *ok) NODISCARD;
bool people_store_code_use(struct ctx *c, int64_t id, bool *ok) NODISCARD;
bool people_store_code_sweep(struct ctx *c) NODISCARD;

/* What one officer at the desk asked for and a second one confirms: closing a confirmed account, another
 * mobile. */
struct desk_request {
    int64_t subject, officer, asked;
    bool reset;
    struct str mobile; /* blind index */
};
bool people_store_request(struct ctx *c,
                          const struct desk_request *r) NODISCARD; /* in place of an earlier one */
bool people_store_requested(struct ctx *c, int64_t subject, struct desk_request *out, bool *found) NODISCARD;
bool people_store_request_done(struct ctx *c, int64_t subject) NODISCARD;
bool people_store_look(struct ctx *c, int64_t officer, int64_t subject) NODISCARD;
bool people_store_looked(struct ctx *c, int64_t officer, int64_t subject, int64_t since,
                         bool *looked) NODISCARD;
bool people_store_desk_sweep(struct ctx *c) NODISCARD;

/* What is remembered of the subject within this transaction no longer holds. */
void people_store_unknow(struct ctx *c, int64_t id);

/* ---- people_erase_store.c ---- */
struct erasure {
    int64_t subject;
    struct str status; /* asked, confirmed, kept, erased */
    int64_t asked, first_by, first_at, second_by, second_at;
    int64_t until, look; /* the last that is kept may go, 0: not known now; when to look at it again */
    int64_t erased;
};
bool people_store_erasure(struct ctx *c, int64_t subject, struct erasure *out, bool *found) NODISCARD;
bool people_store_erasure_put(struct ctx *c, const struct erasure *e) NODISCARD;
bool people_store_erasure_drop(struct ctx *c, int64_t subject) NODISCARD;
/* Newest first; before 0 = from the top, else the time of the last one seen. */
bool people_store_erasures(struct ctx *c, int64_t before, int limit, struct erasure **list,
                           size_t *count) NODISCARD;
bool people_store_erasures_due(struct ctx *c, int limit, struct erasure **list, size_t *count) NODISCARD;
bool people_store_mandates_end(struct ctx *c, int64_t subject) NODISCARD;
/* Empties the row of the subject, its blind index included, and what else this module keeps of it. */
bool people_store_erase(struct ctx *c, int64_t subject) NODISCARD;

bool people_store_seen(struct ctx *c, int64_t account) NODISCARD;
bool people_store_last_seen(struct ctx *c, int64_t account, int64_t *at) NODISCARD;

/* ---- people_code.c: codes by SMS ---- */
enum { CODE_ATTEMPTS = 5 };
#define CODE_LIFE (10 * MS_MINUTE)
/* Sends a code to the mobile, *token finds it again. */
bool people_code_send(struct ctx *c, enum code_purpose purpose, int64_t subject, struct str mobile,
                      struct str *token) NODISCARD;
/* In a prepare step: spends one attempt durably and compares; INVALID at "code" otherwise. */
bool people_code_try(struct ctx *c, enum code_purpose purpose, struct str token, struct str code,
                     struct mobile_code *out) NODISCARD;
/* In the write: compares again and spends the code. */
bool people_code_use(struct ctx *c, enum code_purpose purpose, struct str token, struct str code,
                     struct mobile_code *out) NODISCARD;

/* ---- rules shared by the pages ---- */
/* Counts an attempt as auth_limit does, or durably as auth_limit_kept; the sentence says when to try again.
 */
bool people_limit(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms) NODISCARD;
bool people_limit_kept(struct ctx *c, const char *purpose, struct str key, int most,
                       int64_t window_ms) NODISCARD;
/* As people_add_officer; takes login, label, roles, unit, area and given, sets a->id. */
bool people_new_officer(struct ctx *c, struct account *a, struct str hash) NODISCARD;
/* The account of that login, or *found = false. */
bool people_account(struct ctx *c, enum actor_kind kind, struct str login, struct account *out,
                    bool *found) NODISCARD;
/* Name, number and mobile as the population base has them? */
bool people_base_knows(struct ctx *c, const struct subject *s, bool *knows) NODISCARD;
/* In a prepare step: is what was typed there the password of the actor's own account? BUSY "auth.locked",
 * INVALID at that field. */
bool people_own_password(struct ctx *c, const char *field) NODISCARD;
/* Whom the actor may act for: [{"id","name","text","icon","current", …}], themself first. */
bool people_acting_list(struct ctx *c, struct json *list) NODISCARD;
/* A field for the partial "field" with all it reads; type: text tel password select checkbox checkboxes date.
 */
struct json *people_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                          const char *type, struct str value, bool required);
void people_hint(struct ctx *c, struct json *field, const char *msgid);
/* Closes the account of the one with this number, who stands at the desk with the card, so that a new one may
 * be opened. A matched account's mobile is told by text, and that leaves evidence of its own. No account:
 * nothing. */
bool people_desk_reset(struct ctx *c, struct str number) NODISCARD;
/* A path of this site that may follow a sign-in, or `otherwise`. */
struct str people_next(struct str asked, struct str otherwise);
struct str people_level_label(const struct ctx *c, int level);
void people_crumb(struct ctx *c, struct json *doc, const char *label, const char *href);
bool people_who(struct ctx *c, int64_t subject, struct registry_applicant *out);
/* Whether the session may still act for the one it chose (server_on_acting). */
bool people_check_acting(struct ctx *c);
bool people_frame(struct ctx *c, struct json *page);

extern const char *const people_roles[];
extern const char *const people_role_titles[];
#define PEOPLE_ROLE_CHOICES                                                                                  \
    "desk|reviewer|decider|editor|steward|supervisor|data_steward|data_manager|system_admin|security_admin|" \
    "audit_admin"

bool people_check_reference(struct arena *a, struct str in, struct str *out, const char **why);

/* ---- tables of routes ---- */
bool people_sign_in_page(struct ctx *c);
bool people_sign_in_check(struct ctx *c);
bool people_sign_in(struct ctx *c);
bool people_office_sign_in_page(struct ctx *c);
bool people_office_sign_in_check(struct ctx *c);
bool people_office_sign_in(struct ctx *c);
bool people_sign_out(struct ctx *c);
bool people_code_page(struct ctx *c);
bool people_code_check(struct ctx *c);
bool people_code_enter(struct ctx *c);
bool people_factor_page(struct ctx *c);
bool people_factor_qr(struct ctx *c);
bool people_factor_begin(struct ctx *c);
bool people_factor_confirm(struct ctx *c);
bool people_factor_check(struct ctx *c);
bool people_factor_change(struct ctx *c);
bool people_officer_factor_reset(struct ctx *c);
/* Evidence of a sign-in that is complete; factor: "code", "recovery", or NULL where there is none. */
bool people_record_sign_in(struct ctx *c, int64_t account, int64_t subject, const char *factor) NODISCARD;
bool people_register_page(struct ctx *c);
bool people_register_check(struct ctx *c);
bool people_register_send(struct ctx *c);
bool people_confirm_page(struct ctx *c);
bool people_confirm_check(struct ctx *c);
bool people_confirm(struct ctx *c);
bool people_me(struct ctx *c);
bool people_profile_page(struct ctx *c);
bool people_profile_check(struct ctx *c);
bool people_profile_save(struct ctx *c);
bool people_mobile_page(struct ctx *c);
bool people_mobile_check(struct ctx *c);
bool people_mobile_save(struct ctx *c);
bool people_password_check(struct ctx *c);
bool people_password_save(struct ctx *c);
bool people_level_page(struct ctx *c);
bool people_level_check(struct ctx *c);
bool people_level_match(struct ctx *c);
bool people_acting_page(struct ctx *c);
bool people_acting_choose(struct ctx *c);
bool people_mandates_page(struct ctx *c);
bool people_mandates_check(struct ctx *c);
bool people_mandate_give(struct ctx *c);
bool people_mandate_revoke(struct ctx *c);
bool people_mandate_scope(struct ctx *c);
bool people_data_export(struct ctx *c);
bool people_erase_page(struct ctx *c);
bool people_erase_check(struct ctx *c);
bool people_erase_ask(struct ctx *c);
bool people_erase_withdraw(struct ctx *c);
bool people_erase_due(struct ctx *c, const struct json *payload);
bool people_erasures(struct ctx *c);
bool people_erasure_scope(struct ctx *c);
bool people_erasure_page(struct ctx *c);
bool people_erasure_confirm(struct ctx *c);
bool people_erasure_refuse(struct ctx *c);
bool people_office_home(struct ctx *c);
bool people_office_password_page(struct ctx *c);
bool people_office_password_check(struct ctx *c);
bool people_office_password_save(struct ctx *c);
bool people_officers(struct ctx *c);
bool people_officer_new_page(struct ctx *c);
bool people_officer_new_check(struct ctx *c);
bool people_officer_new(struct ctx *c);
bool people_officer_page(struct ctx *c);
bool people_officer_save(struct ctx *c);
bool people_officer_scope(struct ctx *c);
bool people_officer_disable(struct ctx *c);
bool people_officer_enable(struct ctx *c);
bool people_officer_password_check(struct ctx *c);
bool people_officer_password_save(struct ctx *c);
bool people_roles_page(struct ctx *c);
bool people_desk_verify_page(struct ctx *c);
bool people_desk_seen(struct ctx *c);

#endif
