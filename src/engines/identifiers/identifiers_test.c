#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/time.h"
#include "engines/identifiers/identifiers.h"

typedef enum ident_reason checker(struct str value);

static enum ident_reason citizen(struct str v)
{
    return ident_citizen(v, NULL);
}
static enum ident_reason person(struct str v)
{
    return ident_person(v, NULL);
}
static enum ident_reason organisation(struct str v)
{
    return ident_organisation(v, NULL);
}
static enum ident_reason licence(struct str v)
{
    return ident_licence_parse(v, NULL);
}
static enum ident_reason case_no(struct str v)
{
    return ident_case_no(v, NULL);
}

/* Every other character of the alphabet at every position. Returns how many passed the check unnoticed. */
static size_t substitutions_missed(checker *check, const char *good, const char *alphabet)
{
    size_t len = strlen(good), missed = 0;
    char text[160];
    for (size_t i = 0; i < len; i++)
        for (const char *c = alphabet; *c; c++) {
            if (*c == good[i]) continue;
            memcpy(text, good, len);
            text[i] = *c;
            missed += check(str_n(text, len)) == IDENT_OK;
        }
    return missed;
}

static size_t transpositions_missed(checker *check, const char *good, size_t *tried)
{
    size_t len = strlen(good), missed = 0;
    char text[160];
    for (size_t i = 0; i + 1 < len; i++) {
        if (good[i] == good[i + 1]) continue;
        memcpy(text, good, len);
        text[i] = good[i + 1];
        text[i + 1] = good[i];
        missed += check(str_n(text, len)) == IDENT_OK;
        ++*tried;
    }
    return missed;
}

static const char digits_x[] = "0123456789X";
static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static void citizen_numbers_published_are_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {"11010519491231002X", "110101190001010014", "310105190102030025",
                                       "510106190204050098", "33010619040607019X"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(citizen(str_c(good[i])), IDENT_OK);
}

static void citizen_number_tells_birth_sex_and_division(void **state)
{
    (void)state;
    struct ident_person p;
    assert_int_equal(ident_citizen(STR("310105190102030025"), &p), IDENT_OK);
    assert_memory_equal(p.division, "310105", 6);
    assert_true(p.division_known);
    assert_int_equal(p.birth_year, 1901);
    assert_int_equal(p.birth_month, 2);
    assert_int_equal(p.birth_day, 3);
    assert_int_equal(p.sex, IDENT_SEX_FEMALE);
    assert_int_equal(ident_citizen(STR("110101190001010014"), &p), IDENT_OK);
    assert_int_equal(p.sex, IDENT_SEX_MALE);
}

static void citizen_number_with_one_wrong_digit_is_refused(void **state)
{
    (void)state;
    static const char *const good[] = {"11010519491231002X", "110101190001010014", "310105190102030025",
                                       "510106190204050098", "33010619040607019X"};
    size_t tried = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(substitutions_missed(citizen, good[i], digits_x), 0);
        assert_int_equal(transpositions_missed(citizen, good[i], &tried), 0);
    }
    assert_true(tried > 40);
}

static void citizen_number_reasons_are_precise(void **state)
{
    (void)state;
    assert_int_equal(citizen(STR("")), IDENT_EMPTY);
    assert_int_equal(citizen(STR("1101011900010100")), IDENT_LENGTH);
    assert_int_equal(citizen(STR("1101011900010100145")), IDENT_LENGTH);
    assert_int_equal(citizen(STR("11010119000101001x")), IDENT_CHARACTER);
    assert_int_equal(citizen(STR("11010X190001010014")), IDENT_CHARACTER);
    assert_int_equal(citizen(STR("110101190013010014")), IDENT_DATE);
    assert_int_equal(citizen(STR("110101190002290014")), IDENT_DATE); /* 1900 was no leap year */
    assert_int_equal(citizen(STR("110101190001010015")), IDENT_CHECK);
    assert_int_equal(citizen(STR("810000190101010031")), IDENT_PREFIX);
}

static void unassigned_division_is_a_warning_only(void **state)
{
    (void)state;
    char text[18];
    struct ident_person p;
    memcpy(text, "780101190001010010", 18);
    text[17] = ident_mod11_2(text);
    assert_int_equal(ident_citizen(str_n(text, 18), &p), IDENT_OK);
    assert_false(p.division_known);
}

static void old_fifteen_digits_are_upgraded(void **state)
{
    (void)state;
    struct ident_person p;
    assert_int_equal(ident_citizen(STR("110101000101001"), &p), IDENT_OK);
    assert_memory_equal(p.number, "110101190001010014", 18);
    assert_true(p.upgraded);
    assert_int_equal(citizen(STR("110101001301001")), IDENT_DATE);
    assert_int_equal(citizen(STR("11010100010100X")), IDENT_CHARACTER);
}

