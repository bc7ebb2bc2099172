#include "core/auth/auth_internal.h"

#include <pthread.h>

/* A table of fixed size: whatever a flood of keys does, memory stays. A key's place follows from a keyed
 * hash, so that nobody can aim at somebody else's. A window is cut in SLICES; the sum over one slice more
 * than the window never lets more than `most` through in any stretch of that length. */
enum { SETS = 1024, WAYS = 8, SLICES = 8, COUNT_MAX = 60000 };

struct window {
    uint8_t tag[16];
    int64_t slice, used;
    uint16_t counts[SLICES + 1];
};

struct limits {
    pthread_mutex_t lock;
    uint8_t key[32];
    struct window table[SETS][WAYS];
};

struct limits *limits_new(void)
{
    struct limits *l = mem_alloc(1, sizeof *l);
    if (!l) return NULL;
    pthread_mutex_init(&l->lock, NULL);
    crypto_random(l->key, sizeof l->key);
    return l;
}

void limits_drop(struct limits *l)
{
    if (!l) return;
    pthread_mutex_destroy(&l->lock);
    mem_free(l);
}

static void digest_of(const struct limits *l, const char *purpose, struct str key, uint8_t out[SM3_SIZE])
{
    uint8_t joined[SM3_SIZE * 2];
    hmac_sm3(str_n(l->key, sizeof l->key), str_c(purpose), joined);
    hmac_sm3(str_n(l->key, sizeof l->key), key, joined + SM3_SIZE);
    sm3(str_n(joined, sizeof joined), out);
}

static struct window *find(struct window *set, const uint8_t tag[16])
{
    struct window *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (memcmp(set[i].tag, tag, 16) == 0) return &set[i];
        if (set[i].used < oldest->used) oldest = &set[i];
    }
    memset(oldest, 0, sizeof *oldest);
    memcpy(oldest->tag, tag, 16);
    return oldest;
}

static void move_to(struct window *w, int64_t slice)
{
    int64_t passed = slice - w->slice;
    if (passed <= 0) return; /* a clock that was set back keeps the counts */
    if (passed > SLICES) passed = SLICES + 1;
    for (int64_t i = 1; i <= passed; i++)
        w->counts[(uint64_t)(slice - passed + i) % (SLICES + 1)] = 0;
    w->slice = slice;
}

bool limits_count(struct limits *l, const char *purpose, struct str key, int most, int64_t window_ms,
                  int64_t now)
{
    uint8_t digest[SM3_SIZE];
    int64_t length = window_ms / SLICES > 0 ? window_ms / SLICES : 1;
    if (most > COUNT_MAX) most = COUNT_MAX;
    digest_of(l, purpose, key, digest);
    size_t set = ((size_t)digest[16] << 8 | digest[17]) % SETS;
    pthread_mutex_lock(&l->lock);
    struct window *w = find(l->table[set], digest);
    move_to(w, now / length);
    w->used = now;
    int sum = 0;
    for (int i = 0; i <= SLICES; i++)
        sum += w->counts[i];
    bool ok = sum < most;
    if (ok) w->counts[(uint64_t)w->slice % (SLICES + 1)]++;
    pthread_mutex_unlock(&l->lock);
    return ok;
}
