/* The holder's own pages, and the table of routes. */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "engines/qr/qr.h"
#include "modules/licences/licences_internal.h"
#include "modules/people/people.h"

/* One's own, or those of the one the actor acts for now that are within the mandate, which may be for one
 * department only; all others do not exist. */
static bool is_mine(struct ctx *c, const struct licence_record *r)
{
    if (r->holder == c->actor.subject) return true;
    return c->actor.acting_for && r->holder == c->actor.acting_for &&
           people_may_act_before(c, r->holder, r->issuer);
}

bool licences_own_scope(struct ctx *c)
{
    struct licence_record r;
    bool found;
    if (!ctx_path_id(c, "id", &c->row) || !licences_store_load(c, c->row, &r, &found)) return false;
    if (found && is_mine(c, &r)) return true;
    return c->err->kind == ERR_NONE ? err_missing(c->err, "licence.missing", "We cannot find this licence.")
                                    : false;
}

static bool load(struct ctx *c, struct licence_record *r)
{
    bool found;
    if (!licences_store_load(c, c->row, r, &found)) return false;
    return found || err_missing(c->err, "licence.missing", "We cannot find this licence.");
}

static void crumb(struct ctx *c, struct json *list, const char *name, const char *href)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", ctx_tr(c, name));
    json_set_c(c->arena, o, "href", href);
}

/* ---- list ---- */

/* One more than a page of those the actor may see. Neighbours mostly have the same issuer, which is asked for
 * once. */
static bool my_rows(struct ctx *c, int64_t holder, int64_t before, struct licence_record *mine, size_t *count)
{
    struct licence_record *rows;
    size_t got;
    int64_t asked = 0;
    bool may = false;
    *count = 0;
    do {
        if (!licences_store_of_holder(c, holder, STR_EMPTY, before, LICENCE_PAGE + 1, &rows, &got))
            return false;
        for (size_t i = 0; i < got && *count < LICENCE_PAGE + 1; i++) {
            if (rows[i].issuer != asked) may = is_mine(c, &rows[i]);
            if (c->err->kind != ERR_NONE) return false;
            asked = rows[i].issuer;
            before = rows[i].id;
            if (may) mine[(*count)++] = rows[i];
        }
    } while (got == LICENCE_PAGE + 1 && *count < LICENCE_PAGE + 1);
    return true;
}

static bool add_cards(struct ctx *c, struct json *doc, int64_t holder, int64_t before, size_t *count)
{
    struct licence_record *rows = ARENA_ARRAY(c->arena, LICENCE_PAGE + 1, struct licence_record);
    struct json *list = json_set_array(c->arena, doc, "licences");
    if (!my_rows(c, holder, before, rows, count)) return false;
    for (size_t i = 0; i < *count && i < LICENCE_PAGE; i++) {
        struct licence_holder facts;
        if (!licences_holder(c, &rows[i], &facts)) return false;
        struct json *o = json_add_object(c->arena, list);
        licences_card(c, o, &rows[i]);
        json_set_str(c->arena, o, "holder", facts.name);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/licences/%lld", (long long)rows[i].id));
    }
    json_set_bool(c->arena, doc, "has_licences", *count > 0);
    return true;
}

bool licences_own_list(struct ctx *c)
{
    size_t count;
    struct json *doc = ctx_doc(c);
    if (!add_cards(c, doc, people_applicant(c), in_i64(c, "before", 0), &count)) return false;
    crumb(c, json_set_array(c->arena, doc, "crumbs"), "My page", "/me");
    json_set(doc, "pager", json_null(c->arena));
    if (count > LICENCE_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "/me/licences?before=%.*s",
                             STR_ARG(json_text_of(json_get(doc, "licences")->last, "id"))));
    }
    return true;
}

/* ---- one licence ---- */

static struct str chinese_date(struct ctx *c, int32_t date)
{
    struct civil d = date_to_civil(date);
    return str_fmt(c->arena, "%d年%d月%d日", d.year, d.month, d.day);
}

