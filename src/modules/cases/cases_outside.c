/* What a process asks of programs and of other cases: service tasks, messages. The commands are carried out
 * in the transaction that moves the case; what comes back moves it as the program. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"

enum { PRIORITY_MAX = 1000000 };

/* ---- what is handed in ---- */

/* What says that it is a file is none of ours: only what the case holds is handed in as one. */
static struct json *harmless(struct ctx *c, const struct json *value)
{
    return value && !json_get(value, CASE_FILE) ? json_copy(c->arena, value) : json_null(c->arena);
}

static void add_files(struct ctx *c, struct json *all, struct str name, const struct form_upload_list *files)
{
    json_set(all, str_z(c->arena, name), json_null(c->arena));
    for (size_t i = 0; i < files->count; i++) {
        const struct case_upload *u = &files->rows[i];
        struct str key = i ? str_fmt(c->arena, "%.*s_%zu", STR_ARG(name), i + 1) : name;
        struct json *o =
            json_set_object(c->arena, json_set_object(c->arena, all, str_z(c->arena, key)), CASE_FILE);
        json_set_id(c->arena, o, "id", u->id);
        json_set_str(c->arena, o, "name", u->file_name);
        json_set_str(c->arena, o, "type", u->media_type);
    }
}

/* `gives` of the node: names of facts; each travels under the last part of its name. Files go to systems,
 * which can ask for them; to another case they do not. */
static bool given(struct ctx *c, const struct case_work *w, int node, int64_t token, bool files,
                  struct json **out)
{
    struct str rest = bpmn_node_note(course_model(w->course), node, "gives"), path;
    *out = json_object(c->arena);
    while (rest.len) {
        const struct json *value;
        struct form_upload_list list;
        struct str name;
        bool is_files;
        rest = str_cut(rest, ' ', &path);
        if (!path.len) continue;
        if (!case_fact(c, w, token, path, &value) || !case_fact_files(c, w, path, &is_files, &list))
            return false;
        size_t dot = str_find_char(path, '.');
        name = dot == SIZE_MAX ? path : str_slice(path, dot + 1, path.len);
        if (is_files && !files) list.count = 0;
        if (is_files)
            add_files(c, *out, name, &list);
        else
            json_set(*out, str_z(c->arena, name), harmless(c, value));
    }
    return true;
}

/* The model's own inputs go before. */
static void add_inputs(struct ctx *c, struct json *all, const struct json *inputs)
{
    JSON_EACH(v, json_is(inputs, JSON_OBJECT) ? inputs : NULL)
    {
        json_set(all, str_z(c->arena, v->key), harmless(c, v));
    }
}

/* ---- service tasks ---- */

bool case_ask_service(struct ctx *c, struct case_work *w, const struct bpmn_command *k)
{
    const struct case_services *services = case_services_of(c);
    const struct bpmn *model = course_model(w->course);
    struct json *variables;
    struct actor who = c->actor;
    int64_t priority = 0, taker = w->file.unit;
    struct str department = bpmn_node_note(model, k->node, "department");
    if (department.len && !str_eq_c(department, "owner") && !case_unit_named(c, w, department, &taker))
        return false;
    if (!services) return err_fault(c->err, "nothing brings service tasks to systems");
    c->actor = (struct actor){.kind = ACTOR_SYSTEM}; /* what the model hands in, whoever moved the case */
    bool ok = given(c, w, k->node, k->token, true, &variables);
    c->actor = who;
    if (!ok) return false;
    add_inputs(c, variables, k->variables);
    if (!str_to_i64(bpmn_node_note(model, k->node, "priority"), &priority) || priority > PRIORITY_MAX ||
        priority < -PRIORITY_MAX)
        priority = 0;
    const struct case_service s = {.case_id = w->file.id,
                                   .token = k->token,
                                   .applicant = w->file.applicant,
                                   .unit = w->file.unit,
                                   .priority = priority,
                                   .taker = taker,
                                   .case_no = w->file.case_no,
                                   .item_code = w->item->code,
                                   .division = w->file.division,
                                   .topic = k->name,
                                   .activity = bpmn_node_id(model, k->node),
                                   .process = w->process->code,
                                   .version = w->process->version,
                                   .variables = variables};
    return services->ask(c, &s);
}

