/* The API document tells how calls are signed, what comes back, and every code they are refused with. */
#include "modules/exchange/exchange_app_test.h"

#include <sqlite3.h>

static const struct json *document(struct testapp *t)
{
    struct client c = client_new(t);
    return client_json(&c, client_get(&c, "/api/openapi.json"));
}

static const struct json *operation(const struct json *doc, const char *path)
{
    return json_get(json_get_str(json_get(doc, "paths"), str_c(path)), "post");
}

static bool names(const struct json *doc, struct str code)
{
    JSON_EACH(one,
              json_path(doc, "components.schemas.ExchangeRefusal.properties.error.properties.code.oneOf"))
    {
        if (str_eq(json_text_of(one, "const"), code)) return true;
    }
    return false;
}

static void the_document_tells_signature_answer_and_refusal(void **unused)
{
    struct testapp *t = testapp_open(true);
    const struct json *doc = document(t), *call = operation(doc, "/exchange/{resource}"),
                      *schemes = json_path(doc, "components.securitySchemes");
    assert_int_equal(json_get(call, "security")->count, 2);
    assert_non_null(json_get(json_at(json_get(call, "security"), 0), "TB-SM2"));
    assert_non_null(json_get(json_at(json_get(call, "security"), 1), "TB-HMAC-SM3"));
    assert_int_equal(json_at(json_get(operation(doc, "/sysapi/{resource}"), "security"), 0)->count, 4);
    assert_true(str_eq_c(json_text(json_path(schemes, "TB-SM2.type")), "http"));
    assert_true(answer_has((struct answer){.body = json_to_str(t->arena, json_get(call, "responses"))},
                           "#/components/schemas/ExchangeAnswer"));
    assert_true(answer_has((struct answer){.body = json_to_str(t->arena, json_get(call, "responses"))},
                           "#/components/schemas/ExchangeRefusal"));
    for (const struct exchange_word *w = result_words; w->code; w++)
        if (strcmp(w->code, "ok") != 0 && !names(doc, str_c(w->code))) fail_msg("%s", w->code);
    testapp_close(t);
    (void)unused;
}

static void has_all(const struct json *doc, const char *schema, const struct json *answer)
{
    const struct json *s = json_get(json_path(doc, "components.schemas"), schema);
    JSON_EACH(name, json_get(s, "required"))
    {
        if (!json_get_str(answer, name->text)) fail_msg("%s %.*s", schema, STR_ARG(name->text));
    }
    JSON_EACH(member, answer)
    {
        if (!json_get_str(json_get(s, "properties"), member->key))
            fail_msg("%s %.*s", schema, STR_ARG(member->key));
    }
}

static void an_answer_is_as_the_document_says(void **unused)
{
    struct world w = exchange_world();
    exchange_grant(&w, "&caseless=1");
    const struct json *doc = document(w.t),
                      *answer =
                          exchange_ok(&w.steward, exchange_call(&w, exchange_query(&w, LIN, STR_EMPTY)));
    has_all(doc, "ExchangeAnswer", answer);
    has_all(doc, "ExchangeProvenance", json_get(answer, "provenance"));
    has_all(doc, "ExchangeProof", json_get(answer, "proof"));
    assert_true(names(doc, STR("exchange.signature")));
    struct answer refused = exchange_call(&w, exchange_query(&w, LIN, STR("nothing")));
    assert_true(refused.status == 200 || names(doc, str_c(exchange_code(&w, refused))));
    testapp_close(w.t);
    (void)unused;
}

static void an_answer_with_several_records_is_as_the_document_says(void **unused)
{
    struct world w = exchange_world();
    char path[200], address[220];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/provider.db", w.t->var);
    snprintf(address, sizeof address, "sqlite:%s", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "CREATE TABLE degree (person TEXT, level TEXT); INSERT INTO degree VALUES ('" LIN
                     "', '本科'), ('" LIN "', '硕士'), ('" LIN "', '博士')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    exchange_set_place(&w, "edu", address);
    exchange_connect(
        &w, "kind=table&code=education&place=edu&path=degree&key=person&timeout=2000&items=level&limit=2",
        "&fields=level&caseless=1");
    const struct signed_call s = {.path = "/exchange/education",
                                  .body =
                                      "{\"operator\":\"zhang-3\",\"mode\":\"query\",\"purpose\":\"apply\","
                                      "\"number\":\"" LIN "\",\"fields\":[\"level\"]}"};
    const struct json *answer = exchange_ok(&w.steward, exchange_send(&w, &s));
    assert_int_equal(json_get(answer, "records")->count, 2);
    assert_true(json_true_of(answer, "more"));
    has_all(document(w.t), "ExchangeAnswer", answer);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_tells_signature_answer_and_refusal),
        cmocka_unit_test(an_answer_is_as_the_document_says),
        cmocka_unit_test(an_answer_with_several_records_is_as_the_document_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
