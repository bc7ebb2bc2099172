/* 谁查看了我的数据: every call about a person, by whom, for which service and case, with one tap to object.
 */
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/exchange/exchange_remedy.h"

#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/catalogue/catalogue.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* ---- a call in words ---- */

static struct str field_names(struct ctx *c, const struct json *items, struct str fields)
{
    struct buf b = buf_new(c->arena, 128);
    struct str id;
    while (fields.len) {
        struct str name = STR_EMPTY;
        fields = str_cut(fields, ',', &id);
        JSON_EACH(i, items)
        {
            if (str_eq(json_text_of(i, "id"), id)) name = json_text_of(i, "name");
        }
        if (b.len) buf_add_c(&b, "、");
        buf_add(&b, name.len ? name : id);
    }
    return buf_str(&b);
}

/* What a permit's filter keeps back is answered as if there were nothing. */
static bool refused(const struct call_row *r)
{
    return !str_eq_c(r->result, "ok") && !str_eq_c(r->result, "exchange.filtered");
}

static const char *result_msgid(const struct call_row *r)
{
    if (!r->entry) return "Refused: there are no such data here";
    if (refused(r)) return "Call refused";
    if (str_eq_c(r->mode, "check")) return r->answer ? "Answered: yes" : "Answered: no";
    return r->answer ? "Answered" : "Nothing was found";
}

bool exchange_call_words(struct ctx *c, struct json *o, const struct call_row *r)
{
    struct data_entry e;
    struct str who;
    bool found, own = r->unit == 0;
    const struct item *item = r->item ? catalogue_by_id(c, r->item) : NULL;
    if (!entry_store_load(c, r->entry, &e, &found) ||
        !exchange_operator_name(c, r->system, r->operator_id, &who))
        return false;
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, r->at, c->now));
    json_set_str(c->arena, o, "who",
                 own ? ctx_tr(c, "Your own application") : exchange_unit_name(c, r->unit));
    json_set_bool(c->arena, o, "own", own);
    json_set_str(c->arena, o, "system", own ? STR_EMPTY : r->system_name);
    json_set_str(c->arena, o, "operator", who);
    json_set_str(c->arena, o, "what",
                 r->entry
                     ? exchange_in_words(c, r->resource_name, found ? json_text_of(e.doc, "en") : STR_EMPTY)
                     : ctx_tr(c, "Data that are not here"));
    json_set_str(c->arena, o, "provider", exchange_unit_name(c, r->provider));
    json_set_str(c->arena, o, "fields", field_names(c, found ? json_get(e.doc, "items") : NULL, r->fields));
    json_set_str(c->arena, o, "purpose", exchange_label(c, purpose_words, r->purpose));
    json_set_str(c->arena, o, "service", item ? item->name : STR_EMPTY);
    json_set_str(c->arena, o, "result", ctx_tr(c, result_msgid(r)));
    json_set_bool(c->arena, o, "refused", refused(r));
    json_set_str(c->arena, o, "abroad", STR_EMPTY);
    return true;
}

/* ---- the person's page ---- */

static bool my_index(struct ctx *c, struct subject *me, struct str *index)
{
    if (!people_subject(c, people_applicant(c), me)) return false;
    *index = blind_index(ctx_keys(c), c->arena, "exchange:subject", me->code);
    return true;
}

static bool add_objection(struct ctx *c, struct json *o, int64_t id, bool may_have)
{
    struct objection ob = {0};
    bool found = false, closed;
    if (may_have && !objection_store_load(c, id, &ob, &found)) return false;
    closed = found && str_eq_c(ob.state, "answered");
    json_set_bool(c->arena, o, "may_object", !found);
    json_set_str(c->arena, o, "action", str_fmt(c->arena, "/me/exchange/%lld/object", (long long)id));
    json_set_str(c->arena, o, "proof", str_fmt(c->arena, "/me/exchange/%lld/proof", (long long)id));
    json_set(o, "objected",
             found ? json_string(
                         c->arena,
                         tr_arg(c->lang, c->arena, closed ? "Answered on %{arg}" : "To be answered by %{arg}",
                                date_words(c->lang, c->arena, date_of(closed ? ob.answered_at : ob.due),
                                           date_of(c->now))))
                   : json_null(c->arena));
    json_set(o, "answer", closed ? json_string(c->arena, ob.answer) : json_null(c->arena));
    struct str outcome = closed ? objection_outcome(c, &ob) : STR_EMPTY, remedy = STR_EMPTY;
    if (closed && !remedy_words(c, id, &remedy)) return false;
    json_set_str(c->arena, o, "outcome", outcome);
    json_set_str(c->arena, o, "remedy", remedy);
    return true;
}

static bool add_case(struct ctx *c, struct json *o, int64_t id)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    struct str href = STR_EMPTY, number;
    if (id > 0 && s->case_href && !s->case_href(c, id, &href, &number)) return false;
    json_set(o, "case_href", href.len ? json_string(c->arena, href) : json_null(c->arena));
    return true;
}

/* What a call brought is shown again while it is kept, and no provider is asked: so that the list of calls
 * hides no look. */
static void add_kept(struct ctx *c, struct json *o, struct str kept)
{
    struct str text = STR_EMPTY;
    if (str_eq_c(kept, "fact"))
        text = ctx_tr(
            c, "Kept with the application. Every look of an officer at it is among “Who saw my data”.");
    else if (kept.len)
        text = ctx_tr(c, "Kept for this application for a day. Every look of an officer at it is among “Who "
                         "saw my data”.");
    json_set_str(c->arena, o, "kept", text);
}

/* Calls here and calls that left, newest first: ids hold their time. */
struct merged {
    struct call_row *here;
    struct exchange_abroad *abroad;
    size_t here_count, abroad_count, h, a;
};

