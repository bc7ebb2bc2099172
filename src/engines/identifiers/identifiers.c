#include "engines/identifiers/identifiers.h"

#include "core/base/time.h"

static const char mod37_alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const char track_alphabet[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i])) return false;
    return true;
}

static bool all_alphanumeric(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]) && !is_upper(s.ptr[i])) return false;
    return true;
}

/* Value of a digit or capital, A = 10; −1 otherwise. */
static int value36(char c)
{
    if (is_digit(c)) return c - '0';
    if (is_upper(c)) return c - 'A' + 10;
    return -1;
}

static int digits_to_int(const char *p, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; i++)
        n = n * 10 + (p[i] - '0');
    return n;
}

const char *ident_msgid(enum ident_reason reason)
{
    switch (reason) {
    case IDENT_OK:
        return "";
    case IDENT_EMPTY:
        return "Enter the number.";
    case IDENT_LENGTH:
        return "The number does not have the right length.";
    case IDENT_CHARACTER:
        return "The number contains a character that cannot stand there.";
    case IDENT_PREFIX:
        return "The number begins like another kind of document.";
    case IDENT_DATE:
        return "The number contains a date that does not exist.";
    case IDENT_CHECK:
        return "The last character does not fit the number. Please look for a typing error.";
    case IDENT_INNER_CHECK:
        return "The organisation code inside the number has a typing error.";
    case IDENT_AUTHORITY:
        return "The first two characters name no registering authority.";
    case IDENT_ROOT:
        return "This is not a licence identifier.";
    case IDENT_PARTS:
        return "The licence identifier does not have all its parts.";
    case IDENT_TYPE:
        return "The licence type in the identifier is wrong.";
    case IDENT_ISSUER:
        return "The issuer in the identifier is wrong.";
    case IDENT_SERIAL:
        return "The serial number in the identifier is wrong.";
    case IDENT_VERSION:
        return "The version in the identifier is wrong.";
    case IDENT_UNKNOWN:
        return "Unknown kind of document.";
    }
    return "";
}

/* ---- normalising ---- */

static bool is_dropped(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0xA0 || (c >= 0x2000 && c <= 0x200D) || c == 0x202F ||
           c == 0x205F || c == 0x3000 || c == 0xFEFF || c == '-' || (c >= 0x2010 && c <= 0x2015) ||
           c == 0x2212;
}

bool ident_normalise(struct str in, char *out, size_t cap, struct str *normal)
{
    size_t used = 0;
    *normal = STR_EMPTY;
    if (!utf8_valid(in)) return false;
    for (size_t pos = 0; pos < in.len;) {
        uint32_t c = utf8_next(in, &pos);
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
        if (is_dropped(c)) continue;
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        char bytes[4];
        size_t n = utf8_put(bytes, c);
        if (n > cap - used) return false;
        memcpy(out + used, bytes, n);
        used += n;
    }
    *normal = str_n(out, used);
    return true;
}

/* ---- citizens ---- */

char ident_mod11_2(const char digits[17])
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        if (!is_digit(digits[i])) return 0;
        sum += (digits[i] - '0') * weights[i];
    }
    return "10X98765432"[sum % 11];
}

static bool province_known(int prefix)
{
    static const signed char known[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                        35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                        53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    for (size_t i = 0; i < sizeof known; i++)
        if (known[i] == prefix) return true;
    return false;
}

static enum ident_person_kind person_kind(const char *number)
{
    if (number[0] == '9') return IDENT_PERMANENT_FOREIGNER;
    if (memcmp(number, "810000", 6) == 0) return IDENT_RESIDENT_HONG_KONG;
    if (memcmp(number, "820000", 6) == 0) return IDENT_RESIDENT_MACAO;
    if (memcmp(number, "830000", 6) == 0) return IDENT_RESIDENT_TAIWAN;
    return IDENT_CITIZEN;
}

enum ident_reason ident_person(struct str number, struct ident_person *out)
{
    struct ident_person p = {0};
    if (number.len == 0) return IDENT_EMPTY;
    if (number.len == 15) {
        if (!all_digits(number)) return IDENT_CHARACTER;
        memcpy(p.number, number.ptr, 6);
        memcpy(p.number + 6, "19", 2);
        memcpy(p.number + 8, number.ptr + 6, 9);
        p.number[17] = ident_mod11_2(p.number);
        p.upgraded = true;
    } else if (number.len == 18) {
        char last = number.ptr[17];
        if (!all_digits(str_slice(number, 0, 17)) || !(is_digit(last) || last == 'X')) return IDENT_CHARACTER;
        memcpy(p.number, number.ptr, 18);
    } else {
        return IDENT_LENGTH;
    }
    p.kind = person_kind(p.number);
    memcpy(p.division, p.number, 6);
    p.division_known = p.kind != IDENT_PERMANENT_FOREIGNER && province_known(digits_to_int(p.number, 2));
    p.birth_year = digits_to_int(p.number + 6, 4);
    p.birth_month = digits_to_int(p.number + 10, 2);
    p.birth_day = digits_to_int(p.number + 12, 2);
    if (p.birth_year < 1800 || !date_valid(p.birth_year, p.birth_month, p.birth_day)) return IDENT_DATE;
    p.sex = (p.number[16] - '0') % 2 ? IDENT_SEX_MALE : IDENT_SEX_FEMALE;
    if (ident_mod11_2(p.number) != p.number[17]) return IDENT_CHECK;
    if (out) *out = p;
    return IDENT_OK;
}

enum ident_reason ident_citizen(struct str number, struct ident_person *out)
{
    struct ident_person p;
    enum ident_reason r = ident_person(number, &p);
    if (r != IDENT_OK) return r;
    if (p.kind != IDENT_CITIZEN) return IDENT_PREFIX;
    if (out) *out = p;
    return IDENT_OK;
}

/* ---- organisations ---- */

static int value_uscc(char c)
{
    const char *at = c ? strchr(uscc_alphabet, c) : NULL;
    return at ? (int)(at - uscc_alphabet) : -1;
}

enum ident_reason ident_organisation_subject(struct str code)
{
    static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    if (code.len == 0) return IDENT_EMPTY;
    if (code.len != 9) return IDENT_LENGTH;
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        int v = value36(code.ptr[i]);
        if (v < 0) return IDENT_CHARACTER;
        sum += v * weights[i];
    }
    if (!is_digit(code.ptr[8]) && code.ptr[8] != 'X') return IDENT_CHARACTER;
    return "0X987654321"[sum % 11] == code.ptr[8] ? IDENT_OK : IDENT_CHECK;
}

