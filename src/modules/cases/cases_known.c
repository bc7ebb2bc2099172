/* What a process may read of its case beside its own variables: the answers of the form, typed by its schema.
 * They are given to a step and not kept by it, because the state of a process is not sealed. */
#include "core/http/server.h"
#include "engines/feel/feel.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_steps.h"

/* ---- for expressions ---- */

static struct feel_value date_value(struct arena *a, struct str text, int32_t day)
{
    struct feel_moment *m = ARENA_NEW(a, struct feel_moment);
    int64_t year, month, date;
    if (!str_to_i64(str_slice(text, 0, 4), &year) || !str_to_i64(str_slice(text, 5, 7), &month) ||
        !str_to_i64(str_slice(text, 8, 10), &date))
        return FEEL_NOTHING;
    (void)day;
    *m = (struct feel_moment){.year = (int32_t)year, .month = (uint8_t)month, .day = (uint8_t)date};
    return (struct feel_value){.kind = FEEL_DATE, .moment = m};
}

/* A date of the schema is one of FEEL; what is left empty is null; numbers are numbers. */
static struct feel_value typed(struct arena *a, const struct json *property, const struct json *value)
{
    struct str text = json_text(value);
    int32_t day;
    if (json_is(value, JSON_STRING) && !text.len) return FEEL_NOTHING;
    if (str_eq_c(json_text_of(property, "format"), "date") && date_parse(text, &day))
        return date_value(a, text, day);
    return feel_from_json(a, value);
}

struct feel_value case_typed_answers(struct arena *a, const struct form *form, const struct form_answers *in)
{
    const struct json *properties = form ? json_get(form_schema(form), "properties") : NULL;
    size_t room = properties ? properties->count : 0, count = 0;
    struct feel_entry *entries;
    struct feel_value answers = feel_context(a, room, &entries);
    JSON_EACH(p, properties)
    {
        const struct json *value =
            form_field_visible(form, p->key, in) ? form_field_value(form, p->key, in) : NULL;
        entries[count++] = (struct feel_entry){p->key, value ? typed(a, p, value) : FEEL_NOTHING};
    }
    return answers;
}

void case_add_known(struct ctx *c, const struct case_work *w, struct course_event *event)
{
    struct feel_entry *known = ARENA_ARRAY(c->arena, 2, struct feel_entry);
    size_t count = 0;
    if (w->course && course_reads_answers(w->course))
        known[count++] =
            (struct feel_entry){STR("answers"), case_typed_answers(c->arena, w->form, &w->answers)};
    if (w->course && course_asks_forms(w->course))
        known[count++] = (struct feel_entry){STR("steps"), case_steps_known(c->arena, w)};
    event->known = known;
    event->known_count = count;
}

/* ---- for what is handed to others ---- */

static bool of_applicant(struct ctx *c, const struct case_work *w, struct str name, const struct json **out)
{
    struct subject who;
    struct str value = STR_EMPTY;
    *out = NULL;
    if (!people_subject(c, w->file.applicant, &who)) return false;
    if (str_eq_c(name, "code")) value = who.code;
    if (str_eq_c(name, "name")) value = who.name;
    if (value.len && !who.erased) *out = json_string(c->arena, value);
    return true;
}

bool case_fact(struct ctx *c, const struct case_work *w, int64_t token, struct str path,
               const struct json **out)
{
    struct str group, name = str_cut(path, '.', &group);
    *out = NULL;
    if (str_eq_c(group, "applicant")) return of_applicant(c, w, name, out);
    if (str_eq_c(path, "case_no"))
        *out = json_string(c->arena, w->file.case_no);
    else if (str_eq_c(group, "answers"))
        *out = w->form && form_field_page(w->form, name) != SIZE_MAX &&
                       form_field_visible(w->form, name, &w->answers)
                   ? form_field_value(w->form, name, &w->answers)
                   : NULL;
    else if (str_eq_c(group, "steps"))
        *out = case_step_fact(w, name);
    else if (str_eq_c(group, "situation"))
        *out = json_get_str(w->answers.situations, name);
    else
        /* What has sent a message is gone when it is carried out. */
        *out = bpmn_get(&w->state.process, bpmn_find(&w->state.process, token) ? token : 0, path);
    return true;
}
