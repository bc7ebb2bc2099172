/* Documents on the desk: scans are uploaded as a person's are; of paper the case says whether it was kept or
 * only seen, and how many copies. */
#include "core/auth/auth.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

enum { COPIES_MAX = 99 };

static struct str named(struct ctx *c, const char *prefix, struct str id)
{
    return str_fmt(c->arena, "%s%.*s", prefix, STR_ARG(id));
}

static const struct err_field *wrong_at(const struct ctx *c, struct str field)
{
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        if (str_eq_c(field, c->failed->fields[i].field)) return &c->failed->fields[i];
    return NULL;
}

static struct json *file_field(struct ctx *c, const struct json *m, struct str id)
{
    struct json *f = json_object(c->arena);
    struct str field = named(c, "material:", id);
    const struct err_field *wrong = wrong_at(c, field);
    json_set_str(c->arena, f, "field", field);
    apply_file_rules(c, f, m);
    json_set(f, "wrong",
             wrong ? json_string(c->arena, tr_arg(c->lang, c->arena, wrong->msgid, str_c(wrong->arg)))
                   : json_null(c->arena));
    return f;
}

void desk_add_papers(struct ctx *c, struct json *doc, const struct json *service)
{
    struct json *list = json_set_array(c->arena, doc, "materials");
    JSON_EACH(m, json_get(service, "materials"))
    {
        struct str id = json_text_of(m, "id"), chosen = ctx_param(c, named(c, "m-", id)),
                   copies = ctx_param(c, named(c, "n-", id));
        bool held = json_text_of(m, "from").len > 0;
        const struct err_field *wrong = wrong_at(c, named(c, "n-", id));
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "id", id);
        json_set_str(c->arena, o, "name", json_text_of(m, c->lang == &lang_en ? "en" : "name"));
        json_set_bool(c->arena, o, "held", held);
        json_set_str(c->arena, o, "held_by",
                     held ? ctx_tr(c, "Checked with the register when received") : STR_EMPTY);
        json_set_bool(c->arena, o, "has", str_eq_c(chosen, "has"));
        json_set_bool(c->arena, o, "seen", str_eq_c(chosen, "seen"));
        json_set_bool(c->arena, o, "missing", str_eq_c(chosen, "missing"));
        json_set_bool(c->arena, o, "later", str_eq_c(chosen, "later"));
        json_set_bool(c->arena, o, "may_defer", str_eq_c(json_text_of(m, "need"), "deferrable"));
        json_set_str(c->arena, o, "copies", copies.len ? copies : STR("1"));
        json_set(o, "copies_wrong",
                 wrong ? json_string(c->arena, ctx_tr(c, wrong->msgid)) : json_null(c->arena));
        json_set(o, "file", held ? json_null(c->arena) : file_field(c, m, id));
    }
    json_set_bool(c->arena, doc, "files_again", c->failed && c->req->uploads);
}

/* ---- taking ---- */

static const struct json *rule_of(const struct item *item, struct str material)
{
    for (int organisation = 0; organisation < 2; organisation++) {
        const struct json *service = item_service(item, organisation);
        JSON_EACH(m, json_get(service, "materials"))
        {
            if (str_eq(json_text_of(m, "id"), material)) return m;
        }
    }
    return NULL;
}

/* A file that the form of the service asks for, be it that of persons or of organisations. */
static const struct json *form_rule(struct ctx *c, const struct item *item, struct str field)
{
    const struct json *rule = NULL;
    for (int organisation = 0; !rule && organisation < 2; organisation++) {
        struct service_code code = {0};
        if (!item_service(item, organisation)) continue;
        if (!item_code(c, item, organisation, 0, &code)) {
            err_clear(c->err);
            continue;
        }
        rule = code.form ? form_file_rule(c, code.form, field) : NULL;
    }
    return rule;
}

bool desk_receive_check(struct ctx *c)
{
    const struct item *item = catalogue_by_id(c, in_i64(c, "item", 0));
    apply_prepared(c);
    if (!item) return err_missing(c->err, "item", "We cannot find this service.");
    for (const struct upload *u = c->req->uploads; u; u = u->next) {
        struct str kind, id = str_cut(u->field, ':', &kind);
        bool material = str_eq_c(kind, "material");
        const struct json *rule = material ? rule_of(item, id) : form_rule(c, item, u->field);
        if (!rule)
            return err_missing(c->err, "case.material", "This application does not ask for this document.");
        if (!apply_take_file(c, material ? named(c, "material:", id) : u->field, rule, u)) return false;
    }
    return true;
}

