/* Handing the package of results over (统一出件): to the applicant, their agent, or somebody with a letter,
 * whose card was seen; or to a carrier, whose parcel is followed until it is delivered or comes back. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* ---- what there is to hand over ---- */

static bool has_result(const struct bundle_row *r)
{
    return str_eq_c(r->result, "granted") || str_eq_c(r->result, "refused");
}

/* What was withdrawn may leave results that came before. */
static bool may_hand_over(const struct bundle_file *f, const struct bundle_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_result(&rows[i])) return f->closed != 0;
    return f->closed && !str_eq_c(f->status, "withdrawn");
}

/* ---- words ---- */

static struct str who_text(struct ctx *c, struct str who)
{
    return ctx_tr(c, str_eq_c(who, "applicant") ? "The applicant"
                     : str_eq_c(who, "agent")   ? "The agent"
                     : str_eq_c(who, "letter")  ? "With a letter of authority"
                                                : "A carrier");
}

static struct str state_text(struct ctx *c, struct str state)
{
    return ctx_tr(c, str_eq_c(state, "sent")         ? "Handed to the carrier"
                     : str_eq_c(state, "on_the_way") ? "On the way"
                     : str_eq_c(state, "delivered")  ? "Delivered"
                     : str_eq_c(state, "returned")   ? "Came back"
                                                     : "Handed over");
}

static bool officer_name(struct ctx *c, int64_t account, struct str *name)
{
    struct account a;
    *name = STR_EMPTY;
    if (account_load(c, account, &a)) {
        *name = a.label;
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

static bool is_open(const struct bundle_handover *h)
{
    return str_eq_c(h->state, "sent") || str_eq_c(h->state, "on_the_way");
}

/* ---- the part of the officers' page ---- */

static void add_field(struct ctx *c, struct json *list, const char *name, const char *label)
{
    struct json *f = ctx_field(c, list, name, label, "text", STR_EMPTY);
    json_set_c(c->arena, f, "autocomplete", "off");
    json_set_bool(c->arena, f, "required", true);
    case_field_whole(c, f);
}

static void add_states(struct ctx *c, struct json *o, struct str now)
{
    static const char *const states[] = {"sent", "on_the_way", "delivered", "returned"};
    struct json *list = json_set_array(c->arena, o, "states");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct json *one = json_add_object(c->arena, list);
        json_set_c(c->arena, one, "value", states[i]);
        json_set_str(c->arena, one, "label", state_text(c, str_c(states[i])));
        json_set_bool(c->arena, one, "chosen", str_eq_c(now, states[i]));
    }
}

bool bundle_add_handovers(struct ctx *c, const struct bundle_work *w, struct json *doc)
{
    const struct bundle_file *f = &w->file;
    struct json *list = json_set_array(c->arena, doc, "handovers");
    struct bundle_handover *rows;
    struct bundle_row *members;
    size_t count, member_count;
    bool desk = ctx_may(c, "case.receive");
    if (!bundle_store_handovers(c, f, &rows, &count) ||
        !bundle_store_members(c, f->id, &members, &member_count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str name, base = str_fmt(c->arena, "/office/bundles/%lld", (long long)f->id);
        if (!officer_name(c, rows[i].account, &name)) return false;
        json_set_i64(c->arena, o, "n", rows[i].n);
        json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, rows[i].at, c->now));
        json_set_str(c->arena, o, "who", who_text(c, rows[i].who));
        json_set_str(c->arena, o, "taker", desk ? rows[i].taker : STR_EMPTY);
        json_set_str(c->arena, o, "carrier",
                     str_fmt(c->arena, "%.*s %.*s", STR_ARG(rows[i].carrier), STR_ARG(rows[i].parcel)));
        json_set_str(c->arena, o, "state", state_text(c, rows[i].state));
        json_set_str(c->arena, o, "changed", time_words(c->lang, c->arena, rows[i].changed, c->now));
        json_set_str(c->arena, o, "officer", name);
        json_set(o, "receipt",
                 desk ? json_string(c->arena, str_fmt(c->arena, "%.*s/receipt?n=%lld", STR_ARG(base),
                                                      (long long)rows[i].n))
                      : json_null(c->arena));
        json_set(o, "action",
                 desk && is_open(&rows[i]) ? json_string(c->arena, str_cat(c->arena, base, STR("/delivery")))
                                           : json_null(c->arena));
        add_states(c, o, rows[i].state);
    }
    json_set_bool(c->arena, doc, "has_handovers", count > 0);
    bool may = desk && !f->handed && may_hand_over(f, members, member_count);
    json_set(
        doc, "hand_over",
        may ? json_string(c->arena, str_fmt(c->arena, "/office/bundles/%lld/hand-over", (long long)f->id))
            : json_null(c->arena));
    struct json *person = json_set_array(c->arena, doc, "person_fields"),
                *post = json_set_array(c->arena, doc, "post_fields");
    add_field(c, person, "name", "Name of who takes it");
    add_field(c, person, "number", "Number of the identity card that was seen");
    add_field(c, post, "carrier", "Carrier");
    add_field(c, post, "parcel", "Number of the parcel");
    struct str address = json_text(json_get(w->answers.values, "delivery_address"));
    json_set(doc, "address", may && address.len ? json_string(c->arena, address) : json_null(c->arena));
    return true;
}

