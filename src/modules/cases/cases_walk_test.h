/* What the applicants' tests share: one program, and a person who answers whatever a form asks by its schema.
 */
#ifndef TB_CASES_WALK_TEST_H
#define TB_CASES_WALK_TEST_H

#include "core/base/time.h"
#include "modules/cases/cases_app_test.h"
#include "modules/cases/cases_apply.h"
#include "modules/orgs/orgs.h"
#include "testing/testapp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LIN       "13900000101" /* identity confirmed */
#define SHOP      "13900000102" /* 周建平, proprietor of the corner shop */
#define SAVER     "13900000103" /* has a housing fund account */
#define STUDENT   "13900000106" /* has examination results */
#define DECLARED  "13900000112" /* 苏雨桐: name, number and phone declared, nothing confirmed */
#define SHOP_CODE "92780101QD0000031M"

/* ---- the catalogue ---- */

struct asked {
    struct str code, base; /* one of both */
    int64_t id;
    bool person, organisation;
};

static inline bool find_base(struct ctx *c)
{
    struct asked *a = ctx_arg(c);
    const struct item *i = catalogue_of_base(c, a->base);
    if (i) a->id = i->id;
    return true;
}

/* The place's own item of that shipped code. */
static inline int64_t item_of(const char *base)
{
    struct err e = {0};
    struct asked a = {.base = str_c(base)};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, find_base, &a, &e));
    assert_true(a.id > 0);
    return a.id;
}

struct schema {
    int64_t item;
    bool organisation;
    struct arena *arena;
    const struct json *service;
};

static inline bool read_service(struct ctx *c)
{
    struct schema *s = ctx_arg(c);
    const struct item *i = catalogue_by_id(c, s->item);
    const struct json *service = i ? item_service(i, s->organisation) : NULL;
    s->service = service ? json_copy(s->arena, service) : NULL;
    return true;
}

static inline const struct json *service_of(struct client *c, int64_t item, bool organisation)
{
    struct err e = {0};
    struct schema s = {.item = item, .organisation = organisation, .arena = c->app->arena};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    assert_true(server_read(app->server, &system, read_service, &s, &e));
    return s.service;
}

/* ---- values ---- */

static inline struct str value_for(struct arena *a, const struct json *p)
{
    static const char *const formats[][2] = {{"id-number", "78010119940318002X"},
                                             {"uscc", SHOP_CODE},
                                             {"mobile", "13900000199"},
                                             {"date", "2026-01-15"},
                                             {"bank-card", "7801000000000000012"},
                                             {"money", "100.00"},
                                             {"division", "780101"},
                                             {"postcode", "638000"},
                                             {"email", "someone@tongban.example"}};
    static const char *const patterns[][2] = {{"^[A-Z][A-Z0-9][0-9]{7}$", "E12345678"},
                                              {"^[0-9]{1,7}(\\.[0-9]{1,2})?$", "89.50"},
                                              {"^[0-9]{8,30}$", "7801000011112222"}};
    const struct json *choices = json_get(p, "enum");
    struct str type = json_text_of(p, "type"), format = json_text_of(p, "format"),
               pattern = json_text_of(p, "pattern");
    if (choices && choices->count) return json_at(choices, 0)->text;
    if (str_eq_c(type, "boolean")) return STR("1");
    if (str_eq_c(type, "integer") || str_eq_c(type, "number"))
        return str_fmt(a, "%lld", (long long)json_i64_of(p, "minimum", 1));
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (str_eq_c(format, formats[i][0])) return str_c(formats[i][1]);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (str_eq_c(pattern, patterns[i][0])) return str_c(patterns[i][1]);
    if (json_i64_of(p, "minLength", 0) > 0)
        return str_n("7801010000000000000000000000000000000000", (size_t)json_i64_of(p, "minLength", 0));
    return utf8_head(STR("虚构的填写内容"), (size_t)json_i64_of(p, "maxLength", 7));
}

/* ---- the walk ---- */

struct walk {
    struct client *c;
    const struct json *service;
    int64_t item, id;
    struct str at;   /* where the last answer led */
    int steps;       /* pages sent */
    const char *why; /* what went wrong; NULL when nothing did */
    struct str body;
};

static inline bool stuck(struct walk *w, const char *why, struct answer a)
{
    w->why = why;
    w->body = a.body;
    return false;
}

static inline bool went_on(struct walk *w, const char *what, struct answer a)
{
    w->steps++;
    if (a.status / 100 != 2) return stuck(w, what, a);
    w->at = json_text_of(client_json(w->c, a), "location");
    return true;
}

static inline const char *text(struct walk *w, struct str s)
{
    return str_z(w->c->app->arena, s);
}

static inline void add_pair(struct walk *w, struct buf *b, struct str name, struct str value)
{
    if (b->len) buf_add_char(b, '&');
    buf_add(b, url_encode(w->c->app->arena, name));
    buf_add_char(b, '=');
    buf_add(b, url_encode(w->c->app->arena, value));
}

