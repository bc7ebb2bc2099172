/* Private to the module: requests for data, permits (授权).
 *
 * A request goes to the own office, then to the provider; three people, each within their clock (working
 * days, settings of the installation); the provider's may be extended once, with a reason, where data are
 * shared on terms. state: "office" → "provider" → "granted" | "refused"; "granted" → "ended". */
#ifndef TB_EXCHANGE_PERMIT_H
#define TB_EXCHANGE_PERMIT_H

#include "engines/workclock/workclock.h"
#include "modules/exchange/exchange_system.h"

enum { PERMITS_PAGE = 30, WORDS_MAX = 500, DAILY_MAX = 10000000, RATE_MAX = 1000000 };

/* Addresses IPv4 (mapped into IPv6, RFC 4291) and IPv6, network order; `bits` of them count. */
enum { NETWORK_BYTES = 16 };
struct network {
    uint8_t address[NETWORK_BYTES], bits;
};
struct networks {
    const struct network *list;
    size_t count;
    bool named; /* the permit names some; if they could not be read, none lets anything in */
};

/* What a permit wants: no case, one of this installation, or that or one the asking installation answers for.
 */
enum permit_case { CASE_NONE, CASE_HERE, CASE_OF_CALLER };

struct share_permit {
    int64_t id, entry, resource, system, unit, provider;
    struct str state, purpose, basis;
    struct str basis_kind; /* "law", "duty", "service"; "": not said */
    struct str modes;      /* "check", "query" or "check,query" */
    struct str fields;     /* ids of items, separated by commas */
    struct str masks;      /* "bank_card=number,name=name" */
    struct str lost;      /* of the snapshot: items taken from the fields, which the entry no longer shares */
    struct str services;  /* codes or base items it may be used for, separated by commas; "*": any */
    struct str operators; /* who may ask at the system, as it names them, separated by commas: "zhang-3",
                             "window-*" for all whose names begin so, "*" for anyone it names; its own code
                             for  the system itself. Of this installation: "applicant" and officers by login,
                             in the  snapshot by account */
    int needs_case;       /* enum permit_case */
    int64_t rate, daily;  /* calls a minute, a day */
    int64_t valid_from, valid_until;
    bool compat;                     /* also by the national header convention, which signs no body */
    struct str filter_text;          /* JSON, as kept; "": every row */
    const struct row_filter *filter; /* the same, read; of the snapshot */
    struct str networks;             /* addresses and networks (10.1.2.0/24, 2001:db8::/32), separated by
                                        commas; "": any */
    struct networks allowed;         /* the same, read; of the snapshot */
    int64_t asked_by, asked_at, office_by, office_at, decided_by, decided_at, due;
    int64_t replaces;                 /* whose place it takes once it is decided; 0: of none */
    int64_t extended_by, extended_at; /* the provider took longer to answer; 0: not so far */
    struct str extension;             /* why */
    struct str words;                 /* of the decision */
    struct str entry_name, system_name, system_code, sharing; /* of lists */
};

/* ---- exchange_permit_store.c ---- */
bool permit_store_save(struct ctx *c, const struct share_permit *p) NODISCARD;
bool permit_store_load(struct ctx *c, int64_t id, struct share_permit *out, bool *found) NODISCARD;
/* The last that this installation asked for of that entry for itself. */
bool permit_store_platform(struct ctx *c, int64_t entry, int64_t system, struct share_permit *out,
                           bool *found) NODISCARD;
/* In force though nobody but who asked, or nobody at all, decided, without a request that takes their place;
 * with one that is overdue: at most PERMITS_PAGE of each. */
bool permit_store_alone(struct ctx *c, struct share_permit **rows, size_t *count) NODISCARD;
bool permit_store_unanswered(struct ctx *c, struct share_permit **rows, size_t *count) NODISCARD;
/* Requests that are open and permits that are or will be in force, of that entry. */
bool permit_store_of_entry(struct ctx *c, int64_t entry, struct share_permit **rows, size_t *count) NODISCARD;
/* The request that takes the place of that permit. */
bool permit_store_replacing(struct ctx *c, int64_t permit, struct share_permit *out, bool *found) NODISCARD;
struct permit_query {
    int64_t unit;     /* as consumer or provider; 0: all */
    struct str which; /* "open", "granted", "all" */
    int64_t before;   /* id; 0 from the top */
};
bool permit_store_list(struct ctx *c, const struct permit_query *q, struct share_permit **rows,
                       size_t *count) NODISCARD;

/* ---- exchange_permit.c ---- */
/* MISSING "exchange.permit" unless the actor's department asks or provides, or they see all. */
bool permit_load(struct ctx *c, int64_t id, struct share_permit *out) NODISCARD;
bool permit_ask(struct ctx *c, const struct data_entry *e, struct share_permit *p) NODISCARD;
bool permit_office(struct ctx *c, struct share_permit *p, bool agree, struct str words) NODISCARD;
bool permit_decide(struct ctx *c, struct share_permit *p, bool agree, struct str words) NODISCARD;
/* Once, before it is overdue; DENIED to others than the provider, CONFLICT "exchange.extended". Errors at the
 * fields "days" and "reason". */
