#include "modules/exchange/exchange_setup.h"

#include "core/http/server.h"
#include "modules/evidence/evidence.h"

#include <ctype.h>

bool setup_holds(struct ctx *c, int64_t entry, bool *holds)
{
    struct source_setup s;
    bool found;
    if (!source_store_find(c, entry, &s, &found)) return false;
    *holds = found && s.doc;
    return true;
}

struct json *setup_lines(struct ctx *c, struct str lines)
{
    struct json *map = json_object(c->arena);
    while (lines.len) {
        struct str line, name;
        lines = str_cut(lines, '\n', &line);
        struct str value = str_trim(str_cut(line, '=', &name));
        name = str_trim(name);
        if (name.len) json_set_str(c->arena, map, str_z(c->arena, name), value.len ? value : name);
    }
    return map;
}

struct json *setup_items(struct ctx *c, const struct data_entry *e, struct str lines)
{
    struct json *map = setup_lines(c, lines);
    JSON_EACH(i, map->count || !e->doc ? NULL : json_get(e->doc, "items"))
    {
        struct str id = json_text_of(i, "id");
        json_set_str(c->arena, map, str_z(c->arena, id), id);
    }
    return map;
}

/* ---- is it sound? ---- */

static bool code_sound(struct str code)
{
    for (size_t i = 0; i < code.len; i++)
        if (!islower((unsigned char)code.ptr[i]) && !isdigit((unsigned char)code.ptr[i]) &&
            code.ptr[i] != '-' && code.ptr[i] != '_')
            return false;
    return code.len > 0 && code.len <= CODE_MAX && !str_eq_c(code, "batches"); /* an address of its own */
}

/* Of a service: begins with a stroke; no query, nothing that leads out of the place. */
static bool path_sound(struct str path)
{
    for (size_t i = 0; i < path.len; i++)
        if (!isalnum((unsigned char)path.ptr[i]) && !strchr("/-_.", path.ptr[i])) return false;
    return (!path.len || path.ptr[0] == '/') && str_find(path, STR("..")) == SIZE_MAX;
}

static bool place_fits(struct ctx *c, const struct source_kind *kind, struct str name, int64_t unit)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    const struct place *p = source_place(&state->sources, name);
    for (size_t i = 0; kind->schemes && kind->schemes[i]; i++)
        if (p && place_is_of(c, p, unit) && str_starts(str_c(p->address), str_c(kind->schemes[i])))
            return true;
    return !kind->schemes && !name.len;
}

static bool items_sound(struct ctx *c, const struct data_entry *e, const struct json *items, bool columns)
{
    if (!items || !items->count)
        return err_at(c->err, STR("items"), "Name 1 to 60 items of data.", STR_EMPTY);
    JSON_EACH(m, items)
    {
        bool known = false;
        JSON_EACH(i, json_get(e->doc, "items"))
        {
            known = known || str_eq(json_text_of(i, "id"), m->key);
        }
        if (!known) return err_at(c->err, STR("items"), "The entry has no such item: %{arg}", m->key);
        if (!m->text.len || (columns && !source_name_sound(m->text, false)))
            return err_at(c->err, STR("items"), "This is no name of a column: %{arg}", m->text);
    }
    return true;
}

static bool code_free(struct ctx *c, const struct data_entry *e, struct str code)
{
    int64_t entry;
    return resource_store_by_code(c, code, &entry) &&
           (!entry || entry == e->id ||
            err_at(c->err, STR("code"), "Another resource has this code.", STR_EMPTY));
}

