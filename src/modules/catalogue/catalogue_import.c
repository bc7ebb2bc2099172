/* Lists from outside and the shipped data. Imported codes are opaque; what is imported is published at once,
 * as a version of its own. */
#include "modules/catalogue/catalogue_import.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue_manner.h"

enum {
    NAME_MAX_CHARS = 500,
    CODE_MAX = 64,
    REFUSALS_SHOWN = 100,
    COLUMNS = 6,
    MORE_MAX = 64,
    FACT_MAX = 300
};

struct importer {
    const struct import_data *data;
    const struct manner *more[MORE_MAX]; /* the elements that further columns carry; NULL: not read */
    struct str division;
    int64_t read, refused, line, by[SAVED_KEPT + 1];
    struct json *refusals, *kept;
};

static void name_line(struct ctx *c, const struct importer *im, struct json *list, const char *reason)
{
    if (list->count == REFUSALS_SHOWN) return;
    struct json *r = json_add_object(c->arena, list);
    json_set_i64(c->arena, r, "line", im->line);
    json_set_c(c->arena, r, "reason", reason);
}

static bool refuse(struct ctx *c, struct importer *im, const char *reason)
{
    im->refused++;
    name_line(c, im, im->refusals, reason);
    return true;
}

/* ---- what an item rests on ---- */

static bool serves(const struct json *service, const char *who)
{
    JSON_EACH(a, json_get(service, "applicants"))
    {
        if (str_eq_c(a->text, who)) return true;
    }
    return false;
}

static struct str general_hash(struct ctx *c, const struct import_data *d, struct str type, const char *who)
{
    const struct data_text *t = import_find(d, "general", str_fmt(c->arena, "%.*s-%s", STR_ARG(type), who));
    return t ? t->hash : STR_EMPTY;
}

/* Full items have their own form; all others the general one of their type. */
static void choose_services(struct ctx *c, const struct import_data *d, struct version_row *v)
{
    const struct data_text *full = v->base.len ? import_find(d, "full", v->base) : NULL;
    v->person_hash = v->organisation_hash = STR_EMPTY;
    if (full) {
        if (serves(full->doc, "person")) v->person_hash = full->hash;
        if (serves(full->doc, "organisation")) v->organisation_hash = full->hash;
    }
    if (!v->person_hash.len && (v->audience & FOR_PERSON))
        v->person_hash = general_hash(c, d, v->type, "person");
    if (!v->organisation_hash.len && (v->audience & FOR_ORGANISATION))
        v->organisation_hash = general_hash(c, d, v->type, "legal");
}

/* Where a service has a form of its own for organisations alone, what it grants belongs to a business: a
 * person applies as the business they run, and is not told that it is for persons. */
static void narrow(const struct import_data *d, struct str base, struct classes *k)
{
    const struct data_text *full = base.len ? import_find(d, "full", base) : NULL;
    size_t kept = 0;
    if (!full || serves(full->doc, "person") || !serves(full->doc, "organisation")) return;
    if (!(k->audience & FOR_ORGANISATION)) return;
    k->audience = FOR_ORGANISATION;
    for (size_t i = 0; i < k->theme_count; i++)
        if (k->themes[i].ptr[0] == 'l') k->themes[kept++] = k->themes[i];
    k->theme_count = kept;
}

static void join_themes(struct ctx *c, struct version_row *v, const struct classes *k)
{
    struct buf b = buf_new(c->arena, 32);
    for (size_t i = 0; i < k->theme_count; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add(&b, k->themes[i]);
    }
    v->themes = buf_str(&b);
    v->audience = k->audience;
}

static void classes_of_base(struct ctx *c, const struct json *base, struct classes *k)
{
    static const struct {
        const char *word;
        unsigned bit;
        char list;
    } lists[] = {{"person", FOR_PERSON, 'p'}, {"legal", FOR_ORGANISATION, 'l'}};
    *k = (struct classes){0};
    for (size_t i = 0; i < 2; i++) {
        JSON_EACH(who, json_get(base, "for"))
        {
            if (str_eq_c(who->text, lists[i].word)) k->audience |= lists[i].bit;
        }
        JSON_EACH(t, json_get(json_get(base, "themes"), lists[i].word))
        {
            if (k->theme_count < 4)
                k->themes[k->theme_count++] = str_fmt(c->arena, "%c%.*s", lists[i].list, STR_ARG(t->text));
        }
    }
}

static void classify(struct ctx *c, const struct import_data *d, struct version_row *v, struct str plain,
                     struct str main, struct str kind)
{
    struct classes k;
    const struct data_text *base = import_by_name(d, plain);
    v->base = base ? base->code : STR_EMPTY;
    v->base_hash = base ? base->hash : STR_EMPTY;
    if (base) {
        classes_of_base(c, base->doc, &k);
    } else {
        struct str text = !main.len || str_find(plain, main) != SIZE_MAX
                              ? plain
                              : str_fmt(c->arena, "%.*s/%.*s", STR_ARG(plain), STR_ARG(main));
        catalogue_classify(c->arena, d->rules, text, kind, &k);
    }
    narrow(d, v->base, &k);
    join_themes(c, v, &k);
    choose_services(c, d, v);
}

