/* The self-service kiosk (自助办): a session of a kiosk's own account, and in it visits that end by
 * themselves. A visit is kept by the server; what a page shows is gone when its time is over, whatever the
 * browser does. */
#include "core/auth/auth.h"
#include "core/crypto/crypto.h"
#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

enum { LOOKS_AN_HOUR = 120, LOOKS_A_NUMBER = 5, CASES_SHOWN = 20 };

/* Every page that a terminal shows, whichever it is, stands in its frame: no way out, large type, a clock. */
bool desk_kiosk_frame(struct ctx *c, struct json *page)
{
    int64_t seconds;
    if (!ctx_may(c, "kiosk.use")) return true;
    if (!orgs_number(c, "desk.idle_seconds", &seconds)) return false;
    json_set_i64(c->arena, json_set_object(c->arena, page, "kiosk"), "idle", seconds);
    return true;
}

/* A visit lives two idle times from its last act: reading needs none. */
bool desk_visit_renew(struct ctx *c, struct desk_visit *v)
{
    int64_t seconds;
    if (!orgs_number(c, "desk.idle_seconds", &seconds)) return false;
    v->until = c->now + 2 * seconds * MS_SECOND;
    return desk_visit_save(c, v);
}

bool desk_visitor(struct ctx *c, struct desk_visit *v, bool *in)
{
    bool found;
    if (!desk_visit_load(c, v, &found)) return false;
    *in = found && v->confirmed;
    return true;
}

bool desk_kiosk(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "groups");
    struct desk_group *rows;
    size_t count;
    if (!desk_groups(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].ended || str_eq_c(rows[i].letter, DESK_APPOINTED)) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "letter", rows[i].letter);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "waiting", str_fmt(c->arena, "%lld", (long long)rows[i].waiting));
    }
    return true;
}

bool desk_kiosk_ticket(struct ctx *c)
{
    struct desk_ticket t;
    if (str_eq_c(in_text(c, "group"), DESK_APPOINTED))
        return err_at(c->err, STR("group"), "Please choose one of the list.", STR_EMPTY);
    return desk_issue(c, in_text(c, "group"), &t) && ctx_redirect(c, "/kiosk/ticket/%lld", (long long)t.id);
}

/* ---- who it is: the number of the card, then a code on their own mobile ---- */

/* Where the visit goes on: with the service that was chosen before, else with what is theirs. */
static void set_item(struct ctx *c)
{
    int64_t item;
    if (!str_to_i64(ctx_param(c, STR("item")), &item)) item = 0;
    json_set(ctx_doc(c), "item",
             item > 0 ? json_string(c->arena, str_fmt(c->arena, "%lld", (long long)item))
                      : json_null(c->arena));
}

static bool on_to(struct ctx *c, const char *before, const char *behind, const char *otherwise)
{
    int64_t item = in_i64(c, "item", 0);
    return item ? ctx_redirect(c, "%s%lld%s", before, (long long)item, behind)
                : ctx_redirect(c, "%s", otherwise);
}

/* A reader types the number and the key Enter: one field, ready for it. */
bool desk_kiosk_identify_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *f = desk_field(c, json_set_array(c->arena, doc, "fields"), "number",
                                                   "Number of your identity card", "input", true);
    json_set_bool(c->arena, f, "autofocus", true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "Type it, or put the card on the reader."));
    json_set_c(c->arena, f, "autocomplete", "off");
    set_item(c);
    return true;
}

bool desk_kiosk_limit(struct ctx *c)
{
    struct str account = str_fmt(c->arena, "%lld", (long long)c->actor.account);
    struct str mark = blind_index(ctx_keys(c), c->arena, "kiosk:number", in_text(c, "number"));
    return auth_limit_kept(c, "kiosk:account", account, LOOKS_AN_HOUR, MS_HOUR) &&
           auth_limit_kept(c, "kiosk:number", str_hex(c->arena, mark.ptr, mark.len), LOOKS_A_NUMBER, MS_HOUR);
}

static struct str digest_of(struct ctx *c, struct str code)
{
    return blind_index(ctx_keys(c), c->arena, "kiosk:code", code);
}

static bool send_code(struct ctx *c, int64_t subject, struct desk_visit *v)
{
    struct json *params = json_object(c->arena);
    unsigned char bytes[4];
    struct str mobile;
    if (!people_mobile(c, subject, &mobile)) return false;
    crypto_random(bytes, sizeof bytes);
    uint32_t n = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    struct str code = str_fmt(c->arena, "%06u", n % 1000000);
    v->subject = subject;
    v->code = digest_of(c, code);
    json_set_str(c->arena, params, "code", code);
    return !mobile.len ||
           notice_text(c, mobile, "%{code} is your code at the self-service terminal. Tell nobody.", params);
}

