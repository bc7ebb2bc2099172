#include "engines/feel/feel_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/base/buf.h"
#include "engines/feel/feel_regex_translate.h"

/* `steps`: parts of the pattern tried, and characters walked over, in all matches of one call together. */
#define STEPS_MAX INT64_C(10000000)
enum { MATCH_LIMIT = 10000000, HEAP_LIMIT_KIB = 16384 };

static const char *const too_much = "The pattern takes too much work on this text.";

struct regex {
    struct arena *arena;
    struct feel_regex_flags flags;
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    unsigned groups;
    int64_t steps; /* left */
    size_t last;   /* where the previous step was */
};

static void *from_arena(size_t size, void *arena)
{
    return arena_try(arena, size);
}

static void to_arena(void *p, void *arena)
{
    (void)p;
    (void)arena;
}

/* PCRE2 calls at every part of the pattern. Its own limit counts anew for every character at which a match
 * could begin, and would let a long text take for ever. */
static int step(pcre2_callout_block *block, void *data)
{
    struct regex *x = data;
    size_t at = block->current_position;
    x->steps -= 1 + (int64_t)(at > x->last ? at - x->last : x->last - at);
    x->last = at;
    return x->steps < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

static bool compile(struct arena *a, struct str pattern, struct str flags, struct regex *x,
                    const char **msgid)
{
    struct str translated;
    *x = (struct regex){.arena = a, .steps = STEPS_MAX};
    if (!feel_regex_flags_read(flags, &x->flags, msgid)) return false;
    if (!feel_regex_translate(a, pattern, x->flags, &translated, msgid)) return false;
    pcre2_general_context *general = pcre2_general_context_create(from_arena, to_arena, a);
    pcre2_compile_context *compile_context = general ? pcre2_compile_context_create(general) : NULL;
    x->context = general ? pcre2_match_context_create(general) : NULL;
    *msgid = too_much;
    if (!compile_context || !x->context) return false;
    pcre2_set_newline(compile_context, PCRE2_NEWLINE_LF);
    pcre2_set_match_limit(x->context, MATCH_LIMIT);
    pcre2_set_heap_limit(x->context, HEAP_LIMIT_KIB);
    pcre2_set_callout(x->context, step, x);
    uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_AUTO_CALLOUT;
    if (x->flags.multi_line) options |= PCRE2_MULTILINE;
    if (x->flags.caseless) options |= PCRE2_CASELESS;
    int error;
    PCRE2_SIZE offset;
    x->code =
        pcre2_compile((PCRE2_SPTR)translated.ptr, translated.len, options, &error, &offset, compile_context);
    if (!x->code) {
        *msgid = "The pattern is too large.";
        return false;
    }
    uint32_t groups = 0;
    pcre2_pattern_info(x->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    x->groups = groups;
    x->match = pcre2_match_data_create_from_pattern(x->code, general);
    return x->match;
}

enum found { FOUND, NOT_FOUND, GAVE_UP };

/* The next match from an offset on; ends[2n] and ends[2n + 1] are those of group n. */
static enum found find(struct regex *x, struct str input, size_t from, const PCRE2_SIZE **ends,
                       const char **msgid)
{
    x->last = from;
    int rc = pcre2_match(x->code, (PCRE2_SPTR)input.ptr, input.len, from, PCRE2_NO_UTF_CHECK, x->match,
                         x->context);
    *ends = pcre2_get_ovector_pointer(x->match);
    if (rc > 0) return FOUND;
    if (rc == PCRE2_ERROR_NOMATCH) return NOT_FOUND;
    *msgid = too_much;
    return GAVE_UP;
}

static bool readable(struct str input, const char **msgid)
{
    *msgid = "The text is not valid UTF-8.";
    return utf8_valid(input);
}

bool feel_regex_matches(struct arena *a, struct str input, struct str pattern, struct str flags, bool *out,
                        const char **msgid)
{
    struct regex x;
    const PCRE2_SIZE *ends;
    if (!readable(input, msgid) || !compile(a, pattern, flags, &x, msgid)) return false;
    enum found found = find(&x, input, 0, &ends, msgid);
    *out = found == FOUND;
    return found != GAVE_UP;
}

/* Without look-around, a match of no characters is possible somewhere only if it is possible in the empty
 * text. */
static bool consumes(struct regex *x, const char **msgid)
{
    const PCRE2_SIZE *ends;
    enum found found = find(x, STR_EMPTY, 0, &ends, msgid);
    if (found == FOUND) *msgid = "The pattern matches the empty text.";
    return found == NOT_FOUND;
}

static bool is_digit(struct str s, size_t at)
{
    return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

static bool replacement_ok(struct str r, const char **msgid)
{
    *msgid = "The replacement uses a dollar sign or backslash in a wrong way.";
    for (size_t i = 0; i < r.len; i++) {
        if (r.ptr[i] == '$' && !is_digit(r, ++i)) return false;
        if (r.ptr[i] == '\\' && (++i == r.len || (r.ptr[i] != '\\' && r.ptr[i] != '$'))) return false;
    }
    return true;
}

/* As many digits as name a group that there is, but at least one. */
static size_t group_number(const struct regex *x, struct str r, size_t *at)
{
    size_t n = (size_t)(r.ptr[(*at)++] - '0');
    while (is_digit(r, *at) && n * 10 + (size_t)(r.ptr[*at] - '0') <= x->groups)
        n = n * 10 + (size_t)(r.ptr[(*at)++] - '0');
    return n;
}

static void write_replacement(struct buf *b, const struct regex *x, struct str r, struct str input,
                              const PCRE2_SIZE *ends)
{
    if (x->flags.literal) {
        buf_add(b, r);
        return;
    }
    for (size_t i = 0; i < r.len;) {
        if (r.ptr[i] == '$') {
            i++;
            size_t n = group_number(x, r, &i);
            if (n <= x->groups && ends[2 * n] != PCRE2_UNSET)
                buf_add(b, str_slice(input, ends[2 * n], ends[2 * n + 1]));
        } else {
            if (r.ptr[i] == '\\') i++;
            buf_add_char(b, r.ptr[i++]);
        }
    }
}

bool feel_regex_replace(struct arena *a, struct str input, struct str pattern, struct str replacement,
                        struct str flags, struct str *out, const char **msgid)
{
    struct regex x;
    const PCRE2_SIZE *ends;
    if (!readable(input, msgid) || !compile(a, pattern, flags, &x, msgid) || !consumes(&x, msgid))
        return false;
    if (!x.flags.literal && !replacement_ok(replacement, msgid)) return false;
    struct buf b = buf_new(a, input.len);
    size_t at = 0;
    enum found found;
    while ((found = find(&x, input, at, &ends, msgid)) == FOUND && ends[1] > ends[0]) {
        buf_add(&b, str_slice(input, at, ends[0]));
        write_replacement(&b, &x, replacement, input, ends);
        at = ends[1];
    }
    buf_add(&b, str_slice(input, at, input.len));
    *out = buf_str(&b);
    return found != GAVE_UP;
}

struct pieces {
    struct str *items;
    size_t count, room;
};

static void add_piece(struct arena *a, struct pieces *p, struct str piece)
{
    if (p->count == p->room) {
        struct str *more = ARENA_ARRAY(a, p->room ? 2 * p->room : 8, struct str);
        if (p->count) memcpy(more, p->items, p->count * sizeof *more);
        p->room = p->room ? 2 * p->room : 8;
        p->items = more;
    }
    p->items[p->count++] = piece;
}

bool feel_regex_split(struct arena *a, struct str input, struct str pattern, struct str **pieces,
                      size_t *count, const char **msgid)
{
    struct regex x;
    struct pieces p = {0};
    const PCRE2_SIZE *ends;
    if (!readable(input, msgid) || !compile(a, pattern, STR_EMPTY, &x, msgid) || !consumes(&x, msgid))
        return false;
    size_t at = 0;
    enum found found;
    while ((found = find(&x, input, at, &ends, msgid)) == FOUND && ends[1] > ends[0]) {
        add_piece(a, &p, str_slice(input, at, ends[0]));
        at = ends[1];
    }
    add_piece(a, &p, str_slice(input, at, input.len));
    *pieces = p.items;
    *count = p.count;
    return found != GAVE_UP;
}
