#include "modules/catalogue/catalogue_internal.h"

static void take_law(const struct db_rows *r, struct law *out)
{
    *out = (struct law){db_int(r, 0, 0), db_str(r, 0, 1), db_str(r, 0, 2), db_str(r, 0, 3)};
}

bool laws_find(struct ctx *c, struct str title, struct law *out)
{
    struct db_rows r;
    struct str full = str_cat(c->arena, STR("中华人民共和国"), title), brief = title;
    if (str_starts(title, STR("中华人民共和国")))
        brief = str_slice(title, strlen("中华人民共和国"), title.len);
    *out = (struct law){0};
    if (!db_query(&c->tx, &r,
                  "SELECT id, title, dated, folder FROM law WHERE title IN ($1, $2, $3) ORDER BY dated DESC, "
                  "id LIMIT 1",
                  DB_S(title), DB_S(full), DB_S(brief)))
        return false;
    if (r.rows) take_law(&r, out);
    return true;
}

static void take_article(const struct db_rows *r, size_t i, struct article *out)
{
    *out = (struct article){(int)db_int(r, i, 0), db_str(r, i, 1), db_str(r, i, 2), db_str(r, i, 3)};
}

bool laws_article(struct ctx *c, int64_t law, struct str number, struct article *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT seq, number, chapter, text FROM law_article WHERE law_id = $1 AND number = $2 "
                  "ORDER BY seq LIMIT 1",
                  DB_I(law), DB_S(number)))
        return false;
    *found = r.rows > 0;
    if (*found) take_article(&r, 0, out);
    return true;
}

bool laws_load(struct ctx *c, int64_t id, struct law *out, struct article **articles, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id, title, dated, folder FROM law WHERE id = $1", DB_I(id)))
        return false;
    if (!r.rows) return err_missing(c->err, "law", "We cannot find this law.");
    take_law(&r, out);
    if (!db_query(&c->tx, &r,
                  "SELECT seq, number, chapter, text FROM law_article WHERE law_id = $1 ORDER BY seq",
                  DB_I(id)))
        return false;
    *articles = ARENA_ARRAY(c->arena, r.rows + 1, struct article);
    for (size_t i = 0; i < r.rows; i++)
        take_article(&r, i, &(*articles)[i]);
    *count = r.rows;
    return true;
}

static bool same_articles(struct ctx *c, int64_t law, const struct article *articles, size_t count,
                          bool *same)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT seq, number, chapter, text FROM law_article WHERE law_id = $1 ORDER BY seq",
                  DB_I(law)))
        return false;
    *same = r.rows == count;
    for (size_t i = 0; *same && i < count; i++) {
        struct article a;
        take_article(&r, i, &a);
        *same = a.seq == articles[i].seq && str_eq(a.number, articles[i].number) &&
                str_eq(a.chapter, articles[i].chapter) && str_eq(a.text, articles[i].text);
    }
    return true;
}

static bool add_articles(struct ctx *c, int64_t law, const struct article *articles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!db_exec(
                &c->tx,
                "INSERT INTO law_article (law_id, seq, number, chapter, text) VALUES ($1, $2, $3, $4, $5)",
                DB_I(law), DB_I(articles[i].seq), DB_S(articles[i].number), DB_S(articles[i].chapter),
                DB_S(articles[i].text)))
            return false;
    return true;
}

bool laws_store_add(struct ctx *c, struct law *law, const struct article *articles, size_t count,
                    enum law_stored *how)
{
    struct db_rows r;
    bool same = false;
    if (!db_query(&c->tx, &r, "SELECT id FROM law WHERE title = $1 AND dated = $2 AND folder = $3",
                  DB_S(law->title), DB_S(law->dated), DB_S(law->folder)))
        return false;
    law->id = r.rows ? db_int(&r, 0, 0) : ctx_id(c);
    *how = r.rows ? LAW_CHANGED : LAW_NEW;
    if (*how == LAW_NEW)
        return db_exec(&c->tx, "INSERT INTO law (id, title, dated, folder) VALUES ($1, $2, $3, $4)",
                       DB_I(law->id), DB_S(law->title), DB_S(law->dated), DB_S(law->folder)) &&
               add_articles(c, law->id, articles, count);
    if (!same_articles(c, law->id, articles, count, &same)) return false;
    if (same) *how = LAW_SAME;
    return same || (db_exec(&c->tx, "DELETE FROM law_article WHERE law_id = $1", DB_I(law->id)) &&
                    add_articles(c, law->id, articles, count));
}

/* References come sorted by title, so that each law is looked for once. */
bool laws_resolve(struct ctx *c, struct arena *into, struct law_ref *refs, size_t count)
{
    struct law law = {0};
    struct db_rows any;
    if (!db_query(&c->tx, &any, "SELECT id FROM law ORDER BY id LIMIT 1")) return false;
    for (size_t i = 0; any.rows && i < count; i++) {
        struct article article;
        bool found;
        if ((!i || !str_eq(refs[i].title, refs[i - 1].title)) && !laws_find(c, refs[i].title, &law))
            return false;
        if (!law.id) continue;
        if (!laws_article(c, law.id, refs[i].number, &article, &found)) return false;
        refs[i].law = law.id;
        if (!found) continue;
        refs[i].seq = article.seq;
        refs[i].text = str_dup(into, article.text);
    }
    return true;
}
