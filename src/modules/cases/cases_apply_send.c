/* Appointment, summary, sending. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"

/* ---- appointment ---- */

static void mark_chosen(struct ctx *c, const struct json *days, struct str slot)
{
    JSON_EACH(day, days)
    {
        JSON_EACH(s, json_get(day, "slots"))
        {
            json_set_bool(c->arena, (struct json *)s, "checked",
                          slot.len && str_eq(json_text_of(s, "id"), slot));
            if (!json_get(s, "left_text")) json_set((struct json *)s, "left_text", json_null(c->arena));
        }
    }
}

bool case_booking_page(struct ctx *c, int64_t item, const struct json *setting, struct str slot,
                       struct str action)
{
    struct json *offer, *doc = ctx_doc(c);
    if (!booking_offer(c, item, setting, &offer)) return false;
    struct json *days = (struct json *)json_get(offer, "days");
    struct str what = apply_pick(c, setting, "what", "en", NULL);
    mark_chosen(c, days, c->failed ? ctx_param(c, STR("slot")) : slot);
    json_set(doc, "service", json_null(c->arena));
    json_set_str(c->arena, doc, "place", apply_pick(c, setting, "place", "place_en", NULL));
    json_set(doc, "why", what.len ? json_string(c->arena, what) : json_null(c->arena));
    json_set_str(c->arena, doc, "action", action);
    json_set_bool(c->arena, doc, "has_days", days && days->count);
    json_set(doc, "days", days ? days : json_array(c->arena));
    return true;
}

bool apply_booking(struct ctx *c)
{
    struct case_work w;
    struct apply_plan p;
    bool sent;
    if (!apply_load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    long long id = w.file.id;
    const struct json *setting = json_get(w.service, "booking");
    if (!json_is(setting, JSON_OBJECT))
        return err_missing(c->err, "booking", "This service needs no appointment.");
    if (!apply_plan(c, &w, &p) ||
        !case_booking_page(c, w.file.item, setting, p.slot, str_fmt(c->arena, "/apply/%lld/booking", id)))
        return false;
    apply_head(c, ctx_doc(c), w.item, str_fmt(c->arena, "/apply/%lld", id), p.steps - 1, p.steps);
    return true;
}

bool apply_booking_save(struct ctx *c)
{
    struct case_work w;
    struct apply_plan p;
    if (!apply_load(c, &w) || !case_must_be_draft(c, &w)) return false;
    const struct json *setting = json_get(w.service, "booking");
    if (!json_is(setting, JSON_OBJECT))
        return err_missing(c->err, "booking", "This service needs no appointment.");
    return booking_take(c, w.file.id, w.file.item, setting, in_text(c, "slot")) && apply_plan(c, &w, &p) &&
           ctx_redirect(c, "%s", str_z(c->arena, apply_next(c, &w, &p)));
}

/* ---- everything once more ---- */

static struct str chosen_label(struct ctx *c, const struct json *q, struct str value)
{
    JSON_EACH(o, json_get(q, "options"))
    {
        if (str_eq(json_text_of(o, "value"), value)) return apply_pick(c, o, "label", "en", NULL);
    }
    return STR_EMPTY;
}

static void situation_group(struct ctx *c, struct json *groups, const struct case_work *w, struct str change)
{
    const struct json *questions = json_get(w->service, "situations");
    if (!questions || !questions->count) return;
    struct json *answers = case_summary_group(c, groups, ctx_tr(c, "Your situation"), false, change);
    JSON_EACH(q, questions)
    {
        struct str value = json_text(json_get_str(w->answers.situations, json_text_of(q, "id")));
        struct str label = chosen_label(c, q, value);
        struct json *a =
            case_summary_answer(c, answers, apply_pick(c, q, "question", "en", NULL), label, STR_EMPTY);
        if (label.len) words_chosen(c, a, value, label);
    }
}

static bool form_groups(struct ctx *c, struct json *groups, const struct case_work *w, struct str base)
{
    struct form_upload_list uploads;
    if (!case_form_files(c, w, &uploads)) return false;
    JSON_EACH(page, w->form ? form_summary(c->arena, w->form, &w->answers, c->lang == &lang_en) : NULL)
    {
        struct str change =
            base.len ? str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base), STR_ARG(json_text_of(page, "id")))
                     : STR_EMPTY;
        struct json *answers = case_summary_group(c, groups, json_text_of(page, "title"), false, change);
        JSON_EACH(row, json_get(page, "rows"))
        {
            struct str value = json_text_of(row, "value");
            if (json_get(row, "file")) value = form_upload_names(c, &uploads, value);
            struct json *a = case_summary_answer(c, answers, json_text_of(row, "label"), value,
                                                 json_text_of(json_get(row, "source"), "name"));
            if (json_get(row, "file")) form_upload_links(c, &uploads, json_text_of(row, "value"), a);
            if (json_get(row, "chosen")) json_set(a, "chosen", json_copy(c->arena, json_get(row, "chosen")));
        }
    }
    return true;
}

