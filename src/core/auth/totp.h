/* Codes that change every 30 seconds (RFC 6238 over RFC 4226: HMAC-SHA-1, 6 digits). Pure. */
#ifndef TB_TOTP_H
#define TB_TOTP_H

#include "core/base/str.h"

enum { TOTP_DIGITS = 6, TOTP_SECRET = 20, TOTP_SECRET_TEXT = 32, TOTP_WINDOW = 1 };
#define TOTP_STEP_MS INT64_C(30000)

/* The 31 bits of RFC 4226 section 5.3 for that step; the code is their last digits. */
uint32_t totp_value(struct str secret, int64_t step);
/* Is it the code of now, or of one step before or after? Only of steps later than `after`, so that none is
 * taken twice. Looks at each of them in the same time. `*step`: which. */
bool totp_match(struct str secret, struct str code, int64_t now_ms, int64_t after, int64_t *step);
/* RFC 4648 base 32 without padding; bytes.len is a multiple of 5, `out` holds bytes.len / 5 * 8. */
void totp_base32(struct str bytes, char *out);

#endif
