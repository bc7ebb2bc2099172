/* Templates into operations. Line rules are those of the Mustache specification: a section, partial, comment
 * or delimiter tag alone on its line takes the line with it. Indentation of partials and blocks is carried in
 * PLAIN only: HTML does not need it, and <pre> must not get it. */
#include "core/view/view_internal.h"

struct open_tag {
    unsigned char kind;
    uint32_t op;
    struct str name;
    size_t at, content; /* offsets of the tag and of what follows it */
    size_t strip;       /* of the surrounding text */
    size_t no_indent;
    struct html_place before;
    bool standalone_before; /* parent: nothing but space before it on its line */
};

struct compiler {
    struct views *views;
    struct arena *arena;
    struct template *out;
    struct err *err;
    struct str src, open, close;
    struct open_tag stack[VIEW_DEPTH];
    size_t depth;
    struct op *ops; /* room in which each template grows; what is kept is an exact copy */
    size_t cap;
    struct messages *messages; /* each sentence once for the whole set */
    size_t strip;              /* columns of indentation taken from each line */
    size_t no_indent; /* offset at which a block's content begins: the block itself indents its first line */
    struct html_place place;
    struct op *url; /* unused unless a URL attribute is open */
    uint32_t url_op;
    bool page, url_open;
};

struct messages {
    struct message **slots; /* by hash, open addressing */
    size_t cap, count;      /* cap: a power of two, at most half full */
};

/* One tag as it stands in the source. */
struct tag {
    char kind; /* 0 for a plain variable */
    struct str body;
    size_t at, end;
    size_t line_start, next_line; /* SIZE_MAX where other things share the line */
};

static uint32_t line_at(const struct compiler *c, size_t offset)
{
    uint32_t line = 1;
    for (size_t i = 0; i < offset && i < c->src.len; i++)
        line += c->src.ptr[i] == '\n';
    return line;
}

static bool refuse(struct compiler *c, size_t at, const char *why, struct str what)
{
    char arg[ERR_TEXT_MAX];
    int n = snprintf(arg, sizeof arg, "%.*s:%u: %s%s%.*s", STR_ARG(c->out->name), line_at(c, at), why,
                     what.len ? " " : "", STR_ARG(what));
    err_invalid(c->err, "view", "A page template is wrong: %{arg}");
    err_arg(c->err, str_n(arg, n < (int)sizeof arg ? (size_t)n : sizeof arg - 1));
    return false;
}

static struct op *add_op(struct compiler *c, enum op_kind kind, size_t at)
{
    if (c->out->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 1024;
        struct op *bigger = ARENA_ARRAY(c->arena, c->cap, struct op);
        if (c->out->count) memcpy(bigger, c->ops, c->out->count * sizeof *bigger);
        c->ops = c->out->ops = bigger;
    }
    struct op *o = &c->out->ops[c->out->count++];
    *o = (struct op){0};
    o->kind = (unsigned char)kind;
    o->target = VIEW_NO_TARGET;
    o->line = (uint32_t)at; /* an offset until the template is complete */
    return o;
}

static bool in_parent(const struct compiler *c)
{
    return c->depth && c->stack[c->depth - 1].kind == OP_PARENT;
}

/* ---- text ---- */

static void add_slice(struct compiler *c, size_t from, size_t to)
{
    struct template *t = c->out;
    if (from == to) return;
    struct op *last = t->count ? &t->ops[t->count - 1] : NULL;
    if (last && last->kind == OP_TEXT && last->text.ptr + last->text.len == c->src.ptr + from) {
        last->text.len += to - from;
        return;
    }
    add_op(c, OP_TEXT, from)->text = str_n(c->src.ptr + from, to - from);
}

/* A URL attribute without a tag in it needs no judgement. */
static void end_url(struct compiler *c, size_t at)
{
    struct template *t = c->out;
    c->url_open = false;
    bool constant = true;
    for (uint32_t i = c->url_op + 1; i < t->count; i++)
        constant = constant && t->ops[i].kind == OP_TEXT;
    if (!constant) {
        add_op(c, OP_URL_END, at);
    } else if (t->count > c->url_op && t->count <= c->url_op + 2) {
        struct op text = t->ops[t->count - 1];
        bool any = t->count == c->url_op + 2;
        memset(&t->ops[c->url_op], 0, (t->count - c->url_op) * sizeof *t->ops);
        t->count = c->url_op;
        size_t from = (size_t)(text.text.ptr - c->src.ptr);
        if (any) add_slice(c, from, from + text.text.len);
    } else {
        add_op(c, OP_URL_END, at);
    }
}

