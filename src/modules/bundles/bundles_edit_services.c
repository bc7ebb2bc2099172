/* The page of a life event's services: what it is called, its members in their order, what each waits for,
 * when it belongs, and how its own questions are answered. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

enum { FOUND_MOST = 12 };

static bool for_organisations(const struct json *b)
{
    return str_eq_c(json_text_of(b, "applicant"), "organisation");
}

static const struct json *service_of(struct ctx *c, const struct json *b, const struct json *member)
{
    const struct item *item = catalogue_of_base(c, json_text_of(member, "item"));
    return item ? item_service(item, for_organisations(b)) : NULL;
}

/* ---- names ---- */

static const struct {
    const char *name, *label;
} texts[] = {{"name", "Name (Chinese)"},        {"en", "Name (English)"},
             {"text", "In one line (Chinese)"}, {"text_en", "In one line (English)"},
             {"who", "For whom (Chinese)"},     {"who_en", "For whom (English)"}};

static struct str lines_text(struct ctx *c, const struct json *list)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(x, list)
    {
        if (b.len) buf_add_char(&b, '\n');
        buf_add(&b, json_text(x));
    }
    return buf_str(&b);
}

static void add_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                      const char *type, struct str value, const char *hint)
{
    struct json *f = ctx_field(c, fields, name, label, type, value);
    if (hint) json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    if (strcmp(name, "name") == 0 || strcmp(name, "en") == 0) json_set_bool(c->arena, f, "required", true);
    case_field_whole(c, f);
}

static void add_names(struct ctx *c, struct json *doc, const struct json *b)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    int64_t days = json_i64_of(b, "promise_days", 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        add_field(c, fields, texts[i].name, texts[i].label, "text", json_text_of(b, texts[i].name), NULL);
    add_field(c, fields, "words", "What people say, one a line", "textarea",
              lines_text(c, json_get(b, "words")), NULL);
    add_field(c, fields, "promise", "Promised for all together, in working days", "text",
              days > 0 ? str_fmt(c->arena, "%lld", (long long)days) : STR_EMPTY,
              "Empty: the longest way through the promised days of its services. Never more than that.");
    json_set_bool(c->arena, doc, "on",
                  bundle_edit_again(c, STR("name")) ? ctx_param(c, STR("on")).len > 0
                                                    : !json_true_of(b, "off"));
}

/* ---- members ---- */

static struct json *add_option(struct ctx *c, struct json *list, struct str value, struct str label,
                               bool chosen)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "value", value);
    json_set_str(c->arena, o, "label", label);
    json_set_bool(c->arena, o, "chosen", chosen);
    return o;
}

static struct str options_text(struct ctx *c, const struct json *when)
{
    struct buf b = buf_new(c->arena, 64);
    buf_add(&b, json_text_of(when, "situation"));
    buf_add_c(&b, ":");
    JSON_EACH(one, json_get(when, "in"))
    {
        buf_fmt(&b, " %.*s", STR_ARG(json_text(one)));
    }
    return buf_str(&b);
}

/* Always, or with one answer to one question. A condition of several answers stays as it is. */
static void add_when(struct ctx *c, struct json *o, const struct json *b, const struct json *when,
                     struct str at)
{
    struct json *list = json_set_array(c->arena, o, "whens");
    bool none = !json_is(when, JSON_OBJECT), several = json_get(when, "in") != NULL;
    add_option(c, list, STR_EMPTY, ctx_tr(c, "Always"), none);
    if (several) add_option(c, list, STR("keep"), options_text(c, when), true);
    JSON_EACH(q, json_get(b, "situations"))
    {
        JSON_EACH(a, json_get(q, "options"))
        {
            struct str id = json_text_of(q, "id"), value = json_text_of(a, "value");
            bool chosen = !none && !several && str_eq(json_text_of(when, "situation"), id) &&
                          str_eq(json_text_of(when, "equals"), value);
            add_option(c, list, str_fmt(c->arena, "%.*s=%.*s", STR_ARG(id), STR_ARG(value)),
                       str_fmt(c->arena, "%.*s %.*s", STR_ARG(bundle_text(c, q, "question", "en")),
                               STR_ARG(bundle_text(c, a, "label", "en"))),
                       chosen);
        }
    }
    bundle_edit_choose(c, list, str_cat(c->arena, at, STR(".when")));
}

