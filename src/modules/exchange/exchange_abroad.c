/* Calls about a person that left for other installations stand among those of this one. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/exchange/exchange_person.h"

void exchange_set_abroad(struct server *server, const struct exchange_abroad_part *part)
{
    ((struct exchange_state *)server_state(server, "exchange"))->abroad = part;
}

static const struct exchange_abroad_part *part_of(const struct ctx *c)
{
    return ((const struct exchange_state *)server_state(c->server, "exchange"))->abroad;
}

const char *abroad_object(struct ctx *c, bool abroad)
{
    return abroad ? part_of(c)->object : "exchange_call";
}

bool abroad_list(struct ctx *c, struct str subject_index, int64_t before, struct exchange_abroad **rows,
                 size_t *count)
{
    const struct exchange_abroad_part *p = part_of(c);
    *count = 0;
    *rows = NULL;
    return !p || p->list(c, subject_index, before, CALLS_PAGE + 1, rows, count);
}

bool abroad_find(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found)
{
    const struct exchange_abroad_part *p = part_of(c);
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
    if (!case_of(c, r, &about)) return false;
    const struct item *item = about.item ? catalogue_by_id(c, about.item) : NULL;
    *case_id = about.id;
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "when", time_format(c->arena, r->at));
    json_set_str(c->arena, o, "who", exchange_unit_name(c, r->unit));
    json_set_bool(c->arena, o, "own", false);
    json_set_str(c->arena, o, "system", r->system);
    json_set_str(c->arena, o, "operator", STR_EMPTY);
    json_set_str(c->arena, o, "what", r->service);
    json_set_str(c->arena, o, "provider", r->provider);
    json_set_str(c->arena, o, "fields", STR_EMPTY);
    json_set_str(c->arena, o, "purpose", exchange_label(c, purpose_words, r->purpose));
    json_set_str(c->arena, o, "service", item ? item->name : r->item);
    json_set_str(c->arena, o, "case_no", r->case_no);
    json_set_str(c->arena, o, "result", ctx_tr(c, r->result));
    json_set_bool(c->arena, o, "refused", r->refused);
    json_set_str(c->arena, o, "abroad", r->node);
    return true;
}
