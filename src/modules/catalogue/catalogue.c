#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue_internal.h"
#include "modules/forms/forms.h"

#include <stdlib.h>

enum { SNAPSHOT_MAX = 1024 << 20 };

/* ---- the snapshot ---- */

static void drop_snapshot(void *data)
{
    struct snapshot *s = data;
    search_drop(s->index);
    arena_drop(s->arena);
}

static int by_hash(const void *a, const void *b)
{
    return str_cmp(((const struct data_text *)a)->hash, ((const struct data_text *)b)->hash);
}

static const struct data_text *find_hash(const struct snapshot *s, struct str hash)
{
    struct data_text key = {.hash = hash};
    return hash.len ? bsearch(&key, s->data, s->data_count, sizeof key, by_hash) : NULL;
}

static int by_kind_and_code(const void *a, const void *b)
{
    const struct data_text *x = *(const struct data_text *const *)a, *y = *(const struct data_text *const *)b;
    int order = str_cmp(x->kind, y->kind);
    return order ? order : str_cmp(x->code, y->code);
}

const struct data_text *catalogue_current(const struct snapshot *s, const char *kind, struct str code)
{
    const struct data_text wanted = {.kind = str_c(kind), .code = code}, *key = &wanted;
    const struct data_text **found =
        s->data_count ? bsearch(&key, s->data_by_code, s->data_count, sizeof key, by_kind_and_code) : NULL;
    return found ? *found : NULL;
}

static struct limit limit_of(const struct json *l)
{
    static const struct {
        const char *word;
        enum limit_unit unit;
    } units[] = {{"working_day", LIMIT_WORKDAYS},
                 {"day", LIMIT_DAYS},
                 {"hour", LIMIT_HOURS},
                 {"month", LIMIT_MONTHS},
                 {"year", LIMIT_YEARS}};
    int64_t value = json_i64_of(l, "value", -1);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_eq_c(json_text_of(l, "unit"), units[i].word) && value >= 0 && value <= LIMIT_COUNT_MAX)
            return (struct limit){.unit = units[i].unit, .count = (int)value};
    return (struct limit){.unit = LIMIT_NONE};
}

const struct json *catalogue_overlay(struct arena *a, const struct json *base, const struct json *own)
{
    if (!base || !base->count) return own;
    if (!own || !own->count) return base;
    struct json *both = json_object(a);
    const struct json *const layers[] = {base, own};
    for (size_t i = 0; i < 2; i++)
        JSON_EACH(m, layers[i])
        {
            struct json *copy = ARENA_NEW(a, struct json);
            *copy = *m;
            json_set(both, str_z(a, m->key), copy);
        }
    return both;
}

static void fill_item(struct arena *a, struct item *i, const struct json *base, const struct json *own,
                      const struct json *person, const struct json *organisation)
{
    bool same = person == organisation;
    person = catalogue_service(a, person, own);
    organisation = same ? person : catalogue_service(a, organisation, own);
    const struct json *service = person ? person : organisation;
    i->en = json_text_of(own, "en").len ? json_text_of(own, "en") : json_text_of(base, "en");
    i->statutory = limit_of(json_get(own, "statutory_limit") ? json_get(own, "statutory_limit")
                                                             : json_get(base, "statutory_limit"));
    i->promised = limit_of(json_get(own, "promised_limit") ? json_get(own, "promised_limit")
                                                           : json_get(service, "promised_limit"));
    i->on_the_spot = json_get(own, "on_the_spot")
                         ? json_true_of(own, "on_the_spot")
                         : str_eq_c(json_text(json_path(service, "flow.kind")), "on_the_spot");
    i->paused = str_eq_c(json_text_of(own, "state"), "paused");
    i->demonstration = json_true_of(base, "demonstration") || json_true_of(own, "demonstration");
    i->form_person = person;
    i->form_organisation = organisation;
    i->apply_online = (person || organisation) && !i->paused;
}

static bool compile(struct arena *a, const struct json *service, struct service_code *out, struct err *e)
{
    const struct json *form = json_get(service, "form");
    *out = (struct service_code){.form = form ? form_parse(a, form, e) : NULL, .schema = form};
    return !form || out->form;
}

/* One that does not compile is told to whoever uses it. */
static void compile_services(struct snapshot *s)
{
    for (size_t i = 0; i < s->data_count; i++) {
        struct err e = {0};
        struct service_code *code = ARENA_NEW(s->arena, struct service_code);
        struct data_text *t = &s->data[i];
        if (json_get(t->doc, "flow") && compile(s->arena, t->doc, code, &e)) t->code_of = code;
    }
}

static const struct json nothing = {.type = JSON_OBJECT};

