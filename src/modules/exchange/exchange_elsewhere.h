/* Private to the module: what resources that lie elsewhere (tables, services, delivered rows, services of
 * other nodes) say about the applicant of a case, for the forms, documents and officers of this installation.
 *
 * The way of every call: permit of this installation → provider → note. Nobody waits where requests are
 * served: a page that reads asks what it still lacks before it is shown (ctx_outside) and is made once more;
 * at most ELSEWHERE_WAIT_MS for all of it, ELSEWHERE_ONE_MS for one. What was said is kept for that case, so
 * that what is written later rests on what the page showed: by the same write that puts the call on record,
 * so that nothing is shown of which there is no call; what failed is kept shortly, and the person is asked
 * instead. That it is kept, and for how long, is on record about the call. Whenever it is shown to an officer
 * that look is on record, and another officer's is a call of their own, of which the provider knows nothing.
 */
#ifndef TB_EXCHANGE_ELSEWHERE_H
#define TB_EXCHANGE_ELSEWHERE_H

#include "modules/exchange/exchange_call.h"

enum {
    ELSEWHERE_ONE_MS = 2500,
    ELSEWHERE_WAIT_MS = 4000,
    ELSEWHERE_FAILED_MS = 60 * 1000,         /* a provider that failed is asked again then */
    ELSEWHERE_KEPT_MS = 24 * 60 * 60 * 1000, /* a write takes what the page was told so long before */
    ELSEWHERE_AT_ONCE = 8
};

/* As a result, to the person: which of several records is meant nobody knows. */
#define ELSEWHERE_SEVERAL "several"

/* Who asks, for whom. */
struct elsewhere_about {
    const struct exchange_case *about;
    struct str code; /* number of the applicant */
    bool firm;
};

struct elsewhere {
    bool known; /* it was asked, and what came of it is this */
    bool found;
    struct str result; /* "ok", or why there is no answer */
    /* permitted items, without those the permit masks; a list of such where the number may have several
     * records, with `true` behind them where there are more; NULL: none */
    const struct json *data;
    int64_t at, permit; /* permit: it was asked under; 0: of another node */
};

/* Is it a resource that lies elsewhere? A code of one here, or a service of another node ("…/…"). */
bool elsewhere_is_bound(struct ctx *c, struct str resource);
/* Its name in both languages, with its provider. */
bool elsewhere_names(struct ctx *c, struct str resource, struct str *zh, struct str *en) NODISCARD;
/* way: "query" with fields, "check" without, "fact" as query. true without `known`: there is no permit, or
 * nobody could be asked in this request. */
bool elsewhere_of(struct ctx *c, const struct elsewhere_about *a, struct str resource, const char *way,
                  const struct json *fields, struct elsewhere *out) NODISCARD;
/* The one record that has the members of `where` (may be NULL). *several: more than one has, or there are
 * more than are known; then it is NULL. */
const struct json *elsewhere_record(const struct json *data, const struct json *where, bool *several);
/* Why there is no answer, to the person. */
struct str elsewhere_why(const struct lang *lang, struct str result);

/* Somebody else took the place of what was to be asked (ctx_outside): both are, one after the other. before
 * and arg: as they were. */
void elsewhere_join(struct ctx *c, void (*before)(struct ctx *c, void *arg), void *arg);

/* ---- exchange_forms.c: a call of this installation ---- */
/* false where there is no permit, or it does not let this through: then nothing is known here. */
bool own_may_ask(struct ctx *c, const struct exchange_case *about, struct str code, struct str resource,
                 const char *mode, const struct json *fields, struct call *k);
bool own_noted_now(const struct ctx *c, const struct call *k); /* by this request */
/* Without those a permit names and the entry no longer shares; the list itself where there are none. */
const struct json *own_left(struct ctx *c, const struct known_resource *r, const struct json *fields);
/* A form that one person or officer opens page by page is one call, noted once. */
bool own_note_once(struct ctx *c, const struct call *k, bool answer) NODISCARD;

/* ---- exchange_facts.c ---- */
/* Facts about the applicant by the setting "exchange.facts", for officers beside the form. */
bool elsewhere_check(struct ctx *c, struct str text); /* of that setting */
bool elsewhere_facts(struct ctx *c, const struct exchange_case *about, struct json *facts) NODISCARD;

bool exchange_elsewhere_sweep(struct ctx *c, const struct json *payload);

/* ---- exchange_elsewhere_store.c ---- */
struct elsewhere_row {
    int64_t case_id, subject, at, call;     /* call: of this installation, or 0 */
    struct str resource, way, fields, text; /* text: JSON */
    struct str result;                      /* call_result, or why there is no answer */
    bool found;
};
/* Of that case, or of before there was one. */
bool elsewhere_store_find(struct ctx *c, int64_t case_id, int64_t subject, struct str resource,
                          struct str way, struct elsewhere_row *out, bool *found) NODISCARD;
bool elsewhere_store_put(struct ctx *c, const struct elsewhere_row *r) NODISCARD;
bool elsewhere_store_forget(struct ctx *c, int64_t subject) NODISCARD;
bool elsewhere_store_sweep(struct ctx *c, int64_t before) NODISCARD;

#endif
