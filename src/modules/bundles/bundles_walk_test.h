/* Somebody who fills in whatever a life event asks, and sends it. */
#ifndef TB_BUNDLES_WALK_TEST_H
#define TB_BUNDLES_WALK_TEST_H

#include "modules/bundles/bundles_internal.h"
#include "modules/cases/cases_walk_test.h"

static inline struct client person_json(const char *mobile)
{
    struct client c = person(mobile);
    c.json = true;
    return c;
}

__attribute__((format(printf, 1, 2))) static inline const char *z(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str s = str_fmt_args(app->arena, format, args);
    va_end(args);
    return str_z(app->arena, s);
}

/* ---- somebody who fills in whatever is asked ---- */

static inline struct str answer_to(const struct json *f)
{
    struct str id = json_text_of(f, "id"), type = json_text_of(f, "type"), known = json_text_of(f, "value");
    static const char *const by_id[][2] = {{"mother_id", "78010119940318002X"},
                                           {"father_id", "78010119940318002X"},
                                           {"legal_representative_id", "78010119940318002X"},
                                           {"amount", "100.00"},
                                           {"capital", "100000.00"},
                                           {"bank_card", "7801000000000000012"},
                                           {"delivery", "pickup"}};
    if (known.len) return known;
    for (size_t i = 0; i < sizeof by_id / sizeof by_id[0]; i++)
        if (str_eq_c(id, by_id[i][0])) return str_c(by_id[i][1]);
    const struct json *options = json_get(f, "options");
    if (options && options->count) return json_text_of(json_at(options, 0), "value");
    if (str_eq_c(type, "checkbox")) return STR("1");
    if (str_eq_c(json_text_of(f, "inputmode"), "numeric")) return STR("10");
    if (str_eq_c(type, "date")) return STR("2026-01-15");
    if (str_eq_c(type, "tel")) return STR("13900000199");
    return STR("虚构内容");
}

static inline struct str fill_one(struct client *c, struct str at)
{
    struct answer page = client_get(c, str_z(app->arena, at));
    struct buf form = buf_new(app->arena, 512);
    struct walk w = {.c = c};
    assert_int_equal(page.status, 200);
    JSON_EACH(f, json_get(client_json(c, page), "fields"))
    {
        add_pair(&w, &form, json_text_of(f, "id"), answer_to(f));
    }
    struct answer a = client_post(c, str_z(app->arena, at), str_z(app->arena, buf_str(&form)));
    if (a.status / 100 != 2) fail_msg("%.*s: %.*s", STR_ARG(at), STR_ARG(a.body));
    return json_text_of(client_json(c, a), "location");
}

static inline struct str upload_each(struct client *c, struct str at)
{
    struct answer page = client_get(c, str_z(app->arena, at)), a = page;
    JSON_EACH(m, json_get(client_json(c, page), "materials"))
    {
        if (!json_true_of(m, "required") || json_get(m, "files")->count) continue;
        a = client_upload(c, str_z(app->arena, at), "go=next", str_z(app->arena, json_text_of(m, "id")),
                          "photo.png", picture());
        if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    }
    return json_text_of(client_json(c, a), "location");
}

static inline int64_t begun(struct client *c, const char *code, const char *situation, struct str *at)
{
    struct answer a =
        client_post(c, str_z(app->arena, str_fmt(app->arena, "/bundles/%s/apply", code)), situation);
    assert_int_equal(client_getf(c, "/bundles/%s/apply", code).status, 200);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    *at = json_text_of(client_json(c, a), "location");
    return json_i64_of(client_json(c, a), "id", 0);
}

/* To the summary. */
static inline int64_t filled(struct client *c, const char *code, const char *situation)
{
    struct str at;
    int64_t id = begun(c, code, situation, &at);
    for (int i = 0; i < 30 && !str_ends(at, STR("/summary")); i++)
        at = str_ends(at, STR("/materials")) ? upload_each(c, at) : fill_one(c, at);
    assert_true(str_ends(at, STR("/summary")));
    return id;
}

static inline struct answer send_bundle(struct client *c, int64_t id)
{
    return client_post(c, z("/me/bundles/%lld/submit", (long long)id), z("once=%lld", (long long)id));
}

static inline int64_t sent(struct client *c, const char *code, const char *situation)
{
    int64_t id = filled(c, code, situation);
    struct answer a = send_bundle(c, id);
    if (a.status / 100 != 2) fail_msg("%.*s", STR_ARG(a.body));
    return id;
}

static inline const struct json *progress(struct client *c, int64_t id)
{
    struct answer a = client_getf(c, "/me/bundles/%lld", (long long)id);
    if (a.status != 200) fail_msg("%.*s", STR_ARG(a.body));
    return client_json(c, a);
}

/* 林晓禾, who stands at the desk: her number there. */
static inline struct str found_at_desk(struct client *desk)
{
    struct walk w = {.c = desk};
    struct buf find = buf_new(app->arena, 128);
    struct str id;
    add_pair(&w, &find, STR("id_number"), STR("78010119940318002X"));
    add_pair(&w, &find, STR("name"), STR("林晓禾"));
    add_pair(&w, &find, STR("purpose"), STR("apply"));
    struct answer a = client_post(desk, "/office/desk", str_z(app->arena, buf_str(&find)));
    struct str at = json_text_of(client_json(desk, a), "location");
    str_cut(str_slice(at, str_find(at, STR("person=")) + 7, at.len), '&', &id);
    return id;
}

/* ---- what departments do ---- */

static inline void decide(int64_t id, const char *department, const char *act_name, const char *form)
{
    struct client desk = officer_json("desk1"), review, decider;
    assert_true(id > 0);
    review = officer_json(str_z(app->arena, str_fmt(app->arena, "%s.review", department)));
    decider = officer_json(str_z(app->arena, str_fmt(app->arena, "%s.decide", department)));
    assert_int_equal(act(&desk, id, "accept", "") / 100, 2);
    assert_int_equal(act(&review, id, "pass", "") / 100, 2);
    assert_int_equal(act(&decider, id, act_name, form) / 100, 2);
}

/* Licences are signed, and what waits for them begins. */
static inline void time_for_jobs(void)
{
    for (int i = 0; i < 3; i++) {
        testapp_jobs(app);
        testapp_advance(5000);
    }
}

#endif
