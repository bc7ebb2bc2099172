/* Pages of verification, open to anyone. No name and no full number leaves here unless the asker brought it
 * in a file. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/licences/licences_internal.h"

/* ---- the form ---- */

bool licences_verify_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"),
                *files = json_set_array(c->arena, doc, "file_fields");
    json_set_c(c->arena, doc, "action", "/verify");
    json_set_c(c->arena, doc, "file_action", "/verify/file");
    json_set_c(c->arena, doc, "certificates_href", "/verify/certificates");
    struct json *code =
        licences_input(c, fields, "code", "Licence number or content of the code", "input", STR_EMPTY, true);
    json_set_c(c->arena, code, "autocomplete", "off");
    struct json *holder =
        licences_input(c, fields, "holder", "Name of the holder", "input", STR_EMPTY, false);
    json_set_c(c->arena, holder, "autocomplete", "off");
    json_set_str(c->arena, holder, "hint", ctx_tr(c, "Not needed after scanning"));
    struct json *file = licences_input(c, files, "file", "Licence file", "file", STR_EMPTY, true);
    json_set_str(c->arena, file, "hint", ctx_tr(c, "PDF or JSON, up to 10 MB"));
    json_set_c(c->arena, file, "accept", "application/pdf,application/json");
    json_set_i64(c->arena, file, "max_mb", 10);
    return true;
}

/* Nobody tries names for one number, from however many addresses. */
static bool limit_names(struct ctx *c, struct str code)
{
    char *z = arena_array(c->arena, code.len + 1, 1);
    struct str normal;
    if (!ident_normalise(code, z, code.len, &normal)) return true;
    return auth_limit_kept(c, "licence.name", normal, 20, 10 * MS_MINUTE);
}

static bool is_scanned(struct str code)
{
    return str_find(code, STR("/verify/")) != SIZE_MAX;
}

bool licences_verify_limit(struct ctx *c)
{
    struct str code = in_text(c, "code");
    return is_scanned(code) || !in_text(c, "holder").len || limit_names(c, code);
}

bool licences_verify(struct ctx *c)
{
    struct licence_record r;
    struct str code = in_text(c, "code"), name = in_text(c, "holder");
    bool scanned = is_scanned(code);
    if (!scanned && !name.len)
        return err_at(c->err, STR("holder"), "Enter the name of the holder as printed on the licence.",
                      STR_EMPTY);
    if (!licences_find(c, code, name, &r)) return false;
    if (!r.id) return ctx_redirect(c, "/verify/none");
    return ctx_redirect(c, "/verify/%.*s?c=%.*s", STR_ARG(r.licence_id),
                        STR_ARG(licences_check(c, r.licence_id)));
}

/* ---- the verdict ---- */

struct wording {
    const char *status, *tone, *verdict, *text;
};

static const struct wording wordings[] = {
    {"valid", "good", "Genuine and valid", "It was issued by %{arg} and is valid now."},
    {"suspended", "care", "Genuine, but suspended", "It must not be used for the time being."},
    {"revoked", "bad", "Genuine, but revoked",
     "The grant was withdrawn because it was unlawful. The licence can no longer be used."},
    {"cancelled", "care", "Genuine, but cancelled", "It was given up or ended and can no longer be used."},
    {"forfeited", "bad", "Genuine, but forfeited",
     "It was taken away as a penalty and can no longer be used."},
    {"not_yet", "care", "Genuine, but not yet valid", "Its time of validity has not begun."},
    {"expired", "care", "Genuine, but expired", "Its time of validity is over."},
    {"superseded", "care", "Genuine, but replaced", "A newer licence has taken its place."},
    {"resaved", "care", "The data is genuine, the page was not compared",
     "Another program saved this file again. Go by what is listed here, not by the page."},
    {"altered", "bad", "Altered: do not trust it", "What is there does not fit what was signed."},
    {"not_found", "care", "We did not find this licence",
     "The number may be mistyped, or the licence was not issued here."},
};

static const struct wording *wording_of(struct str status)
{
    const struct wording *last = &wordings[sizeof wordings / sizeof wordings[0] - 1];
    for (const struct wording *w = wordings; w < last; w++)
        if (str_eq_c(status, w->status)) return w;
    return last;
}

