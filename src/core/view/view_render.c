/* Running the operations: one walk over flat arrays, writing into one buffer. */
#include "core/view/view_internal.h"

/* A parent being rendered: its blocks may be replaced by those of the operation that names it. */
struct frame {
    const struct template *in;
    const struct op *parent;
    const struct frame *outer;
};

struct run {
    const struct views *views;
    struct buf *out;
    const struct lang *lang;
    struct err *err;
    const struct json *stack[VIEW_DEPTH + 1];
    size_t contexts, nesting;
    struct str indent;
    const struct frame *frames;
    size_t url_at;
};

static bool run_ops(struct run *r, const struct template *t, uint32_t from, uint32_t to);

/* ---- names ---- */

int32_t view_find(const struct views *v, struct str name)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(name, v->templates[middle].name);
        if (order == 0) return (int32_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return VIEW_NO_TARGET;
}

bool views_has(const struct views *v, struct str name)
{
    return view_find(v, name) != VIEW_NO_TARGET;
}

struct path view_path(struct arena *a, struct str name)
{
    struct path p = {0};
    if (str_eq(name, STR("."))) return p;
    size_t parts = 1;
    for (size_t i = 0; i < name.len; i++)
        parts += name.ptr[i] == '.';
    p.parts = ARENA_ARRAY(a, parts, struct path_part);
    for (; p.count < parts; p.count++) {
        struct path_part *part = &p.parts[p.count];
        name = str_cut(name, '.', &part->name);
        part->mark = json_mark(part->name);
    }
    return p;
}

/* The first part is looked up through all contexts, the rest only inside what it found. */
static const struct json *look_up(const struct run *r, const struct path *p)
{
    if (!p->count) return r->stack[r->contexts - 1];
    const struct json *found = NULL;
    for (size_t i = r->contexts; i-- > 0 && !found;)
        found = json_find(r->stack[i], p->parts[0].name, p->parts[0].mark);
    for (size_t i = 1; i < p->count && found; i++)
        found = json_find(found, p->parts[i].name, p->parts[i].mark);
    return found;
}

static bool is_false(const struct json *value)
{
    if (!value) return true;
    switch (value->type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return !value->boolean;
    case JSON_STRING:
        return value->text.len == 0;
    case JSON_ARRAY:
        return value->count == 0;
    default:
        return false;
    }
}

/* ---- writing ---- */

static inline void put(struct buf *out, const char *ptr, size_t len)
{
    if (out->cap - out->len <= len) {
        buf_add(out, str_n(ptr, len));
        return;
    }
    if (len) memcpy(out->ptr + out->len, ptr, len);
    out->len += len;
}

static const struct str html_escapes[256] = {
    ['&'] = {"&amp;", 5},  ['<'] = {"&lt;", 4},   ['>'] = {"&gt;", 4},
    ['"'] = {"&quot;", 6}, ['\''] = {"&#39;", 5},
};

void view_escape_html(struct buf *out, struct str s)
{
    size_t from = 0;
    if (!s.len) return; /* nothing may be added to a null pointer, not even 0 */
    for (size_t i = 0; i < s.len; i++) {
        const struct str *e = &html_escapes[(unsigned char)s.ptr[i]];
        if (!e->len) continue;
        put(out, s.ptr + from, i - from);
        put(out, e->ptr, e->len);
        from = i + 1;
    }
    put(out, s.ptr + from, s.len - from);
}

/* RFC 3986: unreserved characters stay, in a path also those that separate its parts. */
static void escape_url(struct buf *out, struct str s, bool query)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (letter || (ch && strchr("-._~", ch)) || (!query && ch && strchr("/+,;:@$!*()", ch))) {
            put(out, s.ptr + i, 1);
        } else {
            char text[3] = {'%', hex[ch >> 4], hex[ch & 15]};
            put(out, text, 3);
        }
    }
}

static void write_value(struct run *r, const struct json *value, enum escape escape)
{
    struct str text = STR_EMPTY;
    if (!value) return;
    if (value->type == JSON_STRING || value->type == JSON_NUMBER)
        text = value->text;
    else if (value->type == JSON_BOOL)
        text = value->boolean ? STR("true") : STR("false");
    switch (escape) {
    case ESC_NONE:
        put(r->out, text.ptr, text.len);
        break;
    case ESC_HTML:
        view_escape_html(r->out, text);
        break;
    case ESC_URL_PATH:
        escape_url(r->out, text, false);
        break;
    case ESC_URL_QUERY:
        escape_url(r->out, text, true);
        break;
    }
}

