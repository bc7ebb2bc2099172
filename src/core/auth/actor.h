/* Who acts: nobody yet, a person (for themself or a firm), an officer, or the program itself. */
#ifndef TB_ACTOR_H
#define TB_ACTOR_H

#include "core/base/str.h"

enum actor_kind { ACTOR_ANYONE, ACTOR_PERSON, ACTOR_OFFICER, ACTOR_SYSTEM };

/* What an account owes before anything else is answered: its second factor, a password of its own in place of
 * a given one, setting up a second factor. */
enum actor_pending { PENDING_NONE, PENDING_CODE, PENDING_PASSWORD, PENDING_FACTOR };

enum { PERMISSIONS_MAX = 128 };

struct actor {
    enum actor_kind kind;
    int64_t account;    /* 0 for anyone and the system */
    int64_t subject;    /* the person behind the account (subject of keys and records), 0 if none */
    int64_t acting_for; /* the organisation represented now, 0 = oneself */
    int level;          /* assurance level: 0 none, 1 phone, 2 matched or seen at a desk, 3 certificate */
    int64_t unit;       /* an officer's department */
    struct str area;    /* an officer's division code prefix: "" sees all */
    struct str name, acting_name; /* for pages: ask ctx_actor_name and ctx_acting_name, which open them */
    struct str name_sealed, acting_sealed;
    struct str token;           /* what session was made from */
    struct str csrf;            /* expected token of this session or visit */
    uint8_t session[32];        /* what the session's row is found by; zeros where there is none */
    enum actor_pending pending; /* no permissions while something is owed */
    bool touch; /* the session's time of last use is old enough to be written again (auth_touch) */
    uint64_t permissions[PERMISSIONS_MAX / 64];
};

#endif
