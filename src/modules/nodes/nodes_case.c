/* What other nodes know of the applicant, on the page of a case: asked when an officer first looks at it, for
 * that case, as this program's own system of the department; kept under the person's key and not asked again.
 */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/nodes/nodes_internal.h"
#include "modules/people/people.h"

#define FOUND "From another node"

enum { SERVICES_MAX = 8 };

struct wanted {
    const struct json *rule;
    struct str number, kind, client, case_no;
    struct exchange_case about;
};

struct asking_facts {
    struct wanted list[SERVICES_MAX];
    size_t count;
};

static bool rules_of(struct ctx *c, const struct json **rules)
{
    struct str text;
    *rules = NULL;
    if (!orgs_setting(c, "nodes.facts", &text)) return false;
    if (!text.len) return true;
    *rules = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *rules != NULL;
}

static bool is_for(const struct json *rule, const struct exchange_case *k)
{
    struct str item = json_text_of(rule, "item");
    return str_eq_c(item, "*") || str_eq(item, k->item_code) || (k->base.len && str_eq(item, k->base));
}

static const struct fact_row *row_of(const struct fact_row *rows, size_t count, struct str service)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].service, service)) return nodes_passes(rows[i].result) ? NULL : &rows[i];
    return NULL;
}

/* ---- asking: no transaction is held ---- */

struct keeping {
    const struct wanted *w;
    struct str result, text;
};

static bool keep(struct ctx *c)
{
    const struct keeping *k = ctx_arg(c);
    const struct field_place at = {
        .table = "node_fact", .column = "facts", .row = k->w->about.id, .subject = k->w->about.applicant};
    struct fact_row r = {.case_id = k->w->about.id,
                         .subject = k->w->about.applicant,
                         .service = json_text_of(k->w->rule, "service"),
                         .result = k->result};
    return (!k->text.len || field_seal(ctx_keys(c), &c->tx, &at, k->text, &r.facts)) && fact_store_put(c, &r);
}

/* Of this case, officer and question: each service has its own. */
static struct str id_of(struct ctx *c, const struct wanted *w)
{
    enum { MARK = 12 };
    struct str service = json_text_of(w->rule, "service"),
               fields = json_to_str(c->arena, json_get(w->rule, "fields")),
               mark =
                   text_digest(c->arena, str_fmt(c->arena, "%.*s %.*s", STR_ARG(service), STR_ARG(fields)));
    struct str id = str_fmt(c->arena, "case-%lld-%lld-%.*s", (long long)w->about.id,
                            (long long)c->actor.account, MARK, mark.ptr);
    return str_slice(id, 0, CALL_ID_MAX);
}

static void ask_one(struct ctx *c, const struct wanted *w)
{
    const struct actor system = {.kind = ACTOR_SYSTEM, .unit = w->about.unit};
    struct json *content = json_object(c->arena);
    struct node_reply r = {0};
    struct keeping k = {.w = w};
    struct err wrong = {0}, *own = c->err;
    json_set_c(c->arena, content, "mode", "query");
    json_set_c(c->arena, content, "purpose", "apply");
    json_set_str(c->arena, content, "kind", w->kind);
    json_set_str(c->arena, content, "number", w->number);
    json_set(content, "fields", json_copy(c->arena, json_get(w->rule, "fields")));
    json_set_str(c->arena, content, "case", w->case_no);
    json_set_str(c->arena, content, "operator", nodes_operator(c));
    json_set_str(c->arena, content, "item", w->about.base.len ? w->about.base : w->about.item_code);
    const struct node_question q = {.client = w->client,
                                    .service = json_text_of(w->rule, "service"),
                                    .id = id_of(c, w),
                                    .content = content,
                                    .subject = w->about.applicant};
    c->err = &wrong;
    bool ok = nodes_ask(c, &q, &r);
    c->err = own;
    if (!ok || nodes_passes(r.result)) return; /* asked again at the next look */
    k.result = r.result;
    if (r.content) k.text = json_to_str(c->arena, r.content);
    struct err lost = {0};
    (void)!server_write(c->server, &system, keep, &k, &lost);
}

static void ask_all(struct ctx *c, void *arg)
{
    struct asking_facts *a = arg;
    for (size_t i = 0; i < a->count; i++)
        ask_one(c, &a->list[i]);
}

/* ---- showing ---- */