static void write_text(struct run *r, const struct op *o)
{
    struct str s = o->text;
    if (!r->indent.len) {
        put(r->out, s.ptr, s.len);
        return;
    }
    bool indent = o->line_start;
    do {
        if (indent) put(r->out, r->indent.ptr, r->indent.len);
        size_t at = str_find_char(s, '\n'), n = at == SIZE_MAX ? s.len : at + 1;
        put(r->out, s.ptr, n);
        s = str_slice(s, n, s.len);
        indent = true;
    } while (s.len);
}

/* ---- URL attributes ---- */

/* The scheme is judged on what was written, as a browser reads it: blanks and control characters before it
 * and line breaks inside it do not count (WHATWG URL §4.4). */
static bool scheme_allowed(struct str url)
{
    static const char *const allowed[] = {"http", "https", "mailto", "tel", NULL};
    char scheme[8];
    size_t n = 0;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char ch = (unsigned char)url.ptr[i];
        if (ch == '/' || ch == '?' || ch == '#') return true;
        if (ch == ':') {
            for (size_t k = 0; allowed[k]; k++)
                if (str_eq_nocase(str_n(scheme, n), str_c(allowed[k]))) return true;
            return false;
        }
        if (ch <= 0x20) continue;
        if (n < sizeof scheme) scheme[n++] = (char)ch;
    }
    return true;
}

static void judge_url(struct run *r)
{
    struct buf *out = r->out;
    if (scheme_allowed(str_n(out->ptr + r->url_at, out->len - r->url_at))) return;
    out->len = r->url_at;
    put(out, "#", 1);
}

/* ---- sentences ---- */

/* Borrows where nothing is to be escaped. */
static struct str escaped(struct arena *a, struct str text)
{
    size_t i = 0;
    while (i < text.len && !html_escapes[(unsigned char)text.ptr[i]].len)
        i++;
    if (i == text.len) return text;
    struct buf out = buf_new(a, text.len + 8);
    view_escape_html(&out, text);
    return buf_str(&out);
}

struct sentence view_sentence(struct arena *a, struct str text)
{
    size_t count = 1;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '%' && text.ptr[i + 1] == '{') count += 2;
    struct sentence s = {.pieces = ARENA_ARRAY(a, count, struct piece)};
    while (text.len) {
        size_t at = str_find(text, STR("%{"));
        size_t end = at == SIZE_MAX ? SIZE_MAX : str_find_char(str_slice(text, at, text.len), '}');
        if (end == SIZE_MAX) at = text.len;
        if (at) s.pieces[s.count++].text = escaped(a, str_slice(text, 0, at));
        if (end == SIZE_MAX) break;
        struct path *p = ARENA_NEW(a, struct path);
        *p = view_path(a, str_trim(str_slice(text, at + 2, at + end)));
        s.pieces[s.count++].path = p;
        text = str_slice(text, at + end + 1, text.len);
    }
    return s;
}

static void write_message(struct run *r, const struct message *m)
{
    struct sentence other;
    const struct sentence *s = &m->english;
    if (r->lang == &lang_zh_cn) {
        s = &m->chinese;
    } else if (r->lang && r->lang->count) {
        other = view_sentence(r->out->arena, lang_text(r->lang, m->msgid));
        s = &other;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (s->pieces[i].path)
            write_value(r, look_up(r, s->pieces[i].path), ESC_HTML);
        else
            put(r->out, s->pieces[i].text.ptr, s->pieces[i].text.len);
    }
}

/* ---- compound operations ---- */

static bool enter(struct run *r, const struct template *t, const struct op *o)
{
    if (++r->nesting <= VIEW_DEPTH) return true;
    return err_fault(r->err, "view %.*s:%u nests deeper than %d", STR_ARG(t->name), o->line, VIEW_DEPTH);
}

static bool run_section(struct run *r, const struct template *t, uint32_t at)
{
    const struct op *o = &t->ops[at];
    const struct json *value = look_up(r, &o->path);
    if (is_false(value)) return true;
    if (!enter(r, t, o)) return false;
    bool ok = true;
    size_t slot = r->contexts++;
    if (value->type == JSON_ARRAY) {
        for (const struct json *item = value->first; item && ok; item = item->next) {
            r->stack[slot] = item;
            ok = run_ops(r, t, at + 1, o->end);
        }
    } else {
        r->stack[slot] = value;
        ok = run_ops(r, t, at + 1, o->end);
    }
    r->contexts--;
    r->nesting--;
    return ok;
}

