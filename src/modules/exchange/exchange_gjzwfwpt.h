/* Private to the module: the header convention of the national service platform, spoken and understood.
 *
 * Headers <prefix>rid (who asks), sid (which service), rtime (ms since 1970, 13 digits) and sign = base64 of
 * HMAC-SHA256(appsecret, sid ‖ rid ‖ rtime); JSON by POST under /sysapi/, answered by {code, message, data}.
 * Neither body nor path is signed and there is no nonce: what is asked with a true head may have been altered
 * on the way. Pure but for the arena. */
#ifndef TB_EXCHANGE_GJZWFWPT_H
#define TB_EXCHANGE_GJZWFWPT_H

#include "core/crypto/crypto.h"
#include "core/http/fetch.h"
#include "core/json/json.h"

#define GJ_SCHEME "gjzwfwpt"
#define GJ_PREFIX "gjzwfwpt_"

enum { GJ_HEADERS = 4, GJ_TIME_DIGITS = 13, CONVENTION_WINDOW_MAX = 60 * 60 * 1000 };

struct gj_head {
    struct str rid, sid, rtime, sign;
};

/* The time of a head whose rtime is sound, which sid and rid cannot run into then. */
bool gj_time(const struct gj_head *h, int64_t *ms);
bool gj_fits(struct arena *a, const struct gj_head *h, const struct mac_key *secret);
struct str gj_sign(struct arena *a, const struct gj_head *h, struct str secret);
/* The head of a question, to be sent at `now`. */
void gj_headers(struct arena *a, const char *prefix, const struct gj_head *who, struct str secret,
                int64_t now, struct fetch_header out[GJ_HEADERS]);
/* {code, message, data}; detail may be NULL. */
struct str gj_reply(struct arena *a, struct str code, struct str message, struct str data);
/* data of an answer with code 200, JSON null where there is none; false: *why has the code that came instead,
 * fit for a log. */
bool gj_read(struct arena *a, struct str body, const struct json **data, struct str *why) NODISCARD;

#endif
