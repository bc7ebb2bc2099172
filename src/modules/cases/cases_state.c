/* The state of the process as it is stored: where it stands in the open, because lists and supervision go by
 * it; values that systems, messages and scripts have brought, and names of what is owed or promised, sealed,
 * because they may tell of a person. What the course itself writes (outcome, opinions, situation) stays as it
 * is: the case has it elsewhere too. */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/cases/cases_scope.h"
#include "modules/people/people.h"

enum { SEAL_AT_ONCE = 200 };

static struct json *variables_of(const struct json *state)
{
    return (struct json *)json_get(json_get(state, "process"), "variables");
}

static struct json *duties_of(const struct json *state)
{
    return (struct json *)json_get(json_get(state, "process"), "duties");
}

/* A number takes its place, which is all that is left of it once the person is erased. */
static void take_duties_out(struct ctx *c, struct json *state, struct json *values)
{
    JSON_EACH(d, duties_of(state))
    {
        if (json_get(d, "sealed")) continue;
        json_set_i64(c->arena, (struct json *)d, "sealed", (int64_t)values->count);
        json_add(values, json_string(c->arena, json_text_of(d, "name")));
        json_set_str(c->arena, (struct json *)d, "name", str_fmt(c->arena, "%d", (int)values->count));
    }
}

/* The value's place in the sealed list takes its place. */
static bool take_out(struct ctx *c, struct json *state, struct json *values)
{
    JSON_EACH(v, variables_of(state))
    {
        struct str name = json_text_of(v, "name");
        const struct json *value = json_get(v, "value");
        if (!value || json_is(value, JSON_NULL) || course_is_reserved(name)) continue;
        json_set_i64(c->arena, (struct json *)v, "sealed", (int64_t)values->count);
        json_add(values, json_copy(c->arena, value));
        json_set((struct json *)v, "value", json_null(c->arena));
    }
    take_duties_out(c, state, values);
    return values->count > 0;
}

bool case_write_state(struct ctx *c, struct case_work *w)
{
    struct json *state = course_state_write(c->arena, w->course, &w->state), *values = json_array(c->arena);
    bool any = take_out(c, state, values);
    w->state_text = json_to_str(c->arena, state);
    w->sealed_variables = STR_EMPTY;
    if (!any || case_seal(c, w, "variables", json_to_str(c->arena, values), &w->sealed_variables))
        return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err); /* of an erased person nothing new is kept either */
    return true;
}

bool case_read_variables(struct ctx *c, const struct case_work *w, struct json *state)
{
    struct str text;
    if (!w->sealed_variables.len) return true;
    if (!case_open(c, w, "variables", w->sealed_variables, &text)) return false;
    if (!text.len) return true; /* of an erased person: the names are left */
    const struct json *values = json_parse(c->arena, text, JSON_STRICT, c->err);
    if (!values) return err_fault(c->err, "the stored variables of a case are no JSON");
    JSON_EACH(v, variables_of(state))
    {
        int64_t at = json_i64_of(v, "sealed", -1);
        if (at >= 0 && at < (int64_t)values->count)
            json_set((struct json *)v, "value", json_copy(c->arena, json_at(values, (size_t)at)));
    }
    JSON_EACH(d, duties_of(state))
    {
        int64_t at = json_i64_of(d, "sealed", -1);
        if (at >= 0 && at < (int64_t)values->count)
            json_set_str(c->arena, (struct json *)d, "name", json_text(json_at(values, (size_t)at)));
    }
    return true;
}

/* ---- what was kept in the open once ---- */

/* What is sealed already, behind which the rest comes; empty of an erased person. */
static bool sealed_before(struct ctx *c, const struct case_work *w, struct json **values)
{
    struct str text;
    *values = json_array(c->arena);
    if (!w->sealed_variables.len) return true;
    if (!case_open(c, w, "variables", w->sealed_variables, &text)) return false;
    if (text.len) *values = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *values || err_fault(c->err, "the stored variables of a case are no JSON");
}

/* Without the model, which may be gone. Of an erased person the names are left. */
static bool seal_old(struct ctx *c, int64_t id)
{
    struct case_work w = {.file = {.id = id}};
    struct json *values, *state;
    struct subject who;
    bool found;
    if (!case_store_state(c, id, &w, &found)) return false;
    if (!found || !w.state_text.len) return true;
    if (!sealed_before(c, &w, &values)) return false;
    state = json_parse(c->arena, w.state_text, JSON_STRICT, c->err);
    if (!state) return err_fault(c->err, "the stored state of a case is no JSON");
    if (!take_out(c, state, values)) return true;
    w.state_text = json_to_str(c->arena, state);
    return people_subject(c, w.file.applicant, &who) &&
           (who.erased ||
            case_seal(c, &w, "variables", json_to_str(c->arena, values), &w.sealed_variables)) &&
           case_store_save_state(c, &w);
}

bool case_seal_old(struct ctx *c, const struct json *payload)
{
    int64_t *ids;
    size_t count;
    (void)payload;
    if (!case_store_unsealed(c, SEAL_AT_ONCE, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!seal_old(c, ids[i]) || !case_store_sealed(c, ids[i])) return false;
    return count < SEAL_AT_ONCE || job_add(c, "case.seal_old", STR_EMPTY, json_object(c->arena), c->now);
}

bool case_show_brought(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct json *list = json_set_array(c->arena, doc, "brought");
    const struct bpmn_state *s = &w->state.process;
    for (size_t i = 0; w->file.unit == c->actor.unit && i < s->variable_count; i++) {
        const struct bpmn_variable *v = &s->variables[i];
        if (course_is_reserved(v->name) || json_is(v->value, JSON_NULL)) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", v->name);
        json_set_str(c->arena, o, "value",
                     json_is(v->value, JSON_STRING) ? json_text(v->value) : json_to_str(c->arena, v->value));
    }
    json_set_bool(c->arena, doc, "has_brought", list->count > 0);
    return true;
}