/* What the header conventions need beside an address. */
static void convention_sound(struct ctx *c, const struct json *doc)
{
    const struct json *ticket = json_get(doc, "ticket");
    bool old = str_eq_c(json_text_of(doc, "kind"), "gjgxjhpt"),
         any = old || str_eq_c(json_text_of(doc, "kind"), "gjzwfwpt");
    if (any && !json_text_of(doc, "rid").len)
        (void)err_at(c->err, STR("rid"), "The provider gives rid, sid and secret.", STR_EMPTY);
    if (any && !json_text_of(doc, "sid").len)
        (void)err_at(c->err, STR("sid"), "The provider gives rid, sid and secret.", STR_EMPTY);
    if (old && (!path_sound(json_text_of(ticket, "path")) || !json_text_of(ticket, "path").len ||
                !json_text_of(ticket, "sid").len || !json_text_of(ticket, "secret").len ||
                !json_text_of(ticket, "until").len || !aes_known(json_text_of(ticket, "cipher"))))
        (void)err_at(c->err, STR("ticket"), "Lines of path, sid, secret, until and cipher are needed.",
                     STR_EMPTY);
}

bool setup_check(struct ctx *c, const struct data_entry *e, const struct json *doc)
{
    const struct source_kind *kind = source_kind_of(json_text_of(doc, "kind"));
    struct str code = json_text_of(doc, "code"), path = json_text_of(doc, "path"),
               key = json_text_of(doc, "key");
    int64_t timeout = json_i64_of(doc, "timeout", 0);
    if (!e->doc || json_text_of(e->doc, "register").len)
        return err_conflict(c->err, "exchange.one_source",
                            "A published entry without a register can be given a source.");
    if (!kind) return err_at(c->err, STR("kind"), "Please choose one of the list.", STR_EMPTY);
    bool table = str_eq_c(json_text_of(doc, "kind"), "table"), http = kind->waits && !table;
    if (!code_sound(code))
        (void)err_at(c->err, STR("code"), "Small letters, digits and hyphens: the name it is asked by.",
                     STR_EMPTY);
    if (!place_fits(c, kind, json_text_of(doc, "place"), e->unit))
        (void)err_at(c->err, STR("place"),
                     "This kind has no such place for your department. The operator names places.",
                     STR_EMPTY);
    if (table ? !source_name_sound(path, true) : http ? !path_sound(path) : path.len > 0)
        (void)err_at(c->err, STR("path"), "A table (name or schema.name), or the path of a service.",
                     STR_EMPTY);
    if (table ? !source_name_sound(key, false) : !key.len)
        (void)err_at(c->err, STR("key"), "The column or member that holds the number.", STR_EMPTY);
    convention_sound(c, doc);
    int64_t limit = json_i64_of(doc, "limit", 1);
    bool lists = table || str_eq_c(json_text_of(doc, "kind"), "http");
    if (limit < 1 || limit > RECORDS_MAX || (limit > 1 && !lists))
        (void)err_at(c->err, STR("limit"),
                     "Between 1 and 50; more than 1 of a table or a service of the provider alone.",
                     STR_EMPTY);
    if (timeout < 100 || timeout > SOURCE_TIMEOUT_MAX)
        (void)err_at(c->err, STR("timeout"), "Between 100 and 10000 milliseconds.", STR_EMPTY);
    return items_sound(c, e, json_get(doc, "items"), table) && code_free(c, e, code) &&
           c->err->kind == ERR_NONE && setup_alone(c, e->id, doc);
}

/* ---- one source ---- */

static bool same_place(const struct sources *all, struct str one, struct str other)
{
    const struct place *p = source_place(all, one), *q = source_place(all, other);
    return str_eq(one, other) || (p && q && strcmp(p->address, q->address) == 0);
}

/* Of a table its name without the schema that is meant where none is named; of a service its path and number.
 */
static struct str what_of(struct ctx *c, const struct json *doc)
{
    struct str path = str_lower(c->arena, json_text_of(doc, "path"));
    if (str_starts(path, STR("main."))) path = str_slice(path, 5, path.len);
    if (str_starts(path, STR("public."))) path = str_slice(path, 7, path.len);
    while (path.len && path.ptr[path.len - 1] == '/')
        path.len--;
    return str_fmt(c->arena, "%.*s %.*s", STR_ARG(path), STR_ARG(json_text_of(doc, "sid")));
}

