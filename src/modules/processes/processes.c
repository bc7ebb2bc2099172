/* The snapshot of processes, and which version is in force. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/processes/processes_internal.h"

enum { SNAPSHOT_MAX = 256 << 20 };

static void drop_snapshot(void *data)
{
    arena_drop(((struct snapshot *)data)->arena);
}

/* It was sound when it was published; one that this program cannot compile any more stops it, because cases
 * run under it. */
static bool add_version(struct snapshot *s, const struct versions_row *row, struct err *e)
{
    struct arena *a = s->arena;
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    struct course_faults *faults = ARENA_NEW(a, struct course_faults);
    struct process_version *v = &s->versions[s->count++];
    *v = (struct process_version){.process = row->id,
                                  .version = row->version,
                                  .code = str_dup(a, row->code),
                                  .name = str_dup(a, row->name),
                                  .en = str_dup(a, row->en),
                                  .from = row->from};
    v->course = course_load(a, str_dup(a, row->text), findings, faults, e);
    return v->course != NULL;
}

static bool fill(struct ctx *c, struct snapshot *s)
{
    struct versions_row *rows;
    size_t count;
    if (!versions_published(c, &process_versions, &rows, &count)) return false;
    s->versions = ARENA_ARRAY(s->arena, count + 1, struct process_version);
    for (size_t i = 0; i < count; i++)
        if (!add_version(s, &rows[i], c->err)) return false;
    process_link_all(s->arena, s->versions, s->count);
    return true;
}

static bool refresh(struct ctx *c)
{
    struct processes_state *s = server_state(c->server, "processes");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for processes");
    struct snapshot *fresh = ARENA_NEW(a, struct snapshot);
    fresh->arena = a;
    if (!fill(c, fresh)) {
        arena_drop(a);
        return false;
    }
    return shared_put(&s->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for processes");
}

const struct snapshot *processes_snapshot(struct ctx *c)
{
    struct processes_state *s = server_state(c->server, "processes");
    return ctx_shared(c, &s->snapshot);
}

const struct process_version *process_in_force(struct ctx *c, struct str code, int32_t day)
{
    const struct snapshot *s = processes_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && s->versions[i].from <= day) return &s->versions[i];
    return NULL;
}

const struct process_version *process_version_of(struct ctx *c, struct str code, int version)
{
    const struct snapshot *s = processes_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && s->versions[i].version == version) return &s->versions[i];
    return NULL;
}

const struct process_version *process_first(struct ctx *c, struct str code)
{
    const struct snapshot *s = processes_snapshot(c);
    const struct process_version *first = NULL;
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && (!first || s->versions[i].version < first->version))
            first = &s->versions[i];
    return first;
}

bool process_may_begin(const struct process_version *v)
{
    const struct bpmn *b = course_model(v->course);
    return bpmn_begins_on_event(b, bpmn_process(b, 0)) < 0;
}

bool process_list(struct ctx *c, struct process_name **names, size_t *count)
{
    struct versions_row *rows;
    if (!versions_last(c, &process_versions, &rows, count)) return false;
    *names = ARENA_ARRAY(c->arena, *count + 1, struct process_name);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct process_version *first = process_first(c, rows[i].code);
        if (first && course_is_part(first->course)) continue;
        (*names)[kept++] = (struct process_name){rows[i].code, rows[i].name, rows[i].en, first != NULL};
    }
    *count = kept;
    return true;
}

struct str process_of_flow(const struct json *flow)
{
    struct str code = json_text_of(flow, "process");
    if (code.len) return code;
    return json_text_of(flow, "rule").len ? STR("rule-first") : STR("one-review");
}

void process_set_mover(struct server *server, process_mover *mover)
{
    struct processes_state *s = server_state(server, "processes");
    s->mover = mover;
}

/* ---- checking ---- */

void process_add_fault(struct ctx *c, struct process_report *r, const char *msgid, struct str where,
                       struct str id, int line)
{
    struct json *o = json_add_object(c->arena, r->faults);
    bool known = r->readable && id.len && bpmn_sheet_find(&r->sheet, id) >= 0;
    const struct bpmn_part *p = known ? &r->sheet.parts[bpmn_sheet_find(&r->sheet, id)] : NULL;
    struct str name = p ? process_part_name(c, p) : STR_EMPTY;
    if (name.len) where = name;
    struct str text = tr_arg(c->lang, c->arena, msgid, where);
    if (name.len && !strstr(msgid, "%{arg}"))
        text = str_fmt(c->arena, c->lang == &lang_en ? "%.*s: %.*s" : "%.*s：%.*s", STR_ARG(name),
                       STR_ARG(text));
    json_set_str(c->arena, o, "text", text);
    json_set(o, "where", where.len ? json_string(c->arena, where) : json_null(c->arena));
    json_set(o, "element", known ? json_string(c->arena, id) : json_null(c->arena));
    json_set(o, "line", line ? json_string(c->arena, str_fmt(c->arena, "%d", line)) : json_null(c->arena));
}

/* What the document says, sound or not. */
static void read_sheet(struct ctx *c, struct str xml, struct process_report *out)
{
    struct err e = {0};
    int process = -1;
    if (!bpmn_sheet_read(c->arena, xml, &out->sheet, &e)) return;
    for (int i = out->sheet.count; i-- > 0;)
        if (out->sheet.parts[i].process) process = i;
    if (process < 0) return;
    const struct bpmn_part *p = &out->sheet.parts[process];
    out->readable = true;
    out->code = p->id;
    out->name = p->name.len ? p->name : p->id;
    out->en = bpmn_detail(p, "en");
}