/* Registering authority → the kinds it registers (GB 32100 table; villages and neighbourhoods under 5). */
static bool authority_kind_known(char authority, char kind)
{
    static const struct {
        char authority;
        const char *kinds;
    } table[] = {{'1', "1239"}, {'2', "19"}, {'3', "123459"}, {'4', "19"}, {'5', "123459"}, {'6', "129"},
                 {'7', "129"},  {'8', "19"}, {'9', "123"},    {'A', "19"}, {'N', "1239"},   {'Y', "1"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].authority == authority) return strchr(table[i].kinds, kind) != NULL;
    return false;
}

enum ident_reason ident_organisation(struct str code, struct ident_organisation *out)
{
    static const int weights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    if (code.len == 0) return IDENT_EMPTY;
    if (code.len != 18) return IDENT_LENGTH;
    int sum = 0;
    for (int i = 0; i < 18; i++) {
        int v = value_uscc(code.ptr[i]);
        if (v < 0) return IDENT_CHARACTER;
        if (i < 17) sum += v * weights[i];
    }
    if (!all_digits(str_slice(code, 2, 8))) return IDENT_CHARACTER;
    if (!authority_kind_known(code.ptr[0], code.ptr[1])) return IDENT_AUTHORITY;
    if (uscc_alphabet[(31 - sum % 31) % 31] != code.ptr[17]) return IDENT_CHECK;
    if (ident_organisation_subject(str_slice(code, 8, 17)) != IDENT_OK) return IDENT_INNER_CHECK;
    if (out) {
        out->authority = code.ptr[0];
        out->kind = code.ptr[1];
        memcpy(out->division, code.ptr + 2, 6);
        memcpy(out->subject, code.ptr + 8, 9);
    }
    return IDENT_OK;
}

/* ---- licences ---- */

static int mod37_step(int p, int value)
{
    p = (p + value) % 36;
    if (p == 0) p = 36;
    return 2 * p % 37;
}

/* Folds the text into the running value; false when a character has no value. */
static bool mod37_fold(int *p, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        int v = value36(text.ptr[i]);
        if (v < 0) return false;
        *p = mod37_step(*p, v);
    }
    return true;
}

static char mod37_check(int p)
{
    return mod37_alphabet[(37 - p) % 36];
}

char ident_mod37_36(struct str text)
{
    int p = 36;
    return mod37_fold(&p, text) ? mod37_check(p) : 0;
}

static enum ident_reason licence_parts(const struct ident_licence *l)
{
    if (l->type.len != 21 || ident_organisation(str_slice(l->type, 0, 18), NULL) != IDENT_OK ||
        !all_digits(str_slice(l->type, 18, 21)))
        return IDENT_TYPE;
    if (ident_organisation(l->issuer, NULL) != IDENT_OK) return IDENT_ISSUER;
    if (l->serial.len == 0 || l->serial.len > 64 || !all_alphanumeric(l->serial)) return IDENT_SERIAL;
    if (l->version.len != 3 || !all_digits(l->version) || memcmp(l->version.ptr, "000", 3) == 0)
        return IDENT_VERSION;
    return IDENT_OK;
}

static char licence_check(const struct ident_licence *l)
{
    int p = 36;
    if (!mod37_fold(&p, l->type) || !mod37_fold(&p, l->issuer) || !mod37_fold(&p, l->serial) ||
        !mod37_fold(&p, l->version))
        return 0;
    return mod37_check(p);
}