static void list_row(struct snapshot *s, struct listed *l, const struct version_row *v, struct err *e)
{
    struct arena *a = s->arena;
    const struct data_text *base = find_hash(s, v->base_hash), *person = find_hash(s, v->person_hash),
                           *organisation = find_hash(s, v->organisation_hash);
    struct str rest = str_dup(a, v->themes), one;
    l->item = (struct item){.id = v->item,
                            .version = v->version,
                            .code = str_dup(a, v->code),
                            .base = str_dup(a, v->base),
                            .name = str_dup(a, v->name),
                            .type = str_dup(a, v->type),
                            .unit = v->unit,
                            .division = str_dup(a, v->division),
                            .audience = v->audience};
    l->own = v->doc.len > 2 ? json_parse(a, v->doc, JSON_STRICT, e) : NULL;
    fill_item(a, &l->item, base ? base->doc : NULL, l->own, person ? person->doc : NULL,
              organisation ? organisation->doc : NULL);
    if (!json_text_of(l->own, "own_form").len) {
        l->item.code_person = person ? person->code_of : NULL;
        l->item.code_organisation = organisation ? organisation->code_of : NULL;
    }
    l->item.doc = catalogue_overlay(a, base ? base->doc : NULL, l->own);
    if (!l->item.doc) l->item.doc = &nothing;
    while (rest.len && l->theme_count < sizeof l->themes / sizeof l->themes[0]) {
        rest = str_cut(rest, ' ', &one);
        if (one.len) l->themes[l->theme_count++] = one;
    }
}

static void load_themes(struct snapshot *s)
{
    static const struct {
        const char *list;
        bool organisation;
    } lists[] = {{"person", false}, {"legal", true}};
    const struct data_text *rules = catalogue_current(s, "rules", STR("themes"));
    s->themes = ARENA_ARRAY(s->arena, 128, struct theme);
    for (size_t i = 0; rules && i < 2; i++)
        JSON_EACH(t, json_get(rules->doc, lists[i].list))
        {
            if (s->theme_count == 128) return;
            s->themes[s->theme_count++] = (struct theme){.code = json_text_of(t, "code"),
                                                         .name = json_text_of(t, "name"),
                                                         .en = json_text_of(t, "en"),
                                                         .organisation = lists[i].organisation};
        }
}

static _Thread_local const struct snapshot *sorting;

static int by_code(const void *a, const void *b)
{
    return str_cmp(sorting->items[*(const uint32_t *)a].item.code,
                   sorting->items[*(const uint32_t *)b].item.code);
}

/* In parts, so that a province's directory needs no more memory than its snapshot. */
static bool load_items(struct ctx *c, struct snapshot *s)
{
    enum { PART = 1000 };
    struct version_row *rows;
    size_t total, count;
    if (!catalogue_store_count(c, &total)) return false;
    struct arena *scratch = arena_new(64 << 20);
    if (!scratch) return err_fault(c->err, "not enough memory for the catalogue");
    s->items = ARENA_ARRAY(s->arena, total + 1, struct listed);
    s->by_code = ARENA_ARRAY(s->arena, total + 1, uint32_t);
    bool ok = true;
    do {
        arena_reset(scratch);
        ok = catalogue_store_published(c, scratch, s->count ? s->items[s->count - 1].item.id : 0, PART, &rows,
                                       &count);
        for (size_t i = 0; ok && i < count && s->count < total; i++) {
            list_row(s, &s->items[s->count], &rows[i], c->err);
            s->by_code[s->count] = (uint32_t)s->count;
            s->count++;
        }
    } while (ok && count == PART);
    arena_drop(scratch);
    return ok;
}

/* ---- what pages count ---- */

