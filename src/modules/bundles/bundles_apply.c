/* One application for all members: the questions, the pages of the one form, the summary. */
#include "modules/bundles/bundles_apply.h"
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* ---- parts ---- */

static void head(struct ctx *c, struct str code, struct str name, struct str back, size_t step, size_t steps)
{
    struct json *doc = ctx_doc(c), *item = json_set_object(c->arena, doc, "item");
    json_set_str(c->arena, item, "id", code);
    json_set_str(c->arena, item, "name", name);
    json_set_str(c->arena, item, "href", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(code)));
    json_set(doc, "back", back.len ? json_string(c->arena, back) : json_null(c->arena));
    json_set(doc, "progress", json_null(c->arena));
    if (!step) return;
    struct json *p = json_set_object(c->arena, doc, "progress");
    json_set_str(c->arena, p, "step", str_fmt(c->arena, "%zu", step));
    json_set_str(c->arena, p, "steps", str_fmt(c->arena, "%zu", steps));
}

void bundles_head(struct ctx *c, const struct bundle_work *w, struct str back, size_t step, size_t steps)
{
    head(c, w->file.code, bundle_text(c, w->version.doc, "name", "en"), back, step, steps);
}

static bool page_done(struct ctx *c, const struct bundle_work *w, size_t page)
{
    const struct form *f = w->plan.form;
    bool seen = false, blank = false;
    if (!form_page_complete(c->arena, f, page, &w->answers)) return false;
    JSON_EACH(one, json_get(form_page(c->arena, f, page, &w->answers, NULL, false), "fields"))
    {
        const struct json *value = json_get(one, "value");
        seen = seen || json_get_str(w->answers.values, json_text_of(one, "id"));
        blank = blank || (!json_is(value, JSON_BOOL) && !json_text(value).len);
    }
    return seen || !blank;
}

bool bundles_todo(struct ctx *c, struct bundle_work *w, struct bundle_todo *t)
{
    const struct form *f = w->plan.form;
    *t = (struct bundle_todo){.open_page = SIZE_MAX};
    if (!bundle_documents(c, w)) return false;
    for (size_t i = 0; i < w->plan.document_count; i++) {
        const struct bundle_document *d = &w->plan.documents[i];
        bool free = d->held || d->from_member != SIZE_MAX;
        t->wanted++;
        t->held += free;
        t->to_upload += d->required && !free && !bundle_uploaded(w, d->id);
    }
    for (size_t i = f ? form_page_next(f, SIZE_MAX, &w->answers) : SIZE_MAX; i != SIZE_MAX;
         i = form_page_next(f, i, &w->answers)) {
        t->pages++;
        if (t->open_page == SIZE_MAX && !page_done(c, w, i)) t->open_page = i;
    }
    if (!bundle_bookings(c, w, t)) return false;
    t->steps = 1 + t->pages + (t->wanted > 0) + t->books + 1;
    return true;
}

struct str bundles_next(struct ctx *c, const struct bundle_work *w, const struct bundle_todo *t)
{
    struct str base = bundle_base(c, &w->file);
    if (t->open_page != SIZE_MAX)
        return str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base),
                       STR_ARG(form_page_id(w->plan.form, t->open_page)));
    if (!t->to_upload && t->to_book != SIZE_MAX) return bundle_booking_href(c, w, t->to_book);
    return str_cat(c->arena, base, t->to_upload ? STR("/materials") : STR("/summary"));
}

static bool load_draft(struct ctx *c, struct bundle_work *w, bool *sent)
{
    if (!bundle_load(c, c->row, w)) return false;
    *sent = !str_eq_c(w->file.status, "draft");
    return !*sent || ctx_redirect(c, "/me/bundles/%lld", (long long)w->file.id);
}

/* ---- beginning ---- */

struct start {
    struct bundle_version v;
    struct bundle_plan p;
    int64_t applicant, agent, draft, clerk;
    const char *code, *hindrance; /* NULL: none */
    bool level;
};