static bool page_text(struct compiler *c, size_t from, size_t to)
{
    size_t start = from;
    for (size_t i = from; i < to; i++) {
        switch (html_step(&c->place, c->src.ptr[i])) {
        case HTML_URL_BEGINS:
            add_slice(c, start, i + 1);
            start = i + 1;
            add_op(c, OP_URL_BEGIN, i);
            c->url_op = c->out->count - 1;
            c->url_open = true;
            break;
        case HTML_URL_ENDS:
            add_slice(c, start, i);
            start = i;
            if (c->url_open)
                end_url(c, i);
            else
                add_op(c, OP_URL_END, i);
            break;
        case HTML_BROKEN_NAME:
            return refuse(c, i, "a name put together from pieces", STR_EMPTY);
        case HTML_NOTHING:
            break;
        }
    }
    add_slice(c, start, to);
    return true;
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

static bool line_starts_at(const struct compiler *c, size_t at)
{
    return (at == 0 || c->src.ptr[at - 1] == '\n') && at != c->no_indent;
}

/* One operation a line where indentation is taken away, one for all lines otherwise. */
static void plain_text(struct compiler *c, size_t from, size_t to, bool tag_follows)
{
    while (from < to) {
        size_t end = to;
        bool begins_line = from == 0 || c->src.ptr[from - 1] == '\n', line_start = line_starts_at(c, from);
        if (c->strip) {
            size_t at = str_find_char(str_slice(c->src, from, to), '\n');
            if (at != SIZE_MAX) end = from + at + 1;
            for (size_t i = 0; begins_line && i < c->strip && from < end && is_blank(c->src.ptr[from]); i++)
                from++;
        }
        if (end > from || (line_start && tag_follows)) {
            struct op *o = add_op(c, OP_TEXT, from);
            o->text = str_n(c->src.ptr + from, end - from);
            o->line_start = line_start;
        }
        from = end;
    }
    if (tag_follows && line_starts_at(c, to)) add_op(c, OP_TEXT, to)->line_start = true;
}

/* tag_follows: an inline tag comes next, so that an empty beginning of a line must be kept for its
 * indentation. */
static bool add_text(struct compiler *c, size_t from, size_t to, bool tag_follows)
{
    if (in_parent(c)) {
        if (c->page && str_trim(str_slice(c->src, from, to)).len)
            return refuse(c, from, "only blocks may stand in a parent", STR_EMPTY);
        return true;
    }
    if (c->page) return page_text(c, from, to);
    plain_text(c, from, to, tag_follows);
    return true;
}

/* ---- scanning ---- */

/* Offset behind the line's end when only blanks follow, SIZE_MAX otherwise. */
static size_t rest_of_line(const struct compiler *c, size_t at)
{
    while (at < c->src.len && is_blank(c->src.ptr[at]))
        at++;
    if (at == c->src.len) return at;
    if (c->src.ptr[at] == '\r' && at + 1 < c->src.len && c->src.ptr[at + 1] == '\n') at++;
    return c->src.ptr[at] == '\n' ? at + 1 : SIZE_MAX;
}

static size_t start_of_line(const struct compiler *c, size_t at)
{
    while (at > 0 && is_blank(c->src.ptr[at - 1]))
        at--;
    return at == 0 || c->src.ptr[at - 1] == '\n' ? at : SIZE_MAX;
}

/* A sentence may end with a parameter: the brace that closes %{name} is not the tag's. */
static size_t sentence_end(struct str rest, size_t at)
{
    struct str body = str_slice(rest, 0, at);
    size_t mark = SIZE_MAX;
    for (size_t i = 0; i + 1 < body.len; i++) {
        if (body.ptr[i] == '%' && body.ptr[i + 1] == '{') mark = i;
        if (body.ptr[i] == '}') mark = SIZE_MAX;
    }
    if (body.len && body.ptr[body.len - 1] == '}') mark = SIZE_MAX;
    return mark != SIZE_MAX && at + 2 < rest.len && rest.ptr[at + 2] == '}' ? at + 1 : at;
}

static bool read_tag(struct compiler *c, size_t at, struct tag *tag)
{
    size_t inside = at + c->open.len;
    struct str rest = str_slice(c->src, inside, c->src.len), close = c->close, body;
    *tag = (struct tag){.at = at};
    bool usual = str_eq(c->open, STR("{{")) && str_eq(c->close, STR("}}"));
    char first = rest.len ? rest.ptr[0] : 0;
    if (usual && first == '{') {
        close = STR("}}}");
        tag->kind = '&';
        inside++;
    } else if (first == '=') {
        close = str_cat(c->arena, STR("="), c->close);
        tag->kind = '=';
        inside++;
    }
    body = str_slice(c->src, inside, c->src.len);
    size_t length = str_find(body, close);
    if (length == SIZE_MAX) return refuse(c, at, "a tag without end", STR_EMPTY);
    if (c->page && usual && first == '_') length = sentence_end(body, length);
    tag->end = inside + length + close.len;
    tag->body = str_trim(str_slice(body, 0, length));
    if (!tag->kind && tag->body.len && memchr("#^/>!<$&", tag->body.ptr[0], 8)) tag->kind = tag->body.ptr[0];
    if (!tag->kind && c->page && tag->body.len && tag->body.ptr[0] == '_') tag->kind = '_';
    if (tag->kind && tag->kind != '=' && !(tag->kind == '&' && first == '{'))
        tag->body = str_trim(str_slice(tag->body, 1, tag->body.len));
    tag->line_start = start_of_line(c, at);
    tag->next_line = rest_of_line(c, tag->end);
    return true;
}

static struct str indent_before(const struct compiler *c, const struct tag *tag)
{
    if (c->page || tag->line_start == SIZE_MAX) return STR_EMPTY;
    return str_slice(c->src, tag->line_start + c->strip, tag->at);
}

/* ---- tags ---- */

static bool push(struct compiler *c, const struct tag *tag, uint32_t op)
{
    if (c->depth == VIEW_DEPTH) return refuse(c, tag->at, "nested too deeply", STR_EMPTY);
    c->stack[c->depth++] = (struct open_tag){.kind = c->out->ops[op].kind,
                                             .op = op,
                                             .name = tag->body,
                                             .at = tag->at,
                                             .content = tag->end,
                                             .strip = c->strip,
                                             .no_indent = c->no_indent,
                                             .before = c->place};
    return true;
}

static bool cut_here(struct compiler *c, const struct tag *tag)
{
    if (!c->page) return true;
    const char *why = html_cut(&c->place);
    return why ? refuse(c, tag->at, why, STR_EMPTY) : true;
}

static bool add_value(struct compiler *c, const struct tag *tag)
{
    enum escape escape = tag->kind == '&' ? ESC_NONE : ESC_HTML;
    if (c->page) {
        if (tag->kind == '&') return refuse(c, tag->at, "raw output of", tag->body);
        const char *why = html_escape_at(&c->place, &escape);
        if (why) return refuse(c, tag->at, why, tag->body);
        if (c->place.state == HTML_TEXT || c->place.state == HTML_RCDATA) c->place.matched = 0;
    }
    struct op *o = add_op(c, OP_VALUE, tag->at);
    o->escape = (unsigned char)escape;
    o->path = view_path(c->arena, tag->body);
    return true;
}

/* Any run of white space in a sentence is one space, so that long ones may be broken across lines. */
static struct str one_line(struct arena *a, struct str s)
{
    bool lines = false;
    for (size_t i = 0; i < s.len; i++)
        lines = lines || s.ptr[i] == '\n' || s.ptr[i] == '\r' || s.ptr[i] == '\t' ||
                (s.ptr[i] == ' ' && (i == 0 || s.ptr[i - 1] == ' '));
    if (!lines) return s;
    struct buf out = buf_new(a, s.len);
    for (size_t i = 0; i < s.len; i++) {
        bool space = is_blank(s.ptr[i]) || s.ptr[i] == '\n' || s.ptr[i] == '\r';
        if (!space)
            buf_add_char(&out, s.ptr[i]);
        else if (out.len && out.ptr[out.len - 1] != ' ')
            buf_add_char(&out, ' ');
    }
    return buf_str(&out);
}

static struct message **slot_of(const struct messages *all, struct str msgid)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < msgid.len; i++)
        hash = (hash ^ (unsigned char)msgid.ptr[i]) * 16777619u;
    size_t at = hash & (all->cap - 1);
    while (all->slots[at] && !str_eq(all->slots[at]->msgid, msgid))
        at = (at + 1) & (all->cap - 1);
    return &all->slots[at];
}

