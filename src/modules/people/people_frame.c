/* What every page shows of who is there: links they may follow. And the fields of forms as the partial reads
 * them. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people_internal.h"

/* ---- links: only to pages that exist and that the actor may open ---- */

struct link {
    const char *path, *label, *text, *icon;
};

static const struct link person_links[] = {
    {"/", "Home", "", ""},
    {"/people", "For people", "", ""},
    {"/organisations", "For organisations", "", ""},
    {"/departments", "Departments", "", ""},
    {"/me", "My page", "", ""},
    {"/verify", "Verify a licence", "", ""},
};

static const struct link office_links[] = {
    {"/office", "My desk", "", ""},
    {"/office/inbox", "Inbox", "Cases that wait, by the clock", "inbox"},
    {"/office/desk", "Service desk", "Receive, accept, give receipts", "desk"},
    {"/office/desk/verify-person", "Confirm an identity", "For a person who is here with their card",
     "shield"},
    {"/office/queue", "Queue", "Numbers, calls, appointments at the hall", "users"},
    {"/office/windows", "Windows and groups", "What numbers are for, and who takes them", "list"},
    {"/office/handover", "Hand-over lists", "Papers from the desk to departments", "list"},
    {"/office/exit", "Results", "Hand out and send", "mail"},
    {"/kiosk", "Self-service", "The start of the terminal", "desk"},
    {"/office/bookings", "Appointments", "Who comes on which day", "calendar"},
    {"/office/bundles", "Life events", "What belongs together, by its common promise", "list"},
    {"/office/board", "Lights board", "Which cases are near or past their day", "chart"},
    {"/office/supervision", "Supervision of cases", "Warnings, orders, rules", "shield"},
    {"/office/ratings", "Ratings", "What people say, and what is put right", "star"},
    {"/office/catalogue", "Directory", "Edit, review, publish services", "list"},
    {"/office/bundle-versions", "Life events, versions", "Members, order, one form; review", "form"},
    {"/office/processes", "Processes", "The ways cases go: pictures, versions, review", "form"},
    {"/office/forms", "Forms", "Build, try and publish forms without code", "form"},
    {"/office/decisions", "Decision models", "Rules, test cases, who is entitled", "form"},
    {"/office/licences", "Licences", "Find, suspend, cancel", "licence"},
    {"/office/exchange", "Data catalogue", "What departments hold and share", "list"},
    {"/office/nodes", "Exchange nodes", "The directory of members, calls between installations", "chart"},
    {"/office/officers", "People and roles", "Accounts of officers and what they may do", "users"},
    {"/office/erasures", "Erasure of persons", "Who asked to be erased", "user"},
    {"/office/settings", "Settings", "Clocks and limits of this installation", "form"},
    {"/office/jobs", "Jobs", "What the program does behind the pages", "chart"},
    {"/office/outbox", "Outbox", "Messages sent out", "mail"},
    {"/office/audit", "Audit", "The record of every act", "list"},
    {"/office/password", "Change password", "Of your own account", "user"},
    {"/office/second-factor", "Second factor", "A code beside your password", "shield"},
};

/* Pages about the exchange of data, which is too much for one. */
#define EXCHANGE "/office/exchange"
static const struct link exchange_links[] = {
    {EXCHANGE, "Entries of data", "", ""},
    {EXCHANGE "/permits", "Requests and permits", "", ""},
    {EXCHANGE "/systems", "Systems and keys", "", ""},
    {EXCHANGE "/told", "Changes of data we use", "", ""},
    {EXCHANGE "/demands", "Demands", "", ""},
    {EXCHANGE "/quality", "Quality", "", ""},
    {EXCHANGE "/corrections", "Corrections", "", ""},
    {EXCHANGE "/objections", "Objections", "", ""},
    {EXCHANGE "/calls", "Calls one by one", "", ""},
    {EXCHANGE "/usage", "Use of data", "", ""},
    {EXCHANGE "/alarms", "Alarms", "", ""},
    {"/office/nodes", "Exchange nodes", "", ""},
};

static bool in_exchange(const struct ctx *c)
{
    struct str at = c->req ? c->req->path : STR_EMPTY, root = STR(EXCHANGE), nodes = STR("/office/nodes");
    return (str_starts(at, root) && (at.len == root.len || at.ptr[root.len] == '/')) ||
           (str_starts(at, nodes) && (at.len == nodes.len || at.ptr[nodes.len] == '/'));
}

/* A page of the person's own is linked before they sign in, too: signing in leads there. */
static bool shown(struct ctx *c, const struct link *l)
{
    if (c->actor.pending != PENDING_NONE) return false;
    if (strcmp(l->path, "/me") == 0) return true;
    if (strcmp(l->path, "/office/desk/verify-person") == 0 || strcmp(l->path, "/office/password") == 0 ||
        strcmp(l->path, "/office/second-factor") == 0)
        return false; /* on the first page only */
    if (strcmp(l->path, "/office/nodes") == 0 && ctx_may_open(c, EXCHANGE))
        return false; /* one of its tabs */
    return ctx_may_open(c, l->path);
}

static bool is_current(struct ctx *c, const char *path)
{
    struct str at = c->req ? c->req->path : STR_EMPTY, p = str_c(path);
    if (str_eq(at, p)) return true;
    if (p.len == 1 || str_eq_c(p, "/office")) return false;
    return str_starts(at, p) && at.len > p.len && at.ptr[p.len] == '/';
}

