/* Who this node is, and what it knows of the others: settings and the directory in force, as a snapshot. */
#include "core/base/log.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"
#include "modules/people/people.h"

enum { KNOWN_MAX = 64 << 20 };

/* ---- the snapshot ---- */

static void drop_known(void *data)
{
    arena_drop(((struct nodes_known *)data)->arena);
}

static bool setting(struct ctx *c, struct arena *a, const char *name, struct str *out)
{
    struct str value;
    if (!orgs_setting(c, name, &value)) return false;
    *out = str_dup(a, value);
    return true;
}

/* The certificate by which a directory is checked: the hub's own, or the one of the anchor. */
static bool load_anchor(struct ctx *c, struct nodes_known *k, struct str pem)
{
    struct signer s;
    bool found;
    if (!pem.len && k->hub && !keyring_find_signer(ctx_keys(c), STR("directory"), &s, &found, c->err))
        return false;
    if (!pem.len && k->hub && found) pem = cert_to_pem(k->arena, s.cert);
    return !pem.len || (k->anchor = cert_from_pem(k->arena, pem, c->err)) != NULL;
}

static bool load_directory(struct ctx *c, struct nodes_known *k)
{
    int64_t number;
    struct str doc;
    bool found;
    struct envelope v;
    struct directory *d = ARENA_NEW(k->arena, struct directory);
    if (!node_store_newest(c, &number, &doc, &found)) return false;
    if (!found || !k->anchor) return true;
    if (!envelope_open(k->arena, str_dup(k->arena, doc), &v, c->err)) return false;
    if (!envelope_signed(k->arena, "directory", &v, cert_public(k->anchor))) {
        log_event(LOG_LEVEL_ERROR, "nodes.directory", "what", "not signed by the hub this node follows",
                  NULL);
        return true;
    }
    if (!directory_read(k->arena, v.text, d, c->err)) return false;
    k->dir = d;
    k->own = directory_node(d, k->code);
    return true;
}

bool nodes_refresh(struct ctx *c)
{
    struct arena *a = arena_new(KNOWN_MAX);
    struct str pem, hub;
    if (!a) return err_fault(c->err, "not enough memory for the directory");
    struct nodes_known *k = ARENA_NEW(a, struct nodes_known);
    k->arena = a;
    bool ok = setting(c, a, "nodes.code", &k->code) && setting(c, a, "nodes.url", &k->url) &&
              setting(c, a, "nodes.hub_url", &k->hub_url) && setting(c, a, "nodes.anchor", &pem) &&
              setting(c, a, "nodes.hub", &hub);
    if (ok) {
        k->hub = hub.len > 0;
        ok = load_anchor(c, k, pem) && load_directory(c, k);
    }
    if (!ok) {
        arena_drop(a);
        return false;
    }
    return shared_put(&nodes_state_of(c)->known, k, drop_known) ||
           err_fault(c->err, "not enough memory for the directory");
}

/* By the index of the number calls would still be found. */
static bool erase(struct ctx *c, int64_t subject)
{
    return asked_store_forget(c, subject) && fact_store_forget(c, subject);
}

static const struct people_part part = {.name = "nodes", .erase = erase};

bool nodes_start(struct ctx *c)
{
    struct nodes_state *s = mem_alloc(1, sizeof *s);
    int threads = server_options(c->server)->threads;
    if (!s || !(s->fetcher = fetcher_new())) {
        mem_free(s);
        return err_fault(c->err, "not enough memory to start");
    }
    shared_open(&s->known);
    /* The pool keeps a thread for what others ask: nodes that all wait for each other would wait for good. */
    s->most = threads > 2 ? threads - 1 : 1;
    server_set_state(c->server, "nodes", s);
    evidence_set_witnesses(c->server, nodes_witnesses);
    exchange_set_facts(c->server, nodes_case_facts);
    exchange_set_abroad(c->server, &nodes_abroad);
    exchange_set_far(c->server, &nodes_far);
    people_add_part(c->server, &part);
    evidence_add_beside(c->server, nodes_audit);
    return nodes_refresh(c);
}

void nodes_stop(struct server *server)
{
    struct nodes_state *s = server_state(server, "nodes");
    if (!s) return;
    shared_close(&s->known);
    fetcher_drop(s->fetcher);
    mem_free(s);
    server_set_state(server, "nodes", NULL);
}

struct nodes_state *nodes_state_of(const struct ctx *c)
{
    return server_state(c->server, "nodes");
}

const struct nodes_known *nodes_now(struct ctx *c)
{
    return ctx_shared(c, &nodes_state_of(c)->known);
}