/* ---- handing over ---- */

/* Who acted when it was applied for may not any more, or not before every department that answered. */
static bool agent_may(struct ctx *c, const struct bundle_file *f, const struct bundle_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_result(&rows[i]) && !people_agent_may(c, f->agent, f->applicant, rows[i].unit)) return false;
    return true;
}

/* Whose card was seen: the applicant's, the agent's, or somebody's who brought a letter. An organisation has
 * no card: its agent's, or a letter. */
static bool who_takes(struct ctx *c, const struct bundle_file *f, const struct bundle_row *rows, size_t count,
                      struct bundle_handover *h)
{
    int64_t subject;
    if (!in_text(c, "name").len)
        return err_at(c->err, STR("name"), "Please give the name of who takes it.", STR_EMPTY);
    if (!in_text(c, "number").len)
        return err_at(c->err, STR("number"), "Please give the number of the card.", STR_EMPTY);
    if (!people_desk_card(c, in_text(c, "number"), in_text(c, "name"), &subject)) return false;
    if (subject && subject == f->applicant)
        h->who = STR("applicant");
    else if (subject && subject == f->agent && agent_may(c, f, rows, count))
        h->who = STR("agent");
    else if (c->err->kind != ERR_NONE)
        return false;
    else if (in_true(c, "letter"))
        h->who = STR("letter");
    else
        return err_at(c->err, STR("number"),
                      "This is neither the applicant's number nor that of an agent of theirs today. A letter "
                      "of authority is needed.",
                      STR_EMPTY);
    h->taker = str_fmt(c->arena, "%.*s %.*s", STR_ARG(in_text(c, "name")),
                       STR_ARG(people_mask_code(c->arena, in_text(c, "number"))));
    h->state = STR("handed");
    return true;
}

static bool by_carrier(struct ctx *c, struct bundle_handover *h)
{
    h->who = STR("courier");
    h->carrier = in_text(c, "carrier");
    h->parcel = in_text(c, "parcel");
    h->state = STR("sent");
    if (!h->carrier.len) return err_at(c->err, STR("carrier"), "Please name the carrier.", STR_EMPTY);
    return h->parcel.len || err_at(c->err, STR("parcel"), "Please give the number of the parcel.", STR_EMPTY);
}

static bool tell(struct ctx *c, const struct bundle_file *f, const struct bundle_handover *h,
                 const char *msgid)
{
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "carrier", h->carrier);
    json_set_str(c->arena, params, "parcel", h->parcel);
    return bundle_tell(c, f, msgid, NULL, params);
}

static bool record(struct ctx *c, const char *act, const struct bundle_file *f,
                   const struct bundle_handover *h)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "who", h->who);
    json_set_str(c->arena, detail, "state", h->state);
    return evidence_add(c, act, "bundle", f->id, f->applicant, detail);
}

bool bundles_hand_over_limit(struct ctx *c)
{
    return !in_text(c, "number").len || people_desk_card_limit(c);
}

bool bundles_hand_over(struct ctx *c)
{
    struct bundle_file f;
    struct bundle_handover *rows, h = {.n = 1, .taker = STR_EMPTY, .carrier = STR_EMPTY, .parcel = STR_EMPTY};
    struct bundle_row *members;
    size_t count, member_count;
    bool found, fresh, post = str_eq_c(in_text(c, "how"), "courier");
    if (!bundle_store_find(c, c->row, &f, &found) ||
        !bundle_store_members(c, c->row, &members, &member_count))
        return false;
    if (!found || !f.closed)
        return err_conflict(c->err, "bundle.open", "Not everything has been answered yet.");
    if (!may_hand_over(&f, members, member_count))
        return err_conflict(c->err, "bundle.withdrawn",
                            "All of it was withdrawn: there is no result to hand over.");
    if (f.handed) return err_conflict(c->err, "bundle.handed", "This package was handed over before.");
    if (!bundle_store_handovers(c, &f, &rows, &count) ||
        !(post ? by_carrier(c, &h) : who_takes(c, &f, members, member_count, &h)))
        return false;
    h.n = (int64_t)count + 1;
    if (!bundle_store_add_handover(c, &f, &h, &fresh)) return false;
    if (!fresh && post) return err_at(c->err, STR("parcel"), "This number was entered before.", STR_EMPTY);
    if (!fresh) return err_conflict(c->err, "bundle.handed", "This package was handed over before.");
    f.handed = c->now;
    f.handed_by = c->actor.account;
    ctx_notice(c, "The package of results has been handed over.");
    return bundle_store_save(c, &f) && record(c, "bundle.hand_over", &f, &h) &&
           (!post ||
            tell(c, &f, &h,
                 "The results of your application %{number} (%{bundle}) are on their way: %{carrier} "
                 "%{parcel}.")) &&
           ctx_redirect(c, "/office/bundles/%lld/receipt?n=%lld", (long long)f.id, (long long)h.n);
}

