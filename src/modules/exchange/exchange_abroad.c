/* Calls about a person that left for other installations stand among those of this one. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/exchange/exchange_person.h"

void exchange_set_abroad(struct server *server, const struct exchange_abroad_part *part)
{
    ((struct exchange_state *)server_state(server, "exchange"))->abroad = part;
}

const struct exchange_abroad_part *exchange_abroad_of(const struct ctx *c)
{
    return ((const struct exchange_state *)server_state(c->server, "exchange"))->abroad;
}

const char *abroad_object(struct ctx *c, bool abroad)
{
    return abroad ? exchange_abroad_of(c)->object : "exchange_call";
}

bool abroad_list(struct ctx *c, struct str subject_index, int64_t before, struct exchange_abroad **rows,
                 size_t *count)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    *count = 0;
    *rows = NULL;
    return !p || p->list(c, subject_index, before, CALLS_PAGE + 1, rows, count);
}

bool abroad_find(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    *found = false;
    return !p || p->find(c, id, out, found);
}

/* A system names a case by its number; this program, where it asks for a case, by its id. */
static bool case_of(struct ctx *c, const struct exchange_abroad *r, struct exchange_case *about)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    bool found = false;
    if (!r->case_no.len || !s->find_case) return true;
    if (!s->find_case(c, r->case_no, about, &found)) return false;
    if (!found) *about = (struct exchange_case){0};
    if (!found && !str_to_i64(r->case_no, &about->id)) about->id = 0;
    return true;
}

bool abroad_words(struct ctx *c, struct json *o, const struct exchange_abroad *r, int64_t *case_id)
{
    struct exchange_case about = {0};
    struct str who;
    if (!case_of(c, r, &about) || !exchange_operator_name(c, r->system_id, r->operator_id, &who))
        return false;
    const struct item *item = about.item ? catalogue_by_id(c, about.item) : NULL;
    *case_id = about.id;
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "when", time_format(c->arena, r->at));
    json_set_str(c->arena, o, "who", exchange_unit_name(c, r->unit));
    json_set_bool(c->arena, o, "own", false);
    json_set_str(c->arena, o, "system", r->system);
    json_set_str(c->arena, o, "operator", who);
    json_set_str(c->arena, o, "what", r->service);
    json_set_str(c->arena, o, "provider", r->provider);
    json_set_str(c->arena, o, "fields", r->fields);
    json_set_str(c->arena, o, "purpose", exchange_label(c, purpose_words, r->purpose));
    json_set_str(c->arena, o, "service",
                 item          ? item->name
                 : r->item.len ? tr_arg(c->lang, c->arena, "Service of another node, code %{arg}", r->item)
                               : STR_EMPTY);
    json_set_str(c->arena, o, "case_no", r->case_no);
    json_set_str(c->arena, o, "result", ctx_tr(c, r->result));
    json_set_bool(c->arena, o, "refused", r->refused);
    json_set_str(c->arena, o, "abroad", r->node);
    return true;
}

/* ---- among the calls of the ledger, and for whoever counts them ---- */

static struct exchange_past past_of(const struct exchange_abroad *r)
{
    return (struct exchange_past){.id = r->id,
                                  .at = r->at,
                                  .system = r->system_id,
                                  .unit = r->unit,
                                  .resource = r->data,
                                  .provider = r->party,
                                  .case_id = r->caseless ? 0 : EXCHANGE_CASE_NAMED,
                                  .subject = r->subject,
                                  .operator_id = r->operator_id,
                                  .mode = r->mode,
                                  .subject_index = r->subject_index,
                                  .result = r->code,
                                  .answer = str_eq_c(r->code, "ok"),
                                  .took_us = r->took_us,
                                  .purpose = r->purpose,
                                  .fields = r->fields,
                                  .system_name = r->system,
                                  .data_name = r->service,
                                  .abroad = r};
}

static struct exchange_past *pasts_of(struct ctx *c, const struct exchange_abroad *rows, size_t count)
{
    struct exchange_past *out = ARENA_ARRAY(c->arena, count + 1, struct exchange_past);
    for (size_t i = 0; i < count; i++)
        out[i] = past_of(&rows[i]);
    return out;
}

/* What a person's own form asks is asked by no department, here as with the calls of this installation. */
bool exchange_calls_abroad(struct ctx *c, int64_t from, int64_t before, int limit,
                           struct exchange_past **rows, size_t *count)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    struct exchange_abroad *far = NULL;
    *count = 0;
    if (p && !p->since(c, from, before, limit, &far, count)) return false;
    int64_t own = exchange_platform(c);
    *rows = pasts_of(c, far, *count);
    for (size_t i = 0; i < *count; i++)
        if ((*rows)[i].system == own && !(*rows)[i].operator_id.len) (*rows)[i].unit = 0;
    return true;
}

bool abroad_merge(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_past **rows,
                  size_t *count)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    bool of_provider = q->provider && !q->subject_index.len && !q->consumer;
    struct exchange_abroad *far;
    size_t far_count, h = 0, a = 0, n = 0, limit = (size_t)q->limit;
    if (!p || of_provider) return true;
    if (!p->ledger(c, q, &far, &far_count)) return false;
    if (!far_count) return true;
    struct exchange_past *here = *rows, *out = ARENA_ARRAY(c->arena, limit + 1, struct exchange_past);
    while (n < limit && (h < *count || a < far_count)) {
        bool one = h < *count && (a == far_count || here[h].id > far[a].id);
        out[n++] = one ? here[h++] : past_of(&far[a++]);
    }
    *rows = out;
    *count = n;
    return true;
}

bool abroad_past(struct ctx *c, int64_t id, struct exchange_past *out, bool *found)
{
    struct exchange_abroad *r = ARENA_NEW(c->arena, struct exchange_abroad);
    if (!abroad_find(c, id, r, found)) return false;
    if (*found) *out = past_of(r);
    return true;
}

bool abroad_data(struct ctx *c, int limit, struct exchange_data **rows, size_t *count)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    *count = 0;
    return !p || p->data(c, limit, rows, count);
}

bool abroad_name(struct ctx *c, int64_t number, bool party, struct str *out)
{
    const struct exchange_abroad_part *p = exchange_abroad_of(c);
    *out = STR_EMPTY;
    return !p || p->name(c, number, party, out);
}

bool exchange_provider_name(struct ctx *c, int64_t provider, struct str *name, bool *zh)
{
    *name = exchange_unit_name(c, provider);
    *zh = true;
    if (name->len) return true;
    *zh = false;
    if (!abroad_name(c, provider, true, name)) return false;
    if (name->len) *name = tr_arg(c->lang, c->arena, "Node %{arg}", *name);
    return true;
}
