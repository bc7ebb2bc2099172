/* The snapshot of published models, and which version is in force. */
#include "modules/decisions/decisions_internal.h"

#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/people/people.h"

enum { SNAPSHOT_MAX = 256 << 20 };

const char *const decision_purposes[DECISION_PURPOSES] = {[DECISION_ANSWER] = "answer",
                                                          [DECISION_ELIGIBLE] = "eligible",
                                                          [DECISION_FEE] = "fee",
                                                          [DECISION_BENEFITS] = "benefits",
                                                          [DECISION_WAY] = "way"};

enum decision_purpose decision_purpose_of(struct str word)
{
    int p = 0;
    while (p < DECISION_PURPOSES && !str_eq_c(word, decision_purposes[p]))
        p++;
    return (enum decision_purpose)p;
}

struct str decision_purpose_label(struct ctx *c, enum decision_purpose p)
{
    static const char *const labels[DECISION_PURPOSES] = {[DECISION_ANSWER] =
                                                              "Answers an application at once",
                                                          [DECISION_ELIGIBLE] = "Tells who may apply",
                                                          [DECISION_FEE] = "Calculates a fee",
                                                          [DECISION_BENEFITS] = "Finds who is entitled",
                                                          [DECISION_WAY] = "Leads a case on its way"};
    return p < DECISION_PURPOSES ? ctx_tr(c, labels[p]) : STR_EMPTY;
}