/* Every answer to the question of the life event is one that the service knows and goes on with. */
static bool answers_fit(const struct json *question, const struct json *asked)
{
    JSON_EACH(a, json_get(question, "options"))
    {
        bool known = false;
        JSON_EACH(o, json_get(asked, "options"))
        {
            known = known || (str_eq(json_text_of(a, "value"), json_text_of(o, "value")) &&
                              !json_is(json_get(o, "ends"), JSON_OBJECT));
        }
        if (!known) return false;
    }
    return json_get(question, "options") && json_get(question, "options")->count;
}

static void add_settling(struct ctx *c, struct json *list, const struct json *b, struct str at,
                         const struct json *asked, const struct json *how)
{
    struct json *o = json_add_object(c->arena, list), *options = json_set_array(c->arena, o, "options");
    struct str from = json_text_of(how, "from"), value = json_text_of(how, "value");
    json_set_str(c->arena, o, "at",
                 str_fmt(c->arena, "%.*s.s.%.*s", STR_ARG(at), STR_ARG(json_text_of(asked, "id"))));
    json_set_str(c->arena, o, "question", bundle_text(c, asked, "question", "en"));
    add_option(c, options, STR_EMPTY, ctx_tr(c, "Not settled yet"), !from.len && !value.len);
    add_option(c, options, STR("ask"), ctx_tr(c, "Ask it: becomes a question of the life event"), false);
    JSON_EACH(q, json_get(b, "situations"))
    {
        if (answers_fit(q, asked) || str_eq(json_text_of(q, "id"), from))
            add_option(
                c, options, str_cat(c->arena, STR("from:"), json_text_of(q, "id")),
                tr_arg(c->lang, c->arena, "As answered to: %{arg}", bundle_text(c, q, "question", "en")),
                str_eq(json_text_of(q, "id"), from));
    }
    JSON_EACH(a, json_get(asked, "options"))
    {
        if (json_is(json_get(a, "ends"), JSON_OBJECT)) continue;
        add_option(c, options, str_cat(c->arena, STR("value:"), json_text_of(a, "value")),
                   tr_arg(c->lang, c->arena, "Always: %{arg}", bundle_text(c, a, "label", "en")),
                   !from.len && str_eq(json_text_of(a, "value"), value));
    }
    bundle_edit_choose(c, options, json_text_of(o, "at"));
}

static bool waits_for(const struct json *member, struct str id)
{
    JSON_EACH(a, json_get(member, "after"))
    {
        if (str_eq(json_text(a), id)) return true;
    }
    return false;
}

static struct str member_name(struct ctx *c, const struct json *member)
{
    const struct item *item = catalogue_of_base(c, json_text_of(member, "item"));
    return item ? item->name : json_text_of(member, "item");
}

static void add_waiting(struct ctx *c, struct json *o, const struct json *members, const struct json *m,
                        struct str at, bool again)
{
    struct json *list = json_set_array(c->arena, o, "befores");
    size_t n = 0;
    JSON_EACH(before, members)
    {
        n++;
        if (before == m) break;
        struct json *w = json_add_object(c->arena, list);
        json_set_str(c->arena, w, "at",
                     str_fmt(c->arena, "%.*s.after.%.*s", STR_ARG(at), STR_ARG(json_text_of(before, "id"))));
        json_set_str(c->arena, w, "name", str_fmt(c->arena, "%zu. %.*s", n, STR_ARG(member_name(c, before))));
        json_set_bool(c->arena, w, "checked",
                      again ? ctx_param(c, json_text_of(w, "at")).len > 0
                            : waits_for(m, json_text_of(before, "id")));
    }
    json_set_bool(c->arena, o, "has_befores", list->count > 0);
}

