/* What the published entry no longer has, or no longer shares, is given to nobody. */
#include "modules/exchange/exchange_app_test.h"
#include "modules/exchange/exchange_shares.h"

#include <sqlite3.h>

#define POPULATION                                                                                           \
    "code=101001%2F000001&name=People&class=base&format=database&open=no&cycle=daily&level=3&register="      \
    "population"
#define ALL_ITEMS                                                                                            \
    "&items=name%7Cname%7CC(100)%7Cconditional%0Amobile%7Cmobile%7CC(20)%7Cconditional%0Aaddress%7Caddress"  \
    "%7CC(200)%7Cconditional"
#define MOBILE_GONE "&items=name%7Cname%7CC(100)%7Cconditional%0Aaddress%7Caddress%7CC(200)%7Cconditional"
#define MOBILE_NONE                                                                                          \
    "&items=name%7Cname%7CC(100)%7Cconditional%0Amobile%7Cmobile%7CC(20)%7Cnone%0Aaddress%7Caddress%7CC("    \
    "200)%7Cconditional"
#define ALL_NONE                                                                                             \
    "&items=name%7Cname%7CC(100)%7Cnone%0Amobile%7Cmobile%7CC(20)%7Cnone%0Aaddress%7Caddress%7CC(200)%"      \
    "7Cnone"
#define ON_TERMS "&sharing=conditional&reason=x"
#define BY_LAW   "&sharing=none&reason=Law&refusal=law"

/* What a call says: "ok", or the code of its refusal. */
static const char *said(struct world *w, const char *path, const char *mode, const char *wanted)
{
    const struct signed_call s = {
        .path = path,
        .body = str_z(w->t->arena, str_fmt(w->t->arena,
                                           "{\"mode\":\"%s\",\"purpose\":\"apply\",\"number\":\"" LIN
                                           "\",%s,\"operator\":\"zhang-3\",\"case\":\"%.*s\"}",
                                           mode, wanted, STR_ARG(w->case_no)))};
    struct answer a = exchange_send(w, &s);
    return a.status == 200 ? "ok" : exchange_code(w, a);
}

#define SAID(mode, wanted) said(&w, "/exchange/population", mode, wanted)

static struct world granted(void)
{
    struct world w = exchange_world();
    testapp_write(w.t, exchange_seed_case, &w);
    exchange_grant(&w, "");
    assert_string_equal(SAID("query", "\"fields\":[\"name\",\"mobile\"]"), "ok");
    return w;
}

static void an_item_that_the_entry_has_no_more_is_not_given(void **unused)
{
    struct world w = granted();
    exchange_publish(&w, POPULATION ON_TERMS MOBILE_GONE);
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_string_equal(exchange_code(&w, a), "exchange.field");
    assert_int_equal(a.status, 403);
    assert_true(answer_has(a, "已不再共享此信息项（mobile）"));
    assert_string_equal(SAID("check", "\"facts\":{\"mobile\":\"13900000101\"}"), "exchange.field");
    assert_string_equal(SAID("check", "\"facts\":{\"name\":\"林晓禾\"}"), "ok");
    assert_string_equal(SAID("query", "\"fields\":[\"name\",\"address\"]"), "ok");
    exchange_calls_fit(&w);
    exchange_publish(&w,
                     POPULATION ON_TERMS ALL_ITEMS); /* shared again, it is given again, behind its mask */
    a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_int_equal(a.status, 200);
    assert_true(answer_has(a, "139****"));
    testapp_close(w.t);
    (void)unused;
}

static void an_item_that_is_not_shared_any_more_is_not_given(void **unused)
{
    struct world w = granted();
    exchange_publish(&w, POPULATION ON_TERMS MOBILE_NONE);
    assert_string_equal(SAID("query", "\"fields\":[\"name\",\"mobile\"]"), "exchange.field");
    assert_string_equal(SAID("check", "\"facts\":{\"mobile\":\"13900000101\"}"), "exchange.field");
    assert_string_equal(SAID("query", "\"fields\":[\"name\"]"), "ok");
    exchange_publish(&w, POPULATION ON_TERMS ALL_NONE); /* not even whether there is a record */
    assert_string_equal(SAID("check", "\"facts\":{}"), "exchange.field");
    testapp_close(w.t);
    (void)unused;
}

