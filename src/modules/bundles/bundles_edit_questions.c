/* The page of a life event's own questions: words in two languages and answers, one a line. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

enum { QUESTIONS_MAX = 12, ANSWERS_MAX = 12 };

static const struct {
    const char *key, *label;
} words[] = {{"question", "Question in Chinese"},
             {"en", "Question in English"},
             {"help", "Help in Chinese"},
             {"help_en", "Help in English"}};

/* ---- the page ---- */

static void add_control(struct ctx *c, struct json *list, struct str name, const char *label,
                        const char *kind, struct str value, const char *hint)
{
    struct json *f = json_add_object(c->arena, list);
    struct str sent = ctx_param(c, name);
    json_set_str(c->arena, f, "id", name);
    json_set_str(c->arena, f, "name", name);
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_c(c->arena, f, "type", "text");
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_str(c->arena, f, "value", bundle_edit_again(c, name) ? sent : value);
    if (hint) json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (str_eq_c(name, c->failed->fields[i].field))
            json_set_str(c->arena, f, "error", ctx_tr(c, c->failed->fields[i].msgid));
    case_field_whole(c, f);
}

static struct str answers_text(struct ctx *c, const struct json *q)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(a, json_get(q, "options"))
    {
        if (b.len) buf_add_char(&b, '\n');
        buf_fmt(&b, "%.*s | %.*s", STR_ARG(json_text_of(a, "label")), STR_ARG(json_text_of(a, "en")));
    }
    return buf_str(&b);
}

/* What hangs on it: services that belong with one of its answers, or take theirs from it. */
static struct str used_by(struct ctx *c, const struct json *b, struct str id)
{
    struct buf out = buf_new(c->arena, 64);
    JSON_EACH(m, json_get(b, "members"))
    {
        bool uses = str_eq(json_text_of(json_get(m, "when"), "situation"), id);
        JSON_EACH(s, json_get(m, "situations"))
        {
            uses = uses || str_eq(json_text_of(s, "from"), id);
        }
        if (!uses) continue;
        const struct item *item = catalogue_of_base(c, json_text_of(m, "item"));
        if (out.len) buf_add_c(&out, c->lang == &lang_en ? ", " : "、");
        buf_add(&out, item ? item->name : json_text_of(m, "item"));
    }
    return buf_str(&out);
}

/* Its controls are named by the question, so that what was typed stays with it when others come or go. */
static struct str controls_of(struct ctx *c, const struct json *q)
{
    return q ? str_cat(c->arena, STR("q."), json_text_of(q, "id")) : STR("qnew");
}

static void add_question(struct ctx *c, struct json *list, const struct json *b, const struct json *q,
                         size_t n)
{
    struct json *o = json_add_object(c->arena, list), *fields = json_set_array(c->arena, o, "fields");
    struct str at = controls_of(c, q), used = q ? used_by(c, b, json_text_of(q, "id")) : STR_EMPTY;
    json_set_i64(c->arena, o, "n", (int64_t)n + 1);
    json_set_bool(c->arena, o, "fresh", q == NULL);
    json_set(o, "used_by", used.len ? json_string(c->arena, used) : json_null(c->arena));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        add_control(c, fields, str_fmt(c->arena, "%.*s.%s", STR_ARG(at), words[i].key), words[i].label,
                    "input", json_text_of(q, words[i].key), NULL);
    add_control(c, fields, str_cat(c->arena, at, STR(".answers")), "Answers, one a line", "textarea",
                answers_text(c, q), "Chinese | English; the first one stands until another is chosen");
}

bool bundles_questions(struct ctx *c)
{
    struct bundle_edit e;
    size_t n = 0;
    if (!bundle_edit_load(c, &e) || !bundle_edit_head(c, &e, "questions")) return false;
    struct json *list = json_set_array(c->arena, ctx_doc(c), "questions");
    JSON_EACH(q, json_get(e.v.doc, "situations"))
    {
        add_question(c, list, e.v.doc, q, n++);
    }
    if (n < QUESTIONS_MAX) add_question(c, list, e.v.doc, NULL, n);
    return true;
}

/* ---- saving ---- */

static bool known_value(const struct json *options, struct str value)
{
    JSON_EACH(a, options)
    {
        if (str_eq(json_text_of(a, "value"), value)) return true;
    }
    return false;
}

static bool has_line(const struct json *lines, struct str label)
{
    JSON_EACH(l, lines)
    {
        struct str zh;
        str_cut(json_text(l), '|', &zh);
        if (str_eq(str_trim(zh), label)) return true;
    }
    return false;
}