void catalogue_settle(struct ctx *c, const struct import_data *d, struct version_row *v,
                      struct str department_kind)
{
    struct buf kept = buf_new(c->arena, 32);
    unsigned audience = v->audience;
    classify(c, d, v, catalogue_plain_name(c->arena, v->name), STR_EMPTY, department_kind);
    for (struct str rest = v->themes, one; rest.len;) {
        rest = str_cut(rest, ' ', &one);
        if (!one.len || !(audience & (one.ptr[0] == 'l' ? FOR_ORGANISATION : FOR_PERSON))) continue;
        if (kept.len) buf_add_char(&kept, ' ');
        buf_add(&kept, one);
    }
    v->themes = buf_str(&kept);
    v->audience = audience;
    choose_services(c, d, v);
}

/* ---- writing a version when something changed ---- */

static bool same_version(const struct version_row *a, const struct version_row *b)
{
    return str_eq(a->name, b->name) && str_eq(a->type, b->type) && str_eq(a->base_hash, b->base_hash) &&
           str_eq(a->person_hash, b->person_hash) && str_eq(a->organisation_hash, b->organisation_hash) &&
           str_eq(a->doc, b->doc) && str_eq(a->themes, b->themes) && a->audience == b->audience;
}

/* What an officer wrote and another one published is not undone by a list. */
static bool save(struct ctx *c, struct version_row *v, enum catalogue_saved *how)
{
    struct version_row before;
    bool found = false;
    if (!catalogue_store_item_by_code(c, v->code, &v->item, &v->version)) return false;
    *how = v->item ? SAVED_CHANGED : SAVED_NEW;
    if (!v->item && !catalogue_store_add_item(c, v)) return false;
    if (v->version && !catalogue_store_offered(c, v->item, &before, &found)) return false;
    if (found && (before.made_by || (before.current && same_version(&before, v)))) {
        *how = before.current && same_version(&before, v) ? SAVED_SAME : SAVED_KEPT;
        return true;
    }
    v->version++;
    v->status = STR("draft");
    v->made_at = c->now;
    v->made_by = c->actor.account;
    v->authors = STR_EMPTY;
    v->note = STR("import");
    return catalogue_store_add_version(c, v) &&
           catalogue_store_publish(c, v->item, v->version, c->actor.account, c->now);
}

/* ---- lists ---- */

static bool known_type(struct str type)
{
    static const char *const types[] = {"01", "05", "07", "08", "09", "10", "20"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq_c(type, types[i])) return true;
    return false;
}

static bool unit_for(struct ctx *c, struct importer *im, struct str name, struct str code, struct str *kind,
                     int64_t *id)
{
    struct import_unit *u = import_unit(im->data, name);
    *kind = catalogue_department_kind(im->data->departments, name);
    if (u) {
        *id = u->id;
        return true;
    }
    struct unit fresh = {.kind = *kind,
                         .name = name,
                         .division = im->division,
                         .uscc = import_plausible_uscc(code) ? code : STR_EMPTY};
    if (!orgs_save_unit(c, &fresh)) return false;
    *id = fresh.id;
    return import_keep_unit(c, (struct import_data *)im->data, name, fresh.id);
}

/* Further columns are elements by their key in the heading; others are not read. */
static void name_columns(struct importer *im, struct str heading)
{
    struct str name;
    for (size_t i = 0; heading.len && i < COLUMNS + MORE_MAX; i++) {
        heading = str_cut(heading, '\t', &name);
        if (i >= COLUMNS) im->more[i - COLUMNS] = manner_find(str_trim(name));
    }
}

/* What the list says of the item beside its name; false where a value is none that the element may have. */
static bool own_facts(struct ctx *c, const struct importer *im, struct str main, struct str rest,
                      struct str *doc)
{
    struct json *own = json_object(c->arena), *fact = NULL;
    struct str value;
    if (main.len) json_set_str(c->arena, own, "main", main);
    for (size_t i = 0; rest.len && i < MORE_MAX; i++) {
        rest = str_cut(rest, '\t', &value);
        value = str_trim(value);
        if (!im->more[i] || !value.len) continue;
        if (utf8_count(value) > FACT_MAX || !manner_from_list(c->arena, im->more[i], value, &fact))
            return false;
        json_set(own, im->more[i]->key, fact);
    }
    *doc = json_to_str(c->arena, own);
    return true;
}

