/* A node fetches the directory from its hub, as a job: whatever went wrong, the one it has holds until it
 * expires. */
#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"

enum { CONNECT_MS = 3000, TOTAL_MS = 10000 };

struct pulling {
    const char *url;
    struct str body;
    struct err wrong;
};

static bool pull_apart(struct ctx *c, void *arg)
{
    struct pulling *p = arg;
    struct fetch_answer a = {0};
    const struct fetch_header accept = {"Accept", STR("application/json")};
    const struct fetch what = {.url = p->url,
                               .headers = &accept,
                               .header_count = 1,
                               .connect_ms = CONNECT_MS,
                               .total_ms = TOTAL_MS,
                               .max = DIRECTORY_MAX,
                               .once = true};
    if (fetch(nodes_state_of(c)->fetcher, c->arena, &what, &a, &p->wrong) && a.status == 200)
        p->body = a.body;
    return true;
}

bool nodes_pull(struct ctx *c, const struct json *)
{
    const struct nodes_known *k = nodes_now(c);
    if (!k->hub_url.len || !k->anchor) return true;
    struct pulling p = {.url = str_z(c->arena, str_cat(c->arena, k->hub_url, STR("/nodes/directory")))};
    if (!nodes_apart(c, pull_apart, &p)) return false;
    struct json *o = c->prepared = json_object(c->arena);
    json_set_str(c->arena, o, "directory", p.body);
    return true;
}

/* A directory that is refused is on record: somebody between here and the hub tries something, or the hub was
 * set back. */
bool nodes_pull_run(struct ctx *c, const struct json *)
{
    struct str bytes = json_text_of(c->prepared, "directory");
    struct err wrong = {0}, *own = c->err;
    if (!c->prepared) return true;
    if (!bytes.len) return state_store_failed(c, STR("@hub"), STR("nodes.unreachable"));
    c->err = c->tx.err = &wrong;
    bool ok = nodes_accept(c, bytes);
    c->err = c->tx.err = own;
    if (ok) return state_store_seen(c, STR("@hub"));
    if (wrong.kind == ERR_FAULT || strncmp(wrong.code, "db.", 3) == 0) {
        *c->err = wrong;
        return false;
    }
    log_event(LOG_LEVEL_WARN, "nodes.directory_refused", "code", wrong.code, NULL);
    struct json *d = json_object(c->arena);
    json_set_str(c->arena, d, "code", str_c(wrong.code));
    json_set_str(c->arena, d, "digest", text_digest(c->arena, bytes));
    return state_store_failed(c, STR("@hub"), str_c(wrong.code)) &&
           evidence_add(c, "node.directory_refused", "node_directory", 0, 0, d);
}
