/* Pages: the directory, how it stands with the others, what was asked and answered. */
#include "core/http/server.h"
#include "modules/nodes/nodes_internal.h"

enum { SOON_HOURS = 12 };

const struct field nodes_page_fields[] = {{"after", FIELD_LINE, "After", .max = MEMBER_MAX}, {0}};
const struct field nodes_enrol_fields[] = {
    {"file", FIELD_FILE, "File of the node", .required = true, .max = 4 << 20}, {0}};
const struct field nodes_remove_fields[] = {
    {"node", FIELD_LINE, "Node", .required = true, .max = NODE_CODE_MAX}, {0}};
const struct field nodes_decide_fields[] = {
    {"change", FIELD_ID, "Change of the directory", .required = true},
    {"agree", FIELD_CHOICE, "Decision", .required = true, .choices = "yes|no"},
    {0},
};
const struct field nodes_client_fields[] = {
    {"subsystem", FIELD_LINE, "System of another node", .required = true, .max = MEMBER_MAX}, {0}};
const struct field nodes_calls_fields[] = {
    {"f", FIELD_CHOICE, "Filter", .choices = "sent|served"}, {"before", FIELD_ID, .label = "Before"}, {0}};

bool nodes_send_directory(struct ctx *c)
{
    struct str out;
    return nodes_directory(c, &out) && ctx_file(c, out, "application/json", STR_EMPTY);
}

/* Made with the first directory; reading makes nothing. */
bool nodes_send_anchor(struct ctx *c)
{
    const struct nodes_known *k = nodes_now(c);
    struct str out;
    if (!k->hub || !k->dir)
        return err_missing(c->err, "nodes.none", "There is no directory of members here.");
    return nodes_anchor(c, &out) && ctx_file(c, out, "application/json", STR_EMPTY);
}

/* ---- pieces ---- */

static void add_light(struct ctx *c, struct json *o, const char *color, const char *msgid)
{
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", color);
    json_set_str(c->arena, l, "label", ctx_tr(c, msgid));
}

static struct str when(struct ctx *c, int64_t ms)
{
    return ms ? time_format(c->arena, ms) : STR_EMPTY;
}

static struct str number_text(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

static struct str left(struct ctx *c, int64_t ms)
{
    int64_t h = ms / MS_HOUR, m = ms % MS_HOUR / MS_MINUTE;
    if (h) return tr_arg(c->lang, c->arena, "%{arg} hours left", number_text(c, h));
    return tr_arg(c->lang, c->arena, "%{arg} minutes left", number_text(c, m));
}

static void add_directory(struct ctx *c, struct json *doc, const struct nodes_known *k)
{
    json_set_bool(c->arena, doc, "has_directory", k->dir != NULL);
    if (!k->dir) return;
    int64_t rest = k->dir->expires - c->now;
    struct json *d = json_set_object(c->arena, doc, "directory");
    json_set_str(c->arena, d, "instance", k->dir->instance);
    json_set_str(c->arena, d, "number", number_text(c, k->dir->number));
    json_set_str(c->arena, d, "issued", when(c, k->dir->issued));
    json_set_str(c->arena, d, "expires", when(c, k->dir->expires));
    json_set_str(c->arena, d, "left", rest > 0 ? left(c, rest) : ctx_tr(c, "expired: nothing is exchanged"));
    json_set_str(c->arena, d, "fingerprint",
                 k->anchor ? key_fingerprint(c->arena, cert_public(k->anchor)) : STR_EMPTY);
    json_set_str(c->arena, d, "hub", k->hub ? k->url : k->hub_url);
    if (rest <= 0)
        add_light(c, d, "red", "Directory expired");
    else if (rest < SOON_HOURS * MS_HOUR)
        add_light(c, d, "yellow", "Expires soon");
    else
        add_light(c, d, "green", "In force");
}

static const struct node_standing *standing_of(const struct node_standing *rows, size_t count,
                                               struct str node)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].node, node)) return &rows[i];
    return NULL;
}