bool nodes_in_force(struct ctx *c, const struct nodes_known **out)
{
    const struct nodes_known *k = *out = nodes_now(c);
    if (!k->code.len || !k->dir)
        return err_missing(c->err, "nodes.none", "This installation belongs to no directory of nodes yet.");
    if (c->now >= k->dir->expires)
        return err_busy(
            c->err, "nodes.expired",
            "The directory of members has expired, and the hub gave no newer one: nothing is exchanged "
            "between nodes until it does.");
    return k->own != NULL ||
           err_denied(c->err, "nodes.member", "This node does not stand in the directory of members.");
}

bool nodes_signer(struct ctx *c, struct signer *out)
{
    const struct nodes_known *k = nodes_now(c);
    struct cert_subject subject = {.common_name = k->code,
                                   .organisation = STR("Exchange node"), /* no translation */
                                   .serial = STR("1")};
    return keyring_signer(ctx_keys(c), STR("node"), &subject, c->now, out, c->err);
}

struct str nodes_own_subsystem(struct ctx *c, int64_t unit, struct str code)
{
    const struct nodes_known *k = nodes_now(c);
    const struct unit *u = orgs_unit(c, unit);
    if (!u || !u->uscc.len || !k->dir) return STR_EMPTY;
    return str_fmt(c->arena, "%.*s/" MEMBER_CLASS "/%.*s/%.*s", STR_ARG(k->dir->instance), STR_ARG(u->uscc),
                   STR_ARG(code));
}

struct str nodes_operator(struct ctx *c)
{
    return c->actor.kind == ACTOR_OFFICER ? str_fmt(c->arena, "%lld", (long long)c->actor.account)
                                          : STR(EXCHANGE_APPLICANT);
}

int64_t nodes_unit_of(struct ctx *c, struct str id)
{
    const struct unit **units;
    size_t n = orgs_units(c, &units);
    struct str member;
    for (int i = 0; i < 3; i++)
        id = str_cut(id, '/', &member);
    for (size_t i = 0; i < n && member.len; i++)
        if (str_eq(units[i]->uscc, member)) return units[i]->id;
    return 0;
}

bool nodes_apart(struct ctx *c, bool (*slow)(struct ctx *c, void *arg), void *arg)
{
    struct db *db = server_db(c->server);
    struct err wrong = {0};
    if (!db_end(db, &c->tx, false)) return false;
    bool ok = slow(c, arg);
    if (!db_begin_read(db, c->arena, ok ? c->err : &wrong, &c->tx)) return false;
    c->tx.err = c->err;
    return ok;
}

/* ---- setting up ---- */

static bool identity(struct ctx *c)
{
    return err_invalid(
        c->err, "nodes.identity",
        "A node has a name of letters, digits, hyphens and dots, and an address that begins with "
        "http:// or https:// and ends without a slash.");
}

bool nodes_be(struct ctx *c, const struct nodes_identity *who)
{
    bool hub = who->instance.len > 0;
    if (!node_code_ok(who->code) || who->url.len > URL_MAX || str_ends(who->url, STR("/")) ||
        !(str_starts(who->url, STR("http://")) || str_starts(who->url, STR("https://"))) ||
        (hub && !node_code_ok(who->instance)))
        return identity(c);
    ctx_changed(c, "nodes");
    return orgs_save_setting(c, "nodes.code", who->code) && orgs_save_setting(c, "nodes.url", who->url) &&
           orgs_save_setting(c, "nodes.members", who->members) &&
           (!hub || (orgs_save_setting(c, "nodes.hub", STR("yes")) &&
                     orgs_save_setting(c, "nodes.instance", who->instance))) &&
           evidence_add(c, "node.identity", "node", 0, 0, NULL);
}

static bool is_member(struct str members, struct str uscc)
{
    struct str one;
    if (!members.len) return true;
    while (members.len) {
        members = str_cut(members, ',', &one);
        if (str_eq(str_trim(one), uscc)) return true;
    }
    return false;
}

static void add_subsystem(struct ctx *c, struct json *list, struct str code, struct str name,
                          struct json **services)
{
    struct json *s = json_add_object(c->arena, list);
    json_set_str(c->arena, s, "code", code);
    json_set_str(c->arena, s, "name", name);
    *services = json_set_array(c->arena, s, "services");
}

