/* The task list and the pages of the form. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"

/* ---- task list ---- */

static void add_task(struct ctx *c, struct json *list, const char *state, struct str label, bool label_zh,
                     struct str href, struct str note)
{
    bool done = str_eq_c(str_c(state), "done");
    struct json *t = json_add_object(c->arena, list);
    json_set_c(c->arena, t, "state", state);
    json_set_c(c->arena, t, "icon", done ? "done" : "todo");
    json_set_str(c->arena, t, "label", label);
    json_set_bool(c->arena, t, "label_zh", label_zh);
    json_set_str(c->arena, t, "state_label", ctx_tr(c, done ? "Filled in" : "To fill in"));
    json_set_str(c->arena, t, "href", href);
    json_set(t, "note", note.len ? json_string(c->arena, note) : json_null(c->arena));
}

static struct str prefilled_note(struct ctx *c, const struct case_work *w, size_t page)
{
    int count = 0;
    JSON_EACH(f, json_get(form_page(c->arena, w->form, page, &w->answers, NULL, false), "fields"))
    {
        count += json_get(f, "source") != NULL;
    }
    return count ? tr_arg(c->lang, c->arena, "%{arg} filled in for you", str_fmt(c->arena, "%d", count))
                 : STR_EMPTY;
}

static struct str materials_note(struct ctx *c, const struct apply_plan *p)
{
    struct str held =
        p->held ? tr_arg(c->lang, c->arena, "%{arg} need not be submitted", str_fmt(c->arena, "%zu", p->held))
                : STR_EMPTY;
    if (!p->to_upload) return held;
    struct str upload = tr_arg(c->lang, c->arena, "%{arg} to upload", str_fmt(c->arena, "%zu", p->to_upload));
    const char *comma = c->lang == &lang_en ? ", " : "，";
    return held.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(upload), comma, STR_ARG(held)) : upload;
}

static void add_tasks(struct ctx *c, struct json *list, const struct case_work *w, const struct apply_plan *p)
{
    long long id = w->file.id;
    bool english = c->lang == &lang_en;
    bool answered = w->answers.situations->count >=
                    (json_get(w->service, "situations") ? json_get(w->service, "situations")->count : 0);
    add_task(c, list, answered ? "done" : "todo", ctx_tr(c, "Your situation"), false,
             str_fmt(c->arena, "/items/%lld/apply", (long long)w->file.item), STR_EMPTY);
    JSON_EACH(page, w->form ? form_pages(c->arena, w->form, &w->answers, english) : NULL)
    {
        size_t index = (size_t)json_i64_of(page, "index", 0);
        add_task(c, list, apply_page_done(c, w, index) ? "done" : "todo", json_text_of(page, "title"),
                 !english, str_fmt(c->arena, "/apply/%lld/form/%.*s", id, STR_ARG(json_text_of(page, "id"))),
                 prefilled_note(c, w, index));
    }
    if (p->wanted)
        add_task(c, list, p->to_upload ? "todo" : "done", ctx_tr(c, "Documents you provide"), false,
                 str_fmt(c->arena, "/apply/%lld/materials", id), materials_note(c, p));
    if (p->books)
        add_task(c, list, p->slot.len ? "done" : "todo", ctx_tr(c, "Book an appointment"), false,
                 str_fmt(c->arena, "/apply/%lld/booking", id), p->slot);
    add_task(c, list, "todo", ctx_tr(c, "Check and send"), false,
             str_fmt(c->arena, "/apply/%lld/summary", id), STR_EMPTY);
}

static struct str done_text(struct ctx *c, const struct json *tasks)
{
    int done = 0;
    JSON_EACH(t, tasks)
    {
        done += str_eq_c(json_text_of(t, "state"), "done");
    }
    struct str some = tr_arg(c->lang, c->arena, "%{arg} done,", str_fmt(c->arena, "%d", done));
    struct str left =
        tr_arg(c->lang, c->arena, "%{arg} left.", str_fmt(c->arena, "%d", (int)tasks->count - done));
    return str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(some), c->lang == &lang_en ? " " : "", STR_ARG(left));
}

