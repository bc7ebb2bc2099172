/* Routes: what may be asked, by whom, of which rows, and who answers. Authorisation is a column. */
#ifndef TB_ROUTE_H
#define TB_ROUTE_H

#include "core/http/ctx.h"
#include "core/http/field.h"

typedef bool handler(struct ctx *c);

/* Wrapped, so that a route without its columns does not compile. */
struct allow {
    const char *permission;
};
struct scope {
    handler *check;
};
#define ALLOW(permission) ((struct allow){permission})
#define SCOPE(check)      ((struct scope){check})
#define PUBLIC            "public"    /* anyone */
#define SIGNED_IN         "signed_in" /* any account */
#define PERSON            "person"    /* an account of a person */
#define OFFICER           "officer"   /* any officer */
/* No row of anyone's is touched, or the handler's queries are bounded by the actor alone. */
#define NO_ROW NULL

enum route_flags {
    ROUTE_CACHED = 1,     /* signed out, the same answer may be sent again for a few seconds */
    ROUTE_UPLOAD = 2,     /* takes files: body limit 12 MiB instead of 256 KiB */
    ROUTE_READS = 4,      /* a POST that only reads (search, verify): no transaction of the writer */
    ROUTE_LIMITED = 8,    /* counted per address: 30 a minute */
    ROUTE_HTML_ONLY = 16, /* not part of the API */
    /* Open to a session that owes its second factor, its own password, or setting up a second factor; every
     * other route leads such a session to the page where that is done. */
    ROUTE_AT_CODE = 32,
    ROUTE_AT_PASSWORD = 64,
    ROUTE_AT_FACTOR = 128,
    ROUTE_PROGRAM = 256, /* asked by programs: JSON, whatever they say they accept */
    ROUTE_FILES = 512,   /* prepares only where files came with the request */
    /* Shows officers data of other persons: the page names its reader, on the screen and in print. A page
     * that records a read (ctx_reads) does so anyhow; a form that comes back does as the page with its view.
     */
    ROUTE_PERSONAL = 1024,
    ROUTE_ALWAYS = ROUTE_AT_CODE | ROUTE_AT_PASSWORD | ROUTE_AT_FACTOR,
};

/* What the API document says of a route beside its fields; the names are those of its module's `api`. */
struct api_face {
    const char
        *security; /* schemes of which one is needed, separated by '|'; those joined by '&' go together */
    const char *answer, *refusal; /* schemas; NULL: any object, or Error */
};

struct route {
    enum method method;
    const char *path; /* "/cases/{id}/decide" */
    struct allow allow;
    struct scope
        scope; /* finds the row of {id} for this actor, or fails MISSING; runs again inside the write */
    handler *handle;
    const char *view; /* template of the HTML face; NULL where the outcome is never a document */
    /* the rest by name */
    const struct field *in;
    handler *prepare; /* slow work before a write: on the pool, over a read transaction, once */
    handler *again;   /* POST: builds the form's page anew when input was wrong; `in` and errors are in the
                         document */
    handler *present; /* HTML only: words and layout */
    /* The body of a refusal where whoever asks follows another convention than ours, which has its code in
     * the body: what the handler refuses is answered with 200 then. Runs without a transaction. */
    struct str (*refusal)(struct ctx *c, const struct err *e, struct str message);
    /* … or with the status their convention has for it, instead of ours. */
    int (*refusal_status)(const struct err *e, int ours);
    unsigned flags;
    const char *summary; /* English, for the API document */
    const struct api_face *api;
};

#define GET(path, allow, scope, handle, face, ...)                                                           \
    {                                                                                                        \
        METHOD_GET, path, allow, scope, handle, .view = face, ##__VA_ARGS__                                  \
    }
#define POST(path, allow, scope, handle, face, ...)                                                          \
    {                                                                                                        \
        METHOD_POST, path, allow, scope, handle, .view = face, ##__VA_ARGS__                                 \
    }

struct permission {
    const char *name;  /* "case.decide" */
    const char *title; /* msgid */
    const char *roles; /* roles that have it at first: "decider|reviewer" */
};

struct job_kind;

/* One capability. app/modules.c holds the only list. */
/* A number of the installation that its administrators set (clocks, windows), with what holds until they do;
 * or a line of text, empty until they do. */
struct setting {
    const char *name;  /* "exchange.answer_workdays" */
    const char *label; /* msgid, as is the unit (of a text: how it is written) */
    const char *unit;
    int64_t least, most, otherwise; /* of a text: most characters */
    bool unverified;                /* nobody has compared `otherwise` with the text it should follow */
    bool text;
    bool running; /* holds for what began before it was changed, too */
    /* Of a text, not "": false with the fault of the field "value". NULL: any will do. */
    bool (*check)(struct ctx *c, struct str text);
};

struct module {
    const char *name;
    const char *const *needs; /* ended by NULL; may be NULL */
    const struct route *routes;
    size_t route_count;
    const struct permission *permissions;
    size_t permission_count;
    const struct job_kind *jobs;
    size_t job_count;
    const struct setting *settings;
    size_t setting_count;
    /* After migration, before the first request; may write. Sets the module's state. */
    bool (*start)(struct ctx *c);
    /* Renews snapshots from the database; runs after a write, of this process or another, that called
     * ctx_changed with the name of this module or of one that it needs, directly or not. */
    bool (*refresh)(struct ctx *c);
    void (*stop)(struct server *s);
    /* While the program listens, which commands do not: threads of the module's own. end comes before the
     * writer stops, also where begin was never called. */
    bool (*begin)(struct server *s, struct err *e);
    void (*end)(struct server *s);
    /* {securitySchemes, schemas} of the API document, by which its routes say more than their fields. */
    struct json *(*api)(struct arena *a, struct err *e);
    /* Adds to the page frame (counts, names) of every HTML page. */
    bool (*frame)(struct ctx *c, struct json *page);
};

#define ROUTES(table)      .routes = (table), .route_count = sizeof(table) / sizeof((table)[0])
#define PERMISSIONS(table) .permissions = (table), .permission_count = sizeof(table) / sizeof((table)[0])
#define JOBS(table)        .jobs = (table), .job_count = sizeof(table) / sizeof((table)[0])
#define SETTINGS(table)    .settings = (table), .setting_count = sizeof(table) / sizeof((table)[0])

#endif
