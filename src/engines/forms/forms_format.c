#include "core/base/time.h"
#include "engines/forms/forms_internal.h"
#include "engines/identifiers/identifiers.h"

/* ---- text ---- */

static bool not_for_text(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || (c & 0xFFFE) == 0xFFFE;
}

static uint32_t half_width(uint32_t c, enum form_text_mode mode)
{
    if (c == 0x3000 || c == 0xA0) return ' ';
    if (c < 0xFF01 || c > 0xFF5E) return c;
    uint32_t half = c - 0xFEE0;
    bool word = (half >= '0' && half <= '9') || (half >= 'A' && half <= 'Z') || (half >= 'a' && half <= 'z');
    /* Full-width punctuation is right in Chinese sentences. */
    return word || mode == FORM_CODE ? half : c;
}

bool form_normalise(struct arena *a, struct str in, enum form_text_mode mode, struct str *out)
{
    *out = STR_EMPTY;
    if (!utf8_valid(in)) return false;
    struct buf b = buf_new(a, in.len);
    for (size_t pos = 0; pos < in.len;) {
        size_t plain = pos;
        while (plain < in.len && in.ptr[plain] >= ' ' && in.ptr[plain] < 0x7f)
            plain++;
        buf_add(&b, str_slice(in, pos, plain));
        if ((pos = plain) == in.len) break;
        uint32_t c = utf8_next(in, &pos);
        if (c == '\r') {
            if (pos < in.len && in.ptr[pos] == '\n') continue;
            c = '\n';
        }
        if (c == '\t' || (c == '\n' && mode != FORM_BLOCK)) c = ' ';
        if (c == 0xFEFF || c == 0x200B) continue;
        if (c != '\n' && not_for_text(c)) return false;
        char bytes[4];
        size_t n = utf8_put(bytes, half_width(c, mode));
        buf_add(&b, str_n(bytes, n));
    }
    *out = str_trim(buf_str(&b));
    return true;
}

/* ---- numbers ---- */

bool form_decimal(struct str s, int64_t *micro)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = negative, digits = 0, places = 0;
    int64_t n = 0;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, digits++) {
        if (digits == 12) return false;
        n = n * 10 + (s.ptr[i] - '0');
    }
    if (digits == 0) return false;
    if (i < s.len && s.ptr[i] == '.') {
        for (i++; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, places++) {
            if (places == 6) return false;
            n = n * 10 + (s.ptr[i] - '0');
        }
        if (places == 0) return false;
    }
    if (i != s.len) return false;
    for (; places < 6; places++)
        n *= 10;
    *micro = negative ? -n : n;
    return true;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

/* Without the given characters. */
static struct str without(struct arena *a, struct str s, const char *dropped)
{
    struct buf b = buf_new(a, s.len);
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(dropped, s.ptr[i])) buf_add_char(&b, s.ptr[i]);
    return buf_str(&b);
}

/* ---- formats ---- */

static bool ident_normal(struct arena *a, struct str in, struct str *normal)
{
    char *room = arena_alloc(a, in.len + 1);
    return ident_normalise(in, room, in.len, normal);
}

static const char *sentence(enum ident_reason reason)
{
    return reason == IDENT_OK ? NULL : ident_msgid(reason);
}

static const char *check_id_number(struct arena *a, struct str in, struct str *out)
{
    struct ident_person person;
    if (!ident_normal(a, in, out)) return ident_msgid(IDENT_CHARACTER);
    enum ident_reason reason = ident_person(*out, &person);
    if (reason == IDENT_OK) *out = str_dup(a, str_n(person.number, sizeof person.number));
    return sentence(reason);
}

static const char *check_uscc(struct arena *a, struct str in, struct str *out)
{
    if (!ident_normal(a, in, out)) return ident_msgid(IDENT_CHARACTER);
    return sentence(ident_organisation(*out, NULL));
}

static const char *check_mobile(struct arena *a, struct str in, struct str *out)
{
    struct str local = STR_EMPTY;
    if (!ident_normal(a, in, out) || ident_mobile(*out, &local) != IDENT_OK)
        return "Please enter a mobile phone number of 11 digits.";
    *out = local;
    return NULL;
}

/* "2026-11-21", also "2026/1/2", "2026.1.2", "20260102" and "2026年1月2日", as people write it. */
static const char *check_date(struct arena *a, struct str in, struct str *out)
{
    static const char *const wrong = "Please enter a real date, such as 2026-11-21.";
    int part[3] = {0, 0, 0}, digits[3] = {0, 0, 0};
    size_t at = 0;
    bool separated = false;
    for (size_t pos = 0; pos < in.len;) {
        uint32_t c = utf8_next(in, &pos);
        if (c >= '0' && c <= '9') {
            if (!separated && at < 2 && digits[at] == (at == 0 ? 4 : 2)) at++;
            if (++digits[at] > 4) return wrong;
            part[at] = part[at] * 10 + (int)(c - '0');
        } else if (c == 0x65E5) { /* 日 */
            if (pos != in.len) return wrong;
        } else if (c == '-' || c == '/' || c == '.' || c == 0x5E74 || c == 0x6708) { /* 年 月 */
            if (digits[at] == 0 || at == 2 || pos == in.len || (at && !separated)) return wrong;
            separated = true;
            at++;
        } else if (c != ' ') {
            return wrong;
        }
    }
    if (digits[0] != 4 || digits[1] < 1 || digits[1] > 2 || digits[2] < 1 || digits[2] > 2 ||
        part[0] < 1000 || !date_valid(part[0], part[1], part[2]))
        return wrong;
    *out = date_format(a, date_from_civil(part[0], part[1], part[2]));
    return NULL;
}

