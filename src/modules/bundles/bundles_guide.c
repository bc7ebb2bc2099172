/* What anybody may know of bundles: the list, and one guide for all members, computed for a situation. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/orgs/orgs.h"

/* ---- cards ---- */

static bool is_off(const struct json *doc)
{
    return json_true_of(doc, "off");
}

/* Is everything here that every situation needs? */
static bool is_offered(struct ctx *c, const struct json *doc)
{
    if (is_off(doc)) return false;
    JSON_EACH(m, json_get(doc, "members"))
    {
        bool always = !json_is(json_get(m, "when"), JSON_OBJECT) && !json_true_of(m, "off");
        if (always && !catalogue_of_base(c, json_text_of(m, "item"))) return false;
    }
    return true;
}

/* How much a query speaks of it: characters of the longest word said, the name counting most. */
static size_t spoken_of(struct ctx *c, const struct json *doc, struct str query)
{
    struct str q = str_lower(c->arena, str_trim(query));
    size_t best = 0;
    if (!q.len) return 1;
    struct str name = json_text_of(doc, "name");
    if (str_find(name, q) != SIZE_MAX || str_find(q, name) != SIZE_MAX) best = q.len + name.len;
    JSON_EACH(w, json_get(doc, "words"))
    {
        struct str word = str_lower(c->arena, json_text(w));
        bool said = word.len >= 6 ? str_find(q, word) != SIZE_MAX : str_eq(q, word);
        if (q.len >= 6 && str_find(word, q) != SIZE_MAX) said = true;
        if (said && word.len > best) best = word.len;
    }
    return best;
}

bool bundle_cards(struct ctx *c, struct str query, struct json *list)
{
    struct bundle_version *rows;
    size_t count;
    if (!bundle_store_published(c, &rows, &count)) return false;
    size_t *how = ARENA_ARRAY(c->arena, count + 1, size_t);
    for (size_t i = 0; i < count; i++) {
        if (!bundle_version_doc(c, &rows[i])) return false;
        how[i] = !is_offered(c, rows[i].doc) ? 0 : spoken_of(c, rows[i].doc, query);
    }
    for (;;) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < count; i++)
            if (how[i] && (best == SIZE_MAX || how[i] > how[best])) best = i;
        if (best == SIZE_MAX) return true;
        how[best] = 0;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(rows[best].code)));
        json_set_str(c->arena, o, "name", bundle_text(c, rows[best].doc, "name", "en"));
        json_set_str(c->arena, o, "text", bundle_text(c, rows[best].doc, "text", "text_en"));
        json_set_str(c->arena, o, "icon", json_text_of(rows[best].doc, "icon"));
    }
}

bool bundles_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "bundles");
    json_set_array(c->arena, doc, "crumbs");
    if (!bundle_cards(c, STR_EMPTY, list)) return false;
    json_set_bool(c->arena, doc, "has_bundles", list->count > 0);
    return true;
}

/* ---- the picture of the way ---- */

enum { COLUMN = 236, ROW = 108, LEFT = 24, TOP = 20, BOX_W = 188, BOX_H = 84, LINE = 10 };

static int x_of(const struct bundle_member *m)
{
    return LEFT + m->column * COLUMN;
}

static int y_of(const struct bundle_member *m)
{
    return TOP + m->row * ROW;
}

static void add_line(struct ctx *c, struct json *lines, struct str text, int x, int y)
{
    struct json *l = json_add_object(c->arena, lines);
    json_set_str(c->arena, l, "text", text);
    json_set_i64(c->arena, l, "x", x);
    json_set_i64(c->arena, l, "y", y);
}

static struct str shortened(struct ctx *c, struct str text, size_t most)
{
    if (utf8_count(text) <= most) return text;
    return str_cat(c->arena, utf8_head(text, most - 1), STR("…"));
}

static struct str title_of(const struct ctx *c, const struct item *i)
{
    return c->lang == &lang_en && i->en.len ? i->en : i->name;
}

/* {name, zh}; zh: it has no other name than the Chinese one. */
static void set_title(struct ctx *c, struct json *o, const struct item *i)
{
    json_set_str(c->arena, o, "name", title_of(c, i));
    json_set_bool(c->arena, o, "zh", !i->en.len);
}

/* A name stands in two lines, cut at a space where it has some. */
static void add_name(struct ctx *c, struct json *lines, struct str name, int x, int y, bool english)
{
    size_t room = english ? 21 : LINE;
    struct str first = utf8_head(name, room);
    size_t cut = first.len;
    while (english && cut > 0 && cut < name.len && name.ptr[cut] != ' ')
        cut--;
    if (!cut) cut = first.len;
    add_line(c, lines, str_slice(name, 0, cut), x, y);
    struct str rest = str_trim(str_slice(name, cut, name.len));
    if (rest.len) add_line(c, lines, shortened(c, rest, room), x, y + 20);
}