static bool add_member(struct ctx *c, struct json *members, const struct unit *u,
                       const struct exchange_offer *offers, size_t count)
{
    struct json *m = json_add_object(c->arena, members), *subsystems, *services;
    json_set_c(c->arena, m, "class", MEMBER_CLASS);
    json_set_str(c->arena, m, "code", u->uscc);
    json_set_str(c->arena, m, "name", u->name);
    subsystems = json_set_array(c->arena, m, "subsystems");
    add_subsystem(c, subsystems, STR(DATA_SUBSYSTEM), STR("数据服务"), &services);
    for (size_t i = 0; i < count; i++) {
        if (offers[i].unit != u->id) continue;
        struct json *s = json_add_object(c->arena, services);
        json_set_str(c->arena, s, "code", offers[i].code);
        json_set_str(c->arena, s, "version", str_fmt(c->arena, "v%lld", (long long)offers[i].version));
        json_set_str(c->arena, s, "name", offers[i].name);
    }
    struct exchange_own_system *systems;
    size_t systems_count;
    if (!exchange_systems_of(c, u->id, &systems, &systems_count)) return false;
    add_subsystem(c, subsystems, STR("platform"), STR("一体化政务服务平台"), &services);
    for (size_t i = 0; i < systems_count; i++)
        if (node_code_ok(systems[i].code))
            add_subsystem(c, subsystems, systems[i].code, systems[i].name, &services);
    return true;
}

static bool own_keys(struct ctx *c, struct json *o, const struct signer *key)
{
    struct str keys;
    struct err none = {0}, *own = c->err;
    json_set_str(c->arena, o, "certificate", cert_to_pem(c->arena, key->cert));
    c->err = c->tx.err =
        &none; /* a log that is empty yet has no key to show: it comes with the next enrolment */
    bool there = evidence_log_file(c, STR("keys"), &keys);
    c->err = c->tx.err = own;
    if (there)
        str_cut(keys, '\n', &keys);
    else if (none.kind != ERR_MISSING) {
        *c->err = none;
        return false;
    }
    json_set_str(c->arena, o, "log_key", there ? keys : STR_EMPTY);
    json_set_str(c->arena, o, "witness_key", nodes_witness_key(c));
    return true;
}

bool nodes_enrolment(struct ctx *c, struct str *out)
{
    struct str code, url, list;
    struct signer key;
    const struct unit **units;
    struct exchange_offer *offers;
    size_t count;
    if (!orgs_setting(c, "nodes.code", &code) || !orgs_setting(c, "nodes.url", &url) ||
        !orgs_setting(c, "nodes.members", &list))
        return false;
    if (!code.len) return identity(c);
    struct cert_subject subject = {
        .common_name = code, .organisation = STR("Exchange node") /* no translation */, .serial = STR("1")};
    if (!keyring_signer(ctx_keys(c), STR("node"), &subject, c->now, &key, c->err) ||
        !exchange_offers(c, &offers, &count))
        return false;
    struct json *doc = json_object(c->arena), *members;
    json_set_str(c->arena, doc, "code", code);
    json_set_str(c->arena, doc, "url", url);
    json_set_i64(c->arena, doc, "made", c->now);
    if (!own_keys(c, doc, &key)) return false;
    members = json_set_array(c->arena, doc, "members");
    size_t n = orgs_units(c, &units);
    for (size_t i = 0; i < n; i++)
        if (units[i]->uscc.len && is_member(list, units[i]->uscc) &&
            !add_member(c, members, units[i], offers, count))
            return false;
    return envelope_seal(c->arena, "enrolment", json_to_str(c->arena, doc), key.key, out, c->err);
}

bool nodes_join(struct ctx *c, struct str anchor, struct str *fingerprint)
{
    struct anchor a;
    struct str hub;
    if (!orgs_setting(c, "nodes.hub", &hub)) return false;
    if (hub.len)
        return err_conflict(c->err, "nodes.is_hub", "This node is a hub itself and follows no other.");
    if (!anchor_read(c->arena, anchor, &a, c->err)) return false;
    *fingerprint = key_fingerprint(c->arena, cert_public(a.cert));
    ctx_changed(c, "nodes");
    return orgs_save_setting(c, "nodes.anchor", a.certificate) &&
           orgs_save_setting(c, "nodes.hub_url", a.url) &&
           orgs_save_setting(c, "nodes.instance", a.instance) &&
           evidence_add(c, "node.join", "node", 0, 0, NULL);
}

bool nodes_let_in(struct ctx *c, struct str subsystem, int64_t unit)
{
    const struct nodes_known *k;
    bool fresh;
    if (!nodes_in_force(c, &k)) return false;
    const struct dir_subsystem *s = directory_subsystem(k->dir, subsystem);
    if (!s || s->node == k->own)
        return err_missing(c->err, "nodes.subsystem", "The directory has no such system at another node.");
    struct str name = str_fmt(c->arena, "%.*s · %.*s", STR_ARG(s->member_name), STR_ARG(s->name));
    return exchange_add_outside(c, s->id, utf8_head(name, 100), unit, &fresh);
}