/* Its controls are named by the member, so that what was typed stays with it when others come or go. */
static struct str controls_of(struct ctx *c, const struct json *member)
{
    return str_cat(c->arena, STR("m."), json_text_of(member, "id"));
}

static void add_members(struct ctx *c, struct json *doc, const struct json *b)
{
    struct json *list = json_set_array(c->arena, doc, "members");
    const struct json *members = json_get(b, "members");
    size_t n = 0;
    JSON_EACH(m, members)
    {
        const struct item *item = catalogue_of_base(c, json_text_of(m, "item"));
        struct json *o = json_add_object(c->arena, list), *settle = json_set_array(c->arena, o, "settle");
        struct str at = controls_of(c, m), placed = str_cat(c->arena, at, STR(".place"));
        int64_t place = (int64_t)++n;
        bool again = bundle_edit_again(c, placed);
        if (again && !str_to_i64(str_trim(ctx_param(c, placed)), &place)) place = (int64_t)n;
        json_set_str(c->arena, o, "at", at);
        json_set_str(c->arena, o, "id", json_text_of(m, "id"));
        json_set_str(c->arena, o, "name", member_name(c, m));
        json_set_str(c->arena, o, "department", item ? bundle_unit_name(c, item->unit) : STR_EMPTY);
        json_set_bool(c->arena, o, "there", item != NULL);
        json_set_bool(c->arena, o, "on",
                      again ? ctx_param(c, str_cat(c->arena, at, STR(".on"))).len > 0
                            : !json_true_of(m, "off"));
        json_set_i64(c->arena, o, "place", place);
        add_waiting(c, o, members, m, at, again);
        add_when(c, o, b, json_get(m, "when"), at);
        JSON_EACH(s, json_get(service_of(c, b, m), "situations"))
        {
            add_settling(c, settle, b, at, s, json_get_str(json_get(m, "situations"), json_text_of(s, "id")));
        }
        json_set_bool(c->arena, o, "has_settle", settle->count > 0);
    }
    json_set_bool(c->arena, doc, "has_members", n > 0);
    json_set_bool(c->arena, doc, "may_add", n < BUNDLE_MEMBERS_MAX);
}

/* ---- finding one more ---- */

static bool is_member(const struct json *b, struct str base)
{
    JSON_EACH(m, json_get(b, "members"))
    {
        if (str_eq(json_text_of(m, "item"), base)) return true;
    }
    return false;
}

static bool may_be_member(const struct json *b, const struct item *item)
{
    const struct json *service = item_service(item, for_organisations(b));
    return item->apply_online && service && !is_member(b, item_member_code(item));
}

static void add_found(struct ctx *c, struct json *doc, const struct json *b)
{
    struct json *list = json_set_array(c->arena, doc, "found");
    struct item_filter f = {.query = str_trim(ctx_param(c, STR("find"))),
                            .audience = for_organisations(b) ? FOR_ORGANISATION : FOR_PERSON,
                            .way = WAY_ONLINE};
    struct item_list found = {0};
    if (f.query.len) catalogue_find(c, &f, 0, 60, &found);
    for (size_t i = 0; i < found.count && list->count < FOUND_MOST; i++) {
        if (!may_be_member(b, found.items[i])) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "item", item_member_code(found.items[i]));
        json_set_str(c->arena, o, "name", found.items[i]->name);
        json_set_str(c->arena, o, "department", bundle_unit_name(c, found.items[i]->unit));
    }
    json_set_str(c->arena, doc, "find", f.query);
    json_set_bool(c->arena, doc, "asked", f.query.len > 0);
    json_set_bool(c->arena, doc, "has_found", list->count > 0);
}

