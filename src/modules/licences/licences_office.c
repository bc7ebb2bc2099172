/* Pages of the department that issued: search, and changes of status. */
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences_internal.h"
#include "modules/notices/notices.h"

/* Licences of the officer's own unit; of others nothing can be told. */
bool licences_office_scope(struct ctx *c)
{
    struct licence_record r;
    bool found;
    if (!ctx_path_id(c, "id", &c->row) || !licences_store_load(c, c->row, &r, &found)) return false;
    if (found && c->actor.unit && r.issuer == c->actor.unit) return true;
    return err_missing(c->err, "licence.missing", "We cannot find this licence.");
}

static bool load(struct ctx *c, struct licence_record *r)
{
    bool found;
    if (!licences_store_load(c, c->row, r, &found)) return false;
    return found || err_missing(c->err, "licence.missing", "We cannot find this licence.");
}

/* ---- list ---- */

static const char *const shown_statuses[] = {"valid",   "not_yet",   "suspended", "expired",
                                             "revoked", "cancelled", "forfeited", "superseded"};

static void filter_fields(struct ctx *c, struct json *doc, struct str q, struct str status)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    json_set_c(c->arena, licences_input(c, fields, "q", "Licence number or identifier", "input", q, true),
               "autocomplete", "off");
    struct json *choice = licences_input(c, fields, "status", "Status", "select", status, true);
    ctx_option(c, choice, STR_EMPTY, ctx_tr(c, "All"));
    for (size_t i = 0; i < sizeof shown_statuses / sizeof shown_statuses[0]; i++)
        ctx_option(c, choice, str_c(shown_statuses[i]), licences_status_label(c, str_c(shown_statuses[i])));
}

static struct str searched(struct ctx *c, struct str q)
{
    char *z = arena_array(c->arena, q.len + 1, 1);
    struct str normal;
    if (str_starts(q, STR(IDENT_LICENCE_ROOT "."))) return q;
    return ident_normalise(q, z, q.len, &normal) ? normal : q;
}

bool licences_office_list(struct ctx *c)
{
    struct licence_record *rows;
    size_t count;
    struct str q = in_text(c, "q"), status = in_text(c, "status");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "licences");
    if (!licences_store_of_issuer(c, c->actor.unit, searched(c, q), status, date_of(c->now),
                                  in_i64(c, "before", 0), LICENCE_PAGE + 1, &rows, &count))
        return false;
    filter_fields(c, doc, q, status);
    for (size_t i = 0; i < count && i < LICENCE_PAGE; i++) {
        struct licence_holder holder;
        struct json *o = json_add_object(c->arena, list);
        licences_card(c, o, &rows[i]);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/licences/%lld", (long long)rows[i].id));
        if (!licences_holder(c, &rows[i], &holder)) return false;
        json_set_str(c->arena, o, "holder",
                     holder.code.len ? ident_mask_name(c->arena, holder.name) : holder.name);
    }
    json_set_bool(c->arena, doc, "has_licences", count > 0);
    json_set(doc, "total", json_null(c->arena));
    json_set(doc, "pager", json_null(c->arena));
    if (count > LICENCE_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "/office/licences?q=%.*s&status=%.*s&before=%lld",
                             STR_ARG(url_encode(c->arena, q)), STR_ARG(status),
                             (long long)rows[LICENCE_PAGE - 1].id));
    }
    return true;
}

/* ---- changes of status ---- */

struct act {
    const char *op, *to;
    const char *from; /* statuses of today, separated by '|' */
    const char *label, *says, *notice, *message;
    handler *handle;
    bool danger;
};

#define FINAL                                                                                                \
    "It takes effect at once and cannot be undone. The verify page shows it and the holder gets a message."

static const struct act acts[] = {
    {"suspend", "suspended", "valid|not_yet", "Suspend",
     "It takes effect at once: the verify page shows it and the holder gets a message. It can be lifted.",
     "The licence is suspended.", "Your licence %{name} has been suspended.", licences_suspend, false},
    {"release", "valid", "suspended", "Lift the suspension",
     "It takes effect at once: the licence is valid again and the holder gets a message.",
     "The suspension is lifted.", "The suspension of your licence %{name} has been lifted.", licences_release,
     false},
    {"cancel", "cancelled", "valid|not_yet|suspended|expired", "Cancel the licence", FINAL,
     "The licence is cancelled.", "Your licence %{name} has been cancelled.", licences_cancel, true},
    {"revoke", "revoked", "valid|not_yet|suspended|expired", "Revoke: the grant was unlawful", FINAL,
     "The licence is revoked.", "Your licence %{name} has been revoked.", licences_revoke, true},
    {"forfeit", "forfeited", "valid|not_yet|suspended", "Forfeit: as a penalty", FINAL,
     "The licence is forfeited.", "Your licence %{name} has been forfeited.", licences_forfeit, true},
};
enum { ACTS = sizeof acts / sizeof acts[0] };

static bool allowed(const struct act *a, struct str status)
{
    struct str rest = str_c(a->from), one;
    while (rest.len) {
        rest = str_cut(rest, '|', &one);
        if (str_eq(one, status)) return true;
    }
    return false;
}