static bool find_hindrance(struct ctx *c, struct start *s)
{
    struct subject who;
    if (!people_subject(c, s->applicant, &who)) return false;
    bool organisation = who.kind == SUBJECT_ORGANISATION;
    if (json_true_of(s->v.doc, "off") || s->p.missing) {
        s->code = "bundle.paused";
        s->hindrance =
            "This life event is not offered at present. The services can be applied for one by one.";
    } else if (organisation != s->p.organisation) {
        s->code = "item.audience";
        s->hindrance = organisation
                           ? "This service is for persons. Please act for yourself to apply."
                           : "This service is for organisations. Please choose the organisation you act for.";
    }
    if (s->agent && !people_subject(c, s->agent, &who)) return false;
    int64_t level = who.id == c->actor.subject && c->actor.level < who.level ? c->actor.level : who.level;
    for (size_t i = 0; i < s->p.member_count; i++)
        if (s->p.members[i].chosen && s->p.members[i].service &&
            level < json_i64_of(s->p.members[i].service, "requires_level", 1))
            s->level = true;
    return true;
}

static bool look(struct ctx *c, struct start *s, const struct json *said)
{
    bool found, desk = c->actor.kind == ACTOR_OFFICER;
    *s = (struct start){.applicant = desk ? in_i64(c, "person", 0) : people_applicant(c),
                        .agent = c->actor.acting_for ? c->actor.subject : 0,
                        .clerk = desk ? c->actor.account : 0};
    if (!bundle_store_in_force(c, ctx_path(c, "code"), &s->v, &found)) return false;
    if (!found) return err_missing(c->err, "bundle", "We cannot find this life event.");
    if (desk && !people_desk_may(c, s->applicant)) return false;
    return bundle_version_doc(c, &s->v) && bundle_plan_make(c, s->v.doc, said, NULL, &s->p) &&
           find_hindrance(c, s) &&
           bundle_store_draft(c, s->v.code, s->applicant, s->agent, s->clerk, &s->draft);
}

static struct json *said(struct ctx *c, const struct json *doc)
{
    struct json *out = json_object(c->arena);
    const struct json *sent = json_get(c->in, "situations");
    JSON_EACH(q, json_get(doc, "situations"))
    {
        struct str id = json_text_of(q, "id");
        json_set_str(c->arena, out, str_z(c->arena, id),
                     json_is(sent, JSON_OBJECT) ? json_text(json_get_str(sent, id)) : ctx_param(c, id));
    }
    return out;
}

static void add_question(struct ctx *c, struct json *fields, const struct json *q, struct str value)
{
    struct arena *a = c->arena;
    struct json *f = json_add_object(a, fields);
    struct str id = json_text_of(q, "id"), help = bundle_text(c, q, "help", "help_en"), error = STR_EMPTY;
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (str_eq_c(id, c->failed->fields[i].field))
            error = tr_arg(c->lang, a, c->failed->fields[i].msgid, str_c(c->failed->fields[i].arg));
    json_set_str(a, f, "id", id);
    json_set_str(a, f, "name", id);
    json_set_str(a, f, "label", bundle_text(c, q, "question", "en"));
    json_set_c(a, f, "type", "radios");
    json_set_bool(a, json_set_object(a, f, "kind"), "radios", true);
    json_set_bool(a, f, "radios", true);
    json_set_str(a, f, "value", value);
    json_set_bool(a, f, "required", true);
    if (help.len) json_set_str(a, f, "hint", help);
    if (error.len) json_set_str(a, f, "error", error);
    struct json *options = json_set_array(a, f, "options");
    JSON_EACH(o, json_get(q, "options"))
    {
        struct json *one = json_add_object(a, options);
        json_set_str(a, one, "value", json_text_of(o, "value"));
        json_set_str(a, one, "label", bundle_text(c, o, "label", "en"));
        json_set_bool(a, one, "checked", str_eq(value, json_text_of(o, "value")));
        json_set(one, "note", json_null(a));
    }
    case_field_whole(c, f);
}