/* The same answer whether the number is known or not. */
bool desk_kiosk_identify(struct ctx *c)
{
    struct desk_visit v = {.code = STR("-")};
    int64_t subject;
    if (!people_find(c, SUBJECT_PERSON, in_text(c, "number"), &subject) ||
        (subject && !send_code(c, subject, &v)) || !desk_visit_renew(c, &v))
        return false;
    return on_to(c, "/kiosk/code?item=", "", "/kiosk/code");
}

bool desk_kiosk_code_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *f = desk_field(c, json_set_array(c->arena, doc, "fields"), "code",
                                                   "Code from your mobile", "input", true);
    json_set_bool(c->arena, f, "autofocus", true);
    json_set_c(c->arena, f, "autocomplete", "off");
    json_set_c(c->arena, f, "inputmode", "numeric");
    set_item(c);
    return true;
}

static bool count_try(struct ctx *c)
{
    struct desk_visit v;
    bool found;
    if (!desk_visit_load(c, &v, &found)) return false;
    v.tries++;
    return !found || desk_visit_save(c, &v);
}

/* A wrong try is counted in a write of its own, since that of a refusal is rolled back. */
bool desk_kiosk_try(struct ctx *c)
{
    const struct actor kiosk = c->actor;
    return server_write(c->server, &kiosk, count_try, NULL, c->err);
}

bool desk_kiosk_confirm(struct ctx *c)
{
    struct desk_visit v;
    bool found;
    if (!desk_visit_load(c, &v, &found)) return false;
    struct str given = digest_of(c, in_text(c, "code"));
    bool right = found && v.subject && v.tries <= VISIT_TRIES && v.code.len == given.len &&
                 crypto_equal(v.code.ptr, given.ptr, given.len);
    if (!right) return err_at(c->err, STR("code"), "This code is not right, or its time is over.", STR_EMPTY);
    v.confirmed = true;
    return desk_visit_renew(c, &v) && evidence_add(c, "kiosk.visit", "person", v.subject, v.subject, NULL) &&
           on_to(c, "/kiosk/items/", "/apply", "/kiosk/me");
}

/* Somebody types or touches: the page says so now and then. */
bool desk_kiosk_stay(struct ctx *c)
{
    struct desk_visit v;
    bool found;
    if (!desk_visit_load(c, &v, &found)) return false;
    return !found || desk_visit_renew(c, &v);
}

bool desk_kiosk_end(struct ctx *c)
{
    return desk_visit_end(c) && ctx_redirect(c, "/kiosk");
}

/* ---- what is theirs ---- */

static void add_licences(struct ctx *c, struct json *doc, const struct licence *rows, size_t count)
{
    struct json *list = json_set_array(c->arena, doc, "licences");
    for (size_t i = 0; i < count && i < CASES_SHOWN; i++) {
        if (!str_eq_c(rows[i].status, "valid")) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", rows[i].type_name);
        json_set_str(c->arena, o, "number", rows[i].number);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/kiosk/licences/%lld", (long long)rows[i].id));
    }
    json_set_bool(c->arena, doc, "has_licences", list->count > 0);
}

static void as_visitor(struct ctx *c, const struct desk_visit *v, int level)
{
    c->actor = (struct actor){.kind = ACTOR_PERSON, .subject = v->subject, .level = level};
}

/* At once what a rule answers, for those whose identity was confirmed before. */
static bool instant(const struct item *item)
{
    const struct json *service = item ? item_service(item, false) : NULL;
    return service && item->apply_online && json_text(json_path(service, "flow.rule")).len;
}

static void add_services(struct ctx *c, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "services");
    struct item_filter filter = {.audience = FOR_PERSON, .way = WAY_ONLINE};
    struct item_list found;
    int64_t from = 0;
    do {
        catalogue_find(c, &filter, from, 200, &found);
        for (size_t i = 0; i < found.count && list->count < CASES_SHOWN; i++) {
            if (!instant(found.items[i])) continue;
            struct json *o = json_add_object(c->arena, list);
            json_set_id(c->arena, o, "id", found.items[i]->id);
            json_set_str(c->arena, o, "name", found.items[i]->name);
        }
        from = found.next;
    } while (from && list->count < CASES_SHOWN);
    json_set_bool(c->arena, doc, "has_services", list->count > 0);
}