bool bundles_version(struct ctx *c)
{
    struct bundle_edit e;
    struct bundle_plan p;
    if (!bundle_edit_load(c, &e) || !bundle_edit_head(c, &e, "services")) return false;
    struct json *doc = ctx_doc(c);
    json_set(doc, "picture", json_null(c->arena));
    json_set_array(c->arena, doc, "stages");
    if (!json_true_of(doc, "has_faults")) {
        if (!bundle_plan_make(c, e.v.doc, NULL, NULL, &p)) return false;
        bundles_draw(c, doc, &p);
    }
    add_names(c, doc, e.v.doc);
    add_members(c, doc, e.v.doc);
    add_found(c, doc, e.v.doc);
    return true;
}

/* ---- saving ---- */

static struct json *lines_of(struct ctx *c, struct str text)
{
    struct json *out = json_array(c->arena);
    struct str rest = text, line;
    while (rest.len) {
        rest = str_cut(rest, '\n', &line);
        line = str_trim(line);
        if (line.len) json_add(out, json_string(c->arena, line));
    }
    return out;
}

static bool question_known(const struct json *b, struct str id)
{
    JSON_EACH(q, json_get(b, "situations"))
    {
        if (str_eq(json_text_of(q, "id"), id)) return true;
    }
    return false;
}

/* The service's question becomes one of the life event, with the answers that go on. */
static struct str take_question(struct ctx *c, struct json *doc, struct str member, const struct json *asked)
{
    struct json *list = (struct json *)json_get(doc, "situations");
    struct str id = json_text_of(asked, "id");
    if (question_known(doc, id)) id = str_fmt(c->arena, "%.*s_%.*s", STR_ARG(member), STR_ARG(id));
    if (question_known(doc, id)) return id;
    struct json *q = json_copy(c->arena, asked), *options = json_array(c->arena);
    JSON_EACH(a, json_get(asked, "options"))
    {
        if (!json_is(json_get(a, "ends"), JSON_OBJECT)) json_add(options, json_copy(c->arena, a));
    }
    json_set_str(c->arena, q, "id", id);
    json_set(q, "options", options);
    json_add(list, q);
    return id;
}

static void read_settling(struct ctx *c, struct json *doc, struct json *m, struct str at)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(s, json_get(service_of(c, doc, m), "situations"))
    {
        struct str id = json_text_of(s, "id");
        struct str name = str_fmt(c->arena, "%.*s.s.%.*s", STR_ARG(at), STR_ARG(id)),
                   said = ctx_param(c, name), kind, value = str_cut(said, ':', &kind);
        const struct json *before = json_get_str(json_get(m, "situations"), id);
        struct json *how = json_object(c->arena);
        if (str_eq_c(said, "ask"))
            json_set_str(c->arena, how, "from", take_question(c, doc, json_text_of(m, "id"), s));
        else if (str_eq_c(kind, "from") && question_known(doc, value))
            json_set_str(c->arena, how, "from", value);
        else if (str_eq_c(kind, "value"))
            json_set_str(c->arena, how, "value", value);
        else if (!bundle_edit_sent(c, name) && before)
            how = json_copy(c->arena, before); /* the page did not ask */
        else
            continue;
        json_set(out, str_z(c->arena, id), how);
    }
    json_set(m, "situations", out);
}

static void read_when(struct ctx *c, struct json *m, struct str at)
{
    struct str name = str_cat(c->arena, at, STR(".when")), said = ctx_param(c, name), question,
               value = str_cut(said, '=', &question);
    if (str_eq_c(said, "keep") || !bundle_edit_sent(c, name)) return;
    if (!value.len) {
        json_set(m, "when", json_null(c->arena));
        return;
    }
    struct json *when = json_object(c->arena);
    json_set_str(c->arena, when, "situation", question);
    json_set_str(c->arena, when, "equals", value);
    json_set(m, "when", when);
}