static const struct message *message_of(struct compiler *c, struct str msgid)
{
    struct messages *all = c->messages;
    if (2 * (all->count + 1) > all->cap) {
        struct messages old = *all;
        all->cap = old.cap ? old.cap * 2 : 1024;
        all->slots = ARENA_ARRAY(c->arena, all->cap, struct message *);
        for (size_t i = 0; i < old.cap; i++)
            if (old.slots[i]) *slot_of(all, old.slots[i]->msgid) = old.slots[i];
    }
    struct message **slot = slot_of(all, msgid);
    if (!*slot) {
        *slot = ARENA_NEW(c->arena, struct message);
        **slot = (struct message){.msgid = msgid,
                                  .english = view_sentence(c->arena, msgid),
                                  .chinese = view_sentence(c->arena, lang_text(&lang_zh_cn, msgid))};
        all->count++;
    }
    return *slot;
}

static bool add_message(struct compiler *c, const struct tag *tag)
{
    enum escape escape;
    const char *why = html_escape_at(&c->place, &escape);
    if (!why && c->place.state == HTML_VALUE && c->place.attr == ATTR_URL) why = "a translation in a URL";
    if (why) return refuse(c, tag->at, why, STR_EMPTY);
    const struct message *m = message_of(c, one_line(c->arena, tag->body));
    add_op(c, OP_MESSAGE, tag->at)->message = m;
    return true;
}