/* An answer keeps its value while its Chinese words do; or, where none came or went, its place, unless the
 * words that stood there have only moved. */
static struct str value_for(struct ctx *c, const struct json *before, const struct json *read,
                            struct str label, size_t n, const struct json *lines)
{
    JSON_EACH(a, before)
    {
        if (str_eq(json_text_of(a, "label"), label) && !known_value(read, json_text_of(a, "value")))
            return json_text_of(a, "value");
    }
    const struct json *same_place = before && before->count == lines->count ? json_at(before, n) : NULL;
    if (same_place && !has_line(lines, json_text_of(same_place, "label")) &&
        !known_value(read, json_text_of(same_place, "value")))
        return json_text_of(same_place, "value");
    for (int k = 1;; k++) {
        struct str fresh = str_fmt(c->arena, "a%d", k);
        if (!known_value(before, fresh) && !known_value(read, fresh)) return fresh;
    }
}

static struct json *split(struct ctx *c, struct str text)
{
    struct json *out = json_array(c->arena);
    while (text.len) {
        struct str line;
        text = str_cut(text, '\n', &line);
        line = str_trim(line);
        if (line.len && out->count < ANSWERS_MAX) json_add(out, json_string(c->arena, line));
    }
    return out;
}

static struct json *read_answers(struct ctx *c, const struct json *before, struct str name)
{
    struct json *lines = split(c, ctx_param(c, name)), *out = json_array(c->arena);
    size_t n = 0;
    JSON_EACH(l, lines)
    {
        struct str zh, en = str_trim(str_cut(json_text(l), '|', &zh));
        zh = str_trim(zh);
        struct str value = value_for(c, before, out, zh, n++, lines);
        const struct json *old = NULL;
        JSON_EACH(a, before)
        {
            if (str_eq(json_text_of(a, "value"), value)) old = a;
        }
        struct json *o = old ? json_copy(c->arena, old) : json_object(c->arena);
        json_set_str(c->arena, o, "value", value);
        json_set_str(c->arena, o, "label", zh);
        json_set_str(c->arena, o, "en", en.len ? en : zh);
        json_add(out, o);
    }
    return out;
}

static struct str free_id(struct ctx *c, const struct json *before, const struct json *read)
{
    for (int k = 1;; k++) {
        struct str id = str_fmt(c->arena, "q%d", k);
        bool taken = false;
        JSON_EACH(q, before)
        {
            taken = taken || str_eq(json_text_of(q, "id"), id);
        }
        JSON_EACH(q, read)
        {
            taken = taken || str_eq(json_text_of(q, "id"), id);
        }
        if (!taken) return id;
    }
}

/* A question without Chinese words is one that was taken out. */
static bool read_question(struct ctx *c, const struct json *all, const struct json *before, struct json *out)
{
    struct str at = controls_of(c, before), name = str_cat(c->arena, at, STR(".answers"));
    struct str text = str_trim(ctx_param(c, str_cat(c->arena, at, STR(".question"))));
    if (!text.len) return true;
    struct json *q = before ? json_copy(c->arena, before) : json_object(c->arena);
    json_set_str(c->arena, q, "id", before ? json_text_of(before, "id") : free_id(c, all, out));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        json_set_str(
            c->arena, q, words[i].key,
            utf8_head(str_trim(ctx_param(c, str_fmt(c->arena, "%.*s.%s", STR_ARG(at), words[i].key))), 200));
    if (!json_text_of(q, "en").len) json_set_str(c->arena, q, "en", text);
    struct json *answers = read_answers(c, json_get(before, "options"), name);
    if (answers->count < 2) return err_at(c->err, name, "A question has at least two answers.", STR_EMPTY);
    json_set(q, "options", answers);
    json_add(out, q);
    return true;
}

bool bundles_questions_save(struct ctx *c)
{
    struct bundle_edit e;
    struct json *out = json_array(c->arena);
    size_t n = 0;
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e)) return false;
    struct json *doc = json_copy(c->arena, e.v.doc);
    const struct json *before = json_get(e.v.doc, "situations");
    JSON_EACH(q, before)
    {
        read_question(c, before, q, out);
        n++;
    }
    if (n < QUESTIONS_MAX) read_question(c, before, NULL, out);
    if (c->err->kind != ERR_NONE) return false;
    json_set(doc, "situations", out);
    return bundle_edit_keep(c, &e, doc, "/questions");
}