static struct json *begin_verdict(struct ctx *c, struct str status, struct str arg)
{
    const struct wording *w = wording_of(status);
    struct json *doc = ctx_doc(c),
                *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "Verify a licence"));
    json_set_c(c->arena, crumb, "href", "/verify");
    json_set_c(c->arena, doc, "status", w->status);
    json_set_c(c->arena, doc, "tone", w->tone);
    json_set_str(c->arena, doc, "verdict", ctx_tr(c, w->verdict));
    json_set_str(c->arena, doc, "text", tr_arg(c->lang, c->arena, w->text, arg));
    json_set_str(c->arena, doc, "checked", licences_time(c, c->now));
    json_set_str(c->arena, doc, "checked_at", time_rfc3339(c->arena, c->now));
    json_set_array(c->arena, doc, "altered");
    json_set_array(c->arena, doc, "face");
    json_set_array(c->arena, doc, "checks");
    struct json *hints = json_set_array(c->arena, doc, "hints");
    if (str_eq_c(status, "not_found")) {
        json_add(hints,
                 json_string(c->arena, ctx_tr(c, "Compare the number, or scan the code on the licence")));
        json_add(hints, json_string(c->arena, ctx_tr(c, "Ask the authority named on it")));
    } else if (strcmp(w->tone, "bad") == 0 && str_eq_c(status, "altered")) {
        json_add(hints, json_string(
                            c->arena,
                            ctx_tr(c, "Ask to see the licence on the holder's own phone and scan it again")));
        json_add(hints, json_string(c->arena, ctx_tr(c, "Call 12345 to report it")));
    }
    return doc;
}