void licences_add_face(struct ctx *c, struct json *doc, const struct licence_record *r,
                       const struct json *face)
{
    struct json *list = json_set_array(c->arena, doc, "face");
    JSON_EACH(f, face)
    {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", json_text_of(f, "name"));
        json_set_str(c->arena, o, "label", json_text_of(f, "title"));
        json_set_str(c->arena, o, "value", json_text_of(f, "value"));
    }
    /* The face is Chinese in every language of the page. */
    struct str until = r->valid_to ? chinese_date(c, r->valid_to) : STR("长期");
    struct str validity =
        str_fmt(c->arena, "%.*s至%.*s", STR_ARG(chinese_date(c, r->valid_from)), STR_ARG(until));
    const struct {
        const char *name, *label;
        struct str value;
    } ends[] = {{"number", "编号", r->number}, {"validity", "有效期", validity}};
    for (size_t i = 0; i < 2; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_c(c->arena, o, "name", ends[i].name);
        json_set_c(c->arena, o, "label", ends[i].label);
        json_set_str(c->arena, o, "value", ends[i].value);
    }
    json_set_str(c->arena, doc, "issued", licences_date(c, r->issued));
}

bool licences_own_page(struct ctx *c)
{
    struct licence_record r;
    const struct json *face;
    if (!load(c, &r) || !licences_face(c, &r, &face)) return false;
    struct json *doc = ctx_doc(c), *crumbs = json_set_array(c->arena, doc, "crumbs");
    crumb(c, crumbs, "My page", "/me");
    crumb(c, crumbs, "My licences", "/me/licences");
    licences_card(c, doc, &r);
    licences_add_face(c, doc, &r, face);
    bool is_signed = r.manifest.len > 0;
    json_set_bool(c->arena, doc, "signed", is_signed);
    if (is_signed) {
        struct str url = licences_verify_url(c, r.licence_id);
        json_set_str(c->arena, doc, "qr_href", str_fmt(c->arena, "/licences/%lld/qr.svg", (long long)r.id));
        json_set_str(c->arena, doc, "pdf_href", str_fmt(c->arena, "/licences/%lld/pdf", (long long)r.id));
        json_set_str(c->arena, doc, "manifest_href",
                     str_fmt(c->arena, "/licences/%lld/manifest.json", (long long)r.id));
        json_set_str(c->arena, doc, "verify_href", str_slice(url, str_find(url, STR("/verify/")), url.len));
    }
    json_set(doc, "case_href",
             r.case_id ? json_string(c->arena, str_fmt(c->arena, "/cases/%lld", (long long)r.case_id))
                       : json_null(c->arena));
    json_set_str(c->arena, doc, "case_no", r.case_no);
    return licences_timeline(c, doc, &r);
}

bool licence_document(struct ctx *c, int64_t licence, struct str *pdf)
{
    struct licence_record r;
    bool found;
    if (!licences_store_load(c, licence, &r, &found)) return false;
    if (!found) return err_missing(c->err, "licence.missing", "We cannot find this licence.");
    return licences_pdf(c, &r, pdf);
}

bool licences_own_pdf_prepare(struct ctx *c)
{
    struct licence_record r;
    struct str pdf;
    if (!load(c, &r) || !licences_pdf(c, &r, &pdf)) return false;
    c->prepared = json_string(c->arena, pdf);
    return true;
}

bool licences_copy_prepare(struct ctx *c)
{
    struct licence_record r;
    struct str pdf;
    if (!load(c, &r) || !licences_copy(c, &r, &pdf)) return false;
    c->prepared = json_string(c->arena, pdf);
    return true;
}

/* The printed number names the file; nothing of the holder does. */
static struct str file_name(struct ctx *c, const struct licence_record *r, const char *end)
{
    return str_fmt(c->arena, "%.*s.%s", STR_ARG(r->number), end);
}