static void add_edge(struct ctx *c, struct json *edges, const struct bundle_member *from,
                     const struct bundle_member *to)
{
    int x1 = x_of(from) + BOX_W, y1 = y_of(from) + BOX_H / 2, x2 = x_of(to) - 2, y2 = y_of(to) + BOX_H / 2,
        middle = x2 - (COLUMN - BOX_W) / 2;
    struct json *e = json_add_object(c->arena, edges);
    json_set_str(c->arena, e, "points",
                 str_fmt(c->arena, "%d,%d %d,%d %d,%d %d,%d", x1, y1, middle, y1, middle, y2, x2 - 7, y2));
    json_set_str(c->arena, e, "head",
                 str_fmt(c->arena, "%d,%d %d,%d %d,%d", x2, y2, x2 - 9, y2 - 5, x2 - 9, y2 + 5));
}

/* The wide picture, and beside it the same as a list of stages for narrow pages and screen readers. */
void bundles_draw(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct arena *a = c->arena;
    struct json *picture = json_set_object(a, doc, "picture"), *edges = json_set_array(a, picture, "edges"),
                *boxes = json_set_array(a, picture, "boxes"), *stages = json_set_array(a, doc, "stages");
    bool english = c->lang == &lang_en;
    json_set_i64(a, picture, "width", p->columns * COLUMN + LEFT - (COLUMN - BOX_W) + LEFT);
    json_set_i64(a, picture, "height", p->rows * ROW + TOP);
    for (int column = 0; column < p->columns; column++) {
        struct json *stage = json_add_object(a, stages), *list;
        json_set_str(a, stage, "n", str_fmt(a, "%d", column + 1));
        json_set_bool(a, stage, "first", column == 0);
        list = json_set_array(a, stage, "members");
        for (size_t i = 0; i < p->member_count; i++) {
            const struct bundle_member *m = &p->members[i];
            if (!m->chosen || !m->item || m->column != column) continue;
            struct str name = title_of(c, m->item), unit = bundle_unit_name(c, m->item->unit),
                       days = bundle_days_text(c, m->days);
            struct json *box = json_add_object(a, boxes), *lines = json_set_array(a, box, "lines"),
                        *o = json_add_object(a, list);
            json_set_i64(a, box, "x", x_of(m));
            json_set_i64(a, box, "y", y_of(m));
            add_name(c, lines, name, x_of(m) + 12, y_of(m) + 24, english);
            add_line(c, lines, shortened(c, unit, LINE + 1), x_of(m) + 12, y_of(m) + 70);
            json_set_str(a, o, "name", name);
            json_set_bool(a, o, "zh", !m->item->en.len);
            json_set_str(a, o, "href", item_href(a, m->item));
            json_set_str(a, o, "department", unit);
            json_set(o, "days", days.len ? json_string(a, days) : json_null(a));
            struct json *after = json_set_array(a, o, "after");
            for (size_t k = 0; k < i; k++) {
                if (!(m->after >> k & 1) || !p->members[k].item) continue;
                add_edge(c, edges, &p->members[k], m);
                json_set_str(a, json_add_object(a, after), "name", title_of(c, p->members[k].item));
            }
            json_set_bool(a, o, "waits", after->count > 0);
        }
    }
}

/* ---- the guide ---- */

static void add_questions(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "questions");
    JSON_EACH(q, json_get(p->doc, "situations"))
    {
        struct json *o = json_add_object(c->arena, list);
        struct str chosen = json_text(json_get_str(p->situations, json_text_of(q, "id"))),
                   help = bundle_text(c, q, "help", "help_en");
        json_set_str(c->arena, o, "id", json_text_of(q, "id"));
        json_set_str(c->arena, o, "question", bundle_text(c, q, "question", "en"));
        json_set(o, "help", help.len ? json_string(c->arena, help) : json_null(c->arena));
        struct json *options = json_set_array(c->arena, o, "options");
        JSON_EACH(x, json_get(q, "options"))
        {
            struct json *one = json_add_object(c->arena, options);
            json_set_str(c->arena, one, "value", json_text_of(x, "value"));
            json_set_str(c->arena, one, "label", bundle_text(c, x, "label", "en"));
            json_set_bool(c->arena, one, "chosen", str_eq(chosen, json_text_of(x, "value")));
        }
    }
    json_set_bool(c->arena, doc, "has_questions", list->count > 0);
}

static void add_documents(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "documents");
    for (size_t i = 0; i < p->document_count; i++) {
        const struct bundle_document *d = &p->documents[i];
        struct json *o = json_add_object(c->arena, list), *uses = json_set_array(c->arena, o, "uses");
        bool given = d->from_member != SIZE_MAX;
        json_set_str(c->arena, o, "name", c->lang == &lang_en && d->en.len ? d->en : d->name);
        json_set_bool(c->arena, o, "optional", !d->required);
        json_set_bool(c->arena, o, "state_has", !given && d->state_has);
        json_set(o, "from", json_null(c->arena));
        if (given) set_title(c, json_set_object(c->arena, o, "from"), p->members[d->from_member].item);
        json_set_bool(c->arena, o, "free", given || d->state_has);
        for (size_t u = 0; u < d->use_count; u++) {
            struct json *use = json_add_object(c->arena, uses);
            set_title(c, use, p->members[d->uses[u].member].item);
            json_set_bool(c->arena, use, "more", u + 1 < d->use_count);
        }
    }
    json_set_bool(c->arena, doc, "has_documents", list->count > 0);
}

