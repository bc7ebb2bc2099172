/* Persons and organisations (自然人, 法人), their accounts, assurance levels and mandates.
 *
 * A subject is a person or an organisation, with a 64-bit id that keys, cases and licences refer to. Name,
 * number, mobile and address are sealed under the subject's own key; numbers are found by blind index.
 * Whoever loads a subject that is not the actor's own calls ctx_reads (people_subject does it). */
#ifndef TB_PEOPLE_H
#define TB_PEOPLE_H

#include "core/base/buf.h"
#include "core/http/route.h"

extern const struct module people_module;

enum subject_kind { SUBJECT_PERSON = 1, SUBJECT_ORGANISATION = 2 };

struct subject {
    int64_t id;
    enum subject_kind kind;
    struct str name, code;      /* 公民身份号码 or 统一社会信用代码 */
    struct str mobile, address; /* may be "" */
    int level;   /* best level reached: 1 declared, 2 matched with the population base or seen at a desk */
    bool erased; /* nothing is known any more; name is the words "erased person" */
};

/* Where texts reach the subject, for a messenger: nobody looks at it, so nothing is recorded. "" when there
 * is no mobile or the subject was erased. */
bool people_mobile(struct ctx *c, int64_t id, struct str *mobile) NODISCARD;
/* Unseals; records the read when the actor is an officer. An erased one is told by its member. MISSING
 * "subject". */
bool people_subject(struct ctx *c, int64_t id, struct subject *out) NODISCARD;
/* By number; *id = 0 when there is none. */
bool people_find(struct ctx *c, enum subject_kind kind, struct str code, int64_t *id) NODISCARD;
/* Makes the subject when the number is new, else gives the id of the one there is (without changing it). */
bool people_ensure(struct ctx *c, const struct subject *s, int64_t *id) NODISCARD;
/* Raises the level (never lowers), recorded as evidence with how: "base" or "desk". */
bool people_raise(struct ctx *c, int64_t id, int level, const char *how) NODISCARD;
/* The one the actor acts for: the organisation, or themself. */
int64_t people_applicant(const struct ctx *c);
/* May the actor (a person of level 2) act for that subject now: legal representative in the register, or a
 * mandate in force? Without a failure err stays empty. The program asks it for every request of a session
 * that acts for somebody, so that acting_for may be trusted. */
bool people_may_act_for(struct ctx *c, int64_t organisation) NODISCARD;
/* The same for a service of that department: a mandate may be for one department only. */
bool people_may_act_before(struct ctx *c, int64_t principal, int64_t unit) NODISCARD;
/* The same for somebody who stands at a counter with their card: may that person act for the principal? */
bool people_agent_may(struct ctx *c, int64_t agent, int64_t principal, int64_t unit) NODISCARD;

/* ---- the desk ----
 * The clerk has seen the identity card: makes the subject when it is new, raises it to level 2 ("desk"). An
 * account that somebody else opened with this number (its mobile is another one and it was never matched) is
 * closed, so that the person can register. The name of a matched subject stays, and the mobile of one with an
 * account. detail: the document seen and the number of case or visit, for the evidence. */
bool people_desk_verify(struct ctx *c, struct str name, struct str number, struct str mobile,
                        const struct json *detail, int64_t *id) NODISCARD;
/* In a prepare step: counts one look-up of this clerk; beyond the parameter (server_options.desk_looks an
 * hour) BUSY "limit" and an alarm in the evidence (`desk.alarm`). */
bool people_desk_limit(struct ctx *c) NODISCARD;
/* Whom the one at the desk says they are: *id = 0 unless number and name belong together, in the same way
 * whether the number is known or not. Opens the subject to this clerk for two hours and records it with the
 * purpose. */
bool people_desk_find(struct ctx *c, enum subject_kind kind, struct str code, struct str name,
                      struct str purpose, int64_t *id) NODISCARD;
/* Whose card was seen when something is handed over: *id = 0 when nobody here has the number. INVALID at
 * "name" when it is known here, or in the register of the population, under another name. */
bool people_desk_card(struct ctx *c, struct str number, struct str name, int64_t *id) NODISCARD;
/* In a prepare step: counts one card, apart from look-ups, with the same limit and alarm. */
bool people_desk_card_limit(struct ctx *c) NODISCARD;
/* Opens the subject to this clerk in the same way. */
bool people_desk_open(struct ctx *c, int64_t subject, struct str purpose) NODISCARD;
/* DENIED "desk.look" unless it is open to this clerk. */
bool people_desk_may(struct ctx *c, int64_t subject) NODISCARD;
/* Closes the account of a subject, whose mobile may then register again. No account: nothing. */
bool people_close_account(struct ctx *c, int64_t subject) NODISCARD;

/* "张*", "7***************12" */
struct str people_mask_name(struct arena *a, struct str name);
struct str people_mask_code(struct arena *a, struct str code);

/* Adds a sign-in for an existing subject; used by demo and commands. password_hash made before. Level of the
 * account is that of the subject. */