static struct str upload_names(struct ctx *c, const struct case_material *m)
{
    struct buf b = buf_new(c->arena, 128);
    for (size_t i = 0; i < m->upload_count; i++) {
        if (i) buf_add_c(&b, c->lang == &lang_en ? ", " : "、");
        buf_add(&b, m->uploads[i]->blob.len ? m->uploads[i]->file_name : ctx_tr(c, "Handed in on paper"));
    }
    return buf_str(&b);
}

void apply_material_group(struct ctx *c, struct json *groups, const struct apply_plan *p, struct str change)
{
    if (!p->wanted) return;
    struct json *answers = case_summary_group(c, groups, ctx_tr(c, "Documents you provide"), false, change);
    for (size_t i = 0; i < p->material_count; i++) {
        const struct case_material *m = &p->materials[i];
        if (!m->wanted) continue;
        bool needless = m->held && !m->upload_count;
        struct str value = needless      ? ctx_tr(c, "No need to submit")
                           : m->deferred ? ctx_tr(c, "Handed in later")
                                         : upload_names(c, m);
        struct str by = c->lang == &lang_en && m->held_by_en.len ? m->held_by_en : m->held_by;
        case_summary_answer(c, answers, apply_pick(c, m->rule, "name", "en", NULL), value,
                            needless ? by : STR_EMPTY);
    }
}

bool apply_groups(struct ctx *c, struct json *doc, const struct case_work *w, const struct apply_plan *p,
                  struct str base)
{
    struct json *groups = json_set_array(c->arena, doc, "groups");
    bool change = base.len > 0;
    situation_group(c, groups, w,
                    change ? str_fmt(c->arena, "/items/%lld/apply", (long long)w->file.item) : STR_EMPTY);
    if (!form_groups(c, groups, w, base)) return false;
    apply_material_group(c, groups, p, change ? str_cat(c->arena, base, STR("/materials")) : STR_EMPTY);
    if (p->slot.len) {
        struct json *answers =
            case_summary_group(c, groups, ctx_tr(c, "Appointment"), false,
                               change ? str_cat(c->arena, base, STR("/booking")) : STR_EMPTY);
        case_summary_answer(c, answers,
                            apply_pick(c, json_get(w->service, "booking"), "place", "place_en", NULL),
                            p->slot, STR_EMPTY);
    }
    return true;
}

/* ---- what is missing, and where ---- */

static struct str place_of(struct ctx *c, const struct case_work *w, struct str field)
{
    struct str kind, rest = str_cut(field, ':', &kind);
    long long id = w->file.id;
    if (str_eq_c(kind, "situation"))
        return str_fmt(c->arena, "/items/%lld/apply#%.*s", (long long)w->file.item, STR_ARG(rest));
    if (str_eq_c(kind, "material"))
        return str_fmt(c->arena, "/apply/%lld/materials#%.*s", id, STR_ARG(field));
    if (str_eq_c(kind, "booking")) return str_fmt(c->arena, "/apply/%lld/booking", id);
    size_t page = w->form ? form_field_page(w->form, field) : SIZE_MAX;
    if (page == SIZE_MAX) return str_fmt(c->arena, "/apply/%lld", id);
    return str_fmt(c->arena, "/apply/%lld/form/%.*s#%.*s", id, STR_ARG(form_page_id(w->form, page)),
                   STR_ARG(field));
}

