/* The page that moves running cases to another version, and what the steps that are gone are there. A page of
 * cases at a time: said for all steps that are asked for, it is done for all of them, else for none. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

/* Cases behind that one; null: from the first one on. */
static void set_behind(struct ctx *c, const char *name, int64_t id)
{
    json_set(ctx_doc(c), name,
             id ? json_string(c->arena, str_fmt(c->arena, "%lld", (long long)id)) : json_null(c->arena));
}

static bool move_head(struct ctx *c, struct versions_row *row)
{
    bool open;
    struct json *doc = ctx_doc(c), *f;
    struct versions_row *rows;
    size_t count;
    if (!versions_draft(c, &process_versions, c->row, row, &open) ||
        !versions_of(c, &process_versions, c->row, &rows, &count))
        return false;
    json_set_str(c->arena, doc, "name", process_name_of(c, row));
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/processes/%lld", (long long)c->row));
    struct json *fields = json_set_array(c->arena, doc, "fields");
    f = ctx_field(c, fields, "to", "To version", "select", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    for (size_t i = 0; i < count; i++)
        if (rows[i].published_at)
            ctx_option(c, f, str_fmt(c->arena, "%d", rows[i].version),
                       tr_arg(c->lang, c->arena, "Version %{arg}", str_fmt(c->arena, "%d", rows[i].version)));
    f = ctx_field(c, fields, "case_no", "Reference number", "text", STR_EMPTY);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Empty: all running cases of this process."));
    json_set_array(c->arena, doc, "cases");
    json_set_array(c->arena, doc, "places");
    json_set_bool(c->arena, doc, "has_places", false);
    json_set_bool(c->arena, doc, "done", false);
    set_behind(c, "behind", in_i64(c, "after", 0));
    set_behind(c, "after", 0);
    return true;
}

bool process_move_cases(struct ctx *c, struct str code, int to, struct str case_no,
                        const struct bpmn_places *places, int64_t *after, bool apply, struct json *report)
{
    const struct processes_state *s = server_state(c->server, "processes");
    return !s->mover || s->mover(c, code, to, case_no, places, after, apply, report);
}

/* ---- steps that are others now ---- */

enum { PLACES_MAX = 200 };
#define STAYS "-" /* cases that stand there stay under their version */

static const char *field_of(struct ctx *c, struct str id)
{
    return str_z(c->arena, str_fmt(c->arena, "place.%.*s", STR_ARG(id)));
}

/* What is said of that step: by its own field, or as ID=NEW among the steps that are asked for, which is how
 * programs say it. Empty: nothing. */
static struct str said_of(struct ctx *c, struct str id)
{
    struct str all = in_text(c, "places"), one, name;
    while (all.len) {
        all = str_cut(all, ' ', &one);
        struct str to = str_cut(one, '=', &name);
        if (to.len && str_eq(name, id)) return to;
    }
    return ctx_param(c, str_c(field_of(c, id)));
}

/* `list` has room for PLACES_MAX. */
static struct bpmn_places read_places(struct ctx *c, struct bpmn_place *list)
{
    struct bpmn_places out = {list, 0};
    struct str all = in_text(c, "places"), one, id;
    while (all.len && out.count < PLACES_MAX) {
        all = str_cut(all, ' ', &one);
        str_cut(one, '=', &id);
        struct str to = id.len ? said_of(c, id) : STR_EMPTY;
        if (to.len && !str_eq_c(to, STAYS)) list[out.count++] = (struct bpmn_place){id, to};
    }
    return out;
}

static struct json *row_of(const struct json *rows, struct str id)
{
    JSON_EACH(one, rows)
    {
        if (str_eq(json_text_of(one, "place"), id)) return (struct json *)one;
    }
    return NULL;
}

static void add_once(struct ctx *c, struct json *list, struct str text)
{
    JSON_EACH(one, list)
    {
        if (str_eq(json_text_of(one, "text"), text)) return;
    }
    json_set_str(c->arena, json_add_object(c->arena, list), "text", text);
}

static bool has_option(const struct json *row, struct str value)
{
    JSON_EACH(one, json_get(row, "options"))
    {
        if (str_eq(json_text_of(one, "value"), value)) return true;
    }
    return false;
}

static void add_place(struct ctx *c, struct json *rows, const struct json *place)
{
    struct str id = json_text_of(place, "id");
    struct json *row = row_of(rows, id);
    if (!row) {
        struct str name = json_text_of(place, "name");
        struct str label = str_eq(name, id)
                               ? id
                               : str_fmt(c->arena, c->lang == &lang_en ? "%.*s (%.*s)" : "%.*s（%.*s）",
                                         STR_ARG(name), STR_ARG(id));
        row = ctx_field(c, rows, field_of(c, id), "What it is now", "select", said_of(c, id));
        json_set_str(c->arena, row, "label", label);
        json_set_bool(c->arena, row, "required", true);
        json_set_str(c->arena, row, "place", id);
        ctx_option(c, row, STR_EMPTY, ctx_tr(c, "Please choose"));
        ctx_option(c, row, STR(STAYS), ctx_tr(c, "Cases there stay under their version"));
        json_set_i64(c->arena, row, "cases", 0);
        json_set_array(c->arena, row, "lacks");
    }
    json_set_i64(c->arena, row, "cases", json_i64_of(row, "cases", 0) + 1);
    JSON_EACH(o, json_get(place, "options"))
    {
        struct str value = json_text_of(o, "id"), name = json_text_of(o, "name");
        if (!has_option(row, value))
            ctx_option(c, row, value,
                       str_eq(name, value) ? name
                                           : str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(value)));
    }
}

