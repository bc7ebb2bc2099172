/* One window for all departments (一窗综办): find the person, pick the service, check, receive, print. The
 * desk decides nothing. */
#include "core/base/buf.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_form_files.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/registry/registry.h"

const struct field desk_fields[] = {
    {"person", FIELD_ID, .label = "Person"},
    {"q", FIELD_LINE, "Service", .max = 60},
    {"item", FIELD_ID, .label = "Service whose form follows the person"},
    {"unknown", FIELD_BOOL, .label = "Nobody was found"},
    {0},
};
const struct field desk_find_fields[] = {
    {"id_number", FIELD_LINE, "Identity number or unified social credit code", true, .max = 40},
    {"name", FIELD_LINE, "Full name, as the person gives it", true, .max = 200},
    {"purpose", FIELD_CHOICE, "What for", true, .choices = "apply|ask|collect"},
    {"item", FIELD_ID, .label = "Service whose form follows the person"},
    {0},
};
const struct field desk_receive_fields[] = {
    {"person", FIELD_ID, "Person", .required = true},
    {"item", FIELD_ID, "Service", .required = true},
    {"once", FIELD_ID, "Number of this form: sent twice it makes one case", .required = true},
    {"go", FIELD_CHOICE, "What to do", .choices = "accept|receive"},
    {"known", FIELD_LINE, "What registers said when the page was opened, sealed", .max = 200000},
    {"remark", FIELD_TEXT, "Remark", .max = 500},
    {0},
};

/* ---- finding ---- */

static bool add_person(struct ctx *c, struct json *doc, int64_t id)
{
    struct subject s;
    if (!people_desk_may(c, id) || !people_subject(c, id, &s)) return false;
    struct json *p = json_set_object(c->arena, doc, "person");
    json_set_id(c->arena, p, "id", s.id);
    json_set_str(c->arena, p, "name", s.name);
    json_set_str(c->arena, p, "level_label",
                 ctx_tr(c, s.level >= 2 ? "Identity confirmed" : "Only declared"));
    json_set_str(c->arena, p, "id_number", people_mask_code(c->arena, s.code));
    json_set_str(c->arena, p, "mobile", s.mobile.len ? people_mask_code(c->arena, s.mobile) : STR("–"));
    json_set_bool(c->arena, p, "raise", s.level < 2 && s.kind == SUBJECT_PERSON);
    return true;
}

static void add_items(struct ctx *c, struct json *doc, struct str query, int64_t person)
{
    const struct item **found;
    size_t count = query.len ? catalogue_search(c, query, 12, &found) : 0;
    struct json *list = json_set_array(c->arena, doc, "items");
    for (size_t i = 0; i < count; i++) {
        const struct unit *u = orgs_unit(c, found[i]->unit);
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", found[i]->name);
        json_set_str(c->arena, o, "department", u ? u->name : STR_EMPTY);
        json_set_str(c->arena, o, "href",
                     person ? str_fmt(c->arena, "/office/desk/receive?person=%lld&item=%lld",
                                      (long long)person, (long long)found[i]->id)
                            : item_href(c->arena, found[i]));
    }
    json_set_bool(c->arena, doc, "has_items", count > 0);
}

