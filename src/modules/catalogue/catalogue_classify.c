#include "modules/catalogue/catalogue_internal.h"

/* ---- names ---- */

/* Full width forms of ASCII (U+FF01…FF5E) and the ideographic space become half width. */
static struct str half_width(struct arena *a, struct str s)
{
    struct buf b = buf_new(a, s.len + 1);
    for (size_t pos = 0; pos < s.len;) {
        size_t from = pos;
        uint32_t ch = utf8_next(s, &pos);
        if (ch == 0x3000 || ch == 0xA0 || ch == ' ' || (ch >= '\t' && ch <= '\r')) continue;
        if (ch >= 0xFF01 && ch <= 0xFF5E)
            buf_add_char(&b, (char)(ch - 0xFF01 + '!'));
        else
            buf_add(&b, str_slice(s, from, pos));
    }
    return buf_str(&b);
}

static bool tells_level(struct str inside)
{
    static const char *const words[] = {"县级",     "市级", "省级", "区级", "行使", "委托", "下放",    "权限",
                                        "省政府令", "内资", "及",   "、",   "和",   "/",    "431号令", "级"};
    struct str left = inside;
    while (left.len) {
        bool cut = false;
        for (size_t i = 0; i < sizeof words / sizeof words[0] && !cut; i++) {
            if (!str_starts(left, str_c(words[i]))) continue;
            left = str_slice(left, strlen(words[i]), left.len);
            cut = true;
        }
        if (!cut) return false;
    }
    return inside.len > 0;
}

struct str catalogue_plain_name(struct arena *a, struct str name)
{
    struct str s = half_width(a, name);
    while (s.len && s.ptr[s.len - 1] == ')') {
        size_t open = s.len;
        while (open > 0 && s.ptr[open - 1] != '(')
            open--;
        if (!open || !tells_level(str_slice(s, open, s.len - 1))) break;
        s = str_slice(s, 0, open - 1);
    }
    return s;
}

struct str catalogue_department_kind(const struct json *departments, struct str name)
{
    struct str best = STR_EMPTY;
    size_t best_len = 0;
    JSON_EACH(d, departments)
    {
        JSON_EACH(w, json_get(d, "words"))
        {
            if (w->text.len <= best_len || str_find(name, w->text) == SIZE_MAX) continue;
            best_len = w->text.len;
            best = json_text_of(d, "kind");
        }
    }
    return best;
}

/* ---- words found in a name ---- */

static int longest_first(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return x->len == y->len ? str_cmp(*x, *y) : x->len < y->len ? 1 : -1;
}

/* Longest word first, each stretch of text counted once, characters as weight. */
static int hits(struct arena *a, const struct json *words, struct str text)
{
    struct str sorted[512];
    size_t count = 0;
    int score = 0;
    JSON_EACH(w, words)
    {
        if (count < sizeof sorted / sizeof sorted[0] && str_find(text, w->text) != SIZE_MAX)
            sorted[count++] = w->text;
    }
    if (!count) return 0;
    qsort(sorted, count, sizeof sorted[0], longest_first);
    char *copy = (char *)str_z(a, text);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0, found;
        while ((found = str_find(str_n(copy + at, text.len - at), sorted[i])) != SIZE_MAX) {
            memset(copy + at + found, 1, sorted[i].len);
            at += found + sorted[i].len;
            score += (int)utf8_count(sorted[i]);
        }
    }
    return score;
}

static bool has_any(const struct json *words, struct str text)
{
    JSON_EACH(w, words)
    {
        if (str_find(text, w->text) != SIZE_MAX) return true;
    }
    return false;
}

static void add_theme(struct arena *a, struct classes *out, char list, struct str code)
{
    if (out->theme_count < sizeof out->themes / sizeof out->themes[0])
        out->themes[out->theme_count++] = str_fmt(a, "%c%.*s", list, STR_ARG(code));
}

/* The best theme, and a second one at least half as good; else the department's own; else 999. */
static void themes_of(struct arena *a, const struct json *rules, struct str text, struct str kind, char list,
                      struct classes *out)
{
    int best = 0, second = 0;
    struct str best_code = STR_EMPTY, second_code = STR_EMPTY, of_department = STR_EMPTY;
    JSON_EACH(t, rules)
    {
        struct str code = json_text_of(t, "code");
        JSON_EACH(d, json_get(t, "departments"))
        {
            if (!of_department.len && str_eq(d->text, kind)) of_department = code;
        }
        if (has_any(json_get(t, "not"), text)) continue;
        int score = hits(a, json_get(t, "words"), text);
        if (score > best) {
            second = best, second_code = best_code;
            best = score, best_code = code;
        } else if (score > second) {
            second = score, second_code = code;
        }
    }
    if (best) {
        add_theme(a, out, list, best_code);
        if (second * 2 >= best) add_theme(a, out, list, second_code);
    } else {
        add_theme(a, out, list, of_department.len ? of_department : STR("999"));
    }
}

static unsigned audience_of(struct arena *a, const struct json *rules, struct str text, struct str kind)
{
    int person = hits(a, json_get(rules, "person_words"), text),
        legal = hits(a, json_get(rules, "legal_words"), text);
    int low = person < legal ? person : legal, high = person < legal ? legal : person;
    if (high)
        return low * 2 >= high  ? FOR_PERSON | FOR_ORGANISATION
               : person > legal ? FOR_PERSON
                                : FOR_ORGANISATION;
    struct str word = json_text(json_get_str(json_get(rules, "by_department"), kind));
    return str_eq_c(word, "person")  ? FOR_PERSON
           : str_eq_c(word, "legal") ? FOR_ORGANISATION
                                     : FOR_PERSON | FOR_ORGANISATION;
}

void catalogue_classify(struct arena *a, const struct json *rules, struct str text, struct str kind,
                        struct classes *out)
{
    *out = (struct classes){.audience = audience_of(a, json_get(rules, "audience"), text, kind)};
    if (out->audience & FOR_PERSON) themes_of(a, json_get(rules, "person"), text, kind, 'p', out);
    if (out->audience & FOR_ORGANISATION) themes_of(a, json_get(rules, "legal"), text, kind, 'l', out);
}