static bool start_document(struct ctx *c, const struct start *s, const struct json *answers)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    head(c, s->v.code, bundle_text(c, s->v.doc, "name", "en"),
         str_fmt(c->arena, "/bundles/%.*s", STR_ARG(s->v.code)), 0, 0);
    JSON_EACH(q, json_get(s->v.doc, "situations"))
    {
        add_question(c, fields, q, json_text(json_get_str(answers, json_text_of(q, "id"))));
    }
    json_set(doc, "ended", json_null(c->arena));
    json_set(doc, "switch", json_null(c->arena));
    json_set(doc, "privacy",
             json_string(c->arena, ctx_tr(c, "Each department is told only what its own service asks for.")));
    json_set_bool(c->arena, doc, "has_form", !s->hindrance);
    json_set_bool(c->arena, doc, "has_questions", fields->count > 0);
    json_set_str(c->arena, doc, "action",
                 str_fmt(c->arena, s->clerk ? "/office/desk/bundles/%.*s" : "/bundles/%.*s/apply",
                         STR_ARG(s->v.code)));
    if (s->clerk) json_set_id(c->arena, doc, "person", s->applicant);
    if (!s->hindrance) return true;
    struct json *ended = json_set_object(c->arena, doc, "ended");
    json_set_str(c->arena, ended, "text", ctx_tr(c, s->hindrance));
    json_set_bool(c->arena, ended, "text_zh", false);
    if (strcmp(s->code, "item.audience") == 0)
        json_set_str(c->arena, doc, "switch",
                     str_fmt(c->arena, "/me/acting?next=/bundles/%.*s/apply", STR_ARG(s->v.code)));
    return true;
}

static bool to_level(struct ctx *c, const struct start *s)
{
    ctx_warning(c, "This service needs a confirmed identity. It takes a minute.");
    return ctx_redirect(c, "/me/level?next=/bundles/%.*s/apply", STR_ARG(s->v.code));
}

bool bundles_start(struct ctx *c)
{
    struct start s;
    struct bundle_file f;
    bool found;
    if (!look(c, &s, NULL)) return false;
    if (s.level && !s.hindrance && c->html && !s.clerk) return to_level(c, &s);
    const struct json *answers = said(c, s.v.doc);
    if (s.draft) {
        if (!bundle_store_find(c, s.draft, &f, &found)) return false;
        struct json *kept = json_parse(c->arena, f.situations, JSON_STRICT, c->err);
        if (!kept) return false;
        JSON_EACH(a, answers)
        {
            if (json_text(a).len) json_set_str(c->arena, kept, str_z(c->arena, a->key), json_text(a));
        }
        answers = kept;
    }
    return start_document(c, &s, answers);
}

static bool check_said(struct ctx *c, const struct json *doc, const struct json *answers)
{
    JSON_EACH(q, json_get(doc, "situations"))
    {
        struct str id = json_text_of(q, "id"), value = json_text(json_get_str(answers, id));
        bool known = false;
        JSON_EACH(o, json_get(q, "options"))
        {
            known = known || (value.len && str_eq(value, json_text_of(o, "value")));
        }
        if (!known)
            err_at(c->err, id, value.len ? "Please choose one of the options." : "This field is required.",
                   STR_EMPTY);
    }
    return c->err->kind == ERR_NONE;
}

static bool keep_draft(struct ctx *c, struct start *s, const struct json *answers)
{
    struct bundle_file f;
    bool found = false;
    if (s->draft && !bundle_store_find(c, s->draft, &f, &found)) return false;
    if (!found) {
        s->draft = ctx_id(c);
        f = (struct bundle_file){.id = s->draft,
                                 .number = str_fmt(c->arena, "D%lld", (long long)s->draft),
                                 .code = s->v.code,
                                 .version = s->v.version,
                                 .name = json_text_of(s->v.doc, "name"),
                                 .division = orgs_place(c),
                                 .applicant = s->applicant,
                                 .agent = s->agent,
                                 .clerk = s->clerk,
                                 .organisation = s->p.organisation,
                                 .status = STR("draft"),
                                 .situations = json_to_str(c->arena, answers),
                                 .slots = STR("{}"),
                                 .created = c->now};
        return bundle_store_insert(c, &f);
    }
    f.version = s->v.version;
    f.situations = json_to_str(c->arena, answers);
    return bundle_store_save(c, &f);
}

bool bundles_start_save(struct ctx *c)
{
    struct start s;
    struct bundle_work w;
    struct bundle_todo t;
    if (!look(c, &s, NULL)) return false;
    const struct json *answers = said(c, s.v.doc);
    if (!look(c, &s, answers)) return false;
    if (s.hindrance) return err_conflict(c->err, s.code, s.hindrance);
    if (s.level && s.clerk)
        return err_conflict(
            c->err, "case.level",
            "The applicant's identity has not been confirmed yet. Confirm it at the desk before "
            "granting.");
    if (s.level && c->html) return to_level(c, &s);
    if (s.level)
        return err_denied(
            c->err, "level",
            "Your identity must be confirmed first: match it with the population base or visit a "
            "service desk.");
    if (!check_said(c, s.v.doc, answers) || !keep_draft(c, &s, answers) || !bundle_load(c, s.draft, &w) ||
        !bundles_todo(c, &w, &t))
        return false;
    json_set_id(c->arena, ctx_doc(c), "id", s.draft);
    return ctx_created(c, "%s", str_z(c->arena, bundles_next(c, &w, &t)));
}

