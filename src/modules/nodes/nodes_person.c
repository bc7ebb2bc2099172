/* Calls about a person that left this node, for the page where they read who asked for their data. */
#include "modules/nodes/nodes_internal.h"

static const struct {
    const char *state, *msgid;
} results[] = {{"ok", "Answered"},
               {"refused", "Call refused"},
               {"answered", "Answered, and the answer was lost on its way"},
               {"never", "It never arrived"}};

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
                                    .refused = str_eq_c(r->state, "refused")};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (str_eq_c(r->state, results[i].state)) out->result = results[i].msgid;
}

static bool list(struct ctx *c, struct str subject_index, int64_t before, int limit,
                 struct exchange_abroad **rows, size_t *count)
{
    struct asked_row *asked;
    if (!asked_store_about(c, subject_index, before, limit, &asked, count)) return false;
    *rows = ARENA_ARRAY(c->arena, *count + 1, struct exchange_abroad);
    for (size_t i = 0; i < *count; i++)
        describe(c, &asked[i], &(*rows)[i]);
    return true;
}

static bool find(struct ctx *c, int64_t id, struct exchange_abroad *out, bool *found)
{
    struct asked_row r;
    if (!asked_store_load(c, id, &r, found)) return false;
    if (*found) describe(c, &r, out);
    return true;
}

const struct exchange_abroad_part nodes_abroad = {.object = "node_call", .list = list, .find = find};