static void add_link(struct ctx *c, struct json *list, const struct link *l)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "href", l->path);
    json_set_str(c->arena, o, "label", ctx_tr(c, l->label));
    json_set_bool(c->arena, o, "current", is_current(c, l->path));
}

static void add_nav(struct ctx *c, struct json *list, const struct link *l)
{
    add_link(c, list, l);
    if (strcmp(l->path, EXCHANGE) == 0) json_set_bool(c->arena, list->last, "current", in_exchange(c));
}

static void add_tabs(struct ctx *c, struct json *page)
{
    struct str at = c->req ? c->req->path : STR_EMPTY, root = STR(EXCHANGE);
    bool inside = in_exchange(c) && ctx_may_open(c, EXCHANGE);
    struct json *list = json_array(c->arena);
    for (size_t i = 0; inside && i < sizeof exchange_links / sizeof exchange_links[0]; i++)
        if (ctx_may_open(c, exchange_links[i].path)) add_link(c, list, &exchange_links[i]);
    bool entries = str_starts(at, STR(EXCHANGE "/entries")) || str_starts(at, STR(EXCHANGE "/new"));
    if (list->first && !str_eq(at, root)) json_set_bool(c->arena, list->first, "current", entries);
    json_set_bool(c->arena, page, "has_tabs", list->count > 1);
    json_set(page, "tabs", list);
}

bool people_frame(struct ctx *c, struct json *page)
{
    bool officer = c->actor.kind == ACTOR_OFFICER;
    const struct link *links = officer ? office_links : person_links;
    size_t count =
        officer ? sizeof office_links / sizeof office_links[0] : sizeof person_links / sizeof person_links[0];
    struct json *nav = json_set_array(c->arena, page, "nav");
    for (size_t i = 0; i < count; i++)
        if (shown(c, &links[i])) add_nav(c, nav, &links[i]);
    add_tabs(c, page);
    json_set_bool(c->arena, page, "finds",
                  officer && c->actor.pending == PENDING_NONE && ctx_may_open(c, "/office/find"));
    struct str mark = STR_EMPTY;
    if (officer && c->actor.pending == PENDING_NONE && !people_mark(c, &mark)) return false;
    json_set(page, "mark", mark.len ? json_string(c->arena, mark) : json_null(c->arena));
    const struct unit *u = officer && c->actor.unit ? orgs_unit(c, c->actor.unit) : NULL;
    struct json *actor = (struct json *)json_get(page, "actor");
    if (u && actor)
        json_set_str(c->arena, actor, "acting_for", c->lang == &lang_en && u->en.len ? u->en : u->name);
    return true;
}

/* ---- the home of officers ---- */

static struct str greeting(struct ctx *c)
{
    int hour = time_civil(c->now).hour;
    const char *msgid = hour < 12   ? "Good morning, %{arg}"
                        : hour < 18 ? "Good afternoon, %{arg}"
                                    : "Good evening, %{arg}";
    return tr_arg(c->lang, c->arena, msgid, ctx_actor_name(c));
}

static struct str today(struct ctx *c)
{
    int32_t date = date_of(c->now);
    return date_words_weekday(c->lang, c->arena, date, date);
}

bool people_office_home(struct ctx *c)
{
    const struct people_state *s = people_state(c);
    struct json *doc = ctx_doc(c), *links;
    json_set_str(c->arena, doc, "greeting", greeting(c));
    json_set_str(c->arena, doc, "today", today(c));
    json_set_array(c->arena, doc, "figures");
    json_set_bool(c->arena, doc, "has_cases", false);
    links = json_set_array(c->arena, doc, "links");
    for (size_t i = 1; i < sizeof office_links / sizeof office_links[0]; i++) {
        if (!ctx_may_open(c, office_links[i].path)) continue;
        add_link(c, links, &office_links[i]);
        json_set_str(c->arena, links->last, "text", ctx_tr(c, office_links[i].text));
        json_set_c(c->arena, links->last, "icon", office_links[i].icon);
    }
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->office_home && !s->parts[i]->office_home(c, doc)) return false;
    return true;
}

/* ---- fields ---- */

struct json *people_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                          const char *type, struct str value, bool required)
{
    static const char *const inputs[] = {"text", "tel", "password", "email"};
    static const char *const none[] = {"hint", "source", "autocomplete", "inputmode", "width", "maxlength"};
    struct json *f = ctx_field(c, parent, name, label, type, value);
    const char *kind = type;
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        if (strcmp(inputs[i], type) == 0) kind = "input";
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    /* The partial looks outward for what is absent, so what is absent is said. */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_set(f, none[i], json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    return f;
}

void people_hint(struct ctx *c, struct json *field, const char *msgid)
{
    json_set_str(c->arena, field, "hint", ctx_tr(c, msgid));
}

void people_crumb(struct ctx *c, struct json *doc, const char *label, const char *href)
{
    struct json *list = (struct json *)json_get(doc, "crumbs");
    if (!list) list = json_set_array(c->arena, doc, "crumbs");
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", ctx_tr(c, label));
    json_set_c(c->arena, o, "href", href);
}