static void of_an_entry_that_is_not_shared_any_more_nothing_is_given(void **unused)
{
    struct world w = granted();
    exchange_publish(&w, POPULATION BY_LAW ALL_ITEMS);
    struct answer a = exchange_call(&w, exchange_query(&w, LIN, w.case_no));
    assert_int_equal(a.status, 403);
    assert_string_equal(exchange_code(&w, a), "exchange.not_shared");
    assert_true(answer_has(a, "提供部门已不再共享此数据"));
    assert_string_equal(SAID("check", "\"facts\":{}"), "exchange.not_shared");
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

/* ---- a source in place of a register ---- */

#define LEVEL "level%7Clevel%7CC(20)%7Cconditional%0A"

static void of_a_table_no_more_is_given_than_its_entry_shares(void **unused)
{
    struct world w = exchange_world();
    char path[200], address[220];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/provider.db", w.t->var);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE degree (person TEXT, level TEXT, school TEXT); INSERT INTO "
                                  "degree VALUES ('" LIN "', '本科', '示范大学')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    snprintf(address, sizeof address, "sqlite:%s", path);
    exchange_set_place(&w, "edu", address);
    exchange_connect(&w,
                     "kind=table&code=education&place=edu&path=degree&key=person&timeout=2000&items=level%0A"
                     "school",
                     "&fields=level&fields=school");
#define TABLE_SAID(mode, wanted) said(&w, "/exchange/education", mode, wanted)
    assert_string_equal(TABLE_SAID("query", "\"fields\":[\"level\",\"school\"]"), "ok");
    exchange_publish(&w, EXCHANGE_DEGREES LEVEL "school%7Cschool%7CC(100)%7Cnone" ON_TERMS);
    assert_string_equal(TABLE_SAID("query", "\"fields\":[\"level\",\"school\"]"), "exchange.field");
    assert_string_equal(TABLE_SAID("check", "\"facts\":{\"school\":\"示范大学\"}"), "exchange.field");
    assert_string_equal(TABLE_SAID("query", "\"fields\":[\"level\"]"), "ok");
    exchange_publish(&w, EXCHANGE_DEGREES LEVEL ON_TERMS);
    assert_string_equal(TABLE_SAID("query", "\"fields\":[\"school\"]"), "exchange.field");
    exchange_publish(&w, EXCHANGE_DEGREES LEVEL BY_LAW);
    assert_string_equal(TABLE_SAID("query", "\"fields\":[\"level\"]"), "exchange.not_shared");
    testapp_close(w.t);
    (void)unused;
}

/* ---- of this installation itself ---- */

struct prefilled {
    const struct world *w;
    struct arena *arena;
    const struct json *values;
};

static bool prefill(struct ctx *c)
{
    static const char form[] = "{\"properties\":{\"a\":{\"x-source\":\"person.name\"},\"b\":{\"x-source\":"
                               "\"person.mobile\"}}}";
    struct prefilled *p = ctx_arg(c);
    const struct exchange_state *s = server_state(c->server, "exchange");
    struct exchange_case about;
    bool found;
    if (!s->find_case(c, p->w->case_no, &about, &found) || !found) return false;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .subject = about.applicant, .level = 2};
    c->calls = NULL;
    const struct json *out =
        exchange_prefill(c, &about, json_parse(c->arena, str_c(form), JSON_STRICT, c->err));
    p->values = out ? json_copy(p->arena, out) : NULL;
    return out && call_record(c);
}

static bool fills(struct world *w, const char *field)
{
    struct prefilled p = {.w = w, .arena = w->t->arena};
    testapp_write(w->t, prefill, &p);
    const struct json *v = json_get(json_get(p.values, field), "value");
    return json_text(v).len > 0;
}

static void forms_are_filled_in_with_what_is_still_shared(void **unused)
{
    struct world w = granted();
    assert_true(fills(&w, "a") && fills(&w, "b"));
    exchange_publish(&w, POPULATION ON_TERMS MOBILE_NONE);
    assert_true(fills(&w, "a"));
    assert_false(fills(&w, "b"));
    exchange_publish(&w, POPULATION ON_TERMS MOBILE_GONE);
    assert_true(fills(&w, "a"));
    assert_false(fills(&w, "b"));
    exchange_publish(&w, POPULATION BY_LAW ALL_ITEMS);
    assert_false(fills(&w, "a") || fills(&w, "b"));
    exchange_calls_fit(&w);
    testapp_close(w.t);
    (void)unused;
}

/* ---- who learns of it ---- */

