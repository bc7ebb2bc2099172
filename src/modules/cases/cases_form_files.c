/* Files inside a form. */
#include "modules/cases/cases_form_files.h"
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/cases/cases_scope.h"

#define KIND "form:"

enum { PAPER_ROWS_MAX = 50 }; /* of a group: no form has more */

/* "group.3.photo" → "group.photo", the property whatever its row. */
static struct str property_of(struct ctx *c, struct str name)
{
    struct str group, rest = str_cut(name, '.', &group), row, cell = str_cut(rest, '.', &row);
    return cell.len ? str_fmt(c->arena, "%.*s.%.*s", STR_ARG(group), STR_ARG(cell)) : name;
}

static struct str material_of(struct ctx *c, struct str name)
{
    return str_cat(c->arena, STR(KIND), property_of(c, name));
}

static const struct json *rule_of(struct ctx *c, const struct form *form, struct str name)
{
    struct str property = property_of(c, name);
    JSON_EACH(f, form ? form_files(c->arena, form) : NULL)
    {
        if (str_eq(json_text_of(f, "name"), property)) return f;
    }
    return NULL;
}

bool case_form_files(struct ctx *c, const struct case_work *w, struct form_upload_list *out)
{
    struct case_upload *all;
    size_t count;
    *out = (struct form_upload_list){.form = w->form,
                                     .base = str_fmt(c->arena, "/apply/%lld", (long long)w->file.id)};
    if (!w->form || !form_files(c->arena, w->form)->count) return true;
    if (!case_store_uploads(c, w->file.id, &all, &count)) return false;
    out->rows = ARENA_ARRAY(c->arena, count + 1, struct case_upload);
    for (size_t i = 0; i < count; i++) {
        bool paper = case_is_paper(&all[i]);
        if (!str_starts(all[i].material, STR(KIND)) || (!all[i].blob.len && !paper)) continue;
        if (!case_open(c, w, "file_name", all[i].file_name, &all[i].file_name)) return false;
        if (paper) all[i].file_name = form_paper_name(c);
        out->rows[out->count++] = all[i];
    }
    return true;
}

const struct case_upload *form_upload_find(const struct form_upload_list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].id == id) return &list->rows[i];
    return NULL;
}

static const struct case_upload *upload_for(struct ctx *c, const struct form_upload_list *list,
                                            struct str name, struct str number)
{
    int64_t id;
    const struct case_upload *u = str_to_i64(number, &id) ? form_upload_find(list, id) : NULL;
    return u && str_eq(u->material, material_of(c, name)) ? u : NULL;
}

/* ---- in words ---- */

struct str form_paper_name(struct ctx *c)
{
    return ctx_tr(c, "Paper received at the desk");
}

struct str form_upload_names(struct ctx *c, const struct form_upload_list *list, struct str ids)
{
    struct buf b = buf_new(c->arena, 64);
    struct str one;
    int64_t id;
    while (ids.len) {
        ids = str_cut(ids, ' ', &one);
        const struct case_upload *u = str_to_i64(one, &id) ? form_upload_find(list, id) : NULL;
        if (!u) continue;
        if (b.len) buf_add_c(&b, c->lang == &lang_en ? ", " : "、");
        buf_add(&b, u->file_name);
    }
    return buf_str(&b);
}

struct str form_upload_title(struct ctx *c, const struct form *form, const struct case_upload *u)
{
    struct str group, property = str_slice(u->material, strlen(KIND), u->material.len),
                      cell = str_cut(property, '.', &group);
    bool english = c->lang == &lang_en;
    /* The title of a cell is found by any row of its group. */
    return cell.len ? form_field_title(form, str_fmt(c->arena, "%.*s.0.%.*s", STR_ARG(group), STR_ARG(cell)),
                                       english)
                    : form_field_title(form, property, english);
}

void form_upload_links(struct ctx *c, const struct form_upload_list *list, struct str ids,
                       struct json *answer)
{
    struct json *links = json_array(c->arena);
    struct str one;
    int64_t id;
    while (ids.len) {
        ids = str_cut(ids, ' ', &one);
        const struct case_upload *u = str_to_i64(one, &id) ? form_upload_find(list, id) : NULL;
        if (u) apply_file_document(c, links, list->base, u);
    }
    json_set(answer, "file_links", links->count ? links : json_null(c->arena));
}