static void add_node(struct ctx *c, struct json *list, const struct nodes_known *k, const struct dir_node *n,
                     const struct node_standing *s)
{
    struct json *o = json_add_object(c->arena, list);
    bool own = n == k->own, trouble = s && s->trouble.len, seen = s && s->seen;
    json_set_str(c->arena, o, "code", n->code);
    json_set_str(c->arena, o, "url", n->url);
    json_set_str(c->arena, o, "fingerprint", key_fingerprint(c->arena, cert_public(n->cert)));
    json_set_str(c->arena, o, "until", date_format(c->arena, date_of(cert_to(n->cert))));
    json_set_str(c->arena, o, "seen", s ? when(c, s->seen) : STR_EMPTY);
    json_set_str(c->arena, o, "witnessed", s ? when(c, s->head_at) : STR_EMPTY);
    json_set_str(c->arena, o, "trouble", trouble ? nodes_why(c, s->trouble) : STR_EMPTY);
    if (own)
        add_light(c, o, "green", "This node");
    else if (trouble)
        add_light(c, o, "red", "Not reached");
    else if (seen)
        add_light(c, o, "green", "Reached");
    else
        add_light(c, o, "paused", "Not asked yet");
}

static void add_services(struct ctx *c, struct json *o, const struct dir_subsystem *s)
{
    struct json *list = json_set_array(c->arena, o, "services");
    JSON_EACH(v, s->services)
    {
        struct json *one = json_add_object(c->arena, list);
        json_set_str(c->arena, one, "code", json_text_of(v, "code"));
        json_set_str(c->arena, one, "version", json_text_of(v, "version"));
        json_set_str(c->arena, one, "name", json_text_of(v, "name"));
    }
}

static bool add_subsystems(struct ctx *c, struct json *doc, const struct nodes_known *k)
{
    struct json *list = json_set_array(c->arena, doc, "subsystems");
    struct str after = in_text(c, "after"), last = STR_EMPTY;
    size_t shown = 0;
    bool more = false, may = ctx_may(c, "nodes.let_in") && c->actor.unit;
    json_set(doc, "pager", json_null(c->arena));
    for (size_t i = 0; k->dir && i < k->dir->subsystem_count && !more; i++) {
        const struct dir_subsystem *s = &k->dir->subsystems[i];
        if (after.len && str_cmp(s->id, after) <= 0) continue;
        if (shown == NODES_PAGE) {
            more = true;
            continue;
        }
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "id", s->id);
        json_set_str(c->arena, o, "name", s->name);
        json_set_str(c->arena, o, "member", s->member_name);
        json_set_str(c->arena, o, "node", s->node->code);
        add_services(c, o, s);
        json_set_bool(c->arena, o, "has_services", s->services && s->services->count);
        json_set_bool(c->arena, o, "known", exchange_is_system(c, s->id));
        json_set_bool(c->arena, o, "may_let_in",
                      may && s->node != k->own && s->services && !s->services->count &&
                          !exchange_is_system(c, s->id));
        last = s->id;
        shown++;
    }
    if (more) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?after=%.*s", STR_ARG(url_encode(c->arena, last))));
    }
    json_set_bool(c->arena, doc, "has_subsystems", shown > 0);
    return true;
}

/* ---- what administrators of the hub do ---- */

static void add_waiting(struct ctx *c, struct json *list, const struct node_change *n)
{
    struct json *o = json_add_object(c->arena, list);
    bool enrol = str_eq_c(n->kind, "enrol");
    struct enrolment e;
    struct err wrong = {0};
    json_set_id(c->arena, o, "id", n->id);
    json_set_str(c->arena, o, "node", n->node);
    json_set_str(c->arena, o, "kind", ctx_tr(c, enrol ? "Enters or is renewed" : "Leaves"));
    json_set_str(c->arena, o, "asked", when(c, n->asked_at));
    json_set_bool(c->arena, o, "may_decide", n->asked_by != c->actor.account && ctx_may(c, "nodes.manage"));
    bool sound = enrol && enrolment_read(c->arena, n->doc, &e, &wrong);
    json_set_str(c->arena, o, "url", sound ? e.node.url : STR_EMPTY);
    json_set_str(c->arena, o, "fingerprint",
                 sound ? key_fingerprint(c->arena, cert_public(e.node.cert)) : STR_EMPTY);
}