struct str decision_status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {{"draft", "Draft"},
                                           {"review", "Waiting for review"},
                                           {"published", "Published"},
                                           {"superseded", "Superseded"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

struct str decision_basis_text(struct arena *a, struct str law, struct str article)
{
    return law.len ? str_fmt(a, "《%.*s》%.*s", STR_ARG(law), STR_ARG(article)) : STR_EMPTY;
}

/* ---- the snapshot ---- */

static void drop_snapshot(void *data)
{
    arena_drop(((struct snapshot *)data)->arena);
}

/* It was sound when it was published; one that this program cannot compile any more is left out, and said so
 * in the log. */
static bool add_version(struct snapshot *s, const struct version_row *row, struct err *e)
{
    struct arena *a = s->arena;
    struct feel_notes notes = {0};
    struct err fault = {0};
    struct decision_version *v = &s->versions[s->count];
    *v = (struct decision_version){.model = row->model,
                                   .version = row->version,
                                   .code = str_dup(a, row->code),
                                   .name = str_dup(a, row->name),
                                   .en = str_dup(a, row->en),
                                   .purpose = decision_purpose_of(row->purpose),
                                   .organisations = str_eq_c(row->subject, "organisation"),
                                   .law = str_dup(a, row->law),
                                   .article = str_dup(a, row->article),
                                   .refuse_law = str_dup(a, row->refuse_law),
                                   .refuse_article = str_dup(a, row->refuse_article),
                                   .may_refuse = row->may_refuse,
                                   .from = row->from,
                                   .to = row->to};
    v->inputs = json_parse(a, str_dup(a, row->inputs), JSON_STRICT, e);
    if (!v->inputs) return false;
    struct decision_code *code = decision_compile(a, row->xml, str_dup(a, row->decision), &notes, &fault);
    v->compiled = code;
    if (code) s->count++;
    return true;
}

static bool fill(struct ctx *c, struct snapshot *s)
{
    struct version_row *rows;
    size_t count;
    if (!decisions_store_list(c, STR("published"), &rows, &count)) return false;
    s->versions = ARENA_ARRAY(s->arena, count + 1, struct decision_version);
    for (size_t i = 0; i < count; i++)
        if (!add_version(s, &rows[i], c->err)) return false;
    return true;
}

static bool refresh(struct ctx *c)
{
    struct decisions_state *s = server_state(c->server, "decisions");
    struct arena *a = arena_new(SNAPSHOT_MAX);
    if (!a) return err_fault(c->err, "not enough memory for decision models");
    struct snapshot *fresh = ARENA_NEW(a, struct snapshot);
    fresh->arena = a;
    if (!fill(c, fresh)) {
        arena_drop(a);
        return false;
    }
    return shared_put(&s->snapshot, fresh, drop_snapshot) ||
           err_fault(c->err, "not enough memory for decision models");
}

const struct snapshot *decisions_snapshot(struct ctx *c)
{
    struct decisions_state *s = server_state(c->server, "decisions");
    return ctx_shared(c, &s->snapshot);
}

static bool covers(const struct decision_version *v, int32_t day)
{
    return v->from <= day && (!v->to || day <= v->to);
}

const struct decision_version *decision_in_force(struct ctx *c, struct str code, int32_t day)
{
    const struct snapshot *s = decisions_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (str_eq(s->versions[i].code, code) && covers(&s->versions[i], day)) return &s->versions[i];
    return NULL;
}

const struct decision_version *decision_by_id(struct ctx *c, int64_t model, int32_t day)
{
    const struct snapshot *s = decisions_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (s->versions[i].model == model && covers(&s->versions[i], day)) return &s->versions[i];
    return NULL;
}

const struct json *decision_use(const struct json *service, enum decision_purpose purpose)
{
    JSON_EACH(d, json_get(service, "decisions"))
    {
        if (decision_purpose_of(json_text_of(d, "use")) == purpose) return d;
    }
    return NULL;
}

/* ---- the module ---- */

static const struct people_part my_part = {
    .name = "decisions", .my_page = decisions_my_page, .export = decisions_export};

static bool start(struct ctx *c)
{
    struct decisions_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->snapshot);
    server_set_state(c->server, "decisions", s);
    people_add_part(c->server, &my_part);
    catalogue_set_guide_part(c->server, decisions_guide);
    decisions_serve_processes(c->server);
    return refresh(c);
}

static void stop(struct server *server)
{
    struct decisions_state *s = server_state(server, "decisions");
    if (!s) return;
    shared_close(&s->snapshot);
    mem_free(s);
    server_set_state(server, "decisions", NULL);
}

static const struct route routes[] = {
    GET("/decisions", ALLOW(PUBLIC), SCOPE(NO_ROW), decisions_public_list, "decisions/rules_list",
        .flags = ROUTE_CACHED, .summary = "The rules by which the program decides"),
    GET("/decisions/{id}", ALLOW(PUBLIC), SCOPE(NO_ROW), decisions_public_one, "decisions/rules",
        .in = decisions_one_fields, .flags = ROUTE_CACHED,
        .summary = "The rules of a published model as tables"),
    POST("/decisions/{id}/evaluate", ALLOW("decision.evaluate"), SCOPE(NO_ROW), decisions_evaluate, NULL,
         .in = decisions_evaluate_fields, .flags = ROUTE_READS,
         .summary = "Evaluates the version in force for one set of inputs; nothing is stored"),
    POST("/decisions/{id}/evaluate-batch", ALLOW("decision.evaluate"), SCOPE(NO_ROW),
         decisions_evaluate_batch, NULL, .in = decisions_batch_fields, .flags = ROUTE_READS,
         .summary = "Evaluates the version in force for up to 1,000 sets of inputs; nothing is stored"),
    GET("/items/{id}/check", ALLOW(PUBLIC), SCOPE(NO_ROW), decisions_check_page, "decisions/check",
        .summary = "Questions that tell whether one may apply"),
    POST("/items/{id}/check", ALLOW(PUBLIC), SCOPE(NO_ROW), decisions_check_answer, "decisions/check",
         .flags = ROUTE_READS, .summary = "Tells whether one may apply; nothing is stored"),
    GET("/office/decisions", ALLOW("decision.read"), SCOPE(NO_ROW), decisions_office_list, "decisions/list",
        .in = decisions_list_fields, .summary = "Decision models with their last versions"),
    GET("/office/decisions/new", ALLOW("decision.edit"), SCOPE(NO_ROW), decisions_office_new, "decisions/new",
        .summary = "The form that begins a decision model"),
    POST("/office/decisions/new", ALLOW("decision.edit"), SCOPE(NO_ROW), decisions_office_create,
         "decisions/new", .in = decisions_new_fields, .again = decisions_office_new,
         .summary = "Begins a decision model as a draft"),
    GET("/office/decisions/{id}", ALLOW("decision.read"), SCOPE(decisions_office_scope),
        decisions_office_edit, "decisions/edit", .summary = "A model with its draft and versions"),
    POST("/office/decisions/{id}", ALLOW("decision.edit"), SCOPE(decisions_office_scope),
         decisions_office_save, "decisions/edit", .in = decisions_edit_fields, .again = decisions_office_edit,
         .flags = ROUTE_UPLOAD, .summary = "Saves the draft, or sends it to review"),
    GET("/office/decisions/{id}/try", ALLOW("decision.read"), SCOPE(decisions_office_scope),
        decisions_office_try, "decisions/try",
        .summary = "The form to try a version with values of one's own"),
    POST("/office/decisions/{id}/try", ALLOW("decision.read"), SCOPE(decisions_office_scope),
         decisions_office_tried, "decisions/try", .flags = ROUTE_READS,
         .summary = "What a version says to these values; nothing is stored"),
    GET("/office/decisions/{id}/review", ALLOW("decision.read"), SCOPE(decisions_office_scope),
        decisions_office_review, "decisions/review", .summary = "A version under review, its test cases run"),
    POST("/office/decisions/{id}/publish", ALLOW("decision.publish"), SCOPE(decisions_office_scope),
         decisions_office_publish, "decisions/review", .in = decisions_publish_fields,
         .again = decisions_office_review, .summary = "Publishes a reviewed version"),
    POST("/office/decisions/{id}/return", ALLOW("decision.publish"), SCOPE(decisions_office_scope),
         decisions_office_return, "decisions/review", .in = decisions_return_fields,
         .again = decisions_office_review, .summary = "Returns a version to its author"),
    GET("/office/entitled", ALLOW("decision.match"), SCOPE(NO_ROW), decisions_match_page,
        "decisions/entitled", .flags = ROUTE_PERSONAL, .summary = "Who is entitled: the form"),
    POST("/office/entitled", ALLOW("decision.match"), SCOPE(NO_ROW), decisions_match_show,
         "decisions/entitled", .in = decisions_match_fields, .prepare = decisions_match_find,
         .again = decisions_match_page,
         .summary = "Who is entitled by a published policy, for a purpose; recorded for each who is named"),
};

static const struct permission permissions[] = {
    {"decision.read", "See decision models with drafts", "editor|steward|supervisor"},
    {"decision.edit", "Write decision models", "editor"},
    {"decision.publish", "Review and publish decision models", "steward|supervisor"},
    {"decision.evaluate", "Evaluate published decision models", "editor|steward|supervisor|reviewer|decider"},
    {"decision.match", "Find who is entitled by a policy", "supervisor"},
};

static const char *const needs[] = {"catalogue", "evidence", "orgs",     "people",
                                    "processes", "registry", "versions", NULL};

const struct module decisions_module = {
    .name = "decisions",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = start,
    .refresh = refresh,
    .stop = stop,
};