static const struct json *told(struct world *w, const char *kind)
{
    JSON_EACH(t, json_get(exchange_ok(&w->steward, client_get(&w->steward, "/office/exchange/told")), "told"))
    {
        if (str_eq_c(json_text_of(t, "kind"), kind)) return t;
    }
    return NULL;
}

struct found_record {
    struct arena *arena;
    struct str detail;
};

static bool last_published(struct ctx *c)
{
    struct found_record *out = ctx_arg(c);
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT detail FROM evidence WHERE act = 'exchange.entry_publish' ORDER BY id DESC LIMIT 1"))
        return false;
    out->detail = str_dup(out->arena, db_str(&r, 0, 0));
    return true;
}

static bool has_row(const struct json *page, const char *label, const char *value)
{
    JSON_EACH(row, json_get(page, "rows"))
    {
        if (str_eq_c(json_text_of(row, "label"), label)) return str_eq_c(json_text_of(row, "value"), value);
    }
    return false;
}

static void who_publishes_sees_what_permits_lose_and_holders_are_told(void **unused)
{
    struct world w = granted();
    struct client manager = exchange_officer(w.t, "data1");
    exchange_hand_in(&w, POPULATION ON_TERMS MOBILE_GONE);
    const struct json *page =
        exchange_ok(&manager, client_getf(&manager, "/office/exchange/entries/%lld", (long long)w.entry));
    assert_true(json_true_of(page, "has_losses"));
    const struct json *losses = json_get(page, "losses");
    assert_int_equal(losses->count, 2); /* of the office, and of this installation for its forms */
    assert_true(str_ends(json_text_of(json_at(losses, 1), "items"), STR("mobile")));
    assert_true(str_find(json_text_of(json_at(losses, 0), "items"), STR("address")) == SIZE_MAX);
    manager.json = false;
    assert_true(answer_has(client_getf(&manager, "/office/exchange/entries/%lld", (long long)w.entry),
                           "/office/exchange/permits/"));
    manager.json = true;
    page = exchange_ok(&w.other, client_getf(&w.other, "/office/exchange/entries/%lld", (long long)w.entry));
    assert_false(json_true_of(page, "has_losses")); /* a draft is nobody else's */
    assert_null(told(&w, "loses"));
    assert_int_equal(exchange_entry_act(&manager, w.entry, "agree", ""), 200);
    const struct json *notice = told(&w, "loses");
    assert_non_null(notice);
    assert_true(str_ends(json_text_of(notice, "words"), STR("mobile")));
    assert_true(str_starts(json_text_of(notice, "href"), STR("/office/exchange/permits/")));
    struct found_record r = {.arena = w.t->arena};
    testapp_read(w.t, last_published, &r);
    assert_true(str_find(r.detail, STR("losses")) != SIZE_MAX);
    page = exchange_ok(&w.steward,
                       client_getf(&w.steward, "/office/exchange/permits/%lld", (long long)w.permit));
    assert_true(has_row(page, "不再共享、不再提供的信息项", "mobile"));
    exchange_publish(&w, POPULATION BY_LAW MOBILE_GONE);
    notice = told(&w, "unshared");
    assert_non_null(notice);
    assert_true(str_eq_c(json_text_of(notice, "words"), "Law"));
    testapp_close(w.t);
    (void)unused;
}

static bool forget_told(struct ctx *c)
{
    return db_exec(&c->tx, "DELETE FROM exchange_told");
}

static bool tell_losses(struct ctx *c)
{
    return exchange_losses_run(c, NULL);
}

static void who_lost_items_before_that_was_told_is_told_once(void **unused)
{
    struct world w = granted();
    testapp_write(w.t, tell_losses, NULL);
    assert_null(told(&w, "loses"));
    exchange_publish(&w, POPULATION ON_TERMS MOBILE_GONE);
    testapp_write(w.t, forget_told, NULL); /* as an earlier version left it */
    testapp_write(w.t, tell_losses, NULL);
    const struct json *notice = told(&w, "loses");
    assert_non_null(notice);
    assert_true(str_eq_c(str_trim(json_text_of(notice, "words")), "mobile"));
    testapp_write(w.t, tell_losses, NULL);
    const struct json *page = exchange_ok(&w.steward, client_get(&w.steward, "/office/exchange/told"));
    assert_int_equal(json_get(page, "told")->count, 1);
    testapp_close(w.t);
    (void)unused;
}

/* ---- more than is read at a time, and than has room in memory at once ---- */

enum { ENTRIES = 5 * ENTRIES_AT_ONCE + 5, LONG = 60000, FAR = 1000000 };

