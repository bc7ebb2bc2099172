/* The snapshot of forms, which version is in force, and the module. */
#include "modules/forms/forms.h"
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

enum { SNAPSHOT_MAX = 256 << 20 };

static void drop_snapshot(void *data)
{
    arena_drop(((struct snapshot *)data)->arena);
}

/* It was sound when it was published; one that this program cannot compile any more stops it, because cases
 * hold answers to it. */
static bool add_version(struct snapshot *s, const struct versions_row *row, struct err *e)
{
    struct arena *a = s->arena;
    struct form_version *v = &s->versions[s->count++];
    *v = (struct form_version){.id = row->id,
                               .version = row->version,
                               .code = str_dup(a, row->code),
                               .name = str_dup(a, row->name),
                               .en = str_dup(a, row->en),
                               .from = row->from,
                               .schema = json_parse(a, str_dup(a, row->text), JSON_STRICT, e)};
    v->form = v->schema ? form_parse(a, v->schema, e) : NULL;
    return v->form != NULL;
}

static bool fill(struct ctx *c, struct snapshot *s)
{
    struct versions_row *rows;
    size_t count;
    if (!versions_published(c, &form_versions, &rows, &count)) return false;
    s->versions = ARENA_ARRAY(s->arena, count + 1, struct form_version);
    for (size_t i = 0; i < count; i++)
        if (!add_version(s, &rows[i], c->err)) return false;
    return true;
}

static bool refresh(struct ctx *c)
{
    struct forms_state *s = server_state(c->server, "forms");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for forms");
    struct snapshot *fresh = ARENA_NEW(a, struct snapshot);
    fresh->arena = a;
    if (!fill(c, fresh)) {
        arena_drop(a);
        return false;
    }
    return shared_put(&s->snapshot, fresh, drop_snapshot) || err_fault(c->err, "not enough memory for forms");
}

const struct snapshot *forms_snapshot(struct ctx *c)
{
    struct forms_state *s = server_state(c->server, "forms");
    return ctx_shared(c, &s->snapshot);
}

const struct form_version *form_in_force(struct ctx *c, struct str code, int32_t day)
{
    const struct snapshot *s = forms_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && s->versions[i].from <= day) return &s->versions[i];
    return NULL;
}

const struct form_version *form_version_of(struct ctx *c, struct str code, int version)
{
    const struct snapshot *s = forms_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && s->versions[i].version == version) return &s->versions[i];
    return NULL;
}

bool forms_list(struct ctx *c, struct form_name **names, size_t *count)
{
    struct versions_row *rows;
    if (!versions_last(c, &form_versions, &rows, count)) return false;
    *names = ARENA_ARRAY(c->arena, *count + 1, struct form_name);
    for (size_t i = 0; i < *count; i++)
        (*names)[i] = (struct form_name){rows[i].code, rows[i].name, rows[i].en,
                                         form_in_force(c, rows[i].code, INT32_MAX) != NULL};
    return true;
}

/* ---- where a field can be filled in from ---- */

void forms_set_sources(struct server *server, forms_sources *sources)
{
    struct forms_state *s = server_state(server, "forms");
    s->sources = sources;
}

bool forms_all_sources(struct ctx *c, struct json **list)
{
    static const char *const account[][2] = {{"account.name", "The person's account: name"},
                                             {"account.id_number", "The person's account: identity number"},
                                             {"account.mobile", "The person's account: mobile phone"}};
    const struct forms_state *s = server_state(c->server, "forms");
    *list = json_array(c->arena);
    for (size_t i = 0; i < sizeof account / sizeof account[0]; i++) {
        struct json *o = json_add_object(c->arena, *list);
        json_set_c(c->arena, o, "value", account[i][0]);
        json_set_str(c->arena, o, "label", ctx_tr(c, account[i][1]));
    }
    return !s->sources || s->sources(c, *list);
}

/* ---- the module ---- */

static bool start(struct ctx *c)
{
    struct forms_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "forms", s);
    return refresh(c);
}

static void stop(struct server *server)
{
    struct forms_state *s = server_state(server, "forms");
    if (!s) return;
    shared_close(&s->snapshot);
    mem_free(s);
    server_set_state(server, "forms", NULL);
}

#define ONE "/office/forms/{id}"

