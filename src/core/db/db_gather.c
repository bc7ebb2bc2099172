/* Bytes of several writes of one transaction, kept until it commits.
 *
 * They lie behind each other as they came, each lot behind a head; a savepoint is a length to go back to. */
#include "core/db/db_driver.h"

enum { ROOM_FIRST = 4 << 10, ROOM_KEPT = 64 << 10 };

struct head {
    const struct db_gatherer *who; /* NULL: handed over */
    size_t len;
};

static bool make_room(struct db_gathered *g, size_t more, struct err *e)
{
    size_t wanted, room = g->room ? g->room : ROOM_FIRST;
    if (__builtin_add_overflow(g->len, more, &wanted) || wanted > SIZE_MAX / 2)
        return err_fault(e, "too much was gathered");
    if (wanted <= g->room) return true;
    while (room < wanted)
        room *= 2;
    uint8_t *bytes = mem_resize(g->bytes, room, 1);
    if (!bytes) return err_fault(e, "not enough memory to gather");
    g->bytes = bytes;
    g->room = room;
    return true;
}

bool db_gather(struct db_tx *tx, const struct db_gatherer *who, struct str bytes)
{
    const struct head head = {who, bytes.len};
    if (!tx->conn || !tx->conn->open || !tx->conn->writer)
        return err_fault(tx->err, "no transaction is open that writes");
    struct db_gathered *g = &tx->conn->gathered;
    if (bytes.len > SIZE_MAX / 4 || !make_room(g, sizeof head + bytes.len, tx->err))
        return tx->err->kind != ERR_NONE ? false : err_fault(tx->err, "too much was gathered");
    memcpy(g->bytes + g->len, &head, sizeof head);
    memcpy(g->bytes + g->len + sizeof head, bytes.ptr, bytes.len);
    g->len += sizeof head + bytes.len;
    return true;
}

void db_gathered(struct db_tx *tx, const struct db_gatherer *who, void (*each)(void *arg, struct str bytes),
                 void *arg)
{
    const struct db_gathered *g = &tx->conn->gathered;
    struct head one;
    for (size_t at = 0; at < g->len; at += sizeof one + one.len) {
        memcpy(&one, g->bytes + at, sizeof one);
        if (one.who == who) each(arg, str_n(g->bytes + at + sizeof one, one.len));
    }
}

void db_gathered_cut(struct db_conn *c, size_t len)
{
    if (c->gathered.len > len) c->gathered.len = len;
}

/* Those of the gatherer whose head is at `at` and of no head before, behind all that was gathered. */
static bool collect(struct db_gathered *g, size_t at, size_t end, struct str *all, struct err *e)
{
    struct head first, one;
    memcpy(&first, g->bytes + at, sizeof first);
    if (!make_room(g, end - at, e)) return false;
    for (; at < end; at += sizeof one + one.len) {
        memcpy(&one, g->bytes + at, sizeof one);
        if (one.who != first.who) continue;
        memcpy(g->bytes + g->len, g->bytes + at + sizeof one, one.len);
        g->len += one.len;
        const struct head done = {NULL, one.len};
        memcpy(g->bytes + at, &done, sizeof done);
    }
    *all = str_n(g->bytes + end, g->len - end);
    return true;
}

bool db_gathered_write(struct db_tx *tx)
{
    struct db_gathered *g = &tx->conn->gathered;
    const size_t end = g->len;
    struct head one;
    bool ok = true;
    for (size_t at = 0; ok && at < end; at += sizeof one + one.len) {
        struct str all;
        memcpy(&one, g->bytes + at, sizeof one);
        if (!one.who) continue;
        ok = collect(g, at, end, &all, tx->err) && one.who->write(one.who, tx, all);
        g->len = end;
    }
    g->len = 0;
    if (g->room > ROOM_KEPT) db_gathered_drop(tx->conn);
    return ok;
}

void db_gathered_drop(struct db_conn *c)
{
    mem_free(c->gathered.bytes);
    c->gathered = (struct db_gathered){0};
}
