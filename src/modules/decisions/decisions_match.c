/* Who is entitled (免申即享): one published policy table over everybody that a register knows, in one pass.
 *
 * The pass runs on the work pool over a read transaction; the handler then records purpose and whom it named.
 * The pass reads registers in parts, so that its memory is that of a part. */
#include "core/http/server.h"
#include "modules/decisions/decisions_internal.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people.h"
#include "modules/registry/registry.h"

enum { PART = 500, NAMED_MAX = 500, COLUMNS_MAX = 40, WORDS_MAX = 64, PART_ARENA = 64 << 20 };

static const struct {
    const char *code, *label;
} purposes[] = {{"tell", "To tell those entitled, who need not apply"},
                {"estimate", "To estimate what a policy costs"},
                {"audit", "To check what was granted"}};

static const struct decision_version *policy_of(struct ctx *c, int64_t model)
{
    const struct decision_version *v = decision_by_id(c, model, date_of(c->now));
    return v && v->purpose == DECISION_BENEFITS ? v : NULL;
}

/* ---- the form ---- */

static void form_fields(struct ctx *c)
{
    const struct snapshot *s = decisions_snapshot(c);
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct str model =
        in_has(c, "model") ? str_fmt(c->arena, "%lld", (long long)in_i64(c, "model", 0)) : STR_EMPTY;
    f = ctx_field(c, fields, "model", "Policy", "select", model);
    json_set_array(c->arena, f, "options");
    for (size_t i = 0; s && i < s->count; i++) {
        const struct decision_version *v = &s->versions[i];
        if (v->purpose != DECISION_BENEFITS || decision_by_id(c, v->model, date_of(c->now)) != v) continue;
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)v->model),
                   c->lang == &lang_en && v->en.len ? v->en : v->name);
        json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
    }
    f = ctx_field(c, fields, "purpose", "What for", "select", in_text(c, "purpose"));
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        ctx_option(c, f, str_c(purposes[i].code), ctx_tr(c, purposes[i].label));
        json_set(((struct json *)json_get(f, "options"))->last, "note", json_null(c->arena));
    }
    json_set_c(c->arena, doc, "action", "/office/entitled");
}

bool decisions_match_page(struct ctx *c)
{
    form_fields(c);
    json_set_bool(c->arena, ctx_doc(c), "found", false);
    return true;
}

/* ---- the pass ---- */

struct pass {
    const struct decision_version *v;
    const struct dmn_table *table;
    size_t columns, words, total, entitled;
    const struct json *sources[COLUMNS_MAX]; /* the inputs behind the table's columns */
    struct json *named;
};

static bool prepare_pass(struct ctx *c, struct pass *p)
{
    p->table = dmn_table_of(p->v->compiled->model, p->v->compiled->decision);
    p->columns = p->table ? dmn_table_inputs(p->table) : 0;
    p->words = p->table ? (dmn_table_rules(p->table) + 63) / 64 : 0;
    if (!p->table || p->columns > COLUMNS_MAX || p->words > WORDS_MAX)
        return err_conflict(c->err, "decision.no_table", "This policy cannot be read for everybody at once.");
    for (size_t i = 0; i < p->columns; i++)
        p->sources[i] = decision_input_named(p->v->inputs, dmn_table_input(p->table, i));
    return true;
}

/* The facts of one subject: by column for the table, by name for the reasons. */
static bool facts_of(struct ctx *c, const struct pass *p, struct str code, struct json *by_name)
{
    for (size_t i = 0; i < p->columns; i++) {
        struct decision_fact fact = {.source = STR_EMPTY, .source_en = STR_EMPTY};
        if (p->sources[i] && !decision_source(c, json_text_of(p->sources[i], "from"), NULL, code, &fact))
            return false;
        json_set(by_name, str_z(c->arena, dmn_table_input(p->table, i)),
                 fact.value ? json_copy(c->arena, fact.value) : json_null(c->arena));
    }
    return true;
}

static struct str benefits_of(struct ctx *c, const struct pass *p, const struct json *values)
{
    uint64_t steps = RUN_STEPS;
    const struct json *answer = decision_answer(c, p->v->compiled, values, &steps);
    struct buf b = buf_new(c->arena, 64);
    JSON_EACH(one, json_get(answer, "result"))
    {
        struct str en = c->lang == &lang_en ? json_text_of(one, "benefit_en") : STR_EMPTY;
        if (b.len) buf_add_c(&b, c->lang == &lang_en ? "; " : "；");
        buf_add(&b, en.len ? en : json_text_of(one, "benefit"));
    }
    return buf_str(&b);
}

static bool look_at(struct ctx *c, struct pass *p, struct str code, struct str name, struct arena *keep)
{
    struct json *values = json_object(c->arena);
    struct feel_run r = feel_run_new(c->arena, c->now);
    struct feel_value row[COLUMNS_MAX];
    uint64_t bits[WORDS_MAX] = {0};
    if (!facts_of(c, p, code, values)) return false;
    const struct feel_context *inputs = decision_inputs(&r, p->v->compiled->model, values);
    for (size_t i = 0; i < p->columns; i++)
        row[i] = feel_get(inputs, dmn_table_input(p->table, i));
    p->total++;
    if (!dmn_table_match(&r, p->table, row, bits, p->words)) return true;
    p->entitled++;
    if (p->named->count == NAMED_MAX) return true;
    struct json *o = json_add_object(keep, p->named);
    json_set_str(keep, o, "code", str_dup(keep, code));
    json_set_str(keep, o, "name", str_dup(keep, name));
    json_set_str(keep, o, "benefits", str_dup(keep, benefits_of(c, p, values)));
    return true;
}

