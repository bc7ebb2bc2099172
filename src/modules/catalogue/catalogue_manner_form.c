/* The fields in which officers write how a service is handled, and back. */
#include "modules/catalogue/catalogue_edit.h"
#include "modules/catalogue/catalogue_manner.h"

enum { STEPS_MAX = 30, FEES_MAX = 20 };

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

static bool chosen(const struct ctx *c, const struct item *i, const struct manner *m, const char *code)
{
    if (c->failed) {
        for (const struct param *p = c->req->form.first; p; p = p->next)
            if (str_eq_c(p->name, m->key) && str_eq_c(p->value, code)) return true;
        return false;
    }
    JSON_EACH(v, json_get(i->doc, m->key))
    {
        if (str_eq_c(json_text(v), code)) return true;
    }
    return false;
}

static void manner_field(struct ctx *c, struct json *fields, const struct item *i, const struct manner *m)
{
    static const char *const kinds[] = {[MANNER_TEXT] = "input",
                                        [MANNER_ADDRESS] = "input",
                                        [MANNER_DATE] = "date",
                                        [MANNER_ONE] = "select",
                                        [MANNER_MANY] = "checkboxes"};
    const char *hint = m->kind == MANNER_ADDRESS ? "The whole address, beginning with https://" : m->hint;
    struct json *f =
        edit_field(c, fields, kinds[m->kind], m->key, m->name, json_text_of(i->doc, m->key), false, hint);
    if (m->kind == MANNER_ONE) edit_choice(c, f, "", "Not verified, or as it is offered here");
    for (const struct manner_choice *k = m->choices; k && k->code; k++) {
        edit_choice(c, f, k->code, k->label);
        if (m->kind == MANNER_MANY)
            json_set_bool(c->arena, json_get(f, "options")->last, "checked", chosen(c, i, m, k->code));
    }
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
    static const struct {
        const char *id, *heading;
    } parts[MANNER_PARTS] = {[MANNER_CODES] = {"codes", "Codes"},
                             [MANNER_BODY] = {"body", "The body that handles it"},
                             [MANNER_PROCEDURE] = {"procedure", "Limits, procedures and commitment"},
                             [MANNER_ONLINE] = {"online", "Ways and depth of online handling"},
                             [MANNER_PLACE] = {"where", "Place, hours and in person"},
                             [MANNER_RESULT] = {"result", "Result and afterwards"}};
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
    for (int part = 0; part < MANNER_PARTS; part++) {
        fields = edit_fold(c, sections, parts[part].id, ctx_tr(c, parts[part].heading));
        for (size_t n = 0; n < manner_count; n++)
            if ((int)manners[n].part == part) manner_field(c, fields, i, &manners[n]);
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

static struct json *manner_given(struct ctx *c, const struct manner *m)
{
    const struct json *in = json_get(c->in, m->key);
    struct str text = in_text(c, m->key);
    if (m->kind == MANNER_MANY) return json_is(in, JSON_ARRAY) ? json_copy(c->arena, in) : NULL;
    if (m->kind == MANNER_ADDRESS && text.len && !manner_is_address(text))
        err_at(c->err, str_c(m->key), "Write the whole address, beginning with https://", STR_EMPTY);
    return text.len ? json_string(c->arena, text) : NULL;
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
    for (size_t n = 0; n < manner_count; n++)
        edit_keep(r, manners[n].key, manner_given(c, &manners[n]));
}
