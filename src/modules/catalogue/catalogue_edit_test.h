/* What the tests of guides and of the editors' pages share: who asks, and acts on a service. */
#ifndef TB_CATALOGUE_EDIT_TEST_H
#define TB_CATALOGUE_EDIT_TEST_H

#include "testing/testapp.h"

#include <stdio.h>

static inline struct client person(struct testapp *t, bool html)
{
    struct client c = client_new(t);
    c.json = !html;
    return c;
}

static inline struct client officer(struct testapp *t, const char *login)
{
    struct client c = client_new(t);
    client_as_officer(&c, login);
    return c;
}

static inline struct str revision(struct client *c, int64_t id)
{
    return json_text_of(client_json(c, client_getf(c, "/office/catalogue/%lld", (long long)id)), "revision");
}

static inline struct answer save(struct client *c, int64_t id, const char *rest)
{
    char path[64], form[2048];
    struct str r = revision(c, id);
    snprintf(path, sizeof path, "/office/catalogue/%lld", (long long)id);
    snprintf(form, sizeof form,
             "revision=%.*s&name=%%E4%%BA%%8B%%E9%%A1%%B9%%E7%%94%%B2&state=active&kind=promised&%s",
             STR_ARG(r), rest);
    return client_post(c, path, form);
}

static inline struct answer act(struct client *c, int64_t id, const char *what, const char *form)
{
    char path[64];
    snprintf(path, sizeof path, "/office/catalogue/%lld/%s", (long long)id, what);
    return client_post(c, path, form);
}

#endif
