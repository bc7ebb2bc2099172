/* How, where and by whom a service is handled: the elements of the list that somebody has verified, or that
 * follow from what this installation offers, and the fields in which officers write them. */
#include "modules/catalogue/catalogue_edit.h"

enum { STEPS_MAX = 30, FEES_MAX = 20, PARTS = 5 };

static const char *const natures[PARTS][2] = {{"statutory", "Statutory authority"},
                                              {"authorised", "Organisation authorised by law"},
                                              {"entrusted", "Entrusted organisation"},
                                              {"other", "Other"},
                                              {NULL, NULL}};
static const char *const answers[PARTS][2] = {{"yes", "Yes"}, {"no", "No"}, {NULL, NULL}};

/* In the order of the list. Without choices it is text, as the directory has it. */
static const struct manner {
    const char *key, *name, *hint;
    const char *const (*choices)[2];
} manners[] = {
    {"power_source", "Source of power", NULL, NULL},
    {"exercise_level", "Level of exercise", NULL, NULL},
    {"body_nature", "Nature of the implementing body", NULL, natures},
    {"entrusting", "Entrusting body", NULL, NULL},
    {"joint_bodies", "Bodies handling it together", NULL, NULL},
    {"elsewhere", "Where it can be handled elsewhere", NULL, NULL},
    {"special_procedures", "Special procedures",
     "Hearing, inspection, appraisal and the like, with their time.", NULL},
    {"online_depth", "Depth of online handling", NULL, NULL},
    {"intermediary", "Intermediary services", NULL, NULL},
    {"pay_online", "Online payment", NULL, answers},
    {"post", "Delivery by post", NULL, answers},
    {"terminal", "Self-service terminals", NULL, answers},
    {"hall", "In the service hall", NULL, answers},
    {"place", "Place of handling", "Empty: that of the department.", NULL},
    {"hours", "Hours of handling", "Empty: those of the department.", NULL},
    {"phone", "Phone for questions", "Empty: that of the department.", NULL},
    {"complaint", "Complaint channel", "Empty: 12345.", NULL},
};
enum { MANNERS = sizeof manners / sizeof manners[0] };

/* ---- what is known ---- */

static bool offers_delivery(const struct json *service)
{
    JSON_EACH(v, json_path(service, "form.properties.delivery.enum"))
    {
        if (str_eq_c(json_text(v), "deliver")) return true;
    }
    return false;
}

/* What follows from what is offered here, where nobody has said otherwise. */
static struct str offered(struct ctx *c, const struct item *i, const char *key)
{
    const struct unit *u = orgs_unit(c, i->unit);
    bool form = i->form_person || i->form_organisation;
    if (strcmp(key, "hall") == 0) return form ? STR("yes") : STR_EMPTY;
    if (strcmp(key, "terminal") == 0) return i->form_person && i->apply_online ? STR("yes") : STR_EMPTY;
    if (strcmp(key, "post") == 0)
        return offers_delivery(i->form_person) || offers_delivery(i->form_organisation) ? STR("yes")
                                                                                        : STR_EMPTY;
    if (strcmp(key, "place") == 0) return u ? u->address : STR_EMPTY;
    if (strcmp(key, "hours") == 0) return u ? u->hours : STR_EMPTY;
    if (strcmp(key, "phone") == 0) return u ? u->phone : STR_EMPTY;
    if (strcmp(key, "complaint") == 0) return STR("12345");
    return STR_EMPTY;
}

struct str manner_text(struct ctx *c, const struct item *i, const char *key)
{
    struct str own = json_text_of(i->doc, key);
    return own.len ? own : offered(c, i, key);
}

size_t manner_count(void)
{
    return MANNERS;
}

const char *manner_name(size_t n)
{
    return manners[n].name;
}

struct str manner_value(struct ctx *c, const struct item *i, size_t n, bool *zh)
{
    struct str value = manner_text(c, i, manners[n].key);
    *zh = !manners[n].choices;
    for (int k = 0; manners[n].choices && manners[n].choices[k][0]; k++)
        if (str_eq_c(value, manners[n].choices[k][0])) return ctx_tr(c, manners[n].choices[k][1]);
    return *zh ? value : STR_EMPTY;
}

/* ---- the fields ---- */

static struct str fee_lines(struct ctx *c, const struct item *i)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(f, json_get(i->doc, "fees"))
    {
        buf_add(&b, json_text_of(f, "name"));
        if (json_text_of(f, "amount").len) buf_fmt(&b, "：%.*s", STR_ARG(json_text_of(f, "amount")));
        buf_add_char(&b, '\n');
    }
    return str_trim(buf_str(&b));
}

static struct str step_lines(struct ctx *c, const struct item *i)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(s, json_get(i->doc, "steps"))
    {
        buf_add(&b, json_text_of(s, "text"));
        buf_add_char(&b, '\n');
    }
    return str_trim(buf_str(&b));
}