static void end_verdict(struct ctx *c, struct json *doc, bool open)
{
    static const char *const lists[][2] = {
        {"altered", "has_altered"}, {"face", "has_face"}, {"checks", "has_checks"}, {"hints", "has_hints"}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        json_set_bool(c->arena, doc, lists[i][1], json_get(doc, lists[i][0])->count > 0);
    json_set_bool(c->arena, doc, "open", open);
}

static struct json *list_of(struct json *doc, const char *key)
{
    return (struct json *)(uintptr_t)json_get(doc, key);
}

static void say(struct ctx *c, struct json *doc, struct str label, struct str value, bool altered)
{
    struct json *o = json_add_object(c->arena, list_of(doc, "face"));
    json_set_str(c->arena, o, "label", label);
    json_set_str(c->arena, o, "value", value);
    json_set_bool(c->arena, o, "label_zh", false);
    json_set_bool(c->arena, o, "value_zh", false);
    json_set_bool(c->arena, o, "altered", altered);
}

/* The last one said is Chinese in every language of the page. */
static void in_chinese(struct ctx *c, struct json *doc, bool label)
{
    struct json *o = list_of(doc, "face")->last;
    json_set_bool(c->arena, o, "label_zh", label);
    json_set_bool(c->arena, o, "value_zh", true);
}

static void check(struct ctx *c, struct json *doc, struct str name, const char *result, struct str detail)
{
    struct json *o = json_add_object(c->arena, list_of(doc, "checks"));
    const char *label = strcmp(result, "match") == 0     ? "Fits"
                        : strcmp(result, "differs") == 0 ? "Does not fit"
                                                         : "Not checked";
    json_set_c(c->arena, o, "result", result);
    json_set_str(c->arena, o, "result_label", ctx_tr(c, label));
    json_set_str(c->arena, o, "name", name);
    json_set(o, "detail", detail.len ? json_string(c->arena, detail) : json_null(c->arena));
}

static struct str issuer_name(struct ctx *c, const struct licence_record *r)
{
    const struct unit *unit = orgs_unit(c, r->issuer);
    if (unit && c->lang == &lang_en && unit->en.len) return unit->en;
    return unit ? unit->name : r->issuer_code;
}

/* Enough for whoever has the licence in front of them to compare. */
static struct str masked_holder(struct ctx *c, const struct licence_holder *h)
{
    size_t length = utf8_count(h->name);
    return str_eq_c(h->code_type, "111")
               ? ident_mask_name(c->arena, h->name)
               : ident_mask(c->arena, h->name, length > 6 ? 4 : 1, length > 6 ? 2 : 0);
}

static bool add_record(struct ctx *c, struct json *doc, const struct licence_record *r)
{
    struct licence_holder holder;
    if (!licences_holder(c, r, &holder)) return false;
    say(c, doc, ctx_tr(c, "Type"), r->type_name, false);
    in_chinese(c, doc, false);
    say(c, doc, ctx_tr(c, "Number"), ident_mask(c->arena, r->number, 3, 2), false);
    say(c, doc, ctx_tr(c, "Holder"), masked_holder(c, &holder), false);
    in_chinese(c, doc, false);
    say(c, doc, ctx_tr(c, "Issued by"), issuer_name(c, r), false);
    say(c, doc, ctx_tr(c, "Issued on"), licences_date(c, r->issued), false);
    say(c, doc, ctx_tr(c, "Valid"), licences_valid_text(c, r), false);
    return true;
}

static void add_status_check(struct ctx *c, struct json *doc, struct str status)
{
    bool valid = str_eq_c(status, "valid"),
         known = !str_eq_c(status, "not_found") && !str_eq_c(status, "altered");
    check(c, doc, ctx_tr(c, "Present status"),
          valid   ? "match"
          : known ? "differs"
                  : "unknown",
          known ? licences_status_label(c, status) : STR_EMPTY);
}

/* Nothing but the verdict: not even that such a licence exists. */
static bool nothing_found(struct ctx *c)
{
    end_verdict(c, begin_verdict(c, STR("not_found"), STR_EMPTY), false);
    return true;
}

bool licences_verify_none(struct ctx *c)
{
    return nothing_found(c);
}

bool licences_verify_one(struct ctx *c)
{
    struct licence_record r;
    struct licence_finding f;
    struct str address =
        str_fmt(c->arena, "/verify/%.*s?c=%.*s", STR_ARG(ctx_path(c, "licence")), STR_ARG(in_text(c, "c")));
    if (!licences_find(c, address, STR_EMPTY, &r)) return false;
    if (!r.id) return nothing_found(c);
    if (!licences_examine(c, &r, &f)) return false;
    if (str_eq_c(f.status, "not_found")) return nothing_found(c);
    struct json *doc = begin_verdict(c, f.status, issuer_name(c, &r));
    bool altered = str_eq_c(f.status, "altered");
    json_set_str(c->arena, doc, "licence_id", r.licence_id);
    /* What an altered record says is worth nothing. */
    if (!altered && !add_record(c, doc, &r)) return false;
    check(c, doc, ctx_tr(c, "Record of the register"), f.record_ok ? "match" : "differs", STR_EMPTY);
    check(c, doc, ctx_tr(c, "Signature (SM2)"),
          f.signature_ok ? "match"
          : f.record_ok  ? "differs"
                         : "unknown",
          altered ? STR_EMPTY : issuer_name(c, &r));
    add_status_check(c, doc, f.status);
    end_verdict(c, doc, altered);
    return true;
}

/* ---- a file ---- */

static bool is_altered(const struct manifest_report *report, const char *name, bool metadata)
{
    for (size_t i = 0; i < report->altered_count; i++)
        if (report->altered[i].metadata == metadata && str_eq_c(report->altered[i].name, name)) return true;
    return false;
}

static void keep_fields(struct ctx *c, struct json *p, const struct manifest_report *report)
{
    struct json *face = json_set_array(c->arena, p, "face");
    JSON_EACH(f, json_get(report->document, "fields"))
    {
        struct str name = json_text_of(f, "name"), title = json_text_of(f, "title");
        struct json *o = json_add_object(c->arena, face);
        json_set_str(c->arena, o, "label", title.len ? title : name);
        json_set_str(c->arena, o, "value",
                     json_get(f, "value") ? json_text_of(f, "value") : ctx_tr(c, "(withheld)"));
        json_set_bool(c->arena, o, "altered", is_altered(report, str_z(c->arena, name), false));
    }
}

/* What does not fit, by name: an entry of the face by its title, what stands beside them in the reader's
 * language. */
static void keep_altered(struct ctx *c, struct json *p, const struct manifest_report *report)
{
    static const struct {
        const char *harm, *label;
    } words[] = {[ENTRY_CHANGED] = {"changed", "altered"},
                 [ENTRY_MISSING] = {"missing", "missing"},
                 [ENTRY_ADDED] = {"added", "added"}};
    struct json *list = json_set_array(c->arena, p, "altered");
    for (size_t i = 0; i < report->altered_count; i++) {
        const struct manifest_fault *f = &report->altered[i];
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", f->metadata ? f->name : str_cat(c->arena, STR("fields."), f->name));
        json_set_str(c->arena, o, "label",
                     !f->title.len ? f->name
                     : f->metadata ? lang_text(c->lang, f->title)
                                   : f->title);
        json_set_bool(c->arena, o, "label_zh", !f->metadata && f->title.len);
        json_set_c(c->arena, o, "harm", words[f->harm].harm);
        json_set_str(c->arena, o, "harm_label", ctx_tr(c, words[f->harm].label));
    }
}

/* Beside the entries of the face: what a reader compares first. */
static void keep_metadata(struct ctx *c, struct json *p, const struct manifest_report *report)
{
    static const struct {
        const char *key, *path, *with;
    } shown[] = {{"type", "type.name", "type.code"},         {"number", "number", "number"},
                 {"issuer", "issuer.name", "issuer.uscc"},   {"issued", "issued", "issued"},
                 {"valid_from", "valid_from", "valid_from"}, {"valid_to", "valid_to", "valid_to"}};
    struct json *metadata = json_set_object(c->arena, p, "metadata"),
                *altered = json_set_object(c->arena, p, "metadata_altered");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        json_set_str(c->arena, metadata, shown[i].key, json_text(json_path(report->document, shown[i].path)));
        json_set_bool(c->arena, altered, shown[i].key,
                      is_altered(report, shown[i].path, true) || is_altered(report, shown[i].with, true));
    }
}

