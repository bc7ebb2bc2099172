#include "core/auth/totp.h"

#include "core/crypto/crypto.h"

uint32_t totp_value(struct str secret, int64_t step)
{
    uint8_t counter[8], mac[SHA1_SIZE];
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1(secret, str_n(counter, sizeof counter), mac);
    const uint8_t *at = mac + (mac[SHA1_SIZE - 1] & 0x0F);
    uint32_t value =
        (uint32_t)(at[0] & 0x7F) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
    crypto_wipe(mac, sizeof mac);
    return value;
}

static void digits_of(uint32_t value, char out[TOTP_DIGITS])
{
    for (int i = TOTP_DIGITS - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

bool totp_match(struct str secret, struct str code, int64_t now_ms, int64_t after, int64_t *step)
{
    int64_t now = now_ms / TOTP_STEP_MS;
    bool found = false;
    char digits[TOTP_DIGITS];
    if (code.len != TOTP_DIGITS) return false;
    for (int64_t s = now - TOTP_WINDOW; s <= now + TOTP_WINDOW; s++) {
        digits_of(totp_value(secret, s), digits);
        bool same = crypto_equal(digits, code.ptr, TOTP_DIGITS);
        if (same && s > after) {
            found = true;
            *step = s;
        }
    }
    crypto_wipe(digits, sizeof digits);
    return found;
}

void totp_base32(struct str bytes, char *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i + 5 <= bytes.len; i += 5) {
        uint64_t five = 0;
        for (int k = 0; k < 5; k++)
            five = five << 8 | (uint8_t)bytes.ptr[i + (size_t)k];
        for (int k = 7; k >= 0; k--, five >>= 5)
            out[i / 5 * 8 + (size_t)k] = alphabet[five & 31];
    }
}