bool bundle_at_desk(struct ctx *c, struct str query, int64_t person, struct json *list)
{
    struct json *cards = json_array(c->arena);
    if (!bundle_cards(c, query, cards)) return false;
    JSON_EACH(card, cards)
    {
        struct json *o = json_add_object(c->arena, list);
        struct str href = json_text_of(card, "href");
        json_set_str(c->arena, o, "name", json_text_of(card, "name"));
        json_set_str(c->arena, o, "text", json_text_of(card, "text"));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/desk%.*s?person=%lld", STR_ARG(href), (long long)person));
    }
    return true;
}

/* ---- where it begins again ---- */

static struct str start_of(struct ctx *c, const struct bundle_file *f)
{
    return f->clerk ? str_fmt(c->arena, "/office/desk/bundles/%.*s?person=%lld", STR_ARG(f->code),
                              (long long)f->applicant)
                    : str_fmt(c->arena, "/bundles/%.*s/apply", STR_ARG(f->code));
}

/* ---- pages of the form ---- */

static bool find_page(struct ctx *c, const struct bundle_work *w, size_t *page)
{
    *page = w->plan.form ? form_page_find(w->plan.form, ctx_path(c, "page")) : SIZE_MAX;
    return (*page != SIZE_MAX && form_page_visible(w->plan.form, *page, &w->answers)) ||
           err_missing(c->err, "form.page", "We cannot find this page.");
}

static bool show_page(struct ctx *c, struct bundle_work *w, size_t page)
{
    struct bundle_todo t;
    if (!bundles_todo(c, w, &t)) return false;
    bool rows = false;
    struct str base = bundle_base(c, &w->file);
    struct json *doc =
        form_page(c->arena, w->plan.form, page, &w->answers, case_field_errors(c), c->lang == &lang_en);
    struct form_upload_list files = bundle_form_files(c, w);
    form_files_on_page(c, &files, json_get(doc, "fields"));
    JSON_EACH(f, json_get(doc, "fields"))
    {
        case_field_whole(c, (struct json *)f);
        rows = rows || json_get(json_get(f, "kind"), "group");
    }
    c->doc = doc;
    size_t before = form_page_previous(w->plan.form, page, &w->answers);
    struct str back = before == SIZE_MAX ? start_of(c, &w->file)
                                         : str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base),
                                                   STR_ARG(form_page_id(w->plan.form, before)));
    bundles_head(c, w, back, 1 + (size_t)json_i64_of(doc, "position", 1), t.steps);
    json_set_bool(c->arena, doc, "has_rows", rows);
    case_form_decides(c, doc, w->plan.form, page);
    json_set_str(c->arena, doc, "heading", json_text_of(doc, "title"));
    json_set_bool(c->arena, doc, "heading_zh", false);
    json_set_str(
        c->arena, doc, "action",
        str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base), STR_ARG(form_page_id(w->plan.form, page))));
    return true;
}

