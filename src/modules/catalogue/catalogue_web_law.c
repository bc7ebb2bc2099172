/* A law of the library with its articles, and the services that rest on it. */
#include "modules/catalogue/catalogue_internal.h"

static void add_services(struct ctx *c, struct json *doc, const struct law *law)
{
    struct arena *a = c->arena;
    const struct snapshot *s = catalogue_snapshot(c);
    struct json *list = json_set_array(a, doc, "items");
    for (size_t i = 0; i < s->count; i++)
        JSON_EACH(b, json_get(s->items[i].item.doc, "basis"))
        {
            const struct law_ref *ref = catalogue_law(s, json_text_of(b, "law"), json_text_of(b, "article"));
            if (!ref || ref->law != law->id) continue;
            struct json *o = json_add_object(a, list);
            json_set_str(a, o, "name", s->items[i].item.name);
            json_set_str(a, o, "href", item_href(a, &s->items[i].item));
            json_set_str(a, o, "article", ref->number);
            break;
        }
    json_set_bool(a, doc, "has_items", list->count > 0);
    json_set_i64(a, doc, "item_total", (int64_t)list->count);
}

static void add_article(struct arena *a, struct json *articles, const struct article *x)
{
    struct json *o = json_add_object(a, articles);
    struct str rest = x->text, line;
    json_set_str(a, o, "id", str_fmt(a, "a%d", x->seq));
    json_set_str(a, o, "number", x->number);
    struct json *paragraphs = json_set_array(a, o, "paragraphs");
    while (rest.len) {
        rest = str_cut(rest, '\n', &line);
        if (line.len) json_add(paragraphs, json_string(a, line));
    }
}

bool law_page(struct ctx *c)
{
    int64_t id;
    struct law law;
    struct article *articles;
    size_t count;
    if (!ctx_path_id(c, "id", &id) || !laws_load(c, id, &law, &articles, &count)) return false;
    struct json *doc = ctx_doc(c), *parts = json_array(c->arena), *list = NULL;
    json_set_str(c->arena, doc, "name", law.title);
    json_set_str(c->arena, doc, "kind", law.folder);
    json_set_str(c->arena, doc, "dated", law.dated);
    json_set_array(c->arena, doc, "crumbs");
    add_services(c, doc, &law);
    json_set(doc, "parts", parts);
    for (size_t i = 0; i < count; i++) {
        if (!list || !str_eq(articles[i].chapter, articles[i - 1].chapter)) {
            struct json *part = json_add_object(c->arena, parts);
            json_set_str(c->arena, part, "heading", articles[i].chapter);
            list = json_set_array(c->arena, part, "articles");
        }
        add_article(c->arena, list, &articles[i]);
    }
    return true;
}
