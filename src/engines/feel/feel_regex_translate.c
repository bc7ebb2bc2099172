#include "engines/feel/feel_regex_translate.h"

#include "core/base/buf.h"
#include "engines/feel/feel_regex_sets.h"

enum { GROUPS_MAX = 250, NESTING_MAX = 100, REPEAT_MAX = 65535, UNICODE_MAX = 0x10FFFF };

struct translation {
    struct arena *arena;
    struct str in;
    size_t at;
    struct feel_regex_flags flags;
    struct buf out;
    unsigned groups; /* opened so far */
    bool closed[GROUPS_MAX + 1];
    unsigned depth;
    const char *msgid;
};

static const char *const wrong_set = "The pattern has a wrong set of characters.";
static const char *const wrong_escape = "The pattern has an unknown escape.";
static const char *const too_early = "The pattern ends too early.";
static const char *const too_deep = "The pattern is nested too deeply or has too many groups.";

static bool fail(struct translation *t, const char *msgid)
{
    if (!t->msgid) t->msgid = msgid;
    return false;
}

static bool end(const struct translation *t)
{
    return t->at >= t->in.len;
}

/* Signs of the syntax are ASCII, so that single bytes tell. */
static char peek(const struct translation *t, size_t ahead)
{
    return t->in.len - t->at > ahead ? t->in.ptr[t->at + ahead] : '\0';
}

static bool take(struct translation *t, char c)
{
    if (end(t) || t->in.ptr[t->at] != c) return false;
    t->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void write_point(struct buf *b, uint32_t point)
{
    char utf8[4];
    bool plain = point >= 0x80 || is_digit((char)point) || (point >= 'a' && point <= 'z') ||
                 (point >= 'A' && point <= 'Z');
    if (plain)
        buf_add(b, str_n(utf8, utf8_put(utf8, point)));
    else
        buf_fmt(b, "\\x{%x}", (unsigned)point);
}

/* Surrogates are no characters, and PCRE2 refuses them as ends. */
static void write_span(struct buf *b, uint32_t first, uint32_t last)
{
    if (first >= 0xD800 && first <= 0xDFFF) first = 0xE000;
    if (last >= 0xD800 && last <= 0xDFFF) last = 0xD7FF;
    if (first <= last) buf_fmt(b, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
}

static void write_spans(struct buf *b, const struct feel_span *spans, size_t count, bool complement)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (!complement)
            write_span(b, spans[i].first, spans[i].last);
        else if (spans[i].first > next)
            write_span(b, next, spans[i].first - 1);
        next = spans[i].last + 1;
    }
    if (complement && next <= UNICODE_MAX) write_span(b, next, UNICODE_MAX);
}

/* ---- escapes ---- */
/* \p{…} and \P{…}, behind the letter. */
static bool property(struct translation *t, struct buf *b, bool complement)
{
    static const char *const unknown = "The pattern names an unknown kind of characters.";
    struct str name;
    if (!take(t, '{')) return fail(t, wrong_escape);
    str_cut(str_slice(t->in, t->at, t->in.len), '}', &name);
    t->at += name.len;
    if (!take(t, '}')) return fail(t, too_early);
    if (feel_category_exists(name)) {
        buf_add_c(b, complement ? "\\P{" : "\\p{");
        buf_add(b, name);
        buf_add_char(b, '}');
        return true;
    }
    if (!str_starts(name, STR("Is"))) return fail(t, unknown);
    const struct feel_span *block = feel_block_find(str_slice(name, 2, name.len));
    if (!block) return fail(t, unknown);
    write_spans(b, block, 1, complement);
    return true;
}

/* An escape that stands for a set, as the content of a bracket. False without a message when the next
 * character (behind the backslash) is none of these. */