bool bundles_form(struct ctx *c)
{
    struct bundle_work w;
    size_t page;
    bool sent;
    if (!load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    if (!find_page(c, &w, &page)) return false;
    struct err ignored = {0};
    struct json *typed = NULL;
    if (c->failed &&
        !form_read_page(c->arena, w.plan.form, page, case_raw_value, c, &w.answers, &typed, &ignored) &&
        typed)
        w.answers.values = typed;
    return show_page(c, &w, page);
}

static bool keep_values(struct ctx *c, struct bundle_work *w)
{
    return bundle_seal(c, &w->file, "answers", json_to_str(c->arena, w->answers.values),
                       &w->file.sealed_answers) &&
           bundle_store_save(c, &w->file);
}

/* Who stops midway keeps what is right. */
static void keep_right(struct ctx *c, struct bundle_work *w, const struct json *typed,
                       const struct json *before)
{
    struct json *kept = json_object(c->arena);
    JSON_EACH(v, typed)
    {
        bool wrong = false;
        for (size_t i = 0; i < c->err->field_count; i++) {
            struct str field;
            str_cut(str_c(c->err->fields[i].field), '.', &field);
            wrong = wrong || str_eq(v->key, field);
        }
        const struct json *value = wrong ? json_get_str(before, v->key) : v;
        if (value) json_set(kept, str_z(c->arena, v->key), json_copy(c->arena, value));
    }
    err_clear(c->err);
    w->answers.values = kept;
}

/* Files that came with a page that is not right yet are kept all the same: nobody chooses them twice. */
static bool show_with_files(struct ctx *c, struct bundle_work *w, size_t page, const struct json *typed,
                            const struct err *wrong)
{
    struct err *told = ARENA_NEW(c->arena, struct err);
    bool invalid = c->err->kind == ERR_INVALID;
    *told = invalid ? *c->err : *wrong;
    for (size_t i = 0; invalid && i < wrong->field_count; i++)
        err_at(told, str_c(wrong->fields[i].field), wrong->fields[i].msgid, str_c(wrong->fields[i].arg));
    err_clear(c->err);
    c->failed = told;
    if (typed) w->answers.values = typed;
    return show_page(c, w, page);
}

bool bundles_form_save(struct ctx *c)
{
    struct bundle_work w;
    struct bundle_todo t;
    struct form_sent sent;
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    struct json *typed;
    size_t page;
    if (!bundle_load(c, c->row, &w) || !bundle_must_be_draft(c, &w.file) || !find_page(c, &w, &page))
        return false;
    bool later = str_eq_c(in_text(c, "go"), "later"), read;
    if (!bundle_form_take(c, &w, &sent, wrong)) return false;
    if (form_row_act(c->arena, w.plan.form, page, form_files_raw, &sent, &w.answers, &typed)) {
        w.answers.values = typed;
        return show_page(c, &w, page);
    }
    read = form_read_page(c->arena, w.plan.form, page, form_files_raw, &sent, &w.answers, &typed, c->err);
    if (!read && c->err->kind != ERR_INVALID) return false;
    if (!later && c->html && (sent.any || wrong->field_count) && (!read || wrong->field_count))
        return show_with_files(c, &w, page, typed, wrong);
    if (!read && !later) return false;
    if (read)
        w.answers.values = typed;
    else
        keep_right(c, &w, typed, w.answers.values);
    if (wrong->field_count) {
        *c->err = *wrong;
        return false;
    }
    if (!keep_values(c, &w) || !bundle_form_sweep(c, &w, &sent)) return false;
    if (later) {
        ctx_notice(c, "Your draft is saved.");
        return w.file.clerk ? ctx_redirect(c, "/office/desk") : ctx_redirect(c, "/me/bundles");
    }
    return bundles_todo(c, &w, &t) && ctx_redirect(c, "%s", str_z(c->arena, bundles_next(c, &w, &t)));
}

/* ---- summary ---- */

static void add_situations(struct ctx *c, struct json *groups, const struct bundle_work *w)
{
    const struct json *questions = json_get(w->version.doc, "situations");
    if (!questions || !questions->count) return;
    struct json *answers =
        case_summary_group(c, groups, ctx_tr(c, "Your situation"), false, start_of(c, &w->file));
    JSON_EACH(q, questions)
    {
        struct str value = json_text(json_get_str(w->plan.situations, json_text_of(q, "id")));
        JSON_EACH(o, json_get(q, "options"))
        {
            if (str_eq(value, json_text_of(o, "value")))
                case_summary_answer(c, answers, bundle_text(c, q, "question", "en"),
                                    bundle_text(c, o, "label", "en"), STR_EMPTY);
        }
    }
}

static void add_members(struct ctx *c, struct json *groups, const struct bundle_work *w)
{
    struct json *answers = case_summary_group(c, groups, ctx_tr(c, "You apply for"), false, STR_EMPTY);
    for (size_t i = 0; i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        if (m->chosen && m->item)
            case_summary_answer(c, answers, m->item->name, bundle_unit_name(c, m->item->unit), STR_EMPTY);
    }
}

static void add_pages(struct ctx *c, struct json *groups, const struct bundle_work *w, struct str base)
{
    const struct form_upload_list files = bundle_form_files(c, w);
    if (!w->plan.form) return;
    JSON_EACH(page, form_summary(c->arena, w->plan.form, &w->answers, c->lang == &lang_en))
    {
        struct json *answers = case_summary_group(
            c, groups, json_text_of(page, "title"), false,
            str_fmt(c->arena, "%.*s/form/%.*s", STR_ARG(base), STR_ARG(json_text_of(page, "id"))));
        JSON_EACH(row, json_get(page, "rows"))
        {
            struct str value = json_text_of(row, "value");
            if (json_get(row, "file")) value = form_upload_names(c, &files, value);
            case_summary_answer(c, answers, json_text_of(row, "label"), value,
                                json_text_of(json_get(row, "source"), "name"));
        }
    }
}

static void add_documents(struct ctx *c, struct json *groups, const struct bundle_work *w, struct str base)
{
    if (!w->plan.document_count) return;
    struct json *answers = case_summary_group(c, groups, ctx_tr(c, "Documents you provide"), false,
                                              str_cat(c->arena, base, STR("/materials")));
    for (size_t i = 0; i < w->plan.document_count; i++) {
        const struct bundle_document *d = &w->plan.documents[i];
        struct buf names = buf_new(c->arena, 64);
        for (size_t k = 0; k < w->upload_count; k++) {
            if (!str_eq(w->uploads[k].document, d->id)) continue;
            if (names.len) buf_add_c(&names, c->lang == &lang_en ? ", " : "、");
            buf_add(&names,
                    w->uploads[k].blob.len ? w->uploads[k].file_name : ctx_tr(c, "Handed in on paper"));
        }
        bool given = d->from_member != SIZE_MAX;
        case_summary_answer(c, answers, c->lang == &lang_en && d->en.len ? d->en : d->name,
                            given || d->held ? ctx_tr(c, "No need to submit") : buf_str(&names),
                            given     ? w->plan.members[d->from_member].item->name
                            : d->held ? d->held_by
                                      : STR_EMPTY);
    }
}

static void add_bookings(struct ctx *c, struct json *groups, const struct bundle_work *w)
{
    for (size_t i = 0; i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        if (!bundle_books(w, i)) continue;
        struct json *answers =
            case_summary_group(c, groups, ctx_tr(c, "Appointment"), false, bundle_booking_href(c, w, i));
        case_summary_answer(c, answers, m->item->name, bundle_slot(w, i),
                            bundle_text(c, m->booking, "place", "place_en"));
    }
}

static void add_missing(struct ctx *c, struct json *list, struct str field, struct str href, struct str text)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "field", field);
    json_set_str(c->arena, o, "href", href);
    json_set_str(c->arena, o, "message", text);
}

