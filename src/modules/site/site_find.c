/* Home, the two doors, themes, departments, search: ways to a guide. */
#include "core/i18n/dates.h"
#include "modules/bundles/bundles.h"
#include "modules/cases/cases.h"
#include "modules/desk/desk.h"
#include "modules/licences/licences.h"
#include "modules/people/people.h"
#include "modules/site/site_internal.h"

enum { SUGGESTED = 8, OFTEN = 6 };

static const char *theme_list_name(const struct theme *t)
{
    return t->organisation ? "organisation" : "person";
}

static void add_themes(struct ctx *c, const char *key, bool organisation)
{
    struct arena *a = c->arena;
    const struct theme *themes;
    size_t count = catalogue_themes(c, &themes);
    struct json *list = json_set_array(a, ctx_doc(c), key);
    for (size_t i = 0; i < count; i++) {
        if (themes[i].organisation != organisation || !themes[i].count) continue;
        struct json *o = json_add_object(a, list);
        json_set_str(a, o, "code", themes[i].code);
        json_set_str(a, o, "name", themes[i].name);
        json_set_str(a, o, "name_en", themes[i].en);
        json_set_str(a, o, "count", count_text(a, themes[i].count));
        json_set_str(a, o, "href",
                     str_fmt(a, "/themes/%s/%.*s", theme_list_name(&themes[i]), STR_ARG(themes[i].code)));
    }
}

struct unit_row {
    const struct unit *unit;
    size_t count;
};

/* Departments that offer something, most services first, then by name. */
static size_t departments(struct ctx *c, struct unit_row **rows)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units), kept = 0;
    *rows = ARENA_ARRAY(c->arena, count + 1, struct unit_row);
    for (size_t i = 0; i < count; i++) {
        struct unit_row r = {units[i], catalogue_count_of_unit(c, units[i]->id)};
        size_t at = kept;
        if (!r.count) continue;
        while (at > 0 && (*rows)[at - 1].count < r.count)
            at--;
        memmove(&(*rows)[at + 1], &(*rows)[at], (kept - at) * sizeof r);
        (*rows)[at] = r;
        kept++;
    }
    return kept;
}

static void add_departments(struct ctx *c)
{
    struct arena *a = c->arena;
    struct unit_row *rows;
    size_t count = departments(c, &rows);
    struct json *list = json_set_array(a, ctx_doc(c), "departments");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(a, list);
        json_set_id(a, o, "id", rows[i].unit->id);
        json_set_str(a, o, "name", rows[i].unit->name);
        json_set_str(a, o, "name_en", rows[i].unit->en);
        json_set_str(a, o, "count", count_text(a, rows[i].count));
        json_set_str(a, o, "href", str_fmt(a, "/departments/%lld", (long long)rows[i].unit->id));
    }
}

/* Services with a form of their own, under the words people use for them. */
static void add_often(struct ctx *c, const char *key, unsigned audience, size_t most, bool as_cards)
{
    struct arena *a = c->arena;
    static const char *const often[] = {"BI-0001", "BI-0002", "BI-0005", "BI-0006", "BI-0007",
                                        "BI-0010", "BI-0012", "BI-0003", "BI-0008"};
    struct json *list = json_set_array(a, ctx_doc(c), key);
    for (size_t i = 0; i < sizeof often / sizeof often[0] && list->count < most; i++) {
        const struct item *it = catalogue_of_base(c, str_c(often[i]));
        if (!it || !(it->audience & audience)) continue;
        if (as_cards) {
            item_card(c, list, it, STR_EMPTY);
            continue;
        }
        const struct json *words = json_get(it->doc, "words");
        struct str said = json_text(json_at(words, words && words->count > 1 ? 1 : 0));
        struct json *o = json_add_object(a, list);
        json_set_str(a, o, "name", said.len ? said : it->name);
        json_set_str(a, o, "href", item_href(a, it));
    }
}

static void add_door(struct ctx *c, struct json *doors, const char *key, const char *href, size_t count)
{
    struct json *door = json_set_object(c->arena, doors, key);
    json_set_c(c->arena, door, "href", href);
    json_set_str(c->arena, door, "count", count_text(c->arena, count));
}

