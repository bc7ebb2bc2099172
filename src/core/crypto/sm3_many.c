#include "core/crypto/sm3_many.h"

enum { LANES = 16, BLOCK = 64, WORDS = 8, ROUNDS = 64 };

typedef uint32_t lanes __attribute__((vector_size(LANES * sizeof(uint32_t))));

#define ROTATED(x, n) ((x) << (n) | (x) >> (32 - (n)))

static const uint32_t start[WORDS] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                      0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};

/* One message on its way: where its digest stands, what is left of it, and its end with the padding. */
struct message {
    uint32_t state[WORDS];
    const uint8_t *at;
    size_t whole; /* blocks at `at` */
    size_t ends;  /* blocks of `end` */
    uint8_t end[2 * BLOCK];
};

static void begin_message(struct message *m, struct str data, size_t before)
{
    size_t rest = data.len % BLOCK;
    uint64_t bits = ((uint64_t)before + data.len) * 8;
    m->at = (const uint8_t *)data.ptr;
    m->whole = data.len / BLOCK;
    m->ends = rest + 9 <= BLOCK ? 1 : 2;
    memset(m->end, 0, sizeof m->end);
    if (rest) memcpy(m->end, data.ptr + data.len - rest, rest);
    m->end[rest] = 0x80;
    for (size_t i = 0; i < 8; i++)
        m->end[m->ends * BLOCK - 1 - i] = (uint8_t)(bits >> (8 * i));
}

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* GB/T 32905 §5.3, for sixteen blocks. */
static inline __attribute__((always_inline)) void compress(lanes state[WORDS],
                                                           const uint8_t *const blocks[LANES])
{
    lanes w[ROUNDS + 4];
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < LANES; k++)
            w[i][k] = word_at(blocks[k] + 4 * i);
    for (int i = 16; i < ROUNDS + 4; i++) {
        lanes x = w[i - 16] ^ w[i - 9] ^ ROTATED(w[i - 3], 15);
        w[i] = x ^ ROTATED(x, 15) ^ ROTATED(x, 23) ^ ROTATED(w[i - 13], 7) ^ w[i - 6];
    }
    lanes a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6],
          h = state[7];
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t t = i < 16 ? 0x79cc4519 : 0x7a879d8a;
        int by = i % 32;
        t = by ? t << by | t >> (32 - by) : t;
        lanes a12 = ROTATED(a, 12), ss1 = a12 + e + t;
        ss1 = ROTATED(ss1, 7);
        lanes ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c),
              gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        lanes tt1 = ff + d + (ss1 ^ a12) + (w[i] ^ w[i + 4]), tt2 = gg + h + ss1 + w[i];
        d = c;
        c = ROTATED(b, 9);
        b = a;
        a = tt1;
        h = g;
        g = ROTATED(f, 19);
        f = e;
        e = tt2 ^ ROTATED(tt2, 9) ^ ROTATED(tt2, 17);
    }
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
}

static void compress_plain(lanes state[WORDS], const uint8_t *const blocks[LANES])
{
    compress(state, blocks);
}

#ifdef __x86_64__
__attribute__((target("avx512f"))) static void compress_512(lanes state[WORDS],
                                                            const uint8_t *const blocks[LANES])
{
    compress(state, blocks);
}

__attribute__((target("avx2"))) static void compress_256(lanes state[WORDS],
                                                         const uint8_t *const blocks[LANES])
{
    compress(state, blocks);
}
#endif

static void compress_best(lanes state[WORDS], const uint8_t *const blocks[LANES])
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f")) {
        compress_512(state, blocks);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        compress_256(state, blocks);
        return;
    }
#endif
    compress_plain(state, blocks);
}

/* The next block of a message; NULL when it is at its end. */
static const uint8_t *next_block(struct message *m, size_t step)
{
    if (step < m->whole) return m->at + step * BLOCK;
    return step < m->whole + m->ends ? m->end + (step - m->whole) * BLOCK : NULL;
}

