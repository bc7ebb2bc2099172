/* What follows from the type of a licence alone: codes, numbers, validity. */
#include "engines/identifiers/identifiers.h"
#include "modules/licences/licences_internal.h"

#define ALPHABET "0123456789ABCDEFGHJKLMNPQRTUWXY"

enum { HEAD = 8, SUBJECT = 8, INNER = HEAD + SUBJECT, CODE = INNER + 2 };

/* Fills both check characters behind 8 characters of registration and 8 of subject code. */
static bool complete(struct arena *a, struct str registration, struct str subject, struct str *code)
{
    if (registration.len != HEAD || subject.len != SUBJECT) return false;
    char *z = arena_array(a, CODE, 1);
    memcpy(z, registration.ptr, HEAD);
    memcpy(z + HEAD, subject.ptr, SUBJECT);
    bool inner = false, outer = false;
    for (const char *p = "0123456789X"; *p && !inner; p++) {
        z[INNER] = *p;
        inner = ident_organisation_subject(str_n(z + HEAD, SUBJECT + 1)) == IDENT_OK;
    }
    for (const char *p = ALPHABET; *p && inner && !outer; p++) {
        z[CODE - 1] = *p;
        outer = ident_organisation(str_n(z, CODE), NULL) == IDENT_OK;
    }
    *code = str_n(z, CODE);
    return outer;
}

struct str licences_issuer_code(struct arena *a, const struct unit *unit)
{
    struct str code;
    if (ident_organisation(unit->uscc, NULL) == IDENT_OK) return unit->uscc;
    struct str subject = str_fmt(a, "Q%07llu", (unsigned long long)unit->id % 10000000);
    return complete(a, STR("11780000"), subject, &code) ? code : STR_EMPTY;
}

bool licences_is_fictional(struct str code)
{
    return code.len == CODE && str_eq_c(str_slice(code, 2, 4), "78");
}

struct str licences_number(struct arena *a, const struct json *rule, int64_t running)
{
    struct str prefix = json_text_of(rule, "prefix"), code;
    int64_t digits = json_i64_of(rule, "digits", 8), last = 1;
    if (digits < 1 || digits > 12) digits = 8;
    for (int64_t i = 0; i < digits; i++)
        last *= 10;
    if (running < 1 || running >= last) return STR_EMPTY;
    struct str tail = str_fmt(a, "%0*lld", (int)digits, (long long)running);
    if (!str_eq_c(json_text_of(rule, "rule"), "uscc")) return str_cat(a, prefix, tail);
    return complete(a, prefix, tail, &code) ? code : STR_EMPTY;
}

/* ---- validity ---- */

/* The same day so many months on; where the month has none, the first of the next. */
static int32_t months_later(int32_t date, int64_t months)
{
    struct civil d = date_to_civil(date);
    int64_t at = (int64_t)d.year * 12 + d.month - 1 + months;
    int year = (int)(at / 12), month = (int)(at % 12) + 1;
    if (date_valid(year, month, d.day)) return date_from_civil(year, month, d.day);
    return month == 12 ? date_from_civil(year + 1, 1, 1) : date_from_civil(year, month + 1, 1);
}

static bool term(const struct json *t, int32_t from, int32_t *to)
{
    int64_t value = json_i64_of(t, "value", 0);
    struct str unit = json_text_of(t, "unit");
    if (value < 1 || value > 3650) return false;
    if (str_eq_c(unit, "year"))
        *to = months_later(from, 12 * (value > 200 ? 200 : value)) - 1;
    else if (str_eq_c(unit, "month"))
        *to = months_later(from, value > 2400 ? 2400 : value) - 1;
    else if (str_eq_c(unit, "day"))
        *to = from + (int32_t)value - 1;
    else
        return false;
    return true;
}

/* "1994-03-18" or "1994年3月18日". */
static bool read_date(struct str s, int32_t *out)
{
    int64_t part[3];
    if (date_parse(s, out)) return true;
    static const char *const ends[] = {"年", "月", "日"};
    for (int i = 0; i < 3; i++) {
        size_t at = str_find(s, str_c(ends[i]));
        if (at == SIZE_MAX || !str_to_i64(str_slice(s, 0, at), &part[i])) return false;
        s = str_slice(s, at + 3, s.len);
    }
    if (part[0] < 1800 || part[0] > 9999 || part[1] > 12 || part[2] > 31 ||
        !date_valid((int)part[0], (int)part[1], (int)part[2]))
        return false;
    *out = date_from_civil((int)part[0], (int)part[1], (int)part[2]);
    return true;
}

/* The birth date on the face, else the one in the holder's number. */
static bool birth_of(const struct json *rule, const struct json *face, struct str holder_code, int32_t *birth)
{
    struct str of = json_text_of(rule, "of");
    for (size_t at; (at = str_find_char(of, '.')) != SIZE_MAX;)
        of = str_slice(of, at + 1, of.len);
    JSON_EACH(f, face)
    {
        if (str_eq(json_text_of(f, "name"), of) && read_date(json_text_of(f, "value"), birth)) return true;
    }
    struct ident_person p;
    if (ident_person(holder_code, &p) != IDENT_OK) return false;
    *birth = date_from_civil(p.birth_year, p.birth_month, p.birth_day);
    return true;
}

static int64_t age_on(int32_t birth, int32_t day)
{
    struct civil b = date_to_civil(birth), d = date_to_civil(day);
    return d.year - b.year - (d.month < b.month || (d.month == b.month && d.day < b.day));
}

int32_t licences_valid_to(const struct json *type, const struct json *face, struct str holder_code,
                          int32_t from)
{
    const struct json *rule = json_get(type, "validity_rule");
    int32_t birth, to;
    if (str_eq_c(json_text_of(rule, "by"), "age")) {
        bool known = birth_of(rule, face, holder_code, &birth);
        JSON_EACH(one, json_get(rule, "cases"))
        {
            if (known && age_on(birth, from) < json_i64_of(one, "under", 0) && term(one, from, &to))
                return to;
        }
        if (term(json_get(rule, "else"), from, &to)) return to;
    }
    return term(json_get(type, "validity"), from, &to) ? to : 0;
}
