/* 谁查看了我的数据: every call about a person, by whom, for which service and case, with one tap to object.
 */
#include "modules/exchange/exchange_person.h"

#include "core/base/time.h"
#include "core/http/server.h"
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
    if (refused(r)) return "Call refused";
    if (str_eq_c(r->mode, "check")) return r->answer ? "Answered: yes" : "Answered: no";
    return r->answer ? "Answered" : "Nothing was found";
}

bool exchange_call_words(struct ctx *c, struct json *o, const struct call_row *r)
{
    struct data_entry e;
    bool found, own = r->unit == 0;
    const struct item *item = r->item ? catalogue_by_id(c, r->item) : NULL;
    if (!entry_store_load(c, r->entry, &e, &found)) return false;
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "when", time_format(c->arena, r->at));
    json_set_str(c->arena, o, "who",
                 own ? ctx_tr(c, "Your own application") : exchange_unit_name(c, r->unit));
    json_set_bool(c->arena, o, "own", own);
    json_set_str(c->arena, o, "system", own ? STR_EMPTY : r->system_name);
    json_set_str(c->arena, o, "operator", r->operator_id);
    json_set_str(c->arena, o, "what",
                 exchange_in_words(c, r->resource_name, found ? json_text_of(e.doc, "en") : STR_EMPTY));
    json_set_str(c->arena, o, "provider", exchange_unit_name(c, r->provider));
    json_set_str(c->arena, o, "fields", field_names(c, found ? json_get(e.doc, "items") : NULL, r->fields));
    json_set_str(c->arena, o, "purpose", exchange_label(c, purpose_words, r->purpose));
    json_set_str(c->arena, o, "service", item ? item->name : STR_EMPTY);
    json_set_str(c->arena, o, "result", ctx_tr(c, result_msgid(r)));
    json_set_bool(c->arena, o, "refused", refused(r));
    return true;
}

/* ---- the person's page ---- */

static bool my_index(struct ctx *c, struct subject *me, struct str *index)
{
    if (!people_subject(c, people_applicant(c), me)) return false;
    *index = blind_index(ctx_keys(c), c->arena, "exchange:subject", me->code);
    return true;
}

static bool add_objection(struct ctx *c, struct json *o, const struct call_row *r)
{
    struct objection ob = {0};
    bool found = false, closed;
    if (r->objection.len && !objection_store_load(c, r->id, &ob, &found)) return false;
    closed = found && str_eq_c(ob.state, "answered");
    json_set_bool(c->arena, o, "may_object", !found);
    json_set_str(c->arena, o, "action", str_fmt(c->arena, "/me/exchange/%lld/object", (long long)r->id));
    json_set_str(c->arena, o, "proof", str_fmt(c->arena, "/me/exchange/%lld/proof", (long long)r->id));
    json_set(o, "objected",
             found ? json_string(c->arena,
                                 tr_arg(c->lang, c->arena,
                                        closed ? "Answered on %{arg}" : "To be answered by %{arg}",
                                        date_format(c->arena, date_of(closed ? ob.answered_at : ob.due))))
                   : json_null(c->arena));
    json_set(o, "answer", closed ? json_string(c->arena, ob.answer) : json_null(c->arena));
    return true;
}

bool exchange_my_calls(struct ctx *c)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "calls");
    struct call_row *rows;
    struct subject me;
    struct str index;
    size_t count = 0;
    if (!my_index(c, &me, &index)) return false;
    if (me.code.len && !person_store_calls(c, index, in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count && i < CALLS_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str href = STR_EMPTY;
        if (!exchange_call_words(c, o, &rows[i]) || !add_objection(c, o, &rows[i])) return false;
        if (rows[i].case_id && s->case_href && !s->case_href(c, rows[i].case_id, &href)) return false;
        json_set(o, "case_href", href.len ? json_string(c->arena, href) : json_null(c->arena));
    }
    json_set_bool(c->arena, doc, "has_calls", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > CALLS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?before=%lld", (long long)rows[CALLS_PAGE - 1].id));
    }
    exchange_crumb(c, doc, "My page", "/me");
    return true;
}

static bool load_mine(struct ctx *c, int64_t id, struct call_row *r)
{
    struct subject me;
    struct str index;
    bool found;
    if (!my_index(c, &me, &index) || !person_store_call(c, id, r, &found)) return false;
    return (found && me.code.len && str_eq(r->subject_index, index)) ||
           err_missing(c->err, "exchange.call", "There is no such call.");
}

bool exchange_my_call_scope(struct ctx *c)
{
    struct call_row r;
    return ctx_path_id(c, "id", &c->row) && load_mine(c, c->row, &r);
}

bool exchange_my_proof(struct ctx *c)
{
    return evidence_send_proofs(c, "exchange_call", c->row, 0);
}

bool exchange_object(struct ctx *c)
{
    struct call_row r;
    bool fresh;
    if (!load_mine(c, c->row, &r)) return false;
    struct objection o = {.call = r.id,
                          .subject = people_applicant(c),
                          .provider = r.provider,
                          .words = in_text(c, "words"),
                          .opened = c->now};
    if (!orgs_due(c, "exchange.objection_workdays", &o.due) || !objection_store_add(c, &o, &fresh))
        return false;
    if (fresh && !evidence_add(c, "exchange.object", "exchange_call", r.id, o.subject, NULL)) return false;
    ctx_notice(c, "Your objection has been recorded. The department that keeps this data answers it.");
    return ctx_redirect(c, "/me/exchange");
}

/* ---- what is kept about a person ---- */

static bool export(struct ctx *c, int64_t subject, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "calls");
    struct call_row *rows;
    struct subject s;
    size_t count = CALLS_PAGE + 1;
    if (!people_subject(c, subject, &s)) return false;
    struct str index = blind_index(ctx_keys(c), c->arena, "exchange:subject", s.code);
    for (int64_t before = 0; s.code.len && count > CALLS_PAGE && list->count < EXPORT_MAX;) {
        if (!person_store_calls(c, index, before, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < CALLS_PAGE; i++) {
            if (!exchange_call_words(c, json_add_object(c->arena, list), &rows[i])) return false;
            before = rows[i].id;
        }
    }
    return true;
}

static bool erase(struct ctx *c, int64_t subject)
{
    struct subject s;
    if (!people_subject(c, subject, &s)) return false;
    return !s.code.len ||
           person_store_forget(c, blind_index(ctx_keys(c), c->arena, "exchange:subject", s.code));
}

const struct people_part exchange_part = {.name = "exchange", .export = export, .erase = erase};

/* ---- fields ---- */

const struct field exchange_calls_fields[] = {
    {"before", FIELD_ID, "Calls before this one"},
    {0},
};

const struct field exchange_object_fields[] = {
    {"words", FIELD_TEXT, "Why you object", .max = OBJECTION_MAX},
    {0},
};