static struct json *read_member(struct ctx *c, struct json *doc, const struct json *before, struct str at)
{
    struct json *m = json_copy(c->arena, before), *after = json_array(c->arena);
    JSON_EACH(other, json_get(doc, "members"))
    {
        struct str id = json_text_of(other, "id");
        if (ctx_param(c, str_fmt(c->arena, "%.*s.after.%.*s", STR_ARG(at), STR_ARG(id))).len)
            json_add(after, json_string(c->arena, id));
    }
    json_set(m, "after", after);
    json_set_bool(c->arena, m, "off", !ctx_param(c, str_cat(c->arena, at, STR(".on"))).len);
    read_when(c, m, at);
    read_settling(c, doc, m, at);
    return m;
}

/* By the places given; who has the same place stays in the order of before. */
static struct json *read_members(struct ctx *c, struct json *doc)
{
    struct arena *a = c->arena;
    struct json *out = json_array(a), *list[BUNDLE_MEMBERS_MAX];
    int64_t places[BUNDLE_MEMBERS_MAX];
    size_t count = 0;
    JSON_EACH(m, json_get(doc, "members"))
    {
        if (count == BUNDLE_MEMBERS_MAX) break;
        int64_t place = (int64_t)count + 1;
        struct str at = controls_of(c, m);
        if (!str_to_i64(str_trim(ctx_param(c, str_cat(a, at, STR(".place")))), &place))
            place = (int64_t)count + 1;
        struct json *read = read_member(c, doc, m, at);
        size_t i = count++;
        while (i > 0 && places[i - 1] > place) {
            places[i] = places[i - 1];
            list[i] = list[i - 1];
            i--;
        }
        places[i] = place;
        list[i] = read;
    }
    for (size_t i = 0; i < count; i++) {
        list[i]->next = NULL;
        json_add(out, list[i]);
    }
    return out;
}

bool bundles_version_save(struct ctx *c)
{
    struct bundle_edit e;
    int64_t days = 0;
    struct str promise = str_trim(in_text(c, "promise"));
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e)) return false;
    if (promise.len && (!str_to_i64(promise, &days) || days < 1 || days > 999))
        return err_at(c->err, STR("promise"), "Please give a number of working days.", STR_EMPTY);
    struct json *doc = json_copy(c->arena, e.v.doc);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_set_str(c->arena, doc, texts[i].name, in_text(c, texts[i].name));
    if (!json_get(doc, "situations")) json_set_array(c->arena, doc, "situations");
    json_set(doc, "words", lines_of(c, in_text(c, "words")));
    json_set(doc, "members", read_members(c, doc));
    json_set_i64(c->arena, doc, "promise_days", days);
    json_set_bool(c->arena, doc, "off", !in_true(c, "on"));
    return bundle_edit_keep(c, &e, doc, "");
}

/* ---- one more, one less ---- */

static struct str free_id(struct ctx *c, const struct json *b)
{
    for (int n = 1;; n++) {
        struct str id = str_fmt(c->arena, "s%d", n);
        bool taken = false;
        JSON_EACH(m, json_get(b, "members"))
        {
            taken = taken || str_eq(json_text_of(m, "id"), id);
        }
        if (!taken) return id;
    }
}

static bool add_member(struct ctx *c, struct json *doc, struct str base)
{
    const struct item *item = catalogue_of_base(c, base);
    struct json *members = (struct json *)json_get(doc, "members");
    if (!item || !may_be_member(doc, item) || !members || members->count >= BUNDLE_MEMBERS_MAX)
        return err_at(c->err, STR("add"), "This service cannot be a member.", STR_EMPTY);
    struct json *m = json_object(c->arena);
    json_set_str(c->arena, m, "id", free_id(c, doc));
    json_set_str(c->arena, m, "item", base);
    json_set_array(c->arena, m, "after");
    json_set(m, "when", json_null(c->arena));
    json_set_object(c->arena, m, "situations");
    json_add(members, m);
    return true;
}

