/* What the tests of officers share: an application that the desk has received, and acts on it. */
#ifndef TB_CASES_RECEIVED_TEST_H
#define TB_CASES_RECEIVED_TEST_H

#include "modules/cases/cases_app_test.h"

#include <stdio.h>
#include <string.h>

/* 林晓禾 of the demonstration comes to the desk for a passport. */
static inline int64_t item_id(struct client *c, const char *query)
{
    const struct json *doc = client_json(c, client_getf(c, "/search/suggest?q=%s", query));
    const struct json *first = json_at(json_get(doc, "items"), 0);
    struct str href = json_text_of(first, "href");
    int64_t id = 0;
    assert_true(str_to_i64(str_slice(href, strlen("/items/"), href.len), &id));
    return id;
}

/* 林晓禾 (mobile 13900000101, level 2). */
static inline int64_t subject_of(struct client *desk)
{
    int64_t id = 0;
    struct answer a = client_post(
        desk, "/office/desk", "id_number=78010119940318002X&name=%E6%9E%97%E6%99%93%E7%A6%BE&purpose=apply");
    struct str where = json_text_of(client_json(desk, a), "location");
    size_t at = str_find(where, STR("person="));
    assert_true(at != SIZE_MAX && str_to_i64(str_slice(where, at + 7, where.len), &id));
    return id;
}

static int64_t once = 1;

static inline int64_t receive(struct client *desk, const char *go)
{
    char form[1024];
    int64_t id = 0;
    snprintf(form, sizeof form,
             "person=%lld&item=%lld&once=%lld&go=%s&kind=first&who=self&official=no&purpose=travel&delivery="
             "pickup&declaration=1&m-photo=has&birth_place=Demo&pinyin=LIN+XIAOHE&mobile=13900000101",
             (long long)subject_of(desk), (long long)item_id(desk, "%E5%8A%9E%E6%8A%A4%E7%85%A7"),
             (long long)++once, go);
    struct answer a = client_post(desk, "/office/desk/receive", form);
    if (a.status != 200) fail_msg("%d %.*s", a.status, STR_ARG(a.body));
    struct str where = json_text_of(client_json(desk, a), "location");
    str_cut(str_slice(where, strlen("/office/cases/"), where.len), '/', &where);
    assert_true(str_to_i64(where, &id));
    return id;
}

static inline struct str status_of(struct client *c, int64_t id)
{
    struct answer a = client_getf(c, "/office/cases/%lld", (long long)id);
    assert_int_equal(a.status, 200);
    return json_text_of(client_json(c, a), "status_label");
}

static inline int act(struct client *c, int64_t id, const char *name, const char *form)
{
    char path[160];
    snprintf(path, sizeof path, "/office/cases/%lld/%s", (long long)id, name);
    return client_post(c, path, form).status;
}

#endif