bool desk_kiosk_me(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    const struct actor kiosk = c->actor;
    struct desk_visit v;
    struct subject who;
    struct licence *licences;
    size_t count;
    bool in;
    if (!desk_visitor(c, &v, &in)) return false;
    json_set_bool(c->arena, doc, "in", in);
    json_set_array(c->arena, doc, "cases");
    json_set_bool(c->arena, doc, "has_cases", false);
    json_set_bool(c->arena, doc, "has_appointments", false);
    add_licences(c, doc, NULL, 0);
    if (!in) return true;
    if (!desk_add_mine(c, doc, v.subject, "/kiosk/appointments", true)) return false;
    ctx_reads(c, v.subject, STR("kiosk"), v.subject);
    if (!people_subject(c, v.subject, &who) || !licence_list(c, v.subject, STR_EMPTY, &licences, &count))
        return false;
    json_set_str(c->arena, doc, "name", people_mask_name(c->arena, who.name));
    add_licences(c, doc, licences, count);
    add_services(c, doc);
    as_visitor(c, &v, who.level);
    bool ok = case_list_mine(c, CASES_SHOWN, json_set_array(c->arena, doc, "cases"));
    c->actor = kiosk;
    JSON_EACH(o, json_get(doc, "cases"))
    {
        struct json *one = (struct json *)o;
        bool draft = !json_text_of(o, "case_no").len;
        json_set_str(c->arena, one, "href",
                     str_fmt(c->arena, draft ? "/kiosk/apply/%.*s" : "/kiosk/cases/%.*s",
                             STR_ARG(json_text_of(o, "id"))));
    }
    json_set_bool(c->arena, doc, "has_cases", json_get(doc, "cases")->count > 0);
    return ok;
}

/* The visitor's own, and nobody else's. */
bool desk_kiosk_appointment_scope(struct ctx *c)
{
    struct desk_appointment a;
    struct desk_visit v;
    bool in;
    if (!desk_visitor(c, &v, &in) || !ctx_path_id(c, "id", &c->row) || !desk_appointment_load(c, c->row, &a))
        return false;
    return (in && a.subject == v.subject) ||
           err_missing(c->err, "appointment", "There is no such appointment.");
}

bool desk_kiosk_arrive(struct ctx *c)
{
    int64_t ticket;
    return desk_arrive(c, c->row, &ticket) && ctx_redirect(c, "/kiosk/ticket/%lld", (long long)ticket);
}

static bool add_licence(struct ctx *c, struct json *doc, const struct desk_visit *v,
                        const struct case_file *f)
{
    struct licence l;
    bool found;
    if (!licence_of_case(c, f->id, &l, &found)) return false;
    bool shown = found && l.holder == v->subject;
    json_set(doc, "licence",
             shown ? json_string(c->arena, str_fmt(c->arena, "/kiosk/licences/%lld", (long long)l.id))
                   : json_null(c->arena));
    return true;
}

bool desk_kiosk_case(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    const struct actor kiosk = c->actor;
    struct desk_visit v;
    struct case_file f;
    bool in;
    if (!desk_visitor(c, &v, &in) || !ctx_path_id(c, "id", &c->row)) return false;
    if (!in) return err_missing(c->err, "case", "We cannot find this application.");
    as_visitor(c, &v, 0);
    bool ok = case_load(c, c->row, &f);
    c->actor = kiosk;
    if (!ok) return false;
    ctx_reads(c, v.subject, STR("case"), f.id);
    json_set_str(c->arena, doc, "case_no", f.case_no);
    json_set_str(c->arena, doc, "item_name", f.item_name);
    json_set_str(c->arena, doc, "department", desk_unit_name(c, f.unit));
    json_set_str(c->arena, doc, "sent",
                 f.submitted ? time_words_full(c->lang, c->arena, f.submitted) : STR_EMPTY);
    json_set_str(c->arena, doc, "due",
                 f.due && !f.closed ? date_words_full(c->lang, c->arena, date_of(f.due)) : STR_EMPTY);
    json_set_str(c->arena, doc, "status", case_status_text(c, &f));
    return add_licence(c, doc, &v, &f);
}

bool desk_kiosk_apply(struct ctx *c)
{
    const struct actor kiosk = c->actor;
    const struct item *item = catalogue_by_id(c, in_i64(c, "item", 0));
    struct desk_visit v;
    struct subject who;
    int64_t id = 0;
    bool in;
    if (!desk_visitor(c, &v, &in)) return false;
    if (!in) return ctx_redirect(c, "/kiosk");
    if (!instant(item)) return err_missing(c->err, "item", "We cannot find this service.");
    if (!people_subject(c, v.subject, &who)) return false;
    as_visitor(c, &v, who.level);
    bool ok = case_apply_at_once(c, item, &id);
    c->actor = kiosk;
    if (!ok && c->err->kind != ERR_FAULT && c->err->kind != ERR_BUSY) {
        err_clear(c->err);
        return err_conflict(
            c->err, "kiosk.more",
            "This application needs more than is known already. Please go to a window, or apply online.");
    }
    return ok && desk_visit_renew(c, &v) && evidence_add(c, "kiosk.apply", "case", id, v.subject, NULL) &&
           ctx_redirect(c, "/kiosk/cases/%lld", (long long)id);
}