static bool set_escape(struct translation *t, struct buf *b)
{
    static const struct feel_span blank[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    char c = peek(t, 0);
    if (!c || !strchr("sSdDwWiIcCpP", c)) return false;
    t->at++;
    switch (c) {
    case 's':
    case 'S':
        write_spans(b, blank, sizeof blank / sizeof *blank, c == 'S');
        return true;
    case 'd':
        buf_add_c(b, "\\p{Nd}");
        return true;
    case 'D':
        buf_add_c(b, "\\P{Nd}");
        return true;
    case 'w':
        buf_add_c(b, "\\p{L}\\p{M}\\p{N}\\p{S}");
        return true; /* all but those of \W */
    case 'W':
        buf_add_c(b, "\\p{P}\\p{Z}\\p{C}");
        return true;
    case 'i':
    case 'I':
        write_spans(b, feel_name_start, feel_name_start_count, c == 'I');
        return true;
    case 'c':
    case 'C':
        write_spans(b, feel_name_char, feel_name_char_count, c == 'C');
        return true;
    default:
        return property(t, b, c == 'P');
    }
}

/* An escape that stands for one character, behind the backslash. */
static bool single_escape(struct translation *t, uint32_t *point)
{
    char c = peek(t, 0);
    if (!c) return fail(t, end(t) ? too_early : wrong_escape);
    if (!strchr("nrt\\|.-^?*+{}()[]$", c)) return fail(t, wrong_escape);
    t->at++;
    *point = (uint32_t)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
    return true;
}

static bool back_reference(struct translation *t)
{
    unsigned n = (unsigned)(t->in.ptr[t->at++] - '0');
    while (is_digit(peek(t, 0)) && n * 10 + (unsigned)(peek(t, 0) - '0') <= t->groups)
        n = n * 10 + (unsigned)(t->in.ptr[t->at++] - '0');
    if (n > t->groups || !t->closed[n])
        return fail(t, "The pattern refers to a group that is not closed before.");
    buf_fmt(&t->out, "\\g{%u}", n);
    return true;
}

/* ---- sets in brackets ---- */
/* Characters and ranges stand apart from escapes: the flag i concerns the first, not the second. */
struct set {
    bool negated;
    struct buf own, escapes;
    struct str without; /* subtracted */
};

static bool set_point(struct translation *t, uint32_t *point)
{
    if (take(t, '\\')) return single_escape(t, point);
    if (end(t)) return fail(t, too_early);
    char c = peek(t, 0);
    if (c == '[' || c == ']' || c == '-') return fail(t, wrong_set);
    *point = utf8_next(t->in, &t->at);
    return true;
}

static bool set_range(struct translation *t, struct set *s)
{
    uint32_t first, last;
    if (!set_point(t, &first)) return false;
    if (peek(t, 0) != '-' || peek(t, 1) == ']' || peek(t, 1) == '[' || t->in.len - t->at < 2) {
        write_point(&s->own, first);
        return true;
    }
    t->at++;
    if (!set_point(t, &last)) return false;
    if (first > last) return fail(t, wrong_set);
    write_span(&s->own, first, last);
    return true;
}

static void write_set(struct buf *b, const struct set *s, bool caseless)
{
    bool apart = caseless && s->escapes.len;
    if (s->without.len) {
        buf_add_c(b, "(?:(?!");
        buf_add(b, s->without);
        buf_add_char(b, ')');
    }
    if (apart) buf_add_c(b, s->negated ? "(?:(?!" : "(?:");
    if (s->own.len || !apart) {
        buf_add_c(b, s->negated && !apart ? "[^" : "[");
        buf_add(b, buf_str(&s->own));
        if (!apart) buf_add(b, buf_str(&s->escapes));
        buf_add_char(b, ']');
        if (apart) buf_add_char(b, '|');
    }
    if (apart) {
        buf_add_c(b, "(?-i:[");
        buf_add(b, buf_str(&s->escapes));
        buf_add_c(b, s->negated ? "]))(?s:.))" : "]))");
    }
    if (s->without.len) buf_add_char(b, ')');
}

/* Behind the opening bracket; writes the whole set. */
static bool bracket(struct translation *t, struct buf *b)
{
    struct set s = {.own = buf_new(t->arena, 32), .escapes = buf_new(t->arena, 32), .without = STR_EMPTY};
    if (++t->depth > NESTING_MAX) return fail(t, too_deep);
    s.negated = take(t, '^');
    for (bool first = true, behind_escape = false; first || !take(t, ']'); first = false) {
        if (end(t)) return fail(t, too_early);
        char c = peek(t, 0), next = peek(t, 1);
        if (c == '-' && next == '[' && !first) {
            struct buf without = buf_new(t->arena, 32);
            t->at += 2;
            if (!bracket(t, &without)) return false;
            s.without = buf_str(&without);
            if (!take(t, ']')) return fail(t, wrong_set);
            break;
        }
        if (c == '-' && (first || behind_escape || next == ']')) {
            t->at++;
            write_point(&s.own, '-');
            behind_escape = false;
            continue;
        }
        behind_escape = false;
        if (c == '\\') {
            t->at++;
            behind_escape = set_escape(t, &s.escapes);
            if (t->msgid) return false;
            if (behind_escape) continue;
            t->at--;
        }
        if (!set_range(t, &s)) return false;
    }
    t->depth--;
    write_set(b, &s, t->flags.caseless);
    return true;
}

/* ---- expressions ---- */
static bool expression(struct translation *t);

/* Behind the opening parenthesis. */
static bool group(struct translation *t)
{
    unsigned number = 0;
    if (++t->depth > NESTING_MAX) return fail(t, too_deep);
    if (take(t, '?')) {
        if (!take(t, ':')) return fail(t, "The pattern has a group of an unknown kind.");
        buf_add_c(&t->out, "(?:");
    } else {
        if (t->groups == GROUPS_MAX) return fail(t, too_deep);
        number = ++t->groups;
        buf_add_char(&t->out, '(');
    }
    if (!expression(t)) return false;
    if (!take(t, ')')) return fail(t, too_early);
    buf_add_char(&t->out, ')');
    t->closed[number] = number > 0;
    t->depth--;
    return true;
}

static bool escape(struct translation *t)
{
    uint32_t point = 0;
    struct set s = {.own = buf_new(t->arena, 8), .escapes = buf_new(t->arena, 32), .without = STR_EMPTY};
    if (peek(t, 0) >= '1' && peek(t, 0) <= '9') return back_reference(t);
    if (set_escape(t, &s.escapes)) {
        write_set(&t->out, &s, t->flags.caseless);
        return true;
    }
    if (t->msgid || !single_escape(t, &point)) return false;
    write_point(&t->out, point);
    return true;
}

static bool atom(struct translation *t)
{
    char c = peek(t, 0);
    if (c && strchr("?*+", c)) return fail(t, "The pattern repeats what cannot be repeated.");
    if (c && strchr("{}]", c)) return fail(t, "The pattern has a bracket that is not opened or not escaped.");
    if (take(t, '(')) return group(t);
    if (take(t, '[')) return bracket(t, &t->out);
    if (take(t, '\\')) return escape(t);
    if (take(t, '^'))
        buf_add_c(&t->out, "(?:^)");
    else if (take(t, '$'))
        buf_add_c(&t->out, "(?:$)");
    else if (take(t, '.'))
        buf_add_c(&t->out, t->flags.dot_all ? "(?s:.)" : "[^\\x{a}\\x{d}]");
    else
        write_point(&t->out, utf8_next(t->in, &t->at));
    return true;
}

static bool count(struct translation *t, unsigned *out)
{
    if (!is_digit(peek(t, 0))) return false;
    for (*out = 0; is_digit(peek(t, 0)) && *out <= REPEAT_MAX;)
        *out = *out * 10 + (unsigned)(t->in.ptr[t->at++] - '0');
    return *out <= REPEAT_MAX;
}

static bool quantifier(struct translation *t)
{
    static const char *const wrong = "The pattern repeats in a number that is not possible.";
    unsigned least, most;
    char c = peek(t, 0);
    if (take(t, '{')) {
        if (!count(t, &least)) return fail(t, wrong);
        buf_fmt(&t->out, "{%u", least);
        if (take(t, ',')) {
            buf_add_char(&t->out, ',');
            if (peek(t, 0) != '}') {
                if (!count(t, &most) || most < least) return fail(t, wrong);
                buf_fmt(&t->out, "%u", most);
            }
        }
        if (!take(t, '}')) return fail(t, wrong);
        buf_add_char(&t->out, '}');
    } else if (c && strchr("?*+", c)) {
        t->at++;
        buf_add_char(&t->out, c);
    } else {
        return true;
    }
    if (take(t, '?')) buf_add_char(&t->out, '?');
    return true;
}

static bool expression(struct translation *t)
{
    while (!end(t) && peek(t, 0) != ')') {
        if (take(t, '|'))
            buf_add_char(&t->out, '|');
        else if (!atom(t) || !quantifier(t))
            return false;
    }
    return true;
}

/* White space outside sets goes, wherever it stands, before anything else is looked at. */
static struct str without_blanks(struct arena *a, struct str pattern)
{
    struct buf b = buf_new(a, pattern.len);
    unsigned depth = 0;
    bool escaped = false;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (!depth && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        buf_add_char(&b, c);
        if (!escaped && c == '[') depth++;
        if (!escaped && c == ']' && depth) depth--;
        escaped = !escaped && c == '\\';
    }
    return buf_str(&b);
}

bool feel_regex_flags_read(struct str text, struct feel_regex_flags *out, const char **msgid)
{
    *out = (struct feel_regex_flags){0};
    for (size_t i = 0; i < text.len; i++)
        switch (text.ptr[i]) {
        case 's':
            out->dot_all = true;
            break;
        case 'm':
            out->multi_line = true;
            break;
        case 'i':
            out->caseless = true;
            break;
        case 'x':
            out->extended = true;
            break;
        case 'q':
            out->literal = true;
            break;
        default:
            *msgid = "The flags of a pattern can be s, m, i, x and q.";
            return false;
        }
    return true;
}

bool feel_regex_translate(struct arena *a, struct str pattern, struct feel_regex_flags flags, struct str *out,
                          const char **msgid)
{
    struct translation *t = ARENA_NEW(a, struct translation);
    *t = (struct translation){
        .arena = a, .in = pattern, .flags = flags, .out = buf_new(a, pattern.len * 2 + 16)};
    if (flags.literal) {
        while (!end(t))
            write_point(&t->out, utf8_next(t->in, &t->at));
    } else {
        if (flags.extended) t->in = without_blanks(a, pattern);
        if (expression(t) && !end(t)) fail(t, "The pattern has a bracket that is not opened or not escaped.");
    }
    *msgid = t->msgid;
    *out = buf_str(&t->out);
    return !t->msgid;
}