static void add_fact(struct ctx *c, struct json *facts, const struct json *rule, struct str value,
                     const char *label, int64_t at)
{
    struct json *f = json_add_object(c->arena, facts);
    struct str service = json_text_of(rule, "service"), subsystem, code, version;
    service_split(service, &subsystem, &code, &version);
    const struct dir_subsystem *s = directory_subsystem(nodes_now(c)->dir, subsystem);
    json_set_c(c->arena, f, "result", strcmp(label, FOUND) == 0 ? "match" : "unknown");
    json_set_str(c->arena, f, "result_label", ctx_tr(c, label));
    json_set_str(c->arena, f, "name", json_text_of(rule, "name"));
    json_set_str(c->arena, f, "value", value);
    json_set_str(c->arena, f, "source", s ? s->member_name : subsystem);
    json_set_str(c->arena, f, "when", time_format(c->arena, at));
    exchange_fact_permit(c, f, 0); /* the other node's own */
}

static struct str record_words(struct ctx *c, const struct json *rule, const struct json *record)
{
    struct buf b = buf_new(c->arena, 128);
    const struct json *label = json_at(json_get(rule, "labels"), 0);
    JSON_EACH(f, json_get(rule, "fields"))
    {
        const struct json *v = json_get_str(record, f->text);
        if (v && v->text.len)
            buf_fmt(&b, "%s%.*s：%.*s", b.len ? "；" : "", STR_ARG(label ? label->text : f->text),
                    STR_ARG(v->text));
        label = label ? label->next : NULL;
    }
    return buf_str(&b);
}

/* Of several records each by its number. */
static struct str values_of(struct ctx *c, const struct json *rule, const struct json *answer)
{
    const struct json *records = json_get(answer, "records");
    struct buf b = buf_new(c->arena, 256);
    int n = 0;
    if (!json_is(records, JSON_ARRAY)) return record_words(c, rule, json_get(answer, "data"));
    JSON_EACH(one, records)
    {
        buf_fmt(&b, "%s（%d）%.*s", n ? " " : "", n + 1, STR_ARG(record_words(c, rule, one)));
        n++;
    }
    if (json_true_of(answer, "more"))
        buf_fmt(&b, " %.*s", STR_ARG(ctx_tr(c, "There are more records, which are not shown.")));
    return buf_str(&b);
}

static bool show(struct ctx *c, struct json *facts, const struct json *rule, const struct fact_row *r)
{
    const struct field_place at = {
        .table = "node_fact", .column = "facts", .row = r->case_id, .subject = r->subject};
    struct str text;
    if (!r->facts.len) {
        add_fact(c, facts, rule, nodes_result_words(c, r->result), "Call refused", r->at);
        return true;
    }
    if (!field_open(ctx_keys(c), &c->tx, &at, r->facts, &text)) return false;
    const struct json *answer = json_parse(c->arena, text, JSON_STRICT, c->err);
    if (!answer) return false;
    struct str values = values_of(c, rule, answer);
    add_fact(c, facts, rule, values.len ? values : ctx_tr(c, "There is no record of this applicant."),
             json_true_of(answer, "found") ? FOUND : "No record", r->at);
    ctx_reads(c, r->subject, STR("node_fact"), r->case_id);
    return true;
}

static bool want(struct ctx *c, struct asking_facts *a, const struct json *rule,
                 const struct exchange_case *k)
{
    struct subject s;
    if (a->count == SERVICES_MAX) return true;
    if (!people_subject(c, k->applicant, &s)) return false;
    a->list[a->count++] =
        (struct wanted){.rule = rule,
                        .number = s.code,
                        .kind = s.kind == SUBJECT_ORGANISATION ? STR("organisation") : STR("person"),
                        .client = nodes_own_subsystem(c, k->unit, STR("platform")),
                        .case_no = str_fmt(c->arena, "%lld", (long long)k->id),
                        .about = *k};
    return true;
}

bool nodes_case_facts(struct ctx *c, const struct exchange_case *k, struct json *facts)
{
    const struct nodes_known *known = nodes_now(c);
    const struct json *rules;
    struct fact_row *rows;
    size_t count;
    struct asking_facts *a = ARENA_NEW(c->arena, struct asking_facts);
    bool may_ask = k->live && c->req && c->req->method == METHOD_GET && !ctx_outside_found(c);
    if (!known->own || c->now >= known->dir->expires) may_ask = false;
    if (!rules_of(c, &rules) || !rules || !fact_store_of(c, k->id, &rows, &count))
        return c->err->kind == ERR_NONE;
    JSON_EACH(rule, rules)
    {
        const struct fact_row *r = row_of(rows, count, json_text_of(rule, "service"));
        if (!is_for(rule, k)) continue;
        if (r) {
            if (!show(c, facts, rule, r)) return false;
        } else if (may_ask) {
            if (!want(c, a, rule, k)) return false;
        } else {
            add_fact(c, facts, rule, ctx_tr(c, "The other node has not answered."), "No answer yet", c->now);
        }
    }
    return !a->count || ctx_outside(c, ask_all, a);
}
