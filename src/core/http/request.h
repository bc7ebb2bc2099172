/* One HTTP request as the program sees it, whatever brought it (a connection or a test). Everything lives in
 * the request's arena. */
#ifndef TB_REQUEST_H
#define TB_REQUEST_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

enum method { METHOD_GET, METHOD_POST };

struct param {
    struct str name, value;
    struct param *next;
};

struct upload {
    struct str field, filename, content; /* filename as sent; never a path to write to */
    struct upload *next;
};

/* Names and values in the order they came; files that came with them. */
struct params {
    struct param *first, *last;
    size_t count;
    struct upload *uploads; /* where FIELD_FILE looks; the same list as request.uploads */
};

struct request {
    enum method method;
    bool head;       /* GET without a body in the answer */
    struct str path; /* decoded, as sent; begins with '/' */
    struct str raw_query;
    struct params query, form, cookies, path_params;
    struct upload *uploads;
    struct str body;
    struct str content_type, accept, accept_language, origin, fetch_site, csrf_header, idempotency_key,
        if_none_match, referer, user_agent;
    struct str peer;          /* address of the client, after trusted proxies */
    struct str direct;        /* address at the other end of the connection: the client's, or a proxy's */
    bool proxied;             /* `direct` is a trusted proxy, or the request says that it came through one */
    struct str authorization; /* the header */
    /* Headers that are not named above, of whoever brought the request; NULL: there are no others. */
    const char *(*other)(const void *source, const char *name);
    const void *source;
};

/* "" when absent. */
struct str request_header(const struct request *r, const char *name);

/* First value of that name; "" when absent. */
struct str params_get(const struct params *p, struct str name);
bool params_has(const struct params *p, struct str name);
void params_add(struct params *p, struct arena *a, struct str name, struct str value);

/* Limits of one request. */
enum { PARAMS_MAX = 500, COOKIES_MAX = 50, UPLOADS_MAX = 50 };

/* application/x-www-form-urlencoded (WHATWG URL §5). INVALID "request.encoding" on bad UTF-8, NUL or more
 * than 500 fields. */
bool params_parse_form(struct params *p, struct arena *a, struct str text, struct err *e) NODISCARD;
/* A Cookie header (RFC 6265 §4.2.1). What is malformed or beyond 50 is left out; false when anything was. */
bool params_parse_cookies(struct params *p, struct arena *a, struct str header);
/* Percent-decoding of a path. false: not beginning with '/', broken escapes, bad UTF-8, control characters,
 * "." and ".." segments (also escaped), backslash, an escaped '/' (a segment never changes the shape of the
 * path). */
bool path_decode(struct arena *a, struct str raw, struct str *out) NODISCARD;
/* multipart/form-data (RFC 7578) with `boundary` from r->content_type: text parts are added to r->form, files
 * to r->uploads (and r->form.uploads) in the order they came; all borrow from body. A file input left empty
 * is no upload. INVALID "request.multipart". */
bool request_parse_multipart(struct request *r, struct arena *a, struct str body, struct err *e) NODISCARD;
/* For links: one name or value, percent-encoded but for the unreserved characters of RFC 3986 §2.3. */
struct str url_encode(struct arena *a, struct str s);

#endif
