#include "modules/nodes/nodes_internal.h"

/* ---- directories ---- */

bool node_store_newest(struct ctx *c, int64_t *number, struct str *doc, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT number, doc FROM node_directory ORDER BY number DESC LIMIT 1"))
        return false;
    *found = r.rows > 0;
    *number = *found ? db_int(&r, 0, 0) : 0;
    *doc = *found ? db_str(&r, 0, 1) : STR_EMPTY;
    return true;
}

bool node_store_add(struct ctx *c, const struct directory *d, struct str doc)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_directory (number, doc, issued, expires, received) VALUES ($1, $2, $3, $4, $5)",
        DB_I(d->number), DB_S(doc), DB_I(d->issued), DB_I(d->expires), DB_I(c->now));
}

/* ---- what waits for a second administrator ---- */

bool change_store_add(struct ctx *c, const struct node_change *n)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_change (id, kind, node, doc, state, asked_by, asked_at, decided_by, decided_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        DB_I(n->id), DB_S(n->kind), DB_S(n->node), DB_S(n->doc), DB_S(n->state), DB_I(n->asked_by),
        DB_I(n->asked_at), DB_I(n->decided_by), DB_I(n->decided_at));
}

#define CHANGE                                                                                               \
    "SELECT id, kind, node, doc, state, asked_by, asked_at, decided_by, decided_at FROM node_change "

static struct node_change change_of(const struct db_rows *r, size_t i)
{
    return (struct node_change){.id = db_int(r, i, 0),
                                .kind = db_str(r, i, 1),
                                .node = db_str(r, i, 2),
                                .doc = db_str(r, i, 3),
                                .state = db_str(r, i, 4),
                                .asked_by = db_int(r, i, 5),
                                .asked_at = db_int(r, i, 6),
                                .decided_by = db_int(r, i, 7),
                                .decided_at = db_int(r, i, 8)};
}

bool change_store_load(struct ctx *c, int64_t id, struct node_change *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, CHANGE "WHERE id = $1", DB_I(id))) return false;
    *found = r.rows > 0;
    if (*found) *out = change_of(&r, 0);
    return true;
}

bool change_store_decide(struct ctx *c, const struct node_change *n)
{
    return db_exec(&c->tx,
                   "UPDATE node_change SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
                   DB_I(n->id), DB_S(n->state), DB_I(n->decided_by), DB_I(n->decided_at));
}

bool change_store_waiting(struct ctx *c, struct node_change **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, CHANGE "WHERE state = 'waiting' ORDER BY id DESC LIMIT $1", DB_I(NODES_PAGE)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct node_change);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = change_of(&r, i);
    *count = r.rows;
    return true;
}

/* ---- what the directory is made from ---- */

bool entry_store_put(struct ctx *c, struct str node, struct str doc)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_entry (node, doc, changed) VALUES ($1, $2, $3) ON CONFLICT (node) DO UPDATE SET "
        "doc = excluded.doc, changed = excluded.changed",
        DB_S(node), DB_S(doc), DB_I(c->now));
}

bool entry_store_remove(struct ctx *c, struct str node)
{
    return db_exec(&c->tx, "DELETE FROM node_entry WHERE node = $1", DB_S(node));
}

bool entry_store_all(struct ctx *c, struct node_entry **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT node, doc FROM node_entry ORDER BY node")) return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct node_entry);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct node_entry){db_str(&r, i, 0), db_str(&r, i, 1)};
    *count = r.rows;
    return true;
}

/* ---- how it stands with the others ---- */

bool state_store_seen(struct ctx *c, struct str node)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_state (node, seen, failed, trouble, head, head_at) VALUES ($1, $2, 0, '', '', 0) "
        "ON CONFLICT (node) DO UPDATE SET seen = excluded.seen, trouble = ''",
        DB_S(node), DB_I(c->now));
}

bool state_store_failed(struct ctx *c, struct str node, struct str trouble)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_state (node, seen, failed, trouble, head, head_at) VALUES ($1, 0, $2, $3, '', 0) "
        "ON CONFLICT (node) DO UPDATE SET failed = excluded.failed, trouble = excluded.trouble",
        DB_S(node), DB_I(c->now), DB_S(trouble));
}

bool state_store_head(struct ctx *c, struct str node, struct str head)
{
    return db_exec(
        &c->tx,
        "INSERT INTO node_state (node, seen, failed, trouble, head, head_at) VALUES ($1, $2, 0, '', $3, $2) "
        "ON CONFLICT (node) DO UPDATE SET head = excluded.head, head_at = excluded.head_at",
        DB_S(node), DB_I(c->now), DB_S(head));
}

bool state_store_all(struct ctx *c, struct node_standing **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT node, seen, failed, trouble, head, head_at FROM node_state ORDER BY node"))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct node_standing);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct node_standing){.node = db_str(&r, i, 0),
                                            .seen = db_int(&r, i, 1),
                                            .failed = db_int(&r, i, 2),
                                            .trouble = db_str(&r, i, 3),
                                            .head = db_str(&r, i, 4),
                                            .head_at = db_int(&r, i, 5)};
    *count = r.rows;
    return true;
}
