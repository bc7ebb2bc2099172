/* FEEL of decision tables in words that one need not learn. */
#include "modules/decisions/decisions_internal.h"

#include "core/http/server.h"

const struct json *decision_input_named(const struct json *inputs, struct str name)
{
    JSON_EACH(i, inputs)
    {
        if (str_eq(json_text_of(i, "name"), name)) return i;
    }
    return NULL;
}

struct str decision_input_label(struct ctx *c, const struct json *inputs, struct str name)
{
    struct str en = c->lang == &lang_en ? json_text_of(decision_input_named(inputs, name), "en") : STR_EMPTY;
    return en.len ? en : name;
}

static struct str labelled(struct ctx *c, const struct json *input, struct str value)
{
    const struct json *pair = json_get_str(json_get(input, "labels"), value);
    struct str text = json_text(json_at(pair, c->lang == &lang_en ? 1 : 0));
    return text.len ? text : value;
}

struct str decision_value_words(struct ctx *c, const struct json *input, const struct json *value)
{
    if (!value || value->type == JSON_NULL) return ctx_tr(c, "no record");
    if (value->type == JSON_BOOL) return ctx_tr(c, value->boolean ? "Yes" : "No");
    if (value->type == JSON_STRING) return labelled(c, input, value->text);
    return json_to_str(c->arena, value);
}

/* The next text in quotation marks at *rest, which moves behind it. */
static bool quoted(struct str *rest, struct str *text)
{
    if (!rest->len || rest->ptr[0] != '"') return false;
    const char *end = memchr(rest->ptr + 1, '"', rest->len - 1);
    if (!end || end[-1] == '\\') return false;
    *text = str_n(rest->ptr + 1, (size_t)(end - rest->ptr) - 1);
    *rest = str_trim(str_slice(*rest, (size_t)(end - rest->ptr) + 1, rest->len));
    return true;
}

/* False when the test is no list of texts. */
static bool list_words(struct ctx *c, const struct json *input, struct str test, struct str *out)
{
    struct buf b = buf_new(c->arena, 64);
    struct str one, rest = str_trim(test);
    while (quoted(&rest, &one)) {
        struct str word = labelled(c, input, one);
        bool said = str_find(buf_str(&b), word) != SIZE_MAX; /* two codes of one meaning */
        if (b.len && !said) buf_add_c(&b, c->lang == &lang_en ? " or " : "或者");
        if (!said) buf_add(&b, word);
        if (!rest.len) {
            *out = buf_str(&b);
            return true;
        }
        if (rest.ptr[0] != ',') return false;
        rest = str_trim(str_slice(rest, 1, rest.len));
    }
    return false;
}

static bool inside(struct str test, const char *before, struct str *out)
{
    size_t len = strlen(before);
    if (!str_starts(test, str_c(before)) || !str_ends(test, STR(")"))) return false;
    *out = str_slice(test, len, test.len - 1);
    return true;
}

static struct str plain(struct ctx *c, const struct json *input, struct str value)
{
    struct str in, words;
    value = str_trim(value);
    if (inside(value, "date(", &in)) value = str_trim(in);
    return list_words(c, input, value, &words) ? words : value;
}

struct str decision_condition_words(struct ctx *c, const struct json *input, struct str test)
{
    static const struct {
        const char *sign, *words;
    } signs[] = {{">=", "at least %{arg}"},
                 {"<=", "at most %{arg}"},
                 {">", "more than %{arg}"},
                 {"<", "less than %{arg}"}};
    struct str words, in;
    test = str_trim(test);
    if (list_words(c, input, test, &words)) return words;
    if (str_eq_c(test, "true")) return ctx_tr(c, "Yes");
    if (str_eq_c(test, "false")) return ctx_tr(c, "No");
    if (str_eq_c(test, "null")) return ctx_tr(c, "no record");
    if (inside(test, "not(", &in))
        return tr_arg(c->lang, c->arena, "not %{arg}", decision_condition_words(c, input, in));
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_starts(test, str_c(signs[i].sign)))
            return tr_arg(c->lang, c->arena, signs[i].words,
                          plain(c, input, str_slice(test, strlen(signs[i].sign), test.len)));
    return test;
}
