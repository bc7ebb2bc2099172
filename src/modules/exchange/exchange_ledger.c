/* Calls in words, for officers: who asked, by which system, what for, for which service and case, about whom.
 */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_person.h"

/* Names and numbers are masked: what counts here is who asked. */
static bool add_subject(struct ctx *c, struct json *o, const struct exchange_past *r)
{
    struct subject s;
    struct str text = STR_EMPTY;
    if (!r->subject) {
        if (r->subject_index.len) text = ctx_tr(c, "Somebody not known here");
        json_set_str(c->arena, o, "about", text);
        json_set_bool(c->arena, o, "about_zh", false);
        return true;
    }
    if (!people_subject(c, r->subject, &s)) return false;
    struct str name = s.kind == SUBJECT_PERSON && !s.erased ? people_mask_name(c->arena, s.name) : s.name;
    text = s.code.len
               ? str_fmt(c->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(people_mask_code(c->arena, s.code)))
               : name;
    json_set_str(c->arena, o, "about", text);
    json_set_bool(c->arena, o, "about_zh", !s.erased);
    return true;
}

static bool add_case(struct ctx *c, struct json *o, int64_t id)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    struct str href = STR_EMPTY, number = STR_EMPTY;
    if (id > 0 && s->case_href && !s->case_href(c, id, &href, &number)) return false;
    if (id == EXCHANGE_CASE_ELSEWHERE) number = ctx_tr(c, "A case of the installation that asks");
    json_set(o, "case_href", href.len ? json_string(c->arena, href) : json_null(c->arena));
    json_set_str(c->arena, o, "case_no", number);
    json_set_bool(c->arena, o, "caseless", id == 0);
    return true;
}

/* One that left for another installation; of the case there may be one here. */
static bool far_words(struct ctx *c, const struct exchange_past *r, struct json *o)
{
    int64_t case_id;
    if (!abroad_words(c, o, r->abroad, &case_id)) return false;
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/exchange/calls/%lld", (long long)r->id));
    struct str said = json_text_of(o, "case_no");
    if (!add_subject(c, o, r) || !add_case(c, o, case_id)) return false;
    if (!json_text_of(o, "case_no").len) json_set_str(c->arena, o, "case_no", said);
    json_set_bool(c->arena, o, "caseless", r->abroad->caseless);
    return true;
}

bool exchange_past_words(struct ctx *c, const struct exchange_past *r, struct json *o)
{
    if (r->abroad) return far_words(c, r, o);
    const struct call_row row = {.id = r->id,
                                 .at = r->at,
                                 .system = r->system,
                                 .unit = r->unit,
                                 .resource = r->resource,
                                 .item = r->item,
                                 .operator_id = r->operator_id,
                                 .mode = r->mode,
                                 .purpose = r->purpose,
                                 .fields = r->fields,
                                 .result = r->result,
                                 .answer = r->answer,
                                 .system_name = r->system_name,
                                 .resource_name = r->data_name,
                                 .entry = r->entry,
                                 .provider = r->provider};
    if (!exchange_call_words(c, o, &row)) return false;
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/exchange/calls/%lld", (long long)r->id));
    json_set_str(c->arena, o, "system", r->system_name);
    if (!r->unit) json_set_str(c->arena, o, "who", ctx_tr(c, "The person's own application"));
    if (json_true_of(o, "refused")) json_set_str(c->arena, o, "result", exchange_result_words(c, r->result));
    return add_subject(c, o, r) && add_case(c, o, r->case_id);
}