bool people_add_account(struct ctx *c, int64_t subject, struct str mobile, struct str hash,
                        int64_t *account) NODISCARD;
/* Roles that one officer must not hold together (三员 apart from each other and from handling; the desk apart
 * from deciding): NULL, or a sentence (msgid). */
const char *people_roles_conflict(struct arena *a, struct str roles);
/* Adds an officer; used by demo and commands. roles separated by '|'. INVALID for roles that exclude each
 * other. */
bool people_add_officer(struct ctx *c, struct str login, struct str name, struct str roles, int64_t unit,
                        struct str area, struct str hash, int64_t *account) NODISCARD;

/* ---- erasure ----
 * What stands in the way of erasing a person (people_part.kept). Files of what was decided are kept for
 * server_options.keep_years after their end; 0: for good, as no period is set. */
struct people_kept {
    struct json *open;  /* [{"text", "href"}]: has to end first */
    struct json *files; /* [{"text", "until"}]: until is words */
    int64_t until;      /* when the last of them may go; INT64_MAX: not known now; 0: nothing is kept */
};
#define PEOPLE_IN_FORCE INT64_MAX
/* msgids with %{arg} for the count; nothing happens for a count of 0. ended: when the last of them ended, or
 * PEOPLE_IN_FORCE. */
void people_must_end(struct ctx *c, struct people_kept *k, const char *msgid, int64_t count,
                     const char *href);
void people_keep(struct ctx *c, struct people_kept *k, const char *msgid, int64_t count, int64_t ended);

/* ---- for modules that need this one ----
 * What they add to pages that are everybody's; set in their start. Members may be NULL. */
struct people_part {
    const char *name;
    /* /me: "cases_known" with "has_cases", "cases", "pager"; "licences_known" with "has_licences",
     * "licences"; "seen_known" with "has_seen", "seen": as in tests/views/people.me.json. */
    bool (*my_page)(struct ctx *c, struct json *doc);
    /* /me/data: what is kept about this subject, under keys of its own. */
    bool (*export)(struct ctx *c, int64_t subject, struct json *doc);
    /* Erasure of a person. kept: what must end first and what must be kept, by people_must_end and
     * people_keep. forget: drops at once what nothing keeps (drafts, messages, choices). erase: drops what is
     * not sealed under the person's key (blind indexes, files, plain answers), just before that key goes.
     * The last two run as the program, in the transaction of the second confirmation. */
    bool (*kept)(struct ctx *c, int64_t subject, struct people_kept *k);
    bool (*forget)(struct ctx *c, int64_t subject);
    bool (*erase)(struct ctx *c, int64_t subject);
    /* /office: adds to "figures" (made before), sets "has_cases" and "cases":
     * tests/views/site.office_home.json. */
    bool (*office_home)(struct ctx *c, struct json *doc);
};
void people_add_part(struct server *s, const struct people_part *part);

/* How people are reached: given by the module that sends messages. Until then no code can be sent: BUSY
 * "people.messages". */
struct people_messenger {
    bool (*text)(struct ctx *c, struct str mobile, const char *msgid, const struct json *params);
    bool (*send)(struct ctx *c, int64_t subject, const char *msgid, const struct json *params,
                 struct str href);
};
void people_set_messenger(struct server *s, const struct people_messenger *messenger);

/* ---- who reads (水印) ----
 * "朱溪 tobacco.data · 示范区烟草专卖局 · 2026-11-29 13:40". Stands behind every printed page of officers, on
 * the screen where data of others is shown (body class "marked"), and at both ends of every table they take
 * out of the program. */
bool people_mark(struct ctx *c, struct str *out) NODISCARD;
/* A file as it was handed in: to the person as it is, to an officer as a copy that names the reader, in its
 * name and in itself. Of a picture a copy with the mark laid over it; of a PDF the bytes that were handed in
 * and, behind a line `%tongban-reader …`, an update that lays the mark over every page: cut off at that line,
 * the digest is the old one. What cannot be marked is refused (INVALID "pdf.mark"). The stored file is never
 * changed. Slow for pictures (some tens of milliseconds): not on the writer. */
bool people_send_file(struct ctx *c, struct str content, struct str type, struct str name) NODISCARD;
/* A table as a file (RFC 4180, UTF-8), the one way of handing one to an officer: first and last line name who
 * took it. What a spreadsheet would run is taken as text. */
struct people_table {
    struct buf text;
    size_t cells; /* of the row that is open */
};
bool people_table_begin(struct ctx *c, struct people_table *t) NODISCARD;
void people_table_cell(struct people_table *t, struct str value);
void people_table_number(struct people_table *t, int64_t value);
void people_table_row(struct people_table *t);
bool people_table_send(struct ctx *c, struct people_table *t, struct str filename) NODISCARD;

/* ---- fields of forms (field.h): normalised to what is kept, or a sentence ---- */
bool people_check_mobile(struct arena *a, struct str in, struct str *out, const char **why);
bool people_check_id_number(struct arena *a, struct str in, struct str *out, const char **why);
bool people_check_name(struct arena *a, struct str in, struct str *out, const char **why);

#endif