static void set_known(struct ctx *c, struct json *doc, const char *key, struct str text)
{
    json_set(doc, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

static void add_numbers(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct arena *a = c->arena;
    set_known(c, doc, "time_before", bundle_days_text(c, p->sum_days));
    set_known(c, doc, "time_after", bundle_days_text(c, p->path_days));
    json_set_i64(a, doc, "documents_before", (int64_t)p->asked_documents);
    json_set_i64(a, doc, "documents_after", (int64_t)p->left_documents);
    json_set_i64(a, doc, "fields_before", (int64_t)p->asked_fields);
    json_set_i64(a, doc, "fields_after", (int64_t)p->fields);
    json_set_i64(a, doc, "forms_before", (int64_t)p->chosen_count);
    json_set_i64(a, doc, "produced", (int64_t)p->produced_documents);
    json_set_i64(a, doc, "from_state", (int64_t)p->state_documents);
}

static bool in_force(struct ctx *c, struct bundle_version *v)
{
    bool found;
    if (!bundle_store_in_force(c, ctx_path(c, "code"), v, &found)) return false;
    if (!found || !bundle_version_doc(c, v) || is_off(v->doc))
        return c->err->kind != ERR_NONE || err_missing(c->err, "bundle", "We cannot find this life event.");
    return true;
}

static bool add_laws(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "members");
    for (size_t i = 0; i < p->member_count; i++) {
        const struct bundle_member *m = &p->members[i];
        if (!m->chosen || !m->item) continue;
        struct json *o = json_add_object(c->arena, list);
        struct str result = json_text_of(json_get(m->item->doc, "result"), "name"),
                   law = limit_text(c, m->item->statutory);
        set_title(c, o, m->item);
        json_set_str(c->arena, o, "href", item_href(c->arena, m->item));
        json_set_str(c->arena, o, "department", bundle_unit_name(c, m->item->unit));
        set_known(c, o, "result", result);
        set_known(c, o, "promised", limit_text(c, m->item->promised));
        set_known(c, o, "statutory", law);
        set_known(c, o, "appointment", bundle_text(c, m->booking, "place", "place_en"));
        json_set_bool(c->arena, o, "books", m->booking != NULL);
        struct json *basis = json_set_array(c->arena, o, "basis");
        if (!catalogue_basis(c, m->item, basis)) return false;
        json_set_bool(c->arena, o, "has_basis", basis->count > 0);
    }
    return true;
}

bool bundles_guide(struct ctx *c)
{
    struct bundle_version v;
    struct bundle_plan p;
    if (!in_force(c, &v)) return false;
    struct json *doc = ctx_doc(c), *said = json_object(c->arena);
    JSON_EACH(q, json_get(v.doc, "situations"))
    {
        struct str id = json_text_of(q, "id");
        json_set_str(c->arena, said, str_z(c->arena, id), ctx_param(c, id));
    }
    if (!bundle_plan_make(c, v.doc, said, NULL, &p)) return false;
    json_set_array(c->arena, doc, "crumbs");
    json_set_str(c->arena, doc, "code", v.code);
    json_set_str(c->arena, doc, "name", bundle_text(c, v.doc, "name", "en"));
    struct str who = bundle_text(c, v.doc, "who", "who_en");
    json_set_str(c->arena, doc, "who",
                 who.len ? who : item_audience_text(c, p.organisation ? FOR_ORGANISATION : FOR_PERSON));
    json_set_str(c->arena, doc, "text", bundle_text(c, v.doc, "text", "text_en"));
    json_set_bool(c->arena, doc, "missing", p.missing || !p.chosen_count);
    json_set_str(c->arena, doc, "path", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(v.code)));
    struct buf href = buf_new(c->arena, 64);
    /* An officer applies for nothing; the desk receives for whoever stands there. */
    bool officer = c->actor.kind == ACTOR_OFFICER;
    buf_fmt(&href, "/bundles/%.*s/apply", STR_ARG(v.code));
    char sep = '?';
    JSON_EACH(s, p.situations)
    {
        buf_fmt(&href, "%c%.*s=%.*s", sep, STR_ARG(s->key), STR_ARG(json_text(s)));
        sep = '&';
    }
    json_set(doc, "apply", officer ? json_null(c->arena) : json_string(c->arena, buf_str(&href)));
    struct str name = url_encode(c->arena, json_text_of(v.doc, "name"));
    json_set(doc, "desk_href",
             ctx_may(c, "case.receive")
                 ? json_string(c->arena, str_cat(c->arena, STR("/office/desk?q="), name))
                 : json_null(c->arena));
    add_questions(c, doc, &p);
    add_numbers(c, doc, &p);
    bundles_draw(c, doc, &p);
    add_documents(c, doc, &p);
    return add_laws(c, doc, &p);
}