/* The first answers that do not end the application. */
static inline bool start(struct walk *w, int64_t item, bool organisation)
{
    struct buf form = buf_new(w->c->app->arena, 256);
    char path[64];
    w->item = item;
    w->service = service_of(w->c, item, organisation);
    JSON_EACH(q, json_get(w->service, "situations"))
    {
        JSON_EACH(o, json_get(q, "options"))
        {
            if (json_is(json_get(o, "ends"), JSON_OBJECT)) continue;
            add_pair(w, &form, json_text_of(q, "id"), json_text_of(o, "value"));
            break;
        }
    }
    snprintf(path, sizeof path, "/items/%lld/apply", (long long)item);
    struct answer a = client_post(w->c, path, text(w, buf_str(&form)));
    if (!went_on(w, "start", a)) return false;
    w->id = json_i64_of(client_json(w->c, a), "id", 0);
    return true;
}

static inline bool fill_page(struct walk *w)
{
    struct answer page = client_get(w->c, text(w, w->at));
    struct buf form = buf_new(w->c->app->arena, 512);
    if (page.status != 200) return stuck(w, "page", page);
    JSON_EACH(f, json_get(client_json(w->c, page), "fields"))
    {
        struct str name = json_text_of(f, "id"), known = json_text_of(f, "value");
        const struct json *p = json_get_str(json_path(w->service, "form.properties"), name);
        if (json_true(json_path(f, "kind.group"))) {
            add_pair(w, &form, str_cat(w->c->app->arena, name, STR(".rows")), STR("1"));
            JSON_EACH(cell, json_get(json_at(json_get(f, "rows"), 0), "fields"))
            {
                struct str at = json_text_of(cell, "name");
                const struct json *inner = json_path(p, "items.properties");
                add_pair(
                    w, &form, at,
                    value_for(w->c->app->arena, json_get_str(inner, str_slice(at, name.len + 3, at.len))));
            }
            continue;
        }
        add_pair(w, &form, name, known.len ? known : value_for(w->c->app->arena, p));
    }
    struct str before = w->at;
    struct answer a = client_post(w->c, text(w, w->at), text(w, buf_str(&form)));
    if (!went_on(w, "page", a)) return false;
    return !str_eq(before, w->at) || stuck(w, "the same page again", a);
}

static inline bool upload_all(struct walk *w)
{
    struct answer page = client_get(w->c, text(w, w->at));
    char path[64];
    snprintf(path, sizeof path, "/apply/%lld/materials", (long long)w->id);
    JSON_EACH(m, json_get(client_json(w->c, page), "materials"))
    {
        if (!json_true_of(m, "required") || json_get(m, "files")->count) continue;
        struct answer a =
            client_upload(w->c, path, "go=next", text(w, json_text_of(m, "id")), "photo.png", picture());
        if (!went_on(w, "upload", a)) return false;
    }
    return true;
}

static inline bool book(struct walk *w)
{
    struct answer page = client_get(w->c, text(w, w->at));
    JSON_EACH(day, json_get(client_json(w->c, page), "days"))
    {
        JSON_EACH(s, json_get(day, "slots"))
        {
            if (!json_true_of(s, "free")) continue;
            struct buf form = buf_new(w->c->app->arena, 64);
            add_pair(w, &form, STR("slot"), json_text_of(s, "id"));
            return went_on(w, "booking", client_post(w->c, text(w, w->at), text(w, buf_str(&form))));
        }
    }
    return stuck(w, "no free time", page);
}

/* To the summary. */
static inline bool fill_in(struct walk *w)
{
    for (int i = 0; i < 40; i++) {
        if (str_find(w->at, STR("/form/")) != SIZE_MAX) {
            if (!fill_page(w)) return false;
        } else if (str_ends(w->at, STR("/materials"))) {
            if (!upload_all(w)) return false;
        } else if (str_ends(w->at, STR("/booking"))) {
            if (!book(w)) return false;
        } else {
            return str_ends(w->at, STR("/summary"));
        }
    }
    return stuck(w, "no end", (struct answer){0});
}

static inline struct answer post_submit(struct client *c, int64_t id)
{
    char path[64], form[64];
    snprintf(path, sizeof path, "/apply/%lld/submit", (long long)id);
    snprintf(form, sizeof form, "once=%lld&declare=1", (long long)id);
    return client_post(c, path, form);
}

static inline bool send_it(struct walk *w)
{
    return went_on(w, "submit", post_submit(w->c, w->id));
}

static inline bool whole_way(struct walk *w, int64_t item, bool organisation)
{
    return start(w, item, organisation) && fill_in(w) && send_it(w);
}

static inline int64_t sent_case(struct client *c, const char *base, bool organisation)
{
    struct walk w = {.c = c};
    if (!whole_way(&w, item_of(base), organisation))
        fail_msg("%s: %s %.*s", base, w.why ? w.why : "?", STR_ARG(w.body));
    return w.id;
}

static inline const struct json *case_document(struct client *c, int64_t id)
{
    struct answer a = client_getf(c, "/cases/%lld", (long long)id);
    assert_int_equal(a.status, 200);
    return client_json(c, a);
}

static inline int act(struct client *c, int64_t id, const char *name, const char *form)
{
    char path[100];
    snprintf(path, sizeof path, "/office/cases/%lld/%s", (long long)id, name);
    return client_post(c, path, form).status;
}

static inline void act_for_shop(struct client *c)
{
    assert_int_equal(client_post(c, "/me/acting", "mandate=r:" SHOP_CODE).status, 200);
}

#endif
