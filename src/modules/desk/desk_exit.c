/* One exit (统一出件): results handed out against an identity that was checked, or sent by post. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/desk/desk_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/people/people.h"
#include "modules/supervision/supervision.h"

static const char *state_msgid(struct str state)
{
    return str_eq_c(state, "sent")         ? "Handed to the carrier"
           : str_eq_c(state, "on_the_way") ? "On the way"
           : str_eq_c(state, "delivered")  ? "Delivered"
                                           : "Came back";
}

static void add_parcels(struct ctx *c, struct json *doc, const struct desk_parcel *rows, size_t count)
{
    static const char *const states[] = {"sent", "on_the_way", "delivered", "returned"};
    struct json *list = json_set_array(c->arena, doc, "parcels");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list), *choices;
        json_set_str(c->arena, o, "id", str_fmt(c->arena, "%lld", (long long)rows[i].id));
        json_set_str(c->arena, o, "case_no", rows[i].case_no);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/exit/%lld", (long long)rows[i].case_id));
        json_set_str(c->arena, o, "carrier", rows[i].carrier);
        json_set_str(c->arena, o, "number", rows[i].number);
        json_set_str(c->arena, o, "state", ctx_tr(c, state_msgid(rows[i].state)));
        json_set_str(c->arena, o, "changed", time_words(c->lang, c->arena, rows[i].changed, c->now));
        json_set_str(c->arena, o, "action", str_fmt(c->arena, "/office/parcels/%lld", (long long)rows[i].id));
        choices = json_set_array(c->arena, o, "choices");
        for (size_t s = 0; s < 4; s++) {
            struct json *one = json_add_object(c->arena, choices);
            json_set_c(c->arena, one, "value", states[s]);
            json_set_str(c->arena, one, "label", ctx_tr(c, state_msgid(str_c(states[s]))));
            json_set_bool(c->arena, one, "checked", str_eq_c(rows[i].state, states[s]));
        }
    }
    json_set_bool(c->arena, doc, "has_parcels", count > 0);
}

bool desk_exit_page(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    struct desk_parcel *rows;
    size_t count;
    if (!desk_parcels_open(c, &v, &rows, &count)) return false;
    struct json *f = desk_field(c, fields, "case_no", "Reference number", "input", true);
    json_set_c(c->arena, f, "width", "20");
    add_parcels(c, doc, rows, count);
    return true;
}

bool desk_exit_find(struct ctx *c)
{
    struct case_file f;
    int64_t id;
    if (!case_by_no(c, in_text(c, "case_no"), &id)) return false;
    if (!id || !case_load(c, id, &f)) {
        if (id && c->err->kind != ERR_MISSING) return false;
        err_clear(c->err);
        return err_at(c->err, STR("case_no"), "There is no such application here.", STR_EMPTY);
    }
    return ctx_redirect(c, "/office/exit/%lld", (long long)id);
}

/* ---- one case ---- */

static bool decided(const struct case_file *f)
{
    return f->result.len && !str_eq_c(f->result, "withdrawn");
}

static void add_forms(struct ctx *c, struct json *doc)
{
    struct json *out = json_set_array(c->arena, doc, "hand_fields"), *how;
    desk_field(c, out, "what", "What is handed out", "input", true);
    desk_field(c, out, "name", "Name of who takes it", "input", true);
    desk_field(c, out, "number", "Number of the identity card that was seen", "input", true);
    how = desk_field(c, out, "letter", "A letter of authority was seen", "checkbox", false);
    json_set_str(c->arena, how, "hint", ctx_tr(c, "For anybody but the applicant and their agent."));
    struct json *fee = desk_field(c, out, "charged", "Charged, in yuan", "input", false);
    json_set_str(c->arena, fee, "hint", ctx_tr(c, "Leave empty when nothing was charged."));
    struct json *post = json_set_array(c->arena, doc, "post_fields");
    desk_field(c, post, "carrier", "Carrier", "input", true);
    desk_field(c, post, "parcel", "Number of the parcel", "input", true);
}

bool desk_exit_case(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *o = json_set_object(c->arena, doc, "case");
    struct case_file f;
    struct desk_exit e;
    struct desk_parcel *rows;
    size_t count;
    bool found;
    if (!case_load(c, c->row, &f) || !desk_exit_of(c, f.id, &e, &found) ||
        !desk_parcels_of(c, f.id, &rows, &count))
        return false;
    json_set_str(c->arena, o, "case_no", f.case_no);
    json_set_str(c->arena, o, "item_name", f.item_name);
    json_set_str(c->arena, o, "department", desk_unit_name(c, f.unit));
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/cases/%lld", (long long)f.id));
    json_set_bool(c->arena, doc, "ready", decided(&f) && !found);
    json_set_bool(c->arena, doc, "undecided", !decided(&f));
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/office/exit/%lld", (long long)f.id));
    json_set(doc, "handed", json_null(c->arena));
    if (found) {
        struct str officer;
        if (!desk_officer(c, e.account, &officer)) return false;
        struct json *h = json_set_object(c->arena, doc, "handed");
        ctx_reads(c, e.applicant, STR("exit"), f.id);
        json_set_str(c->arena, h, "what", e.what);
        json_set_str(c->arena, h, "taker", e.taker);
        json_set_str(c->arena, h, "who",
                     ctx_tr(c, str_eq_c(e.who, "applicant") ? "The applicant"
                               : str_eq_c(e.who, "agent")   ? "The agent"
                                                            : "With a letter of authority"));
        json_set_str(c->arena, h, "when", time_words(c->lang, c->arena, e.at, c->now));
        json_set_str(c->arena, h, "officer", officer);
    }
    add_parcels(c, doc, rows, count);
    add_forms(c, doc);
    return true;
}

