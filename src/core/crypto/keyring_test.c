#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/crypto/keyring.h"
#include "testing/testdb.h"

static struct arena *a;
static struct db *db;
static struct keyring *keys;
static struct key_provider provider;
static struct err e;
static struct db_tx tx;
static const int64_t now = INT64_C(1795000000000);

static const char *below(const char *name)
{
    return str_z(a, str_fmt(a, "%s/%s", testdb_folder(db), name));
}

static int set_up(void **state)
{
    (void)state;
    int applied;
    a = arena_new((size_t)512 << 20);
    e = (struct err){0};
    db = testdb_open();
    size_t first = 0, count = 0;
    for (size_t i = db_migration_count; i-- > 0;)
        if (str_eq_c(str_c(db_migrations[i].module), "core/crypto")) {
            first = i;
            count++;
        }
    provider = key_provider_file(below("root.key"));
    if (!crypto_start(&e) || count == 0 || !db_migrate(db, db_migrations + first, count, now, &applied, &e) ||
        !key_provider_file_create(provider.path, &e) || !(keys = keyring_open(&provider, &e))) {
        print_error("%s %s\n", e.code, e.detail);
        return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keyring_close(keys);
    testdb_close(db);
    arena_drop(a);
    return 0;
}

static void begin(void)
{
    e = (struct err){0};
    if (!db_begin_write(db, a, &e, &tx)) fail_msg("%s %s", e.code, e.detail);
}

static void commit(void)
{
    if (!db_end(db, &tx, true)) fail_msg("%s %s", e.code, e.detail);
}

static struct str seal(struct field_place at, const char *text)
{
    struct str sealed;
    if (!field_seal(keys, &tx, &at, str_c(text), &sealed)) fail_msg("%s %s", e.code, e.detail);
    return sealed;
}

static void assert_opens(struct field_place at, struct str sealed, const char *text)
{
    struct str plain;
    if (!field_open(keys, &tx, &at, sealed, &plain)) fail_msg("%s %s", e.code, e.detail);
    assert_true(str_eq_c(plain, text));
}

static void assert_stays_shut(struct field_place at, struct str sealed, enum err_kind kind)
{
    struct str plain;
    assert_false(field_open(keys, &tx, &at, sealed, &plain));
    assert_int_equal(e.kind, kind);
    e = (struct err){0};
}

static void field_opens_only_in_its_own_place(void **state)
{
    (void)state;
    const struct field_place at = {"person", "id_number", 7, 42};
    begin();
    struct str s = seal(at, "78010119000101001X");
    assert_opens(at, s, "78010119000101001X");
    assert_stays_shut((struct field_place){"person", "id_number", 8, 42}, s, ERR_FAULT);
    assert_stays_shut((struct field_place){"person", "phone", 7, 42}, s, ERR_FAULT);
    assert_stays_shut((struct field_place){"people", "id_number", 7, 42}, s, ERR_FAULT);
    assert_stays_shut((struct field_place){"personi", "d_number", 7, 42}, s, ERR_FAULT);
    seal((struct field_place){"person", "id_number", 7, 43}, "other subject");
    assert_stays_shut((struct field_place){"person", "id_number", 7, 43}, s, ERR_FAULT);
    assert_stays_shut((struct field_place){"person", "id_number", 7, 0}, s, ERR_FAULT);
    commit();
}

static void altered_fields_are_noticed(void **state)
{
    (void)state;
    const struct field_place at = {"person", "name", 1, 5};
    begin();
    struct str s = seal(at, "张三");
    for (size_t i = 0; i < s.len; i++) {
        struct str copy = str_dup(a, s), plain;
        ((char *)(uintptr_t)copy.ptr)[i] ^= 1;
        assert_false(field_open(keys, &tx, &at, copy, &plain));
        e = (struct err){0};
        assert_false(field_open(keys, &tx, &at, str_slice(s, 0, i), &plain));
        e = (struct err){0};
    }
    commit();
}

static void equal_values_are_sealed_differently(void **state)
{
    (void)state;
    const struct field_place at = {"person", "name", 1, 5};
    begin();
    assert_false(str_eq(seal(at, "张三"), seal(at, "张三")));
    assert_opens(at, seal(at, ""), "");
    commit();
}

static void old_fields_stay_readable_after_a_new_key(void **state)
{
    (void)state;
    const struct field_place at = {"person", "name", 1, 6};
    begin();
    struct str before = seal(at, "before");
    assert_true(subject_rotate(keys, &tx, 6));
    struct str after = seal(at, "after");
    assert_memory_equal(before.ptr + 1, "\0\0\0\1", 4);
    assert_memory_equal(after.ptr + 1, "\0\0\0\2", 4);
    assert_opens(at, before, "before");
    assert_opens(at, after, "after");
    commit();
}

static void erasing_a_subject_shuts_its_fields_for_good(void **state)
{
    (void)state;
    const struct field_place at = {"person", "name", 1, 9}, other = {"person", "name", 2, 10};
    begin();
    struct str s = seal(at, "gone"), t = seal(other, "stays");
    assert_true(subject_rotate(keys, &tx, 9));
    struct str s2 = seal(at, "gone too");
    assert_true(subject_erase(keys, &tx, 9));
    assert_stays_shut(at, s, ERR_MISSING);
    assert_stays_shut(at, s2, ERR_MISSING);
    assert_opens(other, t, "stays");
    /* A new beginning does not bring the old back. */
    struct str fresh = seal(at, "new");
    assert_opens(at, fresh, "new");
    assert_stays_shut(at, s, ERR_MISSING);
    commit();
}

static void the_installation_seals_without_a_row_and_is_never_erased(void **state)
{
    (void)state;
    const struct field_place at = {"setting", "secret", 1, 0};
    begin();
    assert_opens(at, seal(at, "x"), "x");
    assert_false(subject_erase(keys, &tx, 0));
    e = (struct err){0};
    assert_false(subject_rotate(keys, &tx, 0));
    e = (struct err){0};
    commit();
}

static void sealed_values_are_not_in_the_files_of_the_database(void **state)
{
    (void)state;
    static const char secret[] = "780101190001010010-needle";
    if (testdb_is_postgres()) skip();
    begin();
    assert_true(db_exec(&tx, "CREATE TABLE sealed_thing (id INTEGER PRIMARY KEY, v BLOB, w TEXT)"));
    struct str s = seal((struct field_place){"sealed_thing", "v", 1, 3}, secret);
    assert_true(
        db_exec(&tx, "INSERT INTO sealed_thing (id, v, w) VALUES (1, $1, 'in-plain-sight')", DB_B(s)));
    commit();
    assert_true(db_checkpoint(db, &e));
    const char *command = str_z(a, str_fmt(a, "cat %s/* 2>/dev/null", testdb_folder(db)));
    FILE *all = popen(command, "r");
    assert_non_null(all);
    char *text = arena_alloc(a, (size_t)64 << 20);
    size_t count = fread(text, 1, (size_t)64 << 20, all);
    pclose(all);
    assert_true(str_find(str_n(text, count), STR("in-plain-sight")) != SIZE_MAX);
    assert_true(str_find(str_n(text, count), str_c(secret)) == SIZE_MAX);
}

static void blind_index_is_stable_and_of_its_purpose(void **state)
{
    (void)state;
    struct str x = blind_index(keys, a, "blind:id_number", STR("78010119000101001X"));
    assert_int_equal(x.len, 16);
    assert_true(str_eq(x, blind_index(keys, a, "blind:id_number", STR("78010119000101001X"))));
    assert_false(str_eq(x, blind_index(keys, a, "blind:phone", STR("78010119000101001X"))));
    assert_false(str_eq(x, blind_index(keys, a, "blind:id_number", STR("780101190001010010"))));
    uint8_t p[32], q[32];
    keyring_domain(keys, "csrf", p, sizeof p);
    keyring_domain(keys, "session", q, sizeof q);
    assert_memory_not_equal(p, q, sizeof p);
}

static void root_key_others_can_read_is_refused(void **state)
{
    (void)state;
    struct err x = {0};
    struct key_provider p = key_provider_file(below("open.key"));
    assert_true(key_provider_file_create(p.path, &x));
    struct str first, second;
    assert_true(file_read(a, p.path, 4096, &first, &x));
    assert_true(key_provider_file_create(p.path, &x)); /* keeps what is there */
    assert_true(file_read(a, p.path, 4096, &second, &x));
    assert_true(str_eq(first, second));
    chmod(p.path, 0640);
    assert_false(key_provider_file_create(p.path, &x));
    assert_string_equal(x.code, "key.permissions");
    x = (struct err){0};
    assert_null(keyring_open(&p, &x));
    assert_string_equal(x.code, "key.permissions");
    chmod(p.path, 0600);
    assert_true(file_write(p.path, STR("tongban-root-key/1 abcd\n"), 0600, &x));
    x = (struct err){0};
    assert_null(keyring_open(&p, &x));
}

static const struct cert_subject issuer = {{"演示市市场监管局", sizeof "演示市市场监管局" - 1},
                                           {"演示市", sizeof "演示市" - 1},
                                           {"11310000Q000000269", 18}};

static void signers_are_made_once_and_found_again(void **state)
{
    (void)state;
    struct signer s, again, other;
    struct str signature;
    assert_true(keyring_signer(keys, STR("licence:11310000Q000000269"), &issuer, now, &s, &e));
    assert_true(cert_verify(s.cert, s.ca, now));
    assert_ptr_equal(keyring_ca(keys, now, &e), s.ca);
    assert_true(sm2_sign(a, s.key, STR("x"), &signature, &e));
    assert_true(sm2_verify(cert_public(s.cert), STR("x"), signature));
    assert_true(keyring_signer(keys, STR("licence:11310000Q000000269"), &issuer, now, &again, &e));
    assert_ptr_equal(again.key, s.key);
    assert_true(keyring_signer(keys, STR("licence:other"), &issuer, now, &other, &e));
    assert_false(sm2_verify(cert_public(other.cert), STR("x"), signature));
    struct keyring *reopened = keyring_open(&provider, &e);
    assert_true(keyring_signer(reopened, STR("licence:11310000Q000000269"), &issuer, now, &again, &e));
    assert_true(str_eq(cert_to_der(a, again.cert), cert_to_der(a, s.cert)));
    keyring_close(reopened);
    struct err x = {0};
    assert_false(keyring_signer(keys, STR("ca"), &issuer, now, &other, &x));
}

static void signers_are_renewed_before_they_end(void **state)
{
    (void)state;
    struct signer s, later;
    assert_true(keyring_signer(keys, STR("licence:renewed"), &issuer, now, &s, &e));
    int64_t end = cert_to(s.cert);
    assert_true(keyring_signer(keys, STR("licence:renewed"), &issuer, end - 31 * MS_DAY, &later, &e));
    assert_ptr_equal(later.cert, s.cert);
    assert_true(keyring_signer(keys, STR("licence:renewed"), &issuer, end - 29 * MS_DAY, &later, &e));
    assert_ptr_not_equal(later.cert, s.cert);
    assert_true(cert_verify(later.cert, later.ca, end + MS_DAY));
    assert_true(cert_verify(s.cert, s.ca, end - MS_DAY)); /* what the old one signed stays good */
}

static void signers_of_another_root_do_not_open(void **state)
{
    (void)state;
    struct signer s;
    struct err x = {0};
    assert_true(keyring_signer(keys, STR("licence:x"), &issuer, now, &s, &e));
    struct key_provider p = key_provider_file(below("stranger.key"));
    assert_true(key_provider_file_create(p.path, &x));
    const char *command = str_z(a, str_fmt(a, "cp -r %s.signers %s.signers", provider.path, p.path));
    assert_int_equal(system(command), 0);
    struct keyring *k = keyring_open(&p, &x);
    assert_non_null(k);
    assert_false(keyring_signer(k, STR("licence:x"), &issuer, now, &s, &x));
    keyring_close(k);
}

static void export_restores_everything_for_who_knows_the_passphrase(void **state)
{
    (void)state;
    struct signer s, back;
    struct str out, plain;
    struct err x = {0};
    const struct field_place at = {"person", "name", 1, 77};
    assert_true(keyring_signer(keys, STR("licence:exported"), &issuer, now, &s, &e));
    begin();
    struct str sealed = seal(at, "kept");
    commit();
    assert_false(keyring_export(keys, a, STR("short"), &out, &x));
    assert_string_equal(x.code, "key.passphrase");
    assert_true(keyring_export(keys, a, STR("correct horse"), &out, &e));
    const char *path = below("restored.key");
    x = (struct err){0};
    assert_false(keyring_import(path, out, STR("wrong horse"), &x));
    assert_string_equal(x.code, "key.export");
    assert_int_equal(access(path, F_OK), -1);
    for (size_t i = 0; i < out.len; i += out.len / 5) {
        struct str copy = str_dup(a, out);
        ((char *)(uintptr_t)copy.ptr)[i] ^= 4;
        x = (struct err){0};
        assert_false(keyring_import(path, copy, STR("correct horse"), &x));
    }
    x = (struct err){0};
    assert_false(keyring_import(path, STR("rubbish"), STR("correct horse"), &x));
    assert_true(keyring_import(path, out, STR("correct horse"), &e));
    x = (struct err){0};
    assert_false(keyring_import(path, out, STR("correct horse"), &x));
    assert_string_equal(x.code, "key.exists");
    struct key_provider p = key_provider_file(path);
    struct keyring *k = keyring_open(&p, &e);
    assert_non_null(k);
    begin();
    assert_true(field_open(k, &tx, &at, sealed, &plain));
    assert_true(str_eq_c(plain, "kept"));
    commit();
    assert_true(keyring_signer(k, STR("licence:exported"), &issuer, now, &back, &e));
    assert_true(str_eq(cert_to_der(a, back.cert), cert_to_der(a, s.cert)));
    keyring_close(k);
}

static void *ask_signer(void *arg)
{
    struct err x = {0};
    return keyring_signer(keys, STR("licence:raced"), &issuer, now, arg, &x) ? arg : NULL;
}

static void two_threads_get_one_signer(void **state)
{
    (void)state;
    struct signer s[4];
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&t[i], NULL, ask_signer, &s[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *ok;
        pthread_join(t[i], &ok);
        assert_non_null(ok);
        assert_ptr_equal(s[i].key, s[0].key);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(field_opens_only_in_its_own_place),
        CASE(altered_fields_are_noticed),
        CASE(equal_values_are_sealed_differently),
        CASE(old_fields_stay_readable_after_a_new_key),
        CASE(erasing_a_subject_shuts_its_fields_for_good),
        CASE(the_installation_seals_without_a_row_and_is_never_erased),
        CASE(sealed_values_are_not_in_the_files_of_the_database),
        CASE(blind_index_is_stable_and_of_its_purpose),
        CASE(root_key_others_can_read_is_refused),
        CASE(signers_are_made_once_and_found_again),
        CASE(signers_are_renewed_before_they_end),
        CASE(signers_of_another_root_do_not_open),
        CASE(export_restores_everything_for_who_knows_the_passphrase),
        CASE(two_threads_get_one_signer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
