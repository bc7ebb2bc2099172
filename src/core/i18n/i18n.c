#include "core/i18n/i18n.h"

#include "core/base/buf.h"

const struct lang lang_en = {.tag = "en"};

/* In the order of preference where a person states none. */
static const struct lang *const languages[] = {&lang_zh_cn, &lang_en};
enum { LANGUAGES = sizeof languages / sizeof languages[0] };

uint32_t lang_mark(struct str msgid)
{
    uint32_t mark = (uint32_t)msgid.len;
    for (size_t i = 0; msgid.len && i < 8; i++)
        mark = mark * 31 + (unsigned char)msgid.ptr[(msgid.len - 1) * i / 7];
    return mark;
}

struct str lang_text(const struct lang *l, struct str msgid)
{
    if (!l->buckets) return msgid;
    size_t bucket = lang_mark(msgid) % l->buckets;
    for (size_t i = l->from[bucket]; i < l->from[bucket + 1]; i++)
        if (str_eq(l->entries[i].msgid, msgid)) return l->entries[i].msgstr;
    return msgid;
}

struct str tr(const struct lang *l, const char *msgid)
{
    return lang_text(l, str_c(msgid));
}

struct str tr_arg(const struct lang *l, struct arena *a, const char *msgid, struct str arg)
{
    struct str text = tr(l, msgid), mark = STR("%{arg}");
    size_t at = str_find(text, mark);
    if (at == SIZE_MAX) return text;
    struct buf out = buf_new(a, text.len + arg.len);
    for (; at != SIZE_MAX; at = str_find(text, mark)) {
        buf_add(&out, str_slice(text, 0, at));
        buf_add(&out, arg);
        text = str_slice(text, at + mark.len, text.len);
    }
    buf_add(&out, text);
    return buf_str(&out);
}

const struct lang *lang_find(struct str tag)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (str_eq_nocase(tag, str_c(languages[i]->tag))) return languages[i];
    return NULL;
}

/* ---- Accept-Language ---- */

/* Thousandths of a qvalue (RFC 9110 §12.4.2), -1 where it is malformed. */
static int parse_quality(struct str s)
{
    if (s.len < 1 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1')) return -1;
    int q = (s.ptr[0] - '0') * 1000, unit = 100;
    if (s.len > 1 && s.ptr[1] != '.') return -1;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
        q += (s.ptr[i] - '0') * unit;
    }
    return q <= 1000 ? q : -1;
}

/* Quality of one element "range;q=0.5"; 1000 without a weight, -1 where it is malformed. */
static int element_quality(struct str parameters)
{
    int q = 1000;
    while (parameters.len) {
        struct str one;
        parameters = str_cut(parameters, ';', &one);
        one = str_trim(one);
        if (one.len < 2 || (one.ptr[0] != 'q' && one.ptr[0] != 'Q') || one.ptr[1] != '=') return -1;
        q = parse_quality(str_slice(one, 2, one.len));
        if (q < 0) return -1;
    }
    return q;
}

/* Languages are told apart by their first subtag: zh-Hans-CN and zh-TW are served zh-CN, en-GB is served en.
 */
static bool same_primary(struct str range, const char *tag)
{
    struct str wanted, ours;
    str_cut(range, '-', &wanted);
    str_cut(str_c(tag), '-', &ours);
    return str_eq_nocase(wanted, ours);
}

const struct lang *lang_accept(struct str header)
{
    int quality[LANGUAGES], star = -1;
    size_t position[LANGUAGES] = {0}, star_position = 0, at = 0;
    for (size_t i = 0; i < LANGUAGES; i++)
        quality[i] = -1;
    while (header.len) {
        struct str element, range;
        header = str_cut(header, ',', &element);
        struct str parameters = str_cut(element, ';', &range);
        range = str_trim(range);
        int q = element_quality(parameters);
        at++;
        if (q < 0 || !range.len) continue;
        if (str_eq(range, STR("*"))) {
            if (q > star) star_position = at;
            if (q > star) star = q;
        }
        for (size_t i = 0; i < LANGUAGES; i++) {
            if (q <= quality[i] || !same_primary(range, languages[i]->tag)) continue;
            quality[i] = q;
            position[i] = at;
        }
    }
    const struct lang *best = languages[0];
    int best_quality = 0;
    size_t best_position = 0;
    for (size_t i = 0; i < LANGUAGES; i++) {
        int q = quality[i] >= 0 ? quality[i] : star;
        size_t p = quality[i] >= 0 ? position[i] : star_position;
        if (q <= 0 || q < best_quality || (q == best_quality && p >= best_position)) continue;
        best = languages[i];
        best_quality = q;
        best_position = p;
    }
    return best;
}
