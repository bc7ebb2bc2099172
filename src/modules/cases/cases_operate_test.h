/* What tests of operations on tasks share: doing one, what is offered, what the history says. */
#ifndef TB_CASES_OPERATE_TEST_H
#define TB_CASES_OPERATE_TEST_H

#include "modules/cases/cases_models_test.h"

static inline const struct json *page_of(struct client *c, int64_t id, int64_t task)
{
    return client_json(c, client_getf(c, "/office/cases/%lld?task=%lld", (long long)id, (long long)task));
}

struct named {
    const char *login;
    int64_t id;
};

static inline bool find_named(struct ctx *c)
{
    struct named *n = ctx_arg(c);
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_OFFICER, str_c(n->login), &a, &hash)) return false;
    n->id = a.id;
    return true;
}

/* "to=<the account>&…" */
static inline const char *to(const char *login, const char *more)
{
    struct named n = {.login = login};
    testapp_read(app, find_named, &n);
    return str_z(app->arena, str_fmt(app->arena, "to=%lld%s%s", (long long)n.id, *more ? "&" : "", more));
}

static inline int operate(struct client *c, int64_t id, const char *what, const char *form)
{
    char path[96];
    snprintf(path, sizeof path, "tasks/%s", what);
    return act(c, id, path, form);
}

static inline bool offers(struct client *c, int64_t id, const char *what)
{
    JSON_EACH(o, json_get(page_of(c, id, 0), "operations"))
    {
        if (str_find(json_text_of(o, "href"), str_fmt(app->arena, "/tasks/%s?", what)) != SIZE_MAX)
            return true;
    }
    return false;
}

/* The number of the only open task, as what is offered at it names it. */
static inline const char *task_form(struct client *c, int64_t id, const char *more)
{
    JSON_EACH(o, json_get(page_of(c, id, 0), "operations"))
    {
        struct str href = json_text_of(o, "href");
        size_t at = str_find(href, STR("task="));
        if (at != SIZE_MAX)
            return str_z(app->arena,
                         str_fmt(app->arena, "%.*s&%s", STR_ARG(str_slice(href, at, href.len)), more));
    }
    struct str urge = json_text_of(json_at(json_get(page_of(c, id, 0), "tasks"), 0), "urge");
    size_t at = str_find(urge, STR("task="));
    if (at != SIZE_MAX)
        return str_z(app->arena,
                     str_fmt(app->arena, "%.*s&%s", STR_ARG(str_slice(urge, at, urge.len)), more));
    return more;
}

#endif
