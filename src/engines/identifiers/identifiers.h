/* Numbers that name people, organisations, licences and cases: normalise, check, take apart, make, mask.
 *
 * Pure and table-driven; nothing is allocated except by the ident_mask_ functions, which make new text in the
 * arena given. Checkers want normalised input (ident_normalise) and answer with one precise reason;
 * ident_msgid gives the sentence for it. A wrong check digit is reported, never repaired.
 * Standards: GB 11643-1999 (citizens), GB 32100-2015 and GB 11714-1997 (organisations), GB/T 36904-2018
 * (licences), GB/T 17710 = ISO 7064 (check characters), ICAO 9303 (machine-readable zone). */
#ifndef TB_IDENTIFIERS_H
#define TB_IDENTIFIERS_H

#include "core/base/str.h"

enum ident_reason {
    IDENT_OK,
    IDENT_EMPTY,
    IDENT_LENGTH,
    IDENT_CHARACTER,   /* a character that cannot stand there */
    IDENT_PREFIX,      /* the leading characters belong to another kind of number */
    IDENT_DATE,        /* no such day */
    IDENT_CHECK,       /* the check character does not fit: a typing error */
    IDENT_INNER_CHECK, /* the organisation code inside does not fit its own check character */
    IDENT_AUTHORITY,   /* no such pair of registering authority and kind */
    IDENT_ROOT,        /* not below 1.2.156.3005.2 */
    IDENT_PARTS,       /* wrong number of parts between the dots */
    IDENT_TYPE,        /* licence type code is not an organisation code and three digits */
    IDENT_ISSUER,      /* issuer is not an organisation code */
    IDENT_SERIAL,
    IDENT_VERSION, /* not three digits from 001 */
    IDENT_UNKNOWN  /* no such kind of document */
};

/* A sentence in English; "" for IDENT_OK. */
const char *ident_msgid(enum ident_reason reason);

/* Full-width to half-width, upper case, without spaces and hyphens of any width. Writes at most cap bytes
 * (no NUL) and sets *normal to them; false when it does not fit or is not UTF-8. */
bool ident_normalise(struct str in, char *out, size_t cap, struct str *normal);

/* ---- 公民身份号码 and numbers of the same build ---- */
enum ident_person_kind {
    IDENT_CITIZEN,
    IDENT_RESIDENT_HONG_KONG, /* 港澳居民居住证, 810000 */
    IDENT_RESIDENT_MACAO,     /* 820000 */
    IDENT_RESIDENT_TAIWAN,    /* 台湾居民居住证, 830000 */
    IDENT_PERMANENT_FOREIGNER /* 外国人永久居留身份证 of 2023: 9 + place 2 + nationality 3 + birth 8 + 3 +
                                 check */
};
enum { IDENT_SEX_MALE = 1, IDENT_SEX_FEMALE = 2 }; /* GB/T 2261.1 */
struct ident_person {
    enum ident_person_kind kind;
    char number[18];     /* always the long form */
    char division[6];    /* for foreigners: the six characters after which the birth date follows */
    bool division_known; /* the first two digits are a province's; false is a warning, not an error */
    int birth_year, birth_month, birth_day;
    int sex;
    bool upgraded; /* made from the old 15 digits */
};
/* Normalised input of 18, or of the old 15 digits (born 19yy, no check). *out may be NULL. */
enum ident_reason ident_person(struct str number, struct ident_person *out);
/* As above, but a citizen's number only (prefixes 81–83 and 9 give IDENT_PREFIX). */
enum ident_reason ident_citizen(struct str number, struct ident_person *out);
/* ISO 7064 MOD 11-2 over 17 digits: '0'…'9' or 'X'; 0 when one is no digit. */
char ident_mod11_2(const char digits[17]);

/* ---- 统一社会信用代码 ---- */
struct ident_organisation {
    char authority, kind; /* first and second character */
    char division[6];
    char subject[9]; /* 组织机构代码 */
};
enum ident_reason ident_organisation(struct str code, struct ident_organisation *out);
/* 组织机构代码, 9 characters with its check. */
enum ident_reason ident_organisation_subject(struct str code);