static bool run_template(struct run *r, const struct template *t, const struct op *o,
                         const struct frame *frames)
{
    if (o->target == VIEW_NO_TARGET) return true;
    if (!enter(r, t, o)) return false;
    struct str indent = r->indent;
    const struct frame *before = r->frames;
    r->frames = frames;
    if (!o->standalone)
        r->indent = STR_EMPTY;
    else if (o->indent.len)
        r->indent = str_cat(r->out->arena, indent, o->indent);
    const struct template *target = &r->views->templates[o->target];
    bool ok = run_ops(r, target, 0, target->count);
    r->indent = indent;
    r->frames = before;
    r->nesting--;
    return ok;
}

/* The outermost replacement wins; inside it only replacements from further out count. */
static const struct op *replacement(const struct run *r, uint32_t block, const struct frame **where)
{
    const struct op *found = NULL;
    for (const struct frame *f = r->frames; f; f = f->outer) {
        const struct op *o = f->parent + 1, *end = f->in->ops + f->parent->end;
        while (o < end) {
            if (o->kind == OP_BLOCK && o->block == block) {
                found = o;
                *where = f;
                break;
            }
            o = o->end ? f->in->ops + o->end : o + 1;
        }
    }
    return found;
}

static bool run_block(struct run *r, const struct template *t, uint32_t at)
{
    const struct op *site = &t->ops[at], *content = site;
    const struct template *from = t;
    const struct frame *frames = r->frames, *where = NULL;
    const struct op *instead = replacement(r, site->block, &where);
    if (instead) {
        content = instead;
        from = where->in;
        frames = where->outer;
    }
    uint32_t first = (uint32_t)(content - from->ops) + 1;
    if (first == content->end) return true;
    if (!enter(r, t, site)) return false;
    struct str indent = r->indent;
    const struct frame *before = r->frames;
    if (site->indent.len) r->indent = str_cat(r->out->arena, indent, site->indent);
    if (site->standalone) put(r->out, r->indent.ptr, r->indent.len);
    r->frames = frames;
    bool ok = run_ops(r, from, first, content->end);
    r->frames = before;
    r->indent = indent;
    r->nesting--;
    return ok;
}

static bool run_ops(struct run *r, const struct template *t, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to;) {
        const struct op *o = &t->ops[i];
        bool ok = true;
        switch ((enum op_kind)o->kind) {
        case OP_TEXT:
            write_text(r, o);
            break;
        case OP_VALUE:
            write_value(r, look_up(r, &o->path), o->escape);
            break;
        case OP_MESSAGE:
            write_message(r, o->message);
            break;
        case OP_SECTION:
            ok = run_section(r, t, i);
            break;
        case OP_INVERTED:
            if (is_false(look_up(r, &o->path))) {
                ok = enter(r, t, o) && run_ops(r, t, i + 1, o->end);
                r->nesting--;
            }
            break;
        case OP_PARTIAL:
            ok = run_template(r, t, o, r->frames);
            break;
        case OP_PARENT: {
            struct frame f = {t, o, r->frames};
            ok = run_template(r, t, o, &f);
            break;
        }
        case OP_BLOCK:
            ok = run_block(r, t, i);
            break;
        case OP_URL_BEGIN:
            r->url_at = r->out->len;
            break;
        case OP_URL_END:
            judge_url(r);
            break;
        }
        if (!ok) return false;
        i = o->end ? o->end : i + 1;
    }
    return true;
}

bool views_render(const struct views *v, struct str name, const struct json *doc, const struct lang *l,
                  struct buf *out, struct err *e)
{
    int32_t at = view_find(v, name);
    if (at == VIEW_NO_TARGET) return err_missing(e, "view", "There is no such page.");
    struct run r = {
        .views = v, .out = out, .lang = l, .err = e, .stack = {doc}, .contexts = 1, .indent = STR_EMPTY};
    const struct template *t = &v->templates[at];
    bool ok = run_ops(&r, t, 0, t->count);
    *buf_room(out, 0) = '\0';
    return ok;
}