/* One part of the register in memory of its own. */
static bool run_part(struct ctx *c, struct pass *p, int64_t *after, bool *more)
{
    struct str resource = p->v->organisations ? STR("org") : STR("population");
    struct str key = p->v->organisations ? STR("uscc") : STR("id_number");
    struct json *records;
    struct arena *keep = c->arena, *part = arena_new(PART_ARENA);
    jmp_buf full;
    if (!part) return err_busy(c->err, "memory", "There is too much in this request.");
    struct kept_keys *keys = c->tx.keys;
    c->arena = c->tx.arena = part;
    ctx_forget_shared(c);
    volatile bool ok = false;
    arena_guard(part, &full);
    if (setjmp(full) == 0) {
        ok = registry_scan(c, resource, after, PART, &records);
        *more = ok && records->count == PART;
        if (ok) JSON_EACH(r, records)
            {
                ok = ok && look_at(c, p, json_get_str(r, key) ? json_get_str(r, key)->text : STR_EMPTY,
                                   json_text_of(r, "name"), keep);
            }
    } else {
        err_busy(c->err, "memory", "There is too much in this request.");
    }
    c->arena = c->tx.arena = keep;
    ctx_forget_shared(c);
    c->tx.keys = keys;
    arena_drop(part);
    return ok;
}

/* The prepare step: nothing is shown before the handler has recorded it. */
bool decisions_match_find(struct ctx *c)
{
    struct pass p = {.v = policy_of(c, in_i64(c, "model", 0)), .named = json_array(c->arena)};
    int64_t after = 0;
    bool more = true;
    if (!p.v) return err_at(c->err, STR("model"), "Please choose one of the options.", STR_EMPTY);
    if (!prepare_pass(c, &p)) return false;
    while (more)
        if (!run_part(c, &p, &after, &more)) return false;
    c->prepared = json_object(c->arena);
    json_set(c->prepared, "named", p.named);
    json_set_i64(c->arena, c->prepared, "total", (int64_t)p.total);
    json_set_i64(c->arena, c->prepared, "entitled", (int64_t)p.entitled);
    return true;
}

/* ---- the answer ---- */

static bool record(struct ctx *c, const struct decision_version *v, const struct json *found)
{
    struct json *detail = json_object(c->arena);
    json_set_i64(c->arena, detail, "version", v->version);
    json_set_str(c->arena, detail, "purpose", in_text(c, "purpose"));
    json_set_i64(c->arena, detail, "entitled", json_i64_of(found, "entitled", 0));
    JSON_EACH(one, json_get(found, "named"))
    {
        int64_t subject;
        enum subject_kind kind = v->organisations ? SUBJECT_ORGANISATION : SUBJECT_PERSON;
        if (!people_find(c, kind, json_text_of(one, "code"), &subject)) return false;
        if (subject) ctx_reads(c, subject, STR("entitled"), v->model);
    }
    return evidence_add(c, "decision.match", "decision", v->model, 0, detail);
}

bool decisions_match_show(struct ctx *c)
{
    const struct decision_version *v = policy_of(c, in_i64(c, "model", 0));
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "rows");
    const struct json *found = c->prepared;
    if (!v || !found) return err_at(c->err, STR("model"), "Please choose one of the options.", STR_EMPTY);
    if (!record(c, v, found)) return false;
    form_fields(c);
    JSON_EACH(one, json_get(found, "named"))
    {
        struct json *o = json_add_object(c->arena, list);
        struct str code = json_text_of(one, "code");
        json_set_str(c->arena, o, "name", json_text_of(one, "name"));
        json_set_str(c->arena, o, "code", v->organisations ? code : people_mask_code(c->arena, code));
        json_set_str(c->arena, o, "benefits", json_text_of(one, "benefits"));
    }
    json_set_bool(c->arena, doc, "found", true);
    json_set_bool(c->arena, doc, "has_rows", list->count > 0);
    json_set_i64(c->arena, doc, "total", json_i64_of(found, "total", 0));
    json_set_i64(c->arena, doc, "entitled", json_i64_of(found, "entitled", 0));
    json_set_bool(c->arena, doc, "cut", json_i64_of(found, "entitled", 0) > (int64_t)list->count);
    json_set_str(c->arena, doc, "policy", c->lang == &lang_en && v->en.len ? v->en : v->name);
    json_set_str(c->arena, doc, "policy_href",
                 str_fmt(c->arena, "/decisions/%lld?version=%d", (long long)v->model, v->version));
    return true;
}

const struct field decisions_match_fields[] = {
    {"model", FIELD_ID, "Policy", .required = true},
    {"purpose", FIELD_CHOICE, "What for", .required = true, .choices = "tell|estimate|audit"},
    {0},
};
