/* Addresses and networks a permit names, IPv4 and IPv6 alike: read once, held against the address of a call.
 */
#include "modules/exchange/exchange_permit.h"

#include <arpa/inet.h>

enum { V4_BITS = 96 /* of a mapped address before its four bytes (RFC 4291, 2.5.5.2) */, ADDRESS_MAX = 63 };

static bool is_v4(const uint8_t a[NETWORK_BYTES])
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(a, mapped, sizeof mapped) == 0;
}

static bool parse_address(struct str text, uint8_t out[NETWORK_BYTES], bool *dotted)
{
    char z[ADDRESS_MAX + 1];
    if (!text.len || text.len > ADDRESS_MAX || memchr(text.ptr, '\0', text.len)) return false;
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    *dotted = str_find_char(text, ':') == SIZE_MAX;
    if (!*dotted) return inet_pton(AF_INET6, z, out) == 1;
    memset(out, 0, NETWORK_BYTES);
    out[10] = out[11] = 0xff;
    return inet_pton(AF_INET, z, out + 12) == 1;
}

static bool parse_network(struct str text, struct network *out)
{
    struct str head, tail;
    bool dotted;
    int64_t bits, most;
    tail = str_cut(text, '/', &head);
    if (!parse_address(head, out->address, &dotted)) return false;
    bits = most = dotted ? 32 : 128;
    if (head.len < text.len && (tail.len > 3 || !str_to_i64(tail, &bits) || bits < 1 || bits > most))
        return false;
    out->bits = (uint8_t)(dotted ? bits + V4_BITS : bits);
    return true;
}

bool networks_read(struct arena *a, struct str text, struct networks *out, struct str *wrong)
{
    struct str rest = text;
    size_t most = 0;
    *wrong = STR_EMPTY;
    for (struct str r = text; r.len;)
        most += list_next(&r).len > 0;
    struct network *list = ARENA_ARRAY(a, most + 1, struct network);
    *out = (struct networks){.list = list, .named = most > 0};
    while (rest.len) {
        struct str one = list_next(&rest);
        if (!one.len) continue;
        if (!parse_network(one, &list[out->count])) {
            *wrong = one;
            out->count = 0;
            return false;
        }
        out->count++;
    }
    return true;
}

static bool holds(const struct network *n, const uint8_t at[NETWORK_BYTES], bool v4)
{
    size_t whole = n->bits / 8, rest = n->bits % 8;
    if (v4 && n->bits < V4_BITS) return false; /* ::/8 is no network of IPv4 addresses */
    if (memcmp(n->address, at, whole) != 0) return false;
    return !rest || ((n->address[whole] ^ at[whole]) & (uint8_t)(0xff << (8 - rest))) == 0;
}

bool networks_hold(const struct networks *n, struct str address)
{
    uint8_t at[NETWORK_BYTES];
    bool dotted;
    if (!n->named) return true;
    if (!parse_address(address, at, &dotted)) return false;
    bool v4 = is_v4(at);
    for (size_t i = 0; i < n->count; i++)
        if (holds(&n->list[i], at, v4)) return true;
    return false;
}