static void add_choices(struct ctx *c, struct json *f, const char *const (*choices)[2])
{
    edit_choice(c, f, "", "Not verified, or as it is offered here");
    for (int k = 0; choices[k][0]; k++)
        edit_choice(c, f, choices[k][0], choices[k][1]);
}

static void fee_fields(struct ctx *c, struct json *fields, const struct item *i)
{
    const struct json *free = json_get(i->doc, "free"), *fees = json_get(i->doc, "fees");
    struct json *f = edit_field(c, fields, "select", "free", "Fee",
                                !json_is(free, JSON_BOOL) ? STR_EMPTY
                                : json_true(free)         ? STR("yes")
                                                          : STR("no"),
                                false, NULL);
    edit_choice(c, f, "", "Not verified");
    edit_choice(c, f, "yes", "Free of charge");
    edit_choice(c, f, "no", "Charged");
    edit_field(c, fields, "textarea", "fees", "Fees", fee_lines(c, i), false,
               "One a line: its name, a colon and the amount where it is one.");
    edit_field(c, fields, "input", "fee_basis", "Basis of the fee",
               edit_basis_line(c, json_true(free) ? json_get(i->doc, "free_basis")
                                                  : json_get(json_at(fees, 0), "basis")),
               false, NULL);
}

void manner_section(struct ctx *c, struct json *sections, const struct item *i)
{
    const struct json *visits = json_get(i->doc, "visits");
    struct json *fields = edit_section(c, sections, "manner", "How it is handled",
                                       "What nobody has verified stays empty and is shown so."),
                *f;
    fee_fields(c, fields, i);
    edit_field(c, fields, "textarea", "steps", "Steps", step_lines(c, i), false, "One a line.");
    f = edit_field(c, fields, "input", "visits", "Visits needed",
                   json_is(visits, JSON_NUMBER) ? visits->text : STR_EMPTY, false, NULL);
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "5");
    for (size_t n = 0; n < MANNERS; n++) {
        const struct manner *m = &manners[n];
        f = edit_field(c, fields, m->choices ? "select" : "input", m->key, m->name,
                       json_text_of(i->doc, m->key), false, m->hint);
        if (m->choices) add_choices(c, f, m->choices);
    }
}

/* ---- and back ---- */

static void read_steps(struct edit_reading *r)
{
    struct str rest = in_text(r->c, "steps"), line;
    struct json *list = json_array(r->c->arena);
    while (rest.len && list->count < STEPS_MAX) {
        rest = str_cut(rest, '\n', &line);
        line = str_trim(line);
        if (line.len) json_add(list, edit_known(r->c->arena, json_get(r->before, "steps"), "text", line));
    }
    edit_keep(r, "steps", list);
}

/* "工本费：20元" */
static void read_fees(struct edit_reading *r, const struct json *basis)
{
    static const char colon[] = "：";
    struct arena *a = r->c->arena;
    struct str rest = in_text(r->c, "fees"), line;
    struct json *list = json_array(a);
    while (rest.len && list->count < FEES_MAX) {
        rest = str_cut(rest, '\n', &line);
        line = str_trim(line);
        if (!line.len) continue;
        size_t at = str_find(line, str_c(colon));
        struct str name = at == SIZE_MAX ? line : str_trim(str_slice(line, 0, at));
        struct str amount =
            at == SIZE_MAX ? STR_EMPTY : str_trim(str_slice(line, at + strlen(colon), line.len));
        struct json *fee = edit_known(a, json_get(r->before, "fees"), "name", name);
        json_set(fee, "amount", amount.len ? json_string(a, amount) : json_null(a));
        if (basis) json_set(fee, "basis", json_copy(a, basis));
        json_add(list, fee);
    }
    edit_keep(r, "fees", list);
}

void manner_read(struct edit_reading *r)
{
    struct ctx *c = r->c;
    struct str free = in_text(c, "free"), words = in_text(c, "fee_basis");
    struct json *basis = NULL;
    bool none = str_eq_c(free, "yes");
    if (words.len && !edit_read_basis(c, words, "fee_basis", &basis)) return;
    if (none && in_text(c, "fees").len)
        err_at(c->err, STR("fees"), "What is free of charge has no fees.", STR_EMPTY);
    edit_keep(r, "free", free.len ? json_boolean(c->arena, none) : NULL);
    edit_keep(r, "free_basis", none ? basis : NULL);
    read_fees(r, none ? NULL : basis);
    read_steps(r);
    edit_keep(r, "visits", in_has(c, "visits") ? json_number(c->arena, in_i64(c, "visits", 0)) : NULL);
    for (size_t n = 0; n < MANNERS; n++) {
        struct str value = in_text(c, manners[n].key);
        edit_keep(r, manners[n].key, value.len ? json_string(c->arena, value) : NULL);
    }
}