static void residence_permits_are_recognised(void **state)
{
    (void)state;
    struct ident_person p;
    assert_int_equal(ident_person(STR("810000190101010031"), &p), IDENT_OK);
    assert_int_equal(p.kind, IDENT_RESIDENT_HONG_KONG);
    assert_int_equal(ident_person(STR("830000190101010043"), &p), IDENT_OK);
    assert_int_equal(p.kind, IDENT_RESIDENT_TAIWAN);
    assert_int_equal(substitutions_missed(person, "810000190101010031", digits_x), 0);
    char text[18];
    memcpy(text, "820000190101010030", 18);
    text[17] = ident_mod11_2(text);
    assert_int_equal(ident_person(str_n(text, 18), &p), IDENT_OK);
    assert_int_equal(p.kind, IDENT_RESIDENT_MACAO);
    memcpy(text, "911276190101010030", 18);
    text[17] = ident_mod11_2(text);
    assert_int_equal(ident_permanent_foreigner(str_n(text, 18)), IDENT_OK);
    assert_int_equal(ident_permanent_foreigner(STR("DEU110012345678")), IDENT_OK);
    assert_int_equal(ident_permanent_foreigner(STR("DEU1100123456X8")), IDENT_CHARACTER);
    assert_int_equal(ident_permanent_foreigner(STR("110101190001010014")), IDENT_PREFIX);
}

static const char *const organisations[] = {"91110000Q00000018Q", "11310000Q000000269", "12440000Q000000344",
                                            "51510000Q000000428", "92330106QA0000057W", "93370000QA00000659"};

static void organisation_codes_published_are_accepted(void **state)
{
    (void)state;
    struct ident_organisation o;
    for (size_t i = 0; i < sizeof organisations / sizeof organisations[0]; i++)
        assert_int_equal(ident_organisation(str_c(organisations[i]), &o), IDENT_OK);
    assert_int_equal(ident_organisation(STR("92330106QA0000057W"), &o), IDENT_OK);
    assert_memory_equal(o.subject, "QA0000057", 9);
    assert_memory_equal(o.division, "330106", 6);
    assert_int_equal(o.authority, '9');
    assert_int_equal(o.kind, '2');
}

static void organisation_code_with_one_wrong_character_is_refused(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < sizeof organisations / sizeof organisations[0]; i++) {
        assert_int_equal(substitutions_missed(organisation, organisations[i], letters), 0);
        assert_int_equal(transpositions_missed(organisation, organisations[i], &tried), 0);
    }
}

/* Changes the tail so that the outer check fits again: then the inner one must speak. */
static void organisation_code_reasons_are_precise(void **state)
{
    (void)state;
    assert_int_equal(organisation(STR("")), IDENT_EMPTY);
    assert_int_equal(organisation(STR("91110000Q00000018")), IDENT_LENGTH);
    assert_int_equal(organisation(STR("91110000O00000018Q")), IDENT_CHARACTER);
    assert_int_equal(organisation(STR("91110000Q00000018R")), IDENT_CHECK);
    char text[19] = "91110000Q00000019Q";
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int inner = 0;
    for (const char *c = alphabet; *c; c++) {
        text[17] = *c;
        inner += organisation(str_n(text, 18)) == IDENT_INNER_CHECK;
    }
    assert_int_equal(inner, 1);
    memcpy(text, "97", 2);
    assert_int_equal(organisation(str_n(text, 18)), IDENT_AUTHORITY);
    assert_int_equal(ident_organisation_subject(STR("Q00000018")), IDENT_OK);
    assert_int_equal(ident_organisation_subject(STR("Q00000028")), IDENT_CHECK);
}

static const char *const licences[] = {
    "1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.202600000001.001.3",
    "1.2.156.3005.2.11310000Q000000269017.11310000Q000000269.20260000000000A7.002.7",
    "1.2.156.3005.2.11310000Q000000269042.11310000Q000000269.7F3C0000000000000000000000000001.001.5"};

static void licence_identifiers_published_are_accepted_and_made_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct ident_licence l;
        assert_int_equal(ident_licence_parse(str_c(licences[i]), &l), IDENT_OK);
        char out[IDENT_LICENCE_MAX];
        struct str text;
        int version = (l.version.ptr[1] - '0') * 10 + l.version.ptr[2] - '0';
        assert_int_equal(ident_licence_compose(l.type, l.issuer, l.serial, version, out, &text), IDENT_OK);
        assert_true(str_eq_c(text, licences[i]));
    }
}

