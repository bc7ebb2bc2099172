/* The law library: titles, dates and articles, so that a guide opens the very article it rests on. */
#include "modules/catalogue/catalogue_internal.h"

enum { ARTICLES_MAX = 2000 };

/* 第…条, also 第…条之一; the number is what stands before the first white space. */
static bool article_number(struct str line, struct str *number, struct str *text)
{
    size_t pos = 0, end = 0;
    if (!str_starts(line, STR("第"))) return false;
    size_t at = str_find(line, STR("条"));
    if (at == SIZE_MAX || at > 60) return false;
    end = at + strlen("条");
    if (str_starts(str_slice(line, end, line.len), STR("之"))) {
        pos = end + strlen("之");
        utf8_next(line, &pos);
        end = pos;
    }
    struct str inside = str_slice(line, strlen("第"), at);
    for (pos = 0; pos < inside.len;) {
        size_t from = pos;
        utf8_next(inside, &pos);
        if (str_find(STR("一二三四五六七八九十百千零〇0123456789"), str_slice(inside, from, pos)) == SIZE_MAX)
            return false;
    }
    struct str rest = str_slice(line, end, line.len);
    bool apart = !rest.len || rest.ptr[0] == ' ' || str_starts(rest, STR("\xE3\x80\x80"));
    if (!apart) return false;
    while (rest.len && (rest.ptr[0] == ' ' || str_starts(rest, STR("\xE3\x80\x80"))))
        rest = str_slice(rest, rest.ptr[0] == ' ' ? 1 : 3, rest.len);
    *number = str_slice(line, 0, end);
    *text = rest;
    return true;
}

static struct str without_marks(struct str line)
{
    line = str_trim(line);
    while (line.len && (line.ptr[0] == '*' || line.ptr[0] == '>'))
        line = str_trim(str_slice(line, 1, line.len));
    while (line.len && line.ptr[line.len - 1] == '*')
        line = str_trim(str_slice(line, 0, line.len - 1));
    return line;
}

/* "护照法(2006-04-29)" → title and date. */
static void split_title(struct str name, struct law *law)
{
    size_t open = name.len;
    while (open > 0 && name.ptr[open - 1] != '(')
        open--;
    int32_t date;
    if (open && name.len && name.ptr[name.len - 1] == ')' &&
        date_parse(str_slice(name, open, name.len - 1), &date)) {
        law->title = str_trim(str_slice(name, 0, open - 1));
        law->dated = str_slice(name, open, name.len - 1);
    } else {
        law->title = str_trim(name);
        law->dated = STR_EMPTY;
    }
}

struct reading {
    struct ctx *c;
    struct article *list;
    size_t count;
    struct str chapter;
};

static struct article *begin(struct reading *r, struct str number, struct str text)
{
    struct article *one = &r->list[r->count++];
    *one = (struct article){.seq = (int)r->count, .number = number, .chapter = r->chapter, .text = text};
    return one;
}

static void go_on(struct reading *r, struct str line)
{
    struct article *last = &r->list[r->count - 1];
    last->text =
        last->text.len ? str_fmt(r->c->arena, "%.*s\n%.*s", STR_ARG(last->text), STR_ARG(line)) : line;
}

static bool is_heading(struct str *line)
{
    if (!str_starts(*line, STR("#"))) return false;
    while (line->len && (line->ptr[0] == '#' || line->ptr[0] == ' '))
        *line = str_slice(*line, 1, line->len);
    *line = str_trim(*line);
    return true;
}

static void read_articles(struct reading *r, struct str markdown)
{
    struct str line, number, text;
    while (markdown.len && r->count < ARTICLES_MAX) {
        markdown = str_cut(markdown, '\n', &line);
        if (is_heading(&line)) {
            r->chapter = line;
            continue;
        }
        line = without_marks(line);
        if (!line.len) continue;
        if (article_number(line, &number, &text))
            begin(r, number, text);
        else if (r->count)
            go_on(r, line);
    }
}

/* "十二、…" → "十二" */
static bool point_number(struct str line, struct str *number, struct str *text)
{
    size_t at = str_find(line, STR("、"));
    if (at == SIZE_MAX || at == 0 || at > 12) return false;
    *number = str_slice(line, 0, at);
    *text = str_trim(str_slice(line, at + strlen("、"), line.len));
    for (size_t pos = 0; pos < at;) {
        size_t from = pos;
        utf8_next(*number, &pos);
        if (str_find(STR("一二三四五六七八九十"), str_slice(*number, from, pos)) == SIZE_MAX) return false;
    }
    return true;
}

/* Older decisions have points (一、二、…) or plain text instead of articles. The head (title, who decided it
 * when) ends with a comment. */
static void read_points(struct reading *r, struct str markdown)
{
    struct str line, number, text;
    size_t head = str_find(markdown, STR("<!-- INFO END -->"));
    if (head != SIZE_MAX) markdown = str_slice(markdown, head, markdown.len);
    while (markdown.len && r->count < ARTICLES_MAX) {
        markdown = str_cut(markdown, '\n', &line);
        bool heading = is_heading(&line);
        line = str_trim(without_marks(line));
        if (!line.len || str_starts(line, STR("<!--"))) continue;
        if (point_number(line, &number, &text))
            begin(r, number, text);
        else if (heading && !r->count)
            continue; /* the title once more */
        else if (r->count)
            go_on(r, line);
        else
            begin(r, STR("序言"), line);
    }
    if (r->count == 1 && str_eq_c(r->list[0].number, "序言")) r->list[0].number = STR("全文");
}

bool catalogue_import_laws(struct ctx *c, struct str title, struct str markdown, struct str folder,
                           struct json *report)
{
    struct law law = {.folder = folder};
    struct reading r = {.c = c, .list = ARENA_ARRAY(c->arena, ARTICLES_MAX, struct article)};
    enum law_stored how;
    split_title(title, &law);
    read_articles(&r, markdown);
    if (!r.count) read_points(&r, markdown);
    json_set_i64(c->arena, report, "read", json_i64_of(report, "read", 0) + 1);
    if (!r.count) {
        json_set_i64(c->arena, report, "refused", json_i64_of(report, "refused", 0) + 1);
        return true;
    }
    if (!laws_store_add(c, &law, r.list, r.count, &how)) return false;
    const char *key = how == LAW_NEW ? "new" : how == LAW_CHANGED ? "changed" : "same";
    if (how != LAW_SAME) ctx_changed(c, "catalogue"); /* guides quote the articles */
    json_set_i64(c->arena, report, key, json_i64_of(report, key, 0) + 1);
    return true;
}
