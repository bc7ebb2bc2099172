/* Patterns: compiled by PCRE2 in the arena, matched within the run's allowance of work. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "engines/schema/schema_internal.h"

enum { MATCH_LIMIT = 10000000, HEAP_LIMIT_KIB = 16384, PATTERN_MAX = 4096 };

struct schema_pattern {
    pcre2_code *code;
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
    struct schema_matcher *m = data;
    size_t at = block->current_position;
    *m->steps -= 1 + (int64_t)(at > m->last ? at - m->last : m->last - at);
    m->last = at;
    return *m->steps < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

struct schema_pattern *schema_pattern_compile(struct arena *a, struct str text)
{
    struct str translated;
    if (text.len > PATTERN_MAX || !schema_pattern_translate(a, text, &translated)) return NULL;
    pcre2_general_context *general = pcre2_general_context_create(from_arena, to_arena, a);
    pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
    if (!context) return NULL;
    uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
                       PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
    int error;
    PCRE2_SIZE offset;
    struct schema_pattern *p = ARENA_NEW(a, struct schema_pattern);
    p->code = pcre2_compile((PCRE2_SPTR)translated.ptr, translated.len, options, &error, &offset, context);
    return p->code ? p : NULL;
}

static bool ready(struct schema_matcher *m)
{
    if (m->context) return true;
    pcre2_general_context *general = pcre2_general_context_create(from_arena, to_arena, m->arena);
    pcre2_match_context *context = general ? pcre2_match_context_create(general) : NULL;
    m->data = context ? pcre2_match_data_create(1, general) : NULL;
    if (!m->data) return false;
    pcre2_set_match_limit(context, MATCH_LIMIT);
    pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
    pcre2_set_callout(context, step, m);
    m->context = context;
    return true;
}

enum schema_match schema_pattern_match(struct schema_matcher *m, const struct schema_pattern *p,
                                       struct str text)
{
    if (!ready(m) || !utf8_valid(text)) return SCHEMA_GAVE_UP;
    *m->steps -= 50 + (int64_t)text.len;
    m->last = 0;
    int rc = pcre2_match(p->code, (PCRE2_SPTR)text.ptr, text.len, 0, PCRE2_NO_UTF_CHECK, m->data, m->context);
    if (rc >= 0) return SCHEMA_MATCH; /* 0: there are more groups than room */
    return rc == PCRE2_ERROR_NOMATCH ? SCHEMA_NO_MATCH : SCHEMA_GAVE_UP;
}
