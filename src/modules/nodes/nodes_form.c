/* What other nodes know for forms and documents: a service of theirs may stand where a resource does. Asked
 * as this program's own system of the department whose service it is, for the case the form is of. */
#include "core/http/server.h"
#include "modules/nodes/nodes_internal.h"

static struct json *content_of(struct ctx *c, const struct exchange_far_question *q)
{
    struct json *content = json_object(c->arena);
    json_set_str(c->arena, content, "mode", q->mode);
    json_set_c(c->arena, content, "purpose", "apply");
    json_set_str(c->arena, content, "kind", q->kind);
    json_set_str(c->arena, content, "number", q->number);
    if (q->fields)
        json_set(content, "fields", json_copy(c->arena, q->fields));
    else
        json_set_object(c->arena, content, "facts");
    json_set_str(c->arena, content, "case", str_fmt(c->arena, "%lld", (long long)q->case_id));
    json_set_str(c->arena, content, "operator", nodes_operator(c));
    json_set_str(c->arena, content, "item", q->item);
    return content;
}

/* The record, or the list of them with `true` behind it where there are more. */
static const struct json *record_of(struct ctx *c, const struct json *answer)
{
    const struct json *records = json_get(answer, "records");
    if (!json_is(records, JSON_ARRAY)) return json_get(answer, "data");
    struct json *all = json_copy(c->arena, records);
    if (json_true_of(answer, "more")) json_add(all, json_boolean(c->arena, true));
    return all;
}

static bool ask(struct ctx *c, const struct exchange_far_question *q, const struct json **record)
{
    struct node_reply r = {0};
    const struct node_question n = {
        .client = nodes_own_subsystem(c, q->unit, STR("platform")),
        .service = q->service,
        .id = str_fmt(c->arena, "%s-%lld", q->fact ? "fact" : "form", (long long)ctx_id(c)),
        .content = content_of(c, q),
        .subject = q->subject,
        .wait_ms = q->wait_ms};
    *record = NULL;
    if (!nodes_ask(c, &n, &r)) return false;
    if (!str_eq_c(r.result, "ok"))
        return err_denied(c->err, str_z(c->arena, r.result), "The other node does not answer this.");
    if (json_true_of(r.content, "match"))
        *record = json_object(c->arena);
    else if (json_true_of(r.content, "found"))
        *record = record_of(c, r.content);
    return true;
}

static struct str name(struct ctx *c, struct str service)
{
    const struct directory *d = nodes_now(c)->dir;
    struct str subsystem, code, version;
    service_split(service, &subsystem, &code, &version);
    const struct dir_subsystem *s = d ? directory_subsystem(d, subsystem) : NULL;
    JSON_EACH(one, s ? s->services : NULL)
    {
        if (str_eq(json_text_of(one, "code"), code)) return json_text_of(one, "name");
    }
    return service;
}

const struct exchange_far nodes_far = {.ask = ask, .name = name};
