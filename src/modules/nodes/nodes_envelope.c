#include "modules/nodes/nodes_envelope.h"

enum { FINGERPRINT_DIGITS = 32, GROUP = 4 };

static struct str said(struct arena *a, const char *kind, struct str text)
{
    return str_fmt(a, "tongban-%s/1\n%.*s", kind, STR_ARG(text));
}

bool envelope_seal(struct arena *a, const char *kind, struct str text, const struct sm2_key *key,
                   struct str *out, struct err *e)
{
    struct str signature;
    struct json *o = json_object(a);
    if (!sm2_sign(a, key, said(a, kind, text), &signature, e)) return false;
    json_set_str(a, o, "signed", text);
    json_set_str(a, o, "signature", str_base64(a, signature.ptr, signature.len));
    *out = json_to_str(a, o);
    return true;
}

bool envelope_open(struct arena *a, struct str bytes, struct envelope *out, struct err *e)
{
    const struct json *o = json_parse(a, bytes, JSON_STRICT, e);
    if (!o) return false;
    out->text = json_text_of(o, "signed");
    if (out->text.len && str_unbase64(a, json_text_of(o, "signature"), &out->signature)) return true;
    return err_invalid(e, "nodes.envelope", "This is no signed document of a node.");
}

bool envelope_signed(struct arena *a, const char *kind, const struct envelope *v, const struct sm2_pub *key)
{
    return sm2_verify(key, said(a, kind, v->text), v->signature);
}

struct str text_digest(struct arena *a, struct str text)
{
    uint8_t digest[SM3_SIZE];
    sm3(text, digest);
    return str_hex(a, digest, SM3_SIZE);
}

struct str key_fingerprint(struct arena *a, const struct sm2_pub *key)
{
    uint8_t point[SM2_POINT];
    struct buf b = buf_new(a, FINGERPRINT_DIGITS * 2);
    if (!sm2_point(key, point)) return STR_EMPTY;
    struct str hex = text_digest(a, str_n(point, sizeof point));
    for (size_t i = 0; i < FINGERPRINT_DIGITS; i += GROUP) {
        if (i) buf_add_char(&b, ' ');
        buf_add(&b, str_slice(hex, i, i + GROUP));
    }
    return buf_str(&b);
}
