/* A licence of format "tongban-licence/1" as the program made them before the second version, with the
 * authority that certified its signer: what was issued then must verify for ever. Fictional. */
#ifndef TB_MANIFEST_FIRST_TEST_H
#define TB_MANIFEST_FIRST_TEST_H

/* The page that it is about. */
#define FIRST_PAGE                                                                                           \
    "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] "       \
    "/Count 0 >>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n"        \
    "trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n110\n%%EOF\n"

#define FIRST_AUTHORITY                                                                                      \
    "-----BEGIN CERTIFICATE-----\nMIIBxjCCAWugAwIBAgIQZIJCTU2ESj0m+WLF4NtQ+jAKBggqgRzPVQGDdTAyMQ"            \
    "sw\nCQYDVQQGEwJDTjEPMA0GA1UECgwG5ryU56S6MRIwEAYDVQQDDAnmvJTnpLrmoLkw\nHhcNMjYxMTE3MTEwNjQwWh"           \
    "cNMzYxMTE1MTEwNjQwWjAyMQswCQYDVQQGEwJDTjEP\nMA0GA1UECgwG5ryU56S6MRIwEAYDVQQDDAnmvJTnpLrmoLk"            \
    "wWTATBgcqhkjOPQIB\nBggqgRzPVQGCLQNCAARDNJp3AjYBhSL3S6oSvSwdF/K+f8h8NYm1AVklprSUDwpv\n5NjLUKt"           \
    "dgAydINRsRb+EgQua8cpMJ3A/gJ1u1zQdo2MwYTAPBgNVHRMBAf8EBTAD\nAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV"            \
    "HQ4EFgQU61RMCW0ua7szeXqD+Y3cSKQ4\niVowHwYDVR0jBBgwFoAU61RMCW0ua7szeXqD+Y3cSKQ4iVowCgYIKoEcz"            \
    "1UBg3UD\nSQAwRgIhAJQfLKsxGcaJJXOj5DjuUrDirix+5+JfKcYDC3omVkipAiEAgDectuiL\nTxfx3T+15D0TLDon6"           \
    "CG8DDIy3jFoRZVkQyA=\n-----END CERTIFICATE-----\n"
#define FIRST_MANIFEST                                                                                         \
    "{\"certificate\":\"MIIB8jCCAZegAwIBAgIQVXdP2tQN5VlMXdfy4k81LzAKBggqgRzPVQGDdTAyMQswCQYDVQQGEw"            \
    "JDTjEPMA0GA1UECgwG5ryU56S6MRIwEAYDVQQDDAnmvJTnpLrmoLkwHhcNMjYxMTE3MTEwNjQwWhcNMjcxMTE4MTEw"               \
    "NjQwWjBhMQswCQYDVQQGEwJDTjESMBAGA1UECgwJ5ryU56S65biCMSEwHwYDVQQDDBjmvJTnpLrluILng5_ojYnkuJ"               \
    "PljZblsYAxGzAZBgNVBAUTEjExMzEwMDAwUTAwMDAwMDI2OTBZMBMGByqGSM49AgEGCCqBHM9VAYItA0IABGPi34XN"               \
    "PNFf5zcToeBzgOfHiMzBKlEmSvq7-_6TnVAshe2FYq4d89n11wKXzUChwB5pt_aOcfFjwYahwkylqcajYDBeMAwGA1"               \
    "UdEwEB_wQCMAAwDgYDVR0PAQH_BAQDAgbAMB0GA1UdDgQWBBRtjI9mSVa8Gv5uFw-72mM62dmEvjAfBgNVHSMEGDAW"               \
    "gBTrVEwJbS5ruzN5eoP5jdxIpDiJWjAKBggqgRzPVQGDdQNJADBGAiEAtA4lSqFi-Mey5evZ4EKHx83u3hX-LuStji"               \
    "tTkf393G8CIQDv4bidCkqCzA1MRaYI7o7Dxmq2HkcWo7ikWTuFGkkVuA\",\"demo\":true,\"face\":{\"length\":233"        \
    ",\"sm3\":\"abee81acfc904dea3adcded4071e6f79d3d11b591cb062aca705210e37a65c5f\"},\"fields\":[{\"dig"        \
    "est\":\"a06dc5bb30be1df198b57f9d4334501bbd78ad5fa24281f2a70cdaf6c9c5fe01\",\"name\":\"holder_nam"         \
    "e\",\"salt\":\"10c84cc79fc6f86caa94fe06f9a38dec\",\"title\":\"持证主体\",\"value\":\"张演示\"},{"  \
    "\"digest\":\"09d0e0c42f0130118aaa7fc9faa04d87c76bee2358d58f4826179a82851eccf5\",\"name\":\"holder"        \
    "_code\",\"salt\":\"aa44a796f952579297d61318d068ca82\",\"title\":\"持证主体代码\",\"value\":\"780"   \
    "101190001010010\"},{\"digest\":\"7a41e1f9c66aac0191469070648e9913e61507c78d91e1c1d639471e86c5b"           \
    "dfa\",\"name\":\"business_scope\",\"salt\":\"c6aa79111af7fa4257ded3a1b5883230\",\"title\":\"经营范"    \
    "围\",\"value\":\"卷烟零售\"},{\"digest\":\"38286ada47fe9887568736aec9afc8f4879283e7de68391008"       \
    "a2994d03f81458\",\"name\":\"address\",\"salt\":\"cfb61684251dad809b527782fba4be40\",\"title\":\"经营"   \
    "场所\",\"value\":\"演示区通办路1号\"}],\"fields_digest\":\"9ec1c68209f4058d4ad06b176e98f1"       \
    "2a0956c035fff44af78858f8f1ebf83a3c\",\"format\":\"tongban-licence/1\",\"holder\":{\"code_type\":\"11"     \
    "1\"},\"issued\":\"2026-11-18\",\"issuer\":{\"name\":\"演示市烟草专卖局\",\"uscc\":\"11310000Q000" \
    "000269\"},\"item\":{\"code\":\"item-1\",\"name\":\"烟草专卖零售许可证核发\"},\"licence_id\":"  \
    "\"1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.202600000001.001.3\",\"number\":\"演"          \
    "2026-0001\",\"signature\":{\"algorithm\":\"SM2-SM3\",\"value\":\"MEYCIQD-M7t_SyDin_bYkiMaC1UM15xfqFK"     \
    "gsRgu8yz79oqlZwIhALoDHcZW9cdkDcIBvoMf7g3rMjwn_H0-IDgHSAIUSJmL\"},\"signed_at\":1795000000000,"            \
    "\"type\":{\"code\":\"11310000Q000000269001\",\"name\":\"烟草专卖零售许可证\"},\"valid_from\":"   \
    "\"2026-11-18\",\"valid_to\":\"2031-11-17\",\"version\":\"001\"}"

#endif