/* What came back lies at the desk again and can be handed over anew. */
bool bundles_delivery(struct ctx *c)
{
    struct bundle_file f;
    struct bundle_handover *rows;
    size_t count;
    bool found;
    struct str state = in_text(c, "state");
    if (!bundle_store_find(c, c->row, &f, &found) || !bundle_store_handovers(c, &f, &rows, &count))
        return false;
    struct bundle_handover *h = count ? &rows[count - 1] : NULL;
    if (!found || !h || h->n != in_i64(c, "n", 0) || !is_open(h))
        return err_conflict(c->err, "bundle.parcel", "This parcel is not on its way any more.");
    if (!str_eq(h->state, state)) {
        h->state = state;
        bool back = str_eq_c(state, "returned");
        if (back) f.handed = f.handed_by = 0;
        if (!bundle_store_handover_state(c, f.id, h->n, state) || !record(c, "bundle.delivery", &f, h) ||
            (back &&
             (!bundle_store_save(c, &f) ||
              !tell(c, &f, h,
                    "The parcel with the results of your application %{number} (%{bundle}) came back: "
                    "%{carrier} %{parcel}. Please tell the desk."))))
            return false;
    }
    return ctx_redirect(c, "/office/bundles/%lld", (long long)f.id);
}

/* ---- the receipt ---- */

static bool add_results(struct ctx *c, struct json *doc, int64_t file)
{
    struct json *list = json_set_array(c->arena, doc, "results");
    struct bundle_row *rows;
    size_t count;
    if (!bundle_store_members(c, file, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct licence l;
        bool found = false;
        if (rows[i].case_id && !licence_of_case(c, rows[i].case_id, &l, &found)) return false;
        bool there = found && bundle_licence_there(&l);
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", rows[i].item_name);
        json_set_str(c->arena, o, "state", bundle_member_text(c, &rows[i]));
        json_set_str(c->arena, o, "licence",
                     there ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(l.type_name), STR_ARG(l.number))
                           : STR_EMPTY);
    }
    return true;
}

bool bundles_receipt(struct ctx *c)
{
    struct bundle_file f;
    struct bundle_handover *rows;
    struct subject who;
    struct str name;
    size_t count;
    bool found;
    int64_t n = in_i64(c, "n", 0);
    if (!bundle_store_find(c, c->row, &f, &found) || !bundle_store_handovers(c, &f, &rows, &count))
        return false;
    if (!found || n < 1 || n > (int64_t)count)
        return err_missing(c->err, "bundle", "We cannot find this application.");
    const struct bundle_handover *h = &rows[n - 1];
    if (!people_subject(c, f.applicant, &who) || !officer_name(c, h->account, &name)) return false;
    struct json *doc = ctx_doc(c);
    const struct unit *unit = orgs_unit(c, c->actor.unit);
    json_set_str(c->arena, doc, "name", f.name);
    json_set_str(c->arena, doc, "number", f.number);
    json_set_str(c->arena, doc, "applicant", people_mask_name(c->arena, who.name));
    json_set_str(c->arena, doc, "who", who_text(c, h->who));
    json_set_str(c->arena, doc, "taker",
                 h->taker.len ? h->taker
                              : str_fmt(c->arena, "%.*s %.*s", STR_ARG(h->carrier), STR_ARG(h->parcel)));
    json_set_str(c->arena, doc, "when", time_words_full(c->lang, c->arena, h->at));
    json_set_str(c->arena, doc, "clerk", name);
    json_set_str(c->arena, doc, "issued_by", unit ? unit->name : STR_EMPTY);
    json_set_str(c->arena, doc, "back", str_fmt(c->arena, "/office/bundles/%lld", (long long)f.id));
    return add_results(c, doc, f.id);
}

const struct field bundles_hand_fields[] = {
    {"how", FIELD_CHOICE, "Who takes it", .required = true, .choices = "person|courier"},
    {"name", FIELD_LINE, "Name of who takes it", .max = 60},
    {"number", FIELD_LINE, "Number of the identity card that was seen", .check = people_check_id_number},
    {"letter", FIELD_BOOL, .label = "A letter of authority was seen"},
    {"carrier", FIELD_LINE, "Carrier", .max = 40},
    {"parcel", FIELD_LINE, "Number of the parcel", .max = 40},
    {0},
};
const struct field bundles_delivery_fields[] = {
    {"n", FIELD_INT, "Which hand-over", .required = true, .min = 1, .max = 1000},
    {"state", FIELD_CHOICE, "State", .required = true, .choices = "sent|on_the_way|delivered|returned"},
    {0},
};
const struct field bundles_receipt_fields[] = {
    {"n", FIELD_INT, "Which hand-over", .required = true, .min = 1, .max = 1000},
    {0},
};
