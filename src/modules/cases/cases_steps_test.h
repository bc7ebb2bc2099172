/* What tests of forms at steps share: building a form, and the addresses under which steps are filled in. */
#ifndef TB_CASES_STEPS_TEST_H
#define TB_CASES_STEPS_TEST_H

#include "modules/cases/cases_models_test.h"

static inline int64_t form_number(struct client *c, const char *code)
{
    JSON_EACH(f, json_get(client_json(c, client_get(c, "/office/forms")), "forms"))
    {
        if (str_eq_c(json_text_of(f, "code"), code)) return json_i64_of(f, "id", 0);
    }
    fail_msg("no form %s", code);
    return 0;
}

static inline void form_post(struct client *c, const char *code, const char *what, const char *body)
{
    char path[80];
    snprintf(path, sizeof path, "/office/forms/%lld/%s", (long long)form_number(c, code), what);
    struct answer a = client_post(c, path, body);
    if (a.status != 200) fail_msg("%s %s: %d %.*s", path, body, a.status, STR_ARG(a.body));
}

/* Asks for Area, of that kind and required, and for Seen. */
static inline void form_begin(const char *code, const char *kind)
{
    struct client writer = officer_json("flow.writer");
    char body[160];
    snprintf(body, sizeof body, "name=F&en=F&code=%s", code);
    assert_int_equal(client_post(&writer, "/office/forms/new", body).status, 200);
    snprintf(body, sizeof body, "into=page:page-1&label=Area&en=Area&required=1&kind=%s", kind);
    form_post(&writer, code, "add", body);
    form_post(&writer, code, "add", "into=page:page-1&label=Seen&en=Seen&kind=text");
}

static inline void form_add(const char *code, const char *body)
{
    struct client writer = officer_json("flow.writer");
    form_post(&writer, code, "add", body);
}

static inline void form_change(const char *code, const char *body)
{
    struct client writer = officer_json("flow.writer");
    form_post(&writer, code, "field", body);
}

static inline void form_publish(const char *code)
{
    struct client writer = officer_json("flow.writer"), checker = officer_json("flow.checker");
    form_post(&writer, code, "review", "from=2026-01-01");
    form_post(&checker, code, "publish", "");
}

/* The address of the form of the present step. */
static inline const char *step_form_path(struct client *c, int64_t id)
{
    const struct json *page = client_json(c, client_getf(c, "/office/cases/%lld", (long long)id));
    struct str href = json_text_of(json_get(page, "step_form"), "href");
    assert_true(href.len > 0);
    return str_z(app->arena, href);
}

/* Where the applicant fills in a step of theirs; NULL: there is none. */
static inline const char *my_step_path(struct client *who, int64_t id)
{
    JSON_EACH(a, json_get(client_json(who, client_getf(who, "/cases/%lld", (long long)id)), "acts"))
    {
        if (str_find(json_text_of(a, "href"), STR("/steps/")) != SIZE_MAX)
            return str_z(app->arena, json_text_of(a, "href"));
    }
    return NULL;
}

#endif