/* GB/T 2260 (6 digits) and its extension to streets and villages (9, 12). */
static const char *check_division(struct arena *a, struct str in, struct str *out)
{
    *out = without(a, in, " ");
    if (all_digits(*out) && (out->len == 6 || out->len == 9 || out->len == 12)) return NULL;
    return "Please enter a division code of 6, 9 or 12 digits.";
}

static const char *check_email(struct arena *a, struct str in, struct str *out)
{
    static const char *const wrong = "Please enter an e-mail address, such as name@example.com.";
    struct str local, domain = str_cut(in, '@', &local);
    (void)a;
    *out = in;
    if (in.len > 254 || local.len == 0 || local.len > 64 || domain.len < 3) return wrong;
    for (size_t i = 0; i < in.len; i++)
        if (in.ptr[i] <= ' ' || in.ptr[i] > '~' || strchr("\"(),:;<>[\\]", in.ptr[i])) return wrong;
    if (str_find_char(domain, '@') != SIZE_MAX || str_find(in, STR("..")) != SIZE_MAX ||
        local.ptr[0] == '.' || local.ptr[local.len - 1] == '.')
        return wrong;
    bool dot = false;
    for (size_t i = 0; i < domain.len; i++) {
        char c = domain.ptr[i];
        bool end = i == 0 || i + 1 == domain.len || domain.ptr[i - 1] == '.' || domain.ptr[i + 1] == '.';
        dot = dot || c == '.';
        if ((c == '.' && (i == 0 || i + 1 == domain.len)) || (c == '-' && end)) return wrong;
        if (c != '.' && c != '-' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z'))
            return wrong;
    }
    return dot ? NULL : wrong;
}

static const char *check_postcode(struct arena *a, struct str in, struct str *out)
{
    *out = without(a, in, " ");
    return all_digits(*out) && out->len == 6 ? NULL : "Please enter a postcode of 6 digits.";
}

/* ISO/IEC 7812-1: 12 to 19 digits of which the last is the check digit. */
static const char *check_bank_card(struct arena *a, struct str in, struct str *out)
{
    *out = without(a, in, " -");
    if (!all_digits(*out) || out->len < 12 || out->len > 19)
        return "Please enter a bank card number of 12 to 19 digits.";
    int sum = 0;
    for (size_t i = 0; i < out->len; i++) {
        int d = out->ptr[out->len - 1 - i] - '0';
        if (i % 2) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 ? "The bank card number has a typing error." : NULL;
}

static const char *check_money(struct arena *a, struct str in, struct str *out)
{
    struct str text = without(a, in, ", ");
    const struct str before[] = {STR("\xC2\xA5"), STR("\xEF\xBF\xA5")}; /* ¥ ￥ */
    const struct str behind = STR("\xE5\x85\x83");                      /* 元 */
    for (size_t i = 0; i < 2; i++)
        if (str_starts(text, before[i])) text = str_slice(text, before[i].len, text.len);
    if (str_ends(text, behind)) text = str_slice(text, 0, text.len - behind.len);
    int64_t micro = 0;
    if (!form_decimal(text, &micro) || micro < 0 || micro % 10000)
        return "Please enter an amount in yuan, such as 1200.50.";
    *out = str_fmt(a, "%lld.%02lld", (long long)(micro / 1000000), (long long)(micro / 10000 % 100));
    return NULL;
}

/* Names of files kept elsewhere: numbers with a space between. */
static const char *check_file(struct arena *a, struct str in, struct str *out)
{
    struct str rest = in, one;
    struct buf b = buf_new(a, in.len);
    while (rest.len) {
        rest = str_cut(rest, ' ', &one);
        if (!one.len) continue;
        if (!all_digits(one) || one.len > 19) return "Please choose a file.";
        if (b.len) buf_add_char(&b, ' ');
        buf_add(&b, one);
    }
    *out = buf_str(&b);
    return NULL;
}

static const struct form_format formats[] = {
    {"id-number", "text", NULL, "off", "20", check_id_number},
    {"uscc", "text", NULL, "off", "20", check_uscc},
    {"mobile", "tel", "tel", "tel", "20", check_mobile},
    {"date", "date", NULL, NULL, "10", check_date},
    {"division", "text", "numeric", "off", "10", check_division},
    {"email", "email", "email", "email", NULL, check_email},
    {"postcode", "text", "numeric", "postal-code", "10", check_postcode},
    {"bank-card", "text", "numeric", "off", "20", check_bank_card},
    {"money", "text", "decimal", "off", "10", check_money},
    {"file", "file", NULL, NULL, NULL, check_file},
};

const struct form_format *form_format_find(struct str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_eq_c(name, formats[i].name)) return &formats[i];
    return NULL;
}