static void licence_identifier_with_one_wrong_character_is_refused(void **state)
{
    (void)state;
    size_t tried = 0, missed = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(substitutions_missed(licence, licences[i], letters), 0);
        missed += transpositions_missed(licence, licences[i], &tried);
    }
    /* MOD 37,36 promises all substitutions and nearly all transpositions. */
    assert_true(tried > 60 && missed * 50 <= tried);
}

static void licence_identifier_reasons_are_precise(void **state)
{
    (void)state;
    assert_int_equal(licence(STR("")), IDENT_EMPTY);
    assert_int_equal(licence(STR("1.2.156.3005.3.x")), IDENT_ROOT);
    assert_int_equal(licence(STR("1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.1.001")),
                     IDENT_PARTS);
    assert_int_equal(licence(STR("1.2.156.3005.2.11310000Q000000268001.11310000Q000000269.1.001.3")),
                     IDENT_TYPE);
    assert_int_equal(licence(STR("1.2.156.3005.2.11310000Q000000269001.310000.1.001.3")), IDENT_ISSUER);
    assert_int_equal(licence(STR("1.2.156.3005.2.11310000Q000000269001.11310000Q000000269..001.3")),
                     IDENT_SERIAL);
    assert_int_equal(licence(STR("1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.1.000.3")),
                     IDENT_VERSION);
    assert_int_equal(
        licence(STR("1.2.156.3005.2.11310000Q000000269001.11310000Q000000269.202600000001.001.4")),
        IDENT_CHECK);
}

static void case_number_round_trip_and_errors(void **state)
{
    (void)state;
    char out[IDENT_CASE_NO];
    char z[IDENT_CASE_NO + 1] = {0};
    assert_true(ident_case_no_make(STR("511600"), date_from_civil(2026, 11, 21), 42, out));
    memcpy(z, out, IDENT_CASE_NO);
    struct ident_case_no n;
    assert_int_equal(ident_case_no(str_n(out, IDENT_CASE_NO), &n), IDENT_OK);
    assert_int_equal(n.sequence, 42);
    assert_int_equal(n.date, date_from_civil(2026, 11, 21));
    assert_memory_equal(z, "511600202611210000042", 21);
    assert_int_equal(substitutions_missed(case_no, z, letters), 0);
    assert_int_equal(case_no(STR("511600202613210000042A")), IDENT_DATE);
    assert_int_equal(case_no(STR("51160020261121000004")), IDENT_LENGTH);
    assert_false(ident_case_no_make(STR("5116"), 0, 1, out));
    assert_false(ident_case_no_make(STR("511600"), 0, 10000000, out));
}

/* Over many numbers: all substitutions, at least 99 % of transpositions (identifiers of the standard: 99.8
 * %). */
static void case_number_check_catches_transpositions(void **state)
{
    (void)state;
    size_t tried = 0, missed = 0;
    for (int64_t i = 0; i < 400; i++) {
        char out[IDENT_CASE_NO + 1] = {0};
        assert_true(
            ident_case_no_make(STR("510106"), date_from_civil(2026, 1, 1) + (int32_t)i, i * 24989, out));
        missed += transpositions_missed(case_no, out, &tried);
    }
    assert_true(tried > 4000 && missed * 100 <= tried);
}

static void track_codes_avoid_characters_that_look_alike(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 1000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        char code[IDENT_TRACK_CODE];
        ident_track_code_make(random, code);
        assert_int_equal(ident_track_code(str_n(code, sizeof code)), IDENT_OK);
        for (size_t k = 0; k < sizeof code; k++)
            assert_null(memchr("01ILOU", code[k], 6));
    }
    assert_int_equal(ident_track_code(STR("2345678O")), IDENT_CHARACTER);
    assert_int_equal(ident_track_code(STR("2345678")), IDENT_LENGTH);
}

static void normalising_makes_what_people_type_comparable(void **state)
{
    (void)state;
    char out[32];
    struct str n;
    assert_true(ident_normalise(STR(" 11010519491231002x\n"), out, sizeof out, &n));
    assert_true(str_eq_c(n, "11010519491231002X"));
    assert_true(ident_normalise(STR("１３８　００００－1234"), out, sizeof out, &n));
    assert_true(str_eq_c(n, "13800001234"));
    assert_false(ident_normalise(STR("123456789012345678901234567890123"), out, sizeof out, &n));
    assert_false(ident_normalise(STR("\xff"), out, sizeof out, &n));
    assert_true(ident_normalise(STR(""), out, sizeof out, &n));
    assert_int_equal(n.len, 0);
}

