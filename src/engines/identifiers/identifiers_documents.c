/* Phones, travel documents, and what of a number may be shown. */
#include "core/base/buf.h"
#include "engines/identifiers/identifiers.h"

/* A pattern is a row of classes: 9 digit, A letter, P letter but I and O, N letter or digit; any other
 * character (written in lower case) stands for itself. */
static bool fits(struct str s, const char *pattern)
{
    if (s.len != strlen(pattern)) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], p = pattern[i];
        bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'Z';
        if (p == '9'   ? !digit
            : p == 'A' ? !letter
            : p == 'P' ? !letter || c == 'I' || c == 'O'
            : p == 'N' ? !digit && !letter
                       : c != p - ('a' - 'A'))
            return false;
    }
    return true;
}

static enum ident_reason any_of(struct str s, const char *const *patterns)
{
    bool length = false;
    if (s.len == 0) return IDENT_EMPTY;
    for (; *patterns; patterns++) {
        if (fits(s, *patterns)) return IDENT_OK;
        length |= s.len == strlen(*patterns);
    }
    return length ? IDENT_CHARACTER : IDENT_LENGTH;
}

enum ident_reason ident_mobile(struct str number, struct str *local)
{
    if (number.len == 14 && str_starts(number, STR("+86"))) number = str_slice(number, 3, 14);
    if (number.len == 13 && str_starts(number, STR("86"))) number = str_slice(number, 2, 13);
    if (number.len == 0) return IDENT_EMPTY;
    if (number.len != 11) return IDENT_LENGTH;
    if (!fits(number, "99999999999")) return IDENT_CHARACTER;
    if (number.ptr[0] != '1' || number.ptr[1] < '3') return IDENT_PREFIX;
    if (local) *local = number;
    return IDENT_OK;
}

enum ident_reason ident_passport_prc(struct str number)
{
    static const char *const patterns[] = {"e99999999", "eP9999999", "g99999999", "se9999999", "pe9999999",
                                           "de9999999", "s9999999",  "s99999999", "p9999999",  "p99999999",
                                           "d9999999",  "d99999999", NULL};
    return any_of(number, patterns);
}

enum ident_reason ident_passport_foreign(struct str number)
{
    bool digit = false;
    if (number.len == 0) return IDENT_EMPTY;
    if (number.len < 5 || number.len > 20) return IDENT_LENGTH;
    for (size_t i = 0; i < number.len; i++) {
        char c = number.ptr[i];
        digit |= c >= '0' && c <= '9';
        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return IDENT_CHARACTER;
    }
    return digit ? IDENT_OK : IDENT_CHARACTER;
}

enum ident_reason ident_permit_hk_macao(struct str number)
{
    static const char *const patterns[] = {"h99999999", "m99999999", "h9999999999", "m9999999999", NULL};
    return any_of(number, patterns);
}

enum ident_reason ident_permit_taiwan(struct str number)
{
    static const char *const patterns[] = {"99999999", "9999999999", "99999999A", "9999999999A", NULL};
    return any_of(number, patterns);
}

enum ident_reason ident_permit_outbound(struct str number)
{
    static const char *const patterns[] = {"cNNNNNNNN", "tNNNNNNNN", "lNNNNNNNN", NULL};
    return any_of(number, patterns);
}

enum ident_reason ident_permanent_foreigner(struct str number)
{
    struct ident_person p;
    if (number.len == 15) return fits(number, "AAA999999999999") ? IDENT_OK : IDENT_CHARACTER;
    enum ident_reason r = ident_person(number, &p);
    if (r == IDENT_OK && p.kind != IDENT_PERMANENT_FOREIGNER) return IDENT_PREFIX;
    return r;
}

char ident_mrz_check(struct str field)
{
    static const int weights[3] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : c == '<' ? 0 : -1;
        if (v < 0) return 0;
        sum = (sum + v * weights[i % 3]) % 10;
    }
    return (char)('0' + sum);
}

static enum ident_reason check_citizen(struct str value)
{
    return ident_citizen(value, NULL);
}

static enum ident_reason check_organisation(struct str value)
{
    return ident_organisation(value, NULL);
}

static enum ident_reason check_passport(struct str value)
{
    /* 414 is any country's ordinary passport; ours is the narrower form. */
    return ident_passport_foreign(value);
}

const struct ident_document ident_documents[] = {
    {"111", "Citizen identity card", check_citizen},
    {"112", "Temporary identity card", check_citizen},
    {"001", "Unified social credit code", check_organisation},
    {"411", "Diplomatic passport", check_passport},
    {"412", "Service passport", check_passport},
    {"414", "Ordinary passport", check_passport},
    {"511", "Mainland travel permit for Taiwan residents", ident_permit_taiwan},
    {"516", "Mainland travel permit for Hong Kong and Macao residents", ident_permit_hk_macao},
    {"553", "Foreign permanent resident identity card", ident_permanent_foreigner},
};
const size_t ident_document_count = sizeof ident_documents / sizeof ident_documents[0];

enum ident_reason ident_document_check(struct str code, struct str value)
{
    for (size_t i = 0; i < ident_document_count; i++)
        if (str_eq_c(code, ident_documents[i].code)) return ident_documents[i].check(value);
    return IDENT_UNKNOWN;
}

struct str ident_mask(struct arena *a, struct str text, size_t head, size_t tail)
{
    size_t count = utf8_count(text), index = 0;
    struct buf out = buf_new(a, text.len);
    bool hide_all = head >= count || tail >= count - head;
    for (size_t pos = 0; pos < text.len; index++) {
        size_t from = pos;
        utf8_next(text, &pos);
        if (!hide_all && (index < head || index >= count - tail))
            buf_add(&out, str_slice(text, from, pos));
        else
            buf_add_char(&out, '*');
    }
    return buf_str(&out);
}

struct str ident_mask_name(struct arena *a, struct str name)
{
    return ident_mask(a, name, 1, 0);
}

struct str ident_mask_number(struct arena *a, struct str number)
{
    return ident_mask(a, number, 1, 1);
}

struct str ident_mask_phone(struct arena *a, struct str phone)
{
    return ident_mask(a, phone, 3, 4);
}