static bool add_partial(struct compiler *c, const struct tag *tag, bool alone)
{
    if (c->page && c->place.state != HTML_TEXT)
        return refuse(c, tag->at, "a partial inside markup:", tag->body);
    struct op *o = add_op(c, OP_PARTIAL, tag->at);
    o->text = tag->body;
    o->standalone = alone;
    if (alone) o->indent = indent_before(c, tag);
    return true;
}

static bool open_section(struct compiler *c, const struct tag *tag)
{
    if (!cut_here(c, tag)) return false;
    struct op *o = add_op(c, tag->kind == '#' ? OP_SECTION : OP_INVERTED, tag->at);
    o->text = tag->body;
    o->path = view_path(c->arena, tag->body);
    return push(c, tag, c->out->count - 1);
}

static bool open_parent(struct compiler *c, const struct tag *tag)
{
    if (c->page && c->place.state != HTML_TEXT)
        return refuse(c, tag->at, "a parent inside markup:", tag->body);
    struct op *o = add_op(c, OP_PARENT, tag->at);
    o->text = tag->body;
    o->indent = indent_before(c, tag);
    if (!push(c, tag, c->out->count - 1)) return false;
    c->stack[c->depth - 1].standalone_before = tag->line_start != SIZE_MAX;
    return true;
}

static uint32_t block_number(struct compiler *c, struct str name)
{
    struct views *v = c->views;
    for (size_t i = 0; i < v->block_count; i++)
        if (str_eq(v->blocks[i].name, name)) return (uint32_t)i;
    if (v->block_count == v->block_cap) {
        v->block_cap = v->block_cap ? v->block_cap * 2 : 16;
        struct block_name *bigger = ARENA_ARRAY(c->arena, v->block_cap, struct block_name);
        if (v->block_count) memcpy(bigger, v->blocks, v->block_count * sizeof *bigger);
        v->blocks = bigger;
    }
    v->blocks[v->block_count] = (struct block_name){.name = name};
    return (uint32_t)v->block_count++;
}

