#include "core/http/ready.h"

#include "core/base/arena.h"

struct http_ready *ready_new(struct str head, struct str body, bool copy)
{
    struct http_ready *r = mem_alloc(1, sizeof *r + head.len + (copy ? body.len : 0));
    if (!r) return NULL;
    r->held = 1;
    memcpy(r->bytes, head.ptr, head.len);
    r->head = str_n(r->bytes, head.len);
    r->body = body;
    if (copy && body.len) {
        memcpy(r->bytes + head.len, body.ptr, body.len);
        r->body = str_n(r->bytes + head.len, body.len);
    }
    return r;
}

struct http_ready *ready_keep(struct http_ready *r)
{
    atomic_fetch_add_explicit(&r->held, 1, memory_order_relaxed);
    return r;
}

void ready_drop(struct http_ready *r)
{
    if (r && atomic_fetch_sub_explicit(&r->held, 1, memory_order_acq_rel) == 1) mem_free(r);
}
