#include "modules/catalogue/catalogue_internal.h"

bool catalogue_basis(struct ctx *c, const struct item *item, struct json *list)
{
    JSON_EACH(b, json_get(item->doc, "basis"))
    {
        struct law law;
        struct article article = {0};
        bool found = false;
        if (!laws_find(c, json_text_of(b, "law"), &law)) return false;
        if (law.id && !laws_article(c, law.id, json_text_of(b, "article"), &article, &found)) return false;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "law", json_text_of(b, "law"));
        json_set_str(c->arena, o, "article", json_text_of(b, "article"));
        json_set_str(c->arena, o, "text", article.text);
        json_set(
            o, "href",
            found ? json_string(c->arena, str_fmt(c->arena, "/laws/%lld#a%d", (long long)law.id, article.seq))
                  : json_null(c->arena));
    }
    return true;
}

bool catalogue_law_place(struct ctx *c, struct str title, struct str number, struct law_place *out)
{
    struct law law;
    struct article article;
    bool found = false;
    *out = (struct law_place){.href = STR_EMPTY};
    if (!laws_find(c, title, &law)) return false;
    out->law_known = law.id > 0;
    if (law.id && !laws_article(c, law.id, number, &article, &found)) return false;
    out->article_known = found;
    if (found) out->href = str_fmt(c->arena, "/laws/%lld#a%d", (long long)law.id, article.seq);
    return true;
}