/* No time chosen, or one that somebody else has taken since. */
static bool find_unbooked(struct ctx *c, const struct bundle_work *w, struct json *list)
{
    for (size_t i = 0; i < w->plan.member_count; i++) {
        const struct bundle_member *m = &w->plan.members[i];
        struct str slot = bundle_slot(w, i);
        bool is_free = false;
        if (!bundle_books(w, i)) continue;
        if (slot.len && !booking_free(c, m->item->id, m->booking, slot, &is_free)) return false;
        if (is_free) continue;
        add_missing(c, list, bundle_booking_field(c, w, i), bundle_booking_href(c, w, i),
                    tr_arg(c->lang, c->arena,
                           slot.len
                               ? "The time chosen for “%{arg}” is no longer free. Please choose another one."
                               : "Please choose a time for your appointment: %{arg}",
                           c->lang == &lang_en && m->item->en.len ? m->item->en : m->item->name));
    }
    return true;
}

static bool list_missing(struct ctx *c, struct bundle_work *w, struct json *list, struct str base)
{
    struct json *checked;
    const struct form *f = w->plan.form;
    struct err wrong = {0};
    if (f && !form_check(c->arena, f, &w->answers, &checked, &wrong) && wrong.kind != ERR_INVALID) {
        *c->err = wrong;
        return false;
    }
    for (size_t i = 0; i < wrong.field_count; i++) {
        struct str field = str_dup(c->arena, str_c(wrong.fields[i].field)), group;
        str_cut(field, '.', &group);
        size_t page = form_field_page(f, group);
        struct str title = form_field_title(f, group, c->lang == &lang_en),
                   message = tr_arg(c->lang, c->arena, wrong.fields[i].msgid, str_c(wrong.fields[i].arg));
        add_missing(c, list, field,
                    page == SIZE_MAX ? base
                                     : str_fmt(c->arena, "%.*s/form/%.*s#%.*s", STR_ARG(base),
                                               STR_ARG(form_page_id(f, page)), STR_ARG(field)),
                    str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(title), c->lang == &lang_en ? ": " : "：",
                            STR_ARG(message)));
    }
    for (size_t i = 0; i < w->plan.document_count; i++) {
        const struct bundle_document *d = &w->plan.documents[i];
        if (!d->required || d->held || d->from_member != SIZE_MAX || bundle_uploaded(w, d->id)) continue;
        add_missing(c, list, str_cat(c->arena, STR("material:"), d->id),
                    str_fmt(c->arena, "%.*s/materials#material:%.*s", STR_ARG(base), STR_ARG(d->id)),
                    tr_arg(c->lang, c->arena, "Please add this document: %{arg}",
                           c->lang == &lang_en && d->en.len ? d->en : d->name));
    }
    return find_unbooked(c, w, list);
}