static bool item_line(struct ctx *c, struct importer *im, struct str line)
{
    struct str f[COLUMNS], rest = line, kind;
    for (size_t i = 0; i < COLUMNS; i++)
        rest = str_cut(rest, '\t', &f[i]);
    struct version_row v = {.code = str_trim(f[0]), .name = str_trim(f[5]), .division = im->division};
    v.type = f[1].len == 1 ? str_fmt(c->arena, "0%.*s", STR_ARG(f[1])) : f[1];
    if (!v.code.len || v.code.len > CODE_MAX) return refuse(c, im, "a code of 1 to 64 characters is needed");
    if (!v.name.len || utf8_count(v.name) > NAME_MAX_CHARS)
        return refuse(c, im, "a name of 1 to 500 characters is needed");
    if (!known_type(v.type)) return refuse(c, im, "the type is none of 1 5 7 8 9 10 20");
    if (!f[2].len) return refuse(c, im, "the department is missing");
    if (import_seen(c, (struct import_data *)im->data, v.code))
        return refuse(c, im, "the code stands twice in the list");
    struct str main = catalogue_plain_name(c->arena, f[4]);
    if (!own_facts(c, im, main.len ? str_trim(f[4]) : STR_EMPTY, rest, &v.doc))
        return refuse(c, im, "an element has a value that is none of its codes, no date, or too long");
    if (!unit_for(c, im, str_trim(f[2]), str_trim(f[3]), &kind, &v.unit)) return false;
    classify(c, im->data, &v, catalogue_plain_name(c->arena, v.name), main, kind);
    enum catalogue_saved how;
    if (!save(c, &v, &how)) return false;
    im->by[how]++;
    if (how == SAVED_KEPT) name_line(c, im, im->kept, "kept, edited here");
    return true;
}

static void report_counts(struct ctx *c, const struct importer *im, struct json *report)
{
    json_set_i64(c->arena, report, "read", im->read);
    json_set_i64(c->arena, report, "new", im->by[SAVED_NEW]);
    json_set_i64(c->arena, report, "changed", im->by[SAVED_CHANGED]);
    json_set_i64(c->arena, report, "same", im->by[SAVED_SAME]);
    json_set_i64(c->arena, report, "kept", im->by[SAVED_KEPT]);
    json_set(report, "kept_lines", im->kept);
    json_set_i64(c->arena, report, "refused", im->refused);
    json_set(report, "refusals", im->refusals);
}

bool catalogue_import_items(struct ctx *c, struct str tsv, struct json *report)
{
    struct import_data data;
    struct str line, place = json_text_of(report, "division");
    if (!import_load(c, &data)) return false;
    struct importer im = {.data = &data,
                          .division = place.len ? place : orgs_place(c),
                          .refusals = json_array(c->arena),
                          .kept = json_array(c->arena)};
    bool heading = true;
    name_columns(&im, json_text_of(report, "heading"));
    while (tsv.len) {
        tsv = str_cut(tsv, '\n', &line);
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        im.line++;
        if (heading && str_starts(line, STR("item_code"))) {
            name_columns(&im, line);
            continue;
        }
        heading = false;
        if (!line.len) continue;
        im.read++;
        if (!(utf8_valid(line) ? item_line(c, &im, line) : refuse(c, &im, "the line is not UTF-8")))
            return false;
    }
    report_counts(c, &im, report);
    ctx_changed(c, "catalogue");
    return true;
}

/* ---- own items of the demonstration ---- */

static bool demo_unit(struct ctx *c, struct str kind, struct str division, int64_t *id)
{
    const struct unit *u = orgs_unit_of_kind(c, kind, division);
    *id = u ? u->id : 0;
    return true;
}

static bool own_item(struct ctx *c, const struct import_data *d, const struct data_text *base,
                     struct str division)
{
    struct classes k;
    enum catalogue_saved how;
    struct version_row v = {.code = str_fmt(c->arena, "%.*s-%.*s", STR_ARG(base->code), STR_ARG(division)),
                            .name = json_text_of(base->doc, "name"),
                            .type = json_text_of(base->doc, "type"),
                            .division = division,
                            .base = base->code,
                            .base_hash = base->hash,
                            .doc = STR("{}")};
    if (!demo_unit(c, json_text_of(base->doc, "department"), division, &v.unit)) return false;
    if (!v.unit) return true; /* no such department here */
    classes_of_base(c, base->doc, &k);
    narrow(d, base->code, &k);
    join_themes(c, &v, &k);
    choose_services(c, d, &v);
    return save(c, &v, &how);
}

bool catalogue_fill_demo(struct ctx *c)
{
    struct import_data data;
    size_t items;
    if (!import_load(c, &data) || !catalogue_store_count(c, &items)) return false;
    struct str place = orgs_place(c);
    bool listed;
    if (!catalogue_store_any_listed(c, &listed)) return false;
    for (size_t i = 0; i < data.count; i++) {
        const struct data_text *t = &data.texts[i];
        bool wanted = str_eq_c(t->kind, "base") && (!listed || json_true_of(t->doc, "demonstration"));
        if (wanted && !own_item(c, &data, t, place)) return false;
    }
    ctx_changed(c, "catalogue");
    return true;
}
