#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/time.h"
#include "core/crypto/crypto.h"

static struct arena *a;
static struct err e;

static int set_up(void **state)
{
    (void)state;
    a = arena_new(64 << 20);
    return crypto_start(&e) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_drop(a);
    return 0;
}

static struct str hex(const char *text)
{
    struct str compact = str_dup(a, str_c(text)), out;
    size_t n = 0;
    char *p = arena_alloc(a, compact.len + 1);
    for (size_t i = 0; i < compact.len; i++)
        if (compact.ptr[i] != ' ') p[n++] = compact.ptr[i];
    assert_true(str_unhex(a, str_n(p, n), &out));
    return out;
}

static void assert_hex(const void *got, size_t len, const char *wanted)
{
    struct str w = hex(wanted);
    assert_int_equal(len, w.len);
    assert_memory_equal(got, w.ptr, len);
}

static void sm3_gives_the_published_digests(void **state)
{
    (void)state;
    uint8_t out[SM3_SIZE];
    sm3(STR("abc"), out);
    assert_hex(out, SM3_SIZE, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    struct sm3_stream *s = sm3_begin(a);
    for (int i = 0; i < 16; i++)
        sm3_feed(s, STR("abcd"));
    sm3_end(s, out);
    assert_hex(out, SM3_SIZE, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    sm3(STR_EMPTY, out);
    assert_hex(out, SM3_SIZE, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

static void sha256_gives_the_published_digest(void **state)
{
    (void)state;
    uint8_t out[SHA256_SIZE];
    sha256(STR("abc"), out);
    assert_hex(out, SHA256_SIZE, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 4231, test case 2. */
static void hmac_sha256_gives_the_published_code(void **state)
{
    (void)state;
    static const char wanted[] = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const struct str key = STR("Jefe"), text = STR("what do ya want for nothing?");
    uint8_t out[SHA256_SIZE];
    hmac_sha256(key, text, out);
    assert_hex(out, SHA256_SIZE, wanted);
    mac_sha256(mac_key_sha256(a, key), text, out);
    assert_hex(out, SHA256_SIZE, wanted);
}

/* Sealed by the program openssl under 00112233445566778899aabbccddeeff, twice for 256 bits. */
static void aes_opens_what_others_sealed(void **state)
{
    (void)state;
    static const struct {
        const char *cipher;
        size_t key;
        const char *sealed;
    } boxes[] = {
        {"aes-128-cbc", 16,
         "0f0e0d0c0b0a09080706050403020100d586142aaba15795f6b88d4ec3c2341f463ad76e12b0a6f9f999b9c0f0682b39"},
        {"aes-256-cbc", 32,
         "0f0e0d0c0b0a09080706050403020100e48e508d5b5381038b5d7c302edd5064fa7bcb061e7a44c4827d41091eb5e141"}};
    struct str key = hex("00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff"), plain;
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        struct str cipher = str_c(boxes[i].cipher), sealed = hex(boxes[i].sealed),
                   fits = str_slice(key, 0, boxes[i].key), other = str_slice(key, 1, boxes[i].key);
        assert_true(aes_known(cipher));
        assert_true(aes_open(a, cipher, fits, sealed, &plain));
        assert_true(str_eq_c(plain, "a secret of a while"));
        assert_false(aes_open(a, cipher, other, sealed, &plain));
        assert_false(aes_open(a, cipher, fits, str_slice(sealed, 0, sealed.len - 1), &plain));
        assert_false(aes_open(a, cipher, fits, STR_EMPTY, &plain));
    }
    assert_false(aes_known(STR("aes-128-gcm")));
    assert_false(aes_open(a, STR("des"), key, key, &plain));
}

/* HMAC-SM3 from its definition over sm3(), for keys shorter than, as long as and longer than the block. */
static void hmac_sm3_is_hmac_over_sm3(void **state)
{
    (void)state;
    for (size_t len = 0; len < 140; len += 7) {
        uint8_t key[140], block[64] = {0}, text[64 + 100], out[SM3_SIZE], inner[SM3_SIZE], wanted[SM3_SIZE];
        crypto_random(key, sizeof key);
        if (len > 64)
            sm3(str_n(key, len), block);
        else
            memcpy(block, key, len);
        for (int i = 0; i < 64; i++)
            text[i] = block[i] ^ 0x36;
        memset(text + 64, 'x', 100);
        sm3(str_n(text, 164), inner);
        for (int i = 0; i < 64; i++)
            text[i] = block[i] ^ 0x5c;
        memcpy(text + 64, inner, 32);
        sm3(str_n(text, 96), wanted);
        uint8_t longer[100];
        memset(longer, 'x', sizeof longer);
        hmac_sm3(str_n(key, len), str_n(longer, 100), out);
        assert_memory_equal(out, wanted, SM3_SIZE);
        const struct mac_key *prepared = mac_key_new(a, str_n(key, len));
        for (int again = 0; again < 2; again++) {
            mac_sm3(prepared, str_n(longer, 100), out);
            assert_memory_equal(out, wanted, SM3_SIZE);
        }
    }
}

static void hkdf_follows_rfc_5869(void **state)
{
    (void)state;
    uint8_t out[100], prefix[32], prk[32], first[32];
    hkdf_sm3(STR("secret"), STR("salt"), STR("info"), out, sizeof out);
    hkdf_sm3(STR("secret"), STR("salt"), STR("info"), prefix, sizeof prefix);
    assert_memory_equal(out, prefix, sizeof prefix);
    hmac_sm3(STR("salt"), STR("secret"), prk);
    hmac_sm3(str_n(prk, 32), str_n("info\1", 5), first);
    assert_memory_equal(out, first, 32);
    uint8_t second_in[32 + 5], second[32];
    memcpy(second_in, first, 32);
    memcpy(second_in + 32, "info\2", 5);
    hmac_sm3(str_n(prk, 32), str_n(second_in, 37), second);
    assert_memory_equal(out + 32, second, 32);
    hkdf_sm3(STR("secret"), STR("salt"), STR("other"), prefix, sizeof prefix);
    assert_memory_not_equal(out, prefix, sizeof prefix);
}

/* RFC 8998 appendix A.1. */
static void sm4_gcm_gives_the_published_ciphertext(void **state)
{
    (void)state;
    struct str key = hex("0123456789ABCDEFFEDCBA9876543210"), nonce = hex("00001234567800000000ABCD"),
               aad = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
               plain = hex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
                           "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
    uint8_t out[64 + SM4_TAG], back[64];
    struct sm4_gcm *g = sm4_gcm_new(a, (const uint8_t *)key.ptr, &e);
    assert_true(sm4_gcm_seal(g, (const uint8_t *)nonce.ptr, aad, plain, out, &e));
    assert_hex(out, sizeof out,
               "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
               "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
               "83DE3541E4C2B58177E065A9BF7B62EC");
    assert_true(sm4_gcm_open(g, (const uint8_t *)nonce.ptr, aad, str_n(out, sizeof out), back));
    assert_memory_equal(back, plain.ptr, 64);
}

static void sm4_gcm_notices_every_altered_bit(void **state)
{
    (void)state;
    uint8_t key[SM4_KEY] = {1}, nonce[SM4_NONCE] = {2}, out[5 + SM4_TAG], back[5];
    struct sm4_gcm *g = sm4_gcm_new(a, key, &e);
    assert_true(sm4_gcm_seal(g, nonce, STR("aad"), STR("plain"), out, &e));
    for (size_t bit = 0; bit < sizeof out * 8; bit++) {
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sm4_gcm_open(g, nonce, STR("aad"), str_n(out, sizeof out), back));
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_false(sm4_gcm_open(g, nonce, STR("aae"), str_n(out, sizeof out), back));
    assert_false(sm4_gcm_open(g, nonce, STR("aad"), str_n(out, SM4_TAG - 1), back));
    assert_true(sm4_gcm_open(g, nonce, STR("aad"), str_n(out, sizeof out), back));
    uint8_t tag[SM4_TAG];
    assert_true(sm4_gcm_seal(g, nonce, STR_EMPTY, STR_EMPTY, tag, &e));
    assert_true(sm4_gcm_open(g, nonce, STR_EMPTY, str_n(tag, SM4_TAG), back));
}

/* GB/T 32918.5 sample on the recommended curve: the public key of the published private key, wrapped as a PEM
 * key. */
static const char sample_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                                 "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgOUUgj3shRLE/NuOK\n"
                                 "xtOflYiTk2koYLUaQvuB7033xbihRANCAAQJ+d8xHlQhoVDdfRYeS8XGchefrRgz\n"
                                 "/AdrsI/zVvNQIMzqSQziZ3WlLcbqcYzBqmAK7QX7814ISmYy9gctqa0T\n"
                                 "-----END PRIVATE KEY-----\n";

static struct str sample_signature(void)
{
    return hex("3046 022100 F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
               "022100 B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
}

static void sm2_accepts_the_published_signature(void **state)
{
    (void)state;
    const struct sm2_key *k = sm2_from_pem(a, str_c(sample_pem), &e);
    assert_non_null(k);
    assert_true(sm2_verify(sm2_public(k), STR("message digest"), sample_signature()));
    assert_false(sm2_verify(sm2_public(k), STR("message digesu"), sample_signature()));
}

static void sm2_signs_and_refuses_what_was_changed(void **state)
{
    (void)state;
    struct sm2_key *k = sm2_generate(a, &e), *other = sm2_generate(a, &e);
    struct str s, again;
    assert_non_null(k);
    assert_true(sm2_sign(a, k, STR("某某许可"), &s, &e));
    assert_true(s.len >= 68 && s.len <= 72);
    assert_true(sm2_verify(sm2_public(k), STR("某某许可"), s));
    assert_false(sm2_verify(sm2_public(other), STR("某某许可"), s));
    assert_false(sm2_verify(sm2_public(k), STR("某某许可"), str_slice(s, 0, s.len - 1)));
    assert_false(sm2_verify(sm2_public(k), STR("某某许可"), STR_EMPTY));
    assert_true(sm2_sign(a, k, STR("某某许可"), &again, &e));
    assert_false(str_eq(s, again));
    for (size_t i = 0; i < s.len; i++) {
        char bytes[96];
        memcpy(bytes, s.ptr, s.len);
        bytes[i] ^= 1;
        assert_false(sm2_verify(sm2_public(k), STR("某某许可"), str_n(bytes, s.len)));
    }
}

static void sm2_keys_survive_pem(void **state)
{
    (void)state;
    struct sm2_key *k = sm2_generate(a, &e);
    struct str pem = sm2_to_pem(a, k), s;
    assert_true(str_starts(pem, STR("-----BEGIN PRIVATE KEY-----")));
    struct sm2_key *back = sm2_from_pem(a, pem, &e);
    assert_non_null(back);
    assert_true(sm2_sign(a, back, STR("x"), &s, &e));
    assert_true(sm2_verify(sm2_public(k), STR("x"), s));
}

static void foreign_keys_and_rubbish_are_refused(void **state)
{
    (void)state;
    static const char p256[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNnDm4x+nclE16vhP\n"
                               "3cuAovPpzls1LlzEg0Masu4Ya9KhRANCAARn0Zg50tWt81uz98FYX2rm1f7EspRF\n"
                               "yM63qXWNUUzjsXS6bPGX4z+7hVpuhKQAYyZu1wjKU8/eN46f8MpQ7CoT\n"
                               "-----END PRIVATE KEY-----\n";
    struct err x = {0};
    assert_null(sm2_from_pem(a, str_c(p256), &x));
    assert_string_equal(x.code, "key.unreadable");
    assert_null(sm2_from_pem(a, STR("-----BEGIN PRIVATE KEY-----\nAAAA\n"), &x));
    assert_null(cert_from_pem(a, STR(""), &x));
    assert_null(cert_from_der(a, STR("\x30\x03\x02\x01\x01"), &x));
}

static const int64_t day0 = INT64_C(1767225600000); /* 2026-01-01T00:00Z */

static void certificates_chain_and_expire(void **state)
{
    (void)state;
    struct sm2_key *ck = sm2_generate(a, &e), *ik = sm2_generate(a, &e), *xk = sm2_generate(a, &e);
    struct cert_subject cs = {STR("通办演示根"), STR("演示市政务服务局"), STR("11310000Q000000269")},
                        is = {STR("演示签发机关"), STR("演示市市场监管局"), STR("12440000Q000000344")};
    struct cert *ca = cert_make(a, &cs, sm2_public(ck), NULL, ck, true, day0, day0 + 3650 * MS_DAY, &e);
    struct cert *fake = cert_make(a, &cs, sm2_public(xk), NULL, xk, true, day0, day0 + 3650 * MS_DAY, &e);
    assert_non_null(ca);
    struct cert *leaf =
        cert_make(a, &is, sm2_public(ik), ca, ck, false, day0 + MS_DAY, day0 + 365 * MS_DAY, &e);
    assert_non_null(leaf);
    assert_true(cert_verify(ca, ca, day0 + MS_DAY));
    assert_true(cert_verify(leaf, ca, day0 + MS_DAY));
    assert_true(cert_verify(leaf, ca, day0 + 365 * MS_DAY));
    assert_false(cert_verify(leaf, ca, day0 + MS_DAY - 1));
    assert_false(cert_verify(leaf, ca, day0 + 365 * MS_DAY + 1000));
    assert_false(cert_verify(leaf, fake, day0 + MS_DAY)); /* same name, other key */
    assert_false(cert_verify(leaf, leaf, day0 + MS_DAY)); /* an issuer certificate is no CA */
    struct cert *under_leaf =
        cert_make(a, &is, sm2_public(xk), leaf, ik, false, day0 + MS_DAY, day0 + 9 * MS_DAY, &e);
    assert_false(cert_verify(under_leaf, leaf, day0 + 2 * MS_DAY));

    struct cert *back = cert_from_pem(a, cert_to_pem(a, leaf), &e);
    assert_non_null(back);
    assert_true(cert_verify(back, ca, day0 + 2 * MS_DAY));
    struct cert_subject got = cert_subject(a, back);
    assert_true(str_eq(got.common_name, is.common_name));
    assert_true(str_eq(got.organisation, is.organisation));
    assert_true(str_eq(got.serial, is.serial));
    assert_int_equal(cert_from(back), day0 + MS_DAY);
    struct str der = cert_to_der(a, back), signature;
    assert_non_null(cert_from_der(a, der, &e));
    struct err x = {0};
    assert_null(cert_from_der(a, str_cat(a, der, STR("x")), &x));
    assert_true(sm2_sign(a, ik, STR("m"), &signature, &e));
    assert_true(sm2_verify(cert_public(back), STR("m"), signature));
    /* Any altered byte is either unreadable or does not verify. */
    for (size_t i = 0; i < der.len; i += 3) {
        struct str copy = str_dup(a, der);
        ((char *)(uintptr_t)copy.ptr)[i] ^= 0x10;
        struct cert *bad = cert_from_der(a, copy, &x);
        assert_false(bad && cert_verify(bad, ca, day0 + 2 * MS_DAY));
    }
}

static void passwords_are_argon2id_with_the_promised_cost(void **state)
{
    (void)state;
    struct str h, again;
    assert_true(password_hash(a, STR("correct horse 电池"), &h, &e));
    assert_true(str_starts(h, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_true(password_verify(STR("correct horse 电池"), h));
    assert_false(password_verify(STR("correct horse 电流"), h));
    assert_false(password_verify(STR(""), h));
    assert_true(password_hash(a, STR("correct horse 电池"), &again, &e));
    assert_false(str_eq(h, again));
    assert_false(password_verify(STR("x"), STR("")));
    assert_false(password_verify(STR("x"), STR("$argon2id$v=19$m=19456,t=2,p=1$AAAA$")));
}

static void the_hash_of_nobody_looks_like_any_other_and_fits_no_password(void **state)
{
    (void)state;
    struct str h, nobody = password_of_nobody(a);
    assert_true(password_hash(a, STR("correct horse 电池"), &h, &e));
    assert_int_equal(nobody.len, h.len);
    assert_true(str_starts(nobody, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(nobody, password_of_nobody(a)));
    clock_t begun = clock();
    assert_false(password_verify(STR(""), nobody));
    clock_t unknown = clock() - begun;
    begun = clock();
    assert_false(password_verify(STR(""), h));
    assert_true(unknown * 4 > clock() - begun); /* an unknown login is looked at for as long as a known one */
}

static void equal_and_random(void **state)
{
    (void)state;
    uint8_t x[32], y[32];
    crypto_random(x, sizeof x);
    crypto_random(y, sizeof y);
    assert_memory_not_equal(x, y, sizeof x);
    assert_false(crypto_equal(x, y, sizeof x));
    assert_true(crypto_equal(x, x, sizeof x));
    crypto_wipe(x, sizeof x);
    memset(y, 0, sizeof y);
    assert_memory_equal(x, y, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sm3_gives_the_published_digests),
        cmocka_unit_test(sha256_gives_the_published_digest),
        cmocka_unit_test(hmac_sm3_is_hmac_over_sm3),
        cmocka_unit_test(hmac_sha256_gives_the_published_code),
        cmocka_unit_test(aes_opens_what_others_sealed),
        cmocka_unit_test(hkdf_follows_rfc_5869),
        cmocka_unit_test(sm4_gcm_gives_the_published_ciphertext),
        cmocka_unit_test(sm4_gcm_notices_every_altered_bit),
        cmocka_unit_test(sm2_accepts_the_published_signature),
        cmocka_unit_test(sm2_signs_and_refuses_what_was_changed),
        cmocka_unit_test(sm2_keys_survive_pem),
        cmocka_unit_test(foreign_keys_and_rubbish_are_refused),
        cmocka_unit_test(certificates_chain_and_expire),
        cmocka_unit_test(passwords_are_argon2id_with_the_promised_cost),
        cmocka_unit_test(the_hash_of_nobody_looks_like_any_other_and_fits_no_password),
        cmocka_unit_test(equal_and_random),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
