#include "core/auth/authors.h"

static struct str mark(const struct ctx *c)
{
    return str_fmt(c->arena, "|%lld|", (long long)c->actor.account);
}

bool authors_has(const struct ctx *c, int64_t made_by, struct str authors)
{
    if (!c->actor.account) return false;
    return made_by == c->actor.account || str_find(authors, mark(c)) != SIZE_MAX;
}

struct str authors_add(const struct ctx *c, struct str authors, bool open)
{
    struct str own = mark(c), before = open ? authors : STR_EMPTY;
    if (str_find(before, own) != SIZE_MAX) return before;
    return before.len ? str_cat(c->arena, before, str_slice(own, 1, own.len)) : own;
}