/* What waits for a person who is signed in: their cases, and licences that end within thirty days. */
static bool add_due(struct ctx *c, struct json *doc)
{
    struct json *due = json_object(c->arena), *list, *licences;
    struct licence *held;
    size_t count;
    json_set(doc, "due", json_null(c->arena));
    if (c->actor.kind != ACTOR_PERSON) return true;
    list = json_set_array(c->arena, due, "cases");
    licences = json_set_array(c->arena, due, "licences");
    json_set_array(c->arena, due, "benefits");
    if (!case_due_for_me(c, list) || !licence_list(c, people_applicant(c), STR_EMPTY, &held, &count))
        return false;
    int32_t today = date_of(c->now), ends;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(held[i].status, "valid") || !date_parse(held[i].valid_to, &ends) || ends - today > 30)
            continue;
        struct json *o = json_add_object(c->arena, licences);
        json_set_str(c->arena, o, "name", held[i].type_name);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/licences/%lld", (long long)held[i].id));
        json_set_str(
            c->arena, o, "text",
            tr_arg(c->lang, c->arena, "Expires on %{arg}", date_words(c->lang, c->arena, ends, today)));
    }
    if (list->count || licences->count) json_set(doc, "due", due);
    return true;
}

bool site_home(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct catalogue_counts n = catalogue_counts(c);
    json_set_str(c->arena, doc, "total", count_text(c->arena, n.items));
    json_set_str(c->arena, doc, "department_total", count_text(c->arena, n.departments));
    json_set_str(c->arena, doc, "online_total", count_text(c->arena, n.online));
    add_often(c, "popular", FOR_PERSON | FOR_ORGANISATION, OFTEN, false);
    json_set_bool(c->arena, doc, "has_popular", json_get(doc, "popular")->count > 0);
    if (!add_due(c, doc)) return false;
    struct json *doors = json_set_object(c->arena, doc, "doors");
    add_door(c, doors, "person", "/people", n.persons);
    add_door(c, doors, "organisation", "/organisations", n.organisations);
    struct json *bundles = json_set_array(c->arena, doc, "bundles");
    if (!bundle_cards(c, STR_EMPTY, bundles)) return false;
    json_set_bool(c->arena, doc, "has_bundles", bundles->count > 0);
    add_themes(c, "themes_person", false);
    add_themes(c, "themes_organisation", true);
    add_departments(c);
    return true;
}

/* ---- the two doors and their themes ---- */

static bool door(struct ctx *c, bool organisation)
{
    struct json *doc = ctx_doc(c);
    struct catalogue_counts n = catalogue_counts(c);
    json_set_bool(c->arena, doc, "organisation", organisation);
    json_set_bool(c->arena, doc, "person", !organisation);
    json_set_str(c->arena, doc, "total", count_text(c->arena, organisation ? n.organisations : n.persons));
    json_set_array(c->arena, doc, "crumbs");
    add_themes(c, "themes", organisation);
    add_often(c, "items", organisation ? FOR_ORGANISATION : FOR_PERSON, OFTEN, true);
    json_set_bool(c->arena, doc, "has_items", json_get(doc, "items")->count > 0);
    return true;
}

bool site_people(struct ctx *c)
{
    return door(c, false);
}

bool site_organisations(struct ctx *c)
{
    return door(c, true);
}

static void add_neighbours(struct ctx *c, const struct theme *themes, size_t count, const struct theme *here)
{
    struct arena *a = c->arena;
    struct json *list = json_set_array(a, ctx_doc(c), "neighbours");
    for (size_t i = 0; i < count; i++) {
        if (themes[i].organisation != here->organisation || !themes[i].count) continue;
        struct json *o = json_add_object(a, list);
        json_set_str(a, o, "name", themes[i].name);
        json_set_str(a, o, "name_en", themes[i].en);
        json_set_str(a, o, "count", count_text(a, themes[i].count));
        json_set_str(a, o, "href",
                     str_fmt(a, "/themes/%s/%.*s", theme_list_name(here), STR_ARG(themes[i].code)));
        json_set_bool(a, o, "current", &themes[i] == here);
    }
    json_set_bool(a, ctx_doc(c), "has_neighbours", list->count > 1);
}

bool site_theme(struct ctx *c)
{
    struct arena *a = c->arena;
    const struct theme *themes, *here = NULL;
    struct str list = ctx_path(c, "list"), code = ctx_path(c, "code");
    size_t count = catalogue_themes(c, &themes);
    for (size_t i = 0; i < count; i++)
        if (str_eq(themes[i].code, code) && str_eq_c(list, theme_list_name(&themes[i]))) here = &themes[i];
    if (!here) return err_missing(c->err, "page", "We cannot find this page.");
    struct item_list found;
    struct item_filter f = {.theme = str_fmt(a, "%c%.*s", here->organisation ? 'l' : 'p', STR_ARG(code))};
    catalogue_find(c, &f, in_i64(c, "after", 0), SITE_PAGE, &found);
    struct json *doc = ctx_doc(c);
    json_set_str(a, doc, "name", here->name);
    json_set_str(a, doc, "name_en", here->en);
    json_set_str(a, doc, "audience",
                 ctx_tr(c, here->organisation ? "For businesses and organisations" : "For people"));
    json_set_str(a, doc, "total", count_text(a, found.total));
    json_set_array(a, doc, "crumbs");
    site_crumb(c, here->organisation ? "For businesses and organisations" : "For people",
               here->organisation ? "/organisations" : "/people");
    add_neighbours(c, themes, count, here);
    site_cards(c, &found, STR_EMPTY);
    site_pager(c, found.next ? str_fmt(a, "/themes/%s/%.*s?after=%lld", theme_list_name(here), STR_ARG(code),
                                       (long long)found.next)
                             : STR_EMPTY);
    return true;
}

