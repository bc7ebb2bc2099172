/* The directory of members at its hub: what enters it, and its next number; at a node: whether one is taken.
 */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"
#include "modules/orgs/orgs.h"

static bool not_hub(struct ctx *c)
{
    return err_conflict(c->err, "nodes.not_hub", "The directory is kept at the hub, and this node is none.");
}

static bool hub_signer(struct ctx *c, struct str instance, struct signer *out)
{
    struct cert_subject subject = {.common_name = instance,
                                   .organisation = STR("Directory of members"), /* no translation */
                                   .serial = STR("1")};
    return keyring_signer(ctx_keys(c), STR("directory"), &subject, c->now, out, c->err);
}

static bool hub_instance(struct ctx *c, struct str *instance)
{
    struct str hub;
    return orgs_setting(c, "nodes.hub", &hub) && orgs_setting(c, "nodes.instance", instance) &&
           (hub.len > 0 || not_hub(c));
}

/* ---- making ---- */

static bool add_entry(struct ctx *c, const struct node_entry *e, struct json *nodes, struct json *members)
{
    static const char *const parts[] = {"code", "url", "certificate", "log_key", "witness_key"};
    const struct json *doc = json_parse(c->arena, e->doc, JSON_STRICT, c->err);
    struct json *n = json_add_object(c->arena, nodes);
    if (!doc) return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        json_set_str(c->arena, n, parts[i], json_text_of(doc, parts[i]));
    JSON_EACH(m, json_get(doc, "members"))
    {
        struct json *o = json_copy(c->arena, m);
        json_set_str(c->arena, o, "node", e->node);
        json_add(members, o);
    }
    return true;
}

bool hub_sign(struct ctx *c)
{
    struct str instance, last, bytes;
    struct signer key;
    struct node_entry *entries;
    size_t count;
    int64_t number, hold;
    bool found;
    struct directory d;
    struct json *doc = json_object(c->arena), *nodes, *members;
    if (!hub_instance(c, &instance) || !hub_signer(c, instance, &key) ||
        !orgs_number(c, "nodes.directory_hours", &hold) || !node_store_newest(c, &number, &last, &found) ||
        !entry_store_all(c, &entries, &count))
        return false;
    json_set_str(c->arena, doc, "instance", instance);
    json_set_i64(c->arena, doc, "number", number + 1);
    json_set_i64(c->arena, doc, "issued", c->now);
    json_set_i64(c->arena, doc, "expires", c->now + hold * MS_HOUR);
    nodes = json_set_array(c->arena, doc, "nodes");
    members = json_set_array(c->arena, doc, "members");
    for (size_t i = 0; i < count; i++)
        if (!add_entry(c, &entries[i], nodes, members)) return false;
    struct str text = json_to_str(c->arena, doc);
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "number", number + 1);
    json_set_str(c->arena, detail, "digest", text_digest(c->arena, text));
    ctx_changed(c, "nodes");
    return directory_read(c->arena, text, &d, c->err) &&
           envelope_seal(c->arena, "directory", text, key.key, &bytes, c->err) &&
           node_store_add(c, &d, bytes) &&
           evidence_add(c, "node.directory", "node_directory", number + 1, 0, detail);
}

bool hub_renew(struct ctx *c, const struct json *)
{
    const struct nodes_known *k = nodes_now(c);
    if (!k->hub || !k->dir) return true;
    int64_t whole = k->dir->expires - k->dir->issued;
    return c->now < k->dir->issued + whole / 3 || hub_sign(c);
}

bool nodes_anchor(struct ctx *c, struct str *out)
{
    struct str instance, url;
    struct signer key;
    struct json *doc = json_object(c->arena);
    if (!hub_instance(c, &instance) || !orgs_setting(c, "nodes.url", &url) || !hub_signer(c, instance, &key))
        return false;
    json_set_str(c->arena, doc, "instance", instance);
    json_set_str(c->arena, doc, "url", url);
    json_set_str(c->arena, doc, "certificate", cert_to_pem(c->arena, key.cert));
    return envelope_seal(c->arena, "anchor", json_to_str(c->arena, doc), key.key, out, c->err);
}

bool nodes_directory(struct ctx *c, struct str *out)
{
    int64_t number;
    bool found;
    return node_store_newest(c, &number, out, &found) &&
           (found || err_missing(c->err, "nodes.none", "There is no directory of members here."));
}

/* ---- who enters it ---- */