static void mobile_numbers(void **state)
{
    (void)state;
    struct str local;
    assert_int_equal(ident_mobile(STR("13800001234"), &local), IDENT_OK);
    assert_int_equal(ident_mobile(STR("+8613800001234"), &local), IDENT_OK);
    assert_true(str_eq_c(local, "13800001234"));
    assert_int_equal(ident_mobile(STR("12800001234"), NULL), IDENT_PREFIX);
    assert_int_equal(ident_mobile(STR("1380000123"), NULL), IDENT_LENGTH);
    assert_int_equal(ident_mobile(STR("1380000123A"), NULL), IDENT_CHARACTER);
}

static void other_documents(void **state)
{
    (void)state;
    assert_int_equal(ident_passport_prc(STR("E12345678")), IDENT_OK);
    assert_int_equal(ident_passport_prc(STR("EA1234567")), IDENT_OK);
    assert_int_equal(ident_passport_prc(STR("EI1234567")), IDENT_CHARACTER);
    assert_int_equal(ident_passport_prc(STR("SE1234567")), IDENT_OK);
    assert_int_equal(ident_passport_prc(STR("E123")), IDENT_LENGTH);
    assert_int_equal(ident_permit_hk_macao(STR("H12345678")), IDENT_OK);
    assert_int_equal(ident_permit_hk_macao(STR("M1234567801")), IDENT_OK);
    assert_int_equal(ident_permit_hk_macao(STR("T12345678")), IDENT_CHARACTER);
    assert_int_equal(ident_permit_taiwan(STR("12345678")), IDENT_OK);
    assert_int_equal(ident_permit_outbound(STR("C1234567A")), IDENT_OK);
    assert_int_equal(ident_passport_foreign(STR("L898902C3")), IDENT_OK);
    assert_int_equal(ident_passport_foreign(STR("ABCDEF")), IDENT_CHARACTER);
    assert_int_equal(ident_mrz_check(STR("L898902C3")), '6');
    assert_int_equal(ident_document_check(STR("111"), STR("110101190001010014")), IDENT_OK);
    assert_int_equal(ident_document_check(STR("001"), STR("91110000Q00000018Q")), IDENT_OK);
    assert_int_equal(ident_document_check(STR("999"), STR("1")), IDENT_UNKNOWN);
}

static void masks_hide_what_identifies(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    assert_true(str_eq_c(ident_mask_name(a, STR("张明")), "张*"));
    assert_true(str_eq_c(ident_mask_name(a, STR("欧阳小明")), "欧***"));
    assert_true(str_eq_c(ident_mask_name(a, STR("张")), "*"));
    assert_true(str_eq_c(ident_mask_name(a, STR("")), ""));
    assert_true(str_eq_c(ident_mask_number(a, STR("78010119000101001X")), "7****************X"));
    assert_true(str_eq_c(ident_mask_phone(a, STR("13800001234")), "138****1234"));
    assert_true(str_eq_c(ident_mask_phone(a, STR("1380000")), "*******"));
    arena_drop(a);
}

static void every_reason_has_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(ident_msgid(IDENT_OK), "");
    for (int r = IDENT_EMPTY; r <= IDENT_UNKNOWN; r++)
        assert_true(strlen(ident_msgid((enum ident_reason)r)) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(citizen_numbers_published_are_accepted),
        cmocka_unit_test(citizen_number_tells_birth_sex_and_division),
        cmocka_unit_test(citizen_number_with_one_wrong_digit_is_refused),
        cmocka_unit_test(citizen_number_reasons_are_precise),
        cmocka_unit_test(unassigned_division_is_a_warning_only),
        cmocka_unit_test(old_fifteen_digits_are_upgraded),
        cmocka_unit_test(residence_permits_are_recognised),
        cmocka_unit_test(organisation_codes_published_are_accepted),
        cmocka_unit_test(organisation_code_with_one_wrong_character_is_refused),
        cmocka_unit_test(organisation_code_reasons_are_precise),
        cmocka_unit_test(licence_identifiers_published_are_accepted_and_made_again),
        cmocka_unit_test(licence_identifier_with_one_wrong_character_is_refused),
        cmocka_unit_test(licence_identifier_reasons_are_precise),
        cmocka_unit_test(case_number_round_trip_and_errors),
        cmocka_unit_test(case_number_check_catches_transpositions),
        cmocka_unit_test(track_codes_avoid_characters_that_look_alike),
        cmocka_unit_test(normalising_makes_what_people_type_comparable),
        cmocka_unit_test(mobile_numbers),
        cmocka_unit_test(other_documents),
        cmocka_unit_test(masks_hide_what_identifies),
        cmocka_unit_test(every_reason_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