bool apply_tasks(struct ctx *c)
{
    struct case_work w;
    struct apply_plan plan;
    bool sent;
    if (!apply_load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    if (!apply_plan(c, &w, &plan)) return false;
    struct json *doc = ctx_doc(c), *tasks = json_set_array(c->arena, doc, "tasks");
    apply_head(c, doc, w.item, item_href(c->arena, w.item), 0, 0);
    json_set_id(c->arena, doc, "id", w.file.id);
    add_tasks(c, tasks, &w, &plan);
    json_set_str(c->arena, doc, "done_text", done_text(c, tasks));
    json_set_str(c->arena, doc, "kept_until", words_day(c, person_draft_until(&w)));
    json_set_str(c->arena, doc, "next", apply_next(c, &w, &plan));
    json_set_str(c->arena, doc, "discard", str_fmt(c->arena, "/apply/%lld/discard", (long long)w.file.id));
    return true;
}

/* ---- a page ---- */

static bool find_page(struct ctx *c, const struct case_work *w, size_t *page)
{
    *page = w->form ? form_page_find(w->form, ctx_path(c, "page")) : SIZE_MAX;
    return (*page != SIZE_MAX && form_page_visible(w->form, *page, &w->answers)) ||
           err_missing(c->err, "form.page", "We cannot find this page.");
}

/* What was typed, also where it was wrong: for showing only. */
static void put_back(struct ctx *c, struct case_work *w, size_t page)
{
    struct err ignored = {0};
    struct json *typed = NULL;
    if (c->failed && !form_read_page(c->arena, w->form, page, apply_raw, c, &w->answers, &typed, &ignored) &&
        typed)
        w->answers.values = typed;
}

static struct str back_of_page(struct ctx *c, const struct case_work *w, size_t page)
{
    size_t before = form_page_previous(w->form, page, &w->answers);
    if (before == SIZE_MAX) return str_fmt(c->arena, "/apply/%lld", (long long)w->file.id);
    return str_fmt(c->arena, "/apply/%lld/form/%.*s", (long long)w->file.id,
                   STR_ARG(form_page_id(w->form, before)));
}

static bool show_page(struct ctx *c, struct case_work *w, size_t page)
{
    struct apply_plan plan;
    struct form_upload_list uploads;
    if (!apply_plan(c, w, &plan) || !case_form_files(c, w, &uploads)) return false;
    struct json *doc =
        form_page(c->arena, w->form, page, &w->answers, case_field_errors(c), c->lang == &lang_en);
    bool rows = false;
    form_files_on_page(c, &uploads, json_get(doc, "fields"));
    JSON_EACH(f, json_get(doc, "fields"))
    {
        apply_complete_field(c, (struct json *)f);
        rows = rows || json_get(json_get(f, "kind"), "group");
    }
    /* The first button is what the enter key presses: never one that removes a row. */
    json_set_bool(c->arena, doc, "has_rows", rows);
    case_form_decides(c, doc, w->form, page);
    c->doc = doc;
    apply_head(c, doc, w->item, back_of_page(c, w, page), apply_step_of_page(c, w, page), plan.steps);
    json_set_str(c->arena, doc, "heading", json_text_of(doc, "title"));
    json_set_bool(c->arena, doc, "heading_zh", false);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, "/apply/%lld/form/%.*s", (long long)w->file.id,
                         STR_ARG(form_page_id(w->form, page))));
    return true;
}

bool apply_form(struct ctx *c)
{
    struct case_work w;
    size_t page;
    bool sent;
    if (!apply_load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    if (!find_page(c, &w, &page)) return false;
    put_back(c, &w, page);
    return show_page(c, &w, page);
}

/* ---- saving ---- */

/* Who stops midway keeps what is right; what is wrong or missing is asked again next time. */
static bool keep_what_is_right(struct ctx *c, struct case_work *w, const struct json *before)
{
    struct json *kept = json_object(c->arena);
    JSON_EACH(v, w->answers.values)
    {
        bool wrong = false;
        for (size_t i = 0; i < c->err->field_count; i++) {
            struct str field; /* of "group.0.cell" the group */
            str_cut(str_c(c->err->fields[i].field), '.', &field);
            wrong = wrong || str_eq(v->key, field);
        }
        const struct json *value = wrong ? json_get_str(before, v->key) : v;
        if (value) json_set(kept, str_z(c->arena, v->key), json_copy(c->arena, value));
    }
    err_clear(c->err);
    w->answers.values = kept;
    return case_seal(c, w, "answers", json_to_str(c->arena, kept), &w->sealed_answers) &&
           case_store_save(c, w);
}

/* Files that came with a page that is not right yet are kept all the same: nobody chooses them twice. */
static bool show_with_files(struct ctx *c, struct case_work *w, size_t page, const struct err *wrong)
{
    struct err *told = ARENA_NEW(c->arena, struct err);
    *told = c->err->kind == ERR_INVALID ? *c->err : *wrong;
    for (size_t i = 0; c->err->kind == ERR_INVALID && i < wrong->field_count; i++)
        err_at(told, str_c(wrong->fields[i].field), wrong->fields[i].msgid, str_c(wrong->fields[i].arg));
    err_clear(c->err);
    c->failed = told;
    return show_page(c, w, page);
}

bool apply_form_save(struct ctx *c)
{
    struct case_work w;
    struct apply_plan plan;
    struct form_sent sent;
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    size_t page;
    if (!apply_load(c, &w) || !case_must_be_draft(c, &w) || !find_page(c, &w, &page)) return false;
    bool later = str_eq_c(in_text(c, "go"), "later");
    const struct json *before = w.answers.values;
    struct json *typed;
    if (!form_files_take(c, &w, &sent, wrong)) return false;
    if (form_row_act(c->arena, w.form, page, form_files_raw, &sent, &w.answers, &typed)) {
        w.answers.values = typed; /* shown, not kept */
        return show_page(c, &w, page);
    }
    bool read = draft_page(c, &w, page, form_files_raw, &sent);
    if (!later && (sent.any || wrong->field_count) && c->html &&
        (read ? wrong->field_count > 0 : c->err->kind == ERR_INVALID))
        return show_with_files(c, &w, page, wrong);
    if (!read && (!later || c->err->kind != ERR_INVALID || !keep_what_is_right(c, &w, before))) return false;
    if (wrong->field_count) {
        *c->err = *wrong;
        return false;
    }
    if (!form_files_sweep(c, &w, &sent)) return false;
    if (later) {
        ctx_notice(c, "Your draft is saved.");
        return ctx_redirect(c, "/apply/%lld", (long long)w.file.id);
    }
    return apply_plan(c, &w, &plan) && ctx_redirect(c, "%s", str_z(c->arena, apply_next(c, &w, &plan)));
}

/* ---- throwing away ---- */

bool apply_discard(struct ctx *c)
{
    struct case_work w;
    if (!apply_load(c, &w) || !draft_discard(c, &w)) return false;
    ctx_notice(c, "The draft has been thrown away.");
    return ctx_redirect(c, "/me/cases");
}