bool permit_extend(struct ctx *c, struct share_permit *p, int64_t days, struct str reason) NODISCARD;
/* May the actor's department still do that? */
bool permit_may_extend(const struct ctx *c, const struct share_permit *p);
bool permit_end(struct ctx *c, struct share_permit *p, struct str words) NODISCARD;
/* Its state as people see it: "expired" for what was granted and is over, "coming" before it begins. */
struct str permit_state(const struct ctx *c, const struct share_permit *p);
/* The same in words. */
struct str permit_state_words(struct ctx *c, const struct share_permit *p);
/* The clock of the step that is open now. */
struct clock_due permit_due(struct ctx *c, const struct share_permit *p);
/* What this installation asks of a register for its own forms: requested with the entry, when it is imported;
 * its provider decides. */
bool permit_platform(struct ctx *c, const struct data_entry *e) NODISCARD;
/* Is the id one of the list separated by commas? */
bool list_names(struct str list, struct str id);

/* ---- exchange_networks.c ---- */
/* False: *wrong is neither an address nor a network. */
bool networks_read(struct arena *a, struct str text, struct networks *out, struct str *wrong) NODISCARD;
/* Where none is named any address may ask. */
bool networks_hold(const struct networks *n, struct str address);

/* ---- exchange_bounds.c ---- */
/* Brings "item=kind" pairs of the asked fields into their normal form; kinds: name, number, phone, all.
 * Errors at the field "masks". */
bool masks_take(struct ctx *c, struct str fields, struct str *masks) NODISCARD;
/* How the permit hides that item, "" for not at all. Masks that cannot be read hide every item. */
struct str mask_of(const struct share_permit *p, struct str id);
/* Likewise codes or base codes of services, or "*". callers_case: they are of the installation that asks.
 * Errors at the field "services". */
bool services_take(struct ctx *c, bool callers_case, struct str *services) NODISCARD;
/* Likewise who may ask at the system of that code. Errors at the field "operators". */
bool operators_take(struct ctx *c, struct str system, struct str *operators) NODISCARD;
/* May they ask? who: the system's own code where it names nobody. */
bool operators_hold(const struct share_permit *p, struct str system, struct str who);
/* Of a permit of this installation: accounts in place of logins; who is no officer any more is left out. */
bool operators_known(struct ctx *c, struct arena *a, struct str operators, struct str *out) NODISCARD;
/* The same list in words. */
struct str operators_words(struct ctx *c, const struct share_permit *p);

/* ---- exchange_filter.c ----
 * What a permit lets through of a provider's rows: [{item, op, value}], all of which must hold; op: "=", "in"
 * (value: a list), "prefix". */
struct row_filter;
/* Lines "item = value", "item in value, value", "item prefix value"; held against the items of the entry. ""
 * for no line. Errors at the field "filter". */
bool filter_parse(struct ctx *c, struct str lines, const struct json *items, struct str *text) NODISCARD;
struct str filter_lines(struct ctx *c, struct str text);
/* NULL for "". FAULT for what filter_parse did not make. */
bool filter_read(struct arena *a, struct str text, const struct row_filter **out, struct err *e) NODISCARD;
bool filter_passes(const struct row_filter *f, const struct json *record);

struct attachment {
    int64_t id, permit, size;
    struct str blob, name, type; /* type: of the medium */
};
bool attachment_store_add(struct ctx *c, const struct attachment *a) NODISCARD;
bool attachment_store_list(struct ctx *c, int64_t permit, struct attachment **rows, size_t *count) NODISCARD;

/* ---- exchange_attachment.c: files a request carries, for whoever may see it ---- */
/* Looks into the files that were sent and keeps them. Errors at the field "files". */
bool exchange_request_prepare(struct ctx *c);
/* Names those that were prepared as files of that request. */
bool attachments_add(struct ctx *c, int64_t permit) NODISCARD;
/* Those of one request for another as well. */
bool attachments_copy(struct ctx *c, int64_t from, int64_t to) NODISCARD;
struct json *attachments_field(struct ctx *c, struct json *fields);
bool attachments_show(struct ctx *c, struct json *doc, int64_t permit) NODISCARD; /* "files", "has_files" */
bool exchange_attachment(struct ctx *c);

/* ---- pages ---- */
bool exchange_permits(struct ctx *c);
bool exchange_permit(struct ctx *c);
bool exchange_permit_scope(struct ctx *c);
bool exchange_request(struct ctx *c);
bool exchange_request_send(struct ctx *c);
bool exchange_permit_office(struct ctx *c);
bool exchange_permit_decide(struct ctx *c);
bool exchange_permit_extend(struct ctx *c);
bool exchange_permit_end(struct ctx *c);
extern const struct field exchange_permits_fields[], exchange_request_fields[], exchange_decide_fields[],
    exchange_end_fields[], exchange_extend_fields[];
extern const struct exchange_word purpose_words[], basis_words[], mode_words[], mask_words[];
/* Values of a list, separated by commas. */
struct str exchange_joined(struct ctx *c, const struct json *list);
/* How that item is masked, as p says; NULL: not so far. */
struct json *exchange_mask_field(struct ctx *c, struct json *fields, const struct json *item,
                                 const struct share_permit *p);
/* Who may ask at the system. */
void exchange_operators_field(struct ctx *c, struct json *fields, struct str operators);
/* Conditions for rows of these items; text: as kept. */
void exchange_filter_field(struct ctx *c, struct json *fields, const struct json *items, struct str text);

#endif