/* ---- 电子证照标识 ---- */
enum { IDENT_LICENCE_MAX = 128 };
#define IDENT_LICENCE_ROOT "1.2.156.3005.2"
struct ident_licence {
    struct str type;    /* 21: organisation code + 3 digits */
    struct str issuer;  /* 18 */
    struct str serial;  /* digits and capitals */
    struct str version; /* 3 digits */
    char check;
};
/* Parts borrow from `text`. Upper-case input; do not normalise (dots matter, hyphens do not occur). */
enum ident_reason ident_licence_parse(struct str text, struct ident_licence *out);
/* Writes the identifier with its check character (p->check is ignored); version 1…999. */
enum ident_reason ident_licence_compose(struct str type, struct str issuer, struct str serial, int version,
                                        char out[IDENT_LICENCE_MAX], struct str *text);
/* GB/T 17710 MOD 37,36 over digits and capitals; 0 when another character occurs. */
char ident_mod37_36(struct str text);

/* ---- 办件编号: division 6 + yyyymmdd + sequence 7 + check (MOD 37,36) ---- */
enum { IDENT_CASE_NO = 22, IDENT_TRACK_CODE = 8 };
struct ident_case_no {
    char division[6];
    int32_t date; /* days, core/base/time.h */
    int64_t sequence;
};
enum ident_reason ident_case_no(struct str number, struct ident_case_no *out);
/* sequence 0…9999999; false where division or sequence do not fit. */
bool ident_case_no_make(struct str division, int32_t date, int64_t sequence, char out[IDENT_CASE_NO]);
/* 查询码: 30 letters and digits that are not taken for one another, about 39 bits of the random number given.
 */
void ident_track_code_make(uint64_t random, char out[IDENT_TRACK_CODE]);
enum ident_reason ident_track_code(struct str code);

/* ---- phones and other documents ---- */
/* Normalised: 11 digits 1[3-9]…; a leading 86 or +86 is accepted and skipped. *local gets the 11 digits. */
enum ident_reason ident_mobile(struct str number, struct str *local);
enum ident_reason ident_passport_prc(struct str number);     /* E/G ordinary, and service passports */
enum ident_reason ident_passport_foreign(struct str number); /* 5–20 letters and digits, one digit at least */
enum ident_reason ident_permit_hk_macao(struct str number); /* 港澳居民来往内地通行证 */
enum ident_reason ident_permit_taiwan(struct str number);   /* 台湾居民来往大陆通行证 */
enum ident_reason ident_permit_outbound(struct str number); /* 往来港澳/台湾通行证 */
enum ident_reason
ident_permanent_foreigner(struct str number); /* new 18 digits or old 3 letters + 12 digits */
/* ICAO 9303 check digit, weights 7 3 1; 0 when a character is not of the zone. */
char ident_mrz_check(struct str field);

/* Document kinds by their code (GA/T 2000.156; 001 and 111 as in electronic licences). */
struct ident_document {
    const char *code;  /* "111" */
    const char *title; /* msgid */
    enum ident_reason (*check)(struct str value);
};
extern const struct ident_document ident_documents[];
extern const size_t ident_document_count;
enum ident_reason ident_document_check(struct str code, struct str value);

/* ---- masking for display ----
 * Names keep their first character (张*). Numbers of documents keep the first and the last character only
 * (7****************X): enough to recognise one's own, not enough to guess the rest. Phones keep 3 and 4. */
struct arena;
struct str ident_mask_name(struct arena *a, struct str name);
struct str ident_mask_number(struct arena *a, struct str number);
struct str ident_mask_phone(struct arena *a, struct str phone);
/* Stars for all but the first `head` and last `tail` code points; all stars when nothing would be hidden. */
struct str ident_mask(struct arena *a, struct str text, size_t head, size_t tail);

#endif