static bool find_missing(struct ctx *c, struct bundle_work *w, struct json *doc, struct str base)
{
    struct json *list = json_set_array(c->arena, doc, "missing");
    if (!list_missing(c, w, list, base)) return false;
    json_set_bool(c->arena, doc, "has_missing", list->count > 0);
    json_set(doc, "next",
             list->count ? json_copy(c->arena, json_get(json_at(list, 0), "href")) : json_null(c->arena));
    return true;
}

bool bundles_summary(struct ctx *c)
{
    struct bundle_work w;
    struct bundle_todo t;
    bool sent;
    if (!load_draft(c, &w, &sent)) return false;
    if (sent) return true;
    if (!bundles_todo(c, &w, &t)) return false;
    struct json *doc = ctx_doc(c), *groups = json_set_array(c->arena, doc, "groups");
    struct str base = bundle_base(c, &w.file);
    bundles_head(c, &w, str_cat(c->arena, base, t.wanted ? STR("/materials") : STR_EMPTY), t.steps, t.steps);
    add_members(c, groups, &w);
    add_situations(c, groups, &w);
    add_pages(c, groups, &w, base);
    add_documents(c, groups, &w, base);
    add_bookings(c, groups, &w);
    json_set_array(c->arena, doc, "why");
    json_set_bool(c->arena, doc, "has_why", false);
    json_set(doc, "restart", json_null(c->arena));
    json_set_array(c->arena, doc, "fields");
    json_set_str(c->arena, doc, "action", str_cat(c->arena, base, STR("/submit")));
    json_set_id(c->arena, doc, "once", w.file.id);
    return find_missing(c, &w, doc, base);
}

bool bundles_send(struct ctx *c)
{
    struct bundle_work w;
    int64_t once;
    if (!bundle_load(c, c->row, &w)) return false;
    if (!str_to_i64(in_text(c, "once"), &once) || once != w.file.id)
        return err_invalid(c->err, "case.once",
                           "This form is no longer valid. Please open the page again and repeat your entry.");
    if (!bundle_submit(c, &w)) return false;
    json_set_id(c->arena, ctx_doc(c), "id", w.file.id);
    json_set_str(c->arena, ctx_doc(c), "number", w.file.number);
    return c->actor.kind == ACTOR_OFFICER ? ctx_redirect(c, "/office/bundles/%lld", (long long)w.file.id)
                                          : ctx_redirect(c, "/me/bundles/%lld", (long long)w.file.id);
}

bool bundles_throw_away(struct ctx *c)
{
    struct bundle_work w;
    if (!bundle_load(c, c->row, &w) || !bundle_must_be_draft(c, &w.file) || !bundle_discard(c, &w.file))
        return false;
    ctx_notice(c, "The draft has been thrown away.");
    return w.file.clerk ? ctx_redirect(c, "/office/desk") : ctx_redirect(c, "/me/bundles");
}

const struct field bundles_start_fields[] = {
    {"situations", FIELD_JSON, .label = "Answers to the questions of the situation"},
    {"person", FIELD_ID, .label = "Person, at the desk"},
    {0},
};
const struct field bundles_form_fields[] = {
    {"values", FIELD_JSON, .label = "Values of the page's fields"},
    {"go", FIELD_LINE, "next, or later", .max = 10},
    {0},
};
const struct field bundles_submit_fields[] = {
    {"once", FIELD_LINE, "The draft's id: sending twice makes one application", .required = true, .max = 30},
    {0},
};