static bool add_waiting(struct ctx *c, struct json *doc)
{
    struct inbox_query q = {0};
    struct case_row *rows;
    size_t count;
    if (!case_inbox(c, &q, &rows, &count)) return false;
    struct json *list = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < 10; i++)
        if (!words_row(c, list, &rows[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_today", count > 0);
    return true;
}

static void find_fields(struct ctx *c, struct json *fields)
{
    static const char *const purposes[][2] = {
        {"apply", "To apply"}, {"ask", "To ask about an application"}, {"collect", "To collect a result"}};
    struct json *f =
        ctx_field(c, fields, "id_number", "Identity number or unified social credit code", "text", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    json_set_c(c->arena, f, "autocomplete", "off");
    f = ctx_field(c, fields, "name", "Full name, as the person gives it", "text", STR_EMPTY);
    json_set_bool(c->arena, f, "required", true);
    json_set_c(c->arena, f, "autocomplete", "off");
    f = ctx_field(c, fields, "purpose", "What for", "select", STR("apply"));
    json_set_bool(c->arena, f, "required", true);
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
        ctx_option(c, f, str_c(purposes[i][0]), ctx_tr(c, purposes[i][1]));
    if (in_i64(c, "item", 0))
        json_set_i64(c->arena, ctx_field(c, fields, "item", "", "hidden", STR_EMPTY), "value",
                     in_i64(c, "item", 0));
}

bool desk_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    int64_t person = in_i64(c, "person", 0);
    const struct item *chosen = catalogue_by_id(c, in_i64(c, "item", 0));
    struct str asked = chosen && !in_has(c, "q") ? chosen->name : in_text(c, "q");
    json_set_str(c->arena, doc, "desk_name", orgs_division_name(c, orgs_place(c)));
    json_set_c(c->arena, doc, "find_action", "/office/desk");
    find_fields(c, json_set_array(c->arena, doc, "find_fields"));
    struct json *query =
        ctx_field(c, json_set_array(c->arena, doc, "item_fields"), "q", "Service", "text", asked);
    json_set_bool(c->arena, query, "required", true);
    json_set(doc, "person", json_null(c->arena));
    json_set_bool(c->arena, doc, "not_found", in_true(c, "unknown"));
    json_set_c(c->arena, doc, "create_href", "/office/desk/verify-person");
    if (person && !add_person(c, doc, person)) return false;
    add_items(c, doc, asked, person);
    return case_desk_bundles(c, doc, asked, person) && add_waiting(c, doc);
}

bool desk_find(struct ctx *c)
{
    struct str code;
    const char *reason;
    int64_t id = 0;
    bool person = people_check_id_number(c->arena, in_text(c, "id_number"), &code, &reason);
    if (!person) code = str_trim(in_text(c, "id_number"));
    if (!people_desk_find(c, person ? SUBJECT_PERSON : SUBJECT_ORGANISATION, code, in_text(c, "name"),
                          in_text(c, "purpose"), &id))
        return false;
    if (!person && !id && code.len != 18) return err_at(c->err, STR("id_number"), reason, STR_EMPTY);
    if (id && in_i64(c, "item", 0) && str_eq_c(in_text(c, "purpose"), "apply"))
        return ctx_redirect(c, "/office/desk/receive?person=%lld&item=%lld", (long long)id,
                            (long long)in_i64(c, "item", 0));
    return id ? ctx_redirect(c, "/office/desk?person=%lld", (long long)id)
              : ctx_redirect(c, "/office/desk?unknown=1");
}

/* ---- receiving ---- */

struct reception {
    const struct item *item;
    const struct json *service;
    struct subject who;
    const struct form *form;
    const struct json *schema;
    struct case_work work; /* answers and materials as if it were a draft */
};

static struct str raw_value(void *arg, struct str name)
{
    return ctx_param(arg, name);
}

static bool load_reception(struct ctx *c, struct reception *r, int64_t person, int64_t item)
{
    r->item = catalogue_by_id(c, item);
    if (!r->item) return err_missing(c->err, "item", "We cannot find this service.");
    if (!people_desk_may(c, person) || !people_subject(c, person, &r->who)) return false;
    bool organisation = r->who.kind == SUBJECT_ORGANISATION;
    r->service = item_service(r->item, organisation);
    if (!r->service)
        return err_invalid(
            c->err, "item.audience",
            organisation ? "This service is for persons. Please act for yourself to apply."
                         : "This service is for organisations. Please choose the organisation you act for.");
    struct service_code code;
    if (!item_code(c, r->item, organisation, 0, &code)) return false;
    r->form = code.form;
    r->schema = code.schema;
    return true;
}

static void situation_fields(struct ctx *c, struct json *fields, const struct json *service)
{
    bool english = c->lang == &lang_en;
    JSON_EACH(s, json_get(service, "situations"))
    {
        const char *id = str_z(c->arena, json_text_of(s, "id"));
        struct json *f = ctx_field(c, fields, id, "", "radios", STR_EMPTY);
        json_set_str(c->arena, f, "label", json_text_of(s, english ? "en" : "question"));
        json_set_bool(c->arena, f, "required", true);
        JSON_EACH(o, json_get(s, "options"))
        {
            ctx_option(c, f, json_text_of(o, "value"), json_text_of(o, english ? "en" : "label"));
        }
    }
}

/* What a register says and nobody may mend is taken from the register again when the form is sent: to
 * recognise it the clerk needs no more than a part. The name they were told. */
static void mask_locked(struct ctx *c, struct json *field, const struct reception *r)
{
    struct str value = json_text_of(field, "value");
    if (!json_true_of(field, "readonly") || json_get(field, "options") || !value.len ||
        str_eq(value, r->who.name))
        return;
    size_t chars = utf8_count(value);
    if (json_get(json_get(field, "kind"), "date")) { /* no browser shows a date with stars */
        json_set_c(c->arena, field, "type", "text");
        json_set_bool(c->arena, json_set_object(c->arena, field, "kind"), "input", true);
    }
    json_set_str(c->arena, field, "value",
                 chars == value.len && chars >= 11 ? people_mask_code(c->arena, value)
                                                   : ident_mask(c->arena, value, chars > 4 ? 3 : 0, 0));
}

enum { SPARE_ROWS = 3 };

/* The page is only shown again by what was typed so far, while it is. */
static bool is_look(const struct ctx *c)
{
    return str_eq_c(ctx_param(c, STR(FORM_ROW)), FORM_LOOK);
}

static struct str once_of(struct ctx *c)
{
    struct str once = ctx_param(c, STR("once"));
    return once.len ? once : str_fmt(c->arena, "%lld", (long long)ctx_id(c));
}

static struct field_place known_place(const struct reception *r, struct str once)
{
    struct field_place at = {.table = "case_file", .column = "known", .subject = r->who.id};
    if (!str_to_i64(once, &at.row)) at.row = 0;
    return at;
}

/* Registers are asked once, when the page is opened; what they said travels with it, sealed, so that a look
 * asks nobody again. When the form is sent they say it anew. */
static bool known_before(struct ctx *c, const struct reception *r, struct json **out)
{
    struct field_place at = known_place(r, ctx_param(c, STR("once")));
    struct str sealed, plain;
    *out = NULL;
    if (!is_look(c) || !str_unbase64(c->arena, ctx_param(c, STR("known")), &sealed) || !sealed.len)
        return false;
    if (field_open(ctx_keys(c), &c->tx, &at, sealed, &plain))
        *out = json_parse(c->arena, plain, JSON_STRICT, c->err);
    err_clear(c->err);
    return *out != NULL;
}

static bool keep_known(struct ctx *c, struct json *fields, const struct reception *r, struct str once,
                       const struct json *known)
{
    struct field_place at = known_place(r, once);
    struct str sealed;
    if (!known) return true;
    if (!field_seal(ctx_keys(c), &c->tx, &at, json_to_str(c->arena, known), &sealed)) return false;
    json_set_str(c->arena, ctx_field(c, fields, "known", "", "hidden", STR_EMPTY), "value",
                 str_base64(c->arena, sealed.ptr, sealed.len));
    return true;
}

static const struct json *situations_typed(struct ctx *c, const struct json *service)
{
    struct json *chosen = json_object(c->arena);
    JSON_EACH(s, json_get(service, "situations"))
    {
        struct str id = json_text_of(s, "id");
        json_set_str(c->arena, chosen, str_z(c->arena, id), ctx_param(c, id));
    }
    return chosen;
}

/* Situations are asked on this page too. */
static void add_decides(struct ctx *c, struct json *doc, const struct reception *r)
{
    struct buf names = buf_new(c->arena, 64);
    if (r->form) buf_add(&names, form_decides(c->arena, r->form, SIZE_MAX));
    JSON_EACH(s, r->form ? json_get(r->service, "situations") : NULL)
    {
        if (names.len) buf_add_char(&names, ' ');
        buf_add(&names, json_text_of(s, "id"));
    }
    json_set(doc, "decides", names.len ? json_string(c->arena, buf_str(&names)) : json_null(c->arena));
}

static bool add_fields(struct ctx *c, struct json *fields, const struct reception *r, struct str once)
{
    const struct exchange_case about = {.item = r->item->id,
                                        .applicant = r->who.id,
                                        .item_code = r->item->code,
                                        .base = r->item->base,
                                        .live = true};
    struct json *known, *errors = json_object(c->arena), *typed = json_object(c->arena);
    bool again = c->failed || is_look(c);
    if (!known_before(c, r, &known)) known = exchange_prefill(c, &about, r->schema);
    if (!known && c->err->kind != ERR_NONE) return false;
    struct form_answers in = {.prefill = known, .situations = situations_typed(c, r->service)};
    const struct form_upload_list none = {
        .at_desk = true}; /* a form that comes back is without the files that were sent */
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++)
        json_set_str(c->arena, errors, c->failed->fields[i].field,
                     tr_arg(c->lang, c->arena, c->failed->fields[i].msgid, str_c(c->failed->fields[i].arg)));
    for (size_t p = 0; r->form && p < form_page_count(r->form); p++) {
        struct json *out;
        struct err ignored = {0};
        if (again) {
            (void)!form_read_page(c->arena, r->form, p, raw_value, c, &in, &out, &ignored);
            typed = out;
        }
        in.values = form_spare_rows(c->arena, r->form, typed, SPARE_ROWS);
        const struct json *page = form_page(c->arena, r->form, p, &in, errors, c->lang == &lang_en);
        form_files_on_page(c, &none, json_get(page, "fields"));
        JSON_EACH(f, json_get(page, "fields"))
        {
            struct json *copy = json_copy(c->arena, f);
            const struct json *source = json_get(json_get(f, "source"), "name");
            json_set(copy, "source", source ? json_string(c->arena, json_text(source)) : json_null(c->arena));
            mask_locked(c, copy, r);
            apply_complete_rows(c, copy);
            apply_without_buttons(c, copy);
            json_add(fields, copy);
        }
    }
    return keep_known(c, fields, r, once, known);
}

bool desk_receive_page(struct ctx *c)
{
    struct reception r = {0};
    int64_t person = 0, item = 0;
    if (!str_to_i64(ctx_param(c, STR("person")), &person) || !str_to_i64(ctx_param(c, STR("item")), &item))
        return err_missing(c->err, "page", "We cannot find this page.");
    if (!load_reception(c, &r, person, item)) return false;
    const struct unit *u = orgs_unit(c, r.item->unit);
    ctx_reads(c, person, STR("registers, to receive an application"), item);
    struct json *doc = ctx_doc(c), *about = json_set_object(c->arena, doc, "item"), *fields;
    json_set_id(c->arena, about, "id", r.item->id);
    json_set_str(c->arena, about, "name", r.item->name);
    json_set_str(c->arena, about, "href", item_href(c->arena, r.item));
    json_set_str(c->arena, doc, "department", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, doc, "applicant", r.who.name);
    json_set_str(
        c->arena, doc, "action",
        str_fmt(c->arena, "/office/desk/receive?person=%lld&item=%lld", (long long)person, (long long)item));
    struct str once = once_of(c);
    json_set_str(c->arena, doc, "once", once);
    add_decides(c, doc, &r);
    fields = json_set_array(c->arena, doc, "fields");
    json_set_str(c->arena, ctx_field(c, fields, "person", "", "hidden", STR_EMPTY), "value",
                 str_fmt(c->arena, "%lld", (long long)person));
    json_set_str(c->arena, ctx_field(c, fields, "item", "", "hidden", STR_EMPTY), "value",
                 str_fmt(c->arena, "%lld", (long long)item));
    situation_fields(c, fields, r.service);
    desk_add_papers(c, doc, r.service);
    return add_fields(c, fields, &r, once);
}

/* Files inside the form are named in the case first, then the pages are read with their numbers. */
static bool take_pages(struct ctx *c, struct case_work *w)
{
    struct form_sent sent;
    struct err wrong = {0};
    if (!form_files_take(c, w, &sent, &wrong)) return false;
    if (wrong.field_count) {
        *c->err = wrong;
        return false;
    }
    if (!form_papers_take(c, w, &sent)) return false;
    for (size_t p = 0; w->form && p < form_page_count(w->form); p++)
        if (form_page_visible(w->form, p, &w->answers) && !draft_page(c, w, p, form_files_raw, &sent))
            return false;
    return form_files_sweep(c, w, &sent);
}

static bool take_situations(struct ctx *c, struct case_work *w)
{
    return draft_situations(c, w, situations_typed(c, w->service));
}

bool desk_receive(struct ctx *c)
{
    struct case_work w;
    struct reception r = {0};
    int64_t id;
    const struct case_act accept = {.event = {.kind = COURSE_DO, .act = COURSE_ACCEPT}};
    if (is_look(c)) return desk_receive_page(c);
    if (!in_has(c, "go")) return err_at(c->err, STR("go"), "Please choose one of the options.", STR_EMPTY);
    if (!case_store_once(c, in_i64(c, "once", 0), &id)) return false;
    if (id) return ctx_redirect(c, "/office/cases/%lld/receipt", (long long)id); /* sent before */
    if (!load_reception(c, &r, in_i64(c, "person", 0), in_i64(c, "item", 0))) return false;
    if (!draft_open(c, r.item, "desk", r.who.id, 0, &id) || !case_work_load(c, id, &w)) return false;
    if (!take_situations(c, &w) || !case_work_load(c, id, &w) || !take_pages(c, &w) ||
        !desk_take_papers(c, &w) || !draft_submit(c, &w))
        return false;
    if (!case_store_keep_once(c, in_i64(c, "once", 0), id)) return false;
    if (str_eq_c(in_text(c, "go"), "accept") && w.state.status == COURSE_SUBMITTED &&
        !case_move(c, &w, &accept))
        return false;
    return ctx_redirect(c, "/office/cases/%lld/receipt", (long long)id);
}

/* ---- the paper ---- */

bool desk_receipt(struct ctx *c)
{
    struct case_work w;
    struct subject who;
    struct case_material *list;
    size_t count;
    if (!case_work_load(c, c->row, &w) || !people_subject(c, w.file.applicant, &who) ||
        !case_materials(c, &w, &list, &count))
        return false;
    bool accepted = w.file.accepted != 0;
    const struct unit *u = orgs_unit(c, w.file.unit);
    struct json *doc = ctx_doc(c), *item = json_set_object(c->arena, doc, "item"), *papers;
    json_set_str(c->arena, item, "name", w.item->name);
    json_set_str(c->arena, item, "href", item_href(c->arena, w.item));
    json_set_str(c->arena, doc, "document_name",
                 ctx_tr(c, accepted ? "Notice of acceptance" : "Receipt for documents"));
    json_set_str(c->arena, doc, "case_no", w.file.case_no);
    json_set_str(c->arena, doc, "track_code", words_track(c, w.file.track_code));
    json_set_str(c->arena, doc, "applicant", who.name);
    json_set_str(c->arena, doc, "text",
                 tr_arg(c->lang, c->arena,
                        accepted
                            ? "Your application for %{arg} is complete and in due form and is accepted today."
                            : "Your application for %{arg} and its documents were received today.",
                        w.item->name));
    json_set_str(c->arena, doc, "department", u ? u->name : STR_EMPTY);
    enum clock_light light = case_light(&w.file, w.yellow_at, w.red_at, w.paused, c->now);
    struct str due = words_due_to_person(c, &w.file, light, w.provisional);
    json_set(doc, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
    papers = json_set_array(c->arena, doc, "materials");
    for (size_t i = 0; i < count; i++)
        desk_paper_row(c, papers, &list[i]);
    json_set_str(c->arena, doc, "issued_by", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, doc, "issued", words_time(c, accepted ? w.file.accepted : w.file.submitted));
    json_set_str(c->arena, doc, "clerk", ctx_actor_name(c));
    json_set_str(c->arena, doc, "follow_url",
                 str_cat(c->arena, server_address(c->server, c->arena), STR("/track")));
    return true;
}