static int by_unit(const void *a, const void *b)
{
    const struct unit_count *x = a, *y = b;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static int most_first(const void *a, const void *b)
{
    const struct unit_count *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static bool count_units(struct snapshot *s)
{
    struct unit_count *all = mem_alloc(s->count, sizeof *all);
    if (!all) return false;
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        all[i] = (struct unit_count){s->items[i].item.unit, 1};
    if (s->count) qsort(all, s->count, sizeof *all, by_unit);
    for (size_t i = 0; i < s->count; i++) {
        if (kept && all[kept - 1].unit == all[i].unit)
            all[kept - 1].count++;
        else
            all[kept++] = all[i];
    }
    if (kept) qsort(all, kept, sizeof *all, most_first);
    s->unit_count = kept;
    s->units = ARENA_ARRAY(s->arena, kept + 1, struct unit_count);
    memcpy(s->units, all, kept * sizeof *all);
    mem_free(all);
    return true;
}

static void count_themes(struct snapshot *s, const struct listed *l)
{
    for (size_t i = 0; i < l->theme_count; i++)
        for (size_t k = 0; k < s->theme_count; k++)
            if (s->themes[k].organisation == (l->themes[i].ptr[0] == 'l') &&
                str_eq(s->themes[k].code, str_slice(l->themes[i], 1, l->themes[i].len)))
                s->themes[k].count++;
}

static bool count_all(struct snapshot *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct item *it = &s->items[i].item;
        s->persons += (it->audience & FOR_PERSON) != 0;
        s->organisations += (it->audience & FOR_ORGANISATION) != 0;
        s->online += it->apply_online;
        if (it->promised.unit != LIMIT_NONE && it->promised.unit == it->statutory.unit) {
            s->compared++;
            s->law_days += it->statutory.count;
            s->promised_days += it->promised.count;
        }
        count_themes(s, &s->items[i]);
    }
    return count_units(s);
}

/* ---- the articles that items rest on ---- */

static int by_law(const void *a, const void *b)
{
    const struct law_ref *x = a, *y = b;
    int order = str_cmp(x->title, y->title);
    return order ? order : str_cmp(x->number, y->number);
}

const struct law_ref *catalogue_law(const struct snapshot *s, struct str title, struct str number)
{
    struct law_ref key = {.title = title, .number = number};
    return s->law_count ? bsearch(&key, s->laws, s->law_count, sizeof key, by_law) : NULL;
}

static size_t count_basis(const struct snapshot *s, struct law_ref *into)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        JSON_EACH(b, json_get(s->items[i].item.doc, "basis"))
        {
            if (into)
                into[n] =
                    (struct law_ref){.title = json_text_of(b, "law"), .number = json_text_of(b, "article")};
            n++;
        }
    return n;
}

static bool load_laws(struct ctx *c, struct snapshot *s)
{
    size_t n = count_basis(s, NULL), kept = 0;
    s->laws = ARENA_ARRAY(s->arena, n + 1, struct law_ref);
    count_basis(s, s->laws);
    qsort(s->laws, n, sizeof *s->laws, by_law);
    for (size_t i = 0; i < n; i++)
        if (!kept || by_law(&s->laws[kept - 1], &s->laws[i]) != 0) s->laws[kept++] = s->laws[i];
    arena_give_back(s->arena, s->laws + kept, (n + 1 - kept) * sizeof *s->laws);
    s->law_count = kept;
    return laws_resolve(c, s->arena, s->laws, kept);
}

static bool load(struct ctx *c, struct snapshot *s)
{
    if (!catalogue_store_current(c, &s->data, &s->data_count, s->arena)) return false;
    s->data_by_code = ARENA_ARRAY(s->arena, s->data_count + 1, const struct data_text *);
    for (size_t i = 0; i < s->data_count; i++)
        s->data_by_code[i] = &s->data[i];
    if (s->data_count) {
        qsort(s->data, s->data_count, sizeof *s->data, by_hash);
        qsort(s->data_by_code, s->data_count, sizeof(const struct data_text *), by_kind_and_code);
    }
    compile_services(s);
    if (!load_items(c, s)) return false;
    sorting = s;
    if (s->count) qsort(s->by_code, s->count, sizeof *s->by_code, by_code);
    load_themes(s);
    if (!count_all(s)) return err_fault(c->err, "not enough memory for the catalogue");
    if (!load_laws(c, s)) return false;
    const struct data_text *ranking = catalogue_current(s, "rules", STR("ranking"));
    s->ranking = ranking ? ranking->doc : NULL;
    s->index = catalogue_index(c, s);
    return c->err->kind == ERR_NONE &&
           (s->index || err_fault(c->err, "not enough memory for the search index"));
}