static bool with_a_long_text(struct ctx *c, int64_t entry)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT doc FROM data_entry WHERE id = $1", DB_I(entry))) return false;
    struct buf b = buf_new(c->arena, LONG + 4096);
    buf_add_c(&b, "{\"long\":\"");
    for (int i = 0; i < LONG; i++)
        buf_add_char(&b, 'x');
    buf_add_c(&b, "\",");
    buf_add(&b, str_slice(db_str(&r, 0, 0), 1, db_str(&r, 0, 0).len));
    return db_exec(&c->tx, "UPDATE data_entry SET doc = $2 WHERE id = $1", DB_I(entry), DB_S(buf_str(&b)));
}

static bool copied(struct ctx *c, int64_t entry, int64_t i)
{
    struct str name = str_fmt(c->arena, "-%lld", (long long)i);
    return db_exec(&c->tx,
                   "INSERT INTO data_entry (id, code, name, unit, sharing, state, version, doc, pending, "
                   "draft, author, changed, class, open) SELECT id + $2, code || $3, name, unit, sharing, "
                   "state, version, doc, pending, draft, author, changed, class, open FROM data_entry WHERE "
                   "id = $1",
                   DB_I(entry), DB_I(i), DB_S(name)) &&
           db_exec(
               &c->tx,
               "INSERT INTO data_source (entry, code, doc, secret, draft, draft_secret, author, decided_by, "
               "changed) SELECT entry + $2, code || $3, doc, secret, draft, draft_secret, author, "
               "decided_by, changed FROM data_source WHERE entry = $1",
               DB_I(entry), DB_I(i), DB_S(name)) &&
           db_exec(&c->tx,
                   "INSERT INTO data_resource (id, entry, code, kind, register, state, changed) SELECT id + "
                   "$2, entry + $2, code || $3, kind, register, state, changed FROM data_resource WHERE "
                   "entry = $1",
                   DB_I(entry), DB_I(i), DB_S(name)) &&
           db_exec(&c->tx,
                   "INSERT INTO share_permit (id, entry, resource, system, unit, provider, state, purpose, "
                   "basis, modes, fields, masks, services, needs_case, rate, daily, valid_from, "
                   "valid_until, networks, asked_by, asked_at, office_by, office_at, decided_by, "
                   "decided_at, due, words) SELECT id + $2, entry + $2, resource + $2, system, unit, "
                   "provider, state, purpose, basis, modes, fields, masks, services, needs_case, rate, "
                   "daily, valid_from, valid_until, networks, asked_by, asked_at, office_by, office_at, "
                   "decided_by, decided_at, due, words FROM share_permit WHERE entry = $1 AND state = "
                   "'granted'",
                   DB_I(entry), DB_I(i));
}

static bool copy_entries(struct ctx *c)
{
    const struct world *w = ctx_arg(c);
    if (!with_a_long_text(c, w->entry)) return false;
    for (int64_t i = 1; i <= ENTRIES; i++)
        if (!copied(c, w->entry, i * FAR)) return false;
    ctx_changed(c, "exchange");
    return true;
}

static bool all_are_known(struct ctx *c)
{
    const struct exchange_snapshot *s = exchange_now(c);
    size_t known = 0;
    for (size_t i = 0; i < s->resource_count; i++)
        known += s->resources[i].source && list_names(s->resources[i].shares, STR("level"));
    assert_int_equal(known, ENTRIES + 1);
    return true;
}

static void what_very_many_entries_share_is_known_and_where_it_lies(void **unused)
{
    struct world w = exchange_world();
    exchange_connect(&w, "kind=file&code=education&key=id_number&timeout=1000", "&fields=level");
    testapp_write(w.t, copy_entries, &w);
    testapp_read(w.t, all_are_known, NULL);
    testapp_close(w.t);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_that_the_entry_has_no_more_is_not_given),
        cmocka_unit_test(an_item_that_is_not_shared_any_more_is_not_given),
        cmocka_unit_test(of_an_entry_that_is_not_shared_any_more_nothing_is_given),
        cmocka_unit_test(of_a_table_no_more_is_given_than_its_entry_shares),
        cmocka_unit_test(forms_are_filled_in_with_what_is_still_shared),
        cmocka_unit_test(who_lost_items_before_that_was_told_is_told_once),
        cmocka_unit_test(what_very_many_entries_share_is_known_and_where_it_lies),
        cmocka_unit_test(who_publishes_sees_what_permits_lose_and_holders_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
