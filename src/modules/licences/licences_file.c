/* `tongban verify FILE`: no database, no network, only the file and a certificate. */
#include "core/base/file.h"
#include "core/base/terminal.h"
#include "core/base/time.h"
#include "core/i18n/i18n.h"
#include "modules/licences/licences_internal.h"

#include <stdio.h>

struct check {
    struct arena *arena;
    const struct lang *lang;
    const struct cert *trusted;
};

/* Whatever stands in the file may have been written to deceive who reads it here. */
static void pair(struct str label, struct str value)
{
    fputs("  ", stdout);
    terminal_put(stdout, label);
    fputs(": ", stdout);
    terminal_put(stdout, value);
    fputc('\n', stdout);
}

static void line(const struct check *k, const char *label, struct str value)
{
    if (value.len) pair(tr(k->lang, label), value);
}

static int unreadable(const struct check *k, const struct err *e)
{
    struct str text =
        tr_arg(k->lang, k->arena, e->msgid ? e->msgid : "This file cannot be read.", str_c(e->arg));
    fprintf(stderr, "%.*s\n", STR_ARG(text));
    return 2;
}

static void print_facts(const struct check *k, const struct json *d)
{
    line(k, "Type", json_text(json_path(d, "type.name")));
    line(k, "Number", json_text_of(d, "number"));
    line(k, "Identifier", json_text_of(d, "licence_id"));
    line(k, "Issued by", json_text(json_path(d, "issuer.name")));
    line(k, "Issued on", json_text_of(d, "issued"));
    line(k, "Valid from", json_text_of(d, "valid_from"));
    line(k, "Valid until", json_text_of(d, "valid_to"));
    JSON_EACH(f, json_get(d, "fields"))
    {
        struct str title = json_text_of(f, "title");
        pair(title.len ? title : json_text_of(f, "name"),
             json_get(f, "value") ? json_text_of(f, "value") : tr(k->lang, "(withheld)"));
    }
}

static void print_altered(const struct check *k, const struct manifest_report *r)
{
    static const char *const labels[] = {
        [ENTRY_CHANGED] = "Altered entry", [ENTRY_MISSING] = "Missing entry", [ENTRY_ADDED] = "Added entry"};
    for (size_t i = 0; i < r->altered_count; i++) {
        const struct manifest_fault *f = &r->altered[i];
        struct str title = f->metadata ? lang_text(k->lang, f->title) : f->title;
        line(k, labels[f->harm],
             title.len ? str_fmt(k->arena, "%.*s (%.*s)", STR_ARG(f->name), STR_ARG(title)) : f->name);
    }
}

/* An authentic one may be outside its time: the dates are in it, no network is needed to see that. */
static const char *authentic_today(const struct json *d)
{
    int32_t from, to, today = date_of(time_now());
    if (date_parse(json_text_of(d, "valid_from"), &from) && from > today)
        return "Authentic as issued, but not yet valid; its present status is unknown offline.";
    if (date_parse(json_text_of(d, "valid_to"), &to) && to < today)
        return "Authentic as issued, but its time of validity is over.";
    return "Authentic as issued; its present status is unknown offline.";
}

static int conclude(const struct check *k, const struct manifest_report *r)
{
    bool unvouched = !r->authentic && !r->certificate_ok && r->signature_ok && r->issuer_ok &&
                     !r->fields_changed && !r->altered_count && r->face != FACE_ALTERED;
    const char *verdict = r->authentic  ? authentic_today(r->document)
                          : !unvouched  ? r->msgid
                          : !k->trusted ? "The signature fits, but nobody vouches for the signer: give the "
                                          "issuer's certificate with --issuer."
                                        : "The signature fits, but the certificate given with --issuer is "
                                          "not that of this licence's issuer, nor of the authority that "
                                          "certified it then.";
    printf("%.*s\n", STR_ARG(tr(k->lang, verdict)));
    if (unvouched && r->face == FACE_RESAVED)
        printf("%.*s\n",
               STR_ARG(tr(k->lang, "Another program saved this file again: its page cannot be compared.")));
    print_altered(k, r);
    if (unvouched) {
        line(k, "Signed by", r->signer.common_name);
        if (k->trusted) line(k, "Certificate given", cert_subject(k->arena, k->trusted).common_name);
    }
    print_facts(k, r->document);
    return r->authentic ? 0 : 1;
}

static int verify(struct check *k, const char *path, const char *issuer_cert_path)
{
    struct err e = {0};
    struct str file, pem;
    struct manifest_report report;
    if (issuer_cert_path) {
        if (!file_read(k->arena, issuer_cert_path, 1 << 20, &pem, &e)) return unreadable(k, &e);
        k->trusted = cert_from_pem(k->arena, pem, &e);
        if (!k->trusted) {
            const char *why = strcmp(e.code, "cert.kind") == 0
                                  ? "The certificate given with --issuer has no SM2 key (but RSA or another "
                                    "curve): it cannot be that of a licence's issuer."
                                  : "The file given with --issuer is no certificate.";
            fprintf(stderr, "%.*s\n", STR_ARG(tr(k->lang, why)));
            return 2;
        }
    }
    if (!file_read(k->arena, path, LICENCE_FILE_MAX, &file, &e)) return unreadable(k, &e);
    bool pdf = str_starts(file, STR("%PDF-"));
    bool ok = pdf ? manifest_verify_pdf(k->arena, file, k->trusted, &report, &e)
                  : manifest_verify(k->arena, file, k->trusted, &report, &e);
    return ok ? conclude(k, &report) : unreadable(k, &e);
}

int licence_verify_file(const char *path, const char *issuer_cert_path, bool chinese)
{
    struct err e = {0};
    struct check k = {.arena = arena_new(128 << 20), .lang = chinese ? &lang_zh_cn : &lang_en};
    if (!k.arena || !crypto_start(&e)) {
        arena_drop(k.arena);
        return 2;
    }
    int status = verify(&k, path, issuer_cert_path);
    arena_drop(k.arena);
    return status;
}
