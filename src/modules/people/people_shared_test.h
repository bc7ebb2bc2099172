/* What the tests of this module share: one program they all speak to, and people who register with it. */
#ifndef TB_PEOPLE_SHARED_TEST_H
#define TB_PEOPLE_SHARED_TEST_H

#include "core/base/time.h"
#include "engines/identifiers/identifiers.h"
#include "modules/people/people.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PASSWORD "moonlit-harbour-42"
#define TYPED    "password=" PASSWORD "&agree=1"

/* ---- the one program all tests speak to, and what it texted last ---- */

static struct testapp *app;
static struct str texted_to, texted;
static struct str texted_code;

static inline bool catch_text(struct ctx *c, struct str mobile, const char *msgid, const struct json *params)
{
    (void)c;
    texted_to = str_dup(app->arena, mobile);
    texted = str_dup(app->arena, str_c(msgid));
    texted_code = str_dup(app->arena, json_text_of(params, "code"));
    return true;
}

static inline int open_app(void **state)
{
    (void)state;
    app = testapp_open(true);
    people_set_messenger(app->server, &(struct people_messenger){.text = catch_text});
    return 0;
}

static inline int close_app(void **state)
{
    (void)state;
    testapp_close(app);
    return 0;
}

/* ---- helpers ---- */

/* A number nobody else here has. */
static inline const char *new_number(void)
{
    static int serial = 100;
    char digits[19];
    snprintf(digits, sizeof digits, "78010119900101%03d", serial++);
    digits[17] = ident_mod11_2(digits);
    digits[18] = '\0';
    return str_z(app->arena, str_c(digits));
}

static inline const char *new_mobile(void)
{
    static int serial = 5000;
    return str_z(app->arena, str_fmt(app->arena, "1390001%04d", serial++));
}

/* Each from an address of its own, so that limits of one test do not reach another. */
static inline struct client new_client(void)
{
    static int serial = 1;
    struct client c = client_new(app);
    c.peer = str_z(app->arena, str_fmt(app->arena, "198.51.100.%d", serial++));
    return c;
}

__attribute__((format(printf, 1, 2))) static inline const char *form(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return str_z(app->arena, str_c(text));
}

static inline struct str code_asked(struct answer a, struct client *c)
{
    struct str token, at = json_text_of(client_json(c, a), "location");
    str_cut(str_slice(at, str_find(at, STR("t=")) + 2, at.len), '&', &token);
    return token;
}

static inline struct str ask_code(struct client *c, const char *mobile)
{
    struct answer a = client_post(c, "/register", form("mobile=%s", mobile));
    if (a.status != 201) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    return code_asked(a, c);
}

static inline struct answer confirm(struct client *c, struct str token, struct str code, const char *name,
                                    const char *number)
{
    struct str encoded = url_encode(app->arena, str_c(name));
    return client_post(c, "/register/confirm",
                       form("t=%.*s&code=%.*s&name=%.*s&id_number=%s&" TYPED, STR_ARG(token), STR_ARG(code),
                            STR_ARG(encoded), number));
}

static inline struct answer join(struct client *c, const char *mobile, const char *name, const char *number)
{
    struct str token = ask_code(c, mobile);
    return confirm(c, token, texted_code, name, number);
}

static inline int64_t level_of(struct client *c)
{
    return json_i64_of(client_json(c, client_get(c, "/me")), "level", -1);
}

/* ---- work inside the program ---- */

struct inside {
    struct actor actor;
    const char *number, *name;
    int64_t id, principal, unit;
    bool yes, any;
    size_t reads;
    const struct json *schema;
    struct json *filled;
    struct subject subject;
    struct err err;
};

static inline bool find(struct ctx *c)
{
    struct inside *i = ctx_arg(c);
    return people_find(c,
                       i->number[17] && strlen(i->number) == 18 && i->number[0] == '9' ? SUBJECT_ORGANISATION
                                                                                       : SUBJECT_PERSON,
                       str_c(i->number), &i->id);
}

static inline int64_t subject_of(const char *number)
{
    struct inside i = {.number = number};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, find, &i, &i.err));
    return i.id;
}

/* How many rows of evidence say that this was done, and what the newest of them tells. */
struct trace {
    const char *act;
    int64_t object, count;
    struct str detail;
};

static inline bool count_trace(struct ctx *c)
{
    struct trace *t = ctx_arg(c);
    struct db_rows rows;
    if (!db_query(&c->tx, &rows,
                  "SELECT detail FROM evidence WHERE act = $1 AND ($2 < 0 OR object = $2) ORDER BY id DESC",
                  DB_C(t->act), DB_I(t->object)))
        return false;
    t->count = (int64_t)rows.rows;
    t->detail = rows.rows ? str_dup(app->arena, db_str(&rows, 0, 0)) : STR_EMPTY;
    return true;
}

/* object −1: any */
static inline struct trace trace_of(const char *act, int64_t object)
{
    struct trace t = {.act = act, .object = object};
    struct err e = {0};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, count_trace, &t, &e));
    return t;
}

#define LIN         "78010119940318002X" /* 林晓禾, known, has an account */
#define ZHOU        "780101198607090013" /* 周建平, runs SHOP */
#define WU          "780101197905020035" /* 吴启明, legal representative of FREIGHT */
#define YU          "780101198505200162" /* 余清和, known, no account, 13900000115 */
#define SHOP        "92780101QD0000031M"
#define FREIGHT     "91780101QD00000153"
#define LIN_MOBILE  "13900000101"
#define ZHOU_MOBILE "13900000102"
#define WU_MOBILE   "13900000104"

#endif