/* All of at most LANES messages to their end. */
static void run(struct message *list, size_t count)
{
    static const uint8_t nothing[BLOCK];
    lanes state[WORDS], before[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k < LANES; k++)
            state[i][k] = k < count ? list[k].state[i] : 0;
    for (size_t step = 0;; step++) {
        const uint8_t *blocks[LANES];
        lanes goes_on = {0};
        size_t going = 0;
        for (size_t k = 0; k < LANES; k++) {
            const uint8_t *block = k < count ? next_block(&list[k], step) : NULL;
            blocks[k] = block ? block : nothing;
            goes_on[k] = block ? UINT32_MAX : 0;
            going += block != NULL;
        }
        if (!going) break;
        memcpy(before, state, sizeof before);
        compress_best(state, blocks);
        for (size_t i = 0; i < WORDS; i++)
            state[i] = (state[i] & goes_on) | (before[i] & ~goes_on);
    }
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k < count; k++)
            list[k].state[i] = state[i][k];
}

static void put_digest(const struct message *m, uint8_t out[SM3_SIZE])
{
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k < 4; k++)
            out[4 * i + k] = (uint8_t)(m->state[i] >> (24 - 8 * k));
}

void sm3_many(const struct str *messages, size_t count, uint8_t (*out)[SM3_SIZE])
{
    struct message list[LANES];
    for (size_t from = 0; from < count; from += LANES) {
        size_t n = count - from < LANES ? count - from : LANES;
        for (size_t k = 0; k < n; k++) {
            memcpy(list[k].state, start, sizeof start);
            begin_message(&list[k], messages[from + k], 0);
        }
        run(list, n);
        for (size_t k = 0; k < n; k++)
            put_digest(&list[k], out[from + k]);
    }
    crypto_wipe(list, sizeof list);
}

static void make_pads(const struct str *keys, size_t count, struct sm3_pads *out)
{
    uint8_t blocks[LANES][BLOCK];
    struct message list[LANES];
    for (size_t half = 0; half < 2; half++) {
        for (size_t k = 0; k < count; k++) {
            memset(blocks[k], half ? 0x5c : 0x36, BLOCK);
            for (size_t i = 0; i < keys[k].len && i < BLOCK; i++)
                blocks[k][i] ^= (uint8_t)keys[k].ptr[i];
            memcpy(list[k].state, start, sizeof start);
            list[k].at = blocks[k];
            list[k].whole = 1;
            list[k].ends = 0;
        }
        run(list, count);
        for (size_t k = 0; k < count; k++)
            memcpy(half ? out[k].outer : out[k].inner, list[k].state, sizeof start);
    }
    crypto_wipe(blocks, sizeof blocks);
    crypto_wipe(list, sizeof list);
}

static void hmac_lot(const struct sm3_pads *pads, size_t step, const struct str *messages, size_t count,
                     uint8_t (*out)[SM3_SIZE])
{
    struct message list[LANES];
    for (size_t half = 0; half < 2; half++) {
        for (size_t k = 0; k < count; k++) {
            const struct sm3_pads *p = &pads[k * step];
            memcpy(list[k].state, half ? p->outer : p->inner, sizeof start);
            begin_message(&list[k], half ? str_n(out[k], SM3_SIZE) : messages[k], BLOCK);
        }
        run(list, count);
        for (size_t k = 0; k < count; k++)
            put_digest(&list[k], out[k]);
    }
    crypto_wipe(list, sizeof list);
}

void sm3_pads_make(struct str key, struct sm3_pads *out)
{
    make_pads(&key, 1, out);
}

void hmac_sm3_pads(const struct sm3_pads *pads, const struct str *messages, size_t count,
                   uint8_t (*out)[SM3_SIZE])
{
    for (size_t from = 0; from < count; from += LANES)
        hmac_lot(pads, 0, messages + from, count - from < LANES ? count - from : LANES, out + from);
}

void hmac_sm3_keys(const struct str *keys, const struct str *messages, size_t count, uint8_t (*out)[SM3_SIZE])
{
    struct sm3_pads pads[LANES];
    for (size_t from = 0; from < count; from += LANES) {
        size_t n = count - from < LANES ? count - from : LANES;
        make_pads(keys + from, n, pads);
        hmac_lot(pads, 1, messages + from, n, out + from);
    }
    crypto_wipe(pads, sizeof pads);
}
