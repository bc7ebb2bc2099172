/* Services and life events made for a test, as their writers make them. */
#ifndef TB_BUNDLES_OWN_TEST_H
#define TB_BUNDLES_OWN_TEST_H

#include "core/auth/auth.h"
#include "modules/bundles/bundles_walk_test.h"

static int64_t unit;
static struct client writer, checker;

static inline const struct json *good(struct client *c, const char *path, const char *form)
{
    struct answer a = client_post(c, path, form);
    if (a.status / 100 != 2) fail_msg("%s %d %.*s", path, a.status, STR_ARG(a.body));
    return client_json(c, a);
}

static inline int64_t id_in(struct str location, const char *before)
{
    int64_t id = 0;
    struct str rest = str_slice(location, strlen(before), location.len), one;
    assert_true(str_starts(location, str_c(before)));
    str_cut(rest, '/', &one);
    assert_true(str_to_i64(one, &id));
    return id;
}

/* A service whose form asks for `fields`, as the builder takes them. */
static inline void make_service(const char *code, const char *own, const char *const *fields)
{
    int64_t form =
        json_i64_of(good(&writer, "/office/forms/new", z("name=%s&en=%s&code=%s", own, own, own)), "id", 0);
    for (; *fields; fields++)
        good(&writer, z("/office/forms/%lld/add", (long long)form), *fields);
    good(&writer, z("/office/forms/%lld/review", (long long)form), "from=2026-01-01");
    good(&checker, z("/office/forms/%lld/publish", (long long)form), "");
    int64_t item =
        id_in(json_text_of(good(&writer, "/office/catalogue/new",
                                z("name=S-%s&code=%s&type=20&audience=person&department=%lld&division=780101",
                                  code, code, (long long)unit)),
                           "location"),
              "/office/catalogue/");
    struct str revision = json_text_of(
        client_json(&writer, client_getf(&writer, "/office/catalogue/%lld", (long long)item)), "revision");
    good(&writer, z("/office/catalogue/%lld", (long long)item),
         z("revision=%s&name=S-%s&state=active&kind=promised&own_form=%s&go=review",
           str_z(app->arena, revision), code, own));
    good(&checker, z("/office/catalogue/%lld/publish", (long long)item), "");
}

static inline bool unit_of_reviewer(struct ctx *c)
{
    struct account a;
    struct str hash;
    if (!account_by_login(c, ACTOR_OFFICER, STR("public-security.review"), &a, &hash)) return false;
    unit = a.unit;
    return true;
}

struct publishing {
    const char *code, *text;
};

static inline bool publish_one(struct ctx *c)
{
    const struct publishing *p = ctx_arg(c);
    struct bundle_version v = {.code = str_c(p->code),
                               .version = 1,
                               .status = STR("published"),
                               .text = str_c(p->text),
                               .made_at = c->now,
                               .published_at = c->now};
    struct json *faults = json_array(c->arena);
    if (!bundle_version_doc(c, &v) || !bundle_check(c, v.doc, faults)) return false;
    if (faults->count) fail_msg("%.*s", STR_ARG(json_to_str(c->arena, faults)));
    return bundle_store_add_version(c, &v);
}

static inline void publish_bundle(const char *code, const char *text)
{
    struct publishing p = {code, text};
    testapp_write(app, publish_one, &p);
}

static inline void open_own(void)
{
    testapp_write(app, unit_of_reviewer, NULL);
    writer = officer_json("editor");
    checker = officer_json("supervisor");
}

#endif