/* ---- the page ---- */

static void complete_file(struct ctx *c, const struct form_upload_list *list, struct json *f)
{
    struct str ids = json_text_of(f, "value"), one, name = json_text_of(f, "name");
    struct buf kept = buf_new(c->arena, 64);
    struct json *files = json_array(c->arena);
    while (ids.len) {
        ids = str_cut(ids, ' ', &one);
        const struct case_upload *u = upload_for(c, list, name, one);
        if (!u) continue;
        if (kept.len) buf_add_char(&kept, ' ');
        buf_add(&kept, one);
        apply_file_document(c, files, list->base, u);
    }
    json_set_str(c->arena, f, "value", buf_str(&kept));
    json_set_bool(c->arena, f, "may_paper", list->at_desk && !files->count);
    json_set_bool(c->arena, f, "paper_on",
                  list->at_desk && ctx_param(c, str_cat(c->arena, name, STR(".paper"))).len > 0);
    struct str kinds = tr_arg(c->lang, c->arena, "At most %{arg} MB each.",
                              str_fmt(c->arena, "%lld", (long long)json_i64_of(f, "max_mb", 1))),
               hint = json_text_of(f, "hint");
    json_set_str(c->arena, f, "hint",
                 hint.len ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(hint), STR_ARG(kinds)) : kinds);
    if (!files->count) return;
    struct json *o = json_set_object(c->arena, f, "file_kept");
    json_set_str(c->arena, o, "ids", buf_str(&kept));
    json_set(o, "files", files);
}

void form_files_on_page(struct ctx *c, const struct form_upload_list *list, const struct json *fields)
{
    JSON_EACH(f, fields)
    {
        const struct json *kind = json_get(f, "kind");
        if (json_get(kind, "file")) complete_file(c, list, (struct json *)f);
        JSON_EACH(row, json_get(kind, "group") ? json_get(f, "rows") : NULL)
        {
            form_files_on_page(c, list, json_get(row, "fields"));
        }
    }
}

/* ---- taking them ---- */

const struct json *form_file_rule(struct ctx *c, const struct form *form, struct str name)
{
    const struct json *rule = rule_of(c, form, name);
    struct json *own = rule ? json_copy(c->arena, rule) : NULL;
    if (own) json_set_str(c->arena, own, "id", material_of(c, name));
    return own;
}

bool apply_form_check(struct ctx *c)
{
    struct case_work w;
    apply_prepared(c);
    if (!apply_load(c, &w) || !case_must_be_draft(c, &w)) return false;
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        const struct json *rule = form_file_rule(c, w.form, u->field);
        if (!rule) return err_missing(c->err, "form.field", "This form does not ask for this file.");
        if (!apply_take_file(c, u->field, rule, u)) return false;
    }
    return true;
}

struct form_sent form_sent_begin(struct ctx *c)
{
    return (struct form_sent){.c = c, .added = json_object(c->arena)};
}

void form_sent_add(struct form_sent *sent, struct str control, int64_t id)
{
    struct arena *a = sent->c->arena;
    struct str before = json_text(json_get_str(sent->added, control));
    json_set_str(a, sent->added, str_z(a, control),
                 str_fmt(a, "%.*s%s%lld", STR_ARG(before), before.len ? " " : "", (long long)id));
    sent->any = true;
}

/* Also of what came with several applications. */
static bool keep_file(struct ctx *c, const struct case_work *w, const struct case_upload *u,
                      struct str file_name)
{
    struct str name;
    return case_seal(c, w, "file_name", utf8_head(file_name, 120), &name) &&
           case_store_add_upload(c, w->file.id, u, name) &&
           (!u->blob.len || blob_refer(&c->tx, u->blob, u->size, str_z(c->arena, u->media_type), c->now,
                                       "case_material", u->id));
}

/* "form:photo" of a task is kept as "step:<token>:photo". */
static struct str kept_under(struct ctx *c, struct str material, int64_t token)
{
    return token ? str_fmt(c->arena, STEP_KIND "%lld:%.*s", (long long)token,
                           STR_ARG(str_slice(material, strlen(KIND), material.len)))
                 : material;
}