bool licences_send_pdf(struct ctx *c, const struct licence_record *r)
{
    return people_send_file(c, json_text(c->prepared), STR("application/pdf"), file_name(c, r, "pdf"));
}

bool licences_send_manifest(struct ctx *c, const struct licence_record *r)
{
    struct str json;
    return licences_manifest(c, r, &json) &&
           people_send_file(c, json, STR("application/json"), file_name(c, r, "json"));
}

bool licences_own_pdf(struct ctx *c)
{
    struct licence_record r;
    return load(c, &r) && licences_send_pdf(c, &r);
}

bool licences_own_manifest(struct ctx *c)
{
    struct licence_record r;
    return load(c, &r) && licences_send_manifest(c, &r);
}

bool licences_own_qr(struct ctx *c)
{
    struct licence_record r;
    if (!load(c, &r)) return false;
    return ctx_file(c, qr_svg(c->arena, licences_verify_url(c, r.licence_id)), "image/svg+xml", STR_EMPTY);
}

/* ---- what others' pages show ---- */

static bool my_page(struct ctx *c, struct json *doc)
{
    json_set_bool(c->arena, doc, "licences_known", true);
    size_t count;
    return add_cards(c, doc, people_applicant(c), 0, &count);
}

static bool export(struct ctx *c, int64_t subject, struct json *doc)
{
    size_t count;
    struct licence_record *rows;
    struct json *list = json_set_array(c->arena, doc, "licences");
    for (int64_t before = 0;; before = rows[count - 1].id) {
        if (!licences_store_of_holder(c, subject, STR_EMPTY, before, 100, &rows, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            const struct json *face;
            struct json *o = json_add_object(c->arena, list);
            licences_card(c, o, &rows[i]);
            if (!licences_face(c, &rows[i], &face)) return false;
            json_set(o, "face", json_copy(c->arena, face));
            if (!licences_timeline(c, o, &rows[i])) return false;
        }
        if (count < 100) return true;
    }
}

const struct people_part licences_people_part = {
    .name = "licences", .my_page = my_page, .export = export, .kept = licences_kept, .erase = licences_erase};

/* ---- tables ---- */

static const struct field list_fields[] = {{"before", FIELD_ID, .label = "Rows before this one"}, {0}};

static const struct field search_fields[] = {
    {"q", FIELD_LINE, "Licence number or identifier", .max = 128},
    {"status", FIELD_CHOICE, "Status",
     .choices = "valid|not_yet|suspended|expired|revoked|cancelled|forfeited|superseded"},
    {"before", FIELD_ID, .label = "Rows before this one"},
    {0},
};

#define ACT_FIELDS(op)                                                                                       \
    static const struct field op##_fields[] = {                                                              \
        {#op "_reason", FIELD_TEXT, "Facts and legal basis", .required = true, .min = 2, .max = 1000},       \
        {#op "_document", FIELD_LINE, "Number of the decision", .required = true, .max = 80},                \
        {0},                                                                                                 \
    };
ACT_FIELDS(suspend)
ACT_FIELDS(release)
ACT_FIELDS(revoke)
ACT_FIELDS(cancel)
ACT_FIELDS(forfeit)

static const struct field verify_fields[] = {
    {"code", FIELD_LINE, "Licence number or content of the code", .required = true, .max = 400},
    {"holder", FIELD_LINE, "Name of the holder", .max = 100},
    {0},
};
static const struct field file_fields[] = {{"file", FIELD_FILE, .label = "Licence file"}, {0}};
static const struct field check_fields[] = {{"c", FIELD_LINE, "Check characters of the code", .max = 40},
                                            {0}};

#define ACT(op, title)                                                                                       \
    POST("/office/licences/{id}/" #op, ALLOW("licence.manage"), SCOPE(licences_office_scope), licences_##op, \
         "licences/office_licence", .in = op##_fields, .again = licences_office_page, .summary = title)

static const struct route routes[] = {
    GET("/me/licences", ALLOW(PERSON), SCOPE(NO_ROW), licences_own_list, "licences/mine", .in = list_fields,
        .summary = "My licences"),
    GET("/licences/{id}", ALLOW(PERSON), SCOPE(licences_own_scope), licences_own_page, "licences/licence",
        .summary = "One of my licences, with its history"),
    GET("/licences/{id}/pdf", ALLOW(PERSON), SCOPE(licences_own_scope), licences_own_pdf, NULL,
        .prepare = licences_own_pdf_prepare, .summary = "The licence as PDF with its signed manifest inside"),
    GET("/licences/{id}/manifest.json", ALLOW(PERSON), SCOPE(licences_own_scope), licences_own_manifest, NULL,
        .summary = "The signed manifest"),
    GET("/licences/{id}/qr.svg", ALLOW(PERSON), SCOPE(licences_own_scope), licences_own_qr, NULL,
        .summary = "The code that leads to the verify page"),
    GET("/verify", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_verify_page, "licences/verify",
        .summary = "The form of the verify page"),
    POST("/verify", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_verify, "licences/verify", .in = verify_fields,
         .prepare = licences_verify_limit, .again = licences_verify_page,
         .flags = ROUTE_READS | ROUTE_LIMITED,
         .summary = "Find a licence by number and name, or by the content of its code"),
    GET("/verify/none", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_verify_none, "licences/verdict",
        .summary = "The verdict on what was not found"),
    POST("/verify/file", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_verify_file, "licences/verdict",
         .in = file_fields, .prepare = licences_verify_file_prepare,
         .flags = ROUTE_READS | ROUTE_LIMITED | ROUTE_UPLOAD,
         .summary = "Verify a manifest or PDF; `altered` names each entry that was changed"),
    GET("/verify/certificates", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_certificates, NULL,
        .summary = "Certificates of the installation and its issuers, PEM"),
    GET("/verify/{licence}", ALLOW(PUBLIC), SCOPE(NO_ROW), licences_verify_one, "licences/verdict",
        .in = check_fields, .flags = ROUTE_LIMITED, .summary = "What can be said of a licence to anyone"),
    GET("/office/licences", ALLOW("licence.read"), SCOPE(NO_ROW), licences_office_list,
        "licences/office_licences", .in = search_fields, .flags = ROUTE_PERSONAL,
        .summary = "Licences issued by the officer's department"),
    GET("/office/licences/{id}", ALLOW("licence.read"), SCOPE(licences_office_scope), licences_office_page,
        "licences/office_licence", .flags = ROUTE_PERSONAL, .summary = "One of them"),
    GET("/office/licences/{id}/pdf", ALLOW("licence.read"), SCOPE(licences_office_scope), licences_office_pdf,
        NULL, .prepare = licences_copy_prepare, .summary = "A copy of the licence that names who reads it"),
    GET("/office/licences/{id}/manifest.json", ALLOW("licence.read"), SCOPE(licences_office_scope),
        licences_office_manifest, NULL, .summary = "The signed manifest"),
    ACT(suspend, "Suspend (暂扣)"), /* no translation */
    ACT(release, "Lift the suspension"),
    ACT(revoke, "Revoke (撤销): the grant was unlawful"), /* no translation */
    ACT(cancel, "Cancel (注销)"),                         /* no translation */
    ACT(forfeit, "Forfeit (吊销) as a penalty"),          /* no translation */
};

static const struct permission permissions[] = {
    {"licence.read", "See the licences of the own department", "reviewer|decider"},
    {"licence.manage", "Suspend, revoke, cancel and forfeit licences of the own department", "decider"},
};

static const struct job_kind jobs[] = {
    {"licence.sign", "Sign a licence", .prepare = licences_sign_prepare, .run = licences_sign_run},
};

static const char *const needs[] = {"evidence", "orgs", "people", "notices", NULL};

const struct module licences_module = {
    .name = "licences",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = licences_start,
    .stop = licences_stop,
};