bool catalogue_refresh(struct ctx *c)
{
    struct catalogue_state *state = server_state(c->server, "catalogue");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for the catalogue");
    struct snapshot *fresh = ARENA_NEW(a, struct snapshot);
    fresh->arena = a;
    if (!load(c, fresh)) {
        drop_snapshot(fresh);
        return false;
    }
    ctx_forget_shared(c);
    return shared_put(&state->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for the catalogue");
}

bool catalogue_start(struct ctx *c)
{
    struct catalogue_state *state = mem_alloc(1, sizeof *state);
    if (!state) return err_fault(c->err, "not enough memory to start");
    shared_open(&state->snapshot);
    server_set_state(c->server, "catalogue", state);
    return true;
}

void catalogue_stop(struct server *server)
{
    struct catalogue_state *state = server_state(server, "catalogue");
    if (!state) return;
    shared_close(&state->snapshot);
    mem_free(state);
    server_set_state(server, "catalogue", NULL);
}

void catalogue_set_guide_part(struct server *server,
                              bool (*add)(struct ctx *c, const struct item *item, struct json *doc))
{
    struct catalogue_state *state = server_state(server, "catalogue");
    state->guide_part = add;
}

const struct snapshot *catalogue_snapshot(struct ctx *c)
{
    struct catalogue_state *state = server_state(c->server, "catalogue");
    return ctx_shared(c, &state->snapshot);
}

/* ---- finding ---- */

const struct listed *catalogue_listed(const struct snapshot *s, int64_t id)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int64_t here = s->items[middle].item.id;
        if (here == id) return &s->items[middle];
        if (here < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct listed *find_code(const struct snapshot *s, struct str code)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(s->items[s->by_code[middle]].item.code, code);
        if (order == 0) return &s->items[s->by_code[middle]];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct item *catalogue_by_id(struct ctx *c, int64_t id)
{
    const struct snapshot *s = catalogue_snapshot(c);
    const struct listed *l = catalogue_listed(s, id);
    return l ? &l->item : NULL;
}

const struct item *catalogue_item(struct ctx *c, struct str id_or_code)
{
    const struct snapshot *s = catalogue_snapshot(c);
    int64_t id;
    const struct listed *l = str_to_i64(id_or_code, &id) ? catalogue_listed(s, id) : NULL;
    if (!l) l = find_code(s, id_or_code);
    return l ? &l->item : NULL;
}

size_t catalogue_count(struct ctx *c)
{
    return catalogue_snapshot(c)->count;
}

size_t catalogue_search(struct ctx *c, struct str query, size_t limit, const struct item ***list)
{
    const struct snapshot *s = catalogue_snapshot(c);
    uint32_t *found;
    size_t count = catalogue_rank(s, c->arena, query, limit, NULL, NULL, &found);
    *list = ARENA_ARRAY(c->arena, count + 1, const struct item *);
    for (size_t i = 0; i < count; i++)
        (*list)[i] = &s->items[found[i]].item;
    return count;
}

struct str item_href(struct arena *a, const struct item *i)
{
    return str_fmt(a, "/items/%lld", (long long)i->id);
}

const struct json *item_service(const struct item *i, bool organisation)
{
    return organisation ? i->form_organisation : i->form_person;
}

static bool named_form(struct ctx *c, struct str code, int version, struct service_code *out)
{
    const struct form_version *v =
        version ? form_version_of(c, code, version) : form_in_force(c, code, date_of(c->now));
    if (!v)
        return err_conflict(c->err, "form.none",
                            "No form is in force for this service. Please tell the service desk.");
    *out = (struct service_code){.form = v->form, .schema = v->schema, .form_version = v->version};
    return true;
}

bool item_code(struct ctx *c, const struct item *i, bool organisation, int form_version,
               struct service_code *out)
{
    struct str code = json_text_of(item_service(i, organisation), "form_code");
    if (code.len) return named_form(c, code, form_version, out);
    const struct service_code *ready = organisation ? i->code_organisation : i->code_person;
    if (!ready) return compile(c->arena, item_service(i, organisation), out, c->err);
    *out = *ready;
    return true;
}

/* ---- versions of the past ---- */

bool catalogue_text(struct ctx *c, struct str hash, const struct json **doc)
{
    *doc = NULL;
    if (!hash.len) return true;
    const struct data_text *current = find_hash(catalogue_snapshot(c), hash);
    struct str text;
    if (current) {
        *doc = current->doc;
        return true;
    }
    if (!catalogue_store_find_text(c, hash, &text)) return false;
    *doc = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *doc != NULL;
}

bool catalogue_assemble(struct ctx *c, const struct version_row *v, struct item *out)
{
    const struct json *base, *person, *organisation, *own = NULL;
    if (!catalogue_text(c, v->base_hash, &base) || !catalogue_text(c, v->person_hash, &person) ||
        !catalogue_text(c, v->organisation_hash, &organisation))
        return false;
    if (v->doc.len > 2 && !(own = json_parse(c->arena, v->doc, JSON_STRICT, c->err))) return false;
    *out = (struct item){.id = v->item,
                         .version = v->version,
                         .code = v->code,
                         .base = v->base,
                         .name = v->name,
                         .type = v->type,
                         .unit = v->unit,
                         .division = v->division,
                         .audience = v->audience};
    fill_item(c->arena, out, base, own, person, organisation);
    out->doc = catalogue_overlay(c->arena, base, own);
    if (!out->doc) out->doc = json_object(c->arena);
    return true;
}

bool catalogue_version(struct ctx *c, int64_t id, int version, const struct item **out)
{
    const struct item *current = catalogue_by_id(c, id);
    struct version_row row;
    bool found;
    if (current && current->version == version) {
        *out = current;
        return true;
    }
    if (!catalogue_store_version(c, id, version, &row, &found)) return false;
    if (!found) return err_missing(c->err, "item", "We cannot find this service.");
    struct item *i = ARENA_NEW(c->arena, struct item);
    *out = i;
    return catalogue_assemble(c, &row, i);
}