/* ---- departments ---- */

bool site_departments(struct ctx *c)
{
    json_set_str(c->arena, ctx_doc(c), "total", count_text(c->arena, catalogue_counts(c).items));
    json_set_array(c->arena, ctx_doc(c), "crumbs");
    add_departments(c);
    return desk_public(c, ctx_doc(c), 0);
}

static void set_known(struct ctx *c, struct json *doc, const char *key, struct str value)
{
    json_set(doc, key, value.len ? json_string(c->arena, value) : json_null(c->arena));
}

bool site_department(struct ctx *c)
{
    int64_t id;
    struct arena *a = c->arena;
    if (!ctx_path_id(c, "id", &id)) return false;
    const struct unit *u = orgs_unit(c, id);
    if (!u) return err_missing(c->err, "unit", "We cannot find this department.");
    struct item_list found;
    struct item_filter f = {.unit = id};
    catalogue_find(c, &f, in_i64(c, "after", 0), SITE_PAGE, &found);
    struct json *doc = ctx_doc(c);
    json_set_id(a, doc, "id", id);
    json_set_str(a, doc, "name", u->name);
    set_known(c, doc, "name_en", u->en);
    json_set_str(a, doc, "total", count_text(a, found.total));
    set_known(c, doc, "address", u->address);
    set_known(c, doc, "phone", u->phone);
    set_known(c, doc, "hours", u->hours);
    json_set_array(a, doc, "crumbs");
    site_crumb(c, "Departments", "/departments");
    site_cards(c, &found, STR_EMPTY);
    site_pager(c, found.next
                      ? str_fmt(a, "/departments/%lld?after=%lld", (long long)id, (long long)found.next)
                      : STR_EMPTY);
    return desk_public(c, doc, id);
}

/* ---- search ---- */

struct query {
    struct str q, who, how;
    int64_t dept;
};

/* The address of this search with these filters. */
static struct str search_href(struct ctx *c, const struct query *q, int64_t from)
{
    struct buf b = buf_new(c->arena, 128);
    buf_add_c(&b, "/search?q=");
    buf_add(&b, url_encode(c->arena, q->q));
    if (q->who.len) buf_fmt(&b, "&who=%.*s", STR_ARG(q->who));
    if (q->how.len) buf_fmt(&b, "&how=%.*s", STR_ARG(q->how));
    if (q->dept) buf_fmt(&b, "&dept=%lld", (long long)q->dept);
    if (from) buf_fmt(&b, "&after=%lld", (long long)from);
    return buf_str(&b);
}

static void add_choice(struct ctx *c, struct json *choices, struct str name, bool zh, struct query to,
                       size_t count, bool current)
{
    struct json *o = json_add_object(c->arena, choices);
    json_set_str(c->arena, o, "name", name);
    json_set_bool(c->arena, o, "name_zh", zh);
    json_set_str(c->arena, o, "href", search_href(c, &to, 0));
    json_set_str(c->arena, o, "count", count_text(c->arena, count));
    json_set_bool(c->arena, o, "current", current);
}

static struct json *add_filter(struct ctx *c, struct json *filters, const char *label)
{
    struct json *f = json_add_object(c->arena, filters);
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    return json_set_array(c->arena, f, "choices");
}

static void add_unit_choices(struct ctx *c, struct json *choices, const struct query *q,
                             const struct item_list *found)
{
    struct query to = *q;
    bool taken[sizeof found->units / sizeof found->units[0]] = {false};
    for (size_t n = 0; n < found->unit_count; n++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < found->unit_count; i++)
            if (!taken[i] && (best == SIZE_MAX || found->units[i].count > found->units[best].count)) best = i;
        taken[best] = true;
        const struct unit *u = orgs_unit(c, found->units[best].unit);
        to.dept = found->units[best].unit;
        if (u) add_choice(c, choices, u->name, true, to, found->units[best].count, q->dept == to.dept);
    }
}

