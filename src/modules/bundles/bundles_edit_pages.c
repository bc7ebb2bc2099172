/* The pages of the one form: their titles, and which question stands on which. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

enum { PAGES_MAX = 20 };

/* Every field that some situation asks: {key: title}, each answer of each question taken once. */
static bool all_keys(struct ctx *c, const struct json *b, struct json *keys)
{
    struct bundle_plan p;
    const struct json *questions = json_get(b, "situations");
    size_t count = questions ? questions->count : 0;
    for (size_t i = 0; i <= count; i++) {
        const struct json *q = i ? json_at(questions, i - 1) : NULL;
        const struct json *answer = q && json_get(q, "options") ? json_get(q, "options")->first : NULL;
        do {
            struct json *said = json_object(c->arena);
            if (q)
                json_set_str(c->arena, said, str_z(c->arena, json_text_of(q, "id")),
                             json_text_of(answer, "value"));
            if (!bundle_plan_make(c, b, said, NULL, &p)) {
                if (c->err->kind != ERR_INVALID) return false;
                err_clear(c->err);
            }
            JSON_EACH(property, json_get(p.schema, "properties"))
            {
                if (!json_get_str(keys, property->key))
                    json_set_str(c->arena, keys, str_z(c->arena, property->key),
                                 bundle_text(c, property, "title", "x-en"));
            }
            answer = answer ? answer->next : NULL;
        } while (answer);
    }
    return true;
}

static struct str page_of(const struct json *b, struct str key)
{
    JSON_EACH(page, json_get(b, "pages"))
    {
        JSON_EACH(f, json_get(page, "fields"))
        {
            if (str_eq(json_text(f), key)) return json_text_of(page, "id");
        }
    }
    return STR_EMPTY;
}

/* Its controls are named by the page, so that what was typed stays with it when others come or go. */
static struct str control_of(struct ctx *c, const struct json *page, const char *behind)
{
    return page ? str_fmt(c->arena, "p.%.*s%s", STR_ARG(json_text_of(page, "id")), behind)
                : str_fmt(c->arena, "pnew%s", behind);
}

static struct str typed(struct ctx *c, struct str name, struct str stored)
{
    return bundle_edit_again(c, name) ? ctx_param(c, name) : stored;
}

static void add_page(struct ctx *c, struct json *list, const struct json *page, size_t n)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "at", control_of(c, page, ""));
    json_set_i64(c->arena, o, "n", (int64_t)n + 1);
    json_set_str(c->arena, o, "title", typed(c, control_of(c, page, ".title"), json_text_of(page, "title")));
    json_set_str(c->arena, o, "en_title", typed(c, control_of(c, page, ".en"), json_text_of(page, "en")));
    json_set_bool(c->arena, o, "fresh", page == NULL);
}

bool bundles_pages(struct ctx *c)
{
    struct bundle_edit e;
    struct json *keys = json_object(c->arena);
    size_t n = 0;
    if (!bundle_edit_load(c, &e) || !bundle_edit_head(c, &e, "pages") || !all_keys(c, e.v.doc, keys))
        return false;
    struct json *doc = ctx_doc(c), *pages = json_set_array(c->arena, doc, "pages"),
                *fields = json_set_array(c->arena, doc, "fields");
    JSON_EACH(page, json_get(e.v.doc, "pages"))
    {
        add_page(c, pages, page, n++);
    }
    if (n < PAGES_MAX) add_page(c, pages, NULL, n);
    JSON_EACH(key, keys)
    {
        struct json *o = json_add_object(c->arena, fields), *options = json_set_array(c->arena, o, "options");
        struct str now = page_of(e.v.doc, key->key);
        json_set_str(c->arena, o, "name", str_cat(c->arena, STR("k."), key->key));
        json_set_str(c->arena, o, "label", json_text(key).len ? json_text(key) : key->key);
        JSON_EACH(page, json_get(e.v.doc, "pages"))
        {
            struct json *option = json_add_object(c->arena, options);
            json_set_str(c->arena, option, "value", json_text_of(page, "id"));
            json_set_str(c->arena, option, "label", bundle_text(c, page, "title", "en"));
            json_set_bool(c->arena, option, "chosen", str_eq(json_text_of(page, "id"), now));
        }
        bundle_edit_choose(c, options, json_text_of(o, "name"));
    }
    json_set_bool(c->arena, doc, "has_fields", fields->count > 0);
    return true;
}

/* ---- saving ---- */

static struct str free_id(struct ctx *c, const struct json *before, const struct json *read)
{
    for (int k = 1;; k++) {
        struct str id = str_fmt(c->arena, "page%d", k);
        bool taken = false;
        JSON_EACH(p, before)
        {
            taken = taken || str_eq(json_text_of(p, "id"), id);
        }
        JSON_EACH(p, read)
        {
            taken = taken || str_eq(json_text_of(p, "id"), id);
        }
        if (!taken) return id;
    }
}

/* A page without a Chinese title is one that was taken out: its fields stand on none. */
static void read_page(struct ctx *c, const struct json *before, const struct json *page, struct json *out)
{
    struct str title = utf8_head(str_trim(ctx_param(c, control_of(c, page, ".title"))), 60),
               en = utf8_head(str_trim(ctx_param(c, control_of(c, page, ".en"))), 80);
    if (!title.len) return;
    struct json *o = json_add_object(c->arena, out);
    json_set_str(c->arena, o, "id", page ? json_text_of(page, "id") : free_id(c, before, out));
    json_set_str(c->arena, o, "title", title);
    json_set_str(c->arena, o, "en", en.len ? en : title);
    json_set_array(c->arena, o, "fields");
}

static struct json *fields_of(const struct json *pages, struct str id)
{
    JSON_EACH(p, pages)
    {
        if (str_eq(json_text_of(p, "id"), id)) return (struct json *)json_get(p, "fields");
    }
    return NULL;
}

static bool in_list(const struct json *list, struct str key)
{
    JSON_EACH(one, list)
    {
        if (str_eq(json_text(one), key)) return true;
    }
    return false;
}

/* A field that stays on its page keeps its place there. */
static void place_fields(struct ctx *c, const struct json *b, const struct json *keys,
                         const struct json *pages)
{
    JSON_EACH(page, json_get(b, "pages"))
    {
        JSON_EACH(f, json_get(page, "fields"))
        {
            struct str control = str_cat(c->arena, STR("k."), json_text(f)), id = json_text_of(page, "id"),
                       said = bundle_edit_sent(c, control) ? ctx_param(c, control) : id;
            struct json *list = str_eq(said, id) ? fields_of(pages, id) : NULL;
            if (list) json_add(list, json_copy(c->arena, f));
        }
    }
    JSON_EACH(key, keys)
    {
        struct json *list = fields_of(pages, ctx_param(c, str_cat(c->arena, STR("k."), key->key)));
        if (list && !in_list(list, key->key)) json_add(list, json_string(c->arena, key->key));
    }
}

bool bundles_pages_save(struct ctx *c)
{
    struct bundle_edit e;
    struct json *keys = json_object(c->arena), *pages = json_array(c->arena);
    size_t n = 0;
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e) || !all_keys(c, e.v.doc, keys)) return false;
    const struct json *before = json_get(e.v.doc, "pages");
    JSON_EACH(page, before)
    {
        read_page(c, before, page, pages);
        n++;
    }
    if (n < PAGES_MAX) read_page(c, before, NULL, pages);
    place_fields(c, e.v.doc, keys, pages);
    struct json *doc = json_copy(c->arena, e.v.doc);
    json_set(doc, "pages", pages);
    return bundle_edit_keep(c, &e, doc, "/pages");
}
