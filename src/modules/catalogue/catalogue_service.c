/* Items that name a form (modules/forms) or a process by its code, chosen by an editor. */
#include "core/base/time.h"
#include "modules/catalogue/catalogue_internal.h"
#include "modules/forms/forms.h"
#include "modules/processes/processes.h"

static void borrow(struct arena *a, struct json *into, const struct json *member)
{
    struct json *copy = ARENA_NEW(a, struct json);
    *copy = *member;
    json_set(into, str_z(a, member->key), copy);
}

static bool among(struct str key, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_c(key, *list)) return true;
    return false;
}

static void add_flow(struct arena *a, struct json *service, const struct json *flow, struct str process)
{
    struct json *out = json_set_object(a, service, "flow");
    JSON_EACH(m, flow)
    {
        if (!str_eq_c(m->key, "process") && !str_eq_c(m->key, "rule")) borrow(a, out, m);
    }
    json_set_str(a, out, "process", process);
}

const struct json *catalogue_service(struct arena *a, const struct json *service, const struct json *own)
{
    static const char *const of_form[] = {"form", "situations", "materials", NULL};
    struct str form = json_text_of(own, "own_form"), process = json_text_of(own, "own_process");
    if (!service || (!form.len && !process.len)) return service;
    struct json *out = json_object(a);
    JSON_EACH(m, service)
    {
        if ((form.len && among(m->key, of_form)) || (process.len && str_eq_c(m->key, "flow"))) continue;
        borrow(a, out, m);
    }
    if (form.len) {
        json_set_str(a, out, "form_code", form);
        json_set_array(a, out, "situations");
        json_set_array(a, out, "materials");
    }
    if (process.len) add_flow(a, out, json_get(service, "flow"), process);
    return out;
}

bool catalogue_check_named(struct ctx *c, const struct item *i)
{
    struct str form = json_text_of(i->doc, "own_form"), process = json_text_of(i->doc, "own_process");
    if (form.len && !form_in_force(c, form, date_of(c->now))) {
        err_conflict(c->err, "catalogue.no_form",
                     "The form %{arg} has no version in force yet. Publish it first.");
        err_arg(c->err, form);
        return false;
    }
    if (process.len && !process_in_force(c, process, date_of(c->now))) {
        err_conflict(c->err, "catalogue.no_process",
                     "The process %{arg} has no version in force yet. Publish it first.");
        err_arg(c->err, process);
        return false;
    }
    const struct process_version *p = process.len ? process_in_force(c, process, date_of(c->now)) : NULL;
    if (p && course_is_part(p->course)) {
        err_conflict(c->err, "catalogue.part",
                     "The process %{arg} is only called by others; it decides nothing by itself.");
        err_arg(c->err, process);
        return false;
    }
    if (p && !process_may_begin(p)) {
        err_conflict(c->err, "catalogue.begins_on_event",
                     "The process %{arg} waits for an event, so that no application can begin it. Publish a "
                     "version of it that begins without one.");
        err_arg(c->err, process);
        return false;
    }
    return true;
}

static struct str in_words(struct ctx *c, struct str code, struct str name, struct str en)
{
    struct str word = c->lang == &lang_en && en.len ? en : name;
    return word.len ? str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(word), STR_ARG(code)) : code;
}

struct str catalogue_form_words(struct ctx *c, const struct item *i)
{
    struct str code = json_text_of(i->doc, "own_form");
    const struct form_version *v = code.len ? form_in_force(c, code, INT32_MAX) : NULL;
    return in_words(c, code, v ? v->name : STR_EMPTY, v ? v->en : STR_EMPTY);
}

struct str catalogue_process_words(struct ctx *c, const struct item *i)
{
    struct str code = json_text_of(i->doc, "own_process");
    const struct process_version *v = code.len ? process_in_force(c, code, INT32_MAX) : NULL;
    return in_words(c, code, v ? v->name : STR_EMPTY, v ? v->en : STR_EMPTY);
}