static const struct route routes[] = {
    GET("/office/forms", ALLOW("form.read"), SCOPE(NO_ROW), forms_list_page, "forms/list",
        .summary = "Forms with their versions"),
    GET("/office/forms/new", ALLOW("form.edit"), SCOPE(NO_ROW), forms_new_page, "forms/new",
        .summary = "The form that begins a form"),
    POST("/office/forms/new", ALLOW("form.edit"), SCOPE(NO_ROW), forms_create, "forms/new",
         .in = forms_new_fields, .again = forms_new_page, .flags = ROUTE_UPLOAD,
         .summary = "Begins a form as a draft, blank or from a JSON Schema"),
    GET(ONE, ALLOW("form.read"), SCOPE(forms_scope), forms_page, "forms/one", .in = forms_page_fields,
        .summary = "A version: pages, fields, preview, faults"),
    POST(ONE "/add", ALLOW("form.edit"), SCOPE(forms_scope), forms_add_now, "forms/one",
         .in = forms_add_fields, .again = forms_page, .summary = "Adds a field or a page to the draft"),
    POST(ONE "/change", ALLOW("form.edit"), SCOPE(forms_scope), forms_change, "forms/one",
         .in = forms_change_fields, .again = forms_page,
         .summary = "Moves or deletes a field or a page of the draft"),
    POST(ONE "/settings", ALLOW("form.edit"), SCOPE(forms_scope), forms_settings, "forms/one",
         .in = forms_settings_fields, .again = forms_page, .summary = "Names of the form"),
    GET(ONE "/field", ALLOW("form.edit"), SCOPE(forms_scope), forms_field_page, "forms/question",
        .in = forms_at_fields, .summary = "Everything about one field"),
    POST(ONE "/field", ALLOW("form.edit"), SCOPE(forms_scope), forms_field_save, "forms/question",
         .in = forms_field_fields, .again = forms_field_page, .summary = "Saves one field"),
    POST(ONE "/look", ALLOW("form.edit"), SCOPE(forms_scope), forms_field_look, "forms/look",
         .in = forms_field_fields, .flags = ROUTE_READS | ROUTE_HTML_ONLY,
         .summary = "What one field would look like, without saving it"),
    GET(ONE "/page", ALLOW("form.edit"), SCOPE(forms_scope), forms_page_page, "forms/page",
        .in = forms_at_fields, .summary = "The titles of one page"),
    POST(ONE "/page", ALLOW("form.edit"), SCOPE(forms_scope), forms_page_save, "forms/page",
         .in = forms_title_fields, .again = forms_page_page, .summary = "Saves the titles of one page"),
    GET(ONE "/schema", ALLOW("form.read"), SCOPE(forms_scope), forms_export, NULL, .in = forms_page_fields,
        .summary = "A version as JSON Schema 2020-12"),
    GET(ONE "/import", ALLOW("form.edit"), SCOPE(forms_scope), forms_import_page, "forms/import",
        .summary = "The form that replaces a draft by a JSON Schema"),
    POST(ONE "/import", ALLOW("form.edit"), SCOPE(forms_scope), forms_import, "forms/import",
         .in = forms_import_fields, .again = forms_import_page, .flags = ROUTE_UPLOAD,
         .summary = "Replaces the draft by a JSON Schema, or lists what is refused"),
    GET(ONE "/try", ALLOW("form.read"), SCOPE(forms_scope), forms_try_page, "forms/try",
        .in = forms_try_fields, .summary = "Fills a version in by way of trial"),
    POST(ONE "/try", ALLOW("form.read"), SCOPE(forms_scope), forms_try, "forms/try", .in = forms_try_fields,
         .flags = ROUTE_READS | ROUTE_UPLOAD, .summary = "Checks what was filled in by way of trial"),
    POST(ONE "/review", ALLOW("form.edit"), SCOPE(forms_scope), forms_review_now, "forms/one",
         .in = forms_review_fields, .again = forms_page, .summary = "Sends the draft to review"),
    POST(ONE "/publish", ALLOW("form.publish"), SCOPE(forms_scope), forms_publish_now, "forms/one",
         .again = forms_page, .summary = "Publishes a reviewed version"),
    POST(ONE "/return", ALLOW("form.publish"), SCOPE(forms_scope), forms_return_now, "forms/one",
         .in = forms_return_fields, .again = forms_page, .summary = "Returns a version to its author"),
    POST(ONE "/roll-back", ALLOW("form.publish"), SCOPE(forms_scope), forms_roll_back_now, "forms/one",
         .in = forms_back_fields, .again = forms_page,
         .summary = "An earlier version takes effect again, as a new one"),
};

static const struct permission permissions[] = {
    {"form.read", "See forms with drafts", "editor|steward|supervisor"},
    {"form.edit", "Write forms", "editor"},
    {"form.publish", "Review and publish forms", "steward|supervisor"},
};

static const char *const needs[] = {"evidence", "registry", "versions", NULL};

const struct module forms_module = {
    .name = "forms",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = start,
    .refresh = refresh,
    .stop = stop,
};