static const char *input_name(struct ctx *c, const struct act *a, const char *what)
{
    return str_z(c->arena, str_fmt(c->arena, "%s_%s", a->op, what));
}

static void add_act(struct ctx *c, struct json *list, const struct act *a, const struct licence_record *r)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "op", a->op);
    json_set_str(c->arena, o, "label", ctx_tr(c, a->label));
    json_set_c(c->arena, o, "tone", a->danger ? "danger" : "quiet");
    json_set_bool(c->arena, o, "danger", a->danger);
    json_set_bool(c->arena, o, "open", c->failed ? c->route->handle == a->handle : !a->danger);
    json_set_str(c->arena, o, "action",
                 str_fmt(c->arena, "/office/licences/%lld/%s", (long long)r->id, a->op));
    json_set_str(c->arena, o, "says", ctx_tr(c, a->says));
    struct json *fields = json_set_array(c->arena, o, "fields");
    licences_input(c, fields, input_name(c, a, "reason"), "Facts and legal basis", "textarea", STR_EMPTY,
                   true);
    licences_input(c, fields, input_name(c, a, "document"), "Number of the decision", "input", STR_EMPTY,
                   true);
}

static bool change_row(struct ctx *c, struct licence_record *r, const struct act *a, struct str reason,
                       struct str document)
{
    struct json *params = json_object(c->arena);
    if (!allowed(a, licences_status_now(c, r)))
        return err_conflict(c->err, "licence.status", "This cannot be done in the licence's present state.");
    if (!licences_change(c, r, a->op, a->to, reason, document)) return false;
    json_set_str(c->arena, params, "name", r->type_name);
    return notice_send(c, r->holder, a->message, params,
                       str_fmt(c->arena, "/licences/%lld", (long long)r->id));
}

static bool change(struct ctx *c, const struct act *a)
{
    struct licence_record r;
    if (!load(c, &r) || !change_row(c, &r, a, in_text(c, input_name(c, a, "reason")),
                                    in_text(c, input_name(c, a, "document"))))
        return false;
    ctx_notice(c, a->notice);
    return ctx_redirect(c, "/office/licences/%lld", (long long)r.id);
}

bool licence_suspend(struct ctx *c, int64_t licence, struct str reason, struct str document)
{
    struct licence_record r;
    bool found;
    if (!licences_store_load(c, licence, &r, &found)) return false;
    if (!found) return err_missing(c->err, "licence.missing", "We cannot find this licence.");
    return change_row(c, &r, &acts[0], reason, document);
}

static bool change_by(struct ctx *c, handler *handle)
{
    for (int i = 0; i < ACTS; i++)
        if (acts[i].handle == handle) return change(c, &acts[i]);
    return err_fault(c->err, "no such act");
}

bool licences_suspend(struct ctx *c)
{
    return change_by(c, licences_suspend);
}
bool licences_release(struct ctx *c)
{
    return change_by(c, licences_release);
}
bool licences_revoke(struct ctx *c)
{
    return change_by(c, licences_revoke);
}
bool licences_cancel(struct ctx *c)
{
    return change_by(c, licences_cancel);
}
bool licences_forfeit(struct ctx *c)
{
    return change_by(c, licences_forfeit);
}

/* ---- one licence ---- */

bool licences_office_page(struct ctx *c)
{
    struct licence_record r;
    struct licence_holder holder;
    const struct json *face;
    if (!load(c, &r) || !licences_face(c, &r, &face) || !licences_holder(c, &r, &holder)) return false;
    struct json *doc = ctx_doc(c);
    licences_card(c, doc, &r);
    licences_add_face(c, doc, &r, face);
    json_set_str(c->arena, doc, "holder", holder.name);
    json_set_bool(c->arena, doc, "signed", r.manifest.len > 0);
    json_set_bool(c->arena, doc, "altered", !licences_mac_fits(c, &r));
    json_set_str(c->arena, doc, "pdf_href", str_fmt(c->arena, "/office/licences/%lld/pdf", (long long)r.id));
    json_set_str(c->arena, doc, "manifest_href",
                 str_fmt(c->arena, "/office/licences/%lld/manifest.json", (long long)r.id));
    struct json *list = json_set_array(c->arena, doc, "acts");
    bool may = ctx_may(c, "licence.manage") && licences_mac_fits(c, &r);
    for (int i = 0; i < ACTS; i++)
        if (may && allowed(&acts[i], licences_status_now(c, &r))) add_act(c, list, &acts[i], &r);
    ctx_reads(c, r.holder, STR("licence"), r.id);
    return licences_timeline(c, doc, &r);
}

bool licences_office_pdf(struct ctx *c)
{
    struct licence_record r;
    if (!load(c, &r)) return false;
    ctx_reads(c, r.holder, STR("licence"), r.id);
    return licences_send_pdf(c, &r);
}

bool licences_office_manifest(struct ctx *c)
{
    struct licence_record r;
    if (!load(c, &r)) return false;
    ctx_reads(c, r.holder, STR("licence"), r.id);
    return licences_send_manifest(c, &r);
}