static bool take_files(struct ctx *c, struct case_work *w)
{
    struct err *wrong = ARENA_NEW(c->arena, struct err);
    apply_wrong(c, wrong);
    if (wrong->field_count) {
        *c->err = *wrong;
        return false;
    }
    JSON_EACH(f, json_get(c->prepared, "files"))
    {
        if (!str_starts(json_text_of(f, "field"), STR("material:")))
            continue; /* of the form, taken with it */
        if (!draft_add_file(c, w, json_text_of(f, "material"), json_text_of(f, "blob"),
                            json_text_of(f, "name"), json_i64_of(f, "size", 0),
                            str_z(c->arena, json_text_of(f, "type"))))
            return false;
    }
    return true;
}

static bool copies_of(struct ctx *c, struct str id, int64_t *copies)
{
    struct str field = named(c, "n-", id), said = str_trim(ctx_param(c, field));
    *copies = 1;
    if (!said.len) return true;
    return (str_to_i64(said, copies) && *copies >= 1 && *copies <= COPIES_MAX) ||
           err_at(c->err, field, "A number from 1 to 99 is needed.", STR_EMPTY);
}

bool desk_take_papers(struct ctx *c, struct case_work *w)
{
    if (!take_files(c, w)) return false;
    JSON_EACH(m, json_get(w->service, "materials"))
    {
        struct str id = json_text_of(m, "id"), chosen = ctx_param(c, named(c, "m-", id));
        bool kept = str_eq_c(chosen, "has");
        int64_t copies;
        if ((kept || str_eq_c(chosen, "seen")) &&
            (!copies_of(c, id, &copies) || !draft_paper(c, w, id, kept, copies)))
            return false;
        if (str_eq_c(chosen, "later") && !draft_defer(c, w, id, true)) return false;
    }
    return true;
}

/* ---- showing ---- */

/* " · 丁安 · 11月23日 09:00" */
static struct str taken_by(struct ctx *c, const struct case_upload *u)
{
    struct account a;
    struct str when = words_time(c, u->at);
    if (!u->clerk) return STR_EMPTY;
    if (account_load(c, u->clerk, &a))
        return str_fmt(c->arena, " · %.*s · %.*s", STR_ARG(a.label), STR_ARG(when));
    err_clear(c->err);
    return str_cat(c->arena, STR(" · "), when);
}

struct str words_paper(struct ctx *c, const struct case_upload *u)
{
    struct str what =
        tr_arg(c->lang, c->arena,
               str_eq_c(u->state, "paper") ? "Paper kept at the desk (copies: %{arg})"
                                           : "Original seen at the desk and handed back (copies: %{arg})",
               str_fmt(c->arena, "%lld", (long long)u->copies));
    return str_cat(c->arena, what, taken_by(c, u));
}

static void add_row(struct ctx *c, struct json *list, struct str name, const char *how, struct str copies)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", name);
    json_set_str(c->arena, o, "how", ctx_tr(c, how));
    json_set_str(c->arena, o, "copies", copies);
}

void desk_paper_row(struct ctx *c, struct json *list, const struct case_material *m)
{
    size_t files = 0;
    if (!m->wanted) return;
    if (m->held && !m->upload_count) {
        add_row(c, list, m->name, "No need to submit", STR("–"));
        return;
    }
    for (size_t i = 0; i < m->upload_count; i++) {
        const struct case_upload *u = m->uploads[i];
        if (case_is_paper(u))
            add_row(c, list, m->name, str_eq_c(u->state, "paper") ? "Paper" : "Original seen, handed back",
                    str_fmt(c->arena, "%lld", (long long)u->copies));
        files += u->blob.len > 0;
    }
    if (files) add_row(c, list, m->name, "Electronic", str_fmt(c->arena, "%zu", files));
    if (m->deferred) add_row(c, list, m->name, "Follows later", STR("–"));
}
