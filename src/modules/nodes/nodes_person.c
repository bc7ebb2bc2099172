/* Calls that left this node, for whoever reads of them: the person they are about, and who watches. */
#include "core/base/id.h"
#include "modules/nodes/nodes_internal.h"

static const struct {
    const char *state, *msgid;
} results[] = {{"ok", "Answered"},
               {"refused", "Call refused"},
               {"answered", "Answered, and the answer was lost on its way"},
               {"never", "It never arrived"},
               {"left", "The other node left before it could say"}};

/* "INSTANCE/CLASS/MEMBER/SUBSYSTEM": which of our departments it is. */
static int64_t unit_of(struct ctx *c, struct str client)
{
    const struct unit **units;
    struct str part = client, uscc = STR_EMPTY;
    size_t n = orgs_units(c, &units);
    for (int i = 0; i < 3; i++)
        part = str_cut(part, '/', &uscc);
    for (size_t i = 0; i < n; i++)
        if (uscc.len && str_eq(units[i]->uscc, uscc)) return units[i]->id;
    return 0;
}

static struct str service_name(const struct dir_subsystem *s, struct str code)
{
    JSON_EACH(one, s ? s->services : NULL)
    {
        if (str_eq(json_text_of(one, "code"), code)) return json_text_of(one, "name");
    }
    return code;
}

/* As the exchange calls it; what was lost or never arrived is no answer. */
static struct str code_of(const struct asked_row *r)
{
    bool known = str_eq_c(r->state, "ok") || str_eq_c(r->state, "refused") || str_eq_c(r->state, "unknown");
    return str_eq_c(r->state, "ok") ? STR("ok") : known && r->result.len ? r->result : STR("nodes.no_answer");
}

/* What this program asked for a case is kept for it; its calls are told by their ids. */
static struct str kept(struct ctx *c, const struct asked_row *r)
{
    if (!str_eq_c(r->state, "ok") || r->system != exchange_platform(c)) return STR_EMPTY;
    return str_starts(r->call, STR("form-")) ? STR("query") : STR("fact");
}

static void describe(struct ctx *c, const struct asked_row *r, struct exchange_abroad *out)
{
    const struct directory *d = nodes_now(c)->dir;
    struct str subsystem, code, version;
    service_split(r->service, &subsystem, &code, &version);
    const struct dir_subsystem *to = d ? directory_subsystem(d, subsystem) : NULL,
                               *from = d ? directory_subsystem(d, r->client) : NULL;
    *out = (struct exchange_abroad){.id = r->id,
                                    .at = r->at,
                                    .subject = r->subject,
                                    .unit = unit_of(c, r->client),
                                    .subject_index = r->subject_index,
                                    .node = r->node,
                                    .system = from ? from->name : r->client,
                                    .service = service_name(to, code),
                                    .provider = to ? to->member_name : subsystem,
                                    .purpose = r->purpose,
                                    .item = r->item,
                                    .case_no = r->case_no,
                                    .result = "No answer is known",
                                    .refused = str_eq_c(r->state, "refused"),
                                    .system_id = r->system,
                                    .party = r->party,
                                    .data = r->data,
                                    .took_us = r->took_us,
                                    .operator_id = r->operator_id,
                                    .fields = r->fields,
                                    .mode = r->mode,
                                    .code = code_of(r),
                                    .kept = kept(c, r),
                                    .caseless = !r->case_no.len || str_eq_c(r->result, "exchange.no_case")};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (str_eq_c(r->state, results[i].state)) out->result = results[i].msgid;
}

static struct exchange_abroad *described(struct ctx *c, const struct asked_row *asked, size_t count)
{
    struct exchange_abroad *rows = ARENA_ARRAY(c->arena, count + 1, struct exchange_abroad);
    for (size_t i = 0; i < count; i++)
        describe(c, &asked[i], &rows[i]);
    return rows;
}

static bool list(struct ctx *c, struct str subject_index, int64_t before, int limit,
                 struct exchange_abroad **rows, size_t *count)
{
    struct asked_row *asked;
    if (!asked_store_about(c, subject_index, before, limit, &asked, count)) return false;
    *rows = described(c, asked, *count);
    return true;
}

static bool find(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found)
{
    struct asked_row r;
    if (!asked_store_load(c, id, &r, found)) return false;
    if (*found) describe(c, &r, out);
    return true;
}

/* ---- for who watches ---- */

/* When it was first asked: a repeat under its id is the same call. */
static bool since(struct ctx *c, int64_t from, int64_t before, int limit, struct exchange_abroad **rows,
                  size_t *count)
{
    struct asked_row *asked;
    if (!asked_store_since(c, from, before, limit, &asked, count)) return false;
    *rows = described(c, asked, *count);
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].at = id_time((*rows)[i].id);
    return true;
}

static bool ledger(struct ctx *c, const struct exchange_ledger_query *q, struct exchange_abroad **rows,
                   size_t *count)
{
    struct asked_row *asked;
    if (!asked_store_ledger(c, q, &asked, count)) return false;
    *rows = described(c, asked, *count);
    return true;
}

static struct str service_called(struct ctx *c, struct str service)
{
    const struct directory *d = nodes_now(c)->dir;
    struct str subsystem, code, version;
    service_split(service, &subsystem, &code, &version);
    const struct dir_subsystem *s = d ? directory_subsystem(d, subsystem) : NULL;
    struct str name = service_name(s, code);
    return s ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(s->member_name), STR_ARG(name)) : name;
}

static bool data(struct ctx *c, int limit, struct exchange_data **rows, size_t *count)
{
    struct node_number *known;
    if (!number_store_services(c, limit, &known, count)) return false;
    *rows = ARENA_ARRAY(c->arena, *count + 1, struct exchange_data);
    for (size_t i = 0; i < *count; i++)
        (*rows)[i] =
            (struct exchange_data){.resource = known[i].id, .name = service_called(c, known[i].code)};
    return true;
}

static bool name(struct ctx *c, int64_t number, bool party, struct str *out)
{
    if (!number_store_code(c, party ? "node" : "service", number, out)) return false;
    if (out->len && !party) *out = service_called(c, *out);
    return true;
}

const struct exchange_abroad_part nodes_abroad = {.object = "node_call",
                                                  .list = list,
                                                  .find = find,
                                                  .since = since,
                                                  .ledger = ledger,
                                                  .data = data,
                                                  .name = name,
                                                  .words = nodes_words};