static void add_filters(struct ctx *c, const struct query *q, const struct item_list *found)
{
    struct json *doc = ctx_doc(c), *filters = json_set_array(c->arena, doc, "filters"), *choices;
    struct query to = *q;
    int active = (q->who.len > 0) + (q->how.len > 0) + (q->dept != 0);
    if (active)
        json_set_i64(c->arena, doc, "filters_active", active);
    else
        json_set(doc, "filters_active", json_null(c->arena));
    if (!found->anyone && !active) return;
    choices = add_filter(c, filters, "For whom");
    to.who = STR_EMPTY;
    add_choice(c, choices, ctx_tr(c, "All"), false, to, found->anyone, !q->who.len);
    to.who = STR("person");
    add_choice(c, choices, ctx_tr(c, "Individuals"), false, to, found->persons, str_eq(q->who, to.who));
    to.who = STR("organisation");
    add_choice(c, choices, ctx_tr(c, "Organisations"), false, to, found->organisations,
               str_eq(q->who, to.who));
    to = *q;
    choices = add_filter(c, filters, "Way of applying");
    to.how = STR_EMPTY;
    add_choice(c, choices, ctx_tr(c, "All"), false, to, found->any_way, !q->how.len);
    to.how = STR("online");
    add_choice(c, choices, ctx_tr(c, "Online"), false, to, found->online, str_eq(q->how, to.how));
    to.how = STR("desk");
    add_choice(c, choices, ctx_tr(c, "At a service desk"), false, to, found->desk, str_eq(q->how, to.how));
    to = *q;
    choices = add_filter(c, filters, "Department");
    to.dept = 0;
    add_choice(c, choices, ctx_tr(c, "All"), false, to, found->any_unit, !q->dept);
    add_unit_choices(c, choices, q, found);
}

static struct item_filter filter_of(const struct query *q)
{
    return (struct item_filter){
        .query = q->q,
        .audience = str_eq_c(q->who, "person")         ? FOR_PERSON
                    : str_eq_c(q->who, "organisation") ? FOR_ORGANISATION
                                                       : 0,
        .unit = q->dept,
        .way = str_eq_c(q->how, "online") ? WAY_ONLINE
               : str_eq_c(q->how, "desk") ? WAY_DESK
                                          : WAY_ANY,
    };
}

bool site_search(struct ctx *c)
{
    struct query q = {in_text(c, "q"), in_text(c, "who"), in_text(c, "how"), in_i64(c, "dept", 0)};
    struct item_filter f = filter_of(&q);
    struct item_list found;
    struct json *doc = ctx_doc(c);
    catalogue_find(c, &f, in_i64(c, "after", 0), SITE_PAGE, &found);
    json_set_str(c->arena, doc, "query", q.q);
    json_set_str(c->arena, doc, "total", count_text(c->arena, found.total));
    json_set_bool(c->arena, doc, "single", found.total == 1);
    json_set_array(c->arena, doc, "crumbs");
    site_cards(c, &found, q.q);
    struct json *bundles = json_set_array(c->arena, doc, "bundles");
    if (q.q.len && !in_has(c, "after") && !bundle_cards(c, q.q, bundles)) return false;
    json_set_bool(c->arena, doc, "has_bundles", bundles->count > 0);
    add_filters(c, &q, &found);
    site_pager(c, found.next ? search_href(c, &q, found.next) : STR_EMPTY);
    return true;
}

bool site_suggest(struct ctx *c)
{
    struct item_filter f = {.query = in_text(c, "q")};
    struct item_list found = {0};
    struct json *list = json_set_array(c->arena, ctx_doc(c), "items");
    if (f.query.len && !bundle_cards(c, f.query, list)) return false;
    if (f.query.len) catalogue_find(c, &f, 0, SUGGESTED, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", found.items[i]->name);
        json_set_str(c->arena, o, "href", item_href(c->arena, found.items[i]));
    }
    return true;
}

const struct field site_search_fields[] = {
    {"q", FIELD_LINE, "What you look for", .max = 100},
    {"who", FIELD_CHOICE, "For whom", .choices = "person|organisation"},
    {"how", FIELD_CHOICE, "Way of applying", .choices = "online|desk"},
    {"dept", FIELD_ID, .label = "Department"},
    {"after", FIELD_ID, .label = "Items behind this one"},
    {0},
};
const struct field site_suggest_fields[] = {{"q", FIELD_LINE, "What you look for", .max = 100}, {0}};
const struct field site_page_fields[] = {{"after", FIELD_ID, .label = "Items behind this one"}, {0}};