/* A member has one node: nobody speaks for a department that another node speaks for. */
static bool members_free(struct ctx *c, const struct enrolment *e)
{
    struct node_entry *entries;
    size_t count;
    if (!entry_store_all(c, &entries, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(entries[i].node, e->node.code)) continue;
        const struct json *doc = json_parse(c->arena, entries[i].doc, JSON_STRICT, c->err);
        if (!doc) return false;
        JSON_EACH(theirs, json_get(doc, "members"))
        {
            JSON_EACH(m, json_get(e->doc, "members"))
            {
                if (!str_eq(json_text_of(m, "code"), json_text_of(theirs, "code"))) continue;
                return err_at(c->err, STR("file"), "Another node speaks for this department already: %{arg}",
                              json_text_of(m, "name"));
            }
        }
    }
    return true;
}

static bool enter(struct ctx *c, struct str bytes)
{
    struct enrolment e;
    return enrolment_read(c->arena, bytes, &e, c->err) && members_free(c, &e) &&
           entry_store_put(c, e.node.code, json_to_str(c->arena, e.doc)) && hub_sign(c);
}

bool nodes_admit(struct ctx *c, struct str enrolment)
{
    return enter(c, enrolment);
}

static bool record(struct ctx *c, const char *act, const struct node_change *n)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "node", n->node);
    json_set_str(c->arena, detail, "kind", n->kind);
    if (n->doc.len) json_set_str(c->arena, detail, "digest", text_digest(c->arena, n->doc));
    return evidence_add(c, act, "node_change", n->id, 0, detail);
}

bool hub_ask(struct ctx *c, const char *kind, struct str node, struct str doc)
{
    struct str instance;
    struct enrolment e;
    struct node_change n = {.id = ctx_id(c),
                            .kind = str_c(kind),
                            .node = node,
                            .doc = doc,
                            .state = STR("waiting"),
                            .asked_by = c->actor.account,
                            .asked_at = c->now};
    if (!hub_instance(c, &instance)) return false;
    if (doc.len) {
        if (!enrolment_read(c->arena, doc, &e, c->err) || !members_free(c, &e)) return false;
        n.node = e.node.code;
    }
    return change_store_add(c, &n) && record(c, "node.change_ask", &n);
}

bool hub_decide(struct ctx *c, int64_t change, bool agree)
{
    struct node_change n;
    bool found;
    if (!change_store_load(c, change, &n, &found)) return false;
    if (!found || !str_eq_c(n.state, "waiting"))
        return err_missing(c->err, "nodes.change", "This change does not wait for a decision.");
    if (n.asked_by == c->actor.account)
        return err_denied(c->err, "nodes.four_eyes",
                          "You asked for this change. Someone else must decide it.");
    n.state = agree ? STR("agreed") : STR("refused");
    n.decided_by = c->actor.account;
    n.decided_at = c->now;
    if (!change_store_decide(c, &n) || !record(c, agree ? "node.change_agree" : "node.change_refuse", &n))
        return false;
    if (!agree) return true;
    if (str_eq_c(n.kind, "enrol")) return enter(c, n.doc);
    return entry_store_remove(c, n.node) && hub_sign(c);
}

/* ---- at a node: is it to be taken? ---- */

bool nodes_accept(struct ctx *c, struct str bytes)
{
    struct str pem, last, instance;
    struct envelope v;
    struct directory d;
    int64_t number;
    bool found;
    if (!orgs_setting(c, "nodes.anchor", &pem) || !orgs_setting(c, "nodes.instance", &instance)) return false;
    const struct cert *anchor = cert_from_pem(c->arena, pem, c->err);
    if (!anchor || !envelope_open(c->arena, bytes, &v, c->err)) return false;
    if (!envelope_signed(c->arena, "directory", &v, cert_public(anchor)))
        return err_denied(c->err, "nodes.signature",
                          "The directory is not signed by the hub this node follows.");
    if (!directory_read(c->arena, v.text, &d, c->err) || !node_store_newest(c, &number, &last, &found))
        return false;
    if (!str_eq(d.instance, instance))
        return err_denied(c->err, "nodes.instance", "The directory is of another instance.");
    if (d.number < number || (d.number == number && !str_eq(last, bytes)))
        return err_conflict(
            c->err, "nodes.rolled_back",
            "The directory is older than the one this node has already, or another of the same number.");
    if (d.number == number) return true;
    if (c->now >= d.expires) return err_busy(c->err, "nodes.expired", "The directory has expired already.");
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "number", d.number);
    json_set_str(c->arena, detail, "digest", text_digest(c->arena, v.text));
    ctx_changed(c, "nodes");
    return node_store_add(c, &d, bytes) &&
           evidence_add(c, "node.directory", "node_directory", d.number, 0, detail);
}

bool nodes_take(struct ctx *c, struct str directory)
{
    return nodes_accept(c, directory);
}