bool form_files_keep(struct ctx *c, const struct case_work *w, const struct form *form, int64_t token,
                     struct form_sent *sent, struct err *wrong)
{
    struct case_upload *all;
    size_t count;
    *sent = form_sent_begin(c);
    if (!form || !form_files(c->arena, form)->count) return true;
    apply_wrong(c, wrong);
    if (!case_store_uploads(c, w->file.id, &all, &count)) return false;
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        struct str field = json_text_of(f, "field");
        struct case_upload u = {.id = ctx_id(c),
                                .size = json_i64_of(f, "size", 0),
                                .at = c->now,
                                .material = json_text_of(f, "material"),
                                .blob = json_text_of(f, "blob"),
                                .media_type = json_text_of(f, "type"),
                                .state = STR("uploaded")};
        if (!str_starts(u.material, STR(KIND))) continue;
        u.material = kept_under(c, u.material, token);
        if (++count > FILES_A_CASE_MAX) {
            err_at(wrong, field, "There are too many files in this application.", STR_EMPTY);
            break;
        }
        if (!keep_file(c, w, &u, json_text_of(f, "name"))) return false;
        form_sent_add(sent, field, u.id);
    }
    return true;
}

bool form_files_take(struct ctx *c, struct case_work *w, struct form_sent *sent, struct err *wrong)
{
    return form_files_keep(c, w, w->form, 0, sent, wrong) && case_form_files(c, w, &sent->list);
}

bool form_papers_each(struct ctx *c, const struct form *form, form_paper *keep, void *arg)
{
    JSON_EACH(f, form ? form_files(c->arena, form) : NULL)
    {
        struct str name = json_text_of(f, "name"), group, cell = str_cut(name, '.', &group);
        int64_t rows = 1, papers = json_i64_of(f, "least", 1);
        if (cell.len && !str_to_i64(apply_raw(c, str_cat(c->arena, group, STR(".rows"))), &rows)) continue;
        for (int64_t i = 0; i < rows && i < PAPER_ROWS_MAX; i++) {
            struct str control =
                cell.len ? str_fmt(c->arena, "%.*s.%lld.%.*s", STR_ARG(group), (long long)i, STR_ARG(cell))
                         : name;
            if (!ctx_param(c, str_cat(c->arena, control, STR(".paper"))).len) continue;
            /* Whoever ticks it has taken as many as the form wants. */
            for (int64_t n = 0; n < papers; n++)
                if (!keep(arg, control, material_of(c, control))) return false;
        }
    }
    return true;
}

struct papers {
    struct ctx *c;
    const struct case_work *w;
    struct form_sent *sent;
};

static bool keep_paper(void *arg, struct str control, struct str material)
{
    struct papers *p = arg;
    struct ctx *c = p->c;
    struct case_upload u;
    if (!draft_add_paper(c, p->w, material, true, 1, &u)) return false;
    form_sent_add(p->sent, control, u.id);
    return true;
}

bool form_papers_take(struct ctx *c, struct case_work *w, struct form_sent *sent)
{
    struct papers p = {c, w, sent};
    return form_papers_each(c, w->form, keep_paper, &p) && case_form_files(c, w, &sent->list);
}

struct str form_files_raw(void *arg, struct str name)
{
    const struct form_sent *s = arg;
    struct ctx *c = s->c;
    struct str sent = apply_raw(c, name), rest = sent, one, added = json_text(json_get_str(s->added, name));
    if (!s->list.form || !rule_of(c, s->list.form, name)) return sent;
    if (!sent.len && !added.len) return sent;
    struct buf b = buf_new(c->arena, 64);
    while (rest.len) {
        rest = str_cut(rest, ' ', &one);
        struct str drop = str_fmt(c->arena, "%.*s.drop.%.*s", STR_ARG(name), STR_ARG(one));
        if (!upload_for(c, &s->list, name, one) || ctx_param(c, drop).len) continue;
        if (b.len) buf_add_char(&b, ' ');
        buf_add(&b, one);
    }
    if (b.len && added.len) buf_add_char(&b, ' ');
    buf_add(&b, added);
    return b.len ? buf_str(&b) : STR("");
}

