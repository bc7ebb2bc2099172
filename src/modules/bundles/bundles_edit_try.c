/* Trying a version, drafts too, before anybody publishes it: for a situation, what would be asked, what would
 * open at once and what behind which answer, and where refusals would leave it. Nothing is stored. */
#include "core/http/server.h"
#include "modules/bundles/bundles_apply.h"

static void add_questions(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "questions");
    JSON_EACH(q, json_get(p->doc, "situations"))
    {
        struct json *o = json_add_object(c->arena, list), *options = json_set_array(c->arena, o, "options");
        struct str chosen = json_text(json_get_str(p->situations, json_text_of(q, "id")));
        json_set_str(c->arena, o, "name", json_text_of(q, "id"));
        json_set_str(c->arena, o, "label", bundle_text(c, q, "question", "en"));
        JSON_EACH(a, json_get(q, "options"))
        {
            struct json *option = json_add_object(c->arena, options);
            json_set_str(c->arena, option, "value", json_text_of(a, "value"));
            json_set_str(c->arena, option, "label", bundle_text(c, a, "label", "en"));
            json_set_bool(c->arena, option, "chosen", str_eq(json_text_of(a, "value"), chosen));
        }
    }
    json_set_bool(c->arena, doc, "has_questions", list->count > 0);
}

static const struct json *said_of(struct ctx *c, const struct json *b)
{
    struct json *said = json_object(c->arena);
    JSON_EACH(q, json_get(b, "situations"))
    {
        struct str id = json_text_of(q, "id"), value = ctx_param(c, id);
        if (value.len) json_set_str(c->arena, said, str_z(c->arena, id), value);
    }
    return said;
}

/* ---- a run with decisions of one's own ---- */

static bool refused(struct ctx *c, const struct bundle_member *m)
{
    return str_eq_c(ctx_param(c, str_cat(c->arena, STR("r."), m->id)), "refused");
}

static struct str name_of(const struct bundle_member *m)
{
    return m->item ? m->item->name : json_text_of(m->rule, "item");
}

static struct str names_of(struct ctx *c, const struct bundle_plan *p, uint32_t bits)
{
    struct buf b = buf_new(c->arena, 128);
    for (size_t i = 0; i < p->member_count; i++) {
        if (!(bits >> i & 1)) continue;
        if (b.len) buf_add_c(&b, c->lang == &lang_en ? ", " : "、");
        buf_add(&b, name_of(&p->members[i]));
    }
    return buf_str(&b);
}

/* Members come after what they wait for, so one look in their order plays it through. */
static void add_run(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "run");
    uint32_t stopped = 0;
    int ends[BUNDLE_MEMBERS_MAX] = {0};
    for (size_t i = 0; i < p->member_count; i++) {
        const struct bundle_member *m = &p->members[i];
        if (!m->chosen) continue;
        struct json *o = json_add_object(c->arena, list);
        uint32_t in_the_way = m->after & stopped;
        bool no = refused(c, m);
        int begins = 0;
        for (size_t k = 0; k < i; k++)
            if ((m->after >> k & 1) && ends[k] > begins) begins = ends[k];
        ends[i] = begins + (m->days > 0 ? m->days : 0);
        if (in_the_way || no) stopped |= UINT32_C(1) << i;
        json_set_str(c->arena, o, "name", name_of(m));
        json_set_str(c->arena, o, "department", m->item ? bundle_unit_name(c, m->item->unit) : STR_EMPTY);
        json_set_str(c->arena, o, "control", str_cat(c->arena, STR("r."), m->id));
        json_set_bool(c->arena, o, "refused", no);
        json_set_bool(c->arena, o, "blocked", in_the_way != 0);
        struct str text =
            in_the_way
                ? tr_arg(c->lang, c->arena, "Cannot begin: not granted is %{arg}", names_of(c, p, in_the_way))
            : m->after ? tr_arg(c->lang, c->arena, "Begins when granted: %{arg}", names_of(c, p, m->after))
                       : ctx_tr(c, "Begins at once");
        json_set_str(c->arena, o, "text", text);
        json_set_str(c->arena, o, "when",
                     in_the_way || m->days < 0
                         ? STR_EMPTY
                         : str_fmt(c->arena, "%d–%d", begins + 1, ends[i] > begins ? ends[i] : begins + 1));
    }
    json_set_bool(c->arena, doc, "has_run", list->count > 0);
}