bool setup_alone(struct ctx *c, int64_t entry, const struct json *doc)
{
    const struct exchange_state *state = server_state(c->server, "exchange");
    struct str place = json_text_of(doc, "place"), what = what_of(c, doc);
    struct source_setup *rows;
    size_t count;
    if (!place.len) return true;
    if (!source_store_others(c, entry, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (same_place(&state->sources, place, json_text_of(rows[i].doc, "place")) &&
            str_eq(what, what_of(c, rows[i].doc)))
            return err_conflict(c->err, "exchange.one_source",
                                "Another entry has its data from there: one item of data has one source.");
    return true;
}

bool setup_still_alone(struct ctx *c, int64_t entry)
{
    struct source_setup s;
    bool found;
    return source_store_find(c, entry, &s, &found) && (!found || !s.doc || setup_alone(c, entry, s.doc));
}

/* ---- acts ---- */

static bool record(struct ctx *c, const char *act, const struct data_entry *e, const struct json *doc)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "code", json_text_of(doc, "code"));
    json_set_str(c->arena, detail, "kind", json_text_of(doc, "kind"));
    json_set_str(c->arena, detail, "place", json_text_of(doc, "place"));
    return evidence_add(c, act, "data_source", e->id, 0, detail);
}

static struct source_setup draft_of(const struct ctx *c, const struct data_entry *e, const struct json *doc)
{
    return (struct source_setup){
        .entry = e->id, .code = json_text_of(doc, "code"), .draft = doc, .author = c->actor.account};
}

bool setup_hand_in(struct ctx *c, const struct data_entry *e, const struct json *doc,
                   const struct str *secret)
{
    const struct source_setup s = draft_of(c, e, doc);
    return setup_check(c, e, doc) && source_store_draft(c, &s, secret) &&
           record(c, "exchange.source_submit", e, doc);
}

static bool waiting(struct ctx *c, const struct data_entry *e, struct source_setup *s)
{
    bool found;
    if (!source_store_find(c, e->id, s, &found)) return false;
    if (!found || !s->draft)
        return err_conflict(c->err, "exchange.state",
                            "This step has already been done, or another one comes first.");
    return s->author != c->actor.account ||
           err_denied(c->err, "exchange.four_eyes",
                      "You handed this in yourself. Someone else must decide it.");
}

/* One resource an entry: made with its first source, by whose code it is asked. */
static bool open_resource(struct ctx *c, const struct data_entry *e, const struct json *doc)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!found) r = (struct data_resource){.id = ctx_id(c), .entry = e->id};
    r.code = json_text_of(doc, "code");
    r.kind = json_text_of(doc, "kind");
    r.register_id = STR_EMPTY;
    if (!found || !str_eq_c(r.state, "suspended"))
        r.state = str_eq_c(e->state, "published") ? STR("open") : STR("closed");
    ctx_changed(c, "exchange");
    return resource_store_save(c, &r);
}

static bool settle(struct ctx *c, const struct data_entry *e, struct source_setup *s)
{
    s->code = json_text_of(s->draft, "code");
    return setup_check(c, e, s->draft) && source_store_settle(c, s, true) && open_resource(c, e, s->draft) &&
           record(c, "exchange.source_agree", e, s->draft);
}

bool setup_agree(struct ctx *c, const struct data_entry *e)
{
    struct source_setup s;
    return waiting(c, e, &s) && settle(c, e, &s);
}

bool setup_return(struct ctx *c, const struct data_entry *e)
{
    struct source_setup s;
    return waiting(c, e, &s) && source_store_settle(c, &s, false) &&
           record(c, "exchange.source_return", e, s.draft);
}

bool setup_import(struct ctx *c, const struct data_entry *e, const struct json *doc, struct str secret)
{
    struct source_setup s = draft_of(c, e, doc);
    return setup_check(c, e, doc) && source_store_draft(c, &s, &secret) && settle(c, e, &s);
}