static struct json *without(struct ctx *c, const struct json *list, struct str prefix)
{
    struct json *out = json_array(c->arena);
    JSON_EACH(x, list)
    {
        if (!str_starts(json_text(x), prefix)) json_add(out, json_copy(c->arena, x));
    }
    return out;
}

static struct json *groups_without(struct ctx *c, const struct json *groups, struct str prefix)
{
    struct json *out = json_array(c->arena);
    JSON_EACH(g, groups)
    {
        struct json *copy = json_copy(c->arena, g), *of = without(c, json_get(g, "of"), prefix);
        json_set(copy, "of", of);
        if (of->count) json_add(out, copy);
    }
    return out;
}

static struct json *pairs_without(struct ctx *c, const struct json *pairs, struct str prefix, struct str id)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(p, pairs)
    {
        if (!str_starts(p->key, prefix) && !str_eq(json_text(p), id))
            json_set(out, str_z(c->arena, p->key), json_copy(c->arena, p));
    }
    return out;
}

/* With all that was said of it. */
static void remove_member(struct ctx *c, struct json *doc, struct str id)
{
    struct str prefix = str_cat(c->arena, id, STR("."));
    struct json *members = json_array(c->arena);
    JSON_EACH(m, json_get(doc, "members"))
    {
        if (str_eq(json_text_of(m, "id"), id)) continue;
        struct json *copy = json_copy(c->arena, m), *after = json_array(c->arena);
        JSON_EACH(a, json_get(m, "after"))
        {
            if (!str_eq(json_text(a), id)) json_add(after, json_copy(c->arena, a));
        }
        json_set(copy, "after", after);
        json_add(members, copy);
    }
    json_set(doc, "members", members);
    json_set(doc, "fields", groups_without(c, json_get(doc, "fields"), prefix));
    json_set(doc, "documents", groups_without(c, json_get(doc, "documents"), prefix));
    json_set(doc, "given", pairs_without(c, json_get(doc, "given"), prefix, id));
    json_set(doc, "fixed", pairs_without(c, json_get(doc, "fixed"), prefix, STR_EMPTY));
}

bool bundles_members_save(struct ctx *c)
{
    struct bundle_edit e;
    if (!bundle_edit_load(c, &e) || !bundle_edit_may(c, &e)) return false;
    struct json *doc = json_copy(c->arena, e.v.doc);
    if (in_text(c, "add").len && !add_member(c, doc, in_text(c, "add"))) return false;
    if (in_text(c, "remove").len) remove_member(c, doc, in_text(c, "remove"));
    return bundle_edit_keep(c, &e, doc, "");
}

const struct field bundles_edit_fields[] = {
    {"name", FIELD_LINE, "Name (Chinese)", .required = true, .max = 60},
    {"en", FIELD_LINE, "Name (English)", .required = true, .max = 80},
    {"text", FIELD_LINE, "In one line (Chinese)", .max = 120},
    {"text_en", FIELD_LINE, "In one line (English)", .max = 160},
    {"who", FIELD_LINE, "For whom (Chinese)", .max = 120},
    {"who_en", FIELD_LINE, "For whom (English)", .max = 160},
    {"words", FIELD_TEXT, "What people say, one a line", .max = 2000},
    {"promise", FIELD_LINE, "Promised for all together, in working days", .max = 3},
    {"on", FIELD_BOOL, .label = "Offered"},
    {"revision", FIELD_LINE, "Revision", .max = 40},
    {0},
};
const struct field bundles_members_fields[] = {
    {"add", FIELD_LINE, "Code of the service", .max = 20},
    {"remove", FIELD_LINE, "A service to take out", .max = 40},
    {"revision", FIELD_LINE, "Revision", .max = 40},
    {0},
};