/* Blanks at the beginning of the block's first line; none when the block ends there. */
static struct str first_indent(const struct compiler *c, size_t at, struct str otherwise)
{
    size_t end = at;
    while (end < c->src.len && is_blank(c->src.ptr[end]))
        end++;
    struct str rest = str_slice(c->src, end, c->src.len);
    if (str_starts(rest, c->open) && str_starts(str_trim(str_slice(rest, c->open.len, rest.len)), STR("/")))
        return otherwise;
    return str_slice(c->src, at, end);
}

static bool open_block(struct compiler *c, const struct tag *tag, size_t *next)
{
    bool own = in_parent(c), alone = tag->next_line != SIZE_MAX && (own || tag->line_start != SIZE_MAX);
    uint32_t number = block_number(c, tag->body);
    if (!own && !cut_here(c, tag)) return false;
    if (c->page && !own) {
        enum escape escape;
        const char *why = html_escape_at(&c->place, &escape);
        if (!why && c->place.state == HTML_VALUE && c->place.attr == ATTR_URL) why = "a block in a URL";
        if (why) return refuse(c, tag->at, why, tag->body);
        if (c->place.state != HTML_TEXT) c->views->blocks[number].text_only = true;
    }
    *next = alone ? tag->next_line : tag->end;
    struct op *o = add_op(c, OP_BLOCK, tag->at);
    o->text = tag->body;
    o->block = number;
    o->standalone = alone;
    uint32_t index = c->out->count - 1;
    if (!push(c, tag, index)) return false;
    c->stack[c->depth - 1].content = *next;
    if (c->page) {
        if (own) c->place = (struct html_place){.state = HTML_TEXT};
        return true;
    }
    struct str before =
        own || tag->line_start == SIZE_MAX ? STR_EMPTY : str_slice(c->src, tag->line_start, tag->at);
    struct str columns = alone ? first_indent(c, *next, before) : before;
    o = &c->out->ops[index];
    o->indent = str_slice(columns, c->strip, columns.len);
    c->strip = columns.len;
    c->no_indent = *next;
    return true;
}

static bool close_place(struct compiler *c, const struct open_tag *open, const struct tag *tag, bool own)
{
    if (own) {
        if (c->place.state != HTML_TEXT) return refuse(c, open->at, "not complete HTML in block", open->name);
        c->place = open->before;
        return true;
    }
    if (open->kind == OP_PARENT) return true;
    if (!cut_here(c, tag)) return false;
    struct html_place after = c->place;
    c->place = open->before;
    if (!html_join(&c->place, &after)) return refuse(c, open->at, "HTML begun or ended inside", open->name);
    return true;
}

/* Would these, put into an attribute's value or a title, end it? Values and sentences are escaped for that;
 * what partials and blocks bring along cannot be told here. */
static bool has_markup(const struct op *from, const struct op *to)
{
    for (const struct op *o = from; o < to; o++) {
        if (o->kind == OP_PARTIAL || o->kind == OP_PARENT || o->kind == OP_BLOCK) return true;
        for (size_t i = 0; o->kind == OP_TEXT && i < o->text.len; i++)
            if (strchr("<\"'", o->text.ptr[i]) && o->text.ptr[i]) return true;
    }
    return false;
}

static bool close_tag(struct compiler *c, const struct tag *tag, size_t *next)
{
    const struct open_tag *open = &c->stack[c->depth - 1];
    bool own = open->kind == OP_BLOCK && c->depth > 1 && c->stack[c->depth - 2].kind == OP_PARENT;
    struct op *o = &c->out->ops[open->op];
    if (c->page && !close_place(c, open, tag, own)) return false;
    o = &c->out->ops[open->op];
    o->end = c->out->count;
    *next = tag->end;
    if (open->kind == OP_PARENT) {
        o->standalone = open->standalone_before && tag->next_line != SIZE_MAX;
        if (o->standalone) {
            *next = tag->next_line;
            struct op *blanks = open->op ? o - 1 : NULL;
            if (blanks && blanks->kind == OP_TEXT && !c->page) {
                blanks->text.len -= o->indent.len;
                blanks->line_start = blanks->line_start && blanks->text.len;
            }
        } else {
            o->indent = STR_EMPTY;
        }
    } else if (!own && tag->line_start != SIZE_MAX && tag->next_line != SIZE_MAX) {
        *next = tag->next_line;
    }
    if (c->page && own) o->markup = has_markup(o + 1, &c->out->ops[o->end]);
    c->strip = open->strip;
    if (open->kind == OP_BLOCK) c->no_indent = open->no_indent;
    c->depth--;
    return true;
}