static struct str title_of(struct ctx *c, const struct case_work *w, struct str field)
{
    struct str title = w->form ? form_field_title(w->form, field, c->lang == &lang_en) : STR_EMPTY;
    JSON_EACH(q, json_get(w->service, "situations"))
    {
        if (str_eq(str_cat(c->arena, STR("situation:"), json_text_of(q, "id")), field))
            return apply_pick(c, q, "question", "en", NULL);
    }
    return title;
}

static void add_missing(struct ctx *c, struct json *list, const struct case_work *w,
                        const struct err_field *f)
{
    struct str field = str_dup(c->arena, str_c(f->field)), title = title_of(c, w, field);
    struct str message = tr_arg(c->lang, c->arena, f->msgid, str_c(f->arg));
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "field", field);
    json_set_str(c->arena, o, "href", place_of(c, w, field));
    json_set_str(c->arena, o, "message",
                 title.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(title),
                                     c->lang == &lang_en ? ": " : "：", STR_ARG(message))
                           : message);
}

static bool find_missing(struct ctx *c, struct case_work *w, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "missing");
    if (!draft_complete(c, w)) {
        if (c->err->kind != ERR_INVALID) return false;
        for (size_t i = 0; i < c->err->field_count; i++)
            add_missing(c, list, w, &c->err->fields[i]);
        err_clear(c->err);
    }
    json_set_bool(c->arena, doc, "has_missing", list->count > 0);
    json_set(doc, "next",
             list->count ? json_copy(c->arena, json_get(json_at(list, 0), "href")) : json_null(c->arena));
    return true;
}

/* Where the form has its own declaration, one declaration is enough. */
static bool declares_in_form(const struct case_work *w)
{
    return w->form && form_field_page(w->form, STR("declaration")) != SIZE_MAX;
}

bool apply_summary(struct ctx *c)
{
    struct case_work w;
    struct apply_plan p;
    bool sent;
    if (!apply_load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    struct json *doc = ctx_doc(c);
    struct str base = str_fmt(c->arena, "/apply/%lld", (long long)w.file.id);
    struct json *why = json_set_array(c->arena, doc, "why");
    if (!apply_plan(c, &w, &p) || !apply_groups(c, doc, &w, &p, base) || !case_show_fee(c, &w, why) ||
        !find_missing(c, &w, doc))
        return false;
    json_set_bool(c->arena, doc, "has_why", why->count > 0);
    apply_head(c, doc, w.item, base, p.steps, p.steps);
    json_set_str(c->arena, doc, "action", str_cat(c->arena, base, STR("/submit")));
    json_set_id(c->arena, doc, "once", w.file.id);
    bool changed = c->failed && str_eq(str_c(c->failed->code), STR("case.item_changed"));
    json_set(doc, "restart",
             changed ? json_string(c->arena, str_fmt(c->arena, "/items/%lld/apply", (long long)w.file.item))
                     : json_null(c->arena));
    struct json *fields = json_set_array(c->arena, doc, "fields");
    if (!declares_in_form(&w))
        apply_field(c, fields, "declare", ctx_tr(c, "I confirm this."), false, "checkbox");
    return true;
}

bool apply_submit(struct ctx *c)
{
    struct case_work w;
    int64_t once;
    if (!apply_load(c, &w)) return false;
    if (!str_to_i64(in_text(c, "once"), &once) || once != w.file.id)
        return err_invalid(c->err, "case.once",
                           "This form is no longer valid. Please open the page again and repeat your entry.");
    bool draft = w.state.status == COURSE_DRAFT;
    if (draft && !declares_in_form(&w) && !in_true(c, "declare"))
        return err_at(c->err, STR("declare"), "Please confirm this before you send.", STR_EMPTY);
    if (!draft_submit(c, &w)) return false;
    json_set_id(c->arena, ctx_doc(c), "id", w.file.id);
    json_set_str(c->arena, ctx_doc(c), "case_no", w.file.case_no);
    return ctx_redirect(c, "/cases/%lld/receipt", (long long)w.file.id);
}