/* ---- what is asked ---- */

static void add_form(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *pages = json_set_array(c->arena, doc, "form_pages");
    JSON_EACH(page, json_get(p->schema, "x-pages"))
    {
        struct json *o = json_add_object(c->arena, pages), *fields = json_set_array(c->arena, o, "fields");
        json_set_str(c->arena, o, "title", bundle_text(c, page, "title", "en"));
        JSON_EACH(f, json_get(page, "fields"))
        {
            const struct json *property = json_get_str(json_get(p->schema, "properties"), json_text(f));
            struct json *field = json_add_object(c->arena, fields);
            struct buf of = buf_new(c->arena, 64);
            for (size_t i = 0; i < p->link_count; i++) {
                if (!str_eq(p->links[i].key, json_text(f))) continue;
                if (of.len) buf_add_c(&of, c->lang == &lang_en ? ", " : "、");
                buf_add(&of, name_of(&p->members[p->links[i].member]));
            }
            json_set_str(c->arena, field, "label", bundle_text(c, property, "title", "x-en"));
            json_set_str(c->arena, field, "of", buf_str(&of));
        }
    }
    json_set_bool(c->arena, doc, "has_form", pages->count > 0);
}

static void add_documents(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    struct json *list = json_set_array(c->arena, doc, "documents");
    for (size_t i = 0; i < p->document_count; i++) {
        const struct bundle_document *d = &p->documents[i];
        struct json *o = json_add_object(c->arena, list);
        struct buf of = buf_new(c->arena, 64);
        for (size_t k = 0; k < d->use_count; k++) {
            if (of.len) buf_add_c(&of, c->lang == &lang_en ? ", " : "、");
            buf_add(&of, name_of(&p->members[d->uses[k].member]));
        }
        json_set_str(c->arena, o, "name", c->lang == &lang_en && d->en.len ? d->en : d->name);
        json_set_str(c->arena, o, "of", buf_str(&of));
        json_set_str(c->arena, o, "how",
                     d->from_member != SIZE_MAX ? tr_arg(c->lang, c->arena, "comes from “%{arg}” on the way",
                                                         name_of(&p->members[d->from_member]))
                     : d->state_has             ? ctx_tr(c, "From registers, where they have it")
                     : d->required              ? ctx_tr(c, "To be handed in")
                                                : ctx_tr(c, "Where there is one"));
    }
    json_set_bool(c->arena, doc, "has_documents", list->count > 0);
}

static void add_numbers(struct ctx *c, struct json *doc, const struct bundle_plan *p)
{
    const struct {
        const char *label;
        size_t before, after;
    } rows[] = {{"Services", p->chosen_count, p->chosen_count},
                {"Fields", p->asked_fields, p->fields},
                {"Documents to hand in", p->asked_documents, p->left_documents}};
    struct json *list = json_set_array(c->arena, doc, "numbers");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, rows[i].label));
        json_set_i64(c->arena, o, "before", (int64_t)rows[i].before);
        json_set_i64(c->arena, o, "after", (int64_t)rows[i].after);
    }
    struct str days = bundle_days_text(c, p->path_days);
    json_set(doc, "promise", days.len ? json_string(c->arena, days) : json_null(c->arena));
}

bool bundles_try(struct ctx *c)
{
    struct bundle_edit e;
    struct bundle_plan p;
    if (!bundle_edit_load(c, &e) || !bundle_edit_head(c, &e, "try")) return false;
    struct json *doc = ctx_doc(c);
    struct str why = STR_EMPTY;
    if (!bundle_plan_make(c, e.v.doc, said_of(c, e.v.doc), NULL, &p)) {
        if (c->err->kind != ERR_INVALID) return false;
        why = str_dup(c->arena, str_c(c->err->arg));
        err_clear(c->err);
    }
    json_set(doc, "why", why.len ? json_string(c->arena, why) : json_null(c->arena));
    json_set(doc, "picture", json_null(c->arena));
    json_set_array(c->arena, doc, "stages");
    if (!p.missing && p.chosen_count) bundles_draw(c, doc, &p);
    add_questions(c, doc, &p);
    add_numbers(c, doc, &p);
    add_run(c, doc, &p);
    add_form(c, doc, &p);
    add_documents(c, doc, &p);
    return true;
}