bool case_call_off(struct ctx *c, const struct case_work *w, int64_t token)
{
    const struct case_services *services = case_services_of(c);
    return !services || services->drop(c, w->file.id, token);
}

bool case_show_services(struct ctx *c, struct json *doc, const struct case_work *w)
{
    const struct case_services *services = case_services_of(c);
    struct json *list = json_set_array(c->arena, doc, "services");
    bool any = services && w->course && course_asks_services(w->course) && w->file.unit == c->actor.unit;
    if (any && !services->show(c, w->file.id, list)) return false;
    JSON_EACH(s, list)
    {
        int node = bpmn_node(course_model(w->course), json_text_of(s, "activity"));
        struct str en = node >= 0 ? bpmn_node_note(course_model(w->course), node, "en") : STR_EMPTY;
        struct str name = node >= 0 ? bpmn_node_name(course_model(w->course), node) : STR_EMPTY;
        json_set_str(c->arena, (struct json *)s, "name", c->lang == &lang_en && en.len ? en : name);
    }
    json_set_bool(c->arena, doc, "has_services", list->count > 0);
    return true;
}

bool case_hold_services(struct ctx *c, const struct case_work *w, const struct course_state *before)
{
    const struct case_services *services = case_services_of(c);
    bool was = before->process.suspended, is = w->state.process.suspended;
    if (was == is || !services || !course_asks_services(w->course)) return true;
    return services->hold(c, w->file.id, is);
}

/* What nothing in the model reads is not kept. */
struct json *case_kept(struct ctx *c, const struct case_work *w, const struct json *variables)
{
    struct json *out = json_object(c->arena);
    JSON_EACH(v, json_is(variables, JSON_OBJECT) ? variables : NULL)
    {
        if (course_names(w->course, v->key) || course_is_reserved(v->key))
            json_set(out, str_z(c->arena, v->key), json_copy(c->arena, v));
    }
    return out;
}

bool case_move_as_program(struct ctx *c, struct case_work *w, struct case_act *act)
{
    struct actor who = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    act->event.role = COURSE_SYSTEM;
    bool ok = case_move(c, w, act);
    c->actor = who;
    return ok;
}

bool case_load_as_program(struct ctx *c, int64_t id, struct case_work *w)
{
    struct actor who = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    bool ok = case_work_load(c, id, w);
    c->actor = who;
    return ok;
}

bool case_service_given_up(struct ctx *c, int64_t case_id, struct str activity)
{
    return case_store_add_event(c, case_id, 0, "given_up", activity, STR_EMPTY, STR_EMPTY);
}

bool case_service_again(struct ctx *c, int64_t case_id, struct str activity)
{
    return case_store_add_event(c, case_id, 0, "again", activity, STR_EMPTY, STR_EMPTY);
}

bool case_service_done(struct ctx *c, int64_t case_id, int64_t token, struct str by,
                       const struct json *variables)
{
    struct case_work w;
    struct case_act act = {.event = {.kind = COURSE_SERVED, .token = token}, .note = by};
    if (!case_load_as_program(c, case_id, &w)) return false;
    act.event.variables = case_kept(c, &w, variables);
    return case_move_as_program(c, &w, &act);
}

bool case_service_error(struct ctx *c, int64_t case_id, int64_t token, struct str by, struct str code,
                        struct str message, const struct json *variables, bool *caught)
{
    struct case_work w;
    struct course_state next;
    struct course_commands commands;
    struct err e = {0};
    struct case_act act = {.event = {.kind = COURSE_SERVICE_ERROR, .token = token, .name = code}};
    if (!case_load_as_program(c, case_id, &w)) return false;
    act.note = message.len
                   ? str_fmt(c->arena, "%.*s · %.*s · %.*s", STR_ARG(by), STR_ARG(code), STR_ARG(message))
                   : str_fmt(c->arena, "%.*s · %.*s", STR_ARG(by), STR_ARG(code));
    act.event.variables = case_kept(c, &w, variables);
    struct course_event event = act.event;
    event.role = COURSE_SYSTEM;
    event.now = c->now;
    case_add_known(c, &w, &event);
    *caught = course_next(c->arena, w.course, &w.state, &event, &next, &commands, &e);
    if (!*caught && strcmp(e.code, "course.undecided") != 0) {
        *c->err = e;
        return false;
    }
    return !*caught || case_move_as_program(c, &w, &act);
}