/* Whose card was seen: the applicant's, the agent's, or somebody's who brought a letter. */
static bool who_takes(struct ctx *c, const struct case_file *f, struct desk_exit *e)
{
    int64_t subject;
    if (!people_desk_card(c, in_text(c, "number"), in_text(c, "name"), &subject)) return false;
    if (subject && subject == f->applicant)
        e->who = STR("applicant");
    else if (subject && subject == f->agent && people_agent_may(c, f->agent, f->applicant, f->unit))
        e->who = STR("agent");
    else if (c->err->kind != ERR_NONE)
        return false;
    else if (in_true(c, "letter"))
        e->who = STR("letter");
    else
        return err_at(c->err, STR("number"),
                      "This is neither the applicant's number nor that of an agent of theirs today. A letter "
                      "of authority is needed.",
                      STR_EMPTY);
    e->taker = str_fmt(c->arena, "%.*s %.*s", STR_ARG(in_text(c, "name")),
                       STR_ARG(people_mask_code(c->arena, in_text(c, "number"))));
    return true;
}

/* "12.50" in fen; -1 for what is no amount. */
static int64_t fen_of(struct str yuan)
{
    struct str whole, part = str_cut(yuan, '.', &whole);
    int64_t y, p = 0;
    if (!str_to_i64(whole, &y) || y < 0 || y > 10000000) return -1;
    if (part.len && (part.len != 2 || !str_to_i64(part, &p) || p < 0)) return -1;
    return y * 100 + p;
}

bool desk_exit_record(struct ctx *c)
{
    struct case_file f;
    bool fresh;
    struct str charged = in_text(c, "charged");
    if (!case_load(c, c->row, &f)) return false;
    if (!decided(&f)) return err_conflict(c->err, "desk.undecided", "This application has no result yet.");
    struct desk_exit e = {.case_id = f.id,
                          .unit = f.unit,
                          .applicant = f.applicant,
                          .case_no = f.case_no,
                          .division = f.division,
                          .item_name = f.item_name,
                          .what = in_text(c, "what")};
    if (charged.len && fen_of(charged) < 0)
        return err_at(c->err, STR("charged"), "Please enter an amount such as 12.50.", STR_EMPTY);
    if (!who_takes(c, &f, &e) || !desk_exit_add(c, &e, &fresh)) return false;
    if (!fresh) return err_conflict(c->err, "desk.handed", "This result was handed out before.");
    if (charged.len && !supervision_charge(c, f.id, fen_of(charged))) return false;
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "who", e.who);
    ctx_notice(c, "Recorded.");
    return evidence_add(c, "desk.exit", "case", f.id, f.applicant, detail) &&
           ctx_redirect(c, "/office/exit/%lld", (long long)f.id);
}

/* ---- by post ---- */

static bool tell(struct ctx *c, const struct desk_parcel *p, const char *msgid)
{
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "case_no", p->case_no);
    json_set_str(c->arena, params, "carrier", p->carrier);
    json_set_str(c->arena, params, "number", p->number);
    return notice_send(c, p->applicant, msgid, params,
                       str_fmt(c->arena, "/cases/%lld", (long long)p->case_id));
}

static bool record_parcel(struct ctx *c, const struct desk_parcel *p)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "state", p->state);
    return evidence_add(c, "desk.parcel", "case", p->case_id, p->applicant, detail);
}

bool desk_parcel_send(struct ctx *c)
{
    struct case_file f;
    bool fresh;
    if (!case_load(c, c->row, &f)) return false;
    if (!decided(&f)) return err_conflict(c->err, "desk.undecided", "This application has no result yet.");
    struct desk_parcel p = {.id = ctx_id(c),
                            .case_id = f.id,
                            .applicant = f.agent ? f.agent : f.applicant,
                            .case_no = f.case_no,
                            .division = f.division,
                            .carrier = in_text(c, "carrier"),
                            .number = in_text(c, "parcel"),
                            .state = STR("sent")};
    if (!desk_parcel_add(c, &p, &fresh)) return false;
    if (!fresh) return err_at(c->err, STR("parcel"), "This number was entered before.", STR_EMPTY);
    return tell(c, &p, "What belongs to your application %{case_no} is on its way: %{carrier} %{number}.") &&
           record_parcel(c, &p) && ctx_redirect(c, "/office/exit/%lld", (long long)f.id);
}

bool desk_parcel_scope(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct desk_parcel p;
    return ctx_path_id(c, "id", &c->row) && desk_parcel_load(c, &v, c->row, &p);
}

bool desk_parcel_change(struct ctx *c)
{
    struct desk_view v = desk_view_of(c);
    struct desk_parcel p;
    if (!desk_parcel_load(c, &v, c->row, &p)) return false;
    bool same = str_eq(p.state, in_text(c, "state"));
    p.state = in_text(c, "state");
    if (!same && (!desk_parcel_set(c, p.id, p.state) || !record_parcel(c, &p))) return false;
    if (!same && str_eq_c(p.state, "returned") &&
        !tell(c, &p,
              "The parcel for your application %{case_no} came back: %{carrier} %{number}. Please tell the "
              "desk."))
        return false;
    return ctx_redirect(c, "/office/exit/%lld", (long long)p.case_id);
}
