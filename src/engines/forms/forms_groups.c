/* Groups: arrays of objects, whose rows people add and remove by buttons that send the page. Controls are
 * named "group.0.field"; "group.rows" says how many rows the page had. */
#include "engines/forms/forms_internal.h"

static struct str row_name(struct arena *a, struct str group, size_t row, struct str field)
{
    return str_fmt(a, "%.*s.%zu.%.*s", STR_ARG(group), row, STR_ARG(field));
}

/* ---- reading ---- */

struct json *form_read_rows(struct arena *a, const struct form_field *f, form_get *get, void *arg)
{
    int64_t count = 0;
    struct str sent = get(arg, str_fmt(a, "%.*s.rows", STR_ARG(f->name)));
    if (!str_to_i64(sent, &count) || count < 0) return NULL;
    if (count > FORM_ROWS_MAX) count = FORM_ROWS_MAX;
    struct json *rows = json_array(a);
    for (size_t i = 0; i < (size_t)count; i++) {
        struct json *row = json_add_object(a, rows);
        for (size_t k = 0; k < f->rows->field_count; k++) {
            const struct form_field *cell = &f->rows->fields[k];
            struct str raw = get(arg, row_name(a, f->name, i, cell->name));
            struct json *text = json_string(a, raw.len ? str_dup(a, raw) : STR_EMPTY);
            if (form_is_number(cell)) text->text = form_plain_number(a, text->text);
            json_set(row, str_z(a, cell->name),
                     cell->type == FORM_BOOLEAN ? json_boolean(a, form_ticked(text)) : text);
        }
    }
    return rows;
}

struct str form_get_json(struct arena *a, const struct json *values, struct str name)
{
    struct str head, rest = str_cut(name, '.', &head), row, cell = str_cut(rest, '.', &row);
    const struct json *v = json_get_str(values, head);
    int64_t index;
    if (rest.len) {
        if (!json_is(v, JSON_ARRAY)) return (struct str){NULL, 0};
        if (str_eq_c(rest, "rows")) return str_fmt(a, "%u", v->count);
        if (!cell.len && form_has_choice(v, rest)) return STR("1");
        v = str_to_i64(row, &index) && index >= 0 ? json_get_str(json_at(v, (size_t)index), cell) : NULL;
    }
    if (json_is(v, JSON_BOOL)) return v->boolean ? STR("1") : STR_EMPTY;
    return v && (v->type == JSON_STRING || v->type == JSON_NUMBER) ? v->text : STR_EMPTY;
}

bool form_has_choice(const struct json *value, struct str choice)
{
    JSON_EACH(one, json_is(value, JSON_ARRAY) ? value : NULL)
    if (json_is(one, JSON_STRING) && str_eq(one->text, choice)) return true;
    return false;
}

struct json *form_read_several(struct arena *a, const struct form_field *f, form_get *get, void *arg)
{
    struct json *out = json_array(a);
    JSON_EACH(choice, f->several)
    if (get(arg, str_fmt(a, "%.*s.%.*s", STR_ARG(f->name), STR_ARG(choice->text))).len)
        json_add(out, json_string(a, choice->text));
    return out;
}

static void remove_row(struct json *rows, size_t index)
{
    struct json *before = NULL, *row = rows->first;
    for (size_t i = 0; row && i < index; i++) {
        before = row;
        row = row->next;
    }
    if (!row) return;
    if (before)
        before->next = row->next;
    else
        rows->first = row->next;
    if (rows->last == row) rows->last = before;
    rows->count--;
}

bool form_act_on_rows(struct arena *a, const struct form *form, size_t page, form_get *get, void *arg,
                      struct json *typed)
{
    struct str act, name, number, rest = str_cut(get(arg, STR(FORM_ROW)), ':', &act);
    int64_t index = 0;
    if (str_eq_c(act, FORM_LOOK)) return true;
    number = str_cut(rest, ':', &name);
    const struct form_field *f = form_field_find(form, name);
    bool add = str_eq_c(act, "add"),
         drop = str_eq_c(act, "remove") && str_to_i64(number, &index) && index >= 0;
    if (!f || f->type != FORM_GROUP || f->page != page || (!add && !drop)) return false;
    struct json *rows = (struct json *)json_get_str(typed, name);
    if (!json_is(rows, JSON_ARRAY)) rows = json_set_array(a, typed, str_z(a, name));
    if (add && rows->count < f->rows_max) json_add_object(a, rows);
    if (drop) remove_row(rows, (size_t)index);
    return true;
}

struct json *form_spare_rows(struct arena *a, const struct form *form, const struct json *values,
                             size_t spare)
{
    struct json *out = values ? json_copy(a, values) : json_object(a);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->type != FORM_GROUP) continue;
        struct json *rows = (struct json *)json_get_str(out, f->name);
        if (!json_is(rows, JSON_ARRAY)) rows = json_set_array(a, out, str_z(a, f->name));
        for (size_t k = 0; k < spare && rows->count < f->rows_max; k++)
            json_add_object(a, rows);
    }
    return out;
}

/* ---- checking ---- */

/* Rows left blank are none. */
static bool is_blank(const struct json *row)
{
    JSON_EACH(v, row)
    if (json_is(v, JSON_BOOL) ? v->boolean : form_has_content(v)) return false;
    return true;
}

static bool check_row(struct arena *a, const struct form_field *f, struct str at, size_t index,
                      const struct json *row, const struct form_answers *in, struct json *out, struct err *e)
{
    struct form_answers inside = {.values = row, .situations = in->situations};
    size_t before = e->field_count;
    for (size_t k = 0; k < f->rows->field_count; k++) {
        const struct form_field *cell = &f->rows->fields[k];
        struct json *value = NULL;
        if (!form_visible(cell, &inside)) continue;
        if (form_check_value(a, cell, row_name(a, at, index, cell->name), form_value(cell, &inside), &inside,
                             &value, e) &&
            value)
            json_set(out, str_z(a, cell->name), value);
    }
    struct str prefix = str_fmt(a, "%.*s.%zu.", STR_ARG(at), index);
    form_judge_whole(a, f->rows, prefix, out, SIZE_MAX, &inside, e);
    return e->field_count == before;
}

bool form_check_rows(struct arena *a, const struct form_field *f, struct str at, const struct json *value,
                     const struct form_answers *in, struct json **out, struct err *e)
{
    struct json *kept = json_array(a);
    size_t index = 0;
    bool ok = true;
    *out = NULL;
    if (value && form_has_content(value) && !json_is(value, JSON_ARRAY))
        return err_at(e, at, "This value has the wrong type.", STR_EMPTY);
    if (value && value->count > FORM_ROWS_MAX)
        return err_at(e, at, "There may be at most %{arg} entries.", str_fmt(a, "%zu", f->rows_max));
    JSON_EACH(row, json_is(value, JSON_ARRAY) ? value : NULL)
    {
        size_t i = index++;
        if (!json_is(row, JSON_OBJECT)) return err_at(e, at, "This value has the wrong type.", STR_EMPTY);
        if (is_blank(row)) continue;
        struct json *one = json_object(a);
        if (!check_row(a, f, at, i, row, in, one, e)) ok = false;
        json_add(kept, one);
    }
    if (!kept->count)
        return !form_required(f, in) || err_at(e, at, "Please add at least one entry.", STR_EMPTY);
    if (!ok) return false;
    *out = kept;
    return form_judge(a, f, at, kept, e);
}