static bool named(const struct json *values, const struct json *files, int64_t number, struct arena *a)
{
    struct str id = str_fmt(a, "%lld", (long long)number);
    JSON_EACH(f, files)
    {
        struct str group, cell = str_cut(json_text_of(f, "name"), '.', &group), rest, one;
        const struct json *top = json_get_str(values, group),
                          single = {.type = JSON_ARRAY, .first = (struct json *)values};
        const struct json *rows = cell.len ? top : &single;
        JSON_EACH(row, rows)
        {
            rest = json_text(json_get_str(row, cell.len ? cell : group));
            while (rest.len) {
                rest = str_cut(rest, ' ', &one);
                if (str_eq(one, id)) return true;
            }
            if (!cell.len) break;
        }
    }
    return false;
}

bool form_file_named(struct ctx *c, const struct form *form, const struct json *values, int64_t id)
{
    return form && named(values, form_files(c->arena, form), id, c->arena);
}

bool form_file_drop(struct ctx *c, const struct case_work *w, int64_t id)
{
    struct str blob;
    return case_store_remove_upload(c, w->file.id, id, &blob) &&
           (!blob.len || blob_release(&c->tx, blob, "case_material", id));
}

bool form_files_sweep(struct ctx *c, const struct case_work *w, const struct form_sent *sent)
{
    if (!sent->list.count) return true;
    const struct json *files = form_files(c->arena, w->form);
    for (size_t i = 0; i < sent->list.count; i++)
        if (!named(w->answers.values, files, sent->list.rows[i].id, c->arena) &&
            !form_file_drop(c, w, sent->list.rows[i].id))
            return false;
    return true;
}

/* ---- given by an application of several ---- */

/* "7 9" of the application, as the case numbers them; what it was not given is left out. */
static struct str renumbered(struct ctx *c, struct str ids, const struct case_given *files,
                             const int64_t *numbers, size_t count)
{
    struct buf b = buf_new(c->arena, 32);
    struct str one;
    int64_t id;
    while (ids.len) {
        ids = str_cut(ids, ' ', &one);
        for (size_t i = 0; str_to_i64(one, &id) && i < count; i++)
            if (files[i].number == id && numbers[i])
                buf_fmt(&b, "%s%lld", b.len ? " " : "", (long long)numbers[i]);
    }
    return buf_str(&b);
}

static void rename_in(struct ctx *c, struct json *values, struct str property, const struct case_given *files,
                      const int64_t *numbers, size_t count)
{
    const struct json *now = json_get_str(values, property);
    if (!now) return;
    struct str ids = renumbered(c, json_text(now), files, numbers, count);
    json_set_str(c->arena, values, str_z(c->arena, property), ids);
}

bool form_files_give(struct ctx *c, struct case_work *w, const struct case_given *files, size_t count,
                     struct json *values)
{
    const struct json *rules = w->form ? form_files(c->arena, w->form) : NULL;
    int64_t *numbers = ARENA_ARRAY(c->arena, count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = 0;
        if (!files[i].number || !rules || !named(values, rules, files[i].number, c->arena)) continue;
        struct case_upload u = {.id = ctx_id(c),
                                .size = files[i].size,
                                .at = c->now,
                                .material = files[i].material,
                                .blob = files[i].blob,
                                .media_type = files[i].media_type,
                                .state = STR("uploaded")};
        if (files[i].paper) {
            u.state = STR("paper");
            u.copies = 1;
            u.clerk = files[i].clerk;
            u.at = files[i].at;
        }
        if (!keep_file(c, w, &u, files[i].file_name)) return false;
        numbers[i] = u.id;
    }
    JSON_EACH(r, rules)
    {
        struct str group, cell = str_cut(json_text_of(r, "name"), '.', &group);
        if (!cell.len) rename_in(c, values, group, files, numbers, count);
        JSON_EACH(row, cell.len ? json_get_str(values, group) : NULL)
        {
            rename_in(c, (struct json *)row, cell, files, numbers, count);
        }
    }
    return true;
}