static bool add_hub(struct ctx *c, struct json *doc, const struct nodes_known *k)
{
    struct json *acts = json_set_array(c->arena, doc, "acts"),
                *waiting = json_set_array(c->arena, doc, "waiting"), *f;
    struct node_change *rows;
    size_t count;
    bool manages = k->hub && ctx_may(c, "nodes.manage");
    if (!change_store_waiting(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        add_waiting(c, waiting, &rows[i]);
    json_set_bool(c->arena, doc, "has_waiting", count > 0);
    json_set_bool(c->arena, doc, "manages", manages);
    if (!manages) return true;
    f = exchange_act(
        c, acts, STR("/office/nodes/enrol"), "Enrol a node", "main",
        "The node makes the file with tongban node request. Compare the fingerprint of its key over "
        "another road; a second administrator decides.");
    ctx_field(c, f, "file", "File of the node", "file", STR_EMPTY);
    f = exchange_act(
        c, acts, STR("/office/nodes/remove"), "Remove a node", "quiet",
        "With the next directory nobody exchanges with it any more. A second administrator decides.");
    f = ctx_field(c, f, "node", "Node", "select", STR_EMPTY);
    json_set_array(c->arena, f, "options");
    for (size_t i = 0; k->dir && i < k->dir->node_count; i++)
        ctx_option(c, f, k->dir->nodes[i].code, k->dir->nodes[i].code);
    return true;
}

bool nodes_page(struct ctx *c)
{
    const struct nodes_known *k = nodes_now(c);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "nodes");
    struct node_standing *rows;
    size_t count;
    if (!state_store_all(c, &rows, &count)) return false;
    json_set_bool(c->arena, doc, "set_up", k->code.len > 0);
    json_set_str(c->arena, doc, "code", k->code);
    json_set_str(c->arena, doc, "url", k->url);
    json_set_bool(c->arena, doc, "hub", k->hub);
    add_directory(c, doc, k);
    const struct node_standing *hub = standing_of(rows, count, STR("@hub"));
    json_set_str(c->arena, doc, "hub_seen", hub ? when(c, hub->seen) : STR_EMPTY);
    json_set_str(c->arena, doc, "hub_trouble",
                 hub && hub->trouble.len ? nodes_why(c, hub->trouble) : STR_EMPTY);
    for (size_t i = 0; k->dir && i < k->dir->node_count; i++)
        add_node(c, list, k, &k->dir->nodes[i], standing_of(rows, count, k->dir->nodes[i].code));
    json_set_bool(c->arena, doc, "has_nodes", list->count > 0);
    json_set_array(c->arena, doc, "crumbs");
    if (ctx_may_open(c, "/office/exchange")) exchange_crumb(c, doc, "Catalogue of data", "/office/exchange");
    return add_subsystems(c, doc, k) && add_hub(c, doc, k);
}

static bool back(struct ctx *c, bool ok, const char *notice)
{
    if (!ok) return false;
    ctx_notice(c, notice);
    return ctx_redirect(c, "/office/nodes");
}

bool nodes_enrol_act(struct ctx *c)
{
    const struct upload *u = ctx_upload(c, STR("file"));
    if (!u) return err_at(c->err, STR("file"), "Choose the file of the node.", STR_EMPTY);
    return back(c, hub_ask(c, "enrol", STR_EMPTY, u->content), "A second administrator decides now.");
}

bool nodes_remove_act(struct ctx *c)
{
    const struct nodes_known *k = nodes_now(c);
    if (!directory_node(k->dir, in_text(c, "node")))
        return err_at(c->err, STR("node"), "The directory has no such node.", STR_EMPTY);
    return back(c, hub_ask(c, "remove", in_text(c, "node"), STR_EMPTY),
                "A second administrator decides now.");
}

bool nodes_decide_act(struct ctx *c)
{
    return back(c, hub_decide(c, in_i64(c, "change", 0), str_eq_c(in_text(c, "agree"), "yes")), "Recorded.");
}

bool nodes_let_in_act(struct ctx *c)
{
    if (!c->actor.unit)
        return err_denied(c->err, "exchange.unit", "Only an officer of a department can describe its data.");
    return back(c, nodes_let_in(c, in_text(c, "subsystem"), c->actor.unit),
                "It is a system of your department now. Ask for data for it in the catalogue.");
}

/* ---- calls ---- */

static const char *state_words(struct str state)
{
    static const char *const words[][2] = {{"sent", "Under way"},
                                           {"ok", "Answered"},
                                           {"refused", "Call refused"},
                                           {"unknown", "No answer yet"},
                                           {"answered", "Answered, the answer was lost"},
                                           {"never", "Never arrived"},
                                           {"left", "The other node left before it could say"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(state, words[i][0])) return words[i][1];
    return "Answered";
}

/* What the directory in force calls a system: its department and its own name; "" where it has it no longer.
 */
static struct str client_name(struct ctx *c, struct str id)
{
    const struct nodes_known *k = nodes_now(c);
    const struct dir_subsystem *s = k->dir ? directory_subsystem(k->dir, id) : NULL;
    return s ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(s->member_name), STR_ARG(s->name)) : STR_EMPTY;
}

static struct str service_name(struct ctx *c, struct str id)
{
    const struct nodes_known *k = nodes_now(c);
    struct str subsystem, code, version;
    service_split(id, &subsystem, &code, &version);
    const struct dir_subsystem *s = k->dir ? directory_subsystem(k->dir, subsystem) : NULL;
    JSON_EACH(v, s ? s->services : NULL)
    {
        if (str_eq(json_text_of(v, "code"), code)) return json_text_of(v, "name");
    }
    return STR_EMPTY;
}

static void add_call(struct ctx *c, struct json *list, struct str id, int64_t at, struct str client,
                     struct str service, struct str node, struct str result)
{
    struct json *o = json_add_object(c->arena, list);
    bool refused = result.len && !str_eq_c(result, "ok");
    json_set_str(c->arena, o, "call", id);
    json_set_str(c->arena, o, "at", when(c, at));
    json_set_str(c->arena, o, "client", client);
    json_set_str(c->arena, o, "client_name", client_name(c, client));
    json_set_str(c->arena, o, "service", service);
    json_set_str(c->arena, o, "service_name", service_name(c, service));
    json_set_str(c->arena, o, "node", node);
    json_set_str(c->arena, o, "result", refused ? result : STR_EMPTY);
    json_set_str(c->arena, o, "why", refused ? nodes_why(c, result) : STR_EMPTY);
    json_set(o, "times", json_null(c->arena));
}

/* The department whose calls the actor sees; 0: all. */
static int64_t seen_by(const struct ctx *c)
{
    return ctx_may(c, "nodes.calls") ? 0 : c->actor.unit ? c->actor.unit : -1;
}

static bool add_sent(struct ctx *c, struct json *list, int64_t *last, size_t *count)
{
    struct asked_row *rows;
    if (!asked_store_list(c, seen_by(c), in_i64(c, "before", 0), &rows, count)) return false;
    for (size_t i = 0; i < *count && i < NODES_PAGE; i++) {
        add_call(c, list, rows[i].call, rows[i].at, rows[i].client, rows[i].service, rows[i].node,
                 rows[i].result);
        json_set_str(c->arena, list->last, "state", ctx_tr(c, state_words(rows[i].state)));
        if (rows[i].attempts > 1)
            json_set_str(c->arena, list->last, "times",
                         tr_arg(c->lang, c->arena, "sent %{arg} times", number_text(c, rows[i].attempts)));
        *last = rows[i].id;
    }
    return true;
}

static bool add_served(struct ctx *c, struct json *list, int64_t *last, size_t *count)
{
    struct served_row *rows;
    if (!served_store_list(c, seen_by(c), in_i64(c, "before", 0), &rows, count)) return false;
    for (size_t i = 0; i < *count && i < NODES_PAGE; i++) {
        bool ok = str_eq_c(rows[i].result, "ok");
        add_call(c, list, rows[i].call, rows[i].at, rows[i].client, rows[i].service, rows[i].node,
                 rows[i].result);
        json_set_str(c->arena, list->last, "state", ctx_tr(c, ok ? "Answered" : "Call refused"));
        if (rows[i].times > 1)
            json_set_str(c->arena, list->last, "times",
                         tr_arg(c->lang, c->arena, "answered %{arg} times", number_text(c, rows[i].times)));
        *last = rows[i].id;
    }
    return true;
}

bool nodes_calls_page(struct ctx *c)
{
    static const char *const filters[][2] = {{"sent", "Sent to other nodes"},
                                             {"served", "Answered for other nodes"}};
    struct str which = in_has(c, "f") ? in_text(c, "f") : STR("sent");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "calls"),
                *chips = json_set_array(c->arena, doc, "filters");
    int64_t last = 0;
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        struct json *o = json_add_object(c->arena, chips);
        json_set_str(c->arena, o, "label", ctx_tr(c, filters[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", filters[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(which, filters[i][0]));
    }
    if (!(str_eq_c(which, "sent") ? add_sent : add_served)(c, list, &last, &count)) return false;
    json_set_bool(c->arena, doc, "has_calls", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > NODES_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?f=%.*s&before=%lld", STR_ARG(which), (long long)last));
    }
    int64_t unit = seen_by(c);
    json_set_str(c->arena, doc, "scope",
                 unit > 0 ? exchange_unit_name(c, unit) : ctx_tr(c, "All departments"));
    json_set_bool(c->arena, doc, "scope_zh", unit > 0);
    exchange_crumb(c, doc, "Exchange nodes", "/office/nodes");
    return true;
}