static bool set_delimiters(struct compiler *c, const struct tag *tag)
{
    struct str rest = tag->body;
    size_t at = 0;
    while (at < rest.len && !is_blank(rest.ptr[at]) && rest.ptr[at] != '\n' && rest.ptr[at] != '\r')
        at++;
    struct str open = str_slice(rest, 0, at), close = str_trim(str_slice(rest, at, rest.len));
    bool wrong = !open.len || !close.len;
    for (size_t i = 0; i < close.len; i++)
        wrong = wrong || is_blank(close.ptr[i]) || close.ptr[i] == '\n';
    for (size_t i = 0; i < tag->body.len; i++)
        wrong = wrong || tag->body.ptr[i] == '=';
    if (wrong) return refuse(c, tag->at, "delimiters not understood:", tag->body);
    c->open = open;
    c->close = close;
    return true;
}

static bool close_matches(struct compiler *c, const struct tag *tag)
{
    if (!c->depth) return refuse(c, tag->at, "nothing is open that ends with", tag->body);
    if (!str_eq(c->stack[c->depth - 1].name, tag->body))
        return refuse(c, tag->at, "another tag is open:", c->stack[c->depth - 1].name);
    return true;
}

static bool compile_tag(struct compiler *c, size_t from, const struct tag *tag, size_t *next)
{
    bool line_tag = tag->kind && memchr("#^/>!=", tag->kind, 6);
    bool whole_line = tag->line_start != SIZE_MAX && tag->next_line != SIZE_MAX;
    bool alone = line_tag && whole_line;
    bool own = tag->kind == '/' && c->depth > 1 && c->stack[c->depth - 2].kind == OP_PARENT;
    if (tag->kind == '/' && !close_matches(c, tag)) return false;
    if (tag->kind != '!' && tag->kind != '=' && !tag->body.len)
        return refuse(c, tag->at, "a tag without name", STR_EMPTY);
    size_t text_end = tag->at;
    if (alone || (tag->kind == '$' && whole_line) || (own && tag->line_start != SIZE_MAX))
        text_end = tag->line_start;
    if (tag->kind == '<' && c->page && tag->line_start != SIZE_MAX) text_end = tag->line_start;
    if (text_end < from) text_end = from;
    if (!add_text(c, from, text_end, text_end == tag->at && !own)) return false;
    *next = alone ? tag->next_line : tag->end;
    if (c->page && in_parent(c) && (!tag->kind || memchr("#^><&_", tag->kind, 6)))
        return refuse(c, tag->at, "only blocks may stand in a parent", STR_EMPTY);
    switch (tag->kind) {
    case '!':
        return true;
    case '=':
        return set_delimiters(c, tag);
    case '#':
    case '^':
        return open_section(c, tag);
    case '<':
        return open_parent(c, tag);
    case '$':
        return open_block(c, tag, next);
    case '/':
        return close_tag(c, tag, next);
    case '>':
        return add_partial(c, tag, alone);
    case '_':
        return add_message(c, tag);
    default:
        return add_value(c, tag);
    }
}

static bool compile_source(struct compiler *c)
{
    size_t at = 0;
    for (;;) {
        size_t found = str_find(str_slice(c->src, at, c->src.len), c->open);
        if (found == SIZE_MAX) break;
        struct tag tag;
        if (!read_tag(c, at + found, &tag) || !compile_tag(c, at, &tag, &at)) return false;
    }
    if (c->depth) return refuse(c, c->stack[c->depth - 1].at, "never closed:", c->stack[c->depth - 1].name);
    if (!add_text(c, at, c->src.len, false)) return false;
    if (c->page && c->place.state != HTML_TEXT)
        return refuse(c, c->src.len, "not complete HTML at the end", STR_EMPTY);
    uint32_t line = 1;
    size_t offset = 0;
    for (uint32_t i = 0; i < c->out->count; i++) {
        struct op *o = &c->out->ops[i];
        for (; offset < o->line && offset < c->src.len; offset++)
            line += c->src.ptr[offset] == '\n';
        o->line = line;
    }
    if (c->out->count) {
        struct op *kept = ARENA_ARRAY(c->arena, c->out->count, struct op);
        memcpy(kept, c->out->ops, c->out->count * sizeof *kept);
        c->out->ops = kept;
    }
    return true;
}