bool process_check(struct ctx *c, struct str xml, struct process_report *out)
{
    struct bpmn_findings *findings = ARENA_NEW(c->arena, struct bpmn_findings);
    struct course_faults *faults = ARENA_NEW(c->arena, struct course_faults);
    struct err e = {0};
    *out = (struct process_report){.faults = json_array(c->arena), .code = STR_EMPTY, .name = STR_EMPTY};
    read_sheet(c, xml, out);
    out->course = course_load(c->arena, xml, findings, faults, &e);
    for (size_t i = 0; i < findings->count; i++)
        process_add_fault(c, out, findings->list[i].msgid, findings->list[i].element, findings->list[i].part,
                          findings->list[i].line);
    for (size_t i = 0; i < faults->count; i++)
        process_add_fault(c, out, faults->list[i].msgid, faults->list[i].element, faults->list[i].id, 0);
    if (!out->course && !out->faults->count) {
        if (e.kind == ERR_FAULT) return err_fault(c->err, "%s", e.detail);
        process_add_fault(c, out, e.msgid, str_c(e.arg), STR_EMPTY, 0);
    }
    if (out->course) process_check_forms(c, out);
    if (out->course) process_check_decisions(c, out);
    if (out->course) process_check_events(c, out);
    if (out->course && !process_check_calls(c, out)) return false;
    return !out->course || process_check_signals(c, out);
}

/* ---- the module ---- */

static bool start(struct ctx *c)
{
    struct processes_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "processes", s);
    return refresh(c);
}

static void stop(struct server *server)
{
    struct processes_state *s = server_state(server, "processes");
    if (!s) return;
    shared_close(&s->snapshot);
    mem_free(s);
    server_set_state(server, "processes", NULL);
}

static const struct route routes[] = {
    GET("/office/processes", ALLOW("process.read"), SCOPE(NO_ROW), processes_list_page, "processes/list",
        .summary = "Processes with their versions"),
    GET("/office/processes/new", ALLOW("process.edit"), SCOPE(NO_ROW), processes_new_page, "processes/new",
        .summary = "The form that begins a process"),
    POST("/office/processes/new", ALLOW("process.edit"), SCOPE(NO_ROW), processes_create, "processes/new",
         .in = processes_new_fields, .again = processes_new_page, .flags = ROUTE_UPLOAD,
         .summary = "Begins a process as a draft, from a template, another process or a BPMN file"),
    GET("/office/processes/{id}", ALLOW("process.read"), SCOPE(processes_scope), processes_page,
        "processes/one", .in = processes_page_fields,
        .summary = "A version with its picture, steps and faults"),
    GET("/office/processes/{id}/edit", ALLOW("process.edit"), SCOPE(processes_scope), processes_edit_page,
        "processes/edit", .summary = "The draft, or what a new one would begin with, with its faults"),
    POST("/office/processes/{id}", ALLOW("process.edit"), SCOPE(processes_scope), processes_save,
         "processes/edit", .in = processes_save_fields, .again = processes_edit_page, .flags = ROUTE_UPLOAD,
         .summary = "Saves a draft from its text or from a BPMN file, or sends it to review"),
    POST("/office/processes/{id}/check", ALLOW("process.edit"), SCOPE(processes_scope), processes_check_now,
         "processes/faults_page", .in = processes_check_fields, .flags = ROUTE_READS | ROUTE_UPLOAD,
         .summary = "What would keep a document from being published; nothing is kept"),
    GET("/office/processes/{id}/try", ALLOW("process.read"), SCOPE(processes_scope), processes_try_page,
        "processes/try", .in = processes_try_fields,
        .summary = "A version played through with simulated people; nothing is kept"),
    GET("/office/processes/{id}/compare", ALLOW("process.read"), SCOPE(processes_scope),
        processes_compare_page, "processes/compare", .in = processes_compare_fields,
        .summary = "What changed between two versions"),
    GET("/office/processes/{id}/model", ALLOW("process.read"), SCOPE(processes_scope), processes_model, NULL,
        .in = processes_page_fields, .summary = "A version as a BPMN file"),
    POST("/office/processes/{id}/publish", ALLOW("process.publish"), SCOPE(processes_scope),
         processes_publish_now, "processes/one", .again = processes_page, .flags = ROUTE_UPLOAD,
         .summary = "Publishes a reviewed version"),
    POST("/office/processes/{id}/return", ALLOW("process.publish"), SCOPE(processes_scope),
         processes_return_now, "processes/one", .in = processes_return_fields, .again = processes_page,
         .flags = ROUTE_UPLOAD, .summary = "Returns a version to its author"),
    POST("/office/processes/{id}/roll-back", ALLOW("process.publish"), SCOPE(processes_scope),
         processes_roll_back_now, "processes/one", .in = processes_back_fields, .again = processes_page,
         .flags = ROUTE_UPLOAD, .summary = "An earlier version takes effect again, as a new one"),
    GET("/office/processes/{id}/move", ALLOW("process.move"), SCOPE(processes_scope), processes_move_page,
        "processes/move", .summary = "The form that moves running cases to another version"),
    POST("/office/processes/{id}/move", ALLOW("process.move"), SCOPE(processes_scope), processes_move,
         "processes/move", .in = processes_move_fields, .again = processes_move_page,
         .summary = "Says which running cases can be moved to a version, or moves them"),
};

static const struct permission permissions[] = {
    {"process.read", "See processes with drafts", "editor|steward|supervisor"},
    {"process.edit", "Write processes", "editor"},
    {"process.publish", "Review and publish processes", "steward|supervisor"},
    {"process.move", "Move running cases to another version of their process", "supervisor"},
};

static const char *const needs[] = {"evidence", "orgs", "forms", "versions", NULL};

const struct module processes_module = {
    .name = "processes",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = start,
    .refresh = refresh,
    .stop = stop,
};