static bool read_calls(struct ctx *c, struct str index, int64_t before, struct merged *m)
{
    *m = (struct merged){0};
    return person_store_calls(c, index, before, &m->here, &m->here_count) &&
           abroad_list(c, index, before, &m->abroad, &m->abroad_count);
}

static bool has_more(const struct merged *m)
{
    return m->h < m->here_count || m->a < m->abroad_count;
}

static bool add_next(struct ctx *c, struct merged *m, struct json *o, int64_t *id)
{
    bool here = m->h < m->here_count && (m->a == m->abroad_count || m->here[m->h].id > m->abroad[m->a].id);
    int64_t case_id;
    if (here) {
        const struct call_row *r = &m->here[m->h++];
        *id = r->id;
        if (!exchange_call_words(c, o, r)) return false;
        json_set_str(c->arena, o, "case_no", STR_EMPTY);
        add_kept(c, o, r->kept);
        return add_objection(c, o, r->id, r->objection.len > 0) && add_case(c, o, r->case_id);
    }
    const struct exchange_abroad *r = &m->abroad[m->a++];
    *id = r->id;
    add_kept(c, o, r->kept);
    return abroad_words(c, o, r, &case_id) && add_objection(c, o, r->id, true) && add_case(c, o, case_id);
}

bool exchange_my_calls(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "calls");
    struct merged m = {0};
    struct subject me;
    struct str index;
    int64_t last = 0;
    if (!my_index(c, &me, &index)) return false;
    if (me.code.len && !read_calls(c, index, in_i64(c, "before", 0), &m)) return false;
    while (has_more(&m) && list->count < CALLS_PAGE)
        if (!add_next(c, &m, json_add_object(c->arena, list), &last)) return false;
    json_set_bool(c->arena, doc, "has_calls", list->count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (has_more(&m)) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next", str_fmt(c->arena, "?before=%lld", (long long)last));
    }
    exchange_crumb(c, doc, "My page", "/me");
    return true;
}

struct mine {
    bool abroad, nowhere;     /* nowhere: it named no data that are here */
    int64_t subject, answers; /* of the acts about it; which department answers an objection */
};

static bool load_mine(struct ctx *c, int64_t id, struct mine *m)
{
    struct call_row r;
    struct exchange_abroad far;
    struct subject me;
    struct str index;
    bool found;
    if (!my_index(c, &me, &index) || !person_store_call(c, id, &r, &found)) return false;
    *m = (struct mine){0};
    /* Where nobody provides it, who asked answers for having asked. */
    if (found) m->answers = r.provider ? r.provider : r.unit;
    if (found) m->nowhere = !r.provider;
    bool mine = found && me.code.len && str_eq(r.subject_index, index);
    if (!found) {
        if (!abroad_find(c, id, &far, &m->abroad)) return false;
        mine = m->abroad && me.code.len && str_eq(far.subject_index, index);
        if (mine) *m = (struct mine){.abroad = true, .subject = far.subject, .answers = far.unit};
    }
    return mine || err_missing(c->err, "exchange.call", "There is no such call.");
}

bool exchange_my_call_scope(struct ctx *c)
{
    struct mine m;
    return ctx_path_id(c, "id", &c->row) && load_mine(c, c->row, &m);
}

bool exchange_my_proof(struct ctx *c)
{
    struct mine m;
    return load_mine(c, c->row, &m) && evidence_send_proofs(c, abroad_object(c, m.abroad), c->row, m.subject);
}

bool exchange_object(struct ctx *c)
{
    struct mine m;
    bool fresh;
    if (!load_mine(c, c->row, &m)) return false;
    struct objection o = {.call = c->row,
                          .subject = people_applicant(c),
                          .provider = m.answers,
                          .words = in_text(c, "words"),
                          .opened = c->now};
    if (!orgs_due(c, "exchange.objection_workdays", &o.due) || !objection_store_add(c, &o, &fresh))
        return false;
    if (fresh && !evidence_add(c, "exchange.object", abroad_object(c, m.abroad), o.call, o.subject, NULL))
        return false;
    ctx_notice(c, m.abroad || m.nowhere
                      ? "Your objection has been recorded. The department that asked answers it."
                      : "Your objection has been recorded. The department that keeps this data answers it.");
    return ctx_redirect(c, "/me/exchange");
}

/* ---- what is kept about a person ---- */

static bool export(struct ctx *c, int64_t subject, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "calls");
    struct merged m = {0};
    struct subject s;
    int64_t last = 0;
    if (!people_subject(c, subject, &s)) return false;
    struct str index = blind_index(ctx_keys(c), c->arena, "exchange:subject", s.code);
    if (!s.code.len) return true;
    do {
        if (!read_calls(c, index, last, &m)) return false;
        for (size_t i = 0; i < CALLS_PAGE && has_more(&m); i++)
            if (!add_next(c, &m, json_add_object(c->arena, list), &last)) return false;
    } while (has_more(&m) && list->count < EXPORT_MAX);
    return true;
}

static bool erase(struct ctx *c, int64_t subject)
{
    struct subject s;
    if (!elsewhere_store_forget(c, subject) || !people_subject(c, subject, &s)) return false;
    return !s.code.len ||
           about_store_forget(c, blind_index(ctx_keys(c), c->arena, "exchange:subject", s.code));
}

const struct people_part exchange_part = {
    .name = "exchange", .export = export, .erase = erase, .office_home = exchange_objections_home};

/* ---- fields ---- */

const struct field exchange_calls_fields[] = {
    {"before", FIELD_ID, .label = "Calls before this one"},
    {0},
};

const struct field exchange_object_fields[] = {
    {"words", FIELD_TEXT, "Why you object", .max = OBJECTION_MAX},
    {0},
};