/* The rows of the form: each step that some case stands at, or comes back to, and that is gone; with what
 * those cases still lack there. True when each of them is answered. */
static bool add_places(struct ctx *c, struct json *doc, const struct json *cases)
{
    struct json *rows = json_set_array(c->arena, doc, "places");
    struct str ids = STR_EMPTY;
    bool answered = true;
    JSON_EACH(one, cases)
    {
        JSON_EACH(place, json_get(one, "places"))
        {
            add_place(c, rows, place);
        }
    }
    JSON_EACH(one, cases)
    {
        JSON_EACH(lack, json_get(one, "missing"))
        {
            const struct json *row = row_of(rows, json_text_of(lack, "element"));
            struct str said = row ? said_of(c, json_text_of(row, "place")) : STR_EMPTY;
            if (said.len && !str_eq_c(said, STAYS))
                add_once(c, (struct json *)json_get(row, "lacks"), json_text_of(lack, "text"));
        }
    }
    JSON_EACH(row, rows)
    {
        struct str id = json_text_of(row, "place");
        ids = ids.len ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(ids), STR_ARG(id)) : id;
        answered = answered && said_of(c, id).len;
        json_set_bool(c->arena, (struct json *)row, "has_lacks", json_get(row, "lacks")->count > 0);
    }
    json_set_str(c->arena, doc, "place_ids", ids);
    json_set_bool(c->arena, doc, "has_places", rows->count > 0);
    return answered;
}

/* Who has been asked about steps says it of all of them before anything moves. */
static bool all_is_said(struct ctx *c, struct str code, int to, const struct bpmn_places *places,
                        int64_t after)
{
    struct json *cases = json_array(c->arena);
    if (!process_move_cases(c, code, to, in_text(c, "case_no"), places, &after, false, cases)) return false;
    if (add_places(c, ctx_doc(c), cases)) return true;
    JSON_EACH(row, json_get(ctx_doc(c), "places"))
    {
        if (!said_of(c, json_text_of(row, "place")).len)
            return err_at(c->err, str_c(field_of(c, json_text_of(row, "place"))),
                          "Nothing was moved: please say for each of these steps what it is now.", STR_EMPTY);
    }
    return true;
}

bool processes_move_page(struct ctx *c)
{
    struct versions_row row;
    struct json *cases = json_array(c->arena);
    struct bpmn_place *list = ARENA_ARRAY(c->arena, PLACES_MAX, struct bpmn_place);
    const struct bpmn_places places = read_places(c, list);
    int64_t after = in_i64(c, "after", 0);
    if (!move_head(c, &row)) return false;
    if (!c->failed || !in_has(c, "places") || !process_version_of(c, row.code, (int)in_i64(c, "to", 0)))
        return true;
    if (!process_move_cases(c, row.code, (int)in_i64(c, "to", 0), in_text(c, "case_no"), &places, &after,
                            false, cases))
        return false;
    add_places(c, ctx_doc(c), cases);
    return true;
}

/* A page of them at a time: what was looked at is what is moved then, and what was moved is behind. */
bool processes_move(struct ctx *c)
{
    struct versions_row row;
    struct json *doc = ctx_doc(c);
    struct bpmn_place *list = ARENA_ARRAY(c->arena, PLACES_MAX, struct bpmn_place);
    const struct bpmn_places places = read_places(c, list);
    bool further = str_eq_c(in_text(c, "go"), "further");
    int64_t after = in_i64(c, further ? "last" : "after", 0), last = after, moved = 0;
    int to = (int)in_i64(c, "to", 0);
    if (!move_head(c, &row)) return false;
    bool apply = str_eq_c(in_text(c, "go"), "move");
    struct json *cases = (struct json *)json_get(doc, "cases");
    if (!process_version_of(c, row.code, to))
        return err_at(c->err, STR("to"), "Please choose one of the options.", STR_EMPTY);
    if ((apply && in_has(c, "places") && !all_is_said(c, row.code, to, &places, after)) ||
        !process_move_cases(c, row.code, to, in_text(c, "case_no"), &places, &last, apply, cases))
        return false;
    JSON_EACH(one, cases)
    {
        moved += json_true_of(one, "moved");
    }
    add_places(c, doc, cases);
    json_set_bool(c->arena, doc, "done", true);
    json_set_bool(c->arena, doc, "applied", apply);
    json_set_i64(c->arena, doc, "moved", moved);
    set_behind(c, "behind", apply ? last : after);
    set_behind(c, "after", in_text(c, "case_no").len || last == after ? 0 : last);
    return true;
}

const struct field processes_move_fields[] = {
    {"to", FIELD_INT, "To version", true, .min = 1, .max = 1000000},
    {"case_no", FIELD_LINE, "Reference number", .max = 40},
    {"go", FIELD_CHOICE, "What to do", .choices = "look|move|further"},
    {"places", FIELD_LINE,
     .label = "Steps that are others now: their ids, each with = and its id there, or -", .max = 8000},
    {"after", FIELD_ID, .label = "Cases behind this one"},
    {"last", FIELD_ID, .label = "Looking further: cases behind this one"},
    {0},
};