/* On the pool: a file of some megabytes and an SM2 signature. */
bool licences_verify_file_prepare(struct ctx *c)
{
    struct manifest_report report = {0};
    const struct upload *file = ctx_upload(c, STR("file"));
    struct json *p = c->prepared = json_object(c->arena);
    json_set_bool(c->arena, p, "absent", !file || !file->content.len);
    if (json_true_of(p, "absent")) return c->html || err_at(c->err, STR("file"), "Choose a file.", STR_EMPTY);
    if (file->content.len > LICENCE_FILE_MAX)
        return err_at(c->err, STR("file"), "This file is larger than the limit", STR_EMPTY);
    const struct cert *ca = keyring_ca(ctx_keys(c), c->now, c->err);
    if (!ca) return false;
    bool pdf = str_starts(file->content, STR("%PDF-"));
    bool readable = pdf ? manifest_verify_pdf(c->arena, file->content, ca, &report, c->err)
                        : manifest_verify(c->arena, file->content, ca, &report, c->err);
    if (!readable) {
        if (c->err->kind != ERR_INVALID) return false;
        err_clear(c->err);
        return true;
    }
    json_set_bool(c->arena, p, "readable", true);
    json_set_bool(c->arena, p, "authentic", report.authentic);
    json_set_bool(c->arena, p, "resaved", report.data_authentic && report.face == FACE_RESAVED);
    json_set_bool(c->arena, p, "signature", report.signature_ok && report.certificate_ok && report.issuer_ok);
    json_set_bool(c->arena, p, "fields", !report.fields_changed && !report.altered_count);
    json_set_c(c->arena, p, "page",
               report.face == FACE_INTACT    ? "match"
               : report.face == FACE_ALTERED ? "differs"
                                             : "unknown");
    json_set_c(c->arena, p, "msgid", report.msgid);
    json_set_str(c->arena, p, "signer", report.signer.common_name);
    json_set_str(c->arena, p, "licence_id", json_text_of(report.document, "licence_id"));
    keep_metadata(c, p, &report);
    keep_altered(c, p, &report);
    keep_fields(c, p, &report);
    return true;
}

static bool unreadable_file(struct ctx *c, bool absent)
{
    struct json *doc = begin_verdict(c, STR("not_found"), STR_EMPTY);
    json_set_str(c->arena, doc, "verdict",
                 ctx_tr(c, absent ? "No file was chosen" : "This file carries no signed data"));
    json_set_str(c->arena, doc, "text",
                 ctx_tr(c, absent ? "Choose the PDF of the licence or its signed data, and verify again."
                                  : "A photo or a scanned page has none, and some programs leave it out when "
                                    "they save a PDF again. Look the licence up by its number and the "
                                    "holder's name."));
    if (absent) json_set_array(c->arena, doc, "hints");
    end_verdict(c, doc, false);
    return true;
}

/* What the register says of a file whose data is authentic. */
static bool status_of_file(struct ctx *c, const struct json *p, struct licence_record *r, struct str *status)
{
    struct licence_finding f;
    bool found;
    *status = STR("altered");
    if (!json_true_of(p, "authentic") && !json_true_of(p, "resaved")) return true;
    if (!licences_store_by_licence_id(c, json_text_of(p, "licence_id"), r, &found)) return false;
    *status = STR("not_found");
    if (!found) return true;
    if (!licences_examine(c, r, &f)) return false;
    *status = f.status;
    return true;
}