enum ident_reason ident_licence_parse(struct str text, struct ident_licence *out)
{
    struct ident_licence l = {0};
    if (text.len == 0) return IDENT_EMPTY;
    if (text.len > IDENT_LICENCE_MAX) return IDENT_LENGTH;
    if (!str_starts(text, STR(IDENT_LICENCE_ROOT "."))) return IDENT_ROOT;
    struct str rest = str_slice(text, sizeof IDENT_LICENCE_ROOT, text.len);
    size_t dots = 0;
    for (size_t i = 0; i < rest.len; i++)
        dots += rest.ptr[i] == '.';
    if (dots != 4) return IDENT_PARTS;
    rest = str_cut(rest, '.', &l.type);
    rest = str_cut(rest, '.', &l.issuer);
    rest = str_cut(rest, '.', &l.serial);
    rest = str_cut(rest, '.', &l.version);
    enum ident_reason r = licence_parts(&l);
    if (r != IDENT_OK) return r;
    if (rest.len != 1 || value36(rest.ptr[0]) < 0) return IDENT_PARTS;
    l.check = rest.ptr[0];
    if (licence_check(&l) != l.check) return IDENT_CHECK;
    if (out) *out = l;
    return IDENT_OK;
}

enum ident_reason ident_licence_compose(struct str type, struct str issuer, struct str serial, int version,
                                        char out[IDENT_LICENCE_MAX], struct str *text)
{
    if (version < 1 || version > 999) return IDENT_VERSION;
    char digits[3] = {(char)('0' + version / 100), (char)('0' + version / 10 % 10),
                      (char)('0' + version % 10)};
    struct ident_licence l = {type, issuer, serial, str_n(digits, 3), 0};
    enum ident_reason r = licence_parts(&l);
    if (r != IDENT_OK) return r;
    char check = licence_check(&l);
    const struct str parts[] = {STR(IDENT_LICENCE_ROOT), type, issuer, serial, l.version, str_n(&check, 1)};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (i) out[used++] = '.';
        memcpy(out + used, parts[i].ptr, parts[i].len);
        used += parts[i].len;
    }
    *text = str_n(out, used);
    return IDENT_OK;
}

/* ---- cases ---- */

enum ident_reason ident_case_no(struct str number, struct ident_case_no *out)
{
    if (number.len == 0) return IDENT_EMPTY;
    if (number.len != IDENT_CASE_NO) return IDENT_LENGTH;
    if (!all_digits(str_slice(number, 0, IDENT_CASE_NO - 1)) || value36(number.ptr[IDENT_CASE_NO - 1]) < 0)
        return IDENT_CHARACTER;
    int year = digits_to_int(number.ptr + 6, 4), month = digits_to_int(number.ptr + 10, 2),
        day = digits_to_int(number.ptr + 12, 2);
    if (year < 1000 || !date_valid(year, month, day)) return IDENT_DATE;
    if (ident_mod37_36(str_slice(number, 0, IDENT_CASE_NO - 1)) != number.ptr[IDENT_CASE_NO - 1])
        return IDENT_CHECK;
    if (out) {
        memcpy(out->division, number.ptr, 6);
        out->date = date_from_civil(year, month, day);
        out->sequence = digits_to_int(number.ptr + 14, 7);
    }
    return IDENT_OK;
}

static void put_digits(char *out, int width, int64_t n)
{
    for (int i = width - 1; i >= 0; i--, n /= 10)
        out[i] = (char)('0' + n % 10);
}

bool ident_case_no_make(struct str division, int32_t date, int64_t sequence, char out[IDENT_CASE_NO])
{
    struct civil c = date_to_civil(date);
    if (division.len != 6 || !all_digits(division) || sequence < 0 || sequence > 9999999 || c.year < 1000 ||
        c.year > 9999)
        return false;
    memcpy(out, division.ptr, 6);
    put_digits(out + 6, 4, c.year);
    put_digits(out + 10, 2, c.month);
    put_digits(out + 12, 2, c.day);
    put_digits(out + 14, 7, sequence);
    out[IDENT_CASE_NO - 1] = ident_mod37_36(str_n(out, IDENT_CASE_NO - 1));
    return true;
}

void ident_track_code_make(uint64_t random, char out[IDENT_TRACK_CODE])
{
    for (int i = 0; i < IDENT_TRACK_CODE; i++, random /= sizeof track_alphabet - 1)
        out[i] = track_alphabet[random % (sizeof track_alphabet - 1)];
}

enum ident_reason ident_track_code(struct str code)
{
    if (code.len == 0) return IDENT_EMPTY;
    if (code.len != IDENT_TRACK_CODE) return IDENT_LENGTH;
    for (size_t i = 0; i < code.len; i++)
        if (!code.ptr[i] || !strchr(track_alphabet, code.ptr[i])) return IDENT_CHARACTER;
    return IDENT_OK;
}