bool case_service_file(struct ctx *c, int64_t case_id, int64_t file, struct str *content,
                       struct str *media_type)
{
    struct case_upload *list;
    size_t count;
    if (!case_store_uploads(c, case_id, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (list[i].id != file || !list[i].blob.len) continue;
        *media_type = list[i].media_type;
        return blob_get(ctx_blobs(c), c->arena, list[i].blob, content, c->err);
    }
    return err_missing(c->err, "file", "We cannot find this file.");
}

/* ---- messages ---- */

/* The department that owns the case, and those its process names. */
static bool takes_part(struct ctx *c, const struct case_work *w, int64_t unit)
{
    const struct bpmn *model = w->course ? course_model(w->course) : NULL;
    bool is = unit && unit == w->file.unit;
    for (int node = 0; !is && unit && model && node < bpmn_node_count(model); node++) {
        int64_t named = 0;
        struct str department = bpmn_node_note(model, node, "department");
        if (!department.len || str_eq_c(department, "owner")) continue;
        if (!case_unit_named(c, w, department, &named)) err_clear(c->err); /* none of that name here */
        is = named == unit;
    }
    return is;
}

bool case_message(struct ctx *c, struct str case_no, struct str name, int64_t unit, struct str by,
                  const struct json *variables)
{
    struct case_work w;
    int64_t id;
    struct case_act act = {.event = {.kind = COURSE_MESSAGE, .name = name}, .note = by};
    if (!case_by_no(c, case_no, &id)) return false;
    if (id && !case_load_as_program(c, id, &w)) return false;
    if (!id || !takes_part(c, &w, unit))
        return err_missing(c->err, "case", "We cannot find this application.");
    act.event.variables = case_kept(c, &w, variables);
    return case_move_as_program(c, &w, &act);
}

/* Delivered on its own, because another case is moved by it; names of facts travel, their values do not. */
bool case_send_message(struct ctx *c, struct case_work *w, const struct bpmn_command *k)
{
    const struct bpmn *model = course_model(w->course);
    struct str where = bpmn_node_note(model, k->node, "case");
    const struct json *number;
    if (!case_fact(c, w, k->token, where, &number)) return false;
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "case", w->file.id);
    json_set_str(c->arena, payload, "to", json_text(number));
    json_set_str(c->arena, payload, "name", k->text.len ? k->text : k->name);
    json_set_str(c->arena, payload, "node", bpmn_node_id(model, k->node));
    return job_add(
        c, "case.message",
        str_fmt(c->arena, "%lld:%lld:%lld", (long long)w->file.id, (long long)k->token, (long long)c->now),
        payload, c->now);
}

/* Only to a case of the same applicant: a number in a form is not a key to the cases of others. */
bool case_run_message(struct ctx *c, const struct json *payload)
{
    struct case_work from, to;
    int64_t id;
    struct json *variables;
    struct case_act act = {.event = {.kind = COURSE_MESSAGE, .name = json_text_of(payload, "name")}};
    if (!case_work_load(c, json_i64_of(payload, "case", 0), &from)) return false;
    int node = bpmn_node(course_model(from.course), json_text_of(payload, "node"));
    if (!case_by_no(c, json_text_of(payload, "to"), &id)) return false;
    if (!id || !case_work_load(c, id, &to) || to.file.applicant != from.file.applicant) {
        err_clear(c->err);
        return err_missing(c->err, "case",
                           "The applicant has no case with the number that a message is for.");
    }
    if (node >= 0 && !given(c, &from, node, 0, false, &variables)) return false;
    act.event.variables = node >= 0 ? case_kept(c, &to, variables) : NULL;
    act.note = from.file.case_no;
    return case_move_as_program(c, &to, &act);
}