static void say_metadata(struct ctx *c, struct json *doc, const struct json *p, const char *key,
                         struct str label, bool chinese)
{
    struct str value = json_text(json_get(json_get(p, "metadata"), key));
    bool altered = json_true_of(json_get(p, "metadata_altered"), key);
    if (!value.len && !altered) return;
    say(c, doc, label, value, altered);
    if (chinese) in_chinese(c, doc, false);
}

/* A date as people write it, or what somebody made of it. */
static void say_issued(struct ctx *c, struct json *doc, const struct json *p)
{
    int32_t day;
    struct str value = json_text_of(json_get(p, "metadata"), "issued");
    say(c, doc, ctx_tr(c, "Issued on"), date_parse(value, &day) ? licences_date(c, day) : value,
        json_true_of(json_get(p, "metadata_altered"), "issued"));
}

static void say_validity(struct ctx *c, struct json *doc, const struct json *p)
{
    const struct json *metadata = json_get(p, "metadata"), *altered = json_get(p, "metadata_altered");
    struct licence_record dates = {0};
    struct str to = json_text_of(metadata, "valid_to");
    if (!date_parse(json_text_of(metadata, "valid_from"), &dates.valid_from) ||
        (to.len && !date_parse(to, &dates.valid_to))) {
        say_metadata(c, doc, p, "valid_from", ctx_tr(c, "Valid from"), false);
        say_metadata(c, doc, p, "valid_to", ctx_tr(c, "Valid until"), false);
        return;
    }
    say(c, doc, ctx_tr(c, "Valid"), licences_valid_text(c, &dates),
        json_true_of(altered, "valid_from") || json_true_of(altered, "valid_to"));
}

/* Everything stands in the file of whoever asks: nothing is masked. */
static void say_file(struct ctx *c, struct json *doc, const struct json *p)
{
    say_metadata(c, doc, p, "type", ctx_tr(c, "Type"), true);
    say_metadata(c, doc, p, "number", ctx_tr(c, "Number"), false);
    JSON_EACH(f, json_get(p, "face"))
    {
        say(c, doc, json_text_of(f, "label"), json_text_of(f, "value"), json_true_of(f, "altered"));
        in_chinese(c, doc, true);
    }
    say_metadata(c, doc, p, "issuer", ctx_tr(c, "Issued by"), true);
    say_issued(c, doc, p);
    say_validity(c, doc, p);
}

bool licences_verify_file(struct ctx *c)
{
    const struct json *p = c->prepared;
    struct licence_record r = {0};
    struct str status;
    if (!json_true_of(p, "readable")) return unreadable_file(c, json_true_of(p, "absent"));
    if (!status_of_file(c, p, &r, &status)) return false;
    bool authentic = json_true_of(p, "authentic"), resaved = json_true_of(p, "resaved");
    struct str verdict = resaved && str_eq_c(status, "valid") ? STR("resaved") : status;
    struct json *doc = begin_verdict(c, verdict, r.id ? issuer_name(c, &r) : json_text_of(p, "signer"));
    if (!authentic && !resaved)
        json_set_str(c->arena, doc, "text", lang_text(c->lang, json_text_of(p, "msgid")));
    json_set(doc, "altered", json_copy(c->arena, json_get(p, "altered")));
    say_file(c, doc, p);
    check(c, doc, ctx_tr(c, "Signature (SM2)"), json_true_of(p, "signature") ? "match" : "differs",
          json_text_of(p, "signer"));
    check(c, doc, ctx_tr(c, "Digest of each entry (SM3)"), json_true_of(p, "fields") ? "match" : "differs",
          STR_EMPTY);
    check(c, doc, ctx_tr(c, "The page in the file"), str_z(c->arena, json_text_of(p, "page")), STR_EMPTY);
    add_status_check(c, doc, status);
    end_verdict(c, doc, !authentic);
    return true;
}

/* ---- certificates ---- */

bool licences_certificates(struct ctx *c)
{
    struct buf b = buf_new(c->arena, 4096);
    struct str *pems;
    size_t count;
    const struct cert *ca = keyring_ca(ctx_keys(c), c->now, c->err);
    if (!ca || !licences_store_certificates(c, &pems, &count)) return false;
    buf_add(&b, cert_to_pem(c->arena, ca)); /* first: it vouches for all others */
    for (size_t i = 0; i < count; i++)
        buf_add(&b, pems[i]);
    return ctx_file(c, buf_str(&b), "application/x-pem-file", STR("tongban-certificates.pem"));
}