/* ---- the set ---- */

static int by_name(const void *x, const void *y)
{
    const struct view_source *const *a = x, *const *b = y;
    return str_cmp(str_c((*a)->name), str_c((*b)->name));
}

static bool refuse_op(const struct template *t, const struct op *o, struct err *e, const char *why)
{
    char arg[ERR_TEXT_MAX];
    int n = snprintf(arg, sizeof arg, "%.*s:%u: %s %.*s", STR_ARG(t->name), o->line, why, STR_ARG(o->text));
    err_invalid(e, "view", "A page template is wrong: %{arg}");
    err_arg(e, str_n(arg, n < (int)sizeof arg ? (size_t)n : sizeof arg - 1));
    return false;
}

/* A partial is first looked for beside the template that names it: "apply_head" in "cases/apply_page" is
 * "cases/apply_head". */
static int32_t find_near(const struct views *v, const struct template *t, struct str name)
{
    size_t slash = str_find_char(t->name, '/');
    char beside[128];
    int n = slash == SIZE_MAX
                ? 0
                : snprintf(beside, sizeof beside, "%.*s/%.*s", (int)slash, t->name.ptr, STR_ARG(name));
    int32_t found =
        n > 0 && (size_t)n < sizeof beside ? view_find(v, str_n(beside, (size_t)n)) : VIEW_NO_TARGET;
    return found != VIEW_NO_TARGET ? found : view_find(v, name);
}

static bool link_template(const struct views *v, struct template *t, struct err *e)
{
    for (uint32_t i = 0; i < t->count; i++) {
        struct op *o = &t->ops[i];
        if (o->kind == OP_PARTIAL || o->kind == OP_PARENT) {
            o->target = find_near(v, t, o->text);
            if (o->target == VIEW_NO_TARGET && v->mode == VIEW_PAGE)
                return refuse_op(t, o, e, "there is no view");
        }
        if (o->kind == OP_BLOCK && o->markup && v->blocks[o->block].text_only)
            return refuse_op(t, o, e, "markup in a block that stands in an attribute or a title:");
    }
    return true;
}

struct views *views_new(struct arena *a, enum view_mode mode, const struct view_source *sources, size_t count,
                        struct err *e)
{
    struct views *v = ARENA_NEW(a, struct views);
    v->mode = mode;
    v->count = count;
    v->templates = ARENA_ARRAY(a, count, struct template);
    const struct view_source **order = ARENA_ARRAY(a, count, const struct view_source *);
    for (size_t i = 0; i < count; i++)
        order[i] = &sources[i];
    if (count > 1) qsort(order, count, sizeof *order, by_name);
    struct compiler *c = ARENA_NEW(a, struct compiler);
    struct messages messages = {0};
    for (size_t i = 0; i < count; i++) {
        *c = (struct compiler){.views = v,
                               .arena = a,
                               .out = &v->templates[i],
                               .ops = c->ops,
                               .cap = c->cap,
                               .messages = &messages,
                               .err = e,
                               .src = str_n(order[i]->text, order[i]->len),
                               .open = STR("{{"),
                               .close = STR("}}"),
                               .no_indent = SIZE_MAX,
                               .page = mode == VIEW_PAGE};
        c->out->name = str_c(order[i]->name);
        c->out->ops = c->ops;
        if (order[i]->len >= UINT32_MAX) {
            refuse(c, 0, "too long", STR_EMPTY);
            return NULL;
        }
        if (!compile_source(c)) return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (!link_template(v, &v->templates[i], e)) return NULL;
    return v;
}

void views_msgids(const struct views *v, void (*fn)(void *arg, struct str msgid, const char *view), void *arg)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct template *t = &v->templates[i];
        for (uint32_t k = 0; k < t->count; k++)
            if (t->ops[k].kind == OP_MESSAGE) fn(arg, t->ops[k].message->msgid, t->name.ptr);
    }
}
