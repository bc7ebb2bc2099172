#include "core/search/search_internal.h"

enum cut search_normal(uint32_t *code_point)
{
    uint32_t c = *code_point;
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7)) c += 32;
    *code_point = c;
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? CUT_WORD : CUT_GAP;
    if (c < 0x2000) return c >= 0xc0 && c != 0xd7 && c != 0xf7 ? CUT_WORD : CUT_GAP;
    if (c == 0x3005 || c == 0x3007) return CUT_CHARACTER;
    if (c < 0x3041 || (c >= 0xd800 && c <= 0xf8ff) || (c >= 0xfe00 && c <= 0xffff)) return CUT_GAP;
    return CUT_CHARACTER;
}

uint64_t search_hash(uint64_t h, uint32_t code_point)
{
    return (h ^ code_point) * UINT64_C(0x100000001b3);
}

/* Characters take 21 bits, pairs 42, words have the top bit set: kinds never meet. */
bool search_cut(struct str text, bool (*fn)(void *arg, uint64_t key, float weight), void *arg)
{
    uint64_t word = SEARCH_HASH_BEGIN;
    uint32_t previous = 0;
    bool in_word = false;
    for (size_t at = 0; at <= text.len;) {
        uint32_t c = 0;
        enum cut kind = CUT_GAP;
        if (at < text.len) {
            c = utf8_next(text, &at);
            kind = search_normal(&c);
        } else {
            at++;
        }
        if (in_word && kind != CUT_WORD) {
            if (!fn(arg, word | UINT64_C(1) << 63, 1.0f)) return false;
            in_word = false;
        }
        if (kind == CUT_WORD) {
            word = search_hash(in_word ? word : SEARCH_HASH_BEGIN, c);
            in_word = true;
        }
        if (kind == CUT_CHARACTER) {
            if (!fn(arg, c, SEARCH_UNIGRAM)) return false;
            if (previous && !fn(arg, (uint64_t)previous << 21 | c, 1.0f)) return false;
        }
        previous = kind == CUT_CHARACTER ? c : 0;
    }
    return true;
}

/* ---- terms ---- */

static size_t slot_of(const struct term_table *t, uint64_t key)
{
    uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
    size_t slot = (size_t)(h >> 20) & (t->slot_count - 1);
    while (t->slots[slot] && t->keys[t->slots[slot] - 1] != key)
        slot = (slot + 1) & (t->slot_count - 1);
    return slot;
}

int64_t term_find(const struct term_table *t, uint64_t key)
{
    if (!t->slot_count) return SEARCH_NO_TERM;
    return (int64_t)t->slots[slot_of(t, key)] - 1;
}

static bool grow(struct term_table *t)
{
    size_t cap = t->cap ? t->cap * 2 : 1024;
    if (cap > UINT32_MAX / 2) return false;
    uint64_t *keys = mem_resize(t->keys, cap, sizeof *keys);
    if (!keys) return false;
    t->keys = keys;
    uint32_t *slots = mem_alloc(cap * 2, sizeof *slots);
    if (!slots) return false;
    mem_free(t->slots);
    t->slots = slots;
    t->slot_count = cap * 2;
    t->cap = cap;
    for (size_t i = 0; i < t->count; i++)
        t->slots[slot_of(t, t->keys[i])] = (uint32_t)i + 1;
    return true;
}

int64_t term_add(struct term_table *t, uint64_t key)
{
    if (t->count == t->cap && !grow(t)) return SEARCH_NO_TERM;
    size_t slot = slot_of(t, key);
    if (!t->slots[slot]) {
        t->keys[t->count++] = key;
        t->slots[slot] = (uint32_t)t->count;
    }
    return (int64_t)t->slots[slot] - 1;
}

void term_free(struct term_table *t)
{
    mem_free(t->keys);
    mem_free(t->slots);
    *t = (struct term_table){0};
}
